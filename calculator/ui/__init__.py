"""The web app: the only part that imports Streamlit and altair."""
