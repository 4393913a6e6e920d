"""The names that secrets have in a key store: one each, and never one that somebody else uses."""

import itertools
from dataclasses import replace

import pytest

from parley.model.files.secrets import (
    is_old_reference,
    is_own_reference,
    references_of,
    secrets_of,
    with_references,
    without_references,
    words_of,
)
from parley.model.handle import AcceptanceRules, AcceptorHandle, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls

NAMED = Secret(reference="kept")
PASSCODE = "scu.user_identity.secondary"


def profile(**secrets):
    """A secret in every place that can have one."""
    each = {"passcode": Secret(), "phrase": Secret(), "response": Secret(), "user": Secret(), **secrets}
    identity = UserIdentity(2, Secret.of("dr"), each["passcode"])
    handle = AcceptorHandle(identity_response=each["response"])
    rules = AcceptanceRules(users=(KnownUser("dr", each["user"]),))
    scu = RequestorSide(handle=RequestorHandle(user_identity=identity), tls=Tls(passphrase=each["phrase"]))
    return Profile("CT 1", scu, AcceptorSide(handle=handle, rules=rules))


def named(given, *kept):
    numbers = itertools.count(1)
    return with_references(given, lambda _, secret: secret in kept, lambda: f"{next(numbers):032x}")


def test_every_place_is_walked_and_has_words():
    assert {place: words_of(place) for place in secrets_of(profile())} == {
        "scu.user_identity.secondary": "SCU passcode",
        "scu.tls.passphrase": "SCU passphrase of the TLS key",
        "scp.identity_response": "SCP identity response",
        "scp.rules.users[0].passcode": "SCP passcode of user 1",
    }
    ticket = replace(profile().scu, handle=RequestorHandle(user_identity=UserIdentity(3, Secret(b"\xff"))))
    assert words_of(next(iter(secrets_of(Profile("", ticket))))) == "SCU ticket, assertion or token"


def test_what_was_typed_gets_a_new_name_and_what_is_kept_keeps_its_own():
    kept = Secret.of("c", "parley-0")
    given = named(profile(passcode=Secret.of("a"), phrase=Secret.of("b", "mine"), response=kept, user=NAMED), kept)
    assert references_of(given) == {f"parley-{1:032x}", f"parley-{2:032x}", "parley-0", "kept"}
    assert secrets_of(given)[PASSCODE].text == "a"
    assert all(is_own_reference(name) for name in references_of(given) - {"kept", "parley-0"})


def test_nothing_of_a_secret_is_left_where_it_is_not_to_go():
    given = profile(passcode=Secret.of("a", "x"), phrase=NAMED, response=Secret.of("b"), user=NAMED)
    assert set(secrets_of(without_references(given)).values()) == {Secret()}
    # A user whose passcode is unknown is not one without a passcode, who is let in.
    assert without_references(given).scp.rules.users[0].passcode is not None


@pytest.mark.parametrize(
    "name", ["CT 1, SCU passcode [0123456789ab]", "odd ] [ name, SCP passcode of user 1 [000000000001]"]
)
def test_names_of_an_earlier_parley_are_known_again(name):
    assert is_own_reference(name)
    assert is_old_reference(name)
    assert not is_old_reference("parley-" + "0" * 32)


@pytest.mark.parametrize("reference", ["", "site a", "[000000000001]", "CT 1, SCU passcode", "a [000000000001]"])
def test_other_names_are_not_ours(reference):
    assert not is_own_reference(reference)
