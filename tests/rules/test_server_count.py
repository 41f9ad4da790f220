"""Database copies of each datacenter and server, and the servers of a DAG."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call, call_correction


def test_active_databases_are_halved_with_the_odd_one_in_the_primary():
    found = call(
        "active_databases", databases=[48, 7, 1, 48, 0, 12, 13], two_way=[True, True, True, False, True, False, True]
    )
    assert_figures(found, ([24, 4, 1, 48, 0, 12, 7], [24, 3, 0, 0, 0, 0, 6]))


def test_copies_of_own_and_remote_databases():
    active, copies = ([24, 48, 10], [24, 0, 0]), ([2, 3, 1], [2, 1, 0])
    native = call(
        "native_ha_copies",
        active_databases=active,
        ha_copies=copies,
        environment__high_availability=[True, True, False],
        two_way=[True, False, False],
    )
    assert_figures(native, ([48, 144, 0], [48, 0, 0]))
    remote = call(
        "remote_ha_copies",
        active_databases=active,
        ha_copies=copies,
        two_datacenters=[True, True, False],
        two_way=[True, False, False],
        database_copies__ha_copies_secondary=[2, 1, 0],
    )
    assert_figures(remote, ([48, 0, 0], [48, 48, 0]))


def test_lagged_database_copies():
    found = call(
        "lagged_database_copies",
        databases=48,
        active_databases=([24, 48, 48], [24, 0, 0]),
        lagged_copies=(1, [1, 1, 0]),
        two_datacenters=[True, True, False],
        active_passive=[False, True, True],
        active_active_multiple_dags=False,
        two_way=[True, False, False],
    )
    assert_figures(found, ([48, 48, 48], [48, 48, 0]))


def test_remote_copies_add_the_lagged_copies_of_each_side():
    given = {
        "remote_ha_copies": ([0, 0, 10, 0, 24, 0, 10], [48, 48, 20, 20, 24, 20, 20]),
        "lagged_database_copies": (5, 7),
        "database_copies__lagged_copies_secondary": [0, 1, 1, 2, 1, 0, 3],
        "lagged_servers_dedicated": [False, False, True, False, False, True, False],
    }
    # Without lagged copies in the secondary none are added: 0 is the edge.
    assert_figures(call("remote_copies", **given), ([0, 7, 10, 7, 31, 0, 17], [48, 55, 20, 27, 31, 20, 27]))


def test_remote_copies_of_databases_at_home_in_the_other_datacenter():
    """24 databases, two HA copies and one lagged copy of each in the other datacenter: 12 x 3 are 36 on each side."""
    given = {
        "remote_ha_copies": ([24, 0, 24, 0], [24, 48, 24, 0]),
        "active_databases": ([12, 24, 12, 24], [12, 0, 12, 0]),
        "lagged_copies": (1, [1, 1, 1, 0]),
        "two_datacenters": [True, True, True, False],
        "two_way": [True, False, True, False],
        "lagged_servers_dedicated": [False, False, True, False],
    }
    assert_figures(call_correction("remote_copies", **given), ([36, 0, 24, 0], [36, 72, 24, 0]))


def test_copies_on_a_server():
    found = call(
        "database_copies_per_server",
        environment__high_availability=[True, True, True, False, True],
        site_resilience__enabled=[True, True, False, False, True],
        active_active_single_dag=[True, False, False, False, True],
        dr_servers_dedicated=False,
        lagged_servers_dedicated=[False, True, False, False, False],
        native_ha_copies=(48, 0),
        remote_ha_copies=(48, 48),
        lagged_database_copies=(24, 0),
        active_databases=(48, 0),
        environment__mailbox_servers=[4, 5, 4, 2, 4],
        volume_count_automatic=[True, True, True, True, False],
        storage__data_volumes_per_server=5,
        databases_per_volume=4,
    )
    # 120 over 4; 48 over 5 is 9.6; 72 over 4; all 48 of a standalone server; 5 volumes of 4 hold 20
    assert_figures(found, [30, 10, 18, 48, 20])


def test_servers_of_a_dag():
    given = {
        "native_ha_copies": (48, [48, 0, 48, 48]),
        "remote_ha_copies": (0, 48),
        "lagged_database_copies": (0, 0),
        "lagged_servers_dedicated": False,
        "database_copies_per_server": [24, 24, 30, 24],
        "environment__mailbox_servers": [4, 4, 5, 3],
    }
    active = call(
        "active_servers", **given, two_way=[True, False, True, True], dr_servers_dedicated=[False, False, False, True]
    )
    assert_figures(active, ([4, 4, 5, 3], [4, 0, 4, 2]))
    dr = call(
        "dr_servers",
        two_way=[True, False, True, True],
        two_datacenters=[True, True, True, False],
        active_active_single_dag=[True, False, True, True],
        dr_servers_dedicated=[True, False, False, True],
        environment__mailbox_servers=[4, 4, 4, 1],
        ha_copies=(2, 2),
        remote_copies=([30, 0, 30, 30], [50, 48, 50, 50]),
        database_copies_per_server=24,
    )
    assert_figures(dr, ([2, 0, 0, 0], [3, 2, 0, 0]))
    total = call(
        "servers_total",
        environment__high_availability=[True, True, False],
        site_resilience__enabled=[True, True, False],
        active_active_multiple_dags=[False, True, False],
        active_servers=(4, 4),
        dr_servers=(1, 2),
    )
    assert_figures(total, [11, 6, NA])


def test_dedicated_lagged_servers():
    given = {
        "lagged_servers_dedicated": [True, True, False, True],
        "lagged_database_copies": (48, [25, 0, 25, 25]),
        "database_copies_per_server": 24,
    }
    total = call(
        "lagged_servers_total",
        **given,
        environment__high_availability=[True, True, True, False],
        database_copies__lagged_copies=1,
    )
    assert_figures(total, [4, 2, 0, 0])
    each = call(
        "lagged_servers",
        **given,
        two_datacenters=[True, True, True, False],
        database_copies__lagged_copies_secondary=[1, 0, 1, 1],
        lagged_servers_total=[4, 2, 0, 0],
    )
    assert_figures(each, ([2, 2, 0, 0], [2, 0, 0, 0]))
    assert_figures(
        call("dag_members", environment__high_availability=[True, False], servers_total=8, lagged_servers_total=2),
        [10, NA],
    )


def test_databases_of_a_server():
    found = call(
        "databases_of_a_server",
        environment__high_availability=[True, True, True, False],
        databases=48,
        copies_total=4,
        servers_total=[8, 6, NA, NA],
        lagged_servers_total=[0, 2, 0, 0],
    )
    assert_figures(found, [24, 24, NA, 48])


def test_copies_that_the_layout_puts_on_a_server():
    """12 databases: two copies each on three servers and one on two; 24: one of three copies is lagged."""
    given = {
        "valid": [True, True, True, False],
        "environment__high_availability": [True, True, False, True],
        "databases": [12, 24, 12, 12],
        "ha_copies": ([2, 2, 2, 2], [1, 1, 1, 1]),
        "lagged_copies": ([0, 0, 0, 0], [0, 1, 0, 0]),
        "summary_mailbox_servers_by_datacenter": ([3, 4, 3, 3], [2, 4, 2, 2]),
    }
    found = call("layout_copies_per_server", **given, lagged_servers_dedicated=[False, False, False, False])
    assert_figures(found, ([8, 12, NA, NA], [6, 12, NA, NA]))
    apart = call("layout_copies_per_server", **given, lagged_servers_dedicated=[True, True, True, True])
    assert_figures(apart, ([8, 12, NA, NA], [6, 6, NA, NA]))
    assert_figures(call("primary_copies_per_server", layout_copies_per_server=([8], [6])), [8])
    assert_figures(call("secondary_copies_per_server", layout_copies_per_server=([8], [6])), [6])
