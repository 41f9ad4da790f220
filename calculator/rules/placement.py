"""Place copies of databases on servers, and count the active databases of each server after failures.

The layout (`calculator.layout`) places copies with the functions of this module, so that the rules count what the
layout does. Servers are numbered from 1 through both datacenters; 0 means none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from calculator.numerics.arrays import NA, Array, Floats, Ints, is_na

_FIRST_TESTED_LEVEL = 3
"""First level at which an order of servers may repeat that of an earlier block and is tested for it."""
MOST_SERVERS = 16
"""Largest number of members of a DAG."""
MOST_DATABASES = 100_000
"""Largest number of databases of a DAG that are laid out."""
CHAIN = 3
"""Copies of a database that two failures reach: the active one and the next two."""
FIGURES = (
    "normal",
    "single",
    "double",
    "site",
    "site_and_single",
    "site_and_double",
    "away_single",
    "away_double",
    "moved_single",
    "moved_double",
    "copies",
)
"""What `count_active` returns: the most active databases on a server of each datacenter in six situations; of the
databases at home in each datacenter, the most on a server of the other and the most in all of the other, after one and
two failures at home; and the most copies on a server."""
NORMAL, SINGLE, DOUBLE, SITE, SITE_AND_SINGLE, SITE_AND_DOUBLE = range(6)
AWAY_SINGLE, AWAY_DOUBLE, MOVED_SINGLE, MOVED_DOUBLE, COPIES = range(6, len(FIGURES))
"""Places of the figures on their axis."""
_DATABASES_AT_ONCE = 500_000
_SHAPES_AT_ONCE = 256
_SHAPES_KEPT = 100_000
"""Shapes whose figures are kept, 16 MB."""
_BITS = {"databases": 18, "servers": 5, "copies": 5, "group": 6}


class Shape(NamedTuple):
    """What decides where the copies of a DAG are and which one is active: arrays of whole numbers, DAGs last.

    Attributes
    ----------
    databases
        Databases of the DAG.
    servers
        Servers of the primary and of the secondary datacenter, shape ``(2, n)``.
    healthy, lagged
        HA copies and lagged copies of a database in the primary and in the secondary, without those on servers of
        their own, shape ``(2, n)``.  In one active/active DAG the first are at home and the second in the other
        datacenter.
    group
        Active servers of both datacenters in one active/active DAG; 0 in other DAGs.
    crosses
        1 where databases activate in the other datacenter.
    witness
        1 where a witness votes if the number of servers is even.
    """

    databases: Ints
    servers: Ints
    healthy: Ints
    lagged: Ints
    group: Ints
    crosses: Ints
    witness: Ints


def compute_offsets(servers: int, copies: int, blocks: int) -> Ints:
    """Compute the offset of each copy in each block of as many databases as servers.

    In a block, each copy level is the row of servers rotated by its offset, so the databases of a failed
    server spread evenly over the others: after ``perm(servers, copies)`` databases every ordered choice
    of servers has occurred once.

    Parameters
    ----------
    servers, copies
        Servers and copies of one datacenter; at most as many copies as servers.
    blocks
        Number of blocks; the offsets repeat after a cycle, which is then cut off.

    Returns
    -------
    array of shape ``(min(blocks, cycle), copies)``
        Offsets from 0 to ``servers - 1``.

    Source: calculator-7.6, Distribution.
    """
    cycles = [math.perm(servers - 1, level) for level in range(copies)]
    rows = [[0] * copies for _ in range(min(blocks, cycles[-1]))]
    for level in range(1, copies):
        used: set[tuple[int, ...]] = set()
        for block, row in enumerate(rows):
            place = block % cycles[level]
            if place == 0:
                used.clear()
            if place % cycles[level - 1] == 0:
                row[level] = level + place // cycles[level - 1]
            else:
                row[level] = _next_free(rows[block - 1][level], row[:level], servers)
            if level >= _FIRST_TESTED_LEVEL and block % (servers - 1) == 0:
                while place % cycles[level - 1] and tuple(row[: level + 1]) in used:
                    row[level] = _next_free(row[level], row[:level], servers)
                used.add(tuple(row[: level + 1]))
    return np.array(rows, dtype=np.int64)


def _next_free(offset: int, taken: Sequence[int], servers: int) -> int:
    following = (offset + 1) % servers
    while following in taken:
        following = (following + 1) % servers
    return following


@lru_cache(maxsize=1)
def _offset_table() -> tuple[Ints, Ints]:
    """Return the offsets of the first three copies in all blocks of a cycle, and the lengths of the cycles.

    Shapes ``(servers, blocks, copies)`` and ``(servers,)``, for every number of servers of a datacenter.
    """
    cycles = np.ones(MOST_SERVERS + 1, dtype=np.int64)
    tables = [np.zeros((1, CHAIN), dtype=np.int64)] * 2
    for servers in range(2, MOST_SERVERS + 1):
        copies = min(servers, CHAIN)
        cycles[servers] = math.perm(servers - 1, copies - 1)
        found = compute_offsets(servers, copies, int(cycles[servers]))
        tables.append(np.pad(found, ((0, 0), (0, CHAIN - copies))))
    longest = max(len(table) for table in tables)
    return np.stack([np.pad(table, ((0, longest - len(table)), (0, 0))) for table in tables]), cycles


def count_active(shape: Shape) -> Floats:
    """Count the largest number of active databases on a server for many DAGs, as the layout activates them.

    Every failure of one server and of two servers, and the loss of each datacenter, is evaluated. Many designs have
    DAGs of the same shape, which is evaluated once.

    Returns
    -------
    array of shape ``(figures, 2, n)``
        `FIGURES` of the primary and of the secondary datacenter.  Not applicable where a database has no active copy
        after one of the failures, or the DAG has no quorum.
    """
    codes, inverse = np.unique(_encode(shape), return_inverse=True)
    first = np.zeros(len(codes), dtype=np.int64)
    first[inverse] = np.arange(len(inverse))
    return _counted.look_up(codes, _take(shape, first))[:, :, inverse]


class _Memory:
    """Figures of DAGs that have been counted, so that a batch counts each shape only once.

    Threads may share it: its arrays are replaced, never changed.
    """

    def __init__(self) -> None:
        self._known = np.zeros(0, dtype=np.int64), np.zeros((len(FIGURES), 2, 0))

    def look_up(self, codes: Ints, shape: Shape) -> Floats:
        """Return the figures of distinct shapes by their ascending codes, and count those that are not known."""
        known, figures = self._known
        places = np.minimum(np.searchsorted(known, codes), max(len(known) - 1, 0))
        new = known[places] != codes if len(known) else np.ones(len(codes), dtype=np.bool_)
        found = np.full((len(FIGURES), 2, len(codes)), NA)
        found[:, :, ~new] = figures[:, :, places[~new]]
        if new.any():
            found[:, :, new] = _count_all(_take(shape, np.flatnonzero(new)))
            self._keep(codes[new], found[:, :, new])
        return found

    def _keep(self, codes: Ints, found: Floats) -> None:
        known, figures = self._known
        if len(known) + len(codes) > _SHAPES_KEPT:
            known, figures = known[:0], figures[:, :, :0]
        every, first = np.unique(np.concatenate((known, codes)), return_index=True)
        self._known = every, np.concatenate((figures, found), axis=2)[:, :, first]


_counted = _Memory()


def _count_all(shape: Shape) -> Floats:
    found = np.full((len(FIGURES), 2, len(shape.databases)), NA)
    for part in _parts(shape.databases):
        found[:, :, part] = _count(_take(shape, part))
    return found


def _encode(shape: Shape) -> Ints:
    """Return one whole number per DAG that identifies its shape; numbers of DAGs of one size are close together."""
    code = np.zeros_like(shape.databases)
    for values, bits in (
        *((values, _BITS["servers"]) for values in shape.servers[::-1]),
        *((values, _BITS["copies"]) for values in (*shape.healthy, *shape.lagged)),
        (shape.group, _BITS["group"]),
        (shape.crosses, 1),
        (shape.witness, 1),
        (shape.databases, _BITS["databases"]),
    ):
        code = (code << bits) | values
    return code


def _take(shape: Shape, places: Array) -> Shape:
    return Shape(*(field[..., places] for field in shape))


def _parts(databases: Ints) -> list[Array]:
    """Return places of DAGs in parts that take a few MB each."""
    total = np.cumsum(databases)
    part = np.maximum(total // _DATABASES_AT_ONCE, np.arange(len(databases)) // _SHAPES_AT_ONCE)
    return np.split(np.arange(len(databases)), np.flatnonzero(np.diff(part)) + 1)


def _count(shape: Shape) -> Floats:
    """Count the figures of distinct DAGs."""
    first, second = shape.servers
    dag = np.repeat(np.arange(len(first)), shape.databases)
    number = np.arange(len(dag)) - np.repeat(np.cumsum(shape.databases) - shape.databases, shape.databases)
    levels = _place(shape, dag, number)
    chain = _order(shape, dag, number, levels)
    home, single, double, pairs, triples = _tally(chain, dag, len(first), int((first + second).max()))
    place = np.arange(home.shape[1])
    sides = [(place >= 1) & (place <= first[:, None]), (place > first[:, None]) & (place <= (first + second)[:, None])]
    single_ok, double_ok = (_survives(shape, failed) for failed in (1, 2))
    figures = np.full((len(FIGURES), 2, len(first)), NA)
    for side in (0, 1):
        here = sides[side]
        figures[NORMAL, side] = _largest(home, here)
        figures[SINGLE, side] = np.where(single_ok, _largest(single, here), NA)
        figures[DOUBLE, side] = np.where(double_ok, _largest(double, here), NA)
        figures[SITE : SITE_AND_DOUBLE + 1, side] = _count_alone(shape, side, levels[side], dag)
        figures[COPIES, side] = _count_copies(shape, side, levels[side], dag, here)
    crossing = np.flatnonzero(second)
    if crossing.size:
        here, there = (places[crossing] for places in sides)
        enough = np.stack((single_ok, double_ok, single_ok, double_ok))[:, crossing]
        for side, ways in enumerate(((here, there), (there, here))):
            moved = _count_moved(pairs[crossing], triples[crossing], *ways)
            figures[AWAY_SINGLE : MOVED_DOUBLE + 1, side, crossing] = np.where(enough, moved, NA)
    return figures


def _place(shape: Shape, dag: Ints, number: Ints) -> tuple[Ints, Ints]:
    """Return the servers of the first three copies of each database in each datacenter, shape ``(3, databases)``."""
    table, cycles = _offset_table()
    found = []
    for side, before in enumerate((np.zeros_like(shape.servers[0]), shape.servers[0])):
        servers = np.maximum(shape.servers[side], 1)[dag]
        block, place = np.divmod(number, servers)
        offsets = table[servers, block % cycles[servers]].T
        copies = (shape.healthy[side] + shape.lagged[side])[dag]
        server = 1 + before[dag] + (place + offsets) % servers
        found.append(np.where(np.arange(CHAIN)[:, None] < copies, server, 0))
    return found[0], found[1]


def _order(shape: Shape, dag: Ints, number: Ints, levels: tuple[Ints, Ints]) -> Ints:
    """Return the first three servers on which each database activates, shape ``(3, databases)``.

    First the HA copies at home, then those in the other datacenter, then the lagged copies in the same order.
    """
    group = shape.group[dag]
    half = group // 2
    place = number % np.maximum(group, 1)
    swapped = (place >= half) & (place < 2 * half)
    here, there = np.where(swapped, levels[1], levels[0]), np.where(swapped, levels[0], levels[1])
    copies = (shape.healthy + shape.lagged)[:, dag]
    own = np.where(swapped, copies[1], copies[0])
    other = np.where(swapped, copies[0], copies[1])
    own_lagged, other_lagged = (
        np.minimum(lagged[dag], most) for lagged, most in zip(shape.lagged, (own, other), strict=True)
    )
    own_healthy, other_healthy = own - own_lagged, other - other_lagged
    stays = shape.crosses[dag] == 0
    chain: list[Ints] = []
    for position in range(CHAIN):
        after_healthy = position - own_healthy
        after_other = after_healthy - other_healthy
        after_own = after_other - own_lagged
        other_level = np.where(after_other < 0, after_healthy, other_healthy + after_own)
        at_home = (after_healthy < 0) | ((after_other >= 0) & (after_own < 0))
        own_level = np.where(after_healthy < 0, position, own_healthy + after_other)
        server = np.where(at_home, _at(here, own_level), np.where(stays, 0, _at(there, other_level)))
        if position:
            server = np.where(chain[-1] == 0, 0, server)
        chain.append(server)
    return np.stack(chain)


def _at(levels: Ints, level: Ints) -> Ints:
    """Return the servers at a level of each database, 0 beyond the last."""
    known = (level >= 0) & (level < CHAIN)
    return np.where(known, levels[np.clip(level, 0, CHAIN - 1), np.arange(levels.shape[1])], 0)


def _tally(chain: Ints, dag: Ints, dags: int, servers: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Count active databases per server: without a failure, and the largest number after one and two failures.

    The last two figures are the databases that fail over from one server to another, and from two servers to a
    third.
    """
    size = servers + 1
    first = dag * size + chain[0]
    second = first * size + chain[1]
    home = _count_each(first, (dags, size))
    pairs = _count_each(second, (dags, size, size))
    triples = _count_each(second * size + chain[2], (dags, size, size, size))
    home[:, 0], pairs[:, 0], triples[:, 0], triples[:, :, 0] = 0, 0, 0, 0
    other = ~np.eye(size, dtype=np.bool_)
    apart = other[:, :, None] & other[:, None] & other[None]
    single = ((home[:, None] + pairs) * other).max(axis=1)
    taken = pairs[:, :, None] + pairs[:, None] + triples + triples.transpose(0, 2, 1, 3)
    double = ((home[:, None, None] + taken) * apart).max(axis=(1, 2))
    return home, single, double, pairs, triples


