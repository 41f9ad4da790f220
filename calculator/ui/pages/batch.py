"""Page Batch: preview a file of designs, size them in a job, download the results."""

from __future__ import annotations

import csv
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from calculator.batch import sources
from calculator.batch.run import RowCounts, size_file
from calculator.batch.sources import Preview
from calculator.batch.summary import Reason, Summary, summarize
from calculator.engine.findings import errors_of
from calculator.engine.progress import Progress
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import choices
from calculator.inputs.profile import Profile
from calculator.issues import NOTICE, InputError
from calculator.presentation.charts import batch as charts
from calculator.presentation.places import label_of
from calculator.presentation.text import NOT_APPLICABLE, plural, word
from calculator.rules.registry import RULES
from calculator.studies import quick_start
from calculator.studies.quick_start import VERSION
from calculator.ui.charts import base as base_charts
from calculator.ui.charts import drawing
from calculator.ui.inputs import groups, questions
from calculator.ui.results import figures, headline, issues, progress
from calculator.ui.results.texts import escaped
from calculator.ui.session import job_queue, redraw, state
from calculator.ui.session.guard import guarded
from calculator.ui.session.jobs import Job
from calculator.ui.session.store import current, widget_value

LARGEST_UPLOAD_MB = 50
ROWS_SHOWN, COLUMNS_SHOWN, PROBLEMS_SHOWN, REASONS_SHOWN, RESULTS_SHOWN = 20, 60, 20, 8, 10
SHORT_PREVIEW, PREVIEW_HEIGHT = 6, 250
"""Number of rows that the preview shows without scrolling, and its height in pixels beyond."""
SHORTEST = 0.1
"""Time of a run, in seconds, below which it is not shown."""
DEFAULTS, OPEN_DESIGN = "the defaults", "the open design"
PER_DAG = (
    "The number of mailbox servers (environment.mailbox_servers) counts those of a DAG that host active mailboxes in "
    "the primary datacenter, not all servers."
)
HEADLINE, ALL, CHOSEN = "headline", "all", "chosen"
KINDS = {HEADLINE: "headline figures", ALL: "all results", CHOSEN: "chosen results"}
FIRST_RESULTS: Mapping[str, str] = {
    "summary_servers.environment": "Servers",
    "cpu_utilization_by_mode.worst.primary": "CPU, worst failure",
    "summary_memory.primary": "Memory per server",
    "storage_disks_total.environment": "Disks for Exchange",
    "summary_databases": "Databases per DAG",
    "volume_database_volume_size": "Database volume",
    "largest_mailbox_size_on_disk": "Mailbox on disk",
}
"""Titles of the results that the table of the first designs shows if the file has them."""
SAMPLE = (
    "id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],environment.mailbox_servers\n"
    "small,2000,2,4\nmedium,5000,5,4\nlarge,10000,10,8\n"
)
RUN = "run"
BASE, COLUMNS, RESULTS, OUTCOME = "batch_base", "batch_kind", "batch_columns", "batch_outcome"
"""Keys of widgets."""
SHOWN: Mapping[str, Collection[str]] = {
    "all": charts.OUTCOMES,
    "works": ("ok", "notice", "warning"),
    "does not work": ("invalid",),
    "cannot be read": ("error",),
}
"""Statuses of the designs that the table of results shows, by choice."""
RESULTS_FILE, ERRORS_FILE = "results.csv", "errors.csv"


@dataclass(frozen=True)
class BatchOutcome:
    """Outcome of a run: the number of designs by status, a summary of the results, and the settings of the run."""

    counts: RowCounts
    summary: Summary
    settings: object


