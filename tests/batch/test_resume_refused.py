"""A stopped run that cannot be continued stays as it is, and the message says why."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from support.batch_runs import contents, run, text_of

import calculator
from calculator import InputError
from calculator.batch import csv_reader, locks, part_file, targets
from calculator.batch import run as batch_run
from calculator.inputs.profile import Profile
from calculator.issues import refuse

pytestmark = pytest.mark.slow
AGAIN = "Run without --resume to begin from the start."
OR_AGAIN = "or run without --resume to begin from the start."


class Stop(BaseException):
    """What Ctrl-C does."""


def left():
    """Everything that a run has left, but for the content of locks, which name the process that held them last."""
    return {name: "" if name.endswith(".lock") else data for name, data in contents().items()}


@pytest.fixture
def stopped(here, monkeypatch):
    """A run that was stopped after some rows that cannot be used."""
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    monkeypatch.setattr(targets, "SECONDS_BETWEEN_CHECKPOINTS", 0)
    Path("designs.csv").write_text(text_of(2500), encoding="utf-8")
    run()
    whole = contents()
    for name in whole:
        Path(name).unlink()
    seen = []

    def progress(done, share):
        seen.append(done)
        if len(seen) == 3:
            raise Stop

    with pytest.raises(Stop):
        run(progress=progress)
    note = json.loads(Path("results.csv.part.json").read_text())
    assert note["errors"] > 100
    return whole


def refused(**more):
    """Message of a run that is not resumed and changes nothing."""
    before = left()
    with pytest.raises(InputError) as found:
        run(resume=True, **more)
    assert left() == before
    return str(found.value)


def spoil(path):
    """Replace the middle of a file by NUL bytes, as a disk that lost power does."""
    data = Path(path).read_bytes()
    Path(path).write_bytes(data[:200] + bytes(100) + data[300:])


def test_the_run_is_resumed_where_nothing_has_changed(stopped):
    run(resume=True)
    assert contents() == stopped


@pytest.mark.parametrize("path", ["results.csv.part", "errors.csv.part"])
def test_a_part_that_is_missing(stopped, path):
    os.rename(path, "kept")
    assert refused() == f"{path}: is missing, so the run cannot be resumed. {AGAIN}"
    os.rename("kept", path)
    run(resume=True)
    assert contents() == stopped


@pytest.mark.parametrize("path", ["results.csv.part", "errors.csv.part"])
def test_a_part_that_is_shorter(stopped, path):
    written = json.loads(Path("results.csv.part.json").read_text())["target" if "results" in path else "errors"]
    os.truncate(path, written - 1)
    said = f"{path}: has {written - 1:,} bytes, and the stopped run had written {written:,}. {AGAIN}"
    assert refused() == said


@pytest.mark.parametrize("path", ["results.csv.part", "errors.csv.part"])
def test_a_part_that_has_changed(stopped, path):
    spoil(path)
    assert refused() == f"{path}: has changed since the run was stopped. {AGAIN}"


def test_a_source_that_was_touched(stopped):
    os.utime("designs.csv", ns=(0, 0))
    assert refused() == f"designs.csv: has changed since the run was stopped. {AGAIN}"


def test_another_source(stopped):
    shutil.copy("designs.csv", "designs2.csv")
    before = os.path.realpath("designs.csv")
    said = refused(source="designs2.csv")
    if len(before) < 80:
        assert said == f"results.csv.part: was written from {before}. Name that file, {OR_AGAIN}"
    assert said.startswith("results.csv.part: was written from ")


@pytest.mark.parametrize(
    "settings",
    [
        {"results": ["summary_databases"]},
        {"base": Profile({"tiers.1.mailbox_size_limit": 1024.0})},
        {"errors": None},
        {"errors": "errors2.csv"},
    ],
)
def test_other_settings(stopped, settings):
    assert refused(**settings) == (
        "results.csv.part: was written with other columns, another base profile or another errors file. Use the "
        f"same ones again, {OR_AGAIN}"
    )


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("PACKAGE_VERSION", "exchange-calculator 9.9 (results version 3)"),
        ("RESULTS_VERSION", f"exchange-calculator {calculator.__version__} (results version 9.9)"),
    ],
)
def test_another_version(stopped, monkeypatch, name, now):
    then = json.loads(Path("results.csv.part.json").read_text())["key"]["program"]
    monkeypatch.setattr(batch_run, name, "9.9")
    assert refused() == (
        f"results.csv.part: was written by {then}, but this is {now}. Resume it with that version, {OR_AGAIN}"
    )


@pytest.mark.parametrize("note", [b"", b"{", b"[1]", b"{}", b'{"run": "abc", "done": 5}', b"\xff", b"[" * 100_000])
def test_a_note_that_is_damaged(stopped, note):
    Path("results.csv.part.json").write_bytes(note)
    assert refused() == (
        f"results.csv.part.json: is damaged, or was written by another version of the program. {AGAIN}"
    )


def test_a_note_that_is_missing(stopped):
    os.unlink("results.csv.part.json")
    assert refused() == f"results.csv.part: has no results.csv.part.json to resume it. {AGAIN}"
    run()
    assert contents() == stopped


# --- full disks and names that cannot be given ---------------------------------------------------


def test_a_run_continues_without_room_for_the_checkpoint(here, monkeypatch, stopped):
    replace, notes = os.replace, []

    def full(old, new):
        if str(new).endswith(".part.json"):
            notes.append(new)
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(old, new)

    monkeypatch.setattr(os, "replace", full)
    run(resume=True)
    assert len(notes) > 2
    assert contents() == stopped


@pytest.mark.parametrize("path", ["results.csv", "errors.csv"])
@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_last_step_loses_no_results(stopped, monkeypatch, path, failing):
    call = getattr(os, failing)

    def fails(*arguments):
        if failing == "replace" and str(arguments[0]) == os.path.realpath(f"{path}.part"):
            raise PermissionError(errno.EACCES, "Permission denied")
        if failing == "fsync" and os.path.samestat(os.fstat(arguments[0]), os.stat(f"{path}.part")):
            raise OSError(errno.ENOSPC, "No space left on device")
        call(*arguments)

    monkeypatch.setattr(os, failing, fails)
    with pytest.raises(InputError) as found:
        run(resume=True)
    assert str(found.value) == (
        f"{path}: cannot be written: No space left on device. Free disk space, and continue with --resume."
        if failing == "fsync"
        else f"{path}: cannot be written: Permission denied. Check the directory and its permissions, and continue "
        "with --resume."
    )
    assert not Path("results.csv").exists()
    monkeypatch.setattr(os, failing, call)
    run(resume=True)
    assert contents() == stopped


def test_a_run_that_was_killed_between_its_two_names_is_finished(stopped, monkeypatch):
    delete = targets.ResultsFile._delete_checkpoint

    def killed(file):
        raise Stop

    monkeypatch.setattr(targets.ResultsFile, "_delete_checkpoint", killed)
    with pytest.raises(Stop):
        run(resume=True)
    monkeypatch.setattr(targets.ResultsFile, "_delete_checkpoint", delete)
    assert Path("results.csv").exists()
    assert run(resume=True).rows == 2500
    assert contents() == stopped


def test_the_errors_have_their_name_before_the_results(stopped, monkeypatch):
    named = []
    take_name = part_file.PartFile.take_name
    monkeypatch.setattr(part_file.PartFile, "take_name", lambda file: (named.append(file.name), take_name(file)))
    run(resume=True)
    assert named == ["errors.csv", "results.csv"]


def test_a_resumed_run_that_fails_keeps_what_it_resumed(stopped, monkeypatch):
    def fails(self, block, checkpoint):
        refuse("designs.csv", "is damaged.", "")

    write = batch_run._Run._write
    monkeypatch.setattr(batch_run._Run, "_write", fails)
    with pytest.raises(InputError, match="is damaged"):
        run(resume=True)
    monkeypatch.setattr(batch_run._Run, "_write", write)
    run(resume=True)
    assert contents() == stopped


@pytest.mark.parametrize("name", ["results.csv.part.json.new", "results.csv.part", "errors.csv.part"])
def test_a_disk_that_is_full_from_the_beginning_leaves_nothing(here, monkeypatch, name):
    Path("designs.csv").write_text(text_of(10), encoding="utf-8")
    opened = open

    def full(path, *arguments, **more):
        if os.path.basename(path) == name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, *arguments, **more)

    monkeypatch.setattr("builtins.open", full)
    with pytest.raises(InputError) as found:
        run()
    monkeypatch.undo()
    file = name.partition(".part")[0]
    assert str(found.value) == (
        f"{file}: cannot be written: No space left on device. Free disk space, and run it again."
    )
    assert sorted(os.listdir(here)) == ["designs.csv"]


def test_a_disk_without_room_for_a_lock_file_leaves_nothing(here, monkeypatch):
    Path("designs.csv").write_text(text_of(10), encoding="utf-8")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(locks, "_write_holder", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        run()
    assert sorted(os.listdir(here)) == ["designs.csv"]
