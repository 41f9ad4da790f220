"""Draw charts with altair: one function per kind of chart, from a description to a chart on the page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import altair as alt
import pandas as pd  # noqa: F401  If two sessions import it at once, altair may see it half imported.
import streamlit as st

from calculator.presentation.charts.base import Bars, ChartData, HeatMap, LimitLine, Lines
from calculator.ui.charts.base import Bins, Chart, ChartSpec, Estimates, Intervals, Points

PICK = "pick"
"""Name of the selection by which a click in a heat map selects a column."""
HEIGHT, BAR_HEIGHT = 320, 200
TEXT_COLOURS = {"light": "#31333f", "dark": "#fafafa"}
PALETTE_SIZE = 7
"""Number of colours of a theme."""
CELL_COLOURS = (("#0072B2", "#ffffff"), ("#9ecae1", "#1b1b1b"), ("#E69F00", "#1b1b1b"), ("#8c8c8c", "#1b1b1b"))
"""Colours of the cells of a heat map and of the text in them, by kind of cell."""
LINE_DASHES = ((1, 0), (6, 3), (2, 3))
LIMIT_DASH, HARD_LIMIT_DASH = (4, 3), (8, 3)
LABEL_SIDES: tuple[tuple[str, Literal["left", "right"], int], ...] = (("more", "left", 4), ("less", "right", -4))
"""Alignment and offset of the text at the end of an interval, by the way that it goes."""
LINE_SYMBOLS = {"symbolType": "stroke", "symbolStrokeWidth": 2.5, "symbolSize": 300}
LEGEND_COLUMNS = ((13, 3), (17, 2))
"""Columns of a legend whose longest name has at most so many letters."""
SPECS_CACHED = 256


# --- specs ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _SpecRequest:
    """A spec to build. Requests with equal keys give equal specs."""

    key: str
    build: Callable[[], alt.TopLevelMixin] = field(compare=False)


@functools.lru_cache(SPECS_CACHED)
def _build(request: _SpecRequest) -> ChartSpec:
    """Return a spec without altair's placeholder for the data."""
    spec = request.build().to_dict(validate=False)
    spec.pop("datasets", None)
    spec.pop("data", None)
    for layer in spec.get("layer", ()):
        layer.pop("data", None)
    return spec


def _spec(data: ChartData, build: Callable[[str], alt.TopLevelMixin], *shape: object) -> ChartSpec:
    """Return the spec of a chart from the cache. Charts that differ only in their values share one spec.

    Parameters
    ----------
    data
        Description of the chart.
    build
        Function that builds the chart, given the colour of text.
    shape
        What else the spec depends on.
    """
    colour = TEXT_COLOURS.get(st.context.theme.type or "light", TEXT_COLOURS["light"])
    outline = replace(data, finding="", rows=())
    return _build(_SpecRequest(repr((outline, shape, colour)), lambda: build(colour)))


def _legend(columns: int, **options: Any) -> alt.Legend:
    return alt.Legend(orient="top", columns=columns, offset=4, **options)


def _legend_columns(names: Iterable[str]) -> int:
    """Return how many names of a legend fit next to each other on a phone."""
    longest = max(map(len, names), default=0)
    return next((columns for letters, columns in LEGEND_COLUMNS if longest <= letters), 1)


def _tooltips(columns: Mapping[str, str]) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in columns.items() if name]


def _count_axis(values: Iterable[float | None], **options: Any) -> alt.Axis:
    """Return an axis without fractions between its ticks if all values are whole numbers."""
    whole = all(value is None or float(value).is_integer() for value in values)
    return alt.Axis(tickMinStep=1, **options) if whole else alt.Axis(**options)


def _limit_lines(
    base: alt.Chart, limits: Sequence[LimitLine], axis: str, colour: str, *, with_names: bool
) -> list[alt.Chart]:
    """Return a dashed line for each limit across the x or y axis, with its name if asked for."""
    once = base.transform_aggregate(rows="count()")
    edges: dict[str, dict[str, Any]] = {
        "x": {"align": "right", "dx": -6, "baseline": "top", "y": 0},
        "y": {"align": "left", "dx": 4, "dy": -8, "x": 0},
    }
    layers = []
    for limit in limits:
        where = {axis: alt.datum(limit.at)}
        dash = list(HARD_LIMIT_DASH if limit.hard else LIMIT_DASH)
        layers.append(once.mark_rule(color=colour, strokeDash=dash, strokeWidth=1.5).encode(**where))
        if with_names:
            layers.append(once.mark_text(color=colour, text=limit.name, **edges[axis]).encode(**where))
    return layers


