"""Recorded rules as programs: run for many designs with no Python between one array operation and the next.

Each operation goes straight into a buffer that stays in the processor's cache.  Those that no result needs
are left out, those on inputs that do not vary done once for all designs.  Nothing is contracted or put in
another order: the figures are the bits that the rules themselves give.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from calculator.numerics.tape import Array, Call, Operation, Recorded, tape_of

_LINE, _NUMBER = 64, 8
"""Bytes of a cache line, at which what varies begins, and of a number."""
_MOST_PLANS = 16
"""Plans of a program that are kept, for the inputs that varied last."""


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
        operations = tape.operations if tape is not None else []
        self.operations = {place: operations[place] for place in self._needed(operations)}
        self.inputs = {name: given.place for name, given in inputs.items() if given.place in self.operations}
        self._plan = lru_cache(_MOST_PLANS)(self._planned)

    def _needed(self, operations: list[Operation]) -> list[int]:
        """Places that the results need, in order."""
        wanted = {value.place for value in self.results.values() if type(value) is Recorded}
        for place in range(len(operations) - 1, -1, -1):
            if place in wanted:
                wanted.update(arg.place for arg in operations[place].args if type(arg) is Recorded)
        return sorted(wanted)

    def bind(self, varying: frozenset[str], width: int) -> Bound:
        """Give the program arrays for so many designs.

        Parameters
        ----------
        varying
            Inputs that have a value a design; the others have one for all.
        width
            Designs.
        """
        return Bound(self, self._plan(varying), width)

    def _planned(self, varying: frozenset[str]) -> Plan:
        kept = {value.place for value in self.results.values() if type(value) is Recorded}
        own = {place for name, place in self.inputs.items() if name in varying}
        return Plan(self.operations, own, kept | set(self.inputs.values()))


class Plan:
    """Where the values of a program go, for any number of designs.

    Results have memory of their own; the steps between them share a few buffers, each taken again once
    what it held is not needed any more.  What is only put under other values is computed where it goes.

    Parameters
    ----------
    operations
        By place, in order.
    varying
        Places of the inputs that vary.
    kept
        Places whose values outlast the run.

    Attributes
    ----------
    varies
        Whether the values of a place differ from design to design.
    homes
        The join and the row that a place is computed in.
    kept
        Places of the results in their own memory.
    slots, sizes
        Buffer of every other place; bytes of each buffer, for one design.
    """

    def __init__(self, operations: Mapping[int, Operation], varying: set[int], kept: set[int]) -> None:
        self._operations = operations
        self.varies: dict[int, bool] = {}
        self._base: dict[int, int] = {}
        self._last: dict[int, int] = {}
        for place, operation in operations.items():
            args = [arg.place for arg in operation.args if type(arg) is Recorded]
            self.varies[place] = place in varying or any(self.varies[arg] for arg in args)
            self._base[place] = self._base[args[0]] if operation.look is not None else place
            self._last.update((self._base[arg], place) for arg in args)
        self.homes: dict[int, tuple[int, int]] = {}
        self._outlast = {self._base[place] for place in kept}
        self._find_homes()
        self.kept = [place for place in operations if place in self._outlast and place not in self.homes]
        self.slots: dict[int, int] = {}
        self.sizes: list[tuple[int, bool]] = []
        self._share()

    def _find_homes(self) -> None:
        """Find what is computed as a row of a join, and have the join live as long as its rows."""
        for place in reversed(list(self._operations)):  # a join that is itself a row has its home by then
            operation = self._operations[place]
            for row, arg in enumerate(operation.args if operation.joins else ()):
                if type(arg) is Recorded and self._fits(arg, place):
                    self.homes[self._base[arg.place]] = (place, row)
        for base in list(self.homes):
            self._follow(base)

    def _fits(self, arg: Recorded, place: int) -> bool:
        """Whether an argument of a join is all of an operation's values, as wide as the join."""
        base, join, shown = self._base[arg.place], self._operations[place], self._operations[arg.place]
        made = self._operations[base]
        return (
            base not in self.homes
            and made.bind is not None
            and made.lead == shown.lead == join.lead[1:]
            and shown.dtype == join.dtype
            and made.dtype.itemsize == join.dtype.itemsize
            and self.varies[base] == self.varies[place]
        )

    def _follow(self, base: int) -> None:
        while base in self.homes:
            home = self.homes[base][0]
            self._last[home] = max(self._last.get(home, home), self._last.get(base, base))
            if base in self._outlast:
                self._outlast.add(home)
            base = home

    def _share(self) -> None:
        """Give every other place a buffer, of those that are free where there is one."""
        ending: dict[int, list[int]] = {}
        for base, last in self._last.items():
            if base not in self._outlast and base not in self.homes and self.varies[base]:
                ending.setdefault(last, []).append(base)
        free: dict[int, list[int]] = {}
        for place, operation in self._operations.items():
            if operation.look is not None:
                continue
            over = ending.get(place, [])
            before = [base for base in over if self._alike(base, operation)]
            self._release(before, free)
            self._take(self._owner(place), free)
            self._release([base for base in over if base not in before], free)

    def _owner(self, place: int) -> int:
        """The place whose memory holds the values of a place."""
        while place in self.homes:
            place = self.homes[place][0]
        return place

    def _take(self, place: int, free: dict[int, list[int]]) -> None:
        if place in self.slots or place in self._outlast:
            return
        size, varies = self.size(place), self.varies[place]
        if varies and free.get(size):
            self.slots[place] = free[size].pop()
        else:
            self.slots[place] = len(self.sizes)
            self.sizes.append((size, varies))

    def _release(self, bases: Iterable[int], free: dict[int, list[int]]) -> None:
        for base in bases:
            free.setdefault(self.size(base), []).append(self.slots[base])

    def _alike(self, base: int, operation: Operation) -> bool:
        """Whether a buffer may be filled while it is read: all of it, element by element."""
        other = self._operations[base]
        read = [arg for arg in operation.args if type(arg) is Recorded and self._base[arg.place] == base]
        return (
            operation.elementwise
            and other.lead == operation.lead
            and other.dtype.itemsize == operation.dtype.itemsize
            and all(self._operations[arg.place].lead == operation.lead for arg in read)
        )

    def size(self, place: int) -> int:
        """Bytes of the values of a place, for one design."""
        operation = self._operations[place]
        return math.prod(operation.lead) * operation.dtype.itemsize


