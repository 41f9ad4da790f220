"""Draw the inputs that nobody stated, so that the design has their defaults: those that matter most first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.presentation.assumptions import assumed_inputs
from calculator.presentation.text import plural
from calculator.studies.uncertainty.sensitivity import TIMES_PRESENT, Swing, one_at_a_time
from calculator.ui.inputs.widgets import find_field, input_text, input_value_text
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, input_unit_text
from calculator.ui.session import navigation, state

JUDGED_BY = {
    "summary_servers.environment": "servers",
    "worst_cpu_utilization": "CPU after the worst failure",
    "summary_memory.primary": "memory per server",
    "storage_disks_total.environment": "disks in all",
}
"""Figures by which an assumed value matters, with their names in a sentence."""
FIRST = 6
"""Largest number of values that are listed as those that matter most."""


def draw() -> None:
    """Draw what the assumed values are and what to do about them, and the folded list, each with a way to change it."""
    profile, design = state.profile(), state.design()
    groups = {group[0]: group for group in assumed_inputs(design)}
    paths = list(groups)
    st.caption(
        "You did not enter these values; defaults are used, which are the usual values. Check the first "
        "ones, which move the key figures most, and leave the others unless you know better."
    )
    title = f"{plural(len(paths), 'input')} {'is' if len(paths) == 1 else 'are'} assumed"
    expander = st.expander(title, key="assumed", on_change="rerun")
    if not expander.open:
        return
    with expander:
        first = state.cached("assumed", lambda: rank(profile, paths))
        if first:
            st.markdown("**These matter most.** Select one to change it.")
            for swing in first:
                with st.container(gap=None):
                    _button(groups[_assumed_path(swing.input, paths)])
                    st.caption(escaped(effect(swing)))
            st.markdown("**The others**")
        else:
            st.caption("Select one to change it.")
        shown = {_assumed_path(swing.input, paths) for swing in first}
        with st.grid("auto", min_column_width=260, gap="xxsmall"):
            for path in paths:
                if path not in shown:
                    _button(groups[path])


def _button(paths: Sequence[str]) -> None:
    """Draw an input with its value in some places as a button that leads to the first of them."""
    if st.button(escaped(_text(paths)), key=f"assumed:{paths[0]}", type="tertiary"):
        navigation.go_to(paths[0])


def _text(paths: Sequence[str]) -> str:
    """Format an input with its value, and with its place if it is only one."""
    values = {state.profile().value(path) for path in paths}
    if len(values) > 1:
        return f"{find_field(paths[0])[0].label}: {len(paths)} values"
    return input_text(paths[0], values.pop(), with_place=len(paths) == 1)


def rank(profile: Profile, paths: Sequence[str]) -> list[Swing]:
    """Return the largest effect of each of the assumed inputs that move the key figures most, the largest first.

    Each input is moved over its plausible range while the others stay.

    Parameters
    ----------
    profile
        The design.
    paths
        Paths of its assumed inputs.
    """
    if not any(profile.value(f"tiers.{tier}.mailboxes") for tier in range(1, profile.tiers + 1)):
        return []
    largest: dict[str, tuple[float, Swing]] = {}
    for swing in one_at_a_time(profile, tuple(JUDGED_BY)).swings:
        if swing.present and swing.swing and _assumed_path(swing.input, paths):
            share = swing.swing / abs(swing.present)
            if share > largest.get(swing.input, (0.0, swing))[0]:
                largest[swing.input] = share, swing
    ranked = sorted(largest.values(), key=lambda found: -found[0])
    return [swing for _, swing in ranked[:FIRST]]


def _assumed_path(path: str, paths: Sequence[str]) -> str:
    """Return the first of some inputs that an input of a study is, which may name no place; empty if none."""
    return next((each for each in paths if path in (each, find_field(each)[0].path)), "")


def effect(swing: Swing) -> str:
    """Say how an input moves a figure over its plausible range, from the low end to the high one."""
    ends = [value for value in (swing.at_low, swing.present, swing.at_high) if value is not None]
    falls = ends[0] > ends[-1]
    first, last = (figures.figure_with_unit(swing.result, end) for end in sorted((min(ends), max(ends)), reverse=falls))
    return f"From {_range(swing)}: {JUDGED_BY[swing.result]} from {first} to {last}"


def _range(swing: Swing) -> str:
    if swing.input_unit == TIMES_PRESENT:
        return f"{swing.low:g} to {swing.high:g} times this value"
    path = swing.input if schema.find(swing.input) else schema.BY_PATH[swing.input].paths()[0]
    low, high = (input_value_text(path, end) for end in (swing.low, swing.high))
    return f"{low} to {high} {input_unit_text(find_field(path)[0])}".strip()
