"""What moves a figure: samples, inputs one at a time, Sobol' indices against known ones."""

import functools
import math

import numpy as np
import pytest
from scipy import stats
from support.worker_threads import at_once

from calculator import size
from calculator.inputs.profile import Profile
from calculator.issues import InputError, UnknownResult
from calculator.studies.uncertainty import sensitivity
from calculator.studies.uncertainty.sampling import random_points, run_in_blocks, sobol_points
from calculator.studies.uncertainty.sensitivity import global_indices, one_at_a_time
from calculator.studies.uncertainty.sobol import draw_weights, estimate_indices, sum_moments

QUOTAS = ["tiers.mailbox_size_limit", "tiers.archive_size_limit"]
LINEAR = {"tiers.1.mailboxes": 1000.0, "tiers.1.mailbox_size_limit": 4096.0, "tiers.1.archive_size_limit": 2048.0}
RANGES = {QUOTAS[0]: "2..6 GB", QUOTAS[1]: "1..3 GB"}
"""Widths of 4 and 2 GB."""


# --- samples -------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [random_points, sobol_points])
def test_a_point_is_the_same_however_the_sample_is_cut(points):
    whole = points(3, 0, 1000, 2013)
    cut = [points(3, start, min(start + 173, 1000), 2013) for start in range(0, 1000, 173)]
    assert (np.vstack(cut) == whole).all()
    assert (points(3, 0, 1000, 2014) != whole).any()
    assert whole.mean(axis=0) == pytest.approx([0.5] * 3, abs=0.03)


def test_blocks_come_in_order():
    blocks = list(run_in_blocks(functools.partial(random_points, 2, seed=1), 10, 4))
    assert [(start, stop) for start, stop, _ in blocks] == [(0, 4), (4, 8), (8, 10)]
    assert (np.vstack([made for *_, made in blocks]) == random_points(2, 0, 10, 1)).all()


# --- one at a time -------------------------------------------------------------------------------


def test_each_input_is_moved_to_both_ends():
    study = one_at_a_time(LINEAR, "tiers.1.mailbox_size_on_disk", inputs=QUOTAS)
    for swing in study.swings:
        path = swing.input.replace("tiers.", "tiers.1.")
        for end, value in ((swing.low, swing.at_low), (swing.high, swing.at_high)):
            assert value == size({**LINEAR, path: end})["tiers.1.mailbox_size_on_disk"]
        assert swing.present == size(LINEAR)["tiers.1.mailbox_size_on_disk"]
        assert swing.swing == swing.at_high - swing.at_low
    assert [(swing.input, swing.low, swing.high) for swing in study.swings] == [
        (QUOTAS[0], pytest.approx(0.8 * 4096), pytest.approx(1.2 * 4096)),
        (QUOTAS[1], pytest.approx(0.8 * 2048), pytest.approx(1.2 * 2048)),
    ]


def test_the_swing_holds_the_present_figure_too():
    # Fewer and larger databases both ways: the swing is from the least to the most of the three.
    study = one_at_a_time({"tiers.1.mailboxes": 5000}, "all")
    for swing in study.swings:
        known = [value for value in (swing.at_low, swing.present, swing.at_high) if value is not None]
        assert swing.swing == max(known) - min(known)
    by_result = {}
    for swing in study.swings:
        by_result.setdefault(swing.result, []).append(swing.swing)
    assert all(swings == sorted(swings, reverse=True) for swings in by_result.values())


def test_inputs_that_do_not_move_a_figure_are_left_out():
    study = one_at_a_time(LINEAR, "tiers.1.mailbox_size_on_disk", inputs=[*QUOTAS, "guidance.reseed_rate"])
    assert [swing.input for swing in study.swings] == QUOTAS
    assert study.inputs == (*QUOTAS, "guidance.reseed_rate")


def test_places_with_different_values_are_moved_by_factors():
    design = {"tiers.1.mailboxes": 10, "tiers.2.mailboxes": 20, "tiers.2.messages_per_day": 200}
    [swing] = one_at_a_time(design, "messages_per_day", inputs=["tiers.messages_per_day"]).swings
    # 10 x 100 and 20 x 200 messages, 20 % less and more.
    assert (swing.low, swing.high, swing.input_unit) == (0.8, 1.2, "times present")
    assert (swing.at_low, swing.present, swing.at_high) == pytest.approx((4000, 5000, 6000))


