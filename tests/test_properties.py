"""What holds for every design that passes the input checks, drawn from the list of inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.examples import examples
from support.strategies import designs

from calculator import explain, size
from calculator.engine.results import column_index
from calculator.inputs.schema import TIER
from calculator.rules.registry import CHECKS, RULES, ResultKind

MANY = examples(100)
FEW = examples(40)
STATUS = ("ok", "notice", "warning", "invalid")

NEVER_FALL = (
    "summary_database_space.environment",
    "summary_log_space.environment",
    "summary_user_logs_per_day.environment",
    "summary_move_logs_per_day.environment",
    "peak_iops",
    "cas_megacycles_total",
    "messages_per_day",
    "retention_day_cost",
)
"""Totals that follow the mailboxes alone, of the environment or (IOPS) of one of its equal DAGs."""

TWO_SITES = {"tiers.1.mailboxes": 1600}
ONE_SITE = {
    "site_resilience.enabled": False,
    "environment.mailbox_servers": 4,
    "database_copies.ha_copies": 2,
    "tiers.1.mailboxes": 500,
}
BUSY_DISKS = {
    "environment.dags": 15,
    "io.additional_iops": 628.83,
    "tiers.1.mailboxes": 3484,
    "tiers.1.mailbox_growth": 0.0405,
}
MAY_FALL = {
    # The same mailboxes are spread over more databases, each of them smaller and with fewer mailboxes.
    "mailboxes_per_database": (TWO_SITES, 1650),
    "volume_database_volume_size": (TWO_SITES, 1650),
    # The databases of a failed server are spread anew, in whole numbers per server.
    "cpu_utilization_by_mode.single.primary": (TWO_SITES, 1650),
    # Memory follows the mailboxes of the active databases, in whole numbers per server.
    "server_memory.primary": (ONE_SITE, 550),
    # The number of databases falls for the causes in `test_databases_fall_only_where_...`.
    "databases": (BUSY_DISKS, 5151),
    "database_copies_per_server": (BUSY_DISKS, 5151),
    "summary_database_copies.environment": (BUSY_DISKS, 5151),
}
"""Figures that fall in a design when its mailboxes become that many, which is no error."""


def assert_every_figure_is_finite_or_does_not_apply(plan):
    assert plan.status in STATUS
    for name, rule in RULES.items():
        values = plan.results.values[name]
        if rule.kind is ResultKind.NUMBER:
            assert not np.isinf(values).any(), name
        elif rule.choice is not None:
            assert ((values >= -1) & (values < len(rule.choice.words))).all(), name
    for name in CHECKS:
        assert plan.results.values[name].dtype == np.bool_
    assert all(str(issue) for issue in plan.issues)


@pytest.mark.slow
@MANY
@given(designs(), st.integers(1, 5000), st.integers(1, 5))
def test_every_figure_is_finite_and_totals_never_fall_when_mailboxes_are_added(design, added, number):
    tiers = max(int(path.split(".")[1]) for path in design if path.startswith("tiers."))
    path = f"tiers.{min(number, tiers)}.mailboxes"
    before = size(design)
    after = size({**design, path: design[path] + added})
    assert_every_figure_is_finite_or_does_not_apply(after)
    assume(before.status != "invalid" and after.status != "invalid")
    for name in NEVER_FALL:
        assert after[name] >= before[name] * (1 - 1e-9), name


@pytest.mark.parametrize("column", MAY_FALL)
def test_some_figures_fall_when_mailboxes_are_added(column):
    design, mailboxes = MAY_FALL[column]
    before, after = size(design), size({**design, "tiers.1.mailboxes": mailboxes})
    assert "invalid" not in (before.status, after.status)
    assert mailboxes > design["tiers.1.mailboxes"]
    assert after[column] < before[column]


@pytest.mark.slow
@MANY
@given(designs(most_tiers=1), st.integers(1, 5000))
def test_databases_fall_only_where_the_supported_number_or_a_remainder_decides(design, added):
    """A round of symmetrical copies is taken back, or the disk group's remainder is added (an oddity)."""
    before = size(design)
    after = size({**design, "tiers.1.mailboxes": design["tiers.1.mailboxes"] + added})
    assert_every_figure_is_finite_or_does_not_apply(after)
    assume(before.status != "invalid" and after.status != "invalid")
    if before["databases"] is None or after["databases"] >= before["databases"]:
        return
    supported = before["supported_databases_per_dag"] or before["supported_databases_per_server"]
    symmetrical = max(plan["databases_symmetrical"] or 0 for plan in (before, after))
    at_the_limit = symmetrical >= supported or after["databases_calculated"] >= supported
    remainder = before["databases_raw"] <= after["databases_raw"]
    fits_otherwise = before["mailboxes_per_database_calculated"] != after["mailboxes_per_database_calculated"]
    assert at_the_limit or remainder or fits_otherwise


