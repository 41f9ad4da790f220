"""Record the array operations of the rules as a flat list.

Rules are pure functions of arrays that never branch on a value, so they do the same operations for every design.  They
are called once with stand-ins for arrays, which implement numpy's protocols (NEP 13 and NEP 18) and record each
operation; equal operations are recorded once.  `calculator.numerics.program` runs the tape.

>>> tape = Tape()
>>> x = tape.add_input(np.zeros(SAMPLE))
>>> y = np.where(x > 0, x * 2, NA)
>>> print(tape)
0: input -> float64 (n)
1: greater(0, 0.0) -> bool (n)
2: multiply(0, 2.0) -> float64 (n)
3: view[int64](2) -> int64 (n)
4: view[int8](1) -> int8 (n)
5: subtract(4, 1) -> int8 (n)
6: cast[int64](5) -> int64 (n)
7: bitwise_or(3, 6) -> int64 (n)
8: view[float64](7) -> float64 (n)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy as np

from calculator.numerics.arrays import NA, Array, replace_at
from calculator.numerics.operations import (
    Call,
    Cast,
    Concatenate,
    Elementwise,
    Operation,
    Reduction,
    ReplaceAt,
    Reshape,
    Stack,
    Subscript,
    ViewAs,
)

SAMPLE = 13
"""Number of designs with which rules are recorded: a length that no other axis has, except perhaps the tiers."""


class Place(int):
    """Place of an entry on a tape, as its index."""

    __slots__ = ()


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """Entry of a tape: an input, or an operation on earlier entries and constants.

    Attributes
    ----------
    operation
        The operation; None for an input.
    args
        Places of earlier entries, and constants.
    axes
        Lengths of the axes before the designs.
    dtype
        Type of the values.
    sources
        Places of the entries it works on.
    """

    operation: Operation | None
    args: tuple[Any, ...]
    axes: tuple[int, ...]
    dtype: np.dtype[Any]
    sources: tuple[Place, ...] = ()

    @property
    def is_view(self) -> bool:
        """Whether it is a view of the entry it works on."""
        return self.operation is not None and self.operation.is_view

    def __str__(self) -> str:
        args = ", ".join(_name_of(arg) for arg in self.args)
        done = f"{self.operation}({args})" if self.operation is not None else "input"
        return f"{done} -> {self.dtype} ({', '.join([*map(str, self.axes), 'n'])})"


def _name_of(arg: Any) -> str:
    """Return an argument as it is printed: a place, a number, or the name or type of a constant."""
    if isinstance(arg, Place):
        return str(int(arg))
    if isinstance(arg, np.ndarray | np.generic) and arg.size == 1:
        return str(arg.item())
    if isinstance(arg, np.ndarray):
        return f"<{arg.dtype} {arg.shape}>"
    return str(getattr(arg, "__name__", arg))


class Tape:
    """Recorded operations in order; equal operations share one place.

    Attributes
    ----------
    entries
        By place.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._known: dict[Any, Recorded] = {}
        self._constants: dict[int, Array] = {}

    def add_input(self, sample: Array) -> Recorded:
        """Return the stand-in of an input, given values of `SAMPLE` designs."""
        return self._add(Entry(None, (), sample.shape[:-1], sample.dtype), sample)

    def add(self, operation: Operation, *args: Any) -> Recorded:
        """Return the stand-in of an operation's result.

        Parameters
        ----------
        operation
            What is done.
        args
            Stand-ins of this tape, and constants.

        Raises
        ------
        TypeError
            If the last axis of the result is not the design.
        """
        key = (operation, *(self._key(arg) for arg in args))
        if key not in self._known:
            sample = operation.apply(*(arg.sample if type(arg) is Recorded else arg for arg in args))
            if sample.ndim == 0 or sample.shape[-1] not in (1, SAMPLE):
                raise TypeError(f"{operation} gives an array whose last axis is not the design")
            typed = operation.elementwise
            arguments = tuple(arg.place if type(arg) is Recorded else _constant(arg, args, typed) for arg in args)
            sources = tuple(arg for arg in arguments if type(arg) is Place)
            self._known[key] = self._add(Entry(operation, arguments, sample.shape[:-1], sample.dtype, sources), sample)
        return self._known[key]

    def _add(self, entry: Entry, sample: Array) -> Recorded:
        self.entries.append(entry)
        return Recorded(self, Place(len(self.entries) - 1), sample)

    def _key(self, arg: Any) -> Any:
        """Return a key that is equal for equal arguments."""
        if type(arg) is Recorded:
            return arg.place
        if isinstance(arg, np.ndarray):
            self._constants[id(arg)] = arg  # keep the array alive, so that no other array gets the same id
            return ("array", id(arg))
        return (type(arg), repr(arg))

    def __str__(self) -> str:
        return "\n".join(f"{place}: {entry}" for place, entry in enumerate(self.entries))


