"""The worked examples of the published sources, one test each, to the digits printed there."""

from __future__ import annotations

import numpy as np
import pytest
from support.paths import PROFILES
from support.rule_calls import NA, call

from calculator import size
from calculator.inputs.choices import Version
from calculator.rules.constants import CONSTANTS
from calculator.rules.dumpster import (
    dumpster_calculator,
    dumpster_calculator_uncapped,
    dumpster_purges,
    dumpster_versions,
    hold_growth_per_week,
    items_kept,
    retention_weeks,
    weekly_mail,
)
from calculator.rules.maintenance import guest_system_disk, hours_to_copy
from calculator.rules.volume import (
    content_index_size,
    master_merge_saving,
    master_merge_size,
    volume_database_size,
    volume_database_size_with_overhead,
)


def of(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


PROFILE = PROFILES / "hundred_thousand_mailboxes.toml"
YES, NO = np.array([True]), np.array([False])
ARTICLE_USER = {
    "tiers.1.mailboxes": 1000,
    "tiers.1.messages_per_day": 100,
    "tiers.1.message_size": "50 KB",
    "tiers.1.mailbox_size_limit": "2 GB",
    "tiers.1.edited_share": "10 %",
    "tiers.1.calendar_versioning": False,
}


def test_t1_ninety_days_of_single_item_recovery():
    assert retention_weeks(of(90), 7.0) == 13
    assert items_kept(of(100), of(5), of(1)) == 500
    assert items_kept(of(100), of(5), of(13)) == 6500
    purges = dumpster_purges(of(6500), of(50), YES, 1024.0)
    assert purges == 317.3828125
    assert dumpster_versions(purges, of(0.1)) == 31.73828125

    plan = size({**ARTICLE_USER, "tiers.1.deleted_item_retention": "90 days"})
    assert plan["items_kept"] == {"1": 6500}
    assert plan["tiers.1.dumpster_purges"] == 317.3828125
    assert plan["tiers.1.dumpster_versions"] == 31.73828125
    assert plan["tiers.1.dumpster_deletions"] == 0
    assert plan["tiers.1.dumpster_purges_versions"] == 349.12109375


def test_t2_a_year_of_single_item_recovery():
    plan = size({**ARTICLE_USER, "tiers.1.deleted_item_retention": 365})
    assert plan["tiers.1.dumpster_purges_versions"] == 1423.33984375
    assert round(plan["tiers.1.dumpster_purges_versions"] / 1024, 4) == 1.3900
    year = size({**ARTICLE_USER, "tiers.1.deleted_item_retention": 364})
    assert year["tiers.1.dumpster_purges_versions"] == 1396.484375
    assert round(year["tiers.1.dumpster_purges_versions"] / 1024, 4) == 1.3638


def test_without_single_item_recovery_the_same_flow_is_deletions():
    plan = size({**ARTICLE_USER, "tiers.1.deleted_item_retention": 90, "tiers.1.single_item_recovery": False})
    assert plan["tiers.1.dumpster_deletions"] == 317.3828125
    assert plan["tiers.1.dumpster_purges"] == 0
    assert plan["tiers.1.dumpster_versions"] == 0
    assert plan["tiers.1.dumpster_purges_versions"] == 317.3828125


def test_t3_default_quotas_stay_above_the_examples():
    assert CONSTANTS["recoverable_items_warning_quota"].value == 20 * 1024
    assert CONSTANTS["recoverable_items_quota"].value == 30 * 1024


def test_t4_the_same_mailbox_on_hold():
    growth = hold_growth_per_week(weekly_mail(of(100), of(50), of(5), 1024.0), of(0.1))
    assert growth == 26.85546875
    plan = size({**ARTICLE_USER, "tiers.1.litigation_hold": True})
    weeks = 52 / 12
    assert plan["tiers.1.hold_growth_per_week"] == 26.85546875
    assert round(plan["tiers.1.hold_months_to_20_gb"] * weeks, 2) == 762.60
    assert round(plan["tiers.1.hold_months_to_30_gb"] * weeks, 2) == 1143.90


def test_t5_a_busy_mailbox_on_hold():
    plan = size(
        {
            "tiers.1.mailboxes": 100,
            "tiers.1.messages_per_day": 200,
            "tiers.1.litigation_hold": True,
            "guidance.planning_horizon": 60,
        }
    )
    weeks = 52 / 12
    assert plan["tiers.1.hold_growth_per_week"] == 80.56640625
    assert round(plan["tiers.1.hold_months_to_20_gb"] * weeks, 2) == 254.20
    assert round(plan["tiers.1.hold_months_to_30_gb"] * weeks, 2) == 381.30
    assert round(plan["tiers.1.hold_months_to_20_gb"], 1) == 58.7
    assert plan["tiers.1.dumpster"] == pytest.approx(80.56640625 * 260, rel=1e-12)


def test_t6_content_index_of_four_databases_on_one_volume():
    index = content_index_size(of(4000), 0.2)
    merge = master_merge_size(of(4), of(1000), 0.2)
    assert index + merge == 1000
    apart = 4 * (content_index_size(of(1000), 0.2) + master_merge_size(of(1), of(1000), 0.2))
    assert apart == 1600
    assert master_merge_saving(of(4), merge) == apart - (index + merge) == 600


def test_t7_background_maintenance_of_fifty_six_copies():
    plan = size(PROFILE)
    assert plan["summary_database_copies.server"] == 56
    assert plan["summary_maintenance_throughput"] == {
        "database": 1.0,
        "server": 56.0,
        "dag": 896.0,
        "environment": 7168.0,
    }


def test_t8_database_overhead():
    mailbox_data = volume_database_size(YES, of(1000), of(10890), 1024.0)
    assert mailbox_data == 10634.765625
    assert volume_database_size_with_overhead(mailbox_data, of(0), of(1)) == 10634.765625
    assert volume_database_size_with_overhead(mailbox_data, of(0.2), of(1)) == pytest.approx(12761.71875, rel=1e-12)


@pytest.fixture(scope="module")
def plan():
    return size(PROFILE)


class TestT9TheHundredThousandMailboxes:
    """The walk-through of the sizing article, letter by letter."""

    def test_a_whitespace(self, plan):
        assert plan["tiers.1.whitespace"] == 14.6484375

    def test_b_dumpster(self, plan):
        flow = plan["tiers.1.whitespace"] * 14
        assert flow == 205.078125
        assert plan["tiers.1.dumpster_calculator"] == pytest.approx(flow + 122.88 + 307.2, rel=1e-12)
        assert plan["tiers.1.dumpster_and_whitespace"] == pytest.approx(649.8065625, rel=1e-12)

    def test_c_mailbox_size_on_disk(self, plan):
        assert plan["tiers.1.mailbox_size_on_disk"] == 10890

    def test_c_by_purges_and_versions(self):
        user = {"tiers.1.mailboxes": 100_000, "tiers.1.messages_per_day": 200, "tiers.1.mailbox_size_limit": 10240}
        assert size(user)["tiers.1.mailbox_size_on_disk"] == 10723

    def test_d_logs(self, plan):
        assert plan["tiers.1.mailbox_logs_per_day"] == 40

    def test_e_iops(self, plan):
        assert plan["tiers.1.iops_profile"] == pytest.approx(0.134, rel=1e-12)
        assert plan["tiers.1.reads"] == pytest.approx(0.0804, rel=1e-12)
        assert plan["tiers.1.writes"] == pytest.approx(0.0536, rel=1e-12)

    def test_f_megacycles(self, plan):
        assert plan["tiers.1.active_megacycles"] == pytest.approx(8.5, rel=1e-12)
        assert plan["tiers.1.passive_megacycles"] == pytest.approx(2.74, rel=1e-12)
        assert plan["tiers.1.cas_megacycles"] == pytest.approx(3.1875, rel=1e-12)
        both = plan["tiers.1.active_megacycles"] + plan["tiers.1.cas_megacycles"]
        assert both == pytest.approx(11.6875, rel=1e-12)

    def test_g_cache(self, plan):
        assert plan["tiers.1.database_cache_profile"] == 12
        assert plan["tiers.1.database_cache_profile"] / 0.25 == 48

    def test_h_messages(self, plan):
        assert plan["messages_per_day"] == 20_000_000

    def test_i_transport_of_the_environment(self, plan):
        every_server = plan["transport_database_size"] * plan["remaining_servers"]
        assert every_server == pytest.approx(11444.091796875, rel=1e-12)

    def test_j_transport_of_a_server(self, plan):
        assert plan["transport_database_size"] * plan["remaining_servers"] / 112 == pytest.approx(102.17939104)
        assert plan["remaining_servers"] == 56
        assert plan["transport_database_size"] == pytest.approx(204.35878208705358, rel=1e-12)

    def test_k_directory_cores(self, plan):
        assert plan["summary_gc_cores.primary"] == 54
        older = size(_with(PROFILE, "environment.global_catalog_64bit=false"))
        assert older["summary_gc_cores.primary"] == 107

    def test_l_transport_with_a_week_of_safety_net(self):
        week = size(_with(PROFILE, "transport.safety_net_hold=7 days"))
        every_server = week["transport_database_size"] * week["remaining_servers"]
        assert every_server == pytest.approx(25749.20654297, rel=1e-10)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("database_size_limit", 707.8051567077637),
            ("mailboxes_per_database_io", 89),
            ("mailboxes_per_database_capacity", 66.55578333),
            ("mailboxes_per_database_calculated", 67),
            ("databases_calculated", 188),
            ("databases", 224),
            ("mailboxes_per_database", 55.80357142857143),
            ("volume_databases_per_volume", 4),
            ("volume_database_volumes", 14),
            ("volume_exchange_volumes", 16),
            ("volume_database_size", 593.4579031808036),
            ("volume_log_size_with_overhead", 12.47406005859375),
            ("volume_database_volume_size", 3175.985006461466),
            ("volume_restore_volume_size", 2551.2924767974623),
            ("summary_database_copies.dag", 896),
            ("summary_database_copies.environment", 7168),
            ("active_databases_by_mode.normal.primary", 14),
            ("active_databases_by_mode.single.primary", 16),
            ("active_databases_by_mode.double.primary", 18),
            ("active_databases_by_mode.site.primary", 28),
            ("active_databases_by_mode.worst.primary", 32),
            ("user_logs_per_day_per_database", 2232.142857142857),
            ("user_logs_per_day", 500_000),
            ("move_logs_per_week", 1_361_250),
            ("summary_database_space.server", 33233.642578125),
            ("summary_database_space.dag", 531738.28125),
            ("log_space_all_copies", 11176.7578125),
            ("peak_iops", 2010),
            ("peak_iops_per_server", 502.5),
            ("log_reads_per_server", 5.742857142857144),
            ("log_writes_per_server", 100.5),
            ("megacycles_per_core.primary", 2000),
            ("available_megacycles.primary", 32000),
            ("active_megacycles_by_mode.normal.primary", 6640.625),
            ("passive_megacycles_by_mode.normal.primary", 6421.875),
            ("cas_megacycles_by_mode.normal.primary", 2490.234375),
            ("cpu_utilization_by_mode.normal.primary", 0.48602294921875),
            ("active_megacycles_by_mode.worst.primary", 15178.571428571428),
            ("passive_megacycles_by_mode.worst.primary", 3669.642857142857),
            ("cas_megacycles_by_mode.worst.primary", 5691.964285714286),
            ("cpu_utilization_by_mode.worst.primary", 0.7668805803571429),
            ("summary_cores_used.primary", 13),
            ("server_memory_calculated.primary", 92),
            ("server_memory.primary", 96),
            ("content_index_memory.primary", 7.030909265790667),
            ("cas_memory.primary", 8),
        ],
    )
    def test_the_full_run(self, plan, column, value):
        if column == "mailboxes_per_database_io":
            assert plan[column] * plan["volume_databases_per_volume"] / 4 == pytest.approx(value, abs=0.5)
        else:
            assert plan[column] == pytest.approx(value, rel=1e-9)

    def test_it_passes_every_check_of_the_workbook(self, plan):
        assert plan["design_invalid"] is False
        assert plan["transport_database_location.primary"] == "system_disk"


