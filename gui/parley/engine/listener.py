"""A listening socket: what comes in through it, and who decides about that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from parley.engine.deadlines import Deadlines
from parley.engine.disk import on_disk_thread
from parley.engine.door import Door
from parley.engine.ending import end_all
from parley.engine.errors import ListenError, ResolveError
from parley.engine.holders import Holders
from parley.engine.receiving import open_folder
from parley.engine.recorder import Recorder
from parley.engine.sockets import bound, granted_words
from parley.engine.tls import Security, TlsSetupError, acceptor_security
from parley.engine.tls_transport import TlsTransport
from parley.model.address import format_address, host_of
from parley.model.answers import rules
from parley.model.answers.policy import AnswerPolicy, PolicyError, Resolve
from parley.model.decision import Caller, Decision, Hold, Misbehave
from parley.model.event import EventKind
from parley.model.problems.nonconformity import answer_faults, fault_words
from parley.model.problems.storage import refusal_of
from parley.model.profile import AcceptorSide
from parley.model.settings import Settings
from parley.model.storage import StorageMode, folder_trouble
from parley.model.system_errors import ToldError, error_words
from parley.ul.codes import Role
from parley.ul.pdu import AAssociateRq

if TYPE_CHECKING:
    from parley.engine.acceptor import Acceptor

_EVERYWHERE = frozenset({"", "*", "0.0.0.0", "::"})

Policy = Callable[[Caller], Decision | Hold]
Spares = Callable[[str], str]
"""Why a caller at this address, in numbers, must not be misbehaved towards; empty where it may."""


@dataclass(frozen=True, slots=True)
class Armed:
    """An answer that was chosen before the request has come.

    Attributes:
        is_for_once: whether it is used up by one request; else it counts until another is armed, or none.
    """

    policy: Policy
    is_for_once: bool = True


class Listener:
    """A listening socket and the associations that came in through it.

    Attributes:
        host, port: where it really listens; the port is the one the system chose when 0 was asked for, the host stays
            as it was typed (``*`` for nothing) where it stands for several addresses.
        armed: answers the next request before the policy is asked; None when nothing is armed.
        has_told_results: whether the log was told that results of the side's own break the standard.
        associations: what came in, by number.
        holders: the same by what each holds.
    """

    def __init__(
        self,
        side: AcceptorSide,
        policy: Policy | None,
        resolve: Resolve,
        record: Recorder,
        deadlines: Deadlines,
        spares: Spares | None,
        settings: Settings,
    ) -> None:
        self.side = side
        self._settings = settings
        self._spares = spares
        self.armed: Armed | None = None
        self.associations: dict[int, Acceptor] = {}
        self.has_told_results = False
        self.holders = Holders()
        self.host, self.port = side.host, side.port
        self._policy = policy
        self._resolve = resolve
        self._record = record
        self._deadlines = deadlines
        self._door: Door | None = None
        self._count = 0

    @property
    def is_full(self) -> bool:
        """Whether as many associations are established, or wait for an answer or in vain, as may be."""
        return len(self.holders.taken) >= self.side.maximum_associations

    # --- who decides -------------------------------------------------------------------------------------------------

    def caller(self, request: AAssociateRq, address: str, *, is_secured: bool) -> Caller:
        """A request that has come in, counted."""
        self._count += 1
        return Caller(request, address, is_secured, self._count, datetime.now().astimezone().hour)

    def decide(self, caller: Caller) -> Decision | Hold:
        """What is to be done about a caller; what is armed for once is used up by it.

        One that must not be misbehaved towards is answered by the acceptance rules instead.
        """
        armed = self.armed
        if armed is None:
            assert self._policy is not None
            return self._sparing(caller, self._policy(caller))
        if armed.is_for_once:
            self.armed = None
        return self._sparing(caller, armed.policy(caller))

    def _sparing(self, caller: Caller, decision: Decision | Hold) -> Decision | Hold:
        last = decision.default if isinstance(decision, Hold) else decision
        if self._spares is None or not isinstance(last, Misbehave):
            return decision
        why = self._spares(host_of(caller.address))
        if not why:
            return decision
        text = f"not misbehaving ({last.name}): {why}"
        self._record(EventKind.NOTE, role=Role.ACCEPTOR, local=self.address, peer=caller.address, text=text)
        usual = rules.decide(self.side, caller)
        return replace(decision, default=usual) if isinstance(decision, Hold) else usual

    def change(self, side: AcceptorSide) -> None:
        """Answer by another side from the next request on; address, port, TLS and TCP stay as they were opened.

        Raises:
            PolicyError: its answer rules cannot be followed; everything stays as it was.
        """
        self._policy = AnswerPolicy(side, self._resolve).decide
        opened = self.side
        self.side = replace(side, host=opened.host, port=opened.port, tls=opened.tls, transport=opened.transport)
        self._note("the answers have changed, from the next request on")
        self._remark()

    # --- the socket --------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """``host:port``."""
        return format_address((self.host, self.port))

    def is_at(self, side: AcceptorSide) -> bool:
        """Whether it has the port of a side, at an address that the side would listen at too."""
        own = {self.side.host.strip(), self.host}
        hosts = {*own, side.host.strip()}
        return self.port == side.port and (hosts == own or not hosts.isdisjoint(_EVERYWHERE))

    async def open(self, make: Callable[[Listener], Acceptor]) -> None:
        """Start to listen.

        Raises:
            ListenError: the address or port cannot be had, TLS not be used with the side's files, its answer rules
                not be followed, or no file be made in the folder for objects.
        """
        try:
            self._policy = self._policy or AnswerPolicy(self.side, self._resolve).decide
        except PolicyError as error:
            raise self._listen_error(error) from error
        security = await self._secure()
        await self._open_folder()

        def accept() -> asyncio.Protocol:
            acceptor = make(self)
            return acceptor if security is None else TlsTransport(security, acceptor, is_server=True)

        try:
            words = await self._listen(accept)
        except ValueError as error:
            raise self._listen_error(ResolveError("this cannot be a host name", code="EAI_NONAME")) from error
        except (OSError, OverflowError) as error:
            raise self._listen_error(error) from error
        self._record(EventKind.LISTENING, role=Role.ACCEPTOR, local=self.address, text="with TLS" if security else "")
        if words:
            self._note(words)
        self._remark()

    async def _listen(self, accept: Callable[[], asyncio.Protocol]) -> str:
        """Open the sockets; returns what the system grants them, in words."""
        side = self.side
        sockets = await bound(side.host, side.port, side.transport)
        door = Door(accept, self.holders, lambda: self.side.maximum_silent_connections, self._deadlines, self._note)
        try:
            door.open(sockets, side.transport.backlog)
        except BaseException:
            for sock in sockets:
                sock.close()
            raise
        self._door = door
        host, self.port = sockets[0].getsockname()[:2]
        self.host = host if len(sockets) == 1 else side.host or "*"
        return granted_words(sockets[0], side.transport)

    def _note(self, text: str) -> None:
        self._record(EventKind.NOTE, role=Role.ACCEPTOR, local=self.address, text=text)

    def _remark(self) -> None:
        """Tell what a person should know of the answers from now on."""
        if words := refusal_of(self.side):
            self._note(words)
        faults = answer_faults(self.side)
        self.has_told_results = any(fault.field.startswith("forced_answers") for fault in faults)
        if faults:
            text = fault_words("listening", faults)
            self._record(EventKind.NOTE, role=Role.ACCEPTOR, local=self.address, text=text, noted=faults)

    async def _secure(self) -> Security | None:
        """What TLS needs, None without it; read in a thread, as files and the system's store take their time."""
        tls = self.side.tls
        if tls is None:
            return None
        try:
            security = await asyncio.get_running_loop().run_in_executor(None, acceptor_security, tls)
        except TlsSetupError as error:
            raise self._listen_error(error) from error
        for note in security.notes:
            self._note(note)
        return security

    async def _open_folder(self) -> None:
        """Make the folder for objects: one that cannot be had would fail each of them, and only when it comes."""
        storage = self.side.storage
        if storage.mode is not StorageMode.RECEIVE:
            return
        folder, for_group = Path(storage.folder), self._settings.group_access
        try:
            await on_disk_thread(partial(open_folder, folder, for_group=for_group))
        except (OSError, ValueError) as error:  # Python's word for a name that no file can have is a ValueError.
            known = await on_disk_thread(partial(folder_trouble, storage.folder))
            words = f"objects cannot be saved in {folder}: {known.rstrip('.') or error_words(error)}"
            # Without the error's name, which would be taken for the port's.
            raise self._listen_error(ToldError(words)) from error

    def _listen_error(self, error: Exception) -> ListenError:
        text = error_words(error)
        self._record(EventKind.LISTEN_FAILED, role=Role.ACCEPTOR, local=self.address, text=text)
        return ListenError(text, error if isinstance(error, OSError) else None)

    def stop_listening(self) -> None:
        """Take no new connection; what is connected goes on."""
        if self._door is not None:
            self._door.close()
            self._door = None
            self._note("no longer listening")

    async def close(self, grace: float) -> None:
        """Stop to listen, abort what came in, and wait at most `grace` seconds for it to be gone."""
        self.stop_listening()
        await end_all(tuple(self.associations.values()), self._deadlines, grace)
