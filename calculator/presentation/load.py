"""Load of a design in a few words, and how it differs from that of another design."""

from __future__ import annotations

from calculator.engine.sizing import SizedDesign
from calculator.presentation.text import number
from calculator.rules.constants import scalar

_INPUTS = {
    "messages_per_day": "{} messages per mailbox and day",
    "message_size": "messages of {} KB",
    "mailbox_size_limit": "a quota of {} GB",
    "archive_size_limit": "an archive quota of {} GB",
}
"""Inputs of a tier that make up its load, in addition to its mailboxes, and how a text gives their values."""


def load_difference(design: SizedDesign, other: SizedDesign) -> str:
    """Say how the load of a design differs from that of another one; empty if it does not."""
    load, of_other = _tiers(design), _tiers(other)
    if load == of_other:
        return ""
    pairs = [("{} mailboxes", *(number(sum(tier[0] for tier in tiers)) for tiers in (load, of_other)))]
    for place, (leaf, text) in enumerate(_INPUTS.items(), 1):
        pairs.append((text, *(_range(leaf, {tier[place] for tier in tiers}) for tiers in (load, of_other))))
    parts = [text.format(f"{here} instead of {there}") for text, here, there in pairs if here != there]
    return ", ".join(parts) or "other numbers of mailboxes in the tiers"


def _tiers(design: SizedDesign) -> list[tuple[float, ...]]:
    """Return the planned mailboxes of each tier that has any, and its other inputs, in the order of the values."""
    tiers = []
    for tier in range(1, design.tiers + 1):
        if mailboxes := design.plain[f"tiers.{tier}.mailboxes_projected"]:
            tiers.append((mailboxes, *(float(design.profile.value(f"tiers.{tier}.{leaf}") or 0) for leaf in _INPUTS)))
    return sorted(tiers)


def _range(leaf: str, values: set[float]) -> str:
    """Format the values of an input over the tiers: one, or the smallest and the largest."""
    factor = 1 / scalar("mb_per_gb") if leaf.endswith("_size_limit") else 1.0
    ends = dict.fromkeys((min(values, default=0.0), max(values, default=0.0)))
    return " to ".join(number(value * factor) for value in ends)
