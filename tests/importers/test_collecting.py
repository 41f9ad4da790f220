"""Commands that collect data: guide, script and page hold the same lines, and our imports read what they write."""

from __future__ import annotations

import csv
import io
import re
import shlex

import pytest
from support.paths import ROOT

from calculator.cli.main import build_parser, main
from calculator.importers import import_hourly_logs, import_mailboxes, import_messages
from calculator.importers.collecting import PROGRAM, collection_guide, collection_script, data_sources
from calculator.importers.mailboxes import file_kinds
from calculator.importers.messages import tracking_log
from calculator.inputs.profile import Profile
from calculator.inputs.text_files import Upload

SOURCES = {source.key: source for source in data_sources()}
EXPORTS = ("mailbox_statistics", "mailbox_list", "databases", "tracking_export")
"""Sources whose command names the columns of the file."""
READERS = ROOT / "calculator" / "importers" / "mailboxes"
_COLUMN = re.compile(r"@\{n='(\w+)';e=\{(?:[^{}]|\{[^{}]*\})*\}\}|(\w+)")
GUID = "aaaaaaaa-0000-0000-0000-00000000000{}"
MAILBOXES = [
    {
        "DisplayName": f"M{n}",
        "Name": f"M{n}",
        "MailboxGuid": GUID.format(n),
        "ExchangeGuid": GUID.format(n),
        "PrimarySmtpAddress": f"m{n}@example.test",
        "Database": "DB1",
        "ItemCount": "100",
        "TotalItemSize": "1 GB (1,073,741,824 bytes)",
        "TotalDeletedItemSize": "100 MB (104,857,600 bytes)",
        "StorageLimitStatus": "BelowLimit",
        "IsArchiveMailbox": "False",
        "DisconnectDate": "",
        "LastLogonTime": "5/6/2014 9:12:33 AM",
        "RecipientTypeDetails": "UserMailbox",
        "UseDatabaseQuotaDefaults": "True" if n == 1 else "False",
        "ProhibitSendReceiveQuota": "Unlimited" if n == 1 else "3 GB (3,221,225,472 bytes)",
        "UseDatabaseRetentionDefaults": "True",
        "RetainDeletedItemsFor": "14.00:00:00",
        "SingleItemRecoveryEnabled": "True",
        "LitigationHoldEnabled": "False",
        "CalendarVersionStoreDisabled": "False",
        "ArchiveDatabase": "",
        "ArchiveQuota": "50 GB (53,687,091,200 bytes)",
    }
    for n in (1, 2)
]
DATABASES = [
    {
        "Name": "DB1",
        "DatabaseSize": "4 GB (4,294,967,296 bytes)",
        "AvailableNewMailboxSpace": "1 GB (1,073,741,824 bytes)",
        "EdbFilePath": "D:\\DB1\\DB1.edb",
        "ProhibitSendReceiveQuota": "5 GB (5,368,709,120 bytes)",
        "DeletedItemRetention": "30.00:00:00",
    }
]
MESSAGES = [
    {
        "Timestamp": f"2014-05-{day:02d}T{hour:02d}:00:00.0000000Z",
        "Source": "STOREDRIVER",
        "EventId": event,
        "MessageId": f"<{day}-{hour}-{number}@example.test>",
        "Recipients": "m1@example.test;m2@example.test",
        "TotalBytes": "51200",
        "Sender": "m1@example.test",
    }
    for day in range(5, 10)
    for hour in (0, 12, 23)
    for number in (1, 2)
    for event in ("RECEIVE", "DELIVER")
]


def columns_of(key):
    """Columns that the command of a source selects, in their order."""
    selected = re.search(r"Select-Object (.*?) \| Export-Csv", SOURCES[key].command)[1]
    return [match[1] or match[2] for match in _COLUMN.finditer(selected)]


