"""Review, Timeline: months, limits and outages as the studies have them; the CPU of a running server."""

import io

import pytest
from support.failing import OVERLOADED
from support.sessions import REVIEW, plain, seen, shipped, sound

from calculator import size
from calculator.presentation.headline import UNTIL_FULL, further_figures
from calculator.presentation.text import number
from calculator.rules.constants import scalar
from calculator.studies.running_server import estimate_cpu, read_server
from calculator.studies.timeline.growth import Growth
from calculator.studies.timeline.outage import simulate_outage
from calculator.studies.timeline.pst_imports import read_waves
from calculator.studies.timeline.run import first_month, timeline
from calculator.ui.charts import timeline as charts
from calculator.ui.review.limit_texts import LIMIT_TITLES
from calculator.ui.review.timeline import _csv

LARGE, HOLD, OFFICE = "hundred_thousand_mailboxes", "litigation_hold", "small_office"


@pytest.fixture
def opened_timeline(opened):
    """Open Review on its timeline."""

    def open_tab(design):
        at = opened(design, page=REVIEW)
        at.session_state["review_tab"] = "Studies"
        at.session_state["study"] = "Timeline"
        at.run()
        sound(at)
        return at

    return open_tab


def put(at, key, value):
    at.get_by_key(key).set_value(value).run()
    at.run()
    sound(at)


def says(at, text):
    """Return whether a text of the page contains a sentence."""
    return any(text in written for written in plain(at))


def limits(at, column="What to buy"):
    return next(table.value for table in at.table if column in table.value)


def reached(found):
    return [row for row in found.limits() if row["month"] is not None]


def purchases(at):
    return [text.replace("\\", "") for text in limits(at)["What to buy"]]


def capitals(texts):
    return [text[:1].upper() + text[1:] for text in texts]


def test_limits_are_listed_in_a_table_with_what_to_buy(opened_timeline):
    at = opened_timeline(HOLD)
    put(at, "timeline:growth", "0")
    found = timeline(shipped(HOLD))
    table = limits(at)
    assert table["Limit"].tolist() == ["Recoverable Items, 20 GB"]
    assert table["Month"].tolist() == ["59"]
    assert purchases(at) == capitals([found.limits()[0]["buy"]])
    assert "**Recoverable Items, 20 GB is the first limit, in month 59 of 60.**" in plain(at)
    at.session_state["timeline_limits"] = True
    at.run()
    sound(at)
    every = limits(at, "Reached")
    assert every["Limit"].tolist() == [LIMIT_TITLES[row["limit"]] for row in found.limits()]
    assert every["Reached"].tolist() == ["month 59"] + ["not reached"] * 6


def test_a_volume_that_is_full_in_the_last_month_is_said_to_be(opened_timeline):
    at = opened_timeline("small_office")
    said = "No limit is exceeded in 36 months. Database volume and Log volume are full at the end, as planned."
    assert f"**{said}**" in plain(at)
    assert says(at, "full at the end")
    assert says(at, "Users keep 60 % of their new mail, which fills the mailboxes up to their quotas by month 33.")
    assert says(
        at, "The Recoverable Items folders are empty on the first day, and most of them fill in the first month."
    )
    assert at.get_by_key("timeline:months").value == 36


def test_settings_move_the_months_and_stay_while_another_tab_is_open(opened_timeline):
    at = opened_timeline(LARGE)
    assert says(at, "At the start, mailboxes are at their initial sizes, and a database volume takes 17\u00a0%")
    put(at, "timeline:growth", "0")
    assert says(at, "No limit is reached in 36 months. The nearest is ")
    put(at, "timeline:months", 60)
    put(at, "timeline:growth", "other")
    put(at, "timeline:mailbox_growth", 10.0)
    found = timeline(shipped(LARGE), Growth(months=60, mailbox_growth=0.1, fill=0.6))
    first = found.limits()[0]
    assert f"**CPU, worst failure is the first limit, in month {first['month']} of 60.**" in plain(at)
    assert purchases(at) == capitals(row["buy"] for row in reached(found))
    at.session_state["review_tab"] = "What if"
    at.run()
    at.session_state["review_tab"] = "Studies"
    at.session_state["study"] = "Timeline"
    at.run()
    sound(at)
    assert at.get_by_key("timeline:months").value == 60


