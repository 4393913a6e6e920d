"""pynetdicom as SCU against our acceptor."""

from __future__ import annotations

import asyncio

import pytest

from parley.model.event import EventKind as K
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    NoContext,
    Rejection,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.model.profile import RequestorSide
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import RoleSelection
from parley.ul.table import State
from tests.interop.ends import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, JPEG_2000, STORAGE, answering

pytestmark = pytest.mark.interop

ECHO = [[VERIFICATION, [IMPLICIT]]]


def call(run, peer, *then, contexts=ECHO, meanwhile=None, scu=None, **facts):
    """Let pynetdicom associate and do what `then` names; how it went for it, and what we recorded.

    Args:
        meanwhile: coroutine function that gets our association once it is established.
        scu: further settings of pynetdicom.
        facts: of our acceptor's side.
    """

    async def play():
        async with answering(**facts) as ours:
            peer.tell("associate", port=ours.listener.port, contexts=contexts, then=then, **(scu or {}))
            if meanwhile is not None:
                await ours.record.wait_for(K.ACCEPTED)
                await meanwhile(next(iter(ours.listener.associations.values())))
            outcome = await asyncio.to_thread(peer.hear, "outcome")
            await ours.record.wait_for(K.CLOSED)
            return outcome, ours.record

    return run(play())


def test_it_is_accepted_echoes_and_releases(run, pynetdicom):
    outcome, record = call(
        run, pynetdicom, "echo", "echo", "release", scu={"calling": "MODALITY", "called": "PARLEY_SCP"}
    )
    assert outcome["is_established"]
    assert outcome["accepted"] == [[1, IMPLICIT]]
    assert outcome["statuses"] == [0, 0]
    assert outcome["how"] == "released"
    assert record.kinds(1) == [
        K.CONNECTION_ACCEPTED, K.PDU_RECEIVED, K.REQUESTED, K.DECIDED, K.PDU_SENT, K.ACCEPTED,
        *[K.PDU_RECEIVED, K.MESSAGE_RECEIVED, K.MESSAGE_SENT, K.PDU_SENT] * 2,
        K.PDU_RECEIVED, K.PDU_SENT, K.RELEASED, K.CLOSED,
    ]  # fmt: skip
    assert record.of(K.ACCEPTED)[0].peer_ae_title == "MODALITY"
    assert record.of(K.REQUESTED)[0].pdu.implementation_class_uid.startswith("1.2.826.0.1.3680043.9.3811")


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        (AcceptanceRules(check_called=True), [1, 1, 7]),
        (AcceptanceRules(calling_ae_titles=("SOMEBODY",)), [1, 1, 3]),
        (AcceptanceRules(reject_all=Rejection(2, 3, 1)), [2, 3, 1]),
        (AcceptanceRules(reject_all=Rejection(1, 2, 1)), [1, 2, 1]),
    ],
    ids=str,
)
def test_it_reads_our_rejection(run, pynetdicom, rules, codes):
    outcome, record = call(run, pynetdicom, scu={"called": "ELSEWHERE"}, rules=rules)
    assert outcome["rejection"] == codes
    assert not outcome["is_established"]
    assert record.kinds(1)[-2:] == [K.REJECTED, K.CLOSED]


def test_it_is_rejected_beyond_the_limit(run, pynetdicom):
    async def play():
        async with answering(maximum_associations=1) as ours:
            association = ours.engine.requestor(RequestorSide(port=ours.listener.port))
            await association.associate()
            pynetdicom.tell("associate", port=ours.listener.port, contexts=ECHO)
            refused = await asyncio.to_thread(pynetdicom.hear, "outcome")
            await association.release()
            pynetdicom.tell("associate", port=ours.listener.port, contexts=ECHO, then=["release"])
            return refused, await asyncio.to_thread(pynetdicom.hear, "outcome")

    refused, served = run(play())
    assert refused["rejection"] == [2, 3, 2]
    assert served["how"] == "released"


