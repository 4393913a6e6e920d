"""A-ASSOCIATE PDUs from handles.

Nothing is refused here: a tester sends what it is told to. What a field of the wire cannot hold becomes the nearest it
can: text is sent as UTF-8, an AE title's first 16 bytes and a UID's or a name's first 4096; a number outside its field
becomes the field's lowest or highest; transfer syntaxes for which an item has no room are left out. So whatever a
handle says, its PDU can be encoded. `parley.model.validation` tells the person about it beforehand.
"""

from __future__ import annotations

from parley.model.contexts import context_ids
from parley.model.fit import ITEM_LENGTH, MAXIMUM_LENGTH, PROTOCOL_VERSION, ae_title_field, nearest, text_field
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    ProposedContext,
    RequestorHandle,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.ul.negotiation import answer_contexts
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextRq,
    UserInformation,
    UserInformationSubItem,
    significant,
)


def request_pdu(handle: RequestorHandle) -> AAssociateRq:
    """The A-ASSOCIATE-RQ that the handle describes (PS3.8 Table 9-11). Never raises."""
    ids = context_ids(handle.contexts)
    return AAssociateRq(
        called_ae_title=ae_title_field(handle.called_ae_title),
        calling_ae_title=ae_title_field(handle.calling_ae_title),
        items=(
            ApplicationContext(text_field(handle.application_context)),
            *(_proposed(number, context) for number, context in zip(ids, handle.contexts, strict=True)),
            _user_information(handle),
        ),
        protocol_version=nearest(handle.protocol_version, PROTOCOL_VERSION),
    )


def accept_pdu(handle: AcceptorHandle, rules: AcceptanceRules, rq: AAssociateRq) -> AAssociateAc:
    """The A-ASSOCIATE-AC with which the handle answers this request (PS3.8 Table 9-17). Never raises.

    Every proposed context is answered, by `rules.choice`; the other rules are `parley.model.rules.decide`'s. The titles
    and bytes 43 to 74 are the request's own, as the standard wants it.
    """
    answers = answer_contexts(
        rq.presentation_contexts,
        supported_syntaxes(handle.contexts),
        prefer_own=rules.choice is TransferSyntaxChoice.FIRST_PREFERRED,
    )
    return AAssociateAc(
        called_ae_title=rq.called_ae_title,
        calling_ae_title=rq.calling_ae_title,
        items=(ApplicationContext(text_field(handle.application_context)), *answers, _user_information(handle)),
        protocol_version=nearest(handle.protocol_version, PROTOCOL_VERSION),
        reserved_43_74=rq.reserved_43_74,
    )


def supported_syntaxes(contexts: tuple[SupportedContext, ...]) -> dict[str, tuple[str, ...]]:
    """Transfer syntaxes per abstract syntax, in order of preference; an abstract syntax listed twice has both lists."""
    supported: dict[str, tuple[str, ...]] = {}
    for context in contexts:
        abstract_syntax = significant(context.abstract_syntax)
        listed = supported.get(abstract_syntax, ())
        supported[abstract_syntax] = tuple(dict.fromkeys((*listed, *map(significant, context.transfer_syntaxes))))
    return supported


def _proposed(context_id: int, context: ProposedContext) -> PresentationContextRq:
    abstract_syntax = text_field(context.abstract_syntax)
    length = 4 + 4 + len(abstract_syntax)
    fitting = []
    for uid in map(text_field, context.transfer_syntaxes):
        length += 4 + len(uid)
        if length > ITEM_LENGTH:
            break
        fitting.append(uid)
    return PresentationContextRq.of(context_id, abstract_syntax, tuple(fitting))


def _user_information(handle: RequestorHandle | AcceptorHandle) -> UserInformation:
    sub_items: list[UserInformationSubItem] = []
    if handle.maximum_length is not None:
        sub_items.append(MaximumLength(nearest(handle.maximum_length, MAXIMUM_LENGTH)))
    if handle.implementation_class_uid is not None:
        sub_items.append(ImplementationClassUid(text_field(handle.implementation_class_uid)))
    if handle.implementation_version_name is not None:
        sub_items.append(ImplementationVersionName(text_field(handle.implementation_version_name)))
    return UserInformation(tuple(sub_items))
