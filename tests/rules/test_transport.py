"""The transport database: messages, Safety Net, size and disk."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import TransportCopies, TransportLocation
from calculator.numerics.arrays import NO_CODE


def test_safety_net_lasts_as_long_as_the_lag_of_lagged_copies():
    found = call(
        "safety_net_hold",
        lagged_copies=([0, 1, 0, 1, 1, 0, 0], [0, 0, 1, 0, 0, 0, 0]),
        transport__safety_net_hold=[2, 2, 2, 7, 14, 0, 2],
        replay_lag=[7, 7, 7, 7, 7, 7, 0],
    )
    assert_figures(found, [2, 7, 7, 7, 14, 0, 2])


def test_messages_of_a_server():
    assert_figures(
        call("messages_per_day", mailboxes_projected=([1000, 0], [500, 0]), messages_per_mailbox=(100, 200)),
        [200_000, 0],
    )
    assert_figures(
        call("messages_per_day_per_server", messages_per_day=200_000, remaining_servers=[4, 0]), [50_000, NA]
    )
    shadow = call(
        "shadow_messages",
        messages_per_day_per_server=50_000,
        guidance__transport_copies=[
            TransportCopies.SHADOW,
            TransportCopies.DATABASE_COPIES,
            TransportCopies.DATABASE_COPIES,
        ],
        copies_total=[4, 4, 0],
    )
    assert_figures(shadow, [100_000, 200_000, 50_000])


def test_messages_of_the_transport_database():
    found = call(
        "safety_net_messages", shadow_messages=100_000, transport__queue_expiration=[2, 0, 2], safety_net_hold=[2, 2, 7]
    )
    assert_figures(found, [400_000, 300_000, 900_000])
    size = call(
        "transport_database_size",
        safety_net_messages=[400_000, 0],
        mailbox_share=(0.75, 0.25),
        tiers__message_size=(100, 200),
    )
    assert_figures(size, [400_000 * 125 / 1024 / 1024, 0])


def test_the_system_disk_keeps_150_gigabytes():
    assert_figures(
        call("storage_system_disk_formatted", storage__system_disk_capacity=([1000], [0])), ([931.3225746154785], [0])
    )
    found = call(
        "transport_database_location",
        transport_database_size=[100, 149, 150, 151, 100, 0, NA],
        storage_system_disk_formatted=([300, 300, 300, 300, 300, 0, 300], [300, 300, 300, 300, 0, 300, 300]),
        two_datacenters=[True, True, True, True, True, False, True],
    )
    fits, apart = TransportLocation.SYSTEM_DISK, TransportLocation.DEDICATED_RAID1_DISK
    assert found[0].tolist() == [fits, fits, apart, apart, fits, apart, apart]
    assert found[1].tolist() == [fits, fits, apart, apart, apart, NO_CODE, apart]
