"""Review, Failures: servers, datacenters and links that fail, and the plan of a switchover."""

import re

import pytest
from support.failing import OVERLOADED
from support.sessions import plain, seen, session, shipped, sound, texts

from calculator.exporters.switchover import split_commands, switchover
from calculator.layout import combinations, describe, layout, tolerance
from calculator.presentation.charts import copies
from calculator.presentation.text import number as number_text
from calculator.ui.review import failures
from calculator.ui.review.failures import Scene
from calculator.ui.session import store
from calculator.ui.session.store import Session

pytestmark = pytest.mark.slow

NOT_NEEDED = (
    "**Step 2 is not needed now.** Only if quorum is lost, an administrator restores the DAG in the secondary "
    "datacenter."
)


def _combined(at):
    """The figures of all combinations of failed servers."""
    table = next(table.value for table in at.table if "Combinations" in table.value.iloc[:, 0].tolist())
    return dict(zip(table["Figure"], table["Value"].str.replace("\u00a0", " "), strict=True))


def test_failed_servers_move_their_databases(review):
    at = review("active_active", "Failures")
    at.get_by_key("fail:servers").set_value(["SRV01", "SRV06"]).run()
    at.session_state["every_server"] = True
    at.run()
    sound(at)
    after = layout(shipped("active_active")).fail("server:SRV01,server:SRV06")
    table = next(table.value for table in at.table if "Active databases" in table.value)
    assert table["Active databases"].tolist() == [str(n) for n in after.active_databases]
    assert table["State"].tolist().count("failed") == 2
    assert any("all 80 databases are active" in written for written in texts(at))
    at.get_by_key("fail:none").click().run()
    at.run()
    assert session(at).scene == Scene()


def test_a_link_a_datacenter_and_the_witness_are_failed(review):
    at = review("active_active", "Failures")
    at.get_by_key("fail:links").set_value(["secondary"]).run()
    at.run()
    at.get_by_key("fail:witness").set_value("primary").run()
    at.run()
    sound(at)
    after = layout(shipped("active_active")).fail("witness:primary,wan:2")
    assert session(at).scene.events() == ["witness:primary", "wan:secondary"]
    lost = after.failed_databases
    told = f"{lost} of 80 databases have no active copy" if lost else "all 80 databases are active"
    assert any(told in written for written in texts(at))
    at.get_by_key("fail:none").click().run()
    at.get_by_key("fail:datacenter").set_value("primary").run()
    at.run()
    sound(at)
    assert session(at).scene.events() == ["datacenter:primary"]
    lost = layout(shipped("active_active")).fail("datacenter:primary")
    restored = lost.then("restore:secondary")
    assert "\n".join(describe(lost)[:2]) in texts(at)
    assert NOT_NEEDED in [fold.label for fold in at.expander]
    assert "\n".join(describe(restored)[1:]) not in texts(at)
    at.session_state["not_needed"] = True
    at.run()
    assert "\n".join(describe(restored)[1:]) in texts(at)
    at.get_by_key("fail:restored").set_value(True).run()
    at.run()
    sound(at)
    assert session(at).scene.restored
    assert any("No database is active" not in text and "Most active databases: 16" in text for text in plain(at))
    assert "\n".join(describe(restored)[1:]) in texts(at)
    at.session_state["not_needed"] = False
    at.run()
    assert any("Most active databases: 16" in text for text in plain(at))  # a folded step is not shown below
    at.get_by_key("fail:none").click().run()
    at.get_by_key("fail:witness").set_value("fails").run()
    at.run()
    sound(at)
    assert session(at).scene.events() == ["witness"]


def test_a_datacenter_without_its_link_is_shown_in_two_steps(review):
    at = review("active_active", "Failures")
    session(at).scene = Scene(links=("primary",))
    at.session_state["every_server"] = True
    at.run()
    sound(at)
    assert "**Step 1: the link of the primary datacenter is cut**" in plain(at)
    assert NOT_NEEDED in [fold.label for fold in at.expander]
    table = next(table.value for table in at.table if "State" in table.value and "Copies" in table.value)
    assert table["State"].tolist() == ["cut off"] * 5 + ["runs"] * 5
    # The datacenter that is cut off has quorum: no restore helps.
    session(at).scene = Scene(links=("primary",), witness="primary")
    at.run()
    assert not any("Step 1" in text for text in plain(at))
    session(at).scene = Scene(links=("primary", "secondary"), restored=True)
    at.run()
    sound(at)
    assert "**Step 1: the links of both datacenters are cut**" in plain(at)
    lost = "Quorum is lost; 80 of 80 databases have no active copy.\n5 votes of 11 are left, and 6 are needed."
    assert lost in plain(at)
    table = next(table.value for table in at.table if "State" in table.value and "Copies" in table.value)
    assert table["State"].tolist() == ["runs"] * 5 + ["cut off"] * 5


