"""The live log as a Qt table: a ring of events and the index of those that the filter shows.

The filter lives in the model. A `QSortFilterProxyModel` over 50 000 rows takes up to a second to change its filter,
because it removes and inserts every gap by itself and cannot stop half way; here a pass over the rows runs in slices
beside the event loop and ends in one reset. Views keep selection and place over it by `position_at` and `row_of`.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import islice
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal, Slot

from parley.bridge.headed_table import HeadedTable
from parley.bridge.log.negotiations import Negotiations
from parley.bridge.log.row import LogFilter, LogRow, clock, kind_words, who_to_whom
from parley.bridge.roles import NO_INDEX, SEVERITY_ROLE, Index
from parley.bridge.tooltips import tip_text
from parley.model.event import EngineEvent
from parley.ul.errors import Severity
from parley.ul.pdu import AAssociateAc, AAssociateRq

CAPACITY = 50_000
BYTE_CAPACITY = 256 * 1024 * 1024
"""PDUs are kept with their bytes: a few thousand large ones are as much as the ring may hold."""

SLICE_SECONDS = 0.005
_SLICE_ROWS = 250

_position = attrgetter("position")


class Column(IntEnum):
    """The table's columns."""

    NUMBER = 0
    TIME = 1
    DELTA = 2
    ASSOCIATION = 3
    WHO = 4
    EVENT = 5
    SUMMARY = 6