class Bound:
    """A program with its arrays; each run overwrites the results of the one before.

    Attributes
    ----------
    width
        Designs it has room for.
    nbytes
        Memory it holds.
    results
        Arrays by name, of shape ``(axis ..., width)``, or ``(axis ..., 1)`` where no input varies.
    """

    def __init__(self, program: Program, plan: Plan, width: int) -> None:
        self.width = width
        self._kept, memory, self.nbytes = _memory(plan, width)
        self._fixed: list[Call] = []
        self._calls: list[Call] = []
        arrays: dict[int, Array] = {}
        made: dict[Any, Array] = {}  # arrays of the same memory are one object: there is less to fetch
        for place, operation in program.operations.items():
            if operation.look is not None:
                source = arrays[operation.args[0].place]
                look = (id(source), operation.about)
                if look not in made:
                    made[look] = operation.look(source)
                arrays[place] = made[look]
                continue
            varies = plan.varies[place]
            shape = (*operation.lead, width if varies else 1)
            key = (plan.slots.get(place, ("own", place)), operation.dtype, shape)
            if key not in made:
                made[key] = _bytes_of(place, plan, memory).view(operation.dtype).reshape(shape)
            arrays[place] = out = made[key]
            if operation.bind is not None:
                args = [arrays[arg.place] if type(arg) is Recorded else arg for arg in operation.args]
                (self._calls if varies else self._fixed).extend(operation.bind(args, out))
        self._inputs = {name: (arrays[place], plan.varies[place]) for name, place in program.inputs.items()}
        self.results = {
            name: arrays[value.place] if type(value) is Recorded else value for name, value in program.results.items()
        }
        self._places = {name: self._place(array) for name, array in self.results.items()}

    def _place(self, array: Array) -> Array | tuple[Any, ...]:
        """Where in the memory of results an array lies; itself where it is a constant."""
        if not np.may_share_memory(array, self._kept):
            return array
        offset = array.__array_interface__["data"][0] - self._kept.__array_interface__["data"][0]
        return array.shape, array.dtype, offset, array.strides

    def fix(self, inputs: Mapping[str, Array]) -> None:
        """Take over the inputs that do not vary, and do what depends on them alone."""
        for name, (array, varies) in self._inputs.items():
            if not varies:
                np.copyto(array, inputs[name])
        for function, args in self._fixed:
            function(*args)

    def run(self, inputs: Mapping[str, Array], start: int, designs: int) -> None:
        """Compute the results of some designs, at most `width`; beyond them stands what the last one has."""
        for name, (array, varies) in self._inputs.items():
            if varies:
                array[..., :designs] = inputs[name][..., start : start + designs]
                if designs < self.width:
                    array[..., designs:] = array[..., designs - 1 : designs]
        for function, args in self._calls:
            function(*args)

    def taken(self) -> Mapping[Any, Array]:
        """The results in memory of their own, which no other run overwrites."""
        return _Taken(self._kept.copy(), self._places)


def _memory(plan: Plan, width: int) -> tuple[Array, dict[int, Array], int]:
    """Memory of all results in one piece, memory by place, and bytes of all, for so many designs."""
    kept, pieces = _pieces([(plan.size(place), plan.varies[place]) for place in plan.kept], width)
    shared, buffers = _pieces(plan.sizes, width)
    memory = dict(zip(plan.kept, pieces, strict=True))
    memory |= {place: buffers[slot] for place, slot in plan.slots.items()}
    return kept, memory, kept.nbytes + shared.nbytes


def _pieces(sizes: Sequence[tuple[int, bool]], width: int) -> tuple[Array, list[Array]]:
    """Memory in one piece, cut into parts: of so many bytes for one design or for each, where it varies."""
    ends, size = [], 0
    for each, varies in sizes:
        count, line = (each * width, _LINE) if varies else (each, _NUMBER)
        size = -(-size // line) * line
        ends.append((size, size + count))
        size += count
    whole = np.empty(size, dtype=np.uint8)
    return whole, [whole[first:last] for first, last in ends]


def _bytes_of(place: int, plan: Plan, memory: Mapping[int, Array]) -> Array:
    """Memory of a place: its own, or a row of where it goes."""
    if place not in plan.homes:
        return memory[place]
    home, row = plan.homes[place]
    rows = plan.size(home) // plan.size(place)
    found: Array = _bytes_of(home, plan, memory).reshape(rows, -1)[row]
    return found


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
