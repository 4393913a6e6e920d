"""Numbers and times the engine's events on their way to the sink."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from parley.model.event import EngineEvent, EventKind

Sink = Callable[[EngineEvent], None]


class Recorder:
    """Makes `EngineEvent`s; the only place that gives them their sequence number and their times."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._numbers = itertools.count(1)

    def __call__(self, kind: EventKind, **facts: Any) -> None:
        """Record one event; `facts` are the fields of `EngineEvent`."""
        self._sink(EngineEvent(next(self._numbers), time.monotonic(), time.time(), kind, **facts))
