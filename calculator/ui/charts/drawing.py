"""Draw charts: one function per kind of chart, from a description to a Vega-Lite spec for the page.

Specs are plain dictionaries, because a library that builds them would take more time than all other work of a page.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

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
"""Name of the selection with which a click in a heat map selects a column."""
HEIGHT, BAR_HEIGHT, AREA_HEIGHT = 320, 200, 64
BAR_ROW, CELL_ROW = 26, 26
"""Height of a horizontal bar and of a row of cells, which hold a line of text."""
STACK_HEIGHT = 24
"""Height of a stacked bar, also in a chart that is as high as the one next to it."""
CELL_WIDTH, CELL_LETTER = 44, 8
"""Smallest width of a column of cells that a finger can hit, and approximate width of a letter in a cell, in pixels."""
NARROW, LETTER_WIDTH, SYMBOL_WIDTH = 330, 6.2, 28
"""Width of a chart on a phone, and approximate widths of a letter and of a symbol in a legend, in pixels."""
NAMES_WIDTH = 90
"""Approximate width of the names of bars, to the right of which a legend begins, in pixels."""
LABEL_SHARE = 26
"""Number of letters that fit the longest bar on a narrow page; a text at its end needs as much additional room."""
LABEL_WIDTH = 20
"""Characters in a line of the name of a horizontal bar; longer names take several lines."""
INK = "currentColor"
"""Colour of texts and lines: that of the texts of the page, also after its theme has changed."""
SECOND_OPACITY = 0.8
"""Opacity of the texts of axes, which leaves a contrast above 4.5 to 1."""
PALETTE_SIZE = 7
"""Number of colours of a theme."""
CELL_COLOURS = (
    ("#0072B2", "#ffffff"),
    ("#9ecae1", "#1b1b1b"),
    ("#E69F00", "#1b1b1b"),
    ("light-dark(#c4c4c4, #4d4a45)", "light-dark(#1b1b1b, #ffffff)"),
    ("#007a59", "#ffffff"),
    ("#a83c00", "#ffffff"),
)
"""Colours of the cells of a heat map and of the text in them, by kind of cell.

What is out of use stands back in both themes, so it has one colour for each: the browser takes that of the page, also
after its theme has changed.
"""
HEAD_COLOURS = (
    ("light-dark(#e6eaf1, #35332f)", "light-dark(#1b1b1b, #fafafa)"),
    ("light-dark(#4d4d4d, #6b6862)", "#ffffff"),
)
"""Colours of the head of a column and of the text in it, and those of a marked column."""
PAGE_COLOUR = "light-dark(#ffffff, #171614)"
"""Colour of the page, of the lines between cells, and of what covers a line behind a text."""
HEAD, HEAD_MARKED = "column", "marked column"
"""Kinds of the cells that hold the names of the columns."""
TONE_COLOURS = {GOOD: "#007a59", NOTED: "#0072B2", DOUBTFUL: "#E69F00", BAD: "#c24a00", BROKEN: "#8c8c8c"}
LINE_DASHES = ((1, 0), (6, 3), (2, 3), (10, 4), (8, 3, 2, 3))
MARK_LINE = 14
"""Height of the name of a mark across a line chart, by which names at nearby values are kept apart."""
NAME_SPACE = 1.15
"""Height of a histogram with names of limits above its bars, in heights of its highest bar."""
LIMIT_DASH, HARD_LIMIT_DASH = (4, 3), (8, 3)
WAYS = {"more": "more than now", "less": "less than now"}
"""Names of the directions of an interval."""
LABEL_SIDES = (("more", "left", 4), ("less", "right", -4))
"""Alignment and offset of the text at the end of an interval, by its direction."""
LINE_SYMBOLS = {"symbolType": "stroke", "symbolStrokeWidth": 2.5, "symbolSize": 300}
SILENT = {"aria": False, "mark": {"aria": False}}
"""Setting that hides marks from screen readers, which read the finding and the table instead."""
CELLS = "cells"
"""Name of the layer of the cells of a heat map."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
NOMINAL, ORDINAL, QUANTITATIVE = "nominal", "ordinal", "quantitative"
Part = dict[str, Any]
"""Part of a spec: a channel, an axis, a scale, a legend or a layer."""


# --- parts of specs ------------------------------------------------------------------------------


