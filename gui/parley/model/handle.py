"""Associate handles: immutable descriptions of one end, from which A-ASSOCIATE PDUs are built.

A handle is not a running association. None in an optional field means that the sub-item is not sent, which is not the
same as sending zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from parley.model.secret import NO_SECRET, Secret
from parley.ul.codes import (
    APPLICATION_CONTEXT,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    VERIFICATION,
)

IMPLEMENTATION_CLASS_UID = "2.25.336139392191971362807047621882184646412"
IMPLEMENTATION_VERSION_NAME = "PARLEY_01"
DEFAULT_TRANSFER_SYNTAXES = (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """A presentation context an SCU proposes.

    Attributes:
        transfer_syntaxes: UIDs in order of preference.
        context_id: None to number automatically (1, 3, 5 …).
        reserved_6_8: 3 bytes behind the id, which DCMTK, for one, does not send as zeros.
    """

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...] = DEFAULT_TRANSFER_SYNTAXES
    context_id: int | None = None
    reserved_6_8: bytes = bytes(3)


@dataclass(frozen=True, slots=True)
class SupportedContext:
    """An abstract syntax an SCP supports, with its transfer syntaxes in the SCP's order of preference."""

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...] = DEFAULT_TRANSFER_SYNTAXES


# --- what both ends may say in their user information ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AsynchronousOperations:
    """How many operations may be under way at once (53H); 0 is any number, and without the item it is one each."""

    invoked: int = 1
    performed: int = 1


@dataclass(frozen=True, slots=True)
class RoleProposal:
    """The roles that the *requestor* proposes for itself, or is granted, for one SOP class (54H): 1 or 0 each."""

    sop_class_uid: str
    scu: int = 1
    scp: int = 1


@dataclass(frozen=True, slots=True)
class ExtendedNegotiation:
    """Service class application information for one SOP class (56H), as its bytes."""

    sop_class_uid: str
    information: bytes = b""


@dataclass(frozen=True, slots=True)
class CommonExtendedNegotiation:
    """What kind of SOP class one is (57H), for an acceptor that does not know it; a request has it alone."""

    sop_class_uid: str
    service_class_uid: str = ""
    related_general_sop_class_uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """Who asks (58H).

    Attributes:
        identity_type: 1 user name, 2 with passcode, 3 Kerberos ticket, 4 SAML assertion, 5 JSON web token.
        primary: the user name, ticket, assertion or token.
        secondary: the passcode of type 2.
        response_requested: whether the acceptor is to say that it looked at it; a number other than 0 or 1 can be sent.
    """

    identity_type: int = 1
    primary: Secret = NO_SECRET
    secondary: Secret = NO_SECRET
    response_requested: int = 0


@dataclass(frozen=True, slots=True)
class RawSubItem:
    """A user information sub-item of any type, known or not, by the bytes behind its header."""

    item_type: int
    data: bytes = b""


# --- the requestor ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestorHandle:
    """All that goes into an A-ASSOCIATE-RQ.

    User information goes out in the order of the item types, then `raw_sub_items`, whatever they are.

    Attributes:
        reserved_9_10: 2 bytes behind the protocol version.
        reserved_43_74: 32 bytes behind the titles.
    """

    called_ae_title: str = "PARLEY_SCP"
    calling_ae_title: str = "PARLEY_SCU"
    contexts: tuple[ProposedContext, ...] = (ProposedContext(VERIFICATION),)
    maximum_length: int | None = 16384
    implementation_class_uid: str | None = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str | None = IMPLEMENTATION_VERSION_NAME
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1
    asynchronous_operations: AsynchronousOperations | None = None
    roles: tuple[RoleProposal, ...] = ()
    extended_negotiation: tuple[ExtendedNegotiation, ...] = ()
    common_extended_negotiation: tuple[CommonExtendedNegotiation, ...] = ()
    user_identity: UserIdentity | None = None
    raw_sub_items: tuple[RawSubItem, ...] = ()
    reserved_9_10: bytes = bytes(2)
    reserved_43_74: bytes = bytes(32)


# --- the acceptor ----------------------------------------------------------------------------------------------------


class TransferSyntaxChoice(Enum):
    """Which of several common transfer syntaxes an acceptor answers with."""

    FIRST_PROPOSED = "first-proposed"
    FIRST_PREFERRED = "first-preferred"


