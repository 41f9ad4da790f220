"""Workbooks: damaged archives, spoiled parts, and cells that hold anything."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from random import Random

from support.workbooks import PLAIN, inputs_of, plain_workbook, with_shared_texts, workbook_of

from calculator import InputError
from calculator.importers.workbook import compare_with_workbook, import_workbook
from calculator.inputs.profile import dump, parse
from fuzz import draws
from fuzz.profiles import check_message, same_design

BOMB = b"0" * 3_000_000


@cache
def _books() -> list[bytes]:
    results = {"summary_databases": 16, "summary_servers.environment": "#DIV/0!"}
    return [plain_workbook(), with_shared_texts(plain_workbook()), workbook_of(inputs_of(PLAIN), results)]


@cache
def _parts(number: int) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_books()[number])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def draw(random: Random) -> tuple[bytes, bool]:
    """A workbook, and whether its results are compared."""
    number = random.randrange(3)
    if random.random() < 0.3:
        return draws.damaged(random, _books()[number]), False
    parts = dict(_parts(number))
    for _ in range(random.randrange(1, 4)):
        name = random.choice(list(parts))
        how = random.random()
        if how < 0.4:
            parts[name] = draws.damaged(random, parts[name])
        elif how < 0.7:
            parts[name] = _other_values(random, parts[name])
        elif how < 0.8:
            del parts[name]
        elif how < 0.85:
            parts[name] = BOMB
        elif how < 0.9:
            parts[name] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts[name]
        else:
            parts[draws.word(random).replace("\0", "") or "x"] = parts[name]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue(), random.random() < 0.05


def _other_values(random: Random, data: bytes) -> bytes:
    """The part of a sheet with other content between two tags."""
    pieces = data.split(b"<")
    for _ in range(random.randrange(1, 6)):
        place = random.randrange(len(pieces))
        tag, bracket, _ = pieces[place].partition(b">")
        put = draws.value(random).encode(errors="replace")
        if random.random() < 0.8:
            put = put.replace(b"&", b"&amp;").replace(b"<", b"&lt;")
        pieces[place] = tag + bracket + put
    return b"<".join(pieces)


def use(given: tuple[bytes, bool]) -> None:
    """Import the workbook, and check that the design can be written and read."""
    data, is_compared = given
    file = Path("design.xlsm")
    file.write_bytes(data)
    try:
        imported = compare_with_workbook(file).imported if is_compared else import_workbook(file)
    except InputError as error:
        check_message(error)
        return
    assert same_design(parse(dump(imported.profile)), imported.profile)
    for issue in imported.issues:
        assert str(issue).isprintable()
