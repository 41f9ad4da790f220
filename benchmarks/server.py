"""What many people at once do to the app: mixed figures, memory, threads, waiting, and work that is left behind.

    python benchmarks/server.py [--sessions 50] [--changes 20] [--studies 20] [--after 120]

The app runs in a process of its own. The sessions are WebSocket clients without a browser: they receive what a browser
receives and compute nothing but the figures they expect.

Sessions: each has a quota of its own and changes its mailboxes again and again; after each change all that it shows is
compared with its own design. Studies: that many sessions start the largest study at the same time, while a bystander
changes a value; then one that runs and one that waits are stopped, and all connections are closed.
The memory and the threads are those of the server, its processors those of this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import logging
import re
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))

from support.web_clients import Client, Server, connected, served  # noqa: E402

from calculator.engine.sizing import size  # noqa: E402
from calculator.inputs.profile import Profile, load  # noqa: E402
from calculator.presentation.findings import all_issues  # noqa: E402
from calculator.ui.results import headline  # noqa: E402

MAILBOXES, QUOTA = "tiers.1.mailboxes", "tiers.1.mailbox_size_limit"
STUDY, LARGEST = "Start the study", "1,048,576"
PARTS = 5
"""Parts of the changes after each of which the memory is printed."""


def state_of(server: Server) -> str:
    return f"{server.memory:,.0f} MB, {server.threads} threads"


def row(title: str, seconds: list[float]) -> None:
    """Print median, 95 % and worst of some times."""
    ordered = sorted(seconds)
    worst = ordered[int(0.95 * (len(ordered) - 1))]
    print(
        f"  {title}: median {statistics.median(ordered) * 1e3:,.0f} ms, 95 % {worst * 1e3:,.0f} ms, "
        f"worst {ordered[-1] * 1e3:,.0f} ms, {len(ordered):,} times",
        flush=True,
    )


def mixed(client: Client, profile: Profile) -> list[str]:
    """Return what a page shows that is not of its design."""
    plan = size(profile)
    wanted = {(tile.label, tile.value) for tile in headline.tiles(plan)}
    shown = client.tiles()
    problems = [f"{label} {value}" for label, value in shown.items() if (label, value) not in wanted]
    if not shown:
        problems.append("no tiles")
    verdict = headline.verdict(plan, all_issues(plan))
    if verdict not in client.texts():
        problems.append(f"no {verdict!r}")
    return problems


async def change(client: Client, profile: Profile, mailboxes: float) -> tuple[Profile, float]:
    """Change the mailboxes. Return the changed design and the seconds until the page has followed."""
    start = time.perf_counter()
    await client.set_number("Mailboxes", mailboxes)
    seconds = time.perf_counter() - start
    return replace(profile, given={**profile.given, MAILBOXES: mailboxes}), seconds


async def many_sessions(server: Server, profile: Profile, sessions: int, changes: int) -> None:
    """Print what sessions that change values at the same time meet."""
    async with contextlib.AsyncExitStack() as stack:
        profiles = [replace(profile, given={**profile.given, QUOTA: 2048.0 + 64 * n}) for n in range(sessions)]
        clients = await asyncio.gather(
            *(stack.enter_async_context(connected(server, "users", each)) for each in profiles)
        )
        print(f"{sessions} sessions open: {state_of(server)}")
        seconds: list[float] = []
        problems: list[str] = []

        async def work(number: int, first: int, last: int) -> None:
            for turn in range(first, last):
                mailboxes = 5000.0 + number + 100 * (turn % 50 + 1)
                profiles[number], taken = await change(clients[number], profiles[number], mailboxes)
                seconds.append(taken)
                problems.extend(mixed(clients[number], profiles[number]))

        steps = [changes * part // PARTS for part in range(PARTS + 1)]
        for first, last in itertools.pairwise(steps):
            await asyncio.gather(*(work(number, first, last) for number in range(sessions)))
            print(f"  after {sessions * last:,} changes: {state_of(server)}", flush=True)
        row("change to page", seconds)
        errors = [error for client in clients for error in client.errors]
        print(f"  {len(seconds):,} changes, {len(problems)} mixed figures, {len(errors)} errors")
        for text in [*problems, *errors][:10]:
            print(f"    {text}")


async def study_page(stack: contextlib.AsyncExitStack, server: Server, profile: Profile) -> Client:
    """Open the largest study without starting it."""
    client: Client = await stack.enter_async_context(connected(server, "review", profile))
    await client.open_tab("Studies")
    await client.choose("Designs to size, at most", LARGEST)
    return client


def place_in(text: str) -> int:
    """Return the place in the queue that a text of a page tells; 0 for none."""
    found = re.search(r"place (\d+)", text)
    return int(found[1]) if found else 0


def progress_of(client: Client) -> str:
    return next((bar.text for bar in client.elements("progress")), "")


async def bystander(client: Client, profile: Profile, until: asyncio.Event, pause: float = 0.2) -> list[float]:
    """Change a value again and again until an event, and return the seconds of each change."""
    seconds = []
    while not until.is_set():
        profile, taken = await change(client, profile, 5000.0 + len(seconds) % 500 + 1)
        seconds.append(taken)
        assert not mixed(client, profile)
        await asyncio.sleep(pause)
    return seconds


async def watched(server: Server, until: asyncio.Event) -> list[tuple[float, int]]:
    """Return memory and threads of the server, measured again and again until an event."""
    found = []
    while not until.is_set():
        found.append((server.memory, server.threads))
        await asyncio.sleep(0.1)
    return found


async def during(server: Server, client: Client, profile: Profile, work: Any, title: str) -> None:
    """Print the bystander's times, and the peaks of the server, while some work is done."""
    done = asyncio.Event()
    measured = asyncio.gather(bystander(client, profile, done), watched(server, done))
    await work
    done.set()
    seconds, states = await measured
    row(f"bystander's change, {title}", seconds)
    memory, threads = (max(values) for values in zip(*states, strict=True))
    print(f"  at most: {memory:,.0f} MB, {threads} threads", flush=True)


