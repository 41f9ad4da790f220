"""Activation scenarios: where databases and mailboxes are active, home by home, failure by failure.

Three tables with the same figures: a single home (one datacenter, or active/passive), home 1 and
home 2 (active/active).  Where one applies the others do not.  Under the model with several DAGs the
second home mirrors the first.
"""

import inspect
from collections.abc import Callable
from typing import NamedTuple

from calculator.numerics.arrays import NA, Bools, Floats, is_na, select, stack
from calculator.rules.registry import DATACENTER, LEVEL_SERVER_DATACENTER, Axis, flag, only, rule

SHEET = "calculator-7.6: Activation Scenarios "
HOME = Axis("home", ("1", "2"))
EVENT = Axis("event", ("normal", "first_failure", "second_failure"))
AFTER_SITE = Axis("event", ("site_failure", "site_and_first_failure", "site_and_second_failure"))


@flag(level="per_environment", group="detail", source=SHEET + "C10")
def single_home_shown(
    environment__high_availability: Bools, valid: Bools, site_resilience__enabled: Bools, active_passive: Bools
) -> Bools:
    """All databases are at home in one datacenter."""
    return environment__high_availability & valid & (~site_resilience__enabled | active_passive)


@flag(level="per_environment", group="detail", source=SHEET + "C28")
def two_homes_shown(two_datacenters_valid: Bools, active_passive: Bools) -> Bools:
    """Databases are at home in both datacenters."""
    return two_datacenters_valid & ~active_passive


def _both_homes(mirrored: Bools, first: Floats, second: Floats) -> Floats:
    """Figures of home 1 and of home 2, each ``(primary, secondary)``; home 2 mirrors 1 if told so."""
    swapped = first[::-1]
    return stack(first, select(mirrored, swapped, second))


@rule(unit="servers", level="per_dag", axis=(HOME, DATACENTER), group="detail", source=SHEET + "C28, C43")
def home_active_servers(active_active_multiple_dags: Bools, active_servers: Floats) -> Floats:
    """Servers hosting active mailboxes, as either home counts its own and the other datacenter."""
    return _both_homes(active_active_multiple_dags, active_servers, active_servers)


@rule(unit="servers", level="per_dag", axis=(HOME, DATACENTER), group="detail", source=SHEET + "C29, C44")
def home_dr_servers(active_active_multiple_dags: Bools, dr_servers: Floats) -> Floats:
    """Disaster recovery servers, as either home counts its own and the other datacenter."""
    return _both_homes(active_active_multiple_dags, dr_servers, dr_servers)


@rule(unit="servers", level="per_dag", axis=(HOME, DATACENTER), group="detail", source=SHEET + "C30, C45")
def home_lagged_servers(active_active_multiple_dags: Bools, lagged_servers: Floats) -> Floats:
    """Dedicated lagged copy servers, as either home counts its own and the other datacenter."""
    return _both_homes(active_active_multiple_dags, lagged_servers, lagged_servers)


def _at_home(here: Floats, there: Floats, mirrored: Bools) -> Floats:
    """Home and other datacenter of both homes, as ``(home, datacenter)``."""
    first = stack(here[0], there[0])
    second = stack(there[1], here[1])
    return _both_homes(mirrored, first, second)


def _levels(server: Floats, datacenter: Floats) -> Floats:
    """Put figures of a server and of a datacenter side by side: ``(home, level, datacenter)``."""
    homes = [stack(server[home], datacenter[home]) for home in range(len(server))]
    blocks = [block.reshape(4, -1) for block in homes]
    return stack(*blocks).reshape(2, 2, 2, -1)


@rule(
    unit="databases",
    level="per_server",
    axis=(HOME, LEVEL_SERVER_DATACENTER, DATACENTER),
    group="detail",
    source=SHEET + "C16, C33, C48",
)
def home_databases_normal(
    active_normal: Floats, active_databases: Floats, active_active_multiple_dags: Bools
) -> Floats:
    """Active databases at normal run time, of a server and of a datacenter."""
    none = active_normal * NA
    return _levels(
        _at_home(active_normal, none, active_active_multiple_dags),
        _at_home(active_databases, none, active_active_multiple_dags),
    )


