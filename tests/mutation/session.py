"""Run the tests against mutants in forks of one process that has collected them.

The process imports the package and collects all tests, but runs nothing.  Each mutant is a fork of it, which
puts the mistake into the functions that are loaded, and runs tests until the first one fails.  A mistake that
only an import can make, as in a constant of a module, starts a new process instead.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from tests.mutation.figures import changes_a_figure, write_inputs
from tests.mutation.mutants import Mutant, loaded_functions, mutate_loaded, mutate_on_import

ROOT = Path(__file__).parents[2]
TESTS = {
    "rules": ("rules", "checks", "test_golden.py", "test_worked_examples.py", "test_oddities.py", "test_guidance.py"),
    "checks": ("checks", "rules", "test_golden.py", "test_profiles.py", "test_oddities.py", "test_messages.py"),
    "layout": ("layout",),
}
"""Tests of each room."""
SECONDS = 120
"""A mutant that takes longer counts as killed."""
KILLED, SURVIVED, UNCHANGED = "killed", "survived", "no figure changed"

# A falsifying example is enough: nothing is gained by a smaller one.
hypothesis.settings.register_profile(
    "mutation",
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)


class Problem(Exception):
    """The code as it is fails, so that mutants say nothing."""


def run_mutants(mutants: list[Mutant], folder: Path, jobs: int, minutes: float) -> dict[Mutant, str]:
    """Run each mutant in a process of its own, and return how each ended.

    Parameters
    ----------
    mutants
        Mutants in the order in which they are started.
    folder
        Folder for figures and outcomes.
    jobs
        Number of processes at a time.
    minutes
        Time after which no mutant is started.
    """
    server = _Server(mutants, folder, jobs, time.monotonic() + 60 * minutes)
    rooms = {mutant.room for mutant in mutants}
    _collect({test for room in rooms for test in TESTS[room]}, server)
    if server.problem:
        raise Problem(server.problem)
    return server.outcomes


def run_alone(mutant: Mutant, folder: Path, files: list[str]) -> None:
    """Import the package with a mistake, find out how the mutant ends, and write it to the folder.

    Parameters
    ----------
    mutant, folder
        The mutant, and the folder of its server.
    files
        Test files in the order in which they run.
    """
    mutate_on_import(mutant)
    _collect(set(TESTS[mutant.room]), _Alone(mutant, folder, files))


def _collect(tests: set[str], plugin: object) -> None:
    paths = [str(ROOT / "tests" / name) for name in sorted(tests)]
    without = [option for name in ("terminal", "cacheprovider", "xdist") for option in ("-p", f"no:{name}")]
    options = ["-s", "-o", "addopts=", *without, "--hypothesis-profile=mutation", "--rootdir", str(ROOT)]
    pytest.main([*options, *paths], plugins=[plugin])


class _Server:
    """Forks a process for each mutant instead of running the tests that were collected."""

    def __init__(self, mutants: list[Mutant], folder: Path, jobs: int, ends: float) -> None:
        self.problem = "the tests could not be collected"
        self.outcomes: dict[Mutant, str] = {}
        self._mutants, self._folder, self._jobs, self._ends = mutants, folder, jobs, ends

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        self._functions = loaded_functions(ROOT / "calculator")
        timing = _fork(lambda: _time_tests(session, self._folder))
        if _wait(_fork(lambda: write_inputs(self._folder))) != 0:
            self.problem = "the figures of the code as it is could not be computed"
        elif _wait(timing) != 0:
            report = self._folder / "failed"
            self.problem = f"a test fails without a mutant: {report.read_text() if report.exists() else 'unknown'}"
        else:
            self.problem = ""
            self._run(session)
        return True

    def _run(self, session: pytest.Session) -> None:
        seconds = json.loads((self._folder / "seconds").read_text())
        waiting, running = list(reversed(self._mutants)), {}
        while running or (waiting and time.monotonic() < self._ends):
            while waiting and len(running) < self._jobs and time.monotonic() < self._ends:
                mutant = waiting.pop()
                files = _soonest_first(mutant, seconds)
                running[_fork(lambda mutant=mutant, files=files: self._try(session, mutant, files))] = mutant
            pid, status = os.wait()
            mutant = running.pop(pid)
            report = self._folder / f"{pid}.json"
            # A process that died or ran too long has not written its outcome.
            outcome = json.loads(report.read_text()) if status == 0 and report.exists() else KILLED
            self.outcomes[mutant] = outcome
            print(f"{len(self.outcomes)} of {len(self._mutants)}: {outcome}: {mutant}", file=sys.stderr, flush=True)

    def _try(self, session: pytest.Session, mutant: Mutant, files: list[str]) -> None:
        signal.alarm(SECONDS)
        if mutate_loaded(mutant, self._functions):
            _judge(session, mutant, self._folder, files)
        else:
            # The alarm goes on in the new program.
            task = json.dumps([mutant.fields(), str(self._folder), files])
            os.execv(sys.executable, [sys.executable, "-m", "tests.mutation", "--alone", task])


class _Alone:
    """Judges one mutant that was made when the package was imported."""

    def __init__(self, mutant: Mutant, folder: Path, files: list[str]) -> None:
        self._mutant, self._folder, self._files = mutant, folder, files

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.testsfailed:
            _judge(session, self._mutant, self._folder, self._files)
        return True


def _judge(session: pytest.Session, mutant: Mutant, folder: Path, files: list[str]) -> None:
    """Find out how the mutant of this process ends, and write it to a file."""
    try:
        changed = changes_a_figure(folder, mutant.room)
    except Exception:  # a mistake that raises is one for the tests to see
        changed = True
    outcome = UNCHANGED
    if changed:
        outcome = SURVIVED if _first_failure(session, files) is None else KILLED
    (folder / f"{os.getpid()}.json").write_text(json.dumps(outcome))


def _first_failure(session: pytest.Session, files: list[str], seconds: dict[str, float] | None = None) -> str | None:
    """Run the tests of some files, in that order, and return the first that fails."""
    found: dict[str, list[pytest.Item]] = {}
    for item in session.items:
        found.setdefault(_file(item), []).append(item)
    items = [item for file in files for item in found.get(file, ())]
    for item, following in zip(items, [*items[1:], None], strict=True):
        started = time.perf_counter()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if seconds is not None:
            seconds[_file(item)] = seconds.get(_file(item), 0) + time.perf_counter() - started
        if session.testsfailed:
            return item.nodeid
    return None


def _time_tests(session: pytest.Session, folder: Path) -> None:
    """Run all tests without a mutant, and write how long each file takes."""
    seconds: dict[str, float] = {}
    failed = _first_failure(session, list(dict.fromkeys(map(_file, session.items))), seconds)
    if failed is not None:
        (folder / "failed").write_text(failed)
        raise Problem(failed)
    (folder / "seconds").write_text(json.dumps(seconds))


def _soonest_first(mutant: Mutant, seconds: dict[str, float]) -> list[str]:
    """Return the test files of a mutant: of its module, of its room, of others, the quick ones of each first."""
    tests = TESTS[mutant.room]
    module = f"test_{Path(mutant.path).stem}"

    def place(file: str) -> tuple[bool, bool, float]:
        return not Path(file).stem.startswith(module), file.split("/")[1] != mutant.room, seconds[file]

    return sorted((file for file in seconds if file.split("/")[1] in tests), key=place)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _fork(function: Callable[[], None]) -> int:
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
