"""The app in a real browser: what AppTest cannot see."""

import shutil
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from sessions import APP, shipped

from calculator import size
from calculator.ui import state

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this system"),
]
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 30_000


@pytest.fixture(scope="module")
def address():
    """Address of the app, started on a shipped profile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", APP, "--server.port", str(port), "--server.headless", "true",
        "--server.fileWatcherType", "none", "--", str(state.PROFILES / "active_active.toml"),
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _when_up(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(10)


def _when_up(address):
    for _ in range(150):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1):
                return address
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    """The app opened, every request to another host noted in ``page.foreign``."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.foreign = []
    opened.on("request", lambda request: _note(opened.foreign, request.url, address))
    opened.goto(address)
    opened.get_by_role("heading", name="Two datacenters, users in both").wait_for()
    yield opened
    context.close()


def _note(foreign, url, address):
    if not url.startswith((address, address.replace("http", "ws", 1), "data:", "blob:")):
        foreign.append(url)


def tile(page, label):
    """Locator of the value of a headline tile."""
    metric = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).first
    return metric.get_by_test_id("stMetricValue")


def open_group(page, key):
    """Open a group of inputs."""
    page.locator(f".st-key-group-{key} summary").click()


def set_number(page, label, value):
    """Type a number into an input and leave it."""
    field = page.get_by_role("spinbutton", name=label)
    field.fill(value)
    field.press("Enter")


def close(drawer):
    """Close the drawer by keyboard."""
    drawer.press("Escape")
    drawer.wait_for(state="detached")


def expect_text(locator, text):
    sync_api.expect(locator).to_have_text(text, timeout=PATIENCE)


def test_a_change_moves_the_figure_a_reload_keeps_it_and_nothing_is_fetched_elsewhere(page):
    design = dict(shipped("active_active").given)
    expect_text(tile(page, "Mailbox on disk, MB"), f"{size(design)['largest_mailbox_size_on_disk']:,.0f}")
    open_group(page, "tiers-1")
    set_number(page, "Mailbox quota, MB", "2048")
    design["tiers.1.mailbox_size_limit"] = 2048.0
    moved = size(design)
    expect_text(tile(page, "Mailbox on disk, MB"), f"{moved['largest_mailbox_size_on_disk']:,.0f}")
    expect_text(tile(page, "Databases a DAG"), f"{moved['summary_databases']:,.0f}")
    page.reload()
    page.get_by_role("heading", name="Two datacenters, users in both").wait_for()
    expect_text(tile(page, "Mailbox on disk, MB"), f"{moved['largest_mailbox_size_on_disk']:,.0f}")
    expect_text(tile(page, "Databases a DAG"), f"{moved['summary_databases']:,.0f}")
    page.get_by_text("Start", exact=True).first.click()
    page.get_by_role("heading", name="Plan the capacity of Exchange 2013").wait_for()
    page.get_by_role("button", name="Go on").click()
    expect_text(tile(page, "Mailbox on disk, MB"), f"{moved['largest_mailbox_size_on_disk']:,.0f}")
    assert page.foreign == []


def test_undo_by_keyboard_brings_the_figure_and_the_input_back(page):
    before = tile(page, "Servers").inner_text()
    open_group(page, "environment")
    set_number(page, "Mailbox servers hosting active mailboxes", "6")
    expect_text(tile(page, "Servers"), "12")
    page.keyboard.press("Control+Shift+Z")
    expect_text(tile(page, "Servers"), before)
    field = page.get_by_role("spinbutton", name="Mailbox servers hosting active mailboxes")
    sync_api.expect(field).to_have_value("5", timeout=PATIENCE)


def test_the_drawer_opens_by_keyboard_and_an_input_in_it_moves_the_figure(page):
    page.locator(".st-key-tile-Mailbox-on-disk--MB button:visible").focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("It needs").wait_for()
    field = drawer.get_by_role("spinbutton", name="Mailbox quota, MB")
    field.fill("1024")
    field.press("Enter")
    design = {**shipped("active_active").given, "tiers.1.mailbox_size_limit": 1024.0}
    figure = f"{size(design)['largest_mailbox_size_on_disk']:,.0f}"
    expect_text(drawer.get_by_test_id("stMetricValue").first, figure)
    deeper = drawer.get_by_role("button", name="dumpster and whitespace", exact=True)
    deeper.focus()
    page.keyboard.press("Enter")
    drawer.get_by_role("button", name="Back").wait_for()
    close(drawer)
    expect_text(tile(page, "Mailbox on disk, MB"), figure)


def test_a_cell_of_the_table_opens_its_result(page):
    page.get_by_text("Volume", exact=True).click()
    page.wait_for_timeout(1500)  # the table of the level takes the place of the one before
    page.get_by_test_id("stDataFrame").locator(".dvn-scroller").click(position={"x": 340, "y": 52})
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("It needs").wait_for()
    close(drawer)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(500)
    wider = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert wider <= 0
