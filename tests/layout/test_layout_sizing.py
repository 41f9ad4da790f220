"""Active databases after failures: those of the layout against those that the sizing counts, worked by hand."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator.engine.sizing import size
from calculator.layout import combinations, describe_worst_cpu, layout
from calculator.layout.sizing import compare_with_sizing

SINGLE = {"tiers.1.mailboxes": 4000, "site_resilience.enabled": False, "environment.mailbox_servers": 4}
"""Four servers with three copies of each database."""
EIGHT = SINGLE | {
    "site_resilience.model": "active_passive",
    "database_copies.ha_copies": 3,
    "database.automatic_count": False,
    "database.custom_count": 8,
    "storage.multiple_databases_per_volume": False,
}


def test_two_failed_servers_of_eight_databases():
    """Databases 1 to 4 have their copies on servers +0, +1, +2, databases 5 to 8 on +0, +2, +3.

    Servers 1 and 2 fail.  Of 1: database 1 goes past 2 to 3, database 5 to 3.  Of 2: database 2 goes to 3, database 6
    to 4.  So server 3 has its own two and three more, five; the sizing spreads four over two servers and counts four.
    """
    design = size(EIGHT)
    dag = layout(design)
    assert design["databases"] == 8
    assert design["active_databases_by_mode.double.primary"] == 4
    assert dag.fail("server:1", "server:2").active_databases.tolist() == [0, 0, 5, 3]
    assert combinations(dag, 2).worst == 5
    (issue,) = compare_with_sizing(dag)
    assert issue.severity == "warning"
    assert issue.field == "active_databases_by_mode.double.primary"
    assert issue.message.startswith(
        "Two failed servers: the layout makes 5 databases active on SRV03 when SRV01 and SRV02 fail ("
    )
    assert "but the sizing counts 4 (" in issue.message
    assert [str(found) for found in dag.issues][-1] == str(issue)


def test_whole_rounds_are_as_sized():
    """24 databases are all 24 ordered choices of three of four servers: 12 on each of two servers that are left."""
    design = size(EIGHT | {"database.custom_count": 24})
    assert combinations(layout(design), 2).worst == design["active_databases_by_mode.double.primary"] == 12
    assert not compare_with_sizing(layout(design))


def test_the_worst_failure_may_cover_it():
    """Five servers in each datacenter: the databases of one server go to two of its neighbours.

    Sized are 8 + 8 / 4 = 10 and 8 + 2 * 8 / 4 = 12, the layout has 8 + 8 / 2 = 12 and 8 + 2 * 8 / 2 = 16, and the loss
    of a datacenter with one more server 20.
    """
    dag = layout(PROFILES / "active_active.toml")
    notices = list(compare_with_sizing(dag))
    assert [issue.severity for issue in notices] == ["notice", "notice"]
    assert "makes 12 databases active" in notices[0].message
    assert "the sizing counts 10" in notices[0].message
    assert "makes 16 databases active" in notices[1].message
    assert "the sizing counts 12" in notices[1].message
    assert notices[1].hint == "The servers are sized for 20 active databases (52.1 % CPU), which is enough."


def test_a_failure_that_the_sizing_does_not_count():
    """Three and two servers: two failed ones of the primary leave the third with its eight copies, all active."""
    design = {
        "tiers.1.mailboxes": 4500,
        "tiers.1.mailbox_size_limit": 2048,
        "tiers.1.messages_per_day": 150,
        "environment.mailbox_servers": 3,
        "site_resilience.model": "active_passive",
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
    }
    dag = layout(design)
    assert size(design)["active_databases_by_mode.double.primary"] is None
    assert dag.fail("server:1,server:2").active_databases[2] == 8
    (issue,) = [found for found in dag.issues if found.field.startswith("active_databases_by_mode.double")]
    assert issue.severity == "warning"
    assert "the sizing counts no such failure and at most 6" in issue.message
    # Blocked, the databases without a copy in the primary are lost, so that the design does not mean to survive it.
    blocked = layout(design | {"site_resilience.block_secondary_activation": True})
    assert not [found for found in blocked.issues if found.field.startswith("active_databases_by_mode.double")]


@pytest.mark.parametrize("name", ["single_site", "hundred_thousand_mailboxes"])
def test_shipped_profiles_that_are_even(name):
    assert not compare_with_sizing(layout(PROFILES / f"{name}.toml"))


def test_the_worst_cpu_names_its_failure():
    assert describe_worst_cpu(layout(PROFILES / "active_passive.toml")) == (
        "CPU in the worst failure, as sized: 59.7 % in the primary datacenter (two failed servers), 51.0 % in the "
        "secondary datacenter (loss of the other datacenter and of one more server)."
    )
    assert describe_worst_cpu(layout({"databases": 6, "servers_primary": 4, "copies_primary": 3})) == ""
