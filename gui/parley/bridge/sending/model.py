"""The files to be sent, as a Qt table: what each holds, the context it fits, and what became of it.

What became of a file is shown under the recipient it was sent to; under any other it waits, and is told as earlier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from parley.bridge.headed_table import HeadedTable
from parley.bridge.roles import NO_INDEX, Index
from parley.bridge.sending.recipient import Recipient
from parley.bridge.tooltips import tip_text
from parley.diagnosis.storing import diagnose_no_context, diagnose_status, is_helped_by_proposing
from parley.diagnosis.verdict import Verdict
from parley.dimse.store import fitting_context
from parley.engine.messages import no_context_words
from parley.engine.results import StoreResult
from parley.model.dicom_files import DicomFile, UnreadableFile
from parley.model.registry import labelled
from parley.model.sizes import size_words
from parley.ul.negotiation import NegotiatedContext
from parley.ul.visible import one_line

STATE_ROLE = Qt.ItemDataRole.UserRole
"""A row's `FileState`."""


class Column(IntEnum):
    """The table's columns."""

    FILE = 0
    SOP_CLASS = 1
    TRANSFER_SYNTAX = 2
    SIZE = 3
    CONTEXT = 4
    MS = 5
    STATE = 6


_HEADERS = {
    Column.FILE: ("File", "Name of the file; its tooltip has the whole path"),
    Column.SOP_CLASS: ("SOP class", "What the file holds, by its data set"),
    Column.TRANSFER_SYNTAX: ("Transfer syntax", "How it is encoded; it is sent as it is"),
    Column.SIZE: ("Size", "Of the data set"),
    Column.CONTEXT: ("Context", "Id of the presentation context that it fits; known once there is an association"),
    Column.MS: ("ms", "From the first byte sent to the peer's answer, in milliseconds"),
    Column.STATE: ("State", "What became of it"),
}
_ROLES = {
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.TextAlignmentRole,
    STATE_ROLE,
}
_RIGHT = {Column.SIZE, Column.CONTEXT, Column.MS}


class FileState(Enum):
    """Where a file stands; the value is what the table says of it, where it has no more to say."""

    UNREADABLE = "Cannot be sent"
    WAITING = "Waiting"
    UNFIT = "No context fits"
    SENDING = "Sending"
    STORED = "Stored"
    WARNED = "Stored, with a warning"
    FAILED = "Failed"


