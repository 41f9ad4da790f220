"""Profiles: a design as a text file, its given values checked, and the arrays the engine takes."""

from __future__ import annotations

import difflib
import math
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator import schema, units
from calculator.issues import InputError, Issues, quoted, short
from calculator.schema import BY_PATH, FIELDS, TIER, Field, Kind, Value

LARGEST_PROFILE = 1_000_000
"""Bytes of a profile file; the shipped ones have some hundred."""
LONGEST_TEXT = 256
LONGEST_ABOUT = 2000
MOST_DOTS = 200
"""Points in a line of a profile: the time to read a key grows with the square of its parts."""

Columns = Mapping[str, npt.NDArray[Any]]
Inputs = dict[str, npt.NDArray[Any]]

_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
_NONE = {"none", "--"}
_SEPARATED = re.compile(r"\d[ ,_'\u00a0\u202f]\d")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ABOUT = ("title", "description")
LIST = "Every input: python -m calculator fields"


@dataclass(frozen=True)
class Profile:
    """A design: the values given, by full path in canonical units; what is not given is a default."""

    given: dict[str, Value] = field(default_factory=dict)
    title: str = ""
    description: str = ""
    where: str = "design"

    @property
    def tiers(self) -> int:
        """Number of tiers: the highest that is named, at least one."""
        numbers = [int(path.split(".")[1]) for path in self.given if path.startswith("tiers.")]
        return max(numbers, default=1)

    def value(self, path: str) -> Value:
        """Value of an input, given or default."""
        if path in self.given:
            return self.given[path]
        found = schema.find(path)
        if found is None:
            raise KeyError(path)
        return found[0].default_at(found[1])

    def with_values(self, values: Mapping[str, Value]) -> Profile:
        """The same design with other values; one equal to the default is no longer given."""
        given = {**self.given, **values}
        kept = {path: value for path, value in given.items() if not is_default(path, value)}
        return replace(self, given=kept)


def is_default(path: str, value: Value) -> bool:
    """Whether a value is the default of its input (a tier's first input stays, to keep the tier)."""
    found = schema.find(path)
    return found is not None and found[0].default_at(found[1]) == value


