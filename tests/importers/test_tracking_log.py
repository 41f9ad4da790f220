"""Message tracking logs: the rules of counting, versions, exports, broken and hostile files, bounded memory."""

from __future__ import annotations

import csv
import io
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.tracking_logs import FIELDS_2007, FIELDS_2013, SAMPLE, VERSIONS, log, row

from calculator.importers.formats.hashing import hash_texts
from calculator.importers.formats.reading import Reading
from calculator.importers.messages import import_messages, tracking_rows
from calculator.importers.messages.tracking_log import EXPORTED, read_tracking_logs
from calculator.inputs.text_files import Upload
from calculator.issues import InputError, Issues

pa = pytest.importorskip("pyarrow")
HOUR_OF_1970 = 388711  # 2014-05-06 07:00 UTC: 16,196 days and 7 hours


def count(*logs, issues=None, **options):
    uploads = [Upload(f"MSGTRK{place}.log", data) for place, data in enumerate(logs)]
    return read_tracking_logs(uploads, issues if issues is not None else Issues(), **options)


def sums(counted):
    """Messages and bytes, sent and received."""
    return counted.messages.sum(axis=1).tolist(), counted.bytes.sum(axis=1).tolist()


def lines(issues):
    return [f"{issue.severity}: {issue}" for issue in issues]


# --- counting ------------------------------------------------------------------------------------


def test_the_sample_counts_as_worked_by_hand():
    issues = Issues()
    counted = count(SAMPLE.encode(), issues=issues)
    assert sums(counted) == ([1, 3], [48_211, 2 * 49_870 + 91_500])
    assert counted.hours.tolist() == [HOUR_OF_1970, HOUR_OF_1970 + 1]
    assert counted.messages.tolist() == [[1, 0], [2, 1]]
    assert counted.left_out == {
        "other_events": 1,
        "health": 1,
        "system": 0,
        "journal": 0,
        "duplicates": 0,
        "unreadable": 0,
    }
    assert counted.rows == 5
    assert not issues


def test_the_size_of_the_sample_is_that_of_sent_and_received_together():
    imported = import_messages([Upload("s.log", SAMPLE.encode())], mailboxes=2, work_days=1)
    assert imported.values["tiers.1.message_size"] == pytest.approx((48_211 + 191_240) / 4 / 1024, rel=1e-12)
    assert imported.values["tiers.1.messages_per_day"] == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_are_found_by_their_names_in_every_version(version):
    fields = VERSIONS[version]
    rows = [
        row("2014-05-06T08:00", "RECEIVE", fields=fields, subject='Say "yes", now', to="bo@x.test;cy@x.test"),
        row("2014-05-06T08:01", "DELIVER", fields=fields, to="bo@x.test;cy@x.test", size=2048),
    ]
    assert sums(count(log(rows, fields))) == ([1, 2], [1024, 4096])


def test_fields_in_another_order_are_found():
    fields = ",".join(reversed(FIELDS_2013.split(",")))
    assert sums(count(log([row("2014-05-06T08:00", "RECEIVE", fields=fields)], fields))) == ([1, 0], [1024, 0])


@pytest.mark.parametrize(
    ("source", "event"),
    [
        ("SMTP", "RECEIVE"),
        ("SMTP", "SEND"),
        ("STOREDRIVER", "SUBMIT"),
        ("ROUTING", "EXPAND"),
        ("SMTP", "HARECEIVE"),
        ("STOREDRIVER", "DUPLICATEDELIVER"),
        ("MAILBOXRULE", "DELIVER"),
        ("DSN", "RECEIVE"),
    ],
)
def test_other_events_are_the_same_messages_again(source, event):
    rows = [row("2014-05-06T08:00", "RECEIVE"), row("2014-05-06T08:00", event, source=source)]
    counted = count(log(rows))
    assert sums(counted)[0] == [1, 0]
    assert counted.left_out["other_events"] == 1


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("HealthMailbox0a1b2c@x.test", "health"),
        ("inboundproxy@inboundproxy.test", "health"),
        ("maildeliveryprobe@maildeliveryprobe.com", "health"),
        ("extest_5f@x.test", "system"),
        ("SystemMailbox{bb558c35}@x.test", "system"),
        ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x", "system"),
    ],
)
def test_addresses_of_no_person_do_not_count(address, word):
    rows = [
        row("2014-05-06T08:00", "RECEIVE", message="<1>", sender=address),
        row("2014-05-06T08:00", "DELIVER", message="<2>", sender=address),
        row("2014-05-06T08:00", "DELIVER", message="<3>", to=f"{address};bo@x.test"),
        row("2014-05-06T08:00", "RECEIVE", message="<4>", to=address),
    ]
    counted = count(log(rows))
    assert sums(counted)[0] == [0, 1]
    assert counted.left_out[word] == 4
    assert sums(count(log(rows), keep=[word]))[0] == [2, 3]


