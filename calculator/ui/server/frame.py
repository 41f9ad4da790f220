"""Draw the frame around the pages. Streamlit runs this script for each session."""

import functools
import sys
from pathlib import Path

import streamlit as st

from calculator.ui.inputs import explanation_drawer
from calculator.ui.results import panels, status_strip, steps
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

ASSETS = Path(__file__).parents[1] / "assets"
APP = "app.py"
"""File that starts the app. The arguments of the command line belong to the app if this file was started."""


@functools.cache
def _assets() -> str:
    """Return the style sheet, and the script for screen readers and keyboards.

    They contain no data, so no text of a file can be executed.  They are one element, because Streamlit would put a
    style sheet alone where a later message takes its place.
    """
    style, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("app.css", "access.js"))
    return f"<style>{style}</style><script>{script}</script>"


@guarded
def app() -> None:
    """Draw the navigation with the steps, the chosen page, the status strip, and the dialog or drawer that is open.

    The page Batch has no strip, which is about the open design; the page is about a file of designs.
    """
    started_here = Path(sys.argv[0]).name == APP
    show = state.start(sys.argv[1:2] if started_here else [])
    redraw.start_page()
    page = st.navigation(navigation.pages(), position="top")
    if show and not page.url_path:  # Start; an address that names another page leads there
        navigation.go(navigation.REQUIREMENTS)
    with st.container(key="access"):
        st.html(_assets(), unsafe_allow_javascript=True)
    about_design = page.url_path != navigation.BATCH
    steps.draw_steps(page.url_path or navigation.START)
    panels.draw_problems()
    page.run()
    steps.draw_next(page.url_path or navigation.START)
    if about_design:
        with st.bottom:
            status_strip.status_strip()
    else:
        state.share()
    if not status_strip.draw_dialog():
        explanation_drawer.drawer()


st.set_page_config("Exchange capacity calculator", ASSETS / "icon.svg", "wide")
app()
