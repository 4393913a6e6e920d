"""Parley's icons: own drawings in `resources/icons`, in the palette's colours. No widget of Parley is known here."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap

from parley.ui.kit import style


def icon(name: str) -> QIcon:
    """A one-coloured icon of `resources/icons` that takes the palette's text colour each time it is painted."""
    return QIcon(_TintedEngine(name))


def tone_icon(tone: style.Tone) -> QIcon:
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

    def __init__(self, name: str, tone: style.Tone | None = None) -> None:
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
        return style.colour(self._tone, palette) if self._tone else palette.color(QPalette.ColorRole.WindowText)
