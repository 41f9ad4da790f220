"""Figures of a mailbox: size on disk, processor load, cache, logs, and the tier with the largest mailboxes."""

from __future__ import annotations

from support.rule_calls import assert_figures, call

from calculator.inputs.choices import MegacycleRounding

MESSAGES = ([50, 100, 150, 200, 250, 300, 0],)
"""The published profiles, and a tier without mailboxes."""


def test_the_size_on_disk_is_rounded_up():
    found = call(
        "mailbox_size_on_disk",
        tier_in_use=([True, True, True, True, True, True, False],),
        tiers__mailbox_size_limit=([2048, 2048, 2048, 0, 100, 100, 2048],),
        dumpster_and_whitespace=([232.6, 0, 0.0001, 0, 0, 0, 10],),
        tiers__archive_size_limit=([0, 0, 0, 0, 1000, 0, 0],),
        archive_dumpster_and_whitespace=([0, 0, 0, 0, 50.5, 0, 0],),
    )
    assert_figures(found, ([2281, 2048, 2049, 0, 1151, 100, 0],))


def test_megacycles_of_the_published_profiles():
    given = {"messages_per_mailbox": MESSAGES, "effective_megacycles_multiplier": (1,), "roles_together": False}
    exact = {**given, "guidance__megacycle_rounding": MegacycleRounding.EXACT}
    table = {**given, "guidance__megacycle_rounding": MegacycleRounding.TABLE}
    ratio = {"guidance__client_access_ratio": 0.375}
    assert_figures(call("active_megacycles", **exact, **ratio), ([2.125, 4.25, 6.375, 8.5, 10.625, 12.75, 0],))
    assert_figures(call("active_megacycles", **table, **ratio), ([2.13, 4.25, 6.38, 8.5, 10.63, 12.75, 0],))
    assert_figures(
        call("passive_megacycles", **exact, guidance__multiplier_on_passive=True),
        ([0.685, 1.37, 2.055, 2.74, 3.425, 4.11, 0],),
    )
    assert_figures(
        call("passive_megacycles", **table, guidance__multiplier_on_passive=True),
        ([0.69, 1.37, 2.06, 2.74, 3.43, 4.11, 0],),
    )


def test_a_multiplier_reaches_passive_copies_only_if_it_is_to():
    given = {
        "messages_per_mailbox": (100,),
        "effective_megacycles_multiplier": (3,),
        "guidance__megacycle_rounding": MegacycleRounding.EXACT,
        "roles_together": False,
    }
    assert_figures(call("active_megacycles", **given, guidance__client_access_ratio=0.375), ([12.75],))
    assert_figures(call("passive_megacycles", **given, guidance__multiplier_on_passive=[True, False]), ([4.11, 1.37],))


def test_cache_and_logs_of_the_published_profiles():
    assert_figures(call("database_cache_profile", messages_per_mailbox=MESSAGES), ([3, 6, 9, 12, 15, 18, 0],))
    logs = call("mailbox_logs_per_day", messages_per_mailbox=MESSAGES, tiers__message_size=(75,))
    # 75 KB over the reference of 78.9 KB is 0.95, which is rounded to 1.
    assert_figures(logs, ([10, 20, 30, 40, 50, 60, 0],))
    assert_figures(call("mailbox_logs_per_day", messages_per_mailbox=(100,), tiers__message_size=([150],)), ([38],))


def test_the_first_of_the_largest_tiers_is_shown():
    tier = call("largest_tier", mailbox_size_on_disk=([5, 1, 3, 0], [2, 7, 3, 0], [2, 7, 1, 9]))
    assert_figures(tier, [1, 2, 1, 3])
    quota = call(
        "largest_mailbox_quota",
        tiers__mailbox_size_limit=([1, 2, 3, 4], [10, 20, 30, 40], [100, 200, 300, 400]),
        largest_tier=[1, 2, 1, 3],
    )
    assert_figures(quota, [1, 20, 3, 400])


def test_client_access_is_a_share_of_the_active_load():
    assert_figures(
        call("cas_megacycles", active_megacycles=([8.5, 0],), guidance__client_access_ratio=0.25), ([2.125, 0],)
    )
    assert_figures(call("initial_size", tier_in_use=([True, False],), tiers__initial_mailbox_size=(500,)), ([500, 0],))
