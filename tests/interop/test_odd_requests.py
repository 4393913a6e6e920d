"""Odd requests: what our acceptor makes of them, and, beside it, what DCMTK and pynetdicom do.

The columns about the others are what diagnoses and warnings of this program rest on: where a new version of theirs does
something else, it is to be known.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple

import pytest

from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.profile import RequestorSide
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION
from parley.ul.errors import Severity
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj
from tests.harness.odd import FIRST_BYTES, REQUESTS
from tests.harness.peer import connected
from tests.harness.process import serving
from tests.interop.ends import EXPLICIT, IMPLICIT, answering, asking

pytestmark = pytest.mark.interop

NOTHING = "closes"
"""No PDU at all: it closes, or resets, at the latest when we have closed."""
DIES = "its thread dies"
"""pynetdicom's thread of this association ends in an exception; nobody closes the connection."""


class Row(NamedTuple):
    """What each acceptor answers, and what ours finds: severities and texts that it must, in any order."""

    ours: str
    storescp: str
    pynetdicom: str
    findings: tuple[tuple[Severity, str], ...] = ()


E, W = Severity.ERROR, Severity.WARNING
ODD_REQUESTS = {
    "blank-called-title": Row("AC 1:0", NOTHING, "ABORT 0/0", ((E, "called AE title is empty"),)),
    "blank-calling-title": Row("AC 1:0", NOTHING, "ABORT 0/0", ((E, "calling AE title is empty"),)),
    "nul-padded-titles": Row(
        "AC 1:0",
        "AC 1:0",
        "ABORT 0/0",
        ((E, "called AE title is padded with NULs"), (E, "calling AE title is padded with NULs")),
    ),
    "non-ascii-title": Row("AC 1:0", "AC 1:0", "ABORT 0/0", ((E, "not printable ASCII"),)),
    "backslash-in-title": Row("AC 1:0", "AC 1:0", "ABORT 0/0", ((E, "backslash"),)),
    "protocol-version-0": Row("RJ 1/2/2", "RJ 1/2/2", "RJ 1/2/2", ((E, "does not have bit 0"),)),
    "protocol-version-3": Row("AC 1:0", "AC 1:0", "RJ 1/2/2", ((W, "some peers refuse it"),)),
    "wrong-application-context": Row("RJ 1/1/2", "RJ 1/1/2", "AC 1:0", ((E, "application context name is not"),)),
    "no-contexts": Row("AC", NOTHING, "AC", ((E, "No presentation context is proposed"),)),
    "even-context-id": Row("AC 2:0", "AC 2:0", DIES, ((E, "ID 2 is not odd"),)),
    "zero-context-id": Row("AC 0:0", "AC 0:0", DIES, ((E, "ID 0 is not odd"),)),
    "duplicate-context-ids": Row("AC 1:0", "AC 1:0", "AC 1:0", ((E, "ID 1 is there more than once"),)),
    "unknown-abstract-syntax": Row("AC 1:3", "AC 1:3", "AC 1:3"),
    "unknown-transfer-syntax": Row("AC 1:4", "AC 1:4", "AC 1:4", ((W, "default transfer syntax"),)),
    "no-transfer-syntax": Row("AC 1:4", NOTHING, DIES, ((E, "has no transfer syntax"),)),
    "nul-padded-uids": Row(
        "AC 1:0",
        "AC 1:0",
        "AC 1:0",
        (
            (E, "application context name"),
            (E, "abstract syntax is padded"),
            (E, "transfer syntax is padded"),
            (E, "implementation class UID is padded"),
        ),
    ),
    "128-contexts": Row(*["AC " + " ".join(f"{number}:0" for number in range(1, 256, 2))] * 3),
    "no-maximum-length": Row("AC 1:0", "AC 1:0", "AC 1:0", ((W, "no maximum length"),)),
    "maximum-length-0": Row("AC 1:0", "AC 1:0", "AC 1:0", ((W, "Maximum length 0"),)),
    "maximum-length-6": Row("AC 1:0", "AC 1:0", "AC 1:0", ((E, "Maximum length 6 leaves no room"),)),
    "no-implementation-class-uid": Row("AC 1:0", "AC 1:0", "AC 1:0", ((W, "no implementation class UID"),)),
    "version-name-of-20": Row("AC 1:0", "AC 1:0", "ABORT 0/0", ((E, "version name has 20 characters"),)),
    "asynchronous-operations-0-0": Row("AC 1:0", "AC 1:0", "AC 1:0", ((W, "window of 0/0"),)),
    "asynchronous-operations-5-5": Row("AC 1:0", "AC 1:0", "AC 1:0", ((W, "window of 5/5"),)),
    "role-selection": Row("AC 1:0", "AC 1:0", "AC 1:0"),
    "user-identity-2": Row("AC 1:0", "AC 1:0", "AC 1:0"),
    "user-identity-5": Row("AC 1:0", "AC 1:0", "AC 1:0"),
    "unknown-sub-item": Row("AC 1:0", "AC 1:0", "ABORT 0/0", ((W, "type 5FH"),)),
    "no-user-information": Row("AC 1:0", "AC 1:0", "AC 1:0", ((E, "no user information"),)),
    "no-items": Row(
        "RJ 1/1/2",
        NOTHING,
        "AC",
        ((E, "no application context name"), (E, "no user information"), (E, "No presentation context")),
    ),
}
ODD_BEGINNINGS = {
    "tls-client-hello": Row("ABORT 0/0", NOTHING, "ABORT 0/0"),
    "http-get": Row("ABORT 0/0", NOTHING, "ABORT 0/0"),
    "release-first": Row("ABORT 0/0", "ABORT 0/0", "ABORT 0/0"),
    "data-first": Row("ABORT 0/0", "ABORT 0/0", "ABORT 0/0"),
    "accept-first": Row("ABORT 0/0", "ABORT 0/0", "ABORT 0/0"),
    "absurd-pdu-length": Row("ABORT 0/0", NOTHING, NOTHING),
}
WHY = {
    "tls-client-hello": (K.MALFORMED, "It looks like a TLS ClientHello."),
    "http-get": (K.MALFORMED, "It looks like an HTTP request."),
    "release-first": (K.NOTE, "A-RELEASE-RQ received before an A-ASSOCIATE-RQ: this side aborts."),
    "data-first": (K.NOTE, "P-DATA-TF received before an A-ASSOCIATE-RQ: this side aborts."),
    "accept-first": (K.NOTE, "A-ASSOCIATE-AC received before an A-ASSOCIATE-RQ: this side aborts."),
    "absurd-pdu-length": (K.MALFORMED, "4294967280 bytes; 1048576 are the most that this side takes."),
}
ALL = {**ODD_REQUESTS, **ODD_BEGINNINGS}


