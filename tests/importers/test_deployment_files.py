"""The calculator's exported files read back."""

from __future__ import annotations

import io

import pytest

from calculator import size
from calculator.cli.main import main
from calculator.importers.deployment_files import import_deployment, parse_hours
from calculator.inputs.profile import Profile
from calculator.issues import InputError

SERVERS = """ServerName, StartDrive, DbPerVolume, AutoReseedVolumes, DbLogIsolation, VolumesRootFolder, DatabasesRootFolder, DbMap
VersionNumber,2.1,7.6,,,,,
ex-a-01,5,2,1,0,"C:\\ExchangeVolumes","C:\\ExchangeDatabases","DAG1-DB001,DAG1-DB002,DAG1-DB003,DAG1-DB004"
ex-a-02,5,2,1,0,"C:\\ExchangeVolumes","C:\\ExchangeDatabases","DAG1-DB002,DAG1-DB001,DAG1-DB004,DAG1-DB003"
"""  # noqa: E501
DATABASES = """Name,Server,EDBFilePath,LogFolderPath,DeletedItemRetention,CircularLoggingEnabled
"VersionNumber","2.1","7.6",,,
"DAG1-DB001","ex-a-01","C:\\x.edb","C:\\x.log","14.00:00:00","True"
"DAG1-DB002","ex-a-02","C:\\y.edb","C:\\y.log","14.00:00:00","True"
"""
COPIES = """GC,GC2,Name,Server,ActivationPreference,ReplayLagTime,TruncationLagTime
"VersionNumber","2.1","7.6",,,,"0.00:00:00"
"GC1.example.test","GC2.example.test","DAG1-DB001","ex-a-02","2","0.00:00:00","0.00:00:00"
"GC1.example.test","GC2.example.test","DAG1-DB001","ex-b-01","3","7.0:00:00","0.00:00:00"
"""
BASE = Profile({"tiers.2.mailboxes": 10.0, "database_copies.ha_copies": 4.0, "tiers.1.deleted_item_retention": 30.0})


def files(tmp_path, **texts):
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return [tmp_path / f"{name}.csv" for name in texts]


def test_the_three_files_give_names_volumes_retention_and_lag(tmp_path):
    found = import_deployment(files(tmp_path, a=SERVERS, b=DATABASES, c=COPIES), BASE)
    assert found.values == {
        "names.servers.1": "ex-a-01",
        "names.servers.2": "ex-a-02",
        "storage.autoreseed_volumes": 1.0,
        "storage.multiple_databases_per_volume": True,
        "storage.databases_per_volume_matches_copies": False,
        "names.database_base": "DAG1-DB",
        "tiers.1.deleted_item_retention": 14.0,
        "tiers.2.deleted_item_retention": 14.0,
        "database_copies.replay_lag_delay": 168.0,
        "database_copies.truncation_lag_delay": 0.0,
        "export.database_root": "C:\\ExchangeDatabases",
        "export.first_drive": 5.0,
        "export.primary_global_catalog": "GC1.example.test",
        "export.secondary_global_catalog": "GC2.example.test",
        "export.volume_root": "C:\\ExchangeVolumes",
    }
    assert [row["kind"] for row in found.tables["files"]] == ["servers", "databases", "copies"]
    assert {row["version"] for row in found.tables["files"]} == {"7.6"}
    assert not found.issues.errors


def test_files_of_an_export_come_back(tmp_path):
    out, err = io.StringIO(), io.StringIO()
    profile = "profiles/active_active.toml"
    assert main(["export", profile, "--to", str(tmp_path)], out, err) == 0
    paths = [
        str(path)
        for path in tmp_path.rglob("*.csv")
        if path.name in ("Servers.csv", "MailboxDatabases.csv", "MailboxDatabaseCopies.csv")
    ]
    assert len(paths) == 3
    told = io.StringIO()
    assert main(["import", "deployment", *paths, "--profile", profile], told, err) == 0
    before = io.StringIO()
    assert main(["size", profile, "--results", "headline", "--format", "csv"], before, err) == 0
    (tmp_path / "back.toml").write_text(told.getvalue(), encoding="utf-8")
    after = io.StringIO()
    assert main(["size", str(tmp_path / "back.toml"), "--results", "headline", "--format", "csv"], after, err) == 0
    assert after.getvalue() == before.getvalue()


