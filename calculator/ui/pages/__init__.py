"""Pages of the app. Streamlit runs each file anew for every visit; they keep nothing."""
