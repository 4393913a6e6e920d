"""The seven PDUs of PS3.8 section 9.3 and their items, as immutable values.

A value holds exactly what its bytes say, the reserved ones included, in the order of the wire: encoding a decoded PDU
gives the same bytes. Text is ISO 8859-1, which maps every byte, so NULs and letters nobody should send survive too; AE
titles lose only their trailing spaces, which are padding. The properties give what is significant.

`reserved` is always the second byte of a PDU or item; other reserved fields carry their byte numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

_PADDING = "\0 "


def significant(text: str) -> str:
    """A UID or AE title without the padding that peers add although some of it is not allowed."""
    return text.strip(_PADDING)


# --- items -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnknownItem:
    """An item of a type nobody knows, or one whose body does not fit its type's layout: kept as it came."""

    item_type: int
    data: bytes
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class ApplicationContext:
    """Item 10H (PS3.8 Table 9-12)."""

    name: str
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class AbstractSyntax:
    """Sub-item 30H (PS3.8 Table 9-14)."""

    uid: str
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """Sub-item 40H (PS3.8 Tables 9-15 and 9-19)."""

    uid: str
    reserved: int = 0


ContextSubItem = AbstractSyntax | TransferSyntax | UnknownItem


@dataclass(frozen=True, slots=True)
class PresentationContextRq:
    """Item 20H, a proposed presentation context (PS3.8 Table 9-13)."""

    context_id: int
    sub_items: tuple[ContextSubItem, ...]
    reserved_6_8: bytes = bytes(3)
    reserved: int = 0

    @classmethod
    def of(cls, context_id: int, abstract_syntax: str, transfer_syntaxes: tuple[str, ...]) -> PresentationContextRq:
        """The usual shape: one abstract syntax, then its transfer syntaxes in order of preference."""
        return cls(context_id, (AbstractSyntax(abstract_syntax), *map(TransferSyntax, transfer_syntaxes)))

    @property
    def abstract_syntax(self) -> str:
        """The first abstract syntax's UID without padding; empty where there is none."""
        return next((significant(item.uid) for item in self.sub_items if type(item) is AbstractSyntax), "")

    @property
    def transfer_syntaxes(self) -> tuple[str, ...]:
        """The transfer syntaxes' UIDs without padding, in order of preference."""
        return tuple([item.uid.strip(_PADDING) for item in self.sub_items if type(item) is TransferSyntax])


@dataclass(frozen=True, slots=True)
class PresentationContextAc:
    """Item 21H, the answer to a proposed presentation context (PS3.8 Table 9-18)."""

    context_id: int
    result: int
    sub_items: tuple[ContextSubItem, ...]
    reserved_6: int = 0
    reserved_8: int = 0
    reserved: int = 0

    @classmethod
    def of(cls, context_id: int, result: int, transfer_syntax: str) -> PresentationContextAc:
        """The usual shape: a result and one transfer syntax, significant only when the result is acceptance."""
        return cls(context_id, result, (TransferSyntax(transfer_syntax),))

    @property
    def transfer_syntax(self) -> str:
        """The first transfer syntax's UID without padding; empty where there is none."""
        return next((significant(item.uid) for item in self.sub_items if type(item) is TransferSyntax), "")


@dataclass(frozen=True, slots=True)
class MaximumLength:
    """Sub-item 51H (PS3.8 Table D.1-1): the longest P-DATA-TF PDU length its sender can receive; 0 is no limit."""

    length: int
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class ImplementationClassUid:
    """Sub-item 52H (PS3.7 Table D.3-1)."""

    uid: str
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class AsynchronousOperationsWindow:
    """Sub-item 53H (PS3.7 Table D.3-7); 0 means unlimited, absence means 1 and 1."""

    invoked: int
    performed: int
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class RoleSelection:
    """Sub-item 54H (PS3.7 Table D.3-9): the roles the *requestor* proposes, or is granted, for one SOP class."""

    sop_class_uid: str
    scu: int
    scp: int
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class ImplementationVersionName:
    """Sub-item 55H (PS3.7 Table D.3-3)."""

    name: str
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class SopClassExtendedNegotiation:
    """Sub-item 56H (PS3.7 Table D.3-11)."""

    sop_class_uid: str
    information: bytes
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class SopClassCommonExtendedNegotiation:
    """Sub-item 57H (PS3.7 Table D.3-12), in requests only; here `reserved` is the sub-item version."""

    sop_class_uid: str
    service_class_uid: str
    related_general_sop_class_uids: tuple[str, ...] = ()
    trailing: bytes = b""
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class UserIdentityRq:
    """Sub-item 58H (PS3.7 Table D.3-14); what proves who asks is not in its `repr`, so that no traceback has it."""

    identity_type: int
    response_requested: int
    primary: bytes = field(repr=False)
    secondary: bytes = field(default=b"", repr=False)
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class UserIdentityAc:
    """Sub-item 59H (PS3.7 Table D.3-15); the response, which may be a ticket, is not in its `repr`."""

    response: bytes = field(repr=False)
    reserved: int = 0


