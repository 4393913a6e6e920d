"""The table of files to be sent: what to do with its rows, and files that are dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QTableView

from parley.bridge.sending.model import STATE_ROLE, Column, FileState, SendingModel
from parley.ui.kit import style
from parley.ui.kit.column_shares import ColumnShares
from parley.ui.kit.delegates import ToneDelegate
from parley.ui.kit.fields import named
from parley.ui.kit.file_drop import FileDrop
from parley.ui.kit.uid_text import short

_TONES = {
    FileState.UNREADABLE: style.Tone.WARNING,
    FileState.UNFIT: style.Tone.WARNING,
    FileState.STORED: style.Tone.OK,
    FileState.WARNED: style.Tone.WARNING,
    FileState.FAILED: style.Tone.ERROR,
}
_SHARES: dict[int, float] = {
    Column.FILE: 0.20,
    Column.SOP_CLASS: 0.21,
    Column.TRANSFER_SYNTAX: 0.17,
    Column.STATE: 0.42,
}
_WHILE_EMPTY = "Drop DICOM files or folders here, or add them with the buttons above."


def tone_of(state: FileState) -> style.Tone | None:
    """How a state is meant; None for the ordinary."""
    return _TONES.get(state)


class StateDelegate(ToneDelegate):
    """Marks the states that somebody should see."""

    def tone(self, index: QModelIndex | QPersistentModelIndex) -> style.Tone | None:
        return tone_of(index.data(STATE_ROLE))


class SyntaxDelegate(QStyledItemDelegate):
    """Shortens the names of transfer syntaxes; the tooltip has the UID."""

    def displayText(self, value: object, locale: QLocale | QLocale.Language) -> str:
        return short(super().displayText(value, locale))


class SendTable(QTableView):
    """The files of a `SendingModel`.

    Attributes:
        dropped: paths that were dropped on it, as a tuple.
        again_requested: the selected files shall be sent once more.
        remove_action, again_action: on Del and in the context menu.
    """

    dropped = Signal(object)
    again_requested = Signal()

    def __init__(self, model: SendingModel) -> None:
        super().__init__()
        named(self, "send.table", "Files to be sent", "Select a file to see in words how it stands")
        self._model = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.setItemDelegateForColumn(Column.TRANSFER_SYNTAX, SyntaxDelegate(self))
        self.setItemDelegateForColumn(Column.STATE, StateDelegate(self, Column.STATE))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 7)
        self._size_columns()
        self._drop = FileDrop(self)
        self._drop.dropped.connect(self.dropped)
        self.remove_action = self._action("Remove from the list", "Del", self.remove_selected)
        self.again_action = self._action("Send again", "", self.again_requested)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def selected_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    @Slot()
    def remove_selected(self) -> None:
        """Take the selected files off the list; the next one is selected then."""
        rows = self.selected_rows()
        self._model.remove(rows)
        if rows and self._model.rowCount():
            self.selectRow(min(rows[0], self._model.rowCount() - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(style.muted(self.palette()))
            around = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect(), int(around), _WHILE_EMPTY)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        width = self.fontMetrics().horizontalAdvance
        fixed: dict[int, int] = {
            Column.SIZE: width("999.9 MB") + 14,
            Column.CONTEXT: width("Context") + 18,
            Column.MS: width("99999.9") + 10,
        }
        ColumnShares(self, header, _SHARES, fixed=fixed)

    def _action(self, text: str, keys: str, slot: object) -> QAction:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action
