"""Inputs that count in a design: those left out of the assumptions change none of its figures."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs import schema
from calculator.inputs.profile import applies, load
from calculator.presentation.assumptions import assumed_inputs, counts
from calculator.presentation.headline import tiles
from calculator.presentation.shopping_list import shopping_list

NAMES = ("active_active", "single_site", "small_office")


def another(field, value):
    """Return another value of an input."""
    if isinstance(value, bool):
        return not value
    if field.choice is not None:
        return next(word for word in field.choice.words if word != value)
    if field.options:
        return next(option for option in field.options if option and option != value)
    if isinstance(value, str):
        return "Another"
    larger = (value or 0.0) + 1.0
    return larger if larger <= field.high else value / 2


IDLE = {
    "exchange_2019": ("storage.primary.restore_disk_capacity", "database_copies.dedicated_lagged_servers"),
    "single_site": ("backup.frequency", "backup.replay_rate", "tiers.1.multiplier_user_share"),
    "active_active": ("site_resilience.dedicated_dr_servers", "guidance.multiplier_on_passive"),
    "exchange_2016": ("guidance.read_from_passive", "guidance.planning_horizon", "raid.raid6_group"),
    "small_office": ("guidance.passive_iops_factor", "raid.restore_raid5_group", "raid.raid6_rebuild_overhead"),
}
"""Inputs that have no effect in a design of the examples."""
INTERMEDIATE = ("storage_restore_disk", "storage_jbod_restore_disks", "storage_restore_disks_raid", "storage_database_")
"""Results about disks that the design does not use."""


@pytest.mark.parametrize("name", IDLE)
def test_inputs_without_an_effect_are_not_assumptions(name):
    plan = size(load(PROFILES / f"{name}.toml"))
    assumed = {path for paths in assumed_inputs(plan) for path in paths}
    for path in IDLE[name]:
        field, _ = schema.find(path)
        changed = size(plan.profile.with_values({path: another(field, plan.profile.value(path))}), like=plan)
        different = {column for column in plan if changed.plain[column] != plan.plain[column]}
        assert path not in assumed
        assert all(column.startswith(INTERMEDIATE) for column in different), (path, different)


def test_inputs_with_an_effect_stay_assumptions():
    given = {
        "tiers.1.megacycles_multiplier": 1.5,
        "tiers.1.litigation_hold": True,
        "data.dedicated_restore_volume": True,
    }
    plan = size(load(PROFILES / "exchange_2019.toml").with_values(given))
    assumed = {path for paths in assumed_inputs(plan) for path in paths}
    assert {
        "tiers.1.multiplier_user_share",
        "guidance.multiplier_on_passive",
        "guidance.planning_horizon",
        "storage.primary.restore_disk_capacity",
    } <= assumed


@pytest.mark.parametrize("name", NAMES)
def test_inputs_that_do_not_count_change_no_figure_of_the_headline(name):
    profile = load(PROFILES / f"{name}.toml")
    plan, left_out = size(profile), []
    for path in schema.all_paths(profile.tiers):
        if applies(profile, path) and not counts(plan, path):
            field, _ = schema.find(path)
            changed = size(profile.with_values({path: another(field, profile.value(path))}))
            assert tiles(changed) == tiles(plan), path
            assert shopping_list(changed) == shopping_list(plan), path
            left_out.append(path)
    assert "tiers.1.name" in left_out


def test_an_input_counts_where_the_design_has_what_it_is_about():
    jbod, raid = (size(load(PROFILES / f"{name}.toml")) for name in ("single_site", "small_office"))
    for path in ("raid.raid5_rebuild_overhead", "storage.primary.log_disk_capacity"):
        assert (counts(jbod, path), counts(raid, path)) == (False, True)
    assert counts(jbod, "storage.autoreseed_volumes")
    lagged = size(load(PROFILES / "active_active.toml"))
    for path in ("database_copies.replay_lag_delay", "database_copies.truncation_lag_delay"):
        assert (counts(lagged, path), counts(jbod, path)) == (True, False)
    assert counts(lagged, "dag.witness_location")
    assert not counts(jbod, "dag.witness_location")
    assert counts(raid, "backup.restore_rate")
    assert not counts(jbod, "backup.restore_rate")
    assert counts(lagged, "servers.secondary.drive_bays")
    assert not counts(jbod, "servers.secondary.drive_bays")
