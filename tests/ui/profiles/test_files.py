"""Profiles into the window and out of it: by menu, key and drop; what is said of it; and that nothing is lost."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton

from parley.exchange.files import SUFFIXES as WRITABLE
from parley.exchange.files import read_file
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from parley.ui.profiles.files import SUFFIXES
from tests.ui.profiles.test_pane import rows
from tests.ui.windows import type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PACS = Profile("PACS", RequestorSide("10.0.0.5", 104, RequestorHandle(called_ae_title="PACS")))
CSV = "AE title,host,port,name\nPACS,10.0.0.5,104,Main\nCT1,10.0.0.6,104,CT\nBAD,10.0.0.7,99999,Bad\n"
WAIT_MS = 30_000


@pytest.fixture
def files(stage):
    return stage.window.profile_files


@pytest.fixture
def peers(tmp_path):
    path = tmp_path / "peers.csv"
    path.write_text(CSV)
    return path


def said(qtbot, files):
    """What is said in the end; by then the list is up to date."""
    qtbot.waitUntil(lambda: not files.line.is_busy and not files._book.is_listing, timeout=WAIT_MS)
    return files.line.message


def details(qtbot, stage):
    """The lines behind the button."""
    qtbot.mouseClick(stage.find(QPushButton, "profiles.files.message.details"), Qt.MouseButton.LeftButton)
    dialog = stage.find(QDialog, "profiles.files.message.details_dialog")
    assert dialog.isVisible()
    lines = dialog.findChild(QPlainTextEdit).toPlainText().splitlines()
    dialog.close()
    return lines


def names(stage):
    return rows(stage.window.profiles)


def dialog_of(stage, name):
    dialog = stage.find(QFileDialog, name)
    assert dialog.isVisible()
    return dialog


def drop(widget, *paths):
    """Let files be dropped on a widget, or what lies beneath it; returns whether anything wanted them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    while widget is not None:
        enter = QDragEnterEvent(QPoint(5, 5), action, data, button, none)
        enter.setAccepted(False)
        if widget.acceptDrops():
            QApplication.sendEvent(widget, enter)
        if enter.isAccepted():
            QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), action, data, button, none, QEvent.Type.Drop))
            return True
        widget = None if widget.isWindow() else widget.parentWidget()
    return False


def save_as(dialog, folder, name, name_filter=""):
    """Type a name into a dialog and accept it, as a person would."""
    if name_filter:
        found = next(each for each in dialog.nameFilters() if name_filter in each)
        dialog.selectNameFilter(found)
        dialog.filterSelected.emit(found)
    dialog.setDirectory(str(folder))
    dialog.findChild(QLineEdit).setText(name)
    dialog.accept()


# --- in --------------------------------------------------------------------------------------------------------------


