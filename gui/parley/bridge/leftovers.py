"""At a window's start: what killed programs have left unfinished beside the profiles and in the state folder goes.

Nobody is asked, as a person is about objects that came in: nothing that was ever said to be saved is in such a file,
and the file in whose place it was to come is whole. The log says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from parley.bridge.loop.job import Job
from parley.bridge.profiles.book import ProfileBook
from parley.model.files.folders import state_folder
from parley.model.files.partial import leftovers_in, remove_leftovers


class Sweep(QObject):
    """Looks once into every folder that has profiles, after their list has been read: a person waits for that first.

    Args:
        note: says a sentence in the log.
    """

    def __init__(self, book: ProfileBook, note: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._note = note
        book.listed.connect(self._begin)

    @Slot()
    def _begin(self) -> None:
        if not self._book.has_whole_list:
            return
        self._book.listed.disconnect(self._begin)
        top = self._book.store.folder
        folders = dict.fromkeys(top / entry.folder for entry in self._book.entries)
        job = Job(partial(_swept, (state_folder(), *folders)), self)
        job.succeeded.connect(self._say)
        job.finished.connect(job.deleteLater)
        job.start()

    def _say(self, removed: tuple[tuple[Path, int], ...]) -> None:
        for folder, count in removed:
            files = f"{count} unfinished file{'s' if count != 1 else ''}"
            self._note(f"{files} of a killed program removed from {folder}. What had been saved there is whole.")


def _swept(folders: Iterable[Path], _job: Job) -> tuple[tuple[Path, int], ...]:
    """The folders from which something was removed, and how much."""
    removed = ((folder, remove_leftovers(leftovers_in(folder))) for folder in folders)
    return tuple((folder, count) for folder, count in removed if count)
