"""The held requests: which wait, for how long, and what became of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.answers.held import HELD_ROLE, MOST_SETTLED, Column, HeldModel, Stage
from parley.model.decision import Hold, Reject
from parley.model.event import EventKind
from parley.model.handle import Rejection
from parley.ul.errors import Finding, Severity
from tests.bridge.samples import Samples, request
from tests.harness.clock import ManualClock

REFUSAL = Reject(Rejection(1, 1, 7))
ODD = Finding(Severity.WARNING, "items[1].context_id", 0, "An odd thing.", "Mend it.")


@pytest.fixture
def clock():
    made = ManualClock()
    made.advance(1)
    return made


@pytest.fixture
def model(qapp, clock):
    made = HeldModel(monotonic=clock.time)
    made.checker = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


@pytest.fixture
def samples():
    return Samples()


def held(samples, number, seconds=25.0):
    """What a request that is held leaves in the log."""
    facts = {"peer": f"10.0.0.7:{4000 + number}"}
    return [
        samples.event(EventKind.PDU_RECEIVED, number, pdu=request(), findings=(ODD,), **facts),
        samples.event(EventKind.HELD, number, pdu=request(), hold=Hold(REFUSAL, seconds), **facts),
    ]


def texts(model, row):
    return [model.data(model.index(row, column)) for column in Column]


def test_a_held_request_has_a_row_that_counts_down(model, samples, clock):
    model.update(held(samples, 3))
    assert texts(model, 0) == ["3", "0:25", "CT_1", "ARCHIVE", "10.0.0.7:4003", "2", "1"]
    clock.advance(19.5)
    assert texts(model, 0)[Column.LEFT] == "0:05"
    clock.advance(78.5)
    assert texts(model, 0)[Column.LEFT] == "0:00"


def test_the_second_hand_turns_only_while_one_waits(model, samples, qtbot):
    model.update(held(samples, 3))
    with qtbot.waitSignal(model.dataChanged) as changed:
        pass
    assert changed.args[0].column() == changed.args[1].column() == Column.LEFT
    model.update([samples.event(EventKind.DECIDED, 3, text="accept")])
    assert not model._seconds.isActive()


@pytest.mark.parametrize("batches", [1, 2])
def test_a_request_that_is_to_wait_for_something_else_keeps_its_row(model, samples, batches):
    told = []
    model.settled.connect(told.append)
    first, again = held(samples, 3), held(samples, 3, seconds=5.0)[1:]
    for batch in [first + again] if batches == 1 else [first, again]:
        model.update(batch)
    assert model.rowCount() == 1
    assert model.at(0).hold.seconds == 5.0
    assert not told


def test_a_title_that_cannot_be_printed_is_shown_in_escapes(model, samples):
    odd = replace(request(), called_ae_title="A\x00B", calling_ae_title="C\x9f\nD")
    model.update([samples.event(EventKind.HELD, 3, pdu=odd, hold=Hold(REFUSAL, 25.0))])
    assert (texts(model, 0)[Column.CALLING], texts(model, 0)[Column.CALLED]) == ("C\\x9f\\x0aD", "A\\x00B")


def test_no_limit_is_said(model, samples):
    model.update(held(samples, 3, seconds=None))
    assert texts(model, 0)[Column.LEFT] == "no limit"


@pytest.mark.parametrize(
    ("kind", "text", "stage", "words"),
    [
        (EventKind.DECIDED, "reject 1/1/7", Stage.ANSWERED, "answered: reject 1/1/7"),
        (EventKind.WITHDRAWN, "by the peer", Stage.WITHDRAWN, "withdrawn by the peer"),
        (EventKind.CLOSED, "", Stage.WITHDRAWN, "withdrawn"),
    ],
)
@pytest.mark.parametrize("batches", [1, 2])
def test_what_became_of_it_stays_to_be_read(model, samples, qtbot, kind, text, stage, words, batches):
    told = []
    model.settled.connect(told.append)
    before, after = held(samples, 3), [samples.event(kind, 3, text=text)]
    if batches == 1:
        model.update(before + after)
    else:
        model.update(before)
        model.update(after)
    assert texts(model, 0)[Column.LEFT] == words
    assert model.index(0, 0).data(HELD_ROLE).stage is stage
    assert [each.number for each in told] == [3]
    assert not model.waiting


def test_what_is_settled_is_settled_once(model, samples):
    model.update(held(samples, 3))
    model.update([samples.event(EventKind.DECIDED, 3, text="accept"), samples.event(EventKind.CLOSED, 3)])
    model.update([samples.event(EventKind.WITHDRAWN, 3, text="by the peer")])
    assert texts(model, 0)[Column.LEFT] == "answered: accept"


def test_it_tells_what_comes_and_how_many_wait(model, samples):
    came, counts = [], []
    model.held.connect(came.append)
    model.waiting_changed.connect(counts.append)
    model.update(held(samples, 1) + held(samples, 2))
    model.update([samples.event(EventKind.DECIDED, 1, text="accept")])
    assert [each.number for each in came] == [1, 2]
    assert came[0].findings == (ODD,)
    assert counts == [2, 1]
    assert [each.number for each in model.waiting] == [2]
    assert model.row_of(2) == 1
    assert model.row_of(9) is None


def test_decisions_about_what_was_not_held_are_nothing_to_it(model, samples):
    model.update(list(samples.association(5)))
    assert model.rowCount() == 0


def test_settled_requests_can_be_cleared_and_do_not_pile_up(model, samples):
    for number in range(1, MOST_SETTLED + 11):
        model.update([*held(samples, number), samples.event(EventKind.DECIDED, number, text="accept")])
    model.update(held(samples, 999))
    assert model.rowCount() == MOST_SETTLED + 1
    assert model.at(0).number == 11
    model.clear_settled()
    assert [each.number for each in model.waiting] == [999]
    assert model.rowCount() == 1


def test_after_dropped_events_only_living_requests_wait(model, samples):
    model.update(held(samples, 1) + held(samples, 2))
    model.retain({2})
    assert [each.number for each in model.waiting] == [2]
    assert texts(model, 0)[Column.LEFT] == "withdrawn unseen"
