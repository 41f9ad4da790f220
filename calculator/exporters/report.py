"""The record of a design as Markdown: inputs, what is assumed, results, issues, layout, sources.

>>> import calculator
>>> plan = calculator.size({"tiers.1.mailboxes": 5000})
>>> markdown(plan).splitlines()[0]
'# Exchange 2013 design'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from calculator import schema
from calculator.constants import SOURCES
from calculator.explain import RULE, value_text
from calculator.issues import InputError
from calculator.layout import layout, tolerance
from calculator.printing import readable
from calculator.rule import RULES
from calculator.schema import Field, Kind, Value
from calculator.sizing import HEADLINE, Sizing

RULES_OF = "Rules of the Exchange 2013 Server Role Requirements Calculator, version 7.6."
LISTED_APART = ("export", "names")
"""Sections whose defaults a record does not list."""
_OPENS = re.compile(r"^(\d*)([-+.)])(?=[-\s]|$)")
"""What at the head of a line makes it an item of a list, or a rule across the page."""


def markdown(plan: Sizing, accepted: Mapping[str, str] | None = None, version: str = "") -> str:
    """The record of a design.

    Parameters
    ----------
    plan
        The design with all its results.
    accepted
        Reasons why an issue is accepted, by its message.
    version
        Of the program and its results, told at the end.

    Returns
    -------
    str
        Markdown; texts of the design are written so that they are only text.
    """
    profile = plan.profile
    title = _text(profile.title) or "Exchange 2013 design"
    parts = [f"# {title}", _text(profile.description), f"**Status: {plan.status}.**"]
    parts += ["## Issues", *_issues(plan, accepted or {})]
    parts += ["## Inputs given", *_table(("Input", "Value", "Unit", "Path"), _inputs(plan, given=True))]
    parts += ["## Inputs assumed", *_table(("Input", "Value", "Unit", "Path"), _inputs(plan, given=False))]
    parts += ["## Requirements", *_table(("Figure", "Value", "Unit", "Result"), _results(plan))]
    parts += ["## How the main figures come about", *_explained(plan)]
    parts += ["## Copies and failures", _failures(plan)]
    parts += ["## Sources", *_sources(plan), RULES_OF, version]
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(text: str) -> str:
    """A text of the design, in one line, nothing of it Markdown or HTML."""
    line = "".join(f"\\{sign}" if sign in "\\`*_[]<>#|&~" else sign for sign in " ".join(text.split()))
    return _OPENS.sub(r"\1\\\2", line)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table, or that there is nothing in it."""
    lines = [f"| {' | '.join(_text(cell) for cell in row)} |" for row in rows]
    if not lines:
        yield "None."
        return
    rule = "|".join(" --- " for _ in head)
    yield "\n".join([f"| {' | '.join(head)} |", f"|{rule}|", *lines])


def _issues(plan: Sizing, accepted: Mapping[str, str]) -> Iterator[str]:
    lines = []
    for issue in plan.issues:
        reason = accepted.get(issue.message, "").strip().rstrip(".")
        note = f" Accepted: {_text(reason)}." if reason else ""
        hint = f" {_text(issue.hint)}" if issue.hint else ""
        lines.append(f"- **{issue.severity}** {_text(issue.field)}: {_text(issue.message)}{hint}{note}")
    yield "\n".join(lines) or "None."


def _inputs(plan: Sizing, *, given: bool) -> Iterator[tuple[str, str, str, str]]:
    profile = plan.profile
    for path in schema.all_paths(profile.tiers):
        if (path in profile.given) != given or (not given and path.split(".")[0] in LISTED_APART):
            continue
        found = schema.find(path)
        assert found is not None
        field, _ = found
        yield field.label, _value(field, profile.value(path)), "%" if field.kind is Kind.FRACTION else field.unit, path


def _value(field: Field, value: Value) -> str:
    """Value of an input as a person reads it."""
    if value is None or (field.options and field.kind is not Kind.INT and not value):
        return "none"
    if field.choice is not None:
        return field.choice.text(field.choice.words.index(str(value)))
    if field.kind is Kind.FRACTION:
        return f"{100 * float(value):g}"
    return value_text(value)


def _results(plan: Sizing) -> Iterator[tuple[str, str, str, str]]:
    for row in plan.table(HEADLINE):
        unit = str(row["unit"])
        yield str(row["meaning"]).rstrip("."), readable(row["value"]), "" if unit == "1" else unit, str(row["column"])


EXPLAINED = (
    "summary_servers", "worst_cpu_utilization", "summary_memory", "databases", "mailbox_size_on_disk",
    "volume_database_volume_size", "replication_peak_throughput",
)  # fmt: skip
"""Results whose first step of explanation a record holds."""


def _explained(plan: Sizing) -> Iterator[str]:
    for name in EXPLAINED:
        step = plan.explain(name, depth=1)
        needs = ", ".join(f"{_text(need.name)} = {_text(need.value_text())}" for need in step.needs)
        yield f"**{_text(step.sentence)}** {_text(step.value_text())}\n\nFrom {needs}. Source: {_text(step.source)}."


def _failures(plan: Sizing) -> str:
    try:
        dag = layout(plan)
    except InputError as error:
        return f"The copies are not laid out: {_text(str(error))}"
    borne = tolerance(dag)
    return f"{_text(borne.sentence)} {_text(borne.limit)}".strip()


def _sources(plan: Sizing) -> Iterator[str]:
    """Sources of the figures the record explains."""
    cited: dict[str, None] = {}
    for name in EXPLAINED:
        for step in plan.explain(name).walk():
            if step.kind == RULE:
                cited |= {place.partition(":")[0]: None for place in RULES[step.name].source.split("; ")}
    lines = [f"- {_text(SOURCES[key].title)}, {_text(SOURCES[key].publisher)}" for key in cited if key in SOURCES]
    yield "\n".join(lines)