def _constant(value: Any, args: Sequence[Any], typed: bool) -> Any:
    """Return a number as an array of the type that the operations use, so that no call converts it again."""
    if not typed or not isinstance(value, bool | int | float | np.generic):
        return value
    others = {arg.dtype for arg in args if type(arg) is Recorded}
    return np.asarray(value, np.float64) if others == {np.dtype(np.float64)} else np.asarray(value)


# --- stand-ins -----------------------------------------------------------------------------------


class Recorded(np.lib.mixins.NDArrayOperatorsMixin):
    """Stand-in for an array: functions and operators of numpy that are called with it are recorded on its tape.

    Attributes
    ----------
    tape, place
        The tape and the place on it.
    sample
        An array of the same axes and type.
    """

    __slots__ = ("place", "sample", "tape")

    def __init__(self, tape: Tape, place: Place, sample: Array) -> None:
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
        raise TypeError("a rule changes an array in place: use replace_at")

    def __getitem__(self, index: Any) -> Recorded:
        parts = index if isinstance(index, tuple) else (index,)
        if not all(isinstance(part, int | np.integer | slice | EllipsisType | None) for part in parts):
            raise TypeError("a rule indexes by an array: use take or replace_at")
        return self.tape.add(Subscript(index), self)

    def view(self, dtype: Any) -> Recorded:
        """Return the same bits as another type."""
        return self if self.dtype == dtype else self.tape.add(ViewAs(np.dtype(dtype)), self)

    def reshape(self, *shape: int) -> Recorded:
        """Return the same values along other axes."""
        return self.tape.add(Reshape(shape), self)

    def astype(self, dtype: Any) -> Recorded:
        """Return the values as another type."""
        return self if self.dtype == dtype else self.tape.add(Cast(np.dtype(dtype)), self)

    def any(self, axis: int) -> Recorded:
        """Return whether any value along an axis holds."""
        return self.tape.add(Reduction(np.logical_or, axis), self)

    def all(self, axis: int) -> Recorded:
        """Return whether all values along an axis hold."""
        return self.tape.add(Reduction(np.logical_and, axis), self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **options: Any) -> Any:
        if method == "__call__" and not options:
            return self.tape.add(Elementwise(ufunc), *args)
        if method == "reduce" and set(options) == {"axis"}:
            return self.tape.add(Reduction(ufunc, options["axis"]), *args)
        return NotImplemented

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in _IMPLEMENTATIONS:
            return _IMPLEMENTATIONS[function](*args, **options)
        if getattr(function, "__opaque__", False):
            return self.tape.add(Call(function), *args)
        raise TypeError(f"a rule calls np.{function.__name__}: mark the function with @opaque")


# --- numpy's functions ---------------------------------------------------------------------------

_IMPLEMENTATIONS: dict[Any, Callable[..., Any]] = {}
"""Implementation of each numpy function for stand-ins."""


