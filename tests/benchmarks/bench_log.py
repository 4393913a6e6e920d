"""The live log under 20 000 events a second: is the window still alive, and is memory bounded?

Prints and returns figures; asserts nothing. Everything runs in one process and one thread, as in the window: events are
made and pushed where the engine would, the table is open and follows.
"""

import gc
import itertools
import os
import resource
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

from parley.bridge.association_model import AssociationModel
from parley.bridge.log.model import LogModel
from parley.bridge.loop.garbage import GarbageKeeper
from parley.bridge.loop.pump import EventPump
from parley.model.event import EngineEvent, EventKind
from parley.ui.kit import style
from parley.ui.log.view import LogView
from parley.ul.codec import encode
from parley.ul.codes import Role
from parley.ul.effects import Transition
from parley.ul.pdu import AReleaseRp, AReleaseRq, PDataTf, Pdv
from parley.ul.table import Action, Evt, State
from tests.benchmarks.table import Row, show

RATE = 20_000
SECONDS = 10
TICK_MS = 10
KINDS = (
    EventKind.CONNECTION_ACCEPTED,
    EventKind.STATE,
    EventKind.PDU_RECEIVED,
    EventKind.MESSAGE_RECEIVED,
    EventKind.PDU_SENT,
    EventKind.STATE,
    EventKind.PDU_RECEIVED,
    EventKind.PDU_SENT,
    EventKind.RELEASED,
    EventKind.CLOSED,
)


class Source:
    """Makes the events of short associations, as an engine would."""

    def __init__(self) -> None:
        self.made = 0
        self._numbers = itertools.count(1)
        echo = PDataTf((Pdv(1, 3, bytes(66)),))
        self._pdus = {2: echo, 4: echo, 6: AReleaseRq(), 7: AReleaseRp()}
        self._step = Transition(Evt.EVT_6, State.STA_2, Action.AE_6, State.STA_3)

    def __call__(self) -> EngineEvent:
        association, place = divmod(self.made, len(KINDS))
        self.made += 1
        pdu = self._pdus.get(place)
        return EngineEvent(
            next(self._numbers),
            time.monotonic(),
            time.time(),
            KINDS[place],
            association=association + 1,
            role=Role.ACCEPTOR,
            local="127.0.0.1:11112",
            peer=f"127.0.0.1:{40_000 + association % 20_000}",
            local_ae_title="PARLEY_SCP",
            peer_ae_title="PARLEY_SCU",
            text="C-ECHO-RQ" if place == 3 else "",
            pdu=pdu,
            data=encode(pdu) if pdu else b"",
            transition=self._step if KINDS[place] is EventKind.STATE else None,
        )


def resident() -> float:
    """Memory of this process in MB; the highest so far where the system does not tell the present one."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    return pages * resource.getpagesize() / 1024**2


def measure(name: str, rate: int, seconds: float, filter_text: str = "") -> dict[str, float]:
    """One run; `filter_text` stands in the filter line."""
    gc.collect()
    pump, model, associations = EventPump(), LogModel(), AssociationModel()
    garbage = GarbageKeeper(pump)
    view = LogView(model)
    pump.batch.connect(model.append)
    pump.batch.connect(associations.update)
    view.resize(1400, 400)
    view.show()
    line = view.findChild(QLineEdit, "log.filter")
    line.setText(filter_text)
    line.returnPressed.emit()
    source, lateness, memory = Source(), [], []
    clock, loop = QElapsedTimer(), QEventLoop()
    last = 0

    def feed() -> None:
        for _ in range(int(rate * clock.elapsed() / 1000) - source.made):
            pump.push(source())

    def tick() -> None:
        nonlocal last
        now = clock.nsecsElapsed()
        lateness.append(max(0.0, (now - last) / 1e6 - TICK_MS))
        last = now

    def weigh() -> None:
        memory.append(resident())

    timers = []
    for interval, slot in ((5 if rate else 0, feed), (TICK_MS, tick), (500, weigh)):
        if interval:
            timer = QTimer(interval=interval, timerType=Qt.TimerType.PreciseTimer)
            timer.timeout.connect(slot)
            timers.append(timer)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    weigh()
    cpu = time.process_time()
    clock.start()
    for timer in timers:
        timer.start()
    loop.exec()
    cpu = time.process_time() - cpu
    for timer in timers:
        timer.stop()
    half = len(memory) // 2
    figures = {
        "events": source.made,
        "late p50 ms": statistics.median(lateness),
        "late p99 ms": statistics.quantiles(lateness, n=100)[98],
        "late max ms": max(lateness),
        "cpu %": 100 * cpu / seconds,
        "rows kept": model.total,
        "rows shown": model.shown,
        "waiting": pump.waiting,
        "dropped": pump.dropped,
        "MB at start": memory[0],
        "MB at half": memory[half],
        "MB at end": memory[-1],
    }
    garbage.stop()
    view.close()
    view.deleteLater()
    print(f"{name:32}" + "  ".join(f"{key} {value:,.1f}".replace(".0", "") for key, value in figures.items()))
    return figures


def run() -> list[Row]:
    """The figures as rows of the table; the other is the idle window."""
    application = QApplication.instance() or QApplication([])
    style.apply(application)  # type: ignore[arg-type]
    idle = measure("log idle", 0, 3)
    rows = []
    for name, filter_text in (("following", ""), ("filtered by two words", "echo 127.0")):
        busy = measure(f"log {name}", RATE, SECONDS, filter_text)
        late, calm = busy["late p99 ms"], idle["late p99 ms"]
        rows.append(Row(f"log {name}, {RATE:,}/s: 10 ms timer late, p99 ms", late, calm, late / calm, "at most 25 ms"))
        half, end = busy["MB at half"], busy["MB at end"]
        rows.append(
            Row(f"log {name}, {RATE:,}/s: MB at end, other: at half", end, half, end / half, "bounded by the ring")
        )
    return rows


if __name__ == "__main__":
    show(run())
