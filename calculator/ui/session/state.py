"""The design of a session: one truth, changed here alone, undone, shared.

``st.session_state["design"]`` holds the given values by path; what is not in it is a default.  Widgets
are views of it and no page reads one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace as with_other
from pathlib import Path
from typing import TypeVar

import streamlit as st

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import profile as scenario
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import InputError, Issues
from calculator.ui.session import links

Design = dict[str, Value]
Snapshot = tuple[Design, Profile]
Made = TypeVar("Made")

PROFILES = Path(__file__).parents[3] / "profiles"
STEPS_KEPT = 100
MOST_VARIANTS = 3
NEW_DESIGN: Design = {"tiers.1.mailboxes": 5000.0}


def start(arguments: Sequence[str]) -> bool:
    """Begin the session; say whether it was given a profile to show at once.

    Parameters
    ----------
    arguments
        Of the command line: at most a profile file.
    """
    if "design" in st.session_state:
        return False
    st.session_state.update(
        design={}, loaded=Profile(), past=[], future=[], why=[], refused={}, problems=Issues(), variants={}, wanted=""
    )
    try:
        opened = _from_address(arguments)
    except InputError as error:
        st.session_state["problems"] = error.issues
        return False
    if opened is None:
        return False
    profile, show = opened
    _write(profile.given, profile)
    return show


def _from_address(arguments: Sequence[str]) -> tuple[Profile, bool] | None:
    """Profile the session was started with, and whether to show it at once."""
    if "d" in st.query_params:
        return links.unpacked(st.query_params["d"]), False
    if "profile" in st.query_params:
        return shipped(st.query_params["profile"]), True
    if arguments:
        return scenario.load(arguments[0]), True
    return None


def shipped(name: str) -> Profile:
    """A shipped profile by its name.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    files = {path.stem: path for path in scenario.shipped(PROFILES)}
    if name not in files:
        issues = Issues()
        issues.error("address", "profile", "There is no such profile.", f"There are {', '.join(files)}.")
        raise InputError(issues)
    return scenario.load(files[name])


def design() -> Design:
    """The given values."""
    given: Design = st.session_state["design"]
    return given


def is_open() -> bool:
    """Whether there is a design at all."""
    return bool(design())


def profile() -> Profile:
    """The design with the title of the profile it came from."""
    loaded: Profile = st.session_state["loaded"]
    return with_other(loaded, given=dict(design()), where="design")


def digest(given: Mapping[str, Value]) -> str:
    """Short name of a design: equal for equal values."""
    return hashlib.sha256(repr(sorted(given.items())).encode()).hexdigest()[:12]


def plan() -> SizedDesign:
    """The design sized: once a change, kept in the session."""
    return kept("plan", lambda: size(profile()))


def kept(name: str, make: Callable[[], Made], about: object = "") -> Made:
    """What was made of the design, one thing under each name; made again when design or subject change.

    Parameters
    ----------
    name
        Of the slot in the session.
    make
        Makes it.
    about
        What else it depends on.
    """
    key = f"{digest(design())}{about}"
    slot = st.session_state.get(name)
    if slot is None or slot[0] != key:
        slot = st.session_state[name] = (key, make())
    made: Made = slot[1]
    return made


def _write(given: Mapping[str, Value], loaded: Profile) -> None:
    st.session_state["design"] = dict(given)
    st.session_state["loaded"] = loaded
    st.session_state["refused"] = {}


def _snapshot() -> Snapshot:
    return design(), st.session_state["loaded"]


def _step(given: Mapping[str, Value], loaded: Profile) -> None:
    """Take another design, the present one to be had back."""
    if given == design() and loaded == st.session_state["loaded"]:
        return
    st.session_state["past"] = [*st.session_state["past"], _snapshot()][-STEPS_KEPT:]
    st.session_state["future"] = []
    _write(given, loaded)


def replace(other: Profile) -> None:
    """Open another profile."""
    _step(other.given, other)


def put(path: str, raw: object) -> None:
    """Change an input; a value it cannot take is kept aside with what is wrong, the design stays.

    Parameters
    ----------
    path
        Full path of the input.
    raw
        Value in the canonical unit, or a text as a person writes it; None gives the default back.
    """
    found = schema.find(path)
    if found is None:
        raise KeyError(path)
    field, place = found
    refused = dict(st.session_state["refused"])
    refused.pop(path, None)
    try:
        value = field.default_at(place) if raw is None else read_value(field, raw)
    except ValueProblem as error:
        st.session_state["refused"] = {**refused, path: (raw, error)}
        return
    _step(changed(design(), path, value), st.session_state["loaded"])
    st.session_state["refused"] = refused


def put_all(values: Mapping[str, Value]) -> None:
    """Change several inputs in one step, by values in canonical units."""
    given = design()
    for path, value in values.items():
        given = changed(given, path, value)
    _step(given, st.session_state["loaded"])


