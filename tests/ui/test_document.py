"""Document: files equal to what the API gives, reasons in the record, the link that carries the design."""

import csv
import datetime
import io
import zipfile

import openpyxl
import pytest
import streamlit
from support.sessions import DOCUMENT, REQUIREMENTS, USERS, seen, session, shipped, sized, sound, texts

from calculator import size
from calculator.exporters.deployment import copies_of, deployment_archive, deployment_of
from calculator.exporters.report import write
from calculator.exporters.report.content import About, Bullets, Reference
from calculator.exporters.report.record import build_record, stem_of
from calculator.exporters.switchover import switchover
from calculator.inputs import profile as scenario
from calculator.inputs.profile import Profile
from calculator.layout import layout
from calculator.presentation.assumptions import assumed_inputs
from calculator.presentation.findings import all_issues
from calculator.presentation.text import long_date
from calculator.studies.capacity import room_of
from calculator.ui.inputs import assumed_values
from calculator.ui.results.texts import escaped
from calculator.ui.session import links


class Downloads(dict):
    """Files offered for download, by key. Looking one up makes it, as a click in the browser does."""

    def __getitem__(self, key):
        data = super().__getitem__(key)
        return data() if callable(data) else data


def made(monkeypatch):
    """Return the files that the page offers for download from now on."""
    files = Downloads()
    original = streamlit.download_button

    def offered(label, data, *args, **more):
        files[more["key"]] = data
        return original(label, data, *args, **more)

    monkeypatch.setattr(streamlit, "download_button", offered)
    return files


def address(at):
    """The design in the page's address."""
    value = at.query_params["d"]
    return value if isinstance(value, str) else value[0]


def test_the_assumed_values_say_what_they_are_and_which_matter_most(opened):
    at = opened("active_active", page=DOCUMENT)
    said = "You did not enter these values; defaults are used, which are the usual values."
    assert any(text.startswith(said) for text in texts(at))
    at.session_state["assumed"] = True
    at.run()
    sound(at)
    largest = assumed_values.rank(sized(at).profile, ["storage.primary.database_disk_capacity", "environment.dags"])
    assert [swing.input for swing in largest] == ["storage.database_disk_capacity", "environment.dags"]
    assert assumed_values.effect(largest[0]) == "From 2,000 to 8,000 GB: disks in all from 180 to 70"
    assert escaped(assumed_values.effect(largest[0])) in texts(at)
    listed = [button.label for button in at.button if str(button.key).startswith("assumed:")]
    assert len(listed) == len(assumed_inputs(sized(at))) == 77, "as many as the report counts"
    assert escaped("Hourly share of logs: 24 values") in listed
    assert escaped("System disk capacity: 4,000 GB") in [label.replace(" (decimal)", "") for label in listed]
    at.get_by_key("assumed:storage.primary.database_disk_capacity").click().run()
    assert at.header[0].value == "Constraints"


def test_an_assumed_value_may_differ_between_tiers():
    given = {"tiers.1.mailboxes": 5000, "tiers.2.mailboxes": 5000, "tiers.2.messages_per_day": 150}
    (swing,) = assumed_values.rank(Profile(given), ["tiers.1.messages_per_day"])
    assert " times this value: " in assumed_values.effect(swing)
    assert assumed_values.rank(Profile({}), ["environment.dags"]) == []


