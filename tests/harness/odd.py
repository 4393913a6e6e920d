"""PDUs as no careful implementation sends them, though some do: the corpus for everybody who has to bear them.

Requests are for an acceptor (ours, or a real one to learn what it does), acceptances for a requestor.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from parley.model.build import request_pdu
from parley.model.handle import RequestorHandle
from parley.ul.codec import encode
from parley.ul.codes import APPLICATION_CONTEXT, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    AReleaseRq,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PDataTf,
    Pdv,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    TransferSyntax,
    UnknownItem,
    UserIdentityRq,
    UserInformation,
)

IMPLICIT = IMPLICIT_VR_LITTLE_ENDIAN
LONG_NAME = "A_NAME_OF_20_LETTERS"
BASE = request_pdu(RequestorHandle())
MAXIMUM = MaximumLength(16384)
IMPLEMENTATION = ImplementationClassUid("1.2.3.4")
ECHO = PresentationContextRq.of(1, VERIFICATION, (IMPLICIT,))


def request(*contexts: PresentationContextRq, **fields: object) -> AAssociateRq:
    """A request with these contexts and usual user information; `fields` are the PDU's own."""
    items = (ApplicationContext(APPLICATION_CONTEXT), *contexts, UserInformation((MAXIMUM, IMPLEMENTATION)))
    return replace(BASE, **{"items": items, **fields})


def informed(*sub_items: object, context: PresentationContextRq = ECHO) -> AAssociateRq:
    """A request with exactly this user information."""
    return request(items=(ApplicationContext(APPLICATION_CONTEXT), context, UserInformation(sub_items)))


def told(item: object) -> AAssociateRq:
    """A request with one more sub-item than usual."""
    return informed(MAXIMUM, IMPLEMENTATION, item)


def context(number: int = 1, abstract_syntax: str = VERIFICATION, *syntaxes: str) -> PresentationContextRq:
    """A proposed context; without syntaxes the default one."""
    return PresentationContextRq.of(number, abstract_syntax, syntaxes or (IMPLICIT,))


def padded(uid: str) -> str:
    """As software pads a UID that takes it for a data element."""
    return uid + "\0" * (len(uid) % 2 or 2)


REQUESTS: dict[str, bytes] = {
    name: encode(pdu)
    for name, pdu in {
        "blank called": request(ECHO, called_ae_title=""),
        "blank calling": request(ECHO, calling_ae_title=""),
        "NUL-padded titles": request(ECHO, called_ae_title="SCP".ljust(16, "\0"), calling_ae_title="SCU\0\0"),
        "non-ASCII title": request(ECHO, calling_ae_title="R\xd6NTGEN"),
        "backslash in title": request(ECHO, called_ae_title="A\\B"),
        "version 0": request(ECHO, protocol_version=0),
        "version 3": request(ECHO, protocol_version=3),
        "wrong application context": request(
            items=(ApplicationContext("1.2.3"), ECHO, UserInformation((MAXIMUM, IMPLEMENTATION)))
        ),
        "no contexts": request(),
        "id 2": request(context(2)),
        "id 0": request(context(0)),
        "duplicate ids": request(context(1), context(1)),
        "unknown abstract syntax": request(context(1, "1.2.3.4.5")),
        "unknown transfer syntax": request(context(1, VERIFICATION, "1.2.3.4.5")),
        "no transfer syntax": request(PresentationContextRq.of(1, VERIFICATION, ())),
        "NUL-padded UIDs": request(
            items=(
                ApplicationContext(padded(APPLICATION_CONTEXT)),
                context(1, padded(VERIFICATION), padded(IMPLICIT)),
                UserInformation((MAXIMUM, ImplementationClassUid("1.2.3.4\0"))),
            )
        ),
        "128 contexts": request(*(context(number) for number in range(1, 256, 2))),
        "no 51H": informed(IMPLEMENTATION),
        "51H of 0": informed(MaximumLength(0), IMPLEMENTATION),
        "51H of 6": informed(MaximumLength(6), IMPLEMENTATION),
        "no 52H": informed(MAXIMUM),
        "55H of 20 letters": told(ImplementationVersionName(LONG_NAME)),
        "53H 0/0": told(AsynchronousOperationsWindow(0, 0)),
        "53H 5/5": told(AsynchronousOperationsWindow(5, 5)),
        "54H": told(RoleSelection(VERIFICATION, 1, 1)),
        "58H type 2": told(UserIdentityRq(2, 1, b"somebody", b"secret")),
        "58H type 5": told(UserIdentityRq(5, 1, b"a.b.c")),
        "unknown sub-item 5FH": told(UnknownItem(0x5F, b"whatever")),
        "no user information": request(items=(ApplicationContext(APPLICATION_CONTEXT), ECHO)),
        "no items at all": request(items=()),
    }.items()
}
"""A-ASSOCIATE-RQs that say something odd, each in one PDU."""

