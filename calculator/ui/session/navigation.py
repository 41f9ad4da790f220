"""List the pages of the app in the order of the planning process, and navigate to a page or an input."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st

from calculator.ui.session import state

FOLDER = Path(__file__).parents[1] / "pages"
START, USERS, CONSTRAINTS, REQUIREMENTS = "start", "users", "constraints", "requirements"
REVIEW, DOCUMENT, BATCH = "review", "document", "batch"
PAGES = (
    (START, ":material/home:"),
    (USERS, ":material/group:"),
    (CONSTRAINTS, ":material/tune:"),
    (REQUIREMENTS, ":material/fact_check:"),
    (REVIEW, ":material/compare_arrows:"),
    (DOCUMENT, ":material/description:"),
    (BATCH, ":material/table_rows:"),
)
"""Name and icon of each page."""
USERS_SECTIONS, DOCUMENT_SECTIONS = ("tiers", "mailbox"), ("export",)


def file_of(name: str) -> str:
    """Return the file of a page; an absolute path, because app.py may be installed elsewhere than the package."""
    return str(FOLDER / f"{name}.py")


def pages() -> list[st.Page]:
    """Return all pages. The app opens on the first one."""
    return [_page(name) for name, _ in PAGES]


def _page(name: str) -> st.Page:
    icon = dict(PAGES)[name]
    return st.Page(file_of(name), title=name.capitalize(), icon=icon, url_path=name, default=name == START)


def go(name: str) -> NoReturn:
    """Switch to a page, with the design in its address."""
    st.switch_page(file_of(name), query_params=state.address())


def go_to(path: str) -> NoReturn:
    """Switch to the page of an input and show the input first."""
    state.want(path)
    go(page_of(path))


def page_of(path: str) -> str:
    """Return the name of the page that has an input."""
    section = path.split(".")[0]
    if section in DOCUMENT_SECTIONS:
        return DOCUMENT
    return USERS if section in USERS_SECTIONS else CONSTRAINTS


def link(name: str, label: str, icon: str | None = None) -> None:
    """Draw a link to a page, with the design in its address."""
    st.page_link(_page(name), label=label, icon=icon, query_params=state.address())


def needs_design() -> bool:
    """Return whether no design is open; if so, draw a message with a link to the page Start."""
    if state.is_open():
        return False
    st.info("No design is open yet. Answer the ten questions on Start, or open an example or your own file there.")
    link(START, "Go to Start", ":material/arrow_back:")
    return True
