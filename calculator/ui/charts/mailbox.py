"""Charts of a mailbox: what it is made of on disk, how it fills, how its recoverable items grow."""

from __future__ import annotations

import functools
from typing import Any

import altair as alt

from calculator.engine.sizing import SizedDesign
from calculator.presentation.charts import mailbox
from calculator.presentation.charts.mailbox import PARTS
from calculator.rules.constants import scalar
from calculator.rules.registry import MONTH, RETAINED
from calculator.ui.charts.base import HEIGHT, Chart, Row, Spec, drawn, legend, text_colour, without_data
from calculator.ui.results import figures

PURGES_VERSIONS, CALCULATOR, HOLD = "Purges and versions", "The calculator's model", "On hold"
LIMITS = (
    ("recoverable_items_warning_quota", "20 GB: the oldest items go first"),
    ("recoverable_items_quota", "30 GB: deletes fail"),
)


# --- what it is made of --------------------------------------------------------------------------


def make_up(design: SizedDesign) -> Chart:
    """Parts of a mailbox on disk, a bar a tier."""
    return drawn(mailbox.make_up(design), lambda bars: _make_up_spec(bars.parts, len(bars.bars)))


@functools.cache
def _make_up_spec(used: tuple[str, ...], tiers: int) -> Spec:
    chart = (
        alt.Chart()
        .mark_bar()
        .encode(
            y=alt.Y("tier:N", title=None, axis=alt.Axis(labelLimit=120)),
            x=alt.X("MB:Q", stack="zero", title="MB of a mailbox on disk"),
            color=alt.Color(
                "part:N", sort=list(PARTS), scale=alt.Scale(domain=list(used)), title=None, legend=legend(3)
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("tier:N", title="Tier"),
                alt.Tooltip("part:N", title="Part"),
                alt.Tooltip("shown:N", title="MB"),
            ],
        )
        .properties(height=min(160 + 32 * tiers, HEIGHT))
    )
    return without_data(chart)


# --- how it fills --------------------------------------------------------------------------------


def growth(design: SizedDesign, tier: int) -> Chart:
    """Size of a mailbox over the months, by the share of its mail that is kept."""
    sizes = {
        (share, month): design[f"tiers.{tier}.mailbox_size_by_month.{share}.{month}"]
        for month in MONTH.labels
        for share in RETAINED.labels
    }
    quota = float(design.profile.value(f"tiers.{tier}.mailbox_size_limit") or 0) / scalar("mb_per_gb")
    label = f"quota {figures.number(quota)} GB"
    rows = [
        {
            "kept": f"{share} % kept",
            "month": int(month),
            "GB": size,
            "shown": figures.number(size),
            "quota": quota,
            "label": label,
        }
        for (share, month), size in sizes.items()
    ]
    table = []
    for month in MONTH.labels:
        of_month = {f"{share} % kept, GB": figures.number(sizes[share, month]) for share in RETAINED.labels}
        table.append({"Month": month, **of_month})
    return Chart(_growth_finding(design, tier), rows, _growth_spec(text_colour()), table)


@functools.cache
def _growth_spec(colour: str) -> Spec:
    shares = [f"{share} % kept" for share in RETAINED.labels]
    base = alt.Chart().properties(height=HEIGHT)
    below = legend(3, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300)
    lines = base.mark_line(strokeWidth=2.5).encode(
        x=alt.X("month:Q", title="months"),
        y=alt.Y("GB:Q", title="GB in a mailbox"),
        color=alt.Color("kept:N", sort=shares, scale=alt.Scale(domain=shares), title=None, legend=below),
        strokeDash=alt.StrokeDash(
            "kept:N",
            sort=shares,
            title=None,
            legend=below,
            scale=alt.Scale(domain=shares, range=[[2, 3], [6, 3], [1, 0]]),
        ),
        tooltip=[
            alt.Tooltip("kept:N", title="Mail"),
            alt.Tooltip("month:Q", title="Month"),
            alt.Tooltip("shown:N", title="GB"),
        ],
    )
    rule = base.mark_rule(color=colour, strokeDash=[4, 3]).encode(y="max(quota):Q")
    name = base.mark_text(color=colour, align="left", dx=4, dy=-8, x=0).encode(y="max(quota):Q", text="max(label):N")
    return without_data(alt.layer(lines, rule, name))


def _growth_finding(design: SizedDesign, tier: int) -> str:
    months = design[f"tiers.{tier}.months_to_capacity"]
    if not months:
        return "Nothing comes in: the mailbox does not fill."
    return f"With everything kept a mailbox fills what it is given in {figures.number(months)} months."


# --- recoverable items ---------------------------------------------------------------------------


