"""Read designs from Microsoft's workbook, and compare the results that it stores with ours.

Workbook files are untrusted: they are read within bounds, and nothing in them is executed.
"""

from calculator.importers.workbook.compare import (
    Cause,
    Difference,
    WorkbookComparison,
    compare_bytes,
    compare_with_workbook,
)
from calculator.importers.workbook.read import import_workbook, read_workbook

__all__ = [
    "Cause",
    "Difference",
    "WorkbookComparison",
    "compare_bytes",
    "compare_with_workbook",
    "import_workbook",
    "read_workbook",
]
