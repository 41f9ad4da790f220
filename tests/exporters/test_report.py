"""The report of a design as Markdown: its figures are the API's, its texts stay texts, and it is short."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re

import pytest
from support.paths import PROFILES, ROOT

from calculator import size
from calculator._version import RESULTS_VERSION, __version__
from calculator.engine.results import HEADLINE
from calculator.engine.sizing import SizedDesign
from calculator.exporters.report import record as records_of
from calculator.exporters.report import results as results_of
from calculator.exporters.report.content import About
from calculator.exporters.report.markdown import render_markdown
from calculator.exporters.report.record import RULES_OF, build_record
from calculator.exporters.report.results import EXPLAINED, MAIN_FIGURES, figure_cell
from calculator.exporters.report.write import markdown
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import all_paths
from calculator.layout import combinations, describe, layout, tolerance
from calculator.presentation.figures import rule_of
from calculator.presentation.findings import all_issues, quirk_rows
from calculator.presentation.headline import no_reseed, tiles, verdict
from calculator.presentation.places import with_labels
from calculator.presentation.sentences import sentence
from calculator.presentation.text import long_date, number
from calculator.rules.sources import SOURCES
from calculator.studies.capacity import room_of

pytestmark = pytest.mark.slow

BODY = ["Contents", "1. Issues", "2. Main figures", "3. Charts", "4. Failures", "5. Answers", "6. Assumptions"]
APPENDICES = [
    "A. How the main figures come about",
    "B. All inputs",
    "C. Layout of the copies",
    "D. Failure of each server",
    "E. Volumes of a server",
    "F. Backups of a server",
    "G. Results by level",
    "H. Quirks of Microsoft's workbook",
    "I. Deployment files",
    "J. All sources",
]
VERSIONS = f"Version of the results: {RESULTS_VERSION}. Version of the program: {__version__}."
GIVEN = {
    "tiers.1.mailboxes": 5000.0,
    "tiers.1.mailbox_growth": 0.1,
    "tiers.1.name": "Staff",
    "tiers.2.mailboxes": 20.0,
    "environment.virtualized": True,
    "backup.method": "software_vss",
    "replication.hourly_log_share.9": 0.0575,
    "names.dag": "EU-DAG",
    "export.first_drive": 3.0,
    "environment.directory_database_size": None,
    "storage.primary.database_disk_capacity": 4000.0,
}
DESIGNS = {
    "two datacenters": GIVEN,
    "a standalone server": {"environment.high_availability": False, "tiers.1.mailboxes": 100.0},
    "no mailboxes": {},
    "too many members": {"tiers.1.mailboxes": 5000.0, "environment.mailbox_servers": 16.0},
    "no quota": {"tiers.1.mailboxes": 5000.0, "tiers.1.mailbox_size_limit": 0.0},
}
BEFORE = 202_704
"""Characters of the report of the profile active_active before it had a first page and appendices."""


@pytest.fixture(scope="module")
def plans():
    return {name: size(Profile(given)) for name, given in DESIGNS.items()}


@pytest.fixture
def unexplained(monkeypatch):
    """Reports without the explanations, which take the most time."""
    monkeypatch.setattr(results_of, "EXPLAINED", ())


@pytest.fixture(scope="module")
def records(plans):
    return {name: markdown(plan) for name, plan in plans.items()}


def on_paper(plan):
    """Return the sections that only paper has, as Markdown."""
    record = build_record(plan)
    return render_markdown(dataclasses.replace(record, sections=record.paper))


@pytest.fixture(scope="module")
def papers(plans):
    return {name: on_paper(plan) for name, plan in plans.items()}


def plain(text):
    """Text as a reader of Markdown sees it; refuses what would not be text."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|&~]", text), text
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def section(record, name):
    """Lines of a section or an appendix that are not empty."""
    level = "##" if name[0].isdigit() else "###"
    rest = record.partition(f"\n{level} {name}\n")[2]
    return [line for line in re.split(rf"\n##{'#?' if level == '###' else ''} ", rest)[0].splitlines() if line]


