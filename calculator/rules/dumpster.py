"""Recoverable Items of a mailbox: what single item recovery, calendar versioning and litigation hold keep.

There are two models. The Purges and Versions model counts what is deleted and edited on the work days of the
retention window, in whole weeks. Microsoft's workbook counts every calendar day and adds shares of the quota.
"""

import numpy as np

from calculator.inputs.choices import DumpsterModel
from calculator.numerics.arrays import NA, Bools, Codes, Floats, axis_sum, first_true, ratio, select
from calculator.numerics.rounding import round_up
from calculator.rules.registry import TIER, flag, rule


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C20")
def whitespace(messages_per_mailbox: Floats, tiers__message_size: Floats, kb_per_mb: float) -> Floats:
    """Whitespace of a mailbox, which is the mail of one day.

    These are pages that the deletions of a day free and that are not reused at once.
    """
    return messages_per_mailbox * tiers__message_size / kb_per_mb


@rule(unit="MB", level="per_mailbox", axis=TIER, group="detail", source="single-item-recovery: Purges and Versions")
def weekly_mail(
    messages_per_mailbox: Floats, tiers__message_size: Floats, mailbox__work_week: Floats, kb_per_mb: float
) -> Floats:
    """Size of the mail that a mailbox sends and receives in a work week."""
    return messages_per_mailbox * mailbox__work_week * tiers__message_size / kb_per_mb


@rule(unit="week", level="per_mailbox", axis=TIER, group="detail", source="single-item-recovery: Window")
def retention_weeks(tiers__deleted_item_retention: Floats, days_per_week: float) -> Floats:
    """Number of weeks in the deleted item retention window of a mailbox.

    Whole weeks, rounded up: 90 days are 13 weeks.
    """
    return round_up(tiers__deleted_item_retention / days_per_week)


@rule(unit="week", level="per_environment", group="detail", source="design: planning horizon")
def horizon_weeks(guidance__planning_horizon: Floats, weeks_per_year: float, months_per_year: float) -> Floats:
    """Number of weeks to the planning horizon, 52/12 per month."""
    return guidance__planning_horizon * weeks_per_year / months_per_year


@rule(unit="week", level="per_mailbox", axis=TIER, group="detail", source="single-item-recovery: Litigation hold")
def weeks_kept(tiers__litigation_hold: Bools, retention_weeks: Floats, horizon_weeks: Floats) -> Floats:
    """Number of weeks for which a mailbox keeps deleted and edited items.

    These are the weeks of the retention window; on hold, nothing is purged before the planning horizon.
    """
    return select(tiers__litigation_hold, horizon_weeks, retention_weeks)


@flag(level="per_mailbox", axis=TIER, group="detail", source="single-item-recovery: Purges")
def purges_kept(tiers__single_item_recovery: Bools, tiers__litigation_hold: Bools) -> Bools:
    """Whether a mailbox keeps the items that its user purges and the originals of the items that its user edits.

    It does with single item recovery, and on litigation hold.
    """
    return tiers__single_item_recovery | tiers__litigation_hold


@rule(unit="MB", level="per_mailbox", axis=TIER, source="single-item-recovery: Deletions")
def dumpster_deletions(weekly_mail: Floats, weeks_kept: Floats, purges_kept: Bools) -> Floats:
    """Size of the Deletions folder of a mailbox: deleted items that the user can still recover.

    All mail of the retention window, as an upper bound. Zero where the Purges folder holds these items.
    """
    return select(purges_kept, 0.0, weekly_mail * weeks_kept)


@rule(unit="items", level="per_mailbox", axis=TIER, group="detail", source="single-item-recovery: Purges")
def items_kept(messages_per_mailbox: Floats, mailbox__work_week: Floats, weeks_kept: Floats) -> Floats:
    """Number of messages that a mailbox sends and receives on the work days of its retention window."""
    return messages_per_mailbox * mailbox__work_week * weeks_kept


@rule(unit="MB", level="per_mailbox", axis=TIER, source="single-item-recovery: Purges")
def dumpster_purges(items_kept: Floats, tiers__message_size: Floats, purges_kept: Bools, kb_per_mb: float) -> Floats:
    """Size of the Purges folder of a mailbox: all items that are deleted in the retention window.

    All mail of the work days of the window is counted. Zero without single item recovery or hold.
    """
    return select(purges_kept, items_kept * tiers__message_size / kb_per_mb, 0.0)


@rule(unit="MB", level="per_mailbox", axis=TIER, source="single-item-recovery: Versions")
def dumpster_versions(dumpster_purges: Floats, tiers__edited_share: Floats) -> Floats:
    """Size of the Versions folder of a mailbox: the originals of messages that are edited in the retention window."""
    return dumpster_purges * tiers__edited_share


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C20")
def dumpster_calendar(
    tier_in_use: Bools,
    tiers__calendar_versioning: Bools,
    tiers__litigation_hold: Bools,
    tiers__mailbox_size_limit: Floats,
    calendar_share: float,
) -> Floats:
    """Size of the versions of calendar items in a mailbox, 3 % of its quota.

    Zero without calendar versioning, and on hold, where the growth of all mail includes them.
    """
    counted = tier_in_use & tiers__calendar_versioning & ~tiers__litigation_hold
    return select(counted, tiers__mailbox_size_limit * calendar_share, 0.0)


@rule(unit="MB", level="per_mailbox", axis=TIER, group="detail", source="single-item-recovery: Recoverable items")
def dumpster_purges_versions_uncapped(
    dumpster_deletions: Floats, dumpster_purges: Floats, dumpster_versions: Floats, dumpster_calendar: Floats
) -> Floats:
    """Recoverable Items of a mailbox by the Purges and Versions model, before the quota of 30 GB limits them."""
    return dumpster_deletions + dumpster_purges + dumpster_versions + dumpster_calendar


@rule(unit="MB", level="per_mailbox", axis=TIER, source="single-item-recovery: Recoverable items")
def dumpster_purges_versions(dumpster_purges_versions_uncapped: Floats, recoverable_items_quota: float) -> Floats:
    """Recoverable Items of a mailbox by the Purges and Versions model, at most 30 GB.

    The work days of all weeks in the retention window count; on hold, all weeks to the planning horizon.
    """
    return np.minimum(dumpster_purges_versions_uncapped, recoverable_items_quota)


@rule(unit="MB", level="per_mailbox", axis=TIER, group="detail", source="calculator-7.6: Role Requirements C20")
def dumpster_calculator_uncapped(
    tier_in_use: Bools,
    whitespace: Floats,
    tiers__deleted_item_retention: Floats,
    tiers__single_item_recovery: Bools,
    tiers__calendar_versioning: Bools,
    tiers__mailbox_size_limit: Floats,
    versions_share: float,
    calendar_share: float,
) -> Floats:
    """Recoverable Items of a mailbox by the model of Microsoft's workbook, before the quota of 30 GB limits them."""
    quota = tiers__mailbox_size_limit
    size = (
        whitespace * tiers__deleted_item_retention
        + select(tiers__single_item_recovery, quota * versions_share, 0.0)
        + select(tiers__calendar_versioning, quota * calendar_share, 0.0)
    )
    return select(tier_in_use, size, 0.0)


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C20")
def dumpster_calculator(dumpster_calculator_uncapped: Floats, recoverable_items_quota: float) -> Floats:
    """Recoverable Items of a mailbox by the model of Microsoft's workbook, at most 30 GB.

    The mail of each calendar day of the retention window, 1.2 % of the quota for versions and 3 % for calendar
    items.

    Oddity: calendar days are counted although the work week is known, so a week of five days counts 7/5 of its mail.
    """
    return np.minimum(dumpster_calculator_uncapped, recoverable_items_quota)


@flag(level="per_mailbox", axis=TIER, group="detail", source="design: dumpster model")
def purges_versions_count(
    guidance__dumpster_model: Codes,
    tiers__litigation_hold: Bools,
    dumpster_purges_versions: Floats,
    dumpster_calculator: Floats,
) -> Bools:
    """Whether the size of a mailbox counts Recoverable Items by the Purges and Versions model.

    It does where this model is chosen, where the larger model is chosen and this one is larger, and on hold, which
    Microsoft's workbook does not know.
    """
    larger = dumpster_purges_versions >= dumpster_calculator
    chosen = guidance__dumpster_model == DumpsterModel.PURGES_VERSIONS
    by_size = (guidance__dumpster_model == DumpsterModel.LARGER) & larger
    return tiers__litigation_hold | chosen | by_size


@rule(unit="MB", level="per_mailbox", axis=TIER, source="design: dumpster model")
def dumpster(purges_versions_count: Bools, dumpster_purges_versions: Floats, dumpster_calculator: Floats) -> Floats:
    """Recoverable Items of a mailbox that count for its size, by the chosen model, at most 30 GB."""
    return select(purges_versions_count, dumpster_purges_versions, dumpster_calculator)


@rule(unit="MB", level="per_mailbox", axis=TIER, group="detail", source="design: dumpster model")
def dumpster_uncapped(
    purges_versions_count: Bools, dumpster_purges_versions_uncapped: Floats, dumpster_calculator_uncapped: Floats
) -> Floats:
    """Recoverable Items of a mailbox by the chosen model, before the quota of 30 GB limits them."""
    return select(purges_versions_count, dumpster_purges_versions_uncapped, dumpster_calculator_uncapped)


@rule(unit="MB", level="per_mailbox", axis=TIER, source="single-item-recovery: Purges and Versions")
def retention_day_space(
    purges_versions_count: Bools,
    weekly_mail: Floats,
    whitespace: Floats,
    purges_kept: Bools,
    tiers__edited_share: Floats,
    days_per_week: float,
) -> Floats:
    """Space that one more day of deleted item retention takes in a mailbox.

    By the Purges and Versions model it is a seventh of the growth of a week, because the window is rounded to weeks.
    """
    versions = select(purges_kept, tiers__edited_share, 0.0)
    weekly = weekly_mail + weekly_mail * versions
    return select(purges_versions_count, weekly / days_per_week, whitespace)


