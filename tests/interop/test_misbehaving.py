"""Our misbehaviours that are scripts, and what echoscu, storescp and pynetdicom make of them.

What the odd PDUs lead to stands in `test_odd_requests` and `test_odd_acceptances`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from parley.engine.errors import AssociationError
from parley.model.attempt import AttemptEnd
from parley.model.decision import Misbehave
from parley.model.event import EventKind as K
from parley.model.misbehaviour.steps import Script
from parley.model.misbehaviour.tables import ACCEPTOR, REQUESTOR
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import AAssociateRj
from tests.harness import odd
from tests.harness.process import running, serving
from tests.interop.ends import EXPLICIT, IMPLICIT, TIMERS, answering, asking

pytestmark = [pytest.mark.interop, pytest.mark.slow]

REJECTIONS = [name for name, pdu in odd.ANSWERS.items() if isinstance(pdu, AAssociateRj)]


def scripts(table):
    return [name for name, each in table.items() if isinstance(each.deed, Script)]


# --- requestors that nobody here wrote -------------------------------------------------------------------------------

ECHOES = "Received Echo Response (Success)"
LOST = "Echo Failed: 0006:0317 Peer aborted Association"
UNREADABLE = "DIMSE Failed to receive message"
ABORTED: dict[str, Any] = {"is_established": False, "is_aborted": True}
NOT_ECHOED: dict[str, Any] = {}


class Answered(NamedTuple):
    """What a requestor does.

    Attributes:
        code, said: echoscu's exit code, None where it depends on who is quicker, and parts of its output.
        pynetdicom: parts of the outcome; nothing where it depends on who is quicker, but that no echo succeeds.
    """

    code: int | None
    said: tuple[str, ...]
    pynetdicom: dict[str, Any]


ANSWERED = {
    "answer-byte-by-byte": Answered(0, (ECHOES,), {"statuses": [0], "how": "released"}),
    "half-answer": Answered(1, ("Association Request Failed: 0006:0310 DUL network closed",), ABORTED),
    "two-answers": Answered(1, ("Association Accepted", UNREADABLE), NOT_ECHOED),
    "wrong-pdu-length": Answered(1, ("0006:0307 DUL Illegal or ill-formed PDU",), ABORTED),
    "absurd-pdu-length": Answered(1, ("A-ASSOCIATE PDU too large: 4294967280 bytes, refusing.",), ABORTED),
    "http-answer": Answered(1, ("Unrecognized PDU type: 48",), ABORTED),
    "tls-alert": Answered(1, ("Unrecognized PDU type: 15",), ABORTED),
    # Its exit code is that of success.
    "abort-after-accept": Answered(0, ("Association Accepted", LOST), NOT_ECHOED),
    "close-without-release": Answered(None, ("Association Accepted", "Echo Failed"), NOT_ECHOED),
    "oversized-data": Answered(70, (UNREADABLE, "DUL Illegal PDU Length 16386.  Max expected 16384"), NOT_ECHOED),
    "abort-in-message": Answered(0, ("Association Accepted", LOST), NOT_ECHOED),
    "reset-in-message": Answered(0, ("Association Accepted", LOST), NOT_ECHOED),
    "no-release-answer": Answered(
        1,
        (ECHOES, "Association Release Failed: 0006:031a DUL network read timeout"),
        {"statuses": [0], "how": "aborted"},
    ),
    "late-release-answer": Answered(0, (ECHOES, "Releasing Association"), {"statuses": [0], "how": "released"}),
    "close-instead-of-release-answer": Answered(
        1, (ECHOES, "Association Release Failed: 0006:0317 Peer aborted"), {"statuses": [0], "how": "aborted"}
    ),
    "release-collision": Answered(
        1, (ECHOES, "Association Release Failed: 0006:0319 DUL Peer Requested Release"), {"how": "released"}
    ),
    "reserved-rejection-reason": Answered(
        1, ("invalid A-ASSOCIATE-RJ reject reason 0x0307", "Association Rejected"), {"rejection": [1, 3, 7]}
    ),
    "reserved-rejection-result": Answered(
        1, ("invalid A-ASSOCIATE-RJ reject result 0x0003", "Association Rejected"), ABORTED
    ),
}
PATIENCE = {"no-release-answer": 3, "two-answers": 3, "oversized-data": 3}
"""Seconds that a requestor waits, where it waits in vain; else five."""

CUT_FOR_ECHOSCU = {"half-answer": K.NOTE}
CUT_FOR_PYNETDICOM = {"half-answer": K.NOTE, "absurd-pdu-length": K.NOTE, "oversized-data": K.MESSAGE_SENT}
"""Where it is this side that ends it, and after what: the peer's patience has no end."""


def test_the_table_holds_every_answer_that_is_no_acceptance():
    assert set(ANSWERED) == {*scripts(ACCEPTOR), *REJECTIONS}


def misbehaving(name):
    # Not every requestor closes when it should.
    return answering(policy=lambda caller: Misbehave(name), timers=replace(TIMERS, artim=3))


async def cut(ours, after):
    """End a connection whose peer waits for the rest of something for longer than it was told to wait for anything."""
    if after is not None:
        await ours.record.wait_for(after)
        for association in ours.engine.associations.values():
            association.drop()


