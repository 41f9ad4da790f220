"""Run the rules for many designs: called directly for few, else recorded once and computed in chunks."""

from __future__ import annotations

import threading
from collections import ChainMap, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from calculator.engine.applicability import findings_for
from calculator.engine.columns import Inputs
from calculator.engine.compute import ODDITIES, compute
from calculator.engine.graph import steps_for
from calculator.engine.progress import DesignCounter
from calculator.engine.results import Results
from calculator.inputs.choices import Oddities
from calculator.inputs.schema import BY_PARAMETER
from calculator.numerics.arrays import Array
from calculator.rules.constants import CONSTANTS

if TYPE_CHECKING:
    from calculator.numerics.program import BoundProgram, BufferPool, Program

CHUNK = 4096
"""Designs computed at a time: their arrays stay in the processor's cache."""
_MOST_DIRECTLY = 1024
"""Most designs computed directly: calling the rules keeps every step in memory, a program only the results."""
_CALL = 500
"""Designs whose figures take as long as one call of the rules with a single design."""
PATIENCE = 10_000
"""Designs computed directly before a program is recorded: it takes as long to record as it saves on about these."""
_VALUE, _DIFFERS, _CORRECTED = "value", "differs", "corrected"
"""Kinds of results a program gives."""
_MAILBOXES = "tiers__mailboxes"
_CONSTANTS: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}


class ProgramKey(NamedTuple):
    """What a program gives.

    Attributes
    ----------
    targets, tiers
        Names of rules and checks; number of tiers.
    differs, corrected
        Whether it gives where the corrected figures of oddities differ, and those figures.
    mixed
        Whether some designs take the corrected figures.
    overridden
        Names of the constants that some designs override.
    """

    targets: frozenset[str]
    tiers: int
    differs: bool
    corrected: bool
    mixed: bool
    overridden: frozenset[str] = frozenset()


