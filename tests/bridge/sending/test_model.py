"""The table of files to be sent: what it says of each at every stage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.sending.model import STATE_ROLE, Column, FileState, SendingModel
from parley.bridge.sending.recipient import Recipient
from parley.engine.results import StoreResult
from parley.model.dicom_files import DicomFile, UnreadableFile
from parley.model.target import Target
from parley.ul.codes import ContextResult
from parley.ul.negotiation import NegotiatedContext
from tests.harness.dicom import CT, EXPLICIT, JPEG, MR

CT_IN_EXPLICIT = NegotiatedContext(
    3, CT, (EXPLICIT,), ContextResult.ACCEPTANCE, EXPLICIT, as_scu=True, as_scp=False, words="", is_proposed=True
)


def file(name: str, sop_class: str = CT, transfer_syntax: str = EXPLICIT, size: int = 40_000) -> DicomFile:
    return DicomFile(Path("/in", name), sop_class, "1.2.3", transfer_syntax, 132, size)


def result(name: str, status: int | None, text: str = "words", context_id: int = 3) -> StoreResult:
    return StoreResult(Path("/in", name), status, text, 12.34, 40_000, context_id)


@pytest.fixture
def model(qapp):
    made = SendingModel()
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.add([file("a"), file("b", MR), UnreadableFile(Path("/in/c"), "It is empty."), file("d", CT, JPEG)])
    return made


def text(model, row, column):
    return model.index(row, column).data()


def states(model):
    assert model.counts == {state: count for state, count in model.counts.items() if count == len(model.rows_in(state))}
    return [model.index(row, 0).data(STATE_ROLE) for row in range(model.rowCount())]


def test_a_file_is_listed_with_what_it_holds(model):
    assert [text(model, 0, column) for column in Column] == [
        "a", "CT Image Storage", "Explicit VR Little Endian", "40.0 kB", "", "", "Waiting",
    ]  # fmt: skip
    assert model.index(0, Column.FILE).data(Qt.ItemDataRole.ToolTipRole) == str(Path("/in/a"))
    assert model.index(0, Column.SOP_CLASS).data(Qt.ItemDataRole.ToolTipRole) == CT


def test_an_unreadable_file_is_listed_with_the_reason(model):
    assert text(model, 2, Column.STATE) == "Cannot be sent: It is empty."
    assert model.verdict(2).cause == "It is empty."
    assert model.files(range(4)) == [file("a"), file("b", MR), file("d", CT, JPEG)]


def test_a_file_is_listed_once(model):
    assert model.add([file("a"), file("e")]) == 1
    assert model.rowCount() == 5


def test_contexts_tell_beforehand_what_can_be_sent(model):
    model.show_contexts((CT_IN_EXPLICIT,))
    assert states(model) == [FileState.WAITING, FileState.UNFIT, FileState.UNREADABLE, FileState.UNFIT]
    assert [text(model, row, Column.CONTEXT) for row in range(4)] == ["3", "none", "", "none"]
    assert (
        model.verdict(1).cause
        == "There is no presentation context for MR Image Storage in Explicit VR Little Endian: its SOP class was not "
        "proposed."
    )
    assert "send again" in model.verdict(1).remedy
    assert "send again" in model.index(1, Column.STATE).data(Qt.ItemDataRole.ToolTipRole)
    model.show_contexts(None)
    assert states(model) == [FileState.WAITING, FileState.WAITING, FileState.UNREADABLE, FileState.WAITING]


def test_progress_and_results(model):
    model.show_progress([], 0, 10_000)
    assert (states(model)[0], text(model, 0, Column.STATE)) == (FileState.SENDING, "Sending 25 %")
    model.show_progress([(0, result("a", 0))], 1, 0)
    assert states(model)[:2] == [FileState.STORED, FileState.SENDING]
    assert [text(model, 0, c) for c in (Column.CONTEXT, Column.STATE, Column.MS)] == ["3", "Stored", "12.3"]
    assert (model.verdict(0).code, model.verdict(0).passed) == ("stored", True)
    model.show_progress([(1, result("b", 0xB000, "warning: coerced (B000H)")), (3, result("d", 0xA700, "full"))], None)
    assert states(model) == [FileState.STORED, FileState.WARNED, FileState.UNREADABLE, FileState.FAILED]
    assert text(model, 1, Column.STATE) == "Warning: coerced (B000H)"
    assert "compare" in model.verdict(1).remedy
    assert "make room" in model.verdict(3).remedy


def test_a_file_that_fits_no_context_says_so_after_it_was_tried(model):
    model.show_contexts((CT_IN_EXPLICIT,))
    model.show_progress([(1, result("b", None, "There is no …", context_id=0))], None)
    assert states(model)[1] is FileState.FAILED
    assert text(model, 1, Column.CONTEXT) == "none"
    assert text(model, 1, Column.STATE) == "Failed: no context fits"
    assert model.verdict(1).code == "store_not_proposed"
    model.show_contexts(None)
    assert (states(model)[1], model.verdict(1).code) == (FileState.FAILED, "store_not_proposed")


def test_a_file_without_an_answer_says_why(model):
    model.show_contexts((CT_IN_EXPLICIT,))
    model.show_progress([(0, result("a", None, "The association was aborted."))], None)
    assert model.verdict(0).cause == "The association was aborted."


def test_only_what_has_changed_is_told_as_one_range(model):
    told = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))
    model.show_progress([(0, result("a", 0))], 1, 20_000)
    model.show_progress([], 1, 20_000)
    model.show_progress([], None)
    model.show_contexts(None)
    assert told == [(0, 1)]


def test_files_wait_again(model):
    model.show_progress([(0, result("a", 0xA700)), (1, result("b", 0))], None)
    model.wait_again([0])
    assert states(model)[:2] == [FileState.WAITING, FileState.STORED]
    assert text(model, 0, Column.MS) == ""


def test_files_are_taken_off_the_list(model):
    model.remove([0, 2])
    assert [text(model, row, Column.FILE) for row in range(model.rowCount())] == ["b", "d"]
    assert states(model) == [FileState.WAITING] * 2
    model.clear()
    assert model.rowCount() == 0
    assert states(model) == []
    assert model.add([file("a")]) == 1


A, B = (Recipient("profile", Target("127.0.0.1", port, "PEER")) for port in (104, 105))


def test_what_became_of_a_file_belongs_to_the_recipient_it_was_sent_to(model):
    model.show_contexts((CT_IN_EXPLICIT,), A)
    model.show_progress([(0, result("a", 0)), (1, result("b", 0xA700, "full")), (3, result("d", None, "why"))], None)
    assert [text(model, row, Column.STATE) for row in (0, 1, 3)] == [
        "Stored at PEER@127.0.0.1:104",
        "Full, at PEER@127.0.0.1:104",
        "Failed: no context fits, at PEER@127.0.0.1:104",
    ]
    assert model.heading(0) == "Stored at PEER@127.0.0.1:104."

    model.show_contexts(None, B)
    assert states(model) == [FileState.WAITING, FileState.WAITING, FileState.UNREADABLE, FileState.WAITING]
    assert text(model, 0, Column.STATE) == "Waiting. Stored earlier at PEER@127.0.0.1:104"
    assert text(model, 1, Column.STATE) == "Waiting. Failed earlier at PEER@127.0.0.1:104"
    assert [text(model, 0, column) for column in (Column.CONTEXT, Column.MS)] == ["", ""]
    assert model.verdict(0).code == "store_waiting"
    assert model.heading(0) == "Waiting. Stored earlier at PEER@127.0.0.1:104."
    model.show_progress([(1, result("b", 0xB000, "warning: coerced (B000H)"))], None)
    assert model.heading(1) == "Stored at PEER@127.0.0.1:105, with a warning. Failed earlier at PEER@127.0.0.1:104."
    model.wait_again([1])
    assert text(model, 1, Column.STATE) == "Waiting. Failed earlier at PEER@127.0.0.1:104"

    model.show_contexts(None, A)
    assert states(model) == [FileState.STORED, FileState.FAILED, FileState.UNREADABLE, FileState.FAILED]
    assert model.verdict(3).code == "store_other_transfer_syntax"


def test_another_profile_that_calls_the_same_peer_has_sent_nothing(model):
    model.show_contexts(None, A)
    model.show_progress([(0, result("a", 0))], None)
    model.show_contexts(None, Recipient("other", Target("127.1", 104, "PEER")))
    assert text(model, 0, Column.STATE) == "Waiting. Stored earlier at PEER@127.0.0.1:104, by another profile"
    model.show_contexts(None, Recipient("profile", Target("127.1", 104, "PEER")))
    assert states(model)[0] is FileState.STORED


def test_what_a_proposal_would_help(model):
    model.show_contexts((CT_IN_EXPLICIT,))
    assert model.fits_any([0, 1])
    assert not model.fits_any([1, 2, 3])
    assert model.is_helped_by_proposing([0, 1])
    refused = replace(CT_IN_EXPLICIT, result=ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED)
    model.show_contexts((refused,))
    assert not model.is_helped_by_proposing([0, 2, 3])


def test_headers_have_words_and_tips(model):
    for column in Column:
        assert model.headerData(column, Qt.Orientation.Horizontal)
        assert model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert model.headerData(99, Qt.Orientation.Horizontal) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.data(QModelIndex()) is None
