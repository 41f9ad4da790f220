"""Reports of messages per day and their size: each by hand-worked figures, what is left out, refused or doubtful."""

from __future__ import annotations

import pytest
from support.message_exports import (
    ADVICE,
    AVERAGES,
    BERLIN,
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

from calculator.inputs.profile import Profile
from calculator.inputs.text_files import Upload

# --- message profile reports ---------------------------------------------------------------------


def test_a_message_profile_gives_its_totals_not_its_rounded_averages():
    result = imported(PROFILE)
    assert result.values == {
        PER_DAY: pytest.approx(492_100 / 5 / 1695, rel=1e-12),  # 58.0648967552
        SIZE: pytest.approx(30_283_600 / 492_100, rel=1e-12),  # 61.5395244869
    }
    assert left_out(result) == {"average_rows": 1}
    assert told(result) == [
        "notice: design: tiers.messages_per_day: is 58.0649; Microsoft's workbook has steps of 50 and would use "
        "100. Set it if the results must match the workbook's."
    ]


def test_the_average_of_all_sites_is_used_if_it_is_the_only_row():
    result = imported("".join(PROFILE.splitlines(keepends=True)[:2]))
    assert result.values[PER_DAY] == pytest.approx((94_600 + 397_500) / 5 / 1695)
    assert "notice: file.csv: only has the average of all sites, which is used." in told(result)


def test_sites_of_several_files_and_lengths_are_taken_together():
    head, _, berlin, oslo, _ = PROFILE.splitlines(keepends=True)
    oslo = oslo.replace('"5"', '"10"')  # two weeks of five days: 10 x 5/7 days of work
    result = imported(head + berlin, head + oslo)
    assert result.values[PER_DAY] == pytest.approx((147_000 / 5 + 12_350 / (10 * 5 / 7)) / 485)
    assert (
        "notice: file.csv: covers 10 days, including weekends: its messages are divided by 7.143 working days. "
        "Give --work-days if the number differs."
    ) in told(result)


@pytest.mark.parametrize(
    ("days", "week", "work"), [(5, 5, 5), (7, 5, 5), (28, 5, 20), (7, 7, 7), (28, 7, 28), (1, 5, 1)]
)
def test_whole_weeks_are_divided_by_their_days_of_work(days, week, work):
    head, _, berlin, *_ = PROFILE.splitlines(keepends=True)
    base = Profile({"mailbox.work_week": float(week)})
    result = imported(head + berlin.replace(',"5"\n', f',"{days}"\n'), base=base)
    assert result.values[PER_DAY] == pytest.approx(147_000 / work / 420)
    assert any("including weekends" in line for line in told(result)) is (work != days)


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
        'warning: file.csv row 5: SentMsgs: "-60500" is not a whole number of 0 or more. The row is left out.',
    ]
    assert refused(head + rows[1]).startswith(
        "file.csv: holds no site that can be used. Create it again with: .\\Generate-"
    )


def test_a_report_given_twice_counts_once_and_a_differing_site_is_reported():
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
        "warning: email_stats_2014_05_06.csv: rows without a number where there should be one: 1, Received Total "
        'such as "-11" is not a count. They are left out.'
    )


def test_a_file_whose_every_row_is_broken_is_refused():
    assert refused(STATS.splitlines()[0] + '\n"05/06/2014","ann"\n"only"\n').startswith(
        "file.csv: no row counts a message. Create them again with: .\\MessageStats.ps1"
    )


def test_the_other_files_of_messagestats():
    lists = upload('"Address","Used","Since","LastUsed"\n"all@x.test","3","1/1/2014","1/2/2014"\n', "DL_stats.csv")
    result = imported(day(1), lists, mailboxes=3)
    assert "notice: DL_stats.csv: has only distribution lists, so it is not needed." in told(result)
    assert refused(lists) == f"DL_stats.csv: does not count messages of mailboxes. {ADVICE}"
    assert refused("SentPerDay,ReceivedPerDay,AvgSize\n12,40,50\n") == (
        "file.csv: is a summary of sent and received messages without their users: such sums are not reliable. "
        "Give the files email_stats_*.csv themselves, made with .\\MessageStats.ps1, once for each day."
    )
