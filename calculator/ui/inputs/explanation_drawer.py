"""Draw the drawer that explains a figure, one step at a time, down to inputs and constants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from calculator.engine.explain import CONSTANT, INPUT, RULE, Explanation, constant_step
from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.needs import unused_needs
from calculator.engine.results import value_text
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PARAMETER, BY_PATH, CORRECTED, TIER
from calculator.presentation.applied_formulas import AppliedFormula, applied_formula
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.headline import figure_name
from calculator.presentation.places import as_question, is_factor, place_of
from calculator.presentation.sentences import sentence
from calculator.presentation.text import NOT_APPLICABLE, capitalized, percent, plural, readable, word
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CORRECTIONS, RULES
from calculator.rules.sources import SOURCES
from calculator.ui.inputs import widgets
from calculator.ui.results import figures, headline
from calculator.ui.results.texts import escaped, plain
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, widget_key

WIDGETS_SHOWN = 6
PLACES_SHOWN = 30
VALUES_SHOWN = 5
"""Largest number of values that the line of a need shows if no value belongs to the figure."""
NEEDS_SHOWN = 6
"""Largest number of needs of a need that are listed under it."""
CHOICES = {name: rule.choice for name, rule in RULES.items() if rule.choice} | {
    path: field.choice for path, field in BY_PATH.items() if field.choice
}
"""Choices of the results and inputs whose values are words."""
NAMED_RULE = re.compile("`([a-z0-9_]+)`")
"""Name of another rule in the remarks of a rule."""
NOT_GIVEN = "not given"
"""Value of an input that is optional and empty."""


def open_at(name: str) -> None:
    """Open the drawer at a result."""
    current().explained, current().dialog = (name,), ""
    st.rerun()


def close() -> None:
    """Close the drawer."""
    current().explained = ()


def drawer() -> None:
    """Draw the drawer if it is open."""
    if not current().explained or not state.is_open():
        return

    @st.dialog(escaped(_title(current().explained[0])), position="right", width=560, on_dismiss=close)
    def dialog() -> None:
        _step()

    dialog()


def _title(name: str) -> str:
    """Return the question of the tile that has the figure, or else the name of the figure."""
    design = state.design()
    return next((tile.question for tile in headline.tiles(design) if tile.why == name), figure_name(name, design))


@redraw.fragment(redraw.STEP)
def _step() -> None:
    """Draw the innermost step that is open."""
    path = current().explained
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


def _breadcrumb(path: Sequence[str]) -> None:
    """Draw buttons that go back: by one step, and to each outer step."""
    if len(path) == 1:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.button("Back", key="why_back", icon=":material/arrow_back:", on_click=_go, args=(path[:-1],))
        for depth, name in enumerate(path[:-1], 1):
            st.button(
                escaped(figure_name(name, state.design())),
                key=widget_key(str(depth), "crumb"),
                type="tertiary",
                on_click=_go,
                args=(path[:depth],),
            )


def _go(path: Sequence[str]) -> None:
    current().explained = path
    redraw.rerun(redraw.STEP)


def _rule(name: str) -> None:
    """Draw a result: its explanation in words, its figure, what it needs and its source; folded, its formula."""
    design = state.design()
    rule, place = rule_of(name)
    is_column = name in rule.columns(design.tiers)
    step = design.explain(name if is_column else rule.name, depth=2)
    in_words = sentence(name, design) if is_column else ""
    meaning = as_question(step.sentence)
    st.markdown(f"**{escaped(in_words or meaning)}**")
    _figure(step, place)
    formula = applied_formula(name, design)
    if in_words:
        st.text(meaning)
    elif formula is not None:
        st.text(formula.numbers)
    if step.unpublished:
        st.text(step.unpublished)
    if step.oddity:
        _oddity(step, place)
    _needs(step, name)
    _elsewhere(step, place)
    if step.remarks:
        st.text(_in_words(step.remarks))
    _source(step.source)
    _formula(formula)
    tree = st.expander("All steps and the program text, to copy", key="why_tree", on_change="rerun")
    if tree.open:
        with tree:
            st.caption(plain(f"{name}, {rule.level_of(name).replace('_', ' ')}"))
            st.code(design.explain(rule.name).text(), language=None, wrap_lines=False, height=400)
            st.code(step.formula, language="python", wrap_lines=True)


def _in_words(remarks: str) -> str:
    """Return remarks in one line, with the names of other figures in place of those of their rules."""
    design = state.design()
    return NAMED_RULE.sub(lambda named: f'"{figure_name(named[1], design)}"', " ".join(remarks.split()))


def _needs(step: Explanation, name: str) -> None:
    """Draw what a figure comes from; folded, the conditions that decide on it and what it does not use here."""
    needs = sorted(step.needs, key=lambda need: (_is_input(need), _is_category(need)))
    conditions = [need for need in needs if _is_condition(need)]
    not_used = _not_used(name)
    unused = [need for need in needs if need.name in not_used and need not in conditions]
    used = [need for need in needs if need not in conditions and need not in unused]
    if used:
        st.markdown("**What it comes from**")
    for need in used:
        _need(need, name)
    _folded_needs(plural(len(conditions), "condition"), "why_conditions", conditions, name)
    _folded_needs(f"Not used in this design: {len(unused)}", "why_unused", unused, name)


def _not_used(name: str) -> frozenset[str]:
    """Return the needs that a figure does not use in the design; what its formula shows is used."""
    rule, _ = rule_of(name)
    figure = name if name in rule.columns(state.design().tiers) else rule.name
    formula = applied_formula(figure, state.design())
    shown = {need.replace("__", ".") for need in formula.needs} if formula else set()
    return unused_needs(figure, state.design()) - shown


def _folded_needs(title: str, key: str, needs: Sequence[Explanation], name: str) -> None:
    """Draw needs of a result under a title that opens them; nothing if there are none."""
    if not needs:
        return
    fold = st.expander(title, key=key, on_change="rerun")
    if fold.open:
        with fold:
            for need in needs:
                _need(need, name)


def _formula(formula: AppliedFormula | None) -> None:
    """Draw the formula of a result as it applies in the design, in words and with the numbers, folded."""
    if formula is None:
        return
    fold = st.expander("Formula", key="why_formula", on_change="rerun")
    if not fold.open:
        return
    with fold:
        st.text(formula.words)
        st.caption("With the numbers of this design:")
        st.text(formula.numbers)


def _figure(step: Explanation, place: str) -> None:
    """Draw the value at a place as a metric, or the reason why there is no value."""
    rule, values = RULES[step.name], _by_place(step)
    if place not in values:
        st.text(capitalized(value_line(step, place)))
        return
    value = values[place]
    unit = figures.unit_of(rule, value)
    title = ", ".join(part for part in (_place_words(step, place), unit if unit != "%" else "") if part)
    text = _value(step, value) if is_factor(step.sentence) else figures.result_text(rule, value)
    st.metric(title or "Value", text or NOT_APPLICABLE)
    if value is None:
        st.text(f"{NOT_APPLICABLE}: {not_applicable(rule, place, state.design())}")
    elif isinstance(value, float) and not value.is_integer():
        shown = percent(value) if rule.is_share else value * figures.factor_of(rule, value)
        st.caption(escaped(f"more precisely {readable(shown)} {unit}".rstrip()))


def _elsewhere(step: Explanation, place: str) -> None:
    """Draw the values of a result at the other places in a table, unless the line of its values has all of them."""
    values = _by_place(step)
    if place not in values and len(values) <= VALUES_SHOWN and None not in values.values():
        return
    rows = [
        {"Where": _place_words(step, label), "Value": _at_place(step, label, value)}
        for label, value in list(values.items())[:PLACES_SHOWN]
        if label != place
    ]
    if rows:
        st.markdown("**The same elsewhere**" if place else "**Values**")
        figures.draw_table(rows, alt=f"{step.sentence.rstrip('.')}, at every place")
    if len(values) > PLACES_SHOWN:
        st.caption(f"{len(values) - PLACES_SHOWN} more places are in the tables and files.")


def _by_place(step: Explanation) -> dict[str, object]:
    """Return the values of a result by the labels of their places."""
    columns = RULES[step.name].columns(state.design().tiers)
    return dict(zip((rule_of(column)[1] for column in columns), step.values.values(), strict=True))


def _place_words(step: Explanation, place: str) -> str:
    """Return the labels of a place in words, with a capital letter."""
    return capitalized(place_of(step.name, place))


def _at_place(step: Explanation, label: str, value: object) -> str:
    """Format the value at a place. Give the reason if it does not apply."""
    if value is None and step.kind == RULE:
        return f"{NOT_APPLICABLE} ({not_applicable(RULES[step.name], label, state.design())})"
    return NOT_GIVEN if value is None else _value(step, value)


def _oddity(step: Explanation, place: str) -> None:
    """Draw the known oddity of Microsoft's workbook, with the figures that it changes."""
    with st.container(border=True):
        st.badge("quirk of Microsoft's workbook", icon=":material/help:", color="orange")
        st.text(capitalized(step.oddity))
        if effect := oddity_effect(step, place, state.profile()):
            st.text(effect)
        if rows := oddity_rows(step):
            figures.draw_table(rows, alt="Figures that the quirk changes")


