"""Profiles: a design as the values that a person gives, read from TOML and written to it."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from calculator.inputs import schema
from calculator.inputs.parsing import ABOUT, LONGEST_TEXT, TIER_SECTION, ValueProblem, is_list, read_value, unknown_hint
from calculator.inputs.schema import BY_PATH, FIELDS, TIER, Condition, Field, Kind, Value
from calculator.inputs.shipped import example_titles, resolve
from calculator.issues import InputError, Issues, quoted, refuse, short

STANDARD = "-"
"""Path that means standard input or output."""
LARGEST_PROFILE = 1_000_000
"""Largest number of bytes of a profile file; the shipped profiles have a few hundred."""
LONGEST_ABOUT = 2000
"""Largest number of characters of a title or a description."""
MAX_DOTS = 200
"""Largest number of dots on a line of a profile.  The time to read a key grows with the square of its parts."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

CHANGED = " (changed)"
"""End of the title of an example whose inputs were changed."""


@dataclass(frozen=True)
class Profile(Mapping[str, Value]):
    """A design: the inputs that are given a value, by full path, in canonical units.  The others have their defaults.

    A profile is a mapping of the given inputs; ``profile[path]`` is also the default of an input that is not given.

    Attributes
    ----------
    given
        The given inputs by path.
    title, description
        What the design is, for people.  The description is about these inputs: with other values it is dropped.
    where
        Name of the design in messages, such as that of its file.

    Examples
    --------
    >>> profile = Profile({"tiers.1.mailboxes": 5000.0}).with_values({"tiers.1.mailbox_size_limit": "2 GB"})
    >>> dict(profile)
    {'tiers.1.mailboxes': 5000.0, 'tiers.1.mailbox_size_limit': 2048.0}
    >>> profile["environment.dags"]
    1
    """

    given: dict[str, Value] = field(default_factory=dict)
    title: str = ""
    description: str = ""
    where: str = "design"

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """Read a profile from a file; ``example:NAME`` is a shipped one.

        Raises
        ------
        InputError
            If the file or an input cannot be used; it has all problems at once.
        """
        return load(path)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the profile to a file; where the file holds a profile, its comments, order and notation stay.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from calculator.inputs.profile_file import save

        save(path, self)

    def __getitem__(self, path: str) -> Value:
        return self.value(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)

    def __contains__(self, path: object) -> bool:
        return path in self.given

    def __bool__(self) -> bool:
        return True

    @property
    def tiers(self) -> int:
        """Number of tiers: the highest number in a given path, at least 1."""
        numbers = [int(path.split(".")[1]) for path in self.given if path.startswith("tiers.")]
        return max(numbers, default=1)

    @property
    def empty_tiers(self) -> tuple[int, ...]:
        """Numbers of the tiers that have only defaults, and exist because a tier with a higher number is given."""
        stated = (path for path, value in self.given.items() if not is_default(path, value))
        used = {path.split(".")[1] for path in stated if path.startswith("tiers.")}
        return tuple(number for number in range(1, self.tiers) if str(number) not in used)

    def value(self, path: str) -> Value:
        """Return the value of an input, given or default.

        Raises
        ------
        KeyError
            If there is no such input.
        """
        if path in self.given:
            return self.given[path]
        found = schema.find(path)
        if found is None:
            raise KeyError(path)
        return found[0].default_at(found[1])

    def with_given(self, given: Mapping[str, Value]) -> Profile:
        """Return the design with other given inputs in place of its own.

        If an input gets another value, the description is dropped, because it may state figures that are then wrong,
        and the title of an example says that it was changed: "Small office" may be wrong then too.
        """
        changed = replace(self, given=dict(given))
        if not (self.title or self.description) or all(
            self.value(path) == changed.value(path) for path in {**self.given, **given}
        ):
            return changed
        title = f"{self.title}{CHANGED}" if self.title in example_titles() else self.title
        return replace(changed, title=title, description="")

    def with_values(self, values: Mapping[str, object]) -> Profile:
        """Return the design with other values, which are then given, even where they equal their default.

        Parameters
        ----------
        values
            Values by path, in canonical units or as a text with a unit; None for no value.

        Raises
        ------
        InputError
            If there is no such input, or it cannot take the value; it has all problems at once.
        """
        issues = Issues()
        read = from_mapping({path: raw for path, raw in values.items() if raw is not None}, self.where, issues)
        if issues.errors:
            raise InputError(issues)
        return self.with_given({**self.given, **{path: read.get(path) for path in values}})

    def without_defaults(self) -> Profile:
        """Return the design without the given values that equal their default.

        If all values of the last tier are defaults, its mailboxes stay given, so that it remains a tier.
        """
        given = {path: value for path, value in self.given.items() if not is_default(path, value)}
        reduced = replace(self, given=given)
        if reduced.tiers == self.tiers:
            return reduced
        return replace(reduced, given={**given, f"tiers.{self.tiers}.mailboxes": 0})


def unmet_conditions(profile: Profile, path: str) -> list[Condition]:
    """Return the conditions of an input, by its full path, that do not hold in a design."""
    found = schema.find(path)
    if found is None:
        return []
    declared, place = found
    return [each for each in declared.conditions if not each.holds(profile.value(each.path_at(place)))]


