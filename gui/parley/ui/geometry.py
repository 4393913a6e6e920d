"""What a window remembers of its shape from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QRect, QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

_HIDDEN = "window/hidden"

_FRAME = QSize(8, 36)
"""Room for the frame and title bar, which the system gives a window only once it is shown."""


def fitted(window: QRect, screen: QRect) -> QRect:
    """The window moved, and where it must be made smaller, so that all of it is on the screen.

    Args:
        window: without its frame.
        screen: what is free of panels.
    """
    room = screen.adjusted(_FRAME.width(), _FRAME.height(), -_FRAME.width(), -_FRAME.width())
    fit = QRect(window.topLeft(), window.size().boundedTo(room.size()))
    fit.moveLeft(max(room.left(), min(fit.left(), room.right() + 1 - fit.width())))
    fit.moveTop(max(room.top(), min(fit.top(), room.bottom() + 1 - fit.height())))
    return fit


def bring_onto_screen(window: QWidget) -> None:
    """See `fitted`; one that fills the screen is left alone, and one that the system may place is only made smaller."""
    screens, middle = QGuiApplication.screens(), window.geometry().center()
    if not screens or window.isMaximized() or window.isFullScreen():
        return
    screen = next((each for each in screens if each.geometry().contains(middle)), QGuiApplication.primaryScreen())
    fit = fitted(window.geometry(), screen.availableGeometry())
    if window.testAttribute(Qt.WidgetAttribute.WA_Moved):
        window.setGeometry(fit)
    else:
        window.resize(fit.size())


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