def test_a_person_whose_name_merely_holds_such_a_word_counts():
    assert sums(count(log([row("2014-05-06T08:00", "DELIVER", to="the.healthmailbox@x.test")])))[0] == [0, 1]


def test_journal_reports_are_left_out_unless_kept():
    rows = [
        row("2014-05-06T08:00", "DELIVER", message="<1>"),
        row("2014-05-06T08:00", "DELIVER", message="<1f2e@journal.report.generator>", to="journal@x.test"),
    ]
    assert count(log(rows)).left_out["journal"] == 1
    assert sums(count(log(rows)))[0] == [0, 1]
    assert sums(count(log(rows), keep=["journal"]))[0] == [0, 2]


def test_a_message_seen_on_several_servers_counts_once():
    one = [row("2014-05-06T08:00", "RECEIVE"), row("2014-05-06T08:01", "DELIVER", to="bo@x.test;cy@x.test")]
    two = [row("2014-05-06T08:00", "RECEIVE"), row("2014-05-06T08:02", "DELIVER", to="CY@x.test;dee@x.test", size=2)]
    counted = count(log(one), log(two))
    assert sums(counted)[0] == [1, 3]
    assert counted.left_out["duplicates"] == 2
    assert sums(counted)[1] == [
        1024,
        1024 + 2 + 2,
    ]  # of the two that cy has, the one that stands first by hour and size


def test_messages_without_an_id_are_told_apart_by_time_and_size():
    rows = [row("2014-05-06T08:00", "DELIVER", message="", size=size) for size in (1, 2, 2)]
    assert sums(count(log(rows)))[0] == [0, 2]


def test_users_are_known_by_hashes_of_their_addresses():
    rows = [
        row("2014-05-06T08:00", "RECEIVE", sender="Ann@x.test", size=10),
        row("2014-05-06T08:00", "DELIVER", to="bo@x.test;ann@x.test", size=20),
    ]
    counted = count(log(rows))
    messages = dict(zip(counted.users.tolist(), counted.user_messages.tolist(), strict=True))
    sizes = dict(zip(counted.users.tolist(), counted.user_bytes.tolist(), strict=True))
    ann, bo = hash_texts(pa.array(["ann@x.test", "bo@x.test"])).tolist()
    assert (messages, sizes) == ({ann: 2, bo: 1}, {ann: 30, bo: 20})


def test_hours_are_those_of_local_time():
    rows = [row("2014-05-06T23:30", "DELIVER")]
    assert count(log(rows)).hours % 24 == [23]
    assert count(log(rows), utc_offset=5.5).hours % 24 == [5]
    assert count(log(rows), utc_offset=5.5).hours // 24 == count(log(rows)).hours // 24 + 1
    assert count(log(rows), utc_offset=-8).hours % 24 == [15]


# --- how rows are read ---------------------------------------------------------------------------


def test_subjects_may_hold_commas_quotes_and_line_ends():
    subjects = ["a, b", 'say ""', "two\nlines", "2014-05-06,no row", '"', "ü"]
    rows = [row("2014-05-06T08:00", "RECEIVE", message=f"<{s!r}>", subject=s) for s in subjects]
    issues = Issues()
    for block in (1, 7, 100, 4096, tracking_rows.BLOCK):
        assert sums(count(log(rows), block=block, issues=issues))[0] == [6, 0]
    assert not issues.errors


def test_an_unclosed_quote_spoils_only_its_own_row():
    rows = [row("2014-05-06T08:00", "RECEIVE", message=f"<{n}>", subject="a, b") for n in range(6)]
    rows[2] = rows[2].replace('b"', "b")
    issues = Issues()
    for block in (10, 300, tracking_rows.BLOCK):
        counted = count(log(rows), block=block, issues=issues)
        assert (sums(counted)[0], counted.rows) == ([5, 0], 6)
    assert lines(issues)[0] == ("warning: message tracking logs: 1 of 6 rows cannot be read. They are left out.")


