"""Study Sensitivity: each input varied over its plausible range, alone and all together."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.engine.progress import Progress
from calculator.inputs.schema import BY_PATH
from calculator.presentation.text import number, plural
from calculator.studies.uncertainty.sensitivity import (
    TIMES_PRESENT,
    GlobalIndices,
    Index,
    OneAtATime,
    Swing,
    global_indices,
    one_at_a_time,
)
from calculator.ui.charts import base, studies
from calculator.ui.inputs import widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, unit_text
from calculator.ui.review import study_job
from calculator.ui.review.what_if import FIGURES, axis_title, shown_factor
from calculator.ui.session import state

INPUTS_SHOWN = 12
"""Number of inputs shown: those with the largest effect."""
SMALLEST_SHARE = 0.0005
"""Smallest share of the variance that is shown; smaller ones round to 0.0 %."""
SAMPLES = (16_384, 131_072, 1_048_576)


def draw() -> None:
    """Draw the study."""
    profile = state.profile()
    study = state.cached("one_at_a_time", lambda: one_at_a_time(profile, tuple(FIGURES)))
    column = choose_figure("sensitivity_figure")
    st.subheader("One input at a time", anchor=False)
    st.caption(
        f"{len(study.inputs)} inputs, each moved over its plausible range while the others stay; the tiers of a design "
        "and its datacenters move together."
    )
    _alone(study, column)
    st.subheader("All at once", anchor=False)
    st.caption(
        "All inputs vary together, each anywhere in its range. Bars: share of the figure's variance with all that an "
        "input does together with others, bounds of 95 %; tick: by itself."
    )
    samples = st.segmented_control(
        "Designs, at most", SAMPLES, key="global_samples", required=True, default=SAMPLES[0], format_func="{:,}".format
    )

    def work(progress: Progress) -> GlobalIndices:
        return global_indices(profile, tuple(FIGURES), samples=int(samples), progress=progress)

    indices = study_job.run_study("global", samples, work, "Sample the designs")
    if indices is not None:
        _together(indices, column)


def choose_figure(key: str) -> str:
    """Draw the choice of a figure and return its column. CPU is the default, since most inputs change it."""
    names = list(FIGURES)
    first = names.index("worst_cpu_utilization")
    return str(st.selectbox("Figure", names, index=first, key=key, format_func=FIGURES.__getitem__))


def input_label(path: str) -> str:
    """Return the label of an input without its unit, with its place if the path names one."""
    if path in BY_PATH:
        return BY_PATH[path].label
    field, place = widgets.find_field(path)
    return f"{field.label} · {widgets.place_text(field.axis, place)}" if field.axis else field.label


def _alone(study: OneAtATime, column: str) -> None:
    swings = [swing for swing in study.swings if swing.result == column]
    factor = shown_factor(column)
    shown = swings[:INPUTS_SHOWN]
    bars = [
        (input_label(swing.input), _end(swing, end), factor * value)
        for swing in shown
        for end, value in ((swing.low, swing.at_low), (swing.high, swing.at_high))
        if value is not None and swing.present is not None
    ]
    present = swings[0].present if swings else None
    if present is None:
        st.caption(escaped(f"{FIGURES[column]}: no input moves it, or it does not apply to this design."))
        return
    base.draw_chart(studies.swings(axis_title(column), factor * present, bars), "swings")
    figures.draw_table(_rows(shown, column), alt=f"What moves {FIGURES[column]}, the widest first")
    if len(swings) > INPUTS_SHOWN:
        st.caption(f"Left out, since less: {plural(len(swings) - INPUTS_SHOWN, 'input')}.")


def _rows(swings: Sequence[Swing], column: str) -> list[dict[str, str]]:
    return [
        {
            "Input": input_label(swing.input),
            "From": _end(swing, swing.low),
            "To": _end(swing, swing.high),
            "Gives at low": figures.figure_with_unit(column, swing.at_low),
            "Now": figures.figure_with_unit(column, swing.present),
            "Gives at high": figures.figure_with_unit(column, swing.at_high),
        }
        for swing in swings
    ]


def _end(swing: Swing, value: float) -> str:
    """Format an end of the range of an input, with its unit."""
    if swing.input_unit == TIMES_PRESENT:
        return f"× {value:g}"
    path = BY_PATH[swing.input].paths()[0] if swing.input in BY_PATH else swing.input
    field, _ = widgets.find_field(path)
    unit = unit_text(field.unit)
    in_label = unit.split("/")[0].lower() in field.label.lower()
    return widgets.input_value_text(path, value) if in_label else f"{widgets.input_value_text(path, value)} {unit}"


def _together(study: GlobalIndices, column: str) -> None:
    every = [index for index in study.indices if index.result == column]
    indices = [index for index in every if index.total >= SMALLEST_SHARE][:INPUTS_SHOWN]
    if not indices:
        st.caption(escaped(f"{FIGURES[column]}: no input moves it."))
        return
    left_out = indices[0].left_out
    if left_out:
        st.caption(escaped(f"The figure does not apply in {left_out / study.designs:.0%} of the designs: left out."))
    bars = [(input_label(i.input), _first_order(i), i.total, i.total_low, i.total_high) for i in indices]
    base.draw_chart(studies.indices(bars), "indices")
    rows = [
        {
            "Input": input_label(index.input),
            "Alone": _share(_first_order(index)),
            "With others": _share(index.total),
            "95 % from": _share(index.total_low),
            "to": _share(index.total_high),
        }
        for index in indices
    ]
    figures.draw_table(rows, alt=f"Shares of the variance of {FIGURES[column]}, the greatest first")
    if len(every) > len(indices):
        st.caption(f"Left out, since less: {plural(len(every) - len(indices), 'input')}.")


def _first_order(index: Index) -> float:
    """Return the first-order index between 0 and the total index. Its estimate may lie outside."""
    return min(max(index.first_order, 0.0), index.total)


def _share(value: float) -> str:
    return number(value, "share")
