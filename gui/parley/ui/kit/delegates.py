"""How cells are painted that say how much something matters."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from parley.bridge.roles import SEVERITY_ROLE
from parley.ui.kit import icons, style
from parley.ui.kit.fields import TONES
from parley.ul.errors import Severity


class ToneDelegate(QStyledItemDelegate):
    """Puts an icon and a colour on cells that carry a tone; the icon and a word say it without the colour.

    Args:
        column: where the icon stands.
    """

    def __init__(self, parent: QWidget, column: int = 0) -> None:
        super().__init__(parent)
        self._column = column
        self._icons = {tone: icons.tone_icon(tone) for tone in style.Tone}

    def tone(self, index: QModelIndex | QPersistentModelIndex) -> style.Tone | None:
        """The tone of a cell."""
        severity: Severity | None = index.data(SEVERITY_ROLE)
        return TONES[severity] if severity else None

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        tone = self.tone(index)
        if tone is None:
            return
        colour = style.colour(tone, option.palette)
        option.palette.setColor(option.palette.ColorRole.Text, colour)
        if index.column() == self._column:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = self._icons[tone]
            option.decorationSize = style.ICON_SIZE

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same height for every row, with icon or without."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(option.fontMetrics.height(), style.ICON_SIZE.height()) + 4)
