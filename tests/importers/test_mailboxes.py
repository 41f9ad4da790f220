"""Populations of mailboxes from exports: what counts, and how files are joined."""

from __future__ import annotations

import pytest
from support.mailbox_exports import (
    CALCULATOR_DATABASES,
    DATABASES,
    LIST,
    REPORT,
    STATISTICS,
    USAGE,
    USERS,
    quotas,
    statistics,
    take,
    tiers,
    told,
)

MB = 2**20
WEEKLY = 100 * 75 * 5 / 1024
"""MB a week of 100 messages of 75 KB on five days."""
GROWTH = WEEKLY * 156
"""MB to the planning horizon of 36 months, 52/12 weeks each."""


# --- the samples ---------------------------------------------------------------------------------


def test_mailbox_statistics_give_mailboxes_and_their_mean_size():
    found = take(STATISTICS, tiers=1)
    assert tiers(found, "mailboxes", "initial_mailbox_size") == [(3, pytest.approx(9381480590 / 3 / MB, rel=1e-12))]
    assert found.tables["tiers"][0]["mailbox_size"] == pytest.approx(2982.2923628489)
    assert found.tables["tiers"][0]["dumpster_size"] == pytest.approx(77.9466714859)
    assert found.tables["left_out"] == [
        {"reason": "disconnected or disabled", "rows": 1},
        {"reason": "health mailbox", "rows": 1},
    ]


def test_any_group_can_be_kept():
    assert tiers(take(STATISTICS, tiers=1, keep=["disabled"]), "mailboxes") == [(4,)]
    kept = take(STATISTICS, tiers=1, keep=["disabled", "health"])
    assert tiers(kept, "mailboxes") == [(5,)]
    assert kept.tables["left_out"] == []


def test_a_mailbox_report_gives_size_dumpster_archive_and_quota_at_once():
    found = take(REPORT, by="quota")
    assert tiers(found, "mailboxes", "initial_mailbox_size", "mailbox_size_limit", "archive_size_limit") == [
        (1, 3190, 2355, 0),
        (1, 870, 10240, pytest.approx(512 + GROWTH)),
        (1, 75, pytest.approx(75 + GROWTH), 0),
    ]
    assert [row["dumpster_size"] for row in found.tables["tiers"]] == [46, 0, 0]
    assert [row["name"] for row in found.tables["tiers"]] == [
        "User mailboxes",
        "User mailboxes, with archive",
        "Room mailboxes, quota assumed",
    ]


def test_mailbox_usage_has_plain_gigabytes_with_a_decimal_comma():
    found = take(USAGE, tiers=2)
    assert tiers(found, "initial_mailbox_size", "mailbox_size_limit", "archive_size_limit") == [
        (3584, 10240, 0),
        (1152, 10240, 51200),
    ]
    assert [row["dumpster_size"] for row in found.tables["tiers"]] == [256, 0]
    assert [row["archive_size"] for row in found.tables["tiers"]] == [0, 2048]


def test_a_mailbox_list_gives_quotas_retention_and_flags():
    found = take(LIST, DATABASES)
    leaves = (
        "mailbox_size_limit",
        "deleted_item_retention",
        "single_item_recovery",
        "calendar_versioning",
        "litigation_hold",
        "archive_size_limit",
    )
    ann, bo, cy, dee = (
        (10240, 14, True, True, False, 0),
        (9728, 30, True, True, False, 51200),
        (10240, 14, False, True, True, 0),
        (5120, 90, True, False, False, 0),
    )
    assert sorted(tiers(found, *leaves)) == sorted([ann, bo, cy, dee])
    assert (
        "warning: mailboxes: tiers.litigation_hold: 1 mailbox on litigation hold: nothing is purged there before "
        "the planning horizon."
    ) in told(found)
    assert (
        "warning: mailboxes: tiers.mailbox_size_limit: 1 mailbox has no limit, which cannot be sized. A quota of "
        "5 GB is assumed: that of the design, because no file gives sizes. Give the quota that you plan."
    ) in told(found)
    assert any(
        text.startswith("notice: database status: databases without a size, exported without -Status or dismounted: 1.")
        for text in told(found)
    )


