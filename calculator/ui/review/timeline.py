"""Draw the study Timeline: when a growing design reaches its limits, and what to buy then."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from calculator.cli.printing import print_rows
from calculator.issues import InputError
from calculator.presentation.figures import missing_rating
from calculator.presentation.text import NO_BREAK_SPACE, number, plural
from calculator.rules.constants import scalar
from calculator.studies.timeline.growth import Growth
from calculator.studies.timeline.remedies import BETTER, WORSE
from calculator.studies.timeline.run import Timeline, TimelineRow, first_month, timeline
from calculator.ui.charts import base
from calculator.ui.charts import timeline as charts
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped
from calculator.ui.review import outage, running_server, timeline_settings
from calculator.ui.review.limit_texts import cpu_note, limit_figure, limit_titles, places_text
from calculator.ui.session import state
from calculator.ui.session.store import TimelineSettings, current, widget_key

ALL_USED = 0.995
"""Smallest share of a limit that is shown as 100 %."""
MARGIN = 0.05
"""How much less and more growth per year the answer is also given for, because nobody knows it exactly."""
SERVER_LIMITS = ("cpu", "memory")
"""Limits for which servers are bought."""
EFFECT_MARKS = {BETTER: ":green[Better:] ", WORSE: ":orange[Worse:] ", "": ""}
"""Marks before the effects of a purchase, by verdict."""


def draw() -> None:
    """Draw the growth, the limits that are reached and what to buy, the months, and an outage."""
    if issues.show_if_invalid(state.design(), "timeline"):
        return
    settings = current().timeline
    st.subheader("When each limit is reached", anchor=False)
    issues.show_unknown_cpu(state.design(), "It may be a limit that is reached earlier than those below.")
    st.text(
        "The load grows from month to month by the growth that you assume, while servers, databases and disks stay as "
        "they are built. The memory that a server needs is compared with the memory that it has."
    )
    timeline_settings.choose_growth()
    found = _timeline(settings)
    if found is not None:
        _months(found, timeline_settings.growth_of(settings, state.design()))
    st.markdown("**Further assumptions about the months**")
    timeline_settings.draw_further()
    outage.draw(settings)
    running_server.draw()


def _timeline(settings: TimelineSettings) -> Timeline | None:
    """Return the timeline of the design. If a setting cannot be used, draw the reason and return None."""
    try:
        growth = timeline_settings.growth_of(settings, state.design())
        return state.cached("timeline_found", lambda: timeline(state.profile(), growth), growth)
    except InputError as error:
        issues.show(error.issues, view="timeline")
        return None


def _months(found: Timeline, growth: Growth) -> None:
    """Draw which limit is reached when, what to buy, and the use of the limits month by month."""
    issues.show(found.issues, view="timeline_of", editable=False)
    reached = [row for row in found.limits() if row["month"] is not None]
    exceeded = [row for row in reached if row["month"] == 0]
    full = _full(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if exceeded:
            st.badge("exceeded", color="red", icon=":material/error:")
        elif reached and timeline_settings.is_example(current().timeline, state.design()):
            st.badge("example", color="blue", icon=":material/info:")
        elif not reached and missing_rating(state.design()):
            st.badge("not sized completely", color="orange", icon=":material/warning:")
        elif reached:
            st.badge(f"{plural(len(reached), 'limit')} reached", color="orange", icon=":material/warning:")
        else:
            st.badge("full at the end" if full else "no limit reached", color="green", icon=":material/check_circle:")
        with st.container(width="stretch"):
            if exceeded:
                st.markdown(f"**{escaped(_exceeded(exceeded))}**")
            example = timeline_settings.example(current().timeline, state.design())
            if text := _finding(found):
                st.markdown(f"**{escaped(example + text)}**")
            if margin := _margin(found, growth):
                st.text(margin)
    st.caption(escaped(f"{timeline_settings.assumption(current().timeline, state.design())} {_start(found)}"))
    if reached:
        purchases = [_purchase(row) for row in reached]
        used = [title for title in purchases[0] if any(row[title] for row in purchases)]
        rows = [{title: row[title] for title in used} for row in purchases]
        figures.draw_table(rows, alt="Limits that are reached, and what to buy")
        st.caption(escaped(_about_purchases(found, reached)))
    base.draw_chart(charts.months(found, _titles()), "timeline")
    if bends := _bends(found):
        st.caption(escaped(bends))
    if reached:
        _effects(found)
        fold = st.expander("Every limit, with its figure", key="timeline_limits", on_change="rerun")
        if fold.open:
            with fold:
                _limits(found)
    else:
        _limits(found)
    st.download_button(
        "All months (CSV)",
        data=functools.partial(_csv, found.months()),
        file_name="timeline.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=widget_key("timeline", "take"),
    )


def _about_purchases(found: Timeline, reached: Sequence[TimelineRow]) -> str:
    """Return sentences that say how long purchases last, and where to find the servers that the present load needs."""
    text = f"Each purchase is for its own limit alone, and lasts until month {len(found.state.months) - 1}."
    if any(row["limit"] in SERVER_LIMITS and row["month"] == 0 for row in reached):
        text += (
            " For the fewest servers that hold the present load, find the smallest number of servers on Constraints."
        )
    return text


def _effects(found: Timeline) -> None:
    """Draw what else the purchases change: one line per effect, with better and worse told apart."""
    of = {outcome.limit.name: purchase for outcome, purchase in found.outcomes if purchase.effects}
    purchases = [of[name] for row in found.limits() if (name := str(row["limit"])) in of]
    if not purchases:
        return
    st.markdown("**What else the purchases change by the last month**")
    with st.grid("auto", min_column_width=420):
        for purchase in purchases:
            effects = (
                (EFFECT_MARKS[effect.verdict], escaped(_sentence(effect.text).replace(" %", f"{NO_BREAK_SPACE}%")))
                for effect in purchase.effects
            )
            lines = "".join(f"\n- {mark}{text}" for mark, text in effects)
            st.markdown(f"{escaped(purchase.words)}:\n{lines}")


def _limits(found: Timeline) -> None:
    rows = found.limits()
    figures.draw_table([_limit(row) for row in rows], alt="Limits of the design")
    note = next((cpu_note(row["value"], row["threshold"]) for row in rows if row["limit"] == "cpu"), "")
    if note:
        st.caption(escaped(note))


def _start(found: Timeline) -> str:
    """Return a sentence that says how full mailboxes and a volume are at the start."""
    fill = found.months()[0]["volume_fill"]
    room = "disk" if found.built.on_disk.any() else "planned size"
    volume = (
        f", and a database volume takes {number(fill, 'share')} of its {room}, including the space that is kept free"
        if isinstance(fill, float)
        else ""
    )
    return f"At the start, mailboxes are {timeline_settings.START_NAMES[found.state.start]}{volume}."


def _titles() -> dict[str, str]:
    return limit_titles(state.design())


def _finding(found: Timeline) -> str:
    rows = found.limits()
    last = len(found.state.months) - 1
    missing = [_titles()[str(row["limit"])] for row in rows if row["value"] is None]
    unsized = f" Not sized: {', '.join(missing)}." if missing else ""
    later = next((row for row in rows if row["month"]), None)
    if later is not None:
        which = "next" if rows[0]["month"] == 0 else "first"
        title = _titles()[str(later["limit"])]
        return f"{title} is the {which} limit, in month {later['month']} of {last}.{unsized}"
    if rows[0]["month"] == 0:
        return unsized.strip()
    if full := _full(found):
        verb = "is" if len(full) == 1 else "are"
        end = f"{' and '.join(full)} {verb} full at the end, as planned."
        return f"No limit is exceeded in {last} months. {end}{unsized}"
    return f"No limit is reached in {last} months.{_nearest(found)}{unsized}"


def _exceeded(rows: Sequence[TimelineRow]) -> str:
    """Return a sentence about the limits that are exceeded in month 0, with the share of each that is used."""
    used = [f"{_titles()[str(row['limit'])]} ({number(_used(row), 'share')} used)" for row in rows]
    return f"Exceeded already, before any growth: {'; '.join(used)}."


def _used(row: TimelineRow) -> float | None:
    """Return the share of a limit that is used; None without a figure."""
    value, threshold = row["value"], row["threshold"]
    return value / threshold if isinstance(value, float) and isinstance(threshold, float) else None


def _margin(found: Timeline, growth: Growth) -> str:
    """Return a sentence about the first limit with less and with more growth.

    It is empty with the growth of the tiers, and if both reach their first limit at the same time.
    """
    if growth.mailbox_growth is None:
        return ""
    others = [growth.mailbox_growth + points for points in (-MARGIN, MARGIN)]
    months = state.cached(
        "timeline_margin",
        lambda: [first_month(found.built, replace(growth, mailbox_growth=other)) for other in others],
        growth,
    )
    if months[0] == months[1]:
        return ""
    less, more = (f"{timeline_settings.percent_words(round(100 * other, 6))} per year" for other in others)
    first, second = ("not at all" if month is None else f"in month {month}" for month in months)
    return f"With {less} a first limit is reached {first}, with {more} {second}."


def _full(found: Timeline) -> list[str]:
    """Return the limits that grow until nothing is left of them in the last month, although none is exceeded."""
    return [
        _titles()[name] for name, shares in found.used().items() if shares[0] < shares[-1] and shares[-1] >= ALL_USED
    ]


def _bends(found: Timeline) -> str:
    """Return sentences that say why the lines bend where mailboxes begin with little in them; empty if they do not."""
    months = found.months()
    sizes = [float(str(month["mailbox_size"])) for month in months]
    items = [float(str(month["dumpster_size"])) for month in months]
    if len(months) < 3 or sizes[0] == sizes[-1]:
        return ""
    kept = f"Users keep {_kept():g} % of their new mail"
    end = next((month for month, size in enumerate(sizes) if size == sizes[-1]), len(sizes))
    if end < len(sizes) - 1:
        text = f"{kept}, which fills the mailboxes up to their quotas by month {end}. Then only their number grows."
    else:
        text = f"{kept}, so that the mailboxes grow every month."
    if items[1] - items[0] > 2 * (items[2] - items[1]) > 0:
        text += " The Recoverable Items folders are empty on the first day, and most of them fill in the first month."
    return text


def _kept() -> float:
    """Return the share of new mail that users keep, in percent."""
    fill = current().timeline.fill
    return 100 * scalar("mail_kept", state.profile()) if fill is None else fill


def _nearest(found: Timeline) -> str:
    """Return a sentence about the limit of which most is used by the last month; empty if nothing changes."""
    changing = {name: shares for name, shares in found.used().items() if shares[0] != shares[-1]}
    if not changing:
        return ""
    name = max(changing, key=lambda name: changing[name][-1])
    return f" The nearest is {_titles()[name]}, with {number(changing[name][-1], 'share')} used by then."


def _purchase(row: TimelineRow) -> dict[str, str]:
    return {
        "Limit": _titles()[str(row["limit"])],
        "Month": str(row["month"]),
        "What to buy": _sentence(row["buy"]),
        "Remark": _sentence(row["why_not_applicable"]),
        "Where": places_text(str(row["where"])),
        "Figure then": limit_figure(row["value"], str(row["unit"]), str(row["limit"]), row["threshold"]),
        "At most": limit_figure(row["threshold"], str(row["unit"]), str(row["limit"])),
    }


def _limit(row: TimelineRow) -> dict[str, str]:
    used = _used(row)
    kept = "not exceeded" if used is not None and used >= ALL_USED else "not reached"
    month = kept if row["month"] is None else f"month {row['month']}"
    return {
        "Limit": _titles()[str(row["limit"])],
        "Reached": f"n/a: {row['why_not_applicable']}" if row["value"] is None else month,
        "Where": places_text(str(row["where"])),
        "Figure": limit_figure(row["value"], str(row["unit"]), str(row["limit"]), row["threshold"]),
        "At most": limit_figure(row["threshold"], str(row["unit"]), str(row["limit"])),
        "Limit used": number(used, "share"),
    }


def _sentence(text: object) -> str:
    """Return a text that begins with a capital letter; empty for None."""
    shown = "" if text is None else str(text)
    return shown[:1].upper() + shown[1:]


def _csv(rows: list[TimelineRow]) -> str:
    text = io.StringIO()
    print_rows(rows, "csv", text)
    return text.getvalue()
