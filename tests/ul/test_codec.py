"""The wire format: golden bytes both ways, lengths, incomplete and broken input, and what is refused."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from parley.ul import pdu
from parley.ul.codec import decode, encode
from parley.ul.codes import AbortReason
from parley.ul.errors import LocalProtocolError, RemoteProtocolError, Severity
from parley.ul.limits import MIB, Limits
from parley.ul.pdu import AAbort, AAssociateRj, AAssociateRq, AReleaseRp, AReleaseRq, PDataTf, Pdv, UnknownItem
from tests.ul.golden import AC, DATA, GOLDEN, RQ, Golden

LIMITS = Limits()
each_golden = pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)


def framed(code: int, body: bytes, reserved: int = 0) -> bytes:
    return struct.pack(">BBL", code, reserved, len(body)) + body


def refusal(data: bytes, limits: Limits = LIMITS) -> RemoteProtocolError:
    with pytest.raises(RemoteProtocolError) as caught:
        decode(data, limits)
    return caught.value


# --- golden bytes ----------------------------------------------------------------------------------------------------


@each_golden
def test_bytes_of_a_pdu(golden: Golden):
    assert encode(golden.pdu) == golden.data


@each_golden
def test_pdu_of_the_bytes(golden: Golden):
    decoded = decode(golden.data, LIMITS)
    assert decoded is not None
    assert decoded.pdu == golden.pdu
    assert decoded.data == golden.data
    assert decoded.findings == ()


@each_golden
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_kind_of_buffer_and_only_its_first_pdu(golden: Golden, kind: type):
    buffer = kind(golden.data + b"\x07\x00")
    decoded = decode(buffer, LIMITS)
    assert decoded is not None
    assert decoded.data == golden.data
    assert type(decoded.data) is bytes
    assert buffer == golden.data + b"\x07\x00"


@each_golden
def test_more_bytes_are_needed_until_the_last_one(golden: Golden):
    buffer = bytearray()
    for byte in golden.data[:-1]:
        buffer.append(byte)
        assert decode(buffer, LIMITS) is None
    buffer.append(golden.data[-1])
    assert decode(buffer, LIMITS) is not None


def test_a_refused_buffer_can_still_be_cleared():
    buffer = bytearray(b"GET / HTTP/1.1")
    error = refusal(buffer)
    buffer.clear()  # a view that the traceback keeps would forbid it
    assert error.offset == 0


def test_nothing_needs_more_bytes():
    assert decode(b"", LIMITS) is None


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0x00, 0x08, 0x16, 0x47, 0xFF])
def test_unknown_pdu_type_is_refused_from_its_first_byte(code: int):
    error = refusal(bytes([code]))
    assert error.reason is AbortReason.UNRECOGNIZED_PDU
    assert (error.offset, error.field) == (0, "type")
    assert f"{code:02X}H" in str(error)


def test_refusal_names_what_the_bytes_look_like():
    assert "an HTTP response" in str(refusal(b"HTTP/1.1 400 Bad Request\r\n"))
    assert "looks like" not in str(refusal(b"\xfe\x01\x02\x03"))


@pytest.mark.parametrize(
    ("code", "length"),
    [
        (1, 0),
        (1, 3),
        (1, 67),
        (2, 67),
        (1, MIB + 1),
        (2, 0xFFFFFFF0),
        (1, 0xFFFFFFF0),
        (4, 0xFFFFFFF0),
        (4, 16385),
        *[(code, length) for code in (3, 5, 6, 7) for length in (0, 3, 1025, 0xFFFFFFF0)],
    ],
)
def test_length_is_refused_from_the_header_alone(code: int, length: int):
    error = refusal(struct.pack(">BBL", code, 0, length))
    assert error.reason is AbortReason.INVALID_PDU_PARAMETER_VALUE
    assert (error.offset, error.field) == (2, "pdu_length")
    assert str(length) in str(error)


@pytest.mark.parametrize(
    ("code", "length"), [(1, 68), (1, MIB), (2, MIB), (4, 0), (4, 16384), (3, 4), (5, 1024), (7, 4)]
)
def test_length_at_the_border_is_waited_for(code: int, length: int):
    header = struct.pack(">BBL", code, 0, length)
    decoded = decode(header, LIMITS)
    assert decoded is None or length == 0


def test_limits_are_the_callers():
    limits = Limits(associate_length=100, data_length=10)
    assert "100" in str(refusal(RQ.data, limits))
    assert "10" in str(refusal(DATA.data, limits))


def cut_short(golden: Golden, size: int) -> bytes:
    """The first bytes with a PDU length that says there are no more."""
    data = bytearray(golden.data[:size])
    struct.pack_into(">L", data, 2, size - 6)
    return bytes(data)


@pytest.mark.parametrize("golden", [RQ, AC, DATA], ids=lambda golden: golden.name)
def test_a_pdu_cut_short_is_whole_at_its_items_borders_and_refused_elsewhere(golden: Golden):
    decoded = decode(golden.data, LIMITS)
    assert decoded is not None
    inner = getattr(decoded.pdu, "items", None) or decoded.pdu.pdvs
    fixed = 74 if hasattr(decoded.pdu, "items") else 6
    borders = {fixed}
    for item in inner:
        size = 6 + len(item.data) if isinstance(item, Pdv) else len(encode(replace(RQ.pdu, items=(item,)))) - 74
        borders.add(max(borders) + size)
    for size in range(6, len(golden.data) + 1):
        data = cut_short(golden, size)
        if size in borders:
            shorter = decode(data, LIMITS)
            assert shorter is not None
            assert encode(shorter.pdu) == data
        else:
            error = refusal(data)
            assert error.reason is AbortReason.INVALID_PDU_PARAMETER_VALUE
            assert error.field


def test_an_item_past_the_end_is_told_with_its_place():
    data = bytearray(RQ.data)
    struct.pack_into(">H", data, 74 + 2, 0xFFFF)
    error = refusal(bytes(data))
    assert (error.offset, error.field) == (74, "items[0].item_length")
    assert "65535" in str(error)


@pytest.mark.parametrize(
    "body", [b"\0", b"\0\0\0\1\1", b"\0\0\0\0", b"\0\0\0\1\1\0\0\0\2\1\3", b"\xff\xff\xff\xff\1\3"]
)
def test_a_pdv_that_does_not_fit_is_refused(body: bytes):
    error = refusal(framed(4, body))
    assert error.reason is AbortReason.INVALID_PDU_PARAMETER_VALUE
    assert error.field.startswith("pdvs[0].")


# --- what is kept and reported ---------------------------------------------------------------------------------------


def findings_of(data: bytes) -> list[tuple[Severity, str, int]]:
    decoded = decode(data, LIMITS)
    assert decoded is not None
    assert encode(decoded.pdu) == data
    return [(finding.severity, finding.field, finding.offset) for finding in decoded.findings]


@pytest.mark.parametrize("kind", [AReleaseRq, AReleaseRp])
def test_bytes_beyond_a_fixed_pdu_are_kept(kind: type):
    data = encode(kind(trailing=b"more"))
    assert findings_of(data) == [(Severity.ERROR, "trailing", 10)]
    assert decode(data, LIMITS).pdu == kind(trailing=b"more")


def test_a_data_transfer_without_pdvs_is_reported():
    assert findings_of(framed(4, b"")) == [(Severity.ERROR, "pdu_length", 2)]


@pytest.mark.parametrize(
    ("value", "field", "offset", "count"),
    [
        (AAssociateRj(1, 1, 1, reserved_7=9, reserved=8), "reserved_7", 6, 2),
        (replace(RQ.pdu, reserved_43_74=b"x" * 32), "reserved_43_74", 42, 1),
        (replace(RQ.pdu, reserved_9_10=b"\0\1", reserved_43_74=b"x" * 32), "reserved_9_10", 8, 2),
        (
            AAssociateRq("A", "B", (pdu.PresentationContextRq(1, (pdu.TransferSyntax("1.2", 7),), b"\0\0\1", 5),)),
            "items[0].reserved_6_8",
            79,
            3,
        ),
    ],
)
def test_reserved_bytes_are_kept_and_noted_once_for_all(value, field, offset, count):
    found = decode(encode(value), Limits())
    assert found.pdu == value
    (finding,) = found.findings
    assert (finding.severity, finding.field, finding.offset) == (Severity.NOTE, field, offset)
    assert finding.text.startswith("A reserved field is" if count == 1 else f"{count} reserved fields are")


def test_reserved_bytes_of_an_item_that_does_not_fit_are_not_counted():
    """Its third byte is reserved; the item is kept as it came, so only the PDU's own reserved byte is left."""
    body = b"\x01\1\0\0\x30\0\x00\xff1.2"
    data = bytearray(with_item(UnknownItem(0x20, body)))
    data[1] = 7
    notes = [each for each in decode(data, Limits()).findings if each.severity is Severity.NOTE]
    assert [(note.field, note.text[:16]) for note in notes] == [("reserved", "A reserved field")]


