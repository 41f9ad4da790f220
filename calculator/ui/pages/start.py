"""Page Start: answer ten questions, open a file or an example, or continue with the design."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from calculator.inputs import profile as profiles
from calculator.inputs.choices import VERSION
from calculator.inputs.profile import Profile
from calculator.inputs.shipped import profile_files
from calculator.issues import InputError, Issues
from calculator.presentation.headline import version_text
from calculator.presentation.text import word
from calculator.ui.inputs import imports, questions
from calculator.ui.results import headline, issues
from calculator.ui.results.texts import escaped, unseen
from calculator.ui.session import navigation, state
from calculator.ui.session.guard import guarded
from calculator.ui.session.store import current

LARGEST_UPLOAD_MB = 5
WORKBOOKS = (".xlsm", ".xlsx")


@guarded
def page() -> None:
    """Draw the page."""
    st.header("Plan the capacity of Exchange Server")
    is_other = state.is_open() and current().quick_start.digest != state.digest(state.given())
    replaces = " What you size, begin or open here replaces the open design; **Undo** brings it back."
    what = (
        "The questions describe a new design."
        if is_other
        else "Choose the version, answer ten questions and press **Size it**. You get servers, processors, memory, "
        "disks and network, and every figure can be opened down to its formula and source."
    )
    st.markdown(what + replaces if state.is_open() else what)
    questions.form()
    with st.grid("auto", min_column_width=320):
        _go_on()
        with st.container():
            st.subheader("Or open your own file", anchor=False)
            _upload()
        with st.container():
            st.subheader("Or begin without the questions", anchor=False)
            _begin()
    st.subheader("Or open an example", anchor=False)
    with st.grid("auto", min_column_width=300):
        for path in profile_files():
            _card(path)


def _open(profile: Profile) -> None:
    state.replace(profile)
    current().problems = Issues()
    navigation.go(navigation.REQUIREMENTS)


def _begin() -> None:
    """Draw buttons that begin a design for a chosen version, with imported mailboxes or with defaults."""
    st.text(
        "Import the mailboxes from files of your organization, or begin with one tier of 5,000 mailboxes of 5 GB and "
        "defaults for everything else."
    )
    version = questions.chosen_version()
    st.caption(
        f"For {word(VERSION, version)}, as chosen above." if version else "Choose the version of Exchange above."
    )
    with st.container(horizontal=True):
        imports.begin_button(version)
        if imports.version_button("New design", "new", ":material/add:", version):
            _open(state.new_design(version))


def _go_on() -> None:
    """Draw a button that continues with the design, if one is open."""
    if not state.is_open():
        return
    with st.container():
        st.subheader("Continue with the open design", anchor=False)
        profile = state.profile()
        if profile.title:
            st.markdown(f"**{escaped(profile.title)}**")
        st.caption(version_text(profile))
        design = state.design()
        st.text(headline.verdict(design, headline.issues_of(design)))
        if st.button("Continue", key="go_on", icon=":material/arrow_forward:"):
            navigation.go(navigation.REQUIREMENTS)


def _card(path: Path) -> None:
    try:
        profile, figures = headline.shipped_profile(path, path.stat().st_mtime)
    except InputError as error:
        issues.show(error.issues, editable=False)
        return
    title = profile.title or path.stem
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{escaped(title)}**")
        st.caption(version_text(profile))
        st.text(profile.description)
        st.space("stretch")
        with st.container(horizontal=True):
            for name, value in figures:
                st.metric(name, value, width="content")
        label, key = f"Open{unseen(title)}", f"open:{path.stem}"
        if st.button(label, key=key, help=f"Open {path.name}", icon=":material/folder_open:"):
            _open(profile)


def _upload() -> None:
    """Draw the upload of a profile or a workbook. A file is read once and not stored."""
    upload = st.file_uploader(
        "Profile (.toml) or Microsoft's workbook (.xlsm, .xlsx)",
        type=("toml", *(suffix[1:] for suffix in WORKBOOKS)),
        key="upload",
        max_upload_size=LARGEST_UPLOAD_MB,
    )
    if upload is not None and current().upload_id != upload.file_id:
        current().upload_id = upload.file_id
        _read(upload.getvalue(), upload.name)


def _read(data: bytes, name: str) -> None:
    """Open an uploaded profile or workbook. If it cannot be used, show the reasons."""
    try:
        profile = _workbook(data, name) if name.lower().endswith(WORKBOOKS) else _profile(data, name)
    except InputError as error:
        current().problems = error.issues
        st.rerun()
    _open(replace(profile, where=name))


def _profile(data: bytes, name: str) -> Profile:
    if len(data) > profiles.LARGEST_PROFILE:
        problems = Issues()
        problems.error(name, "", f"has {len(data):,} bytes, a profile at most {profiles.LARGEST_PROFILE:,}.")
        raise InputError(problems)
    return profiles.parse(profiles.decode_text(data, name), name)


def _workbook(data: bytes, name: str) -> Profile:
    from calculator.importers.workbook import read_workbook

    imported = read_workbook(data, name)
    if imported.issues.errors:
        raise InputError(imported.issues)
    return imported.profile


page()
