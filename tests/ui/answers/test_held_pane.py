"""The requests that wait, by clicks and keys: who is answered how, and which is next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableView, QToolButton, QVBoxLayout, QWidget

from parley.bridge.answers.held import Column, HeldModel
from parley.model.decision import Hold, Reject
from parley.model.event import EventKind
from parley.model.handle import Rejection
from parley.ui.answers.held_pane import HeldPane
from tests.bridge.samples import Samples, request

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def model(qapp):
    return HeldModel(monotonic=lambda: 1.0)


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def pane(qtbot, model, clock):
    owner = QWidget()
    made = HeldPane(model, monotonic=clock)
    QVBoxLayout(owner).addWidget(made)
    qtbot.addWidget(owner)
    owner.resize(480, 260)
    owner.show()
    qtbot.waitExposed(owner)
    owner.activateWindow()
    qtbot.waitActive(owner)
    made.owner, made.answers, made.edits, made.shown = owner, [], [], []
    made.answer_requested.connect(lambda numbers, text: made.answers.append((numbers, text)))
    made.edit_requested.connect(lambda held: made.edits.append(held.number))
    made.request_selected.connect(lambda held: made.shown.append(held.number))
    return made


def hold(model, samples, *numbers):
    for number in numbers:
        events = [samples.event(EventKind.PDU_RECEIVED, number, pdu=request(), peer=f"10.0.0.7:{4000 + number}")]
        hold = Hold(Reject(Rejection(1, 1, 1)), 25.0)
        model.update([*events, samples.event(EventKind.HELD, number, pdu=request(), hold=hold)])


def settle(model, samples, number):
    model.update([samples.event(EventKind.DECIDED, number, text="accept")])


def table(pane):
    return pane.findChild(QTableView, "scp.held")


def row_point(pane, row):
    return table(pane).visualRect(table(pane).model().index(row, 2)).center()


def click(pane, row, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(table(pane).viewport(), Qt.MouseButton.LeftButton, modifier, row_point(pane, row))


def button(pane, name):
    return pane.findChild(QToolButton, f"scp.held.{name}")


def count(pane):
    return pane.findChild(QLabel, "scp.held.count").text()


def entries(menu):
    """The actions of a menu and of those within."""
    menu.aboutToShow.emit()
    for entry in menu.actions():
        if entry.menu():
            yield from entries(entry.menu())
        else:
            yield entry


def test_it_shows_itself_when_something_waits_and_takes_no_focus(qtbot, pane, model, samples):
    assert not pane.isVisible()
    other = QToolButton(pane.owner)
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    other.show()
    other.setFocus()
    hold(model, samples, 3)
    assert pane.isVisible()
    assert other.hasFocus()
    assert count(pane) == "1 held"
    assert pane.findChild(QLabel, "scp.held.count").font().bold()


def test_the_first_that_waits_is_selected_and_shown_by_itself(pane, model, samples):
    hold(model, samples, 3, 4)
    assert pane.shown == [3]
    click(pane, 1)
    assert pane.shown == [3, 4]


@pytest.mark.parametrize(("name", "text"), [("accept", "accept"), ("reject", "reject 1/1/1")], ids=["accept", "reject"])
def test_buttons_answer_the_selected_request(pane, model, samples, name, text):
    hold(model, samples, 3, 4)
    click(pane, 1)
    QTest.mouseClick(button(pane, name), Qt.MouseButton.LeftButton)
    assert pane.answers == [([4], text)]


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, ([3], "accept")),
        (Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, ([3], "reject 1/1/1")),
        (Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier, ([3, 4], "accept")),
        (Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier, ([3, 4], "reject 1/1/1")),
    ],
)
def test_keys_answer(pane, model, samples, key, modifier, expected):
    hold(model, samples, 3, 4)
    click(pane, 0)
    QTest.keyClick(table(pane), key, modifier)
    assert pane.answers == [expected]


def test_several_are_selected_and_answered_together(pane, model, samples):
    hold(model, samples, 3, 4, 5)
    click(pane, 0)
    click(pane, 2, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    assert pane.answers == [([3, 5], "reject 1/1/1")]


@pytest.mark.parametrize("how", ["key", "button", "double click"])
def test_the_answer_is_opened_for_editing(pane, model, samples, how):
    hold(model, samples, 3, 4)
    click(pane, 1)
    if how == "key":
        QTest.keyClick(table(pane), Qt.Key.Key_E)
    elif how == "button":
        QTest.mouseClick(button(pane, "edit"), Qt.MouseButton.LeftButton)
    else:
        QTest.mouseDClick(table(pane).viewport(), Qt.MouseButton.LeftButton, pos=row_point(pane, 1))
    assert pane.edits == [4]


def test_any_answer_is_chosen_from_the_menu(pane, model, samples):
    hold(model, samples, 3, 4)
    chosen = next(entry for entry in entries(button(pane, "answer").menu()) if entry.data() == "reject 2/3/2")
    chosen.trigger()
    assert pane.answers == [([3], "reject 2/3/2")]


def test_any_answer_is_given_to_all(pane, model, samples):
    hold(model, samples, 3, 4)
    chosen = next(entry for entry in entries(button(pane, "more").menu()) if entry.data() == "abort 2/1")
    chosen.trigger()
    assert pane.answers == [([3, 4], "abort 2/1")]


def test_the_next_is_selected_once_one_is_answered(pane, model, samples):
    hold(model, samples, 3, 4)
    click(pane, 0)
    QTest.keyClick(table(pane), Qt.Key.Key_A)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    assert pane.answers == [([3], "accept"), ([4], "reject 1/1/1")]


@pytest.mark.parametrize("how", ["accept", "reject", Qt.Key.Key_A, Qt.Key.Key_X])
def test_a_double_press_answers_one_device(pane, model, samples, clock, how):
    def press():
        if isinstance(how, str):
            QTest.mouseClick(button(pane, how), Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(table(pane), how)

    hold(model, samples, 3, 4, 5)
    click(pane, 0)
    press()
    clock.now += 0.1
    press()
    assert [numbers for numbers, _ in pane.answers] == [[3]]
    clock.now += 1
    press()
    assert [numbers for numbers, _ in pane.answers] == [[3], [4]]


def test_a_double_press_answers_nobody_who_comes_in_between(pane, model, samples, clock):
    hold(model, samples, 3)
    click(pane, 0)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    settle(model, samples, 3)
    hold(model, samples, 4)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    assert pane.answers == [([3], "reject 1/1/1")]


def test_one_that_was_selected_by_hand_is_answered_however_soon(pane, model, samples):
    hold(model, samples, 3, 4, 5)
    click(pane, 0)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    click(pane, 2)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    assert [numbers for numbers, _ in pane.answers] == [[3], [5]]


def test_a_key_that_is_held_down_answers_once(pane):
    assert not any(action.autoRepeat() for action in table(pane).actions() if action.shortcut().toString())


def test_the_key_for_the_next_leads_there_and_then_from_one_to_the_next(pane, model, samples):
    hold(model, samples, 3, 4)
    pane.next_action.trigger()
    assert table(pane).hasFocus()
    assert pane.shown == [3]
    pane.next_action.trigger()
    assert pane.shown == [3, 4]
    pane.next_action.trigger()
    assert pane.shown == [3, 4, 3]


def test_what_is_settled_stays_to_be_read_and_cannot_be_answered(pane, model, samples):
    hold(model, samples, 3)
    settle(model, samples, 3)
    QTest.mouseClick(button(pane, "settled"), Qt.MouseButton.LeftButton)
    click(pane, 0)
    assert table(pane).isVisible()
    assert count(pane) == "1 settled"
    assert not any(button(pane, name).isEnabled() for name in ("accept", "reject", "edit", "answer"))
    for key in (Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_E):
        QTest.keyClick(table(pane), key)
    QTest.mouseDClick(table(pane).viewport(), Qt.MouseButton.LeftButton, pos=row_point(pane, 0))
    assert (pane.answers, pane.edits) == ([], [])


def test_what_was_meant_for_one_that_has_gone_answers_nobody_else(pane, model, samples):
    hold(model, samples, 3, 4)
    click(pane, 0)
    settle(model, samples, 3)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    assert pane.answers == []
    hold(model, samples, 5)
    QTest.keyClick(table(pane), Qt.Key.Key_X)
    assert pane.answers == [([4], "reject 1/1/1")]


def test_what_is_settled_is_cleared(pane, model, samples):
    hold(model, samples, 3)
    assert not pane.clear_action.isEnabled()
    settle(model, samples, 3)
    pane.clear_action.trigger()
    assert model.rowCount() == 0
    assert not pane.isVisible()


def test_every_column_fits_into_a_narrow_panel(pane, model, samples):
    hold(model, samples, 3, 4, 5, 6, 7)
    header = table(pane).horizontalHeader()
    assert header.length() <= table(pane).viewport().width()


def test_what_became_of_a_request_can_be_read_in_a_narrow_panel(pane, model, samples):
    hold(model, samples, 3)
    settle(model, samples, 3)
    words = model.index(0, Column.LEFT).data()
    assert table(pane).fontMetrics().horizontalAdvance(words) < table(pane).columnWidth(Column.LEFT)


def test_how_many_wait_moves_no_button(pane, model, samples):
    hold(model, samples, 3)
    before = pane.minimumSizeHint().width()
    settle(model, samples, 3)
    assert pane.minimumSizeHint().width() == before


def row_on_screen(pane, row):
    for widget in (pane.owner, pane):
        widget.layout().activate()
    return table(pane).viewport().mapToGlobal(row_point(pane, row)).y()


def test_rows_keep_their_places_when_others_call(pane, model, samples):
    hold(model, samples, 3)
    place, height = row_on_screen(pane, 0), table(pane).height()
    for number in range(4, 9):
        hold(model, samples, number)
        assert row_on_screen(pane, 0) == place
        assert table(pane).height() == height
    settle(model, samples, 3)
    assert row_on_screen(pane, 0) == place


def test_while_nothing_waits_the_table_is_away_and_its_line_tells_what_is_settled(pane, model, samples):
    hold(model, samples, 3, 4)
    assert not button(pane, "settled").isEnabled()
    settle(model, samples, 3)
    assert table(pane).isVisible()
    assert count(pane) == "1 held, 1 settled"
    settle(model, samples, 4)
    assert not table(pane).isVisible()
    assert count(pane) == "2 settled"
    QTest.mouseClick(button(pane, "settled"), Qt.MouseButton.LeftButton)
    assert table(pane).isVisible()
    QTest.mouseClick(button(pane, "settled"), Qt.MouseButton.LeftButton)
    assert not table(pane).isVisible()


def test_the_line_clears_what_is_settled(pane, model, samples):
    hold(model, samples, 3, 4)
    assert not button(pane, "clear").isEnabled()
    settle(model, samples, 3)
    QTest.mouseClick(button(pane, "clear"), Qt.MouseButton.LeftButton)
    assert [held.number for held in model.waiting] == [4]
    assert model.rowCount() == 1
    assert count(pane) == "1 held"


def test_one_that_comes_is_in_view_among_many_that_are_settled(qtbot, pane, model, samples):
    for number in range(3, 13):
        hold(model, samples, number)
        settle(model, samples, number)
    hold(model, samples, 20)
    view = table(pane)
    qtbot.waitUntil(lambda: view.viewport().rect().contains(view.visualRect(model.index(10, 1))))


def test_keys_go_on_to_answer_what_comes_after_the_table_was_away(pane, model, samples):
    hold(model, samples, 3)
    click(pane, 0)
    settle(model, samples, 3)
    assert button(pane, "settled").hasFocus()
    hold(model, samples, 4)
    QTest.keyClick(pane.owner.focusWidget(), Qt.Key.Key_X)
    assert pane.answers == [([4], "reject 1/1/1")]


def test_everything_has_a_name_and_a_tip(pane, model, samples):
    hold(model, samples, 3)
    for widget in pane.findChildren(QToolButton):
        if widget.isVisible():
            assert widget.objectName()
            assert widget.accessibleName()
            assert widget.toolTip()
    assert all(action.toolTip() for action in table(pane).actions() if isinstance(action, QAction))
