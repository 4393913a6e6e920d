"""Secrets in a key store, and without one."""

from __future__ import annotations

import subprocess
import sys
import traceback

import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.keystore.record import Record
from parley.keystore.store import SERVICE, Kept, KeyStore, KeyStoreError
from parley.model.secret import Secret
from tests.harness.steady import steady
from tests.keystore.backends import Failing, Forgetful, InMemory

PASSCODE = Secret.of("correct horse")
RECORD = Record("scu-passcode", "pacs:104", "", "CT 1")
NO_STORE = "this system has no key store that can be used"


def test_what_is_kept_is_found_until_it_is_deleted(memory):
    store = KeyStore()
    assert store.get("a/b") is None
    kept = store.set("a/b", PASSCODE, RECORD)
    assert (kept.text, kept.reference) == ("correct horse", "a/b")
    assert KeyStore().get("a/b") == Kept(kept, RECORD)
    assert memory.kept == {
        (SERVICE, "a/b"): 'parley-secret:{"kind": "scu-passcode", "target": "pacs:104", "protection": "", '
        '"profile": "CT 1", "secret": "correct horse"}'
    }
    assert store.delete("a/b")
    assert not store.delete("a/b")
    assert store.get("a/b") is None
    assert store.problem == ""
    assert "InMemory" in store.name


@steady
@given(
    st.binary(max_size=200) | st.text().map(str.encode) | st.just(b"base64:") | st.just(b"base64:!") | st.just(b"\0")
)
def test_any_bytes_are_kept(data):
    store = KeyStore(InMemory())
    store.set("x", Secret(data), RECORD)
    found = store.get("x")
    assert found is not None
    assert (found.secret.data, found.record) == (data, RECORD)


def test_what_others_keep_under_the_name_is_taken_as_it_is(memory):
    memory.kept[SERVICE, "x"] = "base64:no such thing"
    assert KeyStore().get("x") == Kept(Secret.of("base64:no such thing", "x"), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "parley-secret:",
        "parley-secret:[]",
        "parley-secret:{}",
        "parley-secret:" + "[" * 100_000,
        'parley-secret:{"kind": 1, "target": "", "protection": "", "profile": "", "secret": ""}',
    ],
)
def test_an_entry_that_says_nothing_of_its_purpose_has_none(memory, text):
    memory.kept[SERVICE, "x"] = text
    assert KeyStore().get("x") == Kept(Secret.of(text, "x"), None)


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring(), keyring.backends.null.Keyring()])
def test_a_system_without_a_key_store_says_so(use, backend):
    use(backend)
    store = KeyStore()
    assert store.problem == NO_STORE
    assert store.name == ""
    for call in (lambda: store.get("x"), lambda: store.set("x", PASSCODE, RECORD), lambda: store.delete("x")):
        with pytest.raises(KeyStoreError, match=f"^{NO_STORE}$"):
            call()


def test_a_backend_that_cannot_even_tell_its_priority_counts_as_none():
    class Broken(InMemory):
        @property
        def priority(self):  # type: ignore[override]
            raise RuntimeError("no D-Bus")

    assert KeyStore(Broken()).problem == f"{NO_STORE} (RuntimeError)"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (keyring.errors.NoKeyringError(), NO_STORE),
        (keyring.errors.KeyringLocked(), "the key store is locked and was not unlocked"),
        (keyring.errors.InitError(), "the key store could not be opened"),
        (keyring.errors.PasswordSetError(), "the secret could not be kept (PasswordSetError)"),
        (OSError("1783"), "the secret could not be kept (OSError)"),
    ],
)
def test_failures_have_plain_words_and_no_secret_in_them(use, error, words):
    use(Failing(error))
    with pytest.raises(KeyStoreError) as caught:
        KeyStore().set("x", PASSCODE, RECORD)
    assert str(caught.value) == words
    assert "correct horse" not in "".join(traceback.format_exception(caught.value))


def test_reading_fails_in_plain_words_too(use):
    use(Failing(OSError("D-Bus is gone")))
    for call in (KeyStore().get, KeyStore().delete):
        with pytest.raises(KeyStoreError, match=r"^the secret could not be read \(OSError\)$"):
            call("x")


def test_a_key_store_that_forgets_is_found_out(use):
    use(Forgetful())
    with pytest.raises(KeyStoreError, match="does not give it back"):
        KeyStore().set("x", PASSCODE, RECORD)


def test_keyring_is_not_imported_before_it_is_needed():
    script = "import sys, parley.keystore.fetch as f; f.KeyStore(); sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_the_backend_of_the_environment_is_used():
    """What people without a desktop configure, and what keeps tests from the real one."""
    script = "from parley.keystore.store import KeyStore; print(KeyStore().problem)"
    environment = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    told = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert told.stdout.strip() == NO_STORE
