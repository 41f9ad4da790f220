"""Import designs, or parts of them, from Microsoft's workbook and from exports of mailboxes, messages and logs.

Every import returns an `ImportResult`; `formats` parses the file formats that all imports share.
"""

from typing import TYPE_CHECKING, Any

from calculator.importers.result import ImportResult

if TYPE_CHECKING:
    from calculator.importers.deployment_files import import_deployment
    from calculator.importers.hourly_logs import import_hourly_logs
    from calculator.importers.mailboxes import import_mailboxes
    from calculator.importers.messages import import_messages
    from calculator.importers.workbook import compare_with_workbook, import_workbook, read_workbook

__all__ = [
    "ImportResult",
    "compare_with_workbook",
    "import_deployment",
    "import_hourly_logs",
    "import_mailboxes",
    "import_messages",
    "import_workbook",
    "read_workbook",
]

_MODULES = {
    "compare_with_workbook": "workbook",
    "import_deployment": "deployment_files",
    "import_hourly_logs": "hourly_logs",
    "import_mailboxes": "mailboxes",
    "import_messages": "messages",
    "import_workbook": "workbook",
    "read_workbook": "workbook",
}


def __getattr__(name: str) -> Any:
    """Import a function on first use, because most need pyarrow or the engine."""
    import importlib

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
