"""Compute the figures that a mutant may change: of recorded and random designs, and of layouts."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

RANDOM_DESIGNS = 300


def write_inputs(folder: Path) -> None:
    """Write the inputs of all designs, which no mutant changes, and the figures of the code as it is."""
    from support.golden_designs import golden_inputs, inputs_of_columns
    from support.strategies import random_columns

    inputs = [golden_inputs(), inputs_of_columns(random_columns(RANDOM_DESIGNS, 4, 2013))]
    corrected = [{**part, "guidance__oddities": np.array([1])} for part in inputs]
    (folder / "inputs").write_bytes(pickle.dumps([*inputs, *corrected]))
    (folder / "figures").write_bytes(pickle.dumps(list(_figures(folder))))
    (folder / "layouts").write_bytes(pickle.dumps(list(_layouts())))


def changes_a_figure(folder: Path, room: str) -> bool:
    """Return whether this process computes other figures than the code as it is."""
    if room == "layout":
        known = pickle.loads((folder / "layouts").read_bytes())
        return any(before != after for before, after in itertools.zip_longest(known, _layouts()))
    expected = pickle.loads((folder / "figures").read_bytes())
    return any(
        not _equal(before[name], after[name], before["design_invalid"] if name not in before["checks"] else None)
        for before, after in zip(expected, _figures(folder), strict=True)
        for name in before
        if name != "checks"
    )


def _figures(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield every rule and check by name, of each set of designs."""
    from support.recorded import compute_directly

    from calculator.engine import graph
    from calculator.rules.registry import CHECKS

    parts = pickle.loads((folder / "inputs").read_bytes())
    names = tuple(graph.ORDER)
    for inputs in parts:
        found = compute_directly(names, inputs).values
        yield {name: found[name] for name in names} | {"checks": set(CHECKS)}


def _equal(before: np.ndarray, after: np.ndarray, invalid: np.ndarray | None) -> bool:
    """Return whether two figures agree to nine digits, in the designs that are valid."""
    before, after = np.broadcast_arrays(before, after)
    if invalid is not None and invalid.shape[-1] == before.shape[-1]:
        before, after = before[..., ~invalid], after[..., ~invalid]
    return bool(np.allclose(before, after, rtol=1e-9, atol=1e-12, equal_nan=True))


def _layouts() -> Iterator[object]:
    """Yield what layouts, failures, combinations and switchovers come to, as text."""
    from support.layout_cases import CASES, RUNS

    from calculator.exporters.switchover import switchover
    from calculator.issues import InputError
    from calculator.layout import combinations, layout, tolerance

    for number, case in enumerate([*CASES.values(), *_random_parameters()]):
        try:
            dag = layout(case)
        except InputError as error:
            yield str(error)
            continue
        single = combinations(dag, 1)
        yield [dag.rows(), [str(issue) for issue in dag.issues], single.rows(), single.summary()]
        if number % 4 == 0:
            yield str(tolerance(dag))
    for steps in RUNS.values():
        state = layout(CASES[steps[0]["case"]]).fail([row["event"] for row in steps])
        yield [state.rows(), state.servers(), state.quorum_ok]
    for servers, witness, lost in itertools.product((4, 5), ("primary", "third_site"), ("primary", "secondary")):
        design = {
            "tiers.1.mailboxes": 2000,
            "environment.mailbox_servers": servers,
            "site_resilience.model": "active_passive",
            "database_copies.ha_copies": 4,
            "database_copies.ha_copies_secondary": 2,
            "dag.witness_location": witness,
        }
        state = layout(design).fail("server:SRV01")
        yield [str(switchover(design, lost)), state.rows(), state.servers()]


def _random_parameters() -> list[dict[str, object]]:
    """Return parameters of layouts of every size and model, some of them impossible."""
    random = np.random.default_rng(2013)
    models = ("active_passive", "active_active_single_dag", "active_active_multiple_dags")
    drawn = []
    for number in range(60):
        servers = random.integers(1, 9, 2)
        drawn.append(
            {
                "databases": int(random.integers(1, 90)),
                "model": models[number % 3],
                "servers_primary": int(servers[0]),
                "servers_secondary": int(servers[1]),
                "active_servers_primary": int(random.integers(1, servers[0] + 1)),
                "active_servers_secondary": int(random.integers(1, servers[1] + 1)) if number % 3 == 1 else 0,
                "copies_primary": int(random.integers(1, servers[0] + 1)),
                "copies_secondary": int(random.integers(0, servers[1] + 1)),
                "lagged_primary": int(random.integers(0, 2)),
                "lagged_secondary": int(random.integers(0, 2)),
                "oddities": ("as_calculator", "corrected")[number % 2],
                "databases_per_volume": int(random.integers(1, 7)),
            }
        )
    return drawn