@rule(
    unit="databases",
    level="per_server",
    axis=(HOME, LEVEL_SERVER_DATACENTER, DATACENTER),
    group="detail",
    source=SHEET + "C17, C34, C49",
)
def home_databases_first_failure(
    active_after_first_failure: Floats,
    remote_active_after_first_failure: Floats,
    active_databases: Floats,
    home_active_total_after_first_failure: Floats,
    away_active_total_after_first_failure: Floats,
    active_active_multiple_dags: Bools,
) -> Floats:
    """Active databases after a first server failure, of a server and of a datacenter.

    Oddity: the second home's total asks for a figure of the first.
    """
    here, total = active_after_first_failure, home_active_total_after_first_failure
    stay = select(is_na(total), active_databases, total)
    at_home = select(is_na(here[0]), NA, stay)
    mirrored = active_active_multiple_dags
    return _levels(
        _at_home(here, remote_active_after_first_failure, mirrored),
        _at_home(at_home, away_active_total_after_first_failure, mirrored),
    )


@rule(
    unit="databases",
    level="per_server",
    axis=(HOME, LEVEL_SERVER_DATACENTER, DATACENTER),
    group="detail",
    source=SHEET + "C18, C35, C50",
)
def home_databases_second_failure(
    active_after_second_failure: Floats,
    remote_active_after_second_failure: Floats,
    active_databases: Floats,
    home_active_total_after_second_failure: Floats,
    away_active_total_after_second_failure: Floats,
    active_active_multiple_dags: Bools,
) -> Floats:
    """Active databases after a second server failure, of a server and of a datacenter.

    Oddity: the second home's total asks for a figure of the first.
    """
    here, total = active_after_second_failure, home_active_total_after_second_failure
    stay = select(is_na(total), active_databases, total)
    at_home = select(is_na(here[0]), NA, stay)
    mirrored = active_active_multiple_dags
    return _levels(
        _at_home(here, remote_active_after_second_failure, mirrored),
        _at_home(at_home, away_active_total_after_second_failure, mirrored),
    )


@rule(unit="mailboxes", level="per_server", axis=(EVENT, HOME), group="detail", source=SHEET + "E16, E33, E48")
def home_mailboxes(
    mailboxes_per_database: Floats,
    active_normal: Floats,
    active_after_first_failure: Floats,
    active_after_second_failure: Floats,
    active_active_multiple_dags: Bools,
) -> Floats:
    """Active mailboxes on a home server at normal run time and after one and two server failures.

    Oddity: the second home's figures after failures ask for those of the first.
    """
    rows = []
    for figure in (active_normal, active_after_first_failure, active_after_second_failure):
        first, second = figure
        if figure is not active_normal:
            second = select(is_na(first), NA, second)
        home_2 = select(active_active_multiple_dags, first, second)
        rows.append(stack(mailboxes_per_database * first, mailboxes_per_database * home_2))
    return stack(*rows)


@rule(unit="databases", level="per_server", axis=AFTER_SITE, group="detail", source=SHEET + "C21, C38, C53")
def databases_after_site_failure(
    active_after_site_failure: Floats,
    active_after_site_and_first_failure: Floats,
    active_after_site_and_second_failure: Floats,
) -> Floats:
    """Active databases on a server after loss of the other datacenter, and of more servers.

    Oddity: the loss of datacenter 2 shows the figures of the loss of datacenter 1.
    """
    return stack(active_after_site_failure, active_after_site_and_first_failure, active_after_site_and_second_failure)


@rule(
    unit="databases",
    level="per_server",
    axis=(AFTER_SITE, LEVEL_SERVER_DATACENTER),
    group="detail",
    source=SHEET + "C38, E38",
)
def levels_after_site_failure(databases_after_site_failure: Floats, databases: Floats) -> Floats:
    """Active databases of a server and of the datacenter after loss of the other."""
    known = ~is_na(databases_after_site_failure)
    every = select(known, databases, NA)
    rows = zip(databases_after_site_failure, every, strict=True)
    return stack(*(stack(server, datacenter) for server, datacenter in rows))


@rule(
    unit="mailboxes",
    level="per_server",
    axis=(AFTER_SITE, LEVEL_SERVER_DATACENTER),
    group="detail",
    source=SHEET + "D38, F38",
)
def mailboxes_after_site_failure(
    databases_after_site_failure: Floats, mailboxes_per_database: Floats, mailboxes_per_dag: Floats
) -> Floats:
    """Active mailboxes of a server and of the datacenter after loss of the other."""
    servers = databases_after_site_failure * mailboxes_per_database
    every = select(~is_na(databases_after_site_failure), mailboxes_per_dag, NA)
    return stack(*(stack(on_server, in_datacenter) for on_server, in_datacenter in zip(servers, every, strict=True)))


