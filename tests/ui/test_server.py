"""The app as a server, in a process of its own: names, sessions that do not mix, one queue, no work left behind."""

import asyncio
import contextlib
import time
from dataclasses import replace

import pytest
from support.sessions import shipped
from support.web_clients import IS_LINUX, PATIENCE, connected, served

from calculator import size
from calculator.ui.results import headline
from calculator.ui.session.limits import job_limits

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("server")]
PROFILE = "active_active"
MAILBOXES = "tiers.1.mailboxes"
LARGEST = "1,048,576"
OPENING = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
"""Headers that open a WebSocket."""


@pytest.fixture(scope="module")
def server():
    with served() as started:
        yield started


async def open_study(stack, server):
    """Open a page with the largest study, not started."""
    client = await stack.enter_async_context(connected(server, "review", shipped(PROFILE)))
    await client.open_tab("Studies")
    await client.choose("Designs to size, at most", LARGEST)
    return client


def progress(client):
    return [bar.text for bar in client.elements("progress")]


# --- names ---------------------------------------------------------------------------------------


def status_of_websocket(server, host, origin):
    """Return the status of the answer to the opening of a WebSocket."""
    headers = {"Host": host, **OPENING, **({"Origin": origin} if origin else {})}
    return server.get("/_stcore/stream", **headers)[0]


@pytest.mark.parametrize(
    "path", ["/", "/review", "/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/a/b"]
)
def test_requests_to_another_name_are_refused(server, path):
    status, text = server.get(path, Host=f"attacker.example:{server.port}")
    assert (status, text.split(",")[0]) == (403, "This server is not known under this name")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_requests_to_the_names_of_the_server_are_answered(server, name):
    assert server.get("/", Host=f"{name}:{server.port}")[0] == 200
    assert status_of_websocket(server, f"{name}:{server.port}", f"http://{name}:{server.port}") == 101


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("attacker.example", None),
        ("attacker.example", "http://attacker.example"),
        ("127.0.0.1", "http://attacker.example"),
        ("127.0.0.1", "null"),
        ("127.0.0.1", "http://localhost:1"),
    ],
)
def test_a_websocket_of_another_name_is_refused(server, host, origin):
    assert status_of_websocket(server, host, origin) == 403
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


def test_a_name_that_the_options_add_is_known():
    with served("--server.allowedHosts", "127.0.0.1", "--server.allowedHosts", "capacity.example.com") as started:
        assert started.get("/", Host="capacity.example.com")[0] == 200
        assert started.get("/", Host="localhost")[0] == 403


# --- sessions ------------------------------------------------------------------------------------


def test_sessions_at_once_show_figures_of_their_own_design(server):
    async def work(number):
        profile = replace(
            shipped(PROFILE), given={**shipped(PROFILE).given, "tiers.1.mailbox_size_limit": 2048.0 + 64 * number}
        )
        async with connected(server, "users", profile) as client:
            for turn in range(5):
                mailboxes = 5000.0 + number + 100 * turn
                await client.set_number("Mailboxes", mailboxes)
                plan = size(replace(profile, given={**profile.given, MAILBOXES: mailboxes}))
                tiles = {tile.label: tile.value for tile in headline.tiles(plan)}
                assert client.tiles()
                assert client.tiles().items() <= tiles.items()
                what = headline.verdict(plan).rpartition(", ")[0]  # the page counts the issues of the layout too
                assert any(text.startswith(what) for text in client.texts())
            assert client.errors == []

    async def work_at_once():
        await asyncio.gather(*(work(number) for number in range(6)))

    asyncio.run(work_at_once())


# --- jobs ----------------------------------------------------------------------------------------


def test_jobs_of_all_sessions_wait_in_one_queue_and_can_be_stopped(server):
    async def work():
        async with contextlib.AsyncExitStack() as stack:
            clients = [await open_study(stack, server) for _ in range(job_limits().running + 2)]
            for client in clients:
                await client.click("Start the study")
            *_, before_last, last = clients
            assert progress(before_last) == ["Waiting for other jobs of this server: place 1 of 1 in the queue"]
            assert progress(last) == ["Waiting for other jobs of this server: place 2 of 2 in the queue"]
            await before_last.click("Stop")
            assert before_last.texts("alert") == ["Stopped."]
            await last.run(fragment=last.fragments("progress")[0])
            assert progress(last) == ["Waiting for other jobs of this server: place 1 of 1 in the queue"]
            await clients[0].click("Stop")
            assert any("Stopp" in text for text in clients[0].texts("alert") + progress(clients[0]))
            await last.click("Stop")
            assert [client.errors for client in clients] == [[]] * len(clients)

    asyncio.run(work())


@pytest.mark.skipif(not IS_LINUX, reason="the processor time of another process is read from /proc")
def test_no_work_is_left_when_all_have_closed_the_page(server):
    async def start_and_leave():
        async with contextlib.AsyncExitStack() as stack:
            clients = [await open_study(stack, server) for _ in range(12)]
            for client in clients:
                await client.click("Start the study")

    asyncio.run(start_and_leave())
    at_first = server.seconds
    end = time.monotonic() + job_limits().away_seconds + PATIENCE
    taken = 1.0
    while taken > 0.1 and time.monotonic() < end:
        before = server.seconds
        time.sleep(1)
        taken = server.seconds - before
    assert taken <= 0.1
    assert server.seconds - at_first < 2 * job_limits().away_seconds  # All the studies take far longer.
    assert "Traceback" not in server.log.read_text(encoding="utf-8")
