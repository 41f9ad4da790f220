"""Draw the first page of the report: verdict, key figures, shopping list, and the copies on the servers."""

from __future__ import annotations

import datetime

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.exporters.report.content import (
    About,
    Bullets,
    KeyFigures,
    Picture,
    Reference,
    ReportCell,
    ReportTable,
    one_line,
)
from calculator.exporters.report.record import first_page, stem_of, title_of
from calculator.exporters.report.results import shopping_table
from calculator.presentation.shopping_list import caution, not_counted, shopping_list
from calculator.presentation.text import long_date
from calculator.studies.capacity import room_of
from calculator.ui.results import figures, headline
from calculator.ui.results.texts import escaped
from calculator.ui.session import state
from calculator.ui.session.store import current


def about() -> About:
    """Return the title, customer, author and date for the first page of the report."""
    session = current()
    return About(**session.about, date=long_date(session.report_date or datetime.date.today()))


def file_stem() -> str:
    """Return the first part of the names of all files about the design of the session."""
    return stem_of(state.design(), about())


def room_text(design: SizedDesign) -> str:
    """Return how much room a working design has left; empty for one that does not work."""
    return state.cached("room", lambda: room_of(design))


def draw(design: SizedDesign) -> None:
    """Draw the first page as it is printed."""
    page, block = state.cached("first_page", lambda: first_page(design, room_text(design))), about()
    with st.container(border=True):
        st.markdown(f"**{escaped(title_of(design, block))}**")
        if block.lines:
            st.caption("  ·  ".join(f"{label}: {escaped(text)}" for label, text in block.lines))
        if design.profile.description:
            st.text(one_line(design.profile.description))
        icon, color = headline.STATUS_BADGES[page.status]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(page.badge, icon=icon, color=color)
            st.text(page.verdict)
        draw_version(page.version)
        for part in page.section.parts:
            if isinstance(part, KeyFigures):
                _key_figures(part)
            elif isinstance(part, ReportTable):
                _table(part)
            elif isinstance(part, Picture):
                _picture(part)
            elif isinstance(part, Bullets):
                st.text(part.lead)
                st.markdown("\n".join(f"- {escaped(item)}" for item in part.items))
            elif isinstance(part, str | Reference):
                st.text(part if isinstance(part, str) else part.text)


def draw_version(text: str) -> None:
    """Draw the sentence about the version of Exchange and the end of its support."""
    st.markdown(f":orange[:material/warning:] {escaped(text)}")


def draw_shopping_list(design: SizedDesign) -> None:
    """Draw the shopping list."""
    found = shopping_table(design)
    if isinstance(found, str):
        st.text(found)
    else:
        if text := caution(design):
            st.markdown(f":orange[:material/warning:] {escaped(text)}")
        with st.container(key="shopping-list"):
            _table(found)
        st.caption(not_counted(shopping_list(design)))


def _key_figures(part: KeyFigures) -> None:
    with st.grid("auto", min_column_width=150):
        for tile in part.tiles:
            with st.container(gap="xsmall"):
                st.metric(tile.name, tile.figure)
                st.caption(escaped(tile.note))


def _table(table: ReportTable) -> None:
    rows = [
        {name: cell.said if isinstance(cell, ReportCell) else cell for name, cell in zip(table.head, row, strict=True)}
        for row in table.rows
    ]
    figures.draw_table(rows, alt=table.head[0])


def _picture(part: Picture) -> None:
    from calculator.ui.charts import base, drawing

    st.markdown(f"**{part.drawn.title}**")
    if drawing.readable_width(part.drawn) > drawing.NARROW:
        with st.container(key="copies-hint"):
            st.caption(":material/swipe: Swipe the map sideways to see all servers.")
    with st.container(key="copies-scroll"), st.container(key="copies-wide", width=drawing.readable_width(part.drawn)):
        base.draw_picture(drawing.heat_map(part.drawn), "first_page")
    st.caption(escaped(part.drawn.finding))
