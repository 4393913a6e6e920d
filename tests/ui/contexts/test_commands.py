"""Copy, paste, spread and propose contexts, by keys, menus and drops."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
)

from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES, ProposedContext, SupportedContext
from parley.model.part10 import file_head
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.contexts.row import Column
from parley.ui.kit.job_line import JobLine
from parley.ul.codes import VERIFICATION
from tests.model.test_dicom_files import DATA_SET
from tests.ui.contexts.test_editor import select

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
EXPLICIT, JPEG, RLE = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.5"
THREE = (ProposedContext(VERIFICATION), ProposedContext(CT, (RLE, JPEG), 7), ProposedContext(MR))
CONTROL = Qt.KeyboardModifier.ControlModifier
WAIT_MS = 30_000


def made(qtbot, kind, prefix, contexts):
    editor = ContextsEditor(kind, prefix)
    editor.tester = QAbstractItemModelTester(editor.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.addWidget(editor)
    editor.set_contexts(contexts)
    editor.resize(520, 420)
    editor.show()
    editor.activateWindow()
    editor.table.setFocus()
    editor.told = []
    editor.changed.connect(lambda: editor.told.append(True))
    return editor


@pytest.fixture
def editor(qtbot):
    return made(qtbot, ProposedContext, "scu", THREE)


@pytest.fixture
def supported(qtbot):
    return made(qtbot, SupportedContext, "scp", (SupportedContext(VERIFICATION),))


def key(qtbot, editor, which):
    qtbot.keyClick(editor.table, which, CONTROL)


def clipboard():
    return QGuiApplication.clipboard()


def choose(editor, words):
    menus = [editor.commands.files.menu(), editor.commands.more.menu()]
    found = [a for menu in menus for a in menu.actions() if words in a.text().replace("&", "")]
    assert len(found) == 1, words
    found[0].trigger()


def line(editor):
    return editor.findChild(JobLine)


def dicom(folder, name, transfer_syntax=EXPLICIT):
    (folder / name).write_bytes(file_head(CT, "1.2.3", transfer_syntax, "") + DATA_SET)
    return folder / name


def drop(editor, *paths):
    """Let files be dropped on the table; returns whether it said beforehand that it takes them."""
    viewport, data = editor.table.viewport(), QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(viewport, enter)
    QApplication.sendEvent(viewport, QDropEvent(QPointF(5, 5), copy, data, buttons, keys))
    return enter.isAccepted()


# --- as text ---------------------------------------------------------------------------------------------------------


def test_copied_rows_are_pasted_behind_the_selected_ones(qtbot, editor):
    select(editor, 0, 1)
    key(qtbot, editor, Qt.Key.Key_C)
    assert clipboard().text().splitlines()[2] == f"7\t{CT}\tCT Image Storage\t{RLE} {JPEG}"
    key(qtbot, editor, Qt.Key.Key_V)
    assert editor.contexts() == (*THREE[:2], *THREE[:2], THREE[2])
    assert editor.selected_rows() == [2, 3]
    assert len(editor.told) == 1


def test_cut_rows_are_on_the_clipboard_and_gone(qtbot, editor):
    select(editor, 1)
    key(qtbot, editor, Qt.Key.Key_X)
    assert editor.contexts() == (THREE[0], THREE[2])
    assert CT in clipboard().text()


def test_a_paste_into_an_empty_table(qtbot, editor):
    editor.set_contexts(())
    clipboard().setText("CTImageStorage\nMR Image Storage\n")
    key(qtbot, editor, Qt.Key.Key_V)
    assert editor.contexts() == (ProposedContext(CT), ProposedContext(MR))


def test_lines_that_cannot_be_read_are_named_in_full_when_asked(qtbot, editor):
    clipboard().setText(f"foo\n{MR}\nbar")
    key(qtbot, editor, Qt.Key.Key_V)
    assert editor.contexts() == (THREE[0], ProposedContext(MR), *THREE[1:])
    assert "1 context pasted; 2 lines could not be read: line 1: “foo”" in line(editor).message
    qtbot.mouseClick(editor.findChild(QPushButton, "scu.contexts.message.details"), Qt.MouseButton.LeftButton)
    dialog = editor.findChild(QDialog, "scu.contexts.message.details_dialog")
    lines = dialog.findChild(QPlainTextEdit).toPlainText().splitlines()
    assert [text[:12] for text in lines] == ["line 1: “foo", "line 3: “bar"]
    dialog.reject()


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_pasting_nothing_says_so_and_is_no_edit(qtbot, editor, text):
    clipboard().setText(text)
    key(qtbot, editor, Qt.Key.Key_V)
    assert "no table of contexts" in line(editor).message
    assert editor.told == []


def test_a_message_can_be_dismissed(qtbot, editor):
    clipboard().setText("")
    key(qtbot, editor, Qt.Key.Key_V)
    qtbot.mouseClick(editor.findChild(QToolButton, "scu.contexts.message.dismiss"), Qt.MouseButton.LeftButton)
    assert not line(editor).isVisible()


def test_an_acceptor_takes_a_requestors_rows_without_their_ids(qtbot, editor, supported):
    select(editor, 1)
    choose(editor, "Copy as table")
    choose(supported, "Paste")
    assert supported.contexts() == (SupportedContext(VERIFICATION), SupportedContext(CT, (RLE, JPEG)))


# --- transfer syntaxes -----------------------------------------------------------------------------------------------


def test_transfer_syntaxes_are_spread_and_gathered_again(editor):
    select(editor, 1, 2)
    choose(editor, "One context per transfer syntax")
    spread = (ProposedContext(CT, (RLE,), 7), ProposedContext(CT, (JPEG,)))
    assert editor.contexts()[:3] == (THREE[0], *spread)
    assert editor.selected_rows() == [1, 2, 3, 4]
    select(editor, 2)
    choose(editor, "One context with all transfer syntaxes")
    assert editor.contexts()[:2] == THREE[:2]
    assert editor.selected_rows() == [1]
    assert len(editor.told) == 2


def test_nothing_to_spread_is_no_edit(editor):
    editor.set_contexts((ProposedContext(CT, (RLE,)),))
    choose(editor, "One context per transfer syntax")
    choose(editor, "One context with all transfer syntaxes")
    assert editor.told == []


def test_an_acceptor_has_nothing_to_spread(supported):
    words = [action.text() for action in supported.commands.more.menu().actions() if action.isVisible()]
    assert not any("transfer syntax" in text for text in words)


def test_without_a_selection_what_is_left_is_pasting_and_what_the_table_shows(editor):
    editor.table.clearSelection()
    actions = [a for a in editor.commands.more.menu().actions() if not a.isSeparator()]
    assert [a.text() for a in actions if a.isEnabled()] == ["&Paste", "Show &reserved bytes"]


# --- from files ------------------------------------------------------------------------------------------------------


def test_dropped_files_and_folders_add_what_is_missing(qtbot, editor, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    paths = [dicom(tmp_path, "a.dcm"), dicom(tmp_path, "b.dcm", JPEG)]
    dicom(folder, "c.dcm", JPEG)
    assert drop(editor, *paths, folder)
    wanted = ProposedContext(CT, (JPEG, EXPLICIT, DEFAULT_TRANSFER_SYNTAXES[0]))
    qtbot.waitUntil(lambda: editor.contexts() == (*THREE, wanted), timeout=WAIT_MS)
    assert line(editor).message == "1 context added for 3 DICOM files."
    assert editor.selected_rows() == [3]
    assert len(editor.told) == 1
    drop(editor, folder)
    qtbot.waitUntil(lambda: "1 more was there already" in line(editor).message, timeout=WAIT_MS)
    assert len(editor.told) == 1


def test_unreadable_files_are_listed_and_the_rest_goes_on(qtbot, supported, tmp_path):
    (tmp_path / "b.txt").write_text("no DICOM" * 100)
    (tmp_path / "c.dcm").touch()
    dicom(tmp_path, "a.dcm")
    drop(supported, tmp_path, tmp_path / "gone.dcm")
    qtbot.waitUntil(lambda: "3 files left out" in line(supported).message, timeout=WAIT_MS)
    assert supported.contexts()[1:] == (SupportedContext(CT, (EXPLICIT, DEFAULT_TRANSFER_SYNTAXES[0])),)
    qtbot.mouseClick(supported.findChild(QPushButton, "scp.contexts.message.details"), Qt.MouseButton.LeftButton)
    dialog = supported.findChild(QDialog, "scp.contexts.message.details_dialog")
    lines = dialog.findChild(QPlainTextEdit).toPlainText().splitlines()
    assert [text.partition(": ")[0].rpartition("/")[2] for text in lines] == ["b.txt", "c.dcm", "gone.dcm"]
    assert all(text.partition(": ")[2] for text in lines)
    dialog.reject()


# --- reserved bytes --------------------------------------------------------------------------------------------------


def reserved_column(editor):
    return editor.model.columns.index(Column.RESERVED)


def type_reserved(qtbot, editor, text):
    index = editor.model.index(0, reserved_column(editor))
    editor.table.setCurrentIndex(index)
    editor.table.edit(index)
    line = editor.table.findChild(QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.table.findChild(QLineEdit) is None)


def test_reserved_bytes_are_shown_when_asked_for_and_typed(qtbot, editor):
    table = editor.table
    assert table.isColumnHidden(reserved_column(editor))
    choose(editor, "reserved bytes")
    assert not table.isColumnHidden(reserved_column(editor))
    assert table.horizontalHeader().length() == table.viewport().width()
    type_reserved(qtbot, editor, "0x01 02:ff")
    assert editor.contexts()[0].reserved_6_8 == b"\1\2\xff"
    type_reserved(qtbot, editor, "no bytes")
    assert editor.contexts()[0].reserved_6_8 == b"\1\2\xff"
    choose(editor, "reserved bytes")
    assert table.isColumnHidden(reserved_column(editor))
    assert table.horizontalHeader().length() == table.viewport().width()


def test_reserved_bytes_that_are_not_zero_are_not_hidden(editor):
    editor.set_contexts((ProposedContext(CT), ProposedContext(MR, reserved_6_8=b"\0\0\1")))
    assert not editor.table.isColumnHidden(reserved_column(editor))
    assert editor.model.index(1, reserved_column(editor)).data() == "00 00 01"


def test_an_acceptor_has_none(supported):
    assert Column.RESERVED not in supported.model.columns
    assert not any("reserved" in a.text() and a.isVisible() for a in supported.commands.more.menu().actions())


def test_an_empty_folder_says_so(qtbot, editor, tmp_path):
    drop(editor, tmp_path)
    qtbot.waitUntil(lambda: "no files" in line(editor).message, timeout=WAIT_MS)
    assert editor.told == []


def test_reading_can_be_cancelled(qtbot, editor, tmp_path):
    for number in range(400):
        dicom(tmp_path, f"{number}.dcm")
    drop(editor, tmp_path)
    qtbot.mouseClick(editor.findChild(QPushButton, "scu.contexts.cancel"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Cancelled" in line(editor).message, timeout=WAIT_MS)
    assert editor.contexts() == THREE


def test_what_is_read_for_one_profile_is_not_added_to_the_next(qtbot, editor, tmp_path):
    for number in range(400):
        dicom(tmp_path, f"{number}.dcm")
    drop(editor, tmp_path)
    editor.set_contexts((ProposedContext(MR),))
    qtbot.waitUntil(lambda: not line(editor).is_busy, timeout=WAIT_MS)
    assert editor.contexts() == (ProposedContext(MR),)


@pytest.mark.parametrize(("words", "wants_folder"), [("DICOM files", False), ("from a folder", True)])
def test_the_file_dialogs_open_without_a_nested_loop(qtbot, editor, tmp_path, words, wants_folder):
    path = dicom(tmp_path, "a.dcm")
    choose(editor, words)
    dialog = editor.findChild(QFileDialog, "scu.contexts.files_dialog")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    if wants_folder:
        dialog.fileSelected.emit(str(tmp_path))
    else:
        dialog.filesSelected.emit([str(path)])
    qtbot.waitUntil(lambda: editor.model.rowCount() == 4, timeout=WAIT_MS)
    dialog.reject()


def test_other_drops_stay_the_tables_business(editor):
    data = QMimeData()
    data.setText(CT)
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(editor.table.viewport(), event)
    assert not event.isAccepted()
