"""The details pane: tree and bytes follow each other, contexts in words, large PDUs do not hold up the window."""

import time
from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QTableView, QTabWidget, QToolButton, QTreeView

from parley.model.build import request_pdu
from parley.model.event import EventKind
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.secret import Secret
from parley.ui.kit import style
from parley.ui.log.details import DetailsPane
from parley.ui.log.hex_view import HexView
from parley.ul.codec import encode
from parley.ul.pdu import PDataTf, Pdv, RoleSelection
from tests.bridge.samples import Samples, answer, request
from tests.harness import hostile
from tests.harness.events import event_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

TREE, NEGOTIATION, BYTES = range(3)


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def event(samples):
    return next(event for event in samples.association(1) if event.data)


@pytest.fixture
def pane(qtbot, qapp):
    style.apply(qapp)
    made = DetailsPane()
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def tabs(pane):
    return pane.findChild(QTabWidget)


@pytest.fixture
def tree(pane):
    return pane.findChild(QTreeView, "details.tree")


@pytest.fixture
def view(pane):
    return pane.findChild(HexView)


def place_of(view, offset):
    """Where a byte is found in the viewport."""
    area = view.viewport().rect()
    points = (QPoint(x, y) for y in range(0, area.height(), 4) for x in range(0, area.width(), 4))
    return next(point for point in points if view.offset_at(point) == offset)


def marked(view):
    """What is copied of the bytes."""
    next(action for action in view.actions() if action.text() == "Copy selected bytes as hex").trigger()
    return bytes.fromhex(QGuiApplication.clipboard().text())


def differences(before, after):
    """The points at which two pictures differ, of every other row and column."""
    return [
        QPoint(x, y)
        for y in range(0, before.height(), 2)
        for x in range(0, before.width(), 2)
        if before.pixel(x, y) != after.pixel(x, y)
    ]


def walk(model, parent):
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield index
        yield from walk(model, index)


def find(tree, name):
    return next(index for index in walk(tree.model(), QModelIndex()) if index.data() == name)


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


def test_says_what_to_do_before_anything_is_selected(pane):
    assert any("Select an event" in text for text in texts(pane))


def test_names(pane):
    assert pane.objectName() == "log.details"
    for name in ("details.tree", "details.negotiation", "details.bytes", "details.tabs"):
        assert pane.findChild(object, name).accessibleName()


def test_shows_the_event_in_one_line_and_its_fields(pane, tree, event):
    pane.show_event(event, "request from CT_1")
    assert f"#{event.seq}  request from CT_1" in texts(pane)
    assert find(tree, "Called-AE-title").sibling(find(tree, "Called-AE-title").row(), 1).data() == "ARCHIVE"


def test_findings_are_unfolded(pane, tree, event):
    pane.show_event(event)
    above = find(tree, "Warning").parent()
    while above.isValid():
        assert tree.isExpanded(above)
        above = above.parent()


def test_a_selected_field_marks_its_bytes(qtbot, pane, tabs, tree, view, event):
    pane.show_event(event)
    index = find(tree, "Calling-AE-title")
    tree.scrollTo(index)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())
    assert marked(view) == event.data[26:42]
    assert view.data == event.data


def test_a_clicked_byte_selects_its_field(qtbot, pane, tabs, tree, view, event):
    pane.show_event(event)
    tabs.setCurrentIndex(BYTES)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, 30))
    assert tree.currentIndex().data() == "Calling-AE-title"
    assert marked(view) == event.data[26:42]


def test_keys_walk_through_the_bytes(qtbot, pane, tabs, tree, view, event):
    pane.show_event(event)
    tabs.setCurrentIndex(BYTES)
    view.setFocus()
    for _ in range(10):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert tree.currentIndex().data() == "Called-AE-title"
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert event.data.endswith(marked(view))
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert tree.currentIndex().data() == "PDU-type"


def test_contexts_are_told_in_words(pane, tabs, event):
    pane.show_event(event, "", request(), answer(request()))
    assert tabs.isTabEnabled(NEGOTIATION)
    table = pane.findChild(QTableView, "details.negotiation")
    assert table.model().rowCount() == 2
    assert "1 of 2 accepted" in texts(pane)
    tabs.setCurrentIndex(NEGOTIATION)
    assert not table.grab().isNull()


def test_without_contexts_the_tab_is_off(pane, tabs, samples):
    pane.show_event(samples.event())
    assert not tabs.isTabEnabled(NEGOTIATION)


