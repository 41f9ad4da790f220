"""Batch runs: whatever the encoding, the size of a block, the number of workers or a stop on the way."""

import csv
import errno
import gzip
import io
import json
import pickle
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.system import needs_kill
from support.worker_threads import Beside, at_once

from calculator import InputError, size, size_many
from calculator.batch import csv_reader, targets
from calculator.batch import run as batch_files
from calculator.batch.sizer import Sizer
from calculator.engine import parallel
from calculator.inputs.profile import Profile

RESULTS = ["summary_databases", "largest_mailbox_size_on_disk", "design_invalid", "storage_architecture.primary"]
BASE = Profile({"tiers.1.mailbox_size_limit": 2048.0})


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def text_of(rows, broken=0.1, note=""):
    """Rows of which some cannot be used, in every way a row can be wrong."""
    draw = random.Random(2013)
    wrong = ("{n},many,2,4,", "{n},1000,-1,4,", "{n},1000,2 parsecs,4,", "{n},1000", "{n},1,2,3,4,5,6,7", "{n},,,99,")
    lines = ["id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],environment.mailbox_servers,note.where"]
    for n in range(rows):
        if draw.random() < broken:
            lines.append(draw.choice(wrong).format(n=n))
        else:
            lines.append(
                f"{n},{draw.randrange(100, 9000)},{draw.choice((1, 2, 5.5))},{draw.randrange(3, 9)},Ä {n}{note}"
            )
    return "\n".join(lines) + "\n"


def run(source="designs.csv", target="results.csv", **more):
    options = {"base": BASE, "results": RESULTS, "errors": "errors.csv", **more}
    return batch_files.size_file(source, target, **options)


def contents():
    return {path.name: path.read_bytes() for path in Path().iterdir() if not path.name.startswith("designs")}


def results(path="results.csv"):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- encodings and separators --------------------------------------------------------------------

