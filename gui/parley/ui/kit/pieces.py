"""Small editors with one manner: `value`, `set_value` (which tells nobody) and a signal `changed`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from parley.model.handle import AsynchronousOperations
from parley.ui.kit import style
from parley.ui.kit.fields import ComboBox, Field, NumberEdit, StringEdit, named
from parley.ui.kit.texts import Label


class TextEdit(StringEdit):
    """Any text."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textEdited.connect(self.changed)


class CountEdit(NumberEdit):
    """A whole number; while nothing is typed it is 0, and that is said."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textEdited.connect(self.changed)

    def value(self) -> int:
        return super().value() or 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.text()
        super().keyPressEvent(event)
        if self.text() != before and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.changed.emit()

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        if not self.text():
            yield "", "Nothing is typed here, so 0 would be used.", "Type a number."


class ChoiceEdit(ComboBox):
    """One of some values; one that is not among them is kept."""

    changed = Signal()

    def __init__(self, choices: list[tuple[str, object]]) -> None:
        super().__init__(choices)
        self.activated.connect(self.changed)


class CheckEdit(QCheckBox):
    """Yes or no."""

    changed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.clicked.connect(self.changed)

    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        self.setChecked(value)


class LinesEdit(QPlainTextEdit):
    """Several texts, one a line; blank lines do not count."""

    changed = Signal()

    def __init__(self, when_empty: str) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setPlaceholderText(when_empty)
        self.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 12)
        self.textChanged.connect(self.changed)

    def value(self) -> tuple[str, ...]:
        return tuple(line for line in self.toPlainText().split("\n") if line.strip())

    def set_value(self, value: tuple[str, ...]) -> None:
        self.blockSignals(True)
        self.setPlainText("\n".join(value))
        self.blockSignals(False)


class CheckField(Field[CheckEdit]):
    """A check box that says itself what it is."""

    def __init__(self, text: str, object_name: str, tip: str) -> None:
        super().__init__(text, CheckEdit(text), object_name, tip)
        self._label.hide()


class Switched(QWidget):
    """An editor with a switch: off is None, and what was typed stays for when it is back.

    Attributes:
        switch: for whoever wants it somewhere else.

    Args:
        words: beside the switch.
        when_off: what waits in the editor before anything was typed.
        beside: whether the switch stands before the editor; else somebody puts it elsewhere.
    """

    changed = Signal()

    def __init__(
        self, editor: Any, object_name: str, name: str, words: str, when_off: object, *, beside: bool = False
    ) -> None:
        super().__init__()
        self._editor = editor
        self._when_off = when_off
        self.switch = QCheckBox(words, self)
        named(self.switch, f"{object_name}.on", f"{name}: {words}", "Off leaves it out, which is not the same as empty")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if beside:
            layout.addWidget(self.switch)
        layout.addWidget(editor, 1)
        self.setFocusProxy(self.switch)
        self.switch.toggled.connect(self._lead_focus)
        self.switch.toggled.connect(editor.setEnabled)
        self.switch.clicked.connect(self.changed)
        editor.changed.connect(self.changed)
        editor.setEnabled(False)
        if not isinstance(editor, QLineEdit):  # several rows that say nothing would only take room
            self.switch.toggled.connect(editor.setVisible)
            editor.hide()

    @Slot(bool)
    def _lead_focus(self, on: bool) -> None:
        self.setFocusProxy(self._editor if on else self.switch)

    def value(self) -> Any:
        return self._editor.value() if self.switch.isChecked() else None

    def set_value(self, value: Any) -> None:
        self.switch.setChecked(value is not None)
        self._editor.set_value(self._when_off if value is None else value)

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        problems: Callable[[], Iterator[tuple[str, str, str]]] | None = getattr(self._editor, "typed_problems", None)
        if problems and self.switch.isChecked():
            yield from problems()


class SwitchedField(Field[Switched]):
    """A label with the switch beside it, above the editor.

    Args:
        editor: named like the field, or naming its parts so.
    """

    def __init__(self, label: str, editor: Any, object_name: str, tip: str, words: str, when_off: object) -> None:
        switched = Switched(editor, object_name, label, words, when_off)
        super().__init__(label, switched, f"{object_name}.editor", tip)
        self.header.addWidget(switched.switch)
        if isinstance(editor, QLineEdit):
            named(editor, object_name, label, tip)


class OperationsEdit(QWidget):
    """Both numbers of an asynchronous operations window."""

    changed = Signal()

    def __init__(self, object_name: str, invoked: str, performed: str) -> None:
        super().__init__()
        self.invoked, self.performed = NumberEdit(), NumberEdit()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.SPACING)
        for edit, part, words, tip in (
            (self.invoked, "invoked", "Invoked", invoked),
            (self.performed, "performed", "Performed", performed),
        ):
            named(edit, f"{object_name}.{part}", f"Operations {part} at a time", f"{tip}; 0 is any number")
            label = Label(words)
            label.setBuddy(edit)
            layout.addWidget(label)
            layout.addWidget(edit, 1)
            edit.textChanged.connect(self._edited)
        self.setFocusProxy(self.invoked)

    def value(self) -> AsynchronousOperations:
        return AsynchronousOperations(self.invoked.value() or 0, self.performed.value() or 0)

    def set_value(self, value: AsynchronousOperations) -> None:
        self.blockSignals(True)
        self.invoked.set_value(value.invoked)
        self.performed.set_value(value.performed)
        self.blockSignals(False)

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        for edit, part in ((self.invoked, "invoked"), (self.performed, "performed")):
            if edit.value() is None:
                yield f".{part}", f"No number of {part} operations is typed, so 0 is used.", "Type a number."

    @Slot()
    def _edited(self) -> None:
        self.changed.emit()
