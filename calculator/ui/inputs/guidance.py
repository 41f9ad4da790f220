"""The guidance choices: both readings with the figure each gives for the design."""

from __future__ import annotations

import streamlit as st

from calculator.studies.guidance_choices import WeighedChoice, weigh
from calculator.ui.inputs import widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import unit_text
from calculator.ui.session import state


def table() -> None:
    """Draw what each reading makes of the design."""
    st.markdown("**What each reading gives for this design**")
    rows = [_row(weighed) for weighed in weigh(state.profile())]
    figures.draw_table(rows, alt="What each guidance choice gives")


def _row(weighed: WeighedChoice) -> dict[str, str]:
    path, values, column = weighed.choice
    rule, _ = figures.rule_of(column)
    field, _ = widgets.found(path)
    unit = "" if figures.is_share(rule) else f" {unit_text(rule.unit)}"
    readings = []
    for value, figure in zip(values, weighed.figures, strict=True):
        shown = figures.NOT_APPLICABLE if figure is None else f"{figures.text(rule, figure)}{unit}"
        readings.append(f"{widgets.value_text(path, value)}: {shown}")
    first, second = readings
    return {"Choice": field.label, "Figure": rule.meaning.rstrip("."), "One reading": first, "The other": second}