def test_messages_that_no_file_gives_are_those_of_the_design():
    found = take(statistics([100, 200, 300]), tiers=1)
    assert [row["messages_assumed_for"] for row in found.tables["tiers"]] == [3]
    assert (
        "warning: mailboxes: tiers.messages_per_day: no file gives messages: the 100 messages per day of the design "
        "are used for all 3 mailboxes. Give files of MessageStats or tracking logs too."
    ) in told(found)


def test_a_quota_of_a_database_that_is_not_known_is_reported():
    found = take(LIST)
    assert any(
        text.startswith(
            "warning: mailboxes: tiers.mailbox_size_limit: 1 mailbox has the quota of a database that is not known: "
            "8.17 GB, the mean of the other mailboxes, is used. Give their databases too: Get-MailboxDatabase -Status "
        )
        for text in told(found)
    )


def test_the_database_file_of_the_workbook_gives_quota_and_retention():
    found = take(STATISTICS, CALCULATOR_DATABASES, by="quota")
    assert sorted(tiers(found, "mailboxes", "mailbox_size_limit", "deleted_item_retention")) == [
        (1, 5120, 21),
        (2, pytest.approx((3345678123 + 912345678) / 2 / MB + GROWTH), 21),
    ]


def test_database_sizes_are_compared_with_the_mailboxes_in_them():
    used = 200 * 2**30 - 9 * 2**30 + 2**40 - 256 * MB
    held = 9381480590 + 245199027 + 28552138 + 85356542
    assert (
        f"notice: database status: data.overhead_factor: the database files use {used / 2**30:,.1f} GB, without their "
        f"free pages, for {held / 2**30:,.1f} GB of mailboxes and Recoverable Items: an overhead of "
        f"{100 * (used / held - 1):,.1f} %, which the import does not apply. To plan with this overhead, set "
        "data.overhead_factor."
    ) in told(take(STATISTICS, DATABASES))
    small = DATABASES.replace("200 GB (214,748,364,800 bytes)", "9 GB (9,663,676,416 bytes)").replace(
        "1 TB (1,099,511,627,776 bytes)", "1 GB (1,073,741,824 bytes)"
    )
    assert (
        f"notice: database status: the database files use 0.8 GB, without their free pages, for {held / 2**30:,.1f} GB "
        "of mailboxes and Recoverable Items: no overhead can be derived. Check that both exports are of the same day."
    ) in told(take(STATISTICS, small))


def test_messages_of_users_make_tiers_by_activity():
    found = take(LIST, DATABASES, USERS, by="messages", bounds=[20])
    assert sum(count * messages for count, messages in tiers(found, "mailboxes", "messages_per_day")) == 110
    by_name = {row["messages_per_day"]: row["message_size"] for row in found.tables["tiers"]}
    assert by_name[71] == pytest.approx(4.7 * 1024 / 71)  # ann: 9 + 62 messages of 0.8 + 3.9 MB
    assert by_name[28] == pytest.approx(1.5 * 1024 / 28)  # bo, who has an archive
    assert {row["total"]: row["data"] for row in found.tables["errors"]}["messages_per_day"] == 110


# --- variants met in practice --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mean"),
    [
        ('#TYPE Selected.X\nDisplayName,Database,ItemCount,TotalItemSize\nA,D,1,"2 MB (2,097,152 bytes)"\n', 2),
        ("DisplayName;StorageLimitStatus;TotalItemSize (MB)\nA;BelowLimit;1,5\nB;BelowLimit;2,5\n", 2),
        ("DisplayName,TotalItemSizeMB\nA,1380\n", 1380),
        ("DisplayName,TotalItemSize\nA,2097152B\nB,0B\n", 1),
        ("DisplayName\tTotalItemSize(KB)\nA\t2048\n", 2),
        ('displayname,TOTALITEMSIZE\nA,"1,348 GB (1.447.309.924 Bytes)"\n', 1447309924 / MB),
        ('MailboxGuid,TotalItemSize,TotalItemSize (MB)\n1,"2 MB (2,097,152 bytes)",7\n', 2),
    ],
)
def test_variants_of_statistics(text, mean):
    assert take(text, tiers=1).profile.value("tiers.1.initial_mailbox_size") == pytest.approx(mean)


