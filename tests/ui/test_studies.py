"""Studies on Review: sensitivity and uncertainty, run beside the page, stopped on request."""

import time

import pytest
from support.sessions import REVIEW, plain, seen, session, shipped, sound

from calculator import size
from calculator.presentation.charts.base import LimitLine
from calculator.presentation.text import number
from calculator.studies.uncertainty.holding import holds
from calculator.studies.uncertainty.monte_carlo import Spread, uncertainty
from calculator.studies.uncertainty.sensitivity import one_at_a_time
from calculator.studies.uncertainty.varied_inputs import PLANNING_DOUBTS
from calculator.ui.charts import studies
from calculator.ui.review import uncertainty as uncertainty_page
from calculator.ui.review.uncertainty import _chance as share_of_draws
from calculator.ui.review.uncertainty import percentiles_of_all
from calculator.ui.review.what_if import FIGURES
from calculator.ui.session import state

FIRST = "A first estimate from 4,000 draws. Start the study for narrower ranges."
HIGH = "High (P90)"


@pytest.fixture
def study(opened):
    """Open a study on Review."""

    def open_study(name, design="active_active"):
        at = opened(design, page=REVIEW)
        at.session_state["review_tab"] = "Studies"
        at.session_state["study"] = name
        at.run()
        sound(at)
        return at

    return open_study


def table(at, column):
    return next(table.value for table in at.table if column in table.value)


def charts(at):
    return at.get("arrow_vega_lite_chart") or at.get("vega_lite_chart")


def finished(at, name):
    """Start a run and wait for its end."""
    at.get_by_key(f"start:{name}").click().run()
    session(at).studies[name].job.wait(60)
    at.run()
    return at


# --- sensitivity ---------------------------------------------------------------------------------


def open_decisions(at):
    """Unfold the decisions, and the tables of both charts."""
    for key in ("sensitivity_decisions", "table_of:swings", "table_of:decisions"):
        at.session_state[key] = True
    at.run()
    sound(at)


@pytest.mark.parametrize("figure", ["worst_cpu_utilization", "volume_database_volume_size"])
def test_inputs_are_listed_by_how_far_they_move_a_figure(study, figure):
    at = study("Sensitivity")
    at.get_by_key("sensitivity_figure").set_value(figure).run()
    at.run()
    sound(at)
    swings = one_at_a_time(shipped("active_active"), figure).swings
    assert not any("Inputs that you decide" in text for text in plain(at))
    open_decisions(at)
    shown = [found.value["Input"].tolist() for found in at.table if "Then" in found.value]
    assert len(shown) == 2
    doubted, decided = ({cell.replace("\\", "") for cell in column} for column in shown)
    assert doubted <= {"Messages per day", "Mailboxes", "Mailbox quota", *doubted - decided}
    assert not doubted & decided
    assert len(doubted | decided) == min(8, len(doubted)) + min(8, len(decided)) <= len(swings)
    assert sum("largest effect is that of" in text for text in plain(at)) == 2
    assert f"The other {41 - len(swings)} of the 41 inputs have no effect on it." in plain(at)


def test_decisions_are_no_uncertainties(study):
    at = study("Sensitivity")
    open_decisions(at)
    doubted, decided = (found.value["Input"].tolist() for found in at.table if "Then" in found.value)
    assert "Mailboxes" in doubted
    assert "DAGs" in decided


def test_a_sentence_says_what_each_bar_changes(study):
    [sentences] = [text for text in plain(study("Sensitivity")) if text.startswith("- **")]
    first, *others = sentences.split("\n")
    assert first.replace("\u00a0", " ") == (
        "- **Messages per day** (now 100): with 120 it is 10.4 percentage points higher; with 80 it is 10.4 percentage "
        "points lower."
    )
    [quota] = [line for line in others if line.startswith("- **Mailbox quota** (now 5 GB): with 6 GB it is ")]
    said = "There are 60 databases instead of 80 with 4 GB, and 100 databases instead of 80 with 6 GB;"
    assert said in quota
    assert "There are" not in first


def test_an_input_whose_ends_have_unlike_effects_has_the_reason(study):
    [sentences] = [text for text in plain(study("Sensitivity")) if text.startswith("- **")]
    [mailboxes] = [line for line in sentences.split("\n") if line.startswith("- **Mailboxes**")]
    assert mailboxes.replace("\u00a0", " ") == (
        "- **Mailboxes** (now 10,000): with 11,000 it is 6.7 percentage points higher; with 9,000 it is 5.2 percentage "
        "points lower. There are 100 databases instead of 80 with 11,000; a server takes over whole databases."
    )