def oddity_effect(step: Explanation, place: str, profile: Profile) -> str:
    """Say whether an oddity changes the figure at a place; empty if that is not known, or if a table shows how."""
    if step.name not in CORRECTIONS:
        return ""
    if profile.value(ODDITY_FIELD) == CORRECTED:
        return "The figures of this design are corrected."
    if not step.corrected:
        return "It changes nothing in this design."
    return "" if place in step.corrected else "It does not change the figure above. It changes these:"


def oddity_rows(step: Explanation) -> list[dict[str, str]]:
    """Return the figures that an oddity changes as rows of a table, each with its place and both values."""
    rows = []
    for label in list(step.corrected)[:PLACES_SHOWN]:
        workbook, corrected = _both_texts(step, step.values[label], step.corrected[label])
        place = _place_words(step, label)
        rows.append({"Where": place} if place else {})
        rows[-1] |= {"Microsoft's workbook": workbook, "Corrected": corrected}
    return rows


def _both_texts(step: Explanation, *values: object) -> list[str]:
    """Format values that differ, rounded unless they are equal then."""
    rounded = [NOT_APPLICABLE if value is None else _value(step, value) for value in values]
    if len(set(rounded)) > 1:
        return rounded
    return [figures.exact_with_unit(value, step.unit, step.is_share) for value in values]


