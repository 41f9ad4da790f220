"""Web app. Start it with ``streamlit run app.py -- profiles/active_active.toml`` or ``exchange-calculator app``."""

from importlib.resources import files
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from calculator.ui.server.hosts import KnownHosts
from calculator.ui.server.loading import lifespan

SCRIPT = Path(str(files("calculator"))) / "ui" / "server" / "frame.py"

app = st.App(SCRIPT, lifespan=lifespan, middleware=[Middleware(KnownHosts)])