async def many_studies(server: Server, profile: Profile, studies: int) -> None:
    """Print what happens when many sessions start the largest study at once."""
    async with contextlib.AsyncExitStack() as stack:
        onlooker = await stack.enter_async_context(connected(server, "users", profile))
        print(f"{studies} sessions with the largest study: {state_of(server)}")
        await during(server, onlooker, profile, asyncio.sleep(10), "no job")
        clients = await asyncio.gather(*(study_page(stack, server, profile) for _ in range(studies)))

        async def start() -> None:
            started = time.perf_counter()
            await asyncio.gather(*(client.click(STUDY) for client in clients))
            print(f"  all clicked and drawn after {time.perf_counter() - started:.1f} s")
            shown = [progress_of(client) for client in clients]
            waiting = sorted(filter(place_in, shown), key=place_in)
            print(f"  {len(shown) - len(waiting)} run or have ended, {len(waiting)} wait, the last one: {waiting[-1:]}")
            await asyncio.sleep(20)

        await during(server, onlooker, profile, start(), f"{studies} studies started")
        for title, is_wanted in (("runs", lambda text: "per second" in text), ("waits", place_in)):
            for client in clients:
                fragments = client.fragments("progress")
                if fragments:
                    await client.run(fragment=fragments[0])
            stopped = next((client for client in clients if is_wanted(progress_of(client))), None)
            if stopped is not None:
                start_of_stop = time.perf_counter()
                await stopped.click("Stop")
                taken = time.perf_counter() - start_of_stop
                said = stopped.texts("alert")
                print(f"  a study that {title} was stopped after {taken:.2f} s; the page says {said}", flush=True)


async def left_behind(server: Server, seconds: float) -> None:
    """Print the processor time that the server takes after all connections were closed."""
    print("All connections closed")
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        before = server.seconds
        await asyncio.sleep(min(10, seconds))
        taken = server.seconds - before
        print(
            f"  {passed:4.0f} to {time.monotonic() - start:.0f} s: {taken:.2f} s of a processor, {state_of(server)}",
            flush=True,
        )


async def measure(given: argparse.Namespace) -> None:
    profile = load(ROOT / "profiles" / "active_active.toml")
    with served() as server:
        print(f"server started: {state_of(server)}")
        if given.sessions:
            await many_sessions(server, profile, given.sessions, given.changes)
        if given.studies:
            await many_studies(server, profile, given.studies)
        await left_behind(server, given.after)
        log = server.log.read_text(encoding="utf-8")
        print(f"{log.count('Traceback')} tracebacks of the server")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=50, help="sessions that change values at the same time")
    parser.add_argument("--changes", type=int, default=20, help="changes per session")
    parser.add_argument("--studies", type=int, default=20, help="sessions that start the largest study at once")
    parser.add_argument("--after", type=float, default=120, help="seconds to watch the server after all have left")
    for name in ("scriptrunner_utils.script_run_context", "state.session_state_proxy"):
        logging.getLogger(f"streamlit.runtime.{name}").disabled = True
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
