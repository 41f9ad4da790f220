"""Designs from workbooks made here: every input right, whatever is odd said, hostile files refused."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as Book
from support.golden_designs import golden_designs
from support.strategies import designs
from support.workbooks import edited, inputs_of, spelled, with_shared_texts, workbook_of

from calculator import InputError, size
from calculator.importers.workbook import archive
from calculator.importers.workbook.read import import_workbook, names, read_workbook
from calculator.importers.workbook.sheets import place_of
from calculator.inputs.profile import Profile, dump, from_mapping, parse
from calculator.inputs.schema import FIELDS, Kind

PATHS = dict(names())
PLAIN = Profile({"tiers.1.mailboxes": 5000.0})
SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'


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
    path.write_bytes(workbook_of(inputs_of(PLAIN)))
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


@pytest.mark.slow
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
    assert place_of(target) == place


def test_names_ignore_case_and_those_of_a_sheet_stand_in():
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
        "warning: book.xlsx: 3 defined names of version 7.6 are missing, defaults stand: HAOption, LogH3, Input!F175. "
        "Is it another version? Compare those inputs with the workbook."
    ]
    assert imported.profile.value("names.dag") == "DAG1"


def test_many_names_that_are_missing_are_counted():
    (message,) = messages(imported_without(*(f"LogH{hour}" for hour in range(1, 25))))
    assert message == (
        "warning: book.xlsx: 25 defined names of version 7.6 are missing, defaults stand: LogH1, LogH2, LogH3, LogH4, "
        "LogH5, LogH6, LogH7, LogH8, LogH9, LogH10, LogH11, LogH12 and 13 more. Is it another version? "
        "Compare those inputs with the workbook."
    )


def test_cells_that_are_empty_are_listed():
    imported = imported_with(Tier1SendReceive=None, Server3Name=" ")
    assert messages(imported) == [
        "warning: book.xlsx: 2 input cells are empty, defaults stand: Tier1SendReceive, Server3Name. "
        "Open the workbook in Excel, let it compute and save it."
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
        "neither true nor false. The default true stands. Give true or false.",
        "error: book.xlsx: environment.mailbox_servers: numMBXServers holds a value that cannot be used: 17 servers is "
        "above 16. The default 4 stands. Give a whole number from 1 to 16.",
        'error: book.xlsx: tiers.1.messages_per_day: Tier1SendReceive holds a value that cannot be used: "many '
        'messages" is not a number. The default 100 stands. Give a number from 0 to 100000.',
        'error: book.xlsx: tiers.2.mailbox_size_limit: Tier2MBXLimit holds a value that cannot be used: "#DIV/0!" is '
        "an error. The default 5120 stands. Type the value in the workbook, or give it in the profile.",
        'error: book.xlsx: tiers.1.single_item_recovery: Tier1SIREnabled holds a value that cannot be used: "7" is '
        "neither true nor false. The default true stands. Give true or false.",
        "error: book.xlsx: backup.truncation_failure_tolerance: BackupFailureTol holds a value that cannot be used: "
        "2.5 day is not a whole number. The default 3 stands. Give a whole number from 1 to 3650.",
        "error: book.xlsx: storage.primary.database_disk_capacity: DBDiskSizePDC holds a value that cannot be used: "
        "4001 GB (decimal) is not offered. The default 4000 stands. Give one of 36, 72, 120, 146, 160, 250, 300, 320, "
        "400, 450, 500, 600, 640, 750, 900, 1000, 1200, 1500, 2000, 3000, 4000, 6000, 8000, 10000, 12000, none.",
        'error: book.xlsx: raid.raid5_group: RAID5Type holds a value that cannot be used: "5+2" is not a choice. '
        "The default 5+1 stands. Give one of 2+1, 3+1, 4+1, 5+1, 6+1, 7+1, 8+1, 9+1, 10+1, 11+1, 12+1, 13+1, 14+1, "
        "15+1, 16+1, 17+1, 18+1, 19+1, 20+1.",
    ]


def test_a_value_that_does_not_matter_is_noticed_only():
    imported = imported_with(HAOption="No", NumDBCopies=0)
    assert messages(imported) == [
        "notice: book.xlsx: database_copies.ha_copies: NumDBCopies holds a value that cannot be used: 0 copies is "
        "below 2. The default 4 stands. Give a whole number from 2 to 16."
    ]


def test_sizes_with_a_unit_are_read():
    imported = imported_with(Tier1MBXLimit="10 GB", MBXMoveRate="2 %")
    assert messages(imported) == []
    assert imported.profile.value("tiers.1.mailbox_size_limit") == 10240
    assert imported.profile.value("data.mailbox_moves_per_week") == 0.02


# --- files that are none ---------------------------------------------------------------------------


def refusal(data, where="book.xlsx"):
    with pytest.raises(InputError) as error:
        read_workbook(data, where)
    return str(error.value)


def plain_zip(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return file.getvalue()


def with_part(name, content):
    def edit(parts):
        parts[name] = content

    return edited(workbook_of(inputs_of(PLAIN)), edit)


@pytest.mark.parametrize("name", ["design.xls", "design.csv", "design.xlsb", "design", "design.xlsx.exe"])
def test_other_extensions(tmp_path, name):
    (tmp_path / name).write_bytes(workbook_of(inputs_of(PLAIN)))
    with pytest.raises(InputError) as error:
        import_workbook(tmp_path / name)
    assert str(error.value) == (
        f"{name}: is not a workbook by its name. Give a file that ends in .xlsx or .xlsm; "
        "open it in Excel and save it as .xlsx."
    )


def test_files_that_cannot_be_opened(tmp_path):
    (tmp_path / "d.xlsx").mkdir()
    for name, message in (
        ("none.xlsx", "none.xlsx: does not exist. Check the name and the directory."),
        ("d.xlsx", "d.xlsx: is not a file. Name a file."),
        ("a\0b.xlsx", "a?b.xlsx: cannot be read: embedded null byte. Check the name and its permissions."),
    ):
        with pytest.raises(InputError) as error:
            import_workbook(tmp_path / name)
        assert str(error.value) == message


def test_a_file_that_is_too_large(tmp_path):
    with open(tmp_path / "large.xlsx", "wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(InputError) as error:
        import_workbook(tmp_path / "large.xlsx")
    assert str(error.value) == (
        "large.xlsx: has 10,000,000,000 bytes, at most 30,000,000 are read. Is it the right file?"
    )
    assert refusal(b"PK\x03\x04" + bytes(30_000_000)).startswith("book.xlsx: has more than 30,000,000 bytes.")


def test_a_protected_or_old_workbook():
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)) == (
        "book.xlsx: is protected by a password or in the old format (.xls). Take the password off. "
        "Open it in Excel and save it as .xlsx."
    )


def test_files_that_are_no_workbook():
    for data in (b"", b"PK", b"name,value\n", b"<html>", bytes(100)):
        assert refusal(data) == "book.xlsx: is not a workbook: it is no zip file. Is it the right file?"
    assert refusal(plain_zip(readme="x")) == "book.xlsx: holds no workbook. Is it the right file?"
    file = io.BytesIO()
    Book().save(file)
    assert refusal(file.getvalue()) == (
        "book.xlsx: has none of the calculator's defined names. Give a workbook of the calculator, version 7.6."
    )


def test_damaged_files():
    data = workbook_of(inputs_of(PLAIN))
    assert refusal(data[: len(data) // 2]) == (
        "book.xlsx: is a damaged workbook: File is not a zip file. Fetch or save it again."
    )
    assert refusal(with_part("xl/workbook.xml", b"<workbook><a></workbook>")) == (
        'book.xlsx: part "xl/workbook.xml" is no valid XML: mismatched tag: line 1, column 15. '
        "Open it in Excel and save it as .xlsx."
    )


@pytest.mark.slow
@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=60)
def test_a_file_with_bytes_changed_is_read_or_refused(seed, count):
    generator = random.Random(seed)
    data = bytearray(workbook_of(inputs_of(PLAIN)))
    for _ in range(count):
        data[generator.randrange(len(data))] = generator.randrange(256)
    with contextlib.suppress(InputError):
        read_workbook(bytes(data))


# --- files that mean harm --------------------------------------------------------------------------


def encrypted(data):
    """The file with the mark of encryption on every part."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(signature, at + 4)
    return bytes(changed)


