"""Count which mistakes in the rules, checks and layout the tests catch: ``python -m tests.mutation``.

Each mutant runs in a forked process of its own, because the rules register when they are imported.  A mutant
that changes no figure of any design is left out of the score; one that changes a figure and fails no test
is a survivor, and is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# What takes long to import and does not depend on the package, so that a forked process has it.
import hypothesis.extra.numpy  # noqa: E402, F401
import numpy  # noqa: E402, F401
import pyarrow  # noqa: E402, F401
import pytest  # noqa: E402

from tests.mutation.figures import changes_a_figure, write_inputs  # noqa: E402
from tests.mutation.mutants import Mutant, mutants_of, mutate_on_import  # noqa: E402

TESTS = {
    "rules": ("test_golden.py", "rules", "test_worked_examples.py", "test_oddities.py", "test_guidance.py", "checks"),
    "checks": ("checks", "rules", "test_golden.py", "test_profiles.py", "test_oddities.py", "test_messages.py"),
    "layout": ("layout",),
}
"""Tests of each room, those that fail soonest first."""
NOT_COMPUTING = ("__init__.py", "registry.py", "constants.py")
SECONDS = 120
"""A mutant that takes longer counts as killed."""
KILLED, SURVIVED, UNCHANGED = "killed", "survived", "no figure changed"


def main() -> int:
    """Run a sample of mutants and print the survivors and the score of each room."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "rooms",
        nargs="*",
        choices=[[], *TESTS],
        metavar="ROOM",
        help=f"rooms to mutate: {', '.join(TESTS)} (default: all)",
    )
    parser.add_argument("--mutants", type=int, default=150, help="mutants per room (default 150)")
    parser.add_argument("--seed", type=int, default=2013, help="seed of the sample (default 2013)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time")
    parser.add_argument("--minutes", type=float, default=20, help="start no mutant after this time (default 20)")
    options = parser.parse_args()
    mutants = _sample(options.rooms or list(TESTS), options.mutants, options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if _wait(_fork(lambda: write_inputs(folder))) != 0:
            print("the figures of the code as it is could not be computed", file=sys.stderr)
            return 2
        failing = [room for room in options.rooms or TESTS if _wait(_fork(lambda room=room: _check(room))) != 0]
        if failing:
            print(f"the tests fail without a mutant: {', '.join(failing)}", file=sys.stderr)
            return 2
        outcomes = _run(mutants, folder, options.jobs, options.minutes)
    for room in TESTS:
        _print_room(room, {mutant: outcome for mutant, outcome in outcomes.items() if _room(mutant) == room})
    return 0


def _sample(rooms: list[str], count: int, seed: int) -> list[Mutant]:
    """Return a random sample of the mutants of each room, mixed, so that a run that is cut short has all rooms."""
    drawn = []
    for room in rooms:
        paths = sorted((ROOT / "calculator" / room).glob("*.py"))
        found = [mutant for path in paths if path.name not in NOT_COMPUTING for mutant in mutants_of(path, ROOT)]
        drawn += random.Random(seed).sample(found, min(count, len(found)))
    random.Random(seed).shuffle(drawn)
    return drawn


def _room(mutant: Mutant) -> str:
    return Path(mutant.path).parts[1]


def _run(mutants: list[Mutant], folder: Path, jobs: int, minutes: float) -> dict[Mutant, str]:
    """Run each mutant in a process of its own, and return how each ended."""
    ends = time.monotonic() + 60 * minutes
    waiting, running, outcomes = list(reversed(mutants)), {}, {}
    while running or (waiting and time.monotonic() < ends):
        while waiting and len(running) < jobs and time.monotonic() < ends:
            mutant = waiting.pop()
            running[_fork(lambda mutant=mutant: _try(mutant, folder))] = mutant
        pid, status = os.wait()
        mutant = running.pop(pid)
        report = folder / f"{pid}.json"
        # A process that died or ran too long has not written its outcome.
        outcomes[mutant] = json.loads(report.read_text()) if status == 0 and report.exists() else KILLED
        print(f"{len(outcomes)} of {len(mutants)}: {outcomes[mutant]}: {mutant}", file=sys.stderr, flush=True)
    return outcomes


def _try(mutant: Mutant, folder: Path) -> None:
    """Find out how one mutant ends, and write it to a file of this process."""
    signal.alarm(SECONDS)
    mutate_on_import(mutant)
    try:
        outcome = SURVIVED if changes_a_figure(folder, _room(mutant)) else UNCHANGED
    except Exception:  # whatever a mistake raises, a test would see it
        outcome = KILLED
    if outcome == SURVIVED:
        outcome = SURVIVED if _tests_pass(_room(mutant)) else KILLED
    (folder / f"{os.getpid()}.json").write_text(json.dumps(outcome))


def _tests_pass(room: str) -> bool:
    tests = [str(ROOT / "tests" / name) for name in TESTS[room]]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=fast"]
    return pytest.main([*options, "--rootdir", str(ROOT), *tests]) == pytest.ExitCode.OK


def _check(room: str) -> None:
    if not _tests_pass(room):
        raise AssertionError(room)


def _fork(function) -> int:
    """Run a function in a forked process without output, and return the number of the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    with contextlib.suppress(BaseException):
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        function()
        status = 0
    os._exit(status)


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _print_room(room: str, outcomes: dict[Mutant, str]) -> None:
    counts = Counter(outcomes.values())
    changing = counts[KILLED] + counts[SURVIVED]
    if not outcomes:
        return
    score = f"{counts[KILLED] / changing:.0%}" if changing else "none"
    print(f"\n{room}: {score} of the mutants that change a figure are killed", end=" ")
    print(f"({counts[KILLED]} of {changing}; {counts[UNCHANGED]} others change no figure)")
    for mutant in sorted((m for m, outcome in outcomes.items() if outcome == SURVIVED), key=lambda m: (m.path, m.line)):
        print(f"  {mutant}")


if __name__ == "__main__":
    sys.exit(main())
