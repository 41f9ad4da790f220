"""Charts: specs built once without data, and the rows they are drawn from.

A spec is made with altair and cached by the colour of its text alone; the rows of a design are passed
beside it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import streamlit as st

from calculator.constants import scalar
from calculator.sizing import Sizing
from calculator.ui import figures

Row = dict[str, Any]
TEXT_COLOURS = {"light": "#31333f", "dark": "#fafafa"}
HEIGHT, BAR_HEIGHT = 320, 200
PARTS = (
    ("Databases", "volume_databases_part"),
    ("Content index", "content_index_size"),
    ("Master merge", "master_merge_size"),
    ("Logs", "volume_logs_part"),
    ("Maintenance", "volume_maintenance_part"),
    ("Kept free", "volume_free_part"),
)
"""What fills a volume, from the bottom up."""
PURGES_VERSIONS, CALCULATOR, HOLD = "Purges and versions", "The calculator's model", "On hold"


def text_colour() -> str:
    """Colour of text in the theme on screen: marks of a chart do not follow it by themselves."""
    return TEXT_COLOURS.get(st.context.theme.type or "light", TEXT_COLOURS["light"])


def volume_rows(plan: Sizing) -> list[Row]:
    """Parts of a database volume in GB, and the disk below it."""
    disk = plan["storage_database_disk_formatted.primary"] if on_one_disk(plan) else None
    label = f"disk {figures.number(disk)} GB" if disk else ""
    return [
        {"part": name, "GB": plan[rule], "shown": figures.number(plan[rule]), "order": order, "disk": disk,
         "label": label, "volume": "volume"}
        for order, (name, rule) in enumerate(PARTS)
        if plan[rule]
    ]  # fmt: skip


def on_one_disk(plan: Sizing) -> bool:
    """Whether a volume lies on a single disk."""
    return bool(plan["storage_architecture.primary"] == "jbod")


@functools.cache
def volume_spec(colour: str, shown: tuple[str, ...]) -> Mapping[str, Any]:
    """One bar, stacked by part, with a rule at the formatted disk; a part has its colour in every design."""
    parts = [name for name, _ in PARTS]
    base = alt.Chart().properties(height=BAR_HEIGHT)
    bars = base.mark_bar().encode(
        y=alt.Y("volume:N", title=None, axis=None, scale=alt.Scale(paddingOuter=0.6)),
        x=alt.X("GB:Q", stack="zero", title="GB of a database volume"),
        color=alt.Color("part:N", sort=parts, scale=alt.Scale(domain=parts), title=None,
                        legend=alt.Legend(orient="bottom", columns=3, values=list(shown))),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("part:N", title="Part"), alt.Tooltip("shown:N", title="GB")],
    )  # fmt: skip
    rule = base.mark_rule(color=colour, strokeWidth=2, strokeDash=[4, 3]).encode(x="max(disk):Q")
    name = base.mark_text(color=colour, align="right", dx=-6, baseline="top", y=0).encode(
        x="max(disk):Q", text="max(label):N"
    )
    return _without_data(alt.layer(bars, rule, name))


def _without_data(chart: alt.LayerChart | alt.FacetChart) -> Mapping[str, Any]:
    """Spec of a chart whose rows are passed beside it: altair's stand-in for them is left out."""
    spec = chart.to_dict(validate=True)
    spec.pop("datasets", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
    return spec


def volume_finding(plan: Sizing) -> str:
    """What the chart of a volume shows, in a sentence."""
    size = figures.shown("volume_database_volume_size", plan)
    databases = figures.shown("volume_databases_part", plan)
    disk = figures.shown("storage_database_disk_formatted.primary", plan)
    where = f"on a disk of {disk} GB" if on_one_disk(plan) else "on RAID"
    return f"A database volume takes {size} GB {where}; its databases are {databases} GB of it."


def growth_rows(plan: Sizing, tier: int) -> list[Row]:
    """Corners of the growth of a tier's recoverable items, GB by week.

    Mail flows in evenly: they grow in a straight line until the window is full and stay there; on hold
    nothing leaves and the line goes on to the planning horizon.
    """
    horizon = plan["horizon_weeks"]
    window = plan[f"tiers.{tier}.retention_weeks"]
    if plan.profile.value(f"tiers.{tier}.litigation_hold"):
        held = plan[f"tiers.{tier}.dumpster_uncapped"]
        return [_corner(HOLD, 0.0, 0.0, ""), _corner(HOLD, horizon, held, "planning horizon")]
    rows = []
    for model, rule in ((PURGES_VERSIONS, "dumpster_purges_versions"), (CALCULATOR, "dumpster_calculator")):
        full = plan[f"tiers.{tier}.{rule}"]
        calendar = plan[f"tiers.{tier}.dumpster_calendar"]
        rows += [
            _corner(model, 0.0, calendar, ""),
            _corner(model, window, full, "window full"),
            _corner(model, 2 * window, full, ""),
        ]
    return rows


def _corner(model: str, week: float, mb: float, point: str) -> Row:
    gb = mb / scalar("mb_per_gb")
    return {"model": model, "week": week, "GB": gb, "shown": figures.number(mb), "point": point,
            "label": f"{figures.number(mb)} MB" if point else ""}  # fmt: skip


@functools.cache
def growth_spec(colour: str, limits: bool, hold: bool) -> Mapping[str, Any]:
    """Lines of recoverable items over the weeks; limits of 20 and 30 GB where they are in reach."""
    models = [HOLD] if hold else [PURGES_VERSIONS, CALCULATOR]
    base = alt.Chart().properties(height=HEIGHT)
    x = alt.X("week:Q", title="weeks", axis=alt.Axis(tickMinStep=1))
    y = alt.Y("GB:Q", title="GB in a mailbox")
    legend = alt.Legend(orient="bottom", columns=1, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300)
    color = alt.Color("model:N", sort=models, scale=alt.Scale(domain=models), title=None, legend=legend)
    dash = alt.StrokeDash("model:N", sort=models, title=None, legend=legend,
                          scale=alt.Scale(domain=models, range=[[8, 4]] if hold else [[1, 0], [2, 3]]))  # fmt: skip
    tooltip = [
        alt.Tooltip("model:N", title="Model"),
        alt.Tooltip("week:Q", title="Week"),
        alt.Tooltip("shown:N", title="MB"),
    ]
    lines = base.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=color, strokeDash=dash)
    full = base.transform_filter("datum.point != ''")
    points = full.mark_circle(size=70, opacity=1).encode(x=x, y=y, color=color, tooltip=tooltip)
    names = full.mark_text(color=colour, dy=-12).encode(x=x, y=y, text="label:N")
    layers: list[Any] = [lines, points, names]
    for rule, text in LIMITS if limits else ():
        at = scalar(rule) / scalar("mb_per_gb")
        layers.append(full.mark_rule(color=colour, strokeDash=[4, 3]).encode(y=alt.datum(at)))
        layers.append(full.mark_text(color=colour, align="left", dx=4, dy=-8, x=0, text=text).encode(y=alt.datum(at)))
    return _without_data(alt.layer(*layers))