@pytest.mark.parametrize("name", ["active_active", "exchange_2019", "small_office"])
def test_files_hold_what_the_api_gives(opened, monkeypatch, name):
    files = made(monkeypatch)
    at = opened(name, page=DOCUMENT)
    profile = shipped(name)
    design = size(profile)
    assert dict(size(scenario.parse(files["take:profile"]))) == dict(design)
    rows = {row["column"]: row["value"] for row in csv.DictReader(io.StringIO(files["take:results"]))}
    assert set(rows) == set(design)
    for column, value in design.items():
        if isinstance(value, float):
            assert float(rows[column]) == value, column
        elif value is None:
            assert rows[column] == "", column
    shown = size(sized(at).profile)
    about = About(date=long_date(datetime.date.today()))
    assert files["take:record"] == write.markdown(shown, about=about, room=room_of(shown))
    assert files["take:record_html"] == write.html(shown, about=about, room=room_of(shown))
    assert files["take:record_xlsx"] == write.xlsx(shown, about=about, room=room_of(shown))
    if design.profile.value("environment.high_availability"):
        dag = layout(shown)
        deployment, _ = deployment_of(shown, copies_of(dag.server, dag.preference, dag.lagged))
        assert files["take:deployment"] == deployment_archive(deployment)[0]
        assert zipfile.ZipFile(io.BytesIO(files["take:deployment"])).testzip() is None
    else:
        assert "take:deployment" not in files
        assert any("**Deployment files**" in written for written in texts(at))


def test_a_design_that_does_not_work_has_no_deployment_files(opened):
    at = opened({"tiers.1.mailboxes": 5000.0, "storage.primary.database_disk_capacity": 300.0}, page=DOCUMENT)
    assert not at.exception
    assert seen(at, "take:deployment") is None
    assert "The design does not work: no files are made." in texts(at)
    assert seen(at, "take:record") is not None


def test_the_switchover_plan_of_each_datacenter(opened, monkeypatch):
    files = made(monkeypatch)
    opened("active_active", page=DOCUMENT)
    for lost in ("primary", "secondary"):
        assert files[f"take:switchover:{lost}"] == str(switchover(shipped("active_active"), lost))


def test_a_reason_goes_into_the_record(opened, monkeypatch):
    files = made(monkeypatch)
    at = opened("litigation_hold", page=DOCUMENT)
    at.get_by_key("accepted:0").set_value("Legal asks for it").run()
    at.run()
    sound(at)
    assert "Accepted: Legal asks for it." in files["take:record"]
    assert "<em>Accepted: Legal asks for it.</em>" in files["take:record_html"]
    issues = openpyxl.load_workbook(io.BytesIO(files["take:record_xlsx"]))["Issues"]
    assert "Legal asks for it" in [cell.value for (cell,) in issues.iter_rows(min_col=5, max_col=5)]


def test_the_title_block_is_on_page_one_and_in_the_report(opened, monkeypatch):
    files = made(monkeypatch)
    at = opened("single_site", page=DOCUMENT)
    for name, text in (("title", "Mail *now*"), ("customer", "Contoso"), ("author", "A. Planner")):
        at.get_by_key(f"about:{name}").set_value(text).run()
    at.get_by_key("about:date").set_value(datetime.date(2026, 3, 5)).run()
    at.run()
    sound(at)
    assert "**Mail \\*now\\***" in texts(at)
    assert "Customer: Contoso  ·  Author: A\\. Planner  ·  Date: 5 March 2026" in texts(at)
    about = About("Mail *now*", "Contoso", "A. Planner", "5 March 2026")
    assert files["take:record"] == write.markdown(sized(at), about=about, room=room_of(sized(at)))


def test_page_one_shows_what_the_report_shows(opened):
    at = opened("active_active", page=DOCUMENT)
    design = size(shipped("active_active"))
    first = build_record(design).first
    assert first.verdict in texts(at)
    assert first.verdict in texts(opened("active_active", page=REQUIREMENTS))
    tiles, shopping = first.section.parts[:2]
    assert [(metric.label, metric.value) for metric in at.metric] == [(tile.name, tile.figure) for tile in tiles.tiles]
    assert [row["What to buy"] for _, row in at.table[0].value.iterrows()] == [escaped(row[0]) for row in shopping.rows]


