"""A Qt table whose columns have a heading and a tip each; what its rows are is the business of who extends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractTableModel, Qt

from parley.bridge.roles import NO_INDEX, Index
from parley.bridge.tooltips import tip_text


class HeadedTable(QAbstractTableModel):
    """Answers the questions about columns.

    Attributes:
        headers: heading and tip by column, from 0 without a gap.
    """

    headers: ClassVar[Mapping[Any, tuple[str, str]]]

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section not in self.headers:
            return None
        heading, tip = self.headers[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        return tip_text(tip) if role == Qt.ItemDataRole.ToolTipRole else None
