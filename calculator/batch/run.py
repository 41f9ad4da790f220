"""Size a file of designs into another: bounded in memory, in order, with no row lost and no file half written.

Rows that cannot be used also go to an errors file as they were, so that they can be fixed and run again.  While
a run is under way, its results are in a part file, with a checkpoint that tells how far they reach; a run that
was stopped is resumed from there.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from calculator.batch.header import read_header
from calculator.batch.ids import RepeatedIds
from calculator.batch.sizer import WORDS, Sizer
from calculator.batch.sources import CsvSource, ParquetSource, open_designs
from calculator.batch.targets import CHECK_DIRECTORY, Checkpoint, ErrorsFile, ResultsFile, Unfinished
from calculator.batch.worker import SizedBlock, Worker
from calculator.engine.parallel import WorkerStopped, map_ordered
from calculator.engine.progress import Progress
from calculator.inputs.profile import Profile, name_of
from calculator.inputs.text_files import STANDARD, file_errors
from calculator.issues import NOTICE, InputError, Issues, refuse
from calculator.presentation.text import plural


@dataclass(frozen=True)
class RowCounts:
    """Number of designs sized, in all and by status, and of blank rows skipped.

    Attributes
    ----------
    issues
        What is doubtful about the file as a whole: ids that are repeated, mailboxes that no column gives.
    """

    rows: int
    by_status: dict[str, int]
    blank: int = 0
    issues: Issues = field(default_factory=Issues, compare=False)

    def __str__(self) -> str:
        parts = [f"{count:,} {status}" for status, count in self.by_status.items() if count]
        skipped = f"; {plural(f'{self.blank:,}', 'blank row')} skipped" if self.blank else ""
        return f"{plural(f'{self.rows:,}', 'design')}: {', '.join(parts) or 'none'}{skipped}"


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
) -> RowCounts:
    """Size the designs of a file into another.

    Parameters
    ----------
    source, target
        CSV files, compressed if they end in ``.gz``, or Parquet files (``.parquet``); ``-`` is standard
        input or output.
    errors
        CSV file for the rows that cannot be used.
    base
        Values of empty cells and of the inputs without a column.
    results
        Names of rules or columns, ``headline`` or ``all``.
    progress
        Called with the number of designs done, and the share of the source read where it is known.
    stdout
        Stream that ``-`` writes to.
    jobs
        Number of processes, this one included, where there is work for them; the results are the same bytes.  A
        script that asks for several has to keep its own work under ``if __name__ == "__main__"``.
    resume
        Resume a stopped run of the same files and settings; without one, the run begins from the start.

    Returns
    -------
    RowCounts
        Number of rows by status.

    Raises
    ------
    InputError
        If a file cannot be read or written, or its header cannot be used; no file is written then.
    """
    where = "stdin" if source == STANDARD else name_of(source)
    _refuse_same(source, target, errors)
    if resume:
        _refuse_resume(source, target, errors)
    with open_designs(source, where) as designs:
        header = read_header(designs.names, f"{where} header", designs.dialect.decimal_comma)
        sizer = Sizer(header, base, results, as_workbook=True)
        worker = Worker(sizer, designs.dialect, where, target, errors)
        return _Run(worker, designs, stdout or sys.stdout).run(jobs, resume, _key(source, worker), progress)


def _key(source: str, worker: Worker) -> str:
    """Return the key of a run: its source, its settings and the files it writes."""
    status = os.stat(source) if source != STANDARD else None
    version = (status.st_size, status.st_mtime_ns) if status else ()
    sizer = worker.sizer
    given = sorted(sizer.base.given.items())
    parts = (source, version, sizer.header.names, sizer.columns, given, worker.target, worker.errors)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class _Run:
    """One run: hand out blocks to workers and write their results in order."""

    def __init__(self, worker: Worker, source: CsvSource | ParquetSource, stdout: IO[str]) -> None:
        self._worker, self._source = worker, source
        self._results = ResultsFile(worker, stdout)
        self._errors = ErrorsFile(worker, stdout) if worker.errors is not None else None
        self._ids = RepeatedIds()
        self._files: list[ResultsFile | ErrorsFile] = [self._results]
        if self._errors is not None:
            self._files.append(self._errors)

    def run(self, jobs: int, resume: bool, key: str, progress: Progress | None) -> RowCounts:
        """Run from the start, or from the checkpoint of a stopped run with that key."""
        checkpoint = (self._results.load_checkpoint(key) if resume else None) or Checkpoint(key)
        resumed_after = checkpoint.done
        if checkpoint.done:
            self._source.skip(checkpoint.offset, checkpoint.line)
        try:
            for file in self._files:
                file.open(checkpoint)
            blocks = map_ordered(self._worker, self._numbered(checkpoint.done), jobs, self._remaining(checkpoint))
            for block in blocks:
                self._write(block, checkpoint)
                if progress is not None:
                    progress(checkpoint.done, self._source.share(block.offset, checkpoint.done))
            with file_errors(self._results.name, "written", CHECK_DIRECTORY):
                for file in self._files:
                    file.finish()
        except (Unfinished, WorkerStopped):
            raise
        except InputError:
            for file in self._files:
                file.discard()
            raise
        finally:
            for file in self._files:
                file.close()
        counts = dict(zip(WORDS, checkpoint.counts, strict=True))
        return RowCounts(checkpoint.done, counts, checkpoint.blank, self._issues(resumed_after))

    def _issues(self, resumed_after: int) -> Issues:
        """Return what is doubtful about the file as a whole."""
        issues, where = Issues(), self._worker.where
        self._ids.report(where, resumed_after, issues)
        sizer = self._worker.sizer
        if not sizer.mailbox_places and sizer.base_mailboxes:
            message = f"No column gives mailboxes: every design has {sizer.base_mailboxes}."
            issues.add(NOTICE, where, "tiers.1.mailboxes", message, "Add a column if the designs differ in them.")
        return issues

    def _write(self, block: SizedBlock, checkpoint: Checkpoint) -> None:
        """Write the results of a block and move the checkpoint."""
        checkpoint.target += self._results.write(block.results)
        if self._errors is not None:
            checkpoint.errors += self._errors.write(block.errors)
        checkpoint.offset, checkpoint.line = block.offset, block.line
        checkpoint.done += block.rows
        checkpoint.blank += block.blank
        for ids in block.ids:
            self._ids.add(ids.to_pylist())
        checkpoint.counts = [sum(pair) for pair in zip(checkpoint.counts, block.counts, strict=True)]
        self._results.save_checkpoint(checkpoint)

    def _remaining(self, checkpoint: Checkpoint) -> Callable[[int], float]:
        """Return an estimate of the blocks that remain: as many as are done where the source gives no share."""

        def remaining(blocks: int) -> float:
            share = self._source.share(checkpoint.offset, checkpoint.done)
            return blocks * (1 / share - 1) if share else blocks

        return remaining

    def _numbered(self, done: int) -> Iterator[tuple[int, int, Any, int]]:
        """Yield blocks with the number of designs before each, which names the rows without an id."""
        header = self._worker.sizer.header
        for offset, line, block in self._source:
            yield offset, line, block, done
            if header.id_place is None:
                done += self._source.count_rows(block)


def _refuse_same(source: str, target: str, errors: str | None) -> None:
    """Refuse to write a file over another file of the same run."""
    files = [("designs", source), ("results", target), ("errors", errors)]
    named = [(use, path) for use, path in files if path is not None]
    for (use, path), (other_use, other_path) in itertools.combinations(named, 2):
        if path == other_path == STANDARD and use == "designs":
            continue
        if path == other_path or os.path.realpath(path) == os.path.realpath(other_path):
            name = "stdout" if other_path == STANDARD else name_of(other_path)
            refuse(name, f"is named for the {use} and for the {other_use}.", "Name two files.")


def _refuse_resume(source: str, target: str, errors: str | None) -> None:
    """Refuse to resume a run over a standard stream, which has no checkpoint."""
    if STANDARD in (source, target, errors):
        refuse("stdin" if source == STANDARD else "stdout", "cannot be gone on with.", "Name files for --resume.")
