"""What the tests in a real browser share: the server, the browser, and how to read and change a page."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from calculator.ui.session import links, navigation
from support.paths import PROFILES
from support.sessions import APP

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 30_000
PROFILE = "active_active"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
UNCHANGED = """quiet => new Promise(resolve => {
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(end, quiet); };
  const observer = new MutationObserver(wait);
  const end = () => { observer.disconnect(); resolve(); };
  setTimeout(end, 2000);
  observer.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  wait();
})"""
"""Waits until the page has not changed for some milliseconds, at most two seconds."""


def in_a_browser(group):
    """Marks of the tests of a module that need a browser; those of a group run in one process and share a server."""
    return [
        pytest.mark.browser,
        pytest.mark.xdist_group(group),
        pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this system"),
    ]


@contextlib.contextmanager
def server():
    """Address of the app, started on a shipped profile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        APP,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
        "--",
        str(PROFILES / f"{PROFILE}.toml"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _when_up(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _when_up(address):
    for _ in range(150):
        with contextlib.suppress(OSError), urlopen(f"{address}/_stcore/health", timeout=1):
            return address
        time.sleep(0.2)
    raise TimeoutError(address)


@contextlib.contextmanager
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def page_of(browser, address, *, viewport=(1280, 1400), color_scheme="light"):
    """A page of a new session, every request to another host noted in ``page.foreign``.

    The pages of a browser share one context, and with it the cache: what the first has fetched, the others have.
    """
    context = browser.contexts[0] if browser.contexts else browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    page.emulate_media(color_scheme=color_scheme)
    page.foreign = []
    page.on("request", lambda request: _note(page.foreign, request.url, address))
    page.on("dialog", lambda dialog: page.foreign.append(f"dialog {dialog.message}"))
    yield page
    if page.url.startswith(address):
        page.evaluate("localStorage.clear()")  # where Streamlit keeps whether the menu of pages is open
    page.close()


def _note(foreign, url, address):
    if not url.startswith((address, address.replace("http", "ws", 1), "data:", "blob:")):
        foreign.append(url)


def go(page, address, name, profile):
    """Open a page of the app with a design in its address."""
    place = "" if name == navigation.START else name  # the first page stands at the root
    page.goto(f"{address}/{place}?d={links.encode(profile)}")
    page.get_by_test_id("stHeading").first.wait_for()
    at_rest(page)


def visit(page, name):
    """Go to a page of the app by the navigation."""
    page.locator(f"[class*='st-key-step-{name}'] a").click()


def at_rest(page, quiet=300):
    """Wait until nothing of the page is drawn any more, and nothing of it has changed for some milliseconds."""
    page.wait_for_function("!document.querySelector('[data-testid=stApp][data-test-script-state=running]')")
    page.wait_for_function(  # our own sheet comes with the page's first elements
        "getComputedStyle(document.querySelector('[data-testid=stMainBlockContainer]')).paddingTop === '72px'"
    )
    page.evaluate(UNCHANGED, quiet)


def tile(page, label):
    """Locator of the value of a headline tile."""
    metric = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).first
    return metric.get_by_test_id("stMetricValue")


def open_group(page, key):
    """Open a group of inputs."""
    page.locator(f".st-key-group-{key} summary").first.click()


def set_number(page, label, value):
    """Type a number into an input and take it over."""
    field = page.get_by_role("spinbutton", name=label).first
    field.fill(value)
    field.press("Enter")


def expect_text(locator, text):
    sync_api.expect(locator).to_have_text(text, timeout=PATIENCE)
