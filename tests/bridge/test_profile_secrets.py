"""Secrets of the open profile: into the key store when it is saved, out of it when no profile needs them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from parley.bridge.profiles.book import Answer, ProfileBook
from parley.keystore.fetch import look_up
from parley.keystore.store import SERVICE, KeyStore
from parley.model.files.purposes import unfetched
from parley.model.files.secrets import secrets_of
from parley.model.files.store import ProfileStore
from parley.model.handle import KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls
from tests.bridge.keepers import Lockable, Unusable, keeper_with

PASSCODE = "scu.user_identity.secondary"


class Shelf:
    """A book of two profiles, its folder and its key store; what the book says is written down."""

    def __init__(self, folder, backend):
        self.store = ProfileStore(folder)
        self.backend = backend
        for name in ("CT 1", "PACS"):
            self.store.create(Profile(name))
        self.book = ProfileBook(self.store, keeper_with(backend))
        self.failed, self.noted = [], []
        self.book.failed.connect(self.failed.append)
        self.book.noted.connect(self.noted.append)
        self.book.start("CT 1.toml")

    def is_idle(self):
        return self.book.keeper._job is None and not self.book.is_listing

    def type(self, passcode):
        """As the panel does: the reference stays while something else is typed."""
        now = self.secret()
        self.put(Secret.of(passcode, now.reference) if passcode else Secret())

    def put(self, secret):
        identity = UserIdentity(2, Secret.of("dr"), secret)
        scu = replace(self.book.draft.scu, handle=RequestorHandle(user_identity=identity))
        self.book.edit(scu, self.book.draft.scp)

    def secret(self):
        return secrets_of(self.book.draft).get(PASSCODE, Secret())

    def in_file(self, key="CT 1.toml"):
        return secrets_of(self.store.load(key))[PASSCODE]

    def text(self, key="CT 1.toml"):
        return (self.store.folder / key).read_text()


@pytest.fixture
def shelf(qtbot, tmp_path):
    made = Shelf(tmp_path, Lockable())
    made.wait = lambda: qtbot.waitUntil(made.is_idle)
    yield made
    made.backend.unlocking.set()
    made.wait()


@pytest.fixture
def bare(qtbot, tmp_path):
    """The same without a key store."""
    made = Shelf(tmp_path, Unusable())
    made.wait = lambda: qtbot.waitUntil(made.is_idle)
    return made


def saved(shelf, passcode="correct horse"):
    shelf.type(passcode)
    shelf.book.save()
    shelf.wait()


def test_saving_keeps_the_secret_and_the_file_has_its_name_alone(shelf):
    saved(shelf)
    reference = shelf.in_file().reference
    assert re.fullmatch("parley-[0-9a-f]{32}", reference)
    assert shelf.backend.secrets == {reference: "correct horse"}
    assert "correct horse" not in shelf.text()
    assert shelf.secret() == Secret.of("correct horse", reference)
    assert (shelf.book.is_dirty, shelf.failed, shelf.noted) == (False, [], [])


def test_it_is_unsaved_until_the_key_store_has_it_and_nothing_waits_for_that(qtbot, shelf):
    shelf.backend.unlocking.clear()
    shelf.type("correct horse")
    assert not shelf.book.save()
    assert shelf.in_file().reference
    assert shelf.book.is_dirty
    shelf.book.edit(replace(shelf.book.draft.scu, host="pacs"), shelf.book.draft.scp)
    shelf.backend.unlocking.set()
    shelf.wait()
    assert shelf.book.is_dirty  # the host alone
    shelf.book.save()
    shelf.wait()  # what was kept for one host is kept for another now
    assert not shelf.book.is_dirty
    assert list(shelf.backend.secrets.values()) == ["correct horse"]


def test_what_comes_out_of_a_file_asks_no_key_store(shelf):
    saved(shelf)
    shelf.backend.calls.clear()
    shelf.book.open("PACS.toml")
    shelf.book.open("CT 1.toml")
    assert shelf.secret().is_unfetched
    shelf.book.edit(replace(shelf.book.draft.scu, host="pacs"), shelf.book.draft.scp)
    assert shelf.book.save()
    assert shelf.backend.calls == []


def test_another_secret_takes_the_place_of_the_first_under_a_name_of_its_own(shelf):
    saved(shelf)
    reference = shelf.in_file().reference
    saved(shelf, "battery staple")
    assert shelf.backend.secrets == {shelf.in_file().reference: "battery staple"}
    assert shelf.in_file().reference != reference


@pytest.mark.parametrize("change", [{"host": "pacs"}, {"port": 104}, {"tls": Tls()}], ids=["host", "port", "tls"])
def test_a_secret_that_was_typed_here_goes_along_to_another_target_and_one_from_a_file_does_not(shelf, change):
    saved(shelf)
    first = shelf.in_file().reference
    shelf.book.edit(replace(shelf.book.draft.scu, **change), shelf.book.draft.scp)
    shelf.book.save()
    shelf.wait()
    second = shelf.in_file().reference
    assert shelf.backend.secrets == {second: "correct horse"}
    assert first != second
    shelf.book.open("PACS.toml")
    shelf.book.open("CT 1.toml")
    shelf.book.edit(replace(shelf.book.draft.scu, host="elsewhere"), shelf.book.draft.scp)
    shelf.book.save()
    shelf.wait()
    assert shelf.in_file().reference == second
    (wanted,) = unfetched(shelf.book.draft)
    found = look_up(wanted, KeyStore(shelf.backend))
    assert "is for " in found.reason


def test_what_is_kept_for_another_is_not_removed_with_a_profile_that_has_its_name(qtbot, shelf, tmp_path):
    saved(shelf)
    text = shelf.text().replace('"127.0.0.1"', '"elsewhere"', 1).replace('name = "CT 1"', 'name = "Thief"')
    other = Shelf(tmp_path / "other", shelf.backend)
    (other.store.folder / "Thief.toml").write_text(text)
    other.book.open("Thief.toml")
    other.book.delete("Thief.toml")
    shelf.wait()
    qtbot.waitUntil(other.is_idle)
    assert list(shelf.backend.secrets.values()) == ["correct horse"]


def test_a_secret_that_is_emptied_leaves_the_key_store_and_undo_brings_it_back(shelf):
    saved(shelf)
    shelf.type("")
    shelf.book.save()
    shelf.wait()
    assert shelf.backend.secrets == {}
    shelf.book.undo()
    shelf.book.save()
    shelf.wait()
    assert list(shelf.backend.secrets.values()) == ["correct horse"]
    assert shelf.in_file().reference in shelf.backend.secrets


def test_undo_and_redo_of_what_was_saved_is_no_change(shelf):
    shelf.type("correct horse")
    shelf.book.end_step()
    saved(shelf)
    shelf.book.edit(replace(shelf.book.draft.scu, host="pacs"), shelf.book.draft.scp)
    shelf.book.undo()
    assert not shelf.book.is_dirty
    shelf.book.undo()
    shelf.book.redo()
    assert not shelf.book.is_dirty


def test_a_draft_from_before_it_was_saved_has_the_secret_under_its_name(shelf):
    shelf.type("correct horse")
    shelf.book.edit(replace(shelf.book.draft.scu, host="pacs"), shelf.book.draft.scp)
    shelf.book.save()
    shelf.wait()
    kept = dict(shelf.backend.secrets)
    shelf.book.undo()
    assert (shelf.book.draft.scu.host, shelf.secret()) == ("127.0.0.1", Secret.of("correct horse", *kept))
    shelf.book.save()
    shelf.wait()
    assert shelf.backend.secrets == {shelf.in_file().reference: "correct horse"}


def test_deleting_a_profile_removes_its_secret(shelf):
    saved(shelf)
    shelf.book.delete("CT 1.toml")
    shelf.wait()
    assert (shelf.backend.secrets, shelf.failed) == ({}, [])


def test_a_copy_has_nothing_of_the_secret_and_each_may_go_alone(shelf):
    saved(shelf)
    first = shelf.in_file().reference
    shelf.book.duplicate("CT 1.toml")
    assert shelf.secret() == Secret()
    saved(shelf, "battery staple")
    second = shelf.in_file("CT 1 copy.toml").reference
    assert shelf.backend.secrets == {first: "correct horse", second: "battery staple"}
    shelf.book.delete("CT 1.toml")
    shelf.wait()
    assert shelf.backend.secrets == {second: "battery staple"}


def test_saving_under_another_name_takes_no_name_of_a_secret_along(shelf):
    saved(shelf)
    shelf.book.open("PACS.toml")
    shelf.book.open("CT 1.toml")
    shelf.book.save_as("New")
    shelf.wait()
    assert shelf.in_file("New.toml") == Secret()
    assert shelf.in_file().reference in shelf.backend.secrets


def test_saving_under_another_name_leaves_the_first_profile_its_secret(shelf):
    saved(shelf)
    first = shelf.in_file().reference
    shelf.type("battery staple")
    shelf.book.save_as("New")
    shelf.wait()
    second = shelf.in_file("New.toml").reference
    assert shelf.in_file().reference == first != second
    assert shelf.backend.secrets == {first: "correct horse", second: "battery staple"}
    assert not shelf.book.is_dirty


def test_renaming_leaves_the_secret_where_it_is(shelf):
    saved(shelf)
    before = dict(shelf.backend.secrets)
    shelf.book.rename("CT 1.toml", "CT 2")
    shelf.wait()
    assert (shelf.backend.secrets, shelf.in_file("CT 2.toml").reference) == (before, *before)
    assert not shelf.book.is_dirty


def test_a_name_that_a_person_wrote_is_never_removed(shelf):
    shelf.backend.set_password(SERVICE, "site a", "correct horse")
    shelf.put(Secret(reference="site a"))
    shelf.book.save()
    shelf.type("typed")
    shelf.book.save()
    shelf.wait()
    assert shelf.backend.secrets == {"site a": "correct horse", shelf.in_file().reference: "typed"}


def test_nothing_is_removed_while_a_profile_cannot_be_read(shelf):
    saved(shelf)
    (shelf.store.folder / "broken.toml").write_text("name = ")
    shelf.book.delete("CT 1.toml")
    shelf.wait()
    assert list(shelf.backend.secrets.values()) == ["correct horse"]


def test_each_secret_of_a_profile_has_a_name_of_its_own(shelf):
    book = shelf.book
    users = (KnownUser("a", Secret.of("1")), KnownUser("b", Secret.of("2")), KnownUser("c"))
    scp = replace(book.draft.scp, rules=replace(book.draft.scp.rules, users=users), tls=Tls(passphrase=Secret.of("3")))
    book.edit(replace(book.draft.scu, tls=Tls(passphrase=Secret.of("3"))), scp)
    book.save()
    shelf.wait()
    assert sorted(shelf.backend.secrets.values()) == ["1", "2", "3", "3"]
    assert len(shelf.backend.secrets) == 4


def test_a_locked_key_store_loses_nothing_and_saving_again_tries_again(shelf):
    shelf.backend.is_locked = True
    saved(shelf)
    assert shelf.book.is_dirty
    assert shelf.secret().text == "correct horse"
    (words,) = shelf.failed
    assert words.startswith("Saved, but for the SCU passcode: the key store is locked and was not unlocked. It stays")
    assert "correct horse" not in words
    shelf.backend.is_locked = False
    shelf.book.save()
    shelf.wait()
    assert list(shelf.backend.secrets.values()) == ["correct horse"]
    assert not shelf.book.is_dirty


def test_one_refusal_is_enough(shelf):
    shelf.backend.is_locked = True
    book = shelf.book
    book.edit(
        replace(book.draft.scu, tls=Tls(passphrase=Secret.of("1"))),
        replace(book.draft.scp, tls=Tls(passphrase=Secret.of("2"))),
    )
    book.save()
    shelf.wait()
    assert len(shelf.backend.calls) == 1
    assert "SCU passphrase of the TLS key and SCP passphrase of the TLS key" in shelf.failed[0]


def test_leaving_goes_on_when_the_key_store_has_it(shelf):
    left = []
    shelf.backend.unlocking.clear()
    shelf.type("correct horse")
    shelf.book.leave(lambda: left.append(True))
    shelf.book.answer(Answer.SAVE)
    assert left == []
    shelf.backend.unlocking.set()
    shelf.wait()
    assert left == [True]


def test_leaving_is_given_up_when_the_key_store_refuses(shelf):
    left = []
    shelf.backend.is_locked = True
    shelf.type("correct horse")
    shelf.book.leave(lambda: left.append(True))
    shelf.book.answer(Answer.SAVE)
    shelf.wait()
    assert left == []
    assert shelf.secret().text == "correct horse"


def test_a_secret_that_cannot_be_removed_is_said_and_the_profile_is_gone(shelf):
    saved(shelf)
    shelf.backend.is_locked = True
    shelf.book.delete("CT 1.toml")
    shelf.wait()
    assert shelf.book.entry("CT 1.toml") is None
    assert shelf.failed[0].startswith("The key store still has “parley-")


def test_without_a_key_store_the_secret_stays_for_this_run_and_that_is_said_once(bare):
    saved(bare)
    (words,) = bare.noted
    assert words.startswith("Saved without the SCU passcode: this system has no key store that can be used. Parley")
    assert (bare.failed, bare.book.is_dirty, bare.secret().text) == ([], False, "correct horse")
    reference = bare.in_file().reference
    bare.book.open("PACS.toml")
    bare.book.open("CT 1.toml")
    assert bare.secret() == Secret(reference=reference)
    (wanted,) = unfetched(bare.book.draft)
    assert bare.book.keeper.known(wanted).text == "correct horse"
    bare.book.delete("CT 1.toml")
    bare.wait()
    assert bare.failed == []
    assert len(bare.noted) == 1


def test_a_profile_that_comes_with_secrets_has_them_unsaved(shelf):
    identity = UserIdentity(2, Secret.of("dr"), Secret.of("correct horse"))
    shelf.book.create_like(Profile("New", RequestorSide(handle=RequestorHandle(user_identity=identity))))
    assert shelf.book.is_dirty
    shelf.book.save()
    shelf.wait()
    assert list(shelf.backend.secrets.values()) == ["correct horse"]


def test_a_secret_that_another_program_needs_by_now_stays(shelf):
    saved(shelf)
    (shelf.store.folder / "Copy.toml").write_text(shelf.text().replace('name = "CT 1"', 'name = "Copy"'))
    shelf.book.delete("CT 1.toml")
    shelf.wait()
    assert [entry.name for entry in shelf.book.entries] == ["Loopback", "Copy", "PACS"]
    assert list(shelf.backend.secrets.values()) == ["correct horse"]
