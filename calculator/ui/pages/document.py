"""Page Document: files to download, a link, accepted issues, assumed values, deployment settings."""

from __future__ import annotations

import datetime
import functools
import io
from collections.abc import Callable

import streamlit as st

from calculator.cli.printing import print_rows
from calculator.engine.sizing import SizedDesign
from calculator.exporters.deployment import VERSIONS, copies_of, deployment_archive, deployment_of
from calculator.exporters.report import write
from calculator.exporters.report.content import LONGEST, About
from calculator.exporters.report.record import title_of
from calculator.exporters.switchover import write_markdown
from calculator.inputs import profile, schema
from calculator.inputs.schema import DATACENTERS
from calculator.issues import NOTICE, WARNING, InputError, Issues
from calculator.layout import layout
from calculator.presentation.places import label_of
from calculator.presentation.text import plural
from calculator.ui.inputs import assumed_values, forms
from calculator.ui.inputs.widgets import field_widget
from calculator.ui.results import first_page, headline, issues, panels
from calculator.ui.results.texts import escaped
from calculator.ui.review.switchover import plan_of
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded
from calculator.ui.session.store import Session, current, set_widget, widget_key, widget_value

LONGEST_REASON = 300
ACCEPTED = "accepted"
ABOUT = "about"
"""View of the fields of the title block."""
TEXTS = {"title": "Title", "customer": "Customer", "author": "Author"}
"""Labels of the texts of the title block."""
EXAMPLES = {"customer": "such as Contoso", "author": "such as the messaging team"}
"""Examples of the texts; without a title, the report has the title that the field shows."""
REPORTS = (
    ("Page with charts (HTML)", "record_html", ".html", "text/html", write.html),
    (
        "Workbook (XLSX)",
        "record_xlsx",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write.xlsx,
    ),
    ("Text (Markdown)", "record", ".md", "text/markdown", write.markdown),
)
"""Formats of the report: label, key, suffix, media type and function that writes it."""


@guarded
def page() -> None:
    """Draw the page."""
    panels.page_title("Document")
    if navigation.needs_design():
        return
    report()
    settings()


@redraw.fragment(redraw.FIGURES)
def report() -> None:
    """Draw the report with the other files on the left, and its first page as it is printed on the right."""
    left, right = st.columns([4, 5], gap="medium")
    with left:
        _files(state.design())
        _deployment(state.design())
    with right:
        st.subheader("Page one of the report", anchor=False)
        first_page.draw(state.design())


def _files(design: SizedDesign) -> None:
    """Draw the report, the other downloads, and the issues and assumptions that the report lists."""
    st.subheader("Report", anchor=False)
    _title_block(design)
    _reports(design)
    st.subheader("Other files", anchor=False)
    _download(
        "Profile (TOML)", "profile", ".toml", "application/toml", functools.partial(profile.dump, state.profile())
    )
    _download("All results (CSV)", "results", "-results.csv", "text/csv", functools.partial(_results, design))
    _switchover(design)
    _link()
    st.subheader("What the report says", anchor=False)
    _accepted(design)
    assumed_values.draw()


def _download(label: str, key: str, suffix: str, kind: str, make: Callable[[], str | bytes]) -> None:
    """Draw a button that downloads a file.

    Parameters
    ----------
    label
        Label of the button.
    key
        Name of the button, unique on the page.
    suffix, kind
        End of the name of the file, after the name of the design, and its media type.
    make
        Function that returns the content. It is called on a click, in a thread without access to the session.
    """
    st.download_button(
        label,
        data=functools.partial(_taken, current(), make),
        file_name=f"{first_page.file_stem()}{suffix}",
        mime=kind,
        on_click="ignore",  # a script run at that moment may remove the file before the browser has it
        icon=":material/download:",
        key=widget_key(key, "take"),
    )


def _taken(session: Session, make: Callable[[], str | bytes]) -> str | bytes:
    """Return the content of a file, and count the step as done, which the navigation shows from the next action on."""
    content = make()
    session.finished |= {navigation.DOCUMENT}
    return content


def _title_block(design: SizedDesign) -> None:
    """Draw the fields of the title block."""
    with st.container(border=True):
        st.caption("These texts go on page one of the report. The profile and the link leave them out.")
        if state.opened().description and not design.profile.description:
            st.caption("The description of the opened design is left out, because inputs have changed since.")
        for name, label in TEXTS.items():
            key = widget_key(name, ABOUT)
            set_widget(key, current().about.get(name, ""))
            example = EXAMPLES.get(name) or title_of(design, About())
            st.text_input(label, key=key, max_chars=LONGEST, placeholder=example, on_change=_describe, args=(key, name))
        key = widget_key("date", ABOUT)
        set_widget(key, current().report_date or datetime.date.today())
        st.date_input("Date", key=key, format="YYYY-MM-DD", on_change=_set_date, args=(key,))


def _describe(key: str, name: str) -> None:
    current().about = {**current().about, name: str(widget_value(key)).strip()}
    redraw.rerun(redraw.FIGURES)


def _set_date(key: str) -> None:
    day = widget_value(key)
    current().report_date = day if isinstance(day, datetime.date) else None
    redraw.rerun(redraw.FIGURES)


def _reports(design: SizedDesign) -> None:
    """Draw the report in its formats. Each contains the title block and the reasons for accepting issues."""
    st.caption(
        "A first page with what to buy; then issues, figures, charts, failures, copies, answers, assumptions and "
        "sources. All results and explanations are folded at the end. For a PDF, open the HTML page and print it."
    )
    with st.container(horizontal=True, gap="small"):
        for label, key, suffix, kind, make in REPORTS:
            content = functools.partial(
                make, design, dict(current().accepted), first_page.about(), first_page.room_text(design)
            )
            _download(label, key, suffix, kind, content)


