"""The design that an import of mailboxes gives, files and options that are refused, and large files."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from support.mailbox_exports import (
    CALCULATOR_DATABASES,
    DATABASES,
    LIST,
    REPORT,
    STATISTICS,
    USAGE,
    USERS,
    personal,
    quotas,
    refusal,
    statistics,
    take,
    tiers,
    told,
    upload,
)
from support.tracking_logs import SAMPLE

from calculator.engine.sizing import size
from calculator.importers.formats import powershell_csv
from calculator.importers.mailboxes import import_mailboxes
from calculator.inputs.profile import Profile, dump, parse
from calculator.inputs.text_files import Upload

# --- laying over a design ------------------------------------------------------------------------


def test_what_the_files_do_not_tell_is_taken_from_the_design():
    base = parse(
        "[environment]\nmailbox_servers = 9\n[[tiers]]\nmailboxes = 7\nmessages_per_day = 58\nmessage_size = 61\n"
    )
    found = take(STATISTICS, base=base, tiers=2)
    assert found.profile.value("environment.mailbox_servers") == 9
    assert tiers(found, "mailboxes", "messages_per_day", "message_size") == [(1, 58, 61), (2, 58, 61)]


def test_where_the_tiers_of_the_design_differ_their_mean_is_taken():
    base = parse(
        "[[tiers]]\nmailboxes = 30\nmessages_per_day = 50\n[[tiers]]\nmailboxes = 10\nmessages_per_day = 150\n"
        "[[tiers]]\nmailboxes = 0\nmessages_per_day = 7\n"
    )
    found = take(STATISTICS, base=base, tiers=2)
    assert tiers(found, "messages_per_day") == [(75,), (75,)]
    assert (
        "notice: profile: tiers: The tiers of the design differ in Messages per day: each new tier gets the mean."
    ) in told(found)


def test_the_profile_is_a_design_that_can_be_sized():
    found = take(STATISTICS, tiers=2)
    again = parse(dump(found.profile))
    assert again.given == {path: value for path, value in found.profile.given.items() if path in again.given}
    plan = size(again)
    assert plan.status != "error"
    assert plan["mailboxes_total"] == 3


def test_nothing_personal_comes_out():
    texts = (STATISTICS, REPORT, USAGE, LIST, DATABASES, CALCULATOR_DATABASES, USERS)
    assert len(personal(*texts)) > 20
    for first, others in product((STATISTICS, REPORT, USAGE, LIST), ((), (LIST, DATABASES, USERS))):
        found = take(*dict.fromkeys((first, *others)))
        out = "\n".join([dump(found.profile), json.dumps(dict(found.tables)), *told(found)])
        for word in personal(first, *others):
            assert not re.search(rf"\b{re.escape(word)}\b", out), word


# --- refusals ------------------------------------------------------------------------------------


def test_files_without_mailboxes_are_refused():
    advice = (
        "Give mailbox statistics, a mailbox list, or a CSV of Get-MailboxReport.ps1 or Get-OnPremMailboxUsage.ps1. "
        "The statistics: Get-MailboxDatabase | Get-MailboxStatistics | Select-Object "
    )
    assert refusal(DATABASES).startswith(f"file1.csv: holds no mailboxes. {advice}")
    both = refusal("a,b\n1,2\n", STATISTICS, "x\n1\n")
    assert both.splitlines()[0].startswith(f"file1.csv: contains neither mailboxes nor databases. {advice}")
    assert both.splitlines()[1].startswith("file3.csv: contains neither mailboxes nor databases.")


def test_statistics_without_sizes_or_names_are_refused_with_the_command():
    assert refusal("DisplayName,ItemCount\nA,1\n").startswith(
        "file1.csv: has no column TotalItemSize. Export it with: Get-MailboxDatabase | Get-MailboxStatistics"
    )
    assert refusal("TotalItemSize\n5 MB\n").startswith(
        "file1.csv: has no column DisplayName or MailboxGuid. Export it with: Get-MailboxDatabase"
    )


def test_a_file_without_a_mailbox_that_counts_is_refused():
    none = "file1.csv: has no rows that can be read. Export it again."
    assert refusal("DisplayName,TotalItemSize\n") == none
    assert refusal("DisplayName,TotalItemSize\nHealthMailbox1,5 MB\n") == (
        "file1.csv: holds no mailbox that counts (health mailbox: 1). --keep counts mailboxes that are left out by "
        "their kind."
    )


def test_options_that_cannot_be_are_refused_all_at_once():
    assert refusal(STATISTICS, by="age", tiers=0, bounds=[5, 3], uplift=-1).splitlines() == [
        'by: "age" is not a way to make tiers. Give one of size, quota, messages.',
        "tiers: 0 tiers cannot be made. Give 1 to 500, usually 2 to 8.",
        "bounds: are not in rising order, each above 0. Give them as 2GB,10GB.",
        "bounds: are given together with the number of tiers. Give one of them.",
        "uplift: -100 % is not a growth of mailboxes. Give 0 % or more, usually 30 to 40 %.",
    ]
    assert refusal(STATISTICS, keep=["all"]) == (
        'keep: "all" is not a kind of mailbox. Give one of disabled, health, discovery, system.'
    )
    assert refusal(STATISTICS, by="quota") == (
        "tiers: no file gives quotas. Give a mailbox list with ProhibitSendReceiveQuota too."
    )
    assert refusal(STATISTICS, by="messages").startswith("tiers: no file gives messages of users.")


@pytest.mark.parametrize("days", [0, -1, 3661, float("nan")])
def test_work_days_that_cannot_be_are_refused(days):
    assert refusal(STATISTICS, work_days=days) == f"work days: {days:g} is not a number of days. Give 1 to 3,660."


# --- large files ---------------------------------------------------------------------------------


def test_blocks_change_nothing(monkeypatch):
    text = statistics([float(n % 97) for n in range(3000)])
    whole = take(text)
    monkeypatch.setattr(powershell_csv, "BLOCK", 1000)
    assert take(text).values == whole.values


def test_reporting_progress_can_stop_the_work():
    class Stop(Exception):
        pass

    seen: list[tuple[int, float | None]] = []
    take(STATISTICS, LIST, progress=lambda done, share: seen.append((done, share)))
    assert seen[-1] == (9, 1.0)
    assert [share for _, share in seen] == sorted(share for _, share in seen)

    def stop(done: int, share: float | None) -> None:
        raise Stop

    with pytest.raises(Stop):
        take(STATISTICS, progress=stop)


def test_an_import_does_not_change_its_base_design():
    base = Profile({"tiers.1.mailboxes": 5.0})
    take(STATISTICS, base=base)
    assert base.given == {"tiers.1.mailboxes": 5.0}


def test_messages_of_users_are_taken_from_tracking_logs_by_address():
    log = SAMPLE.encode()
    names = ["Ann Example", "Bo Sample", "Cy Probe"]
    addresses = ["ANN@example.test", "bo@example.test", "cy@example.test"]
    listed = quotas(["2 GB"] * 3, names, PrimarySmtpAddress=addresses)
    files = [upload(statistics([10, 20, 30], names)), upload(listed, "list.csv"), Upload("MSGTRKMD1.log", log)]
    found = import_mailboxes(files, by="messages", bounds=[1.5], work_days=1)
    assert tiers(found, "mailboxes", "messages_per_day") == [(2, 1), (1, 2)]  # ann sent 1, cy got 1, bo got 2
    assert tiers(found, "message_size")[1] == (pytest.approx((49870 + 91500) / 2 / 1024),)


@pytest.mark.parametrize("size", ["Unlimited", "9" * 400, "-5 MB", "1e400", "NaN"])
def test_a_size_that_no_mailbox_has_is_none(size):
    found = take(f"DisplayName,TotalItemSize\nA,5 MB\nB,{size}\n", uplift=0.35)
    assert tiers(found, "mailboxes", "initial_mailbox_size") == [(1, 6.75)]


def test_files_whose_rows_are_all_broken_are_refused():
    broken = LIST.splitlines(keepends=True)[0] + "a\nb\n"
    assert refusal(STATISTICS, broken).splitlines() == [
        "file2.csv: has no rows that can be read. Export it again.",
        "warning: file2.csv row 2: The row has 1 cell, but the header has 10. The row is left out.",
        "warning: file2.csv row 3: The row has 1 cell, but the header has 10. The row is left out.",
    ]
    assert refusal(STATISTICS, DATABASES.splitlines(keepends=True)[0] + "a\n").startswith("file2.csv: has no rows")
    no_users = refusal(STATISTICS, USERS.splitlines(keepends=True)[0])
    assert no_users.startswith("files of MessageStats: hold no messages.")


def test_a_list_of_archives_alone_joins_nothing():
    listed = quotas(["2 GB"], ["In-Place Archive - Ann Example"])
    assert tiers(take(STATISTICS, listed, tiers=1), "mailboxes", "mailbox_size_limit") == [(3, 5120)]
