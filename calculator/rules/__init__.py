"""Every figure of a design, as one pure function each, with its constants and sources.

Importing the package registers the rules in `registry.RULES`, module by module. `constants` has the published
numbers and tables that the rules need.
"""

from importlib import import_module

CHAPTERS = (
    "version",
    "population",
    "database_copies",
    "dumpster",
    "mailbox",
    "mailbox_growth",
    "database_io",
    "database",
    "database_count",
    "server_count",
    "feasibility",
    "layout_failures",
    "activation",
    "site_failure",
    "logs",
    "volume",
    "volume_space",
    "maintenance",
    "processor",
    "memory",
    "transport",
    "directory",
    "quorum",
    "raid_iops",
    "raid_disks",
    "jbod",
    "disk_totals",
    "flash",
    "replication",
    "backup",
    "activation_scenarios",
    "summary",
    "summary_by_level",
    "guests",
)
"""Modules of the rules, in the order in which a person would explain them and results are listed."""

for _chapter in CHAPTERS:
    import_module(f"{__name__}.{_chapter}")
