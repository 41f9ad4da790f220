"""Pages of the app, one file each.

Streamlit runs the file again for every visit, so a page keeps nothing; what is kept is in the session.
"""
