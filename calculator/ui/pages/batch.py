"""Batch: many designs from a CSV file, looked at first, run beside the page, results to download."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from calculator.batch import run as batch_files
from calculator.batch import sources
from calculator.batch.run import RowCounts
from calculator.batch.sources import Preview
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.rules.registry import RULES
from calculator.ui.results import figures, issues
from calculator.ui.results import progress as working
from calculator.ui.results.texts import escaped, plural
from calculator.ui.session import redraw, state
from calculator.ui.session.guard import guarded
from calculator.ui.session.jobs import Job

LARGEST_UPLOAD_MB = 50
ROWS_SHOWN, COLUMNS_SHOWN, PROBLEMS_SHOWN = 20, 60, 20
DEFAULTS, OPEN_DESIGN = "the defaults", "the open design"
HEADLINE, ALL, CHOSEN = "headline", "all", "chosen"
SAMPLE = (
    "id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],environment.mailbox_servers\n"
    "small,2000,2,4\nmedium,5000,5,4\nlarge,10000,10,8\n"
)
RUN = "run"


@dataclass(frozen=True)
class Upload:
    """A file of designs in the session's folder."""

    name: str
    path: Path


@guarded
def page() -> None:
    """Draw the page."""
    st.header("Batch")
    st.text("Size as many designs as there are rows: a column for each input that varies, a row a design.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _upload()
    with right:
        _how()
    upload: Upload | None = st.session_state.get("batch_upload")
    if upload is None:
        return
    base = _base()
    looked = _look(upload, base)
    if looked is not None:
        _shown(looked)
        _wanted()
        run()


def _how() -> None:
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


def _folder() -> Path:
    """Folder of the session; it goes with it."""
    folder: tempfile.TemporaryDirectory[str] | None = st.session_state.get("folder")
    if folder is None:
        folder = st.session_state["folder"] = tempfile.TemporaryDirectory(prefix="exchange-batch-")
    return Path(folder.name)


def _upload() -> None:
    """Draw the upload; the file is written once into the session's folder."""
    upload = st.file_uploader(
        "Designs (.csv, .csv.gz, .parquet)",
        type=("csv", "gz", "parquet"),
        key="batch_file",
        max_upload_size=LARGEST_UPLOAD_MB,
    )
    if upload is None or st.session_state.get("batch_read") == upload.file_id:
        return
    _stop()
    st.session_state["batch_read"] = upload.file_id
    st.session_state["batch_job"] = None
    suffix = next((end for end in (".csv.gz", ".parquet") if upload.name.lower().endswith(end)), ".csv")
    path = _folder() / f"designs{suffix}"
    path.write_bytes(upload.getvalue())
    st.session_state["batch_upload"] = Upload(upload.name, path)


def _base() -> Profile:
    """Draw the choice of what the columns do not give."""
    if not state.is_open():
        return Profile()
    chosen = st.segmented_control(
        "What the columns do not give is taken from",
        [DEFAULTS, OPEN_DESIGN],
        key="batch_base",
        required=True,
        default=DEFAULTS,
    )
    return state.profile() if chosen == OPEN_DESIGN else Profile()


def _look(upload: Upload, base: Profile) -> Preview | None:
    """First rows of the file; what makes it unusable is told."""
    try:
        return sources.preview(str(upload.path), base, ROWS_SHOWN)
    except InputError as error:
        st.error(escaped(f"{upload.name} cannot be used."), icon=":material/error:")
        issues.show(error.issues, mend=False, view="header")
        return None


def _shown(looked: Preview) -> None:
    """Draw the first rows, cells that cannot be used marked, and why."""
    st.subheader("First rows", anchor=False)
    names = looked.names[:COLUMNS_SHOWN]
    rows = []
    for number, cells in enumerate(looked.rows):
        padded = (cells + [""] * len(names))[: len(names)]
        marked = [f"⚠ {cell}" if (number, place) in looked.problems else cell for place, cell in enumerate(padded)]
        rows.append({"row": str(looked.lines[number]), **dict(zip(names, marked, strict=True))})
    st.dataframe(figures.arrow(rows), hide_index=True, height=250, alt="First rows of the file", key="table:preview")
    if not looked.problems:
        st.caption("Every cell of these rows can be used.")
        return
    st.warning(
        f"{plural(len(looked.problems), 'cell')} cannot be used; their rows get status error.",
        icon=":material/warning:",
    )
    told = [
        {"Row": str(looked.lines[row]), "Column": looked.names[place], "Problem": problem}
        for (row, place), problem in list(looked.problems.items())[:PROBLEMS_SHOWN]
    ]
    figures.draw_table(told, alt="Cells that cannot be used")


def _wanted() -> None:
    """Draw the choice of results."""
    st.subheader("Results", anchor=False)
    kind = st.segmented_control("Columns", [HEADLINE, ALL, CHOSEN], key="batch_kind", required=True, default=HEADLINE)
    if kind == CHOSEN:
        offered = [name for name, rule in RULES.items() if rule.group == "result"]
        st.multiselect("Results wanted", offered, key="batch_columns", placeholder="type a word of the result")


def _results() -> list[str]:
    kind = st.session_state.get("batch_kind", HEADLINE)
    return list(st.session_state.get("batch_columns", ())) if kind == CHOSEN else [str(kind)]


@redraw.part(RUN)
def run() -> None:
    """Draw the button that starts the run, and the run."""
    job: Job[RowCounts] | None = st.session_state.get("batch_job")
    wanted = _results()
    running = job is not None and job.running
    st.button(
        "Size them all",
        key="batch_start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        disabled=running or not wanted,
    )
    if job is not None and running:
        watch()
    elif job is not None:
        _outcome(job)


@st.fragment(run_every=1)
def watch() -> None:
    """Draw the progress once a second until the run ends."""
    job: Job[RowCounts] | None = st.session_state.get("batch_job")
    if job is None or not job.running:
        st.rerun()
        return
    working.progress(job, "designs", "batch_stop", _stop)


def _start() -> None:
    upload: Upload = st.session_state["batch_upload"]
    base = state.profile() if st.session_state.get("batch_base") == OPEN_DESIGN else Profile()
    results, folder = _results(), _folder()
    source, target, errors = str(upload.path), str(folder / "results.csv"), str(folder / "errors.csv")

    def work(progress: batch_files.Progress) -> RowCounts:
        return batch_files.size_file(source, target, base=base, results=results, errors=errors, progress=progress)

    job = Job(work)
    st.session_state["batch_job"] = job
    job.wait(0.5)  # a short run ends before its progress is looked at
    redraw.again(RUN)


def _stop() -> None:
    working.end(st.session_state.get("batch_job"))


def _outcome(job: Job[RowCounts]) -> None:
    """Draw what came of a run that has ended."""
    tally = working.result(job, "run", "file")
    if tally is not None:
        st.success(f"{tally} in {job.seconds:.1f} s.", icon=":material/check_circle:")
        _take("Results (CSV)", "results.csv")
        _take("Rows that cannot be used (CSV)", "errors.csv")


def _take(label: str, name: str) -> None:
    path = _folder() / name
    if path.exists():
        st.download_button(
            label, path.read_bytes, name, "text/csv", on_click="ignore", icon=":material/download:", key=f"batch:{name}"
        )


page()