def figures_without_tiers(plan):
    names = [name for name, rule in RULES.items() if rule.group == "result" and TIER not in rule.axes]
    index = column_index(plan.tiers)
    return {column: plan[column] for column, (name, _) in index.items() if name in names}


def assert_same(left, right):
    for column, value in left.items():
        other = right[column]
        if isinstance(value, float) and isinstance(other, float):
            assert math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-9), column
        else:
            assert value == other, column


def of_tier(design, number):
    head = f"tiers.{number}."
    return {path.removeprefix(head): value for path, value in design.items() if path.startswith(head)}


def with_tiers(design, tiers):
    rest = {path: value for path, value in design.items() if not path.startswith("tiers.")}
    numbered = {f"tiers.{n}.{leaf}": value for n, tier in enumerate(tiers, 1) for leaf, value in tier.items()}
    return {**rest, **numbered}


@pytest.mark.slow
@FEW
@given(designs(), st.randoms(use_true_random=False))
def test_tiers_may_be_given_in_any_order(design, random):
    count = max(int(path.split(".")[1]) for path in design if path.startswith("tiers."))
    limits = random.sample(range(100, 5_000), count)  # of two equal tiers the first is the largest
    tiers = [{**of_tier(design, number), "mailbox_size_limit": float(limit)} for number, limit in enumerate(limits, 1)]
    shuffled = random.sample(tiers, count)
    left, right = size(with_tiers(design, tiers)), size(with_tiers(design, shuffled))
    sizes = left["tiers.1.mailbox_size_on_disk"] and [
        left[f"tiers.{n}.mailbox_size_on_disk"] for n in range(1, count + 1)
    ]
    assume(len(set(sizes)) == count)
    assert_same(figures_without_tiers(left), figures_without_tiers(right))


@pytest.mark.slow
@FEW
@given(designs(most_tiers=3), st.floats(0.01, 0.99))
def test_a_tier_may_be_split_in_two(design, share):
    count = max(int(path.split(".")[1]) for path in design if path.startswith("tiers."))
    tiers = [of_tier(design, number) for number in range(1, count + 1)]
    whole = tiers[0]["mailboxes"]
    part = float(math.floor(whole * share))
    parts = [{**tiers[0], "mailboxes": part}, {**tiers[0], "mailboxes": whole - part}]
    split = [*parts, *tiers[1:]]  # the parts come first, because of two equal tiers the first is the largest
    left, right = size(with_tiers(design, tiers)), size(with_tiers(design, split))
    assert_same(figures_without_tiers(left), figures_without_tiers(right))


@pytest.mark.slow
@FEW
@given(designs(), st.sampled_from(sorted(name for name, rule in RULES.items() if rule.group == "result")))
def test_every_explanation_ends_in_inputs_and_constants(design, name):
    explanation = explain(design, name)
    leaves = list(explanation.leaves())
    assert leaves
    assert {leaf.kind for leaf in leaves} <= {"input", "constant"}
    assert all(leaf.source and leaf.sentence for leaf in leaves)