@pytest.mark.dcmtk
@pytest.mark.parametrize("name", ANSWERED)
def test_what_echoscu_does(run, name):
    async def play():
        seconds = str(PATIENCE.get(name, 5))
        async with misbehaving(name) as ours:
            with running("echoscu", "-v", "-ta", seconds, "-td", "5", "127.0.0.1", ours.port) as program:
                await cut(ours, CUT_FOR_ECHOSCU.get(name))
                finished = await asyncio.to_thread(program.wait)
            await ours.record.wait_for(K.CLOSED)
            return finished, ours.record

    finished, record = run(play())
    row = ANSWERED[name]
    assert row.code in {None, finished.code}, finished.output
    for words in row.said:
        assert words in finished.output
    assert [event.findings for event in record.of(K.NOTE) if "on purpose" in event.text] == [(ACCEPTOR[name].finding,)]


@pytest.mark.parametrize("name", ANSWERED)
def test_what_pynetdicom_does_as_requestor(run, pynetdicom, name):
    async def play():
        async with misbehaving(name) as ours:
            pynetdicom.tell(
                "associate",
                port=ours.listener.port,
                contexts=[[VERIFICATION, [IMPLICIT, EXPLICIT]]],
                then=["echo", "release"],
                timeout=PATIENCE.get(name, 5),
            )
            await cut(ours, CUT_FOR_PYNETDICOM.get(name))
            outcome = await asyncio.to_thread(pynetdicom.hear, "outcome")
            await ours.record.wait_for(K.CLOSED)
            return outcome

    outcome = run(play())
    expected = ANSWERED[name].pynetdicom
    assert {key: outcome[key] for key in expected} == expected
    assert expected or 0 not in outcome["statuses"]


# --- acceptors that nobody here wrote --------------------------------------------------------------------------------

ESTABLISHED, NO_ANSWER = AttemptEnd.ESTABLISHED, AttemptEnd.NO_ANSWER
BY_PEER, CLOSED, RESET = AttemptEnd.ABORTED_BY_PEER, AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER


class Asked(NamedTuple):
    """What an acceptor does.

    Attributes:
        storescp: how the attempt ends, and a part of what storescp says.
        pynetdicom: how the attempt ends.
        was_released: by storescp and by pynetdicom; None where nothing was to be released.
    """

    storescp: tuple[AttemptEnd, str]
    pynetdicom: AttemptEnd
    was_released: tuple[bool | None, bool | None] = (None, None)


ASKED = {
    "request-byte-by-byte": Asked((ESTABLISHED, "Association Release"), ESTABLISHED, (True, True)),
    # Both wait for the other half for longer than for a first byte.
    "half-request": Asked((NO_ANSWER, "Association Received"), NO_ANSWER),
    # The one accepts the first before it looks at the second.
    "two-requests": Asked((ESTABLISHED, "DIMSE failure (aborting association)"), BY_PEER),
    "silent-connection": Asked((CLOSED, "0006:031a DUL network read timeout"), CLOSED),
    "tls-client-hello": Asked((RESET, "Unrecognized PDU type: 16"), BY_PEER),
    "http-get": Asked((RESET, "Association Received"), BY_PEER),
    "release-first": Asked((BY_PEER, "Association Received"), BY_PEER),
    "data-first": Asked((BY_PEER, "Association Received"), BY_PEER),
    "accept-first": Asked((BY_PEER, "Association Received"), BY_PEER),
    "absurd-pdu-length": Asked((RESET, "A-ASSOCIATE PDU too large: 4294967280 bytes, refusing."), NO_ANSWER),
    "abort-after-accept": Asked((ESTABLISHED, "Association Aborted"), ESTABLISHED),
    "oversized-data": Asked((ESTABLISHED, "DUL Illegal PDU Length 16386.  Max expected 16384"), ESTABLISHED),
    "close-without-release": Asked((ESTABLISHED, "Association Aborted"), ESTABLISHED, (False, False)),
    # The one overlooks the answer to what it did not ask, the other aborts.
    "release-collision": Asked((ESTABLISHED, "Association Release"), ESTABLISHED, (True, False)),
}


def test_the_table_holds_every_script_of_a_requestor():
    assert list(ASKED) == scripts(REQUESTOR)


async def what_becomes_of(name, port, waits_in_vain):
    """The attempt's end, whether it was released, and the marks in the log."""
    timers = replace(TIMERS, association_response=3 if waits_in_vain else 10)
    async with asking(port, timers=timers, misbehaviour=name) as ours:
        was_released = None
        try:
            assert (await ours.association.echo()).status == 0
            was_released = await ours.association.release()
        except AssociationError:
            pass
        await ours.association.wait_closed()
    marks = [event.findings for event in ours.record.of(K.NOTE) if "on purpose" in event.text]
    assert marks == [(REQUESTOR[name].finding,)]
    return ours.attempt.end, was_released


@pytest.mark.dcmtk
@pytest.mark.parametrize("name", ASKED)
def test_what_storescp_does(run, name):
    (end, said), (was_released, _) = ASKED[name].storescp, ASKED[name].was_released
    seconds = "1" if name == "silent-connection" else "10"
    with serving(lambda port: ["storescp", "-v", "-dhl", "-ta", seconds, "-td", "10", str(port)]) as server:
        assert run(what_becomes_of(name, server.port, end is NO_ANSWER)) == (end, was_released)
        server.program.wait_for(lambda line: said in line)


@pytest.mark.parametrize("name", ASKED)
def test_what_pynetdicom_does_as_acceptor(run, pynetdicom, name):
    end, (_, was_released) = ASKED[name].pynetdicom, ASKED[name].was_released
    seconds = 1 if name == "silent-connection" else 10
    with pynetdicom.serving(contexts=[[VERIFICATION, [IMPLICIT, EXPLICIT]]], timeout=seconds) as port:
        assert run(what_becomes_of(name, port, end is NO_ANSWER)) == (end, was_released)
