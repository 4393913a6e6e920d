"""An edit for a secret: masked, typed or taken from a file, shown only by a deliberate click."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from parley.model.secret import NO_SECRET, Secret
from parley.ui import style
from parley.ui.fields import LineEdit, named
from parley.ui.hex_edit import hex_text

LONGEST_FILE = 0xFFFF
"""Bytes: more than any field of the wire could hold."""


class SecretEdit(QWidget):
    """A masked line with "Show" and "From file…" beside it.

    What is no line of text, such as a Kerberos ticket, is not put into the line: its size is said instead, and typing
    replaces it.

    Attributes:
        changed: the person typed another one, or took one from a file.
    """

    changed = Signal()

    def __init__(self, object_name: str, name: str, tip: str, *, from_file: bool = True) -> None:
        super().__init__()
        self._secret = NO_SECRET
        self._is_plain = False
        self._refused = ""
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
        self.note = QLabel("Not saved with the profile: type it again when the profile has been opened anew.")
        self.note.setObjectName(f"{object_name}.note")
        self.note.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.SPACING)
        layout.addWidget(self.line, 0, 0)
        layout.addWidget(self.reveal, 0, 1)
        layout.addWidget(self.load, 0, 2)
        layout.addWidget(self.note, 1, 0, 1, 3)
        layout.setColumnStretch(0, 1)
        self.line.textEdited.connect(self._typed)
        self.reveal.toggled.connect(self._show)
        self.load.clicked.connect(self._ask_for_file)
        self._show()

    def value(self) -> Secret:
        return self._secret

    def set_value(self, value: Secret) -> None:
        """Show another secret, masked, and tell nobody."""
        self._secret, self._refused = value, ""
        self.reveal.blockSignals(True)
        self.reveal.setChecked(False)
        self.reveal.blockSignals(False)
        self._show()

    def set_plain(self, plain: bool) -> None:
        """Say that this is no secret at all, such as a user name: then nothing is masked."""
        self._is_plain = plain
        self.reveal.setVisible(not plain)
        self._show()

    def typed_problems(self) -> list[tuple[str, str, str]]:
        """Why a file was not taken, as place, text and remedy."""
        return [("", self._refused, "Choose another file.")] if self._refused else []

    @Slot()
    def _show(self) -> None:
        """Fill the line from the secret; what is being typed stands there already."""
        secret, shown = self._secret, self._is_plain or self.reveal.isChecked()
        line = _as_line(secret.data)
        text = line if line is not None else hex_text(secret.data) if shown else ""
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.line.setReadOnly(line is None and shown)
        if self.line.text() != text:
            self.line.setText(text)
        self.reveal.setText("Hide" if self.reveal.isChecked() else "Show")
        if line is None:
            hint = f"{len(secret.data)} bytes that are no line of text; typing replaces them"
        elif secret.is_unfetched:
            hint = f"kept in the key store as {secret.reference}; typing replaces it"
        else:
            hint = ""
        self.line.setPlaceholderText(hint)
        self.note.setVisible(bool(secret.data) and not self._is_plain)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._secret = Secret.of(text, self._secret.reference) if text else NO_SECRET
        self._refused = ""
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
        """Take the bytes of this file; one that cannot be taken leaves everything as it was."""
        try:
            with Path(name).open("rb") as file:
                data = file.read(LONGEST_FILE + 1)
        except OSError as error:
            self._refused = f"{Path(name).name} cannot be read: {error.strerror or error}."
        else:
            if len(data) > LONGEST_FILE:
                self._refused = f"{Path(name).name} is longer than 65 535 bytes, which no item could hold."
            else:
                self._refused = ""
                self._secret = Secret(data, self._secret.reference)
                self._show()
        self.changed.emit()


def _as_line(data: bytes) -> str | None:
    """The bytes as one line of text; None where a line edit would not give the same bytes back."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
