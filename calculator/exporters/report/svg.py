"""Bars as an SVG picture: a Vega-Lite spec, drawn without a browser and without a network."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from calculator.exporters.report.content import one_line
from calculator.presentation.charts.base import Bars, LimitLine
from calculator.presentation.text import number

Spec = dict[str, Any]
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#B8A800", "#882255")
"""Okabe and Ito's, told apart by the colour-blind too, and three more; each shows on white and on black."""
INK = "currentColor"
"""Texts and lines take the colour of the page's text, in the light and in the dark."""
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Fonts that are equally wide, one of which most systems have."""
ONCE: Spec = {"values": [{}]}
"""Data of what is drawn once, not for every bar."""
WIDTH, UPRIGHT_HEIGHT, BAR, FEW, EACH = 330, 170, 26, 12, 3
MOST = 30
"""Bars of a picture; the table beside it has them all."""
NAME, PART = 22, 40
"""Characters shown of the name of a bar, and of other texts."""
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
    """The picture, to be put into a page: it takes the width it is given and the colour of the text."""
    import vl_convert  # slow to import, and needed only where a chart is drawn

    drawn = vl_convert.vegalite_to_svg(spec(_fit(bars)))
    match = re.match(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"[^>]*>', drawn)
    assert match is not None
    size = f'viewBox="0 0 {match[1]} {match[2]}" width="{match[1]}" height="{match[2]}"'
    return f'<svg {size} aria-hidden="true" focusable="false">{drawn[match.end() :]}'


def _fit(bars: Bars) -> Bars:
    """Bars that can be drawn: not too many, no text of them too long, and XML may hold all their characters.

    What draws them ends the process at a character XML may not hold, and fails where it cuts a long text within a
    character of four bytes.
    """
    drawn = set(bars.bars[:MOST])
    rows = [
        {**row, **{name: _brief(str(row[name]), most) for name, most in ((bars.bar, NAME), (bars.part, PART)) if name}}
        for row in bars.rows
        if str(row[bars.bar]) in drawn
    ]
    limits = tuple(LimitLine(limit.at, _brief(limit.name, PART)) for limit in bars.limits)
    return replace(bars, rows=rows, limits=limits, head=_brief(bars.head, PART), measure=_brief(bars.measure, PART))


def _brief(text: str, most: int) -> str:
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def spec(bars: Bars) -> Spec:
    """Vega-Lite spec of the bars: lying ones with a name each, upright ones where there are many."""
    many = len(bars.bars) > FEW and not bars.part
    layers = [_upright(bars)] if many else [_lying(bars), *_limits(bars), *_values(bars)]
    size = UPRIGHT_HEIGHT if many else BAR * _lines(bars)
    return {"width": WIDTH, "height": size, "data": {"values": _rows(bars)}, "layer": layers, "config": CONFIG}


def _lines(bars: Bars) -> int:
    """Bars below one another."""
    return len(bars.bars) * (1 if bars.stacked or not bars.parts else len(bars.parts)) + bars.stacked


def _rows(bars: Bars) -> list[Spec]:
    """Rows of the picture."""
    return [
        {"bar": bar, "part": part, "value": value, "order": order, "shown": number(value)}
        for bar, values in zip(bars.bars, bars.matrix(), strict=True)
        for order, (part, value) in enumerate(zip(_parts(bars) or ("",), values, strict=True))
        if value is not None
    ]


def _parts(bars: Bars) -> list[str]:
    """Names of the parts; of a single stacked bar with their values."""
    if len(bars.bars) > 1 or not bars.stacked:
        return list(bars.parts)
    return [f"{part} {number(value or 0)}" for part, value in zip(bars.parts, bars.matrix()[0], strict=True)]


def _colour(bars: Bars) -> Spec:
    if not bars.parts:
        return {"value": COLOURS[0]}
    parts = _parts(bars)
    colours = [COLOURS[place % len(COLOURS)] for place in range(len(parts))]
    return {"field": "part", "type": "nominal", "sort": parts, "scale": {"domain": parts, "range": colours}}


def _across(bars: Bars) -> Spec:
    """The axis of the bars."""
    return {"field": "bar", "type": "nominal", "sort": list(bars.bars), "title": None}


def _along(bars: Bars) -> Spec:
    """The axis of the values."""
    return {"field": "value", "type": "quantitative", "title": bars.measure, "stack": "zero" if bars.stacked else None}


def _beside(bars: Bars) -> Spec:
    """Where parts stand side by side: their place."""
    return {} if bars.stacked or not bars.parts else {"yOffset": {"field": "part", "sort": _parts(bars)}}


def _lying(bars: Bars) -> Spec:
    encoding = {
        "y": _across(bars),
        "x": _along(bars),
        "color": _colour(bars),
        "order": {"field": "order"},
        **_beside(bars),
    }
    return {"mark": "bar", "encoding": encoding}


def _upright(bars: Bars) -> Spec:
    across = {**_across(bars), "axis": {"labelAngle": 0, "values": list(bars.bars[::EACH])}, "title": bars.head}
    return {"mark": "bar", "encoding": {"x": across, "y": _along(bars), "color": _colour(bars)}}


def _values(bars: Bars) -> list[Spec]:
    """The value at the end of each bar; not of stacked ones, whose parts are in the table."""
    if bars.stacked:
        return []
    encoding = {"y": _across(bars), "x": _along(bars), "text": {"field": "shown"}, **_beside(bars)}
    return [{"mark": {"type": "text", "align": "left", "dx": 3}, "encoding": encoding}]


def _limits(bars: Bars) -> list[Spec]:
    """Lines across with their name above."""
    layers: list[Spec] = []
    for limit in bars.limits:
        x = {"datum": limit.at, "type": "quantitative"}
        layers.append({"data": ONCE, "mark": "rule", "encoding": {"x": x}})
        text = {"type": "text", "text": limit.name, "y": 0, "dy": -7, "align": "right", "baseline": "bottom"}
        layers.append({"data": ONCE, "mark": text, "encoding": {"x": x}})
    return layers
