"""Undo and redo by keys, wherever the focus is."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QLineEdit, QPlainTextEdit, QTableView, QToolButton

from parley.bridge.profiles.book import Answer
from parley.model import registry
from parley.model.handle import ProposedContext, RequestorHandle, RoleProposal
from parley.model.profile import RequestorSide
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.contexts.row import Column
from parley.ui.undo import words_of
from parley.ul.codes import VERIFICATION
from tests.ui.contexts.test_editor import select
from tests.ui.contexts.test_model import answers
from tests.ui.windows import type_into

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def undo(qtbot, stage, times=1):
    for _ in range(times):
        qtbot.keyClick(stage.window.focusWidget() or stage.window, Qt.Key.Key_Z, CONTROL)


def redo(qtbot, stage):
    qtbot.keyClick(stage.window.focusWidget() or stage.window, Qt.Key.Key_Z, CONTROL | SHIFT)


def text(stage, name):
    return stage.find(QLineEdit, name).text()


def click(qtbot, stage, kind, name):
    qtbot.mouseClick(stage.find(kind, name), Qt.MouseButton.LeftButton)


def add_template(stage, side, words):
    menu = stage.find(QToolButton, f"{side}.contexts.template").menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text().startswith(words)).trigger()


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize("side", ["scu", "scp"])
def test_a_template_brings_its_roles_and_both_go_in_one_step(qtbot, stage, side, unfolded):
    panel = getattr(stage.window, side)
    if unfolded:
        panel.findChild(QToolButton, f"{side}.negotiation").click()
    own = RoleProposal(CT, 1, 1)
    scu, scp = stage.book.draft.scu, stage.book.draft.scp
    before = replace(scu if side == "scu" else scp, handle=replace(panel.side().handle, roles=(own,)))
    panel.set_side(before)
    panel.changed.emit()
    stage.book.end_step()
    add_template(stage, side, "C-GET with roles")
    handle = getattr(stage.book.draft, side).handle
    template = next(each for each in registry.templates() if each.roles)
    assert len(handle.contexts) == 1 + len(template.abstract_syntaxes)
    assert handle.roles == (own, *(role for role in template.roles if role.sop_class_uid != CT))
    assert RoleProposal(MR, 0, 1) in handle.roles
    assert panel.side().handle == handle
    line = panel.findChild(ContextsEditor).commands.line
    assert "section Negotiation" in line.message
    stage.book.undo()
    assert line.message == ""
    assert getattr(stage.book.draft, side) == before
    assert panel.side() == before
    stage.book.redo()
    assert panel.side().handle == handle


def test_a_template_without_roles_brings_none(stage):
    add_template(stage, "scu", "Storage, CT")
    assert stage.book.draft.scu.handle.roles == ()


def set_contexts(stage, *uids):
    contexts = tuple(map(ProposedContext, uids))
    stage.window.scu.set_side(RequestorSide(handle=RequestorHandle(contexts=contexts)))
    stage.window.scu.changed.emit()


def abstract(stage):
    return [context.abstract_syntax for context in stage.window.scu.side().handle.contexts]


def test_there_is_nothing_to_undo_at_first(stage):
    assert not stage.window.undo.undo_action.isEnabled()
    assert not stage.window.undo.redo_action.isEnabled()


def test_ctrl_z_in_a_field_takes_a_whole_typing_back_and_stays_there(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "pacs")
    type_into(qtbot, stage, "scu.called_ae_title", "ARCHIVE")
    assert stage.window.undo.undo_action.text() == "&Undo: SCU called AE title"
    undo(qtbot, stage)
    assert (text(stage, "scu.host"), text(stage, "scu.called_ae_title")) == ("pacs", "PARLEY_SCP")
    assert stage.find(QLineEdit, "scu.called_ae_title").hasFocus()
    undo(qtbot, stage)
    assert text(stage, "scu.host") == "127.0.0.1"
    assert not stage.window.isWindowModified()
    redo(qtbot, stage)
    assert text(stage, "scu.host") == "pacs"
    assert stage.window.undo.redo_action.text() == "&Redo: SCU called AE title"


def test_both_panels_share_one_history(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "pacs")
    type_into(qtbot, stage, "scp.ae_title", "ME")
    type_into(qtbot, stage, "scu.host", "other")
    undo(qtbot, stage, 2)
    assert (text(stage, "scu.host"), text(stage, "scp.ae_title")) == ("pacs", "PARLEY_SCP")


def test_coming_back_to_a_field_begins_a_new_step(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "a")
    stage.find(QLineEdit, "scu.port").setFocus()
    type_into(qtbot, stage, "scu.host", "b")
    undo(qtbot, stage)
    assert text(stage, "scu.host") == "a"


def test_a_field_of_several_lines_leaves_the_keys_too(qtbot, stage):
    click(qtbot, stage, QToolButton, "scp.rules")
    titles = stage.find(QPlainTextEdit, "scp.calling_ae_titles")
    titles.setFocus()
    qtbot.keyClicks(titles, "CT")
    undo(qtbot, stage, 2)
    assert titles.toPlainText() == ""
    assert stage.window.scp.side().rules.calling_ae_titles == ()
    redo(qtbot, stage)
    assert titles.toPlainText() == "C"


def test_switches_are_undone(qtbot, stage):
    before = stage.window.scu.side()
    click(qtbot, stage, QCheckBox, "scu.maximum_length.on")
    assert stage.window.scu.side().handle.maximum_length is None
    undo(qtbot, stage)
    assert stage.window.scu.side() == before


def test_the_logs_filter_keeps_its_own_undo(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "pacs")
    type_into(qtbot, stage, "log.filter", "abc")
    undo(qtbot, stage)
    assert text(stage, "log.filter") == ""
    assert text(stage, "scu.host") == "pacs"


def test_a_cell_that_is_being_typed_in_keeps_its_own_undo(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "pacs")
    table = stage.find(QTableView, "scu.contexts")
    table.setFocus()
    table.edit(table.model().index(0, 1))
    cell = table.findChild(QLineEdit)
    qtbot.keyClicks(cell, "1.2")
    qtbot.keyClick(cell, Qt.Key.Key_Z, CONTROL)
    assert cell.text() == VERIFICATION
    assert table.state() == QAbstractItemView.State.EditingState
    assert text(stage, "scu.host") == "pacs"


def test_removed_contexts_come_back_selected_and_the_others_keep_their_results(qtbot, stage):
    set_contexts(stage, VERIFICATION, CT, MR)
    editor = stage.window.scu._contexts.editor
    editor.model.begin_attempt()
    editor.model.show_answers(answers(editor.model))
    editor.table.setFocus()
    select(editor, 1)
    click(qtbot, stage, QToolButton, "scu.contexts.remove")
    assert abstract(stage) == [VERIFICATION, MR]
    undo(qtbot, stage)
    assert abstract(stage) == [VERIFICATION, CT, MR]
    assert editor.selected_rows() == [1]
    result = editor.model.columns.index(Column.RESULT)
    assert [bool(editor.model.index(row, result).data()) for row in range(3)] == [True, False, True]


def test_moving_several_contexts_is_one_step(qtbot, stage):
    set_contexts(stage, VERIFICATION, CT, MR)
    select(stage.window.scu._contexts.editor, 1, 2)
    click(qtbot, stage, QToolButton, "scu.contexts.up")
    assert abstract(stage) == [CT, MR, VERIFICATION]
    undo(qtbot, stage)
    assert abstract(stage) == [VERIFICATION, CT, MR]


def test_revert_is_undone(qtbot, stage):
    stage.book.create()
    type_into(qtbot, stage, "scu.host", "pacs")
    stage.window.profiles.revert_action.trigger()
    assert text(stage, "scu.host") == "127.0.0.1"
    undo(qtbot, stage)
    assert text(stage, "scu.host") == "pacs"


@pytest.mark.parametrize("name", ["scu.default", "scu.reset"])
def test_default_and_reset_are_undone(qtbot, stage, name):
    set_contexts(stage, CT, MR)
    before = stage.window.scu.side()
    click(qtbot, stage, QToolButton, name)
    assert stage.window.scu.side() != before
    undo(qtbot, stage)
    assert stage.window.scu.side() == stage.book.draft.scu == before


def test_the_folded_sections_are_undone_too(qtbot, stage):
    click(qtbot, stage, QToolButton, "scu.implementation")
    name = stage.find(QLineEdit, "scu.implementation_version_name")
    type_into(qtbot, stage, "scu.implementation_version_name", "OTHER")
    assert stage.window.undo.undo_action.text() == "&Undo: SCU implementation version name"
    undo(qtbot, stage)
    assert name.text() == RequestorHandle().implementation_version_name
    assert name.hasFocus()


def test_another_profile_begins_with_no_history(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "pacs")
    stage.book.create()
    stage.book.answer(Answer.DISCARD)
    assert not stage.window.undo.undo_action.isEnabled()
    undo(qtbot, stage)
    assert text(stage, "scu.host") == "127.0.0.1"


def test_what_an_undone_edit_was_is_checked_like_an_edit(qtbot, stage):
    type_into(qtbot, stage, "scu.called_ae_title", " ")
    stage.window.scu.check()
    assert stage.window.scu.has_errors()
    undo(qtbot, stage)
    qtbot.waitUntil(lambda: not stage.window.scu.has_errors())


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((), "both sides"),
        (("scu",), "SCU"),
        (("scu", "handle"), "SCU"),
        (("scp", "rules", "calling_ae_titles"), "SCP calling AE titles"),
        (("scu", "timers", "artim"), "SCU artim"),
        (("scp", "transport", "ip_version"), "SCP IP version"),
        (("scu", "handle", "implementation_class_uid"), "SCU implementation class UID"),
    ],
)
def test_places_have_words(place, words):
    assert words_of(place) == words
