"""Tab What if: the effect of usual changes on the design, and a button that applies one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from calculator.inputs.schema import Value
from calculator.presentation.figures import rule_of
from calculator.studies.what_if import WhatIf, what_if
from calculator.ui.charts import base, studies
from calculator.ui.results import figures, headline
from calculator.ui.results.texts import escaped, scale
from calculator.ui.session import redraw, state
from calculator.ui.session.store import widget_key

FIGURES: Mapping[str, str] = {
    "summary_servers.environment": "Servers",
    "worst_cpu_utilization": "CPU, worst failure",
    "summary_memory.primary": "Memory per server",
    "storage_disks_total.environment": "Disks in all",
    "volume_database_volume_size": "Database volume",
    "largest_mailbox_size_on_disk": "Mailbox on disk",
    "summary_database_iops.server": "IOPS a server",
    "replication_peak_throughput.environment": "WAN at peak",
}
"""Results by which a change is judged."""


def tab() -> None:
    """Draw the study."""
    study = what_if(state.profile(), tuple(FIGURES))
    st.subheader("One change at a time", anchor=False)
    figures.draw_table(_rows(study), alt="What each change gives")
    for change in study.impossible:
        st.caption(escaped(f"{change.name}: not here, {change.reason}."))
    chosen = st.selectbox("Figure", list(FIGURES), key="what_if_figure", format_func=FIGURES.__getitem__)
    _tornado(study, str(chosen))
    st.markdown("**Take one over**")
    with st.container(horizontal=True):
        for number, change in enumerate(study.changes[1:]):
            st.button(
                change.name,
                key=widget_key(str(number), "apply"),
                on_click=_apply,
                args=(dict(change.values),),
                icon=":material/check:",
                help="Change the design; undo takes it back",
            )


def _columns(study: WhatIf) -> dict[str, list[Any]]:
    return {name: study.table[name].to_pylist() for name in ("status", *FIGURES)}


def _rows(study: WhatIf) -> list[dict[str, str]]:
    columns = _columns(study)
    rows = []
    for row, change in enumerate(study.changes):
        cells = {name: figures.figure_with_unit(column, columns[column][row]) for column, name in FIGURES.items()}
        status, reason = columns["status"][row], study.reason(row)
        verdict = headline.STATUS_WORDS.get(status, "Cannot be used")
        rows.append({"Change": change.name, **cells, "Verdict": f"{verdict}: {reason}" if reason else verdict})
    return rows


def _tornado(study: WhatIf, column: str) -> None:
    values = study.table[column].to_pylist()
    if values[0] is None:
        st.caption(escaped(f"{FIGURES[column]} does not apply to this design."))
        return
    factor = shown_factor(column)
    moved = [
        (change.name, factor * value)
        for change, value in zip(study.changes[1:], values[1:], strict=True)
        if value is not None
    ]
    base.draw_chart(studies.tornado(axis_title(column), factor * values[0], moved), "tornado")


def shown_factor(column: str) -> float:
    """Return the factor from a result to the figure shown: shares in percent, sizes in the chosen unit."""
    rule, _ = rule_of(column)
    return 100.0 if rule.is_share else scale(rule.unit)


def axis_title(column: str) -> str:
    """Return the title of an axis: the figure, with its unit unless its name tells the unit."""
    unit = figures.unit_of(rule_of(column)[0])
    return FIGURES[column] if unit.lower() in FIGURES[column].lower() else f"{FIGURES[column]}, {unit}"


def _apply(values: dict[str, Value]) -> None:
    state.put_all(values)
    redraw.rerun(redraw.STRIP, redraw.FIGURES)
