"""Between the SCP panel and whoever carries out what a person decides about requests.

It also makes the person look when a request waits and the window is behind others; it never takes the focus.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from parley.model.profile import AcceptorSide

if TYPE_CHECKING:
    from parley.bridge.answers.desk import AnswerDesk
    from parley.bridge.answers.held import HeldModel, HeldRequest
    from parley.ui.answers.answer_window import AnswerWindows
    from parley.ui.gates.misbehave_gate import MisbehaveGate
    from parley.ui.gates.secret_gate import SecretGate
    from parley.ui.sides.scp_panel import ScpPanel


class Decisions(QObject):
    """Connects the panel with the desk.

    Attributes:
        event_selected: the event of a request's arrival, to be shown in the details.
        waiting_changed: how many requests wait.

    Args:
        secrets: a change of answers passes it, as it may need secrets.
        misbehave: every other answer passes it, as it may upset a device.
        window: whom the system points at.
    """

    event_selected = Signal(object)
    waiting_changed = Signal(int)

    def __init__(
        self,
        desk: AnswerDesk,
        held: HeldModel,
        scp: ScpPanel,
        secrets: SecretGate,
        misbehave: MisbehaveGate,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._misbehave = misbehave
        self._held = held
        self._scp = scp
        self._window = window
        self._windows: AnswerWindows | None = None
        secrets.change_passed.connect(self._change)
        scp.held.answer_requested.connect(self._answer)
        scp.held.request_selected.connect(self._select)
        scp.held.edit_requested.connect(self._edit)
        scp.arm.chosen.connect(self._arm_once)
        scp.armed.arm_requested.connect(self._arm)
        scp.armed.disarm_requested.connect(desk.disarm)
        desk.armed_changed.connect(scp.armed.show_armed)
        desk.armed_changed.connect(scp.forget_refusal)
        desk.refused.connect(scp.show_refused)
        held.held.connect(self._call_attention)
        held.waiting_changed.connect(self.waiting_changed)

    @Slot(object, str)
    def _answer(self, numbers: list[int], text: str) -> None:
        peers, answer = self._held.peers_of(numbers), partial(self._desk.answer, numbers, text)
        self._misbehave.answer(text, peers, answer, self._desk.party_of(numbers))

    @Slot(object)
    def _edit(self, held: HeldRequest) -> None:
        if self._windows is None:
            from parley.ui.answers.answer_window import AnswerWindows

            self._windows = AnswerWindows(self._desk, self._held, self._misbehave, self._window)
        self._windows.open(held)

    @Slot(str)
    def _arm_once(self, text: str) -> None:
        self._arm(text, True)

    @Slot(str, bool)
    def _arm(self, text: str, once: bool) -> None:
        self._misbehave.arm(text, partial(self._desk.arm, text, once=once))

    @Slot(object)
    def _change(self, side: AcceptorSide) -> None:
        if self._desk.change(side):
            self._scp.show_changed(self._scp.side())
            self._desk.remember_served(self._scp.served)

    @Slot(object)
    def _select(self, held: HeldRequest) -> None:
        if held.received is not None:
            self.event_selected.emit(held.received)

    @Slot(object)
    def _call_attention(self, _held: HeldRequest) -> None:
        if not self._window.isActiveWindow():
            QApplication.alert(self._window)
