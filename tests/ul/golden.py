"""One PDU of each kind, spelled out byte by byte from the standard's tables, with the value that says the same.

The bytes are written by hand, field by field: nothing in them comes from an encoder.
"""

from __future__ import annotations

from dataclasses import dataclass

from parley.ul import pdu
from parley.ul.pdu import Pdu


@dataclass(frozen=True, slots=True)
class Golden:
    name: str
    pdu: Pdu
    data: bytes


def spelled(*fields: tuple[str | bytes, str]) -> bytes:
    """Bytes from fields: hexadecimal digits or text, each with what it is."""
    return b"".join(bytes.fromhex(field) if isinstance(field, str) else field for field, _ in fields)


_TITLES = (
    (b"PARLEY_SCP      ", "11-26 called AE title"),
    (b"PARLEY_SCU      ", "27-42 calling AE title"),
)

_APPLICATION_CONTEXT = (
    ("10", "application context item"),
    ("00", "reserved"),
    ("0015", "item length 21"),
    (b"1.2.840.10008.3.1.1.1", "application context name"),
)

_RQ = spelled(
    ("01", "PDU type A-ASSOCIATE-RQ"),
    ("00", "reserved"),
    ("00 00 01 4E", "PDU length 334 = 68 fixed + 98 + 168 of items"),
    ("00 01", "7-8 protocol version"),
    ("00 00", "9-10 reserved"),
    *_TITLES,
    ("00" * 32, "43-74 reserved"),
    *_APPLICATION_CONTEXT,
    # 25 bytes of items so far
    ("20", "presentation context item, proposed"),
    ("00", "reserved"),
    ("00 45", "item length 69"),
    ("01", "presentation context ID 1"),
    ("00 00 00", "reserved"),
    ("30", "abstract syntax sub-item"),
    ("00", "reserved"),
    ("00 11", "item length 17"),
    (b"1.2.840.10008.1.1", "Verification"),
    ("40", "transfer syntax sub-item"),
    ("00", "reserved"),
    ("00 11", "item length 17"),
    (b"1.2.840.10008.1.2", "Implicit VR Little Endian"),
    ("40", "transfer syntax sub-item"),
    ("00", "reserved"),
    ("00 13", "item length 19"),
    (b"1.2.840.10008.1.2.1", "Explicit VR Little Endian"),
    # 98 bytes of items so far
    ("50", "user information item"),
    ("00", "reserved"),
    ("00 A4", "item length 164"),
    ("51", "maximum length sub-item"),
    ("00", "reserved"),
    ("00 04", "item length 4"),
    ("00 00 40 00", "maximum length received 16384"),
    ("52", "implementation class UID sub-item"),
    ("00", "reserved"),
    ("00 07", "item length 7"),
    (b"1.2.3.4", "implementation class UID"),
    ("53", "asynchronous operations window sub-item"),
    ("00", "reserved"),
    ("00 04", "item length 4"),
    ("00 05", "maximum number of operations invoked 5"),
    ("00 00", "maximum number of operations performed, unlimited"),
    ("54", "SCP/SCU role selection sub-item"),
    ("00", "reserved"),
    ("00 15", "item length 21"),
    ("00 11", "UID length 17"),
    (b"1.2.840.10008.1.1", "SOP class UID"),
    ("01", "SCU role"),
    ("00", "no SCP role"),
    ("55", "implementation version name sub-item"),
    ("00", "reserved"),
    ("00 09", "item length 9"),
    (b"PARLEY_01", "implementation version name"),
    ("56", "SOP class extended negotiation sub-item"),
    ("00", "reserved"),
    ("00 15", "item length 21"),
    ("00 11", "SOP class UID length 17"),
    (b"1.2.840.10008.1.1", "SOP class UID"),
    ("01 02", "service class application information"),
    ("57", "SOP class common extended negotiation sub-item"),
    ("00", "sub-item version 0"),
    ("00 32", "item length 50"),
    ("00 11", "SOP class UID length 17"),
    (b"1.2.840.10008.1.1", "SOP class UID"),
    ("00 11", "service class UID length 17"),
    (b"1.2.840.10008.4.2", "service class UID: storage"),
    ("00 0A", "length of the related general SOP classes: 10"),
    ("00 03", "UID length 3"),
    (b"1.2", "related general SOP class UID"),
    ("00 03", "UID length 3"),
    (b"1.3", "related general SOP class UID"),
    ("58", "user identity sub-item, request"),
    ("00", "reserved"),
    ("00 10", "item length 16"),
    ("02", "username and passcode"),
    ("01", "positive response requested"),
    ("00 04", "primary field length 4"),
    (b"anna", "username"),
    ("00 06", "secondary field length 6"),
    (b"secret", "passcode"),
)

