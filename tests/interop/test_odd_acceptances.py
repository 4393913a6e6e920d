"""Odd acceptances: what our requestor makes of them, and, beside it, what echoscu and pynetdicom do.

It is our own acceptor that sends them, as it would for somebody who wants to know what their requestor bears.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest

from parley.engine.errors import AssociationError
from parley.model.attempt import AttemptEnd
from parley.model.decision import Misbehave
from parley.model.event import EventKind as K
from parley.ul.codes import VERIFICATION
from parley.ul.errors import Severity
from tests.harness import pynetdicom_peer
from tests.harness.odd import ACCEPTANCES
from tests.harness.process import run_to_end
from tests.interop.ends import BIG_ENDIAN, EXPLICIT, IMPLICIT, answering, asking

pytestmark = [pytest.mark.interop, pytest.mark.slow]

ECHOES = "echoes"
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
NO_CONTEXT = "accepted no presentation context for Verification"
NONE_LEFT = "No Acceptable Presentation Contexts"
ACCEPTED = ((1, 0, IMPLICIT),)
ABORTS = "aborts"
DIES = "its thread dies"
"""pynetdicom's thread of this association ends in an exception, and whoever asked waits for ever."""


class Row(NamedTuple):
    """One acceptance.

    Attributes:
        contexts: what we read from it: id, result (None: not answered), transfer syntax.
        finding: one that must be there.
        ours, echoscu, pynetdicom: `ECHOES`, or a part of what is said instead.
    """

    contexts: tuple[tuple[int, int | None, str], ...]
    finding: tuple[Severity, str]
    ours: str
    echoscu: str
    pynetdicom: str


ROWS = {
    "even-context-ids": Row(
        ((1, None, ""), (2, 0, IMPLICIT)),
        (E, "context 2 is answered but was not proposed"),
        NO_CONTEXT,
        "No Presentation Context for: 1.2.840.10008.1.1",
        DIES,
    ),
    "zero-context-id": Row(
        ((1, None, ""), (0, 0, IMPLICIT)),
        (E, "context 0 is answered but was not proposed"),
        NO_CONTEXT,
        "No Presentation Context for: 1.2.840.10008.1.1",
        DIES,
    ),
    "maximum-length-1": Row(
        ACCEPTED,
        (E, "Maximum length 1 leaves no room"),
        "maximum length of 1 leaves no room",
        "max PDU size of 1 is illegal",
        "ValueError",
    ),
    "nul-padded-titles": Row(ACCEPTED, (N, "it is sent for nobody to test"), ECHOES, ECHOES, ECHOES),
    "zero-titles": Row(ACCEPTED, (N, "it is sent for nobody to test"), ECHOES, ECHOES, ECHOES),
    "rejected-without-transfer-syntax": Row(
        ((1, 3, ""),), (W, "is rejected without a transfer syntax"), NO_CONTEXT, NONE_LEFT, ABORTS
    ),
    "rejected-with-empty-transfer-syntax": Row(
        ((1, 4, ""),), (W, "is rejected without a transfer syntax"), NO_CONTEXT, NONE_LEFT, ABORTS
    ),
    "unproposed-transfer-syntax": Row(
        ((1, 0, BIG_ENDIAN),), (E, "which was not proposed for it"), ECHOES, ECHOES, ECHOES
    ),
    "accepted-without-transfer-syntax": Row(
        ((1, 0, ""),),
        (E, "is accepted without a transfer syntax"),
        ECHOES,
        "illegal number of transfer syntaxes (0)",
        "IndexError",
    ),
    "unknown-context-id": Row(
        ((1, None, ""), (9, 0, IMPLICIT)),
        (E, "context 9 is answered but was not proposed"),
        NO_CONTEXT,
        "No Presentation Context for: 1.2.840.10008.1.1",
        ABORTS,
    ),
    "missing-context": Row(
        ((1, None, ""),), (E, "context 1 was proposed but is not answered"), NO_CONTEXT, NONE_LEFT, ABORTS
    ),
    "reserved-result": Row(((1, 7, ""),), (E, "result 7, which is reserved"), NO_CONTEXT, NONE_LEFT, ABORTS),
    "no-user-information": Row(ACCEPTED, (E, "no user information"), ECHOES, ECHOES, "TypeError"),
    "maximum-length-10": Row(
        ACCEPTED, (W, "Maximum length 10 is unusually small"), ECHOES, "max PDU size of 10 is illegal", ECHOES
    ),
    "maximum-length-6": Row(
        ACCEPTED,
        (E, "Maximum length 6 leaves no room"),
        "maximum length of 6 leaves no room",
        "max PDU size of 6 is illegal",
        "ZeroDivisionError",
    ),
    "maximum-length-0": Row(ACCEPTED, (W, "Maximum length 0 means no limit"), ECHOES, ECHOES, ECHOES),
    "version-name-of-20": Row(ACCEPTED, (E, "version name has 20 characters"), ECHOES, ECHOES, ABORTS),
    "unknown-sub-item": Row(ACCEPTED, (W, "type 5FH"), ECHOES, ECHOES, ABORTS),
    # The others go by the last answer, we by the first; the finding says that there are two.
    "double-context": Row(
        ACCEPTED, (E, "context 1 is answered more than once"), ECHOES, "Bad presentation context ID", ABORTS
    ),
    "unasked-asynchronous-operations": Row(ACCEPTED, (E, "none was asked for"), ECHOES, ECHOES, ECHOES),
    "unasked-roles": Row(ACCEPTED, (E, "none were asked for"), ECHOES, ECHOES, ECHOES),
    "protocol-version-2": Row(ACCEPTED, (E, "does not have bit 0"), ECHOES, "Unsupported peer protocol 0002", ECHOES),
    "wrong-application-context": Row(ACCEPTED, (E, "application context name is not"), ECHOES, ECHOES, ECHOES),
    "nul-padded-uids": Row(ACCEPTED, (E, "transfer syntax is padded"), ECHOES, ECHOES, ECHOES),
    "no-items": Row(((1, None, ""),), (E, "context 1 was proposed but"), NO_CONTEXT, NONE_LEFT, ABORTS),
}


