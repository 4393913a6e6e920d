"""Does anybody notice that 100 requests wait for a person: a caller whom a rule accepts, or the person at the window?

One process is the window with its listener; this one holds 100 connections open and times another caller from connect
to A-ASSOCIATE-AC.
"""

from __future__ import annotations

import contextlib
import socket
import statistics
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from parley.model.build import request_pdu
from parley.model.handle import RequestorHandle
from parley.ul.codec import encode
from tests.benchmarks.parley_window import ACCEPTED_TITLE
from tests.benchmarks.raw_client import RELEASE_RQ, read_pdu
from tests.benchmarks.subjects import Subject, script
from tests.benchmarks.table import Row, show

HELD = 100
ROUNDS, SECONDS = 3, 5
BETWEEN_SECONDS = 0.01
HELD_RQ = encode(request_pdu(RequestorHandle()))
ACCEPTED_RQ = encode(request_pdu(RequestorHandle(calling_ae_title=ACCEPTED_TITLE)))


def answer_milliseconds(port: int) -> float:
    """From connect to the whole A-ASSOCIATE-AC; then it releases."""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(ACCEPTED_RQ)
        if read_pdu(sock)[0] != 2:
            raise ConnectionError("not accepted")
        taken = 1000 * (time.perf_counter() - started)
        sock.sendall(RELEASE_RQ)
        read_pdu(sock)
    return taken


def measure(subject: Subject, pool: ThreadPoolExecutor) -> tuple[float, float]:
    """The median time to an answer, and the window's 99th percentile of lateness meanwhile, in milliseconds."""
    lateness: Future[str] = pool.submit(subject.ask, f"lateness {SECONDS}")
    times = []
    while not lateness.done():
        times.append(answer_milliseconds(subject.port))
        with contextlib.suppress(TimeoutError):
            lateness.result(BETWEEN_SECONDS)
    return statistics.median(times), float(lateness.result().split()[0])


def run() -> list[Row]:
    """With nobody held and with 100, several rounds; the ratio round by round, its median."""
    empty, full = [], []
    for _ in range(ROUNDS):
        with script("Parley, window open", "parley_window.py", "--ask") as subject, ThreadPoolExecutor(1) as pool:
            empty.append(measure(subject, pool))
            with contextlib.ExitStack() as stack:
                for _ in range(HELD):
                    sock = stack.enter_context(socket.create_connection(("127.0.0.1", subject.port)))
                    sock.sendall(HELD_RQ)
                waiting = int(subject.ask(f"held {HELD}").split()[0])
                if waiting != HELD:
                    raise RuntimeError(f"{waiting} requests are held, not {HELD}")
                full.append(measure(subject, pool))
    rows = []
    for what, place, goal in (
        ("connect to A-ASSOCIATE-AC, ms", 0, "at most 2"),
        ("10 ms timer late, p99 ms", 1, "at most 20 ms"),
    ):
        ours, other = (statistics.median(figures[place] for figures in each) for each in (full, empty))
        ratio = statistics.median(busy[place] / calm[place] for busy, calm in zip(full, empty, strict=True))
        rows.append(Row(f"{HELD} held : none held, {what}", ours, other, ratio, goal))
    return rows


if __name__ == "__main__":
    show(run())
