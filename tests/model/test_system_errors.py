"""Errors of the operating system have a name that decides and words that are ours."""

from __future__ import annotations

import errno
import socket

import pytest

from parley.model.system_errors import WORDS, ToldError, error_code, error_words


def test_an_error_of_the_system_has_our_words_whatever_the_systems_are() -> None:
    error = OSError(errno.ENETUNREACH, "Das Netzwerk ist nicht erreichbar")
    assert (error_code(error), error_words(error)) == ("ENETUNREACH", "Network is unreachable")


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.ECONNRESET, errno.EHOSTUNREACH])
def test_words_are_those_that_people_know(number: int) -> None:
    assert error_words(OSError(number, "?")) == WORDS[errno.errorcode[number]]


def test_an_error_without_words_of_ours_is_told_by_its_name() -> None:
    assert error_words(OSError(errno.ENOTBLK, "Ein blockorientiertes Gerät wird benötigt")) == (
        "the system reports ENOTBLK"
    )
    assert error_words(OSError(123456, "?")) == "the system reports error 123456"


def test_windows_numbers_of_sockets_have_the_same_names() -> None:
    assert [error_code(OSError(number, "")) for number in (10061, 10051, 10013, 10055, 11001)] == [
        *("ECONNREFUSED", "ENETUNREACH", "EACCES", "ENOBUFS", "EAI_NONAME")
    ]


def test_the_name_service() -> None:
    with pytest.raises(socket.gaierror) as caught:
        socket.getaddrinfo("no.such.host.invalid", 1, flags=socket.AI_NUMERICHOST)
    assert (error_code(caught.value), error_words(caught.value)) == ("EAI_NONAME", "Name or service not known")


def test_what_is_ours_keeps_its_words() -> None:
    assert (error_code(OSError("ports end at 65535")), error_words(OSError("ports end at 65535"))) == (
        "",
        "ports end at 65535",
    )
    assert error_words(OSError(None, "the file has become shorter.")) == "the file has become shorter"
    assert error_words(OSError()) == "no reason is known"
    assert error_words(ValueError("no number")) == "no number"
    told = ToldError("port 104: Permission denied", PermissionError(errno.EACCES, "Keine Berechtigung"))
    assert (error_code(told), told.errno, error_words(told)) == ("EACCES", errno.EACCES, "port 104: Permission denied")


def test_no_two_rows_of_the_table_say_what_no_system_has() -> None:
    known = set(errno.errorcode.values()) | {name for name in vars(socket) if name.startswith("EAI_")}
    aliases = {"EOPNOTSUPP", "ENOTSUP"}
    assert {name for name in WORDS if name not in known} <= aliases
