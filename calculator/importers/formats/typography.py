"""Normalize the typography of numbers and times: spaces, apostrophes, minus signs and digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from calculator.batch import arrow

_FIRST_NON_ASCII = 0x80
_APOSTROPHES = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02c8\u2032\u00b4\u055a\u05f3\ua78c\u066c"
"""Characters that separate thousands as an apostrophe does; the last one is the Arabic thousands separator."""
_MINUS_SIGNS = "\u2010\u2011\u2012\u2013\u2212"
_SAME = {
    **dict.fromkeys(map(ord, _APOSTROPHES), "'"),
    **dict.fromkeys(map(ord, _MINUS_SIGNS), "-"),
    0x066B: "\u066b",  # the Arabic decimal sign is the only one that is never ambiguous, so it is kept
    0x060C: ",",
    0x05F4: '"',
    0xFFFD: "?",
}


def normalize(text: str) -> str:
    """Return a text with plain spaces, apostrophes, minus signs and digits.

    Compatibility forms become their plain forms (NFKC), and invisible characters such as marks of the writing
    direction are dropped.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)
    return "".join(filter(None, map(_plain_character, plain)))


def _plain_character(character: str) -> str:
    if character < "\x80":
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Zs", "Zl", "Zp"):
        return " "
    return "" if category == "Cf" else character


def normalize_texts(texts: pa.StringArray) -> pa.StringArray:
    """Normalize the texts of a column; a column of ASCII texts, as most are, is returned unchanged."""
    held, _ = arrow.bytes_of(texts)
    if not len(held) or held.max() < _FIRST_NON_ASCII:
        return texts
    return map_texts(texts, normalize)


def map_texts(texts: pa.StringArray, change: Callable[[str], str | None]) -> pa.StringArray:
    """Apply a function to the distinct texts of a column; null stays null."""
    codes: Any = pc.dictionary_encode(texts)
    changed = [None if text is None else change(text) for text in codes.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(codes.indices)