def test_it_gets_an_answer_per_context(run, pynetdicom):
    contexts = [
        [VERIFICATION, [BIG_ENDIAN, EXPLICIT, IMPLICIT]],
        [CT, [JPEG_2000]],
        ["1.2.3.4", [IMPLICIT]],
        [CT, [JPEG_2000, IMPLICIT]],
    ]
    outcome, record = call(
        run, pynetdicom, "echo", "release", contexts=contexts, handle=AcceptorHandle(contexts=STORAGE)
    )
    assert outcome["accepted"] == [[1, EXPLICIT], [7, IMPLICIT]]
    assert outcome["refused"] == [[3, 4], [5, 3]]
    assert outcome["statuses"] == [0]
    assert record.of(K.DECIDED)[0].text == "accept: 2 of 4 contexts accepted"


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [(TransferSyntaxChoice.FIRST_PROPOSED, IMPLICIT), (TransferSyntaxChoice.FIRST_PREFERRED, EXPLICIT)],
)
def test_it_takes_the_transfer_syntax_that_we_choose(run, pynetdicom, choice, chosen):
    outcome, _ = call(
        run,
        pynetdicom,
        "release",
        contexts=[[VERIFICATION, [IMPLICIT, EXPLICIT]]],
        handle=AcceptorHandle(contexts=(SupportedContext(VERIFICATION, (EXPLICIT, IMPLICIT)),)),
        rules=AcceptanceRules(choice=choice),
    )
    assert outcome["accepted"] == [[1, chosen]]


def test_it_aborts_when_no_context_is_accepted(run, pynetdicom):
    outcome, record = call(run, pynetdicom, handle=AcceptorHandle(contexts=()))
    assert outcome["is_aborted"]
    assert outcome["refused"] == [[1, 3]]
    (aborted,) = record.of(K.PROVIDER_ABORTED)
    assert "source 2 (service-provider)" in aborted.text


@pytest.mark.parametrize(("no_context", "rejection"), [(NoContext.REJECT, [1, 1, 1]), (NoContext.ABORT, None)])
def test_it_hears_that_no_context_fits(run, pynetdicom, no_context, rejection):
    rules = AcceptanceRules(no_context=no_context)
    outcome, record = call(run, pynetdicom, handle=AcceptorHandle(contexts=()), rules=rules)
    assert not outcome["is_established"]
    assert outcome["rejection"] == rejection
    assert bool(record.of(K.ABORTED)) is (rejection is None)


def test_it_aborts(run, pynetdicom):
    outcome, record = call(run, pynetdicom, "echo", "abort")
    assert outcome["how"] == "aborted"
    assert [event.text for event in record.of(K.ABORTED)] == ["by the peer"]
    assert K.RELEASED not in record.kinds(1)


def test_it_hears_our_abort(run, pynetdicom):
    async def abort(association):
        association.abort()

    outcome, record = call(run, pynetdicom, "wait", meanwhile=abort)
    assert outcome["how"] == "aborted"
    assert [event.text for event in record.of(K.ABORTED)] == ["by this side"]


def test_it_agrees_to_our_release(run, pynetdicom):
    async def release(association):
        assert await association.release()
        assert association.state is State.STA_1

    outcome, record = call(run, pynetdicom, "wait", meanwhile=release)
    assert outcome["how"] == "released"
    assert record.kinds(1)[-2:] == [K.RELEASED, K.CLOSED]


def test_it_keeps_to_our_maximum_length_and_we_to_its(run, pynetdicom):
    outcome, record = call(
        run, pynetdicom, "echo", "release", scu={"maximum_length": 64}, handle=AcceptorHandle(maximum_length=32)
    )
    assert outcome["maximum_length"] == 32
    assert outcome["statuses"] == [0]
    for kind, length in ((K.PDU_RECEIVED, 32), (K.PDU_SENT, 64)):
        data_pdus = [event.data for event in record.of(kind) if event.data[0] == 4]
        assert len(data_pdus) > 1
        assert all(len(data) <= length + 6 for data in data_pdus)


def test_its_role_selection_is_read_and_not_answered(run, pynetdicom):
    """Without a setting for roles no item 54H is sent, which leaves the default ones."""
    outcome, record = call(
        run,
        pynetdicom,
        "release",
        contexts=[[CT, [IMPLICIT]]],
        scu={"roles": [[CT, True, True]]},
        handle=AcceptorHandle(contexts=STORAGE),
    )
    assert outcome["accepted"] == [[1, IMPLICIT]]
    (asked,) = record.of(K.REQUESTED)[0].pdu.user_information.all(RoleSelection)
    assert (asked.sop_class_uid, asked.scu, asked.scp) == (CT, 1, 1)
    assert record.of(K.ACCEPTED)[0].pdu.user_information.all(RoleSelection) == ()
