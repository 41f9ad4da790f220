"""Review, Search: inputs chosen or a space uploaded, tried beside the page, a design taken over."""

import threading

import pytest
from support.paths import DOCS
from support.sessions import REVIEW, given, plain, seen, session, shipped, sound

from calculator import size
from calculator.inputs.profile import Profile
from calculator.studies.search.read import read_space
from calculator.studies.search.run import search
from calculator.ui.charts import studies
from calculator.ui.review import search as search_tab
from calculator.ui.review import search_results

EXAMPLE = DOCS / "examples" / "search"
DESIGN = {"tiers.1.mailboxes": 9000.0, "environment.mailbox_servers": 5.0}
SERVERS = "summary_servers.environment"


@pytest.fixture
def tab(opened):
    """Open the tab around a design."""

    def open_tab(design=DESIGN):
        at = opened(design, page=REVIEW)
        at.session_state["review_tab"] = "Studies"
        at.session_state["study"] = "Search"
        at.run()
        sound(at)
        return at

    return open_tab


def finished(at):
    """Start the search and wait for its end."""
    at.get_by_key("search_start").click().run()
    session(at).search.wait(30)
    at.run()
    assert not at.exception
    return at


def table(at, column):
    return next(table.value for table in at.table if column in table.value)


def test_the_fewest_servers_are_found_and_taken_over(tab):
    at = tab()
    values = at.get_by_key("search_values:environment.mailbox_servers")
    assert values.value == "3 to 9"
    assert values.label == "Values to try: Servers hosting active mailboxes per DAG and datacenter (now 5)"
    now = table(at, "Rank")
    assert now.iloc[0, :3].tolist() == ["now", "5", "10"]
    finished(at)
    sound(at)
    limits = {"cpu": 0.8, "memory": 96}
    space = {"inputs": {"environment.mailbox_servers": "3..9"}, "limits": limits}
    found = search(DESIGN, space, minimize=SERVERS)
    shown = table(at, "Rank")
    assert shown["Servers"].tolist() == [f"{of.results[SERVERS]:.0f}" for of in found.best]
    assert any(found.sentence() in written.replace("**", "") for written in plain(at))
    at.get_by_key("search_chosen").set_value("Rank 3").run()
    at.get_by_key("search_take").click().run()
    sound(at)
    assert given(at) == {**DESIGN, **found.best[2].values} != DESIGN
    at.run()
    assert not at.warning
    assert [box.value for box in at.success] == ["Rank 3 is applied. Undo restores the design before."]
    ranks = [text.replace("\\", "") for text in table(at, "Rank")["Rank"]]
    assert ranks == [f"{rank}{' (present)' * (rank == 3)}" for rank in range(1, len(found.best) + 1)]
    at.get_by_key("undo").click().run()
    assert given(at) == DESIGN
    at.run()
    assert not at.success


def test_given_inputs_and_limits_are_compared_with_another_figure(tab):
    at = tab()
    at.get_by_key("search_inputs").set_value(["environment.mailbox_servers", "storage.database_disk_capacity"]).run()
    assert at.get_by_key("search_values:storage.database_disk_capacity").value == "4000, 6000, 8000"
    at.get_by_key("search_values:environment.mailbox_servers").set_value("4, 5, 6,8").run()
    at.get_by_key("search_values:storage.database_disk_capacity").set_value("2 TB,4 TB").run()
    at.get_by_key("search_cpu").set_value(60).run()
    at.get_by_key("search_reseed").set_value(40).run()
    at.get_by_key("search_failures").set_value(1).run()
    at.get_by_key("search_against").set_value("worst_cpu_utilization").run()
    finished(at)
    sound(at)
    space = {
        "inputs": {"environment.mailbox_servers": [4, 5, 6, 8], "storage.database_disk_capacity": [2000, 4000]},
        "limits": {"cpu": 0.6, "memory": 96, "reseed_hours": 40, "failures": 1},
    }
    found = search(DESIGN, space, minimize=SERVERS, pareto=["worst_cpu_utilization"])
    assert 0 < found.feasible < 8
    shown = table(at, "Rank")
    assert len(shown) == found.feasible
    assert list(shown.columns[:3]) == [
        "Rank",
        "Servers hosting active mailboxes per DAG and datacenter",
        "Database disk capacity",
    ]
    assert any(f"in both figures than these {len(found.pareto)}. They" in written for written in plain(at))
    reasons = table(at, "Limit")
    assert reasons["Designs that exceed it"].tolist() == [str(of.designs) for of in found.reasons]
    named = {"cpu <= 0.6": "CPU, worst failure ≤ 60\u00a0%", "memory <= 96": "Memory per server ≤ 96\u00a0GB"}
    named["reseed_hours <= 40"] = "Reseed ≤ 40\u00a0hours"
    shown_limits = [text.replace("\\", "") for text in reasons["Limit"]]
    assert shown_limits == [named.get(of.limit, of.meaning.removesuffix(".")) for of in found.reasons]
    assert f"Pareto {len(found.pareto)}" in at.get_by_key("search_chosen").options


