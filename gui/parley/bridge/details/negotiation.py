"""What became of each proposed presentation context, as a Qt table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from itertools import islice
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Qt

from parley.bridge.details.agreed import agreed_words
from parley.bridge.headed_table import HeadedTable
from parley.bridge.roles import NO_INDEX, Index
from parley.bridge.tooltips import tip_text
from parley.model.registry import name_of
from parley.ul.codes import Role
from parley.ul.negotiation import Counts, NegotiatedContext, counts, outcomes, unanswered
from parley.ul.pdu import AAssociateAc, AAssociateRq
from parley.ul.visible import one_line

ACCEPTED_ROLE = Qt.ItemDataRole.UserRole
"""True or False; None where there is no answer yet."""

_NO_REQUEST = AAssociateRq("", "", ())
_NO_ANSWER = AAssociateAc("", "", ())

PORTION = 256
"""How many contexts are worked out at a time; twice as many as one association can have."""

_MOST_NAMED = 64
"""How much of a list is named in one line: more transfer syntaxes than there are."""

_LONGEST = 128
"""Characters of a UID that has no name; a UID has 64."""

T = TypeVar("T")


class Column(IntEnum):
    """The table's columns."""

    ID = 0
    ABSTRACT_SYNTAX = 1
    RESULT = 2
    PROPOSED = 3


_HEADERS = {
    Column.ID: ("ID", "Presentation context id"),
    Column.ABSTRACT_SYNTAX: ("Abstract syntax", "SOP class that was proposed"),
    Column.RESULT: ("Result", "What the acceptor answered"),
    Column.PROPOSED: ("Proposed transfer syntaxes", "In the requestor's order of preference"),
}


def named(uid: str) -> str:
    """A UID's name; the UID itself where it has none."""
    return name_of(uid) or (uid if len(uid) <= _LONGEST else f"{uid[:_LONGEST]}…")


class NegotiationModel(HeadedTable):
    """The contexts of one association, in the order of proposal; of very many those that somebody scrolls to."""

    headers = _HEADERS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contexts: list[NegotiatedContext] = []
        self._others: Iterator[NegotiatedContext] = iter(())
        self._counts = Counts(0, 0)
        self._is_answered = False
        self._words = ""

    def set_negotiation(self, request: AAssociateRq | None, answer: AAssociateAc | None, view: Role) -> None:
        """Show another negotiation; either half may be missing."""
        self.beginResetModel()
        self._is_answered = answer is not None
        pdus = request or _NO_REQUEST, answer or _NO_ANSWER
        self._counts = counts(*pdus)
        self._others = outcomes(*pdus, view)
        self._contexts = list(islice(self._others, PORTION))
        self._words = self._in_words(request, answer) if self._contexts else ""
        self.endResetModel()

    @property
    def words(self) -> str:
        """One line about all contexts, and what else was negotiated."""
        return self._words

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._contexts)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self._contexts) < self._counts.contexts

    def fetchMore(self, parent: Index) -> None:  # noqa: ARG002
        more = list(islice(self._others, PORTION))
        if not more:
            return
        self.beginInsertRows(QModelIndex(), len(self._contexts), len(self._contexts) + len(more) - 1)
        self._contexts += more
        self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._contexts):
            return None
        context = self._contexts[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._text(context, index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(_tip(context, index.column()) or self._text(context, index.column()))
        if role == ACCEPTED_ROLE:
            return context.is_accepted if self._is_answered else None
        return None

    def _in_words(self, request: AAssociateRq | None, answer: AAssociateAc | None) -> str:
        count, accepted = self._counts
        more = f" · the first {PORTION} are listed, the others as you scroll" if count > PORTION else ""
        if answer is None:
            return f"{count} proposed, no A-ASSOCIATE-AC in the log{more}"
        line = " · ".join(filter(None, (f"{accepted} of {count} accepted{more}", agreed_words(request, answer))))
        return line + (_passed_over_words(request, answer) if request else "")

    def _text(self, context: NegotiatedContext, column: int) -> str:
        match column:
            case Column.ID:
                return str(context.context_id)
            case Column.ABSTRACT_SYNTAX:
                return named(context.abstract_syntax) or "not proposed"
            case Column.RESULT:
                return _result_words(context) if self._is_answered else "no answer yet"
            case _:
                return ", ".join(_first(context.transfer_syntaxes, named))


def _passed_over_words(request: AAssociateRq, answer: AAssociateAc) -> str:
    found = unanswered(request, answer)
    words = _first(found, lambda each: f"{each[0]} for {named(each[1])}" if each[1] else each[0])
    return f" · asked for, not answered: {', '.join(words)}" if words else ""


def _first(values: Sequence[T], words: Callable[[T], str]) -> list[str]:
    """The first of very many in words, and how many are left out."""
    left_out = len(values) - _MOST_NAMED
    return [*map(words, values[:_MOST_NAMED]), *([f"{left_out} more"] if left_out > 0 else ())]


def _result_words(context: NegotiatedContext) -> str:
    """The outcome with the transfer syntax by its name."""
    uid = context.transfer_syntax
    return context.words.replace(uid, named(uid)) if uid else context.words


def _tip(context: NegotiatedContext, column: int) -> str:
    if column == Column.ABSTRACT_SYNTAX:
        return context.abstract_syntax
    if column == Column.PROPOSED:
        return "\n".join(_first(context.transfer_syntaxes, lambda uid: f"{uid}  {name_of(uid)}"))
    return ""
