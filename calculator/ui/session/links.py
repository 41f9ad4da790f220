"""Encode and decode links that contain a design: its TOML, compressed and encoded for an address."""

from __future__ import annotations

import base64
import binascii
import zlib

from calculator.inputs import profile
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues

LARGEST = 256 * 1024
"""Largest decompressed TOML text of a link, in bytes."""
LONGEST = 8000
"""Longest link, in characters, that every browser and mail program supports."""


def encode(shared: Profile) -> str:
    """Return the text of a link that contains a design."""
    data = zlib.compress(profile.dump(shared).encode(), 9)
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> Profile:
    """Return the design of a link. The link is untrusted.

    Raises
    ------
    InputError
        If the link is broken, decompresses to more than `LARGEST` bytes or holds an invalid profile.
    """
    decompressor = zlib.decompressobj()
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        toml = decompressor.decompress(data, LARGEST + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise _broken_link("cannot be read.", "Copy the whole link, or ask for the profile file.") from None
    if len(toml) > LARGEST:
        raise _broken_link("holds more than a design.", "Ask for the profile file instead.")
    if not decompressor.eof:
        raise _broken_link("is cut short.", "Copy the whole link, or ask for the profile file.")
    return profile.parse(profile.decode_text(toml, "link"), "link")


def _broken_link(message: str, hint: str) -> InputError:
    issues = Issues()
    issues.error("The link", "", message, hint)
    return InputError(issues)
