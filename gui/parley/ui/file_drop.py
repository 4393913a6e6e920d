"""Files and folders that are dropped on a view, whatever else the view lets itself be dropped on."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea


class FileDrop(QObject):
    """Watches a view's drops; those that carry no local files are the view's own business.

    Signals:
        dropped: the paths, as a tuple.
    """

    dropped = Signal(object)
    _EVENTS = frozenset({QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop})

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        view.setAcceptDrops(True)
        view.viewport().setAcceptDrops(True)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in self._EVENTS:
            return False
        drop = cast("QDropEvent", event)
        paths = tuple(Path(url.toLocalFile()) for url in drop.mimeData().urls() if url.isLocalFile())
        if not paths:
            return super().eventFilter(watched, event)
        drop.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(paths)
        return True
