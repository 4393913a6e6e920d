"""What one profile that was opened has going: an association as SCU with what came of it, and a listener as SCP.

It lives on while another profile is on the screen. Slots come in as plain calls; results go out as signals. No signal
is emitted from inside a task: a slot that opened a dialog there would wedge every task that wakes meanwhile. Task
results are handed on by done-callbacks, which the loop runs on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from parley.bridge.sending.store_run import StoreRun
from parley.diagnosis import diagnose_listen
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError, ListenError
from parley.engine.listener import Listener, Spares
from parley.engine.requestor import Requestor
from parley.engine.results import EchoResult
from parley.engine.tasks import spawn
from parley.model.answers.policy import Resolve
from parley.model.attempt import Attempt
from parley.model.event import EngineEvent, EventKind
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.target import Target
from parley.ul.negotiation import NegotiatedContext
from parley.ul.pdu import AAssociateAc
from parley.ul.table import State

T = TypeVar("T")
_ENDS = {EventKind.RELEASED, EventKind.ABORTED, EventKind.PROVIDER_ABORTED}
_MOVES = {EventKind.PDU_SENT, EventKind.PDU_RECEIVED}
_NOT_OPEN = {None, State.STA_1, State.STA_13}


@dataclass(frozen=True, slots=True)
class ArmedAnswer:
    """An answer for the next request.

    Attributes:
        text: as `parley.model.answers.words` reads it.
        is_for_once: whether it is used up by one request.
    """

    text: str
    is_for_once: bool = True


class OpenedProfile(QObject):
    """One requestor's association at a time and one listener.

    Signals:
        attempt_started(RequestorSide): whom it calls, with what.
        attempt_finished(Attempt)
        echo_finished(EchoResult | str): the answer, or why there is none.
        store_finished(): the run of `store` is over, whichever way.
        scu_state_changed(State | None): of the requestor's association; None when there is none.
        scu_busy_changed(bool): something is under way that Abort would end.
        scu_ended(EngineEvent): what ended the requestor's association after it had been established.
        listening_changed(str | None): the address, or None.
        listen_failed(str): why not, and what to do.

    Attributes:
        key: of the profile.
        side: what the last attempt called with; None before the first.
        misbehaviour: what that attempt did wrong on purpose, by its name.
        is_attempting: whether it is still under way.
        attempt: what came of it.
        outcome: what was told last of that association: an `Attempt`, an `EchoResult`, words, or the event of its end.
        silence: for so many seconds nothing had come or gone when the association ended; None where it has not.
        state: of the association, as it was told last.
        is_busy: whether something is under way that Abort would end.
        listener: the open one.
        served: the draft that the listener answers by, as it was when the person wished so.
        listen_trouble: why listening failed the last time; empty when it did not.
        armed: what the next request is answered with; None when nothing is armed.

    Args:
        resolve: finds the profiles that answer rules name.
        took: told the number of each association that the listener takes.
        spares: says which callers must not be misbehaved towards.
        holder_of: names the other profile of this program that listens where a side is to; empty where none does.
    """

    attempt_started = Signal(object)
    attempt_finished = Signal(object)
    echo_finished = Signal(object)
    store_finished = Signal()
    scu_state_changed = Signal(object)
    scu_busy_changed = Signal(bool)
    scu_ended = Signal(object)
    listening_changed = Signal(object)
    listen_failed = Signal(str)

    def __init__(
        self,
        key: str,
        engine: Engine,
        resolve: Resolve,
        took: Callable[[OpenedProfile, int], None],
        parent: QObject | None = None,
        *,
        spares: Spares | None = None,
        holder_of: Callable[[AcceptorSide], str] = lambda _side: "",
    ) -> None:
        super().__init__(parent)
        self.key = key
        self.side: RequestorSide | None = None
        self.misbehaviour: str | None = None
        self.is_attempting = self.is_busy = False
        self.attempt: Attempt | None = None
        self.outcome: Attempt | EchoResult | EngineEvent | str | None = None
        self.silence: float | None = None
        self._moved_at: float | None = None
        self.state: State | None = None
        self.listener: Listener | None = None
        self.served: AcceptorSide | None = None
        self.listen_trouble = ""
        self.armed: ArmedAnswer | None = None
        self._engine = engine
        self._resolve = resolve
        self._took = took
        self._spares = spares
        self._holder_of = holder_of
        self._requestor: Requestor | None = None
        self._last: Requestor | None = None
        self._is_opening = False
        self._is_given_up = False

    # --- what it has -------------------------------------------------------------------------------------------------

    @property
    def target(self) -> Target | None:
        """Whom the association, or the last attempt, was asked of."""
        return Target.of(self.side) if self.side is not None else None

    @property
    def called(self) -> Target | None:
        """Whom an association is open with, or being asked for; None where there is none."""
        return self.target if self.is_attempting or self.state not in _NOT_OPEN else None

    @property
    def contexts(self) -> tuple[NegotiatedContext, ...] | None:
        """What was agreed on the SCU's association; None unless it is established."""
        requestor = self._requestor
        return requestor.contexts if requestor is not None and requestor.is_established else None

    @property
    def can_store(self) -> bool:
        """Whether there is an association of the SCU with nothing under way on it."""
        return self._requestor is not None and self._requestor.is_established and not self.is_busy

    # --- the SCU's wishes --------------------------------------------------------------------------------------------

    def associate(self, side: RequestorSide, misbehaviour: str | None = None) -> None:
        """Ask for an association; one that is open already is left alone.

        One that only waits for its peer to close (Sta13), or is about to be told as closed, goes on beside the new one.

        Args:
            side: whom to call, with what.
            misbehaviour: what this one does wrong on purpose, by its name.
        """
        if self.is_busy or (self._requestor is not None and self._requestor.state not in _NOT_OPEN):
            return
        self._requestor = self._last = self._engine.requestor(side, misbehaviour)
        self.side, self.misbehaviour = side, misbehaviour
        self.is_attempting, self.attempt, self.outcome = True, None, None
        self.silence = self._moved_at = None
        self.attempt_started.emit(side)
        self._start_scu(self._requestor.associate(), "associate", self._attempt_done)
        self.look_at_state()

    def echo(self) -> None:
        """Send a C-ECHO, unless something is under way."""
        if self._requestor is not None and not self.is_busy:
            self._start_scu(_echo(self._requestor), "echo", self._echo_done)

    def store(self, run: StoreRun) -> bool:
        """Send the files of a run; returns whether it has begun. To end it early, stop the run, or abort."""
        if self._requestor is None or not self.can_store:
            return False
        self._tell_busy(True)
        self._start(run.send(self._requestor), "store", _nothing, self._settle_store)
        return True

    def release(self) -> None:
        """Release the association, unless something is under way; its end is told by the state."""
        if self._requestor is not None and self._requestor.is_established and not self.is_busy:
            self._start(_release(self._requestor), "release", _nothing)

    def abort(self) -> None:
        """Abort the association, or stop the attempt that is under way."""
        if self._requestor is not None:
            self._requestor.abort()
            self.look_at_state()

    # --- the SCP's wishes --------------------------------------------------------------------------------------------

    def listen(self, side: AcceptorSide, draft: AcceptorSide | None = None) -> None:
        """Start to listen; a listener that is open already is left alone.

        Args:
            draft: what the person sees of that side: the same without secrets that were fetched for it.
        """
        if self.listener is None and not self._is_opening:
            self._is_opening = True
            self.served = draft or side
            self._start(self._listen(side), "listen", partial(self._listen_done, side))

    def stop(self) -> None:
        """Stop to listen and end what came in."""
        if self.listener is not None:
            listener, self.listener, self.served = self.listener, None, None
            self._start(self._engine.stop(listener), "stop", _nothing)
            self.listening_changed.emit(None)

    def give_up(self) -> None:
        """End all that is going, as the profile goes: release what can be released, abort the rest, stop to listen."""
        self._is_given_up = True
        self.release() if self.can_store else self.abort()
        self.stop()

    # --- what came of it ---------------------------------------------------------------------------------------------

    def _attempt_done(self, attempt: Attempt) -> None:
        self.is_attempting = False
        self.attempt = self.outcome = attempt
        self.attempt_finished.emit(attempt)

    def _echo_done(self, result: EchoResult | str) -> None:
        self.outcome = result
        self.echo_finished.emit(result)

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
        self.look_at_state()

    def _settle_store(self) -> None:
        self._settle_scu()
        self.store_finished.emit()

    def _tell_busy(self, busy: bool) -> None:
        self.is_busy = busy
        self.scu_busy_changed.emit(busy)

    async def _listen(self, side: AcceptorSide) -> Listener | ListenError:
        try:
            return await self._engine.listen(
                side, resolve=self._resolve, accepted=partial(self._took, self), spares=self._spares
            )
        except ListenError as error:
            return error

    def _listen_done(self, side: AcceptorSide, result: Listener | ListenError) -> None:
        self._is_opening = False
        if isinstance(result, ListenError):
            verdict = diagnose_listen(result, self._holder_of(side), side.port)
            self.served, self.listen_trouble = None, f"{verdict.cause} {verdict.remedy}"
            self.listen_failed.emit(self.listen_trouble)
        else:
            self.listener, self.listen_trouble = result, ""
            self.listening_changed.emit(result.address)
            if self._is_given_up:
                self.stop()

    def look_at_state(self) -> None:
        """Tell the association's state when it is another than the one told last."""
        if self._requestor is not None and self._requestor.is_closed:
            self._requestor = None
        state = self._requestor.state if self._requestor is not None else None
        if state is not self.state:
            self.state = state
            self.scu_state_changed.emit(state)

    def look_for_end(self, events: Sequence[EngineEvent]) -> None:
        """Tell how the association ended that the last attempt has brought."""
        last = self._last
        if last is None or not isinstance(last.answer, AAssociateAc):
            return
        for event in events:
            if event.association != last.number:
                continue
            if event.kind in _MOVES:
                self._moved_at = event.monotonic
            elif event.kind in _ENDS:
                self._last = None
                self.outcome = event
                self.silence = event.monotonic - self._moved_at if self._moved_at is not None else None
                self.scu_ended.emit(event)
                return


def _nothing(_result: object) -> None:
    """The events tell what came of it."""


async def _echo(requestor: Requestor) -> EchoResult | str:
    try:
        return await requestor.echo()
    except AssociationError as error:
        return str(error)


async def _release(requestor: Requestor) -> None:
    # It may have ended between the wish and now.
    with suppress(AssociationError):
        await requestor.release()
