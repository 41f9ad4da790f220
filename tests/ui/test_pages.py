"""Pages open for every shipped profile and show what the engine gives."""

import pytest
from support.sessions import (
    CONSTRAINTS,
    DOCUMENT,
    REQUIREMENTS,
    REVIEW,
    SHIPPED,
    USERS,
    given,
    in_gb,
    plain,
    seen,
    shared_session,
    shipped,
    sized,
    sound,
    texts,
    tile,
    title,
)

from calculator import size
from calculator.inputs import schema
from calculator.presentation.findings import all_issues, quirk_rows
from calculator.rules.registry import RULES
from calculator.ui.results import headline, level_tables
from calculator.ui.session import links, state

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_opens_its_profile_on_requirements(fresh, name):
    fresh.run()
    sound(fresh)
    fresh.get_by_key(f"open:{name}").click().run()
    sound(fresh)
    profile = shipped(name)
    design = size(profile)
    assert fresh.header[0].value == "Requirements"
    assert title(fresh) == profile.title
    assert given(fresh) == profile.given
    assert len(fresh.metric) == 8
    assert tile(fresh, "Servers") == f"{design['summary_servers.environment']:,.0f}"
    assert tile(fresh, "Mailbox on disk, GB") == in_gb(design)
    assert headline.verdict(design, all_issues(design)) in texts(fresh)


def test_requirements_without_a_design_leads_to_start(fresh):
    fresh.switch_page(REQUIREMENTS).run()
    sound(fresh)
    assert fresh.info[0].value.startswith("No design is open yet.")


@pytest.mark.parametrize("page", ["start", "users"])
def test_exports_are_imported_into_a_new_design(fresh, page):
    fresh.run()
    if page == "users":
        fresh.switch_page(USERS).run()
    fresh.get_by_key(f"{'start' if page == 'start' else 'import'}:version").set_value("2016").run()
    fresh.get_by_key("new_import").click().run()
    sound(fresh)
    assert fresh.header[0].value == "Users"
    assert title(fresh) == ""
    assert seen(fresh, "import_files") is not None
    assert "This design has no mailboxes, so nothing is sized yet." in texts(fresh)
    assert not fresh.metric, "nothing was read, so there is no figure"


def test_a_new_design_has_one_tier(fresh):
    fresh.run()
    fresh.get_by_key("start:version").set_value("2013").run()
    fresh.get_by_key("new").click().run()
    sound(fresh)
    assert given(fresh) == {**state.NEW_DESIGN, "environment.exchange_version": "2013"}
    assert tile(fresh, "Servers") == f"{size(state.NEW_DESIGN)['summary_servers.environment']:,.0f}"


@pytest.mark.parametrize("page", [USERS, CONSTRAINTS, REQUIREMENTS, REVIEW, DOCUMENT])
@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"environment.exchange_version": "2019"}, "Exchange 2019 or Subscription Edition"),
        ({}, "Exchange 2013 (assumed, because the design does not state a version)"),
    ],
)
def test_every_page_about_the_design_names_its_version(opened, page, stated, said):
    assert said in plain(opened({"tiers.1.mailboxes": 1000.0, **stated}, page=page))


def test_start_goes_on_with_the_design_of_the_address(fresh):
    fresh.query_params["d"] = links.encode(shipped("active_passive"))
    fresh.run()
    sound(fresh)
    fresh.get_by_key("go_on").click().run()
    sound(fresh)
    assert title(fresh) == shipped("active_passive").title


@pytest.mark.parametrize("level", level_tables.LEVEL_ORDER)
@pytest.mark.parametrize("name", ["active_active", "small_office"])
def test_the_table_of_a_level_has_its_results(name, level):
    at = shared_session(name, "levels")
    at.get_by_key("level").set_value(level).run()
    at.run()
    sound(at)
    table = next(frame.value for frame in at.dataframe if "Result" in frame.value)
    design = size(shipped(name))
    assert list(table["Result"]) == [row["Result"] for row in level_tables.level_table(level, design).rows]
    assert list(table.columns)[-1] == "Unit"


def test_the_table_of_all_results_has_every_result():
    design = size(shipped("active_active"))
    table = level_tables.level_table("All", design)
    behind = {column for row in table.results for name, column in row.items() if name != "Result"}
    assert behind == set(design)


def test_disks_that_do_not_fit_are_said_and_never_counted(opened):
    at = opened({"tiers.1.mailboxes": 5000.0, "storage.primary.database_disk_capacity": 300.0})
    assert tile(at, "Disks per server") == headline.DO_NOT_FIT
    assert any("does not work" in written for written in texts(at))


def test_the_app_offers_a_rating_if_there_is_none(opened):
    unrated = {
        "tiers.1.mailboxes": 5000.0,
        "servers.primary.specint2006_rate": 0.0,
        "servers.secondary.specint2006_rate": 0.0,
    }
    at = opened(unrated)
    assert tile(at, "CPU, worst failure") == "n/a"
    assert any("enter the rating" in written for written in texts(at))
    at.get_by_key("take_reference").click().run()
    at.run()
    sound(at)
    rated = {**unrated, "servers.primary.specint2006_rate": 540.0, "servers.secondary.specint2006_rate": 540.0}
    assert tile(at, "CPU, worst failure") == f"{size(rated)['worst_cpu_utilization']:.0%}".replace("%", "\u00a0%")
    assert seen(at, "take_reference") is None


def test_an_issue_is_corrected_where_it_is_shown(opened):
    at = opened("litigation_hold")
    at.session_state["change:0"] = True
    at.run()
    at.get_by_key("fix:tiers.2.litigation_hold").set_value(False).run()
    at.run()
    sound(at)
    assert given(at)["tiers.2.litigation_hold"] is False
    assert not any("Recoverable items of a mailbox on hold" in written for written in texts(at))


