"""What killed programs have left beside the profiles and in the state folder goes once, and nothing else does."""

from __future__ import annotations

import pytest

from parley.bridge.leftovers import Sweep
from parley.bridge.loop.job import Job
from parley.bridge.profiles.book import ProfileBook
from parley.model.files.folders import state_folder
from parley.model.files.partial import create_partial
from parley.model.files.private import make_folder
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile


def left_in(folder):
    path, stream = create_partial(folder)
    stream.write(b"half a profile")
    stream.close()
    return path


@pytest.fixture
def swept(qtbot, tmp_path):
    """Begins to list the profiles; gives what is said in the log once all is done."""
    keep = []

    def sweep() -> list[str]:
        said: list[str] = []
        book = ProfileBook(ProfileStore(tmp_path))
        sweep = Sweep(book, said.append)
        keep.extend((book, sweep))
        with qtbot.waitSignal(book.listed):
            book.refresh()
        qtbot.waitUntil(lambda: book.has_whole_list and not sweep.findChildren(Job))
        book.refresh()
        qtbot.waitUntil(lambda: not book.is_listing)
        assert not sweep.findChildren(Job), "it is done once"
        return said

    return sweep


def test_they_are_removed_and_the_log_says_so(swept, tmp_path):
    store = ProfileStore(tmp_path)
    store.create(Profile("CT 1"))
    store.create(Profile("CT 2"), "Site A")
    make_folder(state_folder())
    folders = (state_folder(), tmp_path, tmp_path / "Site A")
    left = [left_in(folder) for folder in (*folders, tmp_path)]
    assert swept() == [
        f"{count} of a killed program removed from {folder}. What had been saved there is whole."
        for count, folder in zip(("1 unfinished file", "2 unfinished files", "1 unfinished file"), folders, strict=True)
    ]
    assert not any(path.exists() for path in left)
    assert [entry.name for entry in store.list() if not entry.built_in] == ["CT 1", "CT 2"]
    assert swept() == []


def test_those_whose_writer_lives_stay_and_so_do_those_of_folders_without_profiles(swept, tmp_path):
    (tmp_path / "objects").mkdir()
    elsewhere = left_in(tmp_path / "objects")
    living, stream = create_partial(tmp_path)
    with stream:
        assert swept() == []
        assert living.exists()
        assert elsewhere.exists()
