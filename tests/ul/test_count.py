"""Items are counted from their headers, at every level, before anything is decoded."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.ul.codec import decode, decode_in_pieces, encode
from parley.ul.codes import AbortReason, Role
from parley.ul.count import TooManyError, count
from parley.ul.effects import Malformed, Received
from parley.ul.errors import RemoteProtocolError
from parley.ul.limits import MIB, Limits
from parley.ul.machine import READ_AT_ONCE, UpperLayer
from parley.ul.pdu import PDataTf, Pdv, UserInformation
from parley.ul.reader import drained
from tests.harness.hostile import (
    APPLICATION_CONTEXT,
    INFORMATION,
    context,
    item,
    legal,
    pdu,
    proposing,
    role,
    shapes,
)

SHAPES = shapes()
FEW = {"contexts with UIDs of 32 000 digits", "implementation class UIDs at the top", "version names of 65 000 escapes"}
MANY = sorted(set(SHAPES) - FEW)
RELATED = item(0x57, struct.pack(">HHH", 0, 0, 6) + bytes(6))


def counted(data: bytes) -> int:
    return drained(count(data, MIB))


@pytest.mark.parametrize(
    ("items", "number"),
    [
        (b"", 0),
        (APPLICATION_CONTEXT, 1),
        (INFORMATION, 3),
        (context(1) * 5, 5),
        (context(1, item(0x30), item(0x40) * 3) * 2, 10),
        (item(0x50, role(1) + role(2)), 3),
        (item(0x50, RELATED), 5),
        (item(0x99, bytes(100)), 1),
        (item(0x21, b"\1\0\0\0" + item(0x40)), 2),
        (item(0x20, b"\1\0"), 1),
        (item(0x20)[:3], 0),
        (item(0x50, item(0x57, b"\0")), 2),
        (item(0x50, item(0x57, b"\0\5\0\0")), 2),
        (struct.pack(">BBH", 0x20, 0, 60_000) + b"\1\0\0\0" + item(0x40), 2),
    ],
)
def test_every_level_counts(items: bytes, number: int):
    assert counted(pdu(items)) == number


def test_a_list_cannot_be_longer_than_what_holds_it():
    inner = struct.pack(">BBH", 0x50, 0, 8) + item(0x51) + item(0x51)
    assert counted(pdu(inner + item(0x99) * 3)) == 6


def test_pdvs_count():
    assert counted(encode(PDataTf((Pdv(1, 0, b"ab"), Pdv(1, 2, b""))))) == 2


def test_what_the_standard_allows_stays_legal():
    data = proposing(128, 63)
    assert counted(data) == 1 + 128 * (1 + 1 + 63) + 3
    assert decode(data, Limits()) is not None


@pytest.mark.parametrize("name", legal())
def test_what_is_within_the_limits_is_read_in_pieces_as_at_once(name: str):
    data = legal()[name]
    limits = Limits()
    assert counted(data) <= limits.associate_items
    pieces = decode_in_pieces(data, limits)
    assert drained(pieces) == decode(data, limits)


@pytest.mark.parametrize("name", MANY)
def test_too_many_items_are_refused_before_they_are_read(name: str):
    data = SHAPES[name]
    with pytest.raises(TooManyError):
        drained(count(data, 20_000))
    with pytest.raises(RemoteProtocolError, match="more than 20000 items, the most that this side takes") as caught:
        decode(data, Limits())
    assert caught.value.reason is AbortReason.INVALID_PDU_PARAMETER_VALUE
    assert caught.value.whole == data
    assert decode(data, Limits(associate_items=MIB)) is not None


@pytest.mark.parametrize("name", sorted(FEW))
def test_few_items_are_read_however_long_they_are(name: str):
    assert decode(SHAPES[name], Limits()) is not None


def test_the_most_is_allowed_and_one_more_is_not():
    data = pdu(item(0x99) * 300)
    assert drained(count(data, 300)) == 300
    with pytest.raises(TooManyError) as caught:
        drained(count(data, 299))
    assert caught.value.offset == len(data) - 4


def test_pdvs_are_limited_too():
    data = encode(PDataTf((Pdv(1, 0, b""),) * 5000))
    limits = Limits(data_length=MIB)
    with pytest.raises(RemoteProtocolError, match="more than 4096 PDVs"):
        decode(data, limits)
    assert decode(data, Limits(data_length=MIB, pdvs=5000)) is not None


# --- the machine ------------------------------------------------------------------------------------------------------


def acceptor() -> UpperLayer:
    machine = UpperLayer(Role.ACCEPTOR, Limits())
    machine.transport_indication()
    machine.effects()
    return machine


def fed(machine: UpperLayer, data: bytes, step: int) -> list:
    """The effects of what comes in pieces of that size, each looked at as a driver does."""
    effects = []
    for start in range(0, len(data), step):
        has_more = machine.receive(data[start : start + step], 2)
        while has_more:
            has_more = machine.receive(b"", 2)
        effects += machine.effects()
    return effects


@pytest.mark.parametrize("step", [1000, 65_536, 1 << 21])
def test_a_machine_says_the_same_of_pieces(step: int):
    data = proposing(128, 63)
    whole = acceptor()
    assert not whole.receive(data)
    assert fed(acceptor(), data, step) == whole.effects()


def test_a_long_pdu_takes_many_turns_and_what_follows_waits():
    machine = acceptor()
    data = proposing(128, 63)
    assert len(data) > READ_AT_ONCE
    assert machine.receive(data, 2)
    assert machine.effects() == []
    turns = 0
    more = b"\5\0\0\0\0\4\0\0\0\0"
    while machine.receive(more, 2):
        more = b""
        turns += 1
    assert turns > 100
    received = [effect.data[0] for effect in machine.effects() if isinstance(effect, Received)]
    assert received == [1, 5]


def test_what_is_being_read_is_forgotten_with_the_rest():
    machine = acceptor()
    data = proposing(128, 63)
    assert machine.receive(data, 2)
    assert machine.take_buffered() == data
    assert machine.buffered == 0
    assert not machine.receive(b"", 2)
    assert machine.effects() == []


@pytest.mark.parametrize("name", ["empty contexts", "unknown items"])
def test_what_is_refused_is_kept_whole(name: str):
    (malformed,) = [each for each in fed(acceptor(), SHAPES[name], 65_536) if isinstance(each, Malformed)]
    assert malformed.data == SHAPES[name]
    assert "items" in str(malformed.error)


@given(st.lists(st.sampled_from([context(1), INFORMATION, item(0x99), role(1), item(0x50, RELATED), b"\x20\0\0\1"])))
def test_items_that_are_decoded_are_those_that_are_counted(parts: list[bytes]):
    data = pdu(b"".join(parts))
    try:
        decoded = decode(data, Limits())
    except RemoteProtocolError:
        return
    inside = sum(len(each.sub_items) for each in decoded.pdu.items if isinstance(each, UserInformation))
    related = 3 * sum(part == item(0x50, RELATED) for part in parts)
    assert counted(data) == len(decoded.pdu.items) + inside + related
