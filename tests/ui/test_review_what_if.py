"""Review, What if: what usual changes do, and that they can be taken over."""

import pytest
from support.failing import CPU_UNKNOWN, OVERLOADED, UNRATED
from support.sessions import REVIEW, SHIPPED, given, plain, shared_session, shipped, sized, sound, texts

from calculator.studies.what_if import what_if
from calculator.ui.review import what_if as what_if_tab

pytestmark = pytest.mark.slow


def test_a_change_has_no_cpu_where_that_of_a_datacenter_is_not_known(review):
    at = review({**shipped("active_active").given, **UNRATED}, "What if")
    assert [warning.value for warning in at.warning] == [
        f"{CPU_UNKNOWN} So it has no figure below, and no verdict takes it into account."
    ]
    table = next(table.value for table in at.table if "Verdict" in table.value)
    assert "CPU, worst failure" not in table
    assert all(text.startswith("Not sized completely") for text in table["Verdict"])


def test_a_change_with_another_worst_failure_says_so(review):
    at = review(OVERLOADED.given, "What if")
    assert (
        "“One more copy in each datacenter” raises CPU: its worst failure is loss of the other datacenter and of two "
        "more servers, with 60 of 120 databases active on a server. Now it is loss of the other datacenter and of one "
        "more server, with 40 of 120."
    ) in plain(at)


def test_the_legend_of_changes_explains_only_columns_of_the_table(review):
    said = {name: " ".join(plain(review(name, "What if"))) for name in ("active_active", "small_office")}
    assert "The fullest volume is a share of its disk" in said["active_active"]
    assert "fullest volume" not in said["small_office"]


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


def test_the_verdict_of_a_design_names_each_error(review):
    verdicts = next(table.value for table in review(OVERLOADED, "What if").table if "Verdict" in table.value)
    assert verdicts["Verdict"][0].replace("\\", "") == (
        "Does not work: CPU utilization reaches 136 % after the worst failure. A volume of 3,760 GB does not fit its "
        "disk of 3,725 GB."
    )
