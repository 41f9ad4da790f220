"""Provide arrays with values that do not apply, the rounding of a spreadsheet, and recorded array programs.

Rules are written with `arrays` and `rounding`; `tape` and `program` run them for many designs at once.
"""
