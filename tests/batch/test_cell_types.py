"""Cells of any type of Arrow are sized or reported, in files and in memory."""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.batch_runs import contents, results, run

from calculator import InputError, Sizer, size_many

SPOILED = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"\xffa")]
)
"""Texts of which the first is not UTF-8."""
CELLS = {
    "whole numbers": pa.array([2**60 + 1, 5]),
    "unsigned numbers": pa.array([2**64 - 1, 5], pa.uint64()),
    "encoded numbers": pa.array([2**60 + 1, 5]).dictionary_encode(),
    "run-end encoded numbers": pa.RunEndEncodedArray.from_arrays([1, 2], [2**60 + 1, 5]),
    "decimals": pa.array([decimal.Decimal("1e50"), None], pa.decimal256(70, 0)),
    "half floats": pa.array([1.5, None], pa.float16()),
    "bytes": pa.array([b"\xff", b"a"]),
    "encoded bytes": pa.array([b"\xff", b"a"]).dictionary_encode(),
    "bytes of one length": pa.array([b"\xff1", b"22"], pa.binary(2)),
    "texts that are not UTF-8": SPOILED,
    "views of texts that are not UTF-8": SPOILED.cast(pa.string_view()),
    "structures": pa.array([{"a": 1}, None]),
    "lists": pa.array([[1], None]),
    "maps": pa.array([[(1, 2)], None], pa.map_(pa.int8(), pa.int8())),
    "dates": pa.array([datetime.date(2013, 1, 1), None]),
    "dates far away": pa.array([2**62, None], pa.date64()),
    "times far away": pa.array([2**62, None], pa.timestamp("s")),
    "times nowhere": pa.array([1, None], pa.timestamp("s", "No/Where")),
    "durations": pa.array([2**62, None], pa.duration("s")),
    "intervals": pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
    "identifiers": pa.array([b"0123456789abcdef", None], pa.uuid()),
}


NO_TEXTS = {
    "bytes",
    "encoded bytes",
    "bytes of one length",
    "texts that are not UTF-8",
    "views of texts that are not UTF-8",
    "structures",
    "lists",
    "maps",
    "times nowhere",
    "intervals",
}
"""Kinds of cells that are no text."""


@pytest.mark.parametrize("name", ["tiers.1.mailboxes", "raid.raid", "environment.multi_role"])
@pytest.mark.parametrize("kind", CELLS)
def test_an_input_of_any_type_is_an_error_of_its_row(name, kind):
    row = Sizer([name], results=["summary_databases"])(pa.record_batch({name: CELLS[kind]})).to_pylist()[0]
    assert (row["status"], row["summary_databases"]) == ("error", None)
    assert row["issues"].startswith(f"error: {name}: ")


@pytest.mark.parametrize("column", ["id", "note.x"])
@pytest.mark.parametrize("kind", CELLS)
def test_an_id_or_note_of_any_type_is_a_text_or_an_error_of_its_row(column, kind):
    designs = pa.table({column: CELLS[kind], "tiers.1.mailboxes": pa.array([1000, 2000])})
    row = size_many(designs, results=["summary_databases"]).to_pylist()[0]
    if kind in NO_TEXTS:
        assert (row["status"], row[column]) == ("error", "")
        assert row["issues"].startswith(f'error: {column}: "')
        assert row["issues"].endswith('" is not a text.')
    else:
        assert row["status"] == "notice"
        assert row[column]


def test_cells_that_cannot_be_used_are_in_the_errors_file(here):
    pq.write_table(pa.table({"id": CELLS["structures"], "tiers.1.mailboxes": CELLS["bytes"]}), "designs.parquet")
    run("designs.parquet")
    assert [row["status"] for row in results()] == ["error", "error"]
    assert Path("errors.csv").read_text() == (
        "error.row,error.fields,error.messages,id,tiers.1.mailboxes\n"
        "1,tiers.1.mailboxes | id,"
        '"""b\'\\xff\'"" is not a number. Give a whole number from 0 to 100,000,000. | '
        '""struct<a: int64>"" is not a text. Give a text or a number.",struct<a: int64>,b\'\\xff\'\n'
        '2,tiers.1.mailboxes,"""b\'a\'"" is not a number. Give a whole number from 0 to 100,000,000.",,b\'a\'\n'
    )


@pytest.mark.parametrize(("checksum", "damaged"), [(False, slice(4, 24)), (True, slice(200, 220))])
def test_a_page_that_is_damaged_is_reported(here, checksum, damaged):
    designs = pa.table({"tiers.1.mailboxes": pa.array(range(1000, 9000))})
    pq.write_table(designs, "designs.parquet", compression="zstd", write_page_checksum=checksum)
    data = bytearray(Path("designs.parquet").read_bytes())
    data[damaged] = bytes(20)
    Path("designs.parquet").write_bytes(data)
    with pytest.raises(InputError) as found:
        run("designs.parquet")
    assert str(found.value).startswith("designs.parquet: cannot be read: ")
    assert str(found.value).endswith(" Give a Parquet file that is not damaged.")
    assert contents() == {}


def test_a_number_too_large_for_its_unit_is_an_error_of_its_row():
    name = "tiers.1.mailbox_size_limit [GB]"
    row = Sizer([name], results=["summary_databases"])(pa.record_batch({name: pa.array([1e308])})).to_pylist()[0]
    assert row["issues"] == "error: tiers.1.mailbox_size_limit: inf is not a number that an input can have."
