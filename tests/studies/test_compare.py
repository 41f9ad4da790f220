"""Designs side by side: what differs, by how much, which is better, and where they begin to part."""

from __future__ import annotations

import pytest

from calculator import size
from calculator.engine.results import HEADLINE, column_index, result_columns
from calculator.engine.sizing import read
from calculator.inputs.profile import Profile
from calculator.inputs.schema import find
from calculator.rules.registry import CORRECTIONS, RULES
from calculator.studies.compare import HIGHER_IS_BETTER, LOWER_IS_BETTER, compare

pytestmark = pytest.mark.slow

BASE = {"tiers.1.mailboxes": 5000.0, "tiers.1.initial_mailbox_size": 500.0}
LIMIT, DAYS = "tiers.1.mailbox_size_limit", "tiers.1.deleted_item_retention"
CORRECTED = {"guidance.oddities": "corrected"}
UNRATED = {"servers.primary.specint2006_rate": 0.0, "servers.secondary.specint2006_rate": 0.0}


def sized(*changes):
    """Designs of the base with some changes each."""
    return [size(Profile({**BASE, **change})) for change in changes]


def differing(comparison):
    return {difference.column: difference for difference in comparison.differences}


# --- what differs --------------------------------------------------------------------------------


def test_identical_designs_have_no_differences():
    comparison = compare(sized({}, {}, {}))
    assert (comparison.inputs, comparison.differences) == ({}, ())
    assert comparison.same == len(result_columns(["headline", "all"], 1))


def test_a_value_that_is_given_as_it_is_by_default_is_no_difference():
    comparison = compare(sized({}, {"environment.mailbox_servers": 4.0, LIMIT: 5120.0, "tiers.1.name": None}))
    assert (comparison.inputs, comparison.differences) == ({}, ())


def test_rounding_errors_are_no_difference():
    plans = sized({LIMIT: 5120.0}, {LIMIT: 5120.0 * (1 + 1e-12)})
    assert compare(plans).inputs == {}
    assert compare(plans).differences == ()
    assert compare(sized({LIMIT: 5120.0}, {LIMIT: 5120.0 * (1 + 1e-6)})).inputs == {
        LIMIT: (5120.0, 5120.0 * (1 + 1e-6))
    }


def test_the_inputs_that_differ_are_those_that_were_changed():
    changes = {
        LIMIT: 8192.0,
        "environment.mailbox_servers": 6.0,
        "names.dag": "EU",
        "backup.method": "software_vss",
        "environment.directory_database_size": 40.0,
        "replication.hourly_log_share.9": 0.07,
        "storage.secondary.database_disk_capacity": 6000.0,
        "tiers.1.single_item_recovery": False,
    }
    plans = sized({}, changes)
    given = {path: (plans[0].profile.value(path), value) for path, value in changes.items()}
    assert compare(plans).inputs == given


PAIRS = {
    "larger mailboxes": ({}, {LIMIT: 8192.0}),
    "one datacenter": ({}, {"site_resilience.enabled": False}),
    "processors that are not rated": ({}, UNRATED),
    "a design that does not work": ({}, {"environment.mailbox_servers": 16.0}),
    "corrected": ({}, CORRECTED),
    "a second tier": ({}, {"tiers.2.mailboxes": 300.0, "tiers.2.message_size": 150.0}),
    "three designs": ({}, {LIMIT: 8192.0}, {"environment.mailbox_servers": 5.0, "tiers.2.mailboxes": 300.0}),
}


def value_of(plan, column):
    """The figure of a design, none in a tier that it does not have or where it is invalid."""
    why_invalid = ("design_invalid", "validation_message", *RULES["design_invalid"].needs)
    if column not in column_index(plan.tiers) or (plan["design_invalid"] and column not in why_invalid):
        return None
    return plan[column]


@pytest.mark.parametrize("name", PAIRS)
def test_the_values_are_those_of_each_plan_and_nothing_that_differs_is_left_out(name):
    plans = sized(*PAIRS[name])
    tiers = max(plan.tiers for plan in plans)
    columns = result_columns(["headline", "all"], tiers)
    comparison = compare(plans)
    shown = differing(comparison)
    for column in columns:
        values = tuple(value_of(plan, column) for plan in plans)
        if column in shown:
            assert shown[column].values == values
            assert len(set(values)) > 1
        else:
            assert all(value == values[0] or value == pytest.approx(values[0], rel=1e-9) for value in values), column
    assert comparison.same == len(columns) - len(shown)
    assert list(shown) == [column for column in columns if column in shown]
    for difference in comparison.differences:
        rule = RULES[column_index(tiers)[difference.column][0]]
        assert (difference.unit, difference.level, difference.meaning) == (
            rule.unit,
            rule.level_of(difference.column),
            rule.meaning,
        )