def applies(profile: Profile, path: str) -> bool:
    """Return whether an input matters in a design, as far as the other inputs decide it."""
    return not unmet_conditions(profile, path)


def is_default(path: str, value: Value) -> bool:
    """Return whether a value is the default of its input."""
    found = schema.find(path)
    return found is not None and found[0].default_at(found[1]) == value


def read_file(path: str | os.PathLike[str], limit: int = LARGEST_PROFILE) -> str:
    """Read the text of a file that may be missing, a directory, huge or not a text; ``example:NAME`` is shipped.

    Raises
    ------
    InputError
        If the file cannot be used, or has more than ``limit`` bytes.
    """
    path = resolve(path)
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
    return decode_text(data, where)


def name_of(path: str | os.PathLike[str]) -> str:
    """Return the name of a file as messages show it."""
    return short(os.path.basename(os.fspath(path)) or os.fspath(path)) or '""'


def decode_text(data: bytes, where: str) -> str:
    """Decode UTF-8, UTF-16 with a byte order mark, or else the Windows code page 1252.

    Raises
    ------
    InputError
        If it is none of them, with the place of the first wrong byte or character.
    """
    encodings = ("utf-16",) if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "cp1252")
    place = 0
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            place = place or error.start + 1
            continue
        if "\0" in text:
            refuse(where, "is not a text file: it holds NUL characters.", "Save it as UTF-8 text.")
        return text
    kind = "UTF-16" if len(encodings) == 1 else "UTF-8"
    refuse(where, f"is not a text file: byte {place} is not {kind}.", "Save it as UTF-8 text.")


def from_inputs(inputs: Mapping[str, object]) -> Profile:
    """Return the profile of a mapping of inputs by path, nested as in a profile file or not.

    Raises
    ------
    InputError
        If inputs cannot be used; it has all problems at once.
    """
    issues = Issues()
    for key in inputs:
        if not isinstance(key, str):
            issues.error("design", quoted(key), "is not the path of an input.", "Give paths as texts.")
    named = {key: value for key, value in inputs.items() if isinstance(key, str) and key not in ABOUT}
    about = {key: _about(inputs.get(key, ""), "design", key, issues) for key in ABOUT}
    given = from_mapping(_flatten(named, "design", issues), "design", issues)
    if issues.errors:
        raise InputError(issues)
    return Profile(given, about["title"], about["description"])


Reader = Callable[[str, Field, object], Value]
"""Function that reads the raw value of the input at a path, or raises `ValueProblem`."""


def one_value(path: str, field: Field, raw: object) -> Value:
    """Read a raw value as a single value, not as a range."""
    return read_value(field, raw)


def load(path: str | os.PathLike[str], read: Reader = one_value) -> Profile:
    """Read a profile from a file; raise InputError that lists everything that cannot be used."""
    return parse(read_file(path), name_of(path), read)


def parse(text: str, where: str = "profile", read: Reader = one_value) -> Profile:
    """Read a profile from a text; raise InputError that lists everything that cannot be used."""
    issues = Issues()
    tree = toml_tree(text, where)
    about = {key: _about(tree.pop(key, ""), where, key, issues) for key in ABOUT}
    given = from_mapping(_flatten(tree, where, issues), where, issues, read)
    if issues.errors:
        raise InputError(_with_lines(issues, text))
    return Profile(given, about["title"], about["description"], where)


def _with_lines(issues: Issues, text: str) -> Issues:
    """Return the issues of a profile with the line of its text that each is about."""
    from calculator.inputs.toml_lines import line_of, lines_of  # needed only where something is wrong

    lines = lines_of(text)
    return issues.moved(
        lambda issue: f"{issue.where} line {line}" if (line := line_of(issue.field, lines)) else issue.where
    )