# --- bars ----------------------------------------------------------------------------------------


def bars(data: Bars) -> Chart:
    """Draw bars: those of names with parts horizontally, so that they fit a phone, other bars vertically."""
    if not data.rows:
        return Chart(data.finding)
    named = data.part and isinstance(data.rows[0][data.bar], str)
    build = _stacked_bars if data.stacked else _grouped_bars if named else _vertical_bars
    values = [row[data.value] for row in data.rows]
    shape = data.bars, data.parts, all(float(value).is_integer() for value in values if value is not None)
    return Chart(data.finding, data.rows, _spec(data, functools.partial(build, data), *shape), data.table)


def _colours(data: Bars) -> list[str]:
    """Return the parts that have a colour: all possible ones, so that each keeps it, if there are enough colours."""
    return list(data.series if 0 < len(data.series) <= PALETTE_SIZE else data.parts)


def _part_colour(data: Bars) -> alt.Color:
    names = _colours(data)
    legend = _legend(_legend_columns(data.parts), values=list(data.parts))
    return alt.Color(f"{data.part}:N", sort=names, scale=alt.Scale(domain=names), title=None, legend=legend)


def _stacked_bars(data: Bars, colour: str) -> alt.TopLevelMixin:
    columns = _legend_columns(data.parts)
    height = 110 + 40 * len(data.bars) + 20 * -(-len(data.parts) // columns)
    base = alt.Chart().properties(height=min(height, HEIGHT))
    labels = alt.Axis(labelLimit=120) if data.bar in data.columns else None
    padding = alt.Scale(paddingOuter=0.6) if data.limits else alt.Undefined
    parts = base.mark_bar().encode(
        y=alt.Y(f"{data.bar}:N", sort=list(data.bars), title=None, axis=labels, scale=padding),
        x=alt.X(
            f"{data.value}:Q", stack="zero", title=data.measure, axis=_count_axis(row[data.value] for row in data.rows)
        ),
        color=_part_colour(data),
        order=alt.Order("order:Q"),
        tooltip=_tooltips(data.columns),
    )
    return alt.layer(parts, *_limit_lines(base, data.limits, "x", colour, with_names=True))


def _grouped_bars(data: Bars, colour: str) -> alt.TopLevelMixin:
    height = 60 + 18 * len(data.bars) * max(len(data.parts), 2)
    base = alt.Chart().properties(height=height)
    y = alt.Y(f"{data.bar}:N", sort=list(data.bars), title=None, axis=alt.Axis(labelLimit=130))
    ticks = _count_axis(row[data.value] for row in data.rows)
    x = alt.X(f"{data.value}:Q", title=data.measure, axis=ticks)
    offset = alt.YOffset(f"{data.part}:N", sort=_colours(data))
    parts = base.mark_bar().encode(x=x, y=y, yOffset=offset, color=_part_colour(data), tooltip=_tooltips(data.columns))
    labels = base.mark_text(color=colour, align="left", dx=4, fontSize=11)
    shown = labels.encode(x=f"{data.value}:Q", y=y, yOffset=offset, text="shown:N")
    return alt.layer(parts, shown, *_limit_lines(base, data.limits, "x", colour, with_names=True))


def _vertical_bars(data: Bars, colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=HEIGHT if data.part else BAR_HEIGHT)
    if isinstance(data.rows[0][data.bar], str):
        x = alt.X(f"{data.bar}:N", sort=list(data.bars), title=None, axis=alt.Axis())
    else:
        title = data.head[:1].lower() + data.head[1:]
        x = alt.X(f"{data.bar}:O", title=title, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y(f"{data.value}:Q", title=data.measure, axis=_count_axis(row[data.value] for row in data.rows))
    columns = base.mark_bar().encode(x=x, y=y, tooltip=_tooltips(data.columns))
    layers: list[alt.Chart] = [columns]
    if data.part:
        offset = alt.XOffset(f"{data.part}:N", sort=_colours(data))
        layers = [columns.encode(xOffset=offset, color=_part_colour(data))]
        labels = base.mark_text(color=colour, dy=-6, fontSize=11)
        layers.append(labels.encode(x=x, y=f"{data.value}:Q", xOffset=offset, text="shown:N"))
    if data.mark:
        layers.append(base.mark_tick(color=colour, thickness=2).encode(x=x, y=f"{data.mark}:Q"))
    return alt.layer(*layers, *_limit_lines(base, data.limits, "y", colour, with_names=False))


# --- lines ---------------------------------------------------------------------------------------


def lines(data: Lines, *, time_title: str = "", from_zero: bool = True, steps: bool = False) -> Chart:
    """Draw lines over time.

    Parameters
    ----------
    data
        Description of the lines. A chart without series has a single line.
    time_title
        Title of the axis of the times; the plural of their unit if it is not given.
    from_zero
        Whether the axis of the values starts at zero.
    steps
        Whether a value holds until the next one; otherwise the line connects the values.
    """
    if not data.rows:
        return Chart(data.finding)
    options = time_title or f"{data.time_head.lower()}s", from_zero, steps
    spec = _spec(data, functools.partial(_lines, data, *options), *options)
    return Chart(data.finding, data.rows, spec, data.table if data.line else ())


def _lines(data: Lines, time_title: str, from_zero: bool, steps: bool, colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=HEIGHT if data.series else BAR_HEIGHT)
    channels: dict[str, Any] = {
        "x": alt.X(f"{data.time}:Q", title=time_title, axis=alt.Axis(tickMinStep=1), scale=alt.Scale(nice=False)),
        "y": alt.Y(f"{data.value}:Q", title=data.measure, scale=alt.Scale(zero=from_zero)),
    }
    if data.series:
        names, legend = list(data.series), _legend(_legend_columns(data.series), **LINE_SYMBOLS)
        dashes = [list(dash) for dash in LINE_DASHES[: len(names)]]
        field_, domain = f"{data.line}:N", alt.Scale(domain=names)
        channels["color"] = alt.Color(field_, sort=names, scale=domain, title=None, legend=legend)
        channels["strokeDash"] = alt.StrokeDash(
            field_, sort=names, scale=alt.Scale(domain=names, range=dashes), title=None, legend=legend
        )
    tooltip = _tooltips(data.columns)
    interpolate: Literal["step-after", "linear"] = "step-after" if steps else "linear"
    layers = [base.mark_line(strokeWidth=2.5, interpolate=interpolate).encode(**channels, tooltip=tooltip)]
    if data.label:
        labelled = base.transform_filter(f"datum.{data.label} != ''")
        channels.pop("strokeDash", None)
        layers.append(labelled.mark_circle(size=70, opacity=1).encode(**channels, tooltip=tooltip))
        place = {axis: channels[axis] for axis in "xy"}
        layers.append(labelled.mark_text(color=colour, dy=14).encode(**place, text=f"{data.label}:N"))
    return alt.layer(*layers, *_limit_lines(base, data.limits, "y", colour, with_names=True))


# --- heat map ------------------------------------------------------------------------------------


def heat_map(data: HeatMap) -> Chart:
    """Draw cells in rows and columns. A click selects the column of a cell."""
    return Chart(data.finding, data.rows, _spec(data, functools.partial(_heat_map, data)))


def _heat_map(data: HeatMap, _: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=max(120, 20 * len(data.names_down) + 60))
    across, kinds = list(data.names_across), list(data.kinds)
    place: dict[str, Any] = {
        "x": alt.X(
            f"{data.across}:N",
            sort=across,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=-40),
            scale=alt.Scale(domain=across),
        ),
        "y": alt.Y(f"{data.down}:N", sort=list(data.names_down), title=None, axis=alt.Axis(labelOverlap=False)),
    }
    fills, inks = (alt.Scale(domain=kinds, range=list(colours)) for colours in zip(*CELL_COLOURS, strict=True))
    fill = alt.Color(f"{data.kind}:N", scale=fills, sort=kinds, title=None, legend=_legend(4))
    ink = alt.Color(f"{data.kind}:N", scale=inks, sort=kinds, legend=None)
    cells = base.mark_rect(cursor="pointer", stroke="white", strokeWidth=1).encode(
        **place, color=fill, tooltip=_tooltips(data.columns)
    )
    pick = alt.selection_point(name=PICK, fields=[data.across], toggle="true")
    texts = base.mark_text(fontSize=11).encode(**place, text=f"{data.text}:N", color=ink)
    return alt.layer(cells.add_params(pick), texts).resolve_scale(color="independent")


# --- kinds of studies and imports ----------------------------------------------------------------


def intervals(data: Intervals) -> Chart:
    """Draw bars from a common value, with a line at that value."""
    names = tuple(dict.fromkeys(row["name"] for row in data.rows))
    return Chart(data.finding, data.rows, _spec(data, functools.partial(_intervals, data, names), names))


def _intervals(data: Intervals, names: tuple[str, ...], colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=80 + 32 * len(names))
    y = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=230))
    scale = alt.Scale(zero=False, padding=40 if data.label else 0)
    layers = [
        base.mark_bar(height=17).encode(
            y=y,
            x=alt.X("start:Q", title=data.measure, scale=scale),
            x2="end:Q",
            color=alt.Color("way:N", scale=alt.Scale(domain=["more", "less"]), legend=None),
            tooltip=_tooltips(data.columns),
        )
    ]
    for way, align, offset in LABEL_SIDES if data.label else ():
        labels = base.transform_filter(f"datum.way == '{way}'").mark_text(color=colour, align=align, dx=offset)
        layers.append(labels.encode(y=y, x=alt.X("end:Q", scale=scale), text=f"{data.label}:N"))
    return alt.layer(*layers, base.mark_rule(color=colour).encode(x="max(start):Q"))


