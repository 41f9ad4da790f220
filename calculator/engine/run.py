"""Running the rules: recorded once, chunks of designs, results stored once."""

from __future__ import annotations

import threading
from collections import ChainMap, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.engine.graph import Step, plan
from calculator.engine.results import Array, Results
from calculator.numerics.arrays import where
from calculator.numerics.program import Bound, Program
from calculator.numerics.tape import SAMPLE, Tape, opaque
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import Correction

Inputs = Mapping[str, Array]

CHUNK = 4096
"""Designs computed at a time: their arrays stay in the processor's cache."""
_SAME = 1e-9
_ODDITIES = "guidance__oddities"


@dataclass(frozen=True)
class _Wanted:
    """What a program is to give.

    Attributes
    ----------
    targets, tiers
        Names of rules and checks; number of tiers.
    differs, corrected
        Whether it is told where the corrected figures of oddities are others, and those figures.
    mixed
        Whether some designs take them.
    """

    targets: frozenset[str]
    tiers: int
    differs: bool
    corrected: bool
    mixed: bool


_RECORDINGS: dict[_Wanted, Program] = {}
_MOST_RECORDINGS = 64
_CHANGING = threading.Lock()
_ASKED_ONCE: set[_Wanted] = set()
"""What single designs were asked for once: recording it pays from the second time on."""
_MOST_ASKED = 1024


def _recording(wanted: _Wanted, inputs: Inputs) -> Program:
    """The program that gives what is wanted, recorded once; another thread may drop it at any time."""
    program = _RECORDINGS.get(wanted)
    if program is None:
        program = _record(wanted, inputs)
        with _CHANGING:
            while len(_RECORDINGS) >= _MOST_RECORDINGS:
                del _RECORDINGS[next(iter(_RECORDINGS))]
            _RECORDINGS[wanted] = program
    return program


def _is_asked_first(wanted: _Wanted) -> bool:
    """Whether it was neither recorded nor asked for before, as far as is remembered."""
    if wanted in _RECORDINGS or wanted in _ASKED_ONCE:
        return False
    if len(_ASKED_ONCE) >= _MOST_ASKED:
        _ASKED_ONCE.clear()
    _ASKED_ONCE.add(wanted)
    return True


def _record(wanted: _Wanted, inputs: Inputs) -> Program:
    tape = Tape()
    given = {name: tape.given(np.repeat(array[..., :1], SAMPLE, axis=-1)) for name, array in inputs.items()}
    return Program(given, _named(_called(wanted, given), wanted))


def _called(wanted: _Wanted, inputs: Mapping[str, Any]) -> _Computed:
    with np.errstate(all="ignore"):
        return compute(plan(wanted.targets, wanted.differs), inputs, wanted.mixed)


def _named(found: _Computed, wanted: _Wanted) -> dict[tuple[str, str], Any]:
    """What is wanted of what the rules gave, by kind and name."""
    results: dict[tuple[str, str], Any] = {(_VALUE, name): found.values[name] for name in wanted.targets}
    results |= {(_DIFFERS, name): value for name, value in found.differs.items()}
    if wanted.corrected:
        results |= {(_CORRECTED, name): value for name, value in found.corrected.items()}
    return results


_VALUE, _DIFFERS, _CORRECTED = "value", "differs", "corrected"


class Room:
    """Memory for the programs of one worker that outlasts a run: it is fetched from the system once.

    The results of a run stand in it until the next.  What was used longest ago goes where it becomes too much.
    """

    MOST = 100_000_000
    """Bytes; the programs of many designs beyond them are kept no longer than they are used."""

    def __init__(self) -> None:
        self._bound: dict[tuple[Program, frozenset[str], int], Bound] = {}

    def bound(self, program: Program, varying: frozenset[str], width: int) -> Bound:
        """The program with arrays for so many designs."""
        key = (program, varying, width)
        bound = self._bound.pop(key, None) or program.bind(varying, width)
        while self._bound and bound.nbytes + sum(other.nbytes for other in self._bound.values()) > self.MOST:
            del self._bound[next(iter(self._bound))]
        self._bound[key] = bound
        return bound