_HEADERS = {
    Column.NUMBER: ("#", "Number of the event, counted from the start of the program"),
    Column.TIME: ("Time", "Local time of this computer"),
    Column.DELTA: ("Δ s", "Seconds since the previous shown event of the same association"),
    Column.ASSOCIATION: ("Assoc", "Number of the association; empty for what belongs to none, such as a listener"),
    Column.WHO: ("Who → whom", "AE titles where they are known, else addresses"),
    Column.EVENT: ("Event", "What kind of event it is"),
    Column.SUMMARY: ("Summary", "What happened, in one line"),
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
RIGHT_ALIGNED = {Column.NUMBER, Column.DELTA, Column.ASSOCIATION}


class LogModel(HeadedTable):
    """The log: at most `capacity` events and `byte_capacity` bytes, let go in chunks when a tenth more are there.

    Signals:
        counts_changed: how many rows are shown, kept or waiting has changed.
        taken: the list of events that have just been taken in, shown or not.
    """

    headers = _HEADERS

    counts_changed = Signal()
    taken = Signal(object)

    def __init__(
        self, parent: QObject | None = None, *, capacity: int = CAPACITY, byte_capacity: int = BYTE_CAPACITY
    ) -> None:
        super().__init__(parent)
        self._capacity = capacity
        self._byte_capacity = byte_capacity
        self._bytes = 0
        self._waiting_bytes = 0
        self._rows: list[LogRow] = []
        self._shown: list[LogRow] = []
        self._cleared: list[LogRow] = []
        self._negotiations, self._cleared_negotiations = Negotiations(), Negotiations()
        self._leaving: list[LogRow] = []
        self._unsettled: list[LogRow] = []
        self._filter = LogFilter()
        self._next_position = 0
        self._last_shown: dict[int, float] = {}
        self._waiting: deque[EngineEvent] = deque()
        self._is_paused = False
        self._pass: _FilterPass | None = None
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._work)

    # --- what is in it ---------------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """Events kept, hidden ones included, waiting ones not."""
        return len(self._rows)

    @property
    def shown(self) -> int:
        """Rows that the filter lets through."""
        return len(self._shown)

    @property
    def waiting(self) -> int:
        """Events that came during a pause and are not in the table yet."""
        return len(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether a changed filter or the end of a pause is still being worked on."""
        return self._pass is not None or (bool(self._waiting) and not self._is_paused)

    def event_at(self, row: int) -> EngineEvent | None:
        """The event of a shown row."""
        return self._shown[row].event if 0 <= row < len(self._shown) else None

    def text_at(self, row: int, column: int) -> str:
        """A cell's text; empty where there is no such row."""
        return _CELLS[column](self._looked_at(row)) if 0 <= row < len(self._shown) else ""

    def severity_at(self, row: int) -> Severity | None:
        """How much a shown row matters."""
        return self._looked_at(row).severity if 0 <= row < len(self._shown) else None

    def position_at(self, row: int) -> int | None:
        """What names a shown row for as long as it is kept."""
        return self._shown[row].position if 0 <= row < len(self._shown) else None

    def row_of(self, position: int) -> int:
        """The shown row of that position, or the next one after it; `shown` when there is none."""
        return bisect_left(self._shown, position, key=_position)

    def events(self, *, shown_only: bool) -> list[EngineEvent]:
        """A snapshot, oldest first."""
        return [row.event for row in (self._shown if shown_only else self._rows)]

    def find(self, start: int, step: int, accepts: Callable[[EngineEvent], bool]) -> int | None:
        """The nearest shown row before (step -1) or after (step 1) `start` that is accepted."""
        rows = range(start + step, len(self._shown) if step > 0 else -1, step)
        return next((row for row in rows if accepts(self._shown[row].event)), None)

    def negotiation_of(self, event: EngineEvent) -> tuple[AAssociateRq | None, AAssociateAc | None]:
        """Request and answer of the event's association, as far as they are in the log."""
        pdus = [event.pdu, *self._negotiations.pdus(event.association)]
        request = next((pdu for pdu in pdus if isinstance(pdu, AAssociateRq)), None)
        answer = next((pdu for pdu in pdus if isinstance(pdu, AAssociateAc)), None)
        return request, answer

    # --- what is done to it ----------------------------------------------------------------------------------------

    @Slot(object)
    def append(self, events: Sequence[EngineEvent]) -> None:
        """Take a batch."""
        if self._is_paused or self._waiting:
            self._wait(events)
        else:
            self._take(events)
        self.counts_changed.emit()

    @property
    def is_paused(self) -> bool:
        """Whether what comes waits outside the table."""
        return self._is_paused

    @Slot(bool)
    def set_paused(self, paused: bool) -> None:
        """Hold the table still, or let in what waited. No more events wait than the log would keep."""
        self._is_paused = paused
        if not paused and self._waiting:
            self._slices.start()
            self._work()
        self.counts_changed.emit()

    @property
    def filter(self) -> LogFilter:
        """What decides which rows are shown."""
        return self._filter

    def set_filter(self, log_filter: LogFilter) -> None:
        """Show other rows: at once in a small log, a little later in a large one."""
        if log_filter != self._filter:
            self._filter = log_filter
            self._start_pass()

    def clear(self) -> None:
        """Empty the log; `undo_clear` brings it back."""
        self._pass = None
        self.beginResetModel()
        self._cleared, self._rows, self._shown = self._rows, [], []
        self._cleared_negotiations, self._negotiations = self._negotiations, Negotiations()
        self._last_shown = {}
        self._bytes = 0
        self.endResetModel()
        self.counts_changed.emit()

    @property
    def can_undo_clear(self) -> bool:
        """Whether the rows cleared last are still there."""
        return bool(self._cleared)

    def undo_clear(self) -> None:
        """Put back what was cleared last, before what came since."""
        self._rows = self._cleared + self._rows
        self._cleared = []
        self._negotiations.put_before(self._cleared_negotiations)
        self._cleared_negotiations = Negotiations()
        self._bytes = sum(len(row.event.data) for row in self._rows)
        self._start_pass()

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self._shown):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_at(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in RIGHT_ALIGNED else None
        if role == SEVERITY_ROLE:
            return self.severity_at(row)
        if role == Qt.ItemDataRole.ToolTipRole and column >= Column.WHO:
            return tip_text(self.text_at(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole and column == Column.EVENT:
            severity = self.severity_at(row)
            return f"{severity.value}: {self.text_at(row, column)}" if severity else self.text_at(row, column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in RIGHT_ALIGNED else None
        return super().headerData(section, orientation, role)

    # --- rows come and go ------------------------------------------------------------------------------------------

    def _take(self, events: Iterable[EngineEvent]) -> None:
        first = self._next_position
        taken = list(events)
        rows = [LogRow(event, position) for position, event in enumerate(taken, first)]
        self._next_position += len(rows)
        self._bytes += sum(len(row.event.data) for row in rows)
        self._rows += rows
        self._negotiations.add(rows)
        if self._pass is None:
            self._show([row for row in rows if self._filter.accepts(row)])
            self._trim()
        self.taken.emit(taken)

    def _wait(self, events: Iterable[EngineEvent]) -> None:
        for event in events:
            self._waiting.append(event)
            self._waiting_bytes += len(event.data)
            if len(self._waiting) > self._capacity or self._waiting_bytes > self._byte_capacity:
                self._stop_waiting()

    def _stop_waiting(self) -> EngineEvent:
        event = self._waiting.popleft()
        self._waiting_bytes -= len(event.data)
        return event

    def _show(self, rows: list[LogRow]) -> None:
        if not rows:
            return
        _measure(rows, self._last_shown)
        self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(rows) - 1)
        self._shown += rows
        self.endInsertRows()

    def _trim(self) -> None:
        if len(self._rows) >= self._capacity or self._bytes >= self._byte_capacity:
            self._cleared, self._cleared_negotiations = [], Negotiations()
        if len(self._rows) <= self._capacity * 1.1 and self._bytes <= self._byte_capacity * 1.1:
            return
        excess = max(0, len(self._rows) - self._capacity)
        self._bytes -= sum(len(row.event.data) for row in islice(self._rows, excess))
        while self._bytes > self._byte_capacity and excess < len(self._rows) - 1:
            self._bytes -= len(self._rows[excess].event.data)
            excess += 1
        leaving = self.row_of(self._rows[excess].position)
        self._negotiations.remove(self._rows[:excess])
        self._leaving += self._rows[:excess]
        del self._rows[:excess]
        self._slices.start()
        if leaving:
            self.beginRemoveRows(QModelIndex(), 0, leaving - 1)
            del self._shown[:leaving]
            self.endRemoveRows()
        if len(self._last_shown) > len(self._shown):
            alive = {row.event.association for row in self._shown}
            self._last_shown = {key: value for key, value in self._last_shown.items() if key in alive}

    # --- work in slices --------------------------------------------------------------------------------------------

    def _start_pass(self) -> None:
        self._pass = _FilterPass(self._rows, self._filter)
        self._slices.start()
        self._work()

    def _looked_at(self, row: int) -> LogRow:
        """A shown row; what a large PDU's row says is found out beside the painting, and painted again."""
        found = self._shown[row]
        if not found.is_settled and found not in self._unsettled:
            self._unsettled.append(found)
            self._slices.start()
        return found

    def _settle(self, found: LogRow) -> None:
        found.settle()
        row = self.row_of(found.position)
        if row < len(self._shown) and self._shown[row] is found:
            self.dataChanged.emit(self.index(row, 0), self.index(row, Column.SUMMARY))

    def _work(self) -> None:
        """Do a slice of what is left to do: the filter, what waited, and freeing what left, which takes time too."""
        deadline = time.perf_counter() + SLICE_SECONDS
        while time.perf_counter() < deadline:
            if self._pass is not None:
                if self._pass.advance():
                    self._finish_pass(self._pass)
            elif self._waiting and not self._is_paused:
                count = min(_SLICE_ROWS, len(self._waiting))
                self._take([self._stop_waiting() for _ in range(count)])
            elif self._leaving:
                del self._leaving[-_SLICE_ROWS:]
                return
            elif self._unsettled:
                self._settle(self._unsettled.pop())
                return
            else:
                self._slices.stop()
                break
        self.counts_changed.emit()

    def _finish_pass(self, done: _FilterPass) -> None:
        self._pass = None
        self.beginResetModel()
        self._shown, self._last_shown = done.accepted, done.last_shown
        self.endResetModel()
        self._trim()


class _FilterPass:
    """A walk over all rows with a new filter, some rows at a time; rows may be added meanwhile."""

    def __init__(self, rows: list[LogRow], log_filter: LogFilter) -> None:
        self._rows = rows
        self._filter = log_filter
        self._done = 0
        self.accepted: list[LogRow] = []
        self.last_shown: dict[int, float] = {}

    def advance(self) -> bool:
        """Look at some more rows; true when none are left."""
        some = self._rows[self._done : self._done + _SLICE_ROWS]
        self._done += len(some)
        fresh = [row for row in some if self._filter.accepts(row)]
        _measure(fresh, self.last_shown)
        self.accepted += fresh
        return self._done == len(self._rows)


def _measure(rows: Iterable[LogRow], last_shown: dict[int, float]) -> None:
    """Set each row's delta from the times of the rows shown before."""
    for row in rows:
        event = row.event
        before = last_shown.get(event.association)
        row.delta = None if before is None else event.monotonic - before
        last_shown[event.association] = event.monotonic


def _delta(row: LogRow) -> str:
    return "" if row.delta is None else f"{row.delta:.3f}"


def _association(row: LogRow) -> str:
    return str(row.event.association or "")


_CELLS: tuple[Callable[[LogRow], str], ...] = (
    lambda row: str(row.event.seq),
    lambda row: clock(row.event.wall),
    _delta,
    _association,
    lambda row: who_to_whom(row.event),
    lambda row: kind_words(row.event.kind),
    attrgetter("line"),
)
"""The text of each column, in the order of `Column`."""
