"""The contexts a panel edits, as a table model: rows of an abstract syntax and its transfer syntaxes in order.

The SCU's table also numbers its contexts and shows what the peer said to each. The model keeps values as typed; what is
wrong with them is told to it from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Generic

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QGuiApplication

from parley.bridge.tooltips import tip_text
from parley.model.contexts import context_ids
from parley.model.handle import ProposedContext
from parley.ui.contexts.row import Column, Context, Row
from parley.ui.kit import style
from parley.ui.kit.edits import Edits
from parley.ui.kit.hex_edit import parse_hex
from parley.ui.kit.uid_text import uid_of
from parley.ul.visible import one_line

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem
    from parley.ul.negotiation import NegotiatedContext

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_FIXED = (
    Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
_EDITABLE = _FIXED | Qt.ItemFlag.ItemIsEditable


class ContextModel(QAbstractTableModel, Generic[Context]):
    """An editable table of presentation contexts.

    Attributes:
        edited: the contexts changed by an edit (results and problems do not count).
        refused: what was typed in the cell of that index is not taken; a sentence says why.
        edits: makes one edit of several.
    """

    edited = Signal()
    refused = Signal(QModelIndex, str)

    def __init__(self, kind: type[Context], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        both = [Column.ABSTRACT_SYNTAX, Column.TRANSFER_SYNTAXES]
        self.columns = [Column.NUMBER, *both, Column.RESERVED, Column.RESULT] if kind is ProposedContext else both
        self.edits = Edits(self.edited)
        self._rows: list[Row[Context]] = []
        self._attempted: list[Row[Context]] = []
        self._hides_answers = False

    # --- values ------------------------------------------------------------------------------------------------------

    def contexts(self) -> tuple[Context, ...]:
        return tuple([row.context for row in self._rows])

    def context(self, row: int) -> Context:
        return self._rows[row].context

    def set_contexts(self, contexts: Iterable[Context]) -> None:
        """Replace everything; results of earlier attempts go too."""
        self.beginResetModel()
        self._rows = [Row(context) for context in contexts]
        self._attempted = []
        self._number()
        self.endResetModel()

    def restore(self, contexts: Sequence[Context]) -> range:
        """Show other contexts, leaving the rows before and after those that differ as they are; returns the new rows.

        Nothing counts as edited: it is an earlier or later draft.
        """
        old, new = self.contexts(), tuple(contexts)
        shorter = min(len(old), len(new))
        first = next((row for row in range(shorter) if old[row] != new[row]), shorter)
        after = next((n for n in range(shorter - first) if old[-1 - n] != new[-1 - n]), shorter - first)
        gone, come = range(first, len(old) - after), range(first, len(new) - after)
        if gone:
            self.beginRemoveRows(QModelIndex(), gone[0], gone[-1])
            del self._rows[first : len(old) - after]
            self.endRemoveRows()
        if come:
            self.beginInsertRows(QModelIndex(), come[0], come[-1])
            self._rows[first:first] = [Row(context) for context in new[first : len(new) - after]]
            self.endInsertRows()
        if gone or come:
            self._renumber()
        return come

    def replace_all(self, contexts: Sequence[Context]) -> range:
        """Make other contexts of them as one edit; returns the new rows."""
        before = self.contexts()
        rows = self.restore(contexts)
        if self.contexts() != before:
            self.edits.tell()
        return rows

    def add(self, abstract_syntaxes: Iterable[str], transfer_syntaxes: tuple[str, ...]) -> range:
        """Append one context each; returns their rows."""
        return self.insert([self._kind(uid, transfer_syntaxes) for uid in abstract_syntaxes], len(self._rows))

    def insert(self, contexts: Sequence[Context], at: int) -> range:
        if contexts:
            self.beginInsertRows(QModelIndex(), at, at + len(contexts) - 1)
            self._rows[at:at] = [Row(context) for context in contexts]
            self.endInsertRows()
            self._was_edited()
        return range(at, at + len(contexts))

    def remove(self, rows: Iterable[int]) -> None:
        for row in sorted(rows, reverse=True):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._rows[row]
            self.endRemoveRows()
        self._was_edited()

    def set_transfer_syntaxes(self, rows: Iterable[int], transfer_syntaxes: tuple[str, ...]) -> None:
        changed = list(rows)
        for row in changed:
            self._change(row, replace(self._rows[row].context, transfer_syntaxes=transfer_syntaxes))
        self._tell(changed)
        self._was_edited()

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
        self._was_edited()
        return True

    # --- what is said about them -------------------------------------------------------------------------------------

    def show_problems(self, problems: Mapping[int, Sequence[Problem]]) -> None:
        """Mark the rows that have problems, by row number."""
        changed = [number for number, row in enumerate(self._rows) if row.problems != problems.get(number, ())]
        for number in changed:
            self._rows[number].problems = problems.get(number, ())
        self._tell(changed)

    def begin_attempt(self, sent: Sequence[Context] | None = None) -> None:
        """Remember which rows go out now, so that answers find them even when rows are added or moved meanwhile.

        Args:
            sent: what goes out; where the rows are others by now, no answer finds them. None: what the rows hold.
        """
        goes_out = sent is None or tuple(sent) == self.contexts()
        self._attempted = list(self._rows) if goes_out else []
        for row in self._rows:
            row.answer, row.verdict = None, ""
        self._tell_all()

    def show_answers(self, answers: Sequence[NegotiatedContext], verdict: str = "") -> None:
        """Show the answers to the rows of the last attempt, in order; `verdict` stands where there is no answer."""
        for position, row in enumerate(self._attempted):
            row.answer = answers[position] if position < len(answers) else None
            row.verdict = verdict
        self._tell_all()

    def hide_answers(self, hidden: bool) -> None:
        """Whether the answers are not shown: they are another peer's than the one that is named now."""
        if hidden != self._hides_answers:
            self._hides_answers = hidden
            self._tell_all()

    # --- Qt's questions ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and section < len(self.columns):
            heading, tip = self.columns[section].value
            if role == _Role.DisplayRole:
                return heading
            if role == _Role.ToolTipRole:
                return tip_text(tip)
            if role == _Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        editable = self.columns[index.column()] in {Column.NUMBER, Column.ABSTRACT_SYNTAX, Column.RESERVED}
        return _EDITABLE if editable else _FIXED

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if column is Column.RESULT and self._hides_answers:
            return None
        if role == _Role.DisplayRole:
            return one_line(row.text(column))
        if role == _Role.EditRole:
            return row.typed(column)
        if role == _Role.ToolTipRole:
            return tip_text(row.tip(column))
        if role == _Role.DecorationRole:
            return row.mark(column)
        if role == _Role.ForegroundRole and column is Column.NUMBER and row.is_automatic:
            return style.muted(QGuiApplication.palette())
        if role == _Role.FontRole and column is Column.ABSTRACT_SYNTAX and row.is_private:
            font = QFont()
            font.setItalic(True)
            return font
        return None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        if role != _Role.EditRole or not index.isValid():
            return False
        context, column, text = self._rows[index.row()].context, self.columns[index.column()], str(value)
        if column is Column.ABSTRACT_SYNTAX:
            return self._replace(index.row(), replace(context, abstract_syntax=uid_of(text)))
        if isinstance(context, ProposedContext) and column is Column.RESERVED:
            try:
                return self._replace(index.row(), replace(context, reserved_6_8=parse_hex(text)))
            except ValueError as error:
                self.refused.emit(index, str(error))
                return False
        if isinstance(context, ProposedContext) and (not text.strip() or text.strip().isdecimal()):
            return self._replace(index.row(), replace(context, context_id=int(text) if text.strip() else None))
        self.refused.emit(index, f"{text!r} is no number.")
        return False

    # --- inside ------------------------------------------------------------------------------------------------------

    def _replace(self, number: int, context: Context) -> bool:
        if context != self._rows[number].context:
            self._change(number, context)
            self._tell([number])
            self._was_edited()
        return True

    def _change(self, number: int, context: Context) -> None:
        row = self._rows[number]
        row.context, row.answer, row.verdict = context, None, ""
        self._attempted = [Row(context) if other is row else other for other in self._attempted]

    def _was_edited(self) -> None:
        self._renumber()
        self.edits.tell()

    def _renumber(self) -> None:
        """Number anew, after the rows have come and gone: until then Qt wants their neighbours unchanged."""
        self._number()
        if self._rows and Column.NUMBER in self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def _number(self) -> None:
        proposed = tuple(row.context for row in self._rows if isinstance(row.context, ProposedContext))
        for row, number in zip(self._rows, context_ids(proposed), strict=False):
            row.number = number

    def _tell(self, numbers: Sequence[int]) -> None:
        """These rows, given in order, have changed: said once, as every view looks at its whole selection then."""
        if numbers:
            self.dataChanged.emit(self.index(numbers[0], 0), self.index(numbers[-1], len(self.columns) - 1))

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))