def _results(design: SizedDesign) -> str:
    text = io.StringIO()
    print_rows(design.table("all"), "csv", text)
    return text.getvalue()


def _deployment(design: SizedDesign) -> None:
    """Draw the deployment files, or the reason why there are none."""
    with st.container(border=True):
        st.markdown("**Deployment files**")
        if not has_dag(design):
            st.caption("Not needed: the design has no DAG.")
            return
        st.caption("Servers, DAG, databases and copies for the deployment scripts, and the commands of each server.")
        form = st.segmented_control(
            "File format of Microsoft's workbook, version",
            VERSIONS,
            key="deployment_form",
            required=True,
            default=VERSIONS[0],
            format_func=lambda version: f"{version} (latest)" if version == VERSIONS[0] else f"{version} (earlier)",
            help="Choose the version of the workbook that your deployment scripts came with. Version 6.6 has no file "
            "DAGInfo.csv.",
        )
        written = state.cached("archive", lambda: _archive(design, str(form)), form)
        if isinstance(written, Issues):
            issues.show(written, editable=False, view="deployment")
            return
        archive, left_out = written
        left_out = left_out.without(headline.issues_of(design))
        _download(
            "Deployment files (ZIP)",
            "deployment",
            "-deployment.zip",
            "application/zip",
            functools.partial(bytes, archive),
        )
        _to_replace(left_out)


def has_dag(design: SizedDesign) -> bool:
    """Return whether a design has a DAG, for which there are deployment files and their settings."""
    return bool(design.profile.value("environment.high_availability"))


def _to_replace(left_out: Issues) -> None:
    """Draw the values to replace or check before the files are used, folded below a line with their number."""
    warnings = left_out.counts[WARNING]
    if warnings:
        icon, color = issues.BADGES[WARNING]
        st.badge(f"{plural(warnings, 'value')} to replace or check", icon=icon, color=color)
        st.text("The files contain placeholders and values that you should check before you use them.")
    if left_out:
        key = widget_key("left_out", forms.GROUP)
        expander = st.expander("The values, and where to change them", key=key, on_change="rerun")
        if expander.open:
            with expander:
                issues.show(left_out, view="left_out")


def _archive(design: SizedDesign, form: str) -> tuple[bytes, Issues] | Issues:
    """Return the archive of the files with issues about what they leave out, or the issues that prevent them."""
    if design.status == "invalid":
        problems = Issues()
        problems.error(
            design.profile.where, "", "The design does not work: no files are made.", "Correct its errors first."
        )
        return problems
    try:
        dag = layout(design)
        deployment, left_out = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
        archive, more = deployment_archive(deployment, form)
    except InputError as error:
        return error.issues
    left_out.extend(more)
    return archive, left_out


def _switchover(design: SizedDesign) -> None:
    """Draw the switchover plan for the loss of each datacenter, if there are two."""
    for lost in DATACENTERS if design["two_datacenters"] else ():
        plan = plan_of(design, lost)
        if isinstance(plan, Issues):
            st.caption(escaped(f"No switchover plan for the {lost} datacenter: {next(iter(plan)).message}"))
            continue
        _download(
            f"Switchover plan, {lost} lost",
            f"switchover:{lost}",
            f"-switchover-{lost}.md",
            "text/markdown",
            functools.partial(write_markdown, plan),
        )


def _link() -> None:
    """Draw the link that carries the design."""
    address = state.address()
    if address:
        st.caption(
            "This link contains the whole design; nothing is stored elsewhere. Copy it whole: a link that is cut short "
            "cannot be opened."
        )
        panels.share_link(address["d"], "document")
    else:
        st.caption("This design is too long for a link. Send the profile instead.")


def _accepted(design: SizedDesign) -> None:
    """Draw the errors and warnings, each with a field for the reason why it is accepted."""
    found = headline.issues_of(design)
    severe = [issue for issue in found if issue.severity != NOTICE]
    if not severe:
        st.text(
            f"No errors and no warnings, {plural(len(found), 'notice')}." if len(found) else "No errors or warnings."
        )
    messages = {issue.message: issue.severity for issue in severe}
    for number, (message, severity) in enumerate(messages.items()):
        icon, color = issues.BADGES[severity]
        st.badge(severity, icon=icon, color=color)
        st.text(issues.in_words(message))
        about = dict.fromkeys(label_of(issue.field) for issue in severe if issue.message == message)
        st.caption(escaped(f"About: {'; '.join(about)}."))
        key = widget_key(str(number), ACCEPTED)
        set_widget(key, current().accepted.get(message, ""))
        st.text_input("Accepted because", key=key, max_chars=LONGEST_REASON, on_change=_accept, args=(key, message))
    for message, reason in current().accepted.items():
        if reason and message not in messages:
            st.caption(escaped(f'The design no longer has this issue, so the report leaves out "{reason}": {message}'))


def _accept(key: str, message: str) -> None:
    current().accepted = {**current().accepted, message: widget_value(key).strip()}


@redraw.fragment(redraw.FORM)
def settings() -> None:
    """Draw the settings of the deployment files."""
    forms.wanted_input(navigation.DOCUMENT)
    if not has_dag(state.design()):
        return
    st.subheader("Settings of the deployment files", anchor=False)
    st.caption("No figure depends on them.")
    paths = [path for path in schema.all_paths() if path.split(".")[0] in navigation.DOCUMENT_SECTIONS]
    groups = {"Where": paths[:7], "Databases": paths[7:17], "DAG": paths[17:]}
    for title, group in groups.items():
        key = widget_key(f"export_{title.lower()}", forms.GROUP)
        expander = st.expander(title, key=key, on_change="rerun")
        if expander.open:
            with expander:
                for path in group:
                    field_widget(path)


page()
