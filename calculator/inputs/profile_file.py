"""Profiles written to files; the comments of a profile that is already there stay."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from calculator.inputs import schema
from calculator.inputs.file_writing import replace_file
from calculator.inputs.parsing import ABOUT, TIER_SECTION, ValueProblem, is_list, read_value
from calculator.inputs.profile import Profile, dump, parse, paths_in_list, read_file, toml_tree, toml_value
from calculator.inputs.schema import FIELDS, TIER, Value
from calculator.issues import InputError

if TYPE_CHECKING:
    import tomlkit

TomlPlace = tuple[Any, Any]
"""A table or array of a document, and the key or index of a value in it."""
_UNREADABLE = object()


def save(path: str | os.PathLike[str], profile: Profile) -> None:
    """Write a profile to a file; where the file holds a profile already, update it as `update` does.

    Raises
    ------
    OSError
        If the file cannot be written; it is as it was then.
    """
    try:
        text = read_file(path)
    except InputError:  # there is no such file, or no text in it
        text = ""
    replace_file(path, update(text, profile).encode())


def update(text: str, profile: Profile) -> str:
    r"""Return the text of a profile, changed so that it holds another design.

    Comments, order, and values that stay as they are do not change, nor does the notation of tables.  A value
    that the text states is stated afterwards too, even if it is now the default.  A text that is not a profile,
    or whose notation cannot be updated, is replaced as a whole.

    Parameters
    ----------
    text
        A profile in TOML.
    profile
        The design that the text is to hold.

    Examples
    --------
    >>> print(update("# Berlin\n[[tiers]]\nmailboxes = 5  # staff\n", Profile({"tiers.1.mailboxes": 7.0})), end="")
    # Berlin
    [[tiers]]
    mailboxes = 7  # staff
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    lines = text.replace("\r\n", "\n")
    lines += "" if lines.endswith("\n") else "\n"
    try:
        toml_tree(lines, profile.where)
        document = tomlkit.parse(lines)
        _update(document, profile)
        updated = tomlkit.dumps(document)
        if not lines.strip() or _design(parse(updated)) != _design(profile):
            updated = dump(profile)
    except (InputError, TOMLKitError, ValueError):  # a ValueError where tomlkit cannot nest tables
        updated = dump(profile)
    return updated.replace("\n", "\r\n") if "\r\n" in text else updated


def _design(profile: Profile) -> tuple[object, ...]:
    """Return what two profiles have in common if they are the same design, whatever defaults they state."""
    return profile.title, profile.description, profile.tiers, profile.without_defaults().given


def _update(document: tomlkit.TOMLDocument, profile: Profile) -> None:
    for key in ABOUT:
        if document.get(key, "") != getattr(profile, key):
            document[key] = getattr(profile, key)
        if not document.get(key, "unstated"):
            del document[key]
    _update_tiers(document, profile)
    stated = dict(_stated(document))
    for path, (container, key) in stated.items():
        _set(path, container, key, profile)
    for declared in (*FIELDS, *schema.declared_constants()):
        for path in declared.paths(profile.tiers):
            if profile.given.get(path) is not None and path not in stated:
                _add(document, path, profile)


def _update_tiers(document: tomlkit.TOMLDocument, profile: Profile) -> None:
    """Give a document that lists its tiers as many of them as the profile has."""
    import tomlkit

    given = any(path.startswith(f"{TIER_SECTION}.") for path in profile.given)
    if given and not any(key.split(".")[0] == TIER_SECTION for key in document):  # which may be "tiers.1.name"
        document[TIER_SECTION] = tomlkit.aot()
    tiers = document.get(TIER_SECTION)
    if isinstance(tiers, list):
        while len(tiers) > profile.tiers:
            del tiers[-1]
        while given and len(tiers) < profile.tiers:
            tiers.append(_new_table() if isinstance(tiers, tomlkit.items.AoT) else tomlkit.inline_table())


def _stated(document: tomlkit.TOMLDocument) -> Iterator[tuple[str, TomlPlace]]:
    """Yield the full path of each value in a document, and its place; lists of tiers count from 1."""
    stack: list[tuple[str, TomlPlace]] = [(key, (document, key)) for key in document if key not in ABOUT]
    while stack:
        path, (container, key) = stack.pop()
        value = container[key]
        field = schema.BY_PATH.get(path)
        if isinstance(value, MutableMapping):
            stack += [(f"{path}.{name}", (value, name)) for name in value]
        elif isinstance(value, list) and path == TIER_SECTION:
            stack += [(f"{path}.{number}", (value, number - 1)) for number in range(1, len(value) + 1)]
        elif isinstance(value, list) and field is not None and is_list(field):
            stack += [(name, (value, place)) for place, name in enumerate(field.paths()[: len(value)])]
        else:
            yield path, (container, key)


def _set(path: str, container: Any, key: Any, profile: Profile) -> None:
    """Replace a stated value by the one of the profile; remove what is not an input of it."""
    found = schema.find(path)
    if found is None or (found[0].axis is TIER and found[1] >= profile.tiers):
        del container[key]
    elif _read(found[0], container[key]) != profile.value(path):
        container[key] = toml_value(found[0], profile.value(path))


def _read(field: schema.Field, raw: Any) -> Value | object:
    try:
        return read_value(field, raw.unwrap() if hasattr(raw, "unwrap") else raw)
    except ValueProblem:
        return _UNREADABLE


def _add(document: tomlkit.TOMLDocument, path: str, profile: Profile) -> None:
    """Add a value to its table; a list of numbers is added as a whole, a list of names up to the value."""
    found = schema.find(path)
    assert found is not None
    field = found[0]
    *heads, leaf = field.path.split(".") if is_list(field) else path.split(".")
    table = _table(document, heads)
    if not is_list(field):
        table[leaf] = toml_value(field, profile.value(path))
    elif isinstance(table.get(leaf), MutableMapping):
        table[leaf][path.rpartition(".")[2]] = toml_value(field, profile.value(path))
    else:
        values = table.setdefault(leaf, [])
        values.extend(toml_value(field, profile.value(name)) for name in paths_in_list(field, path)[len(values) :])


def _table(document: tomlkit.TOMLDocument, heads: list[str]) -> Any:
    """Return the table under some keys, which is made if it is not there."""
    import tomlkit

    table: Any = document
    for depth, head in enumerate(heads, 1):
        if isinstance(table, list):
            table = table[int(head) - 1]
            continue
        if head not in table:
            inline = isinstance(table, tomlkit.items.InlineTable)
            table[head] = tomlkit.inline_table() if inline else _new_table(parent=depth < len(heads))
        table = table[head]
    return table


def _new_table(parent: bool = False) -> Any:
    """Return a table with a blank line before its header; a parent of tables alone has no header."""
    import tomlkit

    table = tomlkit.table(is_super_table=parent)
    table.trivia.indent = "" if parent else "\n"
    return table
