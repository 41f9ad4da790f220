"""What a search found: the best designs, those that none beats, why the others fail, one to take over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Field, Value
from calculator.studies.search.cost import COST
from calculator.studies.search.run import FeasibleDesign, SearchResult
from calculator.studies.search.space import Space
from calculator.ui.charts import base, pareto
from calculator.ui.results import figures, headline
from calculator.ui.results.texts import escaped, scale, unit_text
from calculator.ui.session import redraw, state

REASONS_SHOWN, MOST_OFFERED = 12, 200
COUNTED = ("servers", "disks", "DAGs")
"""Units that a figure says by its name."""
FIGURES: Mapping[str, str] = {
    "summary_servers.environment": "Servers",
    "storage_disks_total.environment": "Disks in all",
    "summary_memory.primary": "Memory a server",
    "worst_cpu_utilization": "CPU, worst failure",
    "reseed_hours": "Reseed",
    "summary_dags": "DAGs",
}
"""Results a search may look for, and what they are held against."""


@dataclass(frozen=True)
class Wanted:
    """What a search was asked for: what it looks for, and what that is held against (empty for nothing)."""

    goal: str
    against: str


@dataclass(frozen=True)
class Outcome:
    """What came of a search: the space, what was found, what was asked for, and around which design."""

    space: Space
    found: SearchResult
    wanted: Wanted
    around: str


def field_of(path: str) -> Field:
    """Input of a path that may vary: a full one, or one without its datacenter."""
    found = schema.find(path)
    return found[0] if found is not None else BY_PATH[path]


def label(path: str) -> str:
    """Name of an input that may vary, with its tier."""
    field, found = field_of(path), schema.find(path)
    return f"{field.label}, tier {found[1] + 1}" if found and field.axis is schema.TIER else field.label


def around(profile: Profile, space: Space) -> str:
    """Short name of what a design has besides what varies."""
    return state.digest({path: value for path, value in profile.given.items() if path not in space.paths})


def show(outcome: Outcome) -> None:
    """Draw what a search found."""
    found = outcome.found
    st.markdown(f"**{escaped(found.sentence())}**")
    if around(state.profile(), outcome.space) != outcome.around:
        st.warning("The design was changed since. Search again for what is best around it.", icon=":material/history:")
    if found.cost:
        st.caption(escaped(found.cost))
    if found.best:
        figures.draw_table(_rows(outcome, found.best), alt="The best designs")
        _take(outcome)
    if outcome.wanted.against:
        _front(outcome)
    _reasons(found)


def _rows(outcome: Outcome, designs: tuple[FeasibleDesign, ...]) -> list[dict[str, str]]:
    return [
        {"Rank": str(rank), **_varied(outcome.space, design), **_figures(outcome, design)}
        for rank, design in enumerate(designs, 1)
    ]


def _varied(space: Space, design: FeasibleDesign) -> dict[str, str]:
    """What varies, once for each input or catalogue."""
    cells = {}
    for dimension in space.dimensions:
        if dimension.labels:
            cells[dimension.name.replace("_", " ").capitalize()] = design.rows[dimension.name]
        elif len(dimension) > 1:
            path = next(iter(dimension.columns))
            cells[label(dimension.name)] = _value_text(path, design.values[path])
    return cells


def _value_text(path: str, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return figures.number(value) if isinstance(value, float) else figures.word(field_of(path).choice, str(value))


def _figures(outcome: Outcome, design: FeasibleDesign) -> dict[str, str]:
    cells = {"Cost": figures.number(design.cost)} if design.cost is not None else {}
    for column in design.results:
        rule, _ = figures.rule_of(column)
        value = design.results[column]
        unit = "" if figures.is_share(rule) or rule.unit in COUNTED else unit_text(rule.unit)
        cells[FIGURES.get(column, column)] = f"{figures.text(rule, value)} {unit}".strip() or figures.NOT_APPLICABLE
    return {**cells, "Verdict": headline.STATUS_WORDS.get(design.status, "Cannot be used")}


def _take(outcome: Outcome) -> None:
    """Draw the choice of a design to take over."""
    offers = {f"Rank {rank}": design.values for rank, design in enumerate(outcome.found.best, 1)}
    front = outcome.found.pareto[:MOST_OFFERED]
    offers |= {f"Pareto {rank}": design.values for rank, design in enumerate(front, 1)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Design", list(offers), key="search_chosen")
        st.button(
            "Take over",
            key="search_take",
            on_click=_apply,
            args=(dict(offers[str(chosen)]),),
            icon=":material/check:",
            help="Change the design; undo takes it back",
        )


def _apply(values: dict[str, Value]) -> None:
    state.put_all(values)
    redraw.again(redraw.STRIP, redraw.FIGURES)


def _front(outcome: Outcome) -> None:
    """Draw the designs that none beats."""
    goal, against = outcome.wanted.goal, outcome.wanted.against
    points = [
        (_drawn(goal, design), _drawn(against, design), f"Pareto {rank}")
        for rank, design in enumerate(outcome.found.pareto, 1)
    ]
    st.subheader("Designs that none beats in both", anchor=False)
    base.show(pareto.front(_titled(goal), _titled(against), points), "pareto")


def _drawn(column: str, design: FeasibleDesign) -> float:
    """Figure of a design on the front, in the unit of the chart."""
    if column == COST:
        return float(design.cost or 0)
    rule, _ = figures.rule_of(column)
    return float(design.results[column]) * (100.0 if figures.is_share(rule) else scale(rule.unit))


def _titled(column: str) -> str:
    if column == COST:
        return "Cost, your currency"
    rule, _ = figures.rule_of(column)
    unit = "" if rule.unit in COUNTED else figures.unit_of(rule)
    return f"{FIGURES[column]}, {unit}" if unit else FIGURES[column]


def _reasons(found: SearchResult) -> None:
    """Draw why the other designs fail."""
    if not found.reasons:
        return
    st.subheader("Why the others fail", anchor=False)
    rows = [
        {
            "Limit": of.limit.replace("_", " "),
            "Refuses": f"{of.designs:,}",
            "Alone": f"{of.alone:,}",
            "What": of.meaning,
        }
        for of in found.reasons[:REASONS_SHOWN]
    ]
    figures.draw_table(rows, alt="Limits and how many designs each refuses")
    st.caption("Designs a limit refuses, and those that no other limit refuses.")
