"""What every page has: steps, problems, the last change, dialogs; and what is said of a design."""

import re

import pytest
import streamlit
from support.sessions import (
    CONSTRAINTS,
    DOCUMENT,
    REQUIREMENTS,
    REVIEW,
    START,
    USERS,
    given,
    new_session,
    plain,
    session,
    shipped,
    sized,
    sound,
    texts,
)

from calculator import size
from calculator.inputs.profile import Profile
from calculator.presentation.places import with_labels
from calculator.ui.results import figures, headline, issues, status_strip
from calculator.ui.results.steps import CHECK, DONE, OPEN, steps
from calculator.ui.session import links

DESIGN = {"tiers.1.mailboxes": 5000.0}
UNRATED = {f"servers.{side}.specint2006_rate": 0.0 for side in ("primary", "secondary")}


def states(given, *finished):
    return [(step.page, step.state) for step in steps(size(given), size(given).issues, frozenset(finished))]


# --- steps ---------------------------------------------------------------------------------------


def test_a_step_is_done_once_what_there_is_to_do_was_done():
    assert states(DESIGN) == [
        ("start", DONE),
        ("users", DONE),
        ("constraints", DONE),
        ("requirements", OPEN),
        ("review", OPEN),
        ("document", OPEN),
    ]
    assert states(DESIGN, "requirements", "review")[3:] == [
        ("requirements", DONE),
        ("review", DONE),
        ("document", OPEN),
    ]


def test_a_step_with_errors_or_warnings_is_to_be_checked():
    unrated = size({**DESIGN, **UNRATED})
    found = steps(unrated, unrated.issues, frozenset({"requirements"}))
    assert [(step.state, step.note) for step in found[1:4]] == [
        (DONE, "5,000 mailboxes"),
        (CHECK, "2 to check"),
        (CHECK, "not sized completely"),
    ]
    small = size({**DESIGN, "storage.primary.database_disk_capacity": 300.0})
    broken = steps(small, small.issues, frozenset())
    assert broken[3].state == CHECK
    assert "error" in broken[3].note
    looked = steps(small, small.issues, frozenset({"review"}))[4]
    assert (looked.state, looked.note) == (OPEN, "looked at")
    refused = steps(size(DESIGN), size(DESIGN).issues, frozenset(), {"database_copies.ha_copies": 0})
    assert (refused[2].state, refused[2].note) == (CHECK, "1 to check")
    assert steps(size({}), size({}).issues, frozenset())[1].note == "enter the mailboxes"


def test_a_page_that_was_only_opened_is_no_step_that_is_done(opened):
    at = opened(DESIGN, "tiers.1", page=USERS)
    for page in (REVIEW, DOCUMENT):
        at.switch_page(page).run()
    assert not session(at).finished
    at.switch_page(REQUIREMENTS).run()
    assert session(at).finished == {"requirements"}
    small = {**DESIGN, "storage.primary.database_disk_capacity": 300.0}
    assert not session(opened(small)).finished, "it has errors"


def test_a_failure_or_a_study_finishes_the_review_and_another_design_begins_again(opened):
    at = opened("active_active", page=REVIEW)
    at.session_state["review_tab"] = "Failures"
    at.run()
    at.get_by_key("fail:servers").set_value(["SRV01"]).run()
    assert session(at).finished == {"review"}
    at.switch_page(START).run()
    at.get_by_key("open:single_site").click().run()
    assert "review" not in session(at).finished


def test_a_download_finishes_the_document(opened, monkeypatch):
    offered = {}
    original = streamlit.download_button

    def offer(label, data, *args, **more):
        offered[more["key"]] = data
        return original(label, data, *args, **more)

    monkeypatch.setattr(streamlit, "download_button", offer)
    at = opened(DESIGN, page=DOCUMENT)
    assert not session(at).finished, "a file is made when it is downloaded"
    offered["take:profile"]()  # in another thread, without the script
    at.run()
    assert session(at).finished == {"document"}


def test_nothing_is_read_of_a_design_without_mailboxes(opened):
    at = opened({"tiers.1.mailboxes": 0.0}, page=REQUIREMENTS)
    sound(at)
    assert session(at).finished == frozenset()
    for figure in ("servers n/a", "CPU n/a", "memory n/a", "disks n/a", "volume n/a", "WAN n/a"):
        assert figure in texts(at)
    assert {metric.value for metric in at.metric} == {"n/a"}
    for reason in ("CPU is n/a", "Memory is n/a"):
        assert f"{reason} (the design has no mailboxes)." in plain(at)
    assert plain(at).count("n/a: the design has no mailboxes.") == 2


# --- the last change -----------------------------------------------------------------------------


