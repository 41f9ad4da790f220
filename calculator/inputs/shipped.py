"""Files that are shipped with the package: example profiles, other examples and the script of the app."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from calculator.inputs.data_files import PACKAGE
from calculator.issues import closest, refuse, short

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = "example:"
"""Prefix of the name of a shipped file, wherever a file is named: ``example:active_active``."""
PROFILES, EXAMPLES, APP, LIMITS = "profiles", "examples", "app.py", ".streamlit/limits.toml"
_IN_A_CHECKOUT = {PROFILES: PROFILES, EXAMPLES: "docs/examples", APP: APP, LIMITS: LIMITS}
"""Place of the shipped files in the repository, where the package is not installed from a wheel."""


def shipped(name: str) -> Path:
    """Return the path of a shipped file or directory: `PROFILES`, `EXAMPLES`, `APP` or `LIMITS`."""
    from pathlib import Path  # slow to import, and not needed for a design of one's own

    package = Path(PACKAGE)
    installed = package / "shipped" / name
    return installed if installed.exists() else package.parent / _IN_A_CHECKOUT[name]


def profile_files(directory: Path | None = None) -> list[Path]:
    """Return the profile files in a directory, by default those that are shipped, sorted by name."""
    return sorted((directory or shipped(PROFILES)).glob("*.toml"))


@functools.cache
def example_titles() -> frozenset[str]:
    """Return the titles of the shipped profiles."""
    import tomllib  # not needed for a design of one's own

    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["title"] for path in profile_files())


def resolve(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """Return the path of a file that may be named as ``example:NAME``.

    ``NAME`` is the name of a shipped profile, or the path of a file among the examples of the documentation.

    Raises
    ------
    InputError
        If there is no such example; it lists the profiles.
    """
    text = os.fspath(path)
    if not text.startswith(EXAMPLE):
        return path
    name = text.removeprefix(EXAMPLE).replace("\\", "/")
    profiles = {each.stem: each for each in profile_files()}
    if name.removesuffix(".toml") in profiles:
        return profiles[name.removesuffix(".toml")]
    others = {each.relative_to(shipped(EXAMPLES)).as_posix(): each for each in _example_files()}
    if name in others:
        return others[name]
    near = closest(name, [*profiles, *others])
    known = ", ".join(EXAMPLE + each for each in profiles)
    refuse(short(text), "is not an example.", f'Did you mean "{EXAMPLE}{near}"?' if near else f"There are {known}.")


def _example_files() -> list[Path]:
    return sorted(each for each in shipped(EXAMPLES).rglob("*") if each.is_file())
