"""The app as a server.

`frame` is the script that Streamlit runs, `hosts` refuses requests to other names, and `loading` imports what the first
page needs while the server starts.
"""
