"""Every condition of every check, decided alone.

Each table starts from a design in which the check finds its problem.  Each row changes one value of that
design, so that a single condition decides, and says what the check then finds.  Values are taken at a
limit and on both sides of it.
"""

from __future__ import annotations

import pytest
from support.rule_calls import NA, call_check

from calculator.inputs.choices import BackupMethod, DeploymentMessage, Edition, Storage, Version, Witness
from calculator.numerics.arrays import NO_CODE
from calculator.rules.registry import CHECKS

YES, NO = (True,), (False,)
"""Finding of a check that has no axis."""
BOTH, FIRST, SECOND, NEITHER = (True, True), (True, False), (False, True), (False, False)
"""Findings of a check of the two datacenters."""

LIMITS = {
    "domains_not_counted": (
        {"sized_as_laid_out": True, "failure_domains__enabled": True},
        [(YES, {}), (NO, {"sized_as_laid_out": False}), (NO, {"failure_domains__enabled": False})],
    ),
    "secondary_holds_fewer_copies": (
        {"valid": True, "secondary_copies_per_server": 9, "database_copies_per_server": 10, "sized_as_laid_out": False},
        [
            (YES, {}),
            (NO, {"valid": False}),
            (NO, {"secondary_copies_per_server": 10}),
            (NO, {"secondary_copies_per_server": NA}),
            (NO, {"sized_as_laid_out": True}),
        ],
    ),
    "secondary_holds_more_copies": (
        {
            "valid": True,
            "secondary_copies_per_server": 11,
            "database_copies_per_server": 10,
            "sized_as_laid_out": False,
        },
        [
            (YES, {}),
            (NO, {"valid": False}),
            (NO, {"secondary_copies_per_server": 10}),
            (NO, {"secondary_copies_per_server": NA}),
            (NO, {"sized_as_laid_out": True}),
        ],
    ),
    "primary_holds_more_copies": (
        {"valid": True, "primary_copies_per_server": 11, "database_copies_per_server": 10, "sized_as_laid_out": False},
        [(YES, {}), (NO, {"valid": False}), (NO, {"primary_copies_per_server": 10}), (NO, {"sized_as_laid_out": True})],
    ),
    "dag_too_large": (
        {"too_many_dag_members": True, "dag_members": 17},
        [
            (YES, {}),
            (NO, {"too_many_dag_members": False}),
            (YES, {"dag_members": 1}),
            (NO, {"dag_members": 0}),
            (NO, {"dag_members": NA}),
        ],
    ),
    "more_copies_than_servers": (
        {"too_many_copies": True, "copies_total": 4},
        [(YES, {}), (NO, {"too_many_copies": False}), (YES, {"copies_total": 1}), (NO, {"copies_total": 0})],
    ),
    "quota_missing": (
        {"tiers__mailboxes": (10,), "tiers__mailbox_size_limit": (0,)},
        [
            (YES, {}),
            (YES, {"tiers__mailboxes": (1,)}),
            (NO, {"tiers__mailboxes": (0,)}),
            (NO, {"tiers__mailbox_size_limit": (1,)}),
        ],
    ),
    "databases_above_limit": (
        {"too_many_databases_per_server": True, "databases_of_a_server": 101},
        [
            (YES, {}),
            (NO, {"too_many_databases_per_server": False}),
            (YES, {"databases_of_a_server": 1}),
            (NO, {"databases_of_a_server": 0}),
        ],
    ),
    "size_limit_not_positive": (
        {"database_size_not_positive": True, "database_size_limit": 0, "database__custom_max_size_enabled": True},
        [
            (YES, {}),
            (YES, {"database_size_limit": -1}),
            (NO, {"database_size_limit": 0.5}),
            (NO, {"database_size_not_positive": False}),
            (NO, {"database__custom_max_size_enabled": False}),
        ],
    ),
    "volumes_too_few": (
        {"too_few_data_volumes": True, "storage__data_volumes_per_server": 2, "database_copies_per_dag": 40},
        [
            (YES, {}),
            (NO, {"too_few_data_volumes": False}),
            (YES, {"storage__data_volumes_per_server": 1}),
            (NO, {"storage__data_volumes_per_server": 0}),
            (YES, {"database_copies_per_dag": 1}),
            (NO, {"database_copies_per_dag": 0}),
            (NO, {"database_copies_per_dag": NA}),
        ],
    ),
    "copies_uneven": (
        {"unequal_copies": True, "copies_primary": 2, "copies_secondary": 1},
        [
            (YES, {}),
            (NO, {"unequal_copies": False}),
            (YES, {"copies_primary": 1, "copies_secondary": 2}),
            (NO, {"copies_primary": 0}),
            (NO, {"copies_secondary": 2}),
        ],
    ),
    # Each of the three figures is missing alone; without mailboxes or databases another check speaks.
    "figures_missing": (
        {
            "environment__high_availability": True,
            "dag_members": NA,
            "databases_of_a_server": 10,
            "database_size_limit": 1000,
            "mailboxes_total": 5000,
            "database__automatic_count": True,
            "database__custom_count": 8,
        },
        [
            (YES, {}),
            (NO, {"dag_members": 4}),
            (NO, {"environment__high_availability": False}),
            (YES, {"environment__high_availability": False, "databases_of_a_server": NA}),
            (YES, {"environment__high_availability": False, "database_size_limit": NA}),
            (YES, {"dag_members": 4, "databases_of_a_server": NA}),
            (YES, {"dag_members": 4, "database_size_limit": NA}),
            (YES, {"mailboxes_total": 1}),
            (NO, {"mailboxes_total": 0}),
            (YES, {"database__custom_count": 0}),
            (YES, {"database__automatic_count": False}),
            (YES, {"database__automatic_count": False, "database__custom_count": 1}),
            (NO, {"database__automatic_count": False, "database__custom_count": 0}),
        ],
    ),
}

