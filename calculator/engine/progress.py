"""Types of the callbacks that report the progress of a long task."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, float | None], None]
"""Called with the number of rows or designs done, and their share of all; None if the share is not known."""
DesignCounter = Callable[[int], None]
"""Called with the number of designs done."""
