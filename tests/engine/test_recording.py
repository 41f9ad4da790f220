"""Rules written down and run as programs: the bits the rules themselves give, whatever varies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.golden_designs import golden_designs, golden_inputs
from support.recorded import compute_directly, record

from calculator.engine import graph
from calculator.engine import run as engine
from calculator.numerics.arrays import NA, pair, replace_at, select, stack, where, where_needed
from calculator.numerics.tape import opaque

DESIGNS = golden_designs()
EVERYTHING = tuple(graph.ORDER)


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
    found, expected = engine.run(EVERYTHING, part, 4, chunk=chunk), directly(part)
    assert [name for name in EVERYTHING if not same(found.values[name], expected.values[name])] == []
    assert [name for name in expected.differs if not same(found.differs[name], expected.differs[name])] == []
    assert [name for name in expected.corrected if not same(found.corrected[name], expected.corrected[name])] == []


def test_results_of_a_run_are_not_overwritten_by_the_next(golden):
    first = engine.run(EVERYTHING, cut(golden, 0, 5), 4)
    before = np.array(first.values["summary_databases"])
    engine.run(EVERYTHING, cut(golden, 5, 10), 4)
    assert same(first.values["summary_databases"], before)
    assert same(first.values["mailbox_size_on_disk"], directly(cut(golden, 0, 5)).values["mailbox_size_on_disk"])


@pytest.mark.slow
def test_threads_do_not_meet(golden):
    parts = [cut(golden, start, start + 7) for start in range(0, 70, 7)] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: engine.run(EVERYTHING, part, 4).values["server_memory"], parts))
    for part, memory in zip(parts, found, strict=True):
        assert same(memory, directly(part).values["server_memory"])


def test_a_run_within_a_run_has_memory_of_its_own(golden):
    inner = []

    def size_another(done):
        inner.append(engine.run(("databases",), cut(golden, 0, 9), 4).values["databases"])

    names = ("databases",)
    found = engine.run(names, golden, 4, chunk=50, progress=size_another)
    assert same(found.values["databases"], directly(golden).values["databases"])
    assert len(inner) == -(-len(DESIGNS) // 50)
    assert same(inner[-1], directly(cut(golden, 0, 9)).values["databases"])


def test_a_recording_that_another_thread_drops_at_once_is_still_run(golden, monkeypatch):
    class Forgetful(dict):
        def __setitem__(self, key, value):
            pass

    monkeypatch.setattr(engine, "_RECORDINGS", Forgetful())
    part = cut(golden, 0, 3)
    assert same(engine.run(("databases",), part, 4).values["databases"], directly(part).values["databases"])


def test_what_is_remembered_of_runs_has_an_end(golden, monkeypatch):
    monkeypatch.setattr(engine, "_RECORDINGS", {})
    monkeypatch.setattr(engine, "_ASKED_ONCE", set())
    monkeypatch.setattr(engine, "_MOST_RECORDINGS", 2)
    monkeypatch.setattr(engine, "_MOST_ASKED", 2)
    one, two = cut(golden, 0, 1), cut(golden, 0, 2)
    for name in ("databases", "server_memory", "ha_copies", "dags_total"):
        engine.run((name,), one, 4)
        engine.run((name,), two, 4)
        assert len(engine._RECORDINGS) <= 2
        assert len(engine._ASKED_ONCE) <= 2


# --- the tape --------------------------------------------------------------------------------------


X, Y = np.array([1.0, -2.0, 0.0, 7.5]), np.array([[3.0, 4.0, NA, 1.0], [0.5, 0.25, 2.0, 8.0]])


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x + y * 2 - 1,
        lambda x, y: select(x > 0, y, NA),
        lambda x, y: select(x > 0, NA, y[0]),
        lambda x, y: select(x > 0, 0.0, y[0]),
        lambda x, y: select(x > y, x, y) + np.maximum(x, 2.0),
        lambda x, y: stack(x, y[0] + 1, 3.0),
        lambda x, y: stack(stack(x + 1, x)[0] * 2, y[1]),
        lambda x, y: pair(y, y + 1)[:, 1],
        lambda x, y: replace_at(y * 2, (1,), x),
        lambda x, y: np.concatenate((y, y))[1:3],
        lambda x, y: np.fmax.reduce(y, axis=0),
        lambda x, y: (y > 1).any(axis=0) & (y > 0).all(axis=0),
        lambda x, y: np.zeros_like(x) + y.reshape(2, -1),
        lambda x, y: where(x > 0, (x > y[0]).astype(np.int64), (x > y[1]).astype(np.int64)),
        lambda x, y: where(x > 0, x > y, x < y),
        lambda x, y: where_needed(x > 1, lambda a, b: a * b, x, x + 1, np.array([10.0])),
        lambda x, y: where_needed(x > 100, lambda a: a, x, x),
    ],
)
@pytest.mark.parametrize("varies", ["xy", "x", "y", ""])
def test_what_is_recorded_does_what_it_would_have_done(function, varies):
    values = {"x": X if "x" in varies else X[:1], "y": Y if "y" in varies else Y[:, :1]}
    _, run = record(function, x=X, y=Y)
    with np.errstate(all="ignore"):
        assert same(run(**values), function(**values))


def test_equal_operations_are_done_once():
    program, _ = record(lambda x: (x + 1) * (x + 1), x=X)
    assert len(program.operations) == 3  # x, x + 1, its square


def test_constants_that_print_alike_are_not_the_same():
    near, nearer = np.array(0.123456789), np.array(0.1234567891)
    _, run = record(lambda x: (x + near) - (x + nearer), x=X)
    assert run(x=X).tolist() == ((X + near) - (X + nearer)).tolist()


def test_plans_are_kept_for_what_varied_last(monkeypatch):
    program, _ = record(lambda x, y: x + y, x=X, y=X)
    for varying in ("x", "y", "xy") * 20:
        program.bind(frozenset((*varying, f"other{varying}")), 4)
    assert program._plan.cache_info().currsize == 3
    for other in range(100):
        program.bind(frozenset(("x", f"other {other}")), 4)
    assert program._plan.cache_info().currsize <= 16


def test_what_no_result_needs_is_left_out():
    def waste(x):
        _ = x * 3
        return x + 1

    program, _ = record(waste, x=X)
    assert len(program.operations) == 2


def test_what_does_not_vary_is_done_once_for_all():
    _, run = record(lambda x, y: (x * 2) + y, x=X, y=X)
    assert run(x=X[:1], y=X).tolist() == (X[:1] * 2 + X).tolist()


def test_a_rule_that_branches_on_a_value_is_refused():
    with pytest.raises(TypeError, match="a rule branches on the value of a design: mark the function with @opaque"):
        record(lambda x: x if x[0] > 1 else -x, x=Y)


def test_a_rule_that_changes_an_array_is_refused():
    def change(x):
        x[0] = 1.0
        return x

    with pytest.raises(TypeError, match=r"a rule changes an array in place: use vector\.put"):
        record(change, x=Y)


def test_what_cannot_be_recorded_is_refused():
    with pytest.raises(TypeError, match=r"a rule calls np\.argmax: mark the function with @opaque"):
        record(lambda x: np.argmax(x, axis=0), x=Y)
    with pytest.raises(TypeError, match="a rule calls what cannot be recorded: mark the function with @opaque"):
        record(lambda x: np.array(x), x=Y)


def test_a_whole_function_may_branch():
    @opaque
    def greatest(x):
        return x.max(axis=0) if x.any() else x[0]

    _, run = record(lambda x: greatest(x) + 1, x=Y)
    assert run(x=Y[1:]).tolist() == [1.5, 1.25, 3.0, 9.0]


@pytest.mark.slow
def test_memory_of_a_room_is_bounded(golden, monkeypatch):
    monkeypatch.setattr(engine.Room, "MOST", 3_000_000)
    room = engine.Room()
    for count in (1, 40, 80, 120, 160, 200, 40):
        part = cut(golden, 0, count)
        [results] = engine.stream(EVERYTHING, part, 4, room=room)
        assert same(results.values["server_memory"], directly(part).values["server_memory"])
        held = [bound.nbytes for bound in room._bound.values()]
        assert len(held) == 1 or sum(held) <= 3_000_000
