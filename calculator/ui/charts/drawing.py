"""Draw charts with altair: one function per kind of chart, from a description to a chart on the page."""

from __future__ import annotations

import functools
import json
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import altair as alt
import pandas as pd  # noqa: F401  If two sessions import it at once, altair may see it half imported.
import streamlit as st

from calculator.presentation.charts.base import (
    BAD,
    BROKEN,
    DOUBTFUL,
    GOOD,
    NOTED,
    Bars,
    ChartData,
    ChartRow,
    HeatMap,
    LimitLine,
    Lines,
)
from calculator.ui.charts.base import Bins, Chart, ChartSpec, Estimates, Intervals, Points

PICK = "pick"
"""Name of the selection by which a click in a heat map selects a column."""
HEIGHT, BAR_HEIGHT, AREA_HEIGHT = 320, 200, 50
BAR_ROW, CELL_ROW = 26, 26
"""Height of a horizontal bar and of a row of cells, which hold a line of text."""
CELL_WIDTH, LETTER_WIDTH_OF_CELLS = 44, 8
"""Smallest width of a column of cells, which a finger hits, and about the width of a letter there, in pixels."""
NARROW, LETTER_WIDTH, SYMBOL_WIDTH = 330, 6.2, 28
"""Width of a chart on a phone, and about the widths of a letter and of a symbol in a legend, in pixels."""
LABEL_SHARE = 26
"""Letters that fit the longest bar on a narrow page; a text at its end needs as much more room."""
LABEL_WIDTH = 20
"""Characters in a line of the name of a horizontal bar; longer names take several lines."""
TEXT_COLOURS = {"light": "#31333f", "dark": "#fafafa"}
SECOND_COLOURS = {TEXT_COLOURS["light"]: "#555867", TEXT_COLOURS["dark"]: "#c3c6d0"}
"""Colour of the texts of axes, with a contrast above 4.5 to 1, by the colour of other texts."""
PALETTE_SIZE = 7
"""Number of colours of a theme."""
CELL_COLOURS = (
    ("#0072B2", "#ffffff"),
    ("#9ecae1", "#1b1b1b"),
    ("#E69F00", "#1b1b1b"),
    ("#c4c4c4", "#1b1b1b"),
    ("#007a59", "#ffffff"),
    ("#a83c00", "#ffffff"),
)
"""Colours of the cells of a heat map and of the text in them, by kind of cell."""
HEAD_COLOURS = {True: ("#4d4d4d", "#ffffff"), False: ("#e6eaf1", "#1b1b1b")}
"""Colours of the head of a column and of the text in it, by whether the column is marked."""
HEAD, HEAD_MARKED = "column", "marked column"
"""Kinds of the cells that hold the names of the columns."""
TONE_COLOURS = {GOOD: "#007a59", NOTED: "#0072B2", DOUBTFUL: "#E69F00", BAD: "#c24a00", BROKEN: "#8c8c8c"}
LINE_DASHES = ((1, 0), (6, 3), (2, 3), (10, 4), (8, 3, 2, 3))
MARK_LINE = 14
"""Height of the name of a mark across a chart of lines, so that names close to each other stay apart."""
LIMIT_DASH, HARD_LIMIT_DASH = (4, 3), (8, 3)
WAYS = {"more": "more than now", "less": "less than now"}
"""Names of the ways that an interval goes."""
LABEL_SIDES: tuple[tuple[str, Literal["left", "right"], int], ...] = (("more", "left", 4), ("less", "right", -4))
"""Alignment and offset of the text at the end of an interval, by the way that it goes."""
LINE_SYMBOLS = {"symbolType": "stroke", "symbolStrokeWidth": 2.5, "symbolSize": 300}
SPECS_CACHED = 256


# --- specs ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _SpecRequest:
    """A spec to build. Requests with equal keys give equal specs."""

    key: str
    colour: str = field(compare=False)
    build: Callable[[], alt.TopLevelMixin] = field(compare=False)


