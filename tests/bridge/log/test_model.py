"""The log model: ring, filter, pause, clear, and Qt's own checks while rows come and go."""

import time

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.log.model import Column, LogModel
from parley.bridge.log.row import HIDDEN_BY_DEFAULT, LogFilter
from parley.bridge.log.words import LOG
from parley.bridge.roles import SEVERITY_ROLE
from parley.model.event import EventKind
from parley.model.expression import parse
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import AAssociateAc, AAssociateRq, AReleaseRq
from tests.bridge.samples import Samples

ALL_KINDS = LogFilter(hidden_kinds=frozenset())


def asking(text):
    return LogFilter(parse(text, LOG))


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def model(qapp):
    made = LogModel(capacity=100)
    made.checker = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def text(model, row, column):
    return model.data(model.index(row, column))


def texts(model, column=Column.SUMMARY):
    return [text(model, row, column) for row in range(model.rowCount())]


class TestRows:
    def test_shows_an_event_in_its_columns(self, model, samples):
        model.append([next(samples.association(3))])
        assert text(model, 0, Column.NUMBER) == "1"
        assert text(model, 0, Column.ASSOCIATION) == "3"
        assert text(model, 0, Column.WHO) == "10.0.0.7:4003 → 127.0.0.1:11112"
        assert text(model, 0, Column.EVENT) == "connection accepted"
        assert text(model, 0, Column.SUMMARY)
        moment = time.strftime("%H:%M:%S", time.localtime(1_700_000_000))
        assert text(model, 0, Column.TIME) == f"{moment}.265"

    def test_a_title_that_cannot_be_printed_is_shown_in_escapes(self, model, samples):
        titles = {"local_ae_title": "A\x00B", "peer_ae_title": "C\u202eD"}
        model.append([samples.event(EventKind.PDU_SENT, 1, pdu=AReleaseRq(), **titles)])
        assert text(model, 0, Column.WHO) == "A\\x00B → C\\u202eD"

    def test_titles_stand_for_addresses_where_they_are_known(self, model, samples):
        model.append(list(samples.association(1)))
        assert text(model, 1, Column.WHO) == "CT_1 → ARCHIVE"
        assert text(model, 3, Column.WHO) == "ARCHIVE → CT_1"

    def test_states_and_timers_are_hidden_at_first(self, model, samples):
        model.append(list(samples.association(1)))
        assert (model.total, model.shown) == (12, 9)
        model.set_filter(ALL_KINDS)
        assert model.shown == 12

    def test_delta_counts_from_the_row_shown_before_of_the_same_association(self, model, samples):
        first, second = samples.association(1), samples.association(2)
        model.append([event for pair in zip(first, second, strict=True) for event in pair])
        deltas = {text(model, row, Column.ASSOCIATION): [] for row in range(model.rowCount())}
        for row in range(model.rowCount()):
            deltas[text(model, row, Column.ASSOCIATION)].append(text(model, row, Column.DELTA))
        assert deltas["1"][:3] == ["", "0.040", "0.040"]
        assert deltas["1"] == deltas["2"]
        model.set_filter(ALL_KINDS)
        assert text(model, 2, Column.DELTA) == "0.020"

    def test_findings_and_failures_have_a_severity_in_words(self, model, samples):
        model.append(list(samples.association(1)))
        index = model.index(1, Column.EVENT)
        assert index.data(SEVERITY_ROLE) is Severity.WARNING
        assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "warning: PDU received"
        assert model.index(0, Column.EVENT).data(SEVERITY_ROLE) is None
        model.append([samples.event(EventKind.CONNECT_FAILED)])
        assert model.severity_at(model.shown - 1) is Severity.ERROR

    def test_a_finding_that_is_only_a_note_does_not_make_a_row_stand_out(self, model, samples):
        request = next(event for event in samples.association(1) if event.kind is EventKind.PDU_RECEIVED)
        noted = replace(request, noted=(Finding(Severity.NOTE, "reserved", 1, "Not zero."),))
        model.append([noted])
        assert model.severity_at(0) is None

    def test_data_is_total(self, model, samples):
        model.append(samples.notes(1))
        for role in range(int(Qt.ItemDataRole.UserRole) + 20):
            for column in Column:
                model.data(model.index(0, column), role)
                model.headerData(column, Qt.Orientation.Horizontal, role)
        assert model.data(QModelIndex()) is None
        assert model.data(model.index(0, 0).sibling(7, 0)) is None
        assert model.headerData(99, Qt.Orientation.Horizontal) is None
        assert model.event_at(-1) is None
        assert model.text_at(5, 0) == ""

    def test_one_insert_for_each_batch(self, qtbot, model, samples):
        inserted = []
        model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
        model.append(samples.notes(40))
        model.append(samples.notes(2))
        assert inserted == [(0, 39), (40, 41)]

    def test_nothing_is_inserted_for_what_is_hidden(self, qtbot, model, samples):
        with qtbot.assertNotEmitted(model.rowsInserted):
            model.append([samples.event(EventKind.STATE), samples.event(EventKind.TIMER_STARTED)])
        assert model.total == 2


