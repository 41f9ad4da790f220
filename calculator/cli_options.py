"""What options mean that several commands have."""

from __future__ import annotations

from calculator.issues import refuse

RESULTS = "Give rule or column names, comma-separated; headline or all."


def listed(text: str) -> list[str]:
    """Names that are separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def named(option: str, text: str, hint: str = RESULTS) -> list[str]:
    """Names that are separated by commas, one at least; InputError says what to give."""
    names = listed(text)
    if not names:
        refuse(option, "names nothing.", hint)
    return names
