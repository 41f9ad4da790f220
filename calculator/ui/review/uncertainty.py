"""Study Uncertainty: distributions of the inputs, spread of the figures, probability of problems."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from calculator.engine.progress import Progress
from calculator.engine.results import DESIGN_INVALID
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues, quoted
from calculator.presentation.text import number
from calculator.studies.uncertainty.monte_carlo import Spread, Uncertainty, uncertainty
from calculator.studies.uncertainty.varied_inputs import default_inputs
from calculator.ui.charts import base, studies
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.review import study_job
from calculator.ui.review.sensitivity import choose_figure, input_label
from calculator.ui.review.what_if import FIGURES, axis_title, shown_factor
from calculator.ui.session import state
from calculator.ui.session.store import current, set_widget, widget_value

SAMPLES = (10_000, 100_000, 1_000_000)
RANGES, LONGEST = "uncertainty_ranges", 20_000
SMALLEST_SHARE = 0.01
"""Smallest share of the variance for which an input is named."""
EVENTS: Mapping[str, str] = {
    "cpu_above_80_percent": "CPU above 80 % in the worst failure",
    "cpu_above_100_percent": "CPU above 100 % in the worst failure",
    "volume_full": "A database volume does not fit its disk",
    "memory_above_advice": "Memory above what is advised for a server",
    DESIGN_INVALID: "The design is invalid and has no figures",
    "status_invalid": "A check finds an error in a design with figures",
}


def draw() -> None:
    """Draw the study."""
    profile = state.profile()
    text = _ranges(profile)
    samples = st.segmented_control(
        "Designs", SAMPLES, key="uncertainty_samples", required=True, default=SAMPLES[0], format_func="{:,}".format
    )

    def work(progress: Progress) -> Uncertainty:
        vary = _read(text)
        return uncertainty(profile, tuple(FIGURES), vary=vary, samples=int(samples), progress=progress)

    study = study_job.run_study("uncertainty", (text, samples), work, "Draw the designs")
    if study is not None:
        _events(study)
        _figures(study)


def _ranges(profile: Profile) -> str:
    """Draw the distributions, one line per input. The default ones follow the design until they are edited."""
    varied = default_inputs(profile, uncertain=True)
    default = "\n".join(f"{path} = {text}" for path, text in ((item.path, item.distribution.text) for item in varied))
    if widget_value(RANGES, "") in ("", current().ranges):
        set_widget(RANGES, default)
    current().ranges = default
    text = st.text_area(
        "What varies, an input a line",
        key=RANGES,
        height="content",
        max_chars=LONGEST,
        help="80..140, normal(100, 15), triangular(80, 100, 140), 100 +- 20%, quantiles(12, 40, 310); "
        "0.8..1.2 times and +- 20% refer to the present value. Without a place, as in tiers.message_size, an input "
        "varies at all its places together. Clear it for the plausible ranges.",
    )
    expander = st.expander("Why these, and why so far", key="uncertainty_reasons", on_change="rerun")
    if expander.open:
        with expander:
            rows = [
                {"Input": input_label(each.path), "Range": each.distribution.text, "Why": each.reason}
                for each in varied
            ]
            figures.draw_table(rows, alt="Plausible ranges of what is uncertain")
    return str(text)


def _read(text: str) -> dict[str, str]:
    """Parse lines of the form ``path = distribution``. Return the distributions by path."""
    issues, vary = Issues(), dict[str, str]()
    for line_number, line in enumerate(text.splitlines(), 1):
        path, sign, distribution = (part.strip() for part in line.partition("="))
        if line.strip() and not sign:
            issues.error(f"line {line_number}", quoted(line), "has no distribution.", "Write path = 80..140.")
        elif path in vary:
            issues.error(f"line {line_number}", path, "is given twice.", "Keep one of them.")
        elif sign:
            vary[path] = distribution
    if issues.errors:
        raise InputError(issues)
    return vary


def _events(study: Uncertainty) -> None:
    st.subheader("How likely", anchor=False)
    st.markdown(escaped(study.sentence))
    rows = [
        {
            "What may happen": EVENTS[event.event],
            "Designs": f"{event.designs:,}",
            "Probability": _chance(event.probability),
            "95 % from": _chance(event.low),
            "to": _chance(event.high),
            "Mostly by": _by(event.dominant_input, event.dominant_share),
        }
        for event in study.events
    ]
    figures.draw_table(rows, alt="Probabilities of what may happen to the design")


def _figures(study: Uncertainty) -> None:
    st.subheader("Figures", anchor=False)
    missing = any(spread.not_applicable for spread in study.figures if spread.percentiles)
    figures.draw_table([_row(spread, missing) for spread in study.figures], alt="What becomes of each figure")
    spreads = {spread.result: spread for spread in study.figures}
    column = choose_figure("uncertainty_figure")
    spread, factor, title = spreads[column], shown_factor(column), axis_title(column)
    if not spread.percentiles:
        st.caption(escaped(f"{FIGURES[column]} does not apply to any of the designs."))
        return
    bars = [(factor * low, factor * high, share) for low, high, share in spread.histogram]
    base.draw_chart(studies.histogram(title, bars), "histogram")
    base.draw_chart(studies.percentiles(title, [factor * value for value in spread.percentiles]), "percentiles")


def _row(spread: Spread, missing: bool) -> dict[str, str]:
    """Return the row of a figure: its percentiles, and how often it does not apply if any figure does not."""
    percentiles = {
        f"P{percent}": figures.figure_with_unit(
            spread.result, spread.percentiles[percent] if spread.percentiles else None
        )
        for percent in (10, 50, 90)
    }
    return {
        "Figure": FIGURES[spread.result],
        "Now": figures.figure_with_unit(spread.result, spread.present),
        **percentiles,
        **({"Not applicable": _chance(spread.not_applicable)} if missing else {}),
        "Mostly by": _by(spread.dominant_input, spread.dominant_share),
    }


def _by(path: str | None, share: float | None) -> str:
    """Format the input that explains most of the variance, with its share."""
    if path is None or share is None:
        return "none, or too few designs"
    if share < SMALLEST_SHARE:
        return "none by itself"
    return f"{input_label(path)} ({number(share, 'share')})"


def _chance(probability: float | None) -> str:
    """Format a probability in percent."""
    if probability is None:
        return "n/a"
    return "below 0.01\u00a0%" if 0 < probability < 1e-4 else f"{100 * probability:.3g}\u00a0%"
