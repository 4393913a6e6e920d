"""The window for sending files: which ones, how far it is, what became of each. It decides nothing and emits wishes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from parley.bridge.reading import read_files
from parley.bridge.sending.model import FileState, SendingModel
from parley.bridge.sending.sender import Sender
from parley.model.dicom_files import DicomFile, UnreadableFile
from parley.model.system_errors import error_words
from parley.ui.kit import icons, style
from parley.ui.kit.fields import ToneLine, named
from parley.ui.kit.file_dialogs import ask_for_files, ask_for_folder
from parley.ui.kit.job_line import JobLine, Said
from parley.ui.kit.long_words import shorten_words
from parley.ui.kit.texts import Label, set_tip, set_title, without_shortcut
from parley.ui.kit.verdict import VerdictView
from parley.ui.sending.table import SendTable, tone_of

_ICONS = {"files": "add", "folder": "folder", "remove": "remove", "clear": "clear"}


class SendWindow(QDialog):
    """A list of files and the buttons to send them; it stays beside the main window, and may be closed meanwhile.

    Attributes:
        send_requested: the rows that the person wants to be sent.
        stop_requested: the person wants what is under way to end.
        looked_at: the list was changed, or the window has come to the front: what it says may be old.
        table: the list.
    """

    send_requested = Signal(object)
    stop_requested = Signal()
    looked_at = Signal()

    def __init__(self, model: SendingModel, sender: Sender, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("send")
        self.resize(980, 460)
        self._model = model
        self._sender = sender
        self.table = SendTable(model)
        self._verdict = VerdictView()
        named(self._verdict, "send.verdict", "The selected file", "How the selected file stands, and what to do")
        self._line = JobLine("send.files")
        self._plan = ToneLine()
        self._plan.setObjectName("send.plan")
        self._summary = Label()
        named(self._summary, "send.summary", "Summary", "How the files on the list stand")
        # It changes many times a second: no room is made for its words, lest the window be laid out anew each time.
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._progress = QProgressBar()
        named(self._progress, "send.progress", "Progress", "How many of the bytes have been sent")
        self._progress.setRange(0, 1000)
        self._progress.setFormat("%p %")
        self._make_buttons()
        self._lay_out()
        self._connect()
        self.show_plan("Send", False)
        self._follow()

    def _make_buttons(self) -> None:
        self._files = self._button("files", "Add &files…", "Add DICOM files; they can be dropped on the list too")
        self._folder = self._button("folder", "Add f&older…", "Add every file in a folder and below")
        self._remove = self._button("remove", "&Remove", "Take the selected files off the list (Del)")
        self._clear = self._button("clear", "&Clear", "Take every file off the list")
        self._send = self._button("send", "&Send", "Send the files that wait (Ctrl+Return)", icon="send")
        self._send.setShortcut("Ctrl+Return")
        self._send.setDefault(True)
        self._retry = self._button("retry", "Re&try failed", "Send those that failed once more", icon="redo")
        self._stop = self._button("stop", "", "", icon="stop")
        self._close = self._button("close", "Close", "Close this window; what is under way goes on (Esc)")

    def _button(self, part: str, text: str, tip: str, icon: str = "") -> QPushButton:
        button = QPushButton(text)
        if icon or part in _ICONS:
            button.setIcon(icons.icon(icon or _ICONS[part]))
            button.setIconSize(style.ICON_SIZE)
        button.setAutoDefault(False)
        named(button, f"send.{part}", text.replace("&", "").rstrip("…"), tip)
        return button

    def _lay_out(self) -> None:
        above, progress, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (above, progress, below):
            row.setSpacing(style.SPACING)
        for button in (self._files, self._folder):
            above.addWidget(button)
        above.addStretch(1)
        for button in (self._remove, self._clear):
            above.addWidget(button)
        progress.addWidget(self._summary, 2)
        progress.addWidget(self._progress, 1)
        for button in (self._send, self._stop, self._retry):
            below.addWidget(button)
        below.addStretch(1)
        below.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.SPACING)
        layout.addLayout(above)
        layout.addWidget(self._line)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._verdict)
        layout.addLayout(progress)
        layout.addWidget(self._plan)
        layout.addLayout(below)

    def _connect(self) -> None:
        model, table = self._model, self.table
        self._files.clicked.connect(self.ask_for_files)
        self._folder.clicked.connect(self._ask_for_folder)
        self._remove.clicked.connect(table.remove_selected)
        self._clear.clicked.connect(model.clear)
        self._send.clicked.connect(self._send_waiting)
        self._retry.clicked.connect(self._send_failed)
        self._stop.clicked.connect(self.stop_requested)
        self._close.clicked.connect(self.close)
        table.dropped.connect(self.add)
        table.again_requested.connect(self._send_selected)
        table.selectionModel().selectionChanged.connect(self._show_selected)
        self._sender.changed.connect(self._follow)
        self._sender.progressed.connect(self._show_progress)
        for change in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            change.connect(self._follow)
            change.connect(self.looked_at)
        for change in (model.rowsRemoved, model.modelReset, model.dataChanged):
            change.connect(self._show_selected)

    # --- the list ----------------------------------------------------------------------------------------------------

    @Slot()
    def ask_for_files(self) -> None:
        """Ask for files to add."""
        ask_for_files(self, "send.files_dialog", "Send DICOM files", self.add)

    @Slot()
    def _ask_for_folder(self) -> None:
        ask_for_folder(self, "send.files_dialog", "Send every DICOM file in a folder", self.add)

    @Slot(object)
    def add(self, paths: tuple[Path, ...]) -> None:
        """Add these files, and those in these folders, once it has been read what they hold."""
        self._line.run(partial(read_files, paths), "Reading DICOM files …", self._added, _said_of_failure)

    def _added(self, found: tuple[Sequence[DicomFile], Sequence[UnreadableFile]]) -> Said:
        files, unreadable = found
        added = self._model.add([*files, *unreadable])
        known = len(files) + len(unreadable) - added
        if not files and not unreadable:
            return style.Tone.NOTE, "There are no files in it."
        return (style.Tone.NOTE, f"{_counted(known)} on the list already.") if known else None

    # --- wishes ------------------------------------------------------------------------------------------------------

    @Slot()
    def _send_waiting(self) -> None:
        self.send_requested.emit(self._model.rows_in(FileState.WAITING, FileState.UNFIT))

    @Slot()
    def _send_failed(self) -> None:
        self._send_again(self._model.rows_in(FileState.FAILED))

    @Slot()
    def _send_selected(self) -> None:
        self._send_again(self.table.selected_rows())

    def _send_again(self, rows: list[int]) -> None:
        rows = [row for row in rows if self._model.state(row) is not FileState.UNREADABLE]
        if rows and not self._sender.is_running:
            self._model.wait_again(rows)
            self.send_requested.emit(rows)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_plan(self, button: str, can_send: bool, tone: style.Tone = style.Tone.NOTE, text: str = "") -> None:
        """What the button would do, whether it can, and what there is to know of it."""
        self._send.setText(button)
        self._send.setAccessibleName(button.replace("&", ""))
        self._send.setEnabled(can_send)
        self._plan.show_line(tone, text) if text else self._plan.hide()

    def show_stop(self, text: str, tip: str = "") -> None:
        """How what is under way can be ended; no text when nothing is."""
        self._send.setVisible(not text)
        self._stop.setVisible(bool(text))
        self._stop.setText(text)
        self._stop.setAccessibleName(text)
        set_tip(self._stop, tip)

    def show_first_failure(self) -> None:
        """Select the first file that failed, unless the person has selected something."""
        failed = self._model.rows_in(FileState.FAILED)
        if failed and not self.table.selected_rows():
            self.table.selectRow(failed[0])

    @Slot()
    def _show_progress(self) -> None:
        summary = self._sender.summary()
        self._summary.setText(shorten_words(summary.words) if summary.total else "")
        self._progress.setValue(round(summary.share * 1000))

    @Slot()
    def _follow(self) -> None:
        self._show_progress()
        summary, counts, is_running = self._sender.summary(), self._model.counts, self._sender.is_running
        self._progress.setVisible(is_running)
        target = summary.recipient.target if summary.recipient is not None else None
        peer = without_shortcut(shorten_words(str(target))) if target is not None else ""
        set_title(self, shorten_words(f"Send files to {target}") if target is not None else "Send files")
        self.table.again_action.setText(f"Send to {peer}" if peer else "Send again")
        self._retry.setText(f"Re&try {summary.failed} failed at {peer}" if summary.failed else "Re&try failed")
        self._retry.setAccessibleName(self._retry.text().replace("&", ""))
        self._retry.setEnabled(bool(summary.failed) and not is_running)
        self._clear.setEnabled(bool(counts.total()) and not is_running)
        self._enable()

    @Slot()
    def _show_selected(self) -> None:
        rows = self.table.selected_rows()
        self._enable()
        if len(rows) != 1:
            self._verdict.fall_silent()
            return
        verdict, state = self._model.verdict(rows[0]), self._model.state(rows[0])
        tone = tone_of(state) or style.Tone.NOTE
        self._verdict.say(tone, self._model.heading(rows[0]), verdict.cause, verdict.remedy, verdict.code)

    def _enable(self) -> None:
        can_change = bool(self.table.selected_rows()) and not self._sender.is_running
        for thing in (self._remove, self.table.remove_action, self.table.again_action):
            thing.setEnabled(can_change)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.looked_at.emit()


def _said_of_failure(error: Exception) -> Said:
    return style.Tone.ERROR, f"The files could not be read: {error_words(error)}"


def _counted(count: int) -> str:
    return "1 file was" if count == 1 else f"{count} files were"