def _spec(height: int, layers: Sequence[Part], **others: Any) -> ChartSpec:
    """Return the spec of a chart from its layers, without data."""
    texts = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
    second = {"labelOpacity": SECOND_OPACITY, "titleOpacity": SECOND_OPACITY}
    return {
        "$schema": SCHEMA,
        "config": {**SILENT, "axis": {**texts, **second, "labelFlush": False}, "legend": {**texts, "labelLimit": 260}},
        "padding": {"left": 2, "right": 10, "top": 4, "bottom": 6},
        "height": height,
        "layer": list(layers),
        **others,
    }


def _layer(kind: str, encoding: Part, *, where: str = "", **options: Any) -> Part:
    """Return a layer of marks of one kind, for all rows or for those that meet a condition."""
    filtered = {"transform": [{"filter": where}]} if where else {}
    return {**filtered, "mark": {"type": kind, **options}, "encoding": encoding}


def _of(field: str, kind: str = QUANTITATIVE, **options: Any) -> Part:
    """Return a channel with a field of the rows."""
    return {"field": field, "type": kind, **options}


def _legend(columns: int, **options: Any) -> Part:
    """Return a legend above the chart, where a reader sees it before the marks."""
    return {"orient": "top", "columns": columns, "offset": 14, **options}


def _legend_columns(names: Iterable[str], room: float = NARROW) -> int:
    """Return the largest number of columns in which a legend fits the room that a narrow page has for it."""
    lengths = [len(name) for name in names]
    for columns in (3, 2):
        widest = (max(lengths[column::columns], default=0) for column in range(columns))
        if sum(LETTER_WIDTH * length + SYMBOL_WIDTH for length in widest) <= room:
            return columns
    return 1


def _tooltips(columns: Mapping[str, str]) -> list[Part]:
    return [_of(name, NOMINAL, title=title) for name, title in columns.items() if name]


def _count_axis(values: Iterable[float | None], **options: Any) -> Part:
    """Return an axis without fractions between its ticks if all values are whole numbers."""
    whole = all(value is None or float(value).is_integer() for value in values)
    return {**({"tickMinStep": 1} if whole else {}), **options}


def _limit_lines(
    limits: Sequence[LimitLine], axis: str, *, with_names: bool, after: bool = False, line: int = 0
) -> list[Part]:
    """Return a dashed line per limit across the x or y axis, with its name if requested.

    The name of a line across the x axis is on its left, or on its right if ``after`` or if it is the last of several,
    in a line of text counted from the top, where the line starts.
    """
    once = {"transform": [{"aggregate": [{"op": "count", "as": "rows"}]}]}
    last = max((limit.at for limit in limits), default=0.0) if len(limits) > 1 else None
    layers = []
    for limit in limits:
        side = {"align": "left", "dx": 6} if after or limit.at == last else {"align": "right", "dx": -6}
        edges: dict[str, Part] = {
            "x": {**side, "baseline": "top", "y": line * MARK_LINE},
            "y": {"align": "left", "dx": 4, "dy": -8, "x": 0},
        }
        where: Part = {axis: {"datum": limit.at}}
        ends = {"y": {"value": line * MARK_LINE}, "y2": {"value": "height"}} if line else {}
        dash = list(HARD_LIMIT_DASH if limit.hard else LIMIT_DASH)
        layers.append(once | _layer("rule", where | ends, color=INK, strokeDash=dash, strokeWidth=1.5))
        if with_names:
            layers.append(once | _layer("text", where, color=INK, text=limit.name, **edges[axis]))
    return layers


def _texts(encoding: Part, *, where: str = "", **options: Any) -> list[Part]:
    """Return texts that can be read where a line crosses them: each covers what is behind it."""
    options = {"fontSize": 12, **options}
    cover = _layer("text", encoding, where=where, color=PAGE_COLOUR, stroke=PAGE_COLOUR, strokeWidth=5, **options)
    return [cover, _layer("text", encoding, where=where, color=INK, **options)]


# --- bars ----------------------------------------------------------------------------------------


def bars(data: Bars) -> Chart:
    """Draw bars: stacked bars and bars with a name horizontally, other bars vertically."""
    if not data.rows:
        return Chart(data.finding)
    named = isinstance(data.rows[0][data.bar], str)
    if data.stacked:
        spec = _stacked_bars(data)
    elif data.part:
        spec = _grouped_bars(data) if named else _vertical_bars(data)
    else:
        spec = _row_bars(data) if named else _vertical_bars(data)
    return Chart(data.finding, data.rows, spec, data.table, data.title)


