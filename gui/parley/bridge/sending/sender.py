"""Sends the files of a `SendingModel` on the SCU's association and shows in it how that goes, every 50 ms.

A run belongs to the association it was begun on, whatever profile is on the screen meanwhile; until it is over, the
files are shown under its recipient, and after that under the one that the person means.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from parley.bridge.controller import Controller
from parley.bridge.opened_profile import OpenedProfile
from parley.bridge.sending.model import FileState, SendingModel
from parley.bridge.sending.recipient import Recipient
from parley.bridge.sending.store_run import StoreRun
from parley.engine.results import rate_words
from parley.model.target import Target

LOOK_MS = 50
"""How often the table is brought up to date; a row each time would keep the window from all else."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How the files on the list stand with one recipient.

    Attributes:
        total: files on the list.
        stored: those that the peer says it has taken, be it with a warning.
        failed: those that were tried in vain.
        unreadable: those that hold nothing that could be sent.
        share: of the bytes of the run that is under way, or was the last, from 0 to 1.
        rate: bytes a second of that run; 0 before anything was sent, and once the list is another.
        recipient: None while nobody is known.
        is_open: whether an association with it is open.
    """

    total: int
    stored: int
    failed: int
    unreadable: int
    share: float = 0.0
    rate: float = 0.0
    recipient: Recipient | None = None
    is_open: bool = False

    @property
    def left(self) -> int:
        """Files that could be sent and were not; while none is on its way."""
        return self.total - self.stored - self.failed - self.unreadable

    @property
    def words(self) -> str:
        """For a person: ``12 of 14 stored at AE@HOST:PORT, 2 failed, 23.4 MB/s``, no rate that is next to nothing."""
        at = f" at {self.recipient.target}" if self.recipient is not None else ""
        parts = [f"{self.stored} of {self.total} stored{at}"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.unreadable:
            parts.append(f"{self.unreadable} cannot be sent")
        return ", ".join(filter(None, (*parts, rate_words(self.rate))))


class Sender(QObject):
    """One run at a time, at the peer that the person means (`aim`) and no other.

    Signals:
        changed: whether it runs, or stops, or whether there is an association.
        progressed: how far it is.
        finished(Summary): a run is over, whichever way: how the files stand with its recipient.

    Args:
        monotonic: a clock in seconds, for the rate.
    """

    changed = Signal()
    progressed = Signal()
    finished = Signal(object)

    def __init__(
        self,
        controller: Controller,
        model: SendingModel,
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._model = model
        self._monotonic = monotonic
        self._aim: Target | None = None
        self._run: StoreRun | None = None
        self._runs_at: OpenedProfile | None = None
        self._ran_to: Recipient | None = None
        self._rows: list[int] = []
        self._shown = 0
        self._sizes: list[int] = []
        self._share = self._rate = self._began = 0.0
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._show_progress)
        for change in (controller.scu_state_changed, controller.scu_busy_changed, controller.profile_shown):
            change.connect(self._look_again)
        for change in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            change.connect(self._forget_rate)
        self._look_again()

    # --- what it says ----------------------------------------------------------------------------------------------

    @property
    def has_association(self) -> bool:
        """Whether there is an association to send on, of the profile on the screen and with the peer that is meant."""
        return self.is_aimed_at(self._controller.shown.target) and self._controller.shown.contexts is not None

    @property
    def can_start(self) -> bool:
        """Whether there is one with nothing else under way."""
        return self.has_association and self._controller.shown.can_store

    @property
    def recipient(self) -> Recipient | None:
        """Whom the run that is under way sends to, or else whom the person means; None while nobody is known."""
        if self._run is not None:
            return self._ran_to
        target = self._aim or self._controller.shown.target
        return Recipient(self._controller.shown, target) if target is not None else None

    @property
    def is_running(self) -> bool:
        """Whether files are being sent."""
        return self._run is not None

    @property
    def is_stopping(self) -> bool:
        """Whether the run ends after the file that is on its way."""
        return self._run is not None and self._run.is_stopping

    def summary(self) -> Summary:
        """How the files stand now."""
        counts, recipient = self._model.counts, self.recipient
        is_of_run = recipient is not None and recipient == self._ran_to
        return Summary(
            self._model.rowCount(),
            counts[FileState.STORED] + counts[FileState.WARNED],
            counts[FileState.FAILED],
            counts[FileState.UNREADABLE],
            self._share if is_of_run else 0.0,
            self._rate if is_of_run else 0.0,
            recipient,
            self._is_open,
        )

    @property
    def _is_open(self) -> bool:
        if self._run is not None and self._runs_at is not None:
            return self._runs_at.contexts is not None
        return self.has_association

    # --- what it does ----------------------------------------------------------------------------------------------

    def aim(self, target: Target) -> None:
        """Know whom the person means from now on; a run that is under way goes on."""
        if target != self._aim:
            self._aim = target
            self._look_again()

    def is_aimed_at(self, target: Target | None) -> bool:
        """Whether that is whom the person means; before they were asked, anybody is."""
        return self._aim is None or (target is not None and target.is_same(self._aim))

    def start(self, rows: Sequence[int]) -> None:
        """Send the files of these rows; does nothing without an association, or while something is under way.

        Rows may be added to the model meanwhile, and none removed.
        """
        files = self._model.files(rows)
        run = StoreRun([file.path for file in files])
        opened = self._controller.shown
        if self.is_running or not files or not self.is_aimed_at(opened.target) or not opened.store(run):
            return
        assert opened.target is not None
        self._runs_at, self._ran_to = opened, Recipient(opened, opened.target)
        opened.store_finished.connect(self._finish)
        self._run, self._rows, self._shown = run, list(rows), 0
        self._sizes = [file.size for file in files]
        self._share, self._rate, self._began = 0.0, 0.0, self._monotonic()
        self._look.start()
        self._look_again()
        self._model.wait_again(rows)
        self.changed.emit()

    def stop(self) -> None:
        """End after the file that is on its way; the association stays."""
        if self._run is not None:
            self._run.stop()
            self.changed.emit()

    def abort(self) -> None:
        """End in the middle of the file, and the association with it."""
        if self._run is not None and self._runs_at is not None:
            self._run.stop()
            self._runs_at.abort()
            self.changed.emit()

    # --- what comes of it ------------------------------------------------------------------------------------------

    @Slot()
    def _show_progress(self) -> None:
        assert self._run is not None
        self._take_results(self._run, self._run.sent)
        self.progressed.emit()

    def _take_results(self, run: StoreRun, sent: int | None) -> None:
        """Show what is new; `sent` is None when no file is on its way any more."""
        new = run.results[self._shown :]
        results = list(zip(self._rows[self._shown :], new, strict=False))
        self._shown += len(new)
        is_under_way = sent is not None and self._shown < len(self._rows)
        self._model.show_progress(results, self._rows[self._shown] if is_under_way else None, sent or 0)
        self._share = (sum(self._sizes[: self._shown]) + (sent or 0)) / (sum(self._sizes) or 1)
        seconds = self._monotonic() - self._began
        self._rate = (run.answered + run.sent) / seconds if seconds > 0 else 0.0

    @Slot()
    def _finish(self) -> None:
        run = self._run
        if run is None:
            return
        if self._runs_at is not None:
            self._runs_at.store_finished.disconnect(self._finish)
        self._look.stop()
        self._take_results(run, None)
        self._model.wait_again(self._rows[self._shown :])
        summary = self.summary()
        self._run = None
        self._look_again()
        self.finished.emit(summary)

    @Slot()
    def _forget_rate(self) -> None:
        """It is of other files than those on the list."""
        if self._run is None:
            self._share = self._rate = 0.0

    @Slot()
    def _look_again(self, _change: object = None) -> None:
        opened = self._runs_at if self._run is not None else self._controller.shown
        is_theirs = opened is not None and (self._run is not None or self.is_aimed_at(opened.target))
        self._model.show_contexts(opened.contexts if opened is not None and is_theirs else None, self.recipient)
        self.changed.emit()
