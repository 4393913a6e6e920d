"""Errors of the operating system by their names, which decide, and in words of our own, which people read.

The system's own words are in the language of the desktop: once a window has set the locale they are German on a German
one. And a number means different things on different systems. A name is the same everywhere.
"""

from __future__ import annotations

import errno


class ToldError(OSError):
    """An error of the system that is told in our words, which are its `strerror`.

    Args:
        cause: whose name and number it has.
    """

    def __init__(self, words: str, cause: OSError | None = None, code: str = "") -> None:
        super().__init__(cause.errno if cause is not None else None, words)
        self.code = code or (error_code(cause) if cause is not None else "")


def error_code(error: OSError) -> str:
    """The error's name, ``ENETUNREACH`` or ``EAI_NONAME``; empty for one that is not the system's."""
    if isinstance(error, ToldError):
        return error.code
    number = error.errno
    return "" if number is None else _OTHER_NAMES.get(number) or errno.errorcode.get(number, "").removeprefix("WSA")


def error_words(error: Exception) -> str:
    """What went wrong, in English and without a full stop, whatever the language of the system."""
    if not isinstance(error, OSError) or isinstance(error, ToldError) or error.errno is None:
        words = error.strerror if isinstance(error, OSError) else ""
        return (words or str(error)).strip().rstrip(".") or "no reason is known"
    code = error_code(error)
    return WORDS.get(code) or f"the system reports {code or f'error {error.errno}'}"


WORDS = {
    "E2BIG": "Argument list too long",
    "EACCES": "Permission denied",
    "EADDRINUSE": "Address already in use",
    "EADDRNOTAVAIL": "Cannot assign requested address",
    "EAFNOSUPPORT": "Address family not supported by protocol",
    "EBADF": "Bad file descriptor",
    "EBUSY": "Device or resource busy",
    "ECONNABORTED": "Software caused connection abort",
    "ECONNREFUSED": "Connection refused",
    "ECONNRESET": "Connection reset by peer",
    "EDQUOT": "Disk quota exceeded",
    "EEXIST": "File exists",
    "EFBIG": "File too large",
    "EHOSTDOWN": "Host is down",
    "EHOSTUNREACH": "No route to host",
    "EILSEQ": "The name cannot be written in this system's encoding",
    "EINVAL": "Invalid argument",
    "EIO": "Input/output error",
    "EISDIR": "Is a directory",
    "ELOOP": "Too many levels of symbolic links",
    "EMFILE": "Too many open files",
    "EMLINK": "Too many links",
    "EMSGSIZE": "Message too long",
    "ENAMETOOLONG": "File name too long",
    "ENETDOWN": "Network is down",
    "ENETRESET": "Network dropped connection on reset",
    "ENETUNREACH": "Network is unreachable",
    "ENFILE": "Too many open files in system",
    "ENOBUFS": "No buffer space available",
    "ENODEV": "No such device",
    "ENOENT": "No such file or directory",
    "ENOMEM": "Cannot allocate memory",
    "ENOPROTOOPT": "Protocol not available",
    "ENOSPC": "No space left on device",
    "ENOTCONN": "Not connected",
    "ENOTDIR": "Not a directory",
    "ENOTEMPTY": "Directory not empty",
    "ENOTSUP": "Operation not supported",
    "ENXIO": "No such device or address",
    "EOPNOTSUPP": "Operation not supported",
    "EPERM": "Operation not permitted",
    "EPIPE": "Broken pipe",
    "EPROTONOSUPPORT": "Protocol not supported",
    "EPROTOTYPE": "Protocol wrong type for socket",
    "EROFS": "Read-only file system",
    "ESTALE": "Stale file handle",
    "ETIMEDOUT": "Connection timed out",
    "ETXTBSY": "Text file busy",
    "EXDEV": "Invalid cross-device link",
    "EAI_ADDRFAMILY": "Address family for hostname not supported",
    "EAI_AGAIN": "Temporary failure in name resolution",
    "EAI_FAIL": "Non-recoverable failure in name resolution",
    "EAI_FAMILY": "Address family not supported",
    "EAI_MEMORY": "Memory allocation failure",
    "EAI_NODATA": "No address associated with hostname",
    "EAI_NONAME": "Name or service not known",
    "EAI_SERVICE": "Service not supported for socket type",
    "EAI_SOCKTYPE": "Socket type not supported",
    "EAI_SYSTEM": "System error in name resolution",
}
"""By name; those of POSIX as people know them from its tools."""

_OTHER_NAMES = {
    # Windows' own for sockets, where Python has them beside POSIX'.
    10004: "EINTR",
    10013: "EACCES",
    10024: "EMFILE",
    10047: "EAFNOSUPPORT",
    10048: "EADDRINUSE",
    10049: "EADDRNOTAVAIL",
    10050: "ENETDOWN",
    10051: "ENETUNREACH",
    10054: "ECONNRESET",
    10055: "ENOBUFS",
    10060: "ETIMEDOUT",
    10061: "ECONNREFUSED",
    10064: "EHOSTDOWN",
    10065: "EHOSTUNREACH",
    # getaddrinfo's on Linux; elsewhere they are among the others and are given their names where they are caught.
    -2: "EAI_NONAME",
    -3: "EAI_AGAIN",
    -4: "EAI_FAIL",
    -5: "EAI_NODATA",
    -6: "EAI_FAMILY",
    -7: "EAI_SOCKTYPE",
    -8: "EAI_SERVICE",
    -9: "EAI_ADDRFAMILY",
    -10: "EAI_MEMORY",
    -11: "EAI_SYSTEM",
    11001: "EAI_NONAME",
    11002: "EAI_AGAIN",
    11003: "EAI_FAIL",
    11004: "EAI_NODATA",
}
