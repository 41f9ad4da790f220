"""How sure figures are: percentiles, chances with their bounds, the input that dominates, seeds and workers."""

import numpy as np
import pytest
from support.worker_threads import at_once

from calculator import size
from calculator.issues import InputError
from calculator.rules.registry import CHECKS
from calculator.studies.uncertainty import monte_carlo as module
from calculator.studies.uncertainty.monte_carlo import EVENTS, chance, uncertainty
from calculator.studies.uncertainty.sampling import random_points
from calculator.studies.uncertainty.variance import sum_bins

QUOTA, ARCHIVE = "tiers.1.mailbox_size_limit", "tiers.1.archive_size_limit"
SIZE = "tiers.1.mailbox_size_on_disk"
LINEAR = {"tiers.1.mailboxes": 1000, QUOTA: "2..6 GB", ARCHIVE: "1..3 GB"}
DISKS = "storage_disks_total.environment"
UNFIT = {
    "tiers.1.mailbox_size_limit": "10 GB",
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3,
    "environment.mailbox_servers": 4,
    "database.automatic_count": False,
    "database.custom_count": 12,
}
"""A design whose volumes no longer fit their disks as mailboxes become more."""
EIGHT = {"tiers.1.mailboxes": 1000, "environment.mailbox_servers": "7..9"}
"""Servers in each of two datacenters: 9 are more than a DAG has."""


@pytest.fixture(scope="module")
def linear():
    return uncertainty(LINEAR, [SIZE, "summary_databases"], samples=20_000)


# --- shares of the variance ----------------------------------------------------------------------


def binned(points, bins):
    return (points * bins).astype(int)


def shares(values, points, bins=50):
    found = sum_bins(np.asarray(values), binned(points, bins), bins, np.zeros(len(values)))
    return found.shares()


def test_a_sum_is_shared_by_the_squares_of_its_parts():
    points = random_points(3, 0, 50_000, 2013)
    x, y, _ = points.T
    found = shares([x + 2 * y, np.sin(6 * x), 7 + 0 * x], points)
    assert found[0] == pytest.approx([0.2, 0.8, 0], abs=0.01)
    assert found[1] == pytest.approx([1, 0, 0], abs=0.01)
    assert np.isnan(found[2]).all()


def test_an_input_without_influence_has_no_share():
    """With as few designs in a bin as there may be, an input without influence explains next to nothing."""
    found = [
        shares([np.random.default_rng(1000 + seed).random(1000)], random_points(1, 0, 1000, seed), 50)
        for seed in range(50)
    ]
    assert np.mean(found) < 0.01


def test_designs_in_which_a_figure_does_not_apply_do_not_count():
    points = random_points(2, 0, 20_000, 1)
    x, y = points.T
    holed = np.where(y < 0.5, np.nan, x)
    assert shares([holed], points)[0] == pytest.approx([1, 0], abs=0.01)
    half = points[y >= 0.5]
    assert shares([holed], points)[0, 0] == pytest.approx(shares([half[:, 0]], half)[0, 0], abs=1e-3)


def test_sums_of_blocks_are_those_of_the_whole():
    points = random_points(2, 0, 1000, 1)
    values, centre, places = points.sum(axis=1)[None], np.array([1.0]), binned(points, 10)
    whole = sum_bins(values, places, 10, centre)
    halves = sum_bins(values[:, :300], places[:300], 10, centre) + sum_bins(values[:, 300:], places[300:], 10, centre)
    assert halves.shares() == pytest.approx(whole.shares(), abs=1e-12)


@pytest.mark.parametrize("samples", [1000, 2000, 20_000])
def test_the_share_of_the_only_input_is_one_in_any_sample(samples):
    study = uncertainty({"tiers.1.mailboxes": 1000, QUOTA: "2..6 GB"}, SIZE, samples=samples)
    assert study.figures[0].dominant_share == pytest.approx(1, abs=0.001)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("environment.mailbox_servers", "3..8"),
        ("environment.mailbox_servers", "normal(5, 1)"),
        ("environment.mailbox_servers", "0.5..2 times"),
        ("storage.database_disk_capacity", "2000..8000"),
    ],
)
def test_the_share_of_an_only_input_that_takes_few_values_is_one(path, text):
    """Bins of equal probability would mix two values in some bins."""
    study = uncertainty(
        {"tiers.1.mailboxes": 1000}, ["summary_servers.environment", DISKS], vary={path: text}, samples=2000
    )
    found = [spread.dominant_share for spread in study.figures if spread.dominant_share is not None]
    assert found
    assert found == pytest.approx([1] * len(found), abs=1e-9)


