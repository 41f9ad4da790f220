"""Read message profile reports: the CSV of Generate-MessageProfile.ps1, one row per site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.powershell_csv import Column, Export
from calculator.importers.formats.reading import Reading
from calculator.importers.messages.rates import MessageRate, count_work_days
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, WARNING, Issues, quoted, refuse

SOURCE = "message profile report"
COMMAND = ".\\Generate-MessageProfile.ps1 -ADSites * -StartOnDate … -EndBeforeDate … -OutCSVFile messages.csv"
COUNTS = ("Mailboxes", "SentMsgs", "RcvdMsgs", "SentKB", "RcvdKB", "TotalDays")
_AVERAGE = "~all sites"
_COLUMNS = (Column("SiteName", required=True), *(Column(name, required=True) for name in COUNTS))
_MAILBOXES, _SENT, _RECEIVED, _SENT_KB, _RECEIVED_KB, _DAYS = range(len(COUNTS))
AVERAGES, UNUSABLE, DUPLICATES = "average_rows", "unusable", "duplicates"


def is_profile(export: Export) -> bool:
    """Return whether a CSV file is such a report."""
    return export.has("SiteName", "AvgTotalMsgs") or export.has("SiteName", "SentMsgs", "RcvdMsgs")


def read_profiles(
    sources: Sequence[Source], issues: Issues, work_week: float, work_days: float | None, reading: Reading | None = None
) -> MessageRate:
    """Read reports; use their totals instead of their averages, which are rounded up.

    Parameters
    ----------
    sources
        The reports; their sites are combined, weighted by mailboxes.
    work_week, work_days
        Number of working days in a week, and in the period of all reports if known.
    reading
        Receives what was recognized in each file.

    Raises
    ------
    InputError
        If no site can be used.
    """
    sites: dict[tuple[str, ...], Any] = {}
    averages: dict[tuple[str, ...], Any] = {}
    left_out = dict.fromkeys((AVERAGES, UNUSABLE, DUPLICATES), 0)
    where = ""
    for source in sources:
        with powershell_csv.open_export(source, issues) as export:
            where = export.where
            for block in export.blocks(_COLUMNS, COMMAND):
                counts = np.array([numbers.whole(block[name]) for name in COUNTS])
                cells = [block[name].to_pylist() for name in COUNTS]
                for place, name in enumerate(block["SiteName"].to_pylist()):
                    row = counts[:, place]
                    line = f"{export.where} row {block.lines[place]}"
                    if not _drop_unusable(row, [column[place] for column in cells], line, issues):
                        left_out[UNUSABLE] += 1
                        continue
                    site = str(name or "")
                    group = averages if site.lower() == _AVERAGE else sites
                    key = (site, *map(str, row))
                    left_out[DUPLICATES] += key in group
                    group[key] = row
            (reading or Reading()).add(
                where,
                SOURCE,
                encoding=export.encoding,
                separator=export.separator,
                rows=export.rows,
                names=export.names,
                used=list(export.used),
            )
    if sites:
        left_out[AVERAGES] = len(averages)
    elif averages:
        issues.add(NOTICE, where, "", "only has the average of all sites, which is used.")
    else:
        refuse(where, "holds no site that can be used.", f"Create it again with: {COMMAND}")
    _report_repeated_sites([key[0] for key in sites], where, issues)
    return _combine_sites(np.array(list((sites or averages).values())), where, issues, work_week, work_days, left_out)


def _drop_unusable(row: Any, cells: Sequence[str | None], where: str, issues: Issues) -> bool:
    for name, value, cell in zip(COUNTS, row, cells, strict=True):
        if np.isnan(value) or value < 0:
            message = f"{quoted(cell)} is not a whole number of 0 or more." if cell else "is missing."
            issues.add(WARNING, where, name, message, "The row is left out.")
            return False
    for place in (_MAILBOXES, _DAYS):
        if row[place] == 0:
            message = "is 0: nothing can be divided by it."
            issues.add(WARNING, where, COUNTS[place], message, "The row is left out.")
            return False
    return True


def _report_repeated_sites(names: list[str], where: str, issues: Issues) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = f"holds site {quoted(name)} more than once, with other figures: all are counted."
        issues.add(WARNING, where, "", message, "Leave one out if it is the same site.")


def _combine_sites(
    sites: Any, where: str, issues: Issues, work_week: float, work_days: float | None, left_out: dict[str, int]
) -> MessageRate:
    days = {
        float(total): work_days or count_work_days(float(total), work_week, where, issues) for total in sites[:, _DAYS]
    }
    messages = sites[:, _SENT] + sites[:, _RECEIVED]
    per_day = messages / [days[total] for total in sites[:, _DAYS]]
    kilobytes = (sites[:, _SENT_KB] + sites[:, _RECEIVED_KB]).sum()
    return MessageRate(
        SOURCE,
        float(per_day.sum()),
        float(kilobytes / messages.sum()) if messages.sum() else None,
        float(sites[:, _MAILBOXES].sum()),
        left_out,
    )
