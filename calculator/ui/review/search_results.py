"""Draw the results of a search: the best designs, the Pareto front, why other designs fail, a design to apply."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from calculator.engine.findings import INVALID
from calculator.engine.results import DESIGN_INVALID
from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Field, Value
from calculator.presentation.figures import rule_of
from calculator.presentation.headline import NO_COPIES, cpu_name
from calculator.presentation.places import with_labels
from calculator.presentation.text import NOT_APPLICABLE, number, word
from calculator.studies.search.cost import COST
from calculator.studies.search.run import FeasibleDesign, Reason, SearchResult
from calculator.studies.search.space import Space
from calculator.ui.charts import base, studies
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.review.what_if import CPU, MEMORY, verdict_text, words_of_status
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current

REASONS_SHOWN, FRONT_OFFERED = 12, 200
FIGURES: Mapping[str, str] = {
    "summary_servers.environment": "Servers",
    "storage_disks_total.environment": "Disks for Exchange",
    "summary_memory.primary": "Memory per server",
    "worst_cpu_utilization": "CPU, worst failure",
    "reseed_hours": "Reseed",
    "summary_dags": "DAGs",
}
"""Results that a search may minimize."""
DISKS, BAYS = (
    ("storage_jbod_disks_per_server.primary", "storage_raid_disks_per_server.primary"),
    "server_drive_bays.primary",
)
SHOWN = (*FIGURES, *DISKS, BAYS)
"""Results that the table of designs shows. A server has disks of one kind, or of both."""
SERVERS = "environment.mailbox_servers"
LIMITS = {"cpu": "worst_cpu_utilization", "memory": "summary_memory.primary", "reseed_hours": "reseed_hours"}
"""Results that named limits compare with a threshold."""


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
        st.warning(
            "The design has changed since this search. Search again to include the change.", icon=":material/history:"
        )
    if found.cost:
        st.caption(escaped(found.cost))
    for note in found.notes():
        st.warning(escaped(with_labels(note)), icon=":material/warning:")
    if found.best:
        figures.draw_table(_rows(outcome), alt="The best designs")
        _choose_design(outcome)
    else:
        varied = _varied(outcome.space, {}, state.profile().value)
        figures.draw_table([_present_row(varied, SHOWN, None)], alt="The present design")
    if outcome.goals.second:
        _front(outcome)
    _reasons(found)


def _rows(outcome: SearchOutcome) -> list[dict[str, str]]:
    """Return the rows of the best designs. The present design is marked, or is the first row if it is none of them."""
    rows, designs = [], outcome.found.best
    if not any(map(_is_present, designs)):
        varied = _varied(outcome.space, {}, state.profile().value)
        rows = [_present_row(varied, designs[0].results, None if designs[0].cost is None else math.nan)]
    for rank, found in enumerate(designs, 1):
        mark = " (present)" if _is_present(found) else ""
        cells = _figures(found.results, found.cost, found.status)
        rows.append({"Rank": f"{rank}{mark}", **_varied(outcome.space, found.rows, found.values.__getitem__), **cells})
    return rows


def draw_present(varied: Mapping[str, str]) -> None:
    """Draw the present design, with the values of the inputs that may vary, until a search has run."""
    if state.design()[DESIGN_INVALID]:
        return
    figures.draw_table([_present_row(varied, SHOWN, None)], alt="The present design")
    st.caption("The designs that the search finds are listed below the present one.")


def _present_row(varied: Mapping[str, str], columns: Iterable[str], cost: float | None) -> dict[str, str]:
    design = state.design()
    return {"Rank": "now", **varied, **_figures({name: design[name] for name in columns}, cost, design.status)}


def _is_present(found: FeasibleDesign) -> bool:
    """Return whether the present design has all values of a design that was found."""
    profile = state.profile()
    return all(profile.value(path) == value for path, value in found.values.items())


def _varied(space: Space, rows: Mapping[str, str], value_of: Callable[[str], Value]) -> dict[str, str]:
    """Return the values that vary: one cell per input or catalogue. Inputs alone are known of the present design."""
    cells = {}
    for dimension in space.dimensions:
        if dimension.labels:
            cells[dimension.name.replace("_", " ").capitalize()] = rows.get(dimension.name, "as given")
        elif len(dimension) > 1:
            path = next(iter(dimension.columns))
            cells[label_with_tier(dimension.name)] = value_text(path, value_of(path))
    return cells


def value_text(path: str, value: Value) -> str:
    """Format a value of an input that varies, in the canonical unit, in which its values are written."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int | float) else word(field_of(path).choice, str(value))


