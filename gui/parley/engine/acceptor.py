"""The answering end: a listener and the associations it accepts, each decided by a policy."""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import Awaitable, Callable

from parley.engine.association import Association
from parley.engine.deadlines import Deadlines
from parley.engine.ending import end_all
from parley.engine.errors import ListenError
from parley.engine.recorder import Recorder
from parley.engine.tasks import spawn
from parley.engine.tls import Security, TlsSetupError, acceptor_security
from parley.engine.tls_transport import TlsTransport
from parley.model.address import format_address
from parley.model.decision import Abort, Accept, Caller, Close, Decision, Reject, Silence
from parley.model.event import EventKind
from parley.model.handle import Rejection
from parley.model.profile import AcceptorSide
from parley.model.rules import decide
from parley.ul import effects as fx
from parley.ul import primitives as pr
from parley.ul.codes import PresentationRejectReason, RejectResult, RejectSource, Role
from parley.ul.limits import Limits
from parley.ul.pdu import AAssociateAc, AAssociateRj, Pdu
from parley.ul.table import Action, Evt, State

Policy = Callable[[Caller], Decision | Awaitable[Decision]]

LIMIT_EXCEEDED = Rejection(
    RejectResult.REJECTED_TRANSIENT,
    RejectSource.SERVICE_PROVIDER_PRESENTATION,
    PresentationRejectReason.LOCAL_LIMIT_EXCEEDED,
)


class Acceptor(Association):
    """An association a peer asks for."""

    role = Role.ACCEPTOR

    def __init__(
        self,
        number: int,
        listener: Listener,
        record: Recorder,
        deadlines: Deadlines,
        ended: Callable[[Association], None],
    ) -> None:
        side = listener.side
        limits = Limits.announcing(side.handle.maximum_length)
        super().__init__(number, side.timers, limits, record, deadlines, ended)
        self._listener = listener
        self._storage = side.storage
        self._deciding: asyncio.Task[None] | None = None

    def connection_opened(self, transport: asyncio.BaseTransport) -> None:
        super().connection_opened(transport)
        self.tell(EventKind.CONNECTION_ACCEPTED)

    def connection_ready(self) -> None:
        self.ul.transport_indication()
        self._execute()

    def _on_transition(self, effect: fx.Transition) -> None:
        super()._on_transition(effect)
        if effect.before is State.STA_2 and effect.action is Action.AA_1 and effect.event is not Evt.EVT_19:
            # The table aborts here without an indication, as nobody has asked for an association yet.
            self.tell(EventKind.NOTE, text=f"{effect.event.value} before an A-ASSOCIATE-RQ: this side aborts.")

    def _indicated(self, primitive: pr.Indication) -> None:
        if isinstance(primitive, pr.AssociateIndication):
            self.request = primitive.pdu
            self.tell(EventKind.REQUESTED, pdu=primitive.pdu)
            self._ask(Caller(primitive.pdu, self.peer))
        else:
            super()._indicated(primitive)

    def _ask(self, caller: Caller) -> None:
        if self._listener.is_full:
            limit = self._listener.side.maximum_associations
            self._carry_out(Reject(LIMIT_EXCEEDED, f"no more than {limit} at a time"))
            return
        decision = self._listener.policy(caller)
        if inspect.isawaitable(decision):
            self._deciding = spawn(self._wait_for(decision), name=f"decide association {self.number}")
        else:
            self._carry_out(decision)

    async def _wait_for(self, decision: Awaitable[Decision]) -> None:
        self.tell(EventKind.HELD)
        self._carry_out(await decision)

    def _carry_out(self, decision: Decision) -> None:
        if self.state is not State.STA_3:
            # More bytes came with the request, or while somebody pondered, and have ended the association already.
            self.tell(EventKind.NOTE, text="The request was withdrawn before it could be answered.")
            return
        self.tell(EventKind.DECIDED, text=decision_words(decision))
        match decision:
            case Accept(pdu):
                self._request(pr.AssociateAccept(pdu))
            case Reject(rejection):
                rj = AAssociateRj(rejection.result, rejection.source, rejection.reason)
                self._request(pr.AssociateReject(rj))
            case Abort(source, reason):
                self.abort(source, reason)
            case Close():
                self._close_transport()
            case Silence():
                pass

    def _sent(self, pdu: Pdu) -> None:
        if isinstance(pdu, AAssociateAc):
            self.answer = pdu
            self._associated()
            self.tell(EventKind.ACCEPTED, pdu=pdu)
        elif isinstance(pdu, AAssociateRj):
            self.answer = pdu
            self.tell(EventKind.REJECTED, pdu=pdu)
        else:
            super()._sent(pdu)

    def _lost(self, error: Exception | None) -> None:
        super()._lost(error)
        self._listener.associations.pop(self.number, None)
        if self._deciding is not None:
            self._deciding.cancel()


