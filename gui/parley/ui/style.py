"""The one home of how Parley looks: spacing, colours with a meaning, icons.

Everything is derived from the system's palette, light or dark, so that it follows when the palette changes. Nothing
here knows a widget of Parley.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from importlib import resources

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
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
        return {Tone.OK: "OK", Tone.WARNING: "Warning", Tone.ERROR: "Error", Tone.NOTE: "Note"}[self]


# On a light and on a dark window; each at least 4.5 : 1 against the window and the base (WCAG 2, AA).
_ON_LIGHT = {Tone.OK: "#17692f", Tone.WARNING: "#7d5000", Tone.ERROR: "#a8201a", Tone.NOTE: "#1f5f8b"}
_ON_DARK = {Tone.OK: "#63d297", Tone.WARNING: "#f0c050", Tone.ERROR: "#ff9b92", Tone.NOTE: "#8fc7f0"}


def apply(app: QApplication) -> None:
    """Fusion, the same on every system; its palette stays the system's."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setWindowIcon(app_icon())


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


# --- icons -----------------------------------------------------------------------------------------------------------


def icon(name: str) -> QIcon:
    """A one-coloured icon of `resources/icons` that takes the palette's text colour each time it is painted."""
    return QIcon(_TintedEngine(name))


def tone_icon(tone: Tone) -> QIcon:
    """The icon of a tone, in its colour."""
    return QIcon(_TintedEngine(tone.value, tone))


@cache
def app_icon() -> QIcon:
    """Parley's own icon."""
    return QIcon(_rendered(_source("parley"), QSize(64, 64)))


@cache
def _source(name: str) -> str:
    return resources.files("parley.resources").joinpath("icons", f"{name}.svg").read_text("utf-8")


@cache
def _tinted(name: str, rgb: str, width: int, height: int) -> QPixmap:
    return _rendered(re.sub("currentColor", rgb, _source(name)), QSize(width, height))


def _rendered(svg: str, size: QSize) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(svg.encode()).render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return pixmap


class _TintedEngine(QIconEngine):
    """Draws an icon in the colour the palette has now: no icon has to be made again when light turns dark."""

    def __init__(self, name: str, tone: Tone | None = None) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._tone)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002
        return _tinted(self._name, self._colour(mode).name(), size.width(), size.height())

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))

    def _colour(self, mode: QIcon.Mode) -> QColor:
        palette = QGuiApplication.palette()
        if mode == QIcon.Mode.Disabled:
            return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
        if mode == QIcon.Mode.Selected:
            return palette.color(QPalette.ColorRole.HighlightedText)
        return colour(self._tone, palette) if self._tone else palette.color(QPalette.ColorRole.WindowText)
