"""Tables that are as tall as their rows need, within bounds: what is empty takes no room from what is not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHeaderView, QTableView

_FRAME = 4


class FittingHeight(QObject):
    """Keeps a table as tall as its rows, all of one height; its height changes only when rows come and go.

    Args:
        table: has its model already.
        most: rows beyond which it scrolls.
    """

    def __init__(self, table: QTableView, most: int) -> None:
        super().__init__(table)
        self._table = table
        self._most = most
        rows, model = table.verticalHeader(), table.model()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(table.fontMetrics().height() + 7)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        rows = min(max(1, self._table.model().rowCount()), self._most)
        header, row = self._table.horizontalHeader(), self._table.verticalHeader().defaultSectionSize()
        self._table.setFixedHeight(header.sizeHint().height() + rows * row + _FRAME)
