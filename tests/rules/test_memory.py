"""Memory: module sizes and the parts of a server's memory, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.rule_calls import assert_figures, call

from calculator import size
from calculator.rules.memory import (
    content_index_memory,
    database_cache_minimum,
    memory_for_cache,
    memory_for_client_access,
    memory_for_content_index,
    memory_for_module_size,
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
    mailboxes, both = np.array([1000.0]), pair(1, 1)
    assert server_memory(pair(60, 20), mailboxes, both, 8.0).tolist() == [[64], [64]]
    assert server_memory(pair(3, 90), mailboxes, both, 8.0).tolist() == [[8], [96]]
    assert np.isnan(server_memory(pair(20, NA), mailboxes, both, 8.0)[1, 0])


def test_without_mailboxes_a_server_has_the_published_memory():
    """8 GB by the system requirements where there are servers, whatever the arithmetic gives."""
    found = call(
        "server_memory",
        server_memory_calculated=([NA, 60, NA], [NA, 60, NA]),
        mailboxes_total=[0, 0, 10],
        memory_applies=(1, [1, 0, 1]),
        least_memory=8,
    )
    assert_figures(found, ([8, 8, NA], [8, NA, NA]))


def test_memory_required_is_not_rounded_up_to_a_size():
    """53.2 GB stay 53.2 where 64 are recommended; 8 GB at least, and the secondary no less than the primary."""
    found = call(
        "memory_required",
        server_memory_calculated=([53.2, 3, NA, 53.2], [40, 90, NA, 40]),
        summary_memory=([64, 8, 8, 64], [64, 96, NA, NA], [64, NA, NA, NA]),
        mailboxes_total=[10, 10, 0, 10],
        least_memory=8,
    )
    assert_figures(found, ([53.2, 8, 8, 53.2], [53.2, 90, NA, NA], [53.2, NA, NA, NA]))


def test_the_cache_is_a_quarter_of_the_memory():
    pages = pair(10 * 2**30 / 32768)
    alone = server_memory_base(np.array([16.0]), pages, pair(6), np.array([False]), 32768.0, 2.0**30, 100.0, 25.0)
    assert alone[0] == 40
    both = server_memory_base(np.array([16.0]), pages, pair(6), np.array([True]), 32768.0, 2.0**30, 100.0, 25.0)
    assert both[0] == 46


def test_content_indexing_adds_memory_if_it_does_not_fit_next_to_the_cache():
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


# --- what the memory is for ----------------------------------------------------------------------

PARTS = ("memory_for_cache", "memory_for_client_access", "memory_for_content_index", "memory_for_module_size")
APART = {"environment.multi_role": False}
PLACES = {
    "two datacenters": {},
    "the second in reserve": {"site_resilience.model": "active_passive"},
    "one datacenter": {"site_resilience.enabled": False},
    "a standalone server": {"environment.high_availability": False},
}
LOADS = {
    "usual": {"tiers.1.mailboxes": 5000},
    "few mailboxes": {"tiers.1.mailboxes": 20},
    "many small items": {
        "tiers.1.mailboxes": 1000,
        "tiers.1.message_size": 10,
        "tiers.1.mailbox_size_limit": "20 GB",
        "guidance.oddities": "corrected",
    },
    "no rating": {"tiers.1.mailboxes": 5000, "servers.primary.specint2006_rate": 0},
}


@pytest.mark.parametrize("roles", [{}, APART], ids=["multi-role", "roles apart"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("load", LOADS)
def test_the_parts_add_up_to_the_memory_of_a_server(load, place, roles):
    plan = size({**LOADS[load], **PLACES[place], **roles})
    for side in ("primary", "secondary"):
        parts = [plan[f"{part}.{side}"] for part in PARTS]
        memory = plan[f"server_memory.{side}"]
        if memory is None:
            assert parts == [None] * 4
            continue
        assert sum(parts) == pytest.approx(memory, rel=1e-12)
        assert all(part >= 0 for part in parts)
        assert parts[1] == (0 if roles else plan[f"cas_memory.{side}"])
    assert (plan["server_memory.secondary"] is None) == (place in ("one datacenter", "a standalone server"))


def test_some_design_has_each_part():
    many = size({**LOADS["many small items"], "site_resilience.enabled": False})
    assert all(many[f"{part}.primary"] > 0 for part in PARTS)


def test_the_parts_by_hand():
    """A cache of 10 GB asks for 40, 6 GB of Client Access on top, 7 of the index beside the cache: 48 GB."""
    multi, apart = np.array([True]), np.array([False])
    assert memory_for_client_access(multi, pair(6, 4)).tolist() == [[6], [4]]
    assert memory_for_cache(pair(46, 34), pair(6, 4)).tolist() == [[40], [30]]
    assert memory_for_content_index(pair(46, 50), pair(46, 34)).tolist() == [[0], [16]]
    assert memory_for_module_size(pair(48, 64), pair(46, 50)).tolist() == [[2], [14]]
    none = memory_for_client_access(apart, pair(6))
    assert none[0] == 0
    assert np.isnan(none[1])
    assert np.isnan(memory_for_cache(pair(40), pair(0))[1])