def toml_tree(text: str, where: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raise InputError if it is not valid TOML."""
    hint = "Is it the right file?"
    crowded = next((n for n, line in enumerate(text.split("\n"), 1) if line.count(".") > MAX_DOTS), None)
    try:
        if crowded is None:
            return tomllib.loads(text)
        reason = f"line {crowded} has more than {MAX_DOTS} points"
    except tomllib.TOMLDecodeError as error:
        reason, hint = short(str(error), LONGEST_TEXT), "Fix that line."
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError:  # raised by Python for a whole number of more than 4,300 digits
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
        issues.error(where, key, f"{quoted(value)} holds characters that cannot be printed.", "Remove them.")
    return str(value) if isinstance(value, str) else ""


def from_mapping(raw: Mapping[str, object], where: str, issues: Issues, read: Reader = one_value) -> dict[str, Value]:
    """Read raw values by path; add an issue for each that cannot be used."""
    given: dict[str, Value] = {}
    for path, value in raw.items():
        found = schema.find(path)
        if found is None:
            hint = partial(unknown_hint, path)
            what = "constant" if path.startswith(f"{schema.CONSTANTS}.") else "input"
            issues.error(where, short(path) or '""', f"There is no such {what}.", hint)
            continue
        try:
            given[path] = read(path, found[0], value)
        except ValueProblem as error:
            issues.error(where, path, error.message, error.hint)
    return given


def _flatten(tree: Mapping[str, Any], where: str, issues: Issues) -> dict[str, object]:
    """Return raw values by dotted path from the tables, lists of tiers and lists along an axis of a TOML tree."""
    flat: dict[str, object] = {}
    stack: list[tuple[str, object]] = list(tree.items())[::-1]

    def add(path: str, value: object) -> None:
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
        elif isinstance(value, list) and field is not None and field.axis and is_list(field):
            labels = field.axis.labels
            if (len(value) != len(labels) and field.kind is not Kind.TEXT) or len(value) > len(labels):
                message = f"has {len(value)} values, not {len(labels)}."
                issues.error(where, path, message, f"Give one for each {field.axis.name}.")
            else:
                for label, item in zip(labels, value, strict=False):
                    add(f"{path}.{label}", item)
        else:
            add(path, value)
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


def with_settings(
    profile: Profile, settings: Iterable[str], read: Reader = one_value, constants: Iterable[str] = ()
) -> Profile:
    """Return a profile with the settings of a command line; raise InputError that lists all that fail.

    Parameters
    ----------
    profile
        The design.
    settings, constants
        Inputs as ``path=value``, and constants that the design overrides as ``name=value``.
    read
        Reads the value of an input.
    """
    issues, given = Issues(), dict[str, Value]()
    for option, form, head, texts in (
        ("--set", "path=value", "", settings),
        ("--constant", "NAME=VALUE", f"{schema.CONSTANTS}.", constants),
    ):
        raw: dict[str, object] = {}
        for setting in texts:
            path, sign, value = setting.partition("=")
            if not sign:
                issues.error(option, quoted(setting), "has no value.", f"Write {form}.")
            else:
                raw[head + path.strip()] = value.strip()
        given |= from_mapping(raw, option, issues, read)
    if issues.errors:
        raise InputError(issues)
    return profile.with_given({**profile.given, **given})


def with_constants(profile: Profile, constants: Mapping[str, object] | None) -> Profile:
    """Return a profile that overrides constants.

    Parameters
    ----------
    profile
        The design.
    constants
        Values by name, in the units of the constants or as a text with a unit; of a table ``NAME.KEY`` or a mapping
        of values by key.  None overrides nothing.

    Raises
    ------
    InputError
        If there is no such constant, or it cannot take the value.
    """
    raw: dict[str, object] = {}
    for name, value in (constants or {}).items():
        path = f"{schema.CONSTANTS}.{name}"
        raw |= {f"{path}.{key}": each for key, each in value.items()} if isinstance(value, Mapping) else {path: value}
    issues = Issues()
    given = from_mapping(raw, profile.where, issues)
    if issues.errors:
        raise InputError(issues)
    return profile.with_given({**profile.given, **given}) if given else profile


def dump(profile: Profile) -> str:
    """Return a profile as TOML: title, description and all given values, also those that equal their defaults."""
    import tomli_w

    tree: dict[str, Any] = {key: getattr(profile, key) for key in ABOUT if getattr(profile, key)}
    tiers: list[dict[str, object]] = [{} for _ in range(profile.tiers)]
    for declared in (*FIELDS, *schema.declared_constants()):
        if declared.axis is TIER:
            continue
        paths = declared.paths()
        stated = [p for p in paths if profile.given.get(p) is not None]
        if not stated:
            continue
        if is_list(declared):
            listed = paths_in_list(declared, stated[-1])
            _put(tree, declared.path, [toml_value(declared, profile.value(p)) for p in listed])
            continue
        for path in stated:
            _put(tree, path, toml_value(declared, profile.given[path]))
    for path, value in profile.given.items():
        found = schema.find(path)
        if found and found[0].axis is TIER and value is not None:
            tiers[found[1]][path.rpartition(".")[2]] = toml_value(found[0], value)
    parts = [tomli_w.dumps(tree)] if tree else []
    if any(path.startswith("tiers.") for path in profile.given):
        parts += [f"[[tiers]]\n{tomli_w.dumps(_in_order(tier))}" for tier in tiers]
    return "\n".join(parts)


def paths_in_list(field: Field, last: str) -> tuple[str, ...]:
    """Return the paths of a list to write: of names up to the last one that is stated, of numbers all."""
    paths = tuple(field.paths())
    return paths[: paths.index(last) + 1] if field.kind is Kind.TEXT else paths


def _in_order(tier: dict[str, object]) -> dict[str, object]:
    leaves = [field.path.partition(".")[2] for field in FIELDS if field.axis is TIER]
    return {leaf: tier[leaf] for leaf in leaves if leaf in tier}


def _put(tree: dict[str, Any], path: str, value: object) -> None:
    *heads, leaf = path.split(".")
    for head in heads:
        tree = tree.setdefault(head, {})
    tree[leaf] = value


def toml_value(field: Field, value: Value) -> object:
    """Return a value as a profile writes it: whole numbers without a point, no disk as "none"."""
    if (field.options and field.kind is not Kind.INT and value == 0) or value is None:
        return "none"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
