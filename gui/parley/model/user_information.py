"""The user information item (50H) of handles: what an end says of itself, and what an acceptor answers.

Like `parley.model.build`, whose part this is, it refuses nothing: a number outside its field becomes the field's lowest
or highest, bytes for which an item has no room are cut off, sub-items for which the user information has none are left
out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import compress

from parley.model.fit import CODE, ITEM_LENGTH, MAXIMUM_LENGTH, OPERATIONS, nearest, text_field, uid_sent
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    IdentityCheck,
    RawSubItem,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    UserIdentity,
)
from parley.model.recognition import identity_problem
from parley.ul.codec import encode_item, sub_item_of
from parley.ul.negotiation import answer_roles
from parley.ul.pdu import (
    AAssociateRq,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
    UserInformation,
    UserInformationSubItem,
    significant,
)

SubItems = Iterator[UserInformationSubItem]


def proposed_information(handle: RequestorHandle) -> UserInformation:
    """What a requestor says, in the order of the item types, then its raw sub-items."""
    return _with_room(_proposed(handle))


def answered_information(handle: AcceptorHandle, rules: AcceptanceRules, rq: AAssociateRq) -> UserInformation:
    """What an acceptor answers, in the order of the item types, then its raw sub-items."""
    return _with_room(_answered(handle, rules, rq))


def _proposed(handle: RequestorHandle) -> SubItems:
    if handle.maximum_length is not None:
        yield length_item(handle.maximum_length)
    if handle.implementation_class_uid is not None:
        yield class_item(handle.implementation_class_uid)
    if handle.asynchronous_operations is not None:
        yield window_item(handle.asynchronous_operations)
    yield from map(role_item, handle.roles)
    if handle.implementation_version_name is not None:
        yield name_item(handle.implementation_version_name)
    yield from map(extended_item, handle.extended_negotiation)
    yield from map(common_extended_item, handle.common_extended_negotiation)
    if handle.user_identity is not None:
        yield identity_item(handle.user_identity)
    yield from map(raw_item, handle.raw_sub_items)


def _answered(handle: AcceptorHandle, rules: AcceptanceRules, rq: AAssociateRq) -> SubItems:
    asked = rq.user_information
    if handle.maximum_length is not None:
        yield length_item(handle.maximum_length)
    if handle.implementation_class_uid is not None:
        yield class_item(handle.implementation_class_uid)
    window = asked.first(AsynchronousOperationsWindow)
    if handle.asynchronous_operations is not None and window is not None:
        yield window_item(lowered(handle.asynchronous_operations, window))
    roles = asked.all(RoleSelection)
    yield from answer_roles(roles, _allowed_roles(handle, rules.role_policy, roles))
    if handle.implementation_version_name is not None:
        yield name_item(handle.implementation_version_name)
    classes = {significant(item.sop_class_uid) for item in asked.all(SopClassExtendedNegotiation)}
    yield from (extended_item(item) for item in handle.extended_negotiation if uid_sent(item.sop_class_uid) in classes)
    identity = asked.first(UserIdentityRq)
    if identity is not None and identity.response_requested:
        yield from _identity_answer(handle, rules, rq)
    yield from map(raw_item, handle.raw_sub_items)


def _identity_answer(handle: AcceptorHandle, rules: AcceptanceRules, rq: AAssociateRq) -> Iterator[UserIdentityAc]:
    """What the handle says, else that a name was found to be right: that takes no bytes (PS3.7 section D.3.3.7)."""
    if handle.identity_response is not None:
        yield UserIdentityAc(handle.identity_response.data[: ITEM_LENGTH - 2])
    elif rules.identity is not IdentityCheck.IGNORE and not identity_problem(rules, rq):
        yield UserIdentityAc(b"")


def lowered(own: AsynchronousOperations, asked: AsynchronousOperationsWindow) -> AsynchronousOperations:
    """The smaller of each two numbers, 0 being no limit."""

    def lower(one: int, other: int) -> int:
        return min(one, other) if one > 0 and other > 0 else max(one, other)

    return AsynchronousOperations(lower(own.invoked, asked.invoked), lower(own.performed, asked.performed))


def _allowed_roles(
    handle: AcceptorHandle, policy: RolePolicy, asked: Iterable[RoleSelection]
) -> Mapping[str, tuple[bool, bool]]:
    """Whether the requestor may be SCU and SCP, by SOP class; one that is missing is not answered."""
    supported = [uid_sent(context.abstract_syntax) for context in handle.contexts]
    match policy:
        case RolePolicy.NONE:
            allowed = {}
        case RolePolicy.DISABLED:
            allowed = dict.fromkeys(supported, (True, False))
        case RolePolicy.ENABLED:
            allowed = dict.fromkeys(supported, (True, True))
        case RolePolicy.AS_PROPOSED:
            allowed = {significant(item.sop_class_uid): (True, True) for item in asked}
    return allowed | {uid_sent(role.sop_class_uid): (role.scu > 0, role.scp > 0) for role in handle.roles}


# --- one sub-item each -----------------------------------------------------------------------------------------------


def length_item(length: int) -> MaximumLength:
    """51H."""
    return MaximumLength(nearest(length, MAXIMUM_LENGTH))


def class_item(uid: str) -> ImplementationClassUid:
    """52H."""
    return ImplementationClassUid(text_field(uid))


def name_item(name: str) -> ImplementationVersionName:
    """55H."""
    return ImplementationVersionName(text_field(name))


def window_item(operations: AsynchronousOperations) -> AsynchronousOperationsWindow:
    """53H."""
    return AsynchronousOperationsWindow(
        nearest(operations.invoked, OPERATIONS), nearest(operations.performed, OPERATIONS)
    )


def role_item(role: RoleProposal) -> RoleSelection:
    """54H."""
    return RoleSelection(text_field(role.sop_class_uid), nearest(role.scu, CODE), nearest(role.scp, CODE))


def extended_item(negotiation: ExtendedNegotiation) -> SopClassExtendedNegotiation:
    """56H."""
    uid = text_field(negotiation.sop_class_uid)
    return SopClassExtendedNegotiation(uid, negotiation.information[: ITEM_LENGTH - 2 - len(uid)])


def common_extended_item(negotiation: CommonExtendedNegotiation) -> SopClassCommonExtendedNegotiation:
    """57H."""
    uid, service = text_field(negotiation.sop_class_uid), text_field(negotiation.service_class_uid)
    room = ITEM_LENGTH - 2 - len(uid) - 2 - len(service) - 2
    related = []
    for general in map(text_field, negotiation.related_general_sop_class_uids):
        room -= 2 + len(general)
        if room < 0:
            break
        related.append(general)
    return SopClassCommonExtendedNegotiation(uid, service, tuple(related))


def identity_item(identity: UserIdentity) -> UserIdentityRq:
    """58H."""
    room = ITEM_LENGTH - 6
    primary = identity.primary.data[:room]
    secondary = identity.secondary.data[: room - len(primary)]
    return UserIdentityRq(
        nearest(identity.identity_type, CODE), nearest(identity.response_requested, CODE), primary, secondary
    )


def raw_item(sub_item: RawSubItem) -> UserInformationSubItem:
    """Whatever it is to a peer who reads it."""
    return sub_item_of(nearest(sub_item.item_type, CODE), sub_item.data[:ITEM_LENGTH])


def have_room(sub_items: Iterable[UserInformationSubItem]) -> Iterator[bool]:
    """Whether each of them still has room in the item that they share."""
    room = ITEM_LENGTH
    for item in sub_items:
        length = len(encode_item(item))
        fits = length <= room
        room -= length if fits else 0
        yield fits


def _with_room(sub_items: SubItems) -> UserInformation:
    items = tuple(sub_items)
    return UserInformation(tuple(compress(items, have_room(items))))
