"""The contexts editor by clicks and keys."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QToolButton, QToolTip

from parley.model import registry
from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES, ProposedContext
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.contexts.row import Column
from parley.ui.kit.uid_picker import Picker
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
RLE = "1.2.840.10008.1.2.5"


@pytest.fixture
def editor(qtbot):
    made = ContextsEditor(ProposedContext, "scu")
    qtbot.addWidget(made)
    made.set_contexts((ProposedContext(VERIFICATION), ProposedContext(CT), ProposedContext(MR)))
    made.resize(520, 360)
    made.show()
    return made


def press(qtbot, editor, name):
    button = editor.findChild(QToolButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def select(editor, *rows):
    editor.table.clearSelection()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in rows:
        editor.table.selectionModel().select(editor.model.index(row, 0), flags)


def syntaxes(editor):
    return editor.findChild(QListView, "scu.transfer_syntaxes")


def abstract(editor):
    return [context.abstract_syntax for context in editor.contexts()]


def test_the_first_context_is_selected_and_its_list_shown(editor):
    assert editor.selected_rows() == [0]
    assert syntaxes(editor).model().uids() == DEFAULT_TRANSFER_SYNTAXES


@pytest.mark.parametrize(
    ("column", "typed", "why"),
    [(Column.NUMBER, "x", "'x' is no number."), (Column.RESERVED, "0g", "'g' is not a hexadecimal digit.")],
)
def test_what_a_cell_does_not_take_is_said(qtbot, editor, column, typed, why):
    before, table = editor.contexts(), editor.table
    table.show_reserved(True)
    table.setFocus()
    table.setCurrentIndex(editor.model.index(1, editor.model.columns.index(column)))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    line = next(line for line in table.viewport().findChildren(QLineEdit) if line.isVisible())
    line.selectAll()
    qtbot.keyClicks(line, typed)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QToolTip.text() == f"Not taken: {why} What was there before stays.")
    assert editor.contexts() == before
    assert table.state() != table.State.EditingState


def test_moving_and_removing_by_buttons(qtbot, editor):
    select(editor, 2)
    press(qtbot, editor, "scu.contexts.up")
    assert abstract(editor) == [VERIFICATION, MR, CT]
    assert editor.selected_rows() == [1]
    press(qtbot, editor, "scu.contexts.remove")
    assert abstract(editor) == [VERIFICATION, CT]
    assert editor.selected_rows() == [1]


def test_moving_and_removing_by_keys(qtbot, editor):
    select(editor, 1)
    editor.table.setFocus()
    qtbot.keyClick(editor.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert abstract(editor) == [VERIFICATION, MR, CT]
    qtbot.keyClick(editor.table, Qt.Key.Key_Delete)
    assert abstract(editor) == [VERIFICATION, MR]


def test_removing_the_last_context_leaves_an_empty_table_and_dead_buttons(qtbot, editor):
    select(editor, 0, 1, 2)
    press(qtbot, editor, "scu.contexts.remove")
    assert editor.contexts() == ()
    assert not editor.findChild(QToolButton, "scu.contexts.remove").isEnabled()
    assert not editor.findChild(QToolButton, "scu.transfer_syntaxes.add").isEnabled()


def test_a_duplicate_follows_its_original_and_numbers_itself(qtbot, editor):
    editor.set_contexts((ProposedContext(CT, (RLE,), 7),))
    press(qtbot, editor, "scu.contexts.duplicate")
    assert editor.contexts() == (ProposedContext(CT, (RLE,), 7), ProposedContext(CT, (RLE,)))


def test_a_template_adds_all_of_its_contexts(editor):
    menu = editor.findChild(QToolButton, "scu.contexts.template").menu()
    menu.aboutToShow.emit()
    template = registry.templates()[1]
    menu.actions()[1].trigger()
    assert abstract(editor)[3:] == list(template.abstract_syntaxes)
    assert len(editor.selected_rows()) == len(template.abstract_syntaxes)


def test_picking_adds_what_was_ticked(qtbot, editor):
    press(qtbot, editor, "scu.contexts.add")
    picker = editor.findChild(Picker)
    qtbot.keyClicks(picker.text, "1.2.3.4.5")
    qtbot.keyClick(picker.text, Qt.Key.Key_Return)
    assert abstract(editor)[3:] == ["1.2.3.4.5"]


def test_transfer_syntaxes_are_ordered_for_the_selected_context_only(qtbot, editor):
    select(editor, 1)
    view = syntaxes(editor)
    view.setCurrentIndex(view.model().index(1))
    press(qtbot, editor, "scu.transfer_syntaxes.up")
    assert editor.contexts()[1].transfer_syntaxes == (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
    assert editor.contexts()[0].transfer_syntaxes == DEFAULT_TRANSFER_SYNTAXES


def test_transfer_syntaxes_are_edited_for_several_contexts_at_once(qtbot, editor):
    select(editor, 1, 2)
    view = syntaxes(editor)
    view.setCurrentIndex(view.model().index(0))
    press(qtbot, editor, "scu.transfer_syntaxes.remove")
    assert [context.transfer_syntaxes for context in editor.contexts()] == [
        DEFAULT_TRANSFER_SYNTAXES,
        (EXPLICIT_VR_LITTLE_ENDIAN,),
        (EXPLICIT_VR_LITTLE_ENDIAN,),
    ]


def test_different_lists_are_announced_before_one_replaces_them(editor):
    editor.model.set_transfer_syntaxes([1], (RLE,))
    select(editor, 0, 1)
    assert "differ" in editor.findChild(QLabel, "scu.transfer_syntaxes.heading").text()
    assert editor.contexts()[1].transfer_syntaxes == (RLE,)


def test_the_menu_adds_a_transfer_syntax_once(editor):
    menu = editor.findChild(QToolButton, "scu.transfer_syntaxes.add").menu()
    menu.aboutToShow.emit()
    for _ in range(2):
        next(action for action in menu.actions() if "JPEG Baseline" in action.text()).trigger()
    assert editor.contexts()[0].transfer_syntaxes == (*DEFAULT_TRANSFER_SYNTAXES, "1.2.840.10008.1.2.4.50")


def test_columns_share_the_width_until_they_are_sized(editor):
    header = editor.table.horizontalHeader()
    before = header.sectionSize(1)
    editor.resize(800, 360)
    assert header.sectionSize(1) > before
    header.resizeSection(1, 50)
    editor.resize(900, 360)
    assert header.sectionSize(1) == 50