@functools.lru_cache(SPECS_CACHED)
def _build(request: _SpecRequest) -> ChartSpec:
    """Return a spec without altair's placeholder for the data."""
    spec = request.build().to_dict(validate=False)
    spec.pop("datasets", None)
    spec.pop("data", None)
    for layer in spec.get("layer", ()):
        layer.pop("data", None)
    second = SECOND_COLOURS[request.colour]
    texts = {"labelColor": second, "titleColor": second, "labelFontSize": 12, "titleFontSize": 12}
    # Screen readers hear the finding and can open the table. The marks would be a list of raw numbers.
    silent = {"aria": False, "mark": {"aria": False}}
    spec["config"] = {**silent, "axis": texts, "legend": {**texts, "labelColor": request.colour, "labelLimit": 260}}
    spec["padding"] = {"left": 0, "right": 4, "top": 4, "bottom": 6}
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
    return _build(_SpecRequest(repr((outline, shape, colour)), colour, lambda: build(colour)))


def _legend(columns: int, **options: Any) -> alt.Legend:
    """Return a legend above the chart, where a reader sees it before the marks."""
    return alt.Legend(orient="top", columns=columns, offset=14, **options)


def _legend_columns(names: Iterable[str]) -> int:
    """Return the largest number of columns in which a legend fits a narrow page."""
    lengths = [len(name) for name in names]
    for columns in (3, 2):
        widest = (max(lengths[column::columns], default=0) for column in range(columns))
        if sum(LETTER_WIDTH * length + SYMBOL_WIDTH for length in widest) <= NARROW:
            return columns
    return 1


def _tooltips(columns: Mapping[str, str]) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in columns.items() if name]


def _count_axis(values: Iterable[float | None], **options: Any) -> alt.Axis:
    """Return an axis without fractions between its ticks if all values are whole numbers."""
    whole = all(value is None or float(value).is_integer() for value in values)
    return alt.Axis(tickMinStep=1, **options) if whole else alt.Axis(**options)


