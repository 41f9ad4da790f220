"""List the capacities in which a type of disk is sold.

>>> sold_capacities('10K RPM SAS 2.5"')[-1]
1200
>>> sold_capacities('7.2K RPM SAS 3.5"')[-1]
12000
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from calculator.inputs.profile import Profile
from calculator.inputs.schema import CAPACITIES, DATACENTER, Value


@lru_cache(maxsize=1)
def _listed() -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the capacities, by speed and form factor, of the kinds of disks that are not sold in all capacities."""
    text = files(__package__).joinpath("disks_sold.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["speed"], row["inches"]): tuple(map(int, row["capacities"].split())) for row in rows}


def sold_capacities(disk_type: str) -> tuple[int, ...]:
    """Return the capacities that disks of a type are sold with, among those that Microsoft's workbook offers, in GB.

    Kinds of disks that are not in ``disks_sold.csv`` are assumed to have all capacities.

    Parameters
    ----------
    disk_type
        Word of the type, such as ``10K RPM SAS 2.5"``.
    """
    speed, inches = disk_type.split()[0], disk_type.split()[-1].rstrip('"')
    return _listed().get((speed, inches), CAPACITIES)


def with_restore_disks(profile: Profile, capacities: Mapping[str, Value]) -> dict[str, Value]:
    """Return larger database disks together with as large restore disks, where both were the same disk before.

    Parameters
    ----------
    profile
        The design.
    capacities
        New capacities of database disks by path.
    """
    values = dict(capacities)
    if not profile.value("data.dedicated_restore_volume"):
        return values
    for side in DATACENTER.labels:
        disk, restore = f"storage.{side}.database_disk", f"storage.{side}.restore_disk"
        same = all(
            profile.value(f"{disk}_{leaf}") == profile.value(f"{restore}_{leaf}") for leaf in ("capacity", "type")
        )
        if same and f"{disk}_capacity" in values:
            values[f"{restore}_capacity"] = values[f"{disk}_capacity"]
    return values
