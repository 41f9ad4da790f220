"""Checks of Recoverable Items that exceed their quotas."""

from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Floats
from calculator.rules.registry import TIER, check

SIR = "single-item-recovery: "


@check(
    ERROR,
    "tiers.{label}.deleted_item_retention",
    "Recoverable Items reach {dumpster_uncapped:,.0f} MB per mailbox. At 30 GB, deletes fail and the retention cannot "
    "be kept.",
    "Shorten the retention, or raise the quota of Recoverable Items.",
    source=SIR + "RecoverableItemsQuota",
    axis=TIER,
)
def recoverable_items_full(
    dumpster_uncapped: Floats, tiers__litigation_hold: Bools, recoverable_items_quota: float
) -> Bools:
    """Check that Recoverable Items stay below 30 GB."""
    return ~tiers__litigation_hold & (dumpster_uncapped >= recoverable_items_quota)


@check(
    WARNING,
    "tiers.{label}.deleted_item_retention",
    "Recoverable Items reach {dumpster_uncapped:,.0f} MB per mailbox. Above 20 GB the oldest are removed first, so "
    "deleted items are kept for {retention_met:.0f} days.",
    "Shorten the retention, or raise the warning quota of Recoverable Items.",
    source=SIR + "RecoverableItemsWarningQuota",
    axis=TIER,
)
def recoverable_items_above_warning(
    dumpster_uncapped: Floats,
    retention_met: Floats,
    tiers__litigation_hold: Bools,
    recoverable_items_warning_quota: float,
    recoverable_items_quota: float,
) -> Bools:
    """Check that Recoverable Items stay below 20 GB."""
    above = dumpster_uncapped > recoverable_items_warning_quota
    above = above & (retention_met >= 0)
    return above & ~tiers__litigation_hold & (dumpster_uncapped < recoverable_items_quota)


@check(
    WARNING,
    "tiers.{label}.litigation_hold",
    "Recoverable Items of a mailbox on hold exceed 20 GB in month {hold_months_to_20_gb:.1f}. They reach 30 GB, where "
    "deletes fail, in month {hold_months_to_30_gb:.1f}.",
    "Raise the quotas of Recoverable Items before that.",
    source=SIR + "Litigation hold",
    axis=TIER,
)
def hold_fills_within_horizon(
    hold_months_to_20_gb: Floats, hold_months_to_30_gb: Floats, guidance__planning_horizon: Floats
) -> Bools:
    """Check that Recoverable Items of mailboxes on hold stay below 20 GB until the planning horizon."""
    reached = hold_months_to_20_gb <= guidance__planning_horizon
    return reached & (hold_months_to_30_gb > 0)


@check(
    NOTICE,
    "tiers.{label}.deleted_item_retention",
    "Recoverable Items: {dumpster_purges_versions:,.0f} MB is used (Purges and Versions). Microsoft's workbook would "
    "use {dumpster_calculator:,.0f} MB.",
    'Set guidance.dumpster_model to "larger" to use the larger figure.',
    source="design: dumpster model",
    axis=TIER,
)
def purges_below_calculator(
    purges_versions_count: Bools, dumpster_purges_versions: Floats, dumpster_calculator: Floats, tier_in_use: Bools
) -> Bools:
    """Check that the chosen model of Recoverable Items gives no less than the model of Microsoft's workbook."""
    return tier_in_use & purges_versions_count & (dumpster_purges_versions < dumpster_calculator)