def export_of(key, rows):
    """A file as Export-Csv writes it: all fields in quotes, with a byte order mark, lines that end in CR LF."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    columns = columns_of(key)
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return Upload(SOURCES[key].files, text.getvalue().encode("utf-8-sig"))


def told(imported):
    return [f"{issue.severity}: {issue}" for issue in imported.issues]


def test_the_guide_is_that_of_the_data():
    assert (ROOT / "docs" / "how-to" / "collect.md").read_text(encoding="utf-8") == collection_guide()


@pytest.mark.parametrize("page", ["docs/index.md", "docs/reference/studies.md"])
def test_the_guide_is_linked(page):
    assert re.search(r"\([./\w-]*how-to/collect\.md\)", (ROOT / page).read_text(encoding="utf-8"))


def test_the_command_prints_script_and_guide():
    out, err = io.StringIO(), io.StringIO()
    assert main(["collect"], out, err) == 0
    assert out.getvalue() == collection_script()
    out = io.StringIO()
    assert main(["collect", "--format", "markdown"], out, err) == 0
    assert (out.getvalue(), err.getvalue()) == (collection_guide(), "")


@pytest.mark.parametrize("source", data_sources(), ids=lambda source: source.key)
def test_every_source_is_complete_in_script_and_guide(source):
    guide, script = collection_guide(), collection_script()
    words = " ".join(script.replace("# ", "").split())
    for text in (source.title, source.gives, source.takes, source.needs, f"{PROGRAM} {source.reads}"):
        assert text in guide
        assert " ".join(text.split()) in words
    assert source.command in guide
    for line in source.command.splitlines():
        assert (f"# {line}" if source.needs else line) in script.splitlines()


def test_the_script_is_read_alike_in_every_code_page():
    assert collection_script().isascii()


def test_only_lines_that_need_nothing_run():
    first_words = {line.split()[0] for line in collection_script().splitlines() if line and line[0] not in "# }"}
    assert first_words == {"Get-MailboxDatabase", "Get-Mailbox", "Get-TransportService"}


@pytest.mark.parametrize("source", data_sources(), ids=lambda source: source.key)
def test_quotes_and_brackets_of_a_command_are_closed(source):
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", source.command)
    assert not set(bare) & {"'", '"'}
    assert [bare.count(bracket) for bracket in "({["] == [bare.count(bracket) for bracket in ")}]"]
    for export in re.findall(r"Export-Csv.*", source.command):
        assert export.split()[2:] == ["-NoTypeInformation", "-Encoding", "UTF8"]
        assert export.split()[1] == source.files


@pytest.mark.parametrize("source", data_sources(), ids=lambda source: source.key)
def test_the_command_that_reads_a_source_is_one_of_ours(source):
    arguments = build_parser().parse_args(shlex.split(source.reads))
    assert arguments.command == "import"
    names = {re.sub(r".*[/\\]", "", name) for name in arguments.files}
    assert re.sub(r".*[/\\]", "", source.files) in names


def test_hints_of_the_imports_name_the_same_commands():
    assert SOURCES["mailbox_statistics"].command == file_kinds.STATISTICS_COMMAND
    assert SOURCES["mailbox_list"].command == file_kinds.LIST_COMMAND
    assert SOURCES["databases"].command == file_kinds.DATABASE_COMMAND
    assert re.search(r"Select-Object .*", tracking_log.COMMAND)[0] in SOURCES["tracking_export"].command


def test_the_files_of_mailboxes_are_read():
    files = [
        export_of("mailbox_statistics", MAILBOXES),
        export_of("mailbox_list", MAILBOXES),
        export_of("databases", DATABASES),
    ]
    imported = import_mailboxes(files, tiers=1)
    assert not imported.issues.errors
    [warning] = [line for line in told(imported) if line.startswith("warning")]
    assert warning.startswith("warning: mailboxes: tiers.messages_per_day: no file gives messages: ")
    profile = imported.profile
    assert profile.value("tiers.1.mailboxes") == 2
    assert profile.value("tiers.1.initial_mailbox_size") == 1024
    assert profile.value("tiers.1.mailbox_size_limit") == (5120 + 3072) / 2
    assert profile.value("tiers.1.deleted_item_retention") == 30


@pytest.mark.parametrize("key", ["mailbox_statistics", "mailbox_list", "databases"])
def test_every_column_of_a_command_is_one_that_the_import_knows(key):
    code = "".join(path.read_text(encoding="utf-8") for path in READERS.glob("*.py")).lower()
    assert [column for column in columns_of(key) if f'"{column.lower()}"' not in code] == []


def test_the_export_of_messages_is_read():
    base = Profile({"tiers.1.mailboxes": 2.0})
    imported = import_messages([export_of("tracking_export", MESSAGES)], base, work_days=5)
    assert not imported.issues.errors
    sent, received = 5 * 3 * 2, 5 * 3 * 2 * 2
    assert imported.profile.value("tiers.1.messages_per_day") == pytest.approx((sent + received) / 5 / 2)
    assert imported.profile.value("tiers.1.message_size") == 50
    assert set(columns_of("tracking_export")) == set(tracking_log.EXPORTED)


def test_files_of_the_scripts_are_read():
    console = (
        "**********************\r\nWindows PowerShell transcript start\r\nNumber of recipients: 1710\r\n"
        "Analyzed period (days): 5\r\nMessages Sent/Received per Mailbox Per Day: 58.0\r\n"
        "Average message size (KB): 58.4\r\nWindows PowerShell transcript end\r\n"
    )
    source = SOURCES["message_averages"]
    imported = import_messages([Upload(source.files, console.encode())], Profile({"tiers.1.mailboxes": 1710.0}))
    assert imported.profile.value("tiers.1.messages_per_day") == 58
    hours = '"Hour","LogsGenerated","AvgLogGenPerHour"\r\n' + "".join(f'"{h}","{h}","{h}"\r\n' for h in range(24))
    imported = import_hourly_logs([Upload("LogGenByHour.csv", hours.encode())], Profile({}))
    assert imported.values["replication.hourly_log_share.24"] == pytest.approx(23 / 276)
