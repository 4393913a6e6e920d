"""Arming the next answer: choosing it, seeing it, changing it, taking it back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from parley.bridge.answers.desk import ArmedAnswer
from parley.model.misbehaviour.tables import ACCEPTOR
from parley.ui.answers.arm_bar import ArmButton, ArmedLine
from tests.ui.answers.test_answer_edit import leaves

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def line(qtbot):
    owner = QWidget()
    made = ArmedLine()
    QVBoxLayout(owner).addWidget(made)
    qtbot.addWidget(owner)
    owner.show()
    qtbot.waitExposed(owner)
    made.owner, made.wishes = owner, []
    made.arm_requested.connect(lambda text, once: made.wishes.append((text, once)))
    return made


def test_a_button_offers_every_answer_and_to_ask(qtbot):
    button = ArmButton()
    qtbot.addWidget(button)
    button.menu().fill()
    entries = [*leaves(button.menu())]
    assert {"accept", "reject 1/1/7", "ask", f"misbehave {next(iter(ACCEPTOR))}"} <= {entry.data() for entry in entries}
    with qtbot.waitSignal(button.chosen) as chosen:
        next(entry for entry in entries if entry.data() == "reject 1/1/7").trigger()
    assert chosen.args == ["reject 1/1/7"]


def test_nothing_is_shown_while_nothing_is_armed(line):
    assert not line.isVisible()
    line.show_armed(ArmedAnswer("close"))
    assert line.isVisible()
    line.show_armed(None)
    assert not line.isVisible()


@pytest.mark.parametrize(("once", "words"), [(True, "Armed for one"), (False, "Armed for all")])
def test_what_is_armed_is_said(line, once, words):
    line.show_armed(ArmedAnswer("reject 1/1/7", once))
    assert line.findChild(QLabel, "scp.armed.words").text() == words
    assert line.findChild(QLineEdit, "scp.armed.text").text() == "reject 1/1/7"
    assert line.findChild(QCheckBox, "scp.armed.stays").isChecked() is not once
    assert line.wishes == []


def test_another_answer_is_typed_over_it(line):
    line.show_armed(ArmedAnswer("reject 1/1/7"))
    text = line.findChild(QLineEdit, "scp.armed.text")
    text.selectAll()
    QTest.keyClicks(text, "abort 2/1")
    assert line.wishes == []
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert line.wishes == [("abort 2/1", True)]


def test_it_is_kept_until_it_is_changed(line):
    line.show_armed(ArmedAnswer("reset"))
    for _ in range(2):
        QTest.mouseClick(line.findChild(QCheckBox, "scp.armed.stays"), Qt.MouseButton.LeftButton)
    assert line.wishes == [("reset", False), ("reset", True)]


def test_it_is_taken_back(qtbot, line):
    line.show_armed(ArmedAnswer("silence"))
    with qtbot.waitSignal(line.disarm_requested):
        QTest.mouseClick(line.findChild(QToolButton, "scp.disarm"), Qt.MouseButton.LeftButton)
