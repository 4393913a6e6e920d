"""The table of answer rules, by clicks and keys: what is typed, what is wrong with it, and what it comes to."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
)

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.profile import AcceptorSide
from parley.ui.answers.answer_edit import AnswerMenu
from parley.ui.kit.fields import ToneLine
from parley.ui.kit.fold import ElidedLabel
from parley.ui.log.expression_edit import ExpressionEdit
from parley.ui.sides.scp_panel import ScpPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
NAME, WHEN, ANSWER = range(3)
NIGHT = AnswerRule("~hour 18..7", "reject 1/1/7", "night")
TABLE = "scp.answering.rules"


@pytest.fixture
def panel(qtbot):
    made = ScpPanel(AssociationModel(), HeldModel())
    made.told = []
    made.changed.connect(lambda: made.told.append(rules(made)))
    qtbot.addWidget(made)
    made.resize(560, 1000)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    click(qtbot, made, "scp.answering")
    table = made.findChild(QTableView, TABLE)
    made.tester = QAbstractItemModelTester(
        table.model(), QAbstractItemModelTester.FailureReportingMode.Fatal, table.model()
    )
    return made


def rules(panel):
    return panel.side().answering.rules


def show(panel, *these, mode=DecisionMode.RULES):
    panel.set_side(AcceptorSide(answering=Answering(mode, these)))


def click(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def edit(qtbot, panel, row, column):
    """F2 in a cell; returns the line that it opens."""
    table = panel.findChild(QTableView, TABLE)
    table.setFocus()
    table.setCurrentIndex(table.model().index(row, column))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    return line_of(panel)


def line_of(panel):
    lines = [line for line in panel.findChild(QTableView, TABLE).viewport().findChildren(QLineEdit) if line.isVisible()]
    assert len(lines) == 1
    return lines[0]


def finish(qtbot, panel, key=Qt.Key.Key_Return):
    """Enter; the table takes the text one turn of the loop later."""
    table, line = panel.findChild(QTableView, TABLE), line_of(panel)
    qtbot.keyClick(line, key)
    if key == Qt.Key.Key_Return:
        qtbot.waitUntil(lambda: table.state() != table.State.EditingState)


def type_cell(qtbot, panel, row, column, text):
    line = edit(qtbot, panel, row, column)
    line.selectAll()
    for letter in text:
        qtbot.keyClicks(line, letter)
        close_names()
    finish(qtbot, panel)


def close_names():
    """The list of names takes the keys while it is open."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def problems(panel):
    panel.check()
    return {problem.field: problem.text for problem in panel.problems() if problem.field.startswith("answering")}


def summary(panel):
    return panel.findChild(QToolButton, "scp.answering").parentWidget().findChild(ElidedLabel).text()


def is_marked(index):
    return index.data(Qt.ItemDataRole.DecorationRole) is not None


def hint(panel):
    return panel.findChild(QLabel, f"{TABLE}.hint").text()


# --- editing ---------------------------------------------------------------------------------------------------------


def test_an_empty_table_says_what_rules_are_for(panel):
    assert rules(panel) == ()
    assert not panel.findChild(QTableView, TABLE).isVisible()
    assert "answer some callers otherwise than the rest" in hint(panel)
    show(panel, NIGHT)
    assert "before Decision and the acceptance rules" in hint(panel)


def test_a_rule_is_added_and_typed_cell_by_cell(qtbot, panel):
    click(qtbot, panel, f"{TABLE}.add")
    qtbot.keyClicks(line_of(panel), "night")
    finish(qtbot, panel, Qt.Key.Key_Tab)
    condition = line_of(panel)
    assert isinstance(condition, ExpressionEdit)
    qtbot.keyClicks(condition, "CT & !MR")
    finish(qtbot, panel, Qt.Key.Key_Tab)
    answer = line_of(panel)
    answer.selectAll()
    qtbot.keyClicks(answer, "reject 1/1/7")
    finish(qtbot, panel)
    assert rules(panel) == (AnswerRule("CT & !MR", "reject 1/1/7", "night"),)
    assert panel.told[-1] == rules(panel)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_the_editor_of_a_condition_offers_names_and_takes_one(qtbot, panel, key):
    show(panel, AnswerRule())
    line = edit(qtbot, panel, 0, WHEN)
    qtbot.keyClicks(line, "~calli")
    popup = QApplication.activePopupWidget()
    assert popup.objectName() == f"{TABLE}.when.names"
    qtbot.keyClick(popup, key)
    assert line.text() == "~calling "
    assert line.hasFocus()
    qtbot.keyClicks(line, "CT*")
    finish(qtbot, panel)
    assert rules(panel)[0].when == "~calling CT*"


