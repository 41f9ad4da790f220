"""Planning and running the rules: order by names, chunks of designs, results stored once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
import numpy.typing as npt

import calculator.checks
import calculator.rules
from calculator.constants import CONSTANTS
from calculator.rule import CHECKS, CORRECTIONS, RULES, Check, Correction, Result, Rule, kind_of

Array = npt.NDArray[Any]
Inputs = Mapping[str, Array]

CHUNK = 4096
"""Designs computed at a time: their arrays stay in the processor's cache."""
_SAME = 1e-9
_ODDITIES = "guidance__oddities"
_DTYPES = {Result.NUMBER: np.float64, Result.FLAG: np.bool_, Result.CATEGORY: np.int64}


@dataclass(frozen=True)
class Step:
    """A rule or check in the order of computation."""

    name: str
    node: Rule | Check
    correction: Correction | None

    def dtype(self) -> Any:
        """Type of the step's values."""
        if isinstance(self.node, Check):
            return np.bool_
        return np.int64 if self.node.maybe else _DTYPES[self.node.kind]

    def shape(self, tiers: int) -> tuple[int, ...]:
        """Shape of the step's values without the designs."""
        axes = self.node.axes
        return tuple(len(axis.expand(tiers)) for axis in axes if not axis.scalar)


def _needs(name: str, corrections: bool) -> tuple[str, ...]:
    node: Rule | Check = RULES[name] if name in RULES else CHECKS[name]
    if corrections and name in CORRECTIONS:
        return (*node.needs, *CORRECTIONS[name].needs)
    return node.needs


def _computed(names: Iterable[str]) -> list[str]:
    return [name for name in names if name in RULES or name in CHECKS]


def _in_order() -> tuple[str, ...]:
    """All rules and checks so that each comes after what it needs; refuses gaps and circles."""
    graph: dict[str, list[str]] = {}
    for name in (*RULES, *CHECKS):
        needs = _needs(name, corrections=True)
        for need in needs:
            try:
                kind_of(need)
            except KeyError:
                raise ValueError(f"{name} needs {need}, which is no rule, input or constant") from None
        graph[name] = _computed(needs)
    for name, correction in CORRECTIONS.items():
        if name not in RULES:
            raise ValueError(f"{correction.function.__name__} corrects {name}, which is no rule")
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ValueError(f"rules need each other in a circle: {' -> '.join(error.args[1])}") from None


ORDER = _in_order()


@lru_cache(maxsize=256)
def plan(targets: frozenset[str], corrections: bool = False) -> tuple[Step, ...]:
    """Steps that give the targets, in order: only what they need.

    Parameters
    ----------
    targets
        Names of rules and checks.
    corrections
        Whether the corrected figures of oddities are computed beside the calculator's.
    """
    wanted, waiting = set[str](), list(targets)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(_computed(_needs(name, corrections)))
    return tuple(
        Step(
            name,
            RULES[name] if name in RULES else CHECKS[name],
            CORRECTIONS.get(name) if corrections else None,
        )
        for name in ORDER
        if name in wanted
    )


@dataclass(frozen=True)
class Results:
    """Values of the steps for some designs.

    Attributes
    ----------
    designs, tiers
        How many.
    values
        By name, arrays of shape ``(axis ..., designs)`` or ``(axis ..., 1)`` where all designs agree.
    differs
        By name of a rule with an oddity, where the corrected figure is another, shape ``(designs,)``.
    corrected
        By name, the corrected figures.
    """

    designs: int
    tiers: int
    values: Mapping[str, Array]
    differs: Mapping[str, Array]
    corrected: Mapping[str, Array]


class _Block:
    """Preallocated room for the values of a plan, kept for all chunks."""

    def __init__(self, steps: tuple[Step, ...], tiers: int, width: int) -> None:
        self._rows = [np.empty((*step.shape(tiers), width), dtype=step.dtype()) for step in steps]

    def views(self, width: int) -> list[Array]:
        return [rows[..., :width] for rows in self._rows]


