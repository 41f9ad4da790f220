"""Charts as data: order, values, limits and tables of bars, lines over time, and the copies of a layout."""

from __future__ import annotations

import re

import pytest
from support.paths import PROFILES

from calculator.engine.sizing import size
from calculator.layout import combinations, layout
from calculator.presentation.charts import batch, copies, mailbox, servers
from calculator.presentation.charts.base import Bars
from calculator.presentation.text import number
from calculator.rules.constants import scalar
from calculator.studies.quick_start import TWO_ACTIVE, Answers, make_profile

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
    assert bars.finding == "Most active databases after the failure: 8, on 2 and 2 others."
    assert bars.limits == ()


def test_limits_are_the_disk_the_advice_and_the_bays():
    plan = size({"tiers.1.mailboxes": 5000, "servers.primary.drive_bays": 12})
    [disk] = servers.volume(plan).limits
    assert (disk.at, disk.name) == (plan["storage_database_disk_formatted.primary"], "disk 3,725 GB")
    assert [limit.at for limit in servers.cpu(plan).limits] == [100 * scalar("highest_cpu_utilization"), 100]
    assert [limit.at for limit in servers.memory(plan).limits] == [96]
    assert [(limit.at, limit.name) for limit in servers.disks(plan).limits] == [(12.0, "12 drive bays")]


def test_the_chart_of_disks_says_that_ssds_need_further_slots():
    assert servers.disks(size("example:exchange_2019")).finding == (
        "A server needs 14 drive bays, including those of the system disks. Its 4 SSDs need slots of their own."
    )


def test_every_limit_is_one_that_can_be_passed_or_one_that_cannot():
    plan = size({"tiers.1.mailboxes": 5000, "servers.primary.drive_bays": 12})
    assert [limit.hard for limit in servers.volume(plan).limits] == [True]
    assert [limit.hard for limit in servers.cpu(plan).limits] == [False, True]
    assert [limit.hard for limit in servers.memory(plan).limits] == [False]
    assert [limit.hard for limit in servers.disks(plan).limits] == [True]


def test_a_part_has_its_place_in_the_series_of_every_design():
    plan = size({"tiers.1.mailboxes": 5000})
    for bars in (mailbox.make_up(plan), servers.volume(plan), servers.cpu(plan), servers.memory(plan)):
        assert bars.parts == tuple(part for part in bars.series if part in bars.parts)


def test_the_table_says_what_the_columns_name():
    [first, *_] = servers.cpu(size({"tiers.1.mailboxes": 5000})).table
    assert list(first) == [
        "Mode",
        "Datacenter",
        "CPU",
        "Active, megacycles",
        "Passive, megacycles",
        "Client Access, megacycles",
    ]
    assert (first["Mode"], first["Datacenter"]) == ("Normal", "Primary")


def test_logs_by_hour_begin_at_midnight():
    plan = size({"tiers.1.mailboxes": 5000})
    bars = servers.logs_by_hour(plan)
    assert bars.bars == tuple(str(hour) for hour in range(24))
    assert [value for [value] in bars.matrix()] == [plan[f"replication_hourly_logs.{hour}"] for hour in range(1, 25)]
    busiest = max(bars.rows, key=lambda row: row["logs"])
    assert bars.finding.startswith(f"The busiest hour begins at {busiest['hour']:02}:00, with {busiest['shown']} logs")


def test_a_mailbox_grows_by_the_share_of_its_mail_that_is_kept():
    plan = size({"tiers.1.mailboxes": 100, "tiers.1.mailbox_size_limit": 2048})
    lines = mailbox.growth(plan, 1)
    assert lines.series == ("60 % kept", "80 % kept", "100 % kept")
    assert [(limit.at, limit.name) for limit in lines.limits] == [(2.0, "quota 2 GB")]
    assert {row["month"] for row in lines.rows} == set(range(0, 37, 3))
    assert list(lines.table[0]) == ["Month", "60 % kept, GB", "80 % kept, GB", "100 % kept, GB"]
    assert [row["Month"] for row in lines.table] == [str(month) for month in range(0, 37, 3)]
    assert lines.table[-1]["100 % kept, GB"] == number(plan["tiers.1.mailbox_size_by_month.100.36"])
    assert lines.table[4]["60 % kept, GB"] == number(plan["tiers.1.mailbox_size_by_month.60.12"])


@pytest.mark.parametrize(("horizon", "months"), [(1, [0, 1]), (37, [*range(0, 37, 4), 37]), (240, range(0, 241, 20))])
def test_the_growth_of_a_mailbox_ends_with_the_plan(horizon, months):
    plan = size({"tiers.1.mailboxes": 100, "guidance.planning_horizon": horizon})
    assert [int(row["Month"]) for row in mailbox.growth(plan, 1).table] == list(months)


