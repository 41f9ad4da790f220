"""Deployment files of a design are read back whole: the export of what was read gives the same bytes."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.golden_sets import CASES, FILES, GOLDEN, golden_deployment
from support.paths import ROOT

from calculator import size
from calculator.exporters.deployment import (
    COMMANDS,
    copies_of,
    deployment_files,
    deployment_of,
    derived_settings,
    mailbox_server_commands,
    settings_of,
)
from calculator.importers.deployment_files import import_deployment
from calculator.importers.deployment_files.columns import FIXED
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import EXPORT, FIELDS, Kind
from calculator.inputs.text_files import Upload
from calculator.layout import layout

pytestmark = pytest.mark.slow

STANDALONE = "small_office"
"""The example without a DAG, of which no deployment files are written."""
PROFILES = sorted(path.stem for path in (ROOT / "profiles").glob("*.toml") if path.stem != STANDALONE)


def example(name):
    return load(ROOT / "profiles" / f"{name}.toml")


def exported(profile, version="7.6"):
    """Content of all files of a design by name."""
    design = size(profile)
    dag = layout(design)
    deployment, _ = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
    commands = mailbox_server_commands(deployment).encode()
    return {**deployment_files(deployment, version), COMMANDS: commands}


def read_back(files, base):
    return import_deployment([Upload(name, content) for name, content in files.items()], base)


def without_names_and_settings(profile):
    kept = {path: value for path, value in profile.given.items() if not path.startswith(READ_BACK)}
    return dataclasses.replace(profile, given=kept)


def told(imported):
    return [f"{issue.severity}: {issue}" for issue in imported.issues]


READ_BACK = (
    "names.",
    f"{EXPORT}.",
    "database_copies.replay_lag_delay",
    "database_copies.truncation_lag_delay",
    "storage.autoreseed_volumes",
)
TEXTS = st.from_regex(r"[A-Z][A-Za-z0-9 .-]{0,10}[A-Za-z0-9]", fullmatch=True)
SPECIAL = {
    "dag_ip_addresses": st.sampled_from(["255.255.255.255", "10.0.0.9", "10.0.0.9,10.1.0.9"]),
    "alternate_witness_server": st.sampled_from(["", "fsw2.example.test"]),
    "alternate_witness_directory": st.sampled_from(["", "D:\\FSW"]),
    "database_root": st.sampled_from(["C:\\DB", "D:\\Ex change\\"]),
    "volume_root": st.sampled_from(["C:\\V", "E:\\"]),
    "offline_address_book": st.sampled_from(["\\Default Offline Address Book", "\\OAB, north"]),
    "primary_global_catalog": st.sampled_from(["dc1.example.test", "GC1.contoso.com"]),
    "secondary_global_catalog": st.sampled_from(["dc1.example.test", "dc2.example.test", "GC2.contoso.com"]),
}


def setting(field):
    """Values of a setting."""
    leaf = field.path.partition(".")[2]
    if leaf in SPECIAL:
        return SPECIAL[leaf]
    if field.kind is Kind.BOOL:
        return st.booleans()
    if field.kind is Kind.CHOICE:
        return st.sampled_from(field.choice.words)
    if field.kind is Kind.TEXT:
        return TEXTS
    if field.unit == "day":  # the files hold whole hours
        return st.integers(0, 24855 * 24).map(lambda hours: hours / 24)
    if field.unit == "MB":
        return st.sampled_from([0.0, 512.0, 5120.0, 53760.0, 1234.5, 2355.0])
    high = min(field.high, 1000)
    return st.integers(max(int(field.low), 0), int(high)).map(float)


SETTINGS = st.fixed_dictionaries(
    {}, optional={field.path: setting(field) for field in FIELDS if field.section == EXPORT}
)
DELAYS = st.fixed_dictionaries(
    {},
    optional={
        "database_copies.replay_lag_delay": st.integers(0, 336).map(float),
        "database_copies.truncation_lag_delay": st.integers(0, 336).map(float),
        "storage.autoreseed_volumes": st.integers(0, 3).map(float),
    },
)
NAMES = st.sampled_from(
    [
        {},
        {"names.dag": "NORTH", "names.database_base": "MDB "},
        {f"names.servers.{number}": f"EX-{number:02d}" for number in range(1, 17)},
        {"names.database_base": "DB2013"},
    ]
)


@pytest.mark.parametrize("name", PROFILES)
def test_an_example_comes_back(name):
    profile = example(name)
    files = exported(profile)
    imported = read_back(files, profile)
    assert [line for line in told(imported) if not line.startswith("notice")] == []
    assert exported(imported.profile) == files


@pytest.mark.parametrize("name", PROFILES)
@given(given_settings=SETTINGS, names=NAMES, delays=DELAYS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_and_settings_come_back_into_a_design_without_them(name, given_settings, names, delays):
    profile = dataclasses.replace(example(name), given={**example(name).given, **given_settings, **names, **delays})
    files = exported(profile)
    imported = read_back(files, without_names_and_settings(profile))
    assert not imported.issues.errors, told(imported)
    assert exported(imported.profile) == files


@pytest.mark.parametrize("name", ["active_active", "active_passive", "single_site"])
@given(given_settings=SETTINGS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_form_of_version_6_6_comes_back(name, given_settings):
    profile = dataclasses.replace(example(name), given={**example(name).given, **given_settings})
    files = exported(profile, "6.6")
    imported = read_back(files, dataclasses.replace(profile, given={**profile.given}))
    assert "Export them with --form 6.6." in told(imported)[-1]
    assert exported(imported.profile, "6.6") == files


@pytest.mark.parametrize(
    ("case", "name"), tuple(zip(CASES, ("single_site", "active_passive", "active_active"), strict=True))
)
def test_files_of_microsofts_workbook_come_back(case, name):
    files = {name: (GOLDEN / case / name).read_bytes() for name in FILES}
    imported = read_back(files, example(name))
    assert not imported.issues.errors, told(imported)
    profile = imported.profile
    golden = golden_deployment(case)
    servers = [profile.value(f"names.servers.{number}") for number in range(1, len(golden.servers) + 1)]
    primary = len(golden.servers_primary)
    again = dataclasses.replace(
        golden,
        settings=settings_of(profile, derived_settings(size(profile))),
        servers_primary=servers[:primary],
        servers_secondary=servers[primary:],
        database_base=profile.value("names.database_base"),
        replay_lag_delay=profile.value("database_copies.replay_lag_delay"),
        truncation_lag_delay=profile.value("database_copies.truncation_lag_delay"),
    )
    assert deployment_files(again) == files


def test_columns_without_an_input_are_those_that_every_export_writes():
    header, _, first, *_ = exported(example("single_site"))["MailboxDatabases.csv"].decode().splitlines()
    row = dict(zip(header.split(","), first.strip('"').split('","'), strict=True))
    assert {column: row[column] for column in FIXED} == FIXED


def test_copies_come_back_into_a_design_with_others():
    """Three HA copies and a lagged one, of which one each is in the secondary."""
    copies = {"ha_copies": 3.0, "ha_copies_secondary": 1.0, "lagged_copies": 1.0, "lagged_copies_secondary": 1.0}
    values = {"tiers.1.mailboxes": 4000.0, "environment.mailbox_servers": 6.0}
    design = Profile({**values, **{f"database_copies.{leaf}": count for leaf, count in copies.items()}})
    base = Profile({**values, "database_copies.ha_copies": 4.0, "database_copies.ha_copies_secondary": 2.0})
    imported = read_back(exported(design), base)
    assert {leaf: imported.profile.value(f"database_copies.{leaf}") for leaf in copies} == copies
    assert exported(imported.profile) == exported(design)
