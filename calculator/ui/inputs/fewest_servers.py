"""Search for the smallest number of servers, and draw the table of the numbers that were tried."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.inputs.profile import Profile
from calculator.presentation.places import with_labels
from calculator.presentation.text import number, plural
from calculator.rules.constants import scalar
from calculator.studies.search.fewest_servers import DAGS, SERVERS, Trial, find_fewest_servers
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current

TRIALS_SHOWN = 8
NOT_RATED = "works, but CPU is not sized"


def find(profile: Profile) -> tuple[Trial, ...]:
    """Find the smallest number of servers with which a design works, and show a message meanwhile."""
    with st.spinner("Trying numbers of servers …"):
        return find_fewest_servers(profile)


@redraw.fragment(redraw.FEWEST)
def section() -> None:
    """Draw a button that finds and sets the smallest number of servers for the design, and the tried numbers."""
    profile = state.profile()
    cpu = number(scalar("highest_cpu_utilization", profile), "share")
    memory = number(scalar("largest_server_memory_by_version", profile))
    has_dag = bool(profile.value("environment.high_availability"))
    with st.container(border=True, key="fewest"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Find the smallest number of servers",
                key="find_fewest",
                icon=":material/search:",
                on_click=_take,
                help="Every other input stays as it is. Undo restores the number of servers that the design has now.",
            )
            with st.container(width="stretch"):
                tried, failure = ("servers and DAGs", " after the worst failure") if has_dag else ("servers", "")
                st.caption(
                    f"Tries numbers of {tried}, and takes the first that passes every check with at most {cpu} CPU"
                    f"{failure} and {memory} GB of memory."
                )
        fewest = current().fewest
        if fewest.digest == state.digest(state.given()):
            draw_trials(fewest.trials)
            if text := _more_bays():
                st.text(text)


def _more_bays() -> str:
    """Return that servers now need more drive bays than before the search, if the design does not state how many."""
    before = state.previous()
    if before is None or state.profile().value("servers.primary.drive_bays"):
        return ""
    old, new = (design.plain["server_drive_bays.primary"] for design in (before, state.design()))
    if old is None or new is None or new <= old:
        return ""
    return f"It needs servers with {number(new)} drive bays, {number(old)} before."


def _take() -> None:
    trials = find(state.profile())
    if trials and not trials[-1].reason:
        state.put_all(trials[-1].values)
    session = current()
    session.fewest.trials, session.fewest.digest = trials, state.digest(state.given())
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM)


def draw_trials(trials: Sequence[Trial]) -> None:
    """Draw the numbers of servers that were tried. If one is enough, it comes last."""
    if not trials:
        st.text("This design cannot be computed with any number of servers. Its errors say why.")
        return
    last = trials[-1]
    if last.reason:
        st.markdown("**No number of servers works**")
        st.text("Plan smaller mailboxes, larger disks or more drive bays, and try again.")
    else:
        count = plural(number(last.servers or 0), "server")
        verb = "is" if last.servers == 1 else "are"
        warned = f", with {plural(len(last.warnings), 'warning')}" if last.warnings else ""
        st.markdown(f"**{count} {verb} the smallest number that works{warned}.** {escaped(_why_not_fewer(trials))}")
    shown = trials[:TRIALS_SHOWN] if last.reason else trials[-TRIALS_SHOWN:]
    with st.container(key="trials"):
        figures.draw_table([_row(trial) for trial in shown], alt="Numbers of servers that were tried")
    if len(trials) > len(shown):
        st.caption(f"{len(trials) - len(shown):,} more were tried.")


def _why_not_fewer(trials: Sequence[Trial]) -> str:
    """Return why the next smaller number of servers fails, and how many attempts did in all; the last trial works."""
    *failed, works = trials
    if not failed:
        return "No smaller number was left to try."
    count = plural(f"{len(failed):,}", "attempt")
    next_smaller = max((trial.servers or 0 for trial in failed if trial.servers != works.servers), default=None)
    if next_smaller is None:
        return f"{count} failed."
    reason = next(trial.reason for trial in failed if trial.servers == next_smaller)
    cause = (
        f"{plural(number(next_smaller), 'server')} {'fails' if next_smaller == 1 else 'fail'}: {with_labels(reason)}"
    )
    return cause if len(failed) == 1 else f"{cause} In all, {count} failed."


def _row(trial: Trial) -> dict[str, str]:
    row = {
        "Servers": number(trial.servers or 0),
        "Result": trial.reason or _works(trial),
        "CPU, worst failure": number(trial.cpu, "share"),
        "Memory, GB": number(trial.memory),
        "Disks per server": number(trial.disks),
    }
    if DAGS in trial.values:  # the number of standalone servers is the first column
        row["Hosting active mailboxes, per DAG and datacenter"] = _given(trial, SERVERS)
        row["DAGs"] = _given(trial, DAGS)
    return row


def _works(trial: Trial) -> str:
    """Say that a number works, with the warnings that it has."""
    works = NOT_RATED if trial.cpu is None else "works"
    if not trial.warnings:
        return works
    warnings = " ".join(with_labels(warning) for warning in dict.fromkeys(trial.warnings))
    return f"{works}, with {plural(len(trial.warnings), 'warning')}: {warnings}"


def _given(trial: Trial, path: str) -> str:
    return number(float(trial.values[path] or 0))