def test_blank_lines_are_skipped_and_misplaced_text_is_unreadable():
    rows = ["\r\n", row("2014-05-06T08:00", "DELIVER", message="<1>"), "\r\n", row("2014-05-06T08:00", "DELIVER")]
    for block in (5, 4096):
        assert count(log(rows), block=block).left_out["unreadable"] == 0
        assert sums(count(log(rows), block=block))[0] == [0, 2]
    assert count(log(["nothing of a row\r\n", *rows])).left_out["unreadable"] == 1


def test_logs_put_one_after_another_are_read_each_by_its_own_fields():
    data = log([row("2014-05-06T08:00", "RECEIVE", fields=FIELDS_2007)], FIELDS_2007) + log(
        [row("2014-05-06T08:00", "DELIVER")]
    )
    for block in (50, tracking_rows.BLOCK):
        assert sums(count(data, block=block))[0] == [1, 1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    text = log([row("2014-05-06T08:00", "DELIVER", subject="Grüße", to="bö@x.test")]).decode().encode(encoding)
    assert sums(count(text))[0] == [0, 1]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"size": -5}, 'total-bytes such as "-5" is not a number of bytes'),
        ({"size": "12 KB"}, 'total-bytes such as "12 KB" is not a number of bytes'),
        ({"size": ""}, "total-bytes is empty"),
        ({"size": "9" * 40}, f'total-bytes such as "{"9" * 40}" is not a number of bytes'),
        ({"size": 2**43}, 'total-bytes such as "8796093022208" is not a number of bytes'),
        ({"time": "yesterday"}, 'date-time such as "yesterday" is not a time'),
        ({"time": "2014-02-30T08:00"}, 'date-time such as "2014-02-30T08:00:00.000Z" is not a time'),
        ({"time": "2014-13-01T08:00"}, 'date-time such as "2014-13-01T08:00:00.000Z" is not a time'),
        ({"time": "2014-05-06T24:00"}, 'date-time such as "2014-05-06T24:00:00.000Z" is not a time'),
        ({"time": "9999-12-31T08:00"}, 'date-time such as "9999-12-31T08:00:00.000Z" is not a time'),
        ({"time": "0001-01-01T08:00"}, 'date-time such as "0001-01-01T08:00:00.000Z" is not a time'),
        ({"to": ""}, "recipient-address is empty"),
    ],
)
def test_rows_with_impossible_values_are_counted_and_left_out(change, cause):
    bad = {"time": "2014-05-06T08:00", **change}
    rows = [row("2014-05-06T08:00", "DELIVER", message="<good>"), row(event="DELIVER", message="<bad>", **bad)]
    issues = Issues()
    counted = count(log(rows), issues=issues)
    assert (sums(counted)[0], counted.left_out["unreadable"]) == ([0, 1], 1)
    assert f"warning: message tracking logs: 1 of 2 rows cannot be read: {cause} (1). They are left out." in lines(
        issues
    )


def test_rows_with_more_or_fewer_cells_are_left_out():
    rows = [
        row("2014-05-06T08:00", "DELIVER"),
        "2014-05-06T08:00:00.000Z,too,short\r\n",
        "2014-05-06" + "," * 40 + "\r\n",
    ]
    assert count(log(rows)).left_out["unreadable"] == 2


def refused(*logs, **options):
    with pytest.raises(InputError) as error:
        count(*logs, **options)
    return str(error.value)


ADVICE = "Give the files MSGTRK*.log of the directory TransportRoles\\Logs\\MessageTracking."


def test_what_is_no_log_is_refused():
    assert refused(b"") == "MSGTRK0.log: is empty. Export it again."
    assert refused(log([])) == (
        "message tracking logs: hold no message of a mailbox in 0 rows. "
        "Give the logs of the Mailbox servers: MSGTRK*.log, MSGTRKMD*.log and MSGTRKMS*.log."
    )
    assert refused(b"#Software: x\r\n2014-05-06T08:00:00.000Z,1,2\r\n") == (
        "MSGTRK0.log: has rows before any line #Fields. Give the log whole, with the lines it begins with."
    )
    assert refused(b"#Log-type: SMTP Receive Protocol Log\n#Fields: date-time,data\n2014-05-06T08:00,1\n") == (
        "MSGTRK0.log: has no field source, event-id, message-id, recipient-address, total-bytes, sender-address in its "
        f'line #Fields. It is of the type "SMTP Receive Protocol Log". {ADVICE}'
    )
    assert refused(b"Name,Size\nx,1\n").startswith(
        f"MSGTRK0.log: has no column {', '.join(EXPORTED)}. Export it with: Get-MessageTrackingLog"
    )


def test_hostile_files_are_refused_soon():
    endless = log([row("2014-05-06T08:00", "DELIVER")]) + b"2014-05-06T08:00:00.000Z," + b"x" * 9_000_000
    assert refused(endless) == f"MSGTRK0.log: has a row of more than 4,000,000 bytes. {ADVICE}"
    assert "NUL characters" in refused(log([row("2014-05-06T08:00", "DELIVER", subject="a\0b")]))
    assert "packed (gzip)" in refused(b"\x1f\x8b\x08" + bytes(range(256)))
    noise = random.Random(1).randbytes(100_000).replace(b"\0", b"")
    assert refused(b"#Software: x\n" + noise)
    lines_of_marks = log([row("2014-05-06T08:00", "DELIVER")] + ["#\r\n"] * 50_000)
    assert sums(count(lines_of_marks))[0] == [0, 1]


def test_nothing_of_a_message_is_kept():
    rows = [row("2014-05-06T08:00", "RECEIVE", subject="top secret", sender="boss@x.test", message="<id-77>")]
    imported = import_messages([Upload("s.log", log(rows))], mailboxes=1, work_days=1, utc_offset=0)
    shown = repr(imported) + "".join(map(str, imported.issues)) + repr(count(log(rows)))
    assert not any(text in shown for text in ("secret", "boss", "id-77"))


# --- exports of Get-MessageTrackingLog -----------------------------------------------------------


def export(times, separator=",", recipients="bo@x.test;cy@x.test", events="DELIVER", count="RecipientCount"):
    out = io.StringIO()
    out.write("#TYPE Selected.Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent\r\n")
    names = ["EventId", "Source", "Sender", "Recipients", "TotalBytes", count, "MessageId", "Timestamp"]
    out.write(separator.join(f'"{name}"' for name in names) + "\r\n")
    for number, time in enumerate(times):
        cells = [events, "STOREDRIVER", "ann@x.test", recipients, "1024", "2", f"<{number}>", time]
        out.write(separator.join(f'"{cell}"' for cell in cells) + "\r\n")
    return out.getvalue().encode()


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("2014-05-06T07:58:12.3450000Z", HOUR_OF_1970 + 2),
        ("2014-05-06T09:58:12.3450000+02:00", HOUR_OF_1970 + 2),
        ("5/26/2014 7:58:12 PM", HOUR_OF_1970 + 20 * 24 + 12),
        ("26.05.2014 07:58:12", HOUR_OF_1970 + 20 * 24),
        ("5/26/2014 12:58:12 AM", HOUR_OF_1970 + 20 * 24 - 7),
        ("26/05/2014 07:58", HOUR_OF_1970 + 20 * 24),
        ("2014-05-06 07:58:12", HOUR_OF_1970),
    ],
)
def test_exports_are_in_utc_if_they_state_it_and_else_in_local_time(time, hour):
    for separator in (",", ";"):
        issues = Issues()
        counted = count(export([time], separator), utc_offset=2, issues=issues)
        assert counted.hours.tolist() == [hour]
        assert sums(counted) == ([0, 2], [0, 2048])
        told = "notice: message tracking logs: have no time zone: their times are treated as local time."
        assert any(line.startswith(told) for line in lines(issues)) is ("T" not in time)


def test_an_export_that_leaves_the_date_open_is_refused():
    for time in ("5/6/2014 07:58:12", "5/6/2014 07:58:12 AM"):
        assert refused(export([time])) == (
            f'MSGTRK0.log: Timestamp such as "{time}" leaves open whether the day or the month comes first. Choose the '
            "order: --dates day-first or --dates month-first."
        )
        assert count(export([time]), reading=Reading(dates="month-first")).hours.tolist() == [HOUR_OF_1970]
        assert count(export([time]), reading=Reading(dates="day-first")).hours.tolist() == [HOUR_OF_1970 + 30 * 24]


