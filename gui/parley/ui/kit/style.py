"""The one home of how Parley looks: spacing and colours with a meaning. Icons stand in `parley.ui.kit.icons`.

Everything is derived from the system's palette, light or dark, so that it follows when the palette changes. Nothing
here knows a widget of Parley.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

SPACING = 6
MARGIN = 10
ICON_SIZE = QSize(16, 16)


class Tone(Enum):
    """What a colour says. The value is the icon that says the same without colour."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    NOTE = "note"

    @property
    def word(self) -> str:
        """The word that says the same without colour or icon."""
        return "OK" if self is Tone.OK else self.value.capitalize()


# On a light and on a dark window; each at least 4.5 : 1 against the window and the base (WCAG 2, AA).
_ON_LIGHT = {Tone.OK: "#17692f", Tone.WARNING: "#7d5000", Tone.ERROR: "#a8201a", Tone.NOTE: "#1f5f8b"}
_ON_DARK = {Tone.OK: "#63d297", Tone.WARNING: "#f0c050", Tone.ERROR: "#ff9b92", Tone.NOTE: "#8fc7f0"}


def apply(app: QApplication) -> None:
    """Fusion, the same on every system; its palette stays the system's."""
    app.setStyle(QStyleFactory.create("Fusion"))


def is_dark(palette: QPalette) -> bool:
    """Whether text is lighter than what it stands on."""
    window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
    return window.lightness() < text.lightness()


def colour(tone: Tone, palette: QPalette) -> QColor:
    """A colour for text and icons of that tone."""
    return QColor((_ON_DARK if is_dark(palette) else _ON_LIGHT)[tone])


def tint(tone: Tone, palette: QPalette) -> QColor:
    """A quiet background for text of that tone."""
    return _mixed(palette.color(QPalette.ColorRole.Base), colour(tone, palette), 0.09)


def muted(palette: QPalette) -> QColor:
    """For words of second rank."""
    window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
    return _mixed(text, window, 0.30)


def line(palette: QPalette) -> QColor:
    """For a border that separates and does not shout."""
    window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
    return _mixed(window, text, 0.22)


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    ends = ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in ends))
