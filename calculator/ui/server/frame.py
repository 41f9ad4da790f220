"""Frame around the pages. Streamlit runs this script for each session."""

import sys
from pathlib import Path

import streamlit as st

from calculator.ui.inputs import explanation_drawer
from calculator.ui.results.status_strip import status_strip
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

ASSETS = Path(__file__).parents[1] / "assets"
APP = "app.py"
"""File that starts the app. The arguments of the command line belong to the app if this file was started."""


@guarded
def app() -> None:
    """Draw the navigation, the chosen page, the status strip and the explanation drawer."""
    started_here = Path(sys.argv[0]).name == APP
    show = state.start(sys.argv[1:2] if started_here else [])
    redraw.start_page()
    page = st.navigation(navigation.pages(), position="top")
    if show:
        navigation.go(navigation.REQUIREMENTS)
    st.html(ASSETS / "app.css")
    page.run()
    with st.bottom:
        status_strip()
    explanation_drawer.drawer()


st.set_page_config("Exchange 2013 capacity calculator", ASSETS / "icon.svg", "wide")
app()
