"""Where the copies of each database sit, and in which order they activate.

Arrays are ``(databases, copies)``: the copies of the primary datacenter first, each datacenter's in
the order of preference inside it.  Servers count from 1 through both datacenters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from calculator.layout.parameters import Domain, Parameters

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_FIRST_TESTED_LEVEL = 3
"""Copies 1 to 3 of a database never meet in the order of an earlier block."""


def offsets(servers: int, copies: int, blocks: int) -> Ints:
    """How far each copy is moved in each block of as many databases as servers.

    In a block every copy level is the row of servers moved by its offset, so the databases of a server
    that fails spread evenly over the others: after ``perm(servers, copies)`` databases every ordered
    choice of servers has come once.

    Parameters
    ----------
    servers, copies
        Of one datacenter; at most as many copies as servers.
    blocks
        How many; from the end of the cycle on the offsets repeat and are left out.

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


def placed(servers: int, copies: int, databases: int) -> Ints:
    """Servers ``1..servers`` of the copies of each database in one datacenter or failure domain.

    Returns
    -------
    array of shape ``(databases, copies)``
    """
    if copies == 0:
        return np.zeros((databases, 0), dtype=np.int64)
    block, place = np.divmod(np.arange(databases), servers)
    moved = offsets(servers, copies, math.ceil(databases / servers))
    return 1 + (place[:, None] + moved[block % len(moved)]) % servers


def in_domains(domains: Sequence[Domain], databases: int, first: int) -> Ints:
    """Servers of the copies in a datacenter of several failure domains of one size.

    Each domain lays its copies out by itself; round by round they move on to the next domain.

    Parameters
    ----------
    domains
        Domains of the datacenter.
    databases
        How many.
    first
        Number of the first database in the count of the rounds.

    Oddity: the calculator counts databases from 1, so the first round is a database short.
    """
    servers = sum(domain.servers for domain in domains)
    rounds = (first + np.arange(databases)) // servers
    parts = []
    for place, domain in enumerate(domains):
        receiving = (place + rounds) % len(domains)
        parts.append(receiving[:, None] * domain.servers + placed(*domain, databases))
    return np.concatenate(parts, axis=1)


def servers_of_copies(parameters: Parameters) -> Ints:
    """Server of each copy, numbered through both datacenters, shape ``(databases, copies)``."""
    first = 0 if parameters.corrected else 1
    parts = []
    for datacenter, before in zip(range(parameters.datacenters), (0, parameters.servers_primary), strict=False):
        domains = parameters.domains[datacenter]
        if len(domains) > 1:
            part = in_domains(domains, parameters.databases, first)
        else:
            part = placed(*domains[0], parameters.databases)
        parts.append(before + part)
    return np.concatenate(parts, axis=1)


def exchanged(parameters: Parameters) -> Bools:
    """Databases that prefer the secondary datacenter, shape ``(databases,)``.

    In one active/active DAG the second half of every group of as many databases as active servers.
    """
    databases = np.arange(parameters.databases)
    if not parameters.two_way:
        return np.zeros(parameters.databases, dtype=np.bool_)
    group = sum(parameters.active_servers)
    place, half = databases % group, group // 2
    return (place >= half) & (place < 2 * half)


def preferences(parameters: Parameters) -> Ints:
    """Activation preference of each copy, shape ``(databases, copies)``.

    Oddity: where the datacenters hold different numbers of copies, an exchange may skip a number.
    """
    primary, secondary = parameters.copies if parameters.datacenters > 1 else (parameters.copies_primary, 0)
    plain = np.arange(1, primary + secondary + 1)
    if parameters.corrected:
        away = np.concatenate([plain[:primary] + secondary, plain[primary:] - primary])
    elif primary == secondary:
        away = np.where(plain <= primary, plain + primary, plain - primary)
    else:
        middle = (primary + secondary) // 2 + 1
        away = np.where(plain < middle, plain + middle, np.where(plain > middle, plain - middle, plain))
    return np.where(exchanged(parameters)[:, None], away, plain)


def lagged_marks(parameters: Parameters, preference: Ints) -> Bools:
    """Whether each copy is lagged, shape ``(databases, copies)``: those a datacenter prefers least.

    In one active/active DAG the lagged copies of the primary are with the databases' own datacenter,
    those of the secondary with the other.
    """
    lagged = np.zeros(preference.shape, dtype=np.bool_)
    swapped = _swapped(parameters)
    in_primary = np.arange(preference.shape[1]) < parameters.copies_primary
    last = (parameters.copies_primary, sum(parameters.copies))
    for side, count in enumerate(parameters.lagged[: parameters.datacenters]):
        if count:
            there = swapped[:, None] ^ (in_primary if side == 0 else ~in_primary)
            least = last[side] - count - swapped * _short_of(parameters, side)
            lagged |= there & (preference > least[:, None])
    return lagged


def _short_of(parameters: Parameters, side: int) -> int:
    """How many preferences fewer a datacenter's copies end at where they change datacenters.

    Oddity: one, however many copies fewer the other datacenter holds.
    """
    fewer = parameters.copies[side] - parameters.copies[1 - side]
    if parameters.corrected:
        return fewer if side == 0 else 0
    return int(fewer > 0)


def _swapped(parameters: Parameters) -> Bools:
    """Databases whose lagged copies change datacenters.

    Oddity: with an odd group the marks drift against the databases that prefer the secondary.
    """
    if not parameters.two_way or parameters.corrected:
        return exchanged(parameters)
    half = sum(parameters.active_servers) // 2
    return np.arange(parameters.databases) // half % 2 == 1


def healthy_first(preference: Ints, lagged: Bools) -> Ints:
    """Preferences with those of lagged copies after all others."""
    order = np.argsort(preference + preference.shape[1] * lagged, axis=1, kind="stable")
    return np.argsort(order, axis=1, kind="stable") + 1


def volumes(server: Ints, servers: int, per_volume: int) -> Ints:
    """Number of the volume of each copy on its server, shape ``(databases, copies)``.

    On every server the copies, in the order of databases, are cut into runs of a volume.
    """
    number = np.zeros(server.shape, dtype=np.int64)
    for each in range(1, servers + 1):
        here = server == each
        rank = np.cumsum(here.any(axis=1)) - 1
        number += here * (1 + rank // per_volume)[:, None]
    return number
