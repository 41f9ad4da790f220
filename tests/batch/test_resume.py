"""Runs that are stopped and resumed."""

import errno
import gzip
import io
import json
import signal
import subprocess
import sys
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support.batch_runs import contents, run, text_of
from support.worker_threads import ThreadsForProcesses, at_once

from calculator import InputError
from calculator.batch import csv_reader, targets
from calculator.cli.main import main
from calculator.engine import workers

pytestmark = pytest.mark.slow


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


def without_locks(files):
    """Files of a run but for the lock files, which name the process that held them last."""
    return {name: data for name, data in files.items() if not name.endswith(".lock")}


def files_of(suffix):
    """Paths of a run over files with that suffix."""
    return {"source": f"designs.csv{suffix}", "target": f"results.csv{suffix}", "errors": f"errors.csv{suffix}"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """By suffix: designs, rows by status, and the files that a run writes which nothing stops."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reader, "BLOCK", 8_000)
        for suffix in ("", ".gz"):
            patch.chdir(tmp_path_factory.mktemp("undisturbed"))
            text = text_of(2500).encode()
            designs = gzip.compress(text) if suffix else text
            Path(f"designs.csv{suffix}").write_bytes(designs)
            found[suffix] = designs, run(**files_of(suffix)), contents()
    return found


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("blocks", [1, 2, 4])
def test_a_resumed_run_gives_the_same_bytes(here, monkeypatch, undisturbed, packed, blocks):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    designs, row_counts, whole = undisturbed[packed]
    files = files_of(packed)
    Path(files["source"]).write_bytes(designs)
    with pytest.raises(Stop):
        run(**files, progress=stopped_after(blocks))
    assert not Path(files["target"]).exists()
    again = run(**files, resume=True)
    assert again == row_counts
    (said,) = again.issues
    assert (said.severity, said.field) == ("notice", "id")
    assert said.message.endswith(" designs were not compared, because the run was resumed.")
    assert contents() == whole


def test_a_killed_run_is_resumed(here):
    Path("designs.csv").write_text(text_of(2500, 0.01, "x" * 40), encoding="utf-8")
    command = ["batch", "designs.csv", "-o", "results.csv", "--errors", "errors.csv"]
    assert main(command, io.StringIO(), io.StringIO()) == 1, "rows that cannot be used"
    whole = contents()
    for path in whole:
        Path(path).unlink()
    program = (
        "import os, signal, sys\n"
        "from calculator.batch import csv_reader, targets\n"
        "from calculator.cli.main import main\n"
        "csv_reader.BLOCK = 8_000\n"
        "save = targets.ResultsFile.save_checkpoint\n"
        "def save_and_be_killed(file, checkpoint):\n"
        "    save(file, checkpoint)\n"
        "    if checkpoint.done > 1000: os.kill(os.getpid(), signal.SIGKILL)\n"
        "targets.ResultsFile.save_checkpoint = save_and_be_killed\n"
        f"main({command!r}, sys.stdout, sys.stderr)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not Path("results.csv").exists()
    done = json.loads(Path("results.csv.part.json").read_text())["done"]
    assert 0 < done < 2500
    assert main([*command, "--resume"], io.StringIO(), io.StringIO()) == 1
    assert contents() == whole


def test_a_run_whose_worker_was_stopped_can_be_resumed(here, monkeypatch, undisturbed):
    class Stopped(ThreadsForProcesses):
        def submit(self, work, *block):
            future = super().submit(int)
            future.result()
            return future if not block else failed()

    def failed():
        future = Future()
        future.set_exception(BrokenProcessPool())
        return future

    designs, _, whole = undisturbed[""]
    Path("designs.csv").write_bytes(designs)
    monkeypatch.setattr(csv_reader, "BLOCK", 4_000)
    at_once(monkeypatch)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", Stopped)
    with pytest.raises(InputError) as refused:
        run(jobs=2)
    assert str(refused.value) == (
        "workers: One of them was stopped. Is there enough memory? Give fewer --jobs, and continue a batch with "
        "--resume."
    )
    assert not Path("results.csv").exists()
    run(resume=True)
    assert contents() == whole


def test_a_full_disk_keeps_what_is_written(here, monkeypatch, undisturbed):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    designs, _, whole = undisturbed[""]
    Path("designs.csv").write_bytes(designs)
    write, calls = targets.PartFile.write, []

    class Full(io.RawIOBase):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def until_full(self, data):
        calls.append(data)
        if len(calls) == 12:
            self.file = Full()
        return write(self, data)

    monkeypatch.setattr(targets.PartFile, "write", until_full)
    with pytest.raises(InputError, match="No space left on device"):
        run()
    assert not Path("results.csv").exists()
    monkeypatch.setattr(targets.PartFile, "write", write)
    run(resume=True)
    assert contents() == whole


def test_a_run_with_other_settings_is_not_resumed(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_text(text_of(2500), encoding="utf-8")
    with pytest.raises(Stop):
        run(progress=stopped_after(2))
    kept = contents()
    with pytest.raises(InputError, match=r"results\.csv\.part: was written with other columns"):
        run(resume=True, results=["summary_databases"])
    assert without_locks(contents()) == without_locks(kept)
    run()
    assert [name for name in contents() if "part" in name] == []


def test_resume_without_a_stopped_run_runs_whole(here):
    Path("designs.csv").write_text(text_of(50), encoding="utf-8")
    assert run(resume=True).rows == 50
    with pytest.raises(InputError, match="stdin: cannot be resumed"):
        run("-", resume=True)


def test_a_stopped_run_into_parquet_leaves_nothing_half(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_text(text_of(2500), encoding="utf-8")
    with pytest.raises(Stop):
        run(target="out.parquet", progress=stopped_after(2))
    assert not [name for name in contents() if name.startswith("out")]
    run(target="out.parquet", resume=True)
    assert pq.read_table("out.parquet").num_rows == 2500
