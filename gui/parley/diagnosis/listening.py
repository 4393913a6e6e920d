"""Why this side cannot listen."""

from __future__ import annotations

from parley.diagnosis.verdict import Failure, Verdict
from parley.model.system_errors import error_code, error_words

_IN_USE = Failure(
    "port_in_use",
    "Another program, or another Parley, already listens at this address and port.",
    "Choose another port, or end the other program.",
)
_IN_USE_HERE = Failure(
    "port_in_use",
    "The profile {holder} of this window listens at port {port} already.",
    "Stop it there, or choose another port.",
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

LISTEN_ERRORS: dict[str, Failure] = {
    "": _NOT_READY,
    "EADDRINUSE": _IN_USE,
    "EACCES": _NO_PERMISSION,
    "EPERM": _NO_PERMISSION,
    "EADDRNOTAVAIL": _NOT_LOCAL,
    "EAFNOSUPPORT": _NO_FAMILY,
    "EMFILE": _EXHAUSTED,
    "ENFILE": _EXHAUSTED,
    "EAI_ADDRFAMILY": _OTHER_FAMILY,
    **dict.fromkeys(("EAI_NONAME", "EAI_AGAIN", "EAI_NODATA"), _UNKNOWN_HOST),
}
"""By the name of the operating system's error; without one, something else has to be put right first."""


def diagnose_listen(error: OSError, holder: str = "", port: int = 0) -> Verdict:
    """Why listening failed, and what to do about it.

    Args:
        holder: the profile of this program that listens at this address and port; empty where none does.
    """
    if holder and error_code(error) == "EADDRINUSE":
        return _IN_USE_HERE.verdict(holder=holder, port=port)
    return LISTEN_ERRORS.get(error_code(error), _OTHER).verdict(words=error_words(error))
