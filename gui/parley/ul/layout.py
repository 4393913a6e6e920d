"""How every PDU and item of PS3.8 section 9.3 and PS3.7 section D.3.3 lies on the wire, said once.

`codec` compiles these layouts into its encoder and decoder, `places` walks over bytes along them. This module
describes; it reads and writes nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from parley.ul import meanings, pdu
from parley.ul.codes import ItemType, PduType, UserIdentityType
from parley.ul.errors import Severity
from parley.ul.meanings import Meaning

# --- forms: how one field's value is spelled in bytes ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned integer of 1, 2 or 4 bytes, most significant byte first."""

    size: int = 1


@dataclass(frozen=True, slots=True)
class Octets:
    """Bytes of a fixed number."""

    size: int


@dataclass(frozen=True, slots=True)
class Title:
    """An AE title: text padded with spaces to 16 bytes; the value loses the trailing ones."""

    size: int = 16


@dataclass(frozen=True, slots=True)
class Text:
    """Text up to the end of what encloses it."""

    is_uid: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """Bytes up to the end of what encloses them."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """Bytes up to the end that the standard does not describe: kept, and a finding where there are any."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class Each:
    """Counted texts one after another, up to the end of what encloses them."""

    element: Counted


@dataclass(frozen=True, slots=True)
class Counted:
    """A 2-byte length, called `length_name` in the standard, then content of that many bytes."""

    length_name: str
    content: Text | Rest | Each


@dataclass(frozen=True, slots=True)
class Items:
    """Framed values one after another, up to the end of what encloses them.

    Attributes:
        layouts: of the values that belong here, by type byte. All others are unknown items.
    """

    layouts: dict[int, Layout]


@dataclass(frozen=True, slots=True)
class Pdvs:
    """Presentation data values one after another: they have a frame of their own, without a type."""

    layout: Layout


Fixed = Number | Octets | Title
Form = Fixed | Text | Rest | Surplus | Each | Counted | Items | Pdvs

# --- layouts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        attribute: its name in the value class.
        name: its name in the standard.
        form: how it is spelled.
        meaning: puts a value in words.
        is_secret: whether it is nothing to be shown, told from the numbers before it and the item's own `item_type`.
    """

    attribute: str
    name: str
    form: Form
    meaning: Meaning | None = None
    is_secret: Callable[[Mapping[str, Any]], bool] | None = None

    @property
    def is_reserved(self) -> bool:
        """Whether the standard asks for zeros here; a reserved field that has a meaning echoes another one."""
        return self.attribute.startswith("reserved") and self.meaning is None


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before every body of a kind: type and a reserved byte (not before a PDV), then the body's length."""

    kind: str
    header: struct.Struct
    longest: int


