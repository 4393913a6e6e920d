"""Events as JSON Lines and as text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.capture.jsonl import to_json
from parley.capture.text import finding_lines, to_text
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import IMPLEMENTATION_CLASS_UID
from parley.ul.codec import encode
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import (
    AAbort,
    AAssociateRq,
    AsynchronousOperationsWindow,
    PDataTf,
    Pdv,
    RoleSelection,
    SopClassExtendedNegotiation,
    UserIdentityRq,
    UserInformation,
)
from tests.capture.samples import ACCEPT, CT, PDUS, REJECT, REQUEST, SAMPLES, event


def record(sample: EngineEvent) -> dict[str, Any]:
    line = to_json(sample)
    assert line.isascii()
    assert line.isprintable()
    read = json.loads(line)
    assert isinstance(read, dict)
    return read


COMMON = [
    *("seq", "time", "monotonic", "kind", "association", "role", "local", "peer"),
    *("local_ae_title", "peer_ae_title", "summary", "text"),
]


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_has_the_common_keys_in_their_order(kind: EventKind) -> None:
    read = record(SAMPLES[kind])
    assert list(read)[: len(COMMON)] == COMMON
    assert (read["seq"], read["kind"], read["association"], read["role"]) == (7, kind.value, 3, "requestor")
    assert read["time"] == "2023-11-14T22:13:20.062Z"
    assert set(read) - set(COMMON) <= {"pdu", "data", "findings", "transition"}


def test_an_event_of_no_association() -> None:
    read = record(event(EventKind.LISTENING, association=0, role=None))
    assert (read["association"], read["role"]) == (0, None)


def test_a_request_by_its_values_with_names() -> None:
    read = record(SAMPLES[EventKind.PDU_SENT])
    assert read["data"] == encode(REQUEST).hex()
    pdu = read["pdu"]
    assert pdu["type"] == "A-ASSOCIATE-RQ"
    assert (pdu["calling_ae_title"], pdu["called_ae_title"], pdu["maximum_length"]) == ("US", "ANY-SCP", 16384)
    assert (pdu["implementation_class_uid"], pdu["implementation"]) == (IMPLEMENTATION_CLASS_UID, "Parley")
    assert [context["id"] for context in pdu["presentation_contexts"]] == [1, 3, 5]
    assert pdu["presentation_contexts"][1]["abstract_syntax"] == {"uid": CT, "name": "CT Image Storage"}
    assert pdu["presentation_contexts"][2]["abstract_syntax"] == {"uid": "1.2.3", "name": ""}
    assert pdu["presentation_contexts"][1]["transfer_syntaxes"][0]["name"] == "Implicit VR Little Endian"
    assert "other_user_information" not in pdu


def test_titles_are_without_their_padding_and_without_a_nul() -> None:
    pdu = AAssociateRq("PACS\0\0 ", " CT\0x\x851", ())
    told = record(
        event(EventKind.REQUESTED, pdu=pdu, local_ae_title="PACS\0\0", peer_ae_title="CT\0x"),
    )
    assert (told["local_ae_title"], told["peer_ae_title"]) == ("PACS", r"CT\x00x")
    assert told["pdu"]["called_ae_title"] == "PACS"
    assert told["pdu"]["calling_ae_title"] == r"CT\x00x\x851"


def test_an_answer_by_its_values_with_words() -> None:
    pdu = record(event(EventKind.ACCEPTED, pdu=ACCEPT))["pdu"]
    first, second, _ = pdu["presentation_contexts"]
    assert first["result"] == {"code": 0, "words": "acceptance"}
    assert second["result"] == {"code": 3, "words": "abstract-syntax-not-supported"}
    assert first["transfer_syntax"]["name"] == "Implicit VR Little Endian"


def test_codes_with_their_words() -> None:
    pdu = record(event(EventKind.REJECTED, pdu=REJECT))["pdu"]
    assert pdu == {
        "type": "A-ASSOCIATE-RJ",
        "result": {"code": 1, "words": "rejected-permanent"},
        "source": {"code": 1, "words": "service-user"},
        "reason": {"code": 7, "words": "called-AE-title-not-recognized"},
    }
    by_user = record(event(EventKind.ABORTED, pdu=AAbort(0, 3)))["pdu"]
    assert by_user["reason"] == {"code": 3, "words": ""}


def test_data_by_its_fragments() -> None:
    pdu = record(event(EventKind.PDU_SENT, pdu=PDataTf((Pdv(1, 3, b"ab"), Pdv(3, 0, b"c")))))["pdu"]
    assert pdu["pdvs"] == [
        {"context_id": 1, "is_command": True, "is_last": True, "length": 2},
        {"context_id": 3, "is_command": False, "is_last": False, "length": 1},
    ]


@pytest.mark.parametrize("pdu", PDUS)
def test_every_pdu_names_its_type(pdu: Any) -> None:
    name = type(pdu).__name__.upper().replace("ASSOCIATE", "-ASSOCIATE-").replace("RELEASE", "-RELEASE-")
    expected = {"PDATATF": "P-DATA-TF", "AABORT": "A-ABORT"}.get(name, name)
    assert record(event(EventKind.PDU_SENT, pdu=pdu))["pdu"]["type"] == expected


def test_other_sub_items_are_not_lost() -> None:
    items = (
        AsynchronousOperationsWindow(1, 2),
        RoleSelection(CT, 0, 1),
        SopClassExtendedNegotiation(CT, b"\1\2"),
        UserIdentityRq(1, 0, b"jo"),
    )
    pdu = record(event(EventKind.PDU_SENT, pdu=AAssociateRq("", "", (UserInformation(items),))))["pdu"]
    window, role, extended, identity = pdu["other_user_information"]
    assert (window["item"], window["invoked"], window["performed"]) == ("AsynchronousOperationsWindow", 1, 2)
    assert role["sop_class_uid"] == {"uid": CT, "name": "CT Image Storage"}
    assert extended["information"] == "0102"
    assert (identity["primary"], identity["primary_encoding"]) == ("jo", "utf-8")


def test_findings_and_transitions() -> None:
    findings = record(SAMPLES[EventKind.PDU_RECEIVED])["findings"]
    assert findings[0] == {
        "severity": "warning",
        "field": "calling_ae_title",
        "offset": 26,
        "text": "Lower case.",
        "remedy": "Write it right.",
    }
    assert len(findings) == 3
    transition = record(SAMPLES[EventKind.STATE])["transition"]
    assert transition == {"before": "Sta5", "event": "Evt3", "action": "AE-3", "after": "Sta6"}


def test_text_lines() -> None:
    line = to_text(SAMPLES[EventKind.PDU_SENT])
    time, rest = line[:23], line[23:]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", time)
    assert rest == "     #3 SCU  pdu_sent             A-ASSOCIATE-RQ US → ANY-SCP, 3 contexts, max 16384"
    bare = to_text(event(EventKind.NOTE, association=0, role=None, text="hello"))
    assert bare[23:] == " " * 13 + "note                 hello"


@given(st.sampled_from(EventKind), st.text(max_size=30), st.binary(max_size=30))
def test_any_event_is_one_line_in_both(kind: EventKind, text: str, data: bytes) -> None:
    sample = event(kind, text=text, data=data, peer=text, peer_ae_title=text)
    assert record(sample)["text"] == text
    assert to_text(sample).isprintable()


def with_findings(*findings: Finding, kind: EventKind = EventKind.PDU_RECEIVED) -> EngineEvent:
    return event(kind, findings=findings)


FAULTS = (
    Finding(Severity.NOTE, "items", -1, "It is so."),
    Finding(Severity.WARNING, "called_ae_title", 10, "It is risky\n\x1b[2J.", "Leave it."),
    Finding(Severity.ERROR, "items[0]", 74, "It is wrong."),
)


def test_findings_have_a_line_each_the_worst_first() -> None:
    assert [line.strip() for line in finding_lines(with_findings(*FAULTS), 3)] == [
        "error    It is wrong. (byte 74)",
        "warning  It is risky\\x0a\\x1b[2J. Leave it. (byte 10)",
        "note     It is so.",
    ]


@pytest.mark.parametrize(
    ("count", "last"), [(10, "note     It is so."), (12, "… and 2 more"), (501, "… and at least 491 more")]
)
def test_those_that_are_not_shown_are_counted(count: int, last: str) -> None:
    lines = finding_lines(with_findings(*FAULTS[:1] * count), 10)
    assert len(lines) <= 11
    assert lines[-1].strip() == last


def test_a_note_says_itself_what_its_findings_say() -> None:
    assert finding_lines(with_findings(*FAULTS, kind=EventKind.NOTE), 3) == ()
    assert finding_lines(with_findings(), 3) == ()
