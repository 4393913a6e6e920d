"""Full garbage collections: not while events come, but after them, and not never."""

import gc

import pytest

from parley.bridge import garbage
from parley.bridge.garbage import GarbageKeeper
from parley.bridge.pump import EventPump
from tests.bridge.samples import Samples


@pytest.fixture
def pump(qapp):
    return EventPump()


@pytest.fixture
def make(pump, monkeypatch):
    keepers = []
    before = gc.get_threshold()

    def make(quiet_ms=20, latest_seconds=60.0):
        monkeypatch.setattr(garbage, "QUIET_MS", quiet_ms)
        monkeypatch.setattr(garbage, "LATEST_SECONDS", latest_seconds)
        keepers.append(GarbageKeeper(pump))
        return keepers[-1]

    yield make
    for keeper in keepers:
        keeper.stop()
    assert gc.get_threshold() == before


def test_collects_once_it_is_quiet(qtbot, pump, make):
    keeper = make()
    pump.push(Samples().event())
    qtbot.waitUntil(lambda: keeper.collections == 1)


def test_puts_it_off_while_events_come(pump, make):
    keeper = make(quiet_ms=10_000)
    for event in Samples().notes(50):
        pump.push(event)
        pump.flush()
    assert keeper.collections == 0


def test_collects_even_if_events_never_stop(pump, make):
    keeper = make(quiet_ms=10_000, latest_seconds=0.0)
    pump.push(Samples().event())
    pump.flush()
    assert keeper.collections == 1


def test_python_makes_no_full_collection_by_itself(make):
    make()
    before = gc.get_stats()[2]["collections"]
    kept = [[] for _ in range(400_000)]
    assert gc.get_stats()[2]["collections"] == before
    assert kept
