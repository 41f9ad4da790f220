"""The shipped profiles: each sound but for what it shows, with the figures the calculator gives.

The figures of later versions than Exchange 2013 are our own, because no workbook of theirs was found.
"""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import dump, load, parse, with_settings

CALCULATOR = "guidance.dumpster_model=calculator"

FIGURES = {
    "small_office": {
        "summary_databases": 4,
        "summary_database_space.database": 176,
        "storage_raid_disks_per_server.primary": 6,
        "server_drive_bays.primary": 8,
        "cpu_percent": 6,
        "summary_memory.primary": 16,
    },
    "single_site": {
        "summary_databases": 24,
        "volume_database_volume_size": 3469,
        "storage_jbod_disks_per_server.primary": 8,
        "server_drive_bays.primary": 10,
        "cpu_percent": 39,
        "summary_memory.primary": 64,
    },
    "active_passive": {
        "summary_servers_by_datacenter.primary": 4,
        "summary_servers_by_datacenter.secondary": 4,
        "summary_databases": 24,
        "volume_database_volume_size": 3176,
        "storage_jbod_disks_per_server.primary": 8,
        "cpu_percent": 60,
        "summary_memory.primary": 96,
        "replication_peak_throughput.environment": 143,
    },
    "active_active": {
        "summary_servers_by_datacenter.primary": 5,
        "summary_servers_by_datacenter.secondary": 5,
        "summary_databases": 80,
        "volume_database_volume_size": 3598,
        "storage_jbod_disks_per_server.primary": 10,
        "server_drive_bays.primary": 12,
        "cpu_percent": 52,
        "summary_memory.primary": 96,
        "transport_database_size": 322,
        "replication_peak_throughput.environment": 210,
        "tiers.1.mailbox_size_on_disk": 5445,
    },
    "hundred_thousand_mailboxes": {
        "summary_databases": 224,
        "volume_database_volume_size": 3176,
        "cpu_percent": 77,
        "summary_memory.primary": 96,
        "replication_peak_throughput.environment": 4198,
        "tiers.1.mailbox_size_on_disk": 10890,
    },
    "single_item_recovery": {
        "tiers.1.mailbox_size_on_disk": 2517,
        "summary_databases": 24,
        "storage_jbod_disks_per_server.primary": 8,
        "cpu_percent": 41,
    },
    "exchange_2016": {
        "summary_databases": 60,
        "volume_database_volume_size": 3604,
        "storage_jbod_disks_per_server.primary": 14,
        "server_drive_bays.primary": 16,
        "cpu_percent": 59,
        "summary_memory.primary": 96,
        "pagefile_size": 32_778,
    },
    "exchange_2019": {
        "summary_databases": 66,
        "storage_jbod_disks_per_server.primary": 12,
        "server_drive_bays.primary": 14,
        "cpu_percent": 49,
        "summary_memory.primary": 128,
        "pagefile_size": 32_768,
        "metacache_ssds": 4,
        "metacache_capacity": 7680,
    },
    "litigation_hold": {
        "tiers.2.dumpster": 20_947,
        "summary_databases": 24,
        "volume_database_volume_size": 3394,
        "storage_jbod_disks_per_server.primary": 8,
        "cpu_percent": 29,
    },
}


def test_the_profiles_are_those_the_tests_know():
    assert {path.stem for path in PROFILES.glob("*.toml")} == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_profile_is_sound_but_for_what_it_shows(sized, name):
    plan = sized(name)
    grave = [issue.field for issue in plan.issues if issue.severity != "notice"]
    assert grave == (["tiers.2.litigation_hold"] if name == "litigation_hold" else [])
    assert plan.profile.title
    assert plan.profile.description.endswith(".")


@pytest.mark.parametrize("name", FIGURES)
def test_a_profile_has_the_figures_of_the_workbook(name):
    plan = size(with_settings(load(PROFILES / f"{name}.toml"), [CALCULATOR]))
    for column, expected in FIGURES[name].items():
        if column == "cpu_percent":
            worst = plan["cpu_utilization_by_mode"]
            got = 100 * max(worst["worst.primary"], worst["worst.secondary"] or 0)
        else:
            got = plan[column]
        assert round(got) == expected, column


def test_single_item_recovery_by_purges_and_versions(sized):
    plan = sized("single_item_recovery")
    assert plan["tiers.1.dumpster_purges_versions"] == 349.12109375
    assert plan["tiers.1.mailbox_size_on_disk"] == 2403
    assert round(plan["tiers.1.dumpster_calculator"] + plan["tiers.1.whitespace"], 2) == pytest.approx(468.91)


@pytest.mark.parametrize("name", FIGURES)
def test_a_profile_holds_only_what_differs(sized, name):
    profile = load(PROFILES / f"{name}.toml")
    again = parse(dump(profile), profile.where)
    assert size(again)["summary_databases"] == sized(name)["summary_databases"]
    assert len(again.given) == len([path for path in profile.given if path in again.given])
