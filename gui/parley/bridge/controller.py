"""What the window may wish for, and what comes of it: the only door between widgets and the engine.

Every profile that was opened keeps its own association and listener. Wishes go to those of the profile that is on the
screen, and only what comes of those is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.loop.pump import EventPump
from parley.bridge.opened_profile import OpenedProfile
from parley.engine.engine import Engine
from parley.engine.listener import Spares
from parley.model.answers.policy import Resolve, no_profile
from parley.model.event import EngineEvent, EventKind
from parley.model.profile import LOOPBACK, AcceptorSide, RequestorSide

_RELAYED = (
    "attempt_started",
    "attempt_finished",
    "echo_finished",
    "store_finished",
    "scu_state_changed",
    "scu_busy_changed",
    "scu_ended",
    "listening_changed",
    "listen_failed",
)
_OPENS_OR_ENDS = ("attempt_started", "attempt_finished", "scu_state_changed", "listening_changed")


class Controller(QObject):
    """The opened profiles, one of which is on the screen.

    Signals:
        profile_shown(OpenedProfile): another profile is on the screen: show all that it has.
        open_changed(): some profile has opened an association or a listener, or has none any more.
        listener_changed(OpenedProfile): that one listens now, or no more, on the screen or not.
        attempt_started, attempt_finished, echo_finished, store_finished, scu_state_changed, scu_busy_changed,
        scu_ended, listening_changed, listen_failed: those of the profile on the screen; see `OpenedProfile`.

    Args:
        resolve: finds the profiles that answer rules name.
        spares: says which callers must not be misbehaved towards.
        name_of: of a profile, by its key.
    """

    profile_shown = Signal(object)
    open_changed = Signal()
    listener_changed = Signal(object)
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
        engine: Engine,
        pump: EventPump,
        parent: QObject | None = None,
        *,
        resolve: Resolve = no_profile,
        spares: Spares | None = None,
        name_of: Callable[[str], str] = str,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._resolve = resolve
        self._spares = spares
        self._name_of = name_of
        self._profiles: dict[str, OpenedProfile] = {}
        self._owners: dict[int, OpenedProfile] = {}
        self._closed: list[int] = []
        self._shown = self._opened(LOOPBACK.name)
        self._relay(self._shown)
        pump.batch.connect(self._look)

    # --- the profiles ------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> OpenedProfile:
        """The profile on the screen."""
        return self._shown

    @property
    def profiles(self) -> Iterator[OpenedProfile]:
        """All that were opened."""
        return iter(tuple(self._profiles.values()))

    @property
    def others(self) -> Iterator[OpenedProfile]:
        """Those that are not on the screen and have something open."""
        opened = (each for each in self.profiles if each is not self._shown)
        return (each for each in opened if each.called is not None or each.listener is not None)

    def profile(self, key: str) -> OpenedProfile | None:
        """The profile of that key, where it was opened."""
        return self._profiles.get(key)

    def owner_of(self, number: int) -> OpenedProfile | None:
        """The profile whose listener has taken an association."""
        return self._owners.get(number)

    def show(self, key: str) -> None:
        """Put a profile on the screen: from now on, wishes are for what it has."""
        before, self._shown = self._shown, self._opened(key)
        if before is not self._shown:
            for name in _RELAYED:
                getattr(before, name).disconnect(getattr(self, name))
            self._relay(self._shown)
        self.profile_shown.emit(self._shown)
        self.open_changed.emit()

    def move(self, old: str, new: str) -> None:
        """What a profile has goes on under another key: it was renamed, or saved as another."""
        if old in self._profiles and old != new:
            moved = self._profiles.pop(old)
            moved.key = new
            self._profiles[new] = moved
            self.open_changed.emit()

    def give_up(self, key: str) -> None:
        """End what a profile has: it is no more."""
        if opened := self._profiles.pop(key, None):
            opened.give_up()
            self.open_changed.emit()

    def _opened(self, key: str) -> OpenedProfile:
        if key not in self._profiles:
            opened = OpenedProfile(
                key, self._engine, self._resolve, self._took, self, spares=self._spares, holder_of=self._holder_of
            )
            self._profiles[key] = opened
            for name in _OPENS_OR_ENDS:
                getattr(opened, name).connect(self.open_changed)
            opened.listening_changed.connect(partial(self._tell_listener, opened))
        return self._profiles[key]

    def _holder_of(self, side: AcceptorSide) -> str:
        """The profile that listens where a side is to."""
        held = (each for each in self.profiles if each.listener is not None and each.listener.is_at(side))
        return next((self._name_of(each.key) for each in held), "")

    def _relay(self, opened: OpenedProfile) -> None:
        for name in _RELAYED:
            getattr(opened, name).connect(getattr(self, name))

    def _tell_listener(self, opened: OpenedProfile, _address: object) -> None:
        self.listener_changed.emit(opened)

    def _took(self, opened: OpenedProfile, number: int) -> None:
        self._owners[number] = opened

    # --- wishes ------------------------------------------------------------------------------------------------------

    def associate(self, side: RequestorSide, misbehaviour: str | None = None) -> None:
        """See `OpenedProfile.associate`."""
        self._shown.associate(side, misbehaviour)

    def echo(self) -> None:
        """Send a C-ECHO, unless something is under way."""
        self._shown.echo()

    def release(self) -> None:
        """Release the association, unless something is under way."""
        self._shown.release()

    def abort(self) -> None:
        """Abort the association, or stop the attempt that is under way."""
        self._shown.abort()

    def listen(self, side: AcceptorSide, draft: AcceptorSide | None = None) -> None:
        """See `OpenedProfile.listen`."""
        self._shown.listen(side, draft)

    def stop(self) -> None:
        """Stop to listen and end what came in."""
        self._shown.stop()

    def abort_association(self, number: int) -> None:
        """Abort one live association, whoever asked for it."""
        association = self._engine.associations.get(number)
        if association is not None:
            association.abort()

    def note(self, text: str) -> None:
        """Put a remark among the events."""
        self._engine.note(text)

    # --- what came of it ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _look(self, events: Sequence[EngineEvent]) -> None:
        # Those that closed in this batch keep their owner for whoever looks at it after this.
        for number in self._closed:
            self._owners.pop(number, None)
        self._closed = [event.association for event in events if event.kind is EventKind.CLOSED]
        for opened in self.profiles:
            opened.look_at_state()
        for opened in self.profiles:
            opened.look_for_end(events)
