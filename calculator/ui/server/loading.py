"""What the first page needs is loaded while the server starts, not when the first visitor waits for it."""

from __future__ import annotations

import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from calculator.engine.sizing import size
from calculator.inputs import profile
from calculator.inputs.shipped import profile_files
from calculator.issues import InputError
from calculator.presentation.findings import all_issues

MODULES = (
    "calculator.ui.inputs.explanation_drawer",
    "calculator.ui.inputs.questions",
    "calculator.ui.charts.drawing",
    "calculator.ui.results.first_page",
    "calculator.ui.results.level_tables",
    "calculator.ui.results.steps",
    "calculator.ui.results.status_strip",
)
"""Modules of the pages, and of what they draw."""
OF_STREAMLIT = ("PIL.Image", "pandas")
"""Modules that Streamlit imports for the icon and for the first table."""


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start to load when the server starts. Nobody waits for the end: a page imports itself what is missing."""
    threading.Thread(target=load, name="loading", daemon=True).start()
    yield


def load() -> None:
    """Import what a page needs in the order in which it needs it, and size the shipped designs once."""
    for name in MODULES:
        importlib.import_module(name)
    for path in profile_files():
        try:
            all_issues(size(profile.load(path)))
        except InputError:  # A changed profile may be wrong. The page Start says so.
            continue
    for name in OF_STREAMLIT:
        importlib.import_module(name)
