"""Write files that get their name only when they are complete, by one run at a time."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from calculator.batch.locks import Lock
from calculator.inputs.profile import name_of
from calculator.inputs.text_files import STANDARD, file_errors
from calculator.issues import InputError, refuse

CHECK_DIRECTORY = "Check the directory and its permissions."
CHECK_AND_RESUME = "Check the directory and its permissions, and continue with --resume."
RUN_AGAIN = "Free disk space, and run it again."
MAKE_ROOM = "Free disk space, and continue with --resume."
BEGIN_AGAIN = "Run without --resume to begin from the start."
NOT_COMPLETE = "The file is not complete."
_BLOCK = 1 << 20


class Unfinished(InputError):
    """The run cannot continue now, for example because the disk is full; the part file is kept for ``--resume``."""


@contextmanager
def unfinished(name: str, hint: str) -> Iterator[None]:
    """Raise `Unfinished` in place of an error of the operating system."""
    try:
        with file_errors(name, "written", hint):
            yield
    except InputError as error:
        raise Unfinished(error.issues) from error


@contextmanager
def begin_errors(name: str) -> Iterator[None]:
    """Raise `InputError` in place of an error of the operating system when a file is begun."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        with file_errors(name, "written", RUN_AGAIN if is_full else CHECK_DIRECTORY):
            raise


