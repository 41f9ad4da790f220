"""Review: variants side by side with the reason, changes that can be taken over, failures."""

import re

import pytest
from support.failing import OVERLOADED
from support.sessions import REVIEW, SHIPPED, given, plain, seen, session, shared_session, shipped, sized, sound, texts

from calculator import size
from calculator.exporters.switchover import split_commands, switchover
from calculator.layout import combinations, describe, layout, tolerance
from calculator.presentation.charts import copies
from calculator.presentation.text import number as number_text
from calculator.studies.built_limits import CHECK
from calculator.studies.capacity import capacity
from calculator.studies.compare import compare
from calculator.studies.what_if import usual_changes, what_if
from calculator.ui.review import failures
from calculator.ui.review import what_if as what_if_tab
from calculator.ui.review.failures import Scene
from calculator.ui.review.limit_texts import limit_title, places_text
from calculator.ui.session import store
from calculator.ui.session.store import Session

pytestmark = pytest.mark.slow

NOT_NEEDED = (
    "**Step 2 is not needed now.** Only if quorum is lost, an administrator restores the DAG in the secondary "
    "datacenter."
)


@pytest.fixture
def review(opened):
    """Open Review on a tab."""

    def open_tab(design, tab):
        at = opened(design, page=REVIEW)
        at.session_state["review_tab"] = tab
        at.run()
        sound(at)
        return at

    return open_tab


def keep(at, name=""):
    at.get_by_key("review_variant").set_value(name).run()
    at.get_by_key("review_keep").click().run()
    at.run()
    sound(at)


def results(at):
    return next(frame.value for frame in at.dataframe if "Result" in frame.value)


# --- compare -------------------------------------------------------------------------------------


def test_a_variant_is_shown_next_to_the_design_with_the_differences(review):
    at = review("active_active", "Compare")
    keep(at, "Before")
    assert any("the same in every input" in written for written in texts(at))
    before = shipped("active_active").given
    session(at).given = {**before, "tiers.1.mailbox_size_limit": 8192.0}
    at.run()
    sound(at)
    comparison = compare([size(before), size(given(at))])
    table = results(at)
    assert len(table) == len(comparison.differences)
    assert list(table.columns) == ["Result", "Where", "This design", "Before"]
    inputs = next(table.value for table in at.table if "Input" in table.value)
    assert inputs.to_dict("records") == [{"Input": "Mailbox quota", "This design": "8\u00a0GB", "Before": "5\u00a0GB"}]
    at.get_by_key("compare_base").set_value("Before").run()
    at.run()
    table = results(at)
    assert list(table.columns) == ["Result", "Where", "Before", "This design"]
    servers = dict(zip(table["Result"], table["This design"], strict=True))
    largest = "Size on disk of a mailbox in the tier that has the largest mailboxes"
    assert servers[largest] == "8.33\u00a0GB (+59\u00a0%)"


def test_the_reason_of_a_difference_names_the_first_rule_and_its_input(review):
    at = review("active_active", "Compare")
    keep(at)
    session(at).given = {**shipped("active_active").given, "tiers.1.mailbox_size_limit": 8192.0}
    at.run()
    at.get_by_key("why_differs").set_value("largest_mailbox_size_on_disk").run()
    at.run()
    sound(at)
    written = texts(at)
    assert any(text.startswith("Size on disk of a mailbox and its archive") for text in written)
    assert "Inputs that differ: Mailbox quota." in [text.replace("\\", "") for text in written]


def test_the_design_is_compared_at_once(review):
    at = review("active_active", "Compare")
    first = usual_changes(shipped("active_active"))[0]
    assert at.get_by_key("compared").value == [f"What if: {first.name}"]
    table = results(at)
    assert list(table.columns) == ["Result", "Where", "This design", f"What if: {first.name}"]
    changed = compare([shipped("active_active"), shipped("active_active").with_values(first.values)])
    assert len(table) == len(changed.differences)


def test_the_results_that_differ_are_also_a_list_of_some_at_a_time(review):
    at = review("active_active", "Compare")
    every = results(at)
    assert f"The table has {len(every)} rows, 7 at a time: scroll in it to see the others." in plain(at)
    listed = [table.value.replace(r"\\", "", regex=True) for table in at.table if "Figure" in table.value][-1]
    assert len(listed) == 10
    assert "Disks for Exchange" in every["Result"].tolist()
    assert "JBOD disks per server, primary datacenter" in listed["Figure"].tolist()
    assert "JBOD disks per server" in every["Result"].tolist()
    changes = [cell for cell in every.iloc[:, 3] if "(" in cell]
    assert changes
    assert not any("(-" in cell for cell in changes)
    assert any("(\u2212" in cell for cell in changes)


