"""Run the web app; only this room imports Streamlit.

This room computes no figures: a page shows results, issues and texts made from them.  `app.py` starts the
server, and `server.frame` draws the frame around the pages.
"""
