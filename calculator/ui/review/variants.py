"""Draw the tab Compare: the design next to its variants, with the differences and where they start."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.units import percent_text
from calculator.presentation.figures import rule_of
from calculator.presentation.text import NOT_APPLICABLE, plural
from calculator.rules.registry import RULES
from calculator.studies.compare import DesignComparison, Divergence, ResultDifference, compare
from calculator.ui.inputs import widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, plain, unseen
from calculator.ui.review.what_if import FIGURES as MAIN_FIGURES
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, selection, set_widget, widget_key, widget_value

THIS = "This design"
INPUTS_SHOWN, CAUSES_SHOWN = 30, 6
NAME, WHY, TABLE = "review_variant", "why_differs", "table:compare"
"""Keys of widgets."""


def tab() -> None:
    """Draw the variants, and their comparison with the design."""
    _keep_form()
    variants = state.variants()
    if not variants:
        st.info(
            "Keep this design as a variant and change the design. Both are then compared here. A reload of the page "
            "removes the variants."
        )
        return
    for name in variants:
        _variant(name)
    comparison = compare([*(_sized(name) for name in variants), state.design()])
    names = [*variants, THIS]
    if not comparison.inputs and not comparison.differences:
        st.info("The designs are the same in every input and every result.")
        return
    _inputs(comparison, names)
    _main_figures(comparison, names)
    _results(comparison, names)


def _keep_form() -> None:
    """Draw a field and a button that keep the design as a variant."""
    number = len(state.variants()) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Keep this design as", key=NAME, max_chars=60, placeholder=f"Variant {number}")
        st.button(
            "Keep",
            key="review_keep",
            icon=":material/bookmark_add:",
            on_click=_keep,
            args=(f"Variant {number}",),
            disabled=number > state.VARIANT_LIMIT,
        )
    if number > state.VARIANT_LIMIT:
        st.caption(f"At most {state.VARIANT_LIMIT} variants are kept. Delete one before you keep another.")


def _keep(fallback: str) -> None:
    state.keep_variant(widget_value(NAME).strip() or fallback)
    set_widget(NAME, "")
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _variant(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escaped(name)}**")
        st.button(
            f"Open{unseen(name)}",
            key=widget_key(name, "variant_open"),
            type="tertiary",
            icon=":material/folder_open:",
            help="Opens the variant. Undo brings the present design back.",
            on_click=_open,
            args=(name,),
        )
        st.button(
            f"Delete{unseen(name)}",
            key=widget_key(name, "variant_drop"),
            type="tertiary",
            icon=":material/delete:",
            on_click=_drop,
            args=(name,),
        )


def _open(name: str) -> None:
    state.replace(state.variants()[name])
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _drop(name: str) -> None:
    state.drop_variant(name)
    redraw.rerun(redraw.STRIP, redraw.FIGURES)


def _sized(name: str) -> SizedDesign:
    """Return a variant, sized only once."""
    sized, profile = current().sized_variants, state.variants()[name]
    if name not in sized or sized[name].profile != profile:
        sized[name] = size(profile)
    return sized[name]


def _inputs(comparison: DesignComparison, names: Sequence[str]) -> None:
    st.subheader("Inputs that differ", anchor=False)
    if not comparison.inputs:
        st.caption("None.")
        return
    rows = []
    for path, values in list(comparison.inputs.items())[:INPUTS_SHOWN]:
        texts = (widgets.input_value_text(path, value) for value in values)
        rows.append({"Input": widgets.label(path), **dict(zip(names, texts, strict=True))})
    figures.draw_table(rows, alt="Inputs that differ")
    if len(comparison.inputs) > INPUTS_SHOWN:
        st.caption(f"{len(comparison.inputs) - INPUTS_SHOWN} more inputs differ.")


def _main_figures(comparison: DesignComparison, names: Sequence[str]) -> None:
    """Draw the main figures that differ in a table whose cells are never cut."""
    differ = {difference.column: difference for difference in comparison.differences}
    rows = [_row(differ[column], names, title) for column, title in MAIN_FIGURES.items() if column in differ]
    st.subheader("Main figures that differ", anchor=False)
    if rows:
        figures.draw_table(rows, alt="Main figures that differ")
        st.caption(escaped(f"Changes are from {names[0]}."))
    else:
        st.caption("None.")


def _results(comparison: DesignComparison, names: Sequence[str]) -> None:
    differ = comparison.differences
    st.subheader("All results that differ", anchor=False)
    st.caption(
        escaped(
            f"{plural(len(differ), 'result')} of {len(differ) + comparison.same} differ. Select one, in the table or "
            "here, to see the first rules and inputs that make the difference."
        )
    )
    columns = {difference.column: difference for difference in differ}
    st.selectbox(
        "Why …",
        list(columns),
        index=None,
        key=WHY,
        format_func=lambda column: _title(columns[column]),
        placeholder="type a word of the result",
        label_visibility="collapsed",
    )
    rows = [_row(difference, names) for difference in differ]
    st.dataframe(
        figures.arrow(rows),
        key=TABLE,
        hide_index=True,
        height=420,
        on_select=lambda: _select(differ),
        selection_mode="single-row",
        alt="Results that differ",
        column_config=figures.text_columns(rows, {"Result": 560}),
    )
    chosen = columns.get(widget_value(WHY))
    if chosen is not None:
        _causes(comparison, chosen)


def _select(differ: Sequence[ResultDifference]) -> None:
    """Show the causes of the row that was selected."""
    rows = selection(TABLE, "rows")
    if rows:
        set_widget(WHY, differ[rows[0]].column)


def _title(difference: ResultDifference) -> str:
    rule, place = rule_of(difference.column)
    where = f" · {place.replace('.', ' ').replace('_', ' ')}" if place else ""
    return f"{rule.meaning.rstrip('.')}{where}"


def _row(difference: ResultDifference, names: Sequence[str], title: str = "") -> dict[str, str]:
    rule, _ = rule_of(difference.column)
    row = {"Result": title or _title(difference)}
    for name, value, change, verdict in zip(
        names, difference.values, difference.changes, difference.verdicts, strict=True
    ):
        shown = figures.result_text(rule, value, *difference.values) or NOT_APPLICABLE
        row[name] = shown if name == names[0] else f"{shown}{_change(change, verdict)}"
    return {**row, "Unit": figures.unit_of(rule, *difference.values)}


def _change(change: float | None, verdict: str) -> str:
    """Format the change against the first design, with whether it is better or worse."""
    parts = [percent_text(change, 1, sign="+")] if change else []
    parts += [verdict] if verdict else []
    return f" ({', '.join(parts)})" if parts else ""


def _causes(comparison: DesignComparison, difference: ResultDifference) -> None:
    """Draw the first rules that give different values, for one result."""
    with st.container(border=True, key="where_they_part"):
        st.markdown(f"**Where the designs diverge: {escaped(_title(difference))}**")
        for reason in dict.fromkeys(filter(None, difference.reasons)):
            st.markdown(f"Not applicable: {escaped(reason)}")
        causes = comparison.why(difference.column)
        for cause in causes[:CAUSES_SHOWN]:
            _cause(cause)
        if len(causes) > CAUSES_SHOWN:
            st.caption(f"{len(causes) - CAUSES_SHOWN} more rules differ on the way.")


def _cause(cause: Divergence) -> None:
    if cause.rule:
        st.markdown(f"{plain(cause.rule)}: {escaped(RULES[cause.rule].meaning)}")
    if cause.inputs:
        st.caption(escaped("Inputs: " + ", ".join(widgets.label(path) for path in cause.inputs)))
