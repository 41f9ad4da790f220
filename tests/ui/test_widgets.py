"""Every input has a widget, and moving it changes the design and its figures."""

import pytest
from support.sessions import (
    CONSTRAINTS,
    DOCUMENT,
    SHIPPED,
    USERS,
    given,
    seen,
    session,
    shipped,
    sized,
    sound,
    texts,
    tile,
)

from calculator import size
from calculator.inputs import schema
from calculator.inputs.schema import FIELDS, Kind
from calculator.ui.inputs import forms, groups, processors, widgets

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
GROUPS = ("tiers.1", "mailbox", *(group.key for group in groups.CONSTRAINTS))
HOURS = "replication.hourly_log_share."


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
    top = widgets.to_widget(field, field.high) if field.high < float("inf") else float("inf")
    return type(value)(value + 1 if value + 1 <= top else value - 1)


def page_of(group):
    return USERS if group in ("tiers.1", "mailbox") else CONSTRAINTS


def belongs(path, group):
    """Whether an input stands in a group; the main inputs of a tier always stand on the page."""
    if path.startswith("tiers."):
        return group == "tiers.1"
    found = groups.group_of(schema.find(path)[0].path)
    return found is not None and found.key == group


def canonical(path, shown):
    """What the design holds for a value of a widget."""
    field, _ = schema.find(path)
    if field.kind is Kind.FRACTION:
        return pytest.approx(shown / 100, rel=1e-12)
    if field.unit == "MB":
        return shown * 1024
    return float(shown) if field.kind in (Kind.INT, Kind.FLOAT) else shown


def moved_together(values):
    """Parts of some inputs, in each of them no two with the same value: a value in the wrong place is noticed."""
    parts = []
    for path, value in values.items():
        free = (part for part in parts if value not in [values[taken] for taken in part])
        part = next(free, None)
        if part is None:
            parts.append(part := [])
        part.append(path)
    return parts


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("group", GROUPS)
def test_each_widget_moves_the_design_and_its_figures(opened, design, group):
    base = DESIGNS[design]
    at = opened(base, group, page=page_of(group))
    values = {p: other(p, at.get_by_key(p).value) for p in schema.all_paths() if belongs(p, group) and seen(at, p)}
    assert values
    for paths in moved_together(values):
        if not all(seen(at, path) for path in paths):  # The changes before have hidden it.
            at.run()
        for path in paths:
            widget = at.get_by_key(path).set_value(values[path])
        widget.run()
        sound(at)
        moved = given(at)
        for path in paths:
            field, place = schema.find(path)
            assert moved.get(path, field.default_at(place)) == canonical(path, values[path]), path
        assert sized(at).profile.given == moved, paths
        apart = {*paths, *(path.replace("processor_cores", "specint2006_rate") for path in paths)}  # ratings follow
        assert {p: v for p, v in moved.items() if p not in apart} == {p: v for p, v in base.items() if p not in apart}
        session(at).given = dict(base)
        session(at).rejected = {}


def test_every_input_has_a_widget_in_one_of_the_designs(opened):
    visible = set()
    earlier = {"environment.exchange_version": "2016", "raid.override_raid": True, "raid.raid": "raid6"}
    earlier["raid.restore_raid"] = "raid6"
    later = {"environment.exchange_version": "2019", "storage.metacache": True, "raid.restore_raid": "raid10"}
    for base in (*DESIGNS.values(), {**COMPUTED, **earlier}, {**COMPUTED, **later}):
        for page in (USERS, CONSTRAINTS, DOCUMENT):
            at = opened(base, *GROUPS, "export_where", "export_databases", "export_dag", page=page)
            visible |= {path for path in schema.all_paths() if seen(at, path) or seen(at, f"{processors.VIEW}:{path}")}
    assert visible == {path for path in schema.all_paths() if not path.startswith(HOURS)}


def test_a_closed_group_has_no_widgets_and_says_what_it_holds(opened):
    at = opened(COMPUTED, page=CONSTRAINTS)
    assert not [path for path in schema.all_paths() if seen(at, path)]
    written = texts(at)
    for group in groups.CONSTRAINTS:
        summary = group.summary(sized(at))
        assert any(summary[1:] in text.replace("\\", "") for text in written), group.key


@pytest.mark.parametrize("name", SHIPPED)
def test_every_group_has_a_summary_of_one_line_for_every_profile(name):
    design = size(shipped(name))
    for group in (*groups.CONSTRAINTS, groups.EVERY_MAILBOX):
        assert 0 < len(group.summary(design)) < 90, group.key
        assert "None" not in group.summary(design)


def test_every_input_belongs_to_one_page():
    for field in FIELDS:
        group = groups.group_of(field.path)
        assert (group is None) == (field.section in ("tiers", "export")), field.path


