"""One line for a person about one event.

A busy log asks for thousands of lines a second: no names are looked up here, and nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Callable

from parley.model.event import EngineEvent, EventKind
from parley.ul.codes import AbortReason, AbortSource, ContextResult, PduType, abort_words, rejection_words
from parley.ul.errors import Severity
from parley.ul.foreign import recognise
from parley.ul.pdu import (
    AAbort,
    AAssociateAc,
    AAssociateRj,
    AAssociateRq,
    AReleaseRp,
    AReleaseRq,
    PDataTf,
    Pdu,
    significant,
)
from parley.ul.visible import one_line

DICOM = "a DICOM PDU"


def summarize(event: EngineEvent) -> str:
    """What happened, for example ``A-ASSOCIATE-RQ PARLEY_SCU → ANY-SCP, 3 contexts, max 16384``.

    Always one line of characters that can be seen, whatever a peer has sent.
    """
    return one_line(_SUMMARIES[event.kind](event))


# --- PDUs ------------------------------------------------------------------------------------------------------------


def pdu_summary(pdu: Pdu) -> str:
    """The PDU's name and what matters in it."""
    return _PDUS[type(pdu)](pdu)


def length_words(data: bytes) -> str:
    """What kind of PDU these bytes are, and how many: for a large one that nobody has read yet."""
    return f"{PduType(data[0]).words}, {_counted(len(data), 'byte')}"


def _request(pdu: AAssociateRq) -> str:
    count = len(pdu.presentation_contexts)
    return (
        f"A-ASSOCIATE-RQ {_title(pdu.calling_ae_title)} → {_title(pdu.called_ae_title)}, "
        f"{_counted(count, 'context')}{_maximum(pdu)}"
    )


def _title(text: str) -> str:
    return significant(text) or "(blank)"


def _accept(pdu: AAssociateAc) -> str:
    results = [context.result for context in pdu.presentation_contexts]
    accepted = results.count(ContextResult.ACCEPTANCE)
    return f"A-ASSOCIATE-AC {accepted} of {_counted(len(results), 'context')} accepted{_maximum(pdu)}"


def _maximum(pdu: AAssociateRq | AAssociateAc) -> str:
    length = pdu.maximum_length
    if length is None:
        return ", no max length"
    return f", max {length}" if length else ", max unlimited"


def _reject(pdu: AAssociateRj) -> str:
    return f"A-ASSOCIATE-RJ {rejection_words(pdu.result, pdu.source, pdu.reason)}"


def _data(pdu: PDataTf) -> str:
    if len(pdu.pdvs) != 1:
        size = sum(len(pdv.data) for pdv in pdu.pdvs)
        return f"P-DATA-TF {_counted(len(pdu.pdvs), 'PDV')}, {_counted(size, 'byte')}"
    pdv = pdu.pdvs[0]
    what = "command" if pdv.is_command else "data"
    more = "" if pdv.is_last else ", more to come"
    return f"P-DATA-TF context {pdv.context_id}, {what}, {_counted(len(pdv.data), 'byte')}{more}"


def _abort(pdu: AAbort) -> str:
    return f"A-ABORT {abort_words(pdu.source, pdu.reason)}"


_PDUS: dict[type, Callable[..., str]] = {
    AAssociateRq: _request,
    AAssociateAc: _accept,
    AAssociateRj: _reject,
    PDataTf: _data,
    AReleaseRq: lambda _: "A-RELEASE-RQ",
    AReleaseRp: lambda _: "A-RELEASE-RP",
    AAbort: _abort,
}


# --- events ----------------------------------------------------------------------------------------------------------


def _of_pdu(event: EngineEvent) -> str:
    line = pdu_summary(event.pdu) if event.pdu is not None else event.text or "PDU"
    return f"{line} · {_finding_words(event)}" if event.findings else line


def _finding_words(event: EngineEvent) -> str:
    severities = [finding.severity for finding in event.findings]
    counts = ((severities.count(severity), severity.value) for severity in reversed(Severity))
    return ", ".join(_counted(count, word) for count, word in counts if count)


def _requested(event: EngineEvent) -> str:
    match event.pdu:
        case AAssociateRq() as pdu:
            count = _counted(len(pdu.presentation_contexts), "context")
            return f"association requested by {significant(pdu.calling_ae_title) or 'nobody'}, {count}"
    return _plain("association requested")(event)