class PartFile:
    """File that gets its name only when it is complete; devices and pipes are written to directly.

    Until then its content is in a part file next to it. A lock file shows that a run of this program wrote the part.

    Parameters
    ----------
    path
        Path of the file, ``-`` for standard output.
    stdout
        Stream that ``-`` writes to; its bytes are written as they are, whatever its encoding.

    Attributes
    ----------
    name, part_name
        Name of the file and of its part in messages.
    standard, direct
        Whether the file is standard output; whether it has no part because it is standard output, a device or a pipe.
    path, part
        Path of the file with links resolved, and path of its part.
    size, check
        Number of bytes written, and their CRC-32.
    is_begun
        Whether this run has begun the part.
    """

    def __init__(self, path: str, stdout: IO[str]) -> None:
        self.standard = path == STANDARD
        self.path = path if self.standard else os.path.realpath(path)
        self.name = "stdout" if self.standard else name_of(path)
        self.part, self.part_name = f"{self.path}.part", f"{self.name}.part"
        self.direct = self.standard or (os.path.exists(self.path) and not os.path.isfile(self.path))
        self.size = self.check = 0
        self.file: Any = None
        self._stdout = stdout
        self._lock = Lock(f"{self.part}.lock", self.name)
        self.is_begun = self._is_ours = self._is_named = False

    def paths(self) -> list[str]:
        """Return the paths that the file needs until it is complete."""
        return [] if self.direct else [self.part, self._lock.path]

    # --- begin -------------------------------------------------------------------------------------

    def claim(self, is_known: bool = False) -> None:
        """Lock the file for this run, and open a device or pipe.

        Parameters
        ----------
        is_known
            Whether an existing part is known, by other means than its lock, to be from a run of this program.

        Raises
        ------
        InputError
            If the file cannot be written, another run writes it, or its part is not from a run of this program.
        """
        if self.standard:
            return
        with begin_errors(self.name):
            if self.direct:
                self.file = open(self.path, "wb")  # noqa: SIM115
                return
            self._lock.acquire()
            problem = self._part_problem(is_known or self._lock.was_left)
        if problem:
            self.close()
            refuse(self.part_name, problem, f"Move or delete it, because {self.name} is written there first.")
        self._is_ours = True

    def _part_problem(self, is_known: bool) -> str:
        """Return why an existing part must not be written to; empty if it may be written to or does not exist."""
        try:
            status = os.lstat(self.part)
        except FileNotFoundError:
            return ""
        if stat.S_ISLNK(status.st_mode):
            return "is a link."
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            return "is not a regular file with a single name."
        if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            return "belongs to another user."
        return "" if is_known else "was not written by a run of this program."

    def begin(self) -> None:
        """Begin the file; delete the part of a stopped run."""
        if self.direct:
            return
        with begin_errors(self.name):
            Path(self.part).unlink(missing_ok=True)
            self.file = open(self.part, "xb")  # noqa: SIM115
        self.is_begun = True

    def check_part(self, size: int, check: int, is_complete: bool) -> None:
        """Check that a stopped run can be continued, without writing anything.

        Parameters
        ----------
        size, check
            Number of bytes that the run had written, and their CRC-32.
        is_complete
            Whether the run had written everything, and possibly renamed the file.

        Raises
        ------
        InputError
            If the part does not begin with those bytes.
        """
        if is_complete and not os.path.lexists(self.part) and os.path.isfile(self.path):
            self._is_named = True
            return
        with file_errors(self.part_name, "read", BEGIN_AGAIN):
            try:
                file = open(self.part, "rb")  # noqa: SIM115
            except FileNotFoundError:
                refuse(self.part_name, "is missing, so the run cannot be resumed.", BEGIN_AGAIN)
            with file:
                found = 0
                while self.size < size and (data := file.read(min(_BLOCK, size - self.size))):
                    self.size, found = self.size + len(data), zlib.crc32(data, found)
        if self.size < size:
            message = f"has {self.size:,} bytes, and the stopped run had written {size:,}."
            refuse(self.part_name, message, BEGIN_AGAIN)
        if found != check:
            refuse(self.part_name, "has changed since the run was stopped.", BEGIN_AGAIN)
        self.check = check

    def continue_part(self) -> None:
        """Continue the part after the bytes that were checked."""
        with file_errors(self.name, "written", CHECK_DIRECTORY):
            self.file = open(self.part, "r+b")  # noqa: SIM115
            self.file.truncate(self.size)
            self.file.seek(self.size)

    # --- write and end -----------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Write bytes."""
        if self.direct:
            with file_errors(self.name, "written", NOT_COMPLETE):
                self._write_directly(data)
            return
        with unfinished(self.name, MAKE_ROOM):
            self.file.write(data)
            self.file.flush()
        self.size += len(data)
        self.check = zlib.crc32(data, self.check)

    def _write_directly(self, data: bytes) -> None:
        file = getattr(self._stdout, "buffer", None) if self.standard else self.file
        if file is None:  # a stream of texts
            self._stdout.write(data.decode())
            return
        if self.standard:
            self._stdout.flush()
        left = memoryview(data)
        while left:  # an unbuffered stream may write only a part of the bytes
            left = left[file.write(left) or 0 :]
        file.flush()

    def sync(self) -> None:
        """Have the operating system write the whole content to the disk."""
        if self.direct:
            return
        with unfinished(self.name, MAKE_ROOM):
            self.file.flush()
            os.fsync(self.file.fileno())

    def take_name(self) -> None:
        """Give the complete file its name."""
        if self.direct or self._is_named:
            return
        with unfinished(self.name, CHECK_AND_RESUME):
            if self.file is not None:
                self.file.close()
            os.replace(self.part, self.path)
        self._is_named = True
        _sync_directory(os.path.dirname(self.path))

    def close(self) -> None:
        """Close the file and release its lock; the lock file stays as long as a part may exist."""
        if self.file is not None:
            with suppress(OSError):
                self.file.close()
            self.file = None
        if not self.direct:
            keeps_part = self._is_ours and os.path.lexists(self.part)
            is_over = self._is_named or self.is_begun or not self._lock.was_left
            self._lock.release(delete=is_over and not keeps_part)

    def discard(self) -> None:
        """Delete what this run wrote, if it began the file."""
        if self.file is not None:
            with suppress(OSError):
                self.file.close()
        if self.is_begun and not self._is_named:
            Path(self.part).unlink(missing_ok=True)


def _sync_directory(path: str) -> None:
    """Have the operating system write the names in a directory to the disk, if it supports that."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
