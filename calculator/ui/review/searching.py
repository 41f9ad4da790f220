"""Search: what may vary and within which limits, all of it tried beside the page, a design to take over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.inputs import schema
from calculator.inputs.profile import Profile, decode, toml_tree
from calculator.inputs.schema import FIELDS, Kind
from calculator.issues import refuse
from calculator.rules.constants import scalar
from calculator.studies.search.cost import COST
from calculator.studies.search.read import LARGEST_FILE, parse_space, read_space
from calculator.studies.search.run import search
from calculator.studies.search.space import Space
from calculator.ui.results import progress as working
from calculator.ui.results.texts import escaped, unit_text
from calculator.ui.review import searched
from calculator.ui.session import redraw, state
from calculator.ui.session.jobs import Job, Progress

SEARCH = "search"
CHOSEN, FILES = "inputs chosen here", "files"
NOTHING = "nothing"
SHOWN, MOST_AROUND = 10, 100
STARTED_WITH = ("environment.mailbox_servers",)
SAMPLE = """[inputs]
"environment.mailbox_servers" = "2..12"
"storage.database_disk_capacity" = [4000, 6000, 8000]

[limits]
cpu = "80 %"
memory = "96 GB"
reseed_hours = 48
failures = 1

# Catalogues of your own with your own prices, CSV files uploaded with this one: a column for each input and price.
# [catalogue]
# disks = "disks.csv"
# processors = "processors.csv"
# servers = "servers.csv"