INPUTS = {
    "no_mailboxes": (
        {"mailboxes_total": 0, "least_memory": 8, "version_year": 2013},
        [(YES, {}), (NO, {"mailboxes_total": 1})],
    ),
    # Half of 5 copies is 2 whole copies, so a third in the secondary is one too many.
    "copies_mostly_in_secondary": (
        {"two_datacenters": True, "database_copies__ha_copies": 5, "database_copies__ha_copies_secondary": 3},
        [
            (YES, {}),
            (NO, {"two_datacenters": False}),
            (NO, {"database_copies__ha_copies_secondary": 2}),
            (NO, {"database_copies__ha_copies": 6}),
        ],
    ),
    "lagged_copies_not_there": (
        {"two_datacenters": True, "database_copies__lagged_copies": 1, "database_copies__lagged_copies_secondary": 2},
        [
            (YES, {}),
            (NO, {"two_datacenters": False}),
            (NO, {"database_copies__lagged_copies": 0}),
            (NO, {"database_copies__lagged_copies_secondary": 1}),
        ],
    ),
    "no_databases": (
        {"database__automatic_count": False, "database__custom_count": 0},
        [(YES, {}), (NO, {"database__automatic_count": True}), (NO, {"database__custom_count": 1})],
    ),
    "no_database_disk": (
        {"two_datacenters": True, "storage__database_disk_capacity": (0, 0)},
        [
            (BOTH, {}),
            (FIRST, {"two_datacenters": False}),
            (SECOND, {"storage__database_disk_capacity": (1, 0)}),
            (FIRST, {"storage__database_disk_capacity": (0, 1)}),
        ],
    ),
    "no_log_disk": (
        {"two_datacenters": True, "logs_share_volume": False, "storage__log_disk_capacity": (0, 0)},
        [
            (BOTH, {}),
            (FIRST, {"two_datacenters": False}),
            (NEITHER, {"logs_share_volume": True}),
            (SECOND, {"storage__log_disk_capacity": (1, 0)}),
            (FIRST, {"storage__log_disk_capacity": (0, 1)}),
        ],
    ),
    "shares_not_whole": (
        {"two_datacenters": True, "total_log_share": 1.5},
        [
            (YES, {}),
            (NO, {"two_datacenters": False}),
            (YES, {"total_log_share": 0.5}),
            (YES, {"total_log_share": 2}),
            (NO, {"total_log_share": 1}),
            (NO, {"total_log_share": 0}),
        ],
    ),
    "no_restore_disk": (
        {"two_datacenters": True, "data__dedicated_restore_volume": True, "storage__restore_disk_capacity": (0, 0)},
        [
            (BOTH, {}),
            (FIRST, {"two_datacenters": False}),
            (NEITHER, {"data__dedicated_restore_volume": False}),
            (SECOND, {"storage__restore_disk_capacity": (1, 0)}),
            (FIRST, {"storage__restore_disk_capacity": (0, 1)}),
        ],
    ),
    "no_system_disk": (
        {"two_datacenters": True, "storage__system_disk_capacity": (0, 0)},
        [
            (BOTH, {}),
            (FIRST, {"two_datacenters": False}),
            (SECOND, {"storage__system_disk_capacity": (1, 0)}),
            (FIRST, {"storage__system_disk_capacity": (0, 1)}),
        ],
    ),
    "no_measured_iops": (
        {"tier_in_use": (True,), "tiers__predict_iops": (False,), "tiers__iops_per_mailbox": (0,)},
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (NO, {"tiers__predict_iops": (True,)}),
            (NO, {"tiers__iops_per_mailbox": (0.1,)}),
            (NO, {"tiers__iops_per_mailbox": (1,)}),
        ],
    ),
    "more_moves_than_mailboxes": (
        {"data__mailbox_moves_per_week": 1.5},
        [(YES, {}), (NO, {"data__mailbox_moves_per_week": 1}), (NO, {"data__mailbox_moves_per_week": 0.5})],
    ),
}

