"""Read the design in Microsoft's workbook by its defined names.

Nothing in the workbook is executed.  A missing name, an empty cell or an unusable value leaves the default, and an
issue reports it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache

from calculator.importers.result import ImportResult
from calculator.importers.workbook.archive import Package, read_bytes
from calculator.importers.workbook.sheets import EMPTY, CellReference, StoredCell, Workbook, parse_target
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile, applies, name_of
from calculator.inputs.schema import FIELDS, SERVER_ROLE, Field, Kind, Value
from calculator.issues import NOTICE, WARNING, Issues, quoted, refuse, short

VERSION = "7.6"
"""Version of Microsoft's workbook whose defined names are known."""
_VERSION_NAME = "CalcVersion"
_VERSION_NUMBER = re.compile(r"(?<![\d.])\d{1,2}(?:\.\d{1,2}){0,2}(?![\d.])")
TIERS = 4
"""Number of tiers in the workbook."""
DOMAINS = 8
"""Number of failure domains per datacenter in the workbook."""

_ROLES = dict(zip(SERVER_ROLE.labels, ("PDC", "SDC", "LCS"), strict=True))
_SITES = {"primary": "Pri", "secondary": "Sec"}
_NAMES_SHOWN = 12
_LARGEST_WHOLE = 1e15
_FLAGS = {
    "yes": True,
    "no": False,
    "true": True,
    "false": False,
    "64-bit": True,
    "32-bit": False,
    "custom": True,
    "default": False,
    "enabled": True,
    "disabled": False,
}
_CHOICES = {
    "exchange native data protection": "native_data_protection",
    "hardware vss backup/restore": "hardware_vss",
    "software vss backup/restore": "software_vss",
}
"""Our words for those words of the workbook that differ in more than spelling."""
_COUNTED = re.compile(r"\s*([0-9.]+)\s*(messages?|GB)\s*", re.IGNORECASE)
_OPEN_AND_SAVE = "Open the workbook in Excel, recalculate it and save it."
_INPUT_CELL = "Type the value in the workbook, or give it in the profile."


def import_workbook(path: str | os.PathLike[str]) -> ImportResult:
    """Read the design in a file of Microsoft's workbook.

    Parameters
    ----------
    path
        File that ends in ``.xlsm`` or ``.xlsx``.

    Returns
    -------
    ImportResult
        The design, with the workbook's model of Recoverable Items: ``guidance.dumpster_model`` is ``calculator``.

    Raises
    ------
    InputError
        If the file is not Microsoft's workbook, is damaged or protected, or exceeds the bounds.
    """
    return read_workbook(read_bytes(path), name_of(path))


def read_workbook(data: bytes, where: str = "workbook") -> ImportResult:
    """Read the design in the bytes of a workbook, as `import_workbook` does."""
    return read_design(Workbook(Package(data, where)))


def read_design(workbook: Workbook) -> ImportResult:
    """Read the design in an open workbook."""
    issues = Issues()
    names = dict(list_defined_names())
    places = {path: _find_cell(workbook, name) for path, name in names.items()}
    missing = [names[path] for path, place in places.items() if place is None]
    if not any(place for path, place in places.items() if "!" not in names[path]):
        message = "has none of the defined names of Microsoft's workbook."
        refuse(workbook.where, message, f"Give Microsoft's workbook, version {VERSION}.")
    version = read_version(workbook)
    other = version not in ("", VERSION)
    if missing or other:  # use a cell without a name only if all cells with a name are at their known places
        places.update(dict.fromkeys((path for path, name in names.items() if "!" in name)))
        missing = [names[path] for path, place in places.items() if place is None]
    if other:
        message = f"is version {version}, but the results are those of version {VERSION}."
        issues.add(WARNING, workbook.where, "", message, "Inputs are read by their defined names: check them.")
    cells = workbook.cells([place for place in places.values() if place is not None])
    found = {path: cells.get(place, EMPTY) for path, place in places.items() if place is not None}
    given = _read_values(found, names, workbook.where, issues)
    given |= _read_failure_domains(workbook, given, issues)
    _report_missing(missing, workbook.where, issues)
    _report_empty([names[path] for path, cell in found.items() if _is_blank(cell)], workbook.where, issues)
    given["guidance.dumpster_model"] = "calculator"
    title = f"From {workbook.where}"
    return ImportResult(Profile(given, title, where=workbook.where), issues)


def read_version(workbook: Workbook) -> str:
    """Return the version of a workbook, such as ``7.6``, or an empty text if the workbook does not say."""
    name = _VERSION_NAME.lower()
    place = workbook.names.get(name)
    value = workbook.constants.get(name) if place is None else workbook.cells([place]).get(place, EMPTY).value
    text = f"{value:g}" if isinstance(value, float) else str(value or "")
    number = _VERSION_NUMBER.search(text)
    return number[0] if number else ""


@lru_cache(maxsize=1)
def list_defined_names() -> tuple[tuple[str, str], ...]:
    """Return the full path and the defined name of every input in the workbook."""
    return tuple(pair for field in FIELDS if field.workbook for pair in _list_input_names(field))


