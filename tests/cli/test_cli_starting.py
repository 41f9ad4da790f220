"""Commands to begin with: a new profile, the shipped ones, the schema, completion and the version."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from support.paths import PROFILES
from test_main import fine, run

from calculator._version import RESULTS_VERSION, __version__
from calculator.cli.starting import SHELLS
from calculator.inputs.template import template


def test_a_new_profile_is_printed_or_written_once(tmp_path):
    path = tmp_path / "design.toml"
    assert fine("new") == template()
    assert run("new", "-o", str(path)) == (0, "", f"{path}: written. Next: exchange-calculator check {path}\n")
    assert path.read_text(encoding="utf-8") == template(str(path))
    assert run("new", "-o", str(path)) == (2, "", f"{path}: is there already. Name a file that does not exist yet.\n")


def test_shipped_profiles_are_listed_and_printed():
    rows = json.loads(fine("profiles", "--format", "json"))
    assert [row["profile"] for row in rows] == [f"example:{path.stem}" for path in sorted(PROFILES.glob("*.toml"))]
    text = (PROFILES / "single_site.toml").read_text(encoding="utf-8")
    assert fine("profiles", "single_site") == fine("profiles", "example:single_site") == text


def test_the_schema_is_json():
    assert json.loads(fine("schema"))["title"] == "Design for Exchange"


def test_the_version_is_printed():
    assert fine("--version") == f"exchange-calculator {__version__}, results version {RESULTS_VERSION}\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script(shell):
    assert "exchange-calculator" in fine("completion", shell)


@pytest.mark.slow
def test_commands_are_completed():
    """A shell gives the line in variables and reads the words from the file descriptor 8."""
    line = "exchange-calculator com"
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_STDOUT_FILENAME": "-"}
    script = "import sys; sys.argv[0] = 'exchange-calculator'; from calculator.cli.main import run; run()"
    reader, writer = os.pipe()
    asked |= {"_ARGCOMPLETE_IFS": " "}
    asked.pop("_ARGCOMPLETE_STDOUT_FILENAME")
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.dup2({writer}, 8); {script}"],
        env=os.environ | asked,
        pass_fds=[writer],
        timeout=60,
        check=False,
    )
    os.close(writer)
    with os.fdopen(reader) as words:
        assert set(words.read().split()) == {"compare", "completion"}
    assert done.returncode == 0