def test_other_numbers_of_databases_on_a_volume_are_doubted(tmp_path):
    found = import_deployment(files(tmp_path, a=SERVERS.replace(",5,2,1", ",5,3,1")), BASE)
    assert "storage.databases_per_volume_matches_copies" not in found.values
    assert (
        "a.csv: DbPerVolume: 3 databases share a volume, which is neither the number of copies (4) nor half of it. "
        "Does --profile have the copies of this design?"
    ) in [str(issue) for issue in found.issues]


def test_different_values_are_reported(tmp_path):
    found = import_deployment(files(tmp_path, b=DATABASES.replace('y.log","14', 'y.log","30')), BASE)
    assert (
        'b.csv: DeletedItemRetention: has 2 different values: "14.00:00:00", "30.00:00:00". '
        "Give tiers.deleted_item_retention yourself."
    ) in [str(issue) for issue in found.issues]


def test_what_cannot_be_read_is_an_error(tmp_path):
    found = import_deployment(
        files(tmp_path, a=SERVERS.replace(",5,2,1", ",5,2,=1+1"), b=COPIES.replace("7.0:", "x:")), BASE
    )
    told = [str(issue) for issue in found.issues]
    assert 'a.csv: AutoReseedVolumes: "=1+1" cannot be read. Export the file again.' in told
    assert 'b.csv: ReplayLagTime: "x:00:00" cannot be read. Export the file again.' in told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "a.csv: is not a deployment file. Give Servers.csv, DAGInfo.csv, MailboxDatabases.csv, "
            "MailboxDatabaseCopies.csv or Set-MailboxServer.ps1.",
        ),
        (
            "x,y\n1,2\n",
            "a.csv: is not a deployment file. Give Servers.csv, DAGInfo.csv, MailboxDatabases.csv, "
            "MailboxDatabaseCopies.csv or Set-MailboxServer.ps1.",
        ),
        (SERVERS.partition("\n")[0] + "\n", "a.csv: has no rows. Export the file again."),
    ],
)
def test_other_files_are_refused(tmp_path, text, message):
    with pytest.raises(InputError) as refused:
        import_deployment(files(tmp_path, a=text), BASE)
    assert str(refused.value) == message


def test_spans_are_read_with_hours_of_one_digit():
    assert [parse_hours(text) for text in ("14.00:00:00", "7.0:00:00", "00:30:00", "1.12:00:00", "soon")] == [
        336.0,
        168.0,
        0.5,
        36.0,
        None,
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_files_saved_in_other_ways_are_read(tmp_path, encoding, separator):
    text = DATABASES.replace(",", separator)
    (tmp_path / "b.csv").write_text(text, encoding=encoding)
    found = import_deployment([tmp_path / "b.csv"], BASE)
    assert found.values["names.database_base"] == "DAG1-DB"
    assert found.values["tiers.2.deleted_item_retention"] == 14


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\0b", "a.csv: is not a text file: it holds NUL characters. Export it again as UTF-8."),
        (b"x" * 20_000_001, "a.csv: has more than 20,000,000 bytes. Is it the right file?"),
    ],
)
def test_hostile_files_are_refused(tmp_path, data, message):
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(InputError) as refused:
        import_deployment([tmp_path / "a.csv"], BASE)
    assert str(refused.value) == message


# --- DAGInfo.csv and the settings of the section [export] -----------------------------------------

