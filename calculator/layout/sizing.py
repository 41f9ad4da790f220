"""Compare the active databases that the sizing counts after failures of servers with those of the layout.

The sizing spreads the databases of failed servers evenly.  The layout puts them on the servers of their next copies,
which is even only where the databases go through whole rounds of the servers.
"""

from __future__ import annotations

import math

import numpy as np

from calculator.inputs.schema import DATACENTERS
from calculator.issues import NOTICE, WARNING, Issues
from calculator.layout.dag import Layout
from calculator.layout.failure_sets import Combinations, combinations
from calculator.layout.parameters import SizedMode

_MODES = ((1, "single", "One failed server"), (2, "double", "Two failed servers"))
_MORE = "Choose CPU and memory for this load, or numbers of databases and servers that spread it evenly."


def compare_with_sizing(layout: Layout) -> Issues:
    """Return where failures of one or two servers make more databases active on a server than the sizing counts.

    The issue is a warning if they exceed what the sizing counts in its worst failure, for which the hardware is chosen;
    otherwise it is a notice.  If the sizing has no figure, it is a warning only if the DAG survives all these failures.
    """
    issues, load = Issues(), layout.parameters.load
    for failed, mode, words in _MODES:
        if failed >= layout.parameters.servers_total or _unknown(load.worst):
            continue
        found, sized = combinations(layout, failed), getattr(load, mode)
        sides = [side for side in range(layout.parameters.datacenters) if layout.parameters.servers[side]]
        for side in sides[:1] if _alike(layout, found, sized) else sides:
            _compare(layout, found, (sized, load.worst), (mode, words), side, issues)
    return issues


def _alike(layout: Layout, found: Combinations, sized: SizedMode) -> bool:
    """Return whether both datacenters have the same figures, so that one issue covers both."""
    if 0 in layout.parameters.servers:
        return True
    most = [found.active_databases[:, list(layout.parameters.places(side))].max() for side in (1, 2)]
    worst = layout.parameters.load.worst
    return bool(most[0] == most[1] and sized.active[0] == sized.active[1] and worst.active[0] == worst.active[1])


def _unknown(worst: SizedMode) -> bool:
    return all(math.isnan(value) for value in worst.active)


def _compare(
    layout: Layout,
    found: Combinations,
    modes: tuple[SizedMode, SizedMode],
    names: tuple[str, str],
    side: int,
    issues: Issues,
) -> None:
    places = list(layout.parameters.places(1 + side))
    active = found.active_databases[:, places]
    combination, place = np.unravel_index(int(np.argmax(active)), active.shape)
    most, server = int(active[combination, place]), places[int(place)]
    counted, worst = (mode.active[side] for mode in modes)
    above_worst = not math.isnan(worst) and most > worst
    if math.isnan(counted):
        if not above_worst or found.share_lost or found.share_without_quorum:
            return
    elif most <= counted:
        return
    down = " and ".join(str(name) for name in found.named(int(combination)))
    cpu = float(found.cpu_utilization[combination, server])
    at_most = f"{worst:.0f}{_cpu(modes[1].cpu[side])}"
    if math.isnan(counted):
        counts = f"counts no such failure and at most {at_most} in another one"
    else:
        counts = f"counts {counted:.0f}{_cpu(modes[0].cpu[side])}"
        counts += f", and at most {at_most} in another failure" if above_worst and counted < worst else ""
    message = (
        f"{names[1]}: the layout makes {most} databases active on {layout.server_names[server]} when {down} fail"
        f"{'s' * (names[0] == 'single')}{_cpu(cpu)}, but the sizing {counts}."
    )
    field = f"active_databases_by_mode.{names[0]}.{DATACENTERS[side]}"
    enough = f"The servers are sized for {worst:.0f} active databases{_cpu(modes[1].cpu[side])}, which is enough."
    issues.add(WARNING if above_worst else NOTICE, "layout", field, message, _MORE if above_worst else enough)


def _cpu(share: float) -> str:
    return "" if math.isnan(share) else f" ({100 * share:.1f} % CPU)"