def test_the_headline_comes_first():
    columns = list(differing(compare(sized({}, {LIMIT: 8192.0}))))
    headline = [column for column in columns if column in HEADLINE]
    assert columns[: len(headline)] == headline
    assert headline == [column for column in HEADLINE if column in columns]


def test_a_tier_that_a_design_does_not_have_has_no_values_there():
    comparison = compare(sized({}, {"tiers.2.mailboxes": 300.0, "tiers.2.message_size": 150.0}))
    one = comparison.inputs["tiers.2.mailbox_size_limit"]
    assert one == (None, 5120.0)
    assert comparison.inputs["tiers.2.mailboxes"] == (None, 300.0)
    assert "tiers.2.name" not in comparison.inputs
    assert all(path.startswith("tiers.2.") for path in comparison.inputs)
    size_on_disk = differing(comparison)["tiers.2.mailbox_size_on_disk"]
    assert size_on_disk.values[0] is None
    assert (size_on_disk.changes, size_on_disk.verdicts) == ((None, None), ("", ""))


# --- by how much, and which is better ------------------------------------------------------------


def test_changes_are_parts_of_the_first_designs_figure():
    servers = differing(compare(sized({}, {"environment.mailbox_servers": 6.0}, {"environment.mailbox_servers": 3.0})))
    assert servers["summary_servers.environment"].values == (8, 12, 6)
    assert servers["summary_servers.environment"].changes == (0, 0.5, -0.25)
    assert servers["summary_servers.environment"].verdicts == ("", "worse", "better")


def test_against_0_or_nothing_there_is_no_change():
    found = differing(compare(sized({"storage.primary.restore_disk_capacity": 0.0, **UNRATED}, {})))
    cpu = found["cpu_utilization_by_mode.worst.primary"]
    assert (cpu.values[0], cpu.changes, cpu.verdicts) == (None, (None, None), ("", ""))
    lagged = {"database_copies.lagged_copies": 2.0, "database_copies.lagged_copies_secondary": 1.0}
    copies = differing(compare(sized({}, lagged)))["lagged_copies_total"]
    assert (copies.values, copies.changes) == ((0, 2), (None, None))


def test_of_some_figures_more_is_better():
    found = differing(compare(sized({DAYS: 30.0}, {})))
    days, volume = found["days_until_volume_full"], found["volume_database_volume_size"]
    assert days.values[0] != days.values[1]
    assert days.verdicts[1] == ("better" if days.values[1] > days.values[0] else "worse")
    assert volume.verdicts == ("", "")


def test_designs_of_different_loads_are_neither_better_nor_worse():
    """The example has 7,000 mailboxes of 15 GB, and six servers instead of ten, which is no merit of its design."""
    comparison = compare([read("example:active_active"), read("example:exchange_2019")])
    assert comparison.loads == (
        "",
        "7,000 instead of 10,000 mailboxes, 150 instead of 100 messages per mailbox and day, a quota of 15 instead of "
        "5 GB",
    )
    servers = differing(comparison)["summary_servers.environment"]
    assert (servers.values, servers.verdicts) == ((10.0, 6.0), ("", ""))
    other_days = compare(sized({}, {DAYS: 30.0}))
    assert other_days.loads == ("", "")
    assert any(difference.verdicts[1] for difference in other_days.differences)
    spread = {"tiers.2.mailboxes": 100.0, "tiers.1.mailboxes": 200.0}
    swapped = {"tiers.2.mailboxes": 150.0, "tiers.1.mailboxes": 150.0, "tiers.2.message_size": 75.0}
    tiers = compare([read({**spread, LIMIT: 8192.0}), read({**swapped, LIMIT: 8192.0})])
    assert tiers.loads == ("", "other numbers of mailboxes in the tiers")


def test_a_larger_disk_that_takes_larger_volumes_is_judged_by_its_fill():
    disks = {f"storage.{side}.database_disk_capacity": 6000.0 for side in ("primary", "secondary")}
    found = differing(compare([read("example:active_active"), read("example:active_active").with_values(disks)]))
    fill, volume = found["largest_volume_fill"], found["volume_database_volume_size"]
    assert [round(share, 2) for share in fill.values] == [0.95, 0.85]
    assert fill.verdicts == ("", "better")
    assert volume.values[1] > volume.values[0]
    assert volume.verdicts == ("", "")


