"""A state in words, with a dot; what there is no room for is left out in the middle, and stands in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from parley.ui.kit import icons, style
from parley.ui.kit.fields import named
from parley.ui.kit.fold import ElidedLabel
from parley.ui.kit.texts import Label, set_tip


class StateLine(QWidget):
    """A state as a dot and words; the dot's shape says it too."""

    def __init__(self, object_name: str, name: str, tip: str) -> None:
        super().__init__()
        self._dot = Label()
        self._tip = tip
        self._text = ElidedLabel()
        self._text.is_muted = False
        self._text.mode = Qt.TextElideMode.ElideMiddle  # the port at the end must not become another number
        self._text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        named(self._text, object_name, name, tip)
        # A state with long words is cut where there is no room: it may not push the other panel aside.
        self._text.setMinimumWidth(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._dot)
        layout.addWidget(self._text)

    def text(self) -> str:
        return self._text.text()

    def show_state(self, active: bool, text: str) -> None:
        icon = icons.icon("active" if active else "idle")
        self._dot.setPixmap(icon.pixmap(style.ICON_SIZE, self.devicePixelRatio()))
        self._text.setText(text)
        set_tip(self._text, f"{text}\n{self._tip}")
