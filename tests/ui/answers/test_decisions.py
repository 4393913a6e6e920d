"""Between the SCP panel, the desk and the person who shall look: in a real window, with events as from an engine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QTableView, QToolButton

from parley.bridge.answers.desk import ArmedAnswer
from parley.model.decision import Hold, Reject
from parley.model.event import EventKind
from parley.model.handle import Rejection
from parley.ul.errors import Finding, Severity
from tests.bridge.samples import Samples, request

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODD = Finding(Severity.WARNING, "items[1].context_id", 0, "An odd thing.", "Mend it.")


def hold(stage, number=3):
    samples = Samples()
    events = [
        samples.event(EventKind.PDU_RECEIVED, number, pdu=request(), findings=(ODD,), peer="10.0.0.7:4003"),
        samples.event(EventKind.HELD, number, pdu=request(), hold=Hold(Reject(Rejection(1, 1, 1)), 25.0)),
    ]
    stage.log.append(events)
    stage.held.update(events)
    return events


def find(stage, kind, name):
    return stage.window.findChild(kind, name)


def test_what_is_asked_stands_in_the_details_before_anybody_decides(stage):
    hold(stage)
    heading = stage.window.details._heading.text()
    assert "A-ASSOCIATE-RQ" in heading
    assert "CT_1" in heading


def test_how_many_wait_is_in_the_status_bar(stage):
    hold(stage)
    assert "1 held" in find(stage, QLabel, "status.scp").text()
    stage.held.update([Samples().event(EventKind.DECIDED, 3, text="accept")])
    assert "held" not in find(stage, QLabel, "status.scp").text()


@pytest.mark.parametrize("in_front", [True, False])
def test_the_person_is_called_only_when_the_window_is_behind(monkeypatch, qtbot, stage, in_front):
    called = []
    monkeypatch.setattr(QApplication, "alert", lambda window, *_: called.append(window))
    monkeypatch.setattr(stage.window, "isActiveWindow", lambda: in_front)
    before = QApplication.focusWidget()
    hold(stage)
    assert called == ([] if in_front else [stage.window])
    assert QApplication.focusWidget() is before


def test_arming_by_the_button_shows_in_the_line_and_can_be_taken_back(stage):
    menu = find(stage, QToolButton, "scp.arm").menu()
    menu.fill()
    entries = [entry for group in menu.actions() for entry in group.menu().actions()]
    next(entry for entry in entries if entry.data() == "reject 1/1/7").trigger()
    assert stage.desk.armed == ArmedAnswer("reject 1/1/7")
    text = find(stage, QLineEdit, "scp.armed.text")
    assert text.isVisible()
    text.selectAll()
    QTest.keyClicks(text, "reset")
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert stage.desk.armed == ArmedAnswer("reset")
    QTest.mouseClick(find(stage, QToolButton, "scp.disarm"), Qt.MouseButton.LeftButton)
    assert stage.desk.armed is None
    assert not text.isVisible()


def test_what_waits_and_is_armed_asks_for_no_more_room_than_the_other_panel_has(stage):
    hold(stage)
    stage.desk.arm("reject 1/1/7")
    scp, scu = stage.window.scp, stage.window.scu
    assert scp.minimumSizeHint().width() <= scu.minimumSizeHint().width()


def test_an_answer_that_makes_no_sense_is_told_in_the_panel(stage):
    stage.desk.arm("reject")
    verdict = find(stage, QLabel, "scp.verdict")
    assert verdict.isVisible()
    assert "Not done" in verdict.text()


def test_a_refused_answer_says_what_is_still_armed_and_is_forgotten_with_the_next_that_is_taken(stage):
    stage.desk.arm("reject 1/1/7", once=False)
    stage.desk.arm("rejekt 1/1/7", once=False)
    verdict = find(stage, QLabel, "scp.verdict")
    assert "Still armed: reject 1/1/7." in verdict.text()
    stage.desk.arm("close", once=False)
    assert not verdict.isVisible()


def test_an_armed_answer_leaves_what_is_wrong_with_listening(stage):
    stage.desk.arm("rejekt")
    stage.window.scp.show_listen_failed("The port is taken.")
    stage.desk.arm("close")
    assert "The port is taken." in find(stage, QLabel, "scp.verdict").text()


def test_a_request_that_has_gone_in_the_meantime_opens_no_editor(stage):
    """The engine is quicker than the table: there is no association of that number any more."""
    hold(stage)
    QTest.keyClick(find(stage, QTableView, "scp.held"), Qt.Key.Key_E)
    assert find(stage, QDialog, "answer.window") is None