def test_imports_are_read_line_by_line_and_what_cannot_be_read_is_reported(opened_timeline):
    at = opened_timeline({**shipped(LARGE).given, "tiers.1.archive_size_limit": 10240.0})
    put(at, "timeline:growth", "0")
    put(at, "timeline:imports", "1..6: 40000 mailboxes a week\n\n7..9: 2 TB a week")
    waves = read_waves(["1..6: 40000 mailboxes a week", "7..9: 2 TB a week"])
    profile = shipped(LARGE).with_values({"tiers.1.archive_size_limit": 10240.0})
    found = timeline(profile, Growth(fill=0.6, imports=waves))
    assert limits(at)["Month"].tolist() == ["1"]
    assert purchases(at) == capitals(row["buy"] for row in reached(found))
    put(at, "timeline:imports", "soon")
    assert '"soon" is not a wave of imports.' in plain(at)
    assert seen(at, "take:timeline") is None


def test_imports_without_an_archive_are_reported(opened_timeline):
    at = opened_timeline(LARGE)
    put(at, "timeline:imports", "1..2: 5 GB a week")
    assert "Imports go into archives, and no tier has one." in plain(at)


def test_an_outage_of_what_the_design_has(opened_timeline):
    at = opened_timeline(LARGE)
    assert at.get_by_key("timeline:cause").options == ["A datacenter is lost"]
    assert says(at, simulate_outage(shipped(LARGE), "datacenter").finding)
    put(at, "timeline:days", 5)
    assert says(at, simulate_outage(shipped(LARGE), "datacenter", 5).finding)
    assert says(opened_timeline(OFFICE), simulate_outage(shipped(OFFICE), "backups").finding)
    assert any("no backups to fail" in written for written in plain(opened_timeline(HOLD)))


def table_with(at, column):
    found = next(table.value for table in at.table if column in table.value)
    return found.replace(r"\\", "", regex=True).replace("\u00a0", " ", regex=True)


def test_the_times_of_an_outage_are_told_apart(opened_timeline):
    found = simulate_outage(shipped("active_active"), "datacenter")
    shown = table_with(opened_timeline("active_active"), "What fills")
    assert shown.to_numpy().tolist() == [
        [
            "Disk as bought",
            f"{number(found.kept_before)} GB",
            f"{number(found.full)} days",
            "this outage, with the logs of normal operation at its start",
        ],
        [
            "Volume as sized",
            "none",
            f"{number(found.days_until_volume_full)} days",
            "the figure for a volume as sized on Requirements",
        ],
        [
            "Disk as bought",
            "none",
            f"{number(found.days_until_disk_full)} days",
            "the figure for a disk as bought on Requirements",
        ],
    ]


def test_the_times_of_a_reseed_have_their_assumption(opened_timeline):
    found = simulate_outage(shipped("active_active"), "datacenter")
    design = size(shipped("active_active"))
    shown = table_with(opened_timeline("active_active"), "What is reseeded")
    one, every = found.reseed_hours_over_link, found.reseed_hours_all
    assert shown.to_numpy().tolist() == [
        ["One volume", f"{one / 24:,.1f} days ({one:,.0f} hours)", "At 25 MB/s, and nothing else uses the link."],
        [
            "All volumes",
            f"{every / 24:,.1f} days ({every:,.0f} hours)",
            "The whole link (Gigabit Ethernet) is free for the reseed. Log replication needs up to "
            f"{100 * design['replication_link_utilization']:.0f} % of it at the same time, so expect longer.",
        ],
    ]


def test_the_effects_of_a_purchase_are_better_or_worse(opened_timeline):
    at = opened_timeline("active_active")
    put(at, "timeline:growth", "20")
    [effects] = [text.value for text in at.markdown if text.value.startswith("100 databases per DAG")]
    marks = [line.split(":]")[0] for line in effects.split("\n")[2:]]
    assert marks == ["- Databases 100 instead of 80", "- :orange[Worse", "- :green[Better"]


def test_a_timeline_without_cpu_is_not_sized_completely(opened_timeline):
    at = opened_timeline({**shipped("active_active").given, "servers.primary.specint2006_rate": 0.0})
    assert [warning.value for warning in at.warning] == [
        "CPU is not known, because the processors of the primary datacenter have no rating. It may be a limit that is "
        "reached earlier than those below."
    ]


