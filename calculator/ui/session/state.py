"""Manage the design of the session: open it, change it, undo, keep variants, share.

The design is held once, as the mapping of given inputs in the `Session`.  Only this module changes it.
Widgets are views of it; no page reads its figures or inputs from a widget.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace as with_changes
from typing import TypeVar

import streamlit as st

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import profile as profiles
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.inputs.shipped import profile_files
from calculator.issues import InputError, Issues
from calculator.ui.session import links
from calculator.ui.session.store import CachedOfDesign, Given, Session, Snapshot, current

CachedValue = TypeVar("CachedValue")

UNDO_LIMIT = 100
VARIANT_LIMIT = 3
MAKES_A_TIER = ".mailboxes"
"""End of the path of the input that makes a tier exist. It always keeps a given value, so that the tier stays."""
UNDONE, REDONE, RESTORED = "Undone", "Redone", "Restored"
"""What a change was that is no new one."""
NEW_DESIGN: Given = {"tiers.1.mailboxes": 5000.0}


# --- open ----------------------------------------------------------------------------------------


def new_design(version: str, mailboxes: float | None = None) -> Profile:
    """Return a new design, which has no title yet.

    Parameters
    ----------
    version
        Version of Exchange.
    mailboxes
        Number of mailboxes, by default that of `NEW_DESIGN`.
    """
    given: Given = {**NEW_DESIGN, "environment.exchange_version": version}
    if mailboxes is not None:
        given[f"tiers.1{MAKES_A_TIER}"] = mailboxes
    return Profile(given)


def start(arguments: Sequence[str]) -> bool:
    """Read the design that a new session is started with.

    Parameters
    ----------
    arguments
        Arguments of the command line: at most one profile file.

    Returns
    -------
    bool
        Whether the session was started with a profile whose results are to be shown at once.
    """
    session = current()
    if session.started:
        return False
    session.started = True
    try:
        requested = _requested_profile(arguments)
    except InputError as error:
        session.problems = error.issues
        return False
    if requested is None:
        return False
    source, show = requested
    _write(session, source.given, source)
    return show


def _requested_profile(arguments: Sequence[str]) -> tuple[Profile, bool] | None:
    """Return the profile that the session was started with, and whether to show its results at once."""
    if "d" in st.query_params:
        return links.decode(st.query_params["d"]), False
    if "profile" in st.query_params:
        return shipped(st.query_params["profile"]), True
    if arguments:
        return profiles.load(arguments[0]), True
    return None


def shipped(name: str) -> Profile:
    """Return a shipped profile by its name.

    Raises
    ------
    InputError
        If no shipped profile has this name.
    """
    files = {path.stem: path for path in profile_files()}
    if name not in files:
        issues = Issues()
        issues.error("address", "profile", "There is no such profile.", f"There are {', '.join(files)}.")
        raise InputError(issues)
    return profiles.load(files[name])


# --- read ----------------------------------------------------------------------------------------


def given() -> Given:
    """Return the inputs that were given a value."""
    return current().given


def is_open() -> bool:
    """Return whether a design is open."""
    return bool(given())


def profile() -> Profile:
    """Return the design as a profile, with the title and the description of the profile it came from if unchanged."""
    return _titled(given(), current().source)


def _titled(values: Mapping[str, Value], source: Profile) -> Profile:
    return with_changes(source.with_given(values), where="design")


def digest(values: Mapping[str, Value]) -> str:
    """Return a short hash of given inputs, equal for equal inputs."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:12]


def design() -> SizedDesign:
    """Return the sized design. It is sized once after each change."""
    return cached("design", lambda: size(profile(), like=previous()))


def cached(name: str, compute: Callable[[], CachedValue], depends_on: object = "") -> CachedValue:
    """Return a value computed from the design, computed again only when the design or its source is replaced.

    Parameters
    ----------
    name
        Name of the value. One value is kept under each name.
    compute
        Function that computes the value.
    depends_on
        What the value depends on in addition to the design.
    """
    session = current()
    kept = session.cache.get(name)
    if (
        kept is None
        or kept.given is not session.given
        or kept.source is not session.source
        or kept.depends_on != depends_on
    ):
        kept = session.cache[name] = CachedOfDesign(session.given, session.source, depends_on, compute())
    value: CachedValue = kept.value
    return value


def rejected(path: str) -> tuple[object, ValueProblem] | None:
    """Return the value that an input could not take, with the reason; None if it has a valid value."""
    return current().rejected.get(path)


def previous() -> SizedDesign | None:
    """Return the design before the last change; None before the first change of an opened design."""
    return current().previous


def neighbours() -> tuple[Profile | None, Profile | None]:
    """Return the designs that undo and redo bring back; None where there is none."""
    session = current()
    past, future = (_titled(*pile[-1]) if pile else None for pile in (session.past, session.future))
    return past, future


def changed_inputs(before: Profile, after: Profile) -> tuple[str, ...]:
    """Return the paths of the inputs that have other values in one design than in another."""
    paths = dict.fromkeys((*after.given, *before.given))
    return tuple(path for path in paths if before.value(path) != after.value(path))


def opened() -> Profile:
    """Return the profile that the design came from."""
    return current().source


def is_changed() -> bool:
    """Return whether the design differs from the profile it came from."""
    return bool(given() != current().source.given)


# --- change --------------------------------------------------------------------------------------


def _write(session: Session, values: Mapping[str, Value], source: Profile) -> None:
    session.given, session.source, session.rejected = dict(values), source, {}


def _snapshot(session: Session) -> Snapshot:
    return session.given, session.source


