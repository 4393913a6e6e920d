"""The event pump: batches, order, slices, and what happens when it is too much."""

import threading

import pytest

from parley.bridge.loop import pump as pump_module
from parley.bridge.loop.pump import EventPump
from parley.model.event import EventKind
from tests.bridge.samples import Samples


@pytest.fixture
def samples():
    return Samples()


class Batches:
    """Collects what a pump emits, and takes its time over it when told to."""

    def __init__(self, pump):
        self.seen = []
        self.pause = 0.0
        pump.batch.connect(self.take)

    def take(self, events):
        self.seen.append(events)
        if self.pause:
            threading.Event().wait(self.pause)

    @property
    def events(self):
        return [event for batch in self.seen for event in batch]


@pytest.fixture
def pump(qapp):
    return EventPump()


@pytest.fixture
def batches(pump):
    return Batches(pump)


def test_push_emits_nothing_by_itself(pump, batches, samples):
    for event in samples.notes(10):
        pump.push(event)
    assert batches.seen == []
    assert pump.waiting == 10


def test_what_is_pushed_together_arrives_together_and_in_order(qtbot, pump, batches, samples):
    notes = samples.notes(100)
    with qtbot.waitSignal(pump.batch):
        for event in notes:
            pump.push(event)
    assert batches.seen == [notes]
    assert (pump.pushed, pump.emitted, pump.dropped, pump.waiting) == (100, 100, 0, 0)


def test_it_goes_on_after_a_batch(qtbot, pump, batches, samples):
    for _ in range(3):
        with qtbot.waitSignal(pump.batch):
            pump.push(samples.event())
    assert [len(batch) for batch in batches.seen] == [1, 1, 1]


def test_flush_hands_over_everything_at_once_and_then_nothing(qtbot, pump, batches, samples):
    notes = samples.notes(20_000)
    for event in notes:
        pump.push(event)
    pump.flush()
    assert batches.seen == [notes]
    with qtbot.assertNotEmitted(pump.batch, wait=3 * pump_module.INTERVAL_MS):
        pump.flush()


def test_costly_views_get_smaller_batches_and_all_events_in_order(qtbot, pump, batches, samples):
    batches.pause = 0.02
    notes = samples.notes(2_000)
    for event in notes:
        pump.push(event)
    qtbot.waitUntil(lambda: pump.waiting == 0, timeout=30_000)
    sizes = [len(batch) for batch in batches.seen]
    assert batches.events == notes
    assert sizes[1] < sizes[0]
    assert min(sizes[:-1]) < sizes[0] / 2


def test_cheap_views_get_larger_batches(qtbot, pump, batches, samples):
    for event in samples.notes(20_000):
        pump.push(event)
    qtbot.waitUntil(lambda: pump.waiting == 0, timeout=30_000)
    assert max(len(batch) for batch in batches.seen) > len(batches.seen[0])


def test_too_many_lose_the_oldest_and_say_so_where_they_were(qapp, samples):
    pump = EventPump(capacity=10)
    batches = Batches(pump)
    notes = samples.notes(25)
    for event in notes:
        pump.push(event)
    assert pump.waiting == 10
    pump.flush()
    loss, *rest = batches.events
    assert rest == notes[-10:]
    assert loss.kind is EventKind.NOTE
    assert loss.text.startswith("15 events are missing here")
    assert (loss.seq, loss.wall) == (notes[14].seq, notes[14].wall)
    assert pump.dropped == 15
    assert pump.pushed == pump.dropped + pump.emitted


def test_a_loss_is_told_once(qapp, samples):
    pump = EventPump(capacity=2)
    batches = Batches(pump)
    for event in samples.notes(5):
        pump.push(event)
    pump.flush()
    pump.push(samples.event(text="later"))
    pump.flush()
    assert [event.text for event in batches.seen[1]] == ["later"]


def test_a_push_from_inside_a_batch_comes_in_the_next_one(qtbot, pump, batches, samples):
    late = samples.event(text="late")

    def answer_once(_events):
        pump.batch.disconnect(answer_once)
        pump.push(late)

    pump.batch.connect(answer_once)
    pump.push(samples.event())
    qtbot.waitUntil(lambda: len(batches.seen) == 2)
    assert batches.seen[1] == [late]
