"""Files and folders that are dropped on a widget, whatever else the widget lets itself be dropped on."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


class FileDrop(QObject):
    """Watches a widget's drops; those that carry no local files, or none that are meant, are its own business.

    Signals:
        dropped: the paths, as a tuple.

    Args:
        target: a view, or any widget; what a widget inside does not take comes here too.
        suffixes: in small letters, of which one file at least must have one; none to take whatever comes.
    """

    dropped = Signal(object)
    _EVENTS = frozenset({QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop})

    def __init__(self, target: QWidget, suffixes: Collection[str] = ()) -> None:
        super().__init__(target)
        self._suffixes = suffixes
        target.setAcceptDrops(True)
        watched = target.viewport() if isinstance(target, QAbstractScrollArea) else target
        watched.setAcceptDrops(True)
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in self._EVENTS:
            return False
        drop = cast("QDropEvent", event)
        paths = tuple(Path(url.toLocalFile()) for url in drop.mimeData().urls() if url.isLocalFile())
        if not self._is_meant(paths):
            return super().eventFilter(watched, event)
        drop.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(paths)
        return True

    def _is_meant(self, paths: tuple[Path, ...]) -> bool:
        if not self._suffixes:
            return bool(paths)
        return any(path.suffix.lower() in self._suffixes for path in paths)