def test_servers_that_may_fail_are_compared_within_their_limits_of_active_databases(review):
    at = review("active_active", "Compare")
    copies = {"ha_copies": 2.0, "ha_copies_secondary": 1.0, "lagged_copies": 0.0, "lagged_copies_secondary": 0.0}
    fewer = {f"database_copies.{name}": count for name, count in copies.items()}
    session(at).given = {**shipped("active_active").given, **fewer}
    at.run()
    main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    counts = [max(tolerance(layout(design)).mounted, 0) for design in (shipped("active_active"), given(at))]
    assert counts[1] < counts[0]
    assert main.loc["Any servers that may fail at once"].tolist() == [str(counts[1]), f"{counts[0]} \\(better\\)"]


def test_a_changed_design_is_compared_with_the_design_as_opened(review):
    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, "tiers.1.mailbox_size_limit": 8192.0}
    at.run()
    assert at.get_by_key("compared").value == ["As opened"]
    assert list(results(at).columns) == ["Result", "Where", "This design", "As opened"]


def test_inputs_that_differ_are_named_with_their_tier(review):
    at = review("litigation_hold", "Compare")
    at.get_by_key("compared").set_value(["What if: 20 % more users", "Example: Two datacenters, users in both"]).run()
    at.run()
    sound(at)
    inputs = next(table.value for table in at.table if "Input" in table.value).replace(r"\\", "", regex=True)
    inputs = inputs.set_index("Input")
    assert "Mailboxes, tier 1" in inputs.index
    assert inputs.loc["Tier 2"].tolist() == [
        "On hold: 240 mailboxes, quota 10 GB",
        "On hold: 288 mailboxes, quota 10 GB",
        "not in this design",
    ]
    assert inputs.loc["Mailboxes, tier 2"].tolist() == ["240", "288", "not in this design"]
    assert not [name for name in inputs.index if name.startswith("Mailbox quota, tier 2")]
    at.get_by_key("why_differs").set_value("mailboxes_total").run()
    at.run()
    written = [text.replace("\\", "") for text in texts(at)]
    assert "Inputs that differ: Mailboxes, tier 1, tier 2." in written


def test_the_change_of_a_percentage_is_in_points(review):
    at = review("active_active", "Compare")
    figures = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    assert figures.loc["CPU, worst failure"].iloc[1].replace("\u00a0", " ") == "61 % \\(\\+9 points, worse\\)"
    table = results(at)
    share = table[table["Result"].str.startswith("CPU utilization") & table["Where"].str.startswith("Worst failure")]
    assert share.iloc[0, 3].replace("\u00a0", " ") == "61 % (+9 points, worse)"


def test_each_of_several_designs_has_a_reason(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: 20 % more users", "Example: One datacenter, three copies"]).run()
    at.run()
    at.get_by_key("why_differs").set_value("summary_servers.environment").run()
    at.run()
    sound(at)
    written = plain(at)
    assert "The figure is the same as in This design." in written
    assert "**Example: One datacenter, three copies**" in written
    at.get_by_key("compared").set_value([]).run()
    at.run()
    assert any("Choose a design above" in info.value for info in at.info)


def test_an_invalid_design_is_compared_with_the_reason(review):
    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, "environment.mailbox_servers": 12.0}
    at.run()
    sound(at)
    assert "This design is invalid, so it has no figures to compare. Correct its errors first." in [
        info.value for info in at.info
    ]
    assert any(text.startswith("24 servers are needed per DAG") for text in plain(at))
    assert [sorted(table.value.columns) for table in at.table] == [["As opened", "Input", "This design"]]


UNRATED = {"servers.primary.specint2006_rate": 0.0}
"""Change with which the CPU of the primary datacenter is not known."""


def test_a_figure_that_one_design_does_not_have_differs(review):
    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, **UNRATED}
    at.run()
    sound(at)
    [main] = [table.value for table in at.table if list(table.value.get("Figure", []))[:1] == ["Verdict"]]
    main = main.set_index("Figure").replace(r"\\", "", regex=True)
    assert main.loc["Verdict", "This design"] == "Not sized completely"
    assert main.loc["Verdict", "As opened"] == "Works"
    assert main.loc["CPU, worst failure", "This design"] == "n/a"
    assert main.loc["CPU, worst failure", "As opened"] == "52\u00a0%"


