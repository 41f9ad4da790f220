"""Designs from a file into another: bounded in memory, in order, no row lost, nothing half written.

Rows that cannot be used also go to an errors file as they were, to be mended and run again.  While a run
is under way its results stand beside their final name, with a note of how far they reach; a run that was
stopped goes on from there.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from calculator import batch_csv
from calculator.batch import Header, read_header
from calculator.batch_csv import STANDARD, Blocks, Dialect, Rows
from calculator.batch_rows import WORDS, Sizer
from calculator.engine import CHUNK
from calculator.issues import InputError, Issues, refuse, short
from calculator.printing import harmless
from calculator.scenario import Profile, name_of

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int, float | None], None]
"""Called with the number of designs done, and the share of the source behind them where it is known."""
ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
PARQUET = ".parquet"
ROW_GROUP = 65_536
"""Rows of a group of a Parquet file."""
HINT = "Give a CSV file in UTF-8."


@dataclass(frozen=True)
class Tally:
    """How many rows came to which status."""

    rows: int
    by_status: dict[str, int]

    def __str__(self) -> str:
        words = [f"{count:,} {status}" for status, count in self.by_status.items() if count]
        return f"{self.rows:,} design{'' if self.rows == 1 else 's'}: {', '.join(words) or 'none'}"


@dataclass(frozen=True)
class Sized:
    """What a worker made of some rows.

    Attributes
    ----------
    offset, line
        Bytes and lines of the source behind them.
    rows
        How many.
    results
        CSV as the target holds it, or record batches.
    errors
        Rows that cannot be used, as the errors file holds them.
    counts
        Rows by code of their status.
    """

    offset: int
    line: int
    rows: int
    results: bytes | list[pa.RecordBatch]
    errors: bytes
    counts: list[int]


class _CannotWrite(InputError):
    """The results could not be written on: there is no room, say."""


@dataclass
class Note:
    """How far a run has come: what is needed to go on with it."""

    run: str
    offset: int = 0
    line: int = 0
    done: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * len(WORDS))
    target: int = 0
    errors: int = 0


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
        Workers side by side, each a process where there is more than one block; the results are the same
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
    with _opened(source, where) as rows:
        sizer = Sizer(read_header(rows.names, f"{where} header", rows.dialect.decimal_comma), base, results)
        worker = Worker(sizer, rows.dialect, where, target, errors)
        return _Run(worker, rows, stdout or sys.stdout).whole(jobs, resume, _key(source, worker), progress)


def _key(source: str, worker: Worker) -> str:
    """What a run is known by: its source, its settings, what it writes."""
    about = os.stat(source) if source != STANDARD else None
    size = (about.st_size, about.st_mtime_ns) if about else ()
    sizer = worker.sizer
    given = sorted(sizer.base.given.items())
    parts = (batch_csv.ARROW, source, size, sizer.header.names, sizer.columns, given, worker.target, worker.errors)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


# --- sources -------------------------------------------------------------------------------------


class _CsvSource:
    """Blocks of a CSV file and what a worker makes of one."""

    def __init__(self, blocks: Blocks, where: str, size: int) -> None:
        self.blocks, self.where, self._size = blocks, where, size
        self.names, self.dialect = blocks.names, blocks.dialect

    def skip(self, note: Note) -> None:
        self.blocks.skip(note.offset, note.line)

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        for line, data in self.blocks:
            yield self.blocks.offset, self.blocks.line, (line, data)

    def share(self, offset: int, done: int) -> float | None:
        """Share of the file behind so many bytes; not known of a stream or a compressed file."""
        return offset / self._size if self._size else None

    def rows_in(self, block: tuple[int, bytes], header: Header) -> int:
        """Number of rows of a block."""
        line, data = block
        return batch_csv.count(data, line, header, self.dialect, self.where)


class _ParquetSource:
    """Batches of a Parquet file."""

    def __init__(self, path: str) -> None:
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(path)
        self.names = [str(name) for name in self._file.schema_arrow.names]
        self.dialect = Dialect()

    def skip(self, note: Note) -> None:
        """Nothing to skip: a run over Parquet begins anew."""

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        done = 0
        for batch in self._file.iter_batches(batch_size=CHUNK):
            yield 0, 0, Rows(batch.num_rows, batch.columns, range(done + 1, done + batch.num_rows + 1))
            done += batch.num_rows

    def share(self, offset: int, done: int) -> float | None:
        """Share of the rows that are done."""
        return done / max(self._file.metadata.num_rows, 1)

    def rows_in(self, block: Rows, header: Header) -> int:
        """Number of rows of a batch."""
        return block.count


@contextmanager
def _opened(source: str, where: str) -> Iterator[_CsvSource | _ParquetSource]:
    if source.endswith(PARQUET):
        import pyarrow as pa

        try:
            with _refused(where, "read", "Give a Parquet file."):
                opened = _ParquetSource(source)
        except pa.ArrowInvalid as error:
            refuse(where, f"cannot be read: {short(str(error))}.", "Give a Parquet file.")
        yield opened
        return
    with _refused(where, "read", HINT), batch_csv.readable(source) as file:
        size = 0 if source == STANDARD or source.endswith(".gz") else os.path.getsize(source)
        yield _CsvSource(Blocks(file, where), where, size)


# --- workers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worker:
    """What a worker does with a block, wherever it runs: parse it, size its rows, write them down.

    Attributes
    ----------
    sizer, dialect, where
        How the rows are sized, how the source separates its cells, and what it is called.
    target, errors
        Names of the files, which tell their form; no errors file if None.
    """

    sizer: Sizer
    dialect: Dialect
    where: str
    target: str
    errors: str | None

    def __call__(self, offset: int, line: int, block: Any, first: int) -> Sized:
        """Results of a block, ``first`` the number of designs before it."""
        batches, rejects, counts, done = [], list[list[object]](), [0] * len(WORDS), 0
        for rows in self.rows(block):
            where = functools.partial(_row_name, self.where, rows.lines)
            size = self.sizer.size if batch_csv.ARROW else self.sizer.size_plainly
            made = size(rows.cells, rows.count, first + done, where, rows.broken)
            batches.append(made.batch)
            if self.errors is not None:
                rejects += [self._reject(rows, row, made.errors[row]) for row in sorted(made.errors)]
            for code, count in enumerate(np.bincount(made.codes, minlength=len(WORDS)).tolist()):
                counts[code] += count
            done += rows.count
        return Sized(offset, line, done, self._written(batches), self.written_rejects(rejects), counts)

    def rows(self, block: Any) -> Iterator[Rows]:
        """Rows of a block, some thousand at a time."""
        if isinstance(block, Rows):
            yield block
            return
        line, data = block
        for parsed in batch_csv.parse(data, line, self.sizer.header, self.dialect, self.where):
            yield from batch_csv.chunks(parsed, CHUNK)

    def _written(self, batches: Sequence[pa.RecordBatch]) -> bytes | list[pa.RecordBatch]:
        if self.target.endswith(PARQUET):
            return list(batches)
        if batch_csv.ARROW:
            data = b"".join(batch_csv.written(batch, len(self.sizer.texts)) for batch in batches)
        else:
            data = b"".join(map(batch_csv.lines_of, batches))
        return batch_csv.packed(data, self.target)

    def _reject(self, rows: Rows, row: int, issues: Issues) -> list[object]:
        """A row that cannot be used, as it was, behind what is wrong with it."""
        cells, width = rows.row(row), len(self.sizer.header.names)
        fields = " | ".join(dict.fromkeys(issue.field for issue in issues))
        messages = " | ".join(f"{issue.message} {issue.hint}".strip() for issue in issues)
        rest = [cells[place] for place in self.kept if place < len(cells)]
        return [rows.lines[row], fields, harmless(messages), *rest, *cells[width:]]

    @functools.cached_property
    def kept(self) -> list[int]:
        """Places of the columns that stand in the errors file: those of an earlier one are left out."""
        names = self.sizer.header.names
        return [place for place, name in enumerate(names) if not name.strip().startswith("error.")]

    def written_rejects(self, rejects: Sequence[Sequence[object]]) -> bytes:
        """Rows as the errors file holds them."""
        if not rejects or self.errors is None:
            return b""
        return batch_csv.packed(batch_csv.lines_of(rejects, self.dialect.separator), self.errors)


def _row_name(where: str, lines: Sequence[int], row: int) -> str:
    """How messages name a row: by the line of the file it begins in."""
    return f"{where} row {lines[row]}"


_worker: Worker | None = None


def _begin(worker: Worker) -> None:
    """Begin in a process of its own."""
    global _worker
    _worker = worker


def _work(offset: int, line: int, block: Any, first: int) -> Sized:
    assert _worker is not None
    return _worker(offset, line, block, first)


# --- a run ---------------------------------------------------------------------------------------


class _Run:
    """One run: blocks out to workers, their results written in order."""

    def __init__(self, worker: Worker, source: _CsvSource | _ParquetSource, stdout: IO[str]) -> None:
        self._worker, self._source = worker, source
        self._target = _Target(worker, stdout)
        self._errors = _ErrorsFile(worker, stdout) if worker.errors is not None else None

    def whole(self, jobs: int, resume: bool, key: str, progress: Progress | None) -> Tally:
        """Run from the beginning, or from where a run of that key was stopped."""
        note = (self._target.note(key) if resume else None) or Note(key)
        if note.done:
            self._source.skip(note)
        try:
            self._target.open(note)
            if self._errors is not None:
                self._errors.open(note)
            for sized in self._in_order(jobs, note.done):
                self._take(sized, note)
                if progress is not None:
                    progress(note.done, self._source.share(sized.offset, note.done))
            with _refused(self._target.name, "written", "Check the directory and its permissions."):
                self._target.finish()
                if self._errors is not None:
                    self._errors.finish()
        except _CannotWrite:
            raise  # what is written stays, for --resume
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

    def _in_order(self, jobs: int, done: int) -> Iterator[Sized]:
        """What becomes of the blocks, in order: some at a time, whichever worker is done first."""
        blocks = self._numbered(done)
        ahead = list(islice(blocks, 2))
        if jobs <= 1 or len(ahead) < 2:
            yield from (self._worker(*block) for block in chain(ahead, blocks))
            return
        with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (self._worker,)) as pool:
            waiting: deque[Future[Sized]] = deque()
            try:
                for block in chain(ahead, blocks):
                    waiting.append(pool.submit(_work, *block))
                    if len(waiting) > jobs + 2:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _numbered(self, done: int) -> Iterator[tuple[int, int, Any, int]]:
        """Blocks with the number of designs before each, which rows without an id are named by."""
        header = self._worker.sizer.header
        for offset, line, block in self._source:
            yield offset, line, block, done
            if header.id_place is None:
                done += self._source.rows_in(block, header)


# --- targets -------------------------------------------------------------------------------------


class _Part:
    """A file that only takes its name once it is whole; devices and pipes are written to as they are."""

    def __init__(self, path: str, stdout: IO[str]) -> None:
        self.standard = path == STANDARD
        self.path = path if self.standard else os.path.realpath(path)
        self.name = "stdout" if self.standard else name_of(path)
        self.part = f"{self.path}.part"
        self._stdout = stdout
        self._direct = self.standard or (os.path.exists(self.path) and not os.path.isfile(self.path))
        self.file: Any = None

    def open(self, size: int) -> None:
        """Begin, or go on behind so many bytes."""
        if self.standard:
            return
        with _refused(self.name, "written", "Check the directory and its permissions."):
            if self._direct:
                self.file = open(self.path, "wb")  # noqa: SIM115
            elif size:
                self.file = open(self.part, "r+b")  # noqa: SIM115
                self.file.truncate(size)
                self.file.seek(size)
            else:
                self.file = open(self.part, "wb")  # noqa: SIM115

    def write(self, data: bytes) -> int:
        """Write bytes; how many."""
        if self.standard:
            self._stdout.write(data.decode())
            return 0
        try:
            with _refused(self.name, "written", "Make room, and go on with --resume."):
                self.file.write(data)
                self.file.flush()
        except InputError as error:
            raise _CannotWrite(error.issues) from error
        return len(data)

    def finish(self) -> None:
        """Give the file its name."""
        self.close()
        if not self._direct:
            os.replace(self.part, self.path)

    def close(self) -> None:
        """Close it."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def drop(self) -> None:
        """Let go what was written."""
        self.close()
        if not self._direct:
            Path(self.part).unlink(missing_ok=True)


