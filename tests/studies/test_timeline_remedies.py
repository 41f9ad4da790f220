"""What to buy when a limit is reached: it breaks no check, its disks are sold, and it says what else it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.paths import PROFILES
from support.study_rows import limit_row

from calculator import size
from calculator.engine.results import result_columns
from calculator.inputs.choices import DISK_TYPE
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import CAPACITIES
from calculator.issues import ERROR
from calculator.rules.registry import CHECKS
from calculator.studies.disks import sold_capacities
from calculator.studies.figures import NO_DISK_FITS
from calculator.studies.timeline import remedies
from calculator.studies.timeline.growth import Growth
from calculator.studies.timeline.run import timeline

pytestmark = pytest.mark.slow

OFFICE = load(PROFILES / "small_office.toml")
LARGE = load(PROFILES / "hundred_thousand_mailboxes.toml")
FAST = Growth(months=60, mailbox_growth=0.2)
NOTHING_LASTS = "No single purchase is enough: size the design again for the last month."
SIDES = ("primary", "secondary")


def disks(kind, capacity):
    """A design on disks of a type."""
    values = {}
    for side in SIDES:
        values |= {
            f"storage.{side}.database_disk_type": kind,
            f"storage.{side}.database_disk_capacity": float(capacity),
        }
    return {"tiers.1.mailboxes": 1000.0, "tiers.1.mailbox_size_limit": 1024.0, **values}


def test_more_databases_than_the_edition_mounts_are_no_remedy():
    """The Standard edition mounts five databases on a server; the Enterprise edition mounts 100."""
    assert limit_row(timeline(OFFICE, FAST), "database")["buy"] == NOTHING_LASTS
    enterprise = OFFICE.with_values({"environment.exchange_edition": "enterprise"})
    bought = limit_row(timeline(enterprise, FAST), "database")["buy"]
    assert bought == "8 databases per server instead of 4, on the volumes that they need"


def test_disks_to_buy_are_sold_in_their_type():
    """10K disks of 2.5 inches are sold with 600 and 1,200 GB; 7.2K disks of 3.5 inches have all that are offered."""
    assert sold_capacities('10K RPM SAS 2.5"')[-2:] == (600, 1200)
    assert sold_capacities('15K RPM SAS 2.5"')[-1] == 900
    assert sold_capacities('15K RPM FC/SCSI/SAS 3.5"')[-1] == 600
    assert sold_capacities('7.2K RPM SATA 2.5"')[-1] == 2000
    assert sold_capacities('7.2K RPM SAS 3.5"') == CAPACITIES
    for kind in DISK_TYPE.words:
        assert set(sold_capacities(kind)) <= set(CAPACITIES)
        assert list(sold_capacities(kind)) == sorted(set(sold_capacities(kind)))


@pytest.mark.parametrize(("kind", "capacity"), [('10K RPM SAS 2.5"', 600), ('15K RPM SAS 2.5"', 300)])
def test_no_larger_disk_is_bought_than_there_is(kind, capacity):
    growth = Growth(months=48, mailbox_growth=0.35)
    found = limit_row(timeline(disks(kind, capacity), growth), "volume")
    assert found["month"] is not None
    bought = found["buy"]
    if bought.startswith("Database disks of "):
        assert int(bought.split()[3].replace(",", "")) in sold_capacities(kind)


def case_of(values, limit="volume"):
    found = timeline(values, Growth(months=36, mailbox_growth=0.4))
    outcome = next(outcome for outcome, _ in found.outcomes if outcome.limit.name == limit)
    months = {path: column for path, column in found.state.columns(found.built.design).items()}
    return remedies.Case(outcome, found.built, months, found.figures)


def test_the_candidates_are_the_disks_that_are_sold():
    case = case_of(disks('10K RPM SAS 2.5"', 600))
    case = replace(case, outcome=replace(case.outcome, places=SIDES))
    larger = [next(iter(candidate.values.values())) for candidate in remedies._larger_disks(case)]
    assert larger == [1200]
    faster = {word for candidate in remedies._faster_disks(case) for word in candidate.values.values()}
    assert faster == {'15K RPM SAS 2.5"'}
    case = case_of(disks('10K RPM SAS 2.5"', 1200))
    case = replace(case, outcome=replace(case.outcome, places=SIDES))
    assert list(remedies._larger_disks(case)) == []
    assert list(remedies._faster_disks(case)) == []  # no 15K disk of 2.5 inches has 1,200 GB


def test_a_purchase_lists_what_else_it_changes():
    """Twice the DAGs: twice the servers, and half the load on each."""
    found = timeline(LARGE, Growth(months=60, mailbox_growth=0.1, message_growth=0.05))
    row = limit_row(found, "cpu")
    assert row["buy"] == "8 more DAGs like the present ones (16 instead of 8)"
    given = {**found.built.profile.given}
    given |= {path: float(column[-1]) for path, column in found.state.columns(found.built.design).items()}
    before = size(Profile(given))
    after = size(Profile({**given, "environment.dags": 16.0}))
    cpu, memory = "worst_cpu_utilization", "summary_memory.primary"
    assert row["changes"] == (
        f"servers {after['summary_servers.environment']:.0f} instead of {before['summary_servers.environment']:.0f}"
        f"; memory per server {after[memory]:.0f} GB instead of {before[memory]:.0f} GB; CPU in the worst failure "
        f"{100 * after[cpu]:.0f} % instead of {100 * before[cpu]:.0f} %; hours to reseed a volume "
        f"{after['reseed_hours']:.0f} instead of {before['reseed_hours']:.0f}"
    )
    assert (before["summary_servers.environment"], after["summary_servers.environment"]) == (128, 256)
    # A restore volume has to hold the larger database volume, so larger restore disks are bought with it.
    assert limit_row(found, "volume")["buy"].endswith(", and restore disks of the same size")
    assert "new warning" not in limit_row(found, "volume")["changes"]


CANDIDATES = {
    "volume": (remedies._larger_disks, remedies._more_databases, remedies._more_dags),
    "database": (remedies._more_databases, remedies._more_dags),
    "disk_iops": (remedies._faster_disks, remedies._more_databases, remedies._more_dags),
    "cpu": (remedies._more_servers, remedies._more_dags),
    "link": (remedies._faster_links,),
}
SHARED = [name for name, check in CHECKS.items() if check.severity == ERROR and name not in NO_DISK_FITS]


def violated(plan):
    return {name for name in SHARED if plan.results.values[name].any()}


@pytest.mark.parametrize(
    ("name", "growth"),
    [
        ("hundred_thousand_mailboxes", Growth(months=24, mailbox_growth=0.3)),
        ("litigation_hold", Growth(months=24, mailbox_growth=0.6)),
        ("small_office", Growth(months=24, mailbox_growth=0.9)),
        ("active_passive", Growth(months=24, mailbox_growth=0.5)),
    ],
)
def test_the_purchase_is_the_first_that_lasts_of_all_candidates_sized_month_by_month(name, growth):
    found = timeline(load(PROFILES / f"{name}.toml"), growth)
    built, months = found.built, found.state.columns(found.built.design)
    for outcome, purchase in found.outcomes:
        if outcome.month is None or outcome.limit.name not in CANDIDATES:
            continue
        case = remedies.Case(outcome, built, months, found.figures)
        expected = NOTHING_LASTS
        candidates = (c for make in CANDIDATES[outcome.limit.name] for c in make(case))
        if not built.on_disk[case.places].any() and outcome.limit.name == "volume":
            continue  # RAID: the volume itself grows
        for candidate in candidates:
            if lasts(case, candidate.values):
                expected = candidate.words
                break
        assert purchase.words == expected, outcome.limit.name


def lasts(case, values):
    """Whether every sixth month is within the limit and passes the checks that it passes without the purchase."""
    for month in range(0, 25, 6):
        given = {**case.built.profile.given, **{path: float(column[month]) for path, column in case.months.items()}}
        without, bought = size(Profile(given)), size(Profile({**given, **values}))
        if bought["design_invalid"] or violated(bought) - violated(without):
            return False
        for limit in remedies.list_limits(case.built):
            before, after = (exceeds(limit, plan, case.built) for plan in (without, bought))
            if limit.name == case.outcome.limit.name and after:
                return False
            if limit.name in ("volume", "disk_iops") and after and not before:
                return False
    return True


def exceeds(limit, plan, built):
    columns = result_columns(limit.needs, plan.tiers)
    figures = {name: np.array([np.nan if plan[name] is None else float(plan[name])]) for name in columns}
    measured, thresholds = limit.measure(figures, built)
    return bool((measured > thresholds * (1 + 1e-9)).any())
