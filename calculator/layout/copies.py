"""Choose the servers of the copies of each database, and the order in which the copies activate.

Arrays have the shape ``(databases, copies)``: the copies of the primary datacenter first, those of a
datacenter in the order of preference inside it.  Servers are numbered from 1 through both datacenters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from calculator.layout.parameters import Domain, Parameters
from calculator.numerics.arrays import Bools, Ints
from calculator.rules.placement import compute_offsets


def place_copies(servers: int, copies: int, databases: int) -> Ints:
    """Place the copies of each database on servers ``1..servers`` of a datacenter or failure domain.

    Returns
    -------
    array of shape ``(databases, copies)``
    """
    if copies == 0:
        return np.zeros((databases, 0), dtype=np.int64)
    block, place = np.divmod(np.arange(databases), servers)
    moved = compute_offsets(servers, copies, math.ceil(databases / servers))
    return 1 + (place[:, None] + moved[block % len(moved)]) % servers


def place_in_domains(domains: Sequence[Domain], databases: int, first: int) -> Ints:
    """Place the copies of a datacenter that has several failure domains of equal size.

    Each domain places its copies by itself; after each round they move to the next domain.

    Parameters
    ----------
    domains
        Domains of the datacenter.
    databases
        Number of databases.
    first
        Number of the first database, from which the rounds are counted.

    Oddity: Microsoft's workbook counts databases from 1, so the first round is one database short.
    """
    servers = sum(domain.servers for domain in domains)
    rounds = (first + np.arange(databases)) // servers
    parts = []
    for place, domain in enumerate(domains):
        receiving = (place + rounds) % len(domains)
        parts.append(receiving[:, None] * domain.servers + place_copies(*domain, databases))
    return np.concatenate(parts, axis=1)


def assign_servers(parameters: Parameters) -> Ints:
    """Assign a server to each copy, numbered through both datacenters, shape ``(databases, copies)``."""
    first = 0 if parameters.corrected else 1
    parts = []
    for datacenter, before in zip(range(parameters.datacenters), (0, parameters.servers_primary), strict=False):
        domains = parameters.domains[datacenter]
        if len(domains) > 1:
            part = place_in_domains(domains, parameters.databases, first)
        else:
            part = place_copies(*domains[0], parameters.databases)
        parts.append(before + part)
    return np.concatenate(parts, axis=1)


def prefers_secondary(parameters: Parameters) -> Bools:
    """Return which databases prefer the secondary datacenter, shape ``(databases,)``.

    In one active/active DAG, databases are grouped by as many as there are active servers, and the second half of each
    group prefers the secondary.
    """
    databases = np.arange(parameters.databases)
    if not parameters.two_way:
        return np.zeros(parameters.databases, dtype=np.bool_)
    group = sum(parameters.active_servers)
    place, half = databases % group, group // 2
    return (place >= half) & (place < 2 * half)


def assign_preferences(parameters: Parameters) -> Ints:
    """Assign an activation preference to each copy, shape ``(databases, copies)``.

    Oddity: if the datacenters hold different numbers of copies, exchanging their preferences may skip a number.
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
    return np.where(prefers_secondary(parameters)[:, None], away, plain)


def mark_lagged(parameters: Parameters, preference: Ints) -> Bools:
    """Mark the lagged copies, the least preferred of a datacenter, shape ``(databases, copies)``.

    In one active/active DAG the lagged copies of the primary are in the home datacenter of a database,
    those of the secondary in the other datacenter.
    """
    lagged = np.zeros(preference.shape, dtype=np.bool_)
    swapped = _lagged_copies_swap(parameters)
    in_primary = np.arange(preference.shape[1]) < parameters.copies_primary
    last = (parameters.copies_primary, sum(parameters.copies))
    for side, count in enumerate(parameters.lagged[: parameters.datacenters]):
        if count:
            there = swapped[:, None] ^ (in_primary if side == 0 else ~in_primary)
            least = last[side] - count - swapped * _count_fewer(parameters, side)
            lagged |= there & (preference > least[:, None])
    return lagged


def _count_fewer(parameters: Parameters, side: int) -> int:
    """Return by how much the last preference of a datacenter is lower for lagged copies that change datacenters.

    Oddity: it is lower by 1, however many copies fewer the other datacenter holds.
    """
    fewer = parameters.copies[side] - parameters.copies[1 - side]
    if parameters.corrected:
        return fewer if side == 0 else 0
    return int(fewer > 0)


def _lagged_copies_swap(parameters: Parameters) -> Bools:
    """Return which databases have lagged copies that change datacenters.

    Oddity: with an odd group the marks shift relative to the databases that prefer the secondary.
    """
    if not parameters.two_way or parameters.corrected:
        return prefers_secondary(parameters)
    half = sum(parameters.active_servers) // 2
    return np.arange(parameters.databases) // half % 2 == 1


def put_healthy_first(preference: Ints, lagged: Bools) -> Ints:
    """Return the preferences, renumbered so that lagged copies come after all others."""
    order = np.argsort(preference + preference.shape[1] * lagged, axis=1, kind="stable")
    return np.argsort(order, axis=1, kind="stable") + 1


def number_volumes(server: Ints, servers: int, per_volume: int) -> Ints:
    """Number the volume of each copy on its server, from 1, shape ``(databases, copies)``.

    The copies of a server fill its volumes in the order of the databases.
    """
    number = np.zeros(server.shape, dtype=np.int64)
    for each in range(1, servers + 1):
        here = server == each
        rank = np.cumsum(here.any(axis=1)) - 1
        number += here * (1 + rank // per_volume)[:, None]
    return number
