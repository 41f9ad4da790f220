"""Jobs: progress, results and stops; the queue of all sessions, its limits, and the end of a session."""

import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from support.sessions import BATCH, session, texts

from calculator.issues import InputError, Issues
from calculator.ui.session import job_queue
from calculator.ui.session.job_queue import JobQueue
from calculator.ui.session.jobs import Job
from calculator.ui.session.limits import FILE, JobLimits, read_job_limits

LIMITS = JobLimits(running=1, waiting=2, per_session=2, longest_minutes=30, away_seconds=15)
LONGEST = 20
"""Longest wait for another thread, in seconds; a test that passes does not wait so long."""


class Blocked:
    """Work that reports its progress and then waits until it is let go, again and again."""

    def __init__(self):
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, progress):
        progress(1, 0.5)
        self.reached.set()
        self.go.wait(LONGEST)
        progress(2, 1.0)
        return "all"


class Queue:
    """A queue with a clock of its own, its jobs by name, and the sessions whose browser is away."""

    def __init__(self, limits=LIMITS):
        self.now, self.jobs, self.works, self.away = 0.0, {}, {}, set()
        self.queue = JobQueue(limits, lambda: self.now)

    def add(self, name, session):
        work = self.works[name] = Blocked()
        job = self.jobs[name] = Job(work)
        self.queue.add(job, session, lambda: session not in self.away)

    def end(self, name):
        """Let a job end, and wait until the next ones have begun."""
        self.works[name].go.set()
        self.jobs[name].wait(LONGEST)
        self.queue.check()

    def began(self):
        return [name for name, job in self.jobs.items() if job.active and job.began]

    def check(self, now):
        self.now = now
        self.queue.check()


@pytest.fixture
def queue():
    made = []

    def make(limits=LIMITS):
        made.append(Queue(limits))
        return made[-1]

    yield make
    for each in made:
        for job in each.jobs.values():
            job.stop()
        for work in each.works.values():
            work.go.set()
        for job in each.jobs.values():
            job.wait(LONGEST)


def message(refused):
    return [(issue.message, issue.hint) for issue in refused.issues]


# --- a job ---------------------------------------------------------------------------------------


def test_a_job_tells_its_progress_and_its_result():
    job = Job(lambda progress: [progress(n, n / 10) for n in range(1, 11)] and "all").begin()
    job.wait(LONGEST)
    assert (job.done, job.result, job.active, job.stopped, job.failed) == (10, "all", False, False, False)
    assert job.left == 0


def test_a_job_that_has_not_begun_takes_no_time_and_stops_at_once():
    job = Job(lambda progress: "all")
    assert (job.active, job.began, job.seconds, job.rate) == (True, False, 0.0, 0.0)
    job.stop()
    assert (job.active, job.stopped, job.result) == (False, True, None)
    assert not job.begin().began


def test_a_job_stops_when_it_next_reports_its_progress():
    work = Blocked()
    job = Job(work).begin()
    work.reached.wait(LONGEST)
    assert not job.stopping
    job.stop()
    assert (job.active, job.stopping) == (True, True)
    work.go.set()
    job.wait(LONGEST)
    assert (job.active, job.stopping, job.stopped, job.result, job.error) == (False, False, True, None, None)


def test_a_job_keeps_what_is_wrong_with_its_input(caplog):
    issues = Issues()
    issues.error("file", "row", "is wrong.")

    def refuse(progress):
        raise InputError(issues)

    job = Job(refuse).begin()
    job.wait(LONGEST)
    assert job.error.issues is issues
    broken = Job(lambda progress: 1 / 0).begin()
    broken.wait(LONGEST)
    assert broken.failed
    assert "ZeroDivisionError" in caplog.text


# --- the queue -----------------------------------------------------------------------------------


def test_jobs_run_in_the_order_in_which_they_came(queue):
    server = queue()
    for name in "abc":
        server.add(name, name)
    assert server.began() == ["a"]
    assert [server.queue.place(server.jobs[name]) for name in "abc"] == [(0, 2), (1, 2), (2, 2)]
    server.end("a")
    assert server.jobs["a"].result == "all"
    assert server.began() == ["b"]
    assert server.queue.place(server.jobs["c"]) == (1, 1)
    server.end("b")
    assert server.began() == ["c"]


def test_as_many_jobs_run_as_the_limits_allow(queue):
    server = queue(replace(LIMITS, running=2))
    for name in "abc":
        server.add(name, name)
    assert server.began() == ["a", "b"]


def test_at_most_one_job_of_a_session_runs(queue):
    server = queue(replace(LIMITS, running=2))
    for name, owner in (("a1", "a"), ("a2", "a"), ("b", "b")):
        server.add(name, owner)
    assert server.began() == ["a1", "b"]
    server.end("b")
    assert server.began() == ["a1"]
    server.end("a1")
    assert server.began() == ["a2"]


def test_a_job_too_many_of_a_session_is_refused(queue):
    server = queue()
    server.add("a1", "a")
    server.add("a2", "a")
    with pytest.raises(InputError) as refused:
        server.add("a3", "a")
    assert message(refused.value) == [
        (
            "You already have 2 jobs that run or wait, the most per session.",
            "Stop one of them, or wait until it has ended.",
        )
    ]
    server.jobs["a2"].stop()
    server.add("a4", "a")
    assert server.queue.place(server.jobs["a4"]) == (1, 1)