def test_more_servers_are_the_reason_before_other_databases(study):
    at = study("Sensitivity")
    open_decisions(at)
    lines = [line.replace("\u00a0", " ") for text in plain(at) if text.startswith("- **") for line in text.split("\n")]
    [dags] = [line for line in lines if line.startswith("- **DAGs**")]
    assert dags == (
        "- **DAGs** (now 1): with 2 it is 26.0 percentage points lower. There are 20 servers instead of 10 with 2."
    )
    [servers] = [
        line for line in lines if line.startswith("- **Servers hosting active mailboxes per DAG and datacenter**")
    ]
    assert servers.endswith("There are 8 servers instead of 10 with 4, and 12 servers instead of 10 with 6.")


def test_all_inputs_at_once_are_sampled_on_request(study):
    at = study("Sensitivity")
    at.session_state["table_of:indices"] = True
    assert seen(at, "start:global") is not None
    assert not any("Alone" in found.value for found in at.table)
    finished(at, "global")
    sound(at)
    shown = table(at, "Alone")
    assert any("of the variance, together with other inputs." in text for text in plain(at))
    texts = ([cell.replace("\\", "").rstrip("%\u00a0") for cell in shown[name]] for name in ("Alone", "With others"))
    alone, together = ([float(text) for text in column] for column in texts)
    assert all(0 <= one <= both for one, both in zip(alone, together, strict=True))  # as shares are, if not estimates
    assert min(together) >= 0.05
    assert "DAGs" not in shown["Input"].tolist()  # a decision is not sampled


# --- uncertainty ---------------------------------------------------------------------------------


def test_inputs_that_a_planner_doubts_vary_at_first(study):
    at = study("Uncertainty")
    assert at.get_by_key("doubt_inputs").value == list(PLANNING_DOUBTS)
    assert at.get_by_key("doubt:tiers.mailboxes:even:0").value == 9000
    assert at.get_by_key("doubt:tiers.mailbox_growth:even:1").value == 10  # percent
    further = table(at, "Further input").replace(r"\\", "", regex=True).replace("\u00a0", " ", regex=True)
    assert ["Factor for predicted IOPS", "1", "0.8 to 1.2", "Predicted IOPS may be 20 % too low or too high"] in (
        further.to_numpy().tolist()
    )
    assert len(further) == 7


def test_an_input_has_a_shape_and_numbers_and_figures_follow(study):
    at = study("Uncertainty")
    at.get_by_key("doubt_inputs").set_value(["tiers.messages_per_day"]).run()
    at.get_by_key("doubt:tiers.messages_per_day:shape").set_value("bell").run()
    at.get_by_key("doubt:tiers.messages_per_day:bell:1").set_value(15.0).run()
    at.get_by_key("doubt_further").set_value(False).run()
    finished(at, "uncertainty")
    sound(at)
    vary = {"tiers.messages_per_day": "normal(100, 15)"}
    expected = uncertainty(shipped("active_active"), tuple(FIGURES), vary=vary, samples=10_000)
    shown = table(at, HIGH)
    memory = list(FIGURES).index("summary_memory.primary")
    assert shown[HIGH][memory] == f"{expected.figures[memory].percentiles[90]:,.0f}\u00a0GB"
    assert shown["Largest single influence"][memory].startswith("Messages")
    assert shown["Largest single influence"][list(FIGURES).index("summary_servers.environment")] == "does not vary"
    at.session_state["uncertainty_events"] = True
    at.run()
    chances = table(at, "95 % range").set_index("What may happen")
    assert len(chances) == 7
    never = chances["Largest single influence"]["The design is invalid, so that it has no figures"]
    assert never == "not seen in 10,000 draws"
    assert "A server needs more drive bays than the 12 of now" in chances.index
    assert any("10,000 draws in " in text for text in plain(at))


