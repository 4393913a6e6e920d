"""Tables that are as tall as their rows need, within bounds: what is empty takes no room from what is not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QTableView

_FRAME = 4

LINGER_MS = 1000
"""How long room that is not needed is kept: where rows come and go many times a second, a panel that is laid out anew
each time would cost more than all else, and nobody could read it."""


class Lingering(QObject):
    """Does later, and once, what need not be done at once.

    Args:
        settle: looks at how things are then.
    """

    def __init__(self, parent: QObject, settle: Callable[[], None]) -> None:
        super().__init__(parent)
        self._settle = settle
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(settle)

    def settle_later(self) -> None:
        """Settle after `LINGER_MS`, counted from the first time this was asked."""
        if LINGER_MS == 0:
            self._settle()
        elif not self._timer.isActive():
            self._timer.start(LINGER_MS)


class FittingHeight(QObject):
    """Keeps a table as tall as its rows, all of one height: taller as they come, less tall a moment after they went.

    Args:
        table: has its model already.
        most: rows beyond which it scrolls.
        least: rows that it always has room for. A table whose foot stays where it is moves all rows when it grows.
    """

    def __init__(self, table: QTableView, most: int, *, least: int = 1) -> None:
        super().__init__(table)
        self._table = table
        self._most = most
        self._least = least
        rows, model = table.verticalHeader(), table.model()
        rows.hide()
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setDefaultSectionSize(table.fontMetrics().height() + 7)
        self._lingering = Lingering(self, self._fit)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._rows_changed)
        self._fit()

    @Slot()
    def _rows_changed(self) -> None:
        if self._wanted() >= self._table.height():
            self._fit()
        else:
            self._lingering.settle_later()

    @Slot()
    def _fit(self) -> None:
        self._table.setFixedHeight(self._wanted())

    def _wanted(self) -> int:
        rows = min(max(self._least, self._table.model().rowCount()), self._most)
        header, row = self._table.horizontalHeader(), self._table.verticalHeader().defaultSectionSize()
        return header.sizeHint().height() + rows * row + _FRAME
