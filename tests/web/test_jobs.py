"""Work beside the pages: told as it goes, its end kept, its faults in words."""

from __future__ import annotations

from threading import Event

import pytest

from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.web.jobs import Job, Jobs


def ended(jobs: Jobs, job: Job) -> Job:
    wait = Event()
    for _ in range(2000):
        found = jobs.get(job.id)
        if found.state != "running":
            return found
        wait.wait(0.005)
    raise AssertionError("the job does not end")


def test_a_job_tells_how_far_it_is_and_gives_its_result() -> None:
    time = [0.0]
    jobs, go, seen = Jobs(lambda: time[0]), Event(), Event()

    def work(told):
        told("rows", 50, 200)
        seen.set()
        assert go.wait(10)
        return "result"

    job = jobs.start("import", "finds.csv", work)
    assert seen.wait(10)
    time[0] = 10.0
    running = jobs.get(job.id)
    assert (running.state, running.step, running.share) == ("running", "rows", 0.25)
    assert (running.rate, running.left, running.seconds) == (5.0, 30.0, 10.0)
    with pytest.raises(Conflicting):
        jobs.start("import", "again", work)
    go.set()
    assert ended(jobs, job).result == "result"
    assert jobs.latest("import", "done").id == job.id
    assert jobs.latest("verify") is None


@pytest.mark.parametrize(("fault", "words"), [
    (Invalid("the file says nothing"), "the file says nothing"),
    (KeyError("secret detail"), "fault of its own"),
])
def test_what_goes_wrong_is_told_in_words(fault: Exception, words: str) -> None:
    def work(told):
        raise fault

    jobs = Jobs()
    failed = ended(jobs, jobs.start("import", "x", work))
    assert failed.state == "failed" and words in failed.error.message
    assert "secret" not in failed.error.message


def test_old_jobs_are_forgotten_and_unknown_ones_missing() -> None:
    jobs = Jobs()
    first = jobs.start("a", "first", lambda told: None)
    ended(jobs, first)
    for _ in range(60):
        ended(jobs, jobs.start("a", "more", lambda told: None))
    with pytest.raises(Missing):
        jobs.get(first.id)


def test_results_are_forgotten_when_something_was_erased_and_work_goes_on() -> None:
    jobs, go = Jobs(), Event()
    done = ended(jobs, jobs.start("measure", "one", lambda told: "what was erased"))
    busy = jobs.start("import", "other", lambda told: go.wait(10))
    jobs.forget_ended()
    with pytest.raises(Missing):
        jobs.get(done.id)
    assert jobs.get(busy.id).state == "running"
    go.set()
    assert ended(jobs, busy).state == "done"
