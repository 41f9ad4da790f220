"""Messages per day and their size from tracking logs, and from several sources together."""

from __future__ import annotations

import pytest
from support.message_exports import (
    ADVICE,
    AVERAGES,
    PER_DAY,
    PROFILE,
    SIZE,
    STATS,
    day,
    imported,
    left_out,
    refused,
    told,
    upload,
)
from support.tracking_logs import SAMPLE, log, row

from calculator.importers.messages import SourceKind, TrackedDays, identify_file, import_messages, read_tracking_logs
from calculator.inputs.profile import Profile, dump, parse
from calculator.issues import InputError, Issues

# --- tracking logs -------------------------------------------------------------------------------


def week(first=5, last=11, hours=range(24)):
    """Logs of days of May 2014, the 5th being a Monday: a message each hour, sent to two."""
    rows = []
    for number in range(first, last + 1):
        for hour in hours:
            time, ident = f"2014-05-{number:02}T{hour:02}:30", f"<{number}.{hour}>"
            rows.append(row(time, "RECEIVE", message=ident, to="bo@x.test;cy@x.test", size=2048))
            rows.append(row(time, "DELIVER", message=ident, to="bo@x.test;cy@x.test", size=2048))
    return log(rows)


def test_a_week_of_logs_is_divided_by_its_days_of_work():
    result = imported(week(), mailboxes=10)
    assert result.values == {PER_DAY: pytest.approx(7 * 72 / 5 / 10), SIZE: 2}
    assert told(result)[0] == (
        "notice: message tracking logs: cover 2014-05-05 00:30 to 2014-05-11 23:30: 7 whole days, 5 of them work "
        "days with messages."
    )
    seven = Profile({"mailbox.work_week": 7.0})
    assert imported(week(), base=seven, mailboxes=10).values[PER_DAY] == pytest.approx(72 / 10)


def test_users_have_their_parts_of_a_day_of_work():
    issues = Issues()
    counted = read_tracking_logs([upload(week(), "a.log")], issues)
    days = TrackedDays(counted, 5)
    rate = days.compute_rate(None, issues)
    messages, kilobytes = days.compute_user_rates(rate)
    assert messages.tolist() == [pytest.approx(7 * 24 / 5)] * 3  # ann sends what bo and cy receive
    assert kilobytes == pytest.approx(messages * 2)
    assert messages.sum() == pytest.approx(rate.messages)


def test_days_that_are_cut_off_are_dropped():
    cut = log([row("2014-05-04T18:00", "DELIVER", message="<x>"), row("2014-05-09T06:00", "DELIVER", message="<y>")])
    result = imported(week(5, 8), cut, mailboxes=10)
    assert result.values[PER_DAY] == pytest.approx(4 * 72 / 4 / 10)
    assert left_out(result) == {"partial_days": 2}


def test_local_days_are_whole_where_utc_has_them_whole_only_by_name():
    result = imported(week(), mailboxes=10, utc_offset=2)  # begins at 02:30, ends on the 12th at 01:30
    assert result.values[PER_DAY] == pytest.approx((6 * 72) / 4 / 10)
    assert left_out(result) == {"partial_days": 22 * 3 + 2 * 3}


def test_without_a_whole_day_only_the_size_is_measured():
    result = imported(SAMPLE)
    assert result.values == {SIZE: pytest.approx((48_211 + 191_240) / 4 / 1024)}
    assert told(result)[0] == (
        "warning: message tracking logs: cover no whole work day, so the messages per day are unknown. Only their "
        "size is known. Give logs of a week or more, or their number of work days with --work-days."
    )


def test_days_with_few_messages_are_pointed_out():
    thin = log([row("2014-05-09T09:00", "DELIVER", message="<x>"), row("2014-05-10T23:30", "DELIVER", message="<y>")])
    assert (
        "warning: message tracking logs: hold few messages on 2014-05-09. Leave out holidays, and give the logs of all "
        "servers."
    ) in told(imported(week(5, 8), thin, mailboxes=10))