def dumpster(design: SizedDesign, tier: int) -> Chart:
    """Growth of a tier's recoverable items over the weeks, by both models or on hold."""
    hold = bool(design.profile.value(f"tiers.{tier}.litigation_hold"))
    rows = _hold_corners(design, tier) if hold else _window_corners(design, tier)
    spec = _dumpster_spec(text_colour(), _near_limits(design, tier), hold)
    table = [{"Model": row["model"], "Week": figures.number(row["week"]), "MB": row["shown"]} for row in rows]
    return Chart(_dumpster_finding(design, tier), rows, spec, table)


def _hold_corners(design: SizedDesign, tier: int) -> list[Row]:
    """On hold nothing leaves: a straight line to the planning horizon."""
    held = design[f"tiers.{tier}.dumpster_uncapped"]
    return [_corner(HOLD, 0.0, 0.0, ""), _corner(HOLD, design["horizon_weeks"], held, "planning horizon")]


def _window_corners(design: SizedDesign, tier: int) -> list[Row]:
    """Mail flows in evenly: a straight line until the window is full, then no more."""
    window = design[f"tiers.{tier}.retention_weeks"]
    rows = []
    for model, rule in ((PURGES_VERSIONS, "dumpster_purges_versions"), (CALCULATOR, "dumpster_calculator")):
        full = design[f"tiers.{tier}.{rule}"]
        rows += [
            _corner(model, 0.0, design[f"tiers.{tier}.dumpster_calendar"], ""),
            _corner(model, window, full, "window full"),
            _corner(model, 2 * window, full, ""),
        ]
    return rows


def _corner(model: str, week: float, mb: float, point: str) -> Row:
    return {
        "model": model,
        "week": week,
        "GB": mb / scalar("mb_per_gb"),
        "shown": figures.number(mb),
        "point": point,
        "label": f"{figures.number(mb)} MB" if point else "",
    }


@functools.cache
def _dumpster_spec(colour: str, limits: bool, hold: bool) -> Spec:
    """Lines of recoverable items; limits of 20 and 30 GB where they are in reach."""
    models = [HOLD] if hold else [PURGES_VERSIONS, CALCULATOR]
    base = alt.Chart().properties(height=HEIGHT)
    x = alt.X("week:Q", title="weeks", axis=alt.Axis(tickMinStep=1))
    y = alt.Y("GB:Q", title="GB in a mailbox")
    below = legend(1, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300)
    color = alt.Color("model:N", sort=models, scale=alt.Scale(domain=models), title=None, legend=below)
    dash = alt.StrokeDash(
        "model:N",
        sort=models,
        title=None,
        legend=below,
        scale=alt.Scale(domain=models, range=[[8, 4]] if hold else [[1, 0], [2, 3]]),
    )
    tooltip = [
        alt.Tooltip("model:N", title="Model"),
        alt.Tooltip("week:Q", title="Week"),
        alt.Tooltip("shown:N", title="MB"),
    ]
    lines = base.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=color, strokeDash=dash)
    full = base.transform_filter("datum.point != ''")
    points = full.mark_circle(size=70, opacity=1).encode(x=x, y=y, color=color, tooltip=tooltip)
    names = full.mark_text(color=colour, dy=14).encode(x=x, y=y, text="label:N")
    layers: list[Any] = [lines, points, names]
    for rule, text in LIMITS if limits else ():
        at = scalar(rule) / scalar("mb_per_gb")
        layers.append(full.mark_rule(color=colour, strokeDash=[4, 3]).encode(y=alt.datum(at)))
        layers.append(full.mark_text(color=colour, align="left", dx=4, dy=-8, x=0, text=text).encode(y=alt.datum(at)))
    return without_data(alt.layer(*layers))


def _near_limits(design: SizedDesign, tier: int) -> bool:
    """Whether the limits of recoverable items are worth their room: on hold, or half of one is reached."""
    reached = design[f"tiers.{tier}.dumpster_calculator"] > scalar("recoverable_items_warning_quota") / 2
    return bool(reached or design.profile.value(f"tiers.{tier}.litigation_hold"))


def _dumpster_finding(design: SizedDesign, tier: int) -> str:
    if design.profile.value(f"tiers.{tier}.litigation_hold"):
        size = figures.number(design[f"tiers.{tier}.dumpster_uncapped"])
        months = figures.number(float(design.profile.value("guidance.planning_horizon") or 0))
        return f"On hold the recoverable items of a mailbox grow to {size} MB in {months} months."
    weeks = figures.shown(f"tiers.{tier}.retention_weeks", design)
    ours = figures.number(design[f"tiers.{tier}.dumpster_purges_versions"])
    other = figures.number(design[f"tiers.{tier}.dumpster_calculator"])
    return (
        f"The window is full after {weeks} weeks: {ours} MB by purges and versions, {other} MB by the "
        "calculator's model. The limits stand at 20 and 30 GB."
    )
