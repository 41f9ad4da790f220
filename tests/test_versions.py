"""Exchange 2016, 2019 and Subscription Edition: published tables and limits, one batch of all, and 2013 unchanged."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
from support.paths import PROFILES
from support.rule_calls import assert_figures, call

from calculator import explain, size, size_many
from calculator.cli.main import main
from calculator.engine.unpublished import unpublished_constants, unpublished_notice
from calculator.exporters.report.record import build_record
from calculator.exporters.report.results import RESTS, main_figures
from calculator.inputs.choices import MegacycleRounding, Version
from calculator.inputs.profile import load, with_settings
from calculator.presentation.reference.lists import later_versions_page
from calculator.rules.constants import CONSTANTS, LookupTable

PROFILES_OF_2016 = [50, 100, 150, 200, 250, 300, 350, 400, 450, 500]
ACTIVE_2016 = [2.99, 5.97, 8.96, 11.94, 14.93, 17.91, 20.90, 23.88, 26.87, 29.85]
PASSIVE_2016 = [0.70, 1.40, 2.10, 2.80, 3.50, 4.20, 4.90, 5.60, 6.30, 7.00]
"""Megacycles of an active mailbox with all roles, and of a passive copy, as Microsoft printed them for 2016."""
NOTICE = "Microsoft has published no figure for 2019, so the figure of 2016 is used."
VERSIONS = ("2013", "2016", "2019")


def design(version, **values):
    return size({"environment.exchange_version": version, "tiers.1.mailboxes": 4000, **values})


def megacycles(version, messages):
    """Megacycles of an active mailbox with all roles, and of a passive copy."""
    plan = design(version, **{"tiers.1.messages_per_day": messages})
    return plan["tiers.1.multi_role_megacycles"], plan["tiers.1.passive_megacycles"]


# --- Exchange 2016 -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2016", "2019", "se"])
def test_the_table_of_2016_to_the_printed_digit(version):
    found = [megacycles(version, messages) for messages in PROFILES_OF_2016]
    assert [round(active, 9) for active, _ in found] == ACTIVE_2016
    assert [passive for _, passive in found] == PASSIVE_2016


def test_the_table_of_2016_is_that_of_2013_times_a_factor():
    """2013 x 1.0216 gives 15 of the 20 printed figures within half a unit of the last digit, and all within 0.0052.

    The other five lie just beyond: 2.9850 at 50 messages is printed 2.99, 26.8649 at 450 is printed 26.87.
    """
    found = np.array([megacycles("2013", messages) for messages in PROFILES_OF_2016]) * 1.0216
    off = np.abs(found - np.transpose([ACTIVE_2016, PASSIVE_2016]))
    assert (off <= 0.005).sum() == 15
    assert off.max() == off[8, 0] < 0.0052


def test_the_table_of_2016_goes_on_along_a_line():
    given = {
        "messages_per_mailbox": ([0, 25, 75, 1000],),
        "effective_megacycles_multiplier": (1,),
        "guidance__megacycle_rounding": MegacycleRounding.EXACT,
        "roles_together": True,
    }
    # half of 2.99; the middle of 2.99 and 5.97; twice 29.85
    active = call("active_megacycles", **given, guidance__client_access_ratio=0)
    assert_figures(active, ([0, 1.495, 4.48, 59.7],))
    passive = call("passive_megacycles", **given, guidance__multiplier_on_passive=True)
    assert_figures(passive, ([0, 0.35, 1.05, 14],))


def test_a_line_goes_through_the_points_of_a_table():
    line = LookupTable([10, 20], [1, 5]).line(np.array([[0.0, 5, 10, 15, 20, 40, np.nan]]))
    np.testing.assert_array_equal(line, [[0, 0.5, 1, 3, 5, 10, np.nan]])


@pytest.mark.parametrize("ratio", [0.25, 0.375])
def test_the_client_access_ratio_divides_the_printed_figure(ratio):
    plan = design("2016", **{"guidance.client_access_ratio": ratio, "tiers.1.messages_per_day": 200})
    assert plan["tiers.1.multi_role_megacycles"] == pytest.approx(11.94, rel=1e-12)
    assert plan["tiers.1.active_megacycles"] == pytest.approx(11.94 / (1 + ratio), rel=1e-12)


def test_index_traffic_of_2016_is_that_of_lagged_copies():
    """HA copies index by themselves from CU3 on; lagged copies are still sent the index."""

    def traffic(version, lagged, **values):
        sites = {"database_copies.lagged_copies": 2 * lagged, "database_copies.lagged_copies_secondary": lagged}
        plan = design(version, **sites, **values)
        logs, index = (plan[f"replication_peak_{what}_throughput"] for what in ("log", "content_index"))
        assert plan["replication_peak_throughput.dag"] == logs["dag"] + index["dag"]
        assert plan["replication_rpo_throughput.dag"] == pytest.approx(logs["dag"] + index["dag"], rel=1e-12)
        return index["database"], index["dag"], index["dag"] / (logs["dag"] / 0.7)

    assert traffic("2013", 0)[2] == pytest.approx(1)
    assert traffic("2016", 0) == (0, 0, 0)
    assert traffic("2016", 0, **{"guidance.read_from_passive": False})[2] == pytest.approx(1)
    # of three remote copies, two HA and one lagged, the lagged one is sent the index
    database, _, share = traffic("2016", 1)
    assert share == pytest.approx(1 / 3)
    assert database > 0
    assert traffic("2019", 1) == (0, 0, 0)
    assert traffic("2019", 0, **{"guidance.read_from_passive": False}) == (0, 0, 0)


# --- limits and memory by version ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "cores", "least", "largest"), [("2013", 24, 8, 96), ("2016", 24, 8, 192), ("2019", 48, 128, 256)]
)
def test_limits_of_a_version(version, cores, least, largest):
    plan = design(version)
    assert plan["largest_server_cores"] == cores
    assert plan["least_memory"] == least
    assert plan["largest_server_memory"] == largest
    assert plan["summary_memory.primary"] == max(least, 48)
    beyond = design(version, **{"servers.primary.processor_cores": cores + 1})
    message = f"A server has {cores + 1} cores. At most {cores} are advised for Exchange {version}."
    assert message in [issue.message for issue in beyond.issues]
    assert not any("advised for a server" in issue.message for issue in plan.issues)


def test_pagefiles():
    """48 GB and 10 MB are held at 32,778 MB; a quarter of 128 GB is 32,768 MB, of 256 GB 65,536 MB."""
    assert [design(version)["pagefile_size"] for version in VERSIONS] == [32_778, 32_778, 32_768]
    found = call("pagefile_size", environment__exchange_version=Version.V2019, server_memory=([128, 256], 128))
    assert_figures(found, [32_768, 65_536])


def test_the_index_of_2019_takes_no_space_outside_of_the_databases():
    older, newer = design("2016"), design("2019")
    assert older["content_index_size"] > 0
    assert older["master_merge_size"] > 0
    assert newer["content_index_size"] == 0
    assert newer["master_merge_size"] == 0
    content = newer["volume_databases_part"] + newer["volume_logs_part"]
    assert newer["volume_database_volume_size"] == pytest.approx(content / 0.95, rel=1e-12)
    assert newer["volume_reseed_data"] == newer["volume_databases_part"]


def test_drives_and_file_system_of_2019():
    older, newer = design("2016"), design("2019")
    assert (newer["install_drive_required"], newer["system_drive_required"], newer["queue_drive_required"]) == (
        30,
        0.2,
        0.5,
    )
    assert newer["volume_file_system"] == "refs_without_integrity"
    assert (older["system_drive_required"], older["queue_drive_required"], older["volume_file_system"]) == (None,) * 3


# --- what a version does not know ----------------------------------------------------------------


def told(version, field, **values):
    return [(issue.severity, issue.message) for issue in design(version, **values).issues if issue.field == field]


def test_features_that_a_version_does_not_have_are_refused():
    voice = "environment.unified_messaging"
    unknown = ("error", "The design uses Unified Messaging, which Exchange 2019 does not have.")
    assert unknown in told("2019", voice, **{voice: True})
    assert unknown not in told("2016", voice, **{voice: True})
    roles = "environment.multi_role"
    apart = "The design has separate Client Access servers, which Exchange 2016 does not have."
    assert told("2016", roles, **{roles: False}) == [("error", apart)]
    assert told("2013", roles, **{roles: False}) == []
    cache = "storage.metacache"
    assert told("2016", cache, **{cache: True}) == [
        ("error", "The design uses a MetaCacheDatabase, which Exchange 2016 does not have.")
    ]
    assert told("2019", "storage.autoreseed_volumes", **{cache: True, "storage.autoreseed_volumes": 0}) == [
        ("error", "A MetaCacheDatabase needs AutoReseed, but the servers have no spare volume for it.")
    ]


@pytest.mark.parametrize("word", ["se", "SE", "Subscription Edition", "2019", 2019, 2019.0, "Exchange 2019"])
def test_subscription_edition_is_2019(word):
    plan = design(word)
    assert plan.profile.value("environment.exchange_version") == "2019"
    assert plan["version_year"] == 2019


# --- flash ---------------------------------------------------------------------------------------


def test_flash_of_the_architecture_page():
    """12 disks of 10 TB, 4 SSDs with 7.68 TB together: 6.4 %, of which 95 % are used."""
    plan = size(PROFILES / "exchange_2019.toml")
    assert plan["metacache_disks"] == 12
    assert plan["metacache_disk_capacity"] == 120_000
    assert plan["metacache_capacity"] == 7680
    assert plan["metacache_share"] == pytest.approx(0.064, rel=1e-12)
    assert plan["metacache_capacity_used"] == pytest.approx(7296, rel=1e-12)
    assert plan["metacache_capacity_by_disks"] == pytest.approx({"least": 6000, "most": 7200}, rel=1e-12)
    # 44 databases of 1,652.33 GB of 2^30 bytes are 78,063.7 GB as disks are sold: 5 and 10 % of them
    databases = 44 * plan["summary_database_space.database"] * 2**30 / 1e9
    assert plan["metacache_capacity_by_databases"] == pytest.approx(
        {"least": 0.05 * databases, "most": 0.1 * databases}, rel=1e-12
    )


def test_ssds_follow_from_the_disks_where_they_are_not_given():
    """One SSD for every three of 12 disks is 4; 5 % of 120 TB over 4 is 1,500 GB each."""
    given = ["storage.metacache_ssds=none", "storage.metacache_ssd_capacity=none"]
    plan = size(with_settings(load(PROFILES / "exchange_2019.toml"), given))
    assert plan["metacache_ssds"] == 4
    assert plan["metacache_ssd_capacity_needed"] == 1500
    assert (plan["metacache_capacity"], plan["metacache_share"]) == (None, None)
    ssds = call("metacache_ssds", metacache_disks=[12, 13, 1, np.nan], storage__metacache_ssds=[np.nan, np.nan, 2, 2])
    assert_figures(ssds, [4, 5, 2, np.nan])


@pytest.mark.parametrize(
    ("ssds", "capacity", "message"),
    [
        (
            4,
            1400,
            "The SSDs of a server have 5,600 GB, which is 4.7 % of the capacity of its disks. 5 to 6 % is advised.",
        ),
        (
            4,
            3840,
            "The SSDs of a server have 15,360 GB, which is 12.8 % of the capacity of its disks. 5 to 10 % is enough.",
        ),
        (2, 3840, "A server has 2 SSDs for 12 disks. One SSD for every three disks is advised."),
        (4, 1920, None),
    ],
)
def test_ssds_that_are_too_few_or_too_small(ssds, capacity, message):
    given = [f"storage.metacache_ssds={ssds}", f"storage.metacache_ssd_capacity={capacity}"]
    plan = size(with_settings(load(PROFILES / "exchange_2019.toml"), given))
    found = [issue.message for issue in plan.issues if "metacache" in issue.field]
    assert found == ([message] if message else [])


def test_deployment_files_set_up_the_flash(tmp_path):
    assert (
        main(["export", str(PROFILES / "exchange_2019.toml"), "--to", str(tmp_path)], io.StringIO(), io.StringIO()) == 0
    )
    lines = (tmp_path / "Set-DatabaseAvailabilityGroup.ps1").read_text(encoding="utf-8").splitlines()
    assert lines[:4] == [
        "Set-DatabaseAvailabilityGroup -Identity DAG1 -FileSystem ReFS",
        "Set-DatabaseAvailabilityGroup -Identity DAG1 -AutoDagTotalNumberOfDatabases 66 "
        "-AutoDagDatabaseCopiesPerDatabase 4 -AutoDagTotalNumberOfServers 6",
        '. "$exscripts\\Manage-MetaCacheDatabase.ps1"',
        "Manage-MCDB -DagName DAG1 -ConfigureMCDBPrerequisite -SSDSizeInBytes 1920000000000 -SSDCountPerServer 4",
    ]
    of_first = [line for line in lines if "SRV01" in line]
    assert of_first == [
        "Manage-MCDB -DagName DAG1 -ServerAllowMCDB:$true -ServerName SRV01",
        "Manage-MCDB -DagName DAG1 -ConfigureMCDBOnServer -ServerName SRV01 -SSDSizeInBytes 1920000000000",
        "Manage-MCDB -DagName DAG1 -ServerAllowMCDB:$true -ServerName SRV01 -ForceFailover $true",
    ]
    assert len(lines) == 4 + 3 * 6


# --- what is not published -----------------------------------------------------------------------


def test_a_figure_that_depends_on_an_unpublished_number_has_a_notice():
    plan = design("2019")
    for name in ("worst_cpu_utilization", "summary_memory", "summary_database_iops", "summary_logs_per_day"):
        assert plan.explain(name).unpublished == NOTICE
        assert plan.explain(name).text().splitlines()[2].strip() == NOTICE
    for name in ("largest_server_memory", "mailboxes_total", "tier_in_use", "dags_total"):
        assert plan.explain(name).unpublished == ""
    steps = {step.name: step.unpublished for step in plan.explain("active_megacycles").walk()}
    assert steps["multi_role_megacycles_active"] == NOTICE
    assert steps["active_megacycles_per_message"] == ""


ONE_AND_TWO = ("exchange_2019", "active_passive", "single_item_recovery")
"""Designs with one datacenter and with two, of which the second is not sound in every trial."""


@pytest.mark.parametrize("name", ONE_AND_TWO)
def test_a_figure_that_changes_with_an_unpublished_number_has_a_notice(name):
    plan = size({**load(PROFILES / f"{name}.toml").given, "environment.exchange_version": "2019"})
    changed = set()
    for constant in unpublished_constants("2019"):
        value = CONSTANTS[constant].value
        for factor in (0.6, 1.7):
            tried = (
                dict(zip(CONSTANTS[constant].labels, (value.values * factor).tolist(), strict=True))
                if isinstance(value, LookupTable)
                else value * factor
            )
            other = size(plan.profile, constants={constant: tried})
            if (other.status == "invalid") == (plan.status == "invalid"):
                changed |= {column for column in plan if plan[column] not in (None, other[column])}
    assert changed
    assert changed <= plan.unpublished


@pytest.mark.parametrize("name", ONE_AND_TWO)
def test_an_input_and_a_figure_that_does_not_apply_have_no_notice(name):
    plan = size({**load(PROFILES / f"{name}.toml").given, "environment.exchange_version": "2019"})
    for column in ("summary_servers.environment", "summary_servers.dag", "summary_dags", "mailboxes_total"):
        assert unpublished_notice(column, plan) == ""
    assert [column for column in plan.unpublished if plan[column] is None] == []
    assert unpublished_notice("summary_memory.primary", plan) == NOTICE


def test_a_number_that_a_design_overrides_is_not_that_of_an_earlier_version():
    given = {
        constant: {"2019": value.values[-1] * 2}
        for constant in unpublished_constants("2019")
        if CONSTANTS[constant].by_version and isinstance(value := CONSTANTS[constant].value, LookupTable)
    }
    plan = size(design("2019").profile, constants=given)
    for constant in unpublished_constants("2019"):
        assert (unpublished_notice(constant, plan) == "") == (constant in given)


@pytest.mark.parametrize("version", ["2013", "2016"])
def test_everything_is_published_for_earlier_versions(version):
    plan = design(version)
    assert unpublished_constants(version) == {}
    assert [step.name for step in plan.explain("worst_cpu_utilization").walk() if step.unpublished] == []
    assert NOTICE not in explain(plan.profile, "summary_memory").text()
    assert not any(issue.field == "environment.exchange_version" for issue in plan.issues)


def test_the_issues_of_2019_name_what_is_not_published():
    found = [issue.message for issue in design("2019").issues if issue.field == "environment.exchange_version"]
    assert found == [
        "Microsoft has published no sizing figures for Exchange 2019, so those of 2016 are used. CPU, IOPS, logs and "
        "memory of a mailbox depend on them, and every result that follows from these.",
        "The search index of Exchange 2019 is inside the database. Microsoft has published no size for it, so "
        "nothing is added to the databases.",
    ]


@pytest.mark.slow
def test_the_report_marks_figures_that_are_not_published():
    plan = design("2019")
    sections = {section.key: section for section in build_record(plan).sections}
    note, figures = sections["requirements"].parts
    assert note == f"{RESTS} {NOTICE}"
    labels = [row[0] for row in figures.rows]
    assert "Memory per server\u00a0*" in labels
    assert "Formatted database disk" in labels
    one_datacenter = {row[0] for row in main_figures(size("example:exchange_2019")).rows}
    assert {"Servers", "DAGs", "Network traffic in the busiest hour", "Restore volume"} <= one_datacenter
    assert {"CPU in the worst failure\u00a0*", "Transaction logs per day\u00a0*"} <= one_datacenter
    assert build_record(plan).title == "Exchange 2019 design"
    steps = {step.name: step for part in sections["explanations"].parts for step in [part, *part.needs]}
    assert steps["summary_memory"].sentence.endswith(NOTICE)
    older = {section.key: section for section in build_record(design("2016")).sections}
    assert len(older["requirements"].parts) == 1
    assert not any(row[0].endswith("*") for row in older["requirements"].parts[0].rows)


def test_the_page_lists_what_is_not_published():
    page = later_versions_page()
    for name in unpublished_constants("2019"):
        assert f"| [`{name}`](constants.md#{name}) | 2019 | 2016 |" in page
        assert unpublished_notice(name, design("2019")) == NOTICE


def test_a_constant_by_version_has_a_value_and_a_source_for_each():
    by_version = [constant for constant in CONSTANTS.values() if constant.by_version]
    assert len(by_version) > 5
    for constant in by_version:
        assert tuple(constant.by_version) == VERSIONS
        assert list(constant.by_version.values()) == list(constant.value.values)


def test_a_design_overrides_the_constants_of_its_version():
    """125 messages lie in the middle of 100 and 150, so 1 Mcycle more at 100 is half of one there."""
    path = "constants.multi_role_megacycles_active.100"
    published = megacycles("2016", 125)[0]
    plan = design("2016", **{path: 6.97, "tiers.1.messages_per_day": 125})
    assert plan["tiers.1.multi_role_megacycles"] == pytest.approx(published + 0.5, rel=1e-12)
    for messages in (25, 75, 500, 700):
        same = design(
            "2016", **{"constants.multi_role_megacycles_active.200": 11.94, "tiers.1.messages_per_day": messages}
        )
        assert same["tiers.1.multi_role_megacycles"] == megacycles("2016", messages)[0]
    more = design("2019", **{"constants.largest_server_memory_by_version.2019": 512})
    assert more["largest_server_memory"] == 512
    other = design("2016", **{"constants.largest_server_memory_by_version.2019": 512})
    assert other["largest_server_memory"] == 192
    index = design("2019", **{"constants.content_index_share_by_version.2019": 0.1})
    assert index["content_index_size"] == pytest.approx(0.1 * index["volume_databases_part"])


# --- one batch of all versions, and 2013 unchanged -----------------------------------------------


@pytest.mark.slow
def test_a_batch_of_all_versions_equals_the_rows_alone():
    base = load(PROFILES / "active_active.toml")
    rows = [
        {"environment.exchange_version": VERSIONS[n % 3], "tiers.1.messages_per_day": 60 + 35 * n} for n in range(15)
    ]
    together = size_many(pa.Table.from_pylist(rows), profile=base, results="all")
    for number, row in enumerate(rows):
        alone = size_many(pa.Table.from_pylist([row]), profile=base, results="all")
        first, other = together.slice(number, 1).to_pylist()[0], alone.to_pylist()[0]
        assert first | {"id": ""} == other | {"id": ""}
    assert len({tuple(together.column("pagefile_size").to_pylist()[n] for n in range(k, 15, 3)) for k in range(3)}) == 2


def test_2013_is_the_default_and_keeps_its_bits():
    """What 2013 computes is the arithmetic of the workbook, untouched by the rules of later versions."""
    assert size({}).profile.value("environment.exchange_version") == "2013"
    messages = np.array([np.arange(0.0, 700.0)])
    given = {
        "messages_per_mailbox": messages,
        "effective_megacycles_multiplier": np.full_like(messages, 1.3),
        "guidance__megacycle_rounding": MegacycleRounding.EXACT,
        "roles_together": False,
    }
    found = call("active_megacycles", **given, guidance__client_access_ratio=0.375)
    assert (found == messages * 0.0425 * 1.3).all()
    passive = call("passive_megacycles", **given, guidance__multiplier_on_passive=True)
    assert (passive == messages * 0.0137 * 1.3).all()


@pytest.mark.slow
def test_inputs_of_later_versions_do_not_change_2013():
    later = {"guidance.read_from_passive": False, "storage.metacache_ssds": 4, "storage.metacache_ssd_capacity": 1920}
    for name in ("active_active", "active_passive"):
        profile = load(PROFILES / f"{name}.toml")
        changed = size(with_settings(profile, [f"{path}={str(value).lower()}" for path, value in later.items()]))
        assert dict(changed) == dict(size(profile))
