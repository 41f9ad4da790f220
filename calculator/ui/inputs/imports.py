"""Imports on the Users page: exports uploaded, read beside the page, looked at, and taken over in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from calculator.importers.mailboxes.tiers import BY, MESSAGES, MOST
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.schema import BY_PATH
from calculator.issues import InputError, Issues
from calculator.ui.results import figures, issues
from calculator.ui.results import progress as working
from calculator.ui.results.texts import escaped
from calculator.ui.session import redraw, state
from calculator.ui.session.jobs import Job, Progress

if TYPE_CHECKING:
    from calculator.importers.mailboxes.population import Population
    from calculator.importers.result import Imported
    from calculator.inputs.text_files import Upload

LARGEST_UPLOAD_MB, LARGEST_TOTAL_MB = 50, 200
MAILBOXES, RATES, HOURS, FILES = "Mailboxes", "Messages", "Hours of logs", "Deployment files"
FEWEST = "the fewest"
KEPT = {"disabled": "disconnected", "health": "health", "discovery": "discovery", "system": "system and test"}
HELP = {
    MAILBOXES: "Mailbox statistics, mailbox lists with quotas, Get-MailboxReport, database status, with messages of "
    "users: all of one population together.",
    RATES: "Reports of Generate-MessageProfile, message tracking logs, files of MessageStats, the text of "
    "CalcMsgAverage.",
    HOURS: "What GetTransactionLogStats or GetLogFileUsage writes.",
    FILES: "Servers.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv that the calculator exported.",
}
TOTALS = {
    "mailboxes": "Mailboxes",
    "mailbox_size": "Size today, GB",
    "archive_size": "Archives today, GB",
    "dumpster_size": "Recoverable items measured, GB",
    "dumpster_model": "Recoverable items by the model, GB",
    "mailbox_size_on_disk": "On disk with full quotas, GB",
    "mailbox_size_at_horizon": "At the planning horizon, within quotas, GB",
    "messages_per_day": "Messages a day",
    "mail_per_day": "Mail a day, GB",
}
WORTH_A_DIGIT = 5e-5
IMPORT = "import"
_JOB, _READ = "import_job", "import_read"


@dataclass(frozen=True)
class Read:
    """Mailboxes that were read, and what was said of their files."""

    population: Population
    issues: Issues


@redraw.part(IMPORT)
def section() -> None:
    """Draw the import, folded until it is opened."""
    fold = st.expander(
        "Import mailboxes, messages or hours of logs from exports",
        key="import_fold",
        icon=":material/upload_file:",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            _asked()
            _answered()


def _asked() -> None:
    """Draw what is imported, and the upload; the files are read at once."""
    kind = st.segmented_control(
        "What the files tell of", [MAILBOXES, RATES, HOURS, FILES], key="import_kind", required=True, default=MAILBOXES
    )
    st.caption(HELP[str(kind)])
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
            list(KEPT),
            key="import_keep",
            format_func=KEPT.__getitem__,
            placeholder="disconnected and system mailboxes are left out",
        )
    asked = (kind, tuple(upload.file_id for upload in uploads), tuple(keep))
    if st.session_state.get(_READ) == asked:
        return
    stop()
    st.session_state[_READ], st.session_state[_JOB] = asked, None
    if sum(upload.size for upload in uploads) > LARGEST_TOTAL_MB * 2**20:
        st.error(
            f"These are more than {LARGEST_TOTAL_MB} MB: read them with the command import.", icon=":material/error:"
        )
    elif uploads:
        from calculator.inputs.text_files import Upload

        _start(str(kind), [Upload(upload.name, upload.getvalue()) for upload in uploads], keep)


def _start(kind: str, sources: list[Upload], keep: list[str]) -> None:
    base = state.profile()

    def mailboxes(progress: Progress) -> Read:
        from calculator.importers.mailboxes.read import read_population

        told = Issues()
        return Read(read_population(sources, told, base, keep, progress=progress), told)

    def rates(progress: Progress) -> Imported:
        from calculator.importers.messages.read import import_messages

        return import_messages(sources, base, progress=progress)

    def hours(progress: Progress) -> Imported:
        from calculator.importers.hourly_logs import import_hourly_logs

        return import_hourly_logs(sources, base, progress=progress)

    def deployment(progress: Progress) -> Imported:
        from calculator.importers.deployment_files import import_deployment

        return import_deployment(sources, base)

    work: dict[str, Callable[[Progress], Read | Imported]] = {
        MAILBOXES: mailboxes,
        RATES: rates,
        HOURS: hours,
        FILES: deployment,
    }
    job = Job(work[kind])
    st.session_state[_JOB] = job
    job.wait(1)  # a short file is read before its progress is looked at


def stop() -> None:
    """Stop reading."""
    working.end(st.session_state.get(_JOB))


def _answered() -> None:
    """Draw what came of the files, or how far they are read."""
    job: Job[Read | Imported] | None = st.session_state.get(_JOB)
    if job is None:
        return
    if job.running:
        watch()
        return
    found = working.result(job, "import", "file", "Stopped; nothing is taken over.", where=True)
    if isinstance(found, Read):
        _mailboxes(found)
    elif found is not None:
        _shown(found)
        _taken(found, "Takes what was measured into the design, every tier.")


@st.fragment(run_every=1)
def watch() -> None:
    """Draw the progress once a second until the files are read."""
    job: Job[Read | Imported] | None = st.session_state.get(_JOB)
    if job is None or not job.running:
        st.rerun()
        return
    working.progress(job, "rows", "import_stop", stop)


# --- mailboxes -----------------------------------------------------------------------------------


def _mailboxes(read: Read) -> None:
    """Draw the choice of tiers, the population with their bounds, and the tiers."""
    from calculator.ui.charts import base, population

    by, number, bounds, uplift = _choice(read)
    try:
        imported = _tiered(read, by, number, bounds, uplift)
    except InputError as error:
        issues.show(error.issues, mend=False, view="tiers")
        return
    base.show(population.by_tier(imported, by), "population")
    _tiers(imported)
    _shown(imported)
    _taken(imported, "Puts these tiers in the place of those of the design; everything else stays.")


def _choice(read: Read) -> tuple[str, int | None, str, float]:
    """Draw what makes tiers."""
    known = [
        word
        for word, measure in zip(BY, ("size", "quota", "messages"), strict=True)
        if measure in read.population.columns
    ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control("Tiers by", known, key="import_by", required=True, default=known[0])
        number = st.selectbox(
            "Number of tiers",
            [FEWEST, *range(1, MOST + 1)],
            key="import_number",
            width=160,
            help="The fewest whose totals are within 1 % of the data's.",
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
    return str(by), None if number == FEWEST else int(number), bounds.strip(), uplift / 100


def _tiered(read: Read, by: str, number: int | None, bounds: str, uplift: float) -> Imported:
    """The tiers asked for; made again when something about them changes."""
    from calculator.importers.mailboxes.read import tiered

    def make() -> Imported:
        parts = _bounds(by, bounds)
        return tiered(
            read.population,
            read.issues,
            state.profile(),
            by=by,
            tiers=None if parts else number,
            bounds=parts,
            uplift=uplift,
        )

    return state.kept("tiered", make, (st.session_state[_READ], by, number, bounds, uplift))


def _bounds(by: str, text: str) -> list[float]:
    """Bounds as a person writes them.

    Raises
    ------
    InputError
        For all that are no number.
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


