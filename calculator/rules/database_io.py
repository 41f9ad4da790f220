"""Database I/O of a mailbox, and of the databases of a DAG."""

from calculator.numerics.arrays import Bools, Codes, Floats, axis_sum, first_true, or_zero, ratio, select
from calculator.numerics.rounding import nearest_to
from calculator.rules.constants import LookupTable
from calculator.rules.registry import TIER, rule


@rule(unit="1", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C29")
def read_fraction(
    tier_in_use: Bools,
    tiers__predict_iops: Bools,
    tiers__read_write_ratio: Codes,
    messages_per_mailbox: Floats,
    environment__high_availability: Bools,
    read_share_of_ratio: LookupTable,
    busy_profile: float,
    read_share_ha: float,
    read_share_ha_busy: float,
    read_share_alone: float,
    read_share_alone_busy: float,
) -> Floats:
    """Share of reads in the database I/O of a mailbox in each tier.

    Predicted: 60 % with high availability, 50 % without, ten points less above 250 messages per day. Measured: as
    the read:write ratio says (2:1 as 0.66).
    """
    busy = messages_per_mailbox > busy_profile
    predicted = select(
        environment__high_availability,
        select(busy, read_share_ha_busy, read_share_ha),
        select(busy, read_share_alone_busy, read_share_alone),
    )
    measured = read_share_of_ratio.at(tiers__read_write_ratio)
    return select(tier_in_use, select(tiers__predict_iops, predicted, measured), 0.0)


@rule(unit="1/s", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C23")
def base_iops(
    tiers__predict_iops: Bools,
    messages_per_mailbox: Floats,
    iops_scale: float,
    iops_per_thousand_messages: float,
    io__predicted_iops_factor: Floats,
) -> Floats:
    """Predicted database I/O of a mailbox before multipliers.

    Zero where I/O is measured.
    """
    predicted = messages_per_mailbox * iops_scale * iops_per_thousand_messages * io__predicted_iops_factor
    return select(tiers__predict_iops, predicted, 0.0)


@rule(unit="1/s", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C24")
def base_reads(base_iops: Floats, read_fraction: Floats) -> Floats:
    """Predicted database reads of a mailbox before multipliers."""
    return base_iops * read_fraction


@rule(unit="1/s", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C25")
def base_writes(base_iops: Floats, read_fraction: Floats) -> Floats:
    """Predicted database writes of a mailbox before multipliers."""
    return base_iops * (1 - read_fraction)


@rule(unit="1", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C26")
def desktop_search_factor(
    tiers__desktop_search: Bools,
    mailbox_size_on_disk: Floats,
    search_reference: float,
    search_step: float,
    search_threshold: float,
) -> Floats:
    """Factor by which desktop search engines multiply the database reads of a mailbox.

    Rounded to halves. It is 1 without desktop search and for mailboxes below 128 MB.
    """
    factor = nearest_to(mailbox_size_on_disk / search_reference, search_step)
    return select(tiers__desktop_search & (mailbox_size_on_disk >= search_threshold), factor, 1.0)


@rule(unit="1/s", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C27")
def reads(
    base_reads: Floats, desktop_search_factor: Floats, effective_iops_multiplier: Floats, tiers__iops_multiplier: Floats
) -> Floats:
    """Predicted database reads of a mailbox with multipliers.

    Oddity: with desktop search and a multiplier the reads of both are added, so that a multiplier slightly above 1
    adds nearly a whole base profile.
    """
    searched = base_reads * desktop_search_factor
    multiplied = base_reads * effective_iops_multiplier
    both = (desktop_search_factor != 1) & (tiers__iops_multiplier != 1)
    return first_true((both, searched + multiplied), (tiers__iops_multiplier != 1, multiplied), default=searched)


@rule(unit="1/s", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C28")
def writes(base_writes: Floats, effective_iops_multiplier: Floats) -> Floats:
    """Predicted database writes of a mailbox with multipliers."""
    return base_writes * effective_iops_multiplier


@rule(unit="1/s", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C30")
def iops_profile(
    tier_in_use: Bools,
    tiers__predict_iops: Bools,
    reads: Floats,
    writes: Floats,
    tiers__iops_per_mailbox: Floats,
    effective_iops_multiplier: Floats,
) -> Floats:
    """Database I/O of a mailbox, predicted or measured, with multipliers."""
    measured = tiers__iops_per_mailbox * effective_iops_multiplier
    return select(tier_in_use, select(tiers__predict_iops, reads + writes, measured), 0.0)


@rule(unit="1/s", level="per_dag", axis=TIER, source="calculator-7.6: Role Requirements C31")
def database_transfers(mailboxes_projected: Floats, sizing_units: Floats, iops_profile: Floats) -> Floats:
    """Database I/O of the mailboxes of each tier, in a DAG or on a standalone server."""
    return mailboxes_projected / sizing_units * iops_profile


@rule(unit="1/s", level="per_dag", axis=TIER, source="calculator-7.6: Role Requirements C32")
def database_reads(database_transfers: Floats, read_fraction: Floats) -> Floats:
    """Database reads of the mailboxes of each tier, in a DAG or on a standalone server."""
    return database_transfers * read_fraction


@rule(unit="1/s", level="per_dag", axis=TIER, source="calculator-7.6: Role Requirements C33")
def database_writes(database_transfers: Floats, read_fraction: Floats) -> Floats:
    """Database writes of the mailboxes of each tier, in a DAG or on a standalone server."""
    return database_transfers * (1 - read_fraction)


@rule(unit="1", level="per_dag", source="calculator-7.6: Role Requirements I75")
def database_read_fraction(database_reads: Floats, database_transfers: Floats) -> Floats:
    """Share of reads in the database I/O of all tiers in a DAG or on a standalone server.

    Not applicable without database I/O.
    """
    return ratio(axis_sum(database_reads), axis_sum(database_transfers))


@rule(unit="1", level="per_dag", group="detail", source="calculator-7.6: Role Requirements I75")
def sized_read_fraction(database_read_fraction: Floats) -> Floats:
    """Share of reads for which the servers and disks of a DAG are sized, 0 if it is unknown."""
    return or_zero(database_read_fraction)


@rule(unit="1/s", level="per_dag", source="calculator-7.6: Role Requirements I76")
def peak_iops(database_transfers: Floats, io__additional_iops: Floats, io__overhead_factor: Floats) -> Floats:
    """Database I/O of a DAG or standalone server at the peak, with additional I/O and headroom."""
    return (axis_sum(database_transfers) + io__additional_iops) * (1 + io__overhead_factor)
