"""What a window remembers of its shape from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

_HIDDEN = "window/hidden"


class Geometry:
    """Puts back size, place, splitters and hidden panes; a settings file that somebody wrote by hand does no harm.

    Args:
        settings: where they are kept, below "window".
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def restore_window(self, window: QMainWindow) -> None:
        """Give the window the size and place it had; without them it stays as it is."""
        with suppress(TypeError):
            window.restoreGeometry(self._value("geometry"))

    def restore_splitters(self, splitters: Iterable[QSplitter]) -> None:
        """Give each splitter, by its object name, the sizes it had."""
        for splitter in splitters:
            with suppress(TypeError):
                splitter.restoreState(self._value(splitter.objectName()))

    def hidden(self) -> tuple[str, ...]:
        """The names of the panes that were hidden."""
        return tuple(str(self._settings.value(_HIDDEN, "")).split())

    def remember_window(self, window: QMainWindow) -> None:
        """Keep the window's size and place."""
        self._settings.setValue("window/geometry", window.saveGeometry())

    def remember_panes(self, splitters: Iterable[QSplitter], hidden: Iterable[str]) -> None:
        """Keep the splitters' sizes and the names of the panes that are hidden."""
        for splitter in splitters:
            self._settings.setValue(f"window/{splitter.objectName()}", splitter.saveState())
        self._settings.setValue(_HIDDEN, " ".join(hidden))

    def _value(self, name: str) -> Any:
        return self._settings.value(f"window/{name}", b"")