class Room:
    """Preallocated blocks that outlast a run, for one worker: memory is fetched from the system once."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[tuple[Step, ...], int], tuple[int, _Block]] = {}

    def block(self, steps: tuple[Step, ...], tiers: int, width: int) -> _Block:
        """Room for so many designs; what an earlier run left in it is overwritten."""
        key = (steps, tiers)
        kept = self._blocks.get(key)
        if kept is None or kept[0] < width:
            self._blocks.clear()
            kept = self._blocks[key] = (width, _Block(steps, tiers, width))
        return kept[1]


def _width(inputs: Inputs) -> int:
    return max(array.shape[-1] for array in inputs.values())


def _different(a: Array, b: Array) -> Array:
    """Where two figures of a design are not the same, over all their axes.

    Most are the same to the bit; only the designs of which that is not so are looked at more closely.
    """
    unlike = a != b
    designs: Array = unlike.reshape(-1, unlike.shape[-1]).any(axis=0)
    if a.dtype == np.float64 and designs.any():
        wide = np.broadcast_shapes(a.shape, b.shape)
        x, y = (np.broadcast_to(values, wide)[..., designs] for values in (a, b))
        close = np.abs(x - y) <= _SAME * np.maximum(np.abs(x), np.abs(y))
        close |= np.isnan(x) & np.isnan(y)
        designs[designs] = ~close.reshape(-1, close.shape[-1]).all(axis=0)
    return designs


def _run_chunk(steps: tuple[Step, ...], inputs: Inputs, tiers: int, designs: int, room: list[Array] | None) -> Results:
    values: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}
    values.update(inputs)
    differs: dict[str, Array] = {}
    fixed: dict[str, Array] = {}
    corrected = inputs[_ODDITIES] == 1
    some_corrected = bool(corrected.any())
    for place, step in enumerate(steps):
        out = step.node.function(*[values[need] for need in step.node.needs])
        if step.correction is not None:
            right = step.correction.function(*[values[need] for need in step.correction.needs])
            differs[step.name] = _different(out, right)
            fixed[step.name] = right
            if some_corrected:
                out = np.where(corrected, right, out)
        if room is not None and out.shape[-1] == designs:
            view = room[place]
            np.copyto(view, out)
            out = view
        values[step.name] = out
    return Results(designs, tiers, values, differs, fixed)


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
        Arrays by parameter name, as `calculator.columns.to_inputs` makes them.
    tiers
        Number of tiers.
    corrections
        Whether oddities are compared with their corrected figures; always where a design asks for them.
    chunk
        Designs at a time.
    room
        Memory kept from run to run; the results of one are then overwritten by the next.
    """
    corrections = corrections or bool((inputs[_ODDITIES] == 1).any())
    steps = plan(frozenset(targets), corrections)
    designs = _width(inputs)
    block = (room or Room()).block(steps, tiers, min(chunk, designs)) if designs > 1 else None
    with np.errstate(all="ignore"):
        for start in range(0, designs, chunk):
            width = min(chunk, designs - start)
            part = {
                name: array if array.shape[-1] == 1 else array[..., start : start + width]
                for name, array in inputs.items()
            }
            views = block.views(width) if block is not None else None
            yield _run_chunk(steps, part, tiers, width, views)


def run(
    targets: Iterable[str],
    inputs: Inputs,
    tiers: int,
    *,
    corrections: bool = True,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
    room: Room | None = None,
) -> Results:
    """Run the rules and keep the targets of all designs (of one chunk everything); `stream` has the parameters."""
    wanted = tuple(dict.fromkeys(targets))
    designs = _width(inputs)
    chunks = stream(wanted, inputs, tiers, corrections=corrections, chunk=chunk, room=room)
    if designs <= chunk:
        return next(chunks)
    values, differs, corrected = _Kept(designs), _Kept(designs), _Kept(designs)
    start = 0
    for part in chunks:
        values.take(wanted, part.values, start, part.designs)
        differs.take(part.differs, part.differs, start, part.designs)
        corrected.take(part.corrected, part.corrected, start, part.designs)
        start += part.designs
        if progress is not None:
            progress(start)
    return Results(designs, part.tiers, values.arrays, differs.arrays, corrected.arrays)


class _Kept:
    """Values of all designs, gathered chunk by chunk."""

    def __init__(self, designs: int) -> None:
        self.arrays: dict[str, Array] = {}
        self._designs = designs

    def take(self, names: Iterable[str], source: Mapping[str, Array], start: int, count: int) -> None:
        for name in names:
            array = source[name]
            if name not in self.arrays:
                self.arrays[name] = np.empty((*array.shape[:-1], self._designs), dtype=array.dtype)
            self.arrays[name][..., start : start + count] = array


@lru_cache(maxsize=64)
def column_index(tiers: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Rule and place on its axes of every result column."""
    index: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, rule in RULES.items():
        shape = rule.shape(tiers)
        for column, place in zip(rule.columns(tiers), np.ndindex(*shape), strict=True):
            index[column] = (name, place)
    return index


CHAPTERS = calculator.rules.CHAPTERS
