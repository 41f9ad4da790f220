"""Draw the editor of the hours in which transaction logs are generated: presets, a table, a chart."""

from __future__ import annotations

import streamlit as st

from calculator.inputs import log_hours
from calculator.presentation.charts import servers
from calculator.presentation.text import percent
from calculator.ui.charts import base, drawing
from calculator.ui.session import redraw, state
from calculator.ui.session.store import HourTable, current, set_widget, widget_key, widget_value

CUSTOM = "Your own"
COLUMN = "Share or count"
PRESET = "hours_preset"


def editor() -> None:
    """Draw the presets of a day, its chart, and the table of its hours."""
    shares = _shares()
    st.markdown("**Logs of the day by hour**")
    set_widget(PRESET, log_hours.preset_of(shares) or CUSTOM)
    st.segmented_control(
        "Usual days",
        [*log_hours.PRESETS, CUSTOM],
        key=PRESET,
        required=True,
        on_change=_take_preset,
        help="Our own assumptions. For your own day write into the table what was measured.",
    )
    base.draw_chart(drawing.bars(servers.logs_by_hour(state.design())), "hours")
    table = _table(shares)
    rows = [
        {"Hour": f"{hour:02d}–{hour + 1:02d} h", COLUMN: percent(share)} for hour, share in enumerate(table.initial)
    ]
    st.data_editor(
        rows,
        key=_table_key(table),
        hide_index=True,
        height=320,
        disabled=["Hour"],
        on_change=_take_cells,
        args=(table,),
        column_config={COLUMN: st.column_config.NumberColumn(min_value=0.0, format="%.6g")},
        alt="Share of a day's logs in each hour",
    )
    st.caption("Write shares, or the number of logs counted in each hour: the day is scaled to 100 %.")


def _shares() -> tuple[float, ...]:
    profile = state.profile()
    return tuple(float(profile.value(path) or 0) for path in log_hours.paths())


def _table(shares: tuple[float, ...]) -> HourTable:
    """Return the present table, or a new one if the hours were changed elsewhere."""
    session = current()
    table = session.hour_table
    if table is None or table.shares != shares:
        table = session.hour_table = HourTable(table.number + 1 if table else 0, shares, shares)
    return table


def _table_key(table: HourTable) -> str:
    return widget_key(str(table.number), "hours")


def _take_cells(table: HourTable) -> None:
    """Change the design to the edited cells."""
    counts = [percent(share) for share in table.initial]
    for hour, cells in widget_value(_table_key(table))["edited_rows"].items():
        counts[hour] = float(cells.get(COLUMN) or 0)
    shares = log_hours.scaled(counts)
    current().hour_table = HourTable(table.number, table.initial, shares)
    _put(shares)


def _take_preset() -> None:
    preset = log_hours.PRESETS.get(widget_value(PRESET))
    if preset is not None:
        _put(preset)


def _put(shares: tuple[float, ...]) -> None:
    state.put_all(dict(zip(log_hours.paths(), shares, strict=True)))
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM)
