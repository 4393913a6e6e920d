"""Undo and redo of the panels' edits, as actions and keys.

There is one history, the book's. A text field has an undo of its own and would take the keys for it; inside the panels
it does not get them, so that Ctrl+Z means the same wherever the focus is. Fields outside the panels, such as the log's
filter, and cells that are being typed in keep theirs: what stands there is no edit of the profile yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from parley.bridge.profiles.book import ProfileBook
from parley.bridge.profiles.history import Place
from parley.ui.kit import icons
from parley.ui.kit.texts import set_tip

if TYPE_CHECKING:
    from parley.bridge.profiles.draft_history import DraftHistory

_SIDES = {"scu": "SCU", "scp": "SCP"}
_WORDS = {("scp", "answering", "rules"): "SCP answer rules", ("scp", "responses"): "SCP answers to messages"}
"""Of places whose fields are called otherwise than what a person sees."""


class UndoActions(QObject):
    """The actions, the keys inside the panels, and when a step ends.

    Args:
        book: whose edits are undone.
        panels: where text fields leave the keys to the actions.

    Attributes:
        undo_action, redo_action: for the menu.
    """

    def __init__(self, book: ProfileBook | DraftHistory, panels: tuple[QWidget, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._book = book
        self._panels = panels
        self._watched: QWidget | None = None
        self.undo_action = self._action("undo", "Ctrl+Z")
        self.redo_action = self._action("redo", "Ctrl+Shift+Z", "Ctrl+Y")
        self.undo_action.triggered.connect(book.undo)
        self.redo_action.triggered.connect(book.redo)
        book.history_changed.connect(self._show)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the keys from the field that has the focus: it would take them for itself."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            if pressed in [*self.undo_action.shortcuts(), *self.redo_action.shortcuts()]:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        self._book.end_step()
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = now if now is not None and self._is_ours(now) else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def _is_ours(self, widget: QWidget) -> bool:
        holder = widget.parentWidget()
        in_cell = holder is not None and isinstance(holder.parentWidget(), QAbstractItemView)
        return not in_cell and any(panel.isAncestorOf(widget) for panel in self._panels)

    @Slot()
    def _show(self) -> None:
        for action, word, place in (
            (self.undo_action, "&Undo", self._book.to_undo),
            (self.redo_action, "&Redo", self._book.to_redo),
        ):
            what = "" if place is None else words_of(place)
            action.setEnabled(place is not None)
            action.setText(f"{word}: {what}" if what else word)

    def _action(self, name: str, *keys: str) -> QAction:
        action = QAction(icons.icon(name), name, self)
        action.setObjectName(f"edit.{name}")
        action.setShortcuts([QKeySequence(key) for key in keys])
        tip = "Take the last edit of the profile back" if name == "undo" else "Make the edit again that was undone last"
        set_tip(action, f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        return action


def words_of(place: Place) -> str:
    """Where an edit was, for a person: ``SCU called AE title``."""
    if not place:
        return "both sides"
    if place in _WORDS:
        return _WORDS[place]
    inner = place[-1].replace("_", " ") if place[1:] else ""
    for plain, usual in (("ae title", "AE title"), ("uid", "UID"), ("ip version", "IP version")):
        inner = inner.replace(plain, usual)
    return " ".join(filter(None, (_SIDES.get(place[0], place[0]), "" if inner in {"handle", "rules"} else inner)))
