"""Replication: windows, links and the TCP window, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.rule_calls import NA, assert_figures, call, call_correction

from calculator import size
from calculator.inputs.choices import RECOMMENDED_LINK
from calculator.rules.constants import CONSTANTS
from calculator.rules.replication import replication_window_throughput

TWO_SITES = {"tiers.1.mailboxes": 4000}
FLAT = {f"replication.hourly_log_share.{hour}": 1 / 24 for hour in range(1, 25)}


def test_windows_wrap_around_midnight():
    logs = np.zeros((24, 1))
    logs[23], logs[0] = 600.0, 300.0
    windows = replication_window_throughput(logs, np.array([8.0]), 3600.0)[:, 0]
    assert windows[0] == 600 * 8 / 3600
    assert windows[1] == 450 * 8 / 3600
    assert windows[2] == 300 * 8 / 3600
    assert windows[23] == pytest.approx(900 / 24 * 8 / 3600)
    assert windows[3] == windows[4] == 180 * 8 / 3600  # the window of four hours averages five


def test_a_flat_day_has_the_same_need_in_every_window():
    plan = size({**TWO_SITES, **FLAT, "site_resilience.recovery_point_objective": 12})
    peak = plan["replication_peak_throughput.environment"]
    assert plan["replication_rpo_throughput.environment"] == pytest.approx(peak, rel=1e-12)


def test_without_shares_no_bandwidth_is_sized():
    none = {f"replication.hourly_log_share.{hour}": 0 for hour in range(1, 25)}
    plan = size({**TWO_SITES, **none})
    assert plan["replication_peak_throughput.environment"] is None
    assert plan["replication_link_acceptable_for_peak"] is None
    assert plan["replication_recommended_link_for_peak"] is None


def test_compression_spares_logs_and_not_the_content_index():
    plan = size(TWO_SITES)
    logs = plan["replication_peak_log_throughput.database"]
    index = plan["replication_peak_content_index_throughput.database"]
    assert logs == pytest.approx(0.7 * index, rel=1e-12)


@pytest.mark.parametrize(
    ("link", "enough", "recommended"),
    [
        ("Gigabit Ethernet", True, "chosen_link"),
        ("64 Kilobit", False, "fast_ethernet"),
        ("Ethernet", False, "fast_ethernet"),
    ],
)
def test_the_link_that_carries_the_peak(link, enough, recommended):
    plan = size({**TWO_SITES, "replication.link_type": link})
    assert 51.84 < plan["replication_peak_throughput.environment"] < 100
    assert plan["replication_link_acceptable_for_peak"] is enough
    assert plan["replication_recommended_link_for_peak"] == recommended
    warned = "replication.link_type" in [issue.field for issue in plan.issues]
    assert warned is not enough


def test_a_recovery_point_objective_may_spare_the_link():
    slow = {**TWO_SITES, "replication.link_type": "oc_1_51_8_mbps"}
    assert size(slow)["replication_link_acceptable_for_peak"] is False
    late = size({**slow, "site_resilience.recovery_point_objective": 24})
    assert late["replication_link_acceptable_for_rpo"] is True
    assert "replication.link_type" not in [issue.field for issue in late.issues]


@pytest.mark.parametrize(
    ("bits", "window"),
    [(65_535, np.nan), (65_536, 131_070), (131_070, 131_070), (131_071, 262_140), (1e12, 1_073_725_440)],
)
def test_the_tcp_window_of_bits_in_flight(bits, window):
    found = CONSTANTS["tcp_window"].value.floor(np.array([float(bits)]))
    assert np.array_equal(found, [window], equal_nan=True)


def test_long_latencies_bound_the_fastest_links():
    far = {
        **TWO_SITES,
        "site_resilience.model": "active_passive",
        "replication.link_type": "10_gigabit_ethernet",
        "replication.link_latency": 5000,
    }
    plan = size(far)
    assert plan["replication_tcp_window_size"] == 1_073_725_440
    usable = 1_073_725_440 / 5 * 8
    assert plan["replication_link_utilization"] == pytest.approx(
        plan["replication_peak_throughput.environment"] * 1e6 / usable, rel=1e-12
    )
    assert plan.status == "invalid"  # members of a DAG are at most 500 ms apart


@pytest.mark.parametrize("latency", [20, 1000])
@pytest.mark.parametrize(
    ("needed", "link"),
    [
        (0, "64_kilobit"),
        (0.01, "64_kilobit"),
        (0.07, "128_kilobit"),
        (3000, "oc_96_5_gbps"),
        (9000, "10_gigabit_ethernet"),
    ],
)
def test_the_first_link_that_carries_what_is_needed(latency, needed, link):
    # At 1000 ms the largest window lets 8 * 1,073,725,440 bit/s through, 8,590 Mb/s.
    for target in ("peak", "rpo"):
        found = call(
            f"replication_recommended_link_for_{target}",
            **{
                f"replication_{target}_throughput": (0, 0, needed),
                f"replication_link_acceptable_for_{target}": 0,
                "replication__link_latency": latency,
            },
        )
        assert RECOMMENDED_LINK.words[int(found[0])] == link


def test_bits_in_flight_where_the_secondary_has_servers():
    # Gigabit Ethernet at 50 ms has 1e9 * 0.05 bits in flight.
    link = {"chosen_link_bandwidth": 1e9, "replication__link_latency": 50}
    servers = {"dr_servers": (9, [1, 0, 0, 0, 1, 2]), "lagged_servers": (9, [0, 1, 0, 0, 1, 2])}
    shown = call(
        "replication_bandwidth_delay_product",
        environment__high_availability=[True, True, True, True, False, True],
        **link,
        **servers,
    )
    assert_figures(shown, [5e7, 5e7, NA, NA, NA, 5e7])
    corrected = call_correction(
        "replication_bandwidth_delay_product",
        two_datacenters=[True, True, True, True, False, True],
        active_servers=(9, [0, 0, 1, 0, 1, 2]),
        **link,
        **servers,
    )
    assert_figures(corrected, [5e7, 5e7, 5e7, NA, NA, 5e7])