def test_a_job_is_refused_when_the_queue_is_full(queue):
    server = queue()
    for name in "abc":
        server.add(name, name)
    with pytest.raises(InputError) as refused:
        server.add("d", "d")
    assert message(refused.value) == [
        ("2 jobs wait already, the most on this server.", "Try again in some minutes, or use the command line.")
    ]
    assert not server.jobs["d"].began
    server.end("a")
    server.add("e", "e")
    assert server.queue.place(server.jobs["e"]) == (2, 2)


def test_a_job_that_waits_leaves_the_queue_when_it_is_stopped(queue):
    server = queue()
    for name in "abc":
        server.add(name, name)
    server.jobs["b"].stop()
    assert server.queue.place(server.jobs["c"]) == (1, 1)
    server.end("a")
    assert server.began() == ["c"]


def test_jobs_end_when_their_browser_stays_away(queue):
    server = queue()
    server.add("a1", "a")
    server.add("a2", "a")
    server.add("b", "b")
    server.away.add("a")
    server.check(0)
    server.check(14.9)
    assert not server.jobs["a1"].stopping
    assert server.jobs["a2"].active
    server.check(15)
    assert server.jobs["a1"].stopping
    assert not server.jobs["a2"].active
    server.end("a1")
    assert message(server.jobs["a1"].error) == [
        ("The job was stopped because the browser was away for 15 seconds.", "Start it again.")
    ]
    assert not server.jobs["a1"].stopped
    assert server.began() == ["b"]


def test_jobs_go_on_when_their_browser_comes_back(queue):
    server = queue()
    server.add("a", "a")
    server.away.add("a")
    server.check(0)
    server.away.clear()
    server.check(10)
    server.away.add("a")
    server.check(20)
    server.check(34.9)
    assert not server.jobs["a"].stopping
    server.check(35)
    assert server.jobs["a"].stopping


def test_a_job_ends_after_the_longest_time(queue, monkeypatch):
    server = queue()
    server.add("a", "a")
    monkeypatch.setattr(Job, "seconds", 30 * 60 - 1)
    server.check(0)
    assert not server.jobs["a"].stopping
    monkeypatch.setattr(Job, "seconds", 30 * 60)
    server.check(0)
    server.end("a")
    assert message(server.jobs["a"].error) == [
        (
            "The job was stopped after 30 minutes, the longest time on this server.",
            "Ask for less, or use the command line.",
        )
    ]


# --- limits --------------------------------------------------------------------------------------


def test_the_limits_of_the_server_can_be_read_and_each_has_its_reason():
    limits = read_job_limits(FILE)
    assert limits.away_seconds < 120
    lines = FILE.read_text(encoding="utf-8").splitlines()
    unexplained = [line for above, line in pairwise(lines) if "=" in line and above[:2] != "# "]
    assert unexplained == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[jobs]\nrunning = 0\nwaiting = 1\nper_session = true\nlongest_minutes = 1\n",
            "are wrong or unknown: running, per_session, away_seconds.",
        ),
        (
            "[jobs]\nrunning = 1\nwaiting = 1\nper_session = 1\nlongest_minutes = 1\naway_seconds = 1\nlimit = 1\n",
            "are wrong or unknown: limit.",
        ),
        ("jobs = 1\n", "are wrong or unknown: running, waiting, per_session, longest_minutes, away_seconds."),
        ("[jobs\n", "cannot be read: Expected ']' at the end of a table declaration (at line 1, column 6)."),
    ],
)
def test_wrong_limits_are_refused_with_all_that_is_wrong(tmp_path, text, problem):
    file = tmp_path / "limits.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_job_limits(file)
    assert message(refused.value) == [
        (
            f"The limits of the server {problem}",
            "Give running, waiting, per_session, longest_minutes, away_seconds in the section jobs, "
            "each as a whole number from 1.",
        )
    ]


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def batch(opened, queue, monkeypatch):
    """Open Batch with a file on a server that other sessions keep busy."""
    server = queue()
    monkeypatch.setattr(job_queue, "_server_queue", lambda: server.queue)

    def open_batch(*others):
        for other in others:
            server.add(other, other)
        at = opened({"tiers.1.mailboxes": 10.0}, page=BATCH)
        at.get_by_key("batch_file").set_value(("designs.csv", b"tiers.1.mailboxes\n1000\n", "text/csv")).run()
        at.get_by_key("batch_start").click().run()
        at.run()
        assert not at.exception
        return server, at

    return open_batch


def test_a_page_shows_the_place_in_the_queue_until_the_job_begins(batch):
    server, at = batch("a", "b")
    assert [bar.text for bar in at.get("progress")] == [
        "Waiting for other jobs of this server: place 2 of 2 in the queue"
    ]
    server.end("a")
    at.run()
    assert [bar.text for bar in at.get("progress")] == [
        "Waiting for other jobs of this server: place 1 of 1 in the queue"
    ]
    server.end("b")
    session(at).batch.job.wait(LONGEST)
    at.run()
    assert not at.get("progress")
    assert [box.value for box in (*at.success, *at.warning) if "1 of 1 design work" in box.value]


def test_a_job_that_waits_is_stopped_from_its_page(batch):
    _, at = batch("a")
    at.get_by_key("batch_stop").click().run()
    at.run()
    assert [box.value for box in at.info] == ["Stopped."]
    assert not at.get_by_key("batch_start").disabled


def test_a_page_reports_a_full_queue(batch):
    _, at = batch("a", "b", "c")
    assert "2 jobs wait already, the most on this server." in texts(at)
    assert not at.get_by_key("batch_start").disabled
