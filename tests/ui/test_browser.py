"""The app in a real browser: what AppTest cannot see."""

import io
import re
import zipfile

import pytest
from support.browsing import (
    PATIENCE,
    PROFILE,
    at_rest,
    expect_text,
    go,
    in_a_browser,
    open_group,
    page_of,
    set_number,
    sync_api,
    tile,
    visit,
)
from support.sessions import in_gb, shipped

from calculator import size
from calculator.exporters.deployment import copies_of, deployment_archive, deployment_of
from calculator.importers.mailboxes import import_mailboxes
from calculator.inputs import profile as scenario
from calculator.inputs.profile import Profile
from calculator.inputs.text_files import Upload
from calculator.layout import layout
from calculator.ui.session import navigation

pytestmark = in_a_browser("browser")
PAGES = [name for name, _ in navigation.PAGES]


@pytest.fixture
def page(browser, address):
    """The app opened as the README starts it."""
    with page_of(browser, address) as opened:
        opened.goto(address)
        opened.get_by_role("heading", name="Requirements").wait_for()
        yield opened


def test_the_app_opens_on_the_requirements_of_the_profile_it_was_started_with(page, address):
    page.get_by_text(shipped(PROFILE).title).first.wait_for()
    design = size(shipped(PROFILE))
    expect_text(tile(page, "Mailbox on disk, GB"), in_gb(design))
    page.goto(f"{address}/constraints")  # an address that names another page leads there
    page.get_by_role("heading", name="Constraints", exact=True).wait_for()
    assert page.foreign == []


def test_a_change_moves_the_figure_a_reload_keeps_it_and_nothing_is_fetched_elsewhere(page, address):
    design = dict(shipped(PROFILE).given)
    go(page, address, "users", shipped(PROFILE))
    expect_text(tile(page, "Mailbox on disk, GB"), in_gb(size(design)))
    set_number(page, "Mailbox quota, GB", "2")
    design["tiers.1.mailbox_size_limit"] = 2048.0
    moved = size(design)
    for again in (False, True):
        if again:
            page.reload()
            page.get_by_role("heading", name="Users").wait_for()
        expect_text(tile(page, "Mailbox on disk, GB"), in_gb(moved))
        expect_text(tile(page, "Databases per DAG"), f"{moved['summary_databases']:,.0f}")
    visit(page, "start")
    page.get_by_role("heading", name="Plan the capacity of Exchange Server").wait_for()
    page.get_by_role("button", name="Continue").click()
    expect_text(tile(page, "Mailbox on disk, GB"), in_gb(moved))
    assert page.foreign == []


def test_undo_by_keyboard_brings_the_figure_and_the_input_back(page, address):
    go(page, address, "constraints", shipped(PROFILE))
    before = tile(page, "Servers").inner_text()
    open_group(page, "servers")
    set_number(page, "Servers hosting active mailboxes per DAG and datacenter", "6")
    expect_text(tile(page, "Servers"), "12")
    sync_api.expect(page.locator(".st-key-spoken[role=status]")).to_contain_text("Works. 12 servers (6 + 6), was 10.")
    sync_api.expect(page.get_by_role("button", name="Undo")).to_be_enabled(timeout=PATIENCE)
    page.get_by_role("heading", name="Constraints").click()
    page.keyboard.press("Control+Z")
    expect_text(tile(page, "Servers"), before)
    field = page.get_by_role("spinbutton", name="Servers hosting active mailboxes per DAG and datacenter")
    sync_api.expect(field).to_have_value("5", timeout=PATIENCE)
    for keys in ("Control+Shift+Z", "Control+Y"):
        sync_api.expect(page.get_by_role("button", name="Redo")).to_be_enabled(timeout=PATIENCE)
        page.keyboard.press(keys)
        expect_text(tile(page, "Servers"), "12")
        sync_api.expect(page.get_by_role("button", name="Undo")).to_be_enabled(timeout=PATIENCE)
        page.keyboard.press("Control+Z")
        expect_text(tile(page, "Servers"), before)


