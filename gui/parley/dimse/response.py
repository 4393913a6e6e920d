"""What every response is made of (PS3.7 section 9.3), and why some requests can have none.

A response repeats the UIDs of its request, which are optional in it. What a peer sends in their place, longer than a
UID may be or with other characters, does not go back.
"""

from __future__ import annotations

import re

from parley.dimse.codes import NO_DATA_SET, RESPONSE_BIT
from parley.dimse.command import CommandSet, Value
from parley.dimse.message import Message

_UID = re.compile(r"[0-9.]{1,64}")


def is_uid(text: str) -> bool:
    """Whether it could be a UID, however odd; a path could not."""
    return _UID.fullmatch(text) is not None and any(letter.isdecimal() for letter in text)


def response_to(request: Message, status: int, sop_class_uid: str = "", comment: str = "") -> Message:
    """The response to a request, which must have a command field and a message id; see `unanswerable`.

    Args:
        status: PS3.7 Annex C, for a C-STORE-RSP PS3.4 Table B.2-1.
        sop_class_uid: named where the request names none.
        comment: why, for the peer's log.
    """
    assert request.field is not None
    assert request.message_id is not None
    command: dict[str, Value] = {
        "CommandField": request.field.value | RESPONSE_BIT,
        "MessageIDBeingRespondedTo": request.message_id,
        "CommandDataSetType": NO_DATA_SET,
        "Status": status,
    }
    uids = {
        "AffectedSOPClassUID": (request.command.sop_class_uid, sop_class_uid),
        "AffectedSOPInstanceUID": (request.command.sop_instance_uid,),
    }
    for keyword, candidates in uids.items():
        if uid := next(filter(is_uid, candidates), ""):
            command[keyword] = uid
    if comment:
        command["ErrorComment"] = comment
    return Message(request.context_id, CommandSet(command))


def unanswerable(request: Message) -> str:
    """Why no response can be made to a request, as a sentence; empty where one can.

    A response names the Message ID of its request (PS3.7 section 9.3), and any number in its place, 0 included, could
    be that of another one. So a request without a usable one gets no answer.
    """
    command = request.command
    for keyword, name in (("CommandField", "Command Field (0000,0100)"), ("MessageID", "Message ID (0000,0110)")):
        if command.number(keyword) is None:
            return f"It has no {name} that could be answered: {_lack(command.get(keyword))}."
    return ""


def _lack(value: Value | None) -> str:
    """What is wrong with an element that has no number."""
    if value is None:
        return "the element is missing"
    return f"its value has {len(value)} bytes in place of 2" if isinstance(value, bytes) and value else "it is empty"
