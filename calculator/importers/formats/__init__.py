"""Parse the output of Exchange and PowerShell: CSV exports, numbers, sizes and times, one column at a time.

`powershell_csv` reads exports, `numbers`, `sizes` and `times` parse their cells in the notation of any culture,
`reading` holds the decisions of the caller and what was recognized, `addresses` and `system_mailboxes` identify
recipients, and `hashing` and `deduplicate` remove duplicate records in bounded memory.
"""

__all__ = [
    "addresses",
    "deduplicate",
    "hashing",
    "numbers",
    "powershell_csv",
    "reading",
    "sizes",
    "system_mailboxes",
    "times",
    "typography",
]
