"""Draw the tab Compare: the design next to other designs, with the differences and where they start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from calculator.engine.findings import first_error
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.inputs.shipped import profile_files
from calculator.inputs.units import percent_text
from calculator.presentation.figures import rule_of
from calculator.presentation.text import NOT_APPLICABLE, plural
from calculator.rules.registry import RULES
from calculator.studies.compare import DesignComparison, Divergence, ResultDifference, compare
from calculator.studies.what_if import usual_changes
from calculator.ui.inputs import widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, plain, unseen
from calculator.ui.review.what_if import FIGURES as MAIN_FIGURES
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, selection, set_widget, widget_key, widget_value

THIS, AS_OPENED = "This design", "As opened"
INPUTS_SHOWN, CAUSES_SHOWN = 30, 6
COMPARED, NAME, WHY, TABLE = "compared", "review_variant", "why_differs", "table:compare"
"""Keys of widgets."""


def tab() -> None:
    """Draw what the design is compared with, and the comparison."""
    earlier, others = _earlier(), _others()
    chosen = _choose(earlier, others)
    _keep_form()
    if not chosen:
        st.info("Choose a design above. Both designs are then compared here.")
        return
    before = {name: _sized(name, earlier[name]) for name in chosen if name in earlier}
    after = {name: _sized(name, others[name]) for name in chosen if name not in earlier}
    designs = {**before, THIS: state.design(), **after}
    comparison = compare(list(designs.values()))
    if not comparison.inputs and not comparison.differences:
        st.info("The designs are the same in every input and every result. Change the design, or choose another one.")
        return
    names = list(designs)
    _main_figures(compare(list(designs.values()), tuple(MAIN_FIGURES)), names)
    _inputs(comparison, names)
    _results(comparison, names)


# --- designs to compare with ---------------------------------------------------------------------


def _earlier() -> dict[str, Profile]:
    """Return the designs that came before this one, by name: the design as opened if it was changed, the variants."""
    return {**({AS_OPENED: state.opened()} if state.is_changed() else {}), **state.variants()}


def _others() -> dict[str, Profile]:
    """Return further designs by name: this one after each of the usual changes, and the examples."""
    profile = state.profile()
    changes = state.cached("usual_changes", lambda: usual_changes(profile))
    examples = (state.shipped(path.stem) for path in profile_files())
    return {
        **{f"What if: {change.name}": profile.with_values(change.values) for change in changes if not change.reason},
        **{f"Example: {example.title}": example for example in examples},
    }


def _choose(earlier: Mapping[str, Profile], others: Mapping[str, Profile]) -> list[str]:
    """Draw the choice of the designs that this one is compared with, and return their names."""
    offered = [*earlier, *others]
    compared = current().compared
    first = [*state.variants()] or offered[:1]
    chosen = first if compared is None else [name for name in compared if name in offered]
    set_widget(COMPARED, chosen)
    st.multiselect(
        "Compare this design with",
        offered,
        key=COMPARED,
        max_selections=state.VARIANT_LIMIT,
        placeholder="choose a change, a variant or an example",
        on_change=_take_choice,
    )
    return chosen


def _take_choice() -> None:
    current().compared = tuple(widget_value(COMPARED, list[str]()))
    redraw.rerun(redraw.FIGURES)


def _keep_form() -> None:
    """Draw a field and a button that keep the design as a variant, and the variants that are kept."""
    number = len(state.variants()) + 1
    full = number > state.VARIANT_LIMIT
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Keep this design as a variant named",
            key=NAME,
            max_chars=60,
            placeholder=f"Variant {number}",
            disabled=full,
            width=240,
        )
        st.button(
            "Keep",
            key="review_keep",
            icon=":material/bookmark_add:",
            on_click=_keep,
            args=(f"Variant {number}",),
            disabled=full,
        )
    if full:
        st.caption(f"At most {state.VARIANT_LIMIT} variants are kept. Delete one before you keep another.")
    else:
        st.caption("Keep the design before you change it. Variants are kept until this page is reloaded.")
    for name in state.variants():
        _variant(name)


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


def _sized(name: str, profile: Profile) -> SizedDesign:
    """Return a design, sized only once."""
    sized = current().sized_variants
    if name not in sized or sized[name].profile != profile:
        sized[name] = size(profile)
    return sized[name]


# --- comparison ----------------------------------------------------------------------------------


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
    rows = [_main_row(differ[column], names, title) for column, title in MAIN_FIGURES.items() if column in differ]
    st.subheader("Main figures that differ", anchor=False)
    if rows:
        figures.draw_table(rows, alt="Main figures that differ")
        st.caption(escaped(f"The changes in brackets are relative to the first column, {names[0]}."))
    else:
        st.caption("None.")
    for name, design in zip(names, comparison.designs, strict=True):
        if design[DESIGN_INVALID]:
            st.caption(escaped(f"{name}: the design is invalid, so its figures are n/a. {first_error(design.issues)}"))


def _results(comparison: DesignComparison, names: Sequence[str]) -> None:
    differ = comparison.differences
    st.subheader("All results that differ", anchor=False)
    st.caption(
        escaped(
            f"{plural(len(differ), 'result')} of {len(differ) + comparison.same} differ. Choose one to see its values, "
            "and the first rules and inputs that make the difference."
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
        figures.draw_table([_row(chosen, names)], alt="Values of the chosen result")
        _causes(comparison, names, chosen)


def _select(differ: Sequence[ResultDifference]) -> None:
    """Show the causes of the row that was selected."""
    rows = selection(TABLE, "rows")
    if rows:
        set_widget(WHY, differ[rows[0]].column)


def _title(difference: ResultDifference) -> str:
    rule, place = rule_of(difference.column)
    where = f" · {place.replace('.', ' ').replace('_', ' ')}" if place else ""
    return f"{rule.meaning.rstrip('.')}{where}"


def _main_row(difference: ResultDifference, names: Sequence[str], title: str) -> dict[str, str]:
    """Return the row of a main figure, whose cells have their units."""
    shown = [figures.figure_with_unit(difference.column, value) for value in difference.values]
    return {"Figure": title, **_cells(difference, names, shown)}


def _row(difference: ResultDifference, names: Sequence[str]) -> dict[str, str]:
    """Return the row of a result, with its unit in a column of its own."""
    rule, _ = rule_of(difference.column)
    texts = (figures.result_text(rule, value, *difference.values) for value in difference.values)
    cells = _cells(difference, names, [text or NOT_APPLICABLE for text in texts])
    return {"Result": _title(difference), **cells, "Unit": figures.unit_of(rule, *difference.values)}


def _cells(difference: ResultDifference, names: Sequence[str], shown: Sequence[str]) -> dict[str, str]:
    """Return the values by design, each with its change against the first design, and whether it is better or worse."""
    cells = {}
    for name, text, change, verdict in zip(names, shown, difference.changes, difference.verdicts, strict=True):
        parts = [percent_text(change, 1, sign="+")] if change else []
        parts += [verdict] if verdict else []
        cells[name] = f"{text} ({', '.join(parts)})" if parts else text
    return cells


def _causes(comparison: DesignComparison, names: Sequence[str], difference: ResultDifference) -> None:
    """Draw, for one result, the first rules that give another value in each design than in the first one."""
    with st.container(border=True, key="where_they_part"):
        st.markdown(f"**Where the designs diverge: {escaped(_title(difference))}**")
        for reason in dict.fromkeys(filter(None, difference.reasons)):
            st.markdown(f"Not applicable: {escaped(reason)}")
        for number, name in enumerate(names[1:], 2):
            causes = comparison.why(difference.column, number)
            if len(names) > 2:
                st.markdown(f"**{escaped(name)}**")
                if difference.values[number - 1] == difference.values[0]:
                    st.caption(escaped(f"The figure is the same as in {names[0]}."))
                    continue
            for cause in causes[:CAUSES_SHOWN]:
                _cause(cause)
            if len(causes) > CAUSES_SHOWN:
                st.caption(f"{len(causes) - CAUSES_SHOWN} more rules differ on the way.")


def _cause(cause: Divergence) -> None:
    if cause.rule:
        st.markdown(f"{plain(cause.rule)}: {escaped(RULES[cause.rule].meaning)}")
    if cause.inputs:
        st.caption(escaped("Inputs: " + ", ".join(widgets.label(path) for path in cause.inputs)))
