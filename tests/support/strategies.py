"""Designs to test with, built from the list of inputs."""

import math
from collections.abc import Mapping
from functools import cache

import numpy as np
from hypothesis import strategies as st

from calculator.inputs.profile import Profile
from calculator.inputs.schema import FIELDS, MAX_TIERS, TIER, Field, Kind, Value

# Ranges a design plausibly lies in, where the input allows far more.
USUAL = {
    "environment.dags": (1, 20),
    "tiers.mailboxes": (1, 500),
    "tiers.mailbox_growth": (0, 0.2),
    "tiers.messages_per_day": (10, 500),
    "tiers.message_size": (10, 500),
    "tiers.initial_mailbox_size": (0, 5_000),
    "tiers.mailbox_size_limit": (100, 5_000),
    "tiers.archive_size_limit": (0, 5_000),
    "tiers.deleted_item_retention": (0, 90),
    "tiers.iops_multiplier": (1, 3),
    "tiers.megacycles_multiplier": (1, 3),
    "tiers.iops_per_mailbox": (0, 1),
    "data.overhead_factor": (0, 0.5),
    "data.volume_free_space": (0, 0.3),
    "io.overhead_factor": (0, 0.5),
    "database.custom_count": (1, 200),
    "io.additional_iops": (0, 1_000),
    "servers.processor_cores": (4, 64),
    "servers.specint2006_rate": (100, 2_000),
}
CHOSEN = st.sets(st.sampled_from([field for field in FIELDS if field.path != "tiers.mailboxes"]), max_size=12)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöüß 0123456789-_'\"=;,", min_size=1, max_size=20)


def ends(field: Field) -> tuple[float, float]:
    """Smallest and largest value of a number that tests give."""
    low, high = USUAL.get(field.path, (field.low, field.high))
    if field.open_low:
        low = math.nextafter(low, math.inf) if field.path not in USUAL else low
    if field.open_high:
        high = math.nextafter(high, -math.inf)
    return low, min(high, 1e9)


@cache
def _other_values(field: Field, default: Value) -> st.SearchStrategy[Value]:
    """Return a strategy for the values of an input apart from its default, one object because it is drawn often."""
    return values(field).filter(lambda value: value != default)


@cache
def values(field: Field) -> st.SearchStrategy[Value]:
    """Canonical values an input accepts."""
    if field.kind is Kind.BOOL:
        return st.booleans()
    if field.choice is not None:
        return st.sampled_from(field.choice.words)
    if field.kind is Kind.TEXT:
        return WORDS.filter(lambda text: text.strip().lower() not in ("none", "--"))
    if field.options:
        none = () if field.kind is Kind.INT else (0,)
        return st.sampled_from([float(option) for option in (*none, *field.options)])
    low, high = ends(field)
    if field.kind is Kind.INT:
        return st.integers(int(low), int(high)).map(float)
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


@st.composite
def designs(draw: st.DrawFn, most_tiers: int = 5) -> dict[str, Value]:
    """Inputs by path, none of them its default: 1 to 5 tiers with mailboxes, and some other inputs."""
    tiers = draw(st.integers(1, min(most_tiers, MAX_TIERS)))
    chosen = draw(CHOSEN)
    design: dict[str, Value] = {}
    for number in range(1, tiers + 1):
        design[f"tiers.{number}.mailboxes"] = float(draw(st.integers(1, 50_000)))
    for field in FIELDS:
        if field not in chosen:
            continue
        for place, path in enumerate(field.paths(tiers)):
            design[path] = draw(_other_values(field, field.default_at(place)))
    return dict(sorted(design.items(), key=lambda item: item[0].split(".")))


def profiles() -> st.SearchStrategy[Profile]:
    """Profiles of such designs."""
    about = st.text("abc äöü.\n\"'\\", max_size=40)
    return st.builds(Profile, designs(), about, about)


def random_columns(rows: int, tiers: int, seed: int) -> dict[str, list[Value]]:
    """Columns of random designs: every tier, every hour and every other input."""
    random = np.random.default_rng(seed)
    columns: dict[str, list[Value]] = {}
    for field in FIELDS:
        if field.kind is Kind.TEXT:
            continue
        for place, path in enumerate(field.paths(tiers)):
            columns[path] = _random_column(field, place, rows, random)
    return columns


def _random_column(field: Field, place: int, rows: int, random: np.random.Generator) -> list[Value]:
    default = field.default_at(place)
    if field.kind is Kind.BOOL:
        drawn = random.random(rows) < 0.5
    elif field.choice is not None:
        drawn = np.array(field.choice.words, dtype=object)[random.integers(0, len(field.choice.words), rows)]
    elif field.options:
        drawn = random.choice(np.array(field.options, dtype=float), rows)
    else:
        low, high = ends(field)
        drawn = random.uniform(low, high, rows)
        drawn = np.round(drawn) if field.kind is Kind.INT else drawn
    own = random.random(rows) < (0.8 if field.axis is TIER else 0.05)
    return [value if given else default for value, given in zip(drawn.tolist(), own.tolist(), strict=True)]


def row(columns: Mapping[str, list[Value]], number: int) -> dict[str, Value]:
    """One design of some columns, without the values that are not given."""
    return {path: column[number] for path, column in columns.items() if column[number] is not None}