def other_method():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as target:
        target.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


def lying_size(size_told):
    """A workbook whose list of parts tells another size of the sheet than it has."""
    data = bytearray(with_part(SHEET, OPEN + b" " * 3_000_000))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + length] == SHEET.encode():
            struct.pack_into("<I", data, at + 24, size_told)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def test_a_part_that_unpacks_to_more_than_is_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target, target.open("xl/workbook.xml", "w") as part:
        for _ in range(25):
            part.write(bytes(1_000_000))
    assert len(file.getvalue()) < 30_000
    assert refusal(file.getvalue()) == (
        'book.xlsx: part "xl/workbook.xml" has 25,000,000 bytes, at most 20,000,000 are read. Is it the right file?'
    )


def test_a_part_that_unpacks_to_far_more_than_its_size():
    assert refusal(with_part(SHEET, OPEN + b" " * 19_000_000)) == (
        f'book.xlsx: part "{SHEET}" unpacks to more than 300 times its size. Is it the right file?'
    )


def test_parts_that_unpack_to_too_much_together(monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 20_000)
    assert refusal(workbook_of(inputs_of(PLAIN))) == (
        "book.xlsx: unpacks to more than 20,000 bytes. Is it the right file?"
    )


def test_a_part_that_lies_about_its_size():
    told = refusal(lying_size(100))
    assert told.startswith(f'book.xlsx: part "{SHEET}" is damaged: Bad CRC-32')
    assert refusal(lying_size(4_000_000_000)).startswith(f'book.xlsx: part "{SHEET}" has 4,000,000,000 bytes')


