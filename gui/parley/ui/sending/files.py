"""Sending files from the window: what has to happen first, and in which order.

Without an association one click proposes the contexts that the files need and the SCU panel lacks, associates, and
sends; the association stays open. The window for it, and all that it needs, is made when it is first asked for.
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
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.bridge.controller import Controller
    from parley.bridge.sending.model import SendingModel
    from parley.bridge.sending.sender import Sender
    from parley.model.attempt import Attempt
    from parley.model.handle import ProposedContext
    from parley.model.target import Target
    from parley.ui.gates.misbehave_gate import MisbehaveGate
    from parley.ui.sending.window import SendWindow
    from parley.ui.sides.scu_panel import ScuPanel

_STOP = "Stop after this file"
_STOP_TIP = "The file on its way arrives, the others are not sent; the association stays"
_ABORT = "Abort now"
_ABORT_TIP = "End at once with an A-ABORT, in the middle of the file; the association ends with it"
_GIVEN_UP = style.Tone.NOTE, "Nothing was sent: the SCU panel names another peer now."
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
        self._waits_for: Target | None = None
        self._said: tuple[style.Tone, str] | None = None
        self._has_warned = False
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

    # --- sending -----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _send(self, rows: Sequence[int]) -> None:
        target = self._scu.target
        self._said = style.Tone.NOTE, f"Looking up whether {target.words} may be tested …"
        self._gate.send(self._scu.side(), partial(self._send_to, target, rows), self._refused)
        self._show_plan()

    def _refused(self, why: str) -> None:
        self._said = style.Tone.ERROR, why
        self._show_plan()

    def _send_to(self, target: Target, rows: Sequence[int]) -> None:
        """To the one that was named when the person wished so, and to nobody who is named since."""
        self._said = None
        self._sender.aim(self._scu.target)
        if target != self._scu.target:
            self._said = _GIVEN_UP
            self._show_plan()
            return
        if self._sender.has_association:
            self._sender.start(rows)
        elif self._scu.associate_action.isEnabled():
            self._associate(rows)
        self._show_plan()

    def _associate(self, rows: Sequence[int]) -> None:
        """Propose what is missing and associate; errors in the panel are said first, and a second click takes them."""
        if missing := self._missing(rows):
            self._scu.propose(missing)
        self._scu.check()
        errors = [problem for problem in self._scu.problems() if problem.severity is Severity.ERROR]
        if errors and not self._has_warned:
            self._has_warned = True
            return
        self._has_warned = False
        self._waiting, self._waits_for = list(rows), self._scu.target
        self._scu.associate_action.trigger()

    @Slot(object)
    def _attempt_finished(self, attempt: Attempt) -> None:
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        if attempt.end is AttemptEnd.ESTABLISHED:
            self._sender.start(rows)
        else:
            from parley.diagnosis import diagnose

            verdict = diagnose(attempt)
            self._said = style.Tone.ERROR, f"Nothing was sent. {verdict.cause} {verdict.remedy}".rstrip()
        self._show_plan()

    @Slot()
    def _aim_again(self, _opened: object = None) -> None:
        """The peer that is meant may be another now: what waits to be sent is not sent there."""
        target = self._scu.target
        if not self._sender.is_aimed_at(target) and not self._sender.is_running and self._said != _GIVEN_UP:
            self._said = None  # it was of another peer
        self._sender.aim(target)
        if self._waiting and self._waits_for != target:
            self._waiting = []
            self._said = _GIVEN_UP
        self._show_plan()

    @Slot()
    def _look_whether_given_up(self) -> None:
        """The panel may have asked for a secret in vain; what comes of an attempt is heard before this is looked at."""
        if self._waiting:
            QTimer.singleShot(0, self, self._give_up_with_the_panel)

    @Slot()
    def _give_up_with_the_panel(self) -> None:
        if self._waiting and not self._scu.abort_action.isEnabled():
            self._waiting = []
            self._said = style.Tone.NOTE, "Nothing was sent: associating was given up."
            self._show_plan()

    @Slot()
    def _stop(self) -> None:
        if self._waiting:
            self._scu.abort_action.trigger()
        elif self._sender.is_stopping:
            self._sender.abort()
        else:
            self._sender.stop()

    @Slot()
    def _finished(self) -> None:
        assert self._window is not None
        left = len(self._left())
        failed = self._sender.summary().failed
        if not self._sender.is_still_open:
            self._said = style.Tone.ERROR, f"The association has ended. {_counted(left, 'not sent')}."
        elif failed:
            more = f" {_counted(left, 'not sent')}." if left else ""
            self._said = style.Tone.ERROR, f"{_counted(failed, 'not stored')}: select one to see why.{more}"
        elif left:
            self._said = style.Tone.NOTE, f"Stopped. {_counted(left, 'not sent')}."
        else:
            what = "Every file that can be sent" if self._sender.summary().unreadable else "Every file"
            self._said = style.Tone.OK, f"{what} is stored. The association stays open."
        self._window.show_first_failure()
        self._show_plan()

    # --- what is said ------------------------------------------------------------------------------------------------

    @Slot()
    def _look_again(self) -> None:
        """The list or the panel may be another by now: what was said of it is old."""
        if not self._sender.is_running:
            self._said = None
            self._has_warned = False
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
            self._window.show_plan("&Send", False, style.Tone.NOTE, f"Associating with {self._scu.target.words} …")
        else:
            self._window.show_stop("")
            self._window.show_plan(*self._plan())

    def _plan(self) -> tuple[str, bool, style.Tone, str]:
        """While nothing is under way: the button's text, whether it can be pressed, and what there is to know."""
        rows = self._left()
        files = f"{len(rows)} files" if len(rows) != 1 else "1 file"
        is_open, other = self._sender.has_association, self._scu.other_target
        button = f"&Send {files}" if is_open else f"Associate and &send {files}"
        if not rows:
            return "&Send", False, *(self._said or (style.Tone.NOTE, ""))
        if is_open:
            return button, self._sender.can_start, *(self._said or self._said_of_unfit())
        if other is not None:
            words = f"The association that is open is with {other.words}. To send elsewhere, release it first."
            return button, False, *(self._said or (style.Tone.NOTE, words))
        if not self._scu.associate_action.isEnabled():
            return button, False, *(self._said or (style.Tone.NOTE, "The SCU is busy: wait for it, or abort."))
        if self._has_warned:
            return "&Send anyway", True, style.Tone.WARNING, self._said_of_errors()
        return button, True, *(self._said or (style.Tone.NOTE, self._said_of_associating(rows)))

    def _said_of_unfit(self) -> tuple[style.Tone, str]:
        from parley.bridge.sending.model import FileState

        count = self._model.counts[FileState.UNFIT]
        if not count:
            return style.Tone.NOTE, f"They are sent on the association that is open with {self._scu.target.words}."
        fits = "1 file fits" if count == 1 else f"{count} files fit"
        words = f"{fits} no context of this association. Release it, and what is missing will be proposed first."
        return style.Tone.WARNING, words

    def _said_of_errors(self) -> str:
        errors = [problem for problem in self._scu.problems() if problem.severity is Severity.ERROR]
        return f"The SCU panel has {len(errors)} to look at first. {sentence(errors[0])}" if errors else ""

    def _said_of_associating(self, rows: Sequence[int]) -> str:
        count = len(self._missing(rows))
        contexts = "1 more context" if count == 1 else f"{count} more contexts"
        first = f"Proposes {contexts}, associates" if count else "Associates"
        return f"{first} with {self._scu.target.words}, and sends. The association stays open."

    def _left(self) -> list[int]:
        from parley.bridge.sending.model import FileState

        return self._model.rows_in(FileState.WAITING, FileState.UNFIT)

    def _missing(self, rows: Sequence[int]) -> tuple[ProposedContext, ...]:
        from parley.model.storage_contexts import missing_for

        return missing_for(self._model.files(rows), self._scu.side().handle.contexts)

    def _at(self) -> str:
        """Where the run goes, said of the one that is under way."""
        to = self._sender.sends_to
        return f" to {to.words}" if to is not None else ""


def _counted(count: int, what: str) -> str:
    return f"1 file was {what}" if count == 1 else f"{count} files were {what}"
