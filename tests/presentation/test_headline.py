"""The verdict and the key figures of a design in words."""

from __future__ import annotations

import pytest
from support.failing import OVERLOADED, UNEVEN
from support.golden_designs import golden_designs
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import load
from calculator.issues import ERROR, WARNING, Issues
from calculator.presentation.charts import servers
from calculator.presentation.headline import (
    CANONICAL,
    STATUS_WORDS,
    Units,
    cpu_name,
    further_figures,
    support_text,
    tiles,
    unsized,
    verdict,
    version_name,
)
from calculator.presentation.shopping_list import shopping_list
from calculator.presentation.text import NO_BREAK_SPACE, number


@pytest.fixture(scope="module")
def plan():
    given = {"tiers.1.mailboxes": 1000.0, "site_resilience.enabled": False, "environment.mailbox_servers": 4}
    return size(given)


@pytest.mark.parametrize(
    ("given", "assumed"),
    [
        ({}, " The number of servers is a default that nobody chose, and so are the two datacenters."),
        ({"site_resilience.enabled": True}, " The number of servers is a default that nobody chose."),
        ({"site_resilience.enabled": False}, " The number of servers is a default that nobody chose."),
        ({"environment.mailbox_servers": 4}, ""),
    ],
)
def test_the_verdict_says_that_nobody_chose_the_servers(given, assumed):
    design = size({"tiers.1.mailboxes": 1000.0, **given})
    where = "one datacenter" if given.get("site_resilience.enabled") is False else "two datacenters"
    servers = 4 if where == "one datacenter" else 8
    assert verdict(design, Issues()) == f"This design works: {servers} servers for 1,000 mailboxes in {where}.{assumed}"


def test_the_verdict_counts_the_issues_that_it_is_given(plan):
    what = f"{plan['summary_servers.environment']:.0f} servers for 1,000 mailboxes in one datacenter"
    issues = Issues()
    assert verdict(plan, issues) == f"This design works: {what}."
    issues.add("notice", "", "", "Look.")
    assert verdict(plan, issues) == f"This design works: {what}, 1 notice."
    issues.add("warning", "", "", "Look out.")
    assert verdict(plan, issues) == f"This design works with 1 warning: {what}."
    assert verdict(plan) == verdict(plan, plan.issues)


def test_an_invalid_design_does_not_work():
    plan = size({"tiers.1.mailboxes": 5000.0, "tiers.1.mailbox_size_limit": 0.0})
    assert verdict(plan) == "This design does not work: it has 1 error."
    assert unsized(plan) == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, []),
        (
            {"servers.primary.specint2006_rate": 0.0, "site_resilience.enabled": False},
            ["CPU (the processors have no rating)"],
        ),
        (
            {"servers.secondary.specint2006_rate": 0.0},
            ["CPU (the processors of the secondary datacenter have no rating)"],
        ),
        ({"tiers.1.mailbox_size_limit": 2_000_000.0}, ["disks (a volume does not fit the chosen disk)"]),
        ({"tiers.1.mailboxes": 0.0}, ["every figure (the design has no mailboxes)"]),
    ],
)
def test_what_a_design_has_no_figure_for(given, missing):
    plan = size({"tiers.1.mailboxes": 1000.0, **given})
    assert unsized(plan) == missing
    if plan.without_mailboxes:
        assert verdict(plan) == "This design has no mailboxes, so nothing is sized yet."
        assert {(tile.value, tile.note, tile.severity) for tile in tiles(plan)} == {
            ("n/a", "the design has no mailboxes", "")
        }
        assert {tile.why for tile in tiles(plan)} == {"mailboxes_total"}
        assert {figure.value for figure in further_figures(plan)} == {"n/a (the design has no mailboxes)"}
    else:
        assert all(part in verdict(plan) for part in missing)
    if missing:
        assert not verdict(plan).startswith("This design works:")


def test_no_status_is_called_sound():
    assert STATUS_WORDS == {
        "ok": "Works",
        "notice": "Works",
        "warning": "Works with warnings",
        "invalid": "Does not work",
    }


def test_figures_are_shown_in_the_units_that_are_asked_for(plan):
    in_mb = Units(lambda unit: 1024.0 if unit == "GB" else 1.0, lambda unit: "MB" if unit == "GB" else unit)
    [memory] = [tile for tile in tiles(plan, in_mb) if tile.name == "Memory per server"]
    [usual] = [tile for tile in tiles(plan) if tile.name == "Memory per server"]
    assert (memory.figure, usual.figure) == (
        f"{plan['summary_memory.primary'] * 1024:,.0f} MB",
        f"{plan['summary_memory.primary']:.0f} GB",
    )
    assert further_figures(plan) == further_figures(plan, CANONICAL)


