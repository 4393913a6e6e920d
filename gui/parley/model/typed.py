"""What stands in an editor as the values of a PDU that nobody could encode, perhaps; and whose field each value is.

The rules of `parley.ul.conformance` are asked about these, so that they are said once for both ends of the wire.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from parley.model import user_information as info
from parley.model.contexts import context_ids
from parley.model.fit import CODE, ITEM_LENGTH, MAXIMUM_LENGTH, OPERATIONS, PROTOCOL_VERSION, nearest
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, UserIdentity
from parley.model.problems.problem import Problem, Problems, error
from parley.model.secret import Secret
from parley.ul.errors import Finding
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UserIdentityRq,
    UserInformation,
    UserInformationSubItem,
)

Handle = RequestorHandle | AcceptorHandle

ITEM_52H = "52H"


class Typed(NamedTuple):
    """A sub-item as it was typed.

    Attributes:
        field: the editor's name for it.
        item: its values.
        sent: the nearest to it that can be sent.
        has_parts: whether its values have fields of their own.
    """

    field: str
    item: UserInformationSubItem
    sent: UserInformationSubItem
    has_parts: bool = False


def typed_contexts(contexts: tuple[ProposedContext, ...]) -> Iterator[PresentationContextRq]:
    """The contexts with the ids that they go out with, or that were typed in vain."""
    for number, context in zip(context_ids(contexts), contexts, strict=True):
        typed_id = number if context.context_id is None else context.context_id
        yield _typed_context(typed_id, context.abstract_syntax, context.transfer_syntaxes)


@lru_cache(256)
def _typed_context(number: int, abstract_syntax: str, transfer_syntaxes: tuple[str, ...]) -> PresentationContextRq:
    """Kept for two editors full of them: the next letter that is typed leaves nearly all as they are."""
    return PresentationContextRq.of(number, abstract_syntax, transfer_syntaxes)


def typed_information(handle: Handle) -> list[Typed]:
    """The sub-items in the order in which `parley.model.user_information` sends them."""
    return list(_typed_information(handle))


def _typed_information(handle: Handle) -> Iterator[Typed]:
    if (length := handle.maximum_length) is not None:
        yield Typed("maximum_length", MaximumLength(length), info.length_item(length))
    if (uid := handle.implementation_class_uid) is not None:
        yield Typed("implementation_class_uid", ImplementationClassUid(uid), info.class_item(uid))
    if (window := handle.asynchronous_operations) is not None:
        item = AsynchronousOperationsWindow(window.invoked, window.performed)
        yield Typed("asynchronous_operations", item, info.window_item(window))
    for index, role in enumerate(handle.roles):
        selection = RoleSelection(role.sop_class_uid, role.scu, role.scp)
        yield Typed(f"roles[{index}]", selection, info.role_item(role), has_parts=True)
    if (name := handle.implementation_version_name) is not None:
        yield Typed("implementation_version_name", ImplementationVersionName(name), info.name_item(name))
    for index, extended in enumerate(handle.extended_negotiation):
        details = SopClassExtendedNegotiation(extended.sop_class_uid, extended.information)
        yield Typed(f"extended_negotiation[{index}]", details, info.extended_item(extended), has_parts=True)
    if isinstance(handle, RequestorHandle):
        yield from _typed_of_requests(handle)
    for index, raw in enumerate(handle.raw_sub_items):
        yield Typed(f"raw_sub_items[{index}]", info.raw_item(raw), info.raw_item(raw))


def _typed_of_requests(handle: RequestorHandle) -> Iterator[Typed]:
    for index, common in enumerate(handle.common_extended_negotiation):
        item = SopClassCommonExtendedNegotiation(
            common.sop_class_uid, common.service_class_uid, common.related_general_sop_class_uids
        )
        field = f"common_extended_negotiation[{index}]"
        yield Typed(field, item, info.common_extended_item(common), has_parts=True)
    if (identity := handle.user_identity) is not None:
        yield Typed("user_identity", _typed_identity(identity), info.identity_item(identity), has_parts=True)


def _typed_identity(identity: UserIdentity) -> UserIdentityRq:
    return UserIdentityRq(
        nearest(identity.identity_type, CODE),
        identity.response_requested,
        _typed_secret(identity.primary),
        _typed_secret(identity.secondary),
    )


def _typed_secret(secret: Secret) -> bytes:
    """A secret that will be fetched when it is needed is not empty, whatever it may be."""
    return b"?" if secret.is_unfetched else secret.data


# --- whose field a finding is about -----------------------------------------------------------------------------------

_PATH = re.compile(r"items\[(?P<item>\d+)\](?:\.sub_items(?:\[(?P<sub_item>\d+)\])?)?(?:\.(?P<leaf>\w+))?.*")


def located(
    pdu: AAssociateRq | AAssociateAc, findings: Iterable[Finding], information: list[Typed], unfit: set[str]
) -> Problems:
    """The findings as problems of the fields that they come from; a field that is unfit anyway has said so.

    Args:
        pdu: what the findings are about: the application context, the contexts, the user information.
        findings: what `parley.ul.conformance` says.
        information: the sub-items of the user information.
        unfit: fields whose values do not fit the wire.
    """
    for finding in findings:
        field = _field(pdu, finding, information)
        if field not in unfit:
            yield Problem(finding.severity, field, finding.text, finding.remedy)


def _field(pdu: AAssociateRq | AAssociateAc, finding: Finding, information: list[Typed]) -> str:
    path = _PATH.fullmatch(finding.field)
    if path is None:
        return "contexts" if finding.field == "items" else finding.field
    index = int(path["item"])
    match pdu.items[index]:
        case ApplicationContext():
            return "application_context"
        case UserInformation():
            if path["sub_item"]:
                typed = information[int(path["sub_item"])]
                return f"{typed.field}.{path['leaf']}" if typed.has_parts and path["leaf"] else typed.field
            # Both that may be missing are found at the same place; the standard's number tells which it is.
            return "implementation_class_uid" if ITEM_52H in finding.text else "maximum_length"
    context = f"contexts[{index - 1}]"
    if path["leaf"] == "context_id":
        return f"{context}.context_id"
    if path["sub_item"] == "0":
        return f"{context}.abstract_syntax"
    return f"{context}.transfer_syntaxes" if ".sub_items" in finding.field else "contexts"


# --- what does not fit its field --------------------------------------------------------------------------------------


def unfit_problems(handle: Handle) -> Problems:
    """Numbers and bytes that cannot go out as they were typed."""
    for field, number, range_ in _numbers(handle):
        if number not in range_:
            text = f"{number} does not fit into its field, which holds {range_[0]} to {range_[-1]}."
            yield error(field, text, "The nearest number will be sent.")
    for field, length in _lengths(handle):
        if length > ITEM_LENGTH:
            text = f"An item holds {ITEM_LENGTH} bytes, here are {length}."
            yield error(field, text, "The first ones will be sent; shorten it.")
    for field, octets, size in (
        ("reserved_9_10", handle.reserved_9_10, 2),
        ("reserved_43_74", handle.reserved_43_74, 32),
    ):
        if octets is not None and len(octets) != size:
            text = f"The field has {size} bytes, here are {len(octets)}."
            yield error(field, text, "It will be cut, or filled up with zeros.")


def _numbers(handle: Handle) -> Iterator[tuple[str, int, range]]:
    if handle.maximum_length is not None:
        yield "maximum_length", handle.maximum_length, MAXIMUM_LENGTH
    yield "protocol_version", handle.protocol_version, PROTOCOL_VERSION
    if (window := handle.asynchronous_operations) is not None:
        yield "asynchronous_operations", window.invoked, OPERATIONS
        yield "asynchronous_operations", window.performed, OPERATIONS
    for index, role in enumerate(handle.roles):
        yield f"roles[{index}].scu", role.scu, CODE
        yield f"roles[{index}].scp", role.scp, CODE
    for index, raw in enumerate(handle.raw_sub_items):
        yield f"raw_sub_items[{index}]", raw.item_type, CODE
    if isinstance(handle, RequestorHandle) and (identity := handle.user_identity) is not None:
        yield "user_identity.identity_type", identity.identity_type, CODE
        yield "user_identity.response_requested", identity.response_requested, CODE


def _lengths(handle: Handle) -> Iterator[tuple[str, int]]:
    """Of what has a length of its own: with all that stands in the same item, in bytes."""
    for index, extended in enumerate(handle.extended_negotiation):
        length = 2 + len(extended.sop_class_uid) + len(extended.information)
        yield f"extended_negotiation[{index}].information", length
    for index, raw in enumerate(handle.raw_sub_items):
        yield f"raw_sub_items[{index}]", len(raw.data)
    if isinstance(handle, RequestorHandle) and (identity := handle.user_identity) is not None:
        yield "user_identity.primary", 6 + len(identity.primary.data) + len(identity.secondary.data)