def _accepted(event: EngineEvent) -> str:
    match event.pdu:
        case AAssociateAc() as pdu:
            return f"association accepted, {_accept(pdu).removeprefix('A-ASSOCIATE-AC ')}"
    return _plain("association accepted")(event)


def _rejected(event: EngineEvent) -> str:
    match event.pdu:
        case AAssociateRj() as pdu:
            return f"association rejected {rejection_words(pdu.result, pdu.source, pdu.reason)}"
    return _plain("association rejected")(event)


def _aborted(event: EngineEvent) -> str:
    parts = ["association aborted"]
    if event.text:
        parts.append(f" {event.text}")
    if isinstance(event.pdu, AAbort):
        parts.append(f" ({abort_words(event.pdu.source, event.pdu.reason)})")
    return "".join(parts)


def _provider_aborted(event: EngineEvent) -> str:
    """Who ended it, in plain words; the standard's A-P-ABORT indication also stands for a connection that is gone."""
    match event.pdu:
        case AAbort(source, reason):
            who = "the peer's protocol layer" if source == AbortSource.SERVICE_PROVIDER else "the peer"
            return f"association aborted by {who}: {source}/{reason} {AbortReason(reason).words} (A-P-ABORT)"
    why = f": {event.text.rstrip('.')}" if event.text else ""
    return f"association ended without release{why} (A-P-ABORT)"


def _malformed(event: EngineEvent) -> str:
    line = _plain("not understood")(event)
    what = recognise(event.data)
    return f"{line} It looks like {what}." if what and what != DICOM else line


def _state(event: EngineEvent) -> str:
    taken = event.transition
    if taken is None:
        return event.text or "state"
    return f"{taken.before.label} → {taken.after.label}  {taken.event.label} {taken.event.value}, {taken.action.label}"


def _at(words: str, attribute: str) -> Callable[[EngineEvent], str]:
    """The words and a place, then what the text adds to it."""

    def summary(event: EngineEvent) -> str:
        place = getattr(event, attribute)
        line = f"{words} {place}" if place else words
        return f"{line}: {event.text}" if event.text and event.text != place else line

    return summary


def _plain(words: str) -> Callable[[EngineEvent], str]:
    """The words, then what the text adds to them."""

    def summary(event: EngineEvent) -> str:
        return f"{words}: {event.text}" if event.text else words

    return summary


def _text(otherwise: str) -> Callable[[EngineEvent], str]:
    """The text alone."""

    def summary(event: EngineEvent) -> str:
        return event.text or otherwise

    return summary


def _timer(what: str) -> Callable[[EngineEvent], str]:
    def summary(event: EngineEvent) -> str:
        return f"{event.text} {what}" if event.text else what

    return summary


_SUMMARIES: dict[EventKind, Callable[[EngineEvent], str]] = {
    EventKind.LISTENING: _at("listening on", "local"),
    EventKind.LISTEN_FAILED: _at("cannot listen on", "local"),
    EventKind.RESOLVING: _plain("looking up the address"),
    EventKind.CONNECTING: _plain("connecting"),
    EventKind.CONNECTED: _at("connected to", "peer"),
    EventKind.CONNECT_FAILED: _at("no connection to", "peer"),
    EventKind.CONNECTION_ACCEPTED: _at("connection from", "peer"),
    EventKind.TLS_ESTABLISHED: _plain("TLS established"),
    EventKind.TLS_FAILED: _plain("TLS failed"),
    EventKind.PDU_SENT: _of_pdu,
    EventKind.PDU_RECEIVED: _of_pdu,
    EventKind.REQUESTED: _requested,
    EventKind.HELD: _plain("held"),
    EventKind.WITHDRAWN: _plain("withdrawn"),
    EventKind.DECIDED: _plain("decided"),
    EventKind.ACCEPTED: _accepted,
    EventKind.REJECTED: _rejected,
    EventKind.RELEASED: _plain("association released"),
    EventKind.ABORTED: _aborted,
    EventKind.PROVIDER_ABORTED: _provider_aborted,
    EventKind.TIMER_STARTED: _timer("timer started"),
    EventKind.TIMER_EXPIRED: _timer("timer expired"),
    EventKind.MALFORMED: _malformed,
    EventKind.MESSAGE_SENT: _text("message sent"),
    EventKind.MESSAGE_RECEIVED: _text("message received"),
    EventKind.STATE: _state,
    EventKind.CLOSED: _plain("connection closed"),
    EventKind.NOTE: _text("note"),
}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