def test_a_change_shows_what_the_figures_were_and_what_was_changed(opened):
    at = opened(DESIGN, "servers", page=CONSTRAINTS)
    before = size(DESIGN)
    assert all(not metric.delta for metric in at.metric)
    at.get_by_key("environment.mailbox_servers").set_value(6).run()
    at.run()
    sound(at)
    after = size({**DESIGN, "environment.mailbox_servers": 6.0})
    servers = next(metric for metric in at.metric if metric.label == "Servers")
    old, new = (f"{each['summary_servers.environment']:,.0f}" for each in (before, after))
    assert (servers.value, servers.delta) == (new, f"was {old}")
    assert f"{old} → {new} servers (6 + 6)" in texts(at)
    changed = "Servers hosting active mailboxes per DAG and datacenter: 6, was "
    short = "Active servers per DAG and datacenter: 6, was "
    assert any(written.startswith(short) for written in plain(at)), "the values are never cut"
    assert any(written.startswith(f"Last change: {changed}") for written in plain(at)), "for screen readers"
    at.get_by_key("undo").click().run()
    at.run()
    servers = next(metric for metric in at.metric if metric.label == "Servers")
    assert (servers.value, servers.delta) == (old, f"was {new}")


def test_the_strip_names_an_undo_and_the_buttons_say_what_they_change(opened):
    at = opened("active_active", "servers", page=CONSTRAINTS)
    servers, title = "Servers hosting active mailboxes per DAG and datacenter", "Two datacenters, users in both"

    def shown():
        at.run()
        sound(at)
        step = re.compile("(Undone|Redone|Restored): .*?, was [0-9]")
        (said,) = (found[0] for text in plain(at) if (found := step.match(text)) and "servers (" in text)
        helps = (at.get_by_key(name).help.replace("\\", "") for name in ("undo", "redo"))
        return said, *helps, title_of_page()

    def title_of_page():
        return next(text for text in plain(at) if text.startswith("Exchange 2013  ·  ")).partition("  ·  ")[2]

    for count in (6, 7):
        at.get_by_key("environment.mailbox_servers").set_value(count).run()
        at.run()
    at.get_by_key("undo").click().run()
    assert shown() == (
        f"Undone: {servers}: 6, was 7",
        f"{servers}: 6, was 5.",
        f"{servers}: 7, was 6.",
        title + " (changed)",
    )
    at.get_by_key("redo").click().run()
    assert shown() == (f"Redone: {servers}: 7, was 6", f"{servers}: 7, was 6.", "", title + " (changed)")
    at.get_by_key("more").click().run()
    at.run()
    at.get_by_key("reset").click().run()
    assert shown() == (f"Restored: {servers}: 5, was 7", f"{servers}: 5, was 7.", "", title)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("Mailbox quota: 2 GB, was 5.", "Mailbox quota: 2 GB, was 5."),
        (
            "Mailboxes moved per week in the whole environment: 2 %, was 1.",
            "Mailboxes moved per week in the…: 2 %, was 1.",
        ),
        ("Tiers: 3, was 1.", "Tiers: 3, was 1."),
        ("Servers: 5, was 6; Mailbox quota: 2 GB, was 5.", "Servers: 5, was 6 and 1 more."),
        ("Servers: 5, was 6; DAGs: 2, was 1; and 3 other inputs.", "Servers: 5, was 6 and more."),
        (
            "Site resilience model of the DAG: Active/passive (secondary datacenter without users), was Active/active.",
            "Site resilience…: Active/passive (secondary datacenter without users), was Active/active.",
        ),
    ],
)
def test_the_strip_cuts_a_long_name_and_never_the_values(change, shown):
    assert status_strip._shortened(change) == shown


def test_a_change_of_several_inputs_has_their_values():
    before, after = (
        Profile(dict(DESIGN)),
        Profile({**DESIGN, "environment.mailbox_servers": 6.0, "environment.dags": 2.0}),
    )
    assert set(status_strip.change_text(before, after).removesuffix(".").split("; ")) == {
        f"Servers hosting active mailboxes per DAG and datacenter: 6, was {before['environment.mailbox_servers']:g}",
        "DAGs: 2, was 1",
    }
    more = {**after.given, "tiers.1.mailboxes": 7.0, "data.volume_free_space": 0.1, "dag.dac_mode": False}
    assert status_strip.change_text(before, Profile(more)).count(", was ") == status_strip.CHANGES_SHOWN


def test_what_a_figure_was_is_said_in_the_past():
    assert headline.was("120") == "was 120"
    assert headline.was(headline.DO_NOT_FIT) == "did not fit before"


def test_another_design_is_no_change_of_the_one_before(fresh):
    fresh.run()
    fresh.get_by_key("open:single_site").click().run()
    assert session(fresh).previous is None
    assert not any(written.startswith("Last change") for written in texts(fresh))


# --- verdict and issues --------------------------------------------------------------------------


def test_a_design_without_cpu_has_no_good_verdict(opened):
    at = opened({**DESIGN, **UNRATED})
    assert headline.badge(sized(at), sized(at).issues).text == "Not sized completely"
    assert headline.verdict(sized(at)).startswith("This design is not sized completely and has 2 warnings: ")
    assert headline.verdict(sized(at)).endswith(" Not sized: CPU (the processors have no rating).")
    empty = size({"tiers.1.mailboxes": 0.0})
    assert headline.badge(empty, empty.issues).text == "No mailboxes"
    assert headline.verdict(empty) == "This design has no mailboxes, so nothing is sized yet."
    rated = size(DESIGN)
    assert headline.badge(rated, rated.issues).text == "Works"
    assert headline.verdict(rated).startswith("This design works: ")


