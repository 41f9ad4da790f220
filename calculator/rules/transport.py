"""Transport: the messages in the queue and in Safety Net, the space that they take, and the disk that holds them."""

import numpy as np

from calculator.inputs.choices import TRANSPORT_LOCATION, TransportCopies, TransportLocation
from calculator.numerics.arrays import NO_CODE, Bools, Codes, Floats, axis_sum, first_code, ratio, select, stack
from calculator.rules.registry import DATACENTER, rule


@rule(unit="day", level="per_environment", source="calculator-7.6: Role Requirements C179")
def safety_net_hold(lagged_copies: Floats, transport__safety_net_hold: Floats, replay_lag: Floats) -> Floats:
    """Hold time of Safety Net, at least the replay lag."""
    lagged = (lagged_copies[0] > 0) | (lagged_copies[1] > 0)
    longer = np.maximum(transport__safety_net_hold, replay_lag)
    return select(lagged, longer, transport__safety_net_hold)


@rule(unit="messages/day", level="per_environment", source="calculator-7.6: Role Requirements C180")
def messages_per_day(mailboxes_projected: Floats, messages_per_mailbox: Floats) -> Floats:
    """Number of messages that all mailboxes of the environment send and receive per day."""
    return axis_sum(mailboxes_projected * messages_per_mailbox)


@rule(unit="messages/day", level="per_server", source="calculator-7.6: Role Requirements C181")
def messages_per_day_per_server(messages_per_day: Floats, remaining_servers: Floats) -> Floats:
    """Number of messages per day on a server that is left after the worst failure."""
    return ratio(messages_per_day, remaining_servers)


@rule(unit="messages/day", level="per_server", source="calculator-7.6: Role Requirements C182")
def shadow_messages(
    messages_per_day_per_server: Floats, guidance__transport_copies: Codes, copies_total: Floats, shadow_copies: float
) -> Floats:
    """Number of messages per day, with shadow copies, on a server that is left after the worst failure.

    Every message counts twice; an option counts it as often as a database has copies.
    """
    by_databases = guidance__transport_copies == TransportCopies.DATABASE_COPIES
    copies = select(by_databases, np.maximum(copies_total, 1.0), shadow_copies)
    return copies * messages_per_day_per_server


@rule(unit="messages", level="per_server", source="calculator-7.6: Role Requirements C183")
def safety_net_messages(
    shadow_messages: Floats, transport__queue_expiration: Floats, safety_net_hold: Floats, queued_share: float
) -> Floats:
    """Number of messages that the transport database of a server keeps.

    The messages of a day and half as many again for each day of queue expiration, multiplied by the days of Safety
    Net.
    """
    queued = shadow_messages * queued_share * transport__queue_expiration
    return shadow_messages + queued + shadow_messages * safety_net_hold


@rule(unit="GB", level="per_server", source="calculator-7.6: Role Requirements C184")
def transport_database_size(
    safety_net_messages: Floats, mailbox_share: Floats, tiers__message_size: Floats, kb_per_mb: float, mb_per_gb: float
) -> Floats:
    """Size of the transport database on a server that is left after the worst failure."""
    return axis_sum(safety_net_messages * mailbox_share * tiers__message_size / (kb_per_mb * mb_per_gb))


@rule(unit="GB", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Storage Design C65")
def storage_system_disk_formatted(
    storage__system_disk_capacity: Floats, bytes_per_decimal_gb: float, bytes_per_gb: float
) -> Floats:
    """Capacity of a system disk in each datacenter in binary GB, 0 if no disk is chosen."""
    return storage__system_disk_capacity * bytes_per_decimal_gb / bytes_per_gb


@rule(
    level="per_server",
    axis=DATACENTER,
    choice=TRANSPORT_LOCATION,
    source="calculator-7.6: Role Requirements C185, C186",
)
def transport_database_location(
    transport_database_size: Floats,
    storage_system_disk_formatted: Floats,
    two_datacenters: Bools,
    system_disk_reserve: float,
) -> Codes:
    """Disk of the transport database of a server.

    The system disk if 150 GB of it stay free, otherwise a RAID-1 pair.
    """
    fits = transport_database_size + system_disk_reserve < storage_system_disk_formatted
    place = first_code((fits, TransportLocation.SYSTEM_DISK), default=TransportLocation.DEDICATED_RAID1_DISK)
    return stack(place[0], first_code((two_datacenters, place[1]), default=NO_CODE))
