"""What describes a design: the schema of inputs, their choices and units, and profiles that hold them.

Each input is declared once, in `schema`; files, columns, widgets and the reference are read from it.
"""
