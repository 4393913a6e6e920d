"""What becomes of objects that come in, by clicks and keys."""

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.handle import AcceptorHandle, SupportedContext
from parley.model.profile import AcceptorSide
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.model.storage_contexts import is_for_storage
from parley.ui.kit.fields import ToneLine
from parley.ui.kit.fold import ElidedLabel
from parley.ui.sides.scp_panel import ScpPanel
from tests.harness.dicom import CT
from tests.ui.windows import lay_out, type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def panel(qtbot):
    made = ScpPanel(AssociationModel(), HeldModel())
    made.told = []
    made.changed.connect(lambda: made.told.append(made.side().storage))
    qtbot.addWidget(made)
    made.resize(560, 1000)
    made.show()
    qtbot.waitExposed(made)
    qtbot.mouseClick(made.findChild(QToolButton, "scp.storage"), Qt.MouseButton.LeftButton)
    return made


def find(panel, kind, name):
    return panel.findChild(kind, f"scp.storage.{name}")


def choose(qtbot, panel, name, words):
    box = find(panel, QComboBox, name)
    row = next(row for row in range(box.count()) if words in box.itemText(row))
    box.setCurrentIndex(row)
    box.activated.emit(row)


def storage(panel):
    return panel.side().storage


def problems(panel):
    return {problem.field: problem.text for problem in panel.problems() if problem.field.startswith("storage")}


def shown(panel, *names):
    return [name for name in names if find(panel, QWidget, name).isVisible()]


def test_each_mode_shows_what_it_uses(qtbot, panel):
    parts = "folder", "status", "classes"
    assert (storage(panel), shown(panel, *parts)) == (Storage(), [])
    choose(qtbot, panel, "mode", "forget")
    assert (storage(panel).mode, shown(panel, *parts)) == (StorageMode.DISCARD, ["status", "classes"])
    choose(qtbot, panel, "mode", "folder")
    assert (storage(panel).mode, shown(panel, *parts)) == (StorageMode.RECEIVE, list(parts))
    assert len(panel.told) == 2


def test_an_empty_folder_is_an_error_beside_the_field(qtbot, panel):
    choose(qtbot, panel, "mode", "folder")
    panel.check()
    assert "No folder is given" in problems(panel)["storage.folder"]
    assert panel.has_errors()


def test_a_folder_that_cannot_be_used_is_an_error_once_the_disk_has_said_so(qtbot, panel, tmp_path):
    (tmp_path / "file").write_text("")
    choose(qtbot, panel, "mode", "folder")
    edit = find(panel, QLineEdit, "folder")
    edit.setFocus()
    qtbot.keyClicks(edit, str(tmp_path / "file"))
    qtbot.waitUntil(lambda: "is a file, not a folder" in problems(panel).get("storage.folder", ""))
    edit.selectAll()
    qtbot.keyClicks(edit, str(tmp_path / "new"))
    qtbot.waitUntil(lambda: "storage.folder" not in problems(panel))
    assert storage(panel) == Storage(StorageMode.RECEIVE, str(tmp_path / "new"))


def test_a_folder_is_chosen_in_a_dialog(qtbot, panel, tmp_path):
    choose(qtbot, panel, "mode", "folder")
    qtbot.mouseClick(find(panel, QToolButton, "folder.browse"), Qt.MouseButton.LeftButton)
    dialog = find(panel, QFileDialog, "folder.dialog")
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert storage(panel).folder == str(tmp_path)
    assert panel.told[-1] == storage(panel)
    qtbot.waitUntil(lambda: not panel.findChildren(QFileDialog))


class Desktop(QObject):
    """What the system would be asked to show."""

    asked = Signal(str)

    @Slot("QUrl")
    def show(self, url):
        self.asked.emit(url.toLocalFile())


def test_the_folder_is_made_and_shown(qtbot, panel, tmp_path):
    choose(qtbot, panel, "mode", "folder")
    find(panel, QLineEdit, "folder").setText(str(tmp_path / "in"))
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "show")
    try:
        with qtbot.waitSignal(desktop.asked) as heard:
            qtbot.mouseClick(find(panel, QToolButton, "folder.open"), Qt.MouseButton.LeftButton)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert heard.args == [str(tmp_path / "in")]
    assert (tmp_path / "in").is_dir()


def test_a_usual_status_is_chosen_by_its_words(qtbot, panel):
    choose(qtbot, panel, "mode", "forget")
    choose(qtbot, panel, "status", "out of resources")
    assert storage(panel).status == 0xA700
    assert find(panel, QComboBox, "status").currentText() == "A700H refused: out of resources"


@pytest.mark.parametrize(("typed", "status"), [("c123", 0xC123), ("0xB007", 0xB007), ("110H", 0x110), (" 0 ", 0)])
def test_any_status_is_typed_in_hexadecimal_and_spelled_out(qtbot, panel, typed, status):
    choose(qtbot, panel, "mode", "forget")
    line = find(panel, QComboBox, "status").lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, typed)
    assert storage(panel).status == status
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text().startswith(f"{status:04X}H ")
    panel.check()
    assert "storage.status" not in problems(panel)


