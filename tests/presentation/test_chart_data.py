"""Bars as data: their order, their values by bar and part, and the databases of the servers after a failure."""

from __future__ import annotations

from calculator.engine.sizing import size
from calculator.layout import layout
from calculator.presentation.charts import copies, servers
from calculator.presentation.charts.base import Bars
from calculator.rules.constants import scalar

ROWS = [
    {"tier": "A", "part": "low", "MB": 1.0, "order": 0},
    {"tier": "A", "part": "high", "MB": 3.0, "order": 2},
    {"tier": "B", "part": "middle", "MB": 2.0, "order": 1},
]


def test_parts_are_in_their_order_within_a_bar_whichever_bar_has_them():
    bars = Bars("Title", "Finding.", ROWS, "tier", "part", "MB")
    assert bars.bars == ("A", "B")
    assert bars.parts == ("low", "middle", "high")
    assert bars.matrix() == [[1.0, None, 3.0], [None, 2.0, None]]


def test_whole_bars_have_a_value_each():
    bars = Bars("Title", "Finding.", [{"hour": 9, "logs": 5.0}, {"hour": 8, "logs": 7.0}], "hour", "", "logs")
    assert (bars.bars, bars.parts, bars.matrix()) == (("9", "8"), (), [[5.0], [7.0]])


def test_no_rows_are_no_bars():
    assert (Bars("Title", "n/a.").bars, Bars("Title", "n/a.").matrix()) == ((), [])


def test_databases_of_the_servers_after_a_failure():
    """24 databases of 3 copies on 4 servers: 6 each, and the 6 of a failed server go to the three others evenly."""
    dag = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
    bars = copies.after_failure(dag.fail(), dag.fail("server:1"), "After 1 failed")
    assert bars.parts == ("All servers run", "After 1 failed")
    assert bars.matrix() == [[6.0, 0.0], [6.0, 8.0], [6.0, 8.0], [6.0, 8.0]]
    assert bars.finding == "After the failure most databases are active on 2: 8."
    assert bars.limits == ()


def test_limits_are_the_disk_the_advice_and_the_bays():
    plan = size({"tiers.1.mailboxes": 5000, "servers.primary.drive_bays": 12})
    [disk] = servers.volume(plan).limits
    assert (disk.at, disk.name) == (plan["storage_database_disk_formatted.primary"], "disk 3,725 GB")
    assert [limit.at for limit in servers.cpu(plan).limits] == [100 * scalar("highest_cpu_utilization"), 100]
    assert [limit.at for limit in servers.memory(plan).limits] == [scalar("largest_server_memory")]
    assert [(limit.at, limit.name) for limit in servers.disks(plan).limits] == [(12.0, "drive bays")]
