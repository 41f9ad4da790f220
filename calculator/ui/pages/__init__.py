"""Draw the pages of the app, one file per page.

Streamlit runs the file again for every visit, so a page keeps no state; the state is in the session.
"""
