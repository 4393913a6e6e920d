"""A-ASSOCIATE PDUs with something changed that no careful implementation would: for misbehaviours.

Each function takes a PDU and gives another one; what is not said to change stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    ContextSubItem,
    ImplementationClassUid,
    Item,
    PresentationContextAc,
    PresentationContextRq,
    TransferSyntax,
    UserInformation,
    UserInformationSubItem,
)

LONG_NAME = "A_NAME_OF_20_LETTERS"
UNKNOWN_UID = "1.2.3.4.5"
"""A UID that is nobody's."""

Associate = TypeVar("Associate", AAssociateRq, AAssociateAc)
Context = PresentationContextRq | PresentationContextAc
AnyContext = TypeVar("AnyContext", PresentationContextRq, PresentationContextAc)


def padded(uid: str) -> str:
    """As software pads a UID that takes it for a data element."""
    return uid + "\0" * (len(uid) % 2 or 2)


def with_contexts(pdu: Associate, contexts: Iterable[Context]) -> Associate:
    """With these presentation contexts where the others were."""
    before: list[Item] = []
    after: list[Item] = []
    for item in pdu.items:
        if not isinstance(item, PresentationContextRq | PresentationContextAc):
            (after if type(item) is UserInformation else before).append(item)
    return replace(pdu, items=(*before, *contexts, *after))


def with_first(pdu: Associate, *contexts: Context) -> Associate:
    """With these in the place of the first presentation context."""
    return with_contexts(pdu, (*contexts, *pdu.presentation_contexts[1:]))


def with_application_context(pdu: Associate, name: str) -> Associate:
    """With another application context name, if it has one."""
    return replace(
        pdu, items=tuple(replace(item, name=name) if type(item) is ApplicationContext else item for item in pdu.items)
    )


def with_syntaxes(context: AnyContext, *transfer_syntaxes: str) -> AnyContext:
    """With these transfer syntaxes and no others."""
    kept: list[ContextSubItem] = [item for item in context.sub_items if type(item) is not TransferSyntax]
    return replace(context, sub_items=(*kept, *map(TransferSyntax, transfer_syntaxes)))


def with_padded_uids(pdu: Associate) -> Associate:
    """With a NUL or two behind each UID of its items, and behind the implementation class UID."""
    return with_contexts(
        _with_padded_class_uid(with_application_context(pdu, padded(pdu.application_context))),
        [
            replace(
                context,
                sub_items=tuple(
                    replace(item, uid=padded(item.uid)) if isinstance(item, AbstractSyntax | TransferSyntax) else item
                    for item in context.sub_items
                ),
            )
            for context in pdu.presentation_contexts
        ],
    )


def _with_padded_class_uid(pdu: Associate) -> Associate:
    item = pdu.user_information.first(ImplementationClassUid)
    return with_sub_item(pdu, replace(item, uid=padded(item.uid))) if item else pdu


def without_user_information(pdu: Associate) -> Associate:
    """Without item 50H."""
    return replace(pdu, items=tuple(item for item in pdu.items if type(item) is not UserInformation))


def without_sub_item(pdu: Associate, kind: type[UserInformationSubItem]) -> Associate:
    """Without the user information sub-items of that kind."""
    return _informed(pdu, [item for item in pdu.user_information.sub_items if type(item) is not kind])


def with_sub_item(pdu: Associate, sub_item: UserInformationSubItem) -> Associate:
    """With this sub-item where others of its kind were, or behind all."""
    others: list[UserInformationSubItem] = list(pdu.user_information.sub_items)
    kind = type(sub_item)
    place: int = next((n for n, item in enumerate(others) if type(item) is kind), len(others))
    kept: list[UserInformationSubItem] = [item for item in others[place:] if type(item) is not kind]
    return _informed(pdu, [*others[:place], sub_item, *kept])


def _informed(pdu: Associate, sub_items: list[UserInformationSubItem]) -> Associate:
    whole = replace(pdu.user_information, sub_items=tuple(sub_items))
    return replace(pdu, items=(*without_user_information(pdu).items, whole))
