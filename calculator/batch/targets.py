"""Write the results file, the errors file, and the checkpoint from which a stopped run is resumed."""

from __future__ import annotations

import codecs
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from calculator.batch import csv_writer
from calculator.batch.part_file import BEGIN_AGAIN, CHECK_AND_RESUME, RUN_AGAIN, PartFile, begin_errors, unfinished
from calculator.batch.reasons import Reasons
from calculator.batch.sizer import WORDS
from calculator.batch.worker import PARQUET, Worker, is_table
from calculator.inputs.profile import name_of
from calculator.inputs.text_files import file_errors
from calculator.issues import refuse, short

ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
ROW_GROUP = 65_536
"""Number of rows in a row group of a Parquet file."""
_OR_BEGIN_AGAIN = "run without --resume to begin from the start."
SECONDS_BETWEEN_CHECKPOINTS = 0.5
"""Least time between two checkpoints, and about the most work that a resumed run repeats."""


@dataclass(frozen=True)
class RunKey:
    """Properties that a run must share with a stopped run to continue it.

    Attributes
    ----------
    program
        Version of the program and of its results.
    source, state
        Path of the source, and its size and time of change.
    settings
        Digest of the columns, of the base profile, and of the files that are written.
    """

    program: str
    source: str
    state: str
    settings: str


@dataclass
class Checkpoint:
    """Progress of a run, with all that is needed to resume it.

    Attributes
    ----------
    key
        Key of the run.
    offset, line
        Byte and line of the source at which the next block begins.
    done
        Number of designs sized.
    counts
        Number of designs by code of their status.
    target, errors
        Number of bytes of the results file and of the errors file.
    target_check, errors_check
        CRC-32 of those bytes.
    blank
        Number of blank rows skipped.
    reasons
        How often there is an error or a warning.
    complete
        Whether everything is written, so that only the files have to be renamed.
    """

    key: RunKey
    offset: int = 0
    line: int = 0
    done: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * len(WORDS))
    target: int = 0
    errors: int = 0
    target_check: int = 0
    errors_check: int = 0
    blank: int = 0
    reasons: Reasons = field(default_factory=dict)
    complete: bool = False

    @property
    def is_begun(self) -> bool:
        """Whether there is a run to continue."""
        return self.done > 0 or self.complete


class ResultsFile:
    """Results file of a run (CSV, compressed CSV, Parquet or a workbook), with the checkpoint of the run."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        self._sizer = worker.sizer
        self._dialect, self._mark = worker.written, codecs.BOM_UTF8 if worker.excel else b""
        self._table = is_table(worker.target)
        self.part = PartFile(worker.target, stdout)
        self._checkpoint = f"{self.part.part}.json"
        self._writer: Any = None
        self._group: list[pa.RecordBatch] = []
        self._next_checkpoint = 0.0
        self._is_begun = False

    def paths(self) -> list[str]:
        """Return the paths that the file needs until it is complete."""
        parts = self.part.paths()
        return [*parts, self._checkpoint, f"{self._checkpoint}.new"] if parts else []

    # --- begin -------------------------------------------------------------------------------------

    def claim(self) -> None:
        """Lock the file for this run; see `PartFile.claim`."""
        self.part.claim(is_known=os.path.lexists(self._checkpoint))

    def load_checkpoint(self, key: RunKey, where: str) -> Checkpoint | None:
        """Return the checkpoint of a stopped run; None if there is no run to continue.

        Parameters
        ----------
        key
            Key of this run.
        where
            Name of the source in messages.

        Raises
        ------
        InputError
            If the run that was stopped has another key, or cannot be continued.  Nothing is changed then.
        """
        if not os.path.lexists(self._checkpoint):
            if self.part.paths() and os.path.lexists(self.part.part):
                refuse(self.part.part_name, f"has no {name_of(self._checkpoint)} to resume it.", BEGIN_AGAIN)
            return None
        checkpoint = self._read_checkpoint()
        _compare_keys(checkpoint.key, key, self.part.part_name, where)
        if not checkpoint.is_begun:
            return None
        self.part.check_part(checkpoint.target, checkpoint.target_check, checkpoint.complete)
        return checkpoint

    def _read_checkpoint(self) -> Checkpoint:
        name = name_of(self._checkpoint)
        with file_errors(name, "read", BEGIN_AGAIN), open(self._checkpoint, "rb") as file:
            data = file.read()
        try:
            content = json.loads(data)
            reasons = {key: (int(count), str(text)) for key, (count, text) in content.pop("reasons").items()}
            return Checkpoint(RunKey(**content.pop("key")), reasons=reasons, **content)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            refuse(name, "is damaged, or was written by another version of the program.", BEGIN_AGAIN)

    def begin(self, checkpoint: Checkpoint) -> None:
        """Begin the file with its header, or continue it from a checkpoint."""
        if checkpoint.complete:
            return
        if checkpoint.is_begun:
            self.part.continue_part()
            return
        if not self.part.direct:
            with begin_errors(self.part.name):
                self._save(checkpoint)
        self._is_begun = True
        self.part.begin()
        if self._table:
            with file_errors(self.part.name, "written", RUN_AGAIN):
                self._writer = self._open_table()
        else:
            header = csv_writer.format_rows([(*self._sizer.texts, *self._sizer.columns)], self._dialect.separator)
            self.part.write(csv_writer.compressed(self._mark + header, self.part.path))

    def _open_table(self) -> Any:
        """Return the writer of a Parquet file or of a workbook."""
        if self.part.path.lower().endswith(PARQUET):
            import pyarrow.parquet as pq

            return pq.ParquetWriter(self.part.file, self._sizer.schema, use_dictionary=False, compression="lz4")
        from calculator.batch.workbook import WorkbookWriter

        return WorkbookWriter(self.part.file, self._sizer.schema, self.part.name)

    # --- write -------------------------------------------------------------------------------------

    def write(self, results: bytes | list[pa.RecordBatch]) -> None:
        """Write the results of a block."""
        if isinstance(results, bytes):
            self.part.write(results)
            return
        self._group += results
        if sum(batch.num_rows for batch in self._group) >= ROW_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        table = pa.Table.from_batches(self._group, self._sizer.schema)
        self._group = []
        with file_errors(self.part.name, "written", RUN_AGAIN):
            self._writer.write_table(table, ROW_GROUP)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint in one step; do nothing if the last one is recent, because renaming a file takes time.

        If the disk has no room for it, the previous checkpoint stays, and more work is repeated after a stop.
        """
        is_due = checkpoint.complete or (not self._table and time.monotonic() >= self._next_checkpoint)
        if is_due and not self.part.direct:
            self._next_checkpoint = time.monotonic() + SECONDS_BETWEEN_CHECKPOINTS
            with suppress(OSError):
                self._save(checkpoint)

    def _save(self, checkpoint: Checkpoint) -> None:
        new = Path(f"{self._checkpoint}.new")
        try:
            with open(new, "w", encoding="utf-8") as file:
                json.dump(asdict(checkpoint), file)
                if checkpoint.complete:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(new, self._checkpoint)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise

    # --- end ---------------------------------------------------------------------------------------

    def complete(self) -> None:
        """Write all remaining data to the disk."""
        if self._writer is not None:
            if self._group:
                self._write_group()
            with file_errors(self.part.name, "written", RUN_AGAIN):
                self._writer.close()
            self._writer = None
        self.part.sync()

    def take_name(self) -> None:
        """Give the complete file its name, and delete the checkpoint."""
        self.part.take_name()
        self._delete_checkpoint()

    def close(self) -> None:
        """Close the file; a Parquet file or workbook that is not complete is deleted, because it cannot be resumed."""
        if self._writer is not None:
            self.discard()
        self.part.close()

    def discard(self) -> None:
        """Delete what this run has written, if it began the file."""
        if self._writer is not None:
            with suppress(OSError, ValueError, pa.ArrowException):  # for example on a full disk
                self._writer.close()
            self._writer = None
        if self._is_begun:
            self.part.discard()
            self._delete_checkpoint()

    def _delete_checkpoint(self) -> None:
        if not self.part.direct:
            Path(self._checkpoint).unlink(missing_ok=True)


