"""The decoded tree: fields, names, findings at their places, bytes to fields and back, large PDUs in parts."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.details.model import DetailModel
from parley.bridge.details.tree import GROUP, MOST_LINES, build
from parley.bridge.roles import NO_INDEX, SEVERITY_ROLE
from parley.model.event import EventKind
from parley.ul.codec import encode
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import PDataTf, Pdv
from parley.ul.table import State
from tests.bridge.samples import Samples, request, step
from tests.harness.hostile import shapes

HOSTILE = shapes()


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def model(qapp):
    made = DetailModel()
    made.checker = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


@pytest.fixture
def lazy(qapp):
    """Without a checker, which would ask for everything."""
    return DetailModel()


@pytest.fixture
def request_event(samples):
    return next(event for event in samples.association(1) if event.data)


def walk(model, parent=NO_INDEX):
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield index
        yield from walk(model, index)


def rows(model):
    return [[index.sibling(index.row(), column).data() for column in range(3)] for index in walk(model)]


def find(model, name, value=None):
    for index in walk(model):
        if index.data() == name and value in {None, index.sibling(index.row(), 1).data()}:
            return index
    raise AssertionError(f"no {name}")


def test_shows_the_event_and_every_field_of_its_pdu(model, request_event):
    model.set_event(request_event)
    shown = rows(model)
    assert shown[0][:2] == [f"Event {request_event.seq}", "PDU received"]
    assert any(row[1] == "ARCHIVE" for row in shown)
    covered = {model.entry(index).offset for index in walk(model) if model.entry(index).length > 0}
    assert len(covered) > 30


def test_names_uids(model, request_event):
    model.set_event(request_event)
    meanings = [row[2] for row in rows(model) if row[1] == "1.2.840.10008.5.1.4.1.1.2"]
    assert meanings
    assert all("CT Image Storage" in meaning for meaning in meanings)
    context = next(row for row in rows(model) if row[0].startswith("Presentation Context Item") and row[1] == "3")
    assert "CT Image Storage" in context[2]


def test_a_finding_stands_below_its_field_and_marks_it(model, request_event):
    model.set_event(request_event)
    finding = find(model, "Warning")
    assert finding.sibling(finding.row(), 2).data() == "An odd thing. Mend it."
    assert finding.data(SEVERITY_ROLE) is Severity.WARNING
    about = finding.parent()
    assert about.sibling(about.row(), 1).data() == "1"
    assert about.data(SEVERITY_ROLE) is Severity.WARNING
    assert model.findings(5) == [finding]


@pytest.mark.parametrize("field", ["items[1].no_such_field", "items[99].uid", "nowhere", ""])
def test_a_finding_without_a_place_stands_at_the_nearest_above(model, samples, field):
    rq = request()
    finding = Finding(Severity.ERROR, field, -1, "Lost.")
    model.set_event(samples.event(EventKind.PDU_RECEIVED, pdu=rq, data=encode(rq), findings=(finding,)))
    index = find(model, "Error")
    assert index.parent().isValid()
    assert "Item" in index.parent().data() if field.startswith("items[1]") else "RQ" in index.parent().data()


def test_every_byte_leads_to_a_field_that_holds_it(model, request_event):
    model.set_event(request_event)
    for offset in range(len(request_event.data)):
        entry = model.entry(model.index_at_offset(offset))
        assert entry.offset <= offset < entry.offset + entry.length
        assert not entry.is_finding
    assert not model.index_at_offset(len(request_event.data)).isValid()


def test_a_pdu_without_bytes_is_encoded(model, samples):
    rq = request()
    model.set_event(samples.event(EventKind.REQUESTED, pdu=rq))
    assert model.tree.data == encode(rq)
    assert model.tree.is_rebuilt


def test_bytes_that_are_no_pdu_are_shown_all_the_same(model, samples):
    model.set_event(samples.event(EventKind.MALFORMED, data=b"GET / HTTP/1.1\r\n\r\n", text="not DICOM"))
    assert not model.tree.is_rebuilt
    assert model.index_at_offset(3).isValid()


def test_a_transition_is_told_in_words(model, samples):
    model.set_event(samples.event(EventKind.STATE, transition=step(State.STA_2, State.STA_3)))
    assert ["State after", "Sta3", "awaiting local accept or reject"] in rows(model)


def test_what_cannot_be_printed_is_escaped(model, samples):
    model.set_event(samples.event(text="a\0b\x1b[31m"))
    assert ["Text", "a\\x00b\\x1b[31m", ""] in rows(model)


def data_transfer(samples, count):
    pdu = PDataTf(tuple(Pdv(1, 0, bytes(4)) for _ in range(count)))
    return samples.event(EventKind.PDU_RECEIVED, pdu=pdu, data=encode(pdu))


def test_a_large_pdu_is_read_as_far_as_somebody_looks(lazy, samples):
    event = data_transfer(samples, 2729)
    lazy.set_event(event)
    root = lazy.index(1, 0)
    facts = len(lazy.tree.entries)
    assert facts < 10
    assert lazy.hasChildren(root)
    assert len(lazy.tree.entries) == facts, "asking whether there is something reads nothing"
    assert lazy.rowCount(root) == GROUP + 10, "the first ones, and the others in groups"
    made = sum(entry.node is not None for entry in lazy.tree.entries)
    assert made <= 1 + 10, "of what was not painted nothing is in words, but for the groups"
    lazy.index(0, 0, lazy.index(100, 0, root)).data()
    assert len(lazy.tree.entries) <= facts + GROUP + 20


def test_every_byte_of_a_long_list_leads_to_its_part(model, samples):
    event = data_transfer(samples, 700)
    model.set_event(event)
    for number in (0, GROUP - 4, GROUP - 3, GROUP, 2 * GROUP, 699):
        index = model.index_at_offset(6 + 10 * number + 6)
        assert model.entry(index).name == "Message fragment"
        assert model.entry(index.parent()).offset == 6 + 10 * number
    assert model.entry(model.index_at_offset(6 + 10 * 699).parent().parent()).name.endswith("703 of 703 parts")


def test_findings_deep_in_a_long_list_are_found(lazy, samples):
    rq = request()
    context = rq.presentation_contexts[0]
    rq = replace(rq, items=(rq.items[0], *(replace(context, context_id=n % 256) for n in range(900)), rq.items[-1]))
    findings = tuple(Finding(Severity.ERROR, f"items[{n}].context_id", -1, f"{n}.") for n in (1, 255, 500, 900))
    lazy.set_event(samples.event(EventKind.PDU_RECEIVED, pdu=rq, data=encode(rq), findings=findings))
    for index, finding in zip(lazy.findings(10), findings, strict=True):
        assert index.sibling(index.row(), 2).data() == finding.text
        about = index.parent()
        assert about.data() == "Presentation-context-ID"
        assert about.data(SEVERITY_ROLE) is Severity.ERROR
        number = int(finding.text[:-1])
        assert about.sibling(about.row(), 1).data() == str((number - 1) % 256)
    read = sum(entry.below is not None for entry in lazy.tree.entries)
    assert read <= 20, "nothing else was unfolded"


def test_another_event_replaces_the_one_before(model, samples, request_event):
    model.set_event(data_transfer(samples, 3000))
    model.set_event(request_event)
    assert model.tree.data == request_event.data
    model.set_event(None)
    assert model.rowCount() == 0


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_request_costs_what_is_looked_at(lazy, samples, name):
    data = HOSTILE[name]
    lazy.set_event(samples.event(EventKind.MALFORMED, data=data))
    root = lazy.index(1, 0)
    assert lazy.rowCount(root) < GROUP + 60
    for row in range(min(30, lazy.rowCount(root))):
        index = lazy.index(row, 0, root)
        lazy.hasChildren(index)
        assert all(isinstance(index.sibling(row, column).data(), str) for column in range(3))
    assert len(lazy.tree.entries) < 1000
    lazy.index_at_offset(len(data) // 2)
    assert len(lazy.tree.entries) < 3000


def test_what_is_copied_ends_somewhere(lazy, samples):
    lazy.set_event(data_transfer(samples, 3000))
    lines = lazy.text(lazy.index(1, 0)).splitlines()
    assert len(lines) == MOST_LINES + 1
    assert "too long to copy" in lines[-1]


def test_copies_a_field_with_what_is_below_it(model, request_event):
    model.set_event(request_event)
    text = model.text(find(model, "User Information Item"))
    assert text.splitlines()[0] == "User Information Item"
    assert any(line.startswith("    ") and "16384" in line for line in text.splitlines())
    assert model.text(QModelIndex()) == ""


def test_data_is_total(model, request_event):
    model.set_event(request_event)
    for index in walk(model):
        for column in range(3):
            for role in range(int(Qt.ItemDataRole.UserRole) + 3):
                model.data(index.sibling(index.row(), column), role)
    assert model.data(QModelIndex()) is None
    assert not model.index(99, 0).isValid()
    assert not model.index(0, 7).isValid()
    assert model.headerData(5, Qt.Orientation.Horizontal) is None


def test_any_bytes_at_all_make_a_tree(samples):
    for data in (b"\x01", b"\x04\x00\xff\xff\xff\xff", bytes(range(256)), b"\xff" * 40):
        assert build(samples.event(EventKind.MALFORMED, data=data)).entries
