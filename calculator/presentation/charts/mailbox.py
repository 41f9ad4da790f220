"""Chart of what a mailbox is made of on disk."""

from __future__ import annotations

from calculator.engine.sizing import SizedDesign
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


def tiers_in_use(design: SizedDesign) -> list[int]:
    """Numbers of the tiers that have mailboxes."""
    return [tier for tier in range(1, design.tiers + 1) if design[f"tiers.{tier}.tier_in_use"]]


def name_of(design: SizedDesign, tier: int) -> str:
    """Name of a tier on an axis."""
    name = design.profile.value(f"tiers.{tier}.name")
    return f"{tier} {name}" if name else f"Tier {tier}"


def make_up(design: SizedDesign) -> Bars:
    """Parts of a mailbox on disk, a bar a tier."""
    rows = [row for tier in tiers_in_use(design) for row in _parts(design, tier)]
    if not rows:
        return Bars(TITLE, "n/a: no tier has mailboxes.")
    table = [{"Tier": row["tier"], "Part": row["part"], "MB": row["shown"]} for row in rows]
    return Bars(
        TITLE,
        _finding(design),
        rows,
        "tier",
        "part",
        "MB",
        "Tier",
        "MB of a mailbox on disk",
        stacked=True,
        table=table,
    )


def _parts(design: SizedDesign, tier: int) -> list[Row]:
    """Parts of a mailbox of a tier that it has, MB."""
    value = design.profile.value
    parts: dict[str, float] = {
        "Quota": float(value(f"tiers.{tier}.mailbox_size_limit") or 0),
        "Whitespace": design[f"tiers.{tier}.whitespace"],
        **_recoverable(design, tier),
        "Archive": float(value(f"tiers.{tier}.archive_size_limit") or 0),
        "Recoverable items of the archive": design[f"tiers.{tier}.archive_dumpster_and_whitespace"] or 0.0,
    }
    return [
        {"tier": name_of(design, tier), "part": part, "MB": mb, "shown": number(mb), "order": PARTS.index(part)}
        for part, mb in parts.items()
        if mb
    ]


def _recoverable(design: SizedDesign, tier: int) -> dict[str, float]:
    """Recoverable items by folder where the folders make up what counts, else as a whole."""
    whole = design[f"tiers.{tier}.dumpster"]
    folders = {
        name: design[f"tiers.{tier}.dumpster_{name.lower()}"]
        for name in ("Deletions", "Purges", "Versions", "Calendar")
    }
    return folders if abs(sum(folders.values()) - whole) < NEAR else {"Recoverable items": whole}


def _finding(design: SizedDesign) -> str:
    size = number(design["largest_mailbox_size_on_disk"])
    quota = number(design["largest_mailbox_quota"])
    return f"The largest mailbox takes {size} MB on disk, {quota} MB of it is its quota."
