"""The calculator's export sets, as the tests take them."""

from __future__ import annotations

import csv
import dataclasses

from calculator.exporters.deployment import Copy, Deployment, Settings
from support.paths import TESTS

GOLDEN = TESTS / "exporters" / "golden"
CASES = ("dag_4s3c_d24", "ap_4s2c_2s2c1l_d18", "real_aas_4s2c_4s2c1l_d72")
FILES = ("Servers.csv", "DAGInfo.csv", "MailboxDatabases.csv", "MailboxDatabaseCopies.csv")
PRIMARY = 4


def rows(case: str, name: str) -> list[dict[str, str]]:
    with open(GOLDEN / case / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def typed(text: str, kind: str) -> object:
    if kind.startswith("bool"):
        return text == "true"
    if kind.startswith(("int", "float")):
        return float(text) if text else None
    return text


def golden_deployment(case: str) -> Deployment:
    """The deployment of a set, from its parameters and its layout."""
    given = {row["setting"]: row["value"] for row in rows(case, "parameters.csv")}
    kinds = {field.name: str(field.type) for field in dataclasses.fields(Settings)}
    settings = {name: typed(given[name], kind) for name, kind in kinds.items()}
    settings |= {name: int(given[name]) for name in ("first_drive", "replication_port")}
    servers = given["server_names"].split()
    return Deployment(
        copies=tuple(
            Copy(int(row["database"]), int(row["server"]), int(row["activation_preference"]), row["lagged"] == "true")
            for row in rows(case, "layout.csv")
        ),
        servers_primary=servers[:PRIMARY],
        servers_secondary=servers[PRIMARY:],
        database_base=given["names.database_base"],
        databases_per_volume=int(given["databases_per_volume"]),
        autoreseed_volumes=int(given["autoreseed_volumes"]),
        database_log_isolation=given["database_log_isolation"] == "true",
        replay_lag_delay=float(given["database_copies.replay_lag_delay"]),
        truncation_lag_delay=float(given["database_copies.truncation_lag_delay"]),
        settings=Settings(**settings),  # type: ignore[arg-type]
    )
