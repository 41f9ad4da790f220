"""Exports as they come from servers of other cultures and from scripts: each fault is reported or read correctly."""

from __future__ import annotations

import pytest
from support import mailbox_exports, message_exports
from support.mailbox_exports import refusal, statistics, take, tiers, told

from calculator.importers import import_hourly_logs
from calculator.inputs.text_files import Upload
from calculator.issues import InputError

GB = 1024


def size(*texts, **options):
    """Mean size of the mailboxes in MB."""
    return take(*texts, tiers=1, **options).profile.value("tiers.1.initial_mailbox_size")


# --- sizes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "DisplayName;TotalItemSize\nA;2.125 GB\nB;512.5 MB\n",
        'DisplayName,TotalItemSize\nA,"2,125 GB"\nB,"512,5 MB"\n',
        'DisplayName\tTotalItemSize\nA\t"2,125 GB"\nB\t"512,5 MB"\n',
    ],
)
def test_the_cells_of_a_column_and_not_the_separator_show_the_decimal_sign(text):
    assert size(text) == (2.125 * GB + 512.5) / 2


def test_a_column_in_gb_with_three_decimals_in_every_cell():
    found = take('DisplayName,"Mailbox Size (GB)"\nA,"2,125"\nB,"7,250"\n', tiers=1)
    assert found.profile.value("tiers.1.initial_mailbox_size") == (2.125 + 7.25) / 2 * GB
    assert (
        'warning: file1.csv: Mailbox Size (GB): "2,125" was read as 2.125, the more plausible reading; no '
        "cell shows the "
        "sign. If that is wrong, choose it: --decimal point or --decimal comma."
    ) in told(found)


def test_a_column_in_mb_that_leaves_the_sign_open_is_asked_for():
    text = 'DisplayName,TotalItemSizeMB\nA,"2,125"\nB,"7,250"\n'
    assert refusal(text) == (
        'file1.csv: TotalItemSizeMB: "2,125" is ambiguous: 2.125 or 2,125? No cell shows the decimal sign. Choose the '
        "decimal sign: --decimal point or --decimal comma."
    )
    assert size(text, decimal="point") == (2125 + 7250) / 2
    assert size(text, decimal="comma") == (2.125 + 7.25) / 2
    assert refusal(text, decimal="dot", dates="iso").splitlines() == [
        'decimal: "dot" is not a choice. Give point or comma.',
        'dates: "iso" is not a choice. Give day-first or month-first.',
    ]


def test_a_cell_without_a_unit_among_cells_with_one_is_reported():
    found = take("DisplayName;TotalItemSize\nA;1 234,5 MB\nB;2 345 MB\nC;1 024\n", tiers=1)
    assert (
        'warning: file1.csv: TotalItemSize: cells without a unit in a column with units: 1, such as "1 024". They '
        "are read as bytes. Write the unit into these cells if they are not bytes."
    ) in told(found)


def test_sizes_that_no_organization_has_are_refused_with_their_cell():
    text = "DisplayName,TotalItemSize (GB)\nA,900\nB,2500\n"
    assert refusal(text) == (
        'file1.csv row 3: TotalItemSize (GB): "2500" is 2,500 GB: mailboxes would have 1,700 GB on average, more than '
        "1,024 GB. Check the unit and the decimal sign: --decimal point or --decimal comma."
    )
    assert (
        'warning: file1.csv: TotalItemSize (GB): mailboxes of more than 1,024 GB: 1. The largest, "2500" '
        "is 2,500 GB, is "
        "in row 2. Check their unit."
    ) in told(take("DisplayName,TotalItemSize (GB)\nB,2500\n" + "".join(f"A{n},1\n" for n in range(99))))


def test_the_unit_in_a_name_may_be_at_either_end():
    rows = "\nA,2048\nB,1024\n"
    for name in (
        "TotalItemSizeInMB",
        "TotalItemSizeinMB",
        "Total Size (MB)",
        "SizeMB",
        "MB Used Space",
        "Mailbox Size [MiB]",
        "$_.TotalItemSize.Value.ToMB()",
        "Primary Size MB",
        "Storage Used (megabytes)",
    ):
        for identity in ("User", "DisplayName", "UserPrincipalName", "Mailbox"):
            assert size(f"{identity},{name}{rows}") == 1536
    assert size("User,TotalItemSizeInBytes\nA,3145728\n") == 3
    assert size("Name,Primary Size\nA,3 MB (3145728 bytes)\n") == 3


