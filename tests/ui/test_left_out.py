"""What is typed and cannot be a value, when the profile is saved: it is named, and it stays."""

from dataclasses import replace

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMessageBox, QTableView, QToolButton

from parley.keystore.store import KeyStore
from parley.model.handle import AcceptanceRules, KnownUser
from parley.model.responses import ResponseRule
from parley.model.secret import Secret
from parley.ui.kit.fields import ToneLine
from tests.keystore.backends import InMemory
from tests.ui.windows import type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
FIND = ResponseRule("C-FIND", status=0xA700)
STATUS, DELAY = 2, 3
SAID = "Saved without what cannot be a value: {}. It stays typed while the profile is open."


@pytest.fixture
def book(stage):
    """A saved profile with an answer is open, and its table unfolded."""
    book = stage.book
    book.save_as("Site A")
    scp = replace(book.draft.scp, responses=(FIND,))
    stage.window.scp.set_side(scp)
    stage.window.scp.changed.emit()
    stage.find(QToolButton, "scp.messages").click()
    stage.window.profiles.save_action.trigger()
    assert not book.is_dirty
    return book


@pytest.fixture
def backend():
    before, made = keyring.get_keyring(), InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def responses(stage):
    return stage.find(QTableView, "scp.responses").model()


def type_cell(stage, column, text):
    model = responses(stage)
    model.setData(model.index(0, column), text)


def shown(stage, column):
    return responses(stage).index(0, column).data()


def saved(stage):
    return stage.store.load(stage.book.key)


def said(stage):
    line = stage.find(ToneLine, "profiles.problem")
    return line.text() if line.isVisible() else ""


def test_save_names_what_it_leaves_out_which_stays_typed_and_unsaved(stage, book):
    type_cell(stage, STATUS, "zzz")
    type_cell(stage, DELAY, "1e400")
    assert stage.window.isWindowModified()
    stage.window.profiles.save_action.trigger()
    assert said(stage) == SAID.format("SCP: Answers to messages, row 1, status; SCP: Answers to messages, row 1, delay")
    assert saved(stage).scp.responses == (FIND,)
    assert (shown(stage, STATUS), shown(stage, DELAY)) == ("zzz", "1e400")
    assert stage.window.isWindowModified()
    type_cell(stage, STATUS, "0110")
    type_cell(stage, DELAY, "5")
    stage.window.profiles.save_action.trigger()
    assert said(stage) == ""
    assert not stage.window.isWindowModified()
    assert saved(stage).scp.responses == (ResponseRule("C-FIND", status=0x110, delay=5.0),)


def test_saving_under_another_name_tells_it_too(stage, book):
    type_cell(stage, STATUS, "zzz")
    book.save_as("Site B")
    assert said(stage) == SAID.format("SCP: Answers to messages, row 1, status")
    assert (shown(stage, STATUS), stage.window.isWindowModified()) == ("zzz", True)


@pytest.mark.parametrize(
    ("section", "field", "typed", "where"),
    [
        ("scu.implementation", "scu.reserved_9_10", "zz", "SCU: Implementation, Reserved bytes 9 to 10"),
        ("", "scu.port", "", "SCU: Port"),
        ("", "scp.maximum_length", "", "SCP: Max. length"),
    ],
)
def test_bytes_and_numbers_are_named_too(qtbot, stage, book, section, field, typed, where):
    if section:
        stage.find(QToolButton, section).click()
    type_into(qtbot, stage, field, typed or "5")
    if not typed:
        qtbot.keyClick(stage.find(QLineEdit, field), Qt.Key.Key_Backspace)
    stage.window.profiles.save_action.trigger()
    assert said(stage) == SAID.format(where)
    assert stage.find(QLineEdit, field).text() == typed


def test_undo_elsewhere_leaves_it_alone(qtbot, stage, book):
    type_into(qtbot, stage, "scp.host", "::1")
    book.end_step()
    type_cell(stage, STATUS, "zzz")
    book.undo()
    assert stage.find(QLineEdit, "scp.host").text() != "::1"
    assert shown(stage, STATUS) == "zzz"
    assert stage.window.isWindowModified()


def test_a_secret_that_goes_into_the_key_store_leaves_it_alone(qtbot, stage, book, backend):
    """The panels are shown anew then, with the names that the secrets have there."""
    rules = AcceptanceRules(users=(KnownUser("dr", Secret.of("correct horse")),))
    stage.window.scp.set_side(replace(book.draft.scp, rules=rules))
    stage.window.scp.changed.emit()
    type_cell(stage, STATUS, "zzz")
    stage.window.profiles.save_action.trigger()
    kept = saved(stage).scp.rules.users[0].passcode.reference
    assert kept == stage.window.scp.side().rules.users[0].passcode.reference
    assert shown(stage, STATUS) == "zzz"
    qtbot.waitUntil(lambda: KeyStore().get(kept) is not None)
    qtbot.waitUntil(lambda: not book._keepings)
    assert "SCP: Answers to messages, row 1, status" in said(stage)
    assert (shown(stage, STATUS), stage.window.isWindowModified()) == ("zzz", True)


def test_a_number_left_empty_stays_so_when_an_edit_elsewhere_is_undone(qtbot, stage, book):
    type_into(qtbot, stage, "scp.host", "::1")
    book.end_step()
    type_into(qtbot, stage, "scp.port", "5")
    qtbot.keyClick(stage.find(QLineEdit, "scp.port"), Qt.Key.Key_Backspace)
    book.end_step()
    stage.window.scp.restore_side(replace(stage.window.scp.side(), host="::2"), keep_typed=True)
    assert stage.find(QLineEdit, "scp.port").text() == ""


def test_revert_takes_it_back(stage, book):
    type_cell(stage, STATUS, "zzz")
    stage.window.profiles.revert_action.trigger()
    assert shown(stage, STATUS) == "A700H failure: refused"
    assert not stage.window.isWindowModified()


def test_who_goes_elsewhere_is_asked_and_told_that_it_cannot_be_saved(qtbot, stage, book):
    type_cell(stage, STATUS, "zzz")
    book.open("loopback")
    box = stage.find(QMessageBox, "profiles.unsaved_question")
    assert box.informativeText() == (
        "They are lost otherwise. What cannot be a value is lost in any case: SCP: Answers to messages, row 1, status."
    )
    qtbot.mouseClick(box.button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert shown(stage, STATUS) == "zzz"


def test_a_profile_that_is_opened_has_none_of_it(stage, book):
    type_cell(stage, STATUS, "zzz")
    key = book.key
    book.create()
    box = stage.find(QMessageBox, "profiles.unsaved_question")
    box.button(QMessageBox.StandardButton.Discard).click()
    assert not book.is_dirty
    book.open(key)
    assert shown(stage, STATUS) == "A700H failure: refused"
    assert not stage.window.isWindowModified()
