"""What is fuzzed: every reader of bytes that come from outside.

A target is given any bytes and raises only where Parley is at fault: what a reader may raise is caught here, what must
hold of its result is asserted here. The inputs that each begins with lie in `corpus`, made by `tests.fuzz.seeds`.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

from parley.capture.jsonl import to_json
from parley.capture.summary import summarize
from parley.capture.text import to_text
from parley.dimse.command import decode_command
from parley.dimse.errors import MessageError
from parley.dimse.message import Reassembler
from parley.engine.certificates import describe
from parley.engine.tls_trace import certificate_list
from parley.exchange.files import read_content
from parley.model.answers.caller_words import CALLER
from parley.model.answers.words import AnswerError, parse_answer
from parley.model.dicom_files import DicomFileError, identify
from parley.model.event import EngineEvent, EventKind
from parley.model.expression import ExpressionError, parse
from parley.model.files.reader import ProfileFileError, read_answers, read_profile
from parley.model.files.writer import new_text
from parley.ul import primitives as pr
from parley.ul.codec import decode, encode
from parley.ul.codes import Role
from parley.ul.errors import LocalProtocolError, RemoteProtocolError
from parley.ul.foreign import recognise
from parley.ul.limits import Limits
from parley.ul.machine import UpperLayer
from parley.ul.pdu import PDataTf
from parley.ul.tree import annotate, masked
from tests.harness.samples import AC, DATA, RJ, RQ

CORPUS = Path(__file__).parent / "corpus"
LIMITS = Limits()


def pdu(data: bytes) -> None:
    """A PDU says the same once it is encoded again, and has a place for each of its bytes."""
    try:
        decoded = decode(data, LIMITS)
    except RemoteProtocolError:
        return
    if decoded is not None:
        assert data.startswith(decoded.data)
        with contextlib.suppress(LocalProtocolError):
            assert decode(encode(decoded.pdu), LIMITS).pdu == decoded.pdu
        annotate(decoded.data)
        assert len(masked(decoded.data)) == len(decoded.data)


_WISHES: tuple[pr.Request, ...] = (
    pr.AssociateRequest(RQ),
    pr.AssociateAccept(AC),
    pr.AssociateReject(RJ),
    pr.DataRequest(DATA),
    pr.ReleaseRequest(),
    pr.ReleaseResponse(),
    pr.AbortRequest(),
)


def machine(data: bytes) -> None:
    """Whatever happens to a machine, in whatever order, it goes on.

    The first byte chooses the role; then each byte below 16 is something that happens or is wished for, and any other
    is the length of what comes from the peer.
    """
    layer = UpperLayer(Role.ACCEPTOR if data[:1] < b"\x80" else Role.REQUESTOR, LIMITS)
    happenings: tuple[Callable[[], object], ...] = (
        layer.transport_indication,
        layer.transport_confirmation,
        layer.artim_expired,
        layer.receive_eof,
    )
    position = 1
    while position < len(data):
        code = data[position]
        position += 1
        with contextlib.suppress(LocalProtocolError):
            if code < len(happenings):
                happenings[code]()
            elif code < 16:
                layer.request(_WISHES[(code - len(happenings)) % len(_WISHES)])
            else:
                layer.receive(data[position : position + code])
                position += code
        layer.effects()
        assert layer.buffered <= len(data)


def message(data: bytes) -> None:
    """Messages in any P-DATA-TFs, and the command set in each."""
    reassembler = Reassembler((1, 3))
    rest = data
    with contextlib.suppress(RemoteProtocolError):
        while (decoded := decode(rest, LIMITS)) is not None:
            rest = rest[len(decoded.data) :]
            if isinstance(decoded.pdu, PDataTf):
                for each in reassembler.receive(decoded.pdu):
                    assert each.field is None or each.is_response is each.field.is_response
    with contextlib.suppress(MessageError):
        decode_command(data)


def event(data: bytes) -> None:
    """What the log says about a PDU that was received, and its line in a record."""
    came = EngineEvent(1, 1.0, 1.0, EventKind.PDU_RECEIVED, wire=data)
    assert "\n" not in summarize(came)
    assert "\n" not in to_json(came)
    assert "\n" not in to_text(came)


def profile(data: bytes) -> None:
    """A profile that can be read is the same once it is written."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(ProfileFileError):
        read_answers(text)
    try:
        found = read_profile(text, "x")
    except ProfileFileError:
        return
    assert read_profile(new_text(found), "x") == found


def imported(data: bytes) -> None:
    """CSV, asconfig, Orthanc's JSON, TOML and zips: told apart and read, or the fault is named."""
    found = read_content(data, "x")
    assert all(problem.reason for problem in found.problems)


def part10(data: bytes) -> None:
    """An object's file."""
    with contextlib.suppress(DicomFileError):
        found = identify(Path("x.dcm"), io.BytesIO(data))
        assert 0 <= found.offset <= len(data)


def certificate(data: bytes) -> None:
    """A certificate, and the message of a handshake that holds some."""
    for is_1_3 in (False, True):
        for der in certificate_list(data, is_1_3=is_1_3):
            describe(der)
    describe(data)


def words(data: bytes) -> None:
    """An answer, and an expression, as a person types them; what is read is the same once it is written."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(ExpressionError):
        parse(text, CALLER)
    with contextlib.suppress(AnswerError):
        answer = parse_answer(text)
        assert parse_answer(str(answer)) == answer


def foreign(data: bytes) -> None:
    """What is told of bytes that are no DICOM: a TLS client hello among them."""
    assert "\n" not in recognise(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (pdu, machine, message, event, profile, imported, part10, certificate, words, foreign)
}
