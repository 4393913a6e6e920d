"""What the log's filter may ask about an event."""

from __future__ import annotations

import pytest

from parley.bridge.log.row import LogRow
from parley.bridge.log.words import LOG
from parley.model.event import EngineEvent, EventKind
from parley.model.expression import FieldKind, parse
from parley.ul.codes import Role
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import AAbort, AAssociateRj, AReleaseRq, PDataTf
from tests.bridge.samples import Samples, answer, request

FACTS = {
    "role": Role.ACCEPTOR,
    "local": "127.0.0.1:11112",
    "peer": "10.0.0.7:4001",
    "local_ae_title": "ARCHIVE",
    "peer_ae_title": "CT_1",
}


def event(kind: EventKind = EventKind.NOTE, association: int = 7, **facts: object) -> EngineEvent:
    return Samples().event(kind, association, **{**FACTS, **facts})


def matches(text: str, happened: EngineEvent) -> bool:
    return parse(text, LOG).matches(LogRow(happened, 0))


RQ = event(EventKind.PDU_RECEIVED, pdu=request())
AC = event(EventKind.PDU_SENT, pdu=answer(request()))
RJ = event(EventKind.REJECTED, pdu=AAssociateRj(1, 1, 7))
ABORTED = event(EventKind.ABORTED, pdu=AAbort(2, 2))
STORE = event(EventKind.MESSAGE_RECEIVED, text="C-STORE-RQ, message 1, with a data set of 12 bytes")
REPORT = event(EventKind.MESSAGE_SENT, text="N-EVENT-REPORT-RSP to message 1: success (0000H)")
BROKEN = event(EventKind.PDU_RECEIVED, pdu=AReleaseRq(), findings=(Finding(Severity.ERROR, "", 0, "Wrong.", ""),))


@pytest.mark.parametrize(
    ("text", "happened"),
    [
        ("~calling =CT_1 ~called ARCH*", RQ),
        ("~calling =CT_1 ~called ARCH*", STORE),
        ("~calling ARCHIVE ~role scu", event(role=Role.REQUESTOR)),
        ("~addr 10.0.0.0/8 ~role scp ~assoc 7", STORE),
        ("~t rq ~sop CTImageStorage ~sop verification ~ts implicit", RQ),
        ("~impl parley ~version PARLEY*", RQ),
        ("~t ac ~res accepted ~ts 1.2.840.10008.1.2", AC),
        ("~t rj ~res rejected ~reason 1/1/7 ~reason called-*", RJ),
        ("~t abort ~res aborted ~reason 2/2 ~reason unexpected-pdu", ABORTED),
        ("~t rls ~e", BROKEN),
        ("~t data", event(EventKind.PDU_SENT, pdu=PDataTf(()))),
        ("~t store c-store 12", STORE),
        ("~t event-report", REPORT),
        ("~tls ~res failed ~e", event(EventKind.TLS_FAILED)),
        ("~tls !~e", event(EventKind.TLS_ESTABLISHED)),
        ("~held", event(EventKind.HELD)),
        ("~held ~res withdrawn", event(EventKind.WITHDRAWN)),
        ("~e", event(EventKind.MALFORMED, data=b"x")),
        ("~res timeout", event(EventKind.TIMER_EXPIRED)),
        ("~assoc >6 ~assoc 1..7 ~assoc <=7", STORE),
    ],
)
def test_every_name_is_known(text: str, happened: EngineEvent) -> None:
    assert matches(text, happened)
    assert not matches(f"!({text})", happened)


@pytest.mark.parametrize(
    "field", [each for each in LOG if each.kind is not FieldKind.NUMBER], ids=lambda each: each.name
)
def test_what_an_event_does_not_say_matches_nothing(field) -> None:  # type: ignore[no-untyped-def]
    plain = event(association=0, role=None, local="", peer="", local_ae_title="", peer_ae_title="")
    assert not matches(f"~{field.name}" if field.kind is FieldKind.FLAG else f"~{field.name} *", plain)


@pytest.mark.parametrize(
    ("text", "happened"),
    [
        ("~e", RJ),
        ("~e", RQ),
        ("~t echo", STORE),
        ("~reason 1/1", RJ),
        ("~ts explicit", AC),
        ("~sop verification", AC),
        ("~assoc >0", event(association=0)),
        ("~t *", event(EventKind.MESSAGE_SENT)),
    ],
)
def test_what_is_another_thing_does_not_match(text: str, happened: EngineEvent) -> None:
    assert not matches(text, happened)


def test_every_event_can_be_asked_everything() -> None:
    events = [*Samples().association(1), RJ, ABORTED, REPORT, *map(event, EventKind)]
    for row in (LogRow(happened, 0) for happened in events):
        for field in LOG:
            assert isinstance(row.values(field.name), tuple)


def test_every_name_has_a_tip_that_shows_it() -> None:
    assert len({field.name for field in LOG}) == len(LOG)
    for field in LOG:
        assert field.kind is FieldKind.FLAG or f"~{field.name} " in field.tip
