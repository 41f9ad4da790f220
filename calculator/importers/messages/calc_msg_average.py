"""The console text of CalcMsgAverage.ps1: averages a mailbox and day."""

from __future__ import annotations

import re

from calculator.importers.messages.rates import Rate, work_days_in
from calculator.inputs import text_files
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, Issues, quoted, refuse

SOURCE = "text of CalcMsgAverage"
LARGEST = 4_000_000
"""Characters of a text: what a console holds is some thousand."""
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


def is_average(source: Source) -> bool:
    """Whether a file is what the script prints."""
    text = _text(source, Issues()).lower()
    return _NOTHING in text or any(f"{label.lower()}:" in text for label in (BOTH, RECEIVED, SENT))


def _text(source: Source, issues: Issues) -> str:
    """The text of a file, no more than a little above what is read at most."""
    parts: list[bytes] = []
    with text_files.open_text(source, issues) as file:
        while sum(map(len, parts)) <= LARGEST and (data := file.read(LARGEST)):
            parts.append(data)
    return b"".join(parts).decode(errors="replace")


def read_averages(
    source: Source, issues: Issues, work_week: float, work_days: float | None, mailboxes: float | None
) -> Rate:
    """Read the averages.

    Parameters
    ----------
    source
        The text.
    work_week, work_days
        Days of work in a week, and in the time analyzed where they are known.
    mailboxes
        All mailboxes, where they are known: the script divides by those with traffic alone.

    Raises
    ------
    InputError
        If the text holds no averages, or those of several runs.
    """
    where, text = text_files.source_name(source), _text(source, issues)
    if len(text) > LARGEST:
        refuse(where, f"is a text of more than {LARGEST:,} characters.", _ADVICE)
    if _NOTHING in text.lower():
        refuse(where, "says that there was nothing to analyze.", "Run the script over days whose logs are still kept.")
    found = {label: _value(text, label, where) for label in (DAYS, RECIPIENTS, RECEIVED, SENT, BOTH, SIZE)}
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
        rate *= days / work_days_in(days, work_week, where, issues)
    _tell(where, issues, recipients, mailboxes)
    divisor = recipients or mailboxes
    return Rate(SOURCE, rate * (divisor or 1), found[SIZE], divisor or 1)


def _value(text: str, label: str, where: str) -> float | None:
    """The number after a label; None where the label is not there."""
    pattern = re.compile(rf"(?:^|[\r\n]|\s){re.escape(label)}[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
    shown = {match.strip() for match in pattern.findall(text)}
    if not shown:
        return None
    if len(shown) > 1:
        refuse(where, f"has several values of {quoted(label)}.", _ADVICE)
    value = shown.pop()
    if not _NUMBER.fullmatch(value):
        refuse(where, f"{label}: {quoted(value)} is not a number.", _ADVICE)
    return _number(value)


def _number(text: str) -> float:
    """A number as a culture writes it: the last sign followed by one or two digits is the decimal sign."""
    whole, _, decimals = re.sub("[' \u00a0]", "", text).replace(",", ".").rpartition(".")
    if whole and len(decimals) < 3:
        return float(f"{whole.replace('.', '')}.{decimals}")
    return float((whole + decimals).replace(".", ""))


def _tell(where: str, issues: Issues, recipients: float | None, mailboxes: float | None) -> None:
    """Say what the averages leave out."""
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
