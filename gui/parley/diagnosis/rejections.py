"""What the codes of A-ASSOCIATE-RJ and A-ABORT mean in the field (PS3.8 Tables 9-21 and 9-26).

The same number means something else per source, and peers do not always use the one that fits: a remedy names the usual
cause first and what else it turned out to be.
"""

from __future__ import annotations

from parley.diagnosis.verdict import Failure
from parley.ul.codes import (
    AbortReason,
    AbortSource,
    AcseRejectReason,
    PresentationRejectReason,
    RejectSource,
    UserRejectReason,
)

REJECTIONS: dict[tuple[int, int], Failure] = {
    (RejectSource.SERVICE_USER, UserRejectReason.NO_REASON_GIVEN): Failure(
        "rejected_no_reason",
        "The peer rejected the association and gives no reason ({codes}).",
        "Change one thing at a time: propose Verification alone, which shows whether the contexts were the trouble; "
        "send an implementation class UID; try from another address. The peer's log may say more.",
    ),
    (RejectSource.SERVICE_USER, UserRejectReason.APPLICATION_CONTEXT_NAME_NOT_SUPPORTED): Failure(
        "rejected_application_context",
        "The peer rejected the application context name {application_context} ({codes}).",
        "Use 1.2.840.10008.3.1.1.1, the only one in DICOM.",
    ),
    (RejectSource.SERVICE_USER, UserRejectReason.CALLING_AE_TITLE_NOT_RECOGNIZED): Failure(
        "rejected_calling_ae_title",
        'The peer does not know the calling AE title "{calling}" ({codes}).',
        "Have this AE title registered at the peer, with this machine's address and port; titles are told apart by "
        "case. An address that has changed is another usual cause.",
    ),
    (RejectSource.SERVICE_USER, UserRejectReason.CALLED_AE_TITLE_NOT_RECOGNIZED): Failure(
        "rejected_called_ae_title",
        'The peer does not go by the called AE title "{called}" ({codes}).',
        "Copy the title from the peer's configuration, upper and lower case included. If it is certainly right, the "
        'peer may mean that "{calling}" has no access: have that title and this machine\'s address registered there.',
    ),
    (RejectSource.SERVICE_PROVIDER_ACSE, AcseRejectReason.NO_REASON_GIVEN): Failure(
        "rejected_by_provider",
        "The peer's protocol layer rejected the association and gives no reason ({codes}).",
        "This is what a peer says when a user identity is missing or wrong. Otherwise propose Verification alone and "
        "look into the peer's log.",
    ),
    (RejectSource.SERVICE_PROVIDER_ACSE, AcseRejectReason.PROTOCOL_VERSION_NOT_SUPPORTED): Failure(
        "rejected_protocol_version",
        "The peer does not support protocol version {version} ({codes}).",
        "Use version 1.",
    ),
    (RejectSource.SERVICE_PROVIDER_PRESENTATION, PresentationRejectReason.TEMPORARY_CONGESTION): Failure(
        "rejected_congestion",
        "The peer is too busy for another association right now ({codes}).",
        "Try again in a while. If it stays so, look for clients that never release their associations.",
    ),
    (RejectSource.SERVICE_PROVIDER_PRESENTATION, PresentationRejectReason.LOCAL_LIMIT_EXCEEDED): Failure(
        "rejected_limit",
        "The peer has as many associations as it allows ({codes}).",
        "Close others, or try again in a while. If it stays so, look for clients that never release theirs, and raise "
        "the peer's limit.",
    ),
}

RESERVED_REJECTION = Failure(
    "rejected_reserved_codes",
    "The peer rejected the association with {codes}, codes to which the standard gives no meaning.",
    "The peer's documentation or log has to say what it means by them.",
)

BY_USER = Failure(
    "aborted_by_user",
    "The peer's application aborted the association instead of answering.",
    "Its log should say why. Some do so on an AE title or an address that they do not know, or on an item that they "
    "cannot read.",
)

ABORTS: dict[int, Failure] = {
    AbortReason.REASON_NOT_SPECIFIED: Failure(
        "aborted_by_provider",
        "The peer's protocol layer aborted the association instead of answering, and gives no reason.",
        "Its log should say why. Leave out what is optional in the request, one thing at a time.",
    ),
    AbortReason.UNRECOGNIZED_PDU: Failure(
        "aborted_unrecognized_pdu",
        "The peer did not recognize the request as a DICOM message.",
        "Make sure that the port is the peer's DICOM port, and whether it wants TLS.",
    ),
    AbortReason.UNEXPECTED_PDU: Failure(
        "aborted_unexpected_pdu",
        "The peer did not expect a request at this point.",
        "Something between this side and the peer may reuse connections. Otherwise this is a fault of the peer.",
    ),
    AbortReason.UNRECOGNIZED_PDU_PARAMETER: Failure(
        "aborted_unrecognized_parameter",
        "The peer did not recognize an item of the request.",
        "Leave out what is optional, one thing at a time.",
    ),
    AbortReason.UNEXPECTED_PDU_PARAMETER: Failure(
        "aborted_unexpected_parameter",
        "The peer found an item in the request that it did not expect.",
        "Leave out what is optional, one thing at a time.",
    ),
    AbortReason.INVALID_PDU_PARAMETER_VALUE: Failure(
        "aborted_invalid_value",
        "The peer found an invalid value in the request.",
        "Look at AE titles, context ids and UIDs first.",
    ),
}

RESERVED_ABORT = Failure(
    "aborted_reserved_codes",
    "The peer aborted the association with source {source} and reason {reason}, codes that the standard reserves.",
    "The peer's log should say why.",
)


def rejection(source: int, reason: int) -> Failure:
    """The row for an A-ASSOCIATE-RJ."""
    return REJECTIONS.get((source, reason), RESERVED_REJECTION)


def abort(source: int, reason: int) -> Failure:
    """The row for an A-ABORT; the reason counts only when the service-provider gives it."""
    if source == AbortSource.SERVICE_USER:
        return BY_USER
    return ABORTS.get(reason, RESERVED_ABORT) if source == AbortSource.SERVICE_PROVIDER else RESERVED_ABORT
