"""Measure designs against the limits of what is built: its servers, databases, disks and memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from calculator.engine.columns import Columns
from calculator.engine.findings import check_message
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.profile import Profile
from calculator.inputs.schema import SERVER_ROLE
from calculator.issues import ERROR, refuse
from calculator.numerics.arrays import Bools, Floats
from calculator.rules.registry import CHECKS
from calculator.studies.figures import NumericSizer
from calculator.studies.timeline.as_built import BuiltDesign, build
from calculator.studies.timeline.limits import DesignLimit, find_exceeded, list_limits, measure_volume

LOADS = ("tiers", "data", "io", "mailbox", "backup", "transport", "replication")
"""Sections of inputs that describe the load of a design; other sections describe what is built."""
CPU, CHECK = "cpu", "design_check"
"""Names of the CPU limit, and of the limit that a check of severity error sets."""
WORDS = {
    CHECK: "the design fails a check",
    "volume": "a volume outgrows its disk",
    "database": "a database outgrows the recommended size",
    "disk_iops": "a disk is too slow for its databases",
    "raid_disks": "the RAID groups of a server need more disks",
    "memory": "a server needs more memory than it has",
    CPU: "CPU exceeds the highest recommended utilization",
    "link": "the link is too slow for the busiest hour",
    "dumpster_30_gb": "Recoverable Items reach the quota at which deletions fail",
}
"""Description, by limit, of what happens where it is exceeded."""
ERRORS = tuple(name for name, check in CHECKS.items() if check.severity == ERROR)
"""Checks of severity error."""
CHECKS_OF = {
    "volume": "check_disk_too_small",
    "disk_iops": "check_disk_too_slow",
    CPU: "check_cpu_exhausted",
    "dumpster_30_gb": "check_recoverable_items_full",
}
"""Checks, by limit, that fail only where the limit is exceeded, too."""
OTHER_CHECKS = tuple(check for check in ERRORS if check not in CHECKS_OF.values())
"""Checks of severity error that say more than that another limit is exceeded."""


@dataclass(frozen=True)
class Measured:
    """Designs measured against the limits of what is built: arrays of shape ``(n,)`` by name of the limit.

    Attributes
    ----------
    exceeded
        Whether a limit is exceeded at any place. The limit `CHECK` is exceeded where a check fails that says more than
        that one of the other limits is exceeded.
    used
        Share of a limit that is used at the place that uses most of it; NaN for an invalid design.
    invalid
        Whether a design is invalid, so that it has no figures.
    """

    exceeded: dict[str, Bools]
    used: dict[str, Floats]
    invalid: Bools

    def fails(self, limit: str) -> Bools:
        """Return whether a design exceeds a limit, or is invalid, so that it keeps none."""
        return self.exceeded[limit] | self.invalid


@dataclass(frozen=True)
class BuiltLimits:
    """Limits of what is built of a design, and the function that measures other loads against them.

    Attributes
    ----------
    built
        What is built.
    sizer
        Sizes the designs, with the number of databases that is built.
    """

    built: BuiltDesign
    sizer: NumericSizer

    @classmethod
    def of(cls, profile: Profile, sized: SizedDesign | None = None) -> BuiltLimits:
        """Return the limits of a valid design.

        Parameters
        ----------
        profile
            The design.
        sized
            The same design with all its results, if it is sized already.

        Raises
        ------
        InputError
            If the design is invalid or has no mailboxes.
        """
        built = _with_installed_memory(build(profile, sized))
        if built.design[DESIGN_INVALID]:
            hint = "Run the command check to see the errors."
            refuse(profile.where, "The design is invalid, so its capacity cannot be computed.", hint)
        needs = dict.fromkeys(need for limit in _limits(built) for need in limit.needs)
        return cls(built, NumericSizer(built.profile, [*needs, DESIGN_INVALID], ERRORS))

    @property
    def limits(self) -> tuple[DesignLimit, ...]:
        """The limits, apart from those of checks."""
        return _limits(self.built)

    @property
    def unknown(self) -> frozenset[str]:
        """Names of the limits whose figure is missing at a place, such as `CPU` without a rating of processors."""
        results = self.built.design.results
        return frozenset(limit.name for limit in self.limits if limit.unsized and check_message(results, limit.unsized))

    def measure(self, columns: Columns) -> Measured:
        """Size designs with other inputs, by path, and measure them."""
        figures = self.sizer(columns)
        invalid = figures[DESIGN_INVALID] == 1
        exceeded, used = {CHECK: _any_fails(figures, (DESIGN_INVALID, *OTHER_CHECKS))}, {}
        for limit in self.limits:
            values, thresholds = limit.measure(figures, self.built)
            with np.errstate(all="ignore"):
                shares = np.fmax.reduce(values / thresholds, axis=0)
            if not np.isnan(thresholds).all():
                exceeded[limit.name] = np.asarray(find_exceeded(limit, figures, self.built).any(axis=0))
                used[limit.name] = np.where(invalid, np.nan, shares)
        return Measured(exceeded, used, invalid)


def limit_words(design: SizedDesign) -> dict[str, str]:
    """Return the descriptions in `WORDS` for a design, whose CPU counts in the worst failure if it survives one."""
    failure = " in the worst failure" if design.plain["highly_available"] else ""
    return {**WORDS, CPU: f"{WORDS[CPU]}{failure}"}


def _any_fails(figures: Mapping[str, Floats], checks: Iterable[str]) -> Bools:
    return np.asarray(np.stack([figures[check] == 1 for check in checks]).any(axis=0))


def _limits(built: BuiltDesign) -> tuple[DesignLimit, ...]:
    return tuple(_of_hardware(limit) for limit in list_limits(built) if limit.name in WORDS)


def _of_hardware(limit: DesignLimit) -> DesignLimit:
    """Return a limit of the hardware itself, in place of a limit of what was planned.

    A volume in a RAID group may grow until the group needs more disks, which is a limit of its own.
    """
    return replace(limit, measure=_measure_volume_on_disk) if limit.name == "volume" else limit


def _measure_volume_on_disk(figures: Mapping[str, Floats], built: BuiltDesign) -> tuple[Floats, Floats]:
    sizes, disks = measure_volume(figures, built)
    return sizes, np.where(built.on_disk[:, None], disks, np.nan)


def _with_installed_memory(built: BuiltDesign) -> BuiltDesign:
    """Return what is built; servers have the installed memory if the design states it."""
    installed = [built.profile.value(f"servers.{role}.installed_memory") for role in SERVER_ROLE.labels]
    given = np.array([math.nan if memory is None else float(str(memory)) for memory in installed])
    return replace(built, memory=np.where(np.isnan(given), built.memory, given))
