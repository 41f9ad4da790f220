"""Size a file of designs and write the results to another file, in order and in bounded memory, without losing rows.

Rows that cannot be used are also copied unchanged to an errors file, so that they can be fixed and run again.  During a
run, the results are in a part file, and a checkpoint says how far they reach; a stopped run resumes from the
checkpoint.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from calculator.batch.header import base_issues, read_header, report_unknown
from calculator.batch.ids import RepeatedIds
from calculator.batch.part_file import Unfinished
from calculator.batch.reasons import Reasons, add_reasons, describe_reasons
from calculator.batch.sizer import WORDS, Sizer
from calculator.batch.sources import CsvSource, ParquetSource, open_designs
from calculator.batch.targets import Checkpoint, ErrorsFile, ResultsFile, RunKey
from calculator.batch.worker import SizedBlock, Worker, check_kinds
from calculator.engine.parallel import map_ordered
from calculator.engine.progress import Progress
from calculator.engine.run import CHUNK
from calculator.engine.versions import PACKAGE_VERSION, RESULTS_VERSION
from calculator.inputs.profile import Profile, name_of
from calculator.inputs.text_files import STANDARD
from calculator.issues import NOTICE, InputError, Issues, WorkerStopped, refuse
from calculator.presentation.text import plural

TEXT_OF_ROW, TEXT_OF_NUMBER = 2000, 10
"""Bytes that are enough for the issues of most rows, and for a figure."""


@dataclass(frozen=True)
class RowCounts:
    """Number of designs sized, in total and by status, and number of blank rows skipped.

    Attributes
    ----------
    issues
        Issues about the whole file: columns that are not inputs, repeated ids, mailboxes that no column gives, the
        encoding.
    reasons
        How often there is an error or a warning.
    """

    rows: int
    by_status: dict[str, int]
    blank: int = 0
    issues: Issues = field(default_factory=Issues, compare=False)
    reasons: Reasons = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        parts = [f"{count:,} {status}" for status, count in self.by_status.items() if count]
        skipped = f"; {plural(f'{self.blank:,}', 'blank row')} skipped" if self.blank else ""
        return f"{plural(f'{self.rows:,}', 'design')}: {', '.join(parts) or 'none'}{skipped}"

    def summary(self) -> str:
        """Return the counts, and lines about the most frequent reasons."""
        return "\n".join([str(self), *describe_reasons(self.reasons)])


def size_file(
    source: str,
    target: str,
    *,
    base: Profile,
    profile: str | None = None,
    results: str | Iterable[str],
    errors: str | None = None,
    progress: Progress | None = None,
    stdout: IO[str] | None = None,
    jobs: int = 1,
    resume: bool = False,
    strict: bool = False,
    with_inputs: bool = False,
    excel: bool = False,
    warn: Callable[[Issues], None] | None = None,
) -> RowCounts:
    """Size the designs of a file and write the results to another file.

    Parameters
    ----------
    source, target
        CSV files, compressed if they end in ``.gz``, or Parquet files (``.parquet``); ``-`` is standard
        input or output.  The target may be a workbook (``.xlsx``) too.
    errors
        CSV file for the rows that cannot be used.
    base
        Values of empty cells and of the inputs without a column.
    profile
        File that the base profile was read from, which must not be overwritten.
    results
        Names of rules or columns, ``headline`` or ``all``.
    progress
        Called with the number of designs done, and the share of the source read where it is known.
    stdout
        Stream that ``-`` writes to.
    jobs
        Largest number of processes, including this one; it does not change the results.  A script that asks for several
        processes must keep its own code under ``if __name__ == "__main__"``.
    resume
        Resume a stopped run of the same files and settings; if there is none, begin from the start.
    strict
        Refuse columns that are not inputs; by default they pass through to the results.
    with_inputs
        Pass the columns of inputs through to the results too.
    excel
        Write CSV as Excel reads it: with a byte order mark, and with the separator and the decimal sign of the source.
    warn
        Called before the run with the issues of the base profile.

    Returns
    -------
    RowCounts
        Number of rows by status.

    Raises
    ------
    InputError
        If a file cannot be read or written, another run writes it, or its header cannot be used. Then no file is
        written.
    """
    where = "stdin" if source == STANDARD else name_of(source)
    stdout = stdout or sys.stdout
    if resume:
        _refuse_resume(source, target, errors)
    check_kinds(target, errors, excel)
    issues = Issues()
    with open_designs(source, where, issues) as designs:
        header = read_header(designs.names, f"{where} header", designs.dialect.decimal_comma, strict=strict)
        sizer = Sizer(header, base, results, as_workbook=True, with_inputs=with_inputs)
        report_unknown(header, sizer.replaced, f"{where} header", issues)
        worker = Worker(sizer, designs.dialect, where, target, errors, excel)
        run = _Run(worker, designs, stdout, issues)
        _refuse_same(source, target, errors, profile, run.paths(), stdout)
        if warn is not None:
            warn(base_issues(base, header))
        return run.run(jobs, resume, _key(source, worker), progress)


def _key(source: str, worker: Worker) -> RunKey:
    """Return the key of a run, made from the program, the source, the settings and the files to write."""
    status = os.stat(source) if source != STANDARD else None
    state = f"{status.st_size} bytes, changed {status.st_mtime_ns}" if status else ""
    sizer = worker.sizer
    files = [path if path in (STANDARD, None) else os.path.realpath(path) for path in (worker.target, worker.errors)]
    settings = (
        sizer.header.names,
        sizer.texts,
        sizer.columns,
        worker.excel,
        sorted(sizer.base.given.items()),
        sizer.base_mailboxes,
        files,
    )
    digest = hashlib.sha256(repr(settings).encode(errors="replace")).hexdigest()
    program = f"exchange-calculator {PACKAGE_VERSION} (results version {RESULTS_VERSION})"
    return RunKey(program, os.path.realpath(source), state, digest)


class _Run:
    """One run, which passes blocks to workers and writes their results in order."""

    def __init__(self, worker: Worker, source: CsvSource | ParquetSource, stdout: IO[str], issues: Issues) -> None:
        self._worker, self._source, self._issues = worker, source, issues
        self._results = ResultsFile(worker, stdout)
        self._errors = ErrorsFile(worker, stdout) if worker.errors is not None else None
        self._ids = RepeatedIds()
        # The errors file comes first, so that results never have their name while their errors have none.
        self._files: list[ResultsFile | ErrorsFile] = [self._results]
        if self._errors is not None:
            self._files.insert(0, self._errors)

    def paths(self) -> dict[str, list[str]]:
        """Return the paths of all files that the run writes to until it is complete."""
        paths = {"unfinished results": self._results.paths()}
        if self._errors is not None:
            paths["unfinished errors"] = self._errors.paths()
        return paths

    def run(self, jobs: int, resume: bool, key: RunKey, progress: Progress | None) -> RowCounts:
        """Run from the start, or from the checkpoint of a stopped run with that key."""
        resumed_after = 0
        try:
            for file in self._files:
                file.claim()
            checkpoint = self._checkpoint(resume, key)
            resumed_after = checkpoint.done
            for file in self._files:
                file.begin(checkpoint)
            if not checkpoint.complete:
                self._size(checkpoint, jobs, progress)
            for file in self._files:
                file.take_name()
        except (Unfinished, WorkerStopped):
            raise
        except InputError:
            if not resumed_after:
                for file in self._files:
                    file.discard()
            raise
        finally:
            for file in self._files:
                file.close()
        counts = dict(zip(WORDS, checkpoint.counts, strict=True))
        self._report(resumed_after)
        return RowCounts(checkpoint.done, counts, checkpoint.blank, self._issues, checkpoint.reasons)

    def _checkpoint(self, resume: bool, key: RunKey) -> Checkpoint:
        """Return the checkpoint of a stopped run that can be continued, or of one that begins."""
        checkpoint = self._results.load_checkpoint(key, self._worker.where) if resume else None
        if checkpoint is None:
            return Checkpoint(key)
        if self._errors is not None:
            self._errors.check(checkpoint)
        if not checkpoint.complete:
            self._source.skip(checkpoint.offset, checkpoint.line)
        return checkpoint

    def _size(self, checkpoint: Checkpoint, jobs: int, progress: Progress | None) -> None:
        """Size the designs after a checkpoint, and write everything to the disk."""
        blocks = map_ordered(
            self._worker,
            self._numbered(checkpoint.done),
            jobs,
            self._remaining(checkpoint),
            expected=self._source.seconds_left(checkpoint.offset, checkpoint.done),
            room=CHUNK * (TEXT_OF_ROW + TEXT_OF_NUMBER * len(self._worker.sizer.columns)),
        )
        for block in blocks:
            self._write(block, checkpoint)
            if progress is not None:
                progress(checkpoint.done, self._source.share(block.offset, checkpoint.done))
        for file in self._files:
            file.complete()
        checkpoint.complete = True
        self._results.save_checkpoint(checkpoint)

    def _report(self, resumed_after: int) -> None:
        """Add the issues about the whole file that reading the rows has shown."""
        issues, where = self._issues, self._worker.where
        self._ids.report(where, resumed_after, issues)
        sizer = self._worker.sizer
        if not sizer.mailbox_places and sizer.base_mailboxes:
            message = f"No column gives mailboxes: every design has {sizer.base_mailboxes}."
            issues.add(NOTICE, where, "tiers.1.mailboxes", message, "Add a column if the designs differ in them.")

    def _write(self, block: SizedBlock, checkpoint: Checkpoint) -> None:
        """Write the results of a block and advance the checkpoint."""
        self._results.write(block.results)
        checkpoint.target, checkpoint.target_check = self._results.part.size, self._results.part.check
        if self._errors is not None:
            self._errors.write(block.errors)
            checkpoint.errors, checkpoint.errors_check = self._errors.part.size, self._errors.part.check
        checkpoint.offset, checkpoint.line = block.offset, block.line
        checkpoint.done += block.rows
        checkpoint.blank += block.blank
        add_reasons(checkpoint.reasons, block.reasons)
        for ids in block.ids:
            self._ids.add(ids.to_pylist())
        checkpoint.counts = [sum(pair) for pair in zip(checkpoint.counts, block.counts, strict=True)]
        self._results.save_checkpoint(checkpoint)

    def _remaining(self, checkpoint: Checkpoint) -> Callable[[int], float]:
        """Return an estimate of the number of remaining blocks: as many as are done if the source gives no share."""
        begun = self._source.share(checkpoint.offset, checkpoint.done) or 0.0

        def remaining(blocks: int) -> float:
            share = self._source.share(checkpoint.offset, checkpoint.done) or 0.0
            return blocks * (1 - share) / (share - begun) if share > begun else blocks

        return remaining

    def _numbered(self, done: int) -> Iterator[tuple[int, int, Any, int]]:
        """Yield blocks with the number of designs before each, which names the rows without an id."""
        header = self._worker.sizer.header
        for offset, line, block in self._source:
            yield offset, line, block, done
            if header.id_place is None:
                done += self._worker.parse(block).count


def _refuse_same(
    source: str, target: str, errors: str | None, profile: str | None, parts: dict[str, list[str]], stdout: IO[str]
) -> None:
    """Raise InputError if a file would be written over another file of the same run, even under another name."""
    written = [("results", target), *([("errors", errors)] if errors is not None else [])]
    read = [("designs", source), *([("base profile", profile)] if profile is not None else [])]
    unfinished = [(use, path) for use, paths in parts.items() for path in paths]
    seen: dict[object, str] = {}
    for use, path in (*read, *written, *unfinished):
        stream = (sys.stdin if (use, path) in read else stdout) if path == STANDARD else None
        file = _identity(path, stream)
        if file in seen and seen[file] != use and not {use, seen[file]} <= {"designs", "base profile"}:
            name = "stdout" if path == STANDARD else name_of(path)
            refuse(name, f"is used for both the {seen[file]} and the {use}.", "Name two files.")
        seen[file] = use


def _identity(path: str, stream: IO[str] | None) -> object:
    """Return a key that is equal for two paths of the same file, even if one is a link to the other."""
    try:
        status = os.stat(path) if stream is None else os.fstat(stream.fileno())
    except (OSError, ValueError):  # the file does not exist, or the stream is not a file
        return os.path.normcase(os.path.realpath(path)) if stream is None else stream
    if stream is not None and not stat.S_ISREG(status.st_mode):
        return stream
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.normcase(os.path.realpath(path))


def _refuse_resume(source: str, target: str, errors: str | None) -> None:
    """Raise InputError for resuming a run that uses a standard stream, which has no checkpoint."""
    if STANDARD in (source, target, errors):
        refuse("stdin" if source == STANDARD else "stdout", "cannot be resumed.", "Give file names to use --resume.")
