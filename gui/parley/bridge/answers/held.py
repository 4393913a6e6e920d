"""The requests that wait for an answer, as a Qt table, kept up to date from batches of events.

A request stays in the table after it was answered or withdrawn, so that nobody wonders where it went.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal, Slot

from parley.bridge.association_model import duration_words, nobody
from parley.bridge.headed_table import HeadedTable
from parley.bridge.roles import NO_INDEX, Index
from parley.bridge.tooltips import tip_text
from parley.model.decision import Hold
from parley.model.event import EngineEvent, EventKind
from parley.ul.errors import Finding
from parley.ul.pdu import AAssociateRq, significant
from parley.ul.visible import one_line

HELD_ROLE = Qt.ItemDataRole.UserRole
"""The row's `HeldRequest`."""

MOST_SETTLED = 100
"""How many answered and withdrawn requests are kept."""


class Stage(Enum):
    """What became of a request that was held."""

    WAITING = "waits for an answer"
    ANSWERED = "answered:"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class HeldRequest:
    """A request that is or was held.

    Attributes:
        number: of its association.
        peer: ``host:port``.
        received: the event of its arrival, with bytes and findings; None where that was not seen.
        held_at: seconds of the engine's monotonic clock.
        outcome: how it was answered, or by whom withdrawn; empty while it waits.
        owner: whose listener has taken it.
    """

    number: int
    peer: str
    request: AAssociateRq
    received: EngineEvent | None
    hold: Hold
    held_at: float
    stage: Stage = Stage.WAITING
    outcome: str = ""
    owner: object = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is noteworthy about the request."""
        return self.received.findings if self.received is not None else ()

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be answered."""
        return self.stage is Stage.WAITING

    def seconds_left(self, now: float) -> float | None:
        """Until its default is answered; None where it waits for ever, or no more."""
        if self.hold.seconds is None or not self.is_waiting:
            return None
        return max(0.0, self.held_at + self.hold.seconds - now)


class Column(IntEnum):
    """The table's columns."""

    NUMBER = 0
    LEFT = 1
    CALLING = 2
    CALLED = 3
    PEER = 4
    CONTEXTS = 5
    FINDINGS = 6


_HEADERS = {
    Column.NUMBER: ("#", "Number of the association, as in the log"),
    Column.LEFT: ("Time left", "Until the default is answered; afterwards what became of the request"),
    Column.CALLING: ("Calling", "AE title of the requestor"),
    Column.CALLED: ("Called", "AE title that the requestor asked for"),
    Column.PEER: ("Peer", "Address of the device that waits"),
    Column.CONTEXTS: ("Contexts", "How many presentation contexts are proposed"),
    Column.FINDINGS: ("Findings", "How many things are noteworthy about the request"),
}
_ALIGNED_RIGHT = {Column.NUMBER, Column.CONTEXTS, Column.FINDINGS}