def test_what_an_acceptance_echoes_is_not_noted():
    ac = replace(AC.pdu, called_ae_title="\0" * 16, calling_ae_title="", reserved_43_74=b"x" * 32)
    assert findings_of(encode(ac)) == []


def with_item(item: object) -> bytes:
    return encode(replace(RQ.pdu, items=(RQ.pdu.items[0], item)))


def test_a_context_whose_sub_item_runs_past_its_end_is_kept_as_it_came():
    body = b"\x01\0\0\0\x30\0\x00\xff1.2"
    data = with_item(UnknownItem(0x20, body))
    assert findings_of(data) == [(Severity.ERROR, "items[1]", 99)]
    decoded = decode(data, LIMITS)
    assert decoded.pdu.items[1] == UnknownItem(0x20, body)
    assert "255 bytes" in decoded.findings[0].text
    assert "at byte 107" in decoded.findings[0].text


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (0x51, b"\0\0\x40"),
        (0x51, b"\0\0\x40\0\0"),
        (0x53, b"\0\1\0"),
        (0x54, b"\0\x051.2"),
        (0x54, b"\0\x031.2\1"),
        (0x54, b"\0\x031.2\1\1\0"),
        (0x56, b"\0"),
        (0x57, b"\0\x031.2\0\x031.3\0\4\0\x031"),
        (0x58, b"\1\0\0\4anna"),
        (0x58, b"\1\0\0\4anna\0\0x"),
        (0x59, b"\0\2a"),
    ],
)
def test_a_sub_item_that_does_not_fit_is_kept_among_its_neighbours(code: int, body: bytes):
    odd = UnknownItem(code, body)
    data = with_item(pdu.UserInformation((pdu.MaximumLength(1), odd, pdu.ImplementationClassUid("1.2"))))
    assert findings_of(data) == [(Severity.ERROR, "items[1].sub_items[1]", 111)]
    assert decode(data, LIMITS).pdu.items[1].sub_items[1:] == (odd, pdu.ImplementationClassUid("1.2"))