def _width(inputs: Inputs) -> int:
    return max(array.shape[-1] for array in inputs.values())


def _differs(correction: Correction, values: Mapping[str, Any], right: Any) -> Any:
    """Designs whose corrected figure is another than the calculator's."""
    if correction.seen is None:
        return _different(values[correction.name], right)
    seen = correction.seen(*[values[need] for need in correction.seen_needs])
    return seen.reshape(-1, seen.shape[-1]).any(axis=0)


@opaque
def _different(a: Array, b: Array) -> Array:
    """Where two figures of a design are not the same, over all their axes.

    Most are the same to the bit, as is what is not applicable; the others are held against each other place
    by place, until one is found at which they differ by more than what their arithmetic leaves.
    """
    designs: Array = (_bits(a) != _bits(b)).reshape(-1, max(a.shape[-1], b.shape[-1])).any(axis=0)
    if a.dtype == np.float64:
        wide = np.broadcast_shapes(a.shape, b.shape)
        rows = (np.broadcast_to(values, wide).reshape(-1, wide[-1]) for values in (a, b))
        undecided = np.flatnonzero(designs)
        for one, other in zip(*rows, strict=True):
            if not undecided.size:
                break
            undecided = undecided[_close(one[undecided], other[undecided])]
        designs[undecided] = False
    return designs


def _bits(values: Array) -> Array:
    return values.view(np.int64) if values.dtype == np.float64 else values


def _close(a: Array, b: Array) -> Array:
    """Whether figures are the same but for what their arithmetic leaves."""
    close = np.abs(a - b) <= _SAME * np.maximum(np.abs(a), np.abs(b))
    return close | (np.isnan(a) & np.isnan(b))


@dataclass(frozen=True)
class _Computed:
    """What the steps give: values, where corrected figures differ, and those figures."""

    values: dict[str, Any]
    differs: dict[str, Any]
    corrected: dict[str, Any]


def compute(steps: tuple[Step, ...], inputs: Mapping[str, Any], mixed: bool = True) -> _Computed:
    """Call the rules one after the other, with arrays or with their stand-ins.

    Parameters
    ----------
    steps
        Rules and checks in order.
    inputs
        By parameter name.
    mixed
        Whether designs may take the corrected figures.
    """
    values: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}
    values.update(inputs)
    found = _Computed(values, {}, {})
    takes = inputs[_ODDITIES] == 1
    for step in steps:
        out = step.node.function(*[values[need] for need in step.node.needs])
        if step.correction is not None:
            values[step.name] = out
            right = step.correction.function(*[values[need] for need in step.correction.needs])
            found.differs[step.name] = _differs(step.correction, values, right)
            found.corrected[step.name] = right
            out = where(takes, right, out) if mixed else out
        values[step.name] = out
    return found


def stream(
    targets: Iterable[str],
    inputs: Inputs,
    tiers: int,
    *,
    corrections: bool = True,
    chunk: int = CHUNK,
    room: Room | None = None,
) -> Iterator[Results]:
    """Run the rules chunk by chunk; the arrays of a chunk are overwritten by the next.

    Parameters
    ----------
    targets
        Names of the rules and checks wanted.
    inputs
        Arrays by parameter name, as `calculator.engine.columns.to_inputs` makes them.
    tiers
        Number of tiers.
    corrections
        Whether oddities are compared with their corrected figures; always where a design asks for them.
    chunk
        Designs at a time.
    room
        Memory kept from run to run; the results of one are then overwritten by the next.
    """
    designs = _width(inputs)
    mixed = bool((inputs[_ODDITIES] == 1).any())
    wanted = _Wanted(frozenset(targets), tiers, corrections or mixed, False, mixed)
    bound = _bound(wanted, inputs, room or Room(), min(chunk, designs))
    for start, width in _chunks(bound, inputs, designs, chunk):
        part = {
            name: array if array.shape[-1] == 1 else array[..., start : start + width] for name, array in inputs.items()
        }
        yield _results(bound.results, part, tiers, width)