def test_a_column_that_looks_like_the_size_is_named():
    assert refusal("DisplayName,ItemCount,Gesamtgröße\nA,1,2\n") == (
        'file1.csv: has no column TotalItemSize. Column "Gesamtgröße" looks like the size. If it is, name it with its '
        'unit, such as "TotalItemSize (MB)".'
    )
    assert refusal("Name,Consumed Size Now\nA,2\n").startswith(
        'file1.csv: has no column TotalItemSize. Column "Consumed Size Now" looks like the size.'
    )


def test_a_line_that_states_the_separator_is_no_header():
    rows = 'DisplayName|TotalItemSize\nA|"3 MB (3,145,728 bytes)"\n'
    for line in ("sep=|\n", '"sep=|"\r\n', "SEP=|\n", "#TYPE Selected\nsep=|\n"):
        assert size(line + rows) == 3


def test_usage_reports_of_microsoft_365():
    text = (
        "Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Created Date,Last Activity Date,"
        "Item Count,Storage Used (Byte),Issue Warning Quota (Byte),Prohibit Send Quota (Byte),"
        "Prohibit Send/Receive Quota (Byte),Deleted Item Count,Deleted Item Size (Byte),Has Archive,Report Period\n"
        "2024-05-06,a@x.test,A,False,,2020-01-01,2024-05-05,10,3145728,1,2,107374182400,,1048576,True,7\n"
        "2024-05-06,b@x.test,B,False,,2020-01-01,,10,1048576,1,2,107374182400,3,,False,7\n"
        "2024-05-06,c@x.test,C,True,2024-05-01,2020-01-01,,10,1048576,1,2,107374182400,3,0,False,7\n"
    )
    found = take("\ufeff" + text, tiers=2)
    assert tiers(found, "mailboxes", "initial_mailbox_size", "mailbox_size_limit") == [
        (1, 1, 100 * GB),
        (1, 3, 100 * GB),
    ]
    assert [row["dumpster_size"] for row in found.tables["tiers"]] == [0, 1]
    assert found.tables["left_out"] == [{"reason": "disconnected or disabled", "rows": 1}]
    assert found.tables["seen"][0]["kind"] == "Microsoft 365 usage report"
    totals = "Report Refresh Date,Storage Used (Byte),Report Date,Report Period\n2024-05-06,9,2024-05-05,7\n"
    assert "neither mailboxes nor databases" in refusal(totals)


def test_email_activity_of_microsoft_365():
    text = (
        "Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Last Activity Date,Send Count,"
        "Receive Count,Read Count,Assigned Products,Report Period\n"
        "2024-05-06,a@x.test,A,False,,2024-05-05,30,120,9,X,7\n"
        "2024-05-06,b@x.test,B,False,,,,,,X,7\n"
        "2024-05-06,c@x.test,C,True,2024-05-01,2024-04-05,500,500,9,X,7\n"
    )
    found = message_exports.imported(text)
    assert found.values == {"tiers.1.messages_per_day": 150 / 5 / 2}  # seven days have five of work
    assert message_exports.left_out(found) == {"deleted": 1}
    assert any("email activity report: tiers.message_size: is unknown" in line for line in message_exports.told(found))
    lines = message_exports.refused(text.replace(",30,120,", ",many,-1,")).splitlines()
    assert lines[0].startswith("file.csv: no user sent or received a message. Export it again from the Microsoft 365")
    assert lines[1] == ("warning: file.csv: rows without a number where there should be one: 1. They are left out.")


# --- quotas --------------------------------------------------------------------------------------


