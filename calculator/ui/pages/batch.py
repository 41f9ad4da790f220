"""Page Batch: preview a file of designs, size them in a job, download the results."""

from __future__ import annotations

import streamlit as st

from calculator.batch import sources
from calculator.batch.run import RowCounts, size_file
from calculator.batch.sources import Preview
from calculator.engine.progress import Progress
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.presentation.text import plural
from calculator.rules.registry import RULES
from calculator.ui.results import figures, issues, progress
from calculator.ui.results.texts import escaped
from calculator.ui.session import job_queue, redraw, state
from calculator.ui.session.guard import guarded
from calculator.ui.session.jobs import Job
from calculator.ui.session.store import current, widget_value

LARGEST_UPLOAD_MB = 50
ROWS_SHOWN, COLUMNS_SHOWN, PROBLEMS_SHOWN = 20, 60, 20
DEFAULTS, OPEN_DESIGN = "the defaults", "the open design"
HEADLINE, ALL, CHOSEN = "headline", "all", "chosen"
SAMPLE = (
    "id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],environment.mailbox_servers\n"
    "small,2000,2,4\nmedium,5000,5,4\nlarge,10000,10,8\n"
)
RUN = "run"
BASE, COLUMNS, RESULTS = "batch_base", "batch_kind", "batch_columns"
"""Keys of widgets."""
RESULTS_FILE, ERRORS_FILE = "results.csv", "errors.csv"


@guarded
def page() -> None:
    """Draw the page."""
    st.header("Batch")
    st.text("Size as many designs as there are rows: a column for each input that varies, a row a design.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _upload()
    with right:
        _instructions()
    if not current().batch.name:
        return
    preview = _preview(_base())
    if preview is not None:
        _first_rows(preview)
        _choose_results()
        run_batch()


def _instructions() -> None:
    st.caption(
        "A header is a path such as tiers.1.mailboxes, with a unit in brackets where you like. An empty cell takes the "
        "value of the base design. Columns id and note.* pass through."
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
    """Draw the choice of the design that gives the inputs without a column. Return it."""
    if not state.is_open():
        return Profile()
    chosen = st.segmented_control(
        "What the columns do not give is taken from", [DEFAULTS, OPEN_DESIGN], key=BASE, required=True, default=DEFAULTS
    )
    return state.profile() if chosen == OPEN_DESIGN else Profile()


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
    st.subheader("First rows", anchor=False)
    names = preview.names[:COLUMNS_SHOWN]
    rows = []
    for number, cells in enumerate(preview.rows):
        padded = (cells + [""] * len(names))[: len(names)]
        marked = [f"⚠ {cell}" if (number, place) in preview.problems else cell for place, cell in enumerate(padded)]
        rows.append({"row": str(preview.lines[number]), **dict(zip(names, marked, strict=True))})
    st.dataframe(figures.arrow(rows), hide_index=True, height=250, alt="First rows of the file", key="table:preview")
    if not preview.problems:
        st.caption("Every cell of these rows can be used.")
        return
    st.warning(
        f"{plural(len(preview.problems), 'cell')} cannot be used; their rows get status error.",
        icon=":material/warning:",
    )
    problems = [
        {"Row": str(preview.lines[row]), "Column": preview.names[place], "Problem": problem}
        for (row, place), problem in list(preview.problems.items())[:PROBLEMS_SHOWN]
    ]
    figures.draw_table(problems, alt="Cells that cannot be used")


def _choose_results() -> None:
    """Draw the choice of the results to write."""
    st.subheader("Results", anchor=False)
    kind = st.segmented_control("Columns", [HEADLINE, ALL, CHOSEN], key=COLUMNS, required=True, default=HEADLINE)
    if kind == CHOSEN:
        offered = [name for name, rule in RULES.items() if rule.group == "result"]
        st.multiselect("Results wanted", offered, key=RESULTS, placeholder="type a word of the result")


def _results() -> list[str]:
    kind = widget_value(COLUMNS, HEADLINE)
    return widget_value(RESULTS, list[str]()) if kind == CHOSEN else [kind]


@redraw.fragment(RUN)
def run_batch() -> None:
    """Draw the button that starts the run, and its progress or outcome."""
    job = current().batch.job
    active = job is not None and job.active
    st.button(
        "Size them all",
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


def _start() -> None:
    batch, results = current().batch, _results()
    base = state.profile() if widget_value(BASE, DEFAULTS) == OPEN_DESIGN else Profile()
    source, target, errors = (
        str(path) for path in (batch.path, batch.folder / RESULTS_FILE, batch.folder / ERRORS_FILE)
    )

    folder = batch.temporary

    def work(progress: Progress) -> RowCounts:
        assert folder  # The folder is kept until the job has ended.
        return size_file(source, target, base=base, results=results, errors=errors, progress=progress)

    job = batch.job = job_queue.start(work)
    job.wait(0.5)  # A short run has ended by then, and no progress has to be drawn.
    redraw.rerun(RUN)


def _stop() -> None:
    progress.stop(current().batch.job)


def _outcome(job: Job[RowCounts]) -> None:
    """Draw the outcome of a run that has ended."""
    tally = progress.result(job, "run", "file")
    if tally is not None:
        st.success(f"{tally} in {job.seconds:.1f} s.", icon=":material/check_circle:")
        if tally.issues:
            issues.show(tally.issues, editable=False, view="batch")
        _download("Results (CSV)", RESULTS_FILE)
        _download("Rows that cannot be used (CSV)", ERRORS_FILE)


def _download(label: str, name: str) -> None:
    path = current().batch.folder / name
    if path.exists():
        st.download_button(
            label, path.read_bytes, name, "text/csv", on_click="ignore", icon=":material/download:", key=f"batch:{name}"
        )


page()