def test_an_input_that_does_not_apply_is_hidden(opened):
    at = opened({**COMPUTED, "environment.high_availability": False}, "datacenters", "storage", page=CONSTRAINTS)
    assert seen(at, "site_resilience.enabled") is None
    assert seen(at, "storage.secondary.database_disk_capacity") is None
    assert seen(at, "storage.primary.database_disk_capacity") is not None
    at = opened(COMPUTED, "tiers.1", page=USERS)
    assert seen(at, "tiers.1.iops_per_mailbox") is None
    at.get_by_key("tiers.1.predict_iops").set_value(False).run()
    at.run()
    assert seen(at, "tiers.1.iops_per_mailbox") is not None


def test_conditions_of_a_tier_are_those_of_the_same_tier(opened):
    design = {"tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 10.0, "tiers.2.predict_iops": False}
    at = opened(design, "tiers.1", "tiers.2", page=USERS)
    assert seen(at, "tiers.1.iops_per_mailbox") is None
    assert seen(at, "tiers.2.iops_per_mailbox") is not None


@pytest.mark.parametrize("field", FIELDS, ids=[field.path for field in FIELDS])
def test_a_default_survives_its_widget(field):
    for place, path in enumerate(field.paths()):
        default = field.default_at(place)
        back = widgets.from_widget(field, widgets.to_widget(field, default))
        assert back == default, path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tiers.1.mailbox_size_limit", "Mailbox quota, GB"),
        ("tiers.1.edited_share", "Messages edited, %"),
        ("tiers.1.messages_per_day", "Messages per day"),
        ("database_copies.ha_copies", "HA copies"),
        ("database_copies.replay_lag_delay", "Replay lag, hours"),
        ("storage.secondary.log_disk_capacity", "Log disk capacity, GB · secondary"),
        ("replication.hourly_log_share.9", "Hourly share of logs, % · 08–09 h"),
    ],
)
def test_labels_carry_the_unit_and_the_place(path, text):
    assert widgets.label(path) == text


@pytest.mark.parametrize("page", [USERS, CONSTRAINTS])
def test_the_search_finds_labels_paths_and_workbook_names_on_either_page(opened, page):
    at = opened(COMPUTED, page=page)
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
    assert at.info[0].value.startswith("No input in use is called that")


def test_an_input_named_exactly_comes_first():
    paths = schema.all_paths()
    assert forms.find_matches("Tier1MBXLimit", paths)[0] == "tiers.1.mailbox_size_limit"
    assert forms.find_matches("numDAGs", paths)[0] == "environment.dags"
    assert forms.find_matches("environment.dags", paths)[0] == "environment.dags"
    assert forms.find_matches("mailboxes", paths)[0] == "tiers.1.mailboxes"


def test_every_workbook_name_is_found():
    paths = schema.all_paths()
    for field in FIELDS:
        if field.workbook:
            for place, path in enumerate(field.paths()):
                assert path in forms.find_matches(field.workbook.replace("{}", str(place + 1)), paths), path


def test_an_input_not_in_use_is_found_with_the_reason(opened):
    at = opened({**COMPUTED, "environment.high_availability": False}, "not_in_use", page=CONSTRAINTS)
    at.get_by_key("find").set_value("lagged copies").run()
    at.run()
    assert seen(at, "database_copies.lagged_copies") is None
    assert "**High availability is off**" in [element.value for element in at.markdown]
    assert any("Lagged copies" in caption.value for caption in at.caption)


def test_inputs_not_in_use_are_listed_with_the_reason(opened):
    at = opened({**COMPUTED, "site_resilience.enabled": False}, "not_in_use", page=CONSTRAINTS)
    written = [element.value for element in at.markdown]
    assert "**Two datacenters is off**" in written
    assert "**There is one datacenter**" in written
    assert "**Virtualized is off**" in written


def test_a_changed_input_carries_a_dot_and_one_with_an_issue_its_icon(opened):
    at = opened("litigation_hold", "tiers.2", page=USERS)
    assert at.get_by_key("tiers.2.litigation_hold").label.endswith("●]")
    assert "warning" in at.get_by_key("tiers.2.litigation_hold").label
    assert "●" not in at.get_by_key("tiers.2.edited_share").label
    at.get_by_key("tiers.2.edited_share").set_value(20.0).run()
    at.run()
    assert at.get_by_key("tiers.2.edited_share").label.endswith("●]")


def test_the_input_asked_for_comes_first_until_it_is_done(opened):
    at = opened(COMPUTED, page=CONSTRAINTS)
    at.query_params["field"] = "database_copies.ha_copies"
    at.run()
    sound(at)
    widget = at.get_by_key("wanted:database_copies.ha_copies")
    widget.set_value(3).run()
    at.run()
    assert given(at)["database_copies.ha_copies"] == 3
    at.get_by_key("wanted_done").click().run()
    at.run()
    assert seen(at, "wanted:database_copies.ha_copies") is None


