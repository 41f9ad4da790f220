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
from calculator.inputs.schema import BY_PATH
from calculator.inputs.units import percent_text
from calculator.issues import WARNING, InputError, Issues
from calculator.presentation.text import number, plural
from calculator.ui.results import figures, issues, progress
from calculator.ui.results.texts import escaped
from calculator.ui.session import job_queue, navigation, redraw, state
from calculator.ui.session.store import current, set_widget

if TYPE_CHECKING:
    from calculator.importers import ImportResult
    from calculator.importers.mailboxes import Population
    from calculator.inputs.text_files import Upload

LARGEST_UPLOAD_MB, LARGEST_TOTAL_MB = 50, 200
MAILBOXES, RATES, HOURS, FILES = "Mailboxes", "Messages", "Hours of logs", "Deployment files"
FEWEST = "smallest number"
KEEP_TITLES = {"disabled": "disconnected", "health": "health", "discovery": "discovery", "system": "system and test"}
HELP_TEXTS = {
    MAILBOXES: "Mailbox statistics, mailbox lists with quotas, Get-MailboxReport, database status, with messages of "
    "users. Upload all files of one population together.",
    RATES: "Reports of Generate-MessageProfile, message tracking logs, files of MessageStats, the text of "
    "CalcMsgAverage.",
    HOURS: "What GetTransactionLogStats or GetLogFileUsage writes.",
    FILES: "Servers.csv, DAGInfo.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv, as the page Document or "
    "Microsoft's workbook writes them.",
}
COLLECTED = {MAILBOXES: "mailboxes", RATES: "messages", HOURS: "logs"}
"""Kind of import by kind of the data to collect."""
SIZES = {"mailbox_size", "quota", "dumpster_size", "dumpster_model", "archive_size"}
"""Columns of the table of tiers that are sizes in MB."""
DECIMALS = {"": "ask", "point": "point", "comma": "comma"}
DATES = {"": "ask", "day-first": "day first", "month-first": "month first"}
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
"""Smallest error that is shown as a number; smaller ones round to 0.00 %."""
IMPORT, FOLD = "import", "import_fold"
"""Names of the fragment and of its expander."""


@dataclass(frozen=True)
class ImportedMailboxes:
    """Mailboxes that were read, the issues of their files, and what was recognized in each file."""

    population: Population
    issues: Issues
    seen: Sequence[Mapping[str, object]]


def entrance() -> None:
    """Draw a button that opens a new design on the page Users, with the import open."""
    st.text("Mailbox sizes, quotas, messages or logs exported from your organization give the users of a new design.")
    if st.button("Import exports", key="new_import", icon=":material/upload_file:"):
        state.replace(state.new_design("Design from exports"))
        current().problems = Issues()
        set_widget(FOLD, True)
        navigation.go(navigation.USERS)


