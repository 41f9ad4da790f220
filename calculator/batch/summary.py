"""Summarize a file of results: the first rows of each status, and how often each issue occurs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from calculator.batch.part_file import CHECK_DIRECTORY
from calculator.engine.findings import ODDITY_FIELD, SEPARATOR
from calculator.engine.progress import Progress
from calculator.inputs.profile import name_of
from calculator.inputs.text_files import file_errors
from calculator.issues import ERROR, NOTICE, WARNING, refuse, short

STATUS, ISSUES = "status", "issues"
_SEVERITIES = (ERROR, WARNING, NOTICE)
_VARYING = re.compile(r'"[^"]*"|\d[\d,.]*')
"""Pattern of what differs between rows with the same reason: quoted values and numbers."""
_READ, _PARSE = csv.ReadOptions(block_size=1 << 20), csv.ParseOptions(newlines_in_values=True)


@dataclass(frozen=True)
class Reason:
    """Error, warning or notice of designs, and the number of rows that have it.

    Attributes
    ----------
    severity
        ``error``, ``warning`` or ``notice``.
    field
        Path of the input or name of the result.
    message
        Message of the first row with the reason; other rows may have other figures in it.
    rows
        Number of rows that have it.
    """

    severity: str
    field: str
    message: str
    rows: int


@dataclass(frozen=True)
class Summary:
    """Summary of a file of results.

    Attributes
    ----------
    names
        Column names.
    first
        Cells of the first rows of each status, as text, in the order of the file.
    reasons
        The reasons: errors, then warnings, then notices; of each, the most frequent first.
    """

    names: tuple[str, ...]
    first: tuple[dict[str, str], ...]
    reasons: tuple[Reason, ...]


def summarize(results: str, rows: int = 20, progress: Progress | None = None) -> Summary:
    """Read a CSV file of results, block by block.

    Parameters
    ----------
    results
        CSV file of results.
    rows
        Number of first rows of each status to keep.
    progress
        Called with the number of rows read, after each block.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    where = name_of(results)
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    first: dict[int, dict[str, str]] = {}
    kept: Counter[str] = Counter()
    names: tuple[str, ...] = ()
    done = 0
    try:
        with file_errors(where, "read", CHECK_DIRECTORY):
            header = csv.open_csv(results, _READ, _PARSE)
            names = tuple(header.schema.names)
            options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
            for batch in csv.open_csv(results, _READ, _PARSE, options):
                statuses = batch.column(STATUS)
                for status in filter(lambda status: kept[status] < rows, statuses.unique().to_pylist()):
                    places = pc.indices_nonzero(pc.equal(statuses, status))[: rows - kept[status]]
                    kept[status] += len(places)
                    first |= {
                        done + place: row
                        for place, row in zip(places.to_pylist(), batch.take(places).to_pylist(), strict=True)
                    }
                for text, count in Counter(batch.column(ISSUES).to_pylist()).items():
                    for key, message in _reasons(text).items():
                        counts[key] += count
                        examples.setdefault(key, message)
                done += batch.num_rows
                if progress is not None:
                    progress(done, 1.0)
    except pa.ArrowInvalid as error:
        refuse(where, f"cannot be read: {short(str(error))}.", "Run the file again.")
    ranked = sorted(counts.items(), key=lambda item: (_SEVERITIES.index(item[0][0]), -item[1]))
    reasons = tuple(
        Reason(severity, field, examples[key], count) for (key, count) in ranked for severity, field, _ in [key]
    )
    return Summary(names, tuple(first[place] for place in sorted(first)), reasons)


def _reasons(text: str) -> dict[tuple[str, str, str], str]:
    """Return the distinct reasons in the issues of a row: the severity, the field, and the message without values."""
    found: dict[tuple[str, str, str], str] = {}
    for part in text.split(SEPARATOR) if text else ():
        severity, _, rest = part.partition(": ")
        field, _, message = rest.partition(": ")
        if severity in _SEVERITIES:
            if field == ODDITY_FIELD:  # The figures that quirks change differ from design to design.
                message = f"{message.partition('. ')[0].rstrip('.')}."
            same = _VARYING.sub("#", message)
            key = (severity, _without_side(field), same)
            found.setdefault(key, message)
    return found


def _without_side(field: str) -> str:
    """Return a field without its datacenter, because both datacenters share a reason."""
    return field.replace(".primary", "").replace(".secondary", "")