CPU_UNKNOWN = "CPU is not known, because the processors of the primary datacenter have no rating."


def test_what_a_design_holds_is_an_upper_bound_where_its_cpu_is_not_known(review):
    at = review({**shipped("active_active").given, **UNRATED}, "Capacity")
    [warning] = [warning.value for warning in at.warning]
    assert warning == f"{CPU_UNKNOWN} It may set a lower limit, so what the design holds below is an upper bound."
    held = next(table.value for table in at.table if "The design holds" in table.value).iloc[0]
    assert held["The design holds"].replace("\\", "") == "at most 10,510\u00a0mailboxes"
    assert held["Headroom"].replace("\\", "") == "at most +5.1\u00a0%"


def test_a_change_has_no_cpu_where_that_of_a_datacenter_is_not_known(review):
    at = review({**shipped("active_active").given, **UNRATED}, "What if")
    assert [warning.value for warning in at.warning] == [
        f"{CPU_UNKNOWN} So it has no figure below, and no verdict takes it into account."
    ]
    table = next(table.value for table in at.table if "Verdict" in table.value)
    assert "CPU, worst failure" not in table
    assert all(text.startswith("Not sized completely") for text in table["Verdict"])


def test_a_change_with_another_worst_failure_says_so(review):
    values = {
        "tiers.1.messages_per_day": 200.0,
        "tiers.1.mailbox_size_limit": 8192.0,
        "environment.mailbox_servers": 4.0,
        "database_copies.ha_copies": 4.0,
        "database_copies.ha_copies_secondary": 2.0,
        "database_copies.lagged_copies": 0.0,
        "database_copies.lagged_copies_secondary": 0.0,
    }
    at = review({**shipped("active_active").given, **values}, "What if")
    assert (
        "“One more copy in each datacenter” raises CPU: its worst failure is loss of the other datacenter and of two "
        "more servers, with 60 of 120 databases active on a server. Now it is loss of the other datacenter and of one "
        "more server, with 40 of 120."
    ) in plain(at)


def test_the_legend_of_changes_explains_only_columns_of_the_table(review):
    said = {name: " ".join(plain(review(name, "What if"))) for name in ("active_active", "small_office")}
    assert "The fullest volume is a share of its disk" in said["active_active"]
    assert "fullest volume" not in said["small_office"]


@pytest.mark.parametrize(
    ("tab", "study", "missing"),
    [
        ("Capacity", None, "capacity"),
        ("What if", None, "figures to compare changes with"),
        ("Studies", "Sensitivity", "figures to study"),
        ("Studies", "Uncertainty", "uncertainty to study"),
        ("Studies", "Timeline", "timeline"),
    ],
)
def test_an_invalid_design_has_its_errors_and_nothing_else(review, opened, tab, study, missing):
    at = opened({**shipped("active_active").given, "database_copies.lagged_copies": 0.0}, page=REVIEW)
    at.session_state["review_tab"] = tab
    if study:
        at.session_state["study"] = study
    at.run()
    sound(at)
    assert [info.value for info in at.info] == [
        f"This design is invalid, so it has no {missing}. Correct its errors first."
    ]
    uneven = (
        "The datacenters hold 2 and 1 copies of a database, but one active/active DAG needs the same number in both."
    )
    assert plain(at).count(uneven) == 1
    assert any(button.label.startswith("Go to input") for button in at.button)
    assert not any(button.label.startswith(("Apply", "Start the study")) for button in at.button)
    assert not at.table


