"""Explain a figure as a tree of rules, with the numbers and the sources of each.

The graph of the rules is known without running them, so an explanation combines this graph with the stored values.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.engine import html
from calculator.engine.findings import ODDITY_FIELD, void_reason
from calculator.engine.results import Results, column_index, plain_value, unknown_result, value_text
from calculator.engine.unpublished import constant_notice, unpublished_notice
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PARAMETER, BY_PATH, CORRECTED, TIER, Axis, Field, Kind
from calculator.inputs.units import unit_words
from calculator.issues import UnknownResult
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.rules.constants import CONSTANTS, LookupTable
from calculator.rules.registry import CORRECTIONS, RULES, Rule, kind_of

if TYPE_CHECKING:
    from calculator.engine.sizing import SizedDesign

RULE, INPUT, CONSTANT = "rule", "input", "constant"
OVERRIDDEN = "overridden"
"""Origin of a constant that the design overrides."""
_NAME = re.compile(r"\b([A-Za-z_]\w*)\b(\[?)")
_ASSIGNED = re.compile(r"^\s*(\w+) = ", re.MULTILINE)
_LISTED = 4
"""Largest number of values of a list that is put into a formula."""
MAX_VALUES = 12
"""Largest number of values of a step that its line shows."""


@dataclass(frozen=True, repr=False)
class Explanation:
    """One step of an explanation and the steps it needs.

    Attributes
    ----------
    name, kind
        Name; ``rule``, ``input`` or ``constant``.
    values
        Value by label of the axis; a single value has the empty label. None where the value does not apply.
    unit, level, sentence, source
        Unit, level, meaning and source of the figure.
    origin
        Of an input: ``given`` or ``default``; of a constant: ``overridden``, if the design overrides it.
    remarks, oddity, corrected
        How and why; what looks wrong in Microsoft's workbook here, and the corrected values where they differ.
    formula
        Source text of the rule.
    repeated
        Whether the step was explained earlier in the tree and is not opened again.
    needs
        The steps it needs.
    reason
        Of the figure that is explained: why it does not apply, if that is because the design does not work.
    unpublished
        Notice about a figure or constant that depends on a number not published for the version of Exchange.
    """

    name: str
    kind: str
    values: dict[str, object]
    unit: str
    level: str
    sentence: str
    source: str
    origin: str = ""
    remarks: str = ""
    oddity: str = ""
    corrected: dict[str, object] = field(default_factory=dict)
    formula: str = ""
    repeated: bool = False
    needs: tuple[Explanation, ...] = ()
    reason: str = ""
    unpublished: str = ""

    @property
    def is_share(self) -> bool:
        """Whether the values are shares, which people read in percent."""
        if self.kind == INPUT:
            return BY_PATH[self.name].kind is Kind.FRACTION
        return self.kind == RULE and RULES[self.name].is_share

    def __getitem__(self, name: str) -> Explanation:
        """Return the first step of a name, here or below: a rule or a constant, or the path of an input."""
        for step in self.walk():
            if step.name == name:
                return step
        raise KeyError(name)

    def __repr__(self) -> str:
        needs = f", computed from {len(self.needs)} others" if len(self.needs) > 1 else ""
        return f"<Explanation: {self.name} = {self.value_text()}{needs}>"

    def _repr_html_(self) -> str:
        return self._folded(is_open=True)

    def _folded(self, is_open: bool = False) -> str:
        origin = f" ({self.origin})" if self.origin else ""
        about = [self.sentence, self.reason, f"Oddity: {self.oddity}" if self.oddity else "", f"[{self.source}]"]
        parts = [] if self.repeated else [html.paragraph(text) for text in about if text]
        again = " (explained above)" if self.repeated else ""
        below = [need._folded() for need in self.needs]
        return html.folded(f"{self.name} = {self.value_text()}{origin}{again}", [*parts, *below], is_open)

    def walk(self) -> Iterator[Explanation]:
        """Yield the step and all steps below it."""
        yield self
        for need in self.needs:
            yield from need.walk()

    def leaves(self) -> Iterator[Explanation]:
        """Steps that need nothing: inputs and constants."""
        return (step for step in self.walk() if not step.needs and not step.repeated)

    def at(self, label: str) -> Explanation:
        """Return the tree for one column of the figure: only its own value, and below it only values of its tier."""
        shown = replace(self, values=_only(self.values, label), corrected=_at(self.corrected, label))
        axes = _axes_of(self)
        tier = next((part for axis, part in zip(axes, label.split("."), strict=False) if axis is TIER), "")
        return replace(shown, needs=tuple(need._of_tier(tier) for need in self.needs)) if tier else shown

    def _of_tier(self, tier: str) -> Explanation:
        """Return the tree with only the values of a tier, down to the steps that have no value per tier."""
        axes = _axes_of(self)
        if TIER not in axes:
            return self
        place = axes.index(TIER)
        values, corrected = (
            {label: value for label, value in labelled.items() if label.split(".")[place] == tier}
            for labelled in (self.values, self.corrected)
        )
        return replace(self, values=values, corrected=corrected, needs=tuple(n._of_tier(tier) for n in self.needs))

    def text(self, indent: int = 0, *, formulas: bool = False) -> str:
        """Format the tree as indented text; with formulas, each opened rule has its formula in names and in numbers."""
        return "\n".join(self._lines(indent, formulas))

    def _formula_lines(self) -> Iterator[str]:
        """Yield the formula of the rule, then the same formula with values in place of the names."""
        own = next(iter(self.values)) if len(self.values) == 1 else ""
        needs = {BY_PATH[need.name].parameter if need.kind == INPUT else need.name: need for need in self.needs}
        assigned = set(_ASSIGNED.findall(self.formula))

        def name(match: re.Match[str]) -> str:
            need = needs.get(match[1])
            return (need.name if need is not None else match[1]) + match[2]

        def number(match: re.Match[str]) -> str:
            need = needs.get(match[1])
            is_table = need is not None and need.kind == CONSTANT and len(need.values) > 1
            if need is None or is_table or match[1] in assigned:
                return name(match)
            return _put_in(need.values, "" if match[2] else own) + match[2]

        for title, put in (("Formula", name), ("In numbers", number)):
            lines = _NAME.sub(put, self.formula).splitlines()
            for place, line in enumerate(lines):
                head = f"{title}: " if place == 0 else " " * (len(title) + 2)
                yield head + line.removeprefix("return ")

    def _lines(self, indent: int, formulas: bool = False) -> Iterator[str]:
        pad = "  " * indent
        again = " (explained above)" if self.repeated else ""
        origin = f" ({self.origin})" if self.origin else ""
        yield f"{pad}{self.name} = {self.value_text()}{origin}{again}"
        if not self.repeated:
            if self.reason:
                yield f"{pad}    n/a: {self.reason}"
            yield f"{pad}    {self.sentence}"
            if self.oddity:
                yield f"{pad}    Oddity: {self.oddity}"
            if self.unpublished and (not indent or self.kind == CONSTANT):
                yield f"{pad}    {self.unpublished}"
            if self.corrected:
                yield f"{pad}    Corrected: {in_line(self.corrected, self.unit, self.is_share)}"
            if formulas and self.formula and self.needs:
                yield from (f"{pad}    {line}" for line in self._formula_lines())
            yield f"{pad}    [{self.source}]"
        for need in self.needs:
            yield from need._lines(indent + 1, formulas)

    def value_text(self) -> str:
        """Format the values in one line, with their unit."""
        return in_line(self.values, self.unit, self.is_share)

    def as_dict(self) -> dict[str, object]:
        """Return the tree as plain dicts and lists."""
        return {
            "name": self.name,
            "kind": self.kind,
            "values": self.values,
            "unit": self.unit,
            "level": self.level,
            "sentence": self.sentence,
            "source": self.source,
            "origin": self.origin,
            "remarks": self.remarks,
            "formula": self.formula,
            "oddity": self.oddity,
            "corrected": self.corrected,
            "repeated": self.repeated,
            "needs": [need.as_dict() for need in self.needs],
            "reason": self.reason,
            "unpublished": self.unpublished,
        }


def _only(values: dict[str, object], label: str) -> dict[str, object]:
    return _at(values, label) or values


def _at(values: dict[str, object], label: str) -> dict[str, object]:
    return {label: values[label]} if label in values else {}


def _axes_of(step: Explanation) -> list[Axis]:
    """Return the axes whose labels make up the labels of the values of a step."""
    if step.kind == RULE:
        return [axis for axis in RULES[step.name].axes if not axis.scalar]
    axis = BY_PATH[step.name].axis if step.kind == INPUT else None
    return [axis] if axis is not None else []


def _put_in(values: dict[str, object], label: str) -> str:
    """Return values as text for a formula: a single value, or a list of values."""
    if label in values:
        return value_text(values[label])
    texts = [value_text(value) for value in values.values()]
    if len(texts) == 1:
        return texts[0]
    return f"[{', '.join([*texts[:_LISTED], '...'] if len(texts) > _LISTED else texts)}]"


def in_line(values: dict[str, object], unit: str, share: bool) -> str:
    """Format values by label in one line, with their unit: the first `MAX_VALUES`, then the number of the others."""
    if share:
        values = {label: 100 * value if isinstance(value, float) else value for label, value in values.items()}
    words = "%" if share else unit_words(unit)
    parts = [f"{label}: {value_text(value)}" if label else value_text(value) for label, value in values.items()]
    more = f", ... {len(parts) - MAX_VALUES} more" if len(parts) > MAX_VALUES else ""
    return ", ".join(parts[:MAX_VALUES]) + more + (f" {words}" if words else "")


def explain_result(design: SizedDesign, name: str, depth: int | None = None) -> Explanation:
    """Explain a rule or one of its columns.

    Parameters
    ----------
    design
        The design with all its results.
    name
        A rule or a column.
    depth
        Number of levels to open; all levels by default.

    Raises
    ------
    UnknownResult
        If there is no such result.
    """
    results = design.results
    index = column_index(results.tiers)
    rule = name if name in RULES else index[name][0] if name in index else ""
    if not rule:
        raise UnknownResult(unknown_result(name, index))
    if rule not in results.values:
        raise UnknownResult(f'"{rule}" was not among the results asked for. Size the design with all of them.')
    return replace(
        _explain(rule, design, depth, set()),
        reason=void_reason(results, rule),
        unpublished=unpublished_notice(name, design),
    )


def _explain(name: str, design: SizedDesign, depth: int | None, seen: set[str]) -> Explanation:
    kind, profile, results = kind_of(name), design.profile, design.results
    if kind == INPUT:
        return _input(BY_PARAMETER[name], profile, results)
    if kind == CONSTANT:
        return constant_step(name, profile)
    rule = RULES[name]
    repeated = name in seen
    seen.add(name)
    deeper = None if depth is None else depth - 1
    opened = not repeated and (depth is None or depth > 0)
    corrected = name in CORRECTIONS and profile.value(ODDITY_FIELD) == CORRECTED
    needs = CORRECTIONS[name].other_needs if corrected else rule.needs
    function = CORRECTIONS[name].function if corrected else rule.function
    return Explanation(
        name=name,
        kind=RULE,
        values=_labelled(rule, results.figures[name], results.tiers),
        unit=rule.unit,
        level=rule.level,
        sentence=rule.meaning,
        source=rule.source,
        remarks=rule.remarks,
        oddity=rule.oddity,
        corrected=_corrected_values(name, results),
        formula=formula_of(function),
        repeated=repeated,
        needs=tuple(_explain(need, design, deeper, seen) for need in needs) if opened else (),
        unpublished=unpublished_notice(name, design),
    )


@cache
def formula_of(function: Any) -> str:
    """Return the body of a rule without its docstring."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return ""
    _, _, rest = source.partition('"""')
    _, _, body = rest.partition('"""')
    return inspect.cleandoc(body)


