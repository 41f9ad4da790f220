"""Find the figures that depend on a number which Microsoft has published only for an earlier version of Exchange."""

from __future__ import annotations

from functools import cache

from calculator.engine.applicability import INVALID
from calculator.engine.graph import ORDER
from calculator.inputs.profile import Profile
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import RULES

VERSION_FIELD = "environment.exchange_version"


def unpublished_notice(name: str, profile: Profile) -> str:
    """Return the notice about a rule or constant that depends on a number not published for the version of a design.

    Returns
    -------
    str
        Empty if every number is published.
    """
    version = str(profile.value(VERSION_FIELD))
    used = unpublished_constants(version).get(name) if name in CONSTANTS else _earlier_versions(version).get(name)
    return f"Microsoft has published no figure for {version}, so the figure of {used} is used." if used else ""


@cache
def unpublished_constants(version: str) -> dict[str, str]:
    """Return the constants without a published value for a version, each with the version whose value is used."""
    return {name: each.unpublished[version] for name, each in CONSTANTS.items() if version in each.unpublished}


@cache
def _earlier_versions(version: str) -> dict[str, str]:
    """Return the rules that need an unpublished constant, each with the version whose value is used.

    The checks of validity, which nearly every figure needs, do not count.
    """
    found = dict(unpublished_constants(version))
    validity = {INVALID.finding, *INVALID.roots}
    for name in ORDER:
        if name in RULES and name not in validity:
            used = next((found[need] for need in RULES[name].needs if need in found), "")
            if used:
                found[name] = used
    return {name: used for name, used in found.items() if name in RULES}
