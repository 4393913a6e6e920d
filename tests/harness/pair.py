"""Two machines and the wire between them, in memory: whole conversations without a socket or a clock.

Nothing moves by itself: bytes stay on the wire until they are delivered, so that a test decides what crosses what.
"""

from parley.ul import primitives as pr
from parley.ul.codes import Role
from parley.ul.effects import (
    CloseTransport,
    Effect,
    Indicate,
    OpenTransport,
    SendPdu,
    StartArtim,
    StopArtim,
)
from parley.ul.limits import Limits
from parley.ul.machine import UpperLayer
from parley.ul.table import State
from tests.harness.samples import AC, RQ

OTHER = {Role.REQUESTOR: Role.ACCEPTOR, Role.ACCEPTOR: Role.REQUESTOR}


class End:
    """One end: its machine, what is on its way to it, and what it has done so far."""

    def __init__(self, role: Role, limits: Limits) -> None:
        self.machine = UpperLayer(role, limits)
        self.inbox = bytearray()
        self.history: list[Effect] = []
        self.is_open = False
        self.is_artim_running = False

    @property
    def state(self) -> State:
        return self.machine.state

    @property
    def told(self) -> list[str]:
        """Names of the primitives that its user got, in order."""
        return [type(effect.primitive).__name__ for effect in self.history if isinstance(effect, Indicate)]

    @property
    def cells(self) -> list[str]:
        """The actions it took, in order."""
        return [effect.action.label for effect in self.history if hasattr(effect, "action")]


class Pair:
    """A requestor and an acceptor."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.requestor, self.acceptor = (End(role, limits or Limits()) for role in (Role.REQUESTOR, Role.ACCEPTOR))
        self.ends = {Role.REQUESTOR: self.requestor, Role.ACCEPTOR: self.acceptor}
        self.is_opening = False

    @classmethod
    def established(cls) -> "Pair":
        """A pair with an association and nothing on the wire."""
        pair = cls()
        pair.user(Role.REQUESTOR, pr.AssociateRequest(RQ))
        pair.connect()
        pair.settle()
        pair.user(Role.ACCEPTOR, pr.AssociateAccept(AC))
        pair.settle()
        return pair

    def user(self, role: Role, primitive: pr.Request) -> None:
        """One end's user asks for something."""
        self.ends[role].machine.request(primitive)
        self._execute(role)

    def connect(self) -> None:
        """The transport connection that the requestor asked for comes about."""
        self.is_opening = False
        for end in self.ends.values():
            end.is_open = True
        self.requestor.machine.transport_confirmation()
        self.acceptor.machine.transport_indication()
        for role in Role:
            self._execute(role)

    def deliver(self, role: Role, count: int | None = None) -> None:
        """At most `count` bytes arrive; where none are left, the end of the stream, if the other has closed."""
        end = self.ends[role]
        if end.inbox:
            data = bytes(end.inbox[:count])
            del end.inbox[:count]
            end.machine.receive(data)
        elif end.is_open and not self.ends[OTHER[role]].is_open:
            end.is_open = False
            end.machine.receive_eof()
        self._execute(role)

    def expire_artim(self, role: Role) -> None:
        """An end's ARTIM timer, which must be running, runs out."""
        end = self.ends[role]
        assert end.is_artim_running
        end.is_artim_running = False
        end.machine.artim_expired()
        self._execute(role)

    def cut(self) -> None:
        """The network is gone: nothing on the wire arrives, both ends are told."""
        self.is_opening = False
        for role, end in self.ends.items():
            end.inbox.clear()
            if end.is_open or end.state is State.STA_4:
                end.is_open = False
                end.machine.receive_eof("The cable was pulled.")
                self._execute(role)

    def is_quiet(self) -> bool:
        """Whether nothing is on the wire, not even its end."""
        return not any(
            end.inbox or (end.is_open and not self.ends[OTHER[role]].is_open) for role, end in self.ends.items()
        )

    def settle(self, count: int | None = None) -> None:
        """Deliver until nothing moves any more, by `count` bytes at a time."""
        while not self.is_quiet():
            for role in Role:
                self.deliver(role, count)

    def _execute(self, role: Role) -> None:
        end, other = self.ends[role], self.ends[OTHER[role]]
        for effect in end.machine.effects():
            end.history.append(effect)
            match effect:
                case OpenTransport():
                    self.is_opening = True
                case CloseTransport():
                    end.is_open = self.is_opening = False
                    end.inbox.clear()
                case SendPdu(_, data):
                    assert end.is_open, "a machine must not send without a transport connection"
                    if other.is_open:
                        other.inbox += data
                case StartArtim():
                    end.is_artim_running = True
                case StopArtim():
                    end.is_artim_running = False
