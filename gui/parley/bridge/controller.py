"""What the window may wish for, and what comes of it: the only door between widgets and the engine.

Slots come in as plain calls; results go out as signals. No signal is emitted from inside a task: a slot that opened a
dialog there would wedge every task that wakes meanwhile. Task results are handed on by done-callbacks, which the loop
runs on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.loop.pump import EventPump
from parley.bridge.sending.store_run import StoreRun
from parley.diagnosis import diagnose_listen
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError, ListenError
from parley.engine.listener import Listener
from parley.engine.requestor import Requestor
from parley.engine.results import EchoResult
from parley.engine.tasks import spawn
from parley.model.answers.policy import Resolve, no_profile
from parley.model.event import EngineEvent, EventKind
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ul.negotiation import NegotiatedContext
from parley.ul.pdu import AAssociateAc
from parley.ul.table import State

T = TypeVar("T")
_ENDS = {EventKind.RELEASED, EventKind.ABORTED, EventKind.PROVIDER_ABORTED}


class Controller(QObject):
    """One requestor's association at a time and one listener, driven from the window.

    Signals:
        attempt_started()
        attempt_finished(Attempt)
        echo_finished(EchoResult | str): the answer, or why there is none.
        store_finished(): the run of `store` is over, whichever way.
        scu_state_changed(State | None): of the requestor's association; None when there is none.
        scu_busy_changed(bool): something is under way that Abort would end.
        scu_ended(EngineEvent): what ended the requestor's association after it had been established.
        listening_changed(str | None): the address, or None.
        listen_failed(str): why not, and what to do.

    Args:
        resolve: finds the profiles that answer rules name.
    """

    attempt_started = Signal()
    attempt_finished = Signal(object)
    echo_finished = Signal(object)
    store_finished = Signal()
    scu_state_changed = Signal(object)
    scu_busy_changed = Signal(bool)
    scu_ended = Signal(object)
    listening_changed = Signal(object)
    listen_failed = Signal(str)

    def __init__(
        self, engine: Engine, pump: EventPump, parent: QObject | None = None, *, resolve: Resolve = no_profile
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._resolve = resolve
        self._requestor: Requestor | None = None
        self._last: Requestor | None = None
        self._listener: Listener | None = None
        self._is_opening = False
        self._is_busy = False
        self._told_state: State | None = None
        pump.batch.connect(self._look_at_state)
        pump.batch.connect(self._look_for_end)

    # --- the SCU's wishes ---

    def associate(self, side: RequestorSide, misbehaviour: str | None = None) -> None:
        """Ask for an association; one that is open already is left alone.

        One that only waits for its peer to close (Sta13) may go on waiting beside the new one.

        Args:
            side: whom to call, with what.
            misbehaviour: what this one does wrong on purpose, by its name.
        """
        if self._is_busy or (self._requestor is not None and self._requestor.state is not State.STA_13):
            return
        self._requestor = self._last = self._engine.requestor(side, misbehaviour)
        self.attempt_started.emit()
        self._start_scu(self._requestor.associate(), "associate", self.attempt_finished.emit)
        self._look_at_state()

    def echo(self) -> None:
        """Send a C-ECHO, unless something is under way."""
        if self._requestor is not None and not self._is_busy:
            self._start_scu(_echo(self._requestor), "echo", self.echo_finished.emit)

    @property
    def can_store(self) -> bool:
        """Whether there is an association of the SCU with nothing under way on it."""
        return self._requestor is not None and self._requestor.is_established and not self._is_busy

    @property
    def scu_contexts(self) -> tuple[NegotiatedContext, ...] | None:
        """What was agreed on the SCU's association; None unless it is established."""
        requestor = self._requestor
        return requestor.contexts if requestor is not None and requestor.is_established else None

    def store(self, run: StoreRun) -> bool:
        """Send the files of a run; returns whether it has begun. To end it early, stop the run, or abort."""
        if self._requestor is None or not self.can_store:
            return False
        self._tell_busy(True)
        self._start(run.send(self._requestor), "store", self._nothing, self._settle_store)
        return True

    def release(self) -> None:
        """Release the association, unless something is under way; its end is told by the state."""
        if self._requestor is not None and self._requestor.is_established and not self._is_busy:
            self._start(_release(self._requestor), "release", self._nothing)

    def abort(self) -> None:
        """Abort the association, or stop the attempt that is under way."""
        if self._requestor is not None:
            self._requestor.abort()
            self._look_at_state()

    # --- the SCP's wishes ---

    @property
    def listener(self) -> Listener | None:
        """The open listener."""
        return self._listener

    def listen(self, side: AcceptorSide) -> None:
        """Start to listen; a listener that is open already is left alone."""
        if self._listener is None and not self._is_opening:
            self._is_opening = True
            self._start(_listen(self._engine, side, self._resolve), "listen", self._listen_done)

    def stop(self) -> None:
        """Stop to listen and end what came in."""
        if self._listener is not None:
            listener, self._listener = self._listener, None
            self._start(self._engine.stop(listener), "stop", self._nothing)
            self.listening_changed.emit(None)

    def abort_association(self, number: int) -> None:
        """Abort one live association, whoever asked for it."""
        association = self._engine.associations.get(number)
        if association is not None:
            association.abort()

    def note(self, text: str) -> None:
        """Put a remark among the events."""
        self._engine.note(text)

    # --- what came of it ---

    def _start(
        self,
        work: Coroutine[Any, Any, T],
        name: str,
        done: Callable[[T], None],
        settle: Callable[[], None] | None = None,
    ) -> None:
        """Run `work`; then `settle`, however it went, and `done` with what came of it."""

        def finished(task: asyncio.Task[T]) -> None:
            if settle is not None:
                settle()
            if not task.cancelled() and task.exception() is None:
                done(task.result())

        spawn(work, name=name).add_done_callback(finished)

    def _start_scu(self, work: Coroutine[Any, Any, T], name: str, done: Callable[[T], None]) -> None:
        """As `_start`, with the SCU shown as busy meanwhile."""
        self._tell_busy(True)
        self._start(work, name, done, self._settle_scu)

    def _settle_scu(self) -> None:
        self._tell_busy(False)
        self._look_at_state()

    def _settle_store(self) -> None:
        self._settle_scu()
        self.store_finished.emit()

    def _tell_busy(self, busy: bool) -> None:
        self._is_busy = busy
        self.scu_busy_changed.emit(busy)

    def _listen_done(self, result: Listener | ListenError) -> None:
        self._is_opening = False
        if isinstance(result, ListenError):
            verdict = diagnose_listen(result)
            self.listen_failed.emit(f"{verdict.cause} {verdict.remedy}")
        else:
            self._listener = result
            self.listening_changed.emit(result.address)

    def _nothing(self, _result: object) -> None:
        """The events tell what came of it."""

    @Slot(object)
    def _look_at_state(self, _batch: object = None) -> None:
        """Tell the requestor's state when it is another than the one told last."""
        if self._requestor is not None and self._requestor.is_closed:
            self._requestor = None
        state = self._requestor.state if self._requestor is not None else None
        if state is not self._told_state:
            self._told_state = state
            self.scu_state_changed.emit(state)

    @Slot(object)
    def _look_for_end(self, batch: Sequence[EngineEvent]) -> None:
        """Tell how the association ended that the last attempt has brought."""
        last = self._last
        if last is None or not isinstance(last.answer, AAssociateAc):
            return
        for event in batch:
            if event.association == last.number and event.kind in _ENDS:
                self._last = None
                self.scu_ended.emit(event)
                return


async def _echo(requestor: Requestor) -> EchoResult | str:
    try:
        return await requestor.echo()
    except AssociationError as error:
        return str(error)


async def _release(requestor: Requestor) -> None:
    # It may have ended between the wish and now.
    with suppress(AssociationError):
        await requestor.release()


async def _listen(engine: Engine, side: AcceptorSide, resolve: Resolve) -> Listener | ListenError:
    try:
        return await engine.listen(side, resolve=resolve)
    except ListenError as error:
        return error
