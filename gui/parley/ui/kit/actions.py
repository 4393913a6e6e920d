"""How an action of the window is made: with its keys in its tip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from parley.ui.kit.texts import set_tip


def make_action(parent: QObject, text: str, keys: str, tip: str, slot: Callable[..., object]) -> QAction:
    """An action that does `slot`; `keys` may be empty."""
    action = QAction(text, parent)
    if keys:
        action.setShortcut(QKeySequence(keys))
        tip = f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
    set_tip(action, tip)
    action.triggered.connect(slot)
    return action
