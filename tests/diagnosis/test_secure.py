"""Verdicts on TLS: each row of the tables, and that any facts get one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.diagnosis import diagnose
from parley.diagnosis.secure import ALERTS, REASONS, VERIFICATIONS
from parley.model.attempt import Attempt, AttemptEnd
from parley.model.tls import Alert, Certificate, Handshake, TlsFailure

PEER = Certificate(
    "CN=pacs",
    "CN=their CA",
    ("DNS:pacs.example",),
    datetime(2020, 1, 2, tzinfo=UTC),
    datetime(2021, 3, 4, tzinfo=UTC),
    "RSA 1024",
    "sha1",
)
SEEN = Handshake(server_name="10.0.0.7", peer_chain=(PEER,))


def verdict(failure, seen=SEEN, end=AttemptEnd.TLS_FAILED):
    said = diagnose(Attempt(end, "10.0.0.7:2762", detail=failure.words, handshake=replace(seen, failure=failure)))
    assert not said.passed
    for text in (said.cause, said.remedy):
        assert text.endswith(".")
        assert "{" not in text
    return said


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (20, "tls_unknown_ca", "issued by CN=their CA"),
        (19, "tls_unknown_ca", "CN=pacs"),
        (18, "tls_self_signed", "signed by itself"),
        (62, "tls_name_mismatch", "another name than 10.0.0.7: it is valid for DNS:pacs.example"),
        (64, "tls_name_mismatch", "another name than 10.0.0.7"),
        (10, "tls_certificate_expired", "2021-03-04"),
        (9, "tls_certificate_not_yet_valid", "2020-01-02"),
        (66, "tls_certificate_weak", "RSA 1024, sha1"),
        (26, "tls_certificate_refused", "unsuitable purpose"),
    ],
)
def test_what_this_side_refuses(number, code, words):
    said = verdict(TlsFailure("unsuitable purpose", "CERTIFICATE_VERIFY_FAILED", number, 42, Alert.OURS))
    assert said.code == code
    assert words in said.cause


SENT = replace(SEEN, client_certificate_asked=True, client_certificate_sent=True)
ABOUT_OURS = [42, 43, 44, 45, 46, 48, 49]


@pytest.mark.parametrize(
    ("alert", "code"),
    [
        (40, "tls_own_certificate_refused"),
        (42, "tls_own_certificate_refused"),
        (45, "tls_own_certificate_expired"),
        (48, "tls_own_certificate_refused"),
        (70, "tls_no_common_version"),
        (112, "tls_name_unknown"),
        (116, "tls_certificate_required"),
        (120, "tls_alpn_refused"),
        (80, "tls_failed"),
    ],
)
def test_what_the_peer_refuses(alert, code):
    assert alerted(alert, replace(SENT, server_name="pacs.example")).code == code


def alerted(alert, seen):
    return verdict(TlsFailure("alert", "SOMETHING_ALERT", 0, alert, Alert.THEIRS), seen)


@pytest.mark.parametrize("alert", [40, *ABOUT_OURS, 116])
def test_an_alert_after_a_certificate_was_asked_and_not_sent_is_about_that(alert):
    """Java's TLS 1.3 says "bad certificate" of the one that it did not get."""
    said = alerted(alert, replace(SEEN, client_certificate_asked=True))
    assert said.code == "tls_certificate_required"
    assert "wants a certificate of this side and got none" in said.cause


@pytest.mark.parametrize("alert", ABOUT_OURS)
def test_no_certificate_is_refused_that_was_not_sent(alert):
    said = alerted(alert, SEEN)
    assert said.code == "tls_failed"
    assert "though it asked this side for no certificate" in said.cause


def test_a_failed_handshake_is_about_ciphers_before_the_peer_has_chosen_one():
    assert alerted(40, Handshake()).code == "tls_no_common_cipher"
    assert alerted(40, SEEN).code == "tls_failed"
    said = alerted(40, SENT)
    assert "gave up after it had got the certificate of this side" in said.cause


@pytest.mark.parametrize(
    ("name", "code"), [("pacs.example", "tls_name_unknown"), ("10.0.0.7", "tls_name_missing"), ("", "tls_name_missing")]
)
def test_a_name_is_unknown_only_where_one_was_sent(name, code):
    assert alerted(112, replace(SEEN, server_name=name)).code == code


@pytest.mark.parametrize("end", [AttemptEnd.CLOSED_BY_PEER, AttemptEnd.RESET_BY_PEER])
def test_so_is_a_connection_that_ends_right_after_the_handshake(end):
    asked = replace(SEEN, client_certificate_asked=True)
    assert diagnose(Attempt(end, "pacs:2762", handshake=asked)).code == "tls_certificate_required"
    for seen in (replace(asked, client_certificate_sent=True), SEEN, None):
        assert "without_answer" in diagnose(Attempt(end, "pacs:2762", handshake=seen)).code


@pytest.mark.parametrize(
    ("received", "code", "words"),
    [
        (b"\7\0\0\0\0\4\0\0\2\1", "tls_peer_plain", "plain DICOM"),
        (b"HTTP/1.1 400 Bad Request", "tls_peer_foreign", "an HTTP response"),
        (b"\0\0\0\0", "tls_peer_foreign", "not TLS"),
    ],
)
def test_who_does_not_speak_tls(received, code, words):
    said = verdict(TlsFailure("no TLS", "WRONG_VERSION_NUMBER", received=received))
    assert said.code == code
    assert words in said.cause


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("TIMEOUT", "tls_timeout"),
        ("CLOSED", "tls_closed"),
        ("RESET", "tls_reset"),
        ("UNSUPPORTED_PROTOCOL", "tls_no_common_version"),
        ("BAD_SIGNATURE", "tls_failed"),
    ],
)
def test_other_reasons(reason, code):
    assert verdict(TlsFailure(reason.lower(), reason)).code == code


@given(
    st.builds(
        TlsFailure,
        st.text(max_size=20),
        st.sampled_from(["", *REASONS]),
        st.sampled_from([0, *VERIFICATIONS]) | st.integers(0, 100),
        st.none() | st.sampled_from([*ALERTS]) | st.integers(0, 255),
        st.none() | st.sampled_from(Alert),
        st.binary(max_size=10),
    ),
    st.booleans(),
)
def test_any_facts_get_a_verdict(failure, has_chain):
    handshake = replace(SEEN if has_chain else Handshake(), failure=failure)
    assert diagnose(Attempt(AttemptEnd.TLS_FAILED, "", handshake=handshake)).cause