def cells(line):
    """Cells of a line of a table."""
    return [plain(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def tables(record, name):
    """Rows of all tables of a section, their heads apart."""
    lines = section(record, name)
    found = []
    for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        if line.startswith("|") and not before.startswith("|"):
            assert after.replace("|", "").replace("-", "").replace(":", "").strip() == ""
        elif line.startswith("| ") and not line.startswith("| ---"):
            found.append(cells(line))
    return found


def body(record):
    return record.partition("\n## Appendices\n")[0]


# --- the whole -----------------------------------------------------------------------------------


def test_the_report_of_a_small_design_as_a_whole():
    """Compare a file that is what stands above the appendices in report.md, written in the folder of this test by

    ``exchange-calculator report report_small.toml -o report.md --date 2026-03-05 --customer Northwind``.
    """
    folder = ROOT / "tests" / "exporters"
    about = About(customer="Northwind", date=long_date(datetime.date(2026, 3, 5)))
    plan = size(load(folder / "report_small.toml"))
    made = body(markdown(plan, about=about, room=room_of(plan)))
    assert made + "\n" == (folder / "report_small.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_has_a_report_with_all_sections(records, name):
    record = records[name]
    assert [line[3:] for line in record.splitlines() if line.startswith("## ")] == [*BODY, "Appendices"]
    appendices = record.partition("\n## Appendices\n")[2]
    assert [line[4:] for line in appendices.splitlines() if line.startswith("### ")] == APPENDICES
    assert record.startswith("# Exchange 2013 design\n\n**")
    assert record.endswith(f"\n\n{RULES_OF}\n\n{VERSIONS}\n")


def test_the_title_block_says_what_is_known(plans):
    about = About("Mail for Contoso", "Contoso | Ltd", "A. Planner", "5 March 2026")
    lines = markdown(plans["a standalone server"], about=about).splitlines()
    assert lines[:5] == [
        "# Mail for Contoso",
        "",
        "Customer: Contoso \\| Ltd  ",
        "Author: A. Planner  ",
        "Date: 5 March 2026",
    ]


@pytest.mark.parametrize("name", ["active_active", "hundred_thousand_mailboxes", "litigation_hold"])
def test_the_body_is_at_most_a_tenth_of_what_a_report_was(name):
    assert len(body(markdown(size(load(PROFILES / f"{name}.toml"))))) <= BEFORE / 10


@pytest.mark.parametrize("name", DESIGNS)
def test_no_figure_has_more_digits_than_a_person_reads(records, name):
    """At most six significant digits, except where a constant or a version of Microsoft's workbook is named."""
    constants = re.compile(r"\d[\d,]*\.\d+")
    for found in constants.findall(body(records[name])):
        assert len(found.replace(",", "").replace(".", "").lstrip("0")) <= 6, found


@pytest.mark.parametrize("name", DESIGNS)
def test_the_body_names_no_path_of_a_result(records, plans, name):
    text = plain(re.sub(r"[*|#]", " ", "\n".join(section(records[name], "2. Main figures"))))
    assert [column for column in plans[name] if "_" in column and column in text] == []


# --- first page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_the_first_page_has_the_verdict_and_five_figures_of_the_app(plans, records, name):
    made = build_record(plans[name])
    assert f"**{made.first.badge}.** " in records[name]
    by_name = {tile.name: tile for tile in tiles(plans[name])}
    shown = made.first.section.parts[0].tiles
    assert [tile.name for tile in shown] == [
        "Servers",
        "CPU" if name == "a standalone server" else "CPU, worst failure",
        "Memory per server",
        "Disks per server",
        "Fullest volume",
    ]
    assert all(tile == by_name[tile.name] for tile in shown)


def test_the_verdict_counts_the_issues_of_the_layout():
    plan = size(load(PROFILES / "active_active.toml"))
    assert [issue.severity for issue in plan.issues] == ["notice"] * 3
    dag = layout(plan)
    more = [issue for issue in dag.issues if issue.field not in {known.field for known in plan.issues}]
    assert len(more) == 2
    assert build_record(plan).first.verdict == (
        "This design works: 10 servers for 10,000 mailboxes in two datacenters, 5 notices."
    )


def test_a_warning_of_the_layout_is_a_warning_of_the_report(monkeypatch):
    plan = size(load(PROFILES / "active_active.toml"))
    real = records_of.layout

    def doubtful(design):
        dag = real(design)
        dag.issues.add("warning", "layout", "active_databases_by_mode.single.primary", "Too many.")
        return dag

    monkeypatch.setattr(records_of, "layout", doubtful)
    made = build_record(plan)
    assert (made.first.status, made.first.badge) == ("warning", "Works with warnings")
    assert made.first.verdict == (
        "This design works with 1 warning: 10 servers for 10,000 mailboxes in two datacenters."
    )


def test_what_is_not_sized_is_said():
    unrated = size({"tiers.1.mailboxes": 1000.0, "servers.primary.specint2006_rate": 0.0})
    made = build_record(unrated)
    assert made.first.badge == "Not sized completely"
    assert made.first.verdict.endswith(" Not sized: CPU (the processors of the primary datacenter have no rating).")
    empty = size({})
    assert verdict(empty) == "This design has no mailboxes, so nothing is sized yet."
    assert build_record(empty).first.badge == "No mailboxes"


def test_what_to_buy_has_a_row_per_item_and_a_column_per_datacenter():
    made = build_record(size(load(PROFILES / "active_active.toml")))
    table = made.first.section.parts[1]
    assert table.head == ("What to buy", "Each", "Primary datacenter", "Secondary datacenter", "In all")
    rows = {row[0]: [cell if isinstance(cell, str) else cell.said for cell in row[1:]] for row in table.rows}
    assert rows["Servers for mailboxes"] == [
        "16 cores, SPECint_rate2006 of 540 or more, 96 GB of memory, 12 drive bays",
        "5",
        "5",
        "10",
    ]
    assert rows["Database disks (JBOD)"] == ['4,000 GB, 7.2K RPM SAS 3.5"', "40", "40", "80"]
    assert rows["Network link"][1:] == ["", "", "1"]


def test_a_design_without_a_shopping_list_gives_the_reason(plans):
    parts = [build_record(plans[name]).first.section.parts[1] for name in ("no quota", "no mailboxes")]
    assert parts == [
        "What to buy is not known, because the design does not work.",
        "What to buy is not known, because the design has no mailboxes.",
    ]


def test_disks_that_do_not_fit_have_no_count():
    plan = size({"tiers.1.mailboxes": 5000.0, "tiers.1.mailbox_size_limit": 2_000_000.0})
    caution, table = build_record(plan).first.section.parts[1:3]
    assert caution == (
        "This list is of a design that does not work. Do not order from it before the errors are corrected."
    )
    [row] = [row for row in table.rows if row[0] == "Exchange disks"]
    assert row[1].startswith("do not fit: a volume of ")
    assert row[-1].said == "n/a"


def test_rows_of_an_item_that_differs_between_datacenters_follow_each_other():
    design = load(PROFILES / "active_active.toml").with_values({"servers.primary.specint2006_rate": 0.0})
    names = [row[0] for row in build_record(size(design)).first.section.parts[2].rows]
    assert names[:2] == ["Servers for mailboxes"] * 2
    assert names.index("Cores of domain controllers (global catalog)") == 6
    assert names[7] == "Cores of domain controllers (global catalog)"


# --- figures -------------------------------------------------------------------------------------


def spaced(text):
    """Text with plain spaces, as a report writes it."""
    return " ".join(text.split())


def said(plan, column):
    return spaced(figure_cell(plan, column).said)


def test_main_figures_have_the_columns_of_the_headline():
    names = [name for _, name in MAIN_FIGURES]
    missing = [column for column in HEADLINE if not any(column == n or column.startswith(f"{n}.") for n in names)]
    assert missing == []


@pytest.mark.parametrize("name", DESIGNS)
def test_the_main_figures_are_those_of_the_api(records, plans, name):
    plan = plans[name]
    rows = {row[0]: row for row in tables(records[name], "2. Main figures")}
    for label, column in MAIN_FIGURES:
        if no_reseed(column, plan):
            assert rows[label][1:] == ["n/a (no other copy to reseed from)", "", ""]
        elif column in plan and label in rows and not isinstance(plan[column], dict):
            value = plan[column]
            in_gb = rule_of(column)[0].unit == "MB" and isinstance(value, float) and value >= 1024
            assert rows[label][1:3] == [number(value / 1024), "GB"] if in_gb else rows[label][1] == said(plan, column)
            assert rows[label][3] == spaced(sentence(column, plan))


def test_datacenters_with_another_figure_have_a_row_each():
    plan = size(load(PROFILES / "active_passive.toml"))
    rows = {row[0]: row[1] for row in tables(markdown(plan), "2. Main figures")}
    figures = [
        spaced(number(plan[f"cpu_utilization_by_mode.normal.{side}"], "share")) for side in ("primary", "secondary")
    ]
    assert figures[0] != figures[1]
    assert rows["CPU in normal operation, primary datacenter"] == figures[0]
    assert rows["CPU in normal operation, secondary datacenter"] == figures[1]
    assert "CPU in normal operation" not in rows


@pytest.mark.parametrize("name", DESIGNS)
def test_every_result_is_there_with_its_value(records, plans, name):
    plan = plans[name]
    rows = {row[4]: row for row in tables(records[name], APPENDICES[6])}
    assert set(rows) == set(plan)
    for column in plan:
        assert rows[column][2] == said(plan, column), column
        assert rows[column][2].startswith("n/a (") == (plan[column] is None)
    levels = [line[5:] for line in section(records[name], APPENDICES[6]) if line.startswith("#### ")]
    assert levels == ["Mailbox", "Database", "Volume", "Server", "Datacenter", "DAG", "Environment"]


# --- inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_all_inputs_are_stated_or_assumed(records, plans, name):
    profile = plans[name].profile
    rows = tables(records[name], "B. All inputs")
    assert {row[4] for row in rows if row[3] == "stated"} == set(profile.given)
    rest = {path for path in all_paths(profile.tiers) if not path.startswith(("export.", "names."))}
    assert {row[4] for row in rows if row[3] == "assumed"} == rest - set(profile.given)


def test_a_design_without_stated_inputs_has_a_sentence_about_it(records):
    assert section(records["no mailboxes"], "5. Answers") == ["Nothing was stated: every input has its default."]


def test_answers_are_said_as_a_person_reads_them(records):
    rows = {row[0]: row[1:] for row in tables(records["two datacenters"], "5. Answers")}
    assert rows == {
        "Tier name": ["Staff", ""],
        "Mailboxes": ["5,000", "20"],
        "Growth in mailboxes": ["10 %", "0 % (assumed)"],
        "Virtualized": ["yes", ""],
        "Directory database size": ["not given", ""],
        "Backup method": ["Software VSS backup", ""],
        "Hourly share of logs, 08\u201309 h": ["5.75 %", ""],
        "DAG name": ["EU-DAG", ""],
        "Database disk capacity, GB (decimal)": ["4,000", "4,000 (assumed)"],
        "First drive": ["3", ""],
    }


def test_assumptions_are_the_defaults_that_count(records):
    rows = {row[0]: row[1:] for row in tables(records["two datacenters"], "6. Assumptions")}
    assert rows["Site resilience model"] == ["Active/active, one DAG", ""]
    assert rows["Mailbox quota"] == ["5", "GB"]
    assert rows["Growth in mailboxes, tier 2"] == ["0 %", ""]
    assert rows["Database disk capacity, secondary datacenter"] == ["4,000", "GB (decimal)"]
    assert "UM language packs" not in rows
    assert not any(label.endswith(", servers for lagged copies") for label in rows)


def test_of_many_tiers_the_first_have_a_column():
    plan = size({f"tiers.{number}.mailboxes": 10.0 * number for number in range(1, 10)})
    lines = section(markdown(plan), "5. Answers")
    assert lines[0] == "The first 6 of 9 tiers; the appendix All inputs has the others."
    assert [row for row in map(cells, lines[2:]) if row[0] == "Mailboxes"] == [
        ["Mailboxes", "10", "20", "30", "40", "50", "60"]
    ]


# --- explanations and sources --------------------------------------------------------------------


def test_the_main_figures_are_explained(records, plans):
    plan = plans["two datacenters"]
    lines = section(records["two datacenters"], APPENDICES[0])
    heads = [plain(line[2:].partition("**: ")[0]) for line in lines if line.startswith("**")]
    assert heads == [plan.explain(name, depth=0).sentence.rstrip(".") for name in EXPLAINED]
    [memory] = [place for place, line in enumerate(lines) if line.startswith("**Recommended memory")]
    assert plain(lines[memory + 1]) == sentence("summary_memory.primary", plan)


def test_an_explanation_goes_two_levels_deep(records, plans):
    lines = section(records["two datacenters"], APPENDICES[0])
    step = plans["two datacenters"].explain("worst_cpu_utilization", depth=2)
    label = step.needs[0].sentence.rstrip(".")
    [first] = [place for place, line in enumerate(lines) if plain(line.replace("*", "")).startswith(f"- {label}: ")]
    deeper = lines[first + 1 :][: len(step.needs[0].needs)]
    assert all(line.startswith("  - ") for line in deeper)
    assert [line.endswith(r"\]") or line.endswith("(explained above)") for line in deeper] == [True] * len(deeper)


def test_the_sources_are_those_of_publications(records):
    rows = tables(records["two datacenters"], "J. All sources")
    assert rows == [[source.key, source.title, source.publisher, source.address] for source in SOURCES.values()]
    assert len(rows) > 10


def test_paper_has_the_sources_of_the_main_figures(papers):
    name = "two datacenters"
    lines = [plain(line) for line in section(papers[name], "2. Sources")]
    workbook = "- Exchange 2013 Server Role Requirements Calculator, version 7.6 (Microsoft): "
    assert lines[1].startswith(f"{workbook}Servers (E227), Servers per DAG (E227), ")
    assert "JBOD disks per server (C197, D197), Disks for Exchange (C202, D202), " in lines[1]
    assert lines[1].endswith("The network link is fast enough (G145) on Replication Requirements.")
    assert (
        "- Changes to high availability and site resilience over previous versions (Microsoft): Reseed of a volume "
        "(Reseed)."
    ) in lines
    assert lines[-1].startswith("- Only for steps that lead to the main figures: ")
    assert "Exchange 2013 storage configuration options (Microsoft)" in lines[-1]


def test_a_figure_that_does_not_apply_has_no_source(papers):
    text = " ".join(section(papers["a standalone server"], "2. Sources"))
    assert "CPU in the worst failure (C208)" in text
    assert "network link" not in text


# --- failures ------------------------------------------------------------------------------------


def test_what_failures_the_dag_survives_is_said(records, plans):
    borne = tolerance(layout(plans["two datacenters"]))
    first = section(records["two datacenters"], "4. Failures")[0]
    assert plain(first) == f"{borne.sentence} {borne.limit}".strip()


def share(value):
    return spaced(number(value, "share"))


def test_failures_have_the_figure_of_the_layout_and_that_of_the_sizing(records, plans):
    plan = plans["two datacenters"]
    dag = layout(plan)
    rows = tables(records["two datacenters"], "4. Failures")
    steps = ("before a restore", "restored by hand in the other")
    assert [row[0].partition(" (")[0] for row in rows] == [
        "None",
        "Any one server",
        "Any two servers",
        *(f"The {side} datacenter, {step}" for side in ("primary", "secondary") for step in steps),
    ]
    for row, failed, mode in ((rows[1], 1, "single"), (rows[2], 2, "double")):
        found = combinations(dag, failed)
        sized = max(plan[f"cpu_utilization_by_mode.{mode}.{side}"] for side in ("primary", "secondary"))
        assert row[4:] == [str(found.worst), share(found.worst_cpu_utilization), share(sized)]
    sized = plan["cpu_utilization_by_mode.site.secondary"]
    assert rows[3][6] == share(sized)
    for side in ("primary", "secondary"):
        sentences = " ".join(describe(dag.fail(f"datacenter:{side}")))
        assert f"If the {side} datacenter is lost: {sentences}" in [
            plain(line) for line in section(records["two datacenters"], "4. Failures") if not line.startswith("|")
        ]


def test_the_appendix_has_the_failure_of_each_server(records, plans):
    dag = layout(plans["two datacenters"])
    rows = tables(records["two datacenters"], "D. Failure of each server")
    assert [row[0] for row in rows] == [str(name) for name in dag.server_names]
    for row in rows:
        state = dag.fail(f"server:{row[0]}")
        assert row[1:5] == ["holds", "48", "0", str(state.active_databases.max())]


def test_a_figure_of_two_failures_below_normal_operation_is_a_quirk(records):
    design = {
        "tiers.1.mailboxes": 5000.0,
        "environment.mailbox_servers": 2.0,
        "database_copies.ha_copies": 4.0,
        "database_copies.ha_copies_secondary": 2.0,
        "database_copies.lagged_copies": 0.0,
    }
    assert [line for line in section(markdown(size(design)), "4. Failures") if line.startswith("Quirk: ")] == [
        "Quirk: for two failed servers Microsoft's workbook counts 21 % CPU in the secondary datacenter, less than "
        "in normal operation (39 %). It is not the worst case. Use the figure of the layout."
    ]
    assert "Quirk: " not in body(records["two datacenters"])


def test_the_layout_has_a_row_per_database(records, plans):
    dag = layout(plans["two datacenters"])
    lines = [cells(line) for line in section(records["two datacenters"], "C. Layout of the copies")]
    first = lines.index(["Database", *map(str, dag.server_names)])
    assert lines[first + 2 :] == [list(row.values()) for row in dag.grid()]


def test_a_design_without_a_layout_gives_the_reason(records, papers):
    assert [plain(line) for line in section(records["a standalone server"], "4. Failures")] == [
        "The design has no copies: if a server fails, all its mailboxes stop until it runs again or is restored."
    ]
    assert [plain(line) for line in section(papers["a standalone server"], "1. Copies on the servers")] == [
        "The design has no DAG, so there are no copies to place on servers."
    ]
    for report, title in ((records, "4. Failures"), (papers, "1. Copies on the servers")):
        assert [plain(line) for line in section(report["too many members"], title)] == [
            "The copies are not laid out. 32 servers are needed per DAG, but a DAG has at most 16 members. Add a DAG, "
            "use fewer copies, or use servers with more cores and disks."
        ]


def test_the_servers_of_each_copy_follow_in_the_order_of_preference(papers, plans):
    dag = layout(plans["two datacenters"])
    name = "1. Copies on the servers"
    assert section(papers["two datacenters"], name)[0] == (
        "Each database has 4 copies, each on a server of its own, 2 of them in the datacenter where it is not active."
    )
    rows = tables(papers["two datacenters"], name)
    counts, copies = rows[: len(dag.server_names)], rows[len(dag.server_names) :]
    assert counts[0] == ["SRV01, primary", "24, of which 6 active"]
    assert counts[-1] == ["SRV08, secondary", "24, of which 6 active"]
    assert [row[0] for row in copies] == [str(database) for database in dag.database_names]
    for (_, listed), kept in zip(copies, dag.grid(), strict=True):
        assert [kept[server] for server in listed.split()] == ["1", "2", "3", "4"]


def test_a_lagged_copy_has_a_star():
    lines = section(on_paper(size(load(PROFILES / "active_active.toml"))), "1. Copies on the servers")
    assert r"| DAG1-DB01 | SRV01 SRV02 SRV06 SRV07\* |" in lines


def test_of_many_databases_only_the_servers_are_listed():
    lines = section(on_paper(size(load(PROFILES / "hundred_thousand_mailboxes.toml"))), "1. Copies on the servers")
    assert lines[0] == "All DAGs have the same layout."
    assert lines[-1] == "The appendix Layout of the copies in the HTML page has the servers of all 224 databases."


# --- issues --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_all_issues_are_listed(records, plans, name):
    text = "\n".join(plain(line.replace("**", "")) for line in section(records[name], "1. Issues"))
    for issue in all_issues(plans[name]):
        assert f": {with_labels(issue.message)} " in text
        assert with_labels(issue.hint) in text


def test_the_figures_that_quirks_change_are_in_an_appendix(records, plans):
    plan = plans["two datacenters"]
    rows = [list(row) for row in quirk_rows(plan)]
    lines = section(records["two datacenters"], "1. Issues")
    told = f"affect {len(rows)} figures of this design. An appendix lists them. "
    assert any(told in line for line in lines)
    assert tables(records["two datacenters"], "H. Quirks of Microsoft's workbook") == rows


def test_an_issue_names_the_label_of_its_input(records):
    lines = section(markdown(size({"tiers.1.mailboxes": 5000.0})), "1. Issues")
    assert any(line.startswith("- **notice** Deleted item retention, tier 1: ") for line in lines)


def test_an_answer_without_a_meaning_in_the_design_is_left_out():
    """Site resilience needs two datacenters; the appendix keeps what the profile states."""
    text = markdown(size(PROFILES / "exchange_2019.toml"))
    lines = section(text, "5. Answers")
    assert "| Two datacenters | no |  |" in lines
    assert not [line for line in lines if "Site resilience model" in line or "in the secondary datacenter" in line]
    assert (
        lines[-1]
        == "2 values without a meaning in this design are left out; the appendix All inputs lists every value."
    )
    assert not any("alt-witness" in line for line in section(text, "I. Deployment files"))


def test_placeholders_of_the_deployment_files_are_listed(records):
    first, *lines = section(records["two datacenters"], "I. Deployment files")
    assert first == "Replace or check these values before the deployment files are used."
    assert any("witness.contoso.com" in line for line in lines)
    assert not any("contoso" in line for line in section(records["two datacenters"], "1. Issues"))


def test_an_invalid_design_has_a_report_with_its_status(records):
    for name in ("too many members", "no quota"):
        assert "\n\n**Does not work.** This design does not work: " in records[name]
        assert section(records[name], "1. Issues")[0].startswith("- **error** ")


def test_reasons_for_accepting_an_issue_are_only_next_to_it(plans, unexplained):
    plan = plans["a standalone server"]
    first, second = list(all_issues(plan))[:2]
    record = markdown(plan, {first.message: "One | is <enough>\nfor now", second.message: "", "another": "Unused"})
    lines = section(record, "1. Issues")
    assert lines[0].endswith(r" Accepted: One \| is \<enough\> for now.")
    assert not any("Accepted" in line for line in lines[1:])
    assert "Unused" not in record


# --- texts of the design -------------------------------------------------------------------------

HOSTILE = [
    "# Another title",
    "## Sources",
    "a | b | c",
    "| --- |",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "**bold** _and_ `code` ~~gone~~",
    "[here](javascript:alert(1))",
    "![x](http://x/y.png)",
    "first\n\n## second",
    "first\r\n- second\u2028third",
    "&lt;b&gt; &amp;",
    "back\\slash \\| \\<",
    "> quoted",
    "```\ncode",
    "a\tb   c",
]
AT_THE_HEAD = ["- item", "+ item", "* item", "1. item", "2) item", "---", "- - -", "***", "-", "    code"]


@pytest.fixture(scope="module")
def written(plans):
    """Lines of the record of a standalone server whose profile has some texts, made once for the same texts."""
    plan = plans["a standalone server"]

    @functools.cache
    def lines(name=None, **texts):
        given = plan.profile.given if name is None else {**plan.profile.given, "tiers.1.name": name}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(results_of, "EXPLAINED", ())
            return markdown(SizedDesign(Profile(given, **texts), plan.results)).splitlines()

    return lines


@pytest.mark.slow
@pytest.mark.parametrize("text", [*HOSTILE, *AT_THE_HEAD])
def test_texts_of_the_design_stay_texts_in_one_line(written, text):
    shown = " ".join(text.split())
    tame, lines = written("Staff", title="Plan", description="Text"), written(text, title=text, description=text)
    assert (tame[0], tame[2]) == ("# Plan", "Text")
    assert lines[0].startswith("# ")
    assert plain(lines[0][2:]) == plain(lines[2]) == shown
    [name] = [row for row in tables("\n".join(lines), "B. All inputs") if row[4] == "tiers.1.name"]
    assert name == ["Tier name, tier 1", shown, "", "stated", "tiers.1.name"]
    named = [place for place, line in enumerate(tame) if "Staff" in line]
    assert len(named) == 3, "the answer, the input, and the bar of the chart"
    assert [line for place, line in enumerate(lines) if place not in (0, 2, *named)] == [
        line for place, line in enumerate(tame) if place not in (0, 2, *named)
    ]


@pytest.mark.parametrize("text", AT_THE_HEAD)
def test_a_description_is_no_list_and_no_rule_across_the_page(written, text):
    assert not re.match(r"[-+*]( |$)|[-* ]{3,}$|\d+[.)]( |$)|    ", written(description=text)[2])


@pytest.mark.parametrize("text", ["-5 degrees", "1.5 of all", "2013", "A-B", "Mailboxes (all)", "50 %, no more."])
def test_plain_texts_are_as_they_were(written, text):
    lines = written(text, title=text, description=text)
    assert (lines[0], lines[2]) == (f"# {text}", text)


def test_a_title_of_blanks_counts_as_no_title(written):
    assert written(title="  \n ")[0] == "# Exchange 2013 design"
