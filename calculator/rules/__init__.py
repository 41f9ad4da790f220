"""The rules of the design, one module per chapter, in the order a person would explain them.

Importing this package registers every rule in `registry.RULES`, chapter by chapter.
"""

from importlib import import_module

CHAPTERS = (
    "activation",
    "activation_scenarios",
    "backup",
    "database",
    "database_copies",
    "database_count",
    "database_io",
    "directory",
    "disk_totals",
    "dumpster",
    "feasibility",
    "jbod",
    "logs",
    "mailbox",
    "mailbox_growth",
    "maintenance",
    "memory",
    "population",
    "processor",
    "quorum",
    "raid_disks",
    "raid_iops",
    "replication",
    "server_count",
    "site_failure",
    "summary",
    "summary_by_level",
    "transport",
    "volume",
    "volume_space",
)
"""Names of the chapters, in the order a person would explain them."""

for _chapter in CHAPTERS:
    import_module(f"{__name__}.{_chapter}")
