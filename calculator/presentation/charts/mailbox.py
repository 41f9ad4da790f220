"""Charts of a mailbox: what it consists of on disk, how it fills, how its Recoverable Items grow."""

from __future__ import annotations

from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import CORRECTED
from calculator.presentation.charts.base import Bars, ChartRow, LimitLine, Lines
from calculator.presentation.figures import shown
from calculator.presentation.headline import CANONICAL, Units
from calculator.presentation.text import number, plural
from calculator.rules.constants import scalar
from calculator.rules.registry import RETAINED

TITLE, GROWTH, DUMPSTER = "Mailbox on disk", "Growth of a mailbox", "Recoverable Items of a mailbox"
PARTS = (
    "Quota",
    "Whitespace",
    "Deletions",
    "Purges",
    "Versions",
    "Calendar",
    "Recoverable Items",
    "Archive",
    "Recoverable Items of the archive",
)
"""Parts of a mailbox, from the bottom up."""
CALCULATOR, HOLD = "Microsoft's workbook", "On hold"
"""Further lines of Recoverable Items: the model of the workbook, and what is kept on hold."""
FOLDERS = ("Deletions", "Purges", "Versions", "Calendar")
"""Folders of Recoverable Items, as results and charts name them."""
QUOTAS = (
    ("recoverable_items_warning_quota", "20 GB: the oldest items are removed first", False),
    ("recoverable_items_quota", "30 GB: deletes fail", True),
)
"""Limits of Recoverable Items: the constant, what happens there, and whether nothing can lie beyond."""
NEAR = 1e-6
GROWTH_POINTS = 12
"""Approximate number of months at which the size of a mailbox is listed."""


def tiers_in_use(design: SizedDesign) -> list[int]:
    """Return the numbers of the tiers that have mailboxes."""
    return [tier for tier in range(1, design.tiers + 1) if design.plain[f"tiers.{tier}.tier_in_use"]]


def tier_name(design: SizedDesign, tier: int) -> str:
    """Return the name of a tier on an axis."""
    name = design.profile.value(f"tiers.{tier}.name")
    return f"{tier} {name}" if name else f"Tier {tier}"


# --- on disk -------------------------------------------------------------------------------------


def make_up(design: SizedDesign, units: Units = CANONICAL) -> Bars:
    """Return the parts of a mailbox on disk, one bar per tier, in the unit of the largest mailbox."""
    factor, unit = units.of_sizes(float(design.plain["largest_mailbox_size_on_disk"] or 0.0))
    rows = [
        {**row, "size": factor * row["MB"], "shown": _size(row["MB"], units)}
        for tier in tiers_in_use(design)
        for row in _parts(design, tier)
    ]
    if not rows:
        return Bars(TITLE, "n/a: no tier has mailboxes.")
    return Bars(
        TITLE,
        _finding(design, units),
        rows,
        bar="tier",
        part="part",
        value="size",
        head="Tier",
        measure=f"{unit} of a mailbox on disk",
        stacked=True,
        series=PARTS,
        columns={"tier": "Tier", "part": "Part", "shown": "Size"},
        text="shown",
    )


def _parts(design: SizedDesign, tier: int) -> list[ChartRow]:
    """Return the parts that a mailbox of a tier has, in MB."""
    value = design.profile.value
    parts: dict[str, float] = {
        "Quota": float(value(f"tiers.{tier}.mailbox_size_limit") or 0),
        "Whitespace": design.plain[f"tiers.{tier}.whitespace"],
        **_recoverable(design, tier),
        "Archive": float(value(f"tiers.{tier}.archive_size_limit") or 0),
        "Recoverable Items of the archive": design.plain[f"tiers.{tier}.archive_dumpster_and_whitespace"] or 0.0,
    }
    return [
        {"tier": tier_name(design, tier), "part": part, "MB": mb, "order": PARTS.index(part)}
        for part, mb in parts.items()
        if mb
    ]


