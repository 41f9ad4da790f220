"""Run the rules for one design or many, and say what was found.

`sizing` is the way in for one design, `run` for arrays of many; `results` names what comes out.
"""

import calculator.checks  # noqa: F401  # every rule and check is registered before the engine orders them
