"""List the commands, each with the module that adds it, its summary, and the examples in its help."""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "size": ("sizing", "size one design or several"),
    "batch": ("batch", "size a CSV file of designs, one per row"),
    "explain": ("explaining", "explain how a result comes about"),
    "check": ("sizing", "list the issues of one design or several"),
    "layout": ("layout", "place the database copies on the servers of a DAG"),
    "failures": ("layout", "show what is active after failures"),
    "report": ("documents", "write the report of a design"),
    "export": ("documents", "write the deployment files of a design"),
    "import": ("importing", "create a design from other files"),
    "collect": ("importing", "print commands that collect the data of an Exchange organization"),
    "compare": ("studies", "compare designs side by side"),
    "sensitivity": ("studies", "show which inputs move the results of a design"),
    "uncertainty": ("studies", "show how certain the results of a design are"),
    "search": ("studies", "find the best of many designs"),
    "timeline": ("timeline", "follow a design month by month"),
    "running": ("timeline", "compute the CPU of a server that runs now"),
    "capacity": ("capacity", "find how much load a design can hold"),
    "rating": ("rating", "scale a published SPECint_rate2006 to the cores of a server"),
    "app": ("app", "start the web app"),
    "new": ("starting", "write a commented profile to start from"),
    "profiles": ("starting", "list the shipped profiles, or print one"),
    "schema": ("starting", "print the JSON Schema of a profile"),
    "completion": ("starting", "print the script that completes commands in a shell"),
    "fields": ("inputs", "list the inputs, or show one in detail"),
    "rules": ("vocabulary", "list the results, or show one in detail"),
    "docs": ("vocabulary", "write the reference of commands, inputs, results and constants"),
}
"""Module of `calculator.cli` and summary by command, in the order in which the help lists them."""

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
        'uncertainty design.toml --vary "tiers.1.mailboxes=+- 20 %" --table probabilities',
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
"""Examples by command, as arguments of the program."""
