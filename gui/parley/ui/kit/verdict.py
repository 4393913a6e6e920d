"""A verdict in the window: what happened, why, what next; in words first, with a colour that says the same."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from parley.ui.kit import style
from parley.ui.kit.long_words import shorten_words
from parley.ui.kit.texts import set_tip
from parley.ul.visible import each_line

_BAR = 4
"""Pixels: width of the coloured bar."""


class VerdictView(QLabel):
    """A wrapped, selectable text with a bar in the colour of its tone; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = style.Tone.NOTE
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setContentsMargins(_BAR + 8, 5, 8, 5)
        self.hide()

    def say(self, tone: style.Tone, headline: str, why: str = "", next_step: str = "", code: str = "") -> None:
        """Show a verdict; every part but the headline may be empty."""
        self._tone = tone
        headline, why, next_step = map(each_line, (headline, why, next_step))
        parts = [f"<b>{escape(headline)}</b>{' ' if why else ''}{escape(shorten_words(why))}"]
        if next_step:
            parts.append(f"<b>What next:</b> {escape(shorten_words(next_step))}")
        self.setText("<br>".join(parts))
        set_tip(self, f"Verdict: {code}" if code else "")
        self.setAccessibleDescription(" ".join(filter(None, (headline, why, next_step))))
        self.show()
        self.update()

    def fall_silent(self) -> None:
        self.setText("")
        self.setAccessibleDescription("")
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.tint(self._tone, self.palette()))
        painter.fillRect(QRect(0, 0, _BAR, self.height()), style.colour(self._tone, self.palette()))
        painter.end()
        super().paintEvent(event)