def test_what_was_found_around_another_design_is_said_to_be(tab):
    at = finished(tab())
    assert not at.warning
    session(at).given = {**DESIGN, "tiers.1.mailboxes": 4000.0}
    at.run()
    assert [box.value for box in at.warning] == [
        "The design has changed since this search. Search again to include the change."
    ]


def files(*names):
    kinds = {".toml": "application/toml", ".csv": "text/csv"}
    return [(name, (EXAMPLE / name).read_bytes(), kinds[name[name.index(".") :]]) for name in names]


def test_a_space_with_catalogues_is_uploaded(tab):
    at = tab("active_passive")
    at.get_by_key("search_kind").set_value("files").run()
    at.get_by_key("search_files").set_value(files("SPACE.toml", "disks.csv", "processors.csv", "servers.csv")).run()
    assert at.get_by_key("search_goal:priced").value == "cost"
    finished(at)
    sound(at)
    shown = table(at, "Rank")
    found = search(EXAMPLE.parents[2] / "profiles" / "active_passive.toml", EXAMPLE / "SPACE.toml")
    assert shown["Disks"].tolist() == ["as given", *(of.rows["disks"] for of in found.best)]
    assert shown["Cost"].tolist() == ["n/a", *(f"{of.cost:,.0f}" for of in found.best)]
    assert shown["Rank"].tolist()[:2] == ["now", "1"]
    assert any(found.cost in written for written in plain(at))


@pytest.mark.parametrize(
    ("names", "message"),
    [((), "holds 0 spaces."), (("disks.csv",), "holds 0 spaces."), (("SPACE.toml", "disks.csv"), "was not uploaded.")],
)
def test_an_upload_that_cannot_be_used_is_explained(tab, names, message):
    at = tab("active_passive")
    at.get_by_key("search_kind").set_value("files").run()
    if names:
        at.get_by_key("search_files").set_value(files(*names)).run()
    finished(at)
    assert any(message in written for written in plain(at))
    assert seen(at, "search_take") is None


def test_values_that_cannot_be_used_are_explained(tab):
    at = tab()
    at.get_by_key("search_values:environment.mailbox_servers").set_value("9..3").run()
    finished(at)
    assert any("ends before it begins." in written for written in plain(at))


def test_a_search_is_stopped(tab, monkeypatch):
    stopped = threading.Event()

    def blocked(*args, progress, **options):
        def report(*done):
            stopped.wait(20)
            progress(*done)

        return search(*args, progress=report, **options)

    monkeypatch.setattr(search_tab, "search", blocked)
    at = tab()
    inputs = ["environment.mailbox_servers", "environment.dags", "tiers.1.mailboxes"]
    at.get_by_key("search_inputs").set_value(inputs).run()
    at.get_by_key("search_values:environment.dags").set_value("1..60").run()
    at.get_by_key("search_values:tiers.1.mailboxes").set_value("1..9000").run()
    at.get_by_key("search_values:environment.mailbox_servers").set_value("1..16").run()
    at.get_by_key("search_start").click().run()
    job = session(at).search
    assert job.active
    job.stop()
    stopped.set()
    job.wait(20)
    at.run()
    assert not at.exception
    assert job.stopped
    assert any("Stopped after" in info.value for info in at.info)


def test_where_no_design_is_within_the_limits_the_reasons_are_reported(tab):
    at = tab()
    at.get_by_key("search_cpu").set_value(1).run()
    finished(at)
    sound(at)
    assert seen(at, "search_take") is None
    limits = [text.replace("\\", "") for text in table(at, "Limit")["Limit"]]
    assert "CPU, worst failure ≤ 1.0\u00a0%" in limits


