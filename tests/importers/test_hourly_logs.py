"""Hourly shares of the logs: each file by hand-worked figures, what is missing, doubtful or refused."""

from __future__ import annotations

import random

import pytest

from calculator.importers import import_hourly_logs
from calculator.inputs.profile import Profile
from calculator.inputs.text_files import Upload
from calculator.issues import InputError

BY_HOUR = (
    '"Hour","LogsGenerated","HourToDailyLogGenRatio","NumberOfHourlySamples","AvgLogGenPerHour"\n'
    '"0","410","0.0101","14","29.3"\n"9","4200","0.1038","14","300.0"\n"23","520","0.0129","14","37.1"\n'
)
USAGE = (
    f"Server;LogFolderPath;{';'.join(f'Hour-{hour:02}' for hour in range(24))}\n"
    "EX1;D:\\Logs\\DB01;3;2;2;2;2;4;9;28;61;83;80;74;58;66;79;75;68;44;22;12;8;6;5;4\n"
    "EX1;D:\\Logs\\DB02;2;2;1;1;2;3;8;25;55;77;75;70;50;60;71;70;61;40;20;11;7;5;4;3\n"
    "EX2;E:\\Logs\\DB03;1;1;1;1;1;2;6;19;40;58;55;52;41;47;56;53;47;30;15;8;5;4;3;2\n"
)
BY_DATABASE = (
    '"DatabaseName","LogsGenerated","LogGenToTotalRatio","NumberOfHours","LogsGeneratedPerHour"\n'
    '"DB1","9","1","2","4.5"\n'
)
BOTH = (
    '"DatabaseName","Hour","LogsGenerated","HourToDailyLogGenRatioForDB"\n'
    '"DB1","8","30","0.5"\n"DB1","9","30","0.5"\n"DB2","8","60","1"\n'
)
ADVICE = "Give LogGenByHour.csv or LogStats.csv of GetTransactionLogStats.ps1, or output-*.csv of GetLogFileUsage.ps1."


def imported(*texts, base=None, **options):
    sources = [
        t if isinstance(t, Upload) else Upload("file.csv", t.encode() if isinstance(t, str) else t) for t in texts
    ]
    return import_hourly_logs(sources, base, **options)


def shares(*texts):
    values = imported(*texts).values
    assert list(values) == [f"replication.hourly_log_share.{hour}" for hour in range(1, 25)]
    assert sum(values.values()) == pytest.approx(1, abs=1e-12)
    return {hour: share for hour, share in enumerate(values.values()) if share}


def told(result):
    return [f"{issue.severity}: {issue}" for issue in result.issues]


def refused(*texts):
    with pytest.raises(InputError) as error:
        imported(*texts)
    return str(error.value)


def left_out(result):
    return {row["reason"]: row["rows"] for row in result.tables["left_out"]}


# --- the files -----------------------------------------------------------------------------------


def test_averages_by_hour_and_hours_that_are_missing():
    assert shares(BY_HOUR) == pytest.approx({0: 29.3 / 366.4, 9: 300 / 366.4, 23: 37.1 / 366.4})
    hours = ", ".join(str(hour) for hour in range(24) if hour not in (0, 9, 23))
    assert told(imported(BY_HOUR)) == [
        f"warning: file.csv: replication.hourly_log_share: has no data about 21 hours ({hours}): their share is 0. "
        "Collect logs around the clock."
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_local_numbers_and_encodings(encoding):
    text = "#TYPE Selected\n" + BY_HOUR.replace('","', '";"').replace(".", ",")
    assert shares(text.encode(encoding)) == pytest.approx({0: 29.3 / 366.4, 9: 300 / 366.4, 23: 37.1 / 366.4})


def test_hours_counted_on_fewer_days_weigh_by_their_average_not_their_sum():
    text = BY_HOUR.replace('"9","4200","0.1038","14"', '"9","300","0.1038","1"')
    assert shares(text)[9] == pytest.approx(300 / 366.4)


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (3, "3 days")])
def test_a_warning_says_that_few_days_are_covered(days, words):
    assert (
        f"notice: file.csv: replication.hourly_log_share: covers {words} of logs. Use logs of at least "
        "14 days for reliable shares."
    ) in told(imported(BY_HOUR.replace('"14"', f'"{days}"')))