def test_a_flag_that_turns_true_is_better():
    slow, fast = {"replication.link_type": "ds1_t1_1_5_mbps"}, {"replication.link_type": "gigabit_ethernet"}
    link = "replication_link_acceptable_for_peak"
    for first, second, verdict in ((slow, fast, "better"), (fast, slow, "worse")):
        found = differing(compare(sized(first, second)))[link]
        assert set(found.values) == {True, False}
        assert (found.changes, found.verdicts) == ((None, None), ("", verdict))


def test_a_word_is_neither_better_nor_worse():
    found = differing(compare(sized({}, {"storage.consider_jbod": False})))
    word = found["storage_architecture.primary"]
    assert all(isinstance(value, str) for value in word.values)
    assert (word.changes, word.verdicts) == ((None, None), ("", ""))


def test_verdicts_follow_only_from_the_lists():
    comparison = compare(sized({}, {DAYS: 30.0, "environment.mailbox_servers": 5.0}))
    for difference in comparison.differences:
        name = column_index(1)[difference.column][0]
        before, after = difference.values
        if name not in LOWER_IS_BETTER | HIGHER_IS_BETTER or before is None or after is None:
            assert difference.verdicts == ("", "")
        else:
            assert difference.verdicts == ("", "better" if (after < before) == (name in LOWER_IS_BETTER) else "worse")


def test_the_figures_judged_are_rules_and_none_is_judged_both_ways():
    assert set(RULES) >= LOWER_IS_BETTER | HIGHER_IS_BETTER
    assert not LOWER_IS_BETTER & HIGHER_IS_BETTER


# --- why -----------------------------------------------------------------------------------------


CHANGES = {
    "larger mailboxes": {LIMIT: 8192.0},
    "more servers": {"environment.mailbox_servers": 6.0},
    "one datacenter": {"site_resilience.enabled": False},
    "a larger disk": {"storage.primary.database_disk_capacity": 6000.0},
    "a busier hour": {"replication.hourly_log_share.9": 0.2},
    "two inputs": {LIMIT: 8192.0, "tiers.1.messages_per_day": 150.0},
    "corrected figures": CORRECTED,
}


@pytest.mark.parametrize("base", [{}, CORRECTED], ids=["as the calculator", "corrected"])
@pytest.mark.parametrize("name", CHANGES)
def test_designs_first_differ_in_rules_that_read_the_changed_inputs(name, base):
    changes = CHANGES[name]
    if base == changes:
        base, changes = CORRECTED, {"guidance.oddities": "as_calculator"}
    comparison = compare(sized(base, {**base, **changes}))
    assert comparison.differences
    for difference in comparison.differences:
        causes = comparison.why(difference.column)
        assert causes
        assert len({cause.rule for cause in causes}) == len(causes)
        for cause in causes:
            assert set(cause.inputs) <= set(changes)
            assert cause.inputs, f"{difference.column}: {cause.rule} does not say what parts the designs"
            own = column_index(1)[difference.column][0]
            assert cause.rule != own, "a figure is not its own cause"
            rule = cause.rule or own
            needs = {*RULES[rule].needs}
            if rule in CORRECTIONS:
                needs |= {*CORRECTIONS[rule].needs, "guidance__oddities"}
            assert {find(path)[0].parameter for path in cause.inputs} <= needs


def test_a_figure_parts_where_its_inputs_do_and_not_where_others_do():
    cores = "servers.primary.processor_cores"
    comparison = compare(sized({}, {LIMIT: 8192.0, cores: 20.0}))
    for column, path in (("tiers.1.mailbox_size_on_disk", LIMIT), ("megacycles_per_core.primary", cores)):
        assert {named for cause in comparison.why(column) for named in cause.inputs} == {path}


def test_the_first_rules_that_differ_are_the_causes_with_their_inputs():
    """A mailbox on disk is its quota, and recoverable items of which the calendar's are a share of it."""
    comparison = compare(sized({}, {LIMIT: 8192.0}))
    causes = {cause.rule: cause.inputs for cause in comparison.why("tiers.1.mailbox_size_on_disk")}
    assert causes[""] == (LIMIT,)  # the size itself reads the quota
    assert causes["dumpster_calendar"] == (LIMIT,)
    assert "mailbox_logs_per_day" not in causes


