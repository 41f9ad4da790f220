"""The figures that the rules count for a layout are those of the layout, for shapes of any kind."""

from __future__ import annotations

import numpy as np
import pytest

from calculator.layout import Parameters, combinations, layout
from calculator.layout.parameters import check_parameters
from calculator.rules.placement import COPIES, DOUBLE, SINGLE, SITE, Shape, count_active


def random_parameters(seed):
    """Yield parameters of layouts that can be laid out, corrected, most of them uneven."""
    random = np.random.default_rng(seed)
    while True:
        two, single_dag = bool(random.random() < 0.6), bool(random.random() < 0.5)
        first = int(random.integers(1, 11))
        second = int(random.integers(1, 17 - first)) if two else 0
        copies = int(random.integers(1, min(first, 5) + 1)), int(random.integers(0, min(second, 5) + 1)) if two else 0
        if two and single_dag:
            copies = (min(copies[0], second),) * 2
        parameters = Parameters(
            databases=int(random.integers(1, 150)),
            servers_primary=first,
            copies_primary=copies[0],
            datacenters=1 + two,
            model="active_active_single_dag" if single_dag else "active_passive",
            servers_secondary=second,
            active_servers_primary=int(random.integers(1, first + 1)),
            active_servers_secondary=int(random.integers(1, second + 1)) if two and single_dag else 0,
            copies_secondary=copies[1],
            lagged_primary=int(random.integers(0, min(2, copies[0] - 1) + 1)),
            lagged_secondary=int(random.integers(0, min(2, copies[1], copies[0] - 1) + 1)),
            witness=str(random.choice(["primary", "third_site", "none"])),
            block_secondary_activation=bool(random.random() < 0.3),
            workbook_failures=False,
            oddities="corrected",
        )
        if not check_parameters(parameters).errors:
            yield parameters


def count(parameters):
    """Return the figures that the rules count, shape ``(figures, 2)``."""
    two, blocked = parameters.datacenters > 1, parameters.block_secondary_activation
    shape = Shape(
        databases=np.array([parameters.databases]),
        servers=np.array([parameters.servers]).T,
        healthy=np.array([parameters.copies]).T - np.array([parameters.lagged]).T,
        lagged=np.array([parameters.lagged]).T,
        group=np.array([sum(parameters.active_servers) if parameters.two_way else 0]),
        crosses=np.array([int(two and (parameters.two_way or not blocked))]),
        witness=np.array([int(parameters.witness != "none")]),
    )
    return count_active(shape)[:, :, 0]


def compare(count_of_layouts, seed):
    for _, parameters in zip(range(count_of_layouts), random_parameters(seed), strict=False):
        dag, figures = layout(parameters), count(parameters)
        for side in range(parameters.datacenters):
            places = list(parameters.places(1 + side))
            for failed, figure in ((1, SINGLE), (2, DOUBLE)):
                if failed < parameters.servers_total:
                    found = combinations(dag, failed)
                    survived = not found.share_lost + found.share_without_quorum
                    most = found.active_databases[:, places].max() if survived else np.nan
                    np.testing.assert_equal(figures[figure, side], most, err_msg=str(parameters))
            if parameters.datacenters > 1:
                active = dag.switch_over(2 - side).active_databases
                most = active.max() if active.sum() == parameters.databases else np.nan
                np.testing.assert_equal(figures[SITE, side], most, err_msg=str(parameters))
            held = dag.assigned_copies[places].max()
            exact = parameters.copies[side] <= 3
            assert figures[COPIES, side] == held if exact else held <= figures[COPIES, side] <= held + 2


def test_counted_figures_are_those_of_the_layout():
    compare(60, seed=15)


@pytest.mark.slow
def test_counted_figures_of_many_layouts():
    compare(1500, seed=16)
