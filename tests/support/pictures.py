"""Take the pictures of the documentation: ``python -m tests.support.pictures docs/pictures [NAME ...]``.

Starts the app on an example, brings each page into a state worth seeing in a headless Chromium, and writes a small PNG.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does

from PIL import Image

from calculator import size
from calculator.exporters.report import write
from calculator.exporters.report.content import About
from calculator.inputs.profile import Profile
from support.browsing import PATIENCE, at_rest, chromium, go, page_of, server
from support.sessions import shipped

DESK, PHONE = (1280, 900), (390, 844)
WIDEST, LARGEST = 960, 60_000
"""Pixels across at most, and bytes at most, of a picture."""
HEADER = 72
"""Pixels at the top of a page that the navigation takes, with the space below it."""
COLOURS = (64, 32, 16, 8)
"""Numbers of colours to try, until a picture is small enough."""
DESIGN = "active_active"
EXPORT = "DisplayName,TotalItemSize\n" + "".join(f"M{n},{1 + n * n % 97 // 4} GB\n" for n in range(5000))
BATCH = "id,tiers.1.mailboxes,environment.mailbox_servers\n" + "".join(
    f"design {n},{500 * n},{3 + n // 5}\n" for n in range(1, 41)
)


@dataclass(frozen=True)
class Picture:
    """One picture: what is done on the page before it is taken, the window, and the colours of the app."""

    act: Callable
    window: tuple[int, int] = DESK
    scheme: str = "light"


def settled(page):
    """Wait until nothing is drawn any more, charts included."""
    at_rest(page)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(1000)


def top(page, locator):
    """Scroll until an element is at the top, below the navigation."""
    locator.first.evaluate(
        "(element, header) => document.querySelector('[data-testid=stMain]')"
        ".scrollBy(0, element.getBoundingClientRect().top - header)",
        HEADER,
    )


def heading(page, text):
    """Return a heading of the page."""
    return page.get_by_role("heading", name=text)


def upload(page, key, name, text):
    """Upload a file."""
    files = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.locator(f".st-key-{key} input[type=file]").set_input_files(files)


def tab(page, address, name, design=DESIGN, study=""):
    """Open a tab of Review, or a study on its last tab."""
    go(page, address, "review", shipped(design))
    page.get_by_role("tab", name=name, exact=True).click()
    at_rest(page)
    if study:
        page.locator(".st-key-study").get_by_text(study, exact=True).click()
        settled(page)


# --- the pictures --------------------------------------------------------------------------------


def start(page, address):
    go(page, address, "start", Profile())
    settled(page)


def requirements(page, address):
    go(page, address, "requirements", shipped(DESIGN))
    settled(page)
    top(page, heading(page, "Key figures"))


def shopping_list(page, address):
    go(page, address, "requirements", shipped(DESIGN))
    page.get_by_text("Servers for mailboxes").wait_for(timeout=PATIENCE)
    settled(page)


def drawer(page, address):
    go(page, address, "requirements", shipped(DESIGN))
    settled(page)
    page.locator(".st-key-tile-Memory-per-server button:visible").click()
    page.get_by_role("dialog").get_by_text("What it comes from").wait_for()
    settled(page)


def mailbox_import(page, address):
    go(page, address, "users", shipped(DESIGN))
    page.locator(".st-key-import_fold summary").click()
    upload(page, "import_files", "statistics.csv", EXPORT)
    page.get_by_role("button", name="Apply to the design").wait_for(timeout=PATIENCE)
    settled(page)
    top(page, page.get_by_text("Divide mailboxes into tiers by", exact=True))


def failures(page, address):
    tab(page, address, "Failures")
    page.get_by_role("button", name="SRV01", exact=True).click()
    page.get_by_text("Most active databases: ").wait_for()
    settled(page)
    top(page, heading(page, "Copies on servers"))


def timeline(page, address):
    tab(page, address, "Studies", study="Timeline")
    page.get_by_text("What to buy").first.wait_for(timeout=PATIENCE)
    settled(page)
    top(page, heading(page, "When each limit is reached"))


def search(page, address):
    tab(page, address, "Studies", study="Search")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Apply", exact=True).wait_for(timeout=PATIENCE)
    settled(page)
    top(page, page.get_by_text("Minimize", exact=True))


def capacity(page, address):
    tab(page, address, "Capacity")
    page.get_by_text("Reached above").wait_for(timeout=PATIENCE)
    settled(page)
    top(page, heading(page, "What the design can hold"))


def uncertainty(page, address):
    tab(page, address, "Studies", study="Uncertainty")
    page.get_by_role("button", name="Start the study").click()
    page.get_by_text("10,000 draws in ").wait_for(timeout=PATIENCE)
    settled(page)
    top(page, heading(page, "Does what you would buy today still hold?"))


def batch(page, address):
    go(page, address, "batch", shipped(DESIGN))
    upload(page, "batch_file", "designs.csv", BATCH)
    page.locator(".st-key-batch_start button").click()
    page.get_by_text("Most frequent reasons").wait_for(timeout=PATIENCE)
    settled(page)
    top(page, page.locator(".st-key-batch_start"))


def report(page, address):
    about = About(customer="Contoso", author="Messaging team", date="30 June 2026")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(write.html(size(shipped(DESIGN)), about=about), encoding="utf-8")
        page.goto(file.as_uri())


PICTURES = {
    "start": Picture(start),
    "requirements": Picture(requirements),
    "shopping-list": Picture(shopping_list),
    "drawer": Picture(drawer, PHONE),
    "import": Picture(mailbox_import),
    "failures": Picture(failures),
    "timeline": Picture(timeline),
    "search": Picture(search),
    "capacity": Picture(capacity, PHONE),
    "uncertainty": Picture(uncertainty, scheme="dark"),
    "batch": Picture(batch),
    "report": Picture(report),
}


def small(png):
    """Return a picture with fewer pixels and colours, as many as fit into its bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    if image.width > WIDEST:
        image = image.resize((WIDEST, round(image.height * WIDEST / image.width)), Image.Resampling.LANCZOS)
    for colours in COLOURS:
        file = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.support.pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PICTURES)} (default: all)")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with server() as address, chromium() as browser:
        for name in given.names or PICTURES:
            picture = PICTURES[name]
            with page_of(browser, address, viewport=picture.window, color_scheme=picture.scheme) as page:
                picture.act(page, address)
                file = given.folder / f"{name}.png"
                file.write_bytes(small(page.screenshot()))
                print(f"{file} {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