# [prices]
# memory_gb = 10
"""


def draw() -> None:
    """Draw the study."""
    st.subheader("The best of many designs", anchor=False)
    st.text("Vary some inputs, set limits, and have every combination tried around this design.")
    kind = st.segmented_control("What may vary", [CHOSEN, FILES], key="search_kind", required=True, default=CHOSEN)
    if kind == FILES:
        _upload()
    else:
        _inputs()
        _limits()
    _goals(kind == FILES)
    run()


# --- what is asked for -----------------------------------------------------------------------------


def offered(profile: Profile) -> list[str]:
    """Paths that may vary: of a datacenter both at once, of tiers one by one."""
    paths: list[str] = []
    for field in FIELDS:
        if not field.numeric or (field.axis is not None and not field.axis.infix):
            continue
        paths += field.paths(profile.tiers) if field.axis is schema.TIER else [field.path]
    return paths


def suggested(path: str, profile: Profile) -> str:
    """Values to begin with: those around the present one."""
    field = searched.field_of(path)
    value = profile.value(path if schema.find(path) else field.paths(profile.tiers)[0])
    if field.kind is Kind.BOOL:
        return "true, false"
    if not isinstance(value, int | float):
        return str(value) if value is not None else "none"
    if field.options:
        return ", ".join(f"{option:g}" for option in [of for of in field.options if of >= value][:3])
    if field.kind is Kind.INT and field.high <= MOST_AROUND:
        return f"{max(field.low, value - 2):g}..{min(field.high, value + 4):g}"
    return f"{value:.15g}"


def _inputs() -> None:
    """Draw the choice of inputs, each with its values."""
    profile = state.profile()
    paths = offered(profile)
    chosen = st.multiselect(
        "Inputs",
        paths,
        key="search_inputs",
        format_func=searched.label,
        default=list(STARTED_WITH),
        placeholder="type a word of the input",
    )
    for path in chosen:
        unit = unit_text(searched.field_of(path).unit)
        st.text_input(
            f"{searched.label(path)}{f', {unit}' if unit else ''}",
            key=f"search_values:{path}",
            value=suggested(path, profile),
            help="A list such as 2, 4, 8 or a range such as 2..8 or 10..50 step 10",
        )


def _limits() -> None:
    """Draw the limits; 0 is none."""
    with st.container(horizontal=True):
        st.number_input(
            "CPU in the worst failure, %, at most",
            0,
            100,
            key="search_cpu",
            value=round(100 * scalar("highest_cpu_utilization")),
        )
        st.number_input(
            "Memory of a server, GB, at most",
            0,
            10_000,
            key="search_memory",
            value=round(scalar("largest_server_memory")),
        )
        st.number_input("Reseed of a volume, hours, at most", 0, 10_000, key="search_reseed", value=0)
        st.number_input("Servers that may fail at once", 0, 15, key="search_failures", value=0)
    st.caption("0 is no limit. A design that does not work is never taken.")


def _upload() -> None:
    """Draw the upload of a space and its catalogues."""
    st.file_uploader(
        "A space (.toml) and its catalogues (.csv)",
        type=("toml", "csv"),
        accept_multiple_files=True,
        key="search_files",
        max_upload_size=1,
    )
    st.download_button(
        "A small example (TOML)",
        SAMPLE,
        "space.toml",
        "application/toml",
        on_click="ignore",
        icon=":material/download:",
        key="search_sample",
    )


def _goals(priced: bool) -> None:
    """Draw what is looked for, and what it is held against."""
    names = {COST: "Cost", **searched.FIGURES} if priced else dict(searched.FIGURES)
    with st.container(horizontal=True):
        st.selectbox("As little as can be of", list(names), key=_goal_key(priced), format_func=names.__getitem__)
        st.selectbox(
            "Held against",
            [NOTHING, *searched.FIGURES],
            key="search_against",
            format_func=lambda name: searched.FIGURES.get(name, name),
        )


def _goal_key(priced: bool) -> str:
    """Key of what is looked for: cost comes first where there may be prices."""
    return "search_goal:priced" if priced else "search_goal"


def values_of(text: str) -> str | list[str]:
    """Values of an input as a person lists them: a range, or a list."""
    if ".." in text and "," not in text:
        return text
    return [part.strip() for part in text.split(",") if part.strip()]


def _tree() -> dict[str, Any]:
    """The space chosen on the page, as a file would have it."""
    asked = st.session_state
    paths = asked.get("search_inputs", ())
    named = {
        "cpu": asked["search_cpu"] / 100,
        "memory": asked["search_memory"],
        "reseed_hours": asked["search_reseed"],
        "failures": asked["search_failures"],
    }
    return {
        "inputs": {path: values_of(str(asked.get(f"search_values:{path}", ""))) for path in paths},
        "limits": {name: bound for name, bound in named.items() if bound},
    }


def _uploaded() -> Callable[[Profile], Space]:
    """What reads the space that was uploaded."""
    files = {file.name: file.getvalue() for file in st.session_state.get("search_files") or ()}

    def text_of(name: str) -> str:
        if name not in files:
            refuse(escaped(name), "was not uploaded.", "Upload it with the space.")
        if len(files[name]) > LARGEST_FILE:
            refuse(escaped(name), f"has {len(files[name]):,} bytes.", f"At most {LARGEST_FILE:,} are read.")
        return decode(files[name], name)

    def read(profile: Profile) -> Space:
        spaces = [name for name in files if name.lower().endswith(".toml")]
        if len(spaces) != 1:
            refuse("upload", f"holds {len(spaces)} spaces.", "Upload one .toml file, and the catalogues it names.")
        return parse_space(toml_tree(text_of(spaces[0]), spaces[0]), profile, spaces[0], text_of)

    return read


# --- the run -----------------------------------------------------------------------------------------


@redraw.part(SEARCH)
def run() -> None:
    """Draw the button that starts the search, and the search."""
    job: Job[searched.Outcome] | None = st.session_state.get("search_job")
    running = job is not None and job.running
    st.button("Search", key="search_start", type="primary", icon=":material/search:", on_click=_start, disabled=running)
    if job is not None and running:
        watch()
    elif job is not None:
        _outcome(job)


@st.fragment(run_every=1)
def watch() -> None:
    """Draw the progress once a second until the search ends."""
    job: Job[searched.Outcome] | None = st.session_state.get("search_job")
    if job is None or not job.running:
        st.rerun()
        return
    working.progress(job, "designs", "search_stop", _stop)


def _start() -> None:
    asked, profile = st.session_state, state.profile()
    against = str(asked.get("search_against", NOTHING))
    wanted = searched.Wanted(
        str(asked[_goal_key(asked.get("search_kind") == FILES)]), "" if against == NOTHING else against
    )
    if asked.get("search_kind") == FILES:
        read = _uploaded()
    else:
        tree = _tree()

        def read(profile: Profile) -> Space:
            return read_space(tree, profile)

    def work(progress: Progress) -> searched.Outcome:
        space = read(profile)
        held = [wanted.against] if wanted.against else []
        results = list(dict.fromkeys([*searched.FIGURES, *held]))
        found = search(
            profile, space, minimize=wanted.goal, pareto=held, results=results, show=SHOWN, progress=progress
        )
        return searched.Outcome(space, found, wanted, searched.around(profile, space))

    job = Job(work)
    asked["search_job"] = job
    job.wait(0.5)  # a short search ends before its progress is looked at
    redraw.again(SEARCH)


def _stop() -> None:
    working.end(st.session_state.get("search_job"))


def _outcome(job: Job[searched.Outcome]) -> None:
    """Draw what came of a search that has ended."""
    uploaded = st.session_state.get("search_kind") == FILES
    found = working.result(job, "search", "space", where=uploaded)
    if found is not None:
        searched.show(found)
