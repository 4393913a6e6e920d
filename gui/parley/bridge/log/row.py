"""What the log says about one event in its columns, and whether a filter lets it through. No Qt.

Everything costly is worked out when it is first asked for: most rows of a busy log are never looked at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from msgspec import Struct

from parley.bridge.log.severity import kind_severity, severity_of
from parley.bridge.log.words import event_values
from parley.capture.summary import length_words, summarize
from parley.model.event import EngineEvent, EventKind
from parley.model.expression import EVERYTHING, Expression, Value
from parley.ul.codes import PduType, Role
from parley.ul.errors import Severity
from parley.ul.visible import one_line

_HEAVY = 8192
"""Bytes of a PDU: up to this size, what is in it is found out while its row is painted."""

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


def _is_heavy(event: EngineEvent) -> bool:
    """Whether there may be so much in a PDU that reading it takes noticeable time; one fragment is nothing to read."""
    wire = event.wire
    if len(wire) <= _HEAVY or event.kind is EventKind.MALFORMED:
        return False
    return wire[0] != PduType.P_DATA_TF or int.from_bytes(wire[6:10], "big") != len(wire) - 10


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
    _severity: Severity | None = None
    _is_weighed: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether line and severity are known, or cost so little that nobody has to wait for them."""
        return (self._is_weighed and self._summary is not None) or not _is_heavy(self.event)

    @property
    def line(self) -> str:
        """The summary; as long as a large PDU was not settled, how large it is."""
        return self.summary if self.is_settled else length_words(self.event.wire)

    @property
    def severity(self) -> Severity | None:
        """How much it matters; as long as a large PDU was not settled, by its kind alone."""
        if not self.is_settled:
            return kind_severity(self.event)
        if not self._is_weighed:
            self._severity, self._is_weighed = severity_of(self.event), True
        return self._severity

    def settle(self) -> None:
        """Find out what a large PDU's line says and how much it matters: this may take milliseconds."""
        self._summary = self.summary
        self._severity, self._is_weighed = severity_of(self.event), True

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