class _Target:
    """The results: CSV, compressed or not, or Parquet; and the note of how far they reach."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        self._sizer = worker.sizer
        self._parquet = worker.target.endswith(PARQUET)
        self._part = _Part(worker.target, stdout)
        self.name = self._part.name
        self._note = f"{self._part.part}.json"
        self._writer: Any = None
        self._kept: list[pa.RecordBatch] = []

    def note(self, key: str) -> Note | None:
        """How far a run of this key has come; None where there is none."""
        try:
            with open(self._note, encoding="utf-8") as file:
                note = Note(**json.load(file))
            reached = os.path.getsize(self._part.part) >= note.target
        except (OSError, ValueError, TypeError):
            return None
        if note.run != key:
            refuse(
                self.name, "belongs to a stopped run with another source or other settings.",
                "Give those again, or run without --resume.",
            )  # fmt: skip
        return note if reached else None

    def open(self, note: Note) -> None:
        """Begin with the header, or go on."""
        self._part.open(note.target)
        if self._parquet:
            import pyarrow.parquet as pq

            self._writer = pq.ParquetWriter(
                self._part.file, self._sizer.schema, use_dictionary=False, compression="zstd"
            )
        elif not note.done:
            header = batch_csv.lines_of([(*self._sizer.texts, *self._sizer.columns)])
            note.target += self._part.write(batch_csv.packed(header, self._part.path))

    def write(self, results: bytes | list[pa.RecordBatch]) -> int:
        """Write results; how many bytes the file has grown."""
        if isinstance(results, bytes):
            return self._part.write(results)
        self._kept += results
        if sum(batch.num_rows for batch in self._kept) >= ROW_GROUP:
            self._write_group()
        return 0

    def _write_group(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self._kept, self._sizer.schema)
        self._kept = []
        with _refused(self.name, "written", "Make room, and run it again."):
            self._writer.write_table(table, row_group_size=ROW_GROUP)

    def keep(self, note: Note) -> None:
        """Note how far the run has come, in one step."""
        if self._parquet or self._part.standard or self._part._direct:
            return
        with _refused(self.name, "written", "Make room, and go on with --resume."):
            with open(f"{self._note}.new", "w", encoding="utf-8") as file:
                json.dump(note.__dict__, file)
            os.replace(f"{self._note}.new", self._note)

    def finish(self) -> None:
        """Give the results their name."""
        if self._writer is not None:
            if self._kept:
                self._write_group()
            self._writer.close()
            self._writer = None
        self._part.finish()
        self._forget()

    def _forget(self) -> None:
        for path in (self._note, f"{self._note}.new"):
            Path(path).unlink(missing_ok=True)

    def close(self) -> None:
        """Close what is open."""
        if self._parquet and self._writer is not None:
            self._writer.close()
            self._writer = None
            self._part.drop()  # half a Parquet file is of no use to anyone
        self._part.close()

    def drop(self) -> None:
        """Let go what was written."""
        self.close()
        self._part.drop()
        self._forget()


class _ErrorsFile:
    """Rows that cannot be used, as they were, in a file that exists only if there are any."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        names = worker.sizer.header.names
        self._part = _Part(worker.errors or "", stdout)
        self._header = worker.written_rejects([[*ERROR_COLUMNS, *(names[place] for place in worker.kept)]])
        self._some = False

    def open(self, note: Note) -> None:
        """Begin, or go on."""
        self._some = note.errors > 0
        self._part.open(note.errors)

    def write(self, lines: bytes) -> int:
        """Write rows; how many bytes the file has grown."""
        if not lines:
            return 0
        head = b"" if self._some else self._header
        self._some = True
        return self._part.write(head + lines)

    def finish(self) -> None:
        """Give the file its name, or remove that of an earlier run where there are no such rows."""
        if self._some:
            self._part.finish()
            return
        self._part.drop()
        if not self._part.standard and os.path.isfile(self._part.path):
            os.unlink(self._part.path)

    def close(self) -> None:
        """Close it."""
        self._part.close()

    def drop(self) -> None:
        """Let go what was written."""
        self._part.drop()