@guarded
def page() -> None:
    """Draw the page."""
    st.header("Batch")
    st.text("Size many designs at once: one row per design, and one column per input that varies.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _upload()
    with right:
        _instructions()
    base = _base()
    if not current().batch.name:
        _example()
        return
    preview = _preview(base)
    if preview is not None:
        _first_rows(preview)
        _choose_results()
        run_batch()


def _instructions() -> None:
    st.caption(
        "The first line of the file names the columns. Name each column by the input's path, such as "
        "tiers.1.mailboxes, with or without a unit in brackets; the help of each input, on Users and Constraints, has "
        "its path. An empty cell takes the value of the base design. A column that is no input, such as id or site, is "
        "copied to the results."
    )
    st.download_button(
        "A small example (CSV)",
        SAMPLE,
        "designs.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="batch_sample",
    )


def _example() -> None:
    """Draw the small example, as long as there is no file."""
    st.subheader("What a file looks like", anchor=False)
    figures.draw_table(list(csv.DictReader(SAMPLE.splitlines())), alt="A small example of a file of designs")
    st.caption(
        "These three designs differ in their mailboxes, quota and servers; everything else is the same. The file of "
        "results has the figures of every design, or the reason why it does not work."
    )


def _upload() -> None:
    """Draw the upload. A new file is written to a folder of its own once."""
    upload = st.file_uploader(
        "Designs (.csv, .csv.gz, .parquet)",
        type=("csv", "gz", "parquet"),
        key="batch_file",
        max_upload_size=LARGEST_UPLOAD_MB,
    )
    batch = current().batch
    if upload is None or batch.file_id == upload.file_id:
        return
    _stop()
    batch.file_id, batch.job = upload.file_id, None
    batch.drop_folder()
    suffix = next((end for end in (".csv.gz", ".parquet") if upload.name.lower().endswith(end)), ".csv")
    batch.name, batch.path = upload.name, batch.folder / f"designs{suffix}"
    batch.path.write_bytes(upload.getvalue())


def _base() -> Profile:
    """Draw the choice of the design that gives the inputs without a column, and return the design."""
    if state.is_open():
        st.segmented_control(
            "Inputs without a column come from", [OPEN_DESIGN, DEFAULTS], key=BASE, required=True, default=OPEN_DESIGN
        )
    if not _is_open_base():
        questions.choose_version("batch")
        base = _chosen_base()
        st.caption(escaped(f"{_default_base(base)} {PER_DAG}"))
        return base
    design, title = state.design(), state.profile().title or "The open design"
    verdict = headline.verdict(design, headline.issues_of(design))
    st.caption(escaped(f"Base design: {title} ({groups.main_choices(design)}). {verdict} {PER_DAG}"))
    return state.profile()


def _default_base(base: Profile) -> str:
    """Say which version is used with the defaults, whether it was chosen, and what the defaults are."""
    version = str(base.value(VERSION))
    what = "every input except the version" if base.given else "every input"
    choose = (
        ""
        if base.given
        else f" {word(choices.VERSION, version)} is used until you choose a version, unless the file has the column "
        f"{VERSION}."
    )
    return (
        f"Base design: {what} at its default ({groups.main_choices(_sized_default(version))}).{choose} "
        f"{quick_start.support_note()}"
    )


@functools.cache
def _sized_default(version: str) -> SizedDesign:
    """Return the sized design that has every input except the version at its default."""
    return size(Profile({VERSION: version}))


def _preview(base: Profile) -> Preview | None:
    """Return a preview of the file. If the file cannot be used, draw the reason and return None."""
    batch = current().batch
    try:
        return sources.preview(str(batch.path), base, ROWS_SHOWN)
    except InputError as error:
        st.error(escaped(f"{batch.name} cannot be used."), icon=":material/error:")
        issues.show(error.issues, editable=False, view="header")
        return None


def _first_rows(preview: Preview) -> None:
    """Draw the first rows with invalid cells marked, and the reasons."""
    st.subheader(f"First {plural(len(preview.rows), 'design')} of the file", anchor=False)
    numbered = _numbered()
    names = preview.names[:COLUMNS_SHOWN]
    rows = []
    for number, cells in enumerate(preview.rows):
        padded = (cells + [""] * len(names))[: len(names)]
        marked = [f"⚠ {cell}" if (number, place) in preview.problems else cell for place, cell in enumerate(padded)]
        rows.append({numbered: str(preview.lines[number]), **dict(zip(names, marked, strict=True))})
    st.dataframe(
        figures.arrow(rows),
        hide_index=True,
        height=PREVIEW_HEIGHT if len(rows) > SHORT_PREVIEW else "auto",
        alt="First designs of the file",
        key="table:preview",
        column_config=figures.text_columns(rows),
    )
    if len(preview.names) > COLUMNS_SHOWN:
        st.caption(f"The first {COLUMNS_SHOWN} of {len(preview.names):,} columns are shown. All of them are used.")
    issues.show(preview.issues, editable=False, view="preview")
    first = plural(len(preview.rows), "row")
    if not preview.problems:
        st.caption(f"Every cell in the first {first} can be used. Later rows are checked when the designs are sized.")
        return
    left_out = len({row for row, _ in preview.problems})
    st.warning(
        f"{plural(len(preview.problems), 'cell')} in the first {first} cannot be used, so {plural(left_out, 'row')} "
        f"{'is' if left_out == 1 else 'are'} not sized. Later rows are checked when the designs are sized.",
        icon=":material/warning:",
    )
    problems = [
        {numbered: str(preview.lines[row]), "Column": preview.names[place], "Problem": problem}
        for (row, place), problem in sorted(preview.problems.items())[:PROBLEMS_SHOWN]
    ]
    figures.draw_table(problems, alt="Cells that cannot be used")
    if len(preview.problems) > PROBLEMS_SHOWN:
        st.caption(
            f"{len(preview.problems) - PROBLEMS_SHOWN:,} more cells of these rows are marked in the table above."
        )


def _numbered() -> str:
    """Return the head of the column that numbers the designs: by lines of a text file, of which the first has names."""
    return "Row" if current().batch.path.suffix == ".parquet" else "Line of the file"


def _choose_results() -> None:
    """Draw the choice of the results to write."""
    st.subheader("Results", anchor=False)
    kind = st.segmented_control(
        "Columns", list(KINDS), key=COLUMNS, required=True, default=HEADLINE, format_func=KINDS.__getitem__
    )
    if kind == CHOSEN:
        offered = [name for name, rule in RULES.items() if rule.group == "result"]
        st.multiselect("Results to write", offered, key=RESULTS, placeholder="type a word of the result")


def _results() -> list[str]:
    kind = widget_value(COLUMNS, HEADLINE)
    return widget_value(RESULTS, list[str]()) if kind == CHOSEN else [kind]


@redraw.fragment(RUN)
def run_batch() -> None:
    """Draw the button that starts the run, and its progress or outcome."""
    job = current().batch.job
    active = job is not None and job.active
    st.button(
        "Size all designs",
        key="batch_start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        disabled=active or not _results(),
    )
    if job is not None and active:
        progress.watch(job, "designs", "batch_stop", _stop)
    elif job is not None:
        _outcome(job)


def _is_open_base() -> bool:
    """Return whether the inputs without a column come from the open design."""
    return state.is_open() and widget_value(BASE, OPEN_DESIGN) == OPEN_DESIGN


def _chosen_base() -> Profile:
    """Return the base design: the open design, or the defaults with the version that is chosen."""
    if _is_open_base():
        return state.profile()
    version = questions.chosen_version()
    return Profile({VERSION: version} if version else {})


def _settings() -> object:
    """Return what the results of a run depend on, apart from the file."""
    return state.digest(_chosen_base().given), tuple(_results())


def _start() -> None:
    batch, results = current().batch, _results()
    base, settings = _chosen_base(), _settings()
    source, target, errors = (
        str(path) for path in (batch.path, batch.folder / RESULTS_FILE, batch.folder / ERRORS_FILE)
    )

    folder = batch.temporary

    def work(progress: Progress) -> BatchOutcome:
        assert folder  # The folder is kept until the job has ended.
        counts = size_file(source, target, base=base, results=results, errors=errors, progress=progress)
        return BatchOutcome(counts, summarize(target, RESULTS_SHOWN, progress), settings)

    job = batch.job = job_queue.start(work)
    job.wait(0.5)  # Wait a moment: a short run has ended by then, so that no progress has to be drawn.
    redraw.rerun(RUN)


def _stop() -> None:
    progress.stop(current().batch.job)


def _outcome(job: Job[BatchOutcome]) -> None:
    """Draw the outcome of a run that has ended."""
    outcome = progress.result(job, "run", "file")
    if outcome is None:
        return
    counts = outcome.counts
    _verdict(counts, job.seconds)
    if outcome.settings != _settings():
        st.warning("These are the results for the former settings. Size all designs again.", icon=":material/history:")
    with st.container(horizontal=True, gap="small"):
        _download("Results (CSV)", RESULTS_FILE)
        _download("Rows that cannot be read (CSV)", ERRORS_FILE)
    st.caption("Download the files before you upload another file or close this page: they are not kept.")
    if counts.issues:
        issues.show(counts.issues, editable=False, view="batch")
    if not counts.rows:
        return
    with st.grid("auto", min_column_width=420):
        with st.container(gap="xsmall"):
            st.subheader("Outcome", anchor=False)
            base_charts.draw_chart(drawing.bars(charts.outcomes(counts.by_status)), "outcomes")
        with st.container(gap="xsmall"):
            _reasons(outcome.summary)
    _results_table(outcome.summary)


def _verdict(counts: RowCounts, seconds: float) -> None:
    """Draw one line that says how many designs work, in the colour of the worst outcome."""
    broken, invalid = counts.by_status.get("error", 0), counts.by_status.get("invalid", 0)
    working = counts.rows - broken - invalid
    parts = [f"{working:,} of {plural(f'{counts.rows:,}', 'design')} {'works' if working == 1 else 'work'}"]
    parts += [f"{invalid:,} {'does' if invalid == 1 else 'do'} not work"] if invalid else []
    parts += [f"{plural(f'{broken:,}', 'row')} cannot be read"] if broken else []
    blank = f" {plural(f'{counts.blank:,}', 'blank row')} skipped." if counts.blank else ""
    took = f"{seconds:.1f} s" if seconds >= SHORTEST else "less than 0.1 s"
    text = f"{', '.join(parts)}.{blank} Sized in {took}."
    if broken + invalid == counts.rows:
        st.error(text, icon=":material/error:")
    elif broken or invalid or counts.by_status.get("warning", 0):
        st.warning(text, icon=":material/warning:")
    else:
        st.success(text, icon=":material/check_circle:")


def _reasons(summary: Summary) -> None:
    """Draw the most frequent reasons for errors and warnings, and the most frequent notices."""
    st.subheader("Most frequent reasons", anchor=False)
    severe = [reason for reason in summary.reasons if reason.severity != NOTICE]
    if severe:
        _frequent(severe, "reason", "Most frequent reasons for errors and warnings")
    else:
        st.caption("No design has an error or a warning.")
    notices = [reason for reason in summary.reasons if reason.severity == NOTICE]
    if notices:
        st.subheader("Most frequent notices", anchor=False)
        _frequent(notices, "notice", "Most frequent notices")


def _frequent(reasons: Sequence[Reason], noun: str, alt: str) -> None:
    """Draw the first of these reasons, and the number of the others."""
    rows = [
        {"Designs": f"{reason.rows:,}", "Message of the first design": f"{reason.severity}: {reason.message}"}
        for reason in reasons[:REASONS_SHOWN]
    ]
    figures.draw_table(rows, alt=alt)
    if len(reasons) > REASONS_SHOWN:
        st.caption(f"Not shown: {plural(len(reasons) - REASONS_SHOWN, f'less frequent {noun}')}.")


def _results_table(summary: Summary) -> None:
    """Draw the main results of the first designs with the chosen outcome, and the reason if a design does not work."""
    offered = {choice: [row for row in summary.first if row["status"] in kinds] for choice, kinds in SHOWN.items()}
    choices = [choice for choice, found in offered.items() if found]
    if len(choices) == 2:  # all designs have the same outcome
        choices = choices[:1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("First designs", anchor=False)
        shown = st.segmented_control(
            "Outcome", choices, key=OUTCOME, required=True, default=choices[0], width="content"
        )
    designs = offered[str(shown)][:RESULTS_SHOWN]
    columns = [name for name in FIRST_RESULTS if name in summary.names]
    columns = columns or [name for name in summary.names if name not in ("id", "status", "issues")][:RESULTS_SHOWN]
    rows = [
        {
            "Design": row["id"],
            "Outcome": charts.outcome_text(row["status"]),
            **{FIRST_RESULTS.get(name) or label_of(name): _cell(name, row) for name in columns},
            "Reason": _reason(errors_of(row["issues"])),
        }
        for row in designs
    ]
    figures.draw_table(rows, alt="Results of the first designs")
    if len(offered[str(shown)]) > len(designs):
        st.caption(f"The first {len(designs)} are shown. The results file has all of them.")


def _reason(errors: Sequence[str]) -> str:
    """Return the first error of a design, and the number of its other errors, which the results file has."""
    if len(errors) < 2:
        return "".join(errors)
    return f"{errors[0]} And {plural(len(errors) - 1, 'more error')}."


def _cell(column: str, row: Mapping[str, str]) -> str:
    """Format a result of a design with its unit; "n/a" where it does not apply or the design cannot be read.

    A figure of 0 of a design that does not work is one that could not be computed, such as disks that do not fit.
    """
    text = row[column]
    if not text or (row["status"] == "invalid" and text == "0"):
        return NOT_APPLICABLE
    try:
        return figures.figure_with_unit(column, float(text))
    except (ValueError, KeyError):
        return text


def _download(label: str, name: str) -> None:
    path = current().batch.folder / name
    if path.exists():
        st.download_button(
            label, path.read_bytes, name, "text/csv", on_click="ignore", icon=":material/download:", key=f"batch:{name}"
        )


page()
