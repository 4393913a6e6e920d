"""What is wished of TCP, seen on real sockets at both ends."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from contextlib import asynccontextmanager

import pytest

from parley.diagnosis import diagnose, diagnose_listen
from parley.engine import sockets
from parley.engine.engine import Engine
from parley.engine.errors import ListenError
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.model.tls import Tls
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport
from tests.harness.clock import ManualClock
from tests.harness.process import free_port
from tests.harness.record import Record

V4, V6 = IpVersion.IPV4, IpVersion.IPV6
NOBODY = "192.0.2.7"
"""An address for documentation, which no machine has."""


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems keep other 127.x addresses and ports")


class Meeting:
    """Our two ends, and what they told."""

    def __init__(self, engine, record, listener):
        self.engine, self.record, self.listener = engine, record, listener

    async def call(self, host="127.0.0.1", tls=None, **wishes):
        side = RequestorSide(host, self.listener.port, tls=tls, transport=RequestorTransport(**wishes))
        self.association = self.engine.requestor(side)
        return await self.association.associate()

    def ends(self):
        """The sockets of both ends."""
        (acceptor,) = self.listener.associations.values()
        return [each._transport.get_extra_info("socket") for each in (self.association, acceptor)]

    def notes(self):
        return [event.text for event in self.record.of(K.NOTE) if "system gives" in event.text]


@asynccontextmanager
async def listening(host="127.0.0.1", port=0, tls=None, **wishes):
    record = Record()
    engine = Engine(record, clock=ManualClock())
    side = AcceptorSide(host, port, tls=tls, transport=AcceptorTransport(**wishes))
    try:
        yield Meeting(engine, record, await engine.listen(side))
    finally:
        await engine.close()


def option(sock, name, level=socket.SOL_SOCKET):
    return sock.getsockopt(level, getattr(socket, name))


def delays(sock):
    return not option(sock, "TCP_NODELAY", socket.IPPROTO_TCP)


@pytest.fixture(params=["plain", "tls"])
def secured(request, pki):
    """TLS of both ends, or none."""
    if request.param == "plain":
        return None, None
    return Tls(ca_file=pki.ca.certificate_file), Tls(**pki.server.files)


# --- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ours", "theirs"), [(True, False), (False, True)])
def test_each_end_delays_small_segments_as_it_wishes(run, secured, ours, theirs):
    async def play():
        async with listening(tls=secured[1], no_delay=theirs) as meeting:
            await meeting.call(tls=secured[0], no_delay=ours)
            assert [not delays(sock) for sock in meeting.ends()] == [ours, theirs]

    run(play())


def test_each_end_has_the_buffers_that_it_wishes_and_the_log_says_which(run, secured):
    async def play():
        async with listening(tls=secured[1], send_buffer=20_000, receive_buffer=30_000) as meeting:
            await meeting.call(tls=secured[0], send_buffer=40_000, receive_buffer=50_000)
            return [[option(sock, name) for name in ("SO_SNDBUF", "SO_RCVBUF")] for sock in meeting.ends()], meeting

    (ours, theirs), meeting = run(play())
    factor = 2 if sys.platform == "linux" else 1
    assert (ours, theirs) == ([40_000 * factor, 50_000 * factor], [20_000 * factor, 30_000 * factor])
    listens, calls = meeting.notes()
    assert f"a send buffer of {theirs[0]} bytes where 20000 were wished" in listens
    assert f"a receive buffer of {ours[1]} bytes where 50000 were wished" in calls


def test_without_a_wish_the_system_chooses_and_nothing_is_said(run):
    async def play():
        async with listening() as meeting:
            await meeting.call()
            with socket.socket() as fresh:
                usual = option(fresh, "SO_SNDBUF")
            here, there = meeting.ends()
            assert not delays(here)
            assert not delays(there)
            assert option(here, "SO_SNDBUF") >= usual  # which grows by itself unless it was set
            assert meeting.notes() == []

    run(play())


@pytest.mark.parametrize("size", [-1, 1 << 31])
def test_a_buffer_that_cannot_be_is_told(run, size):
    async def play():
        async with listening() as meeting:
            attempt = await meeting.call(send_buffer=size)
        with pytest.raises(ListenError) as caught:
            async with listening(receive_buffer=size):
                pass
        return attempt, caught.value

    attempt, error = run(play())
    assert attempt.end is AttemptEnd.CONNECT_FAILED
    assert str(size) in diagnose(attempt).cause
    assert str(size) in diagnose_listen(error).cause


@on_linux
@pytest.mark.parametrize("backlog", [1, 77])
def test_the_backlog_is_the_one_that_is_wished(run, backlog):
    async def play():
        async with listening(backlog=backlog) as meeting:
            (listening_socket,) = meeting.listener._door._sockets
            # Of a listening socket, TCP_INFO has the limit where others have the count of `sacked` segments.
            info = listening_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
            return int.from_bytes(info[28:32], sys.byteorder)

    assert run(play()) == backlog


# --- from where ------------------------------------------------------------------------------------------------------


@on_linux
def test_the_local_address_is_the_one_that_is_wished(run, secured):
    async def play():
        async with listening(tls=secured[1]) as meeting:
            attempt = await meeting.call(tls=secured[0], local_host=" 127.0.0.9 ")
            (acceptor,) = meeting.listener.associations.values()
            return attempt, acceptor.peer, meeting

    attempt, seen, meeting = run(play())
    assert attempt.end is AttemptEnd.ESTABLISHED
    assert seen.startswith("127.0.0.9:")
    assert attempt.steps[1].detail.startswith("127.0.0.9:")
    assert meeting.record.of(K.CONNECTED)[0].local == seen


def test_the_local_port_is_the_one_that_is_wished(run):
    async def play():
        port = free_port()
        async with listening() as meeting:
            attempt = await meeting.call(local_port=port)
            (acceptor,) = meeting.listener.associations.values()
            return attempt, acceptor.peer, port

    attempt, seen, port = run(play())
    assert (attempt.end, seen) == (AttemptEnd.ESTABLISHED, f"127.0.0.1:{port}")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps the port for itself")
def test_a_local_port_can_be_used_for_another_peer_right_after_its_association(run):
    async def play():
        async with listening() as first, listening() as second:
            port = free_port()
            await first.call(local_port=port)
            await first.association.release()
            await first.association.wait_closed()
            return await second.call(local_port=port)

    assert run(play()).end is AttemptEnd.ESTABLISHED


@pytest.mark.parametrize("where", ["other program", "same peer"])
def test_a_local_port_that_is_taken_gets_a_verdict(run, where):
    async def play():
        async with listening() as meeting:
            with socket.socket() as other:
                if where == "other program":
                    other.bind(("127.0.0.1", 0))
                    other.listen()
                else:
                    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    other.bind(("127.0.0.1", 0))
                    other.connect(("127.0.0.1", meeting.listener.port))
                port = other.getsockname()[1]
                return await meeting.call(local_host="127.0.0.1", local_port=port), port, meeting

    attempt, port, meeting = run(play())
    assert attempt.end is AttemptEnd.LOCAL_PORT_TAKEN
    verdict = diagnose(attempt)
    assert verdict.code == "local_port_taken"
    assert f"127.0.0.1 port {port}: Address already in use" in verdict.cause
    assert [(step.name, step.outcome) for step in attempt.steps] == [("name", "passed"), ("tcp", "failed")]
    assert meeting.record.of(K.CONNECT_FAILED)[0].text in verdict.cause


@pytest.mark.parametrize("local", [NOBODY, "2001:db8::7", "nonsense", "a.b\0", "::1"])
def test_a_local_address_that_is_not_this_machines_gets_a_verdict(run, local):
    async def play():
        async with listening() as meeting:
            return await meeting.call(local_host=local, ip_version=V4)

    attempt = run(play())
    assert attempt.end is AttemptEnd.LOCAL_ADDRESS_FAILED
    verdict = diagnose(attempt)
    assert (verdict.code, verdict.passed) == ("local_address_failed", False)
    assert verdict.cause.startswith(f"This side cannot connect from {local}: ")


def test_a_local_port_that_does_not_exist_gets_a_verdict(run):
    async def play():
        async with listening() as meeting:
            return await meeting.call(local_port=70_000)

    attempt = run(play())
    assert attempt.end is AttemptEnd.LOCAL_ADDRESS_FAILED
    assert "port 70000" in diagnose(attempt).cause


def test_cancelling_lets_the_local_port_go(run):
    async def play():
        async with listening() as meeting:
            loop = asyncio.get_running_loop()
            reached = asyncio.Event()

            async def never(_sock, _address):
                reached.set()
                await asyncio.Event().wait()

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(loop, "sock_connect", never)
                calling = spawn(meeting.call(local_host="127.0.0.1"), name="call")
                await reached.wait()
                meeting.association.abort()
                return await calling

    assert run(play()).end is AttemptEnd.CANCELLED


# --- versions --------------------------------------------------------------------------------------------------------


async def outcomes(meeting):
    """How calls of either version end."""
    return [(await meeting.call(host)).end for host in ("127.0.0.1", "::1")]


YES, NO = AttemptEnd.ESTABLISHED, AttemptEnd.CONNECT_REFUSED


@needs_ipv6
@pytest.mark.parametrize("host", ["*", ""])
@pytest.mark.parametrize(
    ("version", "ends", "shown"),
    [(IpVersion.ANY, [YES, YES], "*"), (V4, [YES, NO], "0.0.0.0"), (V6, [NO, YES], "[::]")],
)
def test_every_address_means_those_of_the_version(run, host, version, ends, shown):
    async def play():
        async with listening(host, ip_version=version) as meeting:
            assert meeting.listener.address == f"{shown}:{meeting.listener.port}"
            assert meeting.record.of(K.LISTENING)[0].local == meeting.listener.address
            return await outcomes(meeting)

    assert run(play()) == ends


@needs_ipv6
def test_one_port_serves_both_versions_and_is_let_go(run):
    async def play():
        async with listening("*") as meeting:
            port = meeting.listener.port
            meeting.listener.stop_listening()
            assert await outcomes(meeting) == [NO, NO]
        async with listening("*", port) as meeting:
            return await outcomes(meeting)

    assert run(play()) == [YES, YES]


@needs_ipv6
def test_a_port_that_is_taken_for_one_version_is_not_listened_on_at_all(run):
    async def play():
        with socket.socket(socket.AF_INET6) as other:
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            other.bind(("::", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(ListenError) as caught:
                async with listening("*", port):
                    pass
        async with listening("0.0.0.0", port):
            return caught.value

    assert diagnose_listen(run(play())).code == "port_in_use"


@needs_ipv6
def test_a_free_port_that_is_taken_for_the_other_version_is_not_taken(run, monkeypatch):
    real, seen = sockets._bound, []

    def taken_at_first(family, address, wishes):
        seen.append(real(family, address, wishes))
        if len(seen) == 2:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return seen[-1]

    async def play():
        monkeypatch.setattr(sockets, "_bound", taken_at_first)
        async with listening("*") as meeting:
            return await outcomes(meeting)

    assert run(play()) == [YES, YES]
    assert len(seen) == 4
    assert seen[0].fileno() == -1  # closed
    seen[1].close()


def test_a_kind_of_address_that_the_system_lacks_is_left_out(run, monkeypatch):
    real = socket.socket

    def without_ipv6(family=socket.AF_INET, *rest, **facts):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *rest, **facts)

    async def play():
        monkeypatch.setattr(sockets.socket, "socket", without_ipv6)
        async with listening("*") as meeting:
            monkeypatch.undo()
            assert meeting.listener.address == f"0.0.0.0:{meeting.listener.port}"
            return (await meeting.call()).end

    assert run(play()) is YES


BOTH = ((socket.AF_INET6, ("::1", 0, 0, 0)), (socket.AF_INET, ("127.0.0.1", 0)))


def resolving(addresses):
    """What the system does when the name `pacs` has these addresses."""
    real = socket.getaddrinfo

    def resolve(host, port, family=0, kind=0, protocol=0, flags=0):
        if host != "pacs":
            return real(host, port, family, kind, protocol, flags)
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no numbers")
        return [
            (each, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address[0], address[1] or port, *address[2:]))
            for each, address in addresses
            if family in {0, each}
        ]

    return resolve


@needs_ipv6
def test_a_name_with_both_kinds_is_called_by_the_version_that_is_wished(run, monkeypatch):
    async def play():
        async with listening("*") as meeting:
            monkeypatch.setattr(socket, "getaddrinfo", resolving(BOTH))
            peers = []
            for wishes in ({}, {"ip_version": V4}, {"ip_version": V6}, {"local_host": "127.0.0.1"}):
                await meeting.call("pacs", **wishes)
                peers.append(meeting.association.peer.rpartition(":")[0])
            return peers

    assert run(play()) == ["[::1]", "127.0.0.1", "[::1]", "127.0.0.1"]


def test_addresses_that_the_local_one_cannot_reach_are_not_tried(run, monkeypatch):
    async def play():
        async with listening() as meeting:
            meeting.listener.stop_listening()
            monkeypatch.setattr(socket, "getaddrinfo", resolving(BOTH[::-1]))
            attempt = await meeting.call("pacs", local_host="127.0.0.1")
            return attempt.end, [event.text.rpartition(":")[0] for event in meeting.record.of(K.CONNECTING)]

    assert run(play()) == (NO, ["127.0.0.1"])


@on_linux
def test_an_address_that_does_not_answer_leaves_time_for_the_next(run, monkeypatch):
    """A listener whose queue is full answers no further SYN: the nearest to a firewall that a loopback has."""

    async def play():
        async with listening() as meeting:
            with socket.socket() as full:
                full.bind(("127.0.0.2", 0))
                full.listen(0)
                waiting = [socket.socket() for _ in range(4)]
                for sock in waiting:
                    sock.setblocking(False)
                    sock.connect_ex(full.getsockname())
                addresses = ((socket.AF_INET, full.getsockname()), (socket.AF_INET, ("127.0.0.1", 0)))
                monkeypatch.setattr(socket, "getaddrinfo", resolving(addresses))
                side = RequestorSide("pacs", meeting.listener.port, timers=Timers(connect=4))
                engine = Engine(meeting.record)  # its own clock: the first address takes its share of the time
                attempt = await engine.requestor(side).associate()
                await engine.close()
                for sock in waiting:
                    sock.close()
            return attempt.end, [event.text.rpartition(":")[0] for event in meeting.record.of(K.CONNECTING)]

    assert run(play()) == (YES, ["127.0.0.2", "127.0.0.1"])


def test_an_address_of_the_other_version_has_words_at_both_ends(run):
    async def play():
        async with listening() as meeting:
            attempt = await meeting.call(ip_version=V6)
        with pytest.raises(ListenError) as caught:
            async with listening(ip_version=V6):
                pass
        return attempt, caught.value

    attempt, error = run(play())
    assert attempt.end is AttemptEnd.RESOLVE_FAILED
    assert "only IPv6 is to be used" in diagnose(attempt).cause
    assert diagnose_listen(error).code in {"address_of_other_family", "listen_host_unknown"}


def test_an_open_listener_keeps_the_sockets_it_was_opened_with(run):
    async def play():
        async with listening(no_delay=False) as meeting:
            meeting.listener.change(AcceptorSide(transport=AcceptorTransport(backlog=1)))
            assert meeting.listener.side.transport == AcceptorTransport(no_delay=False)

    run(play())