class Unusable(ValueError):
    """A value an input cannot take: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def read_value(field: Field, raw: object, unit: str = "") -> Value:
    """Read a value as a file or a person gives it.

    Parameters
    ----------
    field
        The input.
    raw
        A bool, number or text; a text may carry its unit.
    unit
        Unit of plain numbers, the canonical one if empty.

    Raises
    ------
    Unusable
        With what is wrong and what is allowed.
    """
    if isinstance(raw, np.generic):
        raw = raw.item()
    offered = bool(field.options) and field.kind is not Kind.INT  # a disk
    if isinstance(raw, str) and raw.strip().lower() in _NONE and (offered or field.optional):
        return 0.0 if offered else None
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
    raise Unusable(f"{quoted(raw)} is neither true nor false.", "Give true or false.")


def _read_choice(field: Field, raw: object) -> str:
    assert field.choice is not None
    code = field.choice.code(raw) if isinstance(raw, str) else None
    if code is not None:
        return field.choice.words[code]
    near = difflib.get_close_matches(quoted(raw), field.choice.words, 1)
    hint = f"Did you mean {quoted(near[0])}?" if near else f"Give {field.limits()}."
    raise Unusable(f"{quoted(raw)} is not a choice.", hint)


def _read_text(raw: object) -> str:
    plain = isinstance(raw, str) or (isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 1e15)
    if not plain:
        raise Unusable(f"{quoted(raw)} is not a text.", "Put it in quotes.")
    text = str(raw)
    hint = f"Give one line of at most {LONGEST_TEXT} characters."
    if len(text) > LONGEST_TEXT:
        raise Unusable(f"{quoted(text)} has {len(text):,} characters.", hint)
    if not text.isprintable():
        raise Unusable(f"{quoted(text)} holds line breaks or characters that cannot be printed.", hint)
    return text


def _read_number(field: Field, raw: object, unit: str) -> float:
    if isinstance(raw, str):
        parts = units.split(raw) if len(raw) <= LONGEST_TEXT else None
        if parts is None:
            raise Unusable(f"{quoted(raw)} is not a number.", _number_hint(field, raw))
        number, own = parts
        unit = own or unit
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        number = _as_float(raw)
    else:
        raise Unusable(f"{quoted(raw)} is not a number.", f"Give {field.limits()}.")
    try:
        value = units.convert(number, unit, field.unit) if unit else number
    except units.UnitError as error:
        raise Unusable(f"{quoted(raw)}: {error}.", f"Plain numbers are in {unit_text(field)}.") from None
    check_range(field, value)
    return value


def _as_float(raw: float) -> float:
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def unit_text(field: Field) -> str:
    """Unit of an input in words."""
    return field.unit if field.unit not in ("", "1") else "parts of one (0.2 is 20 %)"


def _number_hint(field: Field, raw: str) -> str:
    if _SEPARATED.search(raw):
        return "Write it without thousands separators, with a point for decimals."
    return f"Give {field.limits()}."


def _shown(field: Field, value: float) -> str:
    number = f"{value:.15g}"
    return number if field.unit in ("", "1") else f"{number} {field.unit}"


def check_range(field: Field, value: float) -> None:
    """Raise `Unusable` for a number outside the limits of its input."""
    hint = f"Give {field.limits()}."
    if not math.isfinite(value):
        raise Unusable(f"{value} is not a number an input can have.", hint)
    if field.options:
        if value not in field.options and value != 0:
            raise Unusable(f"{_shown(field, value)} is not offered.", hint)
        if field.kind is Kind.INT and value == 0:
            raise Unusable(f"{_shown(field, value)} is not offered.", hint)
        return
    if value < field.low or (field.open_low and value == field.low):
        word = "not above" if field.open_low else "below"
        raise Unusable(f"{_shown(field, value)} is {word} {field.low:.15g}.", hint)
    if value > field.high or (field.open_high and value == field.high):
        word = "not below" if field.open_high else "above"
        raise Unusable(f"{_shown(field, value)} is {word} {field.high:.15g}.", hint)
    if field.kind is Kind.INT and value != int(value):
        raise Unusable(f"{_shown(field, value)} is not a whole number.", hint)


def nearest_path(path: str) -> str:
    """The path a misspelt one most likely means, empty if none is near."""
    if path in BY_PATH:  # without its place on the axis
        return BY_PATH[path].paths()[0]
    parts = path[:LONGEST_TEXT].split(".")
    number = parts[1] if len(parts) > 2 and schema.find(f"tiers.{parts[1]}.mailboxes") else "1"
    paths = [p for f in FIELDS for p in (f.paths()[:1] if _is_list(f) else f.paths())]
    names = {p.replace("tiers.1.", f"tiers.{number}."): None for p in paths}
    near = difflib.get_close_matches(path[:LONGEST_TEXT], names, 1, cutoff=0.75)
    if not near:
        leaves = {name.rpartition(".")[2]: name for name in reversed(list(names))}
        leaf = difflib.get_close_matches(parts[-1], leaves, 1, cutoff=0.75)
        near = [leaves[leaf[0]]] if leaf else []
    return near[0] if near else ""


def unknown_hint(path: str) -> str:
    """What to do about a path that is no input."""
    head, _, tail = path[:LONGEST_TEXT].partition(".")
    number, _, leaf = tail.partition(".")
    if head == TIER_SECTION and number.isdigit() and f"{head}.{leaf}" in BY_PATH:
        return f"Tiers are numbered from 1 to {schema.MAX_TIERS}."
    listed = BY_PATH.get(path) or BY_PATH.get(path.rpartition(".")[0])
    if listed is not None and _is_list(listed):
        return f"Its values are {listed.paths()[0]} to {listed.paths()[-1]}, or a list of all in a profile."
    if path in SECTIONS:
        return f"It is a section: give its inputs, such as {SECTIONS[path]}."
    near = nearest_path(path)
    return f'Did you mean "{near}"? {LIST}' if near else LIST


def _is_list(field: Field) -> bool:
    """Whether a profile writes the places of a field as a list."""
    return field.axis is not None and not field.axis.infix


TIER_SECTION = "tiers"
SECTIONS = {
    ".".join(path.split(".")[:depth]): path
    for path in reversed(schema.all_paths())
    for depth in range(1, path.count(".") + 1)
}
"""Sections of a profile, each with its first input."""


def read_file(path: str | os.PathLike[str], limit: int = LARGEST_PROFILE) -> str:
    """Text of a file that may be missing, a directory, huge or no text at all.

    Raises
    ------
    InputError
        With what is wrong; never more than ``limit`` bytes are read.
    """
    issues, where, data = Issues(), name_of(path), None
    try:
        kind = os.stat(path)
        if stat.S_ISDIR(kind.st_mode):
            issues.error(where, "", "is a directory.", "Name a file.")
        elif not stat.S_ISREG(kind.st_mode):
            issues.error(where, "", "is not a regular file.", "Name a file.")
        elif kind.st_size > limit:
            issues.error(where, "", f"has {kind.st_size:,} bytes, at most {limit:,} are read.", "Is it the right file?")
        else:
            with open(path, "rb") as file:
                data = file.read(limit + 1)
    except FileNotFoundError:
        issues.error(where, "", "does not exist.", "Check the name and the directory.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        issues.error(where, "", f"cannot be read: {reason}.", "Check the name and its permissions.")
    if data is None:
        raise InputError(issues)
    return decode(data, where)


def name_of(path: str | os.PathLike[str]) -> str:
    """Name of a file as messages show it."""
    return short(os.path.basename(os.fspath(path)) or os.fspath(path)) or '""'


def decode(data: bytes, where: str) -> str:
    """Text of bytes in UTF-8; InputError says where they are not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        issues = Issues()
        message = f"is not a text file: byte {error.start + 1} is no UTF-8."
        issues.error(where, "", message, "Save it as UTF-8 text.")
        raise InputError(issues) from None