def test_undo_in_a_field_takes_back_what_is_typed_there(page, address):
    go(page, address, "users", shipped(PROFILE))
    set_number(page, "Mailbox quota, GB", "2")
    page.locator(".st-key-strip-change").get_by_text("Mailbox quota: 2 GB, was 5.", exact=True).wait_for()
    page.get_by_role("heading", name="Users").click()
    field = page.get_by_role("spinbutton", name="Mailboxes, not the default").first
    field.focus()
    page.keyboard.type("77")
    page.keyboard.press("Control+Z")
    sync_api.expect(field).to_have_value("10000")
    at_rest(page)
    assert page.locator(".st-key-strip-change").get_by_text("Mailbox quota: 2 GB, was 5.", exact=True).is_visible()


def test_the_drawer_opens_by_keyboard_and_an_input_in_it_moves_the_figure(page):
    page.locator(".st-key-tile-Mailbox-on-disk button:visible").focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("What it comes from").wait_for()
    field = drawer.get_by_role("spinbutton", name="Mailbox quota, GB")
    field.fill("1")
    field.press("Enter")
    design = {**shipped(PROFILE).given, "tiers.1.mailbox_size_limit": 1024.0}
    moved = size(design)
    expect_text(drawer.get_by_test_id("stMetricValue").first, in_gb(moved))
    deeper = drawer.locator(".st-key-why_to-dumpster_and_whitespace button")
    deeper.focus()
    page.keyboard.press("Enter")
    drawer.get_by_role("button", name="Back").wait_for()
    drawer.press("Escape")
    drawer.wait_for(state="detached")
    expect_text(tile(page, "Mailbox on disk, GB"), in_gb(moved))


def test_a_cell_of_the_table_opens_its_result(page):
    page.get_by_text("All results by level").click()
    page.get_by_text("Volume", exact=True).click()
    page.wait_for_timeout(1500)  # the table of the level takes the place of the one before
    page.get_by_test_id("stDataFrame").locator(".dvn-scroller").click(position={"x": 340, "y": 52})
    drawer = page.get_by_role("dialog")
    drawer.get_by_text("What it comes from").wait_for()
    drawer.press("Escape")
    drawer.wait_for(state="detached")


def test_a_table_is_passed_and_scrolled_by_key(page):
    open_group(page, "levels")
    table = page.get_by_test_id("stDataFrame").locator(".dvn-scroller[tabindex='0']")  # it has its rows, and scrolls
    table.wait_for(state="attached")
    page.locator(".st-key-find_result input").focus()
    for _ in range(10):
        page.keyboard.press("Tab")
        if table.evaluate("table => table === document.activeElement"):
            break
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.scrollTop > 0")
    page.keyboard.press("Tab")
    at_rest(page)
    assert page.get_by_role("dialog").count() == 0


def test_the_whole_way_from_ten_questions_to_the_deployment_files(browser, address):
    with page_of(browser, address) as page:
        go(page, address, "start", Profile())
        page.locator(".st-key-version").get_by_text("2013", exact=True).click()
        set_number(page, "1 Mailboxes", "8000")
        page.get_by_text("8,000 mailboxes").wait_for()
        page.get_by_role("button", name="10", exact=True).or_(page.get_by_role("radio", name="10", exact=True)).click()
        page.get_by_text("a quota of 10 GB").wait_for()
        page.get_by_role("button", name="Size it").click()
        page.get_by_role("button", name="See what it needs").click()
        page.get_by_role("heading", name="Requirements").wait_for()
        at_rest(page)
        visit(page, "document")
        page.get_by_role("heading", name="Document").wait_for()
        profile = scenario.parse(downloaded(page, "Profile (TOML)").decode(), "design")
        assert profile.value("tiers.1.mailboxes") == 8000
        assert profile.value("tiers.1.mailbox_size_limit") == 10240
        design = size(profile)
        assert design.issues.errors == 0
        dag = layout(design)
        deployment, _ = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
        archive = downloaded(page, "Deployment files (ZIP)")
        assert archive == deployment_archive(deployment)[0]
        assert len(zipfile.ZipFile(io.BytesIO(archive)).namelist()) == 6
        visit(page, "requirements")
        expect_text(tile(page, "Servers"), f"{design['summary_servers.environment']:,.0f}")
        expect_text(tile(page, "Mailbox on disk, GB"), in_gb(design))
        expect_text(tile(page, "Databases per DAG"), f"{design['summary_databases']:,.0f}")
        assert page.foreign == []


