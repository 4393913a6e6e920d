"""A dialog with lines of text that did not fit elsewhere, to read and to copy. Made when asked for."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from parley.ui.kit.fields import named
from parley.ui.kit.texts import set_title
from parley.ul.visible import one_line


def show_lines(parent: QWidget, object_name: str, title: str, lines: Iterable[str]) -> None:
    """Open the dialog; it lives until it is closed and holds up nothing."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setObjectName(object_name)
    set_title(dialog, title)
    dialog.resize(640, 360)
    text = QPlainTextEdit("\n".join(map(one_line, lines)))
    named(text, f"{object_name}.text", title, "")
    text.setReadOnly(True)
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.open()
