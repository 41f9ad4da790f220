"""Checks of assumptions that differ from what was published."""

from calculator.issues import NOTICE
from calculator.numerics.arrays import Bools, Floats
from calculator.numerics.rounding import remainder
from calculator.rules.registry import TIER, check


@check(
    NOTICE,
    "tiers.{label}.messages_per_day",
    "{tiers__messages_per_day:g} messages per day is not a published message profile (50 to 500 in steps of 50).",
    "No action is needed: the figures follow a line through the published profiles.",
    source="calculator-7.6: Tables",
    axis=TIER,
)
def profile_extrapolated(
    tier_in_use: Bools, tiers__messages_per_day: Floats, profile_step: float, largest_profile: float
) -> Bools:
    """Check that the message profile is a published one."""
    off = remainder(tiers__messages_per_day, profile_step) != 0
    beyond = (tiers__messages_per_day > largest_profile) | (tiers__messages_per_day < profile_step)
    return tier_in_use & (off | beyond)


@check(
    NOTICE,
    "mailbox.statistics_before_2013",
    "Mailbox sizes that were measured before Exchange 2013 grow by 30 to 40 % in Exchange 2013.",
    "Raise the quotas and sizes that were measured.",
    source="mailbox-size-growth: Reported size",
)
def sizes_will_grow(mailbox__statistics_before_2013: Bools) -> Bools:
    """Check that mailbox sizes were measured on Exchange 2013."""
    return mailbox__statistics_before_2013


@check(
    NOTICE,
    "environment.third_party_products",
    "Third-party products are in use, but no multiplier includes their load.",
    "Set the IOPS multiplier and the CPU multiplier as the vendors of the products advise.",
    source="sizing-recommendations-2013: Role requirements calculator",
)
def products_not_sized(
    environment__third_party_products: Bools, tiers__iops_multiplier: Floats, tiers__megacycles_multiplier: Floats
) -> Bools:
    """Check that multipliers include the load of third-party products."""
    plain = (tiers__iops_multiplier == 1) & (tiers__megacycles_multiplier == 1)
    return environment__third_party_products & plain.all(axis=0)
