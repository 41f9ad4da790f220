"""Chart of a batch run: how many designs work."""

from __future__ import annotations

from collections.abc import Mapping

from calculator.presentation.charts.base import BAD, BROKEN, DOUBTFUL, GOOD, NOTED, Bars, ChartRow
from calculator.presentation.text import number

TITLE = "Outcome of the designs"
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "ok": ("works", GOOD),
    "notice": ("works, with notices", NOTED),
    "warning": ("works, with warnings", DOUBTFUL),
    "invalid": ("does not work", BAD),
    "error": ("cannot be read", BROKEN),
}
"""Words for the status of a row, and what they mean."""


def outcome_text(status: str) -> str:
    """Return the outcome of a row in words, with its word in the column ``status`` of the file of results."""
    return f"{OUTCOMES[status][0]} (status {status})"


def outcomes(by_status: Mapping[str, int]) -> Bars:
    """Return the number of designs by outcome, without the outcomes that no design has."""
    total = sum(by_status.values())
    rows: list[ChartRow] = [
        {
            "outcome": outcome_text(status),
            "designs": count,
            "tone": tone,
            "shown": f"{count:,} ({number(count / total, 'share')})",
        }
        for status, (_, tone) in OUTCOMES.items()
        if (count := by_status.get(status, 0))
    ]
    if not rows:
        return Bars(TITLE, "The file has no designs.")
    works = sum(by_status.get(status, 0) for status in ("ok", "notice", "warning"))
    return Bars(
        TITLE,
        f"{works:,} of {total:,} designs work.",
        rows,
        bar="outcome",
        value="designs",
        head="Outcome",
        measure="designs",
        columns={"outcome": "Outcome", "shown": "Designs"},
        label="shown",
        tone="tone",
    )
