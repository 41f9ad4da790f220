"""Growth of a mailbox: the mail that it generates, the time until it is full, and its size by month."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, ratio, replace_at, select
from calculator.rules.registry import MONTH, RETAINED, TIER, corrects, rule

SHARES = np.array([float(label) for label in RETAINED.labels])
MONTHS = np.array([float(label) for label in MONTH.labels])


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Mailbox Modeling Data C6")
def weekly_data_generated(weekly_mail: Floats) -> Floats:
    """Size of the mail that a mailbox generates in a work week, from which its growth follows."""
    return weekly_mail


@rule(unit="GB", level="per_mailbox", axis=TIER, source="calculator-7.6: Mailbox Modeling Data C7")
def yearly_data_generated(weekly_data_generated: Floats, weeks_per_year: float, mb_per_gb: float) -> Floats:
    """Size of the mail that a mailbox generates in 52 weeks."""
    return weekly_data_generated * weeks_per_year / mb_per_gb


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Mailbox Modeling Data C8")
def monthly_data_generated(yearly_data_generated: Floats, months_per_year: float, mb_per_gb: float) -> Floats:
    """Size of the mail that a mailbox generates in a month, a twelfth of a year."""
    return yearly_data_generated / months_per_year * mb_per_gb


@rule(unit="year", level="per_mailbox", axis=TIER, source="calculator-7.6: Mailbox Modeling Data C9")
def years_to_capacity(
    tier_in_use: Bools,
    mailbox_size_on_disk: Floats,
    yearly_data_generated: Floats,
    initial_size: Floats,
    mb_per_gb: float,
) -> Floats:
    """Time in years until a mailbox is full if nothing is deleted.

    Zero for an unused tier; not applicable where nothing comes in.

    Oddity: the initial size is added to the data of every year, as if it came again each year, and Recoverable Items
    count as room for mail.
    """
    growth = yearly_data_generated + initial_size / mb_per_gb
    return select(tier_in_use, ratio(mailbox_size_on_disk / mb_per_gb, growth), 0.0)


@corrects("years_to_capacity", "the initial size is counted again in every year")
def time_left_after_initial_size(
    tier_in_use: Bools,
    tiers__mailbox_size_limit: Floats,
    tiers__archive_size_limit: Floats,
    yearly_data_generated: Floats,
    initial_size: Floats,
    mb_per_gb: float,
) -> Floats:
    """Time in which mail fills the quotas of the mailbox and of its archive, from the initial size on."""
    quota = tiers__mailbox_size_limit + tiers__archive_size_limit
    room = np.maximum(quota - initial_size, 0.0) / mb_per_gb
    return select(tier_in_use, ratio(room, yearly_data_generated), 0.0)


@rule(unit="month", level="per_mailbox", axis=TIER, source="calculator-7.6: Mailbox Modeling Data C10")
def months_to_capacity(years_to_capacity: Floats, months_per_year: float) -> Floats:
    """Time in months until a mailbox is full if nothing is deleted."""
    return years_to_capacity * months_per_year


@rule(unit="GB", level="per_mailbox", axis=(TIER, RETAINED, MONTH), source="calculator-7.6: Mailbox Modeling Data C13")
def mailbox_size_by_month(
    yearly_data_generated: Floats, initial_size: Floats, months_per_year: float, mb_per_gb: float, percent: float
) -> Floats:
    """Size of a mailbox after the given number of months, if it keeps the given share of its mail.

    Zero for an unused tier.

    Oddity: the initial size is scaled with the share and the time too, so that a mailbox that starts large can be
    smaller after a year.
    """
    start = (initial_size / mb_per_gb)[:, None, None, :]
    yearly = yearly_data_generated[:, None, None, :]
    kept = (SHARES / percent)[None, :, None, None]
    months = MONTHS[None, None, :, None]
    size = (yearly + start) * kept * months / months_per_year
    return replace_at(size, (slice(None), slice(None), 0), start[:, :, 0])


def initial_size_counts(initial_size: Floats) -> Bools:
    """Return where a mailbox is not empty on the first day."""
    return initial_size != 0


@corrects(
    "mailbox_size_by_month", "the initial size is multiplied by the share kept and the time", seen=initial_size_counts
)
def growth_on_top_of_initial_size(
    yearly_data_generated: Floats, initial_size: Floats, months_per_year: float, mb_per_gb: float, percent: float
) -> Floats:
    """Initial size and the share kept of what came in since."""
    start = (initial_size / mb_per_gb)[:, None, None, :]
    kept = (SHARES / percent)[None, :, None, None]
    grown = yearly_data_generated[:, None, None, :] * kept * MONTHS[None, None, :, None]
    return start + grown / months_per_year


@rule(unit="GB", level="per_mailbox", axis=TIER, source="calculator-7.6: Mailbox Space Modeling D31")
def maximum_mailbox_size(tier_in_use: Bools, mailbox_size_on_disk: Floats, mb_per_gb: float) -> Floats:
    """Size on disk of a mailbox that has reached its quota.

    Not applicable to a tier without mailboxes.
    """
    return select(tier_in_use, mailbox_size_on_disk / mb_per_gb, NA)
