"""Read the console output of CalcMsgAverage.ps1: averages per mailbox and day."""

from __future__ import annotations

import re

from calculator.importers.formats.reading import Reading
from calculator.importers.formats.typography import normalize
from calculator.importers.messages.rates import MessageRate, count_work_days
from calculator.inputs import text_files
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, Issues, quoted, refuse

SOURCE = "text of CalcMsgAverage"
LARGEST = 4_000_000
"""Largest number of characters read; the output has a few thousand."""
DAYS, RECIPIENTS, RECEIVED, SENT, BOTH, SIZE = (
    "Analyzed period (days)",
    "Number of recipients",
    "Messages Received per Mailbox Per Day",
    "Messages Sent per Mailbox Per Day",
    "Messages Sent/Received per Mailbox Per Day",
    "Average message size (KB)",
)
_NOTHING = "nothing to analyze"
_ADVICE = "Paste what .\\CalcMsgAverage.ps1 -ADSites * -Days 5 -SkipHealthMailboxes prints, of one run."
_NUMBER = re.compile(r"\d+(?:[.,' \u00a0]\d{3})*(?:[.,]\d{1,2})?")


def is_averages(source: Source) -> bool:
    """Return whether a file is output of the script."""
    text = _read_text(source, Issues()).lower()
    return _NOTHING in text or any(f"{label.lower()}:" in text for label in (BOTH, RECEIVED, SENT))


def _read_text(source: Source, issues: Issues) -> str:
    """Return the text of a file, cut soon after `LARGEST` characters."""
    parts: list[bytes] = []
    with text_files.open_text(source, issues) as file:
        while sum(map(len, parts)) <= LARGEST and (data := file.read(LARGEST)):
            parts.append(data)
    return b"".join(parts).decode(errors="replace")


def read_averages(
    source: Source,
    issues: Issues,
    work_week: float,
    work_days: float | None,
    mailboxes: float | None,
    reading: Reading | None = None,
) -> MessageRate:
    """Read the averages.

    Parameters
    ----------
    source
        The text.
    work_week, work_days
        Number of working days in a week, and in the analyzed period if known.
    mailboxes
        Number of all mailboxes if known, because the script divides only by mailboxes with traffic.
    reading
        Receives what was recognized in the text.

    Raises
    ------
    InputError
        If the text has no averages, or averages of several runs.
    """
    where, text = text_files.source_name(source), _read_text(source, issues)
    if len(text) > LARGEST:
        refuse(where, f"is a text of more than {LARGEST:,} characters.", _ADVICE)
    if _NOTHING in text.lower():
        refuse(where, "says that there was nothing to analyze.", "Run the script over days whose logs are still kept.")
    found = {label: _find_value(text, label, where) for label in (DAYS, RECIPIENTS, RECEIVED, SENT, BOTH, SIZE)}
    rate = found[BOTH]
    if rate is None:
        sent, received = found[SENT], found[RECEIVED]
        if sent is None or received is None:
            refuse(where, f"has no line {quoted(BOTH)}.", _ADVICE)
        rate = sent + received
    days, recipients = found[DAYS], found[RECIPIENTS]
    if days and work_days:
        rate *= days / work_days
    elif days:
        rate *= days / count_work_days(days, work_week, where, issues)
    _report(where, issues, recipients, mailboxes)
    labels = [label for label, value in found.items() if value is not None]
    (reading or Reading()).add(where, SOURCE, encoding="", separator="", rows=len(labels), used=labels)
    divisor = recipients or mailboxes
    return MessageRate(SOURCE, rate * (divisor or 1), found[SIZE], divisor or 1)


def _find_value(text: str, label: str, where: str) -> float | None:
    """Return the number after a label, or None without the label."""
    pattern = re.compile(rf"(?:^|[\r\n]|\s){re.escape(label)}[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
    shown = {match.strip() for match in pattern.findall(text)}
    if not shown:
        return None
    if len(shown) > 1:
        refuse(where, f"has several values of {quoted(label)}.", _ADVICE)
    value = normalize(shown.pop()).replace("?", " ")
    if not _NUMBER.fullmatch(value):
        refuse(where, f"{label}: {quoted(value)} is not a number.", _ADVICE)
    return _parse_number(value)


def _parse_number(text: str) -> float:
    """Parse a number of any culture: the last separator is the decimal sign if one or two digits follow it."""
    whole, _, decimals = re.sub("[' \u00a0]", "", text).replace(",", ".").rpartition(".")
    if whole and len(decimals) < 3:
        return float(f"{whole.replace('.', '')}.{decimals}")
    return float((whole + decimals).replace(".", ""))


def _report(where: str, issues: Issues, recipients: float | None, mailboxes: float | None) -> None:
    """Report which messages and mailboxes the averages do not include."""
    if recipients and mailboxes:
        message = f"divides by {recipients:,.0f} mailboxes with traffic: the messages are divided by {mailboxes:,.0f}."
        issues.add(NOTICE, where, "", message)
    else:
        message = "divides by the mailboxes with traffic, not by all: its averages are too high where many are idle."
        issues.add(NOTICE, where, "", message, "Give --mailboxes, the number of all.")
    message = "gives the mean of the averages of received and sent messages as the size, not weighted by their number."
    issues.add(NOTICE, where, "", message, "A message profile report or the tracking logs themselves are better.")
    message = "counts health mailboxes too, unless the script ran with -SkipHealthMailboxes."
    issues.add(NOTICE, where, "", message)