def test_counts_of_files_are_summed_over_the_folders():
    sums = [6, 5, 4, 4, 5, 9, 23, 72, 156, 218, 210, 196, 149, 173, 206, 198, 176, 114, 57, 31, 20, 15, 12, 9]
    assert shares(USAGE) == pytest.approx({hour: count / 2068 for hour, count in enumerate(sums)})
    assert sum(sums) == 2068
    assert told(imported(USAGE)) == [
        "notice: file.csv: replication.hourly_log_share: does not say on how many days the logs were counted. Use "
        "logs of at least 14 days for reliable shares."
    ]
    assert shares(USAGE, USAGE) == pytest.approx(shares(USAGE))
    assert shares(USAGE.replace(";", ",")) == pytest.approx(shares(USAGE))


def test_logs_of_databases_by_hour_are_summed():
    assert shares(BOTH) == pytest.approx({8: 90 / 120, 9: 30 / 120})


def test_all_files_of_a_run_may_be_given():
    stats = notes([(100, "5/16/2014 8:00:00 AM"), (160, "5/16/2014 9:00:00 AM")])
    result = imported(
        *(Upload(f"{n}.csv", t.encode()) for n, t in enumerate((stats, BY_DATABASE, BOTH, BY_HOUR, USAGE)))
    )
    assert result.values["replication.hourly_log_share.10"] == pytest.approx(300 / 366.4)
    assert [line for line in told(result) if "is not used" in line] == [
        f"notice: {n}.csv: is not used: 3.csv has more detail about the hours." for n in (0, 1, 2, 4)
    ]


# --- generations ---------------------------------------------------------------------------------


def notes(rows, database="DB1", server="EX1"):
    lines = [f'"{database}","{server}","{generation}","{time}"' for generation, time in rows]
    return "\n".join(['"DatabaseName","ServerName","LogGeneration","TimeCollected"', *lines, ""])


def test_generations_between_notes_fall_into_their_hours():
    rows = [(100, "5/16/2014 8:00:03 AM"), (130, "5/16/2014 9:00:01 AM"), (220, "5/16/2014 10:00:09 AM")]
    assert shares(notes(rows)) == pytest.approx({8: 0.25, 9: 0.75})
    assert shares(notes(rows[::-1])) == pytest.approx({8: 0.25, 9: 0.75})


def test_logs_are_spread_over_the_hours_a_span_touches():
    rows = [(0, "16.05.2014 23:45:00"), (60, "17.05.2014 00:45:00")]
    # 15 minutes in hour 23, 45 in hour 0, at the same rate
    assert shares(notes(rows)) == pytest.approx({0: 0.5, 23: 0.5})


def test_resets_and_gaps_are_skipped_and_counted():
    rows = [
        (100, "16.05.2014 08:00"),
        (130, "16.05.2014 09:00"),
        (5, "16.05.2014 10:00"),
        (35, "16.05.2014 11:00"),
        (900, "16.05.2014 13:00"),
        (930, "16.05.2014 14:05"),
        (990, "16.05.2014 15:11"),
    ]
    result = imported(notes(rows))
    assert left_out(result) == {"generation_resets": 1, "gaps": 2}
    rates = {8: 30, 10: 30, 13: 30 * 60 / 65, 14: 30 * 60 / 65}
    assert shares(notes(rows)) == pytest.approx({hour: rate / sum(rates.values()) for hour, rate in rates.items()})


def test_hours_observed_on_more_days_weigh_no_more():
    rows = [
        (10, "16.05.2014 08:00"),
        (20, "16.05.2014 09:00"),
        (30, "16.05.2014 10:00"),
        (90, "17.05.2014 08:00"),
        (100, "17.05.2014 09:00"),
    ]
    assert shares(notes(rows)) == pytest.approx({8: 0.5, 9: 0.5})


def test_databases_and_servers_are_told_apart():
    one = notes([(10, "16.05.2014 08:00"), (20, "16.05.2014 09:00")])
    two = notes([(5000, "16.05.2014 08:00"), (5030, "16.05.2014 09:00")], "DB2").splitlines(keepends=True)[1:]
    moved = notes([(5030, "16.05.2014 10:00")], "DB2", "EX2").splitlines(keepends=True)[1:]
    assert shares(one + "".join(two) + "".join(moved)) == {8: 1}
    assert left_out(imported(one + "".join(two) + "".join(moved))) == {}


