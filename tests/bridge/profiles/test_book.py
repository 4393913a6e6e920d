"""The profile book: no draft is lost without an answer, and whatever fails is said and changes nothing."""

from dataclasses import replace

import pytest

from parley.bridge.profiles.book import Answer, ProfileBook
from parley.bridge.profiles.conflicts import Choice
from parley.model.files.store import ProfileStore
from parley.model.profile import LOOPBACK, Profile, RequestorSide

SIDE = RequestorSide(host="pacs")


@pytest.fixture
def store(tmp_path):
    return ProfileStore(tmp_path / "profiles")


@pytest.fixture
def book(qtbot, store):
    store.create(Profile("CT 1"))
    store.create(Profile("PACS"))
    made = ProfileBook(store)
    made.start("CT 1.toml")
    qtbot.waitUntil(lambda: not made.is_listing)
    return made


def change(book):
    book.edit(SIDE, book.draft.scp)


def names(book):
    return [entry.name for entry in book.entries]


def test_it_starts_with_the_profile_that_is_remembered(book):
    assert (book.key, book.draft.name, book.is_dirty) == ("CT 1.toml", "CT 1", False)


@pytest.mark.parametrize("key", ["", "gone.toml", "broken.toml"])
def test_it_starts_with_loopback_when_there_is_nothing_better(qapp, store, key):
    store.folder.mkdir()
    (store.folder / "broken.toml").write_text("name = ")
    book = ProfileBook(store)
    book.start(key)
    assert book.draft == LOOPBACK
    assert book.is_built_in


def test_an_edit_makes_it_dirty_and_the_same_values_again_make_it_clean(qtbot, book):
    before = book.draft
    with qtbot.waitSignal(book.state_changed):
        change(book)
    assert book.is_dirty
    book.edit(before.scu, before.scp)
    assert not book.is_dirty


def test_typing_on_in_a_changed_draft_tells_nobody(qtbot, book):
    change(book)
    with qtbot.assertNotEmitted(book.state_changed):
        book.edit(replace(SIDE, host="pacs2"), book.draft.scp)


def test_a_clean_profile_is_left_without_a_question(qtbot, book):
    with qtbot.assertNotEmitted(book.unsaved), qtbot.waitSignal(book.opened):
        book.open("PACS.toml")
    assert book.key == "PACS.toml"


def test_unsaved_changes_are_asked_about_once(qtbot, book):
    change(book)
    asked = []
    book.unsaved.connect(asked.append)
    book.open("PACS.toml")
    book.open("Loopback")
    assert asked == ["CT 1"]
    assert book.key == "CT 1.toml"
    book.answer(Answer.DISCARD)
    assert book.key == "Loopback"


def test_staying_keeps_every_change_and_forgets_the_wish(book):
    done = []
    change(book)
    book.leave(lambda: done.append(True))
    book.answer(Answer.STAY)
    book.save()
    assert book.draft.scu == SIDE
    assert not done


def test_saving_first_saves_and_goes_on(book, store):
    change(book)
    book.open("PACS.toml")
    book.answer(Answer.SAVE)
    assert book.key == "PACS.toml"
    assert store.load("CT 1.toml").scu == SIDE


def test_when_saving_first_fails_we_stay_and_say_why(qtbot, book, store):
    (store.folder / "CT 1.toml").write_text("name = ")
    change(book)
    book.open("PACS.toml")
    with qtbot.waitSignal(book.conflicting) as asked:
        book.answer(Answer.SAVE)
    assert "cannot be read now" in asked.args[0].text
    book.settle(Choice.STAY)
    assert (book.key, book.draft.scu, book.is_dirty) == ("CT 1.toml", SIDE, True)
    assert (store.folder / "CT 1.toml").read_text() == "name = "
    qtbot.waitUntil(lambda: not book.is_listing)


def test_the_built_in_profile_asks_for_a_name_and_then_goes_on(qtbot, book, store):
    book.open("Loopback")
    change(book)
    book.open("PACS.toml")
    with qtbot.waitSignal(book.name_wanted) as wanted:
        book.answer(Answer.SAVE)
    assert wanted.args == ["My profile"]
    book.save_as("Mine")
    assert book.key == "PACS.toml"
    assert store.load("Mine.toml").scu == SIDE


def test_giving_up_the_name_stays_with_the_changes(book):
    book.open("Loopback")
    change(book)
    book.open("PACS.toml")
    book.answer(Answer.SAVE)
    book.give_up()
    book.save_as("Mine")
    assert book.draft.name == "Mine"


def test_saving_as_a_taken_name_is_refused_in_words(qtbot, book):
    change(book)
    with qtbot.waitSignal(book.failed) as said:
        book.save_as("PACS")
    assert "already" in said.args[0]
    assert book.key == "CT 1.toml"
    assert book.is_dirty


def test_revert_goes_back_to_what_was_saved(qtbot, book):
    change(book)
    with qtbot.waitSignal(book.restored) as shown:
        book.revert()
    assert shown.args[0].scu == RequestorSide()
    assert not book.is_dirty


def test_an_edit_is_undone_and_redone(qtbot, book):
    change(book)
    assert book.to_undo == ("scu", "host")
    with qtbot.waitSignals([book.restored, book.history_changed, book.state_changed]):
        book.undo()
    assert (book.draft.scu, book.is_dirty) == (RequestorSide(), False)
    assert book.to_redo == ("scu", "host")
    book.redo()
    assert (book.draft.scu, book.is_dirty) == (SIDE, True)


def test_revert_can_be_undone(book):
    change(book)
    book.revert()
    book.undo()
    assert book.draft.scu == SIDE