@rule(unit="GB", level="per_environment", source="single-item-recovery: Purges and Versions")
def retention_day_cost(
    mailboxes_projected: Floats,
    retention_day_space: Floats,
    environment__high_availability: Bools,
    copies_total: Floats,
    mb_per_gb: float,
) -> Floats:
    """Database space that one more day of deleted item retention takes in all copies of all databases."""
    one_copy = axis_sum(mailboxes_projected * retention_day_space) / mb_per_gb
    return one_copy * select(environment__high_availability, copies_total, 1.0)


@rule(unit="day", level="per_mailbox", axis=TIER, source="single-item-recovery: RecoverableItemsWarningQuota")
def retention_met(
    tiers__deleted_item_retention: Floats,
    tiers__litigation_hold: Bools,
    dumpster_uncapped: Floats,
    retention_day_space: Floats,
    recoverable_items_warning_quota: float,
) -> Floats:
    """Number of days for which a mailbox keeps deleted items in practice.

    Above 20 GB the oldest items are removed first, so that the window is the time in which 20 GB fill. Not
    applicable on hold, where nothing is purged.
    """
    excess = dumpster_uncapped - recoverable_items_warning_quota
    lost = ratio(excess, retention_day_space)
    met = np.maximum(tiers__deleted_item_retention - np.maximum(lost, 0.0), 0.0)
    met = select(excess > 0, met, tiers__deleted_item_retention)
    return select(tiers__litigation_hold, NA, met)


@rule(unit="MB/week", level="per_mailbox", axis=TIER, source="single-item-recovery: Litigation hold")
def hold_growth_per_week(weekly_mail: Floats, tiers__edited_share: Floats) -> Floats:
    """Growth per week of the Recoverable Items of a mailbox on litigation hold.

    All mail of a work week and the originals of edited items. Mailboxes that are not on hold have this figure too.
    """
    return weekly_mail + weekly_mail * tiers__edited_share


@rule(
    unit="month",
    level="per_mailbox",
    axis=TIER,
    applies="tiers.litigation_hold",
    source="single-item-recovery: Litigation hold",
)
def hold_months_to_20_gb(
    tiers__litigation_hold: Bools,
    hold_growth_per_week: Floats,
    recoverable_items_warning_quota: float,
    weeks_per_year: float,
    months_per_year: float,
) -> Floats:
    """Number of months after which the Recoverable Items of a mailbox on hold reach 20 GB.

    Not applicable to a mailbox that is not on hold.
    """
    weeks = ratio(recoverable_items_warning_quota, hold_growth_per_week)
    return select(tiers__litigation_hold, weeks / weeks_per_year * months_per_year, NA)


@rule(
    unit="month",
    level="per_mailbox",
    axis=TIER,
    applies="tiers.litigation_hold",
    source="single-item-recovery: Litigation hold",
)
def hold_months_to_30_gb(
    tiers__litigation_hold: Bools,
    hold_growth_per_week: Floats,
    recoverable_items_quota: float,
    weeks_per_year: float,
    months_per_year: float,
) -> Floats:
    """Number of months after which the Recoverable Items of a mailbox on hold reach 30 GB, where deletes fail.

    Not applicable to a mailbox that is not on hold.
    """
    weeks = ratio(recoverable_items_quota, hold_growth_per_week)
    return select(tiers__litigation_hold, weeks / weeks_per_year * months_per_year, NA)


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C20")
def dumpster_and_whitespace(dumpster: Floats, whitespace: Floats) -> Floats:
    """Recoverable Items and whitespace of the primary mailbox of a user.

    The whitespace of one day comes on top of the limit of 30 GB.
    """
    return dumpster + whitespace


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C21")
def archive_dumpster_and_whitespace(
    tiers__archive_size_limit: Floats,
    tiers__messages_per_day: Floats,
    tiers__message_size: Floats,
    tiers__deleted_item_retention: Floats,
    tiers__single_item_recovery: Bools,
    tiers__calendar_versioning: Bools,
    versions_share: float,
    calendar_share: float,
    recoverable_items_quota: float,
    kb_per_mb: float,
) -> Floats:
    """Recoverable Items and whitespace of the archive mailbox of a user.

    Zero without an archive.

    Oddity: all daily mail is counted once more for the archive, although deleted mail reaches the archive only by a
    policy. The size is therefore too high by one set of Recoverable Items.
    """
    archive = tiers__archive_size_limit
    daily = tiers__messages_per_day * tiers__message_size / kb_per_mb
    size = (
        daily * tiers__deleted_item_retention
        + select(tiers__single_item_recovery, archive * versions_share, 0.0)
        + select(tiers__calendar_versioning, archive * calendar_share, 0.0)
    )
    total = np.minimum(size, recoverable_items_quota) + daily
    return first_true((archive != 0, total), default=0.0)
