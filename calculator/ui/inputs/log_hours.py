"""The hours of a day in which logs are generated: usual days, a table to write in, what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from calculator.inputs import log_hours
from calculator.ui.charts import base, logs
from calculator.ui.results import figures
from calculator.ui.session import redraw, state

OWN = "Your own"
COLUMN = "Share or count"


@dataclass(frozen=True)
class _Sheet:
    """The table a person writes in: its number, what it began with, the shares that came of it."""

    number: int
    begun_with: tuple[float, ...]
    shares: tuple[float, ...]

    @property
    def key(self) -> str:
        return f"hours:{self.number}"


def editor() -> None:
    """Draw the choice of a usual day, the table of its hours, and its chart."""
    shares = _shares()
    st.markdown("**Logs of the day by hour**")
    st.session_state["hours_preset"] = log_hours.preset_of(shares) or OWN
    st.segmented_control(
        "Usual days",
        [*log_hours.PRESETS, OWN],
        key="hours_preset",
        required=True,
        on_change=_take_preset,
        help="Our own assumptions. For your own day write into the table what was measured.",
    )
    base.show(logs.by_hour(state.plan()), "hours")
    sheet = _sheet(shares)
    rows = [
        {"Hour": f"{hour:02d}–{hour + 1:02d} h", COLUMN: figures.percent(share)}
        for hour, share in enumerate(sheet.begun_with)
    ]
    st.data_editor(
        rows,
        key=sheet.key,
        hide_index=True,
        height=320,
        disabled=["Hour"],
        on_change=_take_cells,
        args=(sheet,),
        column_config={COLUMN: st.column_config.NumberColumn(min_value=0.0, format="%.6g")},
        alt="Share of a day's logs in each hour",
    )
    st.caption("Write shares, or the number of logs counted in each hour: the day is scaled to 100 %.")


def _shares() -> tuple[float, ...]:
    profile = state.profile()
    return tuple(float(profile.value(path) or 0) for path in log_hours.paths())


def _sheet(shares: tuple[float, ...]) -> _Sheet:
    """The table at hand; a new one where the hours were changed elsewhere."""
    sheet: _Sheet | None = st.session_state.get("hours_sheet")
    if sheet is None or sheet.shares != shares:
        sheet = _Sheet(sheet.number + 1 if sheet else 0, shares, shares)
        st.session_state["hours_sheet"] = sheet
    return sheet


def _take_cells(sheet: _Sheet) -> None:
    """Take over all cells written in the table."""
    edited: dict[int, dict[str, Any]] = st.session_state[sheet.key]["edited_rows"]
    counts = [figures.percent(share) for share in sheet.begun_with]
    for hour, cells in edited.items():
        counts[hour] = float(cells.get(COLUMN) or 0)
    shares = log_hours.scaled(counts)
    st.session_state["hours_sheet"] = _Sheet(sheet.number, sheet.begun_with, shares)
    _put(shares)


def _take_preset() -> None:
    preset = log_hours.PRESETS.get(st.session_state["hours_preset"])
    if preset is not None:
        _put(preset)


def _put(shares: tuple[float, ...]) -> None:
    state.put_all(dict(zip(log_hours.paths(), shares, strict=True)))
    redraw.again(redraw.STRIP, redraw.FIGURES, redraw.FORM)
