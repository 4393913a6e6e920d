"""The files to be sent, as a Qt table: what each holds, the context it fits, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from parley.bridge.headed_table import HeadedTable
from parley.bridge.roles import NO_INDEX, Index
from parley.bridge.tooltips import tip_text
from parley.diagnosis.storing import diagnose_no_context, diagnose_status
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


@dataclass(slots=True)
class _Row:
    """A file and what is known of it.

    Attributes:
        share: percent of it that has been sent; None unless it is on its way.
        result: what became of it; None while it waits.
    """

    found: DicomFile | UnreadableFile
    share: int | None = None
    result: StoreResult | None = None


class SendingModel(HeadedTable):
    """One row per file, in the order in which they were added. It sends nothing itself.

    Attributes:
        counts: how many files stand where; for reading only.
    """

    headers = _HEADERS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
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
        found, result = shown.found, shown.result
        if isinstance(found, UnreadableFile):
            return Verdict("store_unreadable", False, found.reason, "It is left out; the others are sent without it.")
        kind = found.sop_class_uid, found.transfer_syntax_uid
        if result is None and self._is_unfit(found):
            return diagnose_no_context(self._last_contexts, *kind, no_context_words(self._last_contexts, found))
        if result is None:
            what = f"{labelled(found.sop_class_uid)} in {labelled(found.transfer_syntax_uid)}"
            return Verdict("store_waiting", True, f"{what}, {size_words(found.size)}.")
        if self._lacked_context(found, result):
            return diagnose_no_context(self._last_contexts, *kind, result.text)
        if result.status is None:
            return Verdict("store_no_answer", False, result.text, "The log says what happened before.")
        return diagnose_status(result.status, f"The peer answered: {result.text}.")

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
        """Forget what became of these files, as they are to be sent again."""
        rows = list(rows)
        for row in rows:
            self._change(row, None, None)
        self._tell(rows)

    def show_contexts(self, contexts: Sequence[NegotiatedContext] | None) -> None:
        """What was agreed on the association there is; None where there is none."""
        shown = None if contexts is None else tuple(contexts)
        if shown != self._contexts:
            self._contexts = shown
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
        row.share, row.result = share, result
        self.counts[self._state(row)] += 1

    def _text(self, row: _Row, column: Column) -> str:
        found, result = row.found, row.result
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
            return f"{result.ms:.1f}" if result is not None and result.status is not None else ""
        return self._context_words(found, result)

    def _tip(self, number: int, column: Column) -> str:
        row = self._rows[number]
        if column is Column.FILE:
            return str(row.found.path)
        if column in {Column.STATE, Column.CONTEXT}:
            verdict = self.verdict(number)
            return " ".join(filter(None, (verdict.cause, verdict.remedy)))
        if isinstance(row.found, DicomFile) and column in {Column.SOP_CLASS, Column.TRANSFER_SYNTAX}:
            return row.found.sop_class_uid if column is Column.SOP_CLASS else row.found.transfer_syntax_uid
        return self._text(row, column)

    def _context_words(self, file: DicomFile, result: StoreResult | None) -> str:
        if result is not None and result.context_id:
            return str(result.context_id)
        if self._contexts is None:
            return ""
        fit = self._fit(file)
        return str(fit.context_id) if fit is not None else "none"

    def _state_words(self, row: _Row) -> str:
        state = self._state(row)
        if isinstance(row.found, UnreadableFile):
            return f"{state.value}: {row.found.reason}"
        if row.share is not None:
            return f"{state.value} {row.share} %"
        if row.result is not None and self._lacked_context(row.found, row.result):
            return f"{state.value}: no context fits"
        if row.result is not None and state in {FileState.FAILED, FileState.WARNED}:
            return row.result.text[:1].upper() + row.result.text[1:]
        return state.value

    def _state(self, row: _Row) -> FileState:
        if isinstance(row.found, UnreadableFile):
            return FileState.UNREADABLE
        if row.share is not None:
            return FileState.SENDING
        if row.result is not None:
            if row.result.is_stored:
                return FileState.WARNED if row.result.status else FileState.STORED
            return FileState.FAILED
        return FileState.UNFIT if self._is_unfit(row.found) else FileState.WAITING

    def _is_unfit(self, file: DicomFile) -> bool:
        return self._contexts is not None and self._fit(file) is None

    def _lacked_context(self, file: DicomFile, result: StoreResult) -> bool:
        """Whether that is why it was not sent."""
        kind = file.sop_class_uid, file.transfer_syntax_uid
        return result.status is None and fitting_context(self._last_contexts, *kind) is None

    def _fit(self, file: DicomFile) -> NegotiatedContext | None:
        kind = file.sop_class_uid, file.transfer_syntax_uid
        if kind not in self._fits:
            self._fits[kind] = fitting_context(self._contexts or (), *kind)
        return self._fits[kind]

    def _tell(self, rows: Sequence[int]) -> None:
        """Rows have changed: told as one range, since they are neighbours or nearly so."""
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(Column) - 1))
