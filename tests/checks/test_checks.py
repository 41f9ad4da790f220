"""Checks of a design: each speaks where it should, names the right input, and is silent elsewhere."""

from __future__ import annotations

import pytest

from calculator import size

USERS = {"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": 5120}
STANDALONE = {"environment.high_availability": False, "backup.method": "software_vss", "backup.frequency": "daily_full"}
LAGGED = {
    "storage.multiple_databases_per_volume": False,
    "database_copies.dedicated_lagged_servers": True,
    "database_copies.lagged_copies": 2,
    "database_copies.lagged_copies_secondary": 1,
    "transport.safety_net_hold": 7,
}


def found(design):
    return {(issue.severity, issue.field) for issue in size({**USERS, **design}).issues}


@pytest.mark.parametrize(
    ("design", "severity", "field"),
    [
        ({"tiers.1.mailboxes": 0}, "error", "tiers.1.mailboxes"),
        ({"servers.secondary.specint2006_rate": 100}, "error", "servers.secondary.specint2006_rate"),
        ({"servers.primary.specint2006_rate": 200}, "warning", "servers.primary.specint2006_rate"),
        ({**LAGGED, "servers.lagged.specint2006_rate": 5}, "error", "servers.lagged.specint2006_rate"),
        ({**LAGGED, "servers.lagged.specint2006_rate": 0}, "notice", "servers.lagged.specint2006_rate"),
        ({"servers.primary.specint2006_rate": 0}, "notice", "servers.primary.specint2006_rate"),
        ({"servers.primary.processor_cores": 32}, "notice", "servers.primary.processor_cores"),
        ({"environment.mailbox_servers": 3, "tiers.1.mailboxes": 15000}, "warning", "summary_memory.primary"),
        ({"tiers.1.predict_iops": False}, "warning", "tiers.1.iops_per_mailbox"),
        ({"data.mailbox_moves_per_week": 5}, "warning", "data.mailbox_moves_per_week"),
        ({"storage.primary.restore_disk_capacity": 0}, "warning", "storage.primary.restore_disk_capacity"),
        ({"storage.secondary.system_disk_capacity": 0}, "warning", "storage.secondary.system_disk_capacity"),
        ({"storage.secondary.database_disk_capacity": 0}, "error", "storage.secondary.database_disk_capacity"),
        ({"storage.primary.database_disk_capacity": 36}, "error", "storage.primary.database_disk_capacity"),
        (
            {"database_copies.ha_copies_secondary": 0, "site_resilience.model": "active_passive"},
            "warning",
            "database_copies.ha_copies_secondary",
        ),
        (
            {"database_copies.ha_copies": 2, "database_copies.ha_copies_secondary": 1},
            "warning",
            "database_copies.ha_copies",
        ),
        ({"database_copies.ha_copies": 3}, "error", "database_copies.ha_copies_secondary"),
        ({"environment.high_availability": False}, "warning", "backup.method"),
        ({"database.automatic_count": False}, "error", "database.custom_count"),
        ({"dag.witness_location": "none"}, "warning", "dag.witness_location"),
        ({"dag.witness_location": "primary"}, "notice", "dag.witness_location"),
        ({"site_resilience.enabled": False, "dag.witness_location": "secondary"}, "warning", "dag.witness_location"),
        ({"dag.dac_mode": False}, "warning", "dag.dac_mode"),
        ({"environment.mailbox_servers": 5}, "notice", "environment.mailbox_servers"),
        ({"environment.mailbox_servers": 16}, "error", "environment.mailbox_servers"),
        ({"replication.link_latency": 600}, "error", "replication.link_latency"),
        ({"replication.hourly_log_share.1": 0.5}, "warning", "replication.hourly_log_share"),
        ({"servers.install_drive_free": 20}, "error", "servers.install_drive_free"),
        ({"servers.primary.drive_bays": 4}, "error", "servers.primary.drive_bays"),
        (
            {"environment.virtualized": True, "servers.virtual_processors_per_core": 3},
            "error",
            "servers.virtual_processors_per_core",
        ),
        (
            {"environment.virtualized": True, "servers.virtual_processors_per_core": 1.5},
            "notice",
            "servers.virtual_processors_per_core",
        ),
        ({**STANDALONE, "environment.exchange_edition": "standard"}, "error", "environment.exchange_edition"),
        ({"tiers.1.messages_per_day": 120}, "notice", "tiers.1.messages_per_day"),
        ({"mailbox.statistics_before_2013": True}, "notice", "mailbox.statistics_before_2013"),
        ({"environment.third_party_products": True}, "notice", "environment.third_party_products"),
        ({"environment.unified_messaging": True}, "notice", "environment.unified_messaging"),
        ({"raid.deployment": "entirely_on_jbod", "storage.consider_jbod": False}, "error", "raid.deployment"),
        ({"transport.safety_net_hold": 2, "database_copies.lagged_copies": 1}, "warning", "transport.safety_net_hold"),
    ],
)
def test_a_check_speaks_and_names_the_input(design, severity, field):
    assert (severity, field) in found(design)
    assert (severity, field) not in found({}) or field == "guidance.reseed_rate"


