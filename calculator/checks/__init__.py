"""What makes a design impossible or doubtful, each with a message that says what to change.

A check returns True where something is wrong.  Its message may name what the check needs in braces.
"""

from calculator.checks import (  # noqa: F401, I001  registers the checks, inputs first
    inputs,
    limits,
    recoverable_items,
    processor,
    databases,
    storage,
    network,
    assumptions,
)