def test_sizes_of_exchange_2007_are_known_by_their_form():
    hint = "sizes reported by Exchange 2007 and 2010 grow by 30 to 40 % with the move."
    path = "mailboxes: tiers.initial_mailbox_size"
    old = "DisplayName,TotalItemSize\nA,2097152B\n"
    assert (
        f"warning: {path}: {hint} These sizes come from Exchange 2007: let them grow by 35 % with the move (--uplift)."
        in told(take(old))
    )
    assert (
        f"notice: {path}: {hint} If these sizes come from such a version, let them grow by 35 % with the move "
        "(--uplift)." in told(take(STATISTICS))
    )
    lifted = take(old, uplift=0.35)
    assert lifted.profile.value("tiers.1.initial_mailbox_size") == pytest.approx(2.7)
    assert not any(hint in text for text in told(lifted))


def test_sizes_without_their_unit_are_pointed_out():
    assert (
        "warning: mailboxes: sizes are a few bytes: plain numbers without a unit were read as bytes. "
        'Name the column with its unit, such as "TotalItemSize (MB)".'
    ) in told(take("DisplayName,TotalItemSize\nA,1380\nB,2400\n"))


def test_archives_go_with_their_mailbox():
    found = take(statistics([100, 200, 30, 40], ["Ann", "Bo", "In-Place Archive - Bo", "Personal Archive - Gone"]))
    assert {row["mailboxes"]: row["archive_size"] for row in found.tables["tiers"]} == {1: pytest.approx(30)} or [
        (row["mailboxes"], row["archive_size"]) for row in found.tables["tiers"]
    ] == [(1, 0), (1, 30)]
    assert found.tables["left_out"] == [{"reason": "archive without its mailbox", "rows": 1}]
    assert "notice: mailboxes: 1 archive was added to the mailbox that owns it." in told(found)
    assert [value for (value,) in tiers(found, "archive_size_limit")] == [0, pytest.approx(30 + GROWTH)]


def test_system_and_test_mailboxes_are_left_out_by_name_and_type():
    names = [
        "Ann",
        "SystemMailbox{1f05a927}",
        "Microsoft Exchange Approval Assistant",
        "extest_1",
        "Discovery Search Mailbox",
        "HealthMailboxabc",
        "Bo",
    ]
    found = take(
        statistics([1.0] * 7, names),
        quotas(["2 GB"] * 7, names, RecipientTypeDetails=["UserMailbox"] * 6 + ["ArbitrationMailbox"]),
        tiers=1,
    )
    assert tiers(found, "mailboxes") == [(1,)]
    assert {row["reason"]: row["rows"] for row in found.tables["left_out"]} == {
        "health mailbox": 1,
        "discovery mailbox": 1,
        "system or test mailbox": 4,
    }


def test_a_mailbox_listed_once_for_each_copy_counts_once():
    text = STATISTICS + "".join(STATISTICS.splitlines(keepends=True)[1:4])
    found = take(text, tiers=1)
    assert tiers(found, "mailboxes") == [(3,)]
    assert {"reason": "duplicate", "rows": 3} in found.tables["left_out"]


def test_namesakes_of_different_size_are_two_mailboxes():
    assert tiers(take(statistics([1, 2, 2], ["Ann", "Ann", "Ann"]), tiers=1), "mailboxes") == [(2,)]


def test_statistics_of_several_files_are_one_population():
    head, *rows = STATISTICS.splitlines(keepends=True)
    parts = [head + "".join(rows[:1]), head + "".join(rows[1:])]
    assert take(*parts).values == take(STATISTICS).values


