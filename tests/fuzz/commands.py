"""Command lines with options that hold anything, and streams that fail."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from random import Random

from support.paths import PROFILES

from calculator.cli.main import main
from fuzz import draws

PLAN = (PROFILES / "single_site.toml").read_text(encoding="utf-8")
FAILURES = {
    "closed": OSError(errno.EBADF, "Bad file descriptor"),
    "full": OSError(errno.ENOSPC, "No space left on device"),
    "broken": BrokenPipeError(errno.EPIPE, "Broken pipe"),
}
NAMES = ("headline", "all", "summary_databases", "cpu", "mailbox_size_on_disk", "x", "", ",", "tiers.1")


class Failing(io.StringIO):
    """A stream that takes some characters and then fails."""

    def __init__(self, error: OSError, after: int) -> None:
        super().__init__()
        self._error, self._left = error, after

    def write(self, text: str) -> int:
        """Write a text, or raise."""
        self._left -= len(text)
        if self._left < 0:
            raise self._error
        return super().write(text)


def draw(random: Random) -> tuple[list[str], str, int]:
    """A command line, how its standard output fails, and after how many characters."""
    setting = f"{draws.path(random)}={draws.value(random)}"
    results = ["--results", random.choice((*NAMES, draws.word(random)))]
    form = ["--format", random.choice(("table", "csv", "json", "markdown", "x"))]
    change = ["--set", setting] if random.random() < 0.5 else []
    vary = random.choice((f"{draws.path(random)}={draws.distribution(random)}", "tiers.mailboxes=+- 1e30", "x"))
    count = random.choice(("-1", "0", "1", "2", "9" * 30, "x", "1e3", "nan", ""))
    argv = random.choice(
        (
            ["fields", *form],
            ["rules", draws.word(random)],
            ["size", "plan.toml", *change, *results, *form],
            ["check", "plan.toml", *change],
            ["explain", "plan.toml", random.choice(NAMES), "--depth", count, *change],
            ["batch", "designs.csv", "-o", "-", *results, *change],
            ["uncertainty", "plan.toml", "--vary", vary, "--samples", "128", *results[:1], "summary_databases"],
            ["uncertainty", "plan.toml", "--samples", count if len(count) < 2 else "64", *change],
            ["timeline", "plan.toml", "--months", random.choice((count, draws.number(random))), *change],
            ["running", "plan.toml", "--active", f"{draws.number(random)}@{draws.number(random)}"],
            ["compare", "plan.toml", "plan.toml", *results, *form],
            ["import", random.choice(("logs", "messages", "x")), "designs.csv", *change],
            ["import", "mailboxes", "designs.csv", "--bounds", draws.value(random)],
            [draws.word(random), *change],
            ["--help"],
        )
    )
    return argv, random.choice(("", "", *FAILURES)), random.choice((0, 0, 10, 1000))


def use(given: tuple[list[str], str, int]) -> None:
    """Run the command, and check its exit code and messages."""
    argv, failure, after = given
    Path("plan.toml").write_text(PLAN, encoding="utf-8")
    Path("designs.csv").write_text("id,tiers.1.mailboxes\na,1000\nb,x\n", encoding="utf-8")
    out = Failing(FAILURES[failure], after) if failure else io.StringIO()
    err = io.StringIO()
    try:
        code = main(argv, out, err)
    except BrokenPipeError:
        assert failure == "broken"
        return
    assert code in (0, 1, 2)
    assert "Traceback" not in err.getvalue()