START_2_GB = {"tiers.1.initial_mailbox_size": 2048}
WORKBOOK = "for another limit: it compares the mail with the size of the mailbox on disk"


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        (
            {},
            "If all mail is kept, a mailbox reaches its quota after 32.3 months, before the plan ends at month 36. "
            f"Microsoft's workbook gives 33.8 months {WORKBOOK}.",
        ),
        (
            {**START_2_GB, "guidance.planning_horizon": 12},
            "If all mail is kept, a mailbox reaches its quota after 19.4 months, after the plan ends at month 12. "
            f"Microsoft's workbook gives 16.3 months {WORKBOOK} and counts the initial size again in every year.",
        ),
        (
            {**START_2_GB, "guidance.oddities": "corrected"},
            "If all mail is kept, a mailbox reaches its quota after 19.4 months, before the plan ends at month 36.",
        ),
        ({"tiers.1.initial_mailbox_size": 6144}, "A mailbox has reached its quota on the first day."),
    ],
)
def test_the_month_in_which_a_mailbox_is_full_is_that_of_the_line(given, finding):
    plan = size({"tiers.1.mailboxes": 100, "tiers.1.mailbox_size_limit": 5120, **given})
    lines = mailbox.growth(plan, 1)
    assert lines.finding == finding
    whole = {row["month"]: row["GB"] for row in lines.rows if row["kept"] == "100 % kept"}
    end, start = whole[max(whole)], whole[0]
    if found := re.search(r"after ([\d.]+) months", finding):
        assert number((5 - start) / (end - start) * max(whole)) == found[1]


def test_recoverable_items_are_level_once_the_window_is_full():
    plan = size({"tiers.1.mailboxes": 100})
    lines = mailbox.dumpster_growth(plan, 1)
    assert lines.series == ("Purges, Versions and calendar", "Microsoft's workbook")
    assert lines.finding == (
        "The retention window is full after 2 weeks: 234 MB by folder, 318 MB by the model of Microsoft's workbook. In "
        "both, versions of calendar items take 154 MB from the start. From 20 GB of Recoverable "
        "Items on, Exchange removes the oldest first; at 30 GB deletions fail."
    )
    assert lines.limits == ()
    window = plan["tiers.1.retention_weeks"]
    points = {row["week"]: row["size"] for row in lines.rows if row["model"] == lines.series[0]}
    full = plan["tiers.1.dumpster_purges_versions"]
    assert points == pytest.approx({0: plan["tiers.1.dumpster_calendar"], window: full, 2 * window: full})
    assert [row["label"] for row in lines.rows if row["label"]] == [
        f"{number(full)} MB",
        f"{number(plan['tiers.1.dumpster_calculator'])} MB",
    ]


def test_recoverable_items_are_named_by_the_folders_that_have_any():
    without = {"tiers.1.single_item_recovery": False, "tiers.1.calendar_versioning": False}
    plan = size({"tiers.1.mailboxes": 100, **without})
    lines = mailbox.dumpster_growth(plan, 1)
    assert lines.series == ("Deletions", "Microsoft's workbook")
    assert "calendar" not in lines.finding


def test_on_hold_recoverable_items_grow_to_the_horizon_within_the_limits_of_exchange():
    plan = size({"tiers.1.mailboxes": 100, "tiers.1.litigation_hold": True})
    lines = mailbox.dumpster_growth(plan, 1)
    assert lines.series == ("On hold",)
    assert [(limit.at, limit.hard) for limit in lines.limits] == [(20.0, False), (30.0, True)]
    assert [row["week"] for row in lines.rows] == [0.0, plan["horizon_weeks"]]
    assert lines.table[-1]["On hold, GB"] == number(plan["tiers.1.dumpster_uncapped"] / 1024)


def test_the_copies_of_a_layout_and_what_is_active():
    """24 databases of 3 copies on 4 servers, as above."""
    dag = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
    cells = copies.placement(dag.fail("server:1"), 1, 2)
    assert (cells.names_across, cells.names_down) == (("1", "2", "3", "4"), ("1", "2"))
    assert len(cells.rows) == 2 * 3
    assert {row["kind"] for row in cells.rows if row["server"] == "1"} <= {copies.DOWN}
    assert [row["kind"] for row in cells.rows if row["server"] == "2"] == [copies.MOVED, copies.ACTIVE]
    assert (cells.marked_across, cells.marked_down) == (("1",), ("1",))
    bars = copies.active(dag.fail("server:1"), dag.fail())
    assert [(row["active"], row[bars.mark], row["state"]) for row in bars.rows] == [
        (0, 6, "failed"),
        (8, 6, "runs"),
        (8, 6, "runs"),
        (8, 6, "runs"),
    ]
    assert bars.finding.startswith("Most active databases: 8, on 2 and 2 others.")


