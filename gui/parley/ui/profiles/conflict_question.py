"""The dialog that asks what becomes of a file that another program has changed. It holds nobody up but its own wish."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from parley.bridge.profiles.conflicts import Choice, Conflict
from parley.ui.kit import style
from parley.ui.kit.fields import named
from parley.ui.kit.texts import Label

_SIZE = 620, 380


class ConflictQuestion(QDialog):
    """Tells what has happened, shows what is different, and offers what can be done.

    Signals:
        chosen(Choice): once, when it closes.
    """

    chosen = Signal(object)

    def __init__(self, conflict: Conflict, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = Choice.STAY
        self.setObjectName("profiles.conflict")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Changed elsewhere")
        what = Label(conflict.text)
        what.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * style.SPACING)
        layout.addWidget(what)
        if conflict.difference:
            lines = QPlainTextEdit("\n".join(conflict.difference))
            lines.setReadOnly(True)
            lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            lines.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            named(lines, "profiles.conflict.difference", "Difference", "What is in the file, and what is here")
            layout.addWidget(lines, 1)
            self.resize(*_SIZE)
        for choice, (label, meaning) in conflict.choices.items():
            line = Label(f"{label.replace('&', '')}: {meaning[:1].lower()}{meaning[1:]}.")
            line.setWordWrap(True)
            line.setObjectName(f"profiles.conflict.{choice.value}.meaning")
            layout.addWidget(line)
        buttons = QDialogButtonBox()
        for choice, (label, meaning) in conflict.choices.items():
            button = QPushButton(label)
            named(button, f"profiles.conflict.{choice.value}", label.replace("&", ""), meaning)
            button.clicked.connect(partial(self._choose, choice))
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        named(cancel, "profiles.conflict.stay", "Cancel", "Do nothing")
        cancel.setDefault(True)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        cancel.setFocus()
        self.finished.connect(self._finished)

    def _choose(self, choice: Choice, _checked: bool = False) -> None:
        self._choice = choice
        self.accept()

    @Slot(int)
    def _finished(self, _result: int) -> None:
        self.chosen.emit(self._choice)
