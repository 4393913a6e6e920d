"""The question about a file that another program has changed, by clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from parley.bridge.profiles.conflicts import Choice, Conflict
from parley.model.files.entries import Deed, StoredProfile
from parley.model.profile import Profile
from parley.ui.profiles.conflict_question import ConflictQuestion

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CHANGED = StoredProfile("CT 1.toml", "CT 1", profile=Profile("CT 1"))
BROKEN = StoredProfile("CT 1.toml", "CT 1", problem="it is no profile")
DIFFERENCE = ("scu.host", "    in the file: <b>theirs</b>", "    here: mine")


@pytest.fixture
def ask(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()

    def asked(deed, theirs, difference=()):
        dialog = ConflictQuestion(Conflict(deed, "<h1>CT 1", theirs, difference), parent)
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog

    return asked


@pytest.mark.parametrize(
    ("deed", "theirs", "buttons"),
    [
        (Deed.SAVE, CHANGED, ["mine", "theirs", "both", "stay"]),
        (Deed.SAVE, None, ["mine", "theirs", "stay"]),
        (Deed.SAVE, BROKEN, ["both", "stay"]),
        (Deed.RENAME, CHANGED, ["mine", "stay"]),
        (Deed.DELETE, CHANGED, ["mine", "stay"]),
    ],
)
def test_each_button_is_a_choice(qtbot, ask, deed, theirs, buttons):
    for name in buttons:
        dialog = ask(deed, theirs)
        there = {button.objectName() for button in dialog.findChildren(QPushButton)}
        assert there == {f"profiles.conflict.{each}" for each in buttons}
        button = dialog.findChild(QPushButton, f"profiles.conflict.{name}")
        assert button.toolTip()
        with qtbot.waitSignal(dialog.chosen) as chosen:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert chosen.args == [Choice(name)]


def test_escape_and_enter_change_nothing(qtbot, ask):
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        dialog = ask(Deed.SAVE, CHANGED, DIFFERENCE)
        with qtbot.waitSignal(dialog.chosen) as chosen:
            qtbot.keyClick(dialog, key)
        assert chosen.args == [Choice.STAY]


def test_what_is_different_is_shown_as_text(ask):
    dialog = ask(Deed.SAVE, CHANGED, DIFFERENCE)
    lines = dialog.findChild(QPlainTextEdit, "profiles.conflict.difference")
    assert lines.toPlainText() == "\n".join(DIFFERENCE)
    assert lines.isReadOnly()
    texts = [label for label in dialog.findChildren(QLabel) if "<h1>" in label.text()]
    assert [label.textFormat() for label in texts] == [Qt.TextFormat.PlainText]
