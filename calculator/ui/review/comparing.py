"""Compare: the design beside the variants kept aside, what differs and where it begins to."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.engine.sizing import SizedDesign, size
from calculator.rules.registry import RULES
from calculator.studies.compare import DesignComparison, Divergence, ResultDifference, compare
from calculator.ui.inputs import widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, plain, plural
from calculator.ui.session import redraw, state

THIS = "This design"
MOST_INPUTS, MOST_CAUSES = 30, 6


def tab() -> None:
    """Draw the variants, and the comparison where there is one."""
    _keep()
    kept = state.variants()
    if not kept:
        st.info("Keep this design as a variant, change it, and both stand here side by side.")
        return
    for name in kept:
        _variant(name)
    plans = [_sized(name) for name in kept]
    comparison = compare([*plans, state.plan()])
    names = [*kept, THIS]
    if not comparison.inputs and not comparison.differences:
        st.info("The designs are the same in every input and every result.")
        return
    _inputs(comparison, names)
    _results(comparison, names)


def _keep() -> None:
    number = len(state.variants()) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Keep this design as", key="review_variant", max_chars=60, placeholder=f"Variant {number}")
        st.button(
            "Keep",
            key="review_keep",
            icon=":material/bookmark_add:",
            on_click=_kept,
            args=(f"Variant {number}",),
            disabled=number > state.MOST_VARIANTS,
        )
    if number > state.MOST_VARIANTS:
        st.caption(f"{state.MOST_VARIANTS} variants are kept: drop one to make room.")


def _kept(fallback: str) -> None:
    state.keep_variant(st.session_state["review_variant"].strip() or fallback)
    st.session_state["review_variant"] = ""
    redraw.again(redraw.STRIP, redraw.FIGURES)


def _variant(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escaped(name)}**")
        st.button(
            "Open",
            key=f"variant_open:{name}",
            type="tertiary",
            icon=":material/folder_open:",
            help="Go on with it; undo brings the present design back",
            on_click=_open,
            args=(name,),
        )
        st.button(
            "Drop", key=f"variant_drop:{name}", type="tertiary", icon=":material/delete:", on_click=_drop, args=(name,)
        )


def _open(name: str) -> None:
    state.replace(state.variants()[name])
    redraw.again(redraw.STRIP, redraw.FIGURES)


def _drop(name: str) -> None:
    state.drop_variant(name)
    redraw.again(redraw.STRIP, redraw.FIGURES)


def _sized(name: str) -> SizedDesign:
    """A variant sized, once a session as long as it is kept."""
    sized: dict[str, SizedDesign] = st.session_state.setdefault("variant_plans", {})
    profile = state.variants()[name]
    if name not in sized or sized[name].profile != profile:
        sized[name] = size(profile)
    return sized[name]


def _inputs(comparison: DesignComparison, names: Sequence[str]) -> None:
    st.subheader("Inputs that differ", anchor=False)
    if not comparison.inputs:
        st.caption("None.")
        return
    rows = []
    for path, values in list(comparison.inputs.items())[:MOST_INPUTS]:
        texts = (widgets.value_text(path, value) for value in values)
        rows.append({"Input": widgets.label(path), **dict(zip(names, texts, strict=True))})
    figures.draw_table(rows, alt="Inputs that differ")
    if len(comparison.inputs) > MOST_INPUTS:
        st.caption(f"{len(comparison.inputs) - MOST_INPUTS} more are in the profiles.")


def _results(comparison: DesignComparison, names: Sequence[str]) -> None:
    differ = comparison.differences
    st.subheader("Results that differ", anchor=False)
    st.caption(
        f"{plural(len(differ), 'result')} of {len(differ) + comparison.same} differ; changes are against "
        f"{names[0]}. Select one to see where the designs part, in the table or here:"
    )
    columns = {difference.column: difference for difference in differ}
    st.selectbox(
        "Why …",
        list(columns),
        index=None,
        key="why_differs",
        format_func=lambda column: _title(columns[column]),
        placeholder="type a word of the result",
        label_visibility="collapsed",
    )
    key = "table:compare"
    st.dataframe(
        figures.arrow([_row(difference, names) for difference in differ]),
        key=key,
        hide_index=True,
        height=420,
        on_select=lambda: _chosen(key, differ),
        selection_mode="single-row",
        alt="Results that differ",
        column_config={"Result": st.column_config.TextColumn(width=300)},
    )
    chosen = columns.get(st.session_state["why_differs"])
    if chosen is not None:
        _why(comparison, chosen)


def _chosen(key: str, differ: Sequence[ResultDifference]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        st.session_state["why_differs"] = differ[rows[0]].column


def _title(difference: ResultDifference) -> str:
    rule, place = figures.rule_of(difference.column)
    where = f" · {place.replace('.', ' ').replace('_', ' ')}" if place else ""
    return f"{rule.meaning.rstrip('.')}{where}"


def _row(difference: ResultDifference, names: Sequence[str]) -> dict[str, str]:
    rule, _ = figures.rule_of(difference.column)
    row = {"Result": _title(difference)}
    for name, value, change, verdict in zip(
        names, difference.values, difference.changes, difference.verdicts, strict=True
    ):
        shown = figures.text(rule, value) or figures.NOT_APPLICABLE
        row[name] = shown if name == names[0] else f"{shown}{_change(change, verdict)}"
    return {**row, "Unit": figures.unit_of(rule)}


def _change(change: float | None, verdict: str) -> str:
    """Change against the first design: by how much, and whether that is good."""
    parts = [f"{change:+.1%}".replace("%", " %")] if change else []
    parts += [verdict] if verdict else []
    return f" ({', '.join(parts)})" if parts else ""


def _why(comparison: DesignComparison, difference: ResultDifference) -> None:
    with st.container(border=True, key="where_they_part"):
        st.markdown(f"**Where they part: {escaped(_title(difference))}**")
        causes = comparison.why(difference.column)
        for cause in causes[:MOST_CAUSES]:
            _cause(cause)
        if len(causes) > MOST_CAUSES:
            st.caption(f"{len(causes) - MOST_CAUSES} more rules part on the way.")


def _cause(cause: Divergence) -> None:
    st.markdown(f"{plain(cause.rule)}: {escaped(RULES[cause.rule].meaning)}")
    if cause.inputs:
        st.caption(escaped("Inputs: " + ", ".join(widgets.label(path) for path in cause.inputs)))
