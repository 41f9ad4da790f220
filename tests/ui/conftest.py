import logging

import pytest
from streamlit.testing.v1 import AppTest
from support.sessions import APP, REQUIREMENTS, shipped, sound

from calculator.inputs.profile import Profile
from calculator.ui.session import links

# Without a server Streamlit warns of each access to a session.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True


@pytest.fixture
def fresh():
    """A session just begun, nothing opened."""
    return AppTest.from_file(APP, default_timeout=30)


@pytest.fixture
def opened():
    """Open a design on Requirements in a session of its own, some groups of inputs open."""

    def open_design(design, *groups, page=REQUIREMENTS):
        fresh = AppTest.from_file(APP, default_timeout=30)
        profile = shipped(design) if isinstance(design, str) else Profile(dict(design))
        fresh.query_params["d"] = links.packed(profile)
        for group in groups:
            fresh.session_state[f"group:{group}"] = True
        fresh.switch_page(page).run()
        sound(fresh)
        return fresh

    return open_design


def pytest_collection_modifyitems(items):
    """Mark every test that opens a session of the app as slow."""
    for item in items:
        if {"fresh", "opened"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
