"""Where the sources differ: each option with the figure stated for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import load, with_settings

T9 = PROFILES / "hundred_thousand_mailboxes.toml"
SMALL_USER = {
    "tiers.1.mailboxes": 1000,
    "tiers.1.messages_per_day": 100,
    "tiers.1.message_size": 50,
    "tiers.1.mailbox_size_limit": 2048,
    "tiers.1.deleted_item_retention": 90,
}


def t9(*settings):
    return size(with_settings(load(T9), settings))


def test_d1_d2_both_dumpster_models_are_computed():
    plan = size({**SMALL_USER, "tiers.1.calendar_versioning": False})
    assert plan["tiers.1.dumpster_purges_versions"] == 349.12109375
    both = size(SMALL_USER)
    calculator = both["tiers.1.dumpster_calculator"] + both["tiers.1.whitespace"]
    assert round(calculator, 2) == 530.35  # 439.45 + 24.58 + 61.44 + 4.88


@pytest.mark.parametrize(
    ("model", "counts"), [("purges_versions", 349.12109375), ("calculator", 464.029125), ("larger", 464.029125)]
)
def test_d1_the_model_that_counts(model, counts):
    plan = size({**SMALL_USER, "tiers.1.calendar_versioning": False, "guidance.dumpster_model": model})
    assert plan["tiers.1.dumpster"] == pytest.approx(counts, rel=1e-12)
    assert plan["tiers.1.dumpster_and_whitespace"] == pytest.approx(counts + 4.8828125, rel=1e-12)


def test_d1_the_smaller_model_is_a_notice():
    plan = size({**SMALL_USER, "tiers.1.calendar_versioning": False})
    texts = [str(issue) for issue in plan.issues]
    assert (
        "design: tiers.1.deleted_item_retention: Recoverable Items: 349 MB is used (Purges and Versions). "
        'Microsoft\'s workbook would use 464 MB. Set guidance.dumpster_model to "larger" to use the larger figure.'
    ) in texts


def test_d3_calendar_versioning_adds_three_percent_of_the_quota():
    assert size(SMALL_USER)["tiers.1.dumpster_calendar"] == pytest.approx(61.44, rel=1e-12)


def test_d6_provisioning_makes_files_larger_and_databases_smaller():
    exact, provisioned = t9(), t9("guidance.database_provisioning_factor=1.2")
    capacity = "mailboxes_per_database_capacity"
    assert provisioned[capacity] == pytest.approx(exact[capacity] / 1.2, rel=1e-12)
    net = provisioned["volume_database_size"]
    assert provisioned["volume_database_size_with_overhead"] == pytest.approx(1.2 * net, rel=1e-12)


def test_d8_half_the_iops_for_passive_copies():
    assert t9()["peak_iops_per_server"] == pytest.approx(502.5, rel=1e-12)
    half = t9("guidance.passive_iops_factor=0.5")
    assert round(half["peak_iops_per_server"], 2) == 314.06


def test_d9_the_multiplier_applies_only_to_active_copies():
    settings = ["tiers.1.megacycles_multiplier=2"]
    both, active = t9(*settings), t9(*settings, "guidance.multiplier_on_passive=false")
    assert both["tiers.1.passive_megacycles"] == pytest.approx(5.48, rel=1e-12)
    assert active["tiers.1.passive_megacycles"] == pytest.approx(2.74, rel=1e-12)
    assert active["tiers.1.active_megacycles"] == both["tiers.1.active_megacycles"]


def test_d10_client_access_before_service_pack_one():
    plan = t9("guidance.client_access_ratio=0.25")
    assert round(100 * plan["cpu_utilization_by_mode.normal.primary"], 2) == 46.01
    assert round(100 * plan["cpu_utilization_by_mode.worst.primary"], 2) == 70.76


@pytest.mark.parametrize(
    ("messages", "active", "passive"),
    [(50, 2.13, 0.69), (100, 4.25, 1.37), (150, 6.38, 2.06), (250, 10.63, 3.43), (450, 19.13, 6.17)],
)
def test_d11_megacycles_as_the_tables_print_them(messages, active, passive):
    plan = t9(f"tiers.1.messages_per_day={messages}", "guidance.megacycle_rounding=table")
    assert plan["tiers.1.active_megacycles"] == pytest.approx(active, rel=1e-12)
    assert plan["tiers.1.passive_megacycles"] == pytest.approx(passive, rel=1e-12)


def test_d12_background_maintenance():
    assert t9("guidance.bdm_throughput=2")["summary_maintenance_throughput.environment"] == 2 * 7168


def test_d13_transport_holds_as_many_copies_as_databases():
    shadow, copies = t9(), t9("guidance.transport_copies=database_copies")
    assert copies["transport_database_size"] == pytest.approx(2 * shadow["transport_database_size"], rel=1e-12)


def test_d18_reseed_rate():
    slow = t9("guidance.reseed_rate=20")
    assert slow["reseed_hours"] == pytest.approx(t9()["reseed_hours"] * 25 / 20, rel=1e-12)


def test_the_link_may_be_what_slows_a_reseed():
    plan = t9("replication.link_type=Fast Ethernet")
    rate = 100e6 / 8 / 2**20
    assert plan["reseed_hours_over_link"] == pytest.approx(plan["reseed_hours"] * 25 / rate, rel=1e-12)


def test_one_more_day_of_retention_costs_space_in_every_copy():
    plan = t9()
    each = 14.6484375
    assert plan["tiers.1.retention_day_space"] == each
    assert plan["retention_day_cost"] == pytest.approx(100_000 * each / 1024 * 4, rel=1e-12)
    by_weeks = t9("guidance.dumpster_model=purges_versions")
    assert by_weeks["tiers.1.retention_day_space"] == pytest.approx(each * 5 * 1.1 / 7, rel=1e-12)


def test_retention_really_met_above_twenty_gigabytes():
    design = {
        "tiers.1.mailboxes": 100,
        "tiers.1.messages_per_day": 500,
        "tiers.1.message_size": 500,
        "tiers.1.mailbox_size_limit": 10240,
        "guidance.dumpster_model": "calculator",
    }
    met = size({**design, "tiers.1.deleted_item_retention": 80})
    assert met["tiers.1.retention_met"] == 80
    lost = size({**design, "tiers.1.deleted_item_retention": 120})
    shares = 10240 * (0.012 + 0.03)
    assert lost["tiers.1.retention_met"] == pytest.approx((20_480 - shares) / 244.140625, rel=1e-9)
    assert "tiers.1.deleted_item_retention" in [i.field for i in lost.issues if i.severity == "warning"]


def test_storage_bandwidth_is_maintenance_database_io_and_logs():
    plan = t9()
    logs = 56 * plan["logs_per_day_per_database"] * 0.10 / 3600
    total = 56 + 502.5 * 32 / 1024 + logs
    assert plan["server_storage_throughput"] == pytest.approx(total, rel=1e-12)


def test_install_drive_with_language_packs():
    alone = size({"tiers.1.mailboxes": 10})
    assert alone["install_drive_required"] == 30
    voice = {"environment.unified_messaging": True, "environment.um_languages": 4}
    assert size({"tiers.1.mailboxes": 10, **voice})["install_drive_required"] == 32


def test_days_until_a_volume_fills():
    plan = t9()
    room = 4 * plan["volume_log_size_with_overhead"] + 0.05 * plan["volume_database_volume_size"]
    daily = 4 * plan["logs_per_day_per_database"] / 1024
    assert plan["days_until_volume_full"] == pytest.approx(room / daily, rel=1e-12)
    assert plan["days_until_disk_full"] > plan["days_until_volume_full"]


@pytest.mark.parametrize(
    ("servers", "votes", "needed", "witness"), [(1, 3, 2, True), (2, 5, 3, True), (3, 7, 4, True), (8, 17, 9, True)]
)
def test_quorum_of_an_even_dag(servers, votes, needed, witness):
    settings = [f"environment.mailbox_servers={servers}"]
    if servers == 1:
        settings += ["database_copies.ha_copies=2", "database_copies.ha_copies_secondary=1"]
    plan = t9(*settings)
    assert plan["quorum_votes"] == votes
    assert plan["quorum_votes_needed"] == needed
    assert plan["witness_required"] is witness
    assert plan["quorum_model"] == "node_and_file_share_majority"
    assert plan["quorum_votes_by_site"] == {"primary": servers, "secondary": servers, "third_site": 1}


def test_quorum_of_an_odd_dag_needs_no_witness():
    one_site = {
        "tiers.1.mailboxes": 3000,
        "environment.mailbox_servers": 5,
        "site_resilience.enabled": False,
        "database_copies.ha_copies": 3,
    }
    plan = size(one_site)
    assert (plan["quorum_votes"], plan["quorum_votes_needed"]) == (5, 3)
    assert plan["witness_required"] is False
    assert plan["quorum_model"] == "node_majority"


def test_quorum_does_not_apply_to_a_standalone_server():
    plan = size(Path(T9).with_name("small_office.toml"))
    assert plan["quorum_votes"] is None
    assert plan["witness_required"] is None
    assert plan["quorum_model"] is None


def test_predicted_iops_may_be_off_and_measured_ones_are_not():
    plain, more = t9(), t9("io.predicted_iops_factor=1.2")
    assert more["tiers.1.base_iops"] == pytest.approx(1.2 * plain["tiers.1.base_iops"], rel=1e-12)
    assert more["peak_iops_per_server"] == pytest.approx(1.2 * plain["peak_iops_per_server"], rel=1e-12)
    measured = ["tiers.1.predict_iops=false", "tiers.1.iops_per_mailbox=0.1"]
    assert (
        t9(*measured, "io.predicted_iops_factor=1.2")["peak_iops_per_server"] == (t9(*measured)["peak_iops_per_server"])
    )