def test_the_key_asks_for_files_and_the_first_of_their_profiles_is_open_then(qtbot, stage, files, peers, tmp_path):
    other = tmp_path / "other.json"
    other.write_text('{"DicomModalities": {"store": ["STORE", "10.0.0.9", 4242]}}')
    qtbot.keyClick(stage.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(stage, "profiles.import_dialog")
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    assert all(f"*{suffix}" in dialog.nameFilters()[0] for suffix in SUFFIXES)
    assert dialog.nameFilters()[1] == "All files (*)"
    dialog.filesSelected.emit([str(peers), str(other)])
    dialog.reject()
    assert said(qtbot, files) == "Imported “Main” and 2 more; 1 thing left out."
    assert names(stage) == ["Loopback", "CT", "Main", "store"]
    assert stage.window.profiles.list.currentIndex().data() == "Main"
    assert stage.book.draft.name == "Main"
    assert stage.find(QLineEdit, "scu.host").text() == "10.0.0.5"
    assert details(qtbot, stage) == [
        "Imported:",
        "peers.csv: Main  (Main.toml)",
        "peers.csv: CT  (CT.toml)",
        "other.json: store  (store.toml)",
        "",
        "Left out:",
        "peers.csv: line 4: “99999” is no port from 1 to 65535",
    ]


def test_a_name_that_is_taken_is_told(qtbot, stage, files, tmp_path):
    stage.store.create(Profile("PACS"))
    stage.book.refresh()
    path = tmp_path / "x.csv"
    path.write_text("PACS,10.0.0.5,104,PACS\n")
    files.import_files((path,))
    assert said(qtbot, files) == "Imported “PACS 2”, as there is a “PACS” already."
    assert names(stage) == ["Loopback", "PACS", "PACS 2"]


def test_where_nothing_can_be_read_the_reason_is_said_and_nothing_else_happens(qtbot, stage, files, tmp_path):
    stage.book.create()
    files.import_files((tmp_path / "none.csv",))
    assert said(qtbot, files).startswith("Nothing was imported: none.csv: it cannot be read: no such file")
    files.import_files((tmp_path, tmp_path / "none.csv"))
    assert said(qtbot, files) == "Nothing was imported: 2 problems."
    assert details(qtbot, stage)[0].endswith(": it is not a file")
    assert stage.book.draft.name == "New profile"


def test_unsaved_changes_are_asked_about_before_the_first_is_opened(qtbot, stage, files, peers):
    stage.book.create()
    type_into(qtbot, stage, "scu.host", "mine")
    files.import_files((peers,))
    assert said(qtbot, files).startswith("Imported “Main” and 1 more")
    box = stage.find(QMessageBox, "profiles.unsaved_question")
    qtbot.mouseClick(box.button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert names(stage) == ["Loopback", "CT", "Main", "* New profile"]
    assert (stage.book.draft.name, stage.book.draft.scu.host) == ("New profile", "mine")


def test_an_imported_profile_can_be_deleted_as_any(qtbot, stage, files, peers):
    files.import_files((peers,))
    said(qtbot, files)
    stage.window.profiles.delete_action.trigger()
    button = stage.find(QPushButton, "profiles.delete_question.delete")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert names(stage) == ["Loopback", "CT"]


def test_cancelling_leaves_nothing_behind(qtbot, stage, files, tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("".join(f"CT{number},10.0.0.6,104\n" for number in range(500)))
    files.import_files((path,))
    cancel = stage.find(QPushButton, "profiles.files.cancel")
    assert cancel.isVisible()
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert said(qtbot, files) == "Cancelled; nothing was left behind."
    assert names(stage) == ["Loopback"]
    assert list(stage.store.folder.rglob("*.toml")) == []


@pytest.mark.parametrize("name", ["peers.csv", "without a suffix"])
def test_files_dropped_on_the_list_are_imported_whatever_they_are_called(qtbot, stage, files, peers, name):
    path = peers.rename(peers.with_name(name))
    assert drop(stage.window.profiles.list.viewport(), path)
    assert said(qtbot, files).startswith("Imported “Main” and 1 more")


@pytest.mark.parametrize("target", ["details", "log_view"])
def test_files_dropped_anywhere_are_imported_if_they_look_like_profiles(qtbot, stage, files, peers, target):
    widget = getattr(stage.window, target)
    assert not drop(widget, peers.with_name("image.dcm"))
    assert drop(widget, peers.with_name("image.dcm"), peers)
    assert said(qtbot, files) == "Imported “Main” and 1 more; 2 things left out."


def test_whatever_can_be_exported_looks_like_profiles():
    assert set(SUFFIXES) == set(WRITABLE)


def test_a_name_too_long_for_the_pane_does_not_widen_it(qtbot, stage, files, tmp_path):
    before = stage.window.profiles.minimumSizeHint().width()
    path = tmp_path / f"{'x' * 120}.csv"
    path.write_text("?")
    files.import_files((path,))
    assert "xxx" in said(qtbot, files)
    assert stage.window.profiles.minimumSizeHint().width() <= max(before, 190)


def test_what_is_changed_while_profiles_are_imported_is_listed_too(qtbot, stage, files, peers):
    stage.book.create()
    files.import_files((peers,))
    stage.book.rename("New profile.toml", "Renamed")
    said(qtbot, files)
    assert names(stage) == ["Loopback", "CT", "Main", "Renamed"]


# --- out -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(stage):
    key = stage.store.create(PACS)
    stage.store.create(Profile("CT"), "Site A")
    stage.book.refresh()
    stage.book.open(key)
    return key


def test_the_open_profile_goes_out_as_it_is_on_the_screen(qtbot, stage, files, saved, tmp_path):
    type_into(qtbot, stage, "scu.port", "4242")
    files.export_action.trigger()
    dialog = dialog_of(stage, "profiles.export_dialog")
    assert dialog.windowTitle() == "Export “PACS” as it is on the screen, without secrets"
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    save_as(dialog, tmp_path, dialog.findChild(QLineEdit).text())
    assert said(qtbot, files) == "Exported “PACS” as it is on the screen, without secrets, to PACS.toml."
    assert read_file(tmp_path / "PACS.toml").profiles == (stage.book.draft,)
    assert stage.store.load(saved).scu.port == 104
    assert stage.book.is_dirty


@pytest.mark.parametrize(
    ("name", "name_filter", "written", "only"),
    [
        ("out", "zipped", "out.zip", ""),
        ("out", "Orthanc", "out.json", ": AE titles, host and port only"),
        ("out", "CSV", "out.csv", ": AE titles, host and port only"),
        ("out", "asconfig", "out.cfg", ": contexts, roles and extended negotiation only"),
        ("out.csv", "zipped", "out.csv", ": AE titles, host and port only"),
        ("out.txt", "CSV", "out.txt", ": AE titles, host and port only"),
    ],
)
def test_the_name_or_else_the_filter_says_the_format(
    qtbot, stage, files, saved, tmp_path, name, name_filter, written, only
):
    files.export_action.trigger()
    save_as(dialog_of(stage, "profiles.export_dialog"), tmp_path, name, name_filter)
    message = f"Exported “PACS” as it is on the screen, without secrets, to {written}{only}."
    assert said(qtbot, files) == message
    back = read_file(tmp_path / written).profiles[0]
    assert back.scu.handle.contexts == PACS.scu.handle.contexts


def test_all_saved_profiles_go_into_one_file(qtbot, stage, files, saved, tmp_path):
    type_into(qtbot, stage, "scu.port", "4242")
    files.export_all_action.trigger()
    dialog = dialog_of(stage, "profiles.export_dialog")
    assert dialog.windowTitle() == "Export all profiles as they are saved, without secrets"
    assert not any("toml" in each for each in dialog.nameFilters())
    save_as(dialog, tmp_path, "all")
    assert said(qtbot, files) == (
        "Exported 2 saved profiles (not the unsaved changes to “PACS”), without secrets, to all.zip."
    )
    assert sorted(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == ["PACS.toml", "Site A/CT.toml"]
    assert read_file(tmp_path / "all.zip").profiles[0] == PACS


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
def test_a_file_that_is_there_is_replaced_only_after_a_yes(qtbot, stage, files, saved, tmp_path, answer):
    path = tmp_path / "mine.csv"
    path.write_text("before")
    files.export_action.trigger()
    dialog = dialog_of(stage, "profiles.export_dialog")
    asked = []

    def say():
        box = QApplication.activeModalWidget()
        asked.append(box.text())
        box.button(answer).click()

    QTimer.singleShot(0, say)
    save_as(dialog, tmp_path, "mine", "CSV")
    assert len(asked) == 1
    assert "mine.csv already exists" in asked[0]
    said(qtbot, files)
    assert (path.read_text() == "before") is (answer is QMessageBox.StandardButton.No)


def test_secrets_stay_here(qtbot, stage, files, tmp_path):
    identity = UserIdentity(2, Secret(b"jo"), Secret(b"sesame"))
    handle = replace(PACS.scu.handle, user_identity=identity)
    stage.book.create_like(replace(PACS, scu=replace(PACS.scu, handle=handle)))
    stage.window.scu.set_side(replace(PACS.scu, handle=handle))
    stage.window.scu.changed.emit()
    assert b"sesame" in stage.book.draft.scu.handle.user_identity.secondary.data
    files.export_action.trigger()
    save_as(dialog_of(stage, "profiles.export_dialog"), tmp_path, "x.toml")
    said(qtbot, files)
    assert b"sesame" not in (tmp_path / "x.toml").read_bytes()


def test_what_a_format_cannot_hold_is_listed(qtbot, stage, files, tmp_path):
    stage.book.create()
    stage.window.scu.set_side(RequestorSide(handle=RequestorHandle(contexts=())))
    stage.window.scu.changed.emit()
    files.export_action.trigger()
    save_as(dialog_of(stage, "profiles.export_dialog"), tmp_path, "x.cfg")
    assert said(qtbot, files).endswith("; 1 thing could not be said there.")
    assert "no presentation context" in details(qtbot, stage)[0]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x.csv", "there is no saved profile that could be exported"), ("none/x.csv", "no such file or directory")],
)
def test_why_nothing_was_written(qtbot, stage, files, tmp_path, name, reason):
    if reason.startswith("no such"):
        stage.store.create(PACS)
    files._export_all(tmp_path / name, ".csv")
    assert said(qtbot, files) == f"{Path(name).name} was not written: {reason}."