def test_servers_that_run_without_an_active_database_have_no_cpu_figure(sized):
    dag = layout(sized("active_active"))
    bars = copies.cpu(dag.fail("datacenter:primary,server:SRV06"), dag.fail(), 0.8)
    assert [row["shown"] for row in bars.rows] == ["failed"] * 6 + ["without quorum"] * 4
    assert bars.finding.startswith("No database is active, so there is no CPU figure.")


def test_servers_without_a_link_are_cut_off_in_both_charts(sized):
    dag = layout(sized("active_active"))
    after = dag.fail("wan:primary,server:SRV01")
    words = ["failed"] + ["cut off"] * 4 + ["runs"] * 5
    assert copies.server_states(after) == words
    shown = [row["label"] for row in copies.active(after, dag.fail()).rows]
    assert shown[:5] == [row["shown"] for row in copies.cpu(after, dag.fail(), 0.8).rows][:5] == words[:5]


def test_no_server_is_cut_off_from_a_majority_that_does_not_exist(sized):
    dag = layout(sized("active_active"))
    words = copies.server_states(dag.fail("wan:primary,witness,server:SRV01"))
    assert words == ["failed"] + ["without quorum"] * 9


def test_cpu_of_the_servers_after_a_failure():
    plan = size({"tiers.1.mailboxes": 5000})
    dag = layout(plan)
    name = str(dag.server_names[0])
    bars = copies.cpu(dag.fail(f"server:{name}"), dag.fail(), 0.8)
    first, second, *_ = bars.rows
    assert (first["server"], first["cpu"], first["shown"]) == (name, 0.0, "failed")
    assert second["cpu"] >= second["normal"] > 0
    assert [limit.name for limit in bars.limits] == ["80\u00a0% advised", "100\u00a0%"]
    every = ",".join(f"server:{name}" for name in dag.server_names)
    none = copies.cpu(dag.fail(every), dag.fail(), 0.8)
    assert {row["shown"] for row in none.rows} == {"failed"}
    assert none.finding == (
        "No database is active, so there is no CPU figure. The ticks show the CPU while all servers run."
    )
    unrated = {"servers.primary.specint2006_rate": 0.0, "servers.secondary.specint2006_rate": 0.0}
    dag = layout(size({"tiers.1.mailboxes": 5000, **unrated}))
    assert copies.cpu(dag.fail(), dag.fail(), 0.8).finding.startswith("n/a: ")


def test_charts_name_the_servers_whose_cpu_is_not_sized():
    design = size({"tiers.1.mailboxes": 5000, "servers.primary.specint2006_rate": 0.0})
    dag = layout(design)
    first = len(dag.server_names) // 2
    found = copies.cpu(dag.fail(), dag.fail(), 0.8).finding
    assert found.startswith(
        f"CPU of {dag.server_names[0]} to {dag.server_names[first - 1]} is not sized, because their processors have no "
        "rating. Highest CPU of the servers with a rating: "
    )
    assert found.endswith("; at most 80\u00a0% is advised.")
    assert servers.cpu(design).finding == (
        "CPU is n/a (the processors of the primary datacenter have no rating). The bars are those of the secondary "
        "datacenter alone, so it is not known whether the design works."
    )


def test_copies_of_a_database_without_an_active_copy_are_marked():
    """Without quorum no database is active."""
    dag = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
    cells = copies.placement(dag.fail("server:1,server:2,server:3"), 1, 24)
    assert {row["kind"] for row in cells.rows} == {copies.LOST}
    assert cells.marked_down == cells.names_down


def test_the_map_shows_some_of_the_databases_by_number():
    dag = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
    assert copies.placement(dag.fail(), 2, 3, [1, 5, 9, 13]).names_down == ("5", "9")


def test_the_copies_on_each_server_are_counted():
    dag = layout(PROFILES / "active_active.toml")
    counted = copies.on_servers(dag.fail())
    numbers = {kind: [int(row["copies"]) for row in counted.rows if row["kind"] == kind] for kind in counted.kinds}
    of_kind = [numbers.get(kind, [0] * 10) for kind in (copies.ACTIVE, copies.PASSIVE, copies.LAGGED)]
    assert of_kind[0] == dag.fail().active_databases.tolist() == [8] * 10
    assert [sum(counts) for counts in of_kind] == [80, 2 * 80, 80]  # three copies and a lagged one of 80 databases
    assert counted.groups == (("Primary datacenter", 5), ("Secondary datacenter", 5))
    assert counted.names_down == ("active now", "copy", "lagged copy")
    without_lagged = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
    assert copies.on_servers(without_lagged.fail()).names_down == ("active now", "copy")


