"""Recoverable items: the Purges and Versions model, the workbook's model, quotas and hold."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import DumpsterModel


def test_whitespace_is_one_day_of_mail():
    found = call(
        "whitespace",
        messages_per_mailbox=([50, 100, 150, 200, 250, 0, 500],),
        tiers__message_size=([75, 75, 75, 75, 75, 75, 1024],),
    )
    assert_figures(found, ([3.662109375, 7.32421875, 10.986328125, 14.6484375, 18.310546875, 0, 500],))


def test_the_retention_window_is_whole_weeks():
    found = call("retention_weeks", tiers__deleted_item_retention=([0, 1, 7, 8, 14, 90, 365],))
    assert_figures(found, ([0, 1, 1, 2, 2, 13, 53],))


def test_items_on_hold_are_kept_to_the_planning_horizon():
    weeks = call("horizon_weeks", guidance__planning_horizon=[12, 36, 60])
    assert_figures(weeks, [52, 156, 260])
    kept = call(
        "weeks_kept", tiers__litigation_hold=([True, False, True],), retention_weeks=([2, 2, 2],), horizon_weeks=weeks
    )
    assert_figures(kept, ([52, 2, 260],))


def test_deletions_or_purges_hold_the_mail_of_the_window():
    kept = ([False, True, False, True, True, False, True],)
    deletions = call("dumpster_deletions", weekly_mail=(10,), weeks_kept=([2, 2, 13, 13, 0, 0, 1],), purges_kept=kept)
    assert_figures(deletions, ([20, 0, 130, 0, 0, 0, 0],))
    purges = call(
        "dumpster_purges", items_kept=([1024, 1024, 500, 6500, 0, 0, 1],), tiers__message_size=(50,), purges_kept=kept
    )
    assert_figures(purges, ([0, 50, 0, 317.3828125, 0, 0, 50 / 1024],))
    assert_figures(
        call("dumpster_versions", dumpster_purges=(200,), tiers__edited_share=([0, 0.1, 1],)), ([0, 20, 200],)
    )


def test_calendar_versions_are_three_percent_of_the_quota():
    found = call(
        "dumpster_calendar",
        tier_in_use=([True, True, True, False],),
        tiers__calendar_versioning=([True, False, True, True],),
        tiers__litigation_hold=([False, False, True, False],),
        tiers__mailbox_size_limit=(2000,),
    )
    assert_figures(found, ([60, 0, 0, 0],))


def test_the_workbooks_model_and_the_quota_of_thirty_gigabytes():
    found = call(
        "dumpster_calculator_uncapped",
        tier_in_use=([True, True, True, True, False, True, True],),
        whitespace=([10, 10, 10, 10, 10, 0, 5000],),
        tiers__deleted_item_retention=([14, 14, 14, 0, 14, 14, 14],),
        tiers__single_item_recovery=([True, False, False, True, True, True, False],),
        tiers__calendar_versioning=([True, True, False, True, True, False, False],),
        tiers__mailbox_size_limit=(10_000,),
    )
    # 14 days of mail, 1.2 % for versions, 3 % for the calendar
    assert_figures(found, ([560, 440, 140, 420, 0, 120, 70_000],))
    assert_figures(call("dumpster_calculator", dumpster_calculator_uncapped=(found[0].tolist(),))[0, -1:], [30 * 1024])
    assert_figures(
        call("dumpster_purges_versions", dumpster_purges_versions_uncapped=([30_719, 30_720, 30_721],)),
        ([30_719, 30_720, 30_720],),
    )


def test_the_model_that_counts():
    found = call(
        "purges_versions_count",
        guidance__dumpster_model=[
            DumpsterModel.PURGES_VERSIONS,
            DumpsterModel.CALCULATOR,
            DumpsterModel.LARGER,
            DumpsterModel.LARGER,
            DumpsterModel.LARGER,
            DumpsterModel.CALCULATOR,
        ],
        tiers__litigation_hold=([False, False, False, False, False, True],),
        dumpster_purges_versions=([1, 9, 9, 5, 4, 1],),
        dumpster_calculator=([5, 5, 5, 5, 5, 5],),
    )
    assert found.tolist() == [[True, False, True, True, False, True]]


def test_the_retention_that_fits_twenty_gigabytes():
    found = call(
        "retention_met",
        tiers__deleted_item_retention=([14, 14, 14, 100, 14, 14, 14],),
        tiers__litigation_hold=([False, False, False, False, True, False, False],),
        dumpster_uncapped=([100, 20_480, 20_580, 21_480, 21_480, 99_999, 20_580],),
        retention_day_space=([50, 50, 50, 100, 100, 1, 0],),
    )
    # 100 MB too much at 50 MB per day cost two days; nothing is purged on hold.
    assert_figures(found, ([14, 14, 12, 90, NA, 0, NA],))


def test_months_on_hold_to_twenty_and_thirty_gigabytes():
    given = {
        "tiers__litigation_hold": ([True, True, False, True],),
        "hold_growth_per_week": ([20_480 / 52, 30_720 / 52, 10, 0],),
    }
    assert_figures(call("hold_months_to_20_gb", **given), ([12, 8, NA, NA],))
    assert_figures(call("hold_months_to_30_gb", **given), ([18, 12, NA, NA],))


def test_the_archive_is_charged_once_more():
    found = call(
        "archive_dumpster_and_whitespace",
        tiers__archive_size_limit=([0, 1000, 1000, 1000],),
        tiers__messages_per_day=(100,),
        tiers__message_size=(102.4,),
        tiers__deleted_item_retention=([14, 14, 14, 4000],),
        tiers__single_item_recovery=([True, True, False, False],),
        tiers__calendar_versioning=([True, True, False, False],),
    )
    assert_figures(found, ([0, 140 + 12 + 30 + 10, 140 + 10, 30_720 + 10],))


def test_the_cost_of_one_more_day():
    space = call(
        "retention_day_space",
        purges_versions_count=([True, True, False],),
        weekly_mail=(70,),
        whitespace=(14,),
        purges_kept=([True, False, True],),
        tiers__edited_share=(0.1,),
    )
    assert_figures(space, ([11, 10, 14],))
    cost = call(
        "retention_day_cost",
        mailboxes_projected=([1024, 1024],),
        retention_day_space=(10,),
        environment__high_availability=[True, False],
        copies_total=4,
    )
    assert_figures(cost, [40, 10])
