"""Handles from PDUs that went over the wire: to be the device that sent them, or to answer as it did.

A handle cannot say everything a PDU may hold: what is lost is told in words. There are none exactly when
``request_pdu(requestor_handle_of(rq)) == rq``, and so for acceptances, by the default rules.

A user identity comes as a secret. It never becomes a raw sub-item, which would be shown and saved.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from parley.model import user_information as info
from parley.model.build import accept_pdu, request_pdu
from parley.model.contexts import context_ids
from parley.model.fit import text_field
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
    UserIdentity,
)
from parley.model.loss import lost_words
from parley.model.secret import NO_SECRET, Secret
from parley.ul.codec import encode_item
from parley.ul.codes import ContextResult, ItemType
from parley.ul.negotiation import answer_roles
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UserIdentityAc,
    UserIdentityRq,
    UserInformationSubItem,
    significant,
)

H = TypeVar("H", RequestorHandle, AcceptorHandle)

BY_DEFAULT = AcceptanceRules()


def reset_to_accept(request: AAssociateRq, base: AcceptorHandle | None = None) -> AcceptorHandle:
    """An acceptor that grants all that this request asks for, and answers to the title it calls.

    Args:
        request: what is to be accepted.
        base: who accepts it: application context, maximum length, implementation; None for Parley.
    """
    supported: dict[str, dict[str, None]] = {}
    for context in request.presentation_contexts:
        supported.setdefault(context.abstract_syntax, {}).update(dict.fromkeys(context.transfer_syntaxes))
    information = request.user_information
    window = information.first(AsynchronousOperationsWindow)
    identity = information.first(UserIdentityRq)
    return replace(
        base or AcceptorHandle(),
        ae_title=_text(significant(request.called_ae_title)),
        contexts=tuple(SupportedContext(_text(uid), tuple(map(_text, listed))) for uid, listed in supported.items()),
        forced_answers=(),
        asynchronous_operations=_window(window) if window else None,
        roles=tuple(map(_role, information.all(RoleSelection))),
        extended_negotiation=tuple(map(_extended, information.all(SopClassExtendedNegotiation))),
        identity_response=NO_SECRET if identity and identity.response_requested else None,
        raw_sub_items=(),
        called_ae_title=None,
        calling_ae_title=None,
        reserved_43_74=None,
    )


# --- a request -------------------------------------------------------------------------------------------------------


def requestor_handle_of(rq: AAssociateRq) -> RequestorHandle:
    """The handle of the device that sent this request."""
    handle = RequestorHandle(
        called_ae_title=_text(rq.called_ae_title),
        calling_ae_title=_text(rq.calling_ae_title),
        contexts=_proposed_contexts(rq.presentation_contexts),
        maximum_length=None,
        implementation_class_uid=None,
        implementation_version_name=None,
        application_context=_application_context(rq),
        protocol_version=rq.protocol_version,
        reserved_9_10=rq.reserved_9_10,
        reserved_43_74=rq.reserved_43_74,
    )
    for item in rq.user_information.sub_items:
        handle = _with_proposal(handle, item) if _can_be_typed(item) else _with_raw(handle, item)
    return handle


def lost_of_request(rq: AAssociateRq) -> tuple[str, ...]:
    """What `requestor_handle_of` cannot say of this request, each in a few words."""
    return lost_words(rq, request_pdu(requestor_handle_of(rq)))


def _proposed_contexts(items: tuple[PresentationContextRq, ...]) -> tuple[ProposedContext, ...]:
    contexts = tuple(
        ProposedContext(_abstract_syntax(item), transfer_syntaxes_of(item), item.context_id, item.reserved_6_8)
        for item in items
    )
    automatic = tuple(replace(context, context_id=None) for context in contexts)
    return automatic if context_ids(automatic) == tuple(item.context_id for item in items) else contexts


def _with_proposal(handle: RequestorHandle, item: UserInformationSubItem) -> RequestorHandle:
    """The handle that says this too, in the sub-item's own field or, where that is taken, as a raw one."""
    match item:
        case AsynchronousOperationsWindow() if handle.asynchronous_operations is None:
            return replace(handle, asynchronous_operations=_window(item))
        case RoleSelection():
            return replace(handle, roles=(*handle.roles, _role(item)))
        case SopClassExtendedNegotiation():
            return replace(handle, extended_negotiation=(*handle.extended_negotiation, _extended(item)))
        case SopClassCommonExtendedNegotiation(trailing=b"", reserved=0):
            return replace(handle, common_extended_negotiation=(*handle.common_extended_negotiation, _common(item)))
        case UserIdentityRq() if handle.user_identity is None:
            return replace(handle, user_identity=_identity(item))
    return _with_either(handle, item)


