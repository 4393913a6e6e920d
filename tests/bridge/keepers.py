"""A secret keeper with a key store that a test has in its hands."""

from __future__ import annotations

import threading

import keyring.errors

from parley.bridge.profiles.secret_keeper import SecretKeeper
from parley.keystore.record import read_entry
from parley.keystore.store import KeyStore
from tests.keystore.backends import InMemory

LOCKED = keyring.errors.KeyringLocked("no")


class Lockable(InMemory):
    """Works until it is locked; may wait for a person, as one does that has to be unlocked first.

    Attributes:
        is_locked: every call fails.
        unlocking: while it is cleared, every call waits.
        calls: what was asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_locked = False
        self.unlocking = threading.Event()
        self.unlocking.set()
        self.calls: list[tuple[str, str]] = []

    def get_password(self, service: str, username: str) -> str | None:
        self._look("get", username)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look("set", username)
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._look("delete", username)
        super().delete_password(service, username)

    def _look(self, call: str, name: str) -> None:
        self.calls.append((call, name))
        assert self.unlocking.wait(10)
        if self.is_locked:
            raise LOCKED

    @property
    def secrets(self) -> dict[str, str]:
        """What is kept, by reference."""
        return {name: read_entry(text)[0] for (_, name), text in self.kept.items()}


class Unusable(InMemory):
    """What stands in where there is no key store."""

    priority = 0


def keeper_with(backend: InMemory) -> SecretKeeper:
    """A keeper that uses this key store."""
    return SecretKeeper(KeyStore(backend))
