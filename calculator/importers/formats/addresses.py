"""Split cells with several addresses in every form that PowerShell and spreadsheets leave."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.importers.formats.numbers import matches
from calculator.numerics.arrays import Bools

SEPARATOR = ";"
TYPE_NAME = (
    r"^(?:Deserialized\.)?(?:(?:System|Microsoft)\.(?:\w+\.)*\w+(?:`\d+)?(?:\[.*\])?|(?:\w+\.)+\w+(?:`\d+)?\[.*\])$"
)
"""Name of a .NET type, which PowerShell prints in place of several values that were not joined."""
_SEPARATED = r"[,|\r\n{}\[\]()\"]"
_BLANK_AFTER_ADDRESS = r"(@[^\s;,|]+)\s+"
_CUT = r"(?:\.\.\.|…)\W*$"


def are_type_names(texts: pa.StringArray) -> Bools:
    """Return which texts are the name of a .NET type in place of values."""
    return matches(texts, TYPE_NAME)


def are_cut(texts: pa.StringArray) -> Bools:
    """Return which lists of values were cut, as a table on the screen cuts them after four values."""
    return matches(texts, _CUT)


def separate(texts: pa.StringArray) -> pa.StringArray:
    """Return the addresses of each cell with ``;`` between them, without braces, quotes and blanks."""
    if not matches(texts, rf"{_SEPARATED}|\s").any():
        return texts
    plain = pc.replace_substring_regex(texts, _SEPARATED, SEPARATOR)
    plain = pc.replace_substring_regex(plain, _BLANK_AFTER_ADDRESS, r"\1;")
    plain = pc.replace_substring_regex(plain, rf"\s*{SEPARATOR}[\s{SEPARATOR}]*", SEPARATOR)
    return pc.utf8_trim(plain, f"{SEPARATOR} ")


def number_anonymous(texts: pa.StringArray, counts: np.ndarray, stamps: pa.StringArray, unknown: Bools) -> pa.StringArray:
    """Replace cells whose addresses are not known by as many placeholders as there are recipients.

    Parameters
    ----------
    texts
        The cells.
    counts
        Number of recipients of each cell.
    stamps
        What tells the rows of one message apart.
    unknown
        Which cells to replace.
    """
    made = texts.to_pylist()
    stamp_texts = stamps.to_pylist()
    for row in np.flatnonzero(unknown).tolist():
        made[row] = SEPARATOR.join(f"{PLACEHOLDER}{stamp_texts[row]}#{place}" for place in range(int(counts[row])))
    return pa.array(made, pa.string())


PLACEHOLDER = "\x7f"
"""Beginning of what stands for an address that is not known."""
