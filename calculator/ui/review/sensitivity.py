"""Draw the study Sensitivity, which varies each input over its plausible range, alone and all together."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.engine.progress import Progress
from calculator.inputs.schema import BY_PATH
from calculator.inputs.units import percent_text
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.text import NO_BREAK_SPACE, number, plural
from calculator.studies.uncertainty.sensitivity import (
    TIMES_PRESENT,
    GlobalIndices,
    Index,
    Swing,
    global_indices,
    one_at_a_time,
)
from calculator.studies.uncertainty.varied_inputs import PLANNING_DOUBTS, plausible_ranges
from calculator.ui.charts import base, studies
from calculator.ui.inputs import widgets
from calculator.ui.results import issues
from calculator.ui.results.texts import escaped, input_unit_text
from calculator.ui.review import side_effects, study_job
from calculator.ui.review.what_if import (
    FIGURES,
    MEMORY,
    axis_title,
    choose_figure,
    figure_name,
    limits_of,
    sentence_unit,
    shown_factor,
)
from calculator.ui.session import state

INPUTS_SHOWN, INPUTS_NAMED = 8, 6
"""Number of inputs in a chart, those with the largest effect, and largest number that is named below it."""
SMALLEST_SHARE = 0.0005
"""Smallest share of the variance that is shown; smaller ones round to 0.0 %."""
SMALLEST_POINTS = 0.1
"""Smallest difference of percentages, in points, that is written as a number."""
UNEVEN = 1.2
"""Largest ratio of the effects of both ends of an input that needs no reason."""
SAMPLES = (16_384, 131_072, 1_048_576)
DOUBTED, ALL = "uncertain inputs", "all inputs"
"""Inputs that vary together."""


def draw() -> None:
    """Draw the study."""
    if issues.show_if_invalid(state.design(), "figures to study"):
        return
    profile = state.profile()
    study = state.cached("one_at_a_time", lambda: one_at_a_time(profile, (*FIGURES, *side_effects.CAUSES)))
    uncertain = [path for path in study.inputs if _is_uncertain(path)]
    column = choose_figure("sensitivity_figure")
    st.subheader("What each input changes by itself", anchor=False)
    st.text(
        f"Each of {len(study.inputs)} inputs is moved over its plausible range while all others stay as they are. A "
        "new design is sized each time, with databases, disks and memory of its own. An input has the same change in "
        "all tiers and in both datacenters."
    )
    swings = [swing for swing in study.swings if swing.result == column]
    causes = [swing for swing in study.swings if swing.result in side_effects.CAUSES]
    present = swings[0].present if swings else None
    doubts = [swing for swing in swings if _is_uncertain(swing.input)]
    decisions = [swing for swing in swings if not _is_uncertain(swing.input)]
    with st.container(gap="xsmall"):
        st.markdown("**Inputs that are uncertain**")
        _alone(doubts, column, "swings", causes)
    if decisions:
        label = f"Inputs that you decide or can look up ({len(decisions)})"
        fold = st.expander(label, key="sensitivity_decisions", on_change="rerun")
        if fold.open:
            with fold:
                _alone(decisions, column, "decisions", causes)
    without = len(study.inputs) - len(swings)
    if without and present is not None:
        st.caption(escaped(f"The other {without} of the {plural(len(study.inputs), 'input')} have no effect on it."))
    st.subheader("Which inputs matter most when all of them vary together", anchor=False)
    st.text(
        "All inputs vary at the same time, each over its plausible range. A bar shows how much of the variation of the "
        "figure (its variance) an input explains, including its effects together with other inputs. The line at the "
        "end of the bar is its 95 % confidence range, and the tick marks what the input explains by itself."
    )
    with st.container(horizontal=True, gap="medium"):
        varied = st.segmented_control(
            "What varies", [DOUBTED, ALL], key="global_inputs", required=True, default=DOUBTED
        )
        samples = st.segmented_control(
            "Designs to size, at most",
            SAMPLES,
            key="global_samples",
            required=True,
            default=SAMPLES[0],
            format_func="{:,}".format,
            help="More designs give narrower 95 % ranges. 131,072 designs take about a second.",
        )
    inputs = None if varied == ALL else uncertain

    def work(progress: Progress) -> GlobalIndices:
        return global_indices(profile, tuple(FIGURES), inputs=inputs, samples=int(samples), progress=progress)

    indices = study_job.run_study("global", (varied, samples), work, "Start the study")
    if indices is not None:
        _together(indices, column)


def _is_uncertain(path: str) -> bool:
    """Return whether a planner is usually uncertain about an input."""
    found = path if path in BY_PATH else widgets.find_field(path)[0].path
    return found in PLANNING_DOUBTS or plausible_ranges()[found].uncertain


def input_label(path: str) -> str:
    """Return the label of an input without its unit, with its place if the path names one."""
    if path in BY_PATH:
        return BY_PATH[path].label
    field, place = widgets.find_field(path)
    return f"{field.label} · {widgets.place_text(field.axis, place)}" if field.axis else field.label


def _alone(swings: Sequence[Swing], column: str, key: str, causes: Sequence[Swing]) -> None:
    ends = [end for swing in swings for end in (swing.present, swing.at_low, swing.at_high)]
    factor = shown_factor(column, *ends)
    shown = swings[:INPUTS_SHOWN]
    bars = [
        (input_label(swing.input), _end(swing, end), factor * value)
        for swing in shown
        for end, value in ((swing.low, swing.at_low), (swing.high, swing.at_high))
        if value is not None and swing.present is not None
    ]
    present = swings[0].present if swings else None
    if present is None:
        missing = state.design().plain[column] is None
        reason = not_applicable(*rule_of(column), state.design()) if missing else "none of these inputs changes it"
        st.caption(escaped(f"{figure_name(column)}: {'n/a, ' if missing else ''}{reason}."))
        return
    title, unit = axis_title(column, *ends), sentence_unit(column, *ends)
    base.draw_chart(studies.swings(title, factor * present, bars, limits_of(column, factor), unit), key)
    st.markdown("\n".join(f"- {_sentence(swing, column, ends)}{_reason(swing, causes)}" for swing in shown))
    _smaller([swing.input for swing in swings[INPUTS_SHOWN:]])


def _sentence(swing: Swing, column: str, ends: Sequence[float | None]) -> str:
    """Return a sentence that says what an input changes at each end of its range, as Markdown."""
    parts = []
    for end, value in ((swing.high, swing.at_high), (swing.low, swing.at_low)):
        at = _end(swing, end)
        if value is None:
            parts.append(f"with {at} the design does not work")
        elif swing.present is not None and value != swing.present:
            parts.append(f"with {at} it is {_difference(column, value, swing.present, ends)}")
    changes = f"{_now(swing)}: {'; '.join(parts)}."
    return f"**{escaped(input_label(swing.input))}**{escaped(changes)}"


def _reason(swing: Swing, causes: Sequence[Swing]) -> str:
    """Return the reason, as Markdown, why a figure moves against its input or unevenly; empty if it does not.

    It is also empty if neither servers nor databases nor the memory for content indexing are the reason.
    """
    if swing.present is None:
        return ""
    ends = ((swing.low, swing.at_low, False), (swing.high, swing.at_high, True))
    rises = [(value - swing.present) * (1 if high else -1) for _, value, high in ends if value is not None]
    if min(rises, default=0.0) >= 0 and max(rises, default=0.0) <= UNEVEN * min(rises, default=0.0):
        return ""
    of_input = [cause for cause in causes if cause.input == swing.input]
    now = {cause.result: cause.present for cause in of_input}
    servers, databases, indexing = list[str](), list[str](), False
    for end, _, high in ends:
        then = {cause.result: cause.at_high if high else cause.at_low for cause in of_input}
        for parts, text in (
            (servers, side_effects.servers_text(now, then)),
            (databases, side_effects.databases_text(now, then)),
        ):
            parts += [f"{text} with {_end(swing, end)}"] if text else []
        indexing |= swing.result == MEMORY and side_effects.drops_indexing(now, then)
    texts = []
    if servers:
        texts.append(f"There are {', and '.join(servers)}.")
    elif databases:
        texts.append(f"There are {', and '.join(databases)}; a server takes over whole databases.")
    texts += [f"{side_effects.INDEXING}."] if indexing else []
    return escaped("".join(f" {text}" for text in texts))


def _difference(column: str, value: float, present: float, ends: Sequence[float | None]) -> str:
    """Return how much higher or lower a figure is than now, with its unit; percentages differ by points."""
    share = rule_of(column)[0].is_share
    unit = "percentage points" if share else sentence_unit(column, *ends)
    change = abs(value - present) * shown_factor(column, *ends)
    amount = (
        (f"{change:.1f}" if change >= SMALLEST_POINTS else f"less than {SMALLEST_POINTS}") if share else number(change)
    )
    return f"{amount}{NO_BREAK_SPACE}{unit} {'higher' if value > present else 'lower'}".replace(" \u00a0", " ")


def _now(swing: Swing) -> str:
    """Return the present value of an input in brackets; empty if it has several."""
    if swing.input_unit == TIMES_PRESENT:
        return ""
    path = BY_PATH[swing.input].paths()[0] if swing.input in BY_PATH else swing.input
    value = state.profile().value(path)
    return f" (now {_end(swing, float(value))})" if isinstance(value, int | float) else ""


def _end(swing: Swing, value: float) -> str:
    """Format an end of the range of an input, with its unit."""
    if swing.input_unit == TIMES_PRESENT:
        return f"{percent_text(abs(value - 1))} {'more' if value > 1 else 'less'}" if value != 1 else "no change"
    path = BY_PATH[swing.input].paths()[0] if swing.input in BY_PATH else swing.input
    field, _ = widgets.find_field(path)
    unit = input_unit_text(field)
    in_label = unit.split("/")[0].lower() in field.label.lower()
    return widgets.input_value_text(path, value) if in_label else f"{widgets.input_value_text(path, value)} {unit}"


def _together(study: GlobalIndices, column: str) -> None:
    every = [index for index in study.indices if index.result == column]
    indices = [index for index in every if index.total >= SMALLEST_SHARE][:INPUTS_SHOWN]
    if not indices:
        st.caption(escaped(f"{figure_name(column)}: none of these inputs changes it."))
        return
    left_out = indices[0].left_out
    if left_out:
        st.caption(
            escaped(f"{percent_text(left_out / study.designs)} of the designs have no such figure and are left out.")
        )
    bars = [(input_label(i.input), _first_order(i), i.total, i.total_low, i.total_high) for i in indices]
    base.draw_chart(studies.indices(bars), "indices")
    _smaller([index.input for index in every[len(indices) :]])


def _smaller(paths: Sequence[str]) -> None:
    """Draw the names of the inputs whose effect is too small for a chart, or their number if they are many."""
    if paths:
        names = ": " + ", ".join(map(input_label, paths)) if len(paths) <= INPUTS_NAMED else ""
        verb = "has" if len(paths) == 1 else "have"
        st.caption(escaped(f"{plural(len(paths), 'more input')} {verb} a smaller effect{names}."))


def _first_order(index: Index) -> float:
    """Return the first-order index between 0 and the total index. Its estimate may lie outside."""
    return min(max(index.first_order, 0.0), index.total)