def test_a_list_is_joined_by_guid_then_address_then_a_name_that_is_there_once():
    stats = (
        "DisplayName,MailboxGuid,PrimarySmtpAddress,TotalItemSize (MB)\n"
        "Ann,G1,,1\nBo,,bo@example.test,2\nCy,,,3\nDee,,,4\nDee,,,5\n"
    )
    listed = quotas(
        ["1 GB", "2 GB", "3 GB", "4 GB", "5 GB"],
        ["Other", "Other", "Cy", "Dee", "Dee"],
        ExchangeGuid=["g1", "", "", "", ""],
        PrimarySmtpAddress=["", "BO@example.test", "", "", ""],
    )
    found = take(stats, listed, by="quota")
    assert [limit for (limit,) in tiers(found, "mailbox_size_limit")] == [1024, 2048, 3072]
    assert tiers(found, "mailboxes") == [(1,), (3,), (1,)]  # both called Dee have the mean of the others, 2 GB
    assert any(
        text.startswith("warning: mailbox list: 2 mailboxes of 5 not found in the mailbox list.")
        for text in told(found)
    )
    assert any(
        text.startswith("notice: mailbox list: 2 mailboxes of the list without statistics") for text in told(found)
    )


def test_mixed_quotas_in_a_tier_are_reported_with_their_split():
    found = take(statistics([100] * 4), quotas(["2 GB", "2 GB", "2 GB", "10 GB"]), tiers=1)
    assert tiers(found, "mailbox_size_limit") == [(4096,)]
    assert (
        'notice: import: tiers.1.mailbox_size_limit: the mailboxes of tier 1 ("All mailboxes") have different '
        "quotas, 2 GB (3), 10 GB (1): their mean, 4 GB, is used. Give --by quota for one tier per quota."
    ) in told(found)


def test_a_flag_that_some_have_is_that_of_more_than_half():
    flags = ["True", "True", "True", "False"]
    found = take(statistics([100] * 4), quotas(["2 GB"] * 4, SingleItemRecoveryEnabled=flags), tiers=1)
    assert tiers(found, "single_item_recovery") == [(True,)]
    assert (
        'notice: import: tiers.1.single_item_recovery: 75.0 % of the mailboxes of tier 1 ("All mailboxes") have '
        "single item recovery, so the tier has it."
    ) in told(found)


def test_mailboxes_never_used_and_over_a_limit_are_reported():
    text = (
        "DisplayName,TotalItemSize,StorageLimitStatus,LastLogonTime\nA,5 MB,IssueWarning,5/6/2014\n"
        "B,5 MB,ProhibitSend,\nC,5 MB,BelowLimit,\nD,5 MB,MailboxDisabled,\n"
    )
    found = take(text)
    assert "notice: mailboxes: 2 mailboxes over a limit. Plan a higher quota for them." in told(found)
    assert "notice: mailboxes: 2 mailboxes never used: without the date of a logon. They are counted." in told(found)
    assert found.tables["left_out"] == [{"reason": "disconnected or disabled", "rows": 1}]


@pytest.mark.parametrize(("size", "severity"), [(8192, "warning"), (5200, "notice")])
def test_mailboxes_larger_than_what_is_sized_for_them_are_reported(size, severity):
    found = take(statistics([size, 4096, 1024]))
    assert (
        f"{severity}: mailboxes: tiers.mailbox_size_limit: 1 mailbox is larger today than the quota, by "
        f"{'3 GB' if size == 8192 else '80 MB'} in all, which is not sized. Raise the quotas to these sizes "
        "(--raise-quotas), or empty these mailboxes before the move."
    ) in told(found)
    assert not any("larger today" in line for line in told(take(statistics([5120, 1024]))))


def test_quotas_are_raised_to_the_sizes_of_mailboxes_that_are_larger_today():
    """Mailboxes of 8, 4 and 1 GB with a quota of 5 GB: 8 + 5 + 5 GB are sized."""
    found = take(statistics([8192, 4096, 1024]), tiers=1, raise_quotas=True)
    assert tiers(found, "mailbox_size_limit") == [(6 * 1024,)]
    lines = told(found)
    assert (
        "notice: mailboxes: tiers.mailbox_size_limit: 1 mailbox is larger today than the quota, by 3 GB in all, which "
        "is sized: each of these quotas is raised to the size of its mailbox. The quota of a tier is the mean of its "
        "mailboxes."
    ) in lines
    assert any("no file gives quotas" in line for line in lines)


