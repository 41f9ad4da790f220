"""The report as a page: its figures are the API's, it is valid HTML, nothing in it comes from elsewhere or runs."""

from __future__ import annotations

import itertools
import re
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from support.paths import PROFILES
from support.report_designs import DESIGNS, HOSTILE, INVALID, UNFIT, plan_of, record_of, record_of_design

from calculator import size
from calculator._version import RESULTS_VERSION
from calculator.exporters.report import html as report_html
from calculator.exporters.report.content import About, FirstPage, Record, Section, one_line
from calculator.exporters.report.record import RULES_OF
from calculator.exporters.report.write import html
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import all_paths
from calculator.presentation.charts import mailbox
from calculator.presentation.figures import figure_text, rule_of
from calculator.presentation.findings import all_issues
from calculator.presentation.places import with_labels

pytestmark = pytest.mark.slow  # a document for every design and result

VOID = {"meta", "br"}
BEFORE = 1_967
"""Lines of the page of the profile active_active before it had a first page and appendices."""
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"div"},
    "table": {"thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
}
"""Elements that may be in an element; any may be in one that is not named."""
PARENTS = {"li": {"ul", "ol"}, "dt": {"div"}, "dd": {"div"}, "summary": {"details"}, "figcaption": {"figure"}}
NOT_IN_P = {"p", "ul", "ol", "dl", "div", "table", "section", "details", "figure", "nav", "h1", "h2", "h3"}
"""Elements that end a paragraph."""
ADDRESSES = {"href", "src", "srcset", "action", "xlink:href", "poster", "data"}


