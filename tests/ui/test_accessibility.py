"""Every page, tab, dialog and menu in a real browser, in both themes, on a desk and on a phone.

What axe-core finds, contrast within charts too, texts that are cut, targets that a finger can miss.
"""

import contextlib
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from support import browsing
from support.browsing import CONTRAST, PATIENCE, at_rest, go, in_a_browser, page_of
from support.sessions import shipped

from calculator.inputs.profile import Profile

pytestmark = in_a_browser("accessibility")
DESK, PHONE = (1280, 900), (390, 844)
VIEWS = ((DESK, "light"), (DESK, "dark"), (PHONE, "dark"), (PHONE, "light"))
"""Sizes of the window and themes, in an order in which one thing changes at a time."""
ATTEMPTS = 3
EXCLUDED = {
    # Streamlit draws the list of a box and its own menu at the end of the document, outside of all landmarks. No option
    # moves them, and opening them moves the focus there.
    "region": "[data-rac], [data-testid=stMainMenuPopover]"
}
"""Places whose findings come from Streamlit alone, by rule of axe-core."""
RULES = {"light": None, "dark": ["color-contrast"]}
"""Rules of axe-core to try, all if None: the themes differ only in their colours."""
FINDINGS, SMALL_TARGETS = (
    (Path(browsing.__file__).parent / name).read_text(encoding="utf-8")
    for name in ("accessibility.js", "small_targets.js")
)
REVIEW_TABS = ("Failures", "Capacity", "What if", "Compare", "Studies")
STUDIES = ("Sensitivity", "Uncertainty", "Timeline", "Search")
DESIGNS = b"id,tiers.1.mailboxes,environment.mailbox_servers\na,1000,4\nb,many,4\nc,2000,9\n"
FAINT = """() => {
  const lum = c => { const a = c.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * a[0] + 0.7152 * a[1] + 0.0722 * a[2]; };
  const ground = lum(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
  return [...document.querySelectorAll('.role-axis text, .role-legend text')].filter(text => {
    const style = getComputedStyle(text);
    if (!text.textContent.trim() || +style.opacity === 0) return false;
    const [high, low] = [lum(style.fill), ground].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05) < 4.5;
  }).map(text => text.textContent);
}"""
"""Texts of axes and legends with a contrast below 4.5 to 1."""
CUT = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg.marks')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect();
    return text.textContent.trim() && +getComputedStyle(text).opacity > 0 &&
      (box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2);
  }).map(text => text.textContent);
})"""
"""Texts of charts that are not wholly within their chart."""
CLIPPED = """() => [...document.querySelectorAll('[data-testid=stMetricValue] *, [data-testid=stMetricLabel] *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible')
  .map(e => e.textContent)"""
"""Texts of tiles that are cut."""
WIDE = "() => Math.max(0, document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth) || []"
"""Pixels that the page scrolls sideways."""
STILL = """() => !document.querySelector('[data-testid=stVegaLiteChart]:not(:has(svg.marks))') &&
  document.getAnimations().every(one => one.playState !== 'running' || one.effect.getTiming().iterations > 99)"""
"""Whether every chart is drawn and nothing moves or fades."""
CHECKS = {"too wide": WIDE, "faint": CONTRAST, "faint in charts": FAINT, "cut in charts": CUT, "cut in tiles": CLIPPED}


def check(page, where, views=VIEWS):
    """Assert that nothing is wrong with what is open, in each view, once the page is at rest."""
    for (width, height), scheme in views:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        at_rest(page, quiet=100)
        page.wait_for_function(STILL)
        if not page.evaluate("Boolean(window.axe)"):
            page.evaluate(AXE_SCRIPT)
        for _ in range(ATTEMPTS):
            wrong = _wrong(page, RULES[scheme], small=(width, height) == PHONE)
            if not wrong:
                break
            page.wait_for_timeout(1000)  # a busy machine is late with what follows a change of the page
        assert (where, width, scheme, wrong) == (where, width, scheme, {})
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def _wrong(page, rules, small):
    """What is wrong with the page as it is, by the name of the check."""
    found = {name: page.evaluate(script) for name, script in CHECKS.items()}
    found["axe"] = page.evaluate(FINDINGS, [EXCLUDED, rules])
    found["small"] = page.evaluate(SMALL_TARGETS) if small else []
    return {name: what for name, what in found.items() if what}


@contextlib.contextmanager
def opened(page, selector):
    """What a click on a control opens: a dialog, a drawer or a menu. It is closed afterwards."""
    page.locator(selector).locator("visible=true").first.click()
    at_rest(page)
    yield
    page.keyboard.press("Escape")
    at_rest(page)


def open_folds(page):
    """Open every fold of the page."""
    closed = page.locator("[data-testid=stMain] details:not([open]) > summary")
    while closed.count():
        closed.first.click()
        at_rest(page)


@pytest.mark.slow
def test_pages_dialogs_and_menus_serve_everybody(browser, address):
    design = shipped("litigation_hold")
    with page_of(browser, address) as page:
        for name in ("start", "users", "constraints", "document"):
            go(page, address, name, design)
            if name == "users":
                open_folds(page)
            if name == "constraints":
                for group in ("copies", "servers"):
                    browsing.open_group(page, group)
            check(page, name)
        go(page, address, "requirements", design)
        browsing.open_group(page, "levels")
        check(page, "requirements")
        places = {
            "drawer": ".st-key-tile-CPU--worst-failure button",
            "share": ".st-key-share button",
            "more": ".st-key-more button",
            "change here": "[data-testid=stPopoverButton]",
            "main menu": "[data-testid=stMainMenuButton]",
        }
        for name, selector in places.items():
            with opened(page, selector):
                check(page, name)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        go(page, address, "start", Profile())  # on a phone the menu of pages is closed at first
        with opened(page, "[data-testid=stExpandSidebarButton]"):
            check(page, "menu of pages", [view for view in VIEWS if view[0] == PHONE])
        check(page, "start without a design")


@pytest.mark.slow
def test_tabs_of_review_and_batch_serve_everybody(browser, address):
    with page_of(browser, address) as page:
        go(page, address, "review", shipped("active_active"))
        for tab in REVIEW_TABS:
            page.get_by_role("tab", name=tab, exact=True).click()
            at_rest(page)
            if tab == "Failures":
                page.get_by_role("button", name="SRV01", exact=True).click()
                page.locator(".st-key-every_server summary").click()
            if tab == "Capacity":
                page.get_by_text("Reached above").wait_for()
            if tab != "Studies":
                check(page, tab)
        for study in STUDIES:
            page.locator(".st-key-study").get_by_text(study, exact=True).click()
            at_rest(page)
            check(page, study)
        go(page, address, "batch", shipped("active_active"))
        upload = {"name": "designs.csv", "mimeType": "text/csv", "buffer": DESIGNS}
        page.locator("input[type=file]").set_input_files(upload)
        page.locator(".st-key-batch_start button").click()
        page.get_by_text("Most frequent reasons").wait_for(timeout=PATIENCE)
        check(page, "batch")
