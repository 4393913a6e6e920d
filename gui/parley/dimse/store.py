"""C-STORE (PS3.7 section 9.1.1): its messages, and which presentation context fits a data set."""

from __future__ import annotations

from collections.abc import Iterable

from parley.dimse.codes import NO_DATA_SET, CommandField
from parley.dimse.command import CommandSet, Value
from parley.dimse.message import Message
from parley.ul.negotiation import NegotiatedContext

MEDIUM, HIGH, LOW = 0, 1, 2
"""Priorities (PS3.7 Table 9.3-1)."""

WITH_DATA_SET = 0x0001
"""Value of CommandDataSetType when a data set follows; any other than 0101H would do."""

COMMENT_LENGTH = 64
"""Most characters of an error comment, whose VR is LO."""


def store_request(
    context_id: int, message_id: int, sop_class_uid: str, sop_instance_uid: str, size: int, priority: int = MEDIUM
) -> Message:
    """A C-STORE-RQ (PS3.7 Table 9.3-1) whose data set is sent by itself, as it may be long.

    Args:
        size: of the data set in bytes; they count as omitted.
    """
    command: dict[str, Value] = {
        "AffectedSOPClassUID": sop_class_uid,
        "CommandField": CommandField.C_STORE_RQ,
        "MessageID": message_id,
        "Priority": priority,
        "CommandDataSetType": WITH_DATA_SET,
        "AffectedSOPInstanceUID": sop_instance_uid,
    }
    return Message(context_id, CommandSet(command), b"", omitted=size)


def store_response(request: Message, status: int, comment: str = "") -> Message:
    """The C-STORE-RSP (PS3.7 Table 9.3-2) to a request, which must have a message id.

    Args:
        status: PS3.4 Table B.2-1.
        comment: why, for the peer's log; cut to what its element holds.
    """
    assert request.message_id is not None
    command: dict[str, Value] = {
        "CommandField": CommandField.C_STORE_RSP,
        "MessageIDBeingRespondedTo": request.message_id,
        "CommandDataSetType": NO_DATA_SET,
        "Status": status,
    }
    if request.command.sop_class_uid:
        command["AffectedSOPClassUID"] = request.command.sop_class_uid
    if request.command.sop_instance_uid:
        command["AffectedSOPInstanceUID"] = request.command.sop_instance_uid
    if comment:
        command["ErrorComment"] = comment.encode("ascii", "replace").decode("ascii")[:COMMENT_LENGTH]
    return Message(request.context_id, CommandSet(command))


def fitting_context(
    contexts: Iterable[NegotiatedContext], sop_class_uid: str, transfer_syntax_uid: str
) -> NegotiatedContext | None:
    """The first context on which such a data set may be sent as it is; None where there is none.

    Args:
        contexts: as seen by the side that wants to send.
    """
    return next(
        (
            context
            for context in contexts
            if context.is_accepted
            and context.as_scu
            and context.abstract_syntax == sop_class_uid
            and context.transfer_syntax == transfer_syntax_uid
        ),
        None,
    )
