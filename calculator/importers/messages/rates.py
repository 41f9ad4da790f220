"""How many messages mailboxes send and receive on a day of work, as a source tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calculator.issues import NOTICE, Issues

DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Rate:
    """What a source tells of messages.

    Attributes
    ----------
    source
        What it is, for messages.
    messages
        Sent and received by all mailboxes on a day of work; None where it cannot be told.
    message_size
        KB on average; None where it cannot be told.
    mailboxes
        Mailboxes the source counts; None where it counts none.
    left_out
        Rows that did not count, by reason.
    """

    source: str
    messages: float | None
    message_size: float | None
    mailboxes: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


def work_days_in(days: float, work_week: float, where: str, issues: Issues) -> float:
    """Days of work among days in a row; days at work where they fit into a work week.

    A message profile means a day of work, so what was counted over whole weeks is divided by their days of work.
    """
    if days <= work_week or work_week == DAYS_OF_WEEK:
        return days
    work = days * work_week / DAYS_OF_WEEK
    message = f"covers {days:g} days, weekends among them: its messages are divided by {work:.4g} days of work."
    issues.add(NOTICE, where, "", message, "Give --work-days where they are others.")
    return work
