"""Who is served: tiers without mailboxes."""

from calculator import size


def test_an_empty_first_tier_has_no_profile_and_leaves_the_totals_alone():
    design = {
        "tiers.1.mailboxes": 0,
        "tiers.2.mailboxes": 5_000,
        "tiers.2.messages_per_day": 100,
        "tiers.3.mailboxes": 0,
    }
    plan = size(design)
    assert plan["tiers.1.message_profile"] is None
    assert plan["tiers.2.message_profile"] == 100
    assert plan["tiers.3.message_profile"] == 0
    assert plan["messages_per_day"] == 5_000 * 100