def _need(need: Explanation, name: str) -> None:
    """Draw one need of a figure: a button for a result or constant, with its own needs, or the widget of an input."""
    need, place = with_options(need, name), place_at(need.name, name)
    with st.container(border=True, gap="xxsmall"):
        if need.kind == INPUT:
            _inputs(need.name, place, need.origin)
            return
        title, value = need_title(need), value_line(need, place)
        st.button(
            escaped(f"{title}: {value}"),
            key=widget_key(need.name, "why_to"),
            type="tertiary",
            on_click=_deeper,
            args=(need.name, place),
            icon=":material/arrow_forward:" if need.kind == RULE else ":material/tag:",
        )
        unused = _not_used(column_at(need.name, place)) if need.needs else frozenset()
        figures_below = [
            below
            for below in need.needs
            if not _is_condition(below) and not _is_definition(below) and below.name not in unused
        ]
        for below in figures_below[:NEEDS_SHOWN]:
            short, column = need_title(below), column_at(need.name, place)
            line = value_line(with_options(below, column), place_at(below.name, column))
            st.caption(escaped(f"– {short}: {line}"))
        if len(figures_below) > NEEDS_SHOWN:
            st.caption(f"– and {len(figures_below) - NEEDS_SHOWN} more")


def with_options(step: Explanation, column: str = "") -> Explanation:
    """Return a table that is looked up by a choice with the words of its options, those that the design has first.

    Any other step is returned unchanged.

    Parameters
    ----------
    step
        A constant, or another step.
    column
        The figure that needs the table. If it is not given, those of all figures that do are looked for.
    """
    if step.kind != CONSTANT or list(step.values) != [str(code) for code in range(len(step.values))]:
        return step
    users = [rule_of(column)[0]] if column else [rule for rule in RULES.values() if step.name in rule.needs]
    fields = [BY_PARAMETER[need] for rule in users for need in rule.needs if need in BY_PARAMETER]
    fields = [field for field in fields if field.choice and len(field.choice.words) == len(step.values)]
    if not fields or fields[0].choice is None:
        return with_options(step) if column else step
    profile, choice = state.profile(), fields[0].choice
    chosen = {profile.value(path) for field in fields for path in field.paths(profile.tiers)}
    options = list(zip(choice.words, step.values.values(), strict=True))
    used = {f"{word(choice, option)} (used here)": value for option, value in options if option in chosen}
    return replace(
        step, values=used | {word(choice, option): value for option, value in options if option not in chosen}
    )


def _is_input(need: Explanation) -> bool:
    """Return whether a need is an input or a constant."""
    return need.kind != RULE


def _is_condition(need: Explanation) -> bool:
    """Return whether a need is a result that is true or false."""
    return need.kind == RULE and (
        is_factor(need.sentence) or any(isinstance(value, bool) for value in need.values.values())
    )


def _is_definition(need: Explanation) -> bool:
    """Return whether a need is a constant that is true by definition, such as the MB in 1 GB."""
    return need.kind == CONSTANT and CONSTANTS[need.name].definition


def need_title(need: Explanation) -> str:
    """Return the title of a need: its meaning, or the label of an input. A condition is a statement, true or not."""
    if need.kind == INPUT:
        return BY_PATH[need.name].label
    return capitalized(as_question(need.sentence).rstrip(".").removeprefix("Whether "))


def _is_category(need: Explanation) -> bool:
    """Return whether a need is a result that is a word."""
    return need.kind == RULE and RULES[need.name].choice is not None