def words(answer: bytes) -> str:
    """An answer as the tables write it."""
    if not answer:
        return NOTHING
    decoded = decode(answer, Limits())
    assert decoded is not None
    match decoded.pdu:
        case AAssociateAc() as pdu:
            return " ".join(["AC", *(f"{c.context_id}:{c.result}" for c in pdu.presentation_contexts)])
        case AAssociateRj(result, source, reason):
            return f"RJ {result}/{source}/{reason}"
        case AAbort(source, reason):
            return f"ABORT {source}/{reason}"
        case pdu:
            return repr(pdu)


async def answer_to(port: int, data: bytes, *, until_closed: bool = False) -> str:
    """What a peer answers; its silence is certain once it has seen our end of stream and closed as well."""
    async with connected(port) as peer:
        await peer.send(data)
        if until_closed:
            with suppress(OSError):  # it may have closed already
                peer.writer.write_eof()
            return words(await peer.read_to_end())
        try:
            return words(await peer.read_pdu())
        except (asyncio.IncompleteReadError, ConnectionError):
            return NOTHING


async def answer_to_misbehaviour(port: int, name: str) -> str:
    """What a peer answers when it is our requestor that misbehaves."""
    async with asking(port, misbehaviour=name) as ours:
        return words(encode(ours.attempt.answer))


def test_the_tables_hold_the_whole_corpus():
    assert list(ODD_REQUESTS) == list(REQUESTS)
    assert list(ODD_BEGINNINGS) == list(FIRST_BYTES) == list(WHY)


def ask_ours(run, data):
    """Our acceptor's answer, its events, and whether it served the next caller as if nothing had been."""

    async def play():
        async with answering() as ours:
            answer = await answer_to(ours.listener.port, data)
            await ours.record.wait_for(K.CLOSED, 1)
            events = [event for event in ours.record.events if event.association == 1]
            association = ours.engine.requestor(RequestorSide(port=ours.listener.port))
            attempt = await association.associate()
            assert attempt.end is AttemptEnd.ESTABLISHED
            assert (await association.echo()).status == 0
            assert await association.release()
            return answer, events

    return run(play())


@pytest.mark.parametrize("name", REQUESTS)
def test_our_acceptor_answers_finds_and_goes_on(run, name):
    answer, events = ask_ours(run, REQUESTS[name])
    row = ODD_REQUESTS[name]
    assert answer == row.ours
    found = [(finding.severity, finding.text) for event in events for finding in event.findings]
    assert bool(found) is bool(row.findings), found
    for severity, text in row.findings:
        assert any(severity is kind and text in whole for kind, whole in found), found
    assert K.MALFORMED not in [event.kind for event in events]


@pytest.mark.parametrize("name", FIRST_BYTES)
def test_our_acceptor_aborts_what_is_no_request_and_says_why(run, name):
    answer, events = ask_ours(run, FIRST_BYTES[name])
    kind, text = WHY[name]
    assert answer == ODD_BEGINNINGS[name].ours
    assert [event.text for event in events if event.kind is kind and event.text.endswith(text)]
    assert K.REQUESTED not in [event.kind for event in events]


@pytest.mark.dcmtk
@pytest.mark.parametrize("name", ALL)
def test_what_storescp_does(run, name):
    data = (REQUESTS | FIRST_BYTES)[name]
    with serving(lambda port: ["storescp", "-v", "-dhl", str(port)]) as server:
        expected = ALL[name].storescp
        if expected == NOTHING:
            assert run(answer_to(server.port, data, until_closed=True)) == expected
        else:
            assert run(answer_to_misbehaviour(server.port, name)) == expected


@pytest.mark.parametrize("name", ALL)
def test_what_pynetdicom_does(run, pynetdicom, name):
    data = (REQUESTS | FIRST_BYTES)[name]
    expected = ALL[name].pynetdicom

    async def watch_it_die(port):
        async with connected(port) as peer:
            await peer.send(data)
            return (await asyncio.to_thread(pynetdicom.hear, "thread died"))["error"]

    with pynetdicom.serving(contexts=[[VERIFICATION, [IMPLICIT, EXPLICIT]]], timeout=5) as port:
        if expected == DIES:
            assert run(watch_it_die(port)).startswith(("ValueError", "IndexError"))
        elif expected == NOTHING:
            assert run(answer_to(port, data, until_closed=True)) == expected
        else:
            assert run(answer_to_misbehaviour(port, name)) == expected
