"""A line that shows one job at a time: what is under way, how far, a way to cancel it, and in the end how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from parley.bridge.loop.job import Job
from parley.ui.kit import icons, style
from parley.ui.kit.fields import ToneLine, named
from parley.ui.kit.texts import Label

Said = tuple[style.Tone, str] | tuple[style.Tone, str, tuple[str, ...]] | None
"""What is said: how it is meant, a sentence, and lines that are shown when asked for."""


class JobLine(QWidget):
    """Takes no room while there is nothing to say.

    Args:
        prefix: of the object names: ``prefix.progress``, ``prefix.cancel``, ``prefix.message`` and, beneath that one,
            ``details`` and ``dismiss``.
        narrow: stands in a narrow pane: the buttons go beneath the words.
    """

    def __init__(self, prefix: str, parent: QWidget | None = None, *, narrow: bool = False) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._on_success: Callable[[Any], Said] | None = None
        self._on_failure: Callable[[Exception], Said] | None = None
        self._words = Label("", self)
        self._progress = QProgressBar(self)
        named(self._progress, f"{prefix}.progress", "Progress", "How much is done")
        self._progress.setRange(0, 100)
        self._cancel = QPushButton(icons.icon("cancel"), "Cancel", self)
        named(self._cancel, f"{prefix}.cancel", "Cancel", "Stop what is under way")
        self._cancel.clicked.connect(self.cancel)
        self._running = QWidget(self)
        self._message = ToneLine(self)
        self._message.setObjectName(f"{prefix}.message")
        self._lines: tuple[str, ...] = ()
        self._details = QPushButton("Details…", self)
        named(self._details, f"{prefix}.message.details", "Details", "Every line of what is said here in short")
        self._details.clicked.connect(self._show_details)
        self._dismiss = QToolButton(self)
        self._dismiss.setIcon(icons.icon("cancel"))
        self._dismiss.setIconSize(style.ICON_SIZE)
        self._dismiss.setAutoRaise(True)
        named(self._dismiss, f"{prefix}.message.dismiss", "Dismiss", "Hide this message")
        self._dismiss.clicked.connect(self._hide_message)
        buttons = QHBoxLayout()
        if narrow:
            self._message.setMinimumWidth(1)  # a long word is cut rather than the pane widened
            buttons.addStretch(1)
        for button in (self._details, self._dismiss):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        said = QVBoxLayout() if narrow else QHBoxLayout()
        said.addWidget(self._message, 1)
        said.addLayout(buttons)
        bar = QHBoxLayout()
        bar.addWidget(self._progress, 1)
        bar.addWidget(self._cancel)
        running = QVBoxLayout(self._running) if narrow else QHBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        running.addWidget(self._words)
        running.addLayout(bar, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.SPACING, 2, style.SPACING, 4)
        layout.addWidget(self._running)
        layout.addLayout(said)
        self.say(None)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._job is not None

    @property
    def message(self) -> str:
        """What it says now; empty when it says nothing."""
        return "" if self._message.isHidden() else self._message.text()

    def say(self, said: Said) -> None:
        """Say something, or nothing."""
        self._running.setVisible(self.is_busy)
        self._message.hide()
        self._lines = ()
        if said is not None:
            tone, words, *more = said
            self._lines = more[0] if more else ()
            self._message.show_line(tone, words)
        self._details.setVisible(bool(self._lines))
        self._dismiss.setVisible(said is not None)
        self.setVisible(self.is_busy or said is not None)

    def run(
        self,
        work: Callable[[Job], Any],
        words: str,
        on_success: Callable[[Any], Said],
        on_failure: Callable[[Exception], Said],
    ) -> None:
        """Start a job; the two functions turn its outcome into what is said then."""
        if self.is_busy:
            self.say((style.Tone.NOTE, "One thing at a time: wait for what is under way, or cancel it."))
            return
        self._on_success, self._on_failure = on_success, on_failure
        self._words.setText(words)
        self._progress.setValue(0)
        self._job = Job(work, self)
        self._job.progressed.connect(self._progressed)
        self._job.succeeded.connect(self._succeeded)
        self._job.failed.connect(self._failed)
        self._job.finished.connect(self._finished)
        self.say(None)
        self._job.start()

    @Slot()
    def cancel(self) -> None:
        """Ask what is under way to end."""
        if self._job is not None:
            self._words.setText("Cancelling …")
            self._job.cancel()

    @Slot()
    def _show_details(self) -> None:
        from parley.ui.kit.lines_dialog import show_lines

        show_lines(self, f"{self._details.objectName()}_dialog", self.message, self._lines)

    @Slot()
    def _hide_message(self) -> None:
        self.say(None)

    @Slot(object)
    def _progressed(self, share: float) -> None:
        self._progress.setValue(round(share * 100))

    @Slot(object)
    def _succeeded(self, result: Any) -> None:
        self._end(self._on_success(result) if self._on_success else None)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._end(self._on_failure(error) if self._on_failure else None)

    @Slot()
    def _finished(self) -> None:
        if self._job is not None:
            self._end((style.Tone.NOTE, "Cancelled; nothing was left behind."))

    def _end(self, said: Said) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        self.say(said)