def test_hourly_shares_come_with_the_offset_and_only_where_none_are_given():
    assert not [path for path in imported(week(), mailboxes=1).values if "hourly" in path]
    result = imported(
        week(hours=(0, 8, 9, 23)), log([row("2014-05-06T09:00", "DELIVER", message="<z>")]), mailboxes=1, utc_offset=0
    )
    shares = [result.values[f"replication.hourly_log_share.{hour}"] for hour in range(1, 25)]
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    expected = {0: 15 / 61, 8: 15 / 61, 9: 16 / 61, 23: 15 / 61}  # of the five days of work; hour 0 is the first
    assert shares == [pytest.approx(expected.get(hour, 0)) for hour in range(24)]
    given = Profile({f"replication.hourly_log_share.{hour}": 1 / 24 for hour in range(1, 25)})
    kept = imported(week(), base=given, mailboxes=1, utc_offset=0)
    assert not [path for path in kept.values if "hourly" in path]
    assert "notice: design: replication.hourly_log_share: is given already: it stays as it is." in told(kept)


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PROFILE, SourceKind.PROFILE),
        (AVERAGES, SourceKind.AVERAGES),
        (STATS, SourceKind.STATS),
        (SAMPLE, SourceKind.LOG),
    ],
)
def test_files_are_known_by_their_content(text, kind):
    assert identify_file(upload(text, "whatever.txt")) is kind
    assert text == SAMPLE or identify_file(upload("#TYPE Selected\n" + text)) is kind


def test_the_best_source_counts_and_the_others_are_reported():
    result = imported(upload(AVERAGES, "file.txt"), PROFILE, day(1), week(), mailboxes=1695)
    assert result.values[PER_DAY] == pytest.approx(492_100 / 5 / 1695)
    assert {
        "notice: message tracking logs: gives 101 messages per day in all, 2 KB each: not used, in favor of the "
        "message profile report.",
        "notice: text of CalcMsgAverage: gives 58 messages per mailbox and day, 58.4 KB each: not used, in favor of "
        "the message profile report.",
        "notice: files of MessageStats: gives 110 messages per day in all, 63.3 KB each: not used, in favor of the "
        "message profile report.",
    } <= set(told(result))
    assert imported(AVERAGES, SAMPLE).values[PER_DAY] == pytest.approx(58)  # the log tells no number a day


def test_every_tier_of_the_design_takes_the_values_and_keeps_its_others():
    base = Profile({"tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 20.0, "tiers.2.message_size": 99.0}, "Ours")
    result = imported(PROFILE, base=base)
    assert set(result.values) == {
        f"tiers.{tier}.{leaf}" for tier in (1, 2) for leaf in ("messages_per_day", "message_size")
    }
    assert parse(dump(result.profile)).given == {**base.given, **result.values}
    assert result.profile.title == "Ours"
    first, second = result.tables["tiers"]
    assert (first["tier"], first["mailboxes"], second["mailboxes"]) == (1, 10, 20)
    assert second["message_size"] == pytest.approx(61.5395244869)
    assert first["quota"] is None


def test_all_files_that_cannot_be_used_are_reported_together():
    assert refused(PROFILE, upload("a,b\n1,2\n", "x.csv"), upload("", "y.csv"), upload(b"PK\x03\x04", "z.xlsx")) == (
        f"x.csv: contains no message counts. {ADVICE}\n"
        "y.csv: is empty. Export it again.\n"
        "z.xlsx: is a workbook or another zip file. Give the CSV file itself: unpack it, or save it as CSV."
    )
    with pytest.raises(InputError, match=r"none\.csv: does not exist"):
        import_messages(["/nowhere/none.csv"])


def test_arguments_that_cannot_be():
    assert refused(mailboxes=0, work_days=-1, utc_offset=99) == (
        f"import messages: no file is given. {ADVICE}\nmailboxes: 0 is not a number of mailboxes. Give 1 or more.\n"
        "work days: -1 is not a number of days. Give 1 to 3,660.\nUTC offset: 99 hours is not a UTC offset. Give "
        "-14 to 14 hours, 1 for Berlin."
    )
    assert refused(PROFILE, keep=["journal", "disabled", "jurnal"]) == (
        'keep: "jurnal" is not a kind of excluded message. Give health, system, journal.'
    )
    assert "nan is not a number of days" in refused(PROFILE, work_days=float("nan"))


def test_a_figure_beyond_the_limits_of_its_input_is_refused():
    text = (
        PROFILE.replace('"420"', '"1"')
        .replace('"1210"', '"1"')
        .replace('"65"', '"1"')
        .replace('"31500"', '"3150000000"')
    )
    assert refused(text).startswith("message profile report: tiers.messages_per_day: ")
