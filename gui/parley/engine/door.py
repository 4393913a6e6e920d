"""The door of a listener: lets connections in from its sockets while there is room for them.

The servers of both loops try again for ever when descriptors run out, each in its own way and with a complaint each
time. Here nobody is let in then until there are some again.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from parley.engine import descriptors
from parley.engine.deadlines import Deadlines, time_limit
from parley.engine.holders import Holders
from parley.engine.tasks import spawn
from parley.model.system_errors import error_code

if TYPE_CHECKING:
    from parley.engine.acceptor import Acceptor

SILENT_SECONDS = 1.0
"""How long a connection may be silent before it has to give way to a newcomer: who means it asks at once."""

PAUSE_SECONDS = 1.0
"""How often it is looked for descriptors while nobody leaves: something else may have let go of some."""

AT_ONCE = 16
"""How many are let in before others get a turn."""


class Lack(Enum):
    """What a newcomer may have to wait for."""

    ROOM = "room"
    DESCRIPTORS = "descriptors"


class Door:
    """Lets in what comes to some sockets.

    Args:
        make: makes the protocol of a newcomer, which then is among the silent ones of `holders`.
        most_silent: tells how many connections may be silent.
        say: puts a remark among the events. Each lack is said when it begins and when it is over.
    """

    def __init__(
        self,
        make: Callable[[], asyncio.Protocol],
        holders: Holders,
        most_silent: Callable[[], int],
        deadlines: Deadlines,
        say: Callable[[str], None],
    ) -> None:
        self._make = make
        self._holders = holders
        self._most_silent = most_silent
        self._deadlines = deadlines
        self._say = say
        self._sockets: list[socket.socket] = []
        self._working: dict[socket.socket, asyncio.Task[None]] = {}
        self._held_up: set[socket.socket] = set()
        self._lacks: dict[Lack, _Begun] = {}

    def open(self, sockets: list[socket.socket], backlog: int) -> None:
        """Listen at sockets, which are the door's from now on.

        Raises:
            OSError: one of them cannot be listened at, or the number makes no sense.
        """
        for sock in sockets:
            sock.listen(backlog)
        self._sockets = sockets
        for sock in sockets:
            self._watch(sock)

    def close(self) -> None:
        """Let nobody in any more; the sockets are closed when it returns."""
        for task in self._working.values():
            task.cancel()
        for sock in self._sockets:
            self._unwatch(sock)
        for sock in (*self._sockets, *self._held_up):
            sock.close()
        self._working, self._sockets, self._held_up = {}, [], set()

    # --- one after the other -----------------------------------------------------------------------------------------

    def _watch(self, sock: socket.socket) -> None:
        """Have somebody who comes let in, from now on."""
        if sys.platform == "win32":  # The loop watches no sockets there.
            self._working[sock] = spawn(self._wait_for_them(sock), name="let connections in")
        else:
            asyncio.get_running_loop().add_reader(sock.fileno(), self._let_in, sock)

    def _unwatch(self, sock: socket.socket) -> None:
        if sys.platform != "win32":
            asyncio.get_running_loop().remove_reader(sock.fileno())

    def _let_in(self, sock: socket.socket) -> None:
        """Let in who waits at a socket, as long as nothing is lacking."""
        for _ in range(AT_ONCE):
            try:
                newcomer, _ = sock.accept()
            except BlockingIOError:
                return
            except OSError as error:
                self._hold_up(sock, error=error)
                return
            newcomer.setblocking(False)
            if self._lack(newcomer) is not None:
                self._hold_up(sock, newcomer)
                return
            self._look_what_is_over()
            self._welcome(newcomer)

    def _hold_up(
        self, sock: socket.socket, newcomer: socket.socket | None = None, error: OSError | None = None
    ) -> None:
        """Let nobody in at a socket until this newcomer may come in, or after an error."""
        self._unwatch(sock)
        if newcomer is not None:
            self._held_up.add(newcomer)
        self._working[sock] = spawn(self._go_on_later(sock, newcomer, error), name="wait for room")

    async def _go_on_later(self, sock: socket.socket, newcomer: socket.socket | None, error: OSError | None) -> None:
        if newcomer is not None:
            await self._let_in_later(newcomer)
        if error is not None:
            await self._could_not_accept(error)
        del self._working[sock]
        self._watch(sock)

    async def _wait_for_them(self, sock: socket.socket) -> None:
        """The same as `_let_in` where sockets are not watched."""
        while True:
            try:
                newcomer, _ = await asyncio.get_running_loop().sock_accept(sock)
            except OSError as error:
                await self._could_not_accept(error)
            else:
                self._held_up.add(newcomer)
                await self._let_in_later(newcomer)

    async def _let_in_later(self, newcomer: socket.socket) -> None:
        await self._until_there_is_room(newcomer)
        self._held_up.remove(newcomer)
        self._welcome(newcomer)

    def _welcome(self, newcomer: socket.socket) -> None:
        spawn(self._connect(newcomer, self._make()), name="welcome a connection")

    async def _connect(self, newcomer: socket.socket, protocol: asyncio.Protocol) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, newcomer)
        except OSError as error:
            newcomer.close()
            protocol.connection_lost(error)

    async def _could_not_accept(self, error: OSError) -> None:
        if isinstance(error, ConnectionAbortedError):
            return  # It has left again.
        if descriptors.is_shortage(error):
            self._begins(Lack.DESCRIPTORS)
            self._make_room(self._holders.silent or self._holders.ending)
        elif error_code(error) in {"EBADF", "EINVAL", "ENOTSOCK"}:
            raise error  # The socket is none any more: to try again would never end.
        await self._change(PAUSE_SECONDS)

    # --- room --------------------------------------------------------------------------------------------------------

    async def _until_there_is_room(self, newcomer: socket.socket) -> None:
        """Return once the newcomer may stay: who has been silent for too long gives way to it."""
        lack = self._lack(newcomer)
        if lack is None:
            self._look_what_is_over()
        while lack is not None:
            self._begins(lack)
            left = self._make_room(self._holders.silent or self._holders.ending)
            if left or lack is Lack.DESCRIPTORS:  # which are free only once the connection is closed
                await self._change(left or PAUSE_SECONDS)
            lack = self._lack()

    def _lack(self, newcomer: socket.socket | None = None) -> Lack | None:
        """What is lacking to let somebody in; the descriptor of one that has only just come shows how many are left."""
        if len(self._holders.silent) >= max(1, self._most_silent()):
            return Lack.ROOM
        is_short = descriptors.are_short() if newcomer is None else descriptors.is_among_last(newcomer.fileno())
        return Lack.DESCRIPTORS if is_short else None

    def _make_room(self, spare: Mapping[Acceptor, float]) -> float:
        """Have the oldest of some give way, if it has waited for long enough; else in how many seconds it will have."""
        if not spare:
            return PAUSE_SECONDS
        oldest, since = next(iter(spare.items()))
        left = since + SILENT_SECONDS - self._deadlines.now()
        if left > 0:
            return left
        for begun in self._lacks.values():
            begun.given_way += 1
        oldest.give_way()
        return 0.0

    async def _change(self, seconds: float) -> None:
        """Wait until some connection holds something else than before, but no longer than so."""
        self._holders.changed.clear()
        with suppress(TimeoutError), time_limit(self._deadlines, seconds):
            await self._holders.changed.wait()

    # --- what is said ------------------------------------------------------------------------------------------------

    def _begins(self, lack: Lack) -> None:
        if lack in self._lacks:
            return
        self._lacks[lack] = _Begun(self._count(lack))
        if lack is Lack.ROOM:
            self._say(
                f"{len(self._holders.silent)} connections have sent no A-ASSOCIATE-RQ, and no more may: "
                f"the oldest that is silent for more than {SILENT_SECONDS:g} s gives way to a newcomer"
            )
        else:
            most = descriptors.limit()
            bound = "" if most is None else f" ({most})"
            self._say(
                f"{descriptors.NO_DESCRIPTORS}{bound}: new connections wait until some end. "
                "End associations that are not needed, or raise the limit."
            )

    def _count(self, lack: Lack) -> int:
        """How many connections there are of those that the lack is about."""
        return len(self._holders.silent) if lack is Lack.ROOM else len(self._holders)

    def _look_what_is_over(self) -> None:
        """A lack is over once a quarter of them is gone: after just one, it would be said for each newcomer."""
        for lack, begun in tuple(self._lacks.items()):
            if self._count(lack) <= begun.count * 3 // 4:
                del self._lacks[lack]
                what = "connections may be silent again" if lack is Lack.ROOM else "there are file descriptors again"
                self._say(f"{what}; until now {begun.given_way} gave way")


@dataclass(slots=True)
class _Begun:
    """A lack that has begun.

    Attributes:
        count: of the connections it is about, when it began.
        given_way: how many have ended for newcomers since.
    """

    count: int
    given_way: int = 0
