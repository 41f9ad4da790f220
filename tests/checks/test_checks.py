"""Checks of a design: each speaks where it should, names the right input, and is silent elsewhere."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import load, with_settings

USERS = {"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": 5120}
STANDALONE = {"environment.high_availability": False, "backup.method": "software_vss", "backup.frequency": "daily_full"}
TWO_TERABYTES = {
    "environment.mailbox_servers": 4,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3,
    "database_copies.ha_copies_secondary": 0,
    "storage.multiple_databases_per_volume": False,
    "database.automatic_count": False,
    "database.custom_count": 8,
    "database.symmetrical_distribution": False,
    "tiers.1.mailboxes": 1600,
    "tiers.1.mailbox_size_limit": 10000,
}
LAGGED = {
    "storage.multiple_databases_per_volume": False,
    "database_copies.dedicated_lagged_servers": True,
    "database_copies.lagged_copies": 2,
    "database_copies.lagged_copies_secondary": 1,
    "transport.safety_net_hold": 7,
}
HOSTED = {"environment.virtualized": True}
LARGE = {
    "environment.mailbox_servers": 2,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 2,
    "backup.method": "software_vss",
    "tiers.1.mailboxes": 500,
}


def found(design):
    return {(issue.severity, issue.field) for issue in size({**USERS, **design}).issues}


@pytest.mark.parametrize(
    ("design", "severity", "field"),
    [
        ({"tiers.1.mailboxes": 0}, "notice", "tiers.1.mailboxes"),
        ({"tiers.1.initial_mailbox_size": 5121}, "warning", "tiers.1.mailbox_size_limit"),
        ({"servers.secondary.specint2006_rate": 100}, "error", "servers.secondary.specint2006_rate"),
        ({"servers.primary.specint2006_rate": 200}, "warning", "servers.primary.specint2006_rate"),
        ({**LAGGED, "servers.lagged.specint2006_rate": 5}, "error", "servers.lagged.specint2006_rate"),
        ({**LAGGED, "servers.lagged.specint2006_rate": 0}, "warning", "servers.lagged.specint2006_rate"),
        ({"servers.primary.specint2006_rate": 0}, "warning", "servers.primary.specint2006_rate"),
        ({"servers.secondary.specint2006_rate": 0}, "warning", "servers.secondary.specint2006_rate"),
        ({"servers.secondary.processor_cores": 4}, "warning", "servers.secondary.specint2006_rate"),
        ({**LAGGED, "servers.lagged.processor_cores": 4}, "warning", "servers.lagged.specint2006_rate"),
        ({"servers.primary.specint2006_rate": 270}, "notice", "servers.primary.processor_cores"),
        ({"environment.virtualized": True}, "notice", "environment.virtualized"),
        ({**HOSTED, "servers.primary.host_rating": 1280}, "warning", "servers.primary.host_rating"),
        ({**HOSTED, "servers.primary.host_cores": 16}, "notice", "servers.primary.host_cores"),
        ({**HOSTED, "servers.primary.host_cores": 8}, "error", "servers.primary.host_cores"),
        ({**HOSTED, "servers.primary.host_memory": 32}, "warning", "servers.primary.host_memory"),
        ({"servers.primary.installed_memory": 32}, "warning", "servers.primary.installed_memory"),
        ({"servers.secondary.installed_memory": 32}, "warning", "servers.secondary.installed_memory"),
        ({"tiers.1.mailbox_size_limit": 25}, "warning", "tiers.1.mailbox_size_limit"),
        ({"tiers.1.archive_size_limit": 50}, "warning", "tiers.1.archive_size_limit"),
        ({"tiers.1.message_size": 7500}, "warning", "tiers.1.message_size"),
        ({**LARGE, "environment.exchange_edition": "standard"}, "warning", "environment.exchange_edition"),
        ({"servers.primary.processor_cores": 32}, "notice", "servers.primary.processor_cores"),
        ({"environment.mailbox_servers": 3, "tiers.1.mailboxes": 15000}, "warning", "summary_memory.primary"),
        ({"tiers.1.predict_iops": False}, "warning", "tiers.1.iops_per_mailbox"),
        ({"data.mailbox_moves_per_week": 5}, "warning", "data.mailbox_moves_per_week"),
        ({"storage.primary.restore_disk_capacity": 0}, "warning", "storage.primary.restore_disk_capacity"),
        ({"storage.secondary.system_disk_capacity": 0}, "warning", "storage.secondary.system_disk_capacity"),
        ({"storage.secondary.database_disk_capacity": 0}, "error", "storage.secondary.database_disk_capacity"),
        ({"storage.primary.database_disk_capacity": 36}, "error", "storage.primary.database_disk_capacity"),
        (
            {"database_copies.ha_copies_secondary": 0, "site_resilience.model": "active_passive"},
            "warning",
            "database_copies.ha_copies_secondary",
        ),
        (
            {"database_copies.ha_copies": 2, "database_copies.ha_copies_secondary": 1},
            "warning",
            "database_copies.ha_copies",
        ),
        ({"database_copies.ha_copies": 3}, "error", "database_copies.ha_copies_secondary"),
        ({"environment.high_availability": False}, "warning", "backup.method"),
        ({"database.automatic_count": False}, "error", "database.custom_count"),
        ({"dag.witness_location": "none"}, "warning", "dag.witness_location"),
        ({"dag.witness_location": "primary"}, "notice", "dag.witness_location"),
        ({"site_resilience.enabled": False, "dag.witness_location": "secondary"}, "warning", "dag.witness_location"),
        ({"dag.dac_mode": False}, "warning", "dag.dac_mode"),
        ({"environment.mailbox_servers": 5}, "notice", "environment.mailbox_servers"),
        ({"environment.mailbox_servers": 16}, "error", "environment.mailbox_servers"),
        ({"replication.link_latency": 600}, "error", "replication.link_latency"),
        ({"replication.hourly_log_share.1": 0.5}, "warning", "replication.hourly_log_share"),
        ({"servers.install_drive_free": 20}, "error", "servers.install_drive_free"),
        ({"servers.primary.drive_bays": 4}, "error", "servers.primary.drive_bays"),
        (
            {"environment.virtualized": True, "servers.virtual_processors_per_core": 3},
            "error",
            "servers.virtual_processors_per_core",
        ),
        (
            {"environment.virtualized": True, "servers.virtual_processors_per_core": 1.5},
            "notice",
            "servers.virtual_processors_per_core",
        ),
        ({**STANDALONE, "environment.exchange_edition": "standard"}, "error", "environment.exchange_edition"),
        ({"tiers.1.messages_per_day": 120}, "notice", "tiers.1.messages_per_day"),
        ({"mailbox.statistics_before_2013": True}, "notice", "mailbox.statistics_before_2013"),
        ({"environment.third_party_products": True}, "notice", "environment.third_party_products"),
        ({"environment.unified_messaging": True}, "notice", "environment.unified_messaging"),
        ({"raid.deployment": "entirely_on_jbod", "storage.consider_jbod": False}, "error", "raid.deployment"),
        ({"transport.safety_net_hold": 2, "database_copies.lagged_copies": 1}, "warning", "transport.safety_net_hold"),
    ],
)
def test_a_check_gives_a_message_and_names_the_input(design, severity, field):
    assert (severity, field) in found(design)
    assert (severity, field) not in found({}) or field == "guidance.reseed_rate"


@pytest.mark.parametrize(
    ("design", "told"),
    [
        # 2,029 GB with 20 % of index at 25 MB/s: 2,028.9 x 1.2 x 1024 / 25 / 3600 = 27.7 hours
        (
            TWO_TERABYTES,
            "Reseeding a volume takes 28 hours, because its only database has one source. Use smaller databases, or "
            "several databases per volume, which are reseeded from several sources at once.",
        ),
        # no copy that could be a source
        ({**TWO_TERABYTES, "environment.high_availability": False}, None),
        # the same databases at 100 MB/s
        ({**TWO_TERABYTES, "guidance.reseed_rate": 100}, None),
        # the profile of 100,000 mailboxes: 32.4 hours for four databases from one source, 8.1 from several
        ("hundred_thousand_mailboxes.toml", None),
        # at 5 MB/s five times as long: 162 and 41 hours
        (
            "hundred_thousand_mailboxes.toml guidance.reseed_rate=5",
            "Reseeding a volume takes 41 hours from several sources at once, or 162 hours from one source. "
            "Use smaller databases.",
        ),
    ],
)
def test_a_long_reseed_is_reported_if_the_shorter_one_exceeds_a_day(design, told):
    if isinstance(design, str):
        name, _, setting = design.partition(" ")
        design = load(PROFILES / name)
        design = with_settings(design, [setting]) if setting else design
    issues = [f"{issue.message} {issue.hint}" for issue in size(design).issues if "eseed" in issue.message]
    assert issues == ([told] if told else [])


def test_no_message_shows_a_figure_that_is_none():
    for design in (
        {"tiers.1.predict_iops": False},
        {"tiers.1.messages_per_day": 0},
        {"database.automatic_count": False},
    ):
        for issue in size({**USERS, **design}).issues:
            assert "nan" not in str(issue), str(issue)


def test_a_design_without_any_io_is_sized():
    plan = size({**USERS, "tiers.1.messages_per_day": 0})
    assert plan["storage_database_iops"] == 0
    assert plan["disks_fit"] == {"primary": True, "secondary": True}
    assert plan["database_read_fraction"] is None


def test_volume_figures_of_an_invalid_design_do_not_apply():
    plan = size({**USERS, "environment.mailbox_servers": 16})
    assert plan.status == "invalid"
    for name in ("volume_database_volume_size", "content_index_size", "master_merge_size", "reseed_hours"):
        assert plan[name] is None


def test_asked_for_results_are_those_of_the_mapping():
    plan = size(USERS, results=["summary_memory", "reseed_hours"])
    assert list(plan) == ["summary_memory.primary", "summary_memory.secondary", "summary_memory.lagged", "reseed_hours"]
    assert len(dict(plan)) == 4
    assert [row["column"] for row in plan.table()] == list(plan)


def messages(design):
    return [issue.message for issue in size({**USERS, **design}).issues]


def test_a_message_repeats_the_value_that_is_doubted():
    """540 / 4 = 135."""
    left = messages({"servers.primary.processor_cores": 4})
    assert "The rating of 540 on 4 cores is 135 SPECint_rate2006 per core, outside the usual 10 to 80." in left
    assert "The mailbox quota is 25 MB. Did you mean 25 GB?" in messages({"tiers.1.mailbox_size_limit": 25})
    assert "The average message size is 7,500 KB, which is more than 5 MB." in messages({"tiers.1.message_size": 7500})


def test_a_design_whose_cpu_was_not_sized_is_not_sound():
    """Each role with servers of its own counts; the lagged role has none here."""
    for role in ("primary", "secondary"):
        plan = size({**USERS, f"servers.{role}.specint2006_rate": 0})
        assert plan.status == "warning"
        said = [issue for issue in plan.issues if issue.field == f"servers.{role}.specint2006_rate"]
        assert [issue.severity for issue in said] == ["warning"]
        assert said[0].message == "CPU is not sized, because no rating is given for the 16 cores of a server."
        assert "33.75" in said[0].hint
    assert size({**USERS, "servers.lagged.specint2006_rate": 0}).status == "notice"


def test_a_database_of_the_standard_edition_is_named_with_event_and_remedies():
    """500 mailboxes in 2 databases of (5,120 + 241.8) MB each: 250 x 5,361.8 / 1,024 = 1,309 GB."""
    plan = size({**USERS, **LARGE, "environment.exchange_edition": "standard"})
    assert plan["summary_databases"] == 2
    said = next(issue for issue in plan.issues if issue.field == "environment.exchange_edition")
    assert "1,309 GB" in said.message
    assert "event 40011" in said.message
    for remedy in ("Enterprise", "more databases", "registry of every server", "cumulative update"):
        assert remedy in said.hint


def test_cpu_of_a_guest_at_two_processors_per_core_is_twice_that_at_one():
    one, two, half = (
        size({**USERS, **HOSTED, "servers.virtual_processors_per_core": ratio})["worst_cpu_utilization"]
        for ratio in (1, 2, 0.5)
    )
    assert two == 2 * one
    assert half == one
    assert size({**USERS, "servers.virtual_processors_per_core": 2})["worst_cpu_utilization"] == one / 1.1


def test_a_rating_of_the_host_gives_that_of_the_guest():
    """1,080 on 32 cores is 33.75 per core, so that 16 processors of a guest have 540, as by default."""
    host = {"servers.primary.host_rating": 1080, "servers.primary.host_cores": 32}
    host |= {"servers.secondary.host_rating": 1080, "servers.secondary.host_cores": 32}
    unrated = {"servers.primary.specint2006_rate": 0, "servers.secondary.specint2006_rate": 0}
    hosted = size({**USERS, **HOSTED, **host, **unrated})
    assert hosted["worst_cpu_utilization"] == size({**USERS, **HOSTED})["worst_cpu_utilization"]
    assert not any("not sized" in issue.message for issue in hosted.issues)
    physical = size({**USERS, **host, **unrated})
    assert physical["worst_cpu_utilization"] is None


def test_installed_memory_is_compared_with_the_needed_memory():
    plan = size({**USERS, "servers.primary.installed_memory": 32})
    needed = plan["memory_required.primary"]
    assert 32 < needed <= plan["summary_memory.primary"]
    said = next(issue for issue in plan.issues if issue.field == "servers.primary.installed_memory")
    assert f"32 GB of memory is installed in a server, but {needed:,.4g} GB is needed." in said.message
    enough = size({**USERS, "servers.primary.installed_memory": needed})
    assert not any(issue.field.endswith("installed_memory") for issue in enough.issues)


@pytest.mark.parametrize("design", [{}, STANDALONE, {"site_resilience.enabled": False}])
def test_without_mailboxes_results_are_published_or_do_not_apply(design):
    """System requirements: 8 GB of memory, 30 GB on the install drive; pagefile 8 x 1,024 + 10 = 8,202 MB."""
    plan = size(design)
    assert plan.status == "notice"
    assert plan.issues.errors == 0
    assert plan["summary_memory.primary"] == 8
    assert plan["install_drive_required"] == 30
    assert plan["pagefile_size"] == 8 * 1024 + 10
    assert plan["summary_servers_by_datacenter.primary"] == 4
    for name in (
        "summary_databases",
        "summary_gc_cores.primary",
        "storage_disks_total.environment",
        "storage_jbod_disks_per_server.primary",
        "summary_database_iops.server",
        "summary_logs_per_day.environment",
        "replication_peak_throughput.environment",
        "cpu_utilization_by_mode.worst.primary",
        "largest_mailbox_size_on_disk",
        "transport_database_size",
        "storage_jbod_capacity_fits.primary",
        "transport_database_location.primary",
    ):
        assert plan[name] is None, name
    said = next(issue for issue in plan.issues if issue.field == "tiers.1.mailboxes")
    assert said.severity == "notice"
    assert "8 GB of memory" in said.message
    assert "publishes only" in said.message


def test_a_batch_leaves_the_same_results_out_where_a_row_has_no_mailboxes():
    from calculator import size_many

    names = ["summary_gc_cores.primary", "summary_memory.primary", "disks_fit.primary", "summary_databases"]
    table = size_many({"tiers.1.mailboxes": [0.0, 5000.0, 0.0]}, results=names).to_pydict()
    alone = size({"tiers.1.mailboxes": 5000})
    assert table["status"] == ["notice", "notice", "notice"]
    assert table["summary_memory.primary"] == [8, alone["summary_memory.primary"], 8]
    for name in ("summary_gc_cores.primary", "disks_fit.primary", "summary_databases"):
        assert table[name] == [None, alone[name], None]


def copies_said(design):
    """Severity and message of what is said about the copies on servers."""
    return [
        (issue.severity, issue.message)
        for issue in size({**USERS, **design}).issues
        if "database copies on each server" in issue.message
    ]


def test_servers_of_the_secondary_with_fewer_copies_are_sized_too_large():
    """12 databases: two copies each on three servers are 8 a server, one copy on two servers 6."""
    design = {
        "tiers.1.mailboxes": 4500,
        "tiers.1.mailbox_size_limit": 2048,
        "tiers.1.messages_per_day": 150,
        "environment.mailbox_servers": 3,
        "site_resilience.model": "active_passive",
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
    }
    assert size(design)["databases"] == 12
    assert copies_said(design) == [
        (
            "notice",
            "Sizing counts 8 database copies on each server of the secondary datacenter, but the layout puts 6 "
            "there. CPU, memory and disks are larger than needed, which is safe.",
        )
    ]
    # Four servers hold the 24 copies of 12 databases, two of the secondary their 12: six each.
    assert not copies_said(design | {"environment.mailbox_servers": 4})


def test_servers_of_the_secondary_with_more_copies_are_sized_too_small():
    """One HA copy in each datacenter and the lagged one in the secondary: twice as many copies there."""
    design = {
        "site_resilience.model": "active_passive",
        "environment.mailbox_servers": 4,
        "database_copies.ha_copies": 2,
        "database_copies.ha_copies_secondary": 1,
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": 1,
    }
    sized = size({**USERS, **design})
    held = sized["database_copies_per_server"]
    assert sized["secondary_copies_per_server"] == 2 * held
    assert copies_said(design) == [
        (
            "warning",
            f"Sizing counts {held:.0f} database copies on each server of the secondary datacenter, but the layout "
            f"puts {2 * held:.0f} there. CPU, memory and disks are smaller than needed, which is unsafe.",
        )
    ]
    # With corrected figures they are sized for their own copies.
    assert copies_said({**design, "guidance.oddities": "corrected"}) == []


def test_failure_domains_are_not_counted_in_corrected_figures():
    design = {"environment.mailbox_servers": 4, "guidance.oddities": "corrected"}
    field = "failure_domains.enabled"
    assert not [issue for issue in size({**USERS, **design}).issues if issue.field == field]
    (notice,) = [issue for issue in size({**USERS, **design, field: True}).issues if issue.field == field]
    assert notice.severity == "notice"
    assert notice.message == (
        "Active databases after failures are counted in a layout without failure domains. With failure domains they"
        " are distributed less evenly."
    )


def test_servers_of_the_primary_with_more_copies_are_sized_too_small():
    """Lagged copies apart, two HA copies of each database are in the primary and one in the secondary.

    The sizing counts half of the databases at home in each: one and a half copies in both datacenters.
    """
    design = {
        "environment.mailbox_servers": 4,
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": 1,
        "database_copies.dedicated_lagged_servers": True,
        "storage.multiple_databases_per_volume": False,
        "transport.safety_net_hold": 7,
    }
    databases = size({**USERS, **design})["databases"]
    said = copies_said(design)
    assert [severity for severity, _ in said] == ["warning", "notice"]
    assert f"counts {1.5 * databases / 4:.0f} database copies on each server of the primary" in said[0][1]
    assert f"puts {2 * databases / 4:.0f} there" in said[0][1]
    assert f"puts {databases / 4:.0f} there" in said[1][1]


def test_missing_figures_are_reported_only_where_no_other_error_says_why():
    few = {"tiers.1.mailboxes": 50, "tiers.1.mailbox_size_limit": 100, "tiers.1.messages_per_day": 0}
    servers = {"environment.mailbox_servers": 16, "environment.dags": 2, "site_resilience.enabled": True}
    volumes = {"storage.data_volumes_per_server": 1}
    one_database = few | servers | volumes | {"database.automatic_count": False, "database.custom_count": 1}
    size_limit = {"database.custom_max_size_enabled": True, "database.custom_max_size": 0}
    for design, field in ((one_database, "design"), (few | servers | volumes | size_limit, "database.custom_max_size")):
        plan = size(design)
        assert plan.status == "invalid"
        assert plan.results.values["check_figures_missing"].all()
        assert [issue.field for issue in plan.issues if issue.severity == "error"] == [field]