DATABASES = {
    "standard_edition_exceeded": (
        {"valid": True, "environment__exchange_edition": Edition.STANDARD, "copies_or_databases_per_server": 6},
        [
            (YES, {}),
            (NO, {"valid": False}),
            (NO, {"environment__exchange_edition": Edition.ENTERPRISE}),
            (NO, {"copies_or_databases_per_server": 5}),
        ],
    ),
    "database_above_technical_limit": (
        {"volume_database_size_with_overhead": 16_385},
        [(YES, {}), (NO, {"volume_database_size_with_overhead": 16_384})],
    ),
    # 200 GB are advised for a single copy, 2,000 GB for several; above 16,384 GB another check speaks.
    "database_above_advice": (
        {"volume_database_size_with_overhead": 2001, "copies_total": 2},
        [
            (YES, {}),
            (NO, {"volume_database_size_with_overhead": 2000}),
            (YES, {"copies_total": 1}),
            (NO, {"volume_database_size_with_overhead": 201}),
            (YES, {"volume_database_size_with_overhead": 201, "copies_total": 1}),
            (NO, {"volume_database_size_with_overhead": 200, "copies_total": 1}),
            (YES, {"volume_database_size_with_overhead": 16_384}),
            (NO, {"volume_database_size_with_overhead": 16_385}),
        ],
    ),
    "databases_much_rounded": (
        {"valid": True, "databases": 48, "databases_raised": 1.6},
        [
            (YES, {}),
            (NO, {"valid": False}),
            (NO, {"databases_raised": 1.5}),
            (YES, {"databases": 3}),
            (NO, {"databases": 2}),
        ],
    ),
    "copies_too_few_for_native": (
        {
            "environment__high_availability": True,
            "backup__method": BackupMethod.NATIVE_DATA_PROTECTION,
            "ha_copies_total": 2,
        },
        [
            (YES, {}),
            (NO, {"environment__high_availability": False}),
            (NO, {"backup__method": BackupMethod.SOFTWARE_VSS}),
            (NO, {"ha_copies_total": 3}),
        ],
    ),
    "native_without_copies": (
        {"environment__high_availability": False, "backup__method": BackupMethod.NATIVE_DATA_PROTECTION},
        [
            (YES, {}),
            (NO, {"environment__high_availability": True}),
            (NO, {"backup__method": BackupMethod.SOFTWARE_VSS}),
        ],
    ),
    "secondary_without_copies": (
        {"two_datacenters": True, "copies_secondary": 0},
        [(YES, {}), (NO, {"two_datacenters": False}), (NO, {"copies_secondary": 1})],
    ),
    # An odd number of servers matters where the DAG has other servers and copies to turn to.
    "odd_servers_in_each_datacenter": (
        {"two_way": True, "environment__mailbox_servers": 3, "active_servers": (3, 3), "ha_copies": (2, 2)},
        [
            (YES, {}),
            (NO, {"two_way": False}),
            (NO, {"environment__mailbox_servers": 4}),
            (YES, {"environment__mailbox_servers": 5}),
            (NO, {"environment__mailbox_servers": 1}),
            (NO, {"environment__mailbox_servers": 2}),
            (NO, {"active_servers": (3, 2)}),
            (NO, {"active_servers": (2, 3)}),
            (NO, {"ha_copies": (1, 1)}),
            (YES, {"ha_copies": (2, 1)}),
            (YES, {"ha_copies": (1, 2)}),
            (NO, {"ha_copies": (2, 0)}),
            (YES, {"ha_copies": (3, 0)}),
            (YES, {"ha_copies": (0, 3)}),
        ],
    ),
    "one_copy_per_site": (
        {"two_datacenters": True, "ha_copies": (1, 1)},
        [
            (YES, {}),
            (NO, {"two_datacenters": False}),
            (NO, {"ha_copies": (2, 1)}),
            (NO, {"ha_copies": (1, 2)}),
            (NO, {"ha_copies": (0, 1)}),
            (NO, {"ha_copies": (1, 0)}),
        ],
    ),
    "safety_net_shorter_than_lag": (
        {"transport__safety_net_hold": 6, "safety_net_hold": 6, "replay_lag": 7, "lagged_copies_total": 2},
        [
            (YES, {}),
            (NO, {"transport__safety_net_hold": 7}),
            (YES, {"lagged_copies_total": 1}),
            (NO, {"lagged_copies_total": 0}),
            (YES, {"safety_net_hold": 1}),
            (YES, {"safety_net_hold": 0.5}),
            (NO, {"safety_net_hold": 0}),
        ],
    ),
}