FIRST_BYTES: dict[str, bytes] = {
    "TLS ClientHello": bytes.fromhex("16030100c8010000c40303") + bytes(189),
    "HTTP GET": b"GET / HTTP/1.1\r\nHost: pacs\r\n\r\n",
    "A-RELEASE-RQ": encode(AReleaseRq()),
    "P-DATA-TF": encode(PDataTf((Pdv(1, 3, b"too early"),))),
    "A-ASSOCIATE-AC": encode(AAssociateAc("SCP", "SCU", ())),
    "length 4294967280": struct.pack(">BBL", 1, 0, 0xFFFFFFF0) + encode(BASE)[6:],
}
"""What may come instead of a request."""


# --- acceptances -----------------------------------------------------------------------------------------------------


def acceptance(*answers: PresentationContextAc, **fields: object) -> AAssociateAc:
    """An answer to the usual request."""
    items = (ApplicationContext(APPLICATION_CONTEXT), *answers, UserInformation((MAXIMUM, IMPLEMENTATION)))
    return AAssociateAc(**{"called_ae_title": "PARLEY_SCP", "calling_ae_title": "PARLEY_SCU", "items": items, **fields})


def answered(*sub_items: object) -> AAssociateAc:
    """An acceptance with exactly this user information."""
    return acceptance(items=(ApplicationContext(APPLICATION_CONTEXT), GOOD, UserInformation(sub_items)))


GOOD = PresentationContextAc.of(1, 0, IMPLICIT)

ACCEPTANCES: dict[str, AAssociateAc] = {
    "NUL-padded titles": acceptance(
        GOOD, called_ae_title="PARLEY_SCP".ljust(16, "\0"), calling_ae_title="PARLEY_SCU".ljust(16, "\0")
    ),
    "titles of zeros": acceptance(GOOD, called_ae_title="\0" * 16, calling_ae_title="\0" * 16),
    "rejected without transfer syntax": acceptance(PresentationContextAc(1, 3, ())),
    "rejected with an empty transfer syntax": acceptance(PresentationContextAc(1, 4, (TransferSyntax(""),))),
    "accepted with an unproposed transfer syntax": acceptance(PresentationContextAc.of(1, 0, "1.2.840.10008.1.2.2")),
    "accepted without transfer syntax": acceptance(PresentationContextAc(1, 0, ())),
    "unknown context id 9": acceptance(PresentationContextAc.of(9, 0, IMPLICIT)),
    "missing result": acceptance(),
    "result 7": acceptance(PresentationContextAc.of(1, 7, IMPLICIT)),
    "no user information": acceptance(items=(ApplicationContext(APPLICATION_CONTEXT), GOOD)),
    "51H of 10": answered(MaximumLength(10), IMPLEMENTATION),
    "51H of 6": answered(MaximumLength(6), IMPLEMENTATION),
    "51H of 0": answered(MaximumLength(0), IMPLEMENTATION),
    "55H of 20 letters": answered(MAXIMUM, IMPLEMENTATION, ImplementationVersionName(LONG_NAME)),
    "unknown sub-item 5FH": answered(MAXIMUM, IMPLEMENTATION, UnknownItem(0x5F, b"whatever")),
    "answered twice": acceptance(GOOD, PresentationContextAc.of(1, 3, IMPLICIT)),
    "53H nobody asked for": answered(MAXIMUM, IMPLEMENTATION, AsynchronousOperationsWindow(2, 2)),
    "54H nobody asked for": answered(MAXIMUM, IMPLEMENTATION, RoleSelection(VERIFICATION, 1, 1)),
    "version 2": acceptance(GOOD, protocol_version=2),
    "wrong application context": acceptance(items=(ApplicationContext("1.2.3"), GOOD, UserInformation((MAXIMUM,)))),
    "NUL-padded UIDs": acceptance(PresentationContextAc.of(1, 0, padded(IMPLICIT))),
    "nothing at all": acceptance(items=()),
}
"""What a peer may answer to the usual request (one context, id 1, Verification, Implicit and Explicit VR LE)."""
