"""The pure function from a batch of designs to a batch of results."""

import doctest
import pickle

import pyarrow as pa
import pytest
from support.batch_runs import BASE, RESULTS

from calculator import Sizer, size_many
from calculator.batch import sizer as sizer_module


def test_the_schema_is_known_before_the_first_row():
    sizer = Sizer(["id", "tiers.1.mailboxes", "note.a"], results=RESULTS)
    assert sizer.schema.names == ["id", "status", "issues", "note.a", *RESULTS]
    empty = sizer(pa.RecordBatch.from_pylist([], schema=pa.schema([(n, pa.string()) for n in sizer.header.names])))
    assert (empty.num_rows, empty.schema) == (0, sizer.schema)


def test_a_batch_gives_a_batch_here_and_in_another_process():
    batch = pa.record_batch({"tiers.1.mailboxes": [1000.0, None, -1.0], "note.a": ["x", "y", "z"]})
    sizer = Sizer(batch.schema.names, BASE, RESULTS)
    made = sizer(batch)
    assert made.schema == sizer.schema
    assert made["status"].to_pylist() == ["notice", "notice", "error"]
    assert pickle.loads(pickle.dumps(sizer))(batch).equals(made)


def test_a_stream_gives_a_stream_and_reads_no_further_than_it_must():
    read = []

    def batches():
        for number in range(3):
            read.append(number)
            yield pa.record_batch({"tiers.1.mailboxes": [1000.0 * (number + 1)] * 10})

    source = pa.RecordBatchReader.from_batches(pa.schema([("tiers.1.mailboxes", pa.float64())]), batches())
    stream = size_many(source, results=RESULTS)
    first = stream.read_next_batch()
    assert (first.num_rows, len(read)) == (10, 1)
    table = size_many({"tiers.1.mailboxes": [1000.0] * 10 + [2000.0] * 10 + [3000.0] * 10}, results=RESULTS)
    rest = stream.read_all()
    assert pa.Table.from_batches([first, *rest.to_batches()]).combine_chunks().equals(table.combine_chunks())


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.float64(), pa.int32(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
)
def test_a_column_of_any_type_is_read(kind):
    cells = pa.array(["1000", None, "5"]).cast(kind) if "string" in str(kind) else pa.array([1000, None, 5]).cast(kind)
    table = size_many(pa.table({"tiers.1.mailboxes": cells}), results="mailboxes_total")
    assert table["mailboxes_total"].to_pylist() == [1000, 0, 5]


def test_the_example_of_the_sizer_runs():
    found = doctest.testmod(sizer_module)
    assert found.attempted > 0
    assert not found.failed
