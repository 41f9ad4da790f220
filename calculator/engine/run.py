"""Run the rules for designs: call them directly for few; record them once and compute in chunks for many."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from calculator.engine.applicability import findings_for
from calculator.engine.columns import Inputs
from calculator.engine.compute import ODDITIES, Computed, compute
from calculator.engine.graph import steps_for
from calculator.engine.progress import DesignCounter
from calculator.engine.results import Results
from calculator.inputs.choices import Oddities
from calculator.inputs.schema import BY_PARAMETER
from calculator.numerics.arrays import Array
from calculator.numerics.buffers import BufferPool
from calculator.rules.constants import CONSTANTS

if TYPE_CHECKING:
    from calculator.numerics.program import BoundProgram, Program

CHUNK = 4096
"""Number of designs computed at a time: small enough for their arrays to stay in the processor's cache."""
_MOST_DIRECTLY = 1024
"""Largest number of designs computed directly: a direct call keeps every step in memory, a program only the results."""
_CALL = 500
"""Number of designs whose figures take a program as long as one direct call of the rules with a single design."""
PATIENCE = 10_000
"""Number of designs computed directly before a program is recorded; so many designs repay the recording."""
_VALUE, _DIFFERS, _CORRECTED = "value", "differs", "corrected"
"""Kinds of results that a program computes."""
_MAILBOXES = "tiers__mailboxes"
_CONSTANTS: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}


class ProgramKey(NamedTuple):
    """What a program computes, and for which kind of designs.

    Attributes
    ----------
    targets, tiers
        Names of rules and checks; number of tiers.
    differs, corrected
        Whether it computes where the corrected figures of oddities differ, and the corrected figures themselves.
    mixed
        Whether some designs use the corrected figures.
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
    """Engine that runs the rules, and keeps the programs and buffers of earlier runs for later runs.

    Threads may share an engine.  `run` and `stream` of this module use a single engine that all callers share.

    Parameters
    ----------
    program_limit
        Number of programs that are kept; the oldest are dropped.
    seen_limit
        Number of kinds of runs for which the engine remembers how many designs they had so far.
    patience
        Number of designs computed directly before a program is recorded; each call of the rules counts as some hundred
        designs.
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
        earlier: Computed | None = None,
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
            Whether oddities are compared with their corrected figures; they always are if a design asks for corrected
            figures.
        chunk
            Designs computed at a time.
        progress
            Called with the number of designs done.
        earlier
            What a run with similar inputs computed: only what has changed since is computed, and the results are the
            same.
        """
        designs, mixed = _width(inputs), _is_mixed(inputs)
        key = ProgramKey(
            _with_findings(targets), tiers, corrections or mixed, corrections or mixed, mixed, _overridden(inputs)
        )
        if designs <= chunk and (earlier is not None or self._is_faster_directly(key, inputs, designs)):
            computed = _evaluate(key, inputs, earlier)
            return _results(_by_kind(key, computed), inputs, tiers, designs, computed)
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
        """Run the rules chunk by chunk; each chunk overwrites the arrays of the previous chunk.

        `run` has the other parameters.

        Parameters
        ----------
        pool
            Buffers that only this caller uses; without them, a later run may overwrite the last chunk too.

        Yields
        ------
        Results
            Results of one chunk, without the corrected figures.
        """
        designs, mixed = _width(inputs), _is_mixed(inputs)
        key = ProgramKey(_with_findings(targets), tiers, corrections or mixed, False, mixed, _overridden(inputs))
        if designs <= chunk and self._is_faster_directly(key, inputs, designs):
            yield _results(_by_kind(key, _evaluate(key, inputs)), inputs, tiers, designs)
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

            program = record(lambda given: _by_kind(key, _evaluate(key, given)), inputs)
            with self._lock:
                while len(self.programs) >= self._program_limit:
                    del self.programs[next(iter(self.programs))]
                self.programs[key] = program
        return program

    def _is_faster_directly(self, key: ProgramKey, inputs: Inputs, designs: int) -> bool:
        """Return whether to call the rules directly: for few designs, of a kind of run that is not often repeated.

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
        """Lend buffers that no other run is using, because the app runs each page in its own thread."""
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


def _evaluate(key: ProgramKey, inputs: Mapping[str, Any], earlier: Computed | None = None) -> Computed:
    """Compute what a key asks for from arrays, or record it from stand-ins."""
    with np.errstate(all="ignore"):
        return compute(steps_for(key.targets, key.differs), inputs, key.mixed, key.overridden, earlier)


def _by_kind(key: ProgramKey, computed: Computed) -> dict[tuple[str, str], Any]:
    """Return the results that a key asks for by kind and name."""
    results: dict[tuple[str, str], Any] = {(_VALUE, name): computed.values[name] for name in key.targets}
    results |= {(_DIFFERS, name): value for name, value in computed.differs.items()}
    if key.corrected:
        results |= {(_CORRECTED, name): value for name, value in computed.corrected.items()}
    return results


def _with_findings(targets: Iterable[str]) -> frozenset[str]:
    """Return the targets and the findings that determine where their figures are void."""
    wanted = frozenset(targets)
    return wanted | findings_for(wanted)


def _width(inputs: Inputs) -> int:
    return max(array.shape[-1] for array in inputs.values())


def _is_mixed(inputs: Inputs) -> bool:
    """Return whether some designs take the corrected figures."""
    return bool((inputs[ODDITIES] == Oddities.CORRECTED).any())


def _overridden(inputs: Inputs) -> frozenset[str]:
    """Return the names of the constants among the inputs."""
    if len(inputs) == len(BY_PARAMETER):  # no loop over the inputs: almost no run overrides a constant
        return frozenset()
    return frozenset(inputs.keys() & CONSTANTS.keys())


def _shape_of(inputs: Inputs, width: int) -> tuple[frozenset[str], int]:
    """Return what the arrays of a program depend on: the inputs that vary, and the largest number of designs."""
    varying = frozenset(name for name, array in inputs.items() if array.shape[-1] > 1)
    return varying, _rounded_width(width) if varying else 1


def _rounded_width(designs: int) -> int:
    """Round up a number of designs to one of few sizes of arrays, so that programs with arrays are reused.

    The size is at least two, so that an input that varies can be distinguished from one that does not.
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


def _results(
    found: Mapping[tuple[str, str], Array], inputs: Inputs, tiers: int, designs: int, computed: Computed | None = None
) -> Results:
    """Return results by kind and name, each cut to the number of designs. Figures of an empty design never differ."""
    results: dict[str, dict[str, Array]] = {_VALUE: {**_CONSTANTS, **inputs}, _DIFFERS: {}, _CORRECTED: {}}
    for (kind, name), array in found.items():
        results[kind][name] = array if array.shape[-1] in (1, designs) else array[..., :designs]
    empty = (inputs[_MAILBOXES] == 0).all(axis=0)
    if empty.any():
        results[_DIFFERS] = {name: differs * ~empty for name, differs in results[_DIFFERS].items()}
    overridden = {name: inputs[name] for name in _overridden(inputs)}
    return Results(designs, tiers, results[_VALUE], results[_DIFFERS], results[_CORRECTED], overridden, computed)
