"""Sending files from the window: what has to happen first, and in which order.

Without an association one click proposes the contexts that the files need and the SCU panel lacks, associates, and
sends; the association stays open. Where one is open that has a context for none of them, the same click releases it
first. The window for it, and all that it needs, is made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from parley.model.attempt import AttemptEnd
from parley.ui.kit import icons, style
from parley.ui.kit.actions import make_action
from parley.ui.kit.fields import sentence
from parley.ui.kit.long_words import shorten_words
from parley.ui.kit.texts import without_shortcut
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.bridge.controller import Controller
    from parley.bridge.sending.model import SendingModel
    from parley.bridge.sending.recipient import Recipient
    from parley.bridge.sending.sender import Sender, Summary
    from parley.model.attempt import Attempt
    from parley.model.handle import ProposedContext
    from parley.ui.gates.misbehave_gate import MisbehaveGate
    from parley.ui.sending.window import SendWindow
    from parley.ui.sides.scu_panel import ScuPanel

_STOP = "Stop after this file"
_STOP_TIP = "The file on its way arrives, the others are not sent; the association stays"
_ABORT = "Abort now"
_ABORT_TIP = "End at once with an A-ABORT, in the middle of the file; the association ends with it"
_CANCEL_TIP = "Stop associating; nothing is sent"


class SendFiles(QObject):
    """The action that opens the window, and what its buttons do.

    Attributes:
        action: for menu and toolbar.
    """

    def __init__(self, controller: Controller, scu: ScuPanel, gate: MisbehaveGate, window: QWidget) -> None:
        super().__init__(window)
        self._gate = gate
        self._controller = controller
        self._scu = scu
        self._parent = window
        self._window: SendWindow | None = None
        self._waiting: list[int] = []
        self._waits_for: Recipient | None = None
        self._is_releasing = False
        self._last_said: tuple[style.Tone, str] | None = None
        self._said_of: Recipient | None = None
        self._warned_of: Recipient | None = None
        tip = "Send DICOM files with C-STORE, on the association there is or on a new one"
        self.action = make_action(window, "&Send files…", "Ctrl+Shift+Return", tip, self.open)
        self.action.setIcon(icons.icon("send"))

    @Slot()
    def open(self) -> None:
        """Show the window; while its list is empty, ask for files."""
        if self._window is None:
            self._make()
        assert self._window is not None
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._look_again()
        if not self._model.rowCount():
            self._window.ask_for_files()

    def _make(self) -> None:
        from parley.bridge.sending.model import SendingModel
        from parley.bridge.sending.sender import Sender
        from parley.ui.sending.window import SendWindow

        self._model: SendingModel = SendingModel(self)
        self._sender: Sender = Sender(self._controller, self._model, self)
        window = self._window = SendWindow(self._model, self._sender, self._parent)
        window.send_requested.connect(self._send)
        window.stop_requested.connect(self._stop)
        window.looked_at.connect(self._look_again)
        self._sender.changed.connect(self._show_plan)
        self._sender.finished.connect(self._finished)
        self._controller.attempt_finished.connect(self._attempt_finished)
        self._controller.profile_shown.connect(self._aim_again)
        self._scu.target_changed.connect(self._aim_again)
        self._scu.abort_action.changed.connect(self._look_whether_given_up)
        self._scu.associate_action.changed.connect(self._look_whether_released)

    # --- sending -----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _send(self, rows: Sequence[int]) -> None:
        self._sender.aim(self._scu.target)
        recipient = self._sender.recipient
        self._say(style.Tone.NOTE, f"Looking up whether {self._scu.target.words} may be tested …", recipient)
        self._gate.send(self._scu.side(), partial(self._send_to, recipient, rows), partial(self._refused, recipient))
        self._show_plan()

    def _refused(self, recipient: Recipient | None, why: str) -> None:
        self._say(style.Tone.ERROR, why, recipient)
        self._show_plan()

    def _send_to(self, recipient: Recipient | None, rows: Sequence[int]) -> None:
        """To the one that was named when the person wished so, and to nobody who is named since."""
        self._last_said = None
        self._sender.aim(self._scu.target)
        if recipient != self._sender.recipient:
            self._give_up(recipient, "the SCU panel names another peer now")
        elif not self._sender.has_association:
            if self._scu.associate_action.isEnabled():
                self._associate(rows)
        elif not self._has_to_release(rows):
            self._sender.start(rows)
        elif self._sender.can_start:
            self._associate(rows)
        self._show_plan()

    def _has_to_release(self, rows: Sequence[int]) -> bool:
        """Whether none of them can be sent on the association there is, and some could be on another."""
        has_one = self._sender.has_association
        return has_one and not self._model.fits_any(rows) and self._model.is_helped_by_proposing(rows)

    def _associate(self, rows: Sequence[int]) -> None:
        """Propose what is missing, release what is open, and associate.

        Errors in the panel are said first, while nothing is released yet, and a second click takes them.
        """
        if missing := self._missing(rows):
            self._scu.propose(missing)
        self._scu.check()
        errors = [problem for problem in self._scu.problems() if problem.severity is Severity.ERROR]
        if errors and not self._has_warned:
            self._warned_of = self._sender.recipient
            return
        self._warned_of = None
        self._waiting, self._waits_for = list(rows), self._sender.recipient
        self._is_releasing = self._sender.has_association
        (self._scu.release_action if self._is_releasing else self._scu.associate_action).trigger()

    @Slot()
    def _look_whether_released(self) -> None:
        if self._is_releasing:
            QTimer.singleShot(0, self, self._go_on_once_released)

    @Slot()
    def _go_on_once_released(self) -> None:
        if self._is_releasing and self._scu.associate_action.isEnabled():
            self._is_releasing = False
            self._scu.associate_action.trigger()
            self._show_plan()

    def _give_up(self, recipient: Recipient | None, why: str) -> None:
        """What waits is not sent. That is said until the person looks again, whoever is named meanwhile."""
        self._waiting, self._is_releasing = [], False
        to = f" to {recipient.target}" if recipient is not None else ""
        self._say(style.Tone.NOTE, f"Nothing was sent{to}: {why}.", None)

    @Slot(object)
    def _attempt_finished(self, attempt: Attempt) -> None:
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        if attempt.end is AttemptEnd.ESTABLISHED:
            self._sender.start(rows)
        else:
            from parley.diagnosis import diagnose

            verdict, to = diagnose(attempt), self._waits_for
            words = f"Nothing was sent{f' to {to.target}' if to is not None else ''}. {verdict.cause} {verdict.remedy}"
            self._say(style.Tone.ERROR, words.rstrip(), to)
        self._show_plan()

    @Slot()
    def _aim_again(self, _opened: object = None) -> None:
        """The peer that is meant may be another now: what waits to be sent is not sent there."""
        self._sender.aim(self._scu.target)
        recipient = self._sender.recipient
        if self._waiting and self._waits_for != recipient:
            self._give_up(self._waits_for, "the SCU panel names another peer now")
        self._show_plan()

    @Slot()
    def _look_whether_given_up(self) -> None:
        """The panel may have asked for a secret in vain; what comes of an attempt is heard before this is looked at."""
        if self._waiting and not self._is_releasing:
            QTimer.singleShot(0, self, self._give_up_with_the_panel)

    @Slot()
    def _give_up_with_the_panel(self) -> None:
        if self._waiting and not self._is_releasing and not self._scu.abort_action.isEnabled():
            self._give_up(self._waits_for, "associating was given up")
            self._show_plan()

    @Slot()
    def _stop(self) -> None:
        if self._is_releasing or (self._waiting and not self._scu.abort_action.isEnabled()):
            self._give_up(self._waits_for, "it was cancelled")
            self._show_plan()
        elif self._waiting:
            self._scu.abort_action.trigger()
        elif self._sender.is_stopping:
            self._sender.abort()
        else:
            self._sender.stop()

    @Slot(object)
    def _finished(self, ended: Summary) -> None:
        assert self._window is not None
        assert ended.recipient is not None
        peer, left = ended.recipient.target, ended.left
        is_shown = ended.recipient == self._sender.recipient
        if not ended.is_open:
            tone, words = style.Tone.ERROR, f"The association with {peer} has ended. {_counted(left, 'not sent')}."
        elif ended.failed:
            more = f" {_counted(left, 'not sent')}." if left else ""
            retry = self._said_of_retry() if is_shown else ""
            words = f"{_counted(ended.failed, 'not stored')} at {peer}: select one to see why.{more}{retry}"
            tone = style.Tone.ERROR
        elif left:
            tone, words = style.Tone.NOTE, f"Stopped. {_counted(left, 'not sent')} to {peer}."
        else:
            what = "Every file that can be sent" if ended.unreadable else "Every file"
            tone, words = style.Tone.OK, f"{what} is stored at {peer}. The association with it stays open."
        # Who is not looking at it has to hear of it all the same.
        self._say(tone, words, ended.recipient if is_shown else None)
        self._window.show_first_failure()
        self._show_plan()

    # --- what is said ------------------------------------------------------------------------------------------------

    def _say(self, tone: style.Tone, words: str, recipient: Recipient | None) -> None:
        """Until the person looks again, under this recipient; under any other too where it is None."""
        self._last_said, self._said_of = (tone, shorten_words(words)), recipient

    @property
    def _said(self) -> tuple[style.Tone, str] | None:
        is_shown = self._said_of is None or self._said_of == self._sender.recipient
        return self._last_said if is_shown else None

    @property
    def _has_warned(self) -> bool:
        return self._warned_of is not None and self._warned_of == self._sender.recipient

    @Slot()
    def _look_again(self) -> None:
        """The list or the panel may be another by now: what was said of it is old."""
        if not self._sender.is_running:
            self._last_said = self._warned_of = None
            self._sender.aim(self._scu.target)
        self._show_plan()

    @Slot()
    def _show_plan(self) -> None:
        assert self._window is not None
        if self._sender.is_stopping:
            self._window.show_stop(_ABORT, _ABORT_TIP)
            self._window.show_plan(
                "&Send", False, style.Tone.NOTE, f"Stopping once this file has arrived{self._at()} …"
            )
        elif self._sender.is_running:
            self._window.show_stop(_STOP, _STOP_TIP)
            self._window.show_plan("&Send", False, style.Tone.NOTE, f"Sending{self._at()} …")
        elif self._waiting:
            self._window.show_stop("Cancel", _CANCEL_TIP)
            self._window.show_plan("&Send", False, style.Tone.NOTE, self._said_of_waiting())
        else:
            self._window.show_stop("")
            self._window.show_plan(*self._plan())

    def _plan(self) -> tuple[str, bool, style.Tone, str]:
        """While nothing is under way: the button's text, whether it can be pressed, and what there is to know."""
        rows = self._left()
        if not rows:
            return "&Send", False, *(self._said or (style.Tone.NOTE, ""))
        to = without_shortcut(shorten_words(str(self._scu.target)))
        files = f"{len(rows)} files to {to}" if len(rows) != 1 else f"1 file to {to}"
        is_open, other = self._sender.has_association, self._scu.other_target
        releases = self._has_to_release(rows)
        if self._has_warned and (self._sender.can_start if is_open else self._scu.associate_action.isEnabled()):
            return f"&Send to {to} anyway", True, style.Tone.WARNING, self._said_of_errors()
        if releases:
            button = f"Release, associate and &send {files}"
            return button, self._sender.can_start, *(self._said or (style.Tone.NOTE, self._said_of_releasing(rows)))
        if is_open and not self._model.fits_any(rows):
            return f"&Send {files}", False, style.Tone.WARNING, self._said_of_refused()
        if is_open:
            return f"&Send {files}", self._sender.can_start, *(self._said or self._said_of_unfit(rows))
        button = f"Associate and &send {files}"
        if other is not None:
            how = f" {other.protection}" if other.key == self._scu.target.key else ""
            words = f"The association that is open is with {other.words}{how}. To send elsewhere, release it first."
            return button, False, *(self._said or (style.Tone.NOTE, words))
        if not self._scu.associate_action.isEnabled():
            return button, False, *(self._said or (style.Tone.NOTE, "The SCU is busy: wait for it, or abort."))
        return button, True, *(self._said or (style.Tone.NOTE, self._said_of_associating(rows)))

    def _said_of_waiting(self) -> str:
        words = self._waits_for.target.words if self._waits_for is not None else "the peer"
        return f"Releasing the association with {words} …" if self._is_releasing else f"Associating with {words} …"

    def _said_of_unfit(self, rows: Sequence[int]) -> tuple[style.Tone, str]:
        from parley.bridge.sending.model import FileState

        peer, count = self._scu.target.words, self._model.counts[FileState.UNFIT]
        if not count:
            return style.Tone.NOTE, f"They are sent on the association that is open with {peer}."
        fits = "1 file fits" if count == 1 else f"{count} files fit"
        is_helped = self._model.is_helped_by_proposing(rows)
        advice = "Release it, and what is missing will be proposed first." if is_helped else "Select one to see why."
        return style.Tone.WARNING, f"{fits} no context of the association that is open with {peer}. {advice}"

    def _said_of_refused(self) -> str:
        """Why nothing can be sent where no proposal would help."""
        return (
            f"{self._scu.target.words} takes none of these files on the association that is open: select one to see "
            "why. Once that is changed, release it; they can be sent on a new one."
        )

    def _said_of_releasing(self, rows: Sequence[int]) -> str:
        peer = self._scu.target.words
        first = f"The association that is open with {peer} has no context for them. Releases it,"
        return f"{first} {self._said_of_proposing(rows)}associates anew, and sends."

    def _said_of_retry(self) -> str:
        """What Retry does besides."""
        from parley.bridge.sending.model import FileState

        releases = self._has_to_release(self._model.rows_in(FileState.FAILED))
        return " Retry releases the association and proposes what is missing first." if releases else ""

    def _said_of_errors(self) -> str:
        errors = [problem for problem in self._scu.problems() if problem.severity is Severity.ERROR]
        return f"The SCU panel has {len(errors)} to look at first. {sentence(errors[0])}" if errors else ""

    def _said_of_associating(self, rows: Sequence[int]) -> str:
        first = f"{self._said_of_proposing(rows)}associates".capitalize()
        return f"{first} with {self._scu.target.words}, and sends. The association stays open."

    def _said_of_proposing(self, rows: Sequence[int]) -> str:
        count = len(self._missing(rows))
        contexts = "1 more context" if count == 1 else f"{count} more contexts"
        return f"proposes {contexts}, " if count else ""

    def _left(self) -> list[int]:
        from parley.bridge.sending.model import FileState

        return self._model.rows_in(FileState.WAITING, FileState.UNFIT)

    def _missing(self, rows: Sequence[int]) -> tuple[ProposedContext, ...]:
        from parley.model.storage_contexts import missing_for

        return missing_for(self._model.files(rows), self._scu.side().handle.contexts)

    def _at(self) -> str:
        """Where the run goes, said of the one that is under way."""
        to = self._sender.recipient
        return f" to {to.target.words}" if to is not None else ""


def _counted(count: int, what: str) -> str:
    return f"1 file was {what}" if count == 1 else f"{count} files were {what}"
