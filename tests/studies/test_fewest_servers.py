"""The fewest servers, against every number of servers sized one by one."""

from __future__ import annotations

import functools

import pytest

from calculator import size
from calculator.inputs.profile import Profile
from calculator.issues import ERROR, WARNING
from calculator.presentation.findings import all_issues
from calculator.studies.search.fewest_servers import DAGS, RESULTS, SERVERS, find_fewest_servers

ONE = {"site_resilience.enabled": False, "database_copies.ha_copies": 3.0}
PASSIVE = {"site_resilience.model": "active_passive"}
ALONE = {"environment.high_availability": False, "backup.method": "software_vss"}
BAYS = {"servers.primary.drive_bays": 12.0, "servers.secondary.drive_bays": 12.0}
UNRATED = {"servers.primary.specint2006_rate": 0.0, "servers.secondary.specint2006_rate": 0.0}

DESIGNS = {
    "one datacenter": {"tiers.1.mailboxes": 20000.0, **ONE},
    "one datacenter, 12 bays": {"tiers.1.mailboxes": 5500.0, **ONE, **BAYS},
    "two datacenters": {"tiers.1.mailboxes": 9000.0},
    "two datacenters, 12 bays, own number of servers and DAGs": {
        "tiers.1.mailboxes": 5500.0,
        **BAYS,
        SERVERS: 16.0,
        DAGS: 40.0,
    },
    "a second datacenter in reserve with fewer servers than the first": {
        "tiers.1.mailboxes": 18000.0,
        **PASSIVE,
        "database_copies.ha_copies": 3.0,
        "database_copies.ha_copies_secondary": 1.0,
    },
    "DAGs in pairs": {
        "tiers.1.mailboxes": 8000.0,
        "site_resilience.model": "active_active_multiple_dags",
        "database_copies.ha_copies": 3.0,
        "database_copies.ha_copies_secondary": 1.0,
    },
    "servers apart for the other datacenter": {
        "tiers.1.mailboxes": 8000.0,
        "site_resilience.dedicated_dr_servers": True,
        "database_copies.ha_copies": 2.0,
        "database_copies.ha_copies_secondary": 1.0,
    },
    "more than 16 DAGs": {
        "tiers.1.mailboxes": 70000.0,
        "site_resilience.dedicated_dr_servers": True,
        "database_copies.ha_copies": 2.0,
        "database_copies.ha_copies_secondary": 1.0,
    },
    "standalone servers": {"tiers.1.mailboxes": 50000.0, **ALONE},
    "processors that are not rated": {"tiers.1.mailboxes": 20000.0, **ONE, **UNRATED},
    "several DAGs on a smaller disk": {
        "tiers.1.mailboxes": 24000.0,
        "storage.primary.database_disk_capacity": 1200.0,
        "storage.secondary.database_disk_capacity": 1200.0,
    },
}


@functools.cache
def trials_of(case):
    return find_fewest_servers(Profile(DESIGNS[case]))


def why_not(plan):
    """Why a design does not do, from its issues and figures."""
    errors = [issue.message for issue in plan.issues if issue.severity == ERROR]
    if errors:
        return " ".join(dict.fromkeys(errors))
    reasons = []
    cpu = plan["worst_cpu_utilization"]
    if cpu is not None and cpu > 0.8:
        reasons.append(f"CPU {100 * cpu:.0f} % in the worst failure is above 80 %.")
    memory = max(plan["summary_memory.primary"], plan["summary_memory.secondary"] or 0)
    if memory > 96:
        reasons.append(f"Memory of {memory:.0f} GB per server is above 96 GB.")
    return " ".join(reasons)


def by_hand(design):
    """Numbers that can be computed, fewest servers first, to the first that works.

    An environment never has fewer servers than host active mailboxes, so that those go no higher than
    the fewest found.
    """
    available = design.get("environment.high_availability", True)
    found, hosting, fewest = [], 0, 64
    while hosting < fewest:
        hosting += 1
        for dags in range(1, hosting + 1 if available else 2):
            if hosting % dags or hosting // dags > 16:
                continue
            varied = {SERVERS: hosting / dags} | ({DAGS: float(dags)} if available else {})
            plan = size(Profile({**design, **varied}), results=RESULTS)
            if plan["design_invalid"]:
                continue
            servers, reason = plan["summary_servers.environment"], why_not(plan)
            found.append((servers, dags, varied, plan, reason))
            if not reason:
                fewest = min(fewest, servers)
    found.sort(key=lambda row: row[:2])
    works = next(number for number, row in enumerate(found) if not row[-1])
    return found[: works + 1]


