"""Asks whether what killed programs have left in the folders that objects are saved to may go. It holds nothing up.

At the start it looks into the folders of all profiles that save, later into that of each listener that begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from parley.bridge.loop.job import Job
from parley.model.files.partial import Leftovers, leftovers_in, remove_leftovers
from parley.model.storage import StorageMode
from parley.ui.kit.texts import message_box

if TYPE_CHECKING:
    from parley.bridge.controller import Controller
    from parley.bridge.opened_profile import OpenedProfile
    from parley.bridge.profiles.book import ProfileBook
    from parley.model.profile import AcceptorSide

_WHY_ONE = "A program that was killed while an object came in has left it. It is not whole, and nobody writes it."
_WHY_MANY = "A program that was killed while objects came in has left them. None is whole, and nobody writes them."


class LeftoversGate(QObject):
    """Looks on threads, and asks at most once for each folder; at the start once for all.

    Args:
        book: whose profiles save to folders.
        window: the question's parent.
    """

    def __init__(self, controller: Controller, book: ProfileBook, window: QWidget) -> None:
        super().__init__(window)
        self._controller = controller
        self._book = book
        self._has_looked = False
        self._window = window
        self._asked: set[Path] = set()
        controller.listener_changed.connect(self._look)
        book.listed.connect(self._look_at_all)

    @Slot()
    def _look_at_all(self) -> None:
        """The list is whole: what was left by an earlier run is said now, and not only to who listens again."""
        if self._has_looked or not self._book.has_whole_list:
            return
        self._has_looked = True
        sides = [entry.profile.scp for entry in self._book.entries if entry.profile is not None]
        self._look_into(sides)

    @Slot(object)
    def _look(self, opened: OpenedProfile) -> None:
        if opened.listener is not None:
            self._look_into([opened.listener.side])

    def _look_into(self, sides: Sequence[AcceptorSide]) -> None:
        saving = [side.storage for side in sides if side.storage.mode is StorageMode.RECEIVE and side.storage.folder]
        folders = sorted({Path(storage.folder) for storage in saving} - self._asked)
        if folders:
            self._start(partial(_leftovers_in, folders), self._found)

    def _found(self, found: dict[Path, Leftovers]) -> None:
        folders = [folder for folder in found if folder not in self._asked]
        if not folders:
            return
        self._asked.update(folders)
        paths = tuple(path for folder in folders for path in found[folder].paths)
        leftovers = Leftovers(paths, sum(found[folder].size for folder in folders))
        where = " and ".join(map(str, folders))
        what = f"Remove {leftovers.words} from {where}?"
        why = _WHY_ONE if len(leftovers.paths) == 1 else _WHY_MANY
        box = message_box(self._window, "leftovers_question", QMessageBox.Icon.Question, what, why)
        box.setWindowTitle("Unfinished files")
        remove = box.addButton("&Remove", QMessageBox.ButtonRole.AcceptRole)
        remove.setObjectName("leftovers_question.remove")
        keep = box.addButton("&Keep", QMessageBox.ButtonRole.RejectRole)
        keep.setObjectName("leftovers_question.keep")
        box.setDefaultButton(keep)
        box.finished.connect(partial(self._answered, box, remove, where, leftovers))
        box.open()

    def _answered(self, box: QMessageBox, remove: QPushButton, where: str, leftovers: Leftovers, _result: int) -> None:
        box.deleteLater()
        if box.clickedButton() is remove:
            self._start(partial(_remove, leftovers), partial(self._removed, where))

    def _removed(self, where: str, count: int) -> None:
        self._controller.note(f"{count} unfinished file{'s' if count != 1 else ''} removed from {where}")

    def _start(self, work: Callable[[Job], object], done: Callable[..., None]) -> None:
        job = Job(work, self)
        job.succeeded.connect(done)
        job.finished.connect(job.deleteLater)
        job.start()


def _leftovers_in(folders: Sequence[Path], _job: Job) -> dict[Path, Leftovers]:
    found = {folder: leftovers_in(folder) for folder in folders}
    return {folder: leftovers for folder, leftovers in found.items() if leftovers.paths}


def _remove(leftovers: Leftovers, _job: Job) -> int:
    return remove_leftovers(leftovers)
