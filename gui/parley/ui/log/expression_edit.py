"""A line for an expression (`parley.model.expression`): completes its names, and says what makes no sense in it.

Typing ``~`` lists the names with what they are; the arrows choose, Enter and Tab take, Esc closes the list.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from parley.model.expression import FieldKind, Vocabulary
from parley.ui.kit import icons, style
from parley.ui.kit.fields import LineEdit, named
from parley.ui.kit.texts import set_tip

_TOKEN = re.compile(r"[^\s&|()!]*$")
_FIELD_BEFORE = re.compile(r"~(\w+)\s+$")


class ExpressionEdit(LineEdit):
    """The line; what becomes of its text is its owner's business."""

    def __init__(self, vocabulary: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vocabulary = vocabulary
        self._names = [(f"~{field.name}", f"~{field.name}   {field.tip}") for field in vocabulary]
        self._values = {field.name: field.values for field in vocabulary if field.kind is FieldKind.WORD}
        self._list = QStandardItemModel(self)
        self._completer: QCompleter | None = None
        self._popup: QListView | None = None
        self._mark: QAction | None = None
        self._tip = ""
        self.textEdited.connect(self._offer)

    # --- what makes no sense ---------------------------------------------------------------------------------------

    def show_problem(self, words: str) -> None:
        """Look as what makes no sense, and say why in the tooltip; no words take it back."""
        if words == self.problem_text():
            return
        if not self.problem_text():
            self._tip = self.toolTip()  # It is ours, and has no markup.
        self.setAccessibleDescription(words)
        set_tip(self, f"{self._tip}\n\n{words}" if words else self._tip)
        if self._mark is None:
            self._mark = self.addAction(icons.tone_icon(style.Tone.ERROR), QLineEdit.ActionPosition.TrailingPosition)
        self._mark.setVisible(bool(words))
        set_tip(self._mark, words)
        self._tint()

    def problem_text(self) -> str:
        """What is wrong with the text, as it was shown last."""
        return self.accessibleDescription()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._mark is not None:
            self._tint()

    def _tint(self) -> None:
        palette = QPalette(QGuiApplication.palette())
        if self.problem_text():
            palette.setColor(QPalette.ColorRole.Base, style.tint(style.Tone.ERROR, palette))
        # Each palette that is set comes back as a change.
        if palette.color(QPalette.ColorRole.Base) != self.palette().color(QPalette.ColorRole.Base):
            self.setPalette(palette if self.problem_text() else QPalette())

    # --- completion ------------------------------------------------------------------------------------------------

    @property
    def is_offering(self) -> bool:
        """Whether the list of names is open, so that the text is not yet what is meant."""
        return self._popup is not None and self._popup.isVisible()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays here while the list is open, which then takes a name by it."""
        return not self.is_offering and super().focusNextPrevChild(forward)

    @Slot()
    def _offer(self) -> None:
        """List what can stand at the cursor and starts as what is typed there."""
        before = self.text()[: self.cursorPosition()]
        typed = _token(before)
        choices = self._choices(before.removesuffix(typed), typed)
        if not any(text.startswith(typed.lower()) and text != typed for text, _ in choices):
            if self._popup is not None:
                self._popup.hide()
            return
        completer, popup = self._made_completer()
        self._list.clear()
        for text, words in choices:
            item = QStandardItem(words)
            item.setData(text, Qt.ItemDataRole.UserRole)
            self._list.appendRow(item)
        completer.setCompletionPrefix(typed)
        popup.setCurrentIndex(completer.completionModel().index(0, 0))
        place = self.cursorRect()
        place.setWidth(popup.sizeHintForColumn(0) + popup.verticalScrollBar().sizeHint().width() + style.MARGIN)
        completer.complete(place)

    def _choices(self, before: str, typed: str) -> list[tuple[str, str]]:
        if typed.startswith("~"):
            return self._names
        field = _FIELD_BEFORE.search(before)
        return [(value, value) for value in self._values.get(field[1].lower(), ())] if field else []

    def _made_completer(self) -> tuple[QCompleter, QListView]:
        if self._completer is None or self._popup is None:
            self._completer, self._popup = QCompleter(self._list, self), QListView()
            self._completer.setPopup(self._popup)
            self._completer.setCompletionRole(Qt.ItemDataRole.UserRole)
            self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self._completer.setMaxVisibleItems(16)
            self._completer.setWidget(self)
            self._completer.activated.connect(self._take)
            name = self.accessibleName()
            named(self._popup, f"{self.objectName()}.names", f"{name}: what can be asked", "Enter takes one")
        return self._completer, self._popup

    @Slot(str)
    def _take(self, text: str) -> None:
        """Put the choice in the place of what was typed of it."""
        typed = _token(self.text()[: self.cursorPosition()])
        self.setSelection(self.cursorPosition() - len(typed), len(typed))
        self.insert(f"{text} ")


def _token(before: str) -> str:
    found = _TOKEN.search(before)
    return found.group() if found else ""