def test_unlimited_quotas_of_a_resolved_report_are_unlimited():
    text = (
        "DisplayName,Mailbox Size (Mb),Use Database Quota Defaults,Prohibit Send Receive Quota\n"
        "A,9000,True,Unlimited\nB,100,True,2 GB\n"
    )
    found = take(text, by="quota")
    assert any("1 mailbox has no limit, which cannot be sized" in line for line in told(found))
    assert not any("not known" in line or "no file gives quotas" in line for line in told(found))
    assert min(limit for (limit,) in tiers(found, "mailbox_size_limit")) == 2 * GB


def test_statistics_give_the_quota_of_the_database():
    stats = statistics([100, 200]).splitlines()
    text = "\n".join([f'{stats[0]},"DatabaseProhibitSendReceiveQuota"', *(f'{row},"3 GB"' for row in stats[1:]), ""])
    flags = mailbox_exports.quotas(["Unlimited", "1 GB"], UseDatabaseQuotaDefaults=["True", "False"])
    assert tiers(take(text, flags, by="quota"), "mailbox_size_limit") == [(1 * GB,), (3 * GB,)]
    alone = take(text, tiers=1)
    assert tiers(alone, "mailbox_size_limit") == [(3 * GB,)]
    assert any(
        line.startswith(
            "notice: mailboxes: tiers.mailbox_size_limit: 2 mailboxes with the quota of the database; "
            "quotas of their own "
            "are not known. Give the list too: Get-Mailbox"
        )
        for line in told(alone)
    )


def test_a_list_with_unknown_database_quotas_is_reported():
    listed = mailbox_exports.quotas(["Unlimited"], UseDatabaseQuotaDefaults=["True"])
    lines = refusal(listed).splitlines()
    assert lines[0].startswith(
        "tiers: all quotas are those of databases, which no file gives. Give the databases too: "
    )
    found = take(statistics([100]), listed)
    assert any(
        "all quotas are those of databases, which no file gives: that of the design, 5 GB, is used." in line
        for line in told(found)
    )


# --- refusals ------------------------------------------------------------------------------------


def test_refusals_tell_what_could_not_be_read():
    assert (
        refusal("DisplayName,TotalItemSize\nA,2 gigs\nB,3 gigs\n")
        .splitlines()[0]
        .startswith(
            'file1.csv: holds no mailbox that counts (no size: 2): TotalItemSize such as "2 gigs" is not a size. '
            "Export it with: "
        )
    )
    export = "Timestamp,Source,EventId,MessageId,Recipients,TotalBytes,Sender\n" + (
        "soon,STOREDRIVER,DELIVER,<1>,bo@x.test,10,ann@x.test\n" * 2
    )
    assert (
        message_exports.refused(export, mailboxes=1)
        .splitlines()[0]
        .startswith(
            'message tracking logs: hold no message that can be read in 2 rows: date-time such as "soon" '
            "is not a time (2). "
        )
    )


def test_invalid_numbers_of_days_are_reported():
    found = take(mailbox_exports.quotas(["2 GB"] * 2, RetainDeletedItemsFor=["14.00:00:00", "two weeks"]))
    assert (
        'warning: file1.csv: RetainDeletedItemsFor: cells that are not a number of days: 1, such as "two weeks". '
        "They are treated as empty. A span is written as 14.00:00:00."
    ) in told(found)


# --- recipients ----------------------------------------------------------------------------------

HEAD = "Timestamp;Source;EventId;MessageId;Recipients;RecipientCount;TotalBytes;Sender\n"


def messages(*recipients, head=HEAD, count="3"):
    """Messages per working day of ten mailboxes, each row of its recipients received on a working day of its own."""
    rows = [
        f'2014-05-{5 + place:02}T09:00:00Z;STOREDRIVER;DELIVER;<{place}>;"{cell}";{count};1024;ann@x.test\n'
        for place, cell in enumerate(recipients)
    ]
    found = message_exports.imported(head + "".join(rows), mailboxes=10, work_days=1)
    return found.values["tiers.1.messages_per_day"] * 10, message_exports.told(found)


