"""Examples of each command, which its help shows."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "size": (
        "size example:active_active",
        'size design.toml --set "tiers.1.mailbox_size_limit=10 GB" --results summary_memory,server_drive_bays',
        "size example:active_active --table shopping_list",
        "size before.toml after.toml --json",
    ),
    "batch": (
        "batch designs.csv -o results.csv --profile example:single_site --errors errors.csv",
        "batch designs.csv -o results.csv --excel --with-inputs",
        "batch designs.csv -o results.xlsx --results all",
    ),
    "explain": (
        "explain example:active_active volume_database_volume_size",
        "explain example:active_active server_memory.primary --depth all",
    ),
    "check": ("check design.toml", "check design.toml example:litigation_hold --json", "check design.toml --quiet"),
    "layout": ("layout example:active_active", "layout example:active_active --format csv"),
    "failures": (
        "failures example:active_active --events server:SRV01,server:SRV02",
        "failures example:active_active --any 2",
        "failures example:active_active --switchover primary",
    ),
    "report": (
        "report example:active_active -o design.html",
        'report design.toml -o design.xlsx --accept "storage.primary.database_disk_rpm=Disks are in stock."',
    ),
    "export": ("export example:active_active --to deployment",),
    "collect": ("collect", "collect --format markdown"),
    "import workbook": ("import workbook design.xlsm -o design.toml", "import workbook design.xlsm --compare"),
    "import mailboxes": (
        "import mailboxes stats.csv quotas.csv -o design.toml",
        "import mailboxes stats.csv --by quota --table tiers",
    ),
    "import messages": ("import messages MSGTRK*.log --profile design.toml --mailboxes 5000 -o design.toml",),
    "import logs": ("import logs LogGenByHour.csv --profile design.toml -o design.toml",),
    "import deployment": ("import deployment deployment/* --profile design.toml -o again.toml",),
    "compare": ("compare example:active_active example:active_passive", "compare before.toml after.toml --inputs"),
    "sensitivity": (
        "sensitivity example:active_active",
        "sensitivity example:active_active --method one_at_a_time --results server_memory",
    ),
    "uncertainty": (
        'uncertainty example:active_active --vary "tiers.messages_per_day=80..140"',
        'uncertainty design.toml --vary "tiers.1.mailboxes=+- 20%" --table probabilities',
    ),
    "search": ("search example:active_passive --space example:search/SPACE.toml",),
    "timeline": (
        'timeline example:active_active --mailbox-growth "10 %" --table limits',
        "timeline design.toml --months 24",
    ),
    "rating": ("rating --rate 1070 --rated-cores 28 --cores 20",),
    "running": ('running example:active_active --active "2500@100" --passive "2500@100"',),
    "capacity": ("capacity example:active_passive", "capacity design.toml --of tiers.1.messages_per_day --all"),
    "app": ("app", "app example:active_active --port 8600"),
    "new": ("new -o design.toml", "new"),
    "profiles": ("profiles", "profiles active_active"),
    "schema": ("schema",),
    "completion": ("completion bash",),
    "fields": ("fields tiers.1.mailboxes", "fields --search lagged", "fields --constants"),
    "rules": ("rules server_memory", "rules --search memory"),
    "docs": ("docs docs/reference",),
}
"""Arguments of the program by command."""
