"""Charts in a real browser: labels that are all there, a map that can be read."""

import pytest
from support.browsing import at_rest, go, in_a_browser, page_of
from support.sessions import shipped

pytestmark = in_a_browser("review")


def test_no_failure_mode_vanishes_on_a_phone(browser, address):
    with page_of(browser, address, viewport=(390, 3000)) as page:
        go(page, address, "requirements", shipped("active_active"))
        page.get_by_test_id("stVegaLiteChart").locator("svg.marks").nth(1).wait_for()
        at_rest(page)
        shown = page.evaluate(
            "[...document.querySelectorAll('[data-testid=stVegaLiteChart] .role-axis-label text')]"
            ".filter(text => +getComputedStyle(text).opacity > 0).map(text => text.textContent.replaceAll(' ', ''))"
        )
        assert {"Normal", "Oneserverfailed", "Twoserversfailed", "Datacenterlost", "Worstfailure"} <= set(shown), shown


@pytest.mark.parametrize("width", [390, 1280])
def test_the_map_can_be_read_and_keeps_names_in_sight(browser, address, width):
    with page_of(browser, address, viewport=(width, 900)) as page:
        go(page, address, "review", shipped("active_active"))
        page.get_by_role("tab", name="Failures", exact=True).click()
        scroller = page.locator(".st-key-copies-scroll")
        cells = scroller.locator("svg .mark-rect path")
        cells.first.wait_for()
        at_rest(page)
        boxes = cells.evaluate_all("all => all.map(e => e.getBoundingClientRect()).map(b => [b.width, b.height])")
        assert min(map(min, boxes)) >= 20
        assert min(across for across, _ in boxes) >= 40
        assert scroller.locator("svg.marks").bounding_box()["height"] < 700
        scrolls = scroller.evaluate("map => map.scrollWidth > map.clientWidth")
        assert scrolls == (width == 390)
        assert page.get_by_text("Swipe the map sideways to see all servers.").is_visible() == scrolls
        assert scroller.get_attribute("tabindex") == ("0" if scrolls else None)
        scroller.evaluate("map => { map.scrollLeft = 100; }")
        page.wait_for_timeout(100)
        name = scroller.locator(".role-axis-label text").first.bounding_box()
        assert name["x"] >= scroller.bounding_box()["x"]


def test_a_wide_table_is_a_list_on_a_phone(browser, address):
    with page_of(browser, address, viewport=(390, 844)) as page:
        go(page, address, "review", shipped("active_active"))
        page.get_by_role("tab", name="What if", exact=True).click()
        table = page.get_by_role("table", name="What each change gives")
        table.wait_for()
        at_rest(page)
        frame = page.locator("[data-testid=stTable] > div").first
        assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
        row = table.get_by_role("row").nth(1)
        assert row.get_by_role("cell").count() == 12
        assert row.get_by_role("cell").nth(1).get_attribute("data-column") == "Servers"
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_timeout(500)
        assert frame.get_attribute("data-stacked") is None


def test_what_is_chosen_is_whole_on_a_phone(browser, address):
    with page_of(browser, address, viewport=(390, 844)) as page:
        go(page, address, "review", shipped("active_active"))
        page.get_by_role("tab", name="Compare", exact=True).click()
        tag = page.locator("[data-tag]").first
        tag.wait_for()
        cut = "tag => tag.firstElementChild.scrollWidth > tag.firstElementChild.clientWidth"
        assert not tag.evaluate(cut)
        box = page.get_by_test_id("stMultiSelectTagsContainer").bounding_box()
        assert box["height"] < tag.bounding_box()["height"] + 20


@pytest.mark.parametrize(("scheme", "edge"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 22, 20)")])
def test_a_line_does_not_cross_the_letters_of_a_label(browser, address, scheme, edge):
    with page_of(browser, address, viewport=(390, 844), color_scheme=scheme) as page:
        go(page, address, "review", shipped("active_active"))
        page.get_by_role("tab", name="Studies", exact=True).click()
        label = page.locator("svg .mark-text.role-mark text").get_by_text("(4 GB) and").last
        label.wait_for()
        at_rest(page)
        drawn = label.evaluate("text => [getComputedStyle(text).stroke, getComputedStyle(text).paintOrder]")
        assert drawn == [edge, "stroke"]
        # The label comes after every line of its chart, so that its edge covers them.
        after = label.evaluate(
            "text => [...text.closest('svg').querySelectorAll('.mark-rule.role-mark line')]"
            ".map(line => !!(line.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING))"
        )
        assert after == [True, True]
        page.get_by_role("tab", name="Failures", exact=True).click()
        cell = page.locator(".st-key-copies-map svg .mark-text.role-mark text").first
        cell.wait_for()
        assert cell.evaluate("text => getComputedStyle(text).stroke") == "none"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_table_of_many_results_shows_that_it_goes_on(browser, address, width):
    with page_of(browser, address, viewport=(width, 900)) as page:
        go(page, address, "review", shipped("active_active"))
        page.get_by_role("tab", name="Compare", exact=True).click()
        page.get_by_text("results differ").wait_for()
        at_rest(page)
        wide = width == 1280
        assert page.get_by_text("7 at a time: scroll in it to see the others.").is_visible() == wide
        assert page.locator(".st-key-compare-list").is_visible() != wide


def test_the_counts_of_what_to_buy_are_in_one_line_on_a_phone(browser, address):
    with page_of(browser, address, viewport=(390, 844)) as page:
        go(page, address, "requirements", shipped("active_active"))
        row = page.locator(".st-key-shopping-list [data-stacked] tr", has_text="Cores of domain controllers")
        row.wait_for()
        at_rest(page)
        assert row.locator("td").nth(1).inner_text() == "64-bit Windows"
        tops = [row.locator("td").nth(place).locator("p").bounding_box()["y"] for place in (2, 3, 4)]
        assert max(tops) - min(tops) < 1
