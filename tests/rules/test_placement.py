"""Active databases of a layout after failures, counted for many DAGs at once, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.rule_calls import NA, assert_figures, call, call_correction

from calculator.rules import placement
from calculator.rules.placement import Shape, count_active


def shape(**given):
    """Return the shape of one DAG per value; pairs are those of the primary and the secondary datacenter."""
    default = {"servers": (4, 0), "healthy": (3, 0), "lagged": (0, 0), "group": 0, "crosses": 0, "witness": 1}
    return Shape(**{name: whole(value) for name, value in {**default, **given}.items()})


def whole(value):
    if isinstance(value, tuple):
        return np.stack(np.broadcast_arrays(*map(whole, value)))
    return np.atleast_1d(np.array(value, dtype=np.int64))


def figures(**given):
    """Return the figures of one DAG by name, as the primary and the secondary."""
    return dict(zip(placement.FIGURES, count_active(shape(**given))[:, :, 0].tolist(), strict=True))


def test_eight_databases_on_four_servers():
    """Databases 1 to 4 have their copies on servers +0, +1, +2, databases 5 to 8 on +0, +2, +3.

    Server 1 fails: database 1 goes to 2 and database 5 to 3, so that these have 3.  Servers 1 and 2 fail: of 1 both go
    to 3, of 2 one to 3 and one to 4: server 3 has 5.
    """
    found = count_active(shape(databases=8))[:, 0, 0]
    assert found[:3].tolist() == [2, 3, 5]
    assert np.isnan(found[3:10]).all()
    assert found[10] == 6


def test_whole_rounds_spread_evenly():
    """24 databases are all ordered choices of three of four servers: 6 + 6 / 3 = 8, and 24 / 2 = 12."""
    assert count_active(shape(databases=24))[:3, 0, 0].tolist() == [6, 8, 12]


def test_a_datacenter_of_an_odd_number_of_servers():
    """Five servers a site, 80 databases: those of one server go to two of its neighbours.

    8 + 8 / 2 = 12 and 8 + 2 * 8 / 2 = 16; the loss of a datacenter makes 80 / 5 = 16 active, one more server
    16 + 16 / 4 = 20.  Two copies in a datacenter do not survive a second failure there.
    """
    found = figures(databases=80, servers=(5, 5), healthy=(2, 2), group=10, crosses=1)
    assert found["normal"] == [8, 8]
    assert found["single"] == [12, 12]
    assert found["double"] == [16, 16]
    assert found["site"] == [16, 16]
    assert found["site_and_single"] == [20, 20]
    assert np.isnan(found["site_and_double"]).all()
    assert found["copies"] == [32, 32]
    # Of a server's 8 databases 4 have their second copy on the next server: the failure of both sends these over.
    assert found["away_single"] == found["moved_single"] == [0, 0]
    assert found["moved_double"] == [4, 4]


def test_databases_go_over_where_home_has_one_copy():
    """Two servers a site and 8 databases, 4 at home in each, one copy in each: a failed server's 2 go over together.

    The copy of a database in the other datacenter is on the server of the same place.
    """
    found = figures(databases=8, servers=(2, 2), healthy=(1, 1), group=4, crosses=1)
    assert found["single"] == [4, 4]
    assert found["away_single"] == [2, 2]
    assert found["moved_single"] == [2, 2]
    assert found["site"] == [4, 4]
    # Both copies of a database are lost with two servers.
    assert np.isnan(found["double"]).all()


def test_lagged_copies_activate_last():
    """Two HA copies and a lagged one on three servers of the primary, one HA copy on one server of the secondary.

    Servers 1 and 2 fail.  Of databases 1 and 4 at home on 1, with their second copies on 2 and 3, one goes to the
    secondary and one to 3; of 2 and 5 likewise: server 3 has 4 and the secondary 2.  Where they may not go there, they
    are lost although a lagged copy is left at home, which comes after the HA copy of the secondary.
    """
    given = {"databases": 6, "servers": (3, 1), "healthy": (2, 1), "lagged": (1, 0)}
    found = figures(**given, crosses=1)
    assert found["double"] == [4, 2]
    assert found["away_double"][0] == found["moved_double"][0] == 2
    assert np.isnan(figures(**given)["double"]).all()
    # Five servers without a secondary: 3 has its own, and of 1 and 2 database 1 (past 2, to its lagged copy), 2 and 6.
    assert figures(databases=6, servers=(5, 0), healthy=(2, 0), lagged=(1, 0))["double"][0] == 4


@pytest.mark.parametrize(
    ("servers", "witness", "survived"),
    [
        # Of 2 servers and a witness 2 votes are left after a failure, of 3 servers 2, and 1 after two.
        (2, 1, 1),
        (2, 0, 0),
        (3, 1, 1),
        (3, 0, 1),
        (4, 1, 2),
        (4, 0, 1),
        (5, 0, 2),
    ],
)
def test_quorum_bounds_the_failures(servers, witness, survived):
    found = figures(databases=12, servers=(servers, 0), healthy=(min(servers, 3), 0), witness=witness)
    known = [not np.isnan(found[name][0]) for name in ("single", "double")]
    assert known == [survived >= 1, survived >= 2]


def test_the_last_round_of_more_than_three_copies():
    """Ten databases with four copies on eight servers: one round, and two databases whose copies may meet: 4 + 2."""
    assert figures(databases=10, servers=(8, 0), healthy=(4, 0))["copies"][0] == 6
    # Of three copies the offsets are known: 0, 2 and 3 in the second round, of which a server has two at most.
    assert figures(databases=10, servers=(8, 0), healthy=(3, 0))["copies"][0] == 5


def test_many_dags_have_the_same_figures_as_each_alone(monkeypatch):
    random = np.random.default_rng(15)
    count = 400
    servers = random.integers(3, 9, count), random.integers(0, 2, count) * random.integers(3, 8, count)
    second = servers[1] > 0
    many = shape(
        databases=random.integers(1, 60, count),
        servers=servers,
        healthy=(random.integers(1, 3, count), random.integers(1, 3, count) * second),
        lagged=(random.integers(0, 2, count), random.integers(0, 2, count) * second),
        group=(servers[0] + servers[1]) * second * random.integers(0, 2, count),
        crosses=random.integers(0, 2, count) * second,
        witness=random.integers(0, 2, count),
    )
    monkeypatch.setattr(placement, "_SHAPES_AT_ONCE", 7)
    monkeypatch.setattr(placement, "_DATABASES_AT_ONCE", 300)
    monkeypatch.setattr(placement, "_SHAPES_KEPT", 50)
    monkeypatch.setattr(placement, "_counted", placement._Memory())
    together = count_active(many)
    again = count_active(many)
    monkeypatch.setattr(placement, "_counted", placement._Memory())
    for number in random.integers(0, count, 40):
        alone = count_active(placement._take(many, np.array([number])))
        assert_figures(together[:, :, number], tuple(alone[:, :, 0].tolist()))
        assert_figures(again[:, :, number], tuple(alone[:, :, 0].tolist()))


GIVEN = {
    "environment__high_availability": True,
    "valid": True,
    "databases": 24,
    "ha_copies": (3, 1),
    "layout_lagged_copies": (1, 0),
    "summary_mailbox_servers_by_datacenter": (4, 1),
}


@pytest.mark.parametrize(
    ("change", "possible"),
    [
        ({}, True),
        ({"environment__high_availability": False}, False),
        ({"valid": False}, False),
        ({"summary_mailbox_servers_by_datacenter": (3, 1)}, False),
        ({"summary_mailbox_servers_by_datacenter": (4, NA)}, False),
        ({"summary_mailbox_servers_by_datacenter": (15, 1)}, True),
        ({"summary_mailbox_servers_by_datacenter": (16, 1)}, False),
        ({"databases": 0}, False),
        ({"databases": 24.5}, False),
        ({"databases": 100_000}, True),
        ({"databases": 100_001}, False),
        ({"databases": NA}, False),
    ],
)
def test_a_dag_with_a_layout(change, possible):
    assert call("layout_possible", **{**GIVEN, **change}).tolist() == [possible]


def test_figures_of_the_layout_of_designs():
    """The first is an active/active DAG, the second blocks its secondary, the third has no layout."""
    found = call(
        "layout_failures",
        layout_possible=[True, True, False],
        databases=80,
        summary_mailbox_servers_by_datacenter=(5, 5),
        ha_copies=(2, 2),
        layout_lagged_copies=(0, 0),
        active_servers=(5, [5, 0, 5]),
        two_way=[True, False, True],
        site_resilience__block_secondary_activation=[True, True, False],
        dag__witness_location=0,
    )
    assert found.shape == (len(placement.FIGURES), 2, 3)
    # 80 databases at home on five servers: 16, and 16 / 4 more of a failed one; a second failure loses databases.
    assert_figures(found[:3, 0], ([8, 16, NA], [12, 20, NA], [16, NA, NA]))
    assert_figures(found[3, 1], [16, 16, NA])


def test_copies_that_the_servers_of_each_datacenter_are_sized_for():
    assert_figures(call("sized_copies_per_server", database_copies_per_server=[20, 8]), ([20, 8], [20, 8]))
    held = tuple((20, 40) for _ in placement.FIGURES)
    none = tuple((20, NA) for _ in placement.FIGURES)
    given = {"sized_copies_per_server": (18, 18)}
    found = call_correction("sized_copies_per_server", **given, layout_failures=held, layout_possible=[True, False])
    assert_figures(found, ([20, 18], [40, 18]))
    found = call_correction("sized_copies_per_server", **given, layout_failures=none, layout_possible=True)
    assert_figures(found, ([20], [18]))
    factor = call("copies_factor", sized_copies_per_server=([20, 0], [40, 0]), database_copies_per_server=[20, 0])
    assert_figures(factor, ([1, 1], [2, 1]))
    assert_figures(
        call("layout_lagged_copies", lagged_copies=(1, 2), lagged_servers_dedicated=[False, True]), ([1, 0], [2, 0])
    )


def test_servers_are_sized_as_laid_out_with_corrected_figures():
    found = call("sized_as_laid_out", layout_possible=[True, True, False], guidance__oddities=[0, 1, 1])
    assert found.tolist() == [False, True, False]
