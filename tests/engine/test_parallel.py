"""Parts of some work come in order, whoever does them and however long each takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.system import needs_kill
from support.worker_threads import at_once

from calculator.engine import parallel, workers
from calculator.engine.parallel import map_ordered


def waited(number, wait):
    time.sleep(wait)
    return number


@examples(20)
@given(waits=st.lists(st.sampled_from([0, 0, 0.001, 0.01]), max_size=30), jobs=st.integers(1, 5))
def test_what_is_made_comes_in_order(waits, jobs):
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch)
        assert list(map_ordered(waited, enumerate(waits), jobs)) == list(range(len(waits)))


def slow_square(number):
    time.sleep(0.05)
    return number**2, os.getpid()


@pytest.mark.slow
def test_other_processes_do_their_share_once_they_are_up(monkeypatch):
    monkeypatch.setattr(parallel, "SECONDS_WORTH_A_POOL", 0)
    made = list(map_ordered(slow_square, ((number,) for number in range(120)), 2, lambda done: 120 - done))
    assert [square for square, _ in made] == [number**2 for number in range(120)]
    assert len({process for _, process in made}) == 2


@pytest.mark.slow
def test_no_process_is_begun_for_little_work(monkeypatch):
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    made = map_ordered(slow_square, ((number,) for number in range(10)), 2, lambda done: 10 - done)
    assert {process for _, process in made} == {os.getpid()}


ENDLESS = """
import os, sys, time
from calculator.engine import parallel, workers

def work(number):
    time.sleep(0.05)
    return os.getpid()

if __name__ == "__main__":
    parallel.SECONDS_WORTH_A_POOL = 0
    for process in parallel.map_ordered(work, ((number,) for number in range(10**6)), 2):
        if process != os.getpid():
            print(process, flush=True)
"""


@needs_kill
@pytest.mark.slow
def test_other_processes_end_with_the_one_that_was_killed(tmp_path):
    program = tmp_path / "endless.py"
    program.write_text(ENDLESS)
    parent = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(1000):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    pytest.fail("The process goes on without its parent.")


def fails_at_seven(number):
    return 1 // (7 - number)


def test_what_is_wrong_with_a_part_is_raised_in_its_turn(monkeypatch):
    at_once(monkeypatch)
    made = map_ordered(fails_at_seven, ((number,) for number in range(20)), 3)
    assert [next(made) for _ in range(7)] == [0, 0, 0, 0, 0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(made)


def several(number):
    return number, bytes(number)


@pytest.mark.parametrize("has_memory", [True, False])
def test_results_of_any_size_come_in_order(monkeypatch, has_memory):
    at_once(monkeypatch)
    monkeypatch.setattr(workers, "_has_memory", lambda size: has_memory)
    sizes = [0, 5000, 3, 10, 400, 900, 1, 2000, 0, 7] * 5
    made = list(map_ordered(several, ((size,) for size in sizes), 2, expected=60.0, room=1000))
    assert made == [several(size) for size in sizes]


def test_memory_is_shared_only_where_there_is_twice_as_much(monkeypatch):
    free = shutil.disk_usage(os.getcwd())._replace(free=2000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: free)
    assert [workers._has_memory(size) for size in (0, 999, 1000)] == [False, True, False]


BEGUN = []


def noted(number):
    BEGUN.append(number)
    time.sleep(0.3 if number == 3 else 0.001)
    return number


def test_no_more_parts_wait_than_there_is_room_for(monkeypatch):
    at_once(monkeypatch)
    BEGUN.clear()
    for number in map_ordered(noted, ((number,) for number in range(40)), 2):
        assert max(BEGUN) - number <= 2 + workers.RESULTS_WAITING + 2


def test_workers_that_were_started_ahead_do_the_next_work(monkeypatch):
    at_once(monkeypatch)
    workers.start_ahead(2, "calculator.issues")
    ahead = workers._ahead[2]
    monkeypatch.setattr(workers, "_start_pool", None)
    assert list(map_ordered(waited, [(number, 0) for number in range(20)], 3)) == list(range(20))
    assert not workers._ahead
    with pytest.raises(RuntimeError, match="shutdown"):
        ahead.submit(print)


class Waiting(Future):
    """Future of a worker that has not finished until its result is asked for."""

    def result(self, timeout=None):
        self.set_result(None)
        return super().result()


class Recorded:
    """Mail that notes which parts are sent."""

    def __init__(self):
        self.sent = []

    def send(self, part):
        self.sent += part
        return Waiting(), lambda result: result


SHARES = [(1, 1, 1), (2, 1, 1), (4, 1, 2), (6, 1, 3), (3, 2, 2), (9, 2, 6)]


@pytest.mark.parametrize(("parts", "others", "sent"), SHARES)
def test_workers_have_no_more_than_their_share_of_the_last_parts(parts, others, sent):
    mail = Recorded()
    work = ((number,) for number in range(parts))
    made = workers._map_shared(others, abs, work, lambda done: parts - done, mail, lambda: True)
    assert len(list(made)) == parts
    assert mail.sent == list(range(sent))
