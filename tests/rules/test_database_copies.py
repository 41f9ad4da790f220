"""Copies of a database in each datacenter, their volumes and the lag of lagged copies."""

from __future__ import annotations

import pytest
from support.rule_calls import assert_figures, call

from calculator.inputs.choices import Architecture, BackupFrequency, BackupMethod, DesignApproach, Storage

PLACES = {
    "environment__high_availability": [True, True, True, True, False, True, True],
    "two_datacenters": [True, True, False, True, False, True, True],
    "site_resilience__enabled": [True, True, False, True, False, True, True],
}


def test_ha_copies_of_each_datacenter():
    found = call(
        "ha_copies",
        **PLACES,
        database_copies__ha_copies=[4, 3, 3, 2, 2, 16, 1],
        database_copies__ha_copies_secondary=[2, 1, 0, 1, 0, 8, 0],
    )
    assert_figures(found, ([2, 2, 3, 1, 0, 8, 1], [2, 1, 0, 1, 0, 8, 0]))


def test_lagged_copies_of_each_datacenter():
    found = call(
        "lagged_copies",
        **PLACES,
        database_copies__lagged_copies=[1, 2, 1, 0, 1, 2, 0],
        database_copies__lagged_copies_secondary=[1, 1, 0, 1, 0, 0, 0],
    )
    assert_figures(found, ([0, 1, 1, 0, 0, 2, 0], [1, 1, 0, 0, 0, 0, 0]))


def test_lagged_copies_count_as_ha_copies_with_the_replay_lag_manager():
    active = call(
        "replay_lag_manager_active",
        environment__high_availability=[True, True, True, False, True, True, True],
        lagged_servers_dedicated=[False, False, True, False, False, False, False],
        database_copies__ha_copies=[3, 2, 3, 3, 4, 3, 16],
        database_copies__replay_lag_manager=[True, True, True, True, False, True, True],
    )
    assert active.tolist() == [True, False, False, False, False, True, True]
    effective = call(
        "effective_ha_copies",
        **PLACES,
        ha_copies=(2, [1, 2, 0, 1, 0, 2, 2]),
        database_copies__lagged_copies=2,
        database_copies__lagged_copies_secondary=[1, 1, 0, 2, 0, 0, 0],
        replay_lag_manager_active=[True, False, True, True, False, True, True],
    )
    assert_figures(effective, ([3, 2, 4, 2, 2, 4, 4], [2, 2, 0, 3, 0, 2, 2]))
    assert_figures(
        call("effective_lagged_copies", lagged_copies=(1, 2), replay_lag_manager_active=[True, False]), ([0, 1], [0, 2])
    )


@pytest.mark.parametrize("lag", ["replay", "truncation"])
def test_the_lag_is_at_most_fourteen_days(lag):
    found = call(
        f"{lag}_lag",
        database_copies__lagged_copies=[1, 1, 1, 1, 0, 2, 1],
        **{f"database_copies__{lag}_lag_delay": [24, 168, 336, 337, 168, 12, 0]},
    )
    assert_figures(found, [1, 7, 14, 14, 0, 0.5, 0])


def test_several_databases_share_a_volume_with_three_even_copies_on_jbod():
    found = call(
        "multiple_databases_per_volume",
        environment__high_availability=[True, True, True, True, True, False, True],
        site_resilience__enabled=[True, True, True, True, False, False, True],
        active_active_single_dag=[True, True, False, False, False, False, False],
        copies_total=[4, 4, 4, 4, 3, 3, 2],
        copies_there=([2, 3, 3, 3, 3, 3, 1], [2, 1, 1, 1, 0, 0, 1]),
        environment__mailbox_servers=[4, 6, 6, 5, 4, 4, 4],
        storage__consider_jbod=True,
        storage__multiple_databases_per_volume=True,
    )
    # Uneven copies: never in one active/active DAG, else with a multiple of three servers only.
    assert found.tolist() == [True, False, True, False, True, False, False]


def test_how_databases_are_put_on_volumes():
    found = call(
        "volume_design_approach",
        environment__high_availability=[True, True, True, False, False, False, True],
        database_log_isolation=[False, False, True, True, True, True, False],
        multiple_databases_per_volume=[True, False, True, False, False, False, True],
        database_copies__ha_copies=[3, 3, 3, 1, 1, 1, 1],
        storage__consider_jbod=True,
        backup__method=[BackupMethod.NATIVE_DATA_PROTECTION] * 2
        + [BackupMethod.HARDWARE_VSS]
        + [BackupMethod.SOFTWARE_VSS] * 4,
        backup__frequency=[BackupFrequency.DAILY_FULL] * 4 + [BackupFrequency.WEEKLY_FULL_DAILY_INCREMENTAL] * 3,
    )
    one, several, sets = DesignApproach.ONE_PER_DATABASE, DesignApproach.MULTIPLE, DesignApproach.BACKUP_SET
    assert found.tolist() == [several, one, one, one, sets, sets, sets]
    architecture = call(
        "volume_architecture",
        volume_design_approach=found.tolist(),
        environment__high_availability=[True, True, True, False, False, False, True],
        copies_total=[3, 3, 3, 1, 1, 1, 1],
        database_log_isolation=[False, False, True, True, True, True, False],
        multiple_databases_per_volume=[True, False, True, False, False, False, True],
    )
    assert architecture.tolist() == [
        Architecture.MULTIPLE_DATABASES_PER_VOLUME,
        Architecture.ONE_VOLUME_PER_DATABASE,
        Architecture.TWO_VOLUMES_PER_DATABASE,
        Architecture.TWO_VOLUMES_PER_DATABASE,
        *[Architecture.TWO_VOLUMES_PER_BACKUP_SET] * 3,
    ]


def test_jbod_needs_three_copies_and_two_lagged_ones():
    found = call(
        "jbod_suitable",
        storage__consider_jbod=[True, True, True, True, True, False, True],
        logs_share_volume=True,
        several_per_volume=[False, False, False, False, True, False, False],
        database_copies__ha_copies=[3, 2, 3, 3, 3, 4, 4],
        lagged_servers_dedicated=[False, False, False, True, False, False, False],
        lagged_copies=([0, 0, 1, 1, 1, 0, 2], 0),
        site_resilience__enabled=[False, False, False, False, False, False, True],
        active_active_single_dag=[False, False, False, False, False, False, True],
        dr_servers_dedicated=False,
        copies_there=(3, 1),
        ha_copies=(3, 1),
    )
    # The last design has a single copy in the secondary of an active/active DAG.
    assert found.tolist() == [True, False, False, True, True, False, False]
    assert call("primary_architecture", jbod_suitable=[True, False]).tolist() == [Storage.JBOD, Storage.RAID]
