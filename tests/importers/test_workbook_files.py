"""Workbook files that are not workbooks, damaged or hostile: each is refused within bounds."""

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
from support.workbooks import edited, plain_workbook, with_shared_texts

from calculator import InputError
from calculator.importers.workbook import archive, import_workbook, read_workbook

SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'


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

    return edited(plain_workbook(), edit)


@pytest.mark.parametrize("name", ["design.xls", "design.csv", "design.xlsb", "design", "design.xlsx.exe"])
def test_other_extensions(tmp_path, name):
    (tmp_path / name).write_bytes(plain_workbook())
    with pytest.raises(InputError) as error:
        import_workbook(tmp_path / name)
    assert str(error.value) == (
        f"{name}: does not have the name of a workbook. Give a file that ends in .xlsx or .xlsm; open it in Excel "
        "and save it as .xlsx."
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
        assert refusal(data) == "book.xlsx: is not a workbook: it is not a zip file. Is it the right file?"
    assert refusal(plain_zip(readme="x")) == "book.xlsx: holds no workbook. Is it the right file?"
    file = io.BytesIO()
    Book().save(file)
    assert refusal(file.getvalue()) == (
        "book.xlsx: has none of the defined names of Microsoft's workbook. Give Microsoft's workbook, version 7.6."
    )


def test_damaged_files():
    data = plain_workbook()
    assert refusal(data[: len(data) // 2]) == (
        "book.xlsx: is a damaged workbook: File is not a zip file. Download or save it again."
    )
    assert refusal(with_part("xl/workbook.xml", b"<workbook><a></workbook>")) == (
        'book.xlsx: part "xl/workbook.xml" is not valid XML: mismatched tag: line 1, column 15. Open it in Excel '
        "and save it as .xlsx."
    )


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=60)
def test_a_file_with_bytes_changed_is_read_or_refused(seed, count):
    generator = random.Random(seed)
    data = bytearray(plain_workbook())
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
    assert refusal(plain_workbook()) == ("book.xlsx: unpacks to more than 20,000 bytes. Is it the right file?")


def test_a_part_with_a_wrong_declared_size_is_refused():
    told = refusal(lying_size(100))
    assert told.startswith(f'book.xlsx: part "{SHEET}" is damaged: Bad CRC-32')
    assert refusal(lying_size(4_000_000_000)).startswith(f'book.xlsx: part "{SHEET}" has 4,000,000,000 bytes')


def test_more_parts_than_a_workbook_has():
    data = plain_zip(**{str(number): "" for number in range(2_001)})
    assert refusal(data) == "book.xlsx: has more than 2,000 parts. Is it the right file?"


def test_parts_that_are_encrypted_or_packed_otherwise():
    for data in (encrypted(plain_workbook()), other_method()):
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
    shared = with_shared_texts(plain_workbook())

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


def test_macros_and_embedded_files_are_not_read():
    def edit(parts):
        parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(1000)
        parts["xl/embeddings/inner.xlsx"] = plain_zip(**{str(number): "" for number in range(50)})
        parts["../../outside.xml"] = b"<!DOCTYPE x><x/>"

    imported = read_workbook(edited(plain_workbook(), edit))
    assert list(imported.issues) == []


def test_the_worst_sheet_that_is_read_takes_seconds():
    generator = random.Random(1)
    tags = b"".join(generator.choice((b"<c/>", b"<f/>")) for _ in range(250_000))
    started = time.perf_counter()
    assert "is not valid XML" in refusal(with_part(SHEET, OPEN + tags))
    assert time.perf_counter() - started < 3  # a twentieth of the largest part