def test_what_is_no_status_keeps_the_last_one_and_says_so(qtbot, panel):
    choose(qtbot, panel, "mode", "forget")
    choose(qtbot, panel, "status", "B007H")
    line = find(panel, QComboBox, "status").lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "12345")
    panel.check()
    assert storage(panel).status == 0x1234
    assert problems(panel)["storage.status"] == "This is no status, so 1234H would be answered."


def test_a_failure_is_answered_although_the_object_is_saved(qtbot, panel):
    choose(qtbot, panel, "mode", "folder")
    choose(qtbot, panel, "status", "A700H")
    line = find(panel, ToneLine, "status.line")
    assert line.isVisible()
    assert "saved all the same" in line.text()
    choose(qtbot, panel, "mode", "forget")
    assert not line.isVisible()


def test_one_click_supports_every_storage_class(qtbot, panel):
    choose(qtbot, panel, "mode", "forget")
    panel.check()
    assert any("No storage SOP class" in problem.text for problem in panel.problems() if problem.field == "contexts")
    before = panel.side().handle.contexts
    qtbot.mouseClick(find(panel, QPushButton, "classes"), Qt.MouseButton.LeftButton)
    after = panel.side().handle.contexts
    assert after[: len(before)] == before
    assert sum(is_for_storage(context.abstract_syntax) for context in after) > 100
    assert not any("No storage SOP class" in problem.text for problem in panel.problems())
    assert not find(panel, QPushButton, "classes").isVisible()
    assert len(panel.told) == 2


@pytest.mark.parametrize("height", [520, 1000, 1400])
def test_what_is_said_of_the_folder_and_the_status_moves_no_button(qtbot, panel, height):
    panel.resize(560, height)
    choose(qtbot, panel, "mode", "folder")
    panel.check()
    button, warning = find(panel, QPushButton, "classes"), find(panel, ToneLine, "problem")
    assert warning.isVisible()
    lay_out()
    bar = panel._scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    before = button.mapTo(panel, QPoint())
    qtbot.keyClicks(find(panel, QLineEdit, "folder"), "/somewhere")
    panel.check()
    assert not warning.isVisible()
    lay_out()
    assert button.mapTo(panel, QPoint()) == before


def test_refusing_what_is_supported_is_a_problem_of_the_section(qtbot, panel):
    assert problems(panel) == {}
    panel.set_side(AcceptorSide(handle=AcceptorHandle(contexts=(SupportedContext(CT),))))
    panel.check()
    assert "every object is refused with 0122H" in problems(panel)["storage.mode"]
    choose(qtbot, panel, "mode", "forget")
    panel.check()
    assert problems(panel) == {}


def test_another_draft_is_shown_and_nobody_is_told(qtbot, panel, tmp_path):
    side = AcceptorSide(storage=Storage(StorageMode.RECEIVE, str(tmp_path), 0xC123))
    panel.set_side(side)
    assert panel.side() == side
    assert panel.told == []
    assert shown(panel, "folder", "status") == ["folder", "status"]
    assert find(panel, QComboBox, "status").currentText() == "C123H failure: cannot understand"


def test_the_folded_section_says_what_it_holds(qtbot, panel):
    panel.set_side(AcceptorSide(storage=Storage(StorageMode.RECEIVE, "/in", 0xA700)))
    section = panel.findChild(QToolButton, "scp.storage").parentWidget()
    assert section.findChild(ElidedLabel).text() == "saved to /in, answered A700H"
    panel.set_side(AcceptorSide())
    assert section.findChild(ElidedLabel).text() == "refused (0122H)"


def test_what_becomes_of_the_same_instance_again(qtbot, panel):
    parts = "duplicates", "duplicate_status"
    choose(qtbot, panel, "mode", "forget")
    assert shown(panel, *parts) == []
    choose(qtbot, panel, "mode", "folder")
    assert shown(panel, *parts) == ["duplicates"]
    choose(qtbot, panel, "duplicates", "Replace")
    assert (storage(panel).duplicates, shown(panel, *parts)) == (Duplicates.REPLACE, ["duplicates"])
    choose(qtbot, panel, "duplicates", "refuse the new one")
    assert (storage(panel).duplicates, shown(panel, *parts)) == (Duplicates.REFUSE, list(parts))
    choose(qtbot, panel, "duplicate_status", "A900H")
    assert storage(panel).duplicate_status == 0xA900
    panel.set_side(AcceptorSide(storage=Storage(StorageMode.RECEIVE, "/in", 0, Duplicates.REFUSE, 0)))
    panel.check()
    assert "is success" in problems(panel)["storage.duplicate_status"]
    section = panel.findChild(QToolButton, "scp.storage").parentWidget()
    assert section.findChild(ElidedLabel).text() == "saved to /in, duplicates refused"


def test_an_edit_is_undone(qtbot, stage):
    stage.book.start("")
    qtbot.mouseClick(stage.find(QToolButton, "scp.storage"), Qt.MouseButton.LeftButton)
    before = stage.window.scp.side()
    choose(qtbot, stage.window.scp, "mode", "folder")
    type_into(qtbot, stage, "scp.storage.folder", "/somewhere")
    assert stage.book.draft.scp.storage == Storage(StorageMode.RECEIVE, "/somewhere")
    stage.book.undo()
    stage.book.undo()
    assert stage.window.scp.side() == before
    assert stage.find(QLabel, "scp.state").text() == "Not listening"
