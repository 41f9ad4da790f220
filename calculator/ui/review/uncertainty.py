"""Draw the study Uncertainty: whether the design as it is built still holds, and what a newly sized one needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import streamlit as st

from calculator.engine.progress import Progress
from calculator.engine.results import DESIGN_INVALID
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.presentation.figures import missing_rating
from calculator.presentation.headline import cpu_name
from calculator.presentation.text import NOT_APPLICABLE, capitalized, number, plural
from calculator.studies.built_limits import CHECK
from calculator.studies.uncertainty.holding import Holding, holds
from calculator.studies.uncertainty.inverses import wilson_interval
from calculator.studies.uncertainty.monte_carlo import Chance, Spread, Uncertainty, uncertainty
from calculator.studies.uncertainty.variance import LEAST_FOR_SHARES
from calculator.studies.uncertainty.varied_inputs import VariedInput
from calculator.ui.charts import base, studies
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped
from calculator.ui.review import doubts, study_job
from calculator.ui.review.sensitivity import input_label
from calculator.ui.review.what_if import (
    BAYS,
    FIGURES,
    axis_title,
    choose_figure,
    figure_name,
    limit_of,
    limits_of,
    sentence_unit,
    shown_factor,
)
from calculator.ui.session import state

FIRST_SAMPLES = 4_000
"""Number of draws of the first estimate, which takes a fraction of a second and is shown without being asked for."""
SAMPLES = (10_000, 100_000, 1_000_000)
MISSING = "Without figure"
"""Title of the column with the share of the draws that lack a figure."""
NO_FIT = "does not fit"
"""Word in place of a percentile that is one of the draws without a figure."""
INFLUENCE = "Largest single influence"
USED = "Limit used in 9 of 10 draws"
"""Title of the column with the share of a limit that is used in nine of ten draws at most."""
PERCENTILE_TITLES = {10: "Low (P10)", 50: "Middle (P50)", 90: "High (P90)"}
"""Titles of the columns of percentiles."""
SMALLEST_SHARE = 0.05
"""Smallest share of the variance for which an input is named."""
LISTED = 5
"""Number of inputs that are listed with their ranges above the results."""
OTHER_CHECK = "Another check of the design fails"
"""What happens where a design as it is built keeps all limits that have a figure, and still fails."""
EVENTS: Mapping[str, str] = {
    "cpu_above_80_percent": "{cpu}: above 80 %",
    "cpu_above_100_percent": "{cpu}: above 100 %",
    "volume_full": "A database volume does not fit its disk",
    "memory_above_advice": "Memory above what is advised for a server",
    DESIGN_INVALID: "The design is invalid, so that it has no figures",
    "status_invalid": "The design does not work, even with more drive bays",
}
"""What may happen to a design that is sized for a draw, with a place for the name of the CPU that counts."""


@dataclass(frozen=True)
class Outcome:
    """Outcome of the study: how often the design as it is built holds, and what newly sized designs need.

    The first part is an error if no input of the load varies.
    """

    built: Holding | InputError
    sized: Uncertainty


def draw() -> None:
    """Draw the study."""
    if issues.show_if_invalid(state.design(), "uncertainty to study"):
        return
    profile = state.profile()
    outcome = st.container()
    st.subheader("Inputs that are uncertain", anchor=False)
    st.text("Set what you expect: which inputs may differ from the design, and between which values.")
    vary = doubts.choose(profile)
    with outcome:
        _study(profile, vary)


def _study(profile: Profile, vary: Mapping[str, str]) -> None:
    """Draw the outcome of the study, or a first estimate until it has run, and the button that starts it."""
    st.subheader("Does what you would buy today still hold?", anchor=False)
    answer = st.container()
    st.text(
        "The uncertain inputs are drawn at random many times. First the design stays as it is built, with its "
        "servers, databases, disks and memory, and the study counts how often the load exceeds a limit. Then it sizes "
        "a new design for each draw, which shows what the load would need."
    )
    samples = st.segmented_control(
        "Number of draws",
        SAMPLES,
        key="uncertainty_samples",
        required=True,
        default=SAMPLES[0],
        format_func="{:,}".format,
        help="More draws give narrower 95 % ranges. 100,000 draws take one to two seconds.",
    )

    def work(progress: Progress) -> Outcome:
        return _run(profile, vary, int(samples), progress)

    study = study_job.run_study("uncertainty", (vary, samples), work, "Start the study", "draws")
    if study is None:
        study = _first_estimate(profile, vary)
        if study is None:
            return
        st.caption(f"A first estimate from {FIRST_SAMPLES:,} draws. Start the study for narrower ranges.")
    if isinstance(study.built, InputError):
        issues.show(study.built.issues, view="uncertainty_built", editable=False)
    else:
        with answer:
            _answer(study.built)
        _built(study.built)
    _sized(study.sized)


def _run(profile: Profile, vary: Mapping[str, str], samples: int, progress: Progress | None = None) -> Outcome:
    """Return the outcome of the study, of which each of the two parts is half of the work."""

    def half(before: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, share: progress((before + done) // 2, (before / samples + (share or 0.0)) / 2)

    built: Holding | InputError
    try:
        built = holds(profile, vary=vary, samples=samples, progress=half(0))
    except InputError as error:  # if it is about the draws, the second part raises it, too
        built = error
    sized = uncertainty(profile, tuple(FIGURES), vary=vary, samples=samples, progress=half(samples))
    return Outcome(built, sized)


def _first_estimate(profile: Profile, vary: Mapping[str, str]) -> Outcome | None:
    """Return the outcome for a small sample; None if the inputs cannot be used, which the study reports."""
    try:
        return state.cached("first_estimate", lambda: _run(profile, vary, FIRST_SAMPLES), sorted(vary.items()))
    except InputError:
        return None


def _answer(found: Holding) -> None:
    """Draw how often the design as it is built keeps all its limits."""
    kept, low, high = (_chance(None if share is None else 1 - share) for share in _bounds(found.any))
    text = (
        f"**With the uncertain inputs below, the design as it is built keeps all its limits in {kept} of the draws** "
        f"(95 % range: {low} to {high}). The verdict at the top of the page is about the inputs as entered."
    )
    if any(limit.probability is None for limit in found.limits):
        reason = missing_rating(state.design())
        text += f" CPU is not among them, because {reason}, so the share is an upper bound. Enter it on Constraints."
    st.markdown(text)


def _built(found: Holding) -> None:
    """Draw how often the load exceeds each limit of the design as it is built."""
    rows = [
        {
            "What may happen": OTHER_CHECK if limit.event == CHECK else capitalized(found.words[limit.event]),
            "Share of draws": _chance(limit.probability),
            USED: _used(found, limit),
            INFLUENCE: _cause(limit),
        }
        for limit in found.limits
        if limit.probability is not None
    ]
    figures.draw_table(rows, alt="How often each limit of the design as it is built is exceeded")
    notes = [
        f"{USED}: nine of ten draws use at most this share of what there is. At 120 %, a fifth more would be enough "
        f"for them. {INFLUENCE}: the input that explains most of the variation by itself, with its share."
    ]
    if sum(limit.probability not in (None, 0) for limit in found.limits) > 1:
        notes.append("A draw may exceed several limits, so the shares of draws overlap.")
    if found.kept:
        notes.append(f"{_names(found.kept)} did not vary here, because the design as it is built decides them.")
    st.caption(escaped(" ".join(notes)))
    st.caption(escaped(_assumptions(found.inputs)))


def _used(found: Holding, limit: Chance) -> str:
    """Return the share of a limit that is used in nine of ten draws at most; that of a check does not apply."""
    used = found.used.get(limit.event)
    return NOT_APPLICABLE if used is None else number(used[-1], "share")


def _bounds(chance: Chance) -> tuple[float | None, float | None, float | None]:
    """Return the probability of an event, and its bounds, the higher one first."""
    return chance.probability, chance.high, chance.low


def _assumptions(inputs: Sequence[VariedInput]) -> str:
    """Return sentences that say what was varied, and how far the result can be relied on."""
    listed = [
        f"{input_label(varied.path)} ({doubts.range_text(varied)}{doubts.period_text(varied)})" for varied in inputs
    ]
    more = (
        f" and {plural(len(listed) - LISTED, 'further input')}, which are listed below" if len(listed) > LISTED else ""
    )
    return (
        f"Varied: {', '.join(listed[:LISTED])}{more}. The result is as good as these ranges; the 95 % range only says "
        "how far it may differ with other draws."
    )


def _names(inputs: Sequence[VariedInput]) -> str:
    return ", ".join(input_label(varied.path) for varied in inputs)


def _cells(chance: Chance) -> dict[str, str]:
    """Return the cells of an event: its share of the draws with a range, and the input that influences it most."""
    return {
        "Share of draws": _chance(chance.probability),
        "95 % range": f"{_chance(chance.low)} to {_chance(chance.high)}",
        INFLUENCE: _cause(chance),
    }


def _sized(study: Uncertainty) -> None:
    """Draw what a design would need that is sized for each draw."""
    st.subheader("What a design sized for each draw would need", anchor=False)
    st.text("Databases, disks and memory are computed again for each draw; the servers stay as given.")
    _figures(study)
    fold = st.expander(
        "How often even a newly sized design exceeds a limit", key="uncertainty_events", on_change="rerun"
    )
    if fold.open:
        with fold:
            _events(study)


def _events(study: Uncertainty) -> None:
    rows = [
        {"What may happen": EVENTS.get(event.event, event.event).format(cpu=cpu_name(state.design())), **_cells(event)}
        for event in sorted([*study.events, *_more_bays(study)], key=_rank)
    ]
    figures.draw_table(rows, alt="How often a newly sized design exceeds a limit")
    if study.events[1].designs < study.samples:
        st.caption(escaped(study.sentence))


def _rank(event: Chance) -> tuple[float, int]:
    """Return the rank of an event: the most likely first, and events about one limit before those about all limits."""
    names = list(EVENTS)
    return -(event.probability or 0), names.index(event.event) if event.event in EVENTS else len(names)


def _more_bays(study: Uncertainty) -> list[Chance]:
    """Return the share of all valid draws whose servers need more drive bays than now, if their number is known now."""
    bays = next(spread for spread in study.figures if spread.result == BAYS)
    if bays.present is None or not bays.percentiles or bays.not_applicable is None:
        return []
    valid = study.events[1].designs
    more = sum(share for low, _, share in bays.histogram if low > bays.present) * (1 - bays.not_applicable)
    low, high = wilson_interval(round(more * valid), valid, NormalDist().inv_cdf(0.975))
    event = f"A server needs more drive bays than the {number(bays.present)} of now"
    return [Chance(event, valid, more, low, high, bays.dominant_input, bays.dominant_share)]


def _cause(event: Chance) -> str:
    """Return the input behind an event, or how often it was seen if it happened always or never."""
    if event.probability == 0:
        return f"not seen in {event.designs:,} draws"
    if event.probability == 1:
        return f"seen in all {event.designs:,} draws"
    return _by(event.dominant_input, event.dominant_share)


def _figures(study: Uncertainty) -> None:
    missing = max((spread.not_applicable or 0.0 for spread in study.figures if spread.percentiles), default=0.0)
    applying = [spread for spread in study.figures if spread.percentiles or spread.present is not None]
    figures.draw_table([_row(spread, missing > 0) for spread in applying], alt="Range of each figure")
    text = (
        "In one of ten draws the figure is at most the low one, in half of them at most the middle one, in nine of ten "
        "at most the high one (the 10th, 50th and 90th percentiles). A figure beyond its limit is marked with the "
        "limit in brackets."
    )
    if missing:
        text += (
            f" {MISSING}: in {_chance(missing)} of the draws the volume does not fit its disk, or the disk is too "
            "slow, so that the number of disks and bays is unknown. These draws count as higher than all others."
        )
    st.caption(escaped(text))
    spreads = {spread.result: spread for spread in study.figures}
    column = choose_figure("uncertainty_figure")
    spread = spreads[column]
    factor, title = shown_factor(column, *spread.percentiles), axis_title(column, *spread.percentiles)
    if not spread.percentiles:
        st.caption(escaped(f"{figure_name(column)} does not apply to any of the draws."))
        return
    with_figure = 1 - (spread.not_applicable or 0.0)
    bars = [(factor * low, factor * high, share * with_figure) for low, high, share in spread.histogram]
    unit = sentence_unit(column, *spread.percentiles)
    marks = {percent: _scaled(value, factor) for percent, value in percentiles_of_all(spread).items()}
    base.draw_chart(studies.histogram(title, bars, marks, limits_of(column, factor), unit), "histogram")


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else factor * value


def percentiles_of_all(spread: Spread) -> dict[int, float | None]:
    """Return the marked percentiles of a figure among all draws; None where the draw has no figure.

    A draw without a figure counts as higher than all others: its load does not fit.
    """
    found: dict[int, float | None] = {}
    for percent in studies.MARKED:
        among_figures = math.ceil(percent / (1 - (spread.not_applicable or 0.0)) - 1e-9) if spread.percentiles else 101
        found[percent] = spread.percentiles[among_figures] if among_figures <= 100 else None
    return found


def _row(spread: Spread, missing: bool) -> dict[str, str]:
    """Return the row of a figure: its percentiles, and how often it does not apply if any figure does not."""
    found = percentiles_of_all(spread)
    percentiles = {
        PERCENTILE_TITLES[percent]: NO_FIT if value is None and spread.percentiles else _marked(spread.result, value)
        for percent, value in found.items()
    }
    return {
        "Figure": figure_name(spread.result),
        "Now": _marked(spread.result, spread.present),
        **percentiles,
        **({MISSING: _chance(spread.not_applicable)} if missing else {}),
        INFLUENCE: _by(spread.dominant_input, spread.dominant_share) if _varies(spread) else "does not vary",
    }


def _marked(column: str, value: float | None) -> str:
    """Format a figure with its unit, and with its limit if it is beyond it."""
    limit = limit_of(column)
    text = figures.figure_with_unit(column, value, limit)
    if value is None or limit is None or value <= limit:
        return text
    return f"{text} (above {figures.figure_with_unit(column, limit)})"


def _varies(spread: Spread) -> bool:
    return len(set(spread.percentiles)) > 1


def _by(path: str | None, share: float | None) -> str:
    """Format the input that explains most of the variance, with its share; too few draws do not show it."""
    if path is None or share is None:
        return f"n/a (needs {LEAST_FOR_SHARES:,} draws with the figure)"
    if share < SMALLEST_SHARE:
        return f"none above {number(SMALLEST_SHARE, 'share')}"
    return f"{input_label(path)} ({number(share, 'share')})"


def _chance(probability: float | None) -> str:
    """Format a probability in percent."""
    if probability is None:
        return "n/a"
    if 0 < probability < 1e-4:
        return "below 0.01\u00a0%"
    if 0.9995 <= probability < 1:
        return "above 99.9\u00a0%"
    percent = 100 * probability
    return f"{percent:.1f}\u00a0%" if 1 <= percent < 100 else f"{percent:.1g}\u00a0%" if percent < 1 else "100\u00a0%"
