"""Verdicts on attempts: every end, and the facts that tell usual causes apart."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.diagnosis import Verdict, context_words, diagnose
from parley.diagnosis.attempts import ENDS
from parley.diagnosis.rejections import ABORTS, REJECTIONS
from parley.model.attempt import Attempt, AttemptEnd, Step
from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.ul.codes import REJECT_REASONS, VERIFICATION, AbortReason
from parley.ul.negotiation import outcome
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, PresentationContextAc

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
IMPLICIT, JPEG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.4.50"
HANDLE = RequestorHandle(called_ae_title="THEM", calling_ae_title="US")


def attempt(end: AttemptEnd, **facts: object) -> Attempt:
    return replace(Attempt(end, "pacs:104", request_pdu(HANDLE)), **facts)


def verdict(end: AttemptEnd, **facts: object) -> Verdict:
    said = diagnose(attempt(end, **facts))
    for text in (said.cause, said.remedy):
        assert "{" not in text
        assert not text or text.endswith((".", ")"))
    return said


def established(*contexts: ProposedContext, supported: tuple[SupportedContext, ...] = ()) -> Verdict:
    request = request_pdu(replace(HANDLE, contexts=contexts))
    answer = accept_pdu(AcceptorHandle(contexts=supported), AcceptanceRules(), request)
    return verdict(AttemptEnd.ESTABLISHED, request=request, answer=answer)


# --- every row -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", AttemptEnd)
def test_every_end_has_a_verdict_even_without_any_fact(end: AttemptEnd) -> None:
    said = diagnose(Attempt(end, ""))
    assert said.passed == (end is AttemptEnd.ESTABLISHED)
    assert said.code
    assert said.cause
    assert set(said.code) <= set(string.ascii_lowercase + "_")


def test_the_tables_cover_all_that_the_standard_names() -> None:
    assert set(REJECTIONS) == {(source, reason) for source, reasons in REJECT_REASONS.items() for reason in reasons}
    assert set(ABORTS) == {reason for reason in AbortReason if not reason.is_reserved}
    assert set(ENDS) == set(AttemptEnd) - {AttemptEnd.ESTABLISHED, AttemptEnd.REJECTED, AttemptEnd.ABORTED_BY_PEER}


@given(
    st.sampled_from(AttemptEnd),
    st.binary(max_size=40),
    st.text(max_size=20),
    st.none() | st.builds(AAssociateRj, *[st.integers(0, 255)] * 3) | st.builds(AAbort, *[st.integers(0, 255)] * 2),
)
def test_any_facts_get_a_verdict(end: AttemptEnd, received: bytes, detail: str, answer: AAssociateRj | AAbort) -> None:
    assert diagnose(attempt(end, received=received, detail=detail, answer=answer)).cause


# --- connecting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "detail", "error", "code", "words"),
    [
        (
            AttemptEnd.RESOLVE_FAILED,
            "Name or service not known",
            "EAI_NONAME",
            "host_unknown",
            "pacs: Name or service not known.",
        ),
        (
            AttemptEnd.CONNECT_REFUSED,
            "Connection refused",
            "ECONNREFUSED",
            "connection_refused",
            "nothing listens at port 104",
        ),
        (AttemptEnd.CONNECT_TIMEOUT, "no connection within 5 s", "", "connection_timeout", "no connection within 5 s"),
        (AttemptEnd.CONNECT_FAILED, "Kein Weg", "EHOSTUNREACH", "host_unreachable", "cannot be reached"),
        (AttemptEnd.CONNECT_FAILED, "Kein Netz", "ENETUNREACH", "network_unreachable", "knows no way"),
        (AttemptEnd.CONNECT_FAILED, "Verboten", "EACCES", "connect_not_permitted", "does not let"),
        (AttemptEnd.CONNECT_FAILED, "Too many open files", "EMFILE", "connect_failed", "Too many open files"),
        (
            AttemptEnd.LOCAL_ADDRESS_FAILED,
            "192.0.2.9: Cannot assign",
            "EADDRNOTAVAIL",
            "local_address_failed",
            "from 192.0.2.9: Cannot",
        ),
        (AttemptEnd.LOCAL_ADDRESS_FAILED, "port 104: Verboten", "EACCES", "local_port_not_permitted", "from port 104"),
        (
            AttemptEnd.LOCAL_PORT_TAKEN,
            "port 4000: Address already in use",
            "EADDRINUSE",
            "local_port_taken",
            "from port 4000: ",
        ),
        (AttemptEnd.NOT_SENT, "it does not fit", "", "not_sent", "it does not fit"),
        (AttemptEnd.CANCELLED, "", "", "cancelled", "on this side"),
    ],
)
def test_before_the_peer_says_anything(end: AttemptEnd, detail: str, error: str, code: str, words: str) -> None:
    said = verdict(end, detail=detail, code=error)
    assert (said.code, said.passed) == (code, False)
    assert words in said.cause


def test_on_this_machine_the_remedy_is_to_listen() -> None:
    said = verdict(AttemptEnd.CONNECT_REFUSED, peer="127.0.0.1:11112")
    assert said.code == "connection_refused"
    assert "Listen" in said.remedy


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("LOCALHOST", True),
        ("[::1]", True),
        ("localhost.example", False),
        ("[::12]", False),
        ("127.example", False),
    ],
)
def test_this_machine_is_told_from_names_that_begin_alike(host: str, is_here: bool) -> None:
    cause = verdict(AttemptEnd.CONNECT_REFUSED, peer=f"{host}:104").cause
    assert ("of this machine" in cause) is is_here


@pytest.mark.parametrize("host", ["fe80::7", "[fe80::7]"])
def test_an_ipv6_peer_keeps_its_colons(host: str) -> None:
    assert "fe80::7 does not answer at port 104" in verdict(AttemptEnd.CONNECT_TIMEOUT, peer=f"{host}:104").cause


# --- after the request -----------------------------------------------------------------------------------------------


def test_silence() -> None:
    said = verdict(AttemptEnd.NO_ANSWER, detail="nothing within 30 s")
    assert said.code == "no_answer"
    assert "nothing within 30 s" in said.cause


@pytest.mark.parametrize("end", [AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER])
def test_closing_at_once_points_at_tls_and_filters_and_closing_later_does_not(end: AttemptEnd) -> None:
    at_once, later = (verdict(end, steps=(Step("association", "failed", ms),)) for ms in (12.0, 30000.0))
    assert at_once.code == later.code == ENDS[end].code
    assert "right after the request" in at_once.cause
    assert "TLS" in at_once.remedy
    assert "30.0 s after the request" in later.cause
    assert "TLS" not in later.remedy


@pytest.mark.parametrize(
    "end", [AttemptEnd.NO_ANSWER, AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER, AttemptEnd.ABORTED_BY_PEER]
)
def test_faults_of_the_request_come_first_where_the_peer_does_not_name_any(end: AttemptEnd) -> None:
    request = request_pdu(replace(HANDLE, calling_ae_title="", contexts=()))
    said = verdict(end, request=request, answer=AAbort(0, 0) if end is AttemptEnd.ABORTED_BY_PEER else None)
    assert said.remedy.startswith("Correct the request first")
    assert "The calling AE title is empty. (And 1 more.)" in said.remedy
    assert "Correct" not in verdict(end).remedy


@pytest.mark.parametrize(
    ("received", "code", "what"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "answer_http", "an HTTP response"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "answer_tls", "a TLS alert (handshake failure)"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "answer_foreign", "an SSH banner"),
        (b"220 mail ESMTP\r\n", "answer_foreign", "an SMTP or FTP greeting"),
        (b"\x02\x00\xff\xff\xff\xf0", "answer_not_understood", "too long"),
        (b"", "answer_not_understood", "too long"),
        (b"\xde\xad\xbe\xef", "answer_not_understood", "too long"),
    ],
)
def test_what_is_no_dicom(received: bytes, code: str, what: str) -> None:
    said = verdict(AttemptEnd.NOT_UNDERSTOOD, received=received, detail="the PDU is too long")
    assert said.code == code
    assert what in said.cause


@pytest.mark.parametrize(
    ("codes", "code", "words"),
    [
        ((1, 1, 7), "rejected_called_ae_title", '"THEM" (1/1/7)'),
        ((1, 1, 3), "rejected_calling_ae_title", '"US" (1/1/3)'),
        ((1, 1, 2), "rejected_application_context", "1.2.840.10008.3.1.1.1 (1/1/2)"),
        ((1, 1, 1), "rejected_no_reason", "(1/1/1)"),
        ((1, 2, 1), "rejected_by_provider", "(1/2/1)"),
        ((1, 2, 2), "rejected_protocol_version", "version 1 (1/2/2)"),
        ((2, 3, 1), "rejected_congestion", "transient"),
        ((2, 3, 2), "rejected_limit", "transient"),
        ((2, 1, 7), "rejected_called_ae_title", "transient"),
        ((1, 1, 8), "rejected_reserved_codes", "1/1/8"),
        ((1, 3, 7), "rejected_reserved_codes", "1/3/7"),
        ((1, 9, 1), "rejected_reserved_codes", "1/9/1"),
        ((3, 1, 7), "rejected_called_ae_title", "The result is reserved."),
    ],
)
def test_rejections(codes: tuple[int, int, int], code: str, words: str) -> None:
    said = verdict(AttemptEnd.REJECTED, answer=AAssociateRj(*codes))
    assert (said.code, said.passed) == (code, False)
    assert words in said.cause
    assert said.remedy


def test_a_permanent_rejection_is_not_called_transient() -> None:
    assert "transient" not in verdict(AttemptEnd.REJECTED, answer=AAssociateRj(1, 1, 7)).cause


@pytest.mark.parametrize(
    ("source", "reason", "code"),
    [
        (0, 0, "aborted_by_user"),
        (0, 6, "aborted_by_user"),
        (2, 0, "aborted_by_provider"),
        (2, 1, "aborted_unrecognized_pdu"),
        (2, 2, "aborted_unexpected_pdu"),
        (2, 3, "aborted_reserved_codes"),
        (2, 4, "aborted_unrecognized_parameter"),
        (2, 5, "aborted_unexpected_parameter"),
        (2, 6, "aborted_invalid_value"),
        (1, 0, "aborted_reserved_codes"),
    ],
)
def test_aborts(source: int, reason: int, code: str) -> None:
    said = verdict(AttemptEnd.ABORTED_BY_PEER, answer=AAbort(source, reason))
    assert (said.code, said.passed) == (code, False)
    assert said.remedy


# --- the answer to the contexts --------------------------------------------------------------------------------------


def test_everything_accepted() -> None:
    said = established(ProposedContext(VERIFICATION), supported=(SupportedContext(VERIFICATION),))
    assert said == Verdict("established", True, "The association is established with its presentation context.")
    both = established(ProposedContext(CT), ProposedContext(MR), supported=(SupportedContext(CT), SupportedContext(MR)))
    assert "all 2 presentation contexts" in both.cause


def test_some_accepted_names_the_others() -> None:
    said = established(ProposedContext(VERIFICATION), ProposedContext(CT), supported=(SupportedContext(VERIFICATION),))
    assert (said.code, said.passed) == ("some_contexts_rejected", True)
    assert "1 of 2" in said.cause
    assert said.cause.endswith("Not accepted: CT Image Storage.")


def test_nothing_accepted_is_no_success() -> None:
    many = [ProposedContext(uid) for uid in (CT, MR, "1.2.3", "1.2.4", CT)]
    said = established(*many)
    assert (said.code, said.passed) == ("no_context_abstract_syntax", False)
    assert "CT Image Storage, MR Image Storage and 2 others" in said.cause
    said = established(ProposedContext(CT, (JPEG,)), supported=(SupportedContext(CT, (IMPLICIT,)),))
    assert said.code == "no_context_transfer_syntax"
    said = established(ProposedContext(CT, (JPEG,)), ProposedContext(MR), supported=(SupportedContext(CT),))
    assert said.code == "no_context_accepted"
    assert established().code == "no_context_proposed"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((PresentationContextAc.of(1, 1, IMPLICIT),), "no_context_user_rejection"),
        ((PresentationContextAc.of(1, 2, IMPLICIT),), "no_context_no_reason"),
        ((PresentationContextAc.of(1, 9, IMPLICIT),), "no_context_accepted"),
        ((), "no_context_answered"),
        ((PresentationContextAc.of(9, 0, IMPLICIT),), "no_context_answered"),
    ],
)
def test_odd_answers(answers: tuple[PresentationContextAc, ...], code: str) -> None:
    said = verdict(AttemptEnd.ESTABLISHED, answer=AAssociateAc("", "", answers))
    assert (said.code, said.passed) == (code, False)


def test_a_faulty_answer_still_passes_but_is_told() -> None:
    answer = accept_pdu(AcceptorHandle(application_context="1.2.3"), AcceptanceRules(), request_pdu(HANDLE))
    said = verdict(AttemptEnd.ESTABLISHED, answer=answer)
    assert (said.code, said.passed) == ("established", True)
    assert said.remedy.startswith("The peer's answer breaks the standard: The application context name")


def test_context_words_name_what_has_a_name() -> None:
    request = request_pdu(replace(HANDLE, contexts=(ProposedContext(CT), ProposedContext("1.2.3"))))
    supported = (SupportedContext(CT), SupportedContext("1.2.3", ("1.2.9",)))
    answer = accept_pdu(AcceptorHandle(contexts=supported), AcceptanceRules(), request)
    lines = [context_words(context) for context in outcome(request, answer)]
    assert lines[0] == "CT Image Storage: accepted with Implicit VR Little Endian"
    assert lines[1].startswith("1.2.3: ")
    stray = AAssociateAc("", "", (PresentationContextAc.of(9, 3, IMPLICIT),))
    assert context_words(outcome(request, stray)[-1]).startswith("context 9: answered although")
