"""The contexts a panel edits, as a table model: rows of an abstract syntax and its transfer syntaxes in order.

The SCU's table also numbers its contexts and shows what the peer said to each. The model keeps values as typed; what is
wrong with them is told to it from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QFont, QGuiApplication

from parley.model import registry
from parley.model.contexts import context_ids
from parley.model.handle import ProposedContext, SupportedContext
from parley.ui import icons, style
from parley.ui.fields import TONES, sentence, worst
from parley.ul.codes import ContextResult

if TYPE_CHECKING:
    from parley.model.validation import Problem
    from parley.ul.negotiation import NegotiatedContext

Context = TypeVar("Context", bound=ProposedContext | SupportedContext)
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class Column(Enum):
    """Columns of a contexts table: heading and what it tells."""

    NUMBER = "ID", "Presentation context id. Empty numbers automatically: 1, 3, 5 …"
    ABSTRACT_SYNTAX = "Abstract syntax", "What is to be done: a SOP class, by name or UID"
    TRANSFER_SYNTAXES = "Transfer syntaxes", "How data may be encoded, in order of preference"
    RESULT = "Result", "What the peer answered to this context in the last attempt"


@dataclass(slots=True)
class _Row(Generic[Context]):
    context: Context
    number: int = 0
    problems: Sequence[Problem] = ()
    answer: NegotiatedContext | None = None
    verdict: str = ""


def short(uid: str) -> str:
    """A transfer syntax's name as short as people say it."""
    name = registry.labelled(uid)
    for long, abbreviated in (("Little Endian", "LE"), ("Big Endian", "BE"), (" Image Compression", "")):
        name = name.replace(long, abbreviated)
    return name.partition(", Non-Hierarchical, First-Order")[0]


def result_words(answer: NegotiatedContext) -> str:
    """The peer's answer to one context, its transfer syntax by name."""
    words = answer.words
    if answer.transfer_syntax:
        words = words.replace(answer.transfer_syntax, short(answer.transfer_syntax))
    return words[:1].upper() + words[1:]


class Edits:
    """Tells of an edit, at once or when all that belongs to it is done: a person undoes it as a whole.

    Args:
        edited: the signal to tell by.
    """

    def __init__(self, edited: SignalInstance) -> None:
        self._edited = edited
        self._is_open = False
        self._is_told = False

    def tell(self) -> None:
        if self._is_open:
            self._is_told = True
        else:
            self._edited.emit()

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """What is edited inside is told of once, at the end."""
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
        if self._is_told:
            self._is_told = False
            self._edited.emit()


