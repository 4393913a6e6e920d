"""The associations that live right now, as a Qt table, kept up to date from batches of events."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal, Slot

from parley.bridge.headed_table import HeadedTable
from parley.bridge.log.row import clock
from parley.bridge.roles import NO_INDEX, Index
from parley.bridge.tooltips import tip_text
from parley.model.event import EngineEvent, EventKind
from parley.ul.codes import Role
from parley.ul.table import State
from parley.ul.visible import one_line

NUMBER_ROLE = Qt.ItemDataRole.UserRole
"""The association's number, as the controller wants it."""

_OPENING = {EventKind.CONNECTION_ACCEPTED, EventKind.CONNECTED}
_HOLDING = {EventKind.HELD, EventKind.DECIDED, EventKind.WITHDRAWN}


class Column(IntEnum):
    """The table's columns."""

    NUMBER = 0
    PEER = 1
    CALLING = 2
    CALLED = 3
    STATE = 4
    SINCE = 5
    DURATION = 6
    SILENT = 7
    PDUS = 8


_HEADERS = {
    Column.NUMBER: ("#", "Number of the association, as in the log"),
    Column.PEER: ("Peer", "Address of the other end"),
    Column.CALLING: ("Calling", "AE title of the requestor"),
    Column.CALLED: ("Called", "AE title that the requestor asked for"),
    Column.STATE: ("State", "State of the upper layer: words and number of PS3.8"),
    Column.SINCE: ("Since", "Local time at which the transport connection was made"),
    Column.DURATION: ("Duration", "How long the transport connection has been open"),
    Column.SILENT: ("Silent", "How long nothing has been sent or received"),
    Column.PDUS: ("PDUs in / out", "How many PDUs were received and sent"),
}


_NUMBERS = {Column.NUMBER, Column.DURATION, Column.SILENT}


@dataclass(slots=True)
class _Live:
    """What is known of one association."""

    number: int
    role: Role | None
    peer: str
    opened_wall: float
    opened: float
    owner: object
    calling: str = ""
    called: str = ""
    state: State | None = None
    received: int = 0
    sent: int = 0
    is_held: bool = False

    def learn(self, event: EngineEvent) -> None:
        """Take over what an event tells."""
        titles = event.local_ae_title, event.peer_ae_title
        calling, called = titles if event.role is Role.REQUESTOR else titles[::-1]
        self.calling = calling or self.calling
        self.called = called or self.called
        self.peer = event.peer or self.peer
        if event.kind is EventKind.PDU_RECEIVED:
            self.received += 1
        elif event.kind is EventKind.PDU_SENT:
            self.sent += 1
        elif event.transition is not None:
            self.state = event.transition.after
        if event.kind in _HOLDING:
            self.is_held = event.kind is EventKind.HELD


def state_words(state: State | None) -> str:
    """A state as it is shown: ``established (Sta6)``."""
    return f"{state.value} ({state.label})" if state else ""


def nobody(_number: int) -> None:
    """The owner of every association where none has one."""


