"""Maintenance: background throughput, reseeding, days until a volume is full, system disk and pagefile."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import Storage, Version

VALID = [True, True, False]


def test_background_maintenance_runs_on_every_copy():
    copies = call(
        "copies_or_databases_per_server",
        environment__high_availability=[True, False],
        database_copies_per_server=24,
        databases=48,
    )
    assert_figures(copies, [24, 48])
    found = call(
        "summary_maintenance_throughput",
        valid=VALID,
        environment__high_availability=[True, False, True],
        guidance__bdm_throughput=1,
        copies_or_databases_per_server=24,
        summary_servers=(8, 16),
        dags_total=2,
        environment__mailbox_servers=4,
    )
    assert_figures(found, ([1, 1, NA], [24, 24, NA], [192, NA, NA], [384, 96, NA]))


def test_the_bandwidth_of_the_storage():
    assert_figures(call("server_database_throughput", peak_iops_per_server=[320, 0]), [10, 0])
    hours = tuple([share, 0.0] for share in [0.1, *[0.9 / 23] * 23])
    logs = call(
        "server_log_throughput",
        copies_or_databases_per_server=24,
        logs_per_day_per_database=3600,
        replication__hourly_log_share=hours,
    )
    # one log each second in a full day's hour; without shares the day is flat
    assert_figures(logs, [2.4, 1])
    total = call(
        "server_storage_throughput",
        summary_maintenance_throughput=(1, 24, 192, 384),
        server_database_throughput=10,
        server_log_throughput=2.4,
    )
    assert_figures(total, [36.4])


@pytest.mark.parametrize(("rate", "hours"), [(10, 34.133333333333333), (20, 17.066666666666666), (0, NA)])
def test_hours_to_reseed_a_volume(rate, hours):
    data = call("volume_reseed_data", volume_databases_part=1000, content_index_size=200)
    assert_figures(data, [1200])
    assert_figures(
        call("reseed_hours", valid=[True, False], volume_reseed_data=1200, guidance__reseed_rate=rate), [hours, NA]
    )
    assert_figures(
        call(
            "reseed_hours_over_link",
            two_datacenters_valid=[True, False],
            volume_reseed_data=1200,
            link_reseed_rate=rate,
        ),
        [hours, NA],
    )


def test_several_sources_reseed_the_databases_of_a_volume_at_once():
    # four databases that come to 1,200 GB with their indexes are 300 GB each: 300 x 1024 / 25 / 3600 hours
    several = call(
        "reseed_hours_several_sources",
        valid=[True, True, False, True, True, True],
        environment__high_availability=[True, True, True, False, True, True],
        copies_total=[4, 4, 4, 4, 1, 4],
        volume_reseed_data=1200,
        databases_on_first_volume=[4, 1, 4, 4, 4, NA],
        guidance__reseed_rate=25,
    )
    assert_figures(several, [3.4133333333333336, 13.653333333333334, NA, NA, NA, NA])


@pytest.mark.parametrize(("terabytes", "printed"), [(2, 23), (8, 93)])
def test_a_volume_of_one_database_takes_as_long_as_microsoft_says(terabytes, printed):
    """2 TB in 23 hours and 8 TB in 93, at 25 MB/s: 2 x 1,048,576 MB / 25 / 3600 = 23.3."""
    given = {"valid": True, "volume_reseed_data": terabytes * 1024, "guidance__reseed_rate": 25}
    one = call("reseed_hours", **given)
    several = call(
        "reseed_hours_several_sources",
        environment__high_availability=True,
        copies_total=4,
        databases_on_first_volume=1,
        **given,
    )
    assert int(one[0]) == int(several[0]) == printed


def test_the_slower_of_link_and_disk():
    found = call("link_reseed_rate", replication__link_type=[10, 16, 23, 27], guidance__reseed_rate=20)
    # 10 and 100 Mb/s are 1.19 and 11.9 MB/s
    assert_figures(found, [1.1920928955078125, 11.920928955078125, 20, 20])


def test_days_until_a_volume_or_its_disk_is_full():
    room = call(
        "room_for_logs",
        logs_share_volume=[True, False],
        volume_logs_part=40,
        volume_free_part=60,
        volume_log_volume_size=50,
    )
    assert_figures(room, [100, 50])
    given = {"databases_on_first_volume": 4, "logs_per_day_per_database": [2560, 2560, 0, 2560]}
    assert_figures(
        call("days_until_volume_full", valid=[True, True, True, False], room_for_logs=[100, 50, 100, 100], **given),
        [10, 5, NA, NA],
    )
    found = call(
        "days_until_disk_full",
        valid=True,
        storage_architecture=([Storage.JBOD, Storage.JBOD, Storage.JBOD, Storage.RAID], 0, 0),
        smaller_database_disk=[1000, 900, 899, 1000],
        volume_database_volume_size=[900, 900, 900, 900],
        room_for_logs=100,
        databases_on_first_volume=4,
        logs_per_day_per_database=2560,
    )
    assert_figures(found, [20, 10, NA, NA])


def test_the_install_drive():
    found = call(
        "install_drive_required",
        environment__unified_messaging=[True, True, False],
        environment__um_languages=[1, 4, 4],
    )
    assert_figures(found, [30.5, 32, 30])


def test_pagefile_and_guest_system_disk():
    memory = ([8, 31, 32, 96], NA)
    for version, expected in (
        (Version.V2013, [8202, 31_754, 32_778, 32_778]),
        (Version.V2016, [8202, 31_754, 32_778, 32_778]),
        (Version.V2019, [2048, 7936, 8192, 24_576]),
    ):
        assert_figures(call("pagefile_size", environment__exchange_version=version, server_memory=memory), expected)
    assert_figures(call("guest_system_disk", environment__virtualized=[True, False], server_memory=(96, NA)), [111, NA])
