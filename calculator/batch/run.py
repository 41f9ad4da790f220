"""Designs from a file into another: bounded in memory, in order, no row lost, nothing half written.

Rows that cannot be used also go to an errors file as they were, to be mended and run again.  While a run
is under way its results stand beside their final name, with a note of how far they reach; a run that was
stopped goes on from there.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from calculator.batch import csv_reader
from calculator.batch.csv_reader import STANDARD, refused
from calculator.batch.header import read_header
from calculator.batch.sizer import WORDS, Sizer
from calculator.batch.sources import CsvSource, ParquetSource, opened
from calculator.batch.targets import ErrorsFile, Note, Target, Unfinished
from calculator.batch.worker import PARQUET, Sized, Worker
from calculator.engine.parallel import WorkerStopped, map_ordered
from calculator.inputs.profile import Profile, name_of
from calculator.issues import InputError, refuse

Progress = Callable[[int, float | None], None]
"""Called with the number of designs done, and the share of the source behind them where it is known."""


@dataclass(frozen=True)
class Tally:
    """How many rows came to which status."""

    rows: int
    by_status: dict[str, int]

    def __str__(self) -> str:
        words = [f"{count:,} {status}" for status, count in self.by_status.items() if count]
        return f"{self.rows:,} design{'' if self.rows == 1 else 's'}: {', '.join(words) or 'none'}"


def size_file(
    source: str,
    target: str,
    *,
    base: Profile,
    results: str | Iterable[str],
    errors: str | None = None,
    progress: Progress | None = None,
    stdout: IO[str] | None = None,
    jobs: int = 1,
    resume: bool = False,
) -> Tally:
    """Size the designs of a file into another.

    Parameters
    ----------
    source, target
        CSV files, compressed if they end in ``.gz``, or Parquet files (``.parquet``); ``-`` is standard
        input or output.
    errors
        CSV file of the rows that cannot be used.
    base
        What the columns do not give.
    results
        Names of rules or columns, ``headline`` or ``all``.
    progress
        Called with the number of rows done, and the share of the source behind them where it is known.
    stdout
        What ``-`` writes to.
    jobs
        Workers side by side, this process and others, where there is work for them; the results are the same
        bytes.  A script that asks for several has to keep its own work under ``if __name__ == "__main__"``.
    resume
        Go on with a run of the same files and settings that was stopped; one that was not is run whole.

    Returns
    -------
    Tally
        Rows by status.

    Raises
    ------
    InputError
        If a file cannot be read or written, or its header cannot be used; no file is written then.
    """
    where = "stdin" if source == STANDARD else name_of(source)
    _refuse_same(source, target, errors)
    _refuse_parquet(source, target)
    if resume:
        _refuse_resume(source, target, errors)
    with opened(source, where) as rows:
        sizer = Sizer(read_header(rows.names, f"{where} header", rows.dialect.decimal_comma), base, results)
        worker = Worker(sizer, rows.dialect, where, target, errors)
        return _Run(worker, rows, stdout or sys.stdout).whole(jobs, resume, _key(source, worker), progress)


def _key(source: str, worker: Worker) -> str:
    """What a run is known by: its source, its settings, what it writes."""
    about = os.stat(source) if source != STANDARD else None
    size = (about.st_size, about.st_mtime_ns) if about else ()
    sizer = worker.sizer
    given = sorted(sizer.base.given.items())
    parts = (csv_reader.ARROW, source, size, sizer.header.names, sizer.columns, given, worker.target, worker.errors)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


# --- a run ---------------------------------------------------------------------------------------


class _Run:
    """One run: blocks out to workers, their results written in order."""

    def __init__(self, worker: Worker, source: CsvSource | ParquetSource, stdout: IO[str]) -> None:
        self._worker, self._source = worker, source
        self._target = Target(worker, stdout)
        self._errors = ErrorsFile(worker, stdout) if worker.errors is not None else None

    def whole(self, jobs: int, resume: bool, key: str, progress: Progress | None) -> Tally:
        """Run from the beginning, or from where a run of that key was stopped."""
        note = (self._target.note(key) if resume else None) or Note(key)
        if note.done:
            self._source.skip(note.offset, note.line)
        try:
            self._target.open(note)
            if self._errors is not None:
                self._errors.open(note)
            for sized in map_ordered(self._worker, self._numbered(note.done), jobs, self._left(note)):
                self._take(sized, note)
                if progress is not None:
                    progress(note.done, self._source.share(sized.offset, note.done))
            with refused(self._target.name, "written", "Check the directory and its permissions."):
                self._target.finish()
                if self._errors is not None:
                    self._errors.finish()
        except (Unfinished, WorkerStopped):
            raise
        except InputError:
            self._drop()
            raise
        finally:
            self._target.close()
            if self._errors is not None:
                self._errors.close()
        return Tally(note.done, dict(zip(WORDS, note.counts, strict=True)))

    def _drop(self) -> None:
        self._target.drop()
        if self._errors is not None:
            self._errors.drop()

    def _take(self, sized: Sized, note: Note) -> None:
        """Write what a worker made, and note how far the run has come."""
        note.target += self._target.write(sized.results)
        if self._errors is not None:
            note.errors += self._errors.write(sized.errors)
        note.offset, note.line = sized.offset, sized.line
        note.done += sized.rows
        note.counts = [have + more for have, more in zip(note.counts, sized.counts, strict=True)]
        self._target.keep(note)

    def _left(self, note: Note) -> Callable[[int], float]:
        """Blocks that are left after so many: as many again where the source does not say what share they are."""

        def left(blocks: int) -> float:
            share = self._source.share(note.offset, note.done)
            return blocks * (1 / share - 1) if share else blocks

        return left

    def _numbered(self, done: int) -> Iterator[tuple[int, int, Any, int]]:
        """Blocks with the number of designs before each, which rows without an id are named by."""
        header = self._worker.sizer.header
        for offset, line, block in self._source:
            yield offset, line, block, done
            if header.id_place is None:
                done += self._source.rows_in(block, header)


# --- what is refused -----------------------------------------------------------------------------


def _refuse_same(source: str, target: str, errors: str | None) -> None:
    """Refuse to write a file over another of the same run."""
    files = [("designs", source), ("results", target), ("errors", errors)]
    named = [(use, path) for use, path in files if path is not None]
    for (use, path), (other, another) in itertools.combinations(named, 2):
        if path == another == STANDARD and use == "designs":
            continue
        if path == another or os.path.realpath(path) == os.path.realpath(another):
            name = "stdout" if another == STANDARD else name_of(another)
            refuse(name, f"is named for the {use} and for the {other}.", "Name two files.")


def _refuse_parquet(*paths: str) -> None:
    """Refuse Parquet where what reads it is not installed."""
    for path in paths:
        if path.endswith(PARQUET) and not csv_reader.ARROW:
            refuse(name_of(path), "needs pyarrow, which is not installed.", "Install it, or give a CSV file.")


def _refuse_resume(source: str, target: str, errors: str | None) -> None:
    """Refuse to go on where it cannot be told how far a run came."""
    if STANDARD in (source, target, errors):
        refuse("stdin" if source == STANDARD else "stdout", "cannot be gone on with.", "Name files for --resume.")
