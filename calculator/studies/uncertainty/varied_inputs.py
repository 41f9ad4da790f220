"""Choose the inputs that vary in a study, over their plausible range or a given distribution.

An input with an axis that is named without its place, such as ``tiers.messages_per_day``, varies at all its places
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

from calculator.engine.sizing import Scenario
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, is_range, unknown_hint
from calculator.inputs.profile import Profile, applies, from_mapping, load, one_value
from calculator.inputs.schema import BY_PATH, TIER, Field, Kind, Value
from calculator.issues import InputError, Issues, quoted, short
from calculator.numerics.arrays import Floats, Ints
from calculator.studies.uncertainty.distributions import (
    NUMBERS,
    TIMES,
    Basis,
    Distribution,
    make_uniform,
    read_distribution,
)

_INTERVALS = 20
"""Number of intervals of the picture of a distribution."""
_PICTURED = np.linspace(0.005, 0.995, 1000)
"""Probabilities of the values in the picture of a distribution: its rare ends are left out."""
PLANNING_DOUBTS = (
    "tiers.mailboxes",
    "tiers.mailbox_growth",
    "tiers.messages_per_day",
    "tiers.message_size",
    "tiers.mailbox_size_limit",
)
"""Inputs about which a planner is usually uncertain, whether they are measured, forecast or chosen."""
_GROWTH, _GROWTH_WITHOUT_FORECAST = "tiers.mailbox_growth", "0..0.1"
"""Range of the growth in mailboxes where the design has none."""
_SUFFIXES = {Basis.VALUE: "", Basis.FACTOR: f" {TIMES}", Basis.STEP: " from the present value"}


@dataclass(frozen=True)
class PlausibleRange:
    """Range of the plausible values of an input around its present value.

    Attributes
    ----------
    path
        Path of the input without its place.
    basis
        Whether the ends are values, factors on the present value or steps added to it; None if the input does not vary
        by itself.
    low, high
        The ends.
    uncertain
        Whether the input is not the designer's decision, so that `uncertainty` varies it by default.
    reason, source
        Why the range is this wide, and the source of that.
    """

    path: str
    basis: Basis | None
    low: float
    high: float
    uncertain: bool
    reason: str
    source: str

    def around(self, field: Field, present: float) -> Distribution:
        """Return the uniform distribution over the range; a range of values is widened to include the present value."""
        assert self.basis is not None
        low, high = self.low, self.high
        if self.basis is Basis.VALUE and not math.isnan(present):
            low, high = min(low, present), max(high, present)
        return make_uniform(field, low, high, f"{low:g}..{high:g}{_SUFFIXES[self.basis]}", self.basis)


@lru_cache(maxsize=1)
def plausible_ranges() -> dict[str, PlausibleRange]:
    """Return the plausible ranges of the inputs by path without the place."""
    text = files(__package__).joinpath("plausible_ranges.csv").read_text(encoding="utf-8")
    return {row["path"]: _read_range(row) for row in csv.DictReader(text.splitlines())}


def _read_range(row: Mapping[str, str]) -> PlausibleRange:
    basis = Basis(row["way"]) if row["way"] else None
    low, high = (float(row[end] or "nan") for end in ("low", "high"))
    return PlausibleRange(row["path"], basis, low, high, row["uncertain"] == "true", row["reason"], row["source"])


@dataclass(frozen=True)
class VariedInput:
    """Input that varies.

    Attributes
    ----------
    path
        Path as the caller gave it, with or without its place.
    presents
        Present value of each place that varies, by full path; NaN where there is none.
    distribution
        Distribution of its values.
    reason
        Why it varies over this range.
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
        """Return the values at probabilities of shape ``(n,)``, by full path."""
        return {path: self.distribution.values(probabilities, present) for path, present in self.presents.items()}

    def bins(self, probabilities: Floats, values: Floats, most: int) -> Ints:
        """Return in which of several bins each design lies, shape ``(n,)``: one bin per value if there are few.

        Parameters
        ----------
        probabilities
            Where the input lies in its distribution, shape ``(n,)``.
        values
            Its values at the first place, shape ``(n,)``.
        most
            Largest number of bins; they are equally likely where there are more values.
        """
        low, high = next(iter(self.ends().values()))
        if self.same_everywhere and self.field.options:
            return np.searchsorted(sorted(self.field.options), values)
        if self.same_everywhere and self.field.kind is Kind.INT and high - low < most:
            return np.rint(values - low).astype(np.int64)
        return (probabilities * most).astype(np.int64)

    def ends(self) -> dict[str, tuple[float, float]]:
        """Return the lowest and the highest value, by full path."""
        return {path: self.distribution.ends(present) for path, present in self.presents.items()}

    @property
    def varies(self) -> bool:
        """Whether the input takes more than one value at any place."""
        return any(low < high for low, high in self.ends().values())

    @property
    def same_everywhere(self) -> bool:
        """Whether all places of the input take the same values."""
        return self.distribution.basis is Basis.VALUE or len(set(self.presents.values())) == 1

    def picture(self) -> tuple[float, float, list[float]]:
        """Return the lowest and the highest value at the first place, and the likelihood of the values between them.

        The list has one height per interval of equal width, 1 for the likeliest; as many intervals as values if the
        input takes only a few.
        """
        values = self.distribution.values(_PICTURED, next(iter(self.presents.values())))
        distinct = len(np.unique(values))
        if distinct <= _INTERVALS:
            shares, edges = np.histogram(values, distinct)
        else:  # counts would differ by the whole numbers that happen to lie in an interval
            edges = np.linspace(values[0], values[-1], _INTERVALS + 1)
            shares = np.diff(np.interp(edges, values, _PICTURED))
        return float(edges[0]), float(edges[-1]), (shares / shares.max()).tolist()

    def row(self) -> dict[str, object]:
        """Return the input as a row of a table, with its present value if all places have the same."""
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
    """Distributions by path that were found while a design was read; the design has their medians.

    An instance is the function that reads the values of a profile.
    """

    def __call__(self, path: str, field: Field, raw: object) -> Value:
        """Read a value; keep a distribution and return its median."""
        self.pop(path, None)
        if field.kind not in NUMBERS or not is_range(raw):
            return one_value(path, field, raw)
        distribution = read_distribution(field, str(raw))
        if distribution.basis is not Basis.VALUE:
            hint = "Give a middle value, such as 100 +- 20 %."
            raise ValueProblem(f"{quoted(raw)} has no middle value.", hint)
        self[path] = distribution
        return float(distribution.values(np.array(0.5)))


