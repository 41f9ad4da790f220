"""List the capacities in which a type of disk is sold.

>>> sold_capacities('10K RPM SAS 2.5"')[-1]
1200
>>> sold_capacities('7.2K RPM SAS 3.5"')[-1]
12000
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from calculator.inputs.schema import CAPACITIES


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
