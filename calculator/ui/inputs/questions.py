"""Ten questions on one form: answers said back in a sentence, the fewest servers proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from calculator.studies import quick_start
from calculator.studies.quick_start import ONE_SERVER, PLACES, PROTECTIONS, Answers
from calculator.studies.search.fewest_servers import DAGS, MOST_MEMBERS, SERVERS, Trial, find_fewest_servers
from calculator.ui.inputs import assumed, widgets
from calculator.ui.results import figures
from calculator.ui.results.texts import plural
from calculator.ui.session import navigation, redraw, state

QUESTIONS = "questions"
OWN = "own"
TRIALS_SHOWN = 8


def _answers() -> Answers:
    answers: Answers = st.session_state.setdefault("answers", Answers())
    return answers


def _take(name: str, key: str) -> None:
    """Take over an answer; one of a list that says ``own`` leaves the number as it is."""
    answer = st.session_state[key]
    own: set[str] = st.session_state.setdefault("own_answers", set())
    if answer == OWN:
        st.session_state["own_answers"] = own | {name}
    else:
        if key == f"start:{name}":
            st.session_state["own_answers"] = own - {name}
        value: Any = answer if isinstance(answer, str) else float(answer)
        st.session_state["answers"] = replace(_answers(), **{name: value})
    st.session_state["trials"] = ()
    redraw.again(QUESTIONS)


@redraw.part(QUESTIONS)
def form() -> None:
    """Draw the questions, the answers as a sentence, the button and what is proposed."""
    answers = _answers()
    with st.grid("auto", min_column_width=300):
        _number("1 Mailboxes", "mailboxes", 1, 100_000_000, step=100)
        _pick("2 Growth over the plan", "growth", quick_start.GROWTHS, lambda share: figures.number(share, "share"))
        _pick("3 Messages a mailbox and day", "messages_per_day", tuple(quick_start.MESSAGES), _messages, (1, 100_000))
        _pick("4 Average message, KB", "message_size", quick_start.MESSAGE_SIZES, figures.number, (1, 1_048_576))
        _pick("5 Mailbox quota, GB", "quota", quick_start.QUOTAS_GB, figures.number)
        _pick("6 Days deleted items are kept", "retention", (*quick_start.RETENTIONS, quick_start.ON_HOLD), _retention)
        _choose("7 Where", "place", {word: option.text for word, option in PLACES.items()})
        _choose("8 Protection", "protection", {w: option.text for w, option in PROTECTIONS[answers.place].items()})
        with st.container():
            st.markdown("9 Building block")
            with st.grid(2, min_column_width=130):
                _number("Cores", "cores", 1, 1024)
                _number("SPECint_rate2006, 0 if not known", "rating", 0, 1_000_000, step=10)
                _number("Drive bays", "bays", 1, 1000)
                _disk()
        _servers()
    st.caption("The average message and the messages a day can be measured: count RECEIVE events of the tracking logs.")
    st.text(answers.sentence())
    if st.button("Size it", key="start:size", type="primary", icon=":material/calculate:"):
        _size(answers)
    _proposal()


def _number(label: str, name: str, low: int, high: int, step: int = 1) -> None:
    key = f"start:{name}"
    st.session_state[key] = int(getattr(_answers(), name))
    st.number_input(label, low, high, step=step, key=key, on_change=_take, args=(name, key))


def _pick(
    label: str, name: str, offers: Sequence[float], text: Callable[[float], str], own: tuple[int, int] | None = None
) -> None:
    """Draw a choice of numbers, and a field for one's own where that is offered."""
    key, value = f"start:{name}", getattr(_answers(), name)
    options: list[float | str] = [*offers, *([OWN] if own else [])]
    is_own = own is not None and (name in st.session_state.get("own_answers", ()) or value not in offers)
    st.session_state[key] = OWN if is_own else value

    def shown(option: float | str) -> str:
        return option if isinstance(option, str) else text(option)

    with st.container(gap="xsmall"):
        st.segmented_control(
            label, options, key=key, required=True, format_func=shown, on_change=_take, args=(name, key)
        )
        if is_own and own is not None:
            st.session_state[f"{key}:own"] = float(value)
            st.number_input(
                f"{label.partition(' ')[2]}: your own",
                float(own[0]),
                float(own[1]),
                step=5.0,
                format="%g",
                key=f"{key}:own",
                on_change=_take,
                args=(name, f"{key}:own"),
            )


