"""Batch: looked at before it runs, every row answered, stopped on request, hostile files refused."""

import csv
import gzip
import re
import threading

import pytest
from support.sessions import BATCH, plain, seen, session, sound, texts

from calculator import size
from calculator.batch import run

GOOD = b"id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB]\nsmall,1000,2\nlarge,5000,10\n"
BAD = b"id,tiers.1.mailboxes,environment.mailbox_servers\na,1000,4\nb,many,4\nc,2000,99\n"


@pytest.fixture
def batch(opened):
    """Open Batch with a file uploaded."""

    def upload(data, name="designs.csv", design=None):
        at = opened(design or {"tiers.1.mailboxes": 10.0}, page=BATCH)
        at.get_by_key("batch_file").set_value((name, data, "text/csv")).run()
        assert not at.exception
        return at

    return upload


def finished(at):
    """Start the run and wait for its end."""
    at.get_by_key("batch_start").click().run()
    session(at).batch.job.wait(20)
    at.run()
    return at


def result(at, name="results.csv"):
    path = session(at).batch.folder
    with open(f"{path}/{name}", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_example_shows_what_a_file_looks_like(opened):
    at = opened({}, page=BATCH)
    (example,) = at.table
    assert example.value["id"].tolist() == ["small", "medium", "large"]


def test_every_design_is_sized(batch):
    at = finished(batch(GOOD))
    sound(at)
    assert any(box.value.startswith("2 of 2 designs work. Sized in ") for box in [*at.success, *at.warning])
    rows = result(at)
    assert [row["id"] for row in rows] == ["small", "large"]
    for row, mailboxes, quota in zip(rows, (1000.0, 5000.0), (2048.0, 10240.0), strict=True):
        design = size({"tiers.1.mailboxes": mailboxes, "tiers.1.mailbox_size_limit": quota})
        assert float(row["largest_mailbox_size_on_disk"]) == design["largest_mailbox_size_on_disk"]
    assert seen(at, "batch:results.csv") is not None
    assert seen(at, "batch:errors.csv") is None


def test_a_row_that_does_not_work_gives_its_first_error_and_the_number_of_the_others(batch):
    columns = "id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],storage.primary.database_disk_capacity"
    at = finished(batch(f"{columns}\nsmall,1000,2,4000\nlarge,10000,200,600\n".encode()))
    table = next(table.value for table in at.table if "Reason" in table.value)
    small, large = (text.replace("\\", "") for text in table["Reason"])
    assert small == ""
    assert re.fullmatch(r"A volume of [\d,]+ GB does not fit its disk of 559 GB. And 1 more error.", large)


def test_one_cell_that_cannot_be_used_leaves_out_one_row(batch):
    at = batch(b"id,tiers.1.mailboxes\na,1000\nb,many\n")
    assert at.warning[0].value == (
        "1 cell in the first 2 rows cannot be used, so 1 row is not sized. Later rows are checked when the designs are "
        "sized."
    )


def test_cells_that_cannot_be_used_are_marked_before_the_run_and_answered_by_it(batch):
    at = batch(BAD)
    assert at.warning[0].value == (
        "2 cells in the first 3 rows cannot be used, so 2 rows are not sized. Later rows are checked when the designs "
        "are sized."
    )
    shown = at.dataframe[0].value
    assert shown["tiers.1.mailboxes"].tolist() == ["1000", "⚠ many", "2000"]
    problems = next(table.value for table in at.table if "Problem" in table.value)
    assert problems["Line of the file"].tolist() == ["3", "4"]
    assert shown["Line of the file"].tolist() == ["2", "3", "4"]
    finished(at)
    assert [row["status"] for row in result(at)][1:] == ["error", "error"]
    assert [row["id"] for row in result(at, "errors.csv")] == ["b", "c"]
    assert seen(at, "batch:errors.csv") is not None


def test_the_open_design_is_the_base_where_it_is_chosen(batch):
    at = batch(b"tiers.1.mailboxes\n1000\n", design={"tiers.1.mailboxes": 7.0, "tiers.1.mailbox_size_limit": 1024.0})
    at.get_by_key("batch_base").set_value("the open design").run()
    finished(at)
    sized_design = size({"tiers.1.mailboxes": 1000.0, "tiers.1.mailbox_size_limit": 1024.0})
    assert float(result(at)[0]["largest_mailbox_size_on_disk"]) == sized_design["largest_mailbox_size_on_disk"]


def test_chosen_results_alone_are_written(batch):
    at = batch(GOOD)
    at.get_by_key("batch_kind").set_value("chosen").run()
    at.get_by_key("batch_columns").set_value(["summary_databases"]).run()
    finished(at)
    assert list(result(at)[0]) == ["id", "status", "issues", "summary_databases"]


def test_a_compressed_file_is_read(batch):
    at = finished(batch(gzip.compress(GOOD), "designs.csv.gz"))
    assert len(result(at)) == 2


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "designs.csv", "is empty."),
        (b"\x00\xff\xfe binary", "designs.csv", "is not a text file"),
        (b"id,no.such.input\n1,2\n", "designs.csv", "is not an input."),
        (b"tiers.1.mailboxes,tiers.1.mailboxes\n1,2\n", "designs.csv", "appears twice in the header"),
        (b"no gzip", "designs.csv.gz", "cannot be read"),
        (b"<script>alert(1)</script>\n1\n", "designs.csv", "is not an input."),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(batch, data, name, message):
    at = batch(data, name)
    assert any(message in written.replace("\\", "") for written in texts(at))
    assert seen(at, "batch_start") is None


