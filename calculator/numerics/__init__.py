"""Arrays in which a value may not apply, spreadsheet rounding, and array programs.

Rules are written with `arrays` and `rounding`; `tape` and `program` run them for many designs at once.
"""
