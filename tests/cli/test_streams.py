"""Standard streams that are closed, full, broken, or in an encoding that lacks some characters."""

import os
import subprocess
import sys

import pytest
from support.system import needs_devices

pytestmark = [pytest.mark.slow, needs_devices]

DESIGNS = "id,tiers.1.mailboxes\nΩ αβγ,1000\n日本,2000\n"
COMMAND = f"{sys.executable} -m calculator"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A directory with designs and a profile whose names are not Latin."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "designs.csv").write_text(DESIGNS, encoding="utf-8")
    (tmp_path / "plan.toml").write_text('title = "Ω"\n[[tiers]]\nmailboxes = 1000\n', encoding="utf-8")
    return tmp_path


def shell(line, **environment):
    """Exit code, standard output and standard error of a line of a shell, in which % is the program."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("%", COMMAND)],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr.decode()


CLOSED = "stdout: cannot be written: it is closed.\n"
FULL = "stdout: cannot be written: No space left on device.\n"


@pytest.mark.parametrize("command", ["fields", "--help", "size --help", "rules", "size plan.toml --format json"])
@pytest.mark.parametrize(("output", "message"), [(">&-", CLOSED), (">/dev/full", FULL)])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_cannot_be_written_is_reported(here, command, output, message, unbuffered):
    code, _, err = shell(f"% {command} {output}", PYTHONUNBUFFERED=unbuffered)
    assert (code, err[-len(message) :]) == (2, message)
    assert "Traceback" not in err


def test_results_that_go_to_a_file_need_no_standard_output(here):
    assert shell("% batch designs.csv -o results.csv --jobs 1 >&-") == (0, b"", "2 designs: 2 notice\n")
    assert (here / "results.csv").read_text(encoding="utf-8").count("\n") == 3


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("- >/dev/full", "stdout: cannot be written: No space left on device."),
        ("- >&-", "stdout: cannot be written: it is closed."),
        ("/dev/full", "full: cannot be written: No space left on device."),
    ],
)
def test_results_that_cannot_be_written_are_reported(here, output, message):
    assert shell(f"% batch designs.csv --jobs 1 -o {output}") == (2, b"", f"{message} The file is not complete.\n")


def test_a_reader_that_has_gone_ends_a_command_as_other_programs(here):
    assert shell("% fields | true")[::2] == (141, "")
    code, _, err = shell("% batch designs.csv --jobs 1 -o - | true")
    assert (code, err) == (141, "The program that reads the results has ended, so not all results were written.\n")


def test_messages_to_a_closed_standard_error_do_not_go_to_standard_output(here):
    code, out, err = shell("% size plan.toml --format json 2>&-")
    assert (code, out[:1], err) == (0, b"{", "")
    assert b"notice: " not in out
    assert shell("% size nowhere.toml 2>/dev/full") == (2, b"", "")


def test_designs_from_a_closed_input_are_reported(here):
    said = "stdin: is closed. Give a file, or the designs on standard input.\n"
    assert shell("% batch - -o results.csv <&-") == (2, b"", said)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16", "utf-8"])
def test_results_are_utf_8_whatever_the_encoding_of_the_console(here, encoding):
    assert shell("% batch designs.csv -o results.csv --jobs 1")[0] == 0
    code, out, _ = shell("% batch designs.csv -o - --jobs 1", PYTHONIOENCODING=encoding)
    assert (code, out) == (0, (here / "results.csv").read_bytes())
    assert "\r" not in out.decode()
    assert "Ω αβγ" in out.decode()


def test_characters_that_the_console_lacks_are_reported(here):
    line = "% import mailboxes nothing-Ω.csv"
    code, _, err = shell(line, PYTHONIOENCODING="cp1252")
    assert code == 2
    assert err.splitlines()[-1] == (
        'notice: The encoding of the console, cp1252, lacks some characters; they are printed as "?". '
        "Set PYTHONIOENCODING=utf-8 to print them."
    )
    assert err.startswith("nothing-?.csv: ")
    assert "notice: The encoding" not in shell(line, PYTHONIOENCODING="utf-8")[2]
