"""Once a listener saves to a folder: asks whether what killed programs have left there may go. It holds nothing up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from parley.bridge.loop.job import Job
from parley.model.storage import StorageMode
from parley.ui.kit.texts import message_box

if TYPE_CHECKING:
    from parley.bridge.controller import Controller
    from parley.bridge.opened_profile import OpenedProfile
    from parley.model.files.partial import Leftovers


class LeftoversGate(QObject):
    """Looks into the folder of each listener that begins to listen, and asks at most once for each folder.

    Args:
        window: the question's parent.
    """

    def __init__(self, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self._controller = controller
        self._window = window
        self._asked: set[Path] = set()
        controller.listener_changed.connect(self._look)

    @Slot(object)
    def _look(self, opened: OpenedProfile) -> None:
        listener = opened.listener
        if listener is None or listener.side.storage.mode is not StorageMode.RECEIVE:
            return
        folder = Path(listener.side.storage.folder)
        if folder not in self._asked:
            self._start(partial(_leftovers_in, folder), partial(self._found, folder))

    def _found(self, folder: Path, leftovers: Leftovers) -> None:
        if not leftovers.paths or folder in self._asked:
            return
        self._asked.add(folder)
        what = f"Remove {leftovers.words} from {folder}?"
        why = "A program that was killed while objects came in has left them. None is whole, and nobody writes them."
        box = message_box(self._window, "leftovers_question", QMessageBox.Icon.Question, what, why)
        box.setWindowTitle("Unfinished files")
        remove = box.addButton("&Remove", QMessageBox.ButtonRole.AcceptRole)
        remove.setObjectName("leftovers_question.remove")
        keep = box.addButton("&Keep", QMessageBox.ButtonRole.RejectRole)
        keep.setObjectName("leftovers_question.keep")
        box.setDefaultButton(keep)
        box.finished.connect(partial(self._answered, box, remove, folder, leftovers))
        box.open()

    def _answered(
        self, box: QMessageBox, remove: QPushButton, folder: Path, leftovers: Leftovers, _result: int
    ) -> None:
        box.deleteLater()
        if box.clickedButton() is remove:
            self._start(partial(_remove, leftovers), partial(self._removed, folder))

    def _removed(self, folder: Path, count: int) -> None:
        self._controller.note(f"{count} unfinished file{'s' if count != 1 else ''} removed from {folder}")

    def _start(self, work: Callable[[Job], object], done: Callable[..., None]) -> None:
        job = Job(work, self)
        job.succeeded.connect(done)
        job.finished.connect(job.deleteLater)
        job.start()


def _leftovers_in(folder: Path, _job: Job) -> Leftovers:
    from parley.model.files.partial import leftovers_in

    return leftovers_in(folder)


def _remove(leftovers: Leftovers, _job: Job) -> int:
    from parley.model.files.partial import remove_leftovers

    return remove_leftovers(leftovers)
