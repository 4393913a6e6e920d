"""From the wire to the panels: what a peer sent becomes the draft, to play that peer.

Whom to call and where to listen stay as they are: a request says nothing of that. Undo brings the draft back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from parley.ui.kit import icons, style
from parley.ui.kit.job_line import JobLine
from parley.ui.kit.texts import set_tip
from parley.ul.pdu import AAssociateAc, AAssociateRq

if TYPE_CHECKING:
    from parley.model.event import EngineEvent
    from parley.ui.sides.scp_panel import ScpPanel
    from parley.ui.sides.scu_panel import ScuPanel
    from parley.ui.sides.side_panel import SidePanel

_WITHOUT_REQUEST = "the request that was answered is not in the log, so that its contexts are known by their ids alone"
_SHOWN = 2


class FromWire(QObject):
    """Two actions for the event that is selected in the log.

    Signals:
        loaded: the name of the panel that was filled, "scu" or "scp".

    Attributes:
        request_action, answer_action: for menus and the details pane.
    """

    loaded = Signal(str)

    def __init__(self, scu: ScuPanel, scp: ScpPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._scu = scu
        self._scp = scp
        self._event: EngineEvent | None = None
        self._request: AAssociateRq | None = None
        self._answer: AAssociateAc | None = None
        self._lines: dict[str, JobLine] = {}
        tip = "Fill the SCU panel with the A-ASSOCIATE-RQ of the selected event, to call as that device does"
        self.request_action = self._action("Load into SC&U panel", "SCU", "Ctrl+Alt+U", tip)
        tip = "Fill the SCP panel with the A-ASSOCIATE-AC of the selected event, to answer as that device does"
        self.answer_action = self._action("Load into SC&P panel", "SCP", "Ctrl+Alt+P", tip)
        self.request_action.triggered.connect(self._load_request)
        self.answer_action.triggered.connect(self._load_answer)
        self.show_event(None)

    def show_event(
        self, event: EngineEvent | None, request: AAssociateRq | None = None, answer: AAssociateAc | None = None
    ) -> None:
        """Take note of the selected event.

        Args:
            request, answer: what its association negotiated, as far as it is known; the event's own PDU comes first.
        """
        pdu = event.pdu if event else None
        self._event = event
        self._request = pdu if isinstance(pdu, AAssociateRq) else request
        self._answer = pdu if isinstance(pdu, AAssociateAc) else answer
        self.request_action.setEnabled(self._request is not None)
        self.answer_action.setEnabled(self._answer is not None)

    @Slot()
    def forget(self) -> None:
        """Another draft is shown: what was said of this one is over."""
        for line in self._lines.values():
            line.say(None)

    @Slot()
    def _load_request(self) -> None:
        from parley.model.excerpt import excerpt
        from parley.model.from_wire import lost_of_request, requestor_handle_of

        if self._request is not None:
            request, left_out = excerpt(self._request)
            handle = requestor_handle_of(request)
            lost = (*left_out, *lost_of_request(request))
            self._fill(self._scu, handle, f"the request of {handle.calling_ae_title}", lost)

    @Slot()
    def _load_answer(self) -> None:
        from parley.model.excerpt import excerpt
        from parley.model.from_wire import acceptor_handle_of, lost_of_accept

        if self._answer is not None:
            answer, left_out = excerpt(self._answer)
            request = excerpt(self._request)[0] if self._request is not None else None
            handle = acceptor_handle_of(answer, request)
            lost = (*left_out, *lost_of_accept(answer, request))
            if self._request is None:
                lost = (_WITHOUT_REQUEST, *lost)
            self._fill(self._scp, handle, f"the answer of {handle.ae_title}", lost)

    def _fill(self, panel: SidePanel, handle: object, what: str, lost: tuple[str, ...]) -> None:
        panel.restore_side(replace(panel.side(), handle=handle))
        panel.changed.emit()
        words = f"Loaded from event #{self._event.seq if self._event else 0}: {what}."
        if lost:
            words += f" Not all of it can be said here: {'; '.join(lost[:_SHOWN])}{' …' if lost[_SHOWN:] else ''}"
        tone = style.Tone.WARNING if lost else style.Tone.OK
        self._line(panel).say((tone, words, lost[_SHOWN:] and lost))
        self.loaded.emit(panel.objectName())

    def _line(self, panel: SidePanel) -> JobLine:
        """Beneath the panel's heading; made when it is first needed."""
        name = panel.objectName()
        if name not in self._lines:
            self._lines[name] = JobLine(f"{name}.loaded")
            layout = panel.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(1, self._lines[name])
        return self._lines[name]

    def _action(self, text: str, short: str, keys: str, tip: str) -> QAction:
        action = QAction(icons.icon("load"), text, self)
        action.setIconText(f"To {short}")
        action.setShortcut(QKeySequence(keys))
        set_tip(action, f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        action.setObjectName(f"log.load_into_{short.casefold()}")
        return action
