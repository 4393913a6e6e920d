"""An event as an object of plain values, with names beside UIDs and words beside codes: what `jsonl` writes.

The keys are stable: programs read them. A PDU has its values by name and, as ``data``, its bytes. What proves a user's
identity is masked in both unless it is asked for. Of a list that no honest PDU is as long as, the first `MOST_LISTED`
are there, and ``not_listed`` says how many are not; the bytes have them all.

A request may propose 63 transfer syntaxes in each of 128 contexts: long lists come as `Json`, put together from what
was written for the same UID before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from parley.capture.summary import summarize
from parley.model.event import EngineEvent
from parley.model.registry import implementation_name, name_of
from parley.model.secret import MASK
from parley.model.tls import Handshake
from parley.ul.codes import (
    AbortReason,
    AbortSource,
    ContextResult,
    PduType,
    RejectResult,
    RejectSource,
    UserIdentityType,
    reject_reason,
)
from parley.ul.effects import Transition
from parley.ul.errors import Finding
from parley.ul.foreign import alert_words
from parley.ul.pdu import (
    AAbort,
    AAssociateAc,
    AAssociateRj,
    AAssociateRq,
    AReleaseRq,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PDataTf,
    Pdu,
    Pdv,
    PresentationContextAc,
    PresentationContextRq,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
    significant,
)
from parley.ul.places import is_secret_item
from parley.ul.text_rules import LONGEST_UID
from parley.ul.tree import masked
from parley.ul.visible import whole_line

Record = dict[str, Any]

MOST_LISTED = 1000
_NAMES_KEPT = 4096

encoded = json.JSONEncoder(separators=(",", ":")).encode
"""JSON of plain values, in ASCII."""


class Json(str):
    """A value that is JSON already."""

    __slots__ = ()


def _json_list(values: Sequence[str]) -> Json:
    return Json(f"[{','.join(values)}]")


def event_record(event: EngineEvent, *, reveal: bool = False) -> Record:
    """The event; ``pdu``, ``data``, ``findings``, ``transition`` and ``tls`` are there only when the event has them.

    Args:
        reveal: write passcodes, tickets and tokens as they are.
    """
    record: Record = {
        "seq": event.seq,
        "time": datetime.fromtimestamp(event.wall, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "monotonic": event.monotonic,
        "kind": event.kind.value,
        "association": event.association,
        "role": event.role.value if event.role else None,
        "local": event.local,
        "peer": event.peer,
        "local_ae_title": _shown(event.local_ae_title),
        "peer_ae_title": _shown(event.peer_ae_title),
        "summary": summarize(event),
        "text": event.text,
    }
    if event.pdu is not None:
        record["pdu"] = pdu_record(event.pdu, reveal=reveal)
    if event.data:
        record["data"] = Json(f'"{(event.data if reveal else masked(event.data)).hex()}"')
    if event.findings:
        record["findings"] = [_finding(finding) for finding in event.findings]
    if event.transition is not None:
        record["transition"] = _transition(event.transition)
    if event.handshake is not None:
        record["tls"] = _handshake(event.handshake)
    return record


def pdu_record(pdu: Pdu, *, reveal: bool = False) -> Record:
    """A PDU by its values; secrets among them only with `reveal`."""
    match pdu:
        case AAssociateRq():
            return {"type": PduType.A_ASSOCIATE_RQ.words, **_associate(pdu, reveal), **_proposed(pdu)}
        case AAssociateAc():
            return {"type": PduType.A_ASSOCIATE_AC.words, **_associate(pdu, reveal), **_answered(pdu)}
        case AAssociateRj(result, source, reason):
            return {
                "type": PduType.A_ASSOCIATE_RJ.words,
                "result": _code(result, RejectResult(result).words),
                "source": _code(source, RejectSource(source).words),
                "reason": _code(reason, reject_reason(source, reason).words),
            }
        case AAbort(source, reason):
            return {
                "type": PduType.A_ABORT.words,
                "source": _code(source, AbortSource(source).words),
                "reason": _code(reason, AbortReason(reason).words if source != AbortSource.SERVICE_USER else ""),
            }
        case PDataTf(pdvs):
            return {"type": PduType.P_DATA_TF.words, **_listed("pdvs", pdvs, list(map(_pdv, pdvs[:MOST_LISTED])))}
    return {"type": (PduType.A_RELEASE_RQ if isinstance(pdu, AReleaseRq) else PduType.A_RELEASE_RP).words}


def _associate(pdu: AAssociateRq | AAssociateAc, reveal: bool) -> Record:
    name = pdu.implementation_version_name
    record: Record = {
        "called_ae_title": _shown(pdu.called_ae_title),
        "calling_ae_title": _shown(pdu.calling_ae_title),
        "protocol_version": pdu.protocol_version,
        "application_context": pdu.application_context,
        "maximum_length": pdu.maximum_length,
        "implementation_class_uid": pdu.implementation_class_uid,
        "implementation": implementation_name(pdu.implementation_class_uid or ""),
        "implementation_version_name": name if name is None else _shown(name),
    }
    told = (MaximumLength, ImplementationClassUid, ImplementationVersionName)
    others = [item for item in pdu.user_information.sub_items if not isinstance(item, told)]
    if others:
        shown = [encoded(_plain(item, reveal)) for item in others[:MOST_LISTED]]
        record |= _listed("other_user_information", others, shown)
    return record


def _listed(key: str, values: Sequence[object], shown: Sequence[str]) -> Record:
    """A list by its first values, which are JSON, and how many more there are where not all of them are there."""
    left_out = len(values) - len(shown)
    record: Record = {key: _json_list(shown)}
    return record | {"not_listed": {key: left_out}} if left_out else record


def _proposed(pdu: AAssociateRq) -> Record:
    contexts = pdu.presentation_contexts
    known: dict[tuple[str, ...], str] = {}
    return _listed("presentation_contexts", contexts, [_proposal(each, known) for each in contexts[:MOST_LISTED]])


def _proposal(context: PresentationContextRq, known: dict[tuple[str, ...], str]) -> str:
    syntaxes = context.transfer_syntaxes
    listed = known.get(syntaxes)
    if listed is None:
        listed = known[syntaxes] = _json_list([_uid(uid) for uid in syntaxes])
    abstract_syntax = _uid(context.abstract_syntax)
    return f'{{"id":{context.context_id},"abstract_syntax":{abstract_syntax},"transfer_syntaxes":{listed}}}'


def _answered(pdu: AAssociateAc) -> Record:
    contexts = pdu.presentation_contexts
    return _listed("presentation_contexts", contexts, list(map(_answer, contexts[:MOST_LISTED])))


def _answer(context: PresentationContextAc) -> str:
    result, transfer_syntax = _result(context.result), _uid(context.transfer_syntax)
    return f'{{"id":{context.context_id},"result":{result},"transfer_syntax":{transfer_syntax}}}'


@cache
def _result(number: int) -> str:
    return encoded(_code(number, ContextResult(number).words))


def _pdv(pdv: Pdv) -> str:
    is_command, is_last = encoded(pdv.is_command), encoded(pdv.is_last)
    return f'{{"context_id":{pdv.context_id},"is_command":{is_command},"is_last":{is_last},"length":{len(pdv.data)}}}'


def _uid(uid: str) -> str:
    """A UID with its name, as JSON; what is too long to be one is not kept."""
    return _short_uid(uid) if len(uid) <= LONGEST_UID else _uid_json(uid)


def _uid_json(uid: str) -> str:
    return encoded({"uid": uid, "name": name_of(uid)})


_short_uid = lru_cache(_NAMES_KEPT)(_uid_json)


def _code(number: int, words: str) -> Record:
    return {"code": number, "words": words}


def _shown(text: str) -> str:
    """A title or name without its padding, spaces or NULs; what else cannot be seen in it is an escape."""
    return whole_line(significant(text))


def _plain(item: Any, reveal: bool) -> Record:
    """A sub-item by its values: bytes in hexadecimal, but the name of a user as text, with a word on which it is."""
    record: Record = {"item": type(item).__name__}
    hidden = set() if reveal else _secrets(item)
    for name in _names(item.__class__):
        value = getattr(item, name)
        if name in hidden and value:
            value = MASK
        elif isinstance(value, bytes):
            value = value.hex()
        elif name.endswith("_uid"):
            uid = significant(value)
            value = {"uid": uid, "name": name_of(uid)}
        record[name] = value
    if isinstance(item, UserIdentityRq) and "primary" not in hidden:
        record["primary"], record["primary_encoding"] = _user(item)
    return record


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The names of the fields of a class of sub-items."""
    return tuple(field.name for field in fields(kind))