def test_no_share_is_estimated_from_few_designs():
    """Fewer than 1,000: also where so many are drawn, but a third of them is invalid."""
    few = uncertainty(LINEAR, SIZE, samples=999)
    assert (few.figures[0].dominant_input, few.figures[0].dominant_share) == (None, None)
    third = uncertainty(EIGHT, "summary_servers.environment", samples=1200)
    assert (third.figures[0].dominant_share, third.events[1].dominant_share) == (None, None)
    assert third.events[0].dominant_share == pytest.approx(1, abs=0.05)


# --- figures -------------------------------------------------------------------------------------


def test_percentiles_of_a_linear_figure_are_those_of_its_parts(linear):
    """1.03 of the quota and 1.042 of the archive's, and what is the same for all; widths of 4 and 2 GB."""
    spread = linear.figures[0]
    wide, narrow = 1.03 * 4096, 1.042 * 2048
    middle = size({**LINEAR, QUOTA: 4096, ARCHIVE: 2048})[SIZE]
    assert spread.present == middle
    assert spread.mean == pytest.approx(middle, rel=0.005)
    row = spread.row()
    # The sum of two uniform ones: below half its narrow part the distribution function is x^2 / 2ab.
    for percent in (1, 10):
        above = np.sqrt(2 * percent / 100 * wide * narrow)
        assert row[f"p{percent}"] == pytest.approx(middle - (wide + narrow) / 2 + above, rel=0.01)
        assert row[f"p{100 - percent}"] == pytest.approx(middle + (wide + narrow) / 2 - above, rel=0.01)
    assert row["p50"] == pytest.approx(middle, rel=0.01)
    assert row["least"] >= size({**LINEAR, QUOTA: 2048, ARCHIVE: 1024})[SIZE]
    assert row["most"] <= size({**LINEAR, QUOTA: 6144, ARCHIVE: 3072})[SIZE]
    assert (spread.dominant_input, spread.not_applicable) == (QUOTA, 0)
    assert spread.dominant_share == pytest.approx(wide**2 / (wide**2 + narrow**2), abs=0.01)


def test_percentiles_of_whole_numbers_are_whole(linear):
    databases = linear.figures[1]
    assert all(value == int(value) for value in databases.percentiles)
    assert all(low == high for low, high, _ in databases.histogram)  # a bar for each number
    assert sum(share for *_, share in databases.histogram) == pytest.approx(1)
    assert len(databases.percentiles) == 101


def test_a_histogram_covers_all_designs(linear):
    bars = linear.figures[0].histogram
    assert len(bars) == 40
    assert (bars[0][0], bars[-1][1]) == (linear.figures[0].percentiles[0], linear.figures[0].percentiles[-1])
    assert sum(share for *_, share in bars) == pytest.approx(1)


def test_figures_that_do_not_apply_are_counted():
    study = uncertainty(EIGHT, ["summary_servers.environment", "summary_memory.lagged"], samples=3000)
    servers, lagged = study.figures
    invalid = study.events[0]
    assert (invalid.event, invalid.designs) == ("design_invalid", 3000)
    assert invalid.probability == pytest.approx(1 / 3, abs=0.03)
    assert servers.not_applicable == 0  # of the valid designs
    assert {low for low, *_ in servers.histogram} == {14, 16}
    assert (servers.dominant_input, servers.dominant_share) == (
        "environment.mailbox_servers",
        pytest.approx(1, abs=0.1),
    )
    row = lagged.row()
    assert row.pop("not_applicable") == 1
    assert (row.pop("result"), row.pop("unit")) == ("summary_memory.lagged", "GB")
    assert set(row.values()) == {None}
    count = round(3000 * invalid.probability)
    assert study.sentence == (
        f"{count:,} of 3,000 sampled designs ({100 * count / 3000:.1f} %) are invalid and have no figures. "
        f"Figures and other probabilities are of the {3000 - count:,} that work."
    )


