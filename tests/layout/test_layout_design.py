"""Layouts of whole designs: parameters from the engine, names from the profile."""

from __future__ import annotations

import tomllib

import pytest
from support.paths import PROFILES

import calculator
from calculator.issues import InputError
from calculator.layout import combinations, layout, tolerance

PROFILES = sorted((PROFILES).glob("*.toml"))
HA = {
    "tiers.1.mailboxes": 2000,
    "environment.mailbox_servers": 6,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3,
    "database_copies.ha_copies_secondary": 0,
}


def messages(design):
    with pytest.raises(InputError) as caught:
        layout(design)
    return [str(issue) for issue in caught.value.issues]


def standalone(path):
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    return settings.get("environment", {}).get("high_availability") is False


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_shipped_profiles(path):
    if standalone(path):
        assert messages(path) == [
            f"{path.name}: environment.high_availability: Standalone servers hold no database copies, so there is "
            "nothing to lay out. Turn on high availability for a DAG."
        ]
        return
    dag, plan = layout(path), calculator.size(path)
    assert dag.parameters.databases == plan["summary_databases"]
    assert dag.parameters.servers_total == plan["summary_mailbox_servers.dag"]
    assert dag.assigned_copies.max() <= plan["database_copies_per_server"]
    assert dag.fail().failed_databases == 0
    assert tolerance(dag).servers >= 1


@pytest.mark.parametrize(
    ("profile", "events", "mode"),
    [
        ("hundred_thousand_mailboxes", "", "normal"),
        ("hundred_thousand_mailboxes", "server:1", "single"),
        ("hundred_thousand_mailboxes", "datacenter:2", "site"),
        ("active_active", "", "normal"),
        ("active_active", "datacenter:2", "site"),
        ("single_site", "server:1", "single"),
        ("single_site", "server:1,server:2", "double"),
        ("active_passive", "server:1", "single"),
        ("active_passive", "server:1,server:2", "double"),
    ],
)
def test_failures_have_the_figures_of_the_engine(profile, events, mode):
    path = next(path for path in PROFILES if path.stem == profile)
    state, plan = layout(path).fail(events), calculator.size(path)
    assert max(state.active_databases) == plan[f"active_databases_by_mode.{mode}.primary"]
    busiest = max(row["cpu_utilization"] or 0 for row in state.servers())
    assert busiest == pytest.approx(plan[f"cpu_utilization_by_mode.{mode}.primary"])


def test_odd_datacenters_share_a_failure_with_half_of_the_neighbours():
    path = next(path for path in PROFILES if path.stem == "active_active")
    dag = layout(path)
    assert dag.parameters.servers == (5, 5)
    assert max(dag.fail("server:1").active_databases) > calculator.size(path)["active_databases_by_mode.single.primary"]
    (said,) = [issue for issue in dag.issues if issue.field == "environment.mailbox_servers"]
    assert str(said) == (
        "layout: environment.mailbox_servers: With 5 servers in each datacenter of one active/active DAG, the "
        "databases of a failed server fail over to only half of the remaining servers. Use an even number of "
        "servers, so that the databases fail over to all remaining servers."
    )
    (checked,) = [issue for issue in calculator.size(path).issues if issue.field == "environment.mailbox_servers"]
    assert (said.severity, said.message, said.hint) == (checked.severity, checked.message, checked.hint)


@pytest.mark.parametrize(
    ("copies", "secondary", "servers"), [(2, 1, 3), (3, 1, 3), (4, 2, 3), (4, 2, 5), (4, 2, 4), (2, 1, 1), (3, 1, 1)]
)
def test_the_layout_and_the_check_tell_odd_datacenters_of_the_same_designs(copies, secondary, servers):
    design = calculator.size(
        {
            "tiers.1.mailboxes": 2000,
            "site_resilience.model": "active_active_single_dag",
            "environment.mailbox_servers": servers,
            "database_copies.ha_copies": copies,
            "database_copies.ha_copies_secondary": secondary,
        }
    )
    field = "environment.mailbox_servers"
    try:
        dag = layout(design)
    except calculator.InputError:
        return
    assert [i.message for i in dag.issues if i.field == field] == [i.message for i in design.issues if i.field == field]


def test_names_come_from_the_profile():
    dag = layout(HA | {"names.servers.1": "EX01", "names.database_base": "MDB"})
    assert dag.server_names == ("EX01", "SRV02", "SRV03", "SRV04", "SRV05", "SRV06")
    assert dag.rows()[0] == {"database": "MDB001", "server": "EX01", "activation_preference": 1, "lagged": False}
    assert dag.grid()[0] == {
        "database": "MDB001",
        "EX01": "1",
        "SRV02": "2",
        "SRV03": "3",
        "SRV04": "",
        "SRV05": "",
        "SRV06": "",
    }