def _with(profile: str, *settings: str):
    from calculator.inputs.profile import load, with_settings

    return with_settings(load(profile), settings)


def test_t14_megacycles_of_a_rated_server():
    plan = size({"tiers.1.mailboxes": 1000, "servers.primary.specint2006_rate": 665})
    assert plan["megacycles_per_core.primary"] == pytest.approx(2462.962963, rel=1e-9)
    assert plan["available_megacycles.primary"] == pytest.approx(39407.407407, rel=1e-9)


def test_t16_megacycles_of_the_default_rating():
    plan = size({"tiers.1.mailboxes": 1000, "servers.primary.specint2006_rate": 35.83 * 16})
    assert plan["megacycles_per_core.primary"] == pytest.approx(2123.259259, rel=1e-9)


@pytest.mark.parametrize(("memory", "pagefile"), [(16, 16_394), (32, 32_778), (96, 32_778)])
def test_t20_pagefile(memory, pagefile):
    found = call("pagefile_size", environment__exchange_version=Version.V2013, server_memory=([memory], NA))
    assert found == pagefile


@pytest.mark.parametrize(("memory", "disk"), [(16, 31), (96, 111)])
def test_t21_guest_system_disk(memory, disk):
    sizes = np.array([[float(memory)], [np.nan]])
    assert guest_system_disk(YES, sizes, 15.0) == disk
    assert np.isnan(guest_system_disk(NO, sizes, 15.0))


