"""Names under which the app answers: its own, and pages of its own origin; other names and origins are refused."""

import pytest

from calculator.ui.server.hosts import is_allowed

NAMES = ["localhost", "127.0.0.1", "::1", "capacity.example.com", "*.lab.example.com"]
SITES = ["https://portal.example.com/"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "LocalHost:8501",
        "localhost.",
        "127.0.0.1:8501",
        "[::1]:8501",
        "capacity.example.com",
        "a.lab.example.com:443",
    ],
)
def test_the_names_of_the_server_are_known_with_and_without_a_port(host):
    assert is_allowed([host], [], NAMES, SITES)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "attacker.example",
        "localhost.attacker.example",
        "127.0.0.1.attacker.example:8501",
        "attacker.example@localhost",
        "localhost/attacker.example",
        "localhost?x",
        "localhost#x",
        "localhost:port",
        "localhost:99999",
        "localhost localhost",
        "lab.example.com",
        "alab.example.com",
        "10.0.0.1",
        "[::1",
    ],
)
def test_other_names_are_refused(host):
    assert not is_allowed([host], [], NAMES, SITES)


def test_a_request_has_one_host_and_at_most_one_origin():
    assert not is_allowed([], [], NAMES, SITES)
    assert not is_allowed(["localhost", "localhost"], [], NAMES, SITES)
    assert not is_allowed(["localhost"], ["http://localhost", "http://localhost"], NAMES, SITES)


@pytest.mark.parametrize(
    ("origin", "is_known"),
    [
        ("http://localhost:8501", True),
        ("https://localhost:8501", True),
        ("http://LOCALHOST:8501", True),
        ("https://portal.example.com", True),
        ("http://portal.example.com", False),
        ("http://localhost:9999", False),
        ("http://localhost", False),
        ("http://127.0.0.1:8501", False),
        ("http://attacker.example", False),
        ("file://localhost:8501", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_page_of_another_origin_is_refused_unless_it_is_allowed(origin, is_known):
    assert is_allowed(["localhost:8501"], [origin], NAMES, SITES) is is_known


def test_a_star_allows_every_name_and_no_name_allows_none():
    assert is_allowed(["any.example"], [], ["*"], [])
    assert not is_allowed(["any.example/x"], [], ["*"], [])
    assert not is_allowed(["localhost"], [], [], [])
