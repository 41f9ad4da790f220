"""Measure the messages per day and their size from reports, output of scripts, and message tracking logs.

`import_messages` sets these inputs of a design. The import of mailboxes uses the readers of the sources too.
"""

from calculator.importers.messages.read import SourceKind, identify_file, import_messages
from calculator.importers.messages.tracking_log import TrackedDays, read_tracking_logs

__all__ = ["SourceKind", "TrackedDays", "identify_file", "import_messages", "read_tracking_logs"]