@pytest.mark.slow
@pytest.mark.parametrize("case", DESIGNS)
def test_all_smaller_numbers_are_tried_and_fail_for_their_reason(case):
    design = DESIGNS[case]
    trials, rows = trials_of(case), by_hand(design)
    assert [(dict(trial.values), trial.servers, trial.reason) for trial in trials] == [
        (varied, servers, reason) for servers, _, varied, _, reason in rows
    ]
    assert [trial.reason == "" for trial in trials] == [False] * (len(trials) - 1) + [True]
    for trial, (_, _, _, plan, _) in zip(trials, rows, strict=True):
        disks = sum(plan[f"storage_{kind}_disks_per_server.primary"] or 0 for kind in ("jbod", "raid"))
        memory = max(plan["summary_memory.primary"], plan["summary_memory.secondary"] or 0)
        figures = plan["summary_dags"], plan["worst_cpu_utilization"], memory, disks or None
        assert (trial.dags, trial.cpu, trial.memory, trial.disks) == figures


@pytest.mark.slow
def test_what_some_of_these_designs_are_for():
    """That each shows what its name says."""
    last = {case: trials_of(case)[-1] for case in DESIGNS}
    assert last["several DAGs on a smaller disk"].values[DAGS] > 1
    assert find_fewest_servers(Profile({"tiers.1.mailboxes": 24000.0}))[-1].values[DAGS] == 1
    assert last["more than 16 DAGs"].values[DAGS] > 16
    assert last["processors that are not rated"].cpu is None
    reserve = last["a second datacenter in reserve with fewer servers than the first"]
    assert reserve.values[SERVERS] > 8
    assert reserve.servers < 2 * reserve.values[SERVERS] * reserve.values[DAGS]
    apart = last["servers apart for the other datacenter"]
    assert (apart.values, apart.servers) == ({SERVERS: 1.0, DAGS: 3.0}, 6)  # 2 servers in 1 DAG would make 8
    reasons = {trial.reason for case in DESIGNS for trial in trials_of(case)}
    for said in ("drive bays, but", "does not fit its disk of", "CPU utilization reaches", "CPU 8", "Memory of"):
        assert any(said in reason for reason in reasons), said


def test_the_number_that_works_has_the_warnings_of_its_design_and_of_its_layout():
    design = Profile({"tiers.1.mailboxes": 5000.0, **PASSIVE})
    *failed, works = find_fewest_servers(design)
    found = all_issues(size(design.with_values(works.values)))
    assert works.warnings == tuple(issue.message for issue in found if issue.severity == WARNING)
    assert any("Two failed servers: the layout makes" in warning for warning in works.warnings)
    assert not any(trial.warnings for trial in failed)


def test_the_numbers_of_the_design_itself_are_not_looked_at():
    design = {"tiers.1.mailboxes": 9000.0}
    assert find_fewest_servers(Profile({**design, SERVERS: 13.0, DAGS: 7.0})) == find_fewest_servers(Profile(design))


def test_a_design_no_number_of_servers_helps_fails_to_the_last():
    """Standalone servers, whose number ends at 16, with the recoverable items of 20,000 days."""
    design = {"tiers.1.mailboxes": 500.0, **ALONE, "tiers.1.deleted_item_retention": 20000.0}
    trials = find_fewest_servers(Profile(design))
    assert [trial.values[SERVERS] for trial in trials] == list(range(1, 17))
    items = size(design)["tiers.1.dumpster_uncapped"]
    assert {trial.reason for trial in trials} == {
        f"Recoverable Items reach {items:,.0f} MB per mailbox. At 30 GB, deletes fail and the retention cannot be kept."
    }


def test_a_design_that_cannot_be_computed_has_no_trials():
    assert find_fewest_servers(Profile({"tiers.1.mailboxes": 500.0, "tiers.1.mailbox_size_limit": 0.0})) == ()


def test_the_number_of_databases_is_set_where_the_automatic_number_takes_many_more_disks():
    """5 servers get 120 databases, so that their copies are spread evenly; 65 hold the mailboxes."""
    automatic = find_fewest_servers("example:exchange_2019")[-1]
    chosen = find_fewest_servers("example:exchange_2019", choose_databases=True)[-1]
    assert (automatic.servers, automatic.databases, automatic.all_disks, automatic.bays) == (5, 120, 125, 27)
    assert (chosen.servers, chosen.databases, chosen.all_disks, chosen.bays) == (5, 65, 70, 16)
    assert chosen.values == {**automatic.values, "database.automatic_count": False, "database.custom_count": 65.0}


def test_the_number_of_databases_makes_fewer_servers_work():
    automatic = find_fewest_servers("example:hundred_thousand_mailboxes")[-1]
    chosen = find_fewest_servers("example:hundred_thousand_mailboxes", choose_databases=True)[-1]
    assert (automatic.servers, chosen.servers) == (128, 126)
