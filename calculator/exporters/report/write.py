"""Write the report of a design as Markdown, an HTML page or a workbook.

>>> import calculator
>>> plan = calculator.size({"tiers.1.mailboxes": 5000})
>>> markdown(plan, about=About(title="Messaging for Contoso")).splitlines()[0]
'# Messaging for Contoso'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from calculator.engine.sizing import SizedDesign
from calculator.exporters.report import markdown as report_markdown
from calculator.exporters.report.content import About
from calculator.exporters.report.record import build_record
from calculator.inputs.file_writing import replace_file
from calculator.inputs.profile import name_of
from calculator.issues import refuse

Accepted = Mapping[str, str] | None
"""Reasons why an issue is accepted, by its message."""


def markdown(design: SizedDesign, accepted: Accepted = None, about: About | None = None, room: str = "") -> str:
    """Return the report of a design as Markdown.

    Parameters
    ----------
    design
        The design with all its results.
    accepted
        Reasons why an issue is accepted, by its message.
    about
        Title, customer, author and date.
    room
        Sentence for the first page about the room that the design has left.
    """
    return report_markdown.render_markdown(build_record(design, accepted, about, room))


def html(design: SizedDesign, accepted: Accepted = None, about: About | None = None, room: str = "") -> str:
    """Return the report of a design as one HTML page with its charts; it loads no other file and runs no script."""
    from calculator.exporters.report import html as report_html

    return report_html.render_html(build_record(design, accepted, about, room))


def xlsx(design: SizedDesign, accepted: Accepted = None, about: About | None = None, room: str = "") -> bytes:
    """Return the report of a design as a workbook, one sheet per section."""
    from calculator.exporters.report import xlsx as report_xlsx

    return report_xlsx.build_workbook(build_record(design, accepted, about, room))


FORMS: dict[str, Callable[[SizedDesign, Accepted, About | None, str], str | bytes]] = {
    ".html": html,
    ".xlsx": xlsx,
    ".md": markdown,
}
"""Function that writes a report, by the suffix of the file."""


def form_of(path: str) -> str:
    """Return the suffix of a file, in lower case, if a report can be written to it.

    Raises
    ------
    InputError
        If no format of a report has that suffix.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMS:
        refuse(name_of(path), "is not a kind of report.", "Give a file that ends in .html, .xlsx or .md.")
    return ending


def write_report(
    design: SizedDesign, path: str, accepted: Accepted = None, about: About | None = None, room: str = ""
) -> None:
    """Write the report of a design to a file, in the format that the suffix of its name gives.

    Raises
    ------
    InputError
        If no format of a report has that suffix.
    OSError
        If the file cannot be written.
    """
    made = FORMS[form_of(path)](design, accepted, about, room)
    replace_file(path, made if isinstance(made, bytes) else made.encode())
