"""What the values of TLS say of themselves, and what they keep to themselves."""

from __future__ import annotations

from dataclasses import replace

from parley.model.files.reader import read_profile
from parley.model.files.writer import new_text
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Certificate, Handshake, Tls, TlsFailure, TlsProfile

OWN = Tls(certificate_file="own.pem", key_file="own.key")


def test_a_passphrase_is_neither_shown_nor_saved():
    tls = replace(OWN, passphrase=Secret.of("open sesame", "parley/key"))
    assert "sesame" not in repr(tls)
    text = new_text(Profile("Secured", scu=RequestorSide(tls=tls), scp=AcceptorSide(tls=tls)))
    assert "sesame" not in text
    saved = replace(OWN, passphrase=Secret(reference="parley/key"))
    profile = read_profile(text, "")
    assert (profile.scu.tls, profile.scp.tls) == (saved, saved)


def test_a_handshake_in_one_line():
    peer = Certificate("CN=pacs")
    assert Handshake("TLSv1.2", "ECDHE", peer_chain=(peer,)).words == "TLSv1.2, ECDHE, peer CN=pacs (not verified)"
    whole = Handshake("TLSv1.3", "AES", "dicom", "", (peer,), True, True, False)
    assert whole.words == "TLSv1.3, AES, ALPN dicom, peer CN=pacs (verified), client certificate asked and none sent"
    assert replace(whole, client_certificate_sent=True).words.endswith("client certificate asked and sent")
    assert replace(whole, failure=TlsFailure("no")).words == "no"


def test_profiles_have_names():
    assert len({profile.words for profile in TlsProfile}) == len(TlsProfile)
