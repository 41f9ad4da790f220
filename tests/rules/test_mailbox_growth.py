"""Growth of mailboxes: data generated, time until the quota is full, size by month."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call, call_correction


def test_a_year_is_fifty_two_weeks():
    yearly = call("yearly_data_generated", weekly_data_generated=([1024, 512, 0],))
    assert_figures(yearly, ([52, 26, 0],))
    assert_figures(call("monthly_data_generated", yearly_data_generated=([12, 26.4, 0],)), ([1024, 2252.8, 0],))
    assert_figures(call("weekly_data_generated", weekly_mail=([36.5],)), ([36.5],))


def test_the_time_until_a_mailbox_is_full():
    given = {
        "tier_in_use": ([True, True, True, True, False, True, True],),
        "yearly_data_generated": ([1, 2, 1, 0, 1, 4, 1],),
        "initial_size": ([0, 0, 1024, 0, 0, 4096, 9999],),
    }
    found = call("years_to_capacity", **given, mailbox_size_on_disk=([2048, 2048, 2048, 2048, 2048, 8192, 0],))
    assert_figures(found, ([2, 1, 1, NA, 0, 1, 0],))
    # Corrected, the first size counts once and the quotas of mailbox and archive end the growth.
    quota = ([2048, 2048, 2048, 2048, 2048, 8192, 2048],)
    right = call_correction(
        "years_to_capacity", **given, tiers__mailbox_size_limit=quota, tiers__archive_size_limit=([0] * 7,)
    )
    assert_figures(right, ([2, 1, 1, NA, 0, 1, 0],))
    archive = ([0, 1024, 5120, 1024, 1024, 0, 8192],)
    right = call_correction(
        "years_to_capacity", **given, tiers__mailbox_size_limit=quota, tiers__archive_size_limit=archive
    )
    assert_figures(right, ([2, 1.5, 6, NA, 0, 1, 241 / 1024],))
    assert_figures(call("months_to_capacity", years_to_capacity=([2, 0.5, NA],)), ([24, 6, NA],))


def test_the_size_by_month_scales_the_first_size_too():
    given = {"yearly_data_generated": ([12],), "initial_size": ([1024],)}
    found = call("mailbox_size_by_month", **given)[0, :, :, 0]
    right = call_correction("mailbox_size_by_month", **given)[0, :, :, 0]
    assert found.shape == right.shape == (3, 18)
    # Month 0, 12 and 60, with 60, 80 and 100 percent of the mail kept.
    assert_figures(found[:, [0, 1, 17]], ([1, 13 * 0.6, 39], [1, 13 * 0.8, 52], [1, 13, 65]))
    assert_figures(right[:, [0, 1, 17]], ([1, 8.2, 37], [1, 10.6, 49], [1, 13, 61]))


def test_the_maximum_size():
    assert_figures(
        call("maximum_mailbox_size", tier_in_use=([True, True, False],), mailbox_size_on_disk=([2048, 0, 2048],)),
        ([2, 0, NA],),
    )
