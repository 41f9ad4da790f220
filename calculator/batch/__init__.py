"""Size many designs at once: tables in memory, and files into files, one row per design.

`run` sizes files, `sources` previews them, `table` sizes tables, `sizer` is the pure function behind both, and
`header` tells what the columns mean.  `csv_reader` and `arrow` also serve the importers.  The other modules are for
this room only.
"""

__all__ = ["arrow", "csv_reader", "header", "run", "sizer", "sources", "table"]