# --- an acceptance ---------------------------------------------------------------------------------------------------


def acceptor_handle_of(ac: AAssociateAc, rq: AAssociateRq | None = None) -> AcceptorHandle:
    """The handle of the device that answered so.

    Args:
        ac: the answer.
        rq: what was answered; None where that is not known, so that contexts are told by their ids alone.
    """
    asked = rq or _request_before(ac)
    handle = AcceptorHandle(
        ae_title=_text(significant(asked.called_ae_title)),
        contexts=_supported_contexts(ac, asked),
        maximum_length=None,
        implementation_class_uid=None,
        implementation_version_name=None,
        application_context=_application_context(ac),
        protocol_version=ac.protocol_version,
        called_ae_title=_unless(asked.called_ae_title, ac.called_ae_title),
        calling_ae_title=_unless(asked.calling_ae_title, ac.calling_ae_title),
        reserved_9_10=ac.reserved_9_10,
        reserved_43_74=None if ac.reserved_43_74 == asked.reserved_43_74 else ac.reserved_43_74,
    )
    for item in ac.user_information.sub_items:
        handle = _with_answer(handle, item, asked) if _can_be_typed(item) else _with_raw(handle, item)
    return replace(handle, forced_answers=_forced_answers(handle, ac, asked))


def lost_of_accept(ac: AAssociateAc, rq: AAssociateRq | None = None) -> tuple[str, ...]:
    """What `acceptor_handle_of` cannot say of this answer, each in a few words."""
    return lost_words(ac, accept_pdu(acceptor_handle_of(ac, rq), BY_DEFAULT, rq or _request_before(ac)))


def _request_before(ac: AAssociateAc) -> AAssociateRq:
    """A request of which nothing is known but what the answer has to repeat."""
    return AAssociateRq(ac.called_ae_title, ac.calling_ae_title, (), reserved_43_74=ac.reserved_43_74)


def _supported_contexts(ac: AAssociateAc, rq: AAssociateRq) -> tuple[SupportedContext, ...]:
    proposed = {context.context_id: context.abstract_syntax for context in reversed(rq.presentation_contexts)}
    supported: dict[str, dict[str, None]] = {}
    for answer in ac.presentation_contexts:
        if answer.context_id in proposed and answer.result == ContextResult.ACCEPTANCE and answer.transfer_syntax:
            supported.setdefault(proposed[answer.context_id], {})[answer.transfer_syntax] = None
    return tuple(SupportedContext(_text(uid), tuple(map(_text, listed))) for uid, listed in supported.items())


def _forced_answers(handle: AcceptorHandle, ac: AAssociateAc, rq: AAssociateRq) -> tuple[ForcedAnswer, ...]:
    """What negotiation would have answered otherwise."""
    negotiated = {answer.context_id: answer for answer in accept_pdu(handle, BY_DEFAULT, rq).presentation_contexts}
    given = {answer.context_id: answer for answer in reversed(ac.presentation_contexts)}
    proposed = {context.context_id: context.abstract_syntax for context in reversed(rq.presentation_contexts)}
    forced = [
        ForcedAnswer(_text(proposed[number]), None, context_id=number) for number in negotiated if number not in given
    ]
    for answer in ac.presentation_contexts:
        if given.get(answer.context_id) is answer and negotiated.get(answer.context_id) != answer:
            uid = _text(proposed.get(answer.context_id, ""))
            forced.append(ForcedAnswer(uid, answer.result, transfer_syntaxes_of(answer), answer.context_id))
    return tuple(forced)