class ContextModel(QAbstractTableModel, Generic[Context]):
    """An editable table of presentation contexts.

    Attributes:
        edited: the contexts changed by an edit (results and problems do not count).
        edits: makes one edit of several.
    """

    edited = Signal()

    def __init__(self, kind: type[Context], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        both = [Column.ABSTRACT_SYNTAX, Column.TRANSFER_SYNTAXES]
        self.columns = [Column.NUMBER, *both, Column.RESULT] if kind is ProposedContext else both
        self.edits = Edits(self.edited)
        self._rows: list[_Row[Context]] = []
        self._attempted: list[_Row[Context]] = []

    # --- values ------------------------------------------------------------------------------------------------------

    def contexts(self) -> tuple[Context, ...]:
        return tuple([row.context for row in self._rows])

    def context(self, row: int) -> Context:
        return self._rows[row].context

    def set_contexts(self, contexts: Iterable[Context]) -> None:
        """Replace everything; results of earlier attempts go too."""
        self.beginResetModel()
        self._rows = [_Row(context) for context in contexts]
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
            self._rows[first:first] = [_Row(context) for context in new[first : len(new) - after]]
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
            self._rows[at:at] = [_Row(context) for context in contexts]
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
        for row in rows:
            self._change(row, replace(self._rows[row].context, transfer_syntaxes=transfer_syntaxes))
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
        for number, row in enumerate(self._rows):
            found = problems.get(number, ())
            if row.problems != found:
                row.problems = found
                self._tell(number)

    def begin_attempt(self) -> None:
        """Remember which rows go out now, so that answers find them even when rows are added or moved meanwhile."""
        self._attempted = list(self._rows)
        for row in self._rows:
            row.answer, row.verdict = None, ""
        self._tell_all()

    def show_answers(self, answers: Sequence[NegotiatedContext], verdict: str = "") -> None:
        """Show the answers to the rows of the last attempt, in order; `verdict` stands where there is no answer."""
        for position, row in enumerate(self._attempted):
            row.answer = answers[position] if position < len(answers) else None
            row.verdict = verdict
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
                return tip
            if role == _Role.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDragEnabled
        flags |= Qt.ItemFlag.ItemNeverHasChildren
        editable = self.columns[index.column()] in {Column.NUMBER, Column.ABSTRACT_SYNTAX}
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == _Role.DisplayRole:
            return self._text(index.row(), column)
        if role == _Role.EditRole:
            return self._edit_text(row.context, column)
        if role == _Role.ToolTipRole:
            return self._tip(row, column)
        if role == _Role.DecorationRole:
            return self._mark(row, column)
        if role == _Role.ForegroundRole and column is Column.NUMBER and self._is_automatic(row):
            return style.muted(QGuiApplication.palette())
        if role == _Role.FontRole and column is Column.ABSTRACT_SYNTAX and self._is_private(row):
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
        if isinstance(context, ProposedContext) and (not text.strip() or text.strip().isdecimal()):
            return self._replace(index.row(), replace(context, context_id=int(text) if text.strip() else None))
        return False

    # --- inside ------------------------------------------------------------------------------------------------------

    def _text(self, number: int, column: Column) -> str:
        row = self._rows[number]
        if column is Column.NUMBER:
            return str(row.number)
        if column is Column.ABSTRACT_SYNTAX:
            return registry.labelled(row.context.abstract_syntax) or "(empty)"
        if column is Column.TRANSFER_SYNTAXES:
            return ", ".join(map(short, row.context.transfer_syntaxes)) or "(none)"
        return result_words(row.answer) if row.answer else row.verdict

    @staticmethod
    def _edit_text(context: Context, column: Column) -> str | None:
        if column is Column.ABSTRACT_SYNTAX:
            return context.abstract_syntax
        if column is Column.NUMBER and isinstance(context, ProposedContext):
            return "" if context.context_id is None else str(context.context_id)
        return None

    def _tip(self, row: _Row[Context], column: Column) -> str:
        if column is Column.RESULT:
            return row.answer.words if row.answer else row.verdict
        if column is Column.TRANSFER_SYNTAXES:
            return "\n".join(_name_and_uid(uid) for uid in row.context.transfer_syntaxes) or "No transfer syntax"
        if column is Column.NUMBER:
            return "Numbered automatically" if self._is_automatic(row) else "Typed"
        problems = map(sentence, row.problems)
        return "\n".join([_name_and_uid(row.context.abstract_syntax), *problems])

    @staticmethod
    def _mark(row: _Row[Context], column: Column) -> object:
        if column is Column.RESULT and row.answer:
            accepted = row.answer.result is ContextResult.ACCEPTANCE
            return icons.tone_icon(style.Tone.OK if accepted else style.Tone.ERROR)
        severity = worst(row.problems) if column is Column.ABSTRACT_SYNTAX else None
        return icons.tone_icon(TONES[severity]) if severity else None

    @staticmethod
    def _is_automatic(row: _Row[Context]) -> bool:
        return isinstance(row.context, ProposedContext) and row.context.context_id is None

    def _replace(self, number: int, context: Context) -> bool:
        if context != self._rows[number].context:
            self._change(number, context)
            self._was_edited()
        return True

    @staticmethod
    def _is_private(row: _Row[Context]) -> bool:
        return not registry.name_of(row.context.abstract_syntax)

    def _change(self, number: int, context: Context) -> None:
        row = self._rows[number]
        row.context, row.answer, row.verdict = context, None, ""
        self._attempted = [_Row(context) if other is row else other for other in self._attempted]
        self._tell(number)

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

    def _tell(self, number: int) -> None:
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))


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
            return short(uid) or "(empty)"
        if role == _Role.EditRole:
            return uid
        if role == _Role.ToolTipRole:
            return _name_and_uid(uid)
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


def move_rows(model: QAbstractItemModel, rows: Iterable[int], step: int) -> list[int]:
    """Move rows one up (-1) or down (1) as a block would go; returns where they are afterwards."""
    chosen = sorted(rows)
    root = QModelIndex()
    if not chosen or (chosen[0] == 0 and step < 0) or (chosen[-1] == model.rowCount() - 1 and step > 0):
        return chosen
    for row in chosen if step < 0 else reversed(chosen):
        model.moveRow(root, row, root, row - 1 if step < 0 else row + 2)
    return [row + step for row in chosen]


def uid_of(text: str, kinds: tuple[registry.Kind, ...] = registry.ABSTRACT_SYNTAXES) -> str:
    """The UID of that exact name or keyword; any other text stays as it was typed."""
    wanted = text.strip().casefold()
    for entry in registry.lookup(text, kinds)[:1] if wanted else ():
        if wanted in {entry.name.casefold(), entry.keyword.casefold()}:
            return entry.uid
    return text


def _name_and_uid(uid: str) -> str:
    name = registry.name_of(uid)
    return f"{name}\n{uid}" if name else f"{uid}\n(not in the registry: private, or mistyped)"
