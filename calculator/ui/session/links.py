"""A design as a link carries it: its TOML, compressed, in characters an address may hold."""

from __future__ import annotations

import base64
import binascii
import zlib

from calculator.inputs import profile
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues

LARGEST = 256 * 1024
"""Bytes of TOML a link may unpack to."""
LONGEST = 8000
"""Characters of a link that every browser and mail program carries."""


def packed(shared: Profile) -> str:
    """Text of a link that carries a design."""
    data = zlib.compress(profile.dump(shared).encode(), 9)
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> Profile:
    """Design of a link; anyone may have written it.

    Raises
    ------
    InputError
        If it is broken, unpacks to more than `LARGEST` or holds what cannot be used.
    """
    unpacker = zlib.decompressobj()
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        toml = unpacker.decompress(data, LARGEST + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise _broken_link("cannot be read.", "Was it copied whole?") from None
    if len(toml) > LARGEST:
        raise _broken_link("holds more than a design.", "Ask for the profile file instead.")
    if not unpacker.eof:
        raise _broken_link("is cut short.", "Copy it whole.")
    return profile.parse(profile.decode(toml, "link"), "link")


def _broken_link(message: str, hint: str) -> InputError:
    issues = Issues()
    issues.error("link", "", message, hint)
    return InputError(issues)