@pytest.mark.parametrize(
    "cell",
    [
        "a@x.test;b@x.test;c@x.test",
        "a@x.test,b@x.test, c@x.test",
        "a@x.test|b@x.test|c@x.test",
        "a@x.test b@x.test c@x.test",
        "a@x.test\nb@x.test\nc@x.test",
        "{a@x.test, b@x.test, c@x.test}",
        "[a@x.test, b@x.test, c@x.test]",
        " a@x.test ; b@x.test ;; c@x.test ; ",
        "System.String[]",
        "System.Object[]",
        "System.Collections.Generic.List`1[System.String]",
        "Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.SmtpAddress]",
        "Deserialized.System.Collections.ArrayList",
    ],
)
def test_several_addresses_in_every_form(cell):
    assert messages(cell)[0] == 3


def test_recipients_that_cannot_be_told_apart_are_counted_row_by_row():
    assert messages("System.String[]", "System.String[]")[0] == 6
    rows = "2014-05-05T09:00:00Z;STOREDRIVER;DELIVER;<1>;System.String[];{};1024;ann@x.test\n"
    text = HEAD + rows.format(2) + rows.format(3)  # two databases, one message, the same second
    found = message_exports.imported(text, mailboxes=1, work_days=1)
    assert found.values["tiers.1.messages_per_day"] == 5


def test_lists_that_were_cut_count_by_their_number_of_recipients():
    cut = "{a@x.test, b@x.test, c@x.test, d@x.test...}"
    assert messages(cut, count="9")[0] == 9
    counted, lines = messages(cut, count="")
    assert counted == 4
    assert any(
        line.startswith(
            "warning: file.csv: Recipients: lists of addresses that were cut: 1. Only the addresses shown count."
        )
        for line in lines
    )


def test_sizes_of_messages_of_users_that_leave_the_sign_open_are_asked_for():
    head = "Date,User,Domain,Sent Unique Total,Received Total,Sent Unique MB Total,Received MB Total\n"
    users = head + 'd,M0,x,9,9,"1,125",0\n' + "".join(f"d,M{n},x,9,9,0,\n" for n in range(1, 5))
    asked = (
        'Sent Unique MB Total: "1,125" is ambiguous: 1.125 or 1,125? No cell shows the decimal sign. Choose the '
        "decimal sign: --decimal point or --decimal comma."
    )
    assert asked in message_exports.refused(users, mailboxes=5)
    found = message_exports.imported(users, mailboxes=5, decimal="comma", work_days=1)
    assert found.values["tiers.1.message_size"] == pytest.approx(1.125 * 1024 / 90)
    assert asked in refusal(statistics([10.0] * 5), users)
    assert asked not in "".join(told(take(statistics([10.0] * 5), users, decimal="comma")))


def test_names_of_types_without_a_number_of_recipients_are_refused():
    text = HEAD.replace("RecipientCount", "Other") + (
        "2014-05-05T09:00:00Z;STOREDRIVER;DELIVER;<1>;System.String[];3;1024;ann@x.test\n"
    )
    assert message_exports.refused(text, mailboxes=1).startswith(
        'file.csv: column Recipients holds the names of collections, such as "System.String[]", not their values.'
    )


# --- mailboxes of nobody, kinds ------------------------------------------------------------------


def test_mailboxes_of_no_person_are_left_out_by_one_shared_list():
    names = [
        "Ann",
        "Migration.8f3e7716-2011-43e4-96b1-aba62d229136",
        "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042",
        "SearchDiscoveryHoldsMailbox{1}",
        "E4E Encryption Store - Active",
        "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}",
        "HealthMailbox-EX1-003",
    ]
    addresses = "UserPrincipalName,Storage Used (Byte)\nann@x.test,5\nFederatedEmail.4c1f4d8b@x.test,5\n"
    assert tiers(take(addresses), "mailboxes") == [(1,)]
    found = take(statistics([10.0] * 7, names), tiers=1)
    assert {row["reason"]: row["rows"] for row in found.tables["left_out"]} == {
        "system or test mailbox": 4,
        "discovery mailbox": 1,
        "health mailbox": 1,
    }


