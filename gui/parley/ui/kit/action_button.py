"""A push button that stands for an action of the window."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton

from parley.ui.kit import style
from parley.ui.kit.texts import share_tip

_MNEMONIC = Qt.TextFlag.TextShowMnemonic
_ICON_GAP = 4
"""Pixels between icon and text, as Qt has it."""


def shown_text(action: QAction) -> str:
    """The action's text as it is read: one & is a mnemonic, two are an ampersand of a name."""
    return re.sub("&(.?)", r"\1", action.text())


class ActionButton(QPushButton):
    """A push button for an action that toolbar and menu have too: text, tip and enabled state are the action's.

    Its place beside others depends on no text that it shows: a button must not leave the mouse that clicks it.

    Args:
        shows_text: without it, the icon says what it does; for where there is little room.
        others: texts that the action has at other times, for which there is room too.
        spare: pixels for what is added to the text; what does not fit ends in an ellipsis.
    """

    def __init__(
        self,
        action: QAction,
        object_name: str,
        *,
        shows_text: bool = True,
        others: tuple[str, ...] = (),
        spare: int = 0,
    ) -> None:
        super().__init__()
        self._action = action
        self._shows_text = shows_text
        self._texts = (shown_text(action), *others) if others or spare else ()
        self._spare = spare
        self.setObjectName(object_name)
        self.setIconSize(style.ICON_SIZE)
        if self._texts:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() + QSize(self._spare, 0)

    def minimumSizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._texts:
            option, metrics = QStyleOptionButton(), self.fontMetrics()
            super().initStyleOption(option)
            widest = max(metrics.size(_MNEMONIC, text).width() for text in self._texts)
            contents = QSize(widest + self._icon_room, metrics.height())
            kind = QStyle.ContentsType.CT_PushButton
            hint.setWidth(self.style().sizeFromContents(kind, option, contents, self).width())
        return hint

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        if self._texts:
            inside = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
            room = inside.width() - self._icon_room
            option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room, _MNEMONIC)

    @property
    def _icon_room(self) -> int:
        return self.iconSize().width() + _ICON_GAP

    def _follow(self) -> None:
        words = shown_text(self._action)
        self.setText(words.replace("&", "&&") if self._shows_text else "")
        self.setIcon(self._action.icon())
        self.setEnabled(self._action.isEnabled())
        share_tip(self._action, self)
        self.setAccessibleName(words)
