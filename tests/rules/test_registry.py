"""The registry: rules in the order in which they are explained, refused duplicates, axes."""

from __future__ import annotations

import pytest

from calculator.inputs.schema import TIER
from calculator.presentation.figures import rule_of
from calculator.rules import CHAPTERS
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CORRECTIONS, LEVELS, RULES, VOLUME, check, corrects, kind_of, rule


def test_results_are_listed_in_the_order_of_the_explanation():
    """The version and population come first, the summary last; chapters sorted by name would move every column."""
    seen = list(dict.fromkeys(rule.chapter for rule in RULES.values()))
    assert seen[:5] == ["version", "population", "database_copies", "dumpster", "mailbox"]
    assert seen[-3:] == ["summary", "summary_by_level", "guests"]
    assert CHAPTERS[:4] == ("version", "population", "database_copies", "dumpster")
    assert CHAPTERS[-3:] == ("summary", "summary_by_level", "guests")
    assert next(iter(RULES)) == "version_year"


def test_a_name_is_defined_once():
    def two_datacenters():
        """The name of a rule."""

    def percent():
        """The name of a constant."""

    for function in (two_datacenters, percent):
        with pytest.raises(ValueError, match=f"{function.__name__} is defined twice"):
            rule(level="per_dag", source="none: none")(function)
    with pytest.raises(ValueError, match="check_no_mailboxes is defined twice"):

        @check("error", "", "", "", source="none: none")
        def no_mailboxes():
            """The name of a check."""

    corrected = next(iter(CORRECTIONS))
    with pytest.raises(ValueError, match=f"{corrected} is corrected twice"):
        corrects(corrected, "")(two_datacenters)


def test_a_level_is_one_of_the_list():
    def figure():
        """A new name."""

    with pytest.raises(ValueError, match="figure: per_rack is not a level"):
        rule(level="per_rack", source="none: none")(figure)
    assert "figure" not in RULES


@pytest.mark.parametrize(
    ("column", "level"),
    [
        ("summary_servers.dag", "per_dag"),
        ("summary_servers.environment", "per_environment"),
        ("summary_database_iops.server", "per_server"),
        ("summary_database_iops.database", "per_database"),
        # an axis before or after that of the levels
        ("home_databases_normal.1.datacenter.primary", "per_datacenter"),
        ("home_databases_normal.1.server.primary", "per_server"),
        ("levels_after_site_failure.site_failure.datacenter", "per_datacenter"),
        # without an axis of levels it is the level of the rule
        ("summary_memory.primary", "per_server"),
        ("summary_copies.total", "per_database"),
        ("tiers.2.mailbox_size_on_disk", "per_mailbox"),
        ("summary_dags", "per_environment"),
    ],
)
def test_the_level_of_a_column(column, level):
    assert rule_of(column)[0].level_of(column) == level


def test_every_axis_of_levels_has_levels_of_the_list():
    for found in RULES.values():
        assert {found.level_of(column) for column in found.columns(2)} <= set(LEVELS)


def test_shares_have_no_unit_and_are_named_so():
    shares = {name for name, found in RULES.items() if found.is_share}
    assert {"worst_cpu_utilization", "volume_fill", "read_fraction", "mailbox_share"} <= shares
    assert not {"databases_raised", "hypervisor_factor", "items_active", "mode_applies"} & shares
    assert all(RULES[name].unit == "1" for name in shares)


def test_a_name_is_a_rule_an_input_or_a_constant():
    assert kind_of("databases") == "rule"
    assert kind_of("tiers__mailboxes") == "input"
    assert kind_of("percent") == "constant"
    with pytest.raises(KeyError):
        kind_of("no_such_name")


def test_columns_follow_the_axes():
    assert RULES["two_datacenters"].columns(3) == ["two_datacenters"]
    assert RULES["mailbox_share"].columns(2) == ["tiers.1.mailbox_share", "tiers.2.mailbox_share"]
    assert RULES["ha_copies"].columns(1) == ["ha_copies.primary", "ha_copies.secondary"]
    by_mode = RULES["cpu_utilization_by_mode"]
    assert by_mode.shape(1) == (5, 2)
    assert by_mode.columns(1)[:3] == [
        f"cpu_utilization_by_mode.{at}" for at in ("normal.primary", "normal.secondary", "single.primary")
    ]
    after = RULES["active_after_site_failure"]
    assert (after.columns(1), after.shape(1)) == (["active_after_site_failure.secondary"], ())
    assert TIER.expand(2) == ("1", "2")
    assert len(VOLUME.labels) == CONSTANTS["layout_limit"].value == 100
