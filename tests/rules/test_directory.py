"""Directory servers: cores and memory."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call


def test_one_core_for_eight_busy_mailbox_cores():
    served = call("mailbox_cores_per_directory_core", environment__global_catalog_64bit=[True, False])
    assert_figures(served, [8, 4])
    found = call(
        "gc_cores",
        mailboxes_projected=([1000, 1000, 2000, 0, 1000, 1000, 960],),
        active_megacycles=(10,),
        megacycles_per_core=([1000, 1000, 1000, 1000, 0, 625, 100], [500, 1000, 1000, 1000, 1000, 1250, 100], 0),
        mailbox_cores_per_directory_core=[8, 4, 8, 8, 8, 8, 8],
    )
    # 10,000 megacycles keep 10 cores of 1,000 busy: 1.25 directory cores, rounded up
    assert_figures(found, ([2, 3, 3, 0, NA, 2, 12], [3, 3, 3, 0, 2, 1, 12]))


def test_the_directory_database_fits_the_memory():
    assert_figures(call("directory_memory_required", environment__directory_database_size=[12, NA]), [12, NA])
