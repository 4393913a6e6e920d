"""An answer that is edited before it is sent: nothing is lost on the way, what is wrong is told beside its field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from parley.model.answers.draft import AnswerDraft, ContextAnswer
from parley.model.build import accept_pdu, request_pdu
from parley.model.from_wire import lost_of_accept
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    ForcedAnswer,
    ProposedContext,
    RequestorHandle,
    RoleProposal,
)
from parley.model.secret import Secret
from parley.ul.codes import VERIFICATION
from parley.ul.conformance import check_accept
from parley.ul.errors import Severity
from parley.ul.pdu import PresentationContextAc
from tests.model.strategies import acceptor_handles, requestor_handles

CT = "1.2.840.10008.5.1.4.1.1.2"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
RQ = request_pdu(RequestorHandle(contexts=(ProposedContext(VERIFICATION), ProposedContext(CT, (EXPLICIT,)))))
AC = accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ)
DRAFT = AnswerDraft.of(AC, RQ)


def with_context(row: int, **facts: object) -> AnswerDraft:
    """The draft with one context answered otherwise."""
    contexts = list(DRAFT.contexts)
    contexts[row] = replace(contexts[row], **facts)
    return replace(DRAFT, contexts=tuple(contexts))


def fields(draft: AnswerDraft, severity: Severity = Severity.ERROR) -> list[str]:
    """Where something is wrong."""
    return [problem.field for problem in draft.problems() if problem.severity is severity]


def test_a_draft_says_what_is_answered_to_each_proposed_context():
    assert DRAFT.contexts == (
        ContextAnswer(1, VERIFICATION, (IMPLICIT, EXPLICIT), 0, (IMPLICIT,)),
        ContextAnswer(3, CT, (EXPLICIT,), 3, (EXPLICIT,)),
    )


@settings(max_examples=60)
@given(requestor_handles, acceptor_handles)
def test_an_answer_that_nobody_edits_goes_out_as_it_was(asking, answering):
    """Everything that this side itself would answer, and a handle can say; what is wrong with it is told."""
    rq = request_pdu(asking)
    ac = accept_pdu(answering, AcceptanceRules(), rq)
    draft = AnswerDraft.of(ac, rq)
    assert draft.pdu == ac or lost_of_accept(ac, rq)
    assert {finding.text for finding in check_accept(rq, draft.pdu)} <= {problem.text for problem in draft.problems()}


def test_results_and_transfer_syntaxes_are_sent_as_edited():
    assert with_context(1, result=0).pdu.presentation_contexts[1] == PresentationContextAc.of(3, 0, EXPLICIT)
    assert with_context(0, result=7, transfer_syntaxes=("1.2.3",)).pdu.presentation_contexts[0] == (
        PresentationContextAc.of(1, 7, "1.2.3")
    )
    assert with_context(0, transfer_syntaxes=()).pdu.presentation_contexts[0].sub_items == ()
    assert [each.context_id for each in with_context(0, result=None).pdu.presentation_contexts] == [3]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"result": 7}, "contexts[0].result"),
        ({"result": 300}, "contexts[0].result"),
        ({"result": None}, "contexts"),
        ({"transfer_syntaxes": ()}, "contexts[0].transfer_syntaxes"),
        ({"transfer_syntaxes": ("1.2.3",)}, "contexts[0].transfer_syntaxes"),
        ({"transfer_syntaxes": ("1.x",)}, "contexts[0].transfer_syntaxes"),
    ],
)
def test_what_is_wrong_with_a_context_is_told_at_its_row(facts, field):
    assert field in fields(with_context(0, **facts))


def test_an_answer_that_nobody_asked_for_is_shown_and_told():
    handle = AcceptorHandle(forced_answers=(ForcedAnswer("", 0, None, 9),))
    draft = AnswerDraft.of(accept_pdu(handle, AcceptanceRules(), RQ), RQ)
    assert draft.contexts[2] == ContextAnswer(9, "", (), 0, (IMPLICIT,))
    assert fields(draft) == ["contexts[2].context_id"]


@pytest.mark.parametrize(
    ("facts", "field", "severity"),
    [
        ({"maximum_length": 2**32}, "maximum_length", Severity.ERROR),
        ({"implementation_class_uid": None}, "implementation_class_uid", Severity.WARNING),
        ({"maximum_length": None}, "maximum_length", Severity.WARNING),
        ({"application_context": "1.2.3"}, "application_context", Severity.ERROR),
        ({"asynchronous_operations": AsynchronousOperations()}, "asynchronous_operations", Severity.NOTE),
        ({"roles": (RoleProposal(CT),)}, "roles[0].sop_class_uid", Severity.NOTE),
        ({"identity_response": Secret.of("yes")}, "identity_response", Severity.NOTE),
        ({"called_ae_title": "OTHER"}, "called_ae_title", Severity.NOTE),
    ],
)
def test_what_is_wrong_with_the_rest_is_told_at_its_field(facts, field, severity):
    draft = replace(DRAFT, handle=replace(DRAFT.handle, **facts))
    assert field in fields(draft, severity)


def test_a_plain_answer_has_no_problems():
    assert DRAFT.problems() == ()


def test_everything_that_is_asked_for_can_be_granted():
    asking = RequestorHandle(
        contexts=(ProposedContext(CT, (EXPLICIT,)),),
        roles=(RoleProposal(CT, 1, 1),),
        asynchronous_operations=AsynchronousOperations(5, 5),
    )
    rq = request_pdu(asking)
    draft = AnswerDraft.of(accept_pdu(AcceptorHandle(maximum_length=4096), AcceptanceRules(), rq), rq).granting_all()
    assert draft.contexts == (ContextAnswer(1, CT, (EXPLICIT,), 0, (EXPLICIT,)),)
    assert draft.handle.roles == asking.roles
    assert draft.handle.asynchronous_operations == asking.asynchronous_operations
    assert draft.pdu.maximum_length == 4096
    assert not fields(draft)


def test_accepting_takes_a_transfer_syntax_that_was_proposed():
    rejected = ContextAnswer(3, CT, (EXPLICIT, IMPLICIT), 3, ())
    assert rejected.with_result(0) == ContextAnswer(3, CT, (EXPLICIT, IMPLICIT), 0, (EXPLICIT,))
    assert replace(rejected, transfer_syntaxes=(IMPLICIT,)).with_result(0).transfer_syntaxes == (IMPLICIT,)
    assert rejected.with_result(4).transfer_syntaxes == ()
