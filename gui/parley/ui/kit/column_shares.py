"""Columns that share a view's width until the person sizes one: nothing that matters hides behind a scroll bar."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QHeaderView


class ColumnShares(QObject):
    """Divides the room of a view among its columns each time the view is resized.

    The last column takes what is left, by the header's own stretching; it needs a share all the same.

    Args:
        view: whose columns they are.
        header: its horizontal header.
        shares: each column's part of the room that the others leave.
        fixed: pixels, for columns that are as wide in every view.
        most: pixels beyond which a column would be empty.
    """

    def __init__(
        self,
        view: QAbstractScrollArea,
        header: QHeaderView,
        shares: Mapping[int, float],
        *,
        fixed: Mapping[int, int] | None = None,
        most: Mapping[int, int] | None = None,
    ) -> None:
        super().__init__(view)
        self._view = view
        self._header = header
        self._shares = shares
        self._fixed = fixed or {}
        self._most = most or {}
        self._is_sharing = False
        self._is_sized_by_hand = False
        header.setStretchLastSection(True)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.sectionResized.connect(self._section_resized)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
            self.share()
        return super().eventFilter(watched, event)

    def share(self) -> None:
        """Divide the room anew, as after a column was hidden, unless the person has sized one."""
        if self._is_sized_by_hand:
            return
        self._is_sharing = True
        fixed = {column: width for column, width in self._fixed.items() if not self._header.isSectionHidden(column)}
        room = max(0, self._view.viewport().width() - sum(fixed.values()))
        whole = sum(self._shares.values())
        widths = {column: int(room * share / whole) for column, share in self._shares.items()}
        last = self._header.count() - 1
        for column, width in {**fixed, **widths}.items():
            if column != last:
                self._header.resizeSection(column, min(width, self._most.get(column, width)))
        self._is_sharing = False

    def _section_resized(self, section: int, before: int, now: int) -> None:
        """The last section stretches by itself; any other that is sized at another time was the person."""
        was_shown_or_hidden = not before or not now
        if not self._is_sharing and not was_shown_or_hidden and section < self._header.count() - 1:
            self._is_sized_by_hand = True
