"""The table of the live log: its looks, following the tail, and staying in place while rows come and go above."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from parley.bridge.log.model import RIGHT_ALIGNED, Column, LogModel
from parley.bridge.roles import Index
from parley.model.event import EngineEvent
from parley.ui.kit import style
from parley.ui.kit.column_shares import ColumnShares
from parley.ui.kit.delegates import ToneDelegate
from parley.ui.kit.fields import TONES, named

_CHARACTERS = {
    Column.NUMBER: 6,
    Column.TIME: 11,
    Column.DELTA: 7,
    Column.ASSOCIATION: 5,
    Column.WHO: 22,
    Column.EVENT: 16,
}

_CELL_MARGIN = 4
_AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_SELECTED, _ACTIVE = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_Active.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_SELECTION_KEPT = 1000
"""So many selected rows stay selected when the filter changes."""


class _LogDelegate(ToneDelegate):
    """Paints a cell straight from the log.

    The style's own way asks the model eight questions a cell and lays out its text anew; at twenty batches a second
    that took more time than everything else together.
    """

    def __init__(self, log: LogModel, parent: QWidget) -> None:
        super().__init__(parent, Column.EVENT)
        self._log = log

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, column = index.row(), index.column()
        state, palette, rect = option.state.value, option.palette, option.rect
        group = QPalette.ColorGroup.Active if state & _ACTIVE else QPalette.ColorGroup.Inactive
        severity = self._log.severity_at(row)
        tone = TONES[severity] if severity else None
        if state & _SELECTED:
            painter.fillRect(rect, palette.brush(group, QPalette.ColorRole.Highlight))
            painter.setPen(palette.color(group, QPalette.ColorRole.HighlightedText))
        else:
            painter.setPen(style.colour(tone, palette) if tone else palette.color(group, QPalette.ColorRole.Text))
        if state & _FOCUSED:
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        room = rect.adjusted(_CELL_MARGIN, 0, -_CELL_MARGIN, 0)
        if tone is not None and column == Column.EVENT:
            mark = QStyle.alignedRect(Qt.LayoutDirection.LeftToRight, _AT_LEFT, style.ICON_SIZE, room)
            mode = QIcon.Mode.Selected if state & _SELECTED else QIcon.Mode.Normal
            self._icons[tone].paint(painter, mark, mode=mode)
            room.setLeft(mark.right() + _CELL_MARGIN)
        text = self._log.text_at(row, column)
        if column >= Column.WHO:
            text = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _RIGHT if column in RIGHT_ALIGNED else _LEFT, text)


class LogTable(QTableView):
    """Shows a `LogModel`.

    Signals:
        event_selected: the current row's event, or None.
        follow_changed: whether the tail is followed, after the person scrolled.
        typed: text typed into the table, for the filter line.
    """

    event_selected = Signal(object)
    follow_changed = Signal(bool)
    typed = Signal(str)

    def __init__(self, model: LogModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "log.table", "Live log", "")
        self._log = model
        self._is_following = True
        self._is_moving = False
        self._told: EngineEvent | None = None
        self._kept_current: int | None = None
        self._kept_selected: list[int] = []
        self._kept_top: int | None = None
        self._kept_above = 0
        self.setModel(model)
        self.setItemDelegate(_LogDelegate(model, self))
        self._set_looks()
        model.rowsInserted.connect(self._rows_inserted)
        model.rowsRemoved.connect(self._rows_removed)
        model.modelAboutToBeReset.connect(self._remember_place)
        model.modelReset.connect(self._restore_place)
        self.verticalScrollBar().actionTriggered.connect(self._scrolled)
        self.selectionModel().currentRowChanged.connect(self._current_changed)

    # --- following -------------------------------------------------------------------------------------------------

    @Slot(bool)
    def set_following(self, following: bool) -> None:
        """Keep the newest row in view, or stop doing so."""
        if following:
            self.scrollToBottom()
        if following != self._is_following:
            self._is_following = following
            self.follow_changed.emit(following)

    # --- going places ----------------------------------------------------------------------------------------------

    def current_event(self) -> EngineEvent | None:
        """The event of the current row."""
        return self._log.event_at(self.currentIndex().row())

    def go_to(self, row: int) -> None:
        """Make a row the current one."""
        index = self._log.index(row, max(0, self.columnAt(0)))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self._follow_where_current_is()

    def go_by(self, step: int) -> None:
        """To the next (1) or previous (-1) row, round the ends."""
        if self._log.shown:
            start = self.currentIndex().row() if self.currentIndex().isValid() else (-1 if step > 0 else 0)
            self.go_to((start + step) % self._log.shown)

    def go_within_association(self, step: int) -> None:
        """To the next (1) or previous (-1) row of the current row's association."""
        event = self.current_event()
        if event is None:
            return
        number = event.association
        row = self._log.find(self.currentIndex().row(), step, lambda other: other.association == number)
        if row is not None:
            self.go_to(row)

    def selected_events(self) -> list[EngineEvent]:
        """The selected rows' events, in the order of the log."""
        events = map(self._log.event_at, self._selected_rows())
        return [event for event in events if event is not None]

    # --- Qt's events -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Typing goes to the filter line, as nothing can be typed here."""
        if (
            event.text().isprintable()
            and event.text().strip()
            and event.modifiers()
            in {
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
            }
        ):
            self.typed.emit(event.text())
            return
        super().keyPressEvent(event)
        if event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and self._log.shown:
            self.go_to(0 if event.key() == Qt.Key.Key_Home else self._log.shown - 1)
        self._follow_where_current_is()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._follow_where_current_is()

    def rowsAboutToBeRemoved(self, parent: Index, first: int, last: int) -> None:
        """Rows go at the top only: the others stay where they are on the screen, and no other one becomes current."""
        self._is_moving = True
        self._kept_top = self._log.position_at(max(self.verticalScrollBar().value(), last + 1))
        if self.currentIndex().row() <= last:
            self.selectionModel().setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        super().rowsAboutToBeRemoved(parent, first, last)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _set_looks(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(style.ICON_SIZE)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(max(self.fontMetrics().height(), style.ICON_SIZE.height()) + 4)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        width = self.fontMetrics().horizontalAdvance("0")
        widths = {int(column): characters * width + style.SPACING for column, characters in _CHARACTERS.items()}
        who = {int(Column.WHO): widths.pop(Column.WHO)}
        ColumnShares(self, header, {Column.WHO: 0.44, Column.SUMMARY: 0.56}, fixed=widths, most=who)

    @Slot(QModelIndex, int, int)
    def _rows_inserted(self, _parent: QModelIndex, _first: int, _last: int) -> None:
        if self._is_following:
            self.scrollToBottom()

    @Slot(QModelIndex, int, int)
    def _rows_removed(self, _parent: QModelIndex, _first: int, _last: int) -> None:
        self._is_moving = False
        self._restore_scroll()

    @Slot()
    def _remember_place(self) -> None:
        self._is_moving = True
        top = self.verticalScrollBar().value()
        self._kept_current = self._log.position_at(self.currentIndex().row())
        self._kept_top = self._kept_current if self._is_row_visible(self.currentIndex().row()) else None
        self._kept_above = self.currentIndex().row() - top if self._kept_top is not None else 0
        if self._kept_top is None:
            self._kept_top = self._log.position_at(top)
        positions = (self._log.position_at(row) for row in islice(self._selected_rows(), _SELECTION_KEPT))
        self._kept_selected = [position for position in positions if position is not None]

    @Slot()
    def _restore_place(self) -> None:
        self._is_moving = False
        chosen = QItemSelection()
        for row in map(self._row_at, self._kept_selected):
            if row is not None:
                chosen.select(self._log.index(row, 0), self._log.index(row, len(Column) - 1))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        current = None if self._kept_current is None else self._row_at(self._kept_current)
        if current is not None:
            index = self._log.index(current, max(0, self.columnAt(0)))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._restore_scroll()

    def _restore_scroll(self) -> None:
        if self._is_following:
            self.scrollToBottom()
        elif self._kept_top is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(self._log.row_of(self._kept_top) - self._kept_above)
        self._kept_above = 0

    def _row_at(self, position: int) -> int | None:
        """The row of exactly that position; None where it is not shown."""
        row = self._log.row_of(position)
        return row if self._log.position_at(row) == position else None

    def _selected_rows(self) -> Iterator[int]:
        selection = self.selectionModel().selection()
        parts = (selection.at(number) for number in range(selection.count()))
        ranges = sorted({(part.top(), part.bottom()) for part in parts})
        return (row for top, bottom in ranges for row in range(top, bottom + 1))

    def _is_row_visible(self, row: int) -> bool:
        top = self.verticalScrollBar().value()
        return row >= 0 and top <= row <= top + self.verticalScrollBar().pageStep()

    def _follow_where_current_is(self) -> None:
        """Who looks at an old row wants it to stay; who goes to the last one wants the next."""
        if self.currentIndex().isValid():
            self.set_following(self.currentIndex().row() == self._log.shown - 1)

    @Slot(int)
    def _scrolled(self, _action: int) -> None:
        bar = self.verticalScrollBar()
        self.set_following(bar.sliderPosition() >= bar.maximum())

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        event = self._log.event_at(current.row())
        if not self._is_moving and event is not self._told:
            self._told = event
            self.event_selected.emit(event)
