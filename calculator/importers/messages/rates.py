"""Represent the messages per working day that a source reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calculator.issues import NOTICE, Issues

DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class MessageRate:
    """Messages of mailboxes per working day, as a source reports them.

    Attributes
    ----------
    source
        Description of the source in issues.
    messages
        Number sent and received by all mailboxes per working day; None if unknown.
    message_size
        Average size in KB; None if unknown.
    mailboxes
        Number of mailboxes that the source counts; None if it counts none.
    left_out
        Number of rows left out, by reason.
    """

    source: str
    messages: float | None
    message_size: float | None
    mailboxes: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


def count_work_days(days: float, work_week: float, where: str, issues: Issues) -> float:
    """Return the number of working days in a period; a period that fits into a work week is assumed to have no weekend.

    A message profile is per working day, so messages of whole weeks are divided by their working days.
    """
    if days <= work_week or work_week == DAYS_OF_WEEK:
        return days
    working = days * work_week / DAYS_OF_WEEK
    message = f"covers {days:g} days, including weekends: its messages are divided by {working:.4g} working days."
    issues.add(NOTICE, where, "", message, "Give --work-days if the number differs.")
    return working
