"""Results of a search: the best designs, the Pareto front, why other designs fail, a design to apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Field, Value
from calculator.presentation.figures import rule_of
from calculator.presentation.text import number, word
from calculator.studies.search.cost import COST
from calculator.studies.search.run import FeasibleDesign, SearchResult
from calculator.studies.search.space import Space
from calculator.ui.charts import base, studies
from calculator.ui.results import figures, headline
from calculator.ui.results.texts import escaped, scale
from calculator.ui.session import redraw, state

REASONS_SHOWN, FRONT_OFFERED = 12, 200
FIGURES: Mapping[str, str] = {
    "summary_servers.environment": "Servers",
    "storage_disks_total.environment": "Disks in all",
    "summary_memory.primary": "Memory per server",
    "worst_cpu_utilization": "CPU, worst failure",
    "reseed_hours": "Reseed",
    "summary_dags": "DAGs",
}
"""Results that a search may minimize."""


@dataclass(frozen=True)
class SearchGoals:
    """Goals of a search: the result to minimize, and a second one for the Pareto front (empty for none)."""

    first: str
    second: str


@dataclass(frozen=True)
class SearchOutcome:
    """Outcome of a search: its space, the designs found, its goals, and a digest of the other inputs."""

    space: Space
    found: SearchResult
    goals: SearchGoals
    fixed: str


def field_of(path: str) -> Field:
    """Return the field of a path that varies, with or without its datacenter."""
    found = schema.find(path)
    return found[0] if found is not None else BY_PATH[path]


def label_with_tier(path: str) -> str:
    """Return the label of an input that varies, with its tier."""
    field, found = field_of(path), schema.find(path)
    return f"{field.label}, tier {found[1] + 1}" if found and field.axis is schema.TIER else field.label


def digest_of_fixed(profile: Profile, space: Space) -> str:
    """Return a digest of the inputs of a design that a search does not vary."""
    return state.digest({path: value for path, value in profile.given.items() if path not in space.paths})


def draw_outcome(outcome: SearchOutcome) -> None:
    """Draw the outcome of a search."""
    found = outcome.found
    st.markdown(f"**{escaped(found.sentence())}**")
    if digest_of_fixed(state.profile(), outcome.space) != outcome.fixed:
        st.warning("The design was changed since. Search again for what is best around it.", icon=":material/history:")
    if found.cost:
        st.caption(escaped(found.cost))
    for note in found.notes():
        st.warning(escaped(note), icon=":material/warning:")
    if found.best:
        figures.draw_table(_rows(outcome, found.best), alt="The best designs")
        _choose_design(outcome)
    if outcome.goals.second:
        _front(outcome)
    _reasons(found)


def _rows(outcome: SearchOutcome, designs: tuple[FeasibleDesign, ...]) -> list[dict[str, str]]:
    return [
        {"Rank": str(rank), **_varied(outcome.space, design), **_figures(outcome, design)}
        for rank, design in enumerate(designs, 1)
    ]


def _varied(space: Space, design: FeasibleDesign) -> dict[str, str]:
    """Return the values that vary: one cell per input or catalogue."""
    cells = {}
    for dimension in space.dimensions:
        if dimension.labels:
            cells[dimension.name.replace("_", " ").capitalize()] = design.rows[dimension.name]
        elif len(dimension) > 1:
            path = next(iter(dimension.columns))
            cells[label_with_tier(dimension.name)] = _value_text(path, design.values[path])
    return cells


def _value_text(path: str, value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else word(field_of(path).choice, str(value))


def _figures(outcome: SearchOutcome, design: FeasibleDesign) -> dict[str, str]:
    cells = {"Cost": number(design.cost)} if design.cost is not None else {}
    for column in design.results:
        cells[FIGURES.get(column, column)] = figures.figure_with_unit(column, design.results[column])
    return {**cells, "Verdict": headline.STATUS_WORDS.get(design.status, "Cannot be used")}


def _choose_design(outcome: SearchOutcome) -> None:
    """Draw the choice of a design, and a button that applies it."""
    offers = {f"Rank {rank}": design.values for rank, design in enumerate(outcome.found.best, 1)}
    front = outcome.found.pareto[:FRONT_OFFERED]
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
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _front(outcome: SearchOutcome) -> None:
    """Draw the Pareto front: designs of which none is better in both results."""
    first, second = outcome.goals.first, outcome.goals.second
    points = [
        (_coordinate(first, design), _coordinate(second, design), f"Pareto {rank}")
        for rank, design in enumerate(outcome.found.pareto, 1)
    ]
    st.subheader("Designs that none beats in both", anchor=False)
    base.draw_chart(studies.front(_axis_title(first), _axis_title(second), points), "pareto")


def _coordinate(column: str, design: FeasibleDesign) -> float:
    """Return a result of a design in the unit of the chart."""
    if column == COST:
        return float(design.cost or 0)
    rule, _ = rule_of(column)
    return float(design.results[column]) * (100.0 if rule.is_share else scale(rule.unit))


def _axis_title(column: str) -> str:
    if column == COST:
        return "Cost, your currency"
    rule, _ = rule_of(column)
    unit = "" if rule.unit in figures.COUNTED else figures.unit_of(rule)
    return f"{FIGURES[column]}, {unit}" if unit else FIGURES[column]


def _reasons(found: SearchResult) -> None:
    """Draw the reasons why the other designs fail."""
    if not found.reasons:
        return
    st.subheader("Why the others fail", anchor=False)
    rows = [
        {
            "Limit": reason.limit.replace("_", " "),
            "Refuses": f"{reason.designs:,}",
            "Alone": f"{reason.alone:,}",
            "Not sized": f"{reason.not_applicable:,}",
            "What": reason.meaning,
        }
        for reason in found.reasons[:REASONS_SHOWN]
    ]
    figures.draw_table(rows, alt="Limits and how many designs each refuses")
    st.caption(
        "Designs that do not meet a limit; of these, designs that meet all other limits, and designs to which the "
        "figure of the limit does not apply."
    )
