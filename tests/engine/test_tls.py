"""TLS between our two sides: what is told of a handshake that works, and of every one that does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from parley.engine.engine import Engine
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.model.secret import Secret
from parley.model.tls import Alert, ClientCertificate, Tls, TlsProfile, TlsVersion
from tests.harness.clock import ManualClock
from tests.harness.peer import connected, listening
from tests.harness.pki import PASSPHRASE
from tests.harness.record import Record

PATIENCE = Timers(connect=10, association_response=10, artim=10, dimse_response=10, release_response=10)
NEVER_12 = {"profile": TlsProfile.CUSTOM, "minimum_version": TlsVersion.TLS_1_3}
ONLY_12 = {"profile": TlsProfile.CUSTOM, "maximum_version": TlsVersion.TLS_1_2}


class Outcome:
    """What both sides told."""

    def __init__(self, attempt, record):
        self.attempt = attempt
        self.record = record

    def one(self, kind, association):
        (event,) = [event for event in self.record.of(kind) if event.association == association]
        return event

    @property
    def steps(self):
        return [(step.name, step.outcome) for step in self.attempt.steps]


def meet(run, scu_tls, scp_tls, then=("echo", "release")):
    """Our requestor calls our acceptor; the requestor is association 1."""
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0, timers=PATIENCE, tls=scp_tls))
        association = engine.requestor(RequestorSide(port=listener.port, timers=PATIENCE, tls=scu_tls))
        attempt = await association.associate()
        if attempt.end is AttemptEnd.ESTABLISHED:
            for step in then:
                await getattr(association, step)()
        else:
            await association.wait_closed()
            for acceptor in tuple(listener.associations.values()):
                await acceptor.wait_closed()
        await engine.close()
        assert not engine.associations
        return attempt

    return Outcome(run(play()), record)


def trusting(pki, **facts):
    return Tls(ca_file=pki.ca.certificate_file, **facts)


def serving(pair, **facts):
    return Tls(**pair.files, **facts)


# --- what works ------------------------------------------------------------------------------------------------------


def test_a_secured_association_is_told_in_order(run, pki):
    told = meet(run, trusting(pki), serving(pki.server))
    assert told.attempt.end is AttemptEnd.ESTABLISHED
    assert told.steps == [("name", "passed"), ("tcp", "passed"), ("tls", "passed"), ("association", "passed")]
    assert told.record.kinds(1)[:6] == [
        K.RESOLVING, K.CONNECTING, K.CONNECTED, K.TLS_ESTABLISHED, K.PDU_SENT, K.PDU_RECEIVED,
    ]  # fmt: skip
    assert told.record.kinds(2)[:3] == [K.CONNECTION_ACCEPTED, K.TLS_ESTABLISHED, K.PDU_RECEIVED]
    assert told.record.kinds(1)[-2:] == told.record.kinds(2)[-2:] == [K.RELEASED, K.CLOSED]
    assert told.record.of(K.LISTENING)[0].text == "with TLS"

    ours = told.one(K.TLS_ESTABLISHED, 1).handshake
    assert (ours.version, ours.alpn, ours.server_name) == ("TLSv1.3", "dicom", "127.0.0.1")
    assert ours.cipher.startswith("TLS_")
    assert ours.is_verified
    assert (ours.client_certificate_asked, ours.client_certificate_sent) == (False, False)
    (certificate,) = ours.peer_chain
    assert (certificate.subject, certificate.issuer) == ("CN=server", "CN=ca")
    assert certificate.names == ("DNS:localhost", "IP:127.0.0.1")
    assert certificate.not_after == pki.server.certificate.not_valid_after_utc
    assert (certificate.key, certificate.signature) == ("ECDSA secp256r1", "sha256")
    assert told.attempt.handshake == ours

    theirs = told.one(K.TLS_ESTABLISHED, 2).handshake
    assert (theirs.version, theirs.cipher, theirs.alpn) == (ours.version, ours.cipher, "dicom")
    assert (theirs.peer_chain, theirs.is_verified, theirs.server_name) == ((), False, "")


@pytest.mark.parametrize("profile", [TlsProfile.BCP_195, TlsProfile.MODIFIED_BCP_195])
@pytest.mark.parametrize("pair", ["server", "rsa_server"])
def test_both_profiles_speak_to_each_other_in_tls_1_2_as_well(run, pki, profile, pair):
    told = meet(run, trusting(pki, **ONLY_12), serving(getattr(pki, pair), profile=profile))
    assert told.attempt.end is AttemptEnd.ESTABLISHED
    handshake = told.attempt.handshake
    assert handshake.version == "TLSv1.2"
    assert handshake.cipher.startswith("ECDHE-")
    assert handshake.peer_chain[0].subject == f"CN={pair.replace('_', '-')}"


@pytest.mark.parametrize("versions", [{}, ONLY_12], ids=["1.3", "1.2"])
@pytest.mark.parametrize("wanted", [ClientCertificate.OPTIONAL, ClientCertificate.REQUIRED])
def test_a_client_certificate_is_asked_and_sent(run, pki, versions, wanted):
    scp = serving(pki.server, ca_file=pki.ca.certificate_file, client_certificate=wanted)
    told = meet(run, trusting(pki, **pki.client.files, **versions), scp)
    ours, theirs = (told.one(K.TLS_ESTABLISHED, number).handshake for number in (1, 2))
    assert (ours.client_certificate_asked, ours.client_certificate_sent) == (True, True)
    assert (theirs.client_certificate_asked, theirs.client_certificate_sent) == (True, True)
    assert theirs.is_verified
    assert theirs.peer_chain[0].subject == "CN=client"


def test_an_optional_client_certificate_may_be_missing(run, pki):
    scp = serving(pki.server, ca_file=pki.ca.certificate_file, client_certificate=ClientCertificate.OPTIONAL)
    told = meet(run, trusting(pki), scp)
    assert told.attempt.end is AttemptEnd.ESTABLISHED
    for number in (1, 2):
        handshake = told.one(K.TLS_ESTABLISHED, number).handshake
        assert (handshake.client_certificate_asked, handshake.client_certificate_sent) == (True, False)


@pytest.mark.parametrize("pair", ["self_signed", "expired", "misnamed", "stranger"])
def test_without_verification_everything_is_taken_and_shown(run, pki, pair):
    told = meet(run, Tls(verify=False), serving(getattr(pki, pair)))
    assert told.attempt.end is AttemptEnd.ESTABLISHED
    handshake = told.attempt.handshake
    assert not handshake.is_verified
    assert handshake.peer_chain[0].subject == f"CN={pair.replace('_', '-')}"
    assert any("not verified" in event.text for event in told.record.of(K.NOTE))


def test_a_listed_certificate_is_trusted_without_its_issuer(run, pki):
    for pair in (pki.self_signed, pki.stranger):
        told = meet(run, Tls(ca_file=pair.certificate_file), serving(pair))
        assert told.attempt.end is AttemptEnd.ESTABLISHED


@pytest.mark.parametrize("name", ["elsewhere.example", ""], ids=["another name", "no name"])
def test_the_expected_name_can_be_set(run, pki, name):
    told = meet(run, trusting(pki, server_name=name), serving(pki.misnamed))
    assert told.attempt.end is AttemptEnd.ESTABLISHED
    assert told.one(K.TLS_ESTABLISHED, 2).handshake.server_name == name


def test_alpn_can_be_off(run, pki):
    told = meet(run, trusting(pki, alpn=False), serving(pki.server))
    assert told.attempt.handshake.alpn == ""


def test_an_encrypted_key_opens_with_its_passphrase(run, pki):
    told = meet(run, trusting(pki), serving(pki.locked, passphrase=Secret.of(PASSPHRASE)))
    assert told.attempt.end is AttemptEnd.ESTABLISHED


def test_our_abort_and_theirs_go_through(run, pki):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0, timers=PATIENCE, tls=serving(pki.server)))
        association = engine.requestor(RequestorSide(port=listener.port, timers=PATIENCE, tls=trusting(pki)))
        await association.associate()
        (acceptor,) = listener.associations.values()
        acceptor.abort()
        await association.wait_closed()
        await engine.close()

    run(play())
    assert record.kinds(1)[-2:] == [K.ABORTED, K.CLOSED]


# --- what does not ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "scu", "code", "alert", "words"),
    [
        ("stranger", {}, 20, 48, "unable to get local issuer certificate"),
        ("self_signed", {}, 18, 48, "self-signed certificate"),
        ("expired", {}, 10, 45, "certificate has expired"),
        ("future", {}, 9, 42, "not yet valid"),
        ("misnamed", {}, 64, 42, "IP address mismatch"),
        ("misnamed", {"server_name": "pacs.example"}, 62, 42, "Hostname mismatch"),
    ],
)
@pytest.mark.parametrize("versions", [{}, ONLY_12], ids=["1.3", "1.2"])
def test_a_certificate_that_the_requestor_does_not_trust(run, pki, versions, pair, scu, code, alert, words):
    told = meet(run, trusting(pki, **scu, **versions), serving(getattr(pki, pair)))
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert told.steps == [("name", "passed"), ("tcp", "passed"), ("tls", "failed")]
    assert words in told.attempt.detail
    failure = told.attempt.handshake.failure
    assert (failure.reason, failure.verify_code) == ("CERTIFICATE_VERIFY_FAILED", code)
    assert (failure.alert, failure.alert_by) == (alert, Alert.OURS)
    assert told.attempt.handshake.peer_chain[0].subject == f"CN={pair.replace('_', '-')}"
    assert told.record.kinds(1)[-3:] == [K.TLS_FAILED, K.PROVIDER_ABORTED, K.CLOSED]
    # The other side hears why, in TLS 1.2 as in 1.3.
    theirs = told.one(K.TLS_FAILED, 2).handshake.failure
    assert (theirs.alert, theirs.alert_by) == (alert, Alert.THEIRS)
    assert "the peer ended it with the alert" in theirs.words
    assert told.record.kinds(2)[-1] is K.CLOSED


@pytest.mark.parametrize(
    ("pair", "code", "alert", "words"),
    [
        (None, 0, 116, "certificate required"),
        ("stranger", 20, 48, "unknown certificate authority"),
        ("expired", 10, 45, "certificate expired"),
    ],
)
def test_tls_1_3_tells_of_the_client_certificate_after_the_handshake_and_it_is_still_tls(
    run, pki, pair, code, alert, words
):
    scp = serving(
        pki.server, ca_file=pki.ca.certificate_file, client_certificate=ClientCertificate.REQUIRED, **NEVER_12
    )
    told = meet(run, trusting(pki, **(getattr(pki, pair).files if pair else {})), scp)
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert words in told.attempt.detail
    assert [name for name, outcome in told.steps if outcome == "passed"] == ["name", "tcp", "tls"]
    failure = told.attempt.handshake.failure
    assert (failure.alert, failure.alert_by) == (alert, Alert.THEIRS)
    assert told.attempt.handshake.client_certificate_asked
    assert told.attempt.handshake.client_certificate_sent == (pair is not None)
    assert told.one(K.TLS_FAILED, 2).handshake.failure.verify_code == code


def test_tls_1_2_tells_of_it_in_the_handshake(run, pki):
    scp = serving(pki.server, ca_file=pki.ca.certificate_file, client_certificate=ClientCertificate.REQUIRED)
    told = meet(run, trusting(pki, **ONLY_12), scp)
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert told.steps[-1] == ("tls", "failed")
    assert told.attempt.handshake.failure.alert == 40
    assert told.one(K.TLS_FAILED, 2).handshake.failure.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


def test_no_common_version(run, pki):
    told = meet(run, trusting(pki, **ONLY_12), serving(pki.server, **NEVER_12))
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert told.attempt.handshake.failure.alert == 70
    assert told.one(K.TLS_FAILED, 2).handshake.failure.reason == "UNSUPPORTED_PROTOCOL"


def test_no_common_cipher(run, pki):
    scu = trusting(pki, ciphers="ECDHE-RSA-AES128-GCM-SHA256", **ONLY_12)
    told = meet(run, scu, serving(pki.server))
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert told.attempt.handshake.failure.alert == 40
    assert told.one(K.TLS_FAILED, 2).handshake.failure.reason == "NO_SHARED_CIPHER"


def test_an_acceptor_may_go_by_one_name_only(run, pki):
    named = trusting(pki, server_name="localhost")
    assert meet(run, named, serving(pki.server, server_name="LOCALHOST")).attempt.end is AttemptEnd.ESTABLISHED
    told = meet(run, named, serving(pki.server, server_name="pacs.example"))
    assert told.attempt.handshake.failure.alert == 112


# --- a plain side and a secured one ----------------------------------------------------------------------------------


def test_a_plain_requestor_at_a_tls_port(run, pki):
    told = meet(run, None, serving(pki.server))
    assert told.attempt.end is AttemptEnd.CLOSED_BY_PEER
    event = told.one(K.TLS_FAILED, 2)
    assert event.text == "the peer sent a DICOM PDU in place of a TLS handshake"
    assert event.handshake.failure.received[:2] == b"\1\0"


def test_a_secured_requestor_at_a_plain_port(run, pki):
    told = meet(run, trusting(pki), None)
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert told.attempt.detail == "the peer sent a DICOM PDU in place of a TLS handshake"
    assert told.attempt.handshake.failure.received[:1] == b"\7"
    assert told.record.kinds(2)[-1] is K.CLOSED


# --- and the rest goes on --------------------------------------------------------------------------------------------


def test_a_weak_key_of_the_server_is_refused_by_the_profile(run, pki):
    offered = serving(pki.weak, profile=TlsProfile.CUSTOM, ciphers="DEFAULT@SECLEVEL=0")
    told = meet(run, trusting(pki), offered)
    assert told.attempt.end is AttemptEnd.TLS_FAILED
    assert "key too weak" in told.attempt.detail
    assert told.attempt.handshake.peer_chain[0].key == "RSA 1024"


def test_after_each_bad_caller_a_good_one_is_served(run, pki):
    """On one listener that wants certificates: without one, with a bad one, and without TLS at all."""
    record = Record()
    wanted = serving(pki.server, ca_file=pki.ca.certificate_file, client_certificate=ClientCertificate.REQUIRED)
    good = trusting(pki, **pki.client.files)
    bad = [None, trusting(pki), *(trusting(pki, **pair.files) for pair in (pki.stranger, pki.expired, pki.self_signed))]

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await engine.listen(AcceptorSide(port=0, timers=PATIENCE, tls=wanted))
        for tls in bad:
            caller = engine.requestor(RequestorSide(port=listener.port, timers=PATIENCE, tls=tls))
            assert (await caller.associate()).end is not AttemptEnd.ESTABLISHED
            association = engine.requestor(RequestorSide(port=listener.port, timers=PATIENCE, tls=good))
            assert (await association.associate()).end is AttemptEnd.ESTABLISHED
            assert (await association.echo()).status == 0
            assert await association.release()
        await engine.close()

    run(play())
    # Requestor and acceptor in turn, the bad pair first.
    failures = [event.text for event in record.of(K.TLS_FAILED) if event.association % 4 == 2]
    assert len(failures) == len(bad)
    assert all(failures)


# --- time and ends ---------------------------------------------------------------------------------------------------


async def stay_silent(peer):
    await peer.read_to_end()


async def listener_of(engine, pki, **timers):
    return await engine.listen(AcceptorSide(port=0, timers=replace(PATIENCE, **timers), tls=serving(pki.server)))


def test_a_silent_client_is_cut_off_and_holds_nobody_up(run, pki):
    record = Record()

    async def play():
        clock = ManualClock()
        engine = Engine(record, clock=clock)
        listener = await listener_of(engine, pki)
        async with connected(listener.port) as peer:
            await record.wait_for(K.CONNECTION_ACCEPTED)
            association = engine.requestor(RequestorSide(port=listener.port, timers=PATIENCE, tls=trusting(pki)))
            assert (await association.associate()).end is AttemptEnd.ESTABLISHED
            clock.advance(PATIENCE.tls_handshake)
            assert not await peer.read_to_end()
            await association.release()
        await engine.close()

    run(play())
    (silent,) = record.of(K.TLS_FAILED)
    assert silent.association == 1
    assert silent.text == "no handshake within 5 s"
    assert silent.handshake.failure.reason == "TIMEOUT"


def test_a_silent_server_is_given_up(run, pki):
    clock = ManualClock()

    async def say_nothing(peer):
        await peer.reader.read(1)  # its hello: the handshake has begun
        clock.advance(PATIENCE.tls_handshake)
        await peer.read_to_end()

    async def play():
        engine = Engine(Record(), clock=clock)
        async with listening(say_nothing) as port:
            side = RequestorSide(port=port, timers=PATIENCE, tls=trusting(pki))
            attempt = await engine.requestor(side).associate()
            await engine.close()
            return attempt

    attempt = run(play())
    assert attempt.end is AttemptEnd.TLS_FAILED
    assert attempt.detail == "no handshake within 5 s"


@pytest.mark.parametrize("how", ["engine", "abort", "cancel"])
def test_a_handshake_can_be_ended_from_this_side(run, pki, how):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        async with listening(stay_silent) as port:
            association = engine.requestor(RequestorSide(port=port, timers=PATIENCE, tls=trusting(pki)))
            task = spawn(association.associate(), name="attempt")
            await record.wait_for(K.CONNECTED)
            if how == "abort":
                association.abort()
            elif how == "cancel":
                task.cancel()
            else:
                await engine.close()
            results = await asyncio.gather(task, return_exceptions=True)
            await association.wait_closed()
            await engine.close()
            return results[0]

    result = run(play())
    if how == "cancel":
        assert isinstance(result, asyncio.CancelledError)
    else:
        assert result.end is AttemptEnd.CANCELLED
    assert record.kinds(1)[-1] is K.CLOSED
    assert K.TLS_FAILED not in record.kinds(1)


def test_a_listener_that_closes_drops_handshakes_under_way(run, pki):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await listener_of(engine, pki)
        async with connected(listener.port) as peer:
            await record.wait_for(K.CONNECTION_ACCEPTED)
            await engine.close()
            assert not await peer.read_to_end()

    run(play())
    assert record.kinds(1) == [K.CONNECTION_ACCEPTED, K.CLOSED]


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff", b"\x16\x03\x01\0\5\1\0\0\1\0", b"\0"]
)
def test_whatever_a_client_sends_ends_in_words(run, pki, data):
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await listener_of(engine, pki)
        async with connected(listener.port) as peer:
            await peer.send(data)
            peer.writer.write_eof()
            await peer.read_to_end()
        await record.wait_for(K.CLOSED)
        await engine.close()

    run(play())
    (event,) = record.of(K.TLS_FAILED)
    assert event.text
    assert ("HTTP" in event.text) == data.startswith(b"GET")


def test_after_an_alert_the_peer_is_read_until_it_closes(run, pki):
    """A connection that is closed with bytes unread is reset, and some systems drop the alert with it."""
    record = Record()

    async def play():
        engine = Engine(record, clock=ManualClock())
        listener = await listener_of(engine, pki)
        async with connected(listener.port) as peer:
            await peer.send(b"\x16\x03\x01\0\5\1\0\0\1\0")
            alert = await peer.reader.read()
            await peer.send(bytes(100_000))
            assert K.CLOSED not in record.kinds(1)
        await record.wait_for(K.CLOSED)
        await engine.close()
        return alert

    assert run(play())[:1] == b"\x15"
    assert record.kinds(1) == [K.CONNECTION_ACCEPTED, K.TLS_FAILED, K.CLOSED]
