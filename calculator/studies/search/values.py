"""Read the inputs and the values that a space names: full paths, lists of values, ranges and plain numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calculator.inputs import schema, units
from calculator.inputs.parsing import LONGEST_TEXT, ValueProblem, read_value, shared_unit, unknown_hint
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Field, Kind, Value
from calculator.issues import quoted

MAX_VALUES = 10_000
"""Largest number of values of an input, and of rows of a catalogue."""
LARGEST_NUMBER = 1e12
"""Largest price or number of a fact that is read."""
_RANGE = re.compile(r"(?P<low>[^.]*(?:\.[^.]+)?)\.\.(?P<high>.*?)(?:\s+step\s+(?P<step>.+))?")
_NUMBERS = (Kind.INT, Kind.FLOAT, Kind.FRACTION)
_DIGITS = 12
"""Significant digits to which the values of a range are rounded, so that 0.1 + 2 x 0.1 is 0.3."""


def flatten(tree: Mapping[str, Any], leaves: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the dotted names and the values of a table, whose names may be quoted or nested tables.

    Parameters
    ----------
    tree
        The table.
    leaves
        Dotted names whose tables are values and are not opened.
    """
    stack = [(str(name), value) for name, value in tree.items()][::-1]
    while stack:
        name, value = stack.pop()
        if isinstance(value, Mapping) and name not in leaves:
            stack.extend([(f"{name}.{key}", item) for key, item in value.items()][::-1])
        else:
            yield name, value


def find_inputs(path: str, base: Profile) -> list[tuple[str, Field]]:
    """Return the full paths that a path means, with their field.

    A path without its datacenter, server role or tier means all of them.

    Raises
    ------
    ValueProblem
        If there is no such input, or no figure depends on it.
    """
    found = schema.find(path)
    if found is not None and found[0].axis is schema.TIER and found[1] >= base.tiers:
        raise ValueProblem(
            f"The design has no tier {found[1] + 1}.", "Add the tier to the profile, with its mailboxes."
        )
    listed = BY_PATH.get(path)
    if found is not None:
        paths = [(path, found[0])]
    elif listed is not None and listed.axis is not None and listed.axis.infix:
        paths = [(full, listed) for full in listed.paths(base.tiers)]
    else:
        raise ValueProblem("There is no such input.", unknown_hint(path))
    if not paths[0][1].numeric:
        raise ValueProblem("No figure depends on it.", "Leave it out.")
    return paths


def read_values(declared: Field, raw: object) -> tuple[Value, ...]:
    """Read the values of an input: a list, a single value, or a range such as ``2..16 step 2``.

    Parameters
    ----------
    declared
        The input.
    raw
        The values as the space has them; numbers may carry units.

    Returns
    -------
    tuple
        Values in canonical units, each once.

    Raises
    ------
    ValueProblem
        For the first value that cannot be used.
    """
    is_text = isinstance(raw, str) and len(raw) <= LONGEST_TEXT and declared.kind in _NUMBERS
    match = _RANGE.fullmatch(str(raw).strip()) if is_text else None
    if match is not None:
        return _read_range(declared, str(raw), match)
    if not isinstance(raw, list | tuple):
        raw = [raw]
    if not raw:
        raise ValueProblem("has no values.", "Give at least one.")
    if len(raw) > MAX_VALUES:
        raise ValueProblem(f"has {len(raw):,} values.", f"Give at most {MAX_VALUES:,}.")
    unit = _unit_of_list(declared, raw)
    values: dict[Value, None] = {}
    for item in raw:
        value = read_value(declared, item, unit)
        if value in values:
            raise ValueProblem(f"{quoted(item)} appears twice.", "Give each value once.")
        values[value] = None
    return tuple(values)


def _unit_of_list(declared: Field, items: Sequence[object]) -> str:
    """Return the unit of the numbers of a list that have none; empty for words."""
    if declared.kind not in _NUMBERS:
        return ""
    texts = [item for item in items if isinstance(item, str) and len(item) <= LONGEST_TEXT]
    numbers = [item for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
    return shared_unit([*texts, *(f"{number:g}" for number in numbers if abs(number) <= LARGEST_NUMBER)])


def _read_range(declared: Field, text: str, match: re.Match[str]) -> tuple[Value, ...]:
    unit = shared_unit(part for part in match.groups() if part is not None)
    low, high = (float(read_value(declared, match[end].strip(), unit) or 0) for end in ("low", "high"))
    if high < low:
        raise ValueProblem(f"{quoted(text)} ends before it begins.", "Write the smaller number first.")
    if match["step"] is None and declared.options:
        return tuple(float(option) for option in declared.options if low <= option <= high)
    step = _read_step(declared, text, match["step"], unit)
    count = (high - low) / step
    if count >= MAX_VALUES:
        raise ValueProblem(f"{quoted(text)} has more than {MAX_VALUES:,} values.", "Use a larger step.")
    steps = range(math.floor(count * (1 + 10.0**-_DIGITS)) + 1)
    values = (low + number * step for number in steps)
    return tuple(read_value(declared, float(f"{value:.{_DIGITS}g}")) for value in values)


def _read_step(declared: Field, text: str, step_text: str | None, unit: str) -> float:
    if step_text is None:
        if declared.kind is Kind.INT:
            return 1.0
        raise ValueProblem(f"{quoted(text)} has no step.", 'Write it like "10..20 step 2".')
    parts = units.split(step_text)
    try:
        step = units.convert(parts[0], parts[1] or unit or declared.unit, declared.unit) if parts else 0.0
    except units.UnitError as error:
        raise ValueProblem(f"{quoted(text)}: {error}", 'Write it like "10..20 step 2".') from None
    if not step or step < 0 or not math.isfinite(step):
        raise ValueProblem(f"{quoted(step_text)} is not a step.", "Give a number above 0.")
    return step


def parse_number(raw: object) -> float | None:
    """Return a number, 0 or more, of a CSV cell or a TOML value; None if it is not one."""
    if isinstance(raw, str):
        try:
            raw = float(raw) if len(raw) <= LONGEST_TEXT else None
        except ValueError:
            return None
    usable = isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= LARGEST_NUMBER
    return float(raw) if usable else None  # type: ignore[arg-type]