def test_an_issue_leads_to_its_input(opened):
    at = opened("litigation_hold")
    at.get_by_key("go:0").click().run()
    sound(at)
    assert at.header[0].value == "Users"
    assert at.get_by_key("wanted:tiers.2.litigation_hold").value is True


def test_two_views_of_an_input_show_the_same(opened):
    at = opened("litigation_hold", "tiers.2", page=USERS)
    at.query_params["field"] = "tiers.2.litigation_hold"
    at.run()
    at.get_by_key("tiers.2.litigation_hold").set_value(False).run()
    at.run()
    assert at.get_by_key("wanted:tiers.2.litigation_hold").value is False
    at.get_by_key("undo").click().run()
    assert at.get_by_key("tiers.2.litigation_hold").value is True
    at.get_by_key("wanted:tiers.2.litigation_hold").set_value(False).run()
    at.run()
    assert at.get_by_key("tiers.2.litigation_hold").value is False


@pytest.mark.parametrize("name", SHIPPED)
def test_every_issue_can_be_changed_on_the_spot_or_leads_to_its_input(opened, name):
    at = opened(name, "notices")
    design = sized(at)
    for severity, prefix in (("grave", ""), ("notice", "n")):
        listed = [issue for issue in design.issues if (issue.severity == "notice") == (severity == "notice")]
        for number, issue in enumerate(listed):
            if schema.find(issue.field):
                assert seen(at, f"go:{prefix}{number}") is not None, issue


def test_the_buttons_of_an_issue_lead_to_the_input_that_the_remedy_names(opened):
    at = opened("active_active", "notices")
    assert "Recoverable items model" in [button.help for button in at.button if button.label.startswith("Go to input")]


def test_a_volume_that_does_not_fit_leads_to_its_disk_or_to_the_number_of_databases_if_that_is_given(opened):
    small = {**shipped("single_site").given, "storage.primary.database_disk_capacity": 300.0}
    hint = 'a larger number of databases ("Number of databases"), fewer databases per volume, or RAID.'

    def ways(design):
        at = opened(design, page=REQUIREMENTS)
        assert any(f"Use a larger disk, {hint}" in text for text in plain(at))
        return [button.help for button in at.button if button.label.startswith("Go to input")]

    assert ways(small)[0] == "Database disk capacity, GB · primary"
    given_count = {**small, "database.automatic_count": False, "database.custom_count": 24.0}
    assert ways(given_count)[0] == "Number of databases"


def test_the_figures_that_quirks_change_are_folded_below_their_notice(opened):
    at = opened("active_active", "notices", "quirks")
    rows = quirk_rows(sized(at))
    assert f"Known quirks of Microsoft's workbook affect {len(rows)} figures of this design." in texts(at)
    [table] = [table.value for table in at.table if "In Microsoft's workbook" in table.value]
    assert [tuple(row) for row in table.to_numpy()] == rows


def test_all_results_are_narrowed_by_words_and_by_what_differs(opened):
    at = opened("active_active", "levels")
    at.get_by_key("level").set_value("All").run()
    at.run()
    at.get_by_key("find_result").set_value("server memory").run()
    at.run()
    sound(at)
    table = next(frame.value for frame in at.dataframe if "Result" in frame.value)
    assert 0 < len(table) < 40
    at.get_by_key("find_result").set_value("").run()
    at.get_by_key("differs").set_value(True).run()
    at.run()
    differs = next(frame.value for frame in at.dataframe if "Result" in frame.value)
    design, default = size(shipped("active_active")), size(state.NEW_DESIGN)
    names = {row["Result"] for row in level_tables.level_table("All", design, "", default).results}
    assert names == {name for name, rule in RULES.items() if rule.group == "result" and design[name] != default[name]}
    assert len(differs) < len(level_tables.level_table("All", design).rows)


def test_an_unforeseen_error_is_a_message_with_the_profile(opened, monkeypatch):
    at = opened("single_site")
    monkeypatch.setattr(headline, "tiles", lambda design: 1 / 0)
    at.run()
    assert not at.exception
    digest = state.digest(given(at))
    assert any(f"ZeroDivisionError, design {digest}" in error.value for error in at.error)
    assert seen(at, "rescue:results") is not None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("active_active", "the database volume is the tightest limit. No growth is planned."),
        ("small_office", "tightest limit. The planned growth from 150 to 165 mailboxes is included."),
    ],
)
def test_the_verdict_has_its_conditions(opened, name, said):
    assert any(written.endswith(said) for written in texts(opened(name)))


@pytest.mark.parametrize(("key", "tab"), [("to_capacity", "Capacity"), ("to_timeline", "Studies")])
def test_the_conditions_lead_to_the_tab_that_says_more(opened, key, tab):
    at = opened("active_active")
    at.get_by_key(key).click().run()
    sound(at)
    assert at.header[0].value == "Review"
    assert at.session_state["review_tab"] == tab


def test_a_page_ends_with_the_way_to_the_next_one(opened):
    at = opened("active_active")
    assert at.get_by_key("next_page").label == "Next: Review"
    at.get_by_key("next_page").click().run()
    sound(at)
    assert at.header[0].value == "Review"


def test_a_standalone_server_has_no_words_about_dags_and_failures(opened):
    at = opened("small_office")
    assert tile(at, "CPU") == "6.0\u00a0%"
    assert at.get_by_key("tile:Servers").label == "Why 1 server?"
    assert not any("no failure" in written or "no bar" in written for written in texts(at))
