"""Collect the report of a design: its first page, the sections, and the appendices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from calculator.engine.findings import INVALID, ODDITY_FIELD
from calculator.engine.results import value_text
from calculator.engine.sizing import SizedDesign
from calculator.engine.tables import DAYS, backup_schedule, volume_layout
from calculator.engine.unpublished import VERSION_FIELD
from calculator.engine.versions import PACKAGE_VERSION, RESULTS_VERSION
from calculator.exporters.deployment import copies_of, deployment_archive, deployment_of
from calculator.exporters.report.content import (
    About,
    Bullets,
    FirstPage,
    IssueList,
    Record,
    Reference,
    ReportCell,
    ReportIssue,
    ReportPart,
    ReportTable,
    Section,
)
from calculator.exporters.report.failures import (
    MOST_LISTED,
    copies_parts,
    each_server,
    failure_parts,
    picture,
    picture_of_servers,
    placed,
    single_failures,
)
from calculator.exporters.report.inputs import all_inputs, assumed_table, stated_parts
from calculator.exporters.report.results import (
    UNITS,
    explained,
    key_figures,
    main_figures,
    premises_table,
    results_by_level,
    shopping_table,
    sources_of_main_figures,
    unpublished_notes,
)
from calculator.inputs.schema import BY_PATH
from calculator.issues import ERROR, WARNING, InputError, Issue, Issues
from calculator.layout import Layout, layout, tolerance
from calculator.presentation.assumptions import assumed_inputs
from calculator.presentation.charts import copies, mailbox, servers
from calculator.presentation.findings import QUIRK_HEAD, all_issues, quirk_rows, status_of
from calculator.presentation.headline import CANONICAL, status_words, support_text, verdict, version_name
from calculator.presentation.places import label_of, with_labels
from calculator.presentation.shopping_list import caution, not_counted, shopping_list
from calculator.presentation.text import number, plural
from calculator.rules.sources import SOURCES

RULES_OF = "Rules of the Exchange 2013 Server Role Requirements Calculator, version 7.6."
UNTITLED = "Exchange {} design"
"""Title of a design without a title, as a template for its version."""
LONGEST_STEM = 50
"""Largest number of characters of a title in the name of a file."""
VOLUMES = {
    "database": ("Database", ""),
    "group": ("Volume", ""),
    "mailboxes": ("Mailboxes", "mailboxes"),
    "database_size": ("Database", "GB"),
    "database_size_with_overhead": ("Database with overhead", "GB"),
    "log_size_with_overhead": ("Logs with overhead", "GB"),
    "volume_group": ("Volume of the row", ""),
    "volume_label": ("Its databases", ""),
    "database_volume_size": ("Database volume", "GB"),
    "log_volume_size": ("Log volume", "GB"),
}
"""Head and unit of each column of the table of volumes."""
FOR_DEPLOYMENT = "Replace or check these values before the deployment files are used."
AS_SIZED = "Unless they say as placed, the figures are as sized; the section Failures has those of the layout."
OF_LAYOUT = "Layout of the copies"
ON_SERVERS = "Copies on the servers"
ONE_FAILURE = "The design has no copies: if a server fails, all its mailboxes stop until it runs again or is restored."
IN_SHORT = "To know, in short (the section Issues says what to do):"
IN_SHORT_AND_MORE = "To know, in short (the section Issues says what to do, and has {}):"
ONLY_IN_ISSUES = re.compile(r"guidance\.oddities|active_databases_by_mode|tiers\.\d+\.deleted_item_retention")
"""Fields whose notices are about how figures are counted, which the first page leaves to the section Issues."""
NO_DAG = "The design has no DAG, so there are no copies to place on servers."
MOST_ON_FIRST_PAGE = 12
"""Largest number of databases with which the map of the copies is on the first page."""
_SENTENCE_END = re.compile(r"\.(?:\s|$)")
ALL_DAGS = "All DAGs have the same layout."


def build_record(
    design: SizedDesign, accepted: Mapping[str, str] | None = None, about: About | None = None, room: str = ""
) -> Record:
    """Return the report of a design.

    Parameters
    ----------
    design
        The design with all its results.
    accepted
        Reasons for accepting issues, by the message of the issue.
    about
        Title, customer, author and date.
    room
        Sentence for the first page about the room that the design has left.

    Returns
    -------
    Record
        The texts of the design are not escaped: the writer of each format escapes them.
    """
    about = about or About()
    dag, reasons = _laid_out(design), accepted or {}
    issues = _issues_with(design, dag)
    sections = (
        Section("Issues", "issues", "Issues", [IssueList([_issue(issue, reasons) for issue in issues], issues.rest)]),
        Section("Main figures", "requirements", "Main figures", [*unpublished_notes(design), main_figures(design)]),
        Section("Charts", "charts", "Charts", list(_charts(design, dag))),
        Section("Failures", "failures", "Failures", list(_failures(design, dag))),
        Section("Answers", "answers", "Answers", list(stated_parts(design))),
        Section("Assumptions", "assumptions", "Assumptions", [_ASSUMED, assumed_table(design)]),
        _appendix("How the main figures come about", "explanations", "Explanations", list(explained(design))),
        _appendix("All inputs", "inputs", "All inputs", [all_inputs(design)]),
        _appendix(OF_LAYOUT, "layout", "Layout of copies", list(_layout(dag))),
        _appendix("Failure of each server", "servers", "Server failures", list(_each_server(design, dag))),
        _appendix("Volumes of a server", "volumes", "Volumes", [_volumes(design)]),
        _appendix("Backups of a server", "backups", "Backups", [_backups(design)]),
        _appendix(
            "Results by level", "results", "Results", [UNITS, *unpublished_notes(design), *results_by_level(design)]
        ),
        _appendix("Quirks of Microsoft's workbook", "quirks", "Quirks", [ReportTable(QUIRK_HEAD, quirk_rows(design))]),
        _appendix(
            "Deployment files", "deployment", "Deployment files", list(_deployment(design, dag, issues, reasons))
        ),
        _appendix("All sources", "all-sources", "All sources", [_sources()]),
    )
    paper = (
        Section(ON_SERVERS, "copies", "Copies", list(_copies(design, dag))),
        Section("Sources", "sources", "Sources", [sources_of_main_figures(design)]),
    )
    return Record(
        title=title_of(design, about),
        description=design.profile.description,
        about=about,
        first=_first_page(design, dag, issues, room),
        versions=(
            _rules_of(design),
            f"Version of the results: {RESULTS_VERSION}. Version of the program: {PACKAGE_VERSION}.",
        ),
        sections=sections,
        paper=paper,
    )


def title_of(design: SizedDesign, about: About) -> str:
    """Return the title of a report: the given title, or that of the design."""
    return " ".join((about.title.strip() or design.profile.title).split()) or UNTITLED.format(
        design.profile.value(VERSION_FIELD)
    )


def stem_of(design: SizedDesign, about: About) -> str:
    """Return the name, without suffix, of the files about a design: after the customer, or else after the title."""
    words = re.findall(r"[^\W_]+", (about.customer or title_of(design, about)).lower())
    stem = "-".join(words)[:LONGEST_STEM].strip("-")
    return stem if "design" in stem else f"{stem}-design".strip("-")


def _rules_of(design: SizedDesign) -> str:
    """Return a sentence about the rules that the figures follow, and the version of Exchange if it is a later one."""
    if design.profile.value(VERSION_FIELD) == BY_PATH[VERSION_FIELD].default:
        return RULES_OF
    return f"{RULES_OF} Where Microsoft has published other rules for {version_name(design.profile)}, these are used."


def first_page(design: SizedDesign, room: str = "") -> FirstPage:
    """Return the first page of a report, without its title block, with a sentence about the room that is left."""
    dag = _laid_out(design)
    return _first_page(design, dag, _issues_with(design, dag), room)


def _issues_with(design: SizedDesign, dag: Layout | str) -> Issues:
    return all_issues(design, dag if isinstance(dag, Layout) else None).grouped()


def _appendix(title: str, key: str, sheet: str, parts: list[ReportPart]) -> Section:
    return Section(title, key, sheet, parts, appendix=True)


_ASSUMED = (
    "These inputs affect the design and were not stated, so their defaults are used, which are the usual values. Check "
    "those that you know better, above all those about mailboxes, messages and disks."
)


# --- first page and issues -----------------------------------------------------------------------


def _first_page(design: SizedDesign, dag: Layout | str, issues: Issues, room: str) -> FirstPage:
    status = status_of(design, issues)
    section = Section("Summary", "summary", "Summary", list(_summary(design, dag, issues, room)))
    return FirstPage(status, status_words(design, status), verdict(design, issues), support_text(design), section)


def _summary(design: SizedDesign, dag: Layout | str, issues: Issues, room: str) -> Iterator[ReportPart]:
    yield key_figures(design)
    purchases = shopping_list(design)
    yield from filter(None, [caution(design) if purchases else ""])
    yield shopping_table(design)
    yield from filter(None, [not_counted(purchases)])
    yield premises_table(design)
    yield from _survived(design, dag)
    yield " ".join(filter(None, (room, _assumed(design))))
    yield from _in_short(issues)
    if isinstance(dag, str):
        if design.plain["highly_available"]:
            yield dag
        return
    if _is_small(dag):
        yield picture(dag)
    else:
        yield picture_of_servers(dag)
        yield _where_the_copies_are(len(dag.database_names))
    if (design.plain["summary_dags"] or 1) > 1:
        yield ALL_DAGS


def _where_the_copies_are(databases: int) -> Reference:
    """Return a sentence about the part of the report that has the servers of each database."""
    shows = f"shows the {number(databases)} databases on the servers of a DAG."
    appendix, section = f"The appendix {OF_LAYOUT}", f"The section {ON_SERVERS}"
    return Reference(
        f"{appendix} {shows}", f"{section if databases <= MOST_LISTED else f'{appendix} in the HTML page'} {shows}"
    )


def _survived(design: SizedDesign, dag: Layout | str) -> Iterator[str]:
    """Yield what the design survives; nothing if it does not work or its copies are not laid out."""
    if isinstance(dag, Layout):
        survived = tolerance(dag)
        yield f"{survived.sentence} {survived.overload}".strip()
    elif design.status != INVALID and not design.plain["highly_available"] and not design.without_mailboxes:
        yield ONE_FAILURE


def _is_small(dag: Layout) -> bool:
    """Return whether the map of the copies has room on the first page."""
    return len(dag.database_names) <= MOST_ON_FIRST_PAGE


def _assumed(design: SizedDesign) -> str:
    count = len(assumed_inputs(design))
    if not count:
        return "No input is assumed."
    return f"{plural(count, 'input')} {'is' if count == 1 else 'are'} assumed; the section Assumptions lists them."


def _in_short(issues: Issues) -> Iterator[ReportPart]:
    """Yield the first sentence of each issue that does not prevent the design from working and matters to a customer.

    The other issues are counted.
    """
    known = [issue for issue in issues if issue.severity != ERROR]
    shown = [issue for issue in known if issue.severity == WARNING or not ONLY_IN_ISSUES.match(issue.field)]
    first = dict.fromkeys(_SENTENCE_END.split(CANONICAL.in_text(with_labels(issue.message)))[0] for issue in shown)
    others = len(known) - len(shown)
    if first:
        lead = IN_SHORT_AND_MORE.format(plural(others, "more notice")) if others else IN_SHORT
        yield Bullets(lead, [f"{text}." for text in first])
    elif others:
        yield f"The section Issues has {plural(others, 'notice')} about how figures are counted."


def _deployment(
    design: SizedDesign, dag: Layout | str, known: Issues, accepted: Mapping[str, str]
) -> Iterator[ReportPart]:
    """Yield the issues of the deployment files that the design itself does not have."""
    if isinstance(dag, str):
        yield dag
        return
    found = _deployment_issues(design, dag).without(known)
    if found:
        yield FOR_DEPLOYMENT
    yield IssueList([_issue(issue, accepted) for issue in found], found.rest)


def _issue(issue: Issue, accepted: Mapping[str, str]) -> ReportIssue:
    about = OF_LAYOUT if issue.where == "layout" else label_of(issue.field)
    listed = "An appendix lists them. " if issue.field == ODDITY_FIELD and issue.where != "layout" else ""
    message = CANONICAL.in_text(with_labels(issue.message))
    labelled = replace(issue, message=message, hint=listed + with_labels(issue.hint))
    return ReportIssue(labelled, about, accepted.get(issue.message, "").strip().rstrip("."))


def _deployment_issues(design: SizedDesign, dag: Layout) -> Issues:
    """Return the issues to read before the deployment files of a design are used."""
    issues = Issues()
    try:
        deployment, left_out = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
        _, more = deployment_archive(deployment)
    except InputError as error:
        return error.issues
    issues.extend(left_out)
    issues.extend(more)
    return issues


# --- charts and copies ---------------------------------------------------------------------------


def _charts(design: SizedDesign, dag: Layout | str) -> Iterator[ReportPart]:
    """Yield the charts; two of about the same height follow each other, because a page has two in a row.

    The first one has a row of its own if their number is odd.
    """
    yield mailbox.make_up(design)
    yield servers.volume(design)
    yield servers.logs_by_hour(design)
    yield servers.memory(design)
    yield servers.disks(design)
    cpu = servers.cpu(design)
    if isinstance(dag, str):
        yield cpu
    else:
        is_placed = any(row["mode"] in servers.BY_LAYOUT.values() for row in cpu.rows)
        yield replace(cpu, finding=f"{cpu.finding} {AS_SIZED}") if is_placed else cpu
        name, worst = max(single_failures(dag), key=lambda failed: int(failed[1].active_databases.max()))
        yield copies.after_failure(dag.fail(), worst, f"After {name} failed")


def _laid_out(design: SizedDesign) -> Layout | str:
    """Return the layout of the copies, or the reason why there is no layout."""
    try:
        return layout(design)
    except InputError as error:
        if not design.profile.value("environment.high_availability"):
            return NO_DAG
        reasons = " ".join(f"{issue.message} {issue.hint}".strip() for issue in error.issues)
        return f"The copies are not laid out. {with_labels(reasons)}"


def _failures(design: SizedDesign, dag: Layout | str) -> Iterator[ReportPart]:
    """Yield the effect of failures, or why no copies can take over."""
    if isinstance(dag, Layout):
        yield from failure_parts(design, dag)
    else:
        yield from list(_survived(design, dag)) or [dag]


def _copies(design: SizedDesign, dag: Layout | str) -> Iterator[ReportPart]:
    """Yield the servers of the copies, or why there is no layout."""
    if isinstance(dag, str):
        yield dag
        return
    if (design.plain["summary_dags"] or 1) > 1:
        yield ALL_DAGS
    yield from copies_parts(dag)


def _layout(dag: Layout | str) -> Iterator[ReportPart]:
    if isinstance(dag, str):
        yield dag
        return
    if not _is_small(dag):
        yield picture(dag)
    yield "Activation preference of each database's copy on each server; 1 is active, a lagged copy has a star."
    yield placed(dag)


def _each_server(design: SizedDesign, dag: Layout | str) -> Iterator[ReportPart]:
    yield dag if isinstance(dag, str) else each_server(design, dag)


# --- volumes and sources -------------------------------------------------------------------------


def _plain(value: object, unit: str = "") -> ReportCell:
    """Return a cell for a value that no rule describes; None gives an empty cell."""
    if value is None:
        return ReportCell(None, "")
    assert isinstance(value, int | float | str)
    if isinstance(value, str | bool):
        return ReportCell(value, value_text(value))
    return ReportCell(float(value), number(float(value)), unit)


def _volumes(design: SizedDesign) -> ReportTable:
    head = tuple(f"{name}, {unit}" if unit == "GB" else name for name, unit in VOLUMES.values())
    rows = [[_plain(row[key], unit) for key, (_, unit) in VOLUMES.items()] for row in volume_layout(design)]
    return ReportTable(head, rows)


def _backups(design: SizedDesign) -> ReportTable:
    rows = [[_plain(row[key]) for key in ("database", *DAYS)] for row in backup_schedule(design)]
    return ReportTable(("Database", *(day.capitalize() for day in DAYS)), rows)


def _sources() -> ReportTable:
    """Return the table of sources of results, constants and inputs."""
    rows = [(source.key, source.title, source.publisher, source.address) for source in SOURCES.values()]
    return ReportTable(("Key", "Title", "Publisher", "Address"), rows)
