"""Model imports of PST files into archives: waves with an amount per week, and the amount in each month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.schema import FLOAT, Field
from calculator.issues import InputError, Issues, quoted
from calculator.numerics.arrays import Floats
from calculator.rules.constants import scalar

LONGEST_RUN = 240
"""Largest number of months of a timeline, which is the largest planning horizon."""
MAX_WAVES = 100
_FORM = 'Write "FROM..TO: 500 GB a week" or "FROM..TO: 40 mailboxes a week", with months from 1.'
_WAVE = re.compile(r"\s*(\d{1,6})\s*\.\.\s*(\d{1,6})\s*:\s*(.{1,80}?)\s+a\s+week\s*")
_MAILBOXES = re.compile(r"([\d.]{1,20})\s*mailbox(?:es)?(?:\s+of\s+(.{1,40}))?")
_SIZE = Field("pst", FLOAT, None, "PST data", "PST data imported", unit="GB", low=0, high=1e9, open_low=True)


@dataclass(frozen=True)
class Wave:
    """Imports in a range of months, both ends included.

    Attributes
    ----------
    first, last
        Months, from 1 on.
    gigabytes
        GB per week if ``mailboxes`` is None, else GB per mailbox; None for as much as the archive holds.
    mailboxes
        Mailboxes per week; None if the wave is counted by size.
    """

    first: int
    last: int
    gigabytes: float | None
    mailboxes: float | None = None

    def weekly(self, archive: float) -> float:
        """Return the GB per week, given the size of an archive in GB."""
        if self.mailboxes is None:
            return self.gigabytes or 0.0
        return self.mailboxes * (archive if self.gigabytes is None else self.gigabytes)

    def weeks(self, mailboxes: float) -> float:
        """Return the number of weeks to the end of the last month, or until all mailboxes with an archive are done."""
        weeks = (self.last - self.first + 1) * weeks_per_month()
        return min(weeks, mailboxes / self.mailboxes) if self.mailboxes else weeks

    def by_month(self, months: int, archive: float, mailboxes: float) -> Floats:
        """Return the GB imported in each month, shape ``(months + 1,)``; month 0 is the first day.

        Parameters
        ----------
        months
            Months of the timeline.
        archive
            GB that an archive holds.
        mailboxes
            Mailboxes with an archive.
        """
        weeks_since_start = (np.arange(months + 1.0) - self.first + 1) * weeks_per_month()
        done = np.clip(weeks_since_start, 0.0, self.weeks(mailboxes))
        return np.diff(done, prepend=0.0) * self.weekly(archive)


def weeks_per_month() -> float:
    """Return the number of weeks per month, 52/12, as the growth of mailboxes counts them."""
    return scalar("weeks_per_year") / scalar("months_per_year")


def read_waves(texts: Iterable[str]) -> tuple[Wave, ...]:
    """Parse waves of imports from texts.

    Parameters
    ----------
    texts
        Such as ``1..6: 40 mailboxes a week``, ``1..6: 40 mailboxes of 5 GB a week`` or ``7..8: 500 GB a week``.

    Raises
    ------
    InputError
        With every text that cannot be read.

    Examples
    --------
    >>> read_waves(["1..6: 40 mailboxes a week", "7..8: 500 GB a week"])
    (Wave(first=1, last=6, gigabytes=None, mailboxes=40.0), Wave(first=7, last=8, gigabytes=500.0, mailboxes=None))
    """
    issues = Issues()
    waves = parse_waves(texts, issues)
    if issues.errors:
        raise InputError(issues)
    return waves


def parse_waves(texts: Iterable[str], issues: Issues, where: str = "--pst") -> tuple[Wave, ...]:
    """Return the waves in texts, and add an issue for each text that cannot be parsed."""
    waves = []
    for text in texts:
        try:
            waves.append(_parse_wave(text))
        except ValueProblem as error:
            issues.error(where, quoted(text), error.message, error.hint)
    if len(waves) > MAX_WAVES:
        issues.error(where, "", f"is given {len(waves):,} times, at most {MAX_WAVES} are read.", "Join waves.")
    return tuple(waves)


def _parse_wave(text: str) -> Wave:
    match = _WAVE.fullmatch(text)
    if match is None:
        raise ValueProblem("is not a wave of imports.", _FORM)
    first, last = int(match[1]), int(match[2])
    if not 1 <= first <= last <= LONGEST_RUN:
        raise ValueProblem(f"has no months from 1 to {LONGEST_RUN} in order.", _FORM)
    by_mailboxes = _MAILBOXES.fullmatch(match[3])
    if by_mailboxes is None:
        return Wave(first, last, _parse_gigabytes(match[3]))
    gigabytes = _parse_gigabytes(by_mailboxes[2]) if by_mailboxes[2] else None
    try:
        mailboxes = float(by_mailboxes[1])
    except ValueError:
        mailboxes = 0.0
    if mailboxes <= 0:
        raise ValueProblem(f"{quoted(by_mailboxes[1])} is not a number of mailboxes.", _FORM)
    return Wave(first, last, gigabytes, mailboxes)


def _parse_gigabytes(text: str) -> float:
    value = read_value(_SIZE, text)
    assert isinstance(value, float)
    return value
