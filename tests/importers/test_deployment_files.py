"""The calculator's exported files read back."""

from __future__ import annotations

import io

import pytest

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
        "a.csv: DbPerVolume: 3 databases share a volume, neither all 4 copies nor half of them. "
        "Does --profile have the copies of this design?"
    ) in [str(issue) for issue in found.issues]


def test_different_values_are_told(tmp_path):
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
        ("", "a.csv: is no file of a deployment. Give Servers.csv, MailboxDatabases.csv or MailboxDatabaseCopies.csv."),
        (
            "x,y\n1,2\n",
            "a.csv: is no file of a deployment. Give Servers.csv, MailboxDatabases.csv or MailboxDatabaseCopies.csv.",
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