def test_more_parts_than_a_workbook_has():
    data = plain_zip(**{str(number): "" for number in range(2_001)})
    assert refusal(data) == "book.xlsx: has more than 2,000 parts. Is it the right file?"


def test_parts_that_are_encrypted_or_packed_otherwise():
    for data in (encrypted(workbook_of(inputs_of(PLAIN))), other_method()):
        assert " is encrypted or packed in an unusual way. Open it in Excel and save it as .xlsx." in refusal(data)


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]><workbook>&a;</workbook>'


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE, "<!DOCTYPE workbook><workbook/>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities(text, encoding):
    data = with_part("xl/workbook.xml", text.encode(encoding))
    assert refusal(data) == (
        'book.xlsx: part "xl/workbook.xml" declares a document type, which no workbook has. Is it the right file?'
    )


def test_entities_in_any_part_that_is_read():
    texts = b'<!DOCTYPE s [<!ENTITY a "ha">]><sst><si><t>&a;</t></si></sst>'
    shared = with_shared_texts(workbook_of(inputs_of(PLAIN)))

    def edit(parts):
        parts["xl/sharedStrings.xml"] = texts

    for data in (edited(shared, edit), with_part(SHEET, LAUGHS.encode())):
        assert "declares a document type" in refusal(data)


def test_tags_without_an_end_and_nested_ones():
    start = time.perf_counter()
    generator = random.Random(1)
    text = bytes(generator.randrange(97, 123) for _ in range(1000)) * 5_000
    assert refusal(with_part(SHEET, OPEN + b'<c r="' + text)) == (
        f'book.xlsx: part "{SHEET}" has a tag or text of more than 1,000,000 bytes. Is it the right file?'
    )
    assert refusal(with_part(SHEET, b"<a>" * 1000)) == (
        f'book.xlsx: part "{SHEET}" is nested more than 100 deep. Is it the right file?'
    )
    assert time.perf_counter() - start < 5


def test_macros_and_files_inside_are_not_looked_at():
    def edit(parts):
        parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(1000)
        parts["xl/embeddings/inner.xlsx"] = plain_zip(**{str(number): "" for number in range(50)})
        parts["../../outside.xml"] = b"<!DOCTYPE x><x/>"

    imported = read_workbook(edited(workbook_of(inputs_of(PLAIN)), edit))
    assert messages(imported) == []


@pytest.mark.slow
def test_the_worst_sheet_that_is_read_takes_seconds():
    generator = random.Random(1)
    tags = b"".join(generator.choice((b"<c/>", b"<f/>")) for _ in range(250_000))
    started = time.perf_counter()
    assert "is no valid XML" in refusal(with_part(SHEET, OPEN + tags))
    assert time.perf_counter() - started < 3  # a twentieth of the largest part
