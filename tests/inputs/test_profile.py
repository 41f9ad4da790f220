"""Profiles: reading, writing, changing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.strategies import designs, profiles

from calculator.engine.columns import to_inputs
from calculator.importers.mailboxes.tiers import merge_tiers
from calculator.importers.result import apply_values
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, check_range, read_value
from calculator.inputs.profile import (
    Profile,
    applies,
    dump,
    is_default,
    load,
    parse,
    unmet_conditions,
    with_constants,
    with_settings,
)
from calculator.inputs.schema import BY_PATH, FIELDS, Condition, Kind
from calculator.issues import InputError

CHOICES = [field for field in FIELDS if field.choice is not None]
NUMBERS = [field for field in FIELDS if field.kind in (Kind.INT, Kind.FLOAT, Kind.FRACTION)]
PLACES = [(field, place, path) for field in FIELDS for place, path in enumerate(field.paths())]


def name(field):
    return field.path if hasattr(field, "path") else None


# --- reading and writing -------------------------------------------------------------------------


@pytest.mark.slow
@examples(100)
@given(profiles())
def test_what_is_written_is_read_back(profile):
    assert parse(dump(profile), profile.where) == profile


@examples(50)
@given(designs())
def test_generated_designs_pass_the_checks_of_inputs(design):
    for path, value in design.items():
        assert read_value(schema.find(path)[0], value) == value


@examples(50)
@given(designs(), st.data())
def test_a_stated_value_stays_stated_if_it_equals_the_default(design, data):
    path = data.draw(st.sampled_from(sorted(set(schema.all_paths()) - set(design))))
    field, place = schema.find(path)
    default = field.default_at(place)
    read = parse(dump(Profile({**design, path: default})))
    assert read.value(path) == default
    assert path in read.given or default is None or (field.kind is Kind.TEXT and field.axis and not default)


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"tiers.1.mailboxes": 3000.0}, "For 3,000 mailboxes."),
        ({"tiers.1.mailboxes": 3000.0, "environment.dags": 1.0}, "For 3,000 mailboxes."),
        ({"tiers.1.mailboxes": 4000.0}, ""),
        ({"tiers.1.mailboxes": 3000.0, "environment.dags": 2.0}, ""),
        ({}, ""),
    ],
    ids=["equal", "a default stated", "changed", "added", "removed"],
)
def test_a_description_stays_only_while_every_input_keeps_its_value(given, description):
    profile = Profile({"tiers.1.mailboxes": 3000.0}, "Plan", "For 3,000 mailboxes.", "plan.toml")
    assert profile.with_given(given) == Profile(given, "Plan", description, "plan.toml")


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        (lambda profile: profile.with_values({"tiers.1.mailboxes": 4000}), "Plan"),
        (lambda profile: with_settings(profile, ["tiers.1.mailboxes=4000"]), "Plan"),
        (lambda profile: with_constants(profile, {"reference_core_rate": 40}), "Plan"),
        (lambda profile: apply_values(profile, {"tiers.1.mailboxes": 4000.0}), "Plan"),
        (merge_tiers, "Plan"),
    ],
    ids=["values", "settings", "constants", "an import", "tiers of an import"],
)
def test_whatever_changes_an_input_drops_the_description(changed, title):
    profile = changed(Profile({"tiers.1.mailboxes": 3000.0}, "Plan", "For 3,000 mailboxes."))
    assert (profile.title, profile.description) == (title, "")


def test_the_title_of_a_changed_example_says_so_once():
    example = load("example:small_office")
    changed = example.with_values({"tiers.1.mailboxes": 4000.0})
    assert changed.title == f"{example.title} (changed)"
    assert changed.with_values({"tiers.1.mailboxes": 5000.0}).title == changed.title
    assert example.with_values(example.given).title == example.title


def test_a_profile_is_written_as_a_person_would():
    profile = Profile(
        {
            "tiers.1.name": "Staff",
            "tiers.1.mailboxes": 5000.0,
            "tiers.3.mailboxes": 7.0,
            "environment.dags": 2.0,
            "environment.virtualized": False,
            "storage.primary.restore_disk_capacity": 0.0,
            "raid.raid": "raid5",
        },
        title="Two",
    )
    assert dump(profile) == (
        'title = "Two"\n\n[environment]\nvirtualized = false\ndags = 2\n\n'
        '[storage.primary]\nrestore_disk_capacity = "none"\n\n'
        '[raid]\nraid = "raid5"\n\n[[tiers]]\nname = "Staff"\nmailboxes = 5000\n\n[[tiers]]\n\n'
        "[[tiers]]\nmailboxes = 7\n"
    )


def test_one_hour_that_differs_writes_all_hours():
    read = parse(dump(Profile({"replication.hourly_log_share.3": 0.5})))
    assert read.value("replication.hourly_log_share.3") == 0.5
    assert read.value("replication.hourly_log_share.10") == 0.1


def test_a_list_of_names_may_be_short():
    profile = parse('[names]\nservers = ["EX01", "EX02"]')
    assert profile.value("names.servers.2") == "EX02"
    assert profile.value("names.servers.3") == "SRV03"


def test_a_list_of_names_is_written_as_far_as_it_is_given():
    text = dump(Profile({"names.servers.1": "EX01", "names.servers.2": "EX02"}))
    assert text == '[names]\nservers = [\n    "EX01",\n    "EX02",\n]\n'
    text = dump(Profile({"names.servers.3": "EX03"}))
    assert parse(text).value("names.servers.3") == "EX03"
    assert text.count("SRV") == 2


def test_tiers_may_be_tables_or_a_list():
    listed = parse("[[tiers]]\nmailboxes = 5\n[[tiers]]\nmailboxes = 6")
    assert listed.given == parse("[tiers.1]\nmailboxes = 5\n[tiers.2]\nmailboxes = 6").given
    assert listed.tiers == 2


def test_an_empty_tier_keeps_its_place():
    profile = parse("[[tiers]]\n[[tiers]]\nmailboxes = 6")
    assert profile.given == {"tiers.1.mailboxes": 0, "tiers.2.mailboxes": 6}


def test_an_empty_profile_has_all_defaults():
    profile = parse("")
    assert profile == Profile(where="profile")
    assert [profile.value(path) for *_, path in PLACES] == [field.default_at(place) for field, place, _ in PLACES]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    file = tmp_path / "design.toml"
    file.write_bytes(b"\xef\xbb\xbf[[tiers]]\r\nmailboxes = 5\r\n")
    assert load(file) == Profile({"tiers.1.mailboxes": 5}, where="design.toml")


def test_values_like_the_defaults_are_left_out():
    profile = Profile({"environment.dags": 2.0})
    assert profile.with_values({"environment.dags": 1, "raid.raid": "raid5"}).without_defaults().given == {
        "raid.raid": "raid5"
    }


@pytest.mark.parametrize("second", [{"tiers.2.mailboxes": 0}, {"tiers.2.message_size": 75.0}])
def test_an_empty_last_tier_stays_a_tier_when_values_change(second):
    profile = Profile({"tiers.1.mailboxes": 1000.0, **second}).with_values({"raid.raid": "raid5"}).without_defaults()
    assert profile.given == {"tiers.1.mailboxes": 1000.0, "raid.raid": "raid5", "tiers.2.mailboxes": 0}
    assert profile.with_values({"tiers.2.mailboxes": 0, "raid.raid": "raid10"}).without_defaults().tiers == 2


def test_a_value_of_no_input_is_no_value():
    with pytest.raises(KeyError):
        Profile().value("environment.dag")


# --- settings of a command line ------------------------------------------------------------------


def test_settings_change_a_profile():
    profile = with_settings(
        Profile({"environment.dags": 2.0, "raid.raid": "raid5"}),
        [
            "environment.dags=3",
            " tiers.1.mailbox_size_limit = 2 GB ",
            "tiers.1.name=a=b",
            "environment.dags=4",
            "storage.primary.log_disk_capacity=none",
        ],
    )
    assert profile.given == {
        "environment.dags": 4.0,
        "raid.raid": "raid5",
        "tiers.1.mailbox_size_limit": 2048.0,
        "tiers.1.name": "a=b",
        "storage.primary.log_disk_capacity": 0.0,
    }


def test_all_settings_that_fail_are_reported():
    with pytest.raises(InputError) as error:
        with_settings(Profile(), ["environment.dags", "environment.dag=1", "environment.dags=0"])
    assert str(error.value) == (
        '--set: "environment.dags": has no value. Write path=value.\n'
        '--set: environment.dag: There is no such input. Did you mean "environment.dags"? '
        "Every input: exchange-calculator fields\n"
        "--set: environment.dags: 0 DAGs is below 1. Give a whole number from 1 to 10,000."
    )


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "place", "path"), PLACES, ids=[path for *_, path in PLACES])
def test_every_default_passes_its_own_check(field, place, path):
    default = field.default_at(place)
    assert is_default(path, default)
    if default is not None:
        assert read_value(field, default) == default


@pytest.mark.parametrize("field", CHOICES, ids=name)
def test_every_choice_takes_its_word_its_text_and_other_spellings(field):
    for code, word in enumerate(field.choice.words):
        for spelling in (word, word.upper(), f" {word} ", field.choice.text(code)):
            assert read_value(field, spelling) == word
    for alias, word in field.choice.aliases.items():
        assert read_value(field, alias) == word


@pytest.mark.parametrize("field", NUMBERS, ids=name)
def test_every_number_may_carry_its_unit(field):
    value = field.options[0] if field.options else max(field.low, min(field.high, 3.0 if field.high > 1 else 0.5))
    assert read_value(field, f"{value} {field.unit if field.unit != '1' else ''}") == value
    assert read_value(field, value, field.unit) == value


@pytest.mark.parametrize("field", [f for f in NUMBERS if not f.options], ids=name)
def test_the_limits_of_every_number_are_kept(field):
    for low, opened, outside in ((field.low, field.open_low, -math.inf), (field.high, field.open_high, math.inf)):
        beyond = low + math.copysign(1, outside) if abs(low) < 1 else low * (1.5 if (low > 0) == (outside > 0) else 0.5)
        with pytest.raises(ValueProblem):
            check_range(field, beyond)
        if opened:
            with pytest.raises(ValueProblem):
                check_range(field, low)
        else:
            assert read_value(field, low) == low


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("Yes", True),
        (" on ", True),
        ("1", True),
        ("OFF", False),
        (1, True),
        (0, False),
        (1.0, True),
        (np.bool_(True), True),
        (np.int64(0), False),
    ],
)
def test_a_flag_is_read(raw, value):
    assert read_value(BY_PATH["environment.virtualized"], raw) is value


@pytest.mark.parametrize("raw", [5, 5.0, "5", " 5 ", "5 mailboxes", "5e0", np.int64(5), np.float32(5)])
def test_a_number_is_read(raw):
    assert read_value(BY_PATH["tiers.mailboxes"], raw) == 5


@pytest.mark.parametrize("raw", ["none", "None", " -- "])
def test_none_is_no_disk_and_no_value(raw):
    assert read_value(BY_PATH["storage.log_disk_capacity"], raw) == 0
    assert read_value(BY_PATH["servers.install_drive_free"], raw) is None
    assert read_value(BY_PATH["tiers.name"], raw) is None


@pytest.mark.parametrize("path", ["mailbox.work_week", "tiers.mailboxes", "raid.raid", "environment.multi_role"])
def test_a_missing_required_value_is_refused(path):
    with pytest.raises(ValueProblem):
        read_value(BY_PATH[path], "none")


# --- arrays --------------------------------------------------------------------------------------


def test_columns_become_the_arrays_of_the_rules():
    columns = {"tiers.2.mailboxes": np.array([1.0, 2.0, 3.0]), "environment.dags": np.array([4.0])}
    inputs = to_inputs(columns, 3)
    assert inputs["tiers__mailboxes"].tolist() == [[0, 0, 0], [1, 2, 3], [0, 0, 0]]
    assert inputs["environment__dags"].tolist() == [4]
    assert inputs["replication__hourly_log_share"].shape == (24, 1)
    assert set(inputs) == {field.parameter for field in FIELDS if field.numeric}


# --- conditions ----------------------------------------------------------------------------------


def test_conditions_are_read():
    assert Condition.parse("a.b") == Condition("a.b")
    assert Condition.parse("!a.b=c") == Condition("a.b", "c", negated=True)


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("environment.virtualized", {True: True, False: False}),
        ("!environment.virtualized", {True: False, False: True}),
        ("raid.raid=raid5", {"raid5": True, "raid6": False}),
        ("!raid.raid=raid5", {"raid5": False, "raid6": True}),
    ],
)
def test_a_condition_holds_at_some_values(condition, values):
    assert {value: Condition.parse(condition).holds(value) for value in values} == values


def test_a_condition_on_a_tier_is_on_the_same_tier():
    assert Condition("tiers.mailboxes").path_at(2) == "tiers.3.mailboxes"
    assert Condition("raid.raid").path_at(2) == "raid.raid"


def test_an_input_applies_where_all_its_conditions_hold():
    path = "replication.link_latency"
    assert applies(Profile(), path)
    assert unmet_conditions(Profile({"site_resilience.enabled": False}), path) == [Condition("site_resilience.enabled")]
    alone = Profile({"site_resilience.enabled": False, "environment.high_availability": False})
    assert not applies(alone, path)
    assert [each.path for each in unmet_conditions(alone, path)] == [
        "environment.high_availability",
        "site_resilience.enabled",
    ]
    assert applies(Profile(), "no.input")
    assert all(applies(Profile(), p) or unmet_conditions(Profile(), p) for p in schema.all_paths(2))


# --- the class -----------------------------------------------------------------------------------


def test_a_profile_is_a_mapping_of_what_is_given():
    profile = Profile({"environment.dags": 2.0, "raid.raid": "raid5"})
    assert dict(profile) == {"environment.dags": 2.0, "raid.raid": "raid5"}
    assert (len(profile), "raid.raid" in profile, "environment.mailbox_servers" in profile) == (2, True, False)
    assert profile["environment.mailbox_servers"] == 4
    with pytest.raises(KeyError):
        profile["environment.nothing"]
    assert Profile()


def test_values_given_to_a_profile_are_read_and_kept():
    profile = Profile(where="mine").with_values({"tiers.1.mailbox_size_limit": "2 GB", "environment.dags": 1})
    assert profile.given == {"tiers.1.mailbox_size_limit": 2048.0, "environment.dags": 1.0}
    cleared = profile.with_values({"environment.directory_database_size": None})
    assert cleared.value("environment.directory_database_size") is None
    with pytest.raises(InputError) as error:
        profile.with_values({"environment.dag": 2, "environment.dags": "many"})
    assert str(error.value) == (
        'mine: environment.dag: There is no such input. Did you mean "environment.dags"? '
        "Every input: exchange-calculator fields\n"
        'mine: environment.dags: "many" is not a number. Give a whole number from 1 to 10,000.'
    )


def test_a_profile_is_loaded_and_saved(tmp_path):
    path = tmp_path / "plan.toml"
    Profile({"environment.dags": 2.0}, "Two").save(path)
    loaded = Profile.load(path)
    assert (loaded.given, loaded.title, loaded.where) == ({"environment.dags": 2.0}, "Two", "plan.toml")
    assert Profile.load("example:small_office").title