class Engine:
    """Runs the rules; keeps the programs and the memory of earlier runs for later ones.

    Threads may share an engine.  `run` and `stream` of this module use one that all callers share.

    Parameters
    ----------
    program_limit
        Programs that are kept; the oldest are dropped.
    seen_limit
        Number of kinds of runs remembered with the work they took so far.
    patience
        Designs computed directly before a program is recorded; a call of the rules counts as some hundred designs.
    """

    def __init__(self, program_limit: int = 64, seen_limit: int = 1024, patience: int = PATIENCE) -> None:
        self.programs: dict[ProgramKey, Program] = {}
        self.seen: dict[Any, int] = {}
        self._program_limit, self._seen_limit, self._patience = program_limit, seen_limit, patience
        self._lock = threading.Lock()
        self._idle: deque[BufferPool] = deque(maxlen=2)

    def run(
        self,
        targets: Iterable[str],
        inputs: Inputs,
        tiers: int,
        *,
        corrections: bool = True,
        chunk: int = CHUNK,
        progress: DesignCounter | None = None,
    ) -> Results:
        """Run the rules and keep the results of all designs.

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
            Designs computed at a time.
        progress
            Called with the number of designs done.
        """
        designs, mixed = _width(inputs), _is_mixed(inputs)
        key = ProgramKey(
            _with_findings(targets), tiers, corrections or mixed, corrections or mixed, mixed, _overridden(inputs)
        )
        if designs <= chunk and self._is_faster_directly(key, inputs, designs):
            return _results(_evaluate(key, inputs), inputs, tiers, designs)
        with self._borrow_pool() as pool:
            bound = self._bind(key, inputs, pool, min(chunk, designs))
            gathered: dict[Any, Array] = {}
            for start, width in _run_chunks(bound, inputs, designs, chunk):
                if designs <= chunk:
                    return _results(bound.copy_results(), inputs, tiers, designs)
                _gather(gathered, bound.results, start, width, designs)
                if progress is not None:
                    progress(start + width)
        return _results(gathered, inputs, tiers, designs)

    def stream(
        self,
        targets: Iterable[str],
        inputs: Inputs,
        tiers: int,
        *,
        corrections: bool = True,
        chunk: int = CHUNK,
        pool: BufferPool | None = None,
    ) -> Iterator[Results]:
        """Run the rules chunk by chunk; each chunk overwrites the arrays of the one before.

        `run` has the other parameters.

        Parameters
        ----------
        pool
            Memory that only this caller uses; without it, the last chunk too is overwritten once the run is over.

        Yields
        ------
        Results
            Of one chunk, without the corrected figures.
        """
        designs, mixed = _width(inputs), _is_mixed(inputs)
        key = ProgramKey(_with_findings(targets), tiers, corrections or mixed, False, mixed, _overridden(inputs))
        if designs <= chunk and self._is_faster_directly(key, inputs, designs):
            yield _results(_evaluate(key, inputs), inputs, tiers, designs)
            return
        with nullcontext(pool) if pool is not None else self._borrow_pool() as memory:
            bound = self._bind(key, inputs, memory, min(chunk, designs))
            for start, width in _run_chunks(bound, inputs, designs, chunk):
                part = {
                    name: array if array.shape[-1] == 1 else array[..., start : start + width]
                    for name, array in inputs.items()
                }
                yield _results(bound.results, part, tiers, width)

    def _bind(self, key: ProgramKey, inputs: Inputs, pool: BufferPool, width: int) -> BoundProgram:
        """Return the program of a key with arrays for at least so many designs."""
        return pool.bind(self._program(key, inputs), *_shape_of(inputs, width))

    def _program(self, key: ProgramKey, inputs: Inputs) -> Program:
        """Return the program of a key, recorded once; another thread may drop it at any time."""
        program = self.programs.get(key)
        if program is None:
            from calculator.numerics.program import record

            program = record(partial(_evaluate, key), inputs)
            with self._lock:
                while len(self.programs) >= self._program_limit:
                    del self.programs[next(iter(self.programs))]
                self.programs[key] = program
        return program

    def _is_faster_directly(self, key: ProgramKey, inputs: Inputs, designs: int) -> bool:
        """Return whether to call the rules themselves: few designs, of a kind that is not asked for again and again.

        Recording a program and giving it arrays takes far longer than one call of the rules with few designs.
        """
        if designs > _MOST_DIRECTLY:
            return False
        kind = (key, *_shape_of(inputs, designs))
        done = self.seen.get(kind, 0)
        if done >= self._patience:
            return False
        if len(self.seen) >= self._seen_limit and kind not in self.seen:
            self.seen.clear()
        self.seen[kind] = done + _CALL + designs
        return True

    @contextmanager
    def _borrow_pool(self) -> Iterator[BufferPool]:
        """Lend memory that no other run is using: an app runs each page in a thread of its own."""
        from calculator.numerics.program import BufferPool

        try:
            pool = self._idle.pop()
        except IndexError:
            pool = BufferPool()
        try:
            yield pool
        finally:
            self._idle.append(pool)


_SHARED = Engine()
run = _SHARED.run
stream = _SHARED.stream


