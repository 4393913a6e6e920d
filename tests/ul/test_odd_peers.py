"""What real peers do with odd PDUs, byte by byte: each is understood, and what is odd about it is found.

The rows are those measured between toolkits (requests that storescp and pynetdicom were sent, acceptances that echoscu
and pynetdicom were given). The bytes are made by changing a well-formed PDU, not by encoding an odd value.
"""

from __future__ import annotations

import struct

import pytest

from parley.ul.codec import decode, encode
from parley.ul.codes import AbortReason
from parley.ul.conformance import check_accept, check_request, locate
from parley.ul.errors import Finding, RemoteProtocolError, Severity
from parley.ul.limits import Limits
from parley.ul.pdu import AAssociateAc, AAssociateRq
from parley.ul.tree import annotate

LIMITS = Limits()
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
VERIFICATION, IMPLICIT = b"1.2.840.10008.1.1", b"1.2.840.10008.1.2"


def item(code: int, body: bytes) -> bytes:
    return struct.pack(">BBH", code, 0, len(body)) + body


NAME = item(0x10, b"1.2.840.10008.3.1.1.1")
LENGTH = item(0x51, struct.pack(">L", 16384))
CLASS = item(0x52, b"1.2.3.4")


def proposed(number: int, *syntaxes: bytes, abstract: bytes = VERIFICATION) -> bytes:
    body = bytes([number, 0, 0, 0]) + item(0x30, abstract) + b"".join(item(0x40, uid) for uid in syntaxes)
    return item(0x20, body)


def answered(number: int, result: int, *syntaxes: bytes) -> bytes:
    return item(0x21, bytes([number, 0, result, 0]) + b"".join(item(0x40, uid) for uid in syntaxes))


CONTEXT = proposed(1, IMPLICIT)
ANSWER = answered(1, 0, IMPLICIT)


def user(*sub_items: bytes) -> bytes:
    return item(0x50, b"".join(sub_items))


def associate(
    code: int,
    *items: bytes,
    version: int = 1,
    called: bytes = b"SCP",
    calling: bytes = b"SCU",
) -> bytes:
    body = struct.pack(">H2s16s16s32s", version, b"", called.ljust(16), calling.ljust(16), b"") + b"".join(items)
    return struct.pack(">BBL", code, 0, len(body)) + body


def request(*items: bytes, **fields: object) -> bytes:
    return associate(1, *(items or (NAME, CONTEXT, user(LENGTH, CLASS))), **fields)


def acceptance(*items: bytes, **fields: object) -> bytes:
    return associate(2, *(items or (NAME, ANSWER, user(LENGTH, CLASS))), **fields)


def examined(data: bytes) -> tuple[AAssociateRq | AAssociateAc, tuple[Finding, ...]]:
    """The PDU with all that is noteworthy, from its bytes and from its values; nothing of it may be lost."""
    decoded = decode(data, LIMITS)
    assert decoded is not None
    assert encode(decoded.pdu) == data
    value = decoded.pdu
    plain = decode(request(), LIMITS)
    assert plain is not None
    if isinstance(value, AAssociateRq):
        return value, decoded.findings + locate(data, check_request(value))
    assert isinstance(value, AAssociateAc)
    assert isinstance(plain.pdu, AAssociateRq)
    return value, decoded.findings + locate(data, check_accept(plain.pdu, value))


def brief(data: bytes) -> list[tuple[Severity, str]]:
    _, findings = examined(data)
    places = {node.path: node.offset for node in annotate(data).walk()}
    for finding in findings:
        assert places.get(finding.field, finding.offset) == finding.offset
    return [(finding.severity, finding.field) for finding in findings]


def test_plain_ones_have_no_findings():
    assert brief(request()) == []
    assert brief(acceptance()) == []


