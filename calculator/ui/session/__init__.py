"""The design in a browser session: state, navigation, links and background jobs."""
