"""Review, Capacity: how much a design holds until a limit is reached."""

import re

import pytest
from support.failing import CPU_UNKNOWN, OVERLOADED, UNRATED
from support.sessions import plain, shipped, sized, sound

from calculator.presentation.text import number as number_text
from calculator.studies.built_limits import CHECK
from calculator.studies.capacity import capacity
from calculator.ui.review.limit_texts import limit_title, places_text

pytestmark = pytest.mark.slow


def test_what_a_design_holds_is_an_upper_bound_where_its_cpu_is_not_known(review):
    at = review({**shipped("active_active").given, **UNRATED}, "Capacity")
    [warning] = [warning.value for warning in at.warning]
    assert warning == f"{CPU_UNKNOWN} It may set a lower limit, so what the design holds below is an upper bound."
    held = next(table.value for table in at.table if "The design holds" in table.value).iloc[0]
    assert held["The design holds"].replace("\\", "") == "at most 10,510\u00a0mailboxes"
    assert held["Headroom"].replace("\\", "") == "at most +5.1\u00a0%"


def test_limits_that_the_chart_of_capacity_leaves_out_are_named(review):
    said = "The chart shows the limits that are reached first. Link between datacenters is only in the table."
    assert said in plain(review("active_active", "Capacity"))
    assert not any(text.startswith("The chart shows the limits") for text in plain(review("exchange_2019", "Capacity")))


@pytest.mark.parametrize("name", ["active_active", "litigation_hold", "small_office"])
def test_what_a_design_holds_is_what_the_study_finds(review, name):
    at = review(name, "Capacity")
    found = capacity(shipped(name), at.get_by_key("capacity_inputs").value)
    table = next(table.value for table in at.table if "The design holds" in table.value)
    assert len(table) == len(found) == 3
    for shown, item in zip(table.to_dict("records"), found, strict=True):
        in_gb = item.path.endswith("mailbox_size_limit")  # in three digits, rounded down
        figure = f"{item.largest // 10.24 / 100:.3g}\u00a0GB" if in_gb else f"{item.largest:,.0f}\u00a0{item.unit}"
        assert shown["The design holds"].replace("\\", "") == figure
        assert shown["First limit"].replace("\\", "") == limit_title(item.limits[0], sized(at))
    limits = next(table.value for table in at.table if "Reached above" in table.value)
    listed = [limit for limit in found[0].limits if limit.limit != CHECK]
    assert [cell.replace("\\", "") for cell in limits["Limit"]] == [limit_title(limit, sized(at)) for limit in listed]
    assert [cell.replace("\\", "") for cell in limits["Limit used"]] == [
        number_text(limit.used, "share") for limit in listed
    ]


def test_the_growth_of_mailboxes_is_mentioned(review):
    said = "150 mailboxes today, 165 with the planned growth. It holds 163 today, 179 with the planned growth."
    assert f"The design has {said}" in plain(review("small_office", "Capacity"))
    assert not any("with the planned growth" in text for text in plain(review("active_active", "Capacity")))


def test_less_memory_for_more_mailboxes_is_explained(review):
    written = plain(review("small_office", "Capacity"))
    assert any(
        re.match(r"From about 15\d mailboxes, a server needs less memory: Microsoft's formula", t) for t in written
    )
    assert not any("needs less memory" in text for text in plain(review("active_active", "Capacity")))


def test_the_cpu_is_told_apart_from_the_share_of_its_limit(review):
    at = review("active_active", "Capacity")
    limits = next(table.value for table in at.table if "Reached above" in table.value).set_index("Limit")
    cpu = limits.loc["CPU, worst failure", ["Now", "At most", "Limit used"]]
    assert [cell.replace("\\", "").replace("\u00a0", " ") for cell in cpu] == ["52 % CPU", "80 % CPU", "65 %"]
    assert any("A CPU utilization of 52\u00a0% uses 65\u00a0% of its limit" in text for text in plain(at))


def test_a_check_without_figures_is_listed_only_if_it_is_the_first_limit(review):
    at = review("small_office", "Capacity")
    limits = next(table.value for table in at.table if "Reached above" in table.value)
    assert "n/a" not in limits.to_numpy()


def test_the_chart_of_capacity_is_that_of_the_chosen_input(review):
    at = review("active_active", "Capacity")
    [found] = capacity(shipped("active_active"), ["tiers.1.messages_per_day"])
    at.get_by_key("capacity_chart").set_value("tiers.1.messages_per_day").run()
    at.run()
    sound(at)
    assert any(
        f"the design holds {found.largest:.0f}\u00a0messages/day; it has 100\u00a0messages/day now." in text
        for text in plain(at)
    )


def test_a_limit_that_no_value_keeps_is_named_with_its_places(review):
    at = review(OVERLOADED.given, "Capacity")
    at.get_by_key("capacity_chart").set_value("tiers.1.mailbox_size_limit").run()
    at.run()
    sound(at)
    assert (
        "Mailbox quota: no value keeps all limits; it has 8\u00a0GB now. At every value, CPU exceeds the highest "
        "recommended utilization in the worst failure."
    ) in plain(at)
    quota = next(table.value for table in at.table if "First limit" in table.value).iloc[1]
    assert quota[["The design holds", "First limit", "Where"]].tolist() == [
        "no value keeps all limits",
        "CPU, worst failure",
        "both datacenters",
    ]
    limits = next(table.value for table in at.table if "Reached above" in table.value)
    assert limits["Limit"].tolist()[:2] == ["CPU, worst failure", "Database volume"]
    assert limits["Reached above"][0] == "exceeded at every value"


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("primary, secondary", "both datacenters"),
        ("secondary", "secondary datacenter"),
        ("primary, secondary, lagged", "both datacenters, servers for lagged copies"),
        ("Staff", "Staff"),
        ("", "whole design"),
    ],
)
def test_the_places_of_a_limit_are_in_words(places, words):
    assert places_text(places) == words
