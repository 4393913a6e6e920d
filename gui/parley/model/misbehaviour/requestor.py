"""The odd A-ASSOCIATE-RQs of a requestor, each made of the one that its handle describes."""

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
    without_sub_item,
    without_user_information,
)
from parley.model.misbehaviour.steps import Misbehaviour, OddRequest
from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.pdu import (
    AAssociateRq,
    AbstractSyntax,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextRq,
    RoleSelection,
    UnknownItem,
    UserIdentityRq,
    UserInformationSubItem,
)

Build = Callable[[AAssociateRq], AAssociateRq]

MOST_CONTEXTS = range(1, 256, 2)
_ECHO = PresentationContextRq.of(1, VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN,))


def _odd(name: str, title: str, about: str, build: Build, *, is_conformant: bool = False) -> Misbehaviour:
    return Misbehaviour(name, title, about, OddRequest(build), is_conformant)


def _first(rq: AAssociateRq) -> PresentationContextRq:
    return next(iter(rq.presentation_contexts), _ECHO)


def _told(sub_item: UserInformationSubItem) -> Build:
    return lambda rq: with_sub_item(rq, sub_item)


def _numbered(number: int) -> Build:
    return lambda rq: with_first(rq, replace(_first(rq), context_id=number))


def _all_numbers(rq: AAssociateRq) -> AAssociateRq:
    own = rq.presentation_contexts or (_ECHO,)
    return with_contexts(
        rq, [replace(own[place % len(own)], context_id=number) for place, number in enumerate(MOST_CONTEXTS)]
    )


def _of_unknown_class(rq: AAssociateRq) -> AAssociateRq:
    first = _first(rq)
    others = [item for item in first.sub_items if type(item) is not AbstractSyntax]
    return with_first(rq, replace(first, sub_items=(AbstractSyntax(UNKNOWN_UID), *others)))


def _with_roles(rq: AAssociateRq) -> AAssociateRq:
    return with_sub_item(rq, RoleSelection(_first(rq).abstract_syntax, 1, 1))


