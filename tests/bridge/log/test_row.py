"""A row costs what is in it only once, and never while it is painted."""

from __future__ import annotations

from parley.bridge.log import row as row_module
from parley.bridge.log.model import Column, LogModel
from parley.bridge.log.row import LogRow
from parley.bridge.roles import SEVERITY_ROLE
from parley.model.event import EventKind
from parley.ul.errors import Severity
from tests.bridge.samples import Samples
from tests.harness import hostile


def received(data):
    event = Samples().event(EventKind.PDU_RECEIVED, 1, data=data)
    return event.__class__(**{**{name: getattr(event, name) for name in event.__struct_fields__}, "noted": None})


LARGE = received(hostile.proposing(128, 63))
SMALL = received(hostile.proposing(2, 2))


def test_a_large_pdu_is_painted_before_it_is_read(qtbot, qapp, monkeypatch):
    looked = []
    monkeypatch.setattr(row_module, "summarize", lambda event: looked.append(event) or "a line")
    monkeypatch.setattr(row_module, "severity_of", lambda _: Severity.ERROR)
    model = LogModel()
    model.append([LARGE])
    index = model.index(0, Column.SUMMARY)
    for _ in range(5):
        assert index.data() == f"A-ASSOCIATE-RQ, {len(LARGE.wire)} bytes"
        assert index.data(SEVERITY_ROLE) is None
    assert not looked
    with qtbot.waitSignal(model.dataChanged):
        pass
    for _ in range(5):
        assert index.data() == "a line"
        assert index.data(SEVERITY_ROLE) is Severity.ERROR
    assert len(looked) == 1


def test_a_small_one_is_read_at_once_and_once(qapp, monkeypatch):
    looked = []
    monkeypatch.setattr(row_module, "severity_of", looked.append)
    row = LogRow(SMALL, 0)
    assert row.is_settled
    assert row.line.startswith("A-ASSOCIATE-RQ PARLEY_SCU")
    for _ in range(7):
        assert row.severity is None
    assert len(looked) == 1


def test_a_large_one_that_has_left_is_settled_without_harm(qtbot, qapp):
    model = LogModel()
    model.append([LARGE])
    assert model.text_at(0, Column.SUMMARY)
    model.clear()
    qtbot.waitUntil(lambda: not model._unsettled)
    assert model.rowCount() == 0
