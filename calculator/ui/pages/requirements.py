"""Page Requirements: what the design needs, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import Value
from calculator.presentation.charts import servers
from calculator.presentation.figures import missing_rating, rule_of
from calculator.presentation.headline import growth_text, support_text
from calculator.presentation.places import place_text
from calculator.presentation.text import capitalized
from calculator.rules.constants import scalar
from calculator.studies.quick_start import reference_ratings
from calculator.ui.charts import drawing
from calculator.ui.inputs import explanation_drawer, fewest_servers, imports
from calculator.ui.results import figures, first_page, headline, issues, level_tables, panels
from calculator.ui.results.first_page import room_text
from calculator.ui.results.texts import escaped, unit_text
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded
from calculator.ui.session.store import selection, set_widget, widget_key

RESULT_WIDTH, CELLS_WIDTH, UNIT_WIDTH = 300, 700, 100
"""Widths of the columns of the table of results; all columns of figures have the same width."""
FEW_ROWS = 8
"""Largest number of rows of a table that is as high as its rows."""
ROW_HEIGHT = 66
"""Height of a row with wrapped text. Streamlit wraps no text in rows of 64 pixels or less."""
LETTER_WIDTH = 7
"""Width of a letter in pixels, used to estimate whether a cell must be wrapped."""
DETAILS = (
    ("Capacity", "to_capacity", ":material/speed:", {"review_tab": "Capacity"}),
    ("Timeline", "to_timeline", ":material/timeline:", {"review_tab": "Studies", "study": "Timeline"}),
)
"""Buttons below the verdict: label, key, icon, and the widgets of Review that open the tab."""


@guarded
def page() -> None:
    """Draw the page."""
    panels.page_title("Requirements")
    if not navigation.needs_design():
        results()


@redraw.fragment(redraw.FIGURES)
def results() -> None:
    """Draw the results of the design."""
    design = state.design()
    panels.draw_verdict(design)
    fewest_servers.offer("requirements_fewest")
    first_page.draw_version(support_text(design))
    _conditions(design)
    _rating(design)
    issues.show_design(design)
    imports.draw_warnings()
    st.subheader("What to buy", anchor=False)
    first_page.draw_shopping_list(design)
    st.subheader("Key figures", anchor=False)
    panels.draw_tiles(headline.tiles(design), 4)
    if not design[DESIGN_INVALID]:  # it has none of these figures, and the issues above say why
        _charts(design)
        _further_figures(design)
    _levels()
    st.caption(
        f"{unit_text('GB')} and {unit_text('TB')} are binary (1 {unit_text('GB')} = 1024 {unit_text('MB')}), "
        "capacities of disks alone are decimal, as they are sold. n/a: not applicable, for the reason given there."
    )


def _conditions(design: SizedDesign) -> None:
    """Draw how much room the verdict leaves and what growth it includes, with links to the tabs that say more."""
    room = room_text(design)
    if not room:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="conditions"):
        with st.container(width="stretch"):
            st.text(f"{room} {growth_text(design)}")
        for label, key, icon, widgets in DETAILS:
            if st.button(label, key=key, icon=icon, type="tertiary"):
                for widget, value in widgets.items():
                    set_widget(widget, value)
                navigation.go(navigation.REVIEW)


def _charts(design: SizedDesign) -> None:
    """Draw the charts."""
    cpu_title = "CPU in each failure" if design.plain["highly_available"] else "CPU of a server"
    panels.side_by_side(
        [
            (cpu_title, "cpu", drawing.bars(servers.cpu(design))),
            ("Memory of a server", "memory", drawing.bars(servers.memory(design))),
            ("What fills a volume", "volume", drawing.bars(servers.volume(design))),
            ("Disks of a server", "disks", drawing.bars(servers.disks(design))),
        ]
    )


def _rating(design: SizedDesign) -> None:
    """Offer the rating of the reference processor if there is none, so that CPU figures can be computed."""
    values = reference_ratings(design.profile)
    if not values:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        with st.container(width="stretch"):
            reason = capitalized(missing_rating(design))
            st.text(f"{reason}, so CPU is not sized and it is not known whether the design works.")
        st.button(
            f"Use {scalar('reference_core_rate'):g} per core, Microsoft's baseline",
            key="take_reference",
            icon=":material/speed:",
            on_click=_take_reference,
            args=(values,),
        )


def _take_reference(values: Mapping[str, Value]) -> None:
    state.put_all(values)
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _further_figures(design: SizedDesign) -> None:
    """Draw the further figures, each as a button that explains it."""
    st.subheader("Further figures", anchor=False)
    with st.grid("auto", min_column_width=440, gap="xxsmall"):
        for figure in headline.further_figures(design):
            _why_button(f"{figure.name}: {figure.text}", figure.column, "further")
    st.caption(
        "Days until full count from a volume without logs. The study Timeline counts from the logs that a volume holds "
        "when an outage begins, so it may say fewer days."
    )


def _why_button(text: str, column: str, view: str) -> None:
    """Draw a figure as a button that explains it."""
    st.button(
        escaped(text),
        key=widget_key(column, view),
        type="tertiary",
        icon=":material/help:",
        on_click=explanation_drawer.open_at,
        args=(column,),
    )


def _levels() -> None:
    """Draw the folded tables of all results. As the largest part of the page, they are only made when opened."""
    expander = st.expander("All results by level", key=widget_key("levels", "group"), on_change="rerun")
    if expander.open:
        with expander:
            _level()


def _level() -> None:
    """Draw the search and the table of a level. A cell that is selected, and a figure that is found, is explained."""
    design = state.design()
    words = st.text_input(
        "Find a figure", key="find_result", placeholder="IOPS of a server, logs per day, reseed …", type="search"
    )
    found = _found(words, design)
    level = st.segmented_control(
        "Level", level_tables.LEVEL_ORDER, key="level", required=True, default="Server", label_visibility="collapsed"
    )
    baseline = _baseline() if level == "All" else None
    table = level_tables.level_table(str(level), design, words, baseline)
    if not table.rows:
        st.info(_nothing(words, found, str(level), baseline is not None))
        return
    st.caption("Select a cell to have it explained.")
    key = widget_key(str(level), "results-of")
    widths = dict.fromkeys(table.rows[0], max(90, CELLS_WIDTH // max(1, len(table.rows[0]) - 2)))
    widths |= {"Result": RESULT_WIDTH, "Unit": UNIT_WIDTH}
    st.dataframe(
        figures.arrow(table.rows),
        key=key,
        hide_index=True,
        height=460 if len(table.rows) > FEW_ROWS else "content",
        row_height=ROW_HEIGHT if _is_wide(table.rows, widths) else None,
        on_select=lambda: _explain_cell(key, table),
        selection_mode="single-cell",
        column_config=figures.text_columns(table.rows, widths),
        alt=f"Results, level {level}",
    )
    if table.left_out:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in table.left_out.items())
        st.caption(escaped(f"Columns left out because nothing in them applies. {reasons}."))


def _nothing(words: str, found: bool, level: str, differs: bool) -> str:
    """Say why the table of a level has no rows."""
    if words and not found:
        return "No figure contains these words."
    if differs:
        return f"No result{' with these words' if words else ''} differs from the default design."
    return f"The figures above contain these words; no result in the table of the level {level} does."


def _is_wide(rows: Sequence[Mapping[str, str]], widths: Mapping[str, int]) -> bool:
    """Return whether the text of a cell is wider than its column."""
    return any(len(cell) * LETTER_WIDTH > widths[name] for row in rows for name, cell in row.items())


def _found(words: str, design: SizedDesign) -> bool:
    """Draw the figures that contain the words that were searched, each as a button that explains it.

    A figure of several places has the first one that applies, with its name. Return whether there are any figures.
    """
    found = level_tables.find_figures(words, design)
    with st.container(gap="xxsmall"):
        for name, result in found:
            column = explanation_drawer.column_at(result, "primary")
            rule, _ = rule_of(column)
            columns = rule.columns(design.tiers)
            if column not in columns:
                column = next((each for each in columns if design[each] is not None), columns[0])
                name = ", ".join(filter(None, (name, place_text(*rule_of(column)))))
            _why_button(f"{name}: {figures.figure_with_unit(column, design[column])}", column, "found")
    return bool(found)


def _baseline() -> SizedDesign | None:
    """Draw the filter of the table of all results. Return the design that they are to differ from, if any."""
    differs = st.toggle(
        "Differs from the default design",
        key="differs",
        help="The default design has one tier of 5,000 mailboxes and every other input at its default.",
    )
    return level_tables.default_design() if differs else None


def _explain_cell(key: str, table: level_tables.LevelTable) -> None:
    cells = selection(key, "cells")
    if cells:
        row, column = cells[0]
        explanation_drawer.open_at(table.column_at(row, column))


page()
