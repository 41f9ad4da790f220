"""Inputs that vary: plausible ranges, places of an axis together, ranges of one's own, whole messages."""

import pytest

from calculator import size
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import BY_PATH, EXPORT, FIELDS, Kind
from calculator.issues import InputError
from calculator.rules.sources import SOURCES
from calculator.studies.uncertainty.varied_inputs import (
    PLANNING_DOUBTS,
    Ranges,
    choose_inputs,
    default_inputs,
    merge_distributions,
    planning_doubts,
    plausible_ranges,
    read_uncertain,
)

TWO_TIERS = Profile(
    {
        "tiers.1.mailboxes": 1000.0,
        "tiers.1.message_size": 50.0,
        "tiers.2.mailboxes": 500.0,
        "tiers.2.messages_per_day": 200.0,
    }
)


def told(call):
    with pytest.raises(InputError) as refused:
        call()
    return str(refused.value)


# --- the list ------------------------------------------------------------------------------------


def test_every_number_has_a_range_or_a_reason_why_it_does_not_move():
    numbers = {
        field.path
        for field in FIELDS
        if field.kind in (Kind.INT, Kind.FLOAT, Kind.FRACTION) and field.section != EXPORT
    }
    assert set(plausible_ranges()) == numbers


@pytest.mark.parametrize("plausible", plausible_ranges().values(), ids=lambda one: one.path)
def test_every_range_is_declared_whole(plausible):
    assert plausible.reason
    if plausible.basis is None:
        assert not plausible.uncertain
        assert plausible.low != plausible.low  # none
    else:
        assert plausible.low < plausible.high
        field = BY_PATH[plausible.path]
        present = float(field.default_at(0) or field.high)
        low, high = plausible.around(field, present).ends(present)
        assert low <= high
    for key, _ in (part.split(": ", 1) for part in plausible.source.split("; ")):
        assert key in SOURCES


def test_published_ranges_are_as_published():
    ranges = plausible_ranges()
    assert (ranges["io.predicted_iops_factor"].low, ranges["io.predicted_iops_factor"].high) == (0.8, 1.2)
    assert ranges["io.predicted_iops_factor"].source == "calculator-7.6: Role Requirements B2"
    assert (ranges["guidance.bdm_throughput"].low, ranges["guidance.bdm_throughput"].high) == (1, 2)


def test_what_varies_by_default_can_be_said_in_the_same_words():
    for one in default_inputs(TWO_TIERS, uncertain=True):
        [said] = choose_inputs(TWO_TIERS, (), {one.path: one.distribution.text})
        assert said.ends() == one.ends()


# --- which inputs --------------------------------------------------------------------------------


def test_places_of_an_axis_move_together():
    [one] = choose_inputs(TWO_TIERS, ["tiers.messages_per_day"], {})
    assert one.ends() == {"tiers.1.messages_per_day": (80, 120), "tiers.2.messages_per_day": (160, 240)}
    assert not one.same_everywhere
    columns = one.columns(0.25)
    assert (float(columns["tiers.1.messages_per_day"]), float(columns["tiers.2.messages_per_day"])) == (90, 180)


def test_one_place_of_an_input_can_vary_alone():
    [one] = choose_inputs(TWO_TIERS, ["tiers.2.messages_per_day"], {})
    assert one.ends() == {"tiers.2.messages_per_day": (160, 240)}
    assert one.same_everywhere


def test_given_values_are_the_same_at_all_places():
    [one] = choose_inputs(TWO_TIERS, (), {"tiers.messages_per_day": "80..140"})
    assert set(one.ends().values()) == {(80, 140)}
    assert one.same_everywhere


def test_the_default_is_what_the_design_uses_and_what_moves():
    paths = {one.path for one in default_inputs(TWO_TIERS)}
    assert "tiers.messages_per_day" in paths
    assert "tiers.iops_per_mailbox" not in paths  # IOPS are predicted
    assert "servers.hypervisor_overhead" not in paths  # nothing is virtualized
    assert "tiers.mailbox_growth" not in paths  # there is none to be wrong about
    assert "database_copies.ha_copies" not in paths
    virtual = TWO_TIERS.with_values(
        {"environment.virtualized": True, "tiers.2.predict_iops": False, "tiers.2.iops_per_mailbox": 0.1}
    )
    varied = {one.path: one for one in default_inputs(virtual)}
    assert "servers.hypervisor_overhead" in varied
    assert set(varied["tiers.iops_per_mailbox"].presents) == {"tiers.2.iops_per_mailbox"}


