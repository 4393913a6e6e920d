"""Numbers and times the engine's events on their way to the sink."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from parley.model.event import EngineEvent, EventKind

Sink = Callable[[EngineEvent], None]


class Recorder:
    """Makes `EngineEvent`s; the only place that gives them their sequence number and their times.

    A sink that fails costs its event and nothing else: an association must not end because nobody can be told of it.
    The loop's exception handler hears of the first failure in a row.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._numbers = itertools.count(1)
        self._is_failing = False

    def __call__(self, kind: EventKind, **facts: Any) -> None:
        """Record one event; `facts` are the fields of `EngineEvent`."""
        try:
            self._sink(EngineEvent(next(self._numbers), time.monotonic(), time.time(), kind, **facts))
            self._is_failing = False
        except Exception as error:
            self._sink_failed(error)

    def _sink_failed(self, error: Exception) -> None:
        # The handler may record a remark about it, which fails like this one.
        if not self._is_failing:
            self._is_failing = True
            message = "Events could not be told"
            asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