def test_an_export_of_collections_is_refused_with_advice():
    recipients = "System.Collections.Generic.List`1[System.String]"
    assert refused(export(["2014-05-06T07:58:12Z"], recipients=recipients, count="Other")) == (
        'MSGTRK0.log: column Recipients holds the names of collections, such as "System.Collections.Generic.'
        'List`1[System.String]", not their values. Export it with a computed column: '
        "@{Name='Recipients';Expression={$_.Recipients -join ';'}}."
    )


# --- whatever the blocks, the order and the bound ------------------------------------------------


def busy(seed, messages=30, days=3):
    """Rows of many messages, some of them on two servers."""
    draw = random.Random(seed)
    rows = []
    for number in range(messages):
        time = f"2014-05-{6 + draw.randrange(days):02}T{draw.randrange(24):02}:{draw.randrange(60):02}"
        people = ";".join(
            draw.sample(["bo@x.test", "cy@x.test", "HealthMailbox1@x.test", "dee@x.test"], draw.randint(1, 3))
        )
        subject = draw.choice(["a, b", 'q"q', "two\nlines", ""])
        for event in draw.sample(["RECEIVE", "DELIVER", "DELIVER", "SUBMIT"], draw.randint(1, 4)):
            rows.append(
                row(time, event, message=f"<{number}>", to=people, size=draw.randrange(10_000), subject=subject)
            )
    return rows


@pytest.mark.slow
@examples(20)
@given(st.integers(0, 1000))
def test_counts_are_those_of_a_plain_reading(seed):
    """Sets of ids and recipients, row by row, as a person would write it."""
    rows = busy(seed)
    cells = [dict(zip(FIELDS_2013.split(","), r, strict=True)) for r in csv.reader(io.StringIO("".join(rows)))]
    received = {
        (c["message-id"], address)
        for c in cells
        if c["event-id"] == "DELIVER"
        for address in c["recipient-address"].split(";")
        if not address.startswith("HealthMailbox")
    }
    probes = {c["message-id"] for c in cells if c["recipient-address"] == "HealthMailbox1@x.test"}
    sent = {c["message-id"] for c in cells if c["event-id"] == "RECEIVE"} - probes
    assert sums(count(log(rows)))[0] == [len(sent), len(received)]


def same(one, other):
    for name in ("hours", "messages", "bytes", "users", "user_messages", "user_bytes"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.first, one.last, one.rows, one.left_out) == (other.first, other.last, other.rows, other.left_out)


@pytest.mark.slow
@examples(10)
@given(st.integers(0, 1000), st.integers(300, 5000), st.sampled_from([2**23, 40]), st.randoms(use_true_random=False))
def test_the_result_depends_neither_on_blocks_nor_on_order(seed, block, most, draw):
    rows = busy(seed)
    whole = count(log(rows), limit=most)
    draw.shuffle(rows)
    cut = draw.randrange(len(rows) + 1)
    same(whole, count(log(rows[cut:]), log(rows[:cut]), limit=most, block=block))


def test_beyond_the_bound_counts_are_reported_as_estimates():
    rows = [row("2014-05-06T08:00", "DELIVER", message=f"<{n}>") for n in range(20_000)]
    issues = Issues()
    counted = count(log(rows + rows[:5000]), limit=4096, issues=issues)
    assert counted.scale == 8
    received = counted.messages[1].sum()
    assert received == pytest.approx(20_000, rel=4 * (7 / 20_000) ** 0.5)  # four times the error of such a sample
    assert counted.bytes[1].sum() == 1024 * received
    assert counted.left_out["duplicates"] == pytest.approx(5000, abs=1600)
    assert (
        "notice: message tracking logs: hold more messages and recipients than are kept: every 8th was counted. "
        "Figures are estimates, accurate to about 0.1 %."
    ) in lines(issues)


def test_progress_goes_by_bytes():
    seen = []
    rows = busy(3)
    count(log(rows), log(rows[:10]), block=500, progress=lambda done, share: seen.append((done, share)))
    assert seen == sorted(seen)
    assert seen[0][1] < 0.4
    assert seen[-1][1] == 1
