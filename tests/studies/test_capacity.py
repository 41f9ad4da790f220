"""The largest values that a design holds: against brute force, and one unit more is too much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.failing import OVERLOADED
from support.golden_designs import golden_designs
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import load
from calculator.issues import ERROR, InputError
from calculator.studies.capacity import ALL_MAILBOXES, Capacity, Headroom, capacity, headroom, room_of

QUOTA, MESSAGES = "tiers.1.mailbox_size_limit", "tiers.1.messages_per_day"
NAMES = (
    "active_active",
    "active_passive",
    "hundred_thousand_mailboxes",
    "litigation_hold",
    "single_site",
    "small_office",
)


def profile(name, values=()):
    return load(PROFILES / f"{name}.toml").with_values(dict(values))


def first(found: Capacity) -> tuple[object, ...]:
    limit = found.limits[0]
    return found.largest, limit.limit, limit.place, limit.reason


def exceeds(found: Capacity, value: float) -> bool:
    """Return whether a value of the input exceeds a limit, measured for it alone."""
    measured = found._search.measure(np.array([round(value / found.step)]))
    return any(bool(flags[0]) for flags in measured.exceeded.values())


def test_what_the_shipped_profiles_hold():
    found = {name: [first(each) for each in capacity(profile(name))] for name in NAMES[4:]}
    full = "A volume of 3,726 GB does not fit its disk of 3,725 GB."
    assert found == {
        "single_site": [
            (3816, "volume", "primary", full),
            (5595, "volume", "primary", full),
            (124, "memory", "primary", ""),
        ],
        "small_office": [
            (163, "raid_disks", "primary", ""),
            (4483, "raid_disks", "primary", ""),
            (310, "memory", "primary", ""),
        ],
    }


def test_a_larger_quota_fills_the_disk_of_a_volume():
    """A disk sold as 4,000 GB has 3,725.29 GB; a volume has 3,725.03 GB with 5,595 MB and 3,725.66 GB with 5,596 MB."""
    sizes = {quota: size(profile("single_site", {QUOTA: quota})) for quota in (5595.0, 5596.0)}
    volumes = [round(design["volume_database_volume_size"], 2) for design in sizes.values()]
    assert volumes == [3725.03, 3725.66]
    assert round(sizes[5595.0]["storage_database_disk_formatted.primary"], 2) == 3725.29
    assert capacity(profile("single_site"), [QUOTA])[0].largest == 5595


@pytest.mark.parametrize(("path", "span"), [(ALL_MAILBOXES, 400), (QUOTA, 600), (MESSAGES, 40)])
def test_brute_force_finds_the_same(path, span):
    """Every value from the one given on is tried."""
    found = capacity(profile("single_site"), [path])[0]
    values = found.given + np.arange(span)
    measured = found._search.measure(values)
    wrong = np.stack(list(measured.exceeded.values())).any(axis=0)
    assert values[int(np.argmax(wrong)) - 1] == found.largest


@pytest.mark.parametrize("name", NAMES)
def test_one_step_above_the_largest_value_exceeds_a_limit(name):
    for found in capacity(profile(name)):
        assert found.largest is not None
        assert not exceeds(found, found.largest)
        assert exceeds(found, found.largest + found.step)
        if found.path != ALL_MAILBOXES:
            design = size(profile(name, {found.path: found.largest}))
            assert not [issue for issue in design.issues if issue.severity == ERROR]
            assert (design["worst_cpu_utilization"] or 0) <= 0.8


@pytest.mark.slow
@settings(max_examples=20)
@given(st.sampled_from([design for design in golden_designs() if design.valid]))
def test_one_step_above_the_largest_value_exceeds_a_limit_of_any_design(golden):
    try:
        found = capacity(golden.inputs, [ALL_MAILBOXES])[0]
    except InputError:
        return  # a design without mailboxes
    if found.largest is not None:
        assert not exceeds(found, found.largest)
        assert not found.limits or exceeds(found, found.largest + found.step)


def test_limits_come_in_the_order_in_which_they_are_reached():
    found = capacity(profile("active_passive"), [ALL_MAILBOXES])[0]
    assert [(limit.limit, limit.largest) for limit in found.limits[:3]] == [
        ("disk_iops", 5721),
        ("volume", 5963),
        ("memory", 6007),
    ]
    assert found.sentence == (
        "Mailboxes (tiers.mailboxes): the design holds 5,721 mailboxes; 5,000 mailboxes are given. Beyond that, a "
        "disk is too slow for its databases: A volume needs 58 IOPS, but its disk sustains only 57.5."
    )
    assert [row["limit"] for row in found.rows(2)] == ["disk_iops", "volume"]


def test_mailboxes_of_several_tiers_keep_their_proportions():
    found = capacity(profile("litigation_hold"), [ALL_MAILBOXES])[0]
    columns = found._search.columns(np.array([2640.0, 2925.0, 1.0]))
    given_tiers = [profile("litigation_hold").value(f"tiers.{tier}.mailboxes") for tier in (1, 2)]
    assert [column[0] for column in columns.values()] == given_tiers
    assert [sum(column[place] for column in columns.values()) for place in range(3)] == [2640, 2925, 1]


def test_installed_memory_is_the_memory_that_is_there():
    """The design needs 49 GB in a server and would be built with 64; 60 installed GB are reached earlier."""
    more = capacity(profile("single_site"), [MESSAGES])[0]
    less = capacity(profile("single_site", {"servers.primary.installed_memory": 60.0}), [MESSAGES])[0]
    assert less.limits[0].limit == more.limits[0].limit == "memory"
    assert less.limits[0].threshold == 60
    assert less.largest < more.largest


def test_a_design_beyond_a_limit_holds_less_than_given():
    found = capacity(profile("single_site", {"tiers.1.mailboxes": 8000.0}), [ALL_MAILBOXES])[0]
    assert found.largest < 8000
    assert not exceeds(found, found.largest)
    assert exceeds(found, found.largest + 1)


def test_without_a_rating_cpu_is_not_known():
    found = capacity(profile("single_site", {"servers.primary.specint2006_rate": 0.0}), [ALL_MAILBOXES])[0]
    assert found.unknown == ("cpu",)
    assert "cpu" not in {limit.limit for limit in found.limits}


def test_the_room_is_an_upper_bound_where_cpu_is_not_known():
    unrated = {"servers.primary.specint2006_rate": 0.0}
    found = capacity(profile("active_active", unrated), [ALL_MAILBOXES])[0]
    assert found.unknown == ("cpu",)
    assert room_of(size(profile("active_active", unrated))) == (
        "Room for at most 5.1 % more mailboxes: the database volume is the tightest limit. CPU may leave less: it is "
        "not known, because the processors of the primary datacenter have no rating."
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"environment.mailbox_servers": 2.0},
            "The design is invalid, so its capacity cannot be computed. Run the command check to see the errors.",
        ),
        (
            {"tiers.1.mailboxes": 0.0},
            "The design has no mailboxes, so there is nothing to study. Give a tier with mailboxes.",
        ),
    ],
)
def test_a_design_that_was_not_sized_holds_nothing(values, message):
    with pytest.raises(InputError) as caught:
        capacity(profile("single_site", values))
    assert [issue.message + " " + issue.hint for issue in caught.value.issues] == [message]


def test_no_value_may_keep_the_limits():
    """The disks are too small for the volumes with any number of messages."""
    found = capacity(profile("single_site", {"storage.primary.database_disk_capacity": 300.0}), [MESSAGES])[0]
    assert (found.largest, found.limits[0].limit) == (None, "volume")
    assert found.sentence == (
        "Messages per day (tiers.1.messages_per_day): no value keeps all limits; 100 messages/day are given. At every "
        "value, a volume outgrows its disk."
    )


def test_a_value_that_is_invalid_keeps_no_limit():
    """Without a quota the design has no figures; with every quota CPU is exceeded."""
    found = capacity(OVERLOADED, [QUOTA])[0]
    assert found.largest is None
    assert [(limit.limit, limit.largest, limit.place) for limit in found.limits[:2]] == [
        ("cpu", None, "primary, secondary"),
        ("volume", 8113, "primary, secondary"),
    ]
    assert (round(found.limits[0].value, 2), round(found.limits[0].used, 2)) == (1.36, 1.70)
    assert found.consequence == (
        "At every value, CPU exceeds the highest recommended utilization in the worst failure."
    )


def test_the_cpu_of_a_standalone_server_has_no_failure():
    found = capacity(profile("small_office", {"servers.primary.specint2006_rate": 20.0}), [ALL_MAILBOXES])[0]
    assert found.consequence == "Beyond that, CPU exceeds the highest recommended utilization."


def test_the_message_of_a_check_belongs_to_the_limit_that_it_repeats():
    found = capacity(OVERLOADED, [ALL_MAILBOXES])[0]
    assert {limit.limit: limit.reason for limit in found.limits[:3]} == {
        "cpu": "",  # the check fails at 100 % CPU, the limit is 80 %
        "volume": "A volume of 3,726 GB does not fit its disk of 3,725 GB.",
        "disk_iops": "",
    }


def test_the_curve_reaches_each_threshold_where_the_limit_is():
    found = capacity(profile("single_site"), [ALL_MAILBOXES])[0]
    volume = [(row["value"], row["used"]) for row in found.curve() if row["limit"] == "volume"]
    assert all((used > 1) == (value > 3816) for value, used in volume)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("tiers.1.wishes", "This is not an input with a number. Name one, such as tiers.1.mailbox_size_limit."),
        ("names.dag", "This is not an input with a number. Name one, such as tiers.1.mailbox_size_limit."),
        (
            "environment.mailbox_servers",
            "This input describes what is built, which does not change in this study. Name one of the sections "
            "tiers, data, io, mailbox, backup, transport, replication.",
        ),
    ],
)
def test_what_cannot_be_raised(path, message):
    with pytest.raises(InputError) as caught:
        capacity(profile("single_site"), [path])
    assert [str(issue) for issue in caught.value.issues] == [f"{path}: {message}"]


@pytest.mark.parametrize("name", NAMES)
def test_the_headroom_is_that_of_the_mailboxes(name):
    exact = capacity(profile(name), [ALL_MAILBOXES])[0]
    found = headroom(profile(name))
    assert found.more == exact.largest / exact.given - 1
    assert found.limit == exact.limits[0].limit


def test_the_headroom_is_a_sentence():
    assert room_of(size(profile("active_active"))) == (
        "Room for 5.1 % more mailboxes: the database volume is the tightest limit."
    )
    assert Headroom(0, "memory").sentence == (
        "Room for less than 0.1 % more mailboxes: the memory of a server is the tightest limit."
    )
    assert Headroom(0.404, "cpu").sentence.startswith("Room for 40 % more mailboxes: ")
    assert Headroom(None, "link", ("link",)).sentence == (
        "No room for more mailboxes: the link between the datacenters exceeds its limit already."
    )
    assert Headroom(9.0, "").sentence == "Room for ten times the mailboxes: no limit is reached up to there."


def test_a_design_that_exceeds_a_limit_or_reaches_none_has_no_number_of_percent():
    large = headroom({"tiers.1.mailboxes": 5000.0, "servers.primary.installed_memory": 16.0})
    assert (large.more, large.limit) == (None, "memory")
    assert room_of(size({})) == ""


def test_every_limit_that_a_design_exceeds_is_named_the_one_exceeded_most_first():
    """CPU is at 170 % of its limit, and the volume at 101 %."""
    design = size(OVERLOADED)
    assert headroom(OVERLOADED, design).exceeded == ("cpu", "volume")
    assert room_of(design) == (
        "No room for more mailboxes: the CPU of a server and the database volume exceed their limits already."
    )