def _compare_keys(stopped: RunKey, now: RunKey, part: str, where: str) -> None:
    """Raise InputError if a run cannot continue a stopped one."""
    if stopped.program != now.program:
        message = f"was written by {short(stopped.program)}, but this is {now.program}."
        refuse(part, message, f"Resume it with that version, or {_OR_BEGIN_AGAIN}")
    if stopped.source != now.source:
        refuse(part, f"was written from {short(stopped.source)}.", f"Name that file, or {_OR_BEGIN_AGAIN}")
    if stopped.state != now.state:
        refuse(where, "has changed since the run was stopped.", BEGIN_AGAIN)
    if stopped.settings != now.settings:
        message = "was written with other columns, another base profile or another errors file."
        refuse(part, message, f"Use the same ones again, or {_OR_BEGIN_AGAIN}")


class ErrorsFile:
    """File with unchanged copies of the rows that cannot be used; it exists only if there are such rows."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        names = worker.sizer.header.names
        self.part = PartFile(worker.errors or "", stdout)
        header = [*ERROR_COLUMNS, *(names[place] for place in worker.copied)]
        self._header = worker.format_rejects([header], codecs.BOM_UTF8 if worker.excel else b"")
        self._has_rows = False

    def paths(self) -> list[str]:
        """Return the paths that the file needs until it is complete."""
        return self.part.paths()

    def claim(self) -> None:
        """Lock the file for this run; see `PartFile.claim`."""
        self.part.claim()

    def check(self, checkpoint: Checkpoint) -> None:
        """Raise InputError if the file cannot be continued from a checkpoint.  Nothing is changed then."""
        if checkpoint.errors:
            self.part.check_part(checkpoint.errors, checkpoint.errors_check, checkpoint.complete)

    def begin(self, checkpoint: Checkpoint) -> None:
        """Begin the file, or continue it from a checkpoint."""
        self._has_rows = checkpoint.errors > 0
        if not self._has_rows:
            self.part.begin()
        elif not checkpoint.complete:
            self.part.continue_part()

    def write(self, lines: bytes) -> None:
        """Write rows."""
        if lines:
            self.part.write(lines if self._has_rows else self._header + lines)
            self._has_rows = True

    def complete(self) -> None:
        """Write all remaining data to the disk."""
        self.part.sync()

    def take_name(self) -> None:
        """Give the file its name; if it has no rows, delete the file of an earlier run instead."""
        if self._has_rows:
            self.part.take_name()
            return
        self.part.discard()
        if not self.part.standard and os.path.isfile(self.part.path):
            with unfinished(self.part.name, CHECK_AND_RESUME):
                os.unlink(self.part.path)

    def close(self) -> None:
        """Close the file."""
        self.part.close()

    def discard(self) -> None:
        """Delete what this run has written, if it began the file."""
        self.part.discard()
