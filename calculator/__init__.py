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
from calculator.engine.results import HEADLINE, UnknownResult
from calculator.engine.sizing import SizedDesign, explain, size
from calculator.inputs.profile import Profile
from calculator.inputs.schema import FIELDS
from calculator.issues import InputError, Issue
from calculator.layout import layout
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import RULES

if TYPE_CHECKING:
    from calculator import studies
    from calculator.batch.sizer import Sizer
    from calculator.batch.table import size_many

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


_LAZY = {"Sizer": "calculator.batch.sizer", "size_many": "calculator.batch.table"}
"""Public names whose modules need pyarrow, imported on first use so that sizing one design starts without it."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    if name == "studies":
        return import_module("calculator.studies")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
