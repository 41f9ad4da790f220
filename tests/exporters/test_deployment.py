"""The deployment files: the calculator's own byte for byte, and what they refuse."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.golden_sets import CASES, FILES, GOLDEN, golden_deployment
from support.paths import PROFILES

from calculator import InputError, size
from calculator.exporters.deployment import (
    COMMANDS,
    README,
    Copy,
    Deployment,
    Settings,
    check_deployment,
    copies_of,
    deployment_archive,
    deployment_files,
    deployment_of,
    mailbox_server_commands,
    write_deployment,
)
from calculator.exporters.deployment.settings import BY_DESIGN, NAMES, settings_of
from calculator.inputs.profile import Profile
from calculator.inputs.schema import FIELDS
from calculator.layout import layout

SMALL = Deployment(
    copies=(Copy(1, 1, 1), Copy(1, 2, 2), Copy(2, 2, 1), Copy(2, 1, 2, lagged=True)),
    servers_primary=("EX01", "EX02"),
    database_base="DB",
    databases_per_volume=2,
)


def refused(deployment, **settings):
    """What is said of a deployment with other settings."""
    changed = replace(deployment, settings=replace(deployment.settings, **settings))
    return [str(issue) for issue in check_deployment(changed)]


def table(content):
    """Rows of a file as a script reads it, the version row apart."""
    return list(csv.DictReader(io.StringIO(content.decode()), skipinitialspace=True))[1:]


@pytest.mark.parametrize("case", CASES)
def test_golden_sets_are_equal_byte_for_byte(case, tmp_path):
    written = write_deployment(tmp_path / "new" / "set", golden_deployment(case))
    assert not written.issues
    assert {path.name for path in written.paths} == {*FILES, COMMANDS, README}
    for name in FILES:
        assert (tmp_path / "new" / "set" / name).read_bytes() == (GOLDEN / case / name).read_bytes(), name


@pytest.mark.parametrize("case", CASES)
def test_dsc_finds_whole_volumes_and_no_empty_property(case):
    files = deployment_files(golden_deployment(case))
    for row in table(files["Servers.csv"]):
        assert len(row["DbMap"].split(",")) % int(row["DbPerVolume"]) == 0
    for row in table(files["MailboxDatabases.csv"]):
        assert all(row.values())
    for row in table(files["MailboxDatabaseCopies.csv"]):
        assert all(row[name] for name in ("Name", "ActivationPreference", "ReplayLagTime", "TruncationLagTime"))


def test_older_form():
    files = deployment_files(golden_deployment("dag_4s3c_d24"), "6.6")
    assert list(files) == ["Servers.csv", "MailboxDatabases.csv", "MailboxDatabaseCopies.csv"]
    servers = files["Servers.csv"].decode().split("\r\n")
    assert servers[0] == (
        '"ServerName","StartDrive","DbPerVolume","AutoReseedVolumes","DbLogIsolation",'
        '"VolumesRootFolder","DatabasesRootFolder","DbMap"'
    )
    assert servers[1] == '"VersionNumber","2.1","6.6",,,,""'
    assert servers[2].startswith('"EX-01","2",3,"2","0","C:\\ExchangeVolumes","C:\\ExchangeDatabases","DB01,DB03,')
    databases = files["MailboxDatabases.csv"].decode().split("\r\n")
    assert databases[0].startswith('"Name","Server","DBFilePath","LogFolderPath",')
    assert databases[1] == '"VersionNumber","2.1","6.6",,,,,,,,,,,,,,,,,,,,,,,""'
    newer = deployment_files(golden_deployment("dag_4s3c_d24"))["MailboxDatabases.csv"].decode().split("\r\n")
    assert databases[2:] == newer[2:]
    copies = files["MailboxDatabaseCopies.csv"].decode().split("\r\n")
    assert copies[:2] == [
        '"GC","GC2","Name","Server","ActivationPreference","ReplayLagTime","TruncationLagTime"',
        '"VersionNumber","2.1","6.6",,,,"0.00:00:00"',
    ]


def test_the_older_format_has_a_notice_about_the_file_it_leaves_out(tmp_path):
    written = write_deployment(tmp_path, SMALL, "6.6")
    assert [str(issue) for issue in written.issues] == [
        "design: version: The form of DAGInfo.csv in version 6.6 is not known: it is not written. Version 7.6 has it."
    ]
    assert sorted(os.listdir(tmp_path)) == sorted({*FILES, COMMANDS, README} - {"DAGInfo.csv"})


def test_an_unknown_version_is_refused():
    with pytest.raises(InputError) as error:
        deployment_files(SMALL, "9")
    assert str(error.value) == 'design: version: "9" is not a form that can be written. Give one of 7.6, 6.6.'


@pytest.mark.parametrize(
    ("hours", "text"),
    [(168, "7.0:00:00"), (36, "1.12:00:00"), (0, "0.0:00:00"), (0.5, "0.0:00:00"), (1.5, "0.2:00:00")],
)
def test_lag_times(hours, text):
    files = deployment_files(replace(SMALL, replay_lag_delay=hours))
    assert [row["ReplayLagTime"] for row in table(files["MailboxDatabaseCopies.csv"])] == ["0.00:00:00", text]


def test_days_with_a_fraction_are_a_valid_time_span():
    settings = Settings(deleted_item_retention=14.5, prohibit_send_quota=1024.5)
    row = table(deployment_files(replace(SMALL, settings=settings))["MailboxDatabases.csv"])[0]
    assert row["DeletedItemRetention"] == "14.12:00:00"
    assert row["ProhibitSendQuota"] == "1024.5 MB"


def test_a_backslash_at_the_end_of_a_root_folder_is_removed():
    settings = Settings(database_root="D:\\Databases\\", volume_root="D:\\Volumes\\")
    files = deployment_files(replace(SMALL, settings=settings))
    assert table(files["Servers.csv"])[0]["VolumesRootFolder"] == "D:\\Volumes"
    assert table(files["MailboxDatabases.csv"])[0]["EDBFilePath"] == "D:\\Databases\\DB1\\DB1.db\\DB1.edb"


def test_limits_with_a_fraction_are_rounded_up():
    settings = Settings(maximum_active_databases_primary=5.25)
    deployment = replace(SMALL, settings=settings)
    assert table(deployment_files(deployment)["DAGInfo.csv"])[0]["MaximumActiveDatabasesSite1"] == "6"
    assert "-MaximumActiveDatabases 6 " in mailbox_server_commands(deployment)


def test_commands_for_the_servers():
    deployment = replace(golden_deployment("ap_4s2c_2s2c1l_d18"), activation_blocked_secondary=True)
    lines = mailbox_server_commands(deployment).split("\r\n")
    assert lines[0] == (
        "Set-MailboxServer -Identity MBX01 -MaximumActiveDatabases 6 -MaximumPreferredActiveDatabases 6 "
        "-AutoDatabaseMountDial BestAvailability"
    )
    assert lines[5] == (
        "Set-MailboxServer -Identity MBX06 -MaximumActiveDatabases 9 "
        "-AutoDatabaseMountDial BestAvailability -DatabaseCopyAutoActivationPolicy Blocked"
    )
    assert lines[6:] == [""]


# --- from a design ---------------------------------------------------------------------------------


def test_a_design_gives_the_settings_that_the_workbook_proposes():
    inputs = {
        "environment.mailbox_servers": 2,
        "site_resilience.enabled": False,
        "database_copies.ha_copies": 2,
        "backup.method": "software_vss",
        "tiers.1.mailboxes": 100,
        "tiers.1.deleted_item_retention": 30,
        "tiers.2.deleted_item_retention": 90,
        "names.dag": "EU-DAG",
        "names.servers.1": "EU-EX01",
        "names.servers.2": "EU-EX02",
    }
    plan = size(Profile(inputs, where="eu.toml"))
    deployment, issues = deployment_of(plan, copies_of([[1, 2], [2, 1]], [[1, 2], [1, 2]], [[0, 0], [0, 0]]))
    assert not issues
    assert deployment.servers == ("EU-EX01", "EU-EX02")
    row = table(deployment_files(deployment)["DAGInfo.csv"])[0]
    assert (row["DAGName"], row["WitnessDir"], row["AltWitnessDir"]) == (
        "EU-DAG",
        "C:\\DAG-FSW\\EU-DAG",
        "C:\\DAG-FSW\\EU-DAG-Alt",
    )
    assert (row["GC2"], row["Site2Servers"], row["DACMode"], row["ReplayLagManagerEnabled"]) == (
        "Not Used",
        "",
        "DAGOnly",
        "False",
    )
    row = table(deployment_files(deployment)["MailboxDatabases.csv"])[0]
    assert (row["DeletedItemRetention"], row["CircularLoggingEnabled"]) == ("30.00:00:00", "FALSE")


def test_what_the_files_of_a_design_leave_out_is_said():
    plan = size(
        Profile(
            {
                "environment.dags": 3,
                "tiers.1.mailboxes": 9000,
                "storage.multiple_databases_per_volume": False,
                "database_copies.lagged_copies": 1,
                "database_copies.dedicated_lagged_servers": True,
                "database_copies.lagged_copies_secondary": 1,
            },
            where="three.toml",
        )
    )
    _, issues = deployment_of(plan, ())
    assert [str(issue) for issue in issues] == [
        "three.toml: database_copies.dedicated_lagged_servers: The files do not contain the copies on dedicated "
        "servers for lagged copies. Add those copies by hand.",
        "three.toml: names.servers: The servers have the names SRV01, SRV02 and so on, because the profile names none. "
        "Give the names of your servers.",
        "three.toml: environment.dags: The files contain one DAG, but the design has 3 equal DAGs. Write them again"
        " with the names of each of the other DAGs.",
    ]


ONE_DATACENTER: dict[str, object] = {
    "environment.mailbox_servers": 2,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 2,
    "backup.method": "software_vss",
    "tiers.1.mailboxes": 100,
    "tiers.1.mailbox_size_limit": 2048,
    "names.servers.1": "EX01",
    "names.servers.2": "EX02",
}
OWN_NAMES = {
    "export.primary_global_catalog": "dc1.example.org",
    "export.dag_ip_addresses": "10.0.0.9",
    "export.witness_server": "fs1.example.org",
    "export.alternate_witness_server": "fs2.example.org",
}


def exported(inputs, version="7.6"):
    """Row of the first database, and what is said of the files of a design in one datacenter."""
    plan = size(Profile({**ONE_DATACENTER, **inputs}, where="eu.toml"))
    deployment, issues = deployment_of(plan, copies_of([[1, 2], [2, 1]], [[1, 2], [1, 2]], [[0, 0], [0, 0]]))
    _, more = deployment_archive(deployment, version)
    row = table(deployment_files(deployment, version)["MailboxDatabases.csv"])[0]
    return row, [f"{issue.severity}: {issue}" for issue in (*issues, *more)]


def test_each_placeholder_in_the_files_is_a_warning():
    assert exported({})[1] == [
        "warning: eu.toml: export.primary_global_catalog: GC1.contoso.com in DAGInfo.csv, MailboxDatabases.csv and "
        "MailboxDatabaseCopies.csv is a placeholder for the primary global catalog. Give the name of your server.",
        "warning: eu.toml: export.dag_ip_addresses: The DAG has no address: DAGInfo.csv holds the placeholder "
        "255.255.255.255. Give one IPv4 address per datacenter, or state 255.255.255.255 if the DAG needs none.",
        "warning: eu.toml: export.witness_server: witness.contoso.com in DAGInfo.csv is a placeholder for the witness "
        "server. Give the name of your server.",
    ]


def test_files_without_placeholders_have_no_warning():
    """The folders, the port and the offline address book of a new server are no placeholders."""
    assert exported(OWN_NAMES)[1] == []
    stated = {**OWN_NAMES, "export.dag_ip_addresses": "255.255.255.255"}
    assert exported(stated)[1] == []


def test_a_stated_name_of_the_examples_is_still_a_placeholder():
    (told,) = exported({**OWN_NAMES, "export.witness_server": "FSW.contoso.com"})[1]
    assert told.startswith("warning: eu.toml: export.witness_server: FSW.contoso.com in DAGInfo.csv is a placeholder ")


def test_a_placeholder_in_a_file_that_is_not_written_is_no_warning():
    told = exported({}, "6.6")[1]
    assert [line.split(": ")[2] for line in told] == ["export.primary_global_catalog", "version"]


def test_both_global_catalogs_are_placeholders_in_two_datacenters():
    plan = size(PROFILES / "active_active.toml")
    dag = layout(plan)
    deployment, issues = deployment_of(plan, copies_of(dag.server, dag.preference, dag.lagged))
    _, more = deployment_archive(deployment)
    assert [issue.field for issue in (*issues, *more)] == [
        "names.servers",
        "export.primary_global_catalog",
        "export.secondary_global_catalog",
        "export.dag_ip_addresses",
        "export.witness_server",
        "export.alternate_witness_server",
    ]


# --- deleted items and backups ---------------------------------------------------------------------


NATIVE = {"backup.method": "native_data_protection"}
RETAINED = "export.retain_deleted_items_until_backup"


@pytest.mark.parametrize(
    ("inputs", "value"),
    [({}, "TRUE"), (NATIVE, "FALSE"), ({**NATIVE, RETAINED: True}, "TRUE"), ({RETAINED: False}, "FALSE")],
)
def test_deleted_items_wait_for_a_backup_where_there_is_one(inputs, value):
    row, told = exported({**OWN_NAMES, **inputs})
    assert row["RetainDeletedItemsUntilBackup"] == value
    waits_for_ever = {**NATIVE, RETAINED: True}.items() <= inputs.items()
    assert told == waits_for_ever * [
        "warning: eu.toml: export.retain_deleted_items_until_backup: RetainDeletedItemsUntilBackup is TRUE, but the"
        " design has no backup, so deleted items are kept forever. Leave it out, set it to false, or choose a VSS "
        "backup."
    ]


# --- the README ------------------------------------------------------------------------------------


def readme(inputs, version="7.6"):
    """Text of the README of a design in one datacenter, its paragraphs on one line each."""
    plan = size(Profile({**ONE_DATACENTER, **inputs}, where="eu.toml"))
    deployment, _ = deployment_of(plan, copies_of([[1, 2], [2, 1]], [[1, 2], [1, 2]], [[0, 0], [0, 0]]))
    archive, _ = deployment_archive(deployment, version)
    content = unpacked(archive)[README]
    assert content.count(b"\r\n") == content.count(b"\n")
    assert max(map(len, content.decode().splitlines())) <= 160
    return content.decode().replace("\r\n", "\n")


def joined(text):
    return " ".join(text.split())


def test_the_readme_names_every_file_and_the_order_of_running():
    text = readme({})
    assert text.startswith("Deployment files of eu.toml, DAG DAG1\n=====================================\n")
    for name in (*FILES, COMMANDS):
        assert f"\n{name}\n    One " in text
    lines = [line.strip() for line in text.splitlines() if line.startswith("       ")]
    assert lines == [
        ".\\Diskpart.ps1 -ServerFile .\\Servers.csv",
        ".\\CreateDAG.ps1 -ServerFile .\\DAGInfo.csv -NewDAG 'DAG1'",
        "Set-DatabaseAvailabilityGroup -Identity 'DAG1' -AlternateWitnessServer 'alt-witness.contoso.com' "
        "-AlternateWitnessDirectory 'C:\\DAG-FSW\\DAG1-Alt'",
        ".\\CreateMBDatabases.ps1 -DBFile .\\MailboxDatabases.csv",
        ".\\CreateMBDatabaseCopies.ps1 -DBCopyFile .\\MailboxDatabaseCopies.csv -DBFile .\\MailboxDatabases.csv",
        ".\\Set-MailboxServer.ps1",
    ]


def test_the_readme_of_the_older_form_has_no_dag_file():
    text = readme({}, "6.6")
    assert "CreateDAG.ps1 -ServerFile" not in text
    assert "create the DAG and add the servers by hand; DAGInfo.csv is not part of this form." in joined(text)


def test_the_readme_lists_the_placeholders():
    assert "* export.witness_server: witness.contoso.com in DAGInfo.csv is a placeholder for the witness server." in (
        readme({})
    )
    text = readme(OWN_NAMES)
    assert "None: every name and address is stated in the profile." in text
    assert "a placeholder" not in text


def test_the_readme_says_where_each_setting_came_from():
    text = joined(readme({"export.witness_server": "fs1.example.org", "export.replication_port": 64328}))
    for line in (
        "export.witness_server Witness server: fs1.example.org. From: profile.",
        "export.replication_port Replication port: 64328. From: profile.",
        "export.alternate_witness_server Alternate witness server: alt-witness.contoso.com. From: default.",
        "export.mailbox_retention Mailbox retention: 30 days. From: default.",
        "export.retain_deleted_items_until_backup Keep deleted items until backup: true. From: design (by "
        "default true where the design has backups).",
        "export.witness_directory Witness directory: C:\\DAG-FSW\\DAG1. From: default.",
        "export.maximum_active_databases_secondary Maximum active databases, secondary datacenter: empty. From: "
        "design (",
    ):
        assert line in text
    for name in NAMES:
        assert f"export.{name} " in text


def test_the_readme_lists_the_notices():
    assert "Check these before you run the first script -------------------------------------" in joined(readme({}))
    assert "\nNothing.\n" in readme({})
    assert "deleted items are kept forever" in joined(readme({**NATIVE, RETAINED: True}))


def test_the_readme_explains_an_empty_preferred_limit():
    plan = size(PROFILES / "active_active.toml")
    dag = layout(plan)
    copies = copies_of(dag.server, dag.preference, dag.lagged)
    deployment, _ = deployment_of(plan, copies)
    assert deployment.notes[-1] == (
        "MaximumPreferredActiveDatabases is empty for servers of the secondary datacenter, because Microsoft's "
        'workbook gives no figure for them in one active/active DAG. guidance.oddities = "corrected" writes one, or '
        "give export.maximum_preferred_active_databases_secondary."
    )
    (row,) = table(deployment_files(deployment)["DAGInfo.csv"])
    assert (row["MaximumPreferredActiveDatabasesSite1"], row["MaximumPreferredActiveDatabasesSite2"]) == ("12", "")
    other = size(plan.profile.with_values({"guidance.oddities": "corrected"}))
    corrected, _ = deployment_of(other, copies)
    (row,) = table(deployment_files(corrected)["DAGInfo.csv"])
    assert row["MaximumPreferredActiveDatabasesSite2"] == f"{other['preferred_active_databases_limit.secondary']:.0f}"
    assert len(corrected.notes) == len(deployment.notes) - 1


@pytest.mark.parametrize(
    ("inputs", "quotas", "told"),
    [
        ({}, ("2048 MB", "2048 MB", "2048 MB"), []),
        # the tiers agree; a tier without mailboxes does not count
        (
            {
                "tiers.2.mailboxes": 50,
                "tiers.2.mailbox_size_limit": 2048,
                "tiers.3.mailboxes": 0,
                "tiers.3.mailbox_size_limit": 9000,
            },
            ("2048 MB", "2048 MB", "2048 MB"),
            [],
        ),
        # a database holds mailboxes of both tiers
        (
            {"tiers.2.mailboxes": 50, "tiers.2.mailbox_size_limit": 10240},
            ("Unlimited", "Unlimited", "Unlimited"),
            [
                "warning: eu.toml: export.prohibit_send_receive_quota: The tiers have quotas from 2 GB to 10 GB "
                "and share the databases, so Unlimited is written as the quota of the databases. Set the quotas of "
                "the mailboxes after they are created, or give one for the databases."
            ],
        ),
        # a stated quota counts, and those below it follow
        ({"export.prohibit_send_quota": 1900}, ("2048 MB", "1900 MB", "1900 MB"), []),
        ({"export.issue_warning_quota": 1800.5}, ("2048 MB", "2048 MB", "1800.5 MB"), []),
        (
            {"tiers.2.mailboxes": 50, "tiers.2.mailbox_size_limit": 10240, "export.prohibit_send_receive_quota": 10240},
            ("10240 MB", "10240 MB", "10240 MB"),
            [],
        ),
        ({"export.prohibit_send_receive_quota": 0}, ("Unlimited", "Unlimited", "Unlimited"), []),
    ],
)
def test_quotas_of_the_databases_follow_the_tiers(inputs, quotas, told):
    row, said = exported({**OWN_NAMES, **inputs})
    assert (row["ProhibitSendReceiveQuota"], row["ProhibitSendQuota"], row["IssueWarningQuota"]) == quotas
    assert said == told


def test_a_profile_gives_settings_of_its_own():
    given_settings = {
        "first_drive": 2.0,
        "replication_port": 64328.0,
        "data_move_replication_constraint": "None",
        "network_encryption": "design",
        "circular_logging": False,
    }
    profile = Profile({f"export.{name}": value for name, value in given_settings.items()})
    found = settings_of(profile, {"circular_logging": True, "network_encryption": "SeedOnly", "dag_name": "EU"})
    assert found == Settings(
        first_drive=2,
        replication_port=64328,
        data_move_replication_constraint="None",
        circular_logging=False,
        network_encryption="SeedOnly",
        dag_name="EU",
    )
    files = deployment_files(replace(SMALL, settings=found))
    assert table(files["Servers.csv"])[0]["StartDrive"] == "2"
    assert table(files["DAGInfo.csv"])[0]["ReplicationPort"] == "64328"


def test_inputs_of_the_export_are_the_settings_with_their_defaults():
    declared = {field.path.partition(".")[2]: field for field in FIELDS if field.section == "export"}
    assert set(declared) <= set(NAMES)
    defaults = {field.name: field.default for field in dataclasses.fields(Settings)}
    for name, field in declared.items():
        assert (None if field.default == BY_DESIGN else field.default) == defaults[name], name


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("=cmd|'/c calc'!A1", "\"=cmd|'/c calc'!A1\" would run as a formula in a spreadsheet. "),
        ("+1", '"+1" would run as a formula in a spreadsheet. '),
        ("-1", '"-1" would run as a formula in a spreadsheet. '),
        ("@SUM(1)", '"@SUM(1)" would run as a formula in a spreadsheet. '),
    ],
)
def test_texts_that_would_run_as_a_formula(value, message):
    assert refused(SMALL, witness_server=value) == [
        f"design: export.witness_server: {message}Begin it with a letter or digit."
    ]


@pytest.mark.parametrize("value", ['a"b', "a\nb", "a\rb", "a\tb", "a\u202eb", "a\x00b"])
def test_texts_that_would_break_a_line(value):
    (message,) = refused(SMALL, offline_address_book=value)
    assert message.startswith("design: export.offline_address_book: ")
    assert message.endswith(
        " would break the CSV files. Remove quotation marks, line breaks and other control characters."
    )


def test_settings_that_are_no_choice_number_or_address():
    assert refused(
        SMALL,
        network_encryption="On",
        replication_port=0,
        first_drive=1.5,
        dag_ip_addresses="10.0.0.1;10.0.0.2",
        primary_global_catalog="",
    ) == [
        "design: export.primary_global_catalog: is empty. Give a text.",
        "design: export.first_drive: 1.5 cannot be used. Give a whole number from 0 to 9,999.",
        'design: export.network_encryption: "On" is not a choice. '
        "Give one of Enabled, Disabled, InterSubnetOnly, SeedOnly.",
        "design: export.replication_port: 0 cannot be used. Give a whole number from 1 to 65,535.",
        'design: export.dag_ip_addresses: "10.0.0.1;10.0.0.2" is not a list of IP addresses. Give one IPv4 address '
        "per datacenter, joined by a comma, or 255.255.255.255 for none.",
    ]


def test_letters_beyond_ascii_are_doubtful_not_refused():
    assert refused(SMALL, offline_address_book="\\Adreßbuch") == [
        'design: export.offline_address_book: "\\Adreßbuch" is not ASCII; the scripts may misread it. '
        "Use the letters A to Z."
    ]
    assert deployment_files(replace(SMALL, settings=Settings(offline_address_book="\\Adreßbuch")))


@pytest.mark.parametrize("name", ["=EX1", "EX 1", "EX*", "EX\n1", 'EX"1', "-EX1", "EX1-", "E", "E" * 17, "", "EX,1"])
def test_names_no_server_can_have(name):
    shown = " ".join(name.split())
    with pytest.raises(InputError) as error:
        deployment_files(replace(SMALL, servers_primary=(name, "EX02")))
    assert str(error.value) == (
        f'design: names.servers.1: "{shown}" cannot be a server name. '
        "Give 2 to 16 letters, digits and hyphens, first and last a letter or digit."
    )


@pytest.mark.parametrize("base", ["DB,", "DB*", "D..B", ".DB", "DB.", "D/B", "D" * 51])
def test_names_no_database_can_have(base):
    with pytest.raises(InputError) as error:
        deployment_files(replace(SMALL, database_base=base))
    assert str(error.value) == (
        f'design: names.database_base: "{base}" cannot begin a database name. '
        "Give 1 to 50 characters, none of ~#%&*\\:<>?/|{}()[] or comma, no dot first or last."
    )


def test_database_names_that_run_or_break():
    for base in ("=DB", "@DB", "-DB", "+DB", "D\nB", 'D"B', ""):
        (issue,) = check_deployment(replace(SMALL, database_base=base))
        assert issue.severity == "error"


def test_server_names_that_occur_twice():
    (issue,) = check_deployment(replace(SMALL, servers_primary=("EX01", "ex01")))
    assert str(issue) == (
        'design: names.servers.2: "ex01" is also the name of server 1. Give each server a name of its own.'
    )


def test_layouts_that_the_files_cannot_describe():
    assert [str(issue) for issue in check_deployment(replace(SMALL, copies=()))] == [
        "design: layout: holds no database copy. Lay out the design first."
    ]
    copies = (Copy(1, 1, 1), Copy(1, 3, 1), Copy(3, 1, 2), Copy(3, 1, 3))
    assert [str(issue) for issue in check_deployment(replace(SMALL, copies=copies))] == [
        "design: layout: has copies on server 3, 2 servers have a name. Name a server for each number.",
        "design: layout: database 2 has no copy with activation preference 1. Give every database a copy with "
        "activation preference 1.",
        "design: layout: database 1 has two copies with activation preference 1. "
        "Give each copy its own activation preference.",
        "design: layout: database 3 has two copies with server 1. Give each copy its own server.",
        'design: layout: "EX02" holds no database copy, but Servers.csv needs at least one. Remove the server, or '
        "use more databases.",
        'design: layout: "EX01" holds 3 copies, 2 per volume: the last volume is not full. The scripts cut the list'
        " into whole volumes: use a symmetrical number of databases.",
    ]


# --- all or nothing --------------------------------------------------------------------------------


def test_a_file_where_the_directory_should_be(tmp_path):
    (tmp_path / "out").write_text("mine")
    for target in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(InputError) as error:
            write_deployment(target, SMALL)
        assert str(error.value) == f"{target.name}: is not a directory, or is inside a file. Name a directory."
    assert (tmp_path / "out").read_text() == "mine"
    assert os.listdir(tmp_path) == ["out"]


def test_nothing_is_written_for_a_design_that_the_files_cannot_hold(tmp_path):
    with pytest.raises(InputError):
        write_deployment(tmp_path / "out", replace(SMALL, servers_primary=("EX\n01", "EX02")))
    assert not (tmp_path / "out").exists()


def test_a_failure_midway_leaves_the_directory_as_it_was(tmp_path):
    (tmp_path / "Servers.csv").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "MailboxDatabases.csv").mkdir()
    with pytest.raises(InputError) as error:
        write_deployment(tmp_path, SMALL)
    assert "cannot be written to" in str(error.value)
    assert sorted(os.listdir(tmp_path)) == ["MailboxDatabases.csv", "Servers.csv", "notes.txt"]
    assert (tmp_path / "Servers.csv").read_text() == "old"


def test_a_failure_takes_the_directories_it_made_along(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(InputError) as error:
        write_deployment(tmp_path / "a" / "b", SMALL)
    assert str(error.value) == ("b: cannot be written to: No space left on device. Check the name and its permissions.")
    assert os.listdir(tmp_path) == []


def test_files_of_an_earlier_run_are_replaced(tmp_path):
    write_deployment(tmp_path, SMALL)
    write_deployment(tmp_path, replace(SMALL, database_base="MBX"))
    assert sorted(os.listdir(tmp_path)) == sorted([*FILES, COMMANDS, README])
    assert "MBX1" in (tmp_path / "Servers.csv").read_text()


# --- in an archive ---------------------------------------------------------------------------------


def unpacked(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


@pytest.mark.parametrize("version", ["7.6", "6.6"])
@pytest.mark.parametrize("case", CASES)
def test_an_archive_holds_what_is_written_into_a_directory(case, version, tmp_path):
    written = write_deployment(tmp_path, golden_deployment(case), version)
    archive, issues = deployment_archive(golden_deployment(case), version)
    assert unpacked(archive) == {path.name: path.read_bytes() for path in written.paths}
    assert [str(issue) for issue in issues] == [str(issue) for issue in written.issues]


def test_an_archive_is_the_same_every_time(monkeypatch):
    archive, _ = deployment_archive(SMALL)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2040, 1, 2, 3, 4, 5, 0, 0, 0))
    assert deployment_archive(SMALL)[0] == archive
    assert deployment_archive(replace(SMALL, database_base="MBX"))[0] != archive


def test_an_archive_has_issues_about_what_its_files_leave_out():
    _, issues = deployment_archive(SMALL, "6.6")
    assert [str(issue) for issue in issues] == [
        "design: version: The form of DAGInfo.csv in version 6.6 is not known: it is not written. Version 7.6 has it."
    ]


def test_there_is_no_archive_for_a_design_that_the_files_cannot_hold():
    with pytest.raises(InputError) as error:
        deployment_archive(replace(SMALL, servers_primary=("EX\n01", "EX02")), "9")
    assert str(error.value) == (
        'design: names.servers.1: "EX 01" cannot be a server name. '
        "Give 2 to 16 letters, digits and hyphens, first and last a letter or digit.\n"
        'design: version: "9" is not a form that can be written. Give one of 7.6, 6.6.'
    )


# --- whatever the settings -------------------------------------------------------------------------


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(server=TEXTS, base=TEXTS, witness=TEXTS, dial=st.sampled_from(("Lossless", "x")), port=st.integers(-1, 70_000))
def test_what_is_accepted_reads_back_as_it_was(server, base, witness, dial, port):
    settings = Settings(witness_server=witness, auto_database_mount_dial=dial, replication_port=port)
    deployment = replace(SMALL, servers_primary=(server, "EX02"), database_base=base, settings=settings)
    if check_deployment(deployment).errors:
        with pytest.raises(InputError):
            deployment_files(deployment)
        return
    files = deployment_files(deployment)
    (row,) = table(files["DAGInfo.csv"])
    assert (row["WitnessServer"], row["AutoDatabaseMountDial"], row["ReplicationPort"]) == (witness, dial, str(port))
    assert row["Site1Servers"] == f"{server},EX02"
    rows = table(files["Servers.csv"])
    assert [row["DbMap"] for row in rows] == [f"{base}1,{base}2"] * 2
    for content in files.values():
        for cells in csv.reader(io.StringIO(content.decode())):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