class Home(NamedTuple):
    """One of the three tables."""

    prefix: str
    gate: str
    place: int
    datacenter: str
    other_datacenter: str
    words: str
    cells: dict[str, str]


HOMES = (
    Home(
        "activation_single_home",
        "single_home_shown",
        0,
        "primary",
        "secondary",
        "one datacenter or active/passive",
        {"servers": "10 11 12", "databases": "16 17 18", "site": "21 22 23"},
    ),
    Home(
        "activation_home_1",
        "two_homes_shown",
        0,
        "primary",
        "secondary",
        "active/active, databases at home in datacenter 1",
        {"servers": "28 29 30", "databases": "33 34 35", "site": "38 39 40"},
    ),
    Home(
        "activation_home_2",
        "two_homes_shown",
        1,
        "secondary",
        "primary",
        "active/active, databases at home in datacenter 2",
        {"servers": "43 44 45", "databases": "48 49 50", "site": "53 54 55"},
    ),
)
SERVERS = (
    ("active_servers", "Servers hosting active mailboxes"),
    ("dr_servers", "Disaster recovery servers"),
    ("lagged_servers", "Dedicated lagged copy servers"),
)
EVENTS = (
    ("normal", "at normal run time"),
    ("first_failure", "after the first server failure in the home datacenter"),
    ("second_failure", "after the second server failure in the home datacenter"),
)
SITE_EVENTS = (
    ("site_failure", "after loss of the home datacenter"),
    ("site_and_first_failure", "after loss of the home datacenter and one more server"),
    ("site_and_second_failure", "after loss of the home datacenter and two more servers"),
)


def _show(home: Home, name: str, needs: str, pick: Callable[[Floats], Floats], meaning: str, **facts: object) -> None:
    """Register the figure of a table: that of the home where the table applies, else n/a."""

    def figure(shown: Bools, values: Floats) -> Floats:
        return select(shown, pick(values), NA)

    figure.__name__ = f"{home.prefix}_{name}"
    figure.__doc__ = f"{meaning} ({home.words})."
    parameters = (
        inspect.Parameter(parameter, inspect.Parameter.POSITIONAL_OR_KEYWORD) for parameter in (home.gate, needs)
    )
    figure.__signature__ = inspect.Signature(list(parameters))  # type: ignore[attr-defined]
    rule(**facts)(figure)  # type: ignore[arg-type]


def _register(home: Home) -> None:
    place, sites = home.place, home.cells["site"].split()
    for (name, meaning), row in zip(SERVERS, home.cells["servers"].split(), strict=True):
        _show(
            home,
            name,
            f"home_{name}",
            lambda values: values[place],
            meaning,
            unit="servers",
            level="per_dag",
            axis=DATACENTER,
            source=f"{SHEET}C{row}",
        )
    rows = zip(EVENTS, home.cells["databases"].split(), strict=True)
    for number, ((event, when), row) in enumerate(rows):
        _show(
            home,
            f"active_databases_{event}",
            f"home_databases_{event}",
            lambda values: values[place],
            f"Active databases of a server and a datacenter {when}",
            unit="databases",
            level="per_server",
            axis=(LEVEL_SERVER_DATACENTER, DATACENTER),
            source=f"{SHEET}C{row}",
        )
        _show(
            home,
            f"active_mailboxes_{event}",
            "home_mailboxes",
            lambda values, number=number: values[number, place],  # type: ignore[misc]
            f"Active mailboxes on a home server {when}",
            unit="mailboxes",
            level="per_server",
            axis=only(home.datacenter),
            source=f"{SHEET}E{row}",
        )
    for number, ((event, when), row) in enumerate(zip(SITE_EVENTS, sites, strict=True)):
        single = home.prefix == "activation_single_home"
        axes = only(home.other_datacenter) if single else (LEVEL_SERVER_DATACENTER, *only(home.other_datacenter))
        for what, cell in (("databases", "C"), ("mailboxes", "D")):
            needs = "levels_after_site_failure" if what == "databases" else "mailboxes_after_site_failure"
            _show(
                home,
                f"active_{what}_{event}",
                needs,
                lambda values, number=number, single=single: (  # type: ignore[misc]
                    values[number, 0] if single else values[number]
                ),
                f"Active {what} on a server of the other datacenter {when}",
                unit=what,
                level="per_server",
                axis=axes,
                source=f"{SHEET}{cell}{row}",
            )


for _home in HOMES:
    _register(_home)