DAG = """DAGName, DAGIps, WitnessServer, WitnessDir, AltWitnessServer, AltWitnessDir, Site1Servers, Site2Servers, GC, GC2, DACMode, MaximumActiveDatabasesSite1, MaximumPreferredActiveDatabasesSite1, MaximumActiveDatabasesSite2, MaximumPreferredActiveDatabasesSite2, AutoDagVolumesRootFolderPath, AutoDagDatabasesRootFolderPath, AutoDagDatabaseCopiesPerVolume, ManualDagnetworkConfiguration, ReplayLagManagerEnabled, NetworkEncryption, NetworkCompression, ReplicationPort, AutoDatabaseMountDial, LogIsolation
"SchemaVersion","2.4","7.6",,,,,,,,,,,,,,,,,,,,,0,"False"
"NORTH","10.0.0.9","fsw.example.test","D:\\W","","","ex-a-01,ex-a-02","ex-b-01","dc1.example.test","dc2.example.test","Off","10","5","9","","C:\\V","C:\\D","4","True","False","Enabled","Disabled","64328","Lossless","False"
"""  # noqa: E501
FULL = """Name,Server,DeletedItemRetention,GC,OAB,RetainDeletedItemsUntilBackup,IndexEnabled,CircularLoggingEnabled,ProhibitSendReceiveQuota,ProhibitSendQuota,IssueWarningQuota,MailboxRetention,EventHistoryRetentionPeriod,CalendarLoggingQuota,DataMoveReplicationConstraint,RecoverableItemsQuota,RecoverableItemsWarningQuota
"DB1","ex-a-01","14.00:00:00","dc1.example.test","\\North","TRUE","True","FALSE","53760 MB","2.3 GB (2,469,396,480 bytes)","Unlimited","45.00:00:00","2.12:00:00","1GB","AllCopies","50","40 GB"
"DB2","ex-b-01","14.00:00:00","dc2.example.test","\\North","TRUE","True","FALSE","53760 MB","2.3 GB (2,469,396,480 bytes)","Unlimited","45.00:00:00","2.12:00:00","1GB","AllCopies","50","40 GB"
"""  # noqa: E501
COMMANDS = """Set-MailboxServer -Identity ex-a-01 -MaximumActiveDatabases 7 -AutoDatabaseMountDial GoodAvailability
Set-MailboxServer -Identity ex-a-02 -MaximumActiveDatabases 7 -AutoDatabaseMountDial GoodAvailability
Set-MailboxServer -Identity ex-b-01 -MaximumActiveDatabases 3 -AutoDatabaseMountDial GoodAvailability -DatabaseCopyAutoActivationPolicy Blocked
"""  # noqa: E501


def told(found):
    return [f"{issue.severity}: {issue}" for issue in found.issues]


def test_the_file_of_the_dag_gives_names_servers_of_each_datacenter_and_limits(tmp_path):
    found = import_deployment(files(tmp_path, d=DAG), Profile({}))
    assert found.values == {
        "names.dag": "NORTH",
        "names.servers.1": "ex-a-01",
        "names.servers.2": "ex-a-02",
        "names.servers.3": "ex-b-01",
        "environment.mailbox_servers": 2.0,
        "site_resilience.enabled": True,
        "export.dag_ip_addresses": "10.0.0.9",
        "export.witness_server": "fsw.example.test",
        "export.witness_directory": "D:\\W",
        "export.alternate_witness_server": "",
        "export.alternate_witness_directory": "",
        "export.primary_global_catalog": "dc1.example.test",
        "export.secondary_global_catalog": "dc2.example.test",
        "export.datacenter_activation_mode": "Off",
        "export.maximum_active_databases_primary": 10.0,
        "export.maximum_preferred_active_databases_primary": 5.0,
        "export.maximum_active_databases_secondary": 9.0,
        "export.volume_root": "C:\\V",
        "export.database_root": "C:\\D",
        "export.manual_dag_network_configuration": True,
        "export.replay_lag_manager_enabled": False,
        "export.network_encryption": "Enabled",
        "export.network_compression": "Disabled",
        "export.replication_port": 64328.0,
        "export.auto_database_mount_dial": "Lossless",
    }
    assert told(found) == []


