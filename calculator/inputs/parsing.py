"""Read and check values of inputs as people and files write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from calculator.inputs import schema, units
from calculator.inputs.schema import BY_PATH, FIELDS, Field, Kind, Value
from calculator.issues import closest, quoted

LONGEST_TEXT = 256
"""Largest number of characters of a text."""
LARGEST_NUMBERED = 10_000
"""Numbers below this may be words of a choice, such as the version 2016."""
LONGEST_RANGE = 10_000
"""Characters of a range of values, which may list measured values."""
_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
_NONE = {"none", "--"}
_RANGE = re.compile(r"\.\.|\+-|±|(?:normal|triangular|quantiles)\s*\(", re.IGNORECASE)
_SEPARATED = re.compile(r"\d[ ,_'\u00a0\u202f]\d")
ABOUT = ("title", "description")
"""Keys of a profile that are not inputs."""
LIST = "Every input: exchange-calculator fields"
CONSTANT_LIST = "Every constant that a design may override: exchange-calculator fields --constants"
RANGE_HINT = "Give one value, or run the command uncertainty, which takes ranges."


class ValueProblem(ValueError):
    """A value that an input cannot take: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return self.message


def read_value(field: Field, raw: object, unit: str = "") -> Value:
    """Read a value as a file or a person writes it.

    Parameters
    ----------
    field
        The input.
    raw
        A bool, a number, or a text, which may include a unit.
    unit
        Unit of plain numbers; the canonical unit if empty.

    Raises
    ------
    ValueProblem
        If the input cannot take the value.  It says what is wrong and what is allowed.
    """
    if hasattr(raw, "dtype"):  # a number of numpy, which this module does not import
        raw = raw.item()  # type: ignore[attr-defined]
    may_be_absent = bool(field.options) and field.kind is not Kind.INT  # a disk
    if isinstance(raw, str) and raw.strip().lower() in _NONE and (may_be_absent or field.optional):
        return 0.0 if may_be_absent else None
    if field.kind is Kind.BOOL:
        return _read_flag(field, raw)
    if field.kind is Kind.CHOICE:
        return _read_choice(field, raw)
    if field.kind is Kind.TEXT:
        return _read_text(raw)
    return _read_number(field, raw, unit)


def _read_flag(field: Field, raw: object) -> bool:
    if isinstance(raw, int | float) and raw in (0, 1):
        return bool(raw)
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueProblem(f"{quoted(raw)} is neither true nor false.", "Give true or false.")


def _read_choice(field: Field, raw: object) -> str:
    assert field.choice is not None
    small = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < LARGEST_NUMBERED
    word = f"{raw:g}" if small else raw
    code = field.choice.code(word) if isinstance(word, str) else None
    if code is not None:
        return field.choice.words[code]
    near = field.choice.nearest(str(raw)) if isinstance(raw, str) else None
    hint = f"Did you mean {quoted(near)}?" if near else f"Give {field.limits()}."
    raise ValueProblem(f"{quoted(raw)} is not a choice.", hint)


def _read_text(raw: object) -> str:
    plain = isinstance(raw, str) or (isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 1e15)
    if not plain:
        raise ValueProblem(f"{quoted(raw)} is not a text.", "Put it in quotes.")
    text = str(raw)
    hint = f"Give one line of at most {LONGEST_TEXT} characters."
    if len(text) > LONGEST_TEXT:
        raise ValueProblem(f"{quoted(text)} has {len(text):,} characters.", hint)
    if not text.isprintable():
        raise ValueProblem(f"{quoted(text)} holds line breaks or characters that cannot be printed.", hint)
    return text


def shared_unit(numbers: Iterable[str]) -> str:
    """Return the unit that numbers written next to each other share; those without one have it.

    Parameters
    ----------
    numbers
        The numbers of a range, of a distribution or of a list, each with or without a unit.

    Returns
    -------
    str
        Empty if no number has a unit.

    Raises
    ------
    ValueProblem
        If a number has no unit and the others have different ones.

    Examples
    --------
    >>> shared_unit(["5", "10 GB"])
    'GB'
    """
    texts = list(numbers)
    found = {text.strip(): parts[1] for text in texts if (parts := units.split(text)) is not None}
    written = list(dict.fromkeys(unit for unit in found.values() if unit))
    bare = [text for text, unit in found.items() if not unit]
    if len(written) > 1 and bare:
        message = f"{quoted(bare[0])} has no unit, and the others have {' and '.join(written)}."
        raise ValueProblem(message, "Write each number with its unit.")
    return written[0] if written else ""


def is_range(raw: object) -> bool:
    """Return whether a value is a text for a range, such as "80..140" or "normal(100, 15)"."""
    return isinstance(raw, str) and len(raw) <= LONGEST_RANGE and _RANGE.search(raw) is not None


def _read_number(field: Field, raw: object, unit: str) -> float:
    if isinstance(raw, str):
        parts = units.split(raw) if len(raw) <= LONGEST_TEXT else None
        if parts is None and is_range(raw):
            raise ValueProblem(f"{quoted(raw)} is a range of values, but an input has one value.", RANGE_HINT)
        if parts is None:
            raise ValueProblem(f"{quoted(raw)} is not a number.", _number_hint(field, raw))
        number, written_unit = parts
        unit = written_unit or unit
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        number = _as_float(raw)
    else:
        raise ValueProblem(f"{quoted(raw)} is not a number.", f"Give {field.limits()}.")
    try:
        value = units.convert(number, unit, field.unit) if unit else number
    except units.UnitError as error:
        raise ValueProblem(f"{quoted(raw)}: {error}", f"Plain numbers are in {unit_in_words(field)}.") from None
    check_range(field, value)
    return value