def _messages(messages: float) -> str:
    return f"{messages:g} {quick_start.MESSAGES[messages]}"


def _retention(days: float) -> str:
    return figures.number(days) if days else "on hold"


def _choose(label: str, name: str, offers: dict[str, str]) -> None:
    key, chosen = f"start:{name}", getattr(_answers(), name)
    st.session_state[key] = chosen if chosen in offers else next(iter(offers))
    st.selectbox(
        label, list(offers), key=key, format_func=lambda word: offers.get(word, word), on_change=_take, args=(name, key)
    )


def _disk() -> None:
    key = "start:disk"
    st.session_state[key] = _answers().disk
    st.selectbox(
        "Disks",
        list(quick_start.list_disks()),
        key=key,
        format_func=widgets.capacity_text,
        on_change=_take,
        args=("disk", key),
    )


def _servers() -> None:
    """Draw the last question: the fewest servers, or a number of one's own."""
    key = "start:servers"
    where = "" if _answers().place == ONE_SERVER else " hosting active mailboxes"
    st.session_state[key] = int(_answers().servers)
    label = f"10 Servers{where}, 0 finds the fewest"
    st.number_input(label, 0, MOST_MEMBERS, key=key, on_change=_take, args=("servers", key))


def _size(answers: Answers) -> None:
    """Make the design the answers describe, with the fewest servers that work unless a number is given."""
    profile = quick_start.make_profile(answers)
    trials: tuple[Trial, ...] = ()
    if not answers.servers:
        with st.spinner("Trying numbers of servers …"):
            trials = find_fewest_servers(profile)
        if trials and not trials[-1].reason:
            profile = replace(profile, given={**profile.given, **trials[-1].values})
    state.replace(profile)
    st.session_state["trials"] = trials
    st.session_state["answered"] = state.digest(state.design())
    st.rerun()


def _proposal() -> None:
    """Draw what came of the answers: the numbers tried, the way on, what is assumed."""
    if st.session_state.get("answered") != state.digest(state.design()):
        return
    with st.container(border=True, key="proposal"):
        trials: tuple[Trial, ...] = st.session_state.get("trials", ())
        if trials:
            _trials(trials)
        elif not _answers().servers:
            st.text("With no number of servers can this design be computed: see its errors on the next page.")
        if st.button("See what it needs", key="start:on", type="primary", icon=":material/arrow_forward:"):
            navigation.go(navigation.REQUIREMENTS)
        assumed.show()


def _trials(trials: Sequence[Trial]) -> None:
    """Draw the numbers of servers that were tried, the last the one that works."""
    last = trials[-1]
    if last.reason:
        st.markdown("**No number of servers works**")
        st.text("Change the answers: smaller mailboxes, larger disks, more bays. The design has the default number.")
    else:
        count = plural(figures.number(last.servers or 0), "server")
        st.markdown(f"**{count} will do.** Smaller numbers that fail: {len(trials) - 1}.")
    shown = trials[:TRIALS_SHOWN] if last.reason else trials[-TRIALS_SHOWN:]
    rows = [
        {
            "Servers": figures.number(trial.servers or 0),
            "Hosting active": _given(trial, SERVERS),
            "DAGs": _given(trial, DAGS),
            "CPU": _known(trial.cpu, "share"),
            "Memory, GB": _known(trial.memory),
            "Disks a server": _known(trial.disks),
            "Why not": trial.reason or "works",
        }
        for trial in shown
    ]
    figures.draw_table(rows, alt="Numbers of servers that were tried")
    if len(trials) > len(shown):
        st.caption(f"{len(trials) - len(shown):,} more were tried.")


def _given(trial: Trial, path: str) -> str:
    value = trial.values.get(path)
    return figures.number(float(value)) if value else "–"


def _known(value: float | None, unit: str = "") -> str:
    return figures.number(value, unit) if value is not None else "n/a"
