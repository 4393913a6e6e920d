"""Two windows on one folder, or an editor: nothing that anybody has written is lost without an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.bridge.profiles.book import Answer, ProfileBook
from parley.bridge.profiles.conflicts import MOST_LINES, Choice, difference
from parley.model.files.entries import Deed
from parley.model.files.store import ProfileStore
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import LOOPBACK, Profile, RequestorSide

KEY = "CT 1.toml"
MINE, THEIRS = RequestorSide(host="mine"), RequestorSide(host="theirs")


class Two:
    """A window, and another program in its folder."""

    def __init__(self, qtbot, folder):
        self.qtbot = qtbot
        self.store = ProfileStore(folder)
        self.store.create(Profile("CT 1"))
        self.store.create(Profile("PACS"))
        self.book = ProfileBook(self.store)
        self.asked, self.noted, self.failed, self.restored = [], [], [], []
        self.book.conflicting.connect(self.asked.append)
        self.book.noted.connect(self.noted.append)
        self.book.failed.connect(self.failed.append)
        self.book.restored.connect(self.restored.append)
        self.book.start(KEY)
        self.wait()

    def wait(self):
        self.qtbot.waitUntil(lambda: not self.book.is_listing and self.book._comparing is None)

    def refresh(self):
        self.book.refresh()
        self.wait()

    def change(self, side=MINE):
        self.book.edit(side, self.book.draft.scp)

    def they_write(self, side=THEIRS, key=KEY):
        other = ProfileStore(self.store.folder)
        other.save(replace(other.load(key), scu=side), key)

    def conflict(self):
        self.qtbot.waitUntil(lambda: bool(self.asked))
        (conflict,) = self.asked
        self.asked.clear()
        return conflict

    def host(self, key=KEY):
        return self.store.load(key).scu.host


@pytest.fixture
def two(qtbot, tmp_path):
    made = Two(qtbot, tmp_path / "profiles")
    yield made
    made.wait()


def test_what_another_has_written_is_not_written_over_unasked(two):
    two.change()
    two.they_write()
    assert not two.book.save()
    conflict = two.conflict()
    assert (conflict.deed, conflict.theirs.profile.scu.host) == (Deed.SAVE, "theirs")
    assert conflict.difference == ("scu.host", "    in the file: theirs", "    here: mine")
    assert list(conflict.choices) == [Choice.MINE, Choice.THEIRS, Choice.BOTH]
    assert two.host() == "theirs"
    two.book.settle(Choice.STAY)
    assert (two.host(), two.book.draft.scu, two.book.is_dirty) == ("theirs", MINE, True)


def test_keep_mine(two):
    two.change()
    two.they_write()
    two.book.save()
    two.conflict()
    two.book.settle(Choice.MINE)
    assert (two.host(), two.book.is_dirty, two.asked) == ("mine", False, [])
    two.change(RequestorSide(host="more"))
    assert two.book.save()


def test_keep_mine_asks_again_when_it_has_changed_once_more(two):
    two.change()
    two.they_write()
    two.book.save()
    two.conflict()
    two.they_write(RequestorSide(host="later"))
    two.book.settle(Choice.MINE)
    assert two.conflict().theirs.profile.scu.host == "later"
    assert two.host() == "later"
    two.book.settle(Choice.MINE)
    assert two.host() == "mine"


def test_take_theirs_can_be_undone(two):
    two.change()
    two.they_write()
    two.book.save()
    two.conflict()
    two.book.settle(Choice.THEIRS)
    assert (two.host(), two.book.draft.scu.host, two.book.is_dirty) == ("theirs", "theirs", False)
    two.book.undo()
    assert (two.book.draft.scu, two.book.is_dirty) == (MINE, True)
    two.wait()
    assert two.book.save()
    assert two.host() == "mine"


def test_keep_both(two):
    two.change()
    two.they_write()
    two.book.save()
    two.conflict()
    two.book.settle(Choice.BOTH)
    two.wait()
    assert (two.host(), two.host("CT 1 2.toml"), two.book.key) == ("theirs", "mine", "CT 1 2.toml")
    assert not two.book.is_dirty


@pytest.mark.parametrize(("choice", "is_there"), [(Choice.MINE, True), (Choice.THEIRS, False), (Choice.STAY, False)])
def test_what_another_has_removed_is_not_made_again_unasked(two, choice, is_there):
    two.change()
    two.store.delete(KEY)
    assert not two.book.save()
    conflict = two.conflict()
    assert conflict.theirs is None
    assert list(conflict.choices) == [Choice.MINE, Choice.THEIRS]
    assert not (two.store.folder / KEY).exists()
    two.book.settle(choice)
    assert (two.store.folder / KEY).exists() == is_there
    assert two.book.draft == (LOOPBACK if choice is Choice.THEIRS else replace(two.book.draft, scu=MINE))


def test_a_file_that_cannot_be_read_any_more_is_left_as_it_is(two):
    two.change()
    (two.store.folder / KEY).write_text("schema = ")
    two.book.save()
    assert list(two.conflict().choices) == [Choice.BOTH]
    two.book.settle(Choice.BOTH)
    assert (two.store.folder / KEY).read_text() == "schema = "
    assert two.host(two.book.key) == "mine"


def test_a_comment_of_another_is_in_nobodys_way_and_stays(two):
    two.change()
    path = two.store.folder / KEY
    path.write_text(path.read_text() + "# theirs\n")
    assert two.book.save()
    assert two.host() == "mine"
    assert "# theirs" in path.read_text()


def test_the_same_change_by_both_is_no_conflict(two):
    two.change()
    two.they_write(MINE)
    assert two.book.save()
    assert two.asked == []


def test_what_comes_between_the_question_and_the_writing_is_found(two, monkeypatch):
    two.change()
    store, plain = two.store, two.store._read
    path = store.folder / KEY
    reads = []

    def read(key):
        reads.append(key)
        if len(reads) == 2:  # the text is made, and not written yet; an editor knows no lock
            path.write_text(path.read_text().replace('host = "127.0.0.1"', 'host = "theirs"', 1))
        return plain(key)

    monkeypatch.setattr(store, "_read", read)
    assert not two.book.save()
    assert two.conflict().theirs.profile.scu.host == "theirs"
    monkeypatch.undo()
    assert two.host() == "theirs"


def test_leaving_waits_for_the_answer(two):
    two.change()
    two.they_write()
    two.book.open("PACS.toml")
    two.book.answer(Answer.SAVE)
    two.conflict()
    assert two.book.key == KEY
    two.book.settle(Choice.MINE)
    assert (two.book.key, two.host()) == ("PACS.toml", "mine")


def test_leaving_is_given_up_when_nothing_is_chosen(two):
    two.change()
    two.they_write()
    two.book.open("PACS.toml")
    two.book.answer(Answer.SAVE)
    two.conflict()
    two.book.settle(Choice.STAY)
    two.wait()
    two.book.save()
    two.conflict()
    two.book.settle(Choice.MINE)
    assert (two.book.key, two.host()) == (KEY, "mine")


@pytest.mark.parametrize("is_asked", [True, False])
def test_an_answer_about_a_profile_that_is_no_longer_open_does_nothing(two, is_asked):
    two.change()
    two.they_write()
    two.book.save()
    if is_asked:
        two.conflict()
    two.book.open("PACS.toml")
    two.book.answer(Answer.DISCARD)
    two.wait()
    for choice in (Choice.THEIRS, Choice.MINE):
        two.book.settle(choice)
    assert (two.book.key, two.book.draft.scu, two.host()) == ("PACS.toml", RequestorSide(), "theirs")
    assert two.asked == []


@pytest.mark.parametrize("key", [KEY, "PACS.toml"])
def test_what_another_has_changed_is_not_deleted_unasked(two, key):
    two.they_write(key=key)
    two.book.delete(key)
    conflict = two.conflict()
    assert (conflict.deed, conflict.name) == (Deed.DELETE, key.removesuffix(".toml"))
    assert conflict.difference == ("scu.host", "    in the file: theirs", "    here: 127.0.0.1")
    two.book.settle(Choice.STAY)
    two.wait()
    assert two.host(key) == "theirs"


def test_deleting_all_the_same(two):
    two.they_write(key="PACS.toml")
    two.book.delete("PACS.toml")
    two.conflict()
    two.book.settle(Choice.MINE)
    assert not (two.store.folder / "PACS.toml").exists()


def test_deleting_what_is_gone_says_so_and_the_list_knows(two):
    two.store.delete("PACS.toml")
    two.book.delete("PACS.toml")
    two.wait()
    assert two.failed == ["There is no file PACS.toml any more."]
    assert two.book.entry("PACS.toml") is None


def test_what_another_has_changed_is_not_renamed_unasked_and_saving_still_asks(two):
    two.change()
    two.they_write()
    assert not two.book.rename(KEY, "CT 2")
    assert two.conflict().deed is Deed.RENAME
    assert (two.store.folder / KEY).exists()
    two.book.settle(Choice.MINE)
    two.wait()
    assert (two.book.key, two.book.draft.name, two.host("CT 2.toml")) == ("CT 2.toml", "CT 2", "theirs")
    two.book.save()
    assert two.conflict().theirs.profile.scu.host == "theirs"


def test_a_profile_without_changes_follows_its_file(two):
    two.they_write()
    two.refresh()
    assert (two.book.draft.scu.host, two.book.is_dirty) == ("theirs", False)
    assert two.restored[-1].scu.host == "theirs"
    assert two.noted == ["Another program has changed “CT 1”: it is shown as it is in the file now."]
    two.refresh()
    assert len(two.noted) == 1
    two.change()
    assert two.book.save()


def test_changes_stay_and_what_another_did_is_said_once(two):
    two.change()
    two.they_write()
    two.refresh()
    two.refresh()
    assert two.book.draft.scu == MINE
    assert two.noted == ["Another program has changed “CT 1”. What is here stays; saving it asks."]


def test_a_file_that_is_gone_makes_what_is_here_unsaved_and_one_that_comes_back_does_not(two):
    text = (two.store.folder / KEY).read_text()
    two.store.delete(KEY)
    two.refresh()
    two.refresh()
    assert two.book.is_dirty
    assert two.noted == ["Another program has removed the file of “CT 1”. What is here stays until it is closed."]
    (two.store.folder / KEY).write_text(text)
    two.refresh()
    assert not two.book.is_dirty


def test_what_this_window_does_is_not_taken_for_anothers(two):
    for side in (MINE, THEIRS):
        two.change(side)
        two.book.save()
        two.wait()
    two.book.rename(KEY, "CT 2")
    two.wait()
    two.book.save_as("CT 3")
    two.wait()
    two.book.delete("CT 3.toml")
    two.wait()
    assert (two.noted, two.asked, two.failed) == ([], [], [])


def test_the_list_follows_the_folder(qtbot, two):
    two.book.watch()
    two.wait()
    with qtbot.waitSignal(two.book.listed, check_params_cb=lambda: two.book.entry("New.toml") is not None):
        two.store.create(Profile("New"))
    with qtbot.waitSignal(two.book.listed, check_params_cb=lambda: two.book.entry("Site/New.toml") is not None):
        two.store.create(Profile("New"), "Site")
    with qtbot.waitSignal(two.book.listed, check_params_cb=lambda: two.book.entry("PACS.toml") is None):
        two.store.delete("PACS.toml")
    with qtbot.waitSignal(two.book.noted):
        two.they_write()
    assert two.book.draft.scu.host == "theirs"


def test_values_are_spelled_as_in_the_file_with_names_beside_uids():
    def profile(*transfer_syntaxes):
        contexts = (ProposedContext("1.2.840.10008.1.1", transfer_syntaxes),)
        return Profile("a", RequestorSide(handle=RequestorHandle(contexts=contexts)))

    said = "\n".join(difference(profile("1.2.840.10008.1.2.1", "1.2.3"), profile("1.2.3")))
    assert 'in the file: ["1.2.840.10008.1.2.1" (Explicit VR Little Endian), "1.2.3"]' in said
    assert 'here: ["1.2.3"]' in said


def test_a_long_difference_is_cut():
    contexts = tuple(ProposedContext(f"1.2.{number}", ("1.2",)) for number in range(128))
    lines = difference(Profile("a"), Profile("b", RequestorSide(handle=RequestorHandle(contexts=contexts))))
    assert len(lines) == MOST_LINES + 1
    assert "more" in lines[-1]
    assert lines[:3] == ("name", "    in the file: a", "    here: b")
    assert difference(Profile("a"), Profile("a")) == (
        "Only comments, or keys that Parley does not know, are different.",
    )
    (*_, shown) = difference(Profile("a"), Profile("\x1b[2J" + "x" * 500))
    assert "\x1b" not in shown
    assert len(shown) < 300
    (*_, shown) = difference(Profile("a"), Profile("Röntgen\u202e\u3164"))
    assert shown == r"    here: Röntgen\u202e\u3164"