def _recoverable(design: SizedDesign, tier: int) -> dict[str, float]:
    """Return Recoverable Items by folder where the folders add up to what counts, otherwise as a whole."""
    whole = design.plain[f"tiers.{tier}.dumpster"]
    folders = {name: design.plain[f"tiers.{tier}.dumpster_{name.lower()}"] for name in FOLDERS}
    return folders if abs(sum(folders.values()) - whole) < NEAR else {"Recoverable Items": whole}


def _finding(design: SizedDesign, units: Units) -> str:
    size = _size(design.plain["largest_mailbox_size_on_disk"], units)
    quota = _size(design.plain["largest_mailbox_quota"], units)
    return f"A full mailbox of the largest tier takes {size} on disk. Its quota is {quota} of it."


def _size(megabytes: float | None, units: Units) -> str:
    """Format a size in MB with the unit in which people write it."""
    return " ".join(units.size(float(megabytes or 0.0)))


# --- growth --------------------------------------------------------------------------------------


def growth(design: SizedDesign, tier: int) -> Lines:
    """Return the size of a mailbox of a tier until the end of the plan, one line per share of its mail that is kept.

    The initial size counts once, as in a timeline.
    """
    end, per_gb = _plan_months(design), scalar("mb_per_gb")
    initial, quota = _initial(design, tier) / per_gb, _quota(design, tier) / per_gb
    monthly = design.plain[f"tiers.{tier}.monthly_data_generated"] / per_gb
    sizes = {
        (share, month): initial + monthly * float(share) / scalar("percent") * month
        for month in (*range(0, end, -(-end // GROWTH_POINTS)), end)
        for share in RETAINED.labels
    }
    rows: list[ChartRow] = [
        {"kept": _kept(share), "month": month, "GB": size, "shown": number(size)}
        for (share, month), size in sizes.items()
    ]
    return Lines(
        GROWTH,
        _growth_finding(design, tier),
        rows,
        line="kept",
        time="month",
        value="GB",
        head="Mail",
        time_head="Month",
        measure="GB in a mailbox",
        shown_unit="GB",
        series=tuple(_kept(share) for share in RETAINED.labels),
        limits=(LimitLine(quota, f"quota {number(quota)} GB"),),
    )


def _plan_months(design: SizedDesign) -> int:
    return int(float(design.profile.value("guidance.planning_horizon") or 0))


def _initial(design: SizedDesign, tier: int) -> float:
    return float(design.profile.value(f"tiers.{tier}.initial_mailbox_size") or 0)


def _quota(design: SizedDesign, tier: int) -> float:
    return float(design.profile.value(f"tiers.{tier}.mailbox_size_limit") or 0)


def _kept(share: str) -> str:
    return f"{share} % kept"


def _growth_finding(design: SizedDesign, tier: int) -> str:
    """Say when the line of a mailbox that keeps all mail reaches the quota, and why Microsoft's workbook differs."""
    monthly, initial = design.plain[f"tiers.{tier}.monthly_data_generated"], _initial(design, tier)
    if not monthly:
        return "The mailbox receives no mail, so it does not fill."
    end, room = _plan_months(design), _quota(design, tier) - initial
    if room <= 0:
        return "A mailbox has reached its quota on the first day."
    months = room / monthly
    plan = "before" if months < end else "after"
    text = (
        f"If all mail is kept, a mailbox reaches its quota after {plural(number(months), 'month')}, {plan} the plan "
        f"ends at month {end}."
    )
    if design.profile.value("guidance.oddities") == CORRECTED:
        return text
    by_workbook = plural(number(design.plain[f"tiers.{tier}.months_to_capacity"]), "month")
    again = " and counts the initial size again in every year" if initial else ""
    return (
        f"{text} Microsoft's workbook gives {by_workbook} for another limit: it compares the mail with the size of the "
        f"mailbox on disk{again}."
    )


# --- Recoverable Items ---------------------------------------------------------------------------


def dumpster_growth(design: SizedDesign, tier: int, units: Units = CANONICAL) -> Lines:
    """Return the growth of a mailbox's Recoverable Items week by week: by both models, or on hold."""
    hold = _on_hold(design, tier)
    rows = _hold_points(design, tier, units) if hold else _window_points(design, tier, units)
    factor, unit = units.of_sizes(max(row["MB"] for row in rows))
    return Lines(
        DUMPSTER,
        _dumpster_finding(design, tier, units),
        [{**row, "size": factor * row["MB"], "shown": number(factor * row["MB"])} for row in rows],
        line="model",
        time="week",
        value="size",
        head="Model",
        time_head="Week",
        measure=f"{unit} in a mailbox",
        shown_unit=unit,
        series=(HOLD,) if hold else (_folders(design, tier), CALCULATOR),
        limits=_quotas(design, tier, factor),
        label="label",
    )


def _on_hold(design: SizedDesign, tier: int) -> bool:
    return bool(design.profile.value(f"tiers.{tier}.litigation_hold"))


def _hold_points(design: SizedDesign, tier: int, units: Units) -> list[ChartRow]:
    """Return a straight line up to the planning horizon: on hold nothing is removed."""
    held = design.plain[f"tiers.{tier}.dumpster_uncapped"]
    end = {**_point(HOLD, design.plain["horizon_weeks"], held, "planning horizon"), "label": _size(held, units)}
    return [_point(HOLD, 0.0, 0.0), end]


def _window_points(design: SizedDesign, tier: int, units: Units) -> list[ChartRow]:
    """Return straight lines until the retention window is full, level from there on: mail flows in evenly."""
    window = design.plain[f"tiers.{tier}.retention_weeks"]
    rows = []
    for model, rule in ((_folders(design, tier), "dumpster_purges_versions"), (CALCULATOR, "dumpster_calculator")):
        full = design.plain[f"tiers.{tier}.{rule}"]
        rows += [
            _point(model, 0.0, design.plain[f"tiers.{tier}.dumpster_calendar"]),
            {**_point(model, window, full, "window full"), "label": _size(full, units)},
            _point(model, 2 * window, full),
        ]
    return rows


def _folders(design: SizedDesign, tier: int) -> str:
    """Return the folders whose sizes the model by folder adds up, such as "Purges, Versions and calendar"."""
    names = [name for name in FOLDERS if design.plain[f"tiers.{tier}.dumpster_{name.lower()}"]] or ["Deletions"]
    *others, last = [name.lower() if name == "Calendar" else name for name in names]
    text = " and ".join(filter(None, (", ".join(others), last)))
    return text[:1].upper() + text[1:]


def _point(model: str, week: float, mb: float, point: str = "") -> ChartRow:
    return {"model": model, "week": week, "MB": mb, "point": point, "label": ""}


def _quotas(design: SizedDesign, tier: int, factor: float) -> tuple[LimitLine, ...]:
    """Return the limits of Recoverable Items where they are in reach: on hold, or from half of the lower one on."""
    profile = design.profile
    reached = design.plain[f"tiers.{tier}.dumpster_calculator"] > scalar("recoverable_items_warning_quota", profile) / 2
    if not (reached or _on_hold(design, tier)):
        return ()
    return tuple(LimitLine(scalar(name, profile) * factor, text, hard) for name, text, hard in QUOTAS)


def _dumpster_finding(design: SizedDesign, tier: int, units: Units) -> str:
    if _on_hold(design, tier):
        size = _size(design.plain[f"tiers.{tier}.dumpster_uncapped"], units)
        end = plural(_plan_months(design), "month")
        return f"On hold the Recoverable Items of a mailbox grow to {size} in {end}, when the plan ends."
    weeks = shown(f"tiers.{tier}.retention_weeks", design)
    measured = _size(design.plain[f"tiers.{tier}.dumpster_purges_versions"], units)
    workbook = _size(design.plain[f"tiers.{tier}.dumpster_calculator"], units)
    calendar = design.plain[f"tiers.{tier}.dumpster_calendar"]
    start = f" In both, versions of calendar items take {_size(calendar, units)} from the start." if calendar else ""
    return (
        f"The retention window is full after {weeks} weeks: {measured} by folder, {workbook} by the model of "
        f"Microsoft's workbook.{start} From 20 GB of Recoverable Items on, Exchange removes the oldest first; at 30 GB "
        "deletions fail."
    )