class HeldModel(HeadedTable):
    """One row per request that is held, in the order in which they came, and per request that was lately.

    Rows are those of the owner that is shown alone.

    Signals:
        held(HeldRequest): one more waits, whoever its owner is.
        settled(HeldRequest): one was answered or withdrawn, whoever its owner is.
        waiting_changed(int): how many wait, of the owner that is shown; also when others' have come or gone.
        second_passed(): while some wait, each second.

    Args:
        monotonic: the engine's clock.
        owner_of: whose an association of that number is; without it, nobody's.
    """

    headers = _HEADERS

    held = Signal(object)
    settled = Signal(object)
    waiting_changed = Signal(int)
    second_passed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        owner_of: Callable[[int], object] = nobody,
    ) -> None:
        super().__init__(parent)
        self._monotonic = monotonic
        self._owner_of = owner_of
        self._shown: object = None
        self._rows: list[HeldRequest] = []
        self._hidden: list[HeldRequest] = []
        self._received: dict[int, EngineEvent] = {}
        self._told_waiting = 0, 0
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._second_passed)

    # --- what is in it -----------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> tuple[HeldRequest, ...]:
        """Those that can still be answered, the one that came first at the head."""
        return tuple(row for row in self._rows if row.is_waiting)

    @property
    def waiting_elsewhere(self) -> tuple[HeldRequest, ...]:
        """The same for the owners that are not shown."""
        return tuple(held for held in self._hidden if held.is_waiting)

    def first_to_run_out(self, waiting: Collection[HeldRequest]) -> HeldRequest | None:
        """Whose default is answered first; None where there is none."""
        return min(waiting, key=self._seconds_left, default=None)

    def _seconds_left(self, held: HeldRequest) -> float:
        left = held.seconds_left(self._monotonic())
        return left if left is not None else math.inf

    def request(self, number: int) -> HeldRequest | None:
        """The request of an association, whoever its owner is."""
        return next((held for held in (*self._rows, *self._hidden) if held.number == number), None)

    def at(self, row: int) -> HeldRequest | None:
        """The request of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, number: int) -> int | None:
        """The row of an association's request."""
        return next((row for row, held in enumerate(self._rows) if held.number == number), None)

    def peers_of(self, numbers: Collection[int]) -> tuple[str, ...]:
        """Whose requests wait on these associations, each as ``host:port``."""
        waiting = (*self.waiting, *self.waiting_elsewhere)
        return tuple(held.peer for held in waiting if held.number in numbers)

    # --- what is done to it ------------------------------------------------------------------------------------------

    def show(self, owner: object) -> None:
        """Have the rows of this owner alone; the requests of the others are followed all the same."""
        if owner is self._shown:
            return
        self.beginResetModel()
        everybody = sorted((*self._rows, *self._hidden), key=lambda held: held.held_at)
        self._shown = owner
        self._rows = [held for held in everybody if held.owner is owner]
        self._hidden = [held for held in everybody if held.owner is not owner]
        self.endResetModel()
        self._tell_waiting()

    @Slot(object)
    def update(self, events: Sequence[EngineEvent]) -> None:
        """Take a batch."""
        fresh: dict[int, HeldRequest] = {}
        settled: dict[int, HeldRequest] = {}
        waiting = {held.number: held for held in (*self.waiting, *self.waiting_elsewhere)}
        for event in events:
            number = event.association
            if event.kind is EventKind.PDU_RECEIVED and isinstance(event.pdu, AAssociateRq):
                self._received[number] = event
            elif event.kind is EventKind.HELD and event.hold is not None and isinstance(event.pdu, AAssociateRq):
                received = self._received.get(number)
                owner = self._owner_of(number)
                held = HeldRequest(number, event.peer, event.pdu, received, event.hold, event.monotonic, owner=owner)
                (settled if number in waiting and number not in fresh else fresh)[number] = held
                waiting[number] = held
            elif (stage := _STAGES.get(event.kind)) and (found := waiting.pop(number, None)):
                after = replace(found, stage=stage, outcome=event.text)
                (fresh if number in fresh else settled)[number] = after
                settled[number] = after
            if event.kind is EventKind.CLOSED:
                self._received.pop(number, None)
        self._settle(settled)
        self._insert(list(fresh.values()))
        self._drop_oldest()
        for held in fresh.values():
            if held.is_waiting:
                self.held.emit(held)
        for held in settled.values():
            if not held.is_waiting:
                self.settled.emit(held)
        self._tell_waiting()

    def retain(self, numbers: Collection[int]) -> None:
        """Let go of requests whose associations are not among these: for when events were dropped on the way."""
        waiting = (*self.waiting, *self.waiting_elsewhere)
        gone = {held.number: held for held in waiting if held.number not in numbers}
        self._settle({n: replace(held, stage=Stage.WITHDRAWN, outcome="unseen") for n, held in gone.items()})
        self._tell_waiting()

    def clear_settled(self) -> None:
        """Forget what was answered or withdrawn."""
        for row in reversed(range(len(self._rows))):
            if not self._rows[row].is_waiting:
                self._remove(row)

    # --- Qt's questions ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        held = self.at(index.row()) if index.isValid() else None
        if held is None:
            return None
        if role == HELD_ROLE:
            return held
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._text(held, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._text(held, index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _ALIGNED_RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, held: HeldRequest, column: int) -> str:
        match Column(column):
            case Column.NUMBER:
                return str(held.number)
            case Column.LEFT:
                return self.left_words(held)
            case Column.CALLING:
                return significant(held.request.calling_ae_title)
            case Column.CALLED:
                return significant(held.request.called_ae_title)
            case Column.PEER:
                return held.peer
            case Column.CONTEXTS:
                return str(len(held.request.presentation_contexts))
            case Column.FINDINGS:
                return str(len(held.findings)) if held.findings else ""

    def left_words(self, held: HeldRequest) -> str:
        """How long a request still waits, or what became of it."""
        if not held.is_waiting:
            return f"{held.stage.value} {held.outcome}".rstrip()
        left = held.seconds_left(self._monotonic())
        return "no limit" if left is None else duration_words(math.ceil(left))

    # --- rows come and go --------------------------------------------------------------------------------------------

    def _insert(self, fresh: list[HeldRequest]) -> None:
        self._hidden += [held for held in fresh if held.owner is not self._shown]
        shown = [held for held in fresh if held.owner is self._shown]
        if shown:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(shown) - 1)
            self._rows += shown
            self.endInsertRows()

    def _settle(self, settled: dict[int, HeldRequest]) -> None:
        for row, held in enumerate(self._rows):
            if held.is_waiting and held.number in settled:
                self._rows[row] = settled[held.number]
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
        self._hidden = [settled.get(held.number, held) if held.is_waiting else held for held in self._hidden]

    def _drop_oldest(self) -> None:
        settled = [row for row, held in enumerate(self._rows) if not held.is_waiting]
        for row in reversed(settled[: len(settled) - MOST_SETTLED] if len(settled) > MOST_SETTLED else []):
            self._remove(row)
        settled_elsewhere = [held for held in self._hidden if not held.is_waiting]
        gone = {id(held) for held in settled_elsewhere[: max(0, len(settled_elsewhere) - MOST_SETTLED)]}
        self._hidden = [held for held in self._hidden if id(held) not in gone]

    def _remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._rows[row]
        self.endRemoveRows()

    def _tell_waiting(self) -> None:
        waiting = len(self.waiting), len(self.waiting_elsewhere)
        if any(waiting) != self._seconds.isActive():
            self._seconds.start() if any(waiting) else self._seconds.stop()
        if waiting != self._told_waiting:
            self._told_waiting = waiting
            self.waiting_changed.emit(waiting[0])

    @Slot()
    def _second_passed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, Column.LEFT), self.index(len(self._rows) - 1, Column.LEFT))
        self.second_passed.emit()


_STAGES = {
    EventKind.DECIDED: Stage.ANSWERED,
    EventKind.WITHDRAWN: Stage.WITHDRAWN,
    EventKind.CLOSED: Stage.WITHDRAWN,
}
