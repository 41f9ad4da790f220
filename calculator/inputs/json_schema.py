"""JSON Schema of a profile, with which editors complete inputs and check their values."""

from __future__ import annotations

from typing import Any

from calculator.inputs.parsing import ABOUT, TIER_SECTION, is_list
from calculator.inputs.schema import FIELDS, MAX_TIERS, TIER, Field, Kind
from calculator.inputs.units import unit_words

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a profile, as data for JSON.

    A number may also be a text with a unit, such as ``"5 GB"``, whose amount the schema cannot check.
    """
    root: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": "Design for Exchange",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {**_TEXT, "title": key.capitalize()} for key in ABOUT},
    }
    tier = _table()
    for field in FIELDS:
        for path in (field.path,) if is_list(field) or field.axis is TIER else field.paths():
            *tables, leaf = path.split(".")
            if field.axis is TIER:
                tier["properties"][leaf] = _value(field)
            else:
                place = root
                for table in tables:
                    place = place["properties"].setdefault(table, _table())
                place["properties"][leaf] = _list(field) if is_list(field) else _value(field)
    root["properties"][TIER_SECTION] = {
        "title": "Tiers of mailboxes",
        "type": "array",
        "maxItems": MAX_TIERS,
        "items": tier,
    }
    return root


def _table() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _list(field: Field) -> dict[str, Any]:
    assert field.axis is not None
    count = len(field.axis.labels)
    several = {"type": "array", "items": _value(field), "maxItems": count}
    return {**several, "title": field.label, "description": _about(field)}


def _value(field: Field) -> dict[str, Any]:
    about = {"title": field.label, "description": _about(field)}
    if not isinstance(field.default, tuple) and field.default is not None:
        about["default"] = field.default  # type: ignore[assignment]
    if field.kind is Kind.BOOL:
        return {**about, "type": "boolean"}
    if field.kind is Kind.CHOICE:
        assert field.choice is not None
        return {**about, "anyOf": [{"enum": list(field.choice.listed)}, _TEXT]}
    if field.kind is Kind.TEXT:
        return {**about, **_TEXT}
    return {**about, "anyOf": [_number(field), {**_TEXT, "description": "a number with its unit, or none"}]}


def _number(field: Field) -> dict[str, Any]:
    """Return the schema of a plain number: whole, among the options, or between the limits."""
    if field.options:
        return {"enum": list(field.options)}
    number: dict[str, Any] = {"type": "integer" if field.kind is Kind.INT else "number"}
    if field.low > float("-inf"):
        number["exclusiveMinimum" if field.open_low else "minimum"] = field.low
    if field.high < float("inf"):
        number["exclusiveMaximum" if field.open_high else "maximum"] = field.high
    return number


def _about(field: Field) -> str:
    unit = unit_words(field.unit)
    return f"{field.help}{f', in {unit}' if unit else ''}."