def _corrected_values(name: str, results: Results) -> dict[str, object]:
    """Return the corrected values of a rule with an oddity at the places where they differ."""
    if name not in results.corrected or not results.differs[name].any() or results.figures.cause_at(name):
        return {}
    rule = RULES[name]
    values = _labelled(rule, results.figures[name], results.tiers)
    corrected = _labelled(rule, results.figures.applicable(name, results.corrected[name]), results.tiers)
    return {label: value for label, value in corrected.items() if not _is_close(value, values[label])}


def _is_close(a: object, b: object) -> bool:
    """Return whether two values are equal, numbers within rounding error."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=RELATIVE_TOLERANCE)
    return a == b


def label_of(column: str, results: Results) -> str:
    """Return the label that the value of a result column has in an explanation, empty for a rule with one value."""
    rule, place = column_index(results.tiers)[column]
    shape = np.asarray(results.figures[rule]).shape[:-1]
    return _labels(RULES[rule].axes, results.tiers)[int(np.ravel_multi_index(place, shape)) if place else 0]


def _labels(axes: tuple[Axis, ...], tiers: int) -> list[str]:
    labels = [""]
    for axis in axes:
        if not axis.scalar:
            labels = [f"{a}.{b}".strip(".") for a in labels for b in axis.expand(tiers)]
    return labels


def _labelled(rule: Rule, values: Any, tiers: int) -> dict[str, object]:
    flat = np.asarray(values)[..., 0].reshape(-1)
    labels = _labels(rule.axes, tiers)
    return {label: plain_value(rule, value) for label, value in zip(labels, flat, strict=True)}


def _input(declared: Field, profile: Profile, results: Results) -> Explanation:
    paths = declared.paths(results.tiers)
    labels = _labels((declared.axis,) if declared.axis else (), results.tiers)
    given = any(path in profile.given for path in paths)
    values: dict[str, object] = {label: profile.value(path) for label, path in zip(labels, paths, strict=True)}
    return Explanation(
        name=declared.path,
        kind=INPUT,
        values=values,
        unit=declared.unit,
        level="",
        sentence=f"{declared.label}: {declared.help}.",
        source=declared.source,
        origin="given" if given else "default",
    )


def constant_step(name: str, profile: Profile) -> Explanation:
    """Return the explanation of a constant: its value in a design, and the published one if that differs."""
    constant = CONSTANTS[name]
    paths = [f"{constant.path}.{label}" for label in constant.labels] or [constant.path]
    if isinstance(constant.value, LookupTable):
        published: dict[str, object] = dict(zip(constant.labels, constant.value.values.tolist(), strict=True))
    else:
        published = {"": constant.value}
    values = {
        label: profile.given.get(path, value) for (label, value), path in zip(published.items(), paths, strict=True)
    }
    changed = {label: value for label, value in published.items() if values[label] != value}
    note = f" Published: {in_line(changed, constant.unit, False)}." if changed else ""
    return Explanation(
        name=name,
        kind=CONSTANT,
        values=values,
        unit=constant.unit,
        level="",
        sentence=f"{constant.meaning}.{note}",
        source=constant.source,
        unpublished=constant_notice(name, profile),
        origin=OVERRIDDEN if changed else "",
    )