def test_the_first_answer_is_how_often_the_design_as_built_holds(study):
    at = study("Uncertainty")
    at.get_by_key("doubt_inputs").set_value(["tiers.messages_per_day", "tiers.mailbox_size_limit"]).run()
    at.get_by_key("doubt_further").set_value(False).run()
    finished(at, "uncertainty")
    sound(at)
    vary = {"tiers.messages_per_day": "80..120", "tiers.mailbox_size_limit": "4..6 GB"}
    expected = holds(shipped("active_active"), vary=vary, samples=10_000)
    kept, low, high = (100 * (1 - share) for share in (expected.any.probability, expected.any.high, expected.any.low))
    said = [text.replace("\u00a0", " ") for text in plain(at)]
    assert (
        f"**With the uncertain inputs below, the design as it is built keeps all its limits in {kept:.1f} % of the "
        f"draws** (95 % range: {low:.1f} % to {high:.1f} %). The verdict at the top of the page is about the inputs as "
        "entered." in said
    )
    shown = table(at, "Limit used in 9 of 10 draws")
    assert shown["What may happen"][0] == "A volume outgrows its disk"
    assert len(shown) == sum(limit.probability is not None for limit in expected.limits) > 5
    of_cpu = shown.set_index("What may happen").loc[
        "CPU exceeds the highest recommended utilization in the worst failure"
    ]
    assert of_cpu["Share of draws"].replace("\\", "") == "0\u00a0%"
    assert of_cpu["Largest single influence"] == "not seen in 10,000 draws"
    assert of_cpu["Limit used in 9 of 10 draws"].replace("\\", "") == number(expected.used["cpu"][-1], "share")
    volume = expected.limits[0]
    assert shown["Share of draws"][0].replace("\\", "") == f"{100 * volume.probability:.1f}\u00a0%"
    assert shown["Largest single influence"][0].replace("\\", "") == (
        f"Mailbox quota ({100 * volume.dominant_share:.0f}\u00a0%)"
    )
    assert any(
        "Varied: Messages per day (80 to 120 messages/day), Mailbox quota (4 to 6 GB). " in text for text in said
    )


def test_shares_of_drive_bays_and_of_draws_without_figure_add_up(study):
    at = study("Uncertainty")
    at.session_state["uncertainty_events"] = True
    at.run()
    finished(at, "uncertainty")
    sized = session(at).studies["uncertainty"].job.result.sized
    bays = next(spread for spread in sized.figures if spread.result == "server_drive_bays.primary")
    assert bays.not_applicable > 0.05
    more = sum(share for low, _, share in bays.histogram if low > bays.present) * (1 - bays.not_applicable)
    chances = table(at, "95 % range").set_index("What may happen")
    said = chances["Share of draws"]["A server needs more drive bays than the 12 of now"]
    assert said.replace("\\", "") == f"{100 * more:.1f}\u00a0%"
    missing = f"{100 * bays.not_applicable:.1f} %"
    assert any(f"Without figure: in {missing} of the draws" in text.replace("\u00a0", " ") for text in plain(at))


