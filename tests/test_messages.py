"""Every way to say what is wrong, whole and word for word."""

import io
import json
import os
import re
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.system import needs_devices, needs_named_pipes

from calculator import InputError
from calculator.cli.main import main
from calculator.engine.sizing import read
from calculator.inputs import schema
from calculator.inputs.profile import parse
from calculator.inputs.schema import BY_PATH
from calculator.issues import SHOWN, Issues, quoted, short

LIST = "Every input: exchange-calculator fields"
TIER = "[[tiers]]\nmailboxes = 1000\n"
HOURS = "replication.hourly_log_share.1 to replication.hourly_log_share.24"
DISKS = BY_PATH["storage.log_disk_capacity"].limits()


def check(path):
    """Exit code and what is said of a profile."""
    out, err = io.StringIO(), io.StringIO()
    code = main(["check", str(path)], out, err)
    assert not (code == 2 and out.getvalue())
    return code, err.getvalue()


def said(tmp_path, text):
    """What is said of a profile that cannot be used."""
    file = tmp_path / "plan.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, err = check(file)
    assert code == 2
    return re.sub(r"^plan\.toml(?: line \d+)?: ", "", err, flags=re.MULTILINE).rstrip("\n")


# --- names of inputs -----------------------------------------------------------------------------

NAMES = {
    "a misspelt key": (
        "[[tiers]]\nmailboxs = 5",
        f'tiers.1.mailboxs: There is no such input. Did you mean "tiers.1.mailboxes"? {LIST}',
    ),
    "a misspelt key of the second tier": (
        "[[tiers]]\n[[tiers]]\nmesage_size = 5",
        f'tiers.2.mesage_size: There is no such input. Did you mean "tiers.2.message_size"? {LIST}',
    ),
    "the misspelt beginning of a key": (
        "[[tiers]]\nmesages = 5",
        f'tiers.1.mesages: There is no such input. Did you mean "tiers.1.messages_per_day"? {LIST}',
    ),
    "a misspelt section": (
        "[enviroment]\ndags = 1",
        f'enviroment.dags: There is no such input. Did you mean "environment.dags"? {LIST}',
    ),
    "a key in the wrong section": (
        "[raid]\nautoreseed_volumes = 1",
        f'raid.autoreseed_volumes: There is no such input. Did you mean "storage.autoreseed_volumes"? {LIST}',
    ),
    "a key without its datacenter": (
        "[servers]\nprocessor_cores = 16",
        f'servers.processor_cores: There is no such input. Did you mean "servers.primary.processor_cores"? {LIST}',
    ),
    "a tier without its brackets": (
        "[tiers]\nmailboxes = 5",
        f'tiers.mailboxes: There is no such input. Did you mean "tiers.1.mailboxes"? {LIST}',
    ),
    "a key like no other": ("[environment]\nxyzzy = 1", f"environment.xyzzy: There is no such input. {LIST}"),
    "a key at the top": ("xyzzy = 1", f"xyzzy: There is no such input. {LIST}"),
    "an empty key": ('"" = 1', f'"": There is no such input. {LIST}'),
    "a section as a number": (
        "raid = 5",
        "raid: There is no such input. It is a section: give its inputs, such as raid.deployment.",
    ),
    "a list as a number": (
        "replication.hourly_log_share = 0.5",
        f"replication.hourly_log_share: There is no such input. Its values are {HOURS}, or a list of all in a profile.",
    ),
    "an hour too many": (
        "[replication.hourly_log_share]\n25 = 0.5",
        "replication.hourly_log_share.25: There is no such input. "
        f"Its values are {HOURS}, or a list of all in a profile.",
    ),
    "tier 0": (
        "[tiers.0]\nmailboxes = 5",
        "tiers.0.mailboxes: There is no such input. Tiers are numbered from 1 to 500.",
    ),
    "tier 01": (
        "[tiers.01]\nmailboxes = 5",
        "tiers.01.mailboxes: There is no such input. Tiers are numbered from 1 to 500.",
    ),
    "tier 501": (
        "[tiers.501]\nmailboxes = 5",
        "tiers.501.mailboxes: There is no such input. Tiers are numbered from 1 to 500.",
    ),
    "501 tiers": (
        "[[tiers]]\nmailboxes = 1\n" * 501,
        "tiers: has 501 tiers, at most 500 are sized. Join tiers with the same profile.",
    ),
    "tiers that are no tables": (
        "tiers = [5, 'Staff']",
        'tiers.1: "5" is not a table. Begin it with [[tiers]].\n'
        'tiers.2: "Staff" is not a table. Begin it with [[tiers]].',
    ),
    "tiers that are no list": ("tiers = 5", 'tiers.1: "5" is not a table. Begin it with [[tiers]].'),
    "an input by both its names": (
        '"environment.dags" = 1\n[environment]\ndags = 2',
        "environment.dags: is given twice. Keep one of them.",
    ),
    "a key with control characters": (
        '"a\\u0007b\\n\\u001b[31m" = 1\n"\\u202ex" = 2',
        f"a?b ?[31m: There is no such input. {LIST}\n?x: There is no such input. {LIST}",
    ),
    "a key of 100,000 characters": (f'"{"k" * 100_000}" = 1', f"{'k' * 77}...: There is no such input. {LIST}"),
    "a title that is no text": ("title = 5", 'title: "5" is not a text. Put it in quotes.'),
    "a description too long": (
        f"description = '{'x' * 2001}'",
        "description: has 2,001 characters. Give at most 2,000.",
    ),
    "a title that a terminal would obey": (
        'title = "a\\u001b[31m"',
        'title: "a?[31m" holds characters that cannot be printed. Remove them.',
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", NAMES)
def test_a_name_is_explained(tmp_path, case):
    text, message = NAMES[case]
    assert said(tmp_path, text) == message


# --- values --------------------------------------------------------------------------------------

VALUES = {
    "a wrong unit": (
        'tiers.1.mailbox_size_limit = "10 hours"',
        'tiers.1.mailbox_size_limit: "10 hours": "hours" is not allowed here. Give a unit like MB. Plain numbers '
        "are in MB.",
    ),
    "a unit where only a share fits": (
        'data.volume_free_space = "5 MB"',
        'data.volume_free_space: "5 MB": "MB" is not allowed here. Give a plain number or percent. Plain numbers '
        "are in parts of one (0.2 is 20 %).",
    ),
    "messages without their day": (
        'tiers.1.messages_per_day = "100 messages"',
        'tiers.1.messages_per_day: "100 messages": "messages" is not allowed here. Give a unit like messages/day. '
        "Plain numbers are in messages/day.",
    ),
    "an unknown unit": (
        'tiers.1.message_size = "75 stones"',
        'tiers.1.message_size: "75 stones": "stones" is not a unit. Plain numbers are in KB.',
    ),
    "a unit in small letters": (
        'tiers.1.message_size = "75 kb/s"',
        'tiers.1.message_size: "75 kb/s": "kb/s" is not allowed here. Give a unit like KB. Plain numbers are in KB.',
    ),
    "a misspelt unit": (
        'database_copies.replay_lag_delay = "7 Days"',
        'database_copies.replay_lag_delay: "7 Days": "Days" is not a unit. Did you mean days? Plain numbers are in '
        "hour.",
    ),
    "bits of a size": (
        'tiers.1.mailbox_size_limit = "2 Gb"',
        'tiers.1.mailbox_size_limit: "2 Gb": "Gb" is a unit of bits. Did you mean GB? Plain numbers are in MB.',
    ),
    "negative servers": (
        "environment.dags = -5",
        "environment.dags: -5 DAGs is below 1. Give a whole number from 1 to 10,000.",
    ),
    "negative messages": (
        "tiers.2.messages_per_day = -120",
        "tiers.2.messages_per_day: -120 messages/day is below 0. Give a number from 0 to 100,000.",
    ),
    "a text in a number": (
        'environment.dags = "many"',
        'environment.dags: "many" is not a number. Give a whole number from 1 to 10,000.',
    ),
    "a thousands separator": (
        'tiers.1.mailboxes = "5,000"',
        'tiers.1.mailboxes: "5,000" is not a number. Write it without thousands separators, with a point for decimals.',
    ),
    "a decimal comma": (
        'tiers.1.mailbox_size_limit = "1.000,5 MB"',
        'tiers.1.mailbox_size_limit: "1.000,5 MB" is not a number. '
        "Write it without thousands separators, with a point for decimals.",
    ),
    "a blank in a number": (
        'tiers.1.mailboxes = "5 000"',
        'tiers.1.mailboxes: "5 000" is not a number. Write it without thousands separators, with a point for decimals.',
    ),
    "infinity": (
        "environment.dags = inf",
        "environment.dags: inf is not a number that an input can have. Give a whole number from 1 to 10,000.",
    ),
    "no number": (
        "data.log_compression = nan",
        "data.log_compression: nan is not a number that an input can have. Give a number from 0 to 1.",
    ),
    "infinity in words": (
        'data.log_compression = "-inf"',
        'data.log_compression: "-inf" is not a number. Give a number from 0 to 1.',
    ),
    "a number beyond all": (
        'data.log_compression = "1e999"',
        "data.log_compression: inf is not a number that an input can have. Give a number from 0 to 1.",
    ),
    "an unknown choice": (
        'site_resilience.model = "active_pasive"',
        'site_resilience.model: "active_pasive" is not a choice. Did you mean "active_passive"?',
    ),
    "a choice that several words begin with": (
        'site_resilience.model = "active/active"',
        'site_resilience.model: "active/active" is not a choice. Give one of active_passive, '
        "active_active_single_dag, active_active_multiple_dags.",
    ),
    "a choice between words that are alike": (
        'backup.frequency = "weekly full, daily incremntal"',
        'backup.frequency: "weekly full, daily incremntal" is not a choice. Did you mean '
        '"weekly_full_daily_incremental"?',
    ),
    "the beginning of a choice": (
        'backup.method = "native"',
        'backup.method: "native" is not a choice. Did you mean "native_data_protection"?',
    ),
    "a choice like no other": (
        'raid.raid = "xyz"',
        'raid.raid: "xyz" is not a choice. Give one of raid0, raid10, raid5, raid6.',
    ),
    "a number for a choice": (
        "raid.raid = 5",
        'raid.raid: "5" is not a choice. Give one of raid0, raid10, raid5, raid6.',
    ),
    "a value above": (
        "environment.mailbox_servers = 17",
        "environment.mailbox_servers: 17 servers is above 16. Give a whole number from 1 to 16.",
    ),
    "a value at an open end": (
        "data.volume_free_space = 1",
        "data.volume_free_space: 1 is not below 1. Give a number from 0 below 1.",
    ),
    "a value at an open beginning": (
        "guidance.bdm_throughput = 0",
        "guidance.bdm_throughput: 0 MB/s is not above 0. Give a number above 0 to 100.",
    ),
    "a share in percent without the sign": (
        "data.log_compression = 30",
        "data.log_compression: 30 is above 1. Give a number from 0 to 1.",
    ),
    "a part of a server": (
        "environment.mailbox_servers = 2.5",
        "environment.mailbox_servers: 2.5 servers is not a whole number. Give a whole number from 1 to 16.",
    ),
    "a time that is no whole day": (
        'backup.network_failure_tolerance = "36 hours"',
        "backup.network_failure_tolerance: 1.5 day is not a whole number. Give a whole number from 0 to 3,650.",
    ),
    "a disk that is not offered": (
        "storage.primary.database_disk_capacity = 4001",
        f"storage.primary.database_disk_capacity: 4001 GB (decimal) is not one of the allowed values. Give {DISKS}.",
    ),
    "a disk in binary terabytes": (
        'storage.primary.database_disk_capacity = "4 TiB"',
        "storage.primary.database_disk_capacity: 4398.046511104 GB (decimal) is not one of the allowed values. Give "
        f"{DISKS}.",
    ),
    "neither true nor false": (
        'environment.virtualized = "maybe"',
        'environment.virtualized: "maybe" is neither true nor false. Give true or false.',
    ),
    "a flag for a number": (
        "environment.dags = true",
        'environment.dags: "true" is not a number. Give a whole number from 1 to 10,000.',
    ),
    "a date for a number": (
        "environment.dags = 2013-01-01",
        'environment.dags: "2013-01-01" is not a number. Give a whole number from 1 to 10,000.',
    ),
    "a list for a number": (
        "environment.dags = [1]",
        'environment.dags: "[1]" is not a number. Give a whole number from 1 to 10,000.',
    ),
    "an empty text": (
        'environment.dags = ""',
        'environment.dags: "" is not a number. Give a whole number from 1 to 10,000.',
    ),
    "too few hours": (
        "replication.hourly_log_share = [0.5, 0.5]",
        "replication.hourly_log_share: has 2 values, not 24. Give one for each hour.",
    ),
    "too many servers": (
        f"names.servers = {['X'] * 17}",
        "names.servers: has 17 values, not 16. Give one for each server.",
    ),
    "an hour that is no share": (
        f"replication.hourly_log_share = [{'0, ' * 23} 2]",
        "replication.hourly_log_share.24: 2 is above 1. Give a number from 0 to 1.",
    ),
    "a name of two lines": (
        'names.dag = "a\\nb"',
        'names.dag: "a b" holds line breaks or characters that cannot be printed. '
        "Give one line of at most 256 characters.",
    ),
    "a name too long": (
        f'names.dag = "{"x" * 300}"',
        f'names.dag: "{"x" * 57}..." has 300 characters. Give one line of at most 256 characters.',
    ),
    "a name that is no text": ("names.dag = 1.5", 'names.dag: "1.5" is not a text. Put it in quotes.'),
    "a value of 500,000 digits": (
        f'environment.dags = "{"9" * 500_000}x1"',
        f'environment.dags: "{"9" * 57}..." is not a number. Give a whole number from 1 to 10,000.',
    ),
    "a number of 4,000 digits": (
        f"environment.dags = {'9' * 4000}",
        "environment.dags: inf is not a number that an input can have. Give a whole number from 1 to 10,000.",
    ),
    "hexadecimal numbers of 10,000 digits": (
        f"environment.virtualized = 0x{'f' * 10_000}\nraid.raid = 0x{'f' * 10_000}\nnames.dag = 0x{'f' * 10_000}",
        'environment.virtualized: "a number of thousands of digits" is neither true nor false. Give true or false.\n'
        'raid.raid: "a number of thousands of digits" is not a choice. Give one of raid0, raid10, raid5, raid6.\n'
        'names.dag: "a number of thousands of digits" is not a text. Put it in quotes.',
    ),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_is_explained(tmp_path, case):
    text, message = VALUES[case]
    assert said(tmp_path, text) == message


def test_all_problems_are_reported_together(tmp_path):
    text = "[environment]\ndag = 1\ndags = 0\nvirtualized = 'x'\n[raid]\nraid = 'raid7'"
    assert said(tmp_path, text) == (
        f'environment.dag: There is no such input. Did you mean "environment.dags"? {LIST}\n'
        "environment.dags: 0 DAGs is below 1. Give a whole number from 1 to 10,000.\n"
        'environment.virtualized: "x" is neither true nor false. Give true or false.\n'
        'raid.raid: "raid7" is not a choice. Give one of raid0, raid10, raid5, raid6.'
    )


def test_of_10000_problems_the_first_hundred_are_listed_and_the_rest_counted(tmp_path):
    lines = said(tmp_path, "\n".join(f"problem_{number} = {number}" for number in range(10_000))).split("\n")
    assert lines[0] == f"problem_0: There is no such input. {LIST}"
    assert lines[99] == f"problem_99: There is no such input. {LIST}"
    assert lines[100:] == ["... and 9,900 more problems."]


# --- files ---------------------------------------------------------------------------------------

RIGHT = "Is it the right file?"
TOML = {
    "no TOML": ("this is not\n", "Expected '=' after a key in a key/value pair (at line 1, column 6). Fix that line."),
    "a key twice": ("a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6). Fix that line."),
    "lists nested deeply": ("a = " + "[" * 100_000 + "]" * 100_000, f"it is nested too deeply. {RIGHT}"),
    "tables nested deeply": ("a = " + "{a = " * 100_000, f"it is nested too deeply. {RIGHT}"),
    "a key of 100,000 parts": (".".join("a" * 100_000) + " = 1", f"line 1 has more than 200 points. {RIGHT}"),
    "a table of 100,000 parts": ("\n[" + ".".join("a" * 100_000) + "]", f"line 2 has more than 200 points. {RIGHT}"),
    "10,000 digits": ("[raid]\nraid = " + "9" * 10_000, f"a number in it has thousands of digits. {RIGHT}"),
    "a control character": (
        "a\1 = 1",
        "Expected '=' after a key in a key/value pair (at line 1, column 2). Fix that line.",
    ),
}


@pytest.mark.parametrize("case", TOML)
def test_a_file_that_is_no_toml_is_explained(tmp_path, case):
    content, message = TOML[case]
    assert said(tmp_path, content) == f"is not valid TOML: {message}"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bytes(range(1, 256)), "byte 128 is not UTF-8"),
        (b"\x1f\x8b\x08\x00", "it holds NUL characters"),
        ("a = 1".encode("utf-16")[:-1], "byte 11 is not UTF-16"),
    ],
)
def test_a_file_that_is_no_text_is_explained(tmp_path, content, why):
    assert said(tmp_path, content) == f"is not a text file: {why}. Save it as UTF-8 text."


