"""Draw the settings of the study Timeline: the growth per year, and further assumptions about the months."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.inputs.units import percent_text
from calculator.presentation.text import NO_BREAK_SPACE
from calculator.studies.timeline.growth import (
    DESIGNED,
    FROM_EMPTY,
    INITIAL,
    STARTS,
    Growth,
    default_start,
    growth_per_year,
    read_growth,
)
from calculator.studies.timeline.pst_imports import LONGEST_RUN
from calculator.ui.session import redraw, state
from calculator.ui.session.store import TimelineSettings, current, set_widget, widget_key, widget_value

START_NAMES = {DESIGNED: "as full as designed", INITIAL: "at their initial sizes", FROM_EMPTY: "empty"}
"""Names of how full mailboxes are at month 0."""
AS_DESIGNED, OTHER = "design", "other"
USUAL = {"0": 0, "5": 5, "10": 10, "20": 20}
"""Usual growth in percent per year, by the name of the choice."""
EXAMPLE = "10"
"""Choice of a design that states no growth of its own."""
VIEW = "timeline"


def setting(name: str, widget: Callable[..., Any], label: str, default: Any = None, **more: Any) -> None:
    """Draw the widget of a setting, whose value is kept while another tab is open. Without one it has the default."""
    key = widget_key(name, VIEW)
    value = getattr(current().timeline, name)
    set_widget(key, default if value is None else value)
    widget(label, key=key, on_change=_take, args=(name,), **more)


def _take(name: str) -> None:
    setattr(current().timeline, name, widget_value(widget_key(name, VIEW)))
    redraw.rerun(redraw.FIGURES)


def choose_growth() -> None:
    """Draw the choice of the growth per year: that of the design if it has one, usual values, or a number."""
    settings, own = current().timeline, growth_per_year(state.design())
    names = {name: percent_words(percent) for name, percent in USUAL.items()} | {OTHER: "other"}
    if own:
        names = {AS_DESIGNED: f"as in the design ({percent_words(100 * own)})"} | names
    settings.growth = _chosen(settings, state.design())
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        setting(
            "growth",
            st.segmented_control,
            "Assumed growth in mailboxes per year",
            options=list(names),
            format_func=names.__getitem__,
            required=True,
        )
        if settings.growth == OTHER:
            setting(
                "mailbox_growth",
                st.number_input,
                "Mailboxes, % per year",
                min_value=-90.0,
                max_value=1000.0,
                step=1.0,
                format="%g",
                width=200,
            )


def draw_further() -> None:
    """Draw the other settings of the months."""
    horizon = float(state.profile().value("guidance.planning_horizon") or 0)
    with st.container(horizontal=True, gap="small"):
        setting(
            "months",
            st.number_input,
            "Months",
            min_value=1,
            max_value=LONGEST_RUN,
            step=1,
            default=round(horizon),
            help="At first the planning horizon of the design",
            width=130,
        )
        setting(
            "message_growth",
            st.number_input,
            "Messages, % per year",
            min_value=-90.0,
            max_value=1000.0,
            step=1.0,
            format="%g",
            width=200,
            help="Growth of the messages per mailbox",
        )
        setting(
            "start",
            st.selectbox,
            "Mailboxes at the start",
            options=STARTS,
            format_func=START_NAMES.__getitem__,
            default=default_start(state.design()),
            width=200,
            help="At first as full as designed where no initial sizes are given, else at their initial sizes",
        )
        setting(
            "fill",
            st.number_input,
            "Share of new mail that users keep, %",
            min_value=0,
            max_value=100,
            step=5,
            width=290,
            help="Share of the mail received that stays in the mailbox. It fills mailboxes that are not full yet.",
        )
    with st.expander("Imports into archives", key="timeline_imports"):
        setting(
            "imports",
            st.text_area,
            "Imports, one per line",
            height=68,
            max_chars=2000,
            placeholder="1..6: 40 mailboxes a week",
            help="FROM..TO: 500 GB a week, or 40 mailboxes of 5 GB a week, with months from 1. "
            "The weekly imports of the tiers are added",
        )


def growth_of(settings: TimelineSettings, design: SizedDesign) -> Growth:
    """Return the growth that the settings describe.

    Raises
    ------
    InputError
        With every setting that cannot be used.
    """
    percents = {"fill": settings.fill, "message_growth": settings.message_growth}
    percents["mailbox_growth"] = _growth_in_percent(settings, design)
    shares = {name: None if percent is None else percent / 100 for name, percent in percents.items()}
    lines = [line for line in (settings.imports or "").splitlines() if line.strip()]
    return read_growth({"months": settings.months, "start": settings.start, **shares}, lines)


def assumption(settings: TimelineSettings, design: SizedDesign) -> str:
    """Return sentences that say which growth is assumed, and where it comes from."""
    percent = _growth_in_percent(settings, design)
    if percent is None:
        return "Growth as the design plans it: each tier reaches its growth in mailboxes at the planning horizon."
    messages = settings.message_growth or 0.0
    more = f", and the messages per mailbox by {percent_words(messages)}" if messages else ""
    text = f"Assumption: the number of mailboxes grows by {percent_words(percent)} per year{more}."
    if is_example(settings, design):
        text += (
            " The design plans no growth, so this is only an example: choose above the growth that you expect. To plan "
            "for it, enter it on Users."
        )
    return text


def is_example(settings: TimelineSettings, design: SizedDesign) -> bool:
    """Return whether the growth is an example, because neither the design states one nor was one chosen."""
    return _chosen(settings, design) == EXAMPLE and not growth_per_year(design)


def example(settings: TimelineSettings, design: SizedDesign) -> str:
    """Return the beginning of a sentence about a growth that is only an example; empty for any other."""
    percent = _growth_in_percent(settings, design)
    if percent is None or not is_example(settings, design):
        return ""
    return f"Example with {percent_words(percent)} growth per year: "


def _chosen(settings: TimelineSettings, design: SizedDesign) -> str:
    """Return the choice of the growth; by default that of the design, or an example if the design has none."""
    own = growth_per_year(design)
    if settings.growth is None or (settings.growth == AS_DESIGNED and not own):
        return AS_DESIGNED if own else EXAMPLE
    return settings.growth


def _growth_in_percent(settings: TimelineSettings, design: SizedDesign) -> float | None:
    """Return the growth in mailboxes per year in percent; None for the growth of the tiers."""
    chosen = _chosen(settings, design)
    if chosen == AS_DESIGNED:
        return None
    return USUAL.get(chosen, settings.mailbox_growth or 0.0)


def percent_words(percent: float) -> str:
    """Return a percentage as the page writes it."""
    return percent_text(percent / 100, 0 if float(percent).is_integer() else 1, NO_BREAK_SPACE)
