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
    assert (values["primary"], values["secondary"]) == (NAME.hex(), MASK)
    assert NAME in data


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
