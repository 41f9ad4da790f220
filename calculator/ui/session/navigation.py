"""The pages of the app, in the order of the planning process, and the way to one or to an input on it."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from calculator.ui.session import state

FOLDER = "calculator/ui/pages"
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
    """File of a page, beside app.py."""
    return f"{FOLDER}/{name}.py"


def pages() -> list[st.Page]:
    """All pages; the first is where the app opens."""
    return [
        st.Page(file_of(name), title=name.capitalize(), icon=icon, url_path=name, default=name == START)
        for name, icon in PAGES
    ]


def go(name: str) -> NoReturn:
    """Switch to a page, the design in its address."""
    st.switch_page(file_of(name), query_params=state.address())


def go_to(path: str) -> NoReturn:
    """Switch to the page of an input and bring it first there."""
    state.want(path)
    go(page_of(path))


def page_of(path: str) -> str:
    """Page that has an input."""
    section = path.split(".")[0]
    if section in DOCUMENT_SECTIONS:
        return DOCUMENT
    return USERS if section in USERS_SECTIONS else CONSTRAINTS


def link(name: str, label: str, icon: str | None = None) -> None:
    """Draw a link to a page, the design in its address."""
    st.page_link(file_of(name), label=label, icon=icon, query_params=state.address())


def nothing_open() -> bool:
    """Say so and lead to Start where no design is open."""
    if state.is_open():
        return False
    st.info("No design is open yet. Open an example, your own profile, or answer ten questions.")
    link(START, "Go to Start", ":material/arrow_back:")
    return True
