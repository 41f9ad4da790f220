"""Draw the tab What if: the effect of usual changes on the design, and a button that applies a change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from calculator.engine.findings import INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import WORST_FAILURE
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTER, Value
from calculator.presentation.charts import servers
from calculator.presentation.charts.base import LimitLine
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.headline import UNSIZED, cpu_name
from calculator.presentation.text import capitalized, word
from calculator.presentation.text import number as number_text
from calculator.rules.constants import scalar
from calculator.studies.database_numbers import DatabaseNumber
from calculator.studies.what_if import WhatIf, what_if
from calculator.ui.charts import base, drawing, studies
from calculator.ui.results import figures, headline, issues
from calculator.ui.results.texts import escaped
from calculator.ui.review import side_effects
from calculator.ui.session import redraw, state
from calculator.ui.session.store import widget_key

CPU = "worst_cpu_utilization"
FILL, ACTIVE = "largest_volume_fill", "sized_databases_by_mode.worst.primary"
VOLUME, MEMORY, BAYS = "volume_database_volume_size", "summary_memory.primary", "server_drive_bays.primary"
FIGURES: Mapping[str, str] = {
    "summary_servers.environment": "Servers",
    CPU: "CPU, worst failure",
    "summary_memory.primary": "Memory per server",
    "storage_disks_total.environment": "Disks for Exchange",
    "server_drive_bays.primary": "Drive bays per server",
    FILL: "Fullest volume",
    VOLUME: "Database volume",
    "largest_mailbox_size_on_disk": "Mailbox on disk",
    "summary_database_iops.server": "Database I/O per server",
    "replication_peak_throughput.environment": "WAN at peak",
}
"""Results by which a change is judged."""
ADVISED = {CPU: "highest_cpu_utilization", "summary_memory.primary": "largest_server_memory_by_version"}
"""Largest advised values of results, as names of constants."""
CHARTS = (CPU, "storage_disks_total.environment")
"""Results that the two charts show at first."""
CHOICES = ("what_if_figure", "what_if_figure_2")
"""Keys of the choices of these results."""

FAILURES = tuple(f"worst_cpu_failure.{side}" for side in DATACENTER.labels)
"""Results that name the failure for which the CPU is."""
LEGEND = (
    "↑ and ↓ mark the figures that a change raises or lowers against the design as it is, in the first row.",
    "Databases, volumes and disks are computed again for each change. The servers stay, unless it is about them.",
)
LEGEND_OF = {
    "storage_disks_total.environment": "Disks for Exchange are those of all servers, without the system disks.",
    BAYS: "Drive bays hold the system disks too.",
    FILL: "The fullest volume is a share of its disk, when all mailboxes are full.",
}
"""Sentences below the table of changes: about the whole table, and about its columns."""
CONSEQUENCE = re.compile(r", so [^.]+(?=\.)")
"""What follows from an error, at the end of its message."""


def figure_name(column: str, designs: Sequence[SizedDesign] = ()) -> str:
    """Return the name of a result of some designs, by default of the present one, whose CPU may have no failure."""
    if column != CPU:
        return FIGURES[column]
    designs = designs or [state.design()]
    return cpu_name(next((design for design in designs if design.plain["highly_available"]), designs[0]))


def tab() -> None:
    """Draw the study."""
    if issues.show_if_invalid(state.design(), "figures to compare changes with"):
        return
    study = what_if(state.profile(), (*FIGURES, *side_effects.CAUSES, *FAILURES, ACTIVE, "mailboxes_total"))
    st.subheader("One change at a time", anchor=False)
    issues.show_unknown_cpu(state.design(), "So it has no figure below, and no verdict takes it into account.")
    rows = _rows(study)
    figures.draw_table(rows, alt="What each change gives")
    st.caption(" ".join([*LEGEND, *(text for column, text in LEGEND_OF.items() if FIGURES[column] in rows[0])]))
    if any(study.database_numbers):
        st.caption(
            "The automatic number of databases follows Microsoft's workbook: it spreads the copies evenly over the "
            "servers, which can take many more databases than the mailboxes need, or too few for the disks. A verdict "
            "then names a number that works or needs fewer disks."
        )
    for text in _surprises(study):
        st.caption(escaped(text))
    for text in _warnings(study):
        st.caption(escaped(text))
    for change in study.impossible:
        st.caption(escaped(f"{change.name} is not possible: {change.reason}."))
    _apply_buttons(study)
    st.subheader("What changes a figure most", anchor=False)
    _tornados(study)


def _warnings(study: WhatIf) -> list[str]:
    """Return the warnings about the design, and for each change those that the design does not have as it is."""
    present = study.warnings(0)
    texts = [f"Check: {' '.join(present)}"] if present else []
    for row, change in enumerate(study.changes[1:], 1):
        better = study.database_numbers[row]
        found = {f"“{change.name}”": study.warnings(row)}
        if better is not None:
            found[f"“{change.name}” with {better.number}"] = list(better.warnings)
        for name, warnings in found.items():
            if added := [warning for warning in warnings if warning not in present]:
                texts.append(f"Check after {name}: {' '.join(added)}")
    return texts


def _apply_buttons(study: WhatIf) -> None:
    """Draw a button for each change that makes it in the design."""
    st.markdown("**Make a change in the design**")
    with st.container(horizontal=True, gap="small"):
        for row, change in enumerate(study.changes):
            fails, better = bool(study.reason(row)), study.database_numbers[row]
            if row:
                label = f"{change.name}{' (does not work)' if fails else ''}"
                _apply_button(label, f"{row - 1}", change.values, ":material/error:" if fails else None)
            if better is not None:
                label = f"{change.name}, with {better.number}" if row else better.number
                label += f" ({better.warned})" if better.warned else ""
                _apply_button(label, f"{row - 1} databases", {**change.values, **better.values})


def _apply_button(label: str, key: str, values: Mapping[str, Value], icon: str | None = None) -> None:
    st.button(
        f"Apply: {label}",
        key=widget_key(key, "apply"),
        on_click=_apply,
        args=(dict(values),),
        icon=icon,
        help="Changes the design. Undo takes it back.",
    )


def choose_figure(key: str, first: str = CPU, label: str = "Figure") -> str:
    """Draw the choice of a figure and return its column. CPU is the default, since most inputs change it."""
    names = list(FIGURES)
    return str(st.selectbox(label, names, index=names.index(first), key=key, format_func=figure_name))


def _columns(study: WhatIf) -> dict[str, list[Any]]:
    return {name: study.table[name].to_pylist() for name in ("status", *FIGURES)}


def _rows(study: WhatIf) -> list[dict[str, str]]:
    columns = _columns(study)
    shown = {column: figure_name(column) for column in FIGURES if any(value is not None for value in columns[column])}
    rows = []
    for row, change in enumerate(study.changes):
        cells = {name: _cell(column, columns[column], row) for column, name in shown.items()}
        text = verdict_text(
            words_of_status(columns["status"][row], columns[CPU][row], columns[MEMORY][row]),
            study.reason(row),
            (columns[BAYS][0], columns[BAYS][row]),
            state.profile().with_values(change.values),
            study.database_numbers[row],
        )
        rows.append({"Change": change.name, **cells, "Verdict": text})
    return rows


def words_of_status(status: str, *needed: float | None) -> str:
    """Return the status of a design in words, given the figures that every design needs."""
    if status != INVALID and None in needed:
        return UNSIZED
    return headline.STATUS_WORDS.get(status, "Cannot be used")


def verdict_text(
    words: str,
    reason: str,
    bays: tuple[float | None, float | None],
    profile: Profile,
    better: DatabaseNumber | None = None,
    other: str = "now",
) -> str:
    """Return whether a design works, what it needs more than another one, and a number of databases that is better.

    Parameters
    ----------
    words, reason
        Status of the design in words, and why it is invalid, of which the text leaves out what follows from it.
    bays
        Drive bays per server that the other design and the design need.
    profile
        The design, which may give the number of drive bays.
    better
        Number of databases that suits the design better.
    other
        Name of the other design in front of its drive bays.
    """
    text = words
    now, needed = bays
    if reason:
        text += f": {CONSEQUENCE.sub('', reason)}"
    elif now is not None and needed is not None and needed > now and not profile.value("servers.primary.drive_bays"):
        text += f"; needs servers with {number_text(needed)} bays ({other} {number_text(now)})"
    return text if better is None else f"{text.removesuffix('.')}. {better}"


def _surprises(study: WhatIf) -> list[str]:
    """Return sentences that explain figures which a change lowers although the load or the servers stay or grow."""
    present, *changed = study.table.to_pylist()
    names = [change.name for change in study.changes[1:]]
    lower = [
        f"{number_text(row[side_effects.DATABASES])} after “{name}”"
        for name, row in zip(names, changed, strict=True)
        if _lowers(VOLUME, present, row) and (row[side_effects.DATABASES] or 0) > present[side_effects.DATABASES]
    ]
    found = []
    if lower:
        now = number_text(present[side_effects.DATABASES])
        found.append(
            f"A volume becomes smaller where the mailboxes are spread over more databases than the {now} of now: "
            f"{', '.join(lower)}."
        )
    for name, row in zip(names, changed, strict=True):
        if _lowers(MEMORY, present, row) and side_effects.drops_indexing(present, row):
            found.append(f"“{name}” lowers the memory: {side_effects.INDEXING}.")
        if text := _less_even(present, row):
            found.append(f"“{name}” raises CPU: {text}.")
        elif (then := failure_words(row)) and then != (now := failure_words(present)) and now:
            found.append(f"“{name}” has another worst failure, for which its CPU is: {then}. Now it is {now}.")
    return found


def failure_words(row: Mapping[str, Any]) -> str:
    """Return the failure for which the CPU of a design is, in words, given its results; empty if there is none."""
    codes = dict.fromkeys(row[column] for column in FAILURES if row[column] is not None)
    return " or ".join(word(WORST_FAILURE, code).lower() for code in codes)


def _less_even(present: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return that more of the databases are active on a server if only that raises the CPU utilization; else empty."""
    same = all(present[column] == row[column] for column in (side_effects.SERVERS, "mailboxes_total"))
    counts = [(figures[ACTIVE], figures[side_effects.DATABASES]) for figures in (present, row)]
    if not same or not _lowers(CPU, row, present) or not all(map(all, counts)):
        return ""
    (active, databases), (active_then, databases_then) = counts
    if active_then * databases <= active * databases_then:
        return ""
    then, now = (
        f"{number_text(active_then)} of {number_text(databases_then)}",
        f"{number_text(active)} of {number_text(databases)}",
    )
    if failure_words(row) == failure_words(present):
        return f"after the worst failure, {then} databases are active on a server, a larger share than the {now} of now"
    return (
        f"its worst failure is {failure_words(row)}, with {then} databases active on a server. Now it is "
        f"{failure_words(present)}, with {now}"
    )