NETWORK = {
    # A link too slow for the peak is saved by an objective above 0 that the link meets.
    "link_below_peak": (
        {
            "replication_link_acceptable_for_peak": 0,
            "replication_link_acceptable_for_rpo": 0,
            "peak_traffic": 10,
            "site_resilience__recovery_point_objective": 24,
        },
        [
            (YES, {}),
            (NO, {"replication_link_acceptable_for_peak": 1}),
            (NO, {"replication_link_acceptable_for_peak": NO_CODE}),
            (NO, {"replication_link_acceptable_for_rpo": 1}),
            (YES, {"replication_link_acceptable_for_rpo": NO_CODE}),
            (NO, {"replication_link_acceptable_for_rpo": 1, "site_resilience__recovery_point_objective": 1}),
            (NO, {"replication_link_acceptable_for_rpo": 1, "site_resilience__recovery_point_objective": 0.5}),
            (YES, {"replication_link_acceptable_for_rpo": 1, "site_resilience__recovery_point_objective": 0}),
            (YES, {"site_resilience__recovery_point_objective": 0}),
            (YES, {"peak_traffic": 0.5}),
            (NO, {"peak_traffic": 0}),
        ],
    ),
    "round_trip_too_long": (
        {"two_datacenters": True, "replication__link_latency": 501},
        [(YES, {}), (NO, {"two_datacenters": False}), (NO, {"replication__link_latency": 500})],
    ),
    "witness_missing": (
        {"witness_required": 1, "dag__witness_location": Witness.NONE, "dag_members": 4},
        [
            (YES, {}),
            (NO, {"witness_required": 0}),
            (NO, {"witness_required": NO_CODE}),
            (NO, {"dag__witness_location": Witness.PRIMARY}),
            (NO, {"dag__witness_location": Witness.SECONDARY}),
            (NO, {"dag__witness_location": Witness.THIRD_SITE}),
            (YES, {"dag_members": 1}),
            (NO, {"dag_members": 0}),
            (NO, {"dag_members": NA}),
        ],
    ),
    "witness_on_one_side": (
        {"two_datacenters": True, "witness_required": 1, "dag__witness_location": Witness.PRIMARY},
        [
            (YES, {}),
            (NO, {"two_datacenters": False}),
            (NO, {"witness_required": 0}),
            (NO, {"witness_required": NO_CODE}),
            (YES, {"dag__witness_location": Witness.SECONDARY}),
            (NO, {"dag__witness_location": Witness.THIRD_SITE}),
            (NO, {"dag__witness_location": Witness.NONE}),
        ],
    ),
    "dac_off": (
        {"dag__dac_mode": False, "dag_members": 3},
        [
            (YES, {}),
            (NO, {"dag__dac_mode": True}),
            (YES, {"dag_members": 2}),
            (NO, {"dag_members": 1}),
            (NO, {"dag_members": NA}),
        ],
    ),
    "witness_nowhere": (
        {"two_datacenters": False, "witness_required": 1, "dag__witness_location": Witness.SECONDARY},
        [
            (YES, {}),
            (NO, {"two_datacenters": True}),
            (NO, {"witness_required": 0}),
            (NO, {"witness_required": NO_CODE}),
            (NO, {"dag__witness_location": Witness.PRIMARY}),
            (NO, {"dag__witness_location": Witness.THIRD_SITE}),
            (NO, {"dag__witness_location": Witness.NONE}),
            (NO, {"two_datacenters": True, "witness_required": 0}),
        ],
    ),
}

PROCESSOR = {
    "cpu_exhausted": (
        {"summary_cpu_utilization": (1.5, 1.5, 1.5)},
        [
            ((True, True, True), {}),
            ((False, True, True), {"summary_cpu_utilization": (1, 1.5, 1.5)}),
            ((True, False, False), {"summary_cpu_utilization": (1.01, 0.5, NA)}),
        ],
    ),
    # 80 % are advised, and above 100 % another check speaks.
    "cpu_high": (
        {"summary_cpu_utilization": (0.9, 0.9, 0.9)},
        [
            ((True, True, True), {}),
            ((False, True, True), {"summary_cpu_utilization": (0.8, 0.81, 1)}),
            ((False, False, False), {"summary_cpu_utilization": (1.01, 0.1, NA)}),
            ((False, False, False), {"summary_cpu_utilization": (1.5, 2, 3)}),
        ],
    ),
    "transcription_at_risk": (
        {"environment__unified_messaging": True, "worst_cpu_utilization": 0.9},
        [(YES, {}), (NO, {"environment__unified_messaging": False}), (NO, {"worst_cpu_utilization": 0.8})],
    ),
    "transcription_not_sized": (
        {"environment__unified_messaging": True, "tiers__megacycles_multiplier": (1, 1)},
        [
            (YES, {}),
            (NO, {"environment__unified_messaging": False}),
            (NO, {"tiers__megacycles_multiplier": (1.2, 1)}),
            (NO, {"tiers__megacycles_multiplier": (1, 1.2)}),
            (NO, {"tiers__megacycles_multiplier": (2, 2)}),
        ],
    ),
    "rating_unknown": (
        {"server_rating": (0, 0, 0), "servers__processor_cores": (16, 16, 16), "servers_in_use": (4, 4, 2)},
        [
            ((True, True, True), {}),
            ((True, False, False), {"servers_in_use": (1, 0, 0)}),
            ((False, True, False), {"server_rating": (1, 0, 33.75)}),
            ((True, False, True), {"servers__processor_cores": (16, 0, 1)}),
        ],
    ),
    "cores_above_advice": (
        {"cores": (25, 25), "two_datacenters": True, "largest_server_cores": 24, "version_year": 2016},
        [
            (NEITHER, {"largest_server_cores": 25}),
            (BOTH, {}),
            (FIRST, {"two_datacenters": False}),
            (SECOND, {"cores": (24, 25)}),
            (FIRST, {"cores": (25, 24)}),
        ],
    ),
    "memory_above_advice": (
        {"memory_shown": (97, 97), "largest_server_memory": 96, "version_year": 2013},
        [
            (NEITHER, {"largest_server_memory": 97}),
            (BOTH, {}),
            (SECOND, {"memory_shown": (96, 97)}),
            (FIRST, {"memory_shown": (128, NA)}),
        ],
    ),
    "processors_oversubscribed": (
        {"environment__virtualized": True, "servers__virtual_processors_per_core": 3},
        [
            (YES, {}),
            (NO, {"environment__virtualized": False}),
            (YES, {"servers__virtual_processors_per_core": 2.1}),
            (NO, {"servers__virtual_processors_per_core": 2}),
        ],
    ),
    # One for each core is recommended, two are supported, and above two another check speaks.
    "processors_shared": (
        {"environment__virtualized": True, "servers__virtual_processors_per_core": 1.5},
        [
            (YES, {}),
            (NO, {"environment__virtualized": False}),
            (NO, {"servers__virtual_processors_per_core": 1}),
            (YES, {"servers__virtual_processors_per_core": 2}),
            (NO, {"servers__virtual_processors_per_core": 2.1}),
        ],
    ),
}

