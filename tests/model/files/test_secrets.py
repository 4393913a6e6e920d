"""The names that secrets have in a key store: one each, and never one that somebody else uses."""

import itertools
from dataclasses import replace

import pytest

from parley.model.files.secrets import (
    is_own_reference,
    references_of,
    secrets_of,
    with_references,
    words_of,
)
from parley.model.handle import AcceptanceRules, AcceptorHandle, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls

PASSCODE = "scu.user_identity.secondary"


def profile(**secrets):
    """A secret in every place that can have one."""
    each = {"passcode": Secret(), "phrase": Secret(), "response": Secret(), "user": Secret(), **secrets}
    identity = UserIdentity(2, Secret.of("dr"), each["passcode"])
    handle = AcceptorHandle(identity_response=each["response"])
    rules = AcceptanceRules(users=(KnownUser("dr", each["user"]),))
    scu = RequestorSide(handle=RequestorHandle(user_identity=identity), tls=Tls(passphrase=each["phrase"]))
    return Profile("CT 1", scu, AcceptorSide(handle=handle, rules=rules))


def named(given, *taken):
    numbers = itertools.count(1)
    return with_references(given, frozenset(taken), lambda: f"{next(numbers):012x}")


def test_every_place_is_walked_and_has_words():
    assert {place: words_of(place) for place in secrets_of(profile())} == {
        "scu.user_identity.secondary": "SCU passcode",
        "scu.tls.passphrase": "SCU passphrase of the TLS key",
        "scp.identity_response": "SCP identity response",
        "scp.rules.users[0].passcode": "SCP passcode of user 1",
    }
    ticket = replace(profile().scu, handle=RequestorHandle(user_identity=UserIdentity(3, Secret(b"\xff"))))
    assert words_of(next(iter(secrets_of(Profile("", ticket))))) == "SCU ticket, assertion or token"


def test_what_was_typed_gets_a_name_and_what_has_one_keeps_it():
    given = named(profile(passcode=Secret.of("a"), phrase=Secret.of("b", "mine"), user=Secret(reference="kept")))
    assert references_of(given) == {"CT 1, SCU passcode [000000000001]", "mine", "kept"}
    assert secrets_of(given)[PASSCODE].text == "a"


@pytest.mark.parametrize("shared", ["with another profile", "within this one"])
def test_a_name_that_others_use_is_left_to_them(shared):
    if shared == "with another profile":
        given = named(profile(passcode=Secret.of("new", "site a")), "site a")
    else:
        given = named(profile(passcode=Secret.of("new", "site a"), phrase=Secret(reference="site a")))
    assert secrets_of(given)[PASSCODE] == Secret.of("new", "CT 1, SCU passcode [000000000001]")


def test_a_name_without_a_value_may_be_shared():
    given = profile(passcode=Secret(reference="site a"), phrase=Secret(reference="site a"))
    assert named(given, "site a") == given


@pytest.mark.parametrize("name", ["CT 1", "", "x" * 500, "odd ] [ name"])
def test_our_own_names_are_known_again(name):
    given = named(replace(profile(passcode=Secret.of("a"), phrase=Secret.of("b"), user=Secret.of("c")), name=name))
    assert len(references_of(given)) == 3
    assert all(is_own_reference(reference) and len(reference) < 130 for reference in references_of(given))


@pytest.mark.parametrize("reference", ["", "site a", "[000000000001]", "CT 1, SCU passcode", "a [000000000001]"])
def test_other_names_are_not_ours(reference):
    assert not is_own_reference(reference)
