"""Messages a day and their size: each source by hand-worked figures, what is left out, refused or doubtful."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from support.tracking_logs import SAMPLE, log, row

from calculator.importers.messages.read import Kind, import_messages, kind_of
from calculator.importers.messages.tracking_log import read_logs
from calculator.importers.messages.work_days import Days
from calculator.inputs.profile import Profile, dump, parse
from calculator.inputs.text_files import Upload
from calculator.issues import InputError, Issues

PROFILE = (
    '"SiteName","Mailboxes","AvgTotalMsgs","AvgTotalKB","AvgSentMsgs","AvgRcvdMsgs","AvgSentKB","AvgRcvdKB","SentMsgs",'
    '"RcvdMsgs","SentKB","RcvdKB","UTCOffset","TimeSpan","TotalDays"\n'
    '"~All Sites","1695","59","62","12","47","53","64","94600","397500","4968100","25315500","0","0","5"\n'
    '"Berlin","420","70","69","15","55","62","71","31500","115500","1953000","8200500","1","0","5"\n'
    '"Oslo","65","38","77","8","30","66","80","2600","9750","171600","780000","1","0","5"\n'
    '"Pune","1210","55","58","10","45","47","60","60500","272250","2843500","16335000","5.5","4.5","5"\n'
)
AVERAGES = """\
Tracking start time: 05/05/2014 00:00:00
Tracking end time:   05/10/2014 00:00:00
Analyzed period (days): 5

Started processing EX1
Processed 482115 log records in 61 seconds
   Average rate: 7903 log recs/sec.


Number of recipients: 1710
Messages Received per Mailbox Per Day: 46.8
Messages Sent per Mailbox Per Day: 11.2
Messages Sent/Received per Mailbox Per Day: 58.0
Average message size (KB): 58.4