def test_a_figure_of_an_invalid_design_does_not_apply():
    study = one_at_a_time(
        {"tiers.1.mailboxes": 1000, "environment.mailbox_servers": 8},
        "summary_servers.environment",
        inputs=["environment.mailbox_servers"],
    )
    # Two datacenters of 9 servers are more than the 16 of a DAG.
    [swing] = study.swings
    assert (swing.at_low, swing.present, swing.at_high, swing.swing) == (14, 16, None, 2)


def test_flags_count_one_and_words_are_left_out():
    study = one_at_a_time({"tiers.1.mailboxes": 1000}, ["disks_fit", "transport_database_location"])
    assert {swing.unit for swing in study.swings} <= {"flag"}
    with pytest.raises(InputError, match="None of the results is a number"):
        one_at_a_time({"tiers.1.mailboxes": 1000}, "transport_database_location")
    with pytest.raises(UnknownResult):
        one_at_a_time({"tiers.1.mailboxes": 1000}, "no_such_result")


def test_a_range_has_ends():
    with pytest.raises(InputError) as refused:
        one_at_a_time(LINEAR, inputs=(), ranges={QUOTAS[0]: "normal(4, 1 GB)"})
    assert str(refused.value) == (
        "inputs: tiers.mailbox_size_limit: normal(4, 1 GB) has no bounds. Give a range such as 80..140."
    )


# --- indices -------------------------------------------------------------------------------------


def ishigami(points):
    x, y, z = (2 * points - 1) * math.pi
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def mixed(points):
    """Values of the function at both samples and their mixtures."""
    a, b = points.T[:3], points.T[3:]
    mixtures = [np.where(np.arange(3)[:, None] == place, b, a) for place in range(3)]
    return ishigami(a)[None], ishigami(b)[None], np.stack([ishigami(one)[None] for one in mixtures])


@functools.cache
def of_ishigami(block):
    found = None
    for start in range(0, 16_384, block):
        values = mixed(sobol_points(6, start, start + block, 2013))
        part = sum_moments(*values, np.array([3.0]), draw_weights(block, 2013, start))
        found = part if found is None else found + part
    return estimate_indices(found)


def test_indices_of_ishigami_are_the_known_ones():
    # Variance a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2 with a = 7, b = 0.1.
    a, b = 7, 0.1
    variance = a**2 / 8 + b * math.pi**4 / 5 + b**2 * math.pi**8 / 18 + 1 / 2
    first = [(1 + b * math.pi**4 / 5) ** 2 / 2 / variance, a**2 / 8 / variance, 0]
    together = b**2 * math.pi**8 * (1 / 18 - 1 / 50) / variance
    found = of_ishigami(16_384)
    assert found.first[0] == pytest.approx(first, abs=0.01)
    assert found.total[0] == pytest.approx([first[0] + together, first[1], together], abs=0.01)
    low, high = found.first_bounds[:, 0]
    assert (low < first).all()
    assert (first < high).all()
    low, high = found.total_bounds[:, 0]
    assert (low < found.total[0]).all()
    assert (found.total[0] < high).all()


def test_indices_are_those_of_scipy():
    f_a, f_b, f_ab = mixed(sobol_points(6, 0, 16_384, 2013))
    theirs = stats.sobol_indices(func={"f_A": f_a, "f_B": f_b, "f_AB": f_ab}, n=16_384)
    assert of_ishigami(16_384).first[0] == pytest.approx(theirs.first_order, abs=1e-9)
    assert of_ishigami(16_384).total[0] == pytest.approx(theirs.total_order, abs=1e-9)


def test_sums_of_blocks_are_those_of_the_whole():
    whole, blocks = of_ishigami(16_384), of_ishigami(1024)
    assert blocks.first == pytest.approx(whole.first, abs=1e-12)
    assert blocks.total == pytest.approx(whole.total, abs=1e-12)
    # The bootstrap draws other numbers, to the same effect.
    assert blocks.total_bounds == pytest.approx(whole.total_bounds, abs=0.02)


def test_a_point_that_does_not_apply_everywhere_is_left_out():
    f_a, f_b, f_ab = mixed(sobol_points(6, 0, 1024, 2013))
    holed = f_ab.copy()
    holed[1, 0, :100] = np.nan
    centre = np.array([0.0])
    found = sum_moments(f_a, f_b, holed, centre, draw_weights(1024, 1, 0))
    assert found.left_out.tolist() == [100]
    rest = sum_moments(f_a[:, 100:], f_b[:, 100:], f_ab[..., 100:], centre, draw_weights(924, 1, 0))
    assert estimate_indices(found).first == pytest.approx(estimate_indices(rest).first, abs=1e-12)
    assert estimate_indices(found).total == pytest.approx(estimate_indices(rest).total, abs=1e-12)


