"""Draw the tab Capacity: how much load the design can hold, and which limit it reaches first."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.engine.tables import guests
from calculator.inputs.schema import Field, Kind
from calculator.issues import InputError
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number, round_down, with_minus
from calculator.studies.built_limits import CHECK, CPU
from calculator.studies.capacity import ALL_MAILBOXES, Capacity, LimitReached, capacity
from calculator.studies.figures import none_if_nan
from calculator.ui.charts import base, studies
from calculator.ui.inputs import processors, widgets
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped, input_scale, input_unit_text
from calculator.ui.review import side_effects
from calculator.ui.review.limit_texts import cpu_note, limit_figure, limit_title, limit_titles, places_text
from calculator.ui.session import state

RAISED = ("mailbox_size_limit", "messages_per_day", "message_size", "deleted_item_retention")
"""Inputs of a tier that may be raised; the table shows the first ones of the largest tier at first."""
SHOWN_FIRST = 2
MEMORY = "memory"
"""Name of the limit of memory."""
INPUTS, CHART = "capacity_inputs", "capacity_chart"
"""Keys of widgets."""


def tab() -> None:
    """Draw the largest values of some inputs, the limits behind them, and a chart of one input."""
    design = state.design()
    if issues.show_if_invalid(design, "capacity"):
        return
    st.subheader("What the design can hold", anchor=False)
    issues.show_unknown_cpu(design, "It may set a lower limit, so what the design holds below is an upper bound.")
    st.text(
        "One input is raised while servers, databases, disks and memory stay as they are, until a limit is reached. "
        "The memory that a server needs is compared with the memory that it has."
    )
    tiers = [tier for tier in range(1, design.tiers + 1) if design[f"tiers.{tier}.tier_in_use"]]
    largest = int(design.plain["largest_tier"] or 1)
    offered = [ALL_MAILBOXES, *(f"tiers.{tier}.{leaf}" for leaf in RAISED for tier in tiers)]
    first = [ALL_MAILBOXES, *(f"tiers.{largest}.{leaf}" for leaf in RAISED[:SHOWN_FIRST])]
    chosen = st.multiselect(
        "Inputs", offered, default=[path for path in first if path in offered], key=INPUTS, format_func=_title
    )
    _guests(design)
    found = [item for path in chosen if (item := _capacity(path)) is not None]
    if not found:
        return
    figures.draw_table([_row(item) for item in found], alt="What the design holds, and what it reaches first")
    _note_growth(found, design)
    shown = found[0]
    if len(found) > 1:
        paths = {item.path: item for item in found}
        picked = st.segmented_control(
            "Limits by input", list(paths), default=shown.path, key=CHART, required=True, format_func=_title
        )
        shown = paths.get(str(picked), shown)
    _limits(shown)


def _note_growth(found: Sequence[Capacity], design: SizedDesign) -> None:
    """Draw the mailboxes given and held with those that they become, if the design plans for their growth."""
    sized = float(design.plain["mailboxes_total"] or 0)
    item = next((item for item in found if item.path == ALL_MAILBOXES), None)
    if item is None or sized <= item.given:
        return
    text = f"The design has {number(item.given)} mailboxes today, {number(sized)} with the planned growth."
    if item.largest is not None:
        grown = math.floor(item.largest * sized / item.given)
        text += f" It holds {number(item.largest)} today, {number(grown)} with the planned growth."
    st.caption(escaped(text))


def _guests(design: SizedDesign) -> None:
    """Draw how many of the virtual servers a host holds."""
    rows = guests(design)
    if rows:
        with st.expander("Guests per host", key="capacity_guests", icon=":material/dns:"):
            processors.draw_guests(rows)


def _capacity(path: str) -> Capacity | None:
    """Return how much of an input the design can hold. If that cannot be found, draw the reason and return None."""
    try:
        return state.cached(f"capacity {path}", functools.partial(_find, path))
    except InputError as error:
        issues.show(error.issues, editable=False, view=f"capacity {path}")
        return None


def _find(path: str) -> Capacity:
    return capacity(state.profile(), [path])[0]


def _title(path: str) -> str:
    """Return the name of an input that is raised."""
    if path == ALL_MAILBOXES:
        return "Mailboxes" if state.profile().tiers == 1 else "Mailboxes of all tiers"
    field, place = widgets.find_field(path)
    return field.label if state.profile().tiers == 1 else f"{field.label}, {widgets.tier_title(place + 1)}"


def _amount(item: Capacity, value: float | None) -> str:
    """Format a value of the input with its unit."""
    if value is None:
        return NOT_APPLICABLE
    field = _field(item)
    if field.kind is Kind.FRACTION:
        return widgets.input_value_text(item.path, value)
    shown = value * input_scale(field)
    if field.kind is not Kind.INT:
        shown = round_down(shown)  # a value that is rounded up may exceed a limit
    return f"{number(shown) if field.kind is not Kind.INT else f'{shown:,.0f}'}{NO_BREAK_SPACE}{input_unit_text(field)}"


def _field(item: Capacity) -> Field:
    """Return the input that was raised."""
    path = item.path.replace("tiers.", "tiers.1.", 1) if item.path == ALL_MAILBOXES else item.path
    return widgets.find_field(path)[0]


def _row(item: Capacity) -> dict[str, str]:
    first = item.limits[0] if item.limits else None
    return {
        "Input": f"{_title(item.path)}{_today(item)}",
        "In the design": _amount(item, item.given),
        "The design holds": _held(item),
        "Headroom": NOT_APPLICABLE if item.largest is None else _room(item),
        "First limit": limit_title(first, state.design()) if first else "none is reached",
        "Where": _place(first) if first else "",
    }


def _today(item: Capacity) -> str:
    """Return what tells mailboxes of today apart from those that the design plans for, empty without growth."""
    grows = float(state.design().plain["mailboxes_total"] or 0) > item.given
    return " today" if item.path == ALL_MAILBOXES and grows else ""


def _held(item: Capacity) -> str:
    """Return the largest value of the input; an upper bound if a limit is not known."""
    if item.largest is None:
        return "no value keeps all limits"
    return f"{'at most ' if item.unknown else ''}{_amount(item, item.largest)}"


def _room(item: Capacity) -> str:
    share = (item.largest or 0.0) / item.given - 1
    text = with_minus(f"{'+' if share > 0 else ''}{number(share, 'share')}")
    return f"{'at most ' if item.unknown else ''}{text}"


def _place(limit: LimitReached) -> str:
    """Return the places where a limit is exceeded first, in words."""
    if limit.place.startswith("tiers."):
        return ", ".join(widgets.tier_title(int(tier.split(".")[1])) for tier in limit.place.split(", "))
    return places_text(limit.place)


def _limits(item: Capacity) -> None:
    """Draw the use of each limit over the values of an input, and the limits in the order in which they are reached."""
    unit = input_unit_text(_field(item))
    factor = input_scale(_field(item))
    rows = [(factor * float(row["value"] or 0), str(row["limit"]), float(row["used"] or 0)) for row in item.curve()]
    titles = limit_titles(state.design())
    order = [limit.limit for limit in item.limits if limit.limit in titles]
    name = f"{_title(item.path)}{_today(item)}"
    held = _held(item) if item.largest is None else f"the design holds {_held(item)}"
    finding = f"{name}: {held}; it has {_amount(item, item.given)} now. {item.consequence}"
    largest = None if item.largest is None else factor * item.largest
    title = f"{name}, {unit}" if unit.lower() not in name.lower() else name
    chart = studies.use_of_limits(title, finding, rows, titles, order, factor * item.given, largest)
    base.draw_chart(chart, "capacity")
    if left_out := studies.limits_left_out(rows, order):
        names = " and ".join(titles[name] for name in left_out)
        verb = "is" if len(left_out) == 1 else "are"
        st.caption(escaped(f"The chart shows the limits that are reached first. {names} {verb} only in the table."))
    if fall := _fall_of_memory(rows):
        at = f"{number(fall)} {unit}".strip()
        st.caption(escaped(f"From about {at}, a server needs less memory: {side_effects.INDEXING}."))
    listed = [limit for limit in item.limits if limit.limit != CHECK or limit is item.limits[0]]
    table = [
        {
            "Limit": limit_title(limit, state.design()),
            "Now": limit_figure(none_if_nan(limit.present), limit.unit, limit.limit, none_if_nan(limit.threshold)),
            "At most": limit_figure(none_if_nan(limit.threshold), limit.unit, limit.limit),
            "Limit used": number(limit.used, "share"),
            "Reached above": _amount(item, limit.largest) if limit.largest is not None else "exceeded at every value",
            "Where": _place(limit),
        }
        for limit in listed
    ]
    if table:
        figures.draw_table(table, alt="Limits in the order in which they are reached")
        cpu = next((limit for limit in item.limits if limit.limit == CPU), None)
        if cpu is not None:
            st.caption(escaped(cpu_note(none_if_nan(cpu.present), none_if_nan(cpu.threshold))))
    else:
        st.caption(escaped("No limit is reached up to the largest value that the input can have."))


def _fall_of_memory(rows: Sequence[tuple[float, str, float]]) -> float | None:
    """Return the first value of the input at which less memory is needed than below it; None if there is none."""
    used = [(value, share) for value, limit, share in rows if limit == MEMORY]
    return next((after[0] for before, after in itertools.pairwise(used) if after[1] < before[1]), None)
