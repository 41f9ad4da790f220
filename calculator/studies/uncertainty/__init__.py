"""Find how much the figures of a design vary when its inputs are uncertain, and which inputs cause it.

`uncertainty` samples the inputs from distributions, `holds` asks whether the design as built still keeps its limits,
`one_at_a_time` and `global_indices` measure their influence.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calculator.studies.uncertainty.distributions import Distribution, read_distribution
    from calculator.studies.uncertainty.holding import Holding, holds
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
    "Holding": "holding",
    "Index": "sensitivity",
    "OneAtATime": "sensitivity",
    "Spread": "monte_carlo",
    "Swing": "sensitivity",
    "Uncertainty": "monte_carlo",
    "global_indices": "sensitivity",
    "holds": "holding",
    "one_at_a_time": "sensitivity",
    "read_distribution": "distributions",
    "uncertainty": "monte_carlo",
}
__all__ = [
    "Chance",
    "Distribution",
    "GlobalIndices",
    "Holding",
    "Index",
    "OneAtATime",
    "Spread",
    "Swing",
    "Uncertainty",
    "global_indices",
    "holds",
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
