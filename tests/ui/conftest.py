import logging

import pytest
from support.browsing import chromium, server
from support.sessions import REVIEW, new_session, open_session, sound

# Without a server Streamlit warns of each access to a session.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True


@pytest.fixture(scope="session")
def address():
    """Address of an app that all tests in a browser share."""
    with server() as started:
        yield started


@pytest.fixture(scope="module")
def browser():
    """Chromium for the tests of a module.

    It ends with the module, because tests that run an event loop of their own cannot run next to that of playwright.
    """
    with chromium() as launched:
        yield launched


@pytest.fixture
def fresh():
    """A session without a design."""
    return new_session()


@pytest.fixture
def opened():
    """Open a design in a session of its own, on Requirements or another page, some groups of inputs open."""
    return open_session


@pytest.fixture
def review(opened):
    """Open Review on a tab."""

    def open_tab(design, tab):
        at = opened(design, page=REVIEW)
        at.session_state["review_tab"] = tab
        at.run()
        sound(at)
        return at

    return open_tab


def pytest_collection_modifyitems(items):
    """Mark every test that opens a session of the app as slow."""
    for item in items:
        if {"fresh", "opened"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
