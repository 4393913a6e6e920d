"""The odd answers of an acceptor, each made of the request and of the A-ASSOCIATE-AC that would usually answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parley.model.misbehaviour.misshapen import (
    LONG_NAME,
    UNKNOWN_UID,
    with_application_context,
    with_contexts,
    with_first,
    with_padded_uids,
    with_sub_item,
    with_syntaxes,
    without_user_information,
)
from parley.model.misbehaviour.steps import Misbehaviour, OddAnswer
from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRj,
    AAssociateRq,
    AsynchronousOperationsWindow,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextAc,
    RoleSelection,
    UnknownItem,
    UserInformationSubItem,
)

Build = Callable[[AAssociateRq, AAssociateAc], AAssociateAc | AAssociateRj]

EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_ACCEPTED = PresentationContextAc.of(1, 0, IMPLICIT_VR_LITTLE_ENDIAN)


def _odd(name: str, title: str, about: str, build: Build, *, is_conformant: bool = False) -> Misbehaviour:
    return Misbehaviour(name, title, about, OddAnswer(build), is_conformant)


def _first(ac: AAssociateAc) -> PresentationContextAc:
    return next(iter(ac.presentation_contexts), _ACCEPTED)


def _told(sub_item: UserInformationSubItem) -> Build:
    return lambda _rq, ac: with_sub_item(ac, sub_item)


def _answered(result: int, *transfer_syntaxes: str) -> Build:
    """The first presentation context with this result and these transfer syntaxes."""
    return lambda _rq, ac: with_first(ac, with_syntaxes(replace(_first(ac), result=result), *transfer_syntaxes))


def _with_result(result: int) -> Build:
    return lambda _rq, ac: with_first(ac, replace(_first(ac), result=result))


def _unproposed(rq: AAssociateRq, ac: AAssociateAc) -> AAssociateAc:
    first = _first(ac)
    number = first.context_id
    proposed = {uid for each in rq.presentation_contexts if each.context_id == number for uid in each.transfer_syntaxes}
    uid = UNKNOWN_UID if EXPLICIT_VR_BIG_ENDIAN in proposed else EXPLICIT_VR_BIG_ENDIAN
    return with_first(ac, with_syntaxes(replace(first, result=0), uid))


def _under_unknown_id(rq: AAssociateRq, ac: AAssociateAc) -> AAssociateAc:
    proposed = {context.context_id for context in rq.presentation_contexts}
    number = next((number for number in (*range(9, 256, 2), *range(256)) if number not in proposed), 9)
    return with_first(ac, replace(_first(ac), context_id=number))


def _twice(_rq: AAssociateRq, ac: AAssociateAc) -> AAssociateAc:
    return with_first(ac, _first(ac), replace(_first(ac), result=3))


def _under_even_ids(_rq: AAssociateRq, ac: AAssociateAc) -> AAssociateAc:
    own = ac.presentation_contexts or (_ACCEPTED,)
    return with_contexts(ac, [replace(each, context_id=(each.context_id + 1) % 256) for each in own])


def _with_roles(rq: AAssociateRq, ac: AAssociateAc) -> AAssociateAc:
    proposed = next((context.abstract_syntax for context in rq.presentation_contexts), VERIFICATION)
    return with_sub_item(ac, RoleSelection(proposed, 1, 1))


ODD_ANSWERS: tuple[Misbehaviour, ...] = (
    _odd(
        "nul-padded-titles",
        "AE titles padded with NULs",
        "Gives both AE titles back with NULs in the place of spaces; a good peer does not look at them.",
        lambda _rq, ac: replace(
            ac,
            called_ae_title=ac.called_ae_title.ljust(16, "\0"),
            calling_ae_title=ac.calling_ae_title.ljust(16, "\0"),
        ),
    ),
    _odd(
        "zero-titles",
        "AE titles of zeros",
        "Fills both AE titles with zeros; a good peer does not look at them.",
        lambda _rq, ac: replace(ac, called_ae_title="\0" * 16, calling_ae_title="\0" * 16),
    ),
    _odd(
        "protocol-version-2",
        "protocol version without bit 0",
        "Accepts with protocol version 0002H; a good peer aborts, or goes on with care.",
        lambda _rq, ac: replace(ac, protocol_version=2),
    ),
    _odd(
        "wrong-application-context",
        "unknown application context name",
        "Accepts with application context name 1.2.3; a good peer aborts, or goes on with care.",
        lambda _rq, ac: with_application_context(ac, "1.2.3"),
    ),
    _odd(
        "unproposed-transfer-syntax",
        "accepted with an unproposed transfer syntax",
        "Accepts the first presentation context with a transfer syntax that was not proposed; "
        "a good peer does not use it.",
        _unproposed,
    ),
    _odd(
        "accepted-without-transfer-syntax",
        "accepted without a transfer syntax",
        "Accepts the first presentation context and names no transfer syntax; a good peer does not use it.",
        _answered(0),
    ),
    _odd(
        "rejected-without-transfer-syntax",
        "rejected without a transfer syntax",
        "Rejects the first presentation context (result 3) and names no transfer syntax; a good peer does not mind.",
        _answered(3),
        is_conformant=True,
    ),
    _odd(
        "rejected-with-empty-transfer-syntax",
        "rejected with an empty transfer syntax",
        "Rejects the first presentation context (result 4) with a transfer syntax of no letters; "
        "a good peer does not mind.",
        _answered(4, ""),
        is_conformant=True,
    ),
    _odd(
        "reserved-result",
        "result 7",
        "Answers the first presentation context with result 7, which is reserved; a good peer takes it for rejected.",
        _with_result(7),
    ),
    _odd(
        "unknown-context-id",
        "answer to a context that was not proposed",
        "Answers the first presentation context under an id that was not proposed; a good peer does not use it.",
        _under_unknown_id,
    ),
    _odd(
        "missing-context",
        "presentation context without an answer",
        "Leaves the first presentation context unanswered; a good peer takes it for rejected.",
        lambda _rq, ac: with_first(ac),
    ),
    _odd(
        "double-context",
        "presentation context answered twice",
        "Answers the first presentation context twice, accepted and rejected; a good peer aborts, or does not use it.",
        _twice,
    ),
    _odd(
        "even-context-ids",
        "even presentation context ids",
        "Answers every presentation context under the next even id; a good peer uses none.",
        _under_even_ids,
    ),
    _odd(
        "zero-context-id",
        "presentation context id 0",
        "Answers the first presentation context under id 0; a good peer does not use it.",
        lambda _rq, ac: with_first(ac, replace(_first(ac), context_id=0)),
    ),
    _odd(
        "nul-padded-uids",
        "UIDs padded with NULs",
        "Puts a NUL or two behind each UID; a good peer goes on or aborts, and does not fail.",
        lambda _rq, ac: with_padded_uids(ac),
    ),
    _odd(
        "no-user-information",
        "no user information",
        "Leaves the whole item 50H out; a good peer goes on with care or aborts, and does not fail.",
        lambda _rq, ac: without_user_information(ac),
    ),
    _odd(
        "maximum-length-10",
        "maximum length 10",
        "Wants P-DATA-TFs of 10 bytes; a good peer sends messages four bytes at a time, or aborts.",
        _told(MaximumLength(10)),
        is_conformant=True,
    ),
    _odd(
        "maximum-length-6",
        "maximum length 6",
        "Leaves no room for a byte in a P-DATA-TF; a good peer aborts.",
        _told(MaximumLength(6)),
    ),
    _odd(
        "maximum-length-1",
        "maximum length 1",
        "Leaves no room for the header of a PDV; a good peer aborts.",
        _told(MaximumLength(1)),
    ),
    _odd(
        "maximum-length-0",
        "maximum length 0",
        "Sets no limit to the length of a P-DATA-TF; a good peer sends pieces of a sensible length.",
        _told(MaximumLength(0)),
        is_conformant=True,
    ),
    _odd(
        "version-name-of-20",
        "implementation version name of 20 letters",
        "Sends a version name four letters longer than allowed; a good peer goes on.",
        _told(ImplementationVersionName(LONG_NAME)),
    ),
    _odd(
        "unknown-sub-item",
        "sub-item that nobody knows (5FH)",
        "Puts a sub-item of type 5FH into the user information; a good peer passes it over.",
        _told(UnknownItem(0x5F, b"whatever")),
        is_conformant=True,
    ),
    _odd(
        "unasked-asynchronous-operations",
        "asynchronous operations window nobody asked for (53H)",
        "Answers a window of 2/2 that was not asked for; a good peer passes it over.",
        _told(AsynchronousOperationsWindow(2, 2)),
    ),
    _odd(
        "unasked-roles",
        "roles nobody asked for (54H)",
        "Grants roles that were not asked for; a good peer passes them over.",
        _with_roles,
    ),
    _odd(
        "no-items",
        "no items at all",
        "Accepts with the fixed fields alone; a good peer aborts, or has no presentation context.",
        lambda _rq, ac: replace(ac, items=()),
    ),
    _odd(
        "reserved-rejection-reason",
        "rejection with a reserved reason (1/3/7)",
        "Rejects with reason 7 of the presentation provider, which is reserved; a good peer says that it was rejected.",
        lambda _rq, _ac: AAssociateRj(1, 3, 7),
    ),
    _odd(
        "reserved-rejection-result",
        "rejection with a reserved result (3/1/1)",
        "Rejects with result 3, which is reserved; a good peer says that it was rejected.",
        lambda _rq, _ac: AAssociateRj(3, 1, 1),
    ),
)
"""In the order of the PDU's fields."""