def test_kinds_of_mailboxes_are_tiers_of_their_own():
    names = [f"M{n}" for n in range(7)]
    types = [
        "UserMailbox",
        "SharedMailbox",
        "RoomMailbox",
        "EquipmentMailbox",
        "LinkedMailbox",
        "PublicFolderMailbox",
        "UserMailbox",
    ]
    found = take(
        statistics([100.0 * (n + 1) for n in range(7)], names),
        mailbox_exports.quotas(["2 GB"] * 7, names, RecipientTypeDetails=types),
    )
    rows = {row["name"]: (row["mailboxes"], row["messages_per_day"]) for row in found.tables["tiers"]}
    assert rows == {
        "User mailboxes": (2, 100),
        "Shared mailboxes": (1, 100),
        "Room mailboxes": (1, 100),
        "Equipment mailboxes": (1, 100),
        "Linked mailboxes": (1, 100),
        "Public folder mailboxes": (1, 0),
    }
    assert (
        "notice: mailboxes: tiers.messages_per_day: mailboxes that nobody sends from (shared: 1, room: 1, "
        "equipment: 1): "
        "100 messages per day are assumed, as for users. Give tracking logs or files of MessageStats, or "
        "set the messages "
        "of their tier."
    ) in told(found)
    assert (
        "warning: mailboxes: tiers.messages_per_day: public folder mailboxes: 1. They need space, but send and "
        "receive no messages. Their quota differs from that of users. Check the quota of their tier."
    ) in told(found)


def test_kinds_that_share_a_tier_are_reported():
    found = take(
        statistics([100.0, 300.0], ["A", "B"]),
        mailbox_exports.quotas(["2 GB"] * 2, ["A", "B"], RecipientTypeDetails=["UserMailbox", "RoomMailbox"]),
        tiers=1,
    )
    assert tiers(found, "mailboxes", "initial_mailbox_size") == [(2, 200)]
    assert (
        'warning: import: tiers.1: mailboxes of several kinds (user, room) share tier 1 ("All mailboxes"). Give more '
        "tiers, so that each "
        "kind has its own."
    ) in told(found)


# --- hourly logs ---------------------------------------------------------------------------------


def hours(text, **options):
    found = import_hourly_logs([Upload("logs.csv", text.encode())], **options)
    return [found.values[f"replication.hourly_log_share.{hour}"] for hour in range(1, 25)], found


def by_database(counts, ratio="0.04"):
    rows = [f'"DB1","{hour}","{count}","{ratio}"\n' for hour, count in enumerate(counts)]
    return '"DatabaseName","Hour","LogsGenerated","HourToDailyLogGenRatioForDB"\n' + "".join(rows)


def test_counts_that_a_script_divided_have_decimals():
    shares, _ = hours(by_database(["10", "16.625", "20.5", *["30"] * 21]))
    assert shares[:4] == pytest.approx([share / 677.125 for share in (10, 16.625, 20.5, 30)], rel=1e-12)
    shares, _ = hours(by_database(["10", "16,625", "20", *["30"] * 21], "0,04"))  # only the ratio shows the sign
    assert shares[1] == pytest.approx(16.625 / 676.625, rel=1e-12)
    with pytest.raises(InputError, match=r'"16,625" is ambiguous: 16\.625 or 16,625\?'):
        hours(by_database(["10", "16,625", *["30"] * 22], "1"))
    assert hours(by_database(["10", "16,625", *["30"] * 22], "1"), decimal="comma")[0][1] == pytest.approx(
        16.625 / 686.625
    )


def test_empty_counts_of_files_are_none():
    head = ";".join(["Server", "LogFolderPath", *(f"Hour-{hour:02}" for hour in range(24))])
    counts = ["5", "", *["3"] * 21, ""]
    shares, found = hours(f"{head}\nEX1;D:\\Logs;{';'.join(counts)}\nEX1;E:\\Logs{';' * 24}\n")
    assert shares[:3] == pytest.approx([5 / 68, 0, 3 / 68])
    assert found.tables["left_out"] == [{"reason": "unusable", "rows": 1}]
    assert "empty counts: 2. They count as 0." in "".join(map(str, found.issues))


def log_stats(times, generations):
    rows = [f'"DB1","EX1","{g}","{t}"\n' for t, g in zip(times, generations, strict=True)]
    return '"DatabaseName","ServerName","LogGeneration","TimeCollected"\n' + "".join(rows)


