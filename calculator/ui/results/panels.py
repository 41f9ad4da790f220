"""Draw panels that several pages share: title, verdict, tiles, charts, form with figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.issues import Issue, Issues
from calculator.presentation.headline import version_text
from calculator.ui.inputs import explanation_drawer, widgets
from calculator.ui.results import headline, issues
from calculator.ui.results.headline import Tile
from calculator.ui.results.texts import escaped
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.store import current, widget_key

if TYPE_CHECKING:
    from calculator.ui.charts.base import Chart

PAGE_WIDTH = 1120
"""Width of the content of a page in a window of 1,280 pixels."""


def draw_verdict(design: SizedDesign) -> None:
    """Draw the verdict in one line."""
    badge = headline.badge(design, headline.issues_of(design))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(badge.text, icon=badge.icon, color=badge.color)
        with st.container(width="stretch"):
            st.text(headline.verdict(design, headline.issues_of(design)))


def draw_problems() -> None:
    """Draw the reason why a file or a link could not be opened, on any page."""
    problems = current().problems
    if not problems:
        return
    with st.container(border=True, key="problems"):
        nothing_lost = " The present design is kept." if state.is_open() else ""
        st.error(f"That could not be opened.{nothing_lost}", icon=":material/error:")
        for problem in problems:
            st.text(_problem_text(problem))
            if problem.hint:
                st.caption(escaped(problem.hint))
        st.button("Close this message", key="close_problems", icon=":material/close:", on_click=_close_problems)


def _problem_text(problem: Issue) -> str:
    """Return a problem as a sentence that begins with the name of the file, or as text after that name."""
    if problem.field:
        return f"{problem.where}, {problem.field}: {problem.message}"
    if problem.message[:1].islower():
        return f"{problem.where} {problem.message}".strip()
    return f"{problem.where}: {problem.message}" if problem.where else problem.message


def _close_problems() -> None:
    current().problems = Issues()


def draw_tiles(shown: Iterable[Tile], columns: int) -> None:
    """Draw headline figures, each with its value before the last change and a button that explains it."""
    shown = tuple(shown)
    moved = headline.changes(shown, state.previous())
    with st.grid(columns, min_column_width=145):
        for tile in shown:
            with st.container(border=True, height="stretch", gap="xsmall"):
                was = headline.was(moved[tile.name]) if tile.name in moved else None
                st.metric(tile.label, tile.value, was, delta_color="blue", delta_arrow="off")
                st.caption(_note(tile))
                st.space("stretch")
                st.button(
                    tile.question,
                    key=widget_key(tile.name, "tile"),
                    type="tertiary",
                    icon=":material/help:",
                    on_click=explanation_drawer.open_at,
                    args=(tile.why,),
                )


def _note(tile: Tile) -> str:
    """Return the note of a tile as Markdown, with the icon and the colour of its severity."""
    if not tile.severity:
        return escaped(tile.note)
    icon, colour = issues.BADGES[tile.severity]
    return f":{colour}[{icon} {escaped(tile.note)}]"


def side_by_side(titled: Iterable[tuple[str, str, Chart]], width: int = 420) -> None:
    """Draw charts in a grid, each given as title, key and chart, and at least as wide as a number of pixels.

    The charts of a row are equally high.
    """
    from calculator.ui.charts import base, drawing

    titled, across = list(titled), PAGE_WIDTH // width
    rows = (titled[start : start + across] for start in range(0, len(titled), across))
    levelled = chain.from_iterable(drawing.level([chart for *_, chart in row]) for row in rows)
    with st.grid("auto", min_column_width=width):
        for (title, key, _), chart in zip(titled, levelled, strict=True):
            with st.container(gap="xsmall"):
                st.subheader(title, anchor=False)
                base.draw_chart(chart, key)


def choose_tier(tiers: list[int]) -> int:
    """Draw a choice of the tier that a chart shows, unless there is only one. Return its number."""
    if len(tiers) == 1:
        return tiers[0]
    titles = {number: widgets.tier_title(number) for number in tiers}
    chosen = st.selectbox("Tier", tiers, key="growth_tier", format_func=titles.__getitem__)
    return int(chosen or tiers[0])


def form_with_figures(
    title: str,
    form: Callable[[], None],
    figures: Callable[[], None],
    above: Callable[[], None] | None = None,
    below: Callable[[], None] | None = None,
) -> None:
    """Draw a page with a form on the left and figures on the right, between panels of full width if given."""
    page_title(title)
    if navigation.needs_design():
        return
    if above is not None:
        above()
    left, right = st.columns([5, 4], gap="medium")
    with left:
        st.caption("Press Enter or leave a field to apply its value.  :primary[●] marks one that is not the default.")
        form()
    with right:
        figures()
    if below is not None:
        below()


def page_title(heading: str) -> None:
    """Draw the heading of a page, with the version of Exchange and the title of the design below it."""
    st.header(heading)
    if state.is_open():
        _about_design()


@redraw.fragment(redraw.TITLE)
def _about_design() -> None:
    profile = state.profile()
    st.caption(escaped("  ·  ".join(filter(None, (version_text(profile), profile.title)))))


def share_link(text: str, owner: str) -> None:
    """Draw the link that carries the design, with a button that copies it; a page and a dialog can both have it."""
    with st.container(key=f"share-link-{owner}"):  # app.css names the button, which Streamlit shows only to a pointer
        st.code(f"{st.context.url or ''}?d={text}", language=None, wrap_lines=True)
