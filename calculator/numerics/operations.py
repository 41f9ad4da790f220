"""Represent array operations as data: each operation returns the calls that write its result into an array.

An operation does not store its arguments: the tape records the places and constants it works on, and the program passes
it the arrays.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import setitem
from typing import Any

import numpy as np

from calculator.numerics.arrays import Array, replace_at

Step = tuple[Callable[..., Any], tuple[Any, ...]]
"""A call that returns nothing: the function and its arguments, including the array that it writes to."""


class Operation(ABC):
    """Operation on some arrays.

    Operations are immutable and hashable; two operations are equal if they do the same.
    """

    __slots__ = ()

    elementwise = False
    """Whether each element depends only on the same element of each argument: the result may overwrite one."""
    is_view = False
    """Whether the result is a view of the memory of its only argument."""

    @abstractmethod
    def apply(self, *args: Any) -> Array:
        """Return the result as a new array, or as a view if the operation is a view."""

    @abstractmethod
    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Return the calls that write the result into an array."""


class View(Operation):
    """Operation whose result is a view of the memory of its only argument."""

    __slots__ = ()

    is_view = True

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Return no calls, because the values are already in place."""
        return []


def _assign(out: Array, function: Callable[..., Any], *args: Any) -> None:
    out[...] = function(*args)


@dataclass(frozen=True, slots=True)
class Elementwise(Operation):
    """Operation that calls a ufunc."""

    ufunc: np.ufunc
    elementwise = True

    def apply(self, *args: Any) -> Array:
        """Call the ufunc."""
        return self.ufunc(*args)

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Call the ufunc with the array as its output."""
        if self.ufunc in (np.maximum, np.minimum):  # these ufuncs accept no third positional array
            return [(functools.partial(self.ufunc, out=out), tuple(args))]
        return [(self.ufunc, (*args, out))]

    def __str__(self) -> str:
        return self.ufunc.__name__


@dataclass(frozen=True, slots=True)
class Reduction(Operation):
    """Operation that combines the values along an axis with a ufunc."""

    ufunc: np.ufunc
    axis: int

    def apply(self, *args: Any) -> Array:
        """Reduce the only argument."""
        return np.asarray(self.ufunc.reduce(args[0], self.axis))

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Reduce into the array."""
        return [(self.ufunc.reduce, (args[0], self.axis, None, out))]

    def __str__(self) -> str:
        return f"{self.ufunc.__name__}.reduce[axis={self.axis}]"


@dataclass(frozen=True, slots=True)
class Cast(Operation):
    """Operation that converts the values to another type."""

    dtype: np.dtype[Any]

    def apply(self, *args: Any) -> Array:
        """Convert the only argument."""
        converted: Array = args[0].astype(self.dtype)
        return converted

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Convert into the array."""
        return [(setitem, (out, ..., args[0]))]

    def __str__(self) -> str:
        return f"cast[{self.dtype}]"


@dataclass(frozen=True, slots=True)
class Reshape(Operation):
    """Operation that gives the values another shape."""

    shape: tuple[int, ...]

    def apply(self, *args: Any) -> Array:
        """Reshape the only argument."""
        reshaped: Array = args[0].reshape(self.shape)
        return reshaped

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Copy the argument into a view of the array with the shape of the argument."""
        return [(setitem, (out.reshape(args[0].shape), ..., args[0]))]

    def __str__(self) -> str:
        return f"reshape{self.shape}"


@dataclass(frozen=True, slots=True)
class Stack(Operation):
    """Operation that stacks arrays along a new first axis; their last axis may have length one or be missing."""

    def apply(self, *args: Any) -> Array:
        """Broadcast and stack the arguments."""
        return np.stack(np.broadcast_arrays(*args))

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Copy each argument that was not already computed in its row."""
        rows = zip(out, args, strict=True)
        return [(setitem, (row, ..., arg)) for row, arg in rows if not _is_same_memory(row, arg)]

    def __str__(self) -> str:
        return "stack"


def _is_same_memory(row: Array, arg: Any) -> bool:
    return isinstance(arg, np.ndarray) and arg.__array_interface__["data"] == row.__array_interface__["data"]


@dataclass(frozen=True, slots=True)
class Concatenate(Operation):
    """Operation that concatenates arrays along their first axis."""

    def apply(self, *args: Any) -> Array:
        """Concatenate the arguments."""
        return np.concatenate(args)

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Copy each argument to its part of the array."""
        starts = np.cumsum([0, *(len(arg) for arg in args)])
        parts = zip(starts, args, strict=False)
        return [(setitem, (out, slice(start, start + len(arg)), arg)) for start, arg in parts]

    def __str__(self) -> str:
        return "concatenate"


@dataclass(frozen=True, slots=True, eq=False)
class ReplaceAt(Operation):
    """Operation that copies the first argument and puts the second at an index of its first axes."""

    index: tuple[Any, ...]

    def apply(self, *args: Any) -> Array:
        """Replace in a copy of the first argument."""
        replaced: Array = replace_at(args[0], self.index, args[1])
        return replaced

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Copy the first argument into the array, then the second over its part."""
        return [(setitem, (out, ..., args[0])), (setitem, (out, self.index, args[1]))]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReplaceAt) and repr(other.index) == repr(self.index)

    def __hash__(self) -> int:
        return hash(repr(self.index))

    def __str__(self) -> str:
        return f"replace_at[{self.index!r}]"


@dataclass(frozen=True, slots=True)
class Call(Operation):
    """Operation that calls a whole function, either of numpy or marked as opaque.

    Attributes
    ----------
    function
        Function of arrays.
    options
        Keyword arguments, sorted by name.
    """

    function: Callable[..., Any]
    options: tuple[tuple[str, Any], ...] = ()

    def apply(self, *args: Any) -> Array:
        """Call the function."""
        return np.asarray(self.function(*args, **dict(self.options)))

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Call the function and copy its result."""
        function = functools.partial(self.function, **dict(self.options)) if self.options else self.function
        return [(_assign, (out, function, *args))]

    def __str__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options)
        return self.function.__name__ + (f"[{options}]" if options else "")


@dataclass(frozen=True, slots=True)
class ViewAs(View):
    """Operation that reads the same bits as another type."""

    dtype: np.dtype[Any]

    def apply(self, *args: Any) -> Array:
        """Return the view of the only argument."""
        viewed: Array = args[0].view(self.dtype)
        return viewed

    def __str__(self) -> str:
        return f"view[{self.dtype}]"


@dataclass(frozen=True, slots=True, eq=False)
class Subscript(View):
    """Operation that selects a part of an array by integers, slices, ``...`` and ``np.newaxis``, without a copy."""

    index: Any

    def apply(self, *args: Any) -> Array:
        """Return the part of the only argument."""
        part: Array = args[0][self.index]
        return part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subscript) and repr(other.index) == repr(self.index)

    def __hash__(self) -> int:
        return hash(repr(self.index))  # slices have no hash before Python 3.12

    def __str__(self) -> str:
        return f"index[{self.index!r}]"
