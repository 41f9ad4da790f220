"""Inputs that vary in a study: over their plausible range, or as a person says.

An input with an axis named without its place, such as ``tiers.messages_per_day``, moves at all its places
together: by the same factor or step, or to the same value.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from calculator.engine.sizing import Scenario
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, is_range, unknown_hint
from calculator.inputs.profile import Profile, applies, from_mapping, load, one_value
from calculator.inputs.schema import BY_PATH, TIER, Field, Value
from calculator.issues import InputError, Issues, quoted, short
from calculator.studies.uncertainty.distributions import NUMBERS, TIMES, Distribution, Way, between, read_distribution

Floats = npt.NDArray[np.float64]

_ON_PRESENT = {Way.VALUE: "", Way.FACTOR: f" {TIMES}", Way.STEP: " from the present value"}


@dataclass(frozen=True)
class PlausibleRange:
    """How far an input may plausibly lie from its present value.

    Attributes
    ----------
    path
        The input without its axis.
    way
        Whether the ends are values, factors on the present value or steps from it; None where the input does
        not move alone.
    low, high
        The ends.
    uncertain
        Whether it is not in the hands of who designs: what `uncertainty` varies by itself.
    reason, source
        Why it is this far, and where that is from.
    """

    path: str
    way: Way | None
    low: float
    high: float
    uncertain: bool
    reason: str
    source: str

    def around(self, field: Field, present: float) -> Distribution:
        """Anything in the range, equally likely; a range of values is widened to hold the present one."""
        assert self.way is not None
        low, high = self.low, self.high
        if self.way is Way.VALUE and not math.isnan(present):
            low, high = min(low, present), max(high, present)
        return between(field, low, high, f"{low:g}..{high:g}{_ON_PRESENT[self.way]}", self.way)


@lru_cache(maxsize=1)
def plausible_ranges() -> dict[str, PlausibleRange]:
    """Plausible ranges of the inputs, by path without the axis."""
    text = files(__package__).joinpath("plausible_ranges.csv").read_text(encoding="utf-8")
    return {row["path"]: _range(row) for row in csv.DictReader(text.splitlines())}


def _range(row: Mapping[str, str]) -> PlausibleRange:
    way = Way(row["way"]) if row["way"] else None
    low, high = (float(row[end] or "nan") for end in ("low", "high"))
    return PlausibleRange(row["path"], way, low, high, row["uncertain"] == "true", row["reason"], row["source"])


@dataclass(frozen=True)
class Varied:
    """An input that varies.

    Attributes
    ----------
    path
        As it was named, with its place or without.
    presents
        Present values by full path, of each place that moves; NaN where there is none.
    distribution
        What it may be.
    reason
        Why it varies so far.
    """

    path: str
    presents: Mapping[str, float]
    distribution: Distribution
    reason: str = ""

    @property
    def field(self) -> Field:
        """The input."""
        return self.distribution.field

    def columns(self, probabilities: Floats) -> dict[str, Floats]:
        """Values at some probabilities by full path, each of shape ``(n,)``."""
        return {path: self.distribution.values(probabilities, present) for path, present in self.presents.items()}

    def ends(self) -> dict[str, tuple[float, float]]:
        """Least and most value by full path."""
        return {path: self.distribution.ends(present) for path, present in self.presents.items()}

    @property
    def moves(self) -> bool:
        """Whether it takes more than one value anywhere."""
        return any(low < high for low, high in self.ends().values())

    @property
    def alike(self) -> bool:
        """Whether all its places have the same values, so that one stands for all."""
        return self.distribution.way is Way.VALUE or len(set(self.presents.values())) == 1

    def row(self) -> dict[str, object]:
        """The input as a row of a table; its value where all places have the same."""
        values = set(self.presents.values())
        present = None if len(values) > 1 or any(map(math.isnan, values)) else values.pop()
        return {
            "input": self.path,
            "unit": self.field.unit,
            "present": present,
            "distribution": self.distribution.text,
            "reason": self.reason,
        }


class Ranges(dict[str, Distribution]):
    """Distributions by path, taken out of a design while it is read; their medians stand for them."""

    def __call__(self, path: str, field: Field, raw: object) -> Value:
        """Read a raw value, a range of values among them."""
        self.pop(path, None)
        if field.kind not in NUMBERS or not is_range(raw):
            return one_value(path, field, raw)
        distribution = read_distribution(field, str(raw))
        if distribution.way is not Way.VALUE:
            hint = "Give its middle too, such as 100 +- 20%."
            raise ValueProblem(f"{quoted(raw)} has no value to go around.", hint)
        self[path] = distribution
        return float(distribution.values(np.array(0.5)))


def read_uncertain(scenario: Scenario) -> tuple[Profile, Ranges]:
    """Design that may hold distributions in place of numbers, and these by path.

    Raises
    ------
    InputError
        With everything that cannot be used.
    """
    ranges = Ranges()
    if isinstance(scenario, Profile):
        return scenario, ranges
    if isinstance(scenario, str | os.PathLike):
        return load(scenario, ranges), ranges
    issues = Issues()
    given = from_mapping(scenario, "design", issues, ranges)
    if issues.errors:
        raise InputError(issues)
    return Profile(given), ranges


def by_default(profile: Profile, uncertain: bool = False) -> tuple[Varied, ...]:
    """Inputs that a design uses and that move in their plausible range: all, or the uncertain ones.

    Places of an axis move together.
    """
    listed = (one for one in plausible_ranges().values() if one.way and (one.uncertain or not uncertain))
    found = (_over_its_range(profile, one.path, one) for one in listed)
    return tuple(one for one in found if one is not None and one.moves)


def chosen(
    profile: Profile, inputs: Iterable[str] | None, ranges: Mapping[str, str | Distribution], *, uncertain: bool = False
) -> tuple[Varied, ...]:
    """Inputs that vary in a study.

    Parameters
    ----------
    profile
        The design.
    inputs
        Paths, with or without a place, to be moved over their plausible range; None for the default ones.
    ranges
        Distributions of one's own by path, in place of the plausible range or beside the inputs.
    uncertain
        Whether the default ones are the uncertain alone.

    Raises
    ------
    InputError
        With everything that cannot be used.
    """
    issues = Issues()
    found: dict[str, Varied | None] = {}
    if inputs is None:
        found.update((one.path, one) for one in by_default(profile, uncertain))
    else:
        found.update((path, _named(profile, path, issues)) for path in dict.fromkeys(inputs) if path not in ranges)
    for path, distribution in ranges.items():
        own = _as_said(profile, path, distribution, issues)
        if own is not None and inputs is None:
            found = {name: one for name, one in found.items() if one and not one.presents.keys() & own.presents.keys()}
        found[path] = own
    varied = [one for one in found.values() if one is not None]
    _refuse_twice(varied, issues)
    if not varied and not issues.errors:
        issues.error("inputs", "", "No input varies.", "Name some that the design uses.")
    if issues.errors:
        raise InputError(issues)
    return tuple(varied)


def merged(
    profile: Profile, given: Mapping[str, Distribution], said: Mapping[str, str | Distribution]
) -> dict[str, str | Distribution]:
    """Distributions of a design and those said beside it, which stand where both name a place."""
    places = {place for path in said if path in BY_PATH for place in BY_PATH[path].paths(profile.tiers)} | set(said)
    return {**{path: one for path, one in given.items() if path not in places}, **said}


def _places(profile: Profile, path: str, issues: Issues) -> tuple[Field, Sequence[str]] | None:
    """Field and full paths of an input named with its place or without; None, with the issue, if there is none."""
    if path in BY_PATH:
        return BY_PATH[path], BY_PATH[path].paths(profile.tiers)
    found = schema.find(path)
    if found is None:
        issues.error("inputs", short(path) or '""', "There is no such input.", partial(unknown_hint, path))
    elif found[0].axis is TIER and found[1] >= profile.tiers:
        issues.error("inputs", path, f"The design has {profile.tiers} tiers.", "Name one of them.")
    else:
        return found[0], (path,)
    return None


def _presents(profile: Profile, places: Iterable[str]) -> dict[str, float]:
    values = {path: profile.value(path) for path in places}
    return {path: math.nan if value is None else float(value) for path, value in values.items()}


def _over_its_range(profile: Profile, path: str, plausible: PlausibleRange) -> Varied | None:
    """The input over its plausible range, at the places the design uses; None if it uses none."""
    field = BY_PATH[plausible.path]
    places = field.paths(profile.tiers) if path == plausible.path else (path,)
    presents = _presents(profile, (place for place in places if applies(profile, place)))
    if not presents:
        return None
    return Varied(path, presents, plausible.around(field, next(iter(presents.values()))), plausible.reason)


def _named(profile: Profile, path: str, issues: Issues) -> Varied | None:
    found = _places(profile, path, issues)
    if found is None:
        return None
    plausible = plausible_ranges().get(found[0].path)
    if plausible is None or plausible.way is None:
        reason = f": {plausible.reason[0].lower()}{plausible.reason[1:]}" if plausible else ""
        issues.error("inputs", path, f"It has no plausible range{reason}.", "Give a range of your own.")
        return None
    one = _over_its_range(profile, path, plausible)
    if one is None:
        issues.error("inputs", path, "The design does not use it.", "Leave it out.")
    elif not one.moves:
        issues.error("inputs", path, "It does not move over its plausible range.", "Give a range of your own.")
    return one


def _as_said(profile: Profile, path: str, said: str | Distribution, issues: Issues) -> Varied | None:
    """The input as a person says it varies."""
    found = _places(profile, path, issues)
    if found is None:
        return None
    try:
        distribution = read_distribution(found[0], said) if isinstance(said, str) else said
    except ValueProblem as error:
        issues.error("inputs", path, error.message, error.hint)
        return None
    one = Varied(path, _presents(profile, found[1]), distribution, "As given")
    if not one.moves:
        issues.error("inputs", path, f"It does not move over {quoted(distribution.text)}.", "Give a wider range.")
    return one


def _refuse_twice(varied: Iterable[Varied], issues: Issues) -> None:
    """Refuse inputs of which one place would move in two ways."""
    named: dict[str, str] = {}
    for one in varied:
        for place in one.presents:
            if named.setdefault(place, one.path) != one.path:
                message = f"It varies twice, as {named[place]} and {one.path}."
                issues.error("inputs", place, message, "Name one of them.")
