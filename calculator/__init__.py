"""Capacity planning for Microsoft Exchange 2013: every figure of a design, and why.

>>> import calculator
>>> plan = calculator.size({"tiers.1.mailboxes": 5000})
>>> plan.status
'notice'
>>> plan["summary_databases"]
48.0
"""

from calculator.constants import CONSTANTS
from calculator.issues import InputError, Issue
from calculator.layout import layout
from calculator.rule import RULES
from calculator.schema import FIELDS
from calculator.sizing import HEADLINE, Sizing, explain, size, size_many

__version__ = "0.1.0"
RESULTS_VERSION = "1"
"""Moves whenever a figure changes for some design; the changelog says which."""

__all__ = [
    "CONSTANTS", "FIELDS", "HEADLINE", "RESULTS_VERSION", "RULES", "InputError", "Issue", "Sizing",
    "explain", "layout", "size", "size_many",
]  # fmt: skip
