"""Size of a mailbox on disk, and the CPU load, cache and logs that it needs."""

import numpy as np

from calculator.inputs.choices import MegacycleRounding
from calculator.numerics.arrays import Bools, Codes, Floats, axis_sum, select
from calculator.numerics.rounding import nearest_to, round_up
from calculator.rules.constants import LookupTable
from calculator.rules.registry import TIER, rule


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C19")
def initial_size(tier_in_use: Bools, tiers__initial_mailbox_size: Floats) -> Floats:
    """Size of a mailbox of the tier on the first day, 0 in a tier without mailboxes."""
    return select(tier_in_use, tiers__initial_mailbox_size, 0.0)


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C22")
def mailbox_size_on_disk(
    tier_in_use: Bools,
    tiers__mailbox_size_limit: Floats,
    dumpster_and_whitespace: Floats,
    tiers__archive_size_limit: Floats,
    archive_dumpster_and_whitespace: Floats,
) -> Floats:
    """Size on disk of a mailbox and its archive, with Recoverable Items and whitespace.

    The quotas of the mailbox and its archive and the Recoverable Items of each, rounded up to whole MB. Zero in a
    tier without mailboxes.
    """
    size = (
        tiers__mailbox_size_limit
        + dumpster_and_whitespace
        + tiers__archive_size_limit
        + archive_dumpster_and_whitespace
    )
    return select(tier_in_use, round_up(size), 0.0)


@rule(unit="Mcycle", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C14")
def active_megacycles(
    messages_per_mailbox: Floats,
    effective_megacycles_multiplier: Floats,
    guidance__megacycle_rounding: Codes,
    guidance__client_access_ratio: Floats,
    roles_together: Bools,
    active_megacycles_per_message: float,
    multi_role_megacycles_active: LookupTable,
    megacycle_table_step: float,
) -> Floats:
    """CPU load of an active mailbox on the Mailbox role.

    The published tables have two decimals; an option rounds to them. From Exchange 2016 on, the tables print the
    load of all roles together, of which the Client Access ratio leaves this part to the Mailbox role.
    """
    both = multi_role_megacycles_active.line(messages_per_mailbox)
    exact = select(roles_together, both, messages_per_mailbox * active_megacycles_per_message)
    printed = nearest_to(exact, megacycle_table_step)
    by_table = guidance__megacycle_rounding == MegacycleRounding.TABLE
    roles = select(roles_together, 1 + guidance__client_access_ratio, 1.0)
    return select(by_table, printed, exact) / roles * effective_megacycles_multiplier


@rule(unit="Mcycle", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C15")
def passive_megacycles(
    messages_per_mailbox: Floats,
    effective_megacycles_multiplier: Floats,
    guidance__megacycle_rounding: Codes,
    guidance__multiplier_on_passive: Bools,
    roles_together: Bools,
    passive_megacycles_per_message: float,
    multi_role_megacycles_passive: LookupTable,
    megacycle_table_step: float,
) -> Floats:
    """CPU load of one passive copy of a mailbox.

    Oddity: the CPU multiplier of clients applies although clients do not use passive copies. An option turns this
    off.
    """
    table = multi_role_megacycles_passive.line(messages_per_mailbox)
    exact = select(roles_together, table, messages_per_mailbox * passive_megacycles_per_message)
    printed = nearest_to(exact, megacycle_table_step)
    by_table = guidance__megacycle_rounding == MegacycleRounding.TABLE
    multiplier = select(guidance__multiplier_on_passive, effective_megacycles_multiplier, 1.0)
    return select(by_table, printed, exact) * multiplier


@rule(unit="Mcycle", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C16")
def cas_megacycles(active_megacycles: Floats, guidance__client_access_ratio: Floats) -> Floats:
    """CPU load of an active mailbox on the Client Access role."""
    return active_megacycles * guidance__client_access_ratio


@rule(unit="Mcycle", level="per_mailbox", axis=TIER, source="sizing-2016: CPU")
def multi_role_megacycles(active_megacycles: Floats, cas_megacycles: Floats) -> Floats:
    """CPU load of an active mailbox on a server with all roles, as the tables of Exchange 2016 print it."""
    return active_megacycles + cas_megacycles


@rule(unit="MB", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C17")
def database_cache_profile(messages_per_mailbox: Floats, profile_step: float, database_cache_per_step: float) -> Floats:
    """Database cache that a mailbox needs for its message profile.

    3 MB for every 50 messages per day; the steps of the table are continued along a line.
    """
    return messages_per_mailbox / profile_step * database_cache_per_step


@rule(unit="logs/day", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C18")
def mailbox_logs_per_day(
    messages_per_mailbox: Floats,
    tiers__message_size: Floats,
    profile_step: float,
    logs_per_step: float,
    log_reference_message: float,
    log_size_step: float,
) -> Floats:
    """Number of transaction logs that a mailbox generates per day.

    10 for every 50 messages per day of about 75 KB. Other message sizes count by a factor that is rounded to a
    tenth.
    """
    factor = nearest_to(tiers__message_size / log_reference_message, log_size_step)
    return messages_per_mailbox / profile_step * logs_per_step * factor


@rule(unit="1", level="per_environment", group="detail", source="design: headline")
def largest_tier(mailbox_size_on_disk: Floats) -> Floats:
    """Number of the tier that has the largest mailboxes; the first of tiers that are equal."""
    return np.argmax(mailbox_size_on_disk, axis=0).astype(np.float64) + 1


def _of_tier(values: Floats, tier: Floats) -> Floats:
    numbers = np.arange(1, len(values) + 1)[:, None]
    return axis_sum(select(numbers == tier, values, 0.0))


@rule(unit="MB", level="per_mailbox", source="design: headline")
def largest_mailbox_size_on_disk(mailbox_size_on_disk: Floats, largest_tier: Floats) -> Floats:
    """Size on disk of a mailbox in the tier that has the largest mailboxes."""
    return _of_tier(mailbox_size_on_disk, largest_tier)


@rule(unit="MB", level="per_mailbox", source="design: headline")
def largest_mailbox_quota(tiers__mailbox_size_limit: Floats, largest_tier: Floats) -> Floats:
    """Quota of a mailbox in the tier that has the largest mailboxes."""
    return _of_tier(tiers__mailbox_size_limit, largest_tier)


@rule(unit="MB", level="per_mailbox", source="design: headline")
def largest_mailbox_dumpster_purges_versions(dumpster_purges_versions: Floats, largest_tier: Floats) -> Floats:
    """Recoverable Items of a mailbox in the tier with the largest mailboxes, by the Purges and Versions model."""
    return _of_tier(dumpster_purges_versions, largest_tier)


@rule(unit="MB", level="per_mailbox", source="design: headline")
def largest_mailbox_dumpster_calculator(dumpster_calculator: Floats, largest_tier: Floats) -> Floats:
    """Recoverable Items of a mailbox in the tier with the largest mailboxes, by the model of Microsoft's workbook."""
    return _of_tier(dumpster_calculator, largest_tier)
