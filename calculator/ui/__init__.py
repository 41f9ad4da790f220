"""Web app of the calculator, the only room that imports Streamlit.

Nothing is computed here: a page shows results, issues and texts made from them.  `app.py` starts the
server, and `server.frame` draws the frame around the pages.
"""
