"""Write results: files that take their name only when they are complete, and the checkpoint of a run."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from calculator.batch import csv_writer
from calculator.batch.sizer import WORDS
from calculator.batch.worker import PARQUET, Worker
from calculator.inputs.profile import name_of
from calculator.inputs.text_files import STANDARD, file_errors
from calculator.issues import InputError, refuse

ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
ROW_GROUP = 65_536
"""Rows of a group of a Parquet file."""
SECONDS_BETWEEN_CHECKPOINTS = 0.5
"""Also the work that is repeated at most when a stopped run is resumed."""
CHECK_DIRECTORY = "Check the directory and its permissions."


class Unfinished(InputError):
    """The run cannot continue now, for example because the disk is full; what is written stays for ``--resume``."""


@dataclass
class Checkpoint:
    """How far a run has come: what is needed to resume it.

    Attributes
    ----------
    run
        Key of the run: see `run.size_file`.
    offset, line
        Byte and line of the source at which the next block begins.
    done
        Number of designs sized.
    counts
        Number of designs by code of their status.
    target, errors
        Number of bytes of the results file and of the errors file.
    blank
        Number of blank rows skipped.
    """

    run: str
    offset: int = 0
    line: int = 0
    done: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * len(WORDS))
    target: int = 0
    errors: int = 0
    blank: int = 0


class PartFile:
    """A file that takes its name only when it is complete; devices and pipes are written to directly."""

    def __init__(self, path: str, stdout: IO[str]) -> None:
        self.standard = path == STANDARD
        self.path = path if self.standard else os.path.realpath(path)
        self.name = "stdout" if self.standard else name_of(path)
        self.part = f"{self.path}.part"
        self._stdout = stdout
        self.direct = self.standard or (os.path.exists(self.path) and not os.path.isfile(self.path))
        self.file: Any = None

    def open(self, size: int) -> None:
        """Begin the file, or continue it after its first ``size`` bytes."""
        if self.standard:
            return
        with file_errors(self.name, "written", CHECK_DIRECTORY):
            if self.direct:
                self.file = open(self.path, "wb")  # noqa: SIM115
            elif size:
                self.file = open(self.part, "r+b")  # noqa: SIM115
                self.file.truncate(size)
                self.file.seek(size)
            else:
                self.file = open(self.part, "wb")  # noqa: SIM115

    def write(self, data: bytes) -> int:
        """Write bytes and return how many bytes the file has grown."""
        if self.standard:
            self._stdout.write(data.decode())
            return 0
        try:
            with file_errors(self.name, "written", "Make room, and go on with --resume."):
                self.file.write(data)
                self.file.flush()
        except InputError as error:
            raise Unfinished(error.issues) from error
        return len(data)

    def finish(self) -> None:
        """Give the complete file its name."""
        self.close()
        if not self.direct:
            os.replace(self.part, self.path)

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def discard(self) -> None:
        """Delete what has been written."""
        self.close()
        if not self.direct:
            Path(self.part).unlink(missing_ok=True)


class ResultsFile:
    """The results of a run as CSV, compressed or not, or Parquet; and the checkpoint of the run."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        self._sizer = worker.sizer
        self._parquet = worker.target.endswith(PARQUET)
        self._part = PartFile(worker.target, stdout)
        self.name = self._part.name
        self._checkpoint = f"{self._part.part}.json"
        self._writer: Any = None
        self._group: list[pa.RecordBatch] = []
        self._next_checkpoint = 0.0

    def load_checkpoint(self, key: str) -> Checkpoint | None:
        """Return the checkpoint of a stopped run; None where there is none.

        Raises
        ------
        InputError
            If the run that was stopped has another key.
        """
        try:
            with open(self._checkpoint, encoding="utf-8") as file:
                checkpoint = Checkpoint(**json.load(file))
            reached = os.path.getsize(self._part.part) >= checkpoint.target
        except (OSError, ValueError, TypeError):
            return None
        if checkpoint.run != key:
            refuse(
                self.name,
                "belongs to a stopped run with another source or other settings.",
                "Give those again, or run without --resume.",
            )
        return checkpoint if reached else None

    def open(self, checkpoint: Checkpoint) -> None:
        """Begin the file with its header, or continue it from a checkpoint."""
        self._part.open(checkpoint.target)
        if self._parquet:
            import pyarrow.parquet as pq

            self._writer = pq.ParquetWriter(
                self._part.file, self._sizer.schema, use_dictionary=False, compression="lz4"
            )
        elif not checkpoint.done:
            header = csv_writer.format_rows([(*self._sizer.texts, *self._sizer.columns)])
            checkpoint.target += self._part.write(csv_writer.compressed(header, self._part.path))

    def write(self, results: bytes | list[pa.RecordBatch]) -> int:
        """Write results and return how many bytes the file has grown."""
        if isinstance(results, bytes):
            return self._part.write(results)
        self._group += results
        if sum(batch.num_rows for batch in self._group) >= ROW_GROUP:
            self._write_group()
        return 0

    def _write_group(self) -> None:
        table = pa.Table.from_batches(self._group, self._sizer.schema)
        self._group = []
        with file_errors(self.name, "written", "Make room, and run it again."):
            self._writer.write_table(table, row_group_size=ROW_GROUP)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint in one step, but only now and then, because renaming a file takes time."""
        if self._parquet or self._part.standard or self._part.direct or time.monotonic() < self._next_checkpoint:
            return
        self._next_checkpoint = time.monotonic() + SECONDS_BETWEEN_CHECKPOINTS
        with file_errors(self.name, "written", "Make room, and go on with --resume."):
            with open(f"{self._checkpoint}.new", "w", encoding="utf-8") as file:
                json.dump(asdict(checkpoint), file)
            os.replace(f"{self._checkpoint}.new", self._checkpoint)

    def finish(self) -> None:
        """Give the complete file its name and delete the checkpoint."""
        if self._writer is not None:
            if self._group:
                self._write_group()
            self._writer.close()
            self._writer = None
        self._part.finish()
        self._delete_checkpoint()

    def _delete_checkpoint(self) -> None:
        for path in (self._checkpoint, f"{self._checkpoint}.new"):
            Path(path).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; a Parquet file that is not complete is deleted, because it cannot be resumed."""
        if self._parquet and self._writer is not None:
            self._writer.close()
            self._writer = None
            self._part.discard()
        self._part.close()

    def discard(self) -> None:
        """Delete what has been written."""
        self.close()
        self._part.discard()
        self._delete_checkpoint()


class ErrorsFile:
    """The rows that cannot be used, as they were, in a file that exists only if there are any."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        names = worker.sizer.header.names
        self._part = PartFile(worker.errors or "", stdout)
        self._header = worker.format_rejects([[*ERROR_COLUMNS, *(names[place] for place in worker.copied)]])
        self._has_rows = False

    def open(self, checkpoint: Checkpoint) -> None:
        """Begin the file, or continue it from a checkpoint."""
        self._has_rows = checkpoint.errors > 0
        self._part.open(checkpoint.errors)

    def write(self, lines: bytes) -> int:
        """Write rows and return how many bytes the file has grown."""
        if not lines:
            return 0
        header = b"" if self._has_rows else self._header
        self._has_rows = True
        return self._part.write(header + lines)

    def finish(self) -> None:
        """Give the file its name; without any row, delete the file of an earlier run instead."""
        if self._has_rows:
            self._part.finish()
            return
        self._part.discard()
        if not self._part.standard and os.path.isfile(self._part.path):
            os.unlink(self._part.path)

    def close(self) -> None:
        """Close the file."""
        self._part.close()

    def discard(self) -> None:
        """Delete what has been written."""
        self._part.discard()
