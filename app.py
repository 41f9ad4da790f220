"""Web app. Start it with ``streamlit run app.py -- profiles/active_active.toml`` or ``exchange-calculator app``."""

import sys
from importlib.resources import files
from pathlib import Path

import streamlit as st

from calculator.ui.inputs import explanation_drawer
from calculator.ui.results.status_strip import status_strip
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

ASSETS = Path(str(files("calculator"))) / "ui" / "assets"


@guarded
def app() -> None:
    """Draw the navigation, the chosen page, the status strip and the explanation drawer."""
    started_here = Path(sys.argv[0]).name == Path(__file__).name
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
