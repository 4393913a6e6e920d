"""The line for expressions: its list of names under real keys, and its look when it makes no sense."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from parley.model.expression import Field, FieldKind
from parley.ui.kit.fields import named
from parley.ui.log.expression_edit import ExpressionEdit

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

WORDS = (
    Field("called", FieldKind.TEXT, "the called title"),
    Field("calling", FieldKind.TEXT, "the calling title"),
    Field("role", FieldKind.WORD, "the role", ("scu", "scp")),
    Field("tls", FieldKind.FLAG, "under TLS"),
)


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def line(qtbot, window):
    made = ExpressionEdit(WORDS, window)
    named(made, "some.filter", "Some filter", "What is shown.")
    QVBoxLayout(window).addWidget(made)
    window.show()
    qtbot.waitExposed(window)
    made.setFocus()
    return made


@pytest.fixture
def names(qtbot):
    """What the open list offers; None while it is closed."""

    def offered():
        popup = shown()
        return (
            None if popup is None else [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())]
        )

    return offered


def shown():
    popups = [widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "some.filter.names"]
    return next((popup for popup in popups if popup.isVisible()), None)


def key(qtbot, which):
    """A key press, where the window system would bring it to."""
    qtbot.keyClick(shown() or QApplication.focusWidget(), which)


class TestNames:
    def test_a_tilde_lists_them_with_what_they_are(self, qtbot, line, names):
        qtbot.keyClicks(line, "word ~")
        assert names() == [
            "~called   the called title",
            "~calling   the calling title",
            "~role   the role",
            "~tls   under TLS",
        ]
        assert shown().accessibleName() == "Some filter: what can be asked"

    def test_typing_on_makes_the_list_shorter_and_enter_takes_the_first(self, qtbot, line, names):
        qtbot.keyClicks(line, "(~")
        qtbot.keyClicks(shown(), "CAL")
        assert names() == ["~called   the called title", "~calling   the calling title"]
        key(qtbot, Qt.Key.Key_Return)
        assert line.text() == "(~called "
        assert names() is None

    def test_arrows_choose_and_tab_takes(self, qtbot, line, names):
        qtbot.keyClicks(line, "~c")
        key(qtbot, Qt.Key.Key_Down)
        key(qtbot, Qt.Key.Key_Tab)
        assert line.text() == "~calling "

    def test_the_words_that_a_field_knows_come_next(self, qtbot, line, names):
        qtbot.keyClicks(line, "~r")
        key(qtbot, Qt.Key.Key_Return)
        assert names() == ["scu", "scp"]
        qtbot.keyClicks(shown(), "scp")
        assert line.text() == "~role scp"
        assert names() is None

    def test_what_stands_behind_the_cursor_stays(self, qtbot, line, names):
        line.setText(" & word")
        line.setCursorPosition(0)
        qtbot.keyClicks(line, "~tl")
        key(qtbot, Qt.Key.Key_Return)
        assert line.text() == "~tls  & word"

    def test_esc_closes_the_list_and_leaves_the_text(self, qtbot, line, names):
        qtbot.keyClicks(line, "~")
        key(qtbot, Qt.Key.Key_Escape)
        assert names() is None
        assert line.text() == "~"

    @pytest.mark.parametrize("text", ["word", "~xyz", "~tls", "~calling x", "~role scu", '"a'])
    def test_nothing_is_offered_where_nothing_fits(self, qtbot, line, names, text):
        line.setText(text[:-1])
        qtbot.keyClicks(line, text[-1])
        assert names() is None

    def test_text_that_is_set_opens_nothing(self, line, names):
        line.setText("~")
        assert names() is None


class TestProblem:
    def test_is_said_in_words_and_taken_back(self, line):
        plain = line.palette().color(QPalette.ColorRole.Base)
        line.show_problem("It makes no sense.")
        assert line.problem_text() == line.accessibleDescription() == "It makes no sense."
        assert line.toolTip() == "What is shown.\n\nIt makes no sense."
        assert [action.isVisible() for action in line.actions()] == [True]
        assert line.palette().color(QPalette.ColorRole.Base) != plain
        line.show_problem("Nor does this.")
        assert line.toolTip() == "What is shown.\n\nNor does this."
        line.show_problem("")
        assert line.toolTip() == "What is shown."
        assert line.problem_text() == ""
        assert [action.isVisible() for action in line.actions()] == [False]
        assert line.palette().color(QPalette.ColorRole.Base) == plain

    def test_looks_so_in_the_dark_as_well(self, qtbot, qapp, line):
        before = QPalette(qapp.palette())
        dark = QPalette(before)
        dark.setColor(QPalette.ColorRole.Base, "#101010")
        dark.setColor(QPalette.ColorRole.Window, "#202020")
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
            dark.setColor(role, "#f0f0f0")
        line.show_problem("It makes no sense.")
        try:
            qapp.setPalette(dark)
            qtbot.waitUntil(lambda: line.palette().color(QPalette.ColorRole.Base).lightness() < 80)
            assert line.palette().color(QPalette.ColorRole.Base) != dark.color(QPalette.ColorRole.Base)
            assert line.palette().color(QPalette.ColorRole.Text).lightness() > 200
            line.show_problem("")
            assert line.palette().color(QPalette.ColorRole.Base) == dark.color(QPalette.ColorRole.Base)
        finally:
            qapp.setPalette(before)
