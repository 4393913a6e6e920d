"""An event as an object of plain values, with names beside UIDs and words beside codes: what `jsonl` writes.

The keys are stable: programs read them. A PDU has its values by name and, as ``data``, its bytes. What proves a user's
identity is masked in both unless it is asked for.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime
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
    UserIdentityAc,
    UserIdentityRq,
    significant,
)
from parley.ul.tree import masked

Record = dict[str, Any]


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
        "local_ae_title": event.local_ae_title,
        "peer_ae_title": event.peer_ae_title,
        "summary": summarize(event),
        "text": event.text,
    }
    if event.pdu is not None:
        record["pdu"] = pdu_record(event.pdu, reveal=reveal)
    if event.data:
        record["data"] = (event.data if reveal else masked(event.data)).hex()
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
            return {
                "type": PduType.A_ASSOCIATE_RQ.words,
                **_associate(pdu, reveal),
                "presentation_contexts": _proposed(pdu),
            }
        case AAssociateAc():
            return {
                "type": PduType.A_ASSOCIATE_AC.words,
                **_associate(pdu, reveal),
                "presentation_contexts": _answered(pdu),
            }
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
            return {
                "type": PduType.P_DATA_TF.words,
                "pdvs": [
                    {
                        "context_id": pdv.context_id,
                        "is_command": pdv.is_command,
                        "is_last": pdv.is_last,
                        "length": len(pdv.data),
                    }
                    for pdv in pdvs
                ],
            }
    return {"type": (PduType.A_RELEASE_RQ if isinstance(pdu, AReleaseRq) else PduType.A_RELEASE_RP).words}


def _associate(pdu: AAssociateRq | AAssociateAc, reveal: bool) -> Record:
    record: Record = {
        "called_ae_title": pdu.called_ae_title,
        "calling_ae_title": pdu.calling_ae_title,
        "protocol_version": pdu.protocol_version,
        "application_context": pdu.application_context,
        "maximum_length": pdu.maximum_length,
        "implementation_class_uid": pdu.implementation_class_uid,
        "implementation": implementation_name(pdu.implementation_class_uid or ""),
        "implementation_version_name": pdu.implementation_version_name,
    }
    told = (MaximumLength, ImplementationClassUid, ImplementationVersionName)
    others = [_plain(item, reveal) for item in pdu.user_information.sub_items if not isinstance(item, told)]
    if others:
        record["other_user_information"] = others
    return record


def _proposed(pdu: AAssociateRq) -> list[Record]:
    return [
        {
            "id": context.context_id,
            "abstract_syntax": _uid(context.abstract_syntax),
            "transfer_syntaxes": [_uid(uid) for uid in context.transfer_syntaxes],
        }
        for context in pdu.presentation_contexts
    ]


def _answered(pdu: AAssociateAc) -> list[Record]:
    return [
        {
            "id": context.context_id,
            "result": _code(context.result, ContextResult(context.result).words),
            "transfer_syntax": _uid(context.transfer_syntax),
        }
        for context in pdu.presentation_contexts
    ]


def _uid(uid: str) -> Record:
    return {"uid": uid, "name": name_of(uid)}


def _code(number: int, words: str) -> Record:
    return {"code": number, "words": words}


def _plain(item: object, reveal: bool) -> Record:
    """A sub-item by its values, bytes in hexadecimal."""
    record: Record = {"item": type(item).__name__}
    hidden = set() if reveal else _secrets(item)
    for field in fields(item):  # type: ignore[arg-type]
        value = getattr(item, field.name)
        if field.name in hidden and value:
            value = MASK
        elif isinstance(value, bytes):
            value = value.hex()
        elif field.name.endswith("_uid"):
            value = _uid(significant(value))
        record[field.name] = value
    return record


def _secrets(item: object) -> set[str]:
    """The names of the fields that hold one."""
    match item:
        case UserIdentityRq(identity_type):
            return {"secondary"} if UserIdentityType(identity_type).names_user else {"primary", "secondary"}
        case UserIdentityAc():
            return {"response"}
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
