"""Parse what Exchange and PowerShell write: CSV exports, numbers, sizes and times, one column at a time.

`powershell_csv` reads exports, `numbers`, `sizes` and `times` parse their cells, and `hashing` and `deduplicate` let
readers tell records apart in bounded memory.
"""

__all__ = ["deduplicate", "hashing", "numbers", "powershell_csv", "sizes", "times"]
