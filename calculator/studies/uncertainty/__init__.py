"""Find how much the figures of a design vary when its inputs are uncertain, and which inputs cause it.

`uncertainty` samples the inputs from distributions, `one_at_a_time` and `global_indices` measure their influence.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calculator.studies.uncertainty.distributions import Distribution, read_distribution
    from calculator.studies.uncertainty.monte_carlo import Chance, Spread, Uncertainty, uncertainty
    from calculator.studies.uncertainty.sensitivity import (
        GlobalIndices,
        Index,
        OneAtATime,
        Swing,
        global_indices,
        one_at_a_time,
    )

_MODULES = {
    "Chance": "monte_carlo",
    "Distribution": "distributions",
    "GlobalIndices": "sensitivity",
    "Index": "sensitivity",
    "OneAtATime": "sensitivity",
    "Spread": "monte_carlo",
    "Swing": "sensitivity",
    "Uncertainty": "monte_carlo",
    "global_indices": "sensitivity",
    "one_at_a_time": "sensitivity",
    "read_distribution": "distributions",
    "uncertainty": "monte_carlo",
}
__all__ = [
    "Chance",
    "Distribution",
    "GlobalIndices",
    "Index",
    "OneAtATime",
    "Spread",
    "Swing",
    "Uncertainty",
    "global_indices",
    "one_at_a_time",
    "read_distribution",
    "uncertainty",
]


def __getattr__(name: str) -> Any:
    """Import the modules that need scipy on first use."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
