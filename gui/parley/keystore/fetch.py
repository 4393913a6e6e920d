"""The values of the secrets that a profile only has references to: from the key store, or from the person.

What is kept for something else than it is wanted for is not given out, but asked for. Blocks as long as the person
takes: see the rules of this room.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from parley.keystore.own import OwnSecrets
from parley.keystore.record import difference, record_of
from parley.keystore.store import KeyStore, KeyStoreError
from parley.model.files.purposes import Wanted, purposes_of
from parley.model.files.secrets import secrets_of, with_secrets, words_of
from parley.model.profile import Profile
from parley.model.secret import Secret
from parley.model.system_errors import error_words

Ask = Callable[[str, str], Secret | None]
"""Asks the person for a secret, telling what it is and why; None where nobody wants to give it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A secret that the key store did not give.

    Attributes:
        reason: why, without a full stop.
        is_open: whether the key store answered at all.
        is_there: whether there is a key store; one that is not open may be unlocked.
        is_free: whether it could be kept under its name, where nothing else is.
    """

    reason: str
    is_open: bool = False
    is_there: bool = False
    is_free: bool = False


class NotGivenError(KeyStoreError):
    """A secret that is needed is not kept anywhere, and nobody gave it."""


def fetched(profile: Profile, store: KeyStore, ask: Ask) -> Profile:
    """The profile with the value of every secret that it refers to; each is asked for once.

    Raises:
        NotGivenError: one was not given.
    """
    purposes = purposes_of(profile)
    known: dict[Wanted, Secret] = {}

    def fetch(place: str, secret: Secret) -> Secret:
        if not secret.is_unfetched:
            return secret
        wanted = Wanted(secret.reference, purposes[place])
        if wanted not in known:
            known[wanted] = _fetch(wanted, words_of(place), store, ask)
        return known[wanted]

    return with_secrets(profile, fetch)


def what_of(wanted: Wanted, profile: Profile) -> str:
    """What the secret is, for a person."""
    purposes = purposes_of(profile)
    places = (
        place for place, secret in secrets_of(profile).items() if Wanted(secret.reference, purposes[place]) == wanted
    )
    return words_of(next(places))


def look_up(wanted: Wanted, store: KeyStore, own: OwnSecrets | None = None) -> Secret | Missing:
    """The secret of that name, if it was kept for that purpose, or why there is none. Never raises."""
    own = own or OwnSecrets()
    try:
        kept = store.get(wanted.reference)
    except KeyStoreError as error:
        return Missing(str(error), is_there=not store.problem)
    if kept is None:
        return Missing("the key store has none of that name", is_open=True, is_there=True, is_free=True)
    if kept.record is None:
        return _of_an_earlier_parley(wanted, kept.secret, store, own)
    if reason := difference(kept.record, record_of(wanted.purpose)):
        return Missing(reason, is_open=True, is_there=True)
    if wanted.purpose.kind.is_scp and wanted.reference not in own:
        return Missing("it was not kept on this machine", is_open=True, is_there=True, is_free=True)
    return kept.secret


def keep(wanted: Wanted, secret: Secret, store: KeyStore, own: OwnSecrets | None = None) -> None:
    """Put a secret into the key store under that name, for that purpose.

    Raises:
        KeyStoreError: it is not kept.
    """
    store.set(wanted.reference, secret, record_of(wanted.purpose))
    if wanted.purpose.kind.is_scp:
        try:
            (own or OwnSecrets()).add(wanted.reference)
        except OSError as error:
            raise KeyStoreError(f"it could not be listed as kept on this machine ({error_words(error)})") from None


def forget(wanted: Wanted, store: KeyStore) -> Secret | None:
    """Remove what is kept under that name for that purpose; what is kept for another is somebody else's.

    Returns what was there.

    Raises:
        KeyStoreError: the key store cannot be used.
    """
    kept = store.get(wanted.reference)
    if kept is None or (kept.record is not None and difference(kept.record, record_of(wanted.purpose))):
        return None
    store.delete(wanted.reference)
    return kept.secret


def _of_an_earlier_parley(wanted: Wanted, secret: Secret, store: KeyStore, own: OwnSecrets) -> Secret | Missing:
    """A secret without a record of what it is for; it gets one if a profile was seen to want it for that."""
    if not own.was_seen(wanted):
        return Missing("the key store does not say what it was kept for", is_open=True, is_there=True)
    with contextlib.suppress(KeyStoreError):  # then it gets its record next time
        keep(wanted, secret, store, own)
    return secret


def _fetch(wanted: Wanted, what: str, store: KeyStore, ask: Ask) -> Secret:
    found = look_up(wanted, store)
    if isinstance(found, Secret):
        return found
    given = ask(f"{what}. {wanted.purpose.words}", found.reason)
    if given is None:
        raise NotGivenError(f"the {what} was not given: {found.reason}")
    return Secret(given.data, wanted.reference)
