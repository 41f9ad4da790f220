"""Draw the study Uncertainty: distributions of the inputs, spread of the figures, probability of problems."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import streamlit as st

from calculator.engine.progress import Progress
from calculator.engine.results import DESIGN_INVALID
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.presentation.text import number
from calculator.studies.uncertainty.inverses import wilson_interval
from calculator.studies.uncertainty.monte_carlo import Chance, Spread, Uncertainty, uncertainty
from calculator.ui.charts import base, studies
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.review import doubts, study_job
from calculator.ui.review.sensitivity import input_label
from calculator.ui.review.what_if import (
    BAYS,
    FIGURES,
    axis_title,
    choose_figure,
    limit_of,
    limits_of,
    sentence_unit,
    shown_factor,
)
from calculator.ui.session import state

FIRST_SAMPLES = 1_000
"""Number of designs of the first estimate, which takes a fraction of a second and is shown without being asked for."""
SAMPLES = (10_000, 100_000, 1_000_000)
MISSING = "No figure"
"""Title of the column with the share of the designs that lack a figure."""
SMALLEST_SHARE = 0.05
"""Smallest share of the variance for which an input is named."""
EVENTS: Mapping[str, str] = {
    "cpu_above_80_percent": "CPU above 80 % in the worst failure",
    "cpu_above_100_percent": "CPU above 100 % in the worst failure",
    "volume_full": "A database volume does not fit its disk",
    "memory_above_advice": "Memory above what is advised for a server",
    DESIGN_INVALID: "The design is invalid, so that it has no figures",
    "status_invalid": "The design does not work, even with more drive bays",
}


def draw() -> None:
    """Draw the study."""
    profile = state.profile()
    outcome = st.container()
    st.subheader("Inputs that are uncertain", anchor=False)
    vary = doubts.choose(profile)
    with outcome:
        _study(profile, vary)


def _study(profile: Profile, vary: Mapping[str, str]) -> None:
    """Draw the outcome of the study, or a first estimate until it has run, and the button that starts it."""
    st.subheader("How likely each limit is exceeded", anchor=False)
    st.text(
        "The study draws the uncertain inputs below at random, sizes a design for each draw, and counts how often a "
        "limit is exceeded and how far each figure varies."
    )
    samples = st.segmented_control(
        "Designs to size",
        SAMPLES,
        key="uncertainty_samples",
        required=True,
        default=SAMPLES[0],
        format_func="{:,}".format,
        help="More designs give narrower ranges. 100,000 designs take about a second.",
    )

    def work(progress: Progress) -> Uncertainty:
        return uncertainty(profile, tuple(FIGURES), vary=vary, samples=int(samples), progress=progress)

    study = study_job.run_study("uncertainty", (vary, samples), work, "Start the study")
    if study is None:
        study = _first_estimate(profile, vary)
        if study is None:
            return
        st.caption(f"A first estimate from {FIRST_SAMPLES:,} designs. Start the study for narrower ranges.")
    _events(study)
    _figures(study)


def _first_estimate(profile: Profile, vary: Mapping[str, str]) -> Uncertainty | None:
    """Return the outcome for a small sample; None if the inputs cannot be used, which the study reports."""
    try:
        return state.cached(
            "first_estimate",
            lambda: uncertainty(profile, tuple(FIGURES), vary=vary, samples=FIRST_SAMPLES),
            sorted(vary.items()),
        )
    except InputError:
        return None


def _events(study: Uncertainty) -> None:
    rows = [
        {
            "What may happen": EVENTS.get(event.event, event.event),
            "Probability": _chance(event.probability),
            "95 % range": f"{_chance(event.low)} to {_chance(event.high)}",
            "Mostly because of": _cause(event),
        }
        for event in sorted([*study.events, *_more_bays(study)], key=_rank)
    ]
    figures.draw_table(rows, alt="Probabilities of what may happen to the design")


def _rank(event: Chance) -> tuple[float, int]:
    """Return the rank of an event: the most likely first, and events about one limit before those about all limits."""
    names = list(EVENTS)
    return -(event.probability or 0), names.index(event.event) if event.event in EVENTS else len(names)


def _more_bays(study: Uncertainty) -> list[Chance]:
    """Return the probability that a server needs more drive bays than now, if their number is known now."""
    bays = next(spread for spread in study.figures if spread.result == BAYS)
    if bays.present is None or not bays.percentiles or bays.not_applicable is None:
        return []
    designs = round(study.events[1].designs * (1 - bays.not_applicable))
    more = sum(share for low, _, share in bays.histogram if low > bays.present)
    low, high = wilson_interval(round(more * designs), designs, NormalDist().inv_cdf(0.975))
    event = f"A server needs more drive bays than the {number(bays.present)} of now"
    return [Chance(event, designs, more, low, high, bays.dominant_input, bays.dominant_share)]


def _cause(event: Chance) -> str:
    """Return the input behind an event, or how often it was seen if it happened always or never."""
    if event.probability == 0:
        return f"not seen in {event.designs:,} designs"
    if event.probability == 1:
        return f"seen in all {event.designs:,} designs"
    return _by(event.dominant_input, event.dominant_share)


def _figures(study: Uncertainty) -> None:
    st.subheader("Range of each figure", anchor=False)
    missing = any(spread.not_applicable for spread in study.figures if spread.percentiles)
    figures.draw_table([_row(spread, missing) for spread in study.figures], alt="Range of each figure")
    st.caption(
        "In one of ten designs the figure is at most P10, in half of them at most P50, in nine of ten at most P90. A "
        "figure beyond its limit is marked with the limit in brackets."
    )
    spreads = {spread.result: spread for spread in study.figures}
    column = choose_figure("uncertainty_figure")
    spread = spreads[column]
    factor, title = shown_factor(column, *spread.percentiles), axis_title(column, *spread.percentiles)
    if not spread.percentiles:
        st.caption(escaped(f"{FIGURES[column]} does not apply to any of the designs."))
        return
    bars = [(factor * low, factor * high, share) for low, high, share in spread.histogram]
    unit = sentence_unit(column, *spread.percentiles)
    percentiles = [factor * value for value in spread.percentiles]
    base.draw_chart(studies.histogram(title, bars, percentiles, limits_of(column, factor), unit), "histogram")


def _row(spread: Spread, missing: bool) -> dict[str, str]:
    """Return the row of a figure: its percentiles, and how often it does not apply if any figure does not."""
    percentiles = {
        f"P{percent}": _marked(spread.result, spread.percentiles[percent] if spread.percentiles else None)
        for percent in studies.MARKED
    }
    return {
        "Figure": FIGURES[spread.result],
        "Now": _marked(spread.result, spread.present),
        **percentiles,
        **({MISSING: _chance(spread.not_applicable)} if missing else {}),
        "Mostly because of": _by(spread.dominant_input, spread.dominant_share) if _varies(spread) else "does not vary",
    }


def _marked(column: str, value: float | None) -> str:
    """Format a figure with its unit, and with its limit if it is beyond it."""
    text, limit = figures.figure_with_unit(column, value), limit_of(column)
    if value is None or limit is None or value <= limit:
        return text
    return f"{text} (above {figures.figure_with_unit(column, limit)})"


def _varies(spread: Spread) -> bool:
    return len(set(spread.percentiles)) > 1


def _by(path: str | None, share: float | None) -> str:
    """Format the input that explains most of the variance, with its share; too few designs do not show it."""
    if path is None or share is None:
        return "too few designs to tell"
    if share < SMALLEST_SHARE:
        return "several inputs together"
    return f"{input_label(path)} ({number(share, 'share')})"


def _chance(probability: float | None) -> str:
    """Format a probability in percent."""
    if probability is None:
        return "n/a"
    if 0 < probability < 1e-4:
        return "below 0.01\u00a0%"
    percent = 100 * probability
    return f"{percent:.1f}\u00a0%" if 1 <= percent < 100 else f"{percent:.1g}\u00a0%" if percent < 1 else "100\u00a0%"