def _limit_lines(
    base: alt.Chart,
    limits: Sequence[LimitLine],
    axis: str,
    colour: str,
    *,
    with_names: bool,
    after: bool = False,
    line: int = 0,
) -> list[alt.Chart]:
    """Return a dashed line for each limit across the x or y axis, with its name if asked for.

    The name of a line across the x axis is on its left, or on its right if it comes after the line, in a line of text
    that is counted from the top.
    """
    once = base.transform_aggregate(rows="count()")
    edges: dict[str, dict[str, Any]] = {
        "x": {
            "align": "left" if after else "right",
            "dx": 6 if after else -6,
            "baseline": "top",
            "y": line * MARK_LINE,
        },
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
    """Draw bars: stacked bars and bars with a name horizontally, other bars vertically."""
    if not data.rows:
        return Chart(data.finding)
    values = [row[data.value] for row in data.rows if row[data.value] is not None]
    shape: tuple[object, ...] = data.bars, data.parts, all(float(value).is_integer() for value in values)
    if data.stacked:
        build = functools.partial(_stacked_bars, data)
    elif data.part and isinstance(data.rows[0][data.bar], str):
        build = functools.partial(_grouped_bars, data)
    elif data.part or not isinstance(data.rows[0][data.bar], str):
        build = functools.partial(_vertical_bars, data)
    else:
        marks = [row[data.mark] for row in data.rows] if data.mark else []
        top = max([*values, *marks, *(limit.at for limit in data.limits)])
        longest = max((len(row[data.label]) for row in data.rows), default=0) if data.label else 0
        end = (top or 1) * (1.05 + longest / LABEL_SHARE)
        build, shape = functools.partial(_row_bars, data, end), (*shape, end)
    return Chart(data.finding, data.rows, _spec(data, build, *shape), data.table, data.title)


def _colours(data: Bars) -> list[str]:
    """Return the parts that have a colour: all possible ones, so that each keeps it, if there are enough colours."""
    return list(data.series if 0 < len(data.series) <= PALETTE_SIZE else data.parts)


def _part_colour(data: Bars) -> alt.Color:
    names = _colours(data)
    legend = _legend(_legend_columns(data.parts), values=list(data.parts))
    return alt.Color(f"{data.part}:N", sort=names, scale=alt.Scale(domain=names), title=None, legend=legend)


def _stacked_bars(data: Bars, colour: str) -> alt.TopLevelMixin:
    height = 110 + 40 * len(data.bars) + 20 * -(-len(data.parts) // _legend_columns(data.parts))
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
        words = alt.Axis(labelAngle=0, labelLimit=90, labelOverlap=False, labelExpr="split(datum.label, ' ')")
        x = alt.X(f"{data.bar}:N", sort=list(data.bars), title=None, axis=words)
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
        layers.append(
            labels.encode(x=x, y=f"{data.value}:Q", xOffset=offset, text=alt.Text(f"{data.value}:Q", format=",.0f"))
        )
    return alt.layer(*layers, *_limit_lines(base, data.limits, "y", colour, with_names=True))


def _row_bars(data: Bars, end: float, colour: str) -> alt.TopLevelMixin:
    """Draw a horizontal bar per name, each as high as a line of text."""
    base = alt.Chart().properties(height=50 + BAR_ROW * len(data.bars) + (16 if data.limits else 0))
    padding = alt.Scale(paddingOuter=0.8) if data.limits else alt.Undefined
    y = alt.Y(
        f"{data.bar}:N",
        sort=list(data.bars),
        title=None,
        axis=alt.Axis(labelOverlap=False, labelLimit=180),
        scale=padding,
    )
    scale = alt.Scale(domain=[0, end], nice=False)
    whole = _count_axis((row[data.value] for row in data.rows), tickCount=6)
    x = alt.X(f"{data.value}:Q", title=data.measure, scale=scale, axis=whole)
    columns = base.mark_bar(height=BAR_ROW - 8).encode(y=y, x=x, tooltip=_tooltips(data.columns))
    if data.tone:
        tones = alt.Scale(domain=list(TONE_COLOURS), range=list(TONE_COLOURS.values()))
        columns = columns.encode(color=alt.Color(f"{data.tone}:N", scale=tones, legend=None))
    layers: list[alt.Chart] = [columns]
    if data.mark:
        ticks = base.mark_tick(color=colour, thickness=3, size=BAR_ROW - 4)
        layers.append(ticks.encode(y=y, x=f"{data.mark}:Q"))
    if data.label:
        texts = base.mark_text(color=colour, align="left", dx=6, fontSize=12)
        layers.append(texts.encode(y=y, x=f"{data.value}:Q", text=f"{data.label}:N"))
    return alt.layer(*layers, *_limit_lines(base, data.limits, "x", colour, with_names=True))


# --- lines ---------------------------------------------------------------------------------------


def lines(data: Lines, *, time_title: str = "", from_zero: bool = True) -> Chart:
    """Draw lines over time.

    Parameters
    ----------
    data
        Description of the lines. A chart without series has a single line.
    time_title
        Title of the axis of the times; the plural of their unit if it is not given.
    from_zero
        Whether the axis of the values starts at zero.
    """
    if not data.rows:
        return Chart(data.finding)
    times = [row[data.time] for row in data.rows]
    middle = (min(times) + max(times)) / 2
    after = tuple(mark.at < middle for mark in data.marks)  # a name is on the side that has room for it
    options = time_title or f"{data.time_head.lower()}s", from_zero, after
    spec = _spec(data, functools.partial(_lines, data, *options), *options)
    return Chart(data.finding, data.rows, spec, data.table if data.line else (), data.title)


def _lines(data: Lines, time_title: str, from_zero: bool, after: Sequence[bool], colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=HEIGHT if data.series else BAR_HEIGHT)
    channels: dict[str, Any] = {
        "x": alt.X(
            f"{data.time}:Q", title=time_title, axis=alt.Axis(tickMinStep=1, tickCount=12), scale=alt.Scale(nice=False)
        ),
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
    layers = [base.mark_line(strokeWidth=2.5).encode(**channels, tooltip=tooltip)]
    if data.label:
        labelled = base.transform_filter(f"datum.{data.label} != ''")
        channels.pop("strokeDash", None)
        layers.append(labelled.mark_circle(size=70, opacity=1).encode(**channels, tooltip=tooltip))
        place = {axis: channels[axis] for axis in "xy"}
        layers.append(labelled.mark_text(color=colour, dy=14).encode(**place, text=f"{data.label}:N"))
    for line, (mark, is_after) in enumerate(zip(data.marks, after, strict=True)):
        layers += _limit_lines(base, [mark], "x", colour, with_names=True, after=is_after, line=line)
    return alt.layer(*layers, *_limit_lines(base, data.limits, "y", colour, with_names=True))


# --- heat map ------------------------------------------------------------------------------------


def heat_map(data: HeatMap) -> Chart:
    """Draw cells in rows and columns below the names of the columns. A click on any of them selects its column."""
    marked = set(data.marked_across)
    head: list[ChartRow] = [
        {
            **dict.fromkeys(data.columns, ""),
            data.across: name,
            data.down: "",
            data.kind: HEAD_MARKED if name in marked else HEAD,
            data.text: name,
        }
        for name in data.names_across
    ]
    present = {row[data.kind] for row in data.rows}
    listed = [kind for kind in data.kinds if kind in present]
    return Chart(data.finding, [*head, *data.rows], _spec(data, functools.partial(_heat_map, data, listed), listed))


def readable_width(data: HeatMap) -> int:
    """Return the width, in pixels, in which the names of all rows and columns of a heat map can be read."""
    longest_across, longest_down = (max(map(len, names), default=0) for names in (data.names_across, data.names_down))
    column = max(CELL_WIDTH, LETTER_WIDTH_OF_CELLS * longest_across + 6)
    return column * len(data.names_across) + LETTER_WIDTH_OF_CELLS * longest_down + 12


def _heat_map(data: HeatMap, listed: list[str], colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=CELL_ROW * (len(data.names_down) + 1) + 40)
    kinds = [HEAD, HEAD_MARKED, *data.kinds]
    is_marked = f"indexof({json.dumps(data.marked_down)}, datum.value) >= 0"
    weight = {"condition": {"test": is_marked, "value": "bold"}, "value": "normal"}
    place: dict[str, Any] = {
        "x": alt.X(f"{data.across}:N", sort=list(data.names_across), title=None, axis=None),
        "y": alt.Y(
            f"{data.down}:N",
            sort=["", *data.names_down],
            title=None,
            axis=alt.Axis(
                zindex=1, labelOverlap=False, labelColor=colour, labelFontWeight=weight, ticks=False, domain=False
            ),
        ),
    }
    colours = (HEAD_COLOURS[False], HEAD_COLOURS[True], *CELL_COLOURS[: len(data.kinds)])
    fills, inks = (alt.Scale(domain=kinds, range=list(one)) for one in zip(*colours, strict=True))
    squares: dict[str, Any] = {"symbolType": "square", "symbolSize": 160, "symbolStrokeWidth": 0}
    legend = _legend(_legend_columns(listed), values=listed, **squares)
    fill = alt.Color(f"{data.kind}:N", scale=fills, sort=kinds, title=None, legend=legend)
    ink = alt.Color(f"{data.kind}:N", scale=inks, sort=kinds, legend=None)
    cells = base.mark_rect(cursor="pointer", stroke="white", strokeWidth=1).encode(
        **place, color=fill, tooltip=_tooltips(data.columns)
    )
    pick = alt.selection_point(name=PICK, fields=[data.across], toggle="true")
    texts = base.mark_text(fontSize=13, cursor="pointer").encode(**place, text=f"{data.text}:N", color=ink)
    return alt.layer(cells.add_params(pick), texts).resolve_scale(color="independent")


# --- kinds of studies and imports ----------------------------------------------------------------


def _in_lines(name: str) -> str:
    """Return the name of a bar in lines that leave room for the bar on a narrow page."""
    return "\n".join(textwrap.wrap(name, LABEL_WIDTH)) or name


def _with_lines(rows: Iterable[ChartRow]) -> list[ChartRow]:
    return [{**row, "lines": _in_lines(row["name"])} for row in rows]


def _names_axis(names: Sequence[str], above: bool = False) -> alt.Y:
    """Return the axis of the names, with room above the first bar for the names of limits if asked for."""
    lines = [_in_lines(name) for name in names]
    axis = alt.Axis(labelExpr="split(datum.label, '\\n')", labelLimit=0, labelOverlap=False)
    scale = alt.Scale(paddingOuter=0.8) if above else alt.Undefined
    return alt.Y("lines:N", sort=lines, title=None, axis=axis, scale=scale)


def _row_height(names: Sequence[str]) -> int:
    """Return the height of a bar with its gap: its name needs all its lines."""
    return max(BAR_ROW, 8 + 14 * max(_in_lines(name).count("\n") + 1 for name in names))


def intervals(data: Intervals) -> Chart:
    """Draw bars from a common value, with a line at that value and one at each limit."""
    names = tuple(dict.fromkeys(row["name"] for row in data.rows))
    whole = all(float(row[end]).is_integer() for row in data.rows for end in ("start", "end"))
    return Chart(
        data.finding,
        _with_lines(data.rows),
        _spec(data, functools.partial(_intervals, data, names, whole), names, whole),
        data.table,
        data.title,
    )


def _intervals(data: Intervals, names: tuple[str, ...], whole: bool, colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=90 + _row_height(names) * (len(names) + bool(data.limits)))
    y = _names_axis(names, above=bool(data.limits))
    scale = alt.Scale(zero=False, padding=44 if data.label else 0)
    ways = list(WAYS)
    legend = _legend(2, labelExpr=f"{WAYS}[datum.label]", values=ways)
    layers = [
        base.mark_bar(height=17).encode(
            y=y,
            x=alt.X(
                "start:Q", title=data.measure, scale=scale, axis=alt.Axis(tickMinStep=1 if whole else 0, tickCount=8)
            ),
            x2="end:Q",
            color=alt.Color("way:N", scale=alt.Scale(domain=ways), title=None, legend=legend),
            tooltip=_tooltips(data.columns),
        )
    ]
    for way, align, offset in LABEL_SIDES if data.label else ():
        labels = base.transform_filter(f"datum.way == '{way}'").mark_text(
            color=colour, align=align, dx=offset, fontSize=12
        )
        layers.append(labels.encode(y=y, x=alt.X("end:Q", scale=scale), text=f"{data.label}:N"))
    lines = _limit_lines(base, data.limits, "x", colour, with_names=True)
    return alt.layer(*layers, base.mark_rule(color=colour).encode(x="max(start):Q"), *lines)


def estimates(data: Estimates) -> Chart:
    """Draw bars with their error bounds, and a tick at the mark of each."""
    names = tuple(row["name"] for row in data.rows)
    spec = _spec(data, functools.partial(_estimates, data, names), names)
    return Chart(data.finding, _with_lines(data.rows), spec, data.table, data.title)


def _estimates(data: Estimates, names: tuple[str, ...], colour: str) -> alt.TopLevelMixin:
    base = alt.Chart().properties(height=60 + _row_height(names) * len(names))
    y = _names_axis(names)
    x = alt.X("value:Q", title=data.measure, axis=alt.Axis(tickCount=8))
    values = base.mark_bar(height=16).encode(y=y, x=x, tooltip=_tooltips(data.columns))
    bounds = base.mark_rule(color=colour).encode(y=y, x="low:Q", x2="high:Q")
    marks = base.mark_tick(color=colour, thickness=3, size=16).encode(y=y, x="mark:Q")
    return alt.layer(values, bounds, marks)


def bins(data: Bins, table: Sequence[Mapping[str, str]] = ()) -> Chart:
    """Draw a histogram, with a dashed line at each bound and at each limit, of which the latter have names."""
    return Chart(data.finding, data.rows, _spec(data, functools.partial(_bins, data)), table, data.title)


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
    lines = _limit_lines(base, bounds, "x", colour, with_names=False)
    return alt.layer(columns, *lines, *_limit_lines(base, data.limits, "x", colour, with_names=True))


def points(data: Points, table: Sequence[Mapping[str, str]] = ()) -> Chart:
    """Draw points connected by steps."""
    counted = tuple(all(row[axis] == round(row[axis]) for row in data.rows) for axis in "xy")
    return Chart(
        data.finding, data.rows, _spec(data, functools.partial(_points, data, counted), counted), table, data.title
    )


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


def area(data: ChartData) -> Chart:
    """Draw a small area without axes. The rows have the fields ``x`` and ``y``."""
    return Chart(data.finding, data.rows, _spec(data, _area))


def _area(_: str) -> alt.TopLevelMixin:
    x = alt.X("x:Q", title=None, axis=None, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("y:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1.2]))
    return alt.Chart().properties(height=AREA_HEIGHT).mark_area(opacity=0.6).encode(x=x, y=y)