def test_the_editor_of_a_condition_has_room(qtbot, panel):
    show(panel, NIGHT)
    line, table = edit(qtbot, panel, 0, WHEN), panel.findChild(QTableView, TABLE)
    assert line.geometry().right() == table.viewport().rect().right()
    assert line.width() > table.columnWidth(WHEN) + table.columnWidth(ANSWER) - 4


def test_what_makes_no_sense_is_said_while_it_is_typed(qtbot, panel):
    show(panel, AnswerRule("CT"))
    line = edit(qtbot, panel, 0, WHEN)
    qtbot.keyClicks(line, "(CT")
    assert line.problem_text().startswith("This condition makes no sense at column ")
    qtbot.keyClicks(line, ")")
    assert line.problem_text() == ""


def test_what_is_being_typed_outlives_a_check(qtbot, panel):
    show(panel, AnswerRule("(", "accept"))
    line = edit(qtbot, panel, 0, ANSWER)
    panel.check()
    assert line.selectedText() == "accept"
    qtbot.keyClicks(line, "close")
    table = panel.findChild(QTableView, TABLE)
    table.model().show_problems({})
    assert line.text() == "close"
    finish(qtbot, panel)
    assert rules(panel)[0].answer == "close"


def test_an_answer_is_chosen_from_the_menu(qtbot, panel):
    show(panel, AnswerRule())
    line = edit(qtbot, panel, 0, ANSWER)
    menu = line.findChild(AnswerMenu)
    menu.fill()
    actions = {action.data(): action for action in menu.findChildren(QAction) if action.data()}
    assert {"ask", "reject 1/1/7", "misbehave two-answers"} <= set(actions)
    actions["misbehave two-answers"].trigger()
    assert rules(panel) == (AnswerRule(answer="misbehave two-answers"),)
    table = panel.findChild(QTableView, TABLE)
    assert table.state() != table.State.EditingState


def test_the_button_in_the_line_opens_the_menu(qtbot, panel):
    show(panel, AnswerRule())
    line = edit(qtbot, panel, 0, ANSWER)
    qtbot.mouseClick(line.findChild(QToolButton), Qt.MouseButton.LeftButton)
    menu = line.findChild(AnswerMenu)
    assert menu.isVisible()
    menu.close()
    assert line_of(panel) is line


def test_a_click_on_its_box_switches_a_rule_off_and_on(qtbot, panel):
    show(panel, NIGHT)
    table = panel.findChild(QTableView, TABLE)
    option = QStyleOptionViewItem()
    delegate, index = table.itemDelegate(), table.model().index(0, NAME)
    table.initViewItemOption(option)
    delegate.initStyleOption(option, index)
    option.rect = table.visualRect(index)
    box = table.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, table)
    for expected in (False, True):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
        assert rules(panel)[0].is_on is expected
    assert rules(panel) == (NIGHT,)


def test_rules_are_copied_moved_and_removed(qtbot, panel):
    other = AnswerRule("~tls", "ask")
    show(panel, NIGHT, other)
    table = panel.findChild(QTableView, TABLE)
    table.setFocus()
    table.selectRow(0)
    click(qtbot, panel, f"{TABLE}.duplicate")
    assert rules(panel) == (NIGHT, NIGHT, other)
    assert table.hasFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert rules(panel) == (NIGHT, other, NIGHT)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert rules(panel) == (NIGHT, other)
    table.selectRow(1)
    click(qtbot, panel, f"{TABLE}.up")
    assert rules(panel) == (other, NIGHT)
    assert [table.model().headerData(row, Qt.Orientation.Vertical) for row in (0, 1)] == ["1", "2"]