def test_servers_are_counted_per_dag_where_there_are_several():
    servers, *_ = tiles(size(load(PROFILES / "active_active.toml")))
    assert (servers.value, servers.note) == ("10", "5 in each datacenter, 1 DAG")
    servers, *_ = tiles(size(load(PROFILES / "hundred_thousand_mailboxes.toml")))
    assert (servers.value, servers.note) == ("128", "8 DAGs of 16: 8 in each datacenter")
    servers, *_ = tiles(size(load(PROFILES / "single_site.toml")))
    assert (servers.value, servers.note) == ("4", "1 DAG of 4")


@pytest.mark.parametrize(
    ("name", "tile", "note"),
    [
        (
            "active_active",
            "CPU, worst failure",
            "on a remaining server after loss of the other datacenter and of one more server; normally 31 %; "
            "advised at most 80 %",
        ),
        (
            "active_passive",
            "CPU, worst failure",
            "on a remaining server in the primary datacenter after two failed servers; normally 42 % / 16 % "
            "(primary / secondary); advised at most 80 %",
        ),
        ("small_office", "CPU", "advised at most 80 %"),
        (
            "active_active",
            "Memory per server",
            "66 GB needed, 96 GB is the next size that can be bought; advised at most 96 GB",
        ),
        ("exchange_2019", "Memory per server", "79 GB needed, 128 GB is Microsoft's minimum; advised at most 256 GB"),
        (
            "active_active",
            "Disks per server",
            "JBOD, 4,000 GB each; 12 drive bays, 2 of them for system disks; all servers: 100 for Exchange and 20 "
            "system disks",
        ),
        (
            "exchange_2019",
            "Disks per server",
            "JBOD, 10,000 GB each; 14 drive bays, 2 of them for system disks, and 4 slots for SSDs; all servers: 72 "
            "for Exchange and 12 system disks",
        ),
        ("active_active", "Databases per DAG", "each with 125 mailboxes, and 655 GB when they are full"),
        ("exchange_2019", "Databases per DAG", "each with about 106 mailboxes, and 1,652 GB when they are full"),
        ("active_active", "Fullest volume", "when all mailboxes are full: 3,544 of the 3,725 GB of a disk"),
        (
            "active_active",
            "Mailbox on disk",
            "of the largest tier, when full: quota 5 GB + Recoverable Items 234 MB (Microsoft's workbook: 318 MB, not "
            "used)",
        ),
        ("active_active", "WAN at peak", "between the datacenters in the busiest hour: 21 % of the link"),
    ],
)
def test_a_tile_says_for_which_condition_its_figure_holds(name, tile, note):
    notes = {each.name: each.note for each in tiles(size(load(PROFILES / f"{name}.toml")))}
    assert notes[tile].replace(NO_BREAK_SPACE, " ") == note


def test_a_tile_has_the_severity_of_its_issue():
    assert {tile.name: tile.severity for tile in tiles(size(OVERLOADED)) if tile.severity} == {
        "CPU, worst failure": ERROR,
        "Memory per server": WARNING,
        "Disks per server": ERROR,
        "Fullest volume": ERROR,
    }
    for golden in golden_designs()[:60]:
        design = size(golden.inputs)
        known = {issue.severity for issue in design.issues}
        assert {tile.severity for tile in tiles(design)} - {""} <= known, golden.id
    [bays] = [
        tile
        for tile in tiles(size(load(PROFILES / "active_active.toml").with_values({"servers.primary.drive_bays": 4.0})))
        if tile.name == "Disks per server"
    ]
    assert bays.severity == ERROR


def test_disks_that_do_not_fit_are_explained_in_the_words_of_the_issue():
    [disks] = [tile for tile in tiles(size(OVERLOADED)) if tile.name == "Disks per server"]
    assert (disks.value, disks.note) == ("do not fit", "A volume of 3,760 GB does not fit its disk of 3,725 GB")


def test_figures_of_an_invalid_design_do_not_repeat_its_error():
    design = size(UNEVEN)
    notes = {tile.note for tile in tiles(design) if tile.value == "n/a"}
    assert notes == {"the design is invalid"}
    assert {figure.value for figure in further_figures(design)} == {"n/a (the design is invalid)"}
    assert servers.volume(design).finding == servers.disks(design).finding == "n/a: the design is invalid."


def test_one_datacenter_is_not_called_the_primary_one():
    design = size(load(PROFILES / "small_office.toml"))
    names = [figure.name for figure in further_figures(design)]
    assert [name for name in names if name.startswith("Directory")] == ["Directory server cores"]
    for bars in (servers.cpu(design), servers.memory(design), servers.disks(design)):
        assert "Primary" not in (*bars.bars, *bars.parts)
        assert "Datacenter" not in bars.table[0]


