"""Helpers for tests of the app: start it, open a design, read a page."""

import functools

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from calculator.inputs import profile
from calculator.inputs.profile import Profile
from calculator.inputs.shipped import profile_files
from calculator.presentation.text import number
from calculator.ui.session import links, navigation, store
from support.paths import PROFILES, ROOT

APP = str(ROOT / "app.py")
"""File that starts the server."""
SCRIPT = str(ROOT / "calculator" / "ui" / "server" / "frame.py")
"""Script of a session."""
START, USERS, CONSTRAINTS, REQUIREMENTS, REVIEW, DOCUMENT, BATCH = (
    navigation.file_of(name) for name, _ in navigation.PAGES
)
SHIPPED = [path.stem for path in profile_files(PROFILES)]


def shipped(name):
    return profile.load(PROFILES / f"{name}.toml")


def new_session():
    """Start a session without a design."""
    at = AppTest.from_file(SCRIPT, default_timeout=30)
    # Otherwise each session searches all installed packages for components. The app uses none.
    at._bidi_component_manager = BidiComponentManager()
    return at


def open_session(design, *groups, page=REQUIREMENTS):
    """Open a design, or a shipped profile by its name, on a page with some groups of inputs open."""
    at = new_session()
    opened = shipped(design) if isinstance(design, str) else Profile(dict(design))
    at.query_params["d"] = links.encode(opened)
    for group in groups:
        at.session_state[f"group:{group}"] = True
    at.switch_page(page).run()
    sound(at)
    return at


@functools.cache
def shared_session(design, *groups, page=REQUIREMENTS):
    """Open a shipped profile on a page once. Only tests that do not change the design may use it."""
    return open_session(design, *groups, page=page)


def sound(at):
    """Assert that the page was drawn without an error."""
    assert not at.exception, [error.value for error in at.exception]
    assert not at.error, [error.value for error in at.error]


def tile(at, label):
    """Return the value of a headline tile."""
    return next(metric.value for metric in at.metric if metric.label == label)


def texts(at):
    """Return all texts on the page."""
    return [element.value for kind in (at.text, at.caption, at.markdown, at.error, at.info) for element in kind]


def plain(at):
    """Return all texts on the page without the escapes of Markdown."""
    return [written.replace("\\", "") for written in texts(at)]


def session(at):
    """Return the state of the session, apart from the values of widgets."""
    return at.session_state[store.KEY]


def given(at):
    """Return the given inputs of the open design."""
    return session(at).given


def sized(at):
    """Return the sized design that the page shows."""
    return session(at).cache["design"].value


def title(at):
    """Return the title of the open design."""
    return session(at).source.title


def seen(at, key):
    """Return the widget of a key; None if it is not on the page."""
    try:
        return at.get_by_key(key)
    except KeyError:
        return None


def in_gb(design):
    """Return the size of the largest mailbox on disk as the tile shows it."""
    return number(design["largest_mailbox_size_on_disk"] / 1024)