class TestRing:
    def test_keeps_the_latest_and_lets_go_in_chunks(self, model, samples):
        removed = []
        model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
        for _ in range(11):
            model.append(samples.notes(10))
        assert (model.total, removed) == (110, [])
        model.append(samples.notes(5))
        assert removed == [(0, 14)]
        assert model.total == model.shown == 100
        assert texts(model, Column.NUMBER) == [str(number) for number in range(16, 116)]

    def test_hidden_rows_count_and_go_too(self, model, samples):
        for _ in range(30):
            model.append([samples.event(EventKind.STATE) for _ in range(9)] + samples.notes(1))
        assert model.total <= 110
        assert model.shown in {10, 11}

    def test_a_batch_larger_than_the_ring(self, model, samples):
        model.append(samples.notes(1000))
        assert model.total == model.shown == 100
        assert text(model, 99, Column.NUMBER) == "1000"

    def test_many_bytes_count_as_well(self, qapp, samples):
        model = LogModel(capacity=1000, byte_capacity=10_000)
        for _ in range(50):
            model.append([samples.event(EventKind.MALFORMED, data=bytes(1000))])
        assert model.total <= 11
        assert text(model, model.shown - 1, Column.NUMBER) == "50"
        model.append([samples.event(EventKind.MALFORMED, data=bytes(50_000))])
        assert model.total == 1

    def test_positions_name_rows_for_as_long_as_they_are_kept(self, model, samples):
        model.append(samples.notes(100))
        position = model.position_at(60)
        model.append(samples.notes(30))
        assert model.event_at(model.row_of(position)).text == "note 60"
        assert model.row_of(0) == 0
        assert model.row_of(10**9) == model.shown
        assert model.position_at(10**6) is None


class TestFilter:
    def test_every_word_must_occur_in_any_case_and_any_field(self, model, samples):
        model.append([*samples.association(1), *samples.notes(3, "Störung")])
        model.set_filter(asking("  ct_1   PDU "))
        assert set(texts(model, Column.EVENT)) == {"PDU received", "PDU sent"}
        model.set_filter(asking("STÖRUNG 2"))
        assert [model.event_at(0).text] == ["Störung 2"]
        model.set_filter(asking('10.0.0.7:4001 "connection accepted"'))
        assert model.shown == 1
        model.set_filter(asking('"nothing like it"'))
        assert model.shown == 0

    def test_new_rows_are_filtered_too(self, model, samples):
        model.set_filter(asking('"note 1"'))
        model.append(samples.notes(15))
        assert [model.event_at(row).text for row in range(model.shown)] == [
            "note 1",
            *(f"note {n}" for n in range(10, 15)),
        ]

    def test_one_association_only(self, model, samples):
        model.append([*samples.association(1), *samples.association(2), *samples.notes(2)])
        model.set_filter(LogFilter(association=2))
        assert set(texts(model, Column.ASSOCIATION)) == {"2"}

    def test_kinds_can_be_hidden(self, model, samples):
        model.append(list(samples.association(1)))
        model.set_filter(LogFilter(hidden_kinds=HIDDEN_BY_DEFAULT | {EventKind.PDU_RECEIVED}))
        assert "PDU received" not in texts(model, Column.EVENT)

    def test_a_large_log_is_filtered_beside_the_event_loop(self, qtbot, samples):
        model = LogModel(capacity=60_000)
        model.append(samples.notes(50_000))
        model.set_filter(asking('"note 4999"'))
        assert model.is_busy
        assert model.shown == 50_000
        model.append(samples.notes(5_000))
        assert model.shown == 50_000
        qtbot.waitUntil(lambda: not model.is_busy)
        assert model.shown == 11 + 1

    def test_the_last_of_many_changes_counts(self, qtbot, samples):
        model = LogModel(capacity=60_000)
        model.append(samples.notes(30_000))
        for word in ("note", "note 1", "note 12", "note 12345"):
            model.set_filter(asking(f'"{word}"'))
        qtbot.waitUntil(lambda: not model.is_busy)
        assert [model.event_at(row).text for row in range(model.shown)] == ["note 12345"]


