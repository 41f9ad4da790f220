"""Draw the copies on the servers as SVG: one column per server, one line per database or kind of copy."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from calculator.exporters.report.content import one_line
from calculator.presentation.charts.base import HeatMap

COLOURS = ("#0072B2", "#8FC7E8", "#E69F00", "#8C8C8C")
"""Colour of each kind of cell, in the order of the kinds; all are visible on white and on black."""
TEXTS = ("#ffffff", "#101418", "#101418", "#101418")
"""Colour of the text in each kind of cell."""
INK, SCALE = "#1b1f24", 2.0
"""Colour of texts on white, and number of pixels of the PNG per unit of the SVG."""
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
WIDTH, NAMES, LINE, GROUP, GAP, LEGEND = 960, 84, 15, 18, 2, 26
"""Widths of the picture and of database names; heights of a line, of group names and of the legend; gap of groups."""
CHARACTER, DATABASE_CHARACTERS = 7.0, 11
"""Width of a character in a name, and the largest number of characters of the name of a database."""


def svg(drawn: HeatMap) -> str:
    """Return the picture as an SVG element that scales to its container and takes the colour of the text."""
    total = _height(drawn)
    size = f'viewBox="0 0 {WIDTH} {total}" width="{WIDTH}" height="{total}"'
    parts = [*_servers(drawn), *_databases(drawn), *_cells(drawn), *_legend(drawn, total)]
    style = f'font-family="{FONT}" font-size="12" fill="currentColor"'
    return f'<svg {size} {style} aria-hidden="true" focusable="false">{"".join(parts)}</svg>'


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(one_line(text))}</text>'


def _top(drawn: HeatMap) -> int:
    """Return the height of the space above the cells, for the names of the servers and of their groups."""
    return LINE + 4 + (GROUP if drawn.groups else 0)


def _height(drawn: HeatMap) -> int:
    return _top(drawn) + LINE * len(drawn.names_down) + (LEGEND if _has_legend(drawn) else 0)


def _has_legend(drawn: HeatMap) -> bool:
    """Return whether the picture has a legend: not if its lines are named after the kinds of cells."""
    return not set(drawn.names_down) <= set(drawn.kinds)


def _step(drawn: HeatMap) -> float:
    """Return the width of a column."""
    return (WIDTH - NAMES) / max(len(drawn.names_across), 1)


def _left(drawn: HeatMap, column: int) -> float:
    """Return the horizontal position at which a column begins."""
    return NAMES + column * _step(drawn)


def _servers(drawn: HeatMap) -> Iterator[str]:
    step, top, first = _step(drawn), _top(drawn), 0
    most = max(int(step / CHARACTER), 1)
    for name, columns in drawn.groups:
        left, right = _left(drawn, first), _left(drawn, first + columns) - 4 * GAP
        yield _text((left + right) / 2, GROUP - 6, name, ' text-anchor="middle" font-weight="bold"')
        yield f'<rect x="{left:.1f}" y="{GROUP - 2}" width="{right - left:.1f}" height="1.5"/>'
        first += columns
    for place, name in enumerate(drawn.names_across):
        yield _text(_left(drawn, place) + step / 2, top - 5, _shorten(name, most), ' text-anchor="middle"')


def _databases(drawn: HeatMap) -> Iterator[str]:
    for line, name in enumerate(drawn.names_down):
        y = _top(drawn) + (line + 1) * LINE - 4
        yield _text(NAMES - 6, y, _shorten(name, DATABASE_CHARACTERS), ' text-anchor="end"')


def _cells(drawn: HeatMap) -> Iterator[str]:
    step, top = _step(drawn), _top(drawn)
    columns = {name: place for place, name in enumerate(drawn.names_across)}
    lines = {name: place for place, name in enumerate(drawn.names_down)}
    for row in drawn.rows:
        kind = drawn.kinds.index(str(row[drawn.kind]))
        x, y = _left(drawn, columns[str(row[drawn.across])]), top + lines[str(row[drawn.down])] * LINE
        box = f'x="{x:.1f}" y="{y}" width="{step - GAP:.1f}" height="{LINE - GAP}"'
        yield f'<rect {box} fill="{COLOURS[kind]}"/>'
        look = f' text-anchor="middle" fill="{TEXTS[kind]}"'
        yield _text(x + step / 2, y + LINE - 4, str(row[drawn.text]), look)


def _legend(drawn: HeatMap, total: int) -> Iterator[str]:
    """Yield the legend: the kinds of cells in the picture, with their colours."""
    if not _has_legend(drawn):
        return
    found, x = {str(row[drawn.kind]) for row in drawn.rows}, float(NAMES)
    for kind, colour in zip(drawn.kinds, COLOURS, strict=False):
        if kind in found:
            yield f'<rect x="{x:.1f}" y="{total - 17}" width="12" height="12" fill="{colour}"/>'
            yield _text(x + 18, total - 7, kind)
            x += 36 + len(kind) * CHARACTER


def _shorten(text: str, most: int) -> str:
    line = one_line(text)
    return line if len(line) <= most else f"{line[: max(most - 1, 1)]}\u2026"


def png(drawn: HeatMap) -> tuple[bytes, float]:
    """Return the picture as a PNG on white at twice the size of its SVG, and its height in pixels."""
    import vl_convert  # slow to import, and needed only for a workbook

    text = svg(drawn).replace("currentColor", INK)
    text = text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return vl_convert.svg_to_png(text, scale=SCALE), _height(drawn) * SCALE
