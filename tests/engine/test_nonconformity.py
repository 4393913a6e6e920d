"""What breaks the standard on purpose is marked in the log, whoever asked the engine for it."""

from __future__ import annotations

import pytest

from parley.engine.engine import Engine
from parley.model.build import accept_pdu
from parley.model.decision import Abort, Accept, Caller, Decision, Reject
from parley.model.event import EventKind as K
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    ForcedAnswer,
    ProposedContext,
    Rejection,
    RequestorHandle,
)
from parley.model.problems.nonconformity import NOT_CONFORMANT
from parley.model.problems.validation import check_requestor
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION, Role
from parley.ul.errors import Severity
from tests.harness.clock import ManualClock
from tests.harness.record import Record


def asking(context: ProposedContext) -> RequestorHandle:
    return RequestorHandle(contexts=(context,))


def marks(record: Record):
    return [event for event in record.of(K.NOTE) if event.text.startswith(NOT_CONFORMANT)]


def play(run, answers: AcceptorHandle, asks: RequestorHandle) -> Record:
    """One attempt at a listener of this process."""
    record = Record()

    async def attempt():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0, handle=answers))
        await engine.requestor(RequestorSide(port=listener.port, handle=asks)).associate()
        await engine.close()

    run(attempt())
    return record


def test_a_request_is_marked_before_it_goes_out(run):
    record = play(run, AcceptorHandle(), RequestorHandle(called_ae_title="A_TITLE_THAT_IS_TOO_LONG"))
    (mark,) = marks(record)
    assert (mark.association, mark.text.partition(":")[0]) == (1, "not conformant, sent anyway")
    assert [(finding.field, finding.severity) for finding in mark.findings] == [("called_ae_title", Severity.ERROR)]
    assert mark.seq < record.of(K.PDU_SENT)[0].seq


def test_a_listener_is_marked_with_its_address(run):
    record = play(run, AcceptorHandle(forced_answers=(ForcedAnswer("", 7),)), RequestorHandle())
    (mark,) = marks(record)
    assert mark.text.partition(":")[0] == "not conformant, listening anyway"
    assert "Result 7" in mark.text
    assert mark.local == record.of(K.LISTENING)[0].local
    assert {finding.severity for finding in mark.findings} == {Severity.ERROR}


def test_answers_that_change_while_listening_are_marked_then(run):
    record = Record()

    async def change():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0))
        assert marks(record) == []
        listener.change(AcceptorSide(handle=AcceptorHandle(forced_answers=(ForcedAnswer("", 7),))))
        await engine.close()

    run(change())
    (mark,) = marks(record)
    assert "Result 7" in mark.text


def answered(run, decide, side=None) -> Record:
    """One attempt at a listener of this process that decides like this."""
    record = Record()

    async def attempt():
        engine = Engine(record)
        listener = await engine.listen(side or AcceptorSide(port=0), decide)
        await engine.requestor(RequestorSide(port=listener.port)).associate()
        await engine.close()

    run(attempt())
    return record


@pytest.mark.parametrize(
    ("decision", "kind", "field", "words"),
    [
        (Reject(Rejection(1, 1, 4)), K.REJECTED, "reason", "Reason 4 of a rejection by the service-user is reserved."),
        (Reject(Rejection(1, 3, 7)), K.REJECTED, "reason", "service-provider-presentation"),
        (Reject(Rejection(3, 1, 1)), K.REJECTED, "result", "Result 3"),
        (Reject(Rejection(1, 0, 1)), K.REJECTED, "source", "Source 0"),
        (Abort(1, 0), K.ABORTED, "source", "Source 1"),
        (Abort(2, 3), K.ABORTED, "reason", "Reason 3"),
    ],
    ids=repr,
)
def test_codes_that_are_reserved_are_marked_before_they_go_out_and_when_they_come(run, decision, kind, field, words):
    record = answered(run, lambda _caller: decision)
    (mark,) = marks(record)
    assert mark.text.partition(":")[0] == "not conformant, sent anyway"
    assert words in mark.text
    assert mark.association == next(event.association for event in record.of(kind) if event.role is Role.ACCEPTOR)
    sent, received = (record.of(kind)[-1] for kind in (K.PDU_SENT, K.PDU_RECEIVED))
    assert mark.seq < sent.seq
    assert [(each.field, each.severity) for each in mark.findings] == [(field, Severity.ERROR)]
    assert [(each.field, each.text) for each in received.findings] == [
        (each.field, each.text) for each in mark.findings
    ]
    assert [each.offset for each in received.findings] == [{"result": 7, "source": 8, "reason": 9}[field]]


@pytest.mark.parametrize("decision", [Reject(Rejection(2, 3, 1)), Abort(0, 0), Abort(2, 6), Abort(0, 5)], ids=repr)
def test_codes_that_the_standard_has_are_not_marked(run, decision):
    assert marks(answered(run, lambda _caller: decision)) == []


def test_codes_of_the_acceptance_rules_are_marked_at_each_caller(run):
    rules = AcceptanceRules(reject_all=Rejection(1, 1, 9))
    (mark,) = marks(answered(run, None, AcceptorSide(port=0, rules=rules)))
    assert "Reason 9" in mark.text


def test_another_profiles_reserved_results_are_marked_at_each_caller(run):
    odd = AcceptorSide(handle=AcceptorHandle(forced_answers=(ForcedAnswer("", 7),)))

    def decide(caller: Caller) -> Decision:
        return Accept(accept_pdu(odd.handle, odd.rules, caller.request))

    long = AcceptorHandle(implementation_version_name="a name of more than 16")
    for own in (AcceptorHandle(), long):
        *_, mark = marks(answered(run, decide, AcceptorSide(port=0, handle=own)))
        assert mark.text.partition(":")[0] == "not conformant, answered anyway"
        assert "result 7" in mark.text


def test_what_keeps_to_the_standard_is_not_marked(run):
    assert marks(play(run, AcceptorHandle(), RequestorHandle())) == []


def test_a_warning_alone_is_no_mark(run):
    twice = ProposedContext(VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN))
    assert [problem.severity for problem in check_requestor(RequestorSide(handle=asking(twice)))] == [Severity.WARNING]
    assert marks(play(run, AcceptorHandle(), asking(twice))) == []
