"""Draw bar charts as SVG from a Vega-Lite spec, without a browser or a network."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from calculator.exporters.report.content import one_line
from calculator.presentation.charts.base import Bars, LimitLine

Spec = dict[str, Any]
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#B8A800", "#882255")
"""Colours of Okabe and Ito, which colour-blind readers can tell apart, and three more, visible on white and black."""
INK = "currentColor"
"""Colour of texts and lines: that of the text of the page, in the light and the dark theme."""
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Fonts with equal character widths, one of which most systems have."""
ONCE: Spec = {"values": [{}]}
"""Data for marks that are drawn once instead of once per bar."""
WIDTH, VERTICAL_HEIGHT, BAR, BAR_OF_GROUP, FEW, EACH = 330, 170, 26, 16, 12, 3
MOST = 30
"""Largest number of bars that are drawn; the table below the chart has all of them."""
NAME, PART = 22, 40
"""Largest number of characters of the name of a bar, and of other texts."""
_KEPT = 64
"""Number of recently drawn charts that are cached."""
CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "padding": {"left": 16, "right": 24, "top": 6, "bottom": 6},
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": INK,
        "gridOpacity": 0.15,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 0,
    },
    "legend": {
        "orient": "bottom",
        "columns": 2,
        "title": None,
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 0,
        "columnPadding": 28,
    },
    "bar": {"stroke": INK, "strokeOpacity": 0.35, "strokeWidth": 0.5},
    "text": {"color": INK, "fontSize": 11},
    "rule": {"color": INK, "strokeDash": [4, 3], "strokeWidth": 1.5},
}


def svg(bars: Bars) -> str:
    """Return a chart as an SVG element that scales to its container and takes the colour of the text."""
    return _draw(json.dumps(spec(_fit(bars))))


@lru_cache(_KEPT)
def _draw(chart: str) -> str:
    """Draw a Vega-Lite spec given as JSON; cached, because a report is often made again with the same charts."""
    import vl_convert  # slow to import, and needed only for a chart

    drawn = vl_convert.vegalite_to_svg(json.loads(chart))
    match = re.match(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"[^>]*>', drawn)
    assert match is not None
    size = f'viewBox="0 0 {match[1]} {match[2]}" width="{match[1]}" height="{match[2]}"'
    return f'<svg {size} aria-hidden="true" focusable="false">{drawn[match.end() :]}'


def _fit(bars: Bars) -> Bars:
    """Return bars that can be drawn: not too many, with short texts of characters that XML may contain.

    vl-convert ends the process at a character that XML may not contain, and fails if it cuts a long text within a
    character of four bytes.
    """
    drawn = set(bars.bars[:MOST])
    rows = [
        {
            **row,
            **{name: _shorten(str(row[name]), limit) for name, limit in ((bars.bar, NAME), (bars.part, PART)) if name},
        }
        for row in bars.rows
        if str(row[bars.bar]) in drawn
    ]
    limits = tuple(LimitLine(limit.at, _shorten(limit.name, PART)) for limit in bars.limits)
    return replace(bars, rows=rows, limits=limits, head=_shorten(bars.head, PART), measure=_shorten(bars.measure, PART))


def _shorten(text: str, limit: int) -> str:
    line = one_line(text)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def spec(bars: Bars) -> Spec:
    """Return the Vega-Lite spec of a chart: horizontal bars, or vertical ones if there are many."""
    many = len(bars.bars) > FEW and not bars.part
    layers = [_vertical(bars)] if many else [_horizontal(bars), *_limits(bars), *_values(bars)]
    size = VERTICAL_HEIGHT if many else _height(bars)
    return {"width": WIDTH, "height": size, "data": {"values": _rows(bars)}, "layer": layers, "config": CONFIG}


def _height(bars: Bars) -> int:
    """Return the height of horizontal bars; those of a group are thinner."""
    if bars.stacked or not bars.parts:
        return BAR * (len(bars.bars) + bars.stacked)
    return BAR_OF_GROUP * len(bars.bars) * len(bars.parts)


def _rows(bars: Bars) -> list[Spec]:
    """Return the data of the chart, one row per bar and part."""
    return [
        {"bar": bar, "part": part, "value": value, "order": order, "shown": text}
        for bar, values, texts in zip(bars.bars, bars.matrix(), bars.texts(), strict=True)
        for order, (part, value, text) in enumerate(zip(_parts(bars) or ("",), values, texts, strict=True))
        if value is not None
    ]


def _parts(bars: Bars) -> list[str]:
    """Return the names of the parts, with their values if all stacked bars have the same."""
    texts = bars.texts()
    if not bars.stacked or any(each != texts[0] for each in texts):
        return list(bars.parts)
    return [f"{part} {text or '0'}" for part, text in zip(bars.parts, texts[0], strict=True)]


def _colour(bars: Bars) -> Spec:
    if not bars.parts:
        return {"value": COLOURS[0]}
    parts = _parts(bars)
    colours = [COLOURS[place % len(COLOURS)] for place in range(len(parts))]
    return {"field": "part", "type": "nominal", "sort": parts, "scale": {"domain": parts, "range": colours}}


def _bar_axis(bars: Bars) -> Spec:
    """Return the axis of the bars."""
    return {"field": "bar", "type": "nominal", "sort": list(bars.bars), "title": None}


def _value_axis(bars: Bars) -> Spec:
    """Return the axis of the values."""
    return {"field": "value", "type": "quantitative", "title": bars.measure, "stack": "zero" if bars.stacked else None}


def _part_offset(bars: Bars) -> Spec:
    """Return the offset of parts that are drawn side by side."""
    return {} if bars.stacked or not bars.parts else {"yOffset": {"field": "part", "sort": _parts(bars)}}


def _horizontal(bars: Bars) -> Spec:
    encoding = {
        "y": _bar_axis(bars),
        "x": _value_axis(bars),
        "color": _colour(bars),
        "order": {"field": "order"},
        **_part_offset(bars),
    }
    return {"mark": "bar", "encoding": encoding}


def _vertical(bars: Bars) -> Spec:
    axis = {**_bar_axis(bars), "axis": {"labelAngle": 0, "values": list(bars.bars[::EACH])}, "title": bars.head}
    return {"mark": "bar", "encoding": {"x": axis, "y": _value_axis(bars), "color": _colour(bars)}}


def _values(bars: Bars) -> list[Spec]:
    """Return the labels at the end of the bars; stacked bars have no labels, because the table lists their parts."""
    if bars.stacked:
        return []
    encoding = {"y": _bar_axis(bars), "x": _value_axis(bars), "text": {"field": "shown"}, **_part_offset(bars)}
    return [{"mark": {"type": "text", "align": "left", "dx": 3}, "encoding": encoding}]


def _limits(bars: Bars) -> list[Spec]:
    """Return the lines across the bars for limits, each with its name above, the last of several on its right."""
    layers: list[Spec] = []
    last = max((limit.at for limit in bars.limits), default=0.0) if len(bars.limits) > 1 else None
    for limit in bars.limits:
        x = {"datum": limit.at, "type": "quantitative"}
        layers.append({"data": ONCE, "mark": "rule", "encoding": {"x": x}})
        align = "left" if limit.at == last else "right"
        text = {"type": "text", "text": limit.name, "y": 0, "dy": -7, "align": align, "baseline": "bottom"}
        layers.append({"data": ONCE, "mark": text, "encoding": {"x": x}})
    return layers