def test_the_cpu_of_a_running_server(opened_timeline):
    at = opened_timeline(LARGE)
    at.session_state["group:running"] = True
    at.run()
    sound(at)
    put(at, "running:active", "2000@200")
    put(at, "running:passive", "1500@200")
    found = estimate_cpu(shipped(LARGE), read_server("2000@200", "1500@200"))
    table = next(table.value for table in at.table if "Copies" in table.value)
    assert table["Mailboxes"].tolist() == ["2,000", "1,500", "3,500"]
    assert table["Megacycles"].tolist() == [f"{part:,.0f}" for part in (found.active, found.passive, 27485)]
    assert any("86" in written and "on an average day is above 75" in written for written in plain(at))
    put(at, "running:rating", 1080.0)
    assert any(written.startswith("CPU on an average day: 43") for written in plain(at))
    put(at, "running:active", "lots")
    assert any("is not a message profile" in written for written in plain(at))


def test_the_chart_draws_what_the_months_hold():
    found = timeline(shipped(LARGE), Growth(months=60, mailbox_growth=0.1))
    chart = charts.months(found, LIMIT_TITLES)
    months = found.months()
    advised = scalar("highest_cpu_utilization", found.built.profile)
    for row in chart.rows:
        month = months[row["month"]]
        expected = {
            LIMIT_TITLES["volume"]: month["volume_fill"],
            LIMIT_TITLES["cpu"]: month["cpu_worst"] / advised,
            LIMIT_TITLES["memory"]: found.figures["memory_required.primary"][row["month"]] / months[0]["memory"],
        }.get(row["of"])
        assert expected is None or row["percent"] == pytest.approx(100 * expected)
    drawn = list(dict.fromkeys(row["of"] for row in chart.rows))
    assert drawn[: len(reached(found))] == [LIMIT_TITLES[row["limit"]] for row in reached(found)][: charts.LINES]
    assert len(chart.rows) == len(drawn) * len(months)
    assert chart.table[1]["Month"] == "3"
    cpu = [number(months[month]["cpu_worst"] / advised, "share") for month in (0, -1)]
    assert chart.finding.startswith("How much of each limit is used, from month 0 to month 60: ")
    assert f"CPU, worst failure from {cpu[0]} to {cpu[1]}" in chart.finding


def test_months_without_a_change_are_a_sentence_and_no_chart():
    chart = charts.months(timeline(shipped("active_active")), LIMIT_TITLES)
    assert chart.finding == "Nothing changes from month to month."
    assert not chart.rows


def test_the_line_of_an_outage_ends_where_the_volume_is_full():
    found = simulate_outage(shipped("active_active"), "datacenter")
    chart = charts.outage(found)
    assert [chart.rows[-1][name] for name in ("day", "percent")] == [round(found.full, 1), 100.0]
    assert all(row["percent"] < 100 for row in chart.rows[:-1])
    assert chart.finding.endswith(f"is in use at the start, and 100\u00a0% after {found.full:,.1f} days.")


def test_charts_are_specs_without_data():
    import altair
    import jsonschema

    schema = altair.load_schema()
    made = [
        charts.months(timeline(shipped(LARGE), Growth(months=60, mailbox_growth=0.1)), LIMIT_TITLES),
        charts.outage(simulate_outage(shipped(LARGE), "datacenter")),
    ]
    for chart in made:
        assert chart.finding.endswith(".")
        assert "data" not in chart.spec
        jsonschema.Draft7Validator(schema).validate({**chart.spec, "data": {"values": []}})


def test_the_file_of_months_is_that_of_the_command():
    found = timeline(shipped(OFFICE))
    lines = io.StringIO(_csv(found.months())).readlines()
    assert len(lines) == 38
    assert lines[0].startswith("month,mailboxes,messages_per_day,")


def test_days_until_full_are_those_of_the_requirements(opened_timeline):
    every = {figure.name: figure.value for figure in further_figures(size(shipped(LARGE)))}
    volume, disk = (every[name] for name, _ in UNTIL_FULL)
    at = opened_timeline(LARGE)
    times = table_with(at, "What fills").set_index(["What fills", "Logs at the start"])["Full after"]
    assert len(times) == 2
    assert times["Volume as sized", "none"] == f"{volume} days"
    assert times["Disk as bought", "none"] == f"{disk} days"


