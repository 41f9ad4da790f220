"""Load the modules for the first page while the server starts, so that the first visitor does not wait for them."""

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
"""Modules of the pages, and of the panels that they draw."""
OF_STREAMLIT = ("PIL.Image", "pandas")
"""Modules that Streamlit imports for the icon and for the first table."""


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start loading when the server starts, without waiting for the end: a page imports missing modules itself."""
    threading.Thread(target=load, name="loading", daemon=True).start()
    yield


def load() -> None:
    """Import the modules that a page needs, in the order of their use, and size the shipped designs once."""
    for name in MODULES:
        importlib.import_module(name)
    for path in profile_files():
        try:
            all_issues(size(profile.load(path)))
        except InputError:  # An edited profile may be invalid. The page Start reports it.
            continue
    for name in OF_STREAMLIT:
        importlib.import_module(name)
