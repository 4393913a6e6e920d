"""C-STORE over loopback, requestor and acceptor in processes of their own: MB/s beside DCMTK's and pynetdicom's.

Every pair first forgets what comes and then saves it to a folder, in memory where the system has one there: how long a
disk takes to make a file is not what is compared. All have the same maximum length as far as their defaults go (16 384
bytes, with pynetdicom 16 382), and no file comes twice. Slower ones get fewer files; what is compared is MB/s. DCMTK is
told to send without delay (TCP_NODELAY): as packaged by Debian it waits 40 ms for an acknowledgement in each file,
which says nothing about its speed. At the end Parley's window takes the same while its 10 ms timer is watched.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.subjects import HERE, Subject, environment, free_port, program, script
from tests.benchmarks.table import Row
from tests.harness.dicom import write_file

FILES, FILE_BYTES = 1_000, 512 * 1024
SAVED = 200
"""How many are saved, as all rounds' files are there at once."""
MEMORY = Path("/dev/shm")
FEWER = 60
"""How many pynetdicom gets."""
ROUNDS = 3
LONGER = 131_072
"""A maximum length beside the usual one."""
LATENESS_SECONDS = 5
UNDELAYED = {**os.environ, "TCP_NODELAY": "1"}
SCRIPTS = Path(sys.executable).parent
"""Where pynetdicom puts programs with the names of DCMTK's."""


def dcmtk(name: str) -> str | None:
    """Where DCMTK's program of this name is, if it is installed."""
    folders = [folder for folder in os.get_exec_path() if Path(folder).resolve() != SCRIPTS.resolve()]
    return shutil.which(name, path=os.pathsep.join(folders))


def with_scripts(who: str, acceptor: Subject, folder: Path, count: int) -> float:
    """MB/s of a script that sends."""
    command = [sys.executable, str(HERE / "store_sender.py"), who, str(acceptor.port), str(folder), str(count)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout.split()
    stored, seconds = int(output[0]), float(output[1])
    assert stored == count, f"{who}: {stored} of {count} were stored"
    return count * FILE_BYTES / seconds / 1e6


def with_storescu(command: str, acceptor: Subject, folder: Path, count: int) -> float:
    """MB/s of DCMTK's storescu, its start included."""
    paths = [str(path) for path in sorted(folder.iterdir())[:count]]
    started = time.perf_counter()
    arguments = [command, "-xe", "127.0.0.1", str(acceptor.port), *paths]
    subprocess.run(arguments, check=True, capture_output=True, env=UNDELAYED)
    return count * FILE_BYTES / (time.perf_counter() - started) / 1e6


def in_turn(out: Path, into: Path | None) -> dict[str, float]:
    """MB/s of each pair; nothing is saved without a folder to save it in."""
    figures: dict[str, float] = {}
    count = SAVED if into else FILES
    for who, fewer in (("parley", count), ("pynetdicom", FEWER)):
        with script(who, "store_acceptor.py", who, folder_in(into)) as acceptor:
            figures[who] = with_scripts(who, acceptor, out, fewer)
    storescp, storescu = dcmtk("storescp"), dcmtk("storescu")
    if storescp and storescu:
        port = free_port()
        saving = ["-od", folder_in(into)] if into else ["--ignore"]
        with program("storescp", [storescp, *saving, str(port)], port, UNDELAYED) as acceptor:
            figures["DCMTK"] = with_storescu(storescu, acceptor, out, count)
    return figures


def folder_in(work: Path | None) -> str:
    """A new folder, or the sign for none."""
    return tempfile.mkdtemp(dir=work) if work else "-"


def memory() -> Path | None:
    """A folder in memory, if there is one."""
    return MEMORY if os.access(MEMORY, os.W_OK) else None


def rates() -> Iterator[Row]:
    """All pairs in turn, several rounds, each round a row; then their medians."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(dir=memory()) as work:
        out = Path(folder)
        for number in range(FILES):
            write_file(out / f"{number:03}.dcm", FILE_BYTES)
        saved = (f"C-STORE of {SAVED} x 512 KiB, saved", Path(work))
        for name, into in ((f"C-STORE of {FILES} x 512 KiB", None), saved):
            rounds = []
            for number in range(1, ROUNDS + 1):
                rounds.append(in_turn(out, into))
                yield _row(f"  round {number}, MB/s", rounds[-1:], "pynetdicom")
            yield _row(f"{name}, MB/s", rounds, "pynetdicom", "at least 5 × pynetdicom")
            if "DCMTK" in rounds[0]:
                yield _row("  the same, beside DCMTK", rounds, "DCMTK")
        with script("parley", "store_acceptor.py", "parley", "-", str(LONGER)) as acceptor:
            longer = with_scripts("parley", acceptor, out, FILES)
        yield Row(f"  with a maximum length of {LONGER:,}", longer)


def _row(name: str, rounds: list[dict[str, float]], other: str, goal: str = "") -> Row:
    """Medians over the rounds; the ratio is taken round by round."""
    ours, theirs = ([figures[who] for figures in rounds] for who in ("parley", other))
    ratio = statistics.median(mine / their for mine, their in zip(ours, theirs, strict=True))
    return Row(name, statistics.median(ours), statistics.median(theirs), ratio, goal)


def window() -> Iterator[Row]:
    """The window's timer while it saves what another process sends."""
    with tempfile.TemporaryDirectory() as work, script("Parley, window open", "parley_window.py", work) as subject:
        out = Path(work, "out")
        out.mkdir()
        for number in range(SAVED):
            write_file(out / f"{number:03}.dcm", FILE_BYTES)
        quiet = float(subject.ask(f"lateness {LATENESS_SECONDS}").split()[0])
        ended = threading.Event()

        def send() -> None:
            while not ended.is_set():
                with_scripts("parley", subject, out, SAVED)

        sender = threading.Thread(target=send)
        sender.start()
        busy = float(subject.ask(f"lateness {LATENESS_SECONDS}").split()[0])
        ended.set()
        sender.join()
    yield Row("timer p99 lateness, C-STORE : none (ms)", busy, quiet, busy / quiet, "at most 25 ms")


def run() -> Iterator[Row]:
    """All rows, as they come."""
    yield from rates()
    yield from window()