def test_the_table_holds_the_whole_corpus():
    assert set(ROWS) == set(ACCEPTANCES)


def answering_with(name):
    return answering(policy=lambda caller: Misbehave(name))


@pytest.mark.parametrize("name", ACCEPTANCES)
def test_what_our_requestor_does(run, name):
    row = ROWS[name]

    async def play():
        async with answering_with(name) as theirs, asking(theirs.listener.port) as ours:
            association = ours.association
            contexts = tuple((c.context_id, c.result, c.transfer_syntax) for c in association.contexts)
            try:
                assert (await association.echo()).status == 0
                said = ECHOES
            except AssociationError as error:
                said = str(error)
            assert association.is_established
            assert await association.release()
            return ours, contexts, said

    ours, contexts, said = run(play())
    assert ours.attempt.end is AttemptEnd.ESTABLISHED
    assert ours.attempt.answer == ACCEPTANCES[name]
    assert contexts == row.contexts
    found = [(finding.severity, finding.text) for finding in ours.record.of(K.PDU_RECEIVED)[0].findings]
    assert any(severity is row.finding[0] and row.finding[1] in text for severity, text in found), found
    assert row.ours in said
    assert ours.record.kinds(1)[-2:] == [K.RELEASED, K.CLOSED]


@pytest.mark.dcmtk
@pytest.mark.parametrize("name", ACCEPTANCES)
def test_what_echoscu_does(run, name):
    async def play():
        async with answering_with(name) as ours:
            finished = await run_to_end("echoscu", "-v", "-ta", "5", "-td", "5", "127.0.0.1", ours.port)
            await ours.record.wait_for(K.CLOSED)
            return finished

    finished = run(play())
    expected = ROWS[name].echoscu
    if expected is ECHOES:
        assert finished.code == 0
        assert "Received Echo Response (Success)" in finished.output
    else:
        assert finished.code != 0
        assert expected in finished.output


def associating(peer, port):
    """Let pynetdicom ask for an association, echo and release."""
    contexts = [[VERIFICATION, [IMPLICIT, EXPLICIT]]]
    peer.tell("associate", port=port, contexts=contexts, then=["echo", "release"])


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.pynetdicom is DIES])
def test_what_pynetdicom_dies_of(run, name):
    async def play(peer):
        async with answering_with(name) as ours:
            associating(peer, ours.listener.port)
            return (await asyncio.to_thread(peer.hear, "thread died"))["error"]

    with pynetdicom_peer.started() as peer:  # nobody else can use it after that
        assert run(play(peer)).startswith("ValueError")


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.pynetdicom is not DIES])
def test_what_pynetdicom_does(run, pynetdicom, name):
    async def play():
        async with answering_with(name) as ours:
            associating(pynetdicom, ours.listener.port)
            outcome = await asyncio.to_thread(pynetdicom.hear, "outcome")
            await ours.record.wait_for(K.CLOSED)
            return outcome

    outcome = run(play())
    expected = ROWS[name].pynetdicom
    if expected is ECHOES:
        assert (outcome["statuses"], outcome["how"]) == ([0], "released")
    elif expected is ABORTS:
        assert outcome["is_aborted"]
    else:
        assert outcome["echo_error"].startswith(expected)
