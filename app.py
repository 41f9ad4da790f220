"""The web app: ``streamlit run app.py``, or ``streamlit run app.py -- profiles/active_active.toml``."""

import sys
from pathlib import Path

import streamlit as st

from calculator.ui import explain, state
from calculator.ui.guard import guarded
from calculator.ui.strip import strip

HERE = Path(__file__).parent
ASSETS = HERE / "calculator" / "ui" / "assets"
PAGES = "calculator/ui/pages"


@guarded
def app() -> None:
    """Draw the page asked for between navigation and strip."""
    started_here = Path(sys.argv[0]).name == Path(__file__).name
    show = state.start(sys.argv[1:2] if started_here else [])
    requirements = st.Page(
        f"{PAGES}/requirements.py", title="Requirements", icon=":material/fact_check:", url_path="requirements"
    )
    start = st.Page(f"{PAGES}/start.py", title="Start", icon=":material/home:", url_path="start", default=True)
    chosen = st.navigation([start, requirements], position="top")
    if show:
        st.switch_page(requirements, query_params=state.address())
    st.html(ASSETS / "app.css")
    chosen.run()
    with st.bottom:
        strip()
    explain.drawer()


st.set_page_config("Exchange 2013 capacity calculator", ASSETS / "icon.svg", "wide")
app()
