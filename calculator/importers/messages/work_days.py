"""From messages counted by the hour to messages of a day of work, and to the shares of its hours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calculator.importers.formats.times import DAY, HOUR
from calculator.importers.messages.rates import DAYS_OF_WEEK, Rate
from calculator.importers.messages.tracking_counter import Counted, Floats
from calculator.inputs.log_hours import HOURS, scaled
from calculator.issues import NOTICE, WARNING, Issues

SOURCE = "message tracking logs"
PARTIAL = "partial_days"
_THURSDAY = 3
"""The day of the week 1970 began with, Monday being 0."""
_THIN = 0.25
"""Share of a usual day's messages below which a day of work is pointed out."""
_KB = 1024

Bools = NDArray[np.bool_]


class Days:
    """The days that tracking logs cover.

    A day is whole where the logs reach into its first and its last hour; the first and the last may be cut off.
    Days of work are the first days of a week, as many as a work week has, that hold any message.

    Parameters
    ----------
    counted
        What was counted.
    work_week
        Days of work in a week.
    """

    def __init__(self, counted: Counted, work_week: float) -> None:
        self._counted = counted
        self._of_hour = counted.hours // HOURS
        first, last = counted.first // DAY, counted.last // DAY
        self.first = first + (counted.first % DAY >= HOUR)
        self.last = last - (counted.last % DAY < DAY - HOUR)
        self.whole: Bools = (self._of_hour >= self.first) & (self._of_hour <= self.last)
        self.work = self.whole & ((self._of_hour + _THURSDAY) % DAYS_OF_WEEK < work_week)

    @property
    def work_days(self) -> int:
        """How many whole days of work hold messages."""
        return len(np.unique(self._of_hour[self.work]))

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of the hours of a day, hour 0 first: of whole days of work, of all days where there is none."""
        chosen = self.work if self.work.any() else np.ones_like(self.work)
        counts = np.bincount(
            self._counted.hours[chosen] % HOURS, self._counted.messages.sum(axis=0)[chosen], minlength=HOURS
        )
        return scaled(counts.tolist())

    def rate(self, work_days: float | None, issues: Issues) -> Rate:
        """Messages of a day of work.

        Where the days of work are given everything counts and is divided by them; else partial days are dropped,
        and what whole days hold, weekends among them, is divided by the days of work.
        """
        chosen = np.ones_like(self.whole) if work_days or not self.work_days else self.whole
        messages = float(self._counted.messages[:, chosen].sum())
        size = float(self._counted.bytes[:, chosen].sum()) / messages / _KB
        divisor = work_days or self.work_days
        dropped = int(self._counted.messages[:, ~chosen].sum())
        self._tell(work_days, issues)
        return Rate(
            SOURCE, messages / divisor if divisor else None, size, None, {**self._counted.left_out, PARTIAL: dropped}
        )

    def users(self, rate: Rate) -> tuple[Floats, Floats]:
        """Messages and KB of each user of `Counted.users` on a day of work: their parts of what all have."""
        counted = self._counted
        share = (rate.messages or 0.0) / counted.user_messages.sum()
        return counted.user_messages * share, counted.user_bytes / _KB * share

    def _tell(self, work_days: float | None, issues: Issues) -> None:
        """Say what time the logs cover, and what is doubtful about it."""
        whole = max(int(self.last - self.first) + 1, 0)
        message = (
            f"cover {_text(self._counted.first)} to {_text(self._counted.last)}: "
            f"{_days(whole, 'whole day')}, {self.work_days:,} of them of work with messages."
        )
        issues.add(NOTICE, SOURCE, "", message)
        if work_days:
            issues.add(
                NOTICE, SOURCE, "", f"all that they hold is divided by {_days(work_days, 'day')} of work, as given."
            )
        elif not self.work_days:
            message = "hold no whole day of work: how many messages a day has cannot be told, only their size."
            issues.add(
                WARNING, SOURCE, "", message, "Give logs of a week or more, or --work-days with what they cover."
            )
        thin = self._thin_days()
        if len(thin):
            message = f"hold few messages on {', '.join(thin[:5])}{' …' if len(thin) > 5 else ''}."
            issues.add(WARNING, SOURCE, "", message, "Leave out holidays, and give the logs of all servers.")

    def _thin_days(self) -> list[str]:
        """Dates of days of work with much less than the usual number of messages."""
        days, places = np.unique(self._of_hour[self.work], return_inverse=True)
        if not len(days):
            return []
        counts = np.bincount(places, self._counted.messages.sum(axis=0)[self.work])
        return [str(np.datetime64(int(day), "D")) for day in days[counts < _THIN * np.median(counts)]]


def _days(number: float, name: str) -> str:
    return f"{number:,g} {name}{'' if number == 1 else 's'}"


def _text(minutes: int) -> str:
    return str(np.datetime64(minutes, "m")).replace("T", " ")
