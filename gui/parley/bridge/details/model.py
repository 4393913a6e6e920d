"""The decoded tree of one event as a Qt model, read as far as it is unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, Signal

from parley.bridge.details.tree import NO_PARENT, DetailTree, Entry, build
from parley.bridge.roles import NO_INDEX, SEVERITY_ROLE, Index
from parley.bridge.tooltips import tip_text
from parley.model.event import EngineEvent

_HEADERS = ("Field", "Value", "Meaning")


class DetailModel(QAbstractItemModel):
    """The tree of the event set last.

    Signals:
        changed: another tree is there, or none.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tree = DetailTree()
        self._event: EngineEvent | None = None
        self._is_revealed = False

    @property
    def tree(self) -> DetailTree:
        """What is shown now."""
        return self._tree

    @property
    def is_revealed(self) -> bool:
        """Whether passcodes, tickets and tokens are shown; `tree.has_secrets` tells whether there are any."""
        return self._is_revealed

    def reveal(self, *, reveal: bool = True) -> None:
        """Show the secrets of the present event, or hide them again; another event begins hidden."""
        self._present(self._event, reveal)

    def set_event(self, event: EngineEvent | None) -> None:
        """Show another event, or nothing."""
        self._present(event, reveal=False)

    def _present(self, event: EngineEvent | None, reveal: bool) -> None:
        self._event, self._is_revealed = event, reveal
        self.beginResetModel()
        self._tree = DetailTree() if event is None else build(event, reveal=reveal)
        self.endResetModel()
        self.changed.emit()

    def entry(self, index: Index) -> Entry | None:
        """The entry of an index."""
        return self._tree.entry(index.internalId()) if index.isValid() else None

    def index_at_offset(self, offset: int) -> QModelIndex:
        """The deepest entry that holds the byte; invalid where none does."""
        number = self._tree.at_offset(offset)
        return QModelIndex() if number is None else self._index_of(number)

    def findings(self, most: int) -> list[QModelIndex]:
        """The first findings of the tree."""
        return list(map(self._index_of, self._tree.finding_entries(most)))

    def secrets(self, most: int) -> list[QModelIndex]:
        """The first entries that are masked, or were revealed."""
        return list(map(self._index_of, self._tree.secret_entries(most)))

    def open_entries(self) -> list[QModelIndex]:
        """The entries whose insides are to be seen at once, the outer ones first."""
        return list(map(self._index_of, self._tree.open_entries()))

    def foldable(self, most: int) -> Iterator[QModelIndex]:
        """What can be unfolded, in the order of the wire, until so many entries are there or another event is set."""
        return self._foldable(self._tree, most)

    def _foldable(self, tree: DetailTree, most: int) -> Iterator[QModelIndex]:
        waiting = tree.top[::-1]
        while waiting and self._tree is tree and len(tree.entries) < most:
            number = waiting.pop()
            if tree.is_foldable(number):
                waiting += tree.children(number)[::-1]
                yield self._index_of(number)

    def text(self, index: Index) -> str:
        """An entry and what is below it, as text."""
        return self._tree.text(index.internalId()) if index.isValid() else ""

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return len(self._children(parent)) if parent.column() <= 0 else 0

    def hasChildren(self, parent: Index = NO_INDEX) -> bool:
        if not parent.isValid():
            return bool(self._tree.top)
        return parent.column() == 0 and self._tree.is_foldable(parent.internalId())

    def columnCount(self, parent: Index = NO_INDEX) -> int:  # noqa: ARG002
        return len(_HEADERS)

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        children = self._children(parent) if parent.column() <= 0 else []
        if not 0 <= row < len(children) or not 0 <= column < len(_HEADERS):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index | None = None) -> Any:
        if index is None:
            return super().parent()
        above = self._tree.entries[index.internalId()].parent if index.isValid() else NO_PARENT
        return QModelIndex() if above == NO_PARENT else self._index_of(above)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (entry.name, entry.value, entry.meaning)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text((entry.reference or entry.name, entry.value, entry.meaning)[index.column()])
        if role == SEVERITY_ROLE:
            return entry.severity
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        is_asked = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADERS[section] if is_asked and 0 <= section < len(_HEADERS) else None

    # --- inside ----------------------------------------------------------------------------------------------------

    def _children(self, parent: Index) -> list[int]:
        return self._tree.children(parent.internalId() if parent.isValid() else NO_PARENT)

    def _index_of(self, number: int) -> QModelIndex:
        return self.createIndex(self._tree.entries[number].row, 0, number)
