"""The record of a design: its figures are the API's, its texts stay texts."""

from __future__ import annotations

import functools
import re

import pytest

from calculator import size
from calculator._version import RESULTS_VERSION, __version__
from calculator.engine.results import HEADLINE
from calculator.engine.sizing import SizedDesign
from calculator.exporters.report import record as records_of
from calculator.exporters.report.record import EXPLAINED, RULES_OF
from calculator.exporters.report.write import markdown
from calculator.inputs.profile import Profile
from calculator.inputs.schema import all_paths
from calculator.layout import describe, layout, tolerance
from calculator.presentation.text import readable
from calculator.rules.constants import SOURCES

pytestmark = pytest.mark.slow

SECTIONS = [
    "Issues",
    "Requirements",
    "Charts",
    "How the main figures come about",
    "Inputs given",
    "Inputs assumed",
    "Copies and failures",
    "Layout of the copies",
    "Volumes of a server",
    "Backups of a server",
    "Results by level",
    "Sources",
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


@pytest.fixture(scope="module")
def plans():
    return {name: size(Profile(given)) for name, given in DESIGNS.items()}


@pytest.fixture
def unexplained(monkeypatch):
    """Records without the explanations, which take the most time."""
    monkeypatch.setattr(records_of, "EXPLAINED", ())


@pytest.fixture(scope="module")
def records(plans):
    return {name: markdown(plan) for name, plan in plans.items()}


def plain(text):
    """Text as a reader of Markdown sees it; refuses what would not be text."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#|&~]", text), text
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def section(record, name):
    """Lines of a section that are not empty."""
    return [line for line in record.partition(f"\n## {name}\n")[2].partition("\n## ")[0].splitlines() if line]


def table(record, name):
    """Rows of the table of a section, its head apart."""
    lines = section(record, name)
    assert lines[1].replace("|", "").replace("-", "").strip() == ""
    rows = [re.split(r" (?<!\\)\| ", line[2:-2]) for line in lines[2:]]
    assert {len(row) for row in rows} <= {len(lines[0].split("|")) - 2}
    return [[plain(cell) for cell in row] for row in rows]


# --- what it holds -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_has_a_record_with_all_sections(records, plans, name):
    record = records[name]
    assert [line[3:] for line in record.splitlines() if line.startswith("## ")] == SECTIONS
    assert record.startswith(f"# Exchange 2013 design\n\n**Status: {plans[name].status}.**\n")
    assert record.endswith(f"\n\n{RULES_OF}\n\n{VERSIONS}\n")


SHARE = re.compile("utilization|fill|fraction|share")


def said(plan, column):
    """A figure as the record says it, without the reason of one that does not apply."""
    [row] = plan.table([column])
    value = row["value"]
    if isinstance(value, float) and row["unit"] == "1" and SHARE.search(column):
        return f"{100 * value:.4g} %"
    return readable(value)


def cells(line):
    """Cells of a line of a table."""
    return [plain(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_a_figure_is_said_with_its_unit(records):
    rows = {row[3]: row for row in table(records["two datacenters"], "Requirements")}
    assert rows["summary_database_iops.server"][2] == "IOPS"
    assert rows["reseed_hours"][2] == "hours"
    assert rows["summary_databases"][:3] == [
        "Number of databases of a DAG, or of all standalone servers",
        "48",
        "databases",
    ]
    worst = rows["cpu_utilization_by_mode.worst.primary"]
    assert worst[0] == "CPU utilization in each failure mode, worst, primary"
    assert re.fullmatch(r"[\d.]+ %", worst[1])


@pytest.mark.parametrize("name", DESIGNS)
def test_the_figures_are_those_of_the_api(records, plans, name):
    plan = plans[name]
    rows = table(records[name], "Requirements")
    assert [row[3] for row in rows] == list(HEADLINE)
    assert [row[1].partition(" (")[0] for row in rows] == [said(plan, column) for column in HEADLINE]
    for row in rows:
        assert row[1].startswith("n/a (") == (plan[row[3]] is None)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_result_is_there_with_its_value(records, plans, name):
    plan, lines = plans[name], section(records[name], "Results by level")
    rows = [cells(line) for line in lines if line.startswith("| ")]
    found = {row[0]: row for row in rows if row[0] not in ("Result", "---")}
    assert list(found) == sorted(plan, key=[row[0] for row in rows].index)
    assert set(found) == set(plan)
    for column in plan:
        assert found[column][1].partition(" (")[0] == said(plan, column), column
    levels = [line[4:] for line in lines if line.startswith("### ")]
    assert levels == ["Mailbox", "Database", "Volume", "Server", "Datacenter", "DAG", "Environment"]


@pytest.mark.parametrize("name", DESIGNS)
def test_all_inputs_given_are_listed_and_none_of_them_is_assumed(records, plans, name):
    profile = plans[name].profile
    given = [row[3] for row in table(records[name], "Inputs given")] if profile.given else []
    assumed = [row[3] for row in table(records[name], "Inputs assumed")]
    assert sorted(given) == sorted(profile.given)
    rest = [path for path in all_paths(profile.tiers) if not path.startswith(("export.", "names."))]
    assert sorted([*assumed, *(path for path in given if path in rest)]) == sorted(rest)
    assert not set(given) & set(assumed)


def test_a_design_with_nothing_given_says_so(records):
    assert section(records["no mailboxes"], "Inputs given") == ["None."]


def test_inputs_are_said_as_a_person_reads_them(records):
    rows = {row[3]: row[:3] for row in table(records["two datacenters"], "Inputs given")}
    assert rows["tiers.1.mailboxes"] == ["Mailboxes", "5000", "mailboxes"]
    assert rows["tiers.1.mailbox_growth"] == ["Growth in mailboxes", "10", "%"]
    assert rows["tiers.1.name"] == ["Name", "Staff", ""]
    assert rows["environment.virtualized"] == ["Virtualized", "true", ""]
    assert rows["backup.method"][0] == "Backup method"
    assert rows["replication.hourly_log_share.9"] == ["Logs of the hour", "5.75", "%"]
    assert rows["environment.directory_database_size"] == ["Directory database size", "none", "GB"]
    assumed = {row[3]: row[1] for row in table(records["two datacenters"], "Inputs assumed")}
    assert assumed["site_resilience.model"] == "Active/active, one DAG"
    assert assumed["tiers.2.mailbox_size_limit"] == "5120"


def test_the_main_figures_are_explained_by_the_api(records, plans):
    plan = plans["two datacenters"]
    lines = section(records["two datacenters"], "How the main figures come about")
    told = [line for line in lines if not line.lstrip().startswith("- ")]
    for name, figure, needs in zip(EXPLAINED, told[::2], told[1::2], strict=True):
        step = plan.explain(name, depth=1)
        sentence, _, value = figure.removeprefix("**").partition("** ")
        assert (plain(sentence), plain(value)) == (step.sentence, step.value_text())
        said = ", ".join(f"{need.name} = {need.value_text()}" for need in step.needs)
        assert plain(needs) == f"From {said}. Source: {step.source}."


def test_an_explanation_goes_two_levels_deep(records, plans):
    lines = section(records["two datacenters"], "How the main figures come about")
    step = plans["two datacenters"].explain("worst_cpu_utilization", depth=2)
    [first] = [place for place, line in enumerate(lines) if line.startswith(r"- cpu\_utilization\_by\_mode = ")]
    deeper = lines[first + 1 :][: len(step.needs[0].needs)]
    for line, need in zip(deeper, step.needs[0].needs, strict=True):
        assert plain(line).startswith(f"  - {need.name} = {need.value_text()}")
        assert need.repeated or plain(line).endswith(f"{need.sentence} [{need.source}]")


def test_the_sources_are_those_of_publications(records):
    rows = table(records["two datacenters"].replace(f"\n\n{RULES_OF}\n\n{VERSIONS}", ""), "Sources")
    assert rows == [[source.key, source.title, source.publisher, source.address] for source in SOURCES.values()]
    assert len(rows) > 10


def test_what_failures_are_borne_is_said(records, plans):
    borne = tolerance(layout(plans["two datacenters"]))
    first = section(records["two datacenters"], "Copies and failures")[0]
    assert plain(first) == f"{borne.sentence} {borne.limit}".strip()


OTHER = {"primary": ("restore:secondary",), "secondary": ("restore:primary",)}
"""The restore by hand after the loss of each datacenter."""


def test_every_single_failure_and_the_loss_of_each_datacenter_is_told(records, plans):
    dag = layout(plans["two datacenters"])
    lines = section(records["two datacenters"], "Copies and failures")[3:]
    rows = [cells(line) for line in lines if line.startswith("|")]
    servers = [str(name) for name in dag.server_names]
    steps = ("before a restore", "restored by hand in the other")
    lost = [f"the {side} datacenter, {step}" for side in ("primary", "secondary") for step in steps]
    assert [row[0] for row in rows] == ["no server", *servers, *lost]
    for row, state in zip(rows, [dag.fail(), *(dag.fail(f"server:{name}") for name in servers)], strict=False):
        cpu = max(server["cpu_utilization"] for server in state.servers() if server["cpu_utilization"] is not None)
        assert row[1:] == ["true", "48", "0", str(state.active_databases.max()), f"{100 * cpu:.4g} %"]
    states = [dag.fail(f"datacenter:{side}", *more) for side in ("primary", "secondary") for more in ((), OTHER[side])]
    expected = [[str(one.quorum_ok).lower(), str(one.mounted), str(one.failed_databases)] for one in states]
    assert [row[1:4] for row in rows[-4:]] == expected
    told = [plain(line) for line in lines if not line.startswith("|")]
    for side in ("primary", "secondary"):
        sentences = " ".join(describe(dag.fail(f"datacenter:{side}")))
        assert f"If the {side} datacenter is lost: {sentences}" in told


def test_the_layout_has_a_row_a_database(records, plans):
    dag = layout(plans["two datacenters"])
    rows = [cells(line) for line in section(records["two datacenters"], "Layout of the copies")[1:]]
    assert rows[0] == ["Database", *map(str, dag.server_names)]
    assert rows[2:] == [list(row.values()) for row in dag.grid()]


def test_a_design_without_a_layout_says_why(records):
    assert [plain(line) for line in section(records["a standalone server"], "Copies and failures")] == [
        "The copies are not laid out: design: environment.high_availability: Standalone servers hold no database "
        "copies, there is nothing to lay out. Set it to true for a DAG."
    ]
    assert [plain(line) for line in section(records["too many members"], "Copies and failures")] == [
        "The copies are not laid out: design: environment.mailbox_servers: 32 servers are needed per DAG, at most 16 "
        "fit. Add a DAG, take fewer copies, or more cores and disks per server."
    ]


# --- issues --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_all_issues_are_listed(records, plans, name):
    lines = [plain(line.replace("**", "")) for line in section(records[name], "Issues")]
    assert lines == [f"- {i.severity} {i.field}: {i.message} {i.hint}".rstrip() for i in plans[name].issues]


def test_an_invalid_design_has_a_record_that_says_so(records):
    for name in ("too many members", "no quota"):
        assert "**Status: invalid.**" in records[name]
        assert section(records[name], "Issues")[0].startswith("- **error** ")


def test_reasons_for_accepting_an_issue_stand_by_it_alone(plans, unexplained):
    plan = plans["a standalone server"]
    first, second = list(plan.issues)[:2]
    record = markdown(plan, {first.message: "One | is <enough>\nfor now", second.message: "", "another": "Unused"})
    lines = section(record, "Issues")
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
            patch.setattr(records_of, "EXPLAINED", ())
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
    [name] = [row for row in table("\n".join(lines), "Inputs given") if row[3] == "tiers.1.name"]
    assert name == ["Name", shown, "", "tiers.1.name"]
    named = [place for place, line in enumerate(tame) if "Staff" in line]
    assert len(named) == 2, "the input, and the bar of the chart"
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


def test_a_title_of_blanks_is_none(written):
    assert written(title="  \n ")[:3] == ["# Exchange 2013 design", "", "**Status: warning.**"]
