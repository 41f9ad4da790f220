"""How long the app takes: its script on the server, what a browser sees, ten sessions at once.

    python benchmarks/app.py [--profile profiles/active_active.toml] [--seconds 60] [--sessions 10] [--starts 3]
                             [--only server|first|pages|sessions]

Server: time within Streamlit's ``ScriptRunner._run_script`` in this process: the callback, the parts drawn again, their
messages, and the page's bytecode, which AppTest does not keep. Reading the messages back is left out.
First: headless Chromium opens Requirements with a design, on a server that has just started (cold), with a new cache on
the same server (warm), and by loading the page again. Figures are there with the eighth tile, charts with the fourth.
Pages: from the event in the page (click, Enter) to the new text in its DOM, seen by a MutationObserver. A page is drawn
when its script has ended and no place is held for a part that is still to come; charts may follow.
Sessions: each has mailboxes and a quota of its own and changes its mailboxes without a pause; after every tenth change
and at the end the page is loaded again. Server, sessions and browser share the processors of this machine.
The column "processor" is the time that a processor worked: of the thread of the script, of the whole server, or of the
main thread of the page. It can be compared on a machine that does other work, the other columns cannot.
Errors are exceptions and red boxes in the page or its scripts, what is not seen in 30 s (it ends the session), and
tracebacks of the server. Mixings are verdicts, tiles and mailboxes shown that are not of the session's own design.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit
from urllib.request import urlopen

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile, load
from calculator.presentation.findings import all_issues
from calculator.ui.results import headline
from calculator.ui.session import navigation, store
from calculator.ui.session.links import encode

APP = Path(__file__).parents[1] / "app.py"
SCRIPT = APP.parent / "calculator" / "ui" / "server" / "frame.py"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 30
SWITCHES, CHANGES, STEPS, BROWSER_CHANGES = 9, 30, 15, 15
TILES, CHARTS = 8, 4
"""Tiles and charts of the page Requirements."""
ONLY = ("server", "first", "pages", "sessions")
NAMES = [name for name, _ in navigation.PAGES]
TITLES = {name: name.capitalize() for name in NAMES} | {"start": "Plan the capacity of Exchange Server"}
MAILBOXES, QUOTA = "tiers.1.mailboxes", "tiers.1.mailbox_size_limit"
RATING = "per_core:servers.primary.specint2006_rate"
DRAWN = "[data-test-script-state=notRunning]:not(:has([data-testid=stSkeleton]))"
VERDICT, FIGURE, TILE = (f"[data-testid={name}]" for name in ("stText", "stMetricValue", "stMetric"))
RED = "[data-testid=stException], [data-testid=stAlertContentError]"
WATCH = """([event, selector, text]) => {
    window.drawn = new Promise(resolve => {
        let start;
        addEventListener(event, happened => { start = happened.timeStamp; }, {capture: true, once: true});
        const look = new MutationObserver(() => {
            const found = [...document.querySelectorAll(selector)].some(element => element.textContent.trim() === text);
            if (start === undefined || !found) return;
            look.disconnect();
            resolve((performance.now() - start) / 1000);
        });
        look.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
    });
}"""
SEEN_FIRST = f"""
window.first = {{}};
new MutationObserver(() => {{
    const now = (performance.timeOrigin + performance.now()) / 1000;
    const count = selector => document.querySelectorAll(selector).length;
    if (!first.figures && count('[data-testid=stMetricValue]') >= {TILES}) first.figures = now;
    if (!first.charts && count('[data-testid=stVegaLiteChart] :is(canvas, svg.marks)') >= {CHARTS}) first.charts = now;
}}).observe(document, {{subtree: true, childList: true, attributes: true}});
"""
"""Notes when the figures and the charts were there."""
FIRST = f"() => document.querySelector('{DRAWN} h2') && (performance.timeOrigin + performance.now()) / 1000"
FILLED = "() => [...document.querySelectorAll('input[type=number]')].every(number => number.value !== '0')"
TILE_TEXTS = """selector => [...document.querySelectorAll(selector)].map(tile =>
    [...tile.querySelectorAll('[data-testid=stMetricLabel], [data-testid=stMetricValue]')]
        .map(element => element.textContent.trim()).join(''))"""
TEXTS = "selector => [...document.querySelectorAll(selector)].map(element => element.textContent.trim())"


def row(title: str, seconds: Sequence[float], processor: Sequence[float] = ()) -> None:
    """Print a line of the table."""
    if seconds:
        worked = f"{statistics.median(processor) * 1e3:11,.0f}" if processor else f"{'':11}"
        middle, worst = statistics.median(seconds) * 1e3, max(seconds) * 1e3
        print(f"{title:56}{middle:9,.0f}{worst:9,.0f}{worked}{len(seconds):7,}", flush=True)


def row_of_runs(title: str, runs: Sequence[tuple[float, float]]) -> None:
    """Print a line of the table from the seconds of runs and of their processor."""
    row(title, [seconds for seconds, _ in runs], [worked for _, worked in runs])


@contextmanager
def script_runs() -> Iterator[list[tuple[float, float]]]:
    """Give the seconds of each script run made meanwhile, and those in which a processor worked."""
    seconds: list[tuple[float, float]] = []
    run = ScriptRunner._run_script

    def timed(self, rerun_data) -> None:
        start, worked = time.perf_counter(), time.thread_time()
        run(self, rerun_data)
        seconds.append((time.perf_counter() - start, time.thread_time() - worked))

    ended = ScriptRunner._on_script_finished
    with (
        patch.object(ScriptRunner, "_run_script", timed),
        patch.object(LocalScriptRunner, "_on_script_finished", ended),
    ):
        yield seconds


def timed_run(at: AppTest, act: Callable[[AppTest], object]) -> tuple[float, float]:
    """Seconds of the script after an action and of its processor; the page is then drawn once more, untimed."""
    act(at)
    with script_runs() as seconds:
        at.run()
    at.run()
    assert not at.exception, at.exception
    assert not at.error, at.error
    return sum(each for each, _ in seconds), sum(worked for _, worked in seconds)


def opened(profile: Profile, page: str, *groups: str) -> AppTest:
    """A session with a design on a page, some groups of inputs open."""
    at = AppTest.from_file(str(SCRIPT), default_timeout=PATIENCE)
    at.query_params["d"] = encode(profile)
    for group in groups:
        at.session_state[f"group:{group}"] = True
    at.run()
    at.switch_page(navigation.file_of(page)).run()
    return at


def raised(at: AppTest, path: str) -> tuple[float, float]:
    """Seconds of the script and of its processor after a number is raised by one."""
    number = at.get_by_key(path)
    return timed_run(at, lambda _: number.set_value(number.value + 1))


def on_server(profile: Profile) -> None:
    """Print the rows of the script itself."""
    at = opened(profile, navigation.USERS)
    row_of_runs("server: change of an input, Users", [raised(at, MAILBOXES) for _ in range(CHANGES + 1)][1:])
    at = opened(profile, navigation.CONSTRAINTS, "servers")
    row_of_runs("server: change of an input, Constraints", [raised(at, RATING) for _ in range(CHANGES + 1)][1:])

    at = opened(profile, navigation.USERS)
    for page in NAMES:
        away = navigation.USERS if page != navigation.USERS else navigation.CONSTRAINTS
        seconds = []
        for _ in range(SWITCHES + 1):
            at.switch_page(navigation.file_of(away)).run()
            seconds.append(timed_run(at, lambda at, page=page: at.switch_page(navigation.file_of(page))))
        row_of_runs(f"server: page switch to {page.capitalize()}", seconds[1:])

    at = opened(profile, navigation.REQUIREMENTS)
    opening, deeper = [], []
    for _ in range(STEPS + 1):
        at.session_state[store.KEY].explained = ()
        at.run()
        opening.append(timed_run(at, lambda at: at.get_by_key("tile:Mailbox on disk").click()))
        deeper.append(timed_run(at, lambda at: at.get_by_key("why_to:dumpster_and_whitespace").click()))
    row_of_runs("server: drawer opened", opening[1:])
    row_of_runs("server: drawer, a step deeper", deeper[1:])


@dataclass(frozen=True)
class Server:
    """The app served by a process of its own: how long it took to start, when its health was OK, what it writes."""

    address: str
    seconds: float
    up: float
    log: Path
    process: subprocess.Popen[bytes]

    def of(self, page: str, profile: Profile) -> str:
        """Address of a page with a design."""
        return f"{self.address}/{page}?d={encode(profile)}"

    @property
    def worked(self) -> float:
        """Seconds of a processor so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def failures(self) -> list[str]:
        """Tracebacks it wrote, and its end if it is not there any more."""
        ended = [] if self.process.poll() is None else ["the server ended"]
        return ended + ["traceback of the server"] * self.log.read_text().count("Traceback")


