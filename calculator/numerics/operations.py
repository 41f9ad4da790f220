"""Array operations as data: what is done, and the calls that fill an array with it.

An operation knows nothing of where its arguments come from: the tape says on which places and constants it
works, and the program gives it arrays.
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
"""A call without its result: the function and its arguments, among them the array it fills."""


class Operation(ABC):
    """What is done with some arrays.

    Operations are immutable, hashable and equal where they do the same.
    """

    __slots__ = ()

    elementwise = False
    """Whether each element depends on the same element of each argument alone: an argument may be overwritten."""
    is_view = False
    """Whether the result is the memory of the one argument, looked at in another way."""

    @abstractmethod
    def apply(self, *args: Any) -> Array:
        """Return the result as a new array, or as a view where the operation is one."""

    @abstractmethod
    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Return the calls that write the result into an array."""


class View(Operation):
    """An operation that looks at the memory of its one argument in another way."""

    __slots__ = ()

    is_view = True

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Return nothing: the values are there."""
        return []


def _assign(out: Array, function: Callable[..., Any], *args: Any) -> None:
    out[...] = function(*args)


@dataclass(frozen=True, slots=True)
class Elementwise(Operation):
    """A ufunc."""

    ufunc: np.ufunc
    elementwise = True

    def apply(self, *args: Any) -> Array:
        """Call the ufunc."""
        return self.ufunc(*args)

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Call the ufunc with the array as its output."""
        if self.ufunc in (np.maximum, np.minimum):  # they take no third array by position
            return [(functools.partial(self.ufunc, out=out), tuple(args))]
        return [(self.ufunc, (*args, out))]

    def __str__(self) -> str:
        return self.ufunc.__name__


@dataclass(frozen=True, slots=True)
class Reduction(Operation):
    """A ufunc that combines the values along an axis."""

    ufunc: np.ufunc
    axis: int

    def apply(self, *args: Any) -> Array:
        """Reduce the one argument."""
        return np.asarray(self.ufunc.reduce(args[0], self.axis))

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Reduce into the array."""
        return [(self.ufunc.reduce, (args[0], self.axis, None, out))]

    def __str__(self) -> str:
        return f"{self.ufunc.__name__}.reduce[axis={self.axis}]"


@dataclass(frozen=True, slots=True)
class Cast(Operation):
    """The values as another type."""

    dtype: np.dtype[Any]

    def apply(self, *args: Any) -> Array:
        """Convert the one argument."""
        converted: Array = args[0].astype(self.dtype)
        return converted

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Convert into the array."""
        return [(setitem, (out, ..., args[0]))]

    def __str__(self) -> str:
        return f"cast[{self.dtype}]"


@dataclass(frozen=True, slots=True)
class Reshape(Operation):
    """The values along other axes."""

    shape: tuple[int, ...]

    def apply(self, *args: Any) -> Array:
        """Reshape the one argument."""
        reshaped: Array = args[0].reshape(self.shape)
        return reshaped

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Copy into the array, seen with the axes of the argument."""
        return [(setitem, (out.reshape(args[0].shape), ..., args[0]))]

    def __str__(self) -> str:
        return f"reshape{self.shape}"


@dataclass(frozen=True, slots=True)
class Stack(Operation):
    """Arrays of the same axes along a new first axis; the last of them may have length one or be missing."""

    def apply(self, *args: Any) -> Array:
        """Broadcast and stack the arguments."""
        return np.stack(np.broadcast_arrays(*args))

    def fill(self, args: Sequence[Any], out: Array) -> list[Step]:
        """Copy each argument that was not computed in its row already."""
        rows = zip(out, args, strict=True)
        return [(setitem, (row, ..., arg)) for row, arg in rows if not _is_same_memory(row, arg)]

    def __str__(self) -> str:
        return "stack"


def _is_same_memory(row: Array, arg: Any) -> bool:
    return isinstance(arg, np.ndarray) and arg.__array_interface__["data"] == row.__array_interface__["data"]


@dataclass(frozen=True, slots=True)
class Concatenate(Operation):
    """Arrays one after the other along their first axis."""

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
    """The first argument with the second at an index of its first axes."""

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
    """A function called as a whole, numpy's or one marked as opaque.

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
    """The same bits read as another type."""

    dtype: np.dtype[Any]

    def apply(self, *args: Any) -> Array:
        """Return the view of the one argument."""
        viewed: Array = args[0].view(self.dtype)
        return viewed

    def __str__(self) -> str:
        return f"view[{self.dtype}]"


@dataclass(frozen=True, slots=True, eq=False)
class Subscript(View):
    """A part of an array by integers, slices, ``...`` and ``np.newaxis``; no copy is made."""

    index: Any

    def apply(self, *args: Any) -> Array:
        """Return the part of the one argument."""
        part: Array = args[0][self.index]
        return part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subscript) and repr(other.index) == repr(self.index)

    def __hash__(self) -> int:
        return hash(repr(self.index))  # slices have no hash before Python 3.12

    def __str__(self) -> str:
        return f"index[{self.index!r}]"
