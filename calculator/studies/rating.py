"""Derive the rating of a server from a published result of another system with the same processor.

Only SPECint_rate2006 is accepted, because no published conversion of SPECrate2017 was found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import InputError, Issues
from calculator.rules.constants import scalar


@dataclass(frozen=True)
class ScaledRating:
    """Rating of a server, scaled to its number of cores.

    Attributes
    ----------
    per_core
        SPECint_rate2006 per core of the published result.
    rating
        The published rating, scaled to the cores of the server.
    advised_per_core, advised
        Rating per core, and of the server, to size with: Microsoft's reference core where that is safer.
    sentence
        Sentence that says which rating is advised, and why.
    """

    per_core: float
    rating: float
    advised_per_core: float
    advised: float
    sentence: str


def scale_rating(rate: float, rated_cores: float, cores: float) -> ScaledRating:
    """Scale a published SPECint_rate2006 to a server with another number of cores.

    Parameters
    ----------
    rate, rated_cores
        The published result, and the physical cores of the system it was measured on.
    cores
        Physical cores of the server.

    Raises
    ------
    InputError
        If a number is not above 0, or the cores are not whole.

    Examples
    --------
    >>> scale_rating(540, 16, 12).rating
    405.0
    >>> scale_rating(1070, 28, 20).advised
    675.0
    """
    _check({"rate": rate, "rated_cores": rated_cores, "cores": cores})
    reference = scalar("reference_core_rate")
    per_core = rate / rated_cores
    measured, safer = rated_cores == cores, per_core > reference
    advised = per_core if measured or not safer else reference
    return ScaledRating(per_core, per_core * cores, advised, advised * cores, _sentence(per_core, measured, safer))


def keep_rating_per_core(profile: Profile, path: str, cores: object) -> dict[str, Value]:
    """Return the rating of a server with another number of cores and the same rating per core.

    Parameters
    ----------
    profile
        The design before the change.
    path, cores
        The input that is changed, and its new value.

    Returns
    -------
    dict
        The rating by path; empty if the input is not a number of cores, or the server has no rating.
    """
    section, role, leaf = (*path.split("."), "", "")[:3]
    if section != "servers" or leaf != "processor_cores" or not isinstance(cores, int | float):
        return {}
    rating_path = f"servers.{role}.specint2006_rate"
    before, rating = float(profile.value(path) or 0), float(profile.value(rating_path) or 0)
    return {rating_path: rating / before * cores} if before and rating and cores != before else {}


def _sentence(per_core: float, measured: bool, safer: bool) -> str:
    reference = scalar("reference_core_rate")
    if not scalar("lowest_core_rating") <= per_core <= scalar("highest_core_rating"):
        doubt = f"{per_core:.4g} per core is outside the usual 10 to 80: is it a SPECint_rate2006 of physical cores?"
    else:
        doubt = ""
    if measured:
        text = "The published system has as many cores as the server: its rating is used as it is."
    elif safer:
        text = (
            f"The result was measured with another number of cores. Microsoft's reference of {reference:g} per core is "
            f"safer than the {per_core:.4g} per core of the result, because cores share memory and caches."
        )
    else:
        text = (
            f"The {per_core:.4g} per core of the result are used: Microsoft's reference of {reference:g} per core "
            "would promise more than was measured."
        )
    return f"{text} {doubt}".strip()


def _check(values: dict[str, float]) -> None:
    """Raise InputError with all numbers that cannot be used."""
    issues = Issues()
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            issues.error("rating", name, f"{value:g} is not above 0.", "Give a number above 0.")
        elif name != "rate" and value != int(value):
            issues.error("rating", name, f"{value:g} is not a whole number.", "Count physical cores.")
    if issues.errors:
        raise InputError(issues)
