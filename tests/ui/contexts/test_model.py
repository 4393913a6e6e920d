"""The contexts table's model: edits, numbers, moves, problems and answers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.problems.validation import Problem
from parley.ui.contexts.model import ContextModel
from parley.ui.contexts.row import Column
from parley.ui.kit.edits import move_rows
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.errors import Severity
from parley.ul.negotiation import outcome

CT = "1.2.840.10008.5.1.4.1.1.2"
PRIVATE = "1.2.3.4"
THREE = (ProposedContext(VERIFICATION), ProposedContext(CT), ProposedContext(PRIVATE))


@pytest.fixture
def model(qapp):
    made = ContextModel(ProposedContext)
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.set_contexts(THREE)
    return made


def column(model, which):
    number = model.columns.index(which)
    return [model.index(row, number).data() for row in range(model.rowCount())]


def answers(model):
    request = request_pdu(RequestorHandle(contexts=model.contexts()))
    return outcome(request, accept_pdu(AcceptorHandle(), AcceptanceRules(), request))


def test_rows_show_numbers_names_and_transfer_syntaxes(model):
    assert column(model, Column.NUMBER) == ["1", "3", "5"]
    assert column(model, Column.ABSTRACT_SYNTAX) == ["Verification SOP Class", "CT Image Storage", PRIVATE]
    assert column(model, Column.TRANSFER_SYNTAXES) == ["Implicit VR LE, Explicit VR LE"] * 3


def test_an_scps_table_has_neither_numbers_nor_results(qapp):
    model = ContextModel(SupportedContext)
    assert model.columns == [Column.ABSTRACT_SYNTAX, Column.TRANSFER_SYNTAXES]
    model.add([CT], (IMPLICIT_VR_LITTLE_ENDIAN,))
    assert model.contexts() == (SupportedContext(CT, (IMPLICIT_VR_LITTLE_ENDIAN,)),)


def test_adding_takes_several_and_the_same_twice(qtbot, model):
    with qtbot.waitSignal(model.edited):
        rows = model.add([CT, CT], (EXPLICIT_VR_LITTLE_ENDIAN,))
    assert list(rows) == [3, 4]
    assert model.contexts()[3:] == (ProposedContext(CT, (EXPLICIT_VR_LITTLE_ENDIAN,)),) * 2


def test_removing_takes_exactly_the_rows_that_were_meant(model):
    model.remove([0, 2])
    assert model.contexts() == (THREE[1],)


def test_moving_keeps_numbers_in_order(model):
    assert move_rows(model, [1, 2], -1) == [0, 1]
    assert model.contexts() == (THREE[1], THREE[2], THREE[0])
    assert column(model, Column.NUMBER) == ["1", "3", "5"]
    assert move_rows(model, [0], -1) == [0]
    assert move_rows(model, [1], 1) == [2]
    assert model.contexts() == (THREE[1], THREE[0], THREE[2])


def test_a_number_can_be_typed_and_taken_back(model):
    index = model.index(0, 0)
    assert model.setData(index, "4")
    assert model.context(0).context_id == 4
    assert column(model, Column.NUMBER) == ["4", "1", "3"]
    assert model.setData(index, "")
    assert model.context(0).context_id is None


def test_what_is_no_number_is_refused_and_nothing_changes(model):
    assert not model.setData(model.index(0, 0), "x")
    assert model.contexts() == THREE


def test_an_abstract_syntax_can_be_typed_as_name_or_as_any_text(model):
    index = model.index(0, 1)
    model.setData(index, "mr image storage")
    assert model.context(0).abstract_syntax == "1.2.840.10008.5.1.4.1.1.4"
    model.setData(index, "1.2.not a uid ")
    assert model.context(0).abstract_syntax == "1.2.not a uid "


def test_answers_are_said_in_words(model):
    model.begin_attempt()
    model.show_answers(answers(model))
    assert column(model, Column.RESULT) == [
        "Accepted with Implicit VR LE",
        "Rejected: abstract syntax not supported",
        "Rejected: abstract syntax not supported",
    ]


def test_answers_find_their_rows_although_rows_moved_meanwhile(model):
    model.begin_attempt()
    told = answers(model)
    move_rows(model, [0], 1)
    model.remove([2])
    model.show_answers(told)
    assert [text.partition(" ")[0] for text in column(model, Column.RESULT)] == ["Rejected:", "Accepted"]


def test_an_edited_row_has_no_answer_any_more(model):
    model.begin_attempt()
    told = answers(model)
    model.setData(model.index(0, 1), CT)
    model.show_answers(told)
    assert column(model, Column.RESULT)[0] == ""
    model.setData(model.index(1, 1), VERIFICATION)
    assert column(model, Column.RESULT)[1] == ""


def test_without_an_answer_the_verdict_stands_in_each_row(model):
    model.begin_attempt()
    model.show_answers((), "Not negotiated")
    assert column(model, Column.RESULT) == ["Not negotiated"] * 3


def test_problems_mark_their_row(model):
    model.show_problems({1: [Problem(Severity.ERROR, "contexts[1]", "Bad.", "Mend it.")]})
    marks = [model.index(row, 1).data(Qt.ItemDataRole.DecorationRole) is not None for row in range(3)]
    assert marks == [False, True, False]
    assert "Error: Bad. Mend it." in model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_a_context_without_transfer_syntaxes_says_so(model):
    model.set_transfer_syntaxes([0], ())
    assert column(model, Column.TRANSFER_SYNTAXES)[0] == "(none)"


@pytest.mark.parametrize("later", [(), THREE[1:], THREE[::2], (*THREE, *THREE), THREE[::-1], THREE, (THREE[0],) * 5])
def test_another_draft_replaces_only_the_rows_that_differ(qtbot, model, later):
    model.begin_attempt()
    model.show_answers((), "Not negotiated")
    with qtbot.assertNotEmitted(model.edited):
        new = model.restore(later)
    assert model.contexts() == later
    assert [bool(text) for text in column(model, Column.RESULT)] == [row not in new for row in range(len(later))]
    assert column(model, Column.NUMBER) == [str(2 * row + 1) for row in range(len(later))]


def test_several_edits_are_told_of_as_one(qtbot, model):
    told = []
    model.edited.connect(lambda: told.append(model.contexts()))
    with model.edits.as_one():
        move_rows(model, [1, 2], -1)
        model.remove([0])
    assert told == [(THREE[2], THREE[0])]
    with model.edits.as_one():
        pass
    assert len(told) == 1


def test_views_hear_of_many_rows_once(model):
    """Each time they look at their whole selection, which is a second of work for as many rows as there can be."""
    model.set_contexts([ProposedContext(f"1.2.{number}") for number in range(128)])
    told = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))
    model.set_transfer_syntaxes(range(128), (IMPLICIT_VR_LITTLE_ENDIAN,))
    assert told == [(0, 127), (0, 127)]  # the rows, then their numbers
    told.clear()
    problem = Problem(Severity.WARNING, "contexts", "Odd.")
    model.show_problems({row: [problem] for row in range(3, 100)})
    assert told == [(3, 99)]
    model.show_problems({row: [problem] for row in range(3, 100)})
    assert told == [(3, 99)]