def _as_float(raw: float) -> float:
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def unit_in_words(field: Field) -> str:
    """Return the unit of an input in words."""
    return field.unit if field.unit not in ("", "1") else "parts of one (0.2 is 20 %)"


def _number_hint(field: Field, raw: str) -> str:
    if _SEPARATED.search(raw):
        return "Write it without thousands separators, with a point for decimals."
    return f"Give {field.limits()}."


def _with_unit(field: Field, value: float) -> str:
    number = f"{value:.15g}" if field.options else f"{value:,.15g}"  # a list of options has no separators
    return number if field.unit in ("", "1") else f"{number} {field.unit}"


def check_range(field: Field, value: float) -> None:
    """Raise `ValueProblem` if a number is outside the limits of its input."""
    hint = f"Give {field.limits()}."
    if not math.isfinite(value):
        raise ValueProblem(f"{value} is not a number that an input can have.", hint)
    if field.options:
        if value not in field.options and value != 0:
            raise ValueProblem(f"{_with_unit(field, value)} is not one of the allowed values.", hint)
        if field.kind is Kind.INT and value == 0:
            raise ValueProblem(f"{_with_unit(field, value)} is not one of the allowed values.", hint)
        return
    if value < field.low or (field.open_low and value == field.low):
        word = "not above" if field.open_low else "below"
        raise ValueProblem(f"{_with_unit(field, value)} is {word} {field.low:,.15g}.", hint)
    if value > field.high or (field.open_high and value == field.high):
        word = "not below" if field.open_high else "above"
        raise ValueProblem(f"{_with_unit(field, value)} is {word} {field.high:,.15g}.", hint)
    if field.kind is Kind.INT and value != int(value):
        raise ValueProblem(f"{_with_unit(field, value)} is not a whole number.", hint)


def nearest_path(path: str) -> str:
    """Return the path that a misspelt one most likely means, empty if none is close."""
    if path in BY_PATH:  # without its place on the axis
        return BY_PATH[path].paths()[0]
    parts = path[:LONGEST_TEXT].split(".")
    number = parts[1] if len(parts) > 2 and schema.find(f"tiers.{parts[1]}.mailboxes") else "1"
    paths = [p for f in FIELDS for p in (f.paths()[:1] if is_list(f) else f.paths())]
    names = {p.replace("tiers.1.", f"tiers.{number}."): None for p in paths}
    if near := _same_beginning(path[:LONGEST_TEXT], names) or closest(path[:LONGEST_TEXT], names, 0.75):
        return near
    leaves = {name.rpartition(".")[2]: name for name in reversed(list(names))}
    leaf = closest(parts[-1], leaves, 0.75)
    return leaves[leaf] if leaf else ""


def _same_beginning(path: str, names: Iterable[str]) -> str:
    """Return the only input of a section that begins with the words of a misspelt one, empty if none or several do."""
    section, _, leaf = path.rpartition(".")
    words = leaf.count("_") + 1
    beginnings: dict[str, list[str]] = {}
    for name in names:
        head, _, tail = name.rpartition(".")
        if head == section:
            beginnings.setdefault("_".join(tail.split("_")[:words]), []).append(name)
    found = beginnings.get(closest(leaf, beginnings, 0.85), [])
    return found[0] if len(found) == 1 else ""


def unknown_hint(path: str) -> str:
    """Return advice about a path that is not an input."""
    head, _, tail = path[:LONGEST_TEXT].partition(".")
    number, _, leaf = tail.partition(".")
    if head == TIER_SECTION and number.isdigit() and f"{head}.{leaf}" in BY_PATH:
        return f"Tiers are numbered from 1 to {schema.MAX_TIERS}."
    listed = BY_PATH.get(path) or BY_PATH.get(path.rpartition(".")[0])
    if listed is not None and is_list(listed):
        return f"Its values are {listed.paths()[0]} to {listed.paths()[-1]}, or a list of all in a profile."
    if head == schema.CONSTANTS:
        return _constant_hint(path[:LONGEST_TEXT])
    if path in SECTIONS:
        return f"It is a section: give its inputs, such as {SECTIONS[path]}."
    if "." not in path:
        section = closest(path[:LONGEST_TEXT], [*ABOUT, *SECTIONS])
        if section:
            return f'Did you mean "{section}"? {LIST}'
    near = nearest_path(path)
    return f'Did you mean "{near}"? {LIST}' if near else LIST


def _constant_hint(path: str) -> str:
    """Return advice about a path that is not a constant that a design may override."""
    names = [name for field in schema.declared_constants() for name in field.paths()]
    if path in BY_PATH:
        return f"It is a table: give its values, such as {BY_PATH[path].paths()[0]}."
    near = closest(path, names, 0.75)
    return f'Did you mean "{near}"? {CONSTANT_LIST}' if near else CONSTANT_LIST


def is_list(field: Field) -> bool:
    """Return whether a profile writes the values of a field along its axis as a list."""
    return field.axis is not None and not field.axis.infix and field.section != schema.CONSTANTS


TIER_SECTION = "tiers"
SECTIONS = {
    ".".join(path.split(".")[:depth]): path
    for path in reversed(schema.all_paths())
    for depth in range(1, path.count(".") + 1)
}
"""First input of each section of a profile."""
