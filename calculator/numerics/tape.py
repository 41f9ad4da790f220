"""Rules written down as a flat list of array operations.

Rules are pure functions of arrays that never branch on a value, so they do the same element operations
for every design.  They are called once with stand-ins that write down on a tape what is done with them;
equal operations stand there once.  `calculator.numerics.program` runs the tape.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import setitem
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
Bind = Callable[[Sequence[Any], Array], list[Call]]
"""Calls that do an operation, given its arguments and the array it fills."""
Function = TypeVar("Function", bound=Callable[..., Any])

SAMPLE = 13
"""Designs of the arrays the rules are recorded with, a length that no axis but the tiers can have."""


# --- stand-ins -----------------------------------------------------------------------------------


class Recorded(np.lib.mixins.NDArrayOperatorsMixin):
    """Stand-in of an array: writes down on its tape what is done with it.

    Attributes
    ----------
    tape, place
        The tape and the place on it.
    sample
        An array of the same axes and type.
    """

    __slots__ = ("place", "sample", "tape")

    def __init__(self, tape: Tape, place: int, sample: Array) -> None:
        self.tape, self.place, self.sample = tape, place, sample

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape, with `SAMPLE` designs."""
        return self.sample.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.sample.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.sample.dtype

    def __len__(self) -> int:
        return len(self.sample)

    def __iter__(self) -> Iterator[Recorded]:
        return (self[place] for place in range(len(self)))

    def __bool__(self) -> bool:
        raise TypeError("a rule branches on the value of a design: mark the function with @opaque")

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise TypeError("a rule calls what cannot be recorded: mark the function with @opaque")

    def __setitem__(self, *_: Any) -> None:
        raise TypeError("a rule changes an array in place: use vector.put")

    def __getitem__(self, index: Any) -> Recorded:
        return self.tape.view(self, ("index", repr(index)), lambda array: array[index])

    def view(self, dtype: Any) -> Recorded:
        """The same bits as another type."""
        return self if self.dtype == dtype else self.tape.view(self, ("view", dtype), lambda array: array.view(dtype))

    def reshape(self, *shape: int) -> Recorded:
        """The same values along other axes."""
        return self.tape.call(("reshape", shape), lambda array: array.reshape(shape), _copying(shape), (self,))

    def astype(self, dtype: Any) -> Recorded:
        """The values as another type."""
        if self.dtype == dtype:
            return self
        return self.tape.call(("astype", dtype), lambda array: array.astype(dtype), _cast, (self,))

    def any(self, axis: int) -> Recorded:
        """Whether any holds along an axis."""
        return self.tape.reduced(np.logical_or, self, axis)

    def all(self, axis: int) -> Recorded:
        """Whether all hold along an axis."""
        return self.tape.reduced(np.logical_and, self, axis)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **facts: Any) -> Any:
        if method == "__call__" and not facts:
            return self.tape.call(ufunc, ufunc, _elementwise(ufunc), args)
        if method == "reduce" and set(facts) == {"axis"}:
            return self.tape.reduced(ufunc, args[0], facts["axis"])
        return NotImplemented

    def __array_function__(self, function: Any, types: Any, args: Any, facts: Any) -> Any:
        if function in _FULL:
            sample = args[0].sample
            value = args[1] if len(args) > 1 else _FULL[function]
            return np.full((*sample.shape[:-1], 1), value, facts.get("dtype", sample.dtype))
        if function is np.concatenate and len(args) == 1:
            return self.tape.call(function, lambda *parts: np.concatenate(parts), _concatenated, args[0])
        raise TypeError(f"a rule calls np.{function.__name__}: mark the function with @opaque")


_FULL: dict[Any, Any] = {np.ones_like: 1, np.zeros_like: 0, np.full_like: None}
"""Functions whose result depends on no value: an array one design long."""


def opaque(function: Function) -> Function:
    """Have a function recorded as one operation: it branches on values, or does what no stand-in can.

    It is given arrays whose last axis is the design (or one long) and gives such an array.
    """

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        tape = tape_of(args)
        return function(*args) if tape is None else tape.call(function, function, _opaque(function), args)

    return call  # type: ignore[return-value]


def tape_of(args: Iterable[Any]) -> Tape | None:
    """Tape of the first stand-in among some arguments."""
    for arg in args:
        if type(arg) is Recorded:
            return arg.tape
    return None


def join(rows: Sequence[Any]) -> Recorded:
    """Put rows of equal axes under each other, at least one of them a stand-in."""
    tape = tape_of(rows)
    assert tape is not None
    return tape.call(join, _joined, _rows, rows)


def put(values: Any, index: tuple[Any, ...], new: Any) -> Recorded:
    """The values with others at a place of their first axes."""
    tape = tape_of((values, new))
    assert tape is not None
    return tape.call((put, repr(index)), lambda one, other: replaced(one, index, other), _put(index), (values, new))


def replaced(values: Array, index: tuple[Any, ...], new: Array) -> Array:
    """A copy of an array with other values at a place of its first axes."""
    width = max(values.shape[-1], new.shape[-1])
    out = np.array(np.broadcast_to(values, (*values.shape[:-1], width)))
    out[index] = new
    return out


# --- how operations fill an array -----------------------------------------------------------------


