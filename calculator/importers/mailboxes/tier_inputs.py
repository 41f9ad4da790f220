"""What becomes of tiers: inputs of a design, and tables."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from calculator.importers.formats.sizes import KB
from calculator.importers.mailboxes.partition import histogram
from calculator.importers.mailboxes.tiers import MESSAGES, Tiering, Tiers
from calculator.importers.result import Table
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value

_LEAVES = {
    "size": "initial_mailbox_size",
    "quota": "mailbox_size_limit",
    "archive_quota": "archive_size_limit",
    "retention": "deleted_item_retention",
    "single_item_recovery": "single_item_recovery",
    "calendar_versioning": "calendar_versioning",
    "hold": "litigation_hold",
    "messages": "messages_per_day",
    "message_size": "message_size",
}
_FLAGS = ("single_item_recovery", "calendar_versioning", "hold")
_WHOLE = 1e15


def values_of(tiering: Tiering, tiers: Tiers, by: str) -> dict[str, object]:
    """Inputs of the tiers by path: what was found, and what the design under it has for its own tiers."""
    values: dict[str, object] = {}
    common = {path.split(".")[2]: value for path, value in tiering.base.given.items() if path.startswith("tiers.")}
    for place in range(len(tiers.counts)):
        tier = {**common, "name": name_of(tiering, tiers, place, by), "mailboxes": int(tiers.counts[place])}
        for measure, leaf in _LEAVES.items():
            if measure in tiers.means:
                value = float(tiers.means[measure][place])
                tier[leaf] = value > 0 if measure in _FLAGS else value
        values |= {f"tiers.{place + 1}.{leaf}": value for leaf, value in tier.items()}
    return values


def name_of(tiering: Tiering, tiers: Tiers, place: int, by: str) -> str:
    """Name of a tier: its bounds, and what its mailboxes have in common beside."""
    low, high = tiers.split.low[place], tiers.split.high[place]
    show = messages_text if by == MESSAGES else size_text
    if low == 0 and high == float("inf"):
        name = "All mailboxes"
    elif low == 0:
        name = f"Below {show(high)}"
    else:
        name = f"{show(low)} and more" if high == float("inf") else f"{show(low)} to {show(high)}"
    groups = tiering.groups
    if int(groups.max()) == 0 or len(set(tiers.split.groups)) == 1:
        return name
    beside = [
        word
        for measure, word in (("archive_quota", "with archive"), ("hold", "on hold"))
        if measure in tiers.means and tiers.means[measure][place] > 0
    ]
    return ", ".join([name, *beside])


def size_text(megabytes: float) -> str:
    """A size as people write it."""
    return f"{megabytes / KB:.4g} GB" if megabytes >= KB else f"{megabytes:.4g} MB"


def messages_text(messages: float) -> str:
    """Messages a day as people write them."""
    return f"{messages:.4g} messages a day"


def tables_of(tiering: Tiering, tiers: Tiers, profile: Profile, by: str) -> Mapping[str, Table]:
    """Tables of an import: tiers, what was left out, totals against those of the data, mailboxes by size."""
    rows = [_row(tiers, place, profile) for place in range(len(tiers.counts))]
    left_out = [{"reason": reason, "rows": count} for reason, count in tiering.population.left_out.items()]
    edges, counts = histogram(tiering.measured(by))
    population = [
        {"from": float(low), "to": float(high), "mailboxes": int(count)}
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
    ]
    return {"tiers": rows, "left_out": left_out, "errors": tiers.errors, "population": population}


def _row(tiers: Tiers, place: int, profile: Profile) -> dict[str, object]:
    def measured(measure: str) -> float | None:
        return float(tiers.means[measure][place]) if measure in tiers.means else None

    def given(leaf: str) -> Value:
        return profile.value(f"tiers.{place + 1}.{leaf}")

    high = tiers.split.high[place]
    return {
        "tier": place + 1,
        "name": given("name"),
        "mailboxes": int(tiers.counts[place]),
        "from": tiers.split.low[place],
        "to": high if high != float("inf") else None,
        "mailbox_size": measured("size"),
        "dumpster_size": measured("dumpster"),
        "dumpster_model": measured("dumpster_model"),
        "archive_size": measured("archive"),
        "quota": given("mailbox_size_limit"),
        "messages_per_day": given("messages_per_day"),
        "message_size": given("message_size"),
    }