def _with_answer(handle: AcceptorHandle, item: UserInformationSubItem, rq: AAssociateRq) -> AcceptorHandle:
    """The handle that says this too: where it was asked for, in the sub-item's own field, else as a raw one."""
    asked = rq.user_information
    match item:
        case AsynchronousOperationsWindow() if handle.asynchronous_operations is None:
            window = asked.first(AsynchronousOperationsWindow)
            if window is not None and info.window_item(info.lowered(_window(item), window)) == item:
                return replace(handle, asynchronous_operations=_window(item))
        case RoleSelection():
            allowed = {significant(item.sop_class_uid): (item.scu == 1, item.scp == 1)}
            if answer_roles(asked.all(RoleSelection), allowed) == (item,) and _role(item) not in handle.roles:
                return replace(handle, roles=(*handle.roles, _role(item)))
        case SopClassExtendedNegotiation():
            classes = {significant(each.sop_class_uid) for each in asked.all(SopClassExtendedNegotiation)}
            if significant(item.sop_class_uid) in classes:
                return replace(handle, extended_negotiation=(*handle.extended_negotiation, _extended(item)))
        case UserIdentityAc() if handle.identity_response is None:
            identity = asked.first(UserIdentityRq)
            if identity is not None and identity.response_requested:
                return replace(handle, identity_response=Secret(item.response))
    return _with_either(handle, item)


# --- user information ------------------------------------------------------------------------------------------------


def _can_be_typed(item: UserInformationSubItem) -> bool:
    """Whether all its text is UTF-8."""
    for field in fields(item):
        value = getattr(item, field.name)
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and text_field(_text(text), len(text)) != text for text in texts):
            return False
    return True


def _with_either(handle: H, item: UserInformationSubItem) -> H:
    """The handle that says this too, be it what both ends say of themselves or a raw sub-item."""
    match item:
        case MaximumLength() if handle.maximum_length is None:
            return replace(handle, maximum_length=item.length)
        case ImplementationClassUid() if handle.implementation_class_uid is None:
            return replace(handle, implementation_class_uid=_text(item.uid))
        case ImplementationVersionName() if handle.implementation_version_name is None:
            return replace(handle, implementation_version_name=_text(item.name))
    return _with_raw(handle, item)


_SECRETS = {ItemType.USER_IDENTITY_RQ, ItemType.USER_IDENTITY_AC}


def _with_raw(handle: H, item: UserInformationSubItem) -> H:
    data = encode_item(item)
    raw = RawSubItem(data[0], data[4:])
    if raw.item_type in _SECRETS and raw.data.strip(b"\0"):
        return handle
    return replace(handle, raw_sub_items=(*handle.raw_sub_items, raw))


# --- parts -----------------------------------------------------------------------------------------------------------


def _unless(echoed: str, field: str) -> str | None:
    return None if field == echoed else _text(field)


def _text(field: str) -> str:
    """What has to be typed for this to be sent; bytes that are no UTF-8 become U+FFFD, which is not the same."""
    return field.encode("latin-1").decode("utf-8", "replace")


def _application_context(pdu: AAssociateRq | AAssociateAc) -> str:
    return next((_text(item.name) for item in pdu.items if isinstance(item, ApplicationContext)), "")


def _abstract_syntax(item: PresentationContextRq) -> str:
    return next((_text(each.uid) for each in item.sub_items if isinstance(each, AbstractSyntax)), "")


def transfer_syntaxes_of(item: PresentationContextRq | PresentationContextAc) -> tuple[str, ...]:
    """Those of a context, as they would have to be typed."""
    return tuple(_text(each.uid) for each in item.sub_items if isinstance(each, TransferSyntax))


def _window(item: AsynchronousOperationsWindow) -> AsynchronousOperations:
    return AsynchronousOperations(item.invoked, item.performed)


def _role(item: RoleSelection) -> RoleProposal:
    return RoleProposal(_text(item.sop_class_uid), item.scu, item.scp)


def _extended(item: SopClassExtendedNegotiation) -> ExtendedNegotiation:
    return ExtendedNegotiation(_text(item.sop_class_uid), item.information)


def _common(item: SopClassCommonExtendedNegotiation) -> CommonExtendedNegotiation:
    related = tuple(map(_text, item.related_general_sop_class_uids))
    return CommonExtendedNegotiation(_text(item.sop_class_uid), _text(item.service_class_uid), related)


def _identity(item: UserIdentityRq) -> UserIdentity:
    return UserIdentity(item.identity_type, Secret(item.primary), Secret(item.secondary), item.response_requested)