def read_uncertain(scenario: Scenario) -> tuple[Profile, Ranges]:
    """Read a design that may hold distributions in place of numbers.

    Returns
    -------
    profile
        The design with the medians of the distributions.
    ranges
        The distributions by path.

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


def default_inputs(profile: Profile, uncertain: bool = False) -> tuple[VariedInput, ...]:
    """Return the inputs that a design uses and that vary over their plausible range.

    Places of an axis vary together.

    Parameters
    ----------
    profile
        The design.
    uncertain
        Whether only inputs that are not the designer's decision are returned.
    """
    ranges = (item for item in plausible_ranges().values() if item.basis and (item.uncertain or not uncertain))
    found = (_vary_plausibly(profile, plausible.path, plausible) for plausible in ranges)
    return tuple(varied for varied in found if varied is not None and varied.varies)


def planning_doubts(profile: Profile) -> tuple[VariedInput, ...]:
    """Return the inputs about which a planner is usually uncertain, over their plausible range.

    Growth in mailboxes varies up to 10 % where the design has none.
    """
    found = []
    for path in PLANNING_DOUBTS:
        varied = _vary_plausibly(profile, path, plausible_ranges()[path])
        if path == _GROWTH and (varied is None or not varied.varies):
            field = BY_PATH[path]
            distribution = read_distribution(field, _GROWTH_WITHOUT_FORECAST)
            varied = VariedInput(path, _present_values(profile, field.paths(profile.tiers)), distribution)
        if varied is not None and varied.varies:
            found.append(varied)
    return tuple(found)


def choose_inputs(
    profile: Profile,
    inputs: Iterable[str] | None,
    distributions: Mapping[str, str | Distribution],
    *,
    uncertain: bool = False,
) -> tuple[VariedInput, ...]:
    """Return the inputs that vary in a study.

    Parameters
    ----------
    profile
        The design.
    inputs
        Paths, with or without a place, to vary over their plausible range; None for the default ones.
    distributions
        Distributions by path; they replace plausible ranges and add inputs.
    uncertain
        Whether the default inputs are only those that are not the designer's decision.

    Raises
    ------
    InputError
        With everything that cannot be used.
    """
    issues = Issues()
    found: dict[str, VariedInput | None] = {}
    if inputs is None:
        found.update((varied.path, varied) for varied in default_inputs(profile, uncertain))
    else:
        paths = [path for path in dict.fromkeys(inputs) if path not in distributions]
        found.update((path, _read_plausible(profile, path, issues)) for path in paths)
    for path, distribution in distributions.items():
        varied = _read_given(profile, path, distribution, issues)
        if varied is not None and inputs is None:
            places = varied.presents.keys()
            found = {name: item for name, item in found.items() if item and not item.presents.keys() & places}
        found[path] = varied
    varied_inputs = [varied for varied in found.values() if varied is not None]
    _check_duplicates(varied_inputs, issues)
    if not varied_inputs and not issues.errors:
        issues.error("inputs", "", "No input varies.", "Name some that the design uses.")
    if issues.errors:
        raise InputError(issues)
    return tuple(varied_inputs)


def merge_distributions(
    profile: Profile, found: Mapping[str, Distribution], given: Mapping[str, str | Distribution]
) -> dict[str, str | Distribution]:
    """Merge the distributions that a design holds with those given in addition, which take precedence.

    Parameters
    ----------
    profile
        The design.
    found
        Distributions that the design holds, by full path.
    given
        Distributions given in addition, by path with or without a place.
    """
    places = {place for path in given if path in BY_PATH for place in BY_PATH[path].paths(profile.tiers)} | set(given)
    return {**{path: distribution for path, distribution in found.items() if path not in places}, **given}


def _find_places(profile: Profile, path: str, issues: Issues) -> tuple[Field, Sequence[str]] | None:
    """Return the field and the full paths of an input named with or without its place; None, with an issue, if none."""
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


def _present_values(profile: Profile, places: Iterable[str]) -> dict[str, float]:
    values = {path: profile.value(path) for path in places}
    return {path: math.nan if value is None else float(value) for path, value in values.items()}


def _vary_plausibly(profile: Profile, path: str, plausible: PlausibleRange) -> VariedInput | None:
    """Return the input over its plausible range, at the places that the design uses; None if it uses none."""
    field = BY_PATH[plausible.path]
    places = field.paths(profile.tiers) if path == plausible.path else (path,)
    presents = _present_values(profile, (place for place in places if applies(profile, place)))
    if not presents:
        return None
    return VariedInput(path, presents, plausible.around(field, next(iter(presents.values()))), plausible.reason)


def _read_plausible(profile: Profile, path: str, issues: Issues) -> VariedInput | None:
    """Return a named input over its plausible range; None, with an issue, if it cannot vary."""
    found = _find_places(profile, path, issues)
    if found is None:
        return None
    plausible = plausible_ranges().get(found[0].path)
    if plausible is None or plausible.basis is None:
        reason = f": {plausible.reason[0].lower()}{plausible.reason[1:]}" if plausible else ""
        issues.error("inputs", path, f"It has no plausible range{reason}.", "Give a range of your own.")
        return None
    varied = _vary_plausibly(profile, path, plausible)
    if varied is None:
        issues.error("inputs", path, "The design does not use it.", "Leave it out.")
    elif not varied.varies:
        issues.error("inputs", path, "It does not move over its plausible range.", "Give a range of your own.")
    return varied


def _read_given(profile: Profile, path: str, given: str | Distribution, issues: Issues) -> VariedInput | None:
    """Return an input with a given distribution; None, with an issue, if it cannot be used."""
    found = _find_places(profile, path, issues)
    if found is None:
        return None
    try:
        distribution = read_distribution(found[0], given) if isinstance(given, str) else given
    except ValueProblem as error:
        issues.error("inputs", path, error.message, error.hint)
        return None
    varied = VariedInput(path, _present_values(profile, found[1]), distribution, "As given")
    if not varied.varies:
        issues.error("inputs", path, f"It does not move over {quoted(distribution.text)}.", "Give a wider range.")
    return varied


def _check_duplicates(varied_inputs: Iterable[VariedInput], issues: Issues) -> None:
    """Add an issue for each place that would vary in two ways."""
    named: dict[str, str] = {}
    for varied in varied_inputs:
        for place in varied.presents:
            if named.setdefault(place, varied.path) != varied.path:
                message = f"It varies twice, as {named[place]} and {varied.path}."
                issues.error("inputs", place, message, "Name one of them.")