@pytest.mark.parametrize("path", search_tab.offered(Profile({"tiers.2.mailboxes": 1.0})))
def test_what_is_suggested_can_be_searched(path):
    profile = Profile({"tiers.1.mailboxes": 100.0, "tiers.2.mailboxes": 1.0})
    assert search_results.label_with_tier(path)
    space = {"inputs": {path: search_tab.values_of(search_tab.suggested(path, profile))}}
    assert read_space(space, profile).designs >= 1


@pytest.mark.parametrize(
    ("text", "values"),
    [("3 to 9", "3..9"), ("10 to 50 step 10", "10..50 step 10"), ("3..9", "3..9"), ("2, 4", ["2", "4"])],
)
def test_a_range_is_written_with_a_word_or_with_dots(text, values):
    assert search_tab.values_of(text) == values


def test_different_values_of_the_datacenters_are_both_shown(tab):
    at = tab({**DESIGN, "storage.secondary.database_disk_capacity": 6000.0})
    at.get_by_key("search_inputs").set_value(["storage.database_disk_capacity"]).run()
    label = at.get_by_key("search_values:storage.database_disk_capacity").label
    assert label == "Values to try: Database disk capacity, GB (now 4,000 and 6,000)"


def test_the_chart_of_a_front_has_a_finding():
    points = [(4.0, 60.0, "Pareto 1"), (6.0, 41.5, "Pareto 2")]
    chart = studies.front("Servers", "CPU, worst failure, %", points)
    assert chart.finding == (
        "No other design is better in both figures than these 2. They range from 4 (Servers) and 60 "
        "(CPU, worst failure, %) to 6 and 41.5."
    )
    assert [(row["x"], row["y"]) for row in chart.rows] == [(4, 60), (6, 41.5)]
    assert chart.table[1] == {"Design": "Pareto 2", "Servers": "6", "CPU, worst failure, %": "41.5"}
    assert [layer["mark"]["type"] for layer in chart.spec["layer"]] == ["line", "point"]
    steps = [chart.spec["layer"][0]["encoding"][axis]["axis"]["tickMinStep"] for axis in "xy"]
    assert steps == [1, 0]  # servers are whole, shares are not
    one = studies.front("Servers", "DAGs", points[:1])
    assert one.finding == "One design beats all others: 4 (Servers) and 60 (DAGs)."
    assert not one.rows
    assert not studies.front("Servers", "DAGs", []).rows


def test_shown_figures_are_those_of_sizing(tab):
    at = finished(tab())
    shown = table(at, "Rank")
    servers = shown["Servers hosting active mailboxes per DAG and datacenter"]
    for row, count in enumerate(servers):
        design = size({**DESIGN, "environment.mailbox_servers": float(count)})
        assert shown["Servers"][row] == f"{design[SERVERS]:.0f}"
        assert shown["Disks per server"][row] == f"{design['storage_jbod_disks_per_server.primary']:.0f}"
        assert shown["Drive bays per server"][row] == f"{design['server_drive_bays.primary']:.0f}"
        assert shown["CPU, worst failure"][row].replace("\\", "") == f"{design['worst_cpu_utilization']:.0%}".replace(
            "%", "\u00a0%"
        )


def test_an_invalid_design_names_the_requirement_and_the_present_design(tab):
    """Its single check has no internal name, and its reseed is unknown rather than without copies."""
    at = finished(tab({**shipped("active_active").given, "database_copies.lagged_copies": 0.0}))
    assert [warning.value.replace("\\", "") for warning in at.warning][-1] == (
        "No design is within the limits: 7 of 7 do not meet this requirement: Both datacenters of one active/active "
        "DAG hold the same number of copies. Distribute HA and lagged copies evenly, or choose another site resilience "
        "model."
    )
    now = table(at, "Rank").iloc[0]
    assert (now["Rank"], now["Reseed"], now["Verdict"]) == ("now", "n/a", "Does not work")


def test_the_verdict_names_drive_bays_that_the_present_servers_lack(tab):
    shown = table(finished(tab(shipped("active_active").given)), "Rank")
    assert shown["Verdict"][0].replace("\\", "") == "Works; needs servers with 15 bays (now 12)"
    assert shown["Verdict"][1] == "Works"
