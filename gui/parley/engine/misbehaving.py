"""What an association does when it is told to misbehave: a script has the connection, and the machine is left out.

Decides nothing by itself: a misbehaviour is given to it, and begins at its own moment. The steps are run by
`parley.engine.script`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parley.engine.connection import ARTIM, Connection
from parley.engine.script import Running
from parley.engine.shared import Shared
from parley.model.event import EventKind
from parley.model.misbehaviour.steps import Misbehaviour, Script, Situation, Step, Trigger
from parley.model.profile import Timers
from parley.ul import effects as fx
from parley.ul.codes import Role
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq, AReleaseRp, PDataTf, Pdu
from parley.ul.table import State


class Misbehaving(Connection):
    """A connection that may be told to misbehave."""

    def __init__(self, number: int, timers: Timers, maximum_length: int | None, shared: Shared) -> None:
        super().__init__(number, timers, maximum_length, shared)
        self._limits = self.settings.limits(maximum_length)
        self._misbehaviour: Misbehaviour | None = None

    def _bear(self, pdu: AAssociateRq | AAssociateAc, *, least: int = 0) -> None:
        """Take P-DATA-TFs as long as this PDU of ours announces: it may be another length than this side's usual.

        Args:
            least: bytes that are taken in any case.
        """
        announced = self.settings.limits(pdu.maximum_length)
        self._limits = replace(announced, data_length=max(least, announced.data_length))
        self.ul.bear(self._limits)

    def _bear_odd(self, pdu: AAssociateRq | AAssociateAc | AAssociateRj) -> None:
        """The same of a PDU that is odd on purpose; it is not meant when it forbids what this side usually takes."""
        if not isinstance(pdu, AAssociateRj):
            self._bear(pdu, least=self._limits.data_length)

    def _mark(self, misbehaviour: Misbehaviour) -> None:
        """Tell, before anything of it is sent, that it is meant."""
        finding = misbehaviour.finding
        self.tell(EventKind.NOTE, text=finding.text, noted=(finding,))

    def _misbehaves(self, trigger: Trigger, usual: AAssociateAc | None = None) -> bool:
        """Begin the script that waits for this moment, if there is one; it happens once.

        Args:
            trigger: the moment that has come.
            usual: the answer that is due now.
        """
        misbehaviour = self._misbehaviour
        if misbehaviour is None or misbehaviour.trigger is not trigger or not isinstance(misbehaviour.deed, Script):
            return False
        if self.request is None or self.state in {State.STA_1, State.STA_13}:
            return False
        self._misbehaviour = None
        answer = usual or (self.answer if isinstance(self.answer, AAssociateAc) else None)
        self._mark(misbehaviour)
        self._bypass(misbehaviour.deed.steps(Situation(self.request, answer, self.peer_maximum_length)))
        return True

    def _bypass(self, steps: tuple[Step, ...]) -> None:
        """Let these steps have the connection; the machine stays as it is, and what it still wants is not done."""
        rest = self.ul.take_buffered()
        self._script = Running(self, steps, self._limits, self.deadline, self.timers.artim, rest)
        self._script.go_on()

    def _return_to_machine(self, catch_up: Callable[[], None] | None = None) -> None:
        """The steps are done, or not wanted any more: the machine has the connection again.

        Args:
            catch_up: lets the machine do what the steps have done in its place; what it then sends has left already.
        """
        if self._script is None:
            return
        self._script.stop()
        rest, self._script = self._script.take_rest(), None
        if catch_up is not None:
            catch_up()
            for effect in self.ul.effects():
                if isinstance(effect, fx.SendPdu):
                    self._sent(effect.pdu)
                else:
                    self._do(effect)
        if rest and self.state is not State.STA_4:
            self.data_received(rest)

    def script_sent(self, pdu: Pdu | None, data: bytes, text: str) -> None:
        """A script has sent a PDU, or what the text says."""
        if isinstance(pdu, PDataTf):
            self._sent_log.tell(pdu, data)
        elif pdu is not None:
            self._remember(fx.SendPdu(pdu, data))
            self.tell(EventKind.PDU_SENT, wire=data)
            if isinstance(pdu, AReleaseRp) and self.role is Role.ACCEPTOR:
                self._released()
        else:
            self.tell(EventKind.NOTE, text=text)

    def script_received(self, effect: fx.Received | fx.Malformed) -> None:
        """A PDU came in while a script runs, or bytes that are none; the requestor extends it."""
        if isinstance(effect, fx.Malformed):
            self._on_malformed(effect)
            return
        self._on_received(effect)
        if isinstance(effect.pdu, AAbort):
            self.tell(EventKind.ABORTED, wire=effect.data, text="by the peer")
        elif isinstance(effect.pdu, AReleaseRp):
            self._released()

    def script_is_done(self) -> None:
        """What was due has been sent: the machine goes on; the roles extend it."""
        self._return_to_machine()

    def script_ran_out(self) -> None:
        """The peer has not closed within the time of ARTIM."""
        self.tell(EventKind.TIMER_EXPIRED, text=ARTIM)
        self.close_transport()

    def _released(self) -> None:
        """An A-RELEASE-RP has been sent or received."""
