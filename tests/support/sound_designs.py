"""Random sound designs with a DAG, and where the layout puts more on a server than the sizing counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calculator import size
from calculator.engine.graph import steps_for
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import MODEL
from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError
from calculator.layout import Layout, combinations, layout
from calculator.layout.failure_sets import Combinations
from calculator.rules.memory import module_size
from support.strategies import random_columns, row

SINGLE, DOUBLE, SITE, WORST = "single", "double", "site", "worst"
SLACK = 1 + 1e-9
"""Factor by which two figures may differ by rounding."""
MEMORY_RULES = (
    "database_cache_minimum",
    "cache_pages",
    "items_active",
    "items_passive",
    "content_index_memory",
    "cas_megacycles_by_mode",
    "cas_memory",
    "server_memory_base",
    "server_memory_calculated",
)
"""Rules from the active databases and copies of a server to its memory."""


def random_designs(rows: int, seed: int) -> Iterator[dict[str, object]]:
    """Yield inputs of designs with a DAG in which the shape of the DAG is drawn widely, most of them sound."""
    random = np.random.default_rng(seed)
    columns = random_columns(rows, 1, seed)
    for number in range(rows):
        yield {**row(columns, number), **_shape(random), "environment.high_availability": True}


def _shape(random: np.random.Generator) -> dict[str, object]:
    """Return the inputs that decide how the copies of a DAG are spread."""
    two = bool(random.random() < 0.7)
    copies = int(random.integers(2, 6)) if two else int(random.integers(1, 5))
    away = int(random.integers(0, copies // 2 + 1)) if two else 0
    lagged = int(random.random() < 0.3) * int(random.integers(1, 3))
    servers = int(random.integers(1, 9)) if two else int(random.integers(2, 13))
    shape: dict[str, object] = {
        "site_resilience.enabled": two,
        "site_resilience.model": str(random.choice(MODEL.words, p=[0.3, 0.5, 0.2])),
        "site_resilience.block_secondary_activation": bool(random.random() < 0.2),
        "site_resilience.dedicated_dr_servers": bool(random.random() < 0.2),
        "environment.mailbox_servers": servers,
        "environment.dags": int(random.integers(1, 4)),
        "database_copies.ha_copies": copies,
        "database_copies.ha_copies_secondary": away,
        "database_copies.lagged_copies": lagged,
        "database_copies.lagged_copies_secondary": int(random.integers(0, lagged + 1)) if two else 0,
        "database_copies.dedicated_lagged_servers": bool(random.random() < 0.2),
        "database_copies.replay_lag_manager": bool(random.random() < 0.5),
        "storage.consider_jbod": bool(random.random() < 0.5),
        "storage.multiple_databases_per_volume": bool(random.random() < 0.5),
        "storage.automatic_volume_count": True,
        "database.symmetrical_distribution": bool(random.random() < 0.5),
        "dag.witness_location": str(random.choice(["primary", "secondary", "third_site"])) if two else "primary",
        "tiers.1.mailboxes": int(random.integers(500, 40_000)),
        "tiers.1.mailbox_size_limit": int(random.choice([1024, 2048, 5120, 10_240])),
        "tiers.1.messages_per_day": int(random.choice([50, 100, 150, 300])),
    }
    if random.random() < 0.3:
        shape |= {"database.automatic_count": False, "database.custom_count": int(random.integers(2, 120))}
    return shape


def sound_layouts(count: int, seed: int, oddities: str = "corrected") -> Iterator[Agreement]:
    """Yield so many sound designs with their layouts."""
    found = 0
    for drawn in random_designs(20 * count, seed):
        design = {**drawn, "guidance.oddities": oddities}
        try:
            sized = size(design)
            if sized[DESIGN_INVALID] or sized.status == "invalid":
                continue
            dag = layout(sized)
        except InputError:
            continue
        yield Agreement(design, sized, dag)
        found += 1
        if found == count:
            return


@dataclass(frozen=True, eq=False)
class Agreement:
    """A design, what its sizing counts, and what its layout makes active."""

    design: Mapping[str, object]
    sized: SizedDesign
    dag: Layout

    @cached_property
    def sides(self) -> list[int]:
        """Datacenters with servers (from 0)."""
        parameters = self.dag.parameters
        return [side for side in range(parameters.datacenters) if parameters.servers[side]]

    @cached_property
    def outcomes(self) -> dict[str, Combinations]:
        """All combinations of one and of two failed servers, where every database stays active."""
        found = {
            mode: combinations(self.dag, failed)
            for mode, failed in ((SINGLE, 1), (DOUBLE, 2))
            if failed < self.dag.parameters.servers_total
        }
        return {mode: found for mode, found in found.items() if not found.share_lost + found.share_without_quorum}

    @cached_property
    def after_loss(self) -> dict[int, np.ndarray]:
        """Active databases on the servers of a datacenter after the loss of the other, if every database is active."""
        found = {}
        for side in self.sides if len(self.sides) > 1 else []:
            active = self.dag.switch_over(2 - side).active_databases
            if active.sum() == self.dag.parameters.databases:
                found[side] = active[list(self.dag.parameters.places(1 + side))]
        return found

    def most(self, mode: str, side: int) -> float:
        """Return the most active databases on a server of a datacenter after the failures of a mode, NaN for none."""
        places = list(self.dag.parameters.places(1 + side))
        if mode == SITE:
            return float(self.after_loss[side].max()) if side in self.after_loss else np.nan
        if mode not in self.outcomes:
            return np.nan
        return float(self.outcomes[mode].active_databases[:, places].max())

    def sizing(self, mode: str, side: int, name: str = "active_databases_by_mode") -> float:
        """Return what the sizing counts."""
        value = self.sized[f"{name}.{mode}.{DATACENTERS[side]}"]
        return np.nan if value is None else value

    def of_the_other_dag(self, mode: str, side: int) -> bool:
        """Return whether the sizing counts servers of the other DAG of a pair, which take over in the primary."""
        return mode == SITE and side == 0 and self.dag.parameters.model == "active_active_multiple_dags"

    def sized_memory(self, side: int) -> float:
        """Return the memory of a server of a datacenter before the secondary gets no less than the primary."""
        needed = self.sized.results.values["server_memory_calculated"][side]
        return float(np.maximum(module_size(needed), self.sized.results.values["least_memory"])[0])

    def worst(self, side: int) -> float:
        """Return the most active databases on a server of a datacenter after any of the failures."""
        most = [self.most(mode, side) for mode in (SINGLE, DOUBLE, SITE)]
        return float(np.nan if np.isnan(most).all() else np.nanmax(most))

    def held(self, side: int) -> float:
        """Return the most database copies on a server of a datacenter."""
        return float(self.dag.assigned_copies[list(self.dag.parameters.places(1 + side))].max())

    def cpu(self, side: int) -> float:
        """Return the highest CPU utilization of a server of a datacenter after any of the failures."""
        load, places = self.dag.parameters.load, list(self.dag.parameters.places(1 + side))
        active, passive = load.cpu_active[side], load.cpu_passive[side]
        held = self.dag.assigned_copies[places]
        states = [found.active_databases[:, places] for found in self.outcomes.values()]
        if side in self.after_loss:
            states.append(self.after_loss[side][None])
        used = [np.max(state * active + (held - state) * passive, initial=0.0, where=state > 0) for state in states]
        return max(used, default=np.nan)

    def memory(self, side: int) -> float:
        """Return the memory that a server with the most active databases and copies needs, at the sizing's rules."""
        values = dict(self.sized.results.values)
        active, held = self.worst(side), self.held(side)
        values["memory_sizing_databases"] = _placed(values["memory_sizing_databases"], side, active)
        values["sized_databases_by_mode"] = values["sized_databases_by_mode"].copy()
        values["sized_databases_by_mode"][-1] = values["memory_sizing_databases"]
        values["sized_copies_per_server"] = _placed(values["sized_copies_per_server"], side, held)
        with np.errstate(all="ignore"):
            for step in steps_for(frozenset(["server_memory_calculated"]), True):
                if step.name in MEMORY_RULES:
                    node = step.correction or step.node
                    values[step.name] = node.function(*[values[need] for need in node.needs])
        return float(np.maximum(module_size(values["server_memory_calculated"][side]), values["least_memory"])[0])


