"""Memory: module sizes and the parts of a server's memory, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from calculator.rules.memory import (
    content_index_memory,
    database_cache_minimum,
    module_size,
    server_memory,
    server_memory_base,
    server_memory_calculated,
)

NA = np.nan


def pair(primary, secondary=NA):
    return np.array([[primary], [secondary]], dtype=np.float64)


@pytest.mark.parametrize(
    ("memory", "module"),
    [(1, 2), (3, 4), (3.9, 4), (4, 4), (5, 8), (15.1, 16), (17, 24), (31, 32), (33, 48), (63, 64), (65, 96), (97, 128)],
)
def test_the_next_module_size(memory, module):
    assert module_size(np.array([float(memory)])) == module


def test_no_memory_no_module():
    assert np.isnan(module_size(np.array([NA])))[0]


def test_the_secondary_never_has_less_than_the_primary():
    assert server_memory(pair(60, 20), 8.0).tolist() == [[64], [64]]
    assert server_memory(pair(3, 90), 8.0).tolist() == [[8], [96]]
    assert np.isnan(server_memory(pair(20, NA), 8.0)[1, 0])


def test_the_cache_is_a_quarter_of_the_memory():
    pages = pair(10 * 2**30 / 32768)
    alone = server_memory_base(np.array([16.0]), pages, pair(6), np.array([False]), 32768.0, 2.0**30, 100.0, 25.0)
    assert alone[0] == 40
    both = server_memory_base(np.array([16.0]), pages, pair(6), np.array([True]), 32768.0, 2.0**30, 100.0, 25.0)
    assert both[0] == 46


def test_content_indexing_counts_where_it_does_not_fit_beside_the_cache():
    assert server_memory_calculated(pair(8), pair(7), 25.0, 100.0)[0] == 15
    assert server_memory_calculated(pair(40), pair(7), 25.0, 100.0)[0] == 40


def test_memory_of_items():
    assert content_index_memory(pair(0), pair(0), 7.0, 110.0, 24.0, 2.0**30)[0] == 7
    assert content_index_memory(pair(2**30), pair(2**30), 7.0, 110.0, 24.0, 2.0**30)[0] == 141


def test_the_cache_of_all_tiers_is_rounded_up_once():
    per_database = np.array([[100.0], [50.0]])
    cache = np.array([[6.0], [12.0]])
    shown = database_cache_minimum(per_database, pair(10), cache, pair(1, 0), 1024.0)
    assert shown[0] == np.ceil((100 * 10 * 6 + 50 * 10 * 12) / 1024) == 12
    assert np.isnan(shown[1, 0])
