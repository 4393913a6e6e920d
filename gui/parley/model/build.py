"""A-ASSOCIATE PDUs from handles.

Nothing is refused here: a tester sends what it is told to. What a field of the wire cannot hold becomes the nearest it
can: text is sent as UTF-8, an AE title's first 16 bytes and a UID's or a name's first 4096; a number outside its field
becomes the field's lowest or highest; transfer syntaxes for which an item has no room are left out. So whatever a
handle says, its PDU can be encoded. `parley.model.problems.validation` tells the person about it beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from parley.model.contexts import context_ids
from parley.model.fit import (
    CODE,
    CONTEXT_ID,
    ITEM_LENGTH,
    PROTOCOL_VERSION,
    ae_title_field,
    nearest,
    octets_field,
    text_field,
    uid_sent,
)
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    ForcedAnswer,
    ProposedContext,
    RequestorHandle,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.model.user_information import answered_information, proposed_information
from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN
from parley.ul.negotiation import answer_contexts
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    PresentationContextAc,
    PresentationContextRq,
    TransferSyntax,
)

_LISTENERS_KEPT = 16


def request_pdu(handle: RequestorHandle) -> AAssociateRq:
    """The A-ASSOCIATE-RQ that the handle describes (PS3.8 Table 9-11). Never raises."""
    ids = context_ids(handle.contexts)
    return AAssociateRq(
        called_ae_title=ae_title_field(handle.called_ae_title),
        calling_ae_title=ae_title_field(handle.calling_ae_title),
        items=(
            ApplicationContext(text_field(handle.application_context)),
            *(proposed_context(number, context) for number, context in zip(ids, handle.contexts, strict=True)),
            proposed_information(handle),
        ),
        protocol_version=nearest(handle.protocol_version, PROTOCOL_VERSION),
        reserved_9_10=octets_field(handle.reserved_9_10, 2),
        reserved_43_74=octets_field(handle.reserved_43_74, 32),
    )


def accept_pdu(handle: AcceptorHandle, rules: AcceptanceRules, rq: AAssociateRq) -> AAssociateAc:
    """The A-ASSOCIATE-AC with which the handle answers this request (PS3.8 Table 9-17). Never raises.

    Every proposed context is answered, by `rules.choice` unless the handle forces another answer, and roles are by
    `rules.role_policy`; the other rules are `parley.model.answers.rules.decide`'s.
    """
    reserved = rq.reserved_43_74 if handle.reserved_43_74 is None else handle.reserved_43_74
    return AAssociateAc(
        called_ae_title=_echoed(handle.called_ae_title, rq.called_ae_title),
        calling_ae_title=_echoed(handle.calling_ae_title, rq.calling_ae_title),
        items=(
            ApplicationContext(text_field(handle.application_context)),
            *_answers(handle, rules, rq),
            answered_information(handle, rules, rq),
        ),
        protocol_version=nearest(handle.protocol_version, PROTOCOL_VERSION),
        reserved_9_10=octets_field(handle.reserved_9_10, 2),
        reserved_43_74=octets_field(reserved, 32),
    )


def _echoed(own: str | None, asked: str) -> str:
    return asked if own is None else ae_title_field(own)


def _answers(handle: AcceptorHandle, rules: AcceptanceRules, rq: AAssociateRq) -> Iterator[PresentationContextAc]:
    proposed = rq.first_contexts
    negotiated = answer_contexts(
        proposed.values(),
        supported_syntaxes(handle.contexts),
        prefer_own=rules.choice is TransferSyntaxChoice.FIRST_PREFERRED,
    )
    for answer in negotiated:
        forced = _forced(handle, answer.context_id, proposed[answer.context_id].abstract_syntax)
        if forced is None:
            yield answer
        elif forced.result is not None:
            yield _answer(forced, forced.result, answer.context_id, answer.transfer_syntax)
    for unasked in handle.forced_answers:
        if unasked.context_id is not None and unasked.result is not None and not uid_sent(unasked.abstract_syntax):
            number = nearest(unasked.context_id, CONTEXT_ID)
            if number not in proposed:
                yield _answer(unasked, unasked.result, number, IMPLICIT_VR_LITTLE_ENDIAN)


def _forced(handle: AcceptorHandle, number: int, abstract_syntax: str) -> ForcedAnswer | None:
    return next(
        (
            answer
            for answer in handle.forced_answers
            if (answer.context_id is None or nearest(answer.context_id, CONTEXT_ID) == number)
            and uid_sent(answer.abstract_syntax) in {"", abstract_syntax}
        ),
        None,
    )


def _answer(forced: ForcedAnswer, result: int, number: int, negotiated: str) -> PresentationContextAc:
    syntaxes = (
        (negotiated,) if forced.transfer_syntaxes is None else _fitting(forced.transfer_syntaxes, ITEM_LENGTH - 4)
    )
    return PresentationContextAc(number, nearest(result, CODE), tuple(map(TransferSyntax, syntaxes)))


@lru_cache(_LISTENERS_KEPT)
def supported_syntaxes(contexts: tuple[SupportedContext, ...]) -> Mapping[str, tuple[str, ...]]:
    """Transfer syntaxes per abstract syntax, in order of preference; an abstract syntax listed twice has both lists.

    A listener asks at every request: with all storage classes there are some ten thousand texts to look at.
    """
    supported: dict[str, dict[str, None]] = {}
    for context in contexts:
        listed = supported.setdefault(uid_sent(context.abstract_syntax), {})
        listed.update(dict.fromkeys(map(uid_sent, context.transfer_syntaxes)))
    return MappingProxyType({uid: tuple(listed) for uid, listed in supported.items()})


def proposed_context(context_id: int, context: ProposedContext) -> PresentationContextRq:
    """The item 20H, with as many transfer syntaxes as it has room for."""
    abstract_syntax = text_field(context.abstract_syntax)
    room = ITEM_LENGTH - 4 - 4 - len(abstract_syntax)
    sub_items = map(TransferSyntax, _fitting(context.transfer_syntaxes, room))
    return PresentationContextRq(
        context_id, (AbstractSyntax(abstract_syntax), *sub_items), octets_field(context.reserved_6_8, 3)
    )


def _fitting(transfer_syntaxes: tuple[str, ...], room: int) -> tuple[str, ...]:
    fitting = []
    for uid in map(text_field, transfer_syntaxes):
        room -= 4 + len(uid)
        if room < 0:
            break
        fitting.append(uid)
    return tuple(fitting)
