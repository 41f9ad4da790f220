"""Draw the study Search, which tries every combination of some inputs within limits, in a job."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.engine.progress import Progress
from calculator.inputs import schema
from calculator.inputs.profile import Profile, decode_text, toml_tree
from calculator.inputs.schema import FIELDS, Kind
from calculator.issues import refuse
from calculator.rules.constants import scalar
from calculator.studies.search.cost import COST
from calculator.studies.search.read import LARGEST_FILE, parse_space, read_space
from calculator.studies.search.run import search
from calculator.studies.search.space import Space
from calculator.ui.results import progress, steps
from calculator.ui.results.texts import escaped, unit_text
from calculator.ui.review import search_results
from calculator.ui.review.search_results import FIGURES, SHOWN, SearchGoals, SearchOutcome, figure_name
from calculator.ui.session import job_queue, navigation, redraw, state
from calculator.ui.session.jobs import Job
from calculator.ui.session.store import current, widget_key, widget_value

SEARCH = "search"
CHOSEN, FILES = "inputs chosen here", "files"
NOTHING = "nothing"
DESIGNS_SHOWN, LARGEST_RANGE = 10, 100
INITIAL_INPUTS = (search_results.SERVERS,)
RANGE = re.compile(r"\s+to\s+")
"""Pattern of the word between the ends of a range."""
KIND, INPUTS, AGAINST, UPLOAD = "search_kind", "search_inputs", "search_against", "search_files"
CPU, MEMORY, RESEED, FAILURES = "search_cpu", "search_memory", "search_reseed", "search_failures"
"""Keys of widgets."""
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
    st.subheader("Best designs", anchor=False)
    st.text(
        "Choose the inputs that may vary and the limits that a design has to keep. Every combination of the inputs is "
        "sized, and the best designs are listed next to the present one, with a button that applies one. 100,000 "
        "combinations take a few seconds."
    )
    kind = st.segmented_control("What may vary", [CHOSEN, FILES], key=KIND, required=True, default=CHOSEN)
    if kind == FILES:
        _upload()
    else:
        _choose_inputs()
        _limits()
    _choose_goal(kind == FILES)
    run_search()


# --- settings ------------------------------------------------------------------------------------


def offered(profile: Profile) -> list[str]:
    """Return the paths that may vary: one path for both datacenters, and one path per tier."""
    paths: list[str] = []
    for field in FIELDS:
        if not field.numeric or (field.axis is not None and not field.axis.infix):
            continue
        paths += field.paths(profile.tiers) if field.axis is schema.TIER else [field.path]
    return paths


def suggested(path: str, profile: Profile) -> str:
    """Return a first list of values for an input, close to its present value."""
    field = search_results.field_of(path)
    value = profile.value(path if schema.find(path) else field.paths(profile.tiers)[0])
    if field.kind is Kind.BOOL:
        return "true, false"
    if not isinstance(value, int | float):
        return str(value) if value is not None else "none"
    if field.options:
        return ", ".join(f"{option:g}" for option in [larger for larger in field.options if larger >= value][:3])
    if field.kind is Kind.INT and field.high <= LARGEST_RANGE:
        return f"{max(field.low, value - 2):g} to {min(field.high, value + 4):g}"
    return f"{value:.15g}"


def _choose_inputs() -> None:
    """Draw the choice of inputs, each with a field for its values."""
    profile = state.profile()
    paths = offered(profile)
    chosen = st.multiselect(
        "Inputs",
        paths,
        key=INPUTS,
        format_func=search_results.label_with_tier,
        default=list(INITIAL_INPUTS),
        placeholder="type a word of the input",
    )
    for path in chosen:
        label, unit = search_results.label_with_tier(path), unit_text(search_results.field_of(path).unit)
        measured = f", {unit}" if unit and unit.lower() not in label.lower() else ""
        st.text_input(
            f"Values to try: {label}{measured} (now {_present(path, profile)})",
            key=_values_key(path),
            value=suggested(path, profile),
        )
    if chosen:
        st.caption("Write values as a list, such as 2, 4, 8, or as a range, such as 3 to 9 or 10 to 50 step 10.")


def _present(path: str, profile: Profile) -> str:
    """Return the present value of an input; two if its datacenters have different ones."""
    paths = [path] if schema.find(path) else search_results.field_of(path).paths(profile.tiers)
    return " and ".join(dict.fromkeys(search_results.value_text(path, profile.value(each)) for each in paths))


def _limits() -> None:
    """Draw the limits. 0 means no limit."""
    with st.container(horizontal=True):
        st.number_input(
            "Highest CPU in the worst failure, %", 0, 100, key=CPU, value=round(100 * scalar("highest_cpu_utilization"))
        )
        largest = round(scalar("largest_server_memory_by_version", state.profile()))
        st.number_input("Largest memory per server, GB", 0, 10_000, key=MEMORY, value=largest)
        st.number_input("Longest reseed of a volume, hours", 0, 10_000, key=RESEED, value=0)
        st.number_input("Servers that can fail at once, at least", 0, 15, key=FAILURES, value=0)
    st.caption("With 0, the figure has no limit. A design that does not work is never listed.")


def _upload() -> None:
    """Draw the upload of a search space and its catalogues."""
    st.file_uploader(
        "Search space (.toml) and its catalogues (.csv)",
        type=("toml", "csv"),
        accept_multiple_files=True,
        key=UPLOAD,
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


def _choose_goal(priced: bool) -> None:
    """Draw the choice of the result to minimize, and of a second one to compare it with."""
    titles = {column: figure_name(column) for column in FIGURES}
    names = {COST: "Cost", **titles} if priced else titles
    with st.container(horizontal=True):
        st.selectbox("Minimize", list(names), key=_goal_key(priced), format_func=names.__getitem__)
        st.selectbox(
            "Trade off against", [NOTHING, *titles], key=AGAINST, format_func=lambda name: titles.get(name, name)
        )
    st.caption(
        "The best designs have the smallest value of the first figure. With a second figure, a chart also shows the "
        "designs that no other design beats in both, such as fewer servers with more disks."
    )


def _goal_key(priced: bool) -> str:
    """Return the key of the choice of a goal. With prices the cost is the first choice, so it needs another widget."""
    return widget_key("priced", "search_goal") if priced else "search_goal"


def _values_key(path: str) -> str:
    return widget_key(path, "search_values")


def values_of(text: str) -> str | list[str]:
    """Parse the values of an input: a range ("3 to 9" or "3..9"), or a list separated by commas."""
    text = RANGE.sub("..", text)
    if ".." in text and "," not in text:
        return text
    return [part.strip() for part in text.split(",") if part.strip()]


def _tree() -> dict[str, Any]:
    """Return the search space chosen on the page, in the structure of a file."""
    limits = {
        "cpu": widget_value(CPU) / 100,
        "memory": widget_value(MEMORY),
        "reseed_hours": widget_value(RESEED),
        "failures": widget_value(FAILURES),
    }
    return {
        "inputs": {path: values_of(widget_value(_values_key(path), "")) for path in widget_value(INPUTS, list[str]())},
        "limits": {name: limit for name, limit in limits.items() if limit},
    }


def _uploaded() -> Callable[[Profile], Space]:
    """Return a function that reads the uploaded search space. It needs no access to the session."""
    files = {file.name: file.getvalue() for file in widget_value(UPLOAD) or ()}

    def text_of(name: str) -> str:
        if name not in files:
            refuse(escaped(name), "was not uploaded.", "Upload it with the space.")
        if len(files[name]) > LARGEST_FILE:
            refuse(escaped(name), f"has {len(files[name]):,} bytes.", f"At most {LARGEST_FILE:,} are read.")
        return decode_text(files[name], name)

    def read(profile: Profile) -> Space:
        spaces = [name for name in files if name.lower().endswith(".toml")]
        if len(spaces) != 1:
            refuse("upload", f"holds {len(spaces)} spaces.", "Upload one .toml file, and the catalogues it names.")
        return parse_space(toml_tree(text_of(spaces[0]), spaces[0]), profile, spaces[0], text_of)

    return read


# --- run -----------------------------------------------------------------------------------------


@redraw.fragment(SEARCH)
def run_search() -> None:
    """Draw the button that starts the search, and its progress or outcome."""
    job = current().search
    active = job is not None and job.active
    st.button("Search", key="search_start", type="primary", icon=":material/search:", on_click=_start, disabled=active)
    if job is not None and active:
        progress.watch(job, "designs", "search_stop", _stop)
    elif job is not None:
        _outcome(job)
    elif widget_value(KIND) != FILES:
        profile = state.profile()
        paths = widget_value(INPUTS, list[str]())
        search_results.draw_present({search_results.label_with_tier(path): _present(path, profile) for path in paths})


def _start() -> None:
    profile, uploaded = state.profile(), widget_value(KIND) == FILES
    second = widget_value(AGAINST, NOTHING)
    goals = SearchGoals(str(widget_value(_goal_key(uploaded))), "" if second == NOTHING else second)
    if uploaded:
        read = _uploaded()
    else:
        tree = _tree()

        def read(profile: Profile) -> Space:
            return read_space(tree, profile)

    def work(progress: Progress) -> SearchOutcome:
        space = read(profile)
        pareto = [goals.second] if goals.second else []
        results = list(dict.fromkeys([*SHOWN, *pareto]))
        found = search(
            profile, space, minimize=goals.first, pareto=pareto, results=results, show=DESIGNS_SHOWN, progress=progress
        )
        return SearchOutcome(space, found, goals, search_results.digest_of_fixed(profile, space))

    current().applied = ""
    job = current().search = job_queue.start(work)
    steps.finish(navigation.REVIEW)
    job.wait(0.5)  # Wait a moment: a short search has ended by then, so that no progress has to be drawn.
    redraw.rerun(SEARCH, redraw.STEPS)


def _stop() -> None:
    progress.stop(current().search)


def _outcome(job: Job[SearchOutcome]) -> None:
    """Draw the outcome of a search that has ended."""
    outcome = progress.result(job, "search", "space", show_where=widget_value(KIND) == FILES)
    if outcome is not None:
        search_results.draw_outcome(outcome)