def test_text_of_a_file_never_becomes_a_formula_or_markup(batch):
    at = finished(batch(b"id,tiers.1.mailboxes\n=HYPERLINK(1),100\n**x**<b>,200\n"))
    assert [row["id"] for row in result(at)] == ["'=HYPERLINK(1)", "**x**<b>"]
    assert not at.exception


def test_another_upload_starts_a_new_preview(batch):
    at = finished(batch(GOOD))
    at.get_by_key("batch_file").set_value(("more.csv", BAD, "text/csv")).run()
    assert session(at).batch.job is None
    assert at.warning


def test_a_stopped_run_leaves_no_results(batch, monkeypatch):
    stopped, size_file = threading.Event(), run.size_file

    def blocked(*args, progress, **options):
        def report(*done):
            stopped.wait(20)
            progress(*done)

        return size_file(*args, progress=report, **options)

    monkeypatch.setattr(run, "size_file", blocked)
    rows = b"".join(b"%d,1000\n" % n for n in range(3000))
    at = batch(b"id,tiers.1.mailboxes\n" + rows)
    at.get_by_key("batch_start").click().run()
    job = session(at).batch.job
    job.stop()
    stopped.set()
    job.wait(20)
    at.run()
    assert not at.exception
    assert job.stopped
    assert any("Stopped after" in info.value for info in at.info)
    assert seen(at, "batch:results.csv") is None


def test_a_column_that_is_no_input_is_named_before_the_designs_are_sized(batch):
    at = batch(b"id,tiers.1.mailboxes,tiers.1.mailbox,colour\na,1000,2,red\n")
    assert '"tiers.1.mailbox" is not an input: the column is not used, and is copied to the results.' in (plain(at))
    assert [expander.label for expander in at.expander] == ["1 notice"]
    assert not [text for text in plain(at) if "exchange-calculator" in text]


def test_a_misspelt_column_is_answered_with_a_path_that_can_be_pasted(batch):
    at = batch(b"id,tiers.1.mesages,tiers.1.mailboxes\na,1,1000\n")
    assert any(text.startswith('Did you mean "tiers.1.messages_per_day"?') for text in plain(at))


def test_the_first_designs_of_each_outcome_are_shown_with_the_figures_that_were_computed(batch):
    rows = [f"{number},{mailboxes}" for number, mailboxes in enumerate([1000] * 11 + [90_000, "many"])]
    at = finished(batch("\n".join(["id,tiers.1.mailboxes", *rows]).encode()))

    def shown():
        return next(table.value for table in at.table if "Outcome" in table.value and "Design" in table.value)

    assert len(shown()) == 10
    at.get_by_key("batch_outcome").set_value("does not work").run()
    assert shown()["Design"].tolist() == ["11"]
    assert shown()["CPU, worst failure"].tolist()[0].endswith("%")
    at.get_by_key("batch_outcome").set_value("cannot be read").run()
    assert shown()["Design"].tolist() == ["12"]