def estimates(data: Estimates) -> Chart:
    """Draw bars with their error bounds, and a tick at the mark of each."""
    names = tuple(row["name"] for row in data.rows)
    return Chart(data.finding, data.rows, _spec(data, functools.partial(_estimates, data, names), names))


def _estimates(data: Estimates, names: tuple[str, ...], colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=70 + 30 * len(names))
    y = alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=160))
    x = alt.X("value:Q", title=data.measure)
    values = base.mark_bar(height=16).encode(y=y, x=x, tooltip=_tooltips(data.columns))
    bounds = base.mark_rule(color=colour).encode(y=y, x="low:Q", x2="high:Q")
    marks = base.mark_tick(color=colour, thickness=3, size=16).encode(y=y, x="mark:Q")
    return alt.layer(values, bounds, marks)


def bins(data: Bins, table: Sequence[Mapping[str, str]] = ()) -> Chart:
    """Draw a histogram, with a dashed line at each bound."""
    return Chart(data.finding, data.rows, _spec(data, functools.partial(_bins, data)), table)


def _bins(data: Bins, colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=HEIGHT if data.logarithmic else BAR_HEIGHT)
    if data.logarithmic:
        axis, scale = alt.Axis(tickCount=8, format=",.3~r"), alt.Scale(type="log", base=2, nice=False)
        x = alt.X("low:Q", title=data.measure, scale=scale, axis=axis)
    else:
        x = alt.X("low:Q", title=data.measure, scale=alt.Scale(zero=False), bin="binned")
    columns = base.mark_bar(binSpacing=1).encode(
        x=x,
        x2="high:Q",
        y=alt.Y("count:Q", title=data.count_measure, axis=_count_axis(row["count"] for row in data.rows)),
        y2=alt.datum(0),
        tooltip=_tooltips(data.columns),
    )
    bounds = [LimitLine(bound, "") for bound in data.bounds]
    return alt.layer(columns, *_limit_lines(base, bounds, "x", colour, with_names=False))


def points(data: Points, table: Sequence[Mapping[str, str]] = ()) -> Chart:
    """Draw points connected by steps."""
    counted = tuple(all(row[axis] == round(row[axis]) for row in data.rows) for axis in "xy")
    return Chart(data.finding, data.rows, _spec(data, functools.partial(_points, data, counted), counted), table)


def _points(data: Points, counted: tuple[bool, ...], colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=HEIGHT)
    scale = alt.Scale(zero=False, padding=20)
    x, y = (
        channel(f"{axis}:Q", title=title, scale=scale, axis=alt.Axis(tickMinStep=int(whole)))
        for channel, axis, title, whole in zip((alt.X, alt.Y), "xy", data.measures, counted, strict=True)
    )
    steps = base.mark_line(color=colour, opacity=0.35, interpolate="step-after").encode(x=x, y=y)
    marks = base.mark_point(filled=True, size=80, opacity=1).encode(x=x, y=y, tooltip=_tooltips(data.columns))
    return alt.layer(steps, marks)
