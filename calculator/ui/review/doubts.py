"""Draw the uncertain inputs of the study Uncertainty, each with a shape, two or three numbers and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from calculator.inputs.profile import Profile
from calculator.inputs.schema import Field, Kind
from calculator.issues import quoted
from calculator.studies.uncertainty.distributions import Basis, read_distribution
from calculator.studies.uncertainty.varied_inputs import VariedInput, default_inputs, planning_doubts
from calculator.ui.charts import base, studies
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, input_scale, input_unit_text, unseen
from calculator.ui.review.sensitivity import input_label
from calculator.ui.session import redraw, state
from calculator.ui.session.store import Doubt, current, set_widget, widget_key, widget_value

MOST = 8
"""Largest number of inputs with a shape of their own."""
GROWTH = "tiers.mailbox_growth"
"""Input that is a growth in total until the planning horizon."""
VIEW, CHOSEN, FURTHER = "doubt", "doubt_inputs", "doubt_further"


@dataclass(frozen=True)
class Shape:
    """Shape of a distribution: its name, the labels of its numbers, and its text for a study.

    A relative shape has numbers in percent of the present value.
    """

    name: str
    numbers: tuple[str, ...]
    text: str
    relative: bool = False


EVEN, LIKELY, BELL, TIMES = "even", "likely", "bell", "times"
SHAPES: Mapping[str, Shape] = {
    EVEN: Shape("all values equally likely", ("From", "To"), "{0}..{1}"),
    LIKELY: Shape("one value most likely", ("From", "Most likely", "To"), "triangular({0}, {1}, {2})"),
    BELL: Shape("bell curve", ("Middle", "Standard deviation"), "normal({0}, {1})"),
    TIMES: Shape("percent of the present values", ("From, %", "To, %"), "{0}..{1} times", relative=True),
}
"""Shapes by name. The last one is for inputs with different values at several places, such as tiers."""


def choose(profile: Profile) -> dict[str, str]:
    """Draw the uncertain inputs and return their distributions as text, by path."""
    first = {varied.path: varied for varied in planning_doubts(profile)}
    offered = {**first, **{varied.path: varied for varied in default_inputs(profile) if varied.path not in first}}
    chosen = _choose_inputs(offered, list(first))
    distributions = {}
    for path in chosen:
        distributions[path] = _draw(offered[path])
    return {**distributions, **_further(profile, [*chosen, *first])}


def _choose_inputs(offered: Mapping[str, VariedInput], first: list[str]) -> list[str]:
    session = current()
    kept = first if session.doubted is None else [path for path in session.doubted if path in offered]
    set_widget(CHOSEN, kept)
    st.multiselect(
        "Uncertain inputs",
        list(offered),
        key=CHOSEN,
        format_func=input_label,
        max_selections=MOST,
        label_visibility="collapsed",
        placeholder="type a word of the input",
        on_change=_take_inputs,
    )
    return kept


def _take_inputs() -> None:
    current().doubted = tuple(widget_value(CHOSEN, list[str]()))
    redraw.rerun(redraw.FIGURES)


def _draw(varied: VariedInput) -> str:
    """Draw the shape and the numbers of an input, with a picture. Return its distribution as text."""
    doubt = current().doubts.get(varied.path) or _default(varied, TIMES if not varied.same_everywhere else EVEN)
    if (doubt.shape == TIMES) == _one_value(varied):
        doubt = _default(varied, EVEN if _one_value(varied) else TIMES)
    shape = SHAPES[doubt.shape]
    label = input_label(varied.path)
    with st.container(border=True, key=widget_key(varied.path, "doubt_row")):
        st.markdown(f"**{escaped(label)}**, {escaped(_present(varied) + period_text(varied))}")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _choose_shape(varied, doubt, label)
            for place, name in enumerate(shape.numbers):
                _number(varied, doubt, place, f"{name}{unseen(label)}")
            text = shape.text.format(*(_plain(number / 100 if shape.relative else number) for number in doubt.numbers))
            with st.container(width="stretch"):
                _picture(varied, doubt, text)
    return text


def _plain(number: float) -> str:
    """Return a number with all its digits, without a fraction if it is whole."""
    return repr(number).removesuffix(".0")


def _one_value(varied: VariedInput) -> bool:
    return len(set(varied.presents.values())) == 1


def _present(varied: VariedInput) -> str:
    """Return text that says which value the input has in the design."""
    unit = "%" if varied.field.kind is Kind.FRACTION else input_unit_text(varied.field)
    values = sorted(set(varied.presents.values()))
    shown = [f"{_shown(varied.field, value):,.6g}" for value in dict.fromkeys((values[0], values[-1]))]
    return f"now {' to '.join(shown)} {unit}".strip()


def period_text(varied: VariedInput) -> str:
    """Return the period of an input that is a growth; empty for any other."""
    if varied.field.path != GROWTH:
        return ""
    return f" in total until month {state.profile().value('guidance.planning_horizon')}, not per year"


def range_text(varied: VariedInput) -> str:
    """Return the range of the values that are drawn, in words."""
    field, drawn = varied.field, varied.distribution
    if not varied.same_everywhere:
        if drawn.basis is not Basis.FACTOR:
            return drawn.text.replace("..", " to ")
        return f"{100 * drawn.low:g} to {100 * drawn.high:g} % of the present values"
    present = next(iter(varied.presents.values()))
    if drawn.inverse is None:
        low, high = drawn.ends(present)
        most = ""
    else:
        low, high = drawn.values(np.array([0.05, 0.95]), present).tolist()
        most = "nine of ten from "
    unit = "%" if field.kind is Kind.FRACTION else input_unit_text(field)
    return f"{most}{_shown(field, low):,.6g} to {_shown(field, high):,.6g} {unit}".strip()


def _shown(field: Field, value: float) -> float:
    """Return a value as its widget shows it: a share in percent, a quota in GB."""
    return round(100 * value, 6) if field.kind is Kind.FRACTION else value * input_scale(field)


def _default(varied: VariedInput, shape: str) -> Doubt:
    """Return the plausible range of an input in a shape."""
    low, high = next(iter(varied.ends().values()))
    present = next(iter(varied.presents.values()))
    if shape == TIMES:
        reference = present or 1.0
        return Doubt(shape, (round(100 * low / reference, 1), round(100 * high / reference, 1)))
    middle = present if low <= present <= high else (low + high) / 2
    numbers = {EVEN: (low, high), LIKELY: (low, middle, high), BELL: (middle, round((high - low) / 4, 6))}
    return Doubt(shape, numbers[shape])


def _choose_shape(varied: VariedInput, doubt: Doubt, label: str) -> None:
    key = widget_key(f"{varied.path}:shape", VIEW)
    set_widget(key, doubt.shape)
    offered = [name for name in SHAPES if (name == TIMES) != _one_value(varied)]
    st.selectbox(
        f"Distribution{unseen(label)}",
        offered,
        key=key,
        format_func=lambda name: SHAPES[name].name,
        on_change=_take_shape,
        args=(varied, key),
        width=260,
    )


def _take_shape(varied: VariedInput, key: str) -> None:
    current().doubts[varied.path] = _default(varied, str(widget_value(key)))
    redraw.rerun(redraw.FIGURES)


def _number(varied: VariedInput, doubt: Doubt, place: int, label: str) -> None:
    field, relative = varied.field, SHAPES[doubt.shape].relative
    key = widget_key(f"{varied.path}:{doubt.shape}:{place}", VIEW)
    value = doubt.numbers[place]
    set_widget(key, float(value if relative else _shown(field, value)))
    st.number_input(
        label, key=key, format="%g", step=None, width=150, on_change=_take_number, args=(varied, doubt, place, key)
    )


def _take_number(varied: VariedInput, doubt: Doubt, place: int, key: str) -> None:
    value = float(widget_value(key))
    if not SHAPES[doubt.shape].relative:
        value = value / 100 if varied.field.kind is Kind.FRACTION else value / input_scale(varied.field)
    numbers = (*doubt.numbers[:place], value, *doubt.numbers[place + 1 :])
    current().doubts[varied.path] = Doubt(doubt.shape, numbers)
    redraw.rerun(redraw.FIGURES)


def _entered(field: Field, doubt: Doubt) -> str:
    """Return the numbers as their widgets show them, in the words of a sentence."""
    shape = SHAPES[doubt.shape]
    shown = (number if shape.relative else _shown(field, number) for number in doubt.numbers)
    pairs = (f"{name} {number:,.6g}" for name, number in zip(shape.numbers, shown, strict=True))
    return quoted(", ".join(pairs))


def _picture(varied: VariedInput, doubt: Doubt, text: str) -> None:
    """Draw the distribution as a small picture. If it cannot be used, draw the reason."""
    from calculator.inputs.parsing import ValueProblem

    try:
        distribution = read_distribution(varied.field, text)
    except ValueProblem as error:
        message = error.message.replace(quoted(text), _entered(varied.field, doubt))
        st.caption(f":red[{escaped(f'{message} {error.hint}'.strip())}]")
        return
    unit = "%" if varied.field.kind is Kind.FRACTION or doubt.shape == TIMES else input_unit_text(varied.field)
    low, high, heights = VariedInput(varied.path, varied.presents, distribution).picture()
    if doubt.shape in (EVEN, TIMES):  # the ends as given, and not those of a sample
        low, high, heights = doubt.numbers[0], doubt.numbers[-1], [1.0, 1.0]
    if doubt.shape != TIMES:
        low, high = _shown(varied.field, low), _shown(varied.field, high)
    chart = studies.shape(low, high, heights, unit)
    base.draw_picture(chart, widget_key(varied.path, "picture"))


def _further(profile: Profile, apart: Sequence[str]) -> dict[str, str]:
    """Draw whether the other uncertain inputs vary, and over which ranges. Return their distributions by path."""
    others = [varied for varied in default_inputs(profile, uncertain=True) if varied.path not in apart]
    if not others:
        return {}
    vary = st.toggle(f"Vary {len(others)} further inputs over their plausible ranges", value=True, key=FURTHER)
    if not vary:
        return {}
    rows = [
        {
            "Further input": input_label(each.path),
            "Now": _present(each).removeprefix("now "),
            "All values equally likely": range_text(each),
            "Why": each.reason,
        }
        for each in others
    ]
    figures.draw_table(rows, alt="Plausible ranges of the further inputs")
    return {each.path: each.distribution.text for each in others}