_AC = spelled(
    ("02", "PDU type A-ASSOCIATE-AC"),
    ("00", "reserved"),
    ("00 00 00 FC", "PDU length 252 = 68 fixed + 25 + 29 + 12 + 118 of items"),
    ("00 01", "7-8 protocol version"),
    ("00 00", "9-10 reserved"),
    *_TITLES,
    ("00" * 32, "43-74 reserved"),
    *_APPLICATION_CONTEXT,
    ("21", "presentation context item, answered"),
    ("00", "reserved"),
    ("00 19", "item length 25"),
    ("01", "presentation context ID 1"),
    ("00", "reserved"),
    ("00", "result acceptance"),
    ("00", "reserved"),
    ("40", "transfer syntax sub-item"),
    ("00", "reserved"),
    ("00 11", "item length 17"),
    (b"1.2.840.10008.1.2", "Implicit VR Little Endian"),
    ("21", "presentation context item, answered"),
    ("00", "reserved"),
    ("00 08", "item length 8"),
    ("03", "presentation context ID 3"),
    ("00", "reserved"),
    ("04", "result transfer syntaxes not supported"),
    ("00", "reserved"),
    ("40", "transfer syntax sub-item"),
    ("00", "reserved"),
    ("00 00", "item length 0: not significant"),
    ("50", "user information item"),
    ("00", "reserved"),
    ("00 72", "item length 114"),
    ("51", "maximum length sub-item"),
    ("00", "reserved"),
    ("00 04", "item length 4"),
    ("00 00 00 00", "maximum length received, no limit"),
    ("52", "implementation class UID sub-item"),
    ("00", "reserved"),
    ("00 07", "item length 7"),
    (b"1.2.3.4", "implementation class UID"),
    ("53", "asynchronous operations window sub-item"),
    ("00", "reserved"),
    ("00 04", "item length 4"),
    ("00 01", "maximum number of operations invoked 1"),
    ("00 01", "maximum number of operations performed 1"),
    ("54", "SCP/SCU role selection sub-item"),
    ("00", "reserved"),
    ("00 15", "item length 21"),
    ("00 11", "UID length 17"),
    (b"1.2.840.10008.1.1", "SOP class UID"),
    ("01", "SCU role"),
    ("00", "no SCP role"),
    ("55", "implementation version name sub-item"),
    ("00", "reserved"),
    ("00 09", "item length 9"),
    (b"PARLEY_01", "implementation version name"),
    ("56", "SOP class extended negotiation sub-item"),
    ("00", "reserved"),
    ("00 15", "item length 21"),
    ("00 11", "SOP class UID length 17"),
    (b"1.2.840.10008.1.1", "SOP class UID"),
    ("01 00", "service class application information"),
    ("59", "user identity sub-item, answer"),
    ("00", "reserved"),
    ("00 14", "item length 20"),
    ("00 12", "server response length 18"),
    (b"a ticket of sorts.", "server response"),
)

_RJ = spelled(
    ("03", "PDU type A-ASSOCIATE-RJ"),
    ("00", "reserved"),
    ("00 00 00 04", "PDU length"),
    ("00", "7 reserved"),
    ("02", "8 result rejected-transient"),
    ("03", "9 source service-provider (presentation)"),
    ("02", "10 reason local-limit-exceeded"),
)

_DATA = spelled(
    ("04", "PDU type P-DATA-TF"),
    ("00", "reserved"),
    ("00 00 00 14", "PDU length 20 = 11 + 9"),
    ("00 00 00 07", "PDV item length 7"),
    ("01", "presentation context ID 1"),
    ("03", "command, last fragment"),
    (b"hello", "fragment"),
    ("00 00 00 05", "PDV item length 5"),
    ("03", "presentation context ID 3"),
    ("00", "data set, more fragments follow"),
    ("FF 00 7F", "fragment"),
)