def test_what_is_survived_has_its_condition(review):
    at = review("active_active", "Failures")
    said = "While databases may activate in the other datacenter, which is turned off below:"
    assert said not in plain(at)
    at.get_by_key("together").set_value(3).run()
    at.run()
    share = "With a database that has no active copy"
    assert _combined(at)[share] == "0 %"
    at.get_by_key("fail:cross_site").set_value(False).run()
    at.run()
    sound(at)
    assert said in plain(at)
    assert "Databases may not activate in the other datacenter, as it is turned off above." in plain(at)
    assert "The plan is for the design, whose databases may activate in the other datacenter." in plain(at)
    dag = layout(shipped("active_active"))
    assert combinations(dag, 3, cross_site=False).share_lost > combinations(dag, 3).share_lost == 0
    assert _combined(at)[share] != "0 %"


def test_databases_beyond_the_limits_of_servers_do_not_count_as_active(review):
    at = review("exchange_2019", "Failures")
    session(at).scene = Scene(servers=("SRV01", "SRV02", "SRV03"))
    at.run()
    sound(at)
    state = layout(shipped("exchange_2019")).fail("server:SRV01,server:SRV02,server:SRV03")
    above = state.databases_above_limit
    assert above > 0
    said = (
        f"Quorum holds; {66 - above} of 66 databases are active, the others are beyond the limits of active databases "
        "of their servers and do not mount until these are raised."
    )
    assert any(text.startswith(said) for text in plain(at))
    assert not any("all active" in text for text in plain(at))


def test_the_first_step_names_everything_that_failed(review):
    at = review("active_active", "Failures")
    session(at).scene = Scene(servers=("SRV06",), datacenter="primary", witness="fails")
    at.run()
    sound(at)
    assert "**Step 1: the primary datacenter is lost, SRV06 fails, the witness fails**" in plain(at)


def test_impossible_events_are_reported(review):
    at = review("active_active", "Failures")
    session(at).scene = Scene(servers=("SRV01",), links=("primary",), datacenter="primary")
    at.run()
    assert not at.exception
    session(at).scene = Scene(witness="nowhere")
    at.run()
    assert not at.exception
    assert any("is not a place of the witness" in written for written in texts(at))


def test_every_combination_is_summed_up(review):
    at = review("active_active", "Failures")
    dag = layout(shipped("active_active"))
    survived = tolerance(dag)
    [first] = [place for place, text in enumerate(plain(at)) if text.startswith("**All databases stay active")]
    told = "\n".join(plain(at)[first : first + 2])
    assert re.sub(r"\s+(- )?", " ", told.replace("**", "")) == f"{survived.sentence} {survived.limit}"
    assert told.count("\n- ") == 4
    assert "Without them, at most 2 servers may fail." in survived.sentence
    for together in (1, 3):
        at.get_by_key("together").set_value(together).run()
        at.run()
        sound(at)
        table = next(table.value for table in at.table if "Figure" in table.value and "Value" in table.value)
        told = dict(zip(table["Figure"], table["Value"], strict=True))
        found = combinations(dag, together)
        assert told["Combinations"] == str(len(found))
        assert told["Most active databases on a server"] == str(found.worst)
        assert told["Highest CPU of a server, with these copies"] == number_text(found.worst_cpu_utilization, "share")
        assert told.get("CPU by Microsoft's workbook for 1 failed server") == {1: "35\u00a0%", 3: None}[together]


def test_failures_that_overload_the_servers_are_not_praised(review):
    at = review(OVERLOADED, "Failures")
    said = (
        "But the servers are overloaded: up to 101 % CPU if 2 servers fail, 113 % if 3 servers fail and 113 % if a "
        "datacenter is lost."
    )
    assert f":red[:material/error: {said}]" in plain(at)
    badge = next(text for text in plain(at) if "databases stay active without a switchover" in text)
    assert badge.startswith(":orange-badge[")
    assert "but the servers are overloaded: 113\u00a0% CPU" in badge
    session(at).scene = Scene(datacenter="primary")
    at.run()
    assert any("all active, servers overloaded" in text for text in plain(at))


def test_an_overload_after_a_further_failure_is_said_too(review):
    load = {"tiers.1.messages_per_day": 200.0, "tiers.1.mailbox_size_limit": 8192.0}
    at = review({**shipped("active_active").given, **load}, "Failures")
    said = "But the servers are overloaded: up to 104 % CPU if a datacenter is lost and after that a server fails."
    assert f":red[:material/error: {said}]" in plain(at)
    badge = next(text for text in plain(at) if "databases stay active without a switchover" in text)
    assert badge.startswith(":orange-badge[")
    assert "but loss of the other datacenter and of one more server takes 104\u00a0% CPU" in badge


def test_a_design_that_cannot_be_laid_out_is_explained(review):
    at = review({**shipped("active_active").given, "environment.mailbox_servers": 12.0}, "Failures")
    assert any("cannot be laid out" in info.value for info in at.info)


