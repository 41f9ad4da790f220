"""The errors file: rows that cannot be used, as they were."""

from support.batch_files import ERRORS, HEADER, rows, run


def test_rows_that_cannot_be_used_are_kept_as_they_were(here):
    code, _, err = run("id,note.a,tiers.1.messages_per_day,environment.dags\n=a, x ,-1,0\nb,,,\nc,,1\n", *ERRORS)
    assert (code, err) == (
        1,
        "3 designs: 1 notice, 2 error\n"
        "Most frequent reasons, each with the message of its first design:\n"
        "  1 design: error: environment.dags: 0 DAGs is below 1.\n"
        "  1 design: error: row: The row has 3 cells, but the header has 4.\n"
        "  1 design: error: tiers.1.messages_per_day: -1 messages/day is below 0.\n",
    )
    assert (here / "errors.csv").read_text() == (
        "error.row,error.fields,error.messages,id,note.a,tiers.1.messages_per_day,environment.dags\n"
        '2,tiers.1.messages_per_day | environment.dags,"The value -1 messages/day is below 0. Give a number from 0 to '
        '100,000. | 0 DAGs is below 1. Give a whole number from 1 to 10,000.",=a, x ,-1,0\n'
        '4,row,"The row has 3 cells, but the header has 4. Give a cell for each column.",c,,1\n'
    )


def test_a_corrected_errors_file_is_accepted(here):
    run(HEADER + "a,1000\nb,-5\nc,x,\n", *ERRORS)
    mended = (here / "errors.csv").read_text().replace(",b,-5", ",b,2000").replace(",c,x,", ",c,3000")
    assert run(mended, *ERRORS, source="mended.csv")[0] == 0
    assert [(line["id"], line["status"]) for line in rows()] == [("b", "notice"), ("c", "notice")]
    assert not (here / "errors.csv").exists()
    assert "error.row" not in rows()[0]


def test_without_errors_there_is_no_file_and_an_old_one_goes(here):
    (here / "errors.csv").write_text("old")
    assert run(HEADER + "a,1000\n", *ERRORS)[0] == 0
    assert not (here / "errors.csv").exists()


def test_an_old_errors_file_stays_where_the_batch_cannot_run(here):
    (here / "errors.csv").write_text("old")
    assert run("xyzzy\n", *ERRORS)[0] == 2
    assert (here / "errors.csv").read_text() == "old"


def test_errors_may_be_compressed_or_on_standard_output(here):
    run(HEADER + "a,-1\n", "--errors", "errors.csv.gz")
    assert [line["id"] for line in rows("errors.csv.gz")] == ["a"]
    assert run(HEADER + "a,-1\n", "--errors", "-")[1].splitlines()[0] == (
        "error.row,error.fields,error.messages,id,tiers.1.mailboxes"
    )
