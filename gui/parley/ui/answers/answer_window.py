"""The window in which one answer is edited while its request waits, and who opens such windows, one for a request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from parley.bridge.answers.held import HeldModel, HeldRequest, Stage
from parley.bridge.profiles.draft_history import DraftHistory
from parley.model.answers.draft import AnswerDraft
from parley.model.decision import Accept, decision_words
from parley.ui.answers.answer_panel import PREFIX, AnswerPanel
from parley.ui.kit import style
from parley.ui.kit.fields import named
from parley.ui.kit.texts import Label, set_title
from parley.ui.undo import UndoActions
from parley.ul.pdu import significant

if TYPE_CHECKING:
    from parley.bridge.answers.desk import AnswerDesk
    from parley.ui.gates.misbehave_gate import MisbehaveGate

BY_HAND = "edited by hand"
"""What the log calls these answers."""


class AnswerWindow(QDialog):
    """Edits the answer to one held request. Closing hides it: what was typed is there again while the request waits.

    Attributes:
        send_requested(number, draft): answer with this.
        other_requested(numbers, text): answer otherwise.
        wait_requested(number): stop the countdown.
        finished_with(number): it was closed after its request had been settled.
        panel: the form.
    """

    send_requested = Signal(object, object)
    other_requested = Signal(object, str)
    wait_requested = Signal(object)
    finished_with = Signal(object)

    def __init__(self, held: HeldRequest, draft: AnswerDraft, model: HeldModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(PREFIX + ".window")
        self.resize(860, 560)
        self._held = held
        self._model = model
        self.panel = AnswerPanel(draft, held.number)
        self._asker = Label(_asker(held))
        named(self._asker, f"{PREFIX}.asker", "Who asks", "Calling and called AE title, and the peer's address")
        self._history = DraftHistory(draft, self)
        self._undo = UndoActions(self._history, (self.panel,), self)
        self.addActions([self._undo.undo_action, self._undo.redo_action])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.SPACING, 0, 0)
        layout.setSpacing(0)
        self._asker.setContentsMargins(style.MARGIN, 0, style.MARGIN, 0)
        layout.addWidget(self._asker)
        layout.addWidget(self.panel, 1)
        self.panel.changed.connect(self._edited)
        self._history.restored.connect(self.panel.set_side)
        self.panel.send_requested.connect(self._send)
        self.panel.other_requested.connect(self._choose_other)
        self.panel.wait_requested.connect(self._wait)
        self.panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self._closed)
        model.dataChanged.connect(self._show_time)
        model.second_passed.connect(self._show_time)
        self._show_time()

    @property
    def is_settled(self) -> bool:
        """Whether its request can be answered no more."""
        return not self._held.is_waiting

    @Slot(object)
    def show_settled(self, held: HeldRequest) -> None:
        """Say what became of the request; what was typed stays, and can be sent no more."""
        self._held = held
        self.panel.show_waiting_ended()
        if held.stage is Stage.WITHDRAWN:
            headline, why = "Withdrawn.", f"The request was withdrawn {held.outcome}, so nothing can be answered."
        else:
            headline, why = "Already answered.", f"The request got another answer: {held.outcome}."
        self.panel.verdict.say(style.Tone.WARNING, headline, why, "Close this window, or look up here what you typed.")
        self._show_time()

    @Slot()
    def _show_time(self) -> None:
        held = self._model.request(self._held.number)
        if held is not None and held.is_waiting and self._held.is_waiting:
            self._held = held
        words = self._model.left_words(self._held)
        title = significant(self._held.request.calling_ae_title) or self._held.peer
        if self._held.is_waiting:
            default = decision_words(self._held.hold.default)
            then = "" if self._held.hold.seconds is None else f", then {default}"
            self.panel.state_line.show_state(True, f"{words} left{then}" if then else "waits until you answer")
            self.panel.show_countdown(bool(then))
            set_title(self, f"{words} – answer to {title}")
        else:
            self.panel.state_line.show_state(False, self._held.stage.value.rstrip(":"))
            set_title(self, f"{self._held.stage.value.rstrip(':')} – answer to {title}")

    @Slot()
    def _edited(self) -> None:
        self._history.edit(self.panel.side())

    @Slot(object)
    def _send(self, draft: AnswerDraft) -> None:
        self.send_requested.emit(self._held.number, draft)

    @Slot()
    def _wait(self) -> None:
        self.wait_requested.emit(self._held.number)

    @Slot(str)
    def _choose_other(self, text: str) -> None:
        self.other_requested.emit([self._held.number], text)

    @Slot()
    def _closed(self) -> None:
        if self.is_settled:
            self.finished_with.emit(self._held.number)


class AnswerWindows(QObject):
    """Opens a window for each request whose answer is to be edited, and carries out what is wished there.

    Args:
        desk: answers.
        held: which requests wait.
        misbehave: an answer that may upset a device passes it.
        window: before which they stand.
    """

    def __init__(self, desk: AnswerDesk, held: HeldModel, misbehave: MisbehaveGate, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._misbehave = misbehave
        self._held = held
        self._parent = window
        self._windows: dict[int, AnswerWindow] = {}
        held.settled.connect(self._settled)

    @Slot(object)
    def open(self, held: HeldRequest) -> None:
        """Show the window of a request, with what was typed there before; one that is settled has none."""
        made = self._windows.get(held.number) or self._make(held)
        if made is not None:
            made.show()
            made.raise_()
            made.activateWindow()

    def _make(self, held: HeldRequest) -> AnswerWindow | None:
        acceptance = self._desk.acceptance(held.number)
        if acceptance is None:
            return None
        draft = AnswerDraft.of(acceptance, held.request)
        made = self._windows[held.number] = AnswerWindow(held, draft, self._held, self._parent)
        made.send_requested.connect(self._send)
        made.other_requested.connect(self._answer)
        made.wait_requested.connect(self._desk.wait)
        made.finished_with.connect(self._forget)
        return made

    @Slot(object, object)
    def _send(self, number: int, draft: AnswerDraft) -> None:
        if self._desk.decide(number, Accept(draft.pdu, BY_HAND)):
            self._forget(number)

    @Slot(object, str)
    def _answer(self, numbers: list[int], text: str) -> None:
        peers = self._held.peers_of(numbers)
        self._misbehave.answer(text, peers, partial(self._answer_now, numbers, text), self._desk.party_of(numbers))

    def _answer_now(self, numbers: list[int], text: str) -> None:
        if self._desk.answer(numbers, text):
            for number in numbers:
                self._forget(number)

    @Slot(object)
    def _settled(self, held: HeldRequest) -> None:
        if (made := self._windows.get(held.number)) is None:
            return
        if made.isVisible():
            made.show_settled(held)
        else:
            self._forget(held.number)

    @Slot(object)
    def _forget(self, number: int) -> None:
        if made := self._windows.pop(number, None):
            made.hide()
            made.deleteLater()


def _asker(held: HeldRequest) -> str:
    calling, called = (significant(title) for title in (held.request.calling_ae_title, held.request.called_ae_title))
    count = len(held.request.presentation_contexts)
    contexts = "1 context" if count == 1 else f"{count} contexts"
    return f"{calling or '(no title)'} at {held.peer} asks {called or '(no title)'} for {contexts}"
