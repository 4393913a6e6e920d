"""The window in which an answer is edited before it is sent: by clicks and keys, with the real models."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QToolButton, QWidget

from parley.bridge.answers.held import HeldModel
from parley.model.answers.draft import AnswerDraft
from parley.model.build import accept_pdu, request_pdu
from parley.model.decision import Accept, Hold
from parley.model.event import EventKind
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle, RoleProposal
from parley.ui.answers.answer_window import AnswerWindow
from parley.ul.codes import VERIFICATION
from tests.bridge.samples import Samples
from tests.harness.clock import ManualClock

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CT = "1.2.840.10008.5.1.4.1.1.2"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
RQ = request_pdu(
    RequestorHandle(
        calling_ae_title="CT_1",
        contexts=(ProposedContext(VERIFICATION), ProposedContext(CT)),
        roles=(RoleProposal(CT, 1, 1),),
    )
)
AC = accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ)
ID, ABSTRACT, PROPOSED, RESULT, ANSWERED = range(5)


@pytest.fixture
def clock():
    made = ManualClock()
    made.advance(1)
    return made


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def model(qapp, clock, samples):
    made = HeldModel(monotonic=clock.time)
    made.update([samples.event(EventKind.HELD, 3, pdu=RQ, hold=Hold(Accept(AC), 25.0), peer="10.0.0.7:4003")])
    return made


@pytest.fixture
def editor(qtbot, model):
    owner = QWidget()
    qtbot.addWidget(owner)
    made = AnswerWindow(model.at(0), AnswerDraft.of(AC, RQ), model, owner)
    model.settled.connect(made.show_settled)
    made.owner, made.sent, made.others = owner, [], []
    made.send_requested.connect(lambda number, draft: made.sent.append((number, draft.pdu)))
    made.other_requested.connect(lambda numbers, text: made.others.append((numbers, text)))
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitActive(made)
    return made


def find(editor, kind, name):
    return editor.findChild(kind, f"answer.{name}")


def cell(editor, row, column):
    return find(editor, QTableView, "contexts.table").model().index(row, column)


def type_into(qtbot, editor, row, column, text):
    """Edit a cell as a person does: F2, the text, Enter."""
    table = find(editor, QTableView, "contexts.table")
    table.setFocus()
    table.setCurrentIndex(cell(editor, row, column))
    QTest.keyClick(table, Qt.Key.Key_F2)
    box = next(box for box in table.viewport().findChildren(QComboBox) if box.isVisible())
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), text)
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not any(b.isVisible() for b in table.viewport().findChildren(QComboBox)))
    editor.panel.check()


def click(editor, name):
    QTest.mouseClick(find(editor, QPushButton, name), Qt.MouseButton.LeftButton)


def results(pdu):
    return [(context.context_id, context.result, context.transfer_syntax) for context in pdu.presentation_contexts]


def test_what_is_asked_and_what_would_be_answered_is_there(editor):
    rows = [[cell(editor, row, column).data() for column in range(5)] for row in range(2)]
    assert rows == [
        ["1", "Verification SOP Class", "Implicit VR LE, Explicit VR LE", "0 acceptance", "Implicit VR LE"],
        [
            "3",
            "CT Image Storage",
            "Implicit VR LE, Explicit VR LE",
            "3 abstract syntax not supported",
            "Implicit VR LE",
        ],
    ]
    assert find(editor, QLabel, "asker").text() == "CT_1 at 10.0.0.7:4003 asks PARLEY_SCP for 2 contexts"
    click(editor, "send")
    assert editor.sent == [(3, AC)]


def test_keys_are_enough(qtbot, editor):
    """The first result has the focus; F2 edits it, Enter ends that and sends nothing, Ctrl+Return sends."""
    table = find(editor, QTableView, "contexts.table")
    assert table.hasFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    line = table.viewport().findChild(QComboBox).lineEdit()
    line.selectAll()
    QTest.keyClicks(line, "1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.state() != QTableView.State.EditingState)
    assert not editor.sent
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert results(editor.sent[0][1])[0] == (1, 1, IMPLICIT)


def test_a_context_is_answered_otherwise(qtbot, editor):
    type_into(qtbot, editor, 1, RESULT, "0")
    type_into(qtbot, editor, 1, ANSWERED, "Explicit VR Little Endian")
    type_into(qtbot, editor, 0, RESULT, "4")
    assert cell(editor, 0, RESULT).data() == "4 transfer syntaxes not supported"
    click(editor, "send")
    assert results(editor.sent[0][1]) == [(1, 4, IMPLICIT), (3, 0, EXPLICIT)]


def test_what_the_request_says_cannot_be_edited(editor):
    for column in (ID, ABSTRACT, PROPOSED):
        assert not cell(editor, 0, column).flags() & Qt.ItemFlag.ItemIsEditable


@pytest.mark.parametrize("chosen", [False, True])
def test_many_contexts_get_one_result(editor, chosen):
    if chosen:
        find(editor, QTableView, "contexts.table").selectRow(1)
    menu = find(editor, QToolButton, "contexts.set_result").menu()
    next(action for action in menu.actions() if action.text() == "0 acceptance").trigger()
    assert [result for _, result, _ in results(editor.panel.side().pdu)] == [0, 0]
    next(action for action in menu.actions() if action.text() == "1 user rejection").trigger()
    assert [result for _, result, _ in results(editor.panel.side().pdu)] == [0 if chosen else 1, 1]


def test_every_offered_transfer_syntax_is_one_that_was_proposed(editor):
    table = find(editor, QTableView, "contexts.table")
    table.setCurrentIndex(cell(editor, 0, ANSWERED))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_F2)
    (box,) = table.viewport().findChildren(QComboBox)
    words = [box.itemText(row) for row in range(box.count())]
    assert words == ["Implicit VR Little Endian", "Explicit VR Little Endian", "none"]


def test_a_reserved_result_is_sent_when_the_person_says_anyway(qtbot, editor):
    type_into(qtbot, editor, 0, RESULT, "7")
    assert find(editor, QPushButton, "send").text() == "Send anyway"
    assert "reserved" in find(editor, QWidget, "contexts.problem").text()
    click(editor, "send")
    assert results(editor.sent[0][1])[0] == (1, 7, IMPLICIT)


def test_an_error_that_nobody_has_seen_is_shown_before_it_is_sent(editor):
    find(editor, QLineEdit, "maximum_length").setText("99999999999")
    click(editor, "send")
    assert not editor.sent
    click(editor, "send")
    assert editor.sent[0][1].maximum_length == 2**32 - 1


def test_what_cannot_be_a_result_is_told_and_the_one_before_counts(qtbot, editor):
    type_into(qtbot, editor, 0, RESULT, "perhaps")
    assert editor.panel.has_errors()
    assert "perhaps" in find(editor, QWidget, "contexts.problem").text()
    assert results(editor.panel.side().pdu)[0] == (1, 0, IMPLICIT)


@pytest.mark.parametrize("section", ["negotiation", "implementation"])
def test_unfolding_a_section_edits_nothing(qtbot, editor, section):
    with qtbot.assertNotEmitted(editor.panel.changed):
        QTest.mouseClick(find(editor, QToolButton, section), Qt.MouseButton.LeftButton)
    assert editor.panel.side().pdu == AC


def test_the_rest_of_the_answer_is_edited_too(editor):
    for section in ("negotiation", "implementation"):
        QTest.mouseClick(find(editor, QToolButton, section), Qt.MouseButton.LeftButton)
    QTest.mouseClick(find(editor, QCheckBox, "maximum_length.on"), Qt.MouseButton.LeftButton)
    name = find(editor, QLineEdit, "implementation_version_name")
    name.selectAll()
    QTest.keyClicks(name, "OTHER_1")
    title = find(editor, QCheckBox, "called_ae_title.on")
    title.click()
    QTest.keyClicks(find(editor, QLineEdit, "called_ae_title"), "SOMEBODY")
    click(editor, "send")
    expected = AcceptorHandle(maximum_length=None, implementation_version_name="OTHER_1", called_ae_title="SOMEBODY")
    assert editor.sent[0][1] == accept_pdu(expected, AcceptanceRules(), RQ)


def test_everything_is_granted_by_one_click_and_taken_back_by_another(editor):
    QTest.mouseClick(find(editor, QToolButton, "reset"), Qt.MouseButton.LeftButton)
    draft = editor.panel.side()
    assert [result for _, result, _ in results(draft.pdu)] == [0, 0]
    assert draft.handle.roles == (RoleProposal(CT, 1, 1),)
    QTest.mouseClick(find(editor, QToolButton, "default"), Qt.MouseButton.LeftButton)
    assert editor.panel.side().pdu == AC


def test_edits_are_undone_and_made_again(qtbot, editor):
    type_into(qtbot, editor, 1, RESULT, "0")
    length = find(editor, QLineEdit, "maximum_length")
    length.setFocus()
    length.selectAll()
    QTest.keyClicks(length, "4096")
    edited = editor.panel.side()
    QTest.keyClick(length, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.panel.side() == replace(edited, handle=replace(edited.handle, maximum_length=16384))
    QTest.keyClick(length, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.panel.side().pdu == AC
    for _ in range(2):
        QTest.keyClick(length, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert editor.panel.side() == edited


def test_the_countdown_is_in_the_title_and_in_the_window(qtbot, editor, model, clock):
    assert editor.windowTitle() == "0:25 – answer to CT_1"
    assert find(editor, QLabel, "state").text() == "0:25 left, then accept"
    clock.advance(17)
    model._second_passed()
    assert editor.windowTitle() == "0:08 – answer to CT_1"


def test_another_answer_is_chosen_here_too(editor):
    click(editor, "reject")
    menu = editor.panel._others
    menu.fill()
    entries = [entry for group in menu.actions() for entry in group.menu().actions()]
    next(entry for entry in entries if entry.data() == "abort 2/1").trigger()
    assert editor.others == [([3], "reject 1/1/1"), ([3], "abort 2/1")]


@pytest.mark.parametrize(
    ("kind", "text", "headline"),
    [
        (EventKind.WITHDRAWN, "by the peer", "Withdrawn."),
        (EventKind.DECIDED, "reject 1/1/1: nobody answered within 25 s", "Already answered."),
    ],
)
def test_a_request_that_is_gone_keeps_what_was_typed(qtbot, editor, model, samples, kind, text, headline):
    type_into(qtbot, editor, 1, RESULT, "0")
    edited = editor.panel.side()
    model.update([samples.event(kind, 3, text=text)])
    verdict = find(editor, QLabel, "verdict")
    assert verdict.isVisible()
    assert headline in verdict.text()
    assert text in verdict.text()
    assert not any(find(editor, QPushButton, name).isEnabled() for name in ("send", "reject"))
    assert not find(editor, QToolButton, "other").isEnabled()
    assert editor.panel.side() == edited
    editor.panel.send_action.trigger()
    assert not editor.sent
    with qtbot.waitSignal(editor.finished_with):
        QTest.keyClick(editor, Qt.Key.Key_Escape)


def test_closing_while_it_waits_forgets_nothing(qtbot, editor):
    type_into(qtbot, editor, 1, RESULT, "0")
    edited = editor.panel.side()
    with qtbot.assertNotEmitted(editor.finished_with):
        editor.close()
    editor.show()
    assert editor.panel.side() == edited