def load(path: str | os.PathLike[str]) -> Profile:
    """Read a profile file; InputError lists everything in it that cannot be used."""
    return parse(read_file(path), name_of(path))


def parse(text: str, where: str = "profile") -> Profile:
    """Read a profile's text; InputError lists everything in it that cannot be used."""
    issues = Issues()
    tree = _tree(text, where)
    about = {key: _about(tree.pop(key, ""), where, key, issues) for key in _ABOUT}
    given = from_mapping(_flatten(tree, where, issues), where, issues)
    if issues.errors:
        raise InputError(issues)
    return Profile(given, about["title"], about["description"], where)


def _tree(text: str, where: str) -> dict[str, Any]:
    """Tables of a TOML text; InputError says why it is none."""
    hint = "Is it the right file?"
    crowded = next((n for n, line in enumerate(text.split("\n"), 1) if line.count(".") > MOST_DOTS), None)
    try:
        if crowded is None:
            return tomllib.loads(text)
        reason = f"line {crowded} has more than {MOST_DOTS} points"
    except tomllib.TOMLDecodeError as error:
        reason, hint = short(str(error), LONGEST_TEXT), "Mend that line."
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError:  # what Python says of a whole number of more than 4,300 digits
        reason = "a number in it has thousands of digits"
    issues = Issues()
    issues.error(where, "", f"is not valid TOML: {reason}.", hint)
    raise InputError(issues)


def _about(value: object, where: str, key: str, issues: Issues) -> str:
    if not isinstance(value, str):
        issues.error(where, key, f"{quoted(value)} is not a text.", "Put it in quotes.")
    elif len(value) > LONGEST_ABOUT:
        issues.error(where, key, f"has {len(value):,} characters.", f"Give at most {LONGEST_ABOUT:,}.")
    elif _CONTROL.search(value):
        issues.error(where, key, f"{quoted(value)} holds characters that cannot be printed.", "Take them out.")
    return str(value) if isinstance(value, str) else ""


