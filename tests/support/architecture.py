"""Read the imports between the rooms of the package, and draw them: ``python -m tests.support.architecture``."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "calculator"
PAGE = ROOT / "docs" / "background" / "architecture.md"
BEGIN, END = "<!-- written by `make docs` -->\n", "<!-- end of what `make docs` writes -->\n"

ROOMS = (
    "_version",
    "issues",
    "numerics",
    "inputs",
    "rules",
    "checks",
    "engine",
    "layout",
    "presentation",
    "batch",
    "exporters",
    "studies",
    "importers",
    "cli",
    "ui",
)
"""From the bottom up: a room imports only rooms that stand before it."""


def modules() -> list[Path]:
    """Return the files of all modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """Return the room of a module: its top folder, or its own name on the top."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the names of the modules that a module imports, wherever in it, and of what it takes from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found)


def rooms_imported_by(path: Path) -> set[str]:
    """Return the rooms that a module imports."""
    heads = {tuple(name.split(".")[:2]) for name in imports_of(path)}
    return {head[1] for head in heads if head[0] == "calculator" and len(head) > 1 and head[1] in ROOMS}


def arrows() -> set[tuple[str, str]]:
    """Return every pair of rooms of which the first imports the second."""
    return {
        (room, imported)
        for path in modules()
        if (room := room_of(path)) in ROOMS
        for imported in rooms_imported_by(path)
        if imported != room
    }


def picture() -> str:
    """Return the generated part of the page: what each room is for, and which rooms it imports."""
    rooms = ROOMS[::-1]
    drawn = arrows()
    numbers = "".join(f"{number:3}" for number in range(1, len(rooms) + 1))
    lines = [f"{'':16}{numbers}"]
    for number, room in enumerate(rooms, 1):
        cells = "".join("  ■" if room == other else "  x" if (room, other) in drawn else "  ·" for other in rooms)
        lines.append(f"{number:2} {room:13}{cells}")
    purposes = [f"| `{room}` | {_purpose(room)} |" for room in rooms]
    return "\n".join(["| room | what it is for |", "| --- | --- |", *purposes, "", "```text", *lines, "```", ""])


def write_page() -> bool:
    """Write the generated part into the page, and return whether it had to change."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    current = f"{before}{BEGIN}\n{picture()}\n{END}{after}"
    PAGE.write_text(current, encoding="utf-8")
    return current != text


def _purpose(room: str) -> str:
    """Return the first paragraph of the docstring of a room."""
    path = PACKAGE / room / "__init__.py"
    tree = ast.parse((path if path.exists() else PACKAGE / f"{room}.py").read_text(encoding="utf-8"))
    return " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split())


if __name__ == "__main__":
    print("written" if write_page() else "unchanged", PAGE.relative_to(ROOT))