def test_uncertain_inputs_are_those_that_are_not_decisions():
    paths = {one.path for one in default_inputs(TWO_TIERS, uncertain=True)}
    assert {"tiers.messages_per_day", "tiers.message_size", "io.predicted_iops_factor"} <= paths
    assert not paths & {"environment.mailbox_servers", "tiers.mailbox_size_limit", "storage.database_disk_capacity"}


def test_a_range_of_values_is_widened_to_hold_the_present_one():
    [one] = choose_inputs(TWO_TIERS.with_values({"data.overhead_factor": 0.5}), ["data.overhead_factor"], {})
    assert one.ends() == {"data.overhead_factor": (0, 0.5)}


def test_a_given_range_replaces_the_plausible_one():
    varied = {one.path: one for one in choose_inputs(TWO_TIERS, None, {"tiers.1.message_size": "20..30"})}
    assert varied["tiers.1.message_size"].ends() == {"tiers.1.message_size": (20, 30)}
    assert "tiers.message_size" not in varied
    assert "tiers.messages_per_day" in varied


def test_everything_that_cannot_be_used_is_reported_at_once():
    text = told(
        lambda: choose_inputs(
            TWO_TIERS,
            ["database_copies.ha_copies", "servers.hypervisor_overhead", "tiers.mailbox_growth", "tiers.messages"],
            {"tiers.3.mailboxes": "1..2", "tiers.1.mailboxes": "10..10", "environment.dags": "some"},
        )
    )
    assert text.splitlines() == [
        "inputs: database_copies.ha_copies: It has no plausible range: numbers of copies depend on each other; "
        "the usual changes and the search vary them together. Give a range of your own.",
        "inputs: servers.hypervisor_overhead: The design does not use it. Leave it out.",
        "inputs: tiers.mailbox_growth: It does not move over its plausible range. Give a range of your own.",
        'inputs: tiers.messages: There is no such input. Did you mean "tiers.1.message_size"? '
        "Every input: exchange-calculator fields",
        "inputs: tiers.3.mailboxes: The design has 2 tiers. Name one of them.",
        'inputs: tiers.1.mailboxes: It does not move over "10..10". Give a wider range.',
        'inputs: environment.dags: "some" is not a range of values. Give "80..140", "normal(100, 15)", '
        '"triangular(80, 100, 140)", "100 +- 20 %" or "quantiles(12, 40, 310)"; "+- 20 %" and "0.5..2 times" refer to '
        "the present value.",
    ]


def test_an_input_varies_in_one_way():
    text = told(lambda: choose_inputs(TWO_TIERS, ["tiers.message_size", "tiers.2.message_size"], {}))
    assert text == (
        "inputs: tiers.2.message_size: It varies twice, as tiers.message_size and tiers.2.message_size. "
        "Name one of them."
    )


def test_nothing_that_varies_is_reported():
    assert told(lambda: choose_inputs(TWO_TIERS, (), {})) == "inputs: No input varies. Name some that the design uses."


# --- designs that hold distributions -------------------------------------------------------------

UNSURE = """
[servers.primary]
specint2006_rate = "normal(540, 20)"
[[tiers]]
mailboxes = 1000
messages_per_day = "80..140"
mailbox_size_limit = "2..4 GB"
"""


@pytest.fixture
def unsure(tmp_path):
    file = tmp_path / "unsure.toml"
    file.write_text(UNSURE)
    return file


def test_the_medians_of_distributions_in_a_profile_replace_them(unsure):
    profile, ranges = read_uncertain(unsure)
    assert {path: one.text for path, one in ranges.items()} == {
        "servers.primary.specint2006_rate": "normal(540, 20)",
        "tiers.1.messages_per_day": "80..140",
        "tiers.1.mailbox_size_limit": "2..4 GB",
    }
    assert profile.given == {
        "servers.primary.specint2006_rate": pytest.approx(540),
        "tiers.1.mailboxes": 1000,
        "tiers.1.messages_per_day": 110,
        "tiers.1.mailbox_size_limit": 3072,
    }