def test_where_all_designs_are_invalid_there_are_no_figures_and_no_probabilities():
    study = uncertainty({**EIGHT, "environment.mailbox_servers": "9..12"}, "summary_servers.environment", samples=100)
    assert study.sentence == "All 100 sampled designs are invalid: there are no figures."
    assert (study.events[0].probability, study.figures[0].mean, study.figures[0].not_applicable) == (1, None, None)
    assert [(event.designs, event.probability) for event in study.events[1:]] == [(0, None)] * (len(EVENTS) - 1)


def test_nothing_is_said_about_cpu_without_a_rating():
    unrated = {"servers.primary.specint2006_rate": 0, "servers.secondary.specint2006_rate": 0}
    events = {event.event: event for event in uncertainty({**LINEAR, **unrated}, SIZE, samples=100).events}
    assert (events["cpu_above_80_percent"].designs, events["cpu_above_80_percent"].probability) == (0, None)
    assert events["memory_above_advice"].designs == 100


def test_nothing_is_said_about_designs_without_mailboxes():
    study = uncertainty({"tiers.1.mailboxes": 0}, SIZE, vary={"tiers.1.message_size": "50..100"}, samples=100)
    assert study.figures[0].mean is None
    assert study.sentence == "All 100 sampled designs are without mailboxes: there are no figures."
    assert {event.probability for event in study.events[1:]} == {None}


# --- events --------------------------------------------------------------------------------------


def test_bounds_are_wilsons():
    # By hand, z = 1.959964: centre 0.114797, half width 0.059568.
    found = chance("some", 10, 100, (None, None))
    assert (found.probability, found.low, found.high) == (
        0.1,
        pytest.approx(0.05523, abs=1e-5),
        pytest.approx(0.17437, abs=1e-5),
    )
    never = chance("some", 0, 1000, (None, None))
    assert (never.low, never.high) == (0, pytest.approx(3.841459 / 1003.841459, rel=1e-5))


def test_an_invalid_design_is_one_that_fails():
    events = {event.event: event for event in uncertainty(EIGHT, "summary_dags", samples=3000).events}
    invalid = events["design_invalid"]
    assert invalid.low < 1 / 3 < invalid.high
    assert invalid.dominant_input == "environment.mailbox_servers"
    assert list(events) == list(EVENTS)


@pytest.mark.slow
def test_each_event_agrees_with_sizing_the_design():
    """Of the designs that are valid, as the percentiles are; nine servers in each datacenter are invalid."""
    design = {"tiers.1.mailboxes": 5000, "storage.primary.database_disk_capacity": 1000}
    unsure = {**design, "tiers.1.messages_per_day": "100..400", "environment.mailbox_servers": "4..9"}
    study = uncertainty(unsure, "worst_cpu_utilization", samples=100)
    events = {event.event: event.probability for event in study.events}
    points = random_points(2, 0, 100, 2013)
    messages, servers = (study.inputs[place].columns(points[:, place]) for place in range(2))
    results = ["worst_cpu_utilization", "summary_memory", "design_invalid"]
    drawn = [
        dict(zip((*messages, *servers), row, strict=True))
        for row in zip(*messages.values(), *servers.values(), strict=True)
    ]
    plans = [size({**design, **values}, results=results) for values in drawn]
    assert events.pop("design_invalid") == np.mean([plan["design_invalid"] for plan in plans])
    plans = [plan for plan in plans if not plan["design_invalid"]]
    assert 50 < len(plans) < 100
    assert {event.designs for event in study.events[1:]} == {len(plans)}
    cpu = sorted(plan["worst_cpu_utilization"] for plan in plans)
    assert (study.figures[0].percentiles[0], study.figures[0].percentiles[-1]) == (cpu[0], cpu[-1])
    assert events == {
        "cpu_above_80_percent": np.mean([(plan["worst_cpu_utilization"] or 0) > 0.8 for plan in plans]),
        "cpu_above_100_percent": np.mean([(plan["worst_cpu_utilization"] or 0) > 1 for plan in plans]),
        "volume_full": np.mean([any("does not fit its disk" in i.message for i in plan.issues) for plan in plans]),
        "memory_above_advice": np.mean([max(v or 0 for v in plan["summary_memory"].values()) > 96 for plan in plans]),
        "status_invalid": np.mean([plan.status == "invalid" for plan in plans]),
    }
    assert all(0 < probability < 1 for probability in events.values())


def test_events_name_checks():
    named = {check for event in EVENTS.values() for check in (*event.checks, *event.unsized)}
    assert named - {"design_invalid"} <= set(CHECKS)


