"""Sockets as a side wishes them: of its IP version, with its buffers, bound where it says, connected or to listen.

Connecting and listening by asyncio itself leaves no moment to set a buffer before the connection is made, which is when
TCP settles how much may be under way; and it gives every address of a host a free port of its own.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from parley.engine.errors import BindError, ResolveError
from parley.engine.names import Address, look_up
from parley.model.problems.transport import LARGEST_NUMBER, version_of
from parley.model.system_errors import WORDS, error_code, error_words
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport, Transport

FREE_PORT_TRIES = 10

_FAMILIES = {
    IpVersion.ANY: socket.AF_UNSPEC,
    IpVersion.IPV4: socket.AF_INET,
    IpVersion.IPV6: socket.AF_INET6,
}
_RESOLVER_CODES = {number: name for name, number in vars(socket).items() if name.startswith("EAI_")}
_LACKING = {"EAFNOSUPPORT", "EADDRNOTAVAIL", "EPROTONOSUPPORT"}
_CAN_REUSE = os.name == "posix" and sys.platform != "cygwin"
"""On Windows the option of that name would let two programs have the same port."""


async def addresses_of(host: str | None, port: int, version: IpVersion, flags: int = 0) -> list[Address]:
    """The addresses of a name, in the system's order of preference.

    Raises:
        ResolveError: there are none; where a version is wished, the words say so.
        ValueError: it cannot be a name.
    """
    try:
        return await look_up(host, port, _FAMILIES[version], flags)
    except socket.gaierror as error:
        code = _RESOLVER_CODES.get(error.errno or 0, "EAI_FAIL")
        only = "" if version is IpVersion.ANY else f" (only {version.value} is to be used)"
        raise ResolveError(f"{WORDS.get(code, code)}{only}", error, code) from error


def granted_words(sock: Any, wishes: Transport) -> str:
    """Which buffers the system gives to a socket, in words; empty where none were wished.

    Linux gives twice what was wished, as its own bookkeeping goes into it too.
    """
    options = (("send", wishes.send_buffer, socket.SO_SNDBUF), ("receive", wishes.receive_buffer, socket.SO_RCVBUF))
    parts = [
        f"a {words} buffer of {sock.getsockopt(socket.SOL_SOCKET, option)} bytes where {wish} were wished"
        for words, wish, option in options
        if wish is not None
    ]
    return f"the system gives {' and '.join(parts)}" if parts else ""


def apply_no_delay(transport: asyncio.BaseTransport, wishes: Transport) -> None:
    """Send small segments at once, or let them wait for more to go with them; asyncio has a choice of its own."""
    with suppress(OSError):  # The peer is gone already.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, wishes.no_delay)


def acknowledger(transport: asyncio.BaseTransport, wishes: Transport) -> Callable[[], None]:
    """What has TCP acknowledge at once all that has come; to be called after each read, as the system forgets it."""
    option, sock = getattr(socket, "TCP_QUICKACK", None), transport.get_extra_info("socket")
    if option is None or not wishes.quick_ack:
        return leave_to_the_system

    def acknowledge() -> None:
        with suppress(OSError):  # The peer is gone already.
            sock.setsockopt(socket.IPPROTO_TCP, option, 1)

    return acknowledge


def leave_to_the_system() -> None:
    """Linux waits some 40 ms for something that the acknowledgement could go with, Windows 200 ms."""


def _set_buffers(sock: socket.socket, wishes: Transport) -> None:
    for size, option in ((wishes.send_buffer, socket.SO_SNDBUF), (wishes.receive_buffer, socket.SO_RCVBUF)):
        if size is None:
            continue
        if not 0 <= size <= LARGEST_NUMBER:
            raise OSError(None, f"a buffer of {size} bytes cannot be")
        sock.setsockopt(socket.SOL_SOCKET, option, size)


# --- connecting ------------------------------------------------------------------------------------------------------


def version_to_call(wishes: RequestorTransport) -> IpVersion:
    """The version of the addresses that can be called: that of the local address, where nothing else is wished."""
    if wishes.ip_version is not IpVersion.ANY:
        return wishes.ip_version
    return version_of(wishes.local_host) or IpVersion.ANY


async def connect(address: Address, wishes: RequestorTransport) -> socket.socket:
    """A connection to an address, from where the side wishes.

    Raises:
        BindError: it cannot be from there.
        OSError: there is none.
    """
    family, there = address
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        _set_buffers(sock, wishes)
        _bind(sock, wishes)
        try:
            await asyncio.get_running_loop().sock_connect(sock, there)
        except OSError as error:
            # A port may be bound that the system still keeps for the last connection to the same peer.
            if wishes.local_port and error_code(error) in {"EADDRNOTAVAIL", "EADDRINUSE"}:
                raise _bind_error(wishes, OSError(errno.EADDRINUSE, "")) from error
            raise
    except BaseException:
        sock.close()
        raise
    return sock


def _bind(sock: socket.socket, wishes: RequestorTransport) -> None:
    host, port = wishes.local_host.strip(), wishes.local_port
    if not (host or port):
        return
    try:
        flags = socket.AI_NUMERICHOST | socket.AI_PASSIVE
        (_, _, _, _, here), *_ = socket.getaddrinfo(host or None, 0, sock.family, socket.SOCK_STREAM, flags=flags)
        if port and _CAN_REUSE:
            # Else the port of an association that has ended could not be used again for minutes, whatever the peer.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((here[0], port, *here[2:]))
    except socket.gaierror as error:
        raise _bind_error(wishes, OSError("this is no address to reach the peer from")) from error
    except OSError as error:
        raise _bind_error(wishes, error) from error
    except (ValueError, OverflowError) as error:
        raise _bind_error(wishes, OSError(str(error))) from error


def _bind_error(wishes: RequestorTransport, cause: OSError) -> BindError:
    port = f"port {wishes.local_port}" if wishes.local_port else ""
    place = " ".join(filter(None, (wishes.local_host.strip(), port)))
    return BindError(f"{place}: {error_words(cause)}", cause)


# --- listening -------------------------------------------------------------------------------------------------------


async def bound(host: str, port: int, wishes: AcceptorTransport) -> list[socket.socket]:
    """Sockets at every address of a host, all with the same port; ``*`` is every address of this machine.

    Those of IPv6 are for IPv6 alone. Kinds of address that this system lacks are left out.

    Args:
        port: 0 for a free one.

    Raises:
        ResolveError: the host has no address.
        OSError: one of them cannot be had, or all are of kinds that the system lacks.
        ValueError, OverflowError: it cannot be a host, or a port.
    """
    name = None if host in {"", "*"} else host
    addresses = await addresses_of(name, 0, wishes.ip_version, socket.AI_PASSIVE)
    for _ in range(FREE_PORT_TRIES if port == 0 else 0):
        try:
            return _all_bound(addresses, 0, wishes)
        except OSError as error:
            # What is free at one address may be taken at another.
            if error_code(error) != "EADDRINUSE":
                raise
    return _all_bound(addresses, port, wishes)


def _all_bound(addresses: list[Address], port: int, wishes: AcceptorTransport) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    lacking = OSError(errno.EADDRNOTAVAIL, "")
    try:
        for family, address in addresses:
            try:
                sockets.append(_bound(family, (address[0], port, *address[2:]), wishes))
            except OSError as error:
                if error_code(error) not in _LACKING:
                    raise
                lacking = error
            else:
                port = sockets[0].getsockname()[1]
    except BaseException:
        for sock in sockets:
            sock.close()
        raise
    if not sockets:
        raise lacking
    return sockets


def _bound(family: socket.AddressFamily, address: tuple[Any, ...], wishes: AcceptorTransport) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        if _CAN_REUSE:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _set_buffers(sock, wishes)  # What it accepts has them from it.
        sock.bind(address)
    except BaseException:
        sock.close()
        raise
    return sock
