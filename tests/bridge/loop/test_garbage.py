"""Garbage collections: on the window's thread alone; full ones not while events come, but after them, and not never."""

import gc
import threading
from typing import ClassVar

import pytest

from parley.bridge.loop import garbage
from parley.bridge.loop.garbage import GarbageKeeper
from parley.bridge.loop.pump import EventPump
from tests.bridge.samples import Samples


@pytest.fixture
def pump(qapp):
    return EventPump()


@pytest.fixture
def make(pump, monkeypatch):
    keepers = []
    before = gc.isenabled()
    gc.enable()

    def make(quiet_ms=20, latest_seconds=60.0):
        monkeypatch.setattr(garbage, "QUIET_MS", quiet_ms)
        monkeypatch.setattr(garbage, "LATEST_SECONDS", latest_seconds)
        keepers.append(GarbageKeeper(pump))
        return keepers[-1]

    yield make
    for keeper in keepers:
        keeper.stop()
    assert gc.isenabled()
    if not before:
        gc.disable()


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


def collections_made():
    return [stats["collections"] for stats in gc.get_stats()]


def test_python_makes_no_collection_by_itself(make):
    make()
    before = collections_made()
    kept = [[] for _ in range(400_000)]
    assert collections_made() == before
    assert kept


class Cycle:
    """Garbage that says on which thread it was destroyed."""

    threads: ClassVar[list[int]] = []

    def __init__(self):
        self.me = self

    def __del__(self):
        self.threads.append(threading.get_ident())


def make_garbage():
    for _ in range(garbage.YOUNG_OBJECTS):
        Cycle()


def test_what_a_thread_leaves_is_destroyed_on_the_windows_own(qtbot, make):
    make(quiet_ms=10_000)
    Cycle.threads.clear()
    worker = threading.Thread(target=make_garbage)
    worker.start()
    worker.join()
    assert Cycle.threads == []
    qtbot.waitUntil(lambda: len(Cycle.threads) == garbage.YOUNG_OBJECTS)
    assert set(Cycle.threads) == {threading.get_ident()}


def test_young_garbage_goes_while_events_come(pump, make):
    make(quiet_ms=10_000)
    Cycle.threads.clear()
    make_garbage()
    pump.push(Samples().event())
    pump.flush()
    assert len(Cycle.threads) == garbage.YOUNG_OBJECTS