def _tiers(imported: Imported) -> None:
    """Draw the tiers, and how far their totals are from the data's."""
    shown = {
        "name": "Tier",
        "mailboxes": "Mailboxes",
        "mailbox_size": "Size today, MB",
        "quota": "Quota, MB",
        "dumpster_size": "Recoverable items measured, MB",
        "dumpster_model": "by the model, MB",
        "archive_size": "Archive today, MB",
        "messages_per_day": "Messages a day",
    }
    _table(imported.tables["tiers"], shown, "Tiers of the imported mailboxes")
    errors = [
        {**row, "total": TOTALS[str(row["total"])], "error": _share(float(str(row["error"])))}
        for row in imported.tables["errors"]
    ]
    names = {"total": "Total", "data": "of the mailboxes", "tiers": "of the tiers", "error": "Error"}
    _table(errors, names, "Totals of the tiers against those of the mailboxes")


def _shown(imported: Imported) -> None:
    """Draw what was left out, and what is to be said."""
    left_out = imported.tables.get("left_out", ())
    if left_out:
        counts = ", ".join(f"{row['reason']}: {row['rows']:,}".replace("_", " ") for row in left_out)
        st.caption(escaped(f"Left out: {counts}."))
    issues.show(imported.issues, mend=False, view="imported", where=True)
    if "tiers" not in imported.tables or "errors" in imported.tables:
        return
    names = {"tier": "Tier", "mailboxes": "Mailboxes", "messages_per_day": "Messages a day", "message_size": "KB"}
    _table(imported.tables["tiers"], names, "Messages of the tiers")


def _table(rows: object, names: Mapping[str, str], alt: str) -> None:
    assert isinstance(rows, list | tuple)
    shown = [{title: _cell(row.get(name)) for name, title in names.items()} for row in rows]
    used = [title for title in names.values() if any(row[title] for row in shown)]
    figures.draw_table([{title: row[title] for title in used} for row in shown], alt=alt)


def _share(error: float) -> str:
    """An error in percent, none where it is not worth a digit."""
    return f"{error:+.2%}" if abs(error) >= WORTH_A_DIGIT else "none"


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return figures.number(float(value))
    return "" if value is None else str(value)


def _taken(imported: Imported, meaning: str) -> None:
    st.button(
        "Take over",
        key="import_take",
        type="primary",
        icon=":material/check:",
        on_click=_take,
        args=(imported,),
        help=meaning,
    )


def _take(imported: Imported) -> None:
    """Put what was imported into the design in one step."""
    if "errors" in imported.tables:
        state.put_tiers(imported.values)
    else:
        state.put_all(imported.values)
    redraw.again(redraw.STRIP, redraw.FIGURES, redraw.FORM, IMPORT)
