"""What is said about wishes that TCP cannot fulfil, or fulfils otherwise."""

from __future__ import annotations

import re

import pytest

from parley.model.problems.validation import check_acceptor, check_requestor
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport
from parley.ul.errors import Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
V4, V6 = IpVersion.IPV4, IpVersion.IPV6


def of_requestor(host: str, **wishes: object) -> list[tuple[Severity, str]]:
    problems = check_requestor(RequestorSide(host, transport=RequestorTransport(**wishes)))
    assert all(problem.remedy for problem in problems)
    return [(problem.severity, problem.field.removeprefix("transport.")) for problem in problems]


def of_acceptor(host: str, **wishes: object) -> list[tuple[Severity, str]]:
    problems = check_acceptor(AcceptorSide(host, transport=AcceptorTransport(**wishes)))
    return [(problem.severity, problem.field.removeprefix("transport.")) for problem in problems]


@pytest.mark.parametrize(
    ("host", "wishes", "said"),
    [
        ("192.0.2.1", {}, []),
        ("192.0.2.1", {"ip_version": V4, "local_host": "192.0.2.7", "no_delay": False}, []),
        ("pacs", {"ip_version": V6, "local_host": "2001:db8::7"}, []),
        ("pacs", {"local_host": "fe80::1%eth0"}, []),
        ("127.0.0.1", {"local_host": "127.0.0.2"}, []),
        ("pacs", {"local_host": "127.0.0.1"}, []),
        ("pacs", {"local_host": "ct1"}, [(E, "local_host")]),
        ("pacs", {"local_host": "192.0.2"}, [(E, "local_host")]),
        ("pacs", {"local_host": "192.0.2.7", "ip_version": V6}, [(E, "local_host")]),
        ("2001:db8::1", {"local_host": "192.0.2.7"}, [(E, "local_host")]),
        ("192.0.2.1", {"local_host": "127.0.0.1"}, [(W, "local_host")]),
        ("2001:db8::1", {"ip_version": V4}, [(E, "ip_version")]),
        ("192.0.2.1", {"ip_version": V6}, [(E, "ip_version")]),
        ("pacs", {"local_port": 65535}, [(N, "local_port")]),
        ("pacs", {"local_port": 104}, [(W, "local_port")]),
        ("pacs", {"local_port": 65536}, [(E, "local_port")]),
        ("pacs", {"local_port": -1}, [(E, "local_port")]),
        ("pacs", {"send_buffer": 65536, "receive_buffer": 65536}, []),
        ("pacs", {"send_buffer": 0, "receive_buffer": -1}, [(E, "send_buffer"), (E, "receive_buffer")]),
        ("pacs", {"send_buffer": 1 << 31}, [(E, "send_buffer")]),
        ("pacs", {"send_buffer": 1, "receive_buffer": 1 << 20}, [(N, "send_buffer"), (N, "receive_buffer")]),
    ],
)
def test_what_a_requestor_wishes(host, wishes, said):
    assert of_requestor(host, **wishes) == said


@pytest.mark.parametrize(
    ("host", "wishes", "said"),
    [
        ("127.0.0.1", {}, []),
        ("127.0.0.1", {"ip_version": V4, "backlog": 1}, []),
        ("localhost", {"ip_version": V6}, []),
        ("*", {"ip_version": V6}, [(N, "host")]),
        ("127.0.0.1", {"ip_version": V6}, [(E, "ip_version")]),
        ("::1", {"ip_version": V4}, [(E, "ip_version")]),
        ("127.0.0.1", {"backlog": 0}, [(W, "backlog")]),
        ("127.0.0.1", {"backlog": 5000}, [(N, "backlog")]),
        ("127.0.0.1", {"backlog": -1}, [(E, "backlog")]),
        ("127.0.0.1", {"backlog": 1 << 31}, [(E, "backlog")]),
        ("127.0.0.1", {"receive_buffer": 0}, [(E, "receive_buffer")]),
    ],
)
def test_what_an_acceptor_wishes(host, wishes, said):
    assert of_acceptor(host, **wishes) == said


def test_the_words_name_both_sides_of_a_contradiction():
    wishes = RequestorTransport(ip_version=V4)
    (problem,) = check_requestor(RequestorSide("::1", transport=wishes))
    assert re.search("::1 is an IPv6 address, but only IPv4", problem.text)
    assert "IPv6 or any" in problem.remedy