def test_sizing_a_profile_with_distributions_gives_a_hint(unsure):
    assert told(lambda: size(unsure)).splitlines() == [
        'unsure.toml line 3: servers.primary.specint2006_rate: "normal(540, 20)" is a range of values, but an input'
        " has one value. Give one value, or run the command uncertainty, which takes ranges.",
        'unsure.toml line 6: tiers.1.messages_per_day: "80..140" is a range of values, but an input has one value. '
        "Give one value, or run the command uncertainty, which takes ranges.",
        'unsure.toml line 7: tiers.1.mailbox_size_limit: "2..4 GB" is a range of values, but an input has one '
        "value. Give one value, or run the command uncertainty, which takes ranges.",
    ]


def test_problems_of_distributions_in_a_profile_are_reported_with_the_others(tmp_path):
    file = tmp_path / "wrong.toml"
    file.write_text('[[tiers]]\nmailboxes = "9..1"\nmessages_per_day = "+- 20%"\nmessage_size = -1\n')
    assert told(lambda: read_uncertain(file)).splitlines() == [
        'wrong.toml line 2: tiers.1.mailboxes: "9..1" begins above its end. Give the lower end first.',
        'wrong.toml line 3: tiers.1.messages_per_day: "+- 20%" has no middle value. Give a middle value, such as '
        "100 +- 20 %.",
        "wrong.toml line 4: tiers.1.message_size: -1 KB is not above 0. Give a number above 0 to 1,048,576.",
    ]


def test_a_mapping_holds_distributions_too():
    profile, ranges = read_uncertain({"tiers.1.mailboxes": "1000..2000", "tiers.1.message_size": 50})
    assert profile.given == {"tiers.1.mailboxes": 1500, "tiers.1.message_size": 50}
    assert list(ranges) == ["tiers.1.mailboxes"]


def test_texts_may_look_like_distributions():
    profile, ranges = read_uncertain({"tiers.1.name": "10 +- 2 of us", "tiers.1.mailboxes": 10})
    assert profile.given["tiers.1.name"] == "10 +- 2 of us"
    assert not ranges


def test_a_number_given_later_takes_the_place_of_a_distribution(unsure):
    ranges = Ranges()
    load(unsure, ranges)
    ranges("tiers.1.messages_per_day", BY_PATH["tiers.messages_per_day"], 100)
    assert "tiers.1.messages_per_day" not in ranges


def test_given_distributions_replace_those_of_the_same_input_in_the_design():
    given = read_uncertain({"tiers.1.mailboxes": 10, "tiers.1.message_size": "50..60"})[1]
    assert list(merge_distributions(TWO_TIERS, given, {"tiers.message_size": "1..2"})) == ["tiers.message_size"]
    assert list(merge_distributions(TWO_TIERS, given, {"environment.dags": "1..2"})) == [
        "tiers.1.message_size",
        "environment.dags",
    ]


def test_inputs_uncertain_to_a_planner_are_mailboxes_growth_messages_and_quota():
    found = {one.path: one for one in planning_doubts(Profile({"tiers.1.mailboxes": 1000.0}))}
    assert list(found) == list(PLANNING_DOUBTS)
    assert found["tiers.mailboxes"].ends() == {"tiers.1.mailboxes": (900.0, 1100.0)}
    assert found["tiers.mailbox_growth"].ends() == {"tiers.1.mailbox_growth": (0.0, 0.1)}  # the design has none
    forecast = planning_doubts(Profile({"tiers.1.mailboxes": 1000.0, "tiers.1.mailbox_growth": 0.2}))
    growth = next(one for one in forecast if one.path == "tiers.mailbox_growth")
    assert growth.ends() == {"tiers.1.mailbox_growth": pytest.approx((0.1, 0.3))}


def test_the_picture_of_a_distribution_is_highest_where_values_are_likeliest():
    [even] = choose_inputs(Profile(), (), {"tiers.message_size": "50..100"})
    low, high, heights = even.picture()
    assert (round(low), round(high)) == (50, 100)
    assert min(heights) > 0.95
    [whole] = choose_inputs(Profile(), (), {"tiers.mailboxes": "9000..11000"})
    assert min(whole.picture()[2]) > 0.98  # whole numbers are as even
    [few] = choose_inputs(Profile(), (), {"environment.mailbox_servers": "3..9"})
    heights = few.picture()[2]
    assert len(heights) == 7
    assert min(heights) > 0.95
    [likely] = choose_inputs(Profile(), (), {"tiers.message_size": "triangular(50, 90, 100)"})
    heights = likely.picture()[2]
    assert 13 <= heights.index(1.0) <= 16  # of 20 intervals
