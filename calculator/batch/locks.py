"""Lock files for one run at a time; the operating system releases the lock of a run that has ended."""

from __future__ import annotations

import errno
import os
import platform
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

from calculator.inputs.profile import name_of
from calculator.issues import refuse, short

_MARK = "exchange-calculator: "
"""Text at the start of a lock file, which distinguishes it from other files."""
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_LOCKED_BYTE = 2**30
"""Place of the locked byte. It is beyond the content, because on Windows no other process can read a locked byte."""


class Lock:
    """Lock file that names the process that holds the lock.

    A lock file without a holder was left by a run that was stopped.

    Parameters
    ----------
    path
        Path of the lock file.
    name
        Name of the file that is to be written, as messages show it.

    Attributes
    ----------
    was_left
        Whether an earlier run has left the lock file.
    """

    def __init__(self, path: str, name: str) -> None:
        self.path, self._name = path, name
        self.was_left = False
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Acquire the lock.

        Raises
        ------
        InputError
            If another run holds it, or another program has written a file of that name.
        OSError
            If the lock file cannot be written, or its file system has no locks.
        """
        while not self._try_to_acquire():
            pass  # another run has deleted the file between its opening and its locking

    def _try_to_acquire(self) -> bool:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self.path, flags, 0o666)
        try:
            is_regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            text = os.read(descriptor, 500).decode(errors="replace") if is_regular else "?"
            if text and not text.startswith(_MARK):
                refuse(name_of(self.path), "was not written by this program.", "Move or delete it.")
            if not _lock(descriptor):
                holder = short(text.removeprefix(_MARK).partition("\n")[0]) or "one that is just starting"
                refuse(self._name, f"is being written by another run: {holder}.", "Wait for it, or name another file.")
            if not self._is_at_its_path(descriptor):
                os.close(descriptor)
                return False
            try:
                _write_holder(descriptor)
            except OSError:
                if not text:  # a new file, without a part file that it would mark
                    with suppress(OSError):  # Windows cannot delete an open file
                        Path(self.path).unlink()
                raise
        except BaseException:
            os.close(descriptor)
            raise
        self.was_left, self._descriptor = bool(text), descriptor
        return True

    def _is_at_its_path(self, descriptor: int) -> bool:
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), os.stat(self.path))
        return False

    def release(self, delete: bool) -> None:
        """Release the lock, and delete the lock file if asked to."""
        if self._descriptor is None:
            return
        is_windows = sys.platform == "win32"
        if delete and not is_windows:  # deleted while locked, so that it cannot be the file of another run
            Path(self.path).unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
        if delete and is_windows:  # Windows cannot delete an open file
            with suppress(OSError):
                Path(self.path).unlink(missing_ok=True)


def _write_holder(descriptor: int) -> None:
    """Write which process holds the lock; the mark stays complete even if the process is killed while it writes."""
    started = time.strftime("%Y-%m-%d %H:%M:%S")
    text = f"{_MARK}process {os.getpid()} on {platform.node()} since {started}\n".encode()
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text)
    os.ftruncate(descriptor, len(text))


def _lock(descriptor: int) -> bool:
    """Lock a file and return whether no other process has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True
