"""What is wrong or risky in what is wished of TCP. No name is looked up and no socket made."""

from __future__ import annotations

from ipaddress import ip_address

from parley.model.address import is_loopback
from parley.model.problems.problem import Problems, error, note, warning
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport, Transport

LAST_PORT = 65535
FIRST_UNPRIVILEGED_PORT = 1024
LARGEST_NUMBER = 0x7FFFFFFF
"""Sockets take their options as signed numbers of 32 bits."""

SMALLEST_BUFFER = 4608
LARGEST_BUFFER = 212_992
LARGEST_BACKLOG = 4096
"""What Linux makes of less, or of more, unless its administrator has set something else."""

_VERSIONS = {4: IpVersion.IPV4, 6: IpVersion.IPV6}


def requestor_transport_problems(transport: RequestorTransport, host: str) -> Problems:
    """Of a side that calls `host`."""
    yield from _local_problems(transport, host)
    yield from _transport_problems(transport, host)


def acceptor_transport_problems(transport: AcceptorTransport, host: str) -> Problems:
    """Of a side that listens at `host`."""
    yield from _transport_problems(transport, host)
    if not 0 <= transport.backlog <= LARGEST_NUMBER:
        text = f"A backlog of {transport.backlog} connections does not fit into the system's call."
        yield error("transport.backlog", text, f"Use 1 to {LARGEST_BACKLOG}.")
    elif transport.backlog == 0:
        text = "With a backlog of 0, callers that come at the same time may be refused or have to try again."
        yield warning("transport.backlog", text, "Use 1 or more, unless that is what you want to see.")
    elif transport.backlog > LARGEST_BACKLOG:
        text = f"Linux cuts the backlog to {LARGEST_BACKLOG} (net.core.somaxconn) without a word."
        yield note("transport.backlog", text)


def version_of(host: str) -> IpVersion | None:
    """The version of an address in numbers; None of a name, and of what is neither."""
    try:
        return _VERSIONS[ip_address(host.strip()).version]
    except ValueError:
        return None


def _transport_problems(transport: Transport, host: str) -> Problems:
    wanted, version = transport.ip_version, version_of(host)
    if version is not None and wanted not in {IpVersion.ANY, version}:
        text = f"{host} is an {version.value} address, but only {wanted.value} is to be used."
        yield error("transport.ip_version", text, f"Choose {version.value} or any, or give another address.")
    for field, words in (("send_buffer", "send"), ("receive_buffer", "receive")):
        size = getattr(transport, field)
        if size is not None:
            yield from _buffer_problems(f"transport.{field}", words, size)


def _buffer_problems(field: str, words: str, size: int) -> Problems:
    if not 0 < size <= LARGEST_NUMBER:
        yield error(field, f"A {words} buffer of {size} bytes cannot be.", "Give a size, or leave it to the system.")
    elif size < SMALLEST_BUFFER:
        text = f"Many systems make so small a {words} buffer larger without a word."
        yield note(field, text, "The log says what the system has granted.")
    elif size > LARGEST_BUFFER:
        text = f"Many systems grant a {words} buffer of {LARGEST_BUFFER} bytes at most, others refuse a larger one."
        yield note(field, text, "The log says what the system has granted.")


def _local_problems(transport: RequestorTransport, host: str) -> Problems:
    local, version = transport.local_host.strip(), version_of(transport.local_host)
    if local and version is None:
        text = f"{local} is no IP address to connect from."
        yield error("transport.local_host", text, "Give one of this machine's in numbers, or leave it empty.")
    elif version is not None and transport.ip_version not in {IpVersion.ANY, version}:
        text = f"{local} is an {version.value} address, but only {transport.ip_version.value} is to be used."
        yield error("transport.local_host", text, f"Give an {transport.ip_version.value} address, or leave it empty.")
    elif version is not None and version_of(host) not in {None, version}:
        text = f"No connection leads from the {version.value} address {local} to {host}."
        yield error("transport.local_host", text, "Give an address of the peer's kind, or leave it empty.")
    elif local and is_loopback(local) and version_of(host) is not None and not is_loopback(host):
        text = f"From {local} no other machine can be reached."
        yield warning("transport.local_host", text, "Leave it empty, or give this machine's address in that network.")
    port = transport.local_port
    if not 0 <= port <= LAST_PORT:
        yield error("transport.local_port", f"Port {port} does not exist.", "Use 1 to 65535, or 0 for any free one.")
    elif 0 < port < FIRST_UNPRIVILEGED_PORT:
        text = f"Connecting from port {port} needs administrator rights on many systems."
        yield warning("transport.local_port", text, "Use 1024 or more, or 0 for any free one.")
    elif port:
        text = "One association at a time can come from this port; then the system may keep it for some minutes."
        yield note("transport.local_port", text, "Use 0 for any free one.")
