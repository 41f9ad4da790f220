"""Draw figures, tables, panels and issues that show what the design needs.

`figures` and `texts` format them in the units that the session has chosen.
"""
