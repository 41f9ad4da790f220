"""Inputs that count in a design: those left out of the assumptions change none of its figures."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs import schema
from calculator.inputs.profile import applies, load
from calculator.presentation.assumptions import counts
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
    assert counts(lagged, "servers.secondary.drive_bays")
    assert not counts(jbod, "servers.secondary.drive_bays")
