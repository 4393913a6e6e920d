"""The misbehaviours that no odd PDU in the right place can do: when, how and in what company bytes are sent.

The two sides have some in common; the peer sees them from its own end.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from parley.model.misbehaviour.steps import (
    AwaitPdu,
    Behave,
    Close,
    Misbehaviour,
    Pause,
    Reset,
    Script,
    SendBytes,
    Silence,
    Situation,
    Step,
    Trigger,
)
from parley.ul.codec import encode
from parley.ul.codes import PduType
from parley.ul.pdu import AAbort, AAssociateAc, AReleaseRp, AReleaseRq, PDataTf, Pdv

PIECE_SECONDS = 0.01
ALL_PIECES_SECONDS = 1.0
"""Between two bytes that are sent one at a time, and for all of them: peers wait a few seconds only."""

ABSURD_LENGTH = 0xFFFFFFF0
MOST_DATA = 16 * 1024 * 1024
UNLIMITED_EXCEEDED = 1024 * 1024
"""How long a P-DATA-TF gets at the most, and where the peer set no limit that could be exceeded."""

_HEADER = 6
_PDV_FIELDS = 6

Steps = Callable[[Situation], tuple[Step, ...]]


def _script(
    name: str, title: str, about: str, trigger: Trigger, steps: Steps | tuple[Step, ...], **more: bool
) -> Misbehaviour:
    made = steps if callable(steps) else lambda _situation: steps
    return Misbehaviour(name, title, about, Script(trigger, made), **more)


def _request(situation: Situation) -> bytes:
    return encode(situation.request)


def _answer(situation: Situation) -> bytes:
    return encode(situation.answer or AAssociateAc("", "", ()))


def _bytewise(data: bytes) -> SendBytes:
    return SendBytes(data, 1, min(PIECE_SECONDS, ALL_PIECES_SECONDS / len(data)))


def _half(data: bytes) -> SendBytes:
    return SendBytes(data[: len(data) // 2])


def _of_length(data: bytes, length: int) -> SendBytes:
    """A PDU whose header says another length than it has."""
    return SendBytes(data[:2] + struct.pack(">L", length) + data[_HEADER:])


def _oversized(situation: Situation) -> tuple[Step, ...]:
    """One P-DATA-TF, two bytes longer than the peer takes: a fragment of a command, with more to come."""
    length = min(situation.peer_maximum_length or UNLIMITED_EXCEEDED, MOST_DATA) + 2
    data = bytes(max(length - _PDV_FIELDS, 0))
    return SendBytes(encode(PDataTf((Pdv(situation.context_id, 1, data),)))), Behave()


_ABORT = SendBytes(encode(AAbort(0, 0)))
_RELEASE_RQ = SendBytes(encode(AReleaseRq()))
_RELEASE_RP = SendBytes(encode(AReleaseRp()))
_HTTP_ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TLS_ALERT = bytes.fromhex("15 0301 0002 02 46")  # fatal, protocol_version
_CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(189)
_HTTP_GET = b"GET / HTTP/1.1\r\nHost: pacs\r\n\r\n"


ACCEPTOR_SCRIPTS: tuple[Misbehaviour, ...] = (
    _script(
        "answer-byte-by-byte",
        "A-ASSOCIATE-AC one byte at a time",
        "Sends its answer byte after byte, each in a packet of its own; a good peer puts them together and goes on.",
        Trigger.REQUEST,
        lambda situation: (_bytewise(_answer(situation)), Behave()),
        is_conformant=True,
    ),
    _script(
        "half-answer",
        "half an A-ASSOCIATE-AC, then silence",
        "Sends the first half of its answer and nothing more; a good peer gives up after a time and closes.",
        Trigger.REQUEST,
        lambda situation: (_half(_answer(situation)), Silence()),
    ),
    _script(
        "two-answers",
        "two A-ASSOCIATE-ACs",
        "Sends its answer twice; a good peer aborts when the second one comes.",
        Trigger.REQUEST,
        lambda situation: (SendBytes(_answer(situation)), SendBytes(_answer(situation)), Behave()),
    ),
    _script(
        "wrong-pdu-length",
        "A-ASSOCIATE-AC with a PDU length too short",
        "Says that its answer is four bytes shorter than it is; a good peer aborts.",
        Trigger.REQUEST,
        lambda situation: (
            _of_length(_answer(situation), len(_answer(situation)) - _HEADER - 4),
            Silence(),
        ),
    ),
    _script(
        "absurd-pdu-length",
        "A-ASSOCIATE-AC with a PDU length of 4 GB",
        "Says that its answer has 4294967280 bytes; a good peer does not wait for them, and aborts.",
        Trigger.REQUEST,
        lambda situation: (_of_length(_answer(situation), ABSURD_LENGTH), Silence()),
    ),
    _script(
        "http-answer",
        "the answer of a web server",
        "Answers HTTP/1.1 400 Bad Request and closes; a good peer says that this is no DICOM.",
        Trigger.REQUEST,
        (SendBytes(_HTTP_ANSWER), Close()),
    ),
    _script(
        "tls-alert",
        "the answer of a TLS server",
        "Answers with a TLS alert and closes; a good peer says that this is no DICOM, or that TLS is wanted.",
        Trigger.REQUEST,
        (SendBytes(_TLS_ALERT), Close()),
    ),
    _script(
        "abort-after-accept",
        "A-ABORT right after the A-ASSOCIATE-AC",
        "Accepts and aborts at once; a good peer says that it was aborted.",
        Trigger.ESTABLISHED,
        (_ABORT,),
        is_conformant=True,
    ),
    _script(
        "close-without-release",
        "connection closed right after the A-ASSOCIATE-AC",
        "Accepts and closes the transport connection without a release; a good peer says that it was closed.",
        Trigger.ESTABLISHED,
        (Close(),),
    ),
    _script(
        "oversized-data",
        "P-DATA-TF longer than agreed",
        "Sends a P-DATA-TF two bytes longer than the peer's maximum length; a good peer aborts.",
        Trigger.ESTABLISHED,
        _oversized,
    ),
    _script(
        "abort-in-message",
        "A-ABORT in the middle of the first message",
        "Aborts as soon as the first P-DATA-TF has come; a good peer says that it was aborted.",
        Trigger.FIRST_MESSAGE,
        (_ABORT,),
        is_conformant=True,
    ),
    _script(
        "reset-in-message",
        "connection reset in the middle of the first message",
        "Resets the transport connection as soon as the first P-DATA-TF has come; a good peer says that it was lost.",
        Trigger.FIRST_MESSAGE,
        (Reset(),),
    ),
    _script(
        "no-release-answer",
        "no answer to A-RELEASE-RQ",
        "Says nothing to the A-RELEASE-RQ; a good peer gives up after a time and aborts or closes.",
        Trigger.RELEASE,
        (Silence(),),
    ),
    _script(
        "late-release-answer",
        "A-RELEASE-RP after two seconds",
        "Answers the A-RELEASE-RQ two seconds late; a good peer waits and is content.",
        Trigger.RELEASE,
        (Pause(2.0), _RELEASE_RP),
        is_conformant=True,
    ),
    _script(
        "close-instead-of-release-answer",
        "connection closed instead of A-RELEASE-RP",
        "Closes the transport connection when the A-RELEASE-RQ comes; a good peer says so and is done.",
        Trigger.RELEASE,
        (Close(),),
    ),
    _script(
        "release-collision",
        "release collision",
        "Sends an A-RELEASE-RQ as if both had asked at once; a good peer answers it, and is then answered itself.",
        Trigger.RELEASE,
        (_RELEASE_RQ, AwaitPdu(PduType.A_RELEASE_RP), _RELEASE_RP),
        is_conformant=True,
    ),
)
"""In the order of an association's life."""