def test_another_draft_is_shown_and_nobody_is_told(panel):
    show(panel, NIGHT, AnswerRule(is_on=False), mode=DecisionMode.ASK)
    assert panel.side() == AcceptorSide(answering=Answering(DecisionMode.ASK, (NIGHT, AnswerRule(is_on=False))))
    assert panel.side().rules == AcceptorSide().rules
    assert panel.told == []


def test_rules_stand_whatever_else_decides(qtbot, panel):
    show(panel, NIGHT)
    box = panel.findChild(QComboBox, "scp.decision")
    for row in range(box.count()):
        box.setCurrentIndex(row)
        assert panel.findChild(QTableView, TABLE).isVisible()
        assert rules(panel) == (NIGHT,)


@pytest.mark.parametrize(
    ("these", "words"),
    [
        ((), "none"),
        ((NIGHT,), "1 rule"),
        ((NIGHT, NIGHT), "2 rules"),
        ((NIGHT, AnswerRule(is_on=False), NIGHT), "3 rules, 1 off"),
    ],
)
def test_the_folded_section_says_how_many(panel, these, words):
    show(panel, *these)
    assert summary(panel) == words


# --- what is wrong ---------------------------------------------------------------------------------------------------


def test_a_broken_condition_is_told_with_its_position_beside_the_table(qtbot, panel):
    show(panel, NIGHT, AnswerRule())
    type_cell(qtbot, panel, 1, WHEN, "~called X & (")
    found = problems(panel)
    assert "Rule 2: the condition makes no sense at column 14" in found["answering.rules[1].when"]
    assert "column 14" in panel.findChild(ToneLine, f"{TABLE}.problem").text()
    model = panel.findChild(QTableView, TABLE).model()
    marks = [(row, column) for row in (0, 1) for column in range(3) if is_marked(model.index(row, column))]
    assert marks == [(1, WHEN)]
    assert panel.has_errors()


def test_a_broken_answer_is_told_beside_the_table(qtbot, panel):
    show(panel, AnswerRule())
    type_cell(qtbot, panel, 0, ANSWER, "misbehave two-answer")
    assert "which there is not" in problems(panel)["answering.rules[0].answer"]
    model = panel.findChild(QTableView, TABLE).model()
    assert "Try two-answers." in model.index(0, ANSWER).data(Qt.ItemDataRole.ToolTipRole)


def test_a_problem_leads_to_its_row(qtbot, panel):
    show(panel, NIGHT, AnswerRule("(", is_on=True), NIGHT)
    click(qtbot, panel, "scp.answering")
    table = panel.findChild(QTableView, TABLE)
    assert not table.isVisible()
    panel.check()
    panel.show_field("answering.rules[1].when")
    assert table.isVisible()
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]
    assert table.hasFocus()


def test_the_default_answer_keeps_its_own_field(panel):
    show(panel, mode=DecisionMode.ASK)
    panel.set_side(AcceptorSide(answering=Answering(DecisionMode.ASK, default_answer="ask")))
    panel.check()
    panel.show_field("answering.default_answer")
    assert not panel.findChild(QTableView, TABLE).hasFocus()


# --- undo ------------------------------------------------------------------------------------------------------------


def test_each_edit_is_undone_by_itself(qtbot, stage):
    scp = stage.window.scp
    stage.book.start("")
    click(qtbot, scp, "scp.answering")
    click(qtbot, scp, f"{TABLE}.add")
    qtbot.keyClicks(line_of(scp), "first")
    finish(qtbot, scp)
    type_cell(qtbot, scp, 0, ANSWER, "close")
    assert stage.book.draft.scp.answering.rules == (AnswerRule("", "close", "first"),)
    assert stage.find_action("edit.undo").text() == "&Undo: SCP answer rules"
    stage.book.undo()
    assert rules(scp) == (AnswerRule("", "accept", "first"),)
    stage.book.undo()
    stage.book.undo()
    assert rules(scp) == ()
