"""Search for the smallest number of servers, and draw the table of the numbers that were tried."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calculator.inputs.profile import Profile
from calculator.presentation.headline import assumed_servers, cpu_name
from calculator.presentation.places import with_labels
from calculator.presentation.text import number, plural
from calculator.rules.constants import scalar
from calculator.studies.database_numbers import AUTOMATIC, COUNT
from calculator.studies.search.fewest_servers import DAGS, SERVERS, Trial, find_fewest_servers, size_as_trial
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current

TRIALS_SHOWN = 8
NOT_RATED = "works, but CPU is not sized"


def find(profile: Profile, choose_databases: bool = False) -> tuple[Trial, ...]:
    """Find the smallest number of servers with which a design works, and show a message meanwhile."""
    with st.spinner("Trying numbers of servers …"):
        return find_fewest_servers(profile, choose_databases=choose_databases)


@redraw.fragment(redraw.FEWEST)
def section() -> None:
    """Draw a button that finds and sets the smallest number of servers for the design, and the tried numbers."""
    profile = state.profile()
    cpu = number(scalar("highest_cpu_utilization", profile), "share")
    memory = number(scalar("largest_server_memory_by_version", profile))
    has_dag = bool(profile.value("environment.high_availability"))
    with st.container(border=True, key="fewest"):
        with st.container(horizontal=True, vertical_alignment="center"):
            _button("find_fewest")
            with st.container(width="stretch"):
                tried, failure = ("servers and DAGs", " after the worst failure") if has_dag else ("servers", "")
                databases = " Sets the number of databases where the automatic number fails or takes many more disks."
                st.caption(
                    f"Tries numbers of {tried}, and takes the first that works without errors, with at most {cpu} CPU"
                    f"{failure} and {memory} GB of memory. Fewer servers may need more disks."
                    f"{f' {databases}' if profile.value(AUTOMATIC) else ''}"
                )
        if _is_found():
            draw_trials(current().fewest.trials, current().fewest.before)


def offer(key: str) -> None:
    """Draw the button that finds the number of servers if the design does not state one, or what it has found."""
    if assumed_servers(state.design()):
        _button(key)
    if _is_found():
        _draw_outcome(current().fewest.trials, current().fewest.before)


def _is_found() -> bool:
    """Return whether the search was run for the present design."""
    return current().fewest.digest == state.digest(state.given())


def _button(key: str) -> None:
    st.button(
        "Find the smallest number of servers",
        key=key,
        icon=":material/search:",
        on_click=_take,
        help="Undo restores the numbers that the design has now.",
    )


def _take() -> None:
    profile, session = state.profile(), current()
    trials = find(profile, choose_databases=True)
    session.fewest.before = size_as_trial(profile)
    if trials and not trials[-1].reason:
        state.put_all(trials[-1].values)
    session.fewest.trials, session.fewest.digest = trials, state.digest(state.given())
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM, redraw.IMPORT)


def draw_trials(trials: Sequence[Trial], before: Trial | None = None) -> None:
    """Draw the design before the search and the numbers of servers that were tried. If one is enough, it comes last."""
    _draw_outcome(trials, before)
    if not trials:
        return
    shown = trials[:TRIALS_SHOWN] if trials[-1].reason else trials[-TRIALS_SHOWN:]
    with st.container(key="trials"):
        rows = [_row(trial, shown) for trial in shown]
        if before is not None:
            rows = [{**_row(before, shown), "Result": f"the design before: {before.reason or _works(before)}"}, *rows]
        figures.draw_table(rows, alt="Numbers of servers that were tried")
    if len(trials) > len(shown):
        st.caption(f"{len(trials) - len(shown):,} more were tried.")


def _draw_outcome(trials: Sequence[Trial], before: Trial | None) -> None:
    """Draw the number of servers that was found, why fewer are not enough, and the hardware; or that none works."""
    if not trials:
        st.text("This design cannot be computed with any number of servers. Its errors say why.")
        return
    last = trials[-1]
    if last.reason:
        st.markdown("**No number of servers works**")
        st.text("Plan smaller mailboxes, larger disks or more drive bays, and try again.")
        return
    count = plural(number(last.servers or 0), "server")
    verb = "is" if last.servers == 1 else "are"
    warned = f", with {plural(len(last.warnings), 'warning')}" if last.warnings else ""
    st.markdown(f"**{count} {verb} the smallest number that works{warned}.** {escaped(_why_not_fewer(trials))}")
    if text := " ".join(filter(None, (_hardware(before, last), _set_databases(last)))):
        st.text(text)


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


def _hardware(before: Trial | None, found: Trial) -> str:
    """Return the disks and drive bays of the number that was found, with those before; empty if none is known."""
    if found.all_disks is None or found.bays is None:
        return ""
    disks, bays = number(found.all_disks), number(found.bays)
    text = f"The design needs {disks} disks for Exchange in all and {bays} drive bays per server"
    if before is None or before.all_disks is None or before.bays is None:
        return f"{text}."
    return f"{text}. Before the search: {number(before.all_disks)} and {number(before.bays)}."


def _set_databases(found: Trial) -> str:
    """Return that the number of databases is set and no longer automatic; empty if it is not."""
    if COUNT not in found.values:
        return ""
    return (
        f"The number of databases is set to {_given(found, COUNT)} and does not follow the mailboxes any more, until "
        "it is made automatic again under Databases and I/O."
    )


def _row(trial: Trial, trials: Sequence[Trial]) -> dict[str, str]:
    row = {
        "Servers": number(trial.servers or 0),
        "Result": trial.reason or _works(trial),
        cpu_name(state.design()): number(trial.cpu, "share"),
        "Memory, GB": number(trial.memory),
        "Disks for Exchange": number(trial.all_disks),
        "Drive bays per server": number(trial.bays),
    }
    if any(COUNT in tried.values for tried in trials):
        row[f"Databases per {'DAG' if DAGS in trial.values else 'server'}"] = number(trial.databases)
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
