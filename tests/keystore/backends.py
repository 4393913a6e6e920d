"""Key stores for tests, set as `keyring`'s own."""

from __future__ import annotations

import keyring.errors
from keyring.backend import KeyringBackend


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