_EARLIER = {FileState.STORED: "Stored", FileState.WARNED: "Stored", FileState.FAILED: "Failed"}


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a file at one recipient.

    Attributes:
        contexts: those that there were when it was sent; they explain a failure for want of one.
    """

    result: StoreResult
    contexts: tuple[NegotiatedContext, ...]

    @property
    def state(self) -> FileState:
        if not self.result.is_stored:
            return FileState.FAILED
        return FileState.WARNED if self.result.status else FileState.STORED

    def lacked_context(self, file: DicomFile) -> bool:
        """Whether that is why it was not sent."""
        kind = file.sop_class_uid, file.transfer_syntax_uid
        return self.result.status is None and fitting_context(self.contexts, *kind) is None


@dataclass(slots=True)
class _Row:
    """A file and what is known of it.

    Attributes:
        share: percent of it that has been sent; None unless it is on its way.
        outcomes: what became of it, by recipient, the latest last; none where it waits.
    """

    found: DicomFile | UnreadableFile
    share: int | None = None
    outcomes: dict[Recipient | None, _Outcome] = field(default_factory=dict)


class SendingModel(HeadedTable):
    """One row per file, in the order in which they were added. It sends nothing itself.

    Attributes:
        recipient: the one under whom the files are shown; None while nobody is known.
        counts: how many files stand where; for reading only.
    """

    headers = _HEADERS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recipient: Recipient | None = None
        self._rows: list[_Row] = []
        self._contexts: tuple[NegotiatedContext, ...] | None = None
        self._last_contexts: tuple[NegotiatedContext, ...] = ()
        self._fits: dict[tuple[str, str], NegotiatedContext | None] = {}
        self.counts: Counter[FileState] = Counter()

    # --- what is in it ---------------------------------------------------------------------------------------------

    def state(self, row: int) -> FileState:
        """Where a file stands."""
        return self._state(self._rows[row])

    def rows_in(self, *states: FileState) -> list[int]:
        """The rows of the files that stand there."""
        return [number for number, row in enumerate(self._rows) if self._state(row) in states]

    def files(self, rows: Iterable[int]) -> list[DicomFile]:
        """What the files of these rows hold; unreadable ones are left out."""
        return [found for row in rows if isinstance(found := self._rows[row].found, DicomFile)]

    def verdict(self, row: int) -> Verdict:
        """All there is to say of a file, and what to do about it."""
        shown = self._rows[row]
        found, outcome = shown.found, shown.outcomes.get(self.recipient)
        if isinstance(found, UnreadableFile):
            return Verdict("store_unreadable", False, found.reason, "It is left out; the others are sent without it.")
        kind = found.sop_class_uid, found.transfer_syntax_uid
        if outcome is None and self._is_unfit(found):
            contexts = self._contexts or ()
            return diagnose_no_context(contexts, *kind, no_context_words(contexts, found))
        if outcome is None:
            what = f"{labelled(found.sop_class_uid)} in {labelled(found.transfer_syntax_uid)}"
            return Verdict("store_waiting", True, f"{what}, {size_words(found.size)}.")
        result = outcome.result
        if outcome.lacked_context(found):
            return diagnose_no_context(outcome.contexts, *kind, result.text)
        if result.status is None:
            return Verdict("store_no_answer", False, result.text, "The log says what happened before.")
        return diagnose_status(result.status, f"The peer answered: {result.text}.")

    def heading(self, row: int) -> str:
        """How a file stands and with whom, and before that what became of it with others."""
        shown = self._rows[row]
        state = self._state(shown)
        earlier = [self._earlier(*each) for each in shown.outcomes.items() if each[0] != self.recipient]
        what, comma, more = state.value.partition(",")
        at = self._at if state is FileState.SENDING or state in _EARLIER else ""
        return " ".join(f"{words}." for words in (f"{what}{at}{comma}{more}", *earlier))

    def fits_any(self, rows: Iterable[int]) -> bool:
        """Whether the association there is has a context for one of these files."""
        return any(self._fit(file) is not None for file in self.files(rows))

    def is_helped_by_proposing(self, rows: Iterable[int]) -> bool:
        """Whether one of these files fits no context for want of a proposal: another association could hold one."""
        kinds = {(file.sop_class_uid, file.transfer_syntax_uid) for file in self.files(rows) if self._is_unfit(file)}
        return any(is_helped_by_proposing(self._contexts or (), *kind) for kind in kinds)

    # --- what is done to it ----------------------------------------------------------------------------------------

    def add(self, found: Iterable[DicomFile | UnreadableFile]) -> int:
        """Append files that are not there yet; returns how many these were."""
        known = {row.found.path for row in self._rows}
        new = [_Row(each) for each in found if each.path not in known]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows += new
            self.counts.update(map(self._state, new))
            self.endInsertRows()
        return len(new)

    def remove(self, rows: Collection[int]) -> None:
        """Take files off the list; they stay on the disk."""
        for row in sorted(rows, reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            self.counts[self._state(self._rows.pop(row))] -= 1
            self.endRemoveRows()

    def clear(self) -> None:
        """Take every file off the list."""
        self.beginResetModel()
        self._rows.clear()
        self.counts.clear()
        self.endResetModel()

    def wait_again(self, rows: Iterable[int]) -> None:
        """Forget what became of these files with this recipient, as they are to be sent there again."""
        rows = list(rows)
        for row in rows:
            self._change(row, None, None)
        self._tell(rows)

    def show_contexts(self, contexts: Sequence[NegotiatedContext] | None, recipient: Recipient | None = None) -> None:
        """What was agreed on the association there is with this recipient; None where there is none."""
        shown = None if contexts is None else tuple(contexts)
        if recipient != self.recipient:
            self._last_contexts = ()
        elif shown == self._contexts:
            self.recipient = recipient  # It may be spelled in another way.
            return
        self._contexts, self.recipient = shown, recipient
        # What failed for want of a context is explained by those there were, also once the association has ended.
        self._last_contexts = self._last_contexts if shown is None else shown
        self._fits.clear()
        self.counts = Counter(map(self._state, self._rows))
        self._tell(range(len(self._rows)))

    def show_progress(self, results: Iterable[tuple[int, StoreResult]], row: int | None, sent: int = 0) -> None:
        """What became of files since the last time.

        Args:
            results: by row.
            row: that of the file that is on its way; None where none is.
            sent: bytes of it.
        """
        changed = []
        for number, result in results:
            self._change(number, None, result)
            changed.append(number)
        if row is not None:
            (file,) = self.files([row])
            share = min(100, 100 * sent // max(1, file.size))
            if self._rows[row].share != share:
                self._change(row, share, None)
                changed.append(row)
        self._tell(changed)

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ROLES or not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._text(row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._tip(index.row(), column))
        if role == STATE_ROLE:
            return self._state(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    # --- inside ----------------------------------------------------------------------------------------------------

    def _change(self, number: int, share: int | None, result: StoreResult | None) -> None:
        row = self._rows[number]
        self.counts[self._state(row)] -= 1
        row.share = share
        row.outcomes.pop(self.recipient, None)
        if result is not None:
            row.outcomes[self.recipient] = _Outcome(result, self._last_contexts)
        self.counts[self._state(row)] += 1

    def _text(self, row: _Row, column: Column) -> str:
        found, outcome = row.found, row.outcomes.get(self.recipient)
        if column is Column.FILE:
            return found.path.name
        if column is Column.STATE:
            return self._state_words(row)
        if isinstance(found, UnreadableFile):
            return ""
        if column is Column.SOP_CLASS:
            return labelled(found.sop_class_uid)
        if column is Column.TRANSFER_SYNTAX:
            return labelled(found.transfer_syntax_uid)
        if column is Column.SIZE:
            return size_words(found.size)
        if column is Column.MS:
            return f"{outcome.result.ms:.1f}" if outcome is not None and outcome.result.status is not None else ""
        return self._context_words(found, outcome)

    def _tip(self, number: int, column: Column) -> str:
        row = self._rows[number]
        if column is Column.FILE:
            return str(row.found.path)
        if column in {Column.STATE, Column.CONTEXT}:
            verdict = self.verdict(number)
            return " ".join(filter(None, (self.heading(number), verdict.cause, verdict.remedy)))
        if isinstance(row.found, DicomFile) and column in {Column.SOP_CLASS, Column.TRANSFER_SYNTAX}:
            return row.found.sop_class_uid if column is Column.SOP_CLASS else row.found.transfer_syntax_uid
        return self._text(row, column)

    def _context_words(self, file: DicomFile, outcome: _Outcome | None) -> str:
        if outcome is not None and outcome.result.context_id:
            return str(outcome.result.context_id)
        if self._contexts is None:
            return ""
        fit = self._fit(file)
        return str(fit.context_id) if fit is not None else "none"

    def _state_words(self, row: _Row) -> str:
        state = self._state(row)
        if isinstance(row.found, UnreadableFile):
            return f"{state.value}: {row.found.reason}"
        if row.share is not None:
            return f"{state.value} {row.share} %{self._at}"
        outcome = row.outcomes.get(self.recipient)
        if outcome is None:
            earlier = [self._earlier(*each) for each in row.outcomes.items()]
            return f"{state.value}. {earlier[-1]}" if earlier else state.value
        if outcome.lacked_context(row.found):
            return f"{state.value}: no context fits{self._at and ','}{self._at}"
        if state is FileState.STORED:
            return f"{state.value}{self._at}"
        words = outcome.result.text.removesuffix(".") if self._at else outcome.result.text
        return f"{words[:1].upper()}{words[1:]}{self._at and ','}{self._at}"

    @property
    def _at(self) -> str:
        return f" at {self.recipient.target}" if self.recipient is not None else ""

    def _earlier(self, recipient: Recipient | None, outcome: _Outcome) -> str:
        """What became of a file with another recipient than the one it is shown under."""
        at = f" at {recipient.seen_from(self.recipient)}" if recipient is not None else ""
        return f"{_EARLIER[outcome.state]} earlier{at}"

    def _state(self, row: _Row) -> FileState:
        if isinstance(row.found, UnreadableFile):
            return FileState.UNREADABLE
        if row.share is not None:
            return FileState.SENDING
        if (outcome := row.outcomes.get(self.recipient)) is not None:
            return outcome.state
        return FileState.UNFIT if self._is_unfit(row.found) else FileState.WAITING

    def _is_unfit(self, file: DicomFile) -> bool:
        return self._contexts is not None and self._fit(file) is None

    def _fit(self, file: DicomFile) -> NegotiatedContext | None:
        kind = file.sop_class_uid, file.transfer_syntax_uid
        if kind not in self._fits:
            self._fits[kind] = fitting_context(self._contexts or (), *kind)
        return self._fits[kind]

    def _tell(self, rows: Sequence[int]) -> None:
        """Rows have changed: told as one range, since they are neighbours or nearly so."""
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(Column) - 1))
