"""Work on a thread: outcome, failure, cancelling, and in which thread it is told."""

import threading

import pytest

from parley.bridge.loop.job import Job, wait_for_all


class Ears:
    """Hears every signal of a job, with the thread it came in."""

    def __init__(self, job):
        self.heard = []
        job.progressed.connect(lambda share: self.heard.append(("progressed", share)))
        job.succeeded.connect(lambda result: self.heard.append(("succeeded", result)))
        job.failed.connect(lambda error: self.heard.append(("failed", str(error))))
        job.finished.connect(lambda: self.heard.append(("finished", threading.current_thread())))

    @property
    def end(self):
        return [name for name, _ in self.heard if name != "progressed"]


@pytest.fixture
def gate():
    opened = threading.Event()
    yield opened
    opened.set()


def run(qtbot, work):
    job = Job(work)
    ears = Ears(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    return ears


def test_tells_the_result_in_the_thread_of_the_window(qtbot):
    ears = run(qtbot, lambda job: threading.current_thread())
    assert ears.end == ["succeeded", "finished"]
    assert dict(ears.heard)["succeeded"] is not threading.current_thread()
    assert dict(ears.heard)["finished"] is threading.current_thread()


def test_tells_a_failure(qtbot):
    def work(job):
        raise OSError("no room")

    assert run(qtbot, work).heard[-2] == ("failed", "no room")


def test_tells_how_far_it_is(qtbot, gate):
    def work(job):
        job.report(0.25)
        gate.wait()

    job = Job(work)
    ears = Ears(job)
    with qtbot.waitSignal(job.progressed, check_params_cb=lambda share: share == 0.25):
        job.start()
    assert ears.end == []
    with qtbot.waitSignal(job.finished):
        gate.set()


def test_a_cancelled_job_ends_at_its_next_report_without_a_result(qtbot, gate):
    reached = []

    def work(job):
        gate.wait()
        job.report(0.5)
        reached.append("beyond")

    job = Job(work)
    ears = Ears(job)
    job.start()
    job.cancel()
    with qtbot.waitSignal(job.finished):
        gate.set()
    assert ears.end == ["finished"]
    assert reached == []


def test_a_result_that_came_too_late_to_cancel_is_not_told(qtbot, gate):
    job = Job(lambda job: gate.wait())
    ears = Ears(job)
    job.start()
    job.cancel()
    with qtbot.waitSignal(job.finished):
        gate.set()
    assert ears.end == ["finished"]


def test_a_job_that_has_settled_goes_on_to_its_result(qtbot, gate):
    settled = threading.Event()

    def work(job):
        job.settle()
        settled.set()
        gate.wait()
        job.report(1)
        return "written"

    job = Job(work)
    ears = Ears(job)
    job.start()
    assert settled.wait(5)
    job.cancel()
    with qtbot.waitSignal(job.finished):
        gate.set()
    assert ("succeeded", "written") in ears.heard


def test_a_job_that_was_cancelled_before_does_not_settle(qtbot, gate):
    reached = []

    def work(job):
        gate.wait()
        job.settle()
        reached.append("beyond")

    job = Job(work)
    ears = Ears(job)
    job.start()
    job.cancel()
    with qtbot.waitSignal(job.finished):
        gate.set()
    assert ears.end == ["finished"]
    assert reached == []


def test_the_end_waits_for_all_work_and_no_longer_than_it_may(qtbot):
    let_go, told = [threading.Event(), threading.Event()], []
    jobs = [Job(lambda _job, gate=gate: told.append(gate.wait())) for gate in let_go]
    for job in jobs:
        job.start()
    wait_for_all(0)
    assert told == []
    ending = threading.Thread(target=wait_for_all, args=(60,))
    ending.start()
    let_go[0].set()
    assert ending.is_alive()
    with qtbot.waitSignals([job.finished for job in jobs]):
        let_go[1].set()
    ending.join()
    assert told == [True, True]
    wait_for_all(60)
