"""Choosing an answer from the menu, or typing it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from parley.model.answers.words import ASK, PRESETS, parse_answer
from parley.model.misbehaviour.tables import ACCEPTOR
from parley.ui.answers.answer_edit import AnswerEdit, AnswerMenu

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def entries(menu):
    menu.aboutToShow.emit()
    return [*leaves(menu)]


def leaves(menu):
    for entry in menu.actions():
        yield from leaves(entry.menu()) if entry.menu() else (entry,)


def test_misbehaviours_are_grouped_by_when_they_begin(qtbot):
    menu = AnswerMenu()
    qtbot.addWidget(menu)
    entries(menu)
    misbehave = menu.actions()[-1].menu()
    kinds = {kind.text(): [entry.data() for entry in kind.menu().actions()] for kind in misbehave.actions()}
    assert list(kinds) == [
        "An odd A-ASSOCIATE-AC or -RJ",
        "Instead of an answer",
        "Once the association is established",
        "At the first message",
        "At the release",
    ]
    assert "misbehave zero-titles" in kinds["An odd A-ASSOCIATE-AC or -RJ"]
    assert max(map(len, kinds.values())) < 30


@pytest.fixture
def edit(qtbot):
    made = AnswerEdit("answer", "Answer", asks=True)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("asks", [True, False])
def test_every_answer_that_has_a_name_is_in_the_menu_once(qtbot, asks):
    menu = AnswerMenu(asks=asks)
    qtbot.addWidget(menu)
    texts = [entry.data() for entry in entries(menu)]
    presets = [preset.text for preset in PRESETS if asks or preset.group != ASK]
    assert texts == [*presets, *(f"misbehave {name}" for name in ACCEPTOR)]
    assert len(entries(menu)) == len(texts)


def test_every_entry_can_be_understood_and_says_what_it_does(qtbot):
    menu = AnswerMenu(asks=True)
    qtbot.addWidget(menu)
    for entry in entries(menu):
        assert parse_answer(entry.data())
        assert not entry.text()[0].islower()
        assert entry.toolTip()


def test_what_is_chosen_is_the_answer(qtbot, edit):
    menu = edit.findChild(QToolButton, "answer.choose").menu()
    with qtbot.waitSignals([edit.changed, edit.entered]):
        next(entry for entry in entries(menu) if entry.data() == "close").trigger()
    assert edit.value() == "close"


def test_what_is_typed_is_the_answer_blanks_around_it_or_not(qtbot, edit):
    with qtbot.waitSignal(edit.changed), qtbot.assertNotEmitted(edit.entered):
        QTest.keyClicks(edit.line, " reject 1/1/7 ")
    assert edit.value() == "reject 1/1/7"
    with qtbot.waitSignal(edit.entered):
        QTest.keyClick(edit.line, Qt.Key.Key_Return)


def test_an_answer_is_shown_and_nobody_told(qtbot, edit):
    with qtbot.assertNotEmitted(edit.changed), qtbot.assertNotEmitted(edit.entered):
        edit.set_value("reject 2/3/1")
    assert edit.line.text() == "reject 2/3/1"


def test_showing_the_same_leaves_the_caret_where_it_is(edit):
    edit.set_value("reject 2/3/1")
    edit.line.setCursorPosition(3)
    edit.set_value("reject 2/3/1")
    assert edit.line.cursorPosition() == 3
