"""Document: the record of the design, files for others, a link; what was assumed and accepted."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable

import streamlit as st

from calculator.cli.printing import print_rows
from calculator.engine.sizing import SizedDesign
from calculator.exporters.deployment import file_formats as deployment_forms
from calculator.exporters.deployment.write import copies_of, deployment_archive, deployment_of
from calculator.exporters.report import write
from calculator.inputs import profile, schema
from calculator.inputs.schema import DATACENTERS
from calculator.issues import NOTICE, InputError, Issues
from calculator.layout import layout, switchover
from calculator.ui.inputs import assumed, forms
from calculator.ui.inputs.widgets import field_widget
from calculator.ui.results import issues, panels
from calculator.ui.results.texts import escaped
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

LONGEST_REASON = 300
RECORDS = (
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
"""Forms of the record: label, key, ending, kind and what makes it."""


@guarded
def page() -> None:
    """Draw the page."""
    panels.page_title("Document")
    if navigation.nothing_open():
        return
    left, right = st.columns([4, 5], gap="medium")
    with left:
        files()
    with right:
        settings()


@redraw.part(redraw.FIGURES)
def files() -> None:
    """Draw what can be taken along, and what the record says of doubts and assumptions."""
    design = state.plan()
    panels.verdict(design)
    st.subheader("Take along", anchor=False)
    _records(design)
    _download(
        "Profile (TOML)", "profile", "design.toml", "application/toml", functools.partial(profile.dump, state.profile())
    )
    _download("All results (CSV)", "results", "results.csv", "text/csv", functools.partial(_results, design))
    _deployment(design)
    _switchover(design)
    _link()
    st.subheader("What the record says", anchor=False)
    _accepted(design)
    assumed.show()


def _download(label: str, key: str, name: str, kind: str, make: Callable[[], str | bytes]) -> None:
    """Draw a button whose file is made when it is asked for, outside the session: ``make`` may not look into it."""
    st.download_button(
        label, data=make, file_name=name, mime=kind, on_click="ignore", icon=":material/download:", key=f"take:{key}"
    )


def _records(design: SizedDesign) -> None:
    """Draw the record in its forms; each holds why issues are accepted."""
    with st.container(border=True):
        st.markdown("**Record of the design**")
        st.caption("Issues, inputs, results, how they come about, copies, failures and sources, to keep or to print.")
        with st.container(horizontal=True, gap="small"):
            for label, key, ending, kind, make in RECORDS:
                _download(label, key, f"design{ending}", kind, functools.partial(make, design, dict(_reasons())))


def _results(design: SizedDesign) -> str:
    text = io.StringIO()
    print_rows(design.table("all"), "csv", text)
    return text.getvalue()


def _deployment(design: SizedDesign) -> None:
    """Draw the deployment files, or what stands against them."""
    with st.container(border=True):
        st.markdown("**Deployment files**")
        st.caption("Servers, DAG, databases and copies for the deployment scripts, and the commands of each server.")
        form = st.segmented_control(
            "Form",
            deployment_forms.VERSIONS,
            key="deployment_form",
            required=True,
            default=deployment_forms.VERSIONS[0],
            format_func=lambda version: f"version {version}",
        )
        made = state.kept("archive", lambda: _archive(design, str(form)), form)
        if isinstance(made, Issues):
            issues.show(made, mend=False, view="deployment")
            return
        archive, told = made
        _download(
            "Deployment files (ZIP)",
            "deployment",
            "deployment.zip",
            "application/zip",
            functools.partial(bytes, archive),
        )
        issues.show(told, mend=False, view="left_out")


def _archive(design: SizedDesign, form: str) -> tuple[bytes, Issues] | Issues:
    """The files, with what they leave out; or what stands against them."""
    if design.status == "invalid":
        against = Issues()
        against.error(
            design.profile.where, "", "The design does not work: no files are made.", "Mend its errors first."
        )
        return against
    try:
        dag = layout(design)
        deployment, told = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
        archive, more = deployment_archive(deployment, form)
    except InputError as error:
        return error.issues
    told.extend(more)
    return archive, told


def _switchover(design: SizedDesign) -> None:
    """Draw the plan for the loss of each datacenter, where there is one."""
    for lost in DATACENTERS if design["two_datacenters"] else ():
        text = state.kept(f"switchover {lost}", functools.partial(_switchover_text, design, lost))
        if isinstance(text, Issues):
            st.caption(escaped(f"No switchover plan for the {lost} datacenter: {next(iter(text)).message}"))
            continue
        _download(
            f"Switchover plan, {lost} lost (Markdown)",
            f"switchover:{lost}",
            f"switchover-{lost}.md",
            "text/markdown",
            functools.partial(str, text),
        )


def _switchover_text(design: SizedDesign, lost: str) -> str | Issues:
    """The plan for the loss of a datacenter; or what stands against it."""
    try:
        return str(switchover(design, lost))
    except InputError as error:
        return error.issues


def _link() -> None:
    """Draw the link that carries the design."""
    address = state.address()
    if address:
        st.caption("This link carries the whole design; nothing is stored anywhere:")
        st.code(f"{st.context.url or ''}?d={address['d']}", language=None, wrap_lines=False)
    else:
        st.caption("This design is too long for a link: pass the profile on instead.")


def _reasons() -> dict[str, str]:
    reasons: dict[str, str] = st.session_state.setdefault("accepted", {})
    return reasons


def _accepted(design: SizedDesign) -> None:
    """Draw the errors and warnings, each with room for why it is accepted."""
    grave = [issue for issue in design.issues if issue.severity != NOTICE]
    if not grave:
        st.text("No errors and no warnings.")
    for number, issue in enumerate(grave):
        icon, color = issues.BADGES[issue.severity]
        st.badge(issue.severity, icon=icon, color=color)
        st.text(issue.message)
        key = f"accepted:{number}"
        st.session_state[key] = _reasons().get(issue.message, "")
        st.text_input(
            "Accepted because", key=key, max_chars=LONGEST_REASON, on_change=_accept, args=(key, issue.message)
        )


def _accept(key: str, message: str) -> None:
    st.session_state["accepted"] = {**_reasons(), message: st.session_state[key].strip()}


@redraw.part(redraw.FORM)
def settings() -> None:
    """Draw the settings of the deployment files."""
    forms.wanted_input(navigation.DOCUMENT)
    st.subheader("Settings of the deployment files", anchor=False)
    st.caption("No figure depends on them.")
    paths = [path for path in schema.all_paths() if path.split(".")[0] in navigation.DOCUMENT_SECTIONS]
    named = {"Where": paths[:7], "Databases": paths[7:17], "DAG": paths[17:]}
    for title, group in named.items():
        fold = st.expander(title, key=f"group:export_{title.lower()}", on_change="rerun")
        if fold.open:
            with fold:
                for path in group:
                    field_widget(path)


page()