def test_the_order_of_day_and_month_is_found():
    rows = [(10, "05/06/2014 23:00"), (20, "05/07/2014 00:00"), (50, "05/07/2014 01:00")]
    assert shares(notes(rows)) == pytest.approx({0: 0.75, 23: 0.25})  # May, or else a month would lie between
    rows = [(10, "05/06/2014 23:00"), (20, "06/06/2014 00:00"), (50, "06/06/2014 01:00")]
    assert shares(notes(rows)) == pytest.approx({0: 0.75, 23: 0.25})


def test_two_weeks_of_notes_need_no_advice():
    rows = [(number, f"{16 + number // 24}.05.2014 {number % 24:02}:00") for number in range(15 * 24)]
    assert told(imported(notes(rows))) == []
    assert shares(notes(rows)) == pytest.approx(dict.fromkeys(range(24), 1 / 24))


def test_rows_may_lie_in_several_files_in_any_order():
    rows = [(number * 7 % 90 + number * 90, f"16.05.2014 {number:02}:00") for number in range(24)]
    whole = imported(notes(rows)).values
    random.Random(1).shuffle(rows)
    assert imported(notes(rows[:9]), notes(rows[9:])).values == whole


# --- what cannot be used -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        ('"24","1","1","14","5"', 'Hour such as "24" is not an hour'),
        ('"-1","1","1","14","5"', 'Hour such as "-1" is not an hour'),
        ('"x","1","1","14","5"', 'Hour such as "x" is not an hour'),
        ('"3","1","1","14","-5"', 'AvgLogGenPerHour such as "-5" is not a count'),
        ('"3","1","1","14",""', "AvgLogGenPerHour is empty"),
        ('"3.5","1","1","14","9"', 'Hour such as "3.5" is not an hour'),
    ],
)
def test_rows_without_an_hour_or_a_count_are_left_out(bad, cause):
    result = imported(BY_HOUR + bad + "\n")
    assert left_out(result) == {"unusable": 1}
    assert result.values == imported(BY_HOUR).values
    assert told(result)[0] == (
        f"warning: file.csv: rows without an hour of 0 to 23 or a count of 0 or more: 1, {cause}. They are left out."
    )


def test_files_without_hours_are_refused():
    assert refused(BY_DATABASE) == f"file.csv: counts the logs per database, not per hour. {ADVICE}"
    assert refused("a,b\n1,2\n", "") == (
        f"file.csv: counts no transaction logs. {ADVICE}\nfile.csv: is empty. Export it again."
    )
    assert refused() == f"import logs: no file is given. {ADVICE}"
    made = (
        "Create it again with: .\\GetTransactionLogStats.ps1 -Analyze (after two weeks or more of -Gather every hour)."
    )
    assert refused(BY_HOUR.splitlines()[0] + "\n") == f"file.csv: counts no logs in any hour. {made}"
    assert refused(notes([(10, "16.05.2014 08:00")])) == f"file.csv: counts no logs in any hour. {made}"
    assert refused(notes([(10, "never"), (20, "today")])).splitlines() == [
        f'file.csv: counts no logs in any hour: TimeCollected such as "never" is not a time. {made}',
        "warning: file.csv: rows without an hour of 0 to 23 or a count of 0 or more: 2, TimeCollected such as "
        '"never" is not a time. They are left out.',
    ]
    assert refused(BY_HOUR.replace('"Hour"', '"Hours"')) == f"file.csv: counts no transaction logs. {ADVICE}"
    assert refused(BOTH.replace('"LogsGenerated"', '"Logs"')) == f"file.csv: counts no transaction logs. {ADVICE}"


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02" * 999, b"\xff\xfe\x00", b"PK\x03\x04rest", random.Random(2).randbytes(5000)]
)
def test_hostile_files_are_refused(data):
    assert refused(data).startswith("file.csv")


def test_the_design_keeps_its_other_inputs():
    base = Profile({"tiers.1.mailboxes": 5.0, "replication.hourly_log_share.1": 0.5})
    result = imported(BY_HOUR, base=base)
    assert result.profile.given == {"tiers.1.mailboxes": 5.0, **result.values}
    assert result.tables["hours"][9] == {"hour": 9, "share": pytest.approx(300 / 366.4)}
    assert len(result.tables["hours"]) == 24


def test_progress_goes_by_files():
    seen = []
    imported(USAGE, USAGE, progress=lambda done, share: seen.append((done, share)))
    assert seen == [(1, 0.5), (2, 1.0)]
