"""C-STORE (PS3.7 section 9.1.1): its messages, what may be odd about a request, and which context fits a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from parley.dimse.codes import CANNOT_UNDERSTAND, INVALID_SOP_INSTANCE, CommandField
from parley.dimse.command import CommandSet, Value
from parley.dimse.message import Message
from parley.dimse.response import is_uid, response_to
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
    return response_to(request, status, comment=comment.encode("ascii", "replace").decode("ascii")[:COMMENT_LENGTH])


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a C-STORE-RQ that the standard does not allow.

    Attributes:
        text: one sentence for a person.
        status: answered in place of taking the object; None where it can be taken all the same.
    """

    text: str
    status: int | None = None


def store_oddities(request: Message, abstract_syntax: str) -> tuple[Oddity, ...]:
    """What is odd about a C-STORE-RQ (PS3.7 Table 9.3-1); most of it is known before its data set has come.

    Args:
        request: one that can be answered, without its data set where that is still to come.
        abstract_syntax: of the presentation context on which it came.
    """
    return tuple(oddity for find in _ODDITIES if (oddity := find(request, abstract_syntax)) is not None)


def _no_data_set(request: Message, _abstract_syntax: str) -> Oddity | None:
    if request.command.has_data_set:
        return None
    return Oddity("Its Command Data Set Type (0000,0800) announces no data set: there is no object.", CANNOT_UNDERSTAND)


def _empty_data_set(request: Message, _abstract_syntax: str) -> Oddity | None:
    if request.data_set is None or request.size:
        return None
    return Oddity("Its data set is empty: there is no object.", CANNOT_UNDERSTAND)


def _no_instance(request: Message, _abstract_syntax: str) -> Oddity | None:
    uid = request.command.text("AffectedSOPInstanceUID")
    if is_uid(uid):
        return None
    words = "no UID as its" if uid else "no"
    return Oddity(f"It has {words} Affected SOP Instance UID (0000,1000).", INVALID_SOP_INSTANCE)


def _other_class(request: Message, abstract_syntax: str) -> Oddity | None:
    uid = request.command.text("AffectedSOPClassUID")
    if uid == abstract_syntax:
        return None
    words = f"names SOP class {uid[:64]}" if uid else "names no Affected SOP Class UID (0000,0002)"
    return Oddity(f"It {words} on a presentation context for {abstract_syntax}.")


def _answers_something(request: Message, _abstract_syntax: str) -> Oddity | None:
    if request.answers is None and request.status is None:
        return None
    return Oddity("It has elements of a response: a Status or a Message ID Being Responded To.")


_ODDITIES: tuple[Callable[[Message, str], Oddity | None], ...] = (
    _no_data_set,
    _empty_data_set,
    _no_instance,
    _other_class,
    _answers_something,
)


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
