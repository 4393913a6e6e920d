"""A button that does nothing but open a menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QStyle, QToolButton

from parley.ui.kit.fields import named


class MenuButton(QToolButton):
    """Says what its menu is for; wide enough for the words and the arrow, which Qt's own lets run into each other."""

    def __init__(self, text: str, object_name: str, tip: str, menu: QMenu, *, name: str = "") -> None:
        super().__init__()
        self.setText(text)
        menu.setParent(self, menu.windowFlags())  # Qt leaves it to its maker otherwise
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        named(self, object_name, name or text, tip)

    def sizeHint(self) -> QSize:
        arrow = self.style().pixelMetric(QStyle.PixelMetric.PM_MenuButtonIndicator, None, self)
        return super().sizeHint() + QSize(arrow, 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