def test_an_event_without_bytes_says_so(pane, view, samples):
    pane.show_event(samples.event())
    assert view.data == b""
    assert "This event carries no bytes." in texts(pane)


def test_bytes_that_were_not_on_a_wire_are_called_so(pane, view, samples):
    pane.show_event(samples.event(EventKind.REQUESTED, pdu=request()))
    assert view.data == encode(request())
    assert any("as they would be sent" in text for text in texts(pane))


def test_copies_fields_values_and_bytes(qtbot, pane, tree, view, event):
    pane.show_event(event)
    tree.setCurrentIndex(find(tree, "Calling-AE-title"))
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == "Calling-AE-title: CT_1"
    actions = {action.text(): action for action in tree.actions()}
    actions["Copy value"].trigger()
    assert clipboard.text() == "CT_1"
    actions["Copy its bytes as hex"].trigger()
    assert bytes.fromhex(clipboard.text()) == b"CT_1".ljust(16)
    {action.text(): action for action in view.actions()}["Copy all as hex dump"].trigger()
    assert clipboard.text().splitlines()[0].startswith("000000  01 00 ")


def test_nothing_selected_shows_nothing(pane, tree, event):
    pane.show_event(event)
    pane.show_event(None)
    assert tree.model().rowCount() == 0
    assert any("Select an event" in text for text in texts(pane))


def test_a_pdu_of_a_mebibyte_does_not_hold_up_the_window(qtbot, pane, tabs, tree, view, samples):
    pdu = PDataTf(tuple(Pdv(1, 0, bytes(1018)) for _ in range(1024)))
    big = samples.event(EventKind.PDU_RECEIVED, pdu=pdu, data=encode(pdu))
    tabs.setCurrentIndex(BYTES)
    started = time.thread_time()
    pane.show_event(big)
    view.grab()
    view.highlight(len(big.data) - 1, 1)
    view.grab()
    assert time.thread_time() - started < 1.0
    qtbot.waitUntil(lambda: tree.model().rowCount() > 0)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, len(big.data) - 1))
    assert tree.currentIndex().isValid()


def test_a_long_line_about_a_negotiation_does_not_widen_the_pane(pane, event):
    rq = request()
    roles = tuple(RoleSelection(f"1.2.3.{number}", 0, 1) for number in range(30))
    asked = replace(rq.user_information, sub_items=(*rq.user_information.sub_items, *roles))
    before = pane.minimumSizeHint().width()
    pane.show_event(event, "", replace(rq, items=(*rq.items[:-1], asked)), answer(rq))
    assert any("role selection for 1.2.3.29" in text for text in texts(pane))
    assert pane.minimumSizeHint().width() == before


def asking(passcode):
    identity = UserIdentity(2, Secret.of("dr_who"), Secret.of(passcode))
    pdu = request_pdu(RequestorHandle(user_identity=identity))
    return event_of(EventKind.PDU_SENT, pdu=pdu)


def everything_in(tree):
    return "\n".join(str(i.siblingAtColumn(c).data()) for i in walk(tree.model(), QModelIndex()) for c in range(3))


def test_secrets_are_shown_by_one_click_and_hidden_by_the_next_selection(qtbot, pane, tree, view):
    button = pane.findChild(QToolButton, "details.reveal")
    assert not button.isVisible()
    pane.show_event(asking("correct horse"))
    assert (button.isVisible(), button.text()) == (True, "Show secrets")
    assert "correct horse" not in everything_in(tree)
    assert b"correct horse" not in view.data
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (button.text(), button.isChecked()) == ("Hide secrets", True)
    assert "correct horse" in everything_in(tree)
    assert b"correct horse" in view.data
    secret = next(
        index for index in walk(tree.model(), QModelIndex()) if "horse" in str(index.siblingAtColumn(2).data())
    )
    assert tree.viewport().rect().intersects(tree.visualRect(secret))
    pane.show_event(asking("battery staple"))
    assert (button.text(), button.isChecked()) == ("Show secrets", False)
    assert "battery staple" not in everything_in(tree)
    assert b"battery staple" not in view.data


def test_a_second_click_hides_secrets_again(qtbot, pane, tree, view):
    pane.show_event(asking("correct horse"))
    button = pane.findChild(QToolButton, "details.reveal")
    for expected in (True, False):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert ("correct horse" in everything_in(tree), b"correct horse" in view.data) == (expected, expected)


def test_nothing_to_show_leaves_no_button(pane, event):
    pane.show_event(asking("correct horse"))
    pane.show_event(event)
    assert not pane.findChild(QToolButton, "details.reveal").isVisible()
    pane.show_event(asking("correct horse"))
    pane.show_event(None)
    assert not pane.findChild(QToolButton, "details.reveal").isVisible()