RECOVERABLE_ITEMS = {
    # The quotas are 20 GB and 30 GB: 20,480 and 30,720 MB.
    "recoverable_items_full": (
        {"dumpster_uncapped": (31_000,), "tiers__litigation_hold": (False,)},
        [
            (YES, {}),
            (NO, {"tiers__litigation_hold": (True,)}),
            (YES, {"dumpster_uncapped": (30_720,)}),
            (NO, {"dumpster_uncapped": (30_719,)}),
        ],
    ),
    "recoverable_items_above_warning": (
        {"dumpster_uncapped": (25_000,), "retention_met": (10,), "tiers__litigation_hold": (False,)},
        [
            (YES, {}),
            (NO, {"tiers__litigation_hold": (True,)}),
            (YES, {"dumpster_uncapped": (20_481,)}),
            (NO, {"dumpster_uncapped": (20_480,)}),
            (YES, {"dumpster_uncapped": (30_719,)}),
            (NO, {"dumpster_uncapped": (30_720,)}),
            (YES, {"retention_met": (0,)}),
            (NO, {"retention_met": (NA,)}),
            (NO, {"dumpster_uncapped": (10_000,), "tiers__litigation_hold": (True,)}),
        ],
    ),
    "hold_fills_within_horizon": (
        {"hold_months_to_20_gb": (24,), "hold_months_to_30_gb": (40,), "guidance__planning_horizon": 36},
        [
            (YES, {}),
            (YES, {"hold_months_to_20_gb": (36,)}),
            (NO, {"hold_months_to_20_gb": (36.1,)}),
            (NO, {"hold_months_to_20_gb": (NA,)}),
            (YES, {"hold_months_to_30_gb": (0.5,)}),
            (NO, {"hold_months_to_30_gb": (0,)}),
            (NO, {"hold_months_to_30_gb": (NA,)}),
        ],
    ),
    "purges_below_calculator": (
        {
            "purges_versions_count": (True,),
            "dumpster_purges_versions": (200,),
            "dumpster_calculator": (300,),
            "tier_in_use": (True,),
        },
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (NO, {"purges_versions_count": (False,)}),
            (YES, {"dumpster_purges_versions": (299,)}),
            (NO, {"dumpster_purges_versions": (300,)}),
            (NO, {"dumpster_purges_versions": (301,)}),
        ],
    ),
}

