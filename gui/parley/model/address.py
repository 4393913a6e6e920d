"""``AE@HOST:PORT`` and ``HOST:PORT``, the ways a DICOM peer is written in one word."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

# A title may hold every character, also @: the last one ends it. An IPv6 host stands in brackets, as in a URL.
_ADDRESS = re.compile(
    r"(?:(?P<title>.+)@)?(?:\[(?P<ipv6>[^@\[\]]*:[^@\[\]]*)\]|(?P<host>[^@:\[\]]+)):(?P<port>[0-9]{1,5})", re.DOTALL
)
_BARE_IPV6 = re.compile(r"(?:.+@)?[^@\[\]]*:[^@\[\]]*:[^@\[\]]*", re.DOTALL)
_LOCAL = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^:\[\]]*))(?::(?P<port>[0-9]{1,5}))?")
_PARTS = re.compile(r"(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,11})(?:\.(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,11})){0,3}")
_HOST = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^:\[\]]+))(?::[0-9]+)?")


def parse_address(text: str, lowest_port: int = 1, *, needs_title: bool = True) -> tuple[str, str, int]:
    """Title, host and port of ``AE@HOST:PORT``.

    Args:
        lowest_port: 0 where the system may choose one.
        needs_title: whether ``HOST:PORT`` is not enough; without a title it is empty.

    Raises:
        ValueError: when the text is no such address; the message says what is missing.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or (needs_title and match["title"] is None):
        hint = "" if _BARE_IPV6.fullmatch(text) is None else ", and an IPv6 address stands in brackets: SCP@[::1]:104"
        raise ValueError(f"{text!r} is not AE@HOST:PORT, for example ORTHANC@192.0.2.7:4242{hint}")
    port = int(match["port"])
    if not lowest_port <= port <= 65535:
        raise ValueError(f"port {port} is not between {lowest_port} and 65535")
    return match["title"] or "", match["ipv6"] or match["host"], port


def parse_local(text: str) -> tuple[str, int]:
    """Host and port of an end of this side, ``HOST``, ``HOST:PORT`` or ``:PORT``; 0 where no port is given.

    Raises:
        ValueError: when the text is no such end; the message says what is missing.
    """
    match = _LOCAL.fullmatch(text.strip())
    host = (match["ipv6"] or match["host"] or "") if match else text.strip()
    port = int(match["port"] or 0) if match else 0
    try:
        if host:
            ip_address(host)
    except ValueError:
        raise ValueError(f"{text!r} is not HOST:PORT with an address in numbers, for example 192.0.2.7:4000") from None
    if port > 65535:
        raise ValueError(f"port {port} is not between 0 and 65535")
    return host, port


def format_address(address: Any) -> str:
    """``HOST:PORT`` of a socket address, empty of none; IPv6 hosts stand in brackets."""
    if not address:
        return ""
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def host_and_port(address: str) -> tuple[str, str]:
    """The two of ``HOST:PORT``, as `format_address` wrote them together: the host without brackets."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), port


def host_of(address: str) -> str:
    """The host of ``HOST:PORT``, without brackets and with its zone."""
    return host_and_port(address)[0]


def canonical_host(host: str) -> str:
    """One spelling for all of the same host: addresses in numbers as the standard library writes them, names in lower
    case, as they go to the resolver, and without the dot at their end. Names are not looked up.
    """
    bare = host.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    if (number := _in_numbers(bare)) is not None:
        return str(number)
    name = bare.rstrip(".")
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name.casefold()


def is_in_numbers(host: str) -> bool:
    """Whether a host is an address, in any of the forms that resolvers take, and no name."""
    return _in_numbers(host.strip().strip("[]")) is not None


def _in_numbers(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host in numbers stands for, in any of the forms that resolvers take; None of a name."""
    try:
        number = ip_address(host)
    except ValueError:
        return _of_parts(host)
    return getattr(number, "ipv4_mapped", None) or number


def _of_parts(host: str) -> IPv4Address | None:
    """An IPv4 address of one to four parts, each decimal, octal or hexadecimal, as ``inet_aton`` of POSIX takes it."""
    if not _PARTS.fullmatch(host):
        return None
    try:
        *bytes_, rest = [
            int(part, 0 if part[:2].lower() == "0x" else 8 if part[0] == "0" else 10) for part in host.split(".")
        ]
    except ValueError:
        return None
    if any(byte > 255 for byte in bytes_) or rest >= 256 ** (4 - len(bytes_)):
        return None
    return IPv4Address(bytes([*bytes_, *rest.to_bytes(4 - len(bytes_), "big")]))


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine can be behind it: a host, or ``host:port`` with IPv6 in brackets.

    A name is not looked up: of names, ``localhost`` alone is taken for this machine.
    """
    match = _HOST.fullmatch(address.strip())
    host = (match["ipv6"] or match["host"]) if match else address.strip()
    if canonical_host(host) == "localhost":
        return True
    number = _in_numbers(host)
    return number is not None and number.is_loopback
