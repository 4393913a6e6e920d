"""The decoded tree of one event as a Qt model; large PDUs are worked out on a thread."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, Signal, Slot

from parley.bridge.details.tree import NO_PARENT, DetailTree, Entry, build
from parley.bridge.loop.job import Job
from parley.bridge.roles import NO_INDEX, SEVERITY_ROLE, Index
from parley.model.event import EngineEvent
from parley.ul.places import may_hold_secrets

SYNCHRONOUS_BYTES = 16_384
"""Up to this size a PDU's tree is there at once."""

_HEADERS = ("Field", "Value", "Meaning")


def _work_out(event: EngineEvent, reveal: bool, job: Job) -> DetailTree:
    tree = build(event, reveal=reveal)
    job.report(1.0)
    return tree


class DetailModel(QAbstractItemModel):
    """The tree of the event set last.

    Signals:
        changed: another tree is there, or being worked on, or none.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tree = DetailTree()
        self._job: Job | None = None
        self._wanted: EngineEvent | None = None
        self._event: EngineEvent | None = None
        self._is_revealed = False

    @property
    def is_busy(self) -> bool:
        """Whether a tree is being worked on."""
        return self._job is not None

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
        self._wanted = None
        if self._job is not None:
            self._job.cancel()
        if event is None:
            self._show(DetailTree())
        elif len(event.data) <= SYNCHRONOUS_BYTES:
            self._show(build(event, reveal=reveal))
        else:
            self._wanted = event
            if self._job is None:
                self._start()
            self._show(DetailTree(data=b"" if may_hold_secrets(event.data) and not reveal else event.data))

    def entry(self, index: Index) -> Entry | None:
        """The entry of an index."""
        return self._tree.entries[index.internalId()] if index.isValid() else None

    def index_at_offset(self, offset: int) -> QModelIndex:
        """The deepest entry that holds the byte; invalid where none does."""
        number = self._tree.at_offset(offset)
        return QModelIndex() if number is None else self._index_of(number)

    def findings(self, most: int) -> list[QModelIndex]:
        """The first findings of the tree."""
        numbers = (number for number, entry in enumerate(self._tree.entries) if entry.is_finding)
        return [self._index_of(number) for number in islice(numbers, most)]

    def secrets(self) -> list[QModelIndex]:
        """The entries that are masked, or were revealed."""
        return [self._index_of(number) for number, entry in enumerate(self._tree.entries) if entry.is_secret]

    def open_entries(self) -> list[QModelIndex]:
        """The entries whose insides are to be seen at once, the outer ones first."""
        return [self._index_of(number) for number, entry in enumerate(self._tree.entries) if entry.is_open]

    def text(self, index: Index) -> str:
        """An entry and what is below it, as text."""
        return self._tree.text(index.internalId()) if index.isValid() else ""

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return len(self._children(parent)) if parent.column() <= 0 else 0

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
        entry = self.entry(index)
        return QModelIndex() if entry is None or entry.parent == NO_PARENT else self._index_of(entry.parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (entry.name, entry.value, entry.meaning)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (entry.reference or entry.name, entry.value, entry.meaning)[index.column()]
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
        return self._tree.entries[parent.internalId()].children if parent.isValid() else self._tree.top

    def _index_of(self, number: int) -> QModelIndex:
        return self.createIndex(self._tree.entries[number].row, 0, number)

    def _show(self, tree: DetailTree) -> None:
        self.beginResetModel()
        self._tree = tree
        self.endResetModel()
        self.changed.emit()

    def _start(self) -> None:
        """One job at a time: who walks through large PDUs gets the last one, not a thread for each."""
        event, self._wanted = self._wanted, None
        if event is None:
            self._job = None
            return
        self._job = Job(partial(_work_out, event, self._is_revealed), self)
        self._job.succeeded.connect(self._show)
        self._job.finished.connect(self._job_finished)
        self._job.start()

    @Slot()
    def _job_finished(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._start()
        self.changed.emit()
