"""Undo and redo of one answer that is edited in a window of its own."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.profiles.history import History, Place
from parley.model.answers.draft import AnswerDraft


class DraftHistory(QObject):
    """The edits of one draft, for `UndoActions`.

    Signals:
        history_changed: there is something else to undo or redo.
        restored(AnswerDraft): an earlier or later draft is present now.
    """

    history_changed = Signal()
    restored = Signal(object)

    def __init__(self, draft: AnswerDraft, parent: QObject) -> None:
        super().__init__(parent)
        self._history = History(draft)

    @property
    def to_undo(self) -> Place | None:
        """As `History` has it."""
        return self._history.to_undo

    @property
    def to_redo(self) -> Place | None:
        """As `History` has it."""
        return self._history.to_redo

    def edit(self, draft: AnswerDraft) -> None:
        """Take a step."""
        self._history.record(draft, time.monotonic())
        self.history_changed.emit()

    def end_step(self) -> None:
        """Let the next edit be a step of its own."""
        self._history.seal()

    @Slot()
    def undo(self) -> None:
        """Go a step back."""
        self.restored.emit(self._history.undo())
        self.history_changed.emit()

    @Slot()
    def redo(self) -> None:
        """Go a step forward."""
        self.restored.emit(self._history.redo())
        self.history_changed.emit()
