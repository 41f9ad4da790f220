"""The frame of the pages in a real browser: what is in sight, what opens how high, what covers what."""

import contextlib

import pytest
from support.browsing import PATIENCE, at_rest, go, in_a_browser, open_group, page_of, set_number, sync_api, visit
from support.sessions import shipped

from calculator.inputs.profile import Profile

pytestmark = in_a_browser("frame")
WINDOWS = [(1280, 900), (1024, 768), (1920, 1080), (390, 844), (768, 1024)]


@contextlib.contextmanager
def window(browser, address, size, name="requirements", design=None):
    """A page of the app in a window of some size."""
    with page_of(browser, address, viewport=size) as page:
        go(page, address, name, design or shipped("active_active"))
        yield page


@pytest.mark.parametrize(("button", "last"), [("share", "Download the profile"), ("more", "Binary names (GiB)")])
def test_share_and_more_open_in_full_height(browser, address, button, last):
    with window(browser, address, WINDOWS[0]) as page:
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.locator(f".st-key-{button} button:visible").first.click()
            dialog = page.get_by_role("dialog")
            end = dialog.locator("p:visible").filter(has_text=last).first
            end.wait_for()
            box, last_line = dialog.bounding_box(), end.bounding_box()
            assert box["height"] > 200
            assert box["y"] >= 0
            assert last_line["y"] + last_line["height"] <= min(height, box["y"] + box["height"])
            dialog.press("Escape")
            dialog.wait_for(state="detached")


@pytest.mark.parametrize("design", [Profile(), shipped("active_active")])
def test_the_button_that_sizes_the_answers_is_in_sight(browser, address, design):
    with window(browser, address, (1280, 900), "start", design) as page:
        page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
        button, strip = (page.get_by_role("button", name="Size it").bounding_box(), _strip(page))
        assert button["y"] + button["height"] < strip["y"]


def _strip(page):
    return page.get_by_test_id("stBottom").bounding_box()


HIDDEN_OR_UNFRAMED = """() => {
  const e = document.activeElement, strip = document.querySelector('[data-testid=stBottom]');
  const box = e.getBoundingClientRect();
  const inMain = e.closest('[data-testid=stMainBlockContainer]') && !e.closest('.st-key-steps');
  const fixed = getComputedStyle(strip).position !== 'static';
  const bottom = fixed ? strip.getBoundingClientRect().top : innerHeight;
  const top = document.querySelector('[data-testid=stHeader]').getBoundingClientRect().bottom;
  if (inMain && box.height < bottom - top && (box.bottom > bottom + 1 || box.top < top - 1)) return 'covered';
  const framed = e.matches('a, button, summary') && getComputedStyle(e).outlineStyle === 'none';
  return framed ? `no frame: ${e.outerHTML.slice(0, 200)}` : '';
}"""
"""What is wrong with the control that has the focus: it is covered or out of sight, or no frame shows the focus."""


