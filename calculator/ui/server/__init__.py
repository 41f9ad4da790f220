"""Run the app as a server.

`frame` is the script that Streamlit runs, `hosts` refuses requests to other names, and `loading` imports the modules
for the first page while the server starts.
"""
