"""Run a tape for many designs, with no Python between one array operation and the next.

Each operation writes directly into a buffer that stays in the processor's cache.  Operations that no result needs are
left out; operations on inputs that do not vary run once for all designs.  Operations are not fused or reordered, so the
results are equal bit for bit to those of a direct call of the rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from calculator.numerics.arrays import Array
from calculator.numerics.operations import Operation, Stack, Step
from calculator.numerics.tape import SAMPLE, Entry, Place, Recorded, Tape

_CACHE_LINE, _NUMBER = 64, 8
"""Bytes of a cache line, to which varying values are aligned, and of a number."""
_PLAN_LIMIT = 16
"""Number of plans that a program keeps, one per set of varying inputs, the latest used."""


class Program:
    """Part of a tape that computes some results from some inputs.

    Parameters
    ----------
    inputs
        Stand-ins by name.
    results
        Stand-ins by name, or arrays with a last axis of length one that depend on no input.

    Attributes
    ----------
    entries
        Entries of the tape that the results need, by place, in order.
    inputs
        Places of the inputs among them, by name.
    results
        Places of the results, or arrays that depend on no input, by name.
    """

    def __init__(self, inputs: Mapping[str, Recorded], results: Mapping[Any, Any]) -> None:
        recorded = [value for value in results.values() if type(value) is Recorded]
        tape = recorded[0].tape.entries if recorded else []
        self.results: dict[Any, Place | Array] = {
            name: value.place if type(value) is Recorded else value for name, value in results.items()
        }
        self.entries = {place: tape[place] for place in _needed(tape, {value.place for value in recorded})}
        self.inputs = {name: given.place for name, given in inputs.items() if given.place in self.entries}
        self._plan_for = lru_cache(_PLAN_LIMIT)(self._make_plan)

    def bind(self, varying: frozenset[str], width: int) -> BoundProgram:
        """Allocate arrays for the program.

        Parameters
        ----------
        varying
            Inputs that have a value per design; the other inputs have a single value for all designs.
        width
            Number of designs.
        """
        return BoundProgram(self, self._plan_for(varying), width)

    def _make_plan(self, varying: frozenset[str]) -> Plan:
        outlasting = {value for value in self.results.values() if type(value) is Place}
        given = {place for name, place in self.inputs.items() if name in varying}
        return Plan(self.entries, given, outlasting | set(self.inputs.values()))


def _needed(entries: Sequence[Entry], results: set[Place]) -> list[Place]:
    """Return in order the places that some results need."""
    needed = set(results)
    for place in range(len(entries) - 1, -1, -1):
        if place in needed:
            needed.update(entries[place].sources)
    return sorted(needed)


class Plan:
    """Assignment of the values of a program to buffers, for any number of designs.

    Each result has its own memory. Intermediate steps share a few buffers, each reused once its values are no longer
    needed. A value that is only used in a stack is computed directly in its row of the stack.

    Parameters
    ----------
    entries
        Entries by place, in order.
    varying
        Places of the inputs that vary.
    outlasting
        Places whose values are read after the run.

    Attributes
    ----------
    varies
        Whether the values of a place differ between designs.
    homes
        For a place that is computed in a stack: the stack and the row.
    kept
        Places of the results that have their own memory.
    slots, sizes
        Buffer of every other place; bytes per design of each buffer, with whether it varies between designs.
    """

    def __init__(self, entries: Mapping[Place, Entry], varying: set[Place], outlasting: set[Place]) -> None:
        self._entries = entries
        self.varies: dict[Place, bool] = {}
        self._base: dict[Place, Place] = {}
        self._last: dict[Place, Place] = {}
        for place, entry in entries.items():
            sources = entry.sources
            self.varies[place] = place in varying or any(self.varies[source] for source in sources)
            self._base[place] = self._base[sources[0]] if entry.is_view else place
            self._last.update((self._base[source], place) for source in sources)
        self.homes: dict[Place, tuple[Place, int]] = {}
        self._outlasting = {self._base[place] for place in outlasting}
        self._find_homes()
        self.kept = [place for place in entries if place in self._outlasting and place not in self.homes]
        self.slots: dict[Place, int] = {}
        self.sizes: list[tuple[int, bool]] = []
        self._share_buffers()

    def _find_homes(self) -> None:
        """Find the places that can be computed as a row of a stack, and keep the stack as long as its rows."""
        for place in reversed(list(self._entries)):  # a stack inside a stack has its home already
            entry = self._entries[place]
            for row, arg in enumerate(entry.args if type(entry.operation) is Stack else ()):
                if type(arg) is Place and self._fits(arg, place):
                    self.homes[self._base[arg]] = (place, row)
        for base in list(self.homes):
            self._extend_life(base)

    def _fits(self, arg: Place, place: Place) -> bool:
        """Return whether an argument of a stack holds all values of an operation and varies as the stack does."""
        base, stack, shown = self._base[arg], self._entries[place], self._entries[arg]
        made = self._entries[base]
        return (
            base not in self.homes
            and made.operation is not None
            and made.axes == shown.axes == stack.axes[1:]
            and shown.dtype == stack.dtype
            and made.dtype.itemsize == stack.dtype.itemsize
            and self.varies[base] == self.varies[place]
        )

    def _extend_life(self, base: Place) -> None:
        while base in self.homes:
            home = self.homes[base][0]
            self._last[home] = max(self._last.get(home, home), self._last.get(base, base))
            if base in self._outlasting:
                self._outlasting.add(home)
            base = home

    def _share_buffers(self) -> None:
        """Assign a buffer to every other place: a free one if there is any."""
        ending: dict[Place, list[Place]] = {}
        for base, last in self._last.items():
            if base not in self._outlasting and base not in self.homes and self.varies[base]:
                ending.setdefault(last, []).append(base)
        free: dict[int, list[int]] = {}
        for place, entry in self._entries.items():
            if entry.is_view:
                continue
            over = ending.get(place, [])
            overwritten = [base for base in over if self._may_overwrite(base, entry)]
            self._release(overwritten, free)
            self._reserve(self._owner(place), free)
            self._release([base for base in over if base not in overwritten], free)

    def _owner(self, place: Place) -> Place:
        """Return the place whose memory holds the values of a place."""
        while place in self.homes:
            place = self.homes[place][0]
        return place

    def _reserve(self, place: Place, free: dict[int, list[int]]) -> None:
        if place in self.slots or place in self._outlasting:
            return
        size, varies = self.size(place), self.varies[place]
        if varies and free.get(size):
            self.slots[place] = free[size].pop()
        else:
            self.slots[place] = len(self.sizes)
            self.sizes.append((size, varies))

    def _release(self, bases: Iterable[Place], free: dict[int, list[int]]) -> None:
        for base in bases:
            free.setdefault(self.size(base), []).append(self.slots[base])

    def _may_overwrite(self, base: Place, entry: Entry) -> bool:
        """Return whether an operation may write to a buffer that it reads, all of it and element by element."""
        made = self._entries[base]
        read = [source for source in entry.sources if self._base[source] == base]
        return (
            entry.operation is not None
            and entry.operation.elementwise
            and made.axes == entry.axes
            and made.dtype.itemsize == entry.dtype.itemsize
            and all(self._entries[source].axes == entry.axes for source in read)
        )

    def size(self, place: Place) -> int:
        """Return the bytes per design of the values of a place."""
        entry = self._entries[place]
        return math.prod(entry.axes) * entry.dtype.itemsize


class BoundProgram:
    """Program with its arrays; each run overwrites the results of the previous run.

    Attributes
    ----------
    width
        Largest number of designs of a run.
    nbytes
        Number of bytes of its arrays.
    results
        Arrays by name, of shape ``(axis ..., width)``, or ``(axis ..., 1)`` if the result depends on no varying input.
    """

    def __init__(self, program: Program, plan: Plan, width: int) -> None:
        self.width = width
        self._kept, memory, self.nbytes = _allocate(plan, width)
        self._fixed: list[Step] = []
        self._steps: list[Step] = []
        arrays: dict[Place, Array] = {}
        made: dict[Any, Array] = {}  # arrays of the same memory share one object
        for place, entry in program.entries.items():
            operation = entry.operation
            if operation is not None and operation.is_view:
                arrays[place] = _view(operation, arrays[entry.sources[0]], made)
                continue
            varies = plan.varies[place]
            shape = (*entry.axes, width if varies else 1)
            key = (plan.slots.get(place, ("kept", place)), entry.dtype, shape)
            if key not in made:
                made[key] = _bytes_of(place, plan, memory).view(entry.dtype).reshape(shape)
            arrays[place] = out = made[key]
            if operation is not None:
                args = [arrays[arg] if type(arg) is Place else arg for arg in entry.args]
                (self._steps if varies else self._fixed).extend(operation.fill(args, out))
        self._inputs = {name: (arrays[place], plan.varies[place]) for name, place in program.inputs.items()}
        self.results: dict[Any, Array] = {
            name: arrays[value] if isinstance(value, Place) else value for name, value in program.results.items()
        }

    def set_fixed(self, inputs: Mapping[str, Array]) -> None:
        """Copy the inputs that do not vary, and compute what depends only on them."""
        for name, (array, varies) in self._inputs.items():
            if not varies:
                np.copyto(array, inputs[name])
        for function, args in self._fixed:
            function(*args)

    def run(self, inputs: Mapping[str, Array], start: int, designs: int) -> None:
        """Compute the results of at most `width` designs; the places beyond the last design repeat it."""
        for name, (array, varies) in self._inputs.items():
            if varies:
                array[..., :designs] = inputs[name][..., start : start + designs]
                if designs < self.width:
                    array[..., designs:] = array[..., designs - 1 : designs]
        for function, args in self._steps:
            function(*args)

    def copy_results(self) -> dict[Any, Array]:
        """Return a copy of the results, which no later run overwrites."""
        return {name: array.copy() for name, array in self.results.items()}


def _view(operation: Operation, source: Array, made: dict[Any, Array]) -> Array:
    key = (id(source), operation)
    if key not in made:
        made[key] = operation.apply(source)
    return made[key]


def _allocate(plan: Plan, width: int) -> tuple[Array, dict[Place, Array], int]:
    """Return the memory of all results as one array, the memory by place, and the number of bytes of everything."""
    kept, pieces = _cut([(plan.size(place), plan.varies[place]) for place in plan.kept], width)
    shared, buffers = _cut(plan.sizes, width)
    memory = dict(zip(plan.kept, pieces, strict=True))
    memory |= {place: buffers[slot] for place, slot in plan.slots.items()}
    return kept, memory, kept.nbytes + shared.nbytes


def _cut(sizes: Sequence[tuple[int, bool]], width: int) -> tuple[Array, list[Array]]:
    """Return one array and its parts, given the bytes per design of each part and whether it varies."""
    ends, size = [], 0
    for each, varies in sizes:
        count, line = (each * width, _CACHE_LINE) if varies else (each, _NUMBER)
        size = -(-size // line) * line
        ends.append((size, size + count))
        size += count
    memory = np.empty(size, dtype=np.uint8)
    return memory, [memory[first:last] for first, last in ends]


def _bytes_of(place: Place, plan: Plan, memory: Mapping[Place, Array]) -> Array:
    """Return the memory of a place: its own, or the row of the stack that it is computed in."""
    if place not in plan.homes:
        return memory[place]
    home, row = plan.homes[place]
    rows = plan.size(home) // plan.size(place)
    found: Array = _bytes_of(home, plan, memory).reshape(rows, -1)[row]
    return found


# --- recording and memory ------------------------------------------------------------------------


def record(function: Callable[[Mapping[str, Any]], Mapping[Any, Any]], inputs: Mapping[str, Array]) -> Program:
    """Call a function once with stand-ins for arrays, and return a program that computes the same.

    Parameters
    ----------
    function
        Function from arrays by name to arrays by name; it must not branch on a value outside of opaque functions.
    inputs
        Arrays by name; their last axis is the design, and only the first design is read.
    """
    tape = Tape()
    samples = {name: np.repeat(array[..., :1], SAMPLE, axis=-1) for name, array in inputs.items()}
    given = {name: tape.add_input(sample) for name, sample in samples.items()}
    return Program(given, function(given))
