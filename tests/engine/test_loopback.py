"""Requestor and acceptor against each other: the whole life of an association."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from parley.capture.summary import summarize
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError, ListenError
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    NoContext,
    ProposedContext,
    Rejection,
    RequestorHandle,
    SupportedContext,
)
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, VERIFICATION, ContextResult
from parley.ul.pdu import AAssociateAc, AAssociateRj
from parley.ul.table import State
from tests.harness.clock import ManualClock
from tests.harness.record import Record

CT = "1.2.840.10008.5.1.4.1.1.2"


def scp(**facts):
    return AcceptorSide(port=0, **facts)


def scu(port, **facts):
    return RequestorSide(port=port, **facts)


def test_associate_echo_and_release_are_told_in_order(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp())
        association = engine.requestor(scu(listener.port))
        attempt = await association.associate()
        assert attempt.end is AttemptEnd.ESTABLISHED
        assert association.state is State.STA_6
        echo = await association.echo()
        assert echo.status == 0
        assert echo.ms > 0
        assert await association.release()
        assert association.state is State.STA_1
        await engine.close()
        assert not engine.associations

    run(play())
    requestor, acceptor = 1, 2
    assert record.kinds(requestor) == [
        K.RESOLVING, K.CONNECTING, K.CONNECTED, K.PDU_SENT, K.PDU_RECEIVED, K.ACCEPTED,
        K.MESSAGE_SENT, K.PDU_SENT, K.PDU_RECEIVED, K.MESSAGE_RECEIVED,
        K.PDU_SENT, K.PDU_RECEIVED, K.RELEASED, K.CLOSED,
    ]  # fmt: skip
    assert record.kinds(acceptor) == [
        K.CONNECTION_ACCEPTED, K.PDU_RECEIVED, K.REQUESTED, K.DECIDED, K.PDU_SENT, K.ACCEPTED,
        K.PDU_RECEIVED, K.MESSAGE_RECEIVED, K.MESSAGE_SENT, K.PDU_SENT,
        K.PDU_RECEIVED, K.PDU_SENT, K.RELEASED, K.CLOSED,
    ]  # fmt: skip
    assert [event.seq for event in record.events] == list(range(1, len(record.events) + 1))
    times = [event.monotonic for event in record.events]
    assert times == sorted(times)


def test_events_name_both_ends(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp(handle=AcceptorHandle(ae_title="THERE")))
        association = engine.requestor(scu(listener.port, handle=RequestorHandle("THERE", "HERE")))
        await association.associate()
        await engine.close()
        return listener.port

    port = run(play())
    accepted_here, accepted_there = record.of(K.ACCEPTED)[1], record.of(K.ACCEPTED)[0]
    assert (accepted_here.local_ae_title, accepted_here.peer_ae_title) == ("HERE", "THERE")
    assert (accepted_there.local_ae_title, accepted_there.peer_ae_title) == ("THERE", "HERE")
    assert accepted_here.peer == f"127.0.0.1:{port}" == accepted_there.local
    assert accepted_here.local == accepted_there.peer


@pytest.mark.parametrize(
    ("rules", "handle", "expected"),
    [
        (AcceptanceRules(reject_all=Rejection(2, 3, 1)), RequestorHandle(), (2, 3, 1)),
        (AcceptanceRules(check_called=True), RequestorHandle(called_ae_title="NOBODY"), (1, 1, 7)),
        (AcceptanceRules(calling_ae_titles=("FRIEND",)), RequestorHandle(calling_ae_title="FOE"), (1, 1, 3)),
        (AcceptanceRules(no_context=NoContext.REJECT), RequestorHandle(contexts=(ProposedContext(CT),)), (1, 1, 1)),
        (AcceptanceRules(), RequestorHandle(application_context="1.2.3"), (1, 1, 2)),
        (AcceptanceRules(), RequestorHandle(protocol_version=2), (1, 2, 2)),
    ],
)
def test_a_rejection_arrives_with_its_numbers(run, rules, handle, expected):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp(rules=rules))
        association = engine.requestor(scu(listener.port, handle=handle))
        attempt = await association.associate()
        await association.wait_closed()
        await engine.close()
        return attempt

    attempt = run(play())
    assert attempt.end is AttemptEnd.REJECTED
    assert isinstance(attempt.answer, AAssociateRj)
    assert (attempt.answer.result, attempt.answer.source, attempt.answer.reason) == expected
    assert [event.association for event in record.of(K.REJECTED)] == [2, 1]


def test_an_abort_as_decision_ends_the_attempt(run):
    async def play():
        engine = Engine(Record(), clock=ManualClock())
        listener = await engine.listen(scp(rules=AcceptanceRules(no_context=NoContext.ABORT)))
        association = engine.requestor(scu(listener.port, handle=RequestorHandle(contexts=(ProposedContext(CT),))))
        attempt = await association.associate()
        await engine.close()
        return attempt

    attempt = run(play())
    assert attempt.end is AttemptEnd.ABORTED_BY_PEER
    assert (attempt.answer.source, attempt.answer.reason) == (0, 0)


def test_each_context_gets_its_own_answer(run):
    handle = RequestorHandle(
        contexts=(
            ProposedContext(VERIFICATION),
            ProposedContext(CT),
            ProposedContext(VERIFICATION, ("1.2.840.10008.1.2.4.50",)),
        )
    )
    supported = (SupportedContext(VERIFICATION, (EXPLICIT_VR_LITTLE_ENDIAN,)),)

    async def play():
        engine = Engine(Record(), clock=ManualClock())
        listener = await engine.listen(scp(handle=AcceptorHandle(contexts=supported)))
        association = engine.requestor(scu(listener.port, handle=handle))
        attempt = await association.associate()
        contexts = association.contexts
        await engine.close()
        return attempt, contexts

    attempt, contexts = run(play())
    assert isinstance(attempt.answer, AAssociateAc)
    assert [(c.context_id, c.result) for c in contexts] == [
        (1, ContextResult.ACCEPTANCE),
        (3, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED),
        (5, ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED),
    ]
    assert contexts[0].transfer_syntax == EXPLICIT_VR_LITTLE_ENDIAN


def test_echo_needs_an_accepted_verification_context(run):
    async def play():
        engine = Engine(Record(), clock=ManualClock())
        listener = await engine.listen(scp(handle=AcceptorHandle(contexts=(SupportedContext(CT),))))
        association = engine.requestor(scu(listener.port))
        await association.associate()
        with pytest.raises(AssociationError, match="no presentation context for Verification"):
            await association.echo()
        await association.release()
        with pytest.raises(AssociationError, match="no association"):
            await association.echo()
        with pytest.raises(AssociationError, match="Sta1"):
            await association.release()
        await engine.close()

    run(play())


def test_the_association_beyond_the_limit_is_rejected_and_the_next_one_is_not(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp(maximum_associations=2))
        first, second, third, fourth = [engine.requestor(scu(listener.port)) for _ in range(4)]
        await first.associate()
        await second.associate()
        refused = await third.associate()
        await first.release()
        admitted = await fourth.associate()
        await engine.close()
        return refused, admitted

    refused, admitted = run(play())
    assert (refused.answer.result, refused.answer.source, refused.answer.reason) == (2, 3, 2)
    assert admitted.end is AttemptEnd.ESTABLISHED
    assert "decided: reject 2/3/2: no more than 2 at a time" in [summarize(event) for event in record.of(K.DECIDED)]


@pytest.mark.parametrize("by_acceptor", [False, True])
def test_an_abort_reaches_the_other_end(run, by_acceptor):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp())
        asking = engine.requestor(scu(listener.port))
        await asking.associate()
        answering = listener.associations[2]
        (answering if by_acceptor else asking).abort()
        await asking.wait_closed()
        await answering.wait_closed()
        await engine.close()

    run(play())
    told = {event.association: event.text for event in record.of(K.ABORTED)}
    assert told == ({1: "by the peer", 2: "by this side"} if by_acceptor else {1: "by this side", 2: "by the peer"})


def test_both_sides_may_release_at_once(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp())
        asking = engine.requestor(scu(listener.port))
        await asking.associate()
        answering = listener.associations[2]
        assert await asyncio.gather(asking.release(), answering.release()) == [True, True]
        await engine.close()

    run(play())
    states = {event.transition.after for event in record.of(K.STATE)}
    assert {State.STA_9, State.STA_10, State.STA_11, State.STA_12} <= states
    assert sorted(event.association for event in record.of(K.RELEASED)) == [1, 2]


def test_a_port_in_use_is_a_clear_error_and_an_event(run):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp())
        with pytest.raises(ListenError, match="in use"):
            await engine.listen(replace(scp(), port=listener.port))
        await engine.close()

    run(play())
    assert "in use" in record.of(K.LISTEN_FAILED)[0].text


def test_an_address_of_another_machine_cannot_be_listened_on(run):
    async def play():
        engine = Engine(Record(), clock=ManualClock())
        with pytest.raises(ListenError):
            await engine.listen(replace(scp(), host="192.0.2.1"))
        await engine.close()

    run(play())


def test_stopping_a_listener_ends_what_came_in_and_frees_the_port(run):
    async def play():
        engine = Engine(Record(), clock=ManualClock())
        listener = await engine.listen(scp())
        asking = engine.requestor(scu(listener.port))
        await asking.associate()
        await engine.stop(listener)
        await asking.wait_closed()
        again = await engine.listen(replace(scp(), port=listener.port))
        assert again.port == listener.port
        await engine.close()

    run(play())


def test_closing_the_engine_releases_what_it_asked_for(run):
    record = Record()

    async def play():
        engine, other = Engine(record), Engine(Record())
        listener = await other.listen(scp())
        await engine.requestor(scu(listener.port)).associate()
        await engine.close()
        assert not engine.associations
        await other.close()

    run(play())
    assert K.RELEASED in record.kinds(1)
    assert K.ABORTED not in record.kinds(1)


def test_two_hundred_associations_live_side_by_side(run):
    async def play():
        engine = Engine(Record(), clock=ManualClock())
        listener = await engine.listen(scp())
        askers = [engine.requestor(scu(listener.port)) for _ in range(200)]
        for asker in askers:
            assert (await asker.associate()).end is AttemptEnd.ESTABLISHED
        assert len(listener.associations) == 200
        assert (await askers[57].echo()).status == 0
        await engine.close()
        assert not engine.associations

    run(play())


def test_what_is_odd_about_a_request_is_told_with_its_place(run):
    """Context id 2 is even: the finding is on its byte."""
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(scp())
        handle = RequestorHandle(contexts=(ProposedContext(VERIFICATION, context_id=2),))
        await engine.requestor(scu(listener.port, handle=handle)).associate()
        await engine.close()

    run(play())
    request = next(event for event in record.of(K.PDU_RECEIVED) if event.association == 2)
    finding = next(finding for finding in request.findings if finding.field.endswith("context_id"))
    assert request.data[finding.offset] == 2
    assert request.data[finding.offset - 4] == 0x20
