"""A folder of 1 000 profiles: what listing, saving, renaming, deleting and importing cost.

The other column is tomllib parsing the same files once, in the same run: the least that reading them can take; of what
is done to one profile, tomlkit parsing its file and writing it again, which a change that keeps comments cannot do
without. Then a whole window, and how late its 10 ms timer comes meanwhile.
"""

import asyncio
import os
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import tomlkit
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from parley.app import Parley
from parley.bridge.loop import runtime
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.profile import LOOPBACK
from parley.ui.kit import style
from parley.ui.main_window import MainWindow
from tests.benchmarks.table import Row

PROFILES = 1000
ROUNDS = 20
TICK_MS = 10


def name_of(number: int) -> str:
    """Of a profile and, with its suffix, of its file."""
    return f"Peer {number:04}"


def fill(folder: Path) -> None:
    """Write the profiles, all of them long ago."""
    folder.mkdir()
    for number in range(PROFILES):
        path = folder / f"{name_of(number)}.toml"
        path.write_text(new_text(replace(LOOPBACK, name=name_of(number))), encoding="utf-8")


def later() -> int:
    """A clock by which every file has settled."""
    return time.time_ns() + 3_600_000_000_000


def taken(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of how long it takes, in milliseconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def of_the_store(folder: Path) -> list[Row]:
    """The store alone, without a window."""
    texts = [path.read_text("utf-8") for path in folder.iterdir()]
    parsing = taken(lambda: list(map(tomllib.loads, texts)), 1)
    rewriting = taken(lambda: tomlkit.dumps(tomlkit.parse(texts[0])))
    store, numbers = ProfileStore(folder, later), count()
    cold = taken(store.list, 1)
    again = taken(store.list)
    key = f"{name_of(0)}.toml"
    saving = taken(lambda: store.save(replace(LOOPBACK, name=name_of(0), comment=str(next(numbers))), key))

    def rename() -> None:
        nonlocal key
        key = store.rename(key, f"Renamed {next(numbers)}")

    renaming = taken(rename)
    return [
        Row(f"{PROFILES} profiles: list cold, ms", cold, parsing, parsing / cold),
        Row("  list again", again, parsing, parsing / again),
        Row("  save one", saving, rewriting, rewriting / saving),
        Row("  rename one", renaming, rewriting, rewriting / renaming),
    ]


class Window:
    """A whole window over a folder, and how late its timer is."""

    def __init__(self, parley: Parley) -> None:
        self.parley = parley
        self.late: list[float] = []
        self._last = 0.0
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now

    async def during(self, work: Callable[[], object]) -> float:
        """Do something, wait until nothing is under way any more, and tell how many seconds that took."""
        self.late.clear()
        started = self._last = time.perf_counter()
        self._timer.start()
        work()
        await self.idle()
        self._timer.stop()
        return time.perf_counter() - started

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self.parley.book.is_listing or self.parley.window.profile_files.line.is_busy:  # noqa: ASYNC110
            await asyncio.sleep(TICK_MS / 1000)

    def p99(self) -> float:
        """Of the last work, in milliseconds."""
        return statistics.quantiles(self.late, n=100)[98]


async def of_the_window(parley: Parley, peers: Path) -> list[Row]:
    """What a person does to the list."""
    window, book = Window(parley), parley.book
    await window.idle()
    keys = iter([entry.key for entry in book.entries if not entry.built_in])
    rows = []
    for name, work in (
        ("open one", lambda: book.open(next(keys))),
        ("save it", book.save),
        ("delete one", lambda: book.delete(next(keys))),
    ):
        times = []
        for port in range(ROUNDS):
            await window.idle()
            if work == book.save:
                book.edit(replace(book.draft.scu, port=1000 + port), book.draft.scp)
            times.append(taken(work, 1))
        rows.append(Row(f"window: {name}, ms", statistics.median(times)))
    await window.during(lambda: None)
    seconds = await window.during(lambda: parley.window.profile_files.import_files((peers,)))
    return [
        *rows,
        Row(f"window: import {PROFILES} peers, s", seconds),
        Row(f"  {TICK_MS} ms timer late meanwhile, p99 ms", window.p99()),
        Row("  the worst", max(window.late)),
    ]


def run() -> list[Row]:
    """The store, then the window, each with profiles of its own."""
    application = QApplication.instance() or QApplication([])
    style.apply(application)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("store", "window"):
            fill(Path(temporary, name))
        rows = of_the_store(Path(temporary, "store"))
        peers = Path(temporary, "peers.csv")
        peers.write_text("".join(f"PEER{n:04},10.0.{n // 250}.{n % 250},104\n" for n in range(PROFILES)), "utf-8")

        async def main(_closing: asyncio.Event) -> int:
            settings = QSettings(str(Path(temporary, "settings.ini")), QSettings.Format.IniFormat)
            window = MainWindow(settings)
            window.show()
            started = time.perf_counter()
            parley = Parley(window, Path(temporary, "window"))
            rows.append(Row("window: furnished after, ms", (time.perf_counter() - started) * 1000))
            rows.extend(await of_the_window(parley, peers))
            await parley.close()
            return 0

        runtime.run(application, main)  # type: ignore[arg-type]
    if hasattr(os, "getloadavg"):
        rows.append(Row("load of this machine in the last minute", os.getloadavg()[0]))
    return rows
