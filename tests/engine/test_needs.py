"""Needs that a figure does not use in a design."""

import numpy as np
import pytest
from support.sessions import shipped

from calculator import size
from calculator.engine.needs import call_of, unused_needs


@pytest.mark.parametrize(
    ("name", "unused"),
    [
        ("hypervisor_factor", {"servers.hypervisor_overhead"}),
        ("volume_maintenance_part", {"laid_out_databases_per_volume", "maintenance_share", "volume_databases_part"}),
        ("cpu_utilization_by_mode.worst.primary", {"active_after_site_failure", "megacycles_per_core"}),
        ("content_index_size", set()),
    ],
)
def test_a_need_whose_other_values_change_nothing_is_not_used(name, unused):
    assert unused_needs(name, size(shipped("active_active"))) == unused


def test_a_figure_that_does_not_apply_names_no_need_as_unused():
    assert unused_needs("replication_peak_throughput.environment", size(shipped("exchange_2019"))) == frozenset()


def test_a_correction_is_called_with_the_figure_of_microsofts_workbook():
    design = size(shipped("active_active").with_values({"guidance.oddities": "corrected"}))
    function, values = call_of("active_after_first_failure", design)
    assert np.ravel(values["active_after_first_failure"]).tolist() == [10, 10]
    assert np.ravel(function(*values.values())).tolist() == [12, 12]