def _count_each(codes: Ints, shape: tuple[int, ...]) -> Ints:
    return np.bincount(codes, minlength=math.prod(shape)).astype(np.int32).reshape(shape)  # type: ignore[return-value]


def _largest(counts: Ints, here: Array) -> Floats:
    """Return the largest count on a server of a datacenter, not applicable without servers."""
    most = np.where(here, counts, -1).max(axis=1)
    return np.where(most < 0, NA, most.astype(np.float64))


def _count_moved(pairs: Ints, triples: Ints, here: Array, there: Array) -> Ints:
    """Count the databases of a datacenter that are active in the other datacenter, shape ``(4, dags)``.

    The largest number on one server after one and after two failures, and the largest in all of the other
    datacenter.
    """
    single = pairs * (here[:, :, None] & there[:, None])
    both = here[:, :, None] & here[:, None] & ~np.eye(here.shape[1], dtype=np.bool_)
    two = both[..., None] & there[:, None, None]
    double = (single[:, :, None] + single[:, None] + triples + triples.transpose(0, 2, 1, 3)) * two
    on_server = single.max(axis=(1, 2)), double.max(axis=(1, 2, 3))
    return np.stack((*on_server, single.sum(axis=2).max(axis=1), double.sum(axis=3).max(axis=(1, 2))))


