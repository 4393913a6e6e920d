"""What the log's filter may ask about an event: the names behind ``~``, and their values. No Qt.

A busy log asks this of thousands of events a second: each value is looked up, none is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from parley.bridge.log.severity import severity_of
from parley.model.answers.caller_words import (
    ADDRESS,
    ASSOCIATE_VALUES,
    CALLED,
    CALLING,
    IMPLEMENTATION,
    SOP,
    TRANSFER_SYNTAX,
    VERSION,
)
from parley.model.event import EngineEvent, EventKind
from parley.model.expression import Field, FieldKind, Value, Vocabulary
from parley.ul.codes import AbortReason, Role, reject_reason
from parley.ul.errors import Severity
from parley.ul.pdu import (
    AAbort,
    AAssociateAc,
    AAssociateRj,
    AAssociateRq,
    AReleaseRp,
    AReleaseRq,
    PDataTf,
    significant,
)

_PDU_WORDS: Mapping[type, str] = {
    AAssociateRq: "rq",
    AAssociateAc: "ac",
    AAssociateRj: "rj",
    PDataTf: "data",
    AReleaseRq: "rls",
    AReleaseRp: "rls",
    AAbort: "abort",
}
_MESSAGE_WORDS = (
    *("echo", "store", "find", "get", "move", "cancel"),
    *("event-report", "set", "action", "create", "delete"),
)
_RESULTS: Mapping[EventKind, str] = {
    EventKind.ACCEPTED: "accepted",
    EventKind.REJECTED: "rejected",
    EventKind.RELEASED: "released",
    EventKind.ABORTED: "aborted",
    EventKind.PROVIDER_ABORTED: "aborted",
    EventKind.WITHDRAWN: "withdrawn",
    EventKind.LISTEN_FAILED: "failed",
    EventKind.CONNECT_FAILED: "failed",
    EventKind.TLS_FAILED: "failed",
    EventKind.TIMER_EXPIRED: "timeout",
}
_PDU_RESULTS: Mapping[type, str] = {AAssociateAc: "accepted", AAssociateRj: "rejected", AAbort: "aborted"}
_ROLES = {Role.REQUESTOR: "scu", Role.ACCEPTOR: "scp"}

LOG: Vocabulary = (
    CALLING,
    CALLED,
    ADDRESS,
    Field("role", FieldKind.WORD, "this end's role: ~role scu, ~role scp", tuple(_ROLES.values())),
    Field(
        "t",
        FieldKind.WORD,
        "type of the PDU or message: ~t rq, ac, rj, rls, abort, data, echo, store …",
        (*dict.fromkeys(_PDU_WORDS.values()), *_MESSAGE_WORDS),
    ),
    SOP,
    TRANSFER_SYNTAX,
    Field(
        "res",
        FieldKind.WORD,
        "how it ended: ~res accepted, rejected, released, aborted, failed, timeout …",
        tuple(dict.fromkeys(_RESULTS.values())),
    ),
    Field("reason", FieldKind.WORD, "codes of a rejection or an abort, or their words: ~reason 1/1/7, called-*"),
    IMPLEMENTATION,
    VERSION,
    Field("tls", FieldKind.FLAG, "handshakes of TLS, made and failed"),
    Field("held", FieldKind.FLAG, "requests held for an answer"),
    Field("e", FieldKind.FLAG, "errors: what failed, what was not understood, what breaks the standard"),
    Field("assoc", FieldKind.NUMBER, "number of the association: ~assoc 7, ~assoc 7..9, ~assoc >7"),
)
"""The log's names."""


def event_values(event: EngineEvent, field: str) -> tuple[Value, ...]:
    """The values that an event has of a field of `LOG`."""
    if field in ASSOCIATE_VALUES:
        pdu = event.pdu
        return ASSOCIATE_VALUES[field](pdu) if isinstance(pdu, AAssociateRq | AAssociateAc) else ()
    return _VALUES[field](event)


def _calling(event: EngineEvent) -> tuple[str, ...]:
    if isinstance(event.pdu, AAssociateRq):
        return (significant(event.pdu.calling_ae_title),)
    return _title(event, Role.REQUESTOR)


def _called(event: EngineEvent) -> tuple[str, ...]:
    if isinstance(event.pdu, AAssociateRq):
        return (significant(event.pdu.called_ae_title),)
    return _title(event, Role.ACCEPTOR)


def _title(event: EngineEvent, role: Role) -> tuple[str, ...]:
    if event.role is None:
        return ()
    title = event.local_ae_title if event.role is role else event.peer_ae_title
    return (title,) if title else ()


def _type(event: EngineEvent) -> tuple[str, ...]:
    if event.pdu is not None:
        return (_PDU_WORDS[type(event.pdu)],)
    if event.kind in {EventKind.MESSAGE_SENT, EventKind.MESSAGE_RECEIVED}:
        # Such as C-STORE-RQ: what stands between the service's letter and the direction.
        name = event.text.partition(" ")[0].partition("-")[2].rpartition("-")[0]
        return (name,) if name else ()
    return ()


def _result(event: EngineEvent) -> tuple[str, ...]:
    word = _RESULTS.get(event.kind) or _PDU_RESULTS.get(type(event.pdu))
    return (word,) if word else ()


def _reason(event: EngineEvent) -> tuple[str, ...]:
    match event.pdu:
        case AAssociateRj(result, source, reason):
            return f"{result}/{source}/{reason}", reject_reason(source, reason).words
        case AAbort(source, reason):
            return f"{source}/{reason}", AbortReason(reason).words
    return ()


def _if(is_so: bool) -> tuple[str, ...]:
    return ("yes",) if is_so else ()


_VALUES: Mapping[str, Callable[[EngineEvent], tuple[Value, ...]]] = {
    CALLING.name: _calling,
    CALLED.name: _called,
    ADDRESS.name: lambda event: (event.peer,) if event.peer else (),
    "role": lambda event: (_ROLES[event.role],) if event.role else (),
    "t": _type,
    "res": _result,
    "reason": _reason,
    "tls": lambda event: _if(event.kind in {EventKind.TLS_ESTABLISHED, EventKind.TLS_FAILED}),
    "held": lambda event: _if(event.kind in {EventKind.HELD, EventKind.WITHDRAWN}),
    "e": lambda event: _if(severity_of(event) is Severity.ERROR),
    "assoc": lambda event: (event.association,) if event.association else (),
}
