"""One run at a time writes a file, and no run writes over a file that is not its own."""

import contextlib
import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.batch_files import ERRORS, HEADER, run
from support.system import needs_kill, needs_links, needs_named_pipes

from calculator import InputError
from calculator.batch import csv_reader
from calculator.batch.locks import Lock
from calculator.batch.run import size_file
from calculator.cli.main import main
from calculator.inputs.profile import Profile

ROWS = HEADER + "a,1000\nb,-1\n"
HOLDER = r"process \d+ on \S+ since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
WAIT = "Wait for it, or name another file."


@contextlib.contextmanager
def held(path):
    """A lock that another run holds."""
    lock = Lock(f"{path}.part.lock", path)
    lock.acquire()
    try:
        yield
    finally:
        lock.release(delete=True)


@pytest.mark.parametrize("path", ["results.csv", "errors.csv"])
def test_a_file_that_another_run_writes_is_refused_with_who_writes_it(here, path):
    Path("designs.csv").write_text(ROWS)
    with held(path):
        with pytest.raises(InputError) as found:
            size_file("designs.csv", "results.csv", base=Profile(), results="summary_databases", errors="errors.csv")
        assert re.fullmatch(f"{re.escape(path)}: is being written by another run: {HOLDER}\\. {WAIT}", str(found.value))
        assert f"process {os.getpid()} on" in str(found.value)
        assert sorted(os.listdir()) == ["designs.csv", f"{path}.part.lock"]
    assert run(ROWS, *ERRORS)[0] == 1


def test_a_lock_file_without_a_holder_is_acquired(here):
    Path("results.csv.part.lock").write_text("exchange-calculator: process 1 on elsewhere since 2013-01-01 00:00:00\n")
    Path("results.csv.part").write_text("half a line of a run that was kil")
    assert run(ROWS)[0] == 1
    assert (here / "results.csv").read_text().startswith("id,status")


def main_in_process(argv):
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue()


@needs_kill
@pytest.mark.slow
def test_of_two_runs_to_one_file_one_is_refused(here):
    Path("designs.csv").write_text(ROWS)
    command = [sys.executable, "-m", "calculator", "batch", "-", "-o", "results.csv", "--results", "summary_databases"]
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    first.stdin.write(HEADER.encode() + b"a,1000\n" * (csv_reader.BLOCK // 5))  # the first waits for more
    first.stdin.flush()
    while not Path("results.csv.part").exists():
        time.sleep(0.01)
    code, _, err = main_in_process(["batch", "designs.csv", "-o", "results.csv"])
    assert code == 2
    assert re.fullmatch(f"results\\.csv: is being written by another run: {HOLDER}\\. {WAIT}\\n", err)
    assert f"process {first.pid} on" in err
    _, said = first.communicate()
    assert first.returncode == 0, said
    assert Path("results.csv").read_bytes().count(b"\n") == csv_reader.BLOCK // 5 + 1
    assert sorted(os.listdir()) == ["designs.csv", "results.csv"]


@needs_kill
@pytest.mark.slow
def test_a_killed_run_does_not_block_later_runs(here):
    program = (
        "import os, signal\n"
        "from calculator.batch.locks import Lock\n"
        "Lock('results.csv.part.lock', 'results.csv').acquire()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert Path("results.csv.part.lock").read_text().startswith("exchange-calculator: process ")
    assert run(ROWS)[0] == 1


# --- files of others -----------------------------------------------------------------------------

MOVE = "Move or delete it, because results.csv is written there first."


def test_a_part_of_another_program_is_refused(here):
    Path("designs.csv").write_text(ROWS)
    Path("results.csv.part").write_text("a download")
    with pytest.raises(InputError) as found:
        size_file("designs.csv", "results.csv", base=Profile(), results="summary_databases")
    assert str(found.value) == f"results.csv.part: was not written by a run of this program. {MOVE}"
    assert Path("results.csv.part").read_text() == "a download"
    assert sorted(os.listdir()) == ["designs.csv", "results.csv.part"]


@needs_links
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(
    ("link", "problem"), [(os.symlink, "is a link."), (os.link, "is not a regular file with a single name.")]
)
def test_a_part_that_is_a_link_is_refused(here, link, problem, resume):
    Path("designs.csv").write_text(ROWS)
    Path("precious").write_text("precious")
    link("precious", "results.csv.part")
    with pytest.raises(InputError) as found:
        size_file("designs.csv", "results.csv", base=Profile(), results="summary_databases", resume=resume)
    assert str(found.value) == f"results.csv.part: {problem} {MOVE}"
    assert Path("precious").read_text() == "precious"


def test_a_lock_file_of_another_program_is_refused(here):
    Path("designs.csv").write_text(ROWS)
    Path("results.csv.part.lock").write_text("precious")
    with pytest.raises(InputError) as found:
        size_file("designs.csv", "results.csv", base=Profile(), results="summary_databases")
    assert str(found.value) == "results.csv.part.lock: was not written by this program. Move or delete it."
    assert Path("results.csv.part.lock").read_text() == "precious"


# --- four different files ------------------------------------------------------------------------


@needs_links
def test_files_of_several_names_are_one_file(here):
    Path("designs.csv").write_text(ROWS)
    os.link("designs.csv", "same.csv")
    code, _, err = run(None, target="same.csv")
    assert (code, err) == (2, "same.csv: is used for both the designs and the results. Name two files.\n")
    assert Path("designs.csv").read_text() == ROWS


def test_the_base_profile_is_not_written_over(here):
    Path("base.csv").write_text("[[tiers]]\nmailboxes = 5\n")
    code, _, err = run(ROWS, "--profile", "base.csv", target="base.csv")
    assert (code, err) == (2, "base.csv: is used for both the base profile and the results. Name two files.\n")
    assert Path("base.csv").read_text() == "[[tiers]]\nmailboxes = 5\n"


@pytest.mark.parametrize(
    ("source", "errors", "uses"),
    [
        ("results.csv.part", "errors.csv", "designs and the unfinished results"),
        ("errors.csv.part", "errors.csv", "designs and the unfinished errors"),
        ("results.csv.part.json", "errors.csv", "designs and the unfinished results"),
        ("designs.csv", "results.csv.part", "errors and the unfinished results"),
    ],
)
def test_no_file_of_a_run_lies_where_another_is_written_first(here, source, errors, uses):
    Path(source).write_text(ROWS)
    with pytest.raises(InputError) as found:
        size_file(source, "results.csv", base=Profile(), results="summary_databases", errors=errors)
    shared = source if source != "designs.csv" else errors
    assert str(found.value) == f"{shared}: is used for both the {uses}. Name two files."
    assert Path(source).read_text() == ROWS


@needs_named_pipes
def test_a_lock_file_that_is_a_pipe_is_refused(here):
    Path("designs.csv").write_text(ROWS)
    os.mkfifo("results.csv.part.lock")
    with pytest.raises(InputError, match=r"results\.csv\.part\.lock: was not written by this program\."):
        size_file("designs.csv", "results.csv", base=Profile(), results="summary_databases")
