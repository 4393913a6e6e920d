"""Why this side cannot listen."""

from __future__ import annotations

import errno

from parley.diagnosis.verdict import Failure, Verdict

_IN_USE = Failure(
    "port_in_use",
    "Another program, or another Parley, already listens at this address and port.",
    "Choose another port, or end the other program.",
)
_NO_PERMISSION = Failure(
    "port_not_permitted",
    "The system does not let this program listen at this port.",
    "Ports below 1024, such as 104, need administrator rights on many systems: use 11112.",
)
_NOT_LOCAL = Failure(
    "address_not_local",
    "This address does not belong to this machine.",
    "Use 127.0.0.1 to be reached from this machine only, 0.0.0.0 for every address that it has, or one of those.",
)
_UNKNOWN_HOST = Failure(
    "listen_host_unknown",
    "The address to listen at is a name that cannot be resolved.",
    "Give one of this machine's addresses as numbers, for example 127.0.0.1.",
)
_NO_FAMILY = Failure(
    "address_family_not_supported",
    "This system does not support this kind of address.",
    "Use an IPv4 address in place of an IPv6 one, or the other way round.",
)
_OTHER_FAMILY = Failure(
    "address_of_other_family",
    "The address to listen at is not of the IP version that is to be used.",
    "Let any IP version be used, or give an address of that version.",
)
_EXHAUSTED = Failure(
    "too_many_open_files",
    "This program has as many connections and files open as the system allows.",
    "End associations that are not needed, or raise the limit.",
)
_NOT_READY = Failure("listen_not_ready", "This side cannot listen: {words}.", "Correct that, and listen again.")
_OTHER = Failure("listen_failed", "This side cannot listen: {words}.", "Try another address or port.")

LISTEN_ERRORS: dict[int | None, Failure] = {
    None: _NOT_READY,
    errno.EADDRINUSE: _IN_USE,
    10048: _IN_USE,
    errno.EACCES: _NO_PERMISSION,
    errno.EPERM: _NO_PERMISSION,
    10013: _NO_PERMISSION,
    errno.EADDRNOTAVAIL: _NOT_LOCAL,
    10049: _NOT_LOCAL,
    errno.EAFNOSUPPORT: _NO_FAMILY,
    10047: _NO_FAMILY,
    errno.EMFILE: _EXHAUSTED,
    errno.ENFILE: _EXHAUSTED,
    10024: _EXHAUSTED,
    -9: _OTHER_FAMILY,  # getaddrinfo's on Linux
    # getaddrinfo's: no such name, none for now, no address; on Linux, macOS and Windows.
    **dict.fromkeys((-2, -3, -5, 8, 11001, 11002, 11004), _UNKNOWN_HOST),
}
"""By the operating system's error number, Windows' own beside POSIX'."""


def diagnose_listen(error: OSError) -> Verdict:
    """Why listening failed, and what to do about it."""
    words = error.strerror or str(error) or "no reason is known"
    return LISTEN_ERRORS.get(error.errno, _OTHER).verdict(words=words.rstrip("."))
