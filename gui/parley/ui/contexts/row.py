"""One row of a contexts table: a context, what is said about it, and what of both each column shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtGui import QIcon

from parley.model import registry
from parley.model.handle import ProposedContext, SupportedContext
from parley.ui.kit import icons, style
from parley.ui.kit.fields import TONES, sentence, worst
from parley.ui.kit.hex_edit import hex_text
from parley.ui.kit.uid_text import name_and_uid, short
from parley.ul.codes import ContextResult

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem
    from parley.ul.negotiation import NegotiatedContext

Context = TypeVar("Context", bound=ProposedContext | SupportedContext)


class Column(Enum):
    """Columns of a contexts table: heading and what it tells."""

    NUMBER = "ID", "Presentation context id. Empty numbers automatically: 1, 3, 5 …"
    ABSTRACT_SYNTAX = "Abstract syntax", "What is to be done: a SOP class, by name or UID"
    TRANSFER_SYNTAXES = "Transfer syntaxes", "How data may be encoded, in order of preference"
    RESERVED = "Reserved", "Bytes 6 to 8 of the item in hexadecimal; the standard wants zeros, which are never tested"
    RESULT = "Result", "What the peer answered to this context in the last attempt"


@dataclass(slots=True)
class Row(Generic[Context]):
    """What a table keeps for one context.

    Attributes:
        number: the presentation context id that it goes out with.
        problems: what validation says about it.
        answer: the peer's, in the last attempt.
        verdict: stands where there is no answer.
    """

    context: Context
    number: int = 0
    problems: Sequence[Problem] = ()
    answer: NegotiatedContext | None = None
    verdict: str = ""

    @property
    def is_automatic(self) -> bool:
        """Whether it is numbered by its place."""
        return isinstance(self.context, ProposedContext) and self.context.context_id is None

    @property
    def is_private(self) -> bool:
        """Whether the registry does not know what it is for."""
        return not registry.name_of(self.context.abstract_syntax)

    @property
    def reserved(self) -> bytes:
        """Bytes 6 to 8 of the item; none where it is no proposal."""
        return self.context.reserved_6_8 if isinstance(self.context, ProposedContext) else b""

    def text(self, column: Column) -> str:
        """What a cell shows."""
        match column:
            case Column.NUMBER:
                return str(self.number)
            case Column.ABSTRACT_SYNTAX:
                return registry.labelled(self.context.abstract_syntax) or "(empty)"
            case Column.TRANSFER_SYNTAXES:
                return ", ".join(map(short, self.context.transfer_syntaxes)) or "(none)"
            case Column.RESERVED:
                return hex_text(self.reserved)
            case Column.RESULT:
                return result_words(self.answer) if self.answer else self.verdict

    def typed(self, column: Column) -> str | None:
        """What a cell holds to be edited; None where it is not edited in place."""
        if column is Column.ABSTRACT_SYNTAX:
            return self.context.abstract_syntax
        if column is Column.NUMBER and isinstance(self.context, ProposedContext):
            return "" if self.context.context_id is None else str(self.context.context_id)
        return hex_text(self.reserved) if column is Column.RESERVED else None

    def tip(self, column: Column) -> str:
        """All that a cell has no room for."""
        match column:
            case Column.NUMBER:
                return "Numbered automatically" if self.is_automatic else "Typed"
            case Column.ABSTRACT_SYNTAX:
                return "\n".join([name_and_uid(self.context.abstract_syntax), *map(sentence, self.problems)])
            case Column.TRANSFER_SYNTAXES:
                return "\n".join(map(name_and_uid, self.context.transfer_syntaxes)) or "No transfer syntax"
            case Column.RESERVED:
                return Column.RESERVED.value[1]
            case Column.RESULT:
                return self.answer.words if self.answer else self.verdict

    def mark(self, column: Column) -> QIcon | None:
        """The icon of a cell: how it was answered, how grave its problems are."""
        if column is Column.RESULT and self.answer:
            accepted = self.answer.result is ContextResult.ACCEPTANCE
            return icons.tone_icon(style.Tone.OK if accepted else style.Tone.ERROR)
        severity = worst(self.problems) if column is Column.ABSTRACT_SYNTAX else None
        return icons.tone_icon(TONES[severity]) if severity else None


def result_words(answer: NegotiatedContext) -> str:
    """The peer's answer to one context, its transfer syntax by name."""
    words = answer.words
    if answer.transfer_syntax:
        words = words.replace(answer.transfer_syntax, short(answer.transfer_syntax))
    return words[:1].upper() + words[1:]