def _evaluate(key: ProgramKey, inputs: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """Return what a key asks for, by kind and name: of arrays, or of stand-ins that record it."""
    with np.errstate(all="ignore"):
        computed = compute(steps_for(key.targets, key.differs), inputs, key.mixed, key.overridden)
    results: dict[tuple[str, str], Any] = {(_VALUE, name): computed.values[name] for name in key.targets}
    results |= {(_DIFFERS, name): value for name, value in computed.differs.items()}
    if key.corrected:
        results |= {(_CORRECTED, name): value for name, value in computed.corrected.items()}
    return results


def _with_findings(targets: Iterable[str]) -> frozenset[str]:
    """Return targets with the findings that tell where their figures are void."""
    wanted = frozenset(targets)
    return wanted | findings_for(wanted)


def _width(inputs: Inputs) -> int:
    return max(array.shape[-1] for array in inputs.values())


def _is_mixed(inputs: Inputs) -> bool:
    """Return whether some designs take the corrected figures."""
    return bool((inputs[ODDITIES] == Oddities.CORRECTED).any())


def _overridden(inputs: Inputs) -> frozenset[str]:
    """Return the names of the constants among the inputs."""
    if len(inputs) == len(BY_PARAMETER):  # without a look at each: there is none in almost every run
        return frozenset()
    return frozenset(inputs.keys() & CONSTANTS.keys())


def _shape_of(inputs: Inputs, width: int) -> tuple[frozenset[str], int]:
    """Return what the arrays of a program depend on: the inputs that vary, and the designs there is room for."""
    varying = frozenset(name for name, array in inputs.items() if array.shape[-1] > 1)
    return varying, _rounded_width(width) if varying else 1


def _rounded_width(designs: int) -> int:
    """Return a number of designs to have room for: few different ones, so that bound memory is used again.

    Two at least, so that what varies can be told from what does not.
    """
    if designs <= 2:
        return 2
    power = 1 << (designs - 1).bit_length()
    return power if designs > 3 * power // 4 else 3 * power // 4


def _run_chunks(bound: BoundProgram, inputs: Inputs, designs: int, chunk: int) -> Iterator[tuple[int, int]]:
    """Run a program chunk by chunk; yield the first design and the number of designs of each."""
    with np.errstate(all="ignore"):
        bound.set_fixed(inputs)
    for start in range(0, designs, chunk):
        width = min(chunk, designs - start)
        with np.errstate(all="ignore"):
            bound.run(inputs, start, width)
        yield start, width


def _gather(gathered: dict[Any, Array], results: Mapping[Any, Array], start: int, count: int, designs: int) -> None:
    """Copy the results of a chunk to those of all designs."""
    for name, array in results.items():
        if array.shape[-1] == 1:
            gathered[name] = array.copy()
            continue
        if name not in gathered:
            gathered[name] = np.empty((*array.shape[:-1], designs), dtype=array.dtype)
        gathered[name][..., start : start + count] = array[..., :count]


def _results(found: Mapping[tuple[str, str], Array], inputs: Inputs, tiers: int, designs: int) -> Results:
    """Return results by kind and name, each cut to the designs there are when it is looked at."""
    empty = (inputs[_MAILBOXES] == 0).all(axis=0)
    values, corrected = (_ResultsOfKind(found, kind, designs) for kind in (_VALUE, _CORRECTED))
    differs = _ResultsOfKind(found, _DIFFERS, designs, ~empty if empty.any() else None)
    overridden = {name: inputs[name] for name in _overridden(inputs)}
    everything = ChainMap(values, inputs, _CONSTANTS)  # type: ignore[arg-type]
    return Results(designs, tiers, everything, differs, corrected, overridden)


class _ResultsOfKind(Mapping[str, Array]):
    """The results of one kind by name: values, where corrected figures differ, or those figures.

    Parameters
    ----------
    found, kind, designs
        All results by kind and name; the kind; the number of designs.
    among
        Designs of which codes count; by default all.
    """

    def __init__(
        self, found: Mapping[tuple[str, str], Array], kind: str, designs: int, among: Array | None = None
    ) -> None:
        self._found, self._kind, self._designs, self._among = found, kind, designs, among

    def __getitem__(self, name: str) -> Array:
        array = self._found[self._kind, name]
        cut = array if array.shape[-1] in (1, self._designs) else array[..., : self._designs]
        return cut if self._among is None else cut * self._among

    def __contains__(self, name: object) -> bool:
        return (self._kind, name) in self._found

    def __iter__(self) -> Iterator[str]:
        return (name for kind, name in self._found if kind == self._kind)

    def __len__(self) -> int:
        return sum(1 for _ in self)
