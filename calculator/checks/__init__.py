"""Checks that find impossible or doubtful designs, each with a message that says what to change.

Importing the package registers the checks in `calculator.rules.registry.CHECKS`.  A check returns True
where a design has a problem; names in braces in its message are replaced by the values of the design.
"""

from calculator.checks import (  # noqa: F401, I001  registers the checks, inputs first
    inputs,
    version,
    limits,
    recoverable_items,
    processor,
    databases,
    storage,
    network,
    assumptions,
)