def test_undoing_past_a_save_makes_it_dirty(book):
    change(book)
    book.save()
    book.undo()
    assert book.is_dirty
    assert book.draft.scu == RequestorSide()


def test_another_profile_has_its_own_history(book):
    change(book)
    book.save()
    book.open("PACS.toml")
    assert book.to_undo is None
    book.undo()
    assert (book.draft.name, book.draft.scu) == ("PACS", RequestorSide())


def test_saving_under_another_name_keeps_the_history(book):
    change(book)
    book.save_as("CT 2")
    book.undo()
    assert (book.draft.name, book.draft.scu) == ("CT 2", RequestorSide())


def test_a_step_ends_when_the_person_goes_elsewhere(book):
    change(book)
    book.end_step()
    book.edit(replace(SIDE, host="pacs2"), book.draft.scp)
    book.undo()
    assert book.draft.scu == SIDE


def test_a_new_profile_is_saved_and_open_under_a_free_name(book):
    book.create()
    book.create()
    assert book.draft.name == "New profile 2"
    assert names(book) == ["Loopback", "CT 1", "New profile", "New profile 2", "PACS"]


def test_a_duplicate_is_open_at_once(book):
    book.duplicate("PACS.toml")
    assert (book.draft.name, book.is_dirty) == ("PACS copy", False)


def test_renaming_keeps_unsaved_changes_unsaved(book, store):
    change(book)
    assert book.rename("CT 1.toml", "CT one")
    assert (book.key, book.draft.name, book.is_dirty) == ("CT one.toml", "CT one", True)
    assert store.load("CT one.toml").scu == RequestorSide()


def test_renaming_to_nothing_is_refused(qtbot, book):
    with qtbot.waitSignal(book.failed):
        assert not book.rename("PACS.toml", " ")
    assert "PACS" in names(book)


def test_deleting_the_open_profile_opens_loopback(book):
    book.delete("CT 1.toml")
    assert names(book) == ["Loopback", "PACS"]
    assert book.draft == LOOPBACK


def test_loopback_cannot_be_deleted(qtbot, book):
    with qtbot.waitSignal(book.failed):
        book.delete("Loopback")
    assert "Loopback" in names(book)


def test_a_file_that_broke_meanwhile_is_said_and_not_opened(qtbot, book, store):
    (store.folder / "PACS.toml").write_text("name = ")
    with qtbot.waitSignal(book.failed):
        book.open("PACS.toml")
    assert book.key == "CT 1.toml"


@pytest.fixture
def fresh(qtbot, store):
    """A book that has just been started: its list is still being read."""
    for name in ("CT 1", "New profile", "PACS"):
        store.create(Profile(name))
    made = ProfileBook(store)
    made.start("CT 1.toml")
    assert made.is_listing
    yield made
    qtbot.waitUntil(lambda: not made.is_listing)


def test_the_remembered_profile_is_open_before_the_list_is_read(qtbot, fresh):
    assert (fresh.key, names(fresh)) == ("CT 1.toml", ["Loopback", "CT 1"])
    with qtbot.waitSignal(fresh.listed), qtbot.assertNotEmitted(fresh.opened):
        pass
    assert names(fresh) == ["Loopback", "CT 1", "New profile", "PACS"]


def test_a_name_from_the_command_line_waits_for_the_list(qtbot, fresh):
    fresh.open_named("pacs")
    with qtbot.waitSignal(fresh.opened):
        assert fresh.draft.name == "CT 1"
    assert fresh.draft.name == "PACS"


def test_a_new_name_is_free_even_before_the_list_is_read(fresh):
    fresh.create()
    assert fresh.draft.name == "New profile 2"


def test_what_another_program_changes_is_listed_when_it_is_asked_for(qtbot, book, store):
    (store.folder / "PACS.toml").write_text("schema = 1\nname = 'Archive'\n")
    store.create(Profile("MR"))
    with qtbot.waitSignal(book.listed):
        book.refresh()
    assert names(book) == ["Loopback", "Archive", "CT 1", "MR"]
    assert book.draft.name == "CT 1"


def test_saving_looks_at_what_others_changed_too(qtbot, book, store):
    store.create(Profile("MR"))
    change(book)
    book.save()
    assert names(book) == ["Loopback", "CT 1", "PACS"]
    assert book.entry("CT 1.toml").profile.scu == SIDE
    qtbot.waitUntil(lambda: not book.is_listing)
    assert names(book) == ["Loopback", "CT 1", "MR", "PACS"]


def test_the_list_is_right_at_once_after_each_change(book):
    book.rename("CT 1.toml", "Zebra")
    assert names(book) == ["Loopback", "PACS", "Zebra"]
    book.duplicate("PACS.toml")
    assert names(book) == ["Loopback", "PACS", "PACS copy", "Zebra"]
    book.delete("PACS.toml")
    assert names(book) == ["Loopback", "PACS copy", "Zebra"]


def test_what_the_list_has_read_is_not_read_as_a_profile_again(qtbot, book, store, monkeypatch):
    (store.folder / "comments.toml").write_text("#\n" * 1000 + "name = ")
    book.refresh()
    qtbot.waitUntil(lambda: not book.is_listing)
    monkeypatch.setattr(ProfileStore, "_read", lambda *_: pytest.fail("it is read as a profile"))
    monkeypatch.setattr(book._list, "read", lambda: None)
    failed = []
    book.failed.connect(failed.append)
    book.open("PACS.toml")
    assert book.key == "PACS.toml"
    book.open("comments.toml")
    assert failed[0].startswith("comments.toml, line 1001: ")