def from_mapping(raw: Mapping[str, object], where: str, issues: Issues) -> dict[str, Value]:
    """Given values of raw ones by path; what cannot be used becomes issues."""
    given: dict[str, Value] = {}
    for path, value in raw.items():
        found = schema.find(path)
        if found is None:
            hint = partial(unknown_hint, path)
            issues.error(where, short(path) or '""', "There is no such input.", hint)
            continue
        try:
            given[path] = read_value(found[0], value)
        except Unusable as error:
            issues.error(where, path, error.message, error.hint)
    return given


def _flatten(tree: Mapping[str, Any], where: str, issues: Issues) -> dict[str, object]:
    """Dotted paths and raw values of a TOML tree: tables, lists of tiers, lists along an axis."""
    flat: dict[str, object] = {}
    stack: list[tuple[str, object]] = list(tree.items())[::-1]

    def give(path: str, value: object) -> None:
        if path in flat:
            issues.error(where, short(path), "is given twice.", "Keep one of them.")
        flat[path] = value

    while stack:
        path, value = stack.pop()
        field = BY_PATH.get(path)
        if isinstance(value, Mapping):
            stack.extend([(f"{path}.{key}", item) for key, item in value.items()][::-1])
        elif path == TIER_SECTION:
            stack.extend(_tier_items(value if isinstance(value, list) else [value], where, issues))
        elif isinstance(value, list) and field is not None and field.axis and _is_list(field):
            labels = field.axis.labels
            if (len(value) != len(labels) and field.kind is not Kind.TEXT) or len(value) > len(labels):
                message = f"has {len(value)} values, not {len(labels)}."
                issues.error(where, path, message, f"Give one for each {field.axis.name}.")
            else:
                for label, item in zip(labels, value, strict=False):
                    give(f"{path}.{label}", item)
        else:
            give(path, value)
    return flat


def _tier_items(tiers: list[object], where: str, issues: Issues) -> list[tuple[str, object]]:
    if len(tiers) > schema.MAX_TIERS:
        message = f"has {len(tiers):,} tiers, at most {schema.MAX_TIERS} are sized."
        issues.error(where, "tiers", message, "Join tiers with the same profile.")
        return []
    items: list[tuple[str, object]] = []
    for number, tier in enumerate(tiers, 1):
        if isinstance(tier, Mapping):
            items.extend((f"tiers.{number}.{key}", value) for key, value in tier.items())
            if not tier:
                items.append((f"tiers.{number}.mailboxes", 0))
        else:
            issues.error(where, f"tiers.{number}", f"{quoted(tier)} is not a table.", "Begin it with [[tiers]].")
    return items[::-1]


def with_settings(profile: Profile, settings: Iterable[str]) -> Profile:
    """The profile with settings ``path=value`` of a command line; InputError lists all that fail."""
    issues, raw = Issues(), {}
    for setting in settings:
        path, sign, value = setting.partition("=")
        if not sign:
            issues.error("--set", quoted(setting), "has no value.", "Write path=value.")
        else:
            raw[path.strip()] = value.strip()
    given = from_mapping(raw, "--set", issues)
    if issues.errors:
        raise InputError(issues)
    return replace(profile, given={**profile.given, **given})


def dump(profile: Profile) -> str:
    """The profile as TOML: title, description and what differs from the defaults."""
    import tomli_w

    tree: dict[str, Any] = {key: getattr(profile, key) for key in _ABOUT if getattr(profile, key)}
    tiers: list[dict[str, object]] = [{} for _ in range(profile.tiers)]
    for declared in FIELDS:
        if declared.axis is TIER:
            continue
        paths = declared.paths()
        differs = [p for p in paths if p in profile.given and not is_default(p, profile.given[p])]
        if not differs:
            continue
        if _is_list(declared):
            _put(tree, declared.path, [_plain(declared, profile.value(p)) for p in paths])
            continue
        for path in differs:
            _put(tree, path, _plain(declared, profile.given[path]))
    for path, value in profile.given.items():
        found = schema.find(path)
        if found and found[0].axis is TIER and not is_default(path, value):
            tiers[found[1]][path.rpartition(".")[2]] = _plain(found[0], value)
    parts = [tomli_w.dumps(tree)] if tree else []
    if any(path.startswith("tiers.") for path in profile.given):
        parts += [f"[[tiers]]\n{tomli_w.dumps(_in_order(tier))}" for tier in tiers]
    return "\n".join(parts)


