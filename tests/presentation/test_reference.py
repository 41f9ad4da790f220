"""The generated reference: what a section says, where its links lead, and how the folder is brought up to date."""

from __future__ import annotations

import argparse
import re

import pytest

from calculator.cli.commands_page import commands_page
from calculator.cli.main import build_parser
from calculator.cli.vocabulary import reference_pages
from calculator.inputs.schema import FIELDS
from calculator.presentation import reference
from calculator.presentation.reference import links
from calculator.rules import CHAPTERS
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES
from calculator.rules.sources import SOURCES


@pytest.fixture(scope="module")
def pages():
    return reference_pages()


def sections(page: str) -> dict[str, str]:
    """Text of each section of a page whose heading is code, by the heading."""
    found = re.split(r"^##+ `(.*)`$", page, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_everything_that_is_declared_has_a_section(pages):
    results = [name for chapter in CHAPTERS for name in sections(pages[f"results/{chapter}.md"])]
    assert sorted(results) == sorted(RULES)
    assert set(sections(pages["inputs.md"])) == {links.path_of(field) for field in FIELDS}
    assert set(sections(pages["constants.md"])) == set(CONSTANTS)
    assert set(sections(pages["checks.md"])) == set(CHECKS)
    assert set(sections(pages["sources.md"])) == set(SOURCES)


def test_a_result_says_where_it_comes_from_and_what_needs_it(pages):
    text = sections(pages["results/volume.md"])["volume_databases_part"]
    assert "return databases_on_first_volume * volume_database_size_with_overhead" in text
    assert "- Source: [calculator-7.6](../sources.md#calculator-76): Volume Requirements I123\n" in text
    assert "- Needs: [`databases_on_first_volume`](#databases_on_first_volume), " in text
    assert "[`volume_database_volume_size`](#volume_database_volume_size)" in text.partition("- Needed by: ")[2]


def test_needs_and_needed_by_are_the_same_links_in_both_directions(pages):
    backwards = {name: set(users) for name, users in links.users().items()}
    for name, users in backwards.items():
        for user in users:
            declared = RULES[user].needs if user in RULES else CHECKS[user].needs
            corrected = CORRECTIONS[user].other_needs if user in CORRECTIONS else ()
            assert name in (*declared, *corrected)
    text = sections(pages["inputs.md"])["tiers.N.mailbox_size_limit"]
    assert "[`mailbox_size_on_disk`](results/mailbox.md#mailbox_size_on_disk)" in text


def test_every_quirk_is_listed_with_its_corrected_figure(pages):
    corrected, others = pages["quirks.md"].split("\n## ")[1:]
    assert corrected.count("\n| [`") == len(CORRECTIONS)
    assert others.count("\n| [`") == sum(bool(r.oddity) and r.name not in CORRECTIONS for r in RULES.values())
    row = next(line for line in corrected.splitlines() if "`years_to_capacity`" in line)
    assert "Time in which mail fills the quotas of the mailbox and of its archive" in row


def test_a_message_names_its_figures_as_people_write_them(pages):
    text = pages["checks.md"]
    assert "The mailbox quota is {tiers.mailbox_size_limit} MB. Did you mean {tiers.mailbox_size_limit} GB?" in text
    assert "The number of mailboxes grows by {tiers.mailbox_growth in %}." in text
    assert re.findall(r"{[^}]*(?:__|:)[^}]*}", text) == []


@pytest.mark.parametrize(
    ("page", "here", "path"),
    [
        ("results/volume.md", "results/volume.md", ""),
        ("results/volume.md", "results/index.md", "volume.md"),
        ("results/volume.md", "inputs.md", "results/volume.md"),
        ("inputs.md", "results/volume.md", "../inputs.md"),
    ],
)
def test_paths_are_relative_to_the_page(page, here, path):
    assert links.path_to(page, here) == path


def test_a_text_is_one_paragraph_without_markup():
    assert links.plain("a * b\n   <c>") == "a \\* b &lt;c>"


def test_a_command_is_described_with_its_arguments_and_defaults():
    parser = argparse.ArgumentParser(prog="program")
    commands = parser.add_subparsers()
    one = commands.add_parser("one", description="Do one thing.", epilog="Examples:\n  program one x\n")
    one.add_argument("files", nargs="+", metavar="FILE", help="what to read")
    one.add_argument("-o", "--output", required=True, help="what to write")
    one.add_argument("--size", type=int, default=3, help="how many")
    one.add_argument("--form", choices=("a", "b"), help="form (default a)", default="a")
    one.add_argument("--fast", action="store_true", help="do it fast")
    assert sections(commands_page(parser)) == {
        "one": "\n\nDo one thing.\n\n```text\nprogram one FILE [FILE ...] -o OUTPUT [OPTIONS]\n```\n\n"
        "| argument | meaning |\n| --- | --- |\n| `FILE` | what to read |\n"
        "| `-o OUTPUT`, `--output OUTPUT` | what to write |\n| `--size SIZE` | how many (default: 3) |\n"
        "| `--form {a,b}` | form (default a) |\n| `--fast` | do it fast |\n\n"
        "Examples:\n\n```sh\nprogram one x\n```\n"
    }


def test_every_command_and_option_is_on_its_page(pages):
    described = sections(pages["commands.md"])
    assert {"size", "import workbook", "docs"} <= set(described)
    [commands] = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    for option in ("--results", "--table", "--quiet"):
        assert f"`{option}" in described["size"]
    assert {name.split()[0] for name in described} == set(commands.choices)


def test_pages_are_written_once_and_those_of_chapters_that_have_gone_are_removed(tmp_path):
    texts = {"inputs.md": "a", "results/new.md": "b"}
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "old.md").write_text("c")
    (tmp_path / "studies.md").write_text("by hand")
    names = ["inputs.md", "results/new.md", "results/old.md"]
    assert reference.write(texts, str(tmp_path), only_check=True) == names
    assert not (tmp_path / "inputs.md").exists()
    assert reference.write(texts, str(tmp_path)) == names
    assert reference.write(texts, str(tmp_path)) == []
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["inputs.md", "new.md", "studies.md"]