PLAIN = "id,tiers.1.mailboxes,data.volume_free_space\na,1000,0.25\nb,2000,0.1\n"
SEMICOLONS = "id;tiers.1.mailboxes;data.volume_free_space\na;1000;0,25\nb;2000;0,1\n"
WRITTEN = {
    "UTF-8 with a mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16, most significant byte first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "Export-Csv": ("#TYPE System.Object\r\n" + PLAIN.replace("\n", "\r\n")).encode(),
    "Export-Csv in UTF-16": ("#TYPE System.Object\n" + PLAIN).encode("utf-16"),
    "a separator named": ("sep=;\r\n" + SEMICOLONS).encode(),
    "a separator and a type": ("sep=;\n#TYPE x\n" + SEMICOLONS).encode(),
    "semicolons and decimal commas": SEMICOLONS.encode(),
    "tabs": SEMICOLONS.replace(";", "\t").encode(),
    "everything quoted": PLAIN.replace(",", '","').replace("\n", '"\n"').join(['"', ""]).removesuffix('"').encode(),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", WRITTEN)
def test_a_file_is_read_however_it_was_written(here, case):
    Path("designs.csv").write_bytes(WRITTEN[case])
    run(base=Profile())
    assert [(row["id"], row["status"]) for row in results()] == [("a", "notice"), ("b", "notice")]
    for row, mailboxes, free in zip(results(), (1000.0, 2000.0), (0.25, 0.1), strict=True):
        plan = size({"tiers.1.mailboxes": mailboxes, "data.volume_free_space": free})
        assert float(row["summary_databases"]) == plan["summary_databases"]


def test_a_number_that_may_be_thousands_is_refused_where_a_comma_is_decimal(here):
    Path("designs.csv").write_text("id;tiers.1.mailboxes\na;10.000\nb;10,000\nc;10.5\n")
    run()
    problems = [row["issues"] for row in results()]
    assert problems[0].startswith('error: tiers.1.mailboxes: "10.000" may be a thousand times less.')
    assert [row["status"] for row in results()][1:] == ["notice", "error"]


def test_rows_refused_from_a_file_with_semicolons_can_be_mended_as_they_are(here):
    Path("designs.csv").write_text("id;tiers.1.mailboxes;data.volume_free_space\na;x;0,25\nb;2000;0,1\n")
    run()
    mended = Path("errors.csv").read_text().replace(";x;", ";1000;")
    assert ";a;1000;0,25" in mended
    Path("mended.csv").write_text(mended)
    assert run("mended.csv").by_status["error"] == 0
    assert [row["id"] for row in results()] == ["a"]


# --- the same bytes ------------------------------------------------------------------------------


@pytest.mark.slow
def test_results_have_the_same_bytes_whatever_the_block_and_the_workers(here, monkeypatch):
    Path("designs.csv").write_text(text_of(3000), encoding="utf-8")
    run()
    whole = contents()
    assert len(results()) == 3000
    for block in (1_000, 17_000):
        monkeypatch.setattr(csv_reader, "BLOCK", block)
        run()
        assert contents() == whole, block
    at_once(monkeypatch)
    run(jobs=2)
    assert contents() == whole


@pytest.mark.slow
@pytest.mark.parametrize("target", ["results.csv", "results.parquet"])
def test_a_run_loads_no_pandas(here, target):
    Path("designs.csv").write_text(text_of(300), encoding="utf-8")
    code = (
        "import sys; from calculator.cli.main import main\n"
        f"main(['batch', 'designs.csv', '-o', '{target}', '--errors', 'errors.csv'], sys.stdout, sys.stderr)\n"
        "print([name for name in ('pandas', 'streamlit', 'altair') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
    assert Path(target).exists()


@pytest.mark.slow
def test_a_run_whose_worker_is_stopped_can_be_gone_on_with(here, monkeypatch):
    class Stopped(Beside):
        def submit(self, work, *block):
            future = super().submit(int)
            future.result()
            return future if not block else failed()

    def failed():
        future = Future()
        future.set_exception(BrokenProcessPool())
        return future

    Path("designs.csv").write_text(text_of(3000), encoding="utf-8")
    run()
    whole = contents()
    for path in whole:
        Path(path).unlink()
    monkeypatch.setattr(csv_reader, "BLOCK", 4_000)
    at_once(monkeypatch)
    monkeypatch.setattr(parallel, "ProcessPoolExecutor", Stopped)
    with pytest.raises(InputError) as refused:
        run(jobs=2)
    assert str(refused.value) == (
        "workers: One of them was stopped. Is there enough memory? Give fewer --jobs; a batch goes on with --resume."
    )
    assert not Path("results.csv").exists()
    run(resume=True)
    assert contents() == whole


@pytest.mark.slow
def test_a_row_has_the_figures_it_has_alone(here):
    Path("designs.csv").write_text(text_of(400), encoding="utf-8")
    run()
    with open("designs.csv", encoding="utf-8") as file:
        lines = file.read().splitlines()[1:]
    for line, row in list(zip(lines, results(), strict=True))[::13]:
        cells = line.split(",")
        if row["status"] == "error":
            assert row["summary_databases"] == ""
            continue
        design = {
            "tiers.1.mailboxes": float(cells[1]),
            "tiers.1.mailbox_size_limit": f"{cells[2]} GB",
            "environment.mailbox_servers": float(cells[3]),
        }
        plan = size(design)
        assert float(row["summary_databases"]) == plan["summary_databases"]
        assert row["note.where"] == cells[4]


def test_every_planted_error_is_told_and_no_other(here):
    text = text_of(2000, broken=0.05)
    Path("designs.csv").write_text(text, encoding="utf-8")
    tally = run()
    planted = [line.split(",")[0] for line in text.splitlines()[1:] if "Ä" not in line]
    assert [row["id"] for row in results() if row["status"] == "error"] == planted
    assert [row["id"] for row in results("errors.csv")] == planted
    assert tally.by_status["error"] == len(planted)
    lines = [int(row["error.row"]) for row in results("errors.csv")]
    assert [text.splitlines()[line - 1].split(",")[0] for line in lines] == planted


@pytest.mark.parametrize(
    ("source", "target"),
    [("designs.parquet", "out.parquet"), ("designs.csv", "out.parquet"), ("designs.parquet", "results.csv")],
)
def test_parquet_gives_what_csv_gives(here, source, target):
    columns = {
        "id": ["a", None, "c"],
        "tiers.1.mailboxes": [1000, 2000, None],
        "note.x": ["=1", "y", "z"],
        "environment.multi_role": [True, False, None],
        "data.volume_free_space": [0.1, -5.0, None],
    }
    pq.write_table(pa.table(columns), "designs.parquet")
    Path("designs.csv").write_text(
        "id,tiers.1.mailboxes,note.x,environment.multi_role,data.volume_free_space\n"
        "a,1000,=1,true,0.1\n,2000,y,false,-5\nc,,z,,\n"
    )
    run(target="reference.csv")
    reference = results("reference.csv")
    run(source, target)
    if target.endswith("csv"):
        assert results(target) == reference
        return
    table = pq.read_table(target)
    assert table.schema == Sizer(list(columns), BASE, RESULTS).schema
    rows = table.to_pylist()
    assert [row["status"] for row in rows] == [row["status"] for row in reference] == ["notice", "error", "invalid"]
    for row, other in zip(rows, reference, strict=True):
        assert row["id"] == other["id"]
        assert row["note.x"] == other["note.x"].removeprefix("'")
        for name in ("summary_databases", "largest_mailbox_size_on_disk"):
            assert row[name] == (float(other[name]) if other[name] else None)


def test_a_file_that_is_no_parquet_is_told(here):
    Path("designs.parquet").write_bytes(b"PAR1 not")
    with pytest.raises(InputError, match=r"designs.parquet: cannot be read: .* Give a Parquet file\."):
        run("designs.parquet")
    assert contents() == {}


# --- stopped and gone on with --------------------------------------------------------------------


class Stop(BaseException):
    """What Ctrl-C does."""


def stopped_after(blocks):
    """Progress that stops a run after some blocks."""
    seen = []

    def tell(done, share):
        seen.append(done)
        if len(seen) == blocks:
            raise Stop

    return tell


@pytest.mark.slow
@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_a_stopped_run_is_gone_on_with_to_the_same_bytes(here, monkeypatch, packed, blocks):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    text = text_of(2500).encode()
    source, target = f"designs.csv{packed}", f"results.csv{packed}"
    Path(source).write_bytes(gzip.compress(text) if packed else text)
    files = {"source": source, "target": target, "errors": f"errors.csv{packed}"}
    tally = run(**files)
    whole = contents()
    for path in whole:
        Path(path).unlink()
    with pytest.raises(Stop):
        run(**files, progress=stopped_after(blocks))
    assert not Path(target).exists()
    again = run(**files, resume=True)
    assert again == tally
    assert contents() == whole


@pytest.mark.slow
@needs_kill
def test_a_run_killed_in_the_middle_is_gone_on_with(here):
    Path("designs.csv").write_text(text_of(16_000, 0.01, "x" * 400), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "calculator",
        "batch",
        "designs.csv",
        "-o",
        "results.csv",
        "--errors",
        "errors.csv",
    ]
    subprocess.run([*command, "--jobs", "1"], check=False, capture_output=True)
    whole = contents()
    for path in whole:
        Path(path).unlink()
    process = subprocess.Popen([*command, "--jobs", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    note = Path("results.csv.part.json")
    for _ in range(6000):
        if note.exists() or process.poll() is not None:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not Path("results.csv").exists()
    done = json.loads(note.read_text())["done"]
    assert 0 < done < 16_000
    finished = subprocess.run([*command, "--resume"], check=False, capture_output=True, text=True)
    assert finished.returncode == 1, "rows that cannot be used"
    assert contents() == whole


def test_a_full_disk_keeps_what_is_written(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_text(text_of(2500), encoding="utf-8")
    run()
    whole = contents()
    for path in whole:
        Path(path).unlink()
    write, calls = targets.Part.write, []

    class Full(io.RawIOBase):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def until_full(self, data):
        calls.append(data)
        if len(calls) == 12:
            self.file = Full()
        return write(self, data)

    monkeypatch.setattr(targets.Part, "write", until_full)
    with pytest.raises(InputError, match="No space left on device"):
        run()
    assert not Path("results.csv").exists()
    monkeypatch.setattr(targets.Part, "write", write)
    run(resume=True)
    assert contents() == whole


def test_a_run_with_other_settings_is_not_gone_on_with(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_text(text_of(2500), encoding="utf-8")
    with pytest.raises(Stop):
        run(progress=stopped_after(2))
    kept = contents()
    with pytest.raises(InputError, match="belongs to a stopped run with another source or other settings"):
        run(resume=True, results=["summary_databases"])
    assert contents() == kept
    run()
    assert [name for name in contents() if "part" in name] == []


def test_resume_without_a_stopped_run_runs_whole(here):
    Path("designs.csv").write_text(text_of(50), encoding="utf-8")
    assert run(resume=True).rows == 50
    with pytest.raises(InputError, match="stdin: cannot be gone on with"):
        run("-", resume=True)


def test_a_stopped_run_into_parquet_leaves_nothing_half(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_text(text_of(2500), encoding="utf-8")
    with pytest.raises(Stop):
        run(target="out.parquet", progress=stopped_after(2))
    assert not [name for name in contents() if name.startswith("out")]
    run(target="out.parquet", resume=True)
    assert pq.read_table("out.parquet").num_rows == 2500


# --- the pure function ---------------------------------------------------------------------------


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
    assert made["status"].to_pylist() == ["notice", "invalid", "error"]
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


# --- without Arrow -------------------------------------------------------------------------------


def test_csv_gives_the_same_where_arrow_is_not_installed(here, monkeypatch):
    Path("designs.csv").write_text(text_of(600), encoding="utf-8")
    tally = run()
    by_arrow, refused = results(), results("errors.csv")
    monkeypatch.setattr(csv_reader, "ARROW", False)
    assert run() == tally
    assert results("errors.csv") == refused
    for row, other in zip(results(), by_arrow, strict=True):
        for name, value in row.items():
            same = value == other[name] or float(value) == float(other[name])
            assert same, (name, value, other[name])
    with pytest.raises(InputError, match=r"results.parquet: needs pyarrow, which is not installed\."):
        run(target="results.parquet")


@pytest.mark.slow
def test_csv_needs_nothing_but_numpy(here):
    """The command in a process that finds no other package."""
    Path("designs.csv").write_text("id,tiers.1.mailboxes\na,1000\nb,x\n", encoding="utf-8")
    blocked = "pyarrow", "pandas", "pint", "streamlit", "altair", "tomli_w"
    program = (
        "import sys, importlib.abc\n"
        "class Blocked(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name.split('.')[0] in {blocked}: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name, *more: None if name in {blocked} else find(name, *more)\n"
        "from calculator.cli.main import main\n"
        "sys.exit(main(['batch', 'designs.csv', '-o', 'results.csv', '--results', 'all'], sys.stdout, sys.stderr))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "2 designs: 1 notice, 1 error\n")
    assert [row["status"] for row in results()] == ["notice", "error"]
    assert float(results()[0]["summary_databases"]) == size({"tiers.1.mailboxes": 1000.0})["summary_databases"]