def _in_order(tier: dict[str, object]) -> dict[str, object]:
    leaves = [field.path.partition(".")[2] for field in FIELDS if field.axis is TIER]
    return {leaf: tier[leaf] for leaf in leaves if leaf in tier}


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    *heads, leaf = path.split(".")
    for head in heads:
        tree = tree.setdefault(head, {})
    tree[leaf] = value


def _plain(field: Field, value: Value) -> object:
    """Value as a profile writes it: whole numbers without a point, no disk as "none"."""
    if (field.options and field.kind is not Kind.INT and value == 0) or value is None:
        return "none"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _canonical(field: Field, value: Value) -> float | bool | int:
    """Value as the engine holds it: choices as codes, nothing as NaN."""
    if field.choice is not None:
        code = field.choice.code(str(value))
        return -1 if code is None else code
    if field.kind is Kind.BOOL:
        return bool(value)
    return math.nan if value is None else float(value)


_DTYPES = {Kind.BOOL: np.bool_, Kind.CHOICE: np.int64}


@lru_cache(maxsize=64)
def _defaults(tiers: int) -> Inputs:
    """Arrays of the default values, one design wide."""
    inputs: Inputs = {}
    for declared in FIELDS:
        if not declared.numeric:
            continue
        places = len(declared.paths(tiers))
        values = [_canonical(declared, declared.default_at(place)) for place in range(places)]
        array: npt.NDArray[Any] = np.array(values, dtype=_DTYPES.get(declared.kind, np.float64))
        array.flags.writeable = False
        inputs[declared.parameter] = array if declared.axis is None else array[:, None]
    return inputs


def to_inputs(columns: Columns, tiers: int) -> Inputs:
    """Arrays the rules take, by parameter name, from columns by full path.

    A column has one value a design, or a single one for all; what has no column is a default.  Columns
    are canonical: codes for choices, NaN for nothing.
    """
    inputs = dict(_defaults(tiers))
    gathered: dict[str, dict[int, npt.NDArray[Any]]] = {}
    for path, column in columns.items():
        found = schema.find(path)
        if found is not None and found[0].numeric:
            gathered.setdefault(found[0].parameter, {})[found[1]] = column
    for parameter, places in gathered.items():
        base = inputs[parameter]
        if base.ndim == 1:
            inputs[parameter] = places[0]
            continue
        width = max(column.shape[-1] for column in places.values())
        filled = np.empty((base.shape[0], width), dtype=base.dtype)
        filled[...] = base
        for place, column in places.items():
            filled[place] = column
        inputs[parameter] = filled
    return inputs


def profile_columns(profile: Profile) -> dict[str, npt.NDArray[Any]]:
    """Columns, one design wide, of a profile's given values."""
    columns: dict[str, npt.NDArray[Any]] = {}
    for path, value in profile.given.items():
        found = schema.find(path)
        if found is not None and found[0].numeric:
            dtype = _DTYPES.get(found[0].kind, np.float64)
            columns[path] = np.array([_canonical(found[0], value)], dtype=dtype)
    return columns


def canonical_column(field: Field, values: Iterable[Value]) -> npt.NDArray[Any]:
    """Column of values in the engine's form; texts, which it does not take, as they are."""
    if field.kind is Kind.TEXT:
        return np.array(list(values), dtype=object)
    dtype = _DTYPES.get(field.kind, np.float64)
    return np.array([_canonical(field, value) for value in values], dtype=dtype)


def shipped(directory: Path) -> list[Path]:
    """Profiles in a directory, by name."""
    return sorted(directory.glob("*.toml"))
