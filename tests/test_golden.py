"""Every figure of the calculator, for its own designs: as one batch, alone, in any order."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from support.golden_designs import golden_designs, golden_inputs, inputs_of

from calculator import size
from calculator.engine import graph, run
from calculator.engine.results import cell, column_index, plain_value, result_columns, rules_of
from calculator.rules.registry import RULES

DESIGNS = golden_designs()
COLUMNS = {column for design in DESIGNS for column in design.figures}
EVERYTHING = tuple(graph.ORDER)


@pytest.fixture(scope="module")
def batch():
    return run.run(EVERYTHING, golden_inputs(), 4)


def workbook_figure(batch, column, number):
    """What the rules give, before figures of designs that do not work are made not applicable."""
    name, place = column_index(4)[column]
    array = batch.values[name][place]
    return plain_value(RULES[name], array[min(number, array.shape[-1] - 1)])


def agrees(expected, got):
    if isinstance(expected, float | int) and not isinstance(expected, bool):
        return isinstance(got, float) and math.isclose(got, expected, rel_tol=1e-9, abs_tol=1e-12)
    return got == expected


def test_the_set_holds_all_modes_and_checks():
    modes = Counter(design.mode for design in DESIGNS)
    assert len(DESIGNS) >= 150
    assert set(modes) == {
        "standalone",
        "single_site_dag",
        "active_passive",
        "active_active_single_dag",
        "active_active_multiple_dags",
    }
    assert min(modes.values()) >= 30
    assert sum(not design.valid for design in DESIGNS) >= 15
    assert len(COLUMNS) == 1024  # the other 18 of the contract have the same value in every design


def test_every_figure_equals_that_of_the_workbook(batch):
    differing = []
    compared = 0
    for number, design in enumerate(DESIGNS):
        for column, expected in design.figures.items():
            if expected == "#ERROR":
                continue
            compared += 1
            got = workbook_figure(batch, column, number)
            if not agrees(expected, got):
                differing.append(f"{design.id} ({design.mode}) {column}: calculator {expected!r}, ours {got!r}")
    assert compared > 170_000
    assert not differing, f"{len(differing)} figures differ\n" + "\n".join(differing[:20])


@pytest.mark.slow
def test_a_design_that_the_workbook_refuses_is_invalid():
    for design in DESIGNS:
        plan = size(design.inputs, results=["design_invalid"])
        if not design.valid:
            assert plan.status == "invalid", design.id
            assert plan.issues.errors > 0, design.id
        elif plan.status == "invalid":
            assert plan.issues.errors > 0, design.id


STANDALONE_ANSWERS = (
    "active_megacycles_by_mode.worst.primary",
    "cpu_utilization_by_mode.worst.primary",
    "server_memory.primary",
    "summary_memory.primary",
    "summary_cores_used.primary",
    "summary_megacycles_required.primary",
)


@pytest.mark.parametrize("column", STANDALONE_ANSWERS)
def test_standalone_figures_that_the_workbook_cannot_show_are_computed(batch, column):
    answered = 0
    for number, design in enumerate(DESIGNS):
        rated = design.inputs["servers.primary.specint2006_rate"] > 0
        if design.valid and design.mode == "standalone" and rated and design.figures[column] == "#ERROR":
            answered += 1
            assert cell(batch, column, number) > 0, design.id
    assert answered >= 5


def test_worst_cpu_of_a_standalone_server_is_its_normal_one(batch):
    for number, design in enumerate(DESIGNS):
        if design.mode == "standalone" and design.valid:
            worst = cell(batch, "cpu_utilization_by_mode.worst.primary", number)
            assert worst == cell(batch, "cpu_utilization_by_mode.normal.primary", number)


@pytest.mark.slow
def test_alone_and_in_a_batch_a_design_has_the_same_bits(batch):
    rules = rules_of(result_columns("all", 4), 4)
    for number in range(0, len(DESIGNS), 7):
        alone = size(DESIGNS[number].inputs).results
        for name in rules:
            together, single = batch.values[name], alone.values[name]
            column = together[..., min(number, together.shape[-1] - 1)]
            assert np.array_equal(column, single[..., 0], equal_nan=column.dtype == np.float64), name


@pytest.mark.slow
@pytest.mark.parametrize("chunk", [1, 7, 64, 5000])
def test_chunk_size_and_order_change_no_bit(batch, chunk):
    order = np.random.default_rng(chunk).permutation(len(DESIGNS))
    shuffled = tuple(DESIGNS[number] for number in order)
    results = run.run(EVERYTHING, inputs_of(shuffled), 4, chunk=chunk)
    for name, values in results.values.items():
        if name in graph.ORDER:
            wide = np.broadcast_to(values, (*values.shape[:-1], len(order)))
            expected = np.broadcast_to(batch.values[name], wide.shape)[..., order]
            assert np.array_equal(wide, expected, equal_nan=wide.dtype == np.float64), name
