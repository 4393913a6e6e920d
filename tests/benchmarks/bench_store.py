"""C-STORE over loopback, requestor and acceptor in processes of their own: MB/s beside DCMTK's and pynetdicom's.

Every pair saves what comes to a folder. The slow ones get fewer files; what is compared is MB/s. Then Parley's window
takes the same while its 10 ms timer is watched.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.benchmarks.subjects import HERE, Subject, environment, free_port, program, script
from tests.benchmarks.table import Row
from tests.harness.dicom import write_file

FILES, FILE_BYTES = 1_000, 512 * 1024
FEWER = 150
"""For those that are slower; and how many different files there are at all."""
ROUNDS = 3
LATENESS_SECONDS = 5


def with_scripts(who: str, acceptor: Subject, folder: Path, count: int) -> float:
    """MB/s of a script that sends."""
    command = [sys.executable, str(HERE / "store_sender.py"), who, str(acceptor.port), str(folder), str(count)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout.split()
    stored, seconds = int(output[0]), float(output[1])
    assert stored == count, f"{who}: {stored} of {count} were stored"
    return count * FILE_BYTES / seconds / 1e6


def with_storescu(acceptor: Subject, folder: Path, count: int) -> float:
    """MB/s of DCMTK's storescu, its start included."""
    paths = [str(path) for path in sorted(folder.iterdir())]
    started = time.perf_counter()
    chosen = [paths[index % len(paths)] for index in range(count)]
    subprocess.run(["storescu", "-xe", "127.0.0.1", str(acceptor.port), *chosen], check=True, capture_output=True)
    return count * FILE_BYTES / (time.perf_counter() - started) / 1e6


def rates() -> list[Row]:
    """All pairs in turn, several rounds; the ratios round by round, their median."""
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as work:
        out, into = Path(work, "out"), Path(work, "in")
        out.mkdir()
        into.mkdir()
        for number in range(FEWER):
            write_file(out / f"{number:03}.dcm", FILE_BYTES)
        for _ in range(ROUNDS):
            for who, count in (("parley", FILES), ("pynetdicom", FEWER)):
                with script(who, "store_acceptor.py", who, str(into)) as acceptor:
                    figures.setdefault(who, []).append(with_scripts(who, acceptor, out, count))
            if storescp := shutil.which("storescp"):
                port = free_port()
                with program("storescp", [storescp, "-od", str(into), str(port)], port) as acceptor:
                    figures.setdefault("DCMTK", []).append(with_storescu(acceptor, out, FILES))
    ours, theirs = figures["parley"], figures["pynetdicom"]
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    name = f"C-STORE of {FILES} x 512 KiB, saved, MB/s"
    rows = [Row(name, statistics.median(ours), statistics.median(theirs), ratio, "at least 5 × pynetdicom")]
    if "DCMTK" in figures:
        dcmtk = statistics.median(figures["DCMTK"])
        rows.append(Row("  the same, DCMTK in the second column", rows[0].ours, dcmtk, rows[0].ours / dcmtk, ""))
    return rows


def window() -> list[Row]:
    """The window's timer while it saves what another process sends."""
    with tempfile.TemporaryDirectory() as work, script("Parley, window open", "parley_window.py", work) as subject:
        out = Path(work, "out")
        out.mkdir()
        for number in range(FEWER):
            write_file(out / f"{number:03}.dcm", FILE_BYTES)
        quiet = float(subject.ask(f"lateness {LATENESS_SECONDS}").split()[0])
        ended = threading.Event()

        def send() -> None:
            while not ended.is_set():
                with_scripts("parley", subject, out, FEWER)

        sender = threading.Thread(target=send)
        sender.start()
        busy = float(subject.ask(f"lateness {LATENESS_SECONDS}").split()[0])
        ended.set()
        sender.join()
    return [Row("timer p99 lateness, C-STORE : none (ms)", busy, quiet, busy / quiet, "at most 25 ms")]


def run() -> list[Row]:
    """All rows."""
    return [*rates(), *window()]
