"""The subject of a benchmark: Parley's window on the offscreen platform, listening, with every event in its log.

Prints ``PORT n`` once it listens; what is sent to it is saved to the folder that it is given, or refused. With
``--ask`` in its place, requests are held, but for those of `ACCEPTED_TITLE`. Then takes commands, a line each, on
standard input: ``lateness SECONDS`` prints the 99th percentile of a 10 ms timer's lateness in milliseconds, ``held N``
how many requests the window shows as held, once they are N; end of input closes.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from parley.app import Parley
from parley.bridge.log.model import LogModel
from parley.bridge.loop import runtime
from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.handle import AcceptorHandle, SupportedContext
from parley.model.profile import AcceptorSide
from parley.model.storage import Storage, StorageMode
from parley.ui.kit import style
from parley.ui.main_window import MainWindow
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN

TICK_MS = 10
ACCEPTED_TITLE = "QUICK"
CT = "1.2.840.10008.5.1.4.1.1.2"


async def lateness(seconds: float) -> float:
    """The 99th percentile, in milliseconds, of how much later than asked a 10 ms timer fires."""
    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(max(0.0, (now - last) * 1000 - TICK_MS))
        last = now

    timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    await asyncio.sleep(seconds)
    timer.stop()
    return statistics.quantiles(late, n=100)[98]


async def held(parley: Parley, count: int) -> int:
    """How many requests wait in the window, once they are so many."""
    enough = asyncio.Event()

    def look(_news: object = None) -> None:
        if len(parley.held.waiting) >= count:
            enough.set()

    parley.held.waiting_changed.connect(look)
    look()
    await enough.wait()
    return len(parley.held.waiting)


async def serve(parley: Parley, log: LogModel) -> None:
    """Listen, and obey standard input until it ends."""
    side = AcceptorSide(port=0, maximum_associations=1_000)
    if sys.argv[1:] == ["--ask"]:
        rules = (AnswerRule(f"~calling {ACCEPTED_TITLE}", "accept"),)
        side = replace(side, answering=Answering(DecisionMode.ASK, rules, default_seconds=None))
    elif len(sys.argv) > 1:
        handle = AcceptorHandle(contexts=(SupportedContext(CT, (EXPLICIT_VR_LITTLE_ENDIAN,)),))
        side = replace(side, handle=handle, storage=Storage(StorageMode.RECEIVE, str(Path(sys.argv[1], "in"))))
    listener = await parley.engine.listen(side)
    print("PORT", listener.port, flush=True)
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        command, number = line.split()
        if command == "held":
            print(await held(parley, int(number)), flush=True)
        else:
            print(await lateness(float(number)), log.total, flush=True)


def main() -> int:
    """Run until standard input ends."""

    app = QApplication(sys.argv[:1])
    style.apply(app)

    async def work(_closing: asyncio.Event) -> int:
        with tempfile.TemporaryDirectory() as folder:
            settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
            parley = Parley(MainWindow(settings), Path(folder))
            parley.window.show()
            await serve(parley, parley.log)
            await parley.close()
        return 0

    return runtime.run(app, work)


if __name__ == "__main__":
    sys.exit(main())