def test_a_figure_that_does_not_vary_has_no_indices():
    flat = np.full((1, 64), 1e9 / 3)
    found = estimate_indices(sum_moments(flat, flat, flat[None], np.array([0.0]), draw_weights(64, 1, 0)))
    for values in (found.first, found.total, found.first_bounds, found.total_bounds):
        assert np.isnan(values).all()


def test_a_linear_figure_is_shared_by_the_squares_of_its_parts():
    """Mailbox size on disk: 1.03 of the quota and 1.042 of the archive's.

    Calendar versions add 3 % of either, single item recovery 1.2 % of the archive's.
    """
    study = global_indices(LINEAR, "tiers.1.mailbox_size_on_disk", inputs=(), ranges=RANGES, samples=16_384)
    parts = {QUOTAS[0]: (1.03 * 4) ** 2, QUOTAS[1]: (1.042 * 2) ** 2}
    assert study.designs == 4096 * 4
    assert [index.input for index in study.indices] == QUOTAS
    for index in study.indices:
        share = parts[index.input] / sum(parts.values())
        assert index.first_order == pytest.approx(share, abs=0.002)
        assert index.total == pytest.approx(share, abs=0.002)
        assert index.first_order_low < share < index.first_order_high
        assert index.total_low < share < index.total_high
        assert (index.designs, index.left_out) == (16_384, 0)


def test_the_same_seed_gives_the_same_and_workers_change_nothing(monkeypatch):
    monkeypatch.setattr(sensitivity, "BLOCK", 1024)
    given = {"results": ["tiers.1.mailbox_size_on_disk", "summary_databases"], "inputs": (), "ranges": RANGES}
    told = []
    once = global_indices(LINEAR, **given, samples=4096, progress=lambda *how_far: told.append(how_far))
    assert repr(global_indices(LINEAR, **given, samples=4096).rows()) == repr(once.rows())
    at_once(monkeypatch)
    assert repr(global_indices(LINEAR, **given, samples=4096, jobs=2).rows()) == repr(once.rows())
    assert repr(global_indices(LINEAR, **given, samples=4096, seed=1).rows()) != repr(once.rows())
    assert told == [(1024, 0.25), (2048, 0.5), (3072, 0.75), (4096, 1.0)]


def test_designs_in_which_a_figure_does_not_apply_are_counted():
    # Of 7, 8 or 9 servers in each of two datacenters, 9 are more than a DAG has.
    design = Profile({"tiers.1.mailboxes": 1000.0, "environment.mailbox_servers": 8.0})
    study = global_indices(
        design, "summary_servers.environment", inputs=["environment.mailbox_servers", "environment.dags"], samples=4096
    )
    assert study.indices[0].left_out == pytest.approx(study.designs / 3, rel=0.02)
    assert {index.input for index in study.indices} == {"environment.mailbox_servers", "environment.dags"}


def test_a_sample_that_cannot_be_drawn_is_reported():
    with pytest.raises(InputError) as refused:
        global_indices(LINEAR, inputs=QUOTAS, samples=100, seed=-1, jobs=0)
    assert str(refused.value).splitlines() == [
        "samples: 100 designs cannot be sampled. Give 256 to 100,000,000.",
        "seed: -1 is not a seed. Give a whole number, 0 or more.",
        "jobs: 0 workers cannot be run. Give 1 to 64.",
    ]


def test_the_last_digits_of_a_number_move_nothing():
    """Cores change nothing where the rating of the server is given, but the order of a product."""
    design = {"tiers.1.mailboxes": 10_000, "servers.primary.specint2006_rate": 540}
    cores = {
        "inputs": ["servers.processor_cores", "tiers.messages_per_day"],
        "ranges": {"servers.processor_cores": "7..31"},
    }
    figures = ["worst_cpu_utilization", "peak_iops_per_server"]
    assert {swing.input for swing in one_at_a_time(design, figures, **cores).swings} == {"tiers.messages_per_day"}
    found = global_indices(design, figures, samples=1024, **cores)
    assert {index.input for index in found.indices} == {"tiers.messages_per_day"}
