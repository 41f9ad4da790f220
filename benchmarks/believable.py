"""Designs as people have them: the shipped profiles with other loads, most of them valid and with few issues."""

from __future__ import annotations

import numpy as np

from calculator.inputs import schema
from calculator.inputs.profile import load
from calculator.inputs.shipped import profile_files

VARIED = ("mailboxes", "messages_per_day", "mailbox_size_limit")
"""Inputs of the tiers that differ between the designs of one profile."""


def believable(rows: int) -> dict[str, list[object]]:
    """Return cells by input: each row is one of the shipped profiles with at most as much load as it has."""
    profiles = [load(path) for path in profile_files()]
    tiers = max(profile.tiers for profile in profiles)
    paths = dict.fromkeys(path for profile in profiles for path in profile.given if _is_numeric(path))
    paths |= dict.fromkeys(f"tiers.{tier}.{name}" for tier in range(1, tiers + 1) for name in VARIED)
    random = np.random.default_rng(2013)
    which = random.integers(0, len(profiles), rows)
    columns: dict[str, list[object]] = {}
    for path in paths:
        values = [profile.value(path) for profile in profiles]
        share = random.uniform(0.6, 1.0, rows) if path.endswith(VARIED) else np.ones(rows)
        columns[path] = [_varied(values[kind], factor) for kind, factor in zip(which, share, strict=True)]
    return columns


def _is_numeric(path: str) -> bool:
    found = schema.find(path)
    return found is not None and found[0].numeric


def _varied(value: object, share: float) -> object:
    """Return a value or a share of it, in steps of ten."""
    return value if share == 1 or not isinstance(value, int | float) else float(round(value * share, -1))