def test_a_single_datacenter(tmp_path):
    one = DAG.replace('"ex-b-01"', '""').replace('"dc2.example.test"', '"Not Used"')
    found = import_deployment(files(tmp_path, d=one), Profile({}))
    assert found.values["site_resilience.enabled"] is False
    assert found.values["environment.mailbox_servers"] == 2
    assert "export.secondary_global_catalog" not in found.values


def test_placeholders_that_an_export_writes_are_not_stated(tmp_path):
    text = DAG.replace("10.0.0.9", "255.255.255.255").replace("fsw.example.test", "witness.contoso.com")
    found = import_deployment(files(tmp_path, d=text), Profile({}))
    assert not {"export.dag_ip_addresses", "export.witness_server"} & set(found.values)
    given = Profile({"export.dag_ip_addresses": "10.0.0.1"})
    assert import_deployment([tmp_path / "d.csv"], given).values["export.dag_ip_addresses"] == "255.255.255.255"


def test_settings_of_the_databases(tmp_path):
    found = import_deployment(files(tmp_path, d=DAG, b=FULL), BASE)
    settings = {path: value for path, value in found.values.items() if path.startswith("export.")}
    assert {
        "export.offline_address_book": "\\North",
        "export.retain_deleted_items_until_backup": True,
        "export.circular_logging": False,
        "export.prohibit_send_receive_quota": 53760.0,
        "export.prohibit_send_quota": 2355.0,
        "export.issue_warning_quota": 0.0,
        "export.mailbox_retention": 45.0,
        "export.event_history_retention": 2.5,
        "export.data_move_replication_constraint": "AllCopies",
        "export.recoverable_items_quota": 50.0,
        "export.recoverable_items_warning_quota": 40.0,
        "export.primary_global_catalog": "dc1.example.test",
        "export.secondary_global_catalog": "dc2.example.test",
    }.items() <= settings.items()
    assert found.values["names.database_base"] == "DB"


def test_a_setting_that_the_design_decides_in_the_same_way_is_not_stated(tmp_path):
    same = FULL.replace("53760 MB", "5120 MB").replace("2.3 GB (2,469,396,480 bytes)", "5120 MB")
    found = import_deployment(files(tmp_path, b=same.replace("AllCopies", "SecondCopy")), BASE)
    assert not {
        "export.prohibit_send_receive_quota",
        "export.prohibit_send_quota",
        "export.data_move_replication_constraint",
        "export.deleted_item_retention",
    } & set(found.values)
    assert found.values["export.issue_warning_quota"] == 0


