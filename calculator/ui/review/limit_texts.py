"""Format titles and figures of the limits of a design for the tabs Capacity and Timeline."""

from __future__ import annotations

from collections.abc import Mapping

from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import DATACENTER, SERVER_ROLE
from calculator.presentation.headline import cpu_name
from calculator.presentation.places import axis_text
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number
from calculator.studies.built_limits import CPU
from calculator.studies.capacity import LimitReached
from calculator.ui.results.texts import row_unit, scale_to, unit_text

LIMIT_TITLES: Mapping[str, str] = {
    "volume": "Database volume",
    "log_volume": "Log volume",
    "database": "Database size",
    "disk_iops": "I/O of a disk",
    "raid_disks": "RAID disks per server",
    "memory": "Memory needed per server",
    CPU: "CPU, worst failure",
    "link": "Link between datacenters",
    "dumpster_20_gb": "Recoverable Items, 20 GB",
    "dumpster_30_gb": "Recoverable Items, 30 GB",
    "design_check": "A check of the design",
}
"""Titles of the limits in a design that survives a failure."""

SHARES_OF: Mapping[str, str] = {"cpu": "CPU", "link": "of the link"}
"""What the shares of limits are shares of."""


def limit_titles(design: SizedDesign) -> dict[str, str]:
    """Return the titles of the limits of a design, whose CPU may have no failure."""
    return {**LIMIT_TITLES, CPU: cpu_name(design)}


def cpu_note(value: object, threshold: object) -> str:
    """Return a sentence that tells the CPU apart from the share of its limit that is used; empty without a figure."""
    if not (isinstance(value, float) and isinstance(threshold, float)):
        return ""
    cpu, limit, used = (number(share, "share") for share in (value, threshold, value / threshold))
    return f"A limit is used up at 100 %. A CPU utilization of {cpu} uses {used} of its limit, which is {limit}."


def limit_title(limit: LimitReached, design: SizedDesign) -> str:
    """Return the title of a limit of a design; that of a check says what the check asks for."""
    return limit.requirement.removesuffix(".") or limit_titles(design)[limit.limit]


def places_text(places: str) -> str:
    """Return the places where a limit is reached, in words; the names of tiers stay."""
    both = ", ".join(DATACENTER.labels)
    names = [axis_text(SERVER_ROLE, name) for name in places.removeprefix(both).split(", ") if name]
    return ", ".join(["both datacenters", *names] if places.startswith(both) else names) or "whole design"


def limit_figure(value: object, unit: str, limit: str = "", threshold: object = None) -> str:
    """Format a figure of a limit with its unit, a share with what it is a share of; None gives "n/a".

    A figure above the threshold has enough decimals to differ from it.
    """
    if value is None:
        return NOT_APPLICABLE
    figure, most = float(str(value)), None if threshold is None else float(str(threshold))
    if unit == "1":
        share = number(figure, "share", most)
        return f"{share} {SHARES_OF[limit]}" if limit in SHARES_OF else share
    shown = row_unit([figure], unit)
    factor = scale_to(shown, unit)
    most = None if most is None else factor * most
    return f"{number(factor * figure, unit, most)}{NO_BREAK_SPACE}{unit_text(shown)}"