@pytest.mark.parametrize("field", ["no.such.input", "../etc", "<b>"])
def test_an_address_that_asks_for_no_input_asks_for_nothing(opened, field):
    at = opened(COMPUTED, page=CONSTRAINTS)
    at.query_params["field"] = field
    at.run()
    sound(at)
    assert seen(at, "wanted_done") is None


def test_sizes_are_given_and_shown_in_the_unit_chosen(opened):
    at = opened(COMPUTED, page=USERS)
    session(at).dialog = "more"
    at.run()
    at.get_by_key("units").set_value("GB").run()
    sound(at)
    quota = at.get_by_key("tiers.1.mailbox_size_limit")
    assert (quota.label, quota.value) == ("Mailbox quota, GB", 5.0)
    quota.set_value(2.5).run()
    at.run()
    assert given(at)["tiers.1.mailbox_size_limit"] == 2560
    size_in_gb = size({**COMPUTED, "tiers.1.mailbox_size_limit": 2560.0})["largest_mailbox_size_on_disk"] / 1024
    assert tile(at, "Mailbox on disk, GB") == f"{size_in_gb:.3g}"
    at.get_by_key("binary").set_value(True).run()
    assert at.get_by_key("tiers.1.mailbox_size_limit").label.startswith("Mailbox quota, GiB")
    assert tile(at, "Mailbox on disk, GiB") == f"{size_in_gb:.3g}"


def test_a_refused_value_stays_with_its_message_and_the_design_keeps_the_last(opened):
    at = opened(COMPUTED, page=USERS)
    at.get_by_key("tiers.1.message_size").set_value(0.0).run()
    at.run()
    assert "not above 0" in at.error[0].value.replace("\\", "")
    assert at.get_by_key("tiers.1.message_size").value == 0
    assert "tiers.1.message_size" not in given(at)
    assert any("cannot be used" in caption.value for caption in at.caption)
    at.get_by_key("tiers.1.message_size").set_value(50.0).run()
    at.run()
    assert not at.error
    assert given(at)["tiers.1.message_size"] == 50


def test_tiers_are_added_and_removed(opened):
    at = opened({"tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 20.0, "tiers.3.mailboxes": 30.0}, page=USERS)
    at.get_by_key("add_tier").click().run()
    at.run()
    assert sized(at).tiers == 4
    at.get_by_key("remove_tier:2").click().run()
    at.run()
    design = given(at)
    assert design == {"tiers.1.mailboxes": 10, "tiers.2.mailboxes": 30, "tiers.3.mailboxes": 0}
    assert sized(at)["mailboxes_total"] == size(design)["mailboxes_total"] == 40


def test_a_tier_is_duplicated_with_all_its_values(opened):
    at = opened({"tiers.1.mailboxes": 10.0, "tiers.1.name": "Staff", "tiers.1.mailbox_size_limit": 1024.0}, page=USERS)
    at.get_by_key("duplicate_tier:1").click().run()
    at.run()
    design = given(at)
    assert {path: design[path] for path in design if path.startswith("tiers.2.")} == {
        "tiers.2.mailboxes": 10,
        "tiers.2.name": "Staff (copy)",
        "tiers.2.mailbox_size_limit": 1024,
    }
    assert sized(at)["mailboxes_total"] == 20


def test_a_page_shows_six_tiers(opened):
    at = opened({f"tiers.{n}.mailboxes": 10.0 for n in range(1, 9)}, page=USERS)
    assert [n for n in range(1, 9) if seen(at, f"tiers.{n}.mailboxes")] == [1, 2, 3, 4, 5, 6]
    at.get_by_key("tier_page").set_value(2).run()
    at.run()
    sound(at)
    assert [n for n in range(1, 9) if seen(at, f"tiers.{n}.mailboxes")] == [7, 8]


def test_groups_are_summed_up_where_everything_is_on():
    design = size({**BY_HAND, "failure_domains.primary": "2:1+2:1"})
    summaries = {group.key: group.summary(design) for group in groups.CONSTRAINTS}
    assert summaries["virtualization"] == "virtual servers, the hypervisor takes 10 %"
    assert summaries["copies"] == "4 HA copies, 2 of them in the secondary datacenter, and 1 lagged 7 days"
    assert summaries["databases"] == "24 databases, I/O headroom 20 %"
    assert summaries["failure_domains"] == "2:1+2:1 / not given"


def test_a_number_outside_the_limits_is_refused_below_its_field(opened):
    design = {"tiers.1.mailboxes": 1000.0, "database_copies.ha_copies": 3.0}
    at = opened(design, "copies", page=CONSTRAINTS)
    at.get_by_key("database_copies.ha_copies").set_value(30).run()
    assert [error.value.replace("\\", "") for error in at.error] == [
        "30 is not applied: allowed are 2 to 16. 3 is used."
    ]
    assert given(at)["database_copies.ha_copies"] == 3.0
    at.get_by_key("database_copies.ha_copies").set_value(4).run()
    assert not at.error
    assert given(at)["database_copies.ha_copies"] == 4.0
