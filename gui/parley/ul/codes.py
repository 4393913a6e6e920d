"""The code points of PS3.8 and PS3.7 Annex D, with the standard's words for them.

Every enum here accepts any value a byte can carry: what the standard reserves becomes a `RESERVED_n` member, so that a
peer's odd code is kept and shown instead of lost.
"""

from __future__ import annotations

from enum import Enum, IntEnum

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


class Role(Enum):
    """Which end of the association this process is (PS3.8 section 7): the asking or the answering one."""

    REQUESTOR = "requestor"
    ACCEPTOR = "acceptor"


class WireCode(IntEnum):
    """A code as it stands on the wire; unlisted values become `RESERVED_n`."""

    @classmethod
    def _missing_(cls, value: object) -> WireCode | None:
        if not isinstance(value, int) or value < 0:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"RESERVED_{value}"
        member._value_ = value
        return cls._value2member_map_.setdefault(value, member)  # type: ignore[return-value]

    @property
    def is_reserved(self) -> bool:
        """Whether the standard gives this value no meaning."""
        return self._name_.startswith("RESERVED")

    @property
    def words(self) -> str:
        """The standard's words, for example ``called-AE-title-not-recognized``."""
        return self._name_.lower().replace("_", "-").replace("-ae-", "-AE-")


class PduType(WireCode):
    """PS3.8 section 9.3.1, Table 9-10 heads: the first byte of a PDU."""

    A_ASSOCIATE_RQ = 0x01
    A_ASSOCIATE_AC = 0x02
    A_ASSOCIATE_RJ = 0x03
    P_DATA_TF = 0x04
    A_RELEASE_RQ = 0x05
    A_RELEASE_RP = 0x06
    A_ABORT = 0x07

    @property
    def words(self) -> str:
        """The PDU's name as the standard writes it, for example ``A-ASSOCIATE-RQ``."""
        return f"reserved {self.value:02X}H" if self.is_reserved else self._name_.replace("_", "-")


class ItemType(WireCode):
    """The first byte of an item or sub-item (PS3.8 section 9.3.2 and 9.3.3, PS3.7 section D.3.3)."""

    APPLICATION_CONTEXT = 0x10
    PRESENTATION_CONTEXT_RQ = 0x20
    PRESENTATION_CONTEXT_AC = 0x21
    ABSTRACT_SYNTAX = 0x30
    TRANSFER_SYNTAX = 0x40
    USER_INFORMATION = 0x50
    MAXIMUM_LENGTH = 0x51
    IMPLEMENTATION_CLASS_UID = 0x52
    ASYNCHRONOUS_OPERATIONS_WINDOW = 0x53
    ROLE_SELECTION = 0x54
    IMPLEMENTATION_VERSION_NAME = 0x55
    SOP_CLASS_EXTENDED_NEGOTIATION = 0x56
    SOP_CLASS_COMMON_EXTENDED_NEGOTIATION = 0x57
    USER_IDENTITY_RQ = 0x58
    USER_IDENTITY_AC = 0x59


class ContextResult(WireCode):
    """Result of one presentation context (PS3.8 Table 9-18)."""

    ACCEPTANCE = 0
    USER_REJECTION = 1
    NO_REASON = 2
    ABSTRACT_SYNTAX_NOT_SUPPORTED = 3
    TRANSFER_SYNTAXES_NOT_SUPPORTED = 4


class RejectResult(WireCode):
    """Result of an A-ASSOCIATE-RJ (PS3.8 Table 9-21)."""

    REJECTED_PERMANENT = 1
    REJECTED_TRANSIENT = 2


class RejectSource(WireCode):
    """Source of an A-ASSOCIATE-RJ (PS3.8 Table 9-21)."""

    SERVICE_USER = 1
    SERVICE_PROVIDER_ACSE = 2
    SERVICE_PROVIDER_PRESENTATION = 3


class UserRejectReason(WireCode):
    """Reason when the source is the service-user (PS3.8 Table 9-21)."""

    NO_REASON_GIVEN = 1
    APPLICATION_CONTEXT_NAME_NOT_SUPPORTED = 2
    CALLING_AE_TITLE_NOT_RECOGNIZED = 3
    CALLED_AE_TITLE_NOT_RECOGNIZED = 7


class AcseRejectReason(WireCode):
    """Reason when the source is the service-provider's ACSE function (PS3.8 Table 9-21)."""

    NO_REASON_GIVEN = 1
    PROTOCOL_VERSION_NOT_SUPPORTED = 2


class PresentationRejectReason(WireCode):
    """Reason when the source is the service-provider's presentation function (PS3.8 Table 9-21)."""

    TEMPORARY_CONGESTION = 1
    LOCAL_LIMIT_EXCEEDED = 2


class ReservedRejectReason(WireCode):
    """Reason of a source that the standard does not know: every one is reserved."""

    RESERVED_0 = 0


REJECT_REASONS: dict[RejectSource, type[WireCode]] = {
    RejectSource.SERVICE_USER: UserRejectReason,
    RejectSource.SERVICE_PROVIDER_ACSE: AcseRejectReason,
    RejectSource.SERVICE_PROVIDER_PRESENTATION: PresentationRejectReason,
}


def reject_reason(source: int, reason: int) -> WireCode:
    """The reason in the words of its own source: equal numbers mean different things per source."""
    return REJECT_REASONS.get(RejectSource(source), ReservedRejectReason)(reason)


class AbortSource(WireCode):
    """Source of an A-ABORT (PS3.8 Table 9-26)."""

    SERVICE_USER = 0
    SERVICE_PROVIDER = 2


class AbortReason(WireCode):
    """Reason of an A-ABORT, significant only when the source is the service-provider (PS3.8 Table 9-26)."""

    REASON_NOT_SPECIFIED = 0
    UNRECOGNIZED_PDU = 1
    UNEXPECTED_PDU = 2
    UNRECOGNIZED_PDU_PARAMETER = 4
    UNEXPECTED_PDU_PARAMETER = 5
    INVALID_PDU_PARAMETER_VALUE = 6


def rejection_words(result: int, source: int, reason: int) -> str:
    """The codes and the standard's words for them: ``1/1/7 rejected-permanent by service-user: …``."""
    return (
        f"{int(result)}/{int(source)}/{int(reason)} {RejectResult(result).words} by "
        f"{RejectSource(source).words}: {reject_reason(source, reason).words}"
    )


def abort_words(source: int, reason: int) -> str:
    """The codes and the standard's words for them; a service-user's reason means nothing and has none."""
    words = f"{int(source)}/{int(reason)} by {AbortSource(source).words}"
    return words if source == AbortSource.SERVICE_USER else f"{words}: {AbortReason(reason).words}"


class UserIdentityType(WireCode):
    """Form of a user identity (PS3.7 Table D.3-14)."""

    USERNAME = 1
    USERNAME_AND_PASSCODE = 2
    KERBEROS_SERVICE_TICKET = 3
    SAML_ASSERTION = 4
    JSON_WEB_TOKEN = 5

    @property
    def names_user(self) -> bool:
        """Whether the primary field is a name; of every other type, known or not, it proves who asks: a secret."""
        return self in {UserIdentityType.USERNAME, UserIdentityType.USERNAME_AND_PASSCODE}