FITS = {"valid": True, "disks_fit": (False, False)}
STORAGE = {
    "disk_too_small": (
        {
            **FITS,
            "jbod_capacity_insufficient": (True, True),
            "volume_database_volume_size": 2000,
            "storage_database_disk_formatted": (1862, 1862),
        },
        [
            (BOTH, {}),
            (NEITHER, {"valid": False}),
            (SECOND, {"disks_fit": (True, False)}),
            (FIRST, {"disks_fit": (False, True)}),
            (SECOND, {"jbod_capacity_insufficient": (False, True)}),
            (FIRST, {"jbod_capacity_insufficient": (True, False)}),
            (SECOND, {"storage_database_disk_formatted": (2000, 1999)}),
            (NEITHER, {"volume_database_volume_size": 1862}),
            (NEITHER, {"volume_database_volume_size": NA}),
        ],
    ),
    "disk_too_slow": (
        {
            **FITS,
            "jbod_io_insufficient": (True, True),
            "volume_iops": 60,
            "storage_database_disk_random_iops": (55, 55),
        },
        [
            (BOTH, {}),
            (NEITHER, {"valid": False}),
            (SECOND, {"disks_fit": (True, False)}),
            (FIRST, {"disks_fit": (False, True)}),
            (SECOND, {"jbod_io_insufficient": (False, True)}),
            (FIRST, {"jbod_io_insufficient": (True, False)}),
            (SECOND, {"storage_database_disk_random_iops": (60, 59)}),
            (NEITHER, {"volume_iops": 55}),
        ],
    ),
    "disk_too_slow_for_two_mailboxes": (
        {"mailboxes_per_database_io": -2},
        [
            (YES, {}),
            (YES, {"mailboxes_per_database_io": 0}),
            (NO, {"mailboxes_per_database_io": 1}),
            (NO, {"mailboxes_per_database_io": 0.5}),
        ],
    ),
    "restore_disk_too_small": (
        {
            "jbod_restore_capacity_insufficient": (True, True),
            "volume_restore_volume_size": 2,
            "storage_architecture": (Storage.JBOD, Storage.JBOD, NO_CODE),
        },
        [
            (BOTH, {}),
            (SECOND, {"jbod_restore_capacity_insufficient": (False, True)}),
            (FIRST, {"storage_architecture": (Storage.JBOD, Storage.RAID, Storage.JBOD)}),
            (SECOND, {"storage_architecture": (Storage.RAID, Storage.JBOD, Storage.RAID)}),
            (BOTH, {"volume_restore_volume_size": 0.5}),
            (NEITHER, {"volume_restore_volume_size": 0}),
        ],
    ),
    "jbod_prohibited": (
        {"valid": True, "storage_deployment_message": DeploymentMessage.JBOD_PROHIBITED},
        [
            (YES, {}),
            (NO, {"valid": False}),
            (NO, {"storage_deployment_message": DeploymentMessage.JBOD_NOT_RECOMMENDED}),
            (NO, {"storage_deployment_message": DeploymentMessage.NONE}),
        ],
    ),
    "jbod_not_recommended": (
        {"valid": True, "storage_deployment_message": DeploymentMessage.JBOD_NOT_RECOMMENDED},
        [
            (YES, {}),
            (NO, {"valid": False}),
            (NO, {"storage_deployment_message": DeploymentMessage.JBOD_PROHIBITED}),
            (NO, {"storage_deployment_message": DeploymentMessage.NONE}),
        ],
    ),
    "bays_exceeded": (
        {"server_drive_bays": (13, 13), "servers__drive_bays": (12, 12)},
        [
            (BOTH, {}),
            (SECOND, {"server_drive_bays": (12, 13)}),
            (FIRST, {"servers__drive_bays": (1, 0)}),
            (NEITHER, {"server_drive_bays": (NA, 0)}),
        ],
    ),
    "install_drive_too_small": (
        {"servers__install_drive_free": 20, "install_drive_required": 30},
        [
            (YES, {}),
            (YES, {"servers__install_drive_free": 29.9}),
            (NO, {"servers__install_drive_free": 30}),
            (NO, {"servers__install_drive_free": 40}),
        ],
    ),
    "reseed_long": (
        {"reseed_hours_several_sources": 25, "databases_on_first_volume": 1},
        [
            (YES, {}),
            (NO, {"reseed_hours_several_sources": 24}),
            (NO, {"reseed_hours_several_sources": NA}),
            (NO, {"databases_on_first_volume": 2}),
            (NO, {"databases_on_first_volume": 0}),
        ],
    ),
    "reseed_long_from_several_sources": (
        {"reseed_hours_several_sources": 25, "reseed_hours": 100, "databases_on_first_volume": 4},
        [
            (YES, {}),
            (NO, {"reseed_hours_several_sources": 24}),
            (NO, {"reseed_hours": 24}),
            (NO, {"databases_on_first_volume": 1}),
            (YES, {"databases_on_first_volume": 2}),
        ],
    ),
}

ASSUMPTIONS = {
    # Profiles are published from 50 to 500 messages a day in steps of 50.
    "profile_extrapolated": (
        {"tier_in_use": (True,), "tiers__messages_per_day": (120,)},
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (NO, {"tiers__messages_per_day": (50,)}),
            (NO, {"tiers__messages_per_day": (100,)}),
            (NO, {"tiers__messages_per_day": (500,)}),
            (YES, {"tiers__messages_per_day": (550,)}),
            (YES, {"tiers__messages_per_day": (0,)}),
            (YES, {"tiers__messages_per_day": (51,)}),
            (NO, {"tier_in_use": (False,), "tiers__messages_per_day": (550,)}),
        ],
    ),
    "sizes_will_grow": (
        {"mailbox__statistics_before_2013": True},
        [(YES, {}), (NO, {"mailbox__statistics_before_2013": False})],
    ),
    "products_not_sized": (
        {
            "environment__third_party_products": True,
            "tiers__iops_multiplier": (1, 1),
            "tiers__megacycles_multiplier": (1, 1),
        },
        [
            (YES, {}),
            (NO, {"environment__third_party_products": False}),
            (NO, {"tiers__iops_multiplier": (1.5, 1)}),
            (NO, {"tiers__iops_multiplier": (1, 1.5)}),
            (NO, {"tiers__megacycles_multiplier": (1.5, 1)}),
            (NO, {"tiers__megacycles_multiplier": (1, 1.5)}),
            (NO, {"tiers__iops_multiplier": (2, 2), "tiers__megacycles_multiplier": (2, 2)}),
        ],
    ),
}