@redraw.fragment(IMPORT)
def section() -> None:
    """Draw the import in an expander that is closed at first."""
    fold = st.expander(
        "Import mailboxes, messages or hours of logs from exports",
        key=FOLD,
        icon=":material/upload_file:",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            _request()
            _result()


def _request() -> None:
    """Draw the kind of import and the upload. Reading starts at once."""
    kind = st.segmented_control(
        "Contents of the files", [MAILBOXES, RATES, HOURS, FILES], key="import_kind", required=True, default=MAILBOXES
    )
    st.caption(HELP_TEXTS[str(kind)])
    _commands(str(kind))
    uploads = st.file_uploader(
        "Exports (.csv, .log, .txt)",
        type=("csv", "log", "txt"),
        accept_multiple_files=True,
        key="import_files",
        max_upload_size=LARGEST_UPLOAD_MB,
    )
    keep: list[str] = []
    if kind == MAILBOXES:
        keep = st.multiselect(
            "Mailboxes that count too",
            list(KEEP_TITLES),
            key="import_keep",
            format_func=KEEP_TITLES.__getitem__,
            placeholder="disconnected and system mailboxes are left out",
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
            "Decimal sign if no cell shows it",
            list(DECIMALS),
            key="import_decimal",
            format_func=DECIMALS.__getitem__,
            width=240,
        )
        dates = st.selectbox(
            "Dates if they leave it open", list(DATES), key="import_dates", format_func=DATES.__getitem__, width=240
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
        _apply_button(imported, "Writes the measured values into every tier of the design.")


# --- mailboxes -----------------------------------------------------------------------------------


def _mailboxes(read: ImportedMailboxes) -> None:
    """Draw the settings of the tiers, a chart of the mailboxes with the bounds of the tiers, and the tiers."""
    from calculator.ui.charts import base, population

    by, count, bounds, uplift = _tier_settings(read)
    raise_quotas = "size" in read.population.columns and st.toggle(
        "Raise quotas to the sizes of today",
        key="import_raise",
        help="Raises the quota of each mailbox that is larger today to its size, so that all of it is sized.",
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
    _apply_button(imported, "Replaces the tiers of the design. Everything else stays the same.")


def _tier_settings(read: ImportedMailboxes) -> tuple[str, int | None, str, float]:
    """Draw the settings of the tiers: measure, number of tiers, bounds, growth with the move."""
    known = [
        word
        for word, measure in zip(CRITERIA, ("size", "quota", "messages"), strict=True)
        if measure in read.population.columns
    ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control("Tiers by", known, key="import_by", required=True, default=known[0])
        count = st.selectbox(
            "Number of tiers",
            [FEWEST, *range(1, MAX_PROPOSED_TIERS + 1)],
            key="import_number",
            width=160,
            help="The smallest number whose totals are within 1 % of the data.",
        )
        bounds = st.text_input(
            "Bounds",
            key="import_bounds",
            placeholder="20, 100" if by == MESSAGES else "2 GB, 10 GB",
            width=200,
            help="Bounds between tiers, in rising order; they count before the number.",
        )
        uplift = st.number_input(
            "Growth with the move, %",
            0.0,
            100.0,
            0.0,
            5.0,
            key="import_uplift",
            width=200,
            format="%g",
            help="Sizes that Exchange 2007 or 2010 reports grow by 30 to 40 % with the move.",
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
            state.profile(),
            by=by,
            tiers=None if values else count,
            bounds=values,
            uplift=uplift,
            raise_quotas=raise_quotas,
            seen=read.seen,
        )

    return state.cached("tiers", compute, (current().imports.request, by, count, bounds, uplift, raise_quotas))


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
        "quota": "Quota",
        "dumpster_size": "Recoverable items measured",
        "dumpster_model": "Recoverable items by the model",
        "archive_size": "Archive today",
        "messages_per_day": "Messages per day",
    }
    rows = [
        {name: _size(value) if name in SIZES else value for name, value in row.items()}
        for row in imported.tables["tiers"]
    ]
    _table(rows, columns, "Tiers of the imported mailboxes")
    errors = [
        {**row, "total": _total(str(row["total"]), str(row["unit"])), "error": _share(float(str(row["error"])))}
        for row in imported.tables["errors"]
    ]
    names = {"total": "Total", "data": "of the mailboxes", "tiers": "of the tiers", "error": "Error"}
    _table(errors, names, "Totals of the tiers compared with those of the mailboxes")


def _notices(imported: ImportResult) -> None:
    """Draw counts of the rows left out, the issues, and the messages per tier if they were measured."""
    left_out = imported.tables.get("left_out", ())
    if left_out:
        counts = ", ".join(f"{row['reason']}: {row['rows']:,}".replace("_", " ") for row in left_out)
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
    return percent_text(error, 2, sign="+") if abs(error) >= SMALLEST_ERROR else "none"


def _size(value: object) -> object:
    """Format a size in MB with its unit; return other values unchanged."""
    return figures.rounded_with_unit(float(value), "MB") if isinstance(value, int | float) else value


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return number(float(value))
    return "" if value is None else str(value)


def _apply_button(imported: ImportResult, meaning: str) -> None:
    """Draw the button that changes the design, and what it has applied, until the design changes again."""
    st.button(
        "Apply to the design",
        key="import_take",
        type="primary",
        icon=":material/check:",
        on_click=_apply,
        args=(imported,),
        help=meaning,
    )
    digest, said, warnings = current().imports.applied
    if digest == state.digest(state.given()):
        st.success(said, icon=":material/check_circle:")
        for warning in warnings:
            st.warning(escaped(warning), icon=":material/warning:")


def _apply(imported: ImportResult) -> None:
    """Change the design to the imported values in one step."""
    tiers = "errors" in imported.tables
    if tiers:
        state.put_tiers(imported.values)
    else:
        state.put_all(imported.values)
    what = f"{len(imported.values)} values"
    if tiers:
        mailboxes = sum(float(value or 0) for path, value in imported.values.items() if path.endswith(".mailboxes"))
        what = f"{plural(state.profile().tiers, 'tier')} with {number(mailboxes)} mailboxes"
    said = f"Applied: {what}. Undo restores the previous values."
    warnings = [issues.sentence(issue, True) for issue in _of_files(imported) if issue.severity == WARNING]
    current().imports.applied = state.digest(state.given()), said, warnings
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM, IMPORT)
