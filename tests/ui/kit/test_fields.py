"""Editors keep what is typed; fields say what is wrong in words and never change a value."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QToolTip

from parley.model.problems.validation import Problem
from parley.ui.kit.fields import ComboBox, Field, NumberEdit, OptionalField, SecondsEdit, StringEdit, sentence, worst
from parley.ul.errors import Severity

WARNING = Problem(Severity.WARNING, "port", "Port 1 is unusual.", "Ask the peer.")
ERROR = Problem(Severity.ERROR, "port", "Port 99999 does not exist.", "Use 1 to 65535.")


@pytest.fixture
def field(qtbot):
    made = Field("&Port", NumberEdit(), "x.port", "Which port")
    qtbot.addWidget(made)
    return made


def test_a_number_takes_digits_only_and_clamps_nothing(qtbot, field):
    qtbot.keyClicks(field.editor, "9x99a99")
    assert field.editor.value() == 99999


def hide_tooltip(qtbot):
    """Of the test before; Qt takes a moment for it."""
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.text())


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "said"),
    [
        (NumberEdit, "-1", "1", "digits, at most 10"),
        (NumberEdit, "12345678901", "1234567890", "digits, at most 10"),
        (SecondsEdit, "-2", "2", "seconds such as 30 or 0.5, below a million"),
        (SecondsEdit, "1.2345", "1.234", "seconds such as 30 or 0.5, below a million"),
    ],
)
def test_what_a_number_does_not_take_is_said_in_passing(qtbot, kind, typed, kept, said):
    editor = kind()
    qtbot.addWidget(editor)
    editor.show()
    qtbot.waitExposed(editor)
    hide_tooltip(qtbot)
    qtbot.keyClicks(editor, typed)
    assert editor.text() == kept
    assert QToolTip.text() == f"Not taken: here can only stand {said}."


def test_what_is_pasted_and_not_taken_is_said_too(qtbot, field):
    field.show()
    qtbot.waitExposed(field)
    field.editor.insert("99")
    hide_tooltip(qtbot)
    QGuiApplication.clipboard().setText("104 or so")
    field.editor.paste()
    assert field.editor.text() == "99"
    assert "Not taken" in QToolTip.text()


def test_ctrl_e_is_left_to_the_window(field):
    """X11's line edits take it for themselves, the offscreen platform's do not: so ask the event itself."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    event.accept()
    field.editor.event(event)
    assert not event.isAccepted()


def test_an_empty_number_has_no_value(field):
    field.editor.set_value(None)
    assert field.editor.value() is None


def test_the_arrow_keys_step_and_stop_at_zero(qtbot, field):
    field.editor.set_value(1)
    qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    assert field.editor.value() == 2
    for _ in range(4):
        qtbot.keyClick(field.editor, Qt.Key.Key_Down)
    assert field.editor.value() == 0


@pytest.mark.parametrize(("typed", "seconds"), [("5", 5.0), ("0,25", 0.25), ("1.5", 1.5), (".", None), ("", None)])
def test_seconds_may_have_decimals_in_either_way(qtbot, typed, seconds):
    editor = SecondsEdit()
    qtbot.addWidget(editor)
    qtbot.keyClicks(editor, typed)
    assert editor.value() == seconds


def test_a_problem_is_said_in_words_and_the_value_stays(field):
    field.editor.set_value(99999)
    field.show_problems([WARNING, ERROR])
    assert field.problem_text() == "Error: Port 99999 does not exist. Use 1 to 65535. (and 1 more)"
    assert sentence(WARNING) in field.editor.toolTip()
    assert sentence(ERROR) in field.editor.accessibleDescription()
    assert field.editor.value() == 99999


def test_a_solved_problem_leaves_no_trace(field):
    field.show_problems([ERROR])
    field.show_problems([])
    assert field.problem_text() == ""
    assert field.editor.toolTip() == "Which port"
    assert field.editor.accessibleDescription() == ""


def test_the_gravest_severity_wins():
    assert worst([WARNING, ERROR, WARNING]) is Severity.ERROR
    assert worst([]) is None


def test_off_keeps_what_was_typed(qtbot):
    field = OptionalField("&Name", StringEdit(), "x.name", "", "send")
    qtbot.addWidget(field)
    qtbot.keyClicks(field.editor, "PARLEY")
    with qtbot.waitSignal(field.changed):
        field.switch.click()
    assert (field.is_on(), field.editor.isEnabled(), field.editor.value()) == (False, False, "PARLEY")


def test_showing_a_value_tells_nobody(qtbot):
    field = OptionalField("&Name", StringEdit(), "x.name", "", "send")
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.changed):
        field.show_value(None, "LATER")
    assert (field.is_on(), field.editor.value()) == (False, "LATER")


def test_a_combo_box_keeps_a_value_it_does_not_know(qtbot):
    box = ComboBox([("one", 1)])
    qtbot.addWidget(box)
    box.set_value(9)
    assert (box.value(), box.currentText()) == (9, "9 (reserved)")


def test_a_text_too_long_to_be_shown_stays_whole_until_it_is_changed(qtbot):
    editor = StringEdit()
    qtbot.addWidget(editor)
    editor.set_value("x" * 900_000)
    assert editor.value() == "x" * 900_000
    assert editor.displayText().endswith("x… (900000 characters)")
    editor.end(False)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.value().endswith("x… (900000 characters")
    editor.set_value("")
    assert editor.value() == ""
