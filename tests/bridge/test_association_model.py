"""The live associations: what opens, changes and closes them, batch by batch."""

import pytest
from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.association_model import NUMBER_ROLE, AssociationModel, Column, duration_words
from parley.model.event import EventKind
from parley.ul.codes import Role
from tests.bridge.samples import Samples
from tests.harness.clock import ManualClock


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def model(qapp, clock):
    made = AssociationModel(monotonic=clock.time, silence={5: 60.0}.get)
    made.checker = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def row_texts(model, row):
    return [model.data(model.index(row, column)) for column in Column]


def numbers(model):
    return [model.index(row, 0).data(NUMBER_ROLE) for row in range(model.rowCount())]


def test_tells_all_there_is_to_know(model, samples, clock):
    events = list(samples.association(5, is_open=True))
    model.update(events)
    clock.advance(events[0].monotonic + 75.4)
    number, peer, calling, called, state, _since, duration, silent, pdus = row_texts(model, 0)
    assert (number, peer, calling, called) == ("5", "10.0.0.7:4005", "CT_1", "ARCHIVE")
    assert state == "established (Sta6)"
    assert (duration, pdus) == ("1:15", "1 / 1")
    assert silent == "1:00"
    assert model.index(0, 3).data(NUMBER_ROLE) == 5


def test_a_requestor_calls_with_its_own_title(model, samples):
    facts = {"role": Role.REQUESTOR, "peer": "pacs:104", "local_ae_title": "ME", "peer_ae_title": "PACS"}
    model.update([samples.event(EventKind.CONNECTED, 1, **facts)])
    assert row_texts(model, 0)[1:4] == ["pacs:104", "ME", "PACS"]


def test_a_title_that_cannot_be_printed_is_shown_in_escapes(model, samples):
    facts = {"role": Role.REQUESTOR, "peer": "pacs:104", "local_ae_title": "A\x00B", "peer_ae_title": "\x1b[1mC"}
    model.update([samples.event(EventKind.CONNECTED, 1, **facts)])
    assert row_texts(model, 0)[2:4] == ["A\\x00B", "\\x1b[1mC"]


def test_changes_arrive_as_changes(qtbot, model, samples):
    events = list(samples.association(1, is_open=True))
    model.update(events[:2])
    assert row_texts(model, 0)[Column.STATE] == ""
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.update(events[2:])
    assert row_texts(model, 0)[Column.STATE] == "established (Sta6)"


def test_one_insert_for_a_batch_and_removals_where_they_are(model, samples):
    inserted, removed = [], []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    model.update([event for number in range(1, 7) for event in samples.association(number, is_open=True)])
    assert inserted == [(0, 5)]
    model.update([samples.event(EventKind.CLOSED, number) for number in (2, 3, 5)])
    assert removed == [(4, 4), (1, 2)]
    assert numbers(model) == [1, 4, 6]
    assert model.row_of(6) == 2
    assert model.row_of(2) is None


def test_what_opens_and_closes_in_one_batch_never_shows(qtbot, model, samples):
    with qtbot.assertNotEmitted(model.rowsInserted), qtbot.assertNotEmitted(model.count_changed):
        model.update(list(samples.association(1)))
    assert model.rowCount() == 0


def test_closing_and_opening_in_one_batch(model, samples):
    model.update(list(samples.association(1, is_open=True)))
    model.update([samples.event(EventKind.CLOSED, 1), *samples.association(2, is_open=True)])
    assert numbers(model) == [2]


def test_only_one_role_where_asked(qapp, samples):
    model = AssociationModel(role=Role.ACCEPTOR)
    model.update([samples.event(EventKind.CONNECTED, 1, role=Role.REQUESTOR), *samples.association(2, is_open=True)])
    assert numbers(model) == [2]


def test_events_of_strangers_are_ignored(model, samples):
    model.update([samples.event(EventKind.CLOSED, 9), samples.event(EventKind.STATE, 8), *samples.notes(2)])
    assert model.rowCount() == 0


def test_forgets_those_whose_end_was_dropped(model, samples):
    model.update([event for number in (1, 2, 3) for event in samples.association(number, is_open=True)])
    model.retain({2})
    assert numbers(model) == [2]


def test_counts_are_told(qtbot, model, samples):
    with qtbot.waitSignal(model.count_changed) as told:
        model.update(list(samples.association(1, is_open=True)))
    assert told.args == [1]
    with qtbot.waitSignal(model.count_changed) as told:
        model.update([samples.event(EventKind.CLOSED, 1)])
    assert told.args == [0]


def test_durations_go_on_while_somebody_is_there(qtbot, model, samples):
    model.update(list(samples.association(1, is_open=True)))
    with qtbot.waitSignal(model.dataChanged) as changed:
        pass
    assert (changed.args[0].column(), changed.args[1].column()) == (Column.DURATION, Column.SILENT)
    model.update([samples.event(EventKind.CLOSED, 1)])
    assert not any(timer.isActive() for timer in model.findChildren(QTimer))


def test_data_is_total(model, samples):
    model.update(list(samples.association(1, is_open=True)))
    for role in range(int(Qt.ItemDataRole.UserRole) + 20):
        for column in Column:
            model.data(model.index(0, column), role)
            model.headerData(column, Qt.Orientation.Horizontal, role)
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0, 0)) == 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0:00"), (0.9, "0:00"), (59, "0:59"), (61, "1:01"), (3723, "1:02:03")]
)
def test_durations_in_words(seconds, words):
    assert duration_words(seconds) == words
