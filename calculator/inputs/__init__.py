"""Inputs of a design: the schema with its choices and units, and profiles that hold values.

Each input is declared once, in `schema`; files, columns, widgets and the reference are derived from it.
"""

from calculator.inputs.profile import Profile, dump, load, parse
from calculator.inputs.profile_file import save, update
from calculator.inputs.schema import FIELDS, Field

__all__ = ["FIELDS", "Field", "Profile", "dump", "load", "parse", "save", "update"]