def test_without_growth_every_limit_is_listed_with_its_use(opened_timeline):
    at = opened_timeline("active_active")
    put(at, "timeline:growth", "0")
    assert "Nothing changes from month to month." in plain(at)
    table = limits(at, "Limit used").set_index("Limit").replace(r"\\", "", regex=True)
    assert table["Limit used"]["Database volume"] == "95\u00a0%"
    assert table["Where"]["Database volume"] == "both datacenters"
    assert table.loc["CPU, worst failure", ["Figure", "At most", "Limit used"]].tolist() == [
        "52\u00a0% CPU",
        "80\u00a0% CPU",
        "65\u00a0%",
    ]
    assert says(at, "A CPU utilization of 52\u00a0% uses 65\u00a0% of its limit, which is 80\u00a0%.")


def test_the_growth_is_that_of_the_design_or_an_example(opened_timeline):
    at = opened_timeline(OFFICE)
    [own] = [option for option in at.get_by_key("timeline:growth").options if option.startswith("as in the design")]
    assert own == "as in the design (3.2\u00a0%)"
    assert at.get_by_key("timeline:growth").value == "design"
    assert says(at, "Growth as the design plans it: each tier reaches its growth in mailboxes at the planning horizon.")
    at = opened_timeline("active_active")
    found = timeline(shipped("active_active"), Growth(mailbox_growth=0.1, fill=0.6))
    assert at.get_by_key("timeline:growth").value == "10"
    assert says(
        at,
        "The design plans no growth, so this is only an example: choose above the growth that you expect. To plan for "
        "it, enter it on Users.",
    )
    assert says(at, f"Database volume is the first limit, in month {found.limits()[0]['month']} of 36.")
    less, more = (first_month(found.built, Growth(mailbox_growth=growth, fill=0.6)) for growth in (0.05, 0.15))
    assert more < found.limits()[0]["month"] < less
    margin = (
        f"With 5\u00a0% per year a first limit is reached in month {less}, with 15\u00a0% per year in month {more}."
    )
    assert margin in plain(at)
    put(at, "timeline:growth", "20")
    assert says(at, "Assumption: the number of mailboxes grows by 20\u00a0% per year.")
    assert not says(at, "only an example")


def test_the_start_of_an_outage_is_compared_with_the_size_of_the_volume(opened_timeline):
    at = opened_timeline("active_active")
    assert says(
        at, "At the start 90\u00a0% of the disk is in use: databases, indexes and 94.5 GB of logs. The database"
    )
    assert says(at, "is sized at 95\u00a0% of the disk, because its size includes the space for logs")
    at = opened_timeline(OFFICE)
    assert says(
        at,
        "At the start 24\u00a0% of the log volume is in use, with 1.05 GB of logs on it. The share in the months above "
        "is another one: it counts the size that the load requires, with the space for the logs of several days and "
        "the space that is kept free. An outage may fill both.",
    )
    assert "4.15 days" in table_with(at, "What fills")["Full after"].tolist()  # as Requirements shows it


def test_a_volume_that_does_not_fit_its_disk_fills_on_a_larger_one(opened_timeline):
    at = opened_timeline(OVERLOADED.given)
    assert says(at, "The volume does not fit the chosen disk: this is the time on a disk that it fits.")


def test_limits_that_are_exceeded_already_are_named_with_the_largest_share_first(opened_timeline):
    at = opened_timeline(OVERLOADED.given)
    used = "CPU, worst failure (170\u00a0% used); Database volume (101\u00a0% used)"
    assert f"**Exceeded already, before any growth: {used}.**" in plain(at)
    assert says(at, "Example with 10\u00a0% growth per year: I/O of a disk is the next limit, in month 9 of 36.")
    assert not says(at, "a first limit is reached")
    assert limits(at)["Limit"].tolist()[:2] == ["CPU, worst failure", "Database volume"]
    assert says(at, "exceeded]")
    months = charts.months(timeline(OVERLOADED, Growth(mailbox_growth=0.1)), LIMIT_TITLES)
    assert not [layer for layer in months.spec["layer"] if layer["mark"].get("text") == "month 0"]
    put(at, "timeline:growth", "0")
    assert purchases(at)[0] == "3 more servers hosting active mailboxes in each DAG and datacenter (7 instead of 4)"
    assert says(at, "For the fewest servers that hold the present load, find the smallest number of servers on ")
