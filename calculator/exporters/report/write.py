"""The record of a design as a file: Markdown, one HTML page, or a workbook.

>>> import calculator
>>> plan = calculator.size({"tiers.1.mailboxes": 5000})
>>> markdown(plan).splitlines()[0]
'# Exchange 2013 design'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from calculator.engine.sizing import SizedDesign
from calculator.exporters.report import markdown as report_markdown
from calculator.exporters.report.record import record
from calculator.inputs.profile import name_of
from calculator.issues import refuse

Accepted = Mapping[str, str] | None
"""Reasons why an issue is accepted, by its message."""


def markdown(design: SizedDesign, accepted: Accepted = None) -> str:
    """The record of a design as Markdown.

    Parameters
    ----------
    design
        The design with all its results.
    accepted
        Reasons why an issue is accepted, by its message.
    """
    return report_markdown.markdown(record(design, accepted))


def html(design: SizedDesign, accepted: Accepted = None) -> str:
    """The record of a design as one HTML page with its charts; it needs nothing else and runs nothing."""
    from calculator.exporters.report import html as report_html

    return report_html.html(record(design, accepted))


def xlsx(design: SizedDesign, accepted: Accepted = None) -> bytes:
    """The record of a design as a workbook, a sheet a subject."""
    from calculator.exporters.report import xlsx as report_xlsx

    return report_xlsx.xlsx(record(design, accepted))


FORMS: dict[str, Callable[[SizedDesign, Accepted], str | bytes]] = {".html": html, ".xlsx": xlsx, ".md": markdown}
"""What writes a record, by the ending of its file."""


def form_of(path: str) -> str:
    """The ending by which a record is written.

    Raises
    ------
    InputError
        If no record has it.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMS:
        refuse(name_of(path), "is not a kind of report.", "Give a file that ends in .html, .xlsx or .md.")
    return ending


def write_report(design: SizedDesign, path: str, accepted: Accepted = None) -> None:
    """Write the record of a design to a file, in the form its name ends in.

    Raises
    ------
    InputError
        If the name ends otherwise.
    OSError
        If it cannot be written.
    """
    made = FORMS[form_of(path)](design, accepted)
    Path(path).write_bytes(made if isinstance(made, bytes) else made.encode())