def downloaded(page, label):
    """Content of a file as the browser saves it."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label).click()
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def test_an_export_becomes_tiers_and_a_study_of_them_runs_to_its_end(browser, address):
    lines = ["DisplayName,TotalItemSize", *(f"M{n},{n % 30 + 1} GB" for n in range(3000))]
    export = "\n".join(lines).encode()
    imported = import_mailboxes([Upload("statistics.csv", export)], shipped(PROFILE))
    design = size(imported.profile)
    with page_of(browser, address) as page:
        go(page, address, "users", shipped(PROFILE))
        page.locator(".st-key-import_fold summary").click()
        upload = {"name": "statistics.csv", "mimeType": "text/csv", "buffer": export}
        page.locator(".st-key-import_files input[type=file]").set_input_files(upload)
        page.get_by_text("larger today than the quota").wait_for()  # 10 to 30 GB in a quota of 5
        page.get_by_test_id("stVegaLiteChart").locator("svg .mark-rect path").first.wait_for()
        page.get_by_role("button", name="Apply to the design").click()
        expect_text(tile(page, "Databases per DAG"), f"{design['summary_databases']:,.0f}")
        sync_api.expect(page.locator(".st-key-tier-2")).to_be_visible()
        sync_api.expect(page.locator(".st-key-strip-hidden")).to_be_hidden()  # the style sheet is still in use
        visit(page, "review")
        page.get_by_role("tab", name="Studies").click()
        page.locator(".st-key-study").get_by_text("Uncertainty").click()
        page.get_by_role("button", name="Start the study").click()
        page.get_by_text(re.compile(r"^10,000 draws in [\d.]+ s\.$")).wait_for()
        disks = page.get_by_role("row").filter(has_text="Disks for Exchange").get_by_role("cell")
        expect_text(disks.nth(1), f"{design['storage_disks_total.environment']:,.0f}")
        page.get_by_test_id("stVegaLiteChart").locator("svg .mark-rect path").first.wait_for()
        assert page.get_by_test_id("stAlert").count() == 0
        assert page.foreign == []


def test_a_click_in_the_map_fails_a_server_and_its_databases_follow(page, address):
    go(page, address, "review", shipped(PROFILE))
    page.get_by_role("tab", name="Failures").click()
    head = page.locator(".st-key-copies-map svg .mark-text text").get_by_text("SRV01", exact=True)
    head.evaluate("text => text.scrollIntoView({block: 'center'})")
    head.click(force=True)
    sync_api.expect(page.get_by_role("button", name="SRV01", exact=True)).to_have_attribute(
        "aria-pressed", "true", timeout=PATIENCE
    )
    most = max(layout(shipped(PROFILE)).fail("server:SRV01").active_databases)
    page.get_by_text(f"Most active databases: {most}, on ").wait_for()
    at_rest(page)
    name = page.locator(".st-key-copies-map svg .mark-text text").get_by_text("SRV02", exact=True)
    name.evaluate("text => text.scrollIntoView({block: 'center'})")
    name.click(force=True)
    sync_api.expect(page.get_by_role("button", name="SRV02", exact=True)).to_have_attribute(
        "aria-pressed", "true", timeout=PATIENCE
    )


def test_an_expert_finds_a_workbook_input_by_its_name_and_changes_it(page, address):
    go(page, address, "constraints", shipped(PROFILE))
    page.get_by_role("textbox", name="Find an input").or_(page.get_by_role("searchbox", name="Find an input")).fill(
        "ReplayLagHours"
    )
    page.keyboard.press("Enter")
    set_number(page, "Replay lag, hours", "96")
    expected = size({**shipped(PROFILE).given, "database_copies.replay_lag_delay": 96.0})
    expect_text(tile(page, "Fullest volume"), f"{expected['volume_fill.primary']:.0%}".replace("%", "\u00a0%"))


@pytest.mark.parametrize(("name", "groups"), [("users", ["tiers-1"]), ("constraints", ["copies", "servers"])])
def test_every_input_is_reached_by_tab(page, address, name, groups):
    go(page, address, name, shipped(PROFILE))
    for group in groups:
        open_group(page, group)
    at_rest(page)
    inputs = page.locator("[data-testid=stMain] input:visible:not([type=file]), [data-testid=stMain] [role=combobox]")
    wanted = {label for label in inputs.evaluate_all("all => all.map(e => e.ariaLabel || e.id)") if label}
    page.evaluate("document.querySelector('[data-testid=stMain]').focus(); document.activeElement.blur()")
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.ariaLabel || document.activeElement.id"))
    assert wanted <= reached


HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def test_no_script_of_a_file_runs_in_the_page(browser, address):
    toml = scenario.dump(Profile({"tiers.1.mailboxes": 100.0, "tiers.1.name": HOSTILE, "names.dag": HOSTILE}, HOSTILE))
    with page_of(browser, address) as page:
        go(page, address, "start", Profile())
        upload = {"name": "x<script>.toml", "mimeType": "application/toml", "buffer": toml.encode()}
        page.locator("input[type=file]").first.set_input_files(upload)
        page.get_by_role("heading", name="Requirements").wait_for()
        at_rest(page)
        for name in PAGES:
            visit(page, name)
            at_rest(page)
        assert page.locator("img[src=x]").count() == 0
        assert page.foreign == []


HOSTILE_UPLOADS = [
    ("huge.toml", b"a = 1\n" * 200_000, "a profile at most"),
    ("binary.toml", bytes(range(256)) * 10, "is not a text file"),
    ("<script>alert(1)</script>.toml", b"[tiers", "is not valid TOML"),
    ("bomb.xlsx", b"PK\x03\x04 no archive", "is a damaged workbook"),
]


def test_a_hostile_upload_is_explained(browser, address):
    with page_of(browser, address) as page:
        go(page, address, "start", Profile())
        for name, data, message in HOSTILE_UPLOADS:
            upload = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
            page.locator("input[type=file]").first.set_input_files(upload)
            page.get_by_text("That could not be opened.").wait_for()
            page.get_by_text(message).first.wait_for()
        assert page.foreign == []


def test_sessions_side_by_side_keep_their_designs_apart(browser, address):
    """Three at once, each with its own mailboxes, changed in turn."""
    import contextlib

    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(page_of(browser, address)) for _ in range(3)]
        for number, page in enumerate(pages, 1):
            go(page, address, "users", Profile({"tiers.1.mailboxes": 1000.0 * number}))
        for step in (1, 2):
            for number, page in enumerate(pages, 1):
                set_number(page, "Mailbox quota, GB", str(number + step))
            for number, page in enumerate(pages, 1):
                quota = 1024.0 * (number + step)
                design = size({"tiers.1.mailboxes": 1000.0 * number, "tiers.1.mailbox_size_limit": quota})
                expect_text(tile(page, "Mailbox on disk, GB"), in_gb(design))
                expect_text(tile(page, "Servers"), f"{design['summary_servers.environment']:,.0f}")
        for number, page in enumerate(pages, 1):
            page.reload()
            field = page.get_by_role("spinbutton", name="Mailboxes").first
            sync_api.expect(field).to_have_value(str(1000 * number), timeout=PATIENCE)