def test_an_answer_without_cpu_says_so(study):
    unrated = {f"servers.{side}.specint2006_rate": 0.0 for side in ("primary", "secondary")}
    at = study("Uncertainty", {**shipped("active_active").given, **unrated})
    [answer] = [text for text in plain(at) if text.startswith("**With the uncertain inputs below, the design ")]
    assert answer.endswith(
        " CPU is not among them, because the processors have no rating, so the share is an upper "
        "bound. Enter it on Constraints."
    )


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (None, "n/a"),
        (0.0, "0 %"),
        (0.00005, "below 0.01 %"),
        (0.004, "0.4 %"),
        (0.4567, "45.7 %"),
        (0.99996, "above 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_of_draws_is_none_or_all_only_if_it_is(probability, text):
    assert share_of_draws(probability).replace("\u00a0", " ") == text


def test_a_figure_that_the_design_does_not_have_is_left_out(study):
    """A single server has no failure to survive, and no link between datacenters."""
    shown = table(study("Uncertainty", "small_office"), HIGH)
    assert "CPU" in shown["Figure"].tolist()
    assert "CPU, worst failure" not in shown["Figure"].tolist()
    assert "WAN at peak" not in shown["Figure"].tolist()


def test_decisions_do_not_vary_in_a_design_as_it_is_built(study):
    at = study("Uncertainty")
    at.get_by_key("doubt_further").set_value(False).run()
    at.get_by_key("doubt_inputs").set_value(["tiers.mailboxes", "environment.mailbox_servers"]).run()
    sound(at)
    servers = "Servers hosting active mailboxes per DAG and datacenter"
    said = f"{servers} did not vary here, because the design as it is built decides them."
    assert any(said in text for text in plain(at))
    at.get_by_key("doubt_inputs").set_value(["environment.mailbox_servers"]).run()
    sound(at)
    assert any("All inputs that vary describe what is built" in text for text in plain(at))
    assert len(table(at, HIGH)) == len(FIGURES)


@pytest.mark.parametrize(
    ("missing", "marked"),
    [(0.0, {10: 10, 50: 50, 90: 90}), (0.2, {10: 13, 50: 63, 90: None}), (0.6, {10: 25, 50: None, 90: None})],
)
def test_draws_without_a_figure_count_as_higher_than_all_others(missing, marked):
    """Of 100 draws, 20 have no figure: the 50th is the 50th of the 80 others, at their 62.5 %."""
    spread = Spread("x", "disks", 1.0, 50.0, tuple(map(float, range(101))), (), missing, None, None)
    assert percentiles_of_all(spread) == marked


def test_a_percentile_beyond_its_limit_is_marked_with_the_limit(study):
    at = finished(study("Uncertainty"), "uncertainty")
    shown = table(at, HIGH).set_index("Figure")
    figures = session(at).studies["uncertainty"].job.result.sized.figures
    found = next(figure for figure in figures if figure.result == "volume_database_volume_size")
    disk = size(shipped("active_active"))["smaller_database_disk"]
    assert found.percentiles[50] < disk < found.percentiles[90]
    volume = shown.loc["Database volume"].str.replace("\\", "").str.replace("\u00a0", " ")
    assert volume[HIGH] == f"{found.percentiles[90]:,.0f} GB (above {disk:,.0f} GB)"
    assert volume["Middle (P50)"] == f"{found.percentiles[50]:,.0f} GB"
    fullest = shown.loc["Fullest volume"].str.replace("\u00a0", " ")
    assert fullest[HIGH].replace("\\", "") == "101 % (above 100 %)"
    assert not shown[HIGH].drop(["Database volume", "Fullest volume"]).str.contains("above").any()


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("largest_volume_fill", 1.004, "100.4 % (above 100 %)"),
        ("largest_volume_fill", 0.996, "100 %"),
        ("worst_cpu_utilization", 0.8004, "80.04 % (above 80 %)"),
        ("volume_database_volume_size", 3725.4, "3,725.4 GB (above 3,725 GB)"),
    ],
)
def test_a_figure_just_above_its_limit_is_told_apart_from_it(monkeypatch, column, value, text):
    design = size(shipped("active_active"))
    monkeypatch.setattr(state, "design", lambda: design)
    monkeypatch.setattr(state, "profile", lambda: design.profile)
    assert uncertainty_page._marked(column, value).replace("\u00a0", " ") == text


def test_a_growth_is_in_total_and_not_per_year(study):
    said = [text.replace("\u00a0", " ") for text in plain(study("Uncertainty"))]
    assert "**Growth in mailboxes**, now 0 % in total until month 36, not per year" in said
    assert any("Growth in mailboxes (0 to 10 % in total until month 36, not per year), " in text for text in said)


def test_the_cpu_of_a_standalone_server_has_no_failure(opened):
    at = opened("small_office", page=REVIEW)
    at.session_state["review_tab"] = "Studies"
    at.session_state["study"] = "Uncertainty"
    at.session_state["uncertainty_events"] = True
    at.run()
    sound(at)
    built = table(at, "Limit used in 9 of 10 draws")["What may happen"].tolist()
    assert "CPU exceeds the highest recommended utilization" in built
    events = table(at, "95 % range")["What may happen"].tolist()
    assert {"CPU: above 80 %", "CPU: above 100 %"} <= {event.replace("\\", "") for event in events}
    assert not any("failure" in event for event in (*built, *events))


def test_each_distribution_is_drawn(study):
    at = study("Uncertainty")
    histogram = 1
    assert len(charts(at)) == histogram + len(PLANNING_DOUBTS)
    at.get_by_key("doubt_inputs").set_value(["tiers.mailboxes"]).run()
    at.get_by_key("doubt:tiers.mailboxes:shape").set_value("bell").run()
    at.run()
    assert len(charts(at)) == histogram + 1


def test_a_first_estimate_is_shown_before_the_study_runs(study):
    at = study("Uncertainty", "single_site")
    assert FIRST in plain(at)
    assert "Limit used in 9 of 10 draws" in table(at, "Share of draws")
    first = table(at, HIGH)
    finished(at, "uncertainty")
    assert FIRST not in plain(at)
    assert table(at, HIGH)["Figure"].tolist() == first["Figure"].tolist()


