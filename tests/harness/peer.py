"""A peer that does on a plain socket exactly what a test tells it, protocol or not."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from parley.engine.tasks import spawn
from parley.ul.codes import PduType

HEADER = 6
PATIENCE_SECONDS = 5.0
"""How long a peer may take to see that the other side is gone."""


class Peer:
    """One connection's far end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes, whatever they mean."""
        self.writer.write(data)
        await self.writer.drain()

    async def send_bytewise(self, data: bytes) -> None:
        """Send byte after byte, each in a write of its own."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for position in range(len(data)):
            await self.send(data[position : position + 1])
            await asyncio.sleep(0)

    async def read_pdu(self) -> bytes:
        """One whole PDU."""
        head = await self.reader.readexactly(HEADER)
        return head + await self.reader.readexactly(int.from_bytes(head[2:], "big"))

    async def read_to_abort(self) -> bytes:
        """All that comes up to an A-ABORT, or until the other side closes."""
        received = pdu = b""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while pdu[:1] != bytes([PduType.A_ABORT]):
                pdu = await self.read_pdu()
                received += pdu
        return received

    async def read_to_end(self) -> bytes:
        """All that comes until the other side closes or resets."""
        received = b""
        try:
            while chunk := await self.reader.read(65536):
                received += chunk
        except ConnectionError:
            pass
        return received

    def reset(self) -> None:
        """Cut the connection so that the other side sees a reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def close(self) -> None:
        """Close, and wait until it is."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Peer]:
    """A peer that connects to a port of this machine."""
    peer = Peer(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield peer
    finally:
        await peer.close()


@asynccontextmanager
async def listening(behave: Callable[[Peer], Awaitable[None]]) -> AsyncIterator[int]:
    """A peer that waits for one or more connections and behaves; gives its port. Its errors fail the test."""
    tasks: list[asyncio.Task[None]] = []

    async def serve(peer: Peer) -> None:
        try:
            await behave(peer)
        finally:
            await peer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(spawn(serve(Peer(reader, writer)), name="peer"))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, ConnectionError | asyncio.IncompleteReadError):
                raise result
