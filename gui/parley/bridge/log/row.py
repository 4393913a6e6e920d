"""What the log says about one event in its columns, and whether a filter lets it through. No Qt.

Everything costly is worked out when it is first asked for: most rows of a busy log are never looked at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from msgspec import Struct

from parley.bridge.log.words import event_values
from parley.capture.summary import one_line, summarize
from parley.model.event import EngineEvent, EventKind
from parley.model.expression import EVERYTHING, Expression, Value
from parley.ul.codes import Role

HIDDEN_BY_DEFAULT = frozenset({EventKind.STATE, EventKind.TIMER_STARTED, EventKind.TIMER_EXPIRED})

_KIND_WORDS = {
    kind: " ".join({"pdu": "PDU", "tls": "TLS"}.get(word, word) for word in kind.value.split("_")) for kind in EventKind
} | {EventKind.PROVIDER_ABORTED: "broken off"}

_TO_PEER = {
    EventKind.RESOLVING,
    EventKind.CONNECTING,
    EventKind.CONNECTED,
    EventKind.CONNECT_FAILED,
    EventKind.PDU_SENT,
    EventKind.MESSAGE_SENT,
}
_FROM_PEER = {
    EventKind.CONNECTION_ACCEPTED,
    EventKind.PDU_RECEIVED,
    EventKind.REQUESTED,
    EventKind.MESSAGE_RECEIVED,
    EventKind.MALFORMED,
}


def kind_words(kind: EventKind) -> str:
    """A kind's name for a person, such as ``PDU received``."""
    return _KIND_WORDS[kind]


def who_to_whom(event: EngineEvent) -> str:
    """Both ends, the one that acts first; AE titles where they are known, addresses where not. One printable line."""
    local = one_line(event.local_ae_title or event.local)
    peer = one_line(event.peer_ae_title or event.peer)
    if not local or not peer:
        return local or peer
    if event.kind in _TO_PEER:
        return f"{local} → {peer}"
    if event.kind in _FROM_PEER:
        return f"{peer} → {local}"
    return f"{peer} – {local}" if event.role is Role.ACCEPTOR else f"{local} – {peer}"


def clock(wall: float) -> str:
    """Local time of day with milliseconds."""
    return f"{time.strftime('%H:%M:%S', time.localtime(wall))}.{int(wall % 1 * 1000):03}"


class LogRow(Struct, gc=False, eq=False):
    """An event in the log, as an expression over `parley.bridge.log.words.LOG` sees it.

    Attributes:
        position: counts up over the life of the log; the order of arrival.
        delta: seconds since the shown row before of the same association; None for the first.
    """

    event: EngineEvent
    position: int
    delta: float | None = None
    _summary: str | None = None
    _haystack: str | None = None

    @property
    def summary(self) -> str:
        """One line for a person."""
        if self._summary is None:
            self._summary = summarize(self.event)
        return self._summary

    @property
    def haystack(self) -> str:
        """All that words are looked for in, case folded."""
        if self._haystack is None:
            event = self.event
            texts = (
                self.summary,
                _KIND_WORDS[event.kind],
                event.local_ae_title,
                event.peer_ae_title,
                event.local,
                event.peer,
            )
            self._haystack = "\n".join(texts).casefold()
        return self._haystack

    def values(self, field: str) -> tuple[Value, ...]:
        """The values of a field of `LOG`."""
        return event_values(self.event, field)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows are shown.

    Attributes:
        expression: what a row has to match.
        hidden_kinds: kinds that are left out.
        association: the only association shown; None for all.
    """

    expression: Expression = EVERYTHING
    hidden_kinds: frozenset[EventKind] = field(default=HIDDEN_BY_DEFAULT)
    association: int | None = None

    def accepts(self, row: LogRow) -> bool:
        """Whether the row is shown; the expression is asked last because it costs most."""
        event = row.event
        if event.kind in self.hidden_kinds:
            return False
        if self.association is not None and event.association != self.association:
            return False
        return self.expression is EVERYTHING or self.expression.matches(row)
