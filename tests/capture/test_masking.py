"""What proves who asks is in no line that is written, unless it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from parley.capture.jsonl import to_json
from parley.capture.text import to_text
from parley.model.event import EngineEvent, EventKind
from parley.model.secret import MASK
from parley.ul.pdu import UnknownItem, UserIdentityAc, UserIdentityRq, UserInformation
from tests.harness.events import event_of
from tests.harness.samples import AC, RQ

NAME, PASSCODE = b"dr_who", b"correct horse"


def event_with(item) -> EngineEvent:
    pdu = replace(AC if isinstance(item, UserIdentityAc) else RQ, items=(UserInformation((item,)),))
    return event_of(EventKind.PDU_SENT, pdu=pdu)


def told(item, **options) -> tuple[dict, bytes]:
    record = json.loads(to_json(event_with(item), **options))
    return record["pdu"]["other_user_information"][0], bytes.fromhex(record["data"])


@pytest.mark.parametrize(
    "item",
    [UserIdentityRq(2, 1, NAME, PASSCODE), UserIdentityRq(3, 1, PASSCODE), UserIdentityAc(PASSCODE)],
    ids=["passcode", "ticket", "response"],
)
def test_a_secret_is_masked_in_every_line(item):
    event = event_with(item)
    for line in (to_json(event), to_text(event)):
        assert PASSCODE.decode() not in line
        assert PASSCODE.hex() not in line.lower()
    values, data = told(item)
    assert MASK in values.values()
    assert data == event.data.replace(PASSCODE, b"*" * len(PASSCODE))


def test_a_user_name_is_not_masked():
    values, data = told(UserIdentityRq(2, 1, NAME, PASSCODE))
    assert (values["primary"], values["secondary"]) == (NAME.decode(), MASK)
    assert NAME in data


@pytest.mark.parametrize(
    ("item", "told_as"),
    [
        (UserIdentityRq(1, 0, "Zoë".encode()), ("Zoë", "utf-8")),
        (UserIdentityRq(2, 0, b"dr_who", b"x"), ("dr_who", "utf-8")),
        (UserIdentityRq(1, 0, "Zoë".encode("latin-1")), ("5a6feb", "hex")),
        (UserIdentityRq(1, 0, b"dr\0who"), ("6472" + "00" + "77686f", "hex")),
        (UserIdentityRq(1, 0, "a\u202eb".encode()), ("61e280ae62", "hex")),
        (UserIdentityRq(1, 0, b""), ("", "utf-8")),
        (UserIdentityRq(3, 0, b"ticket"), (MASK, None)),
        (UserIdentityRq(9, 0, b"what"), (MASK, None)),
    ],
    ids=["UTF-8", "with passcode", "Latin-1", "NUL", "bidi", "empty", "ticket", "reserved"],
)
def test_a_user_is_told_as_text_with_its_encoding(item, told_as):
    values, _ = told(item)
    assert (values["primary"], values.get("primary_encoding")) == told_as


def test_a_ticket_that_is_asked_for_is_hexadecimal():
    values, _ = told(UserIdentityRq(3, 0, b"ticket"), reveal=True)
    assert (values["primary"], values["primary_encoding"]) == (b"ticket".hex(), "hex")


def test_what_is_not_there_has_no_mask():
    assert told(UserIdentityRq(1, 1, NAME))[0]["secondary"] == ""


def test_who_asks_for_it_gets_it():
    values, data = told(UserIdentityRq(2, 1, NAME, PASSCODE), reveal=True)
    assert values["secondary"] == PASSCODE.hex()
    assert PASSCODE in data


def test_bytes_that_could_not_be_decoded_are_masked_too():
    data = event_with(UserIdentityRq(2, 1, NAME, PASSCODE)).data[:-1]
    line = to_json(event_of(EventKind.MALFORMED, data=data))
    assert PASSCODE[:-1].hex() not in line


@pytest.mark.parametrize(
    "item",
    [
        UnknownItem(0x58, b"\2\1\0\xff" + NAME + PASSCODE),
        UnknownItem(0x59, b"\xff\xff" + PASSCODE),
        UnknownItem(0x50, b"\x58\0\0\x15\2\1\0\0\0\x0d" + PASSCODE + b"\0\0"),
    ],
    ids=["request", "answer", "nested"],
)
def test_an_identity_that_could_not_be_read_is_masked_too(item):
    line = to_json(event_with(item))
    assert PASSCODE.hex() not in line
    assert MASK in json.loads(line)["pdu"]["other_user_information"][0].values()