def test_no_message_shows_a_figure_that_is_none():
    for design in (
        {"tiers.1.predict_iops": False},
        {"tiers.1.messages_per_day": 0},
        {"database.automatic_count": False},
    ):
        for issue in size({**USERS, **design}).issues:
            assert "nan" not in str(issue), str(issue)


def test_a_design_without_any_io_is_sized():
    plan = size({**USERS, "tiers.1.messages_per_day": 0})
    assert plan["storage_database_iops"] == 0
    assert plan["disks_fit"] == {"primary": True, "secondary": True}
    assert plan["database_read_fraction"] is None


def test_volume_figures_of_an_invalid_design_do_not_apply():
    plan = size({**USERS, "environment.mailbox_servers": 16})
    assert plan.status == "invalid"
    for name in ("volume_database_volume_size", "content_index_size", "master_merge_size", "reseed_hours"):
        assert plan[name] is None


def test_asked_for_results_are_those_of_the_mapping():
    plan = size(USERS, results=["summary_memory", "reseed_hours"])
    assert list(plan) == ["summary_memory.primary", "summary_memory.secondary", "summary_memory.lagged", "reseed_hours"]
    assert len(dict(plan)) == 4
    assert [row["column"] for row in plan.table()] == list(plan)


def copies_said(design):
    """Severity and message of what is said about the copies on servers."""
    return [
        (issue.severity, issue.message)
        for issue in size({**USERS, **design}).issues
        if "database copies on each server" in issue.message
    ]


def test_servers_of_the_secondary_with_fewer_copies_are_sized_too_large():
    """12 databases: two copies each on three servers are 8 a server, one copy on two servers 6."""
    design = {
        "tiers.1.mailboxes": 4500,
        "tiers.1.mailbox_size_limit": 2048,
        "tiers.1.messages_per_day": 150,
        "environment.mailbox_servers": 3,
        "site_resilience.model": "active_passive",
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
    }
    assert size(design)["databases"] == 12
    assert copies_said(design) == [
        (
            "notice",
            "Sizing counts 8 database copies on each server of the secondary datacenter, and the layout puts 6 there: "
            "their CPU, memory and disks are higher than needed, which is safe.",
        )
    ]
    # Four servers hold the 24 copies of 12 databases, two of the secondary their 12: six each.
    assert not copies_said(design | {"environment.mailbox_servers": 4})


def test_servers_of_the_secondary_with_more_copies_are_sized_too_small():
    """One HA copy in each datacenter and the lagged one in the secondary: twice as many copies there."""
    design = {
        "site_resilience.model": "active_passive",
        "environment.mailbox_servers": 4,
        "database_copies.ha_copies": 2,
        "database_copies.ha_copies_secondary": 1,
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": 1,
    }
    sized = size({**USERS, **design})
    held = sized["database_copies_per_server"]
    assert sized["secondary_copies_per_server"] == 2 * held
    assert copies_said(design) == [
        (
            "warning",
            f"Sizing counts {held:.0f} database copies on each server of the secondary datacenter, and the layout puts "
            f"{2 * held:.0f} there: their CPU, memory and disks are lower than needed, which is unsafe.",
        )
    ]


def test_servers_of_the_primary_with_more_copies_are_sized_too_small():
    """Lagged copies apart, two HA copies of each database are in the primary and one in the secondary.

    The sizing counts half of the databases at home in each: one and a half copies in both datacenters.
    """
    design = {
        "environment.mailbox_servers": 4,
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": 1,
        "database_copies.dedicated_lagged_servers": True,
        "storage.multiple_databases_per_volume": False,
        "transport.safety_net_hold": 7,
    }
    databases = size({**USERS, **design})["databases"]
    said = copies_said(design)
    assert [severity for severity, _ in said] == ["warning", "notice"]
    assert f"counts {1.5 * databases / 4:.0f} database copies on each server of the primary" in said[0][1]
    assert f"puts {2 * databases / 4:.0f} there" in said[0][1]
    assert f"puts {databases / 4:.0f} there" in said[1][1]
