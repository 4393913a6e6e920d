"""A push button that stands for an action of the window."""

from __future__ import annotations

import re

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from parley.ui.kit import style
from parley.ui.kit.texts import share_tip


class ActionButton(QPushButton):
    """A push button for an action that toolbar and menu have too: text, tip and enabled state are the action's.

    Args:
        shows_text: without it, the icon says what it does; for where there is little room.
    """

    def __init__(self, action: QAction, object_name: str, *, shows_text: bool = True) -> None:
        super().__init__()
        self._action = action
        self._shows_text = shows_text
        self.setObjectName(object_name)
        self.setIconSize(style.ICON_SIZE)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def show_text(self, shows_text: bool) -> None:
        """Whether the text stands beside the icon; without it, there is more room for the other buttons."""
        if shows_text is not self._shows_text:
            self._shows_text = shows_text
            self._follow()

    def _follow(self) -> None:
        # One & is a mnemonic, which a button beside its menu has none of; two are an ampersand of a name.
        words = re.sub("&(.?)", r"\1", self._action.text())
        self.setText(words.replace("&", "&&") if self._shows_text else "")
        self.setIcon(self._action.icon())
        self.setEnabled(self._action.isEnabled())
        share_tip(self._action, self)
        self.setAccessibleName(words)
