"""Inputs of a design: the schema with its choices and units, and profiles that hold values.

Each input is declared once, in `schema`; files, columns, widgets and the reference are derived from it.  `profile`
reads profiles, and `profile_file` writes them into files that people keep.
"""
