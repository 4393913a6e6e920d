"""What proves who asks is told from what names them, in every tree, whole or broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.ul.codec import encode
from parley.ul.pdu import MaximumLength, UserIdentityAc, UserIdentityRq, UserInformation
from parley.ul.tree import Kind, annotate, masked
from tests.harness.samples import AC, RQ

NAME, PASSCODE = b"dr_who", b"correct horse"


def with_item(pdu, item) -> bytes:
    items = (
        *(each for each in pdu.items if not isinstance(each, UserInformation)),
        UserInformation((MaximumLength(1), item)),
    )
    return encode(replace(pdu, items=items))


def secrets(data: bytes) -> list[bytes]:
    nodes = (node for node in annotate(data).walk() if node.kind is Kind.SECRET)
    return [data[node.offset : node.offset + node.length] for node in nodes]


@pytest.mark.parametrize("number", [1, 2])
def test_a_user_name_is_shown_and_the_passcode_is_secret(number):
    data = with_item(RQ, UserIdentityRq(number, 1, NAME, PASSCODE))
    assert secrets(data) == [PASSCODE]
    assert masked(data) == data.replace(PASSCODE, b"*" * len(PASSCODE))


@pytest.mark.parametrize("number", [0, 3, 4, 5, 6, 255])
def test_every_ticket_and_token_is_secret(number):
    assert secrets(with_item(RQ, UserIdentityRq(number, 1, NAME, PASSCODE))) == [NAME, PASSCODE]


def test_the_server_s_response_is_secret():
    assert secrets(with_item(AC, UserIdentityAc(PASSCODE))) == [PASSCODE]


def test_a_wrong_length_uncovers_nothing():
    data = with_item(RQ, UserIdentityRq(2, 1, NAME, PASSCODE))
    place = data.index(PASSCODE) - 2
    for length in (0, 5, 200, 65535):
        broken = data[:place] + length.to_bytes(2, "big") + data[place + 2 :]
        assert PASSCODE[5:] not in masked(broken)
    for end in range(place, len(data)):
        assert PASSCODE[:1] not in masked(data[:end])[place + 2 :]


def test_what_is_too_long_to_be_looked_at_is_not_shown_either():
    flood = encode(replace(RQ, items=(RQ.items[1],) * 12_000))
    data = bytearray(with_item(RQ, UserIdentityRq(2, 1, NAME, PASSCODE)))
    whole = bytes(flood + data[74:])
    whole = whole[:2] + (len(whole) - 6).to_bytes(4, "big") + whole[6:]
    assert PASSCODE in whole
    assert PASSCODE not in masked(whole)


def test_other_bytes_stay_as_they_are():
    for data in (b"", b"\x04nothing", encode(RQ), encode(AC), b"GET / HTTP/1.1"):
        assert masked(data) == data


def test_no_secret_is_in_a_traceback():
    for item in (UserIdentityRq(2, 1, NAME, PASSCODE), UserIdentityRq(5, 0, PASSCODE), UserIdentityAc(PASSCODE)):
        assert PASSCODE.decode() not in repr(item)