def test_a_description_is_in_report_profile_and_link_until_an_input_changes(fresh, monkeypatch):
    """Undo brings it back, as it brings the inputs back."""
    files = made(monkeypatch)
    fresh.run()
    fresh.get_by_key("open:single_site").click().run()
    said, left_out = shipped("single_site").description, "The description of the opened design is left out"
    for step, described in (("", True), ("tiers.1.mailboxes", False), ("undo", True)):
        if step == "undo":
            fresh.get_by_key(step).click().run()
        elif step:
            fresh.switch_page(USERS).run()
            fresh.get_by_key(step).set_value(4000).run()
        fresh.switch_page(DOCUMENT).run()
        fresh.run()
        sound(fresh)
        assert (said in texts(fresh)) is described
        assert any(text.startswith(left_out) for text in texts(fresh)) is not described
        description = said if described else ""
        assert scenario.parse(files["take:profile"]).description == description
        assert links.decode(address(fresh)).description == description
        for key in ("take:record", "take:record_html"):
            assert (said.partition(" of ")[0] in files[key]) is described


def test_a_design_of_the_same_inputs_but_another_title_is_another_design(fresh):
    fresh.run()
    fresh.get_by_key("open:single_site").click().run()
    copy = Profile(shipped("single_site").given, "Contoso", "Mail of Contoso.")
    assert sized(fresh).profile.title == shipped("single_site").title
    session(fresh).source = copy
    fresh.switch_page(DOCUMENT).run()
    assert address(fresh) == links.encode(copy)
    assert {"**Contoso**", "Mail of Contoso."} <= set(texts(fresh))


def test_what_to_buy_is_on_requirements(opened):
    at = opened("active_active", page=REQUIREMENTS)
    shopping = build_record(size(shipped("active_active"))).first.section.parts[1]
    assert [row["What to buy"] for _, row in at.table[0].value.iterrows()] == [escaped(row[0]) for row in shopping.rows]


def test_placeholders_are_counted_next_to_the_button_and_can_be_replaced(opened):
    folded = "witness.contoso.com in DAGInfo.csv is a placeholder for the witness server."
    assert folded not in texts(opened("active_active", page=DOCUMENT))
    at = opened("active_active", "left_out", page=DOCUMENT)
    assert "5 values to replace or check" in badges(at)
    assert seen(at, "go:left_out0") is not None
    assert folded in texts(at)
    given = {**shipped("active_active").given, "export.witness_server": "fsw.example.org"}
    assert "4 values to replace or check" in badges(opened(given, page=DOCUMENT))


def badges(at):
    """Texts of the badges on the page, which Streamlit writes as Markdown."""
    return " ".join(written for written in texts(at) if "-badge[" in written)


def test_the_link_carries_the_design(opened):
    at = opened("active_active", page=DOCUMENT)
    (code,) = [code.value for code in at.code if "?d=" in code.value]
    back = links.decode(code.partition("?d=")[2])
    assert dict(size(back)) == dict(size(shipped("active_active")))


def test_settings_of_the_files_change_the_files_and_no_figure(opened, monkeypatch):
    files = made(monkeypatch)
    at = opened("active_active", "export_dag", page=DOCUMENT)
    before = dict(sized(at))
    at.get_by_key("export.dag_name").set_value("NORTH").run()
    at.run()
    sound(at)
    assert dict(sized(at)) == before
    archive = zipfile.ZipFile(io.BytesIO(files["take:deployment"]))
    assert any(b"NORTH" in archive.read(name) for name in archive.namelist())


def test_invalid_names_prevent_the_deployment_files(opened):
    at = opened({**shipped("active_active").given, "names.dag": 'a,b"<script>'}, page=DOCUMENT)
    assert not at.exception
    assert seen(at, "take:deployment") is None


def test_a_hostile_title_is_text_in_the_record():
    text = write.markdown(size(Profile({"tiers.1.mailboxes": 10.0}, "# <script>alert(1)</script>\n| x |")))
    assert text.splitlines()[0] == "# \\# \\<script\\>alert(1)\\</script\\> \\| x \\|"


@pytest.mark.parametrize(
    ("title", "customer", "stem"),
    [
        ("Two datacenters, users in both", "", "two-datacenters-users-in-both-design"),
        ("A title", "Contoso", "contoso-design"),
        ("", "Müller & Söhne: design", "müller-söhne-design"),
        ("", "", "exchange-2013-design"),
        ("../..", "", "design"),
        ("x" * 200, "", f"{'x' * 50}-design"),
    ],
)
def test_files_are_named_after_the_customer_or_the_title(title, customer, stem):
    assert stem_of(size(Profile({}, title)), About(customer=customer)) == stem


