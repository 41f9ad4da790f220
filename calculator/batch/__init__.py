"""Size many designs at once, one row per design: a table in memory, or a file whose results go to another file.

`run` sizes files, `sources` previews them, `table` sizes tables, `sizer` is the pure function behind both, and `header`
resolves the names of columns.  `effort` starts the workers of a long file.  The importers also use `csv_reader` and
`arrow`.  Only this room uses the other modules.
"""

__all__ = ["arrow", "csv_reader", "effort", "header", "run", "sizer", "sources", "table"]
