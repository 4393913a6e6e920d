"""The details of TLS events, from handshakes that took place between our two sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from parley.bridge.details.handshake_facts import facts_of
from parley.bridge.details.tree import build
from parley.model.event import EngineEvent
from parley.model.event import EventKind as K
from parley.model.tls import Certificate, ClientCertificate, Handshake
from parley.ul.codes import Role
from parley.ul.errors import Severity
from tests.engine.test_tls import meet, serving, trusting
from tests.harness.loops import run_on
from tests.harness.pki import Pki

REQUESTOR, ACCEPTOR = 1, 2
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki(tmp_path_factory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


def meeting(scu, scp):
    return meet(lambda work: run_on(None, work), scu, scp)


def told(event: EngineEvent) -> dict[str, tuple[str, str]]:
    """Value and meaning of each line of the tree; of lines of the same name the first."""
    lines: dict[str, tuple[str, str]] = {}
    for entry in build(event).entries:
        lines.setdefault(entry.name, (entry.value, entry.meaning))
    return lines


def test_both_ends_tell_what_was_agreed_and_who_the_peer_is(pki):
    asking = serving(pki.server, ca_file=pki.ca.certificate_file, client_certificate=ClientCertificate.REQUIRED)
    outcome = meeting(trusting(pki, **pki.client.files), asking)
    ours, theirs = (told(outcome.one(K.TLS_ESTABLISHED, number)) for number in (REQUESTOR, ACCEPTOR))
    for lines in (ours, theirs):
        assert lines["TLS"] == ("established", "")
        assert lines["Version"][0] == "TLSv1.3"
        assert lines["Cipher"][0].startswith("TLS_")
        assert lines["ALPN"][0] == "dicom"
        assert lines["Peer's certificates"][1] == "trusted and valid"
    assert ours["Subject"][0] == "CN=server"
    assert ours["Names (SAN)"][0] == "DNS:localhost, IP:127.0.0.1"
    assert ours["Expires"][0] == f"{pki.server.certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC"
    assert ours["Server name"] == ("127.0.0.1", "expected in the certificate")
    assert ours["Client certificate"] == ("asked for and sent", "asked for by the peer; this side sent one")
    assert theirs["Client certificate"] == ("asked for and sent", "asked for by this side; the peer sent one")
    assert theirs["Subject"][0] == "CN=client"
    assert theirs["Server name"] == ("none", "the client named none (SNI)")


def test_an_expired_certificate_and_the_alert_are_said_in_words(pki):
    outcome = meeting(trusting(pki), serving(pki.expired))
    event = outcome.one(K.TLS_FAILED, REQUESTOR)
    ours, theirs = told(event), told(outcome.one(K.TLS_FAILED, ACCEPTOR))
    assert ours["TLS"][0] == theirs["TLS"][0] == "failed"
    assert ours["Alert"] == ("45 certificate expired", "sent by this side")
    assert theirs["Alert"] == ("45 certificate expired", "sent by the peer")
    assert ours["Expires"][1] == "expired 1 day before"
    assert ours["Why"][0] == event.handshake.failure.words
    (expires,) = [entry for entry in build(event).entries if entry.name == "Expires"]
    assert expires.severity is Severity.ERROR


def test_what_came_instead_of_tls_is_recognised(pki):
    outcome = meeting(None, serving(pki.server))
    lines = told(outcome.one(K.TLS_FAILED, ACCEPTOR))
    assert (lines["Received"][0][:5], lines["Received"][1]) == ("01 00", "a DICOM PDU")
    assert lines["Peer's certificates"] == ("none", "the client has shown none")


@pytest.mark.parametrize(
    ("start", "end", "words", "severity"),
    [
        (-10, 100, "100 days left", None),
        (-10, 1, "1 day left", Severity.WARNING),
        (-10, 0.5, "less than a day left", Severity.WARNING),
        (-10, -0.5, "expired less than a day before", Severity.ERROR),
        (-10, -40, "expired 40 days before", Severity.ERROR),
        (1, 9, "not valid yet: look at both clocks", Severity.ERROR),
        (None, None, None, None),
    ],
)
def test_the_time_that_is_left_counts_from_the_handshake(start, end, words, severity):
    dates = [None if days is None else NOON + timedelta(days=days) for days in (start, end)]
    certificate = Certificate("CN=x", "CN=ca", (), *dates)
    facts = facts_of(Handshake("TLSv1.3", "C", peer_chain=(certificate,)), Role.REQUESTOR, NOON.timestamp())
    (peer,) = [fact for fact in facts.inner if fact.name == "Peer's certificates"]
    expires = [(fact.meaning, fact.severity) for fact in peer.inner[0].inner if fact.name == "Expires"]
    assert expires == ([] if words is None else [(words, severity)])


def test_a_chain_is_shown_whole_with_the_peers_own_first_and_open(pki):
    outcome = meeting(trusting(pki), serving(pki.server))
    event = outcome.one(K.TLS_ESTABLISHED, REQUESTOR)
    issuer = Certificate("CN=ca\n", "CN=ca\n")
    handshake = replace(event.handshake, peer_chain=(*event.handshake.peer_chain, issuer), is_verified=False)
    tree = build(structs.replace(event, handshake=handshake))
    shown = [entry for entry in tree.entries if entry.name in {"The peer's own", "Sent with it, 1"}]
    assert [(entry.value, entry.is_open) for entry in shown] == [("CN=server", True), ("CN=ca\\x0a", False)]
    (chain,) = [entry for entry in tree.entries if entry.name == "Peer's certificates"]
    assert (chain.value, chain.severity) == ("2", Severity.WARNING)
    assert chain.meaning == "not verified: nothing proves who the peer is"
