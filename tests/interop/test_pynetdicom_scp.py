"""Our requestor against pynetdicom as SCP."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from parley.engine.errors import AssociationError
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.handle import IMPLEMENTATION_CLASS_UID, ProposedContext, RequestorHandle
from parley.ul.codes import VERIFICATION
from tests.interop.ends import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, JPEG_2000, TIMERS, asking

pytestmark = [pytest.mark.interop, pytest.mark.slow]

ECHO = [[VERIFICATION, [IMPLICIT, EXPLICIT]]]

IMPATIENT = replace(TIMERS, association_response=3, artim=3)
"""For what is never answered, by a peer that may never close either."""


def ask(run, peer, handle=None, then=(), contexts=ECHO, hear="", timers=TIMERS, **settings):
    """Associate, do what `then` names, wait until pynetdicom told `hear`; how it was for us and what it said."""

    async def play(port):
        async with asking(port, handle, timers) as ours:
            results = []
            for step in then:
                result = getattr(ours.association, step)()
                results.append(await result if result is not None else None)
            said = await asyncio.to_thread(peer.hear, hear) if hear else {}
            return ours, results, said

    with peer.serving(contexts=contexts, **settings) as port:
        return run(play(port))


def rejection(attempt):
    assert attempt.end is AttemptEnd.REJECTED
    return attempt.answer.result, attempt.answer.source, attempt.answer.reason


def test_it_reads_our_request(run, pynetdicom):
    handle = RequestorHandle(
        "ARCHIVE",
        "MODALITY",
        contexts=(ProposedContext(VERIFICATION, (EXPLICIT,)), ProposedContext(CT, (JPEG_2000, IMPLICIT), 77)),
        maximum_length=32768,
        implementation_version_name="SOMETHING",
    )
    _, _, said = ask(run, pynetdicom, handle, hear="requested")
    assert said == {
        "what": "requested",
        "server": said["server"],
        "calling": "MODALITY",
        "called": "ARCHIVE",
        "maximum_length": 32768,
        "implementation_class_uid": IMPLEMENTATION_CLASS_UID,
        "implementation_version_name": "SOMETHING",
        "contexts": [[1, VERIFICATION, [EXPLICIT]], [77, CT, [JPEG_2000, IMPLICIT]]],
    }


def test_it_accepts_echoes_and_is_released(run, pynetdicom):
    ours, (echo, was_released), said = ask(run, pynetdicom, None, ("echo", "release"), hear="echoed")
    assert ours.attempt.end is AttemptEnd.ESTABLISHED
    assert echo.status == 0
    assert was_released
    assert (said["context"], said["transfer_syntax"]) == (1, IMPLICIT)
    assert ours.record.kinds(1)[-2:] == [K.RELEASED, K.CLOSED]


@pytest.mark.parametrize("status", [0x0122, 0x0210])
def test_an_echo_may_fail_and_the_association_go_on(run, pynetdicom, status):
    _, (echo, was_released), _ = ask(run, pynetdicom, None, ("echo", "release"), echo_status=status)
    assert echo.status == status
    assert was_released


def test_it_answers_each_context(run, pynetdicom):
    handle = RequestorHandle(
        contexts=(
            ProposedContext(VERIFICATION, (BIG_ENDIAN, EXPLICIT, IMPLICIT)),
            ProposedContext(CT),
            ProposedContext(VERIFICATION, (JPEG_2000,)),
            ProposedContext("1.2.3.4", (IMPLICIT,), 255),
        )
    )
    ours, _, _ = ask(run, pynetdicom, handle, ("release",), contexts=[*ECHO, [CT, [EXPLICIT]]])
    assert [(c.context_id, int(c.result), c.transfer_syntax) for c in ours.association.contexts] == [
        (1, 0, IMPLICIT),  # its own first choice, not ours
        (3, 0, EXPLICIT),
        (5, 4, ""),
        (255, 3, ""),
    ]


@pytest.mark.parametrize(
    ("settings", "handle", "codes"),
    [
        ({"require_called": True}, RequestorHandle("ELSEWHERE"), (1, 1, 7)),
        ({"require_calling": ["FRIEND"]}, RequestorHandle("PEER_SCP", "FOE"), (1, 1, 3)),
        ({}, RequestorHandle(protocol_version=0), (1, 2, 2)),
        ({}, RequestorHandle(protocol_version=3), (1, 2, 2)),  # which has bit 0 and should be accepted
    ],
    ids=["called", "calling", "version 0", "version 3"],
)
def test_it_rejects(run, pynetdicom, settings, handle, codes):
    ours, _, _ = ask(run, pynetdicom, handle, hear="rejected" if settings else "", **settings)
    assert rejection(ours.attempt) == codes
    assert ours.record.kinds(1)[-2:] == [K.REJECTED, K.CLOSED]


def test_the_required_titles_are_accepted(run, pynetdicom):
    handle = RequestorHandle("PEER_SCP", "FRIEND")
    ours, _, _ = ask(run, pynetdicom, handle, require_called=True, require_calling=["FRIEND"])
    assert ours.attempt.end is AttemptEnd.ESTABLISHED


def test_it_takes_no_more_than_its_maximum(run, pynetdicom):
    async def play(port):
        async with AsyncExitStack() as held:
            return [(await held.enter_async_context(asking(port))).attempt for _ in range(3)]

    with pynetdicom.serving(contexts=ECHO, maximum_associations=2, timeout=10) as port:
        first, second, third = run(play(port))
    assert (first.end, second.end) == (AttemptEnd.ESTABLISHED, AttemptEnd.ESTABLISHED)
    assert rejection(third) == (2, 3, 2)


def test_it_hears_our_abort(run, pynetdicom):
    ours, _, _ = ask(run, pynetdicom, None, ("echo", "abort"), hear="aborted")
    assert [event.text for event in ours.record.of(K.ABORTED)] == ["by this side"]


@pytest.mark.parametrize(("how", "kind"), [("release", K.RELEASED), ("abort", K.ABORTED)])
def test_it_ends_what_we_asked_for(run, pynetdicom, how, kind):
    async def play(port):
        async with asking(port) as ours:
            await asyncio.to_thread(pynetdicom.hear, "established")
            pynetdicom.tell(how)
            await ours.association.wait_closed()
            return ours.record

    with pynetdicom.serving(contexts=ECHO, timeout=10) as port:
        record = run(play(port))
    assert record.kinds(1)[-2:] == [kind, K.CLOSED]


def test_it_loses_its_patience_with_an_idle_association(run, pynetdicom):
    async def play(port):
        async with asking(port) as ours:
            await ours.association.wait_closed()
            return ours.record

    with pynetdicom.serving(contexts=ECHO, timeout=3) as port:
        record = run(play(port))
    (aborted,) = [event for event in record.events if event.kind in {K.ABORTED, K.PROVIDER_ABORTED}]
    assert aborted.pdu is not None
    assert record.kinds(1)[-1] is K.CLOSED


def test_small_fragments_both_ways(run, pynetdicom):
    handle = RequestorHandle(maximum_length=20)
    ours, (echo, _), _ = ask(run, pynetdicom, handle, ("echo", "release"), maximum_length=30)
    assert echo.status == 0
    for kind, length in ((K.PDU_SENT, 30), (K.PDU_RECEIVED, 20)):
        data_pdus = [event.data for event in ours.record.of(kind) if event.data[0] == 4]
        assert len(data_pdus) > 1
        assert all(len(data) <= length + 6 for data in data_pdus)


def test_echo_is_refused_here_where_nothing_can_carry_it(run, pynetdicom):
    async def play(port):
        async with asking(port, RequestorHandle(contexts=(ProposedContext(CT),))) as ours:
            with pytest.raises(AssociationError, match="no presentation context for Verification"):
                await ours.association.echo()
            return ours.attempt, await ours.association.release()

    with pynetdicom.serving(contexts=[[CT, [IMPLICIT]]]) as port:
        attempt, was_released = run(play(port))
    assert attempt.end is AttemptEnd.ESTABLISHED
    assert was_released


@pytest.mark.parametrize(
    ("handle", "end"),
    [
        (RequestorHandle(called_ae_title=""), AttemptEnd.ABORTED_BY_PEER),
        (RequestorHandle(calling_ae_title="   "), AttemptEnd.ABORTED_BY_PEER),
        (RequestorHandle(called_ae_title="BACK\\SLASH"), AttemptEnd.ABORTED_BY_PEER),
        (RequestorHandle(calling_ae_title="RÖNTGEN"), AttemptEnd.ABORTED_BY_PEER),
        (RequestorHandle(implementation_version_name="A_NAME_OF_20_LETTERS"), AttemptEnd.ABORTED_BY_PEER),
        (RequestorHandle(application_context="1.2.3"), AttemptEnd.ESTABLISHED),
        (RequestorHandle(contexts=()), AttemptEnd.ESTABLISHED),
        (RequestorHandle(contexts=(ProposedContext(VERIFICATION),) * 128), AttemptEnd.ESTABLISHED),
        (RequestorHandle(maximum_length=None), AttemptEnd.ESTABLISHED),
        (RequestorHandle(maximum_length=0), AttemptEnd.ESTABLISHED),
        (RequestorHandle(implementation_class_uid=None), AttemptEnd.ESTABLISHED),
        (RequestorHandle(contexts=(ProposedContext(VERIFICATION, context_id=2),)), AttemptEnd.NO_ANSWER),
        (RequestorHandle(contexts=(ProposedContext(VERIFICATION, ()),)), AttemptEnd.NO_ANSWER),
    ],
    ids=[
        "blank called", "blank calling", "backslash", "umlaut", "long version name", "application context",
        "no contexts", "128 contexts", "no 51H", "51H of 0", "no 52H", "even id", "no transfer syntax",
    ],
)  # fmt: skip
def test_what_it_makes_of_an_odd_handle(run, pynetdicom, handle, end):
    timers = IMPATIENT if end is AttemptEnd.NO_ANSWER else TIMERS
    ours, _, _ = ask(run, pynetdicom, handle, timers=timers, timeout=5)
    assert ours.attempt.end is end
    assert ours.record.kinds(1)[-1] is K.CLOSED
