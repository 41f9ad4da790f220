"""Runs of the engine give the bits of the rules themselves, whatever varies and however they are cut."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.golden_designs import golden_designs, golden_inputs
from support.recorded import compute_directly

from calculator.engine import graph
from calculator.engine.run import Engine
from calculator.numerics.buffers import BufferPool
from calculator.rules.registry import CHECKS

pytestmark = pytest.mark.slow

DESIGNS = golden_designs()
EVERYTHING = tuple(graph.ORDER)
AT_ONCE, NEVER = Engine(patience=0), Engine(patience=10**9)
"""Engines that record every program at once, and that record none for few designs."""


def bits(values):
    values = np.asarray(values)
    return values.view(np.int64) if values.dtype == np.float64 else values


def same(one, other):
    shape = np.broadcast_shapes(np.shape(one), np.shape(other))
    wide = [np.ascontiguousarray(np.broadcast_to(values, shape)) for values in (one, other)]
    return wide[0].dtype == wide[1].dtype and np.array_equal(bits(wide[0]), bits(wide[1]))


def directly(inputs):
    return compute_directly(EVERYTHING, inputs)


@pytest.fixture(scope="module")
def golden():
    inputs = golden_inputs()
    inputs["guidance__oddities"] = np.arange(len(DESIGNS)) % 2
    inputs["environment__exchange_version"] = np.arange(len(DESIGNS)) // 2 % 3
    inputs["storage__metacache"] = np.arange(len(DESIGNS)) % 5 == 0
    return inputs


def cut(inputs, start, stop):
    return {name: array if array.shape[-1] == 1 else array[..., start:stop] for name, array in inputs.items()}


@pytest.mark.slow
@examples(12)
@given(start=st.integers(0, len(DESIGNS) - 1), count=st.integers(1, 60), chunk=st.integers(1, 70), fixed=st.randoms())
def test_a_program_gives_the_bits_of_the_rules(golden, start, count, chunk, fixed):
    part = cut(golden, start, min(start + count, len(DESIGNS)))
    first = cut(golden, start, start + 1)
    part = {name: first[name] if fixed.random() < 0.3 else array for name, array in part.items()}
    expected = directly(part)
    for engine in (AT_ONCE, NEVER):
        found = engine.run(EVERYTHING, part, 4, chunk=chunk)
        assert [name for name in EVERYTHING if not same(found.values[name], expected.values[name])] == []
        assert [name for name in expected.differs if not same(found.differs[name], expected.differs[name])] == []
        assert [name for name in expected.corrected if not same(found.corrected[name], expected.corrected[name])] == []


@pytest.mark.slow
@examples(30)
@given(first=st.integers(0, len(DESIGNS) - 1), second=st.integers(0, len(DESIGNS) - 1), moved=st.randoms())
def test_what_an_earlier_run_computed_does_not_change_the_bits_of_another(golden, first, second, moved):
    one, other = cut(golden, first, first + 1), cut(golden, second, second + 1)
    part = {name: array if moved.random() < 0.5 else one[name] for name, array in other.items()}
    earlier = NEVER.run(EVERYTHING, one, 4).computed
    found, expected = NEVER.run(EVERYTHING, part, 4, earlier=earlier), directly(part)
    for kind in ("values", "differs", "corrected"):
        of_kind, wanted = getattr(found, kind), getattr(expected, kind)
        assert [name for name in wanted if not same(of_kind[name], wanted[name])] == []


def test_only_what_has_changed_is_computed_again(golden):
    part = cut(golden, 0, 1)
    earlier = NEVER.run(EVERYTHING, part, 4)
    again = NEVER.run(EVERYTHING, {name: array.copy() for name, array in part.items()}, 4, earlier=earlier.computed)
    assert [name for name in graph.ORDER if again.values[name] is not earlier.values[name]] == []
    rating = {**part, "servers__specint2006_rate": part["servers__specint2006_rate"] + 900}
    moved = NEVER.run(EVERYTHING, rating, 4, earlier=earlier.computed)
    computed = {name for name in graph.ORDER if moved.values[name] is not earlier.values[name]}
    assert "cpu_utilization_by_mode" in computed
    assert computed <= graph.followers(("servers__specint2006_rate",)) | set(CHECKS)
    assert moved.values["databases"] is earlier.values["databases"]


def test_results_of_a_run_are_not_overwritten_by_the_next(golden):
    first = AT_ONCE.run(EVERYTHING, cut(golden, 0, 5), 4)
    before = np.array(first.values["summary_databases"])
    AT_ONCE.run(EVERYTHING, cut(golden, 5, 10), 4)
    assert same(first.values["summary_databases"], before)
    assert same(first.values["mailbox_size_on_disk"], directly(cut(golden, 0, 5)).values["mailbox_size_on_disk"])


@pytest.mark.slow
def test_threads_do_not_share_buffers(golden):
    parts = [cut(golden, start, start + 7) for start in range(0, 70, 7)] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: AT_ONCE.run(EVERYTHING, part, 4).values["server_memory"], parts))
    for part, memory in zip(parts, found, strict=True):
        assert same(memory, directly(part).values["server_memory"])


def test_a_run_within_a_run_has_memory_of_its_own(golden):
    inner = []

    def size_another(done):
        inner.append(AT_ONCE.run(("databases",), cut(golden, 0, 9), 4).values["databases"])

    names = ("databases",)
    found = AT_ONCE.run(names, golden, 4, chunk=50, progress=size_another)
    assert same(found.values["databases"], directly(golden).values["databases"])
    assert len(inner) == -(-len(DESIGNS) // 50)
    assert same(inner[-1], directly(cut(golden, 0, 9)).values["databases"])


def test_a_program_that_another_thread_drops_at_once_is_still_run(golden):
    class Forgetful(dict):
        def __setitem__(self, key, value):
            pass

    engine = Engine(patience=0)
    engine.programs = Forgetful()
    part = cut(golden, 0, 3)
    assert same(engine.run(("databases",), part, 4).values["databases"], directly(part).values["databases"])


@pytest.mark.slow
def test_an_engine_keeps_a_limited_number_of_programs(golden):
    engine = Engine(program_limit=2, seen_limit=2, patience=501)  # a call counts as 500 designs and those sized
    single, several = cut(golden, 0, 1), cut(golden, 0, 2)
    for count, name in enumerate(("databases", "server_memory", "ha_copies", "dags_total"), 1):
        for part in (single, several, several):
            engine.run((name,), part, 4)
        assert len(engine.programs) == min(count, 2)
        assert len(engine.seen) in (1, 2)


@pytest.mark.parametrize(("designs", "directly"), [(1, 20), (100, 17), (1024, 7)])
def test_few_designs_are_recorded_when_they_were_asked_for_often(golden, designs, directly):
    """A call counts as 500 designs: 20 * 501, 17 * 600 and 7 * 1524 are the first multiples above 10,000."""
    engine, names = Engine(), ("databases",)
    part = {name: np.resize(array, (*array.shape[:-1], designs)) for name, array in cut(golden, 0, designs).items()}
    found = []
    for count in range(directly + 1):
        assert len(engine.programs) == 0, count
        found.append(engine.run(names, part, 4).values["databases"])
    assert len(engine.programs) == 1
    assert all(same(found[0], values) for values in found)


def test_many_designs_are_recorded_at_once(golden):
    engine, names = Engine(), ("databases",)
    part = {name: np.resize(array, (*array.shape[:-1], 1025)) for name, array in golden.items()}
    engine.run(names, part, 4)
    assert len(engine.programs) == 1


def test_a_stream_gives_the_same_directly_and_recorded(golden):
    for part, chunk in ((cut(golden, 0, 40), 40), (cut(golden, 0, 40), 16), (cut(golden, 0, 1), 4)):
        expected = directly(part).values["server_memory"]
        for engine in (AT_ONCE, NEVER):
            found = [
                np.array(results.values["server_memory"]) for results in engine.stream(EVERYTHING, part, 4, chunk=chunk)
            ]
            assert same(np.concatenate(found, axis=-1), expected)


@pytest.mark.slow
def test_the_memory_of_a_pool_is_bounded(golden):
    limit = 3_000_000
    pool = BufferPool(limit)
    for count in (1, 40, 80, 120, 160, 200, 40):
        part = cut(golden, 0, count)
        [results] = AT_ONCE.stream(EVERYTHING, part, 4, pool=pool)
        assert same(results.values["server_memory"], directly(part).values["server_memory"])
        assert len(pool.sizes) == 1 or sum(pool.sizes) <= limit
