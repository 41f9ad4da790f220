"""The calculator's layouts and failure runs, as the tests take them."""

from __future__ import annotations

import csv
import gzip
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from calculator.layout import Layout, layout
from support.paths import TESTS

GOLDEN = TESTS / "layout" / "golden"


@lru_cache
def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(GOLDEN / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def grouped(name: str, *keys: str) -> dict[object, list[dict[str, str]]]:
    return {key: list(group) for key, group in groupby(rows(name), itemgetter(*keys))}


CASES = {row["case"]: row for row in rows("cases")}
RUNS = grouped("failure_cases", "simulation")


@lru_cache
def golden_layout(case: str) -> Layout:
    return layout(CASES[case])
