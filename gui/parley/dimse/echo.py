"""C-ECHO (PS3.7 section 9.1.5), and what an acceptor that supports nothing else answers to the rest."""

from __future__ import annotations

from parley.dimse.codes import (
    NO_DATA_SET,
    SOP_CLASS_NOT_SUPPORTED,
    SUCCESS,
    UNRECOGNIZED_OPERATION,
    CommandField,
)
from parley.dimse.command import CommandSet, Value
from parley.dimse.message import Message
from parley.dimse.response import response_to
from parley.ul.codes import VERIFICATION


def echo_request(context_id: int, message_id: int) -> Message:
    """A C-ECHO-RQ (PS3.7 Table 9.3-12)."""
    command: dict[str, Value] = {
        "AffectedSOPClassUID": VERIFICATION,
        "CommandField": CommandField.C_ECHO_RQ,
        "MessageID": message_id,
        "CommandDataSetType": NO_DATA_SET,
    }
    return Message(context_id, CommandSet(command))


def answer_to(message: Message, abstract_syntax: str, status: int | None = None) -> Message | None:
    """The response of an acceptor that knows Verification only; None for what takes no response.

    A C-ECHO on a Verification context succeeds, another message that the standard knows gets status 0122H (SOP class
    not supported), one that it does not know 0211H (unrecognized operation). Responses, C-CANCEL and what has no
    message id are not answered.

    Args:
        abstract_syntax: of the presentation context on which the message came.
        status: what is answered in place of these (PS3.7 Annex C).
    """
    field = message.field
    if field is None or message.message_id is None or field.is_response or field is CommandField.C_CANCEL_RQ:
        return None
    if status is None:
        status = _usual_status(field, abstract_syntax)
    return response_to(message, status, abstract_syntax)


def _usual_status(field: CommandField, abstract_syntax: str) -> int:
    if field.is_reserved:
        return UNRECOGNIZED_OPERATION
    is_echo = field is CommandField.C_ECHO_RQ and abstract_syntax == VERIFICATION
    return SUCCESS if is_echo else SOP_CLASS_NOT_SUPPORTED
