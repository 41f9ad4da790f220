"""Designs from workbooks made here: every input is right, and issues report whatever is odd."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.golden_designs import golden_designs
from support.strategies import designs
from support.workbooks import PLAIN, edited, inputs_of, plain_workbook, spelled, with_shared_texts, workbook_of

from calculator import size
from calculator.importers.workbook import import_workbook, read_workbook
from calculator.importers.workbook.read import list_defined_names
from calculator.importers.workbook.sheets import parse_target
from calculator.inputs.profile import Profile, dump, from_mapping, parse
from calculator.inputs.schema import FIELDS, Kind

pytestmark = pytest.mark.slow

PATHS = dict(list_defined_names())


def messages(imported):
    return [f"{issue.severity}: {issue}" for issue in imported.issues]


def imported_with(**cells):
    """The import of a plain workbook with some cells changed, by defined name."""
    return read_workbook(workbook_of({**inputs_of(PLAIN), **cells}), "book.xlsx")


def imported_without(*left_out):
    inputs = {name: value for name, value in inputs_of(PLAIN).items() if name not in left_out}
    return read_workbook(workbook_of(inputs), "book.xlsx")


def same(profile, imported, paths=PATHS):
    return {
        path: (profile.value(path), imported.value(path))
        for path in paths
        if profile.value(path) != imported.value(path)
    }


# --- every input -----------------------------------------------------------------------------------


def test_spellings_of_the_workbook():
    assert spelled("environment.global_catalog_64bit", "GCServerArch", True) == "64-bit"
    assert spelled("database.custom_max_size_enabled", "DBSizeOverride", False) == "Default"
    assert spelled("tiers.1.messages_per_day", "Tier1SendReceive", 100.0) == "100 messages"
    assert spelled("storage.primary.log_disk_capacity", "LogDiskSizePDC", 4000) == "4000 GB"
    assert spelled("storage.primary.log_disk_capacity", "LogDiskSizePDC", 0) == "--"
    assert spelled("raid.raid", "DesiredStorageArch", "raid10") == "RAID-1/0"
    assert spelled("replication.link_type", "NetLinkType", "ds3_t3_44_7_mbps") == "DS3 / T3 (44.7 Mbps)"


def test_a_file_is_imported_with_every_input(tmp_path):
    path = tmp_path / "E2013Calc.xlsm"
    path.write_bytes(plain_workbook())
    imported = import_workbook(path)
    assert messages(imported) == []
    assert same(PLAIN, imported.profile) == {}
    assert imported.profile.where == "E2013Calc.xlsm"
    assert imported.profile.title == "From E2013Calc.xlsm"
    assert imported.profile.value("guidance.dumpster_model") == "calculator"
    assert imported.profile.tiers == 4


@pytest.mark.parametrize("design", golden_designs()[::20], ids=lambda design: design.id)
def test_golden_designs_come_back(design):
    from calculator.issues import Issues

    profile = Profile(from_mapping(design.inputs, "golden", Issues()))
    imported = read_workbook(workbook_of(inputs_of(profile)))
    assert messages(imported) == []
    assert same(profile, imported.profile) == {}


APART = {path for field in FIELDS if field.kind is Kind.TEXT for path in field.paths(4)} | {"failure_domains.enabled"}


def cell(value):
    """A value as far as a cell keeps it: numbers to 15 digits."""
    return float(f"{value:.15g}") if isinstance(value, float) else value


@given(designs(4), st.booleans())
@settings(max_examples=40)
def test_random_designs_come_back(given_inputs, shared):
    kept = {path: cell(value) for path, value in given_inputs.items() if path in PATHS and path not in APART}
    profile = Profile(kept)
    data = workbook_of(inputs_of(profile))
    imported = read_workbook(with_shared_texts(data) if shared else data)
    assert messages(imported) == []
    assert same(profile, imported.profile) == {}
    again = parse(dump(imported.profile))
    assert same(imported.profile, again) == {}


def test_names_come_back():
    given_names = {"names.dag": "EU-DAG", "names.database_base": "MDB 1&2<3>", "names.servers.16": "Größe"}
    profile = Profile(given_names)
    for data in (workbook_of(inputs_of(profile)), with_shared_texts(workbook_of(inputs_of(profile)))):
        imported = read_workbook(data)
        assert messages(imported) == []
        assert same(profile, imported.profile) == {}


def test_a_name_that_is_a_number_and_blanks_around_words():
    imported = imported_with(Server1Name=2013, Server2Name="  EX02 ", HAOption=" Yes ", RAID5Type=" 7+1 ")
    assert messages(imported) == []
    profile = imported.profile
    assert profile.value("names.servers.1") == "2013"
    assert profile.value("names.servers.2") == "EX02"
    assert profile.value("raid.raid5_group") == "7+1"


def test_failure_domains():
    given_domains = {
        "failure_domains.enabled": True,
        "failure_domains.primary": "3:2+3:1",
        "failure_domains.secondary": "2:1",
    }
    imported = read_workbook(workbook_of(inputs_of(Profile(given_domains))))
    assert messages(imported) == []
    assert same(Profile(given_domains), imported.profile, given_domains) == {}


def test_failure_domains_that_are_not_given():
    assert messages(imported_with(FailureDomainsEnabled="Yes")) == [
        "error: book.xlsx: failure_domains.primary: There are no failure domains in FD1ServerCountPri and the names "
        'like it. Give them in the profile, such as "3:2+3:1".'
    ]


def test_the_same_figures_as_the_design_itself():
    profile = Profile({**PLAIN.given, "guidance.dumpster_model": "calculator"})
    imported = read_workbook(workbook_of(inputs_of(profile)))
    ours, theirs = size(profile), size(imported.profile)
    assert {name: ours[name] for name in ours} == {name: theirs[name] for name in ours}
    assert theirs.status == ours.status


# --- where names point -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("Input!$F$20", ("Input", "F20")),
        ("'Role Requirements'!$C$10", ("Role Requirements", "C10")),
        ("=Input!F20", ("Input", "F20")),
        ("Input!$F$20:$G$20", ("Input", "F20")),
        ("'Bob''s'!$a$1", ("Bob's", "A1")),
        ("#REF!", None),
        ("Input!#REF!", None),
        ("[1]Input!$A$1", None),
        ("'[other.xlsx]Input'!$A$1", None),
        ("5", None),
        ("Input!$F$20+1", None),
        ("OFFSET(Input!$F$20,1,1)", None),
        ("", None),
    ],
)
def test_places_of_names(target, place):
    assert parse_target(target) == place


def test_names_ignore_case_and_names_of_a_sheet_are_a_fallback():
    def edit(parts):
        book = parts["xl/workbook.xml"].replace(b'name="HAOption"', b'name="HAOPTION"')
        parts["xl/workbook.xml"] = book.replace(b'name="numDAGs"', b'name="numDAGs" localSheetId="0"')

    data = edited(workbook_of({**inputs_of(PLAIN), "HAOption": "No", "numDAGs": 3}), edit)
    imported = read_workbook(data)
    assert messages(imported) == []
    assert imported.profile.value("environment.high_availability") is False
    assert imported.profile.value("environment.dags") == 3


# --- what is odd in the workbook -------------------------------------------------------------------


def test_names_that_are_missing_are_listed():
    imported = imported_without("HAOption", "LogH3")
    assert messages(imported) == [
        "warning: book.xlsx: 3 defined names of version 7.6 are missing, so defaults are used: HAOption, LogH3, "
        "Input!F175. Is it another version? Compare those inputs with the workbook."
    ]
    assert imported.profile.value("names.dag") == "DAG1"


def test_many_names_that_are_missing_are_counted():
    (message,) = messages(imported_without(*(f"LogH{hour}" for hour in range(1, 25))))
    assert message == (
        "warning: book.xlsx: 25 defined names of version 7.6 are missing, so defaults are used: LogH1, LogH2, LogH3, "
        "LogH4, LogH5, LogH6, LogH7, LogH8, LogH9, LogH10, LogH11, LogH12 and 13 more. Is it another version? "
        "Compare those inputs with the workbook."
    )


def test_cells_that_are_empty_are_listed():
    imported = imported_with(Tier1SendReceive=None, Server3Name=" ")
    assert messages(imported) == [
        "warning: book.xlsx: 2 input cells are empty, so defaults are used: Tier1SendReceive, Server3Name. Open the"
        " workbook in Excel, recalculate it and save it."
    ]


def test_values_that_cannot_be_used():
    imported = imported_with(
        HAOption="perhaps",
        numMBXServers=17,
        Tier1SendReceive="many messages",
        DBDiskSizePDC="4001 GB",
        RAID5Type="5+2",
        Tier2MBXLimit="#DIV/0!",
        BackupFailureTol=2.5,
        Tier1SIREnabled=7,
        RestoreVol=True,
    )
    assert messages(imported) == [
        'error: book.xlsx: environment.high_availability: HAOption holds a value that cannot be used: "perhaps" is '
        "neither true nor false. The default true is used. Give true or false.",
        "error: book.xlsx: environment.mailbox_servers: numMBXServers holds a value that cannot be used: 17 servers is "
        "above 16. The default 4 is used. Give a whole number from 1 to 16.",
        'error: book.xlsx: tiers.1.messages_per_day: Tier1SendReceive holds a value that cannot be used: "many '
        'messages" is not a number. The default 100 is used. Give a number from 0 to 100,000.',
        'error: book.xlsx: tiers.2.mailbox_size_limit: Tier2MBXLimit holds a value that cannot be used: "#DIV/0!" '
        "is an error value. The default 5120 is used. Type the value in the workbook, or give it in the profile.",
        'error: book.xlsx: tiers.1.single_item_recovery: Tier1SIREnabled holds a value that cannot be used: "7" is '
        "neither true nor false. The default true is used. Give true or false.",
        "error: book.xlsx: backup.truncation_failure_tolerance: BackupFailureTol holds a value that cannot be used: "
        "2.5 day is not a whole number. The default 3 is used. Give a whole number from 1 to 3,650.",
        "error: book.xlsx: storage.primary.database_disk_capacity: DBDiskSizePDC holds a value that cannot be used:"
        " 4001 GB (decimal) is not one of the allowed values. The default 4000 is used. Give one of 36, 72, 120, "
        "146, 160, 250, 300, 320, 400, 450, 500, 600, 640, 750, 900, 1000, 1200, 1500, 2000, 3000, 4000, 6000, "
        "8000, 10000, 12000, none.",
        'error: book.xlsx: raid.raid5_group: RAID5Type holds a value that cannot be used: "5+2" is not a choice. '
        "The default 5+1 is used. Give one of 2+1, 3+1, 4+1, 5+1, 6+1, 7+1, 8+1, 9+1, 10+1, 11+1, 12+1, 13+1, 14+1, "
        "15+1, 16+1, 17+1, 18+1, 19+1, 20+1.",
    ]


def test_a_value_that_does_not_matter_is_noticed_only():
    imported = imported_with(HAOption="No", NumDBCopies=0)
    assert messages(imported) == [
        "notice: book.xlsx: database_copies.ha_copies: NumDBCopies holds a value that cannot be used: 0 copies is "
        "below 2. The default 4 is used. Give a whole number from 2 to 16."
    ]


def test_sizes_with_a_unit_are_read():
    imported = imported_with(Tier1MBXLimit="10 GB", MBXMoveRate="2 %")
    assert messages(imported) == []
    assert imported.profile.value("tiers.1.mailbox_size_limit") == 10240
    assert imported.profile.value("data.mailbox_moves_per_week") == 0.02
