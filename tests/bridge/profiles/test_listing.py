"""The list of profiles: at once what this window changed, soon what others did, and never what is out of date."""

import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from parley.bridge.profiles.listing import ProfileList
from parley.model.files.store import ProfileStore
from parley.model.profile import LOOPBACK, Profile


class Gated(ProfileStore):
    """A store in a slow folder: a thread that lists it has read everything, and hands it out when the gate is open."""

    def __init__(self, folder):
        super().__init__(folder)
        self.gate = threading.Event()
        self.has_read = threading.Event()
        self.gate.set()

    def list(self):
        entries = super().list()
        self.has_read.set()
        if threading.current_thread() is not threading.main_thread():
            assert self.gate.wait(10)
        return entries


@pytest.fixture
def store(tmp_path):
    made = Gated(tmp_path)
    made.create(Profile("CT 1"))
    yield made
    made.gate.set()


@pytest.fixture
def profiles(qtbot, store):
    made = ProfileList(store)
    yield made
    store.gate.set()
    idle(qtbot, made)


def idle(qtbot, profiles):
    qtbot.waitUntil(lambda: not profiles.is_being_read)


def names(profiles):
    return [entry.name for entry in profiles.entries]


def test_it_is_there_once_it_was_read(qtbot, profiles):
    assert names(profiles) == []
    profiles.read()
    with qtbot.waitSignal(profiles.changed):
        assert names(profiles) == []
    assert names(profiles) == ["Loopback", "CT 1"]


def test_what_was_looked_at_is_there_at_once_and_a_slow_folder_holds_nobody_up(qtbot, store, profiles):
    store.create(Profile("PACS"))
    store.gate.clear()
    profiles.look_at("Loopback", "CT 1.toml", "Gone.toml")
    assert names(profiles) == ["Loopback", "CT 1"]
    assert profiles.is_being_read
    store.gate.set()
    idle(qtbot, profiles)
    assert names(profiles) == ["Loopback", "CT 1", "PACS"]


def test_what_was_read_before_a_change_does_not_undo_it(qtbot, store, profiles):
    profiles.read()
    idle(qtbot, profiles)
    store.gate.clear()
    store.has_read.clear()
    profiles.read()
    assert store.has_read.wait(10)
    store.save(Profile("CT 1", comment="ask Jo"), "CT 1.toml")
    key = store.create(Profile("PACS"))
    profiles.look_at("CT 1.toml", key)
    seen = []
    profiles.changed.connect(lambda: seen.append(names(profiles)))
    store.gate.set()
    idle(qtbot, profiles)
    assert seen == []
    assert profiles.entry("CT 1.toml").profile == Profile("CT 1", comment="ask Jo")
    assert names(profiles) == ["Loopback", "CT 1", "PACS"]


def test_what_waits_for_it_sees_what_is_there_after_the_last_change(qtbot, store, profiles):
    store.gate.clear()
    profiles.read()
    assert store.has_read.wait(10)
    store.create(Profile("Of another program"))
    profiles.look_at("CT 1.toml")
    seen = []
    profiles.when_read(lambda: seen.append(names(profiles)))
    assert seen == []
    store.gate.set()
    idle(qtbot, profiles)
    assert seen == [["Loopback", "CT 1", "Of another program"]]
    profiles.when_read(lambda: seen.append("at once"))
    assert seen[1:] == ["at once"]


def test_who_needs_all_of_it_before_it_was_read_has_it_read(store, profiles):
    store.gate.clear()
    profiles.look_at("Loopback")
    assert [entry.name for entry in profiles.whole()] == ["Loopback", "CT 1"]
    store.create(Profile("PACS"))
    assert profiles.whole() is profiles.entries
    assert names(profiles) == ["Loopback", "CT 1"]


def test_the_first_save_finds_what_it_needs_loaded(tmp_path):
    code = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from parley.bridge.profiles.listing import ProfileList
from parley.model.files.store import ProfileStore
app = QCoreApplication([])
profiles = ProfileList(ProfileStore(Path(sys.argv[1])))
profiles.when_read(lambda: None)
assert "parley.model.files.writer" not in sys.modules
profiles.read()
profiles.when_read(app.quit)
app.exec()
assert "parley.model.files.writer" in sys.modules
assert not any(name.startswith(("pydicom", "pynetdicom")) for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)


def test_that_it_is_whole_is_news(qtbot, profiles):
    profiles.look_at("Loopback", "CT 1.toml")
    assert not profiles.is_whole
    with qtbot.waitSignal(profiles.changed):
        pass
    assert profiles.is_whole
    profiles.look_at("CT 1.toml")
    assert profiles.is_whole


def test_the_same_again_is_no_news(qtbot, profiles):
    profiles.read()
    idle(qtbot, profiles)
    with qtbot.assertNotEmitted(profiles.changed):
        profiles.read()
        idle(qtbot, profiles)
        profiles.look_at("CT 1.toml")


def test_a_profile_that_goes_is_not_listed(qtbot, store, profiles):
    profiles.read()
    idle(qtbot, profiles)
    store.delete("CT 1.toml")
    profiles.look_at("CT 1.toml")
    assert names(profiles) == ["Loopback"]
    assert profiles.entry("CT 1.toml") is None
    assert profiles.entry("Loopback").profile == replace(LOOPBACK)


def test_a_fault_while_reading_is_not_swallowed(qtbot, store, profiles):
    store.list = lambda: 1 / 0
    with qtbot.captureExceptions() as caught:
        profiles.read()
        idle(qtbot, profiles)
    assert caught[0][0] is ZeroDivisionError
