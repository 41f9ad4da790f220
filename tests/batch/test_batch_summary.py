"""Summary of a file of results: its first rows, and how often each reason occurs in it."""

import pytest

from calculator.batch.run import size_file
from calculator.batch.summary import Reason, summarize
from calculator.inputs.profile import Profile
from calculator.issues import InputError

HEAD = "id,status,issues,summary_servers.environment\n"
DISK = "error: storage.{}.database_disk_capacity: A volume of {} GB does not fit its disk of 3,725 GB."


@pytest.fixture
def results(tmp_path):
    def write(*rows):
        path = tmp_path / "results.csv"
        path.write_text(
            HEAD + "".join(f'"{name}","{status}","{issues}",{servers}\n' for name, status, issues, servers in rows)
        )
        return str(path)

    return write


def test_rows_with_other_figures_have_the_same_reason(results):
    path = results(
        ("a", "invalid", DISK.format("primary", "4,100") + " | " + DISK.format("secondary", "4,100"), 4),
        ("b", "invalid", DISK.format("primary", "9,000"), 4),
        ("c", "ok", "", 6),
    )
    found = summarize(path)
    assert found.reasons == (
        Reason("error", "storage.database_disk_capacity", "A volume of 4,100 GB does not fit its disk of 3,725 GB.", 2),
    )


def test_errors_come_before_warnings_and_notices_and_the_most_frequent_first(results):
    path = results(
        ("a", "warning", "warning: x: Memory is high.", 1),
        ("b", "warning", "warning: x: Memory is high.", 1),
        ("c", "warning", "warning: y: CPU is high. | notice: z: Something to know.", 1),
        ("d", "error", 'error: tiers.1.mailboxes: ""many"" is not a number.', ""),
    )
    found = summarize(path).reasons
    assert [(reason.severity, reason.message, reason.rows) for reason in found] == [
        ("error", '"many" is not a number.', 1),
        ("warning", "Memory is high.", 2),
        ("warning", "CPU is high.", 1),
        ("notice", "Something to know.", 1),
    ]


def test_the_first_rows_of_each_status_are_kept_in_the_order_of_the_file(results):
    statuses = ("ok", "ok", "ok", "invalid", "ok", "error", "invalid", "invalid")
    path = results(*((str(number), status, "", number) for number, status in enumerate(statuses)))
    assert [row["id"] for row in summarize(path, 2).first] == ["0", "1", "3", "5", "6"]


def test_the_first_rows_are_kept_as_text(results):
    path = results(*((str(number), "ok", "", number) for number in range(5)))
    found = summarize(path, 2)
    assert found.names == ("id", "status", "issues", "summary_servers.environment")
    assert found.first == (
        {"id": "0", "status": "ok", "issues": "", "summary_servers.environment": "0"},
        {"id": "1", "status": "ok", "issues": "", "summary_servers.environment": "1"},
    )


def test_progress_tells_the_rows_and_may_stop_the_summary(results):
    told = []

    def progress(done, share):
        told.append((done, share))

    summarize(results(("a", "ok", "", 1), ("b", "ok", "", 1)), progress=progress)
    assert told == [(2, 1.0)]


def test_a_run_is_summed_up_as_it_was_counted(tmp_path):
    source, target = tmp_path / "designs.csv", tmp_path / "results.csv"
    source.write_text("id,tiers.1.mailboxes,environment.mailbox_servers\na,1000,4\nb,many,4\nc,2000,9\nd,3000,9\n")
    counts = size_file(str(source), str(target), base=Profile(), results="headline")
    found = summarize(str(target))
    assert [row["status"] for row in found.first].count("error") == counts.by_status["error"] == 1
    assert [(reason.message, reason.rows) for reason in found.reasons if reason.severity == "error"] == [
        ("18 servers are needed per DAG, but a DAG has at most 16 members.", 2),
        ('"many" is not a number.', 1),
    ]


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(InputError):
        summarize(str(tmp_path / "none.csv"))