UserInformationSubItem = (
    MaximumLength
    | ImplementationClassUid
    | AsynchronousOperationsWindow
    | RoleSelection
    | ImplementationVersionName
    | SopClassExtendedNegotiation
    | SopClassCommonExtendedNegotiation
    | UserIdentityRq
    | UserIdentityAc
    | UnknownItem
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UserInformation:
    """Item 50H (PS3.8 Table 9-16), the frame around sub-items 51H to 59H."""

    sub_items: tuple[UserInformationSubItem, ...]
    reserved: int = 0

    def first(self, kind: type[T]) -> T | None:
        """The first sub-item of that kind."""
        return next((item for item in self.sub_items if type(item) is kind), None)

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Every sub-item of that kind, in the order of the wire."""
        return tuple([item for item in self.sub_items if type(item) is kind])


Item = ApplicationContext | PresentationContextRq | PresentationContextAc | UserInformation | UnknownItem
NO_USER_INFORMATION = UserInformation(())


# --- PDUs ------------------------------------------------------------------------------------------------------------


class _Associate:
    """What A-ASSOCIATE-RQ and -AC have in common: their variable items, by name."""

    __slots__ = ()
    items: tuple[Item, ...]

    @property
    def application_context(self) -> str:
        """The first application context name without padding; empty where there is none."""
        return next((significant(item.name) for item in self.items if type(item) is ApplicationContext), "")

    @property
    def user_information(self) -> UserInformation:
        """The first user information item; an empty one where there is none."""
        return next((item for item in self.items if type(item) is UserInformation), NO_USER_INFORMATION)

    @property
    def maximum_length(self) -> int | None:
        """The sender's maximum length in bytes, 0 for no limit; None where it does not say."""
        item = self.user_information.first(MaximumLength)
        return item.length if item else None

    @property
    def implementation_class_uid(self) -> str | None:
        """The sender's implementation class UID; None where it does not say."""
        item = self.user_information.first(ImplementationClassUid)
        return significant(item.uid) if item else None

    @property
    def implementation_version_name(self) -> str | None:
        """The sender's implementation version name; None where it does not say."""
        item = self.user_information.first(ImplementationVersionName)
        return significant(item.name) if item else None


@dataclass(frozen=True, slots=True)
class AAssociateRq(_Associate):
    """A-ASSOCIATE-RQ (PS3.8 Table 9-11)."""

    called_ae_title: str
    calling_ae_title: str
    items: tuple[Item, ...]
    protocol_version: int = 1
    reserved_9_10: bytes = bytes(2)
    reserved_43_74: bytes = bytes(32)
    reserved: int = 0

    @property
    def presentation_contexts(self) -> tuple[PresentationContextRq, ...]:
        """The proposed contexts in the order of the wire."""
        return tuple([item for item in self.items if type(item) is PresentationContextRq])

    @property
    def first_contexts(self) -> dict[int, PresentationContextRq]:
        """The proposed contexts by id, in the order of the wire; of several with one id the first, which counts."""
        first: dict[int, PresentationContextRq] = {}
        for item in self.items:
            if type(item) is PresentationContextRq and item.context_id not in first:
                first[item.context_id] = item
        return first


@dataclass(frozen=True, slots=True)
class AAssociateAc(_Associate):
    """A-ASSOCIATE-AC (PS3.8 Table 9-17); its two titles are reserved, sent as received and never to be tested."""

    called_ae_title: str
    calling_ae_title: str
    items: tuple[Item, ...]
    protocol_version: int = 1
    reserved_9_10: bytes = bytes(2)
    reserved_43_74: bytes = bytes(32)
    reserved: int = 0

    @property
    def presentation_contexts(self) -> tuple[PresentationContextAc, ...]:
        """The answered contexts in the order of the wire."""
        return tuple([item for item in self.items if type(item) is PresentationContextAc])


@dataclass(frozen=True, slots=True)
class AAssociateRj:
    """A-ASSOCIATE-RJ (PS3.8 Table 9-21)."""

    result: int
    source: int
    reason: int
    reserved_7: int = 0
    trailing: bytes = b""
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Pdv:
    """A presentation data value item (PS3.8 Table 9-23, control header in Annex E.2)."""

    context_id: int
    control: int
    data: bytes

    @property
    def is_command(self) -> bool:
        """Whether the fragment belongs to a command set (else to a data set)."""
        return bool(self.control & 1)

    @property
    def is_last(self) -> bool:
        """Whether this is the last fragment of its command set or data set."""
        return bool(self.control & 2)


@dataclass(frozen=True, slots=True)
class PDataTf:
    """P-DATA-TF (PS3.8 Table 9-22)."""

    pdvs: tuple[Pdv, ...]
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class AReleaseRq:
    """A-RELEASE-RQ (PS3.8 Table 9-24)."""

    reserved_7_10: bytes = bytes(4)
    trailing: bytes = b""
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class AReleaseRp:
    """A-RELEASE-RP (PS3.8 Table 9-25)."""

    reserved_7_10: bytes = bytes(4)
    trailing: bytes = b""
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class AAbort:
    """A-ABORT (PS3.8 Table 9-26)."""

    source: int
    reason: int
    reserved_7: int = 0
    reserved_8: int = 0
    trailing: bytes = b""
    reserved: int = 0


Pdu = AAssociateRq | AAssociateAc | AAssociateRj | PDataTf | AReleaseRq | AReleaseRp | AAbort