def _change(values: Mapping[str, Value], source: Profile | None = None, step: str = "") -> None:
    """Replace the design. Undo brings the present one back."""
    session = current()
    source = session.source if source is None else source
    if values == session.given and source == session.source:
        return
    session.past = [*session.past, _snapshot(session)][-UNDO_LIMIT:]
    session.future = []
    _step(session, values, source, step)


def _step(session: Session, values: Mapping[str, Value], source: Profile, step: str = "") -> None:
    """Replace the design, and keep the previous one for the comparison of figures."""
    session.previous = design() if session.given and source == session.source else None
    session.step = step
    _write(session, values, source)


def replace(source: Profile) -> None:
    """Open another profile in place of the design."""
    _change(source.given, source)
    current().finished = frozenset()


def put(path: str, raw: object, also: Mapping[str, Value] | None = None) -> None:
    """Change one input. If the value is invalid, keep it with the reason and do not change the design.

    Parameters
    ----------
    path
        Full path of the input.
    raw
        Value in the canonical unit, or text that a person entered. None restores the default, which then
        counts as assumed again.
    also
        Inputs that change with it, in the same step.
    """
    found = schema.find(path)
    if found is None:
        raise KeyError(path)
    field, place = found
    session = current()
    others = {name: value for name, value in session.rejected.items() if name != path}
    try:
        value = field.default_at(place) if raw is None else read_value(field, raw)
    except ValueProblem as error:
        session.rejected = {**others, path: (raw, error)}
        return
    changed = {**session.given, **(also or {})}
    if raw is None and not path.endswith(MAKES_A_TIER):
        _change({name: kept for name, kept in changed.items() if name != path})
    else:
        _change({**changed, path: value})
    session.rejected = others


def put_all(values: Mapping[str, Value]) -> None:
    """Change several inputs in one step. The values are in canonical units."""
    _change({**given(), **values})


def undo() -> None:
    """Undo the last change."""
    session = current()
    if session.past:
        session.future = [*session.future, _snapshot(session)]
        *session.past, snapshot = session.past
        _step(session, *snapshot, UNDONE)


def redo() -> None:
    """Repeat the change that was undone last."""
    session = current()
    if session.future:
        session.past = [*session.past, _snapshot(session)]
        *session.future, snapshot = session.future
        _step(session, *snapshot, REDONE)


def reset() -> None:
    """Restore all inputs to the values of the opened profile."""
    _change(current().source.given, step=RESTORED)


# --- tiers ---------------------------------------------------------------------------------------


def put_tiers(values: Mapping[str, Value]) -> None:
    """Replace all tiers in one step. Other inputs stay."""
    others: Given = {path: value for path, value in given().items() if not path.startswith("tiers.")}
    _change({**others, **values})


def add_tier() -> None:
    """Add a tier without mailboxes."""
    number = profile().tiers + 1
    if number <= schema.MAX_TIERS:
        _change({**given(), f"tiers.{number}.mailboxes": 0.0})


def duplicate_tier(number: int) -> None:
    """Add a tier with the values of another tier."""
    last = profile().tiers + 1
    if last > schema.MAX_TIERS:
        return
    head = f"tiers.{number}."
    copied = {
        f"tiers.{last}.{path.removeprefix(head)}": value for path, value in given().items() if path.startswith(head)
    }
    copied.setdefault(f"tiers.{last}.mailboxes", 0.0)
    name = given().get(f"{head}name")
    if name:
        copied[f"tiers.{last}.name"] = f"{name} (copy)"
    _change({**given(), **copied})


def remove_tier(number: int) -> None:
    """Remove a tier. The tiers after it move up."""
    _change(without_tier(given(), number))


def without_tier(values: Mapping[str, Value], number: int) -> Given:
    """Return given inputs without one of the tiers. The tiers after it move up."""
    remaining: Given = {}
    for path, value in values.items():
        head, _, rest = path.partition(".")
        tier, _, leaf = rest.partition(".")
        if head != "tiers" or int(tier) < number:
            remaining[path] = value
        elif int(tier) > number:
            remaining[f"tiers.{int(tier) - 1}.{leaf}"] = value
    return remaining


# --- variants ------------------------------------------------------------------------------------


def variants() -> dict[str, Profile]:
    """Return the designs that are kept as variants, by name, in the order in which they were added."""
    return current().variants


def keep_variant(name: str) -> bool:
    """Keep the design as a variant. Return False if there is no room for another one."""
    if name not in variants() and len(variants()) >= VARIANT_LIMIT:
        return False
    current().variants = {**variants(), name: with_changes(profile(), title=name, where=name)}
    current().compared = None
    return True


def drop_variant(name: str) -> None:
    """Remove a variant."""
    current().variants = {key: variant for key, variant in variants().items() if key != name}


# --- address -------------------------------------------------------------------------------------


def want(path: str) -> None:
    """Show an input first on the next page that has it. An empty path shows none."""
    current().wanted = path


def wanted() -> str:
    """Return the path of the input that is to be shown first; empty for none."""
    asked = st.query_params.get("field", "")
    if schema.find(asked):
        want(asked)
    return current().wanted


def share() -> bool:
    """Write the design into the address of the page. Return False if it is too long for an address."""
    for stale in ("profile", "field"):
        if stale in st.query_params:
            del st.query_params[stale]
    link = _link()
    if not link or len(link) > links.LONGEST:
        if "d" in st.query_params:
            del st.query_params["d"]
        return not link
    if st.query_params.get("d") != link:
        st.query_params["d"] = link
    return True


def _link() -> str:
    """Return the text of the link that carries the design, encoded once after each change; empty without a design."""
    return cached("link", lambda: links.encode(profile())) if is_open() else ""


def address() -> dict[str, str]:
    """Return the query parameters that carry the design to another page."""
    link = _link()
    return {"d": link} if 0 < len(link) <= links.LONGEST else {}
