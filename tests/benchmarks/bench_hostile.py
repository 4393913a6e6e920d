"""What callers who send as much as they may do to the window and to the other callers; long requests beside others."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench_acceptor import REQUEST, rate
from tests.benchmarks.raw_client import associate_and_release
from tests.benchmarks.subjects import Subject, free_port, program, script
from tests.benchmarks.table import Row
from tests.harness.hostile import legal, proposing, shapes

SECONDS, ROUNDS = 2, 3
LONG = proposing(128, 3)


class Attack:
    """One caller who sends a request again and again, and another who measures how long he waits for his association.

    Attributes:
        longest: seconds of the longest association of the other caller.
    """

    def __init__(self, port: int, data: bytes) -> None:
        self.longest = 0.0
        self._port = port
        self._data = data
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._measure, *([self._send] if data else []))]

    def __enter__(self) -> Attack:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _measure(self) -> None:
        while not self._is_over.is_set():
            started = time.perf_counter()
            associate_and_release(self._port, REQUEST)
            self.longest = max(self.longest, time.perf_counter() - started)

    def _send(self) -> None:
        while not self._is_over.is_set():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as sock:
                sock.sendall(self._data)
                sock.recv(65_536)


def disturbed(subject: Subject, data: bytes) -> tuple[float, float]:
    """The timer's p99 lateness in the window and the other caller's longest wait, both in milliseconds."""
    with Attack(subject.port, data) as attack:
        late = float(subject.ask(f"lateness {SECONDS}").split()[0])
    return late, attack.longest * 1000


def harm() -> Iterator[Row]:
    """Each shape beside nothing but the other caller."""
    with script("Parley, window open", "parley_window.py") as subject:
        disturbed(subject, b"")
        late, wait = disturbed(subject, b"")
        for name, data in {**shapes(), **legal()}.items():
            its_late, its_wait = disturbed(subject, data)
            yield Row(f"p99 lateness, {name} : none (ms)", its_late, late, its_late / late if late else None, "")
            yield Row("  longest wait of another caller (ms)", its_wait, wait, its_wait / wait, "at most 50 ms")


def long_requests() -> Iterator[Row]:
    """Associations per second for requests of 128 contexts; the ratio round by round, its median."""
    parley = str(Path(sys.executable).with_name("parley"))
    with contextlib.ExitStack() as stack:
        port = free_port()
        others = [stack.enter_context(script("pynetdicom", "pynetdicom_acceptor.py"))]
        if orthanc := shutil.which("Orthanc"):
            others.append(stack.enter_context(_orthanc(orthanc)))
        if storescp := shutil.which("storescp"):
            own = free_port()
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            others.append(stack.enter_context(program("DCMTK storescp", [storescp, "-od", folder, str(own)], own)))
        ours = [
            stack.enter_context(script("findings not asked for", "engine_acceptor.py")),
            stack.enter_context(
                program("--json with findings", [parley, "listen", "--port", str(port), "--json"], port)
            ),
        ]
        subjects = [*ours, *others]
        rounds = [[rate(subject, LONG) for subject in subjects] for _ in range(ROUNDS)]
    columns = list(zip(*rounds, strict=True))
    for place, subject in enumerate(ours):
        for other_place, other in enumerate(others, start=len(ours)):
            ratio = statistics.median(row[place] / row[other_place] for row in rounds)
            goal = ("at least 0.8", "at least 0.25")[place] if other.name == "Orthanc" else ""
            figures = statistics.median(columns[place]), statistics.median(columns[other_place])
            yield Row(f"128 contexts/s, {subject.name} : {other.name}", *figures, ratio, goal)


@contextlib.contextmanager
def _orthanc(path: str) -> Iterator[Subject]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "StorageDirectory": folder,
            "IndexDirectory": folder,
            "DicomPort": port,
            "DicomCheckCalledAet": False,
            "DicomAlwaysAllowEcho": True,
            "DicomAlwaysAllowStore": True,
            "HttpServerEnabled": False,
            "Plugins": [],
        }
        file = Path(folder, "orthanc.json")
        file.write_text(json.dumps(settings), encoding="utf-8")
        with program("Orthanc", [path, str(file)], port) as subject:
            yield subject


def run() -> Iterator[Row]:
    """All rows, each as it is measured."""
    yield from long_requests()
    yield from harm()