def _figures(results: Mapping[str, Any], cost: float | None, status: str) -> dict[str, str]:
    cells = {"Cost": number(cost)} if cost is not None else {}
    for column in results:
        if column not in (*DISKS, BAYS):
            cells[figure_name(column)] = figures.figure_with_unit(column, results[column])
    is_unknown = status == INVALID and results.get("reseed_hours") is None
    dags = results.get("summary_dags", state.design().plain["summary_dags"])
    if FIGURES["reseed_hours"] in cells and not dags and not is_unknown:
        cells[FIGURES["reseed_hours"]] = f"{NOT_APPLICABLE} ({NO_COPIES})"
    disks = [figures.figure_with_unit(column, results[column]) for column in DISKS if results[column]]
    cells["Disks per server"] = " + ".join(disks) or NOT_APPLICABLE
    cells["Drive bays per server"] = figures.figure_with_unit(BAYS, results[BAYS])
    bays = state.design().plain[BAYS], results[BAYS]
    words = words_of_status(status, *(results[name] for name in (CPU, MEMORY) if name in results))
    return {**cells, "Verdict": verdict_text(words, "", bays, state.profile())}


def figure_name(column: str) -> str:
    """Return the name of a result; the CPU of a design without copies is that of normal operation."""
    return cpu_name(state.design()) if column == "worst_cpu_utilization" else FIGURES.get(column, column)


def _choose_design(outcome: SearchOutcome) -> None:
    """Draw the choice of a design, and a button that applies it."""
    offers = {f"Rank {rank}": design for rank, design in enumerate(outcome.found.best, 1)}
    front = outcome.found.pareto[:FRONT_OFFERED]
    offers |= {f"Pareto {rank}": design for rank, design in enumerate(front, 1)}
    applied = current().applied
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Design", list(offers), key="search_chosen")
        st.button(
            "Apply",
            key="search_take",
            on_click=_apply,
            args=(str(chosen), dict(offers[str(chosen)].values)),
            icon=":material/check:",
            help="Changes the design. Undo takes it back.",
        )
    if applied in offers and _is_present(offers[applied]):
        st.success(f"{applied} is applied. Undo restores the design before.", icon=":material/check_circle:")


def _apply(name: str, values: dict[str, Value]) -> None:
    current().applied = name
    state.put_all(values)
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _front(outcome: SearchOutcome) -> None:
    """Draw the Pareto front: designs that no other design beats in both results."""
    first, second = outcome.goals.first, outcome.goals.second
    (across, x), (up, y) = (_coordinates(column, outcome.found.pareto) for column in (first, second))
    points = [(*point, f"Pareto {rank}") for rank, point in enumerate(zip(x, y, strict=True), 1)]
    st.subheader("Trade-off between the two figures", anchor=False)
    base.draw_chart(studies.front(across, up, points), "pareto")


def _coordinates(column: str, designs: Sequence[FeasibleDesign]) -> tuple[str, list[float]]:
    """Return the title of an axis, and a result of each design in the unit of the axis."""
    if column == COST:
        return "Cost, your currency", [float(design.cost or 0) for design in designs]
    rule, _ = rule_of(column)
    values = [float(design.results[column]) for design in designs]
    unit = "" if rule.unit in figures.COUNTED else figures.unit_of(rule, *values)
    factor = 100.0 if rule.is_share else figures.factor_of(rule, *values)
    return f"{figure_name(column)}, {unit}" if unit else figure_name(column), [factor * value for value in values]


def _reasons(found: SearchResult) -> None:
    """Draw the reasons why the other designs fail."""
    if not found.reasons:
        return
    st.subheader("Limits that other designs exceed", anchor=False)
    rows = [
        {
            "Limit": _limit(reason),
            "Designs that exceed it": f"{reason.designs:,}",
            "Designs that exceed only it": f"{reason.alone:,}",
            "Designs without the figure": f"{reason.not_applicable:,}",
        }
        for reason in found.reasons[:REASONS_SHOWN]
    ]
    figures.draw_table(rows, alt="Limits, and how many designs exceed each")


def _limit(reason: Reason) -> str:
    """Return what a limit requires, with its threshold if it has one."""
    name, _, rest = reason.limit.partition(" ")
    if name not in LIMITS:
        return reason.meaning.removesuffix(".")
    sign, _, threshold = rest.replace("<=", "≤").partition(" ")
    column = LIMITS[name]
    try:
        value = figures.figure_with_unit(column, float(threshold))
    except ValueError:
        value = threshold
    return f"{figure_name(column)} {sign} {value}"
