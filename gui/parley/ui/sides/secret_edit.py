"""An edit for a secret: masked, typed or taken from a file, shown only by a deliberate click."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QToolButton, QWidget

from parley.bridge.loop.job import Job
from parley.model.files.regular import FileTooBigError, read_regular
from parley.model.secret import NO_SECRET, Secret
from parley.model.system_errors import error_words
from parley.ui.kit import style
from parley.ui.kit.fields import LineEdit, named
from parley.ui.kit.hex_edit import hex_text
from parley.ui.kit.texts import Label, set_tip

LONGEST_FILE = 0xFFFF
"""Bytes: more than any field of the wire could hold."""

_KEPT = "Saving the profile puts it into this system's key store; the file gets its name there alone."
_NOT_KEPT = "Not saved: {}. Parley knows it until it is closed, and asks for it when it is needed after that."


class SecretNote(Label):
    """Says beside typed secrets what becomes of them; takes no room while there are none."""

    def __init__(self, object_name: str) -> None:
        super().__init__(_KEPT)
        self.setObjectName(f"{object_name}.note")
        self.setWordWrap(True)
        self.hide()

    def show_problem(self, problem: str) -> None:
        """Say why secrets cannot be kept; empty where they can."""
        self.setText(_NOT_KEPT.format(problem) if problem else _KEPT)


class SecretEdit(QWidget):
    """A masked line with "Show" and "From file…" beside it.

    What is no line of text, such as a Kerberos ticket, is not put into the line: its size is said instead, and typing
    replaces it. One that is kept in the key store is fetched when it is to be shown.

    Attributes:
        changed: the person typed another one, or took one from a file.
        fetch_wanted: show what the key store has under that name, by `show_fetched` or `show_missing`.

    Args:
        has_note: whether it says what becomes of what is typed.
    """

    changed = Signal()
    fetch_wanted = Signal(str)

    def __init__(self, object_name: str, name: str, tip: str, *, from_file: bool = True, has_note: bool = True) -> None:
        super().__init__()
        self._secret = NO_SECRET
        self._has_note = has_note
        self._fetched = NO_SECRET
        self._missing = ""
        self._tip = tip
        self._is_plain = False
        self._refused = ""
        self._reading: Job | None = None
        self.line = LineEdit()
        named(self.line, f"{object_name}.text", name, tip)
        self.setFocusProxy(self.line)
        self.reveal = QToolButton()
        self.reveal.setText("Show")
        self.reveal.setCheckable(True)
        named(self.reveal, f"{object_name}.reveal", f"Show: {name}", "Shows it until this is clicked again")
        self.load = QToolButton()
        self.load.setText("From file…")
        named(self.load, f"{object_name}.load", f"From file: {name}", "Takes the bytes of a file, at most 65 535")
        self.load.setVisible(from_file)
        for button in (self.reveal, self.load):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.note = SecretNote(object_name)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.SPACING)
        layout.addWidget(self.line, 0, 0)
        layout.addWidget(self.reveal, 0, 1)
        layout.addWidget(self.load, 0, 2)
        layout.addWidget(self.note, 1, 0, 1, 3)
        layout.setColumnStretch(0, 1)
        self.line.textEdited.connect(self._typed)
        self.reveal.toggled.connect(self._reveal_toggled)
        self.load.clicked.connect(self._ask_for_file)
        self._show()

    def stand_beside(self, label: Label, grid: QGridLayout) -> None:
        """Keep the label level with the line, also while there is a note beneath it."""
        label.setMinimumHeight(self.line.sizeHint().height())
        grid.setAlignment(label, Qt.AlignmentFlag.AlignTop)

    def value(self) -> Secret:
        return self._secret

    def set_value(self, value: Secret) -> None:
        """Show another secret, masked, and tell nobody."""
        if self._reading is not None:  # for what was shown before
            self._reading.cancel()
        self._secret, self._refused = value, ""
        self._fetched, self._missing = NO_SECRET, ""
        self.reveal.blockSignals(True)
        self.reveal.setChecked(False)
        self.reveal.blockSignals(False)
        self._show()

    def set_plain(self, plain: bool) -> None:
        """Say that this is no secret at all, such as a user name: then nothing is masked."""
        self._is_plain = plain
        self.reveal.setVisible(not plain)
        self._show()

    def show_fetched(self, secret: Secret) -> None:
        """Show what the key store has, as long as that is wanted; it is not what was typed."""
        if self.reveal.isChecked() and self._secret.is_unfetched and self._secret.reference == secret.reference:
            self._fetched = secret
            self._show()

    def show_missing(self, reason: str) -> None:
        """Say why there is nothing to show."""
        if self.reveal.isChecked() and self._secret.is_unfetched:
            self._missing = reason
            self._show()

    def typed_problems(self) -> list[tuple[str, str, str]]:
        """Why a file was not taken, as place, text and remedy."""
        return [("", self._refused, "Choose another file.")] if self._refused else []

    @Slot(bool)
    def _reveal_toggled(self, shown: bool) -> None:
        self._fetched, self._missing = NO_SECRET, ""
        self._show()
        if shown and self._secret.is_unfetched:
            self.fetch_wanted.emit(self._secret.reference)

    @Slot()
    def _show(self) -> None:
        """Fill the line from the secret; what is being typed stands there already."""
        secret, shown = self._fetched or self._secret, self._is_plain or self.reveal.isChecked()
        line = _as_line(secret.data)
        text = line if line is not None else hex_text(secret.data) if shown else ""
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.line.setReadOnly(line is None and shown)
        if self.line.text() != text:
            self.line.setText(text)
        self.reveal.setText("Hide" if self.reveal.isChecked() else "Show")
        if line is None:
            hint = f"{len(secret.data)} bytes that are no line of text; typing replaces them"
        elif self._missing:
            hint = f"{self._missing}; type it anew"
        elif secret.is_unfetched:
            hint = "kept in the key store; typing replaces it"
        else:
            hint = ""
        self.line.setPlaceholderText(hint)
        set_tip(self.line, "\n".join(filter(None, (self._tip, hint))))
        self.note.setVisible(self._has_note and bool(self._secret) and not self._is_plain)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._secret = Secret.of(text, self._secret.reference) if text else NO_SECRET
        self._refused = self._missing = ""
        self._fetched = NO_SECRET
        self._show()
        self.changed.emit()

    @Slot()
    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, "Take from a file")
        dialog.setObjectName(f"{self.line.objectName()}.dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    @Slot(str)
    def take_file(self, name: str) -> None:
        """Take the bytes of this file, read on a thread; one that cannot be taken leaves everything as it was."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = Job(partial(_read, Path(name)), self)
        self._reading.succeeded.connect(self._take)
        self._reading.failed.connect(partial(self._refuse, Path(name).name))
        self._reading.start()

    @Slot(object)
    def _take(self, data: bytes) -> None:
        self._refused = ""
        self._secret = Secret(data, self._secret.reference)
        self._show()
        self.changed.emit()

    def _refuse(self, name: str, error: Exception) -> None:
        if isinstance(error, FileTooBigError):
            self._refused = f"{name} is longer than 65 535 bytes, which no item could hold."
        else:
            self._refused = f"{name} cannot be read: {error_words(error)}."
        self.changed.emit()


def _read(path: Path, _job: Job) -> bytes:
    return read_regular(path, LONGEST_FILE)


def _as_line(data: bytes) -> str | None:
    """The bytes as one line of text; None where a line edit would not give the same bytes back."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
