"""Designs of every shape that a switchover plan knows, and the cmdlets in its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Design = Mapping[str, object]

RESERVE: Design = {
    "tiers.1.mailboxes": 2000,
    "environment.mailbox_servers": 4,
    "site_resilience.model": "active_passive",
    "database_copies.ha_copies": 4,
    "database_copies.ha_copies_secondary": 2,
    "names.dag": "DAG7",
    "names.servers.1": "EX01",
}
"""Four servers in either datacenter and a witness in a third site: five of nine votes survive."""
AT_HOME: Design = {**RESERVE, "dag.witness_location": "primary"}
"""The witness is lost with the primary: four of nine votes survive, and five are needed."""
ONE_EACH: Design = {
    **AT_HOME,
    "environment.mailbox_servers": 1,
    "database_copies.ha_copies": 2,
    "database_copies.ha_copies_secondary": 1,
}
THREE_AND_TWO: Design = {
    **RESERVE,
    "environment.mailbox_servers": 3,
    "database_copies.ha_copies": 3,
    "database_copies.ha_copies_secondary": 1,
}
LAGGED: Design = {**AT_HOME, "database_copies.lagged_copies": 1, "database_copies.lagged_copies_secondary": 1}
ALL_NAMED: Design = {
    **AT_HOME,
    "names.dag": "North",
    "export.primary_global_catalog": "dc1.example.org",
    "export.secondary_global_catalog": "dc2.example.org",
    "export.witness_server": "fs1.example.org",
    "export.witness_directory": "D:\\Witness\\North",
    "export.alternate_witness_server": "fs2.example.org",
    "export.alternate_witness_directory": "D:\\Witness\\North2",
}

SHAPES: dict[str, tuple[Design, str]] = {
    "even survivors, witness lost": (AT_HOME, "primary"),
    "even survivors, witness in a third site": (RESERVE, "primary"),
    "even survivors, no witness": ({**RESERVE, "dag.witness_location": "none"}, "primary"),
    "odd survivors": ({**AT_HOME, "environment.mailbox_servers": 3}, "primary"),
    "odd number of members, even survivors": (THREE_AND_TWO, "primary"),
    "odd number of members, odd survivors": (THREE_AND_TWO, "secondary"),
    "one survivor, witness lost": (ONE_EACH, "primary"),
    "one survivor, witness in a third site": ({**ONE_EACH, "dag.witness_location": "third_site"}, "primary"),
    "secondary lost": (AT_HOME, "secondary"),
    "users in both datacenters": ({**AT_HOME, "site_resilience.model": "active_active_single_dag"}, "primary"),
    "several DAGs": ({**AT_HOME, "environment.dags": 3, "tiers.1.mailboxes": 9000}, "primary"),
    "pairs of DAGs": ({**AT_HOME, "site_resilience.model": "active_active_multiple_dags"}, "primary"),
    "pairs of DAGs, secondary lost": ({**AT_HOME, "site_resilience.model": "active_active_multiple_dags"}, "secondary"),
    "lagged copies": (LAGGED, "primary"),
    "only lagged copies": (
        {**LAGGED, "database_copies.ha_copies": 3, "database_copies.ha_copies_secondary": 0},
        "primary",
    ),
    "dedicated lagged servers": (
        {**LAGGED, "storage.multiple_databases_per_volume": False, "database_copies.dedicated_lagged_servers": True},
        "primary",
    ),
    "unified messaging": ({**AT_HOME, "environment.unified_messaging": True}, "primary"),
    "activation blocked": ({**RESERVE, "site_resilience.block_secondary_activation": True}, "primary"),
    "activation blocked, witness lost": ({**AT_HOME, "site_resilience.block_secondary_activation": True}, "primary"),
    "all names known": (ALL_NAMED, "primary"),
}
"""A design and the datacenter that is lost, by name."""

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
_OPERATORS = {"-ne", "-eq", "-and", "-or"}


def used_cmdlets(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the cmdlets in a line of PowerShell, each with its parameters; a pipeline may begin with strings."""
    if line.startswith("#"):
        return
    for command in re.split(r"[|;{}()]", _QUOTED.sub("'text'", line)):
        words = command.replace(",", " ").split()
        if not words or words[0] in ("'text'",) or words[0][0] in "$.":
            assert all(word == "'text'" or word[0] in "$." or word in _OPERATORS for word in words), line
            continue
        yield words[0], [word[1:].partition(":")[0] for word in words[1:] if word.startswith("-")]