def test_every_download_has_the_name_of_the_design(opened, monkeypatch):
    names = set()
    original = streamlit.download_button

    def offered(label, data, file_name, **more):
        names.add(file_name)
        return original(label, data, file_name, **more)

    at = opened("active_active", page=DOCUMENT)
    monkeypatch.setattr(streamlit, "download_button", offered)
    at.get_by_key("about:customer").set_value("Contoso").run()
    at.run()
    ends = (".html", ".xlsx", ".md", ".toml", "-results.csv", "-deployment.zip", "-switchover-primary.md")
    assert {f"contoso-design{end}" for end in ends} <= names


def test_an_issue_is_listed_once_with_what_it_is_about(opened):
    at = opened(
        shipped("active_active").with_values({"export.retain_deleted_items_until_backup": True}).given, page=DOCUMENT
    )
    message = next(issue.message for issue in all_issues(sized(at)) if issue.severity == "warning")
    assert texts(at).count(message) == 1
    assert escaped("About: Keep deleted items until backup.") in texts(at)


def test_a_design_without_a_dag_needs_no_deployment_files(opened):
    at = opened("small_office", page=DOCUMENT)
    assert not at.exception
    assert seen(at, "take:deployment") is None
    assert any(caption.value == "Not needed: the design has no DAG." for caption in at.caption)
    assert "Settings of the deployment files" not in [heading.value for heading in at.subheader]


def test_page_one_has_the_premises_and_not_a_large_map():
    parts = build_record(size(shipped("active_active"))).first.section.parts
    [premises] = [part for part in parts if getattr(part, "head", ()) == ("Premise", "Value")]
    assert dict(premises.rows) == {
        "Version": "Exchange 2013, Enterprise edition",
        "Mailboxes": "10,000, no growth planned",
        "Messages per mailbox and day": "100",
        "Quota": "5 GB",
        "Copies of a database": "3 for high availability and 1 lagged",
        "Datacenters": "2",
    }
    where = "shows the 80 databases on the servers of a DAG."
    assert parts[-1] == Reference(
        f"The appendix Layout of the copies {where}", f"The section Copies on the servers {where}"
    )
    assert parts[2] == (
        "Not counted: client access licenses, Windows Server licenses, network equipment except the link between the "
        "datacenters, backup."
    )
    assert str(parts[4]).startswith("All databases stay active if any 3 servers fail.")
    assert str(parts[4]).endswith(
        "This counts lagged copies, which are activated last. Without them, at most 2 servers may fail."
    )
    assert parts[5] == "77 inputs are assumed; the section Assumptions lists them."
    assert parts[6] == Bullets(
        "To know, in short (the section Issues says what to do, and has 4 more notices):",
        [
            "With 5 servers in each datacenter of one active/active DAG, the databases of a failed server fail over to "
            "only half of the remaining servers."
        ],
    )


def test_page_one_counts_notices_about_how_figures_are_counted():
    parts = build_record(size(shipped("small_office"))).first.section.parts
    assert "The section Issues has 2 notices about how figures are counted." in parts
    assert not [part for part in parts if isinstance(part, Bullets)]


def test_on_paper_a_section_without_the_databases_is_not_referred_to():
    parts = build_record(size(shipped("hundred_thousand_mailboxes"))).first.section.parts
    [where] = [part for part in parts if isinstance(part, Reference)]
    shows = "shows the 224 databases on the servers of a DAG."
    assert where == Reference(
        f"The appendix Layout of the copies {shows}", f"The appendix Layout of the copies in the HTML page {shows}"
    )


def test_page_one_says_that_one_failure_stops_mailboxes_without_copies():
    parts = build_record(size(shipped("small_office"))).first.section.parts
    assert (
        "The design has no copies: if a server fails, all its mailboxes stop until it runs again or is restored."
        in parts
    )
