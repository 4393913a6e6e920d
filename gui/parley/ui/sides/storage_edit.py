"""The editor of a `Storage`: what becomes of the objects that come in, where they go, and what is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QToolButton, QWidget

from parley.bridge.loop.job import Job
from parley.dimse.codes import CommandField, status_words
from parley.model.files.private import make_folder
from parley.model.files.settings_file import read_settings
from parley.model.storage import Duplicates, Storage, StorageMode, folder_trouble
from parley.model.system_errors import error_words
from parley.ui.kit import icons, style
from parley.ui.kit.fields import ComboBox, LineEdit, ToneLine, named
from parley.ui.kit.file_dialogs import ask_for_folder
from parley.ui.kit.pieces import ChoiceEdit
from parley.ui.kit.texts import Label

LOOK_AFTER_MS = 150
"""How long the typing of a folder pauses before the disk is asked about it."""

USUAL_STATUSES = (
    *(0x0000, 0xB000, 0xB006, 0xB007, 0xA700, 0xA900, 0xC000),
    *(0x0110, 0x0111, 0x0117, 0x0122, 0x0124, 0x0210, 0x0211, 0x0212),
)
"""PS3.4 Table B.2-1, then what PS3.7 Annex C has for a C-STORE."""

_TYPED_STATUS = re.compile(r"(?:0x)?([0-9a-f]{1,4})h?", re.IGNORECASE)
_MODES: list[tuple[str, object]] = [(mode.words[:1].upper() + mode.words[1:], mode) for mode in StorageMode]
_DUPLICATES: list[tuple[str, object]] = [(each.words[:1].upper() + each.words[1:], each) for each in Duplicates]


class StatusEdit(ComboBox):
    """A status: one of the usual ones, with its words, or any other as hexadecimal digits.

    Args:
        attribute: what it is of a `Storage`.
    """

    changed = Signal()

    def __init__(self, attribute: str = "status") -> None:
        super().__init__([(store_status_words(status), status) for status in USUAL_STATUSES])
        self._attribute = attribute
        self._status = 0
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # it would turn "A7" into the first status that begins so
        self.activated.connect(self._choose)
        line = self.lineEdit()
        assert line is not None
        line.textEdited.connect(self._edit)
        line.editingFinished.connect(self._spell_out)

    def value(self) -> int:
        """The status; while what is typed is none, the last one that was."""
        return self._status

    def set_value(self, value: object, unknown: str = "{}") -> None:  # noqa: ARG002
        assert isinstance(value, int)
        self._status = value
        self.setEditText(store_status_words(value))

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        if self._typed() is None:
            words = f"This is no status, so {self._status:04X}H would be answered."
            yield f".{self._attribute}", words, "Type up to four hexadecimal digits."

    @Slot(int)
    def _choose(self, row: int) -> None:
        self._status = self.itemData(row)
        self.changed.emit()

    @Slot()
    def _edit(self) -> None:
        typed = self._typed()
        self._status = self._status if typed is None else typed
        self.changed.emit()

    @Slot()
    def _spell_out(self) -> None:
        if self._typed() is not None:
            self.set_value(self._status)

    def _typed(self) -> int | None:
        text = self.currentText().strip()
        if text == store_status_words(self._status):
            return self._status
        found = _TYPED_STATUS.fullmatch(text)
        return int(found[1], 16) if found else None


class FolderEdit(QWidget):
    """The path of a folder, typed or chosen; a line beneath says why nothing could be saved there."""

    changed = Signal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.line = LineEdit()
        self._object_name = object_name
        tip = "Where objects are saved, each as its SOP instance UID with .dcm; made when listening begins"
        named(self.line, object_name, "Folder", tip)
        self.line.setPlaceholderText("none yet")
        browse = self._button("browse", "…", "Choose folder", "Choose a folder that exists")
        show = self._button("open", "", "Open folder", "Show the folder and what has been saved in it; made if need be")
        show.setIcon(icons.icon("folder"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line, 1)
        layout.addWidget(browse)
        layout.addWidget(show)
        self.setFocusProxy(self.line)
        self._trouble = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LOOK_AFTER_MS)
        self._pause.timeout.connect(self._look)
        self.line.textChanged.connect(self._look_soon)
        self.line.textEdited.connect(self.changed)
        browse.clicked.connect(self._ask)
        show.clicked.connect(self._open)

    def value(self) -> str:
        return self.line.text()

    def set_value(self, value: str) -> None:
        self.line.setText(value)

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        if self._trouble:
            yield ".folder", self._trouble, "Choose another folder."

    def _button(self, part: str, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(button, f"{self._object_name}.{part}", name, tip)
        return button

    # --- what the disk says ------------------------------------------------------------------------------------------

    @Slot()
    def _look_soon(self) -> None:
        self._pause.start()

    @Slot()
    def _look(self) -> None:
        folder = self.value()
        self._start(partial(_trouble_of, folder), partial(self._show_trouble, folder))

    def _show_trouble(self, folder: str, trouble: str) -> None:
        if folder == self.value() and trouble != self._trouble:
            self._trouble = trouble
            self.changed.emit()

    @Slot()
    def _open(self) -> None:
        if folder := self.value():
            self._start(partial(_make, folder), partial(self._show_folder, folder))

    def _show_folder(self, folder: str, trouble: str) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        if trouble:
            self._show_trouble(folder, trouble)
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

    def _start(self, work: partial[str], done: partial[None]) -> None:
        job = Job(work, self)
        job.succeeded.connect(done)
        job.finished.connect(job.deleteLater)
        job.start()

    # --- choosing ----------------------------------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        ask_for_folder(self, f"{self._object_name}.dialog", "Folder for objects that come in", self._take)

    def _take(self, paths: tuple[Path, ...]) -> None:
        self.line.setText(str(paths[0]))
        self.changed.emit()


class StorageEdit(QWidget):
    """All parts of a `Storage`; those that its mode does not use are hidden and kept.

    Attributes:
        classes_requested: the person wants every storage SOP class to be supported.
        grown: it shows more than before.
    """

    changed = Signal()
    grown = Signal()
    classes_requested = Signal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self._lacks_classes = False
        self._mode = ChoiceEdit(_MODES)
        named(self._mode, f"{object_name}.mode", "What to do", "Objects are taken on storage contexts only")
        self._folder = FolderEdit(f"{object_name}.folder")
        self._status = StatusEdit()
        tip = "Answered to each object that was taken; choose one or type up to four hexadecimal digits"
        named(self._status, f"{object_name}.status", "Answer with status", tip)
        self._duplicates = ChoiceEdit(_DUPLICATES)
        tip = "What becomes of an object whose SOP instance is in the folder already; the log says it in any case"
        named(self._duplicates, f"{object_name}.duplicates", "The same instance again", tip)
        self._duplicate_status = StatusEdit("duplicate_status")
        tip = "Answered to an object that is refused because it is there already"
        named(self._duplicate_status, f"{object_name}.duplicate_status", "Refuse it with status", tip)
        self._status_line = ToneLine()
        self._status_line.setObjectName(f"{object_name}.status.line")
        self._classes = QPushButton(icons.icon("add"), "Add all storage SOP classes")
        tip = "Support every registered storage SOP class, in every transfer syntax; can be undone"
        named(self._classes, f"{object_name}.classes", "Add all storage SOP classes", tip)
        self._classes.clicked.connect(self.classes_requested)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.SPACING)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._add(0, "What to do", self._mode)
        self._mode.changed.connect(self.grown)
        self._of_folder = self._add(1, "Folder", self._folder)
        self._of_status = self._add(2, "Answer", self._status)
        self._of_duplicates = self._add(3, "If it is there already", self._duplicates)
        self._of_duplicate_status = self._add(4, "Refuse with", self._duplicate_status)
        self._duplicates.changed.connect(self.grown)
        # Beneath the button: a line that comes and goes must not move what the mouse is over.
        self._grid.addWidget(self._classes, 5, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self._status_line, 6, 1)
        self.setFocusProxy(self._mode)
        self._adapt()

    def value(self) -> Storage:
        mode = self._mode.value()
        assert isinstance(mode, StorageMode)
        duplicates = self._duplicates.value()
        assert isinstance(duplicates, Duplicates)
        return Storage(mode, self._folder.value(), self._status.value(), duplicates, self._duplicate_status.value())

    def set_value(self, value: Storage) -> None:
        self._mode.set_value(value.mode)
        self._folder.set_value(value.folder)
        self._status.set_value(value.status)
        self._duplicates.set_value(value.duplicates)
        self._duplicate_status.set_value(value.duplicate_status)
        self._adapt()

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        mode = self._mode.value()
        if mode is StorageMode.RECEIVE:
            yield from self._folder.typed_problems()
        if mode is not StorageMode.REFUSE:
            yield from self._status.typed_problems()
        if self._refuses(self.value()):
            yield from self._duplicate_status.typed_problems()

    def show_lack_of_classes(self, lacks: bool) -> None:
        """Whether no context for storage is supported."""
        self._lacks_classes = lacks
        self._adapt()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _add(self, row: int, words: str, editor: ChoiceEdit | FolderEdit | StatusEdit) -> list[QWidget]:
        label = Label(words)
        label.setBuddy(editor)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1)
        editor.changed.connect(self._edited)
        return [label, editor]

    @staticmethod
    def _refuses(storage: Storage) -> bool:
        return storage.mode is StorageMode.RECEIVE and storage.duplicates is Duplicates.REFUSE

    @Slot()
    def _edited(self) -> None:
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        """Show what the mode uses; a failure that is answered does not keep an object from being saved."""
        storage = self.value()
        takes, saves = storage.mode is not StorageMode.REFUSE, storage.mode is StorageMode.RECEIVE
        for widgets, is_used in (
            (self._of_folder, saves),
            (self._of_status, takes),
            (self._of_duplicates, saves),
            (self._of_duplicate_status, self._refuses(storage)),
        ):
            for widget in widgets:
                widget.setVisible(is_used)
        self._classes.setVisible(takes and self._lacks_classes)
        if saves and storage.status:
            words = f"Objects are saved all the same; whatever becomes of them, {storage.status:04X}H is answered."
            self._status_line.show_line(style.Tone.NOTE, words)
        else:
            self._status_line.hide()


def store_status_words(status: int) -> str:
    """A status of a C-STORE as it is shown, its number first: ``A700H refused: out of resources``."""
    words = status_words(status, CommandField.C_STORE_RSP).removesuffix(f" ({status:04X}H)")
    return f"{status:04X}H {words}"


def _trouble_of(folder: str, _job: Job) -> str:
    return folder_trouble(folder) if folder.strip() else ""


def _make(folder: str, _job: Job) -> str:
    try:
        make_folder(Path(folder), for_group=read_settings()[0].group_access)
    except OSError as error:
        return f"The folder cannot be made: {error_words(error)}."
    return ""