PDU_FRAME = Frame("PDU", struct.Struct(">BBL"), 0xFFFFFFFF)
ITEM_FRAME = Frame("Item", struct.Struct(">BBH"), 0xFFFF)
PDV_FRAME = Frame("Item", struct.Struct(">L"), 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Layout:
    """One PDU or item.

    Attributes:
        value: the class of its values.
        code: its type byte; None where the frame has none, or where the value says it.
        name: its name in the standard.
        table: where the standard describes it.
        fields: what follows the frame, in the order of the wire.
        frame: what precedes them.
        second: the standard's name of the frame's second byte, which every value class calls `reserved`.
        often: bodies up to this many bytes come again and again, so that keeping the latest saves time.
    """

    value: type[Any]
    code: int | None
    name: str
    table: str
    fields: tuple[Field, ...]
    frame: Frame = ITEM_FRAME
    second: str = "Reserved"
    often: int = 0

    @property
    def least(self) -> int:
        """Length in bytes of the fields whose length is fixed, all of which a body must have."""
        return sum(field.form.size for field in self.fields if isinstance(field.form, Fixed))


def _items(*layouts: Layout) -> Items:
    return Items({layout.code: layout for layout in layouts if layout.code is not None})


_UID = Text(is_uid=True)
_ONE = Number(1)


def _is_identity(earlier: Mapping[str, Any]) -> bool:
    return earlier.get("item_type") in {ItemType.USER_IDENTITY_RQ, ItemType.USER_IDENTITY_AC}


UNKNOWN_ITEM = Layout(
    pdu.UnknownItem,
    None,
    "Unknown item",
    "",
    # A user identity where none belongs proves as much as one in its place.
    (Field("data", "Item-data", Rest(), is_secret=_is_identity),),
)

# --- items -----------------------------------------------------------------------------------------------------------

APPLICATION_CONTEXT = Layout(
    pdu.ApplicationContext,
    ItemType.APPLICATION_CONTEXT,
    "Application Context Item",
    "PS3.8 Table 9-12",
    (Field("name", "Application-context-name", _UID, meanings.application_context),),
)

ABSTRACT_SYNTAX = Layout(
    pdu.AbstractSyntax,
    ItemType.ABSTRACT_SYNTAX,
    "Abstract Syntax Sub-Item",
    "PS3.8 Table 9-14",
    (Field("uid", "Abstract-syntax-name", _UID),),
    often=64,
)

TRANSFER_SYNTAX = Layout(
    pdu.TransferSyntax,
    ItemType.TRANSFER_SYNTAX,
    "Transfer Syntax Sub-Item",
    "PS3.8 Tables 9-15 and 9-19",
    (Field("uid", "Transfer-syntax-name", _UID),),
    often=64,
)

_CONTEXT_SUB_ITEMS = _items(ABSTRACT_SYNTAX, TRANSFER_SYNTAX)

PRESENTATION_CONTEXT_RQ = Layout(
    pdu.PresentationContextRq,
    ItemType.PRESENTATION_CONTEXT_RQ,
    "Presentation Context Item (proposed)",
    "PS3.8 Table 9-13",
    (
        Field("context_id", "Presentation-context-ID", _ONE, meanings.context_id),
        Field("reserved_6_8", "Reserved", Octets(3)),
        Field("sub_items", "Abstract/Transfer Syntax Sub-Items", _CONTEXT_SUB_ITEMS),
    ),
    often=512,
)

PRESENTATION_CONTEXT_AC = Layout(
    pdu.PresentationContextAc,
    ItemType.PRESENTATION_CONTEXT_AC,
    "Presentation Context Item (answered)",
    "PS3.8 Table 9-18",
    (
        Field("context_id", "Presentation-context-ID", _ONE, meanings.context_id),
        Field("reserved_6", "Reserved", _ONE),
        Field("result", "Result/Reason", _ONE, meanings.context_result),
        Field("reserved_8", "Reserved", _ONE),
        Field("sub_items", "Transfer syntax sub-item", _CONTEXT_SUB_ITEMS),
    ),
    often=512,
)

MAXIMUM_LENGTH = Layout(
    pdu.MaximumLength,
    ItemType.MAXIMUM_LENGTH,
    "Maximum Length Sub-Item",
    "PS3.8 Table D.1-1",
    (Field("length", "Maximum-length-received", Number(4), meanings.maximum_length),),
)

IMPLEMENTATION_CLASS_UID = Layout(
    pdu.ImplementationClassUid,
    ItemType.IMPLEMENTATION_CLASS_UID,
    "Implementation Class UID Sub-Item",
    "PS3.7 Tables D.3-1 and D.3-2",
    (Field("uid", "Implementation-class-uid", _UID),),
)

ASYNCHRONOUS_OPERATIONS_WINDOW = Layout(
    pdu.AsynchronousOperationsWindow,
    ItemType.ASYNCHRONOUS_OPERATIONS_WINDOW,
    "Asynchronous Operations Window Sub-Item",
    "PS3.7 Tables D.3-7 and D.3-8",
    (
        Field("invoked", "Maximum-number-operations-invoked", Number(2), meanings.operations_invoked),
        Field("performed", "Maximum-number-operations-performed", Number(2), meanings.operations_performed),
    ),
)

ROLE_SELECTION = Layout(
    pdu.RoleSelection,
    ItemType.ROLE_SELECTION,
    "SCP/SCU Role Selection Sub-Item",
    "PS3.7 Tables D.3-9 and D.3-10",
    (
        Field("sop_class_uid", "SOP-class-uid", Counted("UID-length", _UID)),
        Field("scu", "SCU-role", _ONE, meanings.scu_role),
        Field("scp", "SCP-role", _ONE, meanings.scp_role),
    ),
)

IMPLEMENTATION_VERSION_NAME = Layout(
    pdu.ImplementationVersionName,
    ItemType.IMPLEMENTATION_VERSION_NAME,
    "Implementation Version Name Sub-Item",
    "PS3.7 Tables D.3-3 and D.3-4",
    (Field("name", "Implementation-version-name", Text()),),
)

SOP_CLASS_EXTENDED_NEGOTIATION = Layout(
    pdu.SopClassExtendedNegotiation,
    ItemType.SOP_CLASS_EXTENDED_NEGOTIATION,
    "SOP Class Extended Negotiation Sub-Item",
    "PS3.7 Table D.3-11",
    (
        Field("sop_class_uid", "SOP-class-uid", Counted("SOP-class-uid-length", _UID)),
        Field("information", "Service-class-application-information", Rest()),
    ),
)

SOP_CLASS_COMMON_EXTENDED_NEGOTIATION = Layout(
    pdu.SopClassCommonExtendedNegotiation,
    ItemType.SOP_CLASS_COMMON_EXTENDED_NEGOTIATION,
    "SOP Class Common Extended Negotiation Sub-Item",
    "PS3.7 Tables D.3-12 and D.3-13",
    (
        Field("sop_class_uid", "SOP-class-uid", Counted("SOP-class-uid-length", _UID)),
        Field("service_class_uid", "Service-class-uid", Counted("Service-class-uid-length", _UID)),
        Field(
            "related_general_sop_class_uids",
            "Related-general-sop-class-identification",
            Counted(
                "Related-general-sop-class-identification-length",
                Each(Counted("Related-general-sop-class-uid-length", _UID)),
            ),
        ),
        Field("trailing", "Reserved for additional fields", Surplus(Severity.NOTE)),
    ),
    second="Sub-item-version",
)


def _always(_: Mapping[str, Any]) -> bool:
    return True


USER_IDENTITY_RQ = Layout(
    pdu.UserIdentityRq,
    ItemType.USER_IDENTITY_RQ,
    "User Identity Sub-Item (request)",
    "PS3.7 Table D.3-14",
    (
        Field("identity_type", "User-Identity-Type", _ONE, meanings.identity_type),
        Field("response_requested", "Positive-response-requested", _ONE, meanings.response_requested),
        Field(
            "primary",
            "Primary-field",
            Counted("Primary-field-length", Rest()),
            is_secret=lambda earlier: not UserIdentityType(earlier.get("identity_type", 0)).names_user,
        ),
        Field("secondary", "Secondary-field", Counted("Secondary-field-length", Rest()), is_secret=_always),
    ),
)

USER_IDENTITY_AC = Layout(
    pdu.UserIdentityAc,
    ItemType.USER_IDENTITY_AC,
    "User Identity Sub-Item (answer)",
    "PS3.7 Table D.3-15",
    (Field("response", "Server-response", Counted("Server-response-length", Rest()), is_secret=_always),),
)

USER_INFORMATION = Layout(
    pdu.UserInformation,
    ItemType.USER_INFORMATION,
    "User Information Item",
    "PS3.8 Tables 9-16 and 9-20",
    (
        Field(
            "sub_items",
            "User-data",
            _items(
                MAXIMUM_LENGTH,
                IMPLEMENTATION_CLASS_UID,
                ASYNCHRONOUS_OPERATIONS_WINDOW,
                ROLE_SELECTION,
                IMPLEMENTATION_VERSION_NAME,
                SOP_CLASS_EXTENDED_NEGOTIATION,
                SOP_CLASS_COMMON_EXTENDED_NEGOTIATION,
                USER_IDENTITY_RQ,
                USER_IDENTITY_AC,
            ),
        ),
    ),
)

_ITEMS = _items(APPLICATION_CONTEXT, PRESENTATION_CONTEXT_RQ, PRESENTATION_CONTEXT_AC, USER_INFORMATION)

PDV = Layout(
    pdu.Pdv,
    None,
    "Presentation-data-value Item",
    "PS3.8 Table 9-23",
    (
        Field("context_id", "Presentation-context-ID", _ONE, meanings.context_id),
        Field("control", "Message control header", _ONE, meanings.control_header),
        Field("data", "Message fragment", Rest()),
    ),
    frame=PDV_FRAME,
)

# --- PDUs ------------------------------------------------------------------------------------------------------------

_SURPLUS = Field("trailing", "Bytes beyond the PDU's layout", Surplus(Severity.ERROR))
_RESERVED_7_10 = Field("reserved_7_10", "Reserved", Octets(4))

A_ASSOCIATE_RQ = Layout(
    pdu.AAssociateRq,
    PduType.A_ASSOCIATE_RQ,
    "A-ASSOCIATE-RQ PDU",
    "PS3.8 Table 9-11",
    (
        Field("protocol_version", "Protocol-version", Number(2), meanings.protocol_version),
        Field("reserved_9_10", "Reserved", Octets(2)),
        Field("called_ae_title", "Called-AE-title", Title()),
        Field("calling_ae_title", "Calling-AE-title", Title()),
        Field("reserved_43_74", "Reserved", Octets(32)),
        Field("items", "Variable items", _ITEMS),
    ),
    frame=PDU_FRAME,
)

A_ASSOCIATE_AC = Layout(
    pdu.AAssociateAc,
    PduType.A_ASSOCIATE_AC,
    "A-ASSOCIATE-AC PDU",
    "PS3.8 Table 9-17",
    (
        Field("protocol_version", "Protocol-version", Number(2), meanings.protocol_version),
        Field("reserved_9_10", "Reserved", Octets(2)),
        Field("called_ae_title", "Reserved (called AE title)", Title(), meanings.echoed),
        Field("calling_ae_title", "Reserved (calling AE title)", Title(), meanings.echoed),
        Field("reserved_43_74", "Reserved", Octets(32), meanings.echoed),
        Field("items", "Variable items", _ITEMS),
    ),
    frame=PDU_FRAME,
)

A_ASSOCIATE_RJ = Layout(
    pdu.AAssociateRj,
    PduType.A_ASSOCIATE_RJ,
    "A-ASSOCIATE-RJ PDU",
    "PS3.8 Table 9-21",
    (
        Field("reserved_7", "Reserved", _ONE),
        Field("result", "Result", _ONE, meanings.reject_result),
        Field("source", "Source", _ONE, meanings.reject_source),
        Field("reason", "Reason/Diag.", _ONE, meanings.rejection_reason),
        _SURPLUS,
    ),
    frame=PDU_FRAME,
)

P_DATA_TF = Layout(
    pdu.PDataTf,
    PduType.P_DATA_TF,
    "P-DATA-TF PDU",
    "PS3.8 Table 9-22",
    (Field("pdvs", "Presentation-data-value Items", Pdvs(PDV)),),
    frame=PDU_FRAME,
)

A_RELEASE_RQ = Layout(
    pdu.AReleaseRq,
    PduType.A_RELEASE_RQ,
    "A-RELEASE-RQ PDU",
    "PS3.8 Table 9-24",
    (_RESERVED_7_10, _SURPLUS),
    frame=PDU_FRAME,
)

A_RELEASE_RP = Layout(
    pdu.AReleaseRp,
    PduType.A_RELEASE_RP,
    "A-RELEASE-RP PDU",
    "PS3.8 Table 9-25",
    (_RESERVED_7_10, _SURPLUS),
    frame=PDU_FRAME,
)

A_ABORT = Layout(
    pdu.AAbort,
    PduType.A_ABORT,
    "A-ABORT PDU",
    "PS3.8 Table 9-26",
    (
        Field("reserved_7", "Reserved", _ONE),
        Field("reserved_8", "Reserved", _ONE),
        Field("source", "Source", _ONE, meanings.abort_source),
        Field("reason", "Reason/Diag.", _ONE, meanings.abort_reason),
        _SURPLUS,
    ),
    frame=PDU_FRAME,
)

_PDUS = (A_ASSOCIATE_RQ, A_ASSOCIATE_AC, A_ASSOCIATE_RJ, P_DATA_TF, A_RELEASE_RQ, A_RELEASE_RP, A_ABORT)

PDU_LAYOUTS: dict[int, Layout] = {layout.code: layout for layout in _PDUS if layout.code is not None}
"""Every PDU by its type byte."""
