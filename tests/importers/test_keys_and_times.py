"""Hashes of texts, records with distinct keys, and points in time of exports."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from calculator.importers.formats.deduplicate import DistinctRecords
from calculator.importers.formats.hashing import hash_texts
from calculator.importers.formats.times import DAY_FIRST, MONTH_FIRST, NEVER, Times


@given(st.lists(st.text(max_size=12), max_size=30))
def test_equal_texts_have_equal_keys_and_others_have_not(texts):
    keys = hash_texts(pa.array(texts, pa.string())).tolist()
    assert len(set(zip(texts, keys, strict=True))) == len(set(texts)) == len(set(keys))
    sliced = pa.array(["before", *texts, None], pa.string()).slice(1, len(texts))
    assert hash_texts(sliced).tolist() == keys


def test_times_that_are_none():
    texts = pa.array(
        ["", "2014-05-06", "31/12/2014 25:00", "2014-02-29T00:00Z", "1/2/3 4:05", "13:61", "0/5/2014 13:00 PM"]
    )
    for order in (DAY_FIRST, MONTH_FIRST):
        assert (Times(texts).minutes(order) == NEVER).all()


def test_a_column_tells_whether_day_or_month_comes_first():
    def order(*texts):
        return Times(pa.array(texts)).order

    assert order("05/06/2014 07:00") is None
    assert order("05/06/2014 07:00", "13/06/2014 07:00") == DAY_FIRST
    assert order("05/06/2014 07:00", "06/13/2014 07:00") == MONTH_FIRST
    assert order("5/6/2014 7:00:00 AM") == MONTH_FIRST
    assert order("05.06.2014 07:00:00") == DAY_FIRST
    assert order("2014-05-06T07:00:00Z") == DAY_FIRST  # no matter: the year comes first


def test_distinct_records_are_as_many_as_a_set_tells():
    draw = np.random.default_rng(1)
    keys = draw.integers(0, 50_000, 400_000, dtype=np.uint64) * np.uint64(2**64 // 50_000)
    records = DistinctRecords()
    for part in np.array_split(keys, 9):
        records.add(part, part, part)
    records.settle()
    assert records.keys.tolist() == sorted(set(keys.tolist()))
    assert (records.added, records.scale) == (400_000, 1)
