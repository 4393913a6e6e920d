"""What a killed program has left in the folder of a listener is offered for removal, once, and nothing else is."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from parley.bridge.loop.job import Job
from parley.model.files.partial import create_partial
from parley.model.files.store import ProfileStore
from parley.model.profile import AcceptorSide, Profile
from parley.model.storage import Storage, StorageMode
from tests.ui.windows import Stage


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def left(folder):
    path, stream = create_partial(folder)
    stream.write(bytes(1500))
    stream.close()
    return path


def listen(qtbot, stage, folder, mode=StorageMode.RECEIVE):
    """As the controller tells it; returns the question, if there is one."""
    side = replace(AcceptorSide(), storage=Storage(mode, str(folder)))
    stage.controller.listener_changed.emit(SimpleNamespace(listener=SimpleNamespace(side=side, armed=None), armed=None))
    gate = stage.window.leftovers
    qtbot.waitUntil(lambda: not gate.findChildren(Job))
    boxes = [box for box in stage.window.findChildren(QMessageBox, "leftovers_question") if box.isVisible()]
    return boxes[0] if boxes else None


def press(qtbot, box, name):
    qtbot.mouseClick(box.findChild(QPushButton, f"leftovers_question.{name}"), Qt.MouseButton.LeftButton)


def test_they_are_removed_when_the_person_wants_it(qtbot, stage, folder):
    path, (living, stream) = left(folder), create_partial(folder)
    (folder / "1.2.dcm").write_bytes(b"whole")
    with stream:
        box = listen(qtbot, stage, folder)
        assert box.text() == f"Remove 1 unfinished file (1.5 kB) from {folder}?"
        assert "has left it. It is not whole" in box.informativeText()
        assert box.textFormat() is Qt.TextFormat.PlainText
        press(qtbot, box, "remove")
        qtbot.waitUntil(lambda: bool(stage.controller.calls))
        assert stage.controller.calls == [("note", f"1 unfinished file removed from {folder}")]
        assert sorted(folder.iterdir()) == sorted([living, folder / "1.2.dcm"])
        assert not path.exists()


def test_they_stay_when_the_person_keeps_them_and_are_not_asked_about_again(qtbot, stage, folder):
    path = left(folder)
    press(qtbot, listen(qtbot, stage, folder), "keep")
    assert path.exists()
    assert listen(qtbot, stage, folder) is None
    assert stage.controller.calls == []


def test_without_leftovers_or_without_saving_nothing_is_asked(qtbot, stage, folder):
    assert listen(qtbot, stage, folder) is None
    left(folder)
    assert listen(qtbot, stage, folder, StorageMode.DISCARD) is None
    stage.controller.listening_changed.emit(None)
    assert listen(qtbot, stage, folder / "none") is None


def test_at_the_start_all_folders_are_looked_into_and_it_is_asked_once(qtbot, tmp_path, folder):
    other = tmp_path / "also"
    other.mkdir()
    paths = [left(folder), left(other)]
    store = ProfileStore(tmp_path / "profiles")
    for name, mode, where in (
        ("A", StorageMode.RECEIVE, folder),
        ("B", StorageMode.RECEIVE, other),
        ("C", StorageMode.RECEIVE, other),
        ("D", StorageMode.DISCARD, tmp_path),
    ):
        side = replace(AcceptorSide(), storage=Storage(mode, str(where)))
        store.create(Profile(name, scp=side))
    stage = Stage(tmp_path)
    qtbot.addWidget(stage.window)
    stage.window.show()
    boxes = partial(stage.window.findChildren, QMessageBox, "leftovers_question")
    qtbot.waitUntil(lambda: bool(boxes()))
    (box,) = boxes()
    assert box.text() == f"Remove 2 unfinished files (3.0 kB) from {other} and {folder}?"
    assert "has left them. None is whole" in box.informativeText()
    press(qtbot, box, "remove")
    qtbot.waitUntil(lambda: bool(stage.controller.calls))
    assert not any(path.exists() for path in paths)
