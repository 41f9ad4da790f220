"""Write files in one step, so that a full disk or a stopped program never leaves half a file."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file, which has either its old or its new content, whatever happens.

    A link is followed, and the permissions of an existing file stay. Devices and pipes are written to directly.

    Raises
    ------
    OSError
        If the file cannot be written; its old content is then unchanged.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        os.replace(part, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = os.fspath(path)  # which is what the user knows
        raise
