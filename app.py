"""Web app. Start it with ``streamlit run app.py`` or ``streamlit run app.py -- profiles/active_active.toml``."""

import streamlit as st
from starlette.middleware import Middleware

from calculator.ui.server.hosts import KnownHosts

app = st.App("calculator/ui/server/frame.py", middleware=[Middleware(KnownHosts)])
