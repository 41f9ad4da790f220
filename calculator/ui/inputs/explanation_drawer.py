"""The drawer that explains a figure, one step at a time down to inputs and constants.

``st.session_state["why"]`` is the path of steps opened; empty is closed.
"""

from __future__ import annotations

import re

import streamlit as st

from calculator.engine.explain import CONSTANT, INPUT, RULE, Explanation
from calculator.inputs.schema import BY_PATH, TIER
from calculator.rules.constants import CONSTANTS, SOURCES
from calculator.rules.registry import RULES
from calculator.ui.inputs import widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, plain
from calculator.ui.session import redraw, state

KINDS = {RULE: "result", CONSTANT: "constant"}
MOST_WIDGETS = 6
MOST_PLACES = 30


def open_at(name: str) -> None:
    """Open the drawer at a result."""
    st.session_state["why"] = [name]
    st.rerun()


def close() -> None:
    """Close the drawer."""
    st.session_state["why"] = []


def drawer() -> None:
    """Draw the drawer if a figure is asked for."""
    if not st.session_state["why"] or not state.is_open():
        return

    @st.dialog("Why this figure?", position="right", width=560, on_dismiss=close)
    def dialog() -> None:
        _step()

    dialog()


@redraw.part(redraw.STEP)
def _step() -> None:
    """Draw the step the drawer stands at."""
    path: list[str] = st.session_state["why"]
    if not path:
        return
    _breadcrumb(path)
    name = path[-1]
    if name in BY_PATH:
        _input(name)
    elif name in CONSTANTS:
        _constant(name)
    else:
        _rule(name)


def _breadcrumb(path: list[str]) -> None:
    """Buttons back to each step before, and one a step back."""
    if len(path) == 1:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.button("Back", key="why_back", icon=":material/arrow_back:", on_click=_go, args=(path[:-1],))
        for depth, name in enumerate(path[:-1], 1):
            st.button(plain(name), key=f"crumb:{depth}", type="tertiary", on_click=_go, args=(path[:depth],))


def _go(path: list[str]) -> None:
    st.session_state["why"] = path
    redraw.again(redraw.STEP)


def _rule(name: str) -> None:
    """Draw a result: figure, sentence, formula, what it needs, source, oddity."""
    design = state.plan()
    rule, place = figures.rule_of(name)
    step = design.explain(rule.name, depth=1)
    st.markdown(f"**{escaped(step.sentence)}**")
    _figure(step, place)
    st.caption(plain(f"{name}, {step.level.replace('_', ' ')}"))
    if step.remarks:
        st.text(" ".join(step.remarks.split()))
    if step.oddity:
        _oddity(step)
    if step.needs:
        st.markdown("**It needs**")
        for need in step.needs:
            _need(need, place_at(need.name, name))
    st.markdown("**Formula**")
    st.code(step.formula, language="python", wrap_lines=True)
    filled = with_numbers(step)
    if filled != step.formula:
        st.caption("With the numbers of this design:")
        st.code(filled, language="python", wrap_lines=True)
    _source(step.source)
    tree = st.expander("Whole tree as text, to copy", key="why_tree", on_change="rerun")
    if tree.open:
        with tree:
            st.code(design.explain(rule.name).text(), language=None, wrap_lines=False, height=400)


def _figure(step: Explanation, place: str) -> None:
    """Draw the value asked for, large, and those of other places in a table."""
    plan, rule = state.plan(), RULES[step.name]
    unit = figures.unit_of(rule)
    if place in step.values:
        value = step.values[place]
        shown = figures.text(rule, value) or "n/a"
        where = place.replace(".", " ").replace("_", " ")
        st.metric(" · ".join(part for part in (where, unit if unit != "%" else "") if part) or "value", shown)
        if value is None:
            st.text(f"n/a: {figures.not_applicable(rule, place, plan)}")
        elif isinstance(value, float) and not value.is_integer():
            st.caption(escaped(f"exactly {figures.exact(value, rule.unit)}"))
    rows = [
        {"Where": label.replace(".", " ").replace("_", " "), "Value": _at_place(step, label, value)}
        for label, value in list(step.values.items())[:MOST_PLACES]
        if label != place
    ]
    if rows:
        figures.draw_table(rows, alt=f"{step.name} at every place")
    if len(step.values) > MOST_PLACES:
        st.caption(f"{len(step.values) - MOST_PLACES} more places are in the tables and files.")


def _at_place(step: Explanation, label: str, value: object) -> str:
    """Value at a place, with the reason where it does not apply."""
    if value is None:
        return f"n/a ({figures.not_applicable(RULES[step.name], label, state.plan())})"
    return figures.exact(value, step.unit)


def _oddity(step: Explanation) -> None:
    """Say what of the calculator looks wrong here, with the other figure where it differs."""
    with st.container(border=True):
        st.badge("oddity of the calculator", icon=":material/help:", color="orange")
        st.text(step.oddity)
        if step.other:
            pairs = (f"{label} {figures.exact(value, step.unit)}" for label, value in step.other.items())
            st.text("The other figure: " + ", ".join(pair.strip() for pair in pairs))


