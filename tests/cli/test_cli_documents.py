"""The report and the deployment files of a design, from the command line."""

from __future__ import annotations

import datetime
import io
import os
from pathlib import Path

import openpyxl
import pytest
from support.paths import PROFILES
from support.system import needs_permissions

from calculator import size
from calculator.cli.main import main
from calculator.exporters.report import html, markdown, xlsx
from calculator.exporters.report.record import build_record
from calculator.presentation.findings import all_issues
from calculator.presentation.places import input_label
from calculator.presentation.text import long_date
from calculator.studies.capacity import room_of

ACTIVE = str(PROFILES / "active_active.toml")
SINGLE = str(PROFILES / "single_site.toml")
HOLD = str(PROFILES / "litigation_hold.toml")


def run(*argv):
    out, err = io.StringIO(), io.StringIO()
    code = main([str(word) for word in argv], out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def made():
    """The record of a shipped profile by the ending of the file."""
    design = size(SINGLE)
    found = build_record(design, {}, room=room_of(design))
    made = {
        ".html": html.render_html(found),
        ".xlsx": xlsx.build_workbook(found),
        ".md": markdown.render_markdown(found),
    }
    return design, {ending: text if isinstance(text, bytes) else text.encode() for ending, text in made.items()}


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".html", ".xlsx", ".md", ".HTML"])
def test_the_suffix_of_the_name_selects_the_format(tmp_path, made, ending):
    target = tmp_path / f"design{ending}"
    code, out, err = run("report", SINGLE, "-o", target, "--date", "none")
    assert (code, out) == (0, f"{target}\n")
    design, records = made
    assert err == "".join(f"{issue.severity}: {issue}\n" for issue in all_issues(design))
    assert target.read_bytes() == records[ending.lower()]


@pytest.mark.parametrize("name", ["design.pdf", "design", ".md", "design.html.zip"])
def test_another_ending_is_refused_before_anything_is_written(tmp_path, name):
    code, out, err = run("report", SINGLE, "-o", tmp_path / name)
    assert (code, out) == (2, "")
    assert err == f"{name}: is not a kind of report. Give a file that ends in .html, .xlsx or .md.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_reported(tmp_path):
    code, out, err = run("report", SINGLE, "-o", tmp_path / "nowhere" / "design.md")
    assert (code, out) == (2, "")
    assert err.endswith("\ndesign.md: cannot be written: No such file or directory.\n")
    (tmp_path / "design.md").mkdir()
    assert run("report", SINGLE, "-o", tmp_path / "design.md")[2].endswith(
        "\ndesign.md: cannot be written: Is a directory.\n"
    )


@needs_permissions
def test_a_folder_that_is_read_only(tmp_path):
    tmp_path.chmod(0o500)
    assert run("report", SINGLE, "-o", tmp_path / "a.md")[2].endswith("a.md: cannot be written: Permission denied.\n")


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".html", ".xlsx", ".md"])
def test_an_invalid_design_gets_a_record_with_its_status(tmp_path, ending):
    target = tmp_path / f"design{ending}"
    code, _, err = run("report", SINGLE, "--set", "tiers.1.mailbox_size_limit=0", "-o", target)
    assert code == 1
    assert err.startswith("error: ")
    if ending == ".xlsx":
        sheet = openpyxl.load_workbook(target)["Summary"]
        text = " ".join(str(line[0].value) for line in sheet.iter_rows(max_row=6))
    else:
        text = target.read_text(encoding="utf-8")
    assert "This design does not work: " in text


@pytest.mark.slow
def test_the_title_block_is_taken_from_the_options(tmp_path):
    target = tmp_path / "a.md"
    options = ("--title", "Mail for Contoso", "--customer", "Contoso", "--author", "A. Planner", "--date", "2026-03-05")
    assert run("report", SINGLE, "-o", target, *options)[0] == 0
    assert target.read_text(encoding="utf-8").splitlines()[:5] == [
        "# Mail for Contoso",
        "",
        "Customer: Contoso  ",
        "Author: A. Planner  ",
        "Date: 5 March 2026",
    ]
    run("report", SINGLE, "-o", target)
    assert target.read_text(encoding="utf-8").splitlines()[2] == f"Date: {long_date(datetime.date.today())}"
    run("report", SINGLE, "-o", target, "--date", "none")
    assert "Date: " not in target.read_text(encoding="utf-8")


