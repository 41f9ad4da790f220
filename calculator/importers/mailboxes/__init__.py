"""Build the tiers of a design from exports of mailboxes.

`import_mailboxes` does this in one step. `read_population` and `build_tiers` are its two halves, with which tiers can
be built again without reading the files again.
"""

from calculator.importers.mailboxes.population import Population
from calculator.importers.mailboxes.read import build_tiers, import_mailboxes, read_population
from calculator.importers.mailboxes.tier_inputs import format_mean, format_messages, format_size
from calculator.importers.mailboxes.tiers import CRITERIA, MAX_PROPOSED_TIERS, MESSAGES, TOTALS, merge_tiers

__all__ = [
    "CRITERIA",
    "MAX_PROPOSED_TIERS",
    "MESSAGES",
    "TOTALS",
    "Population",
    "build_tiers",
    "format_mean",
    "format_messages",
    "format_size",
    "import_mailboxes",
    "merge_tiers",
    "read_population",
]