def put_tiers(values: Mapping[str, Value]) -> None:
    """Put other tiers in the place of all there are, in one step; other inputs stay."""
    given: Design = {path: value for path, value in design().items() if not path.startswith("tiers.")}
    for path, value in values.items():
        given = changed(given, path, value)
    _step(given, st.session_state["loaded"])


def changed(given: Mapping[str, Value], path: str, value: Value) -> Design:
    """A design with another value; one equal to the default is no longer given.

    The mailboxes of a tier stay: they are what makes it a tier.
    """
    kept = {**given, path: value}
    if scenario.is_default(path, value) and not path.endswith(".mailboxes"):
        del kept[path]
    return kept


def refused(path: str) -> tuple[object, ValueProblem] | None:
    """Value that was refused for an input, and why."""
    found: tuple[object, ValueProblem] | None = st.session_state["refused"].get(path)
    return found


def undo() -> None:
    """Take back the last change."""
    _move("past", "future")


def redo() -> None:
    """Make the change again that was taken back."""
    _move("future", "past")


def _move(source: str, target: str) -> None:
    if not st.session_state[source]:
        return
    st.session_state[target] = [*st.session_state[target], _snapshot()]
    *rest, snapshot = st.session_state[source]
    st.session_state[source] = rest
    _write(*snapshot)


def reset() -> None:
    """Give the opened profile's values back to every input."""
    loaded: Profile = st.session_state["loaded"]
    _step(loaded.given, loaded)


def is_changed() -> bool:
    """Whether the design differs from the profile it came from."""
    loaded: Profile = st.session_state["loaded"]
    return bool(design() != loaded.given)


def add_tier() -> None:
    """Add a tier without mailboxes."""
    number = profile().tiers + 1
    if number <= schema.MAX_TIERS:
        _step({**design(), f"tiers.{number}.mailboxes": 0.0}, st.session_state["loaded"])


def duplicate_tier(number: int) -> None:
    """Add a tier with the values of another."""
    last = profile().tiers + 1
    if last > schema.MAX_TIERS:
        return
    head = f"tiers.{number}."
    copied = {
        f"tiers.{last}.{path.removeprefix(head)}": value for path, value in design().items() if path.startswith(head)
    }
    copied.setdefault(f"tiers.{last}.mailboxes", 0.0)
    name = design().get(f"{head}name")
    if name:
        copied[f"tiers.{last}.name"] = f"{name} (copy)"
    _step({**design(), **copied}, st.session_state["loaded"])


def remove_tier(number: int) -> None:
    """Remove a tier; those after it move up."""
    _step(without_tier(design(), number), st.session_state["loaded"])


def without_tier(given: Mapping[str, Value], number: int) -> Design:
    """A design without one of its tiers."""
    kept: Design = {}
    for path, value in given.items():
        head, _, rest = path.partition(".")
        tier, _, leaf = rest.partition(".")
        if head != "tiers" or int(tier) < number:
            kept[path] = value
        elif int(tier) > number:
            kept[f"tiers.{int(tier) - 1}.{leaf}"] = value
    return kept


def variants() -> dict[str, Profile]:
    """Designs kept aside under a name, the first kept first."""
    kept: dict[str, Profile] = st.session_state["variants"]
    return kept


def keep_variant(name: str) -> bool:
    """Keep the design aside under a name; False where there is no room for another."""
    if name not in variants() and len(variants()) >= MOST_VARIANTS:
        return False
    st.session_state["variants"] = {**variants(), name: with_other(profile(), title=name, where=name)}
    return True


def drop_variant(name: str) -> None:
    """Let a design kept aside go."""
    st.session_state["variants"] = {kept: of for kept, of in variants().items() if kept != name}


def want(path: str) -> None:
    """Bring an input first on the next page that has it; an empty path none."""
    st.session_state["wanted"] = path


def wanted() -> str:
    """Path of the input that is to come first, empty if none is."""
    asked = st.query_params.get("field", "")
    if schema.find(asked):
        want(asked)
    path: str = st.session_state["wanted"]
    return path


def share() -> bool:
    """Put the design into the page's address; False where it is too long for one."""
    for stale in ("profile", "field"):
        if stale in st.query_params:
            del st.query_params[stale]
    link = links.packed(profile()) if is_open() else ""
    if not link or len(link) > links.LONGEST:
        if "d" in st.query_params:
            del st.query_params["d"]
        return not link
    if st.query_params.get("d") != link:
        st.query_params["d"] = link
    return True


def address() -> dict[str, str]:
    """What a switch to another page passes on."""
    link = links.packed(profile()) if is_open() else ""
    return {"d": link} if 0 < len(link) <= links.LONGEST else {}