@contextmanager
def served() -> Iterator[Server]:
    """Start the app, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(APP),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        start = time.perf_counter()
        with log.open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=APP.parent)
        try:
            _wait_for(f"{address}/_stcore/health")
            yield Server(address, time.perf_counter() - start, time.time(), log, process)
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(address)


@dataclass
class Tally:
    """What a session met."""

    seconds: list[float] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    mixings: list[str] = field(default_factory=list)


async def new_page(browser, address: str, tally: Tally):
    """Return a page in a context of its own; requests to other hosts and errors of its scripts are noted."""
    context = await browser.new_context(viewport={"width": 1400, "height": 1200})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE * 1e3)
    host = urlsplit(address).netloc

    def note(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != host:
            tally.foreign.append(url)

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda opened: note(opened.url))
    page.on("pageerror", lambda error: tally.failures.append(str(error)))
    return page


async def opened_page(browser, address: str, tally: Tally):
    """Return a page that has been opened at an address."""
    page = await new_page(browser, address, tally)
    await page.goto(address)
    return page


async def seen(page) -> float:
    """Seconds from the event watched for to the text watched for."""
    return await asyncio.wait_for(page.evaluate("drawn"), PATIENCE)


async def switched(page, name: str) -> float:
    """Seconds from a click in the navigation to the page drawn."""
    await page.evaluate(WATCH, ["click", f"{DRAWN} h2", TITLES[name]])
    await page.locator(f"[class*='st-key-step-{name}'] a").click()
    return await seen(page)


async def changed(page, label: str, value: float, selector: str, text: str) -> float:
    """Seconds from Enter in a number input to a text that follows from it."""
    number = page.get_by_role("spinbutton", name=re.compile(f"^{label}"))
    await number.fill(f"{value:g}")
    await page.evaluate(WATCH, ["keydown", selector, text])
    await number.press("Enter")
    return await seen(page)


def with_values(profile: Profile, **values: float) -> tuple[Profile, SizedDesign]:
    """Design with other mailboxes and quota of its first tier, and what it gives."""
    paths = {"mailboxes": MAILBOXES, "quota": QUOTA}
    other = replace(profile, given={**profile.given, **{paths[name]: float(value) for name, value in values.items()}})
    return other, size(other)


def verdict_of(plan: SizedDesign) -> str:
    """Return the verdict that the page shows: it counts the issues of the layout too."""
    return headline.verdict(plan, all_issues(plan))


async def drawn_first(page) -> float:
    """Time at which a page just loaded was drawn."""
    return await (await page.wait_for_function(FIRST)).json_value()


@dataclass
class FirstPage:
    """When a page just opened showed its figures and its charts, in seconds, and how long processors worked for it."""

    figures: float
    charts: float
    page: float
    server: float


async def first_page(page, server: Server, go: Callable[[], Awaitable[object]]) -> FirstPage:
    """Open a page and wait for its charts."""
    counters = await page.context.new_cdp_session(page)
    await counters.send("Performance.enable", {"timeDomain": "threadTicks"})
    start, worked = time.time(), server.worked
    await go()
    await page.wait_for_function("() => window.first.charts")
    seen = await page.evaluate("first")
    measured = (await counters.send("Performance.getMetrics"))["metrics"]
    tasks = next(each["value"] for each in measured if each["name"] == "TaskDuration")
    return FirstPage(seen["figures"] - start, seen["charts"] - start, tasks, server.worked - worked)


async def first_pages(browser, profile: Profile, starts: int) -> None:
    """Print the rows of the first page, cold and warm."""
    started: list[float] = []
    found: dict[str, list[FirstPage]] = {"cold": [], "warm": [], "loaded again": []}
    tally = Tally()
    for _ in range(starts):
        with served() as server:
            started.append(server.seconds)
            address = server.of(navigation.REQUIREMENTS, profile)
            for kind in ("cold", "warm"):
                page = await new_page(browser, address, tally)
                await page.add_init_script(SEEN_FIRST)
                found[kind].append(await first_page(page, server, partial(page.goto, address, wait_until="commit")))
                if kind == "warm":
                    again = partial(page.reload, wait_until="commit")
                    found["loaded again"].append(await first_page(page, server, again))
                await page.context.close()
            tally.failures += server.failures()
    row("first: command to server's health OK", started)
    for kind, opened in found.items():
        page, server = [each.page for each in opened], [each.server for each in opened]
        row(f"first, {kind}: address to figures (processor: page)", [each.figures for each in opened], page)
        row(f"first, {kind}: address to charts (processor: server)", [each.charts for each in opened], server)
    summary([tally])


async def all_pages(browser, profile: Profile) -> None:
    """Print the rows of one user alone."""
    tally = Tally()
    with served() as server:
        page = await opened_page(browser, server.of(navigation.BATCH, profile), tally)
        await drawn_first(page)
        rounds = [[await switched(page, name) for name in NAMES] for _ in range(SWITCHES)]
        for name, seconds in zip(NAMES, zip(*rounds, strict=True), strict=True):
            row(f"browser: click to {name.capitalize()} drawn", seconds)

        await switched(page, navigation.USERS)
        tally.seconds = [await moved(page, profile, 2 + turn / 16) for turn in range(BROWSER_CHANGES)]
        row("browser: Enter in an input to the figure changed", tally.seconds)
        await page.context.close()
        tally.failures += server.failures()
    summary([tally])


async def moved(page, profile: Profile, quota: float) -> float:
    """Seconds from Enter in the quota, in GB, to the tile that follows from it."""
    _, plan = with_values(profile, quota=1024 * quota)
    figure = next(tile.value for tile in headline.tiles(plan) if tile.name == "Mailbox on disk")
    return await changed(page, "Mailbox quota", quota, FIGURE, figure)


@dataclass
class Session:
    """One of many: its page, its mailboxes and quota, what it met."""

    number: int
    page: Any
    profile: Profile
    tally: Tally

    async def work(self, end: float) -> None:
        """Change the mailboxes until the end, comparing all that is shown with the session's own design."""
        try:
            await self._compare()
            while time.monotonic() < end:
                await self._change(5000 + self.number + 100 * ((len(self.tally.seconds) + 1) % 50))
                if len(self.tally.seconds) % 10 == 0 or time.monotonic() >= end:
                    await self.page.reload()
                    await self._compare()
        except Exception as error:
            self.tally.failures.append(f"session {self.number}: {error!r}")

    async def _change(self, mailboxes: float) -> None:
        self.profile, plan = with_values(self.profile, mailboxes=mailboxes)
        seconds = await changed(self.page, "Mailboxes", mailboxes, VERDICT, verdict_of(plan))
        self.tally.seconds.append(seconds)
        await self._compare()

    async def _compare(self) -> None:
        await drawn_first(self.page)
        await self.page.wait_for_function(FILLED)
        plan = size(self.profile)
        wanted = {tile.label + tile.value for tile in headline.tiles(plan)}
        verdicts, red = [await self.page.evaluate(TEXTS, selector) for selector in (VERDICT, RED)]
        tiles = await self.page.evaluate(TILE_TEXTS, TILE)
        mailboxes = await self.page.get_by_role("spinbutton", name=re.compile("^Mailboxes")).input_value()
        same = verdict_of(plan) in verdicts and tiles and wanted.issuperset(tiles)
        if not same or float(mailboxes) != self.profile.value(MAILBOXES):
            self.tally.mixings.append(f"session {self.number}: {mailboxes} mailboxes, {tiles}, {verdicts}")
        self.tally.failures += red


