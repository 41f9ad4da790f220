"""Size one design, given as a profile file, a `Profile` or a mapping of inputs by path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from calculator.engine import findings, run
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.results import Result, Results, cell, column_index, result_columns, rules_of, unknown_result
from calculator.engine.unpublished import unpublished_columns
from calculator.inputs.profile import Profile, from_inputs, load, with_constants
from calculator.issues import UnknownResult, quoted, refuse
from calculator.rules.registry import CHECKS, RULES

if TYPE_CHECKING:
    from calculator.engine.explain import Explanation

TAKEN = "Give a profile file, example:NAME, a Profile, a sized design, or a mapping of inputs by path."
Scenario = str | os.PathLike[str] | Profile | Mapping[str, object]


class SizedDesign(Mapping[str, Result]):
    """The results of one design, by column or rule name.

    The name of a column gives a number, flag or word, or None where the result does not apply; `void_reason` explains
    why if the design does not work or has one datacenter. The name of a rule with axes gives a dict of the values of
    its columns by label.  A name that is neither raises `UnknownResult`.

    Attributes
    ----------
    profile
        The design.
    issues
        What is wrong or doubtful about it.
    status
        ``invalid``, ``warning``, ``notice`` or ``ok``.
    """

    def __init__(self, profile: Profile, results: Results, names: str | Iterable[str] = "all") -> None:
        self._columns = result_columns(names, results.tiers)
        self.profile = profile
        self.results = results
        self.issues = findings.issues_of(results, profile.where)
        self.status = findings.STATUS[int(findings.severity_rank(results)[0])]

    def __getitem__(self, name: str) -> Result:
        index = column_index(self.results.tiers)
        rule = index[name][0] if name in index else name
        if rule in RULES and rule not in self.results.values:
            raise UnknownResult(f'"{name}" was not among the results asked for.')
        if name in index:
            return cell(self.results, name)
        if name in RULES:
            return {self._label(name, c): cell(self.results, c) for c in RULES[name].columns(self.tiers)}
        raise UnknownResult(unknown_result(name, index))

    def __repr__(self) -> str:
        name = quoted(self.profile.title) if self.profile.title else self.profile.where
        return f"<SizedDesign {name}: {self.status}, {len(self):,} results, {self.issues.counted}>"

    def _repr_html_(self) -> str:
        from calculator.engine import html
        from calculator.engine.explain import in_line

        rows = [
            (str(row["column"]), in_line({"": row["value"]}, str(row["unit"]), bool(row["share"])), str(row["meaning"]))
            for row in self._rows(None)
        ]
        heading = html.paragraph(repr(self)[1:-1])
        return heading + html.table(("result", "value", "meaning"), rows) + self.issues._repr_html_()

    @staticmethod
    def _label(name: str, column: str) -> str:
        head, _, tail = column.partition(name)
        return f"{head.removeprefix('tiers.').rstrip('.')}{tail}".strip(".")

    @property
    def plain(self) -> Mapping[str, Any]:
        """The same results, for code that knows the kind of each: a type checker accepts them as any kind."""
        return self

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return self.results.tiers

    @property
    def without_mailboxes(self) -> bool:
        """Whether the design has no mailboxes, so that results that are computed from them do not apply."""
        return not any(self.profile.value(f"tiers.{number}.mailboxes") for number in range(1, self.tiers + 1))

    @cached_property
    def complete(self) -> bool:
        """Whether every result was computed."""
        return self.results.values.keys() >= RULES.keys()

    @cached_property
    def unpublished(self) -> frozenset[str]:
        """Columns whose values depend on a number that Microsoft has not published for the version of the design."""
        return unpublished_columns(self.profile, self.results)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def explain(self, name: str, depth: int | None = None) -> Explanation:
        """Explain a figure as a tree of rules, inputs and constants with their sources."""
        from calculator.engine.explain import explain_result

        return explain_result(self, name, depth)

    def void_reason(self, name: str) -> str:
        """Return why a result does not apply although Microsoft's workbook shows a number; else an empty text.

        Parameters
        ----------
        name
            A rule or a column.
        """
        index = column_index(self.tiers)
        if name not in index:
            return findings.void_reason(self.results, name)
        return "" if cell(self.results, name) is not None else findings.void_reason(self.results, *index[name])

    def table(self, names: str | Iterable[str] | None = None) -> list[dict[str, object]]:
        """Return rows with column, value, unit, level and meaning; by default for the headline results."""
        rows = self._rows(names)
        return [{name: value for name, value in row.items() if name != "share"} for row in rows]

    def _rows(self, names: str | Iterable[str] | None) -> list[dict[str, object]]:
        """Return the rows of `table`, each with a flag that says whether its value is a share."""
        names = names or ("headline" if self.complete else self._columns)
        index = column_index(self.tiers)
        rows: list[dict[str, object]] = []
        for column in result_columns(names, self.tiers):
            rule = RULES[index[column][0]]
            rows.append(
                {
                    "column": column,
                    "value": self[column],
                    "unit": rule.unit,
                    "level": rule.level_of(column),
                    "meaning": rule.meaning,
                    "share": rule.is_share,
                }
            )
        return rows


def read(scenario: Scenario) -> Profile:
    """Return the profile in a file, of a mapping of inputs or of a sized design, or a given profile itself.

    Raises
    ------
    InputError
        If inputs cannot be used; it has all problems at once.
    """
    if isinstance(scenario, Profile):
        return scenario
    if isinstance(scenario, SizedDesign):
        return scenario.profile
    if isinstance(scenario, str | os.PathLike):
        return load(scenario)
    if isinstance(scenario, Mapping):
        return from_inputs(scenario)
    refuse("design", f"{quoted(scenario)} is not a design.", TAKEN)


def size(
    scenario: Scenario,
    *,
    results: str | Iterable[str] = "everything",
    constants: Mapping[str, object] | None = None,
    like: SizedDesign | None = None,
) -> SizedDesign:
    """Size one design.

    Parameters
    ----------
    scenario
        A profile file, ``example:NAME`` for a shipped one, a `Profile`, or a mapping of inputs by path such as
        ``{"tiers.1.mailboxes": 5000}``, nested as in a profile file or not, in canonical units or as a text with a
        unit.
    results
        Names of rules or columns, ``headline`` or ``all``; every result by default.
    constants
        Constants that the design overrides, by name, in their own units; `calculator.CONSTANTS` has the published
        ones.  The design then has a warning for each constant.
    like
        A similar design, sized before with the same ``results``. What has not changed since is taken from it and not
        computed again, so that a change takes a third of the time; the results are the same.

    Returns
    -------
    SizedDesign
        A mapping of results, with ``issues``, ``status``, ``explain`` and ``table``.

    Raises
    ------
    InputError
        If inputs cannot be used; it has all problems at once.

    Examples
    --------
    >>> size({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": "2 GB"})["tiers.1.mailbox_size_on_disk"]
    2281.0
    """
    profile = with_constants(read(scenario), constants)
    tiers = profile.tiers
    inputs = to_inputs(profile_columns(profile), tiers)
    earlier = like.results.computed if like is not None else None
    if results == "everything":
        return SizedDesign(profile, run.run((*RULES, *CHECKS), inputs, tiers, earlier=earlier))
    names = result_columns(results, tiers)
    targets = (*rules_of(names, tiers), *findings.ALWAYS)
    return SizedDesign(profile, run.run(targets, inputs, tiers, earlier=earlier), names)


def explain(scenario: Scenario, name: str, depth: int | None = None) -> Explanation:
    """Explain a figure of a design as a tree of rules, inputs and constants with their sources.

    Raises
    ------
    InputError
        If inputs cannot be used.
    UnknownResult
        If there is no such result.
    """
    return size(scenario).explain(name, depth)
