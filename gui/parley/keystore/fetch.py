"""The values of the secrets that a side or profile only has references to: from the key store, or from the person.

Blocks as long as the person takes: see the rules of this room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from parley.keystore.store import KeyStore, KeyStoreError
from parley.model.secret import Secret

Ask = Callable[[str, str], Secret | None]
"""Asks the person for the secret of that reference, telling why; None where nobody wants to give it."""
T = TypeVar("T")


class NotGivenError(KeyStoreError):
    """A secret that is needed is not kept anywhere, and nobody gave it."""


def fetched(value: T, store: KeyStore, ask: Ask) -> T:
    """The side, handle or profile with the value of every secret that it refers to; each is asked for once.

    Raises:
        NotGivenError: one was not given.
    """
    known: dict[str, Secret] = {}

    def fetch(secret: Secret) -> Secret:
        if not secret.is_unfetched:
            return secret
        if secret.reference not in known:
            known[secret.reference] = _fetch(secret.reference, store, ask)
        return known[secret.reference]

    return with_secrets(value, fetch)


def unfetched(value: object) -> tuple[str, ...]:
    """The references in it that have no value yet, each once: where there are none, no key store need be opened."""
    return tuple(dict.fromkeys(secret.reference for secret in secrets_of(value) if secret.is_unfetched))


def with_secrets(value: T, change: Callable[[Secret], Secret]) -> T:
    """The same value with each secret in it changed, however deep it lies."""
    return cast("T", _changed(value, change))


def secrets_of(value: object) -> Iterator[Secret]:
    """Every secret in a value."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from secrets_of(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from secrets_of(getattr(value, field.name))


def _changed(value: Any, change: Callable[[Secret], Secret]) -> Any:
    if isinstance(value, Secret):
        return change(value)
    if not any(True for _ in secrets_of(value)):
        return value  # Most of a profile; it stays the very same.
    if isinstance(value, tuple):
        return tuple(_changed(item, change) for item in value)
    return replace(value, **{field.name: _changed(getattr(value, field.name), change) for field in fields(value)})


def _fetch(reference: str, store: KeyStore, ask: Ask) -> Secret:
    try:
        found = store.get(reference)
        reason = "the key store has none of that name"
    except KeyStoreError as error:
        found, reason = None, str(error)
    if found is not None:
        return found
    given = ask(reference, reason)
    if given is None:
        raise NotGivenError(f"the secret “{reference}” was not given: {reason}")
    return Secret(given.data, reference)