def _colours(data: Bars) -> list[str]:
    """Return the parts that have a colour: if there are enough, all possible parts, so that each keeps its colour."""
    return list(data.series if 0 < len(data.series) <= PALETTE_SIZE else data.parts)


def _part_colour(data: Bars, columns: int) -> Part:
    names = _colours(data)
    legend = _legend(columns, values=list(data.parts))
    return _of(data.part, NOMINAL, sort=names, scale={"domain": names}, title=None, legend=legend)


def _values_axis(data: Bars, **options: Any) -> Part:
    return _count_axis((row[data.value] for row in data.rows), **options)


def _above(limits: Sequence[LimitLine], share: float = 0.8) -> Part:
    """Return the scale of bars in rows, with room above the first one for the names of limits."""
    return {"scale": {"paddingOuter": share}} if limits else {}


def _stacked_bars(data: Bars) -> ChartSpec:
    named = data.bar in data.columns
    columns = _legend_columns(data.parts, NARROW - NAMES_WIDTH if named else NARROW)
    height = 110 + 40 * len(data.bars) + 20 * -(-len(data.parts) // columns)
    labels = {"labelLimit": 120} if named else None
    encoding = {
        "y": _of(data.bar, NOMINAL, sort=list(data.bars), title=None, axis=labels, **_above(data.limits, 0.6)),
        "x": _of(data.value, stack="zero", title=data.measure, axis=_values_axis(data)),
        "color": _part_colour(data, columns),
        "order": _of("order"),
        "tooltip": _tooltips(data.columns),
    }
    layers = [_layer("bar", encoding, height=STACK_HEIGHT), *_limit_lines(data.limits, "x", with_names=True)]
    return _spec(min(height, HEIGHT), layers)


def _grouped_bars(data: Bars) -> ChartSpec:
    axis = {"labelLimit": 130}
    y = _of(data.bar, NOMINAL, sort=list(data.bars), title=None, axis=axis, **_above(data.limits, 0.5))
    place = {"y": y, "yOffset": _of(data.part, NOMINAL, sort=_colours(data))}
    x = _of(data.value, title=data.measure, scale=_row_scale(data), axis=_values_axis(data))
    colour = _part_colour(data, _legend_columns(data.parts))
    layers = [
        _layer("bar", {**place, "x": x, "color": colour, "tooltip": _tooltips(data.columns)}),
        *_limit_lines(data.limits, "x", with_names=True),
        *_texts({**place, "x": _of(data.value), "text": _of("shown", NOMINAL)}, align="left", dx=4, fontSize=11),
    ]
    return _spec(60 + 18 * len(data.bars) * max(len(data.parts), 2) + (32 if data.limits else 0), layers)


def _vertical_bars(data: Bars) -> ChartSpec:
    title = data.head[:1].lower() + data.head[1:]
    place = {"x": _of(data.bar, ORDINAL, title=title, axis={"labelAngle": 0, "labelOverlap": True})}
    y, tooltip = _of(data.value, title=data.measure, axis=_values_axis(data)), _tooltips(data.columns)
    if data.part:
        place["xOffset"] = _of(data.part, NOMINAL, sort=_colours(data))
        texts = {**place, "y": _of(data.value), "text": _of(data.value, format=",.0f")}
        colour = _part_colour(data, _legend_columns(data.parts))
        layers = [_layer("bar", {**place, "y": y, "tooltip": tooltip, "color": colour})]
        labels = _texts(texts, dy=-6, fontSize=11)
    else:
        layers, labels = [_layer("bar", {**place, "y": y, "tooltip": tooltip})], []
    layers += [*_limit_lines(data.limits, "y", with_names=True), *labels]
    return _spec(HEIGHT if data.part else BAR_HEIGHT, layers)


def _row_scale(data: Bars) -> Part:
    """Return the scale of bars in rows: right of the longest one and of the last limit, there is room for a text."""
    values = [row[data.value] for row in data.rows if row[data.value] is not None]
    marks = [row[data.mark] for row in data.rows] if data.mark else []
    limits = [limit.at for limit in data.limits]
    label = data.label or ("shown" if data.part else "")
    longest = max((len(row[label]) for row in data.rows), default=0) if label else 0
    end = max([*values, *marks, *limits], default=0) * (1.05 + longest / LABEL_SHARE)
    if len(limits) > 1:  # the name of the last one is on its right
        last = max(data.limits, key=lambda limit: limit.at)
        end = max(end, last.at * (1.05 + len(last.name) / LABEL_SHARE))
    return {"domain": [0, end or 1], "nice": False}


def _row_bars(data: Bars) -> ChartSpec:
    """Draw a horizontal bar per name, each as high as a line of text."""
    axis = {"labelOverlap": False, "labelLimit": 180}
    y = _of(data.bar, NOMINAL, sort=list(data.bars), title=None, axis=axis, **_above(data.limits))
    x = _of(data.value, title=data.measure, scale=_row_scale(data), axis=_values_axis(data, tickCount=6))
    encoding: Part = {"y": y, "x": x, "tooltip": _tooltips(data.columns)}
    if data.tone:
        tones = {"domain": list(TONE_COLOURS), "range": list(TONE_COLOURS.values())}
        encoding["color"] = _of(data.tone, NOMINAL, scale=tones, legend=None)
    layers = [_layer("bar", encoding, height=BAR_ROW - 8)]
    if data.mark:
        layers.append(_layer("tick", {"y": y, "x": _of(data.mark)}, color=INK, thickness=3, size=BAR_ROW - 4))
    layers += _limit_lines(data.limits, "x", with_names=True)
    if data.label:
        layers += _texts({"y": y, "x": _of(data.value), "text": _of(data.label, NOMINAL)}, align="left", dx=6)
    return _spec(50 + BAR_ROW * len(data.bars) + (16 if data.limits else 0), layers)


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
    spec = _lines(data, time_title or f"{data.time_head.lower()}s", from_zero)
    return Chart(data.finding, data.rows, spec, data.table if data.line else (), data.title)


def _lines(data: Lines, time_title: str, from_zero: bool) -> ChartSpec:
    axis = {"tickMinStep": 1, "tickCount": 12}
    place = {
        "x": _of(data.time, title=time_title, axis=axis, scale={"nice": False}),
        "y": _of(
            data.value, title=data.measure, scale={"zero": from_zero} if data.top is None else {"domain": [0, data.top]}
        ),
    }
    colour: Part = {}
    dash: Part = {}
    if data.series:
        names, legend = list(data.series), _legend(_legend_columns(data.series), **LINE_SYMBOLS)
        dashes = [list(dash) for dash in LINE_DASHES[: len(names)]]
        series = _of(data.line, NOMINAL, sort=names, title=None, legend=legend)
        colour = {"color": {**series, "scale": {"domain": names}}}
        dash = {"strokeDash": {**series, "scale": {"domain": names, "range": dashes}}}
    tooltip = {"tooltip": _tooltips(data.columns)}
    layers = [_layer("line", {**place, **colour, **dash, **tooltip}, strokeWidth=2.5, clip=data.top is not None)]
    if data.label:
        labelled = f"datum.{data.label} != ''"
        texts = {**place, "text": _of(data.label, NOMINAL)}
        layers.append(_layer("circle", {**place, **colour, **tooltip}, where=labelled, size=70, opacity=1))
        layers.append(_layer("text", texts, where=labelled, color=INK, dy=-12))
    times = [row[data.time] for row in data.rows]
    middle = (min(times) + max(times)) / 2
    marks = sorted(data.marks, key=lambda mark: -abs(mark.at - middle))  # a name reaches over the lines further inside
    for line, mark in enumerate(marks):  # the name is on the side with room for it
        layers += _limit_lines([mark], "x", with_names=True, after=mark.at < middle, line=line)
    layers += _limit_lines(data.limits, "y", with_names=True)
    return _spec(HEIGHT if data.series else BAR_HEIGHT, layers)


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
    return Chart(data.finding, [*head, *data.rows], _heat_map(data))


def readable_width(data: HeatMap) -> int:
    """Return the width, in pixels, in which the names of all rows and columns of a heat map can be read."""
    longest_across, longest_down = (max(map(len, names), default=0) for names in (data.names_across, data.names_down))
    column = max(CELL_WIDTH, CELL_LETTER * longest_across + 6)
    return column * len(data.names_across) + CELL_LETTER * longest_down + 12


def _heat_map(data: HeatMap) -> ChartSpec:
    present = {row[data.kind] for row in data.rows}
    listed = [kind for kind in data.kinds if kind in present]
    kinds = [HEAD, HEAD_MARKED, *data.kinds]
    is_marked = f"indexof({json.dumps(data.marked_down)}, datum.value) >= 0"
    weight = {"condition": {"test": is_marked, "value": "bold"}, "value": "normal"}
    axis = {
        "labelOverlap": False,
        "labelColor": INK,
        "labelOpacity": 1,
        "labelFontWeight": weight,
        "ticks": False,
        "domain": False,
        "zindex": 1,
    }
    place = {
        "x": _of(data.across, NOMINAL, sort=list(data.names_across), title=None, axis=None),
        "y": _of(data.down, NOMINAL, sort=["", *data.names_down], title=None, axis=axis),
    }
    colours = (*HEAD_COLOURS, *CELL_COLOURS[: len(data.kinds)])
    fills, inks = ({"domain": kinds, "range": list(one)} for one in zip(*colours, strict=True))
    squares = {"symbolType": "square", "symbolSize": 160, "symbolStrokeWidth": 0}
    legend = _legend(_legend_columns(listed), values=listed, **squares)
    fill = _of(data.kind, NOMINAL, scale=fills, sort=kinds, title=None, legend=legend)
    ink = _of(data.kind, NOMINAL, scale=inks, sort=kinds, legend=None)
    cells = {**place, "color": fill, "tooltip": _tooltips(data.columns)}
    texts = {**place, "text": _of(data.text, NOMINAL), "color": ink}
    pick = {"name": PICK, "select": {"type": "point", "fields": [data.across], "toggle": "true"}, "views": [CELLS]}
    return _spec(
        CELL_ROW * (len(data.names_down) + 1) + 40,
        [
            {"name": CELLS, **_layer("rect", cells, cursor="pointer", stroke=PAGE_COLOUR, strokeWidth=1)},
            _layer("text", texts, fontSize=13, cursor="pointer"),
        ],
        params=[pick],
        resolve={"scale": {"color": "independent"}},
    )


# --- kinds of studies and imports ----------------------------------------------------------------


def _in_lines(name: str) -> str:
    """Return the name of a bar in lines that leave room for the bar on a narrow page."""
    return "\n".join(textwrap.wrap(name, LABEL_WIDTH)) or name


def _with_lines(rows: Iterable[ChartRow]) -> list[ChartRow]:
    return [{**row, "lines": _in_lines(row["name"])} for row in rows]


def _names_axis(names: Sequence[str], limits: Sequence[LimitLine] = ()) -> Part:
    """Return the axis of the names, with room above the first bar for the names of limits."""
    lines = "split(datum.label, '\\n')"
    rise = {"condition": [{"test": f"length({lines}) == {n}", "value": -7 * (n - 1)} for n in (2, 3, 4)], "value": 0}
    axis = {"labelExpr": lines, "labelLimit": 0, "labelOverlap": False, "labelOffset": rise}
    return _of("lines", NOMINAL, sort=[_in_lines(name) for name in names], title=None, axis=axis, **_above(limits))


def _row_height(names: Sequence[str]) -> int:
    """Return the height of a bar with its gap: its name needs all its lines."""
    return max(BAR_ROW, 8 + 14 * max(_in_lines(name).count("\n") + 1 for name in names))


def intervals(data: Intervals) -> Chart:
    """Draw bars from a common value, with a line at that value and one at each limit."""
    return Chart(data.finding, _with_lines(data.rows), _intervals(data), data.table, data.title)


def _intervals(data: Intervals) -> ChartSpec:
    names = tuple(dict.fromkeys(row["name"] for row in data.rows))
    whole = all(float(row[end]).is_integer() for row in data.rows for end in ("start", "end"))
    y, ways = _names_axis(names, data.limits), list(WAYS)
    scale = {"zero": False, "padding": 44 if data.label else 0}
    legend = _legend(2, labelExpr=f"{WAYS}[datum.label]", values=ways)
    axis: Part = {"tickMinStep": 1 if whole else 0, "tickCount": 8}
    if all(row[end] >= 0 for row in data.rows for end in ("start", "end")):  # the space for texts may reach below zero
        axis["labelExpr"] = "datum.value < 0 ? '' : datum.label"
    encoding = {
        "y": y,
        "x": _of("start", title=data.measure, scale=scale, axis=axis),
        "x2": {"field": "end"},
        "color": _of("way", NOMINAL, scale={"domain": ways}, title=None, legend=legend),
        "tooltip": _tooltips(data.columns),
    }
    layers = [_layer("bar", encoding, height=17), _layer("rule", {"x": _of("start", aggregate="max")}, color=INK)]
    layers += _limit_lines(data.limits, "x", with_names=True)
    for way, align, offset in LABEL_SIDES if data.label else ():
        texts = {"y": y, "x": _of("end", scale=scale), "text": _of(data.label, NOMINAL)}
        layers += _texts(texts, where=f"datum.way == '{way}'", align=align, dx=offset)
    return _spec(90 + _row_height(names) * (len(names) + bool(data.limits)), layers)


def level(charts: Sequence[Chart]) -> list[Chart]:
    """Return charts that are shown side by side, each as high as the highest one."""
    height = max((chart.spec["height"] for chart in charts if chart.rows), default=0)
    return [replace(chart, spec={**chart.spec, "height": height}) if chart.rows else chart for chart in charts]


def estimates(data: Estimates) -> Chart:
    """Draw bars with their error bounds, and a tick at the mark of each."""
    return Chart(data.finding, _with_lines(data.rows), _estimates(data), data.table, data.title)


def _estimates(data: Estimates) -> ChartSpec:
    names = tuple(row["name"] for row in data.rows)
    y = _names_axis(names)
    x = _of("value", title=data.measure, axis={"tickCount": 8})
    layers = [
        _layer("bar", {"y": y, "x": x, "tooltip": _tooltips(data.columns)}, height=16),
        _layer("rule", {"y": y, "x": _of("low"), "x2": {"field": "high"}}, color=INK),
        _layer("tick", {"y": y, "x": _of("mark")}, color=INK, thickness=3, size=16),
    ]
    return _spec(60 + _row_height(names) * len(names), layers)


def bins(data: Bins, table: Sequence[Mapping[str, str]] = ()) -> Chart:
    """Draw a histogram, with a dashed line at each bound and at each limit, of which the latter have names."""
    return Chart(data.finding, data.rows, _bins(data), table, data.title)


def _bins(data: Bins) -> ChartSpec:
    if data.logarithmic:
        ticks = _round_values(min(row["low"] for row in data.rows), max(row["high"] for row in data.rows))
        axis, scale = {"values": ticks, "format": ",.3~r", "labelOverlap": True}, {"type": "log", "nice": False}
        x = _of("low", title=data.measure, scale=scale, axis=axis)
    else:
        x = _of("low", title=data.measure, scale={"zero": False}, bin="binned")
    counts = [row["count"] for row in data.rows]
    top: Part = {"scale": {"domain": [0, NAME_SPACE * max(counts)]}} if data.limits else {}  # names are above the bars
    encoding = {
        "x": x,
        "x2": {"field": "high"},
        "y": _of("count", title=data.count_measure, axis=_count_axis(counts), **top),
        "y2": {"datum": 0},
        "tooltip": _tooltips(data.columns),
    }
    bounds = [LimitLine(bound, "") for bound in data.bounds]
    layers = [_layer("bar", encoding, binSpacing=1), *_limit_lines(bounds, "x", with_names=False)]
    layers += _limit_lines(data.limits, "x", with_names=True)
    return _spec(HEIGHT if data.logarithmic else BAR_HEIGHT, layers)


def _round_values(low: float, high: float) -> list[float]:
    """Return the values 1, 2 and 5 of each power of ten between two positive numbers."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [value for power in powers for digit in (1, 2, 5) if low <= (value := float(f"{digit}e{power}")) <= high]


def points(data: Points, table: Sequence[Mapping[str, str]] = ()) -> Chart:
    """Draw points connected by steps."""
    return Chart(data.finding, data.rows, _points(data), table, data.title)


def _points(data: Points) -> ChartSpec:
    place = {}
    for axis, title in zip("xy", data.measures, strict=True):
        whole = all(row[axis] == round(row[axis]) for row in data.rows)
        place[axis] = _of(axis, title=title, scale={"zero": False, "padding": 20}, axis={"tickMinStep": int(whole)})
    layers = [
        _layer("line", place, color=INK, opacity=0.35, interpolate="step-after"),
        _layer("point", {**place, "tooltip": _tooltips(data.columns)}, filled=True, size=80, opacity=1),
    ]
    return _spec(HEIGHT, layers)


def area(data: ChartData) -> Chart:
    """Draw a small area with its ends on the axis. The rows have the fields ``x`` and ``y``."""
    ends = {"values": [data.rows[0]["x"], data.rows[-1]["x"]], "grid": False, "labelFlush": True, "format": ",.3~r"}
    x = _of("x", title=None, axis=ends, scale={"zero": False, "nice": False})
    y = _of("y", title=None, axis=None, scale={"domain": [0, 1.2]})
    return Chart(data.finding, data.rows, _spec(AREA_HEIGHT, [_layer("area", {"x": x, "y": y}, opacity=0.6)]))
