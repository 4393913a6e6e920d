"""One line for a person."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.capture.summary import pdu_summary, summarize
from parley.model.event import EventKind
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq, PDataTf, Pdu, Pdv
from tests.capture.samples import PDUS, SAMPLES, event

LINES = {
    EventKind.LISTENING: "listening on 10.0.0.1:40000",
    EventKind.LISTEN_FAILED: "cannot listen on 10.0.0.1:40000: address already in use",
    EventKind.RESOLVING: "looking up the address: pacs",
    EventKind.CONNECTING: "connecting: 10.0.0.2:104",
    EventKind.CONNECTED: "connected to 10.0.0.2:104",
    EventKind.CONNECT_FAILED: "no connection to 10.0.0.2:104: Connection refused",
    EventKind.CONNECTION_ACCEPTED: "connection from 10.0.0.2:104",
    EventKind.TLS_ESTABLISHED: "TLS established",
    EventKind.TLS_FAILED: "TLS failed",
    EventKind.PDU_SENT: "A-ASSOCIATE-RQ US → ANY-SCP, 3 contexts, max 16384",
    EventKind.PDU_RECEIVED: "A-ASSOCIATE-AC 1 of 3 contexts accepted, max unlimited · 1 error, 2 warnings",
    EventKind.REQUESTED: "association requested by US, 3 contexts",
    EventKind.HELD: "held: for an answer; after 25 s accept",
    EventKind.WITHDRAWN: "withdrawn: by the peer",
    EventKind.DECIDED: "decided: accept: 1 of 3 contexts accepted",
    EventKind.ACCEPTED: "association accepted, 1 of 3 contexts accepted, max unlimited",
    EventKind.REJECTED: (
        "association rejected 1/1/7 rejected-permanent by service-user: called-AE-title-not-recognized"
    ),
    EventKind.RELEASED: "association released",
    EventKind.ABORTED: "association aborted by the peer (0/0 by service-user)",
    EventKind.PROVIDER_ABORTED: ("association aborted by the peer's protocol layer: 2/2 unexpected-pdu (A-P-ABORT)"),
    EventKind.TIMER_STARTED: "ARTIM timer started",
    EventKind.TIMER_EXPIRED: "ARTIM timer expired",
    EventKind.MALFORMED: "not understood: The PDU type 48H is unknown. It looks like an HTTP response.",
    EventKind.MESSAGE_SENT: "C-ECHO-RQ 1",
    EventKind.MESSAGE_RECEIVED: "message received",
    EventKind.STATE: "Sta5 → Sta6  Evt3 A-ASSOCIATE-AC received, AE-3",
    EventKind.CLOSED: "connection closed: by the peer",
    EventKind.NOTE: "Something.",
}


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_has_its_line(kind: EventKind) -> None:
    assert summarize(SAMPLES[kind]) == LINES[kind]


@pytest.mark.parametrize("kind", EventKind)
def test_a_bare_event_has_a_line_too(kind: EventKind) -> None:
    assert summarize(event(kind, local="", peer="", association=0, role=None))


@pytest.mark.parametrize(
    ("pdu", "line"),
    [
        (AAssociateRq("", "", ()), "A-ASSOCIATE-RQ (blank) → (blank), 0 contexts, no max length"),
        (AAssociateAc("", "", ()), "A-ASSOCIATE-AC 0 of 0 contexts accepted, no max length"),
        (AAssociateRj(9, 9, 9), "A-ASSOCIATE-RJ 9/9/9 reserved-9 by reserved-9: reserved-9"),
        (PDataTf((Pdv(5, 0, b"x"),)), "P-DATA-TF context 5, data, 1 byte, more to come"),
        (PDataTf((Pdv(1, 3, bytes(68)),)), "P-DATA-TF context 1, command, 68 bytes"),
        (PDataTf((Pdv(1, 3, b"abc"), Pdv(1, 2, b"d"))), "P-DATA-TF 2 PDVs, 4 bytes"),
        (PDataTf(()), "P-DATA-TF 0 PDVs, 0 bytes"),
        (AAbort(2, 6), "A-ABORT 2/6 by service-provider: invalid-pdu-parameter-value"),
        (AAbort(0, 6), "A-ABORT 0/6 by service-user"),
    ],
)
def test_pdus(pdu: Pdu, line: str) -> None:
    assert pdu_summary(pdu) == line


@pytest.mark.parametrize("kind", [EventKind.PDU_SENT, EventKind.PDU_RECEIVED])
@pytest.mark.parametrize("pdu", PDUS)
def test_every_pdu_in_an_event(kind: EventKind, pdu: Pdu) -> None:
    assert summarize(event(kind, pdu=pdu)) == pdu_summary(pdu)


def test_what_a_peer_sends_cannot_break_the_line_or_the_terminal() -> None:
    pdu = AAssociateRq("A\nB", "\x1b[31mRED\x9b", ())
    line = summarize(event(EventKind.PDU_RECEIVED, pdu=pdu))
    assert line == r"A-ASSOCIATE-RQ \x1b[31mRED\x9b → A\x0aB, 0 contexts, no max length"


@given(st.sampled_from(EventKind), st.text(max_size=30), st.binary(max_size=30))
def test_any_text_and_bytes_give_one_printable_line(kind: EventKind, text: str, data: bytes) -> None:
    line = summarize(event(kind, text=text, data=data, local=text, peer=text))
    assert line.isprintable()
    assert len(line.splitlines()) <= 1


def test_the_log_does_not_import_pynetdicom() -> None:
    code = """
import sys
import parley.capture.jsonl, parley.capture.summary, parley.capture.text, parley.diagnosis, parley.model.files.store
import parley.model.problems.validation
unwanted = {"pynetdicom", "pydicom", "tomlkit", "asyncio", "platformdirs"} & set(sys.modules)
assert not unwanted, unwanted
"""
    subprocess.run([sys.executable, "-c", code], check=True)