def test_a_title_block_that_cannot_be_used_is_reported_at_once(tmp_path):
    target = tmp_path / "a.md"
    code, out, err = run("report", SINGLE, "-o", target, "--author", "x" * 201, "--date", "5.3.2026")
    assert (code, out) == (2, "")
    assert err == (
        "--author: The text has 201 characters. Give at most 200.\n"
        '--date: "5.3.2026" is not a date. Write it as YYYY-MM-DD, or none.\n'
    )
    assert not target.exists()


@pytest.mark.slow
def test_issues_of_the_layout_are_printed_and_can_be_accepted(tmp_path):
    target, field = tmp_path / "a.md", "active_databases_by_mode.single.primary"
    code, _, err = run("report", ACTIVE, "-o", target, "--accept", f"{field}=Known to us")
    assert code == 0
    assert f"notice: layout: {field}: " in err
    assert " Accepted: Known to us.\n" in target.read_text(encoding="utf-8")


def test_inputs_that_cannot_be_used_give_no_record(tmp_path):
    code, out, err = run("report", SINGLE, "--set", "tiers.1.mailboxes=-1", "-o", tmp_path / "a.md")
    assert (code, out) == (2, "")
    assert err == "--set: tiers.1.mailboxes: -1 mailboxes is below 0. Give a whole number from 0 to 100,000,000.\n"
    assert list(tmp_path.iterdir()) == []


def test_reasons_why_issues_are_accepted(tmp_path):
    target = tmp_path / "a.md"
    field = next(iter(size(HOLD).issues)).field
    code, _, _ = run("report", HOLD, "--accept", f"{field}=Legal asks for it = so it is", "-o", target)
    assert code == 0
    lines = [line for line in target.read_text(encoding="utf-8").splitlines() if "Accepted" in line]
    assert lines
    assert all(line.endswith(" Accepted: Legal asks for it = so it is.") for line in lines)
    assert all(f" {input_label(field)}: " in line for line in lines)


def test_reasons_that_fit_nothing_are_all_reported(tmp_path):
    target = tmp_path / "a.md"
    fields = list(dict.fromkeys(issue.field for issue in size(HOLD).issues))
    code, out, err = run("report", HOLD, "--accept", "tiers.1.name=x", "--accept", fields[0], "-o", target)
    assert (code, out) == (2, "")
    assert err == (
        f'--accept: "tiers.1.name" has no issue. Fields with issues: {", ".join(fields)}.\n'
        f'--accept: "{fields[0]}" gives no reason. Write FIELD=REASON.\n'
    )
    assert not target.exists()


def test_wrong_use():
    assert run("report", SINGLE)[::2] == (
        2,
        "exchange-calculator report: the following arguments are required: -o/--output\n\n"
        "usage: exchange-calculator report [-h] [-q] [--set PATH=VALUE]\n"
        "                                  [--constant NAME=VALUE] -o FILE\n"
        "                                  [--title TEXT] [--customer TEXT]\n"
        "                                  [--author TEXT] [--date DATE]\n"
        "                                  [--accept FIELD=REASON]\n"
        "                                  PROFILE.toml\n\n",
    )


# --- export --------------------------------------------------------------------------------------


def test_deployment_files_are_written(tmp_path):
    code, out, _ = run("export", ACTIVE, "--to", tmp_path / "new" / "files")
    names = {Path(line).name for line in out.splitlines()}
    assert code == 0
    assert names == {
        "DAGInfo.csv",
        "MailboxDatabaseCopies.csv",
        "MailboxDatabases.csv",
        "README.txt",
        "Servers.csv",
        "Set-MailboxServer.ps1",
    }
    assert all(Path(line).stat().st_size > 0 for line in out.splitlines())


def test_a_file_where_the_directory_should_be(tmp_path):
    target = tmp_path / "taken"
    target.write_text("mine")
    code, out, err = run("export", ACTIVE, "--to", target)
    assert code == 2
    assert out == ""
    assert "taken" in err
    assert target.read_text() == "mine"
    assert os.listdir(tmp_path) == ["taken"]


def test_names_a_spreadsheet_would_run_are_refused(tmp_path):
    code, _, err = run("export", ACTIVE, "--to", tmp_path / "x", "--set", "names.database_base==CMD()")
    assert code == 2
    assert "formula" in err
    assert not (tmp_path / "x").exists()


def test_an_export_setting_of_a_profile_reaches_the_files(tmp_path):
    run("export", ACTIVE, "--to", tmp_path, "--set", "export.witness_server=fsw.example.org")
    assert "fsw.example.org" in (tmp_path / "DAGInfo.csv").read_text()