# --- what varies ---------------------------------------------------------------------------------


def test_what_is_plausibly_uncertain_varies_by_default():
    study = uncertainty({"tiers.1.mailboxes": 1000}, "summary_dags", samples=100)
    rows = {row["input"]: row for row in study.rows("inputs")}
    assert rows["io.predicted_iops_factor"] == {
        "input": "io.predicted_iops_factor",
        "unit": "1",
        "present": 1.0,
        "distribution": "0.8..1.2 times",
        "reason": "Predicted IOPS may be 20 % too low or too high",
    }


def test_predicted_iops_are_off_by_a_fifth_either_way():
    design = {"tiers.1.mailboxes": 1000}
    vary = {"io.predicted_iops_factor": "+- 20%"}
    [iops] = uncertainty(design, "tiers.1.base_iops", vary=vary, samples=1000).figures
    present = size(design)["tiers.1.base_iops"]
    assert iops.percentiles[0] == pytest.approx(0.8 * present, rel=0.01)
    assert iops.percentiles[-1] == pytest.approx(1.2 * present, rel=0.01)


def test_given_distributions_replace_those_of_the_design():
    study = uncertainty(LINEAR, SIZE, vary={QUOTA: "5 GB..5.5 GB"}, samples=100)
    assert {one.path: one.distribution.text for one in study.inputs} == {QUOTA: "5 GB..5.5 GB", ARCHIVE: "1..3 GB"}


# --- repeated runs -------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_workers_change_nothing(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 100)
    told = []
    once = uncertainty(LINEAR, [SIZE, "summary_databases"], samples=1000, progress=lambda *done: told.append(done))
    at_once(monkeypatch)
    for again in ({}, {"jobs": 2}):
        other = uncertainty(LINEAR, [SIZE, "summary_databases"], samples=1000, **again)
        assert repr((other.figures, other.events)) == repr((once.figures, once.events))
    of_figures = [(1000, 1.0)] * 2
    assert told == [(done, done / 1000) for done in range(100, 1001, 100)] + of_figures
    assert uncertainty(LINEAR, SIZE, samples=1000, seed=1).figures[0] != once.figures[0]


def test_figures_do_not_depend_on_the_size_of_blocks(linear, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 3333)
    other = uncertainty(LINEAR, [SIZE, "summary_databases"], samples=20_000)
    for one, whole in zip(other.figures, linear.figures, strict=True):
        assert (one.percentiles, one.histogram, one.mean) == (whole.percentiles, whole.histogram, whole.mean)
        assert one.dominant_share == pytest.approx(whole.dominant_share, abs=1e-12)


def test_a_sample_that_cannot_be_drawn_is_reported():
    with pytest.raises(InputError) as refused:
        uncertainty(LINEAR, SIZE, samples=10**9)
    assert str(refused.value) == "samples: 1,000,000,000 designs cannot be sampled. Give 100 to 100,000,000."


def test_disks_that_are_not_counted_are_no_figure():
    """A design whose volume does not fit its disk has no number of disks: it begins with one that fits."""
    full = size({**UNFIT, "tiers.1.mailboxes": 1500})
    assert full.status == "invalid"
    assert full[DISKS] is None
    study = uncertainty({**UNFIT, "tiers.1.mailboxes": "500..1500"}, [DISKS, "worst_cpu_utilization"], samples=1000)
    disks, cpu = study.figures
    full = next(event for event in study.events if event.event == "volume_full")
    assert 0.2 < full.probability < 0.8
    assert disks.not_applicable == pytest.approx(full.probability)
    assert disks.percentiles[0] > 0
    assert cpu.not_applicable == 0


# --- inputs that no figure depends on ------------------------------------------------------------


def test_a_figure_that_does_not_depend_on_what_varies_is_that_of_the_design():
    study = uncertainty({"tiers.1.mailboxes": 1000}, "summary_databases", vary={"export.mailbox_retention": "+- 1"})
    [figure] = study.figures
    assert (figure.mean, set(figure.percentiles)) == (figure.present, {figure.present})
    assert study.figures[0].not_applicable == 0


def test_figures_whose_squares_are_infinite_have_no_shares():
    values = np.array([[1e200, 2e200, 3e200, 4e200]])
    sums = sum_bins(values, np.array([[0], [0], [1], [1]]), 2, np.zeros(1))
    assert np.isnan(sums.shares()).all()