def _chunks(bound: Bound, inputs: Inputs, designs: int, chunk: int) -> Iterator[tuple[int, int]]:
    """Run a program chunk by chunk: first design and number of designs of each, once it is computed."""
    with np.errstate(all="ignore"):
        bound.fix(inputs)
    for start in range(0, designs, chunk):
        width = min(chunk, designs - start)
        with np.errstate(all="ignore"):
            bound.run(inputs, start, width)
        yield start, width


def _bound(wanted: _Wanted, inputs: Inputs, room: Room, width: int) -> Bound:
    """The program that gives what is wanted, with arrays for at least so many designs."""
    varying = frozenset(name for name, array in inputs.items() if array.shape[-1] > 1)
    return room.bound(_recording(wanted, inputs), varying, _room_for(width) if varying else 1)


def _room_for(designs: int) -> int:
    """Designs there is room for: few different numbers, so that memory bound once serves again.

    Two at least, so that what varies is told from what does not.
    """
    if designs <= 2:
        return 2
    power = 1 << (designs - 1).bit_length()
    return power if designs > 3 * power // 4 else 3 * power // 4


def _results(found: Mapping[tuple[str, str], Array], inputs: Inputs, tiers: int, designs: int) -> Results:
    """Results by kind and name, each cut to the designs there are when it is looked at."""
    values, differs, corrected = (_Kind(found, kind, designs) for kind in (_VALUE, _DIFFERS, _CORRECTED))
    return Results(designs, tiers, ChainMap(values, inputs, _CONSTANTS), differs, corrected)  # type: ignore[arg-type]


class _Kind(Mapping[str, Array]):
    """The results of one kind: values, where corrected figures differ, or those figures."""

    def __init__(self, found: Mapping[tuple[str, str], Array], kind: str, designs: int) -> None:
        self._found, self._kind, self._designs = found, kind, designs

    def __getitem__(self, name: str) -> Array:
        array = self._found[self._kind, name]
        return array if array.shape[-1] in (1, self._designs) else array[..., : self._designs]

    def __contains__(self, name: object) -> bool:
        return (self._kind, name) in self._found

    def __iter__(self) -> Iterator[str]:
        return (name for kind, name in self._found if kind == self._kind)

    def __len__(self) -> int:
        return sum(1 for _ in self)


_CONSTANTS: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}
_IDLE: deque[Room] = deque(maxlen=2)
"""Memory no run is using: taken by one thread at a time, whichever comes (an app has a new one for each page run)."""


@contextmanager
def _borrowed() -> Iterator[Room]:
    """Memory that no other run is using."""
    try:
        room = _IDLE.pop()
    except IndexError:
        room = Room()
    try:
        yield room
    finally:
        _IDLE.append(room)


def run(
    targets: Iterable[str],
    inputs: Inputs,
    tiers: int,
    *,
    corrections: bool = True,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> Results:
    """Run the rules and keep the targets of all designs; `stream` has the parameters."""
    designs = _width(inputs)
    mixed = bool((inputs[_ODDITIES] == 1).any())
    wanted = _Wanted(frozenset(targets), tiers, corrections or mixed, corrections or mixed, mixed)
    if designs == 1 and _is_asked_first(wanted):
        return _results(_named(_called(wanted, inputs), wanted), inputs, tiers, designs)
    with _borrowed() as room:
        bound = _bound(wanted, inputs, room, min(chunk, designs))
        gathered = _Gathered(designs)
        for start, width in _chunks(bound, inputs, designs, chunk):
            if designs <= chunk:
                return _results(bound.taken(), inputs, tiers, designs)
            gathered.take(bound.results, start, width)
            if progress is not None:
                progress(start + width)
    return _results(gathered.arrays, inputs, tiers, designs)


class _Gathered:
    """Results of all designs, gathered chunk by chunk."""

    def __init__(self, designs: int) -> None:
        self.arrays: dict[tuple[str, str], Array] = {}
        self._designs = designs

    def take(self, found: Mapping[tuple[str, str], Array], start: int, count: int) -> None:
        for name, array in found.items():
            if array.shape[-1] == 1:
                self.arrays[name] = array.copy()
                continue
            if name not in self.arrays:
                self.arrays[name] = np.empty((*array.shape[:-1], self._designs), dtype=array.dtype)
            self.arrays[name][..., start : start + count] = array[..., :count]