def test_a_file_that_is_not_there(tmp_path):
    assert check(tmp_path / "no.toml") == (2, "no.toml: does not exist. Check the name and the directory.\n")


def test_a_name_that_is_empty():
    assert check("") == (2, '"": does not exist. Check the name and the directory.\n')


def test_a_name_that_is_too_long():
    expected = f"{'x' * 77}...: cannot be read: File name too long. Check the name and its permissions.\n"
    assert check("x" * 5000) == (2, expected)


def test_a_name_with_a_nul():
    assert check("a\0b") == (2, "a?b: cannot be read: embedded null byte. Check the name and its permissions.\n")


def test_a_name_with_control_characters(tmp_path):
    assert check(tmp_path / "a\x1b[31m\nb") == (2, "a?[31m b: does not exist. Check the name and the directory.\n")


def test_a_directory(tmp_path):
    (tmp_path / "plans").mkdir()
    assert check(tmp_path / "plans") == (2, "plans: is a directory. Name a file.\n")


@needs_named_pipes
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert check(tmp_path / "pipe") == (2, "pipe: is not a regular file. Name a file.\n")


@needs_devices
def test_a_device():
    assert check("/dev/zero") == (2, "zero: is not a regular file. Name a file.\n")


def test_a_huge_file_is_refused_unread(tmp_path):
    file = tmp_path / "huge.toml"
    with file.open("wb") as sparse:
        sparse.truncate(2**30)
    tracemalloc.start()
    said_of_it = check(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    message = "huge.toml: has 1,073,741,824 bytes, at most 1,000,000 are read. Is it the right file?\n"
    assert said_of_it == (2, message)
    assert peak < 10_000_000


def test_an_empty_file_is_a_design_without_mailboxes(tmp_path):
    file = tmp_path / "empty.toml"
    file.touch()
    out = io.StringIO()
    assert main(["check", str(file)], out, io.StringIO()) == 0
    lines = out.getvalue().splitlines()
    assert lines == [
        "notice: empty.toml: tiers.1.mailboxes: The design has no mailboxes. For such a server of Exchange 2013, "
        "Microsoft publishes only 8 GB of memory and 30 GB of free space on the install drive. Give at least one "
        "tier mailboxes, so that CPU, disks, databases and network are sized. A server of Exchange 2013 with only "
        "the Client Access role needs 4 GB of memory.",
        "empty.toml: notice",
    ]


# --- anything at all -----------------------------------------------------------------------------

THINGS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
LINE = st.sampled_from(schema.all_paths(2)) | st.text(max_size=20)


def is_said_well(call, *arguments):
    """Whether a call works, or fails with messages of one printable line each."""
    try:
        call(*arguments)
    except InputError as error:
        return all(line.isprintable() and len(line) < 700 for line in str(error).split("\n"))
    return True


@given(st.dictionaries(LINE, THINGS, max_size=5))
def test_whatever_a_mapping_holds_is_read_or_explained(design):
    assert is_said_well(read, design)


@given(st.lists(st.tuples(LINE, st.text(max_size=10)).map(" = ".join), max_size=5).map("\n".join))
def test_whatever_a_profile_holds_is_read_or_explained(text):
    assert is_said_well(parse, text)


@given(st.dictionaries(st.sampled_from(schema.all_paths(2)), THINGS, max_size=5))
def test_whatever_values_a_profile_holds_are_read_or_explained(design):
    writable = {path: thing for path, thing in design.items() if isinstance(thing, str | int | float | list)}
    assert is_said_well(
        parse, "\n".join(f"{path} = {json.dumps(thing, default=str)}" for path, thing in writable.items())
    )


# --- the list of issues --------------------------------------------------------------------------


def test_the_gravest_issues_are_shown_first_and_kept_when_there_are_too_many():
    issues = Issues()
    for number in range(SHOWN + 5):
        issues.add("notice", "a", str(number), "m")
    issues.add("warning", "a", "w", "m")
    issues.error("a", "e", "m", lambda: "h")
    shown = list(issues)
    assert [issue.field for issue in shown[:3]] == ["e", "w", "0"]
    assert str(shown[0]) == "a: e: m h"
    assert len(shown) == len(issues) == SHOWN
    assert (issues.total, issues.errors, issues.rest) == (SHOWN + 7, 1, "... and 7 more problems.")


def test_issues_of_two_runs_are_joined():
    one, other = Issues(), Issues()
    one.add("notice", "a", "1", "m")
    other.error("b", "2", "m")
    one.extend(other)
    assert [issue.where for issue in one] == ["b", "a"]
    assert one.total == 2
    assert one.rest == ""
    assert not Issues()


def test_one_issue_more_is_one_problem():
    issues = Issues()
    for _ in range(SHOWN + 1):
        issues.error("a", "b", "m")
    assert issues.rest == "... and 1 more problem."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", '"a"'),
        (True, '"true"'),
        (1.5, '"1.5"'),
        ("a\nb\tc", '"a b c"'),
        ("\x1b[0m\u202e", '"?[0m?"'),
        ("x" * 61, f'"{"x" * 57}..."'),
        (None, '"None"'),
    ],
)
def test_a_value_is_shown_in_quotes(value, shown):
    assert quoted(value) == shown


def test_a_number_that_python_does_not_write_is_shown():
    assert quoted(10**5000) == '"a number of thousands of digits"'


def test_issues_contain_no_control_characters():
    issues = Issues()
    issues.error("mail\x1bboxes.csv", "Send \ufeffReceive", "3 pa\x7fecs is no\nsize.")
    assert str(issues[0]) == "mail?boxes.csv: Send ?Receive: 3 pa?ecs is no size."


def test_a_long_text_is_cut():
    assert short("y" * 1000) == "y" * 77 + "..."
