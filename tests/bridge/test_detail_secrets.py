"""The details of an event keep secrets until somebody asks for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from parley.bridge.details.model import DetailModel
from parley.bridge.details.tree import NO_PARENT, build
from parley.model.event import EngineEvent, EventKind
from parley.model.secret import MASK
from parley.ul.pdu import UserIdentityRq, UserInformation
from tests.harness.events import event_of
from tests.harness.samples import RQ

NAME = b"dr_who"


def event_with(passcode: bytes) -> EngineEvent:
    pdu = replace(RQ, items=(UserInformation((UserIdentityRq(2, 1, NAME, passcode),)),))
    return event_of(EventKind.PDU_SENT, pdu=pdu)


EVENT = event_with(b"correct horse")


def everything(tree, above=NO_PARENT):
    for index in tree.children(above):
        yield tree.entry(index)
        yield from everything(tree, index)


def secrets(tree) -> list[tuple[str, str]]:
    return [(entry.value, entry.meaning) for entry in everything(tree) if entry.is_secret]


@pytest.mark.parametrize(
    "event", [EVENT, structs.replace(EVENT, kind=EventKind.REQUESTED)], ids=["with bytes", "rebuilt"]
)
def test_a_tree_masks_secrets_in_fields_and_bytes(event):
    tree = build(event)
    assert tree.has_secrets
    assert secrets(tree) == [(MASK, "")]
    assert "correct horse" not in "".join(map(tree.text, tree.top))
    assert b"correct horse" not in tree.data
    assert NAME in tree.data
    assert len(tree.data) == len(EVENT.data)


def test_a_tree_reveals_what_is_asked_for():
    tree = build(EVENT, reveal=True)
    assert secrets(tree) == [(b"correct horse".hex(" ").upper(), '"correct horse"')]
    assert tree.data == EVENT.data


def test_an_event_without_secrets_has_none():
    assert not build(event_of(EventKind.PDU_SENT, pdu=RQ)).has_secrets


def test_what_was_revealed_is_hidden_for_the_next_event(qtbot):
    model = DetailModel()
    model.set_event(EVENT)
    assert b"correct horse" not in model.tree.data
    model.reveal()
    assert model.is_revealed
    assert b"correct horse" in model.tree.data
    model.reveal(reveal=False)
    assert b"correct horse" not in model.tree.data
    model.reveal()
    model.set_event(event_with(b"battery staple"))
    assert not model.is_revealed
    assert b"battery staple" not in model.tree.data


def test_a_large_event_is_never_shown_before_it_is_masked(qtbot):
    passcode = b"correct horse" * 4000
    model = DetailModel()
    shown = []
    model.changed.connect(lambda: shown.append(model.tree.data))
    model.set_event(event_with(passcode))
    assert shown
    assert all(b"correct" not in data for data in shown)
    assert secrets(model.tree) == [(MASK, "")]