def test_a_correction_that_reads_more_than_its_rule_is_followed():
    """The corrected figure asks whether there are two datacenters; the calculator's does not."""
    comparison = compare(sized(CORRECTED, {**CORRECTED, "site_resilience.enabled": False}))
    assert "two_datacenters" in CORRECTIONS["megabits_per_log"].needs
    assert "two_datacenters" not in RULES["megabits_per_log"].needs
    causes = {cause.rule: cause.inputs for cause in comparison.why("replication_peak_log_throughput.dag")}
    assert "megabits_per_log" not in causes
    assert causes["two_datacenters"] == ("site_resilience.enabled",)


def test_why_of_a_tier_that_one_design_does_not_have():
    comparison = compare(sized({}, {"tiers.2.mailboxes": 300.0}))
    causes = comparison.why("tiers.2.mailbox_size_on_disk")
    assert {path for cause in causes for path in cause.inputs} >= {"tiers.2.mailboxes", "tiers.2.mailbox_size_limit"}
    assert all(path.startswith("tiers.2.") for cause in causes for path in cause.inputs)


def test_a_design_without_mailboxes_is_neither_better_nor_worse():
    comparison = compare([size({"tiers.1.mailboxes": 5000.0}), size({"environment.mailbox_servers": 4.0})])
    assert {difference.verdicts for difference in comparison.differences} == {("", "")}


def test_servers_that_are_down_are_no_better():
    """In an active/passive design the loss of the primary leaves no active database there."""
    shared = {"tiers.1.mailboxes": 5000.0}
    passive = size({**shared, "site_resilience.model": "active_passive"})
    active = size({**shared, "site_resilience.model": "active_active_single_dag"})
    column = "cpu_utilization_by_mode.site.primary"
    assert passive[column] == 0 < active[column]
    assert differing(compare([active, passive]))[column].verdicts == ("", "")


# --- invalid designs -----------------------------------------------------------------------------

TOO_MANY = {"environment.mailbox_servers": 12.0}
"""Servers in each of two datacenters: 24 are more than a DAG has."""


@pytest.mark.parametrize("order", [({}, TOO_MANY), (TOO_MANY, {})])
def test_no_figure_of_an_invalid_design_applies(order):
    """Neither numbers of databases, which stand by themselves, nor flags and words."""
    comparison = compare(sized(*order))
    invalid = order.index(TOO_MANY)
    found = differing(comparison)
    assert found["databases"].values[1 - invalid] == 48
    why = {"design_invalid", "validation_message", "too_many_dag_members"}
    assert {column for column, row in found.items() if row.values[invalid] is not None} == why
    for column, row in found.items():
        assert row.verdicts == ("", "")
        if column not in why:
            assert row.changes[1] is None
            assert row.reasons[invalid].startswith(
                "the design is invalid. 24 servers are needed per DAG, but a DAG has at most 16 members."
            )
            assert comparison.why(column) == ()


def test_of_three_designs_the_two_valid_ones_are_compared():
    comparison = compare(sized({}, TOO_MANY, {LIMIT: 8192.0}))
    row = differing(comparison)["largest_mailbox_size_on_disk"]
    assert (row.values[1], row.changes[1]) == (None, None)
    assert row.changes[2] == pytest.approx(row.values[2] / row.values[0] - 1, rel=1e-12)
    causes = comparison.why("largest_mailbox_size_on_disk")
    assert {path for cause in causes for path in cause.inputs} == {LIMIT}


def test_each_of_three_designs_has_causes_of_its_own():
    cores = {"servers.primary.processor_cores": 20.0}
    designs = sized({}, {LIMIT: 8192.0}, cores)
    comparison = compare(designs)
    for number, design in enumerate(designs[1:], 2):
        alone = compare([designs[0], design])
        for column in ("largest_mailbox_size_on_disk", "megacycles_per_core.primary"):
            assert comparison.why(column, number) == alone.why(column)
    [row] = [row for row in comparison.rows() if row["column"] == "largest_mailbox_size_on_disk"]
    assert row["why.2"]
    assert row["why.3"] == ""


def test_rows_for_people_leave_out_what_is_said_once():
    rows = compare(sized({}, TOO_MANY), "headline").rows(brief=True)
    assert list(rows[0]) == ["column", "unit", "value.1", "value.2", "why_not_applicable"]
    assert rows[0]["why_not_applicable"] == "2: 24 servers are needed per DAG, but a DAG has at most 16 members."
    assert {row["why_not_applicable"] for row in rows[1:]} == {""}
