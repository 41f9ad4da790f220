"""Rules recorded once as a flat list of array operations, then run with no Python in between.

Rules are pure functions of arrays that never branch on a value, so they do the same element operations
for every design.  They are called once with stand-ins that write down what is done with them; the list is
then run for as many designs as there are, each operation straight into a buffer that stays in the
processor's cache.  Equal operations are done once, those that no target needs not at all, those on inputs
that do not vary once for all designs.  Nothing is contracted or put in another order: the figures are
the bits that the rules themselves give.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
Bind = Callable[[Sequence[Any], Array], list[Call]]
"""Calls that do an operation, given its arguments and the array it fills."""
Function = TypeVar("Function", bound=Callable[..., Any])

SAMPLE = 13
"""Designs of the arrays the rules are recorded with, a length that no axis has."""


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
        raise TypeError("a rule branches on the value of a design: mark the function with @whole")

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise TypeError("a rule calls what cannot be recorded: mark the function with @whole")

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
        raise TypeError(f"a rule calls np.{function.__name__}: mark the function with @whole")


_FULL: dict[Any, Any] = {np.ones_like: 1, np.zeros_like: 0, np.full_like: None}
"""Functions whose result depends on no value: an array one design long."""


def whole(function: Function) -> Function:
    """Have a function recorded as one operation: it branches on values, or does what no stand-in can.

    It is given arrays whose last axis is the design (or one long) and gives such an array.
    """

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        tape = tape_of(args)
        return function(*args) if tape is None else tape.call(function, function, _whole(function), args)

    return call  # type: ignore[return-value]


def tape_of(args: Iterable[Any]) -> Tape | None:
    """Tape of the first stand-in among some arguments."""
    return next((arg.tape for arg in args if type(arg) is Recorded), None)


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


def _whole(function: Callable[..., Any]) -> Bind:
    def fill(out: Array, *args: Any) -> None:
        out[...] = function(*args)

    return lambda args, out: [(fill, (out, *args))]


def _cast(args: Sequence[Any], out: Array) -> list[Call]:
    return [(np.copyto, (out, args[0], "unsafe"))]


def _copying(shape: tuple[int, ...]) -> Bind:
    return lambda args, out: [(np.copyto, (out.reshape(args[0].shape), args[0]))]


def _rows(args: Sequence[Any], out: Array) -> list[Call]:
    return [(np.copyto, (row, arg)) for row, arg in zip(out, args, strict=True) if not _same_memory(row, arg)]


def _same_memory(row: Array, arg: Any) -> bool:
    return isinstance(arg, np.ndarray) and arg.__array_interface__["data"] == row.__array_interface__["data"]


def _concatenated(args: Sequence[Any], out: Array) -> list[Call]:
    starts = np.cumsum([0, *(len(arg) for arg in args)])
    return [(np.copyto, (out[start : start + len(arg)], arg)) for start, arg in zip(starts, args, strict=False)]


def _put(index: tuple[Any, ...]) -> Bind:
    return lambda args, out: [(np.copyto, (out, args[0])), (np.copyto, (out[index], args[1]))]


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
    look
        Gives the view, for views.
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
            self._known[key] = self._add(Operation((source,), sample.shape[:-1], sample.dtype, look=look), sample)
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
                kept, sample.shape[:-1], sample.dtype, bind,
                elementwise=isinstance(about, np.ufunc), joins=about is join,
            )  # fmt: skip
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
        if isinstance(arg, np.ndarray) and arg.ndim:
            self._constants[id(arg)] = arg  # kept, so that no other array gets its number
            return ("array", id(arg))
        return (type(arg), repr(arg))


def _constant(value: Any, args: Sequence[Any], wide: np.dtype[Any] | None) -> Any:
    """A constant as an array of the type it is used with, so that nothing is converted at every call."""
    if wide is None or not isinstance(value, bool | int | float | np.generic):
        return value
    others = {arg.dtype for arg in args if type(arg) is Recorded}
    return np.asarray(value, np.float64) if others == {np.dtype(np.float64)} else np.asarray(value)


# --- programs ---------------------------------------------------------------------------------------


class Program:
    """What gives some results from some inputs: the part of a tape that they need.

    Parameters
    ----------
    inputs
        Stand-ins by name.
    results
        Stand-ins by name, or arrays one design long that depend on no input.
    """

    def __init__(self, inputs: Mapping[str, Recorded], results: Mapping[Any, Any]) -> None:
        self.results = dict(results)
        tape = tape_of(self.results.values())
        self.operations: list[Operation] = tape.operations if tape is not None else []
        self._live = self._needed()
        self.inputs = {name: given.place for name, given in inputs.items() if given.place in self._live}

    def _needed(self) -> dict[int, None]:
        """Places that the results need, in order."""
        wanted = {value.place for value in self.results.values() if type(value) is Recorded}
        for place in range(len(self.operations) - 1, -1, -1):
            if place in wanted:
                wanted.update(arg.place for arg in self.operations[place].args if type(arg) is Recorded)
        return dict.fromkeys(sorted(wanted))

    def bind(self, varying: frozenset[str], width: int) -> Bound:
        """Give the program arrays for so many designs.

        Parameters
        ----------
        varying
            Inputs that have a value a design; the others have one for all.
        width
            Designs.
        """
        return Bound(self, self._live, varying, width)


class Bound:
    """A program with its arrays; each run overwrites the results of the one before.

    Attributes
    ----------
    width
        Designs it has room for.
    results
        Arrays by name, of shape ``(axis ..., width)``, or ``(axis ..., 1)`` where no input varies.
    """

    def __init__(self, program: Program, live: Mapping[int, None], varying: frozenset[str], width: int) -> None:
        self.width = width
        self._operations = program.operations
        self._varies: dict[int, bool] = {program.inputs[name]: name in varying for name in program.inputs}
        for place in live:
            args = (arg.place for arg in self._operations[place].args if type(arg) is Recorded)
            self._varies[place] = self._varies.get(place, False) or any(self._varies[arg] for arg in args)
        kept = {value.place for value in program.results.values() if type(value) is Recorded}
        self._arrays: dict[int, Array] = {}
        self._memory = _Memory(self._operations, live, self._varies, kept | set(program.inputs.values()), width)
        self._kept = self._memory.kept
        self._fixed: list[Call] = []
        self._calls: list[Call] = []
        for place in live:
            self._bind(place)
        self._inputs = {name: self._arrays[place] for name, place in program.inputs.items()}
        self.results = {
            name: self._arrays[value.place] if type(value) is Recorded else value
            for name, value in program.results.items()
        }
        self._places = {name: self._place(array) for name, array in self.results.items()}
        del self._arrays, self._operations, self._memory

    def _place(self, array: Array) -> Array | tuple[Any, ...]:
        """Where in the memory of results an array lies; itself where it is a constant."""
        if not np.may_share_memory(array, self._kept):
            return array
        offset = array.__array_interface__["data"][0] - self._kept.__array_interface__["data"][0]
        return array.shape, array.dtype, offset, array.strides

    def _bind(self, place: int) -> None:
        operation = self._operations[place]
        if operation.look is not None:
            self._arrays[place] = operation.look(self._arrays[operation.args[0].place])
            return
        self._arrays[place] = out = self._memory.take(place)
        if operation.bind is not None:
            args = [self._arrays[arg.place] if type(arg) is Recorded else arg for arg in operation.args]
            calls = self._calls if self._varies[place] else self._fixed
            calls.extend(operation.bind(args, out))
        self._memory.free_after(place)

    def fix(self, inputs: Mapping[str, Array]) -> None:
        """Take over the inputs that do not vary, and do what depends on them alone."""
        for name, array in self._inputs.items():
            if array.shape[-1] == 1 or inputs[name].shape[-1] == 1:
                np.copyto(array, inputs[name])
        for function, args in self._fixed:
            function(*args)

    def run(self, inputs: Mapping[str, Array], start: int, designs: int) -> None:
        """Compute the results of some designs, at most `width`; beyond them stands what the last one has."""
        for name, array in self._inputs.items():
            given = inputs[name]
            if given.shape[-1] > 1:
                array[..., :designs] = given[..., start : start + designs]
                if designs < self.width:
                    array[..., designs:] = array[..., designs - 1 : designs]
        for function, args in self._calls:
            function(*args)

    def taken(self) -> Mapping[Any, Array]:
        """The results in memory of their own, which no other run overwrites."""
        return _Taken(self._kept.copy(), self._places)


class _Taken(Mapping[Any, Array]):
    """Results in one piece of memory; an array is made when it is looked at."""

    def __init__(self, memory: Array, places: Mapping[Any, Array | tuple[Any, ...]]) -> None:
        self._memory, self._places = memory, places
        self._made: dict[Any, Array] = {}

    def __getitem__(self, name: Any) -> Array:
        if name not in self._made:
            place = self._places[name]
            if isinstance(place, tuple):
                shape, dtype, offset, strides = place
                place = np.ndarray(shape, dtype, self._memory, offset, strides)
            self._made[name] = place
        return self._made[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places


_ALIGNED = 64
"""Bytes of a cache line, at which results begin."""


class _Memory:
    """Buffers of a bound program: one for each result, and a few that the steps between them share.

    What is only put under other values is computed where it goes.

    Attributes
    ----------
    kept
        All results, in one piece.
    """

    def __init__(
        self,
        operations: Sequence[Operation],
        live: Mapping[int, None],
        varies: Mapping[int, bool],
        kept: set[int],
        width: int,
    ) -> None:
        self._operations, self._varies, self._width = operations, varies, width
        self._base: dict[int, int] = {}
        self._last: dict[int, int] = {}
        for place in live:
            operation = operations[place]
            self._base[place] = self._base[operation.args[0].place] if operation.look is not None else place
            for arg in operation.args:
                if type(arg) is Recorded:
                    self._last[self._base[arg.place]] = place
        self._kept = {self._base[place] for place in kept}
        self._homes = self._find_homes(live)
        self._at, size = {}, 0
        for place in self._kept - self._homes.keys():
            self._at[place] = size
            size += -(-self._size(place) // _ALIGNED) * _ALIGNED
        self.kept = np.empty(size, dtype=np.uint8)
        self._buffers: dict[int, Array] = {}
        self._free: dict[int, list[Array]] = {}
        self._ending: dict[int, list[int]] = {}
        for base, last in self._last.items():
            if base not in self._kept and base not in self._homes and varies[base]:
                self._ending.setdefault(last, []).append(base)

    def _find_homes(self, live: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Bases that are computed as a row of a join, each with the join and the row."""
        homes: dict[int, tuple[int, int]] = {}
        for place in reversed(list(live)):  # a join that is itself a row has its home by then
            operation = self._operations[place]
            for row, arg in enumerate(operation.args if operation.joins else ()):
                if type(arg) is not Recorded:
                    continue
                base = self._base[arg.place]
                if base not in homes and self._fits(base, arg, operation, place):
                    homes[base] = (place, row)
                    self._last[place] = max(self._last.get(place, place), self._last[base])
                    if base in self._kept:
                        self._kept.add(place)
        for base in list(homes):
            self._follow(base, homes)
        return homes

    def _fits(self, base: int, arg: Recorded, operation: Operation, place: int) -> bool:
        """Whether an argument of a join is all of an operation's values, as wide as the join."""
        made = self._operations[base]
        return (
            made.bind is not None
            and made.lead == self._operations[arg.place].lead == operation.lead[1:]
            and self._operations[arg.place].dtype == operation.dtype
            and made.dtype.itemsize == operation.dtype.itemsize
            and self._varies[base] == self._varies[place]
        )

    def _follow(self, base: int, homes: Mapping[int, tuple[int, int]]) -> None:
        """Have every join above live as long as a row of it, and be kept where one is."""
        while base in homes:
            home = homes[base][0]
            self._last[home] = max(self._last.get(home, home), self._last.get(base, base))
            if base in self._kept:
                self._kept.add(home)
            base = home

    def take(self, place: int) -> Array:
        """Array for the values of a place, perhaps of an argument that is not needed any more."""
        operation = self._operations[place]
        shape = (*operation.lead, self._width if self._varies[place] else 1)
        return self._bytes(place).view(operation.dtype).reshape(shape)

    def _bytes(self, place: int) -> Array:
        """Memory of a place: a row of its home, or a buffer."""
        if place in self._homes:
            home, row = self._homes[place]
            rows = self._operations[home].lead[0]
            memory: Array = self._bytes(home).reshape(rows, -1)[row]
            return memory
        if place not in self._buffers:
            self._buffers[place] = self._buffer(place)
        return self._buffers[place]

    def _size(self, place: int) -> int:
        """Bytes of the values of a place."""
        operation = self._operations[place]
        return math.prod(operation.lead) * (self._width if self._varies[place] else 1) * operation.dtype.itemsize

    def _buffer(self, place: int) -> Array:
        operation, size = self._operations[place], self._size(place)
        if place in self._kept:
            return self.kept[self._at[place] : self._at[place] + size]
        if operation.elementwise:
            self._release(place, [base for base in self._ending.get(place, ()) if self._alike(base, operation)])
        free = self._free.get(size)
        return free.pop() if free and self._varies[place] else np.empty(size, dtype=np.uint8)

    def _alike(self, base: int, operation: Operation) -> bool:
        """Whether a buffer may be filled while it is read: all of it, element by element."""
        other = self._operations[base]
        read = [arg for arg in operation.args if type(arg) is Recorded and self._base[arg.place] == base]
        return (
            other.lead == operation.lead
            and other.dtype.itemsize == operation.dtype.itemsize
            and all(self._operations[arg.place].lead == operation.lead for arg in read)
        )

    def free_after(self, place: int) -> None:
        """Take back what is not needed after a place."""
        self._release(place, list(self._ending.get(place, ())))

    def _release(self, place: int, bases: list[int]) -> None:
        for base in bases:
            self._ending[place].remove(base)
            buffer = self._buffers.pop(base)
            self._free.setdefault(buffer.nbytes, []).append(buffer)