LIMITS = (
    ("recoverable_items_warning_quota", "20 GB: the oldest items go first"),
    ("recoverable_items_quota", "30 GB: deletes fail"),
)


def near_limits(plan: Sizing, tier: int) -> bool:
    """Whether the limits of recoverable items are worth their room: on hold, or half of one is reached."""
    reached = plan[f"tiers.{tier}.dumpster_calculator"] > scalar("recoverable_items_warning_quota") / 2
    return bool(reached or plan.profile.value(f"tiers.{tier}.litigation_hold"))


def growth_finding(plan: Sizing, tier: int) -> str:
    """What the chart of recoverable items shows, in a sentence."""
    if plan.profile.value(f"tiers.{tier}.litigation_hold"):
        size = figures.shown(f"tiers.{tier}.dumpster_uncapped", plan)
        months = figures.number(float(plan.profile.value("guidance.planning_horizon") or 0))
        return f"On hold the recoverable items of a mailbox grow to {size} MB in {months} months."
    weeks = figures.shown(f"tiers.{tier}.retention_weeks", plan)
    ours = figures.shown(f"tiers.{tier}.dumpster_purges_versions", plan)
    other = figures.shown(f"tiers.{tier}.dumpster_calculator", plan)
    return (
        f"The window is full after {weeks} weeks: {ours} MB by purges and versions, {other} MB by the "
        "calculator's model. The limits stand at 20 and 30 GB."
    )


def draw(rows: Sequence[Row], spec: Mapping[str, Any], alt_text: str, key: str) -> None:
    """Draw rows by a spec."""
    st.vega_lite_chart(figures.arrow(rows), dict(spec), width="stretch", alt=alt_text, key=key)
