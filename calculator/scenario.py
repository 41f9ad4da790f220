"""Profiles: a design as a text file, its given values checked, and the arrays the engine takes."""

from __future__ import annotations

import difflib
import math
import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator import schema, units
from calculator.issues import InputError, Issues, quoted
from calculator.schema import BY_PATH, FIELDS, TIER, Field, Kind, Value

LARGEST_PROFILE = 1_000_000
"""Bytes of a profile file; the shipped ones have some hundred."""
LONGEST_TEXT = 256

Columns = Mapping[str, npt.NDArray[Any]]
Inputs = dict[str, npt.NDArray[Any]]

_TRUE, _FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
_NONE = {"none", "--"}
_ABOUT = ("title", "description")
LIST = "every input: calculator fields"


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
    if isinstance(raw, str) and raw.strip().lower() in _NONE and (field.options or field.optional):
        return 0.0 if field.options else None
    if field.kind is Kind.BOOL:
        return _read_flag(field, raw)
    if field.kind is Kind.CHOICE:
        return _read_choice(field, raw)
    if field.kind is Kind.TEXT:
        return _read_text(raw)
    return _read_number(field, raw, unit)


def _read_flag(field: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if isinstance(raw, str) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise Unusable(f"{quoted(raw)} is neither true nor false.", "Give true or false.")


def _read_choice(field: Field, raw: object) -> str:
    assert field.choice is not None
    code = field.choice.code(raw) if isinstance(raw, str) else None
    if code is not None:
        return field.choice.words[code]
    near = difflib.get_close_matches(str(raw)[:LONGEST_TEXT], field.choice.words, 1)
    hint = f"Did you mean {quoted(near[0])}?" if near else f"Give {field.limits()}."
    raise Unusable(f"{quoted(raw)} is not a choice.", hint)


def _read_text(raw: object) -> str:
    text = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else None
    if text is None:
        raise Unusable(f"{quoted(raw)} is not a text.", "Put it in quotes.")
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise Unusable(
            f"{quoted(text)} is too long or holds line breaks.",
            f"Give one line of at most {LONGEST_TEXT} characters.",
        )
    return text


def _read_number(field: Field, raw: object, unit: str) -> float:
    if isinstance(raw, str):
        parts = units.split(raw)
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
        raise Unusable(f"{quoted(raw)}: {error}.", f"Plain numbers are in {_unit(field)}.") from None
    check_range(field, value)
    return value


def _as_float(raw: float) -> float:
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def _unit(field: Field) -> str:
    return field.unit if field.unit not in ("", "1") else "parts of one (0.2 is 20 %)"


def _number_hint(field: Field, raw: str) -> str:
    if "," in raw:
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
        raise Unusable(f"{_shown(field, value)} is {word} {field.low:g}.", hint)
    if value > field.high or (field.open_high and value == field.high):
        word = "not below" if field.open_high else "above"
        raise Unusable(f"{_shown(field, value)} is {word} {field.high:g}.", hint)
    if field.kind is Kind.INT and value != int(value):
        raise Unusable(f"{_shown(field, value)} is not a whole number.", hint)


def nearest_path(path: str) -> str:
    """The path a misspelt one most likely means, empty if none is near."""
    parts = path[:LONGEST_TEXT].split(".")
    number = parts[1] if len(parts) > 2 and parts[0] == "tiers" and parts[1].isdigit() else "1"
    names = {p.replace("tiers.1.", f"tiers.{number}."): None for p in schema.all_paths()}
    near = difflib.get_close_matches(path[:LONGEST_TEXT], names, 1, cutoff=0.75)
    if not near:
        leaves = {name.rpartition(".")[2]: name for name in reversed(list(names))}
        leaf = difflib.get_close_matches(parts[-1], leaves, 1, cutoff=0.75)
        near = [leaves[leaf[0]]] if leaf else []
    return near[0] if near else ""


def unknown_hint(path: str) -> str:
    """What to do about a path that is no input."""
    near = nearest_path(path)
    return f'Did you mean "{near}"? List of {LIST}' if near else f"List of {LIST}"


def read_file(path: str | os.PathLike[str], limit: int = LARGEST_PROFILE) -> str:
    """Text of a file that may be missing, a directory, huge or no text at all.

    Raises
    ------
    InputError
        With what is wrong; never more than ``limit`` bytes are read.
    """
    issues, where = Issues(), os.path.basename(os.fspath(path)) or os.fspath(path)
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
                return decode(file.read(limit + 1), where)
    except FileNotFoundError:
        issues.error(where, "", "does not exist.", "Check the name and the directory.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        issues.error(where, "", f"cannot be read: {reason}.", "Check the name and its permissions.")
    raise InputError(issues)


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
    where = os.path.basename(os.fspath(path))
    return parse(read_file(path), where)


def parse(text: str, where: str = "profile") -> Profile:
    """Read a profile's text; InputError lists everything in it that cannot be used."""
    issues = Issues()
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        issues.error(where, "", f"is not valid TOML: {error}.", "Mend that line.")
        raise InputError(issues) from None
    except (RecursionError, ValueError):
        issues.error(where, "", "is not valid TOML: it is nested too deeply.", "Is it the right file?")
        raise InputError(issues) from None
    about = {key: str(tree.pop(key, ""))[:2000] for key in _ABOUT}
    given = from_mapping(_flatten(tree, where, issues), where, issues)
    if issues.errors:
        raise InputError(issues)
    return Profile(given, about["title"], about["description"], where)


def from_mapping(raw: Mapping[str, object], where: str, issues: Issues) -> dict[str, Value]:
    """Given values of raw ones by path; what cannot be used becomes issues."""
    given: dict[str, Value] = {}
    for path, value in raw.items():
        found = schema.find(path)
        if found is None:
            issues.error(
                where,
                _short(path),
                "There is no such input.",
                lambda path=path: unknown_hint(path),  # type: ignore[misc]
            )
            continue
        try:
            given[path] = read_value(found[0], value)
        except Unusable as error:
            issues.error(where, path, error.message, error.hint)
    return given


def _short(path: str) -> str:
    return path if len(path) <= 80 else path[:77] + "..."


def _flatten(tree: Mapping[str, Any], where: str, issues: Issues) -> dict[str, object]:
    """Dotted paths and raw values of a TOML tree: tables, lists of tiers, lists along an axis."""
    flat: dict[str, object] = {}
    stack: list[tuple[str, object]] = list(tree.items())[::-1]
    while stack:
        path, value = stack.pop()
        field = BY_PATH.get(path)
        if isinstance(value, Mapping):
            stack.extend([(f"{path}.{key}", item) for key, item in value.items()][::-1])
        elif path == "tiers" and isinstance(value, list):
            stack.extend(_tier_items(value, where, issues))
        elif isinstance(value, list) and field is not None and field.axis and not field.axis.infix:
            labels = field.axis.labels
            if (len(value) != len(labels) and field.kind is not Kind.TEXT) or len(value) > len(labels):
                message = f"has {len(value)} values, not {len(labels)}."
                issues.error(where, path, message, f"Give one for each {field.axis.name}.")
            else:
                flat.update((f"{path}.{label}", item) for label, item in zip(labels, value, strict=False))
        else:
            flat[path] = value
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
        if declared.axis is not None and not declared.axis.infix:
            _put(tree, declared.path, [_plain(declared, profile.value(p)) for p in paths])
            continue
        for path in differs:
            _put(tree, path, _plain(declared, profile.given[path]))
    for path, value in profile.given.items():
        found = schema.find(path)
        if found and found[0].axis is TIER and not is_default(path, value):
            tiers[found[1]][path.rpartition(".")[2]] = _plain(found[0], value)
    if any(path.startswith("tiers.") for path in profile.given):
        tree["tiers"] = [_in_order(tier) for tier in tiers]
    return tomli_w.dumps(tree, multiline_strings=False)


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
    """Column of values in the engine's form."""
    dtype = _DTYPES.get(field.kind, np.float64)
    return np.array([_canonical(field, value) for value in values], dtype=dtype)


def shipped(directory: Path) -> list[Path]:
    """Profiles in a directory, by name."""
    return sorted(directory.glob("*.toml"))
