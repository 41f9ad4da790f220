"""Designs that do not work, or are not sized: too much load, uneven copies, processors without a rating."""

from calculator.inputs.profile import load
from support.paths import PROFILES

OVERLOADED = load(PROFILES / "active_active.toml").with_values(
    {
        "environment.mailbox_servers": 4.0,
        "database_copies.ha_copies": 4.0,
        "database_copies.ha_copies_secondary": 2.0,
        "database_copies.lagged_copies": 0.0,
        "database_copies.lagged_copies_secondary": 0.0,
        "tiers.1.messages_per_day": 200.0,
        "tiers.1.mailbox_size_limit": 8192.0,
    }
)
"""CPU reaches 136 % in the worst failure, a volume does not fit its disk, and a server needs 192 GB of memory."""
UNEVEN = load(PROFILES / "active_active.toml").with_values(
    {"environment.mailbox_servers": 4.0, "database_copies.lagged_copies": 0.0}
)
"""The datacenters hold 2 and 1 copies of a database."""
UNRATED = {"servers.primary.specint2006_rate": 0.0}
"""Change with which the CPU of the primary datacenter is not known."""
CPU_UNKNOWN = "CPU is not known, because the processors of the primary datacenter have no rating."
"""Beginning of the warning about it."""
