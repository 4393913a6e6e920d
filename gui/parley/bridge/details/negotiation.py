"""What became of each proposed presentation context, as a Qt table."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from parley.bridge.details.agreed import agreed_words
from parley.bridge.headed_table import HeadedTable
from parley.bridge.roles import NO_INDEX, Index
from parley.model.registry import name_of
from parley.ul.codes import Role
from parley.ul.negotiation import NegotiatedContext, outcome, unanswered
from parley.ul.pdu import AAssociateAc, AAssociateRq

ACCEPTED_ROLE = Qt.ItemDataRole.UserRole
"""True or False; None where there is no answer yet."""

_NO_REQUEST = AAssociateRq("", "", ())


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
    return name_of(uid) or uid


class NegotiationModel(HeadedTable):
    """The contexts of one association, in the order of proposal."""

    headers = _HEADERS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contexts: tuple[NegotiatedContext, ...] = ()
        self._is_answered = False
        self._passed_over = ""
        self._agreed = ""

    def set_negotiation(self, request: AAssociateRq | None, answer: AAssociateAc | None, view: Role) -> None:
        """Show another negotiation; either half may be missing."""
        self.beginResetModel()
        self._is_answered = answer is not None
        self._agreed = agreed_words(request, answer)
        if request is None and answer is None:
            self._contexts = ()
        else:
            self._contexts = outcome(request or _NO_REQUEST, answer or AAssociateAc("", "", ()), view)
        self._passed_over = _passed_over_words(request, answer) if request and answer else ""
        self.endResetModel()

    @property
    def words(self) -> str:
        """One line about all contexts, and what else was negotiated."""
        if not self._contexts:
            return ""
        if not self._is_answered:
            return f"{len(self._contexts)} proposed, no A-ASSOCIATE-AC in the log"
        accepted = sum(context.is_accepted for context in self._contexts)
        line = " · ".join(filter(None, (f"{accepted} of {len(self._contexts)} accepted", self._agreed)))
        return line + self._passed_over

    # --- Qt's questions --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._contexts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._contexts):
            return None
        context = self._contexts[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(context, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(context, index.column()) or self._text(context, index.column())
        if role == ACCEPTED_ROLE:
            return context.is_accepted if self._is_answered else None
        return None

    def _text(self, context: NegotiatedContext, column: int) -> str:
        match column:
            case Column.ID:
                return str(context.context_id)
            case Column.ABSTRACT_SYNTAX:
                return named(context.abstract_syntax) or "not proposed"
            case Column.RESULT:
                return _result_words(context) if self._is_answered else "no answer yet"
            case _:
                return ", ".join(map(named, context.transfer_syntaxes))


def _passed_over_words(request: AAssociateRq, answer: AAssociateAc) -> str:
    found = [f"{what} for {named(uid)}" if uid else what for what, uid in unanswered(request, answer)]
    return f" · asked for, not answered: {', '.join(found)}" if found else ""


def _result_words(context: NegotiatedContext) -> str:
    """The outcome with the transfer syntax by its name."""
    uid = context.transfer_syntax
    return context.words.replace(uid, named(uid)) if uid else context.words


def _tip(context: NegotiatedContext, column: int) -> str:
    if column == Column.ABSTRACT_SYNTAX:
        return context.abstract_syntax
    if column == Column.PROPOSED:
        return "\n".join(f"{uid}  {name_of(uid)}" for uid in context.transfer_syntaxes)
    return ""