def test_a_file_without_inputs_gives_a_hint_for_the_app(batch):
    at = batch(b"x,y\n1,2\n")
    assert '"x" is not an input.' in plain(at)
    assert "The help of an input, on Users and Constraints, names its path." in plain(at)


def test_the_open_design_is_the_base_unless_the_defaults_are_chosen(batch):
    at = batch(GOOD, design={"tiers.1.mailboxes": 7.0})
    assert seen(at, "share") is None
    assert any("7 mailboxes" in text for text in plain(at))
    assert at.query_params["d"]
    at.get_by_key("batch_base").set_value("the defaults").run()
    assert not any("7 mailboxes" in text for text in texts(at))


def test_the_version_of_the_defaults_is_chosen(fresh):
    at = fresh
    at.run()
    at.switch_page(BATCH).run()
    at.get_by_key("batch_file").set_value(("designs.csv", GOOD, "text/csv")).run()
    (base,) = [text for text in plain(at) if text.startswith("Base design")]
    assert (
        "Exchange 2013 is used until you choose a version, unless the file has the column "
        "environment.exchange_version. Microsoft now supports only the Subscription Edition (SE): support of 2013 "
    ) in base.replace("\N{NO-BREAK SPACE}", " ")
    at.get_by_key("batch:version").set_value("2019").run()
    sound(at)
    (base,) = [text for text in plain(at) if text.startswith("Base design")]
    assert base.startswith("Base design: every input except the version at its default (Exchange 2019 or ")
    assert "until you choose" not in base
    at.get_by_key("batch_kind").set_value("all").run()
    rows = result(finished(at))
    design = size(
        {"environment.exchange_version": "2019", "tiers.1.mailboxes": 1000.0, "tiers.1.mailbox_size_limit": 2048.0}
    )
    assert float(rows[0]["volume_database_volume_size"]) == design["volume_database_volume_size"]
    assert float(rows[0]["pagefile_size"]) == design["pagefile_size"]


def test_the_most_frequent_notices_and_the_words_of_the_column_status_are_shown(batch):
    at = finished(batch(GOOD))
    assert "Most frequent notices" in [heading.value for heading in at.subheader]
    shown = next(table.value for table in at.table if "Outcome" in table.value and "Design" in table.value)
    statuses = {row["status"] for row in result(at)}
    outcomes = {text.replace("\\", "") for text in shown["Outcome"]}
    assert outcomes == {"works, with notices (status notice)"}
    assert statuses == {"notice"}
    notices = [table.value for table in at.table if "Message of the first design" in table.value][-1]
    messages = [text.replace("\\", "") for text in notices["Message of the first design"]]
    assert all(text.startswith("notice: ") for text in messages)
    assert messages.count("notice: Known quirks of Microsoft's workbook affect these results.") == 1


def test_issues_of_the_base_are_said_before_the_run(batch):
    doubtful = {"tiers.1.mailboxes": 7.0, "export.retain_deleted_items_until_backup": True}
    at = batch(GOOD, design=doubtful)
    assert sum("kept forever" in text for text in texts(at)) == 1
    at.get_by_key("batch_base").set_value("the defaults").run()
    assert not any("kept forever" in text for text in texts(at))


def test_the_base_design_is_named_before_a_file_is_chosen(fresh):
    fresh.run()
    fresh.switch_page(BATCH).run()
    (base,) = [text for text in plain(fresh) if text.startswith("Base design")]
    assert base.startswith(
        "Base design: every input at its default (Exchange 2013: Active/active, one DAG, 4 HA copies, 2 of them in the "
        "secondary datacenter"
    )
    assert base.endswith(
        "The number of mailbox servers (environment.mailbox_servers) counts those of a DAG that host active mailboxes "
        "in the primary datacenter, not all servers."
    )