def test_figures_that_differ_by_datacenter_name_the_datacenters():
    shown = {golden.id: tiles(size(golden.inputs)) for golden in golden_designs()[:20]}
    named = "primary / secondary datacenter; "
    for found in shown.values():
        for tile in found:
            assert tile.note.startswith(named) == (" / " in tile.value)
    memory, disks = shown["ref-0018"][2:4]
    assert (memory.figure, memory.note) == (
        "96 / 128 GB",
        f"{named}82 / 114 GB needed, 96 / 128 GB is the next size that can be bought; advised at most 96 GB",
    )
    assert (disks.value, disks.note.partition(" drive bays")[0]) == (
        "28 / 40",
        f"{named}JBOD and RAID, 2,000 GB each; 32 / 44",
    )


def test_the_fullest_volume_is_compared_with_its_own_disk():
    given = {"tiers.1.mailboxes": 5000.0, "storage.secondary.database_disk_capacity": 8000.0}
    assert tiles(size(given))[5].note == (
        "when all mailboxes are full: 2,919 of the 3,725 GB of a disk in the primary datacenter"
    )


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("2013", "Exchange 2013: Microsoft's support ended on 11 April 2023."),
        ("2016", "Exchange 2016: Microsoft's support ended on 14 October 2025."),
        (
            "2019",
            "Exchange 2019 or Subscription Edition: Microsoft's support of Exchange 2019 ended on 14 October 2025; "
            "Subscription Edition is supported.",
        ),
    ],
)
def test_the_version_is_named_with_the_end_of_its_support(version, text):
    design = size({"tiers.1.mailboxes": 1000.0, "environment.exchange_version": version})
    assert support_text(design) == text
    licenses = [each for each in shopping_list(design) if each.item == "Exchange Server licenses"]
    assert {each.each for each in licenses} == {f"{version_name(design.profile)}, Enterprise edition"}


def test_the_disks_are_those_of_the_shopping_list():
    """The tile counts the disks for Exchange, and those of the system and of the transport database apart."""
    compared = set()
    for golden in golden_designs():
        design = size(golden.inputs)
        bought, tile = shopping_list(design), tiles(design)[3]
        if not bought or "; all servers: " not in tile.note:
            continue
        counts = {
            name: sum(line.count for line in bought if line.item.startswith(item))
            for name, item in (("system", "System disks"), ("transport", "Transport database disks"))
        }
        listed = " and ".join(f"{number(count)} {name} disks" for name, count in counts.items() if count)
        assert tile.note.endswith(f" for Exchange and {listed}"), golden.id
        compared.add(listed.count("disks"))
    assert compared == {1, 2}


def test_large_sizes_in_messages_have_the_unit_of_sizes_unless_they_would_look_the_same():
    message = "The size is 8,192 MB, the quota only 2,048 MB, and 234 MB are used. At 30 GB, deletes fail."
    in_gb = "The size is 8 GB, the quota only 2 GB, and 234 MB are used. At 30 GB, deletes fail."
    in_tb = Units(lambda unit: 1 / 1024**2, lambda unit: "TB", lambda value, unit: unit)
    assert CANONICAL.in_text(message) == in_gb
    assert "The size is 0.00781 TB, the quota only 0.00195 TB, and 234 MB" in in_tb.in_text(message)
    assert CANONICAL.in_text("10,241 MB is above 10,240 MB.") == "10,241 MB is above 10,240 MB."


def test_a_design_without_copies_has_no_reseed_and_no_worst_failure():
    plan = size(load(PROFILES / "small_office.toml"))
    values = {figure.name: figure.value for figure in further_figures(plan)}
    assert values["Reseed of a volume"] == "n/a (no other copy to reseed from)"
    assert plan["reseed_hours"], "the figure in files stays"
    assert tiles(plan)[1].name == cpu_name(plan) == "CPU"


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_cpu_is_not_applicable_if_one_datacenter_has_no_rating(side):
    plan = size({"tiers.1.mailboxes": 1000.0, f"servers.{side}.specint2006_rate": 0.0})
    tile = next(tile for tile in tiles(plan) if tile.name == "CPU, worst failure")
    assert (tile.value, tile.note) == ("n/a", f"enter the rating of the processors of the {side} datacenter")
    assert tile.why == f"cpu_utilization_by_mode.worst.{side}"


def test_the_fullest_volume_of_an_invalid_design_has_no_unit():
    plan = size({"tiers.1.mailboxes": 5000.0, "tiers.1.mailbox_size_limit": 0.0})
    tile = next(tile for tile in tiles(plan) if tile.name == "Fullest volume")
    assert (tile.label, tile.value) == ("Fullest volume", "n/a")