class Listener:
    """A listening socket and the associations that came in through it.

    Attributes:
        host, port: where it really listens; the port is the one the system chose when 0 was asked for.
    """

    def __init__(self, side: AcceptorSide, policy: Policy | None, record: Recorder) -> None:
        self.side = side
        self.policy: Policy = policy or (lambda caller: decide(side, caller))
        self.associations: dict[int, Acceptor] = {}
        self.host, self.port = side.host, side.port
        self._record = record
        self._server: asyncio.Server | None = None

    @property
    def is_full(self) -> bool:
        """Whether as many associations are established as may be."""
        established = sum(association.is_established for association in self.associations.values())
        return established >= self.side.maximum_associations

    @property
    def address(self) -> str:
        """``host:port``."""
        return format_address((self.host, self.port))

    async def open(self, make: Callable[[Listener], Acceptor]) -> None:
        """Start to listen.

        Raises:
            ListenError: the address or port cannot be had, or TLS not be used with the side's files.
        """
        loop = asyncio.get_running_loop()
        host = None if self.side.host in {"", "*"} else self.side.host
        security = await self._secure()

        def accept() -> asyncio.Protocol:
            acceptor = make(self)
            return acceptor if security is None else TlsTransport(security, acceptor, is_server=True)

        try:
            self._server = await loop.create_server(accept, host, self.side.port, backlog=256)
        except ValueError as error:
            no_name = socket.gaierror(socket.EAI_NONAME, "this cannot be a host name")
            raise self._listen_error(no_name, "this cannot be a host name") from error
        except (OSError, OverflowError) as error:
            raise self._listen_error(error, getattr(error, "strerror", None) or str(error)) from error
        self.host, self.port = self._server.sockets[0].getsockname()[:2]
        self._record(EventKind.LISTENING, role=Role.ACCEPTOR, local=self.address, text="with TLS" if security else "")

    async def _secure(self) -> Security | None:
        """What TLS needs, None without it; read in a thread, as files and the system's store take their time."""
        tls = self.side.tls
        if tls is None:
            return None
        try:
            security = await asyncio.get_running_loop().run_in_executor(None, acceptor_security, tls)
        except TlsSetupError as error:
            raise self._listen_error(error, str(error)) from error
        for note in security.notes:
            self._record(EventKind.NOTE, role=Role.ACCEPTOR, local=self.address, text=note)
        return security

    def _listen_error(self, error: Exception, text: str) -> ListenError:
        self._record(EventKind.LISTEN_FAILED, role=Role.ACCEPTOR, local=self.address, text=text)
        return ListenError(getattr(error, "errno", None), text)

    def stop_listening(self) -> None:
        """Take no new connection; what is connected goes on."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._record(EventKind.NOTE, role=Role.ACCEPTOR, local=self.address, text="no longer listening")

    async def close(self, deadlines: Deadlines, grace: float) -> None:
        """Stop to listen, abort what came in, and wait at most `grace` seconds for it to be gone."""
        self.stop_listening()
        await end_all(tuple(self.associations.values()), deadlines, grace)


def decision_words(decision: Decision) -> str:
    """A decision and its reason, for the log."""
    match decision:
        case Accept():
            words = "accept"
        case Reject(rejection):
            words = f"reject {rejection}"
        case Abort(source, reason):
            words = f"abort {source}/{reason}"
        case Close():
            words = "close the connection"
        case Silence():
            words = "say nothing"
    return f"{words}: {decision.why}" if decision.why else words
