"""The first rows of a file of designs."""

import gzip

import pytest
from support.batch_files import BROKEN_HEADERS, CSV, ERRORS, HEADER, rows, run

from calculator import InputError
from calculator.batch import sources
from calculator.inputs.profile import Profile


def looked_at(text, count=20, source="designs.csv"):
    """What a look at the first rows shows."""
    data = text if isinstance(text, bytes) else text.encode()
    with open(source, "wb") as file:
        file.write(gzip.compress(data) if source.endswith(".gz") else data)
    return sources.preview(source, Profile(), count)


def test_the_first_rows_are_shown_as_they_are(here):
    text = "id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],note.a\n a ,1000, 2,=1+1\nb,,2048 MB,\n"
    seen = looked_at(text)
    assert seen.names == ("id", "tiers.1.mailboxes", "tiers.1.mailbox_size_limit [GB]", "note.a")
    assert seen.rows == [[" a ", "1000", " 2", "=1+1"], ["b", "", "2048 MB", ""]]
    assert (seen.problems, seen.lines) == ({}, [2, 3])


def test_no_more_rows_are_shown_than_asked_for(here):
    text = HEADER + "".join(f"{n},{n - 26}\n" for n in range(1, 31))
    assert [row[0] for row in looked_at(text).rows] == [str(n) for n in range(1, 21)]
    assert set(looked_at(text).problems) == {(row, 1) for row in range(20)}  # -25 to -6 mailboxes
    assert [row[0] for row in looked_at(text, count=3).rows] == ["1", "2", "3"]
    assert len(looked_at(text, count=100).rows) == 30


def test_an_unusable_cell_is_reported_by_row_and_column(here):
    text = "id,tiers.1.messages_per_day,raid.raid,environment.dags,note.a\na,100,raid5,2,x\nb,-1,riad5,1.5,-1\nc,,,x,\n"
    assert looked_at(text).problems == {
        (1, 1): "-1 messages/day is below 0. Give a number from 0 to 100,000.",
        (1, 2): '"riad5" is not a choice. Did you mean "raid5"?',
        (1, 3): "1.5 DAGs is not a whole number. Give a whole number from 1 to 10,000.",
        (2, 3): '"x" is not a number. Give a whole number from 1 to 10,000.',
    }


def test_the_problems_seen_are_those_the_batch_will_tell(here):
    text = "id,tiers.1.mailboxes,raid.raid,note.a\na,5,raid6,\nb,none,r,\nc,1e99,,\nd,7,5,\n"
    seen = looked_at(text)
    told = [[problem for (row, _), problem in sorted(seen.problems.items()) if row == number] for number in range(4)]
    run(None, *ERRORS)
    kept = {line["error.row"]: line["error.messages"] for line in rows("errors.csv")}
    assert {str(seen.lines[row]): " | ".join(texts) for row, texts in enumerate(told) if texts} == kept


def test_rows_are_named_by_the_line_they_begin_in(here):
    seen = looked_at('id,note.a,tiers.1.mailboxes\na,"x\ny",-1\n\nb,"x\r\ny\rz",-2\nc,,-3\n')
    assert seen.lines == [2, 5, 8]
    assert seen.rows[0] == ["a", "x\ny", "-1"]
    assert set(seen.problems) == {(0, 2), (1, 2), (2, 2)}


def test_rows_that_are_short_or_long_are_shown_with_the_cells_they_have(here):
    seen = looked_at("id,tiers.1.mailboxes,environment.dags\na\nb,-1\nc,1000,0,5\n")
    assert seen.rows == [["a"], ["b", "-1"], ["c", "1000", "0", "5"]]
    assert {place: problem.partition(".")[0] for place, problem in seen.problems.items()} == {
        (0, 0): "The row has 1 cell, but the header has 3",
        (1, 0): "The row has 2 cells, but the header has 3",
        (2, 0): "The row has 4 cells, but the header has 3",
        (1, 1): "-1 mailboxes is below 0",
        (2, 2): "0 DAGs is below 1",
    }


def test_a_look_at_a_header_alone_shows_no_rows(here):
    seen = looked_at(HEADER)
    assert (seen.names, seen.rows, seen.problems, seen.lines) == (("id", "tiers.1.mailboxes"), [], {}, [])


def test_a_look_at_compressed_files_and_byte_order_marks(here):
    seen = looked_at("\ufeff" + HEADER + "a,-1\n", source="designs.csv.gz")
    assert seen.names[0] == "id"
    assert seen.rows == [["a", "-1"]]
    assert set(seen.problems) == {(0, 1)}


@pytest.mark.parametrize("case", BROKEN_HEADERS)
def test_a_look_refuses_the_headers_a_batch_does(here, case):
    text, message = BROKEN_HEADERS[case]
    with pytest.raises(InputError) as error:
        looked_at(text)
    assert str(error.value) == message


def test_a_look_at_a_file_that_is_not_there(here):
    with pytest.raises(InputError) as error:
        sources.preview("designs.csv", Profile())
    assert str(error.value) == f"designs.csv: cannot be read: No such file or directory. {CSV}"


def test_a_look_at_junk(here):
    with pytest.raises(InputError) as error:
        looked_at(f"{HEADER}a,1\n".encode("utf-16") + b"\xff")
    assert str(error.value) == "designs.csv: is damaged: it is not valid UTF-16-LE. Export it again as UTF-8."