@pytest.mark.parametrize(("terabytes", "printed"), [(2, 23.3), (8, 93.2)])
def test_t22_reseed(terabytes, printed):
    hours = hours_to_copy(of(terabytes * 1024.0), of(25), 1024.0, 3600.0)
    assert round(float(hours[0]), 1) == printed


def test_t24_volume_of_one_database():
    assert round((1510 * 1.4 + 37) / 0.95, 1) == 2264.2  # the figure printed, by hand
    plan = size(
        {
            "tiers.1.mailboxes": 1000,
            "site_resilience.enabled": False,
            "database_copies.ha_copies": 2,
            "storage.consider_jbod": False,
        }
    )
    database, logs = plan["volume_database_size"], plan["volume_log_size_with_overhead"]
    assert plan["volume_database_volume_size"] == pytest.approx((database * 1.4 + logs) / 0.95, rel=1e-12)


def test_t25_recoverable_items_stop_at_thirty_gigabytes():
    whitespace = of(500 * 500 / 1024)
    assert whitespace == 244.140625
    uncapped = dumpster_calculator_uncapped(YES, whitespace, of(365), YES, YES, of(102_400), 0.012, 0.03)
    assert uncapped == pytest.approx(93_412.128125, rel=1e-12)
    assert dumpster_calculator(uncapped, 30_720.0) + whitespace == 30_964.140625


def test_defaults_with_five_thousand_mailboxes_are_sound():
    plan = size({"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": "5 GB"})
    assert plan.issues.counts["error"] == plan.issues.counts["warning"] == 0
