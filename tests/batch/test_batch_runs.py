"""Batch runs give the same bytes whatever the size of a block and the number of workers."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.batch_runs import BASE, RESULTS, contents, results, run, text_of
from support.worker_threads import at_once

from calculator import InputError, size
from calculator.batch import csv_reader, effort
from calculator.batch.sizer import Sizer
from calculator.engine import workers

pytestmark = pytest.mark.slow


def test_results_have_the_same_bytes_whatever_the_block_and_the_workers(here, monkeypatch):
    Path("designs.csv").write_text(text_of(2000), encoding="utf-8")
    run()
    whole = contents()
    assert len(results()) == 2000
    for block in (1_000, 17_000):
        monkeypatch.setattr(csv_reader, "BLOCK", block)
        run()
        assert contents() == whole, block
    at_once(monkeypatch)
    run(jobs=2)
    assert contents() == whole


def test_a_run_loads_no_pandas(here):
    Path("designs.csv").write_text(text_of(300), encoding="utf-8")
    targets = ("results.csv", "results.parquet")
    code = (
        "import sys; from calculator.cli.main import main\n"
        f"for target in {targets}:\n"
        "    main(['batch', 'designs.csv', '-o', target, '--errors', 'errors.csv'], sys.stdout, sys.stderr)\n"
        "    print([name for name in ('pandas', 'streamlit', 'altair') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["[]", "[]"]
    assert all(Path(target).exists() for target in targets)


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


def test_every_planted_error_is_reported_and_no_other(here):
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
    assert [row["status"] for row in rows] == [row["status"] for row in reference] == ["notice", "error", "notice"]
    for row, other in zip(rows, reference, strict=True):
        assert row["id"] == other["id"]
        assert row["note.x"] == other["note.x"].removeprefix("'")
        for name in ("summary_databases", "largest_mailbox_size_on_disk"):
            assert row[name] == (float(other[name]) if other[name] else None)


def test_a_file_that_is_not_parquet_is_reported(here):
    Path("designs.parquet").write_bytes(b"PAR1 not")
    with pytest.raises(InputError, match=r"designs.parquet: cannot be read: .* Give a Parquet file "):
        run("designs.parquet")
    assert contents() == {}


def test_a_source_that_is_damaged_later_leaves_no_parquet(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_bytes(text_of(2000).encode("utf-16") + b"\xff")
    with pytest.raises(
        InputError, match=r"^designs\.csv: is damaged: it is not valid UTF-16-LE\. Export it again as UTF-8\.$"
    ):
        run(target="results.parquet")
    assert contents() == {}


@pytest.mark.parametrize(
    ("name", "jobs", "started"),
    [
        ("long.csv", 3, [(2, "calculator.batch.worker")]),
        ("long.csv", 1, []),
        ("short.csv", 3, []),
        ("long.parquet", 3, []),
        ("long.csv.gz", 3, []),
        ("missing.csv", 3, []),
        ("-", 3, []),
    ],
)
def test_workers_start_ahead_for_a_long_file_only(here, monkeypatch, name, jobs, started):
    calls = []
    monkeypatch.setattr(workers, "start_ahead", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(effort, "BYTES_PER_SECOND", 100)
    for file in ("long.csv", "short.csv", "long.parquet", "long.csv.gz"):
        (here / file).write_bytes(bytes(199 if file == "short.csv" else 200))
    effort.start_workers(str(here / name) if name != "-" else name, jobs)
    assert calls == started