def test_rows_that_cannot_be_used_are_counted():
    found = take("DisplayName,TotalItemSize\nA,5 MB\nB,big\nC\nD,\n")
    assert tiers(found, "mailboxes") == [(1,)]
    assert found.tables["left_out"] == [
        {"reason": "no size", "rows": 2},
        {"reason": "cells do not fit the header", "rows": 1},
    ]
    assert (
        'warning: file1.csv: TotalItemSize: cells that are not a size: 1, such as "big". They are treated as empty.'
    ) in told(found)


def list_with_unknown_quotas(**columns):
    """Mailboxes of 4, 12 and 12 GB, and three with the quota of a database that no file gives."""
    own = ["Unlimited"] * 3 + ["4 GB", "12 GB", "12 GB"]
    flags = ["True"] * 3 + ["False"] * 3
    return quotas(own, UseDatabaseQuotaDefaults=flags, **columns)


def test_a_tier_of_assumed_quotas_is_named_and_counted():
    found = take(statistics([100] * 6), list_with_unknown_quotas(), by="quota")
    assert [(row["name"], row["mailboxes"], row["quota_assumed_for"]) for row in found.tables["tiers"]] == [
        ("Quota of 4 GB", 1, 0),
        ("Assumed quota of 9.33 GB", 3, 3),
        ("Quota of 12 GB", 2, 0),
    ]
    assert any(
        "3 mailboxes have the quota of a database that is not known: 9.33 GB, the mean of the other mailboxes, is used."
        in line
        for line in told(found)
    )
    assert [row["quota_assumed_for"] for row in take(statistics([100]), quotas(["4 GB"])).tables["tiers"]] == [0]
    design = take(statistics([100, 100]), tiers=1)
    assert [(row["name"], row["quota_assumed_for"]) for row in design.tables["tiers"]] == [("All mailboxes", 2)]


def test_the_quotas_that_a_notice_lists_have_the_mean_that_it_names():
    found = take(statistics([100] * 6), list_with_unknown_quotas(), tiers=1)
    assert (
        'notice: import: tiers.1.mailbox_size_limit: the mailboxes of tier 1 ("All mailboxes") have different quotas, '
        "4 GB (1), 12 GB (2), assumed 9.33 GB (3): their mean, 9.33 GB, is used. Give --by quota for one tier per "
        "quota."
    ) in told(found)
    raised = take(statistics([100] * 3 + [8192, 100, 100]), list_with_unknown_quotas(), tiers=1, raise_quotas=True)
    assert (
        'notice: import: tiers.1.mailbox_size_limit: the mailboxes of tier 1 ("All mailboxes") have different quotas, '
        "12 GB (2), assumed 9.33 GB (3), raised to the size of the mailbox 8 GB (1): their mean, 10 GB, is used. "
        "Give --by quota for one tier per quota."
    ) in told(raised)


def test_mailboxes_that_the_list_does_not_have_get_the_mean_quota():
    found = take(statistics([100] * 3), quotas(["2 GB", "6 GB"]))
    assert (
        "warning: mailboxes: tiers.mailbox_size_limit: 1 mailbox has no known quota: 4 GB, the mean of the other "
        "mailboxes, is used. Give a mailbox list with their quotas."
    ) in told(found)


def test_the_archive_quota_of_a_tier_is_shown_with_how_many_have_an_archive():
    archives = {"ArchiveDatabase": ["DB"] * 2 + [""] * 4, "ArchiveQuota": ["90 GB"] * 6}
    found = take(statistics([100] * 6), quotas(["4 GB"] * 6, **archives), tiers=1)
    assert [row["archive_quota"] for row in found.tables["tiers"]] == [30 * 1024]
    assert (
        'notice: import: tiers.1.archive_size_limit: 2 of the 6 mailboxes of tier 1 ("All mailboxes") have an archive: '
        "30 GB per mailbox, the mean over all of them, is used."
    ) in told(found)
    apart = take(statistics([100] * 6), quotas(["4 GB"] * 6, **archives))
    assert sorted(row["archive_quota"] for row in apart.tables["tiers"]) == [0, 90 * 1024]
    assert not any("have an archive" in line for line in told(apart))
    without = take(statistics([100] * 6), quotas(["4 GB"] * 6))
    assert [row["archive_quota"] for row in without.tables["tiers"]] == [None]
