"""Read the settings of the deployment files from the section ``[export]``, or derive them from the design."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any

from calculator.inputs.names import csv_text_problem
from calculator.inputs.parsing import ValueProblem, check_range
from calculator.inputs.profile import Profile
from calculator.inputs.schema import EXPORT, FIELDS, Field, Kind, Value
from calculator.issues import WARNING, Issues, quoted

BY_DESIGN = "design"
"""Word in a profile for a setting that the design decides, for inputs that cannot be left out."""
NO_ADDRESS = "255.255.255.255"
"""The address of a DAG without a cluster administrative access point."""
MAY_BE_EMPTY = frozenset({"export.alternate_witness_server", "export.alternate_witness_directory"})
"""Inputs whose text may be empty in the files."""

FIELDS_BY_NAME = {field.path.partition(".")[2]: field for field in FIELDS if field.section == EXPORT}
"""Declarations of the settings by the last part of their path, in the order of the schema."""
NAMES = tuple(FIELDS_BY_NAME)
"""Settings by the last part of their path, in the order of the schema."""
EXAMPLE_DOMAIN = ".contoso.com"
"""Domain of Microsoft's examples; no customer has names in it."""
_TYPES = {Kind.BOOL: "bool", Kind.INT: "float", Kind.FLOAT: "float"}
_ADDRESSES = re.compile(r"\d{1,3}(\.\d{1,3}){3}(,\d{1,3}(\.\d{1,3}){3})*")


def _declared(name: str, field: Field) -> tuple[str, str, Any]:
    default = None if field.default == BY_DESIGN else field.default
    return name, f"{_TYPES.get(field.kind, 'str')} | None", dataclasses.field(default=default)


_Fields: Any = dataclasses.make_dataclass("_Fields", [_declared(*item) for item in FIELDS_BY_NAME.items()], frozen=True)


class Settings(_Fields):  # type: ignore[misc]
    """Values of the inputs ``export.*``, each under the last part of its path, with the defaults of the schema.

    None means that the design decides, or that the setting is empty if the design does not decide it.
    """


def settings_of(profile: Profile, derived: Mapping[str, Value] | None = None) -> Settings:
    """Return the settings a profile gives in ``[export]``; ``derived`` fills those that it does not give."""
    given = {name: profile.given.get(field.path) for name, field in FIELDS_BY_NAME.items()}
    return Settings(**{**(derived or {}), **{n: value for n, value in given.items() if value not in (None, BY_DESIGN)}})


def origins_of(profile: Profile, derived: Mapping[str, Value]) -> dict[str, str]:
    """Return where each setting comes from: ``profile``, ``design`` or ``default``."""
    stated = {name for name, field in FIELDS_BY_NAME.items() if profile.given.get(field.path) not in (None, BY_DESIGN)}
    return {name: "profile" if name in stated else "design" if name in derived else "default" for name in NAMES}


def placeholders_of(profile: Profile) -> tuple[str, ...]:
    """Return the names of the settings that are still placeholders for names of the customer.

    A setting in the profile counts as the customer's, unless it is a name in the domain of the examples.
    """
    return tuple(
        name
        for name, field in FIELDS_BY_NAME.items()
        if field.placeholder
        and (profile.given.get(field.path) is None or str(profile.given[field.path]).lower().endswith(EXAMPLE_DOMAIN))
    )


def find_placeholders(settings: Settings, names: Iterable[str], contents: Mapping[str, bytes], where: str) -> Issues:
    """Return a warning for each placeholder in a file, with the input that replaces it."""
    issues = Issues()
    for name in names:
        field, value = FIELDS_BY_NAME[name], str(getattr(settings, name))
        files = [file for file, content in contents.items() if f'"{value}"'.encode() in content]
        if not files:
            continue
        holders = " and ".join(part for part in (", ".join(files[:-1]), files[-1]) if part)
        if value == NO_ADDRESS:
            message = f"The DAG has no address: {holders} holds the placeholder {value}."
            hint = f"Give one IPv4 address per datacenter, or state {value} if the DAG needs none."
        else:
            message = f"{value} in {holders} is a placeholder for the {field.label.lower()}."
            hint = "Give the name of your server."
        issues.add(WARNING, where, field.path, message, hint)
    return issues


def check_settings(settings: Settings, where: str) -> Issues:
    """Return an issue for each setting that the deployment scripts cannot read."""
    issues = Issues()
    for name, field in FIELDS_BY_NAME.items():
        value = getattr(settings, name)
        if value is None:
            continue
        if field.choice is not None:
            words = [word for word in field.choice.words if word != BY_DESIGN]
            if value not in words:
                hint = f"Give one of {', '.join(words)}."
                issues.error(where, field.path, f"{quoted(value)} is not a choice.", hint)
        elif field.kind in (Kind.INT, Kind.FLOAT):
            _check_number(field, value, where, issues)
        elif field.kind is Kind.TEXT and (value or field.path not in MAY_BE_EMPTY):
            check_text(value, where, field.path, issues)
    if not _ADDRESSES.fullmatch(settings.dag_ip_addresses):
        message = f"{quoted(settings.dag_ip_addresses)} is not a list of IP addresses."
        hint = f"Give one IPv4 address per datacenter, joined by a comma, or {NO_ADDRESS} for none."
        issues.error(where, "export.dag_ip_addresses", message, hint)
    return issues


def check_text(text: str, where: str, path: str, issues: Issues) -> None:
    """Add an error if a text would break the CSV files, or a warning if a script may misread it."""
    problem = csv_text_problem(text)
    if problem:
        issues.error(where, path, problem.message, problem.hint)
    else:
        check_ascii(text, where, path, issues)


def check_ascii(text: str, where: str, path: str, issues: Issues) -> None:
    """Add a warning if a text is not ASCII, because a script may misread it."""
    if not text.isascii():
        message = f"{quoted(text)} is not ASCII; the scripts may misread it."
        issues.add("warning", where, path, message, "Use the letters A to Z.")


def _check_number(field: Field, value: float, where: str, issues: Issues) -> None:
    try:
        check_range(field, value)
    except ValueProblem as problem:
        issues.error(where, field.path, f"{value:.15g} cannot be used.", problem.hint)
