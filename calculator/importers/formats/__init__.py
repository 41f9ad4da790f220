"""Parse what Exchange and PowerShell write: CSV exports, numbers, sizes and times, one column at a time.

`powershell_csv` reads exports, `numbers`, `sizes` and `times` parse their cells in the notation of any culture,
`reading` holds what the caller decided and what was recognized, `addresses` and `system_mailboxes` know recipients, and
`hashing` and `deduplicate` let readers tell records apart in bounded memory.
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
