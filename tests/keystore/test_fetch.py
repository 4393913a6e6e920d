"""Secrets that a profile refers to: found, asked for, or missing."""

from __future__ import annotations

import keyring.backends.fail
import keyring.errors
import pytest

from parley.keystore.fetch import NotGivenError, fetched
from parley.keystore.store import KeyStore
from parley.model.files.purposes import unfetched
from parley.model.files.secrets import with_secrets
from parley.model.handle import AcceptanceRules, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from tests.keystore.backends import Failing, keep_all

IDENTITY = UserIdentity(2, Secret.of("dr_who"), Secret(reference="passcode"))
PROFILE = Profile(
    "P",
    RequestorSide(handle=RequestorHandle(user_identity=IDENTITY)),
    AcceptorSide(
        rules=AcceptanceRules(users=(KnownUser("a", Secret(reference="a")), KnownUser("b", Secret(reference="a"))))
    ),
)


PASSCODE = "SCU passcode. It is sent to 127.0.0.1:11112, without TLS."
USER = "SCP passcode of user 1. What callers send is compared with it."


class Person:
    """Gives the same answer to every question, and remembers them."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def __call__(self, reference: str, reason: str) -> Secret | None:
        self.asked.append((reference, reason))
        return None if self.answer is None else Secret.of(self.answer)


def values(profile: Profile) -> list[str]:
    found = []

    def look(_: str, secret: Secret) -> Secret:
        found.append(secret.text)
        return secret

    with_secrets(profile, look)
    return found


def test_what_is_kept_is_fetched_and_nobody_is_asked(memory):
    store, person = KeyStore(), Person("no")
    keep_all(PROFILE, {"passcode": "one", "a": "two"})
    found = fetched(PROFILE, store, person)
    assert values(found) == ["one", "two", "two"]
    assert found.scu.handle.user_identity.secondary.reference == "passcode"
    assert person.asked == []
    assert unfetched(found) == ()


def test_what_is_not_kept_is_asked_for_once(memory):
    person = Person("typed")
    assert values(fetched(PROFILE, KeyStore(), person)) == ["typed", "typed", "typed"]
    none = "the key store has none of that name"
    assert person.asked == [(PASSCODE, none), (USER, none)]


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        (keyring.backends.fail.Keyring(), "this system has no key store that can be used"),
        (Failing(keyring.errors.KeyringLocked()), "the key store is locked and was not unlocked"),
    ],
)
def test_without_a_key_store_the_person_is_asked_each_time_and_told_why(use, backend, reason):
    use(backend)
    person = Person("typed")
    for _ in range(2):
        assert values(fetched(PROFILE, KeyStore(), person)) == ["typed", "typed", "typed"]
    assert person.asked == [(PASSCODE, reason), (USER, reason)] * 2


def test_what_nobody_gives_is_an_error_in_plain_words(memory):
    with pytest.raises(NotGivenError, match="the SCU passcode was not given: the key store has none of that name"):
        fetched(PROFILE, KeyStore(), Person(None))


def test_references_are_told_without_opening_anything():
    assert [wanted.reference for wanted in unfetched(PROFILE)] == ["passcode", "a"]
    assert unfetched(Profile("P")) == ()
