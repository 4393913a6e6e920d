"""The draft in the words of other programs: what the menu offers, why it does not, and what is on the clipboard."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QPlainTextEdit, QPushButton

from parley.exchange.copy_as import copy_as
from parley.exchange.features import Tool
from parley.model.handle import ProposedContext, RequestorHandle, UserIdentity
from parley.model.profile import RequestorSide
from parley.model.secret import Secret
from tests.ui.windows import type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
WAIT_MS = 30_000
LIMIT_MS = 5


@pytest.fixture
def copy(stage):
    return stage.window.scu.copy_as


def entries(copy):
    """What the menu shows when it opens."""
    copy.menu.aboutToShow.emit()
    return [(action.text().replace("&", ""), action.isEnabled()) for action in copy.menu.actions()]


def choose(qtbot, copy, tool):
    """Choose an entry; returns what is said then."""
    entries(copy)
    copy.menu.actions()[list(Tool).index(tool)].trigger()
    qtbot.waitUntil(lambda: not copy.line.is_busy, timeout=WAIT_MS)
    return copy.line.message


def test_there_is_an_entry_for_every_tool(copy):
    assert entries(copy) == [
        ("echoscu (DCMTK)", True),
        ("storescu (DCMTK)", True),
        ("dcmassoc (dcm4che)", True),
        ("pynetdicom script", True),
        ("Parley command line", True),
    ]


@pytest.mark.parametrize("tool", Tool)
def test_what_is_on_the_clipboard_is_what_the_draft_says(qtbot, stage, copy, tool):
    type_into(qtbot, stage, "scu.host", "10.1.2.3")
    message = choose(qtbot, copy, tool)
    copied = copy_as(stage.window.scu.side(), tool)
    assert "10.1.2.3" in copied.text
    assert QGuiApplication.clipboard().text() == copied.text
    assert message.startswith("Copied for ")
    assert all(note in message for note in copied.notes[:1])


def test_further_notes_are_in_the_details(qtbot, stage, copy):
    assert choose(qtbot, copy, Tool.STORESCU).endswith("(3 more in the details.)")
    qtbot.mouseClick(stage.find(QPushButton, "scu.copied.message.details"), Qt.MouseButton.LeftButton)
    dialog = stage.find(QDialog, "scu.copied.message.details_dialog")
    notes = copy_as(stage.window.scu.side(), Tool.STORESCU).notes
    assert tuple(dialog.findChild(QPlainTextEdit).toPlainText().splitlines()) == notes


def test_a_tool_that_cannot_say_it_says_why_in_the_menu(qtbot, stage, copy):
    type_into(qtbot, stage, "scu.maximum_length", "1000")
    shown = entries(copy)
    assert shown[0] == ("echoscu (DCMTK): cannot say a maximum length outside of 4096 to 131072", False)
    assert shown[2] == ("dcmassoc (dcm4che)", True)
    assert copy.menu.toolTipsVisible()
    assert copy.menu.actions()[1].toolTip() == (
        "storescu (DCMTK) cannot say: a maximum length outside of 4096 to 131072"
    )
    type_into(qtbot, stage, "scu.maximum_length", "16384")
    assert all(enabled for _, enabled in entries(copy))


def test_many_reasons_are_counted_and_all_of_them_in_the_tip(stage, copy):
    stage.window.scu.set_side(RequestorSide("", 0, RequestorHandle(called_ae_title="", contexts=())))
    text, enabled = entries(copy)[0]
    tip = copy.menu.actions()[0].toolTip()
    assert not enabled
    assert f" and {tip.count(';')} more" in text
    assert "that host or port" in tip
    assert "without presentation contexts" in tip


def test_the_menu_opens_at_once_whatever_is_in_the_draft(stage, copy):
    contexts = tuple(ProposedContext(f"1.2.3.{n}", tuple(f"1.2.{m}" for m in range(20))) for n in range(128))
    stage.window.scu.set_side(RequestorSide(handle=RequestorHandle(contexts=contexts)))
    entries(copy)
    taken = []
    for _ in range(5):
        started = time.thread_time()
        copy.menu.aboutToShow.emit()
        taken.append((time.thread_time() - started) * 1000)
    assert min(taken) < LIMIT_MS


def test_a_long_draft_is_copied_too(qtbot, stage, copy):
    contexts = tuple(ProposedContext(f"1.2.3.{n}", ("1.2.840.10008.1.2",)) for n in range(128))
    stage.window.scu.set_side(RequestorSide(handle=RequestorHandle(contexts=contexts)))
    choose(qtbot, copy, Tool.PARLEY)
    assert QGuiApplication.clipboard().text().count("1.2.3.") >= 128


def test_it_is_in_the_menu_bar_and_beside_the_buttons(stage, copy):
    menus = stage.window.menuBar().findChildren(QMenu)
    holder = next(menu for menu in menus if menu.title() == "SC&U")
    assert copy.menu.menuAction() in holder.actions()
    assert stage.find(QPushButton, "scu.copy_as").menu() is copy.menu


def test_what_was_said_goes_with_the_draft(qtbot, stage, copy):
    assert choose(qtbot, copy, Tool.ECHOSCU)
    stage.book.create()
    assert copy.line.message == ""


def test_no_secret_is_on_the_clipboard(qtbot, stage, copy):
    side = RequestorSide()
    identity = UserIdentity(2, Secret(b"jo"), Secret(b"sesame"))
    stage.window.scu.set_side(replace(side, handle=replace(side.handle, user_identity=identity)))
    for tool in (Tool.STORESCU, Tool.DCMASSOC, Tool.PYNETDICOM, Tool.PARLEY):
        choose(qtbot, copy, tool)
        assert "sesame" not in QGuiApplication.clipboard().text()
        assert copy.line.message
