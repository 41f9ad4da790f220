"""A profile to start from: the inputs that matter first, and all others as comments with their defaults."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from calculator.inputs.parsing import is_list
from calculator.inputs.schema import FIELDS, Field, Value
from calculator.inputs.units import unit_words

_FIRST: dict[str, Value] = {
    "tiers.1.name": "Staff",
    "tiers.1.mailboxes": 3000,
    "tiers.1.mailbox_size_limit": "5 GB",
    "tiers.1.messages_per_day": 100,
    "tiers.1.message_size": "75 KB",
    "environment.mailbox_servers": 4,
    "environment.dags": 1,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3,
    "storage.primary.database_disk_capacity": 4000,
    "storage.primary.database_disk_type": '7.2K RPM SAS 3.5"',
    "servers.primary.processor_cores": 16,
    "servers.primary.specint2006_rate": 540,
}
"""Inputs that decide most of a design, with the values of the template."""
_HEAD = """\
# A design for Exchange. Change the values below, then run
#     exchange-calculator check {name}
#     exchange-calculator size {name}
# Lines that begin with "# " and contain "=" are inputs with their defaults: remove the "# " to change one.
# A number has the unit that is given; a text may have another unit, such as "5 GB" or "7 days".
# "exchange-calculator fields NAME" explains an input.

title = "New design"
description = ""
"""
_WIDTH = 118


def template(name: str = "design.toml") -> str:
    """Return the text of a profile to start from.

    Parameters
    ----------
    name
        Name of the file, for the commands in its first lines.
    """
    tables: dict[str, list[str]] = {path.rpartition(".")[0]: [] for path in _FIRST}
    for path, text in sorted(_entries(), key=lambda entry: entry[0] not in _FIRST):
        tables.setdefault(path.rpartition(".")[0], []).append(text)
    heads = {table: "[[tiers]]" if table == "tiers.1" else f"[{table}]" for table in tables}
    return _HEAD.format(name=name) + "".join(f"\n{heads[table]}\n{''.join(texts)}" for table, texts in tables.items())


def _entries() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each input."""
    for field in FIELDS:
        if is_list(field):
            assert isinstance(field.default, tuple)
            yield field.path, _entry(field, field.path, list(field.default))
        else:
            for place, path in enumerate(field.paths()):
                yield path, _entry(field, path, field.default_at(place))


def _entry(field: Field, path: str, default: object) -> str:
    """Return an input with its meaning, unit and limits; as a comment unless it is one of the first."""
    leaf = path.rpartition(".")[2]
    unit = "" if unit_words(field.unit).lower() in field.help.lower() else unit_words(field.unit)
    about = f"{field.help}{f', in {unit}' if unit else ''}: {field.limits()}"
    lines = "".join(f"#   {line}\n" for line in _wrapped(about))
    if path in _FIRST:
        return f"{lines}{leaf} = {_toml(_FIRST[path])}\n"
    return f"{lines}# {leaf} = {_toml(default)}\n"


def _toml(value: object) -> str:
    """Return a value as TOML; the word "none" for no value."""
    import tomlkit

    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if value is None:
        return '"none"'
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(tomlkit.item(value).as_string())


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH - 4)