# --- looking first -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """The first rows of a file of designs.

    Attributes
    ----------
    names
        Columns.
    rows
        Cells of the first rows, as they are.
    problems
        What is wrong with a cell, by row (from 0) and column (from 0).
    lines
        Line of the file each row begins in.
    """

    names: tuple[str, ...]
    rows: list[list[str]]
    problems: dict[tuple[int, int], str]
    lines: list[int]


def preview(source: str, base: Profile, rows: int = 20) -> Preview:
    """Look at the first rows of a file of designs, and which of their cells cannot be used.

    Parameters
    ----------
    source
        CSV file, compressed if it ends in ``.gz``, or Parquet file.
    base
        What empty cells take.
    rows
        How many.

    Raises
    ------
    InputError
        If the file cannot be read, or its header cannot be used.
    """
    where = name_of(source)
    with _opened(source, where) as opened:
        header = read_header(opened.names, f"{where} header", opened.dialect.decimal_comma)
        worker = Worker(Sizer(header, base), opened.dialect, where, "", None)
        blocks = (part for _, _, block in opened for part in worker.rows(block))
        parts = [next(batch_csv.chunks(part, rows)) for part in islice(blocks, 1) if part.count]
    if not parts:
        return Preview(header.names, [], {}, [])
    [part] = parts
    problems = {(row, 0): why for row, why in part.broken.items()}
    for place, column in header.inputs.items():
        raws = [part.row(row)[place] if place < len(part.row(row)) else "" for row in range(part.count)]
        _, unusable = column.read(raws, base.value(column.path))
        problems |= {(row, place): f"{problem.message} {problem.hint}" for row, problem in unusable.items()}
    return Preview(header.names, [part.row(n) for n in range(part.count)], problems, list(part.lines))


# --- what is refused -----------------------------------------------------------------------------


def _refuse_same(source: str, target: str, errors: str | None) -> None:
    """Refuse to write a file over another of the same run."""
    files = [("designs", source), ("results", target), ("errors", errors)]
    named = [(use, path) for use, path in files if path is not None]
    for (use, path), (other, another) in batch_csv.pairs(named):
        if path == another == STANDARD and use == "designs":
            continue
        if batch_csv.same_file(path, another):
            name = "stdout" if another == STANDARD else name_of(another)
            refuse(name, f"is named for the {use} and for the {other}.", "Name two files.")


def _refuse_parquet(*paths: str) -> None:
    """Refuse Parquet where what reads it is not installed."""
    for path in paths:
        if path.endswith(PARQUET) and not batch_csv.ARROW:
            refuse(name_of(path), "needs pyarrow, which is not installed.", "Install it, or give a CSV file.")


def _refuse_resume(source: str, target: str, errors: str | None) -> None:
    """Refuse to go on where it cannot be told how far a run came."""
    if STANDARD in (source, target, errors):
        refuse("stdin" if source == STANDARD else "stdout", "cannot be gone on with.", "Name files for --resume.")


@contextmanager
def _refused(where: str, done: str, hint: str) -> Iterator[None]:
    """Turn what goes wrong with a file into an issue that names it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(where, f"cannot be {done}: {short(reason)}.", hint)