def test_lagged_copies_are_marked_in_the_grid():
    dag = layout(HA | {"database_copies.lagged_copies": 1})
    assert list(dag.grid()[0].values())[1:] == ["1", "2", "3", "4*", "", ""]


def test_profile_sizing_and_mapping_give_the_same():
    plan = calculator.size(HA)
    few = calculator.size(HA, results="headline")
    expected = layout(HA).rows()
    assert layout(plan).rows() == expected
    assert layout(few).rows() == expected
    assert layout(plan.profile).rows() == expected


def test_failure_domains_of_a_profile():
    text = {"failure_domains.enabled": True, "failure_domains.primary": "3:2+3:1"}
    dag = layout(HA | text)
    assert dag.parameters.domains[0] == ((3, 2), (3, 1))
    assert [row["server"] for row in dag.rows()[:3]] == ["SRV01", "SRV02", "SRV04"]
    assert layout(HA | text | {"failure_domains.enabled": False}).parameters.domains[0] == ((6, 3),)
    assert messages(HA | text | {"failure_domains.primary": "3:2"}) == [
        'design: failure_domains.primary: "3:2": the domains have 3 servers, but the datacenter has 6. Make the sum'
        " of the domains equal to that of the datacenter.",
        'design: failure_domains.primary: "3:2": the domains have 2 copies, but the datacenter has 3. Make the sum '
        "of the domains equal to that of the datacenter.",
    ]


def test_oddities_can_be_corrected():
    text = {"failure_domains.enabled": True, "failure_domains.primary": "3:2+3:1"}
    plain, corrected = layout(HA | text), layout(HA | text | {"guidance.oddities": "corrected"})
    assert [str(issue) for issue in plain.issues if issue.field == "guidance.oddities"] == [
        "layout: guidance.oddities: Known quirks of Microsoft's workbook change this layout: failure domains change"
        ' roles one database early. Set guidance.oddities to "corrected" to use the corrected layout.'
    ]
    assert "guidance.oddities" not in [issue.field for issue in corrected.issues]
    # The sixth database is the last of the first round.
    assert [row["server"] for row in plain.rows()[15:18]] == ["SRV06", "SRV05", "SRV03"]
    assert [row["server"] for row in corrected.rows()[15:18]] == ["SRV03", "SRV02", "SRV06"]


def test_a_design_that_fails_its_checks_has_no_layout():
    found = messages(HA | {"database_copies.ha_copies": 8})
    assert found
    assert all(text.startswith("design: ") for text in found)


def test_as_many_databases_share_a_volume_as_there_are_copies():
    for copies in (3, 4, 5):
        design = HA | {"database_copies.ha_copies": copies}
        assert layout(design).parameters.databases_per_volume == copies
        # Half of an even number where they need not match.
        halved = layout(design | {"storage.databases_per_volume_matches_copies": False})
        assert halved.parameters.databases_per_volume == (2 if copies == 4 else copies)


def test_dedicated_lagged_servers_are_left_out():
    dag = layout(
        HA
        | {
            "database_copies.lagged_copies": 1,
            "database_copies.dedicated_lagged_servers": True,
            "storage.multiple_databases_per_volume": False,
        }
    )
    assert dag.parameters.copies == (3, 0)
    assert not dag.lagged.any()
    (issue,) = dag.issues
    assert issue.field == "database_copies.dedicated_lagged_servers"
    assert issue.message.endswith(" their copies and their votes.")


def test_the_witness_is_the_designs():
    assert layout(HA).fail().situation.witness == "third_site"
    assert layout(HA | {"dag.witness_location": "primary"}).fail().situation.witness == "primary"
    dag = layout(HA | {"dag.witness_location": "secondary"})
    assert dag.fail().situation.witness == "third_site"
    assert [issue.field for issue in dag.issues] == ["dag.witness_location"]


def test_limits_are_the_designs():
    found = combinations(layout(HA), 2)
    assert found.share_above_limit == 0.0
    assert found.worst == calculator.size(HA)["active_databases_limit.primary"]


def test_a_file_that_is_not_there():
    assert messages("no_such_profile.toml") == [
        "no_such_profile.toml: does not exist. Check the name and the directory."
    ]


def test_the_cache_of_a_mailbox_is_a_quarter_of_the_memory():
    design = calculator.size(HA)
    first = layout(HA).fail().servers()[0]
    mailboxes = first["active_databases"] * design["mailboxes_per_database"]
    assert first["active_mailboxes"] == mailboxes
    memory = design["server_memory.primary"]
    assert first["cache_per_mailbox"] == pytest.approx(memory * 1024 / 4 / mailboxes, rel=1e-12)
    assert 1 < first["cache_per_mailbox"] < 1000
