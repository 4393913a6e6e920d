"""The table of live associations: one row each, with a mark to abort it.

Those whose requests are held are not among them: they have a table of their own.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QHelpEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from parley.bridge.association_model import NUMBER_ROLE, AssociationModel, Column
from parley.ui.kit import icons
from parley.ui.kit.fields import named
from parley.ui.kit.fitting_height import FittingHeight, Lingering
from parley.ui.kit.texts import Label, show_tip

_SHOWN = (Column.NUMBER, Column.CALLING, Column.PEER, Column.STATE, Column.DURATION, Column.SILENT)
_MARK = 16
_MOST_ROWS = 3
Index = QModelIndex | QPersistentModelIndex


class AbortMark(QStyledItemDelegate):
    """Paints a cross at the end of a cell and reports clicks on it: a real button per row would cost too much.

    Attributes:
        clicked: the association's number.
    """

    clicked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icons.icon("abort")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        self._icon.paint(painter, self.mark_in(option.rect))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return super().sizeHint(option, index) + QSize(_MARK + 8, 0)

    @staticmethod
    def mark_in(cell: QRect) -> QRect:
        """Where the cross is in a cell."""
        return QRect(cell.left() + 4, cell.center().y() - _MARK // 2 + 1, _MARK, _MARK)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and self.mark_in(option.rect).contains(event.position().toPoint())
        ):
            self.clicked.emit(index.data(NUMBER_ROLE))
            return True
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if self.mark_in(option.rect).contains(event.pos()):
            show_tip(event.globalPos(), f"Abort association {index.data(NUMBER_ROLE)}", view)
            return True
        return super().helpEvent(event, view, option, index)


class _Unheld(QSortFilterProxyModel):
    """The associations without those whose requests are held."""

    def __init__(self, associations: AssociationModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._associations = associations
        self.setSourceModel(associations)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: ARG002
        return not self._associations.is_held(source_row)


class LiveTable(QTableView):
    """Live associations of the acceptor; hidden while there is none.

    Attributes:
        heading: stays when the table is hidden, and says so.
        abort_requested: the number of an association that the person wants to end.
        abort_action: the same for what is selected; also on Del and in the context menu.
    """

    abort_requested = Signal(object)

    def __init__(self, associations: AssociationModel) -> None:
        super().__init__()
        self._associations = associations
        model = _Unheld(associations, self)
        named(self, "scp.associations", "Live associations", "Associations that peers have with this side now")
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.heading = Label()
        self.heading.setBuddy(self)
        FittingHeight(self, _MOST_ROWS)
        self._size_columns(model.columnCount())
        self._mark = AbortMark(self)
        self._mark.clicked.connect(self.abort_requested)
        self.setItemDelegateForColumn(Column.NUMBER, self._mark)

        self.abort_action = QAction(icons.icon("abort"), "Abort selected", self)
        self.abort_action.setShortcut(QKeySequence("Del"))
        self.abort_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.abort_action.setToolTip("Abort the selected associations (Del)")
        self.abort_action.triggered.connect(self._abort_selected)
        self.addAction(self.abort_action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.selectionModel().selectionChanged.connect(self._enable)
        model.rowsRemoved.connect(self._enable)
        model.modelReset.connect(self._enable)
        self._enable()
        self._lingering = Lingering(self, self._show_whether_any)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset, associations.count_changed):
            signal.connect(self._look_whether_any)
        self._show_whether_any()

    def _size_columns(self, count: int) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        metrics = self.fontMetrics()
        for column in range(count):
            self.setColumnHidden(column, column not in _SHOWN)
        widths = {
            Column.NUMBER: metrics.horizontalAdvance("00000") + _MARK + 14,
            Column.CALLING: metrics.horizontalAdvance("PARLEY_SCU_0") + 14,
            Column.PEER: metrics.horizontalAdvance("127.0.0.1:00000") + 14,
            Column.DURATION: metrics.horizontalAdvance("Duration") + 18,
            Column.SILENT: metrics.horizontalAdvance("00:00:00") + 14,
        }
        for column, width in widths.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)

    @Slot()
    def _look_whether_any(self) -> None:
        if self.model().rowCount():
            self._show_whether_any()
        else:
            self._lingering.settle_later()

    @Slot()
    def _show_whether_any(self) -> None:
        shown = self.model().rowCount()
        words = "&Live associations: all held" if self._associations.rowCount() else "No live association"
        self.heading.setText("&Live associations" if shown else words)
        self.setVisible(bool(shown))

    def _selected(self) -> list[int]:
        return [index.data(NUMBER_ROLE) for index in self.selectionModel().selectedRows()]

    def _abort_selected(self) -> None:
        for number in self._selected():
            self.abort_requested.emit(number)

    def _enable(self) -> None:
        self.abort_action.setEnabled(bool(self._selected()))
