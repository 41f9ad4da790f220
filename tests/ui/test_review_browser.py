"""Review and Batch in a real browser: widths, contrast also within charts, labels that are all there."""

import pytest
from support.browsing import CONTRAST, PATIENCE, at_rest, go, in_a_browser, page_of
from support.sessions import shipped

pytestmark = in_a_browser
TABS = ("Compare", "What if", "Failures", "Capacity", "Sensitivity", "Uncertainty", "Timeline", "Search")
STUDIES = TABS[4:]
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
WIDE = "Math.max(0, document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth)"


def open_tab(page, address, tab):
    go(page, address, "review", shipped("active_active"))
    page.get_by_role("tab", name="Studies" if tab in STUDIES else tab, exact=True).click()
    at_rest(page)
    if tab in STUDIES:
        page.locator(".st-key-study").get_by_text(tab, exact=True).click()
    at_rest(page)
    if tab == "Capacity":
        page.get_by_text("Reached above").wait_for()
        at_rest(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_tab_fits_its_width_and_its_texts_stand_out_in_charts_too(browser, address, width, scheme):
    with page_of(browser, address, viewport=(width, 3000), color_scheme=scheme) as page:
        for tab in TABS:
            open_tab(page, address, tab)
            assert page.evaluate(WIDE) == 0, tab
            assert page.evaluate(CONTRAST) == [], tab
            assert page.evaluate(FAINT) == [], tab
            assert page.evaluate(CUT) == [], tab
        go(page, address, "batch", shipped("active_active"))
        upload = {"name": "designs.csv", "mimeType": "text/csv", "buffer": DESIGNS}
        page.locator("input[type=file]").set_input_files(upload)
        page.locator(".st-key-batch_start button").click()
        page.get_by_text("Most frequent reasons").wait_for(timeout=PATIENCE)
        at_rest(page)
        assert page.evaluate(WIDE) == 0
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(FAINT) == []
        assert page.evaluate(CUT) == []


def test_no_failure_mode_vanishes_on_a_phone(browser, address):
    with page_of(browser, address, viewport=(390, 3000)) as page:
        go(page, address, "requirements", shipped("active_active"))
        page.get_by_test_id("stVegaLiteChart").locator("svg.marks").nth(1).wait_for()
        at_rest(page)
        shown = page.evaluate(
            "[...document.querySelectorAll('[data-testid=stVegaLiteChart] .role-axis-label text')]"
            ".filter(text => +getComputedStyle(text).opacity > 0).map(text => text.textContent.replaceAll(' ', ''))"
        )
        assert {"Normal", "Oneserverfailed", "Twoserversfailed", "Datacenterfailed", "Worstfailure"} <= set(shown), (
            shown
        )


def test_the_map_keeps_the_names_of_servers_in_sight(browser, address):
    with page_of(browser, address, viewport=(1280, 900)) as page:
        open_tab(page, address, "Failures")
        rows = page.locator(".st-key-copies-map svg .mark-rect path")
        heights = {round(row.bounding_box()["height"]) for row in rows.all()}
        assert min(heights) >= 20
        assert page.locator(".st-key-copies-map svg.marks").bounding_box()["height"] < 700
