"""The table of answers to DIMSE requests, by clicks and keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QLineEdit, QTableView, QToolButton

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.profile import AcceptorSide
from parley.model.responses import ResponseAction, ResponseRule
from parley.ui.kit.fold import ElidedLabel
from parley.ui.sides.scp_panel import ScpPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
MESSAGE, ACTION, STATUS, DELAY = range(4)
FIND = ResponseRule("C-FIND", status=0xA700)
TABLE = "scp.responses"


@pytest.fixture
def panel(qtbot):
    made = ScpPanel(AssociationModel(), HeldModel())
    made.told = []
    made.changed.connect(lambda: made.told.append(made.side().responses))
    qtbot.addWidget(made)
    made.resize(560, 1000)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    click(qtbot, made, "scp.messages")
    model = made.findChild(QTableView, TABLE).model()
    made.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return made


def responses(panel):
    return panel.side().responses


def show(panel, *these):
    panel.set_side(AcceptorSide(responses=these))


def click(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def cell(panel, row, column):
    return panel.findChild(QTableView, TABLE).model().index(row, column).data()


def type_cell(qtbot, panel, row, column, text):
    """F2 and the text."""
    table = panel.findChild(QTableView, TABLE)
    table.setFocus()
    table.setCurrentIndex(table.model().index(row, column))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    finish_cell(qtbot, panel, text)


def finish_cell(qtbot, panel, text):
    """The text, Enter; the table takes it one turn of the loop later."""
    table = panel.findChild(QTableView, TABLE)
    # The editor of the cell before may not be deleted yet.
    line = next(line for line in table.viewport().findChildren(QLineEdit) if line.isVisible())
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.state() != table.State.EditingState)


def problems(panel):
    panel.check()
    return {problem.field: problem.text for problem in panel.problems() if problem.field.startswith("responses")}


def test_a_line_is_added_and_typed(qtbot, panel):
    hint = panel.findChild(QLabel, f"{TABLE}.hint")
    assert "By itself Parley answers C-ECHO with success" in hint.text()
    click(qtbot, panel, f"{TABLE}.add")
    assert "The first line about a message counts" in hint.text()
    finish_cell(qtbot, panel, "n-action")
    type_cell(qtbot, panel, 0, STATUS, "c001")
    type_cell(qtbot, panel, 0, DELAY, "1,5 s")
    assert responses(panel) == (ResponseRule("N-ACTION", status=0xC001, delay=1.5),)
    assert panel.told[-1] == responses(panel)
    shown = [cell(panel, 0, column) for column in range(4)]
    assert shown == ["N-ACTION", "answer with a status", "C001H failure: cannot understand", "1.5 s"]


def test_every_part_can_be_chosen_by_its_words(panel):
    show(panel, FIND)
    columns = panel.findChild(QTableView, TABLE).model().columns
    for column in columns[:STATUS]:
        assert all(column.typed(column.parsed(words, None)) == words for words in column.words_to_choose())
    assert [columns[MESSAGE].parsed(words, None) for words in columns[MESSAGE].words_to_choose()][-1] == "*"
    assert {columns[ACTION].parsed(words, None) for words in columns[ACTION].words_to_choose()} == set(ResponseAction)
    statuses = columns[STATUS].words_to_choose()
    assert "A700H failure: refused" in statuses
    assert all(columns[STATUS].typed(columns[STATUS].parsed(words, None)) == words for words in statuses)


@pytest.mark.parametrize(
    ("column", "typed", "expected"),
    [
        (MESSAGE, "every message", ResponseRule("*", status=0xA700)),
        (MESSAGE, "*", ResponseRule("*", status=0xA700)),
        (ACTION, "abort", ResponseRule("C-FIND", ResponseAction.ABORT, 0xA700)),
        (ACTION, "Silence", ResponseRule("C-FIND", ResponseAction.SILENCE, 0xA700)),
        (STATUS, "0", ResponseRule("C-FIND")),
        (STATUS, "11", ResponseRule("C-FIND", status=0x11)),
        (STATUS, "0xFE00", ResponseRule("C-FIND", status=0xFE00)),
        (STATUS, "122H", ResponseRule("C-FIND", status=0x122)),
        (STATUS, "C123H whatever", ResponseRule("C-FIND", status=0xC123)),
        (DELAY, "40", ResponseRule("C-FIND", status=0xA700, delay=40.0)),
    ],
)
def test_each_cell_takes_what_it_is_for(qtbot, panel, column, typed, expected):
    show(panel, FIND)
    type_cell(qtbot, panel, 0, column, typed)
    assert responses(panel) == (expected,)


@pytest.mark.parametrize(
    ("column", "typed", "field"),
    [(ACTION, "explode", "action"), (STATUS, "12345", "status"), (STATUS, "oops", "status"), (DELAY, "-1", "delay")],
)
def test_what_cannot_be_a_value_stays_in_its_cell_and_is_said(qtbot, panel, column, typed, field):
    show(panel, FIND)
    type_cell(qtbot, panel, 0, column, typed)
    assert cell(panel, 0, column) == typed
    assert responses(panel) == (FIND,)
    assert repr(typed) in problems(panel)[f"responses[0].{field}"]


def test_what_is_no_message_is_kept_and_told(qtbot, panel):
    show(panel, FIND)
    type_cell(qtbot, panel, 0, MESSAGE, "C-FOUND")
    assert responses(panel)[0].message == "C-FOUND"
    assert "There is no DIMSE request 'C-FOUND'." in problems(panel)["responses[0].message"]


def test_a_status_is_not_shown_where_none_is_sent(qtbot, panel):
    show(panel, FIND)
    type_cell(qtbot, panel, 0, ACTION, "say nothing")
    assert cell(panel, 0, STATUS) == ""
    type_cell(qtbot, panel, 0, ACTION, "answer with a status")
    assert cell(panel, 0, STATUS) == "A700H failure: refused"


def test_a_problem_leads_to_its_row(qtbot, panel):
    show(panel, ResponseRule("*"), FIND)
    click(qtbot, panel, "scp.messages")
    table = panel.findChild(QTableView, TABLE)
    assert "never used" in problems(panel)["responses[1]"]
    panel.show_field("responses[1]")
    assert table.isVisible()
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]


def test_another_draft_is_shown_and_nobody_is_told(panel):
    side = AcceptorSide(responses=(FIND, ResponseRule("*", ResponseAction.ABORT, delay=2.0)))
    panel.set_side(side)
    assert panel.side() == side
    assert panel.told == []


@pytest.mark.parametrize(
    ("these", "words"),
    [
        ((), "as Parley does by itself"),
        ((FIND, ResponseRule("*", ResponseAction.ABORT, 5, 2.5)), "C-FIND: A700H · every message: abort after 2.5 s"),
        ((FIND, FIND, FIND, FIND), "C-FIND: A700H · C-FIND: A700H · C-FIND: A700H · 1 more"),
    ],
)
def test_the_folded_section_says_what_it_holds(panel, these, words):
    show(panel, *these)
    assert panel.findChild(QToolButton, "scp.messages").parentWidget().findChild(ElidedLabel).text() == words


def test_an_edit_is_undone(qtbot, stage):
    scp = stage.window.scp
    stage.book.start("")
    click(qtbot, scp, "scp.messages")
    scp.findChild(QTableView, TABLE).model().add([FIND])
    type_cell(qtbot, scp, 0, STATUS, "0122")
    assert stage.book.draft.scp.responses == (ResponseRule("C-FIND", status=0x122),)
    assert stage.find_action("edit.undo").text() == "&Undo: SCP answers to messages"
    stage.book.undo()
    assert responses(scp) == (FIND,)
