"""Read the user details of the email activity report of Microsoft 365: messages of each user in a period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.powershell_csv import Column, Export
from calculator.importers.formats.reading import Reading
from calculator.importers.messages.rates import MessageRate, count_work_days
from calculator.inputs.text_files import Source
from calculator.issues import WARNING, Issues, refuse

SOURCE = "email activity report"
COMMAND = "the Microsoft 365 admin center, Reports, Usage, Email activity, Export"
_COUNTS = ("Send Count", "Receive Count")
_DELETED, _PERIOD = "Is Deleted", "Report Period"
_COLUMNS = (*(Column(name, required=True) for name in (*_COUNTS, _PERIOD)), Column(_DELETED))
DELETED, UNUSABLE = "deleted", "unusable"


def is_activity(export: Export) -> bool:
    """Return whether a CSV file has the email activity of users."""
    return export.has(*_COUNTS, _PERIOD, "User Principal Name")


def read_activity(
    sources: Sequence[Source], issues: Issues, work_week: float, work_days: float | None, reading: Reading
) -> MessageRate:
    """Read reports; the users of all files are added up, and their messages divided by the period of each report.

    An empty count is 0, because the report has empty cells for a user without activity.

    Parameters
    ----------
    sources
        The reports, each about different users.
    work_week, work_days
        Number of working days in a week, and in the period of the reports if known.
    reading
        Receives what was recognized in each file.

    Raises
    ------
    InputError
        If no user sent or received a message.
    """
    messages = users = 0.0
    left_out = dict.fromkeys((DELETED, UNUSABLE), 0)
    where = ""
    for source in sources:
        with powershell_csv.open_export(source, issues) as export:
            where = export.where
            total, periods = 0.0, [np.zeros(0)]
            for block in export.blocks(_COLUMNS, COMMAND):
                counts = np.array([numbers.whole(block[name]) for name in _COUNTS])
                given = np.array([numbers.are_given(block[name]) for name in _COUNTS])
                counts = np.where(given, counts, 0.0)
                period = numbers.whole(block[_PERIOD])
                deleted = numbers.are_true(block[_DELETED]) if _DELETED in block else np.zeros(block.count, dtype=bool)
                good = (counts >= 0).all(axis=0) & (period > 0)
                left_out[DELETED] += int(deleted.sum())
                left_out[UNUSABLE] += int((~good & ~deleted).sum())
                total += float(counts[:, good & ~deleted].sum())
                users += int((good & ~deleted).sum())
                periods.append(period[good])
            days = float(np.max(np.concatenate(periods), initial=0.0))
            if days:
                messages += total / (work_days or count_work_days(days, work_week, where, issues))
            reading.add(
                where,
                SOURCE,
                encoding=export.encoding,
                separator=export.separator,
                rows=export.rows,
                names=export.names,
                used=list(export.used),
            )
    if left_out[UNUSABLE]:
        message = f"rows without a number where there should be one: {left_out[UNUSABLE]:,}."
        issues.add(WARNING, where, "", message, "They are left out.")
    if not messages:
        refuse(where, "no user sent or received a message.", f"Export it again from {COMMAND}.")
    return MessageRate(SOURCE, messages, None, users, left_out)
