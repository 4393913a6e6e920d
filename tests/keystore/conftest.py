"""The key store that each test has; never the one of the person at the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend

from tests.keystore.backends import InMemory


@pytest.fixture
def use() -> Iterator[Callable[[KeyringBackend], None]]:
    """Sets a backend as the system's."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def memory(use) -> InMemory:
    """A key store that works."""
    backend = InMemory()
    use(backend)
    return backend
