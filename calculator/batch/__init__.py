"""Tables and files of designs in, tables and files of results out, one row per design.

`run` sizes files, `table` sizes tables in memory, and `sizer` is the pure function behind both.
"""