def _lowers(column: str, present: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return present[column] is not None and row[column] is not None and row[column] < present[column]


def _cell(column: str, values: list[Any], row: int) -> str:
    """Format a figure after a change, with a mark if the change raises or lowers it."""
    text = figures.figure_with_unit(column, values[row])
    if values[0] is None or values[row] is None or text == figures.figure_with_unit(column, values[0]):
        return text
    return f"{'↑' if values[row] > values[0] else '↓'}\u00a0{text}"


def _tornados(study: WhatIf) -> None:
    """Draw the effect of the changes on two figures, in charts of the same height."""
    with st.grid("auto", min_column_width=420):
        places = [st.container(gap="xsmall") for _ in CHARTS]
    chosen = []
    for place, key, column, label in zip(places, CHOICES, CHARTS, ("First figure", "Second figure"), strict=True):
        with place:
            chosen.append(choose_figure(key, column, label))
    charts = drawing.level([_tornado(study, column) for column in chosen])
    for number, (place, chart, column) in enumerate(zip(places, charts, chosen, strict=True)):
        with place:
            base.draw_chart(chart, f"tornado-{number}")
            _missing(study, column)


def _tornado(study: WhatIf, column: str) -> base.Chart:
    values = study.table[column].to_pylist()
    if values[0] is None:
        reason = study.reason(0) or capitalized(f"{not_applicable(*rule_of(column), state.design())}.")
        return base.Chart(f"{figure_name(column)}: n/a. {reason}")
    factor = shown_factor(column, *values)
    moved = [
        (change.name, factor * value)
        for change, value in zip(study.changes[1:], values[1:], strict=True)
        if value is not None
    ]
    title, unit = axis_title(column, *values), sentence_unit(column, *values)
    return studies.tornado(title, factor * values[0], moved, limits_of(column, factor), unit)


def _missing(study: WhatIf, column: str) -> None:
    """Draw the reasons why the figure is missing after some changes, if the design has it."""
    values = study.table[column].to_pylist()
    if values[0] is None:
        return
    for number, (change, value) in enumerate(zip(study.changes[1:], values[1:], strict=True), 1):
        if value is None:
            reason = study.reason(number) or "The figure does not apply."
            st.caption(escaped(f"{change.name}: n/a. {reason}"))


def limit_of(column: str) -> float | None:
    """Return the largest advised value of a figure, or the room of the disk under a volume; None if it has no limit."""
    if column in ADVISED:
        return scalar(ADVISED[column], state.profile())
    if column == FILL:
        return 1.0
    design = state.design()
    on_disk = column == VOLUME and servers.on_one_disk(design)
    return design.plain["smaller_database_disk"] or None if on_disk else None


def limits_of(column: str, factor: float) -> tuple[LimitLine, ...]:
    """Return the limits of a figure as lines of a chart."""
    limit = limit_of(column)
    if limit is None:
        return ()
    text = number_text(limit, "share") if rule_of(column)[0].is_share else number_text(factor * limit)
    name = {VOLUME: f"disk now: {text}", FILL: f"{text}: the disk is full"}.get(column, f"{text} advised")
    return (LimitLine(factor * limit, name, hard=column in (VOLUME, FILL)),)


def shown_factor(column: str, *values: object) -> float:
    """Return the factor from a result to the figure shown: shares in percent, sizes in the unit of the values."""
    rule, _ = rule_of(column)
    return 100.0 if rule.is_share else figures.factor_of(rule, *values)


def axis_title(column: str, *values: object) -> str:
    """Return the title of an axis: the figure, with the unit of its values unless its name includes the unit."""
    unit = figures.unit_of(rule_of(column)[0], *values)
    return figure_name(column) if unit.lower() in FIGURES[column].lower() else f"{figure_name(column)}, {unit}"


def sentence_unit(column: str, *values: object) -> str:
    """Return the unit of a figure in sentences: that of its values, unless its name includes the unit."""
    rule, _ = rule_of(column)
    unit = figures.unit_of(rule, *values)
    return "" if rule.unit in figures.COUNTED or unit.lower() in FIGURES[column].lower() else unit


def _apply(values: dict[str, Value]) -> None:
    state.put_all(values)
    redraw.rerun(redraw.STRIP, redraw.FIGURES)
