"""Where results go: files that take their name only once they are whole, and the note of how far they reach."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from calculator.batch import csv_writer
from calculator.batch.csv_reader import STANDARD, refused
from calculator.batch.sizer import WORDS
from calculator.batch.worker import PARQUET, Worker
from calculator.inputs.profile import name_of
from calculator.issues import InputError, refuse

if TYPE_CHECKING:
    import pyarrow as pa

ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
ROW_GROUP = 65_536
"""Rows of a group of a Parquet file."""
SECONDS_BETWEEN_NOTES = 0.5
"""Work that is done again at most where a run was stopped."""


class Unfinished(InputError):
    """The run cannot go on now, for there is no room, say; what is written stays, for ``--resume``."""


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


class Part:
    """A file that only takes its name once it is whole; devices and pipes are written to as they are."""

    def __init__(self, path: str, stdout: IO[str]) -> None:
        self.standard = path == STANDARD
        self.path = path if self.standard else os.path.realpath(path)
        self.name = "stdout" if self.standard else name_of(path)
        self.part = f"{self.path}.part"
        self._stdout = stdout
        self.direct = self.standard or (os.path.exists(self.path) and not os.path.isfile(self.path))
        self.file: Any = None

    def open(self, size: int) -> None:
        """Begin, or go on behind so many bytes."""
        if self.standard:
            return
        with refused(self.name, "written", "Check the directory and its permissions."):
            if self.direct:
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
            with refused(self.name, "written", "Make room, and go on with --resume."):
                self.file.write(data)
                self.file.flush()
        except InputError as error:
            raise Unfinished(error.issues) from error
        return len(data)

    def finish(self) -> None:
        """Give the file its name."""
        self.close()
        if not self.direct:
            os.replace(self.part, self.path)

    def close(self) -> None:
        """Close it."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def drop(self) -> None:
        """Let go what was written."""
        self.close()
        if not self.direct:
            Path(self.part).unlink(missing_ok=True)


class Target:
    """The results: CSV, compressed or not, or Parquet; and the note of how far they reach."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        self._sizer = worker.sizer
        self._parquet = worker.target.endswith(PARQUET)
        self._part = Part(worker.target, stdout)
        self.name = self._part.name
        self._note = f"{self._part.part}.json"
        self._writer: Any = None
        self._kept: list[pa.RecordBatch] = []
        self._next_note = 0.0

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
                self.name,
                "belongs to a stopped run with another source or other settings.",
                "Give those again, or run without --resume.",
            )
        return note if reached else None

    def open(self, note: Note) -> None:
        """Begin with the header, or go on."""
        self._part.open(note.target)
        if self._parquet:
            import pyarrow.parquet as pq

            self._writer = pq.ParquetWriter(
                self._part.file, self._sizer.schema, use_dictionary=False, compression="lz4"
            )
        elif not note.done:
            header = csv_writer.lines_of([(*self._sizer.texts, *self._sizer.columns)])
            note.target += self._part.write(csv_writer.packed(header, self._part.path))

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
        with refused(self.name, "written", "Make room, and run it again."):
            self._writer.write_table(table, row_group_size=ROW_GROUP)

    def keep(self, note: Note) -> None:
        """Note how far the run has come, in one step; now and then, for the system takes its time to rename."""
        if self._parquet or self._part.standard or self._part.direct or time.monotonic() < self._next_note:
            return
        self._next_note = time.monotonic() + SECONDS_BETWEEN_NOTES
        with refused(self.name, "written", "Make room, and go on with --resume."):
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


class ErrorsFile:
    """Rows that cannot be used, as they were, in a file that exists only if there are any."""

    def __init__(self, worker: Worker, stdout: IO[str]) -> None:
        names = worker.sizer.header.names
        self._part = Part(worker.errors or "", stdout)
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
