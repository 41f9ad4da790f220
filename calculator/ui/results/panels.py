"""Parts that several pages share: the tiles, the verdict, the charts side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.ui.inputs import explanation_drawer, widgets
from calculator.ui.results import headline
from calculator.ui.results.headline import Tile
from calculator.ui.results.texts import escaped
from calculator.ui.session import navigation, state

if TYPE_CHECKING:
    from calculator.ui.charts.base import Chart


def verdict(design: SizedDesign) -> None:
    """Draw the verdict in a line."""
    icon, color = headline.STATUS_BADGES[design.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(headline.STATUS_WORDS[design.status], icon=icon, color=color)
        st.text(headline.verdict(design))


def tiles(shown: Iterable[Tile], columns: int) -> None:
    """Draw headline figures, each with the way to its explanation."""
    with st.grid(columns, min_column_width=145):
        for tile in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(tile.label, tile.value)
                st.caption(f":red[:material/error: {escaped(tile.note)}]" if tile.wrong else escaped(tile.note))
                st.space("stretch")
                st.button(
                    "Why?",
                    key=f"tile:{tile.name}",
                    type="tertiary",
                    icon=":material/help:",
                    on_click=explanation_drawer.open_at,
                    args=(tile.why,),
                    help=f"Explain: {tile.label}",
                )


def side_by_side(titled: Iterable[tuple[str, str, Chart]]) -> None:
    """Draw charts in a grid: title, key and chart of each."""
    from calculator.ui.charts import base

    with st.grid("auto", min_column_width=420):
        for title, key, chart in titled:
            with st.container(gap="xsmall"):
                st.subheader(title, anchor=False)
                base.show(chart, key)


def tier_chosen(design: SizedDesign, tiers: list[int]) -> int:
    """Number of the tier a chart is of: the only one, or the one chosen."""
    if len(tiers) == 1:
        return tiers[0]
    titles = {number: widgets.tier_title(number) for number in tiers}
    chosen = st.selectbox("Tier", tiers, key="growth_tier", format_func=titles.__getitem__)
    return int(chosen or tiers[0])


def form_beside_figures(
    title: str, form: Callable[[], None], figures: Callable[[], None], above: Callable[[], None] | None = None
) -> None:
    """Draw a page whose inputs stand on the left and what follows from them on the right, below something wide."""
    page_title(title)
    if navigation.nothing_open():
        return
    if above is not None:
        above()
    left, right = st.columns([5, 4], gap="medium")
    with left:
        st.caption("A value counts on Enter or when you leave its field.  :primary[●] is not the default.")
        form()
    with right:
        figures()


def page_title(fallback: str) -> None:
    """Draw the heading of a page with the title of the design below."""
    st.header(fallback)
    title = state.profile().title
    if title:
        st.caption(escaped(title))
