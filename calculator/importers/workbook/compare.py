"""Compare the results stored in Microsoft's workbook with ours, and explain the differences."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.resources import files

from calculator.engine.results import DESIGN_INVALID, Cell, column_index, plain_value
from calculator.engine.sizing import SizedDesign, size
from calculator.importers.result import ImportResult
from calculator.importers.workbook.archive import Package, read_bytes
from calculator.importers.workbook.read import VERSION, read_design, read_version
from calculator.importers.workbook.sheets import EMPTY, CellReference, StoredCell, Workbook
from calculator.inputs.choices import slug
from calculator.inputs.profile import name_of
from calculator.issues import NOTICE, Issues, quoted, refuse
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.rules.registry import RULES, ResultKind

DISK_GROUP = "disk_group"
_NOT_APPLICABLE = frozenset({"", "--", "n/a"})
_FLAGS = {"yes": True, "no": False, "true": True, "false": False, "": False, "n/a": False, "--": None}
"""Values of a flag by the text of its cell; any sentence is a warning and means true."""
_WORKBOOK_WORDS = {
    "volume_design_approach": {"1": "one_per_database", "MultDBs": "multiple", "1/7": "backup_set"},
    "volume_architecture": {
        "1 Volume / DB": "one_volume_per_database",
        "Multiple DBs / Volume": "multiple_databases_per_volume",
        "2 Volumes / DB": "two_volumes_per_database",
        "2 Volumes / Backup Set": "two_volumes_per_backup_set",
    },
    "backup_method_shown": {
        "Exchange Native Data Protection": "native_data_protection",
        "Hardware VSS Backup/Restore": "hardware_vss",
        "Software VSS Backup/Restore": "software_vss",
    },
    "transport_database_location": {"Dedicated RAID-1 Disk": "dedicated_raid1_disk"},
    "summary_transport_database_location": {"Dedicated RAID-1 Disk": "dedicated_raid1_disk"},
    "replication_recommended_link_for_peak": {"Use Chosen Link": "chosen_link"},
    "replication_recommended_link_for_rpo": {"Use Chosen Link": "chosen_link"},
}
"""Words of the workbook that differ from ours in more than spelling, by result."""
_NUMBERS = {"Near 0 Hours": 0.0}


class Cause(Enum):
    """Cause of a difference between a stored result and ours."""

    VERSION = "another version's rules"
    NOT_IMPORTED = "an input was not imported"
    STALE_DISK_GROUP = "stale disk group"
    ERROR = "the workbook shows an error"
    ODDITY = "a known quirk of the workbook"
    TYPED_OVER = "no formula in the cell"
    FOLLOWS = "follows from another difference"
    REFUSED = "the workbook rejects the design"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Difference:
    """Stored result that differs from ours.

    Attributes
    ----------
    column, cell
        The result, and its cell in the workbook.
    workbook, ours
        Both values; None means not applicable.
    cause, explanation
        Cause of the difference, and its explanation as far as it is known.
    """

    column: str
    cell: str
    workbook: Cell
    ours: Cell
    cause: Cause
    explanation: str

    def __str__(self) -> str:
        values = f"workbook {_format(self.workbook)}, ours {_format(self.ours)}"
        return f"{self.column} ({self.cell}): {values}: {self.explanation}"


@dataclass(frozen=True)
class WorkbookComparison:
    """Comparison of the results stored in a workbook with ours for its inputs.

    Attributes
    ----------
    imported
        The design and the issues of its import.
    design
        The sized design.
    differences
        The differences; those that cause others come first.
    compared
        Number of results compared.
    not_compared
        Results without a stored value, and results whose cell is not known.
    version
        Version of the workbook, or an empty text if the workbook does not say.
    """

    imported: ImportResult
    design: SizedDesign
    differences: tuple[Difference, ...]
    compared: int
    not_compared: tuple[str, ...]
    version: str = ""

    @property
    def issues(self) -> Issues:
        """Issues of the import."""
        return self.imported.issues


def compare_with_workbook(
    path: str | os.PathLike[str], names: str | os.PathLike[str] | None = None
) -> WorkbookComparison:
    """Size the design in a workbook, and compare the results with those that the workbook stores.

    Only results in a cell of their own are compared: not tables with one row per database, nor texts that contain
    several figures.  In a workbook of another version, results are found by their defined names alone.

    Parameters
    ----------
    path
        File that ends in ``.xlsm`` or ``.xlsx``.
    names
        A workbook of version 7.6.  It gives the defined name of each result; without it, results in a workbook of
        another version cannot be found.

    Raises
    ------
    InputError
        As in `calculator.importers.workbook.read.import_workbook`, or if ``names`` has another version.
    """
    named = (read_bytes(names), name_of(names)) if names is not None else None
    return compare_bytes(read_bytes(path), name_of(path), named)


def compare_bytes(data: bytes, where: str = "workbook", names: tuple[bytes, str] | None = None) -> WorkbookComparison:
    """Compare like `compare_with_workbook`, given the bytes of the file, and bytes and name of the file with names."""
    workbook = Workbook(Package(data, where))
    imported = read_design(workbook)
    design = size(imported.profile)
    index = column_index(design.tiers)
    version = read_version(workbook)
    if version in ("", VERSION):
        wanted = {column: place for column, place in read_result_cells().items() if column in index}
    else:
        known = _read_result_names(Workbook(Package(*names))) if names is not None else {}
        if names is None:
            message = f"No result is compared, because the cells of version {version} are not known."
            hint = f"Give a workbook of version {VERSION} with --names, to find results by their defined names."
            imported.issues.add(NOTICE, where, "", message, hint)
        places = {column: workbook.names.get(name) for column, name in known.items() if column in index}
        wanted = {column: place for column, place in places.items() if place is not None}
    stored = workbook.cells(wanted.values())
    found: dict[str, tuple[StoredCell, Cell]] = {}
    missing = [column for column in index if column not in wanted and RULES[index[column][0]].group == "result"]
    for column, place in wanted.items():
        cell = stored.get(place, EMPTY)
        if cell.value is None:
            missing.append(column)
        else:
            found[column] = (cell, _as_workbook(design, column))
    differing = {
        column: (cell, ours)
        for column, (cell, ours) in found.items()
        if cell.error or not _agree(_convert(index[column][0], cell), ours)
    }
    if version in ("", VERSION):
        differences = _explain(differing, wanted, design, imported)
    else:
        differences = _explain_by_version(differing, wanted, design, version)
    return WorkbookComparison(imported, design, differences, len(found), tuple(missing), version)


def _read_result_names(workbook: Workbook) -> dict[str, str]:
    """Return the defined name of each result that has one, from a workbook in which the cells are known."""
    version = read_version(workbook)
    if version not in ("", VERSION):
        refuse(workbook.where, f"is version {version}.", f"Give a workbook of version {VERSION} for the names.")
    by_cell = {(place[0].lower(), place[1]): name for name, place in workbook.names.items() if place is not None}
    cells = {column: (sheet.lower(), reference) for column, (sheet, reference) in read_result_cells().items()}
    return {column: by_cell[place] for column, place in cells.items() if place in by_cell}


def _as_workbook(design: SizedDesign, column: str) -> Cell:
    """Return a result as the rules compute it, even if it is void because the design does not work."""
    name, place = column_index(design.tiers)[column]
    return plain_value(RULES[name], design.results.values[name][place][0])


@lru_cache(maxsize=1)
def read_result_cells() -> Mapping[str, CellReference]:
    """Return the cell of every result that has its own cell."""
    text = files(__package__).joinpath("workbook_cells.csv").read_text(encoding="utf-8")
    cells = {}
    for row in csv.DictReader(text.splitlines()):
        sheet, _, reference = row["cell"].partition("!")
        cells[row["column"]] = (sheet, reference)
    return cells


def _convert(rule: str, cell: StoredCell) -> Cell:
    """Return a stored value in our words, or None if it is not applicable."""
    raw, kind = cell.value, RULES[rule].kind
    if kind is ResultKind.FLAG:
        return _convert_flag(raw)
    if raw is None or (isinstance(raw, str) and raw.strip().lower() in _NOT_APPLICABLE):
        return None
    if kind is ResultKind.NUMBER:
        return raw if isinstance(raw, float) else _NUMBERS.get(str(raw))
    text = f"{raw:g}" if isinstance(raw, float) else str(raw)
    word = _WORKBOOK_WORDS.get(rule, {}).get(text)
    if word is not None:
        return word
    choice = RULES[rule].choice
    code = choice.code(text) if choice is not None else None
    return slug(text) if choice is None or code is None else choice.words[code]


def _convert_flag(raw: float | str | bool | None) -> bool | None:
    """Return the flag that a cell shows, as a word or as a warning that is only present if the flag is true."""
    if isinstance(raw, str):
        text = " ".join(raw.split()).lower()
        return _FLAGS.get(text, True if " " in text else None)
    return None if raw is None else bool(raw)


def _agree(stored: Cell, ours: Cell) -> bool:
    if isinstance(stored, float) and isinstance(ours, float):
        return math.isclose(stored, ours, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)
    return stored == ours


def _format(value: Cell) -> str:
    if value is None:
        return "n/a"
    return (
        f"{value:.10g}" if isinstance(value, float) else quoted(value) if isinstance(value, str) else str(value).lower()
    )


# --- causes ----------------------------------------------------------------------------------------


def _explain_by_version(
    differing: Mapping[str, tuple[StoredCell, Cell]],
    cells: Mapping[str, CellReference],
    design: SizedDesign,
    version: str,
) -> tuple[Difference, ...]:
    """Return the differences with the cause that the workbook has another version, whose rules are not known."""
    index = column_index(design.tiers)
    text = f"version {version} of the workbook has other rules than version {VERSION}."
    return tuple(
        Difference(
            column,
            "!".join(cells[column]),
            str(cell.value) if cell.error else _convert(index[column][0], cell),
            ours,
            Cause.VERSION,
            text,
        )
        for column, (cell, ours) in differing.items()
    )


def _explain(
    differing: Mapping[str, tuple[StoredCell, Cell]],
    cells: Mapping[str, CellReference],
    design: SizedDesign,
    imported: ImportResult,
) -> tuple[Difference, ...]:
    """Return the differences with their causes, sorted by cause."""
    index = column_index(design.tiers)
    rules = {index[column][0] for column in differing}
    differences = []
    for column, (cell, ours) in differing.items():
        rule = index[column][0]
        value = str(cell.value) if cell.error else _convert(rule, cell)
        cause, text = _find_cause(column, rule, cell, value, design, imported, rules)
        differences.append(Difference(column, "!".join(cells[column]), value, ours, cause, text))
    order = list(Cause)
    return tuple(sorted(differences, key=lambda difference: order.index(difference.cause)))


def _find_cause(
    column: str,
    rule: str,
    cell: StoredCell,
    value: Cell,
    design: SizedDesign,
    imported: ImportResult,
    differing: set[str],
) -> tuple[Cause, str]:
    if rule == DISK_GROUP:
        text = "the macro of the workbook has not written the disk group since an input was changed."
        return Cause.STALE_DISK_GROUP, text
    causes = sorted((_list_needed(rule) & differing) - {rule})
    if cell.error:
        return Cause.ERROR, f"the workbook shows {cell.value} here; ours is the figure that its rules should give."
    if _is_corrected(column, rule, value, design):
        return Cause.ODDITY, f"the workbook has the figure without its known quirk: {RULES[rule].oddity}"
    if not cell.formula and not causes:
        return Cause.TYPED_OVER, "the cell has a value instead of the workbook's formula."
    if causes:
        root = DISK_GROUP if DISK_GROUP in causes else _find_root(causes)
        return Cause.FOLLOWS, f"it is computed from {root}, which differs too."
    if design[DESIGN_INVALID]:
        return Cause.REFUSED, "Microsoft's workbook rejects the design, so its other figures mean nothing."
    if imported.issues.counts["error"] + imported.issues.counts["warning"]:
        return Cause.NOT_IMPORTED, "inputs were not imported as they are in the workbook; see the issues."
    return Cause.UNKNOWN, "perhaps a formula was edited, or the workbook was not recalculated."


def _is_corrected(column: str, rule: str, value: Cell, design: SizedDesign) -> bool:
    """Return whether a value is the corrected figure of a rule with a known quirk."""
    corrected = design.results.corrected.get(rule)
    if corrected is None or not isinstance(value, float):
        return False
    place = column_index(design.tiers)[column][1]
    return math.isclose(value, float(corrected[place][..., 0]), rel_tol=RELATIVE_TOLERANCE)


@lru_cache(maxsize=4096)
def _list_needed(rule: str) -> frozenset[str]:
    """Return the rules that a rule needs, directly or indirectly."""
    direct = [need for need in RULES[rule].needs if need in RULES]
    return frozenset(direct).union(*(_list_needed(need) for need in direct))


def _find_root(names: list[str]) -> str:
    """Return the first of several rules that needs none of the others."""
    return next(name for name in names if not _list_needed(name) & (set(names) - {name}))
