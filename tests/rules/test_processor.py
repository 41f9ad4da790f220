"""Processor: megacycles of a server, load by failure mode, and dedicated Client Access servers."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call, call_correction

from calculator.inputs.choices import WORST_FAILURE

RATE = 33.75


def test_roles_in_use():
    found = call(
        "servers_in_use",
        two_datacenters=True,
        valid=[True, True, True, False],
        active_servers=(4, [4, 0, 0, 4]),
        dr_servers=(0, [0, 4, 0, 0]),
        environment__high_availability=True,
        lagged_servers_dedicated=[True, False, True, True],
        database_copies__lagged_copies=[1, 1, 0, 1],
    )
    assert_figures(found, ([1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]))


def test_a_core_against_the_reference_core():
    found = call(
        "megacycles_per_core",
        server_rating=([RATE * 8, RATE * 16, 0, RATE * 4, 540, RATE, RATE], RATE * 8, RATE * 8),
        servers__processor_cores=([8, 8, 8, 8, 16, 1, 2], 8, 4),
        servers_in_use=(1, 1, [1, 0, 1, 1, 1, 1, 1]),
    )
    assert_figures(
        found, ([2000, 4000, 0, 1000, 2000, 2000, 1000], [2000] * 7, [4000, 0, 4000, 4000, 4000, 4000, 4000])
    )
    available = call(
        "available_megacycles",
        servers__processor_cores=(8, 8, 4),
        megacycles_per_core=([2000, 0], 2000, [4000, 0]),
        servers_in_use=(1, [1, 0], [1, 1]),
    )
    assert_figures(available, ([16_000, NA], [16_000, NA], [16_000, 0]))


def test_a_guest_has_its_part_of_the_cores_of_its_host():
    """At 2:1 half the rating; below 1:1 nothing is gained; physical servers share with nobody.

    A host of 16 cores cannot give a whole core to each of 24 processors of a guest: 24 / 16 = 1.5.
    """
    shared = call(
        "guests_per_core",
        environment__virtualized=[True, True, True, False, True, True],
        servers__virtual_processors_per_core=[1, 2, 0.5, 2, 1, 2],
        servers__processor_cores=([8, 8, 8, 8, 24, 24], 8, 8),
        servers__host_cores=([NA, NA, NA, NA, 16, 16], NA, 32),
    )
    assert_figures(shared, ([1, 2, 1, 1, 1.5, 2], [1, 2, 1, 1, 1, 2], [1, 2, 1, 1, 1, 2]))
    rating = call(
        "server_rating",
        rated_by_host=([False, False, True, True], False, False),
        core_rating=([60, 60, 40, 40], 60, 60),
        servers__specint2006_rate=(480, 480, 0),
        servers__processor_cores=(8, 8, 8),
        guests_per_core=([1, 2, 1, 2], 1, 1),
    )
    assert_figures(rating, ([480, 240, 320, 160], [480] * 4, [0] * 4))


def test_the_rating_of_a_host_counts_per_core_where_its_cores_are_given():
    """1,280 on 32 cores is 40 per core, 540 on 16 cores is 33.75."""
    given = {
        "environment__virtualized": [True, False, True, True],
        "servers__host_rating": ([1280, 1280, NA, 1280], NA, NA),
        "servers__host_cores": ([32, 32, 32, NA], NA, NA),
    }
    hosted = call("rated_by_host", **given)
    assert hosted[0].tolist() == [True, False, False, False]
    del given["environment__virtualized"]
    rating = call(
        "core_rating",
        **given,
        rated_by_host=([True, False, False, False], False, False),
        servers__specint2006_rate=(540, 0, 0),
        servers__processor_cores=(16, 16, 16),
    )
    assert_figures(rating, ([40, 33.75, 33.75, 33.75], [0] * 4, [0] * 4))


def test_the_host_takes_two_processors_for_itself():
    """16 of a guest and 2 on 16 cores are 1.125 per core; at 2:1 the guests fill 32, and 34 / 16 is 2.125."""
    found = call(
        "host_processors_per_core",
        environment__virtualized=[True, True, True, False, True],
        servers__virtual_processors_per_core=[1, 2, 1, 2, 1],
        servers__processor_cores=(16, 16, 16),
        servers__host_cores=([16, 16, 24, 16, NA], NA, NA),
        guests_per_core=([1, 2, 1, 1, 1], 1, 1),
    )
    assert_figures(found[0], [1.125, 2.125, 0.75, NA, NA])


def test_virtual_servers_need_more():
    assert_figures(
        call("hypervisor_factor", environment__virtualized=[True, False], servers__hypervisor_overhead=0.1), [1.1, 1]
    )
    total = call(
        "cas_megacycles_total",
        mailboxes_projected=([1000, 1000], 500),
        cas_megacycles=(2, 4),
        hypervisor_factor=[1, 1.1],
    )
    assert_figures(total, [4000, 4400])


def test_dedicated_client_access_servers():
    least = call(
        "cas_servers_minimum",
        environment__multi_role=[False, False, True, False],
        valid=[True, True, True, False],
        two_datacenters=[True, False, True, True],
        megacycles_per_core=([2000, 2000, 2000, 2000], [2000, 2000, 2000, 2000], 0),
        available_megacycles=(10_000, 5000, NA),
        cas_megacycles_total=[16_000, 8001, 8000, 8000],
    )
    assert_figures(least, ([2, 2, NA, NA], [4, NA, NA, NA]))
    assert_figures(call("cas_servers", cas_servers_minimum=([2, NA], [4, NA])), ([4, NA], [6, NA]))


def test_load_of_a_database():
    for name, cycles in (("active", "active_megacycles"), ("passive", "passive_megacycles"), ("cas", "cas_megacycles")):
        found = call(
            f"{name}_megacycles_per_database",
            tier_mailboxes_per_database=([100, 100], 50),
            **{cycles: (8.5, 4)},
            hypervisor_factor=[1, 1.1],
        )
        assert_figures(found, [1050, 1155])


MODES = ([6, 8, 12, 0, 12], [6, 8, 12, 24, 24])
"""Active databases of a server, primary and secondary: normal, one and two failures, the site, the worst."""


def by_mode(primary, secondary):
    return tuple(([p], [s]) for p, s in zip(primary, secondary, strict=True))


def test_load_by_failure_mode():
    sized = by_mode(*MODES)
    applies = call("mode_applies", sized_databases_by_mode=sized, servers_in_use=(1, 1, 0), takeover_copies=48)
    assert_figures(applies[:, :, 0], ([1, 1],) * 5)
    active = call(
        "active_megacycles_by_mode",
        sized_databases_by_mode=sized,
        active_megacycles_per_database=100,
        takeover_copies=48,
        mode_applies=tuple(([1], [1]) for _ in range(5)),
    )
    assert_figures(active[:, 0, 0], [600, 800, 1200, 0, 1200])
    assert_figures(active[:, 1, 0], [600, 800, 1200, 2400, 2400])
    given = {
        "sized_databases_by_mode": sized,
        "sized_copies_per_server": 20,
        "passive_megacycles_per_database": 10,
        "environment__high_availability": True,
        "two_datacenters": True,
        "active_passive": False,
        "takeover_copies": 48,
        "mode_applies": tuple(([1], [1]) for _ in range(5)),
    }
    passive = call("passive_megacycles_by_mode", **given)
    assert_figures(passive[:, 0, 0], [140, 120, 80, 200, 80])
    assert_figures(passive[:, 1, 0], [140, 120, 80, -40, -40])
    given = {
        name: given[name] for name in ("sized_databases_by_mode", "passive_megacycles_per_database", "mode_applies")
    }
    given["passive_megacycles_by_mode"] = by_mode([140, 120, 80, 0, 80], [140, 120, 80, -40, -40])
    given["sized_copies_per_server"] = (30, 20)
    corrected = call_correction("passive_megacycles_by_mode", **given, layout_possible=False)
    assert_figures(corrected[:, 0, 0], [140, 120, 80, 0, 80])
    assert_figures(corrected[:, 1, 0], [140, 120, 80, 0, 0])
    # After the loss of the secondary a server of the primary has its 30 copies, of which none is active here.
    corrected = call_correction("passive_megacycles_by_mode", **given, layout_possible=True)
    assert_figures(corrected[:, 0, 0], [140, 120, 80, 300, 80])


def test_copies_of_the_secondary_that_take_over():
    assert_figures(call("takeover_copies", remote_ha_copies=(10, [48, 0])), [48, 0])
    given = {"takeover_copies": [48, 0, 0, 0], "layout_lagged_copies": (0, [1, 1, 0, 1]), "active_databases": (24, 0)}
    found = call_correction("takeover_copies", **given, layout_possible=[True, True, True, False])
    assert_figures(found, [48, 24, 0, 0])


def test_cpu_utilization():
    given = {
        "active_megacycles_by_mode": by_mode([600, 800, 1200, 0, 1200], [600, 800, 1200, 2400, 2400]),
        "passive_megacycles_by_mode": by_mode([140, 120, 80, 200, 80], [140, 120, 80, 0, 0]),
        "cas_megacycles_by_mode": by_mode([260] * 5, [260] * 5),
        "available_megacycles": (10_000, 5000, NA),
        "megacycles_per_core": (2000, 2000, 0),
        "active_after_site_failure": NA,
    }
    used = call("cpu_utilization_by_mode", **given, environment__multi_role=True, valid=True)
    assert_figures(used[:, 0, 0], [0.1, 0.118, 0.154, NA, 0.154])
    assert_figures(used[:, 1, 0], [0.2, 0.236, 0.308, 0.532, 0.532])
    apart = call("cpu_utilization_by_mode", **given, environment__multi_role=False, valid=True)
    assert_figures(apart[0, :, 0], [0.074, 0.148])
    assert_figures(call("cpu_utilization_by_mode", **given, environment__multi_role=True, valid=False), NA)


@pytest.mark.parametrize(
    ("rates", "servers", "worst"),
    [
        ((2000, 2000, 0), (5, 5, 0), 0.532),
        ((0, 2000, 0), (5, 5, 0), NA),  # the CPU of the other datacenter may be higher
        ((2000, 0, 0), (5, 5, 0), NA),
        ((2000, 0, 0), (5, 0, 0), 0.532),
    ],
)
def test_the_worst_cpu_is_known_only_if_that_of_both_datacenters_is(rates, servers, worst):
    by_datacenter = by_mode([0, 0, 0, 0, 0.154], [0, 0, 0, 0, 0.532])
    found = call(
        "worst_cpu_utilization",
        cpu_utilization_by_mode=by_datacenter,
        megacycles_per_core=rates,
        servers_in_use=servers,
    )
    assert_figures(found, [worst])


@pytest.mark.parametrize(
    ("modes", "after_site", "secondary_copies", "failures"),
    [
        # Active databases: normal, one and two failed servers, loss of the other datacenter, worst.
        (([6, 8, 12, 0, 12], [0, 0, 1, 6, 8]), (8, NA), 24, ("double", "site_and_single")),
        (([8, 10, 12, 16, 20], [8, 10, 12, 16, 20]), (20, NA), 40, ("site_and_single", "site_and_single")),
        (([8, 10, 12, 16, 24], [8, 10, 12, 16, 24]), (20, 24), 40, ("site_and_double", "site_and_double")),
        (([4, 6, NA, 0, 6], [0, 0, NA, 6, 6]), (NA, NA), 12, ("single", "site")),
        # One and two failed servers alike: the more likely failure is named.
        (([2, 4, 4, 0, 4], [0, 0, 0, 0, NA]), (NA, NA), 0, ("single", "normal")),
        # One copy at home, both homes on one server: neither a failed server nor the datacenter row has the figure.
        (([6, NA, NA, NA, 12], [6, NA, NA, 12, 12]), (NA, NA), 6, ("site", "site")),
        # Held to the eight copies of the server, which one failed server makes active already.
        (([6, 8, 12, 0, 8], [0, 0, 1, 6, 8]), (8, NA), 24, ("single", "site_and_single")),
    ],
)
def test_the_failure_behind_the_worst_cpu(modes, after_site, secondary_copies, failures):
    found = call(
        "worst_cpu_failure",
        sized_databases_by_mode=by_mode(*modes),
        active_after_site_and_first_failure=after_site[0],
        active_after_site_and_second_failure=after_site[1],
        environment__high_availability=True,
        takeover_copies=secondary_copies,
        cpu_utilization_by_mode=by_mode([0.5] * 5, [0.5] * 5),
    )
    assert [WORST_FAILURE.words[code] for code in found[:, 0]] == list(failures)


def test_no_failure_is_named_without_a_worst_cpu():
    given = {
        "sized_databases_by_mode": by_mode([6, 8, 12, 0, 12], [0] * 5),
        "active_after_site_and_first_failure": NA,
        "active_after_site_and_second_failure": NA,
        "takeover_copies": 0,
    }
    none = by_mode([NA] * 5, [NA] * 5)
    found = call("worst_cpu_failure", **given, environment__high_availability=True, cpu_utilization_by_mode=none)
    assert found[:, 0].tolist() == [-1, -1]
    some = by_mode([0.5] * 5, [NA] * 5)
    found = call("worst_cpu_failure", **given, environment__high_availability=False, cpu_utilization_by_mode=some)
    assert found[:, 0].tolist() == [0, -1]  # a standalone server carries its databases without a failure


def test_lagged_servers():
    load = call(
        "lagged_server_megacycles",
        servers_in_use=(1, 1, [1, 0]),
        database_copies_per_server=24,
        passive_megacycles_per_database=10,
    )
    assert_figures(load, [240, NA])
    used = call(
        "lagged_server_cpu_utilization",
        lagged_server_megacycles=240,
        available_megacycles=(NA, NA, 2400),
        lagged_servers_total=[2, 0, 2, 2],
        valid=[True, True, False, True],
        megacycles_per_core=(0, 0, [600, 600, 600, 0]),
    )
    assert_figures(used, [0.1, NA, NA, NA])


def test_cores_in_the_worst_mode():
    active, passive = by_mode([0, 0, 0, 0, 1200], [0, 0, 0, 0, 2400]), by_mode([0, 0, 0, 0, 80], [0, 0, 0, 0, 0])
    cores = call(
        "mailbox_cores",
        active_megacycles_by_mode=active,
        passive_megacycles_by_mode=passive,
        lagged_server_megacycles=240,
        megacycles_per_core=(640, 800, 0),
    )
    assert_figures(cores, ([2], [3], [NA]))
    assert_figures(
        call("active_mailbox_cores", active_megacycles_by_mode=active, megacycles_per_core=(600, 0, 0)), ([2], [NA])
    )
    assert_figures(call("cas_cores", cas_megacycles_by_mode=active, megacycles_per_core=(600, 800, 0)), ([2], [3]))
