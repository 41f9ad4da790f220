"""Start: open a shipped profile or a file, go on with the design in the address, begin a new one."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import streamlit as st

from calculator import scenario
from calculator.issues import InputError, Issues
from calculator.scenario import Profile
from calculator.sizing import size
from calculator.ui import figures, headline, issues, state, widgets
from calculator.ui.guard import guarded

REQUIREMENTS = "calculator/ui/pages/requirements.py"
LARGEST_UPLOAD_MB = 5
WORKBOOKS = (".xlsm", ".xlsx")


@guarded
def page() -> None:
    """Draw the page."""
    st.header("Plan the capacity of Exchange 2013")
    st.markdown(
        "Describe the mailboxes and the servers, and read off what they need: servers, processors, memory, "
        "disks, network. Every figure can be opened down to its formula and its source."
    )
    if st.session_state["problems"]:
        st.error("That could not be opened. Nothing of the present design is lost.", icon=":material/error:")
        issues.show(st.session_state["problems"], mend=False)
    _go_on()
    st.subheader("Open an example")
    with st.grid("auto", min_column_width=300):
        for path in scenario.shipped(state.PROFILES):
            _card(path)
    st.subheader("Or your own")
    _own()


def _open(profile: Profile) -> None:
    state.replace(profile)
    st.session_state["problems"] = type(st.session_state["problems"])()
    st.switch_page(REQUIREMENTS, query_params=state.address())


def _go_on() -> None:
    """Draw the way back to the design at hand."""
    if not state.is_open():
        return
    with st.container(border=True):
        profile = state.profile()
        st.markdown("**Go on with your design**")
        st.text(
            f"{profile.title}: {headline.verdict(state.plan())}" if profile.title else headline.verdict(state.plan())
        )
        if st.button("Go on", key="go_on", icon=":material/arrow_forward:", type="primary"):
            st.switch_page(REQUIREMENTS, query_params=state.address())


@functools.cache
def _facts(path: Path, changed: float) -> tuple[Profile, tuple[tuple[str, str], ...]]:
    """Profile of a card and its three figures; ``changed`` makes an edited file a new one."""
    profile = scenario.load(path)
    plan = size(profile)
    disks = next(tile for tile in headline.tiles(plan) if tile.label == "Disks a server")
    return profile, (
        ("Mailboxes", figures.shown("mailboxes_total", plan)),
        ("Servers", figures.shown("summary_servers.environment", plan)),
        ("Disks a server", disks.value),
    )


def _card(path: Path) -> None:
    try:
        profile, facts = _facts(path, path.stat().st_mtime)
    except InputError as error:
        issues.show(error.issues, mend=False)
        return
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{widgets.escaped(profile.title or path.stem)}**")
        st.text(profile.description)
        st.space("stretch")
        with st.container(horizontal=True):
            for name, value in facts:
                st.metric(name, value, width="content")
        if st.button("Open", key=f"open:{path.stem}", help=f"Open {path.name}", icon=":material/folder_open:"):
            _open(profile)


def _own() -> None:
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.markdown("**A profile file, or the calculator's workbook**")
        upload = st.file_uploader(
            "Profile (.toml) or workbook (.xlsm, .xlsx)",
            type=("toml", *(suffix[1:] for suffix in WORKBOOKS)),
            key="upload",
            max_upload_size=LARGEST_UPLOAD_MB,
        )
        if upload is not None and st.session_state.get("read") != upload.file_id:
            st.session_state["read"] = upload.file_id
            _read(upload.getvalue(), upload.name)
    with right.container(border=True, height="stretch"):
        st.markdown("**A new design**")
        st.text("One tier of 5,000 mailboxes on the defaults: 5 GB each, two datacenters, four copies.")
        if st.button("New design", key="new", icon=":material/add:"):
            _open(Profile(dict(state.NEW_DESIGN), "New design"))


def _read(data: bytes, name: str) -> None:
    """Open an uploaded profile or workbook, or say what is wrong with it."""
    try:
        profile = _workbook(data, name) if name.lower().endswith(WORKBOOKS) else _profile(data, name)
    except InputError as error:
        st.session_state["problems"] = error.issues
        st.rerun()
    _open(replace(profile, where=name))


def _profile(data: bytes, name: str) -> Profile:
    if len(data) > scenario.LARGEST_PROFILE:
        problems = Issues()
        problems.error(name, "", f"has {len(data):,} bytes, a profile at most {scenario.LARGEST_PROFILE:,}.")
        raise InputError(problems)
    return scenario.parse(scenario.decode(data, name), name)


def _workbook(data: bytes, name: str) -> Profile:
    from calculator.importers.workbook import read_workbook

    imported = read_workbook(data, name)
    if imported.issues.errors:
        raise InputError(imported.issues)
    return imported.profile


page()
