"""Files of designs: CSV in every encoding, compressed or not, and Parquet with every type of cells."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import os
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from calculator import InputError, Profile
from calculator.batch.run import size_file
from fuzz import draws
from fuzz.profiles import check_message

Options = dict[str, Any]
Table = tuple[str, bytes, Options]
"""Name of the file, its content, and other arguments of the run."""
BASES = (Profile(), Profile(), Profile({"tiers.1.mailboxes": 500.0, "tiers.2.mailboxes": 5.0, "names.dag": "D"}))
COLUMNS = ("tiers.1.mailboxes", "tiers.1.mailbox_size_limit", "environment.mailbox_servers", "raid.raid", "names.dag")


def draw_csv(random: Random) -> Table:
    """A file of designs as CSV."""
    separator = random.choice((",", ",", ",", ";", "\t", "|"))
    head = ["id", "tiers.1.mailboxes", *draw_columns(random)]
    random.shuffle(head)
    text = draws.rows(random, head, separator, 12 if random.random() < 0.95 else 300)
    if random.random() < 0.05:
        text = random.choice((f"sep={separator}\n", "#TYPE x\n", "\n", "\n\n", '"')) + text
    data = draws.encoded(random, text)
    if random.random() < 0.1:
        packed = gzip.compress(data, 1, mtime=0)
        packed = draws.damaged(random, packed) if random.random() < 0.5 else packed
        return "designs.csv.gz", packed, draw_options(random)
    return "designs.csv", data, draw_options(random)


def draw_columns(random: Random) -> list[str]:
    """Headers of columns: inputs with and without a unit, notes, and others."""
    names = []
    for _ in range(random.randrange(5)):
        drawn = random.random()
        if drawn < 0.75:
            names.append(random.choice(COLUMNS))
        elif drawn < 0.8:
            names.append(draws.path(random))
        elif drawn < 0.95:
            names.append(random.choice(("note.x", "note.", "error.row", "id", "tiers.1.mailbox_size_limit [GB]", "")))
        else:
            names.append(f"{draws.path(random)} [{draws.word(random)}]")
    return list(dict.fromkeys(names)) if random.random() < 0.9 else names


def draw_options(random: Random) -> Options:
    """Other arguments of the run."""
    return {
        "target": random.choice(("results.csv", "results.csv", "results.csv.gz", "results.parquet", "-")),
        "errors": random.choice((None, "errors.csv", "errors.csv.gz")),
        "resume": random.random() < 0.1,
        "base": random.choice(BASES),
    }


def use_csv(given: Table) -> None:
    """Size the designs, and check that each row has its result."""
    name, data, options = given
    for left in os.listdir():
        os.unlink(left)
    Path(name).write_bytes(data)
    out, target = io.StringIO(), options["target"]
    try:
        counts = size_file(name, results="summary_databases", stdout=out, **options)
    except InputError as error:
        check_message(error)
        assert not Path(target).exists(), "there are results of a run that failed"
    else:
        assert rows_of(target, out.getvalue()) == counts.rows == sum(counts.by_status.values()), "rows are missing"
        for issue in counts.issues:
            assert str(issue).isprintable()
    assert not [left for left in os.listdir() if ".part" in left], "something half is left"


def rows_of(target: str, out: str) -> int:
    """Number of rows of a file of results, which is read as a user would read it."""
    if target.endswith(".parquet"):
        table = pq.read_table(target)
        table.validate(full=True)
        return table.num_rows
    if target != "-":
        data = Path(target).read_bytes()
        out = (gzip.decompress(data) if target.endswith(".gz") else data).decode()
    return sum(1 for _ in csv.DictReader(io.StringIO(out, newline="")))


# --- Parquet -------------------------------------------------------------------------------------

MOST = 4
LARGE = (2**31, 2**53 + 1, 2**60, 2**63 - 1, -(2**63))


def draw_parquet(random: Random) -> Table:
    """A Parquet file with cells of any type, possibly damaged."""
    names = list(dict.fromkeys(["tiers.1.mailboxes", "id", *draw_columns(random)]))
    random.shuffle(names)
    count = random.randrange(MOST)
    columns = {name: draw_cells(random, count) for name in names[: random.randrange(1, 5)]}
    file = io.BytesIO()
    options = {
        "compression": random.choice(("none", "snappy", "zstd", "gzip")),
        "use_dictionary": random.random() < 0.5,
        "write_page_checksum": random.random() < 0.3,
        "data_page_version": random.choice(("1.0", "2.0")),
        "version": random.choice(("1.0", "2.6")),
    }
    try:
        pq.write_table(pa.table(columns), file, **options)
    except (pa.ArrowException, UnicodeError):  # Parquet has not every type
        pq.write_table(pa.table({"tiers.1.mailboxes": pa.array([5] * count, pa.int64())}), file)
    data = file.getvalue()
    return "designs.parquet", draws.damaged(random, data) if random.random() < 0.4 else data, draw_options(random)


def draw_cells(random: Random, count: int) -> pa.Array:
    """Cells of one type."""
    types = random.choice(MAKERS)
    kind, make = types
    values = [None if random.random() < 0.2 else make(random) for _ in range(count)]
    array = pa.array(values, kind)
    return array.dictionary_encode() if random.random() < 0.1 and not pa.types.is_nested(kind) else array


def _whole(low: int, high: int):
    values = [value for value in (0, 1, 5, 1000, low, high, *LARGE) if low <= value <= high]
    return lambda random: random.choice(values)


def _spoiled_texts(random: Random) -> str:
    return draws.value(random)


MAKERS = (
    (pa.int64(), _whole(-(2**63), 2**63 - 1)),
    (pa.uint64(), _whole(0, 2**64 - 1)),
    (pa.int32(), _whole(-(2**31), 2**31 - 1)),
    (pa.int8(), _whole(-128, 127)),
    (pa.float64(), lambda random: random.choice((0.0, -0.0, 5.5, 1000.0, float("nan"), float("inf"), 1e308, 1e-320))),
    (pa.float32(), lambda random: random.choice((0.0, 5.5, float("nan"), float("-inf"), 3e38))),
    (pa.float16(), lambda random: random.choice((0.0, 5.5, 65504.0))),
    (pa.bool_(), lambda random: random.random() < 0.5),
    (pa.null(), lambda random: None),
    (pa.string(), _spoiled_texts),
    (pa.string(), _spoiled_texts),
    (pa.large_string(), _spoiled_texts),
    (pa.string_view(), _spoiled_texts),
    (pa.binary(), lambda random: random.choice((b"\xff", b"5", b"", draws.value(random).encode(errors="replace")))),
    (pa.binary(3), lambda random: random.randbytes(3)),
    (pa.date32(), lambda random: random.choice((0, -(2**31), 2**31 - 1, 15000))),
    (pa.date64(), lambda random: random.choice((0, 2**62, -(2**62)))),
    (pa.timestamp("us"), lambda random: random.choice((0, 2**62, -(2**62)))),
    (pa.timestamp("ns", "UTC"), lambda random: random.choice((0, 1, 2**62))),
    (pa.timestamp("ms", "No/Where"), lambda random: random.choice((0, 2**62))),
    (pa.time64("us"), lambda random: random.randrange(86_400_000_000)),
    (pa.duration("us"), lambda random: random.choice((0, 2**62, -(2**62)))),
    (pa.decimal128(38, 2), lambda random: random.choice((0, 5, 1000, 10**30))),
    (pa.decimal256(70, 0), lambda random: random.choice((0, 5, 10**60, -(10**60)))),
    (pa.struct({"a": pa.int64()}), lambda random: {"a": random.choice(LARGE)}),
    (pa.struct({"a": pa.date64()}), lambda random: {"a": datetime.date(2013, 1, 1)}),
    (pa.list_(pa.float64()), lambda random: [5.0] * random.randrange(3)),
    (pa.map_(pa.string(), pa.int64()), lambda random: [("a", 1)]),
    (pa.list_(pa.struct({"a": pa.binary()})), lambda random: [{"a": b"\xff"}]),
)
"""Types of cells, and how a value of each is drawn."""


def use_parquet(given: Table) -> None:
    """Size the designs, and check that each row has its result."""
    use_csv(given)
