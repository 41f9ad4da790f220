"""Plan a datacenter switchover and the return to normal operation, for the administrator who carries them out.

`switchover` makes the plan of a design; `write_markdown` and `write_text` format it. The facts of the design are
computed in `calculator.layout.switchover`. The texts of the steps are in ``steps.toml``, and the cmdlets that they may
use are in ``cmdlets.toml``.
"""

from calculator.exporters.switchover.plan import Placeholder, SwitchoverPlan, SwitchoverStep, split_commands, switchover
from calculator.exporters.switchover.write import write_markdown, write_text

__all__ = [
    "Placeholder",
    "SwitchoverPlan",
    "SwitchoverStep",
    "split_commands",
    "switchover",
    "write_markdown",
    "write_text",
]