def _count_alone(shape: Shape, side: int, levels: Ints, dag: Ints) -> list[Floats]:
    """Count the active databases of a datacenter after the loss of the other one, and of one and two more servers."""
    servers = shape.servers[side]
    before = shape.servers[0] if side else np.zeros_like(servers)
    chain = np.where(levels > 0, levels - before[dag], 0)
    home, single, double, *_ = _tally(chain, dag, len(servers), int(servers.max()))
    copies = shape.healthy[side] + shape.lagged[side]
    every = (shape.servers[1] > 0) & (servers > 0)
    rows = []
    for failed, counts in enumerate((home, single, double)):
        enough = every & (copies > failed) & _keeps_quorum(servers, failed, np.ones_like(servers))
        rows.append(np.where(enough, counts[:, 1:].max(axis=1, initial=0).astype(np.float64), NA))
    return rows


def _count_copies(shape: Shape, side: int, levels: Ints, dag: Ints, here: Array) -> Floats:
    """Count the largest number of copies on a server of a datacenter.

    If a database has more than three copies, those in the last, incomplete round are assumed to be on one server,
    which is at most one copy per database of the round too many.
    """
    size = here.shape[1]
    held = _count_each((dag * size + levels).ravel(), here.shape)
    copies = shape.healthy[side] + shape.lagged[side]
    rounds, rest = np.divmod(shape.databases, np.maximum(shape.servers[side], 1))
    most = rounds * copies + np.minimum(copies, rest)
    exact = _largest(held, here)
    return np.where(is_na(exact) | (copies <= CHAIN), exact, most.astype(np.float64))


def _survives(shape: Shape, failed: int) -> Array:
    """Return whether every database stays active after any given number of failures, and the DAG keeps its quorum."""
    own, other = shape.healthy + shape.lagged
    reached = np.where(shape.healthy[1] > 0, shape.healthy[0], own)
    reached = np.where(shape.crosses == 1, own + other, reached)
    servers = shape.servers[0] + shape.servers[1]
    return (reached > failed) & _keeps_quorum(servers, failed, shape.witness)


def _keeps_quorum(servers: Ints, failed: int, witness: Ints) -> Array:
    """Return whether a DAG keeps its quorum; a witness votes where the number of servers is even."""
    even = (servers % 2 == 0).astype(np.int64)
    return servers - failed + even * witness >= (servers + even) // 2 + 1