def test_the_retention_of_the_databases_leaves_shorter_ones_of_tiers(tmp_path):
    base = Profile({"tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 10.0, "tiers.1.deleted_item_retention": 7.0})
    found = import_deployment(files(tmp_path, b=FULL), base)
    assert found.profile.value("tiers.1.deleted_item_retention") == 7
    assert found.profile.value("tiers.2.deleted_item_retention") == 14
    given = Profile({**base.given, "export.deleted_item_retention": 30.0})
    assert import_deployment([tmp_path / "b.csv"], given).values["export.deleted_item_retention"] == 14


def test_limits_and_activation_policy_of_the_commands(tmp_path):
    [dag] = files(tmp_path, d=DAG)
    (tmp_path / "Set-MailboxServer.ps1").write_text(COMMANDS, encoding="utf-8")
    (tmp_path / "README.txt").write_text("How to run the scripts.", encoding="utf-8")
    found = import_deployment([tmp_path / "Set-MailboxServer.ps1", tmp_path / "README.txt"], BASE)
    assert found.values["site_resilience.block_secondary_activation"] is True
    assert found.values["export.auto_database_mount_dial"] == "GoodAvailability"
    assert [row["kind"] for row in found.tables["files"]] == ["commands", "notes"]
    assert "notice: README.txt: is not read. The other files hold the settings." in told(found)
    found = import_deployment([dag, tmp_path / "Set-MailboxServer.ps1"], BASE)
    assert (
        'warning: Set-MailboxServer.ps1: MaximumActiveDatabases: is "7", but another file says "10.0", which is '
        "used. Give the files of one export."
    ) in told(found)


@pytest.mark.parametrize(
    ("names", "base"),
    [
        (("DB1", "DB2", "DB3"), "DB"),
        (("DAG1-DB0001", "DAG1-DB0002"), "DAG1-DB"),
        (("DB201301", "DB201302"), "DB2013"),
        (("MDB 7", "MDB 9"), "MDB "),
    ],
)
def test_prefixes_of_databases(tmp_path, names, base):
    digits = len(names[0]) - len(base)
    if base == "DB2013":  # a prefix that ends in a digit shows in a file that has all of at least ten databases
        names = tuple(f"{base}{number:0{digits}d}" for number in range(1, 13))
    rows = "".join(f'"{name}","ex-a-01","14.00:00:00"\n' for name in names)
    found = import_deployment(files(tmp_path, b=f"Name,Server,DeletedItemRetention\n{rows}"), BASE)
    assert found.values["names.database_base"] == base


def test_differences_between_design_and_files_are_reported(tmp_path):
    other = FULL.replace('"True","FALSE","53760', '"False","FALSE","53760', 1).replace('"DB2"', '"North"')
    found = import_deployment(files(tmp_path, d=DAG.replace(',"10",', ',"",'), b=other, a=SERVERS), BASE)
    assert [line for line in told(found) if line.startswith("warning")] == [
        'warning: d.csv: Site1Servers: has other servers than Servers.csv: only one has "ex-b-01". '
        "Give the files of one DAG.",
        'warning: b.csv: Name: has names of databases without a common beginning: "DB1", "North". '
        "An export numbers the databases after names.database_base.",
        'warning: b.csv: IndexEnabled: is "False", for which there is no input. An export writes True. Change the '
        "exported file by hand.",
        'warning: a.csv: VolumesRootFolder: is "C:\\ExchangeVolumes", but another file says "C:\\V", which is used.'
        " Give the files of one export.",
        'warning: a.csv: DatabasesRootFolder: is "C:\\ExchangeDatabases", but another file says "C:\\D", which is '
        "used. Give the files of one export.",
        "warning: d.csv: MaximumActiveDatabasesSite1: is empty, but the design gives 2. An export writes the figure"
        " of the design: clear it there by hand.",
        "warning: deployment: environment.mailbox_servers: servers in the secondary datacenter: 1 in the files, 2 in "
        "the design. Give the design of these files with --profile; an export of this one differs.",
    ]


def test_files_of_another_form_and_without_a_design_are_reported(tmp_path):
    found = import_deployment(files(tmp_path, c=COPIES.replace('"7.6"', '"6.6"')), BASE)
    assert "notice: deployment: version: the files have the form of version 6.6. Export them with --form 6.6." in told(
        found
    )
    found = import_deployment([tmp_path / "c.csv"], Profile({}))
    assert told(found)[-2] == (
        "notice: deployment: database.automatic_count: the base design has no databases to compare with those of the "
        "files. Give the design of these files with --profile."
    )


def test_the_databases_may_keep_items_longer_than_the_tiers_are_sized_for(tmp_path):
    base = Profile({"tiers.1.mailboxes": 4000.0, "environment.mailbox_servers": 4.0})
    count = int(size(base)["databases"])
    rows = "".join(f'"DB{number:02d}","ex-a-01","5000.00:00:00"\n' for number in range(1, count + 1))
    found = import_deployment(files(tmp_path, b=f"Name,Server,DeletedItemRetention\n{rows}"), base)
    assert found.values["export.deleted_item_retention"] == 5000
    assert found.profile.value("tiers.1.deleted_item_retention") == 14
    assert (
        "notice: deployment: tiers.deleted_item_retention: the databases keep deleted items for 5000 days. "
        "The tiers keep the retention of the base design, from which the number of databases comes."
    ) in told(found)