def test_compare_gives_the_verdict_of_what_if(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: One more copy in each datacenter"]).run()
    at.run()
    sound(at)
    verdicts = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure").loc["Verdict"]
    texts = [text.replace("\\", "") for text in verdicts]
    assert texts == ["Works", "Works; needs servers with 16 bays (This design: 12)"]
    at = review("active_active", "What if")
    table = next(table.value for table in at.table if "Verdict" in table.value).set_index("Change")
    verdict = table.loc["One more copy in each datacenter", "Verdict"].replace("\\", "")
    assert verdict == "Works; needs servers with 16 bays (now 12)"


def test_a_standalone_server_has_no_cpu_of_a_failure(review):
    at = review("small_office", "Compare")
    assert "CPU" in next(table.value for table in at.table if "Figure" in table.value)["Figure"].tolist()
    limits = next(table.value for table in review("small_office", "Capacity").table if "Limit" in table.value)
    assert "CPU" in limits["Limit"].tolist()


def test_a_better_number_of_databases_is_named_and_applied(review):
    at = review("exchange_2019", "What if")
    table = next(table.value for table in at.table if "Verdict" in table.value).set_index("Change")
    assert table.loc["One server more", "Verdict"].replace("\\", "") == (
        "Does not work: A volume of 9,462 GB does not fit its disk of 9,313 GB. With 70 databases it works: 77 disks "
        "for Exchange and 13 drive bays per server."
    )
    apply = next(button for button in at.button if button.label == "Apply: One server more, with 70 databases")
    apply.click().run()
    at.run()
    sound(at)
    assert (given(at)["environment.mailbox_servers"], given(at)["database.custom_count"]) == (7, 70)
    assert (sized(at).status, sized(at)["storage_disks_total.environment"]) == ("notice", 77)


def test_a_number_of_databases_has_the_warnings_of_its_layout(review):
    at = review("exchange_2019", "What if")
    said = (
        "Check after “One server fewer” with 65 databases: Two failed servers: the layout makes 23 databases active on "
        "SRV03 when SRV01 and SRV02 fail (59.9 % CPU), but the sizing counts 22 (58.4 % CPU)."
    )
    assert said in plain(at)
    assert "Apply: One server fewer, with 65 databases (1 warning)" in [button.label for button in at.button]


def test_larger_disks_show_the_room_that_they_add_and_why_cpu_rises(review):
    def cells(name, change, *columns):
        at = review(name, "What if")
        table = next(table.value for table in at.table if "Verdict" in table.value).set_index("Change")
        return plain(at), [table.loc[change, column].replace("\u00a0", " ") for column in columns]

    _, found = cells("exchange_2019", "Disks of 12,000 GB", "Fullest volume", "Database volume")
    assert found == ["↓ 81 %", "9,032 GB"]
    written, found = cells("active_active", "Disks of 6,000 GB", "Fullest volume", "CPU, worst failure")
    assert found == ["↓ 85 %", "↑ 54 %"]
    assert [text for text in written if "raises CPU" in text] == [
        "“Disks of 6,000 GB” raises CPU: after the worst failure, 16 of 60 databases are active on a server, a larger "
        "share than the 20 of 80 of now."
    ]


def test_a_figure_without_value_gives_its_reason(review):
    more = {"tiers.1.mailboxes": 8400.0, "database_copies.ha_copies": 4.0}
    at = review({**shipped("exchange_2019").given, **more}, "What if")
    assert "Disks for Exchange: n/a. A volume of 9,514 GB does not fit its disk of 9,313 GB." in plain(at)
    at = review("small_office", "What if")
    at.get_by_key("what_if_figure").set_value("replication_peak_throughput.environment").run()
    at.run()
    assert "WAN at peak: n/a. One datacenter." in plain(at)


def test_a_difference_that_rounds_to_nothing_has_no_bracket(review):
    def cells(at):
        main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
        return {name: text.replace("\u00a0", " ").replace("\\", "") for name, text in main.iloc[:, 1].items()}

    at = review("active_active", "Compare")
    session(at).given = {**shipped("active_active").given, "tiers.1.mailboxes": 10001.0}
    at.run()
    assert cells(at)["WAN at peak"] == "209 Mb/s"


def test_larger_disks_are_judged_by_the_fullest_volume(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: Disks of 6,000 GB"]).run()
    at.run()
    main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    cells = {name: text.replace("\u00a0", " ").replace("\\", "") for name, text in main.iloc[:, 1].items()}
    assert cells["Fullest volume"] == "85 % (−10 points, better)"
    assert cells["Database volume"] == "4,726 GB (+33 %)"


def test_the_reason_of_a_difference_has_its_values(review):
    at = review("active_active", "Compare")
    at.get_by_key("compared").set_value(["What if: Disks of 6,000 GB", "What if: 20 % more users"]).run()
    at.run()
    at.get_by_key("why_differs").set_value("storage_disks_total.environment").run()
    at.run()
    written = [text.replace("\\", "").replace("\u00a0", " ") for text in texts(at)]
    assert "Largest database that the design allows, before a custom limit: from 708 to 1,062 GB." in written
    assert (
        "Number of mailboxes in each tier, including projected growth: from 10,000 to 12,000 mailboxes (tier 1)."
        in (written)
    )
    count = len(results(at))
    said = (
        f"The table has {count} rows, 7 at a time: scroll in it to see the others. In a narrow window, it also scrolls"
    )
    assert f"{said} to the side." in written


def test_limits_that_the_chart_of_capacity_leaves_out_are_named(review):
    said = "The chart shows the limits that are reached first. Link between datacenters is only in the table."
    assert said in plain(review("active_active", "Capacity"))
    assert not any(text.startswith("The chart shows the limits") for text in plain(review("exchange_2019", "Capacity")))


def test_three_variants_are_kept_opened_and_dropped(review):
    at = review("single_site", "Compare")
    for name in ("A", "B", "C"):
        keep(at, name)
        session(at).given = {**given(at), "tiers.1.mailboxes": 100.0 + len(name)}
        at.run()
    assert list(session(at).variants) == ["A", "B", "C"]
    assert sum(button.proto.label.startswith("Download ") for button in at.get("download_button")) == 3
    assert at.get_by_key("review_keep").disabled
    at.get_by_key("variant_open:A").click().run()
    at.run()
    assert dict(size(given(at))) == dict(size(shipped("single_site")))
    at.get_by_key("undo").click().run()
    assert given(at)["tiers.1.mailboxes"] == 101
    at.get_by_key("variant_drop:B").click().run()
    at.run()
    assert list(session(at).variants) == ["A", "C"]
    assert not at.get_by_key("review_keep").disabled


def test_a_variant_is_kept_from_the_menu_of_every_page(opened):
    at = opened("single_site")
    session(at).dialog = "more"
    at.run()
    at.get_by_key("variant_name").set_value("**Mine** <b>").run()
    at.get_by_key("keep_variant").click().run()
    assert not at.exception
    assert list(session(at).variants) == ["**Mine** <b>"]
    at.switch_page(REVIEW).run()
    at.session_state["review_tab"] = "Compare"
    at.run()
    sound(at)
    assert any("\\*\\*Mine\\*\\*" in written for written in texts(at))


# --- what if -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_table_has_a_row_for_each_change(review, name):
    at = review(name, "What if")
    study = what_if(shipped(name), tuple(what_if_tab.FIGURES))
    table = next(table.value for table in at.table if "Verdict" in table.value)
    assert [text.replace("\\", "") for text in table["Change"]] == [change.name for change in study.changes]
    for change in study.impossible:
        assert any(change.reason in written.replace("\\", "") for written in texts(at))


@pytest.mark.parametrize("figure", what_if_tab.FIGURES)
def test_the_finding_of_a_tornado_names_the_largest_effect(figure):
    at = shared_session("active_active", page=REVIEW)
    at.session_state["review_tab"] = "What if"
    at.run()
    at.get_by_key("what_if_figure").set_value(figure).run()
    at.run()
    sound(at)
    assert any("largest effect is that of" in text or "No change moves" in text for text in plain(at))


def test_a_change_that_does_not_work_has_no_figures_but_a_reason(review):
    """Three copies need three servers."""
    design = {**shipped("single_site").given, "environment.mailbox_servers": 3.0, "database_copies.ha_copies": 3.0}
    at = review(design, "What if")
    table = next(table.value for table in at.table if "Verdict" in table.value)
    [row] = [row for row in table.to_dict("records") if row["Change"] == "One server fewer"]
    assert (row["Servers"], row["CPU, worst failure"]) == ("n/a", "n/a")
    assert "need 3 servers" in row["Verdict"]
    reasons = [text for text in plain(at) if text.startswith("One server fewer: n/a. ")]
    assert len(reasons) == 2  # below both charts
    assert all("need 3 servers" in text for text in reasons)


def test_figures_that_do_not_apply_have_no_column(review):
    def columns(name):
        return next(table.value for table in review(name, "What if").table if "Verdict" in table.value).columns

    assert "WAN at peak" not in columns("small_office")
    assert {"WAN at peak", "Disks for Exchange", "Drive bays per server"} <= set(columns("active_active"))


def test_a_change_with_a_warning_names_it(review):
    at = review("exchange_2016", "What if")
    said = "Check after “One server fewer”: CPU utilization reaches 83 % after the worst failure"
    assert any(text.startswith(said) for text in plain(at))


def test_a_change_names_all_warnings_that_it_adds(review):
    at = review({**shipped("active_active").given, "environment.mailbox_servers": 4.0}, "What if")
    assert [text for text in plain(at) if text.startswith("Check")] == [
        "Check after “One server fewer in each datacenter” with 84 databases: CPU utilization reaches 98 % after the "
        "worst failure. At most 80 % is advised. A server needs 160 GB of memory. At most 96 GB is advised for "
        "Exchange 2013.",
        "Check after “20 % more users”: CPU utilization reaches 82 % after the worst failure. At most 80 % is advised. "
        "A server needs 128 GB of memory. At most 96 GB is advised for Exchange 2013.",
    ]


def test_a_change_does_not_repeat_the_warnings_of_the_design(review):
    small = {"tiers.1.mailboxes": 5000.0, "constants.highest_cpu_utilization": 0.7}
    [said] = [text for text in plain(review(small, "What if")) if text.startswith("Check")]
    assert said.startswith("Check: Highest CPU utilization of a server")


def test_a_verdict_names_the_drive_bays_that_a_change_needs(review):
    def verdicts(design):
        table = next(table.value for table in review(design, "What if").table if "Verdict" in table.value)
        return [text.replace("\\", "") for text in table["Verdict"]]

    found = verdicts("active_active")
    assert found[:3] == ["Works", "Works; needs servers with 16 bays (now 12)", "Works"]
    enough = verdicts(
        {**shipped("active_active").given, "servers.primary.drive_bays": 24.0, "servers.secondary.drive_bays": 24.0}
    )
    assert not any("bays" in verdict for verdict in enough)


def test_a_figure_that_falls_against_expectation_is_explained(review):
    said = "A volume becomes smaller where the mailboxes are spread over more databases than the 80 of now: 120 after "
    assert any(
        text.startswith(said) and "100 after “20 % more users”" in text
        for text in plain(review("active_active", "What if"))
    )
    office = review("small_office", "What if")
    assert any(text.startswith("“20 % more users” lowers the memory: Microsoft's formula") for text in plain(office))
    labels = [button.label for button in office.button]
    assert "Apply: One server more" in labels
    assert "Apply: 20 % more users (does not work)" in labels


def test_a_change_is_taken_over_and_undone(review):
    at = review("active_active", "What if")
    before = dict(given(at))
    study = what_if(shipped("active_active"))
    for number, change in enumerate(study.changes[1:]):
        at.get_by_key(f"apply:{number}").click().run()
        sound(at)
        after = sized(at).profile
        assert {path: after.value(path) for path in change.values} == dict(change.values)
        at.get_by_key("undo").click().run()
        assert given(at) == before


# --- failures ------------------------------------------------------------------------------------


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


def _combined(at):
    """The figures of all combinations of failed servers."""
    table = next(table.value for table in at.table if "Combinations" in table.value.iloc[:, 0].tolist())
    return dict(zip(table["Figure"], table["Value"].str.replace("\u00a0", " "), strict=True))


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


def test_the_verdict_of_a_design_names_each_error(review):
    verdicts = next(table.value for table in review(OVERLOADED, "What if").table if "Verdict" in table.value)
    assert verdicts["Verdict"][0].replace("\\", "") == (
        "Does not work: CPU utilization reaches 136 % after the worst failure. A volume of 3,760 GB does not fit its "
        "disk of 3,725 GB."
    )


def test_an_example_of_another_load_is_said_to_have_it(review):
    at = review("active_active", "Compare")
    [example] = [name for name in at.get_by_key("compared").options if "2019" in name]
    at.get_by_key("compared").set_value([example]).run()
    at.run()
    assert any(
        f"“{example}” has another load than “This design”: 7,000 instead of 10,000 mailboxes, " in text
        for text in plain(at)
    )
    main = next(table.value for table in at.table if "Figure" in table.value).set_index("Figure")
    assert not [cell for cell in main[example] if "better" in cell or "worse" in cell]


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


@pytest.mark.parametrize("tab", ["What if", "Capacity", "Studies"])
def test_a_design_without_mailboxes_is_refused_with_the_reason(review, tab):
    at = review({"tiers.1.mailboxes": 0.0}, tab)
    assert any("The design has no mailboxes" in text for text in plain(at))


# --- capacity ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["active_active", "litigation_hold", "small_office"])
def test_what_a_design_holds_is_what_the_study_finds(review, name):
    at = review(name, "Capacity")
    found = capacity(shipped(name), at.get_by_key("capacity_inputs").value)
    table = next(table.value for table in at.table if "The design holds" in table.value)
    assert len(table) == len(found) == 3
    for shown, item in zip(table.to_dict("records"), found, strict=True):
        in_gb = item.path.endswith("mailbox_size_limit")  # in three digits, rounded down
        figure = f"{item.largest // 10.24 / 100:.3g}\u00a0GB" if in_gb else f"{item.largest:,.0f}\u00a0{item.unit}"
        assert shown["The design holds"].replace("\\", "") == figure
        assert shown["First limit"].replace("\\", "") == limit_title(item.limits[0], sized(at))
    limits = next(table.value for table in at.table if "Reached above" in table.value)
    listed = [limit for limit in found[0].limits if limit.limit != CHECK]
    assert [cell.replace("\\", "") for cell in limits["Limit"]] == [limit_title(limit, sized(at)) for limit in listed]
    assert [cell.replace("\\", "") for cell in limits["Limit used"]] == [
        number_text(limit.used, "share") for limit in listed
    ]


def test_the_growth_of_mailboxes_is_mentioned(review):
    said = "150 mailboxes today, 165 with the planned growth. It holds 163 today, 179 with the planned growth."
    assert f"The design has {said}" in plain(review("small_office", "Capacity"))
    assert not any("with the planned growth" in text for text in plain(review("active_active", "Capacity")))


def test_less_memory_for_more_mailboxes_is_explained(review):
    written = plain(review("small_office", "Capacity"))
    assert any(
        re.match(r"From about 15\d mailboxes, a server needs less memory: Microsoft's formula", t) for t in written
    )
    assert not any("needs less memory" in text for text in plain(review("active_active", "Capacity")))


def test_the_cpu_is_told_apart_from_the_share_of_its_limit(review):
    at = review("active_active", "Capacity")
    limits = next(table.value for table in at.table if "Reached above" in table.value).set_index("Limit")
    cpu = limits.loc["CPU, worst failure", ["Now", "At most", "Limit used"]]
    assert [cell.replace("\\", "").replace("\u00a0", " ") for cell in cpu] == ["52 % CPU", "80 % CPU", "65 %"]
    assert any("A CPU utilization of 52\u00a0% uses 65\u00a0% of its limit" in text for text in plain(at))


def test_a_check_without_figures_is_listed_only_if_it_is_the_first_limit(review):
    at = review("small_office", "Capacity")
    limits = next(table.value for table in at.table if "Reached above" in table.value)
    assert "n/a" not in limits.to_numpy()


def test_the_chart_of_capacity_is_that_of_the_chosen_input(review):
    at = review("active_active", "Capacity")
    [found] = capacity(shipped("active_active"), ["tiers.1.messages_per_day"])
    at.get_by_key("capacity_chart").set_value("tiers.1.messages_per_day").run()
    at.run()
    sound(at)
    assert any(
        f"the design holds {found.largest:.0f}\u00a0messages/day; it has 100\u00a0messages/day now." in text
        for text in plain(at)
    )


def test_a_limit_that_no_value_keeps_is_named_with_its_places(review):
    at = review(OVERLOADED.given, "Capacity")
    at.get_by_key("capacity_chart").set_value("tiers.1.mailbox_size_limit").run()
    at.run()
    sound(at)
    assert (
        "Mailbox quota: no value keeps all limits; it has 8\u00a0GB now. At every value, CPU exceeds the highest "
        "recommended utilization in the worst failure."
    ) in plain(at)
    quota = next(table.value for table in at.table if "First limit" in table.value).iloc[1]
    assert quota[["The design holds", "First limit", "Where"]].tolist() == [
        "no value keeps all limits",
        "CPU, worst failure",
        "both datacenters",
    ]
    limits = next(table.value for table in at.table if "Reached above" in table.value)
    assert limits["Limit"].tolist()[:2] == ["CPU, worst failure", "Database volume"]
    assert limits["Reached above"][0] == "exceeded at every value"


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("primary, secondary", "both datacenters"),
        ("secondary", "secondary datacenter"),
        ("primary, secondary, lagged", "both datacenters, servers for lagged copies"),
        ("Staff", "Staff"),
        ("", "whole design"),
    ],
)
def test_the_places_of_a_limit_are_in_words(places, words):
    assert places_text(places) == words


# --- the switchover plan ---------------------------------------------------------------------------


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
