"""How long three jobs take in the app, and how many clicks: from the questions to the report, from an export to the
smallest number of servers, and two failed servers and a lost datacenter.

    python benchmarks/jobs.py [--turns 3]

Headless Chromium and a server of its own, started before the clock. A click counts also where it opens a page, a tab or
a fold; a number that is typed and a file that is chosen are counted as fields. A step ends when the page shows what the
step is for and its script has ended. The clock stops with the last step, so the seconds are those of a person who needs
no time to read and to decide.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app import FLAGS, PATIENCE, served

ENDED = "!document.querySelector('[data-testid=stApp][data-test-script-state=running]')"
EXPORT = "DisplayName,TotalItemSize\n" + "".join(f"M{n},{(1 + n * n % 97) / 16:.2f} GB\n" for n in range(5000))


@dataclass
class Person:
    """A user at a page: what was clicked and typed."""

    page: Any
    clicks: int = 0
    fields: int = 0

    def click(self, name: str, role: str = "button", *, exact: bool = True) -> None:
        """Click an element by its role and name, and wait until the page has changed."""
        self._done(self.page.get_by_role(role, name=name, exact=exact).first.click)
        self.clicks += 1

    def visit(self, page: str) -> None:
        """Click the step of a page in the navigation."""
        self._done(self.page.locator(f"[class*='st-key-step-{page}'] a").click)
        self.clicks += 1

    def choose(self, key: str, option: str) -> None:
        """Click an option of a choice that is shown as buttons."""
        self._done(self.page.locator(f".st-key-{key}").get_by_text(option, exact=True).first.click)
        self.clicks += 1

    def type(self, label: str, value: str) -> None:
        """Type a number into a field."""
        field = self.page.get_by_role("spinbutton", name=label).first
        field.fill(value)
        self._done(lambda: field.press("Enter"))
        self.fields += 1

    def upload(self, key: str, name: str, text: str) -> None:
        """Choose a file."""
        file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        self._done(lambda: self.page.locator(f".st-key-{key} input[type=file]").set_input_files(file))
        self.fields += 1

    def download(self, name: str) -> int:
        """Click a button that gives a file. Return the bytes of the file."""
        with self.page.expect_download() as waiting:
            self.click(name)
        return os.stat(waiting.value.path()).st_size

    def read(self, text: str) -> str:
        """Wait for a text that matches an expression, and return it."""
        found = self.page.get_by_text(re.compile(text)).first
        found.wait_for()
        return str(found.inner_text())

    def _done(self, act: Callable[[], None]) -> None:
        act()
        self.page.wait_for_timeout(50)  # until the browser has sent it
        self.page.wait_for_function(ENDED)


# --- jobs ----------------------------------------------------------------------------------------


def questions_to_report(person: Person) -> str:
    """3,000 mailboxes of 2 GB, from the ten questions to the downloaded report."""
    person.choose("version", "2019 or SE")
    person.type("1 Mailboxes", "3000")
    person.choose("start-quota", "2")
    person.read("a quota of 2 GB")
    person.click("Size it")
    person.click("See what it needs")
    person.read("What to buy")
    person.visit("document")
    size = person.download("Page with charts (HTML)")
    return f"report of {size:,} bytes"


def export_to_fewest_servers(person: Person) -> str:
    """An export of 5,000 mailboxes, to a design with the smallest number of servers."""
    person.choose("version", "2013")
    person.click("Import mailboxes")
    person.upload("import_files", "statistics.csv", EXPORT)
    person.click("Apply to the design")
    person.read("Applied: .* with 5,000 mailboxes")
    person.visit("constraints")
    person.click("Find the smallest number of servers")
    return person.read("smallest number that works")


def failures(person: Person) -> str:
    """Two failed servers, and the loss of a datacenter."""
    person.visit("review")
    person.click("Failures", "tab")
    person.click("SRV01")
    person.click("SRV02")
    two = person.read("(Quorum holds|Quorum is lost)")
    person.click("Nothing fails")
    person.choose("fail-datacenter", "primary")
    return f"{two} Then: {person.read('(Quorum holds|Quorum is lost)')}"


JOBS: tuple[tuple[Callable[[Person], str], str], ...] = (
    (questions_to_report, ""),
    (export_to_fewest_servers, ""),
    (failures, "requirements?profile=active_active"),
)
"""Each job with the page that it begins on."""


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3, help="how often each job is done")
    given = parser.parse_args()
    print(f"{os.cpu_count()} processors, load of {os.getloadavg()[0]:.1f} before")
    print(f"{'':76}{'clicks':>7}{'fields':>7}{'median s':>9}{'worst s':>8}")
    with served() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for job, place in JOBS:
            seconds, outcome = [], ""
            for _ in range(given.turns):
                page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                page.set_default_timeout(PATIENCE * 1e3)
                page.goto(f"{server.address}/{place}")
                page.get_by_role("heading").first.wait_for()
                page.wait_for_function(ENDED)
                person, start = Person(page), time.perf_counter()
                outcome = job(person)
                seconds.append(time.perf_counter() - start)
                page.context.close()
            title = str(job.__doc__)
            print(
                f"{title:76}{person.clicks:7}{person.fields:7}{statistics.median(seconds):9.1f}{max(seconds):8.1f}\n"
                f"  {outcome}"
            )
        failures_of_server = server.failures()
        browser.close()
    for text in failures_of_server:
        print(text)


if __name__ == "__main__":
    main()