_RELEASE_RQ = spelled(
    ("05", "PDU type A-RELEASE-RQ"),
    ("00", "reserved"),
    ("00 00 00 04", "PDU length"),
    ("00 00 00 00", "7-10 reserved"),
)

_RELEASE_RP = spelled(
    ("06", "PDU type A-RELEASE-RP"),
    ("00", "reserved"),
    ("00 00 00 04", "PDU length"),
    ("00 00 00 00", "7-10 reserved"),
)

_ABORT = spelled(
    ("07", "PDU type A-ABORT"),
    ("00", "reserved"),
    ("00 00 00 04", "PDU length"),
    ("00", "7 reserved"),
    ("00", "8 reserved"),
    ("02", "9 source service-provider"),
    ("06", "10 reason invalid-PDU-parameter-value"),
)

_VERIFICATION = "1.2.840.10008.1.1"
_IMPLICIT = "1.2.840.10008.1.2"

RQ = Golden(
    "A-ASSOCIATE-RQ",
    pdu.AAssociateRq(
        called_ae_title="PARLEY_SCP",
        calling_ae_title="PARLEY_SCU",
        items=(
            pdu.ApplicationContext("1.2.840.10008.3.1.1.1"),
            pdu.PresentationContextRq(
                context_id=1,
                sub_items=(
                    pdu.AbstractSyntax(_VERIFICATION),
                    pdu.TransferSyntax(_IMPLICIT),
                    pdu.TransferSyntax("1.2.840.10008.1.2.1"),
                ),
            ),
            pdu.UserInformation(
                (
                    pdu.MaximumLength(16384),
                    pdu.ImplementationClassUid("1.2.3.4"),
                    pdu.AsynchronousOperationsWindow(invoked=5, performed=0),
                    pdu.RoleSelection(_VERIFICATION, scu=1, scp=0),
                    pdu.ImplementationVersionName("PARLEY_01"),
                    pdu.SopClassExtendedNegotiation(_VERIFICATION, b"\x01\x02"),
                    pdu.SopClassCommonExtendedNegotiation(_VERIFICATION, "1.2.840.10008.4.2", ("1.2", "1.3")),
                    pdu.UserIdentityRq(2, response_requested=1, primary=b"anna", secondary=b"secret"),
                )
            ),
        ),
    ),
    _RQ,
)

AC = Golden(
    "A-ASSOCIATE-AC",
    pdu.AAssociateAc(
        called_ae_title="PARLEY_SCP",
        calling_ae_title="PARLEY_SCU",
        items=(
            pdu.ApplicationContext("1.2.840.10008.3.1.1.1"),
            pdu.PresentationContextAc(1, result=0, sub_items=(pdu.TransferSyntax(_IMPLICIT),)),
            pdu.PresentationContextAc(3, result=4, sub_items=(pdu.TransferSyntax(""),)),
            pdu.UserInformation(
                (
                    pdu.MaximumLength(0),
                    pdu.ImplementationClassUid("1.2.3.4"),
                    pdu.AsynchronousOperationsWindow(invoked=1, performed=1),
                    pdu.RoleSelection(_VERIFICATION, scu=1, scp=0),
                    pdu.ImplementationVersionName("PARLEY_01"),
                    pdu.SopClassExtendedNegotiation(_VERIFICATION, b"\x01\x00"),
                    pdu.UserIdentityAc(b"a ticket of sorts."),
                )
            ),
        ),
    ),
    _AC,
)

RJ = Golden("A-ASSOCIATE-RJ", pdu.AAssociateRj(result=2, source=3, reason=2), _RJ)
DATA = Golden("P-DATA-TF", pdu.PDataTf((pdu.Pdv(1, 3, b"hello"), pdu.Pdv(3, 0, b"\xff\x00\x7f"))), _DATA)
RELEASE_RQ = Golden("A-RELEASE-RQ", pdu.AReleaseRq(), _RELEASE_RQ)
RELEASE_RP = Golden("A-RELEASE-RP", pdu.AReleaseRp(), _RELEASE_RP)
ABORT = Golden("A-ABORT", pdu.AAbort(source=2, reason=6), _ABORT)

GOLDEN = (RQ, AC, RJ, DATA, RELEASE_RQ, RELEASE_RP, ABORT)
