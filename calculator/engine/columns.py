"""Turn columns of inputs into the arrays by parameter name that the rules take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.inputs.schema import FIELDS, Field, Kind, Value
from calculator.numerics.arrays import Array

Columns = Mapping[str, Array]
"""Inputs by path as canonical values (codes of choices, NaN for no value), each of shape ``(n,)`` or ``(1,)``."""
Inputs = Mapping[str, Array]
"""Inputs by the name of the parameter with which the rules take them."""


def _canonical(field: Field, value: Value) -> float | bool | int:
    """Return a value as the engine stores it: a choice as its code, no value as NaN."""
    if field.choice is not None:
        code = field.choice.code(str(value))
        return -1 if code is None else code
    if field.kind is Kind.BOOL:
        return bool(value)
    return math.nan if value is None else float(value)


_DTYPES = {Kind.BOOL: np.bool_, Kind.CHOICE: np.int64}


@lru_cache(maxsize=64)
def _defaults(tiers: int) -> Inputs:
    """Return arrays of the default values, for one design."""
    inputs: dict[str, Array] = {}
    for declared in FIELDS:
        if not declared.numeric:
            continue
        places = len(declared.paths(tiers))
        values = [_canonical(declared, declared.default_at(place)) for place in range(places)]
        array: Array = np.array(values, dtype=_DTYPES.get(declared.kind, np.float64))
        array.flags.writeable = False
        inputs[declared.parameter] = array if declared.axis is None else array[:, None]
    return inputs


def to_inputs(columns: Columns, tiers: int) -> dict[str, Array]:
    """Return the arrays that the rules take, by parameter name, from columns by full path.

    A column has one value per design, or a single value for all designs; an input without a column has its default.
    Values are canonical: codes for choices, NaN for no value.
    """
    inputs = dict(_defaults(tiers))
    gathered: dict[str, dict[int, Array]] = {}
    for path, column in columns.items():
        found = schema.find(path)
        if found is not None and found[0].numeric:
            gathered.setdefault(found[0].parameter, {})[found[1]] = column
    for parameter, places in gathered.items():
        base = inputs[parameter] if parameter in inputs else _published(parameter)
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


def _published(constant: str) -> Array:
    """Return the published value of a constant, as the array of an input for one design."""
    declared = schema.BY_PATH[f"{schema.CONSTANTS}.{constant}"]
    values: Array = np.array([declared.default_at(place) for place in range(len(declared.paths()))], dtype=np.float64)
    return values if declared.axis is None else values[:, None]


def profile_columns(profile: Profile) -> dict[str, Array]:
    """Return the columns of one design from the values that its profile gives."""
    columns: dict[str, Array] = {}
    for path, value in profile.given.items():
        found = schema.find(path)
        if found is not None and found[0].numeric:
            dtype = _DTYPES.get(found[0].kind, np.float64)
            columns[path] = np.array([_canonical(found[0], value)], dtype=dtype)
    return columns


def canonical_column(field: Field, values: Iterable[Value]) -> Array:
    """Return a column of values as the engine stores them; texts, which it does not use, are returned unchanged."""
    if field.kind is Kind.TEXT:
        return np.array(list(values), dtype=object)
    dtype = _DTYPES.get(field.kind, np.float64)
    return np.array([_canonical(field, value) for value in values], dtype=dtype)
