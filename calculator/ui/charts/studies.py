"""Draw charts of studies: effect of changes and inputs on a figure, spread of a figure, Pareto front."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from calculator.presentation.charts.base import Bars, ChartData, ChartRow, LimitLine, Lines
from calculator.presentation.text import NO_BREAK_SPACE, number
from calculator.ui.charts import drawing
from calculator.ui.charts.base import Bins, Chart, Estimates, Intervals, Points

LINES = 5
"""Largest number of limits that are drawn over an input."""
TALL, BEYOND = 300.0, 1.2
"""Longest axis, in percent, with room for all lines, and how far a shorter one reaches beyond the present values."""
FAR = 4.0
"""Distance of a limit from the values of a chart, in widths of their range, beyond which it is not drawn."""
MARKED = (10, 50, 90)
"""Percentiles that a histogram marks."""
Point = tuple[float, float, str]
"""Design on a Pareto front, as its two figures and its name."""


def tornado(
    title: str, present: float, changes: Sequence[tuple[str, float]], limits: tuple[LimitLine, ...] = (), unit: str = ""
) -> Chart:
    """Draw bars from the present value of a figure to its value after each change, the longest first.

    Parameters
    ----------
    title
        Name of the figure, with its unit.
    present
        Present value of the figure.
    changes
        Name of each change, and the value of the figure after it.
    limits
        Limits of the figure.
    unit
        Unit of the figure in sentences; empty if its name includes it.
    """
    moved = [(name, value) for name, value in changes if value != present]
    if not moved:
        return Chart(f"No change moves this figure: it stays at {_in(unit, present)}.")
    moved.sort(key=lambda change: -abs(change[1] - present))
    widest, value = moved[0]
    near, far = _near(limits, [present, *(value for _, value in moved)])
    finding = f"The largest effect is that of “{widest}”: from {_in(unit, present)} to {_in(unit, value)}.{far}"
    rows = [_interval(name, present, value) for name, value in moved]
    columns = {"name": "Change", "now": "Now", "shown": "Then"}
    described = Intervals(title, finding, rows, measure=title, label="shown", columns=columns, limits=near)
    return drawing.intervals(described)


def swings(
    title: str,
    present: float,
    ends: Sequence[tuple[str, str, float]],
    limits: tuple[LimitLine, ...] = (),
    unit: str = "",
) -> Chart:
    """Draw bars from the present value of a figure to its values at the ends of each input.

    Parameters
    ----------
    title
        Name of the figure, with its unit.
    present
        Present value of the figure.
    ends
        Input, its value as text, and the value of the figure there; the inputs with the widest swing first.
    limits
        Limits of the figure.
    unit
        Unit of the figure in sentences; empty if its name includes it.
    """
    moved = [end for end in ends if end[2] != present]
    if not moved:
        return Chart(f"No input changes this figure: it stays at {_in(unit, present)}.")
    widest = moved[0][0]
    values = [present, *(value for name, _, value in ends if name == widest)]
    low, high, now = (_in(unit, value) for value in (min(values), max(values), present))
    near, far = _near(limits, [present, *(value for _, _, value in moved)])
    finding = f"The largest effect is that of {widest}: {low} to {high}, now {now}.{far}"
    rows = [{**_interval(name, present, value), "at": at} for name, at, value in moved]
    furthest = {(row["name"], row["way"]): row for row in sorted(rows, key=lambda row: abs(row["end"] - present))}
    rows = [{**row, "text": _label(row, rows) if row is furthest[row["name"], row["way"]] else ""} for row in rows]
    columns = {"name": "Input", "at": "At", "now": "Now", "shown": "Then"}
    described = Intervals(title, finding, rows, measure=title, label="text", columns=columns, limits=near)
    return drawing.intervals(described)


def _label(end: ChartRow, rows: Sequence[ChartRow]) -> str:
    """Return the label of the end of a bar, with both ends and their inputs if both lie on the same side."""
    same = [row for row in rows if (row["name"], row["way"]) == (end["name"], end["way"])]
    return str(end["shown"]) if len(same) == 1 else " and ".join(f"{row['shown']} ({row['at']})" for row in same)


def _near(limits: Sequence[LimitLine], values: Sequence[float]) -> tuple[tuple[LimitLine, ...], str]:
    """Return the limits that a chart of some values has room for, and a sentence about the others."""
    low, high = min(values), max(values)
    reach = FAR * (high - low)
    near = tuple(limit for limit in limits if low - reach <= limit.at <= high + reach)
    far = "".join(f" Outside the chart: {limit.name}." for limit in limits if limit not in near)
    return near, far


def _in(unit: str, value: float) -> str:
    """Format a figure of a sentence with its unit."""
    return f"{number(value)}{NO_BREAK_SPACE}{unit}" if unit else number(value)


def _interval(name: str, present: float, value: float) -> ChartRow:
    way = "more" if value > present else "less"
    texts = {"shown": number(value), "now": number(present)}
    return {"name": name, "start": present, "end": value, "way": way, **texts}


def indices(shares: Sequence[tuple[str, float, float, float, float]]) -> Chart:
    """Draw bars of the total index of each input with its bounds, and a tick at the first-order index.

    Parameters
    ----------
    shares
        Input, first-order index, total index and the bounds of the total index; the largest first.
    """
    rows: list[ChartRow] = [
        {
            "name": name,
            "mark": max(0.0, 100 * first),
            "value": 100 * total,
            "low": 100 * low,
            "high": 100 * high,
            "shown": number(total, "share"),
            "alone": number(max(0.0, first), "share"),
            "span": f"{number(low, 'share')} to {number(high, 'share')}",
        }
        for name, first, total, low, high in shares
    ]
    name, share = rows[0]["name"], rows[0]["shown"]
    finding = f"The largest share is that of {name}: {share} of the variance, together with other inputs."
    columns = {"name": "Input", "alone": "Alone", "shown": "With others", "span": "95 % range"}
    return drawing.estimates(Estimates("Indices", finding, rows, measure="share of variance, %", columns=columns))


def _in_words(unit: str, marks: Mapping[int, float | None]) -> str:
    """Return a sentence about the marked percentiles that have a value."""
    low, middle, high = (marks[percent] for percent in MARKED)
    if low is None:
        return "It has a value in fewer than one of ten draws."
    if middle is None:
        return f"It is {_in(unit, low)} or less in one of ten draws, and has no value in more than half of them."
    half = f"It is {_in(unit, middle)} or less in half of the draws"
    if high is None:
        return f"{half}, {_in(unit, low)} or less in one of ten, and has no value in more than one of ten."
    return f"{half}, and from {_in(unit, low)} to {_in(unit, high)} in eight of ten."


def histogram(
    title: str,
    bars: Sequence[tuple[float, float, float]],
    marks: Mapping[int, float | None],
    limits: tuple[LimitLine, ...] = (),
    unit: str = "",
) -> Chart:
    """Draw how often a figure has a value, with its 10th, 50th and 90th percentile and its limits as lines.

    Parameters
    ----------
    title
        Name of the figure, with its unit.
    bars
        Start and end of each interval, and its share of the draws. Start and end of a single value are equal.
    marks
        The values of `MARKED` percentiles; None for one that has no value, which counts as higher than all others.
    limits
        Limits of the figure.
    unit
        Unit of the figure in sentences; empty if its name includes it.
    """
    single = all(low == high for low, high, _ in bars)
    rows: list[ChartRow] = [
        {
            "value": float(f"{low:.6g}"),
            "low": low,
            "high": high,
            "count": 100 * share,
            "often": number(share, "share"),
            "shown": number(low) if single else f"{number(low)} to {number(high)}",
        }
        for low, high, share in bars
    ]
    if len(rows) == 1:
        every = "all draws that have the figure" if None in marks.values() else "all draws"
        return Chart(f"It is {_in(unit, rows[0]['low'])} in {every}.")
    limits, far = _near(limits, [rows[0]["low"], rows[-1]["high"]])
    finding = f"{_in_words(unit, marks)}{far}"
    measure, columns = "draws, %", {"shown": "Figure", "often": "Draws"}
    table = [{head: str(row[name]) for name, head in columns.items()} for row in rows]
    if not single:
        lines = tuple(LimitLine(value, f"P{percent}") for percent, value in marks.items() if value is not None)
        described = Bins(
            title, finding, rows, measure=title, count_measure=measure, columns=columns, limits=(*lines, *limits)
        )
        return drawing.bins(described, table)
    return drawing.bars(
        Bars(title, finding, rows, bar="value", value="count", head=title, measure=measure, columns=columns)
    )


def shape(low: float, high: float, heights: Sequence[float], unit: str) -> Chart:
    """Draw the distribution of an input as a small picture.

    Parameters
    ----------
    low, high
        Lowest and highest value.
    heights
        How likely the values are from the lowest to the highest one.
    unit
        Unit of the values, for the finding.
    """
    step = (high - low) / max(len(heights) - 1, 1)
    rows: list[ChartRow] = [{"x": low + place * step, "y": height} for place, height in enumerate(heights)]
    return drawing.area(ChartData("Distribution", f"{number(low)} to {number(high)} {unit}".strip() + ".", rows))


def use_of_limits(
    title: str,
    finding: str,
    values: Sequence[tuple[float, str, float]],
    names: Mapping[str, str],
    order: Sequence[str],
    now: float,
    largest: float | None,
) -> Chart:
    """Draw how much of each limit is used over the values of an input, with the present and the largest value.

    Parameters
    ----------
    title
        Name of the input, with its unit.
    finding
        What the chart shows.
    values
        Value of the input, name of a limit and the share of it that is used.
    names
        Titles of the limits by name.
    order
        Names of the limits that are reached, the first to be reached first. Lines are drawn for the first ones.
    now, largest
        Present value of the input, and the largest one that keeps all limits; None if there is none.
    """
    measured = list(dict.fromkeys(limit for _, limit, _ in values))
    drawn = _reached(values, order)[:LINES] or measured[:LINES]
    rows: list[ChartRow] = [
        {"at": value, "limit": names[limit], "percent": 100 * used, "shown": number(used, "share")}
        for value, limit, used in values
        if limit in drawn
    ]
    highest, top = max((row["percent"] for row in rows), default=0.0), None
    if highest > TALL:
        top = _axis_end(BEYOND * max([100.0, *(row["percent"] for row in rows if row["at"] <= now)]))
        finding += f" Lines that leave the chart are above {number(top / 100, 'share')} there."
    marks = [LimitLine(now, f"now {number(now)}")]
    marks += [LimitLine(largest, f"holds {number(largest)}", hard=True)] if largest is not None else []
    described = Lines(
        title,
        finding,
        rows,
        line="limit",
        time="at",
        value="percent",
        head="Limit",
        time_head=title,
        measure="limit used, %",
        shown_unit="Used",
        series=tuple(names[limit] for limit in drawn),
        limits=(LimitLine(100.0, "limit", hard=True),),
        marks=tuple(marks),
        top=top,
    )
    return drawing.lines(described, time_title=title)


def _axis_end(value: float) -> float:
    """Round up the end of an axis to one of its ticks."""
    step = 10.0 ** math.floor(math.log10(value)) / 2
    return math.ceil(value / step) * step


def limits_left_out(values: Sequence[tuple[float, str, float]], order: Sequence[str]) -> list[str]:
    """Return the names of the limits that `use_of_limits` does not draw although they are reached."""
    return _reached(values, order)[LINES:]


def _reached(values: Sequence[tuple[float, str, float]], order: Sequence[str]) -> list[str]:
    measured = {limit for _, limit, _ in values}
    return [limit for limit in order if limit in measured]


def front(first: str, second: str, designs: Sequence[Point]) -> Chart:
    """Draw a Pareto front, from the best design in the first figure to the best one in the second.

    Parameters
    ----------
    first, second
        Names of the two figures, with their units.
    designs
        The designs of the front. A single one is described and not drawn.
    """
    if not designs:
        return Chart("There is no design to draw: none is within the limits, or a figure does not apply.")
    rows: list[ChartRow] = [
        {"x": x, "y": y, "design": name, "x_shown": number(x), "y_shown": number(y)} for x, y, name in designs
    ]
    start, end = rows[0], rows[-1]
    if len(rows) == 1:
        return Chart(f"One design beats all others: {start['x_shown']} ({first}) and {start['y_shown']} ({second}).")
    finding = (
        f"No other design is better in both figures than these {len(rows)}. They range from {start['x_shown']} "
        f"({first}) and {start['y_shown']} ({second}) to {end['x_shown']} and {end['y_shown']}."
    )
    columns = {"design": "Design", "x_shown": first, "y_shown": second}
    table = [{title: str(row[name]) for name, title in columns.items()} for row in rows]
    return drawing.points(Points("Pareto front", finding, rows, (first, second), columns), table)
