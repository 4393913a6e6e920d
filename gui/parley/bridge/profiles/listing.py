"""The list of profiles, read on a thread: many profiles take seconds, and so does a slow folder. No widgets.

What this window changes is in the list at once; what other programs change, once the list was read again.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from parley.bridge.loop.job import Job
from parley.keystore.own import OwnSecrets
from parley.model.files.entries import StoredProfile, in_order
from parley.model.files.folders import default_folder
from parley.model.files.store import ProfileStore

_SETTLING_MS = 200
"""After a change: a program that writes many files is let finish."""
_MOST_WATCHED = 500
"""Folders; the system watches so many only."""


class ProfileList(QObject):
    """The lines of a store's list, as far as they are known.

    Signals:
        changed(): there is something new in it, or it is whole now.
    """

    changed = Signal()

    def __init__(self, store: ProfileStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._entries: tuple[StoredProfile, ...] = ()
        self._is_whole = False
        self._is_outdated = False  # what is being read is from before a change
        self._reading: Job | None = None
        self._then: list[Callable[[], None]] = []
        self._watcher: QFileSystemWatcher | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLING_MS)
        self._soon.timeout.connect(self.read)

    @property
    def entries(self) -> tuple[StoredProfile, ...]:
        """All lines; until it was read once, only those that were looked at."""
        return self._entries

    @property
    def is_whole(self) -> bool:
        """Whether it was read once: before, a profile that is not in it may well be there."""
        return self._is_whole

    @property
    def is_being_read(self) -> bool:
        """Whether a thread is at it."""
        return self._reading is not None

    def entry(self, key: str) -> StoredProfile | None:
        """The line of a profile."""
        return next((entry for entry in self._entries if entry.key == key), None)

    def whole(self) -> tuple[StoredProfile, ...]:
        """All lines, for names that must be unlike all others: where it was never read before, it is read here."""
        if not self._is_whole:
            self._take(self._store.list(), is_whole=True)
        return self._entries

    def take(self, entries: tuple[StoredProfile, ...]) -> None:
        """Have the lines that were just read elsewhere: all that there are."""
        self._take(entries, is_whole=True)

    def look_at(self, *keys: str) -> None:
        """Have the lines of these profiles as their files are now, and read the others again."""
        others = (entry for entry in self._entries if entry.key not in keys)
        looked_at = filter(None, map(self._store.entry, dict.fromkeys(keys)))
        self._take(in_order((*others, *looked_at)), is_whole=self._is_whole)
        self.read()

    def read(self) -> None:
        """Read it again; what was begun before this call does not count."""
        if self._reading is not None:
            self._is_outdated = True
            return
        self._is_outdated = False
        self._reading = Job(partial(_list, self._store), self)
        self._reading.succeeded.connect(self._read)
        self._reading.failed.connect(self._failed)
        self._reading.start()

    def watch(self) -> None:
        """Read it again whenever something comes, goes or is replaced in its folders.

        A file that is written to in place is seen when the list is read the next time, as when the window is entered.
        """
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._soon.start)
        self.read()

    def when_read(self, then: Callable[[], None]) -> None:
        """Do something once the list is there that is being read; at once if none is."""
        if self.is_being_read:
            self._then.append(then)
        else:
            then()

    def _read(self, found: tuple[tuple[StoredProfile, ...], tuple[str, ...]]) -> None:
        self._end()
        entries, folders = found
        if self._watcher is not None and (new := sorted({*folders} - {*self._watcher.directories()})):
            self._watcher.addPaths(new)
        if self._is_outdated:
            self.read()
            return
        self._take(entries, is_whole=True)
        waiting, self._then = self._then, []
        for then in waiting:
            then()

    def _take(self, entries: tuple[StoredProfile, ...], *, is_whole: bool) -> None:
        before = self._entries, self._is_whole
        self._entries, self._is_whole = entries, is_whole
        if (entries, is_whole) != before:
            self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._end()
        raise error

    def _end(self) -> None:
        if self._reading is not None:
            self._reading.deleteLater()
        self._reading = None


def _list(store: ProfileStore, _job: Job) -> tuple[tuple[StoredProfile, ...], tuple[str, ...]]:
    """The list, and the folders that it is of, as far as they are watched."""
    entries = store.list()
    if store.folder == default_folder():
        OwnSecrets().see(entry.profile for entry in entries if entry.profile is not None)
    # What writes profiles takes 20 ms to load, which the first save need not wait for.
    importlib.import_module("parley.model.files.writer")
    folders = ("", *store.folders()) if store.folder.is_dir() else ()
    return entries, tuple(str(store.folder / folder) for folder in folders[:_MOST_WATCHED])