class TestHexView:
    def test_lines_get_shorter_before_anything_is_scrolled_sideways(self, qtbot, view, pane, event):
        pane.show_event(event)
        pane.findChild(QTabWidget).setCurrentIndex(BYTES)
        wide = place_of(view, 15).y() - place_of(view, 0).y()
        pane.resize(420, 400)
        assert wide == 0
        assert place_of(view, 15).y() > place_of(view, 0).y()

    def test_every_byte_is_found_where_it_is_painted(self, pane, view, event):
        pane.show_event(event)
        pane.findChild(QTabWidget).setCurrentIndex(BYTES)
        view.highlight(0, 0)
        plain = view.viewport().grab().toImage()
        for offset in (0, 1, 7, 8, 15, 16, 31, 63):
            view.highlight(offset, 1)
            found = Counter(map(view.offset_at, differences(plain, view.viewport().grab().toImage())))
            assert found.most_common(1)[0][0] == offset, "at an edge it may be the one beside"

    def test_nothing_is_found_beside_the_bytes(self, pane, view):
        pane.findChild(QTabWidget).setCurrentIndex(BYTES)
        view.set_data(bytes(20))
        point = place_of(view, 0)
        point.setX(2)
        assert view.offset_at(point) is None
        below = place_of(view, 3)
        below.setY(below.y() + 3 * view.fontMetrics().height())
        assert view.offset_at(below) is None

    def test_a_mark_beyond_the_end_is_cut(self, view):
        view.set_data(bytes(range(10)))
        view.highlight(8, 99)
        assert marked(view) == bytes([8, 9])
        view.highlight(99, 1)
        assert marked(view) == bytes(range(10)), "where nothing is marked, all is copied"

    def test_copies_what_is_marked(self, qtbot, pane, view):
        view.set_data(bytes(range(64)))
        view.highlight(16, 4)
        pane.findChild(QTabWidget).setCurrentIndex(BYTES)
        view.setFocus()
        qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == "10 11 12 13"

    def test_the_painted_mark_can_be_seen(self, pane, view):
        pane.findChild(QTabWidget).setCurrentIndex(BYTES)
        view.set_data(bytes(64))
        plain = view.viewport().grab().toImage()
        view.highlight(16, 16)
        assert view.viewport().grab().toImage() != plain


def test_a_heading_without_room_ends_in_an_ellipsis_and_says_all_in_its_tip(pane, event):
    words = f"A-ASSOCIATE-RQ {'CT_1 ' * 40}end"
    pane.resize(400, 300)
    pane.show_event(event, words)
    heading = pane._heading
    clipped = heading.grab().toImage()
    room = heading.contentsRect().width()
    heading.setText(heading.fontMetrics().elidedText(heading.text(), Qt.TextElideMode.ElideRight, room))
    assert heading.text().endswith("…")
    assert clipped == heading.grab().toImage()
    assert heading.toolTip() == words


def actions_of(tree):
    return {action.text(): action for action in tree.actions()}


def test_everything_is_unfolded_and_folded_again(qtbot, pane, tree, event):
    pane.show_event(event)
    actions_of(tree)["Expand all"].trigger()
    inner = [index for index in walk(tree.model(), QModelIndex()) if tree.model().hasChildren(index)]
    assert len(inner) > 5
    qtbot.waitUntil(lambda: all(tree.isExpanded(index) for index in inner))
    actions_of(tree)["Collapse all"].trigger()
    assert not any(tree.isExpanded(index) for index in inner)


def test_unfolding_a_flood_ends_somewhere(qtbot, pane, tree, samples):
    data = hostile.shapes()["8 000 empty roles each"]
    pane.show_event(samples.event(EventKind.MALFORMED, data=data))
    actions_of(tree)["Expand all"].trigger()
    qtbot.waitUntil(lambda: not pane._slices.isActive(), timeout=20_000)
    assert 6000 <= len(tree.model().tree.entries) < 7000


def test_another_event_ends_the_unfolding(qtbot, pane, tree, samples, event):
    data = hostile.shapes()["8 000 empty roles each"]
    pane.show_event(samples.event(EventKind.MALFORMED, data=data))
    actions_of(tree)["Expand all"].trigger()
    pane.show_event(event)
    qtbot.waitUntil(lambda: not pane._slices.isActive())
    assert not tree.isExpanded(find(tree, "User Information Item"))