def _implements(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(implementation: Callable[..., Any]) -> Callable[..., Any]:
        _IMPLEMENTATIONS[function] = implementation
        return implementation

    return register


def _tape_of(args: Iterable[Any]) -> Tape:
    """Return the tape of the first stand-in among some arguments."""
    return next(arg.tape for arg in args if type(arg) is Recorded)


@_implements(np.stack)
def _stack(rows: Sequence[Any]) -> Recorded:
    return _tape_of(rows).add(Stack(), *rows)


@_implements(np.broadcast_arrays)
def _broadcast_arrays(*arrays: Any) -> tuple[Any, ...]:
    """Return the arrays unchanged: a last axis of length one already fits any number of designs."""
    if len({getattr(array, "shape", ())[:-1] for array in arrays}) > 1:
        raise TypeError("a rule broadcasts arrays of different axes")
    return arrays


@_implements(np.concatenate)
def _concatenate(arrays: Sequence[Any]) -> Recorded:
    return _tape_of(arrays).add(Concatenate(), *arrays)


@_implements(np.argmax)
def _argmax(values: Recorded, axis: int) -> Recorded:
    return values.tape.add(Call(np.argmax, (("axis", axis),)), values)


@_implements(np.searchsorted)
def _searchsorted(keys: Any, values: Any, side: str = "left") -> Recorded:
    return _tape_of((keys, values)).add(Call(np.searchsorted, (("side", side),)), keys, values)


@_implements(replace_at)
def _replace_at(values: Any, index: tuple[Any, ...], new: Any) -> Recorded:
    return _tape_of((values, new)).add(ReplaceAt(index), values, new)


def _filled(values: Recorded, value: Any, dtype: Any = None) -> Array:
    """Return an array filled with one value. Its last axis has length one, because all designs have the same value."""
    return np.full((*values.shape[:-1], 1), value, values.dtype if dtype is None else dtype)


_implements(np.full_like)(_filled)
_implements(np.zeros_like)(lambda values, dtype=None: _filled(values, 0, dtype))
_implements(np.ones_like)(lambda values, dtype=None: _filled(values, 1, dtype))


# --- selections by bit patterns, which take the same time whether the condition can be predicted or not ---


@_implements(np.where)
def _where(condition: Any, a: Any, b: Any) -> Any:
    dtype = np.result_type(_typed(a), _typed(b))
    if dtype == np.bool_:
        return (condition & a) | (~condition & b)
    first, second = _bits(a, dtype), _bits(b, dtype)
    if _is_constant(first, 0):
        bits = second & _mask_outside(condition)
    elif _is_constant(second, 0):
        bits = first & _mask(condition)
    elif _is_constant(first, _NA_BITS):
        bits = second | _mask(condition)
    elif _is_constant(second, _NA_BITS):
        bits = first | _mask_outside(condition)
    else:
        bits = ((first ^ second) & _mask(condition)) ^ second
    return bits.view(dtype)


_NA_BITS = int(np.float64(NA).view(np.int64))


def _typed(value: Any) -> Any:
    return value.dtype if hasattr(value, "dtype") else value


def _bits(values: Any, dtype: np.dtype[Any]) -> Any:
    """Return the bit patterns of numbers."""
    if not hasattr(values, "view"):
        values = dtype.type(values)
    return (values if values.dtype == dtype else values.astype(dtype)).view(np.int64)


def _is_constant(bits: Any, pattern: int) -> bool:
    return isinstance(bits, np.generic) and int(bits) == pattern


def _mask(condition: Any) -> Any:
    """Return all-ones bit patterns where a condition holds, zeros elsewhere."""
    return np.negative(condition.view(np.int8)).astype(np.int64)


def _mask_outside(condition: Any) -> Any:
    """Return all-ones bit patterns where a condition does not hold, zeros elsewhere."""
    return (condition.view(np.int8) - np.int8(1)).astype(np.int64)