async def opened_session(browser, server: Server, profile: Profile, number: int) -> Session:
    """Open a design with mailboxes and a quota of its own on Users."""
    tally = Tally()
    own, _ = with_values(profile, mailboxes=5000 + number, quota=2048 + 128 * number)
    return Session(number, await opened_page(browser, server.of(navigation.USERS, own), tally), own, tally)


async def sessions_at_once(browser, profile: Profile, sessions: int, seconds: float) -> None:
    """Print what many sessions at once meet."""
    with served() as server:
        start = time.time()
        opened = await asyncio.gather(*(opened_session(browser, server, profile, n) for n in range(sessions)))
        drawn = await asyncio.gather(*(drawn_first(session.page) for session in opened))
        row(f"{sessions} sessions: address to page drawn, all at once", [at - start for at in drawn])
        end = time.monotonic() + seconds
        await asyncio.gather(*(session.work(end) for session in opened))
        tallies = [session.tally for session in opened]
        tallies[0].failures += server.failures()
    changes = [each for tally in tallies for each in tally.seconds]
    row(f"{sessions} sessions for {seconds:g} s: Enter to the verdict changed", changes)
    summary(tallies)


def summary(tallies: Sequence[Tally]) -> None:
    """Print a line of what sessions met, and the first of what went wrong."""
    failures, mixings, foreign = (
        [each for tally in tallies for each in getattr(tally, name)] for name in ("failures", "mixings", "foreign")
    )
    changes = sum(len(tally.seconds) for tally in tallies)
    print(
        f"  {changes:,} changes, {len(failures)} errors, {len(mixings)} mixings, "
        f"{len(foreign)} requests to foreign hosts"
    )
    for text in [*failures, *mixings, *foreign][:10]:
        print(f"    {text}")


async def in_browser(profile: Profile, given: argparse.Namespace) -> None:
    """Print the rows of the browser."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        if given.only in (None, "first"):
            await first_pages(browser, profile, given.starts)
        if given.only in (None, "pages"):
            await all_pages(browser, profile)
        if given.only in (None, "sessions"):
            await sessions_at_once(browser, profile, given.sessions, given.seconds)
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="profiles/active_active.toml")
    parser.add_argument("--seconds", type=float, default=60, help="how long the sessions at once go on")
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--starts", type=int, default=3, help="how often the server is started for the first page")
    parser.add_argument("--only", choices=ONLY, help="one kind of rows")
    given = parser.parse_args()
    for name in ("scriptrunner_utils.script_run_context", "state.session_state_proxy"):
        logging.getLogger(f"streamlit.runtime.{name}").disabled = True

    profile = load(given.profile)
    print(f"{os.cpu_count()} processors, load of {os.getloadavg()[0]:.1f} before")
    print(f"{'':56}{'median ms':>9}{'worst':>9}{'processor':>11}{'n':>7}")
    if given.only in (None, "server"):
        on_server(profile)
    if given.only != "server":
        asyncio.run(in_browser(profile, given))


if __name__ == "__main__":
    main()
