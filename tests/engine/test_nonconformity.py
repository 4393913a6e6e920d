"""What breaks the standard on purpose is marked in the log, whoever asked the engine for it."""

from __future__ import annotations

from parley.engine.engine import Engine
from parley.model.event import EventKind as K
from parley.model.handle import AcceptorHandle, ForcedAnswer, ProposedContext, RequestorHandle
from parley.model.problems.nonconformity import NOT_CONFORMANT
from parley.model.problems.validation import check_requestor
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.errors import Severity
from tests.harness.record import Record


def asking(context: ProposedContext) -> RequestorHandle:
    return RequestorHandle(contexts=(context,))


def marks(record: Record):
    return [event for event in record.of(K.NOTE) if event.text.startswith(NOT_CONFORMANT)]


def play(run, answers: AcceptorHandle, asks: RequestorHandle) -> Record:
    """One attempt at a listener of this process."""
    record = Record()

    async def attempt():
        engine = Engine(record)
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
        engine = Engine(record)
        listener = await engine.listen(AcceptorSide(port=0))
        assert marks(record) == []
        listener.change(AcceptorSide(handle=AcceptorHandle(forced_answers=(ForcedAnswer("", 7),))))
        await engine.close()

    run(change())
    (mark,) = marks(record)
    assert "Result 7" in mark.text


def test_what_keeps_to_the_standard_is_not_marked(run):
    assert marks(play(run, AcceptorHandle(), RequestorHandle())) == []


def test_a_warning_alone_is_no_mark(run):
    twice = ProposedContext(VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN))
    assert [problem.severity for problem in check_requestor(RequestorSide(handle=asking(twice)))] == [Severity.WARNING]
    assert marks(play(run, AcceptorHandle(), asking(twice))) == []