def test_tiers_with_different_values_vary_in_percent_of_them(study):
    at = study("Uncertainty", "litigation_hold")
    assert at.get_by_key("doubt:tiers.messages_per_day:shape").options == ["percent of the present values"]
    assert [at.get_by_key(f"doubt:tiers.messages_per_day:times:{place}").value for place in (0, 1)] == [80, 120]
    finished(at, "uncertainty")
    sound(at)
    assert any(HIGH in found.value for found in at.table)


def test_the_settings_stay_while_another_study_is_open(study):
    at = study("Uncertainty")
    at.get_by_key("doubt:tiers.mailboxes:even:1").set_value(14000.0).run()
    for name in ("Timeline", "Uncertainty"):
        at.session_state["study"] = name
        at.run()
    assert at.get_by_key("doubt:tiers.mailboxes:even:1").value == 14000


def test_another_design_or_another_question_has_to_be_run_again(study):
    at = finished(study("Uncertainty"), "uncertainty")
    assert FIRST not in plain(at)
    at.get_by_key("doubt:tiers.mailboxes:even:1").set_value(14000.0).run()
    assert FIRST in plain(at)
    assert any("have changed since the last run" in text for text in plain(at))


def test_numbers_that_are_no_distribution_are_reported_at_the_input(study):
    at = study("Uncertainty")
    at.get_by_key("doubt:tiers.mailboxes:even:0").set_value(20000.0).run()
    message = '"From 20,000, To 11,000" begins above its end. Give the lower end first.'
    assert f":red[{message}]" in plain(at)
    finished(at, "uncertainty")
    assert not at.exception
    assert not any(HIGH in found.value for found in at.table)


def test_a_run_is_stopped(study, monkeypatch):
    from calculator.ui.review import uncertainty as page

    def endless(*given, progress=None, **settings):
        if progress is None:
            return uncertainty(*given, **settings)
        for done in range(10_000):
            progress(done, done / 10_000)
            time.sleep(0.01)

    monkeypatch.setattr(page, "uncertainty", endless)
    at = study("Uncertainty")
    at.get_by_key("start:uncertainty").click().run()
    at.get_by_key("stop:uncertainty").click().run()
    at.run()
    sound(at)
    assert any(text.startswith("Stopped after") for text in plain(at))


# --- charts --------------------------------------------------------------------------------------


def test_charts_of_studies_have_a_finding():
    swings = studies.swings("CPU, %", 50.0, [("Messages", "80", 40.0), ("Messages", "120", 60.0), ("Cores", "8", 50.0)])
    assert swings.finding == "The largest effect is that of Messages: 40 to 60, now 50."
    assert [row["way"] for row in swings.rows] == ["less", "more"]
    assert not studies.swings("CPU, %", 50.0, [("Cores", "8", 50.0)]).rows
    far = studies.tornado("CPU, %", 6.0, [("More", 7.0)], (LimitLine(80.0, "80 % advised"),))
    assert far.finding == "The largest effect is that of “More”: from 6 to 7. Outside the chart: 80 % advised."
    assert "80 % advised" not in str(far.spec)
    near = studies.tornado("CPU, %", 60.0, [("More", 70.0)], (LimitLine(80.0, "80 % advised"),))
    assert "80 % advised" in str(near.spec)
    indices = studies.indices([("Messages", 0.8, 0.9, 0.85, 0.95)])
    assert (
        indices.finding
        == "The largest share is that of Messages: 90\u00a0% of the variance, together with other inputs."
    )
    single = studies.histogram("Servers", [(14.0, 14.0, 0.25), (16.0, 16.0, 0.75)], {10: 14.0, 50: 16.0, 90: 16.0})
    assert single.finding == "It is 16 or less in half of the draws, and from 14 to 16 in eight of ten."
    bins = [(0.0, 50.0, 0.5), (50.0, 100.0, 0.5)]
    binned = studies.histogram("Size, MB", bins, {10: 10.0, 50: 50.0, 90: 90.0})
    assert binned.finding == "It is 50 or less in half of the draws, and from 10 to 90 in eight of ten."
    assert single.spec != binned.spec
    always = studies.histogram("Servers", [(14.0, 14.0, 1.0)], dict.fromkeys(studies.MARKED, 14.0))
    assert always.finding == "It is 14 in all draws."
    findings = [
        studies.histogram("Size, MB", bins, {10: low, 50: middle, 90: None}).finding
        for low, middle in ((10.0, 50.0), (10.0, None), (None, None))
    ]
    assert findings == [
        "It is 50 or less in half of the draws, 10 or less in one of ten, and has no value in more than one of ten.",
        "It is 10 or less in one of ten draws, and has no value in more than half of them.",
        "It has a value in fewer than one of ten draws.",
    ]


