"""Each rule on PDU values, broken alone: exactly the one finding, at its field, with its severity."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from parley.ul import pdu, request_rules
from parley.ul.codec import encode
from parley.ul.conformance import check_accept, check_request, locate
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UserIdentityAc,
    UserIdentityRq,
    UserInformation,
)

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, BIG_ENDIAN, JPEG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.50"
CLASS = "1.2.840.10008.1.1"

NAME = ApplicationContext("1.2.840.10008.3.1.1.1")
CONTEXT = PresentationContextRq.of(1, CLASS, (IMPLICIT, EXPLICIT))
ANSWER = PresentationContextAc.of(1, 0, IMPLICIT)
LENGTH, IMPLEMENTATION = MaximumLength(16384), ImplementationClassUid("1.2.3")
VERSION_NAME = ImplementationVersionName("PARLEY_01")


def information(*more: pdu.UserInformationSubItem) -> UserInformation:
    return UserInformation((LENGTH, IMPLEMENTATION, *more))


RQ = AAssociateRq("SCP", "SCU", (NAME, CONTEXT, information(VERSION_NAME)))
AC = AAssociateAc("SCP", "SCU", (NAME, ANSWER, information(VERSION_NAME)))


def brief(findings: tuple[Finding, ...]) -> list[tuple[Severity, str]]:
    for finding in findings:
        assert finding.offset == -1
        assert finding.text[0].isupper()
        assert finding.text.endswith(".")
        assert not finding.remedy or finding.remedy.endswith((".", "…"))
    return [(finding.severity, finding.field) for finding in findings]


def test_what_is_right_has_no_findings():
    assert check_request(RQ) == ()
    assert check_accept(RQ, AC) == ()
    assert check_accept(None, AC) == ()


# --- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"protocol_version": 0}, [(E, "protocol_version")]),
        ({"protocol_version": 2}, [(E, "protocol_version")]),
        ({"protocol_version": 3}, [(W, "protocol_version")]),
        ({"protocol_version": -1}, [(E, "protocol_version")]),
        ({"called_ae_title": ""}, [(E, "called_ae_title")]),
        ({"calling_ae_title": "X" * 17}, [(E, "calling_ae_title")]),
        ({"called_ae_title": "SC\0"}, [(E, "called_ae_title")]),
        ({"called_ae_title": "A\\B"}, [(E, "called_ae_title")]),
        ({"called_ae_title": "Ä"}, [(E, "called_ae_title")]),
        ({"called_ae_title": " SCP"}, [(W, "called_ae_title")]),
        ({"calling_ae_title": "scu"}, [(W, "calling_ae_title")]),
        ({"calling_ae_title": "SCP"}, [(W, "calling_ae_title")]),
        ({"items": (CONTEXT, information())}, [(E, "items")]),
        ({"items": (NAME, NAME, CONTEXT, information())}, [(E, "items[1]")]),
        ({"items": (ApplicationContext("1.2"), CONTEXT, information())}, [(E, "items[0].name")]),
        ({"items": (NAME, information())}, [(E, "items")]),
        ({"items": (NAME, CONTEXT, information(), information())}, [(E, "items[3]")]),
        ({"items": (NAME, CONTEXT, ANSWER, information())}, [(E, "items[2]")]),
        ({"items": (NAME, CONTEXT)}, [(E, "items")]),
    ],
)
def test_a_fault_in_a_request(changes: dict[str, object], expected: list[tuple[Severity, str]]):
    assert brief(check_request(replace(RQ, **changes))) == expected


def context(*sub_items: pdu.ContextSubItem, number: int = 1) -> PresentationContextRq:
    return PresentationContextRq(number, sub_items)


ABSTRACT, DEFAULT = AbstractSyntax(CLASS), TransferSyntax(IMPLICIT)


@pytest.mark.parametrize(
    ("contexts", "expected"),
    [
        ([context(ABSTRACT, DEFAULT, number=2)], [(E, "items[0].context_id")]),
        ([context(ABSTRACT, DEFAULT, number=0)], [(E, "items[0].context_id")]),
        ([context(ABSTRACT, DEFAULT, number=257)], [(E, "items[0].context_id")]),
        ([CONTEXT, CONTEXT], [(E, "items[1].context_id")]),
        ([context(ABSTRACT)], [(E, "items[0].sub_items")]),
        ([context(DEFAULT)], [(E, "items[0].sub_items")]),
        ([context(ABSTRACT, ABSTRACT, DEFAULT)], [(E, "items[0].sub_items")]),
        ([context(ABSTRACT, DEFAULT, DEFAULT)], [(W, "items[0].sub_items")]),
        ([context(AbstractSyntax("1.2\0"), DEFAULT)], [(E, "items[0].sub_items[0].uid")]),
        ([context(ABSTRACT, DEFAULT, TransferSyntax("1.02"))], [(E, "items[0].sub_items[2].uid")]),
        ([context(ABSTRACT, TransferSyntax(EXPLICIT))], [(W, "items[0].sub_items")]),
        ([context(ABSTRACT, TransferSyntax("1.2.3"))], [(W, "items[0].sub_items")]),
        ([context(ABSTRACT, TransferSyntax(JPEG))], []),
        ([context(ABSTRACT, TransferSyntax(EXPLICIT)), context(ABSTRACT, DEFAULT, number=3)], []),
        ([context(ABSTRACT, DEFAULT, TransferSyntax(JPEG))], [(W, "items[0].sub_items")]),
        ([context(ABSTRACT, DEFAULT, TransferSyntax(DEFLATED))], [(W, "items[0].sub_items")]),
        ([context(ABSTRACT, DEFAULT, TransferSyntax(BIG_ENDIAN))], [(W, "items[0].sub_items")]),
    ],
)
def test_a_fault_in_proposed_contexts(contexts: list[PresentationContextRq], expected: list[tuple[Severity, str]]):
    assert brief(check_request(replace(RQ, items=(*contexts, NAME, information())))) == expected


def test_more_contexts_than_there_are_odd_numbers():
    contexts = tuple(PresentationContextRq.of(2 * index + 1, CLASS, (IMPLICIT,)) for index in range(129))
    findings = check_request(replace(RQ, items=(NAME, *contexts, information())))
    assert brief(findings) == [(E, "items[129]"), (E, "items[129].context_id")]
    assert "129" in findings[0].text
    assert check_request(replace(RQ, items=(NAME, *contexts[:128], information()))) == ()


USER_INFORMATION_OF_BOTH = [
    ((IMPLEMENTATION,), [(W, "items[2].sub_items")]),
    ((LENGTH,), [(W, "items[2].sub_items")]),
    ((MaximumLength(0), IMPLEMENTATION), [(W, "items[2].sub_items[0].length")]),
    ((MaximumLength(1), IMPLEMENTATION), [(E, "items[2].sub_items[0].length")]),
    ((MaximumLength(6), IMPLEMENTATION), [(E, "items[2].sub_items[0].length")]),
    ((MaximumLength(7), IMPLEMENTATION), [(W, "items[2].sub_items[0].length")]),
    ((MaximumLength(4095), IMPLEMENTATION), [(W, "items[2].sub_items[0].length")]),
    ((MaximumLength(4096), IMPLEMENTATION), []),
    ((MaximumLength(131072), IMPLEMENTATION), []),
    ((MaximumLength(131073), IMPLEMENTATION), [(W, "items[2].sub_items[0].length")]),
    ((MaximumLength(1 << 32), IMPLEMENTATION), [(E, "items[2].sub_items[0].length")]),
    ((MaximumLength(-1), IMPLEMENTATION), [(E, "items[2].sub_items[0].length")]),
    ((LENGTH, LENGTH, IMPLEMENTATION), [(E, "items[2].sub_items[1]")]),
    ((LENGTH, IMPLEMENTATION, IMPLEMENTATION), [(E, "items[2].sub_items[2]")]),
    ((LENGTH, ImplementationClassUid("1.2.")), [(E, "items[2].sub_items[1].uid")]),
    ((LENGTH, IMPLEMENTATION, VERSION_NAME, VERSION_NAME), [(E, "items[2].sub_items[3]")]),
    ((LENGTH, IMPLEMENTATION, ImplementationVersionName("")), [(E, "items[2].sub_items[2].name")]),
    ((LENGTH, IMPLEMENTATION, ImplementationVersionName("X" * 17)), [(E, "items[2].sub_items[2].name")]),
]


@pytest.mark.parametrize(("sub_items", "expected"), USER_INFORMATION_OF_BOTH)
def test_a_fault_in_the_user_information_of_both(
    sub_items: tuple[pdu.UserInformationSubItem, ...], expected: list[tuple[Severity, str]]
):
    user = UserInformation(sub_items)
    assert brief(check_request(replace(RQ, items=(NAME, CONTEXT, user)))) == expected
    assert brief(check_accept(RQ, replace(AC, items=(NAME, ANSWER, user)))) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (AsynchronousOperationsWindow(1, 1), [(W, "")]),
        (AsynchronousOperationsWindow(0, 0), [(W, "")]),
        (RoleSelection(CLASS, 1, 1), []),
        (RoleSelection("1.2.3", 1, 1), [(W, ".sop_class_uid")]),
        (RoleSelection(CLASS, 0, 0), [(W, "")]),
        (RoleSelection(CLASS, 2, 1), [(E, ".scu")]),
        (SopClassExtendedNegotiation(CLASS, b"\1"), []),
        (SopClassExtendedNegotiation("1.2.3", b"\1"), [(W, ".sop_class_uid")]),
        (SopClassExtendedNegotiation(CLASS + "\0", b"\1"), [(E, ".sop_class_uid")]),
        (SopClassCommonExtendedNegotiation("1.2.3", "1.2.4", ("1.2.5",)), []),
        (SopClassCommonExtendedNegotiation("1.2.", "1.2.4"), [(E, ".sop_class_uid")]),
        (SopClassCommonExtendedNegotiation("1.2.3", ""), [(E, ".service_class_uid")]),
        (
            SopClassCommonExtendedNegotiation("1.2.3", "1.2.4", ("1.2", "x")),
            [(E, ".related_general_sop_class_uids[1]")],
        ),
        (UserIdentityRq(1, 0, b"anna"), []),
        (UserIdentityRq(2, 1, b"anna", b"secret"), []),
        (UserIdentityRq(2, 0, b"anna"), [(E, ".secondary")]),
        (UserIdentityRq(1, 0, b"anna", b"secret"), [(W, ".secondary")]),
        (UserIdentityRq(1, 0, b""), [(W, ".primary")]),
        (UserIdentityRq(0, 0, b"anna"), [(E, ".identity_type")]),
        (UserIdentityRq(6, 0, b"anna"), [(E, ".identity_type")]),
        (UserIdentityRq(5, 2, b"anna"), [(E, ".response_requested")]),
        (UserIdentityAc(b""), [(E, "")]),
    ],
)
def test_a_fault_in_the_user_information_of_a_request(
    item: pdu.UserInformationSubItem, expected: list[tuple[Severity, str]]
):
    findings = check_request(replace(RQ, items=(NAME, CONTEXT, information(item))))
    assert brief(findings) == [(severity, f"items[2].sub_items[2]{field}") for severity, field in expected]


@pytest.mark.parametrize(
    "item",
    [
        RoleSelection(CLASS, 1, 0),
        SopClassExtendedNegotiation(CLASS, b"\1"),
        SopClassCommonExtendedNegotiation(CLASS, "1.2.3"),
        UserIdentityRq(1, 0, b"anna"),
    ],
)
def test_what_may_be_there_once(item: pdu.UserInformationSubItem):
    (finding,) = check_request(replace(RQ, items=(NAME, CONTEXT, information(item, item))))
    assert finding.severity is E
    assert finding.field.startswith("items[2].sub_items[3]")
    assert "more than one" in finding.text


# --- acceptances -----------------------------------------------------------------------------------------------------


def answered(number: int, result: int, *syntaxes: str) -> PresentationContextAc:
    return PresentationContextAc(number, result, tuple(map(TransferSyntax, syntaxes)))


@pytest.mark.parametrize(
    ("answers", "alone", "against"),
    [
        ([answered(1, 3, IMPLICIT)], [], []),
        ([answered(1, 3)], [(W, "items[0].sub_items")], []),
        ([answered(1, 3, "")], [(W, "items[0].sub_items")], []),
        ([answered(1, 3, "nonsense")], [], []),
        ([answered(1, 5, IMPLICIT)], [(E, "items[0].result")], []),
        ([answered(1, 0)], [(E, "items[0].sub_items")], []),
        ([answered(1, 0, IMPLICIT, EXPLICIT)], [(E, "items[0].sub_items")], []),
        ([answered(1, 0, JPEG)], [], [(E, "items[0].sub_items")]),
        ([answered(1, 0, IMPLICIT + "\0")], [(E, "items[0].sub_items[0].uid")], []),
        ([answered(1, 0, IMPLICIT), answered(9, 0, IMPLICIT)], [], [(E, "items[1].context_id")]),
        ([answered(1, 0, IMPLICIT), answered(1, 3, IMPLICIT)], [(E, "items[1].context_id")], []),
        (
            [answered(1, 0, IMPLICIT), answered(2, 3, IMPLICIT)],
            [(E, "items[1].context_id")],
            [(E, "items[1].context_id")],
        ),
        ([answered(3, 0, IMPLICIT)], [], [(E, "items[0].context_id"), (E, "items")]),
        ([], [(E, "items")], [(E, "items")]),
        ([PresentationContextAc(1, 0, (AbstractSyntax(CLASS), DEFAULT))], [(E, "items[0].sub_items")], []),
        ([ANSWER, CONTEXT], [(E, "items[1]")], []),
    ],
)
def test_a_fault_in_answered_contexts(
    answers: list[pdu.Item], alone: list[tuple[Severity, str]], against: list[tuple[Severity, str]]
):
    ac = replace(AC, items=(*answers, NAME, information()))
    assert brief(check_accept(None, ac)) == alone
    assert brief(check_accept(RQ, ac)) == [*alone, *against]


def test_answers_in_another_order_are_right():
    rq = replace(RQ, items=(NAME, CONTEXT, replace(CONTEXT, context_id=3), information()))
    ac = replace(AC, items=(NAME, replace(ANSWER, context_id=3), ANSWER, information()))
    assert check_accept(rq, ac) == ()


def test_echoed_titles_are_noted_at_most():
    ac = replace(AC, called_ae_title="", calling_ae_title="\0" * 16)
    assert brief(check_accept(RQ, ac)) == [(N, "called_ae_title"), (N, "calling_ae_title")]
    assert check_accept(None, ac) == ()


WINDOW = AsynchronousOperationsWindow


@pytest.mark.parametrize(
    ("asked", "item", "expected"),
    [
        (None, WINDOW(1, 1), [(W, ""), (E, "")]),
        (WINDOW(5, 5), WINDOW(5, 1), [(W, "")]),
        (WINDOW(0, 0), WINDOW(7, 0), [(W, "")]),
        (WINDOW(5, 5), WINDOW(6, 5), [(W, ""), (E, ".invoked")]),
        (WINDOW(5, 5), WINDOW(5, 0), [(W, ""), (E, ".performed")]),
        (None, RoleSelection(CLASS, 1, 0), [(E, "")]),
        (RoleSelection(CLASS, 1, 1), RoleSelection(CLASS, 0, 1), []),
        (RoleSelection(CLASS, 1, 0), RoleSelection(CLASS, 1, 1), [(E, ".scp")]),
        (RoleSelection(CLASS, 0, 1), RoleSelection(CLASS, 1, 1), [(E, ".scu")]),
        (RoleSelection(CLASS, 1, 1), RoleSelection(CLASS, 0, 0), [(W, "")]),
        (None, SopClassExtendedNegotiation(CLASS, b"\1"), [(E, "")]),
        (SopClassExtendedNegotiation(CLASS, b"\1"), SopClassExtendedNegotiation(CLASS, b"\0"), []),
        (None, SopClassCommonExtendedNegotiation(CLASS, "1.2"), [(E, "")]),
        (None, UserIdentityRq(1, 0, b"anna"), [(E, "")]),
        (None, UserIdentityAc(b""), [(E, "")]),
        (UserIdentityRq(1, 0, b"anna"), UserIdentityAc(b""), [(E, "")]),
        (UserIdentityRq(1, 1, b"anna"), UserIdentityAc(b""), []),
        (UserIdentityRq(1, 1, b"anna"), UserIdentityAc(b"!"), [(W, ".response")]),
        (UserIdentityRq(3, 1, b"ticket"), UserIdentityAc(b"ticket"), []),
    ],
)
def test_a_fault_in_the_user_information_of_an_acceptance(
    asked: pdu.UserInformationSubItem | None,
    item: pdu.UserInformationSubItem,
    expected: list[tuple[Severity, str]],
):
    rq = replace(RQ, items=(NAME, CONTEXT, information(*([asked] if asked else []))))
    ac = replace(AC, items=(NAME, ANSWER, information(item)))
    assert brief(check_accept(rq, ac)) == [(severity, f"items[2].sub_items[2]{field}") for severity, field in expected]


@pytest.mark.parametrize(
    ("item", "meaning"),
    [
        (WINDOW(5, 0), "One operation at a time"),
        (RoleSelection(CLASS, 0, 1), "The requestor is SCU, the acceptor SCP."),
        (SopClassExtendedNegotiation(CLASS, b"\1"), "the defaults of the service class hold"),
        (UserIdentityRq(1, 1, b"anna"), "Nothing proves"),
    ],
)
def test_what_is_asked_for_and_not_answered_is_noted(item: pdu.UserInformationSubItem, meaning: str):
    rq = replace(RQ, items=(NAME, CONTEXT, information(item)))
    (finding,) = check_accept(rq, AC)
    assert brief((finding,)) == [(N, "items[2].sub_items")]
    assert finding.text.startswith("Asked for and not answered: ")
    assert meaning in finding.text


@pytest.mark.parametrize(
    "item",
    [SopClassCommonExtendedNegotiation(CLASS, "1.2.3"), UserIdentityRq(1, 0, b"anna")],
)
def test_what_wants_no_answer_gets_none_without_a_note(item: pdu.UserInformationSubItem):
    rq = replace(RQ, items=(NAME, CONTEXT, information(item)))
    assert check_accept(rq, AC) == ()


def test_each_class_that_is_not_answered_is_noted():
    asked = [SopClassExtendedNegotiation(uid, b"\1") for uid in (CLASS, "1.2.3")]
    rq = replace(RQ, items=(NAME, CONTEXT, information(*asked)))
    ac = replace(AC, items=(NAME, ANSWER, information(asked[0])))
    (finding,) = check_accept(rq, ac)
    assert "extended negotiation for 1.2.3" in finding.text


@pytest.mark.parametrize("item", [WINDOW(5, 4), WINDOW(1, 1), RoleSelection(CLASS, 0, 0)])
def test_an_answer_is_not_spoken_of_as_a_request(item: pdu.UserInformationSubItem):
    (asked,) = check_request(replace(RQ, items=(NAME, CONTEXT, information(item))))
    (answered,) = check_accept(None, replace(AC, items=(NAME, ANSWER, information(item))))
    assert asked.severity is answered.severity is W
    assert any(words in asked.text for words in ("asked for", "proposes"))
    assert not any(words in answered.text for words in ("is asked for", "proposes"))
    assert any(words in answered.text for words in ("answered", "granted"))


def test_roles_for_another_class_are_no_answer():
    rq = replace(RQ, items=(NAME, CONTEXT, information(RoleSelection(CLASS, 1, 1))))
    ac = replace(AC, items=(NAME, ANSWER, information(RoleSelection("1.2.3", 1, 1))))
    assert brief(check_accept(rq, ac)) == [(E, "items[2].sub_items[2]"), (N, "items[2].sub_items")]


def test_a_padded_application_context_is_called_padded_and_not_another_one():
    padded = ApplicationContext(f"{NAME.name}\0")
    (finding,) = check_request(replace(RQ, items=(padded, CONTEXT, information())))
    assert "padded" in finding.text


# --- places, number, time --------------------------------------------------------------------------------------------


def test_findings_get_their_offsets_from_the_bytes():
    rq = replace(RQ, called_ae_title="scp", items=(NAME, replace(CONTEXT, context_id=2), UserInformation(())))
    known = Finding(N, "reserved", 1, "Known.")
    found = locate(encode(rq), (known, *check_request(rq)))
    assert [(finding.field, finding.offset) for finding in found] == [
        ("reserved", 1),
        ("items[2].sub_items", 172),  # no maximum length: the user information item has the place
        ("items[2].sub_items", 172),
        ("called_ae_title", 10),
        ("items[1].context_id", 103),
    ]


def test_what_is_missing_altogether_has_the_place_of_the_pdu():
    found = locate(encode(replace(RQ, items=())), check_request(replace(RQ, items=())))
    assert found
    assert {finding.offset for finding in found} == {0}


def test_a_flood_of_findings_is_cut():
    contexts = tuple(context(number=2) for _ in range(5000))
    findings = check_request(replace(RQ, items=contexts))
    assert len(findings) == 501
    assert "not listed" in findings[-1].text


def test_a_large_request_is_checked_while_typing():
    syntaxes = tuple(f"1.2.840.10008.1.2.4.{number}" for number in range(50, 70))
    contexts = tuple(PresentationContextRq.of(2 * index + 1, f"1.2.3.{index}", syntaxes) for index in range(128))
    rq = replace(RQ, items=(NAME, *contexts, information()))
    check_request(rq)
    figures = []
    for _ in range(5):
        start = time.process_time()
        assert check_request(rq) == ()
        figures.append(time.process_time() - start)
    assert min(figures) < 0.05  # ten times what it takes: this guards its order of magnitude only


def test_contexts_with_the_same_transfer_syntaxes_are_judged_once(monkeypatch):
    looked = []
    monkeypatch.setattr(request_rules, "codings", lambda uids: looked.append(uids) or set())
    contexts = tuple(PresentationContextRq.of(2 * n + 1, f"1.2.{n}", ("1.2.3", f"1.2.{n % 3}")) for n in range(128))
    check_request(AAssociateRq("B", "A", (*contexts, UserInformation(()))))
    assert len(looked) == 3


def test_a_flood_of_faults_ends_the_search_for_more(monkeypatch):
    judged = []
    monkeypatch.setattr(request_rules.Proposal, "of", lambda *arguments: judged.append(arguments))
    contexts = (PresentationContextRq(1, ()),) * 20_000
    found = check_request(AAssociateRq("B", "A", (*contexts, UserInformation(()))))
    assert len(found) == 501
    assert not judged
