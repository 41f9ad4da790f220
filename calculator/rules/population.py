"""Mailboxes of the environment: their number, their message profile, and how they are distributed over DAGs."""

import numpy as np

from calculator.inputs.choices import Model
from calculator.numerics.arrays import NA, Bools, Codes, Floats, axis_sum, ratio, select, stack
from calculator.rules.registry import TIER, flag, rule


@flag(level="per_environment", group="detail", source="calculator-7.6: Input HAOption")
def highly_available(environment__high_availability: Bools) -> Bools:
    """Whether the servers form database availability groups."""
    return environment__high_availability


@flag(level="per_environment", group="detail", source="calculator-7.6: Role Requirements C96")
def two_datacenters(highly_available: Bools, site_resilience__enabled: Bools) -> Bools:
    """Whether the DAGs extend over two datacenters."""
    return highly_available & site_resilience__enabled


@flag(level="per_environment", group="detail", source="calculator-7.6: Input SRModel")
def active_passive(site_resilience__model: Codes) -> Bools:
    """Whether active/passive is chosen as site resilience model, used or not."""
    return site_resilience__model == Model.ACTIVE_PASSIVE


@flag(level="per_environment", group="detail", source="calculator-7.6: Input SRModel")
def active_active_single_dag(site_resilience__model: Codes) -> Bools:
    """Whether active/active in one DAG is chosen as site resilience model, used or not."""
    return site_resilience__model == Model.ACTIVE_ACTIVE_SINGLE_DAG


@flag(level="per_environment", group="detail", source="calculator-7.6: Input SRModel")
def active_active_multiple_dags(site_resilience__model: Codes) -> Bools:
    """Whether active/active with several DAGs is chosen as site resilience model, used or not."""
    return site_resilience__model == Model.ACTIVE_ACTIVE_MULTIPLE_DAGS


@flag(level="per_dag", group="detail", source="calculator-7.6: Role Requirements C87")
def two_way(two_datacenters: Bools, active_active_single_dag: Bools) -> Bools:
    """Whether both datacenters of a DAG host active databases in normal operation."""
    return two_datacenters & active_active_single_dag


@rule(
    unit="mailboxes",
    level="per_environment",
    axis=TIER,
    source="calculator-7.6: Role Requirements C10",
    needs_mailboxes=False,
)
def mailboxes_projected(tiers__mailboxes: Floats, tiers__mailbox_growth: Floats) -> Floats:
    """Number of mailboxes in each tier, including projected growth.

    Not rounded.
    """
    return tiers__mailboxes + tiers__mailboxes * tiers__mailbox_growth


@flag(level="per_environment", axis=TIER, group="detail", source="calculator-7.6: Role Requirements C10")
def tier_in_use(mailboxes_projected: Floats) -> Bools:
    """Whether the tier has mailboxes."""
    return mailboxes_projected != 0


@rule(unit="mailboxes", level="per_environment", source="calculator-7.6: Role Requirements C97", needs_mailboxes=False)
def mailboxes_total(mailboxes_projected: Floats) -> Floats:
    """Number of mailboxes in all tiers, including projected growth."""
    return axis_sum(mailboxes_projected)


@rule(unit="1", level="per_environment", axis=TIER, source="calculator-7.6: Role Requirements C66")
def mailbox_share(mailboxes_projected: Floats, mailboxes_total: Floats) -> Floats:
    """Share of all mailboxes that are in each tier.

    Not applicable without mailboxes.
    """
    return ratio(mailboxes_projected, mailboxes_total)


@rule(unit="DAGs", level="per_environment", source="calculator-7.6: Role Requirements C96")
def dags_total(environment__dags: Floats, two_datacenters: Bools, active_active_multiple_dags: Bools) -> Floats:
    """Number of DAGs in the environment.

    In the active/active model with several DAGs, the input counts pairs of DAGs, one with its databases at home in
    each datacenter.
    """
    return environment__dags * select(two_datacenters & active_active_multiple_dags, 2.0, 1.0)


@rule(unit="mailboxes", level="per_dag", source="calculator-7.6: Role Requirements C98")
def mailboxes_per_dag(mailboxes_total: Floats, dags_total: Floats, environment__high_availability: Bools) -> Floats:
    """Number of mailboxes in a DAG, including projected growth.

    Not applicable without high availability.
    """
    return select(environment__high_availability, mailboxes_total / dags_total, np.nan)


@rule(unit="units", level="per_environment", group="detail", source="calculator-7.6: Role Requirements C147")
def sizing_units(
    environment__high_availability: Bools, dags_total: Floats, environment__mailbox_servers: Floats
) -> Floats:
    """Number of units that share the mailboxes: DAGs, or standalone servers without high availability."""
    return select(environment__high_availability, dags_total, environment__mailbox_servers)


@rule(unit="mailboxes", level="per_dag", group="detail", source="calculator-7.6: Role Requirements C77")
def mailboxes_per_unit(mailboxes_total: Floats, sizing_units: Floats) -> Floats:
    """Number of mailboxes in a DAG, or on a standalone server without high availability."""
    return mailboxes_total / sizing_units


@rule(unit="servers", level="per_datacenter", source="calculator-7.6: Role Requirements C99")
def servers_hosting_active(environment__mailbox_servers: Floats) -> Floats:
    """Number of servers that host active mailboxes in the primary datacenter of a DAG, as given."""
    return environment__mailbox_servers


@rule(
    unit="messages/day", level="per_mailbox", axis=TIER, group="detail", source="calculator-7.6: Role Requirements C11"
)
def messages_per_mailbox(tier_in_use: Bools, tiers__messages_per_day: Floats) -> Floats:
    """Messages per mailbox and day that a tier adds to the totals, 0 in a tier without mailboxes."""
    return select(tier_in_use, tiers__messages_per_day, 0.0)


@rule(unit="messages/day", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C11")
def message_profile(messages_per_mailbox: Floats, tier_in_use: Bools) -> Floats:
    """Messages that a mailbox of the tier sends and receives per day.

    Zero in a tier without mailboxes, and not applicable in an empty first tier, as in Microsoft's workbook. There,
    the empty tier makes the transport figures wrong; here, they count the other tiers.
    """
    first = select(tier_in_use[0], messages_per_mailbox[0], NA)
    return stack(first, *messages_per_mailbox[1:])


@rule(unit="1", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C12")
def effective_iops_multiplier(tiers__iops_multiplier: Floats, tiers__multiplier_user_share: Floats) -> Floats:
    """IOPS multiplier of a mailbox, averaged over all mailboxes of the tier."""
    share = tiers__multiplier_user_share
    return select(tiers__iops_multiplier == 1, 1.0, share * tiers__iops_multiplier + (1 - share))


@rule(unit="1", level="per_mailbox", axis=TIER, source="calculator-7.6: Role Requirements C13")
def effective_megacycles_multiplier(
    tiers__megacycles_multiplier: Floats, tiers__multiplier_user_share: Floats
) -> Floats:
    """CPU multiplier of a mailbox, averaged over all mailboxes of the tier."""
    share = tiers__multiplier_user_share
    return select(tiers__megacycles_multiplier == 1, 1.0, share * tiers__megacycles_multiplier + (1 - share))
