"""One key store, through `keyring`: get, set and delete secrets by the names that profiles refer to them by.

Each is kept with what it is for, which `parley.keystore.fetch` compares with what it is wanted for.

A system may have none that can be used, such as a server without a desktop. That is no reason to fail: `usable` says
so in words, and `parley.keystore.fetch` asks instead.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from parley.keystore.record import Record, entry_of, read_entry
from parley.model.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Parley"
"""What the entries are filed under."""

_BASE64 = "base64:"
_NONE = "this system has no key store that can be used"
T = TypeVar("T")


class KeyStoreError(Exception):
    """The key store did not do what it was asked for; the text says why in words for a person."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the key store.

    Attributes:
        record: what it was kept for; None where that is not said.
    """

    secret: Secret
    record: Record | None


class KeyStore:
    """The key store that `keyring` finds best on this system, or the one that it is told to use.

    Nothing is opened, nor `keyring` imported, before the first call: that alone takes 90 ms.
    """

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = backend

    @property
    def problem(self) -> str:
        """Why secrets cannot be kept here, without a full stop; empty where they can. It may be locked all the same."""
        try:
            self._opened()
        except KeyStoreError as error:
            return str(error)
        return ""

    @property
    def name(self) -> str:
        """What the key store calls itself; empty where there is none."""
        try:
            return str(self._opened().name)
        except KeyStoreError:
            return ""

    def get(self, reference: str) -> Kept | None:
        """What is kept under that name; None where nothing is.

        Raises:
            KeyStoreError: the key store cannot be used, or was not unlocked.
        """
        text = self._call("read", lambda backend: backend.get_password(SERVICE, reference))
        if text is None:
            return None
        inner, record = read_entry(text)
        return Kept(Secret(_data(inner), reference), record)

    def set(self, reference: str, secret: Secret, record: Record) -> Secret:
        """Keep a secret under that name, in place of what was there; returns it with its reference.

        Raises:
            KeyStoreError: the key store cannot be used, was not unlocked, or did not take it.
        """
        text = entry_of(_text(secret.data), record)
        self._call("kept", lambda backend: backend.set_password(SERVICE, reference, text))
        if self._call("read", lambda backend: backend.get_password(SERVICE, reference)) != text:
            raise KeyStoreError("the key store took the secret but does not give it back")
        return Secret(secret.data, reference)

    def delete(self, reference: str) -> bool:
        """Forget a secret; False where there was none.

        Raises:
            KeyStoreError: the key store cannot be used, or was not unlocked.
        """
        if self.get(reference) is None:
            return False
        self._call("deleted", lambda backend: backend.delete_password(SERVICE, reference))
        return True

    def _opened(self) -> KeyringBackend:
        # Each system's backend has its own ways to fail.
        try:
            backend = self._backend
            if backend is None:
                import keyring

                backend = keyring.get_keyring()
            # What stands in for a missing key store, or was chosen to have none, counts zero or less.
            is_usable = backend.priority > 0
        except Exception as error:
            raise KeyStoreError(f"{_NONE} ({type(error).__name__})") from None
        if not is_usable:
            raise KeyStoreError(_NONE)
        self._backend = backend
        return backend

    def _call(self, done: str, call: Callable[[KeyringBackend], T]) -> T:
        backend = self._opened()
        from keyring.errors import InitError, KeyringLocked, NoKeyringError

        # Causes are cut off, and their texts not repeated: nobody knows what a backend writes into them.
        try:
            return call(backend)
        except NoKeyringError:
            raise KeyStoreError(_NONE) from None
        except KeyringLocked:
            raise KeyStoreError("the key store is locked and was not unlocked") from None
        except InitError:
            raise KeyStoreError("the key store could not be opened") from None
        except Exception as error:
            raise KeyStoreError(f"the secret could not be {done} ({type(error).__name__})") from None


def _text(data: bytes) -> str:
    """A secret as key stores hold it: they know text only, and some not every character."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and text.encode() == data and not text.startswith(_BASE64):
        return text
    return _BASE64 + base64.b64encode(data).decode("ascii")


def _data(text: str) -> bytes:
    if text.startswith(_BASE64):
        try:
            return base64.b64decode(text.removeprefix(_BASE64), validate=True)
        except binascii.Error:
            pass  # Somebody else put it there.
    return text.encode("utf-8", "surrogatepass")