def test_a_known_item_in_the_wrong_place_is_kept_and_reported():
    data = with_item(UnknownItem(0x40, b"1.2"))
    assert findings_of(data) == [(Severity.ERROR, "items[1]", 99)]
    assert "do not belong here" in decode(data, LIMITS).findings[0].text


def test_findings_of_an_item_that_is_given_up_are_given_up_with_it():
    context = b"\x01\0\0\1" + b"\x5f\0\0\0" + b"\x30\0\0\x09"  # a reserved byte, an unknown item, then no sense
    assert findings_of(with_item(UnknownItem(0x20, context))) == [(Severity.ERROR, "items[1]", 99)]


def test_a_flood_of_findings_is_cut():
    items = tuple(UnknownItem(0x60, b"") for _ in range(5000))
    decoded = decode(encode(replace(RQ.pdu, items=items)), LIMITS)
    assert len(decoded.findings) == 201
    assert "not listed" in decoded.findings[-1].text
    assert len(decoded.pdu.items) == 5000


# --- what cannot be encoded ------------------------------------------------------------------------------------------


def rq_with(*items: object) -> AAssociateRq:
    return AAssociateRq("A", "B", items)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (AAbort(256, 0), "source"),
        (AAbort(0, -1), "reason"),
        (AAbort(0, 0, reserved=256), "reserved"),
        (AReleaseRq(b"12345"), "reserved_7_10"),
        (AReleaseRq(b"123"), "reserved_7_10"),
        (AAssociateRq("A" * 17, "B", ()), "called_ae_title"),
        (AAssociateRq("A", "\N{EURO SIGN}", ()), "calling_ae_title"),
        (replace(RQ.pdu, protocol_version=0x10000), "protocol_version"),
        (replace(RQ.pdu, reserved_43_74=b""), "reserved_43_74"),
        (rq_with(pdu.PresentationContextRq.of(300, "1.2", ())), "items[0].context_id"),
        (rq_with(*RQ.pdu.items, pdu.PresentationContextRq.of(1, "1.2", ("\u0661",))), "items[3].sub_items[1].uid"),
        (rq_with(pdu.PresentationContextRq(1, (), b"12")), "items[0].reserved_6_8"),
        (rq_with(pdu.UserInformation((pdu.MaximumLength(1 << 32),))), "items[0].sub_items[0].length"),
        (rq_with(pdu.UserInformation((pdu.MaximumLength(-1),))), "items[0].sub_items[0].length"),
        (rq_with(pdu.UserInformation((pdu.UserIdentityRq(1, 0, bytes(65536)),))), "items[0].sub_items[0].primary"),
        (rq_with(pdu.ApplicationContext("1" * 65536)), "items[0]"),
        (rq_with(pdu.UserInformation((UnknownItem(256, b""),))), "items[0].sub_items[0].reserved"),
        (PDataTf((Pdv(1, 3, b""), Pdv(1, 300, b""))), "pdvs[1].control"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_that_does_not_fit_is_named(value: pdu.Pdu, field: str):
    with pytest.raises(LocalProtocolError) as caught:
        encode(value)
    assert caught.value.field == field
    assert field in str(caught.value)


def test_a_long_uid_is_not_kept_but_encoded_all_the_same():
    rq = rq_with(pdu.PresentationContextRq.of(1, "1" * 5000, ("2" * 64, "3" * 65)))
    data = encode(rq)
    assert decode(data, LIMITS).pdu == rq
