"""Time from the start of the process to the window's first painting, beside a bare PySide6 window."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.subjects import HERE
from tests.benchmarks.table import Row

ROUNDS = 9


def seconds_to(kind: str, folder: str) -> dict[str, float]:
    """Start a window with its settings and profiles in `folder`; when it said what, in seconds from the start."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": folder}
    command = [sys.executable, str(HERE / "first_paint.py"), kind, folder]
    said: dict[str, float] = {}
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.setdefault(line.strip(), time.perf_counter() - started)
    return said


def run() -> list[Row]:
    """The two windows in turn, after one start of each that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        seconds_to("bare", folder)
        seconds_to("parley", folder)
        pairs = [(seconds_to("parley", folder), seconds_to("bare", folder)["SHOWN"]) for _ in range(ROUNDS)]
    bare = statistics.median(theirs for _, theirs in pairs)
    rows = []
    for said, name, goal in (
        ("SHOWN", "start to window shown (s), beside a bare QMainWindow", "at most 1.6"),
        ("COMPLETE", "start to window with all its panes (s), likewise", ""),
    ):
        ours = statistics.median(parley[said] for parley, _ in pairs)
        ratio = statistics.median(parley[said] / theirs for parley, theirs in pairs)
        rows.append(Row(name, ours, bare, ratio, goal))
    return rows
