"""Web app. Start it with ``streamlit run app.py -- profiles/active_active.toml`` or ``exchange-calculator app``."""

import sys
from importlib.resources import files
from pathlib import Path

import streamlit as st

from calculator.ui.inputs import explanation_drawer
from calculator.ui.results import panels, status_strip, steps
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

ASSETS = Path(str(files("calculator"))) / "ui" / "assets"


@guarded
def app() -> None:
    """Draw the navigation, the steps, the chosen page, the status strip, and the dialog or drawer that is open."""
    started_here = Path(sys.argv[0]).name == Path(__file__).name
    show = state.start(sys.argv[1:2] if started_here else [])
    redraw.start_page()
    page = st.navigation(navigation.pages(), position="top")
    if show:
        navigation.go(navigation.REQUIREMENTS)
    st.html(ASSETS / "app.css")
    steps.draw_steps(page.title.lower())
    panels.draw_problems()
    page.run()
    with st.bottom:
        status_strip.status_strip()
    if not status_strip.draw_dialog():
        explanation_drawer.drawer()


st.set_page_config("Exchange 2013 capacity calculator", ASSETS / "icon.svg", "wide")
app()
