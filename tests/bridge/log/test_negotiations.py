"""Request and answer of an association are known without a look at other rows, as long as they are in the log."""

from __future__ import annotations

import pytest

from parley.bridge.log.model import LogModel
from parley.bridge.log.negotiations import Negotiations
from parley.bridge.log.row import LogRow
from parley.model.event import EventKind
from parley.ul.pdu import AAssociateAc, AAssociateRq
from tests.bridge.samples import Samples


@pytest.fixture
def samples():
    return Samples()


def halves(model, event):
    return [type(pdu) for pdu in model.negotiation_of(event)]


def test_no_other_row_is_looked_at(samples):
    known = Negotiations()
    known.add([LogRow(event, place) for place, event in enumerate(samples.association(7))])
    known._rows[8] = [None]
    assert {type(pdu) for pdu in known.pdus(7)} == {AAssociateRq, AAssociateAc}
    assert known.pdus(9) == []


def test_what_has_left_the_log_is_not_found_any_more(qapp, samples):
    model = LogModel(capacity=100)
    model.append(samples.association(1))
    model.append(samples.association(2))
    model.append(samples.notes(95))
    first, second = (samples.event(EventKind.NOTE, number) for number in (1, 2))
    assert halves(model, first) == [type(None), type(None)]
    model.append(samples.notes(200))
    assert halves(model, second) == [type(None), type(None)]
    assert not model._negotiations._rows


def test_a_cleared_log_forgets_and_undo_brings_back(qapp, samples, qtbot):
    model = LogModel()
    model.append(samples.association(1))
    model.clear()
    event = samples.event(EventKind.NOTE, 1)
    assert halves(model, event) == [type(None), type(None)]
    model.append(samples.association(2))
    model.undo_clear()
    qtbot.waitUntil(lambda: not model.is_busy)
    for number in (1, 2):
        assert halves(model, samples.event(EventKind.NOTE, number)) == [AAssociateRq, AAssociateAc]
