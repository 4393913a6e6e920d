"""The transfer syntaxes of a context as a list model: in order, each by name, each editable."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from parley.bridge.tooltips import tip_text
from parley.model import registry
from parley.ui.kit.edits import Edits
from parley.ui.kit.uid_text import name_and_uid, short, uid_of
from parley.ul.visible import one_line

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class UidListModel(QAbstractListModel):
    """An ordered list of transfer syntaxes: named, movable, each editable as a UID.

    Attributes:
        edited: the list changed by an edit.
        edits: makes one edit of several.
    """

    edited = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edits = Edits(self.edited)
        self._uids: list[str] = []

    def uids(self) -> tuple[str, ...]:
        return tuple(self._uids)

    def set_uids(self, uids: Iterable[str]) -> None:
        self.beginResetModel()
        self._uids = list(uids)
        self.endResetModel()

    def add(self, uids: Iterable[str]) -> None:
        """Append those that are not listed yet."""
        new = [uid for uid in dict.fromkeys(uids) if uid not in self._uids]
        if new:
            at = len(self._uids)
            self.beginInsertRows(QModelIndex(), at, at + len(new) - 1)
            self._uids += new
            self.endInsertRows()
            self.edits.tell()

    def remove(self, rows: Iterable[int]) -> None:
        for row in sorted(rows, reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._uids[row]
            self.endRemoveRows()
        self.edits.tell()

    def moveRows(self, source: Index, first: int, count: int, target: Index, destination: int) -> bool:
        if not self.beginMoveRows(source, first, first + count - 1, target, destination):
            return False
        moved = self._uids[first : first + count]
        del self._uids[first : first + count]
        at = destination if destination < first else destination - count
        self._uids[at:at] = moved
        self.endMoveRows()
        self.edits.tell()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._uids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return (
            Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        uid = self._uids[index.row()]
        if role == _Role.DisplayRole:
            return one_line(short(uid)) or "(empty)"
        if role == _Role.EditRole:
            return uid
        if role == _Role.ToolTipRole:
            return tip_text(name_and_uid(uid))
        return None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        if role != _Role.EditRole or not index.isValid():
            return False
        uid = uid_of(str(value), registry.TRANSFER_SYNTAXES)
        if uid != self._uids[index.row()]:
            self._uids[index.row()] = uid
            self.dataChanged.emit(index, index)
            self.edits.tell()
        return True