def _user(identity: UserIdentityRq) -> tuple[str, str]:
    """Who asks, and how that is written; a name is UTF-8 (PS3.7 Table D.3-14), if its sender has kept to that."""
    if UserIdentityType(identity.identity_type).names_user:
        with suppress(UnicodeDecodeError):
            name = identity.primary.decode("utf-8")
            if whole_line(name) == name:
                return name, "utf-8"
    return identity.primary.hex(), "hex"


def _secrets(item: object) -> set[str]:
    """The names of the fields that hold one."""
    match item:
        case UserIdentityRq(identity_type):
            return {"secondary"} if UserIdentityType(identity_type).names_user else {"primary", "secondary"}
        case UserIdentityAc():
            return {"response"}
        case UnknownItem(item_type, data) if is_secret_item(item_type, data):
            return {"data"}
    return set()


def _finding(finding: Finding) -> Record:
    return {
        "severity": finding.severity.value,
        "field": finding.field,
        "offset": finding.offset,
        "text": finding.text,
        "remedy": finding.remedy,
    }


def _handshake(handshake: Handshake) -> Record:
    chain = [
        {
            **asdict(certificate),
            "not_before": certificate.not_before.isoformat() if certificate.not_before else None,
            "not_after": certificate.not_after.isoformat() if certificate.not_after else None,
        }
        for certificate in handshake.peer_chain
    ]
    record: Record = {**asdict(handshake), "peer_chain": chain}
    if handshake.failure is None:
        return {key: value for key, value in record.items() if key != "failure"}
    failure = handshake.failure
    record["failure"] |= {
        "alert": None if failure.alert is None else _code(failure.alert, alert_words(failure.alert)),
        "alert_by": failure.alert_by.value if failure.alert_by else None,
        "received": failure.received.hex(),
    }
    return record


def _transition(transition: Transition) -> Record:
    return {
        "before": transition.before.label,
        "event": transition.event.label,
        "action": transition.action.label,
        "after": transition.after.label,
    }