def test_a_design_without_copies_is_told_what_a_failure_means(review):
    at = review("small_office", "Failures")
    [said] = [info.value for info in at.info]
    assert said.startswith(
        "This design has no copies of its databases. If a server fails, all its mailboxes (165) are offline"
    )
    rows = next(table.value for table in at.table if "Value" in table.value).set_index("Figure")["Value"]
    assert rows["Databases to restore"] == "4"
    assert "done" in next(text for text in (link.label for link in at.get("page_link")) if "Review" in text)
    assert not at.error


def test_servers_that_are_gone_no_longer_fail(review):
    at = review("active_active", "Failures")
    session(at).scene = Scene(servers=("SRV01", "SRV10"))
    session(at).given = {**shipped("active_active").given, "environment.mailbox_servers": 4.0}
    at.run()
    sound(at)
    assert session(at).scene.servers == ("SRV01",)


def test_the_map_is_shown_some_databases_at_a_time(review):
    at = review("active_active", "Failures")
    assert seen(at, "copies_page") is not None
    assert failures.DATABASES_PER_PAGE == 16
    at.get_by_key("copies_page").set_value(5).run()
    at.run()
    sound(at)
    assert any("DAG1-DB65 to DAG1-DB80" in written.replace("\\", "") for written in texts(at))


def test_the_loss_of_a_datacenter_without_quorum_is_shown_in_two_steps(review):
    at = review("active_active", "Failures")
    session(at).scene = Scene(datacenter="primary", witness="primary")
    at.run()
    sound(at)
    written = plain(at)
    assert "**Step 1: the primary datacenter is lost**" in written
    assert (
        "Quorum is lost; 80 of 80 databases have no active copy.\n5 votes of 11 are left, and 6 are needed." in written
    )
    assert "**Step 2: an administrator restores the DAG in the secondary datacenter**" in written
    assert any("quorum holds; all 80 databases are active. 5 votes of 5 are left" in text for text in written)
    badges = [text for text in written if "nothing active" in text or "all active" in text]
    assert len(badges) == 2


def test_databases_that_wait_for_an_administrator_need_no_restore_while_quorum_holds(review):
    at = review("active_active", "Failures")
    session(at).scene = Scene(datacenter="primary", cross_site=False)
    at.run()
    sound(at)
    written = plain(at)
    assert any("Quorum holds; 40 of 80 databases have no active copy." in text for text in written)
    assert "**Step 2: an administrator lets databases activate in the other datacenter**" in written
    assert not any("restores the DAG" in text for text in written)
    assert len([text for text in written if "partly active" in text or "all active" in text]) == 2
    at.get_by_key("fail:restored").set_value(True).run()
    at.run()
    sound(at)
    assert session(at).scene.restored


def test_the_map_can_be_cut_down_to_what_the_failure_changes(review):
    at = review("active_active", "Failures")
    assert seen(at, "copies_shown") is None
    at.get_by_key("fail:servers").set_value(["SRV01"]).run()
    at.run()
    changed = copies.changed_databases(layout(shipped("active_active")).fail("server:SRV01"))
    at.get_by_key("copies_shown").set_value("changed by the failure").run()
    at.run()
    sound(at)
    assert len(changed) == 8
    first, last = f"DAG1-DB{changed[0]:02d}", f"DAG1-DB{changed[-1]:02d}"
    assert any(f"Databases {first} to {last} on" in text for text in plain(at))


def test_the_switchover_plan_has_every_step_and_its_commands(review):
    at = review("active_active", "Failures")
    at.session_state["plan_steps"] = True
    at.get_by_key("plan_lost").set_value("secondary").run()
    at.run()
    sound(at)
    plan = switchover(shipped("active_active"), "secondary")
    assert plan.summary in [text.value for text in at.text]
    commands = [code.value for code in at.code]
    for step in plan.steps:
        for lines in (step.commands, step.check_commands):
            assert all("\n".join(block) in commands for block in split_commands(lines)), step.title
    steps = [markdown.value for markdown in at.markdown if markdown.value.startswith("**Step ")]
    assert len(steps) == len(plan.steps) == 23


def test_a_design_without_dac_mode_gives_the_reason_for_no_plan(review):
    at = review("active_active", "Failures")
    session(at).given = {**shipped("active_active").given, "dag.dac_mode": False}
    at.run()
    assert not at.exception
    assert any("There is no plan" in caption.value for caption in at.caption)


def test_a_click_in_the_map_does_what_the_list_does(monkeypatch):
    drawn = []
    state = Session(scene=Scene(servers=("SRV02",)))
    values = {store.KEY: state, failures.MAP: {"selection": {}}}
    monkeypatch.setattr("streamlit.session_state", values)
    monkeypatch.setattr(failures.redraw, "rerun", lambda *names: drawn.append(names))
    for picked, failed in (({"SRV01"}, ("SRV01", "SRV02")), ({"SRV01", "SRV02"}, ("SRV01",)), (set(), ("SRV02",))):
        values[failures.MAP] = {"selection": {"pick": [{"server": name} for name in picked]}}
        failures._take_click()
        assert state.scene.servers == failed
    assert len(drawn) == 3
