"""What the package brings along, what it says where a library is missing, and that every documented command runs."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec

import pytest
from support import documented
from support.paths import DOCS, PROFILES, ROOT

import calculator
from calculator.cli.main import main
from calculator.cli.requirements import missing_library
from calculator.inputs import shipped
from calculator.issues import InputError

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = (
    "example:active_active, example:active_passive, example:exchange_2016, example:exchange_2019, "
    "example:hundred_thousand_mailboxes, example:litigation_hold, example:single_item_recovery, example:single_site, "
    "example:small_office"
)


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue()


# --- shipped files -------------------------------------------------------------------------------


def test_the_wheel_holds_what_the_package_looks_for():
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    places = {source: target.removeprefix("calculator/shipped/") for source, target in included.items()}
    assert places == {
        "app.py": "app.py",
        ".streamlit/config.toml": ".streamlit/config.toml",
        ".streamlit/limits.toml": ".streamlit/limits.toml",
        "profiles": "profiles",
        "docs/examples": "examples",
    }
    assert [source for source in included if not (ROOT / source).exists()] == []
    assert {name: shipped.shipped(name) for name in ("app.py", ".streamlit/limits.toml", "profiles", "examples")} == {
        "app.py": ROOT / "app.py",
        ".streamlit/limits.toml": ROOT / ".streamlit" / "limits.toml",
        "profiles": PROFILES,
        "examples": DOCS / "examples",
    }


def test_an_installed_package_finds_its_profiles(tmp_path, monkeypatch):
    package = tmp_path / "calculator"
    (package / "shipped" / "profiles").mkdir(parents=True)
    (package / "shipped" / "profiles" / "tiny.toml").write_text("[environment]\nmailbox_servers = 2\n")
    monkeypatch.setattr(shipped, "PACKAGE", str(package))
    assert [path.name for path in shipped.profile_files()] == ["tiny.toml"]
    assert calculator.size("example:tiny").profile.given == {"environment.mailbox_servers": 2.0}


@pytest.mark.parametrize("name", ["example:small_office", "example:small_office.toml"])
def test_a_shipped_profile_is_named_as_an_example(name):
    assert calculator.size(name).profile.given == calculator.size(PROFILES / "small_office.toml").profile.given


def test_other_examples_are_named_by_their_path():
    assert shipped.resolve("example:search/SPACE.toml") == DOCS / "examples" / "search" / "SPACE.toml"
    assert shipped.resolve("example:search\\disks.csv") == DOCS / "examples" / "search" / "disks.csv"
    assert shipped.resolve("search/SPACE.toml") == "search/SPACE.toml"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("active_activ", 'example:active_activ: is not an example. Did you mean "example:active_active"?'),
        ("xyz", f"example:xyz: is not an example. There are {SHIPPED}."),
        ("../README.md", f"example:../README.md: is not an example. There are {SHIPPED}."),
    ],
)
def test_an_unknown_example_is_refused(name, told):
    with pytest.raises(InputError) as error:
        calculator.size(f"example:{name}")
    assert str(error.value) == told


# --- the app -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "options"),
    [
        ((), ["--"]),
        (("example:single_site",), ["--", "example:single_site"]),
        (("--port", "9000", "--no-browser"), ["--server.port=9000", "--server.headless=true", "--"]),
    ],
)
def test_app_starts_streamlit_on_the_script(argv, options, monkeypatch):
    started = []
    monkeypatch.setattr("sys.argv", ["exchange-calculator", "app", *argv])
    monkeypatch.setattr("runpy.run_module", lambda name, run_name: started.append((name, run_name, list(sys.argv))))
    assert run("app", *argv) == (0, "", "")
    assert started == [("streamlit", "__main__", ["streamlit", "run", str(ROOT / "app.py"), *options])]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("--port", "0"), "--port: 0 is not a port. Give a whole number from 1 to 65,535.\n"),
        (("nowhere.toml",), "nowhere.toml: does not exist. Check the name and the directory.\n"),
    ],
)
def test_app_reports_problems_before_it_starts(argv, told, monkeypatch):
    monkeypatch.setattr("runpy.run_module", lambda *_, **__: pytest.fail("started"))
    assert run("app", *argv) == (2, "", told)


# --- missing libraries ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("scipy.stats", "scipy"),
        ("vl_convert", "vl-convert-python"),
        ("tomli_w", "tomli-w"),
        ("jinja2", "jinja2"),
        ("streamlit", "streamlit"),
    ],
)
def test_a_missing_library_is_named_with_the_command_that_installs_it(module, library):
    told = missing_library(ModuleNotFoundError(name=module))
    head = f"The library {library} is not installed. Install it: python -m pip install "
    assert re.fullmatch(f'{head}"{library}[<>=,.0-9]+"', told)


def test_a_failed_import_of_our_own_module_is_not_reported_as_missing_library():
    assert missing_library(ModuleNotFoundError(name="calculator.nothing")) == ""


BLOCKED = ("streamlit", "vl_convert", "scipy", "pyarrow", "pandas", "jinja2", "xlsxwriter", "tomlkit")
NEEDED = [
    ("app", "streamlit"),
    ("batch designs.csv -o results.csv", "pyarrow"),
    ("report example:small_office -o report.html", "jinja2"),
    ("report example:small_office -o report.xlsx", "xlsxwriter"),
    ("uncertainty example:small_office --vary tiers.messages_per_day=normal(100,15)", "scipy"),
    ("sensitivity example:small_office --method global", "scipy"),
    ("size example:small_office", ""),
    ("layout example:single_site", ""),
    ("failures example:active_passive --switchover primary", "jinja2"),
    ("export example:single_site --to files", ""),
    ("report example:small_office -o report.md", ""),
]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "library"), NEEDED)
def test_without_optional_libraries_a_command_works_or_says_which_it_needs(command, library, tmp_path):
    assert [name for name in BLOCKED if find_spec(name) is None] == []
    script = f"import sys; sys.modules.update(dict.fromkeys({BLOCKED})); from calculator.cli.main import run; run()"
    python = [sys.executable, "-c", script, *shlex.split(command)]
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(python, cwd=tmp_path, env=path, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert done.returncode == (2 if library else 0)
    message = f"The library {library} is not installed. Install it: "
    assert (message in done.stderr) == bool(library)


# --- documented commands -------------------------------------------------------------------------


@pytest.mark.slow
def test_every_documented_command_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    documented.prepare(tmp_path)
    failed = []
    for command in documented.commands():
        argv = shlex.split(command)[1:]
        if argv[0] == "app":  # which runs until it is stopped
            continue
        if argv[:2] == ["import", "deployment"]:
            documented.copy_deployment(tmp_path)
        documented.make_room(tmp_path, argv)
        code, out, err = run(*argv)
        if code != 0 or (not out and "-o" not in argv):
            failed.append((command, code, err))
    assert failed == []