def test_the_use_of_limits_is_drawn_for_those_reached_first():
    names = {"cpu": "CPU", "memory": "Memory", "link": "Link"}
    values = [(value, limit, value / 100) for limit in names for value in (10.0, 200.0)]
    chart = studies.use_of_limits("Mailboxes", "A finding.", values, names, ["memory", "cpu"], 50.0, 99.0)
    assert [(row["at"], row["limit"], row["percent"]) for row in chart.rows] == [
        (10.0, "CPU", 10.0),
        (200.0, "CPU", 200.0),
        (10.0, "Memory", 10.0),
        (200.0, "Memory", 200.0),
    ]
    assert chart.spec["layer"][0]["encoding"]["y"]["scale"] == {"zero": True}
    assert chart.finding == "A finding."
    texts = [layer["mark"]["text"] for layer in chart.spec["layer"] if layer["mark"]["type"] == "text"]
    assert texts == ["now 50", "holds 99", "limit"]


@pytest.mark.parametrize(("now", "top"), [(1.5, 200), (2.5, 300), (3.5, 450)])
def test_lines_that_are_much_higher_than_now_leave_the_chart(now, top):
    """The axis reaches a fifth beyond the present share, and no value is drawn where it is not."""
    values = [(0.0, "cpu", 0.0), (50.0, "cpu", now), (100.0, "cpu", 9.0)]
    chart = studies.use_of_limits("Mailboxes", "A finding.", values, {"cpu": "CPU"}, ["cpu"], 50.0, None)
    assert [row["percent"] for row in chart.rows] == [0.0, 100 * now, 900.0]
    line = chart.spec["layer"][0]
    assert (line["encoding"]["y"]["scale"], line["mark"]["clip"]) == ({"domain": [0, top]}, True)
    assert chart.finding == f"A finding. Lines that leave the chart are above {top}\u00a0% there."


def test_the_name_of_a_line_is_above_the_lines_that_it_reaches_over():
    chart = studies.use_of_limits(
        "Mailboxes", "", [(0.0, "cpu", 0.0), (120.0, "cpu", 1.2)], {"cpu": "CPU"}, [], 100, 105
    )
    drawn = [(layer["mark"], layer["encoding"]) for layer in chart.spec["layer"][1:]]
    assert [mark["text"] for mark, _ in drawn if mark["type"] == "text"] == ["holds 105", "now 100", "limit"]
    outer, inner = (where for mark, where in drawn if mark["type"] == "rule" and "x" in where)
    assert "y" not in outer
    assert inner["y"] == {"value": 14}
    assert inner["y2"] == {"value": "height"}


@pytest.mark.parametrize(
    "chart",
    [
        studies.swings("CPU, %", 50.0, [("Messages", "80", 40.0)]),
        studies.indices([("Messages", 0.8, 0.9, 0.85, 0.95)]),
        studies.histogram("Servers", [(14.0, 14.0, 0.25), (16.0, 16.0, 0.75)], {10: 14.0, 50: 16.0, 90: 16.0}),
        studies.histogram("Size, MB", [(0.0, 50.0, 0.5), (50.0, 100.0, 0.5)], {10: 10.0, 50: 50.0, 90: 90.0}),
        studies.shape(0.0, 10.0, [0.5, 1.0, 0.5], "MB"),
        studies.use_of_limits("Mailboxes", "A.", [(1.0, "cpu", 0.5)], {"cpu": "CPU"}, ["cpu"], 1.0, 2.0),
        studies.tornado("CPU, %", 50.0, [("Two words", 60.0)], (LimitLine(80.0, "80 % advised"),)),
    ],
)
def test_charts_are_specs_without_data(chart):
    import altair
    import jsonschema

    assert "data" not in chart.spec
    assert all("data" not in layer for layer in chart.spec.get("layer", ()))
    jsonschema.Draft7Validator(altair.load_schema()).validate({**chart.spec, "data": {"values": []}})
