"""Key stores for tests, set as `keyring`'s own."""

from __future__ import annotations

from collections.abc import Mapping

import keyring.errors
from keyring.backend import KeyringBackend

from parley.keystore.fetch import keep
from parley.keystore.store import KeyStore
from parley.model.files.purposes import named_in
from parley.model.profile import Profile
from parley.model.secret import Secret


class InMemory(KeyringBackend):
    """Keeps everything as long as the test lasts."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.kept[service, username]
        except KeyError:
            raise keyring.errors.PasswordDeleteError from None


def keep_all(profile: Profile, texts: Mapping[str, str], backend: KeyringBackend | None = None) -> None:
    """Keep the secrets that a profile has names of, each for what it is wanted for there."""
    for wanted in named_in(profile):
        keep(wanted, Secret.of(texts[wanted.reference]), KeyStore(backend))


class Forgetful(InMemory):
    """Says that it took what it did not."""

    def set_password(self, service: str, username: str, password: str) -> None: ...


class Failing(InMemory):
    """Fails at everything."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        # What some backend may well do.
        raise type(self.error)(f"cannot keep {password}")