DOUBTFUL = {
    "quota_doubtful": (
        {"tier_in_use": (True,), "tiers__mailbox_size_limit": (25,)},
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (NO, {"tiers__mailbox_size_limit": (0,)}),
            (YES, {"tiers__mailbox_size_limit": (99.9,)}),
            (NO, {"tiers__mailbox_size_limit": (100,)}),
        ],
    ),
    "archive_quota_doubtful": (
        {"tier_in_use": (True,), "tiers__archive_size_limit": (25,)},
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (NO, {"tiers__archive_size_limit": (0,)}),
            (YES, {"tiers__archive_size_limit": (99.9,)}),
            (NO, {"tiers__archive_size_limit": (100,)}),
        ],
    ),
    "initial_size_above_quota": (
        {"tier_in_use": (True,), "tiers__initial_mailbox_size": (7000,), "tiers__mailbox_size_limit": (5120,)},
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (NO, {"tiers__mailbox_size_limit": (0,)}),
            (NO, {"tiers__initial_mailbox_size": (5120,)}),
            (YES, {"tiers__initial_mailbox_size": (5120.1,)}),
        ],
    ),
    "growth_doubtful": (
        {"tier_in_use": (True,), "tiers__mailbox_growth": (10,)},
        [
            (YES, {}),
            (NO, {"tier_in_use": (False,)}),
            (YES, {"tiers__mailbox_growth": (2,)}),
            (NO, {"tiers__mailbox_growth": (1.99,)}),
        ],
    ),
    "message_size_too_small": (
        {"tier_in_use": (True,), "tiers__message_size": (0.075,)},
        [(YES, {}), (NO, {"tier_in_use": (False,)}), (NO, {"tiers__message_size": (1,)})],
    ),
    "message_size_doubtful": (
        {"tier_in_use": (True,), "tiers__message_size": (5121,)},
        [(YES, {}), (NO, {"tier_in_use": (False,)}), (NO, {"tiers__message_size": (5120,)})],
    ),
    "rating_doubtful": (
        {
            "servers__specint2006_rate": (540,),
            "servers__processor_cores": (4,),
            "core_rating": (135,),
            "rated_by_host": False,
            "servers_in_use": (2,),
        },
        [
            (YES, {}),
            (NO, {"servers__specint2006_rate": (0,)}),
            (NO, {"servers__processor_cores": (0,)}),
            (NO, {"core_rating": (80,)}),
            (YES, {"core_rating": (80.1,)}),
            (NO, {"core_rating": (10,)}),
            (YES, {"core_rating": (9.9,)}),
            (NO, {"rated_by_host": True}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
    "host_rating_doubtful": (
        {
            "servers__host_rating": (540,),
            "servers__host_cores": (4,),
            "core_rating": (135,),
            "rated_by_host": True,
            "servers_in_use": (2,),
        },
        [
            (YES, {}),
            (NO, {"servers__host_rating": (0,)}),
            (NO, {"servers__host_cores": (0,)}),
            (NO, {"core_rating": (80,)}),
            (YES, {"core_rating": (80.1,)}),
            (NO, {"core_rating": (10,)}),
            (YES, {"core_rating": (9.9,)}),
            (NO, {"rated_by_host": False}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
}

HOSTS = {
    "host_cores_missing": (
        {
            "environment__virtualized": True,
            "servers__host_rating": (1080,),
            "rated_by_host": False,
            "servers_in_use": (2,),
        },
        [
            (YES, {}),
            (NO, {"environment__virtualized": False}),
            (NO, {"servers__host_rating": (0,)}),
            (NO, {"rated_by_host": True}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
    "logical_processors_counted": (
        {"core_rating": (16.875,), "environment__virtualized": False, "servers_in_use": (2,)},
        [
            (YES, {}),
            (NO, {"core_rating": (16.9,)}),
            (NO, {"core_rating": (0,)}),
            (NO, {"environment__virtualized": True}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
    "physical_cores_count": (
        {"environment__virtualized": True},
        [(YES, {}), (NO, {"environment__virtualized": False})],
    ),
    "memory_too_small": (
        {"servers__installed_memory": (63,), "memory_required": (64,), "summary_memory": (96,)},
        [
            (YES, {}),
            (NO, {"servers__installed_memory": (64,)}),
            (NO, {"servers__installed_memory": (NA,)}),
            (NO, {"memory_required": (63,)}),
            (NO, {"summary_memory": (0,)}),
            (NO, {"summary_memory": (NA,)}),
        ],
    ),
    "host_oversubscribed": (
        {"host_processors_per_core": (2.1,), "servers__virtual_processors_per_core": (2,), "servers_in_use": (2,)},
        [
            (YES, {}),
            (NO, {"host_processors_per_core": (2,)}),
            (NO, {"host_processors_per_core": (NA,)}),
            (NO, {"servers__virtual_processors_per_core": (2.1,)}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
    "host_shared": (
        {"host_processors_per_core": (2,), "servers__virtual_processors_per_core": (1,), "servers_in_use": (2,)},
        [
            (YES, {}),
            (NO, {"host_processors_per_core": (2.1,)}),
            (YES, {"host_processors_per_core": (1.1,)}),
            (NO, {"host_processors_per_core": (1,)}),
            (NO, {"servers__virtual_processors_per_core": (1.1,)}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
    "host_memory_too_small": (
        {
            "environment__virtualized": True,
            "servers__host_memory": (64,),
            "guest_memory": (64,),
            "servers_in_use": (2,),
        },
        [
            (YES, {}),
            (NO, {"guest_memory": (63.9,)}),
            (NO, {"servers__host_memory": (NA,)}),
            (NO, {"environment__virtualized": False}),
            (NO, {"servers_in_use": (0,)}),
        ],
    ),
}

COPIES = {
    "standard_database_too_large": (
        {"environment__exchange_edition": Edition.STANDARD, "volume_database_size": 1025},
        [(YES, {}), (NO, {"volume_database_size": 1024}), (NO, {"environment__exchange_edition": Edition.ENTERPRISE})],
    )
}

VERSIONS = {
    "unified_messaging_unknown": (
        {"environment__exchange_version": Version.V2019, "environment__unified_messaging": True, "version_year": 2019},
        [
            (YES, {}),
            (NO, {"environment__exchange_version": Version.V2016}),
            (NO, {"environment__unified_messaging": False}),
        ],
    ),
    "separate_roles_unknown": (
        {"roles_together": True, "environment__multi_role": False, "version_year": 2016},
        [(YES, {}), (NO, {"roles_together": False}), (NO, {"environment__multi_role": True})],
    ),
    "figures_unpublished": (
        {"environment__exchange_version": Version.V2019, "mailboxes_total": 1},
        [(YES, {}), (NO, {"environment__exchange_version": Version.V2016}), (NO, {"mailboxes_total": 0})],
    ),
    "index_size_unpublished": (
        {"content_index_share": 0, "mailboxes_total": 1},
        [(YES, {}), (NO, {"content_index_share": 0.2}), (NO, {"mailboxes_total": 0})],
    ),
    "metacache_unknown": (
        {"environment__exchange_version": Version.V2016, "storage__metacache": True, "version_year": 2016},
        [(YES, {}), (NO, {"environment__exchange_version": Version.V2019}), (NO, {"storage__metacache": False})],
    ),
    "metacache_without_dag": (
        {"storage__metacache": True, "environment__high_availability": False},
        [(YES, {}), (NO, {"storage__metacache": False}), (NO, {"environment__high_availability": True})],
    ),
    "metacache_without_autoreseed": (
        {"metacache_in_use": True, "storage__autoreseed_volumes": 0},
        [(YES, {}), (NO, {"metacache_in_use": False}), (NO, {"storage__autoreseed_volumes": 1})],
    ),
    "metacache_too_small": (
        {"metacache_capacity": 5999, "metacache_share": 0.05, "metacache_capacity_by_disks": (6000, 7200)},
        [(YES, {}), (NO, {"metacache_capacity": 6000}), (NO, {"metacache_capacity": NA})],
    ),
    "metacache_too_large": (
        {"metacache_capacity": 12_001, "metacache_share": 0.1, "metacache_disk_capacity": 120_000},
        [(YES, {}), (NO, {"metacache_capacity": 12_000}), (NO, {"metacache_capacity": NA})],
    ),
    "metacache_too_few_ssds": (
        {"metacache_ssds": 3, "metacache_disks": 10},
        [(YES, {}), (NO, {"metacache_ssds": 4}), (NO, {"metacache_disks": 9}), (NO, {"metacache_ssds": NA})],
    ),
    "dag_members_share_host": (
        {"environment__virtualized": True, "environment__high_availability": True, "servers__dag_members_per_host": 2},
        [
            (YES, {}),
            (NO, {"environment__virtualized": False}),
            (NO, {"environment__high_availability": False}),
            (NO, {"servers__dag_members_per_host": 1}),
        ],
    ),
}

RECOVERY = {
    "recovery_too_long": (
        {
            "volume_database_size_with_overhead": 1000,
            "recovery_hours": 5,
            "largest_database_for_recovery_time": 800,
            "backup__recovery_time_objective": 4,
        },
        [(YES, {}), (NO, {"recovery_hours": 4}), (NO, {"recovery_hours": NA})],
    ),
    "recovery_unknown": (
        {"valid": True, "recovery_hours": NA, "backup__recovery_time_objective": 4},
        [(YES, {}), (NO, {"valid": False}), (NO, {"recovery_hours": 5}), (NO, {"backup__recovery_time_objective": NA})],
    ),
}

TABLES = {
    **LIMITS,
    **INPUTS,
    **DATABASES,
    **NETWORK,
    **PROCESSOR,
    **RECOVERABLE_ITEMS,
    **STORAGE,
    **ASSUMPTIONS,
    **DOUBTFUL,
    **HOSTS,
    **COPIES,
    **VERSIONS,
    **RECOVERY,
}


def test_every_check_has_a_table():
    assert {f"check_{name}" for name in TABLES} == set(CHECKS)


@pytest.mark.parametrize("name", TABLES)
def test_each_condition_decides_alone(name):
    problem, rows = TABLES[name]
    found = [(tuple(call_check(name, **{**problem, **change}).ravel().tolist()), change) for _, change in rows]
    assert found == rows
