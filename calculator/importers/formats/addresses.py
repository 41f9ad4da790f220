"""Split cells with several addresses in every form that PowerShell and spreadsheets write."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.importers.formats.numbers import matches
from calculator.numerics.arrays import Bools, Floats

SEPARATOR = ";"
PLACEHOLDER = "\x7f"
"""Beginning of the replacement of an address that is not known."""
TYPE_NAME = (
    r"^(?:Deserialized\.)?(?:(?:System|Microsoft)\.(?:\w+\.)*\w+(?:`\d+)?(?:\[.*\])?|(?:\w+\.)+\w+(?:`\d+)?\[.*\])$"
)
"""Pattern of the name of a .NET type, which PowerShell prints in place of several values that were not joined."""
_BEGINNINGS = ("System.", "Microsoft.", "Deserialized.")
_SEPARATED = r"[,|\r\n{}\[\]()\"]"
_BLANK_AFTER_ADDRESS = r"(@[^\s;,|]+)\s+"
_CUT = r"(?:\.\.\.|…)\W*$"


def are_type_names(texts: pa.StringArray) -> Bools:
    """Return which texts are the name of a .NET type instead of values."""
    likely = reduce(pc.or_, [pc.ends_with(texts, "]"), *(pc.starts_with(texts, begin) for begin in _BEGINNINGS)])
    if not pc.any(likely).as_py():  # much faster than the pattern
        return np.zeros(len(texts), dtype=bool)
    return matches(texts, TYPE_NAME)


def are_cut(texts: pa.StringArray) -> Bools:
    """Return which lists of values were cut, as PowerShell does after four values."""
    return matches(texts, _CUT)


def separate(texts: pa.StringArray) -> pa.StringArray:
    """Return the addresses of each cell separated by ``;``, without braces, quotes and blanks."""
    if not matches(texts, rf"{_SEPARATED}|\s").any():
        return texts
    plain = pc.replace_substring_regex(texts, _SEPARATED, SEPARATOR)
    plain = pc.replace_substring_regex(plain, _BLANK_AFTER_ADDRESS, r"\1;")
    plain = pc.replace_substring_regex(plain, rf"\s*{SEPARATOR}[\s{SEPARATOR}]*", SEPARATOR)
    return pc.utf8_trim(plain, f"{SEPARATOR} ")


def number_unknown(addresses: list[str | None], counts: Floats, stamps: list[str], unknown: Bools) -> pa.StringArray:
    """Replace addresses that are not known by as many placeholders as there are recipients.

    Parameters
    ----------
    addresses
        The addresses of each row.
    counts
        Number of recipients of each row.
    stamps
        Text that distinguishes the rows of one message.
    unknown
        Mask of the rows to replace.
    """
    made = list(addresses)
    for row in np.flatnonzero(unknown).tolist():
        made[row] = SEPARATOR.join(f"{PLACEHOLDER}{stamps[row]}#{place}" for place in range(int(counts[row])))
    return pa.array(made, pa.string())
