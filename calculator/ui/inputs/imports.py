"""Draw the imports on the page Users: upload exports, read them in a job, preview them, apply them in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from calculator.engine.progress import Progress
from calculator.importers.collecting import PROGRAM, SCRIPT_NAME, collection_script, data_sources
from calculator.importers.mailboxes import CRITERIA, MAX_PROPOSED_TIERS, MESSAGES, TOTALS
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH
from calculator.inputs.units import percent_text
from calculator.issues import WARNING, InputError, Issues
from calculator.presentation.headline import assumed_servers
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number, plural
from calculator.studies.search.fewest_servers import SERVERS
from calculator.ui.inputs import fewest_servers, questions
from calculator.ui.inputs.widgets import find_field
from calculator.ui.results import figures, headline, issues, progress
from calculator.ui.results.texts import escaped
from calculator.ui.session import job_queue, navigation, redraw, state
from calculator.ui.session.store import AppliedImport, current, set_widget, widget_value

if TYPE_CHECKING:
    from calculator.importers import ImportResult
    from calculator.importers.mailboxes import Population
    from calculator.inputs.text_files import Upload

LARGEST_UPLOAD_MB, LARGEST_TOTAL_MB = 50, 200
MAILBOXES, RATES, HOURS, FILES = "Mailboxes", "Messages", "Logs per hour", "Deployment files"
FEWEST = "as few as possible"
KEEP_TITLES = {
    "disabled": "disconnected mailboxes",
    "health": "health mailboxes",
    "discovery": "discovery mailboxes",
    "system": "system and test mailboxes",
}
HELP_TEXTS = {
    MAILBOXES: "Files with one row per mailbox: its size, its quota, its database or its messages. Upload all files "
    "about the same mailboxes together. They give the tiers of the design.",
    RATES: "Message tracking logs, or what Generate-MessageProfile, MessageStats or CalcMsgAverage writes. They give "
    "the messages per day and their average size.",
    HOURS: "What GetTransactionLogStats or GetLogFileUsage writes: how many transaction logs arise in each hour of the "
    "day. They give the traffic between the datacenters in the busiest hour.",
    FILES: "Servers.csv, DAGInfo.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv, as the page Document or "
    "Microsoft's workbook writes them. They give the names of servers and databases.",
}
COLLECTED = {MAILBOXES: "mailboxes", RATES: "messages", HOURS: "logs"}
"""Kind of import by kind of the data to collect."""
SIZES = {"mailbox_size", "quota", "dumpster_size", "dumpster_model", "archive_size", "archive_quota"}
"""Columns of the table of tiers that are sizes in MB."""
OF_ARCHIVES = ("archive_size", "archive_quota")
"""Columns that do not apply to a tier without archives."""
AS_WRITTEN = "as the file shows"
DECIMALS = {"": AS_WRITTEN, "point": "with a point: 2.5", "comma": "with a comma: 2,5"}
DATES = {"": AS_WRITTEN, "day-first": "day first: 31/12/2026", "month-first": "month first: 12/31/2026"}
ASKED = "Choose it only if a message asks for it: {} can be read in two ways."
SEEN = {
    "file": "File",
    "kind": "Kind",
    "encoding": "Encoding",
    "separator": "Separator",
    "decimal_sign": "Decimal sign",
    "date_order": "Dates",
    "rows": "Rows",
    "columns_used": "Columns used",
    "columns_ignored": "Columns ignored",
}
SMALLEST_ERROR = 5e-5
"""Smallest error that is shown as a number; smaller ones round to 0.00 % without a sign."""
LABELS_SHOWN = 4
"""Number of labels that name the values that an import replaces."""
FOLD = "import_fold"
"""Name of the expander of the import."""


@dataclass(frozen=True)
class ImportedMailboxes:
    """Mailboxes that were read, the issues of their files, and what was recognized in each file."""

    population: Population
    issues: Issues
    seen: Sequence[Mapping[str, object]]


def entrance() -> None:
    """Draw the choice of a version, and a button that begins a design for it with the import."""
    st.text("Or begin a design with mailboxes from files of your organization.")
    begin_button(questions.choose_version("import"))


def begin_button(version: str) -> None:
    """Draw a button that opens a design without mailboxes on the page Users, with the import open."""
    if version_button("Import mailboxes", "new_import", ":material/upload_file:", version):
        state.replace(state.new_design(version, mailboxes=0.0))
        current().problems = Issues()
        set_widget(FOLD, True)
        navigation.go(navigation.USERS)


def version_button(label: str, key: str, icon: str, version: str) -> bool:
    """Draw a button that can be pressed once a version of Exchange is chosen. Return whether it was pressed."""
    help_text = None if version else "Choose the version of Exchange first."
    return st.button(label, key=key, icon=icon, disabled=not version, help=help_text)


@redraw.fragment(redraw.IMPORT)
def section() -> None:
    """Draw the import in an expander that is closed at first."""
    fold = st.expander(
        "Import mailboxes, messages or logs per hour from files",
        key=FOLD,
        icon=":material/upload_file:",
        on_change=redraw.rerun,
        args=(redraw.IMPORT, redraw.FIGURES),
    )
    if fold.open:
        with fold:
            _request()
            _result()


def _request() -> None:
    """Draw the kind of import and the upload. Reading starts at once."""
    kind = st.segmented_control(
        "What the files hold", [MAILBOXES, RATES, HOURS, FILES], key="import_kind", required=True, default=MAILBOXES
    )
    st.caption(HELP_TEXTS[str(kind)])
    _commands(str(kind))
    uploads = st.file_uploader(
        "Files (.csv, .log, .txt)",
        type=("csv", "log", "txt"),
        accept_multiple_files=True,
        key="import_files",
        max_upload_size=LARGEST_UPLOAD_MB,
    )
    keep: list[str] = []
    if kind == MAILBOXES:
        keep = st.multiselect(
            issues.KEEP,
            list(KEEP_TITLES),
            key="import_keep",
            format_func=KEEP_TITLES.__getitem__,
            placeholder="none",
            help="Mailboxes without a user, and those that Exchange itself uses, do not count unless you choose them.",
        )
    decimal, dates = _open_questions() if kind != FILES else (None, None)
    request = (kind, tuple(upload.file_id for upload in uploads), tuple(keep), decimal, dates)
    run = current().imports
    if run.request == request:
        return
    stop_reading()
    run.request, run.job = request, None
    if sum(upload.size for upload in uploads) > LARGEST_TOTAL_MB * 2**20:
        st.error(
            f"These files have more than {LARGEST_TOTAL_MB} MB. Upload fewer of them, or shorter exports.",
            icon=":material/error:",
        )
    elif uploads:
        from calculator.inputs.text_files import Upload

        files = [Upload(upload.name, upload.getvalue()) for upload in uploads]
        _start(str(kind), files, keep, decimal, dates)


def _open_questions() -> tuple[str | None, str | None]:
    """Draw the settings for ambiguous files: the decimal sign and the order of dates. None leaves them ambiguous."""
    with st.container(horizontal=True):
        decimal = st.selectbox(
            issues.DECIMAL,
            list(DECIMALS),
            key="import_decimal",
            format_func=DECIMALS.__getitem__,
            width=280,
            help=ASKED.format("2,125"),
        )
        dates = st.selectbox(
            issues.DATES,
            list(DATES),
            key="import_dates",
            format_func=DATES.__getitem__,
            width=280,
            help=ASKED.format("03/04/2026"),
        )
    return decimal or None, dates or None


def _commands(kind: str) -> None:
    """Draw the commands that collect the files of a kind, in a popover that is closed at first."""
    sources = [source for source in data_sources() if source.kind == COLLECTED.get(kind)]
    if not sources:
        return
    popover = st.popover(
        "How to collect these files", icon=":material/terminal:", key="import_commands", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        for source in sources:
            st.markdown(f"**{source.title}**")
            needs = f" Before you run it: {source.needs}" if source.needs else ""
            st.markdown(escaped(f"{source.gives} Time: {source.takes}{needs}"))
            st.code(source.command, language="powershell", wrap_lines=True)
            st.markdown(f"Upload `{source.files}` here, or use `{PROGRAM} {source.reads}`")
        st.download_button(
            "All commands as one script",
            collection_script(),
            SCRIPT_NAME,
            "text/plain",
            key="import_script",
            icon=":material/download:",
            on_click="ignore",
        )


def _start(kind: str, sources: list[Upload], keep: list[str], decimal: str | None, dates: str | None) -> None:
    base = state.profile()

    def mailboxes(progress: Progress) -> ImportedMailboxes:
        from calculator.importers.formats.reading import Reading
        from calculator.importers.mailboxes import read_population

        found, reading = Issues(), Reading(decimal, dates)
        population = read_population(sources, found, base, keep, progress=progress, reading=reading)
        return ImportedMailboxes(population, found, reading.seen)

    def rates(progress: Progress) -> ImportResult:
        from calculator.importers.messages import import_messages

        return import_messages(sources, base, decimal=decimal, dates=dates, progress=progress)

    def hours(progress: Progress) -> ImportResult:
        from calculator.importers import import_hourly_logs

        return import_hourly_logs(sources, base, decimal=decimal, dates=dates, progress=progress)

    def deployment(progress: Progress) -> ImportResult:
        from calculator.importers import import_deployment

        return import_deployment(sources, base)

    work: dict[str, Callable[[Progress], ImportedMailboxes | ImportResult]] = {
        MAILBOXES: mailboxes,
        RATES: rates,
        HOURS: hours,
        FILES: deployment,
    }
    job = current().imports.job = job_queue.start(work[kind])
    job.wait(1)  # Wait a moment: most files are read by then, so that no progress has to be drawn.


def stop_reading() -> None:
    """Stop the job that reads the files."""
    progress.stop(current().imports.job)


def _result() -> None:
    """Draw the progress of the job, or the content of the files."""
    job = current().imports.job
    if job is None:
        return
    if job.active:
        progress.watch(job, "rows", "import_stop", stop_reading)
        return
    imported = progress.result(job, "import", "file", "Stopped. The design is not changed.", show_where=True)
    if isinstance(imported, ImportedMailboxes):
        _mailboxes(imported)
    elif imported is not None:
        _notices(imported)
        _seen(imported)
        _apply_button(imported)


# --- mailboxes -----------------------------------------------------------------------------------


def _mailboxes(read: ImportedMailboxes) -> None:
    """Draw the settings of the tiers, a chart of the mailboxes with the bounds of the tiers, and the tiers."""
    from calculator.ui.charts import base, population

    by, count, bounds, uplift = _tier_settings(read)
    raise_quotas = "size" in read.population.columns and st.toggle(
        issues.RAISE,
        key="import_raise",
        help="Whether a mailbox that is larger than its quota gets its size of today as its quota, so that the design "
        "has room for all of it.",
    )
    try:
        imported = _tiered(read, by, count, bounds, uplift, raise_quotas)
    except InputError as error:
        issues.show(error.issues, editable=False, view="tiers")
        return
    base.draw_chart(population.by_tier(imported, by), "population")
    _tiers(imported)
    _notices(imported)
    _seen(imported)
    _apply_button(imported)


def _tier_settings(read: ImportedMailboxes) -> tuple[str, int | None, str, float]:
    """Draw the settings of the tiers: measure, number of tiers, bounds, growth with the move."""
    known = [
        word
        for word, measure in zip(CRITERIA, ("size", "quota", "messages"), strict=True)
        if measure in read.population.columns
    ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            issues.TIERS_BY,
            known,
            key="import_by",
            required=True,
            default=known[0],
            help="A tier is a group of mailboxes that are planned alike.",
        )
        count = st.selectbox(
            issues.TIERS,
            [FEWEST, *range(1, MAX_PROPOSED_TIERS + 1)],
            key="import_number",
            width=200,
            help="As few as possible: the fewest tiers whose totals differ by at most 1 % from those of the mailboxes.",
        )
        bounds = st.text_input(
            "Limits between tiers",
            key="import_bounds",
            placeholder="20, 100" if by == MESSAGES else "2 GB, 10 GB",
            width=200,
            help="Where one tier ends and the next begins, in rising order. They then decide the number of tiers.",
        )
        uplift = st.number_input(
            issues.UPLIFT,
            0.0,
            100.0,
            0.0,
            5.0,
            key="import_uplift",
            width=280,
            format="%g",
            help="For sizes that Exchange 2007 or 2010 reports: such mailboxes grow by 30 to 40 % when they are moved. "
            "Leave 0 for later versions.",
        )
    return str(by), None if count == FEWEST else int(count), bounds.strip(), uplift / 100


def _tiered(
    read: ImportedMailboxes, by: str, count: int | None, bounds: str, uplift: float, raise_quotas: bool
) -> ImportResult:
    """Return the tiers for these settings. They are computed once after each change."""
    from calculator.importers.mailboxes import build_tiers

    def compute() -> ImportResult:
        values = _bounds(by, bounds)
        return build_tiers(
            read.population,
            read.issues,
            _base(),
            by=by,
            tiers=None if values else count,
            bounds=values,
            uplift=uplift,
            raise_quotas=raise_quotas,
            seen=read.seen,
        )

    return state.cached("tiers", compute, (current().imports.request, by, count, bounds, uplift, raise_quotas))


def _base() -> Profile:
    """Return the design that gives the inputs which the files do not contain.

    The tiers that an import has written do not count. They would give their own means as the values of the design. So
    the tiers before the import are used, except for inputs that were changed since.
    """
    from calculator.importers.mailboxes import merge_tiers

    now, applied = state.profile(), current().imports.applied
    if applied is None or applied.source is not state.opened():
        return now
    tiers = {path: value for path, value in applied.before.given.items() if path.startswith("tiers.")}
    others = {path: value for path, value in now.given.items() if not path.startswith("tiers.")}
    changed = {path.rpartition(".")[2] for path in state.changed_inputs(applied.design, now) if path not in others}
    merged = merge_tiers(now)
    for leaf in changed - {"mailboxes", "name", "initial_mailbox_size"}:
        for tier in range(1, applied.before.tiers + 1):
            tiers[f"tiers.{tier}.{leaf}"] = merged.value(f"tiers.1.{leaf}")
    return now.with_given(others | tiers)


def _bounds(by: str, text: str) -> list[float]:
    """Parse bounds that are separated by commas.

    Raises
    ------
    InputError
        If any of them is not a number.
    """
    field = BY_PATH["tiers.messages_per_day" if by == MESSAGES else "tiers.mailbox_size_limit"]
    found, wrong = [], Issues()
    for word in filter(None, (word.strip() for word in text.split(","))):
        try:
            found.append(float(read_value(field, word) or 0))
        except ValueProblem as error:
            wrong.error("bounds", "", error.message, error.hint)
    if wrong:
        raise InputError(wrong)
    return found


def _tiers(imported: ImportResult) -> None:
    """Draw the tiers, and the errors of their totals against those of the mailboxes."""
    columns = {
        "name": "Tier",
        "mailboxes": "Mailboxes",
        "mailbox_size": "Size today",
        "quota": "Mean quota",
        "quota_assumed_for": "Quota assumed for",
        "dumpster_size": "Recoverable Items today",
        "dumpster_model": "Recoverable Items planned",
        "archive_size": "Archive today",
        "archive_quota": "Archive quota",
        "messages_per_day": "Messages per day",
        "messages_assumed_for": "Messages assumed for",
    }
    tiers = imported.tables["tiers"]
    shown_for_zero: dict[str, object] = {
        **dict.fromkeys(OF_ARCHIVES, NOT_APPLICABLE),
        **dict.fromkeys(("quota_assumed_for", "messages_assumed_for"), 0),
    }
    empty = {name: zero if any(row[name] for row in tiers) else None for name, zero in shown_for_zero.items()}
    rows = [
        {
            name: empty[name] if name in empty and not value else _size(value) if name in SIZES else value
            for name, value in row.items()
        }
        for row in tiers
    ]
    st.markdown("**Tiers of the imported mailboxes**")
    _table(rows, columns, "Tiers of the imported mailboxes")
    st.caption("Sizes, quotas and messages are the means of the mailboxes of a tier.")
    errors = [
        {**row, "total": _total(str(row["total"]), str(row["unit"])), "error": _share(float(str(row["error"])))}
        for row in imported.tables["errors"]
    ]
    names = {"total": "Total", "data": "All mailboxes", "tiers": "All tiers", "error": "Difference"}
    st.markdown("**How closely the tiers match the mailboxes**")
    _table(errors, names, "Totals of the tiers compared with those of the mailboxes")


def _notices(imported: ImportResult) -> None:
    """Draw counts of the rows left out, the issues, and the messages per tier if they were measured."""
    left_out = imported.tables.get("left_out", ())
    if left_out:
        counts = ", ".join(f"{row['reason']} ({row['rows']:,})".replace("_", " ") for row in left_out)
        rows = sum(int(str(row["rows"])) for row in left_out)
        used = sum(int(str(row["mailboxes"])) for row in imported.tables.get("tiers", ()))
        if _replaces_tiers(imported) and rows > used:
            st.warning(
                escaped(
                    f"More rows are left out than used: {counts}. {plural(f'{used:,}', 'mailbox')} "
                    f"{'is' if used == 1 else 'are'} used. Check that the files name every mailbox differently."
                ),
                icon=":material/warning:",
            )
        else:
            st.caption(escaped(f"Left out: {counts}."))
    issues.show(_of_files(imported), editable=False, view="imported", show_where=True)
    if "tiers" not in imported.tables or "errors" in imported.tables:
        return
    names = {"tier": "Tier", "mailboxes": "Mailboxes", "messages_per_day": "Messages per day", "message_size": "KB"}
    _table(imported.tables["tiers"], names, "Messages of the tiers")


def _of_files(imported: ImportResult) -> Issues:
    """Return the issues of an import, in which only names of files say where each is."""
    files = {row["file"] for row in (*imported.tables.get("seen", ()), *imported.tables.get("files", ()))}
    return imported.issues.moved(lambda issue: issue.where if issue.where in files else "")


def _seen(imported: ImportResult) -> None:
    """Draw what was recognized in each file, for a check before the import is applied."""
    rows = imported.tables.get("seen", ())
    if rows:
        with st.expander("How the files were read", key="import_seen", icon=":material/visibility:"):
            _table(list(rows), SEEN, "What was recognized in each file")


def _table(rows: object, names: Mapping[str, str], alt: str) -> None:
    assert isinstance(rows, list | tuple)
    shown = [{title: _cell(row.get(name)) for name, title in names.items()} for row in rows]
    used = [title for title in names.values() if any(row[title] for row in shown)]
    figures.draw_table([{title: row[title] for title in used} for row in shown], alt=alt)


def _total(name: str, unit: str) -> str:
    """Return what a total is, with the unit of a size."""
    words = TOTALS[name][2] if name in TOTALS else name
    return f"{words[:1].upper()}{words[1:]}{f', {unit}' if unit.startswith('GB') else ''}"


def _share(error: float) -> str:
    """Format an error in percent."""
    return percent_text(error, 2, sign="+") if abs(error) >= SMALLEST_ERROR else "0.00 %"


def _size(value: object) -> object:
    """Format a size in MB with its unit, which stays on the same line; return other values unchanged."""
    if not isinstance(value, int | float):
        return value
    return figures.rounded_with_unit(float(value), "MB").replace(" ", NO_BREAK_SPACE)


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return number(float(value))
    return "" if value is None else str(value)


def _apply_button(imported: ImportResult) -> None:
    """Draw what the import would replace, the button that does so, and what was applied while the design has it."""
    applied = _applied()
    is_applied = applied is not None and applied.imported.values == imported.values
    if not is_applied:
        st.text(_what_changes(imported))
    st.button(
        "Apply to the design",
        key="import_take",
        type="primary",
        icon=":material/check:",
        disabled=is_applied,
        on_click=_apply,
        args=(imported,),
    )
    if applied is not None and is_applied:
        st.success(_applied_text(applied), icon=":material/check_circle:")
        if _replaces_tiers(imported):
            _servers()


def _servers() -> None:
    """Draw that the servers are defaults, with ways to choose them; then what the search has found."""
    design = state.design()
    if assumed_servers(design):
        count = plural(headline.CHOSEN.shown("summary_servers.environment", design), "server")
        where = "two datacenters" if design.plain["two_datacenters"] else "one datacenter"
        st.text(
            "The files do not say how many datacenters, copies and servers you plan. Defaults are used until you "
            f"choose them: {count} in {where}."
        )
    with st.container(horizontal=True):
        fewest_servers.offer("import_fewest")
        if assumed_servers(design) and st.button(
            "Choose them on Constraints", key="import_constraints", icon=":material/arrow_forward:", type="tertiary"
        ):
            navigation.go_to(SERVERS)


def _replaces_tiers(imported: ImportResult) -> bool:
    return "errors" in imported.tables


def _tiers_text(profile: Profile) -> str:
    mailboxes = sum(float(profile.value(f"tiers.{tier}.mailboxes") or 0) for tier in range(1, profile.tiers + 1))
    return f"{plural(profile.tiers, 'tier')} with {plural(number(mailboxes), 'mailbox')}"


def _what_changes(imported: ImportResult) -> str:
    """Say what of the design the import would replace."""
    kept = "Everything else stays the same, and Undo restores the previous values."
    if _replaces_tiers(imported):
        old, new = _tiers_text(state.profile()), _tiers_text(Profile(dict(imported.values)))
        return f"Apply replaces the tiers of the design: {new} instead of {old}. {kept}"
    labels = list(dict.fromkeys(find_field(path)[0].label for path in imported.values))
    names = ", ".join(labels[:LABELS_SHOWN]) + (" and others" if len(labels) > LABELS_SHOWN else "")
    return f"Apply replaces {plural(len(imported.values), 'value')} of the design: {names}. {kept}"


def _apply(imported: ImportResult) -> None:
    """Change the design to the imported values in one step."""
    what = plural(len(imported.values), "value")
    if _replaces_tiers(imported):
        before = _base()
        state.put_tiers(imported.values)
        what = _tiers_text(state.profile())
    else:
        state.put_all(imported.values)
        before = _base()
    after, source = state.profile(), state.opened()
    current().imports.applied = AppliedImport(imported, before, after, source, f"Applied: {what}.")
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM, redraw.IMPORT)


def _applied() -> AppliedImport | None:
    """Return the import that was applied last if the design still has all its values."""
    applied = current().imports.applied
    if applied is None or set(state.changed_inputs(applied.design, state.profile())) & applied.imported.values.keys():
        return None
    return applied


def _applied_text(applied: AppliedImport) -> str:
    """Say what was applied, that Undo restores what was there, and that warnings of the import still hold."""
    parts = [applied.text]
    if applied.design.given == state.given():
        parts.append("Undo restores the previous values.")
    warnings = applied.imported.issues.counts[WARNING]
    if warnings:
        parts.append(f"The {warnings} warnings above still hold." if warnings > 1 else "The warning above still holds.")
    return " ".join(parts)


def draw_warnings() -> None:
    """Draw the warnings of the applied import, unless the import is open and shows them.

    Each is drawn as long as the inputs that it is about have not changed since.
    """
    applied = current().imports.applied
    if applied is None or widget_value(FOLD):
        return
    changed = {path.rpartition(".")[2] for path in state.changed_inputs(applied.design, state.profile())}
    kept = [
        issue
        for issue in _of_files(applied.imported)
        if issue.severity == WARNING and not changed & {"mailboxes", issue.field.rpartition(".")[2]}
    ]
    if kept:
        with st.container(gap="xxsmall"):
            st.markdown("**Warnings of the import**")
            for issue in kept:
                st.caption(f":orange[:material/warning:] {escaped(issues.sentence(issue, show_where=True))}")
