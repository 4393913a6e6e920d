"""Why listening failed, from errors that the operating system really gave."""

from __future__ import annotations

import socket
import sys

import pytest

from parley.diagnosis import diagnose_listen


def error_of(host: str, port: int) -> OSError:
    with socket.socket() as other, pytest.raises(OSError) as caught:  # noqa: PT011
        other.bind((host, port))
    return caught.value


def test_a_port_in_use() -> None:
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        said = diagnose_listen(error_of("127.0.0.1", first.getsockname()[1]))
    assert (said.code, said.passed) == ("port_in_use", False)
    assert "another port" in said.remedy


def test_an_address_of_another_machine() -> None:
    assert diagnose_listen(error_of("192.0.2.7", 0)).code == "address_not_local"


def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(socket.gaierror) as caught:
        socket.getaddrinfo("no.such.host.invalid", 1, flags=socket.AI_NUMERICHOST)
    assert diagnose_listen(caught.value).code == "listen_host_unknown"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems call it an unknown host")
def test_an_address_of_another_ip_version() -> None:
    with pytest.raises(socket.gaierror) as caught:
        socket.getaddrinfo("127.0.0.1", 1, socket.AF_INET6)
    said = diagnose_listen(caught.value)
    assert said.code == "address_of_other_family"
    assert "any IP version" in said.remedy


def test_a_port_without_permission() -> None:
    said = diagnose_listen(PermissionError(13, "Keine Berechtigung"))
    assert said.code == "port_not_permitted"
    assert "11112" in said.remedy


def test_anything_else_in_english_words() -> None:
    said = diagnose_listen(OSError(95, "Die Operation wird nicht unterstützt"))
    assert (said.code, said.cause) == ("listen_failed", "This side cannot listen: Operation not supported.")
    assert diagnose_listen(OSError()).cause == "This side cannot listen: no reason is known."
