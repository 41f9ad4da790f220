"""Chart of what a mailbox is made of on disk."""

from __future__ import annotations

from calculator.engine.sizing import Sizing
from calculator.presentation.charts.base import Bars, Row
from calculator.presentation.figures import number

TITLE = "Mailbox on disk"
PARTS = (
    "Quota",
    "Whitespace",
    "Deletions",
    "Purges",
    "Versions",
    "Calendar",
    "Recoverable items",
    "Archive",
    "Recoverable items of the archive",
)
"""What a mailbox is made of, from the bottom up."""
NEAR = 1e-6


def tiers_in_use(plan: Sizing) -> list[int]:
    """Numbers of the tiers that have mailboxes."""
    return [tier for tier in range(1, plan.tiers + 1) if plan[f"tiers.{tier}.tier_in_use"]]


def name_of(plan: Sizing, tier: int) -> str:
    """Name of a tier on an axis."""
    name = plan.profile.value(f"tiers.{tier}.name")
    return f"{tier} {name}" if name else f"Tier {tier}"


def make_up(plan: Sizing) -> Bars:
    """Parts of a mailbox on disk, a bar a tier."""
    rows = [row for tier in tiers_in_use(plan) for row in _parts(plan, tier)]
    if not rows:
        return Bars(TITLE, "n/a: no tier has mailboxes.")
    table = [{"Tier": row["tier"], "Part": row["part"], "MB": row["shown"]} for row in rows]
    return Bars(
        TITLE, _finding(plan), rows, "tier", "part", "MB", "Tier", "MB of a mailbox on disk", stacked=True, table=table
    )


def _parts(plan: Sizing, tier: int) -> list[Row]:
    """Parts of a mailbox of a tier that it has, MB."""
    value = plan.profile.value
    parts: dict[str, float] = {
        "Quota": float(value(f"tiers.{tier}.mailbox_size_limit") or 0),
        "Whitespace": plan[f"tiers.{tier}.whitespace"],
        **_recoverable(plan, tier),
        "Archive": float(value(f"tiers.{tier}.archive_size_limit") or 0),
        "Recoverable items of the archive": plan[f"tiers.{tier}.archive_dumpster_and_whitespace"] or 0.0,
    }
    return [
        {"tier": name_of(plan, tier), "part": part, "MB": mb, "shown": number(mb), "order": PARTS.index(part)}
        for part, mb in parts.items()
        if mb
    ]


def _recoverable(plan: Sizing, tier: int) -> dict[str, float]:
    """Recoverable items by folder where the folders make up what counts, else as a whole."""
    whole = plan[f"tiers.{tier}.dumpster"]
    folders = {
        name: plan[f"tiers.{tier}.dumpster_{name.lower()}"] for name in ("Deletions", "Purges", "Versions", "Calendar")
    }
    return folders if abs(sum(folders.values()) - whole) < NEAR else {"Recoverable items": whole}


def _finding(plan: Sizing) -> str:
    size = number(plan["largest_mailbox_size_on_disk"])
    quota = number(plan["largest_mailbox_quota"])
    return f"The largest mailbox takes {size} MB on disk, {quota} MB of it is its quota."
