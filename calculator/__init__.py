"""Capacity planning for Microsoft Exchange 2013: every figure of a design, explained.

>>> import calculator
>>> design = calculator.size({"tiers.1.mailboxes": 5000})
>>> design.status
'notice'
>>> design["summary_databases"]
48.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from calculator._version import RESULTS_VERSION, __version__
from calculator.layout import layout

if TYPE_CHECKING:
    from calculator import studies
    from calculator.batch.sizer import Sizer
    from calculator.batch.table import size_many
    from calculator.engine.results import HEADLINE
    from calculator.engine.sizing import SizedDesign, explain, size
    from calculator.inputs.profile import Profile
    from calculator.inputs.schema import FIELDS
    from calculator.issues import InputError, Issue, UnknownResult
    from calculator.rules.constants import CONSTANTS
    from calculator.rules.registry import RULES

__all__ = [
    "CONSTANTS",
    "FIELDS",
    "HEADLINE",
    "RESULTS_VERSION",
    "RULES",
    "InputError",
    "Issue",
    "Profile",
    "SizedDesign",
    "Sizer",
    "UnknownResult",
    "__version__",
    "explain",
    "layout",
    "size",
    "size_many",
    "studies",
]


_MODULES = {
    "CONSTANTS": "rules.constants",
    "FIELDS": "inputs.schema",
    "HEADLINE": "engine.results",
    "InputError": "issues",
    "Issue": "issues",
    "Profile": "engine.sizing",  # not inputs.profile: with the engine, the constants that a profile may override
    "RULES": "rules.registry",
    "SizedDesign": "engine.sizing",
    "Sizer": "batch.sizer",
    "UnknownResult": "issues",
    "explain": "engine.sizing",
    "size": "engine.sizing",
    "size_many": "batch.table",
    "studies": "studies",
}
"""Module of each public name, imported when the name is first used: a command starts without what it does not need."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES[name]}")
    return module if name == "studies" else getattr(module, name)


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
