"""Charts of servers: what fills a volume, CPU in each failure, memory and disks by what they are for."""

from __future__ import annotations

import functools

import altair as alt

from calculator.engine.sizing import SizedDesign
from calculator.presentation.charts import servers
from calculator.presentation.charts.servers import MEMORY_PARTS, SIDES, VOLUME_PARTS, sides
from calculator.presentation.text import percent
from calculator.rules.constants import scalar
from calculator.ui.charts.base import BAR_HEIGHT, HEIGHT, Chart, Spec, drawn, legend, text_colour, without_data

# --- volume --------------------------------------------------------------------------------------


def volume(design: SizedDesign) -> Chart:
    """Parts of a database volume in GB, and the disk below it."""
    return drawn(servers.volume(design), lambda bars: _volume_spec(text_colour(), bars.parts))


@functools.cache
def _volume_spec(colour: str, shown: tuple[str, ...]) -> Spec:
    """One bar, stacked by part, with a rule at the formatted disk; a part has its colour in every design."""
    parts = [name for name, _ in VOLUME_PARTS]
    base = alt.Chart().properties(height=BAR_HEIGHT)
    bars = base.mark_bar().encode(
        y=alt.Y("bar:N", title=None, axis=None, scale=alt.Scale(paddingOuter=0.6)),
        x=alt.X("GB:Q", stack="zero", title="GB of a database volume"),
        color=alt.Color(
            "part:N", sort=parts, scale=alt.Scale(domain=parts), title=None, legend=legend(3, values=list(shown))
        ),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("part:N", title="Part"), alt.Tooltip("shown:N", title="GB")],
    )
    rule = base.mark_rule(color=colour, strokeWidth=2, strokeDash=[4, 3]).encode(x="max(disk):Q")
    name = base.mark_text(color=colour, align="right", dx=-6, baseline="top", y=0).encode(
        x="max(disk):Q", text="max(label):N"
    )
    return without_data(alt.layer(bars, rule, name))


# --- CPU -----------------------------------------------------------------------------------------


def cpu(design: SizedDesign) -> Chart:
    """CPU of a server in each failure mode and datacenter, against 80 and 100 %."""
    return drawn(servers.cpu(design), lambda bars: _cpu_spec(text_colour(), bars.bars, sides(design)))


@functools.cache
def _cpu_spec(colour: str, modes: tuple[str, ...], datacenters: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=HEIGHT)
    bars = base.mark_bar().encode(
        x=alt.X("mode:N", sort=list(modes), title=None, axis=alt.Axis(labelAngle=0, labelLimit=90)),
        y=alt.Y("cpu:Q", title="CPU of a server, %"),
        xOffset=alt.XOffset("side:N", sort=list(datacenters)),
        color=alt.Color(
            "side:N", sort=list(datacenters), scale=alt.Scale(domain=list(datacenters)), title=None, legend=legend(2)
        ),
        tooltip=[
            alt.Tooltip("mode:N", title="Mode"),
            alt.Tooltip("side:N", title="Datacenter"),
            alt.Tooltip("shown:N", title="CPU"),
            alt.Tooltip("active:N", title="Active, megacycles"),
            alt.Tooltip("passive:N", title="Passive, megacycles"),
            alt.Tooltip("cas:N", title="Client Access, megacycles"),
        ],
    )
    labels = base.mark_text(color=colour, dy=-6, fontSize=11).encode(
        x=alt.X("mode:N", sort=list(modes)),
        y="cpu:Q",
        xOffset=alt.XOffset("side:N", sort=list(datacenters)),
        text="shown:N",
    )
    limit = percent(scalar("highest_cpu_utilization"))
    rules = [
        base.mark_rule(color=colour, strokeDash=dash).encode(y=alt.datum(at))
        for at, dash in ((limit, [4, 3]), (100, [1, 0]))
    ]
    return without_data(alt.layer(bars, labels, *rules))


# --- memory --------------------------------------------------------------------------------------


def memory(design: SizedDesign) -> Chart:
    """Memory of a server by what it is for, a bar a datacenter, against the most advised."""
    return drawn(servers.memory(design), lambda bars: _memory_spec(text_colour(), len(bars.bars)))


@functools.cache
def _memory_spec(colour: str, bars: int) -> Spec:
    parts = [part for part, _ in MEMORY_PARTS]
    base = alt.Chart().properties(height=120 + 40 * bars)
    stack = base.mark_bar().encode(
        y=alt.Y("side:N", sort=list(SIDES), title=None),
        x=alt.X("GB:Q", stack="zero", title="GB of memory a server"),
        color=alt.Color("part:N", sort=parts, scale=alt.Scale(domain=parts), title=None, legend=legend(2)),
        order=alt.Order("order:Q"),
        tooltip=[
            alt.Tooltip("side:N", title="Datacenter"),
            alt.Tooltip("part:N", title="For"),
            alt.Tooltip("shown:N", title="GB"),
        ],
    )
    rule = base.mark_rule(color=colour, strokeDash=[4, 3]).encode(x=alt.datum(scalar("largest_server_memory")))
    return without_data(alt.layer(stack, rule))


# --- disks ---------------------------------------------------------------------------------------


def disks(design: SizedDesign) -> Chart:
    """Disks of a server by what they are for, a bar a datacenter, against its drive bays."""
    return drawn(servers.disks(design), lambda bars: _disks_spec(text_colour(), bars.parts, len(bars.bars)))


@functools.cache
def _disks_spec(colour: str, parts: tuple[str, ...], bars: int) -> Spec:
    base = alt.Chart().properties(height=120 + 40 * bars)
    stack = base.mark_bar().encode(
        y=alt.Y("side:N", sort=list(SIDES), title=None),
        x=alt.X("disks:Q", stack="zero", title="disks of a server", axis=alt.Axis(tickMinStep=1)),
        color=alt.Color("part:N", sort=list(parts), scale=alt.Scale(domain=list(parts)), title=None, legend=legend(4)),
        order=alt.Order("order:Q"),
        tooltip=[
            alt.Tooltip("side:N", title="Datacenter"),
            alt.Tooltip("part:N", title="For"),
            alt.Tooltip("shown:N", title="Disks"),
        ],
    )
    rule = base.mark_rule(color=colour, strokeDash=[4, 3]).encode(x="max(bays):Q")
    return without_data(alt.layer(stack, rule))
