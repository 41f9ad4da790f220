"""Find how much load a design can hold: the largest value of an input, and the limits that are reached first.

Servers, databases, disks and memory stay as they are, as in the timeline; one input is raised until a limit is
exceeded.  The search brackets the value at which each limit is first exceeded, and narrows all brackets together, with
many values per batch, down to one unit of the input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from calculator.engine.findings import check_message
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import Scenario, SizedDesign, read, size
from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Field, Kind
from calculator.inputs.units import unit_words
from calculator.issues import refuse
from calculator.numerics.arrays import Array, Floats
from calculator.presentation.figures import missing_rating
from calculator.presentation.text import NO_BREAK_SPACE, number, percent
from calculator.rules.registry import CHECKS
from calculator.studies.built_limits import (
    CHECK,
    CHECKS_OF,
    CPU,
    LOADS,
    OTHER_CHECKS,
    BuiltLimits,
    Measured,
    limit_words,
)
from calculator.studies.timeline.limits import find_exceeded

ALL_MAILBOXES = "tiers.mailboxes"
"""Path for the mailboxes of all tiers together, in the proportions of the design."""
ASKED = ("mailboxes", "mailbox_size_limit", "messages_per_day")
"""Inputs of tiers whose largest values are found by default."""
_NAMES = {
    CHECK: "a check of the design",
    "volume": "the database volume",
    "database": "the size of a database",
    "disk_iops": "the I/O of a disk",
    "raid_disks": "the number of RAID disks per server",
    "memory": "the memory of a server",
    CPU: "the CPU of a server",
    "link": "the link between the datacenters",
    "dumpster_30_gb": "the quota of Recoverable Items",
}
"""Name of each limit within a sentence."""
_ROOM = (*range(41), 50, 60, 80, 100, 150, 200, 300, 500, 900)
"""Numbers of mailboxes that `headroom` tries at first, in percent above those of the design."""
_SMALLEST_SHOWN = 0.0005
"""Smallest room for more mailboxes that is not shown as 0.0 %."""
_SHARE_STEP = 1e-4
_FIRST_STEPS = 64
"""Number of values in the first batch, from the present value to the largest possible one."""
_STEPS = 16
"""Number of values within the bracket of each limit in later batches."""
_CURVE = 41

CapacityRow = dict[str, float | int | str | None]


@dataclass(frozen=True)
class LimitReached:
    """The largest value of an input that keeps a limit.

    Attributes
    ----------
    limit
        Name of the limit, a key of `WORDS`.
    unit
        Unit of its figures.
    largest
        Largest value of the input that keeps the limit; None if no value does.
    place
        Datacenters, server roles or tiers where the limit is exceeded first, empty for the whole design.
    value, threshold
        Figure and threshold one unit above ``largest``, or now if no value keeps the limit; NaN for a check.
    reason
        Message of the check that fails there; empty if none does.
    requirement
        What the check asks for, in a sentence; empty for a limit that is not a check.
    used
        Share of the limit that the design uses, 1 where it is reached; NaN for a check.
    """

    limit: str
    unit: str
    largest: float | None
    place: str = ""
    value: float = math.nan
    threshold: float = math.nan
    reason: str = ""
    requirement: str = ""
    used: float = math.nan

    @property
    def present(self) -> float:
        """Figure of the design as it is; NaN for a check."""
        return self.used * self.threshold


@dataclass(frozen=True)
class Capacity:
    """Largest value of one input that a design can hold.

    Attributes
    ----------
    path, unit
        The input; ``tiers.mailboxes`` for the mailboxes of all tiers.
    given
        Value in the design.
    largest
        Largest value that keeps all limits; None if no value does.
    step
        Unit to which the value is exact: ``largest + step`` exceeds a limit.
    limits
        The limits that the input reaches, the first to be reached first.
    unknown
        Limits that could not be measured everywhere, such as ``cpu`` where processors have no rating: the largest value
        is then an upper bound.
    designs
        Number of designs that were sized.
    """

    path: str
    unit: str
    given: float
    largest: float | None
    step: float
    limits: tuple[LimitReached, ...]
    unknown: tuple[str, ...]
    designs: int
    _search: _Search = field(repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """Sentence about the largest value of the input, and what happens above it."""
        found = self._search.field
        what = f"{found.label} ({self.path})"
        held = (
            "no value keeps all limits" if self.largest is None else f"the design holds {_amount(self.largest, found)}"
        )
        return f"{what}: {held}; {_amount(self.given, found)} are given. {self.consequence}"

    @property
    def consequence(self) -> str:
        """Sentence about the limit that is exceeded above the largest value, or at every value."""
        if not self.limits:
            return "No limit is reached."
        first = self.limits[0]
        words = limit_words(self._search.hardware.built.design)[first.limit]
        if first.largest is None:
            return f"At every value, {words}."
        return f"Beyond that, {words}{f': {first.reason}' if first.reason else '.'}"

    def rows(self, shown: int | None = None) -> list[CapacityRow]:
        """Return one row per limit that the input reaches, or one row without a limit if it reaches none.

        Parameters
        ----------
        shown
            Number of limits to show, the first to be reached first; all by default.
        """
        head: CapacityRow = {"input": self.path, "input_unit": self.unit, "given": self.given}
        nothing = [LimitReached("", "", self.largest)]
        return [
            {
                **head,
                "largest": found.largest,
                "limit": found.limit,
                "place": found.place,
                "value": None if math.isnan(found.value) else found.value,
                "threshold": None if math.isnan(found.threshold) else found.threshold,
                "unit": found.unit,
                "reason": found.reason,
            }
            for found in self.limits[:shown] or nothing
        ]

    def curve(self, points: int = _CURVE) -> list[CapacityRow]:
        """Return how much of each limit is used for values of the input, up to a fifth above the largest.

        The last value that keeps a limit and the next one are among them, so that a step is drawn where it is.

        Returns
        -------
        list of dict
            ``value`` of the input, ``limit``, and ``used``: the figure over its threshold at the worst place.  Values
            for which the design is invalid have no row.
        """
        top = 1.2 * max(self.largest or 0.0, self.given, self.step)
        ends = [limit.largest for limit in self.limits if limit.largest is not None]
        values = [*np.linspace(self.step, top, points), *ends, *(end + self.step for end in ends)]
        steps = np.unique(np.rint([value / self.step for value in values if self.step <= value <= top]))
        measured = self._search.measure(steps)
        rows: list[CapacityRow] = []
        for limit, shares in measured.used.items():
            for step, share in zip(steps, shares, strict=True):
                if not math.isnan(share):
                    rows.append({"value": float(step * self.step), "limit": limit, "used": float(share)})
        return rows


def capacity(scenario: Scenario, of: Iterable[str] = ()) -> list[Capacity]:
    """Find the largest values of inputs that a design can hold.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path.
    of
        Paths of inputs that are numbers, each raised alone; ``tiers.mailboxes`` raises the mailboxes of all tiers in
        proportion.  By default the mailboxes, and quota and messages per day of each tier with mailboxes.

    Returns
    -------
    list of Capacity
        One per input, in the order asked for.

    Raises
    ------
    InputError
        If inputs cannot be used, the design is invalid or has no mailboxes, or a path is not a number that says how
        much load the design has.

    Examples
    --------
    >>> found = capacity({"tiers.1.mailboxes": 4000, "servers.primary.processor_cores": 16}, ["tiers.mailboxes"])
    >>> found[0].given, found[0].largest > 4000, found[0].limits[0].limit
    (4000.0, True, 'memory')

    Source: design: capacity.
    """
    profile = read(scenario)
    hardware = BuiltLimits.of(profile)
    return [_find(_Search.of(hardware, path)) for path in of or _default_paths(profile)]


@dataclass(frozen=True)
class Headroom:
    """Room for more mailboxes in a design.

    Attributes
    ----------
    more
        Additional mailboxes as a share of those that are given; None if the design exceeds a limit as it is.
    limit
        Name of the limit that is reached first, a key of `WORDS`; empty if none is reached.
    exceeded
        Names of the limits that the design exceeds as it is, the one that is exceeded most first.
    without_rating
        Clause that says which processors have no rating, so that CPU may leave less room; empty if none.
    """

    more: float | None
    limit: str
    exceeded: tuple[str, ...] = ()
    without_rating: str = ""

    @property
    def sentence(self) -> str:
        """Sentence about the room that is left, and the limit that is reached first."""
        if self.without_rating and self.more is not None:
            known = replace(self, without_rating="").sentence.replace("Room for ", "Room for at most ", 1)
            return f"{known} CPU may leave less: it is not known, because {self.without_rating}."
        if not self.limit:
            return "Room for ten times the mailboxes: no limit is reached up to there."
        tightest = f"{_NAMES[self.limit]} is the tightest limit."
        if self.more is None:
            names = " and ".join(_NAMES[name] for name in self.exceeded)
            verb = "exceed their limits" if len(self.exceeded) > 1 else "exceeds its limit"
            return f"No room for more mailboxes: {names} {verb} already."
        if self.more < _SMALLEST_SHOWN:
            return f"Room for less than 0.1 % more mailboxes: {tightest}"
        return f"Room for {number(self.more, 'share').replace(NO_BREAK_SPACE, ' ')} more mailboxes: {tightest}"


def headroom(scenario: Scenario, sized: SizedDesign | None = None) -> Headroom:
    """Find the room that is left for more mailboxes while servers, databases, disks and memory stay as they are.

    This is the first limit that `capacity` finds for the mailboxes, found faster because the others are not searched.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path.
    sized
        The same design with all its results, if it is sized already.

    Raises
    ------
    InputError
        If inputs cannot be used, or the design is invalid or has no mailboxes.

    Examples
    --------
    >>> headroom({"tiers.1.mailboxes": 4000, "servers.primary.processor_cores": 16}).limit
    'memory'

    Source: design: capacity.
    """
    search = _Search.of(BuiltLimits.of(read(scenario), sized), ALL_MAILBOXES)
    steps = np.rint(search.present * (1 + np.array(_ROOM) / 100))
    measured = search.measure(steps)
    first = {name: int(np.argmax(reached)) for name, reached in measured.exceeded.items() if reached.any()}
    without_rating = missing_rating(search.hardware.built.design)
    if not first:
        return Headroom(_ROOM[-1] / 100, "", without_rating=without_rating)
    place = min(first.values())
    nearest = [name for name, at in first.items() if at == place]
    if not place:
        used = {name: measured.used[name][0] for name in nearest if name in measured.used}
        exceeded = tuple(sorted(used, key=lambda name: -used[name])) or (CHECK,)
        return Headroom(None, exceeded[0], exceeded)
    kept = _narrow(search, dict.fromkeys(nearest, (steps[place - 1], steps[place])), first_exceeded=True)
    largest = {name: step for name, step in kept.items() if step is not None}
    limit = min(largest, key=lambda name: (largest[name], name == CHECK))
    return Headroom(largest[limit] / search.present - 1, limit, without_rating=without_rating)


def room_of(design: SizedDesign) -> str:
    """Return a sentence about the room that a design has left; empty for one that does not work."""
    if design.plain[DESIGN_INVALID] or design.without_mailboxes:
        return ""
    return headroom(design.profile, design).sentence


def _default_paths(profile: Profile) -> list[str]:
    used = [tier for tier in range(1, profile.tiers + 1) if profile.value(f"tiers.{tier}.mailboxes")]
    return [ALL_MAILBOXES, *(f"tiers.{tier}.{leaf}" for leaf in ASKED[1:] for tier in used)]


def _amount(value: float, found: Field) -> str:
    if found.kind is Kind.FRACTION:
        return f"{percent(value):.6g} %"
    return f"{value:,.6g} {unit_words(found.unit, value)}".rstrip()


# --- values of an input --------------------------------------------------------------------------


@dataclass
class _Search:
    """Function from values of an input, counted in steps, to the limits that they exceed."""

    hardware: BuiltLimits
    path: str
    field: Field
    step: float
    columns: Callable[[Floats], Mapping[str, Array]]
    present: float
    designs: int = 0

    @classmethod
    def of(cls, hardware: BuiltLimits, path: str) -> _Search:
        """Return the search for a path.

        Raises
        ------
        InputError
            If the path is not an input with a number.
        """
        profile = hardware.built.profile
        found = schema.find(path.replace("tiers.", "tiers.1.", 1) if path == ALL_MAILBOXES else path)
        if found is None or found[0].kind not in (Kind.INT, Kind.FLOAT, Kind.FRACTION):
            refuse(path, "This is not an input with a number.", "Name one, such as tiers.1.mailbox_size_limit.")
        if found[0].section not in LOADS:
            message = "This input describes what is built, which does not change in this study."
            refuse(path, message, f"Name one of the sections {', '.join(LOADS)}.")
        if path != ALL_MAILBOXES and profile.value(path) is None:
            refuse(path, "The design has no value of this input.", "Give one with --set, to start from.")
        step = _SHARE_STEP if found[0].kind is Kind.FRACTION else 1.0
        if path == ALL_MAILBOXES:
            shares = _mailboxes(profile)
            return cls(hardware, path, found[0], 1.0, _spread(shares), float(shares.sum()))
        present = float(str(profile.value(path)))
        return cls(hardware, path, found[0], step, lambda steps: {path: steps * step}, present)

    @property
    def ends(self) -> tuple[int, int]:
        """The smallest and the largest value that the input may have, in steps."""
        low = (
            math.floor(self.field.low / self.step) + 1 if self.field.open_low else math.ceil(self.field.low / self.step)
        )
        high = (
            math.ceil(self.field.high / self.step) - 1
            if self.field.open_high
            else math.floor(self.field.high / self.step)
        )
        return max(low, 1 if self.path == ALL_MAILBOXES else low), high

    def measure(self, steps: Floats) -> Measured:
        """Size designs with values of the input, counted in steps."""
        self.designs += len(steps)
        return self.hardware.measure(self.columns(steps))

    def reached(self, name: str, largest: float | None) -> LimitReached:
        """Return what a limit is compared with one step above the largest value that keeps it, or now if none does."""
        above = self.columns(np.array([round(self.present / self.step) if largest is None else largest + 1]))
        value = None if largest is None else largest * self.step
        figures = self.hardware.sizer(above)
        checks = OTHER_CHECKS if name == CHECK else (CHECKS_OF[name],) if name in CHECKS_OF else ()
        failed = next((check for check in checks if figures[check][0] == 1), "")
        reason = ""
        if failed:
            values = {path: float(column[0]) for path, column in above.items()}
            reason = check_message(size(self.hardware.built.profile.with_values(values)).results, failed)
        if name == CHECK:
            return LimitReached(
                name, "", value, reason=reason, requirement=CHECKS[failed].requirement if failed else ""
            )
        limit = next(limit for limit in self.hardware.limits if limit.name == name)
        exceeded = find_exceeded(limit, figures, self.hardware.built)[:, 0]
        if not exceeded.any():  # the design is invalid there
            return LimitReached(name, limit.unit, value)
        figures_at, thresholds = (part[:, 0] for part in limit.measure(figures, self.hardware.built))
        place = int(np.nanargmax(figures_at / thresholds))
        places = ", ".join(limit.places[number] for number in np.flatnonzero(exceeded))
        return LimitReached(name, limit.unit, value, places, float(figures_at[place]), float(thresholds[place]), reason)


def _mailboxes(profile: Profile) -> Floats:
    return np.array([float(str(profile.value(f"tiers.{tier}.mailboxes"))) for tier in range(1, profile.tiers + 1)])


def _spread(mailboxes: Floats) -> Callable[[Floats], Mapping[str, Array]]:
    """Return a function from totals to the mailboxes of each tier, whole numbers in proportion to those given."""

    def spread(totals: Floats) -> Mapping[str, Array]:
        ends = np.rint(np.cumsum(mailboxes)[:, None] / mailboxes.sum() * totals)
        counts = np.diff(ends, axis=0, prepend=0.0)
        return {f"tiers.{tier}.mailboxes": count for tier, count in enumerate(counts, start=1)}

    return spread


# --- search --------------------------------------------------------------------------------------


def _find(search: _Search) -> Capacity:
    """Find the largest value of an input that keeps every limit, and that of each limit alone."""
    low, high = search.ends
    present = min(max(math.floor(search.present / search.step), low), high)
    now = search.measure(np.array([float(present)]))
    above = [name for name, exceeded in now.exceeded.items() if not exceeded[0]]
    below = [name for name, exceeded in now.exceeded.items() if exceeded[0]]
    found = {**_ascend(search, above, present, high), **_descend(search, below, low, present)}
    sound = [step for step in found.values() if step is not None]
    largest = None if None in found.values() else _sound_at(search, min([*sound, high]), low)
    reached = [
        replace(search.reached(name, step), used=float(now.used[name][0]) if name in now.used else math.nan)
        for name, step in found.items()
        if step is None or step < high
    ]
    value = None if largest is None else largest * search.step
    unknown = tuple(sorted(search.hardware.unknown))
    return Capacity(
        search.path,
        search.field.unit,
        search.present,
        value,
        search.step,
        tuple(sorted(reached, key=_rank)),
        unknown,
        search.designs,
        search,
    )


def _rank(limit: LimitReached) -> tuple[float, float]:
    """Return the rank of a limit: the first to be reached first, and of several the one of which most is used now."""
    largest = -math.inf if limit.largest is None else limit.largest
    return largest, math.inf if math.isnan(limit.used) else -limit.used


def _sound_at(search: _Search, step: float, low: float) -> float | None:
    """Return the largest value up to a step that keeps every limit. Fewer mailboxes may need more memory."""
    while step >= low:
        exceeded = search.measure(np.array([step])).exceeded
        wrong = [name for name, values in exceeded.items() if values[0]]
        if not wrong:
            return step
        lower = [found for found in _descend(search, wrong, low, step).values() if found is not None]
        if len(lower) < len(wrong):
            return None
        step = min(lower)
    return None


def _ascend(search: _Search, names: Sequence[str], start: float, high: float) -> dict[str, float | None]:
    """Return the last value above the start before each limit is exceeded; the highest if it never is."""
    grid = _grid(start, high)
    exceeded = search.measure(grid).exceeded
    found: dict[str, float | None] = {}
    brackets = {}
    for name in names:
        first = np.flatnonzero(exceeded[name])
        if not first.size:
            found[name] = high
        else:
            brackets[name] = (grid[max(first[0] - 1, 0)], grid[first[0]])
    return {**found, **_narrow(search, brackets, first_exceeded=True)}


def _descend(search: _Search, names: Sequence[str], low: float, start: float) -> dict[str, float | None]:
    """Return the largest value below a start at which each limit is kept; None if there is none."""
    if not names:
        return {}
    grid = _grid(low, start)
    measured = search.measure(grid)
    found: dict[str, float | None] = {}
    brackets = {}
    for name in names:
        kept = np.flatnonzero(~measured.fails(name))
        if not kept.size:
            found[name] = None
        else:
            brackets[name] = (grid[kept[-1]], grid[min(kept[-1] + 1, len(grid) - 1)])
    return {**found, **_narrow(search, brackets, first_exceeded=False)}


def _grid(low: float, high: float) -> Floats:
    """Return whole numbers from low to high, close together at the low end."""
    span = np.geomspace(1.0, max(high - low, 1.0) + 1.0, _FIRST_STEPS) - 1.0
    return np.unique(np.minimum(np.rint(low + span), high))


def _narrow(
    search: _Search, brackets: Mapping[str, tuple[float, float]], *, first_exceeded: bool
) -> dict[str, float | None]:
    """Return the last value that keeps each limit, from brackets of a value that keeps it and one that exceeds it."""
    open_ends = dict(brackets)
    found: dict[str, float | None] = {}
    while open_ends:
        for name, (kept, beyond) in list(open_ends.items()):
            if beyond - kept <= 1:
                found[name] = float(kept)
                del open_ends[name]
        if not open_ends:
            break
        inner = {
            name: np.unique(np.rint(np.linspace(kept, beyond, _STEPS + 2)))[1:-1]
            for name, (kept, beyond) in open_ends.items()
        }
        inner = {name: points for name, points in inner.items() if points.size}
        steps = np.unique(np.concatenate(list(inner.values())))
        measured = search.measure(steps)
        for name, points in inner.items():
            kept, beyond = open_ends[name]
            fails = measured.exceeded[name] if first_exceeded else measured.fails(name)
            flags = fails[np.searchsorted(steps, points)]
            ends = np.concatenate(([kept], points, [beyond]))
            over = np.concatenate(([False], flags, [True]))
            place = int(np.argmax(over)) if first_exceeded else len(over) - int(np.argmax(~over[::-1]))
            open_ends[name] = (float(ends[place - 1]), float(ends[place]))
    return found
