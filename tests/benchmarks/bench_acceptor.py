"""Associations per second, and what 200 idle ones cost, of Parley's acceptor beside others under the same clients."""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
import time

from parley.model.build import request_pdu
from parley.model.handle import RequestorHandle
from parley.ul.codec import encode
from tests.benchmarks.raw_client import read_pdu
from tests.benchmarks.subjects import HERE, Subject, acceptors, script
from tests.benchmarks.table import Row

REQUEST = encode(request_pdu(RequestorHandle()))
ROUNDS, SECONDS = 3, 3.0
IDLE, IDLE_SECONDS = 200, 10.0


def rate(subject: Subject, request: bytes = REQUEST) -> float:
    """Associations per second that one client gets, from connect to close."""
    command = [sys.executable, str(HERE / "raw_client.py"), str(subject.port), str(SECONDS), request.hex()]
    count, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count) / float(seconds)


def associations() -> list[Row]:
    """All acceptors in turn, several rounds; the ratio round by round, its median."""
    with acceptors() as subjects:
        rounds = [[rate(subject) for subject in subjects] for _ in range(ROUNDS)]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    ratio = statistics.median(ours / theirs for ours, theirs, *_ in rounds)
    rows = [Row("associate + release per second", medians[0], medians[1], ratio, "at least 5 × pynetdicom")]
    for subject, median in zip(subjects[2:], medians[2:], strict=True):
        rows.append(
            Row(f"  the same, {subject.name} in the second column", medians[0], median, medians[0] / median, "")
        )
    return rows


def idle() -> list[Row]:
    """Processor time of 200 idle associations, and whether the window notices them."""
    rows = []
    shares = {}
    for name, file in (("Parley, window open", "parley_window.py"), ("pynetdicom", "pynetdicom_acceptor.py")):
        with script(name, file) as subject:
            quiet = _lateness(subject)
            with contextlib.ExitStack() as stack:
                for _ in range(IDLE):
                    sock = stack.enter_context(socket.create_connection(("127.0.0.1", subject.port)))
                    sock.sendall(REQUEST)
                    read_pdu(sock)
                busy = _lateness(subject)
                before = subject.cpu_seconds()
                time.sleep(IDLE_SECONDS)  # noqa: TID251 (the time is what is measured)
                shares[name] = 100 * (subject.cpu_seconds() - before) / IDLE_SECONDS
            if quiet:
                rows.append(Row("timer p99 lateness, 200 idle : none (ms)", busy, quiet, busy / quiet, "at most 2"))
    ours, theirs = shares.values()
    return [Row("200 idle associations, % of one core", ours, theirs, ours / theirs, "at most 3 %"), *rows]


def _lateness(subject: Subject) -> float:
    """In milliseconds, of a 10 ms timer in Parley's window; 0 for who has no window."""
    if "Parley" not in subject.name:
        return 0.0
    return float(subject.ask("lateness 5").split()[0])


def run() -> list[Row]:
    """All rows."""
    return [*associations(), *idle()]