def _placed(values: np.ndarray, side: int, value: float) -> np.ndarray:
    placed = np.array(values, dtype=float)
    placed[side] = value
    return placed


def shortfalls(found: Agreement) -> list[str]:
    """Return where the layout has more on a server than the sizing counts, or a figure where it has none."""
    names = []
    for side in found.sides:
        where = DATACENTERS[side]
        for mode in (SINGLE, DOUBLE, SITE):
            most, sized = found.most(mode, side), found.sizing(mode, side)
            if not np.isnan(most) and np.isnan(sized):
                names.append(f"{mode} n/a")
            elif most > sized:
                names.append(mode)
        worst, sized = found.worst(side), found.sizing(WORST, side)
        if worst > sized or (np.isnan(sized) and not np.isnan(worst)):
            names.append(f"worst {where}")
        if found.cpu(side) > found.sizing(WORST, side, "cpu_utilization_by_mode") * SLACK:
            names.append(f"CPU {where}")
        if not np.isnan(worst) and found.memory(side) > found.sized_memory(side) * SLACK:
            names.append(f"memory {where}")
    return list(dict.fromkeys(names))


def surpluses(found: Agreement) -> list[str]:
    """Return where the sizing counts more than the layout has, in a datacenter whose copies are spread evenly.

    The sizing also counts failures after the loss of a datacenter, so that its worst failure may be another one.
    """
    names = []
    for side in found.sides:
        for mode in (SINGLE, DOUBLE, SITE):
            if found.sizing(mode, side) > found.most(mode, side) and not found.of_the_other_dag(mode, side):
                names.append(mode)
        even = len(set(found.dag.assigned_copies[list(found.dag.parameters.places(1 + side))])) == 1
        if even and found.worst(side) == found.sizing(WORST, side):
            if found.cpu(side) * SLACK < found.sizing(WORST, side, "cpu_utilization_by_mode"):
                names.append(f"CPU {DATACENTERS[side]}")
            if found.memory(side) * SLACK < found.sized_memory(side):
                names.append(f"memory {DATACENTERS[side]}")
    return names
