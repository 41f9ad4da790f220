"""Recorded functions do what the functions themselves do, in the same bits."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from support.recorded import record

from calculator.numerics.arrays import NA, opaque, pair, replace_at, select, stack, take, where_needed
from calculator.numerics.operations import Call, Elementwise, Subscript
from calculator.numerics.tape import SAMPLE, Tape


def bits(values):
    values = np.asarray(values)
    return values.view(np.int64) if values.dtype == np.float64 else values


def same(one, other):
    shape = np.broadcast_shapes(np.shape(one), np.shape(other))
    wide = [np.ascontiguousarray(np.broadcast_to(values, shape)) for values in (one, other)]
    return wide[0].dtype == wide[1].dtype and np.array_equal(bits(wide[0]), bits(wide[1]))


KEYS, TABLE = np.array([0.0, 1.0, 5.0]), np.array([NA, 10.0, 20.0, 30.0])
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
        lambda x, y: np.where(x > 0, (x > y[0]).astype(np.int64), (x > y[1]).astype(np.int64)),
        lambda x, y: np.where(x > 0, x > y, x < y),
        lambda x, y: where_needed(x > 1, lambda a, b: a * b, x, x + 1, np.array([10.0])),
        lambda x, y: where_needed(x > 100, lambda a: a, x, x),
        lambda x, y: np.argmax(y, axis=0) + 1,
        lambda x, y: take(TABLE, np.searchsorted(KEYS, x, side="right")),
        lambda x, y: np.where(x > 0, -0.0, y[0]),
        lambda x, y: np.where(x > 0, y[1], -0.0),
        lambda x, y: np.full_like(y, 2.5) * x,
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
    assert len(program.entries) == 3  # x, x + 1, its square


def test_constants_that_print_alike_are_not_the_same():
    near, nearer = np.array(0.123456789), np.array(0.1234567891)
    _, run = record(lambda x: (x + near) - (x + nearer), x=X)
    assert run(x=X).tolist() == ((X + near) - (X + nearer)).tolist()


def test_plans_are_kept_for_what_varied_last(monkeypatch):
    program, _ = record(lambda x, y: x + y, x=X, y=X)
    for varying in ("x", "y", "xy") * 20:
        program.bind(frozenset((*varying, f"other{varying}")), 4)
    assert program._plan_for.cache_info().currsize == 3
    for other in range(100):
        program.bind(frozenset(("x", f"other {other}")), 4)
    assert program._plan_for.cache_info().currsize <= 16


def test_what_no_result_needs_is_left_out():
    def waste(x):
        _ = x * 3
        return x + 1

    program, _ = record(waste, x=X)
    assert len(program.entries) == 2


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

    with pytest.raises(TypeError, match=r"a rule changes an array in place: use replace_at"):
        record(change, x=Y)


def test_what_cannot_be_recorded_is_refused():
    with pytest.raises(TypeError, match=r"a rule calls np\.sort: mark the function with @opaque"):
        record(lambda x: np.sort(x, axis=0), x=Y)
    with pytest.raises(TypeError, match="a rule calls what cannot be recorded: mark the function with @opaque"):
        record(lambda x: np.array(x), x=Y)


def test_a_whole_function_may_branch():
    @opaque
    def greatest(x):
        return x.max(axis=0) if x.any() else x[0]

    _, run = record(lambda x: greatest(x) + 1, x=Y)
    assert run(x=Y[1:]).tolist() == [1.5, 1.25, 3.0, 9.0]


def test_an_index_by_an_array_is_refused():
    with pytest.raises(TypeError, match="a rule indexes by an array: use take or replace_at"):
        record(lambda x: x[np.array([0, 1])], x=Y)
    with pytest.raises(TypeError, match="a rule indexes by an array: use take or replace_at"):
        record(lambda x: x[..., x[0] > 1], x=Y)


def test_arrays_of_different_axes_are_not_stacked():
    with pytest.raises(TypeError, match="a rule broadcasts arrays of different axes"):
        record(lambda x, y: stack(x, y), x=X, y=Y)


def test_a_result_whose_last_axis_is_not_the_design_is_refused():
    with pytest.raises(TypeError, match=r"reshape.* gives an array whose last axis is not the design"):
        record(lambda x: x.reshape(-1), x=Y)


def test_a_tape_can_be_read():
    tape = Tape()
    x, y = (tape.add_input(np.zeros((*axes, SAMPLE))) for axes in ((), (2,)))
    stack(x * 2, take(TABLE, np.searchsorted(KEYS, y[0], side="right")))
    assert str(tape).splitlines() == [
        "0: input -> float64 (n)",
        "1: input -> float64 (2, n)",
        "2: multiply(0, 2.0) -> float64 (n)",
        "3: index[0](1) -> float64 (n)",
        "4: searchsorted[side='right'](<float64 (3,)>, 3) -> int64 (n)",
        "5: take(<float64 (4,)>, 4) -> float64 (n)",
        "6: stack(2, 5) -> float64 (2, n)",
    ]


def test_operations_are_data():
    """They are equal where they do the same, serve as keys, and survive pickling."""
    operations = [
        Elementwise(np.add),
        Subscript((slice(1, None), ..., None)),
        Call(np.argmax, (("axis", 0),)),
        Call(take),
    ]
    again = [Elementwise(np.add), Subscript((slice(1, None), ..., None)), Call(np.argmax, (("axis", 0),)), Call(take)]
    assert operations == again
    assert len({*operations, *again}) == 4
    assert [hash(operation) for operation in pickle.loads(pickle.dumps(operations))] == [hash(op) for op in again]
    assert Subscript((slice(1, 2),)) != Subscript((slice(1, 3),))