@pytest.mark.parametrize("page", [USERS, CONSTRAINTS, REQUIREMENTS])
def test_the_errors_that_a_page_counts_are_drawn_on_it(opened, page):
    at = opened({**DESIGN, "storage.primary.database_disk_capacity": 300.0}, page=page)
    errors = [issue for issue in sized(at).issues if issue.severity == "error"]
    said = f"This design does not work: it has {len(errors)} error{'s' * (len(errors) > 1)}."
    assert any(written.startswith(said) for written in texts(at))
    for issue in errors:
        assert with_labels(issue.message) in texts(at)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Raise transport.safety_net_hold to the lag.", 'Raise "Safety Net hold" to the lag.'),
        ('Set guidance.dumpster_model to "larger" now.', 'Set "Recoverable items model" to "The larger of both" now.'),
        (
            'guidance.dumpster_model = "larger" takes the greater.',
            '"Recoverable items model" set to "The larger of both" takes the greater.',
        ),
        ("Set tiers.N.iops_multiplier.", 'Set "IOPS multiplier".'),
        ("It is 33.75 per core. See no.such_input.", "It is 33.75 per core. See no.such_input."),
    ],
)
def test_a_message_names_inputs_by_their_labels(message, shown):
    assert with_labels(message) == shown


@pytest.mark.parametrize(
    ("field", "about"),
    [
        (
            "active_databases_by_mode.single.primary",
            "Number of active databases on a server in each failure mode, one server failed, primary datacenter",
        ),
        ("tiers.2.years_to_capacity", "Time in years until a mailbox is full if nothing is deleted, tier 2"),
    ],
)
def test_an_issue_about_a_figure_has_its_label_and_place(field, about):
    assert issues.about(field) == f"Figure: {about}."


def test_an_issue_about_a_design_has_no_label():
    assert issues.about("quorum") == ""


# --- links and dialogs ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", [USERS, REQUIREMENTS, DOCUMENT])
def test_a_link_that_is_cut_short_is_said_where_it_lands(page):
    at = new_session()
    at.query_params["d"] = links.encode(shipped("active_active"))[:-30]
    at.switch_page(page).run()
    assert not at.exception
    assert [box.value for box in at.error] == ["That could not be opened."]
    assert "The link is cut short." in texts(at)
    assert "Copy the whole link, or ask for the profile file." in plain(at)
    at.get_by_key("close_problems").click().run()
    assert not at.error


def test_the_dialog_to_share_holds_the_link(opened):
    at = opened(DESIGN)
    at.get_by_key("share").click().run()
    sound(at)
    link = links.encode(session(at).source.with_values(given(at)))
    assert any(code.value.endswith(f"?d={link}") for code in at.code)
    at.get_by_key("more").click().run()
    assert session(at).dialog == "more"


@pytest.mark.parametrize("page", [START, USERS, CONSTRAINTS, REQUIREMENTS, REVIEW, DOCUMENT])
def test_the_dialog_to_share_opens_on_every_page_of_a_design(opened, page):
    at = opened(DESIGN, page=page)
    at.get_by_key("share").click().run()
    sound(at)
    link = links.encode(session(at).source.with_values(given(at)))
    addresses = [code.value for code in at.code if code.value.endswith(f"?d={link}")]
    assert len(addresses) == (2 if page == DOCUMENT else 1)  # the page Document shows the link itself


# --- what to buy ---------------------------------------------------------------------------------


def test_what_to_buy_comes_first_and_has_a_row_per_item(opened):
    at = opened("active_active")
    bought = at.table[0].value
    assert bought.iloc[0, 0] == "Servers for mailboxes"
    assert bought["In all"].tolist()[0] == "10"
    written = [header.value for header in at.subheader]
    assert written.index("What to buy") < written.index("Key figures")


def test_what_to_buy_is_unknown_for_a_design_that_does_not_work(opened):
    at = opened({**DESIGN, "environment.mailbox_servers": 1.0})
    assert sized(at).status == "invalid"
    assert "What to buy is not known, because the design does not work." in texts(at)


def test_columns_of_figures_are_aligned_on_the_right():
    rows = [
        {"What": "Disks", "Each": "4,000 GB, 7.2K RPM", "Primary": "10", "Share": "n/a (one datacenter)", "Unit": "GB"},
        {"What": "Licenses", "Each": "64-bit", "Primary": "", "Share": "12 %", "Unit": ""},
        {"What": "Place", "Each": "any", "Primary": "system disk", "Share": "1.5 %", "Unit": "GB"},
        {"What": "Moved", "Each": "any", "Primary": "12 (+4)", "Share": "-3 %", "Unit": "GB"},
    ]
    assert figures.columns_of_figures(rows) == ["Primary", "Share"]
    assert figures.columns_of_figures([{"Unit": ""}]) == []
    aligned = {name: column["alignment"] for name, column in figures.text_columns(rows, {"What": 300}).items()}
    assert aligned == {"What": None, "Each": None, "Primary": "right", "Share": "right", "Unit": None}