def test_nothing_covers_the_control_that_has_the_focus(browser, address):
    """Also in a window that is enlarged to 200 % and 400 %."""
    with window(browser, address, (1280, 900), "constraints") as page:
        open_group(page, "servers")
        for width, height in ((1280, 900), (390, 844), (640, 450), (320, 225)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(800)
            page.evaluate("document.querySelector('[data-testid=stMain]').focus(); document.activeElement.blur()")
            for _ in range(40):
                page.keyboard.press("Tab")
                assert page.evaluate(HIDDEN_OR_UNFRAMED) == "", (width, height)
            assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width


def test_the_strip_takes_little_of_a_low_window(browser, address):
    with window(browser, address, (640, 450)) as page:
        assert page.get_by_test_id("stBottom").evaluate("strip => getComputedStyle(strip).position") == "static"


def test_the_strip_says_what_a_figure_was_and_a_phone_can_undo_and_redo(browser, address):
    with window(browser, address, (390, 844), "users") as page:
        strip = page.locator(".st-key-strip")
        for figure in ("10 servers (5 + 5)", "CPU 52 %", "96 GB", "10 disks per server", "volume 95 %", "WAN 209 Mb/s"):
            sync_api.expect(strip.get_by_text(figure, exact=True)).to_be_visible(timeout=PATIENCE)
        assert _strip(page)["height"] < 80
        set_number(page, "Mailbox quota, GB", "2")
        page.get_by_text("Mailbox quota: 2 GB, was 5.", exact=True).wait_for()
        undo, redo = (page.locator(f".st-key-{name} button:visible").first for name in ("undo", "redo"))
        sync_api.expect(undo).to_be_enabled(timeout=PATIENCE)
        undo.click()
        page.get_by_text("Undone: Mailbox quota: 5 GB, was 2.", exact=True).wait_for()
        sync_api.expect(redo).to_be_enabled(timeout=PATIENCE)
        redo.click()
        page.get_by_text("Redone: Mailbox quota: 2 GB, was 5.", exact=True).wait_for()
        set_number(page, "Mailboxes", "90000")
        page.locator(".st-key-strip").get_by_text("→ do not fit").wait_for()  # also on a phone


def test_the_box_of_the_link_has_whole_lines_and_its_button_below(browser, address):
    with window(browser, address, (1280, 900), "users") as page:
        page.get_by_role("button", name="Share", exact=True).click()
        box = page.locator('[class*="st-key-share-link-"]')
        text, button = box.locator("pre"), box.get_by_test_id("stBaseButton-elementToolbar")
        button.wait_for()
        above, below = text.bounding_box(), button.bounding_box()
        assert above["y"] + above["height"] <= below["y"]
        line = text.evaluate("pre => parseFloat(getComputedStyle(pre.querySelector('code')).lineHeight)")
        lines = (above["height"] - 16) / line
        assert lines == pytest.approx(round(lines), abs=0.05)


@pytest.mark.parametrize("width", [1280, 1024, 800])
def test_the_strip_and_the_navigation_stay_one_line_after_a_change(browser, address, width):
    with window(browser, address, (width, 900), "users") as page:
        before = _strip(page)
        set_number(page, "Mailbox quota, GB", "12")
        page.get_by_text("Mailbox quota: 12 GB, was 5.", exact=True).wait_for()
        page.get_by_text("CPU 52 → 53 %", exact=True).wait_for()
        assert _strip(page) == before
        assert before["height"] < 60
        steps = page.locator(".st-key-steps")
        assert steps.evaluate("steps => steps.scrollWidth <= steps.clientWidth && steps.clientHeight <= 60")
        assert steps.get_by_role("link").count() == 7
        assert steps.locator("a[aria-current=page]").inner_text().split("\n")[-2:] == ["2 Users", "10,000 mailboxes"]


def test_a_phone_shows_this_page_the_next_step_and_the_menu_of_pages(browser, address):
    with window(browser, address, (390, 844), "users") as page:
        steps = page.locator(".st-key-steps").get_by_role("link")
        steps.nth(1).wait_for()  # the present page is marked a moment after it is drawn
        shown = [link.inner_text().split("\n")[-2:] for link in steps.all()]
        assert shown == [["2 Users"], ["4 Requirements", "next: read the results"]]
        page.get_by_test_id("stExpandSidebarButton").click()
        menu = page.get_by_test_id("stSidebar")
        for name in ("1 Start done", "2 Users 10,000 mailboxes", "4 Requirements next: read the results", "Batch"):
            menu.get_by_role("link", name=name, exact=True).wait_for()
        menu.get_by_role("link", name="6 Document save the report", exact=True).click()
        page.get_by_role("heading", name="Document", exact=True).wait_for()


def test_the_options_of_a_list_are_whole_on_a_phone(browser, address):
    name = "Office staff with large mailboxes in both datacenters"
    tiers = {"tiers.1.mailboxes": 500.0, "tiers.1.name": name, "tiers.2.mailboxes": 500.0, "tiers.2.name": "Sales"}
    with window(browser, address, (390, 844), "users", Profile(tiers)) as page:
        opener = page.get_by_role("button", name="Open: Tier")
        opener.evaluate("button => button.scrollIntoView({block: 'center'})")
        opener.click()
        option = page.get_by_role("option", name=name)
        option.wait_for()
        assert option.evaluate("option => option.firstElementChild.scrollWidth <= option.clientWidth")
        assert option.bounding_box()["height"] > 40, "two lines"


@pytest.mark.parametrize("viewport", [(1280, 900), (390, 844)])
def test_a_list_just_above_the_strip_opens_with_one_click(browser, address, viewport):
    """A list that the page scrolls when it gets the focus closes at once."""
    tiers = {"tiers.1.mailboxes": 500.0, "tiers.2.mailboxes": 500.0}
    with window(browser, address, viewport, "users", Profile(tiers)) as page:
        opener = page.get_by_role("button", name="Open: Tier")
        opener.wait_for()
        page.evaluate(
            """() => {
                const bottom = document.querySelector('[data-testid=stSelectbox]').getBoundingClientRect().bottom;
                const free = document.querySelector('[data-testid=stBottom]').getBoundingClientRect().top - 10;
                document.querySelector('[data-testid=stMain]').scrollTop += bottom - free;
            }"""
        )
        at_rest(page)
        box = opener.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.get_by_role("option", name="Tier 2").wait_for()


def test_a_link_that_is_cut_short_is_said_on_the_page_where_it_lands(browser, address):
    with window(browser, address, (1280, 900), "constraints") as page:
        page.goto(page.url[:-40])
        page.get_by_text("The link is cut short.").wait_for()
        page.get_by_role("heading", name="Constraints").wait_for()


TOP = "document.querySelector('[data-testid=stMain]').scrollTop"


def scroll_down(page):
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 700)")
    assert page.evaluate(TOP) > 0


@pytest.mark.slow
def test_every_page_begins_at_its_top(browser, address):
    with window(browser, address, WINDOWS[0]) as page:
        for name in ("users", "constraints", "start"):
            scroll_down(page)
            visit(page, name)
            page.wait_for_function(f"{TOP} === 0")
            at_rest(page)


def test_the_menu_of_pages_closes_on_a_phone_and_the_page_begins_at_its_top(browser, address):
    with window(browser, address, (390, 844)) as page:
        scroll_down(page)
        page.locator("[data-testid=stExpandSidebarButton]").click()
        page.get_by_test_id("stSidebar").get_by_role("link", name="Constraints").click()
        page.wait_for_function(f"{TOP} === 0")
        page.wait_for_function("document.querySelector('[data-testid=stSidebar]')?.ariaExpanded !== 'true'")
