"""Study a design by sizing many: the effect of changes, uncertainty, growth, and the search for the best design.

Each study is a module or a subpackage and is imported on first use, because sizing a design needs no study.

>>> import calculator
>>> space = {"inputs": {"environment.mailbox_servers": "2..8"}, "limits": {"cpu": 0.8}}
>>> found = calculator.studies.search.search(
...     {"tiers.1.mailboxes": 5000}, space, minimize="summary_servers.environment"
... )
>>> found.best[0].values
{'environment.mailbox_servers': 3.0}
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calculator.studies import (
        capacity,
        compare,
        guidance_choices,
        quick_start,
        rating,
        running_server,
        search,
        timeline,
        uncertainty,
        what_if,
    )

__all__ = [
    "capacity",
    "compare",
    "guidance_choices",
    "quick_start",
    "rating",
    "running_server",
    "search",
    "timeline",
    "uncertainty",
    "what_if",
]


def __getattr__(name: str) -> ModuleType:
    """Import a study on first use."""
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
