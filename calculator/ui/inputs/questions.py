"""Ten questions on one form: the answers as a sentence, and the fewest servers that are enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from calculator.presentation.text import number, plural
from calculator.studies import quick_start
from calculator.studies.quick_start import ONE_SERVER, PLACES, PROTECTIONS, Answers
from calculator.studies.search.fewest_servers import DAGS, MAX_MEMBERS, SERVERS, Trial, find_fewest_servers
from calculator.ui.inputs import forms, widgets
from calculator.ui.results import figures
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.store import current, set_widget, widget_key, widget_value

QUESTIONS = "questions"
CUSTOM = "own"
"""Option for a number that is not in the list."""
VIEW = "start"
TRIALS_SHOWN = 8


def _take(name: str, key: str) -> None:
    """Change an answer. The option ``own`` keeps the number and shows a field for it."""
    answer, form_state = widget_value(key), current().quick_start
    if answer == CUSTOM:
        form_state.custom |= {name}
    else:
        if key == widget_key(name, VIEW):
            form_state.custom -= {name}
        value: Any = answer if isinstance(answer, str) else float(answer)
        form_state.answers = replace(form_state.answers, **{name: value})
    form_state.trials = ()
    redraw.rerun(QUESTIONS)


def _answers() -> Answers:
    return current().quick_start.answers


@redraw.fragment(QUESTIONS)
def form() -> None:
    """Draw the questions, the answers as a sentence, the button that sizes them, and the proposal."""
    answers = _answers()
    with st.grid("auto", min_column_width=300):
        _number("1 Mailboxes", "mailboxes", 1, 100_000_000, step=100)
        _pick("2 Growth over the plan", "growth", quick_start.GROWTHS, lambda share: number(share, "share"))
        _pick("3 Messages a mailbox and day", "messages_per_day", tuple(quick_start.MESSAGES), _messages, (1, 100_000))
        _pick("4 Average message, KB", "message_size", quick_start.MESSAGE_SIZES, number, (1, 1_048_576))
        _pick("5 Mailbox quota, GB", "quota", quick_start.QUOTAS_GB, number)
        _pick("6 Days deleted items are kept", "retention", (*quick_start.RETENTIONS, quick_start.ON_HOLD), _retention)
        _choose("7 Where", "place", {word: option.text for word, option in PLACES.items()})
        _choose("8 Protection", "protection", {w: option.text for w, option in PROTECTIONS[answers.place].items()})
        with st.container():
            st.markdown("9 Building block")
            with st.grid(2, min_column_width=130):
                _number("Cores", "cores", 1, 1024)
                _number("SPECint_rate2006, 0 takes 33.75 per core", "rating", 0, 1_000_000, step=10)
                _number("Drive bays", "bays", 1, 1000)
                _disk()
        _servers()
    st.caption("The average message and the messages a day can be measured: count RECEIVE events of the tracking logs.")
    st.text(answers.sentence())
    if st.button("Size it", key=widget_key("size", VIEW), type="primary", icon=":material/calculate:"):
        _size(answers)
    _proposal()


def _number(label: str, name: str, low: int, high: int, step: int = 1) -> None:
    key = widget_key(name, VIEW)
    set_widget(key, int(getattr(_answers(), name)))
    st.number_input(label, low, high, step=step, key=key, on_change=_take, args=(name, key))


def _pick(
    label: str, name: str, offers: Sequence[float], text: Callable[[float], str], limits: tuple[int, int] | None = None
) -> None:
    """Draw a choice of numbers, and a field for another number within limits if they are given."""
    key, value = widget_key(name, VIEW), getattr(_answers(), name)
    options: list[float | str] = [*offers, *([CUSTOM] if limits else [])]
    custom = limits is not None and (name in current().quick_start.custom or value not in offers)
    set_widget(key, CUSTOM if custom else value)

    def option_text(option: float | str) -> str:
        return option if isinstance(option, str) else text(option)

    with st.container(gap="xsmall"):
        st.segmented_control(
            label, options, key=key, required=True, format_func=option_text, on_change=_take, args=(name, key)
        )
        if custom and limits is not None:
            key = widget_key(CUSTOM, key)
            set_widget(key, float(value))
            st.number_input(
                f"{label.partition(' ')[2]}: your own",
                float(limits[0]),
                float(limits[1]),
                step=5.0,
                format="%g",
                key=key,
                on_change=_take,
                args=(name, key),
            )


def _messages(messages: float) -> str:
    return f"{messages:g} {quick_start.MESSAGES[messages]}"


def _retention(days: float) -> str:
    return number(days) if days else "on hold"


def _choose(label: str, name: str, offers: dict[str, str]) -> None:
    key, chosen = widget_key(name, VIEW), getattr(_answers(), name)
    set_widget(key, chosen if chosen in offers else next(iter(offers)))
    st.selectbox(
        label, list(offers), key=key, format_func=lambda word: offers.get(word, word), on_change=_take, args=(name, key)
    )


def _disk() -> None:
    key = widget_key("disk", VIEW)
    set_widget(key, _answers().disk)
    st.selectbox(
        "Disks",
        list(quick_start.list_disks()),
        key=key,
        format_func=widgets.capacity_text,
        on_change=_take,
        args=("disk", key),
    )


def _servers() -> None:
    """Draw the last question: a number of servers, or 0 for the fewest that are enough."""
    key = widget_key("servers", VIEW)
    where = "" if _answers().place == ONE_SERVER else " hosting active mailboxes"
    set_widget(key, int(_answers().servers))
    label = f"10 Servers{where}, 0 finds the fewest"
    st.number_input(label, 0, MAX_MEMBERS, key=key, on_change=_take, args=("servers", key))


def _size(answers: Answers) -> None:
    """Open the design of the answers, with the fewest servers that are enough unless a number is given."""
    profile = quick_start.make_profile(answers)
    trials: tuple[Trial, ...] = ()
    if not answers.servers:
        with st.spinner("Trying numbers of servers …"):
            trials = find_fewest_servers(profile)
        if trials and not trials[-1].reason:
            profile = replace(profile, given={**profile.given, **trials[-1].values})
    state.replace(profile)
    current().quick_start.trials = trials
    current().quick_start.digest = state.digest(state.given())
    st.rerun()


def _proposal() -> None:
    """Draw the proposal for the answers: numbers of servers tried, a button to the results, assumed values."""
    if current().quick_start.digest != state.digest(state.given()):
        return
    with st.container(border=True, key="proposal"):
        trials = current().quick_start.trials
        if trials:
            _trials(trials)
        elif not _answers().servers:
            st.text("With no number of servers can this design be computed: see its errors on the next page.")
        if st.button("See what it needs", key=widget_key("on", VIEW), type="primary", icon=":material/arrow_forward:"):
            navigation.go(navigation.REQUIREMENTS)
        for assumption in _answers().assumptions():
            st.caption(assumption)
        forms.assumed_values()


def _trials(trials: Sequence[Trial]) -> None:
    """Draw the numbers of servers that were tried. If one is enough, it comes last."""
    last = trials[-1]
    if last.reason:
        st.markdown("**No number of servers works**")
        st.text("Change the answers: smaller mailboxes, larger disks, more bays. The design has the default number.")
    else:
        count = plural(number(last.servers or 0), "server")
        st.markdown(f"**{count} will do.** Smaller numbers that fail: {len(trials) - 1}.")
    shown = trials[:TRIALS_SHOWN] if last.reason else trials[-TRIALS_SHOWN:]
    rows = [
        {
            "Servers": number(trial.servers or 0),
            "Hosting active": _given(trial, SERVERS),
            "DAGs": _given(trial, DAGS),
            "CPU": number(trial.cpu, "share"),
            "Memory, GB": number(trial.memory),
            "Disks per server": number(trial.disks),
            "Why not": trial.reason or "works",
        }
        for trial in shown
    ]
    figures.draw_table(rows, alt="Numbers of servers that were tried")
    if len(trials) > len(shown):
        st.caption(f"{len(trials) - len(shown):,} more were tried.")


def _given(trial: Trial, path: str) -> str:
    value = trial.values.get(path)
    return number(float(value)) if value else "–"