def _need(need: Explanation, place: str) -> None:
    """Draw a row of what a step needs: a way deeper, an input's widget, a constant's source."""
    with st.container(border=True, gap="xsmall"):
        if need.kind == INPUT:
            _inputs(need.name, place, need.origin)
            return
        st.button(
            plain(need.name),
            key=f"why_to:{need.name}",
            type="tertiary",
            on_click=_deeper,
            args=(need.name, place),
            icon=":material/arrow_forward:" if need.kind == RULE else None,
        )
        st.caption(escaped(f"{KINDS[need.kind]}: {value_line(need, place)}. {need.sentence}"))
        if need.kind == CONSTANT:
            st.caption(escaped(need.source))


def value_line(need: Explanation, place: str) -> str:
    """Value of a need where the figure stands, else its values in a line."""
    labels = (place, place.split(".")[0], place.split(".")[-1])
    label = next((label for label in labels if label and label in need.values), "")
    if label in need.values:
        return figures.exact(need.values[label], need.unit)
    return need.value_text()


def place_at(name: str, column: str) -> str:
    """Labels of a column that mean the same at another name: a tier is one only among tiers."""
    labels = figures.rule_of(column)[1].split(".")
    of_tier, has_tiers = column.startswith("tiers."), _has_tiers(name)
    if of_tier and not has_tiers:
        labels = labels[1:]
    elif has_tiers and not of_tier:
        labels = [label for label in labels if not label.isdigit()]
    return ".".join(labels)


def _has_tiers(name: str) -> bool:
    if name in RULES:
        return TIER in RULES[name].axes
    return name in BY_PATH and BY_PATH[name].axis is TIER


def _deeper(name: str, place: str) -> None:
    """Go on to a need, at the place of the figure where it has one."""
    path: list[str] = st.session_state["why"]
    _go([*path, column_at(name, place)])


def column_at(name: str, place: str) -> str:
    """Column of a result at a place, the result itself where it has no such column."""
    if name not in RULES:
        return name
    columns = RULES[name].columns(state.plan().tiers)
    if len(columns) == 1:
        return columns[0]
    for label in (place, place.split(".")[0], place.split(".")[-1]):
        found = [column for column in columns if figures.rule_of(column)[1] == label]
        if label and found:
            return found[0]
    return name


def _inputs(path: str, place: str, origin: str) -> None:
    """Draw the widgets of an input: at the figure's tier, else at all places that apply."""
    field = BY_PATH[path]
    paths = list(field.paths(state.plan().tiers))
    tier = place.split(".")[0]
    if field.axis is TIER and tier.isdigit():
        paths = [paths[int(tier) - 1]]
    st.caption("input, given" if origin == "given" else "input, assumed: the default")
    applying = [one for one in paths if widgets.applies(one)]
    for one in applying[:MOST_WIDGETS]:
        if field.axis is TIER and len(applying) > 1:
            st.caption(escaped(widgets.tier_title(int(one.split(".")[1]))))
        widgets.field_widget(one, view="why:")
    if len(applying) > MOST_WIDGETS:
        st.caption(f"{len(applying) - MOST_WIDGETS} more are among the inputs.")
    if not applying:
        st.text(f"{field.label}: not in use in this design")


def _input(path: str) -> None:
    field = BY_PATH[path]
    st.markdown(f"**{escaped(field.label)}**")
    st.text(f"{field.help}.")
    _inputs(path, "", "")
    _source(field.source)


def _constant(name: str) -> None:
    constant = CONSTANTS[name]
    st.markdown(f"**{plain(name)}**")
    st.text(f"{constant.meaning}.")
    if isinstance(constant.value, float):
        st.metric("constant", figures.exact(constant.value, constant.unit))
    else:
        pairs = zip(constant.value.keys, constant.value.values, strict=True)
        rows = [{"At": f"{key:g}", "Value": f"{value:g}"} for key, value in pairs]
        figures.draw_table(rows, alt=f"Table of {name}")
    _source(constant.source)


def _source(source: str) -> None:
    """Draw the places a figure is taken from, with the titles of their sources."""
    st.markdown("**Source**")
    for place in source.split("; "):
        key, _, where = place.partition(": ")
        cited = SOURCES.get(key)
        title = f"{cited.title}, {cited.publisher}" if cited else key
        st.text(f"{title}: {where}" if where else title)


def with_numbers(step: Explanation) -> str:
    """Formula of a step with the numbers of the design in place of names that have just one."""
    text = step.formula
    for need in step.needs:
        if list(need.values) == [""]:
            name = need.name.replace(".", "__")
            value = need.values[""]
            shown = f"{value:.6g}" if isinstance(value, float) else str(value)
            text = re.sub(rf"\b{re.escape(name)}\b", shown, text)
    return text