def duration_words(seconds: float) -> str:
    """Whole seconds as ``0:07``, ``12:34`` or ``1:02:03``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _unknown(_number: int) -> float | None:
    return None


class AssociationModel(HeadedTable):
    """One row per live association of the owner that is shown, in the order in which they were opened.

    Signals:
        count_changed: how many there are, as an object.

    Args:
        role: only associations in which this process has that role; None for both.
        monotonic: the clock of the events.
        silence: tells for how many seconds an association has sent and received nothing; None for one that has ended.
        owner_of: whose an association of that number is; without it, nobody's.
    """

    headers = _HEADERS

    count_changed = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        role: Role | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        silence: Callable[[int], float | None] = _unknown,
        owner_of: Callable[[int], object] = nobody,
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._owner_of = owner_of
        self._shown: object = None
        self._monotonic = monotonic
        self._silence = silence
        self._rows: list[_Live] = []
        self._by_number: dict[int, _Live] = {}
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._second_passed)

    # --- what is in it ---------------------------------------------------------------------------------------------

    def row_of(self, number: int) -> int | None:
        """The row of an association; None when it does not live, or has another owner."""
        live = self._by_number.get(number)
        return self._rows.index(live) if live is not None and live.owner is self._shown else None

    def is_held(self, row: int) -> bool:
        """Whether its request waits for an answer."""
        return self._rows[row].is_held

    # --- what is done to it ----------------------------------------------------------------------------------------

    def show(self, owner: object) -> None:
        """Have the rows of this owner alone; the associations of the others are followed all the same."""
        if owner is self._shown:
            return
        self.beginResetModel()
        self._shown = owner
        self._rows = [live for live in self._by_number.values() if live.owner is owner]
        self.endResetModel()
        self._count_has_changed()

    @Slot(object)
    def update(self, events: Sequence[EngineEvent]) -> None:
        """Take a batch. What was opened and closed within it never shows."""
        fresh: dict[int, _Live] = {}
        touched: set[int] = set()
        closed: set[int] = set()
        for event in events:
            number = event.association
            if event.kind in _OPENING and self._is_wanted(event):
                owner = self._owner_of(number)
                fresh[number] = _Live(number, event.role, event.peer, event.wall, event.monotonic, owner)
            live = fresh.get(number) or self._by_number.get(number)
            if live is None:
                continue
            live.learn(event)
            touched.add(number)
            if event.kind is EventKind.CLOSED and fresh.pop(number, None) is None:
                closed.add(number)
        self._remove(closed)
        self._refresh(touched)
        self._insert(list(fresh.values()))

    def retain(self, numbers: Collection[int]) -> None:
        """Let go of associations that are not among these: for when events were dropped on the way."""
        self._remove(self._by_number.keys() - set(numbers))

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        live = self._rows[index.row()]
        if role == NUMBER_ROLE:
            return live.number
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._text(live, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._text(live, index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, live: _Live, column: int) -> str:
        texts = {
            Column.NUMBER: str(live.number),
            Column.PEER: live.peer,
            Column.CALLING: live.calling,
            Column.CALLED: live.called,
            Column.STATE: state_words(live.state),
            Column.SINCE: clock(live.opened_wall).partition(".")[0],
            Column.DURATION: duration_words(self._monotonic() - live.opened),
            Column.SILENT: self._silent_words(live),
            Column.PDUS: f"{live.received} / {live.sent}",
        }
        return texts[Column(column)]

    def _silent_words(self, live: _Live) -> str:
        seconds = self._silence(live.number)
        return "" if seconds is None else duration_words(seconds)

    # --- rows come and go ------------------------------------------------------------------------------------------

    def _is_wanted(self, event: EngineEvent) -> bool:
        return event.association not in self._by_number and self._role in {None, event.role}

    def _insert(self, fresh: list[_Live]) -> None:
        self._by_number.update((live.number, live) for live in fresh)
        shown = [live for live in fresh if live.owner is self._shown]
        if not shown:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(shown) - 1)
        self._rows += shown
        self.endInsertRows()
        self._count_has_changed()

    def _remove(self, numbers: Collection[int]) -> None:
        gone = [row for row, live in enumerate(self._rows) if live.number in numbers] if numbers else []
        for first, last in reversed(_runs(gone)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        for number in numbers:
            self._by_number.pop(number, None)
        if gone:
            self._count_has_changed()

    def _refresh(self, numbers: Collection[int]) -> None:
        rows = [row for row, live in enumerate(self._rows) if live.number in numbers] if numbers else []
        for first, last in _runs(rows):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def _count_has_changed(self) -> None:
        if bool(self._rows) != self._seconds.isActive():
            self._seconds.start() if self._rows else self._seconds.stop()
        self.count_changed.emit(len(self._rows))

    @Slot()
    def _second_passed(self) -> None:
        self.dataChanged.emit(self.index(0, Column.DURATION), self.index(len(self._rows) - 1, Column.SILENT))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges without gaps."""
    groups = groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])
    members = [[row for _, row in group] for _, group in groups]
    return [(group[0], group[-1]) for group in members]
