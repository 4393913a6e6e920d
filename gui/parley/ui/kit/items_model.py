"""A table model over a tuple of frozen items, one attribute a column. Values are kept as typed, wrong ones too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from parley.bridge.tooltips import tip_text
from parley.ui.kit import icons, style
from parley.ui.kit.cells import Cell, SwitchedCell
from parley.ui.kit.fields import TONES, sentence, worst
from parley.ul.visible import one_line

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


@dataclass(slots=True)
class _Row:
    """An item, what was typed in its cells that cannot be a value (with the reason), and what is wrong with it."""

    item: Any
    wrong: dict[int, tuple[str, str]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


class ItemsModel(QAbstractTableModel):
    """An editable table.

    Attributes:
        edited: an edit changed the items, or what is typed for them.
        columns: as given.
    """

    edited = Signal()

    def __init__(self, columns: tuple[Cell, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self._rows: list[_Row] = []

    # --- values ------------------------------------------------------------------------------------------------------

    def items(self) -> tuple[Any, ...]:
        return tuple([row.item for row in self._rows])

    def item(self, row: int) -> Any:
        return self._rows[row].item

    def set_items(self, items: Iterable[Any]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._rows = [_Row(item) for item in items]
        self.endResetModel()

    def add(self, items: Sequence[Any], at: int | None = None) -> range:
        """Put items before a row, or at the end; returns their rows."""
        at = len(self._rows) if at is None else at
        if items:
            self.beginInsertRows(QModelIndex(), at, at + len(items) - 1)
            self._rows[at:at] = [_Row(item) for item in items]
            self.endInsertRows()
            self.edited.emit()
        return range(at, at + len(items))

    def replace_item(self, row: int, item: Any) -> None:
        """Another item in the place of this one."""
        if item != self._rows[row].item or self._rows[row].wrong:
            self._rows[row] = _Row(item)
            self._tell(row)
            self.edited.emit()

    def remove(self, rows: Iterable[int]) -> None:
        for row in sorted(rows, reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()
        self.edited.emit()

    def moveRows(
        self, source: Index, first: int, count: int, target: Index, destination: int
    ) -> bool:  # Qt's signature; `destination` is the row before which they go
        if not self.beginMoveRows(source, first, first + count - 1, target, destination):
            return False
        moved = self._rows[first : first + count]
        del self._rows[first : first + count]
        at = destination if destination < first else destination - count
        self._rows[at:at] = moved
        self.endMoveRows()
        self.edited.emit()
        return True

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        """What was typed and cannot be a value, as place, text and remedy."""
        for number, row in enumerate(self._rows):
            for column, (_, why) in row.wrong.items():
                place = f"[{number}].{self.columns[column].attribute}"
                yield place, f"{self.columns[column].heading}: {why}", "The value before it counts meanwhile."

    def show_problems(self, problems: Mapping[int, Sequence[Problem]]) -> None:
        """Mark the rows that have problems, by row number."""
        for number, row in enumerate(self._rows):
            found = problems.get(number, ())
            if row.problems != found:
                row.problems = found
                self._tell(number)

    # --- Qt's questions ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and section < len(self.columns):
            if role == _Role.DisplayRole:
                return self.columns[section].heading
            if role == _Role.ToolTipRole:
                return tip_text(self.columns[section].tip)
            if role == _Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if orientation == Qt.Orientation.Vertical and role == _Role.DisplayRole:
            return str(section + 1)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable
        if isinstance(self.columns[index.column()], SwitchedCell):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, cell = self._rows[index.row()], self.columns[index.column()]
        wrong = row.wrong.get(index.column())
        value = getattr(row.item, cell.attribute)
        if role == _Role.DisplayRole:
            if wrong:
                return one_line(wrong[0])
            return one_line(cell.shown(value)) if cell.is_used(row.item) else ""
        if role == _Role.EditRole:
            return wrong[0] if wrong else cell.typed(value)
        if role == _Role.ToolTipRole:
            return tip_text(self._tip(row, cell, wrong))
        if role == _Role.DecorationRole:
            severity = worst(each for each in row.problems if self._column_of(each) == index.column())
            tone = style.Tone.ERROR if wrong else TONES[severity] if severity else None
            return icons.tone_icon(tone) if tone else None
        if role == _Role.CheckStateRole and isinstance(cell, SwitchedCell):
            return Qt.CheckState.Checked if getattr(row.item, cell.switch) else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        if not index.isValid():
            return False
        row, column, text = self._rows[index.row()], index.column(), str(value)
        cell = self.columns[column]
        if role == _Role.CheckStateRole and isinstance(cell, SwitchedCell):
            # Not by `replace_item`: what is typed in the other cells and cannot be a value stays there.
            row.item = replace(row.item, **{cell.switch: Qt.CheckState(value) == Qt.CheckState.Checked})
            self._tell(index.row())
            self.edited.emit()
            return True
        if role != _Role.EditRole:
            return False
        if text == self.data(index, _Role.EditRole):
            return True
        try:
            parsed = cell.parsed(text, getattr(row.item, cell.attribute))
        except ValueError as error:
            row.wrong[column] = text, str(error)
        else:
            row.wrong.pop(column, None)
            row.item = replace(row.item, **{cell.attribute: parsed})
        self._tell(index.row())
        self.edited.emit()
        return True

    # --- inside ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _tip(row: _Row, cell: Cell, wrong: tuple[str, str] | None) -> str:
        first = wrong[1] if wrong else cell.explained(getattr(row.item, cell.attribute))
        return "\n".join([*filter(None, [first]), *map(sentence, row.problems)])

    def _column_of(self, problem: Problem) -> int:
        """Where a problem is marked: in the cell that it is about, else in the first."""
        attribute = problem.field.rpartition(".")[2]
        return next((at for at, cell in enumerate(self.columns) if cell.attribute == attribute), 0)

    def _tell(self, number: int) -> None:
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))
