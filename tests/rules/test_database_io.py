"""Database I/O of mailboxes, tiers and the DAG."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

MESSAGES = ([50, 100, 150, 200, 250, 300, 500],)


def test_iops_of_the_published_profiles():
    found = call("base_iops", tiers__predict_iops=(True,), messages_per_mailbox=MESSAGES, io__predicted_iops_factor=1)
    assert_figures(found, ([0.0335, 0.067, 0.1005, 0.134, 0.1675, 0.201, 0.335],))
    assert_figures(
        call(
            "base_iops",
            tiers__predict_iops=([True, False],),
            messages_per_mailbox=(100,),
            io__predicted_iops_factor=1.5,
        ),
        ([0.1005, 0],),
    )


def test_the_read_share():
    given = {
        "tier_in_use": (True,),
        "messages_per_mailbox": ([0, 249, 250, 251, 300, 500, 100],),
        "tiers__read_write_ratio": (3,),
    }
    alone = call("read_fraction", **given, tiers__predict_iops=(True,), environment__high_availability=False)
    copies = call("read_fraction", **given, tiers__predict_iops=(True,), environment__high_availability=True)
    assert_figures(copies, ([0.6, 0.6, 0.6, 0.5, 0.5, 0.5, 0.6],))
    assert_figures(alone, ([0.5, 0.5, 0.5, 0.4, 0.4, 0.4, 0.5],))
    measured = call(
        "read_fraction",
        tier_in_use=([True, True, True, True, True, False],),
        tiers__predict_iops=(False,),
        messages_per_mailbox=(100,),
        tiers__read_write_ratio=([0, 1, 2, 3, 4, 4],),
        environment__high_availability=True,
    )
    assert_figures(measured, ([0.4, 0.5, 0.6, 0.66, 0.75, 0],))


def test_desktop_search_multiplies_reads_in_halves():
    found = call(
        "desktop_search_factor",
        tiers__desktop_search=([True, True, True, True, True, True, False],),
        mailbox_size_on_disk=([127.9, 128, 170, 250, 300, 1707, 1707],),
    )
    # 128 / 170.67 = 0.75 is nearest to 1 (a half up), 1707 / 170.67 = 10.0
    assert_figures(found, ([1, 1, 1, 1.5, 2, 10, 1],))


def test_reads_of_search_and_multiplier_are_added():
    found = call(
        "reads",
        base_reads=(10,),
        desktop_search_factor=([1, 2, 1, 2],),
        effective_iops_multiplier=([1, 1, 3, 3],),
        tiers__iops_multiplier=([1, 1, 3, 3],),
    )
    assert_figures(found, ([10, 20, 30, 50],))
    assert_figures(call("writes", base_writes=(4,), effective_iops_multiplier=([1, 2.5],)), ([4, 10],))


def test_the_profile_is_predicted_or_measured():
    found = call(
        "iops_profile",
        tier_in_use=([True, True, False],),
        tiers__predict_iops=([True, False, True],),
        reads=(0.06,),
        writes=(0.04,),
        tiers__iops_per_mailbox=(0.2,),
        effective_iops_multiplier=(2,),
    )
    assert_figures(found, ([0.1, 0.4, 0],))


def test_the_peak_of_a_dag():
    transfers = call(
        "database_transfers", mailboxes_projected=([1000, 0], [500, 0]), sizing_units=[2, 2], iops_profile=(0.1, 0.2)
    )
    assert_figures(transfers, ([50, 0], [50, 0]))
    assert_figures(
        call("peak_iops", database_transfers=([50, 0], [50, 0]), io__additional_iops=[0, 10], io__overhead_factor=0.2),
        [120, 12],
    )
    reads = call("database_reads", database_transfers=(50, 50), read_fraction=(0.6, 0.5))
    writes = call("database_writes", database_transfers=(50, 50), read_fraction=(0.6, 0.5))
    assert_figures(reads, ([30], [25]))
    assert_figures(writes, ([20], [25]))


def test_without_io_there_is_no_read_share():
    share = call("database_read_fraction", database_reads=([30, 0], [25, 0]), database_transfers=([50, 0], [50, 0]))
    assert_figures(share, [0.55, NA])
    assert_figures(call("sized_read_fraction", database_read_fraction=[0.55, NA]), [0.55, 0])


@pytest.mark.parametrize(("name", "part"), [("base_reads", 0.6), ("base_writes", 0.4)])
def test_reads_and_writes_of_the_profile(name, part):
    assert_figures(call(name, base_iops=([0, 1, 10],), read_fraction=(0.6,)), ([0, part, 10 * part],))