class TestPause:
    def test_the_table_holds_still_and_nothing_is_lost(self, qtbot, model, samples):
        model.append(samples.notes(5))
        model.set_paused(True)
        model.append(samples.notes(20))
        assert (model.shown, model.total, model.waiting) == (5, 5, 20)
        model.set_paused(False)
        qtbot.waitUntil(lambda: not model.is_busy)
        assert (model.shown, model.waiting) == (25, 0)
        assert texts(model, Column.NUMBER) == [str(number) for number in range(1, 26)]

    def test_no_more_wait_than_the_log_would_keep(self, qtbot, model, samples):
        model.set_paused(True)
        for _ in range(30):
            model.append(samples.notes(10))
        assert model.waiting == 100
        model.set_paused(False)
        qtbot.waitUntil(lambda: not model.is_busy)
        assert text(model, model.shown - 1, Column.NUMBER) == "300"

    def test_what_comes_while_the_waiting_are_let_in_stays_behind_them(self, qtbot, samples):
        model = LogModel(capacity=60_000)
        model.set_paused(True)
        model.append(samples.notes(50_000))
        model.set_paused(False)
        model.append(samples.notes(10))
        qtbot.waitUntil(lambda: not model.is_busy)
        numbers = [event.seq for event in model.events(shown_only=True)]
        assert numbers == list(range(1, 50_011))

    def test_a_pause_can_begin_again_before_all_are_in(self, qtbot, samples):
        model = LogModel(capacity=60_000)
        model.set_paused(True)
        model.append(samples.notes(50_000))
        model.set_paused(False)
        model.set_paused(True)
        held = model.shown
        qtbot.waitUntil(lambda: not model.is_busy)
        assert model.shown == held < 50_000
        assert model.shown + model.waiting == 50_000

    def test_large_pdus_do_not_pile_up(self, qapp, samples):
        model = LogModel(capacity=1000, byte_capacity=10_000)
        model.set_paused(True)
        model.append([samples.event(EventKind.MALFORMED, data=bytes(1000)) for _ in range(40)])
        assert model.waiting == 10


class TestClear:
    def test_empties_and_can_be_undone_before_what_came_since(self, model, samples):
        model.append(samples.notes(3, "old"))
        model.clear()
        assert (model.shown, model.total, model.can_undo_clear) == (0, 0, True)
        model.append(samples.notes(2, "new"))
        model.undo_clear()
        assert [event.seq for event in model.events(shown_only=True)] == [1, 2, 3, 4, 5]
        assert not model.can_undo_clear

    def test_what_was_cleared_is_let_go_when_the_ring_is_full_again(self, model, samples):
        model.append(samples.notes(10))
        model.clear()
        model.append(samples.notes(100))
        assert not model.can_undo_clear

    def test_deltas_begin_anew(self, model, samples):
        events = list(samples.association(1))
        model.append(events[:5])
        model.clear()
        model.append(events[5:])
        assert text(model, 0, Column.DELTA) == ""

    def test_a_running_filter_ends_with_it(self, qtbot, samples):
        model = LogModel(capacity=60_000)
        model.append(samples.notes(50_000))
        model.set_filter(asking("note"))
        model.clear()
        qtbot.waitUntil(lambda: not model.is_busy)
        assert model.shown == 0


def test_finds_the_next_row_that_is_wanted(model, samples):
    model.append([*samples.association(1), *samples.association(2), *samples.association(1)])
    first_of_two = next(row for row in range(model.shown) if model.event_at(row).association == 2)
    assert model.find(first_of_two, -1, lambda event: event.association == 1) == first_of_two - 1
    assert model.find(first_of_two - 1, 1, lambda event: event.association == 1) == first_of_two + 9
    assert model.find(0, -1, lambda event: True) is None


def test_finds_both_halves_of_a_negotiation(model, samples):
    model.append([*samples.association(1), *samples.association(2)])
    event = next(event for event in model.events(shown_only=False) if event.association == 2)
    request, answer = model.negotiation_of(event)
    assert isinstance(request, AAssociateRq)
    assert isinstance(answer, AAssociateAc)
    assert model.negotiation_of(samples.event(EventKind.LISTENING)) == (None, None)


def test_counts_are_told(qtbot, model, samples):
    with qtbot.waitSignal(model.counts_changed):
        model.append(samples.notes(1))
    with qtbot.waitSignal(model.counts_changed):
        model.set_filter(asking("x"))
    with qtbot.waitSignal(model.counts_changed):
        model.set_paused(True)


def test_a_table_has_no_children(model, samples):
    model.append(samples.notes(1))
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(model.index(0, 0)) == 0
