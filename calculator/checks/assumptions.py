"""Checks of assumptions that differ from what was published."""

from calculator.issues import NOTICE
from calculator.numerics.arrays import Bools, Floats
from calculator.numerics.rounding import remainder
from calculator.rules.registry import TIER, check


@check(
    NOTICE,
    "tiers.{label}.messages_per_day",
    "{tiers__messages_per_day:g} messages a day are off the published profiles (50 to 500 in steps of 50).",
    "The figures are extrapolated along a line.",
    source="calculator-7.6: Tables",
    axis=TIER,
)
def profile_extrapolated(
    tier_in_use: Bools, tiers__messages_per_day: Floats, profile_step: float, largest_profile: float
) -> Bools:
    """The message profile is a published one."""
    off = remainder(tiers__messages_per_day, profile_step) != 0
    beyond = (tiers__messages_per_day > largest_profile) | (tiers__messages_per_day < profile_step)
    return tier_in_use & (off | beyond)


@check(
    NOTICE,
    "mailbox.statistics_before_2013",
    "Sizes measured before Exchange 2013 grow by 30 to 40 % there.",
    "Raise the quotas and sizes that were measured.",
    source="mailbox-size-growth: Reported size",
)
def sizes_will_grow(mailbox__statistics_before_2013: Bools) -> Bools:
    """Sizes were measured on Exchange 2013."""
    return mailbox__statistics_before_2013


@check(
    NOTICE,
    "environment.third_party_products",
    "Third-party products are in use, and no multiplier accounts for them.",
    "Set tiers.N.iops_multiplier and tiers.N.megacycles_multiplier as their makers advise.",
    source="sizing-recommendations-2013: Role requirements calculator",
)
def products_not_sized(
    environment__third_party_products: Bools, tiers__iops_multiplier: Floats, tiers__megacycles_multiplier: Floats
) -> Bools:
    """Products that add load are accounted for."""
    plain = (tiers__iops_multiplier == 1) & (tiers__megacycles_multiplier == 1)
    return environment__third_party_products & plain.all(axis=0)
