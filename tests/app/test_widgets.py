"""Every input has a widget, and moving it changes the design and its figures."""

import pytest
from sessions import seen, sound

from calculator import schema, size
from calculator.schema import FIELDS, Kind
from calculator.ui import state, widgets

BY_HAND = {
    "tiers.1.mailboxes": 1000.0,
    "environment.unified_messaging": True,
    "environment.virtualized": True,
    "database.custom_max_size_enabled": True,
    "database.automatic_count": False,
    "database.custom_count": 24.0,
    "tiers.1.predict_iops": False,
    "storage.automatic_volume_count": False,
    "storage.multiple_databases_per_volume": False,
    "database_copies.lagged_copies": 1.0,
    "database_copies.dedicated_lagged_servers": True,
    "raid.override_raid": True,
    "failure_domains.enabled": True,
}
COMPUTED = {"tiers.1.mailboxes": 1000.0}
DESIGNS = {"by hand": BY_HAND, "computed": COMPUTED}
GROUPS = [("tiers.1", ("tiers",)), *((key, sections) for _, key, sections in widgets.GROUPS)]


def other(path, value):
    """Another value of an input, as its widget has it."""
    field, _ = schema.find(path)
    if field.kind is Kind.BOOL:
        return not value
    if field.kind is Kind.CHOICE:
        return next(word for word in field.choice.words if word != value)
    if field.options:
        return next(type(value)(option) for option in field.options if option != value)
    if field.kind is Kind.TEXT:
        return "2:1+2:1" if "domains" in path else "Other name"
    if value is None:
        return 50.0
    top = widgets.shown(field, field.high) if field.high < float("inf") else float("inf")
    return type(value)(value + 1 if value + 1 <= top else value - 1)


def canonical(path, shown):
    """What the design holds for a value of a widget."""
    field, _ = schema.find(path)
    if field.kind is Kind.FRACTION:
        return pytest.approx(shown / 100, rel=1e-12)
    return float(shown) if field.kind in (Kind.INT, Kind.FLOAT) else shown


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("group", "sections"), GROUPS, ids=[key for key, _ in GROUPS])
def test_each_widget_moves_the_design_and_its_figures(opened, design, group, sections):
    base = DESIGNS[design]
    at = opened(base, group)
    paths = [path for path in schema.all_paths() if path.split(".")[0] in sections and seen(at, path)]
    assert paths
    for path in paths:
        widget = at.get_by_key(path)
        value = other(path, widget.value)
        widget.set_value(value).run()
        sound(at)
        moved = at.session_state["design"]
        assert moved.get(path, schema.find(path)[0].default_at(schema.find(path)[1])) == canonical(path, value), path
        name, plan = at.session_state["plan"]
        assert name == state.digest(moved), path
        assert plan.profile.given == moved
        assert {p: v for p, v in moved.items() if p != path} == {p: v for p, v in base.items() if p != path}
        at.session_state["design"] = dict(base)
        at.session_state["refused"] = {}
        at.run()


def test_every_input_has_a_widget_in_one_of_the_designs(opened):
    visible = set()
    for base in DESIGNS.values():
        at = opened(base, *(group for group, _ in GROUPS))
        visible |= {path for path in schema.all_paths() if seen(at, path)}
    assert visible == {path for path in schema.all_paths() if path.split(".")[0] in widgets.SECTIONS}


def test_a_closed_group_has_no_widgets(opened):
    at = opened(COMPUTED)
    assert not [path for path in schema.all_paths() if seen(at, path)]


def test_an_input_that_does_not_apply_is_hidden(opened):
    at = opened({**COMPUTED, "environment.high_availability": False}, "datacenters", "storage", "tiers.1")
    assert seen(at, "site_resilience.enabled") is None
    assert seen(at, "storage.secondary.database_disk_capacity") is None
    assert seen(at, "storage.primary.database_disk_capacity") is not None
    assert seen(at, "tiers.1.iops_per_mailbox") is None
    at.get_by_key("tiers.1.predict_iops").set_value(False).run()
    at.run()
    assert seen(at, "tiers.1.iops_per_mailbox") is not None


def test_conditions_of_a_tier_are_those_of_the_same_tier(opened):
    design = {"tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 10.0, "tiers.2.predict_iops": False}
    at = opened(design, "tiers.1", "tiers.2")
    assert seen(at, "tiers.1.iops_per_mailbox") is None
    assert seen(at, "tiers.2.iops_per_mailbox") is not None


SHOWN = [field for field in FIELDS if field.section in widgets.SECTIONS]


@pytest.mark.parametrize("field", SHOWN, ids=[field.path for field in SHOWN])
def test_a_default_survives_its_widget(field):
    for place, path in enumerate(field.paths()):
        default = field.default_at(place)
        back = widgets.canonical(field, widgets.shown(field, default))
        assert back == default, path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tiers.1.mailbox_size_limit", "Mailbox quota, MB"),
        ("tiers.1.edited_share", "Messages edited, %"),
        ("tiers.1.messages_per_day", "Messages a day"),
        ("database_copies.ha_copies", "HA copies"),
        ("database_copies.replay_lag_delay", "Replay lag, hours"),
        ("storage.secondary.log_disk_capacity", "Log disk capacity, GB · secondary"),
        ("replication.hourly_log_share.9", "Logs of the hour, % · 08–09 h"),
    ],
)
def test_labels_carry_the_unit_and_the_place(path, text):
    assert widgets.label(path) == text


def test_the_search_finds_labels_paths_and_workbook_names(opened):
    at = opened(COMPUTED)
    for wanted, path in (
        ("quota", "tiers.1.mailbox_size_limit"),
        ("lag replay", "database_copies.replay_lag_delay"),
        ("NumLagDB", "database_copies.lagged_copies"),
        ("storage.primary.database", "storage.primary.database_disk_type"),
    ):
        at.get_by_key("find").set_value(wanted).run()
        assert seen(at, path) is not None, wanted
        sound(at)
        at.run()
    at.get_by_key("find").set_value("no such thing").run()
    assert at.info[0].value.startswith("No input is called that")


def test_a_refused_value_stays_with_its_message_and_the_design_keeps_the_last(opened):
    at = opened(COMPUTED, "tiers.1")
    at.get_by_key("tiers.1.message_size").set_value(0.0).run()
    at.run()
    assert "not above 0" in at.error[0].value.replace("\\", "")
    assert at.get_by_key("tiers.1.message_size").value == 0
    assert "tiers.1.message_size" not in at.session_state["design"]
    assert any("cannot be used" in caption.value for caption in at.caption)
    at.get_by_key("tiers.1.message_size").set_value(50.0).run()
    at.run()
    assert not at.error
    assert at.session_state["design"]["tiers.1.message_size"] == 50


def test_tiers_are_added_and_removed(opened):
    at = opened({"tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 20.0, "tiers.3.mailboxes": 30.0}, "tiers.2")
    at.get_by_key("add_tier").click().run()
    at.run()
    assert at.session_state["plan"][1].tiers == 4
    at.get_by_key("remove_tier:2").click().run()
    at.run()
    design = at.session_state["design"]
    assert design == {"tiers.1.mailboxes": 10, "tiers.2.mailboxes": 30, "tiers.3.mailboxes": 0}
    assert at.session_state["plan"][1]["mailboxes_total"] == size(design)["mailboxes_total"] == 40
