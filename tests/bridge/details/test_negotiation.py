"""The negotiated contexts as a table."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.details.negotiation import ACCEPTED_ROLE, PORTION, Column, NegotiationModel
from parley.ul.codes import Role
from parley.ul.negotiation import answer_contexts
from parley.ul.pdu import PresentationContextRq, RoleSelection
from tests.bridge.samples import CT, answer, request


@pytest.fixture
def model(qapp):
    made = NegotiationModel()
    made.checker = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def column(model, which):
    return [model.index(row, which).data() for row in range(model.rowCount())]


def test_tells_each_result_in_words_with_names(model):
    model.set_negotiation(request(), answer(request()), Role.REQUESTOR)
    assert column(model, Column.ID) == ["1", "3"]
    assert column(model, Column.ABSTRACT_SYNTAX) == ["Verification SOP Class", "CT Image Storage"]
    accepted, rejected = column(model, Column.RESULT)
    assert "accepted" in accepted
    assert "Implicit VR Little Endian" in accepted
    assert "abstract syntax not supported" in rejected
    assert [model.index(row, 0).data(ACCEPTED_ROLE) for row in range(2)] == [True, False]
    assert model.words == "1 of 2 accepted"


def test_tells_what_was_asked_for_and_not_answered(model):
    rq = request()
    asked = replace(rq.user_information, sub_items=(*rq.user_information.sub_items, RoleSelection(CT, 0, 1)))
    rq = replace(rq, items=(*rq.items[:-1], asked))
    model.set_negotiation(rq, answer(request()), Role.REQUESTOR)
    assert model.words == (
        "1 of 2 accepted · role selections: 1 asked, 0 answered"
        " · asked for, not answered: role selection for CT Image Storage"
    )


def test_a_request_without_an_answer(model):
    model.set_negotiation(request(), None, Role.REQUESTOR)
    assert column(model, Column.RESULT) == ["no answer yet"] * 2
    assert model.index(0, 0).data(ACCEPTED_ROLE) is None
    assert model.words.startswith("2 proposed")


def test_an_answer_without_a_request(model):
    model.set_negotiation(None, answer(request()), Role.REQUESTOR)
    assert column(model, Column.ABSTRACT_SYNTAX) == ["not proposed"] * 2
    assert model.words == "0 of 2 accepted"


def test_neither(model):
    model.set_negotiation(None, None, Role.REQUESTOR)
    assert (model.rowCount(), model.words) == (0, "")


def test_data_is_total(model):
    model.set_negotiation(request(), answer(request()), Role.ACCEPTOR)
    for row in range(model.rowCount()):
        for which in Column:
            for role in range(int(Qt.ItemDataRole.UserRole) + 3):
                model.data(model.index(row, which), role)
                model.headerData(which, Qt.Orientation.Horizontal, role)
    assert model.data(QModelIndex()) is None
    assert "1.2.840.10008.1.1" in model.index(0, Column.ABSTRACT_SYNTAX).data(Qt.ItemDataRole.ToolTipRole)


def test_very_many_contexts_come_in_portions(qapp):
    model = NegotiationModel()
    rq = request()
    context = rq.presentation_contexts[0]
    many = tuple(replace(context, context_id=2 * number + 1) for number in range(600))
    answers = answer_contexts(many[:500], {context.abstract_syntax: context.transfer_syntaxes})
    model.set_negotiation(replace(rq, items=many), replace(answer(rq), items=answers), Role.REQUESTOR)
    assert model.rowCount() == PORTION
    assert model.words.startswith(f"500 of 600 accepted · the first {PORTION} are listed")
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert column(model, Column.ID) == [str(2 * number + 1) for number in range(600)]
    assert sum(model.index(row, 0).data(ACCEPTED_ROLE) for row in range(600)) == 500


def test_very_many_transfer_syntaxes_and_roles_are_named_in_part(model):
    rq = request()
    context = rq.presentation_contexts[0]
    proposed = PresentationContextRq.of(1, context.abstract_syntax, tuple(f"1.2.{number}" for number in range(5000)))
    roles = tuple(RoleSelection(f"1.2.3.{number}", 0, 1) for number in range(5000))
    asked = replace(rq.user_information, sub_items=(*rq.user_information.sub_items, *roles))
    model.set_negotiation(replace(rq, items=(proposed, asked)), answer(request()), Role.REQUESTOR)
    assert column(model, Column.PROPOSED)[0].endswith("1.2.63, 4936 more")
    assert model.words.endswith("role selection for 1.2.3.63, 4936 more")