Run time was 0:01:03
"""
STATS = (
    '"Date","User","Domain","Sent Total","Sent MB Total","Received Total","Received MB Total","Sent Internal",'
    '"Sent Internal MB","Sent External","Sent External MB","Received Internal","Received Internal MB",'
    '"Received External","Received External MB","Sent Unique Total","Sent Unique MB Total","Sent Internal Unique",'
    '"Sent Internal Unique MB","Sent External  Unique","Sent External Unique MB"\n'
    '"05/06/2014","ann","example.test","14","1.2","62","3.9","10","0.8","4","0.4","40","2.1","22","1.8","9","0.8","6",'
    '"0.5","3","0.3"\n'
    '"05/06/2014","bo","example.test","3","0.1","25","1.4","3","0.1","0","0","20","1.1","5","0.3","3","0.1","3","0.1",'
    '"0","0"\n'
    '"05/06/2014","cy","example.test","0","0","11","0.6","0","0","0","0","8","0.5","3","0.1","0","0","0","0","0","0"\n'
)
PER_DAY, SIZE = "tiers.1.messages_per_day", "tiers.1.message_size"
BERLIN = (31_500 + 115_500) / 5 / 420  # 70
ADVICE = (
    "Give the CSV of Generate-MessageProfile.ps1, files MSGTRK*.log, files email_stats_*.csv of MessageStats.ps1, or "
    "the text CalcMsgAverage.ps1 prints."
)


def upload(text, name="file.csv", encoding="utf-8"):
    return Upload(name, text if isinstance(text, bytes) else text.encode(encoding))


def imported(*texts, base=None, **options):
    return import_messages([t if isinstance(t, Upload) else upload(t) for t in texts], base, **options)


def refused(*texts, **options):
    with pytest.raises(InputError) as error:
        imported(*texts, **options)
    return str(error.value)


def told(result):
    return [f"{issue.severity}: {issue}" for issue in result.issues]


def left_out(result):
    return {row["reason"]: row["rows"] for row in result.tables["left_out"]}


# --- message profile reports ---------------------------------------------------------------------


def test_a_message_profile_gives_its_totals_not_its_rounded_averages():
    result = imported(PROFILE)
    assert result.values == {
        PER_DAY: pytest.approx(492_100 / 5 / 1695, rel=1e-12),  # 58.0648967552
        SIZE: pytest.approx(30_283_600 / 492_100, rel=1e-12),  # 61.5395244869
    }
    assert left_out(result) == {"average_rows": 1}
    assert told(result) == [
        "notice: design: tiers.messages_per_day: is 58.0649; the calculator has steps of 50 and would be given 100. "
        "Set it where figures shall match the calculator's."
    ]


def test_the_average_of_all_sites_counts_where_it_stands_alone():
    result = imported("".join(PROFILE.splitlines(keepends=True)[:2]))
    assert result.values[PER_DAY] == pytest.approx((94_600 + 397_500) / 5 / 1695)
    assert "notice: file.csv: holds the average of all sites only, it is taken as it is." in told(result)


def test_sites_of_several_files_and_lengths_are_taken_together():
    head, _, berlin, oslo, _ = PROFILE.splitlines(keepends=True)
    oslo = oslo.replace('"5"', '"10"')  # two weeks of five days: 10 x 5/7 days of work
    result = imported(head + berlin, head + oslo)
    assert result.values[PER_DAY] == pytest.approx((147_000 / 5 + 12_350 / (10 * 5 / 7)) / 485)
    assert (
        "notice: file.csv: covers 10 days, weekends among them: its messages are divided by 7.143 days of work. "
        "Give --work-days where they are others."
    ) in told(result)


@pytest.mark.parametrize(
    ("days", "week", "work"), [(5, 5, 5), (7, 5, 5), (28, 5, 20), (7, 7, 7), (28, 7, 28), (1, 5, 1)]
)
def test_whole_weeks_are_divided_by_their_days_of_work(days, week, work):
    head, _, berlin, *_ = PROFILE.splitlines(keepends=True)
    base = Profile({"mailbox.work_week": float(week)})
    result = imported(head + berlin.replace(',"5"\n', f',"{days}"\n'), base=base)
    assert result.values[PER_DAY] == pytest.approx(147_000 / work / 420)
    assert any("weekends among them" in line for line in told(result)) is (work != days)


def test_mailboxes_and_work_days_that_are_given_count():
    result = imported(PROFILE, mailboxes=2000, work_days=4)
    assert result.values[PER_DAY] == pytest.approx(492_100 / 4 / 2000)


def test_rows_without_days_mailboxes_or_numbers_are_left_out():
    head, _, berlin, oslo, pune = PROFILE.splitlines(keepends=True)
    rows = [
        berlin,
        oslo.replace(',"5"\n', ',"0"\n'),
        pune.replace('"1210"', '"0"'),
        pune.replace('"60500"', '"-60500"'),
        pune.replace('"60500"', '"many"'),
        pune.replace('"60500"', '""'),
    ]
    result = imported(head + "".join(rows))
    assert result.values[PER_DAY] == pytest.approx(BERLIN)
    assert left_out(result) == {"unusable": 5}
    assert told(result)[:3] == [
        "warning: file.csv row 3: TotalDays: is 0: nothing can be divided by it. The row is left out.",
        "warning: file.csv row 4: Mailboxes: is 0: nothing can be divided by it. The row is left out.",
        "warning: file.csv row 5: SentMsgs: is missing or no whole number of 0 or more. The row is left out.",
    ]
    assert refused(head + rows[1]).startswith("file.csv: holds no site that can be used. Make it anew: .\\Generate-")


def test_a_report_given_twice_counts_once_and_a_site_that_differs_is_told():
    head, _, berlin, *_ = PROFILE.splitlines(keepends=True)
    result = imported(PROFILE, PROFILE)
    assert result.values[PER_DAY] == pytest.approx(492_100 / 5 / 1695)
    assert left_out(result)["duplicates"] == 4
    result = imported(head + berlin + berlin.replace("31500", "31501"))
    assert (
        'warning: file.csv: holds site "Berlin" more than once, with other figures: all are counted. '
        "Leave one out if it is the same site."
    ) in told(result)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_separators_and_local_numbers(encoding, separator):
    text = PROFILE.replace('"Berlin"', '"Zürich"').replace('","', f'"{separator}"').replace('"5.5"', '"5,5"')
    text = text.replace('"115500"', '"115.500"' if separator == ";" else '"115,500"')
    result = imported(upload(text, encoding=encoding))
    assert result.values[PER_DAY] == pytest.approx(492_100 / 5 / 1695)


def test_a_missing_column_is_named_with_the_command():
    assert refused(PROFILE.replace('"TotalDays"', '"Days"')).startswith(
        "file.csv: has no column TotalDays. Export it with: .\\Generate-MessageProfile.ps1 "
    )


# --- CalcMsgAverage ------------------------------------------------------------------------------

CAVEATS = [
    "notice: file.txt: divides by the mailboxes with traffic, not by all: its averages are too high where many are "
    "idle. Give --mailboxes, the number of all.",
    "notice: file.txt: gives the mean of the averages of received and sent messages as the size, not weighted by their "
    "number. A message profile report or the tracking logs themselves are better.",
    "notice: file.txt: counts health mailboxes too, unless the script ran with -SkipHealthMailboxes.",
]


def test_the_text_of_calcmsgaverage_and_all_that_is_doubtful_about_it():
    result = imported(upload(AVERAGES, "file.txt"))
    assert result.values == {PER_DAY: pytest.approx(58), SIZE: 58.4}
    assert told(result)[:3] == CAVEATS


def test_known_mailboxes_and_days_put_its_averages_right():
    result = imported(upload(AVERAGES, "file.txt"), mailboxes=2000, work_days=4)
    assert result.values[PER_DAY] == pytest.approx(58 * 5 / 4 * 1710 / 2000)
    assert told(result)[0] == (
        "notice: file.txt: divides by 1,710 mailboxes with traffic: the messages are divided by 2,000."
    )


@pytest.mark.parametrize(
    "text",
    [
        AVERAGES.replace("58.0", "58,0").replace("58.4", "58,4"),
        "\n".join(reversed(AVERAGES.splitlines())),
        AVERAGES.upper(),
        AVERAGES.replace("\n", "\r\n"),
        AVERAGES.replace("Started", "Processed 1000 in 1.2 seconds\rProcessed 2000 in 2 seconds\rStarted"),
        AVERAGES.replace("Messages Sent/Received per Mailbox Per Day: 58.0\n", ""),
        "Processed 1000 in 1.2 seconds\rProcessed 2000 in 2 seconds\r" * 1000 + AVERAGES,
        AVERAGES[AVERAGES.index("Messages Received") :].replace("\n", "\r\n", 1),
    ],
)
def test_the_text_is_read_by_its_labels(text):
    for encoding in ("utf-8", "utf-16"):
        result = imported(upload(text, "file.txt", encoding))
        assert result.values == {PER_DAY: pytest.approx(58), SIZE: 58.4}


def test_a_fraction_of_a_week_and_a_whole_one():
    assert imported(AVERAGES.replace("(days): 5", "(days): 4.5")).values[PER_DAY] == pytest.approx(58)
    assert imported(AVERAGES.replace("(days): 5", "(days): 14")).values[PER_DAY] == pytest.approx(58 * 7 / 5)


def test_a_text_without_averages_is_refused():
    assert refused(upload("Nothing to analyze\n", "a.txt")) == (
        "a.txt: says that there was nothing to analyze. Run the script over days whose logs are still kept."
    )
    advice = "Paste what .\\CalcMsgAverage.ps1 -ADSites * -Days 5 -SkipHealthMailboxes prints, of one run."
    assert refused(AVERAGES + AVERAGES.replace("58.0", "60.0")) == (
        f'file.csv: has several values of "Messages Sent/Received per Mailbox Per Day". {advice}'
    )
    assert refused(AVERAGES.replace("58.0", "NaN")) == (
        f'file.csv: Messages Sent/Received per Mailbox Per Day: "NaN" is not a number. {advice}'
    )
    assert refused("Messages Sent per Mailbox Per Day: 3\n") == (
        f'file.csv: has no line "Messages Sent/Received per Mailbox Per Day". {advice}'
    )
    assert refused(AVERAGES + "x\n" * 2_000_001) == f"file.csv: is a text of more than 4,000,000 characters. {advice}"


# --- MessageStats --------------------------------------------------------------------------------


def day(number, text=STATS):
    """The file of a day of May 2014; the 5th is a Monday."""
    moment = date(2014, 5, 5) + timedelta(days=number)
    return upload(text.replace("05/06/2014", f"{moment:%m/%d/%Y}"), f"email_stats_{moment:%Y_%m_%d}.csv")


def test_messagestats_counts_what_was_sent_once_and_divides_by_all_mailboxes():
    result = imported(day(1), mailboxes=3)
    assert result.values == {
        PER_DAY: pytest.approx((12 + 98) / 3),  # 36.667
        SIZE: pytest.approx((0.9 + 5.9) * 1024 / 110),  # 63.30
    }
    assert imported(day(1), mailboxes=4).values[PER_DAY] == pytest.approx(110 / 4)


def test_messagestats_counts_no_mailboxes_itself():
    assert refused(day(1)) == (
        "files of MessageStats: count no mailboxes: those with traffic are not all. Give --mailboxes, or --profile."
    )
    base = Profile({"tiers.1.mailboxes": 3.0, "tiers.2.mailboxes": 7.0})
    assert imported(day(1), base=base).values["tiers.2.messages_per_day"] == pytest.approx(110 / 10)


def test_a_file_is_a_day_and_weekends_are_no_days_of_work():
    week = [day(number) for number in range(7)]
    assert imported(*week, mailboxes=3).values[PER_DAY] == pytest.approx(7 * 110 / 5 / 3)
    assert imported(*week[:3], mailboxes=3).values[PER_DAY] == pytest.approx(110 / 3)
    renamed = [Upload(f"day{number}.csv", file.data) for number, file in enumerate(week)]
    assert imported(*renamed, mailboxes=3).values[PER_DAY] == pytest.approx(7 * 110 / 5 / 3)
    assert imported(*renamed, mailboxes=3, work_days=7).values[PER_DAY] == pytest.approx(110 / 3)
    assert imported(*week[4:6], mailboxes=3).values[PER_DAY] == pytest.approx(2 * 110 / 3)  # a Friday and a Saturday


def test_a_day_given_twice_or_in_parts_is_one_day():
    head, ann, bo, cy = STATS.splitlines(keepends=True)
    result = imported(day(1), day(1), mailboxes=3)
    assert result.values[PER_DAY] == pytest.approx(110 / 3)
    assert left_out(result) == {"duplicates": 3}
    parts = imported(day(1, head + ann + bo), upload(head + cy, "rest.csv"), mailboxes=3)
    assert parts.values[PER_DAY] == pytest.approx(110 / 3)


def test_probes_do_not_count_unless_kept():
    text = STATS.replace('"cy"', '"HealthMailbox0a1b"')
    result = imported(day(1, text), mailboxes=3)
    assert result.values[PER_DAY] == pytest.approx(99 / 3)
    assert left_out(result) == {"health": 1}
    assert imported(day(1, text), mailboxes=3, keep=["health"]).values[PER_DAY] == pytest.approx(110 / 3)


def test_decimal_commas_and_rows_that_hold_none():
    local = STATS.replace('","', '";"').replace("3.9", "3,9").replace("0.8", "0,8").replace("1.4", "1,4")
    local = local.replace("0.1", "0,1").replace("0.6", "0,6")
    assert imported(day(1, local), mailboxes=3).values[SIZE] == pytest.approx((0.9 + 5.9) * 1024 / 110)
    broken = STATS.replace('"11","0.6"', '"-11","0.6"')
    result = imported(day(1, broken), mailboxes=3)
    assert result.values[PER_DAY] == pytest.approx(99 / 3)
    assert told(result)[0] == (
        "warning: email_stats_2014_05_06.csv: rows without a number where there should be one: 1. They are left out."
    )


def test_a_file_whose_every_row_is_broken_is_refused():
    assert refused(STATS.splitlines()[0] + '\n"05/06/2014","ann"\n"only"\n').startswith(
        "file.csv: no row counts a message. Make them anew: .\\MessageStats.ps1"
    )


def test_the_other_files_of_messagestats():
    lists = upload('"Address","Used","Since","LastUsed"\n"all@x.test","3","1/1/2014","1/2/2014"\n', "DL_stats.csv")
    result = imported(day(1), lists, mailboxes=3)
    assert "notice: DL_stats.csv: tells of distribution lists only, it is not needed." in told(result)
    assert refused(lists) == f"DL_stats.csv: is no file that counts messages of mailboxes. {ADVICE}"
    assert refused("SentPerDay,ReceivedPerDay,AvgSize\n12,40,50\n") == (
        "file.csv: is a summary of sent and received messages without their users: such sums are not reliable. "
        "Give the files email_stats_*.csv themselves, made with .\\MessageStats.ps1, once for each day."
    )


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
        "notice: message tracking logs: cover 2014-05-05 00:30 to 2014-05-11 23:30: 7 whole days, 5 of them of "
        "work with messages."
    )
    seven = Profile({"mailbox.work_week": 7.0})
    assert imported(week(), base=seven, mailboxes=10).values[PER_DAY] == pytest.approx(72 / 10)


def test_users_have_their_parts_of_a_day_of_work():
    issues = Issues()
    counted = read_logs([upload(week(), "a.log")], issues)
    days = Days(counted, 5)
    rate = days.rate(None, issues)
    messages, kilobytes = days.users(rate)
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


def test_without_a_whole_day_only_the_size_is_told():
    result = imported(SAMPLE)
    assert result.values == {SIZE: pytest.approx((48_211 + 191_240) / 4 / 1024)}
    assert told(result)[0] == (
        "warning: message tracking logs: hold no whole day of work: how many messages a day has cannot be told, only "
        "their size. Give logs of a week or more, or --work-days with what they cover."
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
    ("text", "kind"), [(PROFILE, Kind.PROFILE), (AVERAGES, Kind.AVERAGES), (STATS, Kind.STATS), (SAMPLE, Kind.LOG)]
)
def test_files_are_known_by_their_content(text, kind):
    assert kind_of(upload(text, "whatever.txt")) is kind
    assert text == SAMPLE or kind_of(upload("#TYPE Selected\n" + text)) is kind


def test_the_best_source_counts_and_the_others_are_told():
    result = imported(upload(AVERAGES, "file.txt"), PROFILE, day(1), week(), mailboxes=1695)
    assert result.values[PER_DAY] == pytest.approx(492_100 / 5 / 1695)
    assert {
        "notice: message tracking logs: gives 101 in all and day, 2 KB: not used beside the message profile report.",
        "notice: text of CalcMsgAverage: gives 58 a mailbox and day, 58.4 KB: not used beside the message profile "
        "report.",
        "notice: files of MessageStats: gives 110 in all and day, 63.3 KB: not used beside the message profile report.",
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


def test_all_files_that_cannot_be_used_are_told_at_once():
    assert refused(PROFILE, upload("a,b\n1,2\n", "x.csv"), upload("", "y.csv"), upload(b"PK\x03\x04", "z.xlsx")) == (
        f"x.csv: is no file that tells of messages. {ADVICE}\n"
        "y.csv: is empty. Export it again.\n"
        "z.xlsx: is a workbook or another zip file. Give the CSV file itself: unpack it, or save it as CSV."
    )
    with pytest.raises(InputError, match=r"none\.csv: does not exist"):
        import_messages(["/nowhere/none.csv"])


def test_arguments_that_cannot_be():
    assert refused(mailboxes=0, work_days=-1, utc_offset=99) == (
        f"import messages: no file is given. {ADVICE}\n"
        "mailboxes: 0 is no number of mailboxes. Give 1 or more.\n"
        "work days: -1 is no number of days. Give 1 to 3,660.\n"
        "UTC offset: 99 hours is none. Give -14 to 14 hours, 1 for Berlin."
    )
    assert refused(PROFILE, keep=["journal", "disabled", "jurnal"]) == (
        'keep: "jurnal" is nothing that is left out. Give health, system, journal.'
    )
    assert "nan is no number of days" in refused(PROFILE, work_days=float("nan"))


def test_a_figure_beyond_the_limits_of_its_input_is_refused():
    text = (
        PROFILE.replace('"420"', '"1"')
        .replace('"1210"', '"1"')
        .replace('"65"', '"1"')
        .replace('"31500"', '"3150000000"')
    )
    assert refused(text).startswith("message profile report: tiers.messages_per_day: ")
