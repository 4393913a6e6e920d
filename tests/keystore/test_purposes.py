"""Profiles that somebody has changed, or brought: what the key store has for one purpose is not had for another."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from parley.cli import main
from parley.keystore.fetch import Missing, forget, keep, look_up
from parley.keystore.own import OwnSecrets
from parley.keystore.store import SERVICE, KeyStore
from parley.model.files.folders import default_folder, state_folder
from parley.model.files.purposes import unfetched
from parley.model.files.secrets import with_secrets
from parley.model.files.store import ProfileStore
from parley.model.handle import AcceptanceRules, AcceptorHandle, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls, TlsProfile, TlsVersion
from tests.keystore.backends import keep_all

NAME = "parley-" + "0" * 32
OLD = "CT 1, SCU passcode [0123456789ab]"


def calling(name: str = NAME, host: str = "pacs.example", port: int = 104, tls: Tls | None = None) -> Profile:
    identity = UserIdentity(2, Secret.of("dr"), Secret(reference=name))
    return Profile("CT 1", RequestorSide(host, port, RequestorHandle(user_identity=identity), tls=tls))


def answering(host: str = "127.0.0.1", *, response: str = "", user: str = "") -> Profile:
    users = (KnownUser("dr", Secret(reference=user)),) if user else ()
    handle = AcceptorHandle(identity_response=Secret(reference=response) if response else None)
    return Profile("SCP", scp=AcceptorSide(host, handle=handle, rules=AcceptanceRules(users=users)))


def given(profile: Profile) -> Secret | Missing:
    """What the key store gives out for the only secret of a profile."""
    (wanted,) = unfetched(profile)
    return look_up(wanted, KeyStore())


def reason(profile: Profile) -> str:
    found = given(profile)
    assert isinstance(found, Missing)
    return found.reason


VERIFIED = Tls(ca_file="ca.pem", server_name="pacs.example")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (calling(host="evil.example"), "is for pacs.example:104"),
        (calling(host="pacs.example."), "is for pacs.example:104"),
        (calling(host="pаcs.example"), "is for pacs.example:104"),  # a Cyrillic а
        (calling(host=" pacs.example"), "is for pacs.example:104"),
        (calling(host="pacs.example:104@evil"), "is for pacs.example:104"),
        (calling(port=105), "is for pacs.example:104"),
    ],
    ids=["host", "dot", "look-alike", "blank", "in front", "port"],
)
def test_a_passcode_goes_to_no_other_peer(memory, changed, words):
    keep_all(calling(), {NAME: "correct horse"})
    assert given(calling()) == Secret.of("correct horse", NAME)
    assert words in reason(changed)


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        ("PACS.example", "pacs.EXAMPLE"),
        ("192.0.2.10", "192.0.2.10"),
        ("2001:DB8::1", "2001:db8:0:0:0:0:0:1"),
    ],
)
def test_another_spelling_of_the_same_peer_is_the_same(memory, kept, wanted):
    keep_all(calling(host=kept), {NAME: "correct horse"})
    assert given(calling(host=wanted)) == Secret.of("correct horse", NAME)


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        ("192.0.2.8", "192.0.2.010"),
        ("192.0.2.8", "0xc0000208"),
        ("192.0.2.8", "::ffff:192.0.2.8"),
        ("strasse.example", "straße.example"),
        ("kis.example", "\u212ais.example"),  # the sign of the kelvin
    ],
)
def test_a_spelling_that_some_resolvers_read_as_another_peer_is_another(memory, kept, wanted):
    keep_all(calling(host=kept), {NAME: "correct horse"})
    assert f"is for {kept}:104" in reason(calling(host=wanted))


@pytest.mark.parametrize(
    "weaker",
    [
        None,
        replace(VERIFIED, verify=False),
        replace(VERIFIED, server_name=""),
        replace(VERIFIED, server_name="evil.example"),
        replace(VERIFIED, ca_file="evil.pem"),
        replace(VERIFIED, ca_file=None),
        replace(VERIFIED, profile=TlsProfile.CUSTOM, ciphers="aNULL"),
        replace(VERIFIED, profile=TlsProfile.CUSTOM, minimum_version=TlsVersion.TLS_1_0),
    ],
)
def test_a_passcode_that_was_kept_for_tls_goes_out_with_no_other_protection(memory, weaker):
    keep_all(calling(tls=VERIFIED), {NAME: "correct horse"})
    assert given(calling(tls=VERIFIED)) == Secret.of("correct horse", NAME)
    assert "is for another kind of TLS" in reason(calling(tls=weaker))


def test_what_went_out_in_the_clear_may_be_protected(memory):
    keep_all(calling(), {NAME: "correct horse"})
    assert given(calling(tls=VERIFIED)) == Secret.of("correct horse", NAME)


def ticket() -> Profile:
    handle = RequestorHandle(user_identity=UserIdentity(3, Secret(reference=NAME)))
    return Profile("", RequestorSide("pacs.example", 104, handle))


@pytest.mark.parametrize(
    "other",
    [
        ticket(),
        answering(response=NAME),
        answering(user=NAME),
        Profile("", RequestorSide(tls=Tls(passphrase=Secret(reference=NAME)))),
    ],
    ids=["ticket", "response", "user", "passphrase"],
)
def test_a_name_does_not_point_at_another_kind_of_secret(memory, other):
    keep_all(calling(), {NAME: "correct horse"})
    assert "is a passcode of an SCU of the profile “CT 1”" in reason(other)


def test_the_name_of_the_profile_is_shown_and_never_compared(memory):
    keep_all(calling(), {NAME: "correct horse"})
    assert given(replace(calling(), name="renamed")) == Secret.of("correct horse", NAME)


def test_a_passphrase_is_for_one_key_whatever_its_file_is_called(memory, tmp_path):
    first, second, third = (tmp_path / name for name in ("a.pem", "b.pem", "c.pem"))
    first.write_bytes(b"key")
    second.write_bytes(b"key")
    third.write_bytes(b"another")

    def opening(path: Path) -> Profile:
        return Profile("", RequestorSide(tls=Tls(key_file=str(path), passphrase=Secret(reference=NAME))))

    keep_all(opening(first), {NAME: "open sesame"})
    assert given(opening(second)) == Secret.of("open sesame", NAME)
    for path in (third, tmp_path / "gone", tmp_path):
        assert "is for another key" in reason(opening(path))


@pytest.mark.parametrize("make", [lambda: answering(response=NAME), lambda: answering(user=NAME)])
def test_an_acceptors_secret_is_used_on_the_machine_that_kept_it(memory, make):
    keep_all(make(), {NAME: "correct horse"})
    assert given(make()) == Secret.of("correct horse", NAME)
    (state_folder() / "scp-secrets.txt").unlink()
    assert reason(make()) == "it was not kept on this machine"


def test_what_is_sent_to_callers_here_is_not_sent_to_those_elsewhere(memory):
    keep_all(answering(response=NAME), {NAME: "correct horse"})
    assert "is for 127.0.0.1" in reason(answering("0.0.0.0", response=NAME))


def test_the_state_is_the_users_own_and_no_secret_is_in_it(memory):
    keep_all(answering(user=NAME), {NAME: "correct horse"})
    given(calling(OLD))
    OwnSecrets().see([calling(OLD)])
    for path in state_folder().iterdir():
        assert b"horse" not in path.read_bytes()
        if sys.platform != "win32":
            assert path.stat().st_mode & 0o777 == 0o600


def test_what_somebody_else_has_put_there_is_asked_for(memory):
    memory.set_password(SERVICE, "admin", "correct horse")
    assert reason(calling("admin")) == "the key store does not say what it was kept for"


def test_a_secret_goes_only_with_what_it_was_kept_for(memory):
    (mine,), (other,) = unfetched(calling()), unfetched(calling(host="evil.example"))
    keep(mine, Secret.of("correct horse"), KeyStore())
    assert forget(other, KeyStore()) is None
    assert given(calling()) == Secret.of("correct horse", NAME)
    assert forget(mine, KeyStore()) == Secret.of("correct horse", NAME)
    assert memory.kept == {}


# --- secrets of an earlier Parley ------------------------------------------------------------------------------------


def test_an_earlier_parleys_secret_is_used_for_what_it_was_wanted_for_and_moves(memory):
    memory.set_password(SERVICE, OLD, "correct horse")
    ProfileStore(default_folder()).create(calling(OLD))
    assert given(calling(OLD)) == Secret.of("correct horse", OLD)
    kept = KeyStore().get(OLD)
    assert kept is not None
    assert kept.record is not None
    assert kept.record.target == "pacs.example:104"
    assert "is for pacs.example:104" in reason(calling(OLD, "evil.example"))


def test_what_comes_after_the_first_start_is_not_believed(memory):
    memory.set_password(SERVICE, OLD, "correct horse")
    store = ProfileStore(default_folder())
    store.create(calling(OLD))
    OwnSecrets().see([entry.profile for entry in store.list() if entry.profile])
    thief = replace(calling(OLD, "evil.example"), name="Thief")
    store.create(thief)
    OwnSecrets().see([thief])
    assert reason(thief) == "the key store does not say what it was kept for"
    assert given(calling(OLD)) == Secret.of("correct horse", OLD)


def test_what_two_profiles_want_for_different_peers_is_asked_for(memory):
    memory.set_password(SERVICE, OLD, "correct horse")
    store = ProfileStore(default_folder())
    store.create(calling(OLD))
    store.create(replace(calling(OLD, "evil.example"), name="Thief"))
    for profile in (calling(OLD), calling(OLD, "evil.example")):
        assert "does not say" in reason(profile)


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"[[1]]", b"\xff", b"[" * 100_000])
def test_a_list_that_is_broken_lets_nothing_pass(memory, content):
    memory.set_password(SERVICE, OLD, "correct horse")
    state_folder().mkdir(parents=True, exist_ok=True)
    (state_folder() / "old-secrets.json").write_bytes(content)
    assert "does not say" in reason(calling(OLD))


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("pacs.example", "127.0.0.1"),
        lambda text: text.replace("port = 104", "port = 1"),
    ],
)
def test_a_check_of_a_file_that_was_changed_by_hand_sends_nothing(
    memory, tmp_path, capsys, monkeypatch, change: Callable[[str], str]
):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    keep_all(calling(), {NAME: "correct horse"})
    path = tmp_path / ProfileStore(tmp_path).create(calling())
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    assert main(["check", "--profiles", str(tmp_path), "CT 1"]) == 2
    out, err = capsys.readouterr()
    assert err == (
        "parley: the SCU passcode was not given: what is kept under its name of the profile “CT 1” is for "
        "pacs.example:104\n"
    )
    assert out == ""


def test_purposes_are_those_of_every_secret():
    def named(place: str, _: Secret) -> Secret:
        return Secret(reference=place)

    tls = Tls(key_file="key.pem")
    profile = replace(calling(tls=tls), scp=replace(answering(response="r", user="u").scp, tls=tls))
    found = {wanted.reference: wanted.purpose for wanted in unfetched(with_secrets(profile, named))}
    assert {place: (purpose.kind.value, purpose.target) for place, purpose in found.items()} == {
        "scu.user_identity.secondary": ("scu-passcode", "pacs.example:104"),
        "scp.identity_response": ("scp-identity-response", "127.0.0.1"),
        "scp.rules.users[0].passcode": ("scp-user-passcode", ""),
        "scu.tls.passphrase": ("tls-passphrase", "key.pem"),
        "scp.tls.passphrase": ("tls-passphrase", "key.pem"),
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has FIFOs")
@pytest.mark.timeout(10)
def test_a_fifo_in_place_of_the_list_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / "scp-secrets.txt")
    with pytest.raises(OSError, match="not a file"):
        OwnSecrets(tmp_path).add(NAME)
