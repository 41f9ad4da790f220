"""Turn tiers into inputs of a design and into tables."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from calculator.importers.formats.sizes import KB
from calculator.importers.mailboxes.columns import MAILBOX_KINDS
from calculator.importers.mailboxes.partition import build_histogram
from calculator.importers.mailboxes.tiers import MESSAGES, QUOTA, TIER_INPUTS, TierBuilder, Tiers
from calculator.importers.result import ResultRows
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value

_INPUTS = {"size": "initial_mailbox_size", **TIER_INPUTS}
_THOUSAND = 1000
_FLAGS = ("single_item_recovery", "calendar_versioning", "hold")


def build_inputs(builder: TierBuilder, tiers: Tiers, by: str) -> dict[str, object]:
    """Return the inputs of the tiers by path: imported values, and values of the base design for all other inputs."""
    values: dict[str, object] = {}
    common = {path.split(".")[2]: value for path, value in builder.base.given.items() if path.startswith("tiers.")}
    for place in range(len(tiers.counts)):
        tier = {**common, "name": name_tier(builder, tiers, place, by), "mailboxes": int(tiers.counts[place])}
        for measure, leaf in _INPUTS.items():
            if measure in tiers.means:
                value = float(tiers.means[measure][place])
                tier[leaf] = value > 0 if measure in _FLAGS else value
        values |= {f"tiers.{place + 1}.{leaf}": value for leaf, value in tier.items()}
    return values


def name_tier(builder: TierBuilder, tiers: Tiers, place: int, by: str) -> str:
    """Return the name of a tier: its quota or bounds, the kind of its mailboxes, and an archive or a hold they have.

    The name also says whether the quota of all these mailboxes is assumed.
    """
    low, high = tiers.partition.low[place], tiers.partition.high[place]
    is_whole_group, splits = low == 0 and high == float("inf"), len(tiers.counts) > 1
    show = format_messages if by == MESSAGES else format_size
    inside = tiers.partition.labels == place
    kinds, assumed = builder.kinds[inside], builder.assumes_quota[inside].all()
    quotas = builder.list_values(QUOTA)[inside] if by == QUOTA else None
    kind = int(kinds[0]) if (kinds == kinds[0]).all() else 0
    kind_name = f"{list(MAILBOX_KINDS)[kind - 1]} mailboxes" if kind else ""
    if quotas is not None and np.ptp(quotas) == 0 and (not is_whole_group or (splits and not builder.kinds.any())):
        name = f"Assumed quota of {format_mean(quotas[0])}" if assumed else f"Quota of {show(float(quotas[0]))}"
    elif is_whole_group:
        name = kind_name.capitalize() or (
            "User mailboxes" if builder.kinds.any() and not kinds.any() else "All mailboxes"
        )
    elif low == 0:
        name = f"Below {show(high)}"
    else:
        name = f"{show(low)} and more" if high == float("inf") else f"{show(low)} to {show(high)}"
    if kind_name and not name.endswith("mailboxes"):
        name = f"{name}, {kind_name}"
    suffixes = []
    if int(builder.groups.max()) > 0 and len(set(tiers.partition.groups)) > 1:
        suffixes = [
            word
            for measure, word in (("archive_quota", "with archive"), ("hold", "on hold"))
            if not kind and measure in tiers.means and tiers.means[measure][place] > 0
        ]
        if name == "All mailboxes" and not suffixes:  # others have an archive or are on hold
            name = "Other mailboxes"
    if assumed and not name.startswith("Assumed"):
        suffixes.append("quota assumed")
    return ", ".join([name, *suffixes])


def format_size(megabytes: float) -> str:
    """Format a size in MB or GB."""
    value, unit = (megabytes / KB, "GB") if megabytes >= KB else (megabytes, "MB")
    return f"{value:,.0f} {unit}" if value >= _THOUSAND else f"{value:.4g} {unit}"


def format_mean(megabytes: float) -> str:
    """Format a mean or a total of sizes in MB or GB, rounded to three digits."""
    digits = 2 - int(np.floor(np.log10(megabytes / KB if megabytes >= KB else megabytes))) if megabytes > 0 else 0
    unit = KB if megabytes >= KB else 1
    return format_size(round(megabytes / unit, max(digits, 0)) * unit)


def format_messages(messages: float) -> str:
    """Format a number of messages per day."""
    return f"{messages:.4g} messages per day"


def build_tables(builder: TierBuilder, tiers: Tiers, profile: Profile, by: str) -> Mapping[str, ResultRows]:
    """Return the tables of an import: tiers, rows left out, errors of totals, and mailboxes by size."""
    unknown = ~np.isfinite(builder.population.get("quota"))
    assumed, silent = (
        np.bincount(tiers.partition.labels, those, len(tiers.counts)) for those in (unknown, builder.assumes_messages)
    )
    rows = [
        _build_row(tiers, place, profile, int(assumed[place]), int(silent[place])) for place in range(len(tiers.counts))
    ]
    if not any(row["archive_quota"] for row in rows):
        rows = [{**row, "archive_quota": None} for row in rows]
    left_out = [{"reason": reason, "rows": count} for reason, count in builder.population.left_out.items()]
    edges, counts = build_histogram(builder.list_values(by))
    population = [
        {"from": float(low), "to": float(high), "mailboxes": int(count)}
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
    ]
    return {"tiers": rows, "left_out": left_out, "errors": tiers.errors, "population": population}


def _build_row(tiers: Tiers, place: int, profile: Profile, assumed: int, silent: int) -> dict[str, object]:
    def find_mean(measure: str) -> float | None:
        return float(tiers.means[measure][place]) if measure in tiers.means else None

    def find_input(leaf: str) -> Value:
        return profile.value(f"tiers.{place + 1}.{leaf}")

    high = tiers.partition.high[place]
    return {
        "tier": place + 1,
        "name": find_input("name"),
        "mailboxes": int(tiers.counts[place]),
        "from": tiers.partition.low[place],
        "to": high if high != float("inf") else None,
        "mailbox_size": find_mean("size"),
        "dumpster_size": find_mean("dumpster"),
        "dumpster_model": find_mean("dumpster_model"),
        "archive_size": find_mean("archive"),
        "archive_quota": find_input("archive_size_limit"),
        "quota": find_input("mailbox_size_limit"),
        "quota_assumed_for": assumed,
        "messages_per_day": find_input("messages_per_day"),
        "messages_assumed_for": silent,
        "message_size": find_input("message_size"),
    }
