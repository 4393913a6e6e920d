"""Choosing an answer to a request: from a menu, or typed in the words of `parley.model.answers.words`."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from parley.ui.kit import style
from parley.ui.kit.fields import LineEdit, named
from parley.ui.kit.menu_button import MenuButton
from parley.ui.kit.texts import set_tip


class AnswerMenu(QMenu):
    """Every answer that has a name, group by group; filled when it is first shown.

    Attributes:
        chosen: the answer's text.

    Args:
        asks: whether to ask a person is among them.
    """

    chosen = Signal(str)

    def __init__(self, title: str = "", parent: QWidget | None = None, *, asks: bool = False) -> None:
        super().__init__(title, parent)
        self._asks = asks
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    @Slot()
    def fill(self) -> None:
        """Make the entries, once."""
        if not self.isEmpty():
            return
        from parley.model.answers.words import ASK, PRESETS
        from parley.model.misbehaviour.tables import ACCEPTOR

        groups: dict[str, QMenu] = {}
        kinds: dict[str, QMenu] = {}
        for preset in PRESETS:
            if preset.group == ASK and not self._asks:
                continue
            if preset.group not in groups:
                groups[preset.group] = _group(self, preset.group)
            self._add(groups[preset.group], preset.words, preset.text, preset.text)
        misbehave = _group(self, "Misbehave")
        for name, misbehaviour in ACCEPTOR.items():
            heading = misbehaviour.heading
            if heading not in kinds:
                kinds[heading] = _group(misbehave, heading)
            self._add(kinds[heading], misbehaviour.title, f"misbehave {name}", misbehaviour.about)

    def _add(self, menu: QMenu, words: str, text: str, tip: str) -> None:
        action = QAction(f"{words[0].upper()}{words[1:]}", menu)
        set_tip(action, tip)
        action.setData(text)
        action.triggered.connect(partial(self._choose, text))
        menu.addAction(action)

    def _choose(self, text: str, _checked: bool = False) -> None:
        self.chosen.emit(text)


def _group(menu: QMenu, title: str) -> QMenu:
    made = menu.addMenu(title)
    made.setToolTipsVisible(True)
    return made


class AnswerEdit(QWidget):
    """Edits the text of an answer.

    Attributes:
        changed: the person typed or chose something else.
        entered: the person pressed Enter in the line, or chose from the menu.
    """

    changed = Signal()
    entered = Signal()

    def __init__(self, object_name: str, name: str, *, asks: bool = False) -> None:
        super().__init__()
        self.line = LineEdit()
        tip = "accept, accept all, reject 1/1/7, abort 2/1, close, reset, silence … or after 5 s reject 1/1/7"
        named(self.line, f"{object_name}.text", name, tip)
        self._menu = AnswerMenu(parent=self, asks=asks)
        tip = "Every answer that has a name"
        self._button = MenuButton("Choose", f"{object_name}.choose", tip, self._menu, name=f"{name}: choose")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.SPACING)
        layout.addWidget(self.line, 1)
        layout.addWidget(self._button)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self.changed)
        self.line.returnPressed.connect(self.entered)
        self._menu.chosen.connect(self._choose)

    def value(self) -> str:
        return self.line.text().strip()

    def set_value(self, value: str) -> None:
        """Show an answer and tell nobody."""
        if value != self.value():
            self.line.setText(value)

    @Slot(str)
    def _choose(self, text: str) -> None:
        self.line.setText(text)
        self.changed.emit()
        self.entered.emit()