def _value(need: Explanation, value: object) -> str:
    """Format a value of a need with its unit; an option of a choice in its words."""
    if isinstance(value, str) and need.name in CHOICES:
        return word(CHOICES[need.name], value)
    if need.is_share and need.kind in (INPUT, CONSTANT):  # what was entered or published is not rounded
        return figures.exact_with_unit(value, need.unit, share=True)
    return figures.rounded_with_unit(bool(value) if is_factor(need.sentence) else value, need.unit, need.is_share)


def value_line(need: Explanation, place: str) -> str:
    """Format the value of a need at the place of the figure, or all its values in one line."""
    label = next((label for label in _labels_at(place) if label in need.values), "")
    return _at_place(need, label, need.values[label]) if label in need.values else _values_text(need, need.values)


def _values_text(step: Explanation, values: Mapping[str, object]) -> str:
    """Format the first values of a step in one line, each after its place in words; once if none applies."""
    shown = [_at_place(step, label, value) for label, value in values.items()]
    if set(values.values()) == {None} and len(set(shown)) == 1:
        return shown[0]
    places = [place_of(step.name, label) for label in values]
    texts = [
        f"{place}{'' if place.startswith('per ') else ':'} {text}" if place else text
        for place, text in zip(places[:VALUES_SHOWN], shown, strict=False)
    ]
    separator = "; " if any("," in place for place in places) else ", "
    return separator.join(texts) + (f"{separator}…" if len(values) > VALUES_SHOWN else "")


def _labels_at(place: str) -> tuple[str, ...]:
    """Return the labels under which a figure may have its value at a place, the most specific first."""
    return tuple(dict.fromkeys((place, place.split(".")[0], place.split(".")[-1], "")))


def place_at(name: str, column: str) -> str:
    """Return the place of a column in the labels of another result or input; only those of tiers name a tier."""
    labels = rule_of(column)[1].split(".")
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
    """Open a need, at the place of the figure if the need has that place."""
    _go((*current().explained, column_at(name, place)))


def column_at(name: str, place: str) -> str:
    """Return the column of a result at a place, or the name of the result if it has no such column."""
    if name not in RULES:
        return name
    columns = RULES[name].columns(state.design().tiers)
    if len(columns) == 1:
        return columns[0]
    for label in (place, place.split(".")[0], place.split(".")[-1]):
        found = [column for column in columns if rule_of(column)[1] == label]
        if label and found:
            return found[0]
    return name


def _inputs(name: str, place: str, origin: str) -> None:
    """Draw the widgets of an input: for the tier of the figure, otherwise for all places that apply."""
    field = BY_PATH[name]
    paths = list(field.paths(state.design().tiers))
    tier = place.split(".")[0]
    if field.axis is TIER and tier.isdigit():
        paths = [paths[int(tier) - 1]]
    if origin:
        st.caption("Input, as stated" if origin == "given" else "Input, assumed: the default")
    applying = [path for path in paths if widgets.is_relevant(path)]
    for path in applying[:WIDGETS_SHOWN]:
        if field.axis is TIER and len(applying) > 1:
            st.caption(escaped(widgets.tier_title(int(path.split(".")[1]))))
        widgets.field_widget(path, widgets.EXPLANATION)
    if len(applying) > WIDGETS_SHOWN:
        st.caption(f"{len(applying) - WIDGETS_SHOWN} more are among the inputs.")
    if not applying:
        st.text(f"{field.label}: not in use in this design")


def _input(path: str) -> None:
    field = BY_PATH[path]
    st.markdown(f"**{escaped(field.label)}**")
    st.text(f"{field.help}.")
    _inputs(path, "", "")
    _source(field.source)


def _parent() -> str:
    """Return the figure from which the innermost step was opened; empty if there is none."""
    outer = current().explained[:-1]
    return outer[-1] if outer and outer[-1] not in CONSTANTS and outer[-1] not in BY_PATH else ""


def _constant(name: str) -> None:
    constant = CONSTANTS[name]
    st.markdown(f"**{escaped(constant.meaning)}**")
    step = with_options(constant_step(name, state.profile()), _parent())
    if step.unpublished:
        st.text(step.unpublished)
    if constant.labels:
        rows = [{"At": label, "Value": value_text(value)} for label, value in step.values.items()]
        figures.draw_table(rows, alt=constant.meaning)
    else:
        st.metric("constant", figures.exact_with_unit(step.values[""], constant.unit))
    if step.origin:
        st.warning(step.sentence, icon=":material/edit:")
    _source(constant.source)


def _source(source: str) -> None:
    """Draw the places in the sources that a figure is taken from, with the titles of the sources."""
    for place in source.split("; "):
        key, _, where = place.partition(": ")
        cited = SOURCES.get(key)
        title = f"{cited.title}, {cited.publisher}" if cited else key
        st.caption(escaped(f"Source: {title}: {where}" if where else f"Source: {title}"))