class NoContext(Enum):
    """What an acceptor does when it can accept no presentation context at all."""

    ACCEPT = "accept"
    REJECT = "reject"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Rejection:
    """The three numbers of an A-ASSOCIATE-RJ (PS3.8 Table 9-21), written R/S/D like ``1/1/7``."""

    result: int
    source: int
    reason: int

    def __str__(self) -> str:
        return f"{self.result}/{self.source}/{self.reason}"

    @classmethod
    def parse(cls, text: str) -> Rejection:
        """Read ``1/1/7``.

        Raises:
            ValueError: when it is not three numbers from 0 to 255 with slashes between.
        """
        parts = text.split("/")
        if len(parts) != 3 or not all(part.strip().isdecimal() and int(part) <= 255 for part in parts):
            raise ValueError(f"{text!r} is not result/source/reason, three numbers from 0 to 255 such as 1/1/7")
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class ForcedAnswer:
    """How presentation contexts are answered, whatever is supported; the first answer that fits a context counts.

    Attributes:
        abstract_syntax: of the contexts that it is about; empty for every one.
        result: 0 to 4 in the standard (PS3.8 Table 9-18); None gives no answer at all.
        transfer_syntaxes: what is answered, one in the standard; None for what negotiation would have named.
        context_id: the one context that it is about; None for every one. With an id that is not proposed and without
            an abstract syntax, it is an answer that nobody asked for.
    """

    abstract_syntax: str = ""
    result: int | None = 0
    transfer_syntaxes: tuple[str, ...] | None = None
    context_id: int | None = None


class RolePolicy(Enum):
    """How role selections are answered that the handle's own `roles` say nothing about.

    Attributes:
        NONE: not at all, so that the requestor has the default role, SCU.
        DISABLED: with the default role, for SOP classes that are supported.
        ENABLED: with the roles that are proposed, for SOP classes that are supported.
        AS_PROPOSED: with the roles that are proposed, for every SOP class.
    """

    NONE = "none"
    DISABLED = "disabled"
    ENABLED = "enabled"
    AS_PROPOSED = "as-proposed"


class IdentityCheck(Enum):
    """What an acceptor does about user identities."""

    IGNORE = "ignore"
    CHECK = "check"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user whom an acceptor knows.

    Attributes:
        passcode: None when the name is enough; a secret that could not be fetched lets nobody in.
    """

    name: str
    passcode: Secret | None = None


@dataclass(frozen=True, slots=True)
class AcceptorHandle:
    """All that an A-ASSOCIATE-AC says of the acceptor, and what it supports.

    What only answers something is sent where that was asked for, and grants no more than was asked for; to break that,
    there are `forced_answers` and `raw_sub_items`, which go out whatever the request says.

    Attributes:
        called_ae_title: what stands in the answer's field; None for the request's own, as the standard wants it. So
            with `calling_ae_title` and `reserved_43_74`.
        asynchronous_operations: the most that is granted.
        roles: the most that the requestor is granted, by SOP class; `AcceptanceRules.role_policy` speaks for all other.
        identity_response: the server's ticket, assertion or token, empty for user names; None for no answer, but to a
            user name that `AcceptanceRules` have had checked.
    """

    ae_title: str = "PARLEY_SCP"
    contexts: tuple[SupportedContext, ...] = (SupportedContext(VERIFICATION),)
    maximum_length: int | None = 16384
    implementation_class_uid: str | None = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str | None = IMPLEMENTATION_VERSION_NAME
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1
    forced_answers: tuple[ForcedAnswer, ...] = ()
    asynchronous_operations: AsynchronousOperations | None = None
    roles: tuple[RoleProposal, ...] = ()
    extended_negotiation: tuple[ExtendedNegotiation, ...] = ()
    identity_response: Secret | None = None
    raw_sub_items: tuple[RawSubItem, ...] = ()
    called_ae_title: str | None = None
    calling_ae_title: str | None = None
    reserved_9_10: bytes = bytes(2)
    reserved_43_74: bytes | None = None


@dataclass(frozen=True, slots=True)
class AcceptanceRules:
    """How an acceptor decides.

    Attributes:
        reject_all: when set, every request is rejected with these codes and the rest does not matter.
        check_called: reject 1/1/7 unless the called AE title is the handle's own or one of `called_ae_titles`.
        calling_ae_titles: reject 1/1/3 unless the calling AE title is one of these; empty admits every one. In both
            lists of titles ``*`` stands for any run of characters and ``?`` for any one.
        choice: which common transfer syntax is answered.
        no_context: what happens when no context can be accepted.
        called_ae_titles: what else this acceptor may be called.
        check_application_context: reject 1/1/2 unless the application context is DICOM's.
        peer_addresses: reject 1/1/1 unless the peer's address is one of these, each an address or a network such as
            ``192.0.2.0/24``; empty admits every one.
        role_policy: how role selections are answered.
        identity: whether a user identity that is given is checked, and whether one has to be given; one that fails is
            rejected 1/2/1.
        users: whom the check lets in.
    """

    reject_all: Rejection | None = None
    check_called: bool = False
    calling_ae_titles: tuple[str, ...] = ()
    choice: TransferSyntaxChoice = TransferSyntaxChoice.FIRST_PROPOSED
    no_context: NoContext = NoContext.ACCEPT
    called_ae_titles: tuple[str, ...] = ()
    check_application_context: bool = True
    peer_addresses: tuple[str, ...] = ()
    role_policy: RolePolicy = RolePolicy.NONE
    identity: IdentityCheck = IdentityCheck.IGNORE
    users: tuple[KnownUser, ...] = ()
