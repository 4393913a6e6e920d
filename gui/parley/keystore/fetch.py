"""The values of the secrets that a profile only has references to: from the key store, or from the person.

Blocks as long as the person takes: see the rules of this room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parley.keystore.store import KeyStore, KeyStoreError
from parley.model.files.secrets import with_secrets
from parley.model.profile import Profile
from parley.model.secret import Secret

Ask = Callable[[str, str], Secret | None]
"""Asks the person for the secret of that reference, telling why; None where nobody wants to give it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A secret that the key store did not give.

    Attributes:
        reason: why, without a full stop.
        is_open: whether the key store answered at all, and could keep one.
        is_there: whether there is a key store; one that is not open may be unlocked.
    """

    reason: str
    is_open: bool = False
    is_there: bool = False


class NotGivenError(KeyStoreError):
    """A secret that is needed is not kept anywhere, and nobody gave it."""


def fetched(profile: Profile, store: KeyStore, ask: Ask) -> Profile:
    """The profile with the value of every secret that it refers to; each is asked for once.

    Raises:
        NotGivenError: one was not given.
    """
    known: dict[str, Secret] = {}

    def fetch(_: str, secret: Secret) -> Secret:
        if not secret.is_unfetched:
            return secret
        if secret.reference not in known:
            known[secret.reference] = _fetch(secret.reference, store, ask)
        return known[secret.reference]

    return with_secrets(profile, fetch)


def unfetched(profile: Profile) -> tuple[str, ...]:
    """The references in it that have no value yet, each once: where there are none, no key store need be opened."""
    found: dict[str, None] = {}

    def look(_: str, secret: Secret) -> Secret:
        if secret.is_unfetched:
            found[secret.reference] = None
        return secret

    with_secrets(profile, look)
    return tuple(found)


def look_up(reference: str, store: KeyStore) -> Secret | Missing:
    """The secret of that reference, or why there is none. Never raises."""
    try:
        return store.get(reference) or Missing("the key store has none of that name", is_open=True, is_there=True)
    except KeyStoreError as error:
        return Missing(str(error), is_there=not store.problem)


def _fetch(reference: str, store: KeyStore, ask: Ask) -> Secret:
    found = look_up(reference, store)
    if isinstance(found, Secret):
        return found
    given = ask(reference, found.reason)
    if given is None:
        raise NotGivenError(f"the secret “{reference}” was not given: {found.reason}")
    return Secret(given.data, reference)