@functools.cache
def _elementwise(ufunc: np.ufunc) -> Bind:
    if ufunc in (np.maximum, np.minimum):  # which take no third array by its place
        return lambda args, out: [(functools.partial(ufunc, out=out), tuple(args))]
    return lambda args, out: [(ufunc, (*args, out))]


def _opaque(function: Callable[..., Any]) -> Bind:
    def fill(out: Array, *args: Any) -> None:
        out[...] = function(*args)

    return lambda args, out: [(fill, (out, *args))]


def _cast(args: Sequence[Any], out: Array) -> list[Call]:
    return [(setitem, (out, ..., args[0]))]


def _copying(shape: tuple[int, ...]) -> Bind:
    return lambda args, out: [(setitem, (out.reshape(args[0].shape), ..., args[0]))]


def _rows(args: Sequence[Any], out: Array) -> list[Call]:
    return [(setitem, (row, ..., arg)) for row, arg in zip(out, args, strict=True) if not _same_memory(row, arg)]


def _same_memory(row: Array, arg: Any) -> bool:
    return isinstance(arg, np.ndarray) and arg.__array_interface__["data"] == row.__array_interface__["data"]


def _concatenated(args: Sequence[Any], out: Array) -> list[Call]:
    starts = np.cumsum([0, *(len(arg) for arg in args)])
    return [(setitem, (out, slice(start, start + len(arg)), arg)) for start, arg in zip(starts, args, strict=False)]


def _put(index: tuple[Any, ...]) -> Bind:
    return lambda args, out: [(setitem, (out, ..., args[0])), (setitem, (out, index, args[1]))]


def _joined(*rows: Any) -> Array:
    arrays = [np.asarray(row) for row in rows]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    return np.stack([np.broadcast_to(array, shape) for array in arrays]).astype(np.result_type(*arrays))


# --- the tape --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Operation:
    """A place on the tape: an input, a view of another place, or an operation on places and constants.

    Attributes
    ----------
    args
        Places (as stand-ins) and constants.
    lead, dtype
        Axes without the designs, type of the values.
    bind
        Gives the calls that fill an array; None for inputs and views.
    look, about
        Gives the view, and says which it is, for views.
    elementwise
        Whether an argument's own buffer may be filled.
    joins
        Whether it only puts its arguments under each other, so that they may be computed where they go.
    """

    args: tuple[Any, ...]
    lead: tuple[int, ...]
    dtype: np.dtype[Any]
    bind: Bind | None = None
    look: Callable[[Array], Array] | None = None
    about: tuple[Any, ...] = ()
    elementwise: bool = False
    joins: bool = False


class Tape:
    """What was done, in order; equal operations have one place."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._known: dict[Any, Recorded] = {}
        self._constants: dict[int, Array] = {}

    def given(self, sample: Array) -> Recorded:
        """Stand-in of an input."""
        return self._add(Operation((), sample.shape[:-1], sample.dtype), sample)

    def view(self, source: Recorded, about: tuple[Any, ...], look: Callable[[Array], Array]) -> Recorded:
        """Another look at the same memory."""
        key = (*about, source.place)
        if key not in self._known:
            sample = look(source.sample)
            operation = Operation((source,), sample.shape[:-1], sample.dtype, look=look, about=about)
            self._known[key] = self._add(operation, sample)
        return self._known[key]

    def call(self, about: Any, function: Callable[..., Any], bind: Bind, args: Sequence[Any]) -> Recorded:
        """An operation; ``about`` says which, its function what it gives for the samples."""
        key = (about, *(self._key(arg) for arg in args))
        if key not in self._known:
            sample = np.asarray(function(*(arg.sample if type(arg) is Recorded else arg for arg in args)))
            if sample.ndim == 0 or sample.shape[-1] not in (1, SAMPLE):
                raise TypeError(f"{about} gives an array whose last axis is not the design")
            wide = sample.dtype if isinstance(about, np.ufunc) else None
            kept = tuple(arg if type(arg) is Recorded else _constant(arg, args, wide) for arg in args)
            operation = Operation(
                kept,
                sample.shape[:-1],
                sample.dtype,
                bind,
                elementwise=isinstance(about, np.ufunc),
                joins=about is join,
            )
            self._known[key] = self._add(operation, sample)
        return self._known[key]

    def reduced(self, ufunc: np.ufunc, values: Recorded, axis: int) -> Recorded:
        """An operation along an axis."""

        def bind(args: Sequence[Any], out: Array) -> list[Call]:
            return [(ufunc.reduce, (args[0], axis, None, out))]

        return self.call((ufunc, "reduce", axis), lambda array: ufunc.reduce(array, axis), bind, (values,))

    def _add(self, operation: Operation, sample: Array) -> Recorded:
        self.operations.append(operation)
        return Recorded(self, len(self.operations) - 1, sample)

    def _key(self, arg: Any) -> Any:
        if type(arg) is Recorded:
            return arg.place
        if isinstance(arg, np.ndarray):
            self._constants[id(arg)] = arg  # kept, so that no other array gets its number
            return ("array", id(arg))
        return (type(arg), repr(arg))


def _constant(value: Any, args: Sequence[Any], wide: np.dtype[Any] | None) -> Any:
    """A constant as an array of the type it is used with, so that nothing is converted at every call."""
    if wide is None or not isinstance(value, bool | int | float | np.generic):
        return value
    others = {arg.dtype for arg in args if type(arg) is Recorded}
    return np.asarray(value, np.float64) if others == {np.dtype(np.float64)} else np.asarray(value)