def test_notes_that_leave_the_order_open_need_it_only_where_it_matters():
    day = [f"5/6/2014 {hour % 12 or 12}:00:10 {'AM' if hour < 12 else 'PM'}" for hour in range(24)]
    shares, _ = hours(log_stats([*day, "5/7/2014 12:00:10 AM"], range(0, 250, 10)))
    assert shares == pytest.approx([1 / 24] * 24)
    shares, found = hours(log_stats(day[8:10], [0, 60]))  # one day: the hours are the same either way
    assert shares[8] == pytest.approx(1)
    assert found.tables["seen"][0]["date_order"] is None
    times = ["2/1/2014 11:00 PM", "3/1/2014 12:00 AM", "1/2/2014 10:00 AM", "1/2/2014 11:00 AM"]
    text = log_stats(times, [0, 60, 70, 80])
    assert hours(text, dates="day-first")[0][23] == pytest.approx(60 / 70)
    assert hours(text, dates="month-first")[0][10] == 1
    with pytest.raises(
        InputError, match='TimeCollected such as "2/1/2014 11:00 PM" leaves open whether the day or the'
    ):
        hours(text)
    split = ["5/6/2014 11:00:10 PM", "6/6/2014 12:00:10 AM", "6/7/2014 12:30:10 AM", "6/7/2014 1:00:10 AM"]
    assert hours(log_stats(split, [0, 60, 70, 80]), dates="day-first")[0][23] == pytest.approx(60 / 80)


# --- what was recognized -------------------------------------------------------------------------


def test_the_table_seen_shows_how_each_file_was_read():
    text = "sep=;\n#TYPE X\nDisplayName;Note;TotalItemSize;ProhibitSendReceiveQuota\nA;x;1,5 GB;2.5 GB\n"
    found = take(text, tiers=1)
    assert found.tables["seen"] == [
        {
            "file": "file1.csv",
            "kind": "mailbox statistics",
            "encoding": "UTF-8",
            "separator": "semicolon",
            "decimal_sign": "TotalItemSize: comma, ProhibitSendReceiveQuota: point",
            "date_order": None,
            "rows": 1,
            "columns_used": "DisplayName, TotalItemSize, ProhibitSendReceiveQuota",
            "columns_ignored": "Note",
        }
    ]
    encodings = {"utf-8-sig": "UTF-8 with a byte order mark", "utf-16": "UTF-16-LE with a byte order mark"}
    for encoding, name in encodings.items():
        upload = Upload("logs.csv", log_stats(["16.05.2014 08:00", "16.05.2014 09:00"], [1, 5]).encode(encoding))
        row = import_hourly_logs([upload]).tables["seen"][0]
        assert (row["encoding"], row["date_order"], row["kind"]) == (name, "day first", "LogStats.csv")
    result = message_exports.imported(message_exports.AVERAGES)
    assert result.tables["seen"][0]["kind"] == "text of CalcMsgAverage"


def test_bytes_of_messages_as_a_spreadsheet_program_writes_them():
    rows = "2014-05-05T09:00:00Z;STOREDRIVER;DELIVER;<1>;a@x.test;1;{};ann@x.test\n"
    for cell in ("2048", "2,048", "2.048E+03", "2\u202f048"):
        found = message_exports.imported(HEAD + rows.format(cell), mailboxes=1, work_days=1)
        assert found.values["tiers.1.message_size"] == 2


def test_lists_of_folders_are_no_mailboxes():
    assert refusal("Name,FolderPath,ItemCount,TotalItemSize\nA,\\x,3,5 MB\n").startswith(
        "file1.csv: lists folders, not mailboxes. Give mailbox statistics"
    )


def test_sizes_that_are_hardly_usual_are_reported():
    found = take("DisplayName,TotalItemSize (GB)\nA,870\n")
    assert (
        'warning: file1.csv row 2: TotalItemSize (GB): "870" is 870 GB: mailboxes have 870 GB on average, more than '
        "the 100 GB that are usual at most. Check the unit and the decimal sign: --decimal point or --decimal comma."
    ) in told(found)