USER = user(LENGTH, CLASS)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(request(called=b""), [(E, "called_ae_title")], id="called AE title of 16 spaces"),
        pytest.param(request(calling=b""), [(E, "calling_ae_title")], id="calling AE title of 16 spaces"),
        pytest.param(request(called=b"SCP".ljust(16, b"\0")), [(E, "called_ae_title")], id="NUL-padded AE title"),
        pytest.param(request(calling=b"K\xd6LN"), [(E, "calling_ae_title")], id="non-ASCII AE title"),
        pytest.param(request(called=b"A\\B"), [(E, "called_ae_title")], id="backslash in AE title"),
        pytest.param(request(version=0), [(E, "protocol_version")], id="version 0"),
        pytest.param(request(version=3), [(W, "protocol_version")], id="version 3"),
        pytest.param(request(item(0x10, b"1.2.3"), CONTEXT, USER), [(E, "items[0].name")], id="other app context"),
        pytest.param(request(NAME, USER), [(E, "items")], id="no contexts"),
        pytest.param(request(NAME, proposed(2, IMPLICIT), USER), [(E, "items[1].context_id")], id="even id"),
        pytest.param(request(NAME, proposed(0, IMPLICIT), USER), [(E, "items[1].context_id")], id="id 0"),
        pytest.param(request(NAME, CONTEXT, CONTEXT, USER), [(E, "items[2].context_id")], id="duplicate ids"),
        pytest.param(request(NAME, proposed(1), USER), [(E, "items[1].sub_items")], id="context without TS"),
        pytest.param(
            request(NAME, proposed(1, IMPLICIT + b"\0", abstract=VERIFICATION + b"\0"), USER),
            [(E, "items[1].sub_items[0].uid"), (E, "items[1].sub_items[1].uid")],
            id="NUL-padded UIDs",
        ),
        pytest.param(request(NAME, CONTEXT, user(CLASS)), [(W, "items[2].sub_items")], id="no 51H"),
        pytest.param(request(NAME, CONTEXT, user(LENGTH)), [(W, "items[2].sub_items")], id="no 52H"),
        pytest.param(
            request(NAME, CONTEXT, user(item(0x51, bytes(4)), CLASS)),
            [(W, "items[2].sub_items[0].length")],
            id="51H is 0",
        ),
        pytest.param(
            request(NAME, CONTEXT, user(item(0x51, b"\0\0\0\6"), CLASS)),
            [(E, "items[2].sub_items[0].length")],
            id="51H is 6",
        ),
        pytest.param(
            request(NAME, CONTEXT, user(LENGTH, CLASS, item(0x55, b"X" * 20))),
            [(E, "items[2].sub_items[2].name")],
            id="55H of 20 characters",
        ),
        pytest.param(
            request(NAME, CONTEXT, user(LENGTH, CLASS, item(0x53, bytes(4)))),
            [(W, "items[2].sub_items[2]")],
            id="53H of 0/0",
        ),
        pytest.param(
            request(NAME, CONTEXT, user(LENGTH, CLASS, item(0x5F, b"\1\2\3"))),
            [(W, "items[2].sub_items[2]")],
            id="sub-item 5FH",
        ),
        pytest.param(request(NAME, CONTEXT), [(E, "items")], id="no user information"),
    ],
)
def test_odd_requests(data: bytes, expected: list[tuple[Severity, str]]):
    assert brief(data) == expected


def test_padded_uids_are_significant_without_their_padding():
    value, _ = examined(request(NAME, proposed(1, IMPLICIT + b"\0", abstract=VERIFICATION + b"\0"), USER))
    assert isinstance(value, AAssociateRq)
    (context,) = value.presentation_contexts
    assert context.abstract_syntax == VERIFICATION.decode()
    assert context.transfer_syntaxes == (IMPLICIT.decode(),)


def test_a_request_of_128_contexts_is_plain():
    contexts = [proposed(number, IMPLICIT) for number in range(1, 256, 2)]
    value, findings = examined(request(NAME, *contexts, USER))
    assert len(value.presentation_contexts) == 128
    assert findings == ()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            acceptance(called=bytes(16), calling=b"SCU".ljust(16, b"\0")),
            [(N, "called_ae_title"), (N, "calling_ae_title")],
            id="zero and NUL-padded AE title echo",
        ),
        pytest.param(
            acceptance(NAME, answered(1, 3), USER), [(W, "items[1].sub_items")], id="rejected context, missing TS"
        ),
        pytest.param(
            acceptance(NAME, answered(1, 4, b""), USER), [(W, "items[1].sub_items")], id="rejected context, empty TS"
        ),
        pytest.param(
            acceptance(NAME, answered(1, 0, b"1.2.840.10008.1.2.4.50"), USER),
            [(E, "items[1].sub_items")],
            id="unproposed TS",
        ),
        pytest.param(
            acceptance(NAME, ANSWER, answered(9, 0, IMPLICIT), USER),
            [(E, "items[2].context_id")],
            id="unknown context id 9",
        ),
        pytest.param(acceptance(NAME, USER), [(E, "items"), (E, "items")], id="missing result"),
        pytest.param(acceptance(NAME, answered(1, 7, IMPLICIT), USER), [(E, "items[1].result")], id="result 7"),
        pytest.param(acceptance(NAME, ANSWER), [(E, "items")], id="no user information"),
        pytest.param(
            acceptance(NAME, ANSWER, user(item(0x51, b"\0\0\0\x0a"), CLASS)),
            [(W, "items[2].sub_items[0].length")],
            id="51H is 10",
        ),
        pytest.param(
            acceptance(NAME, ANSWER, user(LENGTH, CLASS, item(0x55, b"X" * 20))),
            [(E, "items[2].sub_items[2].name")],
            id="55H of 20 characters",
        ),
        pytest.param(
            acceptance(NAME, ANSWER, user(LENGTH, CLASS, item(0x5F, b""))),
            [(W, "items[2].sub_items[2]")],
            id="sub-item 5FH",
        ),
    ],
)
def test_odd_acceptances(data: bytes, expected: list[tuple[Severity, str]]):
    assert brief(data) == expected


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", AbortReason.UNRECOGNIZED_PDU, "an HTTP request"),
        (bytes.fromhex("16 03 01 02 00 01 00 01 FC"), AbortReason.UNRECOGNIZED_PDU, "a TLS ClientHello"),
        (bytes.fromhex("01 00 FF FF FF F0"), AbortReason.INVALID_PDU_PARAMETER_VALUE, "4294967280"),
    ],
)
def test_what_no_peer_can_have_meant(data: bytes, reason: AbortReason, words: str):
    with pytest.raises(RemoteProtocolError, match=words) as caught:
        decode(data, LIMITS)
    assert caught.value.reason is reason
