"""The calculator's designs, as the tests take them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from calculator.engine.columns import canonical_column, to_inputs
from calculator.inputs.parsing import read_value
from calculator.inputs.schema import find
from support.paths import TESTS

GOLDEN = TESTS / "golden" / "designs.jsonl.gz"
DUMPSTER = {"guidance.dumpster_model": "calculator"}


@dataclass(frozen=True)
class GoldenDesign:
    id: str
    mode: str
    tags: tuple[str, ...]
    inputs: dict[str, object]
    figures: dict[str, object]

    @property
    def valid(self) -> bool:
        return "valid" in self.tags


@lru_cache(maxsize=1)
def golden_designs() -> tuple[GoldenDesign, ...]:
    with gzip.open(GOLDEN, "rt", encoding="utf-8") as file:
        head = json.loads(next(file))
        return tuple(_design(json.loads(line), head) for line in file)


def _design(line: dict, head: dict) -> GoldenDesign:
    inputs = {**head["base"], **line["inputs"], **DUMPSTER}
    inputs = {path: "none" if value is None else value for path, value in inputs.items()}
    figures = dict(zip(head["columns"], line["figures"], strict=True))
    shown = {column: value for column, value in figures.items() if value != "skip"}
    return GoldenDesign(line["id"], line["mode"], tuple(line["tags"]), inputs, shown)


def as_columns(designs: tuple[GoldenDesign, ...]) -> dict[str, list[object]]:
    """Columns of a table with a row a design."""
    return {path: [design.inputs[path] for design in designs] for path in designs[0].inputs}


def inputs_of(designs: tuple[GoldenDesign, ...]) -> dict[str, np.ndarray]:
    """What the engine takes of some designs."""
    return inputs_of_columns(as_columns(designs))


@lru_cache(maxsize=1)
def _golden_inputs() -> dict[str, np.ndarray]:
    return inputs_of(golden_designs())


def golden_inputs() -> dict[str, np.ndarray]:
    """Return what the engine takes of all golden designs; the arrays are shared, the mapping is not."""
    return dict(_golden_inputs())


def inputs_of_columns(columns: Mapping[str, list[object]]) -> dict[str, np.ndarray]:
    """Return what the engine takes, from columns by path of designs of four tiers; None is nothing given."""
    canonical = {}
    for path, raws in columns.items():
        field, _ = find(path)
        canonical[path] = canonical_column(field, [None if raw is None else read_value(field, raw) for raw in raws])
    return to_inputs(canonical, 4)