ODD_REQUESTS: tuple[Misbehaviour, ...] = (
    _odd(
        "blank-called-title",
        "called AE title of 16 spaces",
        "Calls nobody: the called AE title is blank; a good peer rejects it.",
        lambda rq: replace(rq, called_ae_title=""),
    ),
    _odd(
        "blank-calling-title",
        "calling AE title of 16 spaces",
        "Says nobody calls: the calling AE title is blank; a good peer rejects it.",
        lambda rq: replace(rq, calling_ae_title=""),
    ),
    _odd(
        "nul-padded-titles",
        "AE titles padded with NULs",
        "Pads both AE titles with NULs in the place of spaces; a good peer accepts or rejects, and does not fail.",
        lambda rq: replace(
            rq,
            called_ae_title=rq.called_ae_title.ljust(16, "\0"),
            calling_ae_title=(rq.calling_ae_title + "\0\0")[:16],
        ),
    ),
    _odd(
        "non-ascii-title",
        "calling AE title outside ASCII",
        "Calls as R\xd6NTGEN in ISO 8859-1; a good peer accepts or rejects, and does not fail.",
        lambda rq: replace(rq, calling_ae_title="R\xd6NTGEN"),
    ),
    _odd(
        "backslash-in-title",
        "backslash in the called AE title",
        "Calls A\\B, although no AE title may hold a backslash; a good peer rejects it as unknown.",
        lambda rq: replace(rq, called_ae_title="A\\B"),
    ),
    _odd(
        "protocol-version-0",
        "protocol version without bit 0",
        "Sends protocol version 0000H; a good peer rejects with 1/2/2, protocol version not supported.",
        lambda rq: replace(rq, protocol_version=0),
    ),
    _odd(
        "protocol-version-3",
        "protocol version with bits 0 and 1",
        "Sends protocol version 0003H; a good peer tests bit 0 alone and accepts.",
        lambda rq: replace(rq, protocol_version=3),
        is_conformant=True,
    ),
    _odd(
        "wrong-application-context",
        "unknown application context name",
        "Sends application context name 1.2.3; a good peer rejects with 1/1/2.",
        lambda rq: with_application_context(rq, "1.2.3"),
    ),
    _odd(
        "no-contexts",
        "no presentation context",
        "Proposes nothing; a good peer answers, and does not fail.",
        lambda rq: with_contexts(rq, ()),
    ),
    _odd(
        "even-context-id",
        "even presentation context id",
        "Gives the first presentation context id 2; a good peer answers under that id or aborts.",
        _numbered(2),
    ),
    _odd(
        "zero-context-id",
        "presentation context id 0",
        "Gives the first presentation context id 0; a good peer answers under that id or aborts.",
        _numbered(0),
    ),
    _odd(
        "duplicate-context-ids",
        "one presentation context id twice",
        "Proposes the first presentation context twice under one id; a good peer answers it once or aborts.",
        lambda rq: with_first(rq, _first(rq), _first(rq)),
    ),
    _odd(
        "unknown-abstract-syntax",
        "abstract syntax that nobody knows",
        "Proposes abstract syntax 1.2.3.4.5; a good peer answers with result 3.",
        _of_unknown_class,
        is_conformant=True,
    ),
    _odd(
        "unknown-transfer-syntax",
        "transfer syntax that nobody knows",
        "Proposes transfer syntax 1.2.3.4.5 alone; a good peer answers with result 4.",
        lambda rq: with_first(rq, with_syntaxes(_first(rq), UNKNOWN_UID)),
        is_conformant=True,
    ),
    _odd(
        "no-transfer-syntax",
        "presentation context without transfer syntax",
        "Proposes no transfer syntax in the first presentation context; a good peer answers with result 4 or aborts.",
        lambda rq: with_first(rq, with_syntaxes(_first(rq))),
    ),
    _odd(
        "nul-padded-uids",
        "UIDs padded with NULs",
        "Puts a NUL or two behind each UID; a good peer accepts or rejects, and does not fail.",
        with_padded_uids,
    ),
    _odd(
        "128-contexts",
        "as many presentation contexts as there are ids",
        "Proposes 128 presentation contexts, ids 1 to 255; a good peer answers every one.",
        _all_numbers,
        is_conformant=True,
    ),
    _odd(
        "no-maximum-length",
        "no maximum length (51H)",
        "Does not say how long a P-DATA-TF may be; a good peer takes it for unlimited, or goes on with care.",
        lambda rq: without_sub_item(rq, MaximumLength),
        is_conformant=True,
    ),
    _odd(
        "maximum-length-0",
        "maximum length 0",
        "Sets no limit to the length of a P-DATA-TF; a good peer accepts and sends pieces of a sensible length.",
        _told(MaximumLength(0)),
        is_conformant=True,
    ),
    _odd(
        "maximum-length-6",
        "maximum length 6",
        "Leaves no room for a byte in a P-DATA-TF; a good peer does not fail, and does not send empty pieces for ever.",
        _told(MaximumLength(6)),
    ),
    _odd(
        "no-implementation-class-uid",
        "no implementation class UID (52H)",
        "Does not say which software it is; a good peer accepts.",
        lambda rq: without_sub_item(rq, ImplementationClassUid),
        is_conformant=True,
    ),
    _odd(
        "version-name-of-20",
        "implementation version name of 20 letters",
        "Sends a version name four letters longer than allowed; a good peer accepts, and does not fail.",
        _told(ImplementationVersionName(LONG_NAME)),
    ),
    _odd(
        "asynchronous-operations-0-0",
        "asynchronous operations window of 0/0 (53H)",
        "Offers any number of operations at once; a good peer accepts, and lowers the window or leaves it out.",
        _told(AsynchronousOperationsWindow(0, 0)),
        is_conformant=True,
    ),
    _odd(
        "asynchronous-operations-5-5",
        "asynchronous operations window of 5/5 (53H)",
        "Offers five operations at once; a good peer accepts, and lowers the window or leaves it out.",
        _told(AsynchronousOperationsWindow(5, 5)),
        is_conformant=True,
    ),
    _odd(
        "role-selection",
        "both roles for the first SOP class (54H)",
        "Proposes to be SCU and SCP; a good peer accepts, and grants the roles or says nothing of them.",
        _with_roles,
        is_conformant=True,
    ),
    _odd(
        "user-identity-2",
        "user name and passcode (58H)",
        "Says who asks, somebody with passcode secret; a good peer accepts, or rejects in words.",
        _told(UserIdentityRq(2, 1, b"somebody", b"secret")),
        is_conformant=True,
    ),
    _odd(
        "user-identity-5",
        "JSON web token that is none (58H)",
        "Sends the token a.b.c and asks for a response; a good peer accepts, or rejects in words.",
        _told(UserIdentityRq(5, 1, b"a.b.c")),
        is_conformant=True,
    ),
    _odd(
        "unknown-sub-item",
        "sub-item that nobody knows (5FH)",
        "Puts a sub-item of type 5FH into the user information; a good peer passes it over.",
        _told(UnknownItem(0x5F, b"whatever")),
        is_conformant=True,
    ),
    _odd(
        "no-user-information",
        "no user information",
        "Leaves the whole item 50H out; a good peer accepts or rejects, and does not fail.",
        without_user_information,
    ),
    _odd(
        "no-items",
        "no items at all",
        "Sends the fixed fields alone; a good peer rejects or aborts, and does not fail.",
        lambda rq: replace(rq, items=()),
    ),
)
"""In the order of the PDU's fields."""