def _list_input_names(field: Field) -> Iterator[tuple[str, str]]:
    labels = field.axis.expand(TIERS) if field.axis else ("",)
    for path, label in zip(field.paths(TIERS), labels, strict=True):
        yield path, field.workbook.replace("{}", _ROLES.get(label, label))


def _find_cell(workbook: Workbook, name: str) -> CellReference | None:
    """Return the cell of a defined name, or of a sheet and reference for a cell without a name."""
    if "!" in name:
        place = parse_target(name)
        return place if place and workbook.has_sheet(place[0]) else None
    return workbook.names.get(name.lower())


def _is_blank(cell: StoredCell) -> bool:
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def _read_values(found: dict[str, StoredCell], names: dict[str, str], where: str, issues: Issues) -> dict[str, Value]:
    """Return the values of the inputs; an unusable value is an error if the design needs it."""
    given: dict[str, Value] = {}
    problems: dict[str, ValueProblem] = {}
    for path, cell in found.items():
        declared = schema.find(path)
        if _is_blank(cell) or declared is None:
            continue
        try:
            given[path] = _value(declared[0], cell)
        except ValueProblem as error:
            problems[path] = error
    profile = Profile(given)
    for path, problem in problems.items():
        severity = "error" if applies(profile, path) else NOTICE
        default = _format(profile.value(path))
        message = f"{names[path]} holds a value that cannot be used: {problem.message} The default {default} is used."
        issues.add(severity, where, path, message, problem.hint)
    return given


def _format(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(field: Field, cell: StoredCell) -> Value:
    """Return the value of an input from its cell."""
    raw: object = cell.value
    if cell.error:
        raise ValueProblem(f"{quoted(raw)} is an error value.", _INPUT_CELL)
    if isinstance(raw, str):
        raw = _translate(field, raw.strip())
    elif isinstance(raw, float) and raw.is_integer() and abs(raw) < _LARGEST_WHOLE:
        raw = int(raw)
    elif isinstance(raw, bool) and field.kind is not Kind.BOOL:
        raise ValueProblem(f"{quoted(raw)} is not {field.limits()}.", f"Give {field.limits()}.")
    return read_value(field, raw)


def _translate(field: Field, text: str) -> object:
    """Translate a word of the workbook; drop the unit after a number."""
    word = text.lower()
    if field.kind is Kind.BOOL and word in _FLAGS:
        return _FLAGS[word]
    if field.kind is Kind.CHOICE:
        return _CHOICES.get(word, text)
    counted = _COUNTED.fullmatch(text)
    if counted and (field.options or field.unit.startswith("messages")):
        return counted[1]
    return text


def _read_failure_domains(workbook: Workbook, given: dict[str, Value], issues: Issues) -> dict[str, Value]:
    """Return the failure domains of the datacenters as ``servers:copies+...``, from two names per domain."""
    domains: dict[str, Value] = {}
    for site, short_name in _SITES.items():
        path = f"failure_domains.{site}"
        pairs = [_name_domain(number, short_name) for number in range(1, DOMAINS + 1)]
        places = [tuple(workbook.names.get(name.lower()) for name in pair) for pair in pairs]
        cells = workbook.cells(place for pair in places for place in pair if place is not None)
        parts = []
        for pair in places:
            servers, copies = (_read_count(cells, place) for place in pair)
            if servers:
                parts.append(f"{servers}:{copies}")
        if parts:
            domains[path] = "+".join(parts)
        elif given.get("failure_domains.enabled") and site == "primary":
            message = f"There are no failure domains in {pairs[0][0]} and the names like it."
            issues.error(workbook.where, path, message, 'Give them in the profile, such as "3:2+3:1".')
    return domains


def _name_domain(number: int, site: str) -> tuple[str, str]:
    return f"FD{number}ServerCount{site}", f"FD{number}CopyCount{site}"


def _read_count(cells: dict[CellReference, StoredCell], place: CellReference | None) -> int:
    value = cells.get(place, EMPTY).value if place is not None else None
    number = value if isinstance(value, float) else 0.0
    return int(number) if 0 <= number <= 16 else 0


def _report_missing(missing: list[str], where: str, issues: Issues) -> None:
    if missing and all("!" in name for name in missing):
        message = f"{_join_names(missing)} is not read, because another version may have something else there."
        issues.add(NOTICE, where, "names.dag", message, "Give the name of the DAG in the profile.")
    elif missing:
        plural = (
            f"{len(missing)} defined names of version {VERSION} are"
            if len(missing) > 1
            else (f"A defined name of version {VERSION} is")
        )
        message = f"{plural} missing, so defaults are used: {_join_names(missing)}."
        issues.add(WARNING, where, "", message, "Is it another version? Compare those inputs with the workbook.")


def _report_empty(empty: list[str], where: str, issues: Issues) -> None:
    if empty:
        cells = f"{len(empty)} input cells are" if len(empty) > 1 else "An input cell is"
        message = f"{cells} empty, so defaults are used: {_join_names(empty)}."
        issues.add(WARNING, where, "", message, _OPEN_AND_SAVE)


def _join_names(names: list[str]) -> str:
    shown = ", ".join(short(name) for name in names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown
