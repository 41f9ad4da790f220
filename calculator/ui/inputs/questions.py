"""Draw ten questions on one form, the answers as a sentence, and the smallest number of servers that works."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import streamlit as st

from calculator.inputs.choices import VERSION
from calculator.inputs.profile import Profile
from calculator.presentation.text import number, percent, word
from calculator.rules.constants import scalar
from calculator.studies import quick_start
from calculator.studies.quick_start import PLACES, PROTECTIONS, REFERENCE, TWO_ACTIVE, TWO_RESERVE, Answers
from calculator.studies.search.fewest_servers import MAX_MEMBERS, Trial
from calculator.ui.inputs import assumed_values, fewest_servers, widgets
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.store import current, set_widget, widget_key, widget_value

QUESTIONS = "questions"
CUSTOM = "other"
"""Option for a number that is not in the list."""
FIND = "find"
"""Option that leaves the number of servers to the search."""
VIEW = "start"
VERSIONS = dict(zip(VERSION.words, ("2013", "2016", "2019 or SE"), strict=True))
"""Text of each version, short enough for a phone."""
PER_PLACE = {TWO_ACTIVE: " in each datacenter", TWO_RESERVE: " with active mailboxes"}
"""Where the servers of question 9 are: those of the second datacenter in reserve follow from the copies."""
PLAN = f"{Profile().value('guidance.planning_horizon'):g}"
"""Months of the plan of a new design."""
FIRST_CUSTOM_SERVERS = 4
"""Number of servers at first in the field for another number."""


class Custom(NamedTuple):
    """Field for a number that is not in the list: its limits and step, and the divisor of its number."""

    low: float
    high: float
    step: float = 5.0
    scale: float = 1.0


HELP = {
    "version": "Version of Exchange that the servers are to run. It decides which of Microsoft's published figures and "
    "limits are used. SE is the Subscription Edition, which has the limits of 2019.",
    "mailboxes": "Count the mailboxes that the servers are to hold today, shared mailboxes and rooms included. "
    "Disconnected and system mailboxes do not count.",
    "growth": "The design is sized for the end of the period for which the hardware is bought, with this many "
    "mailboxes more than today. Usual: 10 %.",
    "messages_per_day": "Messages that a mailbox sends and receives on a working day, on average. Usual: 100; the "
    "page Users measures the real number from message tracking logs.",
    "message_size": "Average size of a message with its attachments. Usual: 75 KB, the size in Microsoft's profiles.",
    "quota": "Largest size that a mailbox may reach before it can neither send nor receive. Usual: 5 GB.",
    "retention": "Days for which users can recover a deleted item by themselves. Usual: 14, the default of Exchange; "
    "on hold, nothing is ever purged.",
    "place": "Number of datacenters, and whether users work in both. Usual: two datacenters with users in both.",
    "protection": "Number of copies of every database, and how they are protected in addition. Usual: 4 copies in "
    "two datacenters, 3 in one.",
    "cores": "Physical processor cores of one server, at most {cores:.0f} advised for {version}. Usual: 16, two "
    "processors of 8 cores.",
    "core_rating": "SPECint_rate2006 of the server, as published on spec.org, divided by its cores. Leave it empty "
    "if you do not know it: 33.75 is then used, Microsoft's baseline.",
    "bays": "Drive bays of one server, including two for the system disks. Usual: 12.",
    "disk": "Capacity of one database disk, as vendors print it. Usual: 4,000 GB at 7,200 rpm.",
    "servers": "The smallest number that passes every check is found by trying them all, with at most {memory:.0f} GB "
    "of memory per server. Usual: find it; choose other to size servers that you have.",
}
"""Help of each question, with its usual answer and, in braces, what depends on the version of Exchange."""


def _take(name: str, key: str, scale: float = 1.0) -> None:
    """Change an answer. The option ``other`` keeps the number and shows a field for it."""
    answer, form_state = widget_value(key), current().quick_start
    if answer == CUSTOM:
        form_state.custom |= {name}
        if name == "servers":
            form_state.answers = replace(form_state.answers, servers=FIRST_CUSTOM_SERVERS)
    else:
        if key == widget_key(name, VIEW):
            form_state.custom -= {name}
        value: Any = answer if isinstance(answer, str) else float(answer or 0) / scale
        changed: dict[str, Any] = {name: 0.0 if value == FIND else value}
        form_state.answers = replace(form_state.answers, **changed)
    form_state.trials, form_state.digest = (), ""  # the open design is no longer that of the answers
    redraw.rerun(QUESTIONS)


def _take_version(key: str) -> None:
    """Change the version. It is the same one for the questions and for a design that begins without them."""
    form_state = current().quick_start
    form_state.answers = replace(form_state.answers, version=widget_value(key))
    form_state.has_version, form_state.trials, form_state.digest = True, (), ""
    st.rerun()


def _answers() -> Answers:
    return current().quick_start.answers


def _help(name: str) -> str:
    version = _answers().version
    return HELP[name].format(
        cores=quick_start.advised_cores(version),
        memory=quick_start.advised_memory(version),
        version=word(VERSION, version),
    )


@redraw.fragment(QUESTIONS)
def form() -> None:
    """Draw the questions, the answers as a sentence, the button that sizes them, and the proposal."""
    answers = _answers()
    _version()
    with st.grid("auto", min_column_width=320):
        _number("1 Mailboxes", "mailboxes", 1, 100_000_000, step=100)
        growth = Custom(0, 10_000, scale=100)
        _pick(f"2 More mailboxes by the end of the plan ({PLAN} months)", "growth", quick_start.GROWTHS, _share, growth)
        _messages()
        _pick("4 Average message, KB", "message_size", quick_start.MESSAGE_SIZES, number, Custom(1, 1_048_576))
        _pick("5 Mailbox quota, GB", "quota", quick_start.QUOTAS_GB, number, Custom(0.1, 10_000, 1.0))
        retentions = (*quick_start.RETENTIONS, quick_start.ON_HOLD)
        _pick("6 Days deleted items are kept", "retention", retentions, _retention, Custom(1, 24_855, 1.0))
        _choose("7 Where", "place", {word: option.text for word, option in PLACES.items()})
        _choose("8 Protection", "protection", {w: option.text for w, option in PROTECTIONS[answers.place].items()})
        _servers()
    with st.container(key="building-block", gap="xxsmall"):
        st.markdown("10 Each server")
        with st.grid("auto", min_column_width=230, vertical_alignment="top"):
            _number("Cores", "cores", 1, 1024)
            _core_rating(answers)
            _number("Drive bays", "bays", 1, 1000)
            _disk()
    sized = current().quick_start.digest == state.digest(state.given())
    has_version = current().quick_start.has_version
    if has_version:
        st.text(answers.sentence("The new design" if state.is_open() and not sized else "This design"))
    else:
        st.text("Choose the version of Exchange above. Then the answers can be sized.")
    with st.container(horizontal=True):
        kind: Literal["primary", "secondary"] = "secondary" if sized else "primary"
        size = widget_key("size", VIEW)
        if st.button("Size it", key=size, type=kind, icon=":material/calculate:", disabled=not has_version):
            _size(answers)
        on = widget_key("on", VIEW)
        if sized and st.button("See what it needs", key=on, type="primary", icon=":material/arrow_forward:"):
            navigation.go(navigation.REQUIREMENTS)
    if sized:
        _proposal()


def _number(label: str, name: str, low: int, high: int, step: int = 1) -> None:
    key = widget_key(name, VIEW)
    set_widget(key, int(getattr(_answers(), name)))
    st.number_input(label, low, high, step=step, key=key, help=_help(name), on_change=_take, args=(name, key))


def _pick(
    label: str, name: str, offers: Sequence[float], text: Callable[[float], str], custom: Custom, select: bool = False
) -> None:
    """Draw a choice of numbers, and a field for another number if that is chosen."""
    key, value = widget_key(name, VIEW), getattr(_answers(), name)
    own = name in current().quick_start.custom or value not in offers
    set_widget(key, CUSTOM if own else value)
    choose: Callable[..., object] = st.selectbox if select else functools.partial(st.segmented_control, required=True)

    def option_text(option: float | str) -> str:
        return option if isinstance(option, str) else text(option)

    with st.container(gap="xsmall"):
        choose(
            label,
            [*offers, CUSTOM],
            key=key,
            format_func=option_text,
            help=_help(name),
            on_change=_take,
            args=(name, key),
        )
        if own:
            key = widget_key(CUSTOM, key)
            set_widget(key, percent(value) if custom.scale != 1 else float(value))
            unit = ", %" if custom.scale != 1 else ""
            st.number_input(
                f"{label.partition(' ')[2]}{unit}: your own",
                float(custom.low),
                float(custom.high),
                step=custom.step,
                format="%g",
                key=key,
                on_change=_take,
                args=(name, key, custom.scale),
            )


def chosen_version() -> str:
    """Return the version of Exchange that is chosen for a new design; empty until one is chosen."""
    form_state = current().quick_start
    return form_state.answers.version if form_state.has_version else ""


def choose_version(view: str) -> str:
    """Draw the choice of the version of Exchange for a new design. Return it; empty until one is chosen."""
    key, version = widget_key("version", view), chosen_version()
    set_widget(key, version or None)
    st.segmented_control(
        "Version of Exchange",
        list(VERSIONS),
        key=key,
        required=bool(version),
        format_func=VERSIONS.__getitem__,
        help=_help("version"),
        on_change=_take_version,
        args=(key,),
        width="content",
    )
    return version


def _version() -> None:
    """Draw the choice of the version of Exchange, its support by Microsoft, and what it means for the servers."""
    with st.container(horizontal=True, vertical_alignment="top", key="version"):
        version = choose_version(VIEW)
        with st.container(width="stretch", gap="xxsmall"):
            st.caption(quick_start.support_note())
            if version:
                st.caption(quick_start.version_note(version))


def _messages() -> None:
    _pick(
        "3 Messages per mailbox and day",
        "messages_per_day",
        tuple(quick_start.MESSAGES),
        lambda messages: f"{messages:g}, {quick_start.MESSAGES[messages]}",
        Custom(1, 100_000),
        select=True,
    )


def _share(share: float) -> str:
    return number(share, "share")


def _retention(days: float) -> str:
    return number(days) if days else "on hold"


def _choose(label: str, name: str, offers: dict[str, str]) -> None:
    key, chosen = widget_key(name, VIEW), getattr(_answers(), name)
    set_widget(key, chosen if chosen in offers else next(iter(offers)))
    st.selectbox(
        label,
        list(offers),
        key=key,
        format_func=lambda word: offers.get(word, word),
        help=_help(name),
        on_change=_take,
        args=(name, key),
    )


def _core_rating(answers: Answers) -> None:
    """Draw the rating per core, empty if it is not known, and the resulting rating of the server."""
    key = widget_key("core_rating", VIEW)
    set_widget(key, answers.core_rating or None)
    with st.container(gap="xxsmall"):
        st.number_input(
            "SPECint_rate2006 per core",
            0.0,
            10_000.0,
            None,
            1.0,
            "%g",
            key,
            _help("core_rating"),
            _take,
            ("core_rating", key),
            placeholder=f"not known: {scalar(REFERENCE):g}",
        )
        st.caption(f"{answers.cores:.0f} cores: {number(answers.rating_taken)} in total")


def _disk() -> None:
    key = widget_key("disk", VIEW)
    set_widget(key, _answers().disk)
    st.selectbox(
        "Database disks",
        list(quick_start.list_disks()),
        key=key,
        format_func=widgets.capacity_text,
        help=_help("disk"),
        on_change=_take,
        args=("disk", key),
    )


def _servers() -> None:
    """Draw the number of servers: the smallest that works, or a given number."""
    key = widget_key("servers", VIEW)
    where = PER_PLACE.get(_answers().place, "")
    servers = int(_answers().servers)
    set_widget(key, CUSTOM if servers else FIND)
    texts = {FIND: "find the smallest number", CUSTOM: CUSTOM}
    with st.container(gap="xsmall"):
        st.segmented_control(
            f"9 Servers{where}",
            list(texts),
            key=key,
            required=True,
            format_func=texts.__getitem__,
            help=_help("servers"),
            on_change=_take,
            args=("servers", key),
        )
        if servers:
            key = widget_key(CUSTOM, key)
            set_widget(key, servers)
            st.number_input("Servers: your own", 1, MAX_MEMBERS, key=key, on_change=_take, args=("servers", key))


def _size(answers: Answers) -> None:
    """Open the design that the answers give, with the smallest number of servers that works if no number is given."""
    profile = quick_start.make_profile(answers)
    trials: tuple[Trial, ...] = ()
    if not answers.servers:
        trials = fewest_servers.find(profile)
        if trials and not trials[-1].reason:
            profile = replace(profile, given={**profile.given, **trials[-1].values})
    state.replace(profile)
    current().quick_start.trials = trials
    current().quick_start.digest = state.digest(state.given())
    st.rerun()


def _proposal() -> None:
    """Draw the proposal for the answers: numbers of servers that were tried, and assumed values."""
    with st.container(border=True, key="proposal"):
        if not _answers().servers:
            fewest_servers.draw_trials(current().quick_start.trials)
        assumed_values.draw()
