"""The page of a report in a real browser: its height, its printed pages, and what opens from the contents."""

from __future__ import annotations

import re

import pytest
from support.browsing import chromium, in_a_browser
from support.paths import PROFILES

from calculator import size
from calculator.exporters.report.content import About
from calculator.exporters.report.write import html
from calculator.inputs.profile import load

pytestmark = [*in_a_browser("printed"), pytest.mark.slow]

BEFORE = 71_000
"""Height in pixels of the page of the profile active_active, 1280 wide, before it had appendices."""
LONGEST_PRINT = 6
CHECKED = ["active_active", "hundred_thousand_mailboxes", "small_office"]


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture(params=CHECKED)
def opened(browser, request, tmp_path):
    """The page of a report, 1280 wide, every request to another place noted in ``page.foreign``."""
    path = tmp_path / "report.html"
    about = About(customer="Northwind", author="A. Planner", date="5 March 2026")
    path.write_text(html(size(load(PROFILES / f"{request.param}.toml")), about=about), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.foreign = []
    page.on("request", lambda request: page.foreign.append(request.url))
    page.goto(path.as_uri())
    yield page
    page.close()


def test_the_page_is_at_most_a_tenth_as_high_as_it_was(opened):
    assert opened.evaluate("document.documentElement.scrollHeight") <= BEFORE / 10
    assert len(opened.foreign) == 1


def test_it_prints_on_at_most_six_pages_with_the_summary_on_the_first(opened):
    printed = opened.pdf(prefer_css_page_size=True)
    assert 1 < len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= LONGEST_PRINT
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": PRINTED_WIDTH, "height": PRINTED_HEIGHT})
    bottom = opened.evaluate("document.getElementById('summary').getBoundingClientRect().bottom")
    assert bottom <= PRINTED_HEIGHT


def test_in_print_the_contents_say_where_the_appendices_are_and_no_footer_takes_a_page(opened):
    note = opened.locator("nav .printed")
    assert not note.is_visible()
    opened.emulate_media(media="print")
    assert note.inner_text().startswith(
        "Appendices A to J are in the HTML page; one that is open there is printed too."
    )
    assert not opened.locator("footer").is_visible()
    assert not opened.locator(".appendices").is_visible()


PRINTED_WIDTH, PRINTED_HEIGHT = 688, 1016
"""Pixels of A4 within margins of 14 mm."""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_page_even_with_all_folds_open(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_words_of_the_first_page_stay_whole_on_a_phone_and_no_figure_is_cut_off(opened):
    opened.set_viewport_size({"width": 390, "height": 844})
    words, broken = opened.evaluate("""() => {
        const broken = [], texts = document.createTreeWalker(document.querySelector(".summary"), NodeFilter.SHOW_TEXT);
        let words = 0;
        while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/\\w+/g)) {
            if (texts.currentNode.parentElement.matches(".hidden")) continue;
            const range = document.createRange();
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            words += 1;
            if (new Set(Array.from(range.getClientRects(), each => each.top)).size > 1) broken.push(word[0]);
        }
        return [words, broken];
    }""")
    assert words > 100
    assert broken == []
    for table in opened.locator(".summary > .scroll").all():
        assert table.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_paper_refers_to_a_section_where_a_screen_refers_to_an_appendix(opened):
    references = opened.locator("p:has(.screen)")
    for reference in references.all():
        assert reference.inner_text().startswith("The appendix Layout of the copies shows the ")
    opened.emulate_media(media="print")
    titles = [title.partition(". ")[2] for title in opened.locator(".paper h2").all_inner_texts()]
    for reference in references.all():
        said = reference.inner_text()
        assert said.startswith("The appendix Layout of the copies in the HTML page shows ") or any(
            said.startswith(f"The section {title} shows ") for title in titles
        )


def test_a_link_of_the_contents_opens_its_appendix(opened):
    opened.click('nav a[href="#results"]')
    assert opened.evaluate("document.getElementById('results').closest('details').open")


def test_the_main_figures_fit_a_phone(browser, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(html(size(load(PROFILES / "exchange_2019.toml"))), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(path.as_uri())
    assert page.locator("#requirements .scroll").first.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert page.locator("#failures .scroll").evaluate("each => each.scrollWidth <= each.clientWidth")
    cpu = page.locator("#failures td[data-head='CPU, as sized']").first
    assert cpu.evaluate("each => getComputedStyle(each, '::before').content") == '"CPU, as sized"'
    page.close()