def test_the_outcome_of_a_batch_has_a_bar_per_outcome():
    bars = batch.outcomes({"ok": 0, "notice": 6, "warning": 1, "invalid": 2, "error": 1})
    assert [(row["outcome"], row["designs"], row["tone"]) for row in bars.rows] == [
        ("works, with notices (status notice)", 6, "noted"),
        ("works, with warnings (status warning)", 1, "doubtful"),
        ("does not work (status invalid)", 2, "bad"),
        ("cannot be read (status error)", 1, "broken"),
    ]
    assert bars.finding == "7 of 10 designs work."
    assert bars.rows[0]["shown"] == "6 (60\u00a0%)"
    assert batch.outcomes({}).finding == "The file has no designs."


def test_how_often_a_server_has_a_number_of_databases():
    bars = copies.distribution([(6, 0.25), (8, 0.75)], 1)
    assert bars.matrix() == [[25.0], [75.0]]
    assert [row["shown"] for row in bars.rows] == ["25.00 %", "75.00 %"]
    assert bars.finding == "At most 8 databases are active on a server when any 1 server fails."


def test_the_failure_behind_the_worst_cpu_is_named():
    finding = servers.cpu(size(PROFILES / "active_passive.toml")).finding
    assert finding == (
        "The figure that counts is that of the worst failure: 60 %, within the 80 % advised (dashed line). The worst "
        "failure: two failed servers (primary), loss of the other datacenter and of one more server (secondary). Two "
        "servers failed: Microsoft's workbook counts 20 %; with the copies as they are placed, a server reaches 25 %. "
        "Datacenter "
        "lost, primary: no bar, because nothing is active there."
    )


def test_the_quirk_of_two_failed_servers_is_shown_next_to_the_figure_of_the_layout():
    """Two copies in one datacenter: Microsoft's workbook has no figure for two failed servers."""
    plan = size(
        {
            "tiers.1.mailboxes": 5000.0,
            "environment.mailbox_servers": 4.0,
            "site_resilience.enabled": False,
            "database_copies.ha_copies": 2.0,
        }
    )
    assert plan["cpu_utilization_by_mode.double.primary"] is None
    dag = layout(plan)
    expected = combinations(dag, 2).worst_cpu_utilization
    assert servers.cpu_by_layout(plan) == {"double": {"Primary": expected}}
    bars = servers.cpu(plan)
    assert [row["mode"] for row in bars.rows] == [
        "Normal",
        "One server failed",
        "Two failed, as placed",
        "Worst failure",
    ]
    assert bars.rows[2]["cpu"] == pytest.approx(100 * expected)
    assert (
        "Two servers failed: Microsoft's workbook has no figure, which is a known quirk; with the copies as"
        in bars.finding
    )


def test_the_layout_has_its_own_bar_where_it_makes_a_server_busier_than_the_sizing_counts():
    plan = size(PROFILES / "active_active.toml")
    dag = layout(plan)
    for failed, mode, name in ((1, "single", "One failed, as placed"), (2, "double", "Two failed, as placed")):
        worst = combinations(dag, failed).worst_cpu_utilization
        assert worst > plan[f"cpu_utilization_by_mode.{mode}.primary"]
        shown = {row["side"]: row["shown"] for row in servers.cpu(plan).rows if row["mode"] == name}
        assert shown == dict.fromkeys(("Primary", "Secondary"), number(worst, "share"))
    assert servers.cpu(plan).finding.endswith(
        "One server failed: Microsoft's workbook counts 35\u00a0%; with the copies as they are placed, a server "
        "reaches 38\u00a0%. Two servers failed: Microsoft's workbook counts 38\u00a0%; with the copies as they are "
        "placed, a server reaches 45\u00a0%."
    )


def test_a_design_whose_layout_is_no_busier_than_its_sizing_has_no_bar_of_the_layout():
    assert servers.cpu_by_layout(size(PROFILES / "single_site.toml")) == {}
    assert servers.cpu_by_layout(size(PROFILES / "small_office.toml")) == {}


def test_memory_above_the_need_is_named_by_what_decides_the_size():
    answers = Answers(mailboxes=3000, quota=2.0, place=TWO_ACTIVE, version="2019", servers=2)
    by_minimum = servers.memory(size(make_profile(answers)))
    by_module = servers.memory(size(PROFILES / "active_active.toml"))
    parts = ["Databases, a quarter as cache", "Client Access"]
    shown = [(row["part"], row["GB"]) for row in by_minimum.rows if row["side"] == "Primary"]
    assert shown == [*zip(parts, (80, 7), strict=True), ("Up to the minimum of 128 GB", 41)]
    assert by_minimum.finding.startswith("A server needs 87 GB of memory; 128 GB is Microsoft's minimum.")
    assert [row["part"] for row in by_module.rows if row["side"] == "Primary"] == [*parts, servers.NEXT_MODULE_SIZE]
    assert by_module.finding.startswith("A server needs 66 GB of memory; 96 GB is the next size that can be bought.")