REQUESTOR_SCRIPTS: tuple[Misbehaviour, ...] = (
    _script(
        "request-byte-by-byte",
        "A-ASSOCIATE-RQ one byte at a time",
        "Sends its request byte after byte, each in a packet of its own; a good peer puts them together and answers.",
        Trigger.CONNECTED,
        lambda situation: (_bytewise(_request(situation)), Behave()),
        is_conformant=True,
    ),
    _script(
        "half-request",
        "half an A-ASSOCIATE-RQ, then silence",
        "Sends the first half of its request and nothing more; a good peer closes when ARTIM runs out.",
        Trigger.CONNECTED,
        lambda situation: (_half(_request(situation)), Silence()),
    ),
    _script(
        "two-requests",
        "two A-ASSOCIATE-RQs",
        "Sends its request twice; a good peer aborts when the second one comes.",
        Trigger.CONNECTED,
        lambda situation: (SendBytes(_request(situation)), SendBytes(_request(situation)), Behave()),
    ),
    _script(
        "silent-connection",
        "connection on which nothing is sent",
        "Opens the transport connection and says nothing; a good peer closes when ARTIM runs out.",
        Trigger.CONNECTED,
        (Silence(),),
    ),
    _script(
        "tls-client-hello",
        "TLS ClientHello first",
        "Begins as a TLS client does; a good peer aborts or closes, and says that this is no DICOM.",
        Trigger.CONNECTED,
        (SendBytes(_CLIENT_HELLO), Silence()),
    ),
    _script(
        "http-get",
        "HTTP GET first",
        "Begins as a web browser does; a good peer aborts or closes, and says that this is no DICOM.",
        Trigger.CONNECTED,
        (SendBytes(_HTTP_GET), Silence()),
    ),
    _script(
        "release-first",
        "A-RELEASE-RQ first",
        "Sends an A-RELEASE-RQ before any association; a good peer aborts.",
        Trigger.CONNECTED,
        (_RELEASE_RQ, Silence()),
    ),
    _script(
        "data-first",
        "P-DATA-TF first",
        "Sends a P-DATA-TF before any association; a good peer aborts.",
        Trigger.CONNECTED,
        (SendBytes(encode(PDataTf((Pdv(1, 3, b"too early"),)))), Silence()),
    ),
    _script(
        "accept-first",
        "A-ASSOCIATE-AC first",
        "Sends an A-ASSOCIATE-AC to a peer that asked for nothing; a good peer aborts.",
        Trigger.CONNECTED,
        (SendBytes(encode(AAssociateAc("SCP", "SCU", ()))), Silence()),
    ),
    _script(
        "absurd-pdu-length",
        "A-ASSOCIATE-RQ with a PDU length of 4 GB",
        "Says that its request has 4294967280 bytes; a good peer does not wait for them, and aborts or closes.",
        Trigger.CONNECTED,
        lambda situation: (_of_length(_request(situation), ABSURD_LENGTH), Silence()),
    ),
    _script(
        "abort-after-accept",
        "A-ABORT right after the A-ASSOCIATE-AC",
        "Aborts as soon as it was accepted; a good peer says so, and serves the next caller.",
        Trigger.ESTABLISHED,
        (_ABORT,),
        is_conformant=True,
    ),
    _script(
        "oversized-data",
        "P-DATA-TF longer than agreed",
        "Sends a P-DATA-TF two bytes longer than the peer's maximum length; a good peer aborts.",
        Trigger.ESTABLISHED,
        _oversized,
    ),
    _script(
        "close-without-release",
        "connection closed without A-RELEASE-RQ",
        "Closes the transport connection where it should release; a good peer says so, and serves the next caller.",
        Trigger.RELEASE,
        (Close(),),
    ),
    _script(
        "release-collision",
        "release collision",
        "Sends an A-RELEASE-RQ and an A-RELEASE-RP, as if both had asked at once; a good peer answers, or aborts.",
        Trigger.RELEASE,
        (_RELEASE_RQ, _RELEASE_RP, AwaitPdu(PduType.A_RELEASE_RP), Close()),
    ),
)
"""In the order of an association's life."""