class Page(HTMLParser):
    """A page as a tree that must be closed as it was opened."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.open, self.rows, self.headings = [], [], [], [], []
        self.section, self.cell, self.folded = "", None, []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        parent = self.open[-1] if self.open else ""
        assert tag in CHILDREN.get(parent, {tag}), (parent, tag)
        assert parent in PARENTS.get(tag, {parent}), (parent, tag)
        assert not ("p" in self.open and tag in NOT_IN_P), tag
        self.tags.append((tag, attributes))
        self.folded.append("details" in self.open)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = attributes["id"]
        if tag == "tr":
            self.rows.append((self.section, []))
        if tag in ("td", "th"):
            self.cell = {"text": "", "value": None}
        if tag == "data":
            self.cell and self.cell.update(value=attributes["value"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("td", "th"):
            self.rows[-1][1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if "svg" not in self.open:
            self.texts.append(data)
        if self.cell is not None:
            self.cell["text"] += data
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings[-1][1] += data

    def table(self, section):
        return [cells for of, cells in self.rows if of == section]


@pytest.fixture(scope="module")
def plans():
    return {name: plan_of(name) for name in DESIGNS}


@pytest.fixture(scope="module")
def written():
    return {name: report_html.render_html(record_of_design(name)) for name in DESIGNS}


@pytest.fixture(scope="module")
def pages(written):
    return {name: Page(text) for name, text in written.items()}


@pytest.fixture(scope="module")
def tame():
    """The page of the record in which every text is a plain word."""
    return Page(report_html.render_html(record_of("word")))


# --- figures -------------------------------------------------------------------------------------


def agrees(cell, value, column):
    """Whether a cell holds a value exactly, or says why there is none."""
    if value is None:
        return re.fullmatch(r"n/a \(.+\)", cell["text"]) is not None and cell["value"] is None
    if isinstance(value, bool):
        return cell["text"] == ("yes" if value else "no")
    if isinstance(value, float):
        return float(cell["value"]) == value
    return cell["text"] == figure_text(rule_of(column)[0], value)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_result_is_there_with_its_exact_value(pages, plans, name):
    rows = {row[4]["text"]: row for row in pages[name].table("results") if row[4]["text"] != "Column"}
    assert set(rows) == set(plans[name])
    wrong = [column for column, value in plans[name].items() if not agrees(rows[column][2], value, column)]
    assert wrong == []
    assert all(row[0]["text"] and ": " in row[5]["text"] for row in rows.values())


@pytest.mark.parametrize("name", DESIGNS)
def test_inputs_stated_and_assumed_are_all_inputs(pages, plans, name):
    profile, rows = plans[name].profile, pages[name].table("inputs")[1:]
    assert {row[4]["text"] for row in rows if row[3]["text"] == "stated"} == set(profile.given)
    wanted = {path for path in all_paths(profile.tiers) if not path.startswith(("export.", "names."))}
    assert {row[4]["text"] for row in rows if row[3]["text"] == "assumed"} == wanted - set(profile.given)


def test_a_share_is_shown_in_percent_and_kept_exact(pages, plans):
    column = "cpu_utilization_by_mode.worst.primary"
    [row] = [row for row in pages["two datacenters"].table("results") if row[4]["text"] == column]
    assert row[2]["text"] == f"{100 * plans['two datacenters'][column]:.0f}\u00a0%"


def test_verdict_versions_and_issues_are_shown(pages):
    for name, page in pages.items():
        text, first = "".join(page.texts), record_of_design(name).first
        assert f"{first.badge} {one_line(first.verdict)}" in text
        assert RULES_OF in text
        assert f"Version of the results: {RESULTS_VERSION}." in text
        for issue in all_issues(plan_of(name)):
            assert one_line(with_labels(issue.message)) in text


def test_a_design_with_notices_alone_has_the_sign_and_color_of_one_that_works(pages):
    assert record_of_design("two datacenters").first.status == "notice"
    assert ("p", {"class": "verdict ok"}) in pages["two datacenters"].tags
    assert "✓ Works" in "".join(pages["two datacenters"].texts)


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_design_shows_its_status(pages, name):
    assert "This design does not work: " in "".join(pages[name].texts)
    assert ("p", {"class": "verdict invalid"}) in pages[name].tags


def test_the_layout_and_the_failures(pages, plans):
    page = pages["one datacenter"]
    databases, servers = int(plans["one datacenter"]["summary_databases"]), 4
    rows = page.table("layout")[-1 - databases :]
    assert rows[0][0]["text"] == "Database"
    assert {len(row) for row in rows} == {1 + servers}
    assert [row[0]["text"] for row in page.table("servers")] == ["Failure", *(f"SRV0{n}" for n in range(1, 5))]
    assert [row[0]["text"].partition(" (")[0] for row in page.table("failures")] == [
        "Failure",
        "None",
        "Any one server",
        "Any two servers",
    ]
    assert "All databases stay active if any 2 servers fail." in "".join(page.texts)
    assert pages["a standalone server"].table("failures") == []


def test_the_title_block_is_text(plans):
    about = About("<b>", "Contoso & Co", "A. <i>Planner</i>", "5 March 2026")
    page = Page(html(plans["a standalone server"], about=about))
    assert page.headings[0] == [1, "<b>"]
    text = "".join(page.texts)
    assert all(part in text for part in ("Contoso & Co", "A. <i>Planner</i>", "5 March 2026"))
    assert not {tag for tag, _ in page.tags} & {"b", "i"}


# --- length --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["active_active", "hundred_thousand_mailboxes", "litigation_hold"])
def test_a_page_shows_at_most_a_tenth_of_its_rows_before_folds_are_opened(name):
    page = Page(html(size(load(PROFILES / f"{name}.toml"))))
    shown = [tag for (tag, _), folded in zip(page.tags, page.folded, strict=True) if tag in ROWS and not folded]
    assert len(shown) <= BEFORE / 10
    assert sum(tag in ROWS for tag, _ in page.tags) > 6 * len(shown)


ROWS = ("tr", "li", "p", "figure", "h2", "h3")
"""Elements that take a line of their own on a wide page, apart from pairs in columns."""


@pytest.mark.parametrize("name", DESIGNS)
def test_appendices_and_levels_are_folded(written, name):
    page = written[name]
    assert page.count("<details open") == 0
    assert [unescape(title) for title in re.findall(r"<summary><h2[^>]*>(.*?)</h2></summary>", page)] == [
        f"Appendix {letter}. {section.title}"
        for letter, section in zip("ABCDEFGHIJ", record_of_design(name).appendices, strict=True)
    ]
    levels = re.findall(r'<details id="results-(\w+)">', page)
    assert levels == ["mailbox", "database", "volume", "server", "datacenter", "dag", "environment"]


# --- a sound page --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_nothing_comes_from_elsewhere_and_nothing_runs(pages, name):
    for tag, attributes in pages[name].tags:
        assert tag not in (
            "script",
            "link",
            "iframe",
            "object",
            "embed",
            "img",
            "image",
            "base",
            "form",
            "foreignobject",
        )
        for attribute, value in attributes.items():
            assert not attribute.startswith("on")
            assert attribute not in ADDRESSES or value.startswith("#"), (tag, attribute, value)
            assert "//" not in (value or ""), (tag, attribute, value)
            assert "url(" not in (value or "")
    style = files("calculator.exporters.report").joinpath("report.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert ("meta", policy) in pages[name].tags


@pytest.mark.parametrize("name", DESIGNS)
def test_headings_are_in_order_and_links_lead_somewhere(pages, name):
    page = pages[name]
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(text.strip() for _, text in page.headings)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert {link[1:] for link in links} <= set(ids)
    sections = [attributes["id"] for tag, attributes in page.tags if tag == "section"]
    assert [f"#{key}" for key in sections[1:]] == links[1:]
    assert sections[0] == "summary"


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_texts_contrast_with_the_page_in_the_light_and_dark_themes_and_in_print():
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)  # the known border case
    style = files("calculator.exporters.report").joinpath("report.css").read_text(encoding="utf-8")
    themes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)]
    assert len(themes) == 3
    for theme in themes:
        for text in ("text", "soft", "link", "error", "warning", "notice", "ok"):
            assert contrast(theme[text], theme["page"]) >= 4.5, text
            assert contrast(theme[text], theme["tint"]) >= 4.5, text


# --- charts --------------------------------------------------------------------------------------

LABELS = {
    "two datacenters": [
        "Quota 5 GB",
        "Databases ",
        "Kept free",
        "disk 3,725 GB",
        "Worst",
        "Primary",
        "Secondary",
        "Databases, a quarter as cache",
        "advised",
        "Hour of the day",
        "SRV10",
        "After SRV01 failed",
    ],
    "RAID": ["Tier 1", "Tier 2", "Archive", "Databases", "Server"],
    "a standalone server": ["Quota", "Normal", "Hour of the day"],
}


@pytest.mark.parametrize("name", LABELS)
def test_charts_hold_their_labels(written, name):
    drawn = "".join(
        re.findall(
            r"<svg.*?</svg>",
            written[name].partition('<section id="charts"')[2].partition('<section id="layout"')[0],
            re.S,
        )
    )
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    for label in LABELS[name]:
        assert any(label in text for text in texts), label
    assert set(re.findall(r'<text[^>]*? fill="([^"]*)"', drawn)) == {"currentColor"}


def test_of_many_tiers_the_first_are_drawn_and_all_are_in_the_table():
    bars = mailbox.make_up(size({f"tiers.{number}.mailboxes": 10.0 for number in range(1, 41)}))
    first = FirstPage("ok", "Works", "", "", Section("Summary", "summary", "Summary", []))
    record = Record("Title", "", About(), first, (), [Section("Charts", "charts", "Charts", [bars])])
    page = report_html.render_html(record)
    drawn = re.findall(r"<text[^>]*>(Tier \d+)</text>", page)
    assert drawn == [f"Tier {number}" for number in range(1, 31)]
    assert " The first 30 of 40 are drawn." in page
    assert [row[0]["text"] for row in Page(page).table("charts")[1:]] == [f"Tier {number}" for number in range(1, 41)]


def test_charts_that_do_not_apply_give_the_reason(pages):
    text = "".join(pages["no mailboxes"].texts)
    assert "n/a: no tier has mailboxes." in text
    assert not any(tag == "svg" for tag, _ in pages["no mailboxes"].tags if tag == "svg" and "bar" in _)


# --- texts of the design -------------------------------------------------------------------------


def shape(page):
    """Tags with the names of their attributes; the classes that depend on the length of a text apart."""
    return [(tag, *sorted(set(attributes) - {"class"})) for tag, attributes in page.tags]


@pytest.mark.parametrize("text", [*HOSTILE, *UNFIT])
def test_texts_stay_text_everywhere_in_the_report(tame, text):
    page = Page(report_html.render_html(record_of(text)))
    assert shape(page) == shape(tame)
    shown, places = one_line(text), sum(shown.count("word") for shown in tame.texts if "@page" not in shown)
    assert places > 30
    assert "\0".join(page.texts).count(shown) >= places
    assert page.headings[0][1] == shown


def test_the_foot_of_a_printed_page_has_the_title_block_as_a_harmless_string():
    plan = plan_of("a standalone server")
    page = html(plan, about=About('a"b</style>', "Contoso", "", "5 March 2026"))
    foot = r"a\22 b\3c \2f style\3e \2c \20 Contoso\2c \20 5\20 March\20 2026"
    assert f'@bottom-left {{ content: "{foot}";' in page
    assert '@bottom-right { content: "Page " counter(page) " of " counter(pages);' in page
    long = html(plan, about=About("x" * 200))
    assert f'content: "{"x" * (report_html.LONGEST_FOOTER - 1)}\\2026 ";' in long


def test_the_verdict_is_followed_by_the_version_and_the_end_of_its_support(pages):
    texts = " ".join("".join(pages["two datacenters"].texts).split())
    verdict = "This design works: 10 servers for 10,000 mailboxes in two datacenters, 5 notices."
    assert f"{verdict} ⚠ Exchange 2013: Microsoft's support ended on 11 April 2023." in texts


def test_names_of_a_design_stay_text():
    texts = [*HOSTILE, *UNFIT]
    names = {f"tiers.{number}.name": text for number, text in enumerate(texts, 1)}
    mailboxes = {f"tiers.{number}.mailboxes": 100.0 for number in range(1, len(texts) + 1)}
    servers = {f"names.servers.{number}": text for number, text in enumerate(HOSTILE[:16], 1)}
    plan = size(Profile({**names, **mailboxes, **servers, "names.dag": "<b>"}))
    page = Page(html(plan))
    given = {row[4]["text"]: row[1]["text"] for row in page.table("inputs")[1:]}
    assert [given[path] for path in names] == [one_line(text) for text in texts]
    assert not {tag for tag, _ in page.tags} & {"script", "img", "b"}
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_unfit_characters_are_marked():
    assert [one_line(text) for text in UNFIT] == ["a?b", "a?b", "a?[31mb", "a?b", "a?b", "a?b", "a?b", "_x0041_?"]
    assert one_line("  a \n\t b\x85c\u2028d ") == "a b c d"
    assert one_line("\U0001f468\u200d\U0001f469") == "\U0001f468\u200d\U0001f469"


def test_the_same_design_gives_the_same_page(plans, written):
    assert html(plans["one datacenter"]) == written["one datacenter"]
