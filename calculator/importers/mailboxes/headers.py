"""Find columns with sizes by their names, which say what is measured and in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calculator.importers.formats.powershell_csv import plain_name
from calculator.importers.formats.sizes import GB, KB, MB, TB

SIZE_NAMES = {
    "size": (
        "totalitemsize",
        "currentmailboxsize",
        "primarynormalitemsize",
        "mailboxsize",
        "storageused",
        "primarysize",
        "primarymailboxsize",
        "primarytotalitemsize",
        "totalsize",
        "mailboxtotalsize",
        "mailboxtotalitemsize",
        "mailboxitemsize",
        "mailboxsizeused",
        "mailboxusage",
        "mbxsize",
        "totalitemssize",
        "itemssize",
        "itemsize",
        "currentsize",
        "usedsize",
        "sizeused",
        "spaceused",
        "usedspace",
        "usedstorage",
        "storageusage",
        "storagesize",
        "mailboxstorage",
        "used",
        "size",
        "totalmailboxsize",
    ),
    "dumpster": (
        "totaldeleteditemsize",
        "mailboxrecoverableitemsize",
        "primaryrecoverableitemsize",
        "recoverableitemsize",
        "recoverableitemssize",
        "deleteditemsize",
        "deleteditemssize",
        "totaldeletedsize",
        "dumpstersize",
    ),
    "archive": (
        "archivesize",
        "archivenormalitemsize",
        "archivetotalitemsize",
        "archivemailboxsize",
        "archivetotalsize",
        "totalarchivesize",
    ),
    "archive_dumpster": (
        "archivedeleteditemsize",
        "archiverecoverableitemsize",
        "archivetotaldeleteditemsize",
        "archiverecoverableitemssize",
    ),
    "quota": (
        "prohibitsendreceivequota",
        "newprohibitsendreceivequota",
        "prohibitsendandreceivequota",
        "sendreceivequota",
        "prohibitsendreceive",
        "mailboxquota",
        "mailboxsizelimit",
        "quota",
    ),
    "database_quota": ("databaseprohibitsendreceivequota",),
    "archive_quota": ("archivequota", "newarchivequota"),
    "database_size": ("databasesize",),
    "database_free": ("availablenewmailboxspace",),
}
"""Plain names (see `plain_name`) of columns with sizes, by measure, without their unit, the best name first."""
_UNITS = {"b": 1.0, "byte": 1.0, "bytes": 1.0}
_UNITS |= {
    name: size for letter, size in zip("kmgt", (KB, MB, GB, TB), strict=True) for name in (f"{letter}b", f"{letter}ib")
}
_UNITS |= {f"{name}bytes": size for name, size in zip(("kilo", "mega", "giga", "tera"), (KB, MB, GB, TB), strict=True)}
_WORDS = "|".join(sorted(_UNITS, key=len, reverse=True))
_UNIT_LAST = re.compile(rf"(?P<name>.+?)(?:value)?(?:in|to)?(?P<unit>{_WORDS})$")
_UNIT_FIRST = re.compile(rf"(?P<unit>{_WORDS})(?P<name>.+)$")
_LOOKS_LIKE_SIZE = re.compile(
    r"(?i)size|storage|usage|used|\b[KMG]i?B\b|größe|groesse|taille|tama[nñ]o|tamanho|dimension|grootte|storlek|rozmiar"
    r"|размер|サイズ|大小|크기"
)
_NO_SIZE_OF_A_MAILBOX = re.compile(r"(?i)quota|limit|status|delet|archive|database|folder|message|warning|default")


@dataclass(frozen=True)
class SizeColumn:
    """Column with sizes.

    Attributes
    ----------
    name
        Name of the column as in the file.
    unit
        Bytes of the unit that the name gives; 1 if the cells give their own units.
    """

    name: str
    unit: float


def find_size_columns(names: Sequence[str]) -> dict[str, SizeColumn]:
    """Return one column with sizes per measure: of several the one with the best name, preferably without a unit."""
    found: dict[tuple[str, int, int], SizeColumn] = {}
    places = {name: (measure, place) for measure, known in SIZE_NAMES.items() for place, name in enumerate(known)}
    for name in names:
        for rank, (base, unit) in enumerate(_split_unit(plain_name(name))):
            if base in places:
                measure, place = places[base]
                found.setdefault((measure, place, rank), SizeColumn(name, unit))
                break
    best: dict[str, SizeColumn] = {}
    for measure, place, rank in sorted(found, key=lambda key: (key[0], key[2] > 0, key[1])):
        best.setdefault(measure, found[measure, place, rank])
    return best


def _split_unit(plain: str) -> Iterable[tuple[str, float]]:
    yield plain, 1.0
    for pattern in (_UNIT_LAST, _UNIT_FIRST):
        match = pattern.fullmatch(plain)
        if match:
            yield match["name"], _UNITS[match["unit"]]


def find_likely_size(names: Iterable[str]) -> str | None:
    """Return the name of a column that is not in the list, but looks like the size of a mailbox."""
    likely = (name for name in names if _LOOKS_LIKE_SIZE.search(name) and not _NO_SIZE_OF_A_MAILBOX.search(name))
    return next(likely, None)
