"""What can be wished of the TCP connection beneath an association, before it is made. Whether the system grants it is
`parley.engine.sockets`' business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class IpVersion(Enum):
    """Which versions of the Internet Protocol may be used; the values are stable names."""

    ANY = "any"
    IPV4 = "IPv4"
    IPV6 = "IPv6"


@dataclass(frozen=True, slots=True)
class Transport:
    """What both ends can wish.

    Attributes:
        no_delay: whether a small segment leaves at once (TCP_NODELAY) instead of waiting for more to go with it.
        send_buffer, receive_buffer: the socket's buffers in bytes; None leaves them to the system.
        quick_ack: whether what has come is acknowledged at once (TCP_QUICKACK, on Linux) instead of some 40 ms later: a
            peer that keeps small segments back until then sends the rest of its message no sooner.
    """

    ip_version: IpVersion = IpVersion.ANY
    no_delay: bool = True
    send_buffer: int | None = None
    receive_buffer: int | None = None
    quick_ack: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class RequestorTransport(Transport):
    """What the calling end can wish.

    Attributes:
        local_host: the address of this machine to connect from, in numbers; empty leaves it to the system.
        local_port: the port to connect from; 0 is any free one.
    """

    local_host: str = ""
    local_port: int = 0


@dataclass(frozen=True, slots=True)
class AcceptorTransport(Transport):
    """What the end that is called can wish.

    Attributes:
        backlog: how many connections the system may hold that this side has not taken up yet.
    """

    backlog: int = 256
